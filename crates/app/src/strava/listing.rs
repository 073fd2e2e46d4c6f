//! Reading what a runner did: the list of all activities, the newest, and the details of runs.
//!
//! The list of all is read page by page and goes on where it was. It ends with the first page that
//! holds nothing, be it the first: such a list is complete. What it did not hold is asked for by
//! itself and goes where Strava answers that there is none; where what is asked for is there after
//! all, it is the list that is wrong, and nothing goes for it.

use super::calls::{Purpose, Stop};
use super::{ConnectionState, Reason, Stage, Terms};
use crate::App;
use crate::accounts::Runner;
use crate::measure;
use hermes_store::strava::connections::Connection;
use hermes_store::strava::items::{Detail, Item};
use hermes_strava::client::Span;
use jiff::{SignedDuration, Timestamp};
use std::collections::HashSet;
use uuid::Uuid;

/// Requests of one turn; then it is the next runner's.
const TURN_REQUESTS: u32 = 20;
/// Most pages of a list: 200,000 activities.
const PAGES_MAX: i32 = 1_000;
/// How far back of now the newest activities are looked for: watches upload late.
const POLL_BACK: SignedDuration = SignedDuration::from_hours(14 * 24);
/// What may not stay longer than seven days is not asked for when it is older.
const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);
/// So many activities are looked up at once that a listing did not hold.
const MISSING_AT_ONCE: u32 = 50;
/// So many more of them may be there than are gone, before the list is taken for incomplete.
const THERE_MAX: u32 = 2;
/// So many of them may be answered with an error, before the next listing looks again.
const FAILED_MAX: usize = 3;
/// How often points that are not there yet are asked for.
const DETAIL_TRIES: i32 = 3;
/// How long after a failure details are asked for again.
const DETAIL_AGAIN: SignedDuration = SignedDuration::from_hours(1);
/// A run that began longer ago than this has no points to come.
const POINTS_LATE: SignedDuration = SignedDuration::from_hours(48);
/// Polls of all runners together use this part of a day's reads, in thousandths.
const POLL_SHARE: i64 = 400;
/// Requests of a poll: a page and the empty one after it.
const POLL_REQUESTS: i64 = 2;
/// Least and most time between two polls of a runner.
const POLL_EVERY: (SignedDuration, SignedDuration) =
    (SignedDuration::from_hours(1), SignedDuration::from_hours(12));

/// How far a turn went.
pub(super) enum Turn {
    /// There is nothing more to do now.
    Done,
    /// It goes on when others had their turn.
    Again,
}

/// The requests that are left of a turn.
struct Budget(u32);

impl Budget {
    const fn spend(&mut self) -> bool {
        match self.0.checked_sub(1) {
            Some(left) => {
                self.0 = left;
                true
            }
            None => false,
        }
    }
}

impl App {
    /// A turn of catching up: the list first, then details, the newest first.
    pub(super) async fn backfill_strava(&self, user: Uuid) -> Result<Turn, Stop> {
        let runner = self.synced_runner(user).await?;
        let done = self.backfill_turn(&runner).await;
        // What was taken counts, however the turn ended, or the one before it.
        self.settle_strava(&runner).await?;
        done
    }

    async fn backfill_turn(&self, runner: &Runner) -> Result<Turn, Stop> {
        let mut budget = Budget(TURN_REQUESTS);
        let connection = self.connection(runner).await?;
        let listed = connection.listed_at.is_none_or(|at| at + LISTED_EVERY <= self.clock.now());
        let stage = if connection.listing_id.is_some() || listed {
            Stage::Summaries
        } else {
            connection.stage
        };
        if stage == Stage::Summaries && !self.list_all(runner, &connection, &mut budget).await? {
            return Ok(Turn::Again);
        }
        self.read_details(runner, &mut budget).await
    }

    async fn connection(&self, runner: &Runner) -> Result<Connection, Stop> {
        self.store.strava_connection(runner.id).await?.ok_or(Stop::NotConnected)
    }

    /// Lists all activities from where it was; `false` when the turn is over before the end.
    async fn list_all(
        &self,
        runner: &Runner,
        connection: &Connection,
        budget: &mut Budget,
    ) -> Result<bool, Stop> {
        let now = self.clock.now();
        let (listing, first, began) = match connection.listing_id {
            Some(listing) => {
                let began = connection.listing_from.unwrap_or(now);
                (listing, connection.listing_page, began)
            }
            None => (self.store.begin_strava_listing(runner.id, now).await?, 1, now),
        };
        let span = self.listed_span(began)?;
        for page in first..PAGES_MAX {
            if !budget.spend() {
                return Ok(false);
            }
            let number = u32::try_from(page).unwrap_or(1);
            let found = self.ask(runner.id, Purpose::Backfill, move |client, token| async move {
                client.activities(&token, span, number).await
            });
            let found = found.await?;
            if found.entries == 0 {
                break;
            }
            self.take_listed(runner, connection, &found.activities, Some(listing)).await?;
            let now = self.clock.now();
            self.store.next_strava_page(runner.id, listing, page + 1, now).await?;
        }
        let since = span.after.unwrap_or(Timestamp::UNIX_EPOCH);
        if !self.look_for_missing(runner, listing, (began, since), budget).await? {
            return Ok(false);
        }
        self.store.end_strava_listing(runner.id, listing, self.clock.now()).await?;
        Ok(true)
    }

    /// What is listed: everything, or what may be kept at all.
    fn listed_span(&self, now: Timestamp) -> Result<Span, Stop> {
        let after = match self.strava_now()?.terms {
            Terms::Week => Some(now - WEEK),
            Terms::Keep(_) => None,
        };
        Ok(Span { after, before: None })
    }

    /// Asks for what a complete list did not hold, one by one, and removes what is not there any
    /// more; `false` when the turn is over before the end.
    async fn look_for_missing(
        &self,
        runner: &Runner,
        listing: Uuid,
        (began, since): (Timestamp, Timestamp),
        budget: &mut Budget,
    ) -> Result<bool, Stop> {
        let (mut gone, mut there, mut failed) = (0, 0, HashSet::new());
        loop {
            let most = MISSING_AT_ONCE;
            let missing = self.store.unseen_strava_items(runner.id, listing, began, since, most);
            let mut missing: Vec<i64> =
                missing.await?.iter().map(|item| item.strava_activity_id).collect();
            missing.retain(|id| !failed.contains(id));
            if missing.is_empty() {
                return Ok(true);
            }
            for id in missing {
                if !budget.spend() {
                    return Ok(false);
                }
                match self.look_again(runner, listing, id).await {
                    Ok(true) => there += 1,
                    Ok(false) => gone += 1,
                    Err(Stop::Retry(_)) => drop(failed.insert(id)),
                    Err(stop) => return Err(stop),
                }
                if there > gone + THERE_MAX || failed.len() > FAILED_MAX {
                    let failed = failed.len();
                    tracing::warn!(runner = %runner.id, there, gone, failed, "a list lacks some");
                    return Ok(true);
                }
            }
        }
    }

    /// Asks for one activity that a list did not hold. Is it there? It is taken as it is, and
    /// removed where Strava has it no more.
    async fn look_again(&self, runner: &Runner, listing: Uuid, id: i64) -> Result<bool, Stop> {
        let connection = self.connection(runner).await?;
        let found = self.ask(runner.id, Purpose::Poll, move |client, token| async move {
            client.activity(&token, id).await
        });
        match found.await {
            Ok(activity) => {
                self.take_one(runner, &connection, &activity).await?;
                self.store.saw_strava_items(runner.id, listing, &[id]).await?;
                Ok(true)
            }
            Err(Stop::NotFound) => self.gone(runner, id).await.map(|()| false),
            Err(stop) => Err(stop),
        }
    }

    /// Removes what the API said of an activity that is not there any more.
    pub(super) async fn gone(&self, runner: &Runner, id: i64) -> Result<(), Stop> {
        let now = self.clock.now();
        let removed = self.store.remove_strava_activity(runner.id, id, Reason::Deleted, now);
        if let Some(receipt) = removed.await? {
            measure::strava_erased(&receipt);
            tracing::info!(runner = %runner.id, "an activity is gone at Strava, and so here");
        }
        Ok(())
    }

    /// Reads details and points, the newest run first.
    async fn read_details(&self, runner: &Runner, budget: &mut Budget) -> Result<Turn, Stop> {
        loop {
            let now = self.clock.now();
            let Some(item) = self.store.next_strava_detail(runner.id, now).await? else {
                if self.store.count_strava_items(runner.id).await?.wanted == 0 {
                    self.store.end_strava_details(runner.id, now).await?;
                }
                return Ok(Turn::Done);
            };
            if !budget.spend() || !budget.spend() {
                return Ok(Turn::Again);
            }
            let connection = self.connection(runner).await?;
            match self.read_detail(runner, &connection, &item).await {
                Ok(()) => {}
                Err(Stop::NotFound) => self.gone(runner, item.strava_activity_id).await?,
                // One activity that Strava cannot give does not stop the others.
                Err(Stop::Retry(why)) if item.detail_tries + 1 >= DETAIL_TRIES => {
                    tracing::warn!(runner = %runner.id, why, "details of an activity are given up");
                    self.detail(runner, &item, Detail::GivenUp).await?;
                }
                Err(Stop::Retry(why)) => {
                    self.detail(runner, &item, Detail::Wanted).await?;
                    if item.detail_tries > 0 {
                        tracing::warn!(runner = %runner.id, why, "details cannot be had yet");
                    }
                }
                Err(stop) => return Err(stop),
            }
        }
    }

    async fn detail(&self, runner: &Runner, item: &Item, detail: Detail) -> Result<(), Stop> {
        let again = self.clock.now() + DETAIL_AGAIN;
        let id = item.strava_activity_id;
        Ok(self.store.set_strava_detail(runner.id, id, detail, again).await?)
    }

    async fn read_detail(
        &self,
        runner: &Runner,
        connection: &Connection,
        item: &Item,
    ) -> Result<(), Stop> {
        let id = item.strava_activity_id;
        let activity = self.ask(runner.id, Purpose::Backfill, move |client, token| async move {
            client.activity(&token, id).await
        });
        let activity = activity.await?;
        let points = self.ask(runner.id, Purpose::Backfill, move |client, token| async move {
            client.streams(&token, id).await
        });
        let points = points.await?;
        let now = self.clock.now();
        let late = item.start_date + POINTS_LATE > now && item.detail_tries + 1 < DETAIL_TRIES;
        let detail = if points.is_none() && late { Detail::Wanted } else { Detail::Had };
        self.take_detailed(runner, connection, &activity, points.as_ref()).await?;
        self.detail(runner, item, detail).await
    }

    /// Looks for the newest activities.
    pub(super) async fn poll_strava(&self, user: Uuid) -> Result<(), Stop> {
        let runner = self.synced_runner(user).await?;
        let done = self.poll_pages(&runner).await;
        self.settle_strava(&runner).await?;
        let fresh = done?;
        let now = self.clock.now();
        let next = now + self.poll_every().await?;
        self.store.strava_polled(runner.id, next, now).await?;
        if fresh > 0 {
            self.store.more_strava_details(runner.id, now).await?;
            let of = super::OfRunner { user };
            self.kick(&crate::jobs::Job::StravaBackfill(of)).await?;
        }
        Ok(())
    }

    async fn poll_pages(&self, runner: &Runner) -> Result<usize, Stop> {
        let connection = self.connection(runner).await?;
        let back = match self.strava_now()?.terms {
            Terms::Week => WEEK,
            Terms::Keep(_) => POLL_BACK,
        };
        let span = Span { after: Some(self.clock.now() - back), before: None };
        let mut fresh = 0;
        for page in 1..PAGES_MAX.unsigned_abs() {
            let found = self.ask(runner.id, Purpose::Poll, move |client, token| async move {
                client.activities(&token, span, page).await
            });
            let found = found.await?;
            if found.entries == 0 {
                break;
            }
            fresh += self.take_listed(runner, &connection, &found.activities, None).await?;
        }
        Ok(fresh)
    }

    /// The time between two polls of a runner: the more runners, the longer.
    async fn poll_every(&self) -> Result<SignedDuration, Stop> {
        let runners = self.store.count_strava_connections(ConnectionState::Active).await?.max(1);
        let quota = self.store.strava_quota(self.clock.now()).await?;
        let day = quota.iter().filter(|q| q.span == super::QuotaSpan::Day).map(|q| q.allowed).min();
        let requests = (i64::from(day.unwrap_or(1_000)) * POLL_SHARE / 1_000).max(1);
        let seconds = 86_400 * runners * POLL_REQUESTS / requests;
        let (least, most) = POLL_EVERY;
        Ok(SignedDuration::from_secs(seconds).clamp(least, most))
    }
}

/// How often everything is listed: what was deleted is gone here within two days.
pub(super) const LISTED_EVERY: SignedDuration = SignedDuration::from_hours(24);
