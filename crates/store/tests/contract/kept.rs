//! What is kept of a runner: counted and dated by the times that the rows themselves hold.

use crate::harness::{at, day, on_both};
use hermes_store::Store;
use hermes_store::kept::Kept;
use hermes_store::sessions::TokenHash;
use uuid::Uuid;

/// Seconds after which rows are changed.
const LATER: i64 = 5_000;

async fn kept(store: &Store, user: Uuid) -> Vec<Kept> {
    store.kept(user).await.expect("read")
}

/// A row's first and last time are those it was stored and last changed at, kind by kind.
#[tokio::test]
async fn what_is_kept_is_counted_and_dated() {
    on_both(async |store| {
        let user = crate::plans::fill(&store).await;
        let before = kept(&store, user).await;
        let named: Vec<&str> = before.iter().map(|k| k.what.as_str()).collect();
        assert_eq!(named.len(), 16);
        for k in &before {
            assert!(k.count > 0, "{k:?}");
            assert!(k.since.is_some_and(|t| t >= at(0) && t < at(LATER)), "{k:?}");
            assert!(k.changed.is_some_and(|t| t >= at(0) && t < at(LATER)), "{k:?}");
        }
        let now = at(LATER);
        store.set_time_zone(user, "Europe/Vienna", now).await.expect("set");
        let profile = store.profile(user).await.expect("read").expect("there");
        store.save_profile(user, &profile, now).await.expect("saved");
        let road = store.roadmap(user).await.expect("read");
        let stone = road[0].milestones[0].id;
        store.achieve_milestone(user, stone, day("2026-03-22"), now).await.expect("achieved");
        let summary = crate::journal::summary("2026-02-23");
        store.save_summary(user, &summary, now).await.expect("saved");
        store
            .add_adaptations(user, &[crate::plans::adaptation("2026-03-09")], now)
            .await
            .expect("ok");
        let momentum = store.momentum(user).await.expect("read").expect("there");
        let killa = store.killa(user).await.expect("read").expect("there");
        store.save_meters(user, &momentum, &killa, &[], now).await.expect("saved");
        let records = store.health_records(user, day("2026-03-09"), now).await.expect("read");
        let closed = store.close_health_record(user, records[0].id, day("2026-03-09"), now).await;
        closed.expect("closed");
        let session = store.sessions(user, at(1)).await.expect("list")[0].id;
        store.touch_session(user, session, now).await.expect("touched");
        let goal = store.all_goals(user).await.expect("list")[0].id;
        store.remove_goal(user, goal, day("2026-03-09"), now).await.expect("removed");
        let week = store.weeks(user, day("2026-01-01"), day("2026-12-31")).await.expect("list");
        let done = week[0].workouts[0].id;
        store.complete_workout(user, done, None, now).await.expect("completed");

        let changed = [
            "account",
            "profile",
            "goals",
            "milestones",
            "workouts",
            "health",
            "summaries",
            "history",
            "momentum",
            "killa",
            "sessions",
        ];
        for (old, new) in before.iter().zip(kept(&store, user).await) {
            let is = changed.contains(&new.what.as_str());
            assert_eq!(new.changed == Some(now), is, "{new:?}");
            assert_eq!(new.since, old.since, "{new:?}");
        }
        let other = store.add_user(at(7)).await.expect("added").id;
        for k in kept(&store, other).await {
            let theirs = matches!(k.what.as_str(), "account" | "library");
            assert_eq!(k.count > 0, theirs, "{k:?}");
            assert!(k.what != "account" || k.since == Some(at(7)), "{k:?}");
        }
        let token = TokenHash::of("another");
        store.add_session(other, &token, at(99), at(8)).await.expect("added");
        let session = kept(&store, other).await.into_iter().find(|k| k.what == "sessions");
        assert_eq!(session.and_then(|k| k.since), Some(at(8)));
    })
    .await;
}
