//! Imports and their ledgers a page at a time.

use crate::database::{Record, Row, Store, args, statements};
use crate::error::Result;
use crate::imports::{Batch, LedgerRow, Outcome, at_most};
use crate::value::Text;
use std::collections::HashMap;
use uuid::Uuid;

/// Most imports or rows of a ledger on one page.
pub const PAGE_MAX: u32 = 500;

statements! {
    ONE = "SELECT id, source, name, started_at, finished_at, rolled_back_at \
        FROM import_batches WHERE user_id = $1 AND id = $2";
    PAGE = "SELECT id, source, name, started_at, finished_at, rolled_back_at \
        FROM import_batches WHERE user_id = $1 ORDER BY started_at DESC, id DESC \
        LIMIT $2 OFFSET $3";
    ROWS = "SELECT l.row_number, l.item, l.outcome, l.reason, l.activity_id, \
        a.strava_activity_id, a.name FROM import_ledger l \
        LEFT JOIN strava_activities a ON a.id = l.activity_id AND NOT a.deleted \
        WHERE l.user_id = $1 AND l.batch_id = $2 AND ($3 = '' OR l.outcome = $3) \
        ORDER BY l.row_number, l.id LIMIT $4 OFFSET $5";
    [bulk] COUNTS(
        "SELECT batch_id, outcome, COUNT(*) AS count FROM import_ledger WHERE batch_id IN \
         (SELECT id FROM import_batches WHERE FALSE UNION ALL VALUES", 1,
        ") GROUP BY batch_id, outcome"
    );
}

/// The activity of a row, as pages know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Its id.
    pub strava_activity_id: i64,
    /// Its title.
    pub name: Option<Text<255>>,
}

impl Store {
    /// One import of a user.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn import(&self, user: Uuid, batch: Uuid) -> Result<Option<Batch>> {
        self.read().await?.maybe(ONE, args![user, batch]).await
    }

    /// Imports after the first `skip`, newest first; at most [`PAGE_MAX`].
    ///
    /// # Errors
    /// [`crate::StoreError::TooMany`] above the limit; when the database fails.
    pub async fn imports_page(&self, user: Uuid, limit: u32, skip: u32) -> Result<Vec<Batch>> {
        at_most("imports on a page", limit as usize, PAGE_MAX as usize)?;
        let args = args![user, i64::from(limit), i64::from(skip)];
        self.read().await?.all(PAGE, args).await
    }

    /// How many rows of each of these imports had which outcome. The caller has made sure whose
    /// they are.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn counts_of(&self, batches: &[Uuid]) -> Result<HashMap<Uuid, Vec<(Outcome, u64)>>> {
        let mut counts: HashMap<Uuid, Vec<(Outcome, u64)>> = HashMap::new();
        let ids = batches.iter().map(|id| args![*id]).collect();
        for row in self.read().await?.bulk_rows(&COUNTS, ids).await? {
            let count: i64 = row.get("count")?;
            let of = counts.entry(row.get("batch_id")?).or_default();
            of.push((row.get("outcome")?, u64::try_from(count).unwrap_or(0)));
        }
        Ok(counts)
    }

    /// Rows of an import's ledger after the first `skip`, in the order of the source, of one
    /// outcome or of all; each with its activity. At most [`PAGE_MAX`].
    ///
    /// # Errors
    /// [`crate::StoreError::TooMany`] above the limit; when the database fails.
    pub async fn ledger_page(
        &self,
        user: Uuid,
        batch: Uuid,
        outcome: Option<Outcome>,
        limit: u32,
        skip: u64,
    ) -> Result<Vec<(LedgerRow, Option<Named>)>> {
        at_most("rows of a ledger on a page", limit as usize, PAGE_MAX as usize)?;
        let skip = i64::try_from(skip).unwrap_or(i64::MAX);
        let outcome = outcome.map_or("", Outcome::name).to_owned();
        let args = args![user, batch, outcome, i64::from(limit), skip];
        let rows = self.read().await?.rows(ROWS, args).await?;
        let read = |row: &Row| {
            let id: Option<i64> = row.get("strava_activity_id")?;
            let name = row.get("name")?;
            Ok((
                LedgerRow::read(row)?,
                id.map(|strava_activity_id| Named { strava_activity_id, name }),
            ))
        };
        rows.iter().map(read).collect()
    }
}
