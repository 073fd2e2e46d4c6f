//! What came from the API: each activity with how long it may stay and whether its details were
//! asked for.

use super::{Retention, words};
use crate::database::{Store, args, own_sql, record, statements, transaction};
use crate::error::{Result, StoreError};
use crate::value::{Text, Value};
use jiff::Timestamp;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// Items that one statement marks as seen: a page of a list.
const SEEN_AT_ONCE: usize = 200;
/// Most activities of another account that are noted.
pub const REFUSED_MAX: i64 = 10_000;
/// Most items of one call.
pub const ITEMS_MAX: usize = 1_000;

macro_rules! columns {
    () => {
        "source_id, user_id, strava_activity_id, start_date, retention, fetched_at, listing_id, \
         digest, detail, detail_tries, detail_due_at FROM strava_items"
    };
}

statements! {
    ONE = concat!("SELECT ", columns!(), " WHERE user_id = $1 AND strava_activity_id = $2");
    NEXT_DETAIL = concat!("SELECT ", columns!(), " WHERE user_id = $1 AND detail = 'wanted' \
        AND detail_due_at <= $2 ORDER BY start_date DESC, strava_activity_id DESC LIMIT 1");
    UNSEEN = concat!("SELECT ", columns!(), " WHERE user_id = $1 AND fetched_at < $3 \
        AND start_date > $4 AND (listing_id IS NULL OR listing_id <> $2) \
        ORDER BY start_date DESC, strava_activity_id DESC LIMIT $5");
    REFUSED = "SELECT DISTINCT item FROM import_ledger WHERE user_id = $1 AND batch_id = $2 \
        AND outcome = 'failed' ORDER BY item LIMIT $3";
    COUNTS = "SELECT COUNT(*) AS n, COUNT(CASE WHEN detail = 'wanted' THEN 1 END) AS wanted, \
        MIN(CASE WHEN detail = 'wanted' THEN detail_due_at END) AS due, \
        MIN(start_date) AS first, MAX(start_date) AS last \
        FROM strava_items WHERE user_id = $1";
    DETAIL = "UPDATE strava_items SET detail = $3, detail_tries = detail_tries + 1, \
        detail_due_at = $4 WHERE user_id = $1 AND strava_activity_id = $2";
    WANT = "UPDATE strava_items SET detail = 'wanted', detail_tries = 0, detail_due_at = $3 \
        WHERE user_id = $1 AND strava_activity_id = $2";
    [bulk] OF_IDS(
        concat!("SELECT ", columns!(), " WHERE strava_activity_id IN \
        (SELECT CAST(column1 AS BIGINT) FROM (VALUES"), 1, ") AS ids)"
    );
    [bulk] SOURCES(
        "SELECT id, user_id, strava_activity_id FROM activity_sources WHERE source = 'strava' \
         AND strava_activity_id IN (SELECT CAST(column1 AS BIGINT) FROM (VALUES", 1, ") AS ids)"
    );
    [bulk] OWNERS(
        "SELECT user_id, strava_activity_id FROM activity_sources WHERE strava_activity_id IN \
         (SELECT CAST(column1 AS BIGINT) FROM (VALUES", 1, ") AS ids)"
    );
    [bulk] PUT(
        "INSERT INTO strava_items (source_id, user_id, strava_activity_id, start_date, \
         retention, fetched_at, listing_id, digest, detail, detail_tries, detail_due_at) VALUES",
        11,
        "ON CONFLICT (source_id) DO UPDATE SET start_date = excluded.start_date, \
         retention = excluded.retention, digest = excluded.digest, \
         listing_id = CASE WHEN excluded.listing_id IS NULL THEN strava_items.listing_id \
         ELSE excluded.listing_id END, detail = excluded.detail, detail_tries = 0, \
         detail_due_at = excluded.detail_due_at"
    );
}

/// Marks so many activities: `$1` of whom, `$2` by which listing, then the ids.
fn seen() -> String {
    let ids: Vec<String> = (0..SEEN_AT_ONCE).map(|n| format!("${}", n + 3)).collect();
    let ids = ids.join(", ");
    format!(
        "UPDATE strava_items SET listing_id = $2 WHERE user_id = $1 \
         AND strava_activity_id IN ({ids})"
    )
}

/// The statements of this module.
pub(super) fn statements() -> Vec<(&'static str, String)> {
    [all_statements(), vec![("strava::items::seen", seen())]].concat()
}

/// Whether the details of an activity were asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// They are to be.
    Wanted,
    /// They were, or none are needed.
    Had,
    /// They cannot be had.
    GivenUp,
}

impl Detail {
    /// `wanted`, `had` or `given_up`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wanted => "wanted",
            Self::Had => "had",
            Self::GivenUp => "given_up",
        }
    }
}

words!(Detail, "state of details", Self::Wanted, Self::Had, Self::GivenUp);

record! {
    /// An activity that came from the API.
    pub struct Item {
        /// The row of its source.
        pub source_id: Uuid,
        /// Whose.
        pub user_id: Uuid,
        /// Strava's id.
        pub strava_activity_id: i64,
        /// When it began.
        pub start_date: Timestamp,
        /// How long it may stay.
        pub retention: Retention,
        /// When it was first fetched.
        pub fetched_at: Timestamp,
        /// The last listing that held it.
        pub listing_id: Option<Uuid>,
        /// Digest of what a list says of it.
        pub digest: Text<64>,
        /// Whether its details were asked for.
        pub detail: Detail,
        /// How often in vain.
        pub detail_tries: i32,
        /// Not before this.
        pub detail_due_at: Timestamp,
    }
}

/// What is noted of an activity that was imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewItem {
    /// Strava's id.
    pub id: i64,
    /// When it began.
    pub start: Timestamp,
    /// Digest of what a list says of it.
    pub digest: Text<64>,
    /// Whether its details are wanted.
    pub detail: Detail,
    /// Not before this.
    pub due_at: Timestamp,
}

/// How many items a runner has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ItemCounts {
    /// All.
    pub all: i64,
    /// Those whose details are wanted.
    pub wanted: i64,
    /// When the first of those is due.
    pub due: Option<Timestamp>,
    /// When the first began.
    pub first: Option<Timestamp>,
    /// When the last began.
    pub last: Option<Timestamp>,
}

fn at_most(found: usize) -> Result<()> {
    let (what, limit) = ("activities from Strava", ITEMS_MAX);
    if found > limit { Err(StoreError::TooMany { what, found, limit }) } else { Ok(()) }
}

impl Store {
    /// The runner's items of those ids.
    ///
    /// # Errors
    /// [`StoreError::TooMany`] above [`ITEMS_MAX`].
    pub async fn strava_items(&self, user: Uuid, ids: &[i64]) -> Result<Vec<Item>> {
        at_most(ids.len())?;
        let ids = ids.iter().map(|id| args![*id]).collect();
        let rows = self.read().await?.bulk_rows(&OF_IDS, ids).await?;
        let items = rows.iter().map(<Item as crate::database::Record>::read);
        let items = items.collect::<Result<Vec<_>>>()?;
        Ok(items.into_iter().filter(|item| item.user_id == user).collect())
    }

    /// The runner's item of an id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn strava_item(&self, user: Uuid, id: i64) -> Result<Option<Item>> {
        self.read().await?.maybe(ONE, args![user, id]).await
    }

    /// Notes activities that were imported: those that have no source of Strava are left out. What
    /// a listing that is under way found is marked as seen by it.
    ///
    /// # Errors
    /// [`StoreError::TooMany`] above [`ITEMS_MAX`].
    pub async fn put_strava_items(
        &self,
        user: Uuid,
        items: &[NewItem],
        retention: Retention,
        listing: Option<Uuid>,
        now: Timestamp,
    ) -> Result<()> {
        at_most(items.len())?;
        let ids: Vec<_> = items.iter().map(|item| args![item.id]).collect();
        transaction!(self, |db| {
            let mut sources = HashMap::new();
            for row in db.bulk_rows(&SOURCES, ids.clone()).await? {
                if row.get::<Uuid>("user_id")? == user {
                    let id: i64 = row.get("strava_activity_id")?;
                    sources.insert(id, row.get::<Uuid>("id")?);
                }
            }
            let mut rows = Vec::new();
            for item in items {
                // Taken out: the same activity twice in one list is one item.
                let Some(source) = sources.remove(&item.id) else { continue };
                rows.push(args![
                    source,
                    user,
                    item.id,
                    item.start,
                    retention,
                    now,
                    listing,
                    item.digest,
                    item.detail,
                    0,
                    item.due_at
                ]);
            }
            db.bulk(&PUT, rows).await
        })?;
        Ok(())
    }

    /// Marks items as seen by a listing.
    ///
    /// # Errors
    /// [`StoreError::TooMany`] above [`ITEMS_MAX`].
    pub async fn saw_strava_items(&self, user: Uuid, listing: Uuid, ids: &[i64]) -> Result<()> {
        at_most(ids.len())?;
        transaction!(self, |db| {
            for part in ids.chunks(SEEN_AT_ONCE) {
                // One statement for any number: the last id fills the places that are left.
                let fill = part.last().into_iter().cycle();
                let mut args = args![user, listing];
                args.extend(part.iter().chain(fill).take(SEEN_AT_ONCE).map(Value::to_scalar));
                db.run(own_sql(seen()), args).await?;
            }
            Ok(())
        })
    }

    /// Items that a listing did not see although they began after `since` and were there when it
    /// began; the newest first, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn unseen_strava_items(
        &self,
        user: Uuid,
        listing: Uuid,
        began: Timestamp,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<Item>> {
        let args = args![user, listing, began, since, i64::from(limit)];
        self.read().await?.all(UNSEEN, args).await
    }

    /// Those of some activities that are another account's: an activity is in one account only.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn strava_elsewhere(&self, user: Uuid, ids: &[i64]) -> Result<BTreeSet<i64>> {
        let ids: Vec<_> = ids.iter().map(|id| args![*id]).collect();
        let mut db = self.read().await?;
        let mut elsewhere = BTreeSet::new();
        for bulk in [&OWNERS, &crate::sources::OWNED] {
            for row in db.bulk_rows(bulk, ids.clone()).await? {
                if row.get::<Uuid>("user_id")? != user {
                    elsewhere.insert(row.get("strava_activity_id")?);
                }
            }
        }
        Ok(elsewhere)
    }

    /// Activities that were refused to a connection's import, because they are another account's,
    /// and still are; of [`REFUSED_MAX`] at most.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn strava_refused(&self, user: Uuid, batch: Uuid) -> Result<BTreeSet<i64>> {
        let args = args![user, batch, REFUSED_MAX];
        let rows = self.read().await?.rows(REFUSED, args).await?;
        let items: Vec<String> = rows.iter().map(|row| row.get("item")).collect::<Result<_>>()?;
        let ids: Vec<i64> = items.iter().filter_map(|item| item.parse().ok()).collect();
        self.strava_elsewhere(user, &ids).await
    }

    /// The newest item whose details are wanted and due.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_strava_detail(&self, user: Uuid, now: Timestamp) -> Result<Option<Item>> {
        self.read().await?.maybe(NEXT_DETAIL, args![user, now]).await
    }

    /// Notes what came of asking for details; `due_at` is when to ask again, where that is wanted.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_strava_detail(
        &self,
        user: Uuid,
        id: i64,
        detail: Detail,
        due_at: Timestamp,
    ) -> Result<()> {
        let args = args![user, id, detail, due_at];
        transaction!(self, |db| db.execute(DETAIL, args.clone()).await).map(drop)
    }

    /// Wants the details of an item again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn want_strava_detail(&self, user: Uuid, id: i64, due_at: Timestamp) -> Result<()> {
        transaction!(self, |db| db.execute(WANT, args![user, id, due_at]).await).map(drop)
    }

    /// How many items the runner has.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_strava_items(&self, user: Uuid) -> Result<ItemCounts> {
        let row = self.read().await?.one(COUNTS, args![user]).await?;
        Ok(ItemCounts {
            all: row.get("n")?,
            wanted: row.get("wanted")?,
            due: row.get("due")?,
            first: row.get("first")?,
            last: row.get("last")?,
        })
    }
}
