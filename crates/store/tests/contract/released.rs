//! Databases of released versions, with data: each is brought forward on both databases, and
//! everything in it can be read.
//!
//! `tests/fixtures/VERSION.sql` is the dump of a SQLite database that Hermes of that version made
//! of its own sample archive (`sample-archive --weeks 8`), with a goal, replayed and published
//! weeks and what else that version could note; of the template library only what is referred to.

use crate::harness::{Postgres, at, day, open};
use hermes_store::Store;
use hermes_store::check::TableCheck;
use hermes_store::copy::copy;
use sqlx::{AssertSqlSafe, Connection, Row, SqliteConnection};

/// Version, its schema, and its dump.
const RELEASED: [(&str, i64, &str); 2] = [
    ("0.1.0", 1, include_str!("../fixtures/0.1.0.sql")),
    ("0.2.0", 3, include_str!("../fixtures/0.2.0.sql")),
];

async fn owner(url: &str) -> uuid::Uuid {
    let mut db = SqliteConnection::connect(url).await.expect("opened");
    let sql = "SELECT id FROM users WHERE owner";
    let id: String = sqlx::query(sql).fetch_one(&mut db).await.expect("an owner").get("id");
    db.close().await.expect("closed");
    uuid::Uuid::try_parse(&id).expect("a key")
}

async fn readable(store: &Store) -> Vec<TableCheck> {
    assert!(store.schema_status().await.expect("status").check().is_ok());
    assert_eq!(store.faults().await.expect("asked"), [""; 0]);
    let tables = store.check_tables().await.expect("checked");
    let broken: Vec<_> = tables.iter().filter(|t| t.found.is_err()).collect();
    assert!(broken.is_empty(), "{broken:?}");
    tables
}

#[tokio::test]
async fn every_released_database_is_brought_forward() {
    let folder = tempfile::tempdir().expect("a folder");
    for (version, schema, dump) in RELEASED {
        let url = format!("sqlite:{}/{version}.db", folder.path().display());
        drop(open(&url).await);
        let mut db = SqliteConnection::connect(&url).await.expect("opened");
        sqlx::raw_sql(AssertSqlSafe(dump)).execute(&mut db).await.expect("the dump is loaded");
        db.close().await.expect("closed");
        let user = owner(&url).await;

        let store = open(&url).await;
        assert_eq!(store.schema_status().await.expect("status").applied, schema, "{version}");
        let server = match Postgres::find() {
            None => None,
            Some(postgres) => {
                // As it was, into PostgreSQL, and forward there.
                let name = postgres.empty_database().await;
                let server = open(&postgres.url_of(&name)).await;
                assert_eq!(copy(&store, &server).await.expect("copied").0, schema);
                Some((postgres, name, server))
            }
        };
        store.migrate().await.expect("brought forward");
        let expected = readable(&store).await;
        let mut stores = vec![store];
        if let Some((_, _, server)) = &server {
            assert_eq!(readable(server).await, expected, "{version}: the same on both");
            stores.push(server.clone());
        }
        let (from, to, now) = (day("2025-01-01"), day("2027-12-31"), at(86_400 * 30));
        for store in &stores {
            let activities =
                store.activities_between(user, from, to, now).await.expect("activities");
            assert_eq!(activities.len(), 40, "{version}");
            assert_eq!(store.goals(user, to, now).await.expect("goals").len(), 1);
            assert!(store.weeks(user, from, to).await.expect("weeks").len() >= 3);
            assert!(
                !store.revisions_in_force(user, from, to, now).await.expect("plans").is_empty()
            );
            let records = store.health_records(user, to, now).await.expect("records");
            let edits = store.edits_in_force(user, from, to, now).await.expect("edits");
            let told = (records.len(), edits.len());
            assert_eq!(told, if schema < 3 { (0, 0) } else { (1, 1) }, "{version}");
        }
        for store in stores {
            store.close().await;
        }
        if let Some((postgres, name, _)) = server {
            postgres.drop_database(&name).await;
        }
    }
}
