//! Loads what is known about a runner as of a day: the input of the engine step.

use crate::App;
use crate::accounts::Runner;
use crate::error::{AppError, Result};
use hermes_engine::calendar::Day;
use hermes_engine::facts::Facts;
use hermes_engine::milestone::Roadmap;
use hermes_engine::session::{PublishedWeek, WeekPlan};
use hermes_engine::step::{self, Output, Room};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// Days of activities that a step can look at; older ones are not handed to it.
const REACH: i64 = 400;
/// Days of published weeks that rules look back.
pub(crate) const PUBLISHED_DAYS: i64 = 35;

/// A plan as a revision keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Body {
    /// The plan.
    pub(crate) plan: WeekPlan,
    /// What it hands on to later weeks.
    pub(crate) published: PublishedWeek,
    /// The limits that stood.
    pub(crate) room: Room,
}

impl Body {
    /// What is kept of a step's output.
    pub(crate) fn of(output: &Output) -> Self {
        let published = step::published(&output.plan, output.profile.paces.marathon);
        Self { plan: output.plan.clone(), published, room: output.room }
    }

    /// Reads a stored one.
    pub(crate) fn read(body: &serde_json::Value) -> Result<Self> {
        Self::deserialize(body)
            .map_err(|e| AppError::Internal(format!("a stored plan cannot be read ({e})")))
    }
}

/// SHA-256 of a value's canonical JSON, hexadecimal. Struct fields have a fixed order and nothing
/// in facts or plans is a hash map, so equal values give equal bytes everywhere.
pub(crate) fn digest(value: &impl Serialize) -> Result<String> {
    let bytes = serde_json::to_vec(value)
        .map_err(|e| AppError::Internal(format!("a plan cannot be written as JSON ({e})")))?;
    Ok(hex(&Sha256::digest(&bytes)))
}

/// Bytes in lowercase hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut hex = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

impl App {
    /// What is known strictly before the start of `as_of`, and the runner's wishes on it, as far
    /// as was recorded by then. `published` is what earlier weeks hand on.
    pub(crate) async fn facts(
        &self,
        runner: &Runner,
        as_of: Day,
        recorded_by: Timestamp,
        published: Vec<PublishedWeek>,
    ) -> Result<Facts> {
        let store = &self.store;
        let mut activities = store.activities_before(runner.id, as_of, recorded_by).await?;
        let from = activities.partition_point(|a| a.day() < as_of - REACH);
        activities.drain(..from);
        let health = store.health_records(runner.id, as_of, recorded_by).await?;
        let strikes = store.strikes(runner.id, as_of, recorded_by).await?;
        let goals = store.goals(runner.id, as_of, recorded_by).await?;
        let preferences = store.preferences(runner.id, as_of, recorded_by).await?;
        Ok(Facts {
            as_of,
            activities,
            health: health.iter().map(|r| r.fact()).collect(),
            strikes: strikes.iter().map(|s| s.fact()).collect(),
            goals: goals.into_iter().map(|g| g.goal).collect(),
            preferences: preferences.unwrap_or_default(),
            published,
            override_active: None,
            overreach_since: None,
            injury_watch: false,
        })
    }

    /// What the published weeks before a week start hand on to it.
    pub(crate) async fn published_before(
        &self,
        runner: &Runner,
        week_start: Day,
        recorded_by: Timestamp,
    ) -> Result<Vec<PublishedWeek>> {
        let (from, to) = (week_start - PUBLISHED_DAYS, week_start - 1);
        let revisions = self.store.revisions_in_force(runner.id, from, to, recorded_by).await?;
        revisions.iter().map(|r| Ok(Body::read(&r.version.body)?.published)).collect()
    }

    /// The roadmap as of a day, computed anew.
    pub(crate) async fn outlook(&self, runner: &Runner, as_of: Day) -> Result<Option<Roadmap>> {
        let facts = self.facts(runner, as_of, self.clock.now(), Vec::new()).await?;
        let week = as_of.week_start(facts.preferences.week_start);
        Ok(step::step(&facts, week).roadmap)
    }
}
