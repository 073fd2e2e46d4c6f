//! What the runner says of days and runs, and Send It mode as it was chosen. Nothing is
//! overwritten: a plan of the past sees what was known when it was made.

use crate::clocks;
use crate::database::{Record, Row, Store, args, new_id, record, statements, transaction};
use crate::error::{Result, StoreError};
use crate::users;
use hermes_engine::calendar::Day;
use hermes_engine::record::Feedback;
use jiff::Timestamp;
use uuid::Uuid;

/// Most rows that one call reads.
pub const FEEDBACK_MAX: u32 = 2000;

statements! {
    INSERT = "INSERT INTO feedback (id, user_id, created_at, feedback_date, effort, pain_during, \
        pain_next_morning, sleep, soreness, mood, resting_heart_rate) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    AS_OF = "SELECT feedback_date, effort, pain_during, pain_next_morning, sleep, soreness, mood, \
        resting_heart_rate FROM feedback WHERE user_id = $1 AND feedback_date >= $2 \
        AND feedback_date <= $3 AND created_at <= $4 \
        ORDER BY feedback_date DESC, created_at DESC, id DESC LIMIT $5";
    INSERT_OVERRIDE = "INSERT INTO overrides (id, user_id, created_at, from_date, until_date, \
        acknowledgement) VALUES ($1, $2, $3, $4, $5, $6)";
    ON = "SELECT id FROM overrides WHERE user_id = $1 AND from_date <= $2 AND until_date > $2 \
        AND (ended_on IS NULL OR ended_on > $2) LIMIT 1";
    OVERRIDES_AS_OF = "SELECT id, from_date, until_date, acknowledgement, \
        CASE WHEN ended_on <= $2 AND ended_at <= $3 THEN ended_on END AS ended_on \
        FROM overrides WHERE user_id = $1 AND from_date <= $2 AND created_at <= $3 \
        ORDER BY from_date DESC, created_at DESC, id DESC LIMIT $4";
    END_OVERRIDE = "UPDATE overrides SET ended_on = $3, ended_at = $4 \
        WHERE user_id = $1 AND id = $2 AND ended_on IS NULL";
}

record! {
    /// One row of `feedback`; everything but the day is optional.
    pub struct FeedbackRow {
        /// The day it is about.
        pub feedback_date: Day,
        /// 1-10.
        pub effort: Option<i32>,
        /// 0-10.
        pub pain_during: Option<i32>,
        /// 0-10.
        pub pain_next_morning: Option<i32>,
        /// 1-5.
        pub sleep: Option<i32>,
        /// 1-5.
        pub soreness: Option<i32>,
        /// 1-5.
        pub mood: Option<i32>,
        /// Beats per minute.
        pub resting_heart_rate: Option<i32>,
    }
}

impl FeedbackRow {
    fn of(f: &Feedback) -> Self {
        let wide = |x: Option<u8>| x.map(i32::from);
        Self {
            feedback_date: f.day,
            effort: wide(f.effort),
            pain_during: wide(f.pain_during),
            pain_next_morning: wide(f.pain_next_morning),
            sleep: wide(f.sleep),
            soreness: wide(f.soreness),
            mood: wide(f.mood),
            resting_heart_rate: f.resting_heart_rate.map(i32::from),
        }
    }

    pub(crate) fn fact(&self) -> Feedback {
        let narrow = |x: Option<i32>| x.and_then(|x| u8::try_from(x).ok());
        Feedback {
            day: self.feedback_date,
            effort: narrow(self.effort),
            pain_during: narrow(self.pain_during),
            pain_next_morning: narrow(self.pain_next_morning),
            sleep: narrow(self.sleep),
            soreness: narrow(self.soreness),
            mood: narrow(self.mood),
            resting_heart_rate: self.resting_heart_rate.and_then(|x| u16::try_from(x).ok()),
        }
    }
}

/// A choice of Send It mode, as it was known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredOverride {
    /// The key.
    pub id: Uuid,
    /// Its first day.
    pub from: Day,
    /// The first day it no longer holds, if it is not ended before.
    pub until: Day,
    /// The words that the runner agreed to.
    pub acknowledgement: String,
    /// The day it was ended by hand, as far as was known.
    pub ended_on: Option<Day>,
}

impl StoredOverride {
    pub(crate) fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            from: row.get("from_date")?,
            until: row.get("until_date")?,
            acknowledgement: row.get("acknowledgement")?,
            ended_on: row.get("ended_on")?,
        })
    }

    /// As the engine reads it: from its first day to before the day it ends.
    #[must_use]
    pub fn fact(&self) -> (Day, Day) {
        (self.from, self.ended_on.map_or(self.until, |d| d.min(self.until)))
    }
}

impl Store {
    /// Adds what the runner says of a day; the latest word on a day counts.
    ///
    /// # Errors
    /// [`StoreError::Refused`] without such a user or for a value out of its scale.
    pub async fn add_feedback(
        &self,
        user: Uuid,
        feedback: &Feedback,
        now: Timestamp,
    ) -> Result<()> {
        transaction!(self, |db| {
            let now = clocks::moment(db, user, now).await?;
            let mut row = args![new_id(now), user, now];
            row.extend(FeedbackRow::of(feedback).args());
            db.execute(INSERT, row).await.map(drop)
        })
    }

    /// The latest word on each day of a span (both days included), as far as was recorded by then,
    /// by day; at most [`FEEDBACK_MAX`] rows are looked at, the newest.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn feedback(
        &self,
        user: Uuid,
        from: Day,
        as_of: Day,
        recorded_by: Timestamp,
    ) -> Result<Vec<Feedback>> {
        let args = args![user, from, as_of, recorded_by, i64::from(FEEDBACK_MAX)];
        let rows: Vec<FeedbackRow> = self.read().await?.all(AS_OF, args).await?;
        let mut days: Vec<Feedback> = rows.iter().map(FeedbackRow::fact).collect();
        days.dedup_by_key(|f| f.day);
        days.reverse();
        Ok(days)
    }

    /// Adds a choice of Send It mode; its key. Of several made at once, on other devices or by
    /// other processes, the first one holds.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] while the mode is on; [`StoreError::Refused`] without such a user.
    pub async fn add_override(
        &self,
        user: Uuid,
        days: (Day, Day),
        acknowledgement: &str,
        now: Timestamp,
    ) -> Result<Uuid> {
        let id = new_id(now);
        transaction!(self, |db| {
            let now = clocks::moment(db, user, now).await?;
            users::lock(db, user).await?;
            if db.first(ON, args![user, days.0]).await?.is_some() {
                return Err(StoreError::Conflict("Send It mode is on".to_owned()));
            }
            let args = args![id, user, now, days.0, days.1, acknowledgement];
            db.execute(INSERT_OVERRIDE, args).await
        })?;
        Ok(id)
    }

    /// The choices of Send It mode, as far as was known, oldest first; at most [`FEEDBACK_MAX`],
    /// the newest.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn overrides(
        &self,
        user: Uuid,
        as_of: Day,
        recorded_by: Timestamp,
    ) -> Result<Vec<StoredOverride>> {
        let args = args![user, as_of, recorded_by, i64::from(FEEDBACK_MAX)];
        let rows = self.read().await?.rows(OVERRIDES_AS_OF, args).await?;
        rows.iter().rev().map(StoredOverride::read).collect()
    }

    /// Ends a choice of Send It mode.
    ///
    /// # Errors
    /// [`StoreError::Missing`] without such a one of that user that has not been ended.
    pub async fn end_override(&self, user: Uuid, id: Uuid, on: Day, now: Timestamp) -> Result<()> {
        let changed = transaction!(self, |db| {
            let now = clocks::moment(db, user, now).await?;
            db.execute(END_OVERRIDE, args![user, id, on, now]).await
        })?;
        if changed == 0 { Err(StoreError::Missing("override in force")) } else { Ok(()) }
    }
}
