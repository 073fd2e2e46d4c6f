//! One piece of work on copies of one database: undisturbed, disturbed, and done again.

use crate::child::{Ended, Fault, Task, Work};
use crate::world::{
    Hands, MONDAY, Prepared, SATURDAY, Shelf, archive, content, difference, said, sound,
};
use hermes_app::App;
use hermes_store::faults::Place;
use std::path::Path;

/// Where, what, and on which data.
pub(crate) struct Scene<'a> {
    pub(crate) shelf: &'a Shelf,
    pub(crate) folder: &'a Path,
    pub(crate) prepared: &'a Prepared,
    pub(crate) work: Work,
}

/// When a child works, and when the run after it: later than any claim of the first.
const fn times(work: Work) -> (&'static str, &'static str) {
    match work {
        Work::Import | Work::Merge | Work::Split | Work::Undo => (SATURDAY, "2026-03-07T12:20:00Z"),
        Work::Weeks | Work::All => (MONDAY, "2026-03-09T12:20:00Z"),
        Work::Sync | Work::Renew => (SATURDAY, "2026-03-07T12:20:00Z"),
    }
}

impl Scene<'_> {
    /// The work on a copy of its own, and the copy's name.
    pub(crate) async fn task(&self, fault: Fault) -> (Task, String) {
        let name = self.shelf.database(Some(&self.prepared.name)).await;
        let task = Task {
            work: self.work,
            url: self.shelf.url(&name),
            now: times(self.work).0.to_owned(),
            archive: match self.work {
                Work::Sync | Work::Renew => self.folder.join(crate::sync::FILE),
                Work::Merge | Work::Split | Work::Undo => self.folder.join(crate::regroup::FILE),
                _ => archive(self.folder, 3, 17),
            },
            log: self.folder.join(format!("{name}.log")),
            fault,
            gate: None,
        };
        (task, name)
    }

    /// The next run of another process, which completes.
    pub(crate) async fn again(&self, task: &Task) {
        let app = App::open(&task.url, Hands::at(times(self.work).1)).await.unwrap();
        self.work.run(&app, &task.archive).await.unwrap();
        app.close().await;
    }

    /// All is well with the copy after the work.
    pub(crate) async fn sound(&self, task: &Task) {
        sound(&task.url, times(self.work).1, &self.prepared.members).await;
    }

    /// A run in which nothing happens: the places it passes, in order of name, and what comes of
    /// it. Another one changes nothing.
    pub(crate) async fn undisturbed(&self) -> (Vec<Place>, Vec<String>) {
        let (task, name) = self.task(Fault::None).await;
        let ended = task.run().await;
        assert!(ended.output.status.success() && ended.error().is_none(), "{}", ended.said());
        let done = content(&task.url).await;
        self.sound(&task).await;
        self.again(&task).await;
        let twice = content(&task.url).await;
        assert!(done == twice, "a second run changes something:\n{}", difference(&done, &twice));
        self.shelf.remove(&name).await;
        let mut places: Vec<_> = ended.passed.into_iter().map(|p| p.place).collect();
        places.sort_unstable();
        (places, done)
    }

    /// A run with a fault that the process survives, then one without; in the end all is as if
    /// nothing had happened. `prepare` is told the copy's name.
    pub(crate) async fn disturbed(
        &self,
        fault: impl FnOnce(&str) -> Fault,
        done: &[String],
    ) -> Ended {
        let (mut task, name) = self.task(Fault::None).await;
        task.fault = fault(&name);
        let ended = task.run().await;
        assert!(ended.output.status.success(), "{:?}: {}", task.fault, ended.said());
        let hit = |place: &Place| ended.passed.iter().any(|p| p.place == *place);
        assert!(task.fault.place().is_none_or(hit), "{:?} did not happen", task.fault);
        self.sound(&task).await;
        self.again(&task).await;
        let after = content(&task.url).await;
        assert!(after == done, "{:?}:\n{}", task.fault, difference(done, &after));
        self.sound(&task).await;
        self.shelf.remove(&name).await;
        let error = ended.error().unwrap_or_else(|| "it completes".to_owned());
        said(&format!(
            "  {}, {}: {:?}: {error}\n",
            self.shelf.name(),
            self.work.name(),
            task.fault
        ));
        ended
    }
}
