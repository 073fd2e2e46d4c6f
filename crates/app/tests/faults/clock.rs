//! The clock jumps, forwards and back, between runs and during them.

use crate::world::{Hands, Prepared, Shelf, day, on_both, runners, store};
use hermes_app::App;
use hermes_app::clock::Clock;
use hermes_engine::calendar::Day;
use hermes_store::Store;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tempfile::TempDir;
use uuid::Uuid;

/// Monday noon of the n-th week after the one that is published.
fn monday(n: i64) -> Timestamp {
    "2026-03-02T12:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_hours(n * 168)
}

/// A clock that jumps ahead by weeks at some of its readings and back at the next ones.
struct Jumping {
    hands: Arc<Hands>,
    readings: AtomicI64,
}

impl Clock for Jumping {
    fn now(&self) -> Timestamp {
        let n = self.readings.fetch_add(1, Ordering::SeqCst);
        let weeks = [0, 0, 2, 0, -1, 0, 3][usize::try_from(n % 7).unwrap()];
        self.hands.now() + SignedDuration::from_hours(weeks * 168)
    }
}

/// What is published of each week: number and digest of its versions.
async fn published(store: &Store, users: &[Uuid]) -> BTreeMap<(Uuid, Day), Vec<(i32, String)>> {
    let mut found = BTreeMap::new();
    for user in users {
        for week in (0..12).map(|n| day("2026-03-02") + 7 * n) {
            let versions = store.revisions(*user, week).await.unwrap();
            let kept = versions.into_iter().filter(|v| v.version.status != "pending");
            let kept: Vec<_> = kept.map(|v| (v.revision, v.version.plan_digest)).collect();
            if !kept.is_empty() {
                found.insert((*user, week), kept);
            }
        }
    }
    found
}

struct Jumps<'a> {
    shelf: &'a Shelf,
    url: String,
    hands: Arc<Hands>,
    app: App,
    store: Store,
    users: Vec<Uuid>,
    members: Vec<Uuid>,
}

impl<'a> Jumps<'a> {
    async fn on(shelf: &'a Shelf) -> Self {
        let folder = TempDir::new().unwrap();
        let prepared = Prepared::on(shelf, folder.path(), 3).await;
        let url = shelf.url(&prepared.name);
        let hands = Hands::at("2026-03-04T13:00:00Z");
        let app = App::open(&url, hands.clone()).await.unwrap();
        let users = runners(&app, &prepared.members).await.iter().map(|r| r.id).collect();
        let store = store(&url).await;
        Self { shelf, url, hands, app, store, users, members: prepared.members }
    }

    /// The clock runs right from the n-th Monday on: each of the next weeks is published as it
    /// begins, once, and nothing that was published before changes.
    async fn goes_right(&self, from: i64) -> String {
        for n in from..from + 6 {
            self.hands.set(monday(n));
            let before = published(&self.store, &self.users).await;
            let planned = self.app.plan_weeks().await.unwrap();
            assert_eq!((planned.failed, planned.lost), (0, 0), "week {n}: {planned:?}");
            let after = published(&self.store, &self.users).await;
            for (week, versions) in &before {
                assert_eq!(after.get(week), Some(versions), "{}: {week:?}", self.shelf.name());
            }
            for user in &self.users {
                let week = day("2026-03-02") + 7 * n;
                let versions = after.get(&(*user, week));
                let count = versions.map_or(0, Vec::len);
                assert_eq!(count, 1, "{}, week {n}: {versions:?}", self.shelf.name());
            }
        }
        monday(from + 6).to_string()
    }

    /// Every plan can be worked out again. Not asked where a clock ran ahead: what was recorded
    /// since then is "known" to a plan that claims to be from later.
    async fn sound(&self, now: &str) {
        crate::world::sound(&self.url, now, &self.members).await;
    }

    async fn close(self) {
        self.store.close().await;
        self.app.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_was_three_weeks_ahead_for_one_run() {
    on_both(async |shelf| {
        // Set right at once; set right after a week in which nothing ran.
        for right in [1, 2] {
            let j = Jumps::on(shelf).await;
            j.hands.set(monday(3));
            assert_eq!(j.app.plan_weeks().await.unwrap().runners, 3);
            j.goes_right(right).await;
            j.close().await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_was_set_back_for_one_run() {
    on_both(async |shelf| {
        let j = Jumps::on(shelf).await;
        j.hands.set(monday(1));
        assert_eq!(j.app.plan_weeks().await.unwrap().runners, 3);
        let before = published(&j.store, &j.users).await;
        j.hands.set(monday(-2));
        j.app.plan_weeks().await.unwrap();
        let after = published(&j.store, &j.users).await;
        assert!(before.iter().all(|(week, versions)| after.get(week) == Some(versions)));
        let now = j.goes_right(2).await;
        j.sound(&now).await;
        j.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_claim_from_the_future_has_ended() {
    on_both(async |shelf| {
        let j = Jumps::on(shelf).await;
        let ahead = monday(40);
        let lease = ahead + SignedDuration::from_mins(5);
        let batch = j.store.claim_due(ahead, lease, 250).await.unwrap();
        assert_eq!(batch.runners.len(), 3);
        let now = j.goes_right(1).await;
        j.sound(&now).await;
        let owner = j.app.owner().await.unwrap();
        j.store.claim_runner(owner.id, ahead, lease).await.unwrap().unwrap();
        j.app.publish(&owner).await.unwrap();
        j.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_jumps_during_a_run() {
    on_both(async |shelf| {
        let j = Jumps::on(shelf).await;
        j.hands.set(monday(1));
        let jumping = Jumping { hands: j.hands.clone(), readings: AtomicI64::new(0) };
        let app = App::open(&j.url, Arc::new(jumping)).await.unwrap();
        // It may find itself too late or too early; what counts is what comes of it.
        for _ in 0..3 {
            let _ = app.plan_weeks().await.unwrap();
        }
        app.close().await;
        j.goes_right(2).await;
        j.close().await;
    })
    .await;
}
