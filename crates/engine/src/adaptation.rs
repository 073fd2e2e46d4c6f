//! Records of what changed in a runner's training and why: one for every change of state and one
//! for every adaptation inside a state, with the windows as they stood (schema
//! `adaptation_history`).

use crate::assign::{Easing, Transition};
use crate::calendar::Day;
use crate::compliance::Compliance;
use crate::facts::Facts;
use crate::history::History;
use crate::session::{Session, WeekPlan};
use crate::state::State;
use crate::step::Output;
use crate::units::{Metres, Pace, Units};
use crate::{decision::Why, workout};
use serde::{Deserialize, Serialize};

/// What set a record off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// The first plan.
    First,
    /// The state changed.
    State(Transition),
    /// The answer to a check-in, or a slump, eased the week.
    Eased {
        /// Why.
        easing: Easing,
        /// Most km without races.
        most: Metres,
    },
    /// A week that had begun was planned anew and came out otherwise.
    Replanned,
}

impl Trigger {
    /// In one sentence; `to` is the state after it.
    #[must_use]
    pub fn text(&self, to: State, units: Units) -> String {
        match self {
            Self::First => format!("Your first plan: {}.", to.name()),
            Self::State(t) => t.reason.text(units),
            Self::Eased { easing, most } => {
                format!("At most {} this week: {}.", units.distance(*most), easing.text())
            }
            Self::Replanned => {
                "The rest of the week was planned anew from what you have run.".to_owned()
            }
        }
    }
}

/// What was run and recorded in the days before one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Length in days.
    pub days: i64,
    /// Running km.
    pub distance: Metres,
    /// Runs.
    pub runs: usize,
    /// The longest run; a race counts at most 21.1 km.
    pub longest: Metres,
    /// Mean session score (K1) in thousandths, where it is known.
    pub compliance: Option<i64>,
    /// Runs that count as quality.
    pub quality_sessions: usize,
    /// Days without a run.
    pub rest_days: i64,
    /// Health records about its days.
    pub health_records: usize,
}

/// The lengths of the windows, in days.
pub const WINDOWS: [i64; 3] = [7, 28, 90];

impl Window {
    /// The days before `at`; `marathon` is the pace from which on a run counts as quality.
    #[must_use]
    pub fn new(
        facts: &Facts,
        h: &History,
        k: &Compliance,
        marathon: Pace,
        at: Day,
        days: i64,
    ) -> Self {
        let from = at - days;
        let runs = h.runs_in(from, at);
        let mut run_days: Vec<Day> = runs.iter().map(|r| r.day).collect();
        run_days.dedup();
        Self {
            days,
            distance: h.metres(from, at),
            runs: runs.len(),
            longest: h.longest(from, at),
            compliance: k.mean(from, at),
            quality_sessions: runs.iter().filter(|r| r.is_quality(marathon)).count(),
            rest_days: days - run_days.len() as i64,
            health_records: facts.health.iter().filter(|r| r.day >= from && r.day < at).count(),
        }
    }
}

/// One record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adaptation {
    /// The day it took effect.
    pub day: Day,
    /// The state before; `None` with the first plan.
    pub from: Option<State>,
    /// The state after; the same as before for an adaptation inside a state.
    pub to: State,
    /// What set it off.
    pub trigger: Trigger,
    /// Hundredths of a percent against the last published plan; `None` where its km are zero.
    pub volume_change: Option<i64>,
    /// The same of the minutes that count for H06.
    pub intensity_change: Option<i64>,
    /// The last 7, 28 and 90 days before it.
    pub windows: [Window; 3],
}

impl Adaptation {
    /// The trigger in a few words.
    #[must_use]
    pub const fn title(&self) -> &'static str {
        match &self.trigger {
            Trigger::First => "the first plan",
            Trigger::State(t) => t.reason.title(),
            Trigger::Eased { easing: Easing::Slump, .. } => "form has dipped",
            Trigger::Eased { easing: Easing::Burnout, .. } => "you feel burnt out",
            Trigger::Replanned => "the week was planned anew",
        }
    }

    /// The rationale in one sentence.
    #[must_use]
    pub fn short(&self, units: Units) -> String {
        self.trigger.text(self.to, units)
    }

    /// The rationale with what it does to the plan and what the last weeks were.
    #[must_use]
    pub fn long(&self, units: Units) -> String {
        let mut text = match &self.trigger {
            Trigger::State(t) => t.text(units),
            _ => format!("{} {}", self.short(units), self.to.meaning()),
        };
        let change = |what: &str, change: Option<i64>| match change {
            Some(0) => format!(" {what} stays as it was."),
            Some(c) => {
                let direction = if c > 0 { "up" } else { "down" };
                format!(" {what} goes {direction} by {}.{} %.", c.abs() / 100, c.abs() % 100 / 10)
            }
            None => String::new(),
        };
        text += &change("Planned distance", self.volume_change);
        text += &change("Time at intensity", self.intensity_change);
        let [week, month, _] = &self.windows;
        let last = format!(
            " You ran {} in the last 7 days and {} in the last 28.",
            units.distance(week.distance),
            units.distance(month.distance)
        );
        text + &last
    }
}

/// The records of a step that is published; `previous` is the last published plan.
#[must_use]
pub fn records(facts: &Facts, output: &Output, previous: Option<&WeekPlan>) -> Vec<Adaptation> {
    let plan = &output.plan;
    let h = History::new(&facts.activities, facts.as_of);
    let k = Compliance::new(facts, &h);
    let paces = &output.profile.paces;
    // A week that had begun is compared with the same days of the other.
    let begun = plan.first_day - plan.week_start;
    let sum = |p: &WeekPlan, of: &dyn Fn(&Session) -> i64| {
        let days = p.sessions.iter().filter(|s| s.is_run() && s.day - p.week_start >= begun);
        days.map(of).fold(0, i64::saturating_add)
    };
    let distance = |p: &WeekPlan| sum(p, &|s| s.distance.0);
    let intensity =
        |p: &WeekPlan| sum(p, &|s| workout::intensity(s, paces.threshold, paces.marathon).0);
    let change = |of: &dyn Fn(&WeekPlan) -> i64| {
        let before = of(previous?);
        (before != 0).then(|| (of(plan) - before).saturating_mul(10_000) / before)
    };
    let record = |day: Day, from: Option<State>, to: State, trigger: Trigger| Adaptation {
        day,
        from,
        to,
        trigger,
        volume_change: change(&distance),
        intensity_change: change(&intensity),
        windows: WINDOWS.map(|n| Window::new(facts, &h, &k, paces.marathon, day, n)),
    };
    if previous.is_none() {
        return vec![record(plan.first_day, None, plan.state, Trigger::First)];
    }
    let mut out: Vec<Adaptation> = output
        .transitions
        .iter()
        .map(|t| record(t.day, Some(t.from), t.to, Trigger::State(t.clone())))
        .collect();
    let inside = |trigger| record(plan.first_day, Some(plan.state), plan.state, trigger);
    let eased = plan.why.iter().find_map(|why| match why {
        Why::Eased { easing, most, .. } => Some(Trigger::Eased { easing: *easing, most: *most }),
        _ => None,
    });
    let replanned = || {
        let earlier = facts.published.iter().rfind(|p| p.week_start == plan.week_start)?;
        let rest = earlier.sessions.iter().filter(|s| s.day >= plan.first_day);
        let runs = plan.sessions.iter().filter(|s| s.is_run());
        let same =
            rest.map(|s| (s.day, s.kind, s.distance)).eq(runs.map(|s| (s.day, s.kind, s.distance)));
        (begun > 0 && out.is_empty() && !same).then_some(Trigger::Replanned)
    };
    let trigger = eased.or_else(replanned);
    out.extend(trigger.map(inside));
    out
}
