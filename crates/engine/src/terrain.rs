//! What hills and heat cost. Real-valued laws, public for tests, and roundings of them: a factor
//! leaves this module in thousandths.

use crate::history::Run;
use crate::ruleset;
use crate::units::Metres;

/// Energy cost of running at a grade (rise over run) in J/kg/m, by Minetti 2002
/// (doi:10.1152/japplphysiol.01177.2001), measured for grades of -0.45 to 0.45; a steeper one
/// counts as that.
#[must_use]
pub fn minetti_cost(grade: f64) -> f64 {
    let i = if grade.is_nan() { 0.0 } else { grade.clamp(-0.45, 0.45) };
    ((((155.4 * i - 30.4) * i - 43.3) * i + 46.3) * i + 19.5) * i + 3.6
}

/// Speed at a grade times this is the speed on the flat that costs the same (rule G1). Downhill
/// gives back less than its energy: never under 0.88. Grades are clamped to +-0.30.
#[must_use]
pub fn grade_factor(grade: f64) -> f64 {
    let i = if grade.is_nan() { 0.0 } else { grade.clamp(-0.30, 0.30) };
    let ratio = minetti_cost(i) / 3.6;
    if i < 0.0 { ratio.max(0.88) } else { ratio }
}

/// The factor for a whole run of which only the ascent is known (rule G2), in thousandths, rounded
/// to the nearest; 1000 without a positive distance and ascent. The mean climb is clamped to 15 %.
#[must_use]
pub fn climb_permille(ascent: Metres, distance: Metres) -> i64 {
    if ascent.0 <= 0 || distance.0 <= 0 {
        return 1000;
    }
    let climb = (ascent.0 as f64 / distance.0 as f64).min(0.15);
    let factor = 1.0 + 12.9 * (2.0 * climb) * (2.0 * climb) + climb;
    libm::round(factor * 1000.0) as i64
}

/// Hadley's bands as points: sum of air temperature and dew point in degrees Fahrenheit, per cent
/// slower. Between them it is linear (rule W1).
const HADLEY: [(f64, f64); 10] = [
    (100.0, 0.0),
    (105.0, 0.25),
    (115.0, 0.75),
    (125.0, 1.5),
    (135.0, 2.5),
    (145.0, 3.75),
    (155.0, 5.25),
    (165.0, 7.0),
    (175.0, 9.0),
    (180.0, 10.0),
];

/// Per cent that continuous running is slower at a sum of air temperature and dew point in degrees
/// Fahrenheit; halve it for repetitions. `None` over 180: no hard running.
#[must_use]
pub fn hadley_percent(sum_f: f64) -> Option<f64> {
    if sum_f.is_nan() || sum_f > 180.0 {
        return None;
    }
    let found = HADLEY.windows(2).find(|w| sum_f <= w[1].0);
    Some(match found {
        Some([(x0, y0), (x1, y1)]) => (y0 + (y1 - y0) * (sum_f - x0) / (x1 - x0)).max(0.0),
        _ => 0.0,
    })
}

/// Dew point in degrees Celsius from air temperature and relative humidity (0-1) by Magnus with
/// 17.62 and 243.12 degrees. The humidity is clamped to 0.01-1.
#[must_use]
pub fn dew_point(celsius: f64, humidity: f64) -> f64 {
    let (b, c) = (17.62, 243.12);
    let t = celsius.clamp(-60.0, 60.0);
    let g = libm::log(humidity.clamp(0.01, 1.0)) + b * t / (c + t);
    c * g / (b - g)
}

/// How heat changes a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heat {
    /// Continuous running is this much slower, in thousandths.
    Slower(i64),
    /// Too hot for any hard running.
    NoHardRunning,
}

/// The cost of heat (rule W1) from the air temperature in degrees Celsius and, when known, the dew
/// point ([`dew_point`] gives it from humidity); without it 0.35 % per degree above 15. Rounded to
/// the nearest thousandth. Never apply it to a recorded race time (rule W2).
#[must_use]
pub fn heat(celsius: f64, dew_point: Option<f64>) -> Heat {
    let sane = |t: f64| if t.is_nan() { 15.0 } else { t.clamp(-60.0, 60.0) };
    let celsius = sane(celsius);
    let percent = match dew_point {
        // The air cannot hold more: a dew point over its temperature is a mistake.
        Some(dew) => hadley_percent(1.8 * (celsius + sane(dew).min(celsius)) + 64.0),
        None => Some(0.35 * (celsius - 15.0).max(0.0)),
    };
    percent.map_or(Heat::NoHardRunning, |p| Heat::Slower(libm::round(p * 10.0) as i64))
}

/// The distance on level ground that costs what a run cost: from its streams (rule G1) where they
/// give a possible one, else from its ascent (rule G2), else as recorded.
#[must_use]
pub fn graded(distance: Metres, ascent: Option<Metres>, by_streams: Option<Metres>) -> Metres {
    let (least, most) = ruleset::GRADED_RANGE;
    let possible = |d: &Metres| (distance.permille(least)..=distance.permille(most)).contains(d);
    let by_ascent =
        || ascent.map_or(distance, |up| distance.permille(climb_permille(up, distance)));
    by_streams.filter(possible).unwrap_or_else(by_ascent)
}

/// What the distance of a run would have been in the cool at the same cost (rules G1, G2, W1, W2):
/// graded, and longer by what the heat took. `None` for a race, whose time stands as recorded, for
/// a run with a stretch in a vehicle, and where it was too hot for the table to say.
#[must_use]
pub fn corrected(run: &Run) -> Option<Metres> {
    if run.race || run.vehicle {
        return None;
    }
    let heat = run
        .temperature
        .map_or(Heat::Slower(0), |t| heat(f64::from(t), run.dew_point.map(f64::from)));
    match heat {
        Heat::Slower(permille) => Some(run.graded.permille(1000 + permille)),
        Heat::NoHardRunning => None,
    }
}

/// Efficiency (EF) of a run: thousandths of a metre per heart beat, corrected for grade and heat
/// ([`corrected`]). `None` without a heart rate.
#[must_use]
pub fn efficiency(run: &Run) -> Option<i64> {
    let hr = i64::from(run.heart_rate.filter(|hr| *hr >= ruleset::EASY_HEART_RATE_LEAST)?);
    Some(corrected(run)?.0 * 60_000 / (run.moving.0 * hr).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: f64, b: f64, allowed: f64) {
        assert!((a - b).abs() <= allowed, "{a} is not {b}");
    }

    #[test]
    fn grades_cost_what_was_measured() {
        for (grade, ratio) in [
            (-0.2, 0.500),
            (-0.1, 0.598),
            (-0.05, 0.763),
            (0.02, 1.113),
            (0.05, 1.301),
            (0.1, 1.658),
        ] {
            near(minetti_cost(grade) / 3.6, ratio, 5e-4);
        }
        near(grade_factor(-0.2), 0.88, 1e-12);
        near(grade_factor(9.0), minetti_cost(0.30) / 3.6, 1e-12);
        near(grade_factor(f64::NAN), 1.0, 1e-12);
    }

    #[test]
    fn climbs_slow_and_never_speed_up() {
        assert_eq!(climb_permille(Metres(0), Metres(10_000)), 1000);
        assert_eq!(climb_permille(Metres(100), Metres(10_000)), 1015);
        assert_eq!(climb_permille(Metres(500), Metres(10_000)), 1179);
        assert_eq!(climb_permille(Metres(-5), Metres(-1)), 1000);
        assert_eq!(
            climb_permille(Metres(i64::MAX), Metres(1)),
            climb_permille(Metres(1500), Metres(10_000))
        );
    }

    #[test]
    fn heat_slows_down_and_ends_hard_running() {
        assert_eq!(heat(10.0, Some(dew_point(10.0, 0.6))), Heat::Slower(0));
        assert_eq!(heat(20.0, None), Heat::Slower(18));
        assert_eq!(heat(30.0, Some(24.0)), Heat::Slower(63), "sum 161: between 5.25 and 7 %");
        assert_eq!(heat(20.0, Some(60.0)), heat(20.0, Some(20.0)));
        assert_eq!(heat(45.0, Some(dew_point(45.0, 0.9))), Heat::NoHardRunning);
        assert_eq!(heat(f64::NAN, None), Heat::Slower(0));
        near(dew_point(20.0, 1.0), 20.0, 1e-9);
        near(dew_point(25.0, 0.5), 13.9, 0.05);
        assert_eq!(hadley_percent(f64::NAN), None);
        assert_eq!(hadley_percent(-500.0), Some(0.0));
        let sums = (90..=180).map(|f| hadley_percent(f64::from(f)).unwrap_or(-1.0));
        assert!(sums.is_sorted());
    }
}
