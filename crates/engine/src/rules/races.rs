//! Before and after races: H11 and H12.

use super::windows::Used;
use super::{Week, recovery_of};
use crate::calendar::Day;
use crate::decision::{Measure, Rule};
use crate::record::RaceDistance;
use crate::ruleset as rs;
use crate::session::{Kind, UpcomingRace};
use crate::units::Metres;

/// H11: the taper before every A race to come.
pub(super) fn taper(w: &mut Week<'_>) {
    let (first, end) = (w.c.first_day, w.c.week_start + 7);
    for race in w.c.races.iter().filter(|r| r.a_race && r.day >= first) {
        let blocks = rs::taper_permille(race.distance);
        #[expect(clippy::cast_possible_wrap, reason = "at most three blocks")]
        let start = race.day - 7 * blocks.len() as i64 + 1;
        if start < end {
            taper_blocks(w, race, start, blocks);
        }
        taper_sessions(w, race);
    }
}

fn taper_blocks(w: &mut Week<'_>, race: &UpcomingRace, start: Day, blocks: &[i64]) {
    let (first, end) = (w.c.first_day, w.c.week_start + 7);
    // Days before the first planned one as run, days of this week as planned, later ones empty.
    let km = |from: Day, to: Day| w.history.km(from, to.min(first)) + w.planned_km(from, to);
    let before = (1..=rs::TAPER_REFERENCE_BLOCKS).map(|k| km(start - 7 * k, start - 7 * (k - 1)));
    let highest = before.max().unwrap_or_default();
    let mut found = [None; 3];
    for ((i, permille), found) in (0..).zip(blocks).zip(&mut found) {
        let (from, to) = (start + 7 * i, start + 7 * (i + 1));
        if to <= first || from >= end {
            continue;
        }
        let on_race_day = w.planned_runs().filter(|(s, _)| s.day == race.day && to > race.day);
        let own: Metres =
            on_race_day.filter(|(s, _)| s.kind == Kind::Race).map(|(s, _)| s.distance).sum();
        let planned = w.planned_km(from, to) - own;
        let total = planned + w.history.km(from, to.min(first));
        let limit = highest.permille(*permille);
        if planned > Metres::ZERO && total > limit {
            *found = Some((from.max(first), total, limit));
        }
    }
    for (day, total, limit) in found.into_iter().flatten() {
        w.out.push(Rule::H11, Some(day), total.0, limit.0, Measure::Metres);
    }
}

/// Quality and the longest run on the days before the race.
fn taper_sessions(w: &mut Week<'_>, race: &UpcomingRace) {
    let quiet = rs::taper_quiet_days(race.distance);
    let long = matches!(race.distance, RaceDistance::Half | RaceDistance::Marathon);
    for (session, _) in w.planned_runs() {
        let days = race.day - session.day;
        let day = Some(session.day);
        if (1..=quiet).contains(&days) && w.is_quality(session) {
            w.out.push(Rule::H11, day, days, quiet + 1, Measure::Days);
        }
        if !long || session.kind == Kind::Race || !(1..=14).contains(&days) {
            continue;
        }
        let limit = w.windows.l30.permille(rs::TAPER_RUN_PERMILLE[usize::from(days > 7)]);
        if session.distance > limit {
            w.out.push(Rule::H11, day, session.distance.0, limit.0, Measure::Metres);
        }
    }
}

/// H12: the days after every race, run or planned in this week.
pub(super) fn recovery(w: &mut Week<'_>) {
    for i in 0..w.history.runs.len() {
        let run = w.history.runs[i];
        if !run.race {
            continue;
        }
        sessions_after(w, run.day, rs::recovery_days(run.distance));
        if run.distance >= rs::MARATHON_FROM {
            weeks_after(w, run.day);
        }
    }
    for (session, _) in w.planned_runs().filter(|(s, _)| s.kind == Kind::Race) {
        let days = session.race.map_or_else(|| rs::recovery_days(session.distance), recovery_of);
        sessions_after(w, session.day, days);
        if session.distance >= rs::MARATHON_FROM {
            weeks_after(w, session.day);
        }
    }
}

/// No quality before day `n`, no Long Run before half of it.
fn sessions_after(w: &mut Week<'_>, race: Day, n: i64) {
    if race + n <= w.c.first_day {
        return;
    }
    let long_from = n.saturating_add(1) / 2;
    for (session, _) in w.planned_runs().filter(|(s, _)| s.kind != Kind::Race) {
        let days = session.day - race;
        if days < 0 {
            continue;
        }
        let from = if w.is_quality(session) {
            n
        } else if w.is_long(session) {
            long_from
        } else {
            continue;
        };
        if days < from {
            w.out.push(Rule::H12, Some(session.day), days, from, Measure::Days);
        }
    }
}

/// The two weeks after a marathon.
fn weeks_after(w: &mut Week<'_>, race: Day) {
    if race + 15 <= w.c.first_day {
        return;
    }
    let c4 = w.as_of(race, |h, day| Used::before(h, day).c4);
    let limit = c4.permille(rs::MARATHON_RECOVERY_PERMILLE);
    for from in [race + 1, race + 8] {
        let planned = w.planned_km(from, from + 7);
        let total = planned + w.history.km(from, from + 7);
        if planned > Metres::ZERO && total > limit {
            w.out.push(Rule::H12, Some(from.max(w.c.first_day)), total.0, limit.0, Measure::Metres);
        }
    }
}
