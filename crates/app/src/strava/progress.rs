//! How far the sync is, for people.

use super::listing::LISTED_EVERY;
use super::{ConnectionState, Quota, QuotaKind, QuotaSpan, Stage, Terms, Use};
use crate::App;
use crate::accounts::Runner;
use crate::error::Result;
use hermes_store::strava::connections::Connection;
use hermes_store::strava::items::ItemCounts;
use hermes_strava::client::{Scope, Scopes};
use jiff::{SignedDuration, Timestamp};

/// Requests for the details of a run: itself and its points.
const DETAIL_REQUESTS: i64 = 2;
/// The part of a limit that catching up may use, in thousandths.
const BACKFILL_SHARE: i64 = 700;

/// Whether Strava is there for a runner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StravaState {
    /// The operator has not set it up.
    NotSetUp,
    /// It is off, and why.
    Off(String),
    /// It can be connected.
    NotConnected,
    /// It is connected.
    Connected,
    /// It was, and the runner has to connect again; why.
    NeedsReauth(String),
}

/// How a runner stands with Strava.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StravaStatus {
    /// Whether it is there.
    pub state: StravaState,
    /// Strava's id of the athlete, while connected.
    pub athlete: Option<i64>,
    /// What was granted, as Strava writes it.
    pub scopes: String,
    /// Runs that only the runner sees are not granted.
    pub misses_private: bool,
    /// `7d` or `keep`; `None` where Strava is off.
    pub retention: Option<&'static str>,
    /// When the connection was first made.
    pub connected_at: Option<Timestamp>,
    /// How far the sync is.
    pub stage: Option<Stage>,
    /// Activities that came from Strava's API.
    pub activities: i64,
    /// Runs whose details are still to be read.
    pub details_left: i64,
    /// Start of the oldest activity.
    pub first: Option<Timestamp>,
    /// Start of the newest activity.
    pub last: Option<Timestamp>,
    /// How long reading the details will take, as the limits are.
    pub time_left: Option<SignedDuration>,
    /// When the newest activities were last looked for.
    pub polled_at: Option<Timestamp>,
    /// When they are next.
    pub poll_due_at: Option<Timestamp>,
    /// When everything was last listed.
    pub listed_at: Option<Timestamp>,
    /// What went wrong last, until it goes well again; or that some activities cannot be here.
    pub last_error: Option<String>,
    /// How much of the application's limits is used.
    pub quota: Vec<Quota>,
    /// Webhooks are set up.
    pub webhooks: bool,
}

impl App {
    /// How a runner stands with Strava.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn strava_status(&self, runner: &Runner) -> Result<StravaStatus> {
        let now = self.clock.now();
        let connection = self.store.strava_connection(runner.id).await?;
        let counts = self.store.count_strava_items(runner.id).await?;
        let quota = self.store.strava_quota(now).await?;
        let runners = self.store.count_strava_connections(ConnectionState::Active).await?.max(1);
        let subscription = self.store.strava_subscription().await?;
        let state = self.strava_state(connection.as_ref());
        let refused = match &connection {
            Some(c) => self.store.strava_refused(runner.id, c.batch_id).await?.len(),
            None => 0,
        };
        let c = connection.as_ref();
        let scopes = Scopes::read(c.map(|c| c.scopes.as_str()).unwrap_or_default());
        let listing = c.is_some_and(|c| {
            c.listing_id.is_some() || c.listed_at.is_none_or(|at| at + LISTED_EVERY <= now)
        });
        Ok(StravaStatus {
            state,
            athlete: c.map(|c| c.athlete),
            misses_private: c.is_some() && !scopes.has(Scope::ActivityReadAll),
            scopes: scopes.to_string(),
            retention: match &self.strava {
                Use::On(strava) => Some(match strava.terms {
                    Terms::Week => "7d",
                    Terms::Keep(_) => "keep",
                }),
                Use::Off(_) | Use::Not => None,
            },
            connected_at: c.map(|c| c.connected_at),
            stage: c.map(|c| if listing { Stage::Summaries } else { c.stage }),
            activities: counts.all,
            details_left: counts.wanted,
            first: counts.first,
            last: counts.last,
            time_left: c.and_then(|_| time_left(&counts, &quota, runners)),
            polled_at: c.and_then(|c| c.polled_at),
            poll_due_at: c.map(|c| c.poll_due_at),
            listed_at: c.and_then(|c| c.listed_at),
            last_error: c.and_then(|c| c.last_error.clone()).or_else(|| elsewhere(refused)),
            quota,
            webhooks: subscription.is_some_and(|s| s.subscription_id.is_some()),
        })
    }

    fn strava_state(&self, connection: Option<&Connection>) -> StravaState {
        match (&self.strava, connection) {
            (_, Some(c)) if c.state == ConnectionState::NeedsReauth => {
                StravaState::NeedsReauth(c.state_reason.clone().unwrap_or_default())
            }
            (Use::Off(why), _) => StravaState::Off(why.clone()),
            (Use::Not, Some(_)) => StravaState::Off("the application was taken away".to_owned()),
            (Use::Not, None) => StravaState::NotSetUp,
            (Use::On(_), Some(_)) => StravaState::Connected,
            (Use::On(_), None) => StravaState::NotConnected,
        }
    }
}

/// What is said of activities that are another account's.
fn elsewhere(refused: usize) -> Option<String> {
    (refused > 0).then(|| {
        format!(
            "not everything is here: activities of yours at Strava that are in another account of \
             this Hermes: {refused}; an activity is in one account only, so take that account's \
             imports back, or disconnect and connect from there"
        )
    })
}

/// How long the details of so many runs take, within the limits of a day and a quarter of an hour
/// that all runners share; nothing where none are left.
fn time_left(counts: &ItemCounts, quota: &[Quota], runners: i64) -> Option<SignedDuration> {
    if counts.wanted == 0 {
        return None;
    }
    let requests = counts.wanted * DETAIL_REQUESTS * runners;
    let of = |span: QuotaSpan| {
        let read = quota.iter().find(|q| q.kind == QuotaKind::Read && q.span == span);
        let unknown = if span == QuotaSpan::Day { 1_000 } else { 100 };
        (read.map_or(unknown, |q| i64::from(q.allowed)) * BACKFILL_SHARE / 1_000).max(1)
    };
    let (quarter, day) = (of(QuotaSpan::Quarter), of(QuotaSpan::Day));
    let days = requests / day;
    let quarters = (requests % day) / quarter;
    Some(SignedDuration::from_secs(days * 86_400 + quarters * 900))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_left_is_days_of_the_daily_limit_and_quarters_of_the_rest() {
        let counts = |wanted| ItemCounts { wanted, ..ItemCounts::default() };
        assert_eq!(time_left(&counts(0), &[], 1), None);
        // 1,600 runs are 3,200 requests at 700 a day: 4 days and 400 more at 70 a quarter.
        let expected = SignedDuration::from_secs(4 * 86_400 + 5 * 900);
        assert_eq!(time_left(&counts(1_600), &[], 1), Some(expected));
        assert_eq!(time_left(&counts(10), &[], 1), Some(SignedDuration::ZERO));
        assert!(time_left(&counts(1_600), &[], 3) > time_left(&counts(1_600), &[], 1));
    }
}
