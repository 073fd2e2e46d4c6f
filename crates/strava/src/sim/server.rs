//! HTTP: which path is which answer.

use super::api::{self, Call};
use super::control;
use super::events::{Caller, Handshake};
use super::oauth;
use super::params::Params;
use super::reply::{Refusal, Reply};
use super::world::World;
use super::{CLIENT_ID, Control};
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::response::Response;
use axum::routing::{any, get, post};
use base64::Engine;
use bytes::Bytes;
use serde_json::json;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// Longest address of a callback.
const CALLBACK_MAX: usize = 255;
/// How long events are held where they are to be reordered, in real time.
const HELD: Duration = Duration::from_millis(100);

/// What requests, deliveries and the handle share.
pub(super) struct Shared {
    world: Mutex<World>,
    bell: Notify,
    caller: Caller,
}

impl Shared {
    pub(super) fn new(world: World) -> Self {
        Self { world: Mutex::new(world), bell: Notify::new(), caller: Caller::new() }
    }

    /// Does something to the world; what is to be told afterwards is on its way.
    pub(super) fn with<T>(&self, f: impl FnOnce(&mut World) -> T) -> T {
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        let outcome = f(&mut world);
        if world.events.waiting() > 0 {
            self.bell.notify_one();
        }
        outcome
    }

    /// Delivers events as they come; never ends.
    pub(super) async fn deliver(&self) {
        loop {
            self.bell.notified().await;
            if self.with(|world| world.faults.reorder_events) {
                tokio::time::sleep(HELD).await;
            }
            let taken = self.with(|world| {
                let faults = world.faults.clone();
                world.events.take(&faults)
            });
            let Some((callback, batch)) = taken else { continue };
            for (event, sent) in batch {
                let delivery = if sent {
                    self.caller.deliver(&callback, event).await
                } else {
                    super::Delivery { event, tries: 0, acknowledged: false }
                };
                self.with(|world| world.events.done(delivery));
            }
        }
    }
}

pub(super) type Sim = State<Arc<Shared>>;

pub(super) fn router(shared: Arc<Shared>) -> Router {
    let control = shared.with(|world| world.control);
    let oauth = || {
        Router::new()
            .route("/authorize", get(page).post(consent))
            .route("/mobile/authorize", get(page).post(consent))
            .route("/token", post(token))
            .route("/deauthorize", post(deauthorize))
            .route("/revoke", post(revoke))
    };
    let subscriptions = Router::new()
        .route("/", get(subscriptions).post(subscribe))
        .route("/{id}", axum::routing::delete(unsubscribe));
    let mut router = Router::new()
        .nest("/oauth", oauth())
        .nest("/api/v3/oauth", oauth())
        .nest("/api/v3/push_subscriptions", subscriptions)
        .route("/api/v3/{*path}", any(call));
    if control == Control::Open {
        router = router.nest("/sim", control::router());
    }
    router.fallback(nothing).with_state(shared)
}

async fn nothing() -> Response {
    Reply::from(Refusal::NO_PATH).into_response()
}

fn bearer(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}

fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = value.split_once(' ')?;
    let plain = base64::engine::general_purpose::STANDARD.decode(encoded.trim()).ok()?;
    let plain = String::from_utf8(plain).ok()?;
    let (name, secret) = plain.split_once(':')?;
    scheme.eq_ignore_ascii_case("basic").then(|| (name.to_owned(), secret.to_owned()))
}

fn settled(answer: Result<Reply, Refusal>) -> Response {
    answer.unwrap_or_else(Reply::from).into_response()
}

async fn page(State(shared): Sim, request: Request) -> Response {
    let params = Params::of(request).await;
    settled(shared.with(|world| oauth::page(world, &params)))
}

async fn consent(State(shared): Sim, request: Request) -> Response {
    let params = Params::of(request).await;
    settled(shared.with(|world| oauth::consent(world, &params)))
}

async fn slowly(shared: &Shared) {
    let delay = shared.with(|world| world.faults.delay_ms);
    if delay > 0 {
        tokio::time::sleep(Duration::from_millis(delay)).await;
    }
}

async fn token(State(shared): Sim, request: Request) -> Response {
    let params = Params::of(request).await;
    slowly(&shared).await;
    let answer = shared.with(|world| {
        world.token_requests = world.token_requests.saturating_add(1);
        (oauth::token(world, &params), world.faults.lose_tokens)
    });
    match answer {
        (Ok(reply), true) => broken(reply),
        (answer, _) => settled(answer),
    }
}

async fn deauthorize(State(shared): Sim, request: Request) -> Response {
    let bearer = bearer(request.headers());
    let params = Params::of(request).await;
    settled(shared.with(|world| oauth::deauthorize(world, &params, bearer.as_deref())))
}

async fn revoke(State(shared): Sim, request: Request) -> Response {
    let basic = basic(request.headers());
    let params = Params::of(request).await;
    settled(shared.with(|world| oauth::revoke(world, &params, basic)))
}

async fn call(State(shared): Sim, Path(path): Path<String>, request: Request) -> Response {
    let (bearer, method) = (bearer(request.headers()), request.method().clone());
    let params = Params::of(request).await;
    slowly(&shared).await;
    let path: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let get = method == Method::GET;
    // Tokens in the address and in forms work until 2027.
    let bearer = bearer.as_deref().or_else(|| params.get("access_token"));
    let (reply, cut) = shared.with(|world| {
        let reply = api::answer(world, &Call { get, path: &path, bearer, params: &params });
        world.answers = world.answers.wrapping_add(1);
        let every = world.faults.truncate_every;
        let turn = api::is_nth(world.answers, every).then(|| world.answers / every);
        (reply, turn)
    });
    match cut {
        Some(turn) => truncated(reply, turn),
        None => reply.into_response(),
    }
}

/// Half of an answer: complete as HTTP the first time, a broken connection the next.
fn truncated(reply: Reply, turn: u32) -> Response {
    if turn.is_multiple_of(2) {
        return broken(reply);
    }
    let bytes = half(&reply);
    reply.with_body(Body::from(bytes))
}

fn half(reply: &Reply) -> Vec<u8> {
    let (mut bytes, _) = reply.bytes();
    bytes.truncate(bytes.len() / 2);
    bytes
}

/// The connection breaks in the middle of an answer.
fn broken(reply: Reply) -> Response {
    let bytes = Bytes::from(half(&reply));
    let parts = [Ok(bytes), Err(io::Error::other("broken on purpose"))];
    reply.with_body(Body::from_stream(futures_util::stream::iter(parts)))
}

async fn subscriptions(State(shared): Sim, request: Request) -> Response {
    let params = Params::of(request).await;
    settled(oauth::client(&params).map(|()| {
        let list = shared.with(|world| {
            world.events.subscription.as_ref().map(|subscription| {
                json!({
                    "id": subscription.id,
                    "resource_state": 2,
                    "application_id": CLIENT_ID,
                    "callback_url": subscription.callback,
                    "created_at": subscription.since.to_string(),
                    "updated_at": subscription.since.to_string(),
                })
            })
        });
        Reply::json(200, list.into_iter().collect())
    }))
}

async fn subscribe(State(shared): Sim, request: Request) -> Response {
    let params = Params::of(request).await;
    settled(subscribed(&shared, &params).await)
}

async fn subscribed(shared: &Shared, params: &Params) -> Result<Reply, Refusal> {
    oauth::client(params)?;
    let callback = params.get("callback_url").unwrap_or_default();
    if !callback.starts_with("http") || callback.len() > CALLBACK_MAX {
        return Err(Refusal::BAD_CALLBACK);
    }
    if shared.with(|world| world.events.subscription.is_some()) {
        return Err(Refusal::SUBSCRIBED);
    }
    let challenge = shared.with(|world| {
        let now = world.now();
        format!("{:016x}", world.answers as u64 ^ now.as_second() as u64)
    });
    let token = params.get("verify_token").unwrap_or_default();
    match shared.caller.handshake(callback, &challenge, token).await {
        Handshake::NotFound => Err(Refusal::DEAF_CALLBACK),
        Handshake::NotVerifiable => Err(Refusal::BAD_CALLBACK),
        // Another one may have come in the meantime.
        Handshake::Good => shared.with(|world| {
            if world.events.subscription.is_some() {
                return Err(Refusal::SUBSCRIBED);
            }
            let now = world.now();
            let id = world.events.subscribe(callback.to_owned(), now);
            Ok(Reply::json(201, json!({ "id": id })))
        }),
    }
}

async fn unsubscribe(State(shared): Sim, Path(id): Path<String>, request: Request) -> Response {
    let params = Params::of(request).await;
    settled(oauth::client(&params).and_then(|()| {
        shared.with(|world| {
            let known = world.events.subscription.as_ref().map(|s| s.id);
            if known.is_none() || id.parse().ok() != known {
                return Err(Refusal::NO_SUBSCRIPTION);
            }
            world.events.subscription = None;
            Ok(Reply::empty(204))
        })
    }))
}
