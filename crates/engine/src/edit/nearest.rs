//! The nearest edit that is allowed, and the runner's own wishes that an edit sets aside.

use super::{BadAsk, Desk, Nearest};
use crate::calendar::Day;
use crate::decision::{Finding, Measure, Rule};
use crate::record::{Ask, Preferences};
use crate::ruleset;
use crate::session::{Kind, WeekPlan};
use crate::units::Metres;

/// The nearest edit to a refused one that is allowed: for a move another day, the nearest to the one
/// asked for; for a length the longest; for a kind the most similar.
pub(super) fn nearest(desk: &mut Desk<'_>, ask: Ask) -> Option<Nearest> {
    match ask {
        Ask::Move { from, to } => {
            days_around(desk, to).find_map(|day| allowed(desk, Ask::Move { from, to: day }))
        }
        Ask::Swap { a, b } => {
            days_around(desk, b).find_map(|day| allowed(desk, Ask::Swap { a, b: day }))
        }
        Ask::Resize { day, to } => longest(desk, to, |to| Ask::Resize { day, to }),
        Ask::Add { day, kind, distance } => {
            longest(desk, distance, |distance| Ask::Add { day, kind, distance })
                .or_else(|| {
                    similar(kind).iter().find_map(|&kind| {
                        longest(desk, distance, |distance| Ask::Add { day, kind, distance })
                    })
                })
                .or_else(|| {
                    let mut days = days_around(desk, day);
                    days.find_map(|day| allowed(desk, Ask::Add { day, kind, distance }))
                })
        }
        Ask::Retype { day, to } => {
            similar(to).iter().find_map(|&to| allowed(desk, Ask::Retype { day, to }))
        }
        Ask::Skip { .. }
        | Ask::Pin { .. }
        | Ask::Unavailable { .. }
        | Ask::Easier
        | Ask::Harder => None,
    }
}

fn allowed(desk: &mut Desk<'_>, ask: Ask) -> Option<Nearest> {
    let trial = desk.trial(ask).ok().filter(|t| t.kept)?;
    (!trial.changes.is_empty()).then_some(Nearest {
        ask,
        verdict: trial.verdict,
        changes: trial.changes,
    })
}

/// The other days that are left of the week, the nearest first, of equals the earlier.
fn days_around(desk: &Desk<'_>, day: Day) -> impl Iterator<Item = Day> + use<> {
    let last = desk.w + 6;
    let mut days: Vec<Day> = (0..=last - desk.first).map(|i| desk.first + i).collect();
    days.retain(|d| *d != day);
    days.sort_by_key(|d| ((*d - day).abs(), *d));
    days.into_iter()
}

/// The longest distance under `asked` that is allowed, found by halving; each one that counts was
/// tried.
fn longest(desk: &mut Desk<'_>, asked: Metres, ask: impl Fn(Metres) -> Ask) -> Option<Nearest> {
    let step = Metres::STEP.0;
    let (mut low, mut high) = (ruleset::EDIT_RUN_MIN.0 / step - 1, asked.0 / step);
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        let trial = desk.trial(ask(Metres(middle * step)));
        // Too short for its kind is no reason to go shorter.
        let short = matches!(trial, Err(BadAsk::TooShortFor { .. }));
        if short || trial.is_ok_and(|t| t.kept) {
            low = middle;
        } else {
            high = middle;
        }
    }
    allowed(desk, ask(Metres(low * step)))
}

/// Kinds by how much they are like the given one.
const fn similar(kind: Kind) -> &'static [Kind] {
    use Kind::{Easy, Fartlek, Hill, Interval, Long, Pace, Recovery, Return, Tempo};
    match kind {
        Kind::Interval => &[Hill, Fartlek, Tempo, Pace, Easy, Recovery, Return],
        Kind::Hill => &[Interval, Fartlek, Tempo, Pace, Easy, Recovery, Return],
        Kind::Fartlek => &[Tempo, Hill, Interval, Pace, Easy, Recovery, Return],
        Kind::Tempo => &[Fartlek, Pace, Interval, Hill, Easy, Recovery, Return],
        Kind::TimeTrial => &[Tempo, Interval, Fartlek, Pace, Easy, Recovery, Return],
        Kind::Pace => &[Tempo, Fartlek, Easy, Recovery, Return],
        Kind::Long => &[Easy, Recovery, Return],
        Kind::Easy | Kind::Race | Kind::Cross => &[Recovery, Return],
        Kind::Recovery | Kind::Return => &[Easy, Long],
    }
}

/// What of the runner's own wishes a week sets aside: days, time caps, runs a week, km a week.
pub(super) fn against_wishes(p: &Preferences, plan: &WeekPlan) -> Vec<Finding> {
    let mut out = Vec::new();
    let runs = || plan.sessions.iter().filter(|s| s.is_run());
    for s in runs().filter(|s| s.kind != Kind::Race) {
        let (day, weekday) = (Some(s.day), s.day.weekday());
        if !p.run_days.contains(weekday) {
            out.push(finding(Rule::SDays, day, 1, 0, Measure::Count));
        }
        let cap = p.day_caps[usize::from(weekday.number())].map(|m| 60 * i64::from(m));
        if let Some(cap) = cap.filter(|cap| s.duration.0 > *cap) {
            out.push(finding(Rule::SCap, day, s.duration.0, cap, Measure::Seconds));
        }
    }
    let count = i64::try_from(runs().count()).unwrap_or(i64::MAX);
    if let Some(most) = p.max_runs.map(i64::from).filter(|most| count > *most) {
        out.push(finding(Rule::SRuns, None, count, most, Measure::Count));
    }
    let km = plan.distance();
    if let Some(cap) = p.weekly_cap.filter(|cap| km > *cap) {
        out.push(finding(Rule::SWeek, None, km.0, cap.0, Measure::Metres));
    }
    out
}

const fn finding(
    rule: Rule,
    day: Option<Day>,
    value: i64,
    limit: i64,
    measure: Measure,
) -> Finding {
    Finding { rule, day, value, limit, measure }
}
