//! Saving roadmaps: what changed and why is kept in the history.

use crate::App;
use crate::accounts::Runner;
use crate::error::{AppError, Result};
use crate::rows;
use crate::settings::HORIZON_DAYS;
use hermes_engine::calendar::Day;
use hermes_engine::facts::Facts;
use hermes_engine::goals::{self, Collision, TuneUp};
use hermes_engine::history::History;
use hermes_engine::milestone::Roadmap;
use hermes_engine::roadmap::{self, Difference};
use hermes_engine::state::State;
use hermes_engine::step::Output;
use hermes_engine::units::Units;
use hermes_store::adaptation::Adaptation;
use hermes_store::goals::StoredGoal;
use hermes_store::roadmap::{Achieved, NewPhase};
use hermes_store::value::{Json, Text};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// `trigger_reason` of the rows of `adaptation_history` that keep changes of the roadmap.
pub(crate) const REASON: &str = "roadmap changed";
/// Days of changes that are shown with the roads.
const CHANGES_DAYS: i64 = 90;

/// Is the row about the roadmap?
pub(crate) fn is_road(a: &Adaptation) -> bool {
    a.trigger_reason.as_ref().is_some_and(|reason| reason.as_str() == REASON)
}

/// Why a roadmap is computed anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Why {
    /// A goal was set.
    GoalSet,
    /// A goal was removed.
    GoalRemoved,
    /// A week was planned with what is known by now.
    WeekPlanned,
    /// Runs came in, or the runner said something.
    NewFacts,
}

impl Why {
    const fn text(self) -> &'static str {
        match self {
            Self::GoalSet => "You set a goal.",
            Self::GoalRemoved => "You removed a goal.",
            Self::WeekPlanned => "The week was planned from your latest runs.",
            Self::NewFacts => "There is news of your runs or of your health.",
        }
    }
}

/// When and why a roadmap is saved.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Changed {
    /// The state it was made in.
    pub(crate) state: State,
    /// The day it takes effect.
    pub(crate) day: Day,
    /// Why.
    pub(crate) why: Why,
}

/// What a row of the history keeps: enough to compare the next roadmap with.
#[derive(Serialize, Deserialize)]
struct Kept {
    why: Why,
    roadmap: Option<Roadmap>,
    differences: Vec<Difference>,
}

/// What is read of it to tell what changed.
#[derive(Deserialize)]
struct Told {
    why: Why,
    differences: Vec<Difference>,
}

fn sentences(why: Why, differences: &[Difference], units: Units) -> String {
    let texts: Vec<String> = differences.iter().map(|d| d.text(units)).collect();
    format!("{} {}", why.text(), texts.join(" "))
}

/// What a row about the roadmap says, in the runner's units; as it was kept where another version
/// kept it.
pub(crate) fn told(a: &Adaptation, units: Units) -> String {
    let told = a.trigger_data.as_ref().and_then(|d| d.read::<Told>().ok());
    told.map_or_else(
        || a.adaptation_rationale.clone().unwrap_or_default(),
        |told| sentences(told.why, &told.differences, units),
    )
}

/// The roads to all goals.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Roads {
    /// The roads in time: first the one that leads, then those that queue after it.
    pub roadmaps: Vec<Roadmap>,
    /// Races on the way to a bigger one.
    pub tune_ups: Vec<TuneUp>,
    /// Goals in each other's way, and what is done about it.
    pub collisions: Vec<Collision>,
}

impl Roads {
    /// As of the facts' day; the one that leads is that of the step.
    pub(crate) fn new(facts: &Facts, output: &Output) -> Self {
        let h = History::new(&facts.activities, facts.as_of);
        let outline = goals::outline(facts, &h, &output.profile);
        let arrangement = goals::arrange(&facts.goals, facts.as_of, facts.preferences.week_start);
        let mut tune_ups = arrangement.tune_ups;
        tune_ups.retain(|t| t.goal.day >= facts.as_of);
        let mut roadmaps: Vec<Roadmap> = output.roadmap.clone().into_iter().collect();
        for road in outline.roadmaps {
            let end = roadmaps.last().and_then(|r| r.spans.last()).map(|s| s.end);
            let begins = road.spans.first().map(|s| s.start);
            if end.zip(begins).is_none_or(|(end, begins)| begins > end) {
                roadmaps.push(road);
            }
        }
        Self { roadmaps, tune_ups, collisions: outline.collisions }
    }

    /// The phases of the roads whose goals are stored.
    pub(crate) fn phases(&self, goals: &[StoredGoal]) -> Vec<NewPhase> {
        let roads = self.roadmaps.iter();
        roads.filter_map(|r| Some(rows::roadmap(goal_id(goals, r)?, r))).flatten().collect()
    }

    /// The milestones that have been reached.
    pub(crate) fn achieved(&self) -> Vec<Achieved> {
        let milestones = self.roadmaps.iter().flat_map(|r| &r.milestones);
        let achieved = milestones.filter_map(|m| {
            Some(Achieved { name: m.name.clone(), target_date: m.day, day: m.achieved? })
        });
        achieved.collect()
    }
}

/// The id of a road's goal.
pub(crate) fn goal_id(goals: &[StoredGoal], road: &Roadmap) -> Option<Uuid> {
    goals.iter().find(|g| g.goal == road.goal).map(|g| g.id)
}

/// A change of the roadmap, as the history keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoadChange {
    /// The day it took effect.
    pub day: Day,
    /// What changed and why, in words.
    pub text: String,
}

impl App {
    /// The roads to all goals as of a day, and the latest changes of the one that leads, oldest
    /// first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn roads(&self, runner: &Runner, as_of: Day) -> Result<(Roads, Vec<RoadChange>)> {
        let (roads, _) = self.outlook(runner, as_of).await?;
        let rows = self.store.adaptations(runner.id, as_of - CHANGES_DAYS, as_of).await?;
        let units = self.preferences_as_of(runner, as_of).await?.units;
        let changes = rows.iter().filter(|a| is_road(a));
        let change = |a: &Adaptation| RoadChange { day: a.transition_date, text: told(a, units) };
        Ok((roads, changes.map(change).collect()))
    }

    /// Replaces the stored roads from a day on, keeps what changed of the one that leads and why,
    /// and marks what has been achieved. Without a road the stored ones end.
    pub(crate) async fn save_roads(
        &self,
        runner: &Runner,
        roads: &Roads,
        changed: Changed,
        now: Timestamp,
    ) -> Result<()> {
        let today = changed.day;
        let Some(roadmap) = roads.roadmaps.first() else {
            if self.keep_differences(runner, None, changed, now).await? {
                self.store.replace_roadmap(runner.id, &[], today, now).await?;
            }
            return Ok(());
        };
        let goals = self.store.goals(runner.id, today, now).await?;
        if goal_id(&goals, roadmap).is_none() {
            return Ok(());
        }
        self.store.replace_roadmap(runner.id, &roads.phases(&goals), today, now).await?;
        self.keep_differences(runner, Some(roadmap), changed, now).await?;
        let achieved = roads.achieved();
        if achieved.is_empty() {
            return Ok(());
        }
        for phase in self.store.roadmap(runner.id).await? {
            for stored in phase.milestones.iter().filter(|m| !m.achieved) {
                if let Some(reached) = achieved.iter().find(|a| a.is_of(&stored.milestone)) {
                    self.store.achieve_milestone(runner.id, stored.id, reached.day, now).await?;
                }
            }
        }
        Ok(())
    }

    /// Adds a row to the history where the roadmap differs from the last one kept; whether it did.
    async fn keep_differences(
        &self,
        runner: &Runner,
        roadmap: Option<&Roadmap>,
        changed: Changed,
        now: Timestamp,
    ) -> Result<bool> {
        let day = changed.day;
        let history = self.store.adaptations(runner.id, day - 2 * HORIZON_DAYS, day).await?;
        let data = history.iter().rfind(|a| is_road(a)).and_then(|a| a.trigger_data.as_ref());
        let Some(row) = difference_row(data, roadmap, changed)? else { return Ok(false) };
        self.store.add_adaptations(runner.id, &[row], now).await?;
        Ok(true)
    }
}

/// The row of the history for a roadmap that differs from the one kept last.
pub(crate) fn difference_row(
    kept: Option<&Json>,
    roadmap: Option<&Roadmap>,
    changed: Changed,
) -> Result<Option<Adaptation>> {
    let Changed { state, day, why } = changed;
    // A row of another version says nothing: the roadmap then counts as new.
    let before = kept.and_then(|d| d.read::<Kept>().ok()).and_then(|kept| kept.roadmap);
    let differences = roadmap::differences(before.as_ref(), roadmap);
    if differences.is_empty() {
        return Ok(None);
    }
    let words = sentences(why, &differences, Units::Km);
    let kept = Kept { why, roadmap: roadmap.cloned(), differences };
    let data = Json::of(&kept)
        .map_err(|e| AppError::Internal(format!("a roadmap cannot be kept ({e})")))?;
    Ok(Some(Adaptation {
        transition_date: day,
        from_state: Some(state.name().to_owned()),
        to_state: Some(state.name().to_owned()),
        trigger_reason: Text::new(REASON),
        trigger_data: Some(data),
        volume_change_percentage: None,
        intensity_change_percentage: None,
        adaptation_rationale: Some(words),
        window_7_day: None,
        window_28_day: None,
        window_90_day: None,
    }))
}
