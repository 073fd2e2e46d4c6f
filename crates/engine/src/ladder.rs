//! The return ladder after an injury (J2): eight run-walk sessions, every other day. The runner
//! goes on after a green session and a green next morning, and back a step after a red one.

use crate::calendar::Day;
use crate::decision::Why;
use crate::history::History;
use crate::record::Feedback;
use crate::ruleset;
use crate::session::{Amount, Kind, Role, Session, Step};
use crate::units::{Metres, Pace, Seconds};
use crate::workout::{self, Paces};
use serde::{Deserialize, Serialize};

/// Where a runner is on one ladder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// Steps climbed, 0-8: the next session is that of this index, and 8 is done.
    pub climbed: usize,
    /// The earliest day of the next session after a red one.
    pub not_before: Option<Day>,
}

impl Position {
    /// All eight steps are behind the runner.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        self.climbed >= ruleset::LADDER_STEPS
    }
}

/// Was the session of a day, and the morning after it, green: pain up to 2 of 10? Nothing said
/// counts as green.
fn green(feedback: &[Feedback], day: Day) -> bool {
    let from = feedback.partition_point(|f| f.day < day);
    let said = feedback[from..].iter().take_while(|f| f.day == day);
    said.flat_map(|f| [f.pain_during, f.pain_next_morning])
        .flatten()
        .all(|pain| pain <= ruleset::GREEN_PAIN_MAX)
}

/// Where the runs of the days from `closed` to before `before` have led: each day with a counted
/// run is a session. `feedback` is by day.
#[must_use]
pub fn position(h: &History, feedback: &[Feedback], closed: Day, before: Day) -> Position {
    let mut at = Position { climbed: 0, not_before: None };
    let mut last = None;
    for run in h.runs_in(closed, before) {
        if at.is_done() {
            break;
        }
        if last.replace(run.day) == Some(run.day) {
            continue;
        }
        if green(feedback, run.day) {
            at = Position { climbed: at.climbed + 1, not_before: None };
        } else {
            let not_before = Some(run.day + ruleset::RED_REST_DAYS);
            at = Position { climbed: at.climbed.saturating_sub(1), not_before };
        }
    }
    at
}

/// All ladders that are not finished: several injuries can have one each.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Climb {
    open: Vec<usize>,
    not_before: Option<Day>,
}

impl Climb {
    /// One more ladder, unless it is done.
    pub fn add(&mut self, at: Position) {
        if !at.is_done() {
            self.open.push(at.climbed);
            self.not_before = self.not_before.max(at.not_before);
        }
    }

    /// A ladder is unfinished.
    #[must_use]
    pub fn is_on(&self) -> bool {
        !self.open.is_empty()
    }

    /// The earliest day of the next session, where a red one set it.
    #[must_use]
    pub const fn not_before(&self) -> Option<Day> {
        self.not_before
    }

    /// The session `ahead` sessions from the next one, if all before it are green, on a day: the
    /// lowest step of all ladders, no longer than `most`. Each ladder, the highest first, makes it
    /// no longer than its own step would be, so that a further injury never asks for more. `None`
    /// when nothing useful fits.
    #[must_use]
    pub fn session(&self, ahead: usize, day: Day, most: Metres, paces: &Paces) -> Option<Session> {
        let mut steps: Vec<usize> =
            self.open.iter().map(|n| (n + ahead).min(ruleset::LADDER_STEPS - 1)).collect();
        steps.sort_unstable_by(|a, b| b.cmp(a));
        let mut out: Option<Session> = None;
        for index in steps {
            let most = out.map_or(most, |s| s.distance);
            let step = shorter(step(index, paces), most)?;
            let number = u8::try_from(index + 1).unwrap_or(u8::MAX);
            let why = vec![Why::Ladder { step: number, of: ruleset::LADDER_STEPS as u8 }];
            out = Some(Session { why, ..workout::return_run(day, step) });
        }
        out
    }
}

/// The walking pace between the running: 11:00/km, slower for who runs at about that.
fn walk(paces: &Paces) -> Pace {
    let slower = Pace(paces.easy.0.saturating_add(ruleset::WALK_SLOWER));
    ruleset::WALK_PACE.max(slower).min(ruleset::PACE_SLOWEST)
}

/// The step of an index, 0-7.
fn step(index: usize, paces: &Paces) -> Step {
    let (times, run, rest) = ruleset::LADDER[index.min(ruleset::LADDER_STEPS - 1)];
    Step {
        role: Role::Steady,
        times,
        amount: Amount::Time(run),
        pace: paces.easy,
        recovery: (rest > Seconds::ZERO).then(|| (Amount::Time(rest), walk(paces))),
    }
}

/// The step with fewer repetitions, then fewer minutes of running in each, so that its session is
/// at most so long.
pub(crate) fn shorter(mut step: Step, most: Metres) -> Option<Step> {
    // The session's length is that of its step to the nearest 0.1 km.
    while workout::nearest_step(step.distance()) > most {
        let minute = Seconds::minutes(1);
        match step.amount {
            Amount::Time(t) if t > minute && step.times <= ruleset::LADDER_FEW => {
                step.amount = Amount::Time(t - minute);
            }
            _ if step.times > 1 => step.times -= 1,
            _ => return None,
        }
    }
    Some(step)
}

/// Is it a session of run-walk steps, not of a plain distance?
pub(crate) fn step_of(s: &Session) -> Option<Step> {
    let step = s.steps.first().filter(|_| s.kind == Kind::Return && s.steps.len() == 1)?;
    matches!(step.amount, Amount::Time(_)).then_some(*step)
}
