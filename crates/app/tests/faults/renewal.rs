//! A permission is renewed while the process is killed, or the database does not take the new
//! tokens. Strava ends the old refresh token with the answer that holds the new one: what is
//! killed between that answer and the commit costs the runner a click, and nothing else.

use crate::child::{Fault, Task, Work};
use crate::sync::{FILE, connect, connected, renew, with_strava};
use crate::world::{Hands, Prepared, SATURDAY, Shelf, at_length, on_both, said, store};
use hermes_app::App;
use hermes_store::faults::Place;
use hermes_strava::sim::Simulator;
use jiff::SignedDuration;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use tempfile::TempDir;

/// The signal of a process that ended itself.
const ABORTED: i32 = 6;
/// In the short form so many places, from the first on: the tokens have been written by then.
const SHORT: usize = 8;
/// A server whose disk is full.
const FULL: &str = "53100";

/// A database whose owner is connected to a simulator of its own, which has one run, with a token
/// that is about to end; and its renewal.
async fn ending(shelf: &Shelf, folder: &Path) -> (Simulator, Task) {
    let prepared = Prepared::on(shelf, folder, 0).await;
    let own = folder.join(&prepared.name);
    std::fs::create_dir(&own).unwrap();
    let sim = connected(shelf, &own, &prepared, SATURDAY, 1).await;
    sim.advance(SignedDuration::from_hours(6));
    let task = Task {
        work: Work::Renew,
        url: shelf.url(&prepared.name),
        now: sim.now().to_string(),
        archive: own.join(FILE),
        log: own.join("log"),
        fault: Fault::None,
        gate: None,
    };
    (sim, task)
}

/// The number of the tokens that the database holds.
async fn version(task: &Task, sim: &Simulator) -> i64 {
    let store = store(&task.url).await;
    let owner = store.owner(sim.now()).await.unwrap().id;
    let tokens = store.strava_tokens(owner).await.unwrap().unwrap();
    store.close().await;
    tokens.token_version
}

/// The next run of another process, when the lease is over. Was the permission lost? Then the
/// owner connects again. In the end all that Strava has is here.
async fn goes_on(sim: &Simulator, task: &Task) -> bool {
    sim.advance(SignedDuration::from_mins(10));
    let app = App::open(&task.url, Hands::at(&sim.now().to_string())).await.unwrap();
    let app = with_strava(&app, &task.archive).await.unwrap();
    let owner = app.owner().await.unwrap();
    let first = renew(&app, &owner, &task.archive).await;
    if let Err(error) = &first {
        let error = error.to_string();
        assert!(error.contains("NeedsReauth") && error.contains("cut off"), "{error}");
        let asked = sim.token_requests();
        renew(&app, &owner, &task.archive).await.unwrap_err();
        assert_eq!(sim.token_requests(), asked, "nobody asks in vain again");
        connect(&app, sim).await;
        renew(&app, &owner, &task.archive).await.unwrap();
    }
    let held = app.strava_status(&owner).await.unwrap().activities;
    assert_eq!(usize::try_from(held).unwrap(), sim.activities(sim.athletes()[0].id).len());
    app.close().await;
    first.is_err()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_renewal_is_killed_at_every_write() {
    on_both(async |shelf| {
        let folder = TempDir::new().unwrap();
        let folder = folder.path();
        let (_sim, task) = ending(shelf, folder).await;
        let ended = task.run().await;
        assert!(ended.output.status.success() && ended.error().is_none(), "{}", ended.said());
        let of_tokens = |place: &Place| place.name.contains("strava::connections");
        let places = ended.passed.into_iter().map(|p| p.place);
        let mut places: Vec<_> = places.filter(|p| p.time == 1 && of_tokens(p)).collect();
        if !at_length() {
            places.truncate(SHORT);
        }
        let (mut before, mut lost, mut after) = (0, 0, 0);
        for place in &places {
            let (sim, task) = ending(shelf, folder).await;
            let task = Task { fault: Fault::Kill(place.clone()), ..task };
            let ended = task.run().await;
            assert_eq!(ended.output.status.signal(), Some(ABORTED), "{place:?}: {}", ended.said());
            // One request was the code's.
            let (asked, version) = (sim.token_requests() - 1, version(&task, &sim).await);
            let is_lost = goes_on(&sim, &task).await;
            match (asked, version) {
                (0, 1) => before += 1,
                (1, 1) => lost += 1,
                (1, 2) => after += 1,
                other => unreachable!("{place:?}: {other:?}"),
            }
            assert_eq!(is_lost, (asked, version) == (1, 1), "{place:?}");
        }
        said(&format!(
            "{}: a renewal was killed at {} places: {before} before Strava answered, {lost} before \
             its answer was written, {after} after that\n",
            shelf.name(),
            places.len()
        ));
        assert!(before > 0 && lost > 0 && after > 0, "{places:?}");
    })
    .await;
}

/// The database does not take the new tokens for a while: they are written when it does, and
/// Strava is asked once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_that_cannot_be_written_are_written_later() {
    on_both(async |shelf| {
        let folder = TempDir::new().unwrap();
        let (sim, task) = ending(shelf, folder.path()).await;
        let place = "strava::connections::ADVANCE".to_owned();
        let task = Task { fault: Fault::Code(FULL, 2, vec![place.clone()]), ..task };
        let ended = task.run().await;
        assert!(ended.output.status.success() && ended.error().is_none(), "{}", ended.said());
        let tried = ended.passed.iter().filter(|p| p.place.name == place).count();
        assert_eq!((tried, version(&task, &sim).await, sim.token_requests()), (3, 2, 2));
        assert!(!goes_on(&sim, &task).await);
    })
    .await;
}
