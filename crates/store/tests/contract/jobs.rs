//! Jobs: who gets which, under which lease, and what becomes of them.

use crate::harness::json;
use crate::harness::{at, on_both, on_both_urls, open};
use hermes_store::jobs::{
    AfterFailure, CLAIM_MAX, Claimed, ENQUEUE_MAX, ERROR_CHARS_MAX, Enqueued, JobFilter, JobState,
    LIST_MAX, Lease, NewJob, PAYLOAD_BYTES_MAX, PRUNE_MAX, StoredJob,
};
use hermes_store::value::Text;
use hermes_store::{Store, StoreError};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Seconds of a lease in these tests.
const LEASE: i64 = 60;

pub(crate) fn job(kind: &str, key: &str) -> NewJob {
    NewJob {
        kind: Text::new(kind).expect("fits"),
        key: Text::new(key).expect("fits"),
        payload: json!({ "z": 1, "a": [true, null, "ü"] }),
        priority: 100,
        run_at: at(0),
        max_attempts: 3,
        request_id: Text::new("req-1"),
    }
}

async fn add(store: &Store, job: &NewJob) -> Uuid {
    add_at(store, job, 0).await
}

async fn add_at(store: &Store, job: &NewJob, seconds: i64) -> Uuid {
    let added = store.enqueue(job, at(seconds)).await.expect("added");
    assert!(matches!(added, Enqueued::New(_)), "{added:?}");
    match added {
        Enqueued::New(id) | Enqueued::Existing(id) => id,
    }
}

async fn claim(store: &Store, holder: &str, seconds: i64, limit: u32) -> Claimed {
    let lease = Lease { holder, now: at(seconds), until: at(seconds + LEASE) };
    store.claim_jobs(&["a", "b"], lease, limit).await.expect("claimed")
}

async fn claim_one(store: &Store, holder: &str, seconds: i64) -> Option<StoredJob> {
    claim(store, holder, seconds, 1).await.jobs.pop()
}

async fn get(store: &Store, id: Uuid) -> StoredJob {
    store.job(id).await.expect("read").expect("there")
}

/// What was added comes back as it was, and with what a claim puts on it.
#[tokio::test]
async fn a_job_keeps_what_it_was_given() {
    on_both(async |store| {
        let wanted = NewJob { priority: -7, run_at: at(5), ..job("a", "k") };
        let id = add(&store, &wanted).await;
        let stored = get(&store, id).await;
        assert_eq!(
            stored,
            StoredJob {
                id,
                kind: wanted.kind.clone(),
                job_key: wanted.key.clone(),
                payload: wanted.payload.clone(),
                priority: -7,
                run_at: at(5),
                state: JobState::Pending,
                attempts: 0,
                max_attempts: 3,
                leased_by: None,
                leased_until: None,
                fence: 0,
                last_error: None,
                request_id: wanted.request_id.clone(),
                created_at: at(0),
                finished_at: None,
            }
        );
        assert_eq!(claim_one(&store, "one", 4).await, None, "not before its time");
        let running = claim_one(&store, "one", 5).await.expect("due");
        let expected = StoredJob {
            state: JobState::Running,
            attempts: 1,
            leased_by: Text::new("one"),
            leased_until: Some(at(5 + LEASE)),
            fence: 1,
            ..stored
        };
        assert_eq!(running, expected);
        assert_eq!(get(&store, id).await, expected);
        store.complete_job(id, 1, at(9)).await.expect("held");
        let done = StoredJob {
            state: JobState::Done,
            leased_by: None,
            leased_until: None,
            finished_at: Some(at(9)),
            ..expected
        };
        assert_eq!(get(&store, id).await, done);
        assert_eq!(store.job(Uuid::nil()).await.expect("asked"), None);
    })
    .await;
}

/// Lower priority numbers first, then earlier times, then lower ids; only the kinds asked for.
#[tokio::test]
async fn claims_go_by_priority_then_time_then_id() {
    on_both(async |store| {
        let order = [(2, 0, "f"), (1, 9, "d"), (1, 8, "b"), (1, 8, "c"), (0, 10, "a"), (1, 9, "e")];
        for (age, (priority, seconds, key)) in (0..).zip(order) {
            let wanted = NewJob { priority, run_at: at(seconds), ..job("a", key) };
            add_at(&store, &wanted, age).await;
        }
        add(&store, &NewJob { priority: -9, ..job("elsewhere", "x") }).await;
        let keys = |claimed: &Claimed| -> String {
            claimed.jobs.iter().map(|job| job.job_key.as_str()).collect()
        };
        assert_eq!(keys(&claim(&store, "one", 10, 2).await), "ab");
        assert_eq!(keys(&claim(&store, "one", 10, 3).await), "cde");
        assert_eq!(keys(&claim(&store, "one", 10, 3).await), "f");
        assert_eq!(claim(&store, "one", 10, 3).await, Claimed::default());
        let lease = Lease { holder: "one", now: at(10), until: at(20) };
        assert_eq!(store.claim_jobs(&[], lease, 3).await.expect("none"), Claimed::default());
        let other = store.claim_jobs(&["elsewhere"], lease, 3).await.expect("claimed");
        assert_eq!(keys(&other), "x");
    })
    .await;
}

/// One of a kind and key is alive; when it has ended another one may come.
#[tokio::test]
async fn a_job_that_is_alive_is_not_added_again() {
    on_both(async |store| {
        let wanted = NewJob { priority: 7, ..job("a", "k") };
        let id = add(&store, &wanted).await;
        let again = NewJob { priority: 1, ..wanted.clone() };
        assert_eq!(store.enqueue(&again, at(1)).await.expect("asked"), Enqueued::Existing(id));
        assert_eq!(get(&store, id).await.priority, 7, "it stays as it was");
        add(&store, &job("a", "other")).await;
        add(&store, &job("b", "k")).await;
        let running = claim_one(&store, "one", 0).await.expect("due");
        assert_eq!(running.id, id);
        assert_eq!(store.enqueue(&again, at(1)).await.expect("asked"), Enqueued::Existing(id));
        let many = [wanted.clone(), job("a", "new"), job("a", "new"), job("b", "k")];
        assert_eq!(store.enqueue_many(&many, at(1)).await.expect("added"), 1);
        store.complete_job(id, 1, at(2)).await.expect("held");
        assert!(matches!(store.enqueue(&again, at(3)).await, Ok(Enqueued::New(_))));

        let all: Vec<_> = (0..ENQUEUE_MAX).map(|k| job("b", &format!("many {k}"))).collect();
        assert_eq!(store.enqueue_many(&all, at(4)).await.expect("added"), 1_000);
        assert_eq!(store.enqueue_many(&all, at(4)).await.expect("there"), 0);
        assert_eq!(store.enqueue_many(&[], at(4)).await.expect("nothing"), 0);
        let ids = store.jobs(&JobFilter::default(), 2).await.expect("list");
        assert_eq!(
            ids.iter().map(|j| j.job_key.as_str()).collect::<Vec<_>>(),
            ["many 999", "many 998"]
        );
    })
    .await;
}

/// The job of a period comes once, whatever became of it.
#[tokio::test]
async fn the_job_of_a_period_is_added_once() {
    on_both(async |store| {
        let hourly = job("a", "hour");
        let first = store.enqueue_once(&hourly, at(0), at(7)).await.expect("added");
        let Enqueued::New(id) = first else { panic!("{first:?}") };
        let again = Enqueued::Existing(id);
        assert_eq!(store.enqueue_once(&hourly, at(0), at(8)).await.expect("asked"), again);
        let running = claim_one(&store, "one", 8).await.expect("due");
        store.complete_job(running.id, running.fence, at(9)).await.expect("held");
        assert_eq!(store.enqueue_once(&hourly, at(0), at(10)).await.expect("asked"), again);
        let next = store.enqueue_once(&hourly, at(3_600), at(3_601)).await.expect("added");
        assert!(matches!(next, Enqueued::New(n) if n > id), "{next:?}");
        let other = store.enqueue_once(&job("b", "hour"), at(0), at(7)).await.expect("added");
        assert!(matches!(other, Enqueued::New(_)), "{other:?}");
        let pile = store.enqueue_once(&hourly, at(7_200), at(7_201)).await.expect("asked");
        assert!(matches!((pile, next), (Enqueued::Existing(a), Enqueued::New(b)) if a == b));
    })
    .await;
}

/// A lease that ended is given to another under a higher fence; the old holder changes nothing.
#[tokio::test]
async fn an_old_holder_is_refused() {
    on_both(async |store| {
        let id = add(&store, &job("a", "k")).await;
        let old = claim_one(&store, "one", 0).await.expect("due");
        store.heartbeat_job(id, old.fence, at(LEASE + 10)).await.expect("held");
        assert_eq!(claim_one(&store, "two", LEASE + 9).await, None, "held longer");
        let new = claim_one(&store, "two", LEASE + 10).await.expect("lapsed");
        assert_eq!((new.id, new.fence, new.attempts), (id, 2, 2));
        assert_eq!(new.leased_by, Text::new("two"));
        let until = at(9_999);
        for refused in [
            store.heartbeat_job(id, old.fence, until).await,
            store.complete_job(id, old.fence, until).await,
            store.fail_job(id, old.fence, "x", AfterFailure::RetryAt(until)).await,
            store.fail_job(id, old.fence, "x", AfterFailure::Dead(until)).await,
            store.complete_job(Uuid::nil(), 1, until).await,
        ] {
            assert!(matches!(refused, Err(StoreError::LeaseLost)), "{refused:?}");
        }
        assert_eq!(store.release_jobs("one").await.expect("nothing"), 0);
        assert_eq!(get(&store, id).await, new, "nothing was changed");
        store.complete_job(id, new.fence, at(80)).await.expect("held");
        for refused in [
            store.heartbeat_job(id, new.fence, until).await,
            store.complete_job(id, new.fence, until).await,
            store.fail_job(id, new.fence, "x", AfterFailure::RetryAt(until)).await,
        ] {
            assert!(matches!(refused, Err(StoreError::LeaseLost)), "finished: {refused:?}");
        }
        assert_eq!(get(&store, id).await.finished_at, Some(at(80)));
    })
    .await;
}

/// The clock was set back by a day: the lease of a holder that died before ends all the same.
#[tokio::test]
async fn a_lease_of_a_clock_that_was_set_back_ends() {
    on_both(async |store| {
        let day = 86_400;
        let id = add(&store, &job("a", "k")).await;
        let ahead = claim_one(&store, "one", day).await.expect("due");
        let back = claim_one(&store, "two", 5).await.expect("its lease is of no clock");
        assert_eq!((back.id, back.fence), (id, ahead.fence + 1));
        // Clocks of two machines that differ by less than a lease do not take from each other.
        assert_eq!(claim_one(&store, "three", 5 - LEASE).await, None);
        assert!(claim_one(&store, "three", 4 - LEASE).await.is_some());
    })
    .await;
}

/// A job that failed waits, keeps its error, and dies when told; a person brings it back.
#[tokio::test]
async fn failures_are_kept_and_the_dead_brought_back() {
    on_both(async |store| {
        let id = add(&store, &job("a", "k")).await;
        let first = claim_one(&store, "one", 0).await.expect("due");
        let long = format!("no\0{}", "ä".repeat(2 * ERROR_CHARS_MAX));
        let later = AfterFailure::RetryAt(at(30));
        store.fail_job(id, first.fence, &long, later).await.expect("held");
        let waiting = get(&store, id).await;
        assert_eq!((waiting.state, waiting.run_at), (JobState::Pending, at(30)));
        assert_eq!((waiting.leased_by.clone(), waiting.leased_until), (None, None));
        let kept = waiting.last_error.expect("kept");
        assert!(kept.starts_with("no ä") && kept.chars().count() == ERROR_CHARS_MAX);
        assert_eq!(claim_one(&store, "one", 29).await, None);
        let second = claim_one(&store, "one", 30).await.expect("due again");
        assert_eq!((second.attempts, second.fence), (2, 2));
        let dead = AfterFailure::Dead(at(31));
        store.fail_job(id, second.fence, "gone", dead).await.expect("held");
        let stored = get(&store, id).await;
        assert_eq!((stored.state, stored.finished_at), (JobState::Dead, Some(at(31))));
        assert_eq!(stored.last_error.as_deref(), Some("gone"));
        assert_eq!(claim_one(&store, "one", 9_999).await, None);

        let other = add(&store, &job("a", "k")).await;
        let refused = store.revive_job(id, at(40)).await;
        assert!(matches!(refused, Err(StoreError::Conflict(_))), "{refused:?}");
        let refused = store.revive_job(other, at(40)).await;
        assert!(matches!(refused, Err(StoreError::Missing(_))), "{refused:?}");
        let running = claim_one(&store, "one", 41).await.expect("the other one");
        store.complete_job(other, running.fence, at(41)).await.expect("held");
        store.revive_job(id, at(42)).await.expect("brought back");
        let back = get(&store, id).await;
        assert_eq!((back.state, back.attempts, back.run_at), (JobState::Pending, 0, at(42)));
        assert_eq!((back.finished_at, back.last_error.as_deref()), (None, Some("gone")));
        assert_eq!(claim_one(&store, "one", 42).await.map(|j| j.fence), Some(3));
    })
    .await;
}

/// A job whose holder vanishes each time does not kill workers for ever.
#[tokio::test]
async fn a_job_that_is_never_heard_of_again_dies() {
    on_both(async |store| {
        let id = add(&store, &NewJob { max_attempts: 2, ..job("a", "k") }).await;
        assert!(claim_one(&store, "one", 0).await.is_some());
        assert!(claim_one(&store, "one", 100).await.is_some());
        let claimed = claim(&store, "one", 200, 5).await;
        assert_eq!((claimed.jobs, claimed.dead), (vec![], vec![id]));
        let dead = get(&store, id).await;
        assert_eq!((dead.state, dead.finished_at), (JobState::Dead, Some(at(200))));
        assert!(dead.last_error.is_some_and(|e| e.contains("without a word")));
    })
    .await;
}

/// What a worker gives back is due at once and has lost no attempt, but its fence is spent.
#[tokio::test]
async fn what_is_released_is_due_for_others() {
    on_both(async |store| {
        for key in ["k", "l", "m"] {
            add(&store, &job("a", key)).await;
        }
        assert_eq!(claim(&store, "one", 0, 2).await.jobs.len(), 2);
        let other = claim_one(&store, "two", 0).await.expect("due");
        assert_eq!(store.release_jobs("one").await.expect("released"), 2);
        let again = claim(&store, "three", 1, 5).await.jobs;
        assert_eq!(
            again.iter().map(|j| (j.attempts, j.fence)).collect::<Vec<_>>(),
            [(1, 2), (1, 2)]
        );
        assert_eq!(get(&store, other.id).await, other);
    })
    .await;
}

#[tokio::test]
async fn lists_counts_and_ages() {
    on_both(async |store| {
        assert_eq!(store.oldest_due_job(at(0)).await.expect("none"), None);
        let mut ids = Vec::new();
        for (k, kind) in (0..).zip(["a", "b", "a", "c"]) {
            let wanted = NewJob { run_at: at(10 - k), ..job(kind, &format!("{k}")) };
            ids.push(add_at(&store, &wanted, 10 - k).await);
        }
        assert_eq!(store.oldest_due_job(at(6)).await.expect("none"), None);
        assert_eq!(store.oldest_due_job(at(8)).await.expect("one"), Some(at(7)));
        let first = claim_one(&store, "one", 8).await.expect("due");
        assert_eq!(first.id, ids[2]);
        let list = async |state, kind: Option<&str>, before, limit| -> Vec<Uuid> {
            let filter = JobFilter { state, kind: kind.map(str::to_owned), before };
            store.jobs(&filter, limit).await.expect("list").iter().map(|j| j.id).collect()
        };
        let mut newest = ids.clone();
        newest.sort_unstable();
        newest.reverse();
        assert_eq!(list(None, None, None, 9).await, newest);
        assert_eq!(list(None, None, None, 2).await, newest[..2]);
        assert_eq!(list(None, None, Some(newest[1]), 9).await, newest[2..]);
        assert_eq!(list(Some(JobState::Running), None, None, 9).await, [ids[2]]);
        assert_eq!(list(None, Some("a"), None, 9).await, [ids[0], ids[2]]);
        assert!(list(Some(JobState::Dead), Some("a"), None, 9).await.is_empty());
        let counts = store.count_jobs().await.expect("counts");
        let counts: Vec<_> =
            counts.iter().map(|c| (c.kind.as_str(), c.state.name(), c.count)).collect();
        let expected =
            [("a", "pending", 1), ("a", "running", 1), ("b", "pending", 1), ("c", "pending", 1)];
        assert_eq!(counts, expected);
    })
    .await;
}

/// Only what has ended is deleted, the oldest first, the dead by a time of their own.
#[tokio::test]
async fn what_has_ended_is_deleted_in_time() {
    on_both(async |store| {
        for (k, dead) in (0..).zip([false, false, true, false, true]) {
            let id = add_at(&store, &job("a", &format!("{k}")), k).await;
            let fence = claim_one(&store, "one", 0).await.expect("due").fence;
            let ended = at(10 + k);
            if dead {
                let then = AfterFailure::Dead(ended);
                store.fail_job(id, fence, "x", then).await.expect("held");
            } else {
                store.complete_job(id, fence, ended).await.expect("held");
            }
        }
        add_at(&store, &job("a", "alive"), 9).await;
        let left = async || -> String {
            let jobs = store.jobs(&JobFilter::default(), 9).await.expect("list");
            jobs.iter().rev().map(|j| j.job_key.as_str()).collect()
        };
        assert_eq!(store.prune_jobs(at(14), at(12), 1).await.expect("pruned"), 1);
        assert_eq!(left().await, "1234alive");
        assert_eq!(store.prune_jobs(at(14), at(12), 9).await.expect("pruned"), 2);
        assert_eq!(left().await, "24alive");
        assert_eq!(store.prune_jobs(at(14), at(13), 9).await.expect("pruned"), 1);
        assert_eq!(left().await, "4alive");
        assert_eq!(store.prune_jobs(at(14), at(13), 9).await.expect("nothing"), 0);
    })
    .await;
}

#[tokio::test]
async fn limits_are_named() {
    on_both(async |store| {
        let big = NewJob { payload: json!("x".repeat(PAYLOAD_BYTES_MAX)), ..job("a", "k") };
        let many: Vec<_> = (0..=ENQUEUE_MAX).map(|k| job("a", &format!("{k}"))).collect();
        let lease = Lease { holder: "one", now: at(0), until: at(LEASE) };
        let refused = [
            store.enqueue(&big, at(0)).await.err(),
            store.enqueue_many(&many, at(0)).await.err(),
            store.claim_jobs(&["a"], lease, CLAIM_MAX + 1).await.err(),
            store.claim_jobs(&["a"; 9], lease, 1).await.err(),
            store.jobs(&JobFilter::default(), LIST_MAX + 1).await.err(),
            store.prune_jobs(at(0), at(0), PRUNE_MAX + 1).await.err(),
        ];
        for error in refused {
            assert!(matches!(error, Some(StoreError::TooMany { .. })), "{error:?}");
        }
        let hopeless = NewJob { max_attempts: 0, ..job("a", "k") };
        let error = store.enqueue(&hopeless, at(0)).await.err();
        assert!(matches!(error, Some(StoreError::Refused(_))), "{error:?}");
        assert_eq!(store.count_jobs().await.expect("counts"), []);
    })
    .await;
}

/// Two and four processes claim, add and finish at once: each job goes to one of them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn claimers_at_once_never_get_the_same_job() {
    on_both_urls(async |url| {
        let store = open(&url).await;
        for claimers in [2, 4] {
            let wanted: Vec<_> =
                (0..120).map(|k| job("a", &format!("{claimers} {}", k / 2))).collect();
            let racers: Vec<_> = (0..claimers)
                .map(|n| tokio::spawn(race(url.clone(), format!("racer {n}"), wanted.clone())))
                .collect();
            let (mut added, mut got) = (0, Vec::new());
            for racer in racers {
                let (new, ids) = racer.await.expect("it ends well");
                added += new;
                got.extend(ids);
            }
            // Whoever was quick may have added a key again once its job was done.
            assert!(added >= 60, "{added}");
            got.extend(drain(&store, "last").await);
            let different: BTreeSet<_> = got.iter().collect();
            assert_eq!(different.len(), got.len(), "no job twice");
            assert_eq!(got.len() as u64, added, "and none lost");
        }
        let done = store.count_jobs().await.expect("counts");
        assert!(matches!(&done[..], [all] if all.state == JobState::Done), "{done:?}");
        store.close().await;
    })
    .await;
}

/// A process of its own: adds, then claims and finishes until nothing is due.
async fn race(url: String, holder: String, wanted: Vec<NewJob>) -> (u64, Vec<Uuid>) {
    let store = open(&url).await;
    let new = store.enqueue_many(&wanted, at(0)).await.expect("added");
    let got = drain(&store, &holder).await;
    store.close().await;
    (new, got)
}

async fn drain(store: &Store, holder: &str) -> Vec<Uuid> {
    let mut got = Vec::new();
    loop {
        let jobs = claim(store, holder, 1, 7).await.jobs;
        if jobs.is_empty() {
            return got;
        }
        for job in jobs {
            assert_eq!(job.fence, 1, "{job:?}");
            store.complete_job(job.id, job.fence, at(2)).await.expect("held");
            got.push(job.id);
        }
    }
}
