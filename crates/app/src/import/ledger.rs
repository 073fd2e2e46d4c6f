//! The imports of the past and what became of each of their rows, a page at a time.

use super::{Counts, ImportView, Outcome, Retry};
use crate::App;
use crate::accounts::Runner;
use crate::error::Result;
use crate::views::{Moment, local};
use std::path::Path;
use uuid::Uuid;

/// Imports on one page.
const PAGE: u32 = 20;
/// Rows of a ledger on one page.
const ROWS: u32 = 100;
/// Last page that can be asked for.
const LAST: u32 = 100_000;

/// One import, summed up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportSummary {
    /// The import.
    pub import: ImportView,
    /// The runner's local day and time on which it began.
    pub began: Moment,
    /// What became of its rows.
    pub counts: Counts,
}

/// A page of imports, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportsPage {
    /// The imports.
    pub items: Vec<ImportSummary>,
    /// 1-based.
    pub page: u32,
    /// There are older ones.
    pub has_more: bool,
}

/// One row of a ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerEntry {
    /// Its number in the source, from 1.
    pub row: i32,
    /// What the source calls it: an id or a file's name.
    pub item: String,
    /// What became of it.
    pub outcome: Outcome,
    /// Why, where it was not simply taken.
    pub reason: Option<String>,
    /// The `strava_activity_id` and the title of its activity, while there is one.
    pub activity: Option<(i64, String)>,
}

/// One import with a page of its ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportPage {
    /// The import.
    pub summary: ImportSummary,
    /// Rows of the page, in the order of the source.
    pub rows: Vec<LedgerEntry>,
    /// 1-based.
    pub page: u32,
    /// Pages there are, at least one.
    pub pages: u32,
    /// What can be tried again.
    pub retry: Retry,
}

impl App {
    /// Imports, newest first, 20 on a page; the first page is 1.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn imports_page(&self, runner: &Runner, page: u32) -> Result<ImportsPage> {
        let page = page.clamp(1, LAST);
        let mut found = self.store.imports_page(runner.id, PAGE + 1, PAGE * (page - 1)).await?;
        let has_more = found.len() > PAGE as usize;
        found.truncate(PAGE as usize);
        let ids: Vec<Uuid> = found.iter().map(|b| b.id).collect();
        let mut counts = self.store.counts_of(&ids).await?;
        let items = found.into_iter().map(|batch| {
            let counts = Counts::of(counts.remove(&batch.id).unwrap_or_default());
            summary(runner, batch.into(), counts)
        });
        Ok(ImportsPage { items: items.collect(), page, has_more })
    }

    /// One import with 100 rows of its ledger, of one outcome or of all; `None` where the runner
    /// has no such import. `folder` is where uploads are kept.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn import_page(
        &self,
        runner: &Runner,
        id: Uuid,
        only: Option<Outcome>,
        page: u32,
        folder: &Path,
    ) -> Result<Option<ImportPage>> {
        let Some(batch) = self.store.import(runner.id, id).await? else { return Ok(None) };
        let counts = Counts::of(self.store.ledger_counts(runner.id, id).await?);
        let found = only.map_or_else(|| counts.all(), |only| counts.having(only));
        let pages = u32::try_from(found.div_ceil(u64::from(ROWS))).unwrap_or(LAST).clamp(1, LAST);
        let page = page.clamp(1, pages);
        let skip = u64::from(ROWS) * u64::from(page - 1);
        let rows = self.store.ledger_page(runner.id, id, only, ROWS, skip).await?;
        let rows = rows.into_iter().map(|(row, activity)| LedgerEntry {
            row: row.row_number,
            item: row.item.as_str().to_owned(),
            outcome: row.outcome,
            reason: row.reason,
            activity: activity.map(|a| {
                (a.strava_activity_id, a.name.map_or_else(String::new, |n| n.as_str().to_owned()))
            }),
        });
        let retry = self.retry_of(runner, id, counts.failed, folder).await?;
        let summary = summary(runner, batch.into(), counts);
        Ok(Some(ImportPage { summary, rows: rows.collect(), page, pages, retry }))
    }
}

fn summary(runner: &Runner, import: ImportView, counts: Counts) -> ImportSummary {
    ImportSummary { began: local(runner, import.started_at), import, counts }
}
