use super::finding::Finding;
use super::streams::Streams;
use hermes_engine::record::Sport;
use hermes_engine::units::Seconds;
use jiff::Timestamp;
use std::fmt;

/// What a file is, by its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum FileKind {
    Fit,
    Gpx,
    Tcx,
}

impl FileKind {
    /// In lower case, as file names end: `fit`, `gpx`, `tcx`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Fit => "fit",
            Self::Gpx => "gpx",
            Self::Tcx => "tcx",
        }
    }
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Fit => "FIT",
            Self::Gpx => "GPX",
            Self::Tcx => "TCX",
        })
    }
}

/// One activity of a file: a session of a FIT file, an `Activity` of a TCX file, all timed tracks
/// of a GPX file. The summary is the device's where the file has one, else worked out from the
/// points. A value outside of what can be is `None`, with a [`Finding`]; whether it is likely is
/// for others to judge.
#[derive(Debug, Clone, PartialEq)]
pub struct Recording {
    /// What the file is.
    pub kind: FileKind,
    /// Strava's English name of the sport: `Run`, `TrailRun`, `VirtualRun`, `Ride`, `Walk`,
    /// `Workout` where nothing fits.
    pub sport_type: &'static str,
    /// What it counts as.
    pub sport: Sport,
    /// Its name, at most 255 characters; FIT files seldom have one.
    pub name: Option<String>,
    /// What recorded it, as far as the file says: maker and product, at most 100 characters.
    pub device: Option<String>,
    /// The instant it began.
    pub start: Timestamp,
    /// Seconds that the wall clock of its place was ahead of UTC, where the file says so
    /// (FIT's local timestamp, an offset in the times of a GPX or TCX file).
    pub utc_offset_s: Option<i32>,
    /// From start to end, pauses included.
    pub elapsed: Seconds,
    /// Without pauses and stops.
    pub moving: Seconds,
    /// Distance in centimetres, below 1000 km.
    pub distance_cm: Option<i64>,
    /// Total ascent in centimetres, below 10 km.
    pub ascent_cm: Option<i64>,
    /// Average heart rate in beats per minute, 20 to 250.
    pub average_heart_rate: Option<u16>,
    /// Highest heart rate in beats per minute, 20 to 250.
    pub max_heart_rate: Option<u16>,
    /// Average speed in millimetres per second, by moving time.
    pub average_speed_mm_s: Option<i64>,
    /// Highest speed in millimetres per second.
    pub max_speed_mm_s: Option<i64>,
    /// Average cadence: steps a minute of both legs on foot, else turns a minute.
    pub average_cadence: Option<u16>,
    /// Average power in watts, below 10 000.
    pub average_watts: Option<u16>,
    /// Average temperature in degrees Celsius.
    pub temperature_c: Option<i16>,
    /// Energy in kilocalories.
    pub calories: Option<u32>,
    /// On a treadmill or otherwise under a roof, by the sport's kind; not merely without GPS.
    pub indoor: bool,
    /// Laps in their order; empty where the file has none.
    pub laps: Vec<Lap>,
    /// The points.
    pub streams: Streams,
    /// What was odd or missing.
    pub findings: Vec<Finding>,
}

/// One lap, as the device counted it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lap {
    /// Milliseconds from the recording's start to the lap's.
    pub start_ms: u32,
    /// From its start to its end, pauses included.
    pub elapsed: Seconds,
    /// Without pauses.
    pub moving: Seconds,
    /// Distance in centimetres, below 1000 km.
    pub distance_cm: Option<i64>,
    /// Total ascent in centimetres.
    pub ascent_cm: Option<i64>,
    /// Average heart rate in beats per minute, 20 to 250.
    pub average_heart_rate: Option<u16>,
    /// Highest heart rate in beats per minute, 20 to 250.
    pub max_heart_rate: Option<u16>,
}
