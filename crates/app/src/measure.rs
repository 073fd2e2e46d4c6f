//! What a process counts and times, and the text that Prometheus reads.
//!
//! Every metric stands once, in [`METRICS`], and is written by the functions of this file and
//! nowhere else: what something is called, which labels it has and how many values they can take
//! is seen here at a glance. No label ever holds a runner, a path, a name or anything else that
//! comes from outside. Without an [`Exporter`] all of it costs next to nothing.
//!
//! What is counted as it happens has a function here, called where it happens. What lies in the
//! database (how many of something wait) is read and set in [`App::metrics`], once per scrape.

use crate::clock::Stopwatch;
use crate::error::{AppError, Result};
use crate::jobs::Job;
use crate::strava::{self, ConnectionState, Receipt};
use crate::{App, Counts};
use hermes_engine::ruleset::RULESET_VERSION;
use hermes_engine::step::ENGINE_VERSION;
use hermes_store::jobs::{JobCount, JobState};
use hermes_strava::client::{self, Cause, StravaError};
use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use std::time::Duration;

/// What is done with a metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum MetricKind {
    /// Only grows.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Durations in seconds, counted in buckets with these upper bounds.
    Seconds(&'static [f64]),
}

/// One metric.
#[derive(Debug, Clone, Copy)]
pub struct Metric {
    /// As Prometheus knows it.
    pub name: &'static str,
    /// What is done with it.
    pub kind: MetricKind,
    /// Its labels; all values of each come from the program's own text.
    pub labels: &'static [&'static str],
    /// What it tells.
    pub help: &'static str,
}

/// Bounds for what a browser waits for.
const SHORT: MetricKind = MetricKind::Seconds(&[
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
]);
/// Bounds for work in the background.
const LONG: MetricKind =
    MetricKind::Seconds(&[0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0]);

/// The label of jobs of a kind that this program does not know.
const OTHER: &str = "other";

/// The metrics as constants, and the list of them.
macro_rules! metrics {
    ($($constant:ident = $name:literal, $kind:expr, [$($label:literal),*], $help:literal;)*) => {
        $(const $constant: &str = $name;)*
        /// Every metric there is; docs/OPERATIONS.md has the same table.
        pub const METRICS: &[Metric] = &[
            $(Metric { name: $name, kind: $kind, labels: &[$($label),*], help: $help },)*
        ];
    };
}

metrics! {
    BUILD = "hermes_build_info", MetricKind::Gauge, ["version", "engine", "rule_set", "database"],
        "Always 1; the labels say what runs";
    STARTED = "process_start_time_seconds", MetricKind::Gauge, [],
        "When the process began, in seconds since 1970";
    MEMORY = "process_resident_memory_bytes", MetricKind::Gauge, [],
        "Memory that the process holds (Linux only)";
    READY = "hermes_ready", MetricKind::Gauge, [],
        "1 while the database answers in time and has this program's schema, else 0";
    ANSWER = "hermes_database_answer_seconds", MetricKind::Gauge, [],
        "How long a connection and the schema's version took at this scrape";
    POOL_OPEN = "hermes_database_connections_open", MetricKind::Gauge, ["pool"],
        "Open connections";
    POOL_IDLE = "hermes_database_connections_idle", MetricKind::Gauge, ["pool"],
        "Open connections that nobody uses";
    POOL_LIMIT = "hermes_database_connections_limit", MetricKind::Gauge, ["pool"],
        "Most connections that may be open";
    REQUESTS = "hermes_http_requests_total", MetricKind::Counter, ["method", "route", "status"],
        "Requests that ended; status is a class such as 2xx, or gone where the client left";
    REQUEST_SECONDS = "hermes_http_request_seconds", SHORT, ["method", "route"],
        "Time to the answer's head";
    IN_FLIGHT = "hermes_http_requests_in_flight", MetricKind::Gauge, [],
        "Requests under way";
    IMPORTS = "hermes_imports_total", MetricKind::Counter, ["result"],
        "Imports that ended: done, failed, or refused (the archive cannot be read)";
    IMPORT_SECONDS = "hermes_import_seconds", LONG, [],
        "Time of an import, with what follows from it";
    IMPORT_ROWS = "hermes_import_rows_total", MetricKind::Counter, ["outcome"],
        "Rows of imports: new, updated, unchanged, duplicate, skipped, failed";
    PLANS = "hermes_plans_saved_total", MetricKind::Counter, ["status"],
        "Weeks saved: valid and repaired ones were published, replayed ones are of the past, \
         pending ones are drafts";
    REPAIRS = "hermes_plan_repairs_total", MetricKind::Counter, [],
        "Changes that the rules made to published weeks";
    EDITS = "hermes_plan_edits_total", MetricKind::Counter, ["verdict"],
        "Edits that runners asked for: allowed, allowed_with_repair, unexplained, refused";
    VERIFIED = "hermes_verified_weeks_total", MetricKind::Counter, ["result"],
        "Weeks that were verified: sound, unsound, or missing";
    JOBS = "hermes_jobs", MetricKind::Gauge, ["kind", "state"],
        "Jobs in the database: pending, running, done, or dead; kinds of a newer Hermes are other";
    JOBS_LATE = "hermes_jobs_late_seconds", MetricKind::Gauge, [],
        "For how long the job that has waited longest has been due";
    JOBS_ENDED = "hermes_jobs_ended_total", MetricKind::Counter, ["kind", "result"],
        "Attempts at jobs that ended: done, retried, put_off, dead, or lost to another worker";
    WEEKS_DUE = "hermes_weeks_due", MetricKind::Gauge, [],
        "Runners whose week has begun and is not planned yet";
    WEEKS_LATE = "hermes_weeks_late_seconds", MetricKind::Gauge, [],
        "For how long the first of them has been due";
    STRAVA_REQUESTS = "hermes_strava_requests_total", MetricKind::Counter, ["outcome"],
        "Requests to Strava that ended: ok, not_found, limited (429), refused, failed (5xx), \
         or lost (no whole answer)";
    STRAVA_LEFT = "hermes_strava_quota_left", MetricKind::Gauge, ["kind", "span"],
        "Requests that Strava's limits leave until the end of this quarter of an hour and of \
         this day, for all processes together";
    STRAVA_CONNECTIONS = "hermes_strava_connections", MetricKind::Gauge, ["state"],
        "Runners connected to Strava: active, or needs_reauth where they have to connect \
         again";
    STRAVA_EVENTS = "hermes_strava_events_waiting", MetricKind::Gauge, [],
        "Events that Strava pushed about active connections and that nobody has looked at yet";
    STRAVA_EVENTS_LATE = "hermes_strava_events_late_seconds", MetricKind::Gauge, [],
        "For how long the first of them has waited";
    STRAVA_ERASED = "hermes_strava_erased_total", MetricKind::Counter, ["reason"],
        "Activities of which what Strava's API said was erased: disconnected, deauthorized, \
         expired, deleted, or account";
    STRAVA_DUE = "hermes_strava_purge_due", MetricKind::Gauge, [],
        "Activities from Strava's API that may not stay any longer and are still here";
}

/// Receives what is measured, for the rest of the process.
#[derive(Clone)]
pub struct Exporter {
    handle: PrometheusHandle,
}

impl Exporter {
    /// How often [`Exporter::upkeep`] is due.
    pub const UPKEEP: Duration = Duration::from_secs(10);

    /// Begins to measure. Once per process.
    ///
    /// # Errors
    /// [`AppError::Internal`] when something in this process measures already.
    pub fn install() -> Result<Self> {
        let handle = builder()
            .and_then(PrometheusBuilder::install_recorder)
            .map_err(|error| AppError::Internal(format!("metrics cannot be gathered ({error})")))?;
        for metric in METRICS {
            match metric.kind {
                MetricKind::Counter => describe_counter!(metric.name, metric.help),
                MetricKind::Gauge => describe_gauge!(metric.name, metric.help),
                MetricKind::Seconds(_) => describe_histogram!(metric.name, metric.help),
            }
        }
        Ok(Self { handle })
    }

    /// Sums up what was timed since the last time: without it, samples pile up until a scrape.
    pub fn upkeep(&self) {
        self.handle.run_upkeep();
    }
}

fn builder() -> Result<PrometheusBuilder, BuildError> {
    METRICS.iter().try_fold(PrometheusBuilder::new(), |builder, metric| match metric.kind {
        MetricKind::Seconds(bounds) => {
            builder.set_buckets_for_metric(Matcher::Full(metric.name.to_owned()), bounds)
        }
        MetricKind::Counter | MetricKind::Gauge => Ok(builder),
    })
}

impl App {
    /// All metrics as Prometheus' text, with what is asked only now: the database, its
    /// connections, the process.
    pub async fn metrics(&self, exporter: &Exporter) -> String {
        gauge!(
            BUILD,
            "version" => env!("CARGO_PKG_VERSION"),
            "engine" => ENGINE_VERSION,
            "rule_set" => RULESET_VERSION,
            "database" => self.backend()
        )
        .set(1);
        gauge!(STARTED).set(self.started.as_second() as f64);
        if let Some(bytes) = resident_bytes() {
            gauge!(MEMORY).set(bytes as f64);
        }
        for pool in self.store.pools() {
            gauge!(POOL_OPEN, "pool" => pool.name).set(pool.open);
            gauge!(POOL_IDLE, "pool" => pool.name).set(pool.idle);
            gauge!(POOL_LIMIT, "pool" => pool.name).set(pool.limit);
        }
        let watch = Stopwatch::start();
        let ready = self.ready().await.is_ok();
        gauge!(ANSWER).set(watch.elapsed().as_secs_f64());
        gauge!(READY).set(u32::from(ready));
        if ready {
            // Without an answer the last counts stand; that there was none is told above.
            let _ = self.measure_work().await;
        }
        exporter.handle.render()
    }

    /// How Strava's limits and the sync stand in the database.
    async fn measure_strava(&self) -> Result<()> {
        let now = self.clock.now();
        for quota in self.store.strava_quota(now).await? {
            let left = quota.allowed.saturating_sub(quota.used).max(0);
            let (kind, span) = (quota.kind.name(), quota.span.name());
            gauge!(STRAVA_LEFT, "kind" => kind, "span" => span).set(left);
        }
        for state in ConnectionState::ALL {
            let count = self.store.count_strava_connections(state).await?;
            gauge!(STRAVA_CONNECTIONS, "state" => state.name()).set(count as f64);
        }
        let waiting = self.store.count_strava_events().await?;
        gauge!(STRAVA_EVENTS).set(waiting.count as f64);
        let late = waiting.first.map_or(0.0, |at| now.duration_since(at).as_secs_f64());
        gauge!(STRAVA_EVENTS_LATE).set(late);
        let due = self.store.count_strava_to_purge(now - strava::KEPT).await?;
        gauge!(STRAVA_DUE).set(due as f64);
        Ok(())
    }

    /// What waits in the database.
    async fn measure_work(&self) -> Result<()> {
        let jobs = self.job_counts().await?;
        for kind in Job::KINDS.iter().copied().chain([OTHER]) {
            for state in JobState::ALL {
                let of = |c: &&JobCount| known_kind(&c.kind) == kind && c.state == state;
                let count: i64 = jobs.counts.iter().filter(of).map(|c| c.count).sum();
                gauge!(JOBS, "kind" => kind, "state" => state.name()).set(count as f64);
            }
        }
        gauge!(JOBS_LATE).set(jobs.oldest_due.as_secs_f64());
        let now = self.clock.now();
        let due = self.store.weeks_due(now).await?;
        gauge!(WEEKS_DUE).set(due.runners as f64);
        let late = due.oldest.map_or(0.0, |at| now.duration_since(at).as_secs_f64());
        gauge!(WEEKS_LATE).set(late);
        self.measure_strava().await
    }
}

/// How a request to Strava ended, as a label.
fn outcome(error: &StravaError) -> &'static str {
    match error.cause() {
        Some(Cause::NotFound) => "not_found",
        Some(Cause::RateLimited) => "limited",
        Some(Cause::Broken) => "failed",
        Some(_) => "refused",
        None => "lost",
    }
}

/// A request to Strava has ended; its answer goes on.
pub(crate) fn strava_asked<T>(answer: client::Result<T>) -> client::Result<T> {
    let outcome = answer.as_ref().map_or_else(outcome, |_| "ok");
    counter!(STRAVA_REQUESTS, "outcome" => outcome).increment(1);
    answer
}

/// What Strava's API said of some activities was erased.
pub(crate) fn strava_erased(receipt: &Receipt) {
    let activities =
        receipt.activities.max(0).unsigned_abs() + receipt.rehomed.max(0).unsigned_abs();
    counter!(STRAVA_ERASED, "reason" => receipt.reason.name()).increment(u64::from(activities));
}

/// A kind of jobs as a label: what another Hermes wrote is [`OTHER`].
fn known_kind(kind: &str) -> &'static str {
    Job::KINDS.iter().copied().find(|known| *known == kind).unwrap_or(OTHER)
}

/// An attempt at a job has ended.
pub(crate) fn job_ended(kind: &str, result: &'static str) {
    counter!(JOBS_ENDED, "kind" => known_kind(kind), "result" => result).increment(1);
}

/// Memory of this process as Linux tells it.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

/// A request under way; counted as ended, and timed, when it is dropped.
#[derive(Debug)]
pub struct RequestMeter {
    method: &'static str,
    route: String,
    status: &'static str,
    watch: Stopwatch,
}

impl RequestMeter {
    /// Begins. `route` is the template of a route, never a path.
    #[must_use]
    pub fn start(method: &'static str, route: &str) -> Self {
        gauge!(IN_FLIGHT).increment(1);
        Self { method, route: route.to_owned(), status: "gone", watch: Stopwatch::start() }
    }

    /// The answer has a status; the time since the start.
    pub fn answered(&mut self, status: u16) -> Duration {
        self.status = match status {
            0..200 => "1xx",
            200..300 => "2xx",
            300..400 => "3xx",
            400..500 => "4xx",
            _ => "5xx",
        };
        self.watch.elapsed()
    }
}

impl Drop for RequestMeter {
    fn drop(&mut self) {
        let (method, route) = (self.method, std::mem::take(&mut self.route));
        gauge!(IN_FLIGHT).decrement(1);
        let time = self.watch.elapsed();
        histogram!(REQUEST_SECONDS, "method" => method, "route" => route.clone()).record(time);
        counter!(REQUESTS, "method" => method, "route" => route, "status" => self.status)
            .increment(1);
    }
}

/// An archive was no archive.
pub(crate) fn import_refused() {
    counter!(IMPORTS, "result" => "refused").increment(1);
}

/// An import has ended, after so long.
pub(crate) fn import_ended(time: Duration, done: bool, counts: &Counts) {
    counter!(IMPORTS, "result" => if done { "done" } else { "failed" }).increment(1);
    histogram!(IMPORT_SECONDS).record(time);
    let Counts { new, updated, unchanged, duplicate, skipped, failed } = *counts;
    for (outcome, rows) in [
        ("new", new),
        ("updated", updated),
        ("unchanged", unchanged),
        ("duplicate", duplicate),
        ("skipped", skipped),
        ("failed", failed),
    ] {
        counter!(IMPORT_ROWS, "outcome" => outcome).increment(rows);
    }
}

/// A week was saved: its status, and how many changes the rules made to it.
pub(crate) fn plan_saved(status: &'static str, repairs: usize) {
    counter!(PLANS, "status" => status).increment(1);
    counter!(REPAIRS).increment(repairs as u64);
}

/// An edit was asked for; `unexplained` where it needs a reason and has none.
pub(crate) fn edit_asked(verdict: &'static str) {
    counter!(EDITS, "verdict" => verdict).increment(1);
}

/// Weeks were verified.
pub(crate) fn verified(sound: usize, unsound: usize, missing: usize) {
    for (result, weeks) in [("sound", sound), ("unsound", unsound), ("missing", missing)] {
        counter!(VERIFIED, "result" => result).increment(weeks as u64);
    }
}
