//! Files of single activities: FIT, GPX and TCX, plain or gzipped. Bytes in, values out.
//!
//! [`read`] gives a [`Recording`] for each activity of a file; its [`Streams`] are stored with
//! [`Streams::encode`], and [`figures`] works out what they say.
//!
//! ```
//! use hermes_engine::terrain::grade_factor;
//! use hermes_formats::activity::{Effort, Limits, figures, read};
//! use hermes_formats::sample_files::{Track, one_hour};
//!
//! let file = Track::of(&one_hour(1), false).fit()?;
//! let run = &read("morning.fit", &file, &Limits::default())?[0];
//! assert_eq!((run.sport_type, run.elapsed.0, run.distance_cm), ("Run", 3660, Some(1_100_000)));
//!
//! let figures = figures(&run.streams, grade_factor);
//! assert_eq!(figures.km.len(), 11);
//! assert!(figures.best.iter().any(|best| best.effort == Effort::K10));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod assemble;
mod error;
mod figures;
mod finding;
mod fit;
mod geo;
mod gpx;
mod limits;
mod open;
mod points;
mod recording;
mod sports;
mod streams;
mod tcx;
mod times;
mod xml;

use assemble::assemble;
pub use error::FileError;
pub use figures::{BestEffort, Cost, Effort, Figures, Split, figures};
pub use finding::Finding;
pub use limits::Limits;
pub use recording::{FileKind, Lap, Recording};
pub use streams::{Column, Streams, StreamsError};

/// Reads the file of an activity: FIT, GPX or TCX, or one of these in gzip. What it is is told by
/// its content; `name` is for messages, and decides where the content does not. A file with
/// several sessions (multisport, chained FIT files) gives one recording for each, in order.
///
/// # Errors
/// When it holds no activity, is damaged so that none can be had, or exceeds a limit. Damage
/// behind the first points is a [`Finding`].
pub fn read(name: &str, bytes: &[u8], limits: &Limits) -> Result<Vec<Recording>, FileError> {
    open::read(name, bytes, limits)
}
