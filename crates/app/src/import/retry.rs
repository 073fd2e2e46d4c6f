//! Trying again what an import could not read. The uploaded files of failed rows stay beside the
//! uploads for a while, named by their import and row; a retry is an import of its own.

use super::{Upload, blocking, forget, name_of};
use crate::App;
use crate::accounts::Runner;
use crate::error::{AppError, Result};
use hermes_store::imports::Outcome;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// How long a file that could not be read is kept.
pub const KEPT_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Most files that are kept of one import.
pub const KEPT_FILES_MAX: u32 = 500;
/// Most bytes that are kept of one import.
const KEPT_BYTES_MAX: u64 = 200_000_000;
/// Beginning of the names of files that are kept.
const PREFIX: &str = "kept-";
/// Names of lost files that are said.
const NAMED: usize = 5;

/// What can be tried again of an import.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Retry {
    /// Failed files that are still here.
    pub kept: usize,
    /// Failed rows whose file is not here; the first few, as the source calls them.
    pub gone: Vec<String>,
}

/// Where a failed file is kept: beside the uploads, with the ending that readers go by.
fn place(folder: &Path, batch: Uuid, row: i32, name: &str) -> PathBuf {
    const ENDINGS: [&str; 7] = [".fit", ".fit.gz", ".gpx", ".gpx.gz", ".tcx", ".tcx.gz", ".csv"];
    let name = name.to_ascii_lowercase();
    let ending = ENDINGS.into_iter().rfind(|end| name.ends_with(end)).unwrap_or(".zip");
    folder.join(format!("{PREFIX}{batch}-{row}{ending}"))
}

/// Removes the kept files of a folder that are older than [`KEPT_FOR`].
fn remove_old(folder: &Path, now: Timestamp) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let ours = entry.file_name().to_string_lossy().starts_with(PREFIX);
        let since = entry.metadata().and_then(|m| m.modified());
        let since = since.ok().and_then(|at| Timestamp::try_from(at).ok());
        if ours && since.is_none_or(|at| now.duration_since(at) > KEPT_FOR) {
            // One that cannot be removed now is looked at again with the next import.
            let _ = fs::remove_file(entry.path());
        }
    }
}

impl App {
    /// Ends the uploads of an import: the files of rows that failed are kept, all others go.
    pub(super) async fn clear(&self, runner: &Runner, batch: Option<Uuid>, uploads: Vec<Upload>) {
        if uploads.is_empty() {
            return;
        }
        let failed = match batch {
            Some(batch) => self.failed(runner, batch).await.unwrap_or_default(),
            None => BTreeSet::new(),
        };
        let now = self.clock.now();
        let moved = blocking(move || {
            let (mut gone, mut left) = (Vec::new(), KEPT_BYTES_MAX);
            for (upload, row) in uploads.into_iter().zip(1..) {
                let size = fs::metadata(&upload.path).map_or(0, |m| m.len());
                let folder = upload.path.parent().map(Path::to_owned).unwrap_or_default();
                let keep = batch
                    .filter(|_| {
                        failed.contains(&(row, upload.name.clone())) && (1..=left).contains(&size)
                    })
                    .map(|batch| place(&folder, batch, row, &upload.name));
                match keep {
                    Some(to) if fs::rename(&upload.path, &to).is_ok() => left -= size,
                    _ => gone.push(upload.path),
                }
                if row == 1 {
                    remove_old(&folder, now);
                }
            }
            Ok(gone)
        });
        if let Ok(gone) = moved.await {
            forget(gone).await;
        }
    }

    /// The rows of an import that failed, as the source calls them.
    async fn failed(&self, runner: &Runner, batch: Uuid) -> Result<BTreeSet<(i32, String)>> {
        let only = Some(Outcome::Failed);
        let rows = self.store.ledger_page(runner.id, batch, only, KEPT_FILES_MAX, 0).await?;
        Ok(rows.into_iter().map(|(r, _)| (r.row_number, r.item.as_str().to_owned())).collect())
    }

    /// What can be tried again of an import of the runner, so many rows of which failed.
    pub(super) async fn retry_of(
        &self,
        runner: &Runner,
        batch: Uuid,
        failures: u64,
        folder: &Path,
    ) -> Result<Retry> {
        if failures == 0 {
            return Ok(Retry::default());
        }
        let failed = self.failed(runner, batch).await?;
        let folder = folder.to_owned();
        blocking(move || {
            let mut retry = Retry::default();
            for (row, name) in failed {
                match place(&folder, batch, row, &name).is_file() {
                    true => retry.kept += 1,
                    false if retry.gone.len() < NAMED => retry.gone.push(name),
                    false => {}
                }
            }
            Ok(retry)
        })
        .await
    }

    /// Tries the files of an import again that could not be read and are still in `folder`: an
    /// import of its own, in the background; how many files it takes.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where the runner has no such import; [`AppError::BadInput`] where
    /// none of its failed files is there any more; [`AppError::Conflict`] while an import is
    /// running.
    pub async fn retry_import(&self, runner: &Runner, batch: Uuid, folder: &Path) -> Result<usize> {
        if self.store.import(runner.id, batch).await?.is_none() {
            return Err(AppError::NotFound("there is no such import".to_owned()));
        }
        let failed = self.failed(runner, batch).await?;
        let folder = folder.to_owned();
        let uploads = blocking(move || {
            let there = failed.into_iter().map(|(row, name)| {
                let path = place(&folder, batch, row, &name);
                Upload { path, name }
            });
            Ok(there.filter(|upload| upload.path.is_file()).collect::<Vec<_>>())
        });
        let uploads = uploads.await?;
        if uploads.is_empty() {
            return Err(AppError::BadInput(
                "none of the files that failed is here any more; upload them again".to_owned(),
            ));
        }
        let (name, count) = (name_of(&uploads), uploads.len());
        let pieces = self.begin(runner, uploads.clone(), &name, false).await?;
        self.go_on(runner, pieces, name, uploads);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_goes_after_a_week_and_nothing_else_does() {
        let dir = tempfile::tempdir().unwrap();
        let kept = place(dir.path(), Uuid::from_u128(1), 2, "Run.FIT.gz");
        assert!(kept.to_string_lossy().ends_with("-2.fit.gz"), "{}", kept.display());
        let other = dir.path().join("upload-x.zip");
        for path in [&kept, &other] {
            fs::write(path, "x").unwrap();
        }
        let written = Timestamp::try_from(fs::metadata(&kept).unwrap().modified().unwrap());
        let written = written.unwrap();
        remove_old(dir.path(), written + KEPT_FOR);
        assert!(kept.exists());
        remove_old(dir.path(), written + KEPT_FOR + SignedDuration::from_secs(1));
        assert!(!kept.exists() && other.exists());
    }
}
