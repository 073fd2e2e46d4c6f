//! The formulas against golden rows: a few in the repository, all of them where the shared data
//! is (`HERMES_SHARED`, else `shared` beside the workspace).

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use hermes_engine::predict::{vickers_model_1, vickers_model_2};
use hermes_engine::terrain::{hadley_percent, minetti_cost};
use hermes_engine::vdot::{TimeOff, pace_at, time_at, time_off_factor, vdot_of};
use std::path::PathBuf;

/// The shared directory, or `None` with a loud line; under CI its absence is a failure.
#[expect(clippy::disallowed_methods, reason = "tests may read where the shared data is")]
fn shared(file: &str) -> Option<PathBuf> {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared");
    let root = std::env::var("HERMES_SHARED").unwrap_or_else(|_| default.to_owned());
    let path = PathBuf::from(root).join(file);
    if path.exists() {
        return Some(path);
    }
    assert!(std::env::var("CI").as_deref() != Ok("true"), "{} is missing", path.display());
    println!("SKIPPED: {} is missing; set HERMES_SHARED", path.display());
    None
}

/// The rows of a golden file as numbers, empty and textual cells as `None`.
fn rows(name: &str) -> Vec<Vec<Option<f64>>> {
    let Some(path) = shared(&format!("data/golden/{name}")) else { return Vec::new() };
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(path).expect("readable");
    let parse = |r: csv::StringRecord| r.iter().map(|c| c.trim().parse().ok()).collect();
    let rows: Vec<_> = reader.records().map(|r| parse(r.expect("a row"))).collect();
    assert!(rows.len() >= 10, "{name} has {} rows", rows.len());
    rows
}

fn near(got: f64, want: f64, allowed: f64) {
    assert!((got - want).abs() <= allowed, "{got} is not {want}");
}

/// Race times of the formula in seconds to the millisecond, and paces in s/km.
fn check_vdot(row: &[f64]) {
    let value = row[0];
    let metres = [1500.0, 1609.344, 3000.0, 4000.0, 5000.0, 10_000.0, 15_000.0, 21_097.5, 42_195.0];
    for (m, want) in metres.into_iter().zip(&row[1..10]) {
        near(time_at(value, m), *want, 6e-4);
        near(vdot_of(m, *want).expect("a value"), value, 2e-4);
    }
    for (fraction, want) in [0.59, 0.67, 0.74, 0.88, 0.98].into_iter().zip(&row[10..15]) {
        near(pace_at(value, fraction), *want, 6e-4);
    }
    near(time_at(value, 42_195.0) / 42.195, row[15], 6e-4);
}

#[test]
fn vdot_formula() {
    check_vdot(&[
        30.0, 509.547, 550.367, 1076.003, 1456.766, 1840.878, 3828.853, 5900.840, 8477.218,
        17_388.862, 522.512, 474.666, 439.805, 384.193, 352.841, 412.107,
    ]);
    check_vdot(&[
        35.0, 444.878, 480.675, 944.256, 1280.383, 1618.571, 3361.870, 5180.854, 7452.947,
        15_366.258, 464.977, 421.522, 390.015, 340.017, 311.969, 364.172,
    ]);
    for row in rows("vdot_formula.csv") {
        check_vdot(&row.into_iter().map(|c| c.expect("a number")).collect::<Vec<_>>());
    }
}

#[test]
fn vickers_one_race() {
    near(vickers_model_1(21_097.5, 4706.0, 65.0) / 60.0, 170.454_483, 1e-3);
    near(vickers_model_1(10_000.0, 2_563.756_346, 50.0) / 60.0, 206.163_071, 1e-3);
    for row in rows("vickers_model1_cases.csv") {
        let [_, Some(metres), Some(seconds), Some(miles), Some(want), ..] = row[..] else {
            panic!("{row:?}")
        };
        near(vickers_model_1(metres, seconds, miles) / 60.0, want, 0.01);
    }
}

#[test]
fn vickers_two_races() {
    let own = vickers_model_2((10_000.0, 2625.0), (21_097.5, 5687.0), 45.0);
    near(own / 60.0, 209.056_488, 1e-3);
    for row in rows("vickers_model2_cases.csv") {
        let [_, Some(d1), Some(t1), Some(d2), Some(t2), Some(miles), Some(want), ..] = row[..]
        else {
            panic!("{row:?}")
        };
        near(vickers_model_2((d1, t1), (d2, t2), miles) / 60.0, want, 0.01);
    }
}

#[test]
fn time_off() {
    for row in rows("fvdot_time_off.csv") {
        let [Some(days), Some(rest), Some(cross), ..] = row[..] else { panic!("{row:?}") };
        let factor = |off| time_off_factor(days as i64, off) as f64 / 10_000.0;
        // The printed table has three decimals, half a thousandth rounded either way.
        near(factor(TimeOff::Rest), rest, 5.1e-4);
        near(factor(TimeOff::CrossTraining), cross, 5.1e-4);
    }
}

#[test]
fn grade_cost() {
    for (grade, cost) in
        [(-0.45, 4.032_305), (-0.1, 2.151_706), (0.05, 4.685_196), (0.2, 9.006_688)]
    {
        near(minetti_cost(grade), cost, 1e-6);
    }
    for row in rows("minetti_cost.csv") {
        let [Some(grade), Some(cost), Some(ratio)] = row[..] else { panic!("{row:?}") };
        near(minetti_cost(grade), cost, 1e-6);
        near(minetti_cost(grade) / 3.6, ratio, 1e-6);
    }
}

/// The middle of each band is exact, its ends lie within 0.15 % of the band.
#[test]
fn heat_bands() {
    for (middle, percent) in [(95.0, 0.0), (115.0, 0.75), (145.0, 3.75), (175.0, 9.0)] {
        near(hadley_percent(middle).expect("cool enough"), percent, 1e-9);
    }
    for row in rows("hadley_heat_bands.csv") {
        let [Some(above), Some(to), low, high] = row[..] else { panic!("{row:?}") };
        let (Some(low), Some(high)) = (low, high) else {
            assert_eq!(hadley_percent(above + 1.0), None);
            continue;
        };
        if above > 0.0 {
            near(hadley_percent(0.5 * (above + to)).expect("band"), 0.5 * (low + high), 1e-9);
        }
        for edge in [above, to] {
            let got = hadley_percent(edge).expect("band");
            assert!(got >= low - 0.15 && got <= high + 0.15, "{edge}: {got}");
        }
    }
    assert_ne!(hadley_percent(180.0), None);
}
