//! What Strava pushes: kept at once, dealt with by a job, and never believed without a look.

use super::calls::{Purpose, Stop};
use super::{OfActivity, Reason};
use crate::App;
use crate::error::Result;
use crate::jobs::Job;
use hermes_store::strava::hooks::{EventAspect, NewEvent, StoredEvent};
use hermes_strava::client::{Aspect, Event};
use jiff::SignedDuration;
use uuid::Uuid;

/// After which times since an event an activity that is not there is asked for again: it may not
/// be there yet.
const AGAIN_S: [i64; 4] = [30, 120, 600, 3_600];

impl App {
    /// Keeps what was pushed and lets a job look. It is told to nobody whether anything was kept.
    ///
    /// # Errors
    /// When the database fails: Strava then pushes again.
    pub async fn strava_pushed(&self, body: &[u8]) -> Result<()> {
        let Some(event) = Event::read(body) else { return Ok(()) };
        let known = self.store.strava_subscription().await?;
        let Some(known) = known else { return Ok(()) };
        if known.subscription_id.is_some_and(|id| id != event.subscription) {
            return Ok(());
        }
        let object = event.activity.unwrap_or(0);
        let new = NewEvent {
            subscription: event.subscription,
            athlete: event.athlete,
            object,
            aspect: aspect(event.aspect),
            at: event.at,
        };
        let now = self.clock.now();
        if self.store.add_strava_event(&new, now).await?
            && let Some(connection) = self.store.strava_connection_of(event.athlete).await?
        {
            let of = OfActivity { user: connection.user_id, activity: object };
            self.kick(&Job::StravaEvent(of)).await?;
        }
        Ok(())
    }

    /// Deals with the events about one activity, or about the athlete.
    pub(super) async fn strava_event(&self, of: OfActivity) -> Result<(), Stop> {
        let runner = self.synced_runner(of.user).await?;
        let seen = self.clock.now();
        let events = self.store.strava_events(of.user, of.activity).await?;
        let Some(newest) = events.first() else { return Ok(()) };
        if of.activity == 0 {
            return self.deauthorized(of.user, seen).await;
        }
        let Some(connection) = self.store.strava_connection(of.user).await? else {
            return Ok(());
        };
        let id = of.activity;
        let found = self.ask(of.user, Purpose::News, move |client, token| async move {
            client.activity(&token, id).await
        });
        match found.await {
            Ok(activity) => self.take_one(&runner, &connection, &activity).await?,
            Err(Stop::NotFound) => {
                self.not_there(&events, newest)?;
                self.gone(&runner, id).await?;
            }
            Err(stop) => return Err(stop),
        }
        self.settle_strava(&runner).await?;
        Ok(self.store.strava_events_handled(of.user, id, seen, self.clock.now()).await?)
    }

    /// An activity that is said to be there and is not may come yet.
    fn not_there(&self, events: &[StoredEvent], newest: &StoredEvent) -> Result<(), Stop> {
        if newest.aspect == EventAspect::Delete {
            return Ok(());
        }
        let first = events.iter().map(|e| e.received_at).min().unwrap_or(newest.received_at);
        let now = self.clock.now();
        let waits = AGAIN_S.map(|s| first + SignedDuration::from_secs(s));
        match waits.into_iter().find(|at| *at > now) {
            Some(at) => {
                let why = "Strava announced an activity that is not there yet";
                Err(Stop::Later(at, why.to_owned()))
            }
            None => Ok(()),
        }
    }

    /// The athlete is said to have withdrawn the permission: true where Strava refuses to renew it.
    async fn deauthorized(&self, user: Uuid, seen: jiff::Timestamp) -> Result<(), Stop> {
        let strava = self.strava_now()?;
        if self.strava_permission_stands(&strava, user).await? {
            tracing::warn!(runner = %user, "a withdrawal was announced, and Strava knows none");
            let now = self.clock.now();
            return Ok(self.store.strava_events_handled(user, 0, seen, now).await?);
        }
        let runner = self.synced_runner(user).await?;
        self.erase_strava(&runner, Reason::Deauthorized).await?;
        Ok(())
    }
}

const fn aspect(aspect: Aspect) -> EventAspect {
    match aspect {
        Aspect::Create => EventAspect::Create,
        Aspect::Update => EventAspect::Update,
        Aspect::Delete => EventAspect::Delete,
        Aspect::Deauthorize => EventAspect::Deauthorize,
    }
}
