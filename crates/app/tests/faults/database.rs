//! The database is cut, slow, full, read-only or restarted, or reports conflicts. What the caller
//! is told is an error or success; afterwards the next run makes all as if nothing had happened.

use crate::child::{Fault, Work};
use crate::relay::Relay;
use crate::scene::Scene;
use crate::world::{MONDAY, Prepared, Shelf, at_length, content, difference, on_both, said};
use hermes_store::faults::Place;
use hermes_store::{Options, Store, StoreError, TRANSACTION_ATTEMPTS};
use std::time::Duration;
use tempfile::TempDir;

/// In one run so many conflicts: one transaction bears one less than it has attempts.
const CONFLICTS: usize = TRANSACTION_ATTEMPTS as usize - 1;
/// On PostgreSQL the short form cuts at one in so many places.
const ONE_IN: usize = 12;

async fn with(shelf: &Shelf, work: Work, body: impl AsyncFn(&Scene<'_>, Vec<Place>, Vec<String>)) {
    let folder = TempDir::new().unwrap();
    let prepared = Prepared::on(shelf, folder.path(), 3).await;
    let scene = Scene { shelf, folder: folder.path(), prepared: &prepared, work };
    let (places, done) = scene.undisturbed().await;
    body(&scene, places, done).await;
}

/// Every place once reports a conflict or a deadlock: the transaction is tried again, and the
/// work completes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn conflicts_are_tried_again() {
    on_both(async |shelf| {
        for work in [Work::Import, Work::Weeks] {
            with(shelf, work, async |scene, places, done| {
                let mut names: Vec<_> = places.iter().map(|p| p.name.clone()).collect();
                names.retain(|name| !name.starts_with("after commit"));
                names.dedup();
                for (names, code) in names.chunks(CONFLICTS).zip(["40001", "40P01"].iter().cycle())
                {
                    let (task, name) = scene.task(Fault::Code(code, 1, names.to_vec())).await;
                    let ended = task.run().await;
                    assert_eq!(ended.error(), None, "{names:?}: {}", ended.said());
                    for name in names {
                        let times = ended.passed.iter().filter(|p| p.place.name == *name);
                        assert!(times.count() > 1, "{name} was not tried again");
                    }
                    let after = content(&task.url).await;
                    assert!(after == done, "{names:?}:\n{}", difference(&done, &after));
                    scene.sound(&task).await;
                    scene.shelf.remove(&name).await;
                }
                said(&format!(
                    "{}, {}: conflicts at {} places were tried again\n",
                    shelf.name(),
                    work.name(),
                    names.len()
                ));
            })
            .await;
        }
    })
    .await;
}

/// A conflict that does not end is reported after the last attempt.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conflict_without_end_is_an_error() {
    on_both(async |shelf| {
        with(shelf, Work::Weeks, async |scene, _, done| {
            let place = "before commit of clocks::FINISH".to_owned();
            let fault = |_: &str| Fault::Code("40001", u32::MAX, vec![place.clone()]);
            let ended = scene.disturbed(fault, &done).await;
            let tried = ended.passed.iter().filter(|p| p.place.name == place).count();
            assert_eq!(tried, TRANSACTION_ATTEMPTS as usize, "{}", ended.said());
            let error = ended.error().unwrap();
            assert!(error.starts_with("the database failed"), "{error}");
        })
        .await;
    })
    .await;
}

/// The server is cut off, its answers are lost, or it is restarted, in the middle of everything.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_goes_away_costs_nothing_but_the_run() {
    let Some(shelf) = Shelf::postgres() else { return };
    for work in [Work::Import, Work::Weeks] {
        with(&shelf, work, async |scene, places, done| {
            let first = places.iter().filter(|p| p.time == 1).enumerate();
            let chosen = first.filter(|(n, _)| at_length() || n % ONE_IN == ONE_IN / 2);
            for (_, place) in chosen {
                let at = || place.clone();
                scene.disturbed(|_| Fault::Cut(at()), &done).await;
                scene.disturbed(|_| Fault::Deaf(at()), &done).await;
                scene.disturbed(|name| Fault::Restart(at(), name.to_owned()), &done).await;
            }
            // The answer to the commit that matters is lost: it is there, and nobody knows.
            let last = match work {
                Work::Import => "users::LOCK",
                _ => "clocks::FINISH",
            };
            let place = Place { name: format!("before commit of {last}"), time: 1 };
            let ended = scene.disturbed(|_| Fault::Deaf(place), &done).await;
            assert!(ended.error().is_some(), "{}", ended.said());
        })
        .await;
    }
    shelf.clear().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_server_is_waited_for() {
    let Some(shelf) = Shelf::postgres() else { return };
    with(&shelf, Work::Weeks, async |scene, _, done| {
        let ended = scene.disturbed(|_| Fault::Slow(10), &done).await;
        assert_eq!(ended.error(), None);
    })
    .await;
    shelf.clear().await;
}

/// A server that does not answer in time costs an error, not the caller: nobody waits without end,
/// and nobody gets the connections that are stuck.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_does_not_answer_is_given_up() {
    let Some(shelf) = Shelf::postgres() else { return };
    let name = shelf.database(None).await;
    let (relay, url) = Relay::before(&shelf.url(&name));
    let patience = Duration::from_millis(200);
    let store = Store::open(&url, Options { patience, ..Options::default() }).await.unwrap();
    store.migrate().await.unwrap();
    let now = MONDAY.parse().unwrap();
    store.owner(now).await.unwrap();
    let before = store.count_rows().await.unwrap();
    relay.slow(2 * patience);
    // More than there are connections.
    for _ in 0..2 * Options::default().connections {
        let (read, written) = tokio::join!(store.ping(), store.add_user(now));
        assert!(matches!(read, Err(StoreError::Silent(p)) if p == patience), "{read:?}");
        assert!(matches!(written, Err(StoreError::Silent(_))), "{written:?}");
    }
    relay.slow(Duration::ZERO);
    store.ping().await.unwrap();
    assert_eq!(store.count_rows().await.unwrap(), before);
    store.add_user(now).await.unwrap();
    store.close().await;
    shelf.clear().await;
}

/// The disk is full at several moments. PostgreSQL has no such limit for one database: there it is
/// the error of a statement, as any other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_stops_the_work_and_loses_nothing() {
    let folder = TempDir::new().unwrap();
    let shelf = Shelf::Sqlite(folder);
    for work in [Work::Import, Work::Weeks] {
        with(&shelf, work, async |scene, _, done| {
            let pages = scene.prepared.pages(&shelf);
            for more in [0, 1, 3, 6] {
                let fault = |_: &str| Fault::Pragma("max_page_count", pages + more);
                let error = scene.disturbed(fault, &done).await.error();
                assert!(error.is_some_and(|e| e.contains("full")), "{more} more pages");
            }
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_only_reads_refuses_the_work() {
    on_both(async |shelf| {
        for work in [Work::Import, Work::Weeks] {
            with(shelf, work, async |scene, _, done| {
                let error = match shelf {
                    Shelf::Sqlite(_) => {
                        let fault = |_: &str| Fault::Pragma("query_only", 1);
                        scene.disturbed(fault, &done).await.error()
                    }
                    Shelf::Postgres { server, .. } => {
                        let (task, name) = scene.task(Fault::None).await;
                        server.read_only(&name, true).await.unwrap();
                        let error = task.run().await.error();
                        server.read_only(&name, false).await.unwrap();
                        scene.again(&task).await;
                        let after = content(&task.url).await;
                        assert!(after == done, "{}", difference(&done, &after));
                        error
                    }
                };
                let error = error.unwrap();
                assert!(error.contains("read"), "{error}");
            })
            .await;
        }
    })
    .await;
}
