//! Imports: activities with their sources and files, and what became of every row.

use crate::database::{Db, Record, Store, args, new_id, record, statements, transaction};
use crate::error::{Result, StoreError};
use crate::readings::Reading;
use crate::value::{ActivityMetres, Decimal, LocalTime, Scalar, Text, Value};
use hermes_engine::calendar::Day;
use hermes_engine::record::Sport;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::sync::Arc;
use uuid::Uuid;

/// Most items of one chunk, which is one transaction.
pub const CHUNK_MAX: usize = 1_000;
/// Most ledger rows that are read at once.
pub const LEDGER_MAX: u32 = 10_000;

statements! {
    INSERT_BATCH = "INSERT INTO import_batches (id, user_id, source, name, started_at) \
        VALUES ($1, $2, $3, $4, $5)";
    FINISH_BATCH = "UPDATE import_batches SET finished_at = $3 WHERE user_id = $1 AND id = $2";
    BATCHES = "SELECT id, source, name, started_at, finished_at, rolled_back_at \
        FROM import_batches WHERE user_id = $1 ORDER BY started_at DESC, id DESC LIMIT $2";
    LEDGER = "SELECT row_number, item, outcome, reason, activity_id FROM import_ledger \
        WHERE user_id = $1 AND batch_id = $2 ORDER BY row_number, id LIMIT $3";
    LEDGER_PROBLEMS = "SELECT row_number, item, outcome, reason, activity_id \
        FROM import_ledger WHERE user_id = $1 AND batch_id = $2 AND reason IS NOT NULL \
        ORDER BY row_number, id LIMIT $3";
    LEDGER_COUNTS = "SELECT outcome, COUNT(*) AS count FROM import_ledger \
        WHERE user_id = $1 AND batch_id = $2 GROUP BY outcome ORDER BY outcome";
    FILE = "SELECT name, bytes FROM original_files WHERE user_id = $1 AND digest = $2";
    FILES = "SELECT digest, name, size FROM original_files WHERE user_id = $1 ORDER BY digest";
    [bulk] INSERT_LEDGER(
        "INSERT INTO import_ledger (id, user_id, batch_id, created_at, row_number, item, \
         outcome, reason, activity_id) VALUES", 9, ""
    );
}

/// Where activities come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Source {
    /// Strava's bulk export.
    StravaArchive,
    /// Strava's API.
    Strava,
    /// A FIT, GPX or TCX file by itself.
    File,
    /// Typed in.
    Manual,
}

impl Source {
    /// The word in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::StravaArchive => "strava_archive",
            Self::Strava => "strava",
            Self::File => "file",
            Self::Manual => "manual",
        }
    }
}

impl Value for Source {
    const NAME: &'static str = "source of activities";
    const KIND: crate::value::Kind = crate::value::Kind::Text;
    fn to_scalar(&self) -> Scalar {
        Scalar::Text(self.name().to_owned())
    }
    fn from_scalar(scalar: Scalar) -> Option<Self> {
        let name = String::from_scalar(scalar)?;
        [Self::StravaArchive, Self::Strava, Self::File, Self::Manual]
            .into_iter()
            .find(|s| s.name() == name)
    }
}

/// What became of a row of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It was added.
    New,
    /// It was known with other values.
    Updated,
    /// It was known like that; nothing was written.
    Unchanged,
    /// The same id came earlier in the same chunk, or the caller found a duplicate.
    Duplicate,
    /// It is nothing for Hermes.
    Skipped,
    /// It could not be taken.
    Failed,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::New, Self::Updated, Self::Unchanged, Self::Duplicate, Self::Skipped, Self::Failed];

    /// The word in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Updated => "updated",
            Self::Unchanged => "unchanged",
            Self::Duplicate => "duplicate",
            Self::Skipped => "skipped",
            Self::Failed => "failed",
        }
    }
}

impl Value for Outcome {
    const NAME: &'static str = "outcome of an import";
    const KIND: crate::value::Kind = crate::value::Kind::Text;
    fn to_scalar(&self) -> Scalar {
        Scalar::Text(self.name().to_owned())
    }
    fn from_scalar(scalar: Scalar) -> Option<Self> {
        let name = String::from_scalar(scalar)?;
        Self::ALL.into_iter().find(|o| o.name() == name)
    }
}

record! {
    /// An activity as it came, checked and typed.
    pub struct NewActivity {
        /// Strava's id, or a negative one derived from user and content.
        pub strava_activity_id: i64,
        /// Strava's English name of the sport.
        pub activity_type: Text<50>,
        /// What it counts as.
        pub sport: Sport,
        /// The title.
        pub name: Option<Text<255>>,
        /// Metres.
        pub distance_meters: ActivityMetres,
        /// Moving time.
        pub moving_time_seconds: i32,
        /// Elapsed time.
        pub elapsed_time_seconds: i32,
        /// Metres of ascent.
        pub total_elevation_gain: Option<Decimal<6, 2>>,
        /// The start.
        pub start_date: Timestamp,
        /// The start on the local wall clock.
        pub start_date_local: LocalTime,
        /// Average speed, m/s.
        pub average_speed_ms: Option<Decimal<6, 3>>,
        /// Highest speed, m/s.
        pub max_speed_ms: Option<Decimal<6, 3>>,
        /// Average heart rate, beats per minute.
        pub average_heartrate: Option<i32>,
        /// Highest heart rate, beats per minute.
        pub max_heartrate: Option<i32>,
        /// Weighted average power.
        pub weighted_average_watts: Option<Decimal<6, 2>>,
        /// Average power.
        pub average_watts: Option<Decimal<6, 2>>,
        /// The recording device's name for it.
        pub external_id: Option<Text<255>>,
        /// Strava's upload.
        pub upload_id: Option<i64>,
        /// Tagged as a race.
        pub race: bool,
        /// Degrees Celsius.
        pub average_temperature: Option<i32>,
        /// 0-10.
        pub perceived_exertion: Option<i32>,
    }
}

/// A file as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OriginalFile {
    /// Its name.
    pub name: Text<255>,
    /// Its bytes, compressed if they came so; several activities may be of one file.
    pub bytes: Arc<Vec<u8>>,
}

/// One row of an import that holds an activity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportItem {
    /// Its number in the source, from 1.
    pub row_number: i32,
    /// What the source calls it: an id or a file name; for the ledger and the sources.
    pub item: Text<255>,
    /// The activity.
    pub activity: NewActivity,
    /// Its own file.
    pub file: Option<OriginalFile>,
    /// What was read of its points.
    pub reading: Option<Reading>,
    /// What was odd about it, in one sentence, for the ledger.
    pub note: Option<String>,
}

/// What [`Store::import_activities`] did with an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Imported {
    /// It was added.
    New,
    /// It was known with other values.
    Updated,
    /// It was known like that; its row was not touched.
    Unchanged,
    /// The same run is known from elsewhere, as the activity of that id; it is one more source of
    /// it.
    Merged(i64),
    /// The same id came earlier in this chunk; nothing was done.
    Duplicate,
    /// The id belongs to another account; nothing was done.
    ForeignId,
}

impl Imported {
    /// The word in the ledger.
    #[must_use]
    pub const fn outcome(self) -> Outcome {
        match self {
            Self::New => Outcome::New,
            Self::Updated => Outcome::Updated,
            Self::Unchanged => Outcome::Unchanged,
            Self::Merged(_) | Self::Duplicate => Outcome::Duplicate,
            Self::ForeignId => Outcome::Failed,
        }
    }

    /// Does the activity say something else than before?
    #[must_use]
    pub const fn changed(self) -> bool {
        matches!(self, Self::New | Self::Updated | Self::Merged(_))
    }

    pub(crate) fn reason(self) -> Option<String> {
        Some(match self {
            Self::Merged(id) => format!(
                "it is the same run as activity {id}, known from elsewhere; both are kept as its \
                 sources"
            ),
            Self::Duplicate => "the same activity comes earlier in this import".to_owned(),
            Self::ForeignId => "this activity belongs to another account".to_owned(),
            Self::New | Self::Updated | Self::Unchanged => return None,
        })
    }
}

/// What became of one item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// What was done with it.
    pub imported: Imported,
    /// The row of the activity, where it is the user's.
    pub id: Option<Uuid>,
    /// The local day it was on before, where it was known.
    pub was: Option<Day>,
}

record! {
    /// One row of the ledger.
    pub struct LedgerRow {
        /// Its number in the source, from 1.
        pub row_number: i32,
        /// What the source calls it.
        pub item: Text<255>,
        /// What became of it.
        pub outcome: Outcome,
        /// Why, in one sentence, where it was not simply taken.
        pub reason: Option<String>,
        /// The row of the activity.
        pub activity_id: Option<Uuid>,
    }
}

record! {
    /// One run of an importer.
    pub struct Batch {
        /// The key.
        pub id: Uuid,
        /// What was imported.
        pub source: Source,
        /// The name of the file or folder.
        pub name: Option<Text<255>>,
        /// When it began.
        pub started_at: Timestamp,
        /// When it ended; `None` while it runs or when it was broken off.
        pub finished_at: Option<Timestamp>,
        /// When it was taken back, if it was.
        pub rolled_back_at: Option<Timestamp>,
    }
}

record! {
    /// A stored file without its bytes.
    pub struct FileRow {
        /// SHA-256 of the bytes, in hexadecimal.
        pub digest: String,
        /// Its name.
        pub name: Text<255>,
        /// Bytes.
        pub size: i64,
    }
}

record! {
    /// A stored file.
    pub struct StoredFile {
        /// Its name.
        pub name: Text<255>,
        /// Its bytes as they came.
        pub bytes: Vec<u8>,
    }
}

/// SHA-256 in lowercase hexadecimal.
pub(crate) fn hex_digest(bytes: &[u8]) -> String {
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

/// Digest of values one after the other.
pub(crate) fn digest_of<'a>(values: impl IntoIterator<Item = &'a Scalar>) -> String {
    let mut text = String::new();
    for value in values {
        let value = value.to_string();
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{}:{value}", value.len());
    }
    hex_digest(text.as_bytes())
}

pub(crate) fn at_most(what: &'static str, found: usize, limit: usize) -> Result<()> {
    if found > limit { Err(StoreError::TooMany { what, found, limit }) } else { Ok(()) }
}

/// Writes rows of the ledger.
pub(crate) async fn write_ledger(
    db: &mut Db,
    user: Uuid,
    batch: Uuid,
    rows: &[LedgerRow],
    now: Timestamp,
) -> Result<()> {
    let row = |row: &LedgerRow| {
        let mut args = args![new_id(now), user, batch, now];
        args.extend(row.args());
        args
    };
    db.bulk(&INSERT_LEDGER, rows.iter().map(row).collect()).await?;
    Ok(())
}

impl Store {
    /// Begins an import.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin_import(
        &self,
        user: Uuid,
        source: Source,
        name: Option<&Text<255>>,
        now: Timestamp,
    ) -> Result<Uuid> {
        let id = new_id(now);
        transaction!(self, |db| {
            db.execute(INSERT_BATCH, args![id, user, source, name, now]).await
        })?;
        Ok(id)
    }

    /// Adds ledger rows for what holds no activity: skipped and failed rows, at most
    /// [`CHUNK_MAX`] at once.
    ///
    /// # Errors
    /// [`StoreError::TooMany`] above the limit; when the database fails.
    pub async fn add_ledger(
        &self,
        user: Uuid,
        batch: Uuid,
        rows: &[LedgerRow],
        now: Timestamp,
    ) -> Result<()> {
        at_most("rows of an import", rows.len(), CHUNK_MAX)?;
        transaction!(self, |db| write_ledger(db, user, batch, rows, now).await)
    }

    /// Ends an import.
    ///
    /// # Errors
    /// [`StoreError::Missing`] without such a batch of that user.
    pub async fn finish_import(&self, user: Uuid, batch: Uuid, now: Timestamp) -> Result<()> {
        let changed =
            transaction!(self, |db| db.execute(FINISH_BATCH, args![user, batch, now]).await)?;
        if changed == 0 { Err(StoreError::Missing("import")) } else { Ok(()) }
    }

    /// The latest imports, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn imports(&self, user: Uuid, limit: u32) -> Result<Vec<Batch>> {
        self.read().await?.all(BATCHES, args![user, i64::from(limit)]).await
    }

    /// What became of every row of an import, in the order of the source; at most
    /// [`LEDGER_MAX`] rows.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ledger(&self, user: Uuid, batch: Uuid) -> Result<Vec<LedgerRow>> {
        self.read().await?.all(LEDGER, args![user, batch, i64::from(LEDGER_MAX)]).await
    }

    /// The rows of an import that were not simply taken, in the order of the source; at most
    /// [`LEDGER_MAX`] rows.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ledger_problems(&self, user: Uuid, batch: Uuid) -> Result<Vec<LedgerRow>> {
        let args = args![user, batch, i64::from(LEDGER_MAX)];
        self.read().await?.all(LEDGER_PROBLEMS, args).await
    }

    /// How many rows of an import had which outcome.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ledger_counts(&self, user: Uuid, batch: Uuid) -> Result<Vec<(Outcome, u64)>> {
        let rows = self.read().await?.rows(LEDGER_COUNTS, args![user, batch]).await?;
        rows.iter()
            .map(|row| {
                let count: i64 = row.get("count")?;
                Ok((row.get("outcome")?, u64::try_from(count).unwrap_or(0)))
            })
            .collect()
    }

    /// The file with that SHA-256 (hexadecimal), as it came.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn original_file(&self, user: Uuid, digest: &str) -> Result<Option<StoredFile>> {
        self.read().await?.maybe(FILE, args![user, digest]).await
    }

    /// The stored files without their bytes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn original_files(&self, user: Uuid) -> Result<Vec<FileRow>> {
        self.read().await?.all(FILES, args![user]).await
    }
}
