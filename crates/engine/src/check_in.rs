//! Check-ins: when the app asks why sessions were missed, and what each answer does (section 13).

use crate::calendar::Day;
use crate::compliance::{Barred, Compliance};
use crate::facts::Facts;
use crate::history::History;
use crate::record::{CheckIn, CheckInAnswer, CheckInTrigger, Goal, HealthType, RaceDistance};
use crate::ruleset as rs;
use crate::templates::{self, Level};
use crate::units::{Metres, Units};
use serde::{Deserialize, Serialize};

/// What an answer does (schema `adaptation_action`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Seven days without downgrade; a plan at 80 % is offered.
    GracePeriod,
    /// One week at 80 % of C4 without quality, then asked again. Not the state Probe.
    ProbePhase,
    /// Fewer days, another level, another goal: offered.
    RestructureOffered,
    /// Nothing.
    None,
}

impl Action {
    /// The name the schema stores.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::GracePeriod => "grace_period",
            Self::ProbePhase => "probe_phase",
            Self::RestructureOffered => "restructure_offered",
            Self::None => "none",
        }
    }

    /// What an answer to a check-in of this trigger does.
    #[must_use]
    pub const fn of(trigger: CheckInTrigger, answer: CheckInAnswer) -> Self {
        match (answer, trigger) {
            (CheckInAnswer::Busy, _) => Self::GracePeriod,
            (CheckInAnswer::Burnout, CheckInTrigger::Again)
            | (CheckInAnswer::MotivationLoss | CheckInAnswer::PreferenceChange, _) => {
                Self::RestructureOffered
            }
            (CheckInAnswer::Burnout, _) => Self::ProbePhase,
            (CheckInAnswer::Sick | CheckInAnswer::Sore | CheckInAnswer::Other, _) => Self::None,
        }
    }

    /// One sentence for the runner.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::GracePeriod => {
                "Life comes first: seven days that cost you nothing. A week at 80 % is offered."
            }
            Self::ProbePhase => {
                "A week at 80 % with nothing hard in it; then you are asked again how it is."
            }
            Self::RestructureOffered => {
                "Your plan may not fit any more: here is what could be changed. Nothing changes \
                 unless you choose it."
            }
            Self::None => "Nothing changes.",
        }
    }
}

/// Does this answer open the form for a health record?
#[must_use]
pub const fn opens_health(answer: CheckInAnswer) -> bool {
    matches!(answer, CheckInAnswer::Sick | CheckInAnswer::Sore)
}

/// A check-in that is due, with what it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// The day it opens.
    pub day: Day,
    /// Why.
    pub trigger: CheckInTrigger,
    /// Compliance of the last 14 days, thousandths; `None` without a session that counts.
    pub compliance: Option<i64>,
    /// Days of the sessions missed in them.
    pub missed: Vec<Day>,
}

impl Opening {
    /// The question, with its numbers.
    #[must_use]
    pub fn text(&self) -> String {
        let days = rs::CHECK_IN_DAYS;
        match self.trigger {
            CheckInTrigger::MissedWorkouts => format!(
                "{} sessions were missed in the last {days} days. What is going on?",
                self.missed.len()
            ),
            CheckInTrigger::LowCompliance => format!(
                "You did {} % of what was planned in the last {days} days. What is going on?",
                self.compliance.unwrap_or(0) / 10
            ),
            CheckInTrigger::Again => {
                "An easier week lies behind you. Do you still feel burnt out?".to_owned()
            }
        }
    }
}

/// The check-in that opens on a day, if one does: 14-day compliance under 0.60, or three sessions
/// missed in 14 days. At most one a week; none while one is open, in grace or in the easier week
/// after burnout, or while health explains it. A week after burnout it is asked again.
///
/// What was missed up to the end of a grace period is explained and does not count; low compliance
/// needs three sessions to mean anything.
#[must_use]
pub fn due(facts: &Facts, k: &Compliance, h: &History, day: Day) -> Option<Opening> {
    let before = || facts.check_ins.iter().filter(|c| c.day <= day);
    let open = before().any(|c| c.answer.is_none());
    let recent = before().any(|c| c.day > day - rs::CHECK_IN_PAUSE);
    if open || recent || eased(&facts.check_ins, day).is_some() || unwell(facts, h, day) {
        return None;
    }
    let from = (day - rs::CHECK_IN_DAYS).max(explained_until(&facts.check_ins, day));
    let counted = || k.between(from, day).iter().filter(|s| !s.excused);
    let missed: Vec<Day> = counted().filter(|s| s.missed()).map(|s| s.planned.day).collect();
    let n = counted().count();
    let sum: i64 = counted().map(crate::compliance::Scored::score).sum();
    let compliance = i64::try_from(n).ok().filter(|n| *n > 0).map(|n| sum / n);
    let low = n >= rs::CHECK_IN_LEAST && compliance.is_some_and(|c| c < rs::CHECK_IN_BELOW);
    let trigger = if asked_again(&facts.check_ins, day) {
        CheckInTrigger::Again
    } else if missed.len() >= rs::CHECK_IN_MISSED {
        CheckInTrigger::MissedWorkouts
    } else if low {
        CheckInTrigger::LowCompliance
    } else {
        return None;
    };
    Some(Opening { day, trigger, compliance, missed })
}

/// The day after the last grace period that began by a day; long ago without one.
fn explained_until(check_ins: &[CheckIn], day: Day) -> Day {
    let end = |c: &CheckIn| {
        let (answer, from) = c.answer.filter(|(_, from)| *from <= day)?;
        (Action::of(c.trigger, answer) == Action::GracePeriod).then_some(from + rs::EASED_DAYS)
    };
    check_ins.iter().filter_map(end).max().unwrap_or(Day::from_epoch(i64::MIN))
}

/// The last check-in was answered with burnout for the first time, and the easier week is over.
fn asked_again(check_ins: &[CheckIn], day: Day) -> bool {
    let last = check_ins.iter().filter(|c| c.day <= day).max_by_key(|c| c.day);
    last.is_some_and(|c| {
        c.answer.is_some_and(|(answer, on)| {
            Action::of(c.trigger, answer) == Action::ProbePhase && on + rs::EASED_DAYS <= day
        })
    })
}

/// Health explains what is missed: running is locked, or an injury, pain or illness is open.
fn unwell(facts: &Facts, h: &History, day: Day) -> bool {
    let counts = |kind| matches!(kind, HealthType::Injury | HealthType::Pain | HealthType::Illness);
    let open = facts.health.iter().any(|r| {
        counts(r.kind)
            && r.day <= day
            && r.day > day - rs::LADDER_FORGOTTEN
            && r.closed.is_none_or(|c| c > day)
    });
    let week = day.week_start(facts.preferences.week_start);
    open || Barred::new(&facts.health, &facts.strikes, h, week).is_some_and(|b| b.locked(day))
}

/// The grace period or the easier week that a day lies in, and the day of the answer it is
/// counted from.
#[must_use]
pub fn eased(check_ins: &[CheckIn], day: Day) -> Option<(Action, Day)> {
    let on = |c: &CheckIn| {
        let (answer, from) = c.answer?;
        let action = Action::of(c.trigger, answer);
        let eases = matches!(action, Action::GracePeriod | Action::ProbePhase);
        (eases && from <= day && day < from + rs::EASED_DAYS).then_some((action, from))
    };
    check_ins.iter().filter_map(on).max_by_key(|(_, from)| *from)
}

/// Is the day in grace: no downgrade for performance, and the streak is kept?
#[must_use]
pub fn in_grace(check_ins: &[CheckIn], day: Day) -> bool {
    eased(check_ins, day).is_some_and(|(action, _)| action == Action::GracePeriod)
}

/// A concrete change that is offered; nothing changes unless the runner chooses it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Offer {
    /// The next week at a share of C4.
    EasierWeek {
        /// Thousandths of C4.
        permille: i64,
        /// What that is.
        target: Metres,
    },
    /// Preference `max_runs`.
    FewerDays {
        /// Runs a week as planned now.
        from: u8,
        /// Runs a week as offered.
        to: u8,
    },
    /// A gentler schedule of the same distance.
    OtherLevel {
        /// The distance.
        distance: RaceDistance,
        /// The level offered.
        to: Level,
        /// Its most run days in a week.
        days: u8,
        /// Its biggest week.
        peak: Metres,
    },
    /// A shorter race on the same day.
    OtherGoal {
        /// The goal's distance.
        from: RaceDistance,
        /// The distance offered.
        to: RaceDistance,
        /// The race day.
        day: Day,
    },
    /// No goal for now: Base with easier weeks.
    NoGoal {
        /// The goal that would be taken back.
        from: RaceDistance,
        /// Its race day.
        day: Day,
    },
}

impl Offer {
    /// One sentence that says what would change.
    #[must_use]
    pub fn text(&self, units: Units) -> String {
        match self {
            Self::EasierWeek { permille, target } => format!(
                "A week at {} % of what you have been running: {}.",
                permille / 10,
                units.distance(*target)
            ),
            Self::FewerDays { from, to } => {
                format!("{to} runs a week instead of {from}; the long run stays.")
            }
            Self::OtherLevel { distance, to, days, peak } => format!(
                "The {} schedule {}: at most {days} run days and {} in its biggest week.",
                distance.name(),
                to.name(),
                units.distance(*peak)
            ),
            Self::OtherGoal { from, to, day } => {
                format!("{} instead of {} on {day}.", to.name(), from.name())
            }
            Self::NoGoal { from, day } => format!(
                "No race for now: the {} of {day} is taken back, you run by the base plan.",
                from.name()
            ),
        }
    }
}

/// What is offered with an action, as things stand on a day.
#[must_use]
pub fn offers(facts: &Facts, h: &History, action: Action, day: Day) -> Vec<Offer> {
    match action {
        Action::GracePeriod | Action::ProbePhase => {
            let permille = rs::EASED_PERMILLE;
            let target = h.c4(day).permille(permille).floor_step();
            vec![Offer::EasierWeek { permille, target }]
        }
        Action::RestructureOffered => restructured(facts, day),
        Action::None => Vec::new(),
    }
}

fn restructured(facts: &Facts, day: Day) -> Vec<Offer> {
    let mut out: Vec<Offer> = fewer_days(facts).into_iter().collect();
    let Some(goal) = crate::step::a_race(&facts.goals, day) else { return out };
    out.extend(gentler(goal, planned_runs(facts)));
    let shorter = RaceDistance::ALL.iter().rev().find(|d| **d < goal.distance);
    let Goal { distance: from, day, .. } = *goal;
    out.extend(shorter.map(|to| Offer::OtherGoal { from, to: *to, day }));
    out.push(Offer::NoGoal { from, day });
    out
}

/// Runs of the biggest of the last four published weeks.
fn planned_runs(facts: &Facts) -> Option<u8> {
    let runs = facts.published.iter().rev().take(4).map(|p| p.sessions.len()).max()?;
    u8::try_from(runs).ok().filter(|n| *n > 0)
}

/// One run a week less than planned; none under the fewest.
#[must_use]
pub fn fewer_days(facts: &Facts) -> Option<Offer> {
    let from = planned_runs(facts)?;
    let to = from.checked_sub(1).filter(|n| *n >= rs::FEWEST_RUNS)?;
    Some(Offer::FewerDays { from, to })
}

/// The hardest schedule of the goal's distance with fewer run days than are planned now.
fn gentler(goal: &Goal, now: Option<u8>) -> Option<Offer> {
    let days = |s: &templates::Schedule| s.weeks.iter().map(|w| w.run_days()).max().unwrap_or(0);
    let now = usize::from(now?);
    let schedules = templates::library().for_distance(goal.distance);
    let best = schedules.filter(|s| days(s) < now).max_by_key(|s| s.level)?;
    Some(Offer::OtherLevel {
        distance: goal.distance,
        to: best.level,
        days: u8::try_from(days(best)).ok()?,
        peak: best.peak(),
    })
}
