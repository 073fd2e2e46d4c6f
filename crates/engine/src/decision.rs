//! Decisions as data: what a rule measured, what a repair changed, why a session is as it is.
//! Text is rendered from these values and from nothing else, so text and numbers cannot disagree.

use crate::assign::Easing;
use crate::calendar::Day;
use crate::level::Reason;
use crate::missed::Missed;
use crate::record::RaceDistance;
use crate::session::{Kind, TemplateRef};
use crate::state::{Phase, State};
use crate::templates::{self, ScheduleId};
use crate::units::{Metres, Pace, Seconds, Units};
use serde::{Deserialize, Serialize};

/// The rules by id. `H` rules are hard; `S` rules are soft.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "described by `title` and in docs/ENGINE.md")]
pub enum Rule {
    H01,
    H02,
    H03,
    H04,
    H05,
    H06,
    H07,
    H08,
    H09,
    H10,
    H11,
    H12,
    H13,
    H14,
    H15,
    /// Preferred days.
    SDays,
    /// Time cap of a day.
    SCap,
    /// Session over 150 min (180 for a marathon goal).
    SLong,
    /// Cutback every third or fourth week.
    SCutback,
    /// Long-run share over 0.45.
    SShare,
    /// Most runs a week.
    SRuns,
    /// The runner's own weekly cap.
    SWeek,
    /// Foster's monotony over 2.0.
    SMonotony,
}

impl Rule {
    /// The hard rules in order.
    pub const HARD: [Self; 15] = [
        Self::H01,
        Self::H02,
        Self::H03,
        Self::H04,
        Self::H05,
        Self::H06,
        Self::H07,
        Self::H08,
        Self::H09,
        Self::H10,
        Self::H11,
        Self::H12,
        Self::H13,
        Self::H14,
        Self::H15,
    ];

    /// The soft rules in order.
    pub const SOFT: [Self; 8] = [
        Self::SDays,
        Self::SCap,
        Self::SLong,
        Self::SCutback,
        Self::SShare,
        Self::SRuns,
        Self::SWeek,
        Self::SMonotony,
    ];

    /// Can nothing override it?
    #[must_use]
    pub fn is_hard(self) -> bool {
        self <= Self::H15
    }

    /// The id as written in the docs.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::H01 => "H01",
            Self::H02 => "H02",
            Self::H03 => "H03",
            Self::H04 => "H04",
            Self::H05 => "H05",
            Self::H06 => "H06",
            Self::H07 => "H07",
            Self::H08 => "H08",
            Self::H09 => "H09",
            Self::H10 => "H10",
            Self::H11 => "H11",
            Self::H12 => "H12",
            Self::H13 => "H13",
            Self::H14 => "H14",
            Self::H15 => "H15",
            Self::SDays => "S-DAYS",
            Self::SCap => "S-CAP",
            Self::SLong => "S-LONG",
            Self::SCutback => "S-CUTBACK",
            Self::SShare => "S-SHARE",
            Self::SRuns => "S-RUNS",
            Self::SWeek => "S-WEEK",
            Self::SMonotony => "S-MONOTONY",
        }
    }

    /// What it limits, in words that fit into a sentence.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::H01 => "length of one run against your recent longest",
            Self::H02 => "km of the week against what you have been running",
            Self::H03 => "two days between hard sessions",
            Self::H04 => "number of hard sessions in a week",
            Self::H05 => "rest days in any seven days",
            Self::H06 => "time at high intensity",
            Self::H07 => "share of the long run in the week",
            Self::H08 => "days locked by health",
            Self::H09 => "load with an active injury",
            Self::H10 => "permanent limit after three strikes",
            Self::H11 => "taper before your race",
            Self::H12 => "recovery after a race",
            Self::H13 => "load while overreaching",
            Self::H14 => "return after days without running",
            Self::H15 => "sanity of the plan",
            Self::SDays => "your running days",
            Self::SCap => "your time cap for the day",
            Self::SLong => "length of a session",
            Self::SCutback => "an easier week every third or fourth",
            Self::SShare => "long-run share of the week",
            Self::SRuns => "your number of runs a week",
            Self::SWeek => "your weekly cap",
            Self::SMonotony => "variety of the days",
        }
    }

    /// Where the figure comes from: ids of `docs/ENGINE.md`.
    #[must_use]
    pub const fn evidence(self) -> &'static str {
        match self {
            Self::H01 => "S1 (Frandsen 2025)",
            Self::H02 => "S2",
            Self::H03 => "I1",
            Self::H04 => "I2",
            Self::H05 => "I5 (Ristolainen 2014)",
            Self::H06 => "I3 (Daniels)",
            Self::H07 | Self::SShare | Self::SLong => "I4",
            Self::H08 => "J1, J2, F1",
            Self::H09 => "P1 (Silbernagel 2007)",
            Self::H10 => "strikes",
            Self::H11 => "T1, T2, T3 (Bosquet 2007)",
            Self::H12 => "after a race (Daniels)",
            Self::H13 => "O2 (Meeusen 2013)",
            Self::H14 => "B2, B3 (Daniels)",
            Self::H15 => "sanity",
            Self::SCutback => "S3",
            Self::SMonotony => "S4 (Foster 1998)",
            Self::SDays | Self::SCap | Self::SRuns | Self::SWeek => "preference",
        }
    }
}

/// The unit of a finding's two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Metres.
    Metres,
    /// Seconds.
    Seconds,
    /// Days.
    Days,
    /// A count.
    Count,
    /// Thousandths.
    Permille,
    /// Seconds per kilometre.
    Pace,
}

impl Measure {
    /// The value as text in the runner's units.
    #[must_use]
    pub fn text(self, value: i64, units: Units) -> String {
        match self {
            Self::Metres => units.distance(Metres(value)),
            Self::Seconds => format!("{} min", value.saturating_add(30).div_euclid(60)),
            Self::Days => format!("{value} d"),
            Self::Count => value.to_string(),
            Self::Permille => format!("{} %", value.saturating_add(5).div_euclid(10)),
            Self::Pace => units.pace(Pace(value)),
        }
    }
}

/// One thing a check found: a rule, what was measured, what is allowed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Finding {
    /// The rule.
    pub rule: Rule,
    /// The day it is about; `None` for the whole week.
    pub day: Option<Day>,
    /// What was measured.
    pub value: i64,
    /// What is allowed.
    pub limit: i64,
    /// Unit of both.
    pub measure: Measure,
}

impl PartialOrd for Measure {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Measure {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (*self as u8).cmp(&(*other as u8))
    }
}

impl Finding {
    /// One clear sentence.
    #[must_use]
    pub fn text(&self, units: Units) -> String {
        let day = self.day.map_or_else(String::new, |d| format!(" on {d}"));
        format!(
            "{} ({}){day}: {} where {} is the limit",
            self.rule.id(),
            self.rule.title(),
            self.measure.text(self.value, units),
            self.measure.text(self.limit, units)
        )
    }
}

/// One change that repair made to a generated or edited week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repair {
    /// The rule that asked for it.
    pub rule: Rule,
    /// The day the session was on.
    pub day: Day,
    /// The session's kind before.
    pub kind: Kind,
    /// Its distance before.
    pub before: Metres,
    /// What became of it.
    pub change: Change,
}

/// What repair did with a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It is shorter now.
    Shortened(Metres),
    /// It is an easy run of this length now.
    MadeEasy(Metres),
    /// It is on another day now.
    Moved(Day),
    /// It is gone.
    Dropped,
}

impl Repair {
    /// One clear sentence.
    #[must_use]
    pub fn text(&self, units: Units) -> String {
        let what = format!("{} of {}", self.kind.name(), units.distance(self.before));
        let how = match &self.change {
            Change::Shortened(d) => format!("shortened to {}", units.distance(*d)),
            Change::MadeEasy(d) => format!("made an easy run of {}", units.distance(*d)),
            Change::Moved(d) => format!("moved to {d}"),
            Change::Dropped => "left out".to_owned(),
        };
        format!("{what} on {}: {how} ({}, {})", self.day, self.rule.id(), self.rule.title())
    }
}

/// Why a week or a session is as it is. Each value carries the numbers its text shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The week's target: from the volume the runner has proved, by phase.
    Target {
        /// The phase.
        phase: Phase,
        /// The state.
        state: State,
        /// C4, the runner's recent weekly km.
        recent: Metres,
        /// The target.
        target: Metres,
        /// The highest km the rules allow this week.
        ceiling: Metres,
    },
    /// Less was run than planned: the plan stands, as far as H02 lets it, so that shortfalls do not
    /// make it less and less.
    Held {
        /// The highest planned km of the last four weeks, or 1.25 C.
        planned: Metres,
    },
    /// An easier week, every third or fourth.
    Cutback {
        /// Thousandths of the recent weekly km, or of the planned km where they stand.
        permille: i64,
    },
    /// A rule or preference limited something.
    Limited {
        /// The rule.
        rule: Rule,
        /// What would have been planned.
        wanted: i64,
        /// What the rule allows; what is planned.
        limit: i64,
        /// Unit of both.
        measure: Measure,
    },
    /// Made from a row of the template library.
    From {
        /// The row.
        template: TemplateRef,
        /// The row's own distance, where it has one.
        distance: Option<Metres>,
    },
    /// The schedule that the week's sessions are taken from.
    Schedule {
        /// The schedule.
        schedule: ScheduleId,
        /// Why this one.
        reason: Reason,
    },
    /// What the session trains.
    Purpose {
        /// The kind.
        kind: Kind,
        /// The phase.
        phase: Phase,
    },
    /// The race itself.
    RaceDay {
        /// Its distance.
        distance: RaceDistance,
        /// Predicted time, if there is one.
        predicted: Option<Seconds>,
    },
    /// Days to the A race.
    Countdown {
        /// Its distance.
        distance: RaceDistance,
        /// Days from the week's start to race day.
        days: i64,
    },
    /// Paces come from this Daniels-Gilbert value.
    Paces {
        /// Tenths of the value.
        value_tenths: i64,
    },
    /// A session of the schedule was made easy because a rule bars it here.
    MadeEasy {
        /// The rule.
        rule: Rule,
        /// What the schedule asked for.
        kind: Kind,
    },
    /// Days without running before this week or one of the weeks before it.
    Return {
        /// Run-free days.
        days: i64,
        /// Thousandths of the volume before the break.
        permille: i64,
    },
    /// The runner asked for it: an edit or a pin.
    Asked,
    /// A session of the return ladder.
    Ladder {
        /// Which step, 1 for the first.
        step: u8,
        /// Of how many.
        of: u8,
    },
    /// An easier week than the rules ask for.
    Eased {
        /// Why.
        easing: Easing,
        /// Thousandths of the recent weekly km.
        permille: i64,
        /// Most km of the week without races.
        most: Metres,
    },
    /// The first weeks of a runner without history.
    GentleStart,
    /// The bootcamp's prescribed week.
    Bootcamp,
    /// The bootcamp's steady effort.
    SteadyEffort,
    /// The week had begun; what was to come of it stays as it was published.
    Kept {
        /// Days left of it, the first planned one included.
        days: i64,
    },
    /// A session was not run on its day.
    NotRun(Missed),
    /// The week had begun when it was planned.
    Begun {
        /// Days left of it, the first planned one included.
        days: i64,
    },
}

impl Why {
    /// The rule behind it, where there is one.
    #[must_use]
    pub const fn rule(&self) -> Option<Rule> {
        match self {
            Self::Limited { rule, .. } | Self::MadeEasy { rule, .. } => Some(*rule),
            Self::Cutback { .. } => Some(Rule::SCutback),
            Self::Held { .. } => Some(Rule::H02),
            Self::Return { .. } => Some(Rule::H14),
            Self::Ladder { .. } => Some(Rule::H09),
            _ => None,
        }
    }

    /// One clear sentence in the runner's units.
    #[must_use]
    pub fn text(&self, units: Units) -> String {
        match self {
            Self::Target { phase, state, recent, target, ceiling } => format!(
                "{} phase, state {}: {} this week. You have been running {} a week, and the rules allow up to {}.",
                phase.name(),
                state.name(),
                units.distance(*target),
                units.distance(*recent),
                units.distance(*ceiling)
            ),
            Self::Held { planned } => format!(
                "You have run less than planned. That is no reason to plan less and less: full weeks stay near {}.",
                units.distance(*planned)
            ),
            Self::Cutback { permille } => format!(
                "An easier week at {} % of your usual volume, so that the work of the last weeks settles (S3).",
                permille / 10
            ),
            Self::Limited { rule, wanted, limit, measure } => format!(
                "{} instead of {}: {} ({}, evidence {}).",
                measure.text(*limit, units),
                measure.text(*wanted, units),
                rule.title(),
                rule.id(),
                rule.evidence()
            ),
            Self::From { template, distance } => {
                let there = distance
                    .map_or_else(String::new, |d| format!(" ({} there)", units.distance(d)));
                format!(
                    "From week {} of Hal Higdon's {}{there}, scaled to your week.",
                    template.week,
                    templates::library().schedule(template.schedule).name
                )
            }
            Self::Schedule { schedule, reason } => format!(
                "Sessions follow Hal Higdon's {}: {}.",
                templates::library().schedule(*schedule).name,
                reason.text(units)
            ),
            Self::Purpose { kind, phase } => purpose(*kind, *phase).to_owned(),
            Self::RaceDay { distance, predicted } => {
                let time = predicted
                    .map_or_else(String::new, |t| format!(" Predicted time {}.", t.clock_text()));
                format!("Race day: {}.{time}", distance.name())
            }
            Self::Countdown { distance, days } => {
                format!("{days} days to your {}.", distance.name())
            }
            Self::Paces { value_tenths } => format!(
                "Paces follow from your Daniels-Gilbert value of {}.{} (R5).",
                value_tenths / 10,
                value_tenths % 10
            ),
            Self::MadeEasy { rule, kind } => format!(
                "The schedule has a {} here; it is easy instead: {} ({}).",
                kind.name(),
                rule.title(),
                rule.id()
            ),
            Self::Return { days, permille } => format!(
                "After {days} days without running: {} % of what you ran before (H14, evidence B2).",
                permille / 10
            ),
            Self::Ladder { step, of } => format!(
                "Step {step} of {of} back to running (H09, evidence J2). It counts when neither the \
                 run nor the next morning hurts more than 2 of 10; else go back a step after two \
                 days off."
            ),
            Self::Kept { days: 1 } => {
                "The last day of the week stays as it was planned.".to_owned()
            }
            Self::Kept { days } => {
                format!("The last {days} days of the week stay as they were planned.")
            }
            Self::NotRun(missed) => missed.text(units),
            Self::Eased { easing, permille, most } => format!(
                "At most {} this week, {} % of what you were running: {}.",
                units.distance(*most),
                permille / 10,
                easing.text()
            ),
            Self::Begun { days: 1 } => {
                "The week has begun: a plan for its last day, with that day's share.".to_owned()
            }
            Self::Begun { days } => {
                format!("The week has begun: a plan for its last {days} days, with their share.")
            }
            Self::Bootcamp => {
                "Too little is known of your running yet: short easy runs, one of them at a \
                 steady effort, show what suits you."
                    .to_owned()
            }
            Self::SteadyEffort => {
                "Hold an even, comfortably brisk effort in the middle: it shows your pace better \
                 than a jog does."
                    .to_owned()
            }
            Self::Asked => "As you asked for.".to_owned(),
            Self::GentleStart => {
                "A gentle start: short run-walks until there is enough history to plan from."
                    .to_owned()
            }
        }
    }
}

/// What a kind of session is for.
#[must_use]
pub const fn purpose(kind: Kind, phase: Phase) -> &'static str {
    match (kind, phase) {
        (Kind::Long, Phase::Taper) => "Keeps the habit of the long run while you freshen up.",
        (Kind::Long, _) => "Builds endurance: time on your feet at an easy pace.",
        (Kind::Recovery, _) => "Moves the legs without adding load.",
        (Kind::Tempo, _) => "Raises the pace you can hold for about an hour.",
        (Kind::Interval, _) => "Trains your top aerobic speed in short, controlled repetitions.",
        (Kind::Fartlek, _) => "Plays with speed: faster stretches as you like, easy between them.",
        (Kind::Hill, _) => "Builds strength and economy uphill.",
        (Kind::Pace, _) => "Rehearses the pace of your race.",
        (Kind::TimeTrial, _) => "Measures where you stand.",
        (Kind::Race, _) => "The race.",
        (Kind::Return, _) => "Running and walking in turn, to let tissue adapt.",
        (Kind::Cross, _) => "Other movement, if you like; not counted as km.",
        (Kind::Easy, _) => "Easy volume: the base that everything else stands on.",
    }
}
