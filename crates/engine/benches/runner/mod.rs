//! The runner of the benchmarks: a year of five runs a week on the way to a marathon.

use hermes_engine::calendar::Day;
use hermes_engine::facts::Facts;
use hermes_engine::record::{Activity, Goal, RaceDistance, Sport};
use hermes_engine::units::{Metres, Pace};

/// Monday 2026-11-23.
pub(crate) const MONDAY: Day = Day::from_epoch(20_780);
const WEEK: [(i64, i64); 5] = [(1, 8000), (2, 9000), (3, 7000), (5, 8000), (6, 18_000)];

/// The runs of so many weeks before a day, by day; a race in every twelfth.
fn activities(monday: Day, weeks: i64) -> Vec<Activity> {
    let days = (1..=weeks).rev().flat_map(|k| WEEK.map(|(d, m)| (k, monday - 7 * k + d, m)));
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
    (1..).zip(days).map(run).collect()
}

/// What is known on a Monday, `weeks` of running behind and a marathon `ahead` days ahead.
pub(crate) fn facts(monday: Day, weeks: i64, ahead: i64) -> Facts {
    let (distance, day) = (RaceDistance::Marathon, monday + ahead);
    Facts {
        activities: activities(monday, weeks),
        goals: vec![Goal { distance, day, time: None, priority: 1, set_on: monday - 56 }],
        ..Facts::new(monday)
    }
}
