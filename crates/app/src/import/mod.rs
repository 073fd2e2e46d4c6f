//! Importing Strava archives and activities' own files: in chunks of one transaction each, with a
//! ledger line for every item. Files are read on all cores, a bounded number at a time. Doing it
//! twice changes nothing.

mod by_hand;
mod find;
mod item;
mod ledger;
mod read;
mod retry;
mod watch;

pub(crate) use item::reading_of;

pub use by_hand::ByHand;
pub use find::FILES_MAX;
pub use hermes_store::imports::{Outcome, Source as ImportSource};
pub use ledger::{ImportPage, ImportSummary, ImportsPage, LedgerEntry};
pub use retry::{KEPT_FILES_MAX, KEPT_FOR, Retry};
pub use watch::WATCH_EVERY;

use crate::App;
use crate::accounts::Runner;
use crate::clock::Stopwatch;
use crate::error::{AppError, Result};
use crate::measure;
use find::Pieces;
use hermes_engine::calendar::Day;
use hermes_engine::record::Sport;
use hermes_engine::units::Metres;
use hermes_store::activities::ActivityFilter;
use hermes_store::imports::{Batch, ImportItem, LedgerRow, Source, Taken};
use hermes_store::value::Text;
use read::Chunk;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::mpsc;
use tracing::Instrument;
use uuid::Uuid;

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
    /// Those of a ledger.
    fn of(rows: impl IntoIterator<Item = (Outcome, u64)>) -> Self {
        let mut counts = Self::default();
        rows.into_iter().for_each(|(outcome, n)| counts.add(outcome, n));
        counts
    }

    /// How many had one outcome.
    #[must_use]
    pub const fn having(&self, outcome: Outcome) -> u64 {
        match outcome {
            Outcome::New => self.new,
            Outcome::Updated => self.updated,
            Outcome::Unchanged => self.unchanged,
            Outcome::Duplicate => self.duplicate,
            Outcome::Skipped => self.skipped,
            Outcome::Failed => self.failed,
        }
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> u64 {
        Outcome::ALL.into_iter().map(|o| self.having(o)).sum()
    }

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

/// Most imports of the past that are listed.
pub const IMPORTS_MAX: u32 = 100;

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
    /// The import's key.
    pub id: Uuid,
    /// What was imported.
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

/// A file or folder to import, by the name under which it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// Where it lies.
    pub path: PathBuf,
    /// What it is called.
    pub name: String,
}

/// One import of the past.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportView {
    /// The key.
    pub id: Uuid,
    /// Where it is from.
    pub source: ImportSource,
    /// What was imported.
    pub name: String,
    /// When it began.
    pub started_at: jiff::Timestamp,
    /// When it ended; `None` while it runs or when it was broken off.
    pub finished_at: Option<jiff::Timestamp>,
    /// When it was taken back, if it was.
    pub rolled_back_at: Option<jiff::Timestamp>,
}

impl From<Batch> for ImportView {
    fn from(b: Batch) -> Self {
        let Batch { id, source, name, started_at, finished_at, rolled_back_at } = b;
        let name = name.map_or_else(String::new, |n| n.as_str().to_owned());
        Self { id, source, name, started_at, finished_at, rolled_back_at }
    }
}

impl App {
    /// Starts an import of archives, activities' files and folders in the background, one per
    /// runner at a time. They are looked at first, so that what is none fails here.
    /// `delete_after` removes the files at the end, but for those that could not be read: they are
    /// kept for a while, to be tried again ([`App::retry_import`]).
    ///
    /// # Errors
    /// [`AppError::Archive`] and [`AppError::BadInput`] for what cannot be imported;
    /// [`AppError::Conflict`] while an import is running.
    pub async fn start_import(
        &self,
        runner: &Runner,
        uploads: Vec<Upload>,
        delete_after: bool,
    ) -> Result<()> {
        let name = name_of(&uploads);
        let alone = uploads.len() == 1;
        let pieces = match self.begin(runner, uploads.clone(), &name, alone).await {
            Ok(pieces) => pieces,
            Err(error) => {
                if delete_after {
                    forget(uploads.into_iter().map(|u| u.path).collect()).await;
                }
                return Err(error);
            }
        };
        self.go_on(runner, pieces, name, if delete_after { uploads } else { Vec::new() });
        Ok(())
    }

    /// Takes what was looked at in the background; then the files `to_clear` go, or are kept.
    fn go_on(&self, runner: &Runner, pieces: Pieces, name: String, to_clear: Vec<Upload>) {
        let (app, runner) = (self.clone(), runner.clone());
        let work = async move {
            // The outcome is in the log and in the runner's status already.
            let done = app.run_import(&runner, pieces, &name).await;
            app.clear(&runner, done.ok(), to_clear).await;
        };
        tokio::spawn(work.in_current_span());
    }

    /// Imports an archive, an activity's file or a folder of both and waits for it; `progress` is
    /// told meanwhile.
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
        let uploads = vec![Upload { path, name: name.clone() }];
        let pieces = self.begin(runner, uploads, &name, true).await?;
        let work = self.run_import(runner, pieces, &name);
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

    /// The latest imports, newest first, at most [`IMPORTS_MAX`].
    ///
    /// # Errors
    /// When the database fails.
    pub async fn past_imports(&self, runner: &Runner) -> Result<Vec<ImportView>> {
        let batches = self.store.imports(runner.id, IMPORTS_MAX).await?;
        Ok(batches.into_iter().map(ImportView::from).collect())
    }

    /// Takes an import back: the activities that it alone told of count for nothing, others say
    /// again what their other sources say, and all that follows is worked out anew.
    ///
    /// # Errors
    /// [`AppError::Store`] without such an import, or where it was taken back before;
    /// [`AppError::Conflict`] for what Strava's API brought, and while it is under way.
    pub async fn undo_import(&self, runner: &Runner, id: Uuid) -> Result<usize> {
        let now = self.clock.now();
        if let Some(import) = self.store.import(runner.id, id).await? {
            let here = self.import_status(runner.id);
            let running = here.is_some_and(|s| s.state == ImportState::Running);
            let why = match import.source {
                Source::Strava => {
                    Some("what Strava sends is taken back by disconnecting, at /connect/strava")
                }
                _ if running && import.finished_at.is_none() => {
                    Some("this import is under way; take it back once it has ended")
                }
                _ => None,
            };
            if let Some(why) = why {
                return Err(AppError::Conflict(why.to_owned()));
            }
        }
        let from = self.store.first_day_of_import(runner.id, id).await?;
        let change = async { Ok(self.store.roll_back_import(runner.id, id, now).await?) };
        Ok(self.regroup(runner, from, "an import was taken back", change).await?.days.len())
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

    pub(crate) async fn ledger_of(
        &self,
        runner: &Runner,
        batch: Uuid,
        name: String,
    ) -> Result<Ledger> {
        let counts = Counts::of(self.store.ledger_counts(runner.id, batch).await?);
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
            id: batch,
            name,
            counts,
            problems,
            runs: totals.count,
            run_km: totals.distance,
            first: totals.first,
            last: totals.last,
        })
    }

    /// Looks at what there is to import and takes the runner's one place for imports. One that is
    /// `alone` and cannot be read is refused.
    async fn begin(
        &self,
        runner: &Runner,
        uploads: Vec<Upload>,
        name: &str,
        alone: bool,
    ) -> Result<Pieces> {
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
        let zone = runner.clone();
        let found = blocking(move || {
            let at = Pieces::at(&uploads, alone)?;
            if alone {
                read::check(&at, &zone)?;
            }
            Ok(at)
        });
        let found = found.await;
        if let Err(error) = &found {
            measure::import_refused();
            let failed = ImportState::Failed(error.to_string());
            self.imports.update(runner.id, |s| s.state = failed);
        }
        let found = found?;
        let rows_total = found.all.iter().map(find::Piece::items).sum();
        self.imports.update(runner.id, |s| s.rows_total = rows_total);
        Ok(found)
    }

    /// Takes all rows and what follows from them; says in the log and in the runner's status how
    /// it ended.
    async fn run_import(&self, runner: &Runner, pieces: Pieces, name: &str) -> Result<Uuid> {
        let watch = Stopwatch::start();
        let span = tracing::info_span!("import", runner = %runner.id);
        let done = self.take_all(runner, pieces, name).instrument(span.clone()).await;
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

    async fn take_all(&self, runner: &Runner, pieces: Pieces, name: &str) -> Result<Uuid> {
        let started = self.clock.now();
        let shown = Text::new(name.chars().take(255).collect::<String>());
        let source = if pieces.archives_only { Source::StravaArchive } else { Source::File };
        // What an import that was broken off has taken may not have been followed yet.
        let last = self.store.imports(runner.id, 1).await?;
        let broken = last.first().is_some_and(|b| b.finished_at.is_none());
        let batch = self.store.begin_import(runner.id, source, shown.as_ref(), started).await?;
        let (send, mut chunks) = mpsc::channel::<Chunk>(1);
        let mut touched: Option<Day> = None;
        let zone_of = runner.clone();
        let reader = tokio::task::spawn_blocking(move || {
            read::read(&pieces, &zone_of, &send)?;
            Ok::<_, AppError>(pieces.email())
        });
        while let Some(chunk) = chunks.recv().await {
            let now = self.clock.now();
            let taken = self
                .store
                .import_activities(runner.id, batch, chunk.source, &chunk.items, now)
                .await?;
            self.store.add_ledger(runner.id, batch, &chunk.problems, now).await?;
            let changed = taken
                .iter()
                .zip(&chunk.items)
                .filter(|(taken, _)| broken || taken.imported.changed())
                .flat_map(|(taken, item)| days(taken, item));
            touched = changed.chain(touched).min();
            self.imports.update(runner.id, |s| {
                s.rows_done += chunk.rows;
                taken.iter().for_each(|t| s.counts.add(t.imported.outcome(), 1));
                chunk.problems.iter().for_each(|p| s.counts.add(p.outcome, 1));
            });
        }
        let email = reader
            .await
            .map_err(|_| AppError::Internal("reading the files broke off".to_owned()))??;
        if let Some(email) = email {
            self.store.learn_email(runner.id, &email, self.clock.now()).await?;
        }
        if let Some(first) = touched {
            self.follow(runner, first, "new activities").await?;
        }
        self.store.finish_import(runner.id, batch, self.clock.now()).await?;
        self.imports.update(runner.id, |s| s.state = ImportState::Done);
        Ok(batch)
    }
}

/// The local days that an item touches.
fn days(taken: &Taken, item: &ImportItem) -> impl Iterator<Item = Day> + use<> {
    taken.was.into_iter().chain([item.activity.start_date_local.day()])
}

/// What an import of several is called.
fn name_of(uploads: &[Upload]) -> String {
    match uploads {
        [] => "nothing".to_owned(),
        [one] => one.name.clone(),
        [first, rest @ ..] => format!("{} and {} more", first.name, rest.len()),
    }
}

async fn forget(paths: Vec<PathBuf>) {
    let gone = tokio::task::spawn_blocking(move || {
        paths.iter().map(std::fs::remove_file).filter(Result::is_err).count()
    });
    if !matches!(gone.await, Ok(0)) {
        tracing::warn!("an uploaded file could not be removed");
    }
}

pub(crate) async fn blocking<T: Send + 'static>(
    f: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(f)
        .await
        .map_err(|_| AppError::Internal("a background task broke off".to_owned()))?
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
