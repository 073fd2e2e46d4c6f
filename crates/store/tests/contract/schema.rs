//! The schema: the contract's sixteen tables to the letter on PostgreSQL, the same shape on
//! SQLite, and nothing left of a deleted user.

use crate::harness::{Postgres, on_both, open};
use crate::opening::shared;
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row, SqliteConnection};
use std::collections::{BTreeMap, BTreeSet};

/// What the catalogue says of one thing, by its name: `users.email` and so on.
type Shape = BTreeMap<String, String>;

const COLUMNS: &str = "SELECT table_name || '.' || column_name AS name, \
    data_type || ' length ' || COALESCE(character_maximum_length::text, '-') \
    || ' precision ' || COALESCE(numeric_precision::text, '-') \
    || ' scale ' || COALESCE(numeric_scale::text, '-') \
    || ' time ' || COALESCE(datetime_precision::text, '-') \
    || ' nullable ' || is_nullable || ' default ' || COALESCE(column_default, '-') \
    || ' generated ' || is_generated || ' ' || is_identity AS shape \
    FROM information_schema.columns WHERE table_schema = 'public'";
const KEYS: &str = "SELECT c.conrelid::regclass::text || ' ' || pg_get_constraintdef(c.oid) \
    AS name, c.contype::text AS shape FROM pg_constraint c \
    WHERE c.connamespace = 'public'::regnamespace AND c.contype IN ('p', 'u', 'f')";
const INDEXES: &str = "SELECT indexname::text AS name, indexdef AS shape FROM pg_indexes \
    WHERE schemaname = 'public'";

async fn shape(connection: &mut PgConnection, sql: &'static str) -> Shape {
    let rows = sqlx::query(sql).fetch_all(connection).await.expect("the catalogue");
    rows.iter().map(|row| (row.get("name"), row.get("shape"))).collect()
}

/// The SQL blocks of the contract, as they stand.
fn blocks(document: &str) -> String {
    let mut sql = String::new();
    for part in document.split("```sql").skip(1) {
        sql.push_str(part.split("```").next().unwrap_or_default());
    }
    sql
}

/// Runs the contract's own SQL in one database and our migrations in another, and compares what
/// the catalogue says: every column, key and index of the contract must be there, the same. What
/// we add must not be in the way: nullable or with a default.
#[tokio::test]
async fn postgres_holds_the_contract_to_the_letter() {
    let (Some(document), Some(postgres)) = (shared("seed/database-schema.md"), Postgres::find())
    else {
        return;
    };
    let sql = blocks(&document);
    assert_eq!(sql.matches("CREATE TABLE").count(), 16);
    assert_eq!(sql.matches("CREATE INDEX").count(), 8);
    let theirs = postgres.empty_database().await;
    postgres.run(Some(&theirs), sql).await;
    let ours = postgres.migrated_database().await;
    let mut a = postgres.connect(Some(&theirs)).await;
    let mut b = postgres.connect(Some(&ours)).await;

    let mut differences = Vec::new();
    let mut compared = 0;
    for sql in [COLUMNS, KEYS, INDEXES] {
        let (expected, found) = (shape(&mut a, sql).await, shape(&mut b, sql).await);
        compared += expected.len();
        for (name, expected) in &expected {
            let found = found.get(name);
            if found != Some(expected) {
                differences.push(format!("{name}\n  expected {expected}\n  found    {found:?}"));
            }
        }
        if sql == COLUMNS {
            let tables: BTreeSet<&str> =
                expected.keys().filter_map(|name| name.split('.').next()).collect();
            assert_eq!(tables.len(), 16);
            for (name, shape) in found.iter().filter(|(name, _)| !expected.contains_key(*name)) {
                let theirs = name.split('.').next().is_some_and(|t| tables.contains(t));
                let harmless = shape.contains("nullable YES") || !shape.contains("default - ");
                if theirs && !harmless {
                    differences.push(format!("{name} is added, required and has no default"));
                }
            }
        }
    }
    a.close().await.expect("closed");
    b.close().await.expect("closed");
    postgres.drop_database(&theirs).await;
    postgres.drop_database(&ours).await;
    assert!(
        differences.is_empty(),
        "{} differences:\n{}",
        differences.len(),
        differences.join("\n")
    );
    assert!(compared > 200, "only {compared} columns, keys and indexes were compared");
}

/// A type of SQLite's text as PostgreSQL's catalogue would call it.
fn kind_of(sqlite: &str) -> &str {
    match sqlite {
        "INTEGER" => "integer",
        "BIGINT" => "bigint",
        "BOOLEAN" => "boolean",
        "BLOB" => "bytea",
        _ if sqlite.starts_with("DECIMAL") => "numeric",
        _ => "text",
    }
}

fn kind_on_sqlite(postgres: &str) -> &str {
    match postgres {
        "integer" | "bigint" | "boolean" | "bytea" | "numeric" => postgres,
        _ => "text",
    }
}

const SQLITE_COLUMNS: &str = "SELECT m.name || '.' || c.name AS name, c.type AS type, \
    c.\"notnull\" AS required, c.dflt_value IS NOT NULL AS defaulted \
    FROM sqlite_master m JOIN pragma_table_info(m.name) c \
    WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name <> '_sqlx_migrations'";
const SQLITE_KEYS: &str = "SELECT m.name || '.' || f.\"from\" || ' -> ' || f.\"table\" \
    || ' ' || f.on_delete AS name FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f \
    WHERE m.type = 'table'";
const POSTGRES_KEYS: &str = "SELECT c.conrelid::regclass::text || '.' || a.attname || ' -> ' \
    || c.confrelid::regclass::text || ' ' || CASE c.confdeltype WHEN 'c' THEN 'CASCADE' \
    WHEN 'n' THEN 'SET NULL' ELSE 'NO ACTION' END AS name FROM pg_constraint c \
    JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] \
    WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace";
const SQLITE_INDEXES: &str = "SELECT m.name || ' ' || group_concat(i.name, ', ') AS name FROM \
    (SELECT name FROM sqlite_master WHERE type = 'index' AND name LIKE 'idx_%') m \
    JOIN pragma_index_info(m.name) i GROUP BY m.name";
const POSTGRES_INDEXES: &str = "SELECT x.indexrelid::regclass::text || ' ' || string_agg(\
    a.attname::text, ', ' ORDER BY a.attnum) AS name FROM pg_index x \
    JOIN pg_attribute a ON a.attrelid = x.indexrelid \
    WHERE x.indexrelid::regclass::text LIKE 'idx_%' GROUP BY x.indexrelid";

async fn names_on_sqlite(connection: &mut SqliteConnection, sql: &'static str) -> BTreeSet<String> {
    let rows = sqlx::query(sql).fetch_all(connection).await.expect("the catalogue");
    rows.iter().map(|row| row.get("name")).collect()
}

async fn names_on_postgres(connection: &mut PgConnection, sql: &'static str) -> BTreeSet<String> {
    let rows = sqlx::query(sql).fetch_all(connection).await.expect("the catalogue");
    rows.iter().map(|row| row.get("name")).collect()
}

/// The same tables, columns, kinds, nullability, defaults, foreign keys and indexes on both.
/// Keys have no default on SQLite: it makes no UUIDs, and neither database is asked to.
#[tokio::test]
async fn both_databases_have_the_same_shape() {
    let Some(postgres) = Postgres::find() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}/shape.db", folder.path().display());
    let store = open(&url).await;
    store.migrate().await.expect("migrated");
    store.close().await;
    let mut a = SqliteConnection::connect(&url).await.expect("opened");
    let name = postgres.migrated_database().await;
    let mut b = postgres.connect(Some(&name)).await;

    let rows = sqlx::query(SQLITE_COLUMNS).fetch_all(&mut a).await.expect("the catalogue");
    let on_sqlite: Shape = rows
        .iter()
        .map(|row| {
            let (name, kind): (String, String) = (row.get("name"), row.get("type"));
            let (required, defaulted): (bool, bool) = (row.get("required"), row.get("defaulted"));
            let shape = format!("{} required {required} default {defaulted}", kind_of(&kind));
            (name, shape)
        })
        .collect();
    let sql = "SELECT table_name || '.' || column_name AS name, data_type::text AS type, \
        is_nullable = 'NO' AS required, column_default IS NOT NULL \
        AND column_default <> 'gen_random_uuid()' AS defaulted \
        FROM information_schema.columns \
        WHERE table_schema = 'public' AND table_name <> '_sqlx_migrations'";
    let rows = sqlx::query(sql).fetch_all(&mut b).await.expect("the catalogue");
    let on_postgres: Shape = rows
        .iter()
        .map(|row| {
            let (name, kind): (String, String) = (row.get("name"), row.get("type"));
            let (required, defaulted): (bool, bool) = (row.get("required"), row.get("defaulted"));
            let kind = kind_on_sqlite(&kind);
            (name, format!("{kind} required {required} default {defaulted}"))
        })
        .collect();
    assert!(on_sqlite.len() > 300, "{} columns", on_sqlite.len());
    let differ: Vec<_> = on_sqlite.iter().filter(|(n, s)| on_postgres.get(*n) != Some(s)).collect();
    assert!(differ.is_empty(), "{differ:#?}");
    assert_eq!(on_sqlite.len(), on_postgres.len());

    let keys = names_on_sqlite(&mut a, SQLITE_KEYS).await;
    assert!(keys.len() > 25, "{keys:?}");
    assert_eq!(keys, names_on_postgres(&mut b, POSTGRES_KEYS).await);
    let indexes = names_on_sqlite(&mut a, SQLITE_INDEXES).await;
    assert!(indexes.len() > 20, "{indexes:?}");
    assert_eq!(indexes, names_on_postgres(&mut b, POSTGRES_INDEXES).await);
    b.close().await.expect("closed");
    postgres.drop_database(&name).await;
}

/// What SQLite stores can be read in its shell: dates, UTC timestamps, wall clocks, decimals.
#[tokio::test]
async fn sqlite_reads_like_text() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}/read.db", folder.path().display());
    let store = open(&url).await;
    store.migrate().await.expect("migrated");
    crate::plans::fill(&store).await;
    store.close().await;
    let mut db = SqliteConnection::connect(&url).await.expect("opened");
    let expected = [
        ("typeof(id) || length(id) FROM users", "text36"),
        ("created_at FROM users", "2026-11-22T06:13:20.000000Z"),
        ("week_start_date FROM weekly_plans", "2026-03-02"),
        ("total_volume_km FROM weekly_plans", "44.3"),
        ("planned_distance_km FROM workouts ORDER BY order_in_week", "12.3"),
        ("distance_meters FROM strava_activities", "10000.49"),
        ("start_date FROM strava_activities", "2026-03-01T07:00:00.000000Z"),
        ("start_date_local FROM strava_activities", "2026-03-01T09:00:00"),
        ("published FROM weekly_plans", "1"),
        ("json_extract(decisions, '$[0]') FROM weekly_plans", "because"),
    ];
    for (query, expected) in expected {
        let sql = format!(
            "SELECT CAST({} AS TEXT) FROM {} LIMIT 1",
            { query.split(" FROM ").next().unwrap_or_default() },
            query.split_once(" FROM ").expect("a table").1
        );
        let row = sqlx::query(AssertSqlSafe(sql)).fetch_one(&mut db).await.expect("a row");
        assert_eq!(row.get::<String, _>(0), expected, "{query}");
    }
}

/// Deleting a user empties every table of what was theirs; the library of templates stays, and
/// so does everything of another user.
#[tokio::test]
async fn nothing_is_left_of_a_deleted_user() {
    on_both(async |store| {
        let user = crate::plans::fill(&store).await;
        let other = store.add_user(crate::harness::at(5)).await.expect("another");
        let before = store.count_rows().await.expect("counts");
        assert!(before.len() >= 24, "{before:?}");
        let empty: Vec<_> = before.iter().filter(|(_, n)| *n == 0).collect();
        assert!(empty.is_empty(), "tables that the test does not fill: {empty:?}");
        store.delete_user(user).await.expect("deleted");
        let after = store.count_rows().await.expect("counts");
        let left: Vec<_> = after.into_iter().filter(|(_, n)| *n > 0).collect();
        // Jobs are about no runner; what they know of one is looked up when they run. Limits,
        // subscription and terms are the application's; a receipt names nobody.
        let expected = [
            ("jobs", 1),
            ("strava_erasures", 1),
            ("strava_quota", 4),
            ("strava_subscription", 1),
            ("strava_terms", 1),
            ("users", 1),
            ("workout_templates", 1),
        ];
        assert_eq!(left, expected.map(|(name, n)| (name.to_owned(), n)));
        assert_eq!(store.user(other.id).await.expect("asked"), Some(other));
    })
    .await;
}
