//! Many runners at once, each with all that is known of them on the day they join: for filling a
//! database with plausible ones.

use crate::clocks::{self, Clock};
use crate::database::{Store, args, new_id, statements, transaction};
use crate::error::{Result, StoreError};
use crate::imports::{NewActivity, Source};
use crate::readings::Figures;
use crate::sources::activity_row;
use crate::users::local_strava_id;
use crate::value::Json;
use hermes_engine::calendar::Day;
use hermes_engine::record::{Goal, Preferences};
use jiff::Timestamp;
use uuid::Uuid;

/// Most runners of one call.
pub const NEWCOMERS_MAX: usize = 1_000;

statements! {
    [bulk] INSERT_USERS(
        "INSERT INTO users (id, strava_id, refresh_token, created_at, updated_at, time_zone, \
         owner) VALUES", 7, ""
    );
    [bulk] INSERT_PREFERENCES(
        "INSERT INTO preference_revisions (id, user_id, decided_on, body, created_at) VALUES", 5, ""
    );
    [bulk] INSERT_GOALS(
        "INSERT INTO long_term_goals (id, user_id, distance, target_date, target_time_seconds, \
         priority, created_at, updated_at, decided_on) VALUES", 9, ""
    );
}

/// A runner to add.
#[derive(Debug, Clone, PartialEq)]
pub struct NewRunner {
    /// IANA name.
    pub time_zone: String,
    /// What the runner wants from a day on.
    pub preferences: (Day, Preferences),
    /// The race to come.
    pub goal: Option<Goal>,
    /// What was run; no id may be in the database.
    pub activities: Vec<NewActivity>,
    /// First day of the next week to plan, and when it begins on the runner's clock.
    pub next: (Day, Timestamp),
}

impl Store {
    /// Adds runners in one transaction; their ids.
    ///
    /// # Errors
    /// [`StoreError::TooMany`] above [`NEWCOMERS_MAX`]; [`StoreError::Conflict`] for an activity's
    /// id that is there already.
    pub async fn add_runners(&self, runners: &[NewRunner], now: Timestamp) -> Result<Vec<Uuid>> {
        if runners.len() > NEWCOMERS_MAX {
            let (what, found, limit) = ("runners to add", runners.len(), NEWCOMERS_MAX);
            return Err(StoreError::TooMany { what, found, limit });
        }
        let ids: Vec<Uuid> = runners.iter().map(|_| new_id(now)).collect();
        let (mut users, mut wishes, mut goals) = (Vec::new(), Vec::new(), Vec::new());
        let (mut activities, mut next) = (Vec::new(), Vec::new());
        for (runner, id) in runners.iter().zip(&ids) {
            let zone = runner.time_zone.clone();
            users.push(args![*id, local_strava_id(*id), "", now, now, zone, false]);
            let (day, preferences) = &runner.preferences;
            let body = Json::of(preferences)
                .map_err(|e| StoreError::Refused(format!("preferences are no JSON ({e})")))?;
            wishes.push(args![new_id(now), *id, *day, body, now]);
            if let Some(g) = &runner.goal {
                let time = g.time.map(|t| t.0);
                let priority = i32::from(g.priority);
                let row =
                    args![new_id(now), *id, g.distance, g.day, time, priority, now, now, g.set_on];
                goals.push(row);
            }
            let none = Figures::default();
            let row =
                |a: &NewActivity| activity_row(a, &none, (new_id(now), *id), Source::File, now);
            activities.extend(runner.activities.iter().map(row));
            let (week_start, due_at) = runner.next;
            next.push(Clock { user: *id, week_start, due_at });
        }
        transaction!(self, |db| {
            db.bulk(&INSERT_USERS, users.clone()).await?;
            db.bulk(&INSERT_PREFERENCES, wishes.clone()).await?;
            db.bulk(&INSERT_GOALS, goals.clone()).await?;
            db.bulk(&crate::sources::INSERT, activities.clone()).await?;
            clocks::set(db, &next, now).await
        })?;
        Ok(ids)
    }
}
