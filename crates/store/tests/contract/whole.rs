//! Whole databases: the shape they are read by, copies there and back, and what is refused.

use crate::harness::{Postgres, on_both, open};
use hermes_store::copy::{Page, Seal, copy};
use hermes_store::{Store, StoreError};
use sqlx::{AssertSqlSafe, Connection, Row, SqliteConnection};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

fn url(folder: &Path, name: &str) -> String {
    format!("sqlite:{}", folder.join(name).display())
}

/// A filled SQLite database.
async fn filled(folder: &Path, name: &str) -> Store {
    let store = open(&url(folder, name)).await;
    store.migrate().await.expect("migrated");
    crate::plans::fill(&store).await;
    store
}

async fn run(url: &str, sql: &str) {
    let mut db = SqliteConnection::connect(url).await.expect("opened");
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut db).await.expect("administration");
    db.close().await.expect("closed");
}

async fn seals(store: &Store) -> BTreeMap<String, Seal> {
    let checked = store.check_tables().await.expect("checked");
    checked.into_iter().map(|t| (t.name, t.found.expect("readable"))).collect()
}

/// No table and no column is forgotten: what is read from the migrations' text is what both
/// catalogues say.
#[tokio::test]
async fn the_shape_is_that_of_the_catalogue() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = filled(folder.path(), "a.db").await;
    let tables = store.whole().await.expect("a snapshot").tables();
    let ours: BTreeSet<String> = tables
        .iter()
        .flat_map(|t| t.columns().into_iter().map(|c| format!("{}.{c}", t.name())))
        .collect();
    let mut db = SqliteConnection::connect(&url(folder.path(), "a.db")).await.expect("opened");
    let sql = "SELECT m.name || '.' || c.name AS name FROM sqlite_master m \
        JOIN pragma_table_info(m.name) c WHERE m.type = 'table' \
        AND m.name NOT LIKE 'sqlite_%' AND m.name <> '_sqlx_migrations'";
    let rows = sqlx::query(sql).fetch_all(&mut db).await.expect("the catalogue");
    let theirs: BTreeSet<String> = rows.iter().map(|row| row.get("name")).collect();
    assert_eq!(ours, theirs);
    assert!(ours.len() > 300, "{} columns", ours.len());

    let counted: BTreeMap<String, i64> =
        store.count_rows().await.expect("counts").into_iter().collect();
    let read = seals(&store).await;
    assert_eq!(read.len(), counted.len());
    for (name, seal) in read {
        assert_eq!(i64::try_from(seal.rows).ok(), counted.get(&name).copied(), "{name}");
        assert!(seal.rows > 0, "{name} is not filled");
    }

    let Some(postgres) = Postgres::find() else { return };
    let name = postgres.migrated_database().await;
    let mut db = postgres.connect(Some(&name)).await;
    let sql = "SELECT table_name || '.' || column_name AS name FROM information_schema.columns \
        WHERE table_schema = 'public' AND table_name <> '_sqlx_migrations'";
    let rows = sqlx::query(sql).fetch_all(&mut db).await.expect("the catalogue");
    let theirs: BTreeSet<String> = rows.iter().map(|row| row.get("name")).collect();
    assert_eq!(ours, theirs);
    db.close().await.expect("closed");
    postgres.drop_database(&name).await;
}

/// There and back: every table has the same digest in all three, and what SQLite stores is the
/// same text but for the spaces in JSON.
#[tokio::test]
async fn a_copy_there_and_back_is_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = filled(folder.path(), "a.db").await;
    let expected = seals(&first).await;

    let beside = open(&url(folder.path(), "b.db")).await;
    let (_, copied) = copy(&first, &beside).await.expect("copied");
    assert_eq!(copied.into_iter().collect::<BTreeMap<_, _>>(), expected);
    assert_eq!(seals(&beside).await, expected);

    let Some(postgres) = Postgres::find() else { return };
    let name = postgres.empty_database().await;
    let server = open(&postgres.url_of(&name)).await;
    copy(&first, &server).await.expect("copied there");
    assert_eq!(seals(&server).await, expected);
    assert_eq!(server.faults().await.expect("asked"), [""; 0]);

    let back = open(&url(folder.path(), "c.db")).await;
    copy(&server, &back).await.expect("copied back");
    assert_eq!(seals(&back).await, expected);
    assert_eq!(back.faults().await.expect("asked"), [""; 0]);
    for store in [first, beside, back, server] {
        store.close().await;
    }
    postgres.drop_database(&name).await;

    // The one thing that digests forgive is how JSON is spaced.
    let sql = "SELECT created_at || ' ' || start_date_local || ' ' || distance_meters || ' ' || \
        typeof(distance_meters) || typeof(race) AS text FROM strava_activities ORDER BY id";
    let mut texts = Vec::new();
    for file in ["a.db", "c.db"] {
        let mut db = SqliteConnection::connect(&url(folder.path(), file)).await.expect("opened");
        let rows = sqlx::query(sql).fetch_all(&mut db).await.expect("rows");
        texts.push(rows.iter().map(|row| row.get::<String, _>("text")).collect::<Vec<_>>());
    }
    assert_eq!(texts[0], texts[1]);
    assert!(!texts[0].is_empty());
}

/// One changed value changes the digest of its table, and of no other.
#[tokio::test]
async fn a_changed_value_changes_the_digest() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = filled(folder.path(), "a.db").await;
    let before = seals(&store).await;
    run(&url(folder.path(), "a.db"), "UPDATE meter_events SET points = points + 1").await;
    let after = seals(&store).await;
    let differ: Vec<_> = before.keys().filter(|name| before[*name] != after[*name]).collect();
    assert_eq!(differ, ["meter_events"]);
}

/// What was begun and not finished is refused by everything but another try.
#[tokio::test]
async fn a_cut_off_copy_is_refused_until_it_is_done_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let source = filled(folder.path(), "a.db").await;
    on_both(async |target| {
        let mut whole = source.whole().await.expect("a snapshot");
        let load = target.load(whole.schema()).await.expect("an empty target");
        let users = load.tables().into_iter().find(|t| t.name() == "users").expect("users");
        let page = whole.read(&users).next().await.expect("read").expect("rows");
        load.add(&users, page).await.expect("added");
        drop(load);
        for refused in [
            target.migrate().await.map(drop),
            target.schema_status().await.map(drop),
            target.whole().await.map(drop),
            target.check_tables().await.map(drop),
        ] {
            assert!(matches!(refused, Err(StoreError::CutOff)), "{refused:?}");
        }
        copy(&source, &target).await.expect("done again");
        target.migrate().await.expect("whole");
        assert_eq!(seals(&target).await, seals(&source).await);

        let again = copy(&source, &target).await;
        assert!(matches!(again, Err(StoreError::NotEmpty { .. })), "{again:?}");
        assert_eq!(seals(&target).await, seals(&source).await, "nothing was touched");
    })
    .await;
}

/// The mark stays where what was written is not what was read.
#[tokio::test]
async fn a_copy_that_came_out_differently_is_not_taken() {
    let folder = tempfile::tempdir().expect("a folder");
    let source = filled(folder.path(), "a.db").await;
    let target = open(&url(folder.path(), "b.db")).await;
    let load = target.load(source.whole().await.expect("a snapshot").schema()).await;
    let seals: Vec<_> = seals(&source).await.into_iter().collect();
    let error = load.expect("begun").finish(&seals).await.expect_err("nothing was added");
    assert!(matches!(error, StoreError::Differs { .. }), "{error}");
    assert!(matches!(target.migrate().await, Err(StoreError::CutOff)));
}

/// A target of another program, a target of a newer Hermes and a schema from the future.
#[tokio::test]
async fn targets_that_are_not_ours_are_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let source = filled(folder.path(), "a.db").await;
    let known = source.schema_status().await.expect("status").known;

    drop(open(&url(folder.path(), "songs.db")).await);
    run(&url(folder.path(), "songs.db"), "CREATE TABLE songs (id INTEGER)").await;
    let songs = open(&url(folder.path(), "songs.db")).await;
    let error = songs.load(known).await.err();
    assert!(matches!(error, Some(StoreError::Foreign)), "{error:?}");
    assert_eq!(songs.count_rows().await.expect("counts"), [("songs".to_owned(), 0)]);

    let empty = open(&url(folder.path(), "b.db")).await;
    let error = empty.load(known + 1).await.err();
    assert!(matches!(error, Some(StoreError::Newer { .. })), "{error:?}");
    let error = empty.whole().await.err();
    assert!(matches!(error, Some(StoreError::Older { found: 0, .. })), "{error:?}");
    assert!(empty.count_rows().await.expect("counts").is_empty());

    let future = "INSERT INTO _sqlx_migrations (version, description, success, checksum, \
        execution_time) SELECT 999, description, success, checksum, execution_time \
        FROM _sqlx_migrations WHERE version = 1";
    run(&url(folder.path(), "a.db"), future).await;
    for error in [source.whole().await.err(), source.load(known).await.err()] {
        assert!(matches!(error, Some(StoreError::Newer { found: 999, .. })), "{error:?}");
    }
}

/// Damage is named: rows that refer to nothing, values that are none, a broken page.
#[tokio::test]
async fn damage_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = url(folder.path(), "a.db");
    let store = filled(folder.path(), "a.db").await;
    assert_eq!(store.faults().await.expect("asked"), [""; 0]);
    let sql = "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON; \
        UPDATE feedback SET created_at = 'yesterday'; DELETE FROM workout_templates; \
        UPDATE weekly_plans SET decisions = '{';";
    run(&here, sql).await;
    let faults = store.faults().await.expect("asked").join("\n");
    assert!(faults.contains("of table workouts refers to a row of workout_templates"), "{faults}");
    let unreadable: Vec<String> = store
        .check_tables()
        .await
        .expect("checked")
        .into_iter()
        .filter_map(|t| t.found.err())
        .collect();
    assert_eq!(unreadable.len(), 2, "{unreadable:?}");
    let named = unreadable.join("\n");
    assert!(named.contains("weekly_plans.decisions of row ") && named.contains("is no JSON"));
    assert!(named.contains("holds yesterday, which is no UTC timestamp"), "{named}");
    // Nothing of it can be copied, and the target says so.
    let target = open(&url(folder.path(), "b.db")).await;
    let error = copy(&store, &target).await.expect_err("unreadable");
    assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
    store.close().await;

    let mut db = SqliteConnection::connect(&here).await.expect("opened");
    let sql = "SELECT (rootpage - 1) * page_size AS at FROM sqlite_master, pragma_page_size \
        WHERE name = 'import_ledger'";
    let at: i64 = sqlx::query(sql).fetch_one(&mut db).await.expect("a page").get("at");
    db.close().await.expect("closed");
    let file = folder.path().join("a.db");
    let mut bytes = std::fs::read(&file).expect("read");
    let at = usize::try_from(at).expect("a place in the file");
    bytes[at..at + 1024].fill(0xa5);
    std::fs::write(&file, &bytes).expect("written");
    let store = open(&here).await;
    let faults = store.faults().await.expect("asked");
    assert!(!faults.is_empty());
    let tables = store.check_tables().await.expect("checked");
    let broken: Vec<_> = tables.iter().filter(|t| t.found.is_err()).map(|t| &t.name).collect();
    assert!(broken.iter().any(|name| *name == "import_ledger"), "{broken:?}");
    store.close().await;
    assert_eq!(std::fs::read(&file).expect("read"), bytes, "looking changed nothing");
}

/// What PostgreSQL does not vouch for is named.
#[tokio::test]
async fn what_postgres_does_not_vouch_for_is_named() {
    let Some(postgres) = Postgres::find() else { return };
    let name = postgres.migrated_database().await;
    let store = open(&postgres.url_of(&name)).await;
    assert_eq!(store.faults().await.expect("asked"), [""; 0]);
    let sql = "ALTER TABLE feedback ADD CONSTRAINT calm CHECK (mood > 0) NOT VALID; \
        UPDATE pg_index SET indisvalid = FALSE \
        WHERE indexrelid = 'idx_feedback_user_date'::regclass;";
    postgres.run(Some(&name), sql.to_owned()).await;
    let faults = store.faults().await.expect("asked");
    assert_eq!(
        faults,
        [
            "constraint calm of table feedback was never validated",
            "index idx_feedback_user_date is not valid; REINDEX it"
        ]
    );
    store.close().await;
    postgres.drop_database(&name).await;
}

/// Text keys are in one order on both, whatever language the server sorts by; pages end and begin
/// anywhere, by rows and by bytes.
#[tokio::test]
async fn long_tables_are_read_in_pages_and_in_one_order() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = url(folder.path(), "a.db");
    let first = filled(folder.path(), "a.db").await;
    let sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500) \
        INSERT INTO sign_in_links (token_hash, user_id, created_at, expires_at) \
        SELECT CASE i % 3 WHEN 0 THEN 'a-' WHEN 1 THEN 'B_' ELSE 'ä ' END || i, \
        (SELECT id FROM users), '2026-03-01T07:00:00.000000Z', '2026-03-01T07:00:00.5Z' FROM n; \
        INSERT INTO original_files (id, user_id, digest, name, size, bytes, created_at) \
        SELECT substr(id, 1, 24) || printf('%012d', i), user_id, printf('%064d', i), 'x', 1, \
        randomblob(1500000), created_at FROM original_files, (SELECT 1 AS i UNION SELECT 2 \
        UNION SELECT 3 UNION SELECT 4);";
    run(&here, sql).await;
    let expected = seals(&first).await;
    assert!(expected["sign_in_links"].rows > 2_500 && expected["original_files"].rows == 5);
    let mut whole = first.whole().await.expect("a snapshot");
    for (name, pages) in [("sign_in_links", 3), ("original_files", 3)] {
        let table = whole.tables().into_iter().find(|t| t.name() == name).expect("a table");
        let mut read = whole.read(&table);
        let mut count = 0;
        while read.next().await.expect("read").is_some() {
            count += 1;
        }
        assert_eq!(count, pages, "{name}");
        assert_eq!(read.seal(), expected[name]);
    }
    drop(whole);
    let Some(postgres) = Postgres::find() else { return };
    let name = postgres.empty_database().await;
    let server = open(&postgres.url_of(&name)).await;
    copy(&first, &server).await.expect("copied there");
    assert_eq!(seals(&server).await, expected);
    server.close().await;
    postgres.drop_database(&name).await;
}

/// A full disk ends a copy with one sentence, and the target is marked.
#[tokio::test]
async fn a_full_disk_leaves_a_marked_target() {
    let folder = tempfile::tempdir().expect("a folder");
    let source = filled(folder.path(), "a.db").await;
    let long = "UPDATE health_records SET description = hex(zeroblob(50000))";
    run(&url(folder.path(), "a.db"), long).await;
    let target = open(&url(folder.path(), "b.db")).await;
    let load = target.load(source.whole().await.expect("a snapshot").schema()).await;
    let load = load.expect("an empty target");
    target.limit_pages(1).await.expect("SQLite");
    let mut whole = source.whole().await.expect("a snapshot");
    let mut failure = None;
    for table in load.tables() {
        let page = whole.read(&table).next().await.expect("read").expect("rows");
        failure = failure.or(load.add(&table, page).await.err());
    }
    let failure = failure.expect("no room").to_string();
    assert!(failure.contains("full"), "{failure}");
    assert!(matches!(target.migrate().await, Err(StoreError::CutOff)));
}

/// A line of a backup that is no row of its table is named by its number.
#[tokio::test]
async fn lines_that_are_no_rows_are_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = filled(folder.path(), "a.db").await;
    let mut whole = store.whole().await.expect("a snapshot");
    for table in whole.tables() {
        let page = whole.read(&table).next().await.expect("read").expect("rows");
        let lines = page.lines().to_vec();
        let again = Page::parse(&table, 1, lines.clone()).expect("its own text");
        assert_eq!(again.lines(), lines);
    }
    let table = whole.tables().into_iter().find(|t| t.name() == "feedback").expect("a table");
    let line = |line: &str| {
        let error = Page::parse(&table, 7, vec![line.to_owned()]).expect_err(line);
        error.to_string()
    };
    assert!(line("{").contains("line 7 of table feedback"));
    assert!(line("[1]").contains("it has 1 values, not 11"), "{}", line("[1]"));
    let wrong = line("[\"x\",null,null,null,null,null,null,null,null,null,null]");
    assert!(wrong.contains("its id is no UUID"), "{wrong}");
}
