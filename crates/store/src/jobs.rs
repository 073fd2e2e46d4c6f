//! Jobs: work for the background, leased to whoever claims it.
//!
//! - At most one job of a kind and key is pending or running; another one is not added.
//! - A claim leases a job under a fence, a number that grows with each claim. Whoever holds an
//!   older fence is told [`StoreError::LeaseLost`] and changes nothing.
//! - A lease that ended is claimed again. So is one that ends later than the caller's clock could
//!   have given it: the clock was set back, and the lease would outlive its holder by as much.
//! - A job is run at least once, never promised to run only once: its holder may be slower than
//!   its lease.

use crate::database::{
    Claim, Record, Store, args, claim, new_ids, record, statements, stored_time, transaction,
};
use crate::error::{Result, StoreError};
use crate::value::Json;
use crate::value::{Kind, Scalar, Text, Value};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Most jobs that are added at once.
pub const ENQUEUE_MAX: usize = 1_000;
/// Most jobs of one claim.
pub const CLAIM_MAX: u32 = 100;
/// Most kinds of one claim.
pub const KINDS_MAX: usize = 8;
/// Most jobs of one list.
pub const LIST_MAX: u32 = 500;
/// Most jobs that are deleted at once.
pub const PRUNE_MAX: u32 = 1_000;
/// Largest payload, in bytes of JSON.
pub const PAYLOAD_BYTES_MAX: usize = 64 * 1024;
/// Characters that are kept of an error.
pub const ERROR_CHARS_MAX: usize = 1_000;
/// How often adding looks for the job that is in its way, which may end meanwhile.
const ENQUEUE_TRIES: u32 = 5;
/// A lease that ends more than this many lengths of a lease from now is not of this clock. More
/// than one: the clocks of several machines differ.
const LEASE_LENGTHS_MAX: i32 = 2;
/// What is noted where a holder of the last attempt was never heard of again.
const SILENT: &str = "its last attempt ended without a word: the process was killed or hung";

macro_rules! columns {
    () => {
        "id, kind, job_key, payload, priority, run_at, state, attempts, max_attempts, \
         leased_by, leased_until, fence, last_error, request_id, created_at, finished_at"
    };
}

macro_rules! of_kinds {
    () => {
        "kind IN ($4, $5, $6, $7, $8, $9, $10, $11)"
    };
}

/// Running under a lease that holds no longer: $1 is now, $2 the latest end there can be.
macro_rules! lapsed {
    () => {
        "state = 'running' AND (leased_until <= $1 OR leased_until > $2)"
    };
}

statements! {
    LIVE = "SELECT id FROM jobs \
        WHERE kind = $1 AND job_key = $2 AND state IN ('pending', 'running')";
    GET = concat!("SELECT ", columns!(), " FROM jobs WHERE id = $1");
    WITHDRAW = "DELETE FROM jobs WHERE id = $1 AND state = 'pending' AND attempts = 0";
    LIST = concat!("SELECT ", columns!(), " FROM jobs WHERE (state = $1 OR $1 IS NULL) \
        AND (kind = $2 OR $2 IS NULL) AND (id < $3 OR $3 IS NULL) ORDER BY id DESC LIMIT $4");
    COUNTS = "SELECT kind, state, COUNT(*) AS count FROM jobs \
        GROUP BY kind, state ORDER BY kind, state";
    OLDEST_DUE = "SELECT MIN(run_at) AS run_at FROM jobs \
        WHERE state IN ('pending', 'running') AND state = 'pending' AND run_at <= $1";
    HEARTBEAT = "UPDATE jobs SET leased_until = $3 \
        WHERE id = $1 AND fence = $2 AND state = 'running'";
    COMPLETE = "UPDATE jobs SET state = 'done', finished_at = $3, leased_by = NULL, \
        leased_until = NULL WHERE id = $1 AND fence = $2 AND state = 'running'";
    RETRY_AT = "UPDATE jobs SET state = 'pending', run_at = $4, last_error = $3, \
        leased_by = NULL, leased_until = NULL WHERE id = $1 AND fence = $2 AND state = 'running'";
    PUT_OFF = "UPDATE jobs SET state = 'pending', run_at = $4, last_error = $3, \
        attempts = attempts - 1, leased_by = NULL, leased_until = NULL \
        WHERE id = $1 AND fence = $2 AND state = 'running'";
    BURY = "UPDATE jobs SET state = 'dead', finished_at = $4, last_error = $3, \
        leased_by = NULL, leased_until = NULL WHERE id = $1 AND fence = $2 AND state = 'running'";
    RELEASE = "UPDATE jobs SET state = 'pending', attempts = attempts - 1, leased_by = NULL, \
        leased_until = NULL WHERE leased_by = $1 AND state = 'running'";
    REVIVE = "UPDATE jobs SET state = 'pending', attempts = 0, run_at = $2, finished_at = NULL \
        WHERE id = $1 AND state = 'dead'";
    PRUNE = "DELETE FROM jobs WHERE id IN (SELECT id FROM jobs \
        WHERE (state = 'done' AND finished_at < $1) OR (state = 'dead' AND finished_at < $2) \
        ORDER BY finished_at LIMIT $3)";
    [bulk] INSERT(
        "INSERT INTO jobs (id, kind, job_key, payload, priority, run_at, max_attempts, \
         request_id, created_at) VALUES", 9, "ON CONFLICT DO NOTHING"
    );
}

/// Leases the due jobs, the most urgent first. It names the states in the words of the index that
/// holds those alive in that order: SQLite uses it only then.
const CLAIM: Claim = claim!(
    concat!(
        "SELECT id FROM jobs WHERE state IN ('pending', 'running') AND ",
        of_kinds!(),
        " AND (state = 'pending' AND run_at <= $1 OR attempts < max_attempts AND ",
        lapsed!(),
        ") ORDER BY priority, run_at, id LIMIT $3"
    ),
    concat!(
        "UPDATE jobs SET state = 'running', attempts = attempts + 1, fence = fence + 1, \
         leased_by = $12, leased_until = $13 WHERE id IN (SELECT id FROM due) RETURNING ",
        columns!()
    )
);
/// Ends the jobs whose last attempt was never heard of again.
const BURY_SILENT: Claim = claim!(
    concat!(
        "SELECT id FROM jobs WHERE ",
        lapsed!(),
        " AND attempts >= max_attempts AND ",
        of_kinds!(),
        " LIMIT $3"
    ),
    "UPDATE jobs SET state = 'dead', finished_at = $1, leased_by = NULL, leased_until = NULL, \
     last_error = $12 WHERE id IN (SELECT id FROM due) RETURNING id"
);

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JobState {
    /// It waits for its time and for a worker.
    Pending,
    /// A worker has it.
    Running,
    /// It was done.
    Done,
    /// It failed for good; only a person brings it back.
    Dead,
}

impl JobState {
    /// All, in the order of a job's life.
    pub const ALL: [Self; 4] = [Self::Pending, Self::Running, Self::Done, Self::Dead];

    /// `pending`, `running`, `done` or `dead`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Done => "done",
            Self::Dead => "dead",
        }
    }
}

impl Value for JobState {
    const NAME: &'static str = "state of a job";
    const KIND: Kind = Kind::Text;
    fn to_scalar(&self) -> Scalar {
        Scalar::Text(self.name().to_owned())
    }
    fn from_scalar(scalar: Scalar) -> Option<Self> {
        let name = String::from_scalar(scalar)?;
        Self::ALL.into_iter().find(|s| s.name() == name)
    }
}

record! {
    /// A job as it is stored.
    pub struct StoredJob {
        /// The key. Ids of one moment follow each other; later ones are greater.
        pub id: Uuid,
        /// What kind of work.
        pub kind: Text<40>,
        /// What tells it from others of its kind.
        pub job_key: Text<200>,
        /// What the work needs to know.
        pub payload: Json,
        /// The lower, the more urgent.
        pub priority: i32,
        /// Not before this.
        pub run_at: Timestamp,
        /// Where it stands.
        pub state: JobState,
        /// How often it was claimed, without the claims that were released.
        pub attempts: i32,
        /// How often it is claimed at most.
        pub max_attempts: i32,
        /// Who holds it; only while it runs.
        pub leased_by: Option<Text<80>>,
        /// Until when; only while it runs.
        pub leased_until: Option<Timestamp>,
        /// The number of the last claim.
        pub fence: i64,
        /// What went wrong last, if anything ever did.
        pub last_error: Option<String>,
        /// The request that asked for it, if one did.
        pub request_id: Option<Text<64>>,
        /// When it was added.
        pub created_at: Timestamp,
        /// When it was done or given up.
        pub finished_at: Option<Timestamp>,
    }
}

record! {
    /// How many jobs of a kind are in a state.
    pub struct JobCount {
        /// The kind.
        pub kind: Text<40>,
        /// The state.
        pub state: JobState,
        /// How many; at least one.
        pub count: i64,
    }
}

/// A job to add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// What kind of work.
    pub kind: Text<40>,
    /// What tells it from others of its kind.
    pub key: Text<200>,
    /// What the work needs to know, at most [`PAYLOAD_BYTES_MAX`].
    pub payload: Json,
    /// The lower, the more urgent.
    pub priority: i32,
    /// Not before this.
    pub run_at: Timestamp,
    /// How often it is claimed at most; 1 or more.
    pub max_attempts: i32,
    /// The request that asks for it.
    pub request_id: Option<Text<64>>,
}

impl NewJob {
    fn args(&self, id: Uuid, now: Timestamp) -> Result<Vec<Scalar>> {
        let bytes = self.payload.as_str().len();
        at_most("bytes of a job's payload", bytes, PAYLOAD_BYTES_MAX)?;
        Ok(args![
            id,
            self.kind,
            self.key,
            self.payload,
            self.priority,
            self.run_at,
            self.max_attempts,
            self.request_id,
            now
        ])
    }

    /// The one id that a job of this kind and key has for a period.
    fn id_in(&self, period: Timestamp) -> Uuid {
        let digest = Sha256::digest(format!("{} {}", self.kind, self.key));
        let mut bytes = [0; 10];
        bytes.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        let millis = u64::try_from(period.as_millisecond()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid()
    }
}

/// What became of adding a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Enqueued {
    /// It was added under this id.
    New(Uuid),
    /// This one of the same kind and key is pending or running; nothing was added.
    Existing(Uuid),
}

/// Who claims, when, and until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease<'a> {
    /// The holder: a name that no other worker has; at most 80 characters.
    pub holder: &'a str,
    /// The present moment.
    pub now: Timestamp,
    /// The lease's end.
    pub until: Timestamp,
}

/// What a claim gave.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Claimed {
    /// The jobs, the most urgent first.
    pub jobs: Vec<StoredJob>,
    /// Jobs that died instead: their last attempt was never heard of again.
    pub dead: Vec<Uuid>,
}

/// What becomes of a job that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterFailure {
    /// It waits for another attempt until this moment.
    RetryAt(Timestamp),
    /// It did not fail, it waits for its turn at this moment; the attempt does not count.
    PutOff(Timestamp),
    /// It is dead from this moment on.
    Dead(Timestamp),
}

/// Which jobs to list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JobFilter {
    /// Only of this state.
    pub state: Option<JobState>,
    /// Only of this kind.
    pub kind: Option<String>,
    /// Only those added before this one: the next page.
    pub before: Option<Uuid>,
}

impl Store {
    /// Adds a job, unless one of the same kind and key is pending or running.
    ///
    /// # Errors
    /// [`StoreError::TooMany`] for too large a payload; [`StoreError::Refused`] without attempts.
    pub async fn enqueue(&self, job: &NewJob, now: Timestamp) -> Result<Enqueued> {
        let id = crate::database::new_id(now);
        self.enqueue_as(id, job, now).await
    }

    /// Adds the job of a period, unless there was one of that kind, key and period, in whatever
    /// state it is now.
    ///
    /// # Errors
    /// As [`Store::enqueue`].
    pub async fn enqueue_once(
        &self,
        job: &NewJob,
        period: Timestamp,
        now: Timestamp,
    ) -> Result<Enqueued> {
        self.enqueue_as(job.id_in(period), job, now).await
    }

    async fn enqueue_as(&self, id: Uuid, job: &NewJob, now: Timestamp) -> Result<Enqueued> {
        let row = job.args(id, now)?;
        for _ in 0..ENQUEUE_TRIES {
            let found = transaction!(self, |db| {
                if db.bulk(&INSERT, vec![row.clone()]).await? == 1 {
                    return Ok(Some(Enqueued::New(id)));
                }
                let same = db.first(GET, args![id]).await?;
                let live = db.first(LIVE, args![job.kind, job.key]).await?;
                let existing = same.or(live).map(|row| row.get("id")).transpose()?;
                Ok(existing.map(Enqueued::Existing))
            })?;
            if let Some(enqueued) = found {
                return Ok(enqueued);
            }
        }
        Err(StoreError::Conflict(format!("jobs of kind {} and key {}", job.kind, job.key)))
    }

    /// Takes a job back that nobody has claimed; others stay.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn withdraw_job(&self, id: Uuid) -> Result<()> {
        transaction!(self, |db| db.execute(WITHDRAW, args![id]).await).map(drop)
    }

    /// Adds jobs in few statements, leaving out those whose kind and key is pending or running;
    /// how many are new.
    ///
    /// # Errors
    /// [`StoreError::TooMany`] for more than [`ENQUEUE_MAX`]; as [`Store::enqueue`].
    pub async fn enqueue_many(&self, jobs: &[NewJob], now: Timestamp) -> Result<u64> {
        at_most("jobs to add", jobs.len(), ENQUEUE_MAX)?;
        let ids = new_ids(now, jobs.len());
        let rows = jobs.iter().zip(ids).map(|(job, id)| job.args(id, now));
        let rows = rows.collect::<Result<Vec<_>>>()?;
        transaction!(self, |db| db.bulk(&INSERT, rows.clone()).await)
    }

    /// Leases up to `limit` due jobs of the given kinds: those of the lowest priority number,
    /// then of the earliest time, then of the lowest id. A job whose lease has lapsed is due too;
    /// where it has no attempt left it dies instead.
    ///
    /// # Errors
    /// [`StoreError::TooMany`] for more than [`CLAIM_MAX`] jobs or [`KINDS_MAX`] kinds.
    pub async fn claim_jobs(
        &self,
        kinds: &[&str],
        lease: Lease<'_>,
        limit: u32,
    ) -> Result<Claimed> {
        at_most("jobs to claim", limit as usize, CLAIM_MAX as usize)?;
        at_most("kinds of jobs to claim", kinds.len(), KINDS_MAX)?;
        let Some(first) = kinds.first() else { return Ok(Claimed::default()) };
        let length = lease.until.duration_since(lease.now);
        let latest = lease.now.checked_add(length * LEASE_LENGTHS_MAX);
        let latest = latest.unwrap_or(Timestamp::MAX);
        let mut due = args![lease.now, latest, i64::from(limit)];
        due.extend((0..KINDS_MAX).map(|k| kinds.get(k).unwrap_or(first).to_scalar()));
        let claim = [due.clone(), args![lease.holder, lease.until]].concat();
        let bury = [due, args![SILENT]].concat();
        let (dead, rows) = transaction!(self, |db| {
            let dead = db.claim(&BURY_SILENT, bury.clone()).await?;
            Ok((dead, db.claim(&CLAIM, claim.clone()).await?))
        })?;
        let mut jobs = rows.iter().map(StoredJob::read).collect::<Result<Vec<_>>>()?;
        jobs.sort_by_key(|job| (job.priority, job.run_at, job.id));
        Ok(Claimed { jobs, dead: dead.iter().map(|row| row.get("id")).collect::<Result<_>>()? })
    }

    /// Lets a lease end at `until` instead.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] where the job is not held under that fence any more.
    pub async fn heartbeat_job(&self, id: Uuid, fence: i64, until: Timestamp) -> Result<()> {
        self.held(HEARTBEAT, args![id, fence, until]).await
    }

    /// Notes that a job is done.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] where the job is not held under that fence any more.
    pub async fn complete_job(&self, id: Uuid, fence: i64, now: Timestamp) -> Result<()> {
        self.held(COMPLETE, args![id, fence, now]).await
    }

    /// Notes that a job failed and what becomes of it. Of the error, the first
    /// [`ERROR_CHARS_MAX`] characters are kept.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] where the job is not held under that fence any more.
    pub async fn fail_job(
        &self,
        id: Uuid,
        fence: i64,
        error: &str,
        then: AfterFailure,
    ) -> Result<()> {
        let kept: String = error.replace('\0', " ").chars().take(ERROR_CHARS_MAX).collect();
        let (sql, at) = match then {
            AfterFailure::RetryAt(at) => (RETRY_AT, at),
            AfterFailure::PutOff(at) => (PUT_OFF, at),
            AfterFailure::Dead(at) => (BURY, at),
        };
        self.held(sql, args![id, fence, kept, at]).await
    }

    async fn held(&self, sql: &'static str, args: Vec<Scalar>) -> Result<()> {
        let changed = transaction!(self, |db| db.execute(sql, args.clone()).await)?;
        if changed == 0 { Err(StoreError::LeaseLost) } else { Ok(()) }
    }

    /// Gives back everything that a holder has, as if it had not been claimed (but for the
    /// fence); how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn release_jobs(&self, holder: &str) -> Result<u64> {
        let args = args![holder];
        transaction!(self, |db| db.execute(RELEASE, args.clone()).await)
    }

    /// Brings a dead job back, due now, with all its attempts.
    ///
    /// # Errors
    /// [`StoreError::Missing`] without such a dead job; [`StoreError::Conflict`] where another
    /// one of its kind and key is pending or running.
    pub async fn revive_job(&self, id: Uuid, now: Timestamp) -> Result<()> {
        let args = args![id, stored_time(now)];
        let changed = transaction!(self, |db| db.execute(REVIVE, args.clone()).await)?;
        if changed == 0 { Err(StoreError::Missing("dead job")) } else { Ok(()) }
    }

    /// A job.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn job(&self, id: Uuid) -> Result<Option<StoredJob>> {
        self.read().await?.maybe(GET, args![id]).await
    }

    /// Up to `limit` jobs, the last added first.
    ///
    /// # Errors
    /// [`StoreError::TooMany`] for more than [`LIST_MAX`].
    pub async fn jobs(&self, filter: &JobFilter, limit: u32) -> Result<Vec<StoredJob>> {
        at_most("jobs to list", limit as usize, LIST_MAX as usize)?;
        let args = args![filter.state, filter.kind, filter.before, i64::from(limit)];
        self.read().await?.all(LIST, args).await
    }

    /// How many jobs there are of every kind and state that has any.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_jobs(&self) -> Result<Vec<JobCount>> {
        self.read().await?.all(COUNTS, Vec::new()).await
    }

    /// Since when the job has been due that has waited longest; `None` where none waits.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn oldest_due_job(&self, now: Timestamp) -> Result<Option<Timestamp>> {
        self.read().await?.one(OLDEST_DUE, args![now]).await?.get("run_at")
    }

    /// Deletes up to `limit` jobs, the oldest first, that were done before one moment or given up
    /// before another; how many.
    ///
    /// # Errors
    /// [`StoreError::TooMany`] for more than [`PRUNE_MAX`].
    pub async fn prune_jobs(
        &self,
        done_before: Timestamp,
        dead_before: Timestamp,
        limit: u32,
    ) -> Result<u64> {
        at_most("jobs to delete", limit as usize, PRUNE_MAX as usize)?;
        let args = args![done_before, dead_before, i64::from(limit)];
        transaction!(self, |db| db.execute(PRUNE, args.clone()).await)
    }
}

const fn at_most(what: &'static str, found: usize, limit: usize) -> Result<()> {
    if found > limit { Err(StoreError::TooMany { what, found, limit }) } else { Ok(()) }
}
