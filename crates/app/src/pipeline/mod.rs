//! The weekly pipeline: when a runner's week begins on the runner's own clock, it is planned and
//! published, the next one is drafted and the books are kept; for all runners, in batches.
//!
//! A batch is claimed for a time ([`LEASE`]), loaded in a fixed number of queries, worked out on a
//! thread of its own, and saved in one transaction that ends the claim. A process that dies leaves
//! its claim to run out; whoever takes it over starts from what is stored, where nothing of the
//! batch is. Whoever comes too late saves nothing. So each week is published exactly once.

mod person;
mod settle;

use crate::App;
use crate::accounts::Runner;
use crate::error::{AppError, Kind, Result};
use crate::facts::PUBLISHED_DAYS;
use crate::measure;
use crate::roads;
use crate::stock::{EVENT_DAYS, STREAK_DAYS};
use crate::zones::{self, local_day, midnight};
use hermes_engine::calendar::Day;
use hermes_engine::state::State;
use hermes_store::StoreError;
use hermes_store::clocks::{Batch, Claimed, Clock, LEASE_MAX, PUT_OFF_MAX};
use hermes_store::known::{KnownRunner, Reach, Words};
use hermes_store::settled::Settled;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use person::Person;
use serde::de::IgnoredAny;
use settle::{At, BOOKS_DAYS};
use std::time::Duration;
use tokio::task::JoinSet;
use uuid::Uuid;

/// Runners of a batch: enough to make the queries' cost small, few enough for their data to stay in
/// tens of megabytes.
const BATCH: u32 = 250;
/// How long a claim lasts: a batch takes a second or two.
const LEASE: SignedDuration = LEASE_MAX;
/// How long other work on one runner's weeks is left alone: it takes a second, and a page that
/// nobody waits for any more leaves its claim behind.
const HOLD: SignedDuration = SignedDuration::from_secs(30);
/// Runners that get their clock at once.
const NEW_CLOCKS: u32 = 1_000;
/// The wait after a runner's first failure; it doubles with each further one.
const RETRY: SignedDuration = SignedDuration::from_mins(10);
/// The longest wait after failures.
const RETRY_MAX: SignedDuration = PUT_OFF_MAX;
/// How often, and after which pause, a runner is asked for whose week somebody else is planning:
/// by what goes on without, and by what does not. Four processes on a busy machine take turns of
/// seconds.
const TRIES: u32 = 50;
const TRIES_TO_PUBLISH: u32 = 200;
const PAUSE: Duration = Duration::from_millis(100);

/// What a run of the pipeline did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct WeeksPlanned {
    /// Runners whose week began and is planned now.
    pub runners: u64,
    /// Runners whose step failed; they are tried again later.
    pub failed: u64,
    /// Runners whose claim was taken over by another process.
    pub lost: u64,
}

impl WeeksPlanned {
    fn add(&mut self, other: Self) {
        self.runners += other.runners;
        self.failed += other.failed;
        self.lost += other.lost;
    }
}

impl App {
    /// Plans the weeks of all runners that are due, on all cores; ends when none is left. Dropped
    /// half-way it leaves whole batches and claims that run out.
    ///
    /// # Errors
    /// When the database fails; what was saved until then stays.
    pub async fn plan_weeks(&self) -> Result<WeeksPlanned> {
        self.sync_library().await?;
        self.add_clocks().await?;
        let recalled = self.store.recall_clocks(self.clock.now()).await?;
        if recalled > 0 {
            tracing::warn!(runners = recalled, "weeks were set by a clock that ran ahead");
        }
        // Twice the cores: while one waits for the database, another computes.
        let workers = 2 * std::thread::available_parallelism().map_or(1, usize::from);
        let mut tasks = JoinSet::new();
        for _ in 0..workers {
            let app = self.clone();
            tasks.spawn(async move { app.plan_until_done().await });
        }
        let mut planned = WeeksPlanned::default();
        while let Some(ended) = tasks.join_next().await {
            let mine = ended
                .map_err(|e| AppError::Internal(format!("planning weeks ended early ({e})")))?;
            planned.add(mine?);
        }
        Ok(planned)
    }

    async fn plan_until_done(&self) -> Result<WeeksPlanned> {
        let mut planned = WeeksPlanned::default();
        loop {
            let now = self.clock.now();
            let batch = self.store.claim_due(now, now + LEASE, BATCH).await?;
            if batch.runners.is_empty() {
                return Ok(planned);
            }
            planned.add(self.plan_batch(&batch, now).await?);
        }
    }

    /// Publishes the current week from today on, if that is not done, drafts the next one and
    /// keeps the books; where all that was done today, nothing is written.
    ///
    /// # Errors
    /// [`AppError::Conflict`] while another process is planning this runner's week and does not
    /// end; when the database fails.
    pub async fn publish(&self, runner: &Runner) -> Result<crate::WeekView> {
        let today = self.today(runner);
        let week = today.week_start(self.preferences_as_of(runner, today).await?.week_start);
        if self.is_planned(runner, week, today).await? {
            return self.published_view(runner, week).await;
        }
        self.sync_library().await?;
        if self.store.clock(runner.id).await?.is_none() {
            self.set_clock(runner.id, Some(&runner.time_zone)).await?;
        }
        for _ in 0..TRIES_TO_PUBLISH {
            let now = self.clock.now();
            let Some(batch) = self.store.claim_runner(runner.id, now, now + LEASE).await? else {
                tokio::time::sleep(PAUSE).await;
                if self.is_planned(runner, week, today).await? {
                    return self.published_view(runner, week).await;
                }
                continue;
            };
            if let Err(error) = self.plan_claimed(&batch, now, true).await {
                self.store.release_batch(batch.id, self.clock.now()).await?;
                match error {
                    // Somebody else was faster: look again.
                    AppError::Store(StoreError::LeaseLost | StoreError::Conflict(_)) => continue,
                    error => return Err(error),
                }
            }
            let today = local_day(&runner.zone(), now);
            let week = today.week_start(self.preferences_as_of(runner, today).await?.week_start);
            return self.published_view(runner, week).await;
        }
        Err(AppError::Conflict(
            "this week is being planned right now; try again in a moment".to_owned(),
        ))
    }

    /// Is a week published whose books were kept today? Then the next one is drafted, too: what
    /// changes a plan drafts it anew at once.
    pub(crate) async fn is_planned(&self, runner: &Runner, week: Day, today: Day) -> Result<bool> {
        let now = self.clock.now();
        let clock = self.store.clock(runner.id).await?.map(|stored| stored.clock);
        if !clock.is_some_and(|c| c.week_start == week + 7 && c.due_at > now) {
            return Ok(false);
        }
        let kept = self.store.momentum(runner.id).await?;
        Ok(kept.and_then(|m| m.last_updated) == Some(today))
    }

    /// Does work on a runner's weeks while no other process does any, nor the pipeline. Work that
    /// is in the way for too long is not waited for: the runner's own word comes first. A runner
    /// without a published week has no clock to claim.
    pub(crate) async fn alone<T>(
        &self,
        runner: &Runner,
        work: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        let mut claim = None;
        if self.store.clock(runner.id).await?.is_some() {
            for _ in 0..TRIES {
                let now = self.clock.now();
                claim = self.store.claim_runner(runner.id, now, now + HOLD).await?;
                if claim.is_some() {
                    break;
                }
                tokio::time::sleep(PAUSE).await;
            }
        }
        let done = work.await;
        if let Some(claim) = claim {
            self.store.release_batch(claim.id, self.clock.now()).await?;
        }
        done
    }

    /// Sets anew when the next week of a runner begins whose weeks are planned: after a change of
    /// time zone or of the week's first day.
    pub(crate) async fn reset_clock(&self, user: Uuid, time_zone: Option<&str>) -> Result<()> {
        if self.store.clock(user).await?.is_some() {
            self.set_clock(user, time_zone).await?;
        }
        Ok(())
    }

    /// Sets when a runner's next unplanned week begins: the current one where it is not published.
    async fn set_clock(&self, user: Uuid, time_zone: Option<&str>) -> Result<()> {
        let now = self.clock.now();
        let zone = zones::named(time_zone);
        let today = local_day(&zone, now);
        let preferences = self.store.preferences(user, today, now).await?.unwrap_or_default();
        let week = today.week_start(preferences.week_start);
        let stored = self.store.week(user, week).await?;
        let week_start = if stored.is_some_and(|w| w.plan.published) { week + 7 } else { week };
        let clock = Clock { user, week_start, due_at: midnight(&zone, week_start) };
        Ok(self.store.set_clocks(&[clock], now).await?)
    }

    /// Gives a clock to runners who were planned for before there were clocks; their week counts
    /// as due. A runner's first week is published at the runner's own word.
    async fn add_clocks(&self) -> Result<()> {
        loop {
            let users = self.store.runners_without_clock(NEW_CLOCKS).await?;
            let now = self.clock.now();
            let today = local_day(&TimeZone::UTC, now);
            let clock = |user: &Uuid| Clock { user: *user, week_start: today, due_at: now };
            let clocks: Vec<Clock> = users.iter().map(clock).collect();
            self.store.set_clocks(&clocks, now).await?;
            if clocks.len() < NEW_CLOCKS as usize {
                return Ok(());
            }
        }
    }

    /// Plans a batch; where it cannot be planned as a whole, its runners one by one.
    async fn plan_batch(&self, batch: &Batch, now: Timestamp) -> Result<WeeksPlanned> {
        let all = batch.runners.len() as u64;
        match self.plan_claimed(batch, now, false).await {
            Ok(()) => return Ok(WeeksPlanned { runners: all, ..WeeksPlanned::default() }),
            Err(AppError::Store(StoreError::LeaseLost)) => {
                return Ok(WeeksPlanned { lost: all, ..WeeksPlanned::default() });
            }
            // The claim runs out by itself.
            Err(error) if is_away(&error) => return Err(error),
            Err(_) => {}
        }
        self.store.release_batch(batch.id, self.clock.now()).await?;
        let mut planned = WeeksPlanned::default();
        for runner in &batch.runners {
            let now = self.clock.now();
            match self.store.claim_runner(runner.user, now, now + LEASE).await? {
                Some(one) => planned.add(self.plan_one(&one, now).await?),
                None => planned.lost += 1,
            }
        }
        Ok(planned)
    }

    /// Plans a batch of one; where it cannot be planned, it is put off.
    async fn plan_one(&self, batch: &Batch, now: Timestamp) -> Result<WeeksPlanned> {
        let error = match self.plan_claimed(batch, now, false).await {
            Ok(()) => return Ok(WeeksPlanned { runners: 1, ..WeeksPlanned::default() }),
            Err(AppError::Store(StoreError::LeaseLost)) => {
                return Ok(WeeksPlanned { lost: 1, ..WeeksPlanned::default() });
            }
            Err(error) if is_away(&error) => return Err(error),
            Err(error) => error,
        };
        for runner in &batch.runners {
            let wait = RETRY * 2_i32.saturating_pow(runner.attempts.clamp(0, 10).unsigned_abs());
            let (text, now) = (error.to_string(), self.clock.now());
            let later = now + wait.min(RETRY_MAX);
            tracing::error!(runner = %runner.user, error = %text, "a week could not be planned");
            self.store.defer_week(batch.id, runner.user, &text, later, now).await?;
        }
        Ok(WeeksPlanned { failed: 1, ..WeeksPlanned::default() })
    }

    async fn plan_claimed(&self, batch: &Batch, now: Timestamp, asked: bool) -> Result<()> {
        let today = local_day(&TimeZone::UTC, now);
        let words = Words { roadmap: roads::REASON, state: State::Overreach.name() };
        let known = self.store.known(batch.id, &batch.runners, now, reach(today), words).await?;
        let runners = batch.runners.clone();
        let work = move || {
            let all = runners.iter().zip(known);
            all.map(|(runner, known)| plan(runner, known, now, asked))
                .collect::<Result<Vec<Settled>>>()
        };
        let settled = tokio::task::spawn_blocking(work)
            .await
            .map_err(|e| AppError::Internal(format!("planning a week ended early ({e})")))??;
        self.store.save_settled(batch.id, &settled, now).await?;
        for (_, week) in settled.iter().flat_map(|s| &s.weeks) {
            let repairs = week.plan.repair_actions.as_ref().filter(|_| week.plan.published);
            let repairs =
                repairs.and_then(|r| r.read::<Vec<IgnoredAny>>().ok()).map_or(0, |r| r.len());
            measure::plan_saved(status(&week.plan.validation_status), repairs);
        }
        tracing::info!(runners = settled.len(), "a batch of weeks was planned");
        Ok(())
    }
}

/// Is the database away, rather than a runner's rows unfit?
fn is_away(error: &AppError) -> bool {
    let about_rows =
        matches!(error, AppError::Store(StoreError::Corrupt { .. } | StoreError::Refused(_)));
    error.kind() == Kind::Unavailable && !about_rows
}

/// The word that the metrics have for it: all of them are known beforehand.
fn status(stored: &str) -> &'static str {
    match stored {
        "valid" => "valid",
        "repaired" => "repaired",
        _ => "pending",
    }
}

/// How far back a step reads, whatever the runner's time zone.
fn reach(today: Day) -> Reach {
    Reach {
        activities: today - crate::facts::REACH - BOOKS_DAYS - 2,
        plans: today - STREAK_DAYS - 9,
        weeks: today - BOOKS_DAYS - 23,
        entries: today - EVENT_DAYS.max(PUBLISHED_DAYS) - BOOKS_DAYS,
    }
}

fn plan(runner: &Claimed, known: KnownRunner, now: Timestamp, asked: bool) -> Result<Settled> {
    let zone = zones::named(runner.time_zone.as_deref());
    let today = local_day(&zone, now);
    let mut person = Person::new(known)?;
    let week = today.week_start(person.preferences(today).week_start) + 7;
    let next = Clock { user: runner.user, week_start: week, due_at: midnight(&zone, week) };
    settle::settle(&mut person, At { user: runner.user, today, now, next, asked })
}
