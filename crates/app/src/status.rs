//! Where the runner stands, and how it came to that.

use crate::accounts::Runner;
use crate::check_ins::CheckInView;
use crate::error::Result;
use crate::health::HealthView;
use crate::roads::{self, is_road};
use crate::stock::with_stored;
use crate::{App, stock};
use hermes_engine::adaptation::Trigger;
use hermes_engine::assign;
use hermes_engine::bootcamp::Bootcamp;
use hermes_engine::calendar::Day;
use hermes_engine::evidence::{self, Source};
use hermes_engine::meters::{Killa, Momentum};
use hermes_engine::patterns::Pattern;
use hermes_engine::state::State;
use hermes_engine::units::Units;
use hermes_store::adaptation::Adaptation;
use hermes_store::summaries::WeeklySummary;
use hermes_store::value::Json as Stored;
use serde::Serialize;
use serde_json::Value as Json;

/// Days of history in which the last change of state is looked for.
const LAST_CHANGE_DAYS: i64 = 400;
/// Weeks whose summaries are shown.
const WEEKS_SHOWN: i64 = 4;

/// Where the runner stands on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusView {
    /// The day.
    pub as_of: Day,
    /// The state.
    pub state: State,
    /// The day it was entered.
    pub since: Day,
    /// Why it was entered, in words; `None` where it has never been another one.
    pub why: Option<String>,
    /// Advice to see a doctor, where signals do not clear.
    pub advice: Option<&'static str>,
    /// The bootcamp.
    pub bootcamp: Bootcamp,
    /// The streak; its longest one includes what was stored before.
    pub momentum: Momentum,
    /// Breakthroughs and overreaches with the events behind them.
    pub killa: Killa,
    /// The check-in that is open.
    pub check_in: Option<CheckInView>,
    /// Health records, strikes and limits.
    pub health: HealthView,
    /// The last four weeks that are summed up, oldest first.
    pub weeks: Vec<WeeklySummary>,
    /// Patterns of the last 28 days, with what is offered.
    pub patterns: Vec<Pattern>,
}

/// What an entry of the history is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// The first plan.
    First,
    /// The state changed.
    State,
    /// The roadmap changed.
    Roadmap,
    /// The plan was adapted inside a state.
    Adaptation,
}

/// An entry of the history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// The day it took effect.
    pub date: Day,
    /// What it is about.
    pub kind: EntryKind,
    /// The state before.
    pub from: Option<String>,
    /// The state after.
    pub to: Option<String>,
    /// In one sentence.
    pub short: String,
    /// With what it does to the plan and what the last weeks were.
    pub long: String,
    /// What was measured.
    pub data: Option<Json>,
    /// Against the plan before, in thousandths: the distance.
    pub volume_change_permille: Option<i64>,
    /// And the time at intensity.
    pub intensity_change_permille: Option<i64>,
    /// The last 7, 28 and 90 days as they stood; none for the roadmap.
    pub windows: [Option<Json>; 3],
}

impl Entry {
    /// The entries of the evidence table that it rests on: those that it names, those of the
    /// states that it leads from and to, and of a road how its times and weeks are worked out.
    #[must_use]
    pub fn sources(&self) -> Vec<&'static Source> {
        let mut ids: Vec<&str> = evidence::named(&format!("{} {}", self.short, self.long))
            .into_iter()
            .map(|source| source.id)
            .collect();
        let changed = [&self.from, &self.to].into_iter().flatten();
        let states = changed.filter_map(|name| serde_json::from_value(Json::from(&**name)).ok());
        match self.kind {
            EntryKind::Roadmap => ids.extend(["R1", "R2", "R3", "S2"]),
            _ => states.for_each(|s: State| ids.extend(s.sources().iter().map(|s| s.id))),
        }
        evidence::named(&ids.join(" "))
    }
}

impl App {
    /// Where the runner stands on a day: the state and why, meters, check-in, health, weeks,
    /// patterns. Nothing is saved.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn status(&self, runner: &Runner, as_of: Day) -> Result<StatusView> {
        let now = self.clock.now();
        let from = as_of - stock::EVENT_DAYS;
        let stock = self.stock(runner, as_of, from, now).await?;
        let mut momentum = stock.momentum;
        if as_of == self.today(runner) {
            let stored = self.store.momentum(runner.id).await?;
            let longest = stored.map_or(0, |m| i64::from(m.longest_streak_days));
            momentum.longest = momentum.longest.max(longest);
        }
        let killa = with_stored(&stock.killa, self.events_before(runner, from).await?);
        let state = stock.output.plan.state;
        let units = stock.facts.preferences.units;
        let last = self.why_state(runner, state, as_of, units).await?;
        let standing = &stock.output.standing;
        let made = stock.output.transitions.last().filter(|t| t.to == state);
        let since = if standing.state == state { standing.since } else { as_of };
        let check_ins = self.check_ins(runner, as_of).await?;
        let start = stock.facts.preferences.week_start;
        let this = as_of.week_start(start);
        let weeks = self.store.summaries(runner.id, this - 7 * WEEKS_SHOWN, this - 1).await?;
        Ok(StatusView {
            as_of,
            state,
            since: last.as_ref().map_or(since, |e| e.date),
            why: made.map(|t| t.reason.text(units)).or(last.map(|e| e.short)),
            advice: assign::medical_advice(standing),
            bootcamp: stock.output.profile.bootcamp,
            momentum,
            killa,
            check_in: check_ins.into_iter().find(|c| c.answer.is_none()),
            health: self.health(runner, as_of).await?,
            weeks,
            patterns: stock.patterns,
        })
    }

    /// The last change of state as of a day, where it was to this one.
    pub(crate) async fn why_state(
        &self,
        runner: &Runner,
        state: State,
        as_of: Day,
        units: Units,
    ) -> Result<Option<Entry>> {
        let changes = self.store.adaptations(runner.id, as_of - LAST_CHANGE_DAYS, as_of).await?;
        let last = changes.iter().rfind(|a| a.from_state != a.to_state && !is_road(a));
        let last = last.filter(|a| a.to_state.as_deref() == Some(state.name()));
        Ok(last.map(|a| entry(a, units)))
    }

    /// What changed in a span of days, both included, oldest first: states, the roadmap, plans.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn history(&self, runner: &Runner, from: Day, to: Day) -> Result<Vec<Entry>> {
        let units = self.preferences_as_of(runner, to).await?.units;
        let rows = self.store.adaptations(runner.id, from, to).await?;
        Ok(rows.iter().map(|a| entry(a, units)).collect())
    }
}

fn says(json: Option<&Stored>) -> Option<Json> {
    json?.read().ok()
}

fn entry(a: &Adaptation, units: Units) -> Entry {
    let trigger = a.trigger_data.as_ref().and_then(|d| d.read::<Trigger>().ok());
    let to = a.to_state.as_deref().map(Json::from);
    let to_state = to.and_then(|t| serde_json::from_value::<State>(t).ok());
    let long = match is_road(a) {
        true => roads::told(a, units),
        false => a.adaptation_rationale.clone().unwrap_or_default(),
    };
    let kind = match &trigger {
        _ if is_road(a) => EntryKind::Roadmap,
        Some(Trigger::First) => EntryKind::First,
        Some(Trigger::State(_)) => EntryKind::State,
        _ => EntryKind::Adaptation,
    };
    Entry {
        date: a.transition_date,
        kind,
        from: a.from_state.clone(),
        to: a.to_state.clone(),
        short: match trigger.zip(to_state) {
            Some((trigger, to)) => trigger.text(to, units),
            None => long.clone(),
        },
        long,
        data: says(a.trigger_data.as_ref()),
        // Hundredths of a per cent.
        volume_change_permille: a.volume_change_percentage.map(|p| p.units() / 10),
        intensity_change_permille: a.intensity_change_percentage.map(|p| p.units() / 10),
        windows: [&a.window_7_day, &a.window_28_day, &a.window_90_day].map(|w| says(w.as_ref())),
    }
}
