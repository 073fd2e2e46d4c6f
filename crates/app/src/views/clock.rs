//! Times of the runner's wall clock.

use crate::accounts::Runner;
use hermes_engine::calendar::Day;
use jiff::Timestamp;

/// Seconds of a day.
const DAY: i64 = 86_400;

/// A local day and the time on it, `HH:MM`.
pub type Moment = (Day, String);

/// The moment of seconds since 1970 on a wall clock.
pub(crate) fn moment(seconds: i64) -> Moment {
    let of_day = seconds.rem_euclid(DAY);
    let time = format!("{:02}:{:02}", of_day / 3600, of_day / 60 % 60);
    (Day::from_epoch(seconds.div_euclid(DAY)), time)
}

/// A time as the runner's wall clock showed it.
pub(crate) fn local(runner: &Runner, at: Timestamp) -> Moment {
    moment(runner.local_seconds(at))
}

impl Runner {
    /// A time as the runner's wall clock showed it.
    #[must_use]
    pub fn moment(&self, at: Timestamp) -> Moment {
        local(self, at)
    }
}
