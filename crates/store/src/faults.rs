//! Faults for tests (feature `faults`, which no program has): every write passes a named place,
//! and at one of them a test lets something happen. Also what tests ask of a database that no
//! use case asks: a copy, a canonical text, lost connections.
//!
//! The places are of the whole process: a test that uses them runs in a process of its own. A
//! place is a statement before it runs (`imports::UPSERT`), or the moment before or after the
//! commit of the transaction that began with such a statement, each with the number of times it
//! was passed. Places do not depend on which of several tasks comes first.

use crate::database::{Db, Row, Store};
use crate::error::{Result, StoreError};
use crate::value::Scalar;
use sha2::{Digest, Sha256};
use sqlx::error::{DatabaseError, ErrorKind};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, Column as _, Connection as _, Row as _, SqlSafeStr as _};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::io::Write as _;
use std::str::FromStr as _;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::task::Id;

/// A place that writes pass.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// `imports::UPSERT`, `before commit of users::LOCK` ...
    pub name: String,
    /// Which of the times that it is passed, from 1.
    pub time: u32,
}

/// A place as it was passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passed {
    /// The place.
    pub place: Place,
    /// Transactions committed until then that changed a row.
    pub commits: u32,
    /// Another one was being committed: it may be there or not.
    pub in_flight: bool,
}

impl Passed {
    /// The line that a log has of it.
    #[must_use]
    pub fn line(&self) -> String {
        let Self { place: Place { name, time }, commits, in_flight } = self;
        format!("{commits}\t{}\t{time}\t{name}\n", u8::from(*in_flight))
    }

    /// Reads a line of a log; `None` for one that was cut off.
    #[must_use]
    pub fn read(line: &str) -> Option<Self> {
        let mut words = line.splitn(4, '\t');
        let commits = words.next()?.parse().ok()?;
        let in_flight = words.next()? == "1";
        let time = words.next()?.parse().ok()?;
        let place = Place { name: words.next()?.to_owned(), time };
        Some(Self { place, commits, in_flight })
    }
}

/// What happens at a place: it may end the process, break a connection or wait; a code that it
/// returns is the database's error there.
pub type Happens = Box<dyn FnMut(&Passed) -> Option<&'static str> + Send>;

/// A transaction under way.
#[derive(Default)]
struct Work {
    first: Option<String>,
    changed: bool,
    committing: bool,
}

#[derive(Default)]
struct Faults {
    happens: Option<Happens>,
    log: Option<std::fs::File>,
    times: HashMap<String, u32>,
    works: HashMap<Option<Id>, Work>,
    commits: u32,
    names: Vec<(String, &'static str)>,
    pragmas: Vec<(&'static str, String)>,
}

static FAULTS: Mutex<Option<Faults>> = Mutex::new(None);

fn faults() -> MutexGuard<'static, Option<Faults>> {
    FAULTS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From now on `happens` is told of every place; each is also a line of `log`.
pub fn arm(log: Option<std::fs::File>, happens: Happens) {
    let mut faults = faults();
    let pragmas = faults.take().map(|f| f.pragmas).unwrap_or_default();
    *faults = Some(Faults { happens: Some(happens), log, pragmas, ..Faults::default() });
}

/// Nothing happens any more.
pub fn disarm() {
    *faults() = None;
}

/// SQLite connections that this process opens from now on set these.
pub fn pragmas(pragmas: Vec<(&'static str, String)>) {
    faults().get_or_insert_default().pragmas = pragmas;
}

/// Is it a statement that writes?
fn writes(sql: &str) -> bool {
    let words = ["INSERT INTO ", "UPDATE ", "DELETE FROM "];
    words.iter().any(|word| sql.starts_with(word) || sql.starts_with("WITH ") && sql.contains(word))
}

impl Faults {
    fn name(&mut self, sql: &str) -> String {
        if self.names.is_empty() {
            // A bulk statement is known by its text up to the rows.
            let head = |text: String| match text.split_once(" VALUES ($1") {
                Some((head, _)) => head.to_owned(),
                None => text,
            };
            let all = crate::all_statements().into_iter();
            let short = |name: &'static str| name.trim_start_matches("hermes_store::");
            self.names = all.map(|(name, text)| (head(text), short(name))).collect();
        }
        let known = self.names.iter().filter(|(head, _)| sql.starts_with(head.as_str()));
        let longest = known.max_by_key(|(head, _)| head.len());
        longest.map_or_else(|| sql.chars().take(60).collect(), |(_, name)| (*name).to_owned())
    }

    fn pass(&mut self, name: String) -> Result<()> {
        let time = self.times.entry(name.clone()).or_default();
        *time += 1;
        let place = Place { name, time: *time };
        let me = tokio::task::try_id();
        let in_flight = self.works.iter().any(|(task, work)| *task != me && work.committing);
        let passed = Passed { place, commits: self.commits, in_flight };
        if let Some(log) = &mut self.log {
            // One write: a killed process leaves whole lines.
            log.write_all(passed.line().as_bytes()).map_err(sqlx::Error::Io)?;
        }
        let code = self.happens.as_mut().and_then(|happens| happens(&passed));
        code.map_or(Ok(()), |code| {
            Err(StoreError::Database(sqlx::Error::Database(Box::new(Injected(code)))))
        })
    }

    fn work(&mut self) -> &mut Work {
        self.works.entry(tokio::task::try_id()).or_default()
    }
}

pub(crate) fn opening(connect: SqliteConnectOptions) -> SqliteConnectOptions {
    let pragmas = faults().as_ref().map(|f| f.pragmas.clone()).unwrap_or_default();
    pragmas.into_iter().fold(connect, |connect, (name, value)| connect.pragma(name, value))
}

pub(crate) fn begin() {
    if let Some(faults) = faults().as_mut() {
        *faults.work() = Work::default();
    }
}

/// Passes the place before a statement; whether it writes.
pub(crate) fn before(sql: &str) -> Result<bool> {
    let mut faults = faults();
    let Some(faults) = faults.as_mut().filter(|f| f.happens.is_some() && writes(sql)) else {
        return Ok(false);
    };
    let name = faults.name(sql);
    faults.work().first.get_or_insert_with(|| name.clone());
    faults.pass(name)?;
    Ok(true)
}

pub(crate) fn changed(write: bool, rows: u64) {
    if let Some(faults) = faults().as_mut().filter(|_| write && rows > 0) {
        faults.work().changed = true;
    }
}

pub(crate) fn committing() -> Result<()> {
    let mut faults = faults();
    let Some(faults) = faults.as_mut().filter(|f| f.happens.is_some()) else { return Ok(()) };
    let Some(first) = faults.work().first.clone() else { return Ok(()) };
    faults.pass(format!("before commit of {first}"))?;
    let work = faults.work();
    work.committing = work.changed;
    Ok(())
}

pub(crate) fn committed() -> Result<()> {
    let mut faults = faults();
    let Some(faults) = faults.as_mut().filter(|f| f.happens.is_some()) else { return Ok(()) };
    let work = std::mem::take(faults.work());
    let Some(first) = work.first else { return Ok(()) };
    faults.commits += u32::from(work.changed);
    faults.pass(format!("after commit of {first}"))
}

/// An error as the database would report it.
#[derive(Debug, thiserror::Error)]
#[error("an error made by a test (code {0})")]
struct Injected(&'static str);

impl DatabaseError for Injected {
    fn message(&self) -> &'static str {
        "an error made by a test"
    }
    fn code(&self) -> Option<Cow<'_, str>> {
        Some(self.0.into())
    }
    fn as_error(&self) -> &(dyn std::error::Error + Send + Sync + 'static) {
        self
    }
    fn as_error_mut(&mut self) -> &mut (dyn std::error::Error + Send + Sync + 'static) {
        self
    }
    fn into_error(self: Box<Self>) -> Box<dyn std::error::Error + Send + Sync + 'static> {
        self
    }
    fn kind(&self) -> ErrorKind {
        ErrorKind::Other
    }
}

/// A database of a PostgreSQL server, made and dropped by tests.
pub struct Server {
    options: PgConnectOptions,
}

impl Server {
    /// The server at a URL; its user may create databases.
    ///
    /// # Errors
    /// For what is no URL.
    pub fn at(url: &str) -> Result<Self> {
        Ok(Self { options: PgConnectOptions::from_str(url)? })
    }

    /// Makes a database, empty or as a copy of one that nobody is connected to.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn create(&self, name: &str, of: Option<&str>) -> Result<()> {
        let of = of.map(|of| format!(" TEMPLATE {of}")).unwrap_or_default();
        self.run(format!("CREATE DATABASE {name}{of}")).await
    }

    /// Drops a database, whoever is connected to it.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn remove(&self, name: &str) -> Result<()> {
        self.run(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await
    }

    /// Ends all connections to a database, as a restart of the server does.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn disconnect(&self, name: &str) -> Result<()> {
        self.run(format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        ))
        .await
    }

    /// Lets transactions of new connections to a database only read, or write again.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn read_only(&self, name: &str, on: bool) -> Result<()> {
        self.run(format!("ALTER DATABASE {name} SET default_transaction_read_only = {on}")).await
    }

    async fn run(&self, sql: String) -> Result<()> {
        let mut connection = PgConnection::connect_with(&self.options).await?;
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await?;
        Ok(connection.close().await?)
    }
}

/// Moments of writing: that there is one is content, which is not.
fn is_moment(column: &str) -> bool {
    (column.ends_with("_at") || column == "leased_until") && column != "due_at"
}

fn values(row: &Row) -> Result<BTreeMap<String, String>> {
    let names: Vec<String> = match row {
        Row::Sqlite(row) => row.columns().iter().map(|c| c.name().to_owned()).collect(),
        Row::Postgres(row) => row.columns().iter().map(|c| c.name().to_owned()).collect(),
    };
    let value = |name: String| {
        let value = match row.scalar(&name)? {
            Scalar::Bytes(bytes) => crate::imports::hex_digest(&bytes),
            other => other.to_string(),
        };
        Ok((name, value))
    };
    names.into_iter().map(value).collect()
}

fn is_id(text: &str) -> bool {
    text.len() == 36 && uuid::Uuid::try_parse(text).is_ok()
}

/// The content of all tables but some, as sorted lines that are the same for databases that hold
/// the same: without moments of writing, and with what rows say in place of their ids. Ids of
/// users stay.
///
/// # Errors
/// When the database fails.
pub async fn content(store: &Store, without: &[&str]) -> Result<Vec<String>> {
    let mut tables = Vec::new();
    for (table, _) in store.count_rows().await? {
        if without.contains(&table.as_str()) {
            continue;
        }
        let sql = AssertSqlSafe(format!("SELECT * FROM \"{table}\"")).into_sql_str();
        let rows = store.read().await?.fetch(sql, Vec::new()).await?;
        tables.push((table, rows.iter().map(values).collect::<Result<Vec<_>>>()?));
    }
    let said = |row: &BTreeMap<String, String>, word: &dyn Fn(&str) -> String| {
        let pair = |(column, value): (&String, &String)| match value.as_str() {
            "~" => format!("{column}=~"),
            _ if is_moment(column) => format!("{column} is set"),
            value if is_id(value) => format!("{column}={}", word(value)),
            value => format!("{column}={value}"),
        };
        let kept = row.iter().filter(|(column, _)| *column != "id");
        kept.map(pair).collect::<Vec<_>>().join(" | ")
    };
    let mut names = HashMap::new();
    for (table, rows) in &tables {
        for row in rows {
            let Some(id) = row.get("id") else { continue };
            let digest = Sha256::digest(said(row, &|_| "an id".to_owned()));
            let name = match table.as_str() {
                "users" => id.clone(),
                _ => format!("{table} {:02x}{:02x}{:02x}", digest[0], digest[1], digest[2]),
            };
            names.insert(id.clone(), name);
        }
    }
    let word = |id: &str| names.get(id).map_or_else(|| "an id".to_owned(), Clone::clone);
    let mut lines: Vec<String> = Vec::new();
    for (table, rows) in &tables {
        lines.extend(rows.iter().map(|row| format!("{table}: {}", said(row, &word))));
    }
    lines.sort_unstable();
    Ok(lines)
}

/// What the database itself finds wrong with its file: nothing, hopefully. PostgreSQL keeps
/// watch over its own.
///
/// # Errors
/// When the database fails.
pub async fn damage(store: &Store) -> Result<Vec<String>> {
    let mut db = store.read().await?;
    let mut found = Vec::new();
    if matches!(db, Db::Sqlite(_)) {
        for row in db.rows("PRAGMA integrity_check", Vec::new()).await? {
            found.extend(values(&row)?.into_values().filter(|said| said != "ok"));
        }
        for row in db.rows("PRAGMA foreign_key_check", Vec::new()).await? {
            found.push(format!("a row that refers to nothing: {:?}", values(&row)?));
        }
    }
    Ok(found)
}
