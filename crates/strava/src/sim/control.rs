//! `/sim/*`: what Strava has not, and a test needs.

use super::faults::Faults;
use super::reply::Reply;
use super::server::{Shared, Sim};
use super::world::{Edit, NewActivity, World};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{get, patch, post};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::sync::Arc;

/// How far time can be moved at once.
const ADVANCE_MAX: SignedDuration = SignedDuration::from_hours(24 * 366 * 5);

pub(super) fn router() -> Router<Arc<Shared>> {
    Router::new()
        .route("/clock", get(clock).post(set_clock))
        .route("/athletes", get(athletes))
        .route("/athletes/{id}/activities", get(activities).post(add))
        .route("/athletes/{id}/deauthorize", post(deauthorize))
        .route("/athletes/{id}/spoil-refresh-token", post(spoil))
        .route("/activities/{id}", patch(edit).delete(delete))
        .route("/faults", get(faults).patch(set_faults))
        .route("/usage", get(usage))
        .route("/usage/exhaust", post(exhaust))
        .route("/events", get(events))
}

/// What was wrong with a control request.
fn wrong(status: u16, what: &str) -> Response {
    Reply::json(status, json!({ "error": what })).into_response()
}

fn good(body: Value) -> Response {
    Reply::json(200, body).into_response()
}

fn done(found: bool) -> Response {
    if found { good(json!({})) } else { wrong(404, "there is none of this id") }
}

/// Reads a body; an empty one is an empty object.
fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    let body = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(body).map_err(|e| e.to_string())
}

fn clock_shown(world: &mut World) -> Value {
    json!({ "now": world.now(), "running": world.clock.is_running() })
}

async fn clock(State(shared): Sim) -> Response {
    good(shared.with(clock_shown))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetClock {
    advance_s: Option<i64>,
    to: Option<Timestamp>,
}

async fn set_clock(State(shared): Sim, body: Bytes) -> Response {
    let wanted: SetClock = match read(&body) {
        Ok(wanted) => wanted,
        Err(e) => return wrong(400, &e),
    };
    shared.with(|world| {
        let now = world.now();
        let by = match (wanted.advance_s, wanted.to) {
            (Some(seconds), None) => SignedDuration::from_secs(seconds),
            (None, Some(to)) => to.duration_since(now),
            _ => return wrong(400, "one of advance_s and to"),
        };
        if by.is_negative() || by > ADVANCE_MAX {
            return wrong(400, "time moves forward, by at most five years at once");
        }
        world.clock.advance(by);
        good(clock_shown(world))
    })
}

async fn athletes(State(shared): Sim) -> Response {
    good(json!(shared.with(|world| world.people())))
}

async fn activities(State(shared): Sim, Path(id): Path<i64>) -> Response {
    shared.with(|world| {
        world.now();
        match world.athlete(id) {
            Some(_) => good(json!(world.seen(id))),
            None => done(false),
        }
    })
}

async fn add(State(shared): Sim, Path(id): Path<i64>, body: Bytes) -> Response {
    match read::<NewActivity>(&body) {
        Ok(new) => match shared.with(|world| world.add(id, new)) {
            Some(id) => Reply::json(201, json!({ "id": id })).into_response(),
            None => done(false),
        },
        Err(e) => wrong(400, &e),
    }
}

async fn edit(State(shared): Sim, Path(id): Path<i64>, body: Bytes) -> Response {
    match read::<Edit>(&body) {
        Ok(edit) => done(shared.with(|world| world.edit(id, edit))),
        Err(e) => wrong(400, &e),
    }
}

async fn delete(State(shared): Sim, Path(id): Path<i64>) -> Response {
    done(shared.with(|world| world.delete(id)))
}

async fn deauthorize(State(shared): Sim, Path(id): Path<i64>) -> Response {
    done(shared.with(|world| world.deauthorize(id)))
}

async fn spoil(State(shared): Sim, Path(id): Path<i64>) -> Response {
    done(shared.with(|world| world.tokens.spoil(id)))
}

async fn faults(State(shared): Sim) -> Response {
    good(json!(shared.with(|world| world.faults.clone())))
}

async fn set_faults(State(shared): Sim, body: Bytes) -> Response {
    let changed = shared.with(|world| {
        let mut all = json!(world.faults);
        let changes: Value = read(&body)?;
        match (all.as_object_mut(), changes) {
            (Some(all), Value::Object(changes)) => all.extend(changes),
            _ => return Err("an object of faults".to_owned()),
        }
        world.faults = serde_json::from_value::<Faults>(all).map_err(|e| e.to_string())?;
        Ok(json!(world.faults))
    });
    match changed {
        Ok(all) => good(all),
        Err(e) => wrong(400, &e),
    }
}

async fn usage(State(shared): Sim) -> Response {
    good(json!(shared.with(|world| world.usage.clone())))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Exhaust {
    window: String,
}

async fn exhaust(State(shared): Sim, body: Bytes) -> Response {
    let window = read::<Exhaust>(&body).map(|wanted| wanted.window);
    shared.with(|world| {
        let now = world.now();
        match window.as_deref() {
            Ok("short") => world.usage.exhaust_short(now),
            Ok("day") => world.usage.exhaust_day(now),
            _ => return wrong(400, "window is short or day"),
        }
        good(json!(world.usage))
    })
}

async fn events(State(shared): Sim) -> Response {
    good(shared.with(
        |world| json!({ "waiting": world.events.waiting(), "delivered": world.events.delivered }),
    ))
}
