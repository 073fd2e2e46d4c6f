//! The history of states and adaptations.

use crate::database::{Db, Record, Store, args, new_ids, record, statements, transaction};
use crate::error::Result;
use crate::value::Json;
use crate::value::{Percent, Text};
use hermes_engine::calendar::Day;
use jiff::Timestamp;
use uuid::Uuid;

/// Most rows that one call reads.
pub const HISTORY_MAX: u32 = 2_000;

statements! {
    BETWEEN = "SELECT transition_date, from_state, to_state, trigger_reason, trigger_data, \
        volume_change_percentage, intensity_change_percentage, adaptation_rationale, \
        window_7_day, window_28_day, window_90_day FROM adaptation_history \
        WHERE user_id = $1 AND transition_date >= $2 AND transition_date <= $3 \
        ORDER BY transition_date, created_at, id LIMIT $4";
    [bulk] INSERT(
        "INSERT INTO adaptation_history (id, user_id, created_at, transition_date, from_state, \
         to_state, trigger_reason, trigger_data, volume_change_percentage, \
         intensity_change_percentage, adaptation_rationale, window_7_day, window_28_day, \
         window_90_day) VALUES", 14, ""
    );
}

record! {
    /// One row of `adaptation_history`: a change of state, or an adaptation inside one.
    pub struct Adaptation {
        /// The day it took effect.
        pub transition_date: Day,
        /// The state before.
        pub from_state: Option<String>,
        /// The state after.
        pub to_state: Option<String>,
        /// What set it off.
        pub trigger_reason: Option<Text<100>>,
        /// What was measured.
        pub trigger_data: Option<Json>,
        /// Against the last published plan.
        pub volume_change_percentage: Option<Percent>,
        /// Minutes that count for H06, against the last published plan.
        pub intensity_change_percentage: Option<Percent>,
        /// Why, in words.
        pub adaptation_rationale: Option<String>,
        /// The last 7 days.
        pub window_7_day: Option<Json>,
        /// The last 28 days.
        pub window_28_day: Option<Json>,
        /// The last 90 days.
        pub window_90_day: Option<Json>,
    }
}

pub(crate) async fn insert(
    db: &mut Db,
    user: Uuid,
    adaptations: &[Adaptation],
    now: Timestamp,
) -> Result<()> {
    let rows: Vec<_> = adaptations.iter().map(|a| (user, a)).collect();
    insert_many(db, &rows, now).await
}

pub(crate) async fn insert_many(
    db: &mut Db,
    adaptations: &[(Uuid, &Adaptation)],
    now: Timestamp,
) -> Result<()> {
    let ids = new_ids(now, adaptations.len());
    let row = |((user, adaptation), id): (&(Uuid, &Adaptation), Uuid)| {
        let mut row = args![id, *user, now];
        row.extend(adaptation.args());
        row
    };
    db.bulk(&INSERT, adaptations.iter().zip(ids).map(row).collect()).await.map(drop)
}

impl Store {
    /// Adds to the history.
    ///
    /// # Errors
    /// [`crate::StoreError::Refused`] without such a user or with an unknown state.
    pub async fn add_adaptations(
        &self,
        user: Uuid,
        adaptations: &[Adaptation],
        now: Timestamp,
    ) -> Result<()> {
        transaction!(self, |db| insert(db, user, adaptations, now).await)
    }

    /// What took effect in a span of days (both included), oldest first; at most
    /// [`HISTORY_MAX`].
    ///
    /// # Errors
    /// When the database fails.
    pub async fn adaptations(&self, user: Uuid, from: Day, to: Day) -> Result<Vec<Adaptation>> {
        self.read().await?.all(BETWEEN, args![user, from, to, i64::from(HISTORY_MAX)]).await
    }
}
