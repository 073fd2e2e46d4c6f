//! Connections: who is connected, what was agreed to, tokens and their renewal, the sync's place.

use super::{Retention, words};
use crate::database::{Db, Store, args, new_id, record, statements, transaction};
use crate::error::{Result, StoreError};
use crate::imports::Source;
use crate::sessions::TokenHash;
use crate::users;
use crate::value::Text;
use hermes_engine::calendar::Day;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

/// Most connections of one list.
pub const LIST_MAX: u32 = 500;
/// A lease that ends later than this from now was made by a clock that was set back since.
const LEASE_LATEST: SignedDuration = SignedDuration::from_mins(10);

macro_rules! columns {
    () => {
        "c.user_id, u.strava_id AS athlete, c.scopes, c.state, c.state_reason, c.state_since, \
         c.connected_at, c.token_version, c.batch_id, c.stage, c.listing_id, c.listing_from, \
         c.listing_page, c.listed_at, c.polled_at, c.poll_due_at, c.dirty_from, \
         c.last_error FROM strava_connections c JOIN users u ON u.id = c.user_id"
    };
}

statements! {
    ONE = concat!("SELECT ", columns!(), " WHERE c.user_id = $1");
    OF_ATHLETE = concat!("SELECT ", columns!(), " WHERE u.strava_id = $1");
    ALL = concat!("SELECT ", columns!(), " WHERE c.user_id > $1 ORDER BY c.user_id LIMIT $2");
    COUNT = "SELECT COUNT(*) AS n FROM strava_connections WHERE state = $1";
    TAKEN = "SELECT id FROM users WHERE strava_id = $1 AND id <> $2";
    CONNECT = "INSERT INTO strava_connections (user_id, scopes, state, state_since, \
        connected_at, token_version, batch_id, stage, listing_page, poll_due_at, updated_at) \
        VALUES ($1, $2, 'active', $4, $4, 1, $3, 'summaries', 1, $4, $4) \
        ON CONFLICT (user_id) DO UPDATE SET scopes = excluded.scopes, state = 'active', \
        state_reason = NULL, state_since = excluded.state_since, \
        token_version = strava_connections.token_version + 1, refresh_id = NULL, \
        refresh_until = NULL, stage = 'summaries', listing_id = NULL, listing_page = 1, \
        last_error = NULL, updated_at = excluded.updated_at";
    BATCH = "INSERT INTO import_batches (id, user_id, source, name, started_at, finished_at) \
        VALUES ($1, $2, $3, 'Strava', $4, $4)";
    SET_USER = "UPDATE users SET strava_id = $2, strava_username = $3, access_token = $4, \
        access_token_expires_at = $5, refresh_token = $6, updated_at = $7 WHERE id = $1";
    TOKENS = "SELECT u.access_token, u.access_token_expires_at, u.refresh_token, \
        c.token_version, c.refresh_until, c.state, c.state_reason FROM strava_connections c \
        JOIN users u ON u.id = c.user_id WHERE c.user_id = $1";
    CLAIM_REFRESH = "UPDATE strava_connections SET refresh_id = $3, refresh_until = $5 \
        WHERE user_id = $1 AND token_version = $2 AND state = 'active' \
        AND (refresh_until IS NULL OR refresh_until <= $4 OR refresh_until > $6)";
    RELEASE_REFRESH = "UPDATE strava_connections SET refresh_id = NULL, refresh_until = $3 \
        WHERE user_id = $1 AND refresh_id = $2";
    // New tokens are good whatever was believed of the old ones meanwhile. Where somebody else has
    // written others, the later ones are the good ones.
    ADVANCE = "UPDATE strava_connections SET token_version = token_version + 1, \
        state_since = CASE WHEN state = 'active' THEN state_since ELSE $3 END, \
        state = 'active', state_reason = NULL, refresh_id = NULL, refresh_until = NULL, \
        updated_at = $3 WHERE user_id = $1 AND (token_version = $2 OR (token_version > $2 \
        AND EXISTS (SELECT 1 FROM users u WHERE u.id = $1 AND u.access_token_expires_at < $4)))";
    SET_TOKENS = "UPDATE users SET access_token = $2, access_token_expires_at = $3, \
        refresh_token = $4, updated_at = $5 WHERE id = $1";
    NEEDS_REAUTH = "UPDATE strava_connections SET state = 'needs_reauth', state_reason = $3, \
        state_since = $4, refresh_id = NULL, refresh_until = NULL, updated_at = $4 \
        WHERE user_id = $1 AND token_version = $2 AND state = 'active'";
    ADD_CONSENT = "INSERT INTO strava_consents (id, user_id, given_at, text_version) \
        VALUES ($1, $2, $3, $4)";
    SET_CONSENT = "UPDATE strava_consents SET scopes = $3 WHERE user_id = $1 AND id = $2";
    CONSENTS = "SELECT id, given_at, text_version, scopes, withdrawn_at FROM strava_consents \
        WHERE user_id = $1 ORDER BY given_at DESC, id DESC LIMIT $2";
    ADD_STATE = "INSERT INTO strava_states (state_hash, user_id, consent_id, created_at, \
        expires_at) VALUES ($1, $2, $3, $4, $5)";
    USE_STATE = "DELETE FROM strava_states WHERE state_hash = $1 AND user_id = $2 \
        AND expires_at > $3 RETURNING consent_id";
    FORGET_STATES = "DELETE FROM strava_states WHERE expires_at <= $1";
    BEGIN_LISTING = "UPDATE strava_connections SET stage = 'summaries', listing_id = $2, \
        listing_from = $3, listing_page = 1, updated_at = $3 WHERE user_id = $1";
    NEXT_PAGE = "UPDATE strava_connections SET listing_page = $3, updated_at = $4 \
        WHERE user_id = $1 AND listing_id = $2";
    END_LISTING = "UPDATE strava_connections SET stage = 'details', listing_id = NULL, \
        listing_from = NULL, listing_page = 1, listed_at = $3, updated_at = $3 WHERE user_id = $1 AND listing_id = $2";
    END_DETAILS = "UPDATE strava_connections SET stage = 'done', updated_at = $2 \
        WHERE user_id = $1 AND stage = 'details'";
    MORE_DETAILS = "UPDATE strava_connections SET stage = 'details', updated_at = $2 \
        WHERE user_id = $1 AND stage = 'done'";
    POLLED = "UPDATE strava_connections SET polled_at = $2, poll_due_at = $3, \
        last_error = NULL, updated_at = $2 WHERE user_id = $1";
    FAILED = "UPDATE strava_connections SET last_error = $2, updated_at = $3, \
        poll_due_at = CASE WHEN poll_due_at < $4 THEN $4 ELSE poll_due_at END \
        WHERE user_id = $1";
    DIRTY = "UPDATE strava_connections SET dirty_from = $2 \
        WHERE user_id = $1 AND (dirty_from IS NULL OR dirty_from > $2)";
    CLEAN = "UPDATE strava_connections SET dirty_from = NULL \
        WHERE user_id = $1 AND dirty_from >= $2";
    TERMS = "SELECT retention, permission FROM strava_terms ORDER BY recorded_at DESC, id DESC \
        LIMIT 1";
    ADD_TERMS = "INSERT INTO strava_terms (id, retention, permission, recorded_at) \
        VALUES ($1, $2, $3, $4)";
    RECLASS = "UPDATE strava_items SET retention = $1 WHERE retention <> $1";
}

/// Notes in the same transaction that the books are behind from a day on.
pub(super) async fn mark_dirty(db: &mut Db, user: Uuid, from: Day) -> Result<()> {
    db.execute(DIRTY, args![user, from]).await.map(drop)
}

/// Whether a connection works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConnectionState {
    /// It does, as far as is known.
    Active,
    /// Strava does not accept the stored permission any more.
    NeedsReauth,
}

impl ConnectionState {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Active, Self::NeedsReauth];

    /// `active` or `needs_reauth`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::NeedsReauth => "needs_reauth",
        }
    }
}

words!(ConnectionState, "state of a connection", Self::Active, Self::NeedsReauth);

/// How far the sync is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The list of all activities is being read.
    Summaries,
    /// Details and streams are being read, the newest first.
    Details,
    /// All that is wanted is there.
    Done,
}

impl Stage {
    /// `summaries`, `details` or `done`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Summaries => "summaries",
            Self::Details => "details",
            Self::Done => "done",
        }
    }
}

words!(Stage, "stage of a sync", Self::Summaries, Self::Details, Self::Done);

record! {
    /// A connection, without its tokens.
    pub struct Connection {
        /// Whose.
        pub user_id: Uuid,
        /// Strava's id of the athlete.
        pub athlete: i64,
        /// What was granted, as Strava writes it.
        pub scopes: Text<200>,
        /// Whether it works.
        pub state: ConnectionState,
        /// Why not, in one sentence.
        pub state_reason: Option<String>,
        /// Since when.
        pub state_since: Timestamp,
        /// When it was first made.
        pub connected_at: Timestamp,
        /// Grows with each new pair of tokens.
        pub token_version: i64,
        /// The import that what comes belongs to.
        pub batch_id: Uuid,
        /// How far the sync is.
        pub stage: Stage,
        /// The listing that is under way.
        pub listing_id: Option<Uuid>,
        /// When it began.
        pub listing_from: Option<Timestamp>,
        /// Its next page.
        pub listing_page: i32,
        /// When the last complete listing ended.
        pub listed_at: Option<Timestamp>,
        /// When the newest activities were last looked for.
        pub polled_at: Option<Timestamp>,
        /// When they are looked for next.
        pub poll_due_at: Timestamp,
        /// From this local day on the books do not know yet what has come or gone.
        pub dirty_from: Option<Day>,
        /// What went wrong last, until it goes well again.
        pub last_error: Option<String>,
    }
}

record! {
    /// The sealed tokens of a connection.
    pub struct StoredTokens {
        /// Envelope of the access token.
        pub access_token: Option<String>,
        /// Until when it is good.
        pub access_token_expires_at: Option<Timestamp>,
        /// Envelope of the refresh token.
        pub refresh_token: String,
        /// The pair's number.
        pub token_version: i64,
        /// A renewal is under way until then, or was, and nobody knows what came of it.
        pub refresh_until: Option<Timestamp>,
        /// Whether the connection works.
        pub state: ConnectionState,
        /// Why not.
        pub state_reason: Option<String>,
    }
}

/// A new pair of tokens, sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedTokens {
    /// Envelope of the access token.
    pub access: String,
    /// Until when it is good.
    pub expires_at: Timestamp,
    /// Envelope of the refresh token.
    pub refresh: String,
}

/// Whom a runner connects as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewConnection {
    /// Strava's id of the athlete.
    pub athlete: i64,
    /// Their name.
    pub name: Option<Text<255>>,
    /// What was granted.
    pub scopes: Text<200>,
    /// What was agreed to before.
    pub consent: Uuid,
    /// The tokens.
    pub tokens: SealedTokens,
}

/// What became of connecting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connected {
    /// The runner is connected.
    Yes,
    /// The athlete is connected to another runner; nothing was written.
    OtherRunner,
    /// The runner is connected as another athlete; nothing was written.
    OtherAthlete,
}

record! {
    /// What a runner agreed to.
    pub struct Consent {
        /// The key.
        pub id: Uuid,
        /// When.
        pub given_at: Timestamp,
        /// Which text.
        pub text_version: Text<20>,
        /// What was granted in the end; `None` where the runner turned back.
        pub scopes: Option<Text<200>>,
        /// When it ended.
        pub withdrawn_at: Option<Timestamp>,
    }
}

impl Store {
    /// Notes that a runner agreed to a text and is sent to Strava; the consent's key. `state` comes
    /// back with the runner, until `expires_at`.
    ///
    /// # Errors
    /// [`StoreError::Refused`] without such a user.
    pub async fn begin_strava(
        &self,
        user: Uuid,
        state: &TokenHash,
        text_version: &Text<20>,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<Uuid> {
        let id = new_id(now);
        transaction!(self, |db| {
            db.execute(FORGET_STATES, args![now]).await?;
            db.execute(ADD_CONSENT, args![id, user, now, text_version]).await?;
            db.execute(ADD_STATE, args![state, user, id, now, expires_at]).await
        })?;
        Ok(id)
    }

    /// Uses a state up: the consent that it belongs to; `None` for one that is unknown, another
    /// user's, used or too old.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn use_strava_state(
        &self,
        user: Uuid,
        state: &TokenHash,
        now: Timestamp,
    ) -> Result<Option<Uuid>> {
        transaction!(self, |db| {
            let row = db.first(USE_STATE, args![state, user, now]).await?;
            row.map(|row| row.get("consent_id")).transpose()
        })
    }

    /// Connects a runner, or connects them again with new tokens; the sync begins from its start.
    ///
    /// # Errors
    /// [`StoreError::Missing`] without such a user.
    pub async fn connect_strava(
        &self,
        user: Uuid,
        new: &NewConnection,
        now: Timestamp,
    ) -> Result<Connected> {
        let done = transaction!(self, |db| {
            if !users::lock(db, user).await? {
                return Err(StoreError::Missing("user"));
            }
            if db.first(TAKEN, args![new.athlete, user]).await?.is_some() {
                return Ok(Connected::OtherRunner);
            }
            let before: Option<Connection> = db.maybe(ONE, args![user]).await?;
            if before.as_ref().is_some_and(|c| c.athlete != new.athlete) {
                return Ok(Connected::OtherAthlete);
            }
            let batch = match before {
                Some(connection) => connection.batch_id,
                None => {
                    let id = new_id(now);
                    db.execute(BATCH, args![id, user, Source::Strava, now]).await?;
                    id
                }
            };
            let t = &new.tokens;
            db.execute(CONNECT, args![user, new.scopes, batch, now]).await?;
            let user_row =
                args![user, new.athlete, new.name, t.access, t.expires_at, t.refresh, now];
            db.execute(SET_USER, user_row).await?;
            db.execute(SET_CONSENT, args![user, new.consent, new.scopes]).await?;
            Ok(Connected::Yes)
        });
        match done {
            // Another runner was faster to be that athlete.
            Err(StoreError::Conflict(_)) => Ok(Connected::OtherRunner),
            other => other,
        }
    }

    /// A runner's connection, if there is one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn strava_connection(&self, user: Uuid) -> Result<Option<Connection>> {
        self.read().await?.maybe(ONE, args![user]).await
    }

    /// The connection of an athlete, if there is one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn strava_connection_of(&self, athlete: i64) -> Result<Option<Connection>> {
        self.read().await?.maybe(OF_ATHLETE, args![athlete]).await
    }

    /// The next connections by the user's key, after one of them (nil for the first); at most
    /// [`LIST_MAX`].
    ///
    /// # Errors
    /// When the database fails.
    pub async fn strava_connections(&self, after: Uuid) -> Result<Vec<Connection>> {
        self.read().await?.all(ALL, args![after, i64::from(LIST_MAX)]).await
    }

    /// How many connections are in a state.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_strava_connections(&self, state: ConnectionState) -> Result<i64> {
        self.read().await?.one(COUNT, args![state]).await?.get("n")
    }

    /// The consents of a runner, the latest first; at most [`LIST_MAX`].
    ///
    /// # Errors
    /// When the database fails.
    pub async fn strava_consents(&self, user: Uuid) -> Result<Vec<Consent>> {
        self.read().await?.all(CONSENTS, args![user, i64::from(LIST_MAX)]).await
    }

    /// The sealed tokens of a connection.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn strava_tokens(&self, user: Uuid) -> Result<Option<StoredTokens>> {
        self.read().await?.maybe(TOKENS, args![user]).await
    }

    /// Claims the renewal of the tokens of that version until a time; `None` while somebody else
    /// has it, or when they are not of that version any more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_strava_refresh(
        &self,
        user: Uuid,
        version: i64,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<Uuid>> {
        let (id, latest) = (new_id(now), now + LEASE_LATEST);
        let args = args![user, version, id, now, until.min(latest), latest];
        let changed = transaction!(self, |db| db.execute(CLAIM_REFRESH, args.clone()).await)?;
        Ok((changed == 1).then_some(id))
    }

    /// Gives a claim back that came to nothing. `unsure` is the moment, where nobody knows whether
    /// Strava has replaced the tokens: [`StoredTokens::refresh_until`] then tells of it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn release_strava_refresh(
        &self,
        user: Uuid,
        claim: Uuid,
        unsure: Option<Timestamp>,
    ) -> Result<()> {
        let args = args![user, claim, unsure];
        transaction!(self, |db| db.execute(RELEASE_REFRESH, args.clone()).await).map(drop)
    }

    /// Replaces the tokens of that version by their successors, which are the next version. Whether
    /// the claim still stands does not matter, nor whether somebody has been refused with the old
    /// ones meanwhile: whoever has the successor must not lose it, and the connection works with
    /// it. `false` where there is a successor already that is good for as long.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_strava_tokens(
        &self,
        user: Uuid,
        version: i64,
        tokens: &SealedTokens,
        now: Timestamp,
    ) -> Result<bool> {
        let SealedTokens { access, expires_at, refresh } = tokens;
        transaction!(self, |db| {
            if db.execute(ADVANCE, args![user, version, now, expires_at]).await? == 0 {
                return Ok(false);
            }
            db.execute(SET_TOKENS, args![user, access, expires_at, refresh, now]).await?;
            Ok(true)
        })
    }

    /// Notes that Strava does not accept the tokens of that version any more. `false` where they
    /// have a successor.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn strava_needs_reauth(
        &self,
        user: Uuid,
        version: i64,
        reason: &str,
        now: Timestamp,
    ) -> Result<bool> {
        let args = args![user, version, reason, now];
        Ok(transaction!(self, |db| db.execute(NEEDS_REAUTH, args.clone()).await)? == 1)
    }

    /// Begins a listing of all activities; its key.
    ///
    /// # Errors
    /// [`StoreError::Missing`] without a connection.
    pub async fn begin_strava_listing(&self, user: Uuid, now: Timestamp) -> Result<Uuid> {
        let id = new_id(now);
        self.change(BEGIN_LISTING, args![user, id, now]).await?;
        Ok(id)
    }

    /// Notes which page of a listing is next.
    ///
    /// # Errors
    /// [`StoreError::Missing`] where another listing has begun.
    pub async fn next_strava_page(
        &self,
        user: Uuid,
        listing: Uuid,
        page: i32,
        now: Timestamp,
    ) -> Result<()> {
        self.change(NEXT_PAGE, args![user, listing, page, now]).await
    }

    /// Ends a complete listing; details are next.
    ///
    /// # Errors
    /// [`StoreError::Missing`] where another listing has begun.
    pub async fn end_strava_listing(
        &self,
        user: Uuid,
        listing: Uuid,
        now: Timestamp,
    ) -> Result<()> {
        self.change(END_LISTING, args![user, listing, now]).await
    }

    /// Notes that all details are there.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_strava_details(&self, user: Uuid, now: Timestamp) -> Result<()> {
        transaction!(self, |db| db.execute(END_DETAILS, args![user, now]).await).map(drop)
    }

    /// Notes that there are details to be read again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn more_strava_details(&self, user: Uuid, now: Timestamp) -> Result<()> {
        transaction!(self, |db| db.execute(MORE_DETAILS, args![user, now]).await).map(drop)
    }

    /// Notes that the newest activities were looked for, and when they are next.
    ///
    /// # Errors
    /// [`StoreError::Missing`] without a connection.
    pub async fn strava_polled(&self, user: Uuid, next: Timestamp, now: Timestamp) -> Result<()> {
        self.change(POLLED, args![user, now, next]).await
    }

    /// Notes what went wrong, for the runner to see, and that it is not polled before a moment.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn strava_failed(
        &self,
        user: Uuid,
        error: &str,
        not_before: Timestamp,
        now: Timestamp,
    ) -> Result<()> {
        let args = args![user, error.replace('\0', " "), now, not_before];
        transaction!(self, |db| db.execute(FAILED, args.clone()).await).map(drop)
    }

    /// Notes that what is written next changes what the books say from a day on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn strava_dirty(&self, user: Uuid, from: Day) -> Result<()> {
        transaction!(self, |db| mark_dirty(db, user, from).await)
    }

    /// Notes that the books know everything from a day on; where an earlier day was noted
    /// meanwhile, that stays.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn strava_clean(&self, user: Uuid, from: Day) -> Result<()> {
        transaction!(self, |db| db.execute(CLEAN, args![user, from]).await).map(drop)
    }

    /// Records how long the operator may keep what comes from Strava, and the permission that they
    /// say they hold; what is there already follows. Nothing is written where it was said before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn record_strava_terms(
        &self,
        retention: Retention,
        permission: Option<&str>,
        now: Timestamp,
    ) -> Result<()> {
        let permission = permission.map(str::to_owned);
        transaction!(self, |db| {
            if let Some(row) = db.first(TERMS, Vec::new()).await? {
                let said: (Retention, Option<String>) =
                    (row.get("retention")?, row.get("permission")?);
                if said == (retention, permission.clone()) {
                    return Ok(());
                }
            }
            db.execute(ADD_TERMS, args![new_id(now), retention, permission, now]).await?;
            db.execute(RECLASS, args![retention]).await?;
            Ok(())
        })
    }

    async fn change(&self, sql: &'static str, args: Vec<crate::value::Scalar>) -> Result<()> {
        let changed = transaction!(self, |db| db.execute(sql, args.clone()).await)?;
        if changed == 0 { Err(StoreError::Missing("connection to Strava")) } else { Ok(()) }
    }
}
