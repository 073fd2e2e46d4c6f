//! The library of workout templates.

use crate::database::{Record, Store, args, record, statements, transaction};
use crate::error::Result;
use crate::value::Json;
use crate::value::{SessionKm, Text, Value};
use hermes_engine::calendar::Day;
use jiff::Timestamp;
use std::collections::HashMap;
use uuid::Uuid;

statements! {
    ALL = "SELECT id, template_name, workout_type, distance_type, base_distance_km, \
        base_duration_minutes, intensity_zone, min_distance_km, max_distance_km, \
        min_duration_minutes, max_duration_minutes, min_week_number, max_week_number, \
        requires_base_building, source_plan, source_week, percent_of_long_run, structure, \
        weekday, schedule FROM workout_templates ORDER BY schedule, source_week, weekday, id";
    OF_SESSION = "SELECT t.id, t.template_name, t.workout_type, t.distance_type, \
        t.base_distance_km, t.base_duration_minutes, t.intensity_zone, t.min_distance_km, \
        t.max_distance_km, t.min_duration_minutes, t.max_duration_minutes, t.min_week_number, \
        t.max_week_number, t.requires_base_building, t.source_plan, t.source_week, \
        t.percent_of_long_run, t.structure, t.weekday, t.schedule FROM workout_templates t \
        JOIN workouts w ON w.template_id = t.id \
        JOIN weekly_plans p ON p.id = w.weekly_plan_id \
        WHERE p.user_id = $1 AND w.workout_date = $2 AND w.workout_type = $3";
    [bulk] UPSERT(
        "INSERT INTO workout_templates (created_at, id, template_name, workout_type, \
         distance_type, base_distance_km, base_duration_minutes, intensity_zone, \
         min_distance_km, max_distance_km, min_duration_minutes, max_duration_minutes, \
         min_week_number, max_week_number, requires_base_building, source_plan, source_week, \
         percent_of_long_run, structure, weekday, schedule) VALUES", 21,
        "ON CONFLICT (id) DO UPDATE SET template_name = excluded.template_name, \
         workout_type = excluded.workout_type, distance_type = excluded.distance_type, \
         base_distance_km = excluded.base_distance_km, \
         base_duration_minutes = excluded.base_duration_minutes, \
         intensity_zone = excluded.intensity_zone, \
         min_distance_km = excluded.min_distance_km, \
         max_distance_km = excluded.max_distance_km, \
         min_duration_minutes = excluded.min_duration_minutes, \
         max_duration_minutes = excluded.max_duration_minutes, \
         min_week_number = excluded.min_week_number, \
         max_week_number = excluded.max_week_number, \
         requires_base_building = excluded.requires_base_building, \
         source_plan = excluded.source_plan, source_week = excluded.source_week, \
         percent_of_long_run = excluded.percent_of_long_run, structure = excluded.structure, \
         weekday = excluded.weekday, schedule = excluded.schedule"
    );
}

record! {
    /// One row of `workout_templates`.
    pub struct Template {
        /// UUIDv5 of plan, week and day.
        pub id: Uuid,
        /// What it is called.
        pub template_name: Text<100>,
        /// As in workouts.
        pub workout_type: String,
        /// `fixed_km` or `time_based`; nothing for a percentage of the long run, because the word
        /// for it, `percentage_of_long_run`, does not fit the column (see `percent_of_long_run`).
        pub distance_type: Option<String>,
        /// Its own km.
        pub base_distance_km: Option<SessionKm>,
        /// Its own minutes.
        pub base_duration_minutes: Option<i32>,
        /// `Zone 1` ... `Zone 5`, `Threshold`.
        pub intensity_zone: Option<String>,
        /// It may be scaled down to this.
        pub min_distance_km: Option<SessionKm>,
        /// It may be scaled up to this.
        pub max_distance_km: Option<SessionKm>,
        /// It may be scaled down to this.
        pub min_duration_minutes: Option<i32>,
        /// It may be scaled up to this.
        pub max_duration_minutes: Option<i32>,
        /// First week of its schedule in which it may appear.
        pub min_week_number: Option<i32>,
        /// Last week of its schedule in which it may appear.
        pub max_week_number: Option<i32>,
        /// Not before four Base weeks or equal history.
        pub requires_base_building: bool,
        /// Where it comes from.
        pub source_plan: Option<Text<100>>,
        /// Its week there.
        pub source_week: Option<i32>,
        /// Of the long run, in per cent.
        pub percent_of_long_run: Option<i32>,
        /// Warm-up, repetitions, recovery, cool-down.
        pub structure: Option<Json>,
        /// 0 = Sunday ... 6 = Saturday.
        pub weekday: Option<i32>,
        /// The schedule's id.
        pub schedule: Option<Text<60>>,
    }
}

/// What a synchronisation wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Synced {
    /// Rows that were missing.
    pub added: usize,
    /// Rows that were different.
    pub changed: usize,
}

impl Store {
    /// Makes the stored library say what the given one says: adds what is missing, rewrites what
    /// differs. Rows that the given one lacks stay, because workouts refer to them.
    ///
    /// # Errors
    /// [`crate::StoreError::Refused`] for an unknown word; when the database fails.
    pub async fn sync_templates(&self, library: &[Template], now: Timestamp) -> Result<Synced> {
        let stored: HashMap<Uuid, Template> =
            self.templates().await?.into_iter().map(|t| (t.id, t)).collect();
        let different: Vec<&Template> =
            library.iter().filter(|t| stored.get(&t.id) != Some(t)).collect();
        let added = different.iter().filter(|t| !stored.contains_key(&t.id)).count();
        let synced = Synced { added, changed: different.len() - added };
        if different.is_empty() {
            return Ok(synced);
        }
        transaction!(self, |db| {
            let row = |template: &&Template| {
                let mut row = vec![now.to_scalar()];
                row.extend(template.args());
                row
            };
            db.bulk(&UPSERT, different.iter().map(row).collect()).await
        })?;
        Ok(synced)
    }

    /// The row that the session of a day and a kind was made from; `None` for one that was made
    /// without, and without such a session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn template_of(&self, user: Uuid, day: Day, kind: &str) -> Result<Option<Template>> {
        self.read().await?.maybe(OF_SESSION, args![user, day, kind]).await
    }

    /// The library, by schedule, week and day.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn templates(&self) -> Result<Vec<Template>> {
        self.read().await?.all(ALL, vec![]).await
    }
}
