//! Lists in pages that stay in place while new items come in, and what links their items.

use crate::App;
use crate::accounts::Runner;
use crate::error::{AppError, Result};
use crate::import::{Counts, ImportView, LedgerLine};
use crate::views::{ActivityQuery, ActivityView, mark_rejected};
use hermes_engine::calendar::Day;
use hermes_engine::compliance::Scored;
use hermes_store::activities::{ActivityRow, PAGE_MAX};
use hermes_store::value::LocalTime;
use uuid::Uuid;

/// Days around an activity in which its session lies: a session can be run days later, and a
/// correction reaches a week.
const AROUND: i64 = 8;

/// Where a page of activities ended: the start of its last one on the local wall clock, in seconds
/// since 1970, and its id.
pub type Place = (i64, i64);

/// Activities from some place on, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivitiesAfter {
    /// The activities.
    pub items: Vec<ActivityView>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<Place>,
}

impl App {
    /// At most `limit` activities (and at most 200), newest first, that come after a place; the
    /// query's page counts for nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn activities_after(
        &self,
        runner: &Runner,
        query: &ActivityQuery,
        after: Option<Place>,
        limit: usize,
    ) -> Result<ActivitiesAfter> {
        let filter = query.filter();
        let after = after.and_then(|(start, id)| Some((LocalTime::new(start)?, id)));
        // One more tells whether there are more.
        let limit = u32::try_from(limit).unwrap_or(PAGE_MAX).min(PAGE_MAX);
        let mut rows = self.store.activities_after(runner.id, &filter, after, limit + 1).await?;
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let place = |row: &ActivityRow| (row.start_date_local.seconds(), row.strava_activity_id);
        let next = rows.last().filter(|_| more).map(place);
        let mut items: Vec<ActivityView> = rows.iter().map(ActivityView::of).collect();
        if let (Some(newest), Some(oldest)) = (items.first(), items.last()) {
            let span = (oldest.day - 1, newest.day + 2);
            let history = self.history_of(runner, span.0, span.1).await?;
            mark_rejected(items.iter_mut(), &history.rejected);
        }
        Ok(ActivitiesAfter { items, next })
    }

    /// The planned session that an activity of a day was, with what was done of it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session_of_activity(
        &self,
        runner: &Runner,
        activity: i64,
        day: Day,
    ) -> Result<Option<Scored>> {
        let span = (day - AROUND - 6, day + AROUND);
        let matched = self.matched(runner, span, self.today(runner)).await?;
        Ok(matched.sessions.into_iter().find(|s| s.activities.contains(&activity)))
    }

    /// One of the latest imports ([`crate::IMPORTS_MAX`]) with what became of its rows, and those
    /// that were not simply taken, in order.
    ///
    /// # Errors
    /// [`AppError::NotFound`] without such an import.
    pub async fn import_ledger(
        &self,
        runner: &Runner,
        id: Uuid,
    ) -> Result<(ImportView, Counts, Vec<LedgerLine>)> {
        let found = self.past_imports(runner).await?.into_iter().find(|i| i.id == id);
        let none = || AppError::NotFound(format!("there is no import {id} among your latest"));
        let import = found.ok_or_else(none)?;
        let ledger = self.ledger_of(runner, id, import.name.clone()).await?;
        Ok((import, ledger.counts, ledger.problems))
    }

    /// The day on which Send It mode ends, where it is on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn send_it_end(&self, runner: &Runner, as_of: Day) -> Result<Option<Day>> {
        let chosen = self.store.overrides(runner.id, as_of, self.clock.now()).await?;
        Ok(chosen.iter().map(|o| o.fact().1).filter(|end| *end > as_of).max())
    }
}
