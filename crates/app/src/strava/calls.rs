//! Asking Strava: reserved first, noted afterwards, and what its answers mean for the one who asked.

use super::{Strava, Use};
use crate::App;
use crate::error::AppError;
use crate::measure;
use hermes_store::StoreError;
use hermes_store::strava::quota::{QuotaKind, QuotaSpan, Reserved, Told};
use hermes_strava::client::{self, Answer, Cause, Client, Limits, StravaError, Windows};
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use std::future::Future;
use std::sync::Arc;
use uuid::Uuid;

/// Added to the end of a window: Strava's clock is not this one.
const WINDOW_MARGIN: SignedDuration = SignedDuration::from_secs(5);
/// Those who waited in the last window wait in the same order in the next one, a thousandth of
/// the time apart.
const ORDER_PARTS: i32 = 1_000;

/// What a request is for: how much of every limit it may use, in thousandths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Somebody waits for it, or Strava has said that there is something.
    News,
    /// To look whether there is something.
    Poll,
    /// To catch up on what is old.
    Backfill,
}

impl Purpose {
    const fn share(self) -> i32 {
        match self {
            Self::News => 1_000,
            Self::Poll => 900,
            Self::Backfill => 700,
        }
    }
}

/// Why a sync went no further.
#[derive(Debug)]
pub(crate) enum Stop {
    /// It is not its turn before this moment.
    Later(Timestamp, String),
    /// Something went wrong that may be right again in a while.
    Retry(String),
    /// The runner has to connect again.
    Reauth(String),
    /// The operator has to mend something.
    Operator(String),
    /// There is nothing of that id, or it may not be seen.
    NotFound,
    /// The runner is not connected (any more).
    NotConnected,
    /// The database, or a fault of Hermes.
    App(AppError),
}

impl Stop {
    /// What the runner is told.
    pub(super) fn say(&self) -> Option<String> {
        match self {
            Self::Later(_, why) | Self::Retry(why) | Self::Reauth(why) | Self::Operator(why) => {
                Some(why.clone())
            }
            Self::App(error) => Some(error.to_string()),
            Self::NotFound | Self::NotConnected => None,
        }
    }
}

impl From<AppError> for Stop {
    fn from(error: AppError) -> Self {
        Self::App(error)
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::App(error.into())
    }
}

/// What a failed request means.
pub(super) fn meaning(error: &StravaError) -> Stop {
    let said = error.to_string();
    match error.cause() {
        Some(Cause::NotFound) => Stop::NotFound,
        Some(Cause::RefreshToken | Cause::AccessToken | Cause::Scope(_)) => Stop::Reauth(said),
        Some(Cause::Application | Cause::Inactive | Cause::Future | Cause::Redirect) => {
            Stop::Operator(said)
        }
        _ => Stop::Retry(said),
    }
}

fn told(limits: &Limits) -> Vec<Told> {
    let of = |kind: QuotaKind, windows: &Windows| {
        let number = |n: u32| Some(i32::try_from(n).unwrap_or(i32::MAX));
        let spans = [(QuotaSpan::Quarter, windows.quarter), (QuotaSpan::Day, windows.day)];
        spans.map(|(span, window)| {
            let (allowed, used) = window.map(|w| (number(w.limit), number(w.used)))?;
            Some(Told { kind, span, allowed, used })
        })
    };
    let all = [of(QuotaKind::Overall, &limits.overall), of(QuotaKind::Read, &limits.read)];
    all.into_iter().flatten().flatten().collect()
}

impl App {
    /// Strava, for a sync.
    pub(super) fn strava_now(&self) -> Result<Arc<Strava>, Stop> {
        match &self.strava {
            Use::On(strava) => Ok(strava.clone()),
            Use::Off(_) | Use::Not => self
                .strava()
                .map(drop)
                .map_or_else(|e| Err(Stop::Operator(e.to_string())), |()| Err(Stop::NotConnected)),
        }
    }

    /// Asks Strava for a runner. A token that is refused is renewed once.
    pub(super) async fn ask<T, F>(
        &self,
        user: Uuid,
        purpose: Purpose,
        request: impl Fn(Client, SecretString) -> F + Send + Sync,
    ) -> Result<T, Stop>
    where
        F: Future<Output = client::Result<Answer<T>>> + Send,
    {
        let strava = self.strava_now()?;
        let mut refused = None;
        loop {
            let token = self.strava_token(&strava, user, refused).await?;
            self.reserve(purpose).await?;
            let asked_in = QuotaSpan::Quarter.start(self.clock.now());
            let answer = request(strava.client.clone(), token.access).await;
            match measure::strava_asked(answer) {
                Ok(answer) => {
                    self.note(&answer.limits).await?;
                    return Ok(answer.value);
                }
                Err(error) => {
                    self.note(&error.limits()).await?;
                    match error.cause() {
                        Some(Cause::RateLimited) => return Err(self.limited(asked_in).await?),
                        Some(Cause::AccessToken) if refused.is_none() => {
                            refused = Some(token.version);
                        }
                        _ => return Err(meaning(&error)),
                    }
                }
            }
        }
    }

    /// Waits for no turn: says when it comes.
    pub(super) async fn reserve(&self, purpose: Purpose) -> Result<(), Stop> {
        let now = self.clock.now();
        match self.store.reserve_strava(purpose.share(), now).await? {
            Reserved::Now => Ok(()),
            Reserved::Until(end) => {
                let quarter = now.duration_since(QuotaSpan::Quarter.start(now));
                let at = end + WINDOW_MARGIN + quarter / ORDER_PARTS;
                Err(Stop::Later(
                    at,
                    "Strava's request limit for this period is used up; the sync goes on when the \
                     next one begins"
                        .to_owned(),
                ))
            }
        }
    }

    pub(super) async fn note(&self, limits: &Limits) -> Result<(), Stop> {
        Ok(self.store.note_strava_limits(&told(limits), self.clock.now()).await?)
    }

    /// Strava says that a limit is used up, whatever is known here: nobody asks again in this
    /// quarter of an hour.
    async fn limited(&self, asked_in: Timestamp) -> Result<Stop, Stop> {
        let now = self.clock.now();
        if QuotaSpan::Quarter.start(now) == asked_in {
            let (span, all) = (QuotaSpan::Quarter, [QuotaKind::Overall, QuotaKind::Read]);
            let full = all.map(|kind| Told { kind, span, allowed: None, used: None });
            self.store.note_strava_limits(&full, now).await?;
        }
        match self.reserve(Purpose::Backfill).await {
            Err(stop) => Ok(stop),
            Ok(()) => Ok(Stop::Later(now + WINDOW_MARGIN, "Strava's limit".to_owned())),
        }
    }
}
