//! Opening, migrating, closing: what is refused and in which words; bad values alike on both.

use crate::harness::{Postgres, at, on_both, open, skipped, variable};
use hermes_store::checkins::CheckIn;
use hermes_store::{Backend, Options, SchemaStatus, Store, StoreError};
use sqlx::AssertSqlSafe;
use std::time::Duration;

async fn refused(url: &str) -> StoreError {
    let options = Options { wait: Duration::from_secs(2), ..Options::default() };
    Store::open(url, options).await.expect_err("it cannot be opened")
}

/// Every wrong URL gets a sentence of its own and nothing is created.
#[tokio::test]
async fn wrong_urls_are_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).display().to_string();

    for url in
        ["mysql://host/db", "hermes.db", "", "sqlite:", "sqlite://", "sqlite::memory:", "file:x"]
    {
        let error = refused(url).await;
        assert!(matches!(error, StoreError::Url(_)), "{url}: {error}");
    }
    let secret = refused("mysql://me:secret@host/db").await.to_string();
    assert!(!secret.contains("secret"), "{secret}");

    let error = refused(&format!("sqlite:{}", path("none/hermes.db"))).await;
    assert!(matches!(error, StoreError::NoFolder(_)), "{error}");
    assert!(!folder.path().join("none").exists());

    std::fs::write(path("text"), "this is a plain text, and long enough to be read as a header. ")
        .expect("written");
    let error = refused(&format!("sqlite:{}", path("text"))).await;
    assert!(matches!(error, StoreError::NotSqlite(_)), "{error}");
    let error = refused(&format!("sqlite:{}", folder.path().display())).await;
    assert!(matches!(error, StoreError::Open { .. }), "{error}");

    let options = Options { create: false, ..Options::default() };
    let error = Store::open(&format!("sqlite:{}", path("absent.db")), options).await;
    assert!(matches!(error, Err(StoreError::Open { .. })), "{error:?}");
    assert!(!folder.path().join("absent.db").exists());

    let error = refused("postgres://me:secret@127.0.0.1:1/hermes").await;
    assert!(matches!(error, StoreError::Unreachable { .. }), "{error}");
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("timed out"), "the reason is the server's: {shown}");
    assert!(shown.contains("127.0.0.1:1/hermes") && !shown.contains("secret"), "{shown}");
    let error = refused("postgres://me:secret@host:port/db").await;
    let shown = format!("{error} {error:?}");
    assert!(
        matches!(error, StoreError::Unreachable { .. }) && !shown.contains("secret"),
        "{shown}"
    );
}

/// A path with spaces, a question mark, a percent sign and umlauts is the file of that name.
#[tokio::test]
async fn sqlite_paths_are_taken_literally() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("my lauf ä%20b?mode=ro#1.db");
    for scheme in ["sqlite:", "sqlite://"] {
        let store = open(&format!("{scheme}{}", file.display())).await;
        store.migrate().await.expect("migrated");
        store.ping().await.expect("it answers");
        store.close().await;
        assert!(file.is_file());
    }
}

/// Migrating is done once; a second time nothing happens; two at once do not disturb each other.
#[tokio::test]
async fn migrating_twice_is_harmless() {
    on_both(async |store| {
        let status = store.schema_status().await.expect("status");
        assert_eq!(status.applied, status.known);
        assert!(status.check().is_ok());
        store.migrate().await.expect("nothing to do");
        assert_eq!(store.schema_status().await.expect("status"), status);
    })
    .await;
    let older = SchemaStatus { applied: 0, known: 1 }.check();
    assert!(matches!(older, Err(StoreError::Older { found: 0, known: 1 })));

    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}/both.db", folder.path().display());
    let (a, b) = (open(&url).await, open(&url).await);
    assert_eq!(a.schema_status().await.expect("status").applied, 0);
    let (one, two) = tokio::join!(a.migrate(), b.migrate());
    one.expect("migrated");
    two.expect("migrated by the other");

    let Some(postgres) = Postgres::find() else { return };
    let name = postgres.empty_database().await;
    let (a, b) = (open(&postgres.url_of(&name)).await, open(&postgres.url_of(&name)).await);
    assert_eq!((a.backend(), a.backend().name()), (Backend::Postgres, "PostgreSQL"));
    assert_eq!(a.schema_status().await.expect("status").applied, 0);
    let (one, two) = tokio::join!(a.migrate(), b.migrate());
    one.expect("migrated");
    two.expect("migrated by the other");
    a.close().await;
    b.close().await;
    postgres.drop_database(&name).await;
}

/// A database of another program is not touched.
#[tokio::test]
async fn the_database_of_another_program_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}/other.db", folder.path().display());
    let other = open(&url).await;
    other.close().await;
    let pool = sqlx::SqlitePool::connect(&url).await.expect("opened");
    sqlx::query("CREATE TABLE songs (id INTEGER)").execute(&pool).await.expect("made");
    pool.close().await;
    let store = open(&url).await;
    assert!(matches!(store.migrate().await, Err(StoreError::Foreign)));
    let tables = store.count_rows().await.expect("counts");
    assert_eq!(tables, [("songs".to_owned(), 0)]);

    let Some(postgres) = Postgres::find() else { return };
    let name = postgres.empty_database().await;
    postgres.run(Some(&name), "CREATE TABLE songs (id INTEGER)".to_owned()).await;
    let store = open(&postgres.url_of(&name)).await;
    assert!(matches!(store.migrate().await, Err(StoreError::Foreign)));
    assert_eq!(store.count_rows().await.expect("counts").len(), 1);
    store.close().await;
    postgres.drop_database(&name).await;
}

const FROM_THE_FUTURE: &str = "INSERT INTO _sqlx_migrations \
    (version, description, installed_on, success, checksum, execution_time) \
    SELECT 999, description, installed_on, success, checksum, execution_time \
    FROM _sqlx_migrations WHERE version = 1";

fn assert_newer(outcome: Result<(), StoreError>) {
    let error = outcome.expect_err("a newer database is refused");
    assert!(matches!(error, StoreError::Newer { found: 999, .. }), "{error}");
}

/// A database that a newer Hermes has migrated is refused, and stays as it is.
#[tokio::test]
async fn a_newer_database_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("newer.db");
    let store = open(&format!("sqlite:{}", file.display())).await;
    store.migrate().await.expect("migrated");
    store.close().await;
    let pool = sqlx::SqlitePool::connect(&format!("sqlite:{}", file.display())).await;
    let pool = pool.expect("opened");
    sqlx::query(FROM_THE_FUTURE).execute(&pool).await.expect("written");
    pool.close().await;
    let bytes = std::fs::read(&file).expect("read");
    let store = open(&format!("sqlite:{}", file.display())).await;
    assert_newer(store.migrate().await);
    assert_newer(store.schema_status().await.expect("status").check());
    store.close().await;
    assert_eq!(std::fs::read(&file).expect("read"), bytes, "nothing was written");

    let Some(postgres) = Postgres::find() else { return };
    let name = postgres.migrated_database().await;
    postgres.run(Some(&name), FROM_THE_FUTURE.to_owned()).await;
    let store = open(&postgres.url_of(&name)).await;
    assert_newer(store.migrate().await);
    store.close().await;
    postgres.drop_database(&name).await;
}

/// What one database would take and the other not is refused by both.
#[tokio::test]
async fn both_refuse_the_same_values() {
    on_both(async |store| {
        let user = store.owner(at(0)).await.expect("owner").id;
        let check_in = |details: &str, kind: &str| CheckIn {
            check_in_date: crate::harness::day("2026-03-01"),
            trigger_reason: None,
            response_type: Some(kind.to_owned()),
            response_details: Some(details.to_owned()),
            adaptation_action: None,
        };
        let nul = store.add_check_in(user, &check_in("a\0b", "busy"), at(0)).await;
        assert!(matches!(nul, Err(StoreError::Nul)), "{nul:?}");
        let word = store.add_check_in(user, &check_in("a", "lazy"), at(0)).await;
        assert!(matches!(word, Err(StoreError::Refused(_))), "{word:?}");
        let nobody = store.add_check_in(uuid::Uuid::nil(), &check_in("a", "busy"), at(0)).await;
        assert!(matches!(nobody, Err(StoreError::Refused(_))), "{nobody:?}");
        let quote = check_in("'; DROP TABLE users; -- \u{1F3C3} \\ %", "busy");
        store.add_check_in(user, &quote, at(0)).await.expect("it is only text");
        let day = quote.check_in_date;
        let kept = store.check_ins(user, day, day).await.expect("list");
        assert_eq!(kept.len(), 1, "the refused ones left nothing");
        assert_eq!(kept[0].check_in, quote);
    })
    .await;
}

/// A server runs every request on any of its threads: the store's futures can be sent there.
#[tokio::test]
async fn futures_can_be_sent() {
    fn sendable<T: Send>(future: T) -> T {
        future
    }
    on_both(async |store| {
        let user = sendable(store.owner(at(0))).await.expect("owner").id;
        let day = crate::harness::day("2026-03-02");
        sendable(store.migrate()).await.expect("nothing to do");
        sendable(store.count_rows()).await.expect("counts");
        sendable(store.weeks(user, day, day)).await.expect("list");
        sendable(store.roadmap(user)).await.expect("list");
        sendable(store.replace_roadmap(user, &[], day, at(0))).await.expect("nothing");
        sendable(store.sync_templates(&[], at(0))).await.expect("nothing");
        sendable(store.activities_between(user, day, day, at(0))).await.expect("list");
    })
    .await;
}

/// Every statement of the store is one that the database can prepare.
#[tokio::test]
async fn every_statement_can_be_prepared() {
    on_both(async |store| {
        let statements = hermes_store::all_statements();
        assert!(statements.len() >= 79, "{} statements", statements.len());
        for (name, sql) in statements {
            // Words that only PostgreSQL knows; SQLite has a statement of its own for them.
            if store.backend() == Backend::Sqlite && sql.contains("SKIP LOCKED") {
                continue;
            }
            // Lists get their types with their values only: the tests that write them prepare them.
            if store.backend() == Backend::Postgres && sql.contains("UNION ALL VALUES") {
                continue;
            }
            store.prepare(&sql).await.unwrap_or_else(|e| panic!("{name}: {e}\n{sql}"));
        }
        assert!(store.prepare("SELECT nothing FROM nowhere").await.is_err());
    })
    .await;
}

/// PostgreSQL's conflicts between serializable transactions, and nothing else, are tried again.
#[tokio::test]
async fn conflicts_are_told_from_failures() {
    let Some(postgres) = Postgres::find() else { return };
    let mut connection = postgres.connect(None).await;
    for (code, expected) in [("40001", true), ("40P01", true), ("23505", false), ("57014", false)] {
        let raise = format!("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '{code}'; END $$");
        let error = sqlx::raw_sql(AssertSqlSafe(raise)).execute(&mut connection).await;
        let error = StoreError::from(error.expect_err("it was raised"));
        assert_eq!(error.is_retryable(), expected, "{code}: {error}");
    }
}

/// The variable that says where the shared documents are, or the folder beside the workspace.
pub(crate) fn shared(path: &str) -> Option<String> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared");
    let root = variable("HERMES_SHARED").unwrap_or_else(|| beside.to_owned());
    match std::fs::read_to_string(format!("{root}/{path}")) {
        Ok(text) => Some(text),
        Err(error) => {
            skipped(&format!("{root}/{path} cannot be read ({error}); set HERMES_SHARED"));
            None
        }
    }
}
