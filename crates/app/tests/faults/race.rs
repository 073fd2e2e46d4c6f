//! Two and four processes do the same at once: every week has one plan, every activity is there
//! once.

use crate::child::{Fault, Work};
use crate::scene::Scene;
use crate::world::{MONDAY, Prepared, Shelf, content, day, on_both, said, store};
use hermes_app::clock::{Clock, SystemClock};
use hermes_store::activities::ActivityFilter;
use jiff::Timestamp;
use std::collections::HashMap;
use tempfile::TempDir;

async fn race(shelf: &Shelf, racers: usize) {
    let began = std::time::Instant::now();
    let folder = TempDir::new().unwrap();
    let prepared = Prepared::on(shelf, folder.path(), 5).await;
    let scene = Scene { shelf, folder: folder.path(), prepared: &prepared, work: Work::All };
    let (first, _) = scene.task(Fault::None).await;
    // Clocks go here: what one process has written is past for the others.
    let monday: Timestamp = MONDAY.parse().unwrap();
    let ahead = monday.duration_since(SystemClock.now()).as_secs();
    let gate = folder.path().join("go");
    let tasks: Vec<_> = (0..racers)
        .map(|n| crate::child::Task {
            log: folder.path().join(format!("{n}.log")),
            gate: Some(gate.clone()),
            now: format!("+{ahead}"),
            ..first.clone()
        })
        .collect();
    let children: Vec<_> = tasks.iter().map(crate::child::Task::start).collect();
    // They have started by now, or race from behind.
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    std::fs::write(&gate, "").unwrap();
    for (task, child) in tasks.iter().zip(children) {
        let ended = task.end(child).await;
        assert!(ended.output.status.success() && ended.error().is_none(), "{}", ended.said());
    }
    scene.sound(&first).await;
    once(shelf, &first.url, &prepared).await;
    let done = content(&first.url).await;
    scene.again(&first).await;
    scene.sound(&first).await;
    let after = content(&first.url).await;
    assert!(done == after, "{}", crate::world::difference(&done, &after));
    let seconds = began.elapsed().as_secs();
    said(&format!("{}: {racers} processes raced, {seconds} s\n", shelf.name()));
}

/// Nothing is there twice.
async fn once(shelf: &Shelf, url: &str, prepared: &Prepared) {
    let mut times: HashMap<String, u32> = HashMap::new();
    for line in content(url).await {
        *times.entry(line).or_default() += 1;
    }
    let twice: Vec<_> = times.iter().filter(|(_, n)| **n > 1).collect();
    assert!(twice.is_empty(), "{}: {twice:#?}", shelf.name());
    let store = store(url).await;
    let later = "2026-03-10T00:00:00Z".parse().unwrap();
    let owner = store.owner(later).await.unwrap().id;
    let runs = store.activity_totals(owner, &ActivityFilter::default()).await.unwrap();
    assert_eq!(runs.count, 5 * 17, "of the archive");
    for runner in prepared.members.iter().chain([&owner]) {
        let versions = store.revisions(*runner, day("2026-03-09")).await.unwrap();
        let published = versions.iter().filter(|v| v.version.status != "pending").count();
        // The import may come after the plan, which follows it then.
        let most = if *runner == owner { 2 } else { 1 };
        assert!((1..=most).contains(&published), "{published} plans of one week");
        let strikes = store.strikes(*runner, day("2026-03-10"), later).await.unwrap();
        assert_eq!(strikes.len(), 1, "{strikes:?}");
    }
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_and_four_processes_race() {
    on_both(async |shelf| {
        for racers in [2, 4] {
            race(shelf, racers).await;
        }
    })
    .await;
}
