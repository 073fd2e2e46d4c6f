//! What health records and strikes do to the days of a week, as the generator sees it.

use crate::calendar::Day;
use crate::facts::Circumstances;
use crate::history::History;
use crate::ladder::{self, Climb, Position};
use crate::record::{Feedback, HealthRecord, HealthType, Strike};
use crate::ruleset;
use crate::units::Seconds;

/// What one day allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DayHealth {
    /// No running.
    pub locked: bool,
    /// No hard session of any kind.
    pub no_hard: bool,
    /// No quality session.
    pub no_quality: bool,
    /// No hard session but a race.
    pub tired: bool,
    /// Longest run, if limited.
    pub longest: Option<Seconds>,
    /// Locked by an injury or pain.
    pub injured: bool,
}

impl DayHealth {
    /// Both on one day.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let shorter = self.longest.into_iter().chain(other.longest).min();
        Self {
            locked: self.locked || other.locked,
            no_hard: self.no_hard || other.no_hard,
            no_quality: self.no_quality || other.no_quality,
            tired: self.tired || other.tired,
            longest: shorter,
            injured: self.injured || other.injured,
        }
    }
}

/// A moderate injury or pain that is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moderate {
    /// The record's day.
    pub day: Day,
    /// 3, 4 or 5.
    pub severity: u8,
}

/// The consequences for one week.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Health {
    /// Per day of the week.
    pub days: [DayHealth; 7],
    /// Open moderate injuries.
    pub moderate: Vec<Moderate>,
    /// The return ladders that are not finished.
    pub climb: Climb,
    /// The condition of Injury Protection stands.
    pub protection: bool,
    /// The condition that makes a runner strict.
    pub strict: bool,
}

/// How bad a record is on the pain scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// 1-2.
    Mild,
    /// 3-5.
    Moderate,
    /// 6-10, or a sign of J1.
    Severe,
}

/// Severity with its defaults: J1 signs are severe, none given counts as 4.
#[must_use]
pub fn severity(r: &HealthRecord) -> u8 {
    if r.symptoms.bone_pain_at_rest || r.symptoms.limp {
        ruleset::SEVERITY_J1
    } else {
        r.severity.unwrap_or(ruleset::SEVERITY_DEFAULT)
    }
}

/// The class of its severity.
#[must_use]
pub fn class(r: &HealthRecord) -> Class {
    match severity(r) {
        ruleset::SEVERE_FROM.. => Class::Severe,
        ruleset::MODERATE_FROM.. => Class::Moderate,
        _ => Class::Mild,
    }
}

/// Injury and pain lock by part and limit by severity.
#[must_use]
pub fn is_injury(r: &HealthRecord) -> bool {
    matches!(r.kind, HealthType::Injury | HealthType::Pain)
}

/// Days without running that the table asks for.
#[must_use]
pub fn table_days(r: &HealthRecord) -> i64 {
    ruleset::lock_days(r.part)[class(r) as usize]
}

/// An illness that stays above the neck: easy and short, no lock.
#[must_use]
pub fn above_neck(r: &HealthRecord) -> bool {
    !r.symptoms.fever && !r.symptoms.below_neck && !r.symptoms.chest_pain
}

/// The closing day as far as it is known on a day; never before the record's.
fn closed(r: &HealthRecord, known: Day) -> Option<Day> {
    r.closed.filter(|c| *c <= known).map(|c| c.max(r.day))
}

/// Does a return ladder follow the closing of this record?
#[must_use]
pub fn ladder_follows(r: &HealthRecord, end: Day) -> bool {
    let lasted = table_days(r).min(end - r.day);
    is_injury(r) && (class(r) == Class::Severe || lasted >= ruleset::LADDER_AFTER)
}

/// Where the runner is on the return ladder after a closed record, as of a day in the week that
/// starts on `w`; `None` where there is no ladder, or it is taken as done.
#[must_use]
pub fn position(
    r: &HealthRecord,
    h: &History,
    feedback: &[Feedback],
    w: Day,
    known: Day,
) -> Option<Position> {
    let end = closed(r, known)?;
    (ladder_follows(r, end) && w - end <= ruleset::LADDER_FORGOTTEN)
        .then(|| ladder::position(h, feedback, end, known))
}

/// What one record does to a day, by what is known on another.
#[must_use]
pub fn on_day(r: &HealthRecord, day: Day, known: Day) -> DayHealth {
    if day < r.day || r.day > known {
        return DayHealth::default();
    }
    let closed = closed(r, known);
    let open = closed.is_none_or(|end| day < end);
    // Cleared, and not before ten days are over (F1).
    let locked = r.symptoms.chest_pain && (open || day < r.day + ruleset::CHEST_PAIN_DAYS);
    let mut out = DayHealth { locked, ..DayHealth::default() };
    match r.kind {
        HealthType::Injury | HealthType::Pain => {
            let counting = class(r) == Class::Severe || day < r.day + table_days(r);
            out.injured = open && counting;
            out.locked |= out.injured;
        }
        HealthType::Illness if above_neck(r) => {
            // Open on its closing day too.
            let open = closed.is_none_or(|end| day <= end);
            if open && day < r.day + ruleset::ABOVE_NECK_DAYS {
                out.no_hard = true;
                out.longest = Some(ruleset::ABOVE_NECK_RUN_MAX);
            }
        }
        HealthType::Illness => after_illness(&mut out, r, closed, day),
        HealthType::Fatigue => {
            let strong = r.severity.unwrap_or(ruleset::SEVERITY_DEFAULT) >= ruleset::FATIGUE_FROM;
            out.tired = strong && open && day < r.day + ruleset::FATIGUE_DAYS;
        }
        HealthType::Other => {}
    }
    out
}

fn after_illness(out: &mut DayHealth, r: &HealthRecord, closed: Option<Day>, day: Day) {
    let Some(end) = closed else {
        out.locked = true;
        return;
    };
    let chest = r.symptoms.chest_pain.then_some(r.day + ruleset::CHEST_PAIN_DAYS);
    let end = chest.map_or(end, |least| least.max(end));
    let free = end + ruleset::ILLNESS_CLEAR_DAYS[usize::from(r.symptoms.fever)];
    let ill = (end - r.day).max(1);
    out.locked |= day < free;
    out.no_hard = day < free + ill.min(ruleset::ILLNESS_EASY_MAX);
    out.no_quality = day < free + ill.max(ruleset::ILLNESS_NO_QUALITY_MIN);
}

/// Is the day among the first `days` after the strike, which was not resolved before, as far as is
/// known on the day `known`?
fn struck(s: &Strike, days: u16, day: Day, known: Day) -> bool {
    let resolved = s.resolved.filter(|r| *r <= known);
    day > s.issued && day <= s.issued + i64::from(days) && resolved.is_none_or(|r| r >= day)
}

/// Is the day one of the strike's forced recovery, as known on the day `known`?
#[must_use]
pub fn recovering(s: &Strike, day: Day, known: Day) -> bool {
    struck(s, s.forced_recovery_days, day, known)
}

/// Is the day one of the strike's days without quality, as known on the day `known`?
#[must_use]
pub fn quiet(s: &Strike, day: Day, known: Day) -> bool {
    struck(s, s.no_quality_days, day, known)
}

impl Health {
    /// Reads the records and strikes of `c` for its week; later ones than its first planned day do
    /// not exist.
    #[must_use]
    pub fn new(c: &Circumstances<'_>, h: &History) -> Self {
        let mut out = Self::default();
        for r in c.health.iter().filter(|r| r.day <= c.first_day) {
            for (i, day) in (0..).zip(&mut out.days) {
                *day = day.and(on_day(r, c.week_start + i, c.first_day));
            }
            if is_injury(r) {
                out.injury(c, h, r);
            }
        }
        for s in c.strikes.iter().filter(|s| s.issued <= c.first_day) {
            for (i, day) in (0..).zip(&mut out.days) {
                day.locked |= recovering(s, c.week_start + i, c.first_day);
            }
        }
        out.protection = out.climb.is_on() || out.days.iter().any(|d| d.injured);
        out
    }

    fn injury(&mut self, c: &Circumstances<'_>, h: &History, r: &HealthRecord) {
        let w = c.week_start;
        let closed = closed(r, c.first_day);
        // On its closing day a record is still active, though it locks no longer.
        if class(r) == Class::Moderate && closed.is_none_or(|end| end >= c.first_day) {
            self.moderate.push(Moderate { day: r.day, severity: severity(r) });
        }
        let recent = r.day >= w - ruleset::STRICT_DAYS;
        self.strict |= severity(r) >= ruleset::STRICT_SEVERITY && (recent || closed.is_none());
        if let Some(at) = position(r, h, c.feedback, w, c.first_day) {
            self.climb.add(at);
        }
    }
}
