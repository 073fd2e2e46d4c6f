//! The worker: claims jobs, runs them under a lease, notes what became of them.

use super::backoff::backoff;
use super::{Failure, Handle, Job, Task};
use crate::App;
use crate::error::Result;
use crate::measure;
use hermes_store::StoreError;
use hermes_store::jobs::{AfterFailure, Lease, StoredJob};
use jiff::SignedDuration;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};
use tracing::Instrument as _;
use uuid::Uuid;

/// How long a claim holds without a heartbeat.
pub const LEASE: SignedDuration = SignedDuration::from_secs(60);
/// Time between two heartbeats: a third of the lease.
pub const BEAT: Duration = Duration::from_secs(20);
/// Time between two looks for jobs that have become due.
pub const POLL: Duration = Duration::from_secs(1);
/// How long running jobs are waited for when the worker is stopped.
pub const GRACE: Duration = Duration::from_secs(20);
/// Most jobs that a worker runs at once.
pub const AT_ONCE: u32 = 2;
/// Seconds between two looks for periods that have begun.
const TICK_S: i64 = 60;
/// Most batches of one [`Worker::drain`].
const DRAIN_BATCHES_MAX: u32 = 10_000;

/// How a worker spends its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Time between two heartbeats. Default: [`BEAT`].
    pub beat: Duration,
    /// Time between two looks for due jobs. Default: [`POLL`].
    pub poll: Duration,
    /// How long running jobs are waited for at the end. Default: [`GRACE`].
    pub grace: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self { beat: BEAT, poll: POLL, grace: GRACE }
    }
}

/// What became of the jobs of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Done.
    pub done: u32,
    /// Failed, and to be tried again.
    pub retried: u32,
    /// Put off, without having failed.
    pub put_off: u32,
    /// Failed for good.
    pub dead: u32,
    /// Taken by another worker meanwhile, or their end could not be noted: they are run again.
    pub lost: u32,
}

/// What became of a job.
enum End {
    Done,
    Retried,
    PutOff,
    Dead,
    Lost,
}

impl End {
    /// The word for it in metrics.
    const fn name(&self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Retried => "retried",
            Self::PutOff => "put_off",
            Self::Dead => "dead",
            Self::Lost => "lost",
        }
    }
}

impl Tally {
    fn count(&mut self, end: &End) {
        let number = match end {
            End::Done => &mut self.done,
            End::Retried => &mut self.retried,
            End::PutOff => &mut self.put_off,
            End::Dead => &mut self.dead,
            End::Lost => &mut self.lost,
        };
        *number += 1;
    }

    const fn total(&self) -> u32 {
        self.done + self.retried + self.put_off + self.dead + self.lost
    }
}

/// Runs jobs. Any number of workers, in any number of processes, share one database.
pub struct Worker<H = App> {
    app: App,
    handler: Arc<H>,
    /// A name that no other worker has.
    holder: Arc<str>,
    pace: Pace,
}

impl<H> Clone for Worker<H> {
    fn clone(&self) -> Self {
        let (app, handler, holder) = (self.app.clone(), self.handler.clone(), self.holder.clone());
        Self { app, handler, holder, pace: self.pace }
    }
}

impl Worker {
    /// A worker that does the app's jobs.
    #[must_use]
    pub fn new(app: App) -> Self {
        let handler = app.clone();
        Self::with(app, handler, Pace::default())
    }
}

impl<H: Handle> Worker<H> {
    /// A worker whose jobs are done by `handler`.
    #[must_use]
    pub fn with(app: App, handler: H, pace: Pace) -> Self {
        let now = app.clock.now();
        let seconds = u64::try_from(now.as_second()).unwrap_or(0);
        let name = Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, seconds, 0));
        let holder = format!("{}-{name}", std::process::id()).into();
        Self { app, handler: Arc::new(handler), holder, pace }
    }

    /// Runs jobs, and adds those that come by themselves, until `stop` is ready. Then no more are
    /// claimed, those that run may finish for as long as the pace allows, and what is still
    /// running is left half-way and given back for others.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let mut stop = pin!(stop);
        let mut running = JoinSet::new();
        let mut ticked = None;
        let mut away = false;
        self.report_strangers().await;
        loop {
            // A claim that is broken off here is given back below.
            let found = tokio::select! {
                biased;
                () = &mut stop => break,
                found = self.take(&mut running, &mut ticked) => found,
            };
            if let Err(error) = &found
                && !away
            {
                tracing::warn!(%error, "jobs cannot be claimed; trying on");
            }
            away = found.is_err();
            tokio::select! {
                biased;
                () = &mut stop => break,
                Some(_) = running.join_next() => {}
                () = sleep(self.pace.poll) => {}
            }
        }
        let finish = async { while running.join_next().await.is_some() {} };
        let _ = timeout(self.pace.grace, finish).await;
        let left = running.len();
        running.shutdown().await;
        match self.app.store.release_jobs(&self.holder).await {
            Ok(released) if left > 0 => {
                tracing::warn!(released, "running jobs were given back for another worker");
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "jobs are given back when their leases end"),
        }
    }

    /// Adds what has come by itself and starts as many due jobs as may run at once.
    async fn take(&self, running: &mut JoinSet<End>, ticked: &mut Option<i64>) -> Result<()> {
        let tick = self.app.clock.now().as_second().div_euclid(TICK_S);
        if *ticked != Some(tick) {
            self.app.enqueue_periodic().await?;
            *ticked = Some(tick);
        }
        let free = AT_ONCE.saturating_sub(u32::try_from(running.len()).unwrap_or(AT_ONCE));
        if free > 0 {
            let (jobs, _) = self.claim(free).await?;
            for job in jobs {
                running.spawn(self.clone().attend(job));
            }
        }
        Ok(())
    }

    /// Runs the jobs that are due, as many as may run at once, to their end.
    ///
    /// # Errors
    /// When the database fails before a job is begun.
    pub async fn run_once(&self) -> Result<Tally> {
        let (jobs, dead) = self.claim(AT_ONCE).await?;
        let mut tally = Tally { dead, ..Tally::default() };
        let mut running: JoinSet<End> =
            jobs.into_iter().map(|job| self.clone().attend(job)).collect();
        while let Some(ended) = running.join_next().await {
            tally.count(&ended.unwrap_or(End::Lost));
        }
        Ok(tally)
    }

    /// Runs jobs until none is due. One that fails is due later, and not run again by this.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn drain(&self) -> Result<Tally> {
        let mut all = Tally::default();
        for _ in 0..DRAIN_BATCHES_MAX {
            let tally = self.run_once().await?;
            if tally.total() == 0 {
                break;
            }
            all.done += tally.done;
            all.retried += tally.retried;
            all.put_off += tally.put_off;
            all.dead += tally.dead;
            all.lost += tally.lost;
        }
        Ok(all)
    }

    /// Up to `limit` jobs, and how many died because their last attempt was not heard of again.
    async fn claim(&self, limit: u32) -> Result<(Vec<StoredJob>, u32)> {
        let now = self.app.clock.now();
        let lease = Lease { holder: &self.holder, now, until: now + LEASE };
        let claimed = self.app.store.claim_jobs(Job::KINDS, lease, limit).await?;
        for job in &claimed.dead {
            tracing::error!(%job, "a job is dead: its last attempt was not heard of again");
        }
        Ok((claimed.jobs, u32::try_from(claimed.dead.len()).unwrap_or(u32::MAX)))
    }

    /// Runs a job to its end and notes it.
    async fn attend(self, job: StoredJob) -> End {
        let kind = job.kind.clone();
        let end = self.run_to_its_end(job).await;
        measure::job_ended(&kind, end.name());
        end
    }

    async fn run_to_its_end(self, job: StoredJob) -> End {
        let request = job.request_id.as_deref().unwrap_or("-");
        let span = tracing::info_span!(
            "job", id = %job.id, kind = %job.kind, attempt = job.attempts, request
        );
        async {
            let Some(outcome) = self.work(&job).await else {
                tracing::warn!("the lease was lost; another worker has the job");
                return End::Lost;
            };
            self.note(&job, outcome).await.unwrap_or_else(|error| {
                tracing::warn!(%error, "the end of the job was not noted; it is run again");
                End::Lost
            })
        }
        .instrument(span)
        .await
    }

    /// Runs a job, with heartbeats; `None` where its lease is lost on the way.
    async fn work(&self, job: &StoredJob) -> Option<Result<(), Failure>> {
        let task = match Job::read(&job.kind, &job.payload) {
            Ok(work) => Task {
                id: job.id,
                job: work,
                attempt: job.attempts,
                request_id: job.request_id.as_ref().map(ToString::to_string),
            },
            Err(why) => return Some(Err(Failure::GiveUp(why))),
        };
        let handler = self.handler.clone();
        // A task of its own: its panic ends the job only, and dropping the set stops it.
        let mut work = JoinSet::new();
        work.spawn(async move { handler.handle(task).await }.in_current_span());
        let mut beat = interval(self.pace.beat);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        beat.tick().await;
        loop {
            tokio::select! {
                Some(ended) = work.join_next() => {
                    return Some(ended.unwrap_or_else(|e| Err(Failure::Retry(e.to_string()))));
                }
                _ = beat.tick() => {}
            }
            let until = self.app.clock.now() + LEASE;
            match self.app.store.heartbeat_job(job.id, job.fence, until).await {
                Ok(()) => {}
                Err(StoreError::LeaseLost) => return None,
                Err(error) => tracing::warn!(%error, "a heartbeat failed; trying on"),
            }
        }
    }

    async fn note(&self, job: &StoredJob, outcome: Result<(), Failure>) -> Result<End, StoreError> {
        let (now, store) = (self.app.clock.now(), &self.app.store);
        let last = job.attempts >= job.max_attempts;
        let (error, again) = match outcome {
            Ok(()) => {
                store.complete_job(job.id, job.fence, now).await?;
                tracing::info!("done");
                return Ok(End::Done);
            }
            Err(Failure::Later(at, why)) => {
                store.fail_job(job.id, job.fence, &why, AfterFailure::PutOff(at)).await?;
                tracing::info!(why, %at, "put off");
                return Ok(End::PutOff);
            }
            Err(Failure::Retry(error)) => (error, Some(now + backoff(job.id, job.attempts))),
            Err(Failure::RetryAt(at, error)) => (error, Some(at)),
            Err(Failure::GiveUp(error)) => (error, None),
        };
        match again.filter(|_| !last) {
            Some(at) => {
                store.fail_job(job.id, job.fence, &error, AfterFailure::RetryAt(at)).await?;
                tracing::warn!(error, %at, "failed; it is tried again");
                Ok(End::Retried)
            }
            None => {
                store.fail_job(job.id, job.fence, &error, AfterFailure::Dead(now)).await?;
                tracing::error!(error, "dead; `hermes jobs retry` brings it back");
                Ok(End::Dead)
            }
        }
    }

    async fn report_strangers(&self) {
        if let Ok(counts) = self.app.job_counts().await {
            for kind in counts.unknown_kinds() {
                tracing::warn!(kind, "there are jobs of an unknown kind; they are left alone");
            }
        }
    }
}
