//! What the runner says: feedback on days and runs, and Send It mode.

use crate::App;
use crate::accounts::Runner;
use crate::error::{AppError, Result};
use hermes_engine::calendar::Day;
use hermes_engine::record::Feedback;
use hermes_engine::ruleset::OVERRIDE_DAYS;
use hermes_store::StoreError;

/// What the runner agrees to when choosing Send It mode.
pub const SEND_IT_TERMS: &str = "I choose wider limits for longer runs and bigger weeks. They mean \
    more risk of injury. Safety rules still hold, and the mode ends at once when a safety state \
    begins.";

/// Days after which feedback is no longer taken: windows of the rules do not reach back further.
const FEEDBACK_DAYS: i64 = 90;

impl App {
    /// Keeps what the runner says of a day; of several words on one day the last counts. Where a
    /// plan of the current week is published it is planned anew from today on, if that is called
    /// for.
    ///
    /// # Errors
    /// [`AppError::BadInput`] for a day to come or long past, a value outside its scale, or nothing
    /// said at all.
    pub async fn add_feedback(&self, runner: &Runner, as_of: Day, said: Feedback) -> Result<()> {
        check_feedback(as_of, &said)?;
        self.store.add_feedback(runner.id, &said, self.clock.now()).await?;
        self.follow_today(runner, as_of, "feedback").await
    }

    /// What the runner has said of a day, the latest word.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn feedback_on(&self, runner: &Runner, day: Day) -> Result<Option<Feedback>> {
        Ok(self.store.feedback(runner.id, day, day, self.clock.now()).await?.pop())
    }

    /// Starts Send It mode on a day for so many days; it needs `agreed` to [`SEND_IT_TERMS`].
    ///
    /// # Errors
    /// [`AppError::BadInput`] without the runner's agreement or for a number of days that is not
    /// allowed; [`AppError::Conflict`] while the mode is on.
    pub async fn send_it(
        &self,
        runner: &Runner,
        as_of: Day,
        days: i64,
        agreed: bool,
    ) -> Result<(Day, Day)> {
        if !agreed {
            return Err(AppError::BadInput(format!(
                "Send It mode needs your agreement: {SEND_IT_TERMS}"
            )));
        }
        if !(1..=OVERRIDE_DAYS).contains(&days) {
            return Err(AppError::BadInput(format!(
                "Send It mode lasts 1 to {OVERRIDE_DAYS} days, not {days}; renew it by hand \
                 afterwards"
            )));
        }
        let now = self.clock.now();
        let chosen = self.store.overrides(runner.id, as_of, now).await?;
        if let Some((_, until)) = chosen.iter().map(|o| o.fact()).find(|(_, end)| *end > as_of) {
            return Err(AppError::Conflict(format!(
                "Send It mode is on until {}; end it first to choose again",
                until - 1
            )));
        }
        let span = (as_of, as_of + days);
        let added = self.store.add_override(runner.id, span, SEND_IT_TERMS, now).await;
        added.map_err(|error| match error {
            StoreError::Conflict(_) => AppError::Conflict(
                "Send It mode has just been chosen on another page or device".to_owned(),
            ),
            other => other.into(),
        })?;
        self.follow_today(runner, as_of, "Send It mode").await?;
        Ok(span)
    }

    /// Ends Send It mode on a day.
    ///
    /// # Errors
    /// [`AppError::NotFound`] while it is not on.
    pub async fn end_send_it(&self, runner: &Runner, as_of: Day) -> Result<()> {
        let now = self.clock.now();
        let chosen = self.store.overrides(runner.id, as_of, now).await?;
        let on = chosen.iter().find(|o| o.ended_on.is_none() && o.until > as_of);
        let Some(on) = on else {
            return Err(AppError::NotFound("Send It mode is not on".to_owned()));
        };
        self.store.end_override(runner.id, on.id, as_of, now).await?;
        self.follow_today(runner, as_of, "Send It mode ended").await
    }

    /// All that follows where `as_of` is today; what is recorded for a day of the past is for
    /// replays.
    pub(crate) async fn follow_today(
        &self,
        runner: &Runner,
        as_of: Day,
        reason: &str,
    ) -> Result<()> {
        if as_of != self.today(runner) {
            return Ok(());
        }
        self.follow(runner, as_of, reason).await
    }
}

fn check_feedback(as_of: Day, said: &Feedback) -> Result<()> {
    let wrong = |text: String| Err(AppError::BadInput(text));
    if said.day > as_of || said.day < as_of - FEEDBACK_DAYS {
        return wrong(format!(
            "feedback on {} cannot be taken; it can be about the {FEEDBACK_DAYS} days up to {as_of}",
            said.day
        ));
    }
    let scales = [
        ("effort", said.effort, 1, 10),
        ("pain while running", said.pain_during, 0, 10),
        ("pain the next morning", said.pain_next_morning, 0, 10),
        ("sleep", said.sleep, 1, 5),
        ("soreness", said.soreness, 1, 5),
        ("mood", said.mood, 1, 5),
    ];
    for (what, value, low, high) in scales {
        if let Some(value) = value.filter(|v| !(low..=high).contains(v)) {
            return wrong(format!("{what} is given from {low} to {high}, not {value}"));
        }
    }
    if let Some(rate) = said.resting_heart_rate.filter(|r| !(20..=150).contains(r)) {
        return wrong(format!("a resting heart rate lies between 20 and 150, not at {rate}"));
    }
    let empty = scales.iter().all(|(_, v, ..)| v.is_none()) && said.resting_heart_rate.is_none();
    if empty {
        return wrong("nothing is said; give at least one value".to_owned());
    }
    Ok(())
}
