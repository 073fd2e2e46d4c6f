//! Clocks and claims: no runner is in two hands, and a claim that ran out saves nothing.

use crate::harness::{at, day, on_both};
use hermes_store::clocks::{BATCH_MAX, Batch, Clock};
use hermes_store::settled::Settled;
use hermes_store::{Store, StoreError};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Runners whose weeks begin one after the other, from second 0 on.
async fn runners(store: &Store, count: i64) -> Vec<Uuid> {
    let mut users = Vec::new();
    for n in 0..count {
        let user = store.add_user(at(n)).await.expect("added").id;
        users.push(user);
    }
    let clock = |(n, user): (i64, &Uuid)| Clock {
        user: *user,
        week_start: day("2026-03-02"),
        due_at: at(n),
    };
    let clocks: Vec<Clock> = (0..).zip(&users).map(clock).collect();
    store.set_clocks(&clocks, at(0)).await.expect("set");
    users
}

fn held(batch: &Batch) -> Vec<Uuid> {
    batch.runners.iter().map(|c| c.user).collect()
}

fn settled(user: Uuid) -> Settled {
    Settled::nothing(user, Clock { user, week_start: day("2026-03-09"), due_at: at(9_000) })
}

#[tokio::test]
async fn the_longest_waiting_are_claimed_and_nobody_twice() {
    on_both(async |store| {
        let users = runners(&store, 5).await;
        let due = store.weeks_due(at(3)).await.expect("read");
        assert_eq!((due.runners, due.oldest), (4, Some(at(0))));
        let first = store.claim_due(at(3), at(60), 3).await.expect("claimed");
        assert_eq!(BTreeSet::from_iter(held(&first)), BTreeSet::from_iter(users[..3].to_vec()));
        let second = store.claim_due(at(3), at(60), 3).await.expect("claimed");
        assert_eq!(held(&second), [users[3]], "the fifth is not due");
        assert!(store.claim_due(at(3), at(60), 3).await.expect("claimed").runners.is_empty());
        // One runner alone, due or not, unless somebody holds the claim.
        assert_eq!(store.claim_runner(users[0], at(3), at(60)).await.expect("asked"), None);
        let one = store.claim_runner(users[4], at(3), at(60)).await.expect("asked");
        assert_eq!(held(&one.expect("free")), [users[4]]);
        let many = store.claim_due(at(3), at(60), BATCH_MAX + 1).await;
        assert!(matches!(many, Err(StoreError::TooMany { .. })), "{many:?}");
    })
    .await;
}

#[tokio::test]
async fn a_claim_that_ran_out_saves_nothing() {
    on_both(async |store| {
        let users = runners(&store, 2).await;
        let slow = store.claim_due(at(10), at(60), 2).await.expect("claimed");
        let fast = store.claim_due(at(60), at(120), 2).await.expect("claimed");
        assert_eq!(held(&slow), held(&fast), "the first claim has run out");
        let all: Vec<Settled> = users.iter().copied().map(settled).collect();
        let late = store.save_settled(slow.id, &all, at(61)).await;
        assert!(matches!(late, Err(StoreError::LeaseLost)), "{late:?}");
        let defer = store.defer_week(slow.id, users[0], "late", at(100), at(61)).await;
        assert!(matches!(defer, Err(StoreError::LeaseLost)), "{defer:?}");
        let clock = store.clock(users[0]).await.expect("read").expect("set");
        assert_eq!(clock.clock.week_start, day("2026-03-02"), "nothing was saved");
        store.save_settled(fast.id, &all, at(62)).await.expect("saved");
        let clock = store.clock(users[0]).await.expect("read").expect("set");
        assert_eq!((clock.clock.week_start, clock.clock.due_at), (day("2026-03-09"), at(9_000)));
        let again = store.save_settled(fast.id, &all, at(63)).await;
        assert!(matches!(again, Err(StoreError::LeaseLost)), "once is enough: {again:?}");
    })
    .await;
}

#[tokio::test]
async fn what_went_wrong_is_kept_until_it_goes_well() {
    on_both(async |store| {
        let users = runners(&store, 2).await;
        let batch = store.claim_due(at(10), at(60), 2).await.expect("claimed");
        store
            .defer_week(batch.id, users[0], "a broken row", at(300), at(11))
            .await
            .expect("put off");
        store.release_batch(batch.id, at(12)).await.expect("released");
        let clock = store.clock(users[0]).await.expect("read").expect("set");
        assert_eq!((clock.attempts, clock.last_error.as_deref()), (1, Some("a broken row")));
        let next = store.claim_due(at(13), at(60), 2).await.expect("claimed");
        assert_eq!(held(&next), [users[1]], "the other one is put off");
        store.save_settled(next.id, &[settled(users[1])], at(14)).await.expect("saved");
        let later = store.claim_due(at(300), at(360), 1).await.expect("claimed");
        assert_eq!((held(&later), later.runners[0].attempts), (vec![users[0]], 1));
        store.save_settled(later.id, &[settled(users[0])], at(301)).await.expect("saved");
        let clock = store.clock(users[0]).await.expect("read").expect("set");
        assert_eq!((clock.attempts, clock.last_error), (0, None));
        assert_eq!(store.clock(Uuid::nil()).await.expect("read"), None);
    })
    .await;
}

/// Four at once: every runner is in one hand.
#[tokio::test]
async fn claims_race_without_sharing() {
    on_both(async |store| {
        let users = runners(&store, 60).await;
        let claim = |store: Store| async move {
            let mut mine = Vec::new();
            loop {
                let batch = store.claim_due(at(100), at(200), 7).await.expect("claimed");
                if batch.runners.is_empty() {
                    return mine;
                }
                mine.extend(held(&batch));
            }
        };
        let tasks: Vec<_> = (0..4).map(|_| tokio::spawn(claim(store.clone()))).collect();
        let mut all = Vec::new();
        for task in tasks {
            all.extend(task.await.expect("ends"));
        }
        assert_eq!(all.len(), 60, "none twice");
        assert_eq!(BTreeSet::from_iter(all), BTreeSet::from_iter(users));
    })
    .await;
}

/// What a clock that ran ahead has left: claims that end, and weeks that begin, too late.
#[tokio::test]
async fn what_is_from_the_future_holds_nobody_up() {
    on_both(async |store| {
        let users = runners(&store, 2).await;
        let (day, lease) = (86_400, 300);
        let ahead = 30 * day;
        let batch = store.claim_due(at(ahead), at(ahead + lease), 9).await.expect("claimed");
        let now = store.claim_due(at(10), at(10 + lease), 9).await.expect("claimed");
        assert_eq!((held(&batch), held(&now)), (users.clone(), users.clone()), "it has ended");
        let short = store.claim_runner(users[0], at(11), at(12)).await.expect("asked");
        assert_eq!(short, None, "a claim of this time stands, however short the other one is");
        store.release_batch(now.id, at(12)).await.expect("released");
        let long = store.claim_due(at(13), at(ahead), 9).await.expect("claimed");
        let next = store.claim_due(at(13 + lease), at(14 + lease), 9).await.expect("claimed");
        assert_eq!(held(&long), held(&next), "no claim is longer than the longest");
        store.release_batch(next.id, at(14 + lease)).await.expect("released");
        let week =
            |user, due_at| Clock { user, week_start: crate::harness::day("2026-03-30"), due_at };
        let clocks = [week(users[0], at(ahead)), week(users[1], at(8 * day))];
        store.set_clocks(&clocks, at(20)).await.expect("set");
        assert_eq!(store.recall_clocks(at(400)).await.expect("recalled"), 1);
        let due = store.claim_due(at(400), at(500), 9).await.expect("claimed");
        assert_eq!(held(&due), [users[0]], "a week ahead is a week ahead");
        // One who was put off by a clock a few days ahead, and one who is put off by this one.
        let batch = store.claim_runner(users[1], at(5 * day), at(5 * day + 1)).await;
        let batch = batch.expect("asked").expect("free").id;
        let (later, ahead) = (at(6 * day), at(5 * day));
        store.defer_week(batch, users[1], "broken", later, ahead).await.expect("put off");
        let (later, now) = (at(500 + 2 * day), at(500));
        store.defer_week(due.id, users[0], "broken", later, now).await.expect("put off");
        assert_eq!(store.recall_clocks(at(600)).await.expect("recalled"), 1);
        let due = store.claim_due(at(600), at(601), 9).await.expect("claimed");
        assert_eq!(held(&due), [users[1]], "a day at most is a day at most");
    })
    .await;
}
