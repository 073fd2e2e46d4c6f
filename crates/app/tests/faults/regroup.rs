//! Activities are merged, split and taken back while the process is killed at its writes.

use crate::child::Work;
use crate::kill::every_place_of;
use crate::scene::Scene;
use crate::world::{Hands, Prepared, Shelf, archive, on_both};
use hermes_app::jobs::Worker;
use hermes_app::{App, Runner};
use std::path::Path;
use tempfile::TempDir;

/// The file that says what is put together or taken apart.
pub(crate) const FILE: &str = "regroup.txt";

/// Before the change.
const EARLIER: &str = "2026-03-07T11:00:00Z";

/// Does what is not done yet; a worker does what was cut off.
pub(crate) async fn regroup(
    app: &App,
    owner: &Runner,
    work: Work,
    file: &Path,
) -> hermes_app::Result<()> {
    let text = std::fs::read_to_string(file).unwrap();
    let id = |n: usize| text.split(' ').nth(n).unwrap().parse::<i64>().unwrap();
    match work {
        Work::Merge => {
            let (one, other) = (id(0), id(1));
            if app.activity(owner, one).await.is_ok() && app.activity(owner, other).await.is_ok() {
                app.merge_activities(owner, one, other).await?;
            }
        }
        Work::Split => {
            let sources = app.activity(owner, id(0)).await?.sources;
            if sources.len() > 1 {
                let named = sources.iter().find(|s| s.activity != id(0)).unwrap();
                app.split_activity(owner, id(0), named.id).await?;
            }
        }
        _ => {
            let imports = app.past_imports(owner).await?;
            let import = imports.iter().find(|i| i.id.to_string() == text).unwrap();
            if import.rolled_back_at.is_none() {
                app.undo_import(owner, import.id).await?;
            }
        }
    }
    Worker::new(app.clone()).drain().await.map(drop)
}

/// The owner has a week more than was planned with, from an import of its own; what is to be done
/// with it stands in the file.
async fn prepare(shelf: &Shelf, folder: &Path, prepared: &Prepared, work: Work) {
    let app = App::open(&shelf.url(&prepared.name), Hands::at(EARLIER)).await.unwrap();
    let owner = app.owner().await.unwrap();
    app.import(&owner, archive(folder, 3, 17), |_| {}).await.unwrap();
    let page = app.activities(&owner, &hermes_app::ActivityQuery::default()).await.unwrap();
    let (one, other) = (page.items[0].id, page.items[1].id);
    let text = match work {
        Work::Undo => app.past_imports(&owner).await.unwrap()[0].id.to_string(),
        Work::Split => {
            app.merge_activities(&owner, one, other).await.unwrap();
            one.to_string()
        }
        _ => format!("{one} {other}"),
    };
    std::fs::write(folder.join(FILE), text).unwrap();
    app.close().await;
}

async fn killed_at_every_write(work: Work) {
    on_both(async |shelf| {
        let folder = TempDir::new().unwrap();
        let folder = folder.path();
        let prepared = Prepared::on(shelf, folder, 1).await;
        prepare(shelf, folder, &prepared, work).await;
        every_place_of(&Scene { shelf, folder, prepared: &prepared, work }).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_merge_is_killed_at_its_writes() {
    killed_at_every_write(Work::Merge).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_split_is_killed_at_its_writes() {
    killed_at_every_write(Work::Split).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_is_taken_back_and_killed_at_its_writes() {
    killed_at_every_write(Work::Undo).await;
}
