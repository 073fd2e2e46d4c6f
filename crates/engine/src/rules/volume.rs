//! Distances: H01 and H02 with H14's caps on both, H07, H13.

use super::windows::Used;
use super::{Week, beside, raced};
use crate::decision::{Measure, Rule};
use crate::ruleset as rs;
use crate::session::Kind;
use crate::units::Metres;

/// H01 and H14: the length of every run that is no race.
pub(super) fn runs(w: &mut Week<'_>) {
    let spike = w.windows.spike(w.c.overriding);
    let after_break = w.windows.return_run_cap();
    for (session, _) in w.planned_runs().filter(|(s, _)| s.kind != Kind::Race) {
        let (day, km) = (Some(session.day), session.distance);
        if km > spike {
            w.out.push(Rule::H01, day, km.0, spike.0, Measure::Metres);
        }
        if let Some(cap) = after_break.filter(|cap| km > *cap) {
            w.out.push(Rule::H14, day, km.0, cap.0, Measure::Metres);
        }
    }
}

/// H02 and H14: the km of the week beside its races.
pub(super) fn week(w: &mut Week<'_>) {
    let planned = w.planned - w.planned_races;
    if planned <= Metres::ZERO {
        return;
    }
    let raced = raced(&w.history, w.c.week_start, w.c.first_day);
    let races = w.planned_races + raced;
    let total = planned + w.done - raced;
    let supported = w.windows.supported(w.c);
    let caps = [(Rule::H02, Some(supported)), (Rule::H14, w.windows.return_cap())];
    for (rule, cap) in caps {
        if let Some(limit) = cap.map(|cap| beside(cap, races)).filter(|limit| total > *limit) {
            w.out.push(rule, None, total.0, limit.0, Measure::Metres);
        }
    }
}

/// H07: the share of the longest run, its length and its duration.
pub(super) fn long_share(w: &mut Week<'_>) {
    let run_days = w.planned_runs().count() + w.done_days().filter(|d| w.history.ran(*d)).count();
    let week = w.planned + w.done;
    let small = week.permille(rs::LONG_SHARE_SMALL).min(rs::LONG_SHARE_SMALL_MAX);
    let share = week.permille(rs::LONG_SHARE).max(small);
    for (session, _) in w.planned_runs().filter(|(s, _)| s.kind != Kind::Race) {
        let (day, km) = (Some(session.day), session.distance);
        if run_days >= 2 && km > rs::LONG_SHARE_OVER && km > share {
            // 5 km are allowed in any week.
            let limit = share.max(rs::LONG_SHARE_OVER);
            w.out.push(Rule::H07, day, km.0, limit.0, Measure::Metres);
        }
        if km > rs::LONG_MAX {
            w.out.push(Rule::H07, day, km.0, rs::LONG_MAX.0, Measure::Metres);
        }
        if session.duration > rs::LONG_MAX_TIME {
            let (value, limit) = (session.duration.0, rs::LONG_MAX_TIME.0);
            w.out.push(Rule::H07, day, value, limit, Measure::Seconds);
        }
    }
}

/// H13: while the signals of overreaching stand.
pub(super) fn overreach(w: &mut Week<'_>) {
    let Some(since) = w.c.overreach_since else { return };
    let used = w.as_of(since, |h, day| Used::before(h, day).c);
    w.limit_week(Rule::H13, used.permille(rs::OVERREACH_PERMILLE));
    for (session, _) in w.planned_runs() {
        if w.is_hard(session) {
            w.out.push(Rule::H13, Some(session.day), 1, 0, Measure::Count);
        }
    }
}
