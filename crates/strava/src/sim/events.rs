//! Webhooks: the one subscription of the application, and events on their way to it.

use super::faults::Faults;
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

/// How long a callback may take to answer, in real time.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often an event is tried in all.
const TRIES: u8 = 3;
/// Real time between two tries. Strava does not say how long it waits.
const BETWEEN: Duration = Duration::from_millis(200);
/// Most events that wait; later ones are lost.
const WAITING_MAX: usize = 100_000;
/// Most deliveries that are remembered.
const REMEMBERED_MAX: usize = 10_000;
/// Longest answer to a handshake.
const ANSWER_MAX: usize = 1 << 16;

/// What is told about an activity or an athlete.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Event {
    /// `create`, `update` or `delete`.
    pub aspect_type: &'static str,
    /// When it happened, in seconds since 1970.
    pub event_time: i64,
    /// The activity, or the athlete.
    pub object_id: i64,
    /// `activity` or `athlete`.
    pub object_type: &'static str,
    /// The athlete.
    pub owner_id: i64,
    /// The subscription it is told to.
    pub subscription_id: i64,
    /// What changed: `title`, `type`, `private`, `authorized`.
    pub updates: BTreeMap<&'static str, String>,
}

impl Event {
    pub(super) fn activity(
        athlete: i64,
        activity: i64,
        aspect_type: &'static str,
        at: Timestamp,
    ) -> Self {
        Self {
            aspect_type,
            event_time: at.as_second(),
            object_id: activity,
            object_type: "activity",
            owner_id: athlete,
            subscription_id: 0,
            updates: BTreeMap::new(),
        }
    }
}

/// An event and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Delivery {
    /// The event.
    pub event: Event,
    /// How often it was sent, 0 when it was lost on purpose.
    pub tries: u8,
    /// Whether the application answered 200 in time.
    pub acknowledged: bool,
}

/// Where the application wants to be told.
#[derive(Debug, Clone)]
pub(super) struct Subscription {
    pub(super) id: i64,
    pub(super) callback: String,
    pub(super) since: Timestamp,
}

/// The subscription and the queue.
#[derive(Debug, Default)]
pub(super) struct Events {
    pub(super) subscription: Option<Subscription>,
    subscriptions: i64,
    waiting: VecDeque<Event>,
    under_way: usize,
    told: u32,
    pub(super) delivered: VecDeque<Delivery>,
}

impl Events {
    /// Queues an event; without a subscription nobody is told.
    pub(super) fn push(&mut self, event: Event) {
        let Some(subscription) = &self.subscription else { return };
        if self.waiting.len() < WAITING_MAX {
            self.waiting.push_back(Event { subscription_id: subscription.id, ..event });
        }
    }

    /// Remembers a callback that has shown itself; the subscription's id.
    pub(super) fn subscribe(&mut self, callback: String, since: Timestamp) -> i64 {
        self.subscriptions += 1;
        let id = 120_474 + self.subscriptions;
        self.subscription = Some(Subscription { id, callback, since });
        id
    }

    pub(super) fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.under_way == 0
    }

    pub(super) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// All that waits, as the faults want it: where to, and whether it is sent or lost.
    pub(super) fn take(&mut self, faults: &Faults) -> Option<(String, Vec<(Event, bool)>)> {
        let Some(subscription) = &self.subscription else {
            self.waiting.clear();
            return None;
        };
        let callback = subscription.callback.clone();
        let mut batch = Vec::new();
        for event in self.waiting.drain(..) {
            self.told = self.told.wrapping_add(1);
            let every = faults.lose_event_every;
            let sent = every == 0 || !self.told.is_multiple_of(every);
            if sent && faults.duplicate_events {
                batch.push((event.clone(), true));
            }
            batch.push((event, sent));
        }
        if faults.reorder_events {
            batch.reverse();
        }
        self.under_way = batch.len();
        (!batch.is_empty()).then_some((callback, batch))
    }

    pub(super) fn done(&mut self, delivery: Delivery) {
        self.under_way = self.under_way.saturating_sub(1);
        if self.delivered.len() >= REMEMBERED_MAX {
            self.delivered.pop_front();
        }
        self.delivered.push_back(delivery);
    }
}

/// The simulator's own HTTP client: plain HTTP, for callbacks.
#[derive(Clone)]
pub(super) struct Caller(Client<HttpConnector, Full<Bytes>>);

/// What became of a handshake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Handshake {
    Good,
    /// It answered, and not with 200.
    NotFound,
    /// It did not answer in time, or not with the challenge.
    NotVerifiable,
}

impl Caller {
    pub(super) fn new() -> Self {
        Self(Client::builder(TokioExecutor::new()).build_http())
    }

    /// Asks a callback to say the challenge back.
    pub(super) async fn handshake(
        &self,
        callback: &str,
        challenge: &str,
        token: &str,
    ) -> Handshake {
        let token: String = form_urlencoded::byte_serialize(token.as_bytes()).collect();
        let join = if callback.contains('?') { '&' } else { '?' };
        let url = format!(
            "{callback}{join}hub.mode=subscribe&hub.challenge={challenge}&hub.verify_token={token}"
        );
        let asked = async {
            let request = hyper::Request::get(url).body(Full::default()).ok()?;
            let response = self.0.request(request).await.ok()?;
            if response.status() != 200 {
                return Some(Handshake::NotFound);
            }
            let body = Limited::new(response.into_body(), ANSWER_MAX).collect().await.ok()?;
            let answer: serde_json::Value = serde_json::from_slice(&body.to_bytes()).ok()?;
            (answer["hub.challenge"] == challenge).then_some(Handshake::Good)
        };
        let answer = tokio::time::timeout(PATIENCE, asked).await;
        answer.ok().flatten().unwrap_or(Handshake::NotVerifiable)
    }

    /// Sends an event until it is acknowledged, or three times.
    pub(super) async fn deliver(&self, callback: &str, event: Event) -> Delivery {
        let body = Bytes::from(json!(event).to_string());
        for tries in 1..=TRIES {
            let request = hyper::Request::post(callback)
                .header("content-type", "application/json")
                .body(Full::new(body.clone()));
            if let Ok(request) = request {
                let sent = tokio::time::timeout(PATIENCE, self.0.request(request)).await;
                if sent.is_ok_and(|answer| answer.is_ok_and(|a| a.status() == 200)) {
                    return Delivery { event, tries, acknowledged: true };
                }
            }
            if tries < TRIES {
                tokio::time::sleep(BETWEEN).await;
            }
        }
        Delivery { event, tries: TRIES, acknowledged: false }
    }
}
