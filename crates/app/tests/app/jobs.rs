//! Jobs and their worker: retries, dead letters, heartbeats, stopping, clocks that jump.

use crate::world::World;
use hermes_app::clock::Clock as _;
use hermes_app::jobs::{
    ATTEMPTS_MAX, BACKOFF_FIRST, DEAD_KEPT, DONE_KEPT, Enqueued, Failure, Handle, Job, JobFilter,
    JobState, LEASE, PERIODIC, Pace, Prune, StoredJob, Tally, Task, Worker,
};
use hermes_app::{App, AppError};
use hermes_store::jobs::NewJob;
use hermes_store::value::Text;
use hermes_store::{Options, Store};
use jiff::SignedDuration;
use serde_json::json;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{Notify, oneshot};
use uuid::Uuid;

/// Heartbeats as often as can be, looks for jobs as well, and no patience at the end.
const FAST: Pace =
    Pace { beat: Duration::from_millis(1), poll: Duration::from_millis(1), grace: Duration::ZERO };

const PRUNE: Job = Job::Prune(Prune {});

/// Does what it is told for each attempt, and is content when there is nothing left.
#[derive(Default)]
struct Script(Mutex<Vec<Result<(), Failure>>>, Mutex<Vec<Task>>);

impl Script {
    fn of(outcomes: &[Result<(), Failure>]) -> Arc<Self> {
        let outcomes = outcomes.iter().rev().cloned().collect();
        Arc::new(Self(Mutex::new(outcomes), Mutex::default()))
    }
}

struct Actor(Arc<Script>);

impl Handle for Actor {
    async fn handle(&self, task: Task) -> Result<(), Failure> {
        self.0.1.lock().unwrap().push(task);
        self.0.0.lock().unwrap().pop().unwrap_or(Ok(()))
    }
}

fn actor(w: &World, script: &Arc<Script>) -> Worker<Actor> {
    Worker::with(w.app.clone(), Actor(script.clone()), Pace::default())
}

async fn add(w: &World, key: &str) -> Uuid {
    let now = w.hands.now();
    match w.app.enqueue(&PRUNE, key, now, Some("request 7")).await.unwrap() {
        Enqueued::New(id) | Enqueued::Existing(id) => id,
    }
}

async fn get(w: &World, id: Uuid) -> StoredJob {
    let all = w.app.jobs(&JobFilter::default(), 500).await.unwrap();
    all.into_iter().find(|job| job.id == id).unwrap()
}

/// Kinds of jobs that come by themselves.
const KINDS: u32 = PERIODIC.len() as u32;

/// A world in which the jobs that come by themselves have been.
async fn quiet(now: &str) -> World {
    let w = World::at(now).await;
    w.app.enqueue_periodic().await.unwrap();
    assert_eq!(Worker::new(w.app.clone()).drain().await.unwrap(), tally(KINDS, 0, 0));
    w
}

fn failed() -> Result<(), Failure> {
    Err(Failure::Retry("it rained".to_owned()))
}

fn tally(done: u32, retried: u32, dead: u32) -> Tally {
    Tally { done, retried, dead, ..Tally::default() }
}

#[tokio::test]
async fn a_job_that_fails_is_tried_again_after_a_while() {
    let w = World::at("2026-03-02T06:00:00Z").await;
    let id = add(&w, "a").await;
    let soon = w.hands.now() + SignedDuration::from_mins(90);
    let later = Err(Failure::RetryAt(soon, "closed until then".to_owned()));
    let script = Script::of(&[failed(), later, Ok(())]);
    let worker = actor(&w, &script);
    assert_eq!(worker.drain().await.unwrap(), tally(0, 1, 0));
    let job = get(&w, id).await;
    assert_eq!((job.state, job.attempts), (JobState::Pending, 1));
    assert_eq!(job.last_error.as_deref(), Some("it rained"));
    let wait = job.run_at.duration_since(w.hands.now());
    assert!(wait > BACKOFF_FIRST / 2 - SignedDuration::from_secs(1), "{wait:?}");
    assert!(wait <= BACKOFF_FIRST, "{wait:?}");
    w.pass(wait - SignedDuration::from_millis(1));
    assert_eq!(worker.run_once().await.unwrap(), tally(0, 0, 0), "not before its time");
    w.pass(SignedDuration::from_millis(1));
    assert_eq!(worker.run_once().await.unwrap(), tally(0, 1, 0));
    let job = get(&w, id).await;
    assert_eq!((job.run_at, job.last_error.as_deref()), (soon, Some("closed until then")));
    w.pass(SignedDuration::from_mins(90));
    assert_eq!(worker.drain().await.unwrap(), tally(1, 0, 0));
    assert_eq!(get(&w, id).await.state, JobState::Done);
    let seen = script.1.lock().unwrap().clone();
    let expected =
        |attempt| Task { id, job: PRUNE, attempt, request_id: Some("request 7".to_owned()) };
    assert_eq!(seen, [expected(1), expected(2), expected(3)]);
}

#[tokio::test]
async fn after_the_last_attempt_a_job_is_dead_until_a_person_brings_it_back() {
    let w = World::at("2026-03-02T06:00:00Z").await;
    let id = add(&w, "a").await;
    let attempts = usize::try_from(ATTEMPTS_MAX).unwrap();
    let script = Script::of(&vec![failed(); attempts]);
    let worker = actor(&w, &script);
    for _ in 1..attempts {
        assert_eq!(worker.drain().await.unwrap(), tally(0, 1, 0));
        w.pass(SignedDuration::from_hours(1));
    }
    assert_eq!(worker.drain().await.unwrap(), tally(0, 0, 1));
    w.pass(SignedDuration::from_hours(24));
    assert_eq!(worker.drain().await.unwrap(), tally(0, 0, 0));
    assert_eq!(get(&w, id).await.state, JobState::Dead);
    let back = w.app.retry_job(id).await.unwrap();
    assert_eq!((back.state, back.attempts), (JobState::Pending, 0));
    let twice = w.app.retry_job(id).await;
    assert!(matches!(twice, Err(AppError::NotFound(_))), "{twice:?}");
    assert_eq!(worker.drain().await.unwrap(), tally(1, 0, 0));

    let id = add(&w, "b").await;
    let hopeless = Script::of(&[Err(Failure::GiveUp("no such thing".to_owned()))]);
    assert_eq!(actor(&w, &hopeless).drain().await.unwrap(), tally(0, 0, 1), "at once");
    add(&w, "b").await;
    let refused = w.app.retry_job(id).await;
    assert!(matches!(refused, Err(AppError::Conflict(_))), "{refused:?}");
}

/// Panics the first time.
struct Clumsy(Mutex<bool>);

impl Handle for Clumsy {
    async fn handle(&self, _: Task) -> Result<(), Failure> {
        let first = !std::mem::replace(&mut *self.0.lock().unwrap(), true);
        assert!(!first, "dropped it");
        Ok(())
    }
}

#[tokio::test]
async fn a_panic_is_a_failure_of_the_one_job() {
    let w = World::at("2026-03-02T06:00:00Z").await;
    let id = add(&w, "a").await;
    let worker = Worker::with(w.app.clone(), Clumsy(Mutex::new(false)), Pace::default());
    assert_eq!(worker.drain().await.unwrap(), tally(0, 1, 0));
    let error = get(&w, id).await.last_error.unwrap();
    assert!(error.contains("dropped it"), "{error}");
    w.pass(BACKOFF_FIRST);
    assert_eq!(worker.drain().await.unwrap(), tally(1, 0, 0));
}

/// Works until it is let go.
struct Patient {
    begun: Arc<Notify>,
    go: Arc<Notify>,
}

impl Handle for Patient {
    async fn handle(&self, _: Task) -> Result<(), Failure> {
        self.begun.notify_one();
        self.go.notified().await;
        // And the next one: the hourly job is there too where the worker runs.
        self.go.notify_one();
        Ok(())
    }
}

fn patient() -> (Patient, Arc<Notify>, Arc<Notify>) {
    let (begun, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    (Patient { begun: begun.clone(), go: go.clone() }, begun, go)
}

/// Waits until a job is as wanted; ends with the test's own time limit where it never is.
async fn until(w: &World, id: Uuid, wanted: impl Fn(&StoredJob) -> bool) -> StoredJob {
    loop {
        let job = get(w, id).await;
        if wanted(&job) {
            return job;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn heartbeats_keep_a_long_job() {
    let w = World::at("2026-03-02T06:00:00Z").await;
    let id = add(&w, "long").await;
    let (handler, begun, go) = patient();
    let long = Worker::with(w.app.clone(), handler, FAST);
    let other = actor(&w, &Script::of(&[]));
    let running = tokio::spawn(async move { long.run_once().await.unwrap() });
    begun.notified().await;
    for _ in 0..5 {
        let held = get(&w, id).await.leased_until;
        w.pass(LEASE - SignedDuration::from_secs(5));
        until(&w, id, |job| job.leased_until > held).await;
        assert_eq!(other.run_once().await.unwrap(), tally(0, 0, 0), "it is held");
    }
    go.notify_one();
    assert_eq!(running.await.unwrap(), tally(1, 0, 0));
    let job = get(&w, id).await;
    assert_eq!((job.state, job.attempts), (JobState::Done, 1));
}

/// Its lease lapses (no heartbeat for longer), another worker does the job, and what the first
/// one says then changes nothing.
#[tokio::test]
async fn who_lost_the_lease_changes_nothing() {
    let w = World::at("2026-03-02T06:00:00Z").await;
    let id = add(&w, "a").await;
    let (handler, begun, go) = patient();
    let slow = Worker::with(w.app.clone(), handler, Pace::default());
    let running = tokio::spawn(async move { slow.run_once().await.unwrap() });
    begun.notified().await;
    w.pass(LEASE + SignedDuration::from_secs(1));
    let other = actor(&w, &Script::of(&[]));
    assert_eq!(other.run_once().await.unwrap(), tally(1, 0, 0));
    let done = get(&w, id).await;
    go.notify_one();
    assert_eq!(running.await.unwrap(), Tally { lost: 1, ..Tally::default() });
    assert_eq!(get(&w, id).await, done);
}

/// A heartbeat finds that the lease is lost: the work is left half-way.
#[tokio::test]
async fn work_without_a_lease_is_left() {
    let w = World::at("2026-03-02T06:00:00Z").await;
    let id = add(&w, "a").await;
    let (handler, begun, _never) = patient();
    let slow = Worker::with(w.app.clone(), handler, FAST);
    let running = tokio::spawn(async move { slow.run_once().await.unwrap() });
    begun.notified().await;
    let store = Store::open(&w.url(), Options::default()).await.unwrap();
    let fence = get(&w, id).await.fence;
    store.complete_job(id, fence, w.hands.now()).await.unwrap();
    assert_eq!(running.await.unwrap(), Tally { lost: 1, ..Tally::default() });
}

#[tokio::test]
async fn a_worker_that_is_stopped_gives_its_jobs_back() {
    let w = quiet("2026-03-02T06:00:00Z").await;
    let id = add(&w, "a").await;
    let (handler, begun, _never) = patient();
    let (stop, stopped) = oneshot::channel::<()>();
    let worker = Worker::with(w.app.clone(), handler, FAST);
    let running = tokio::spawn(worker.run(async { drop(stopped.await) }));
    begun.notified().await;
    drop(stop);
    running.await.unwrap();
    let job = get(&w, id).await;
    assert_eq!((job.state, job.attempts), (JobState::Pending, 0), "as if never claimed");
    assert_eq!((job.leased_by, job.fence), (None, 1));
    let after = add(&w, "after").await;
    tokio::task::yield_now().await;
    assert_eq!(get(&w, after).await.state, JobState::Pending, "it claims no more");
}

#[tokio::test]
async fn a_worker_that_is_stopped_lets_its_jobs_finish() {
    let w = quiet("2026-03-02T06:00:00Z").await;
    let id = add(&w, "a").await;
    let (handler, begun, go) = patient();
    let (stop, stopped) = oneshot::channel::<()>();
    let pace = Pace { grace: Duration::from_secs(600), ..FAST };
    let running = Worker::with(w.app.clone(), handler, pace).run(async { drop(stopped.await) });
    let running = tokio::spawn(running);
    begun.notified().await;
    drop(stop);
    go.notify_one();
    running.await.unwrap();
    assert_eq!(get(&w, id).await.state, JobState::Done);
}

/// The worker of a clock that was ahead by a day died; after the clock is set right its job is
/// done at once, not in a day.
#[tokio::test]
async fn a_clock_that_is_set_back_does_no_harm() {
    let w = World::at("2026-03-02T06:00:00Z").await;
    let id = add(&w, "a").await;
    w.days(1);
    let (handler, begun, _never) = patient();
    let ahead = Worker::with(w.app.clone(), handler, Pace::default());
    let running = tokio::spawn(async move { ahead.run_once().await });
    begun.notified().await;
    running.abort();
    assert!(running.await.unwrap_err().is_cancelled());
    w.set_back(SignedDuration::from_hours(24));
    let script = Script::of(&[]);
    let worker = actor(&w, &script);
    assert_eq!(worker.drain().await.unwrap(), tally(1, 0, 0));
    assert_eq!(get(&w, id).await.state, JobState::Done);

    w.app.enqueue_periodic().await.unwrap();
    assert_eq!(worker.drain().await.unwrap(), tally(KINDS, 0, 0));
    w.set_back(SignedDuration::from_hours(3));
    w.app.enqueue_periodic().await.unwrap();
    assert_eq!(worker.drain().await.unwrap(), tally(KINDS, 0, 0), "the hour of the other clock");
    w.pass(SignedDuration::from_hours(3));
    w.app.enqueue_periodic().await.unwrap();
    assert_eq!(worker.drain().await.unwrap(), tally(0, 0, 0), "that hour had its job");
}

#[tokio::test]
async fn periodic_jobs_come_once_and_do_not_pile_up() {
    let w = World::at("2026-03-02T06:59:30Z").await;
    let worker = Worker::new(w.app.clone());
    let mut keys = Vec::new();
    for hours in [0, 0, 1, 7, 0] {
        w.pass(SignedDuration::from_hours(hours));
        w.app.enqueue_periodic().await.unwrap();
        let done = worker.drain().await.unwrap().done;
        let hourly = JobFilter { kind: Some("prune".to_owned()), ..JobFilter::default() };
        let newest = w.app.jobs(&hourly, 1).await.unwrap().remove(0);
        keys.push((done, newest.job_key.as_str()[11..].to_owned()));
    }
    let expected =
        [(1, "06:00:00Z"), (0, "06:00:00Z"), (1, "07:00:00Z"), (1, "14:00:00Z"), (0, "14:00:00Z")];
    assert_eq!(keys, expected.map(|(times, key)| (times * KINDS, key.to_owned())));
}

async fn rows(app: &Store) -> Vec<(String, i64)> {
    let named = |table: &(String, i64)| ["jobs", "sign_in_links", "sessions"].contains(&&*table.0);
    app.count_rows().await.unwrap().into_iter().filter(named).collect()
}

#[tokio::test]
async fn what_has_ended_is_pruned_every_hour() {
    let w = World::at("2026-03-02T06:00:00Z").await;
    let store = Store::open(&w.url(), Options::default()).await.unwrap();
    let hopeless = Script::of(&[Err(Failure::GiveUp("no".to_owned()))]);
    add(&w, "dead").await;
    assert_eq!(actor(&w, &hopeless).drain().await.unwrap(), tally(0, 0, 1));
    add(&w, "done").await;
    let link = w.app.sign_in_link(w.runner.id).await.unwrap();
    w.app.sign_in(&link).await.unwrap().unwrap();
    let worker = Worker::new(w.app.clone());
    assert_eq!(worker.drain().await.unwrap(), tally(1, 0, 0));
    let table = |name: &str, n| (name.to_owned(), n);
    let all = [table("jobs", 2), table("sessions", 1), table("sign_in_links", 1)];
    assert_eq!(rows(&store).await, all);
    w.pass(DONE_KEPT + SignedDuration::from_secs(1));
    w.app.enqueue_periodic().await.unwrap();
    assert_eq!(worker.drain().await.unwrap(), tally(KINDS, 0, 0));
    let left =
        [table("jobs", 1 + i64::from(KINDS)), table("sessions", 1), table("sign_in_links", 0)];
    assert_eq!(rows(&store).await, left, "the dead one, and the one that pruned");
    w.pass(DEAD_KEPT);
    w.app.enqueue_periodic().await.unwrap();
    assert_eq!(worker.drain().await.unwrap(), tally(KINDS, 0, 0));
    let left = [table("jobs", i64::from(KINDS)), table("sessions", 0), table("sign_in_links", 0)];
    assert_eq!(rows(&store).await, left);
}

#[tokio::test]
async fn jobs_of_another_version_are_left_alone_and_reported() {
    let w = World::at("2026-03-02T06:00:00Z").await;
    let store = Store::open(&w.url(), Options::default()).await.unwrap();
    let now = w.hands.now();
    let strange = NewJob {
        kind: Text::new("from_the_future").unwrap(),
        key: Text::new("k").unwrap(),
        payload: json!({}).into(),
        priority: 0,
        run_at: now,
        max_attempts: 1,
        request_id: None,
    };
    store.enqueue(&strange, now).await.unwrap();
    let torn = NewJob { kind: Text::new("prune").unwrap(), payload: json!("no").into(), ..strange };
    let torn = match store.enqueue(&torn, now).await.unwrap() {
        Enqueued::New(id) | Enqueued::Existing(id) => id,
    };
    let worker = Worker::new(w.app.clone());
    assert_eq!(worker.drain().await.unwrap(), tally(0, 0, 1));
    let error = get(&w, torn).await.last_error.unwrap();
    assert!(error.contains("payload is none of \"prune\""), "{error}");
    w.pass(SignedDuration::from_secs(30));
    let counts = w.app.job_counts().await.unwrap();
    assert_eq!(counts.unknown_kinds().collect::<Vec<_>>(), ["from_the_future"]);
    assert_eq!(counts.oldest_due.as_secs(), 30);
    let by: Vec<_> = counts.counts.iter().map(|c| (c.kind.as_str(), c.state, c.count)).collect();
    let expected = [("from_the_future", JobState::Pending, 1), ("prune", JobState::Dead, 1)];
    assert_eq!(by, expected);
    let long = w.app.enqueue(&PRUNE, &"x".repeat(201), now, None).await;
    assert!(matches!(long, Err(AppError::BadInput(_))), "{long:?}");
}

/// Two workers of two processes share the jobs: each is done once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_workers_do_each_job_once() {
    let w = World::at("2026-03-02T06:00:00Z").await;
    for k in 0..40 {
        add(&w, &format!("{k}")).await;
    }
    let script = Script::of(&[]);
    let mut done = 0;
    let workers: Vec<_> = [0, 1]
        .map(|_| {
            let (app, url, script) = (w.app.clone(), w.url(), script.clone());
            tokio::spawn(async move {
                let app: App = app.with_own_pool(&url).await.unwrap();
                let worker = Worker::with(app, Actor(script), Pace::default());
                worker.drain().await.unwrap()
            })
        })
        .into();
    for worker in workers {
        let tally = worker.await.unwrap();
        assert_eq!((tally.retried, tally.dead, tally.lost), (0, 0, 0));
        done += tally.done;
    }
    assert_eq!(done, 40);
    let mut ids: Vec<_> = script.1.lock().unwrap().iter().map(|task| task.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 40);
}
