//! What a runner wants of a week.

use crate::App;
use crate::accounts::Runner;
use crate::error::{AppError, Result};
use hermes_engine::calendar::Day;
use hermes_engine::record::Preferences;

/// Furthest race day: 24 months.
pub const HORIZON_DAYS: i64 = 731;

impl App {
    /// The preferences in force today; the defaults while none are set.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn preferences(&self, runner: &Runner) -> Result<Preferences> {
        self.preferences_as_of(runner, self.today(runner)).await
    }

    pub(crate) async fn preferences_as_of(&self, runner: &Runner, day: Day) -> Result<Preferences> {
        let stored = self.store.preferences(runner.id, day, self.clock.now()).await?;
        Ok(stored.unwrap_or_default())
    }

    /// Sets the preferences from a day on.
    ///
    /// # Errors
    /// [`AppError::Field`] where nothing could be planned: no day to run on, no runs, a cap of
    /// nothing.
    pub async fn set_preferences(
        &self,
        runner: &Runner,
        as_of: Day,
        preferences: Preferences,
    ) -> Result<()> {
        let wrong = |field, text: &str| Err(AppError::field(field, text));
        if preferences.run_days.is_empty() {
            return wrong("run_day", "no day of the week is left to run on; choose at least one");
        }
        if preferences.max_runs.is_some_and(|n| !(1..=7).contains(&n)) {
            return wrong("max_runs", "the number of runs a week must be between 1 and 7");
        }
        if preferences.day_caps.iter().flatten().any(|m| !(15..=600).contains(m)) {
            return wrong("form", "a day's time cap must be between 15 and 600 minutes, or empty");
        }
        if preferences.weekly_cap.is_some_and(|m| !(3000..=300_000).contains(&m.0)) {
            return wrong("weekly_cap", "a weekly cap must be between 3 and 300 km, or empty");
        }
        if preferences.birth_year.is_some_and(|y| !(1900..=2020).contains(&y)) {
            return wrong(
                "birth_year",
                "the year of birth must be between 1900 and 2020, or empty",
            );
        }
        let now = self.clock.now();
        self.store.save_preferences(runner.id, &preferences, as_of, now).await?;
        self.reset_clock(runner.id, Some(&runner.time_zone)).await?;
        self.redraft(runner, as_of).await
    }
}
