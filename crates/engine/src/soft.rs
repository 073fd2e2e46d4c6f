//! Soft rules of a finished week: what a runner should know and no plan is refused for.

use crate::calendar::{Weekday, WeekdaySet};
use crate::decision::{Finding, Measure, Rule};
use crate::record::{Preferences, RaceDistance};
use crate::ruleset;
use crate::session::{Kind, Session, WeekPlan};
use crate::units::Seconds;
use std::borrow::Cow;

/// The soft findings of a week, in order of the rules.
#[must_use]
pub fn findings(plan: &WeekPlan, goal: Option<RaceDistance>, wished: &Preferences) -> Vec<Finding> {
    let long = session_too_long(plan, goal);
    let days = days(plan, wished).chain(caps(plan, wished));
    let whole = runs(plan, wished).into_iter().chain(week(plan, wished));
    days.chain(long).chain(long_share(plan)).chain(whole).chain(monotony(plan)).collect()
}

/// The wishes that a plan can follow. Without any day to run on, every day is one; a day whose cap
/// is too short for a run is a rest day; where that leaves no day, such caps are read as the
/// shortest that a useful run fits into. What the plan then does against the wish is a finding.
#[must_use]
pub fn followed(wished: &Preferences) -> Cow<'_, Preferences> {
    let cap = |p: &Preferences, day: Weekday| p.day_caps[usize::from(day.number())];
    let short = |m: u16| Seconds::minutes(i64::from(m)) < ruleset::USEFUL_TIME;
    let some_short = Weekday::ALL.into_iter().any(|d| cap(wished, d).is_some_and(short));
    if !wished.run_days.is_empty() && !some_short {
        return Cow::Borrowed(wished);
    }
    let mut p = wished.clone();
    if p.run_days.is_empty() {
        p.run_days = WeekdaySet::ALL;
    }
    let fits = |d: &Weekday| p.run_days.contains(*d) && !cap(&p, *d).is_some_and(short);
    let days = Weekday::ALL.into_iter().filter(fits).fold(WeekdaySet::NONE, WeekdaySet::with);
    if days.is_empty() {
        let least = |m: u16| m.max(ruleset::CAP_LEAST);
        p.day_caps = p.day_caps.map(|cap| cap.map(least));
    } else {
        p.run_days = days;
    }
    Cow::Owned(p)
}

/// Runs on days that are none of the runner's, and a long run on another day than wished.
fn days<'a>(plan: &'a WeekPlan, p: &'a Preferences) -> impl Iterator<Item = Finding> + 'a {
    let found = |day| Finding {
        rule: Rule::SDays,
        day: Some(day),
        value: 1,
        limit: 0,
        measure: Measure::Count,
    };
    let wrong = move |s: &&Session| {
        let moved = s.kind == Kind::Long
            && p.long_run_day
                .is_some_and(|wished| p.run_days.contains(wished) && wished != s.day.weekday());
        moved || !p.run_days.contains(s.day.weekday())
    };
    plain_runs(plan).filter(wrong).map(move |s| found(s.day))
}

fn caps<'a>(plan: &'a WeekPlan, p: &'a Preferences) -> impl Iterator<Item = Finding> + 'a {
    plain_runs(plan).filter_map(|s| {
        let cap = p.day_caps[usize::from(s.day.weekday().number())]?;
        let limit = Seconds::minutes(i64::from(cap)).0;
        let (day, value, measure) = (Some(s.day), s.duration.0, Measure::Seconds);
        (value > limit).then_some(Finding { rule: Rule::SCap, day, value, limit, measure })
    })
}

fn runs(plan: &WeekPlan, p: &Preferences) -> Option<Finding> {
    let limit = i64::from(p.max_runs?);
    let value = plan.sessions.iter().filter(|s| s.is_run()).count() as i64;
    let measure = Measure::Count;
    (value > limit).then_some(Finding { rule: Rule::SRuns, day: None, value, limit, measure })
}

fn week(plan: &WeekPlan, p: &Preferences) -> Option<Finding> {
    let (value, limit) = (plan.distance().0, p.weekly_cap?.0);
    let measure = Measure::Metres;
    (value > limit).then_some(Finding { rule: Rule::SWeek, day: None, value, limit, measure })
}

fn plain_runs(plan: &WeekPlan) -> impl Iterator<Item = &Session> {
    plan.sessions.iter().filter(|s| s.is_run() && s.kind != Kind::Race)
}

fn session_too_long(
    plan: &WeekPlan,
    goal: Option<RaceDistance>,
) -> impl Iterator<Item = Finding> + '_ {
    let limit = match goal {
        Some(RaceDistance::Marathon) => ruleset::SESSION_SOFT_MAX_MARATHON,
        _ => ruleset::SESSION_SOFT_MAX,
    };
    plain_runs(plan).filter(move |s| s.duration > limit).map(move |s| Finding {
        rule: Rule::SLong,
        day: Some(s.day),
        value: s.duration.0,
        limit: limit.0,
        measure: Measure::Seconds,
    })
}

/// In weeks of three runs or more: two runs always share more.
fn long_share(plan: &WeekPlan) -> Option<Finding> {
    let runs = plan.sessions.iter().filter(|s| s.is_run()).count();
    let longest = plain_runs(plan).max_by_key(|s| (s.distance, std::cmp::Reverse(s.day)))?;
    let share = longest.distance.0 * 1000 / plan.distance().0.max(1);
    (runs >= 3 && share > ruleset::LONG_SHARE_SOFT).then_some(Finding {
        rule: Rule::SShare,
        day: Some(longest.day),
        value: share,
        limit: ruleset::LONG_SHARE_SOFT,
        measure: Measure::Permille,
    })
}

/// Foster's monotony: mean over standard deviation (population, of seven) of the days' minutes.
fn monotony(plan: &WeekPlan) -> Option<Finding> {
    let mut days = [0_i64; 7];
    for s in plan.sessions.iter().filter(|s| s.is_run()) {
        let i = usize::try_from(s.day - plan.week_start).ok()?;
        *days.get_mut(i)? += s.duration.0;
    }
    let total: i64 = days.iter().sum();
    if plan.first_day != plan.week_start || total <= Seconds::ZERO.0 {
        return None;
    }
    // Seven times the values keeps the mean whole.
    let squares: i64 = days.iter().map(|d| (7 * d - total).pow(2)).sum::<i64>() / 7;
    let deviation = i64::try_from(squares.unsigned_abs().isqrt()).unwrap_or(i64::MAX).max(1);
    let monotony = (total * 1000 / deviation).min(ruleset::MONOTONY_CAP);
    (monotony > ruleset::MONOTONY_SOFT).then_some(Finding {
        rule: Rule::SMonotony,
        day: None,
        value: monotony,
        limit: ruleset::MONOTONY_SOFT,
        measure: Measure::Permille,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Day;
    use crate::state::{Phase, State};
    use crate::units::{Metres, Pace};
    use crate::workout::{self, Paces};

    fn paces() -> Paces {
        let [easy, marathon, half, k10, k5] = [360, 320, 305, 290, 280].map(Pace);
        Paces { easy, marathon, half, k10, k5, threshold: Pace(300), interval: Pace(270) }
    }

    /// A week with easy runs of so many kilometres from Monday on; 0 is a rest day.
    fn week(km: [i64; 7]) -> WeekPlan {
        let start = Day::from_epoch(20_000).week_start(crate::calendar::WeekStart::Monday);
        let run = |(i, km): (usize, i64)| {
            workout::plain(start + i as i64, Kind::Easy, Metres::km(km), &paces())
        };
        WeekPlan {
            week_start: start,
            first_day: start,
            state: State::Stable,
            phase: Phase::Base,
            week_number: 1,
            sessions: km.into_iter().enumerate().filter(|(_, km)| *km > 0).map(run).collect(),
            findings: Vec::new(),
            repairs: Vec::new(),
            why: Vec::new(),
        }
    }

    fn rules(km: [i64; 7], goal: Option<RaceDistance>) -> Vec<Rule> {
        findings(&week(km), goal, &Preferences::default()).iter().map(|f| f.rule).collect()
    }

    #[test]
    fn an_ordinary_week_is_worth_no_word() {
        assert_eq!(rules([0, 8, 10, 8, 0, 8, 16], None), []);
        assert_eq!(rules([0; 7], None), []);
    }

    #[test]
    fn a_long_session_is_longer_for_a_marathon() {
        // 26 km at 6:00 are 156 min.
        let km = [0, 14, 10, 14, 0, 10, 26];
        assert_eq!(rules(km, Some(RaceDistance::Half)), [Rule::SLong]);
        assert_eq!(rules(km, Some(RaceDistance::Marathon)), []);
    }

    #[test]
    fn a_run_of_almost_half_the_week_is_named_from_three_runs_on() {
        let found = findings(&week([0, 5, 0, 5, 0, 0, 10]), None, &Preferences::default());
        assert_eq!((found[0].rule, found[0].value, found[0].limit), (Rule::SShare, 500, 450));
        assert_eq!(rules([0, 0, 0, 5, 0, 0, 10], None), []);
    }

    #[test]
    fn seven_days_alike_are_monotonous() {
        let found = findings(&week([8, 8, 8, 8, 8, 8, 8]), None, &Preferences::default());
        assert_eq!((found[0].rule, found[0].value), (Rule::SMonotony, ruleset::MONOTONY_CAP));
        // Mean 40/7, deviation of 8 8 8 8 8 0 0 is 3.61: 1.58.
        assert_eq!(rules([8, 8, 8, 8, 8, 0, 0], None), []);
    }
}
