//! The runner's profile: what calibration found, the state, the goal that leads.

use crate::database::{Db, Record, Store, args, new_id, record, statements, transaction};
use crate::error::Result;
use crate::value::Json;
use crate::value::{Score, SessionKm, WeekKm};
use hermes_engine::calendar::Day;
use hermes_engine::record::RaceDistance;
use jiff::Timestamp;
use uuid::Uuid;

statements! {
    BY_USER = "SELECT base_pace_seconds_per_km, threshold_pace_seconds_per_km, \
        weekly_capacity_km, durability_score, consistency_score, risk_level, current_state, \
        override_mode_enabled, primary_goal_distance, primary_goal_date, goal_time_seconds, \
        last_28_day_volume, last_90_day_volume, last_28_day_consistency, bootcamp_completed, \
        bootcamp_start_date, bootcamp_end_date, calibration, vdot_tenths \
        FROM runner_profiles WHERE user_id = $1";
    [bulk] UPSERT(
        "INSERT INTO runner_profiles (id, user_id, created_at, updated_at, \
        base_pace_seconds_per_km, threshold_pace_seconds_per_km, weekly_capacity_km, \
        durability_score, consistency_score, risk_level, current_state, override_mode_enabled, \
        primary_goal_distance, primary_goal_date, goal_time_seconds, last_28_day_volume, \
        last_90_day_volume, last_28_day_consistency, bootcamp_completed, bootcamp_start_date, \
        bootcamp_end_date, calibration, vdot_tenths) \
        VALUES", 23,
        "ON CONFLICT (user_id) DO UPDATE SET \
        updated_at = excluded.updated_at, \
        base_pace_seconds_per_km = excluded.base_pace_seconds_per_km, \
        threshold_pace_seconds_per_km = excluded.threshold_pace_seconds_per_km, \
        weekly_capacity_km = excluded.weekly_capacity_km, \
        durability_score = excluded.durability_score, \
        consistency_score = excluded.consistency_score, risk_level = excluded.risk_level, \
        current_state = excluded.current_state, \
        override_mode_enabled = excluded.override_mode_enabled, \
        primary_goal_distance = excluded.primary_goal_distance, \
        primary_goal_date = excluded.primary_goal_date, \
        goal_time_seconds = excluded.goal_time_seconds, \
        last_28_day_volume = excluded.last_28_day_volume, \
        last_90_day_volume = excluded.last_90_day_volume, \
        last_28_day_consistency = excluded.last_28_day_consistency, \
        bootcamp_completed = excluded.bootcamp_completed, \
        bootcamp_start_date = excluded.bootcamp_start_date, \
        bootcamp_end_date = excluded.bootcamp_end_date, calibration = excluded.calibration, \
        vdot_tenths = excluded.vdot_tenths"
    );
}

record! {
    /// One row of `runner_profiles`.
    pub struct Profile {
        /// The easy reference pace.
        pub base_pace_seconds_per_km: i32,
        /// Threshold pace.
        pub threshold_pace_seconds_per_km: i32,
        /// Weekly km that the runner has proved.
        pub weekly_capacity_km: SessionKm,
        /// 0 to 1.
        pub durability_score: Score,
        /// 0 to 1.
        pub consistency_score: Score,
        /// `low`, `moderate` or `high`.
        pub risk_level: String,
        /// One of the nine states.
        pub current_state: String,
        /// Override Active is on.
        pub override_mode_enabled: bool,
        /// The priority-1 goal's distance.
        pub primary_goal_distance: Option<RaceDistance>,
        /// Its day.
        pub primary_goal_date: Option<Day>,
        /// Its time.
        pub goal_time_seconds: Option<i32>,
        /// Km of the last 28 days.
        pub last_28_day_volume: Option<WeekKm>,
        /// Km of the last 90 days.
        pub last_90_day_volume: Option<WeekKm>,
        /// 0 to 1.
        pub last_28_day_consistency: Option<Score>,
        /// Calibrated, by bootcamp or from history.
        pub bootcamp_completed: bool,
        /// First day of what calibration used.
        pub bootcamp_start_date: Option<Day>,
        /// Last day of what calibration used.
        pub bootcamp_end_date: Option<Day>,
        /// Values with their confidence and the activities they come from.
        pub calibration: Option<Json>,
        /// Tenths of the Daniels-Gilbert value.
        pub vdot_tenths: Option<i32>,
    }
}

pub(crate) async fn upsert(
    db: &mut Db,
    user: Uuid,
    profile: &Profile,
    now: Timestamp,
) -> Result<()> {
    upsert_many(db, &[(user, profile)], now).await
}

pub(crate) async fn upsert_many(
    db: &mut Db,
    rows: &[(Uuid, &Profile)],
    now: Timestamp,
) -> Result<()> {
    let row = |(user, profile): &(Uuid, &Profile)| {
        let mut row = args![new_id(now), *user, now, now];
        row.extend(profile.args());
        row
    };
    db.bulk(&UPSERT, rows.iter().map(row).collect()).await.map(drop)
}

impl Store {
    /// Sets the user's profile.
    ///
    /// # Errors
    /// [`crate::StoreError::Refused`] without such a user or with an unknown word.
    pub async fn save_profile(&self, user: Uuid, profile: &Profile, now: Timestamp) -> Result<()> {
        transaction!(self, |db| upsert(db, user, profile, now).await)
    }

    /// The user's profile.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn profile(&self, user: Uuid) -> Result<Option<Profile>> {
        self.read().await?.maybe(BY_USER, args![user]).await
    }
}
