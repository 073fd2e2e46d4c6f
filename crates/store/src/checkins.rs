//! Check-ins: what the runner says when the plan is not followed.

use crate::clocks;
use crate::database::{Db, Record, Row, Store, args, new_id, record, statements, transaction};
use crate::error::{Result, StoreError};
use crate::value::Text;
use hermes_engine::calendar::Day;
use hermes_engine::record::{CheckInAnswer, CheckInTrigger};
use jiff::Timestamp;
use uuid::Uuid;

/// Most check-ins that one call reads.
pub const CHECK_INS_MAX: u32 = 500;

statements! {
    ANSWER = "UPDATE compliance_check_ins SET response_type = $3, response_details = $4, \
        adaptation_action = $5, answered_on = $6, answered_at = $7 \
        WHERE user_id = $1 AND id = $2 AND response_type IS NULL";
    BETWEEN = "SELECT id, check_in_date, trigger_reason, response_type, response_details, \
        adaptation_action, answered_on FROM compliance_check_ins \
        WHERE user_id = $1 AND check_in_date >= $2 AND check_in_date <= $3 \
        ORDER BY check_in_date DESC, created_at DESC, id DESC LIMIT $4";
    AS_OF = "SELECT check_in_date, trigger_reason, \
        CASE WHEN answered_on <= $2 AND answered_at <= $3 THEN response_type END AS response_type, \
        CASE WHEN answered_on <= $2 AND answered_at <= $3 THEN answered_on END AS answered_on \
        FROM compliance_check_ins \
        WHERE user_id = $1 AND check_in_date <= $2 AND created_at <= $3 \
        ORDER BY check_in_date DESC, created_at DESC, id DESC LIMIT $4";
    [bulk] INSERT(
        "INSERT INTO compliance_check_ins (id, user_id, created_at, check_in_date, \
         trigger_reason, response_type, response_details, adaptation_action) VALUES", 8, ""
    );
}

record! {
    /// What a row of `compliance_check_ins` says.
    pub struct CheckIn {
        /// The day.
        pub check_in_date: Day,
        /// Why the runner was asked: `low_compliance`, `missed_workouts` ...
        pub trigger_reason: Option<Text<50>>,
        /// `busy`, `sick`, `sore`, `burnout`, `motivation_loss`, `preference_change` or `other`;
        /// `None` until the runner answers.
        pub response_type: Option<String>,
        /// The runner's words.
        pub response_details: Option<String>,
        /// `grace_period`, `probe_phase`, `restructure_offered` or `none`.
        pub adaptation_action: Option<String>,
    }
}

/// A stored check-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCheckIn {
    /// The key.
    pub id: Uuid,
    /// What it says.
    pub check_in: CheckIn,
    /// The day it was answered.
    pub answered_on: Option<Day>,
}

impl StoredCheckIn {
    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            check_in: CheckIn::read(row)?,
            answered_on: row.get("answered_on")?,
        })
    }
}

/// The runner's answer to a check-in and what follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer<'a> {
    /// As [`CheckIn::response_type`].
    pub response_type: &'a str,
    /// The runner's words.
    pub response_details: Option<&'a str>,
    /// As [`CheckIn::adaptation_action`].
    pub adaptation_action: &'a str,
    /// The day it is given.
    pub answered_on: Day,
}

/// As the engine reads it; a word it does not know is an answer without consequence.
pub(crate) fn fact(row: &Row) -> Result<hermes_engine::record::CheckIn> {
    let reason: Option<String> = row.get("trigger_reason")?;
    let response: Option<String> = row.get("response_type")?;
    let answered: Option<Day> = row.get("answered_on")?;
    let word = |text: String| serde_json::Value::from(text);
    let trigger = reason.and_then(|t| serde_json::from_value(word(t)).ok());
    let answer = |text| serde_json::from_value(word(text)).unwrap_or(CheckInAnswer::Other);
    Ok(hermes_engine::record::CheckIn {
        day: row.get("check_in_date")?,
        trigger: trigger.unwrap_or(CheckInTrigger::LowCompliance),
        answer: response.map(answer).zip(answered),
    })
}

pub(crate) async fn insert_many(
    db: &mut Db,
    rows: &[(Uuid, &CheckIn)],
    now: Timestamp,
) -> Result<()> {
    let row = |(user, check_in): &(Uuid, &CheckIn)| {
        let mut row = args![new_id(now), *user, now];
        row.extend(check_in.args());
        row
    };
    db.bulk(&INSERT, rows.iter().map(row).collect()).await.map(drop)
}

impl Store {
    /// Adds a check-in, answered or not; its key.
    ///
    /// # Errors
    /// [`StoreError::Refused`] without such a user or for an unknown word.
    pub async fn add_check_in(
        &self,
        user: Uuid,
        check_in: &CheckIn,
        now: Timestamp,
    ) -> Result<Uuid> {
        let id = new_id(now);
        transaction!(self, |db| {
            let now = clocks::moment(db, user, now).await?;
            let mut row = args![id, user, now];
            row.extend(check_in.args());
            db.bulk(&INSERT, vec![row]).await
        })?;
        Ok(id)
    }

    /// Answers a check-in.
    ///
    /// # Errors
    /// [`StoreError::Missing`] without such an unanswered check-in of that user;
    /// [`StoreError::Refused`] for an unknown word.
    pub async fn answer_check_in(
        &self,
        user: Uuid,
        id: Uuid,
        answer: Answer<'_>,
        now: Timestamp,
    ) -> Result<()> {
        let changed = transaction!(self, |db| {
            let now = clocks::moment(db, user, now).await?;
            let args = args![
                user,
                id,
                answer.response_type,
                answer.response_details,
                answer.adaptation_action,
                answer.answered_on,
                now
            ];
            db.execute(ANSWER, args).await
        })?;
        if changed == 0 { Err(StoreError::Missing("unanswered check-in")) } else { Ok(()) }
    }

    /// The check-ins of a span of days (both included), newest first; at most
    /// [`CHECK_INS_MAX`].
    ///
    /// # Errors
    /// When the database fails.
    pub async fn check_ins(&self, user: Uuid, from: Day, to: Day) -> Result<Vec<StoredCheckIn>> {
        let args = args![user, from, to, i64::from(CHECK_INS_MAX)];
        self.read().await?.rows(BETWEEN, args).await?.iter().map(StoredCheckIn::read).collect()
    }

    /// The check-ins up to a day with their answers, as far as was known, oldest first; at most
    /// [`CHECK_INS_MAX`], the newest.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn check_ins_as_of(
        &self,
        user: Uuid,
        as_of: Day,
        recorded_by: Timestamp,
    ) -> Result<Vec<hermes_engine::record::CheckIn>> {
        let args = args![user, as_of, recorded_by, i64::from(CHECK_INS_MAX)];
        self.read().await?.rows(AS_OF, args).await?.iter().rev().map(fact).collect()
    }
}
