//! Planned sessions and weeks: what the generator makes, the checker reads and a screen shows.

use crate::calendar::Day;
use crate::decision::{Finding, Repair, Why};
use crate::record::{Correction, RaceDistance};
use crate::state::{Phase, State};
use crate::templates::ScheduleId;
use crate::units::{Metres, Pace, Seconds};
use serde::{Deserialize, Serialize};

/// The kinds of session (schema `workout_type`). A rest day has no session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the field's standard terms")]
pub enum Kind {
    #[serde(rename = "Easy Run")]
    Easy,
    Recovery,
    #[serde(rename = "Long Run")]
    Long,
    Tempo,
    Interval,
    Fartlek,
    Hill,
    Pace,
    #[serde(rename = "Time Trial")]
    TimeTrial,
    Race,
    #[serde(rename = "Return Run")]
    Return,
    #[serde(rename = "Cross Training")]
    Cross,
}

/// A kind with its article, for sentences: `a Tempo`, `an Easy Run`.
#[must_use]
pub fn with_article(kind: Kind) -> String {
    let name = kind.name();
    let article = if name.starts_with(['A', 'E', 'I', 'O', 'U']) { "an" } else { "a" };
    format!("{article} {name}")
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 12] = [
        Self::Easy,
        Self::Recovery,
        Self::Long,
        Self::Tempo,
        Self::Interval,
        Self::Fartlek,
        Self::Hill,
        Self::Pace,
        Self::TimeTrial,
        Self::Race,
        Self::Return,
        Self::Cross,
    ];

    /// The name the schema stores.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Easy => "Easy Run",
            Self::Recovery => "Recovery",
            Self::Long => "Long Run",
            Self::Tempo => "Tempo",
            Self::Interval => "Interval",
            Self::Fartlek => "Fartlek",
            Self::Hill => "Hill",
            Self::Pace => "Pace",
            Self::TimeTrial => "Time Trial",
            Self::Race => "Race",
            Self::Return => "Return Run",
            Self::Cross => "Cross Training",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.name() == name)
    }
}

/// Intensity zones of the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the schema's names")]
pub enum Zone {
    #[serde(rename = "Zone 1")]
    Z1,
    #[serde(rename = "Zone 2")]
    Z2,
    #[serde(rename = "Zone 3")]
    Z3,
    #[serde(rename = "Zone 4")]
    Z4,
    #[serde(rename = "Zone 5")]
    Z5,
    Threshold,
}

impl Zone {
    /// The name the schema stores.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Z1 => "Zone 1",
            Self::Z2 => "Zone 2",
            Self::Z3 => "Zone 3",
            Self::Z4 => "Zone 4",
            Self::Z5 => "Zone 5",
            Self::Threshold => "Threshold",
        }
    }

    /// The zone of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Z1, Self::Z2, Self::Z3, Self::Z4, Self::Z5, Self::Threshold]
            .into_iter()
            .find(|z| z.name() == name)
    }
}

/// How much of a step: by distance or by time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Amount {
    /// So many metres.
    Distance(Metres),
    /// So many seconds.
    Time(Seconds),
}

impl Amount {
    /// Its distance at a pace, rounded down to the metre where it is timed.
    #[must_use]
    pub const fn distance_at(self, pace: Pace) -> Metres {
        match self {
            Self::Distance(d) => d,
            Self::Time(t) => pace.distance_in(t),
        }
    }

    /// Its duration at a pace.
    #[must_use]
    pub const fn time_at(self, pace: Pace) -> Seconds {
        match self {
            Self::Distance(d) => pace.time_for(d),
            Self::Time(t) => t,
        }
    }
}

/// What a step is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the field's standard terms")]
pub enum Role {
    WarmUp,
    Work,
    CoolDown,
    Steady,
}

/// One step of a session: `times` repetitions of an amount at a pace, each followed by its
/// recovery if it has one. A plain run is one steady step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What it is for.
    pub role: Role,
    /// Repetitions, 1 or more.
    pub times: u8,
    /// One repetition.
    pub amount: Amount,
    /// Target pace (middle of the range).
    pub pace: Pace,
    /// The jog after each repetition: amount and pace.
    pub recovery: Option<(Amount, Pace)>,
}

impl Step {
    /// A single stretch.
    #[must_use]
    pub const fn once(role: Role, amount: Amount, pace: Pace) -> Self {
        Self { role, times: 1, amount, pace, recovery: None }
    }

    /// Metres covered by all repetitions and recoveries.
    #[must_use]
    pub const fn distance(&self) -> Metres {
        let rest = match self.recovery {
            Some((a, p)) => a.distance_at(p).0,
            None => 0,
        };
        let one = self.amount.distance_at(self.pace).0.saturating_add(rest);
        Metres(one.saturating_mul(self.times as i64))
    }

    /// Seconds taken by all repetitions and recoveries.
    #[must_use]
    pub const fn duration(&self) -> Seconds {
        let rest = match self.recovery {
            Some((a, p)) => a.time_at(p).0,
            None => 0,
        };
        let one = self.amount.time_at(self.pace).0.saturating_add(rest);
        Seconds(one.saturating_mul(self.times as i64))
    }
}

/// Which row of the library a session was made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateRef {
    /// The schedule.
    pub schedule: ScheduleId,
    /// Its week, 1-based.
    pub week: u8,
    /// Its day of the week, 0 = Sunday ... 6 = Saturday.
    pub weekday: u8,
}

/// One planned session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The day.
    pub day: Day,
    /// The kind. Cross training has no km.
    pub kind: Kind,
    /// Planned distance, a multiple of 0.1 km.
    pub distance: Metres,
    /// Planned duration at the target paces.
    pub duration: Seconds,
    /// Target pace of the main part.
    pub pace: Pace,
    /// Intensity zone of the main part.
    pub zone: Zone,
    /// Structure, in order; the distances add up to `distance` within 0.1 km.
    pub steps: Vec<Step>,
    /// The race's distance, for a race.
    pub race: Option<RaceDistance>,
    /// The library row it was made from.
    pub template: Option<TemplateRef>,
    /// Kept by repair wherever a hard rule allows it (the runner's pins and edits).
    pub pinned: bool,
    /// Why it is there and why it is as long as it is.
    pub why: Vec<Why>,
}

impl Session {
    /// Is it running (and so counted in km)?
    #[must_use]
    pub fn is_run(&self) -> bool {
        self.kind != Kind::Cross
    }

    /// What compliance needs of it.
    #[must_use]
    pub fn planned(&self) -> Planned {
        let main = |s: &&Step| matches!(s.role, Role::Work | Role::Steady);
        let timed = self.steps.iter().filter(main).any(|s| matches!(s.amount, Amount::Time(_)));
        Planned {
            day: self.day,
            kind: self.kind,
            distance: self.distance,
            duration: self.duration,
            timed,
        }
    }
}

/// A week's plan as the engine makes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeekPlan {
    /// First day of the week.
    pub week_start: Day,
    /// First day that was planned: `week_start`, or later when the week had begun already.
    pub first_day: Day,
    /// The runner's state.
    pub state: State,
    /// The roadmap's phase.
    pub phase: Phase,
    /// 1-based week inside the phase; 0 without a roadmap.
    pub week_number: u16,
    /// Sessions by day; at most one run a day.
    pub sessions: Vec<Session>,
    /// What the last check found; hard findings only in a plan that must not be published.
    pub findings: Vec<Finding>,
    /// What repair changed.
    pub repairs: Vec<Repair>,
    /// Why the week is as big as it is.
    pub why: Vec<Why>,
}

impl WeekPlan {
    /// Planned running km, races included.
    #[must_use]
    pub fn distance(&self) -> Metres {
        self.sessions.iter().filter(|s| s.is_run()).map(|s| s.distance).sum()
    }

    /// Planned running time, races included.
    #[must_use]
    pub fn duration(&self) -> Seconds {
        self.sessions.iter().filter(|s| s.is_run()).map(|s| s.duration).sum()
    }

    /// The last day of the week.
    #[must_use]
    pub fn week_end(&self) -> Day {
        self.week_start + 6
    }
}

/// What of an earlier published week later weeks depend on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedWeek {
    /// Its first day.
    pub week_start: Day,
    /// Planned km without races.
    pub planned: Metres,
    /// Its hard sessions: day and planned distance.
    pub hard: Vec<(Day, Metres)>,
    /// Its running sessions by day, each as planned when its day began.
    #[serde(default)]
    pub sessions: Vec<Planned>,
    /// The state it was planned in.
    #[serde(default = "stable")]
    pub state: State,
    /// The phase it was planned in.
    #[serde(default = "base")]
    pub phase: Phase,
    /// It was an easier week on purpose.
    #[serde(default)]
    pub cutback: bool,
    /// The runner's corrections about its sessions or about runs of its days. No part of what was
    /// published: they are put in when facts are loaded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corrections: Vec<Correction>,
}

impl PublishedWeek {
    /// A week with nothing planned.
    #[must_use]
    pub const fn empty(week_start: Day) -> Self {
        Self {
            week_start,
            planned: Metres::ZERO,
            hard: Vec::new(),
            sessions: Vec::new(),
            state: State::Stable,
            phase: Phase::Base,
            cutback: false,
            corrections: Vec::new(),
        }
    }
}

const fn stable() -> State {
    State::Stable
}

const fn base() -> Phase {
    Phase::Base
}

/// A running session of a published week, as compliance compares it with what was run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    /// The day.
    pub day: Day,
    /// The kind.
    pub kind: Kind,
    /// Planned distance.
    pub distance: Metres,
    /// Planned duration.
    pub duration: Seconds,
    /// Its main part is given by time, not by distance.
    pub timed: bool,
}

/// A race to come: the goals' races, whatever their priority.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpcomingRace {
    /// Race day.
    pub day: Day,
    /// Its distance.
    pub distance: RaceDistance,
    /// An A race (priority 1): it gets a taper.
    pub a_race: bool,
}
