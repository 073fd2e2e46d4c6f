//! Goals. They are never deleted: a plan of the past is checked against the goals of its day.

use crate::clocks;
use crate::database::{Record, Row, Store, args, new_id, statements, transaction};
use crate::error::{Result, StoreError};
use crate::users;
use hermes_engine::calendar::Day;
use hermes_engine::record::Goal;
use hermes_engine::units::Seconds;
use jiff::Timestamp;
use uuid::Uuid;

statements! {
    INSERT = "INSERT INTO long_term_goals (id, user_id, distance, target_date, \
        target_time_seconds, priority, created_at, updated_at, decided_on) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    IN_FORCE = "SELECT id, distance, target_date, target_time_seconds, priority, created_at, \
        decided_on, removed_on FROM long_term_goals WHERE user_id = $1 AND decided_on <= $2 \
        AND created_at <= $3 AND (removed_on IS NULL OR removed_on > $2 OR removed_at > $3) \
        ORDER BY target_date, priority, created_at, id";
    THAT_DAY = "SELECT id FROM long_term_goals WHERE user_id = $1 AND target_date = $2 \
        AND decided_on <= $3 AND (removed_on IS NULL OR removed_on > $3) LIMIT 1";
    ALL = "SELECT id, distance, target_date, target_time_seconds, priority, created_at, \
        decided_on, removed_on FROM long_term_goals WHERE user_id = $1 \
        ORDER BY target_date, priority, created_at, id";
    REMOVE = "UPDATE long_term_goals SET removed_on = $3, removed_at = $4, updated_at = $4 \
        WHERE user_id = $1 AND id = $2 AND removed_on IS NULL";
}

/// One row of `long_term_goals`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredGoal {
    /// The key.
    pub id: Uuid,
    /// The goal.
    pub goal: Goal,
    /// The day it counts no more from, if it was removed.
    pub removed_on: Option<Day>,
    /// When it was stored.
    pub created_at: Timestamp,
}

impl Record for StoredGoal {
    fn read(row: &Row) -> Result<Self> {
        let priority: i32 = row.get("priority")?;
        Ok(Self {
            id: row.get("id")?,
            goal: Goal {
                distance: row.get("distance")?,
                day: row.get("target_date")?,
                time: row.get::<Option<i64>>("target_time_seconds")?.map(Seconds),
                // The column is checked to be 1 to 255.
                priority: u8::try_from(priority).unwrap_or(u8::MAX),
                set_on: row.get("decided_on")?,
            },
            removed_on: row.get("removed_on")?,
            created_at: row.get("created_at")?,
        })
    }

    fn args(&self) -> Vec<crate::value::Scalar> {
        args![
            self.goal.distance,
            self.goal.day,
            self.goal.time.map(|t| t.0),
            i32::from(self.goal.priority),
            self.created_at,
            self.created_at,
            self.goal.set_on
        ]
    }
}

impl Store {
    /// Adds a goal that counts from the day it was set on. Whether it may be added is the
    /// caller's to decide, but for one thing: nobody runs two races a day, however many devices
    /// and processes add them at once.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where there is a race on that day; [`StoreError::Refused`] without
    /// such a user, or for priority 0 or a time beyond 32 bits.
    pub async fn add_goal(&self, user: Uuid, goal: &Goal, now: Timestamp) -> Result<StoredGoal> {
        self.add_goal_before(user, goal, &[], now).await
    }

    /// The same, and at once others give way to it: each is removed from the day on that the goal
    /// was set on, and added as it is to be.
    ///
    /// # Errors
    /// As [`Store::add_goal`]; [`StoreError::Missing`] where one of the others is removed already.
    pub async fn add_goal_before(
        &self,
        user: Uuid,
        goal: &Goal,
        others: &[(Uuid, Goal)],
        now: Timestamp,
    ) -> Result<StoredGoal> {
        let added = transaction!(self, |db| {
            let now = clocks::moment(db, user, now).await?;
            let new = |goal: &Goal| StoredGoal {
                id: new_id(now),
                goal: goal.clone(),
                removed_on: None,
                created_at: now,
            };
            let all: Vec<_> = others.iter().map(|(_, goal)| goal).chain([goal]).map(new).collect();
            users::lock(db, user).await?;
            for (old, _) in others {
                if db.execute(REMOVE, args![user, *old, goal.set_on, now]).await? == 0 {
                    return Err(StoreError::Missing("goal"));
                }
            }
            for stored in &all {
                let that_day = args![user, stored.goal.day, stored.goal.set_on];
                if db.first(THAT_DAY, that_day).await?.is_some() {
                    return Err(StoreError::Conflict(format!("a goal on {}", stored.goal.day)));
                }
                let mut row = args![stored.id, user];
                row.extend(stored.args());
                db.execute(INSERT, row).await?;
            }
            Ok(all.into_iter().next_back())
        })?;
        added.ok_or(StoreError::Missing("goal"))
    }

    /// The goals in force on a day, as far as was recorded by then, by race day. A goal removed
    /// on a day is not in force on that day; a removal recorded later is not known.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn goals(
        &self,
        user: Uuid,
        as_of: Day,
        recorded_by: Timestamp,
    ) -> Result<Vec<StoredGoal>> {
        self.read().await?.all(IN_FORCE, args![user, as_of, recorded_by]).await
    }

    /// All goals there ever were, removed ones included, by race day.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn all_goals(&self, user: Uuid) -> Result<Vec<StoredGoal>> {
        self.read().await?.all(ALL, args![user]).await
    }

    /// Removes a goal from a day on; its row stays.
    ///
    /// # Errors
    /// [`StoreError::Missing`] without such a goal of that user, or when it is removed already.
    pub async fn remove_goal(
        &self,
        user: Uuid,
        goal: Uuid,
        removed_on: Day,
        now: Timestamp,
    ) -> Result<()> {
        let changed = transaction!(self, |db| {
            let now = clocks::moment(db, user, now).await?;
            db.execute(REMOVE, args![user, goal, removed_on, now]).await
        })?;
        if changed == 0 { Err(StoreError::Missing("goal")) } else { Ok(()) }
    }
}
