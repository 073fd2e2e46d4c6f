//! The summary of a week that lies behind (section 15): what `weekly_summaries` holds.

use crate::calendar::Day;
use crate::compliance::{Compliance, Scored, is_quality};
use crate::facts::Facts;
use crate::history::{History, Run};
use crate::ruleset as rs;
use crate::session::Kind;
use crate::state::{Phase, State};
use crate::units::{Metres, Pace, Seconds};
use serde::{Deserialize, Serialize};

/// A week in figures. Easy, quality, long and recovery km add up to the actual km.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Its first day.
    pub week_start: Day,
    /// Planned km, races included, each day by the plan in force when it began; `None` without a
    /// published plan.
    pub planned: Option<Metres>,
    /// Km run.
    pub actual: Metres,
    /// Mean session score (K1), thousandths; `None` where no session counts.
    pub compliance: Option<i64>,
    /// Easy km.
    pub easy: Metres,
    /// Km of quality sessions, races and runs at marathon pace or faster that were not planned as easy
    /// as that.
    pub quality: Metres,
    /// Km of the Long Run.
    pub long: Metres,
    /// Km of recovery: planned as such, or anything easy in a Recovery phase.
    pub recovery: Metres,
    /// Average pace of all runs; `None` without any.
    pub pace: Option<Pace>,
    /// Threshold pace at the start of the next week.
    pub threshold: Pace,
    /// Health records of the week.
    pub health_issues: i64,
    /// Days without a run.
    pub rest_days: i64,
    /// The state at the start of the next week.
    pub ending_state: State,
}

/// How things stand at the start of the week after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct After {
    /// Threshold pace (R6).
    pub threshold: Pace,
    /// Marathon pace.
    pub marathon: Pace,
    /// The state.
    pub state: State,
}

/// The summary of the week that begins on `week_start`. `h` should end with it or later; of a week
/// that is not over, what is known of it is summed.
#[must_use]
pub fn summary(
    facts: &Facts,
    k: &Compliance,
    h: &History,
    week_start: Day,
    after: After,
) -> Summary {
    let end = week_start + 7;
    let published = facts.published.iter().rfind(|p| p.week_start == week_start);
    let runs = h.runs_in(week_start, end);
    let sessions = k.between(week_start, end);
    let parts = Parts {
        sessions,
        recovering: published.is_some_and(|p| p.phase == Phase::Recovery),
        longest: longest(runs, sessions),
        marathon: after.marathon,
    };
    let mut km = [Metres::ZERO; 4];
    for run in runs {
        km[parts.of(run) as usize] += run.distance;
    }
    let actual = km.iter().copied().sum();
    let moving: Seconds = runs.iter().map(|r| r.moving).sum();
    let mut days: Vec<Day> = runs.iter().map(|r| r.day).collect();
    days.dedup();
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    Summary {
        week_start,
        planned: published.map(|p| {
            let runs = p.sessions.iter().filter(|s| s.kind != Kind::Cross);
            runs.map(|s| s.distance).sum()
        }),
        actual,
        compliance: k.mean(week_start, end),
        easy: km[Part::Easy as usize],
        quality: km[Part::Quality as usize],
        long: km[Part::Long as usize],
        recovery: km[Part::Recovery as usize],
        pace: Pace::of(actual, moving),
        threshold: after.threshold,
        health_issues: count(
            facts.health.iter().filter(|r| (week_start..end).contains(&r.day)).count(),
        ),
        rest_days: (7 - count(days.len())).max(0),
        ending_state: after.state,
    }
}

/// What a run was, for the split of a week's km.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Easy,
    Quality,
    Long,
    Recovery,
}

struct Parts<'a> {
    sessions: &'a [Scored],
    recovering: bool,
    longest: Option<i64>,
    marathon: Pace,
}

impl Parts<'_> {
    fn of(&self, run: &Run) -> Part {
        let session = self.sessions.iter().find(|s| s.activities.contains(&run.id));
        let done = session.filter(|s| s.completed()).map(|s| s.planned.kind);
        let fast = run.is_quality(self.marathon) && !session.is_some_and(|s| as_easy(s, run));
        if fast || done.is_some_and(is_quality) {
            Part::Quality
        } else if self.longest == Some(run.id) {
            Part::Long
        } else if self.recovering || matches!(done, Some(Kind::Recovery | Kind::Return)) {
            Part::Recovery
        } else {
            Part::Easy
        }
    }
}

/// Was it an easy session, run no faster than it asked for? Of little volume a marathon is predicted
/// hardly faster than easy runs are.
fn as_easy(session: &Scored, run: &Run) -> bool {
    let planned = Pace::of(session.planned.distance, session.planned.duration);
    let no_faster = |p: Pace| run.pace().0 * 1000 >= p.0 * rs::DONE_AS_EASY_PERMILLE;
    !run.race && !is_quality(session.planned.kind) && planned.is_some_and(no_faster)
}

/// The run that was the week's Long Run: the longest that is no race, if it lasted an hour or did
/// half or more of the Long Run that was planned.
fn longest(runs: &[Run], sessions: &[Scored]) -> Option<i64> {
    let run = runs.iter().filter(|r| !r.race).max_by_key(|r| (r.distance, r.id))?;
    let planned = |s: &Scored| {
        s.planned.kind == Kind::Long && s.completed() && s.activities.contains(&run.id)
    };
    (run.moving >= rs::LONG_RUN_FROM || sessions.iter().any(planned)).then_some(run.id)
}
