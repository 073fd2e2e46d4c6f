//! What the assignment of states remembers from one step to the next, so that entries, exits and
//! grace periods follow from explicit inputs.

use crate::calendar::Day;
use crate::ruleset;
use crate::state::State;
use crate::units::Pace;
use crate::vdot::Vdot;
use serde::{Deserialize, Serialize};

/// The state of a runner and since when; the conditions behind it that have a memory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Signals of days before this one are dealt with.
    pub as_of: Day,
    /// The state shown.
    pub state: State,
    /// The day it was entered.
    pub since: Day,
    /// The day Overreach was entered, while its signals stand.
    pub overreach: Option<Day>,
    /// The day Injury Watch was entered, while its condition stands.
    pub watch: Option<Day>,
    /// What entries and exits to come depend on.
    #[serde(default)]
    pub memory: Memory,
    /// The figures at the last week starts, oldest first, two at most: what the next week's may
    /// not leave by more than a step.
    #[serde(default)]
    pub held: Vec<Held>,
}

/// The figures of a profile that one week moves by one step at most, as of a week start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// The week start.
    pub day: Day,
    /// The Daniels-Gilbert value.
    pub value: Vdot,
    /// Easy pace.
    pub easy: Pace,
    /// Durability, thousandths.
    pub durability: i64,
}

impl Held {
    /// Figures that a runner can have; others were not made by a step.
    #[must_use]
    pub fn is_sane(&self) -> bool {
        let (slowest, best) = ruleset::HELD_VALUES;
        (slowest..=best).contains(&self.value.0)
            && (Pace(1)..=ruleset::HELD_EASY_MAX).contains(&self.easy)
            && (0..=1000).contains(&self.durability)
    }
}

/// The days that later entries and exits are counted from: dates only, so that a day which is
/// looked at twice leaves the same memory.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// The last day with more signals than Overreach may end with.
    pub overreach_seen: Option<Day>,
    /// The last day that was not green for Injury Watch.
    pub watch_seen: Option<Day>,
    /// The first and the last day of a slump's signals.
    pub slump_signs: Option<(Day, Day)>,
    /// The day Slump was entered, while it stands.
    pub slump: Option<Day>,
    /// The day Probe was entered, while it lasts.
    pub probe: Option<Day>,
    /// The last day on which a safety state's condition stood: an override from before it is over.
    pub safety: Option<Day>,
    /// Tenths of the Daniels-Gilbert value at the last week starts, oldest first: five at most.
    pub values: Vec<(Day, i64)>,
}

impl Standing {
    /// A runner who has been Stable and without signals until a day.
    #[must_use]
    pub fn new(as_of: Day) -> Self {
        Self {
            as_of,
            state: State::Stable,
            since: as_of,
            overreach: None,
            watch: None,
            memory: Memory::default(),
            held: Vec::new(),
        }
    }
}
