//! A simulator of Strava: OAuth, API v3, rate limits and webhooks, for `hermes strava-sim`,
//! `hermes demo` and tests. What is known of the real one and from where, and what is a guess, is
//! in [docs/STRAVA-SIM.md](../../../../docs/STRAVA-SIM.md).
//!
//! - Its athletes and what they do follow from a seed; nothing is kept when it ends.
//! - Its time is its own ([`Clock`]): it stands still or runs along, and can be moved forward.
//!   Athletes go on running while it passes.
//! - What a test needs beyond Strava is under `/sim/*` and in the methods of [`Simulator`].
//! - It shares no type with the client, so that a mistake cannot hide in both.

mod activity;
mod api;
mod clock;
mod control;
mod dice;
mod events;
mod faults;
mod oauth;
mod params;
mod people;
mod quota;
mod reply;
mod server;
mod shapes;
mod tokens;
mod track;
mod training;
mod world;

pub use activity::Visibility;
pub use clock::{Clock, EARLIEST, LATEST, Source};
pub use events::{Delivery, Event};
pub use faults::Faults;
pub use people::FIRST_ATHLETE;
pub use quota::{Limits, Usage, Window};
pub use world::{ATHLETES_MAX, Edit, NewActivity, Person, Point, Seen, YEARS_MAX};

use jiff::{SignedDuration, Timestamp};
use server::Shared;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use world::{Beginning, World};

/// The id of the one application that it knows.
pub const CLIENT_ID: u32 = 1;
/// That application's secret.
pub const CLIENT_SECRET: &str = "secret";

/// How often a running clock is looked at, in real time.
const TICK: Duration = Duration::from_secs(1);
/// How long requests under way have when it is shut down, in real time.
const GOODBYE: Duration = Duration::from_secs(2);
/// How long [`Simulator::settled`] sleeps between two looks, in real time.
const LOOK: Duration = Duration::from_millis(5);

/// Whether `/sim/*` is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Control {
    /// Anyone who reaches the simulator can change it.
    Open,
    /// Only the process it runs in can.
    Closed,
}

/// How a simulator begins.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where it listens; port 0 for a free one.
    pub bind: SocketAddr,
    /// The same seed and the same first moment give the same athletes, runs, codes and tokens.
    pub seed: u64,
    /// How many athletes there are, 1 to [`ATHLETES_MAX`].
    pub athletes: u16,
    /// Years of runs before the first moment, up to [`YEARS_MAX`].
    pub years: u8,
    /// Its time.
    pub clock: Clock,
    /// What the application may ask.
    pub limits: Limits,
    /// The domain that consent may lead back to, beside this machine.
    pub callback_domain: Option<String>,
    /// Whether `/sim/*` is there.
    pub control: Control,
}

impl Options {
    /// Three athletes with two years of runs, on a free port of this machine.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self {
            bind: SocketAddr::from(([127, 0, 0, 1], 0)),
            seed: 1,
            athletes: 3,
            years: 2,
            clock,
            limits: Limits::default(),
            callback_domain: None,
            control: Control::Open,
        }
    }
}

/// A simulator that is running. It ends when this is dropped.
pub struct Simulator {
    shared: Arc<Shared>,
    address: SocketAddr,
    stop: watch::Sender<bool>,
    server: JoinHandle<io::Result<()>>,
    others: Vec<JoinHandle<()>>,
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.server.abort();
        for task in &self.others {
            task.abort();
        }
    }
}

impl Simulator {
    /// Starts one.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub async fn start(options: Options) -> io::Result<Self> {
        let Options { bind, seed, athletes, years, clock, limits, callback_domain, control } =
            options;
        let listener = TcpListener::bind(bind).await?;
        let address = listener.local_addr()?;
        let runs = clock.is_running();
        let shared = Arc::new(Shared::new(World::new(Beginning {
            seed,
            athletes,
            years,
            clock,
            limits,
            callback_domain,
            control,
        })));
        let (stop, mut stopped) = watch::channel(false);
        let goodbye = async move {
            // An error is a dropped sender: the same.
            let _ = stopped.wait_for(|stop| *stop).await;
        };
        let router = server::router(shared.clone());
        let server = axum::serve(listener, router).with_graceful_shutdown(goodbye);
        let server = tokio::spawn(async move { server.await });
        let telling = shared.clone();
        let mut others = vec![tokio::spawn(async move { telling.deliver().await })];
        if runs {
            let ticking = shared.clone();
            others.push(tokio::spawn(async move {
                loop {
                    tokio::time::sleep(TICK).await;
                    ticking.with(|world| world.now());
                }
            }));
        }
        Ok(Self { shared, address, stop, server, others })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address that stands for `https://www.strava.com`, without a slash at its end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Ends it; requests under way have a moment.
    ///
    /// # Errors
    /// When the server failed.
    pub async fn shut_down(mut self) -> io::Result<()> {
        self.stop.send_replace(true);
        match tokio::time::timeout(GOODBYE, &mut self.server).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(failed)) => Err(io::Error::other(failed)),
            // Dropping it ends it the hard way.
            Err(_) => Ok(()),
        }
    }

    /// Waits until the server ends by itself: a failure.
    ///
    /// # Errors
    /// Why it failed.
    pub async fn failed(&mut self) -> io::Result<()> {
        match (&mut self.server).await {
            Ok(outcome) => outcome,
            Err(failed) => Err(io::Error::other(failed)),
        }
    }

    /// The simulator's time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.shared.with(World::now)
    }

    /// Moves time forward; what athletes do until then happens. A negative time does nothing.
    pub fn advance(&self, by: SignedDuration) {
        self.shared.with(|world| {
            if by.is_positive() {
                world.clock.advance(by);
            }
            world.now();
        });
    }

    /// Its athletes.
    #[must_use]
    pub fn athletes(&self) -> Vec<Person> {
        self.shared.with(|world| world.people())
    }

    /// What an athlete has uploaded and not deleted, oldest first: with `activity:read_all` a
    /// client should hold all of it, without that all but what only the athlete sees.
    #[must_use]
    pub fn activities(&self, athlete: i64) -> Vec<Seen> {
        self.shared.with(|world| {
            world.now();
            world.seen(athlete)
        })
    }

    /// What the watch recorded of an activity, with a point every so many seconds; nothing where
    /// there are no streams.
    #[must_use]
    pub fn points(&self, activity: i64, every_s: i64) -> Vec<Point> {
        self.shared.with(|world| world.points(activity, every_s))
    }

    /// Uploads an activity; its id, or `None` for an unknown athlete.
    pub fn add(&self, athlete: i64, new: NewActivity) -> Option<i64> {
        self.shared.with(|world| world.add(athlete, new))
    }

    /// Changes an activity; `false` when there is none.
    pub fn edit(&self, activity: i64, edit: Edit) -> bool {
        self.shared.with(|world| world.edit(activity, edit))
    }

    /// Deletes an activity; `false` when there is none.
    pub fn delete(&self, activity: i64) -> bool {
        self.shared.with(|world| world.delete(activity))
    }

    /// The athlete withdraws consent on Strava's pages; `false` when there was none.
    pub fn deauthorize(&self, athlete: i64) -> bool {
        self.shared.with(|world| world.deauthorize(athlete))
    }

    /// The athlete's refresh token stops working, as after a rotation that was lost; `false` when
    /// the application is not connected.
    pub fn spoil_refresh_token(&self, athlete: i64) -> bool {
        self.shared.with(|world| world.tokens.spoil(athlete))
    }

    /// A code as the consent page gives it, without the page. Unknown scopes do nothing.
    pub fn consent(&self, athlete: i64, scopes: &[&str]) -> String {
        self.shared.with(|world| {
            let now = world.now();
            let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
            world.tokens.new_code(athlete, scopes, now)
        })
    }

    /// Changes what goes wrong.
    pub fn set_faults(&self, change: impl FnOnce(&mut Faults)) {
        self.shared.with(|world| change(&mut world.faults));
    }

    /// Uses up what is left of the present 15 minutes.
    pub fn exhaust_short(&self) {
        self.shared.with(|world| {
            let now = world.now();
            world.usage.exhaust_short(now);
        });
    }

    /// Uses up what is left of the present day.
    pub fn exhaust_day(&self) {
        self.shared.with(|world| {
            let now = world.now();
            world.usage.exhaust_day(now);
        });
    }

    /// What was asked in every window so far.
    #[must_use]
    pub fn usage(&self) -> Usage {
        self.shared.with(|world| world.usage.clone())
    }

    /// How often tokens were asked for, with a code or to renew them.
    #[must_use]
    pub fn token_requests(&self) -> u32 {
        self.shared.with(|world| world.token_requests)
    }

    /// The last deliveries, oldest first.
    #[must_use]
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.shared.with(|world| world.events.delivered.iter().cloned().collect())
    }

    /// Waits until every event has been delivered or given up. With a callback that is deaf that
    /// takes some seconds for each.
    pub async fn settled(&self) {
        while !self.shared.with(|world| world.events.is_idle()) {
            tokio::time::sleep(LOOK).await;
        }
    }
}
