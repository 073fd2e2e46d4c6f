//! Goals: races to train for.

use crate::App;
use crate::accounts::Runner;
use crate::error::{AppError, Result};
use crate::roads::{Changed, Why};
use crate::settings::HORIZON_DAYS;
use hermes_engine::calendar::Day;
use hermes_engine::record::{Goal, RaceDistance};
use hermes_engine::units::Seconds;
use hermes_store::StoreError;
use uuid::Uuid;

/// A goal on screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoalView {
    /// Its key.
    pub id: Uuid,
    /// The goal.
    pub goal: Goal,
    /// Whether it is within reach, in a sentence; only for the one that leads.
    pub verdict: Option<String>,
    /// Days until race day; negative afterwards.
    pub days_left: i64,
}

/// Fastest and slowest paces that a goal time may mean, s/km.
const PACES: std::ops::RangeInclusive<i64> = 120..=1200;

impl App {
    /// Adds a goal as of a day. One goal has priority 1: of two, the earlier race leads and the later
    /// one queues after it, with priority 2.
    ///
    /// # Errors
    /// [`AppError::Field`] for a race in the past or more than 24 months away, or a time that
    /// nobody runs; [`AppError::Conflict`] for the same goal twice.
    pub async fn add_goal(
        &self,
        runner: &Runner,
        as_of: Day,
        distance: RaceDistance,
        day: Day,
        time: Option<Seconds>,
        priority: u8,
    ) -> Result<GoalView> {
        check(as_of, distance, day, time, priority)?;
        let now = self.clock.now();
        let goals = self.store.goals(runner.id, as_of, now).await?;
        if let Some(other) = goals.iter().find(|g| g.goal.day == day) {
            let name = other.goal.distance.name();
            return Err(AppError::Conflict(format!(
                "there is a {name} on {day} already and nobody runs two races a day; remove it \
                 first to change it"
            )));
        }
        let leads = |g: &Goal| g.priority == 1 && g.day >= as_of;
        let queued = priority == 1 && goals.iter().any(|g| leads(&g.goal) && g.goal.day < day);
        let priority = if queued { 2 } else { priority };
        let led = goals.iter().filter(|g| priority == 1 && leads(&g.goal));
        let second = |g: &Goal| Goal { priority: 2, set_on: as_of, ..g.clone() };
        let others: Vec<_> = led.map(|old| (old.id, second(&old.goal))).collect();
        let goal = Goal { distance, day, time, priority, set_on: as_of };
        let stored = self.store.add_goal_before(runner.id, &goal, &others, now).await;
        let stored = stored.map_err(|error| match error {
            StoreError::Conflict(_) | StoreError::Missing(_) => AppError::Conflict(
                "your goals have just changed on another page or device; look at them and try \
                 again"
                    .to_owned(),
            ),
            other => other.into(),
        })?;
        let (roads, state) = self.outlook(runner, as_of).await?;
        let changed = Changed { state, day: as_of, why: Why::GoalSet };
        self.save_roads(runner, &roads, changed, now).await?;
        self.redraft(runner, as_of).await?;
        let ours = roads.roadmaps.into_iter().next().filter(|r| r.goal == goal);
        let units = self.preferences_as_of(runner, as_of).await?.units;
        let verdict = ours.map(|r| r.verdict.text(r.goal.distance, units));
        Ok(GoalView { id: stored.id, goal, verdict, days_left: day - as_of })
    }

    /// The goals in force today, by race day.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn goals(&self, runner: &Runner) -> Result<Vec<GoalView>> {
        self.goals_as_of(runner, self.today(runner)).await
    }

    /// The goals in force on a day, by race day.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn goals_as_of(&self, runner: &Runner, as_of: Day) -> Result<Vec<GoalView>> {
        let goals = self.store.goals(runner.id, as_of, self.clock.now()).await?;
        if goals.is_empty() {
            return Ok(Vec::new());
        }
        let (roads, _) = self.outlook(runner, as_of).await?;
        let units = self.preferences_as_of(runner, as_of).await?.units;
        let leading = roads.roadmaps.first();
        let view = |g: hermes_store::goals::StoredGoal| {
            let verdict = leading
                .filter(|r| r.goal == g.goal && g.goal.day >= as_of)
                .map(|r| r.verdict.text(r.goal.distance, units));
            GoalView { id: g.id, days_left: g.goal.day - as_of, goal: g.goal, verdict }
        };
        Ok(goals.into_iter().map(view).collect())
    }

    /// Removes a goal as of a day; plans already published keep it.
    ///
    /// # Errors
    /// [`AppError::Store`] without such a goal of the runner.
    pub async fn remove_goal(&self, runner: &Runner, as_of: Day, id: Uuid) -> Result<()> {
        let now = self.clock.now();
        self.store.remove_goal(runner.id, id, as_of, now).await?;
        let (roads, state) = self.outlook(runner, as_of).await?;
        let changed = Changed { state, day: as_of, why: Why::GoalRemoved };
        self.save_roads(runner, &roads, changed, now).await?;
        self.redraft(runner, as_of).await
    }
}

fn check(
    as_of: Day,
    distance: RaceDistance,
    day: Day,
    time: Option<Seconds>,
    priority: u8,
) -> Result<()> {
    if day <= as_of {
        let why = format!("{day} is not after {as_of}; a goal needs a race day to come");
        return Err(AppError::field("day", why));
    }
    if day - as_of > HORIZON_DAYS {
        let latest = as_of + HORIZON_DAYS;
        return Err(AppError::field(
            "day",
            format!(
                "{day} is more than 24 months after {as_of}; the latest race day to plan for is \
                 {latest}"
            ),
        ));
    }
    let pace = time.map(|t| t.0 * 10_000 / distance.decimetres());
    if pace.is_some_and(|p| !PACES.contains(&p)) {
        let limit = |pace: i64| Seconds(pace * distance.decimetres() / 10_000).clock_text();
        let why = format!(
            "{} is no finish time of a {}; give one between {} and {}",
            time.unwrap_or_default().clock_text(),
            distance.name(),
            limit(*PACES.start()),
            limit(*PACES.end())
        );
        return Err(AppError::field("time", why));
    }
    if priority == 0 {
        return Err(AppError::field("priority", "priority 0 is none; 1 is the A race"));
    }
    Ok(())
}
