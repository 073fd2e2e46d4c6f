//! Imports: activities with their sources and files, and what became of every row.

use crate::database::{Db, Record, Store, args, new_id, record, statements, transaction};
use crate::error::{Result, StoreError};
use crate::users;
use crate::value::{ActivityMetres, Decimal, LocalTime, Scalar, Text, Value};
use hermes_engine::calendar::Day;
use hermes_engine::record::Sport;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fmt::Write;
use uuid::Uuid;

/// Most items of one chunk, which is one transaction.
pub const CHUNK_MAX: usize = 1_000;
/// Most ledger rows that are read at once.
pub const LEDGER_MAX: u32 = 10_000;

statements! {
    INSERT_BATCH = "INSERT INTO import_batches (id, user_id, source, name, started_at) \
        VALUES ($1, $2, $3, $4, $5)";
    FINISH_BATCH = "UPDATE import_batches SET finished_at = $3 WHERE user_id = $1 AND id = $2";
    BATCHES = "SELECT id, source, name, started_at, finished_at FROM import_batches \
        WHERE user_id = $1 ORDER BY started_at DESC, id DESC LIMIT $2";
    LEDGER = "SELECT row_number, item, outcome, reason, activity_id FROM import_ledger \
        WHERE user_id = $1 AND batch_id = $2 ORDER BY row_number, id LIMIT $3";
    LEDGER_PROBLEMS = "SELECT row_number, item, outcome, reason, activity_id \
        FROM import_ledger WHERE user_id = $1 AND batch_id = $2 AND reason IS NOT NULL \
        ORDER BY row_number, id LIMIT $3";
    LEDGER_COUNTS = "SELECT outcome, COUNT(*) AS count FROM import_ledger \
        WHERE user_id = $1 AND batch_id = $2 GROUP BY outcome ORDER BY outcome";
    INSERT_FILE = "INSERT INTO original_files \
        (id, user_id, digest, name, size, bytes, created_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (user_id, digest) DO NOTHING";
    FILE = "SELECT name, bytes FROM original_files WHERE user_id = $1 AND digest = $2";
    FILES = "SELECT digest, name, size FROM original_files WHERE user_id = $1 ORDER BY digest";
    SOURCES = "SELECT source, external_name, file_digest FROM activity_sources \
        WHERE user_id = $1 AND activity_id = $2 ORDER BY source, external_name";
    [bulk] KNOWN(
        "SELECT id, user_id, strava_activity_id, content_digest, start_date_local \
         FROM strava_activities \
         WHERE strava_activity_id IN (SELECT CAST(column1 AS BIGINT) FROM (VALUES", 1, ") AS ids)"
    );
    [bulk] INSERT(
        "INSERT INTO strava_activities (id, user_id, content_digest, synced_at, created_at, \
         name_folded, strava_activity_id, activity_type, sport, name, distance_meters, \
         moving_time_seconds, elapsed_time_seconds, total_elevation_gain, start_date, \
         start_date_local, average_speed_ms, max_speed_ms, average_heartrate, max_heartrate, \
         weighted_average_watts, average_watts, external_id, upload_id, race, \
         average_temperature, perceived_exertion, source) VALUES", 28, ""
    );
    [bulk] UPSERT(
        "INSERT INTO strava_activities (id, user_id, content_digest, synced_at, created_at, \
         name_folded, strava_activity_id, activity_type, sport, name, distance_meters, \
         moving_time_seconds, elapsed_time_seconds, total_elevation_gain, start_date, \
         start_date_local, average_speed_ms, max_speed_ms, average_heartrate, max_heartrate, \
         weighted_average_watts, average_watts, external_id, upload_id, race, \
         average_temperature, perceived_exertion, source) VALUES", 28,
        "ON CONFLICT (strava_activity_id) DO UPDATE SET \
         content_digest = excluded.content_digest, synced_at = excluded.synced_at, \
         name_folded = excluded.name_folded, activity_type = excluded.activity_type, \
         sport = excluded.sport, name = excluded.name, \
         distance_meters = excluded.distance_meters, \
         moving_time_seconds = excluded.moving_time_seconds, \
         elapsed_time_seconds = excluded.elapsed_time_seconds, \
         total_elevation_gain = excluded.total_elevation_gain, \
         start_date = excluded.start_date, start_date_local = excluded.start_date_local, \
         average_speed_ms = excluded.average_speed_ms, max_speed_ms = excluded.max_speed_ms, \
         average_heartrate = excluded.average_heartrate, \
         max_heartrate = excluded.max_heartrate, \
         weighted_average_watts = excluded.weighted_average_watts, \
         average_watts = excluded.average_watts, external_id = excluded.external_id, \
         upload_id = excluded.upload_id, race = CASE WHEN strava_activities.race_said \
         THEN strava_activities.race ELSE excluded.race END, \
         average_temperature = excluded.average_temperature, \
         perceived_exertion = excluded.perceived_exertion \
         WHERE strava_activities.user_id = excluded.user_id"
    );
    [bulk] INSERT_SOURCES(
        "INSERT INTO activity_sources (id, user_id, activity_id, source, external_name, \
         file_digest, batch_id, created_at) VALUES", 8,
        "ON CONFLICT (activity_id, source, external_name) DO UPDATE SET \
         file_digest = excluded.file_digest, batch_id = excluded.batch_id \
         WHERE activity_sources.file_digest IS DISTINCT FROM excluded.file_digest"
    );
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
    /// Its bytes, compressed if they came so.
    pub bytes: Vec<u8>,
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
            Self::Duplicate => Outcome::Duplicate,
            Self::ForeignId => Outcome::Failed,
        }
    }

    const fn reason(self) -> Option<&'static str> {
        match self {
            Self::Duplicate => Some("the same activity comes earlier in this import"),
            Self::ForeignId => Some("this activity belongs to another account"),
            _ => None,
        }
    }
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
    }
}

record! {
    /// Where an activity came from.
    pub struct ActivitySource {
        /// The kind of source.
        pub source: Source,
        /// What the source calls it.
        pub external_name: Text<255>,
        /// Its own file in [`Store::original_file`].
        pub file_digest: Option<String>,
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

/// Digest of everything that is imported of an activity: equal digests, nothing to write.
fn content_digest(activity: &NewActivity) -> String {
    let mut text = String::new();
    for value in activity.args() {
        let value = value.to_string();
        let _ = writeln!(text, "{}:{value}", value.len());
    }
    hex_digest(text.as_bytes())
}

/// The row of an activity, for `INSERT` and `UPSERT`.
pub(crate) fn activity_row(
    activity: &NewActivity,
    id: Uuid,
    user: Uuid,
    source: Source,
    now: Timestamp,
) -> Vec<Scalar> {
    let folded = activity.name.as_deref().map(crate::activities::fold);
    let mut row = args![id, user, content_digest(activity), now, now, folded];
    row.extend(activity.args());
    row.push(source.to_scalar());
    row
}

/// An activity that the database knows already.
struct Known {
    id: Uuid,
    user: Uuid,
    digest: Option<String>,
    day: Day,
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

/// What is to be done with a chunk, decided before anything is written.
#[derive(Default)]
struct Work {
    taken: Vec<Taken>,
    upserts: Vec<Vec<Scalar>>,
    sources: Vec<Vec<Scalar>>,
    ledger: Vec<Vec<Scalar>>,
}

/// The transaction's constants.
#[derive(Clone, Copy)]
struct Import {
    user: Uuid,
    batch: Uuid,
    source: Source,
    now: Timestamp,
}

impl Import {
    fn plan(self, items: &[ImportItem], known: &HashMap<i64, Known>) -> Work {
        let mut work = Work::default();
        let mut seen = std::collections::HashSet::new();
        for item in items {
            let activity = &item.activity;
            let digest = content_digest(activity);
            let (imported, id) = match known.get(&activity.strava_activity_id) {
                Some(k) if k.user != self.user => (Imported::ForeignId, None),
                _ if !seen.insert(activity.strava_activity_id) => (Imported::Duplicate, None),
                Some(k) if k.digest.as_deref() == Some(&digest) => {
                    (Imported::Unchanged, Some(k.id))
                }
                Some(k) => (Imported::Updated, Some(k.id)),
                None => (Imported::New, Some(new_id(self.now))),
            };
            if let (Imported::New | Imported::Updated, Some(id)) = (imported, id) {
                work.upserts.push(activity_row(activity, id, self.user, self.source, self.now));
            }
            if let Some(id) = id {
                let file = item.file.as_ref().map(|f| hex_digest(&f.bytes));
                work.sources.push(args![
                    new_id(self.now),
                    self.user,
                    id,
                    self.source,
                    item.item,
                    file,
                    self.batch,
                    self.now
                ]);
            }
            work.ledger.push(self.ledger_row(&LedgerRow {
                row_number: item.row_number,
                item: item.item.clone(),
                outcome: imported.outcome(),
                reason: imported.reason().map(str::to_owned),
                activity_id: id,
            }));
            let was = known.get(&activity.strava_activity_id).filter(|k| k.user == self.user);
            work.taken.push(Taken { imported, id, was: was.map(|k| k.day) });
        }
        work
    }

    fn ledger_row(self, row: &LedgerRow) -> Vec<Scalar> {
        let mut args = args![new_id(self.now), self.user, self.batch, self.now];
        args.extend(row.args());
        args
    }
}

async fn known_activities(db: &mut Db, items: &[ImportItem]) -> Result<HashMap<i64, Known>> {
    let ids = items.iter().map(|i| args![i.activity.strava_activity_id]).collect();
    let rows = db.bulk_rows(&KNOWN, ids).await?;
    rows.iter()
        .map(|row| {
            let known = Known {
                id: row.get("id")?,
                user: row.get("user_id")?,
                digest: row.get("content_digest")?,
                day: row.get::<LocalTime>("start_date_local")?.day(),
            };
            Ok((row.get("strava_activity_id")?, known))
        })
        .collect()
}

fn at_most(what: &'static str, found: usize, limit: usize) -> Result<()> {
    if found > limit { Err(StoreError::TooMany { what, found, limit }) } else { Ok(()) }
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

    /// Takes a chunk of at most [`CHUNK_MAX`] activities with their files, sources and ledger
    /// rows, in one transaction: all of it or nothing. Doing it twice changes nothing: a row
    /// whose content is the same is not touched. The answers are in the order of the items.
    ///
    /// # Errors
    /// [`StoreError::TooMany`] above the limit; [`StoreError::Refused`] without such a user or
    /// batch; when the database fails.
    pub async fn import_activities(
        &self,
        user: Uuid,
        batch: Uuid,
        source: Source,
        items: &[ImportItem],
        now: Timestamp,
    ) -> Result<Vec<Taken>> {
        at_most("activities of an import", items.len(), CHUNK_MAX)?;
        let import = Import { user, batch, source, now };
        transaction!(self, |db| {
            // Another import of the same runner waits here, and then finds what this one added.
            users::lock(db, user).await?;
            let known = known_activities(db, items).await?;
            let work = import.plan(items, &known);
            for (item, taken) in items.iter().zip(&work.taken) {
                if let (Some(file), Some(_)) = (&item.file, taken.id) {
                    let size = i64::try_from(file.bytes.len()).unwrap_or(i64::MAX);
                    let digest = hex_digest(&file.bytes);
                    let args = args![new_id(now), user, digest, file.name, size, file.bytes, now];
                    db.execute(INSERT_FILE, args).await?;
                }
            }
            for taken in &work.taken {
                if let (Imported::Updated, Some(id)) = (taken.imported, taken.id) {
                    crate::activities::keep_version(db, user, id, now).await?;
                }
            }
            db.bulk(&UPSERT, work.upserts).await?;
            db.bulk(&INSERT_SOURCES, work.sources).await?;
            db.bulk(&INSERT_LEDGER, work.ledger).await?;
            Ok(work.taken)
        })
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
        let import = Import { user, batch, source: Source::Manual, now };
        transaction!(self, |db| {
            let rows = rows.iter().map(|row| import.ledger_row(row)).collect();
            db.bulk(&INSERT_LEDGER, rows).await
        })?;
        Ok(())
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

    /// Where an activity came from.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn activity_sources(
        &self,
        user: Uuid,
        activity: Uuid,
    ) -> Result<Vec<ActivitySource>> {
        self.read().await?.all(SOURCES, args![user, activity]).await
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
