//! The process is killed at every write boundary of an import and of the weekly pipeline.

use crate::child::{Fault, Work};
use crate::scene::Scene;
use crate::world::{Prepared, Shelf, at_length, content, difference, on_both, said};
use hermes_store::faults::Place;
use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt;
use tempfile::TempDir;

/// The signal of a process that ended itself.
const ABORTED: i32 = 6;
/// On PostgreSQL the short form kills at every commit, and at one in so many statements.
const ONE_IN: usize = 20;
/// The same of a sync and of changes by hand, which write much of what an import writes, on both.
const OF_A_SYNC: usize = 60;

/// One death: the changing commits before it, whether another was under way, what was left and
/// what came of the next run.
struct Death {
    commits: u32,
    in_flight: bool,
    left: Vec<String>,
    after: Vec<String>,
}

async fn death(scene: &Scene<'_>, place: &Place) -> Death {
    let (task, name) = scene.task(Fault::Kill(place.clone())).await;
    let ended = task.run().await;
    assert_eq!(ended.output.status.signal(), Some(ABORTED), "{place:?}: {}", ended.said());
    let last = ended.passed.last().unwrap();
    assert_eq!(&last.place, place, "it died elsewhere");
    let left = content(&task.url).await;
    scene.sound(&task).await;
    scene.again(&task).await;
    let after = content(&task.url).await;
    scene.sound(&task).await;
    scene.shelf.remove(&name).await;
    Death { commits: last.commits, in_flight: last.in_flight, left, after }
}

/// Where the process is killed: everywhere in the long form. The short form takes the first time of
/// each place and the last time of each commit on SQLite, and fewer on PostgreSQL, where a database
/// costs more.
fn chosen(shelf: &Shelf, work: Work, places: &[Place]) -> Vec<Place> {
    let by_hand = matches!(work, Work::Merge | Work::Split | Work::Undo);
    let everywhere = shelf.is_sqlite() && work != Work::Sync && !by_hand;
    let one_in = if work == Work::Sync || by_hand { OF_A_SYNC } else { ONE_IN };
    // What follows from a change by hand is what follows from an import.
    let mark = if by_hand { "after commit of" } else { "commit of" };
    let commits = shelf.is_sqlite() || !by_hand;
    let again = |place: &Place| Place { time: place.time + 1, ..place.clone() };
    let last = |place: &Place| !places.contains(&again(place));
    let chosen = places.iter().enumerate().filter(|(n, place)| {
        let (commit, first) = (place.name.contains(mark), place.time == 1);
        let some = first && (everywhere || commit && commits || n % one_in == 0);
        at_length() || some || everywhere && commit && last(place)
    });
    chosen.map(|(_, place)| place.clone()).collect()
}

async fn every_place(shelf: &Shelf, work: Work) {
    let folder = TempDir::new().unwrap();
    let prepared = Prepared::on(shelf, folder.path(), 3).await;
    every_place_of(&Scene { shelf, folder: folder.path(), prepared: &prepared, work }).await;
}

pub(crate) async fn every_place_of(scene: &Scene<'_>) {
    let began = std::time::Instant::now();
    let (shelf, work) = (scene.shelf, scene.work);
    let (places, done) = scene.undisturbed().await;
    let chosen = chosen(shelf, work, &places);
    let mut by_commits: BTreeMap<u32, Vec<(Place, Death)>> = BTreeMap::new();
    for place in &chosen {
        let death = death(scene, place).await;
        assert!(death.after == done, "{place:?}:\n{}", difference(&done, &death.after));
        by_commits.entry(death.commits).or_default().push((place.clone(), death));
    }
    said(&format!(
        "{}, {}: killed at {} of {} places in {} s\n",
        shelf.name(),
        work.name(),
        chosen.len(),
        places.len(),
        began.elapsed().as_secs()
    ));
    for place in &chosen {
        said(&format!("  {}, time {}\n", place.name, place.time));
    }
    // What is left is what was committed, whole: the same for every death between two commits.
    for (commits, deaths) in &by_commits {
        let settled = deaths.iter().find(|(_, d)| !d.in_flight);
        let Some((_, first)) = settled else { continue };
        let next =
            by_commits.get(&(commits + 1)).and_then(|d| d.iter().find(|(_, d)| !d.in_flight));
        for (place, death) in deaths {
            let arrived = death.in_flight && next.is_some_and(|(_, d)| d.left == death.left);
            let same = death.left == first.left;
            assert!(same || arrived, "{place:?}:\n{}", difference(&first.left, &death.left));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_is_killed_at_every_write() {
    on_both(async |shelf| every_place(shelf, Work::Import).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_weekly_pipeline_is_killed_at_every_write() {
    on_both(async |shelf| every_place(shelf, Work::Weeks).await).await;
}
