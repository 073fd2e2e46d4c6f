//! Databases of both kinds that can be copied, runners in them, and what must hold of them.

use hermes_app::clock::Clock;
use hermes_app::{App, Runner};
use hermes_engine::calendar::Day;
use hermes_engine::record::RaceDistance;
use hermes_store::adaptation::Adaptation;
use hermes_store::faults::{self, Server};
use hermes_store::{Options, Store};
use jiff::{SignedDuration, Timestamp};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

/// Wednesday: the runners' current week is published.
pub(crate) const PUBLISHED: &str = "2026-03-04T12:00:00Z";
/// Saturday of that week.
pub(crate) const SATURDAY: &str = "2026-03-07T12:00:00Z";
/// Monday: the next week has begun for everybody.
pub(crate) const MONDAY: &str = "2026-03-09T12:00:00Z";
/// Tables that say how often something was tried, beside what came of it.
pub(crate) const JOURNAL: [&str; 4] = ["import_batches", "import_ledger", "jobs", "strava_quota"];

/// A clock that stands still until it is moved; each reading is a microsecond after the last.
pub(crate) struct Hands(Mutex<Timestamp>);

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        let mut now = self.0.lock().unwrap();
        *now += SignedDuration::from_micros(1);
        *now
    }
}

impl Hands {
    pub(crate) fn at(now: &str) -> Arc<Self> {
        Arc::new(Self(Mutex::new(now.parse().unwrap())))
    }

    pub(crate) fn set(&self, to: Timestamp) {
        *self.0.lock().unwrap() = to;
    }
}

#[expect(clippy::disallowed_methods, reason = "tests are told by the environment where to run")]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Says loudly that something was not tested; under CI that is a failure.
pub(crate) fn skipped(what: &str) {
    assert_ne!(variable("CI").as_deref(), Some("true"), "SKIPPED under CI: {what}");
    said(&format!("SKIPPED: {what}\n"));
}

/// Says something that is seen although the test passes.
pub(crate) fn said(text: &str) {
    std::io::stderr().write_all(text.as_bytes()).unwrap();
}

/// The long form of the tests?
pub(crate) fn at_length() -> bool {
    variable("HERMES_FAULTS").as_deref() == Some("all")
}

pub(crate) fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

static NUMBER: AtomicU32 = AtomicU32::new(0);

/// Where databases are made: a folder, or a server.
pub(crate) enum Shelf {
    Sqlite(TempDir),
    Postgres { server: Box<Server>, url: String, made: Mutex<Vec<String>> },
}

/// Runs a body on both.
pub(crate) async fn on_both(body: impl AsyncFn(&Shelf)) {
    body(&Shelf::Sqlite(TempDir::new().unwrap())).await;
    let Some(shelf) = Shelf::postgres() else { return };
    body(&shelf).await;
    shelf.clear().await;
}

impl Shelf {
    pub(crate) fn postgres() -> Option<Self> {
        let Some(url) = variable("HERMES_TEST_POSTGRES") else {
            skipped("PostgreSQL; set HERMES_TEST_POSTGRES to the URL of a private cluster");
            return None;
        };
        let server = Box::new(Server::at(&url).unwrap());
        Some(Self::Postgres { server, url, made: Mutex::default() })
    }

    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "SQLite",
            Self::Postgres { .. } => "PostgreSQL",
        }
    }

    pub(crate) const fn is_sqlite(&self) -> bool {
        matches!(self, Self::Sqlite(_))
    }

    /// A new database, empty or a copy of one that is closed; its name.
    pub(crate) async fn database(&self, of: Option<&str>) -> String {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("hermes_faults_{}_{number}", std::process::id());
        match self {
            Self::Sqlite(folder) => {
                let path = |name: &str| folder.path().join(name);
                if let Some(of) = of {
                    std::fs::copy(path(of), path(&name)).unwrap();
                }
            }
            Self::Postgres { server, made, .. } => {
                made.lock().unwrap().push(name.clone());
                server.create(&name, of).await.unwrap();
            }
        }
        name
    }

    pub(crate) fn url(&self, name: &str) -> String {
        match self {
            Self::Sqlite(folder) => format!("sqlite:{}", folder.path().join(name).display()),
            Self::Postgres { url, .. } => {
                let (before, query) = url.split_once('?').unwrap_or((url, ""));
                let (server, _) = before.rsplit_once('/').unwrap();
                let mark = if query.is_empty() { "" } else { "?" };
                format!("{server}/{name}{mark}{query}")
            }
        }
    }

    pub(crate) async fn remove(&self, name: &str) {
        match self {
            Self::Sqlite(folder) => {
                for end in ["", "-wal", "-shm"] {
                    let _ = std::fs::remove_file(folder.path().join(format!("{name}{end}")));
                }
            }
            Self::Postgres { server, .. } => server.remove(name).await.unwrap(),
        }
    }

    pub(crate) async fn clear(&self) {
        if let Self::Postgres { made, server, .. } = self {
            let made = std::mem::take(&mut *made.lock().unwrap());
            for name in made.iter().rev() {
                server.remove(name).await.unwrap();
            }
        }
    }
}

/// The archive of a steady runner after so many weeks; the seventeenth ends on Friday the 6th.
pub(crate) fn archive(folder: &Path, seed: u64, weeks: u16) -> PathBuf {
    let path = folder.join(format!("{seed}-{weeks}.zip"));
    if !path.exists() {
        let end = day("2025-11-08") + 7 * i64::from(weeks);
        hermes_app::write_sample_archive(&path, seed, end, weeks).unwrap();
    }
    path
}

pub(crate) async fn store(url: &str) -> Store {
    Store::open(url, Options::default()).await.unwrap()
}

/// The runners of a database, the owner first.
pub(crate) async fn runners(app: &App, members: &[uuid::Uuid]) -> Vec<Runner> {
    let mut all = vec![app.owner().await.unwrap()];
    for id in members {
        all.push(app.runner(*id).await.unwrap().unwrap());
    }
    all
}

/// A closed database with some runners in three time zones who have a goal, sixteen weeks of
/// running, a past that brings a strike, and a published week.
pub(crate) struct Prepared {
    pub(crate) name: String,
    pub(crate) members: Vec<uuid::Uuid>,
}

impl Prepared {
    pub(crate) async fn on(shelf: &Shelf, folder: &Path, count: u64) -> Self {
        let name = shelf.database(None).await;
        let url = shelf.url(&name);
        let hands = Hands::at(PUBLISHED);
        let app = App::open(&url, hands.clone()).await.unwrap();
        let store = store(&url).await;
        let mut members = Vec::new();
        for seed in 3..3 + count {
            let runner = match seed {
                3 => app.owner().await.unwrap(),
                _ => {
                    let id = store.add_user(hands.now()).await.unwrap().id;
                    let zone = ["Europe/Berlin", "America/New_York"][seed as usize % 2];
                    app.set_time_zone(id, zone).await.unwrap();
                    members.push(id);
                    app.runner(id).await.unwrap().unwrap()
                }
            };
            let path = archive(folder, seed, 16);
            app.import(&runner, path, |_| {}).await.unwrap();
            let (today, half) = (app.today(&runner), RaceDistance::Half);
            app.add_goal(&runner, today, half, day("2026-06-14"), None, 1).await.unwrap();
            app.publish(&runner).await.unwrap();
            let entries = ["2026-03-03", "2026-03-06"].map(entered);
            store.add_adaptations(runner.id, &entries, hands.now()).await.unwrap();
        }
        store.close().await;
        app.close().await;
        Self { name, members }
    }
}

impl Prepared {
    /// Pages of its file.
    pub(crate) fn pages(&self, shelf: &Shelf) -> u64 {
        let url = shelf.url(&self.name);
        let file = std::fs::metadata(url.trim_start_matches("sqlite:")).unwrap();
        file.len() / 4096
    }
}

/// An entry into Overreach: two of them bring a strike with the next plan.
fn entered(on: &str) -> Adaptation {
    Adaptation {
        transition_date: day(on),
        from_state: Some("Stable".to_owned()),
        to_state: Some("Overreach".to_owned()),
        trigger_reason: None,
        trigger_data: None,
        volume_change_percentage: None,
        intensity_change_percentage: None,
        adaptation_rationale: None,
        window_7_day: None,
        window_28_day: None,
        window_90_day: None,
    }
}

/// What the tables hold, but for the journal of imports.
pub(crate) async fn content(url: &str) -> Vec<String> {
    let store = store(url).await;
    let content = faults::content(&store, &JOURNAL).await.unwrap();
    store.close().await;
    content
}

/// The file is whole, and every published plan of every runner verifies.
pub(crate) async fn sound(url: &str, now: &str, members: &[uuid::Uuid]) {
    let store = store(url).await;
    assert_eq!(faults::damage(&store).await.unwrap(), Vec::<String>::new());
    store.close().await;
    let app = App::open(url, Hands::at(now)).await.unwrap();
    for runner in runners(&app, members).await {
        let verified = app.verify(&runner).await.unwrap();
        assert!(verified.is_sound(), "{verified:?}");
    }
    app.close().await;
}

/// What two databases do not have in common.
pub(crate) fn difference(one: &[String], other: &[String]) -> String {
    let only = |mark: &str, a: &[String], b: &[String]| {
        let lines =
            a.iter().filter(|line| !b.contains(line)).map(|line| format!("{mark} {line}\n"));
        lines.collect::<String>()
    };
    let (less, more) = (only("-", one, other), only("+", other, one));
    let counts = format!("{} and {} rows\n", one.len(), other.len());
    (less + &more + &counts).chars().take(6_000).collect()
}
