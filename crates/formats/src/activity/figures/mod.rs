//! What the points of a run say: splits, best efforts, cost on the hills, decoupling.

mod fastest;
mod hills;
mod steady;
mod way;

use super::streams::Streams;
use hermes_engine::record;
use hermes_engine::units::{Metres, Seconds};
use hills::Hills;
use way::Way;

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

/// A kilometre and a mile, in metres.
const KM_M: f64 = 1000.0;
const MILE_M: f64 = 1609.344;
/// What is left behind the last whole split counts from so many metres on.
const LEAST_SPLIT_M: f64 = 10.0;
/// R6: the lengths whose fastest times give critical speed, in metres.
const CRITICAL_M: [f64; 3] = [400.0, 800.0, 5000.0];

/// What running up or down a grade costs beside level ground: a factor for rise over run, by the
/// engine's rule G1 (`hermes_engine::terrain::grade_factor`).
pub type Cost = fn(f64) -> f64;

/// Works out the figures of a run from its points, whatever they came from. What the points
/// cannot give is `None` or empty.
#[must_use]
pub fn figures(streams: &Streams, cost: Cost) -> Figures {
    let max_heart_rate = steady::held_heart_rate(streams);
    let Some(way) = Way::of(streams, cost) else {
        return Figures { max_heart_rate, ..Figures::default() };
    };
    let cm = |metres: f64| (metres * 100.0).round() as i64;
    Figures {
        km: splits(&way, KM_M),
        miles: splits(&way, MILE_M),
        best: fastest::best(&way),
        graded_cm: way.graded.as_ref().and_then(|g| g.last()).map(|m| cm(*m)),
        ascent_cm: way.hills.as_ref().map(|hills| cm(hills.ascent())),
        decoupling_permille: steady::decoupling_permille(&way),
        max_heart_rate,
        fastest_ms: critical(&way),
    }
}

/// Fastest graded times for critical speed. Vehicles stay in, so that the engine can tell that
/// there was one; jumps of the receiver do not.
fn critical(way: &Way) -> Option<[u32; 3]> {
    let times = CRITICAL_M.map(|metres| {
        let found = fastest::fastest(&way.time, way.graded_or_flat(), &way.jumps, metres);
        found.map(|(_, time)| (time * 1000.0).round() as u32)
    });
    let [Some(a), Some(b), Some(c)] = times else { return None };
    Some([a, b, c])
}

fn splits(way: &Way, step_m: f64) -> Vec<Split> {
    let length = way.length();
    let whole = (length / step_m) as usize;
    let ends = (1..=whole).map(|n| n as f64 * step_m);
    let rest = Some(length).filter(|l| l - whole as f64 * step_m >= LEAST_SPLIT_M);
    let mut from_m = 0.0;
    let mut from = (0, 0.0);
    let split = |to_m: f64| {
        let to = way.reach(to_m);
        let of = |sums: &[f64]| Way::at(sums, to) - Way::at(sums, from);
        let ms = |seconds: f64| (seconds * 1000.0).round() as u32;
        let rise = |hills: &Hills| hills.altitude(to_m) - hills.altitude(from_m);
        let split = Split {
            distance_cm: ((to_m - from_m) * 100.0).round() as i64,
            elapsed_ms: ms(of(&way.time)),
            moving_ms: ms(of(&way.moving)),
            graded_cm: way.graded.as_ref().map(|g| (of(g) * 100.0).round() as i64),
            rise_cm: way.hills.as_ref().map(|hills| (rise(hills) * 100.0).round() as i32),
            heart_rate: way.heart_rate(from, to),
        };
        (from_m, from) = (to_m, to);
        split
    };
    ends.chain(rest).map(split).collect()
}

/// Total ascent in centimetres by the smoothed altitude; `None` without altitude or distance.
pub(super) fn ascent_cm(streams: &Streams) -> Option<i64> {
    // Metres climbed are the same whatever they cost.
    let hills = Way::of(streams, |_| 1.0)?.hills?;
    Some((hills.ascent() * 100.0).round() as i64)
}
