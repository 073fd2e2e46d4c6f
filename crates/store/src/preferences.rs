//! What a runner wants, from which day on; nothing is overwritten.

use crate::clocks;
use crate::database::{Row, Store, args, new_id, statements, transaction};
use crate::error::{Result, StoreError};
use crate::value::Json;
use hermes_engine::calendar::Day;
use hermes_engine::record::Preferences;
use jiff::Timestamp;
use uuid::Uuid;

statements! {
    INSERT = "INSERT INTO preference_revisions (id, user_id, decided_on, body, created_at) \
        VALUES ($1, $2, $3, $4, $5)";
    IN_FORCE = "SELECT body FROM preference_revisions \
        WHERE user_id = $1 AND decided_on <= $2 AND created_at <= $3 \
        ORDER BY decided_on DESC, created_at DESC, id DESC LIMIT 1";
}

pub(crate) fn read(row: &Row) -> Result<Preferences> {
    let body: Json = row.get("body")?;
    body.read().map_err(|error| StoreError::Corrupt {
        column: "preference_revisions.body".to_owned(),
        found: error.to_string(),
        expected: "preferences",
    })
}

impl Store {
    /// Sets the preferences from a day on.
    ///
    /// # Errors
    /// [`StoreError::Refused`] without such a user; when the database fails.
    pub async fn save_preferences(
        &self,
        user: Uuid,
        preferences: &Preferences,
        decided_on: Day,
        now: Timestamp,
    ) -> Result<()> {
        let body = Json::of(preferences)
            .map_err(|e| StoreError::Refused(format!("preferences are no JSON ({e})")))?;
        transaction!(self, |db| {
            let now = clocks::moment(db, user, now).await?;
            db.execute(INSERT, args![new_id(now), user, decided_on, body.clone(), now]).await
        })?;
        Ok(())
    }

    /// The preferences in force on a day, as far as was recorded by then; `None` before the
    /// runner set any. Of several for the same day the one recorded last counts.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for a body that is none; when the database fails.
    pub async fn preferences(
        &self,
        user: Uuid,
        as_of: Day,
        recorded_by: Timestamp,
    ) -> Result<Option<Preferences>> {
        let args = args![user, as_of, recorded_by];
        self.read().await?.first(IN_FORCE, args).await?.as_ref().map(read).transpose()
    }
}
