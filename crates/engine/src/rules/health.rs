//! Health: locked days (H08), active injuries (H09) and permanent limits (H10).

use super::Week;
use super::past::History;
use super::windows::{Longest, Used};
use crate::calendar::Day;
use crate::decision::{Measure, Rule};
use crate::facts::Circumstances;
use crate::record::{HealthRecord, HealthType, Strike};
use crate::ruleset as rs;
use crate::session::Kind;
use crate::units::Metres;

/// What health does to the seven days of a week.
#[derive(Default)]
pub(super) struct Health {
    locked: [bool; 7],
    /// Locked by an injury or pain.
    injured: [bool; 7],
    easy_only: [bool; 7],
    no_quality: [bool; 7],
    short: [bool; 7],
    /// A return ladder is unfinished.
    ladder: bool,
    /// A record makes the runner strict.
    pub(super) strict: bool,
    /// Injury Protection's condition stands on a day of the week.
    pub(super) protection: bool,
}

impl Health {
    pub(super) fn new(c: &Circumstances<'_>, history: &History) -> Self {
        let mut h = Self::default();
        for record in known(c) {
            match record.kind {
                HealthType::Injury | HealthType::Pain => h.injury(c, history, record),
                HealthType::Illness => h.illness(c, record),
                HealthType::Fatigue | HealthType::Other => {}
            }
        }
        for s in c.strikes.iter().filter(|s| s.issued <= c.first_day) {
            mark(&mut h.locked, c.week_start, |day| recovering(c, s, day));
        }
        h.protection = h.ladder || h.injured.contains(&true);
        h
    }

    fn injury(&mut self, c: &Circumstances<'_>, history: &History, record: &HealthRecord) {
        let severity = severity(record);
        let closed = closed(c, record);
        let recent = record.day >= c.week_start - rs::STRICT_DAYS;
        self.strict |= severity >= rs::STRICT_SEVERITY && (recent || closed.is_none());
        let severe = severity >= rs::SEVERE_FROM;
        let class = usize::from(severity >= rs::MODERATE_FROM) + usize::from(severe);
        let days = rs::lock_days(record.part)[class];
        let locks = |day: Day| {
            day >= record.day
                && closed.is_none_or(|end| day < end)
                && (severe || day - record.day < days)
        };
        mark(&mut self.locked, c.week_start, locks);
        mark(&mut self.injured, c.week_start, locks);
        let Some(end) = closed else { return };
        let lasted = days.min(end - record.day);
        self.ladder |= (severe || lasted >= rs::LADDER_AFTER)
            && c.week_start - end <= rs::LADDER_FORGOTTEN
            && history.run_days_since(end) < rs::LADDER_STEPS;
    }

    fn illness(&mut self, c: &Circumstances<'_>, record: &HealthRecord) {
        let closed = closed(c, record);
        if !record.symptoms.fever && !record.symptoms.below_neck {
            mark(&mut self.short, c.week_start, |day| {
                (0..rs::ABOVE_NECK_DAYS).contains(&(day - record.day))
                    && closed.is_none_or(|end| day <= end)
            });
            return;
        }
        let Some(end) = closed else {
            return mark(&mut self.locked, c.week_start, |day| day >= record.day);
        };
        let free = end + rs::ILLNESS_CLEAR_DAYS[usize::from(record.symptoms.fever)];
        let ill = (end - record.day).max(1);
        mark(&mut self.locked, c.week_start, |day| record.day <= day && day < free);
        let easy = ill.min(rs::ILLNESS_EASY_MAX);
        mark(&mut self.easy_only, c.week_start, |day| (0..easy).contains(&(day - free)));
        let careful = ill.max(rs::ILLNESS_NO_QUALITY_MIN);
        mark(&mut self.no_quality, c.week_start, |day| (0..careful).contains(&(day - free)));
    }

    /// Does Injury Protection's condition stand on this day of the week?
    pub(super) fn protects(&self, slot: usize) -> bool {
        self.ladder || self.injured[slot]
    }
}

/// Records about days up to the first planned one: later facts do not exist.
fn known<'a>(c: &Circumstances<'a>) -> impl Iterator<Item = &'a HealthRecord> {
    let first = c.first_day;
    c.health.iter().filter(move |r| r.day <= first)
}

/// The closing day, if it is known by now; never before the record's own day.
fn closed(c: &Circumstances<'_>, record: &HealthRecord) -> Option<Day> {
    record.closed.filter(|day| *day <= c.first_day).map(|day| day.max(record.day))
}

/// 1-10, with the signs of J1 and the default for none.
fn severity(record: &HealthRecord) -> u8 {
    if record.symptoms.bone_pain_at_rest || record.symptoms.limp {
        return rs::SEVERITY_J1;
    }
    record.severity.unwrap_or(rs::SEVERITY_DEFAULT)
}

/// Is the day one of forced recovery?
fn recovering(c: &Circumstances<'_>, s: &Strike, day: Day) -> bool {
    (1..=i64::from(s.forced_recovery_days)).contains(&(day - s.issued))
        && resolved(c, s).is_none_or(|end| day <= end)
}

/// The day the strike was resolved, if it is known by now.
fn resolved(c: &Circumstances<'_>, s: &Strike) -> Option<Day> {
    s.resolved.filter(|day| *day <= c.first_day)
}

fn mark(days: &mut [bool; 7], start: Day, holds: impl Fn(Day) -> bool) {
    for (i, day) in (0..).zip(days) {
        *day |= holds(start + i);
    }
}

/// H08: locked days, and what an illness leaves of the others.
pub(super) fn locks(w: &mut Week<'_>) {
    let h = &w.health;
    for (session, slot) in w.planned_runs() {
        let hard = w.is_hard(session);
        let day = Some(session.day);
        if h.locked[slot] {
            w.out.push(Rule::H08, day, session.distance.0, 0, Measure::Metres);
        }
        let barred = (h.easy_only[slot] || h.short[slot]) && hard;
        if barred || (h.no_quality[slot] && w.is_quality(session)) {
            w.out.push(Rule::H08, day, 1, 0, Measure::Count);
        }
        if h.short[slot] && session.duration > rs::ABOVE_NECK_RUN_MAX {
            let limit = rs::ABOVE_NECK_RUN_MAX.0;
            w.out.push(Rule::H08, day, session.duration.0, limit, Measure::Seconds);
        }
    }
}

/// H09: moderate records and the return ladder. Severe ones lock every day (H08).
pub(super) fn injuries(w: &mut Week<'_>) {
    for record in known(w.c) {
        let injury = matches!(record.kind, HealthType::Injury | HealthType::Pain);
        let active = closed(w.c, record).is_none_or(|end| end >= w.c.first_day);
        let moderate = (rs::MODERATE_FROM..rs::SEVERE_FROM).contains(&severity(record));
        if injury && active && moderate {
            moderate_record(w, record);
        }
    }
    if w.health.ladder {
        ladder(w);
    }
}

fn moderate_record(w: &mut Week<'_>, record: &HealthRecord) {
    let (c4, l30) =
        w.as_of(record.day, |h, day| (Used::before(h, day).c4, Longest::before(h, day).l30()));
    let week = if severity(record) >= rs::MODERATE_UPPER_FROM {
        c4.permille(rs::MODERATE_UPPER_PERMILLE)
    } else {
        c4
    };
    w.limit_week(Rule::H09, week);
    let run = l30.permille(rs::MODERATE_RUN_PERMILLE);
    for (session, _) in w.planned_runs() {
        let day = Some(session.day);
        if w.is_quality(session) {
            w.out.push(Rule::H09, day, 1, 0, Measure::Count);
        }
        if session.distance > run {
            w.out.push(Rule::H09, day, session.distance.0, run.0, Measure::Metres);
        }
    }
}

fn ladder(w: &mut Week<'_>) {
    for (session, _) in w.planned_runs() {
        let day = session.day;
        if session.kind != Kind::Return {
            w.out.push(Rule::H09, Some(day), 1, 0, Measure::Count);
        }
        if session.duration > rs::LADDER_RUN_MAX {
            let (value, limit) = (session.duration.0, rs::LADDER_RUN_MAX.0);
            w.out.push(Rule::H09, Some(day), value, limit, Measure::Seconds);
        }
        if w.runs_on(day - 1) {
            w.out.push(Rule::H09, Some(day), 1, 2, Measure::Days);
        }
    }
}

/// H10: the days without quality and the permanent limits of strikes.
pub(super) fn permanent(w: &mut Week<'_>) {
    for strike in w.c.strikes.iter().filter(|s| s.issued <= w.c.first_day) {
        days_without_quality(w, strike);
        let Some(limit) = strike.limit else { continue };
        if limit.lifted.is_some_and(|day| day < w.c.week_start) {
            continue;
        }
        w.limit_week(Rule::H10, limit.weekly.max(Metres::ZERO));
        let planned = w.planned_quality();
        let quality = planned + w.done_quality();
        if planned > 0 && quality > usize::from(limit.quality) {
            w.out.count(Rule::H10, None, quality, usize::from(limit.quality));
        }
    }
}

fn days_without_quality(w: &mut Week<'_>, strike: &Strike) {
    let last = strike.issued + i64::from(strike.no_quality_days);
    let last = resolved(w.c, strike).map_or(last, |day| day.min(last));
    for (session, _) in w.planned_runs() {
        let barred = strike.issued < session.day && session.day <= last;
        if barred && w.is_quality(session) {
            w.out.push(Rule::H10, Some(session.day), 1, 0, Measure::Count);
        }
    }
}
