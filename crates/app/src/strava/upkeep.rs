//! What comes by itself: polls that are due, lists that are old, what may not stay.

use super::calls::Stop;
use super::listing::{LISTED_EVERY, Turn};
use super::{ConnectionState, OfActivity, OfRunner, Reason, Stage};
use crate::App;
use crate::error::Result;
use crate::jobs::{Failure, Job};
use crate::measure;
use hermes_store::strava::connections::{Connection, LIST_MAX};
use jiff::SignedDuration;
use uuid::Uuid;

/// How long what may not stay may stay.
pub(crate) const KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long a connection waits for the runner to connect again before everything goes.
const REAUTH_KEPT: SignedDuration = SignedDuration::from_hours(28 * 24);
/// How long events can be looked at that are dealt with.
const EVENTS_KEPT: SignedDuration = SignedDuration::from_hours(14 * 24);
/// An event that waits for longer than this has lost its job.
const EVENT_LOST: SignedDuration = SignedDuration::from_mins(10);
/// How long a runner is left alone after something went wrong that only a person can mend.
const BLOCKED: SignedDuration = SignedDuration::from_hours(1);
/// How often a job is tried in a row.
const TRIES: i32 = 4;
/// Most batches of a list in one run.
const BATCHES_MAX: u32 = 100;

impl App {
    /// [`Job::StravaUpkeep`].
    pub(crate) async fn keep_up_strava(&self) -> Result<()> {
        // What may not stay goes also where Strava was switched off since.
        self.purge_strava().await?;
        if !matches!(self.strava, super::Use::On(_)) {
            return Ok(());
        }
        let now = self.clock.now();
        for (user, activity) in self.store.waiting_strava_events(now - EVENT_LOST).await? {
            self.kick(&Job::StravaEvent(OfActivity { user, activity })).await?;
        }
        while self.store.prune_strava_events(now - EVENTS_KEPT).await? > 0 {}
        let mut after = Uuid::nil();
        for _ in 0..BATCHES_MAX {
            let batch = self.store.strava_connections(after).await?;
            for connection in &batch {
                self.look_after(connection).await?;
            }
            match batch.last() {
                Some(last) if batch.len() == LIST_MAX as usize => after = last.user_id,
                _ => break,
            }
        }
        Ok(())
    }

    async fn look_after(&self, connection: &Connection) -> Result<()> {
        let (now, of) = (self.clock.now(), OfRunner { user: connection.user_id });
        if connection.state == ConnectionState::NeedsReauth {
            if connection.state_since + REAUTH_KEPT <= now
                && let Some(runner) = self.runner(of.user).await?
            {
                self.erase_strava(&runner, Reason::Deauthorized).await?;
            }
            return Ok(());
        }
        if connection.poll_due_at <= now {
            self.kick(&Job::StravaPoll(of)).await?;
        }
        if connection.last_error.is_some() && connection.poll_due_at > now {
            return Ok(());
        }
        let listed = connection.listed_at.is_some_and(|at| at + LISTED_EVERY > now);
        if !listed || connection.stage != Stage::Done || connection.dirty_from.is_some() {
            self.kick(&Job::StravaBackfill(of)).await?;
        }
        Ok(())
    }

    /// Removes what may not stay any longer.
    async fn purge_strava(&self) -> Result<()> {
        let by = self.clock.now() - KEPT;
        for user in self.store.users_to_purge_of_strava(by).await? {
            let Some(runner) = self.runner(user).await? else { continue };
            for _ in 0..BATCHES_MAX {
                let now = self.clock.now();
                let Some(receipt) = self.store.purge_strava(user, by, now).await? else { break };
                measure::strava_erased(&receipt);
                let (gone, stay) = (receipt.activities, receipt.rehomed);
                tracing::info!(runner = %user, gone, stay, "what may not stay longer is erased");
            }
            match self.settle_strava(&runner).await {
                Ok(()) => {}
                Err(Stop::App(error)) => return Err(error),
                Err(_) => {}
            }
        }
        Ok(())
    }

    /// [`Job::StravaBackfill`].
    pub(crate) async fn strava_backfill_job(
        &self,
        of: OfRunner,
        attempt: i32,
    ) -> Result<(), Failure> {
        match self.backfill_strava(of.user).await {
            Ok(Turn::Done) => Ok(()),
            Ok(Turn::Again) => {
                Err(Failure::Later(self.clock.now(), "other runners' turn".to_owned()))
            }
            Err(stop) => self.stopped(of.user, stop, attempt).await,
        }
    }

    /// [`Job::StravaPoll`].
    pub(crate) async fn strava_poll_job(&self, of: OfRunner, attempt: i32) -> Result<(), Failure> {
        match self.poll_strava(of.user).await {
            Ok(()) => Ok(()),
            Err(stop) => self.stopped(of.user, stop, attempt).await,
        }
    }

    /// [`Job::StravaEvent`].
    pub(crate) async fn strava_event_job(
        &self,
        of: OfActivity,
        attempt: i32,
    ) -> Result<(), Failure> {
        match self.strava_event(of).await {
            Ok(()) => Ok(()),
            Err(stop) => self.stopped(of.user, stop, attempt).await,
        }
    }

    /// Notes for the runner why a sync stopped, and what becomes of its job.
    async fn stopped(&self, user: Uuid, stop: Stop, attempt: i32) -> Result<(), Failure> {
        let now = self.clock.now();
        match &stop {
            Stop::Later(..) | Stop::NotFound | Stop::NotConnected => {}
            Stop::Operator(_) | Stop::Reauth(_) | Stop::Retry(_) | Stop::App(_) => {
                let said = stop.say().unwrap_or_default();
                tracing::warn!(runner = %user, said, "a sync with Strava stopped");
                let noted = self.store.strava_failed(user, &said, now + BLOCKED, now).await;
                noted.map_err(|e| Failure::Retry(e.to_string()))?;
            }
        }
        // What only a person can mend is not tried on by itself, nor what went wrong again and
        // again: the runner sees why, and the periodic look comes by again.
        match stop {
            Stop::Later(at, why) => Err(Failure::Later(at, why)),
            Stop::Retry(why) if attempt < TRIES => Err(Failure::Retry(why)),
            Stop::Retry(_) => Ok(()),
            Stop::App(error) => Err(error.into()),
            Stop::Reauth(_) | Stop::Operator(_) | Stop::NotFound | Stop::NotConnected => Ok(()),
        }
    }
}
