//! What the assignment of states remembers from one step to the next, so that entries, exits and
//! grace periods follow from explicit inputs.

use crate::calendar::Day;
use crate::state::State;
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
}

impl Standing {
    /// A runner who has been Stable and without signals until a day.
    #[must_use]
    pub const fn new(as_of: Day) -> Self {
        Self { as_of, state: State::Stable, since: as_of, overreach: None, watch: None }
    }
}
