//! Bytes read as a Strava export.

use hermes_formats::archive::{Archive, Entry, Limits};
use std::io::Write;

/// Small, so that limits are met too.
const LIMITS: Limits = Limits { row_bytes: 4096, rows: 1000, ..Limits::DEFAULT };

/// Opens the bytes as an export and reads its rows, its runner and its files.
pub fn read(bytes: &[u8]) {
    let Ok(mut file) = tempfile::NamedTempFile::new() else { return };
    if file.write_all(bytes).is_err() {
        return;
    }
    let Ok(archive) = Archive::open(file.path(), &LIMITS) else { return };
    let _ = archive.profile();
    let Ok(rows) = archive.rows() else { return };
    for entry in rows {
        match entry {
            Ok(Entry::Activity(activity)) => {
                let _ = activity.filename.map(|name| archive.file(&name).is_ok());
            }
            Ok(Entry::Problem(problem)) => drop(problem.to_string()),
            Err(error) => drop(error.to_string()),
        }
    }
}
