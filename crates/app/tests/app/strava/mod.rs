//! Runners who are connected to the simulator of Strava.

mod basics;
mod elsewhere;
mod hook;
mod lost;
mod metrics;
mod peers;
mod pushed;
mod right;
mod soak;

use crate::world::{Hands, World};
use hermes_app::clock::Clock as _;
use hermes_app::jobs::{Tally, Worker};
use hermes_app::secrets::Keys;
use hermes_app::strava::{Callback, Settings, StravaConfig, StravaStatus, Terms};
use hermes_app::{App, Runner};
use hermes_store::{Options as StoreOptions, Store};
use hermes_strava::sim::{self, Clock, Limits, Simulator};
use jiff::SignedDuration;
use std::sync::Arc;

/// The first moment: a Wednesday morning.
pub(crate) const NOW: &str = "2026-03-04T07:40:00Z";
/// The scopes of somebody who leaves every box ticked.
pub(crate) const ALL: [&str; 3] = ["read", "activity:read", "activity:read_all"];

/// How the simulator and the terms begin.
pub(crate) struct Beginning {
    pub(crate) athletes: u16,
    pub(crate) years: u8,
    pub(crate) seed: u64,
    pub(crate) limits: Limits,
    pub(crate) retention: &'static str,
}

impl Default for Beginning {
    fn default() -> Self {
        Self { athletes: 2, years: 1, seed: 1, limits: Limits::default(), retention: "keep" }
    }
}

/// A Hermes beside a simulator of Strava, on one clock.
pub(crate) struct Connected {
    pub(crate) w: World,
    pub(crate) sim: Simulator,
    pub(crate) app: App,
    pub(crate) store: Store,
}

pub(crate) fn terms(retention: &str) -> Terms {
    let said = "Written permission of Strava's developer team, 2026-02-01";
    Terms::read(Some(retention), Some(said)).unwrap()
}

/// The same Hermes in another process: its own connections, the same clock.
pub(crate) async fn process(url: &str, hands: &Arc<Hands>, config: StravaConfig) -> App {
    let mut app = App::open(url, hands.clone()).await.unwrap();
    app.use_strava(config).await.unwrap();
    app
}

impl Connected {
    pub(crate) async fn new(beginning: Beginning) -> Self {
        let w = World::at(NOW).await;
        let hands = w.hands.clone();
        let sim = Simulator::start(sim::Options {
            seed: beginning.seed,
            athletes: beginning.athletes,
            years: beginning.years,
            limits: beginning.limits,
            ..sim::Options::new(Clock::running(Arc::new(move || hands.now())))
        });
        let sim = sim.await.unwrap();
        let config = config(&w, &sim, beginning.retention);
        let app = process(&w.url(), &w.hands, config).await;
        let store = Store::open(&w.url(), StoreOptions::default()).await.unwrap();
        Self { w, sim, app, store }
    }

    /// Sends a runner to Strava and back, as an athlete who leaves these boxes ticked.
    pub(crate) async fn connect(
        &self,
        runner: &Runner,
        athlete: i64,
        scopes: &[&str],
    ) -> hermes_app::Result<()> {
        let url = self.app.begin_strava(runner).await?;
        let (_, state) = url.rsplit_once("state=").unwrap();
        let code = self.sim.consent(athlete, scopes);
        let back = Callback {
            state: Some(state.to_owned()),
            code: Some(code.into()),
            scope: Some(scopes.join(",")),
            error: None,
        };
        self.app.finish_strava(runner, &back).await
    }

    /// The owner connected as the first athlete, with everything read.
    pub(crate) async fn synced(beginning: Beginning) -> Self {
        let c = Self::new(beginning).await;
        c.connect(&c.w.runner, c.athlete(0), &ALL).await.unwrap();
        c.work_for_days(1).await;
        c
    }

    pub(crate) fn athlete(&self, n: usize) -> i64 {
        self.sim.athletes()[n].id
    }

    /// Another runner of this Hermes.
    pub(crate) async fn member(&self) -> Runner {
        let user = self.store.add_user(self.w.hands.now()).await.unwrap();
        self.app.runner(user.id).await.unwrap().unwrap()
    }

    /// Everything that is due is done.
    pub(crate) async fn work(&self) -> Tally {
        self.app.enqueue_periodic().await.unwrap();
        Worker::new(self.app.clone()).drain().await.unwrap()
    }

    /// Time passes, three hours at a time, with work in between.
    pub(crate) async fn work_for_days(&self, days: i64) {
        for _ in 0..days * 8 {
            let tally = self.work().await;
            assert_eq!(tally.dead, 0, "{tally:?}");
            self.w.pass(SignedDuration::from_hours(3));
        }
        self.work().await;
    }

    pub(crate) async fn status(&self, runner: &Runner) -> StravaStatus {
        self.app.strava_status(runner).await.unwrap()
    }

    /// What Hermes holds of a runner: Strava's ids, in order.
    pub(crate) async fn held(&self, runner: &Runner) -> Vec<i64> {
        let mut ids = Vec::new();
        for offset in (0..).step_by(200) {
            let filter = hermes_store::activities::ActivityFilter::default();
            let page = self.store.activities(runner.id, &filter, 200, offset).await.unwrap();
            ids.extend(page.iter().map(|a| a.strava_activity_id));
            if page.len() < 200 {
                break;
            }
        }
        ids.sort_unstable();
        ids
    }

    /// What the simulator has of an athlete.
    pub(crate) fn truth(&self, athlete: i64) -> Vec<i64> {
        let mut ids: Vec<i64> = self.sim.activities(athlete).iter().map(|a| a.id).collect();
        ids.sort_unstable();
        ids
    }

    pub(crate) async fn holds_the_truth(&self, runner: &Runner, athlete: i64) {
        assert_eq!(self.held(runner).await, self.truth(athlete));
    }

    /// No request was ever refused for the limits.
    pub(crate) fn within_limits(&self) {
        let usage = self.sim.usage();
        for window in usage.short.iter().chain(&usage.day) {
            assert_eq!(window.rejected, 0, "{window:?}");
        }
    }
}

fn config(w: &World, sim: &Simulator, retention: &str) -> StravaConfig {
    let mut settings = Settings::of("1".to_owned(), "secret".to_owned().into());
    settings.oauth_host = sim.url();
    settings.api_base = format!("{}/api/v3", sim.url());
    StravaConfig {
        settings,
        terms: terms(retention),
        public_url: "http://127.0.0.1:8080".to_owned(),
        keys: Keys::in_file(w.file("secret.key")),
    }
}
