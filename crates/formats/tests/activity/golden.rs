//! Figures of runs that are simple enough to work them out by hand.

use crate::minetti;
use hermes_formats::activity::{self, Effort, Figures, Streams};

fn figures(streams: &Streams) -> Figures {
    activity::figures(streams, minetti)
}

/// A run of so many seconds at a point a second: speed in m/s, altitude in m by metres, heart
/// rate, each by the second.
fn run(
    seconds: u32,
    speed: impl Fn(u32) -> f64,
    altitude: impl Fn(f64) -> f64,
    rate: impl Fn(u32) -> i32,
) -> Streams {
    let mut streams = Streams::default();
    let mut metres = 0.0;
    for s in 0..=seconds {
        metres += if s == 0 { 0.0 } else { speed(s) };
        streams.time_ms.push(s * 1000);
        streams.distance_cm.push(Some((metres * 100.0).round() as i32));
        streams.altitude_dm.push(Some((altitude(metres) * 10.0).round() as i32));
        streams.heart_rate.push(Some(rate(s)));
        streams.moving.push(speed(s) > 0.5);
    }
    streams
}

fn flat(_: f64) -> f64 {
    100.0
}

fn best(figures: &Figures, effort: Effort) -> Option<(u32, u32)> {
    figures.best.iter().find(|b| b.effort == effort).map(|b| (b.start_ms, b.time_ms))
}

#[test]
fn an_even_run() {
    let figures = figures(&run(3_300, |_| 4.0, flat, |_| 150));
    assert_eq!(figures.km.len(), 14, "13 of a kilometre, and 200 m");
    assert!(figures.km[..13].iter().all(|s| {
        (s.distance_cm, s.elapsed_ms, s.moving_ms, s.graded_cm, s.rise_cm, s.heart_rate)
            == (100_000, 250_000, 250_000, Some(100_000), Some(0), Some(150))
    }));
    assert_eq!((figures.km[13].distance_cm, figures.km[13].elapsed_ms), (20_000, 50_000));
    assert_eq!(figures.miles.len(), 9);
    assert_eq!((figures.miles[0].distance_cm, figures.miles[0].elapsed_ms), (160_934, 402_336));
    for b in &figures.best {
        assert_eq!(i64::from(b.time_ms), b.effort.millimetres() / 4, "{b:?}");
    }
    let names: Vec<_> = figures.best.iter().map(|b| b.effort.name()).collect();
    assert_eq!(names, ["400 m", "1/2 mile", "1 km", "1 mile", "2 miles", "5 km", "10 km"]);
    assert_eq!((figures.graded_cm, figures.ascent_cm), (Some(1_320_000), Some(0)));
    assert_eq!(figures.fastest_ms, Some([100_000, 200_000, 1_250_000]));
    assert_eq!(figures.max_heart_rate, Some(150));
}

#[test]
fn a_fast_stretch_is_found_to_the_part_of_a_second() {
    // 5 m/s from second 1001 to 1100, else 3: the fastest 400 m are 80 s of it.
    let speed = |s: u32| if (1001..=1100).contains(&s) { 5.0 } else { 3.0 };
    let figures = figures(&run(2_000, speed, flat, |_| 150));
    let (start, time) = best(&figures, Effort::M400).expect("there");
    assert_eq!(time, 80_000);
    assert!((1_000_000..=1_020_000).contains(&start), "{start}");
    // 500 m of the kilometre in 100 s, the rest at 3 m/s.
    let (_, time) = best(&figures, Effort::K1).expect("there");
    assert_eq!(time, 100_000 + 166_667);
}

#[test]
fn between_points_the_pace_is_even() {
    // A point each 7 s: 400 m end between two.
    let streams = Streams {
        time_ms: (0..200).map(|n| n * 7_000).collect(),
        distance_cm: (0..200).map(|n| Some(n * 2_345)).collect(),
        ..Streams::default()
    };
    let (_, time) = best(&figures(&streams), Effort::M400).expect("there");
    assert_eq!(time, 119_403, "40,000 / 2,345 * 7 s");
}

#[test]
fn a_stop_is_a_part_of_an_effort_and_no_part_of_moving() {
    let speed = |s: u32| if (101..=160).contains(&s) { 0.0 } else { 4.0 };
    let figures = figures(&run(560, speed, flat, |_| 150));
    assert_eq!(best(&figures, Effort::M400), Some((0, 100_000)));
    let (_, half_mile) = best(&figures, Effort::HalfMile).expect("there");
    assert_eq!(half_mile, 201_168, "after the stop");
    let (_, mile) = best(&figures, Effort::Mile).expect("there");
    assert_eq!(mile, 462_336, "with the stop in it");
    assert_eq!((figures.km[0].elapsed_ms, figures.km[0].moving_ms), (310_000, 250_000));
}

#[test]
fn jumps_and_vehicles_make_no_best_effort() {
    // 300 m in one second.
    let jump = |s: u32| if s == 1_000 { 300.0 } else { 3.0 };
    let jumped = figures(&run(3_000, jump, flat, |_| 150));
    assert_eq!(best(&jumped, Effort::M400).map(|b| b.1), Some(133_333));
    assert_eq!(best(&jumped, Effort::K5).map(|b| b.1), Some(1_666_667), "behind the jump");
    assert_eq!(jumped.fastest_ms, Some([133_333, 266_667, 1_666_667]));
    // A car at 20 m/s for 100 s: the engine is to see it, a best effort is it not.
    let car = |s: u32| if (1_001..=1_100).contains(&s) { 20.0 } else { 3.0 };
    let driven = figures(&run(4_000, car, flat, |_| 150));
    assert_eq!(best(&driven, Effort::M400).map(|b| b.1), Some(133_333));
    assert_eq!(driven.fastest_ms.map(|f| f[0]), Some(20_000));
    assert!(best(&driven, Effort::K10).is_none(), "there are no 10 km without the car");
    // On a bicycle for an hour: nothing in it is impossible, and all of it is too fast.
    let cycled = figures(&run(3_600, |_| 9.0, flat, |_| 150));
    assert_eq!(
        cycled.best.iter().map(|b| b.effort).collect::<Vec<_>>(),
        [Effort::M400, Effort::HalfMile]
    );
}

#[test]
fn a_few_metres_caught_up_spoil_400_m_and_no_10_km() {
    let speed = |s: u32| if s == 1_500 { 20.0 } else { 4.0 };
    let figures = figures(&run(3_000, speed, flat, |_| 150));
    assert_eq!(best(&figures, Effort::M400).map(|b| b.1), Some(100_000));
    assert_eq!(best(&figures, Effort::K10).map(|b| b.1), Some(2_496_000));
}

#[test]
fn hills_cost_as_the_rule_says() {
    // G1: 5 % up costs 1.301, 5 % down no less than 0.88.
    let up = figures(&run(2_000, |_| 3.0, |m| 100.0 + m * 0.05, |_| 150));
    let graded = up.graded_cm.expect("graded") as f64 / 600_000.0;
    assert!((graded - 1.301).abs() < 0.003, "{graded}");
    assert_eq!(up.km[2].rise_cm, Some(5_000));
    assert_eq!(up.ascent_cm.map(|cm| (cm + 100) / 1_000), Some(30));
    let down = figures(&run(2_000, |_| 3.0, |m| 500.0 - m * 0.05, |_| 150));
    let graded = down.graded_cm.expect("graded") as f64 / 600_000.0;
    assert!((graded - 0.88).abs() < 0.003, "{graded}");
    assert_eq!(down.ascent_cm, Some(0));
    let fastest = up.fastest_ms.expect("there");
    assert!((102_000..=103_500).contains(&fastest[0]), "400 m of 1.301: {}", fastest[0]);
    // Steps of 0.2 m, as a barometer writes them, are no hills.
    let steps = |m: f64| 100.0 + f64::from(u8::from(((m / 30.0) as u32).is_multiple_of(2))) * 0.2;
    let level = figures(&run(2_000, |_| 3.0, steps, |_| 150));
    let graded = level.graded_cm.expect("graded") as f64 / 600_000.0;
    assert!((graded - 1.0).abs() < 0.002, "{graded}");
    assert_eq!(level.ascent_cm, Some(0));
}

#[test]
fn decoupling_and_its_conditions() {
    // The heart goes from 140 to 147 in the second half behind the first ten minutes.
    let rate = |s: u32| if s <= 2_400 { 140 } else { 147 };
    let steady = |_: u32| 3.0;
    let of = |streams: &Streams| figures(streams).decoupling_permille;
    assert_eq!(of(&run(4_200, steady, flat, rate)), Some(48), "1 - 140/147");
    assert_eq!(of(&run(4_200, steady, flat, |_| 140)), Some(0));
    assert_eq!(of(&run(3_599, steady, flat, rate)), None, "under an hour");
    let stops = |s: u32| if s % 100 < 6 { 0.0 } else { 3.0 };
    assert_eq!(of(&run(4_200, stops, flat, rate)), None, "six per cent of stops");
    assert_eq!(of(&run(4_200, steady, |m| m * 0.011, rate)), None, "uphill");
    let uneven = |s: u32| if (s / 180).is_multiple_of(2) { 2.6 } else { 3.4 };
    assert_eq!(of(&run(4_200, uneven, flat, rate)), None, "in turns fast and slow");
    let mut deaf = run(4_200, steady, flat, rate);
    deaf.heart_rate[2_500..3_200].fill(None);
    assert_eq!(of(&deaf), None, "the strap fell off");
}

#[test]
fn the_highest_heart_rate_is_held_for_ten_seconds() {
    let held = |peak: u32| {
        let rate = |s: u32| if (500..=500 + peak).contains(&s) { 190 } else { 150 };
        figures(&run(1_000, |_| 3.0, flat, rate)).max_heart_rate
    };
    assert_eq!(held(9), Some(150));
    assert_eq!(held(10), Some(190));
    let mut gap = run(1_000, |_| 3.0, flat, |s| if (500..=515).contains(&s) { 190 } else { 150 });
    gap.heart_rate[507] = None;
    assert_eq!(figures(&gap).max_heart_rate, Some(150));
    let silent = Streams {
        time_ms: vec![0, 60_000],
        heart_rate: vec![Some(190), Some(190)],
        ..Streams::default()
    };
    assert_eq!(figures(&silent).max_heart_rate, None);
}

#[test]
fn what_the_points_cannot_give_is_none() {
    assert_eq!(figures(&Streams::default()), Figures::default());
    let mut level = run(2_000, |_| 3.0, flat, |_| 150);
    level.altitude_dm.clear();
    let mill = figures(&level);
    assert_eq!((mill.graded_cm, mill.ascent_cm, mill.km[0].graded_cm), (None, None, None));
    assert_eq!(mill.fastest_ms, Some([133_333, 266_667, 1_666_667]), "as on level ground");
    let engine = mill.engine();
    assert_eq!(engine.fastest.map(|f| f.map(|s| s.0)), Some([133, 267, 1_667]));
    assert_eq!((engine.graded, engine.max_heart_rate), (None, Some(150)));
    let short = figures(&run(1_000, |_| 3.0, flat, |_| 150));
    assert_eq!(short.fastest_ms, None, "3 km have no 5 km");
}

#[test]
fn a_longer_run_around_changes_no_effort() {
    let speed = |s: u32| 3.0 + f64::from(s % 97) / 97.0;
    let whole = run(3_000, speed, flat, |_| 150);
    let shifted =
        Streams { time_ms: whole.time_ms.iter().map(|t| t + 777_000).collect(), ..whole.clone() };
    let times = |s: &Streams| figures(s).best.iter().map(|b| b.time_ms).collect::<Vec<_>>();
    assert_eq!(times(&whole), times(&shifted));
    for effort in Effort::ALL {
        assert_eq!(Effort::parse(effort.name()), Some(effort));
    }
    let lengths: Vec<_> = Effort::ALL.iter().map(|e| e.millimetres()).collect();
    assert!(lengths.is_sorted());
}
