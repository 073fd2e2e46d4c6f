//! Imports of the past with their ledgers.

use super::Reply;
use super::enter::{Asked, At, Caller};
use super::health::PageQuery;
use super::list::Page;
use super::words::{Id, Moment};
use crate::Web;
use axum::Json;
use axum::extract::State as Shared;
use hermes_app::{Counts, ImportState, ImportView, LedgerLine};
use serde::Serialize;
use utoipa::ToSchema;

/// One import.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Import {
    /// The key.
    id: Id,
    /// What was imported.
    name: String,
    /// When it began.
    started_at: Moment,
    /// When it ended; null while it runs or when it was broken off.
    finished_at: Option<Moment>,
    /// When it was taken back.
    undone_at: Option<Moment>,
}

impl From<ImportView> for Import {
    fn from(i: ImportView) -> Self {
        Self {
            id: Id(i.id),
            name: i.name,
            started_at: Moment::from(&i.started_at),
            finished_at: i.finished_at.as_ref().map(Moment::from),
            undone_at: i.rolled_back_at.as_ref().map(Moment::from),
        }
    }
}

/// The latest imports
///
/// Newest first, the latest 100.
#[utoipa::path(get, path = "/imports", tag = "imports", params(PageQuery),
    responses((status = 200, description = "A page of imports.", body = Page<Import>)))]
pub(super) async fn imports(
    Shared(web): Shared<Web>,
    caller: Caller,
    Asked(query): Asked<PageQuery>,
) -> Reply<Page<Import>> {
    let page = query.read()?;
    let mut all = web.app.past_imports(&caller.runner).await?;
    all.reverse();
    let all = super::health::placed(all, |i| i.started_at.as_microsecond());
    Ok(Json(Page::of_all(all, page, |(place, _)| *place, |(_, i)| Import::from(i))))
}

/// What became of the rows of an import.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Rows {
    /// Added.
    new: u64,
    /// Known with other values.
    updated: u64,
    /// Known like that.
    unchanged: u64,
    /// The same activity came before in this import.
    duplicate: u64,
    /// Left out on purpose.
    skipped: u64,
    /// Could not be read.
    failed: u64,
}

impl From<Counts> for Rows {
    fn from(c: Counts) -> Self {
        Self {
            new: c.new,
            updated: c.updated,
            unchanged: c.unchanged,
            duplicate: c.duplicate,
            skipped: c.skipped,
            failed: c.failed,
        }
    }
}

/// A row that was not simply taken.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Line {
    /// Its row in the archive.
    row: i32,
    /// What the archive calls it.
    item: String,
    /// What became of it: `duplicate`, `skipped`, `failed` or another word of `rows`.
    outcome: String,
    /// Why.
    reason: String,
}

impl From<LedgerLine> for Line {
    fn from(l: LedgerLine) -> Self {
        Self { row: l.row, item: l.item, outcome: l.outcome, reason: l.reason }
    }
}

/// One import with its ledger.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct WholeImport {
    /// The import.
    import: Import,
    /// What became of its rows.
    rows: Rows,
}

impl WholeImport {
    pub(super) fn of(import: ImportView, rows: Counts) -> Self {
        Self { import: import.into(), rows: rows.into() }
    }
}

/// One import
///
/// With what became of its rows.
#[utoipa::path(get, path = "/imports/{id}", tag = "imports",
    params(("id" = Id, Path, description = "The import.")),
    responses((status = 200, description = "The import.", body = WholeImport)))]
pub(super) async fn import(
    Shared(web): Shared<Web>,
    caller: Caller,
    At(Id(id)): At<Id>,
) -> Reply<WholeImport> {
    let (import, counts, _) = web.app.import_ledger(&caller.runner, id).await?;
    Ok(Json(WholeImport::of(import, counts)))
}

/// The ledger of an import
///
/// The rows that were not simply taken, in order.
#[utoipa::path(get, path = "/imports/{id}/ledger", tag = "imports",
    params(("id" = Id, Path, description = "The import."), PageQuery),
    responses((status = 200, description = "A page of its ledger.", body = Page<Line>)))]
pub(super) async fn ledger(
    Shared(web): Shared<Web>,
    caller: Caller,
    At(Id(id)): At<Id>,
    Asked(query): Asked<PageQuery>,
) -> Reply<Page<Line>> {
    let page = query.read()?;
    let (.., lines) = web.app.import_ledger(&caller.runner, id).await?;
    // Several lines can be about one row: their order among those is their place.
    let mut places = Vec::with_capacity(lines.len());
    let mut last = (i64::MIN, 0);
    for line in &lines {
        let row = i64::from(line.row);
        last = if last.0 == row { (row, last.1 + 1) } else { (row, 0) };
        places.push(last);
    }
    let all = places.into_iter().zip(lines).collect();
    Ok(Json(Page::of_all(all, page, |(place, _)| *place, |(_, l)| Line::from(l))))
}

/// The import that is under way in this process, or the last one.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ImportNow {
    /// What is imported.
    name: String,
    /// `running`, `done` or `failed`.
    state: &'static str,
    /// Why it was broken off.
    why: Option<String>,
    /// Rows dealt with.
    rows_done: u64,
    /// Rows there are.
    rows_total: u64,
    /// What became of them.
    rows: Rows,
}

/// The import that is under way
///
/// Or the last one since the server began; null without one.
#[utoipa::path(get, path = "/imports/current", tag = "imports",
    responses((status = 200, description = "The import.", body = Option<ImportNow>)))]
pub(super) async fn current_import(
    Shared(web): Shared<Web>,
    caller: Caller,
) -> Reply<Option<ImportNow>> {
    let now = web.app.import_status(caller.runner.id).map(|s| {
        let (state, why) = match s.state {
            ImportState::Running => ("running", None),
            ImportState::Done => ("done", None),
            ImportState::Failed(why) => ("failed", Some(why)),
        };
        let (rows_done, rows_total) = (s.rows_done, s.rows_total);
        ImportNow { name: s.name, state, why, rows_done, rows_total, rows: s.counts.into() }
    });
    Ok(Json(now))
}
