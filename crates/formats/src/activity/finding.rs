use std::fmt;

/// Something odd about a file that does not keep it from being used. As text: one sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Finding {
    /// A checksum of the FIT file is wrong; it was read all the same.
    Checksum {
        /// `header` or `data`.
        part: &'static str,
    },
    /// The file ends early or is damaged from here on; what comes before was read.
    Damaged {
        /// Byte of the (unpacked) file, from 0.
        at: u64,
        /// What was wrong there.
        what: &'static str,
    },
    /// Bytes after the end of the activity were left out.
    Extra {
        /// How many.
        bytes: u64,
    },
    /// The device's clock was not set: the start is no date.
    ClockNotSet,
    /// The file has no summary: everything was worked out from its points.
    NoSummary,
    /// The file has no points: there is only its summary.
    NoPoints,
    /// The file says that it holds activities of several sports; this is one of them.
    Part {
        /// Its number, from 1.
        number: usize,
        /// How many there are.
        of: usize,
    },
    /// Points without a time were left out.
    Untimed {
        /// How many.
        points: usize,
    },
    /// Points were out of order in time, and sorted.
    Unordered {
        /// How many came after a later one.
        points: usize,
    },
    /// Values outside of what can be were left out.
    OutOfRange {
        /// Of what: `heart rate`, `distance` and the like.
        what: &'static str,
        /// How many.
        values: usize,
    },
    /// The file's word for the sport is not known; it does not count as a run until told.
    UnknownSport(String),
    /// The file names no sport; it counts as a run.
    NoSport,
    /// The distance was worked out from positions: the file has none.
    DistanceFromPositions,
    /// Positions jumped faster than anyone runs; these stretches make no best effort.
    Jumps {
        /// How many.
        points: usize,
    },
    /// The text is not UTF-8 throughout; signs were replaced.
    NotUtf8,
    /// There was more than can be kept; the rest was left out.
    Shortened {
        /// Of what: `laps`, `name`.
        what: &'static str,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Checksum { part } => {
                write!(f, "the checksum of the file's {part} is wrong; it was read all the same")
            }
            Self::Damaged { at, what } => {
                write!(f, "the file is damaged at byte {at} ({what}); what comes before was read")
            }
            Self::Extra { bytes } => {
                write!(f, "{bytes} bytes after the end of the activity were left out")
            }
            Self::ClockNotSet => f.write_str(
                "the device's clock was not set; the start counts from when it was switched on",
            ),
            Self::NoSummary => f.write_str(
                "the file has no summary; times, distance and averages are worked out from its \
                 points",
            ),
            Self::NoPoints => f.write_str("the file has no points, only a summary"),
            Self::Part { number, of } => {
                write!(f, "this is part {number} of the {of} that the file holds")
            }
            Self::Untimed { points } => {
                write!(f, "points without a time were left out: {points}")
            }
            Self::Unordered { points } => {
                write!(f, "points were out of order in time and were sorted: {points}")
            }
            Self::OutOfRange { what, values } => {
                write!(f, "impossible values of {what} were left out: {values}")
            }
            Self::UnknownSport(word) => write!(
                f,
                "the sport \"{word}\" is not known; it does not count as a run until you say so"
            ),
            Self::NoSport => f.write_str("the file names no sport; it is taken as a run"),
            Self::DistanceFromPositions => {
                f.write_str("the file has no distance; it is worked out from the positions")
            }
            Self::Jumps { points } => write!(
                f,
                "positions jumped faster than anyone runs, and make no best effort there: {points}"
            ),
            Self::NotUtf8 => f.write_str("the text is not UTF-8; signs were replaced"),
            Self::Shortened { what } => {
                write!(f, "there were more {what} than can be kept; the rest was left out")
            }
        }
    }
}
