//! The simulator's own time: it stands still or runs along with a clock that is handed in, and can
//! be moved forward.

use jiff::{SignedDuration, Timestamp};
use std::fmt;
use std::sync::Arc;

/// Reads a real clock. This room has none of its own.
pub type Source = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The first moment that a simulator can be at: 2024. Runs reach years back from there, and ids
/// begin in 2008.
pub const EARLIEST: Timestamp = Timestamp::constant(1_704_067_200, 0);
/// The last one: the year 2200.
pub const LATEST: Timestamp = Timestamp::constant(7_258_118_400, 0);

/// The simulator's time.
#[derive(Clone)]
pub struct Clock {
    source: Option<Source>,
    /// With a source: added to it. Without: the time since 1970.
    offset: SignedDuration,
}

impl Clock {
    /// Moves only when it is told to.
    #[must_use]
    pub fn stopped(at: Timestamp) -> Self {
        Self { source: None, offset: at.duration_since(Timestamp::UNIX_EPOCH) }
    }

    /// Runs along with a real clock.
    #[must_use]
    pub fn running(source: Source) -> Self {
        Self { source: Some(source), offset: SignedDuration::ZERO }
    }

    /// Whether it moves by itself.
    #[must_use]
    pub const fn is_running(&self) -> bool {
        self.source.is_some()
    }

    /// The present moment, in whole seconds as Strava's are, from [`EARLIEST`] to [`LATEST`].
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let base = self.source.as_ref().map_or(Timestamp::UNIX_EPOCH, |source| source());
        let now = base.checked_add(self.offset).unwrap_or(Timestamp::MAX);
        let now = now.clamp(EARLIEST, LATEST);
        Timestamp::from_second(now.as_second()).unwrap_or(now)
    }

    /// Moves it; it cannot go past the end of time.
    pub(super) fn advance(&mut self, by: SignedDuration) {
        if let Some(offset) = self.offset.checked_add(by) {
            self.offset = offset;
        }
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clock").field("now", &self.now()).finish()
    }
}
