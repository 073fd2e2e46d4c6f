use super::FileKind;
use std::io;
use thiserror::Error;

/// Why a file holds no activity that can be read. One sentence each: what is wrong, where, and
/// what would be right.
#[derive(Debug, Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the messages say it")]
pub enum FileError {
    #[error("{name} is empty; send a FIT, GPX or TCX file of an activity")]
    Empty { name: String },
    #[error("{name} is neither FIT, GPX nor TCX; send the file as the watch wrote it")]
    NotAnActivity { name: String },
    #[error("{name} is a {what}; send the activity's own FIT, GPX or TCX file")]
    Other { name: String, what: &'static str },
    #[error("{name} is {bytes} bytes long; at most {limit} are read")]
    TooLong { name: String, bytes: u64, limit: u64 },
    #[error("{name} unpacks to more than {limit} bytes, which no activity needs")]
    Expands { name: String, limit: u64 },
    #[error("{name} cannot be unpacked ({source}); download it again")]
    Gzip { name: String, source: io::Error },
    #[error("{name} is a FIT file of type {kind}, which holds no activity")]
    FitType { name: String, kind: String },
    #[error("{name} does not begin as a {kind} file does; download or export it again")]
    Broken { name: String, kind: FileKind },
    #[error("{name} is a {kind} file without a single timed point; export it with times")]
    NoTimes { name: String, kind: FileKind },
    #[error("{name} is a {kind} file that holds no activity; export one from the watch's app")]
    NoActivity { name: String, kind: FileKind },
    #[error("{name} is not readable as XML at byte {at} ({what}); export it again")]
    Xml { name: String, at: u64, what: &'static str },
    #[error(
        "{name} declares a document type or an entity, which activity files never need; \
         export it again without"
    )]
    Entities { name: String },
    #[error("{name} nests elements deeper than {limit}, which no activity file does")]
    Depth { name: String, limit: usize },
    #[error("{name} holds more than {limit} {what}; split it")]
    TooMany { name: String, what: &'static str, limit: usize },
}
