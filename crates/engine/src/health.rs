//! What health records and strikes do to the days of a week, as the generator sees it.

use crate::calendar::Day;
use crate::facts::Circumstances;
use crate::history::History;
use crate::record::{HealthRecord, HealthType};
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
    /// Longest run, if limited.
    pub longest: Option<Seconds>,
    /// Locked by an injury or pain.
    pub injured: bool,
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
    /// The return ladder is not finished.
    pub ladder: bool,
    /// The condition of Injury Protection stands.
    pub protection: bool,
    /// The condition that makes a runner strict.
    pub strict: bool,
}

/// Severity with its defaults: J1 signs are severe, none given counts as 4.
fn severity(r: &HealthRecord) -> u8 {
    if r.symptoms.bone_pain_at_rest || r.symptoms.limp {
        ruleset::SEVERITY_J1
    } else {
        r.severity.unwrap_or(ruleset::SEVERITY_DEFAULT)
    }
}

fn is_injury(r: &HealthRecord) -> bool {
    matches!(r.kind, HealthType::Injury | HealthType::Pain)
}

/// The closing day as far as it is known on the first planned day; never before the record's.
fn closed(r: &HealthRecord, first_day: Day) -> Option<Day> {
    r.closed.filter(|c| *c <= first_day).map(|c| c.max(r.day))
}

impl Health {
    /// Reads the records and strikes of `c` for its week; later ones than its first planned day do
    /// not exist.
    #[must_use]
    pub fn new(c: &Circumstances<'_>, h: &History) -> Self {
        let mut out = Self::default();
        for r in c.health.iter().filter(|r| r.day <= c.first_day) {
            if is_injury(r) {
                out.injury(c, h, r);
            } else if r.kind == HealthType::Illness {
                out.illness(c, r);
            }
        }
        for s in c.strikes.iter().filter(|s| s.issued <= c.first_day) {
            for (i, day) in out.days.iter_mut().enumerate() {
                let d = c.week_start + i as i64;
                let forced = d > s.issued
                    && d <= s.issued + i64::from(s.forced_recovery_days)
                    && s.resolved.is_none_or(|r| r >= d);
                day.locked |= forced;
            }
        }
        out
    }

    fn injury(&mut self, c: &Circumstances<'_>, h: &History, r: &HealthRecord) {
        let w = c.week_start;
        let level = severity(r);
        let severe = level >= ruleset::SEVERE_FROM;
        let moderate = !severe && level >= ruleset::MODERATE_FROM;
        let row = usize::from(moderate) + 2 * usize::from(severe);
        let lock = ruleset::lock_days(r.part)[row];
        let closed = closed(r, c.first_day);
        for (i, day) in self.days.iter_mut().enumerate() {
            let d = w + i as i64;
            let open = closed.is_none_or(|end| d < end);
            if d >= r.day && open && (severe || d < r.day + lock) {
                day.locked = true;
                day.injured = true;
                self.protection = true;
            }
        }
        // On its closing day a record is still active, though it locks no longer.
        if moderate && closed.is_none_or(|end| end >= c.first_day) {
            self.moderate.push(Moderate { day: r.day, severity: level });
        }
        let recent = r.day >= w - ruleset::STRICT_DAYS;
        self.strict |= level >= ruleset::STRICT_SEVERITY && (recent || closed.is_none());
        if let Some(end) = closed {
            let lasted = lock.min(end - r.day);
            if (severe || lasted >= ruleset::LADDER_AFTER)
                && w - end <= ruleset::LADDER_FORGOTTEN
                && run_days_since(h, end, c.first_day) < ruleset::LADDER_STEPS
            {
                self.ladder = true;
                self.protection = true;
            }
        }
    }

    fn illness(&mut self, c: &Circumstances<'_>, r: &HealthRecord) {
        let w = c.week_start;
        let closed = closed(r, c.first_day);
        let below = r.symptoms.fever || r.symptoms.below_neck;
        for (i, day) in self.days.iter_mut().enumerate() {
            let d = w + i as i64;
            if d < r.day {
                continue;
            }
            if !below {
                // Open on its closing day too.
                let open = closed.is_none_or(|end| d <= end);
                if open && d < r.day + ruleset::ABOVE_NECK_DAYS {
                    day.no_hard = true;
                    day.longest = Some(ruleset::ABOVE_NECK_RUN_MAX);
                }
                continue;
            }
            let Some(end) = closed else {
                day.locked = true;
                continue;
            };
            let free = end + ruleset::ILLNESS_CLEAR_DAYS[usize::from(r.symptoms.fever)];
            let ill = (end - r.day).max(1);
            day.locked |= d < free;
            day.no_hard |= d < free + ill.min(ruleset::ILLNESS_EASY_MAX);
            day.no_quality |= d < free + ill.max(ruleset::ILLNESS_NO_QUALITY_MIN);
        }
    }
}

/// Days with a counted run from `from` to before `to`.
fn run_days_since(h: &History, from: Day, to: Day) -> usize {
    let mut last = None;
    h.runs_in(from, to).iter().filter(|r| last.replace(r.day) != Some(r.day)).count()
}
