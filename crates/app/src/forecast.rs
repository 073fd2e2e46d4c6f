//! What the next weeks look like, and what a change would do.

use crate::App;
use crate::accounts::Runner;
use crate::error::{AppError, Result};
use crate::settings::HORIZON_DAYS;
use hermes_engine::calendar::Day;
use hermes_engine::forecast::{Forecast, Scenario, forecast};
use hermes_engine::goals::{self, Collision};
use hermes_engine::history::History;
use hermes_engine::step::Prepared;
use hermes_engine::what_if::{self, Effect};

/// Shares of the plans that are looked at, thousandths.
pub const ADHERENCES: [i64; 3] = [1000, 800, 600];

/// A forecast under three shares of the plans, and what a change would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outlooks {
    /// One per share of [`ADHERENCES`], as things are.
    pub plain: Vec<(i64, Forecast)>,
    /// Under the change asked for, if there is one.
    pub changed: Option<Forecast>,
    /// What the change does to the fully run plans.
    pub effects: Vec<Effect>,
    /// Goals that are in each other's way, the change's race included.
    pub collisions: Vec<Collision>,
}

impl App {
    /// Runs the weeks forward as of a day. Nothing is saved. `scenario` is the change asked for;
    /// its number of weeks goes for all of them.
    ///
    /// # Errors
    /// [`AppError::BadInput`] for a change that cannot be: a race in the past or too far away,
    /// missed or sick days that are over.
    pub async fn forecast(
        &self,
        runner: &Runner,
        as_of: Day,
        scenario: &Scenario,
    ) -> Result<Outlooks> {
        check(as_of, scenario)?;
        let now = self.clock.now();
        let start = self.preferences_as_of(runner, as_of).await?.week_start;
        let this = as_of.week_start(start);
        let earlier = self.earlier(runner, this, this, now).await?;
        let facts = self.facts(runner, as_of, now, &earlier).await?;
        let with = |adherence| Scenario { weeks: scenario.weeks, ..Scenario::adherence(adherence) };
        let plain: Vec<(i64, Forecast)> =
            ADHERENCES.into_iter().map(|a| (a, forecast(&facts, &with(a)))).collect();
        let is_change = *scenario != with(1000);
        let changed = is_change.then(|| forecast(&facts, scenario));
        let effects = plain
            .first()
            .zip(changed.as_ref())
            .map(|((_, base), changed)| what_if::compare(base, changed))
            .unwrap_or_default();
        let assumed = hermes_engine::forecast::begin(&facts, scenario);
        let h = History::new(&assumed.activities, as_of);
        let profile = Prepared::new(&assumed, this).profile;
        let collisions = goals::outline(&assumed, &h, &profile).collisions;
        Ok(Outlooks { plain, changed, effects, collisions })
    }
}

fn check(as_of: Day, scenario: &Scenario) -> Result<()> {
    let bad = |text: String| Err(AppError::BadInput(text));
    if let Some(day) = scenario.miss.iter().find(|d| **d < as_of - 6) {
        return bad(format!("the week of {day} is over; name a week from {as_of} on"));
    }
    if let Some((from, days)) = scenario.ill {
        if !(1..=HORIZON_DAYS).contains(&days) {
            return bad(format!("{days} sick days cannot be; give 1 to {HORIZON_DAYS}"));
        }
        if from < as_of {
            return bad(format!("{from} is before {as_of}; name the first sick day to come"));
        }
    }
    if let Some(g) = &scenario.race
        && (g.day <= as_of || g.day - as_of > HORIZON_DAYS)
    {
        return bad(format!(
            "a race on {} cannot be forecast; name a day from {} to {}",
            g.day,
            as_of + 1,
            as_of + HORIZON_DAYS
        ));
    }
    Ok(())
}
