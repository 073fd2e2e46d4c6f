//! The runner's way through a SQLite file: import a year, replay a year, verify it, open Today.
//! Results: docs/BENCHMARKS.md.

#![expect(clippy::unwrap_used, reason = "a benchmark ends where something is not as it should be")]

use divan::Bencher;
use hermes_app::clock::SystemClock;
use hermes_app::{ActivityQuery, App, Runner};
use hermes_engine::calendar::Day;
use hermes_engine::forecast::Scenario;
use hermes_engine::record::RaceDistance;
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::runtime::Runtime;

fn main() {
    divan::main();
}

/// A folder with a year's archive (260 runs) and a database.
struct Place {
    folder: TempDir,
    runtime: Runtime,
}

impl Place {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let end = Day::parse("2025-12-29").unwrap();
        hermes_app::write_sample_archive(&folder.path().join("a.zip"), 7, end, 52).unwrap();
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        Self { folder, runtime: runtime.unwrap() }
    }

    fn archive(&self) -> PathBuf {
        self.folder.path().join("a.zip")
    }

    fn open(&self) -> (App, Runner) {
        let url = format!("sqlite:{}", self.folder.path().join("h.db").display());
        self.runtime.block_on(async {
            let app = App::open(&url, Arc::new(SystemClock)).await.unwrap();
            let runner = app.owner().await.unwrap();
            (app, runner)
        })
    }

    fn import(&self, app: &App, runner: &Runner) {
        self.runtime.block_on(app.import(runner, self.archive(), |_| {})).unwrap();
    }

    fn imported(&self) -> (App, Runner) {
        let (app, runner) = self.open();
        self.import(&app, &runner);
        let (set_on, race) = (Day::parse("2025-01-06").unwrap(), Day::parse("2025-12-28").unwrap());
        let goal = app.add_goal(&runner, set_on, RaceDistance::Half, race, None, 1);
        self.runtime.block_on(goal).unwrap();
        (app, runner)
    }

    fn replay(&self, app: &App, runner: &Runner) -> usize {
        let (from, to) = (Day::parse("2025-01-06").unwrap(), Day::parse("2025-12-28").unwrap());
        self.runtime.block_on(app.replay(runner, from, to, |_, _| {})).unwrap().weeks.len()
    }
}

#[divan::bench(sample_count = 10)]
fn import_a_year_of_260_runs(bencher: Bencher) {
    bencher.with_inputs(Place::new).bench_values(|place| {
        let (app, runner) = place.open();
        place.import(&app, &runner);
        place
    });
}

#[divan::bench(sample_count = 10)]
fn replay_a_year_of_51_weeks(bencher: Bencher) {
    let input = || {
        let place = Place::new();
        let (app, runner) = place.imported();
        (place, app, runner)
    };
    bencher.with_inputs(input).bench_values(|(place, app, runner)| {
        assert_eq!(place.replay(&app, &runner), 51);
        (place, app, runner)
    });
}

#[divan::bench(sample_count = 10)]
fn verify_a_year_of_51_weeks(bencher: Bencher) {
    let place = Place::new();
    let (app, runner) = place.imported();
    place.replay(&app, &runner);
    bencher.bench_local(|| {
        let verified = place.runtime.block_on(app.verify(&runner)).unwrap();
        assert!(verified.is_sound());
    });
}

#[divan::bench]
fn open_today(bencher: Bencher) {
    let place = Place::new();
    let (app, runner) = place.imported();
    bencher.bench_local(|| place.runtime.block_on(app.today_view(&runner)).unwrap());
}

#[divan::bench]
fn list_50_activities(bencher: Bencher) {
    let place = Place::new();
    let (app, runner) = place.imported();
    let query = ActivityQuery { page: 2, ..ActivityQuery::default() };
    bencher.bench_local(|| place.runtime.block_on(app.activities(&runner, &query)).unwrap());
}

/// A week missed on the way to a marathon in 104 weeks: three forecasts as things are, one with
/// the change, and what differs.
#[divan::bench]
fn what_if_over_104_weeks(bencher: Bencher) {
    let place = Place::new();
    let (app, runner) = place.imported();
    let (as_of, race) = (Day::parse("2025-12-29").unwrap(), Day::parse("2027-12-26").unwrap());
    let goal = app.add_goal(&runner, as_of, RaceDistance::Marathon, race, None, 1);
    place.runtime.block_on(goal).unwrap();
    let change = Scenario { miss: vec![as_of + 21], ..Scenario::default() };
    bencher.bench_local(|| {
        let found = place.runtime.block_on(app.forecast(&runner, as_of, &change)).unwrap();
        assert_eq!(found.plain[0].1.weeks.len(), 104);
        found
    });
}
