//! Runs one test body on both databases.
//!
//! SQLite: a file in a folder of its own. PostgreSQL: `HERMES_TEST_POSTGRES` is the URL of a
//! cluster in which databases may be created; every test gets its own, copied from a migrated
//! template that the first test of the process makes. Without the variable the PostgreSQL half
//! is skipped, which under `CI=true` is a failure.

use hermes_store::{Options, Store};
use jiff::Timestamp;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, Connection};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::str::FromStr;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::sync::OnceCell;

#[expect(clippy::disallowed_methods, reason = "tests are told by the environment where to run")]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Says loudly that something was not tested; under CI that is a failure.
pub(crate) fn skipped(what: &str) {
    assert_ne!(variable("CI").as_deref(), Some("true"), "SKIPPED under CI: {what}");
    // Not `eprintln!`: the test runner would keep that to itself while the test passes.
    writeln!(std::io::stderr(), "SKIPPED: {what}").expect("stderr");
}

/// The moment `seconds` after the tests' first one, 2026-11-22T06:13:20Z.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_795_328_000 + seconds).expect("a time in range")
}

/// How hard the runs of a day were, and nothing else.
pub(crate) fn effort(on: &str) -> hermes_engine::record::Feedback {
    hermes_engine::record::Feedback {
        day: day(on),
        effort: Some(5),
        pain_during: None,
        pain_next_morning: None,
        sleep: None,
        soreness: None,
        mood: None,
        resting_heart_rate: None,
    }
}

pub(crate) fn day(text: &str) -> hermes_engine::calendar::Day {
    hermes_engine::calendar::Day::parse(text).expect("a date")
}

/// The cluster's URL and a number that no other test has.
pub(crate) struct Postgres {
    options: PgConnectOptions,
    url: String,
}

static NUMBER: AtomicU32 = AtomicU32::new(0);
static TEMPLATE: OnceCell<String> = OnceCell::const_new();

/// The schema's text: a template made from another text is another template.
const SCHEMA: [&str; 13] = [
    include_str!("../../migrations/postgres/0001_seed_schema.sql"),
    include_str!("../../migrations/postgres/0002_plan_edits.sql"),
    include_str!("../../migrations/postgres/0003_runner_says.sql"),
    include_str!("../../migrations/postgres/0004_jobs.sql"),
    include_str!("../../migrations/postgres/0006_match_corrections.sql"),
    include_str!("../../migrations/postgres/0007_runner_clocks.sql"),
    include_str!("../../migrations/postgres/0008_activity_files.sql"),
    include_str!("../../migrations/postgres/0009_strava.sql"),
    include_str!("../../migrations/postgres/0010_activity_sums.sql"),
    include_str!("../../migrations/postgres/0011_idempotency_keys.sql"),
    include_str!("../../migrations/postgres/0012_news_seen.sql"),
    include_str!("../../migrations/postgres/0013_failed_rows.sql"),
    include_str!("../../migrations/postgres/0014_type_by_hand.sql"),
];

fn fresh_name(kind: &str) -> String {
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    format!("hermes_{kind}_{}_{number}", std::process::id())
}

impl Postgres {
    pub(crate) fn find() -> Option<Self> {
        let Some(url) = variable("HERMES_TEST_POSTGRES") else {
            skipped("PostgreSQL; set HERMES_TEST_POSTGRES to the URL of a private cluster");
            return None;
        };
        let options = PgConnectOptions::from_str(&url).expect("HERMES_TEST_POSTGRES is a URL");
        Some(Self { options, url })
    }

    /// Runs statements in a database of the cluster.
    pub(crate) async fn run(&self, database: Option<&str>, sql: String) {
        let mut connection = self.connect(database).await;
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.expect("administration");
        connection.close().await.expect("close");
    }

    pub(crate) async fn connect(&self, database: Option<&str>) -> PgConnection {
        let options = match database {
            Some(name) => self.options.clone().database(name),
            None => self.options.clone(),
        };
        PgConnection::connect_with(&options).await.expect("the cluster answers")
    }

    /// The URL of another database of the cluster.
    pub(crate) fn url_of(&self, database: &str) -> String {
        let (before, query) = match self.url.split_once('?') {
            Some((before, query)) => (before, format!("?{query}")),
            None => (self.url.as_str(), String::new()),
        };
        let authority = before.find("://").map_or(0, |at| at + 3);
        let end = before[authority..].find('/').map_or(before.len(), |at| authority + at);
        format!("{}/{database}{query}", &before[..end])
    }

    /// A new, empty database.
    pub(crate) async fn empty_database(&self) -> String {
        let name = fresh_name("test");
        self.run(None, format!("CREATE DATABASE {name}")).await;
        name
    }

    pub(crate) async fn drop_database(&self, name: &str) {
        self.run(None, format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
    }

    /// A new database with the schema.
    pub(crate) async fn migrated_database(&self) -> String {
        let template = TEMPLATE.get_or_init(|| self.template()).await;
        let name = fresh_name("test");
        self.run(None, format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
        name
    }

    /// The migrated database that tests copy, one for the whole cluster. Whoever needs it first
    /// makes it under another name: nobody may be connected to a database that is copied.
    async fn template(&self) -> String {
        let mut hasher = DefaultHasher::new();
        SCHEMA.hash(&mut hasher);
        let template = format!("hermes_template_{:016x}", hasher.finish());
        let mut connection = self.connect(None).await;
        let known = sqlx::query("SELECT 1 FROM pg_database WHERE datname = $1")
            .bind(&template)
            .fetch_optional(&mut connection)
            .await
            .expect("the catalogue");
        if known.is_some() {
            return template;
        }
        let draft = self.empty_database().await;
        let store = open(&self.url_of(&draft)).await;
        store.migrate().await.expect("migrations run on PostgreSQL");
        store.close().await;
        let rename = format!("ALTER DATABASE {draft} RENAME TO {template}");
        if sqlx::raw_sql(AssertSqlSafe(rename)).execute(&mut connection).await.is_err() {
            // Another process was faster: its template is there.
            self.drop_database(&draft).await;
        }
        template
    }
}

pub(crate) async fn open(url: &str) -> Store {
    Store::open(url, Options::default()).await.expect("the database opens")
}

/// Runs `body` on an empty, migrated store of each database.
pub(crate) async fn on_both(body: impl AsyncFn(Store)) {
    on_both_urls(async |url| {
        let store = open(&url).await;
        body(store.clone()).await;
        store.close().await;
    })
    .await;
}

/// Runs `body` with the URL of an empty, migrated database of each kind.
pub(crate) async fn on_both_urls(body: impl AsyncFn(String)) {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}/hermes.db", folder.path().display());
    let store = open(&url).await;
    store.migrate().await.expect("migrations run on SQLite");
    store.close().await;
    body(url).await;

    let Some(postgres) = Postgres::find() else { return };
    let name = postgres.migrated_database().await;
    body(postgres.url_of(&name)).await;
    postgres.drop_database(&name).await;
}

/// JSON as the store takes it.
macro_rules! json {
    ($($json:tt)+) => { hermes_store::value::Json::from(serde_json::json!($($json)+)) };
}
pub(crate) use json;
