//! Sign-in links and sessions. The database holds digests of tokens, never a token.

use crate::database::{Store, args, new_id, record, statements, stored_time, transaction};
use crate::error::{Result, StoreError};
use crate::imports::hex_digest;
use crate::value::{Kind, Scalar, Value};
use jiff::Timestamp;
use uuid::Uuid;

statements! {
    INSERT_LINK = "INSERT INTO sign_in_links (token_hash, user_id, created_at, expires_at) \
        VALUES ($1, $2, $3, $4)";
    USE_LINK = "UPDATE sign_in_links SET used_at = $2 \
        WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2 RETURNING user_id";
    INSERT_SESSION = "INSERT INTO sessions \
        (id, token_hash, user_id, created_at, expires_at, last_seen_at) \
        VALUES ($1, $2, $3, $4, $5, $6)";
    FIND = "SELECT id, user_id, created_at, expires_at, last_seen_at FROM sessions \
        WHERE token_hash = $1 AND revoked_at IS NULL AND expires_at > $2";
    OF_USER = "SELECT id, user_id, created_at, expires_at, last_seen_at FROM sessions \
        WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > $2 \
        ORDER BY last_seen_at DESC, id";
    TOUCH = "UPDATE sessions SET last_seen_at = $3 WHERE user_id = $1 AND id = $2";
    REVOKE = "UPDATE sessions SET revoked_at = $3 \
        WHERE user_id = $1 AND id = $2 AND revoked_at IS NULL";
    FORGET_LINKS = "DELETE FROM sign_in_links WHERE expires_at <= $1";
    FORGET_SESSIONS = "DELETE FROM sessions WHERE expires_at <= $1";
}

/// SHA-256 of a token: what the database keeps instead of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TokenHash(String);

impl TokenHash {
    /// The hash of a token. The token has enough random bits of its own to need no salt.
    #[must_use]
    pub fn of(token: &str) -> Self {
        Self(hex_digest(token.as_bytes()))
    }
}

impl Value for TokenHash {
    const NAME: &'static str = "hash of a token";
    const KIND: Kind = Kind::Text;
    fn to_scalar(&self) -> Scalar {
        Scalar::Text(self.0.clone())
    }
    fn from_scalar(scalar: Scalar) -> Option<Self> {
        String::from_scalar(scalar).map(Self)
    }
}

record! {
    /// A session in force.
    pub struct Session {
        /// The key; not the token.
        pub id: Uuid,
        /// Whose it is.
        pub user_id: Uuid,
        /// When it began.
        pub created_at: Timestamp,
        /// When it ends.
        pub expires_at: Timestamp,
        /// When it was last used, as far as that was noted.
        pub last_seen_at: Timestamp,
    }
}

impl Store {
    /// Stores a sign-in link.
    ///
    /// # Errors
    /// [`StoreError::Refused`] without such a user; [`StoreError::Conflict`] for a token twice.
    pub async fn add_sign_in_link(
        &self,
        user: Uuid,
        token: &TokenHash,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<()> {
        let args = args![token, user, now, expires_at];
        transaction!(self, |db| db.execute(INSERT_LINK, args.clone()).await)?;
        Ok(())
    }

    /// Uses a sign-in link up: of several who try at once, one gets the user.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn use_sign_in_link(
        &self,
        token: &TokenHash,
        now: Timestamp,
    ) -> Result<Option<Uuid>> {
        let args = args![token, now];
        let row = transaction!(self, |db| db.first(USE_LINK, args.clone()).await)?;
        row.map(|row| row.get("user_id")).transpose()
    }

    /// Begins a session.
    ///
    /// # Errors
    /// [`StoreError::Refused`] without such a user; [`StoreError::Conflict`] for a token twice.
    pub async fn add_session(
        &self,
        user: Uuid,
        token: &TokenHash,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<Session> {
        let (now, expires_at) = (stored_time(now), stored_time(expires_at));
        let session = Session {
            id: new_id(now),
            user_id: user,
            created_at: now,
            expires_at,
            last_seen_at: now,
        };
        let args = args![session.id, token, user, now, expires_at, now];
        transaction!(self, |db| db.execute(INSERT_SESSION, args.clone()).await)?;
        Ok(session)
    }

    /// The session of that token, unless it has ended or was revoked.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session(&self, token: &TokenHash, now: Timestamp) -> Result<Option<Session>> {
        self.read().await?.maybe(FIND, args![token, now]).await
    }

    /// The user's sessions in force, the last used first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sessions(&self, user: Uuid, now: Timestamp) -> Result<Vec<Session>> {
        self.read().await?.all(OF_USER, args![user, now]).await
    }

    /// Notes that a session was used.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn touch_session(&self, user: Uuid, session: Uuid, now: Timestamp) -> Result<()> {
        let args = args![user, session, now];
        transaction!(self, |db| db.execute(TOUCH, args.clone()).await).map(drop)
    }

    /// Revokes a session.
    ///
    /// # Errors
    /// [`StoreError::Missing`] without such a session of that user, or when it is revoked
    /// already.
    pub async fn revoke_session(&self, user: Uuid, session: Uuid, now: Timestamp) -> Result<()> {
        let args = args![user, session, now];
        let changed = transaction!(self, |db| db.execute(REVOKE, args.clone()).await)?;
        if changed == 0 { Err(StoreError::Missing("session")) } else { Ok(()) }
    }

    /// Deletes links and sessions that have ended; how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_ended_sessions(&self, now: Timestamp) -> Result<u64> {
        transaction!(self, |db| {
            let links = db.execute(FORGET_LINKS, args![now]).await?;
            Ok(links + db.execute(FORGET_SESSIONS, args![now]).await?)
        })
    }
}
