//! Strava's bulk export: a zip, its unpacked folder, or its `activities.csv` alone.
//!
//! Only `activities.csv`, `profile.csv` and the files in `activities/` are read, at the top or in
//! one folder; nothing is extracted to disk. Rows come one at a time with bounded memory, first
//! raw (text, everything optional), then checked and typed ([`ActivityRow`]). A row that cannot be used is a
//! [`RowProblem`], and the rest goes on; only an archive that cannot be read at all is an
//! [`ArchiveError`].

mod columns;
mod container;
mod error;
mod limits;
mod profile;
mod row;
mod rows;
mod table;
mod values;

pub(crate) use columns::HEADINGS;
pub use columns::{Column, Heading, Language};
pub use error::{ArchiveError, FEWEST_COLUMNS, FileError};
pub use limits::Limits;
pub use profile::Profile;
pub use row::{ActivityRow, Finding, ProblemKind, RowProblem};
pub use rows::{Entry, Rows};
pub use values::{SPORT_TYPES, sport, sport_type};

use container::{ACTIVITIES, Container, PROFILE, Weight};
use sha2::{Digest, Sha256};
use std::fmt;
use std::io::Read;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// An opened export. It holds names and places of files, not their contents.
pub struct Archive {
    container: Container,
    weight: Weight,
    limits: Limits,
    heading: Heading,
    /// Bytes of files handed out: many rows may name one file, and each reading expands it anew.
    given: AtomicU64,
}

/// One activity's own file, as it came: `.gz` stays `.gz`.
#[derive(Clone, PartialEq, Eq)]
pub struct OriginalFile {
    /// Its name in the export, `activities/...`.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// SHA-256 of the bytes.
    pub sha256: [u8; 32],
}

impl fmt::Debug for Archive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Archive").field("heading", &self.heading).finish_non_exhaustive()
    }
}

impl fmt::Debug for OriginalFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OriginalFile({}, {} bytes)", self.name, self.bytes.len())
    }
}

impl Archive {
    /// Opens an export, whatever its name: a folder, a zip (by its first bytes), else CSV. The
    /// heading of `activities.csv` is read too, so that what opens can be imported.
    ///
    /// # Errors
    /// When it is no export, is damaged, or exceeds a limit.
    pub fn open(path: &Path, limits: &Limits) -> Result<Self, ArchiveError> {
        let (container, weight) = Container::open(path, limits)?;
        let rows = open_rows(&container, limits).map_err(|error| match error {
            // A lone file without a single comma is no damaged table but something else.
            ArchiveError::TooFewColumns { found: 0 | 1 }
                if matches!(container, Container::Csv { .. }) =>
            {
                ArchiveError::NotAnArchive { path: path.into() }
            }
            other => other,
        })?;
        let heading = rows.heading().clone();
        Ok(Self { container, weight, limits: *limits, heading, given: AtomicU64::new(0) })
    }

    /// The heading of `activities.csv`: language and columns.
    #[must_use]
    pub const fn heading(&self) -> &Heading {
        &self.heading
    }

    /// Size of `activities.csv`, expanded: the end of [`Rows::bytes_read`].
    #[must_use]
    pub const fn csv_bytes(&self) -> u64 {
        self.weight.csv_bytes
    }

    /// How many files `activities/` holds, and their size, expanded, in bytes.
    #[must_use]
    pub const fn files(&self) -> (u64, u64) {
        (self.weight.files, self.weight.file_bytes)
    }

    /// The rows from the first. Each call reads anew; files may be read meanwhile.
    ///
    /// # Errors
    /// When `activities.csv` can no longer be read.
    pub fn rows(&self) -> Result<Rows, ArchiveError> {
        open_rows(&self.container, &self.limits)
    }

    /// How many rows there are below the heading, read for this purpose: the end of a progress
    /// bar. Problems count; stretches that cannot be read end the count.
    ///
    /// # Errors
    /// As [`Archive::rows`].
    pub fn count_rows(&self) -> Result<u64, ArchiveError> {
        Ok(self.rows()?.take_while(Result::is_ok).count() as u64)
    }

    /// The runner; `None` when the export has no `profile.csv`.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    pub fn profile(&self) -> Result<Option<Profile>, FileError> {
        if !self.container.has(PROFILE) {
            return Ok(None);
        }
        let (stream, _) = self.container.stream(PROFILE, profile::PROFILE_BYTES, &self.limits)?;
        Profile::read(stream, &self.limits).map(Some)
    }

    /// The file a row refers to ([`ActivityRow::filename`]), whole.
    ///
    /// # Errors
    /// When the name leads elsewhere, or the file is missing, damaged or above a limit.
    pub fn file(&self, name: &str) -> Result<OriginalFile, FileError> {
        if !container::safe_file_name(name) {
            return Err(FileError::Name { name: row::shorten(name) });
        }
        if self.given.load(Ordering::Relaxed) > self.limits.expanded_bytes {
            return Err(FileError::Budget { name: name.into(), limit: self.limits.expanded_bytes });
        }
        let (mut stream, size) =
            self.container.stream(name, self.limits.file_bytes, &self.limits)?;
        // The size is promised by the container, not proven: room is made as bytes come.
        let mut bytes = Vec::with_capacity(size.min(1 << 20) as usize);
        let io = |source| FileError::Unreadable { name: name.into(), source };
        stream.read_to_end(&mut bytes).map_err(io)?;
        let given = self.given.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        let limit = self.limits.expanded_bytes;
        if given + bytes.len() as u64 > limit {
            return Err(FileError::Budget { name: name.into(), limit });
        }
        let sha256 = Sha256::digest(&bytes).into();
        Ok(OriginalFile { name: name.into(), bytes, sha256 })
    }
}

fn open_rows(container: &Container, limits: &Limits) -> Result<Rows, ArchiveError> {
    let (stream, _) = container.stream(ACTIVITIES, limits.csv_bytes, limits)?;
    Rows::open(stream, limits)
}
