//! Importing a Strava archive: rows one at a time, in chunks of one transaction each, with a
//! ledger line for every row. Doing it twice changes nothing.

use crate::App;
use crate::accounts::Runner;
use crate::clock::Stopwatch;
use crate::error::{AppError, Result};
use crate::measure;
use hermes_engine::calendar::Day;
use hermes_engine::record::Sport;
use hermes_engine::units::Metres;
use hermes_formats::archive::{ActivityRow, Archive, Entry, Limits};
use hermes_store::activities::ActivityFilter;
use hermes_store::imports::{ImportItem, LedgerRow, NewActivity, OriginalFile, Outcome, Source};
use hermes_store::value::{ActivityMetres, Decimal, LocalTime, Text};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::mpsc;
use tracing::Instrument;
use uuid::Uuid;

/// Most rows of one transaction.
const CHUNK_ROWS: usize = 250;
/// Most bytes of original files in one transaction.
const CHUNK_BYTES: usize = 8 << 20;

/// What became of the rows of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Counts {
    /// Added.
    pub new: u64,
    /// Known with other values.
    pub updated: u64,
    /// Known like that.
    pub unchanged: u64,
    /// The same activity came before in this import.
    pub duplicate: u64,
    /// Left out on purpose.
    pub skipped: u64,
    /// Could not be read.
    pub failed: u64,
}

impl Counts {
    fn add(&mut self, outcome: Outcome, count: u64) {
        let n = match outcome {
            Outcome::New => &mut self.new,
            Outcome::Updated => &mut self.updated,
            Outcome::Unchanged => &mut self.unchanged,
            Outcome::Duplicate => &mut self.duplicate,
            Outcome::Skipped => &mut self.skipped,
            Outcome::Failed => &mut self.failed,
        };
        *n += count;
    }
}

/// Where an import is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportState {
    /// Under way.
    Running,
    /// All rows have been dealt with.
    Done,
    /// Broken off, and why; what was taken until then stays.
    Failed(String),
}

/// An import of this process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportStatus {
    /// The archive's name.
    pub name: String,
    /// Rows dealt with.
    pub rows_done: u64,
    /// Rows there are.
    pub rows_total: u64,
    /// What became of them.
    pub counts: Counts,
    /// Where it is.
    pub state: ImportState,
}

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ledger {
    /// The archive's name.
    pub name: String,
    /// What became of the rows.
    pub counts: Counts,
    /// The rows that were not simply taken, in order.
    pub problems: Vec<LedgerLine>,
    /// Runs of the runner now.
    pub runs: i64,
    /// Their distance.
    pub run_km: Metres,
    /// Day of the first.
    pub first: Option<Day>,
    /// Day of the last.
    pub last: Option<Day>,
}

/// One row that was not simply taken.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct LedgerLine {
    /// Its row in the archive.
    pub row: i32,
    /// What the archive calls it.
    pub item: String,
    /// What became of it.
    pub outcome: String,
    /// Why.
    pub reason: String,
}

/// The imports of this process, the last one of each runner.
#[derive(Clone, Default)]
pub(crate) struct Running(Arc<Mutex<HashMap<Uuid, ImportStatus>>>);

impl Running {
    fn with<T>(&self, f: impl FnOnce(&mut HashMap<Uuid, ImportStatus>) -> T) -> T {
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn update(&self, runner: Uuid, f: impl FnOnce(&mut ImportStatus)) {
        self.with(|all| all.get_mut(&runner).map(f));
    }
}

/// A chunk on its way from the reader to the database.
#[derive(Default)]
struct Chunk {
    items: Vec<ImportItem>,
    problems: Vec<LedgerRow>,
    bytes: usize,
    rows: u64,
}

impl Chunk {
    fn is_full(&self) -> bool {
        self.rows as usize >= CHUNK_ROWS || self.bytes >= CHUNK_BYTES
    }
}

impl App {
    /// Starts importing an archive in the background, one per runner at a time. The archive is
    /// opened first, so that what is none fails here. `delete_after` removes the file at the end.
    ///
    /// # Errors
    /// [`AppError::Archive`] for what is no archive; [`AppError::Conflict`] while one is running.
    pub async fn start_import(
        &self,
        runner: &Runner,
        path: PathBuf,
        name: String,
        delete_after: bool,
    ) -> Result<()> {
        let archive = match self.begin(runner, path.clone(), &name).await {
            Ok(archive) => archive,
            Err(error) => {
                if delete_after {
                    forget(path).await;
                }
                return Err(error);
            }
        };
        let (app, runner) = (self.clone(), runner.clone());
        let work = async move {
            // The outcome is in the log and in the runner's status already.
            let _ = app.run_import(&runner, archive, &name).await;
            if delete_after {
                forget(path).await;
            }
        };
        tokio::spawn(work.in_current_span());
        Ok(())
    }

    /// Imports an archive and waits for it; `progress` is told after every chunk.
    ///
    /// # Errors
    /// As [`App::start_import`], and when the database fails.
    pub async fn import(
        &self,
        runner: &Runner,
        path: PathBuf,
        progress: impl Fn(&ImportStatus),
    ) -> Result<Ledger> {
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let archive = self.begin(runner, path, &name).await?;
        let work = self.run_import(runner, archive, &name);
        tokio::pin!(work);
        let batch = loop {
            tokio::select! {
                done = &mut work => break done?,
                () = tokio::time::sleep(std::time::Duration::from_millis(80)) => {}
            }
            if let Some(status) = self.import_status(runner.id) {
                progress(&status);
            }
        };
        self.ledger_of(runner, batch, name.clone()).await
    }

    /// The running or last import of the runner in this process.
    #[must_use]
    pub fn import_status(&self, runner: Uuid) -> Option<ImportStatus> {
        self.imports.with(|all| all.get(&runner).cloned())
    }

    /// What the latest import did.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ledger(&self, runner: &Runner) -> Result<Option<Ledger>> {
        let Some(batch) = self.store.imports(runner.id, 1).await?.into_iter().next() else {
            return Ok(None);
        };
        let name = batch.name.map_or_else(String::new, |n| n.as_str().to_owned());
        Ok(Some(self.ledger_of(runner, batch.id, name).await?))
    }

    async fn ledger_of(&self, runner: &Runner, batch: Uuid, name: String) -> Result<Ledger> {
        let mut counts = Counts::default();
        for (outcome, n) in self.store.ledger_counts(runner.id, batch).await? {
            counts.add(outcome, n);
        }
        let mut problems = Vec::new();
        for row in self.store.ledger_problems(runner.id, batch).await? {
            if let Some(reason) = row.reason {
                problems.push(LedgerLine {
                    row: row.row_number,
                    item: row.item.as_str().to_owned(),
                    outcome: row.outcome.name().to_owned(),
                    reason,
                });
            }
        }
        let runs = ActivityFilter { sport: Some(Sport::Run), ..ActivityFilter::default() };
        let totals = self.store.activity_totals(runner.id, &runs).await?;
        Ok(Ledger {
            name,
            counts,
            problems,
            runs: totals.count,
            run_km: totals.distance,
            first: totals.first,
            last: totals.last,
        })
    }

    /// Opens the archive, counts its rows and takes the runner's one place for imports.
    async fn begin(&self, runner: &Runner, path: PathBuf, name: &str) -> Result<Archive> {
        let (counts, state) = (Counts::default(), ImportState::Running);
        let status =
            ImportStatus { name: name.to_owned(), rows_done: 0, rows_total: 0, counts, state };
        // Looked at and taken in one step: two uploads at once cannot both have it.
        let taken = self.imports.with(|all| {
            let running = |s: &ImportStatus| s.state == ImportState::Running;
            let free = !all.get(&runner.id).is_some_and(running);
            if free {
                all.insert(runner.id, status);
            }
            free
        });
        if !taken {
            return Err(AppError::Conflict(
                "an import is running already; wait until it has ended".to_owned(),
            ));
        }
        let shown = path.display().to_string();
        let opened = blocking(move || {
            let archive = Archive::open(&path, &Limits::default())?;
            // Every row is walked once before anything is written: a table that breaks off in the
            // middle is refused whole.
            let (mut rows, mut readable, mut first) = (0, false, None);
            for entry in archive.rows()? {
                match entry? {
                    Entry::Activity(_) => readable = true,
                    Entry::Problem(problem) => first = first.or(Some(problem)),
                }
                rows += 1;
            }
            match first {
                Some(problem) if !readable => Err(AppError::BadInput(format!(
                    "none of the {rows} rows of activities.csv can be used; the first one, row \
                     {}: {problem}",
                    problem.row
                ))),
                _ => Ok((archive, rows)),
            }
        });
        let opened = opened.await.map_err(|error| named(error, &shown, name));
        if let Err(error) = &opened {
            measure::import_refused();
            let failed = ImportState::Failed(error.to_string());
            self.imports.update(runner.id, |s| s.state = failed);
        }
        let (archive, rows_total) = opened?;
        self.imports.update(runner.id, |s| s.rows_total = rows_total);
        Ok(archive)
    }

    /// Takes all rows and what follows from them; says in the log and in the runner's status how
    /// it ended.
    async fn run_import(&self, runner: &Runner, archive: Archive, name: &str) -> Result<Uuid> {
        let watch = Stopwatch::start();
        let span = tracing::info_span!("import", runner = %runner.id);
        let done = self.take_all(runner, archive, name).instrument(span.clone()).await;
        if let Err(error) = &done {
            let failed = ImportState::Failed(error.to_string());
            self.imports.update(runner.id, |s| s.state = failed);
        }
        let counts = self.import_status(runner.id).map(|s| s.counts).unwrap_or_default();
        let seconds = watch.elapsed().as_secs_f64();
        measure::import_ended(watch.elapsed(), done.is_ok(), &counts);
        span.in_scope(|| match &done {
            Ok(_) => tracing::info!(
                seconds,
                new = counts.new,
                updated = counts.updated,
                unchanged = counts.unchanged,
                duplicate = counts.duplicate,
                skipped = counts.skipped,
                failed = counts.failed,
                "imported"
            ),
            Err(error) => tracing::warn!(seconds, %error, "an import was broken off"),
        });
        done
    }

    async fn take_all(&self, runner: &Runner, archive: Archive, name: &str) -> Result<Uuid> {
        let started = self.clock.now();
        let shown = Text::new(name.chars().take(255).collect::<String>());
        let source = Source::StravaArchive;
        // What an import that was broken off has taken may not have been followed yet.
        let last = self.store.imports(runner.id, 1).await?;
        let broken = last.first().is_some_and(|b| b.finished_at.is_none());
        let batch = self.store.begin_import(runner.id, source, shown.as_ref(), started).await?;
        let (send, mut chunks) = mpsc::channel::<Chunk>(1);
        let mut touched: Option<Day> = None;
        let zone_of = runner.clone();
        let reader = tokio::task::spawn_blocking(move || read(&archive, &zone_of, &send));
        while let Some(chunk) = chunks.recv().await {
            let now = self.clock.now();
            let taken =
                self.store.import_activities(runner.id, batch, source, &chunk.items, now).await?;
            self.store.add_ledger(runner.id, batch, &chunk.problems, now).await?;
            let changed = taken
                .iter()
                .zip(&chunk.items)
                .filter(|(taken, _)| {
                    broken || matches!(taken.imported.outcome(), Outcome::New | Outcome::Updated)
                })
                .flat_map(|(taken, item)| {
                    taken.was.into_iter().chain([item.activity.start_date_local.day()])
                });
            touched = changed.chain(touched).min();
            self.imports.update(runner.id, |s| {
                s.rows_done += chunk.rows;
                taken.iter().for_each(|t| s.counts.add(t.imported.outcome(), 1));
                chunk.problems.iter().for_each(|p| s.counts.add(p.outcome, 1));
            });
        }
        reader
            .await
            .map_err(|_| AppError::Internal("reading the archive broke off".to_owned()))??;
        if let Some(first) = touched {
            self.follow(runner, first, "new activities").await?;
        }
        self.store.finish_import(runner.id, batch, self.clock.now()).await?;
        self.imports.update(runner.id, |s| s.state = ImportState::Done);
        Ok(batch)
    }
}

/// The error with the archive's own name in place of where it lies: a temporary file's place says
/// nothing to the runner and is nobody's business.
fn named(error: AppError, place: &str, name: &str) -> AppError {
    match error {
        AppError::Archive(e) if !place.ends_with(name) => {
            AppError::BadInput(e.to_string().replace(place, name))
        }
        other => other,
    }
}

async fn forget(path: PathBuf) {
    let gone = tokio::task::spawn_blocking(move || std::fs::remove_file(path)).await;
    if !matches!(gone, Ok(Ok(()))) {
        tracing::warn!("an uploaded archive could not be removed");
    }
}

async fn blocking<T: Send + 'static>(f: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(f)
        .await
        .map_err(|_| AppError::Internal("a background task broke off".to_owned()))?
}

/// Reads all rows into chunks. Ends early, without error, when nobody takes them any more.
fn read(archive: &Archive, runner: &Runner, send: &mpsc::Sender<Chunk>) -> Result<()> {
    let mut chunk = Chunk::default();
    for entry in archive.rows()? {
        chunk.rows += 1;
        match entry? {
            Entry::Activity(row) => take(archive, runner, &row, &mut chunk),
            Entry::Problem(problem) => {
                let outcome =
                    if problem.is_duplicate() { Outcome::Duplicate } else { Outcome::Failed };
                let item = problem
                    .activity_id
                    .map_or_else(|| format!("row {}", problem.row), |id| id.to_string());
                chunk.problems.push(ledger_row(problem.row, &item, outcome, problem.to_string()));
            }
        }
        if chunk.is_full() && send.blocking_send(std::mem::take(&mut chunk)).is_err() {
            return Ok(());
        }
    }
    // Nobody listening means the database failed, which is reported there.
    let _ = send.blocking_send(chunk);
    Ok(())
}

/// Puts one row into the chunk, with its file as it came.
fn take(archive: &Archive, runner: &Runner, row: &ActivityRow, chunk: &mut Chunk) {
    let Some(activity) = new_activity(runner, row) else {
        let reason = "it has neither a moving nor an elapsed time, so it cannot be used";
        let item = row.id.to_string();
        chunk.problems.push(ledger_row(row.row, &item, Outcome::Failed, reason.to_owned()));
        return;
    };
    let mut original = None;
    if let Some(name) = &row.filename {
        match archive.file(name) {
            Ok(file) => {
                chunk.bytes += file.bytes.len();
                original =
                    Text::new(file.name).map(|name| OriginalFile { name, bytes: file.bytes });
            }
            Err(error) => {
                let reason = format!("the activity is taken, its own file is not: {error}");
                chunk.problems.push(ledger_row(row.row, name, Outcome::Skipped, reason));
            }
        }
    }
    chunk.items.push(ImportItem {
        row_number: i32::try_from(row.row).unwrap_or(i32::MAX),
        item: Text::new(row.id.to_string()).unwrap_or_default(),
        activity,
        file: original,
        reading: None,
    });
}

fn ledger_row(row: u64, item: &str, outcome: Outcome, reason: String) -> LedgerRow {
    LedgerRow {
        row_number: i32::try_from(row).unwrap_or(i32::MAX),
        item: Text::new(item.chars().take(255).collect::<String>()).unwrap_or_default(),
        outcome,
        reason: Some(reason),
        activity_id: None,
    }
}

/// The row as the schema keeps it: what does not fit a column is left out.
fn new_activity(runner: &Runner, row: &ActivityRow) -> Option<NewActivity> {
    let moving = row.moving.or(row.elapsed)?;
    let elapsed = row.elapsed.unwrap_or(moving);
    let seconds = |s: i64| i32::try_from(s).ok();
    Some(NewActivity {
        strava_activity_id: row.id,
        activity_type: Text::new(row.sport_type.clone())?,
        sport: row.sport,
        name: Text::new(row.name.clone()),
        distance_meters: ActivityMetres::new(row.distance_cm.unwrap_or(0))?,
        moving_time_seconds: seconds(moving.0)?,
        elapsed_time_seconds: seconds(elapsed.0)?,
        total_elevation_gain: row.ascent_cm.and_then(Decimal::new),
        start_date: row.start,
        start_date_local: LocalTime::new(runner.local_seconds(row.start))?,
        average_speed_ms: row.average_speed_mm_s.and_then(Decimal::new),
        max_speed_ms: row.max_speed_mm_s.and_then(Decimal::new),
        average_heartrate: row.average_heart_rate.map(i32::from),
        max_heartrate: row.max_heart_rate.map(i32::from),
        weighted_average_watts: row.weighted_watts.and_then(|w| Decimal::new(i64::from(w) * 100)),
        average_watts: None,
        external_id: row.filename.as_deref().and_then(file_stem).and_then(Text::new),
        upload_id: row.upload_id,
        race: row.race,
        average_temperature: row.temperature_c.map(i32::from),
        perceived_exertion: row.perceived_exertion.map(i32::from),
    })
}

fn file_stem(name: &str) -> Option<String> {
    Path::new(name).file_name().map(|n| n.to_string_lossy().into_owned())
}
