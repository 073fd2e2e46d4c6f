//! What can go wrong in the store, each with one clear sentence.

use sqlx::error::ErrorKind;
use std::time::Duration;

/// Result of a store function.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// A failure of the store. Nothing of the failed call remains in the database.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The URL names no database that the store knows.
    #[error(
        "\"{0}\" names no database; use sqlite:PATH or postgres://USER@HOST/NAME \
         (the URL's scheme is missing or unknown)"
    )]
    Url(String),
    /// The folder of the SQLite file is not there.
    #[error("the folder of the database {0} does not exist; create it or name another file")]
    NoFolder(String),
    /// The SQLite file cannot be opened.
    #[error("the database {path} cannot be opened: {reason}")]
    Open {
        /// The file.
        path: String,
        /// What the system says.
        reason: String,
    },
    /// The file is something else.
    #[error("{0} is not a SQLite database; name another file or move this one away")]
    NotSqlite(String),
    /// The server does not answer, or refuses.
    #[error("the PostgreSQL server at {address} cannot be used: {reason}")]
    Unreachable {
        /// Host, port and database; never the password.
        address: String,
        /// What the server or the system says.
        reason: String,
    },
    /// The database belongs to something else.
    #[error("the database holds tables of something else; name an empty or a new database")]
    Foreign,
    /// A newer Hermes has migrated this database.
    #[error(
        "the database has schema version {found}, newer than version {known} of this Hermes; \
         use a newer Hermes (nothing was changed)"
    )]
    Newer {
        /// Highest version in the database.
        found: i64,
        /// Highest version of this binary.
        known: i64,
    },
    /// The database lacks migrations.
    #[error(
        "the database has schema version {found} where this Hermes needs {known}; \
         run `hermes db migrate`"
    )]
    Older {
        /// Highest version in the database, 0 for none.
        found: i64,
        /// Highest version of this binary.
        known: i64,
    },
    /// A restore or a copy into this database was not finished.
    #[error(
        "a restore or a copy into this database was cut off, so it holds a part only; run it \
         again with the same target, or name another database"
    )]
    CutOff,
    /// The target of a restore or a copy holds rows.
    #[error(
        "the target is not empty: table {table} has {rows} rows; name a new or an empty database \
         (nothing was changed)"
    )]
    NotEmpty {
        /// The first table with rows.
        table: String,
        /// How many.
        rows: i64,
    },
    /// What was written is not what was read.
    #[error(
        "table {table} came out differently: {found} where {expected} was written; the target \
         stays marked as unfinished"
    )]
    Differs {
        /// The table.
        table: String,
        /// Rows and digest found.
        found: String,
        /// Rows and digest expected.
        expected: String,
    },
    /// A line of a backup is no row of its table.
    #[error("line {line} of table {table} in the backup is no row of it: {reason}")]
    BadLine {
        /// The table.
        table: String,
        /// 1 for the first.
        line: u64,
        /// What is wrong.
        reason: String,
    },
    /// A migration failed, or an applied one differs from the binary's.
    #[error("the database cannot be brought to this version: {0}")]
    Migration(String),
    /// A list that is longer than its limit.
    #[error("{what}: {found} at once where {limit} is the limit; split it")]
    TooMany {
        /// What it holds.
        what: &'static str,
        /// How many there were.
        found: usize,
        /// How many there may be.
        limit: usize,
    },
    /// Text that holds the character U+0000, which PostgreSQL cannot store.
    #[error("a text holds the character U+0000, which cannot be stored; remove it")]
    Nul,
    /// A value breaks one of the schema's constraints.
    #[error("the database refused a value: {0}")]
    Refused(String),
    /// A unique key exists already, or a row that was expected is not there.
    #[error("the database holds something else already: {0}")]
    Conflict(String),
    /// A stored value is not what its column promises.
    #[error("column {column} holds {found}, which is no {expected}; restore a backup")]
    Corrupt {
        /// The column.
        column: String,
        /// What was read.
        found: String,
        /// What it should be.
        expected: &'static str,
    },
    /// Nothing of that key exists for that user.
    #[error("there is no such {0}")]
    Missing(&'static str),
    /// A job is not held under that fence any more; nothing was changed.
    #[error("the lease of the job is lost: it ended, and the job is somebody else's or finished")]
    LeaseLost,
    /// The server took too long: what was asked for may have happened or not.
    #[error("the database did not answer within {} s", .0.as_secs())]
    Silent(Duration),
    /// The database is busy, full, away or broken.
    #[error("the database failed: {0}")]
    Database(sqlx::Error),
}

impl StoreError {
    /// May the same transaction succeed when it is simply tried again? True for PostgreSQL's
    /// serialization failures (40001) and deadlocks (40P01).
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Database(e) => e
                .as_database_error()
                .and_then(sqlx::error::DatabaseError::code)
                .is_some_and(|code| code == "40001" || code == "40P01"),
            _ => false,
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        if let Some(e) = error.as_database_error() {
            match e.kind() {
                ErrorKind::UniqueViolation => return Self::Conflict(e.message().to_owned()),
                ErrorKind::ForeignKeyViolation
                | ErrorKind::NotNullViolation
                | ErrorKind::CheckViolation => return Self::Refused(e.message().to_owned()),
                // PostgreSQL: a value out of a type's range or too long for its column.
                _ if matches!(e.code().as_deref(), Some("22001" | "22003")) => {
                    return Self::Refused(e.message().to_owned());
                }
                _ => {}
            }
        }
        Self::Database(error)
    }
}
