//! The use cases of Hermes: import, calibrate, set goals, plan, replay, verify, sign in.
//!
//! The only room that decides when things happen. It loads facts from the store, calls the pure
//! engine, and saves what it decides. Invariants:
//!
//! - The time is read from [`clock::Clock`] and nowhere else.
//! - A plan is published only through [`weeks`], which checks it once more.
//! - Every use case names the runner it is for.

mod accounts;
mod check_ins;
pub mod clock;
mod demo;
mod detail;
mod edits;
mod error;
mod facts;
mod follow_up;
mod forecast;
mod goals;
mod health;
mod import;
pub mod jobs;
mod matches;
pub mod measure;
mod newcomers;
mod news;
mod paged;
mod pipeline;
mod random;
mod ready;
mod repeats;
mod roads;
mod rows;
mod says;
pub mod secrets;
mod settings;
mod sports;
mod status;
mod stock;
pub mod strava;
mod upkeep;
mod verify;
mod views;
mod weeks;
mod zones;

pub use accounts::{Runner, check_time_zone};
pub use check_ins::{Answered, CheckInView};
pub use demo::SampleRunner;
pub use detail::{ActivityDetail, Curve, EffortView, SourceView, SplitView};
pub use edits::{EditView, Edited};
pub use error::{AppError, Kind, Result};
pub use forecast::{ADHERENCES, Outlooks};
pub use goals::GoalView;
pub use health::{
    Cleared, DayChange, HealthView, Planned, RecordView, Report, Reported, StrikeView, WeekChange,
    Which,
};
pub use import::{
    ByHand, Counts, FILES_MAX, IMPORTS_MAX, ImportPage, ImportSource, ImportState, ImportStatus,
    ImportSummary, ImportView, ImportsPage, KEPT_FILES_MAX, KEPT_FOR, Ledger, LedgerEntry,
    LedgerLine, Outcome, Retry, Upload, WATCH_EVERY,
};
pub use matches::{CorrectionView, Mark, SessionKey, SessionMatch, WeekMatches};
pub use newcomers::Newcomer;
pub use news::{About, NEW_MAX, NewsItem, NewsPage};
pub use paged::{ActivitiesAfter, Place};
pub use pipeline::WeeksPlanned;
pub use ready::{READY_WITHIN, Unready};
pub use repeats::{ANSWERS_KEPT, BODY_MAX, CLAIM_LEASE, Claim, Claimed};
pub use roads::{RoadChange, Roads};
pub use says::SEND_IT_TERMS;
pub use settings::HORIZON_DAYS;
pub use sports::activity_types;
pub use status::{Entry, EntryKind, StatusView};
pub use upkeep::{BackedUp, Checked, Moved, TableDigest, copy, restore};
pub use verify::{Verified, WeekCheck};
pub use views::{
    ActivityMatch, ActivityPage, ActivityQuery, ActivityView, Books, Calibration, DayMark, DayView,
    Done, KeptProfile, KeptRows, Load, Moment, NextMilestone, PaceAtHeart, Predicted, Progress,
    RoadPhase, RoadStone, SummedUp, TemplateView, TodayView, Track, TrendWeek, TrendsView,
    VersionView, WeekStatus, WeekView, WeekVolume,
};
pub use weeks::{Replayed, ReplayedWeek};

use clock::Clock;
use hermes_engine::calendar::Day;
use hermes_formats::sample::{Files, Sample};
use hermes_store::{Options, SchemaStatus, Store};
use jiff::Timestamp;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use tokio::sync::Mutex;
use uuid::Uuid;

/// The application: a store, a clock, and what is under way in this process.
#[derive(Clone)]
pub struct App {
    store: Store,
    clock: Arc<dyn Clock>,
    imports: import::Running,
    /// When this process opened the database.
    started: Timestamp,
    /// One look at the database at a time, however many ask whether it is ready.
    readiness: Arc<Mutex<()>>,
    /// Whether Strava can be used.
    strava: strava::Use,
    /// The template library is in the database.
    templates_synced: Arc<AtomicBool>,
}

impl App {
    /// Opens the database at `url` (`sqlite:...` or `postgres://...`), making a SQLite file that
    /// is missing, and brings it to this version.
    ///
    /// # Errors
    /// When it cannot be opened, is no database, or is newer than this program; nothing is
    /// written then.
    pub async fn open(url: &str, clock: Arc<dyn Clock>) -> Result<Self> {
        Self::open_with(url, clock, Options::default().connections).await
    }

    /// As [`App::open`], with so many connections to the database (at least one).
    ///
    /// # Errors
    /// As [`App::open`].
    pub async fn open_with(url: &str, clock: Arc<dyn Clock>, connections: u32) -> Result<Self> {
        let app = Self::with(url, clock, Options { connections, ..Options::default() }).await?;
        app.store.migrate().await?;
        Ok(app)
    }

    /// Opens a database that is there, without bringing it to this version: for diagnosis and for
    /// work on the whole of it.
    ///
    /// # Errors
    /// When it is missing or cannot be opened.
    pub async fn connect(url: &str, clock: Arc<dyn Clock>) -> Result<Self> {
        let options = Options { create: false, ..Options::for_the_whole() };
        Self::with(url, clock, options).await
    }

    /// The same application with connections of its own: a worker's jobs do not wait for pages,
    /// nor pages for them.
    ///
    /// # Errors
    /// When the database cannot be opened.
    pub async fn with_own_pool(&self, url: &str) -> Result<Self> {
        let options = Options { create: false, ..Options::default() };
        Ok(Self { store: Store::open(url, options).await?, ..self.clone() })
    }

    async fn with(url: &str, clock: Arc<dyn Clock>, options: Options) -> Result<Self> {
        let store = Store::open(url, options).await?;
        Ok(Self {
            store,
            started: clock.now(),
            readiness: Arc::default(),
            clock,
            imports: import::Running::default(),
            strava: strava::Use::default(),
            templates_synced: Arc::default(),
        })
    }

    /// `SQLite` or `PostgreSQL`.
    #[must_use]
    pub fn backend(&self) -> &'static str {
        self.store.backend().name()
    }

    /// How many migrations the database has and this program knows.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn schema(&self) -> Result<SchemaStatus> {
        Ok(self.store.schema_status().await?)
    }

    /// Does the database answer?
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<()> {
        Ok(self.store.ping().await?)
    }

    /// A new id for something that is only spoken of, such as a request: it sorts by time.
    #[must_use]
    pub fn new_id(&self) -> Uuid {
        let now = self.clock.now();
        let seconds = u64::try_from(now.as_second()).unwrap_or(0);
        let nanos = now.subsec_nanosecond().unsigned_abs();
        Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, seconds, nanos))
    }

    /// Closes the database; waits for what is being written.
    pub async fn close(&self) {
        self.store.close().await;
    }
}

/// Writes the Strava archive of an invented, steady runner (50 km in five runs) who ran for so
/// many weeks up to the day before `end`; the number of runs. The runs' own files have a point a
/// minute.
///
/// # Errors
/// When the file cannot be written.
pub fn write_sample_archive(
    path: &std::path::Path,
    seed: u64,
    end: Day,
    weeks: u16,
) -> std::io::Result<usize> {
    write_archive(path, seed, end, weeks, Files::Minutes)
}

/// As [`write_sample_archive`], with the runs' own files as watches write them: a point a second.
///
/// # Errors
/// When the file cannot be written.
pub fn write_watch_archive(
    path: &std::path::Path,
    seed: u64,
    end: Day,
    weeks: u16,
) -> std::io::Result<usize> {
    write_archive(path, seed, end, weeks, Files::Seconds)
}

fn write_archive(
    path: &std::path::Path,
    seed: u64,
    end: Day,
    weeks: u16,
    files: Files,
) -> std::io::Result<usize> {
    // One calendar week more, so that the runs reach up to the day before the end.
    let first = end - 7 * i64::from(weeks);
    let sample = Sample { until: Some(end), files, ..Sample::steady(seed, first, weeks + 1) };
    let file = std::fs::File::create_new(path)?;
    sample.write_zip(std::io::BufWriter::new(file))?;
    Ok(sample.runs().len())
}
