//! What a runner says is kept once, however many devices and processes say it at once. Method: two
//! stores on one database, each with connections of its own, and several calls under way in both.

use crate::activities::{import, item, run};
use crate::corrections::belongs;
use crate::edits::edit;
use crate::harness::{at, day, on_both_urls, open};
use crate::runner::pain;
use futures_util::future::join_all;
use hermes_engine::record::{Goal, RaceDistance};
use hermes_store::health::NewHealthRecord;
use hermes_store::{Result, Store, StoreError};
use uuid::Uuid;

/// Calls of each store.
const CALLS: i64 = 4;

/// Runs a body on both databases, with two stores and a runner.
async fn on_two(body: impl AsyncFn([Store; 2], Uuid)) {
    on_both_urls(async |url| {
        let stores = [open(&url).await, open(&url).await];
        let user = stores[0].owner(at(0)).await.expect("owner").id;
        body(stores.clone(), user).await;
        for store in stores {
            store.close().await;
        }
    })
    .await;
}

/// What comes of the same call, made several times at once in both stores.
async fn at_once<T>(
    stores: &[Store; 2],
    call: impl AsyncFn(&Store, i64) -> Result<T>,
) -> Vec<Result<T>> {
    let calls = (0..CALLS).flat_map(|n| stores.iter().map(move |store| (store, n)));
    join_all(calls.map(|(store, n)| call(store, n))).await
}

/// One call did it, and all others were told that it is done.
fn assert_one<T: std::fmt::Debug>(results: Vec<Result<T>>) -> T {
    let (done, told): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
    for other in told {
        assert!(
            matches!(other, Err(StoreError::Conflict(_) | StoreError::Missing(_))),
            "{other:?}"
        );
    }
    assert_eq!(done.len(), 1, "{done:?}");
    done.into_iter().next().expect("one").expect("done")
}

/// All calls have the key of one.
fn assert_same(keys: Vec<Result<Uuid>>) -> Uuid {
    let keys: Vec<Uuid> = keys.into_iter().map(|key| key.expect("a key")).collect();
    assert!(keys.windows(2).all(|two| two[0] == two[1]), "{keys:?}");
    keys[0]
}

#[tokio::test]
async fn a_health_report_is_one_record() {
    on_two(async |stores, user| {
        let store = &stores[0];
        let report = pain("2026-03-02", None);
        let add = async |store: &Store, n: i64| {
            // What follows from it may be worked out from another state of the books.
            let report =
                NewHealthRecord { days_off: i32::try_from(n).unwrap_or(0), ..report.clone() };
            store.add_health_record(user, &report, at(n)).await
        };
        let key = assert_same(at_once(&stores, add).await);
        let all =
            async || store.health_records(user, day("2026-03-09"), at(99)).await.expect("list");
        assert_eq!(all().await.len(), 1);
        // Something else of the same day, the same of another day, and of somebody else.
        let worse = NewHealthRecord { severity: Some(6), ..report.clone() };
        let words = NewHealthRecord { description: None, ..report.clone() };
        let later = NewHealthRecord { record_date: day("2026-03-03"), ..report.clone() };
        for other in [&worse, &words, &later] {
            assert_ne!(store.add_health_record(user, other, at(20)).await.expect("added"), key);
        }
        let somebody = store.add_user(at(0)).await.expect("a user").id;
        assert_ne!(store.add_health_record(somebody, &report, at(20)).await.expect("added"), key);
        // What is over can come again.
        store.close_health_record(user, key, day("2026-03-02"), at(30)).await.expect("closed");
        assert_ne!(store.add_health_record(user, &report, at(40)).await.expect("added"), key);
        assert_eq!(all().await.len(), 5);
    })
    .await;
}

#[tokio::test]
async fn a_race_day_has_one_goal() {
    on_two(async |stores, user| {
        let store = &stores[0];
        let set_on = day("2026-03-02");
        let goal = |on: &str, priority| Goal {
            distance: RaceDistance::K10,
            day: day(on),
            time: None,
            priority,
            set_on,
        };
        let in_force = async || {
            let goals = store.goals(user, set_on, at(99)).await.expect("list");
            goals.into_iter().map(|g| (g.goal.day, g.goal.priority)).collect::<Vec<_>>()
        };
        let june = goal("2026-06-07", 1);
        let kept = assert_one(
            at_once(&stores, async |s: &Store, n| s.add_goal(user, &june, at(n)).await).await,
        );
        assert_eq!(in_force().await, [(june.day, 1)]);
        // An earlier race leads from now on: the other one gives way once, in the same step.
        let may = goal("2026-05-03", 1);
        let second = [(kept.id, Goal { priority: 2, ..june.clone() })];
        let add = async |s: &Store, n| s.add_goal_before(user, &may, &second, at(20 + n)).await;
        let may = assert_one(at_once(&stores, add).await);
        assert_eq!(in_force().await, [(may.goal.day, 1), (june.day, 2)]);
        assert_eq!(store.all_goals(user).await.expect("list").len(), 3);
        // A refused one changes nothing at all.
        let second = [(may.id, Goal { priority: 2, ..may.goal.clone() })];
        let refused = store.add_goal_before(user, &june, &second, at(40)).await;
        assert!(matches!(refused, Err(StoreError::Conflict(_))), "{refused:?}");
        assert_eq!(in_force().await, [(may.goal.day, 1), (june.day, 2)]);
        // Somebody else may race that day, and the day is free once the goal is removed.
        let somebody = store.add_user(at(0)).await.expect("a user").id;
        store.add_goal(somebody, &june, at(50)).await.expect("added");
        store.remove_goal(user, may.id, set_on, at(60)).await.expect("removed");
        store.add_goal(user, &may.goal, at(70)).await.expect("added again");
    })
    .await;
}

#[tokio::test]
async fn send_it_mode_is_chosen_once() {
    on_two(async |stores, user| {
        let store = &stores[0];
        let days = (day("2026-03-02"), day("2026-03-09"));
        let add = async |s: &Store, n| s.add_override(user, days, "I know", at(n)).await;
        let id = assert_one(at_once(&stores, add).await);
        let during = (day("2026-03-08"), day("2026-03-11"));
        let twice = store.add_override(user, during, "I know", at(20)).await;
        assert!(matches!(twice, Err(StoreError::Conflict(_))), "{twice:?}");
        let after = (days.1, days.1 + 2);
        store.add_override(user, after, "I know", at(30)).await.expect("the first one is over");
        store.end_override(user, id, day("2026-03-05"), at(40)).await.expect("ended");
        let again = (day("2026-03-05"), day("2026-03-06"));
        store.add_override(user, again, "I know", at(50)).await.expect("it was ended by hand");
    })
    .await;
}

#[tokio::test]
async fn an_edit_and_a_correction_are_in_force_once() {
    on_two(async |stores, user| {
        let store = &stores[0];
        let wished = edit(5);
        let add =
            async |s: &Store, n| Ok(s.add_edit(user, &wished, "allowed", None, at(n)).await?.id);
        let first = assert_same(at_once(&stores, add).await);
        let another = store.add_edit(user, &edit(6), "allowed", None, at(20)).await.expect("added");
        // The same again, after something else: it is another wish.
        let third = store.add_edit(user, &wished, "allowed", None, at(30)).await.expect("added");
        assert!(third.id != first && another.id != first);
        store.undo_edit(user, third.id, at(40)).await.expect("undone");
        let again = store.add_edit(user, &wished, "allowed", None, at(50)).await.expect("added");
        assert_ne!(again.id, third.id, "what was taken back can be asked for again");

        import(store, user, &[item(1, run(11, "2026-03-01"), None)], 0).await;
        let said = belongs(11, "2026-03-01");
        let say = async |s: &Store, n| s.add_correction(user, &said, at(100 + n)).await;
        let kept = at_once(&stores, say).await.into_iter().filter(Result::is_ok).count();
        assert_eq!(kept, 2 * usize::try_from(CALLS).unwrap_or(0), "the last word counts");
        let on = day("2026-03-01");
        let in_force = store.corrections_in_force(user, on, on, at(999)).await.expect("list");
        assert_eq!(in_force.len(), 1, "{in_force:?}");
    })
    .await;
}
