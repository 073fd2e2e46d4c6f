use std::io;
use std::path::PathBuf;
use thiserror::Error;

/// The fewest columns an export ever had (2019).
pub const FEWEST_COLUMNS: usize = 10;

/// Why an archive cannot be read at all. A row or file that cannot be read is none of these: it
/// is reported by itself and the rest goes on.
#[derive(Debug, Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the messages say it")]
pub enum ArchiveError {
    #[error("{path} does not exist; name a Strava export (zip, folder or activities.csv)")]
    NotFound { path: PathBuf },
    #[error("{path} cannot be read: {source}")]
    Io { path: PathBuf, source: io::Error },
    #[error("{path} is empty; name a Strava export (zip, folder or activities.csv)")]
    Empty { path: PathBuf },
    #[error(
        "{path} is not a Strava export: it is neither a zip, nor a folder, nor an activities.csv"
    )]
    NotAnArchive { path: PathBuf },
    #[error("{path} begins like a zip but is cut off or damaged ({detail}); download it again")]
    BrokenZip { path: PathBuf, detail: String },
    #[error(
        "{path} holds no activities.csv; a Strava bulk export has one at its top \
         (or inside one folder)"
    )]
    NoActivities { path: PathBuf },
    #[error("{path} holds {found} exports with an activities.csv each; name one of them")]
    SeveralExports { path: PathBuf, found: usize },
    #[error("{path} holds two entries of the same name; unpack it and name the folder")]
    DuplicateNames { path: PathBuf },
    #[error("the archive has more than {limit} entries, which no export has")]
    TooManyEntries { limit: u64 },
    #[error("the archive would expand to {bytes} bytes; at most {limit} are read")]
    TooMuch { bytes: u64, limit: u64 },
    /// `activities.csv` or `profile.csv` itself cannot be had.
    #[error(transparent)]
    File(#[from] FileError),
    #[error(
        "activities.csv has {found} columns; a Strava export has at least {FEWEST_COLUMNS}, \
         separated by commas"
    )]
    TooFewColumns { found: usize },
    #[error("the heading of activities.csv cannot be read: {detail}")]
    Heading { detail: &'static str },
    #[error("activities.csv has more than {limit} rows; split it")]
    TooManyRows { limit: u64 },
}

/// Why one file of an archive cannot be had. For an activity's own file: the activity itself is
/// not affected.
#[derive(Debug, Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the messages say it")]
pub enum FileError {
    #[error("\"{name}\" is not the name of a file in activities/ of an export")]
    Name { name: String },
    #[error("{name} is not in the export")]
    Missing { name: String },
    #[error("{name} is encrypted; make a zip without a password")]
    Encrypted { name: String },
    #[error("{name} is packed with {method}; only stored and deflate are read")]
    Method { name: String, method: String },
    #[error("{name} is {bytes} bytes long when expanded; at most {limit} are read")]
    TooLong { name: String, bytes: u64, limit: u64 },
    #[error("{name} expands to {ratio} times its packed size; at most {limit} times is read")]
    Ratio { name: String, ratio: u64, limit: u64 },
    #[error(
        "{name} is left out: the rows of this export name more than {limit} bytes of files in all"
    )]
    Budget { name: String, limit: u64 },
    #[error("{name} is a link out of the export, or no plain file")]
    Outside { name: String },
    #[error("{name} is damaged or cannot be read: {source}")]
    Unreadable { name: String, source: io::Error },
}
