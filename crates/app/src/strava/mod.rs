//! Strava: connecting, and keeping what a connected runner did as Strava has it.
//!
//! - It is off until the operator has said how long what comes from the API may stay.
//! - No connection to the database is held while Strava is asked.
//! - Every request is reserved in the database first ([`calls`]); tokens are renewed by one process
//!   at a time and written before they are used ([`tokens`]).
//! - What is pushed is a hint to look, never a fact ([`events`]); nothing is deleted that was not
//!   asked for by itself ([`listing`]).

mod calls;
mod connect;
mod events;
mod hooks;
mod listing;
mod progress;
mod take;
mod tokens;
mod upkeep;

pub use connect::{Callback, Disconnected};
pub use hermes_store::strava::connections::{ConnectionState, Consent, Stage};
pub use hermes_store::strava::quota::{Quota, QuotaKind, QuotaSpan};
pub use hermes_store::strava::removal::{Reason, Receipt};
pub use hermes_strava::client::{RevokeStyle, Settings};
pub use hooks::Handshake;
pub use progress::{StravaState, StravaStatus};
pub(crate) use upkeep::KEPT;

use crate::App;
use crate::error::{AppError, Result};
use crate::jobs::Job;
use crate::secrets::Keys;
use hermes_store::strava::Retention;
use hermes_strava::client::Client;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use uuid::Uuid;

/// Shortest statement of a permission, in characters: a word is no statement.
const PERMISSION_MIN: usize = 20;
/// Longest statement of a permission, in characters.
const PERMISSION_MAX: usize = 2_000;
/// Where a runner comes back to, below the public address.
pub const CALLBACK_PATH: &str = "/connect/strava/callback";
/// Where Strava pushes to, below the public address; a secret follows.
pub const HOOK_PATH: &str = "/hooks/strava/";

/// How long what comes from Strava's API may stay, as the operator says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Terms {
    /// Seven days, as Strava's API policy has it.
    Week,
    /// As long as the runner likes; the operator's statement that they hold Strava's permission.
    Keep(String),
}

impl Terms {
    /// From the settings; in words why they are none.
    ///
    /// # Errors
    /// [`AppError::BadInput`].
    pub fn read(retention: Option<&str>, permission: Option<&str>) -> Result<Self> {
        let wrong = |text: String| Err(AppError::BadInput(text));
        match (retention, permission.map(str::trim).filter(|p| !p.is_empty())) {
            (Some("7d"), _) => Ok(Self::Week),
            (Some("keep"), Some(permission)) => match permission.chars().count() {
                PERMISSION_MIN..=PERMISSION_MAX => Ok(Self::Keep(permission.to_owned())),
                found => wrong(format!(
                    "the strava.permission of {found} characters is no statement; say in {} to {} \
                     characters who of Strava permitted you to keep the data, and when",
                    PERMISSION_MIN, PERMISSION_MAX
                )),
            },
            (Some("keep"), None) => wrong(
                "strava.retention is \"keep\", which Strava's API policy does not allow by itself; \
                 say in strava.permission who of Strava permitted it and when, or choose \"7d\""
                    .to_owned(),
            ),
            (Some(other), _) => wrong(format!(
                "strava.retention is \"{}\"; it must be \"7d\" or \"keep\"",
                other.chars().take(20).collect::<String>()
            )),
            (None, _) => wrong(
                "strava.retention is not set, and there is no default: choose \"7d\" (what comes \
                 from Strava's API goes after seven days) or \"keep\" (you hold Strava's permission)"
                    .to_owned(),
            ),
        }
    }

    const fn retention(&self) -> Retention {
        match self {
            Self::Week => Retention::Week,
            Self::Keep(_) => Retention::Keep,
        }
    }
}

/// How this Hermes uses Strava.
#[derive(Debug, Clone)]
pub struct StravaConfig {
    /// The application and the hosts.
    pub settings: Settings,
    /// How long what comes may stay.
    pub terms: Terms,
    /// Where browsers reach this Hermes, without a slash at the end.
    pub public_url: String,
    /// The keys that tokens are sealed with.
    pub keys: Keys,
}

/// Strava as a running application knows it.
#[derive(Debug)]
pub(crate) struct Strava {
    client: Client,
    terms: Terms,
    public_url: String,
    keys: Keys,
}

/// Whether Strava can be used.
#[derive(Debug, Clone, Default)]
pub(crate) enum Use {
    /// The operator has not set it up.
    #[default]
    Not,
    /// The operator has begun to, and this is missing.
    Off(String),
    /// It can.
    On(Arc<Strava>),
}

/// What `strava-backfill` and `strava-poll` need to know: whose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfRunner {
    /// The account.
    pub user: Uuid,
}

/// What `strava-event` needs to know: whose, and which activity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfActivity {
    /// The account.
    pub user: Uuid,
    /// Strava's id; 0 where it is about the athlete.
    pub activity: i64,
}

/// What `strava-upkeep` needs to know: nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Upkeep {}

impl App {
    /// Lets this application use Strava, and records the operator's terms.
    ///
    /// # Errors
    /// [`AppError::BadInput`] for settings that cannot be used; when the database fails.
    pub async fn use_strava(&mut self, config: StravaConfig) -> Result<()> {
        let StravaConfig { settings, terms, public_url, keys } = config;
        let client = Client::new(settings).map_err(|e| AppError::BadInput(e.to_string()))?;
        let permission = match &terms {
            Terms::Keep(permission) => Some(permission.as_str()),
            Terms::Week => None,
        };
        let now = self.clock.now();
        self.store.record_strava_terms(terms.retention(), permission, now).await?;
        self.strava = Use::On(Arc::new(Strava { client, terms, public_url, keys }));
        Ok(())
    }

    /// Notes why Strava is off although somebody has begun to set it up.
    pub fn leave_strava_off(&mut self, why: String) {
        self.strava = Use::Off(why);
    }

    /// Strava, where it is on.
    fn strava(&self) -> Result<Arc<Strava>> {
        match &self.strava {
            Use::On(strava) => Ok(strava.clone()),
            Use::Off(why) => Err(AppError::Conflict(format!("Strava is off: {why}"))),
            Use::Not => Err(AppError::Conflict(
                "Strava is off: this Hermes has no application at Strava; docs/OPERATIONS.md says \
                 how to set one up"
                    .to_owned(),
            )),
        }
    }

    /// Adds a job that is due now, unless it waits or runs already.
    async fn kick(&self, job: &Job) -> Result<()> {
        let key = match job {
            Job::StravaEvent(of) => format!("{} {}", of.user, of.activity),
            Job::StravaBackfill(of) | Job::StravaPoll(of) => of.user.to_string(),
            Job::StravaUpkeep(_) | Job::Prune(_) | Job::Weekly(_) | Job::Follow(_) => String::new(),
        };
        self.enqueue(job, &key, self.clock.now(), None).await.map(drop)
    }
}
