//! Runners of the cohort on the day they join: a history, wishes, goals and a place on earth. What
//! a database is filled with for benches and demonstrations.

use crate::life::Life;
use crate::rng::Rng;
use hermes_engine::calendar::Day;
use hermes_engine::record::{Activity, Goal, Preferences, RaceDistance};

/// Where runners live, from UTC-10 to UTC+14; some clocks change in summer, some differ from UTC by
/// parts of an hour.
const ZONES: [&str; 16] = [
    "Europe/Berlin",
    "Europe/London",
    "Europe/Madrid",
    "America/New_York",
    "America/Chicago",
    "America/Los_Angeles",
    "America/Sao_Paulo",
    "Asia/Tokyo",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Asia/Shanghai",
    "Australia/Sydney",
    "Africa/Nairobi",
    "Pacific/Honolulu",
    "Pacific/Kiritimati",
    "UTC",
];
/// Weeks to a race, from and to.
const RACE_WEEKS: (i64, i64) = (3, 50);

/// A runner who joins.
#[derive(Debug, Clone, PartialEq)]
pub struct Newcomer {
    /// IANA name.
    pub time_zone: &'static str,
    /// What the runner wants.
    pub preferences: Preferences,
    /// Activities of the days before, by start; ids from 1 on.
    pub activities: Vec<Activity>,
    /// The race to come.
    pub goal: Option<Goal>,
}

/// The runner of a cohort who joins on a day with so many days of history; the same for the same
/// seed, number, day and days.
#[must_use]
pub fn newcomer(seed: u64, runner: u64, today: Day, days: i64) -> Newcomer {
    let life = Life::with_history(seed, runner, days / 7 + 1);
    let mut rng = Rng::of(seed.wrapping_add(1), runner);
    let shift = today.week_start(life.who.preferences.week_start) - life.who.first;
    let recent = |a: &Activity| (today - days..today).contains(&a.day());
    let moved = life.facts.activities.into_iter().map(|a| {
        let start_local = a.start_local + shift * 86_400;
        Activity { start_local, ..a }
    });
    let (from, to) = RACE_WEEKS;
    let goal = life.who.racer.then(|| Goal {
        distance: rng.pick(&RaceDistance::ALL),
        day: today + 7 * rng.range(from, to) + 6,
        time: None,
        priority: 1,
        set_on: today,
    });
    Newcomer {
        time_zone: rng.pick(&ZONES),
        preferences: life.who.preferences.clone(),
        activities: moved.filter(recent).collect(),
        goal,
    }
}

#[cfg(test)]
mod tests {
    use super::newcomer;
    use hermes_engine::calendar::Day;

    #[test]
    fn newcomers_have_run_until_yesterday_and_are_the_same_again() {
        let today = Day::from_epoch(20_500);
        let all: Vec<_> = (0..200).map(|k| newcomer(1, k, today, 90)).collect();
        let runs: usize = all.iter().map(|n| n.activities.len()).sum();
        assert!(runs > 200 * 30, "{runs}");
        for (k, n) in (0..).zip(&all) {
            assert!(n.activities.iter().all(|a| (today - 90..today).contains(&a.day())));
            assert!(n.activities.is_sorted_by_key(|a| a.start_local));
            assert_eq!(n, &newcomer(1, k, today, 90));
        }
        assert!(all.iter().filter(|n| n.goal.is_some()).count() > 100);
        assert!(all.iter().filter(|n| n.activities.is_empty()).count() < 20);
    }
}
