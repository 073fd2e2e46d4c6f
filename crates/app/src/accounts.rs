//! The runner, sign-in links and sessions.

use crate::App;
use crate::error::{AppError, Result};
use crate::facts::hex;
use crate::{random, zones};
use hermes_engine::calendar::Day;
use hermes_store::sessions::TokenHash;
use hermes_store::users::User;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

/// How long a sign-in link can be used.
const LINK: SignedDuration = SignedDuration::from_mins(15);
/// How long a session lasts.
const SESSION: SignedDuration = SignedDuration::from_hours(24 * 30);

/// Whose data a use case works on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Runner {
    /// The account.
    pub id: Uuid,
    /// A name, if one is known.
    pub name: Option<String>,
    /// IANA time zone; `UTC` while unset.
    pub time_zone: String,
}

impl Runner {
    pub(crate) fn of(user: User) -> Self {
        Self {
            id: user.id,
            name: user.strava_username.map(|n| n.as_str().to_owned()),
            time_zone: user.time_zone.unwrap_or_else(|| "UTC".to_owned()),
        }
    }

    /// The runner's time zone.
    pub(crate) fn zone(&self) -> TimeZone {
        zones::named(Some(&self.time_zone))
    }

    /// Seconds of the runner's wall clock since 1970-01-01T00:00:00 of that wall clock.
    pub(crate) fn local_seconds(&self, at: Timestamp) -> i64 {
        zones::local_seconds(&self.zone(), at)
    }
}

/// Is it the IANA name of a time zone?
///
/// # Errors
/// [`AppError::Field`] for an unknown name.
pub fn check_time_zone(zone: &str) -> Result<()> {
    if TimeZone::get(zone).is_ok() {
        return Ok(());
    }
    let shown: String = zone.chars().take(60).collect();
    let why = format!("\"{shown}\" is not a time zone; use an IANA name such as Europe/Berlin");
    Err(AppError::field("time_zone", why))
}

impl App {
    /// The one owner of a loopback installation; made on first use.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn owner(&self) -> Result<Runner> {
        Ok(Runner::of(self.store.owner(self.clock.now()).await?))
    }

    /// The runner of an account, if there is one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn runner(&self, id: Uuid) -> Result<Option<Runner>> {
        Ok(self.store.user(id).await?.map(Runner::of))
    }

    /// The runner's local day.
    #[must_use]
    pub fn today(&self, runner: &Runner) -> Day {
        zones::local_day(&runner.zone(), self.clock.now())
    }

    /// Sets the time zone by its IANA name.
    ///
    /// # Errors
    /// [`AppError::Field`] for an unknown name.
    pub async fn set_time_zone(&self, runner: Uuid, zone: &str) -> Result<()> {
        check_time_zone(zone)?;
        self.store.set_time_zone(runner, zone, self.clock.now()).await?;
        self.reset_clock(runner, Some(zone)).await
    }

    /// A new sign-in token for the runner; it works once, for 15 minutes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sign_in_link(&self, runner: Uuid) -> Result<String> {
        let (token, now) = (new_token()?, self.clock.now());
        self.store.forget_ended_sessions(now).await?;
        self.store.add_sign_in_link(runner, &TokenHash::of(&token), now + LINK, now).await?;
        Ok(token)
    }

    /// Uses a sign-in token up; a session token, or `None` when it is wrong, used or expired.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sign_in(&self, token: &str) -> Result<Option<String>> {
        let now = self.clock.now();
        let Some(user) = self.store.use_sign_in_link(&TokenHash::of(token), now).await? else {
            return Ok(None);
        };
        let session = new_token()?;
        self.store.add_session(user, &TokenHash::of(&session), now + SESSION, now).await?;
        Ok(Some(session))
    }

    /// The runner of a session in force.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session(&self, token: &str) -> Result<Option<Runner>> {
        let Some(session) = self.store.session(&TokenHash::of(token), self.clock.now()).await?
        else {
            return Ok(None);
        };
        Ok(self.store.user(session.user_id).await?.map(Runner::of))
    }

    /// Ends a session; nothing happens when there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sign_out(&self, token: &str) -> Result<()> {
        let now = self.clock.now();
        if let Some(session) = self.store.session(&TokenHash::of(token), now).await? {
            self.store.revoke_session(session.user_id, session.id, now).await?;
        }
        Ok(())
    }
}

/// 256 random bits in hexadecimal.
fn new_token() -> Result<String> {
    Ok(hex(&random::bytes::<32>()?))
}
