//! What the tests of use cases share: an app with a clock that the test moves.

use hermes_app::clock::Clock;
use hermes_app::{App, Runner};
use hermes_engine::calendar::Day;
use jiff::{SignedDuration, Timestamp};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

/// A clock that stands still until it is moved; each reading is a microsecond after the last.
pub(crate) struct Hands(Mutex<Timestamp>);

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        let mut now = self.0.lock().unwrap();
        *now += SignedDuration::from_micros(1);
        *now
    }
}

/// An app on an empty database in a folder of its own.
pub(crate) struct World {
    pub(crate) folder: TempDir,
    pub(crate) hands: Arc<Hands>,
    pub(crate) app: App,
    pub(crate) runner: Runner,
}

pub(crate) fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

impl World {
    pub(crate) async fn at(now: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let hands = Arc::new(Hands(Mutex::new(now.parse().unwrap())));
        let url = format!("sqlite:{}", folder.path().join("h.db").display());
        let app = App::open(&url, hands.clone()).await.unwrap();
        let runner = app.owner().await.unwrap();
        Self { folder, hands, app, runner }
    }

    /// A steady runner of 50 km a week for so many weeks; the week of the day is published.
    pub(crate) async fn published(now: &str, weeks: u16) -> Self {
        let w = Self::at(now).await;
        let today = w.app.today(&w.runner).to_string();
        w.import(w.archive(3, &today, weeks)).await;
        w.app.publish(&w.runner).await.unwrap();
        w
    }

    /// Every published plan verifies.
    pub(crate) async fn sound(&self) {
        let verified = self.app.verify(&self.runner).await.unwrap();
        assert!(verified.is_sound(), "{verified:?}");
    }

    pub(crate) fn days(&self, days: i64) {
        self.pass(SignedDuration::from_hours(24 * days));
    }

    pub(crate) fn pass(&self, time: SignedDuration) {
        *self.hands.0.lock().unwrap() += time;
    }

    /// The clock is set back.
    pub(crate) fn set_back(&self, time: SignedDuration) {
        *self.hands.0.lock().unwrap() -= time;
    }

    pub(crate) fn archive(&self, seed: u64, end: &str, weeks: u16) -> PathBuf {
        let path = self.folder.path().join(format!("{seed}.zip"));
        hermes_app::write_sample_archive(&path, seed, day(end), weeks).unwrap();
        path
    }

    /// Imports runs by hand: id, day, km, minutes.
    pub(crate) async fn runs(&self, runs: &[(i64, Day, f64, i64)]) {
        let mut csv = String::from(
            "Activity ID,Activity Date,Activity Name,Activity Type,Activity Description,\
             Elapsed Time,Distance,Relative Effort,Commute,Activity Gear\n",
        );
        for (id, day, km, minutes) in runs {
            let (on, seconds) = (day.date().strftime("%b %-d, %Y"), minutes * 60);
            let row = format!("{id},\"{on}, 7:00:00 AM\",Run,Run,,{seconds},{km},,false,\n");
            csv.push_str(&row);
        }
        let path = self.folder.path().join("activities.csv");
        std::fs::write(&path, csv).unwrap();
        self.import(path).await;
    }

    /// The archive of that seed, which was made before.
    pub(crate) fn archive_again(&self, seed: u64) -> PathBuf {
        self.folder.path().join(format!("{seed}.zip"))
    }

    /// A file in the folder of this world.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn url(&self) -> String {
        format!("sqlite:{}", self.folder.path().join("h.db").display())
    }

    pub(crate) async fn import(&self, path: PathBuf) {
        self.app.import(&self.runner, path, |_| {}).await.unwrap();
    }
}
