//! Reads what there is to import into chunks: rows and files in their order, the files of a chunk
//! on all cores. At most two chunks and the one being written are in memory.

use super::find::{Piece, Pieces};
use super::{item, ledger_row};
use crate::accounts::Runner;
use crate::error::{AppError, Result};
use hermes_formats::activity::{self, Recording};
use hermes_formats::archive::{ActivityRow, Archive, Entry};
use hermes_store::imports::{ImportItem, LedgerRow, OriginalFile, Outcome, Source};
use hermes_store::value::Text;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::mpsc;

/// Most items of one transaction.
const CHUNK_ITEMS: usize = 250;
/// A chunk with so many bytes of files and points takes no more.
const CHUNK_BYTES: usize = 8 << 20;
/// Most threads that read files.
const THREADS_MAX: usize = 16;

/// A chunk on its way from the reader to the database.
pub(super) struct Chunk {
    /// Where all of its items come from.
    pub(super) source: Source,
    pub(super) items: Vec<ImportItem>,
    pub(super) problems: Vec<LedgerRow>,
    /// Rows and files that it is made of.
    pub(super) rows: u64,
}

/// One row or file that is yet to be read.
enum Job {
    Row(Arc<Archive>, Box<ActivityRow>),
    File(u64, PathBuf, String),
    /// There is nothing to read.
    Problem(LedgerRow),
}

/// What came of a job.
#[derive(Default)]
struct Done {
    items: Vec<ImportItem>,
    problems: Vec<LedgerRow>,
}

impl Done {
    fn problem(row: u64, item: &str, outcome: Outcome, reason: String) -> Self {
        Self { problems: vec![ledger_row(row, item, outcome, reason)], ..Self::default() }
    }

    fn bytes(&self) -> usize {
        let of = |i: &ImportItem| {
            i.file.as_ref().map_or(0, |f| f.bytes.len())
                + i.reading.as_ref().map_or(0, |r| r.bytes.len())
        };
        self.items.iter().map(of).sum()
    }
}

/// Jobs wait here until there are enough for a chunk.
struct Reader<'a> {
    runner: &'a Runner,
    send: &'a mpsc::Sender<Chunk>,
    source: Source,
    waiting: Vec<Job>,
    /// Nobody takes chunks any more: the database failed, which is reported there.
    unheard: bool,
}

impl Reader<'_> {
    fn add(&mut self, source: Source, job: Job) -> Result<()> {
        if source != self.source {
            self.flush()?;
            self.source = source;
        }
        self.waiting.push(job);
        if self.waiting.len() >= CHUNK_ITEMS {
            self.send_one()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<()> {
        while !self.waiting.is_empty() && !self.unheard {
            self.send_one()?;
        }
        Ok(())
    }

    /// Reads as many of the waiting jobs as a chunk takes, and sends it.
    fn send_one(&mut self) -> Result<()> {
        let mut jobs = std::mem::take(&mut self.waiting);
        let done = read_together(self.runner, &jobs)?;
        self.waiting = jobs.split_off(done.len());
        let mut chunk = Chunk {
            source: self.source,
            items: Vec::new(),
            problems: Vec::new(),
            rows: done.len() as u64,
        };
        for one in done {
            chunk.items.extend(one.items);
            chunk.problems.extend(one.problems);
        }
        self.unheard |= self.send.blocking_send(chunk).is_err();
        Ok(())
    }
}

/// Reads everything into chunks. Ends early, without error, when nobody takes them any more.
pub(super) fn read(pieces: &Pieces, runner: &Runner, send: &mpsc::Sender<Chunk>) -> Result<()> {
    let source = Source::File;
    let mut reader = Reader { runner, send, source, waiting: Vec::new(), unheard: false };
    for (piece, number) in pieces.all.iter().zip(1..) {
        match piece {
            Piece::Archive { archive, .. } => {
                for entry in archive.rows()? {
                    let job = match entry? {
                        Entry::Activity(row) => Job::Row(Arc::clone(archive), Box::new(row)),
                        Entry::Problem(problem) => {
                            let outcome = match problem.is_duplicate() {
                                true => Outcome::Duplicate,
                                false => Outcome::Failed,
                            };
                            let row = format!("row {}", problem.row);
                            let item = problem.activity_id.map_or(row, |id| id.to_string());
                            let reason = problem.to_string();
                            Job::Problem(ledger_row(problem.row, &item, outcome, reason))
                        }
                    };
                    reader.add(Source::StravaArchive, job)?;
                    if reader.unheard {
                        return Ok(());
                    }
                }
            }
            Piece::File { path, name } => {
                reader.add(Source::File, Job::File(number, path.clone(), name.clone()))?;
            }
            Piece::Broken { name, reason } => {
                let row = ledger_row(number, name, Outcome::Failed, reason.clone());
                reader.add(Source::File, Job::Problem(row))?;
            }
        }
        if reader.unheard {
            return Ok(());
        }
    }
    reader.flush()
}

/// A lone file that holds no activity is refused before anything is written.
///
/// # Errors
/// What is wrong with it.
pub(super) fn check(pieces: &Pieces, runner: &Runner) -> Result<()> {
    if let [Piece::File { path, name }] = pieces.all.as_slice() {
        let done = of_file(runner, 1, path, name);
        if let ([], Some(problem)) = (done.items.as_slice(), done.problems.into_iter().next()) {
            return Err(AppError::BadInput(problem.reason.unwrap_or_default()));
        }
    }
    Ok(())
}

/// Does jobs from the first on, in their order, until all are done or they weigh enough.
fn read_together(runner: &Runner, jobs: &[Job]) -> Result<Vec<Done>> {
    let (next, weight) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let work = || {
        let mut mine = Vec::new();
        while weight.load(Ordering::Relaxed) < CHUNK_BYTES {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(job) = jobs.get(at) else { break };
            let done = do_job(runner, job);
            weight.fetch_add(done.bytes(), Ordering::Relaxed);
            mine.push((at, done));
        }
        mine
    };
    let to_read = jobs.iter().filter(|j| !matches!(j, Job::Problem(_))).count();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = cores.min(THREADS_MAX).min(to_read).max(1);
    let mut all = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let mut all = work();
        for other in others {
            all.extend(other.join().map_err(|_| {
                AppError::Internal("reading an activity's file broke off".to_owned())
            })?);
        }
        Ok::<_, AppError>(all)
    })?;
    all.sort_by_key(|(at, _)| *at);
    Ok(all.into_iter().map(|(_, done)| done).collect())
}

fn do_job(runner: &Runner, job: &Job) -> Done {
    match job {
        Job::Row(archive, row) => of_row(runner, archive, row),
        Job::File(number, path, name) => of_file(runner, *number, path, name),
        Job::Problem(row) => Done { problems: vec![row.clone()], ..Done::default() },
    }
}

/// One row of an archive with its own file; where that is broken, the row by itself.
fn of_row(runner: &Runner, archive: &Archive, row: &ActivityRow) -> Done {
    let mut done = Done::default();
    let (mut original, mut recording) = (None, None);
    if let Some(name) = &row.filename {
        let taken = archive.file(name).map_err(|e| (false, e.to_string())).and_then(|file| {
            let read = activity::read(name, &file.bytes, &activity::Limits::default());
            let bytes = Arc::new(file.bytes);
            original = Text::new(file.name).map(|name| OriginalFile { name, bytes });
            read.map_err(|e| (true, e.to_string()))
        });
        match taken {
            Ok(all) => recording = nearest(row, all),
            Err((kept, error)) => {
                let file = if kept { "its own file is kept unread" } else { "its own file is not" };
                let reason = format!("the activity is taken, {file}: {error}");
                done.problems.push(ledger_row(row.row, name, Outcome::Skipped, reason));
            }
        }
    }
    let Some(activity) = item::of_row(runner, row, recording.as_ref()) else {
        let reason = "it has neither a moving nor an elapsed time, so it cannot be used";
        return Done::problem(row.row, &row.id.to_string(), Outcome::Failed, reason.to_owned());
    };
    done.items.push(ImportItem {
        row_number: i32::try_from(row.row).unwrap_or(i32::MAX),
        item: Text::new(row.id.to_string()).unwrap_or_default(),
        activity,
        file: original,
        reading: recording.as_ref().map(|r| item::reading(r, item::sport(row, Some(r)).1)),
        note: recording.as_ref().and_then(item::note),
    });
    done
}

/// Of several recordings of one file that which began when the row says.
fn nearest(row: &ActivityRow, all: Vec<Recording>) -> Option<Recording> {
    all.into_iter().min_by_key(|r| (r.start.as_second() - row.start.as_second()).abs())
}

/// A file by itself: every recording in it is an activity.
fn of_file(runner: &Runner, number: u64, path: &Path, name: &str) -> Done {
    let limits = activity::Limits::default();
    let failed = |reason: String| Done::problem(number, name, Outcome::Failed, reason);
    let mut bytes = Vec::new();
    // One byte more than is read, so that a longer file is told as one.
    let read = File::open(path).and_then(|f| f.take(limits.file_bytes + 1).read_to_end(&mut bytes));
    if let Err(error) = read {
        return failed(format!("{name} cannot be read ({error})"));
    }
    let all = match activity::read(name, &bytes, &limits) {
        Ok(all) => all,
        Err(error) => return failed(error.to_string()),
    };
    let mut done = Done::default();
    let (parts, digest) = (all.len(), Sha256::digest(&bytes));
    for (part, recording) in all.iter().enumerate() {
        let id = item::derived_id(runner, &[b"file", &digest, &(part as u64).to_be_bytes()]);
        let shown = match parts {
            1 => name.to_owned(),
            _ => format!("{name}, part {}", part + 1),
        };
        let Some(activity) = item::of_recording(runner, recording, id) else {
            let reason = format!("{shown} has no time, so it cannot be used");
            done.problems.push(ledger_row(number, &shown, Outcome::Failed, reason));
            continue;
        };
        done.items.push(ImportItem {
            row_number: i32::try_from(number).unwrap_or(i32::MAX),
            item: Text::new(shown.chars().take(255).collect::<String>()).unwrap_or_default(),
            activity,
            file: None,
            reading: Some(item::reading(recording, recording.sport)),
            note: item::note(recording),
        });
    }
    let bytes = Arc::new(bytes);
    let original = short_name(name).map(|name| OriginalFile { name, bytes });
    done.items.iter_mut().for_each(|item| item.file.clone_from(&original));
    done
}

/// The last part of a file's name.
fn short_name(name: &str) -> Option<Text<255>> {
    let last = name.rsplit('/').next().unwrap_or(name);
    Text::new(last.chars().take(255).collect::<String>())
}
