//! Connections, statements and transactions: the one place where the two databases differ.
//!
//! Every other module writes one body of SQL for both. Statements that cannot be the same (what
//! the catalogue is called, how a write begins) are here and nowhere else.

use crate::error::{Result, StoreError};
use crate::faults;
pub(crate) use crate::lists::{BULK_VALUES_MAX, Bulk, Claim, claim, own_sql, placeholders};
use crate::lists::{Part, columns_query};
use crate::server::{Patience, Server};
use crate::value::{Scalar, Value};
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions, PgRow};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow,
    SqliteSynchronous,
};
use sqlx::{
    ConnectOptions, Connection, PgConnection, Postgres, Row as _, SqlSafeStr, SqlStr, Sqlite,
    SqliteConnection, Transaction,
};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

/// How many times a PostgreSQL transaction is tried before its conflict is reported.
pub const TRANSACTION_ATTEMPTS: u32 = 5;
/// How many times migrating is tried beyond once a step: where another process does the same, it
/// can win every step.
const MIGRATION_ATTEMPTS_MORE: usize = 2;
/// Statements that a connection keeps prepared: all there are, lists in each of their sizes.
const PREPARED_MAX: usize = 600;

/// Rows of SQLite that may wait to be taken: a page's list is read without waiting for its reader.
const ROWS_AHEAD: usize = 256;

/// How a store is opened.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Create the SQLite file when it is not there. Default: yes.
    pub create: bool,
    /// Connections that read (SQLite; one more writes) or do both (PostgreSQL). Default: 4.
    pub connections: u32,
    /// How long to wait for the writer's turn, a free connection or the server. Default: 10 s.
    pub wait: Duration,
    /// How long PostgreSQL may take to answer one statement. Default: 60 s.
    pub patience: Duration,
    /// Log statements, slow ones as warnings. Default: yes.
    pub log_statements: bool,
}

impl Options {
    /// For work on the whole of a database: statements read whole tables, which takes its time.
    #[must_use]
    pub fn for_the_whole() -> Self {
        const HOURS: Duration = Duration::from_hours(6);
        Self { patience: HOURS, log_statements: false, ..Self::default() }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            create: true,
            connections: 4,
            wait: Duration::from_secs(10),
            patience: Duration::from_secs(60),
            log_statements: true,
        }
    }
}

/// Which of the two databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// The embedded default: one file.
    Sqlite,
    /// The server database.
    Postgres,
}

impl Backend {
    /// `SQLite` or `PostgreSQL`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

/// The connections of one pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolStatus {
    /// `read`, `write` (SQLite), or `all` (PostgreSQL).
    pub name: &'static str,
    /// Open connections.
    pub open: u32,
    /// Open connections that nobody uses.
    pub idle: u32,
    /// Most connections that may be open.
    pub limit: u32,
}

/// What migrations a database has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SchemaStatus {
    /// Highest version applied; 0 for an empty database.
    pub applied: i64,
    /// Highest version this binary knows.
    pub known: i64,
}

impl SchemaStatus {
    /// Is the database ready for this binary?
    ///
    /// # Errors
    /// [`StoreError::Older`] or [`StoreError::Newer`] where it is not.
    pub const fn check(self) -> Result<()> {
        let Self { applied: found, known } = self;
        if found > known {
            return Err(StoreError::Newer { found, known });
        }
        if found < known {
            return Err(StoreError::Older { found, known });
        }
        Ok(())
    }
}

#[derive(Debug, Clone)]
enum Pools {
    Sqlite { write: SqlitePool, read: SqlitePool },
    Postgres { pool: PgPool, patience: Duration },
}

/// The database of a Hermes. Cheap to clone; clones share their connections.
#[derive(Debug, Clone)]
pub struct Store {
    pools: Pools,
}

impl Store {
    /// Opens `sqlite:PATH` (or `sqlite://PATH`) or `postgres://...`. Nothing is written: see
    /// [`Store::migrate`].
    ///
    /// # Errors
    /// An unknown scheme, a missing folder, a file that is no SQLite database, an unreachable
    /// server.
    pub async fn open(url: &str, options: Options) -> Result<Self> {
        let pools = if let Some(path) = url.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            open_sqlite(path, url, options).await?
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            open_postgres(url, options).await?
        } else {
            // Whatever follows may hold a password.
            let scheme = url.split_once(':').map_or(url, |(scheme, _)| scheme);
            return Err(StoreError::Url(scheme.chars().take(200).collect()));
        };
        Ok(Self { pools })
    }

    /// Which database this is.
    #[must_use]
    pub const fn backend(&self) -> Backend {
        match self.pools {
            Pools::Sqlite { .. } => Backend::Sqlite,
            Pools::Postgres { .. } => Backend::Postgres,
        }
    }

    /// The newest version of the schema that this binary knows.
    #[must_use]
    pub fn known_schema() -> i64 {
        steps().iter().map(|step| step.0).max().unwrap_or(0)
    }

    /// The file of a SQLite database.
    #[must_use]
    pub fn file(&self) -> Option<PathBuf> {
        match &self.pools {
            Pools::Sqlite { write, .. } => Some(write.connect_options().get_filename().into()),
            Pools::Postgres { .. } => None,
        }
    }

    /// Does the database answer?
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<()> {
        self.read().await?.execute("SELECT 1", Vec::new()).await.map(drop)
    }

    /// The connections in use, without asking the database.
    #[must_use]
    pub fn pools(&self) -> Vec<PoolStatus> {
        fn status<D: sqlx::Database>(name: &'static str, pool: &sqlx::Pool<D>) -> PoolStatus {
            let (open, limit) = (pool.size(), pool.options().get_max_connections());
            // The two counts are read one after the other.
            let idle = u32::try_from(pool.num_idle()).unwrap_or(u32::MAX).min(open);
            PoolStatus { name, open, idle, limit }
        }
        match &self.pools {
            Pools::Sqlite { write, read } => vec![status("read", read), status("write", write)],
            Pools::Postgres { pool, .. } => vec![status("all", pool)],
        }
    }

    /// Waits for running statements and closes all connections.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { write, read } => {
                read.close().await;
                write.close().await;
            }
            Pools::Postgres { pool, .. } => pool.close().await,
        }
    }

    /// What migrations are applied, without writing anything.
    ///
    /// # Errors
    /// [`StoreError::CutOff`] where a restore or a copy into this database was not finished; when
    /// the database does not answer.
    pub async fn schema_status(&self) -> Result<SchemaStatus> {
        let mut db = self.read().await?;
        if db.own_tables().await?.unfinished {
            return Err(StoreError::CutOff);
        }
        db.schema_status().await
    }

    /// Brings the schema to this binary's version. Does nothing where it is there already.
    ///
    /// # Errors
    /// [`StoreError::Newer`] before anything is written when a newer Hermes was here;
    /// [`StoreError::Foreign`] where the tables of something else are;
    /// [`StoreError::CutOff`] where a restore or a copy was not finished;
    /// [`StoreError::Migration`] when a step fails.
    pub async fn migrate(&self) -> Result<()> {
        let before = self.schema_status().await?;
        if before.applied > before.known {
            return before.check();
        }
        let holds_tables = before.applied == 0 && !self.count_rows().await?.is_empty();
        // Another process may have begun to migrate since: its tables come with its first step.
        if holds_tables && self.schema_status().await?.applied == 0 {
            return Err(StoreError::Foreign);
        }
        self.migrate_to(before.known).await
    }

    /// Runs the missing migrations up to a version, whatever else the database holds.
    pub(crate) async fn migrate_to(&self, version: i64) -> Result<()> {
        let migrator = migrator(self.backend(), version);
        let mut outcome = Ok(());
        // Two processes that start at once: at each step the slower one fails in any of several
        // ways, and at its next attempt finds that the step is done.
        for _ in 0..steps().len() + MIGRATION_ATTEMPTS_MORE {
            outcome = match &self.pools {
                Pools::Sqlite { write, .. } => migrator.run(write).await,
                Pools::Postgres { pool, .. } => migrator.run(pool).await,
            };
            if outcome.is_ok() {
                break;
            }
        }
        outcome.map_err(|error| StoreError::Migration(error.to_string()))
    }

    /// A connection for reading.
    pub(crate) async fn read(&self) -> Result<Db> {
        Ok(match &self.pools {
            Pools::Sqlite { read, .. } => Db::Sqlite(read.acquire().await?),
            Pools::Postgres { pool, patience } => Db::Postgres(Server::of(pool, *patience).await?),
        })
    }

    /// A transaction that sees one state of the database throughout and writes nothing.
    pub(crate) async fn snapshot(&self) -> Result<Db> {
        Ok(match &self.pools {
            Pools::Sqlite { read, .. } => Db::SqliteWork(read.begin().await?),
            Pools::Postgres { pool, patience } => {
                let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
                Db::PostgresWork(Server::begin(pool, *patience, begin).await?)
            }
        })
    }

    /// A transaction that writes. SQLite has one writer: it takes its turn here.
    pub(crate) async fn begin(&self) -> Result<Db> {
        faults::begin();
        Ok(match &self.pools {
            Pools::Sqlite { write, .. } => {
                Db::SqliteWork(write.begin_with("BEGIN IMMEDIATE").await?)
            }
            Pools::Postgres { pool, patience } => {
                Db::PostgresWork(Server::begin(pool, *patience, "BEGIN").await?)
            }
        })
    }

    /// SQLite has one writer at a time: nobody else is claiming while one does, and the words for
    /// passing over locked rows are not known there.
    pub(crate) const fn has_one_writer(&self) -> bool {
        matches!(self.pools, Pools::Sqlite { .. })
    }

    /// How many rows every table has, by name; tables that begin with `_` are the store's own and
    /// are left out. For the test that nothing is left of a deleted user.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_rows(&self) -> Result<Vec<(String, i64)>> {
        let mut db = self.snapshot().await?;
        let tables = match self.backend() {
            Backend::Sqlite => {
                "SELECT name FROM sqlite_master WHERE type = 'table' \
                 AND name NOT LIKE 'sqlite_%' AND substr(name, 1, 1) <> '_' ORDER BY name"
            }
            Backend::Postgres => {
                "SELECT table_name::text AS name FROM information_schema.tables \
                 WHERE table_schema = CURRENT_SCHEMA AND substr(table_name, 1, 1) <> '_' \
                 ORDER BY table_name"
            }
        };
        let mut counts = Vec::new();
        for table in db.rows(tables, Vec::new()).await? {
            let name: String = table.get("name")?;
            let sql = format!("SELECT COUNT(*) AS n FROM \"{}\"", name.replace('"', "\"\""));
            let rows = db.fetch(own_sql(sql), Vec::new()).await?;
            counts.push((name, rows.first().map_or(Ok(0), |row| row.get("n"))?));
        }
        Ok(counts)
    }

    /// Lets a SQLite file grow by so many pages at most, as on a full disk; for tests.
    #[doc(hidden)]
    pub async fn limit_pages(&self, more: u32) -> Result<()> {
        if let Pools::Sqlite { write, .. } = &self.pools {
            let pages: i64 = sqlx::query("PRAGMA page_count").fetch_one(write).await?.try_get(0)?;
            let limit = format!("PRAGMA max_page_count = {}", pages + i64::from(more));
            sqlx::query(own_sql(limit)).execute(write).await?;
        }
        Ok(())
    }

    /// Lets both databases prepare a statement; for the test that prepares all of them.
    #[doc(hidden)]
    pub async fn prepare(&self, sql: &str) -> Result<()> {
        use sqlx::Executor;
        let sql = own_sql(sql.to_owned());
        match &self.pools {
            Pools::Sqlite { read, .. } => read.acquire().await?.prepare(sql).await.map(drop)?,
            Pools::Postgres { pool, .. } => pool.acquire().await?.prepare(sql).await.map(drop)?,
        }
        Ok(())
    }
}

/// Makes a missing database file so that only its owner can read it: it holds health data. SQLite
/// gives the files beside it the same mode.
fn make_private(file: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(file) {
        Err(e) if e.kind() != std::io::ErrorKind::AlreadyExists => Err(e),
        _ => Ok(()),
    }
}

async fn open_sqlite(path: &str, url: &str, options: Options) -> Result<Pools> {
    // Each connection would have a memory of its own.
    if path.is_empty() || path.starts_with(":memory:") {
        return Err(StoreError::Url(url.to_owned()));
    }
    let file = PathBuf::from(path);
    let folder = file.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.is_dir() {
        return Err(StoreError::NoFolder(path.to_owned()));
    }
    if options.create {
        make_private(&file).map_err(|e| sqlite_failure(path, &sqlx::Error::Io(e)))?;
    }
    let connect = SqliteConnectOptions::new()
        .filename(&file)
        .create_if_missing(options.create)
        .foreign_keys(true)
        .busy_timeout(options.wait)
        .statement_cache_capacity(PREPARED_MAX)
        .row_buffer_size(ROWS_AHEAD)
        .journal_mode(SqliteJournalMode::Wal)
        // What was confirmed survives a power cut.
        .synchronous(SqliteSynchronous::Full);
    let connect =
        if options.log_statements { connect } else { connect.disable_statement_logging() };
    let connect = faults::opening(connect);
    let failed = |e: sqlx::Error| sqlite_failure(path, &e);
    // Every process may have one writer; `BEGIN IMMEDIATE` queues them.
    // A connection to a file does not break while nobody uses it: asking it first is another
    // round trip to its thread for each statement.
    let pool = || SqlitePoolOptions::new().acquire_timeout(options.wait).test_before_acquire(false);
    let write = pool().max_connections(1).connect_with(connect.clone()).await.map_err(failed)?;
    let read = pool()
        .max_connections(options.connections.max(1))
        .connect_with(connect.create_if_missing(false))
        .await
        .map_err(failed)?;
    Ok(Pools::Sqlite { write, read })
}

fn sqlite_failure(path: &str, error: &sqlx::Error) -> StoreError {
    /// SQLite's result code NOTADB.
    const NOT_A_DATABASE: &str = "26";
    let database = error.as_database_error();
    if database.and_then(|e| e.code()).is_some_and(|code| code == NOT_A_DATABASE) {
        return StoreError::NotSqlite(path.to_owned());
    }
    let reason = database.map_or_else(|| error.to_string(), |e| e.message().to_owned());
    StoreError::Open { path: path.to_owned(), reason }
}

async fn open_postgres(url: &str, options: Options) -> Result<Pools> {
    // The URL itself may hold a password: it is never part of a message.
    let connect = PgConnectOptions::from_str(url);
    let connect = connect
        .map(|c| c.application_name("hermes").statement_cache_capacity(PREPARED_MAX))
        .map_err(|error| StoreError::Unreachable {
            address: "the given URL".to_owned(),
            reason: format!("the URL cannot be read ({error})"),
        })?;
    let connect =
        if options.log_statements { connect } else { connect.disable_statement_logging() };
    let database = connect.get_database().unwrap_or(connect.get_username()).to_owned();
    let address = format!("{}:{}/{database}", connect.get_host(), connect.get_port());
    let unreachable = |reason: String| StoreError::Unreachable { address: address.clone(), reason };
    // The pool would try until its time is up and then not say why: ask the server once first.
    match tokio::time::timeout(options.wait, PgConnection::connect_with(&connect)).await {
        Ok(Ok(connection)) => connection.close().await.map_err(|e| unreachable(e.to_string()))?,
        Ok(Err(error)) => return Err(unreachable(error.to_string())),
        Err(_) => return Err(unreachable(format!("no answer within {:?}", options.wait))),
    }
    let pool = PgPoolOptions::new()
        .max_connections(options.connections.max(1))
        .acquire_timeout(options.wait)
        .connect_lazy_with(connect);
    Ok(Pools::Postgres { pool, patience: options.patience })
}

/// A step of the schema's history: version, name, and its text for SQLite and PostgreSQL.
pub(crate) type Step = (i64, &'static str, &'static str, &'static str);

/// The schema's history. A released step is never changed: a new one is added below it.
pub(crate) fn steps() -> Vec<Step> {
    vec![
        (
            1,
            "seed schema",
            include_str!("../migrations/sqlite/0001_seed_schema.sql"),
            include_str!("../migrations/postgres/0001_seed_schema.sql"),
        ),
        (
            2,
            "plan edits",
            include_str!("../migrations/sqlite/0002_plan_edits.sql"),
            include_str!("../migrations/postgres/0002_plan_edits.sql"),
        ),
        (
            3,
            "what the runner says",
            include_str!("../migrations/sqlite/0003_runner_says.sql"),
            include_str!("../migrations/postgres/0003_runner_says.sql"),
        ),
        (
            4,
            "jobs",
            include_str!("../migrations/sqlite/0004_jobs.sql"),
            include_str!("../migrations/postgres/0004_jobs.sql"),
        ),
        (
            6,
            "match corrections",
            include_str!("../migrations/sqlite/0006_match_corrections.sql"),
            include_str!("../migrations/postgres/0006_match_corrections.sql"),
        ),
        (
            7,
            "runner clocks",
            include_str!("../migrations/sqlite/0007_runner_clocks.sql"),
            include_str!("../migrations/postgres/0007_runner_clocks.sql"),
        ),
        (
            8,
            "activity files",
            include_str!("../migrations/sqlite/0008_activity_files.sql"),
            include_str!("../migrations/postgres/0008_activity_files.sql"),
        ),
        (
            9,
            "strava",
            include_str!("../migrations/sqlite/0009_strava.sql"),
            include_str!("../migrations/postgres/0009_strava.sql"),
        ),
        (
            10,
            "activity sums",
            include_str!("../migrations/sqlite/0010_activity_sums.sql"),
            include_str!("../migrations/postgres/0010_activity_sums.sql"),
        ),
        (
            11,
            "idempotency keys",
            include_str!("../migrations/sqlite/0011_idempotency_keys.sql"),
            include_str!("../migrations/postgres/0011_idempotency_keys.sql"),
        ),
        (
            12,
            "news that were seen",
            include_str!("../migrations/sqlite/0012_news_seen.sql"),
            include_str!("../migrations/postgres/0012_news_seen.sql"),
        ),
        (
            13,
            "rows that failed",
            include_str!("../migrations/sqlite/0013_failed_rows.sql"),
            include_str!("../migrations/postgres/0013_failed_rows.sql"),
        ),
        (
            14,
            "types by hand",
            include_str!("../migrations/sqlite/0014_type_by_hand.sql"),
            include_str!("../migrations/postgres/0014_type_by_hand.sql"),
        ),
    ]
}

/// The migrations up to a version.
fn migrator(backend: Backend, version: i64) -> Migrator {
    let steps = steps().into_iter().filter(|step| step.0 <= version);
    let steps = steps.map(|(version, name, sqlite, postgres)| {
        let sql = match backend {
            Backend::Sqlite => sqlite,
            Backend::Postgres => postgres,
        };
        Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
    });
    let mut migrator = Migrator::with_migrations(steps.collect());
    // Advisory locks are PostgreSQL's own; each step is a transaction, the slower process fails
    // and sees that the work is done.
    migrator.set_locking(false);
    migrator
}

/// Marks a database into which rows are being restored or copied: while this table is there, the
/// database is not whole.
pub(crate) const UNFINISHED: &str = "_hermes_unfinished";

/// Which of the store's own tables a database has.
#[derive(Default)]
struct OwnTables {
    migrations: bool,
    unfinished: bool,
}

/// A connection or an open transaction, whichever database it is of.
pub(crate) enum Db {
    Sqlite(PoolConnection<Sqlite>),
    SqliteWork(Transaction<'static, Sqlite>),
    Postgres(Server),
    PostgresWork(Server),
}

/// Runs `$call` with the connection of either database, and how long to wait for its answer.
macro_rules! on_connection {
    ($db:expr, $sql:expr, $args:expr, |$query:ident, $connection:ident, $patience:ident| $call:expr) => {
        match $db {
            Db::Sqlite(c) => {
                let $connection: &mut SqliteConnection = c;
                let $patience = Patience::endless();
                on_connection!(@bind Sqlite, $sql, $args, $query, $call)
            }
            Db::SqliteWork(c) => {
                let $connection: &mut SqliteConnection = c;
                let $patience = Patience::endless();
                on_connection!(@bind Sqlite, $sql, $args, $query, $call)
            }
            Db::Postgres(c) | Db::PostgresWork(c) => {
                let ($connection, $patience) = c.ask();
                on_connection!(@bind Postgres, $sql, $args, $query, $call)
            }
        }
    };
    (@bind $database:ty, $sql:expr, $args:expr, $query:ident, $call:expr) => {{
        let mut $query = sqlx::query::<$database>($sql);
        for arg in $args {
            $query = $query.bind(arg);
        }
        $call
    }};
}

impl Db {
    /// Runs a statement; the number of rows it changed.
    pub(crate) async fn execute(&mut self, sql: &'static str, args: Vec<Scalar>) -> Result<u64> {
        self.run(sql.into_sql_str(), args).await
    }

    /// The same for a statement that was put together here.
    pub(crate) async fn run(&mut self, sql: SqlStr, args: Vec<Scalar>) -> Result<u64> {
        check(&args)?;
        let write = faults::before(sql.as_str())?;
        let changed = on_connection!(self, sql, args, |query, connection, patience| patience
            .wait(query.execute(connection))
            .await?
            .rows_affected());
        faults::changed(write, changed);
        Ok(changed)
    }

    pub(crate) async fn fetch(&mut self, sql: SqlStr, args: Vec<Scalar>) -> Result<Vec<Row>> {
        check(&args)?;
        let write = faults::before(sql.as_str())?;
        let rows: Vec<Row> =
            on_connection!(self, sql, args, |query, connection, patience| patience
                .wait(query.fetch_all(connection))
                .await?
                .into_iter()
                .map(Row::from)
                .collect());
        faults::changed(write, rows.len() as u64);
        Ok(rows)
    }

    /// The rows of a query as they come: no more of them are in memory than were asked for.
    pub(crate) fn stream(&mut self, sql: SqlStr) -> BoxStream<'_, Result<Row>> {
        on_connection!(self, sql, Vec::<Scalar>::new(), |query, connection, _patience| query
            .fetch(connection)
            .map(|row| Ok(Row::from(row?)))
            .boxed())
    }

    /// Which of the store's own tables there are.
    async fn own_tables(&mut self) -> Result<OwnTables> {
        let sql = match self.backend() {
            Backend::Sqlite => {
                "SELECT name FROM sqlite_master WHERE type = 'table' \
                 AND name IN ('_sqlx_migrations', '_hermes_unfinished')"
            }
            Backend::Postgres => {
                "SELECT table_name::text AS name FROM information_schema.tables \
                 WHERE table_schema = CURRENT_SCHEMA \
                 AND table_name IN ('_sqlx_migrations', '_hermes_unfinished')"
            }
        };
        let mut own = OwnTables::default();
        for row in self.rows(sql, Vec::new()).await? {
            match row.get::<String>("name")?.as_str() {
                UNFINISHED => own.unfinished = true,
                _ => own.migrations = true,
            }
        }
        Ok(own)
    }

    /// What migrations are applied.
    pub(crate) async fn schema_status(&mut self) -> Result<SchemaStatus> {
        let known = Store::known_schema();
        if !self.own_tables().await?.migrations {
            return Ok(SchemaStatus { applied: 0, known });
        }
        let highest = "SELECT MAX(version) AS version FROM _sqlx_migrations WHERE success";
        let applied = self.one(highest, Vec::new()).await?.get::<Option<i64>>("version")?;
        Ok(SchemaStatus { applied: applied.unwrap_or(0), known })
    }

    pub(crate) const fn backend(&self) -> Backend {
        match self {
            Self::Sqlite(_) | Self::SqliteWork(_) => Backend::Sqlite,
            Self::Postgres(_) | Self::PostgresWork(_) => Backend::Postgres,
        }
    }

    /// All rows of a query.
    pub(crate) async fn rows(&mut self, sql: &'static str, args: Vec<Scalar>) -> Result<Vec<Row>> {
        self.fetch(sql.into_sql_str(), args).await
    }

    /// All rows of a query as records.
    pub(crate) async fn all<R: Record>(
        &mut self,
        sql: &'static str,
        args: Vec<Scalar>,
    ) -> Result<Vec<R>> {
        self.rows(sql, args).await?.iter().map(R::read).collect()
    }

    /// The first row, if there is one.
    pub(crate) async fn first(
        &mut self,
        sql: &'static str,
        args: Vec<Scalar>,
    ) -> Result<Option<Row>> {
        Ok(self.rows(sql, args).await?.into_iter().next())
    }

    /// The first row as a record, if there is one.
    pub(crate) async fn maybe<R: Record>(
        &mut self,
        sql: &'static str,
        args: Vec<Scalar>,
    ) -> Result<Option<R>> {
        self.first(sql, args).await?.as_ref().map(R::read).transpose()
    }

    /// The row of a query that always has one.
    pub(crate) async fn one(&mut self, sql: &'static str, args: Vec<Scalar>) -> Result<Row> {
        self.first(sql, args).await?.ok_or(StoreError::Missing("row"))
    }

    /// Writes rows in statements of bounded size; the number of rows changed.
    pub(crate) async fn bulk(&mut self, bulk: &Bulk, rows: Vec<Vec<Scalar>>) -> Result<u64> {
        let mut changed = 0;
        rows.iter().try_for_each(|row| check(row))?;
        for part in self.parts(bulk, rows) {
            changed += match part {
                Part::Values(sql, args) => self.run(sql, args).await?,
                Part::Columns(sql, columns) => {
                    let write = faults::before(sql.as_str())?;
                    let Some((connection, patience)) = self.postgres() else { continue };
                    let query = columns_query(sql, columns);
                    let changed = patience.wait(query.execute(connection)).await?.rows_affected();
                    faults::changed(write, changed);
                    changed
                }
            };
        }
        Ok(changed)
    }

    /// The statements of a list, in the form that each database takes best.
    fn parts(&self, bulk: &Bulk, rows: Vec<Vec<Scalar>>) -> Box<dyn Iterator<Item = Part> + Send> {
        match (self, bulk.columns_sql()) {
            (Self::Postgres(_) | Self::PostgresWork(_), Some(sql)) => bulk.in_columns(sql, rows),
            _ => Box::new(bulk.statements(rows).map(|(sql, args)| Part::Values(sql, args))),
        }
    }

    fn postgres(&mut self) -> Option<(&mut PgConnection, Patience<'_>)> {
        match self {
            Self::Postgres(c) | Self::PostgresWork(c) => Some(c.ask()),
            Self::Sqlite(_) | Self::SqliteWork(_) => None,
        }
    }

    /// Reads with a list of values, in statements of bounded size.
    pub(crate) async fn bulk_rows(
        &mut self,
        bulk: &Bulk,
        rows: Vec<Vec<Scalar>>,
    ) -> Result<Vec<Row>> {
        let mut found = Vec::new();
        rows.iter().try_for_each(|row| check(row))?;
        for part in self.parts(bulk, rows) {
            match part {
                Part::Values(sql, args) => found.append(&mut self.fetch(sql, args).await?),
                Part::Columns(sql, columns) => {
                    let write = faults::before(sql.as_str())?;
                    let Some((connection, patience)) = self.postgres() else { continue };
                    let query = columns_query(sql, columns);
                    let rows = patience.wait(query.fetch_all(connection)).await?;
                    faults::changed(write, rows.len() as u64);
                    found.extend(rows.into_iter().map(Row::from));
                }
            }
        }
        Ok(found)
    }

    /// Chooses rows, changes them and returns them; two who claim at once choose different ones.
    pub(crate) async fn claim(&mut self, claim: &Claim, args: Vec<Scalar>) -> Result<Vec<Row>> {
        let sql = match self {
            Self::Sqlite(_) | Self::SqliteWork(_) => claim.sqlite,
            Self::Postgres(_) | Self::PostgresWork(_) => claim.postgres,
        };
        self.rows(sql, args).await
    }

    /// Ends a transaction of [`Store::begin`]: commits where the work succeeded, else rolls back.
    /// `None` asks for another attempt.
    pub(crate) async fn finish<T>(self, work: Result<T>, attempt: u32) -> Option<Result<T>> {
        let outcome = match work {
            Ok(value) => self.commit().await.map(|()| value),
            Err(error) => {
                // A rollback that fails is done by the database when the connection ends.
                let _ = self.rollback().await;
                Err(error)
            }
        };
        match outcome {
            Err(error) if error.is_retryable() && attempt < TRANSACTION_ATTEMPTS => None,
            other => Some(other),
        }
    }

    pub(crate) async fn commit(self) -> Result<()> {
        faults::committing()?;
        match self {
            Self::SqliteWork(tx) => tx.commit().await?,
            Self::PostgresWork(server) => server.commit().await?,
            Self::Sqlite(_) | Self::Postgres(_) => {}
        }
        faults::committed()
    }

    async fn rollback(self) -> Result<()> {
        match self {
            Self::SqliteWork(tx) => tx.rollback().await?,
            Self::PostgresWork(server) => server.roll_back().await?,
            Self::Sqlite(_) | Self::Postgres(_) => {}
        }
        Ok(())
    }
}

fn check(args: &[Scalar]) -> Result<()> {
    if args.iter().any(Scalar::holds_nul) { Err(StoreError::Nul) } else { Ok(()) }
}

/// Runs a body in one writing transaction and commits it; the body may run again after a
/// PostgreSQL conflict, so it must not consume what it uses.
macro_rules! transaction {
    ($store:expr, |$db:ident| $body:expr) => {{
        let mut attempt = 1;
        loop {
            let mut work = $store.begin().await?;
            let result = {
                let $db = &mut work;
                async { $body }.await
            };
            if let Some(outcome) = work.finish(result, attempt).await {
                break outcome;
            }
            attempt += 1;
        }
    }};
}
pub(crate) use transaction;

/// A row that was read.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl From<SqliteRow> for Row {
    fn from(row: SqliteRow) -> Self {
        Self::Sqlite(row)
    }
}

impl From<PgRow> for Row {
    fn from(row: PgRow) -> Self {
        Self::Postgres(row)
    }
}

impl Row {
    /// The value of a column.
    pub(crate) fn get<T: Value>(&self, column: &str) -> Result<T> {
        T::from_scalar(self.scalar(column)?).ok_or_else(|| {
            let found = self.scalar(column).map_or_else(|e| e.to_string(), |s| format!("{s:?}"));
            StoreError::Corrupt {
                column: column.to_owned(),
                found: found.chars().take(60).collect(),
                expected: T::NAME,
            }
        })
    }

    /// The value of a column as the database gives it.
    pub(crate) fn scalar(&self, column: &str) -> Result<Scalar> {
        Ok(match self {
            Self::Sqlite(row) => row.try_get_unchecked(column)?,
            Self::Postgres(row) => row.try_get_unchecked(column)?,
        })
    }
}

/// What is read from a row.
pub(crate) trait Record: Sized {
    fn read(row: &Row) -> Result<Self>;
    /// The fields in their order, as a statement's values.
    fn args(&self) -> Vec<Scalar>;
}

/// A struct whose fields are columns of the same names.
macro_rules! record {
    (
        $(#[$meta:meta])*
        pub struct $name:ident { $($(#[$field_meta:meta])* pub $field:ident: $type:ty,)* }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name { $($(#[$field_meta])* pub $field: $type,)* }

        impl $crate::database::Record for $name {
            fn read(row: &$crate::database::Row) -> $crate::error::Result<Self> {
                Ok(Self { $($field: row.get(stringify!($field))?,)* })
            }
            fn args(&self) -> Vec<$crate::value::Scalar> {
                vec![$($crate::value::Value::to_scalar(&self.$field),)*]
            }
        }
    };
}
pub(crate) use record;

/// The values of a statement, in the order of its placeholders.
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::value::Value::to_scalar(&$value)),*] };
}
pub(crate) use args;

/// The statements of a module as constants, and a list of them for the test that prepares all.
macro_rules! statements {
    ($($name:ident = $sql:expr;)* $([bulk] $bulk:ident($head:expr, $width:expr, $tail:expr);)*) => {
        $(const $name: &str = $sql;)*
        $(pub(crate) const $bulk: $crate::database::Bulk =
            $crate::database::Bulk { head: $head, width: $width, tail: $tail };)*
        pub(crate) fn all_statements() -> Vec<(&'static str, String)> {
            vec![
                $((concat!(module_path!(), "::", stringify!($name)), $name.to_owned()),)*
                $((concat!(module_path!(), "::", stringify!($bulk)), $bulk.sql(1)),)*
            ]
        }
    };
}
pub(crate) use statements;

/// A time as the database keeps it: whole microseconds.
pub(crate) fn stored_time(time: jiff::Timestamp) -> jiff::Timestamp {
    jiff::Timestamp::from_microsecond(time.as_microsecond()).unwrap_or(time)
}

/// Ids for the rows of a list, in ascending order: rows of one moment keep their order.
pub(crate) fn new_ids(now: jiff::Timestamp, count: usize) -> Vec<uuid::Uuid> {
    let mut ids: Vec<_> = (0..count).map(|_| new_id(now)).collect();
    ids.sort_unstable();
    ids
}

/// A new id: UUID version 7 of the caller's time, so that ids sort by time in the index.
pub(crate) fn new_id(now: jiff::Timestamp) -> uuid::Uuid {
    let seconds = u64::try_from(now.as_second()).unwrap_or(0);
    let nanos = now.subsec_nanosecond().unsigned_abs();
    uuid::Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, seconds, nanos))
}
