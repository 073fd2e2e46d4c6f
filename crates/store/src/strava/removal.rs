//! What came from Strava's API goes again: in one transaction, with a receipt. An activity that has
//! another source stays; what only the API said goes.

use super::words;
use crate::clocks;
use crate::database::{Db, Store, args, new_id, own_sql, record, statements, transaction};
use crate::error::{Result, StoreError};
use crate::imports::hex_digest;
use crate::users;
use crate::value::{LocalTime, Value};
use hermes_engine::calendar::Day;
use jiff::Timestamp;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Most activities that are removed in one transaction where not all are.
pub const REMOVED_MAX: u32 = 500;
/// Most receipts of one list.
pub const RECEIPTS_MAX: u32 = 5_000;

/// The sources of a user that are Strava's API, with what tells when they came.
macro_rules! sources {
    () => {
        "FROM activity_sources s JOIN strava_activities a ON a.id = s.activity_id \
         LEFT JOIN strava_items i ON i.source_id = s.id \
         WHERE s.user_id = $1 AND s.source = 'strava'"
    };
}

/// The activities that came by the API and whose source was given to another one since, by hand:
/// their rows stay, empty of sources, for the plans of the past, and go with the rest.
macro_rules! emptied {
    () => {
        " UNION ALL SELECT a.id, a.id, a.start_date_local, CAST(0 AS BIGINT) \
         FROM strava_activities a WHERE a.user_id = $1 AND a.source = 'strava' \
         AND NOT EXISTS (SELECT 1 FROM activity_sources s WHERE s.activity_id = a.id)"
    };
}

macro_rules! columns {
    () => {
        "SELECT s.id AS source_id, s.activity_id AS of_activity, a.start_date_local AS began, \
         (SELECT COUNT(*) FROM activity_sources o WHERE o.activity_id = s.activity_id \
         AND o.source <> 'strava') AS others "
    };
}

statements! {
    ALL = concat!(columns!(), sources!(), emptied!(), " ORDER BY source_id");
    OF_ID = concat!(columns!(), sources!(), " AND s.strava_activity_id = $2", emptied!(),
        " AND a.id IN (SELECT v.activity_id FROM activity_versions v WHERE v.user_id = $1 \
        AND v.strava_activity_id = $2) ORDER BY source_id");
    // What was not noted as an item was cut off between two writes: it has no permission to stay.
    EXPIRED = concat!(columns!(), sources!(), " AND ((i.retention = '7d' AND i.fetched_at <= $2) \
        OR (i.source_id IS NULL AND s.created_at <= $2))", emptied!(), " AND a.created_at <= $2 \
        AND COALESCE((SELECT t.retention FROM strava_terms t ORDER BY t.recorded_at DESC, \
        t.id DESC LIMIT 1), '7d') <> 'keep' ORDER BY source_id LIMIT $3");
    WITH_EXPIRED = "SELECT DISTINCT s.user_id FROM activity_sources s \
        LEFT JOIN strava_items i ON i.source_id = s.id WHERE s.source = 'strava' \
        AND ((i.retention = '7d' AND i.fetched_at <= $1) \
        OR (i.source_id IS NULL AND s.created_at <= $1)) ORDER BY s.user_id LIMIT $2";
    DUE = "SELECT COUNT(*) AS n FROM strava_items WHERE retention = '7d' AND fetched_at <= $1";
    DROP_CONNECTION = "DELETE FROM strava_connections WHERE user_id = $1";
    DROP_STATES = "DELETE FROM strava_states WHERE user_id = $1";
    // An answer that is kept for repetitions may say it too.
    DROP_ANSWERS = "DELETE FROM idempotency_keys WHERE user_id = $1 AND status IS NOT NULL";
    DROP_LEDGER = "DELETE FROM import_ledger WHERE user_id = $1 AND batch_id IN \
        (SELECT b.id FROM import_batches b WHERE b.user_id = $1 AND b.source = 'strava')";
    DROP_EVENTS = "DELETE FROM strava_events WHERE user_id = $1";
    WITHDRAW = "UPDATE strava_consents SET withdrawn_at = $2 \
        WHERE user_id = $1 AND withdrawn_at IS NULL";
    CLEAR_USER = "UPDATE users SET strava_id = $2, strava_username = NULL, access_token = NULL, \
        access_token_expires_at = NULL, refresh_token = '', updated_at = $3 WHERE id = $1";
    DROP_PROFILE = "DELETE FROM runner_profiles WHERE user_id = $1";
    DROP_SUMMARIES = "DELETE FROM weekly_summaries WHERE user_id = $1";
    DROP_MOMENTUM = "DELETE FROM momentum_meter WHERE user_id = $1";
    DROP_KILLA = "DELETE FROM killa_meter WHERE user_id = $1";
    DROP_EVENTS_OF_METERS = "DELETE FROM meter_events WHERE user_id = $1";
    RECEIPT = "INSERT INTO strava_erasures (id, subject_hash, reason, activities, rehomed, \
        first_day, erased_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    RECEIPTS = "SELECT id, reason, activities, rehomed, first_day, erased_at \
        FROM strava_erasures WHERE subject_hash = $1 ORDER BY erased_at DESC, id DESC LIMIT $2";
}

/// Rows that one statement deletes.
const DROPPED_AT_ONCE: usize = 100;

/// Rows of activities.
#[derive(Clone, Copy)]
enum Rows {
    /// Themselves, with everything that belongs to them.
    Activities,
    /// What they said before.
    Versions,
    /// What the ledger of the API says of them.
    Ledger,
}

/// Deletes so many rows: `$1` whose, then the activities' keys.
fn drop_rows(rows: Rows) -> String {
    let ids: Vec<String> = (0..DROPPED_AT_ONCE).map(|n| format!("${}", n + 2)).collect();
    let (table, key, more) = match rows {
        Rows::Activities => ("strava_activities", "id", ""),
        Rows::Versions => ("activity_versions", "activity_id", ""),
        Rows::Ledger => (
            "import_ledger",
            "activity_id",
            " AND batch_id IN (SELECT b.id FROM import_batches b WHERE b.source = 'strava')",
        ),
    };
    format!("DELETE FROM {table} WHERE user_id = $1 AND {key} IN ({}){more}", ids.join(", "))
}

/// The statements of this module.
pub(super) fn statements() -> Vec<(&'static str, String)> {
    let mut all = all_statements();
    all.push(("strava::removal::drop activities", drop_rows(Rows::Activities)));
    all.push(("strava::removal::drop versions", drop_rows(Rows::Versions)));
    all.push(("strava::removal::drop ledger", drop_rows(Rows::Ledger)));
    all
}

async fn drop_all(db: &mut Db, rows: Rows, user: Uuid, ids: &BTreeSet<Uuid>) -> Result<()> {
    let ids: Vec<Uuid> = ids.iter().copied().collect();
    for part in ids.chunks(DROPPED_AT_ONCE) {
        // One statement for any number: the last id fills the places that are left.
        let fill = part.last().into_iter().cycle();
        let mut args = args![user];
        args.extend(part.iter().chain(fill).take(DROPPED_AT_ONCE).map(Value::to_scalar));
        db.run(own_sql(drop_rows(rows)), args).await?;
    }
    Ok(())
}

/// Why something goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The runner disconnected, or asked for it.
    Disconnected,
    /// The runner withdrew the permission at Strava.
    Deauthorized,
    /// Its time is over.
    Expired,
    /// It was deleted at Strava, or is not shown any more.
    Deleted,
    /// The account ends.
    Account,
}

impl Reason {
    /// The word in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Disconnected => "disconnected",
            Self::Deauthorized => "deauthorized",
            Self::Expired => "expired",
            Self::Deleted => "deleted",
            Self::Account => "account",
        }
    }
}

words!(
    Reason,
    "reason of an erasure",
    Self::Disconnected,
    Self::Deauthorized,
    Self::Expired,
    Self::Deleted,
    Self::Account
);

record! {
    /// What was erased, and when.
    pub struct Receipt {
        /// The key.
        pub id: Uuid,
        /// Why.
        pub reason: Reason,
        /// Activities that are gone.
        pub activities: i32,
        /// Activities that stay by another source, without what the API said.
        pub rehomed: i32,
        /// Local day of the first of them.
        pub first_day: Option<Day>,
        /// When.
        pub erased_at: Timestamp,
    }
}

/// A source that goes.
struct Source {
    id: Uuid,
    activity: Uuid,
    day: Day,
    alone: bool,
}

/// Whose a receipt is: a digest, so that it can stay when the account is gone.
fn subject(user: Uuid) -> String {
    hex_digest(user.as_bytes())
}

async fn sources(
    db: &mut Db,
    sql: &'static str,
    args: Vec<crate::value::Scalar>,
) -> Result<Vec<Source>> {
    let rows = db.rows(sql, args).await?;
    let source = |row: &crate::database::Row| {
        Ok(Source {
            id: row.get("source_id")?,
            activity: row.get("of_activity")?,
            day: row.get::<LocalTime>("began")?.day(),
            alone: row.get::<i64>("others")? == 0,
        })
    };
    rows.iter().map(source).collect()
}

/// Removes sources, with the activities that have no other, and writes the receipt.
async fn remove(
    db: &mut Db,
    user: Uuid,
    sources: &[Source],
    reason: Reason,
    now: Timestamp,
) -> Result<Receipt> {
    let (mut gone, mut stay) = (BTreeSet::new(), BTreeSet::new());
    let mut dropped = BTreeSet::new();
    for source in sources {
        if source.alone {
            gone.insert(source.activity);
        } else {
            dropped.insert(source.id);
            stay.insert(source.activity);
        }
    }
    if !stay.is_empty() {
        let mut groups = crate::sources::of_api(db, user).await?;
        groups.retain(|group| stay.contains(&group.id));
        let goes = |s: &crate::sources::Stored| dropped.contains(&s.id);
        crate::sources::remove(db, user, &groups, goes, now).await?;
        // What they said before, the API has said too.
        drop_all(db, Rows::Versions, user, &stay).await?;
    }
    // Before the activities: their rows of the ledger are known by them.
    drop_all(db, Rows::Ledger, user, &gone).await?;
    drop_all(db, Rows::Ledger, user, &stay).await?;
    drop_all(db, Rows::Activities, user, &gone).await?;
    db.execute(DROP_ANSWERS, args![user]).await?;
    let first_day = sources.iter().map(|s| s.day).min();
    if let Some(day) = first_day {
        super::connections::mark_dirty(db, user, day).await?;
    }
    let count = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
    let receipt = Receipt {
        id: new_id(now),
        reason,
        activities: count(gone.len()),
        rehomed: count(stay.len()),
        first_day,
        erased_at: now,
    };
    let Receipt { id, activities, rehomed, .. } = receipt;
    let row = args![id, subject(user), reason, activities, rehomed, first_day, now];
    db.execute(RECEIPT, row).await?;
    Ok(receipt)
}

impl Store {
    /// Removes what the API said of one activity; `None` where it said nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remove_strava_activity(
        &self,
        user: Uuid,
        id: i64,
        reason: Reason,
        now: Timestamp,
    ) -> Result<Option<Receipt>> {
        transaction!(self, |db| {
            let now = clocks::moment(db, user, now).await?;
            users::lock(db, user).await?;
            let found = sources(db, OF_ID, args![user, id]).await?;
            if found.is_empty() {
                return Ok(None);
            }
            remove(db, user, &found, reason, now).await.map(Some)
        })
    }

    /// Removes up to [`REMOVED_MAX`] of what may not stay and was fetched up to a moment; `None`
    /// where there is nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn purge_strava(
        &self,
        user: Uuid,
        fetched_by: Timestamp,
        now: Timestamp,
    ) -> Result<Option<Receipt>> {
        transaction!(self, |db| {
            let now = clocks::moment(db, user, now).await?;
            users::lock(db, user).await?;
            let args = args![user, fetched_by, i64::from(REMOVED_MAX)];
            let found = sources(db, EXPIRED, args).await?;
            if found.is_empty() {
                return Ok(None);
            }
            remove(db, user, &found, Reason::Expired, now).await.map(Some)
        })
    }

    /// How many activities may not stay that were fetched up to a moment.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_strava_to_purge(&self, fetched_by: Timestamp) -> Result<i64> {
        self.read().await?.one(DUE, args![fetched_by]).await?.get("n")
    }

    /// Users of whom something may not stay that was fetched up to a moment; at most
    /// [`REMOVED_MAX`].
    ///
    /// # Errors
    /// When the database fails.
    pub async fn users_to_purge_of_strava(&self, fetched_by: Timestamp) -> Result<Vec<Uuid>> {
        let args = args![fetched_by, i64::from(REMOVED_MAX)];
        let rows = self.read().await?.rows(WITH_EXPIRED, args).await?;
        rows.iter().map(|row| row.get("user_id")).collect()
    }

    /// Erases everything that came from Strava's API, and the connection: activities, tokens,
    /// events, the ledger, kept answers, and the books that were worked out with them, which the
    /// caller works out anew. The record of the consent and the receipt stay.
    ///
    /// # Errors
    /// [`StoreError::Missing`] without such a user.
    pub async fn erase_strava(
        &self,
        user: Uuid,
        reason: Reason,
        now: Timestamp,
    ) -> Result<Receipt> {
        transaction!(self, |db| {
            let now = clocks::moment(db, user, now).await?;
            if !users::lock(db, user).await? {
                return Err(StoreError::Missing("user"));
            }
            let all = sources(db, ALL, args![user]).await?;
            let receipt = remove(db, user, &all, reason, now).await?;
            for sql in [
                DROP_STATES,
                DROP_EVENTS,
                DROP_LEDGER,
                DROP_CONNECTION,
                DROP_PROFILE,
                DROP_SUMMARIES,
                DROP_MOMENTUM,
                DROP_KILLA,
                DROP_EVENTS_OF_METERS,
            ] {
                db.execute(sql, args![user]).await?;
            }
            db.execute(WITHDRAW, args![user, now]).await?;
            db.execute(CLEAR_USER, args![user, users::local_strava_id(user), now]).await?;
            Ok(receipt)
        })
    }

    /// The receipts of a user, the latest first; at most [`RECEIPTS_MAX`].
    ///
    /// # Errors
    /// When the database fails.
    pub async fn strava_receipts(&self, user: Uuid) -> Result<Vec<Receipt>> {
        let args = args![subject(user), i64::from(RECEIPTS_MAX)];
        self.read().await?.all(RECEIPTS, args).await
    }
}
