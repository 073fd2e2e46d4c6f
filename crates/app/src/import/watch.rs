//! A folder that is watched for files: what comes in is imported, nothing is ever moved or deleted.
//! A file is taken when it has not changed between two looks, and known by its digest for good.

use super::find::{Pieces, has_activity_name};
use super::{Upload, blocking};
use crate::App;
use crate::accounts::Runner;
use crate::error::{AppError, Result};
use crate::facts::hex;
use hermes_store::value::Text;
use hermes_store::watched::{WATCHED_MAX, WatchedFile};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How often the folder is looked at.
pub const WATCH_EVERY: Duration = Duration::from_secs(15);
/// A file that has looked the same for so long is whole.
const SETTLED: SignedDuration = SignedDuration::from_secs(10);
/// Most files that one look takes; the next one takes more.
const TAKEN_MAX: usize = 1_000;
/// How deep the folder is looked into.
const DEPTH_MAX: usize = 8;

/// A file as it lies in the folder.
struct Seen {
    path: Text<1000>,
    size: i64,
    modified_at: Timestamp,
}

fn unreadable(folder: &Path) -> impl Fn(std::io::Error) -> AppError + '_ {
    move |e| {
        let shown = folder.display();
        AppError::BadInput(format!("the watched folder {shown} cannot be read ({e})"))
    }
}

/// The files below a folder that may be imported, hidden ones and links left out.
fn look(root: &Path, folder: &Path, depth: usize, all: &mut Vec<Seen>) -> Result<()> {
    for entry in fs::read_dir(folder).map_err(unreadable(folder))? {
        let entry = entry.map_err(unreadable(folder))?;
        let (path, name) = (entry.path(), entry.file_name());
        let name = name.to_string_lossy();
        // One that is gone meanwhile is no fault.
        let Ok(meta) = fs::symlink_metadata(&path) else { continue };
        if name.starts_with('.') || all.len() >= WATCHED_MAX {
            continue;
        }
        if meta.is_dir() && depth < DEPTH_MAX {
            look(root, &path, depth + 1, all)?;
        }
        let wanted = has_activity_name(&name) || name.to_ascii_lowercase().ends_with(".zip");
        if !meta.is_file() || !wanted {
            continue;
        }
        let below = path.strip_prefix(root).unwrap_or(&path);
        let path = below.to_str().and_then(Text::new);
        let modified = meta.modified().ok().and_then(|m| Timestamp::try_from(m).ok());
        let micros = modified.map_or(0, Timestamp::as_microsecond);
        let modified_at = Timestamp::from_microsecond(micros).unwrap_or(Timestamp::UNIX_EPOCH);
        let size = i64::try_from(meta.len()).unwrap_or(i64::MAX);
        all.extend(path.map(|path| Seen { path, size, modified_at }));
    }
    Ok(())
}

/// SHA-256 of a file, a piece at a time.
fn digest(path: &Path) -> std::io::Result<String> {
    let (mut file, mut sum) = (fs::File::open(path)?, Sha256::new());
    let mut piece = vec![0; 1 << 16];
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(hex(&sum.finalize())),
            n => sum.update(piece.get(..n).unwrap_or_default()),
        }
    }
}

impl App {
    /// Looks at the watched folder once: imports the files that are new and whole, and remembers
    /// the others. The number of files dealt with.
    ///
    /// # Errors
    /// [`AppError::BadInput`] for a folder that cannot be read; [`AppError::Conflict`] while an
    /// import is running; when the database fails.
    pub async fn watch(&self, runner: &Runner, folder: &Path) -> Result<usize> {
        let root = folder.to_owned();
        let seen = blocking(move || {
            let mut all = Vec::new();
            look(&root, &root, 0, &mut all)?;
            all.sort_by(|a, b| a.path.cmp(&b.path));
            Ok(all)
        });
        let seen = seen.await?;
        let now = self.clock.now();
        let stored = self.store.watched_files(runner.id).await?;
        let mut taken: HashSet<String> = stored
            .iter()
            .filter(|f| f.taken_at.is_some())
            .filter_map(|f| f.digest.clone())
            .collect();
        let known: HashMap<&str, &WatchedFile> =
            stored.iter().map(|f| (f.path.as_str(), f)).collect();
        let (mut notes, mut whole) = (Vec::new(), Vec::new());
        for Seen { path, size, modified_at } in seen {
            let same = |f: &&&WatchedFile| f.size == size && f.modified_at == modified_at;
            match known.get(path.as_str()).filter(same) {
                Some(known) if known.taken_at.is_some() => {}
                Some(known) if now.duration_since(known.seen_at) >= SETTLED => {
                    whole.push((*known).clone());
                }
                Some(_) => {}
                None => {
                    let (digest, taken_at) = (None, None);
                    notes.push(WatchedFile {
                        path,
                        size,
                        modified_at,
                        seen_at: now,
                        digest,
                        taken_at,
                    });
                }
            }
        }
        self.store.save_watched(runner.id, &notes).await?;
        whole.truncate(TAKEN_MAX);
        let root = folder.to_owned();
        let read = blocking(move || {
            for file in &mut whole {
                // One that cannot be read now is looked at again the next time.
                file.digest = digest(&root.join(file.path.as_str())).ok();
            }
            whole.retain(|file| file.digest.is_some());
            Ok(whole)
        });
        let mut whole = read.await?;
        let uploads: Vec<Upload> = whole
            .iter()
            .filter(|f| f.digest.as_ref().is_some_and(|d| taken.insert(d.clone())))
            .map(|f| {
                let name = f.path.as_str().to_owned();
                Upload { path: PathBuf::from(folder).join(&name), name }
            })
            .collect();
        if !uploads.is_empty() {
            let name = super::name_of(&uploads);
            let pieces: Pieces = self.begin(runner, uploads, &name, false).await?;
            self.run_import(runner, pieces, &name).await?;
        }
        for file in &mut whole {
            file.taken_at = Some(now);
        }
        self.store.save_watched(runner.id, &whole).await?;
        Ok(whole.len())
    }

    /// Watches a folder until it is dropped; what goes wrong is in the log, and tried again.
    pub async fn watch_for_ever(&self, runner: &Runner, folder: &Path) {
        let mut last = String::new();
        loop {
            match self.watch(runner, folder).await {
                Ok(0) => {}
                Ok(files) => tracing::info!(files, "files of the watched folder were dealt with"),
                Err(error) => {
                    let said = error.to_string();
                    // Once, not every time while it lasts.
                    if said != last {
                        tracing::warn!(%error, "the watched folder was not dealt with");
                    }
                    last = said;
                    tokio::time::sleep(WATCH_EVERY).await;
                    continue;
                }
            }
            last.clear();
            tokio::time::sleep(WATCH_EVERY).await;
        }
    }
}
