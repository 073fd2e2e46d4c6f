//! Clocks and claims: no runner is in two hands, and a claim that ran out saves nothing.

use crate::activities::{NONE, import, item, run};
use crate::harness::{at, day, effort, on_both};
use hermes_engine::record::{Goal, HealthType, Preferences, RaceDistance};
use hermes_store::activities::ActivityFilter;
use hermes_store::clocks::{BATCH_MAX, Batch, Clock};
use hermes_store::health::NewHealthRecord;
use hermes_store::settled::Settled;
use hermes_store::{Store, StoreError};
use jiff::SignedDuration;
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

/// What a plan knew is told by moments. What began before a plan and waited for its turn until
/// after it was not known to it.
#[tokio::test]
async fn what_waited_while_a_plan_was_made_is_recorded_after_it() {
    on_both(async |store| {
        let user = runners(&store, 1).await[0];
        let micros = |n| SignedDuration::from_micros(n);
        let known = async |by| {
            let all = store.feedback(user, day("2026-03-01"), day("2026-03-09"), by).await;
            all.expect("known").iter().map(|f| f.day).collect::<Vec<_>>()
        };
        let planned = store.plan_moment(user, at(20)).await.expect("a moment");
        assert_eq!(planned, at(20));
        store.add_feedback(user, &effort("2026-03-02"), at(19)).await.expect("added");
        assert!(known(planned).await.is_empty());
        assert_eq!(known(planned + micros(1)).await, [day("2026-03-02")]);
        // The same of a plan that holds a claim, and of a fact that is late as well.
        let claim = store.claim_runner(user, at(30), at(60)).await.expect("asked").expect("free");
        store.add_feedback(user, &effort("2026-03-03"), at(29)).await.expect("added");
        store.add_feedback(user, &effort("2026-03-04"), at(28)).await.expect("added");
        assert_eq!(known(at(30)).await, [day("2026-03-02")]);
        assert_eq!(known(at(30) + micros(2)).await.len(), 3);
        store.release_batch(claim.id, at(31)).await.expect("given back");
        // A plan of a process whose time is behind knows what was recorded before it.
        store.add_feedback(user, &effort("2026-03-05"), at(40)).await.expect("added");
        let behind = store.plan_moment(user, at(39)).await.expect("a moment");
        assert_eq!(known(behind).await.len(), 4);
        // In its own time nothing is moved, nor by a clock that is ahead by more than any wait.
        store.add_feedback(user, &effort("2026-03-06"), at(41)).await.expect("added");
        assert_eq!(known(at(41)).await.len(), 5);
        store.plan_moment(user, at(9_000)).await.expect("a moment");
        store.add_feedback(user, &effort("2026-03-07"), at(42)).await.expect("added");
        assert_eq!(known(at(42)).await.len(), 6);
    })
    .await;
}

/// Whoever writes what plans are made from asks for its moment.
#[tokio::test]
async fn every_fact_is_recorded_at_a_moment_of_its_own() {
    on_both(async |store| {
        let user = runners(&store, 1).await[0];
        let (late, today) = (at(0), day("2026-03-05"));
        let moment = async || store.plan_moment(user, late).await.expect("a moment");
        let mut last = store.plan_moment(user, at(20)).await.expect("a moment");
        let goal = Goal {
            distance: RaceDistance::Half,
            day: day("2026-06-07"),
            time: None,
            priority: 1,
            set_on: today,
        };
        let goal = store.add_goal(user, &goal, late).await.expect("added");
        assert!(goal.created_at > last);
        let mut passed = async |what: &str| {
            let next = moment().await;
            // One for the fact, one for this.
            assert!(next >= last + SignedDuration::from_micros(2), "{what}: {last} {next}");
            last = next;
        };
        passed("goal").await;
        store.remove_goal(user, goal.id, today, late).await.expect("removed");
        passed("goal removed").await;
        store.save_preferences(user, &Preferences::default(), today, late).await.expect("saved");
        passed("preferences").await;
        let terms = (today, today + 2);
        let sending = store.add_override(user, terms, "agreed", late).await.expect("on");
        passed("override").await;
        store.end_override(user, sending, today, late).await.expect("off");
        passed("override ended").await;
        let pain = NewHealthRecord {
            record_date: today,
            record_type: HealthType::Pain,
            body_part: None,
            severity: Some(3),
            description: None,
            training_modification: None,
            days_off: 0,
            strike_count: 0,
            is_chronic: false,
            symptoms: None,
        };
        let pain = store.add_health_record(user, &pain, late).await.expect("added");
        passed("health").await;
        store.close_health_record(user, pain, today, late).await.expect("closed");
        passed("health closed").await;
        let (batch, _) = import(&store, user, &[item(1, run(11, "2026-03-01"), None)], 0).await;
        passed("import").await;
        let filter = ActivityFilter::default();
        let id = store.activities(user, &filter, 1, 0).await.expect("listed")[0].id;
        store.mark_activity(user, id, NONE, late).await.expect("marked");
        passed("mark").await;
        store.roll_back_import(user, batch, late).await.expect("taken back");
        passed("import taken back").await;
    })
    .await;
}
