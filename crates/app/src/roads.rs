//! Saving roadmaps: what changed and why is kept in the history.

use crate::App;
use crate::accounts::Runner;
use crate::error::{AppError, Result};
use crate::rows;
use crate::settings::HORIZON_DAYS;
use hermes_engine::calendar::Day;
use hermes_engine::milestone::Roadmap;
use hermes_engine::roadmap::{self, Difference};
use hermes_engine::state::State;
use hermes_store::adaptation::Adaptation;
use hermes_store::value::Text;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// `trigger_reason` of the rows of `adaptation_history` that keep changes of the roadmap.
const REASON: &str = "roadmap changed";

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
}

impl Why {
    const fn text(self) -> &'static str {
        match self {
            Self::GoalSet => "You set a goal.",
            Self::GoalRemoved => "You removed a goal.",
            Self::WeekPlanned => "A week was planned with what you have run by now.",
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

impl App {
    /// Replaces the stored roadmap from a day on, keeps what changed and why, and marks what has
    /// been achieved. Without a roadmap the stored one ends.
    pub(crate) async fn save_roadmap(
        &self,
        runner: &Runner,
        roadmap: Option<&Roadmap>,
        changed: Changed,
        now: Timestamp,
    ) -> Result<()> {
        let today = changed.day;
        let Some(roadmap) = roadmap else {
            if self.keep_differences(runner, None, changed, now).await? {
                self.store.replace_roadmap(runner.id, None, &[], today, now).await?;
            }
            return Ok(());
        };
        let goals = self.store.goals(runner.id, today, now).await?;
        let Some(goal) = goals.iter().find(|g| g.goal == roadmap.goal) else { return Ok(()) };
        let phases = rows::roadmap(roadmap);
        self.store.replace_roadmap(runner.id, Some(goal.id), &phases, today, now).await?;
        self.keep_differences(runner, Some(roadmap), changed, now).await?;
        let achieved: Vec<_> =
            roadmap.milestones.iter().filter_map(|m| Some((m, m.achieved?))).collect();
        if achieved.is_empty() {
            return Ok(());
        }
        for phase in self.store.roadmap(runner.id).await? {
            for stored in phase.milestones.iter().filter(|m| !m.achieved) {
                let reached = achieved.iter().find(|(m, _)| {
                    m.name == stored.milestone.milestone_name.as_str()
                        && m.day == stored.milestone.target_date
                });
                if let Some((_, day)) = reached {
                    self.store.achieve_milestone(runner.id, stored.id, *day, now).await?;
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
        let Changed { state, day, why } = changed;
        let history = self.store.adaptations(runner.id, day - 2 * HORIZON_DAYS, day).await?;
        let ours = |a: &&Adaptation| {
            a.trigger_reason.as_ref().is_some_and(|reason| reason.as_str() == REASON)
        };
        let data = history.iter().rfind(ours).and_then(|a| a.trigger_data.as_ref());
        // A row of another version says nothing: the roadmap then counts as new.
        let before = data.and_then(|d| Kept::deserialize(d).ok()).and_then(|kept| kept.roadmap);
        let differences = roadmap::differences(before.as_ref(), roadmap);
        if differences.is_empty() {
            return Ok(false);
        }
        let texts: Vec<String> = differences.iter().map(Difference::text).collect();
        let kept = Kept { why, roadmap: roadmap.cloned(), differences };
        let data = serde_json::to_value(&kept)
            .map_err(|e| AppError::Internal(format!("a roadmap cannot be kept ({e})")))?;
        let row = Adaptation {
            transition_date: day,
            from_state: Some(state.name().to_owned()),
            to_state: Some(state.name().to_owned()),
            trigger_reason: Text::new(REASON),
            trigger_data: Some(data),
            volume_change_percentage: None,
            intensity_change_percentage: None,
            adaptation_rationale: Some(format!("{} {}", why.text(), texts.join(" "))),
            window_7_day: None,
            window_28_day: None,
            window_90_day: None,
        };
        self.store.add_adaptations(runner.id, &[row], now).await?;
        Ok(true)
    }
}
