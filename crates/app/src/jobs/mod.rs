//! Jobs: what is done in the background, by whichever process has a [`Worker`].
//!
//! A job is a row that any worker may claim; it is run at least once, so whatever it does must
//! bear being done twice. A new kind of job is a line in `kinds!` (with its payload's type) and
//! an arm in `handle`; one that comes by itself is a line in [`PERIODIC`] too.

mod backoff;
mod worker;

pub use crate::follow_up::Following;
pub use backoff::{BACKOFF_FIRST, BACKOFF_MAX};
pub use hermes_store::jobs::{Enqueued, JobCount, JobFilter, JobState, LIST_MAX, StoredJob};
pub use worker::{AT_ONCE, BEAT, GRACE, LEASE, POLL, Pace, Tally, Worker};

use crate::App;
use crate::error::{AppError, Kind, Result};
use crate::strava::{OfActivity, OfRunner, Upkeep};
use hermes_store::StoreError;
use hermes_store::jobs::{NewJob, PRUNE_MAX};
use hermes_store::value::{Json, Text};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::future::Future;
use uuid::Uuid;

/// How often a job is tried before only a person can bring it back.
pub const ATTEMPTS_MAX: i32 = 8;
/// How long a job that is done can be looked at.
pub const DONE_KEPT: SignedDuration = SignedDuration::from_hours(24 * 7);
/// How long a dead job can be brought back.
pub const DEAD_KEPT: SignedDuration = SignedDuration::from_hours(24 * 90);
/// Most batches of jobs that are deleted at a time; the rest goes the next time.
const PRUNE_BATCHES_MAX: u32 = 100;

/// The kinds of jobs: a variant, its payload's type and its name in the database.
macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident($payload:ty) = $name:literal,)*) => {
        /// A job with what it needs to know.
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Job {
            $($(#[$doc])* $variant($payload),)*
        }

        impl Job {
            /// The names of all kinds.
            pub const KINDS: &[&str] = &[$($name),*];

            /// The kind's name.
            #[must_use]
            pub const fn kind(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => $name,)*
                }
            }

            fn payload(&self) -> serde_json::Result<Json> {
                match self {
                    $(Self::$variant(payload) => Json::of(payload),)*
                }
            }

            /// The job of a row; in words why it is none.
            fn read(kind: &str, payload: &Json) -> Result<Self, String> {
                let read = match kind {
                    $($name => payload.read().map(Self::$variant),)*
                    _ => return Err(format!("\"{kind}\" is no kind of job of this Hermes")),
                };
                read.map_err(|e| format!("the payload is none of \"{kind}\": {e}"))
            }
        }
    };
}

kinds! {
    /// Deletes jobs that ended long ago, and sign-in links, sessions and kept answers that have run
    /// out.
    Prune(Prune) = "prune",
    /// Plans the weeks of all runners that have begun.
    Weekly(Weekly) = "weekly",
    /// Catches up on what a runner did, as Strava has it.
    StravaBackfill(OfRunner) = "strava-backfill",
    /// Looks for the newest activities of a runner at Strava.
    StravaPoll(OfRunner) = "strava-poll",
    /// Looks at what Strava has pushed.
    StravaEvent(OfActivity) = "strava-event",
    /// Lets the above begin when they are due, and removes what may not stay.
    StravaUpkeep(Upkeep) = "strava-upkeep",
    /// Works out what follows from a change, where whoever made it was cut off before that.
    Follow(Following) = "follow",
}

/// What [`Job::Weekly`] needs to know: nothing, the runners' clocks say who is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Weekly {}

/// What [`Job::Prune`] needs to know: nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Prune {}

/// A job that comes by itself, once in every period; periods that were slept through do not
/// pile up.
#[derive(Debug)]
pub struct Periodic {
    /// What is done.
    pub job: Job,
    /// How often; periods are counted from 1970-01-01T00:00:00Z.
    pub every: SignedDuration,
}

/// The jobs that come by themselves.
pub const PERIODIC: &[Periodic] = &[
    Periodic { job: Job::Prune(Prune {}), every: SignedDuration::from_hours(1) },
    // Clocks all over the world differ by whole quarters of an hour: this is midnight everywhere.
    Periodic { job: Job::Weekly(Weekly {}), every: SignedDuration::from_mins(15) },
    Periodic { job: Job::StravaUpkeep(Upkeep {}), every: SignedDuration::from_mins(15) },
];

impl Job {
    /// How urgent it is: the lower, the more. What a runner waits for is below 100, what nobody
    /// waits for above.
    const fn priority(&self) -> i32 {
        match self {
            Self::StravaEvent(_) => 80,
            Self::Follow(_) => 90,
            Self::Weekly(_) => 100,
            Self::StravaPoll(_) => 150,
            Self::StravaUpkeep(_) => 160,
            Self::StravaBackfill(_) => 200,
            Self::Prune(_) => 900,
        }
    }

    fn row(&self, key: &str, run_at: Timestamp, request_id: Option<&str>) -> Result<NewJob> {
        let long = |what: &str| AppError::BadInput(format!("the {what} of a job is too long"));
        let payload = self.payload().map_err(|e| AppError::Internal(e.to_string()))?;
        Ok(NewJob {
            kind: Text::new(self.kind()).ok_or_else(|| long("kind"))?,
            key: Text::new(key).ok_or_else(|| long("key"))?,
            payload,
            priority: self.priority(),
            run_at,
            max_attempts: ATTEMPTS_MAX,
            request_id: match request_id {
                Some(id) => Some(Text::new(id).ok_or_else(|| long("request id"))?),
                None => None,
            },
        })
    }
}

/// A job on its way through a handler.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// The job's id.
    pub id: Uuid,
    /// What is to be done.
    pub job: Job,
    /// Which attempt this is, from 1.
    pub attempt: i32,
    /// The request that asked for it, if one did.
    pub request_id: Option<String>,
}

/// Why a job was not done, and what is to become of it. Every attempt counts; after the last one
/// the job is dead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// It is tried again when a while has passed, which grows with every attempt.
    Retry(String),
    /// It is tried again at a moment that is known.
    RetryAt(Timestamp, String),
    /// It did not fail: its turn is later, for a reason. The attempt does not count.
    Later(Timestamp, String),
    /// Trying again would not help.
    GiveUp(String),
}

impl From<AppError> for Failure {
    fn from(error: AppError) -> Self {
        match error.kind() {
            Kind::BadInput | Kind::NotFound => Self::GiveUp(error.to_string()),
            Kind::Conflict | Kind::Unavailable | Kind::Elsewhere | Kind::Internal => {
                Self::Retry(error.to_string())
            }
        }
    }
}

/// Does jobs. [`App`] does them for real; tests bring their own.
pub trait Handle: Send + Sync + 'static {
    /// Does a job. It may run again after it succeeded, and is dropped half-way when its lease is
    /// lost or the process ends; it must not block the thread.
    fn handle(&self, task: Task) -> impl Future<Output = Result<(), Failure>> + Send;
}

impl Handle for App {
    async fn handle(&self, task: Task) -> Result<(), Failure> {
        match task.job {
            Job::Prune(Prune {}) => Ok(self.prune().await?),
            Job::Weekly(Weekly {}) => Ok(self.plan_weeks().await.map(drop)?),
            Job::StravaBackfill(of) => self.strava_backfill_job(of, task.attempt).await,
            Job::StravaPoll(of) => self.strava_poll_job(of, task.attempt).await,
            Job::StravaEvent(of) => self.strava_event_job(of, task.attempt).await,
            Job::StravaUpkeep(Upkeep {}) => Ok(self.keep_up_strava().await?),
            Job::Follow(what) => Ok(self.follow_up(&what).await?),
        }
    }
}

/// How many jobs there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobCounts {
    /// By kind and state, in their order; only those that have any.
    pub counts: Vec<JobCount>,
    /// For how long the job has been due that has waited longest; zero where none waits.
    pub oldest_due: SignedDuration,
}

impl JobCounts {
    /// Kinds in the database that this Hermes does not know and leaves alone: those of a newer or
    /// an older one.
    pub fn unknown_kinds(&self) -> impl Iterator<Item = &str> {
        let unknown = |c: &&JobCount| !Job::KINDS.contains(&c.kind.as_str());
        let alive = |c: &&JobCount| matches!(c.state, JobState::Pending | JobState::Running);
        self.counts.iter().filter(unknown).filter(alive).map(|c| c.kind.as_str())
    }
}

impl App {
    /// Adds a job that is due at `run_at`, unless one of its kind and key is pending or running.
    /// `request_id` is the request that asks for it; it is noted in the log.
    ///
    /// # Errors
    /// [`AppError::BadInput`] for a key of more than 200 or a request id of more than 64
    /// characters.
    pub async fn enqueue(
        &self,
        job: &Job,
        key: &str,
        run_at: Timestamp,
        request_id: Option<&str>,
    ) -> Result<Enqueued> {
        let row = job.row(key, run_at, request_id)?;
        Ok(self.store.enqueue(&row, self.clock.now()).await?)
    }

    /// Adds the periodic jobs of the periods that have begun, those that were not added yet. The
    /// key is the period's start.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn enqueue_periodic(&self) -> Result<()> {
        let now = self.clock.now();
        for Periodic { job, every } in PERIODIC {
            let into = now.as_second().rem_euclid(every.as_secs());
            let start = Timestamp::from_second(now.as_second() - into).unwrap_or(now);
            let row = job.row(&start.to_string(), start, None)?;
            self.store.enqueue_once(&row, start, now).await?;
        }
        Ok(())
    }

    /// Up to `limit` (at most [`LIST_MAX`]) jobs, the last added first.
    ///
    /// # Errors
    /// [`StoreError::TooMany`].
    pub async fn jobs(&self, filter: &JobFilter, limit: u32) -> Result<Vec<StoredJob>> {
        Ok(self.store.jobs(filter, limit).await?)
    }

    /// Brings a dead job back, due now, with all its attempts; the job as it is then.
    ///
    /// # Errors
    /// [`AppError::NotFound`] without such a dead job; [`AppError::Conflict`] where another one
    /// of its kind and key is pending or running.
    pub async fn retry_job(&self, id: Uuid) -> Result<StoredJob> {
        let none = || {
            AppError::NotFound(format!(
                "no dead job has the id {id}; `hermes jobs list --state dead` shows them"
            ))
        };
        self.store.revive_job(id, self.clock.now()).await.map_err(|error| match error {
            StoreError::Missing(_) => none(),
            StoreError::Conflict(_) => AppError::Conflict(format!(
                "the work of job {id} is pending or running already, as another job"
            )),
            other => other.into(),
        })?;
        self.store.job(id).await?.ok_or_else(none)
    }

    /// How many jobs there are, and for how long the oldest has been due.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn job_counts(&self) -> Result<JobCounts> {
        let now = self.clock.now();
        let since = self.store.oldest_due_job(now).await?;
        let oldest_due = since.map_or(SignedDuration::ZERO, |at| now.duration_since(at));
        Ok(JobCounts { counts: self.store.count_jobs().await?, oldest_due })
    }

    /// [`Job::Prune`].
    async fn prune(&self) -> Result<()> {
        let now = self.clock.now();
        let (done, dead) = (now - DONE_KEPT, now - DEAD_KEPT);
        for _ in 0..PRUNE_BATCHES_MAX {
            if self.store.prune_jobs(done, dead, PRUNE_MAX).await? < u64::from(PRUNE_MAX) {
                break;
            }
        }
        self.store.forget_ended_sessions(now).await?;
        self.forget_requests().await?;
        Ok(())
    }
}
