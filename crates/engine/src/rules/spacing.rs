//! Hard sessions and rest: H03, H04, H05, H06 and the quality bar of H14.

use super::{Week, seconds_within};
use crate::calendar::Day;
use crate::decision::{Measure, Rule};
use crate::ruleset as rs;
use crate::session::{Kind, Session};
use crate::state::{Phase, State};
use crate::units::{Pace, Seconds};

/// H03: calendar days between a planned hard session and any other. Races are not moved for it:
/// each pair is found at the session that is no race.
pub(super) fn gaps(w: &mut Week<'_>) {
    for (session, _) in w.planned_runs() {
        if session.kind == Kind::Race || !w.is_hard(session) {
            continue;
        }
        if let Some(gap) = nearest_hard(w, session).filter(|gap| *gap < rs::HARD_GAP) {
            w.out.push(Rule::H03, Some(session.day), gap, rs::HARD_GAP, Measure::Days);
        }
    }
}

/// Days from a planned hard session to the nearest other: planned, run or a race to come. Later
/// sessions of the plan are left to their own turn unless they are races.
fn nearest_hard(w: &Week<'_>, session: &Session) -> Option<i64> {
    let day = session.day;
    let planned = w
        .planned_runs()
        .filter(|(other, _)| !std::ptr::eq(*other, session))
        .filter(|(other, _)| other.kind == Kind::Race || other.day <= day)
        .filter(|(other, _)| w.is_hard(other))
        .map(|(other, _)| (other.day - day).abs());
    let first = w.c.first_day;
    let yesterday = day - 1;
    let run = (yesterday < first && w.was_hard(yesterday)).then_some(1);
    let races = w.c.races.iter().filter(|r| r.day >= first).map(|r| (r.day - day).abs());
    planned.chain(run).chain(races).min()
}

/// H04: the number of hard sessions, and quality where a state bars it.
pub(super) fn count(w: &mut Week<'_>) {
    let done = || w.done_days().filter(|d| w.history.ran(*d));
    let limit = match w.planned_runs().count() + done().count() {
        0..=3 => rs::HARD_SESSIONS[0],
        4..=5 if w.c.form.durability >= rs::DURABLE_FROM => rs::HARD_SESSIONS_DURABLE,
        4..=5 => rs::HARD_SESSIONS[1],
        _ => rs::HARD_SESSIONS[2],
    };
    let mut hard = done().filter(|d| w.was_hard(*d)).count();
    let mut movable = false;
    for (session, _) in w.planned_runs().filter(|(s, _)| w.is_hard(s)) {
        hard += 1;
        movable |= session.kind != Kind::Race;
    }
    if movable && hard > limit {
        w.out.count(Rule::H04, None, hard, limit);
    }
    states(w);
}

fn states(w: &mut Week<'_>) {
    let shown = w.c.state;
    let watch = w.c.injury_watch || shown == State::InjuryWatch;
    let barred = watch
        || w.health.protection
        || w.windows.rebuild
        || w.c.overreach_since.is_some()
        || matches!(shown, State::Rebuild | State::Overreach | State::InjuryProtection);
    for (session, slot) in w.planned_runs() {
        let race = session.kind == Kind::Race;
        let out = if race { watch || w.health.protects(slot) } else { barred };
        if out && w.is_quality(session) {
            w.out.push(Rule::H04, Some(session.day), 1, 0, Measure::Count);
        }
    }
}

/// H05: run days in any 7 consecutive days that hold a planned run.
pub(super) fn rest(w: &mut Week<'_>) {
    let limit = if w.windows.strict || w.windows.c < rs::RUN_DAYS_SMALL_C {
        rs::RUN_DAYS_MAX_STRICT
    } else {
        rs::RUN_DAYS_MAX
    };
    // Bit i is the day W-6+i.
    let from = w.c.week_start - 6;
    let planned = w.planned_runs().fold(0u32, |bits, (_, slot)| bits | 1 << (slot + 6));
    let run = (0..13).filter(|i| w.history.ran(from + *i)).fold(0u32, |bits, i| bits | 1 << i);
    let windows = (0..13u32).map(|i| (i, 0x7f << i));
    let most = windows
        .filter(|(_, window)| planned & window != 0)
        .map(|(i, window)| (((planned | run) & window).count_ones(), std::cmp::Reverse(i)))
        .max();
    if let Some((days, std::cmp::Reverse(i))) = most.filter(|(days, _)| *days > limit) {
        let last = from + i64::from(i) + 6;
        w.out.push(Rule::H05, Some(last), i64::from(days), i64::from(limit), Measure::Days);
    }
}

/// H06: planned time at threshold or faster; between marathon and threshold pace it counts half.
pub(super) fn intensity(w: &mut Week<'_>) {
    let (threshold, marathon) = (w.c.form.threshold, w.c.form.marathon);
    let (mut halves, mut running) = (0i64, Seconds::ZERO);
    for (session, _) in w.planned_runs().filter(|(s, _)| s.kind != Kind::Race) {
        let whole = seconds_within(session, Pace(i64::MIN), threshold);
        let half = seconds_within(session, threshold, marathon);
        halves = halves.saturating_add(whole.0.saturating_mul(2)).saturating_add(half.0);
        running += session.duration;
    }
    let permille = if w.c.overriding {
        rs::INTENSITY_OVERRIDE
    } else {
        rs::intensity_permille(if w.c.has_goal { w.c.phase } else { Phase::Base })
    };
    let limit = running.permille(permille).max(rs::INTENSITY_FLOOR);
    if halves > limit.0.saturating_mul(2) {
        let value = halves.saturating_add(1) / 2;
        w.out.push(Rule::H06, None, value, limit.0, Measure::Seconds);
    }
}

/// H14 (B3): quality after days without running.
pub(super) fn after_break(w: &mut Week<'_>) {
    let mut careful = false;
    let mut barred_until: Option<Day> = None;
    for (j, gap) in (0..).zip(w.windows.gaps) {
        if rs::return_row(gap).is_empty() {
            continue;
        }
        let from = rs::quality_from(w.c.week_start - 7 * j, gap);
        barred_until = barred_until.max(Some(from));
        careful |= w.c.week_start < from + rs::RETURN_CAREFUL_DAYS;
    }
    let Some(from) = barred_until else { return };
    let mut movable = false;
    for (session, _) in w.planned_runs() {
        if session.kind == Kind::Race || !w.is_quality(session) {
            continue;
        }
        movable = true;
        if session.day < from {
            w.out.push(Rule::H14, Some(session.day), 1, 0, Measure::Count);
        }
    }
    let all = w.planned_quality() + w.done_quality();
    if careful && movable && all > 1 {
        w.out.count(Rule::H14, None, all, 1);
    }
}
