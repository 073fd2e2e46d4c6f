//! Accounts. Until there are several, the one owner.

use crate::database::{Db, Store, args, new_id, record, statements, transaction};
use crate::error::{Result, StoreError};
use crate::value::Text;
use jiff::Timestamp;
use uuid::Uuid;

statements! {
    OWNER = "SELECT id, strava_id, strava_username, email, time_zone, owner, created_at \
        FROM users WHERE owner";
    BY_ID = "SELECT id, strava_id, strava_username, email, time_zone, owner, created_at \
        FROM users WHERE id = $1";
    INSERT = "INSERT INTO users \
        (id, strava_id, refresh_token, created_at, updated_at, owner) \
        VALUES ($1, $2, '', $3, $4, $5) ON CONFLICT DO NOTHING";
    SET_TIME_ZONE = "UPDATE users SET time_zone = $2, updated_at = $3 WHERE id = $1";
    LEARN_EMAIL = "UPDATE users SET email = $2, updated_at = $3 \
        WHERE id = $1 AND email IS NULL";
    LOCK = "UPDATE users SET updated_at = updated_at WHERE id = $1";
    DELETE = "DELETE FROM users WHERE id = $1";
}

/// Others that lock the same user wait until this transaction ends. Is there such a user?
pub(crate) async fn lock(db: &mut Db, user: Uuid) -> Result<bool> {
    Ok(db.execute(LOCK, args![user]).await? == 1)
}

record! {
    /// One row of `users`, without its secrets.
    pub struct User {
        /// The key.
        pub id: Uuid,
        /// Strava's athlete id; negative and derived from `id` without Strava.
        pub strava_id: i64,
        /// Strava's user name.
        pub strava_username: Option<Text<255>>,
        /// Mail address.
        pub email: Option<Text<255>>,
        /// IANA name of the runner's time zone.
        pub time_zone: Option<String>,
        /// The owner of this installation.
        pub owner: bool,
        /// When the account was made.
        pub created_at: Timestamp,
    }
}

/// The id of a user whom Strava does not know: negative, from the random bits of the key.
pub(crate) fn local_strava_id(id: Uuid) -> i64 {
    let (_, low) = id.as_u64_pair();
    -((low >> 1).cast_signed().max(1))
}

impl Store {
    /// The owner of this installation; made on first use.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn owner(&self, now: Timestamp) -> Result<User> {
        if let Some(user) = self.read().await?.maybe(OWNER, vec![]).await? {
            return Ok(user);
        }
        let id = new_id(now);
        transaction!(self, |db| {
            // Another process may have been faster: the index allows one owner.
            db.execute(INSERT, args![id, local_strava_id(id), now, now, true]).await?;
            db.maybe(OWNER, vec![]).await?.ok_or(StoreError::Missing("owner"))
        })
    }

    /// Adds an account that is not the owner's.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_user(&self, now: Timestamp) -> Result<User> {
        let id = new_id(now);
        transaction!(self, |db| {
            db.execute(INSERT, args![id, local_strava_id(id), now, now, false]).await?;
            db.maybe(BY_ID, args![id]).await?.ok_or(StoreError::Missing("user"))
        })
    }

    /// The user of that key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn user(&self, id: Uuid) -> Result<Option<User>> {
        self.read().await?.maybe(BY_ID, args![id]).await
    }

    /// Sets the IANA name of the runner's time zone; the caller has checked it.
    ///
    /// # Errors
    /// [`StoreError::Missing`] without such a user.
    pub async fn set_time_zone(&self, user: Uuid, zone: &str, now: Timestamp) -> Result<()> {
        let changed =
            transaction!(self, |db| db.execute(SET_TIME_ZONE, args![user, zone, now]).await)?;
        if changed == 0 { Err(StoreError::Missing("user")) } else { Ok(()) }
    }

    /// Keeps the runner's mail address where none is known.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn learn_email(&self, user: Uuid, email: &Text<255>, now: Timestamp) -> Result<()> {
        transaction!(self, |db| db.execute(LEARN_EMAIL, args![user, *email, now]).await).map(drop)
    }

    /// Deletes the user and everything that is theirs.
    ///
    /// # Errors
    /// [`StoreError::Missing`] without such a user.
    pub async fn delete_user(&self, user: Uuid) -> Result<()> {
        let deleted = transaction!(self, |db| db.execute(DELETE, args![user]).await)?;
        if deleted == 0 { Err(StoreError::Missing("user")) } else { Ok(()) }
    }
}
