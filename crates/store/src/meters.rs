//! The two meters: momentum (consistency) and killa (overreach and breakthrough).

use crate::database::{Record, Store, args, new_id, record, statements, transaction};
use crate::error::Result;
use crate::value::Score;
use hermes_engine::calendar::Day;
use jiff::Timestamp;
use uuid::Uuid;

statements! {
    UPSERT_MOMENTUM = "INSERT INTO momentum_meter (id, user_id, created_at, updated_at, \
        current_streak_days, longest_streak_days, consistency_score, last_updated) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (user_id) DO UPDATE SET \
        updated_at = excluded.updated_at, current_streak_days = excluded.current_streak_days, \
        longest_streak_days = excluded.longest_streak_days, \
        consistency_score = excluded.consistency_score, last_updated = excluded.last_updated";
    MOMENTUM = "SELECT current_streak_days, longest_streak_days, consistency_score, \
        last_updated FROM momentum_meter WHERE user_id = $1";
    UPSERT_KILLA = "INSERT INTO killa_meter (id, user_id, created_at, updated_at, \
        overreach_count, breakthrough_count, total_points, last_updated) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (user_id) DO UPDATE SET \
        updated_at = excluded.updated_at, overreach_count = excluded.overreach_count, \
        breakthrough_count = excluded.breakthrough_count, \
        total_points = excluded.total_points, last_updated = excluded.last_updated";
    KILLA = "SELECT overreach_count, breakthrough_count, total_points, last_updated \
        FROM killa_meter WHERE user_id = $1";
}

record! {
    /// One row of `momentum_meter`.
    pub struct Momentum {
        /// The streak that stands.
        pub current_streak_days: i32,
        /// The longest there was.
        pub longest_streak_days: i32,
        /// 0 to 1.
        pub consistency_score: Score,
        /// The day it stands for.
        pub last_updated: Option<Day>,
    }
}

record! {
    /// One row of `killa_meter`.
    pub struct Killa {
        /// Times in Overreach.
        pub overreach_count: i32,
        /// Breakthroughs.
        pub breakthrough_count: i32,
        /// Points.
        pub total_points: i32,
        /// The day it stands for.
        pub last_updated: Option<Day>,
    }
}

impl Store {
    /// Sets the momentum meter.
    ///
    /// # Errors
    /// [`crate::StoreError::Refused`] without such a user.
    pub async fn save_momentum(&self, user: Uuid, meter: &Momentum, now: Timestamp) -> Result<()> {
        let mut row = args![new_id(now), user, now, now];
        row.extend(meter.args());
        transaction!(self, |db| db.execute(UPSERT_MOMENTUM, row.clone()).await).map(drop)
    }

    /// The momentum meter.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn momentum(&self, user: Uuid) -> Result<Option<Momentum>> {
        self.read().await?.maybe(MOMENTUM, args![user]).await
    }

    /// Sets the killa meter.
    ///
    /// # Errors
    /// [`crate::StoreError::Refused`] without such a user.
    pub async fn save_killa(&self, user: Uuid, meter: &Killa, now: Timestamp) -> Result<()> {
        let mut row = args![new_id(now), user, now, now];
        row.extend(meter.args());
        transaction!(self, |db| db.execute(UPSERT_KILLA, row.clone()).await).map(drop)
    }

    /// The killa meter.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn killa(&self, user: Uuid) -> Result<Option<Killa>> {
        self.read().await?.maybe(KILLA, args![user]).await
    }
}
