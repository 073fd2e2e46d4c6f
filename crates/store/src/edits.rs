//! The runner's edits of weeks. They are never deleted: a plan of the past is made with the edits
//! that were in force when it was made.

use crate::clocks;
use crate::database::{Row, Store, args, new_id, statements, transaction};
use crate::error::{Result, StoreError};
use crate::users;
use hermes_engine::calendar::Day;
use hermes_engine::record::Edit;
use jiff::Timestamp;
use uuid::Uuid;

statements! {
    INSERT = "INSERT INTO plan_edits (id, user_id, created_at, week_start_date, made_on, asked, \
        days, verdict, reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    IN_FORCE = "SELECT id, created_at, week_start_date, made_on, asked, days, verdict, reason, \
        undone_at FROM plan_edits WHERE user_id = $1 AND week_start_date >= $2 AND made_on <= $3 \
        AND created_at <= $4 AND (undone_at IS NULL OR undone_at > $4) \
        ORDER BY created_at, id";
    BETWEEN = "SELECT id, created_at, week_start_date, made_on, asked, days, verdict, reason, \
        undone_at FROM plan_edits WHERE user_id = $1 AND week_start_date >= $2 \
        AND week_start_date <= $3 ORDER BY created_at, id";
    LAST_OF_WEEK = "SELECT id, created_at, week_start_date, made_on, asked, days, verdict, reason, \
        undone_at FROM plan_edits WHERE user_id = $1 AND week_start_date = $2 \
        AND undone_at IS NULL ORDER BY created_at DESC, id DESC LIMIT 1";
    UNDO = "UPDATE plan_edits SET undone_at = $3 \
        WHERE user_id = $1 AND id = $2 AND undone_at IS NULL";
}

/// A stored edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEdit {
    /// The key.
    pub id: Uuid,
    /// When it was stored.
    pub created_at: Timestamp,
    /// The edit.
    pub edit: Edit,
    /// `allowed` or `allowed_with_repair`.
    pub verdict: String,
    /// The runner's words for it.
    pub reason: Option<String>,
    /// When it was taken back, if it was.
    pub undone_at: Option<Timestamp>,
}

impl StoredEdit {
    pub(crate) fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            created_at: row.get("created_at")?,
            edit: Edit {
                week_start: row.get("week_start_date")?,
                made_on: row.get("made_on")?,
                asked: row.get("asked")?,
                days: row.get("days")?,
            },
            verdict: row.get("verdict")?,
            reason: row.get("reason")?,
            undone_at: row.get("undone_at")?,
        })
    }
}

impl Store {
    /// Adds an edit; it is in force from `now` on. Where the last one of the week that is in force
    /// asks for the same and says the same of its days, it is that one: several devices or
    /// processes saved it at once.
    ///
    /// # Errors
    /// [`StoreError::Refused`] without such a user or for an unknown verdict.
    pub async fn add_edit(
        &self,
        user: Uuid,
        edit: &Edit,
        verdict: &str,
        reason: Option<&str>,
        now: Timestamp,
    ) -> Result<StoredEdit> {
        let id = new_id(now);
        transaction!(self, |db| {
            let created_at = clocks::moment(db, user, now).await?;
            users::lock(db, user).await?;
            let last = db.first(LAST_OF_WEEK, args![user, edit.week_start]).await?;
            if let Some(last) = last.as_ref().map(StoredEdit::read).transpose()? {
                let says = |e: &Edit| (e.asked, e.days.clone());
                if says(&last.edit) == says(edit) {
                    return Ok(last);
                }
            }
            let row = args![
                id,
                user,
                created_at,
                edit.week_start,
                edit.made_on,
                edit.asked,
                edit.days,
                verdict,
                reason
            ];
            db.execute(INSERT, row).await?;
            Ok(StoredEdit {
                id,
                created_at,
                edit: edit.clone(),
                verdict: verdict.to_owned(),
                reason: reason.map(str::to_owned),
                undone_at: None,
            })
        })
    }

    /// The edits of the weeks from `from` on that were in force as far as was recorded by then,
    /// made on or before `as_of`; in the order in which they were made.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn edits_in_force(
        &self,
        user: Uuid,
        from: Day,
        as_of: Day,
        recorded_by: Timestamp,
    ) -> Result<Vec<StoredEdit>> {
        let args = args![user, from, as_of, recorded_by];
        self.read().await?.rows(IN_FORCE, args).await?.iter().map(StoredEdit::read).collect()
    }

    /// All edits of the weeks that start from `from` to `to`, taken back or not, in the order in
    /// which they were made.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn edits(&self, user: Uuid, from: Day, to: Day) -> Result<Vec<StoredEdit>> {
        let args = args![user, from, to];
        self.read().await?.rows(BETWEEN, args).await?.iter().map(StoredEdit::read).collect()
    }

    /// Takes an edit back from `now` on; it stays in the record.
    ///
    /// # Errors
    /// [`StoreError::Missing`] without such an edit of that user in force.
    pub async fn undo_edit(&self, user: Uuid, id: Uuid, now: Timestamp) -> Result<()> {
        let changed = transaction!(self, |db| {
            let now = clocks::moment(db, user, now).await?;
            db.execute(UNDO, args![user, id, now]).await
        })?;
        if changed == 0 { Err(StoreError::Missing("edit in force")) } else { Ok(()) }
    }
}
