//! A house for tests: the real app on a new SQLite file, with a clock of its own.

use hermes_app::App;
use hermes_app::clock::Clock;
use hermes_engine::calendar::Day;
use hermes_formats::sample::Sample;
use hermes_web::Config;
use jiff::Timestamp;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tempfile::TempDir;

/// A Thursday.
pub(crate) const TODAY: &str = "2026-11-19";

/// A clock that goes on by a millisecond whenever it is read.
struct Ticking(AtomicI64);

impl Clock for Ticking {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.0.fetch_add(1, Ordering::Relaxed)).unwrap()
    }
}

/// An app of its own; its files go when it is dropped.
pub(crate) struct House {
    pub(crate) app: App,
    pub(crate) dir: TempDir,
}

impl House {
    pub(crate) async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", dir.path().join("hermes.db").display());
        let start: Timestamp = "2026-11-19T09:00:00Z".parse().unwrap();
        let now = Ticking(AtomicI64::new(start.as_millisecond()));
        let app = App::open(&url, Arc::new(now)).await.unwrap();
        std::fs::create_dir(dir.path().join("uploads")).unwrap();
        Self { app, dir }
    }

    pub(crate) fn config(&self, bind: SocketAddr) -> Config {
        let upload_dir = self.dir.path().join("uploads");
        Config {
            bind,
            max_upload_bytes: 50_000_000,
            upload_dir,
            stop_notice: Duration::ZERO,
            demo: Vec::new(),
            strava_button: None,
        }
    }

    /// A sign-in link's token.
    pub(crate) async fn token(&self) -> String {
        let owner = self.app.owner().await.unwrap();
        self.app.sign_in_link(owner.id).await.unwrap()
    }
}

/// A year of a runner who does not exist, up to last week.
pub(crate) fn archive() -> Vec<u8> {
    let first = Day::parse(TODAY).unwrap() - 3 - 7 * 51;
    Sample::steady(7, first, 51).zip().unwrap()
}
