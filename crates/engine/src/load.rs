//! Fitness, fatigue and form: the running means of daily load that screens draw, and the heart rate
//! that goes with a zone. Nothing here decides anything.

use crate::calendar::Day;
use crate::calibrate::Profile;
use crate::ruleset::{HEART_RATE_ZONES, LOAD_FAST_DAYS, LOAD_SLOW_DAYS};
use crate::session::Zone;

/// The running means of load at the end of a day, in hundredths of session-RPE points a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form {
    /// The day.
    pub day: Day,
    /// The slow mean: what training has built.
    pub fitness: i64,
    /// The fast mean: what the last week costs.
    pub fatigue: i64,
}

impl Form {
    /// Fitness less fatigue: positive is fresh.
    #[must_use]
    pub const fn form(self) -> i64 {
        self.fitness - self.fatigue
    }
}

/// Exponential means of daily loads (session-RPE points) from `first` on, each beginning at zero:
/// the first weeks of a history read low.
#[must_use]
pub fn form(first: Day, loads: &[i64]) -> Vec<Form> {
    // Millionths, so that rounding of one day is not felt in the next.
    let (mut slow, mut fast) = (0_i64, 0_i64);
    let mut out = Vec::with_capacity(loads.len());
    for (i, load) in (0..).zip(loads) {
        let point = load.clamp(&0, &1_000_000) * 1_000_000;
        slow += (point - slow) / LOAD_SLOW_DAYS;
        fast += (point - fast) / LOAD_FAST_DAYS;
        let (fitness, fatigue) = (slow / 10_000, fast / 10_000);
        out.push(Form { day: first + i, fitness, fatigue });
    }
    out
}

/// The heart rate between which the main part of a session of a zone is run, beats per minute;
/// `None` where the runner's is unknown, and in the fastest zones: there the heart follows late.
#[must_use]
pub fn heart_rate(profile: &Profile, zone: Zone) -> Option<(i64, i64)> {
    let threshold = i64::from(profile.threshold_heart_rate?);
    let (low, high) = match zone {
        Zone::Z1 => HEART_RATE_ZONES[0],
        Zone::Z2 => HEART_RATE_ZONES[1],
        Zone::Z3 => HEART_RATE_ZONES[2],
        Zone::Threshold | Zone::Z4 => HEART_RATE_ZONES[3],
        Zone::Z5 => return None,
    };
    Some((threshold * low / 1000, threshold * high / 1000))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same load every day is approached by both means, sooner by the fast one; rest lets
    /// form rise.
    #[test]
    fn even_load_is_approached_and_rest_makes_fresh() {
        let mut loads = vec![300; 400];
        loads.extend([0; 10]);
        let days = form(Day::from_epoch(20_000), &loads);
        let (early, even, rested) = (days[10], days[399], days[409]);
        assert!(early.fatigue > early.fitness && early.form() < 0);
        assert!((even.fitness - 30_000).abs() < 10 && even.form().abs() < 10, "{even:?}");
        assert!(rested.form() > 10_000 && rested.fatigue < even.fatigue / 3, "{rested:?}");
        assert_eq!(days[409].day, Day::from_epoch(20_409));
        assert!(form(Day::from_epoch(0), &[i64::MAX, i64::MIN])[1].fitness > 0);
    }
}
