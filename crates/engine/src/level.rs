//! Chooses the schedule that a runner's sessions come from, and says why.

use crate::calendar::Day;
use crate::calibrate::Profile;
use crate::record::{Goal, Preferences, RaceDistance};
use crate::ruleset;
use crate::templates::{self, Level, Schedule, ScheduleId, ScheduleWeek};
use crate::units::{Metres, Seconds, Units};
use serde::{Deserialize, Serialize};

/// What the choice rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Runner {
    /// M26: the highest C4 of half a year.
    pub proved: Metres,
    /// Durability in thousandths.
    pub durability: i64,
    /// Days a week the runner runs on: the habit, and no more than the preferences allow.
    pub run_days: i64,
    /// Predicted time for the goal's race.
    pub predicted: Option<Seconds>,
    /// Age in years, where the year of birth is known.
    pub age: Option<i64>,
}

impl Runner {
    /// A runner with these wishes and this profile as of a week, for a goal.
    #[must_use]
    pub fn new(goal: &Goal, p: &Preferences, profile: &Profile, proved: Metres, w: Day) -> Self {
        let allowed = if p.run_days.is_empty() { 7 } else { i64::from(p.run_days.len()) };
        let most = p.max_runs.map_or(allowed, |m| allowed.min(i64::from(m)));
        Self {
            proved,
            durability: profile.durability,
            run_days: i64::from(profile.usual_runs).min(most),
            predicted: profile.predicted(goal.distance).map(|p| p.time),
            age: age(p.birth_year, w),
        }
    }
}

/// What decided: why the schedule is not a harder one. Each value carries what was measured and
/// what the next harder schedule asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// There is no harder one for this runner and distance.
    Hardest,
    /// The next one needs more weekly km than proved so far.
    Volume {
        /// M26.
        proved: Metres,
        /// What the next one asks for.
        needed: Metres,
    },
    /// The next one has more run days than the runner.
    Days {
        /// The runner's.
        has: i64,
        /// Its own.
        needed: i64,
    },
    /// The next one asks for more durability, thousandths.
    Durability {
        /// The runner's.
        has: i64,
        /// What the next one asks for.
        needed: i64,
    },
    /// The next one is for runners with a time to beat; this goal names none, or one that what is
    /// known supports already.
    GoalTime,
    /// The runner wants to finish: the hoped-for time is well behind the predicted one.
    ToFinish,
    /// Made for runners on few days a week.
    FewDays {
        /// The runner's.
        has: i64,
    },
    /// Made for older runners with a base and a short way to the race.
    Senior {
        /// Age in years.
        age: i64,
    },
}

impl Reason {
    /// The end of a sentence that begins with the schedule's name.
    #[must_use]
    pub fn text(self, units: Units) -> String {
        match self {
            Self::Hardest => "the hardest one that fits you".to_owned(),
            Self::Volume { proved, needed } => format!(
                "the next harder one asks for weeks of {}, and yours have held {}",
                units.distance(needed),
                units.distance(proved)
            ),
            Self::Days { has, needed } => {
                format!("the next harder one has {needed} runs a week, and you run {has} times")
            }
            Self::Durability { has, needed } => format!(
                "the next harder one asks for a durability of {} %, and yours is {} %",
                needed / 10,
                has / 10
            ),
            Self::GoalTime => "the next harder one is for runners who chase a time".to_owned(),
            Self::ToFinish => "your goal time leaves room, so nothing harder is needed".to_owned(),
            Self::FewDays { has } => format!("made for runners on {has} days a week"),
            Self::Senior { age } => {
                format!("made for runners of {age} years with a base and eight weeks to the race")
            }
        }
    }
}

/// A schedule and why it is this one.
#[derive(Debug, Clone, Copy)]
pub struct Choice {
    /// Its id.
    pub id: ScheduleId,
    /// The schedule.
    pub schedule: &'static Schedule,
    /// Why.
    pub reason: Reason,
}

/// The hardest of the distance's schedules that is made for this runner and that capacity, run
/// days, durability and the hoped-for time carry; the easiest where none is.
#[must_use]
pub fn choose(goal: &Goal, runner: &Runner) -> Option<Choice> {
    let library = templates::library();
    let made_for = |s: &&'static Schedule| made_for(s, goal, runner);
    let of_distance = || library.for_distance(goal.distance).filter(made_for);
    let choice = |schedule: &'static Schedule, reason| Choice { id: schedule.id, schedule, reason };
    let special = of_distance().find_map(|s| {
        let reason = match (s.level, runner.age) {
            (Level::ThreeRuns, _) => Reason::FewDays { has: runner.run_days },
            (Level::Senior, Some(age)) => Reason::Senior { age },
            (Level::NoviceSupreme, _) => {
                let needed = first_week(goal.distance);
                Reason::Volume { proved: runner.proved, needed }
            }
            _ => return None,
        };
        bar(s, goal, runner).is_none().then(|| choice(s, reason))
    });
    if special.is_some() {
        return special;
    }
    let plain = || of_distance().filter(|s| !matches!(s.level, Level::ThreeRuns | Level::Senior));
    let carried = plain().filter(|s| bar(s, goal, runner).is_none()).max_by_key(|s| s.level);
    let best = carried.or_else(|| plain().next())?;
    let next = plain().find(|s| s.level > best.level);
    let reason = next.and_then(|s| bar(s, goal, runner)).unwrap_or(Reason::Hardest);
    Some(choice(best, reason))
}

/// Is the schedule for runners and roads like this one?
fn made_for(s: &Schedule, goal: &Goal, runner: &Runner) -> bool {
    let weeks = (goal.day - goal.set_on) / 7;
    let long_road = weeks >= ruleset::LEVEL_LONG_ROAD_WEEKS;
    match s.level {
        // Thirty weeks from almost nothing: for whom the first week of the next is already much.
        Level::NoviceSupreme => long_road && runner.proved < first_week(goal.distance),
        Level::ThreeRuns => runner.run_days <= ruleset::LEVEL_FEW_DAYS,
        Level::Senior => {
            weeks <= ruleset::LEVEL_SENIOR_WEEKS
                && runner.age.is_some_and(|age| age >= ruleset::LEVEL_SENIOR_AGE)
        }
        Level::PersonalBest => long_road,
        _ => true,
    }
}

/// The first week of the distance's schedule for a first race.
fn first_week(distance: RaceDistance) -> Metres {
    let novice = templates::library().for_distance(distance).find(|s| s.level == Level::Novice1);
    novice.and_then(|s| s.weeks.first()).map_or(Metres::ZERO, ScheduleWeek::volume)
}

/// What keeps the runner from a schedule, the plainest reason first.
fn bar(s: &Schedule, goal: &Goal, runner: &Runner) -> Option<Reason> {
    if matches!(s.level, Level::NoviceSupreme | Level::Novice1) {
        return None;
    }
    let advanced = s.level >= Level::Advanced1;
    let share = if advanced {
        ruleset::LEVEL_VOLUME_ADVANCED_PERMILLE
    } else {
        ruleset::LEVEL_VOLUME_PERMILLE
    };
    let needed = s.peak().permille(share);
    if runner.proved < needed {
        return Some(Reason::Volume { proved: runner.proved, needed });
    }
    let (has, needed) = (runner.run_days, i64::from(s.run_days()));
    if needed > has + ruleset::LEVEL_DAYS_MORE {
        return Some(Reason::Days { has, needed });
    }
    if let Some((time, predicted)) = goal.time.zip(runner.predicted)
        && s.level >= Level::Intermediate1
        && time > predicted.permille(ruleset::LEVEL_TO_FINISH_PERMILLE)
    {
        return Some(Reason::ToFinish);
    }
    let (has, needed) = (runner.durability, ruleset::LEVEL_DURABILITY);
    if advanced && has < needed {
        return Some(Reason::Durability { has, needed });
    }
    let hopes = goal.time.is_some_and(|time| {
        let most = |p: Seconds| p.permille(ruleset::LEVEL_AMBITIOUS_PERMILLE);
        runner.predicted.is_none_or(|p| time <= most(p))
    });
    (advanced && !hopes).then_some(Reason::GoalTime)
}

/// The week of a schedule, 1-based, that lies so many weeks before race week; `None` before it
/// begins.
#[must_use]
pub fn week_of(schedule: &Schedule, weeks_to_race: i64) -> Option<u8> {
    let weeks = i64::try_from(schedule.weeks.len()).ok()?;
    let number = u8::try_from(weeks.checked_sub(weeks_to_race)?).ok()?;
    (number >= 1 && weeks_to_race >= 0).then_some(number)
}

/// Age in the year of a day, from a year of birth that can be.
#[must_use]
pub fn age(birth_year: Option<i16>, day: Day) -> Option<i64> {
    let years = i64::from(day.date().year()) - i64::from(birth_year?);
    (10..=110).contains(&years).then_some(years)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOLID: Runner = Runner {
        proved: Metres::km(90),
        durability: 800,
        run_days: 6,
        predicted: Some(Seconds(12_000)),
        age: Some(35),
    };

    fn goal(distance: RaceDistance, weeks: i64, time: Option<i64>) -> Goal {
        let set_on = Day::from_epoch(20_000);
        let time = time.map(Seconds);
        Goal { distance, day: set_on + 7 * weeks, time, priority: 1, set_on }
    }

    fn chosen(goal: &Goal, runner: Runner) -> (&'static str, Reason) {
        let choice = choose(goal, &runner).expect("a schedule");
        (choice.id.name(), choice.reason)
    }

    #[test]
    fn a_fast_goal_and_the_means_for_it_get_the_hardest() {
        let fast = goal(RaceDistance::Marathon, 20, Some(11_900));
        assert_eq!(chosen(&fast, SOLID), ("marathon-advanced-2", Reason::Hardest));
        let long = goal(RaceDistance::Marathon, 32, Some(11_900));
        assert_eq!(chosen(&long, SOLID), ("marathon-personal-best", Reason::Hardest));
        for (distance, id) in
            [(RaceDistance::K5, "5k-advanced"), (RaceDistance::Half, "half-advanced")]
        {
            assert_eq!(chosen(&goal(distance, 20, Some(1)), SOLID).0, id);
        }
    }

    #[test]
    fn each_of_the_four_measures_can_decide() {
        let fast = goal(RaceDistance::Marathon, 20, Some(11_900));
        let (id, reason) = chosen(&fast, Runner { proved: Metres::km(44), ..SOLID });
        assert_eq!(id, "marathon-intermediate-1");
        assert!(matches!(reason, Reason::Volume { proved, needed } if proved < needed));
        let (id, reason) = chosen(&fast, Runner { durability: 300, ..SOLID });
        let needed = ruleset::LEVEL_DURABILITY;
        assert_eq!(
            (id, reason),
            ("marathon-intermediate-2", Reason::Durability { has: 300, needed })
        );
        let none = goal(RaceDistance::Marathon, 20, None);
        assert_eq!(chosen(&none, SOLID), ("marathon-intermediate-2", Reason::GoalTime));
        let slow = goal(RaceDistance::Marathon, 20, Some(14_000));
        assert_eq!(chosen(&slow, SOLID), ("marathon-novice-2", Reason::ToFinish));
        let half = goal(RaceDistance::Half, 20, Some(1));
        let (id, reason) = chosen(&half, Runner { run_days: 2, proved: Metres::km(10), ..SOLID });
        assert_eq!(id, "half-novice-1");
        assert!(matches!(reason, Reason::Volume { .. }));
    }

    #[test]
    fn some_schedules_are_for_certain_runners() {
        let few = Runner { run_days: 3, ..SOLID };
        let marathon = goal(RaceDistance::Marathon, 20, None);
        assert_eq!(chosen(&marathon, few), ("marathon-3", Reason::FewDays { has: 3 }));
        assert_eq!(chosen(&goal(RaceDistance::Half, 20, None), few).0, "half-hm3");
        let older = Runner { age: Some(66), ..SOLID };
        let soon = goal(RaceDistance::Marathon, 8, None);
        assert_eq!(chosen(&soon, older), ("marathon-senior", Reason::Senior { age: 66 }));
        assert_ne!(chosen(&marathon, older).0, "marathon-senior");
        let new = Runner { proved: Metres::km(5), run_days: 2, ..SOLID };
        let far = goal(RaceDistance::Marathon, 32, None);
        assert_eq!(chosen(&far, new).0, "marathon-novice-supreme");
        assert_eq!(chosen(&marathon, new).0, "marathon-novice-1");
    }

    #[test]
    fn more_of_everything_never_gets_an_easier_schedule() {
        for distance in RaceDistance::ALL {
            for weeks in [6, 12, 20, 40] {
                let goal = goal(distance, weeks, Some(11_000));
                let mut last = None;
                for km in 0..100 {
                    let runner = Runner { proved: Metres::km(km), ..SOLID };
                    let level = choose(&goal, &runner).map(|c| c.schedule.level);
                    assert!(level >= last, "{distance:?} {weeks} {km}");
                    last = level;
                }
            }
        }
    }

    #[test]
    fn weeks_count_back_from_the_race() {
        let schedule = |id| templates::library().schedule(ScheduleId::parse(id).expect("known"));
        assert_eq!(week_of(schedule("marathon-novice-1"), 0), Some(18));
        assert_eq!(week_of(schedule("marathon-novice-1"), 18), None);
        assert_eq!(week_of(schedule("marathon-personal-best"), 18), Some(12));
        assert_eq!(week_of(schedule("marathon-senior"), -1), None);
        assert_eq!(week_of(schedule("marathon-senior"), i64::MIN), None);
    }
}
