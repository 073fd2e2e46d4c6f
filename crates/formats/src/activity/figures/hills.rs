//! Altitude along the way: smoothed, and what its grades cost.

use super::super::streams::{Column, between};
use super::Cost;

/// The way is looked at in steps of so many metres.
const STEP_M: f64 = 10.0;
/// Altitude is smoothed by the mean of so many steps before and behind, 60 m in all. Barometers
/// write steps of 0.2 m, and noise makes every grade look dearer: the cost is convex. Design.
const SMOOTH_STEPS: usize = 3;
/// G1: a grade is taken over 50 m: from so many steps before a stretch to so many behind it.
const GRADE_STEPS: usize = 2;
/// A climb counts once it is so many metres, as noise goes up and down too. Design.
const CLIMB_M: f64 = 2.0;

/// Altitude each [`STEP_M`] along the way, smoothed.
pub(super) struct Hills {
    altitude: Vec<f64>,
    /// The graded metres up to each step.
    graded: Vec<f64>,
    /// Cost of the last stretch, for what is left behind the last step.
    factor: f64,
}

impl Hills {
    /// `None` when altitude is known for less than half of the points, or the way is too short to
    /// have a grade.
    pub(super) fn of(
        time: &[f64],
        metres: &[f64],
        altitude_dm: &Column,
        cost: Cost,
    ) -> Option<Self> {
        let known = altitude_dm.iter().flatten().count();
        let length = metres.last().copied().unwrap_or(0.0);
        if known * 2 < time.len() || length < STEP_M * (2 * GRADE_STEPS + 1) as f64 {
            return None;
        }
        let altitude = between(time, altitude_dm, 0.1)?;
        let altitude = smoothed(&stepped(metres, &altitude, length));
        let last = altitude.len() - 1;
        let factors = (0..last).map(|k| {
            let (from, to) = (k.saturating_sub(GRADE_STEPS), (k + 1 + GRADE_STEPS).min(last));
            cost((altitude[to] - altitude[from]) / (STEP_M * (to - from) as f64))
        });
        let mut graded = vec![0.0];
        let (mut sum, mut factor) = (0.0, 1.0);
        for f in factors {
            factor = f;
            sum += STEP_M * f;
            graded.push(sum);
        }
        Some(Self { altitude, graded, factor })
    }

    /// The metres on level ground that cost as much as the first so many of the way.
    pub(super) fn graded(&self, metres: f64) -> f64 {
        let step = (metres / STEP_M) as usize;
        let rest = metres - step as f64 * STEP_M;
        match (self.graded.get(step), self.graded.get(step + 1)) {
            (Some(here), Some(next)) => here + (next - here) * rest / STEP_M,
            _ => {
                let last = self.graded.len() - 1;
                self.graded[last] + (metres - last as f64 * STEP_M) * self.factor
            }
        }
    }

    /// Metres above the sea after so many metres of the way.
    pub(super) fn altitude(&self, metres: f64) -> f64 {
        let step = ((metres / STEP_M) as usize).min(self.altitude.len() - 1);
        let next = self.altitude[(step + 1).min(self.altitude.len() - 1)];
        let rest = (metres / STEP_M - step as f64).clamp(0.0, 1.0);
        self.altitude[step] + (next - self.altitude[step]) * rest
    }

    /// All climbs, in metres.
    pub(super) fn ascent(&self) -> f64 {
        let mut level = self.altitude[0];
        let mut up = 0.0;
        for altitude in &self.altitude {
            if altitude - level >= CLIMB_M {
                up += altitude - level;
                level = *altitude;
            } else if level > *altitude {
                // Down counts at once, so that a climb is measured from its foot.
                level = *altitude;
            }
        }
        up
    }
}

/// The values at each step of the way.
fn stepped(metres: &[f64], values: &[f64], length: f64) -> Vec<f64> {
    let count = (length / STEP_M) as usize + 1;
    let mut to = 0;
    let at = |step: usize| {
        let here = step as f64 * STEP_M;
        while to + 1 < metres.len() && metres[to] < here {
            to += 1;
        }
        let from = to.saturating_sub(1);
        let span = metres[to] - metres[from];
        let part = if span > 0.0 { (here - metres[from]) / span } else { 1.0 };
        values[from] + (values[to] - values[from]) * part.clamp(0.0, 1.0)
    };
    (0..count).map(at).collect()
}

/// The mean of each value and its neighbours, at the ends of fewer.
fn smoothed(values: &[f64]) -> Vec<f64> {
    let mut sums = vec![0.0];
    let mut sum = 0.0;
    for value in values {
        sum += value;
        sums.push(sum);
    }
    let mean = |k: usize| {
        // As many before as behind, so that a steady climb stays what it is to its ends.
        let around = SMOOTH_STEPS.min(k).min(values.len() - 1 - k);
        (sums[k + around + 1] - sums[k - around]) / (2 * around + 1) as f64
    };
    (0..values.len()).map(mean).collect()
}
