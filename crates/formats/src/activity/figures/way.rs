//! The points of a run as sums along the way, so that any stretch of it is two look-ups.

use super::super::assemble::FASTEST_MM_S;
use super::super::streams::{Streams, between};
use super::Cost;
use super::hills::Hills;

/// The fastest that anyone runs, in metres per second.
const FASTEST: f64 = FASTEST_MM_S as f64 / 1000.0;
/// Faster than that for so long is a vehicle, and for less a jump of the receiver. Design.
const VEHICLE_S: f64 = 10.0;
/// Longest way that is looked at, in metres: what recordings can have, and an end to the work.
const MOST_M: f64 = 1_000_000.0;
/// Metres that a run can have at its first point; with more it is a part of something longer.
const BEFORE_M: f64 = 50.0;
/// Longest time that one heart rate stands for: over a longer gap the sensor was silent.
const HEART_S: f64 = 10.0;

/// Sums from the start to each point. All are as long as the points are many and never fall.
pub(super) struct Way {
    /// Seconds.
    pub(super) time: Vec<f64>,
    /// Seconds of them moving.
    pub(super) moving: Vec<f64>,
    /// Metres.
    pub(super) metres: Vec<f64>,
    /// Metres on level ground that cost as much, where altitude is known.
    pub(super) graded: Option<Vec<f64>>,
    /// Heart beats, times 60, and the seconds that they were counted in.
    pub(super) beats: Vec<f64>,
    pub(super) counted: Vec<f64>,
    /// Metres up to here that were faster than anyone runs.
    pub(super) impossible: Vec<f64>,
    /// Those of them that are jumps of the receiver and no vehicle.
    pub(super) jumps: Vec<f64>,
    /// Altitude, where it is known.
    pub(super) hills: Option<Hills>,
}

impl Way {
    /// `None` without a distance that a run can have.
    pub(super) fn of(streams: &Streams, cost: Cost) -> Option<Self> {
        let seconds = streams.time_ms.iter().map(|ms| f64::from(*ms) / 1000.0);
        let time = rising(seconds.collect());
        let metres = from_start(rising(between(&time, &streams.distance_cm, 0.01)?));
        if metres.last().is_none_or(|m| *m > MOST_M) {
            return None;
        }
        let stretches = || (1..time.len()).map(|i| (i, time[i] - time[i - 1]));
        let moved = |(i, s): (usize, f64)| if streams.moving_at(i) { s } else { 0.0 };
        let heart = |i: usize| streams.heart_rate.get(i).copied().flatten();
        let counted = |(i, s): (usize, f64)| heart(i).map_or(0.0, |_| s.min(HEART_S));
        let beats =
            |(i, s): (usize, f64)| heart(i).map_or(0.0, |hr| f64::from(hr) * s.min(HEART_S));
        let hills = Hills::of(&time, &metres, &streams.altitude_dm, cost);
        let graded = hills.as_ref().map(|hills| metres.iter().map(|m| hills.graded(*m)).collect());
        let (impossible, jumps) = too_fast(&time, &metres);
        Some(Self {
            moving: sums(stretches().map(moved)),
            beats: sums(stretches().map(beats)),
            counted: sums(stretches().map(counted)),
            graded,
            impossible,
            jumps,
            hills,
            time,
            metres,
        })
    }

    /// All of it, in metres.
    pub(super) fn length(&self) -> f64 {
        self.metres.last().copied().unwrap_or(0.0)
    }

    /// The graded distance, or the distance where altitude is not known.
    pub(super) fn graded_or_flat(&self) -> &[f64] {
        self.graded.as_deref().unwrap_or(&self.metres)
    }

    /// Where the way is first at so many metres: the point at or behind it, and how far along the
    /// stretch that ends there, 0 to 1.
    pub(super) fn reach(&self, metres: f64) -> (usize, f64) {
        let to = self.metres.partition_point(|m| *m < metres).min(self.metres.len() - 1);
        let Some(from) = to.checked_sub(1) else { return (0, 1.0) };
        let length = self.metres[to] - self.metres[from];
        let part = if length > 0.0 { (metres - self.metres[from]) / length } else { 1.0 };
        (to, part.clamp(0.0, 1.0))
    }

    /// The sum at such a place.
    pub(super) fn at(sums: &[f64], (to, part): (usize, f64)) -> f64 {
        let from = sums[to.saturating_sub(1)];
        from + (sums[to] - from) * part
    }

    /// Average heart rate between two places; `None` when it is known for less than half of it.
    pub(super) fn heart_rate(&self, from: (usize, f64), to: (usize, f64)) -> Option<u16> {
        let of = |sums: &[f64]| Self::at(sums, to) - Self::at(sums, from);
        let (beats, counted, time) = (of(&self.beats), of(&self.counted), of(&self.time));
        (counted > 0.0 && counted * 2.0 >= time).then(|| (beats / counted).round() as u16)
    }
}

/// Sums from the start on, beginning with zero.
fn sums(steps: impl Iterator<Item = f64>) -> Vec<f64> {
    let add = |sum: &mut f64, step: f64| {
        *sum += step;
        Some(*sum)
    };
    std::iter::once(0.0).chain(steps.scan(0.0, add)).collect()
}

fn rising(mut values: Vec<f64>) -> Vec<f64> {
    let mut most = 0.0_f64;
    for value in &mut values {
        most = most.max(*value);
        *value = most;
    }
    values
}

/// The way from the first point on. A few metres before it belong to the run: a device counts
/// them until it writes its first point.
fn from_start(mut metres: Vec<f64>) -> Vec<f64> {
    let before = metres.first().copied().unwrap_or(0.0);
    if before <= BEFORE_M {
        metres.iter_mut().take_while(|m| **m <= before).for_each(|m| *m = 0.0);
    } else {
        metres.iter_mut().for_each(|m| *m -= before);
    }
    metres
}

/// Metres up to each point that were faster than anyone runs, and those of them in jumps.
fn too_fast(time: &[f64], metres: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let way = |i: usize| metres[i] - metres[i - 1];
    // Within a second, times are too coarse to tell a speed.
    let fast = |i: usize| way(i) > FASTEST * (time[i] - time[i - 1]).max(1.0);
    let (mut impossible, mut jumps) = (vec![0.0], vec![0.0]);
    let (mut all, mut jumped) = (0.0, 0.0);
    let mut i = 1;
    while i < time.len() {
        let first = i;
        while i < time.len() && fast(i) {
            i += 1;
        }
        let vehicle = i > first && time[i - 1] - time[first - 1] >= VEHICLE_S;
        for fast in first..i {
            all += way(fast);
            jumped += if vehicle { 0.0 } else { way(fast) };
            impossible.push(all);
            jumps.push(jumped);
        }
        if i < time.len() {
            impossible.push(all);
            jumps.push(jumped);
        }
        i += 1;
    }
    (impossible, jumps)
}
