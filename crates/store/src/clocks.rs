//! When each runner's next week begins, and the claims of those who plan it.
//!
//! A claim is a batch: an id that is written into the clocks of the runners that it holds, with a
//! time by which it ends. What is loaded for a batch joins on that id, and what is saved names it
//! again: a batch that was claimed by somebody else in the meantime saves nothing.

use crate::database::{Db, Store, args, new_id, statements, stored_time, transaction};
use crate::error::{Result, StoreError};
use hermes_engine::calendar::Day;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

/// Most runners of one batch.
pub const BATCH_MAX: u32 = 1_000;
/// The longest claim; a longer one is cut to this.
pub const LEASE_MAX: SignedDuration = SignedDuration::from_mins(5);
/// A claim that ends later than this from now was made by a clock that has been set back since.
/// Twice the longest: the clocks of several machines differ.
const LATEST: SignedDuration = SignedDuration::from_mins(10);
/// The longest time that a runner is put off for; a longer one is cut to this.
pub const PUT_OFF_MAX: SignedDuration = SignedDuration::from_hours(24);
/// No week begins further ahead than this: a week, a day of travel, and one to spare. A clock that
/// says so was set by a clock that has been set back since.
const AHEAD_MAX: SignedDuration = SignedDuration::from_hours(9 * 24);
/// Neither is anybody put off until later than this: the clocks of several machines differ.
const PUT_OFF_LATEST: SignedDuration = SignedDuration::from_hours(25);

/// No transaction waits for longer for its turn. A clock that is further ahead is a wrong one.
const TURN_MAX: SignedDuration = SignedDuration::from_mins(1);

/// Held by nobody: $3 is now, $5 the latest end that a claim can have.
macro_rules! unclaimed {
    () => {
        "(leased_until IS NULL OR leased_until <= $3 OR leased_until > $5)"
    };
}

statements! {
    READ_AND_HOLD = "UPDATE runner_clocks SET updated_at = CASE \
        WHEN updated_at > $2 AND updated_at <= $3 THEN updated_at ELSE $2 END \
        WHERE user_id = $1 RETURNING updated_at";
    ADVANCE = "UPDATE runner_clocks SET updated_at = $2 WHERE user_id = $1";
    CLAIM_DUE = concat!("UPDATE runner_clocks SET batch_id = $1, leased_until = $2, \
        updated_at = $3 WHERE user_id IN (SELECT user_id FROM runner_clocks WHERE due_at <= $3 \
        AND ", unclaimed!(), " ORDER BY due_at, user_id LIMIT $4)");
    CLAIM_DUE_UNLOCKED = concat!("UPDATE runner_clocks SET batch_id = $1, leased_until = $2, \
        updated_at = $3 WHERE user_id IN (SELECT user_id FROM runner_clocks WHERE due_at <= $3 \
        AND ", unclaimed!(), " ORDER BY due_at, user_id LIMIT $4 FOR UPDATE SKIP LOCKED)");
    CLAIM_ONE = concat!("UPDATE runner_clocks SET batch_id = $1, leased_until = $2, \
        updated_at = $3 WHERE user_id = $4 AND ", unclaimed!());
    RECALL = "UPDATE runner_clocks SET due_at = $1, updated_at = $2 \
        WHERE due_at > $4 AND (due_at > $3 OR attempts > 0)";
    CLAIMED = "SELECT c.user_id, u.time_zone, c.attempts FROM runner_clocks c \
        JOIN users u ON u.id = c.user_id WHERE c.batch_id = $1 ORDER BY c.user_id";
    DEFER = "UPDATE runner_clocks SET due_at = $3, last_error = $4, attempts = attempts + 1, \
        batch_id = NULL, leased_until = NULL, updated_at = $5 \
        WHERE user_id = $1 AND batch_id = $2";
    RELEASE = "UPDATE runner_clocks SET batch_id = NULL, leased_until = NULL, updated_at = $2 \
        WHERE batch_id = $1";
    WITHOUT = "SELECT DISTINCT p.user_id FROM weekly_plans p \
        LEFT JOIN runner_clocks c ON c.user_id = p.user_id \
        WHERE p.published AND NOT p.replayed AND c.user_id IS NULL ORDER BY p.user_id LIMIT $1";
    OF_RUNNER = "SELECT week_start_date, due_at, attempts, last_error FROM runner_clocks \
        WHERE user_id = $1";
    COUNT_DUE = "SELECT COUNT(*) AS n, MIN(due_at) AS oldest FROM runner_clocks WHERE due_at <= $1";
    [bulk] SET(
        "INSERT INTO runner_clocks (user_id, week_start_date, due_at, updated_at) VALUES", 4,
        "ON CONFLICT (user_id) DO UPDATE SET week_start_date = excluded.week_start_date, \
         due_at = excluded.due_at, attempts = 0, last_error = NULL, \
         updated_at = excluded.updated_at"
    );
    [bulk] FINISH(
        "INSERT INTO runner_clocks (user_id, batch_id, week_start_date, due_at, updated_at) \
         VALUES", 5,
        "ON CONFLICT (user_id) DO UPDATE SET week_start_date = excluded.week_start_date, \
         due_at = excluded.due_at, batch_id = NULL, leased_until = NULL, attempts = 0, \
         last_error = NULL, updated_at = excluded.updated_at \
         WHERE runner_clocks.batch_id = excluded.batch_id"
    );
}

/// When a runner's next week begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// Whose.
    pub user: Uuid,
    /// The week's first day.
    pub week_start: Day,
    /// The moment that day begins on the runner's clock.
    pub due_at: Timestamp,
}

/// A stored clock, with what became of the last attempts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredClock {
    /// The clock.
    pub clock: Clock,
    /// Attempts that failed since the last one that did not.
    pub attempts: i32,
    /// Why the last one failed.
    pub last_error: Option<String>,
}

/// A runner in a claimed batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// Who.
    pub user: Uuid,
    /// The runner's time zone.
    pub time_zone: Option<String>,
    /// Attempts that failed since the last one that did not.
    pub attempts: i32,
}

/// Runners whose weeks are being planned by the holder of this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// The claim's id.
    pub id: Uuid,
    /// The runners, by id; at most [`BATCH_MAX`].
    pub runners: Vec<Claimed>,
}

/// How much is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// Runners whose week has begun unplanned, claimed ones among them.
    pub runners: i64,
    /// Since when the first of them is.
    pub oldest: Option<Timestamp>,
}

async fn claimed(db: &mut Db, batch: Uuid) -> Result<Vec<Claimed>> {
    let rows = db.rows(CLAIMED, args![batch]).await?;
    let claimed = rows.iter().map(|row| {
        Ok(Claimed {
            user: row.get("user_id")?,
            time_zone: row.get("time_zone")?,
            attempts: row.get("attempts")?,
        })
    });
    claimed.collect()
}

/// Sets clocks inside a transaction.
pub(crate) async fn set(db: &mut Db, clocks: &[Clock], now: Timestamp) -> Result<()> {
    let row = |c: &Clock| args![c.user, c.week_start, c.due_at, now];
    db.bulk(&SET, clocks.iter().map(row).collect()).await.map(drop)
}

/// So much after a moment.
fn after(now: Timestamp, time: SignedDuration) -> Timestamp {
    now.checked_add(time).unwrap_or(Timestamp::MAX)
}

/// Ends a batch inside the transaction that saves what came of it: its runners' next weeks.
pub(crate) async fn finish(db: &mut Db, batch: Uuid, next: &[Clock], now: Timestamp) -> Result<()> {
    let row = |c: &Clock| args![c.user, batch, c.week_start, c.due_at, now];
    let ended = db.bulk(&FINISH, next.iter().map(row).collect()).await?;
    if usize::try_from(ended).ok() == Some(next.len()) {
        Ok(())
    } else {
        Err(StoreError::LeaseLost)
    }
}

/// The moment that a fact about a runner is recorded at, inside the transaction that records it and
/// before anything else in it: after that of every plan that was made without the fact. `now` was
/// read before the transaction had its turn, and what a plan knew is told by moments. Until it ends
/// no other one gets a moment.
pub(crate) async fn moment(db: &mut Db, user: Uuid, now: Timestamp) -> Result<Timestamp> {
    let now = stored_time(now);
    let row = db.first(READ_AND_HOLD, args![user, now, after(now, TURN_MAX)]).await?;
    // Without a clock nothing was planned.
    let Some(row) = row else { return Ok(now) };
    let latest: Timestamp = row.get("updated_at")?;
    if latest <= now {
        return Ok(now);
    }
    let next = after(latest, SignedDuration::from_micros(1));
    db.execute(ADVANCE, args![user, next]).await?;
    Ok(next)
}

impl Store {
    /// The moment of a plan that is about to be made: whatever is recorded of the runner from here
    /// on is recorded after it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn plan_moment(&self, user: Uuid, now: Timestamp) -> Result<Timestamp> {
        transaction!(self, |db| moment(db, user, now).await)
    }

    /// Sets runners' clocks; claims that stand are left alone.
    ///
    /// # Errors
    /// [`StoreError::Refused`] for an unknown user.
    pub async fn set_clocks(&self, clocks: &[Clock], now: Timestamp) -> Result<()> {
        transaction!(self, |db| set(db, clocks, now).await)
    }

    /// A runner's clock, if one is set.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn clock(&self, user: Uuid) -> Result<Option<StoredClock>> {
        let Some(row) = self.read().await?.first(OF_RUNNER, args![user]).await? else {
            return Ok(None);
        };
        let clock =
            Clock { user, week_start: row.get("week_start_date")?, due_at: row.get("due_at")? };
        let (attempts, last_error) = (row.get("attempts")?, row.get("last_error")?);
        Ok(Some(StoredClock { clock, attempts, last_error }))
    }

    /// Runners with a published plan and without a clock, at most so many: those of a database
    /// from before there were clocks.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn runners_without_clock(&self, limit: u32) -> Result<Vec<Uuid>> {
        let rows = self.read().await?.rows(WITHOUT, args![i64::from(limit)]).await?;
        rows.iter().map(|row| row.get("user_id")).collect()
    }

    /// How many runners are due.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn weeks_due(&self, now: Timestamp) -> Result<Due> {
        let row = self.read().await?.one(COUNT_DUE, args![now]).await?;
        Ok(Due { runners: row.get("n")?, oldest: row.get("oldest")? })
    }

    /// Makes due, whatever the time is, the runners whose week would begin further ahead than any
    /// week can, or who are put off for longer than anybody is: a clock that ran ahead and was set
    /// back has set it. How many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn recall_clocks(&self, now: Timestamp) -> Result<u64> {
        let (week, put_off) = (after(now, AHEAD_MAX), after(now, PUT_OFF_LATEST));
        let args = args![Timestamp::UNIX_EPOCH, now, week, put_off];
        transaction!(self, |db| db.execute(RECALL, args.clone()).await)
    }

    /// Claims up to `limit` runners whose week has begun, the longest waiting first, until a time.
    /// Runners whose claim has run out, or ends later than any claim can, are
    /// claimed anew.
    ///
    /// # Errors
    /// [`StoreError::TooMany`] above [`BATCH_MAX`]; when the database fails.
    pub async fn claim_due(&self, now: Timestamp, until: Timestamp, limit: u32) -> Result<Batch> {
        if limit > BATCH_MAX {
            let (what, found, limit) = ("runners of a batch", limit as usize, BATCH_MAX as usize);
            return Err(StoreError::TooMany { what, found, limit });
        }
        let (until, latest) = (until.min(after(now, LEASE_MAX)), after(now, LATEST));
        let id = new_id(now);
        let claim = if self.has_one_writer() { CLAIM_DUE } else { CLAIM_DUE_UNLOCKED };
        let runners = transaction!(self, |db| {
            let args = args![id, until, now, i64::from(limit), latest];
            db.execute(claim, args).await?;
            claimed(db, id).await
        })?;
        Ok(Batch { id, runners })
    }

    /// Claims one runner, due or not; `None` while somebody else holds the claim.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_runner(
        &self,
        user: Uuid,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<Batch>> {
        let (until, latest) = (until.min(after(now, LEASE_MAX)), after(now, LATEST));
        let id = new_id(now);
        let runners = transaction!(self, |db| {
            let args = args![id, until, now, user, latest];
            db.execute(CLAIM_ONE, args).await?;
            claimed(db, id).await
        })?;
        Ok((!runners.is_empty()).then_some(Batch { id, runners }))
    }

    /// Puts a runner of a batch off, by [`PUT_OFF_MAX`] at most: what went wrong is kept, and the
    /// week is due again later.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when the batch does not hold the runner.
    pub async fn defer_week(
        &self,
        batch: Uuid,
        user: Uuid,
        error: &str,
        due_at: Timestamp,
        now: Timestamp,
    ) -> Result<()> {
        let args = args![user, batch, due_at.min(after(now, PUT_OFF_MAX)), error, now];
        let changed = transaction!(self, |db| db.execute(DEFER, args.clone()).await)?;
        if changed == 0 { Err(StoreError::LeaseLost) } else { Ok(()) }
    }

    /// Gives a batch back as it was; nothing happens where it has ended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn release_batch(&self, batch: Uuid, now: Timestamp) -> Result<()> {
        transaction!(self, |db| db.execute(RELEASE, args![batch, now]).await).map(drop)
    }
}
