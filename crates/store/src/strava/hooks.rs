//! Webhooks: the application's one subscription, and events until they are dealt with.

use super::words;
use crate::database::{Store, args, new_id, record, statements, transaction};
use crate::error::Result;
use crate::sessions::TokenHash;
use jiff::Timestamp;
use uuid::Uuid;

/// Most events of one activity that are looked at together.
pub const EVENTS_MAX: u32 = 200;
/// Most events of one athlete that wait to be dealt with, and as many again about the athlete. The
/// daily listing finds what later ones would have told.
pub const EVENTS_WAITING_MAX: u32 = 500;
/// Most events that are deleted at once.
const PRUNE_MAX: u32 = 1_000;

statements! {
    SET_SUBSCRIPTION = "INSERT INTO strava_subscription (slot, path_hash, verify_hash, \
        created_at) VALUES (1, $1, $2, $3) ON CONFLICT (slot) DO UPDATE SET \
        subscription_id = NULL, path_hash = excluded.path_hash, \
        verify_hash = excluded.verify_hash, created_at = excluded.created_at";
    CONFIRM = "UPDATE strava_subscription SET subscription_id = $1 WHERE slot = 1";
    DROP_SUBSCRIPTION = "DELETE FROM strava_subscription WHERE slot = 1";
    SUBSCRIPTION = "SELECT subscription_id, path_hash, verify_hash, created_at \
        FROM strava_subscription WHERE slot = 1";
    ADD_EVENT = "INSERT INTO strava_events (id, user_id, subscription_id, object_id, aspect, \
        event_time, received_at) SELECT $1, c.user_id, $3, $4, $5, $6, $7 \
        FROM strava_connections c JOIN users u ON u.id = c.user_id WHERE u.strava_id = $2 \
        AND (SELECT COUNT(*) FROM (SELECT 1 AS one FROM strava_events w \
        WHERE w.user_id = c.user_id AND w.handled_at IS NULL \
        AND (w.object_id = 0) = (CAST($4 AS BIGINT) = 0) LIMIT $8) waiting) < $8 \
        ON CONFLICT (user_id, subscription_id, object_id, aspect, event_time) DO NOTHING";
    EVENTS = "SELECT id, aspect, event_time, received_at FROM strava_events \
        WHERE user_id = $1 AND object_id = $2 AND handled_at IS NULL \
        ORDER BY event_time DESC, received_at DESC, id DESC LIMIT $3";
    HANDLED = "UPDATE strava_events SET handled_at = $3 \
        WHERE user_id = $1 AND object_id = $2 AND handled_at IS NULL AND received_at <= $4";
    WAITING = "SELECT DISTINCT user_id, object_id FROM strava_events \
        WHERE handled_at IS NULL AND received_at <= $1 ORDER BY user_id, object_id LIMIT $2";
    BACKLOG = "SELECT COUNT(*) AS count, MIN(e.received_at) AS first FROM strava_events e \
        JOIN strava_connections c ON c.user_id = e.user_id \
        WHERE e.handled_at IS NULL AND c.state = 'active'";
    PRUNE = "DELETE FROM strava_events WHERE id IN (SELECT id FROM strava_events \
        WHERE received_at < $1 AND handled_at IS NOT NULL ORDER BY received_at LIMIT $2)";
}

/// What an event says has happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventAspect {
    /// Something is new.
    Create,
    /// Something was changed.
    Update,
    /// Something is gone.
    Delete,
    /// The athlete has withdrawn the permission.
    Deauthorize,
}

impl EventAspect {
    /// The word in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Deauthorize => "deauthorize",
        }
    }
}

words!(
    EventAspect,
    "aspect of an event",
    Self::Create,
    Self::Update,
    Self::Delete,
    Self::Deauthorize
);

record! {
    /// The subscription; of its secrets only digests.
    pub struct StoredSubscription {
        /// Strava's id; `None` until it was confirmed.
        pub subscription_id: Option<i64>,
        /// Digest of the secret part of the address that Strava calls.
        pub path_hash: TokenHash,
        /// Digest of the word that Strava repeats when it verifies the address.
        pub verify_hash: TokenHash,
        /// When it was asked for.
        pub created_at: Timestamp,
    }
}

/// An event as it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewEvent {
    /// Of which subscription.
    pub subscription: i64,
    /// Whose activity.
    pub athlete: i64,
    /// The activity; 0 where it is about the athlete.
    pub object: i64,
    /// What happened.
    pub aspect: EventAspect,
    /// When, by Strava's clock.
    pub at: Timestamp,
}

record! {
    /// Events that are not dealt with yet.
    #[derive(Default)]
    pub struct Backlog {
        /// How many.
        pub count: i64,
        /// When the first of them came.
        pub first: Option<Timestamp>,
    }
}

record! {
    /// An event that is not dealt with yet.
    pub struct StoredEvent {
        /// The key.
        pub id: Uuid,
        /// What it says.
        pub aspect: EventAspect,
        /// When that was, by Strava's clock.
        pub event_time: Timestamp,
        /// When it came.
        pub received_at: Timestamp,
    }
}

impl Store {
    /// Replaces the subscription by one that is not confirmed yet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin_strava_subscription(
        &self,
        path: &TokenHash,
        verify: &TokenHash,
        now: Timestamp,
    ) -> Result<()> {
        let args = args![path, verify, now];
        transaction!(self, |db| db.execute(SET_SUBSCRIPTION, args.clone()).await).map(drop)
    }

    /// Notes Strava's id of the subscription.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn confirm_strava_subscription(&self, id: i64) -> Result<()> {
        transaction!(self, |db| db.execute(CONFIRM, args![id]).await).map(drop)
    }

    /// Forgets the subscription.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn drop_strava_subscription(&self) -> Result<()> {
        transaction!(self, |db| db.execute(DROP_SUBSCRIPTION, Vec::new()).await).map(drop)
    }

    /// The subscription, if there is one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn strava_subscription(&self) -> Result<Option<StoredSubscription>> {
        self.read().await?.maybe(SUBSCRIPTION, Vec::new()).await
    }

    /// Keeps an event of a connected athlete. `false` where nobody is connected as that athlete,
    /// the same event came before, or [`EVENTS_WAITING_MAX`] wait already.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_strava_event(&self, event: &NewEvent, now: Timestamp) -> Result<bool> {
        let NewEvent { subscription, athlete, object, aspect, at } = *event;
        let most = i64::from(EVENTS_WAITING_MAX);
        let args = args![new_id(now), athlete, subscription, object, aspect, at, now, most];
        Ok(transaction!(self, |db| db.execute(ADD_EVENT, args.clone()).await)? == 1)
    }

    /// The events about an activity (0: about the athlete) that are not dealt with, the latest
    /// first; at most [`EVENTS_MAX`].
    ///
    /// # Errors
    /// When the database fails.
    pub async fn strava_events(&self, user: Uuid, object: i64) -> Result<Vec<StoredEvent>> {
        self.read().await?.all(EVENTS, args![user, object, i64::from(EVENTS_MAX)]).await
    }

    /// Notes that the events about an activity that came up to a moment are dealt with.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn strava_events_handled(
        &self,
        user: Uuid,
        object: i64,
        up_to: Timestamp,
        now: Timestamp,
    ) -> Result<()> {
        let args = args![user, object, now, up_to];
        transaction!(self, |db| db.execute(HANDLED, args.clone()).await).map(drop)
    }

    /// What events that came before a moment are about, where they are not dealt with: of whom,
    /// and which activity. At most [`EVENTS_MAX`].
    ///
    /// # Errors
    /// When the database fails.
    pub async fn waiting_strava_events(&self, before: Timestamp) -> Result<Vec<(Uuid, i64)>> {
        let args = args![before, i64::from(EVENTS_MAX)];
        let rows = self.read().await?.rows(WAITING, args).await?;
        rows.iter().map(|row| Ok((row.get("user_id")?, row.get("object_id")?))).collect()
    }

    /// How many events about connections that work are not dealt with.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_strava_events(&self) -> Result<Backlog> {
        let mut db = self.read().await?;
        db.maybe(BACKLOG, Vec::new()).await.map(Option::unwrap_or_default)
    }

    /// Deletes up to a thousand events that came before a moment and are dealt with; how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn prune_strava_events(&self, before: Timestamp) -> Result<u64> {
        let args = args![before, i64::from(PRUNE_MAX)];
        transaction!(self, |db| db.execute(PRUNE, args.clone()).await)
    }
}
