//! What goes wrong at will, and the control requests.

use crate::scene::{ALL, Scene, options};
use hermes_strava::sim::{Control, FIRST_ATHLETE, NewActivity, Options};
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const ME: i64 = FIRST_ATHLETE;

#[tokio::test]
async fn refusals_are_switched_on_and_off() {
    let scene = Scene::new().await;
    let (token, refresh) = scene.connect(ME, &ALL).await;
    scene.sim.set_faults(|faults| faults.unauthorized = true);
    let refused = scene.get(&token, "/athlete").await.refusal();
    assert_eq!((refused.0, refused.2.as_str()), (401, "Athlete/access_token/invalid"));
    scene.sim.set_faults(|faults| (faults.unauthorized, faults.inactive) = (false, true));
    let inactive = (403, "Forbidden".to_owned(), "Application/Status/Inactive".to_owned());
    assert_eq!(scene.get(&token, "/athlete").await.refusal(), inactive);
    let refresh = format!("grant_type=refresh_token&refresh_token={refresh}");
    assert_eq!(scene.token(&refresh).await.refusal(), inactive);
    scene.sim.set_faults(|faults| *faults = hermes_strava::sim::Faults::default());
    assert_eq!(scene.token(&refresh).await.status, 200);
    scene.sim.set_faults(|faults| faults.unavailable_every = 2);
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(scene.get(&token, "/athlete").await.status);
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 200, 503, 503]);
}

#[tokio::test]
async fn one_activity_is_broken_and_others_are_not() {
    let scene = Scene::new().await;
    let (token, _) = scene.connect(ME, &ALL).await;
    let [bad, good] = [(); 2].map(|()| scene.sim.add(ME, NewActivity::default()).unwrap());
    scene.sim.set_faults(|faults| faults.broken_activities = vec![bad]);
    for path in [format!("/activities/{bad}"), format!("/activities/{bad}/streams")] {
        let answer = scene.get(&token, &path).await;
        assert_eq!((answer.status, answer.json()), (500, json!({ "message": "error" })));
    }
    assert_eq!(scene.get(&token, &format!("/activities/{good}")).await.status, 200);
    let listed = scene.all(&token, "").await;
    assert!(listed.iter().any(|a| a["id"] == bad));
}

#[tokio::test]
async fn activities_and_streams_come_late() {
    let scene = Scene::new().await;
    let (token, _) = scene.connect(ME, &ALL).await;
    scene.sim.set_faults(|faults| (faults.activities_late_s, faults.streams_late_s) = (60, 300));
    let id = scene.sim.add(ME, NewActivity::default()).unwrap();
    let detail = format!("/activities/{id}");
    let streams = format!("/activities/{id}/streams?keys=time");
    let listed = async || scene.all(&token, "").await.iter().any(|a| a["id"] == id);
    let look = async || {
        let there = (scene.get(&token, &detail).await.status, listed().await);
        (there, scene.get(&token, &streams).await.status)
    };
    assert_eq!(look().await, ((404, false), 404));
    scene.sim.advance(SignedDuration::from_secs(60));
    assert_eq!(look().await, ((200, true), 404));
    scene.sim.advance(SignedDuration::from_secs(240));
    assert_eq!(look().await, ((200, true), 200));
}

#[tokio::test]
async fn an_old_run_uploaded_late_is_missed_by_who_asks_only_for_newer_ones() {
    let scene = Scene::new().await;
    let (token, _) = scene.connect(ME, &ALL).await;
    let seen = scene.sim.now();
    scene.sim.advance(SignedDuration::from_hours(1));
    let start = Some(seen - SignedDuration::from_hours(24 * 40));
    let late = scene.sim.add(ME, NewActivity { start, ..NewActivity::default() }).unwrap();
    let id = |a: &Value| a["id"].as_i64().unwrap();
    let newer = scene.all(&token, &format!("&after={}", seen.as_second())).await;
    assert!(!newer.iter().any(|a| id(a) == late));
    let all = scene.all(&token, "").await;
    assert!(all.iter().any(|a| id(a) == late));
    assert_eq!(all.iter().map(id).max(), Some(late));
}

#[tokio::test]
async fn answers_are_cut_or_broken_in_turn() {
    let scene = Scene::new().await;
    let (token, _) = scene.connect(ME, &ALL).await;
    let whole = scene.get(&token, "/athlete").await.text;
    scene.sim.set_faults(|faults| faults.truncate_every = 2);
    let bearer = format!("Bearer {token}");
    let (mut wholes, mut cuts, mut breaks) = (0, 0, 0);
    for _ in 0..8 {
        let headers = [("authorization", bearer.as_str())];
        match scene.try_send("GET", "/api/v3/athlete", &headers, "").await {
            Ok(answer) if answer.text == whole => wholes += 1,
            Ok(answer) => {
                assert_eq!(answer.text, whole[..whole.len() / 2]);
                cuts += 1;
            }
            Err(_) => breaks += 1,
        }
    }
    assert_eq!((wholes, cuts, breaks), (4, 2, 2));
}

#[tokio::test]
async fn answers_are_slow() {
    let scene = Scene::new().await;
    let (token, _) = scene.connect(ME, &ALL).await;
    scene.sim.set_faults(|faults| faults.delay_ms = 120);
    let began = Instant::now();
    assert_eq!(scene.get(&token, "/athlete").await.status, 200);
    assert!(began.elapsed() >= Duration::from_millis(120));
}

/// The control requests do what the methods do.
#[tokio::test]
async fn everything_is_controlled_over_http_too() {
    let scene = Scene::new().await;
    let (token, refresh) = scene.connect(ME, &ALL).await;
    let json = [("content-type", "application/json")];
    let ask = async |method: &str, path: &str, body: Value| {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        scene.send(method, &format!("/sim{path}"), &json, body).await
    };
    let clock = ask("POST", "/clock", json!({ "advance_s": 3600 })).await.json();
    assert_eq!(clock, json!({ "now": "2026-11-18T13:07:00Z", "running": false }));
    ask("POST", "/clock", json!({ "to": "2026-11-18T14:00:00Z" })).await;
    assert_eq!(scene.sim.now().to_string(), "2026-11-18T14:00:00Z");
    for wrong in [json!({ "to": "2026-11-01T00:00:00Z" }), json!({}), json!({ "ahead": 1 })] {
        assert_eq!(ask("POST", "/clock", wrong).await.status, 400);
    }
    let people = ask("GET", "/athletes", Value::Null).await.json();
    assert_eq!((people[0]["id"].as_i64(), people.as_array().unwrap().len()), (Some(ME), 3));
    let path = format!("/athletes/{ME}/activities");
    let made = ask("POST", &path, json!({ "metres": 5000, "manual": true })).await;
    assert_eq!(made.status, 201);
    let id = made.json()["id"].as_i64().unwrap();
    let one = format!("/activities/{id}");
    let edit = json!({ "name": "Renamed", "visibility": "only_me" });
    assert_eq!(ask("PATCH", &one, edit).await.status, 200);
    let truth = ask("GET", &path, Value::Null).await.json();
    let seen = truth.as_array().unwrap().iter().find(|a| a["id"] == id).unwrap();
    assert_eq!((&seen["name"], &seen["visibility"]), (&"Renamed".into(), &"only_me".into()));
    assert_eq!(ask("PATCH", &one, json!({ "title": "x" })).await.status, 400);
    assert_eq!(ask("DELETE", &one, Value::Null).await.status, 200);
    assert_eq!(ask("DELETE", &one, Value::Null).await.status, 404);
    assert_eq!(ask("GET", "/athletes/5/activities", Value::Null).await.status, 404);
    let faults = ask("PATCH", "/faults", json!({ "delay_ms": 1, "reorder_events": true })).await;
    assert_eq!(faults.json()["delay_ms"], 1);
    let faults = ask("PATCH", "/faults", json!({ "delay_ms": 0 })).await.json();
    assert_eq!((&faults["delay_ms"], &faults["reorder_events"]), (&0.into(), &true.into()));
    assert_eq!(ask("PATCH", "/faults", json!({ "dealy_ms": 1 })).await.status, 400);
    assert_eq!(ask("POST", "/usage/exhaust", json!({ "window": "short" })).await.status, 200);
    assert_eq!(scene.get(&token, "/athlete").await.status, 429);
    let usage = ask("GET", "/usage", Value::Null).await.json();
    assert_eq!(
        (&usage["limits"]["read_day"], &usage["short"][0]["rejected"]),
        (&1000.into(), &1.into())
    );
    let spoil = format!("/athletes/{ME}/spoil-refresh-token");
    assert_eq!(ask("POST", &spoil, Value::Null).await.status, 200);
    let refresh = format!("grant_type=refresh_token&refresh_token={refresh}");
    assert_eq!(scene.token(&refresh).await.status, 400);
    let deauthorize = format!("/athletes/{ME}/deauthorize");
    assert_eq!(ask("POST", &deauthorize, Value::Null).await.status, 200);
    assert_eq!(scene.get(&token, "/athlete").await.status, 401);
    assert_eq!(ask("GET", "/events", Value::Null).await.json()["waiting"], 0);
}

#[tokio::test]
async fn without_control_there_is_only_strava() {
    let scene = Scene::with(Options { control: Control::Closed, ..options() }).await;
    for path in ["/sim/clock", "/sim/athletes", "/sim/faults", "/elsewhere"] {
        assert_eq!(scene.send("GET", path, &[], "").await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn it_ends_when_it_is_told_to() {
    let scene = Scene::new().await;
    let address = scene.sim.address();
    scene.sim.shut_down().await.unwrap();
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}
