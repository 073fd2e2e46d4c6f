//! Loads what is known about a runner as of a day: the input of the engine step.

use crate::App;
use crate::accounts::Runner;
use crate::error::{AppError, Result};
use crate::roads::Roads;
use hermes_engine::calendar::Day;
use hermes_engine::facts::Facts;
use hermes_engine::record::Strike;
use hermes_engine::ruleset::RULESET_VERSION;
use hermes_engine::session::{PublishedWeek, Session, WeekPlan};
use hermes_engine::standing::Standing;
use hermes_engine::state::State;
use hermes_engine::step::{self, ENGINE_VERSION, Output, Room};
use hermes_engine::strike::{self, StrikeType};
use hermes_store::health::StoredStrike;
use hermes_store::plans::Revision;
use hermes_store::value::Json;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// Days of activities that a step can look at; older ones are not handed to it.
pub(crate) const REACH: i64 = 400;
/// Days of published weeks that rules look back.
pub(crate) const PUBLISHED_DAYS: i64 = 98;

/// A plan as a revision keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Body {
    /// Engine version that made it; empty before 0.3.0.
    #[serde(default)]
    pub(crate) engine: String,
    /// Rule-set version that it keeps; empty before 0.3.0.
    #[serde(default)]
    pub(crate) rules: String,
    /// The plan, from its first planned day on.
    pub(crate) plan: WeekPlan,
    /// The sessions of the days before that, each as planned when its day began.
    #[serde(default)]
    pub(crate) past: Vec<Session>,
    /// What it hands on to later weeks.
    pub(crate) published: PublishedWeek,
    /// The limits that stood.
    pub(crate) room: Room,
    /// Where it left the runner's state.
    #[serde(default)]
    pub(crate) standing: Option<Standing>,
}

impl Body {
    /// What is kept of a step's output; `earlier` is the plan of the week in force until then.
    pub(crate) fn of(output: &Output, earlier: Option<&Self>) -> Self {
        let past: Vec<Session> = earlier
            .into_iter()
            .flat_map(|body| body.past.iter().chain(&body.plan.sessions))
            .filter(|s| s.day < output.plan.first_day)
            .cloned()
            .collect();
        Self {
            engine: ENGINE_VERSION.to_owned(),
            rules: RULESET_VERSION.to_owned(),
            plan: output.plan.clone(),
            published: output.published(&past),
            past,
            room: output.room,
            standing: Some(output.standing.clone()),
        }
    }

    /// Was it made by this engine and rule set?
    pub(crate) fn is_ours(&self) -> bool {
        self.engine == ENGINE_VERSION && self.rules == RULESET_VERSION
    }

    /// All sessions of the week, by day.
    pub(crate) fn sessions(&self) -> impl Iterator<Item = &Session> {
        self.past.iter().chain(&self.plan.sessions)
    }

    /// Reads a stored one.
    pub(crate) fn read(body: &Json) -> Result<Self> {
        body.read().map_err(|e| AppError::Internal(format!("a stored plan cannot be read ({e})")))
    }
}

/// The plans in force before one is made, oldest first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Earlier {
    /// At most one a week.
    pub(crate) bodies: Vec<Body>,
    /// The last of them as it is in force, where it goes back to an earlier version.
    left: Option<Body>,
}

impl Earlier {
    fn of(revisions: &[Revision]) -> Result<Self> {
        let bodies = revisions.iter().map(|r| Body::read(&r.version.body));
        Ok(Self { bodies: bodies.collect::<Result<Vec<_>>>()?, left: None })
    }

    /// What they hand on.
    pub(crate) fn published(&self) -> Vec<PublishedWeek> {
        self.bodies.iter().map(|b| b.published.clone()).collect()
    }

    /// Where the last of them left the runner's state.
    pub(crate) fn standing(&self) -> Option<Standing> {
        self.bodies.last().and_then(|b| b.standing.clone())
    }

    /// The sessions of the week that had begun before a day and is not over.
    pub(crate) fn begun(&self, as_of: Day) -> Vec<Session> {
        let begun = |b: &&Body| (1..7).contains(&(as_of - b.plan.week_start));
        let week = self.bodies.last().filter(begun);
        week.into_iter().flat_map(Body::sessions).cloned().collect()
    }

    /// Goes back to the sessions that the last of them had in an earlier version.
    pub(crate) fn go_back(&mut self, to: &Body) {
        if let Some(last) = self.bodies.last_mut() {
            self.left = Some(last.clone());
            last.plan.clone_from(&to.plan);
            last.past.clone_from(&to.past);
            last.published.clone_from(&to.published);
        }
    }

    /// The plan in force of the week that begins on a day.
    pub(crate) fn in_force(&self, start: Day) -> Option<&Body> {
        self.left.as_ref().or(self.bodies.last()).filter(|b| b.plan.week_start == start)
    }

    /// The plan that the week beginning on a day goes on from, if there is one among them.
    pub(crate) fn week(&self, start: Day) -> Option<&Body> {
        self.bodies.last().filter(|b| b.plan.week_start == start)
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

/// A strike as the engine reads it.
pub(crate) fn strike_fact(stored: &StoredStrike) -> Strike {
    stored.fact(strike::quiet_days(stored.strike.strike_count))
}

impl App {
    /// What is known strictly before the start of `as_of`, and the runner's wishes on it, as far
    /// as was recorded by then.
    pub(crate) async fn facts(
        &self,
        runner: &Runner,
        as_of: Day,
        recorded_by: Timestamp,
        earlier: &Earlier,
    ) -> Result<Facts> {
        let store = &self.store;
        let from = as_of - REACH;
        let activities = store.activities_between(runner.id, from, as_of, recorded_by).await?;
        let health = store.health_records(runner.id, as_of, recorded_by).await?;
        let strikes = store.strikes(runner.id, as_of, recorded_by).await?;
        let goals = store.goals(runner.id, as_of, recorded_by).await?;
        let preferences = store.preferences(runner.id, as_of, recorded_by).await?;
        let overrides = store.overrides(runner.id, as_of, recorded_by).await?;
        let from = as_of - PUBLISHED_DAYS;
        let edits = store.edits_in_force(runner.id, from, as_of, recorded_by).await?;
        Ok(Facts {
            as_of,
            activities,
            health: health.iter().map(|r| r.fact()).collect(),
            strikes: strikes.iter().map(strike_fact).collect(),
            goals: goals.into_iter().map(|g| g.goal).collect(),
            preferences: preferences.unwrap_or_default(),
            published: self.corrected(runner, earlier.published(), recorded_by).await?,
            current: earlier.begun(as_of),
            overrides: overrides.iter().map(|o| o.fact()).collect(),
            feedback: store.feedback(runner.id, as_of - REACH, as_of, recorded_by).await?,
            check_ins: store.check_ins_as_of(runner.id, as_of, recorded_by).await?,
            edits: edits.into_iter().map(|e| e.edit).collect(),
            standing: earlier.standing(),
            assumed: Vec::new(),
        })
    }

    /// The facts as a replay takes them: of strikes only those that come from health records.
    pub(crate) async fn replay_facts(
        &self,
        runner: &Runner,
        as_of: Day,
        recorded_by: Timestamp,
        earlier: &Earlier,
    ) -> Result<Facts> {
        let mut facts = self.facts(runner, as_of, recorded_by, earlier).await?;
        if !facts.strikes.is_empty() {
            let pattern = StrikeType::OverreachPattern.name();
            let mut strikes = self.store.strikes(runner.id, as_of, recorded_by).await?;
            strikes.retain(|s| s.strike.strike_type != pattern);
            facts.strikes = strikes.iter().map(strike_fact).collect();
        }
        Ok(facts)
    }

    /// What earlier plans hand on to the week that begins on `week_start` when it is planned as of
    /// a day: those of the weeks before, and of the week itself where it had begun.
    pub(crate) async fn earlier(
        &self,
        runner: &Runner,
        week_start: Day,
        as_of: Day,
        recorded_by: Timestamp,
    ) -> Result<Earlier> {
        let last = if as_of > week_start { week_start } else { week_start - 1 };
        let first = week_start - PUBLISHED_DAYS;
        let revisions = self.store.revisions_in_force(runner.id, first, last, recorded_by).await?;
        let mut earlier = Earlier::of(&revisions)?;
        let begun = revisions.last().filter(|r| r.week_start_date == week_start);
        if let Some(begun) = begun {
            let made = begun.version.generated_at;
            let undone = self.undone_since(runner, week_start, made, recorded_by).await?;
            if let Some(edited) = undone {
                let by = edited - SignedDuration::from_micros(1);
                let week = (week_start, week_start);
                let before = self.store.revisions_in_force(runner.id, week.0, week.1, by).await?;
                if let Some(before) = before.last() {
                    earlier.go_back(&Body::read(&before.version.body)?);
                }
            }
        }
        Ok(earlier)
    }

    /// When the first edit was made that was taken back since the version of a week in force was
    /// made: that one still holds it, and the week goes back to the version before.
    pub(crate) async fn undone_since(
        &self,
        runner: &Runner,
        week: Day,
        made: Timestamp,
        recorded_by: Timestamp,
    ) -> Result<Option<Timestamp>> {
        let edits = self.store.edits(runner.id, week, week).await?;
        let since = |at: Timestamp| at > made && at <= recorded_by;
        let undone = edits.iter().filter(|e| e.undone_at.is_some_and(since));
        Ok(undone.map(|e| e.created_at).min())
    }

    /// The plans that were in force of the weeks that begin in a span, both days included.
    pub(crate) async fn in_force(
        &self,
        runner: &Runner,
        (from, to): (Day, Day),
        recorded_by: Timestamp,
    ) -> Result<Earlier> {
        Earlier::of(&self.store.revisions_in_force(runner.id, from, to, recorded_by).await?)
    }

    /// The roads to all goals as of a day, computed anew, and the state they were made in.
    pub(crate) async fn outlook(&self, runner: &Runner, as_of: Day) -> Result<(Roads, State)> {
        let facts = self.facts(runner, as_of, self.clock.now(), &Earlier::default()).await?;
        let week = as_of.week_start(facts.preferences.week_start);
        let output = step::step(&facts, week);
        Ok((Roads::new(&facts, &output), output.plan.state))
    }
}
