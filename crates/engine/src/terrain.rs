//! What hills and heat cost. Real-valued laws, public for tests, and roundings of them: a factor
//! leaves this module in thousandths.

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

/// The cost of heat (rule W1) from the air temperature in tenths of a degree Celsius and, when
/// known, the relative humidity in per cent; without it 0.35 % per degree above 15. Rounded to
/// the nearest thousandth. Never apply it to a recorded race time (rule W2).
#[must_use]
pub fn heat(tenths_celsius: i64, humidity_percent: Option<i64>) -> Heat {
    let celsius = tenths_celsius.clamp(-600, 600) as f64 / 10.0;
    let percent = match humidity_percent {
        Some(h) => {
            let dew = dew_point(celsius, h.clamp(1, 100) as f64 / 100.0);
            hadley_percent(1.8 * (celsius + dew) + 64.0)
        }
        None => Some(0.35 * (celsius - 15.0).max(0.0)),
    };
    percent.map_or(Heat::NoHardRunning, |p| Heat::Slower(libm::round(p * 10.0) as i64))
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
        assert_eq!(heat(100, Some(60)), Heat::Slower(0));
        assert_eq!(heat(200, None), Heat::Slower(18));
        assert_eq!(heat(450, Some(90)), Heat::NoHardRunning);
        near(dew_point(20.0, 1.0), 20.0, 1e-9);
        near(dew_point(25.0, 0.5), 13.9, 0.05);
        assert_eq!(hadley_percent(f64::NAN), None);
        assert_eq!(hadley_percent(-500.0), Some(0.0));
        let sums = (90..=180).map(|f| hadley_percent(f64::from(f)).unwrap_or(-1.0));
        assert!(sums.is_sorted());
    }
}
