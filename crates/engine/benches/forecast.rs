//! A forecast of 24 months to a marathon for a runner with a year of 250 runs.

use divan::{Bencher, black_box};
use hermes_engine::calendar::Day;
use hermes_engine::facts::Facts;
use hermes_engine::forecast::{Scenario, forecast};
use hermes_engine::record::{Activity, Goal, RaceDistance, Sport};
use hermes_engine::units::{Metres, Pace};

/// Monday 2026-11-23.
const MONDAY: Day = Day::from_epoch(20_780);
const WEEK: [(i64, i64); 5] = [(1, 8000), (2, 9000), (3, 7000), (5, 8000), (6, 18_000)];

fn main() {
    divan::main();
}

fn facts() -> Facts {
    let days = (1..=50).rev().flat_map(|k| WEEK.map(|(d, m)| (k, MONDAY - 7 * k + d, m)));
    let run = |(id, (k, day, m)): (i64, (i64, Day, i64))| {
        let race = k % 12 == 0 && m > 10_000;
        let moving = Pace(if race { 290 } else { 340 }).time_for(Metres(m));
        Activity {
            id,
            sport: Sport::Run,
            start_local: day.epoch() * 86_400 + 25_200,
            distance: Metres(m),
            moving,
            elapsed: moving,
            ascent: None,
            heart_rate: Some(140),
            max_heart_rate: Some(170),
            effort: None,
            temperature: None,
            dew_point: None,
            streams: None,
            race,
            confirmed: false,
        }
    };
    let (distance, day) = (RaceDistance::Marathon, MONDAY + 727);
    Facts {
        activities: (1..).zip(days).map(run).collect(),
        goals: vec![Goal { distance, day, time: None, priority: 1, set_on: MONDAY }],
        ..Facts::new(MONDAY)
    }
}

#[divan::bench]
fn months_24(bencher: Bencher<'_, '_>) {
    let facts = facts();
    bencher.bench_local(|| forecast(black_box(&facts), &Scenario::default()));
}
