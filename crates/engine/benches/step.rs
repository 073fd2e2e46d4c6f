//! A runner-week for a runner with a year of about 250 runs on the way to a marathon.

use divan::{Bencher, black_box};
use hermes_engine::calendar::Day;
use hermes_engine::facts::Facts;
use hermes_engine::history::History;
use hermes_engine::limits::Limits;
use hermes_engine::record::{Activity, Goal, RaceDistance, Sport};
use hermes_engine::step::{Prepared, step};
use hermes_engine::units::{Metres, Pace};

/// Monday 2026-11-23.
const MONDAY: Day = Day::from_epoch(20_780);
const EASY: Pace = Pace(340);
const WEEK: [(i64, i64); 5] = [(1, 8000), (2, 9000), (3, 7000), (5, 8000), (6, 18_000)];

fn main() {
    divan::main();
}

fn activities() -> Vec<Activity> {
    let days = (1..=50).rev().flat_map(|k| WEEK.map(|(d, m)| (k, MONDAY - 7 * k + d, m)));
    let run = |(id, (k, day, m)): (i64, (i64, Day, i64))| {
        let race = k % 12 == 0 && m > 10_000;
        let pace = if race { Pace(290) } else { EASY };
        let moving = pace.time_for(Metres(m));
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
    (1..).zip(days).map(run).collect()
}

fn facts() -> Facts {
    let (distance, day) = (RaceDistance::Marathon, MONDAY + 7 * 12 + 6);
    Facts {
        activities: activities(),
        goals: vec![Goal { distance, day, time: None, priority: 1, set_on: MONDAY - 56 }],
        ..Facts::new(MONDAY)
    }
}

/// History, limits, generation, repair and check; the profile and the way to the race are there.
#[divan::bench]
fn week(bencher: Bencher<'_, '_>) {
    let facts = facts();
    let prepared = Prepared::new(&facts, MONDAY);
    bencher.bench_local(|| black_box(&prepared).plan(black_box(&facts)));
}

/// Everything: calibration and predictions, week, roadmap.
#[divan::bench]
fn whole_step(bencher: Bencher<'_, '_>) {
    let facts = facts();
    bencher.bench_local(|| step(black_box(&facts), MONDAY));
}

#[divan::bench]
fn history(bencher: Bencher<'_, '_>) {
    let facts = facts();
    bencher.bench_local(|| History::new(black_box(&facts.activities), MONDAY));
}

#[divan::bench]
fn limits(bencher: Bencher<'_, '_>) {
    let facts = facts();
    let h = History::new(&facts.activities, MONDAY);
    let prepared = Prepared::new(&facts, MONDAY);
    let c = prepared.circumstances(&facts, &h);
    bencher.bench_local(|| Limits::new(black_box(&c), black_box(&h)));
}

/// The checker's part of it.
#[divan::bench]
fn check(bencher: Bencher<'_, '_>) {
    let facts = facts();
    let h = History::new(&facts.activities, MONDAY);
    let prepared = Prepared::new(&facts, MONDAY);
    let c = prepared.circumstances(&facts, &h);
    let plan = prepared.plan(&facts);
    bencher.bench_local(|| hermes_engine::rules::check(black_box(&c), black_box(&plan)));
}
