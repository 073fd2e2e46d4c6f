//! Soft rules of a finished week: what a runner should know and no plan is refused for.

use crate::decision::{Finding, Measure, Rule};
use crate::record::RaceDistance;
use crate::ruleset;
use crate::session::{Kind, Session, WeekPlan};
use crate::units::Seconds;

/// The soft findings of a week, in order of the rules.
#[must_use]
pub fn findings(plan: &WeekPlan, goal: Option<RaceDistance>) -> Vec<Finding> {
    let long = session_too_long(plan, goal);
    long.chain(long_share(plan)).chain(monotony(plan)).collect()
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
