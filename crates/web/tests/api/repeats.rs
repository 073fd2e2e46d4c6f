//! Requests that are sent again: answered again, never done again, also where the process died in
//! between.

use crate::client::{SATURDAY, World};
use axum::http::StatusCode;
use hermes_app::Claimed;
use serde_json::{Value, json};

const KEY: &str = "idempotency-key";

fn goal(day: &str) -> Value {
    json!({"distance": "10K", "day": day, "priority": 2})
}

#[tokio::test]
async fn a_key_holds_for_one_request_of_one_runner() {
    let world = World::new().await;
    let client = &world.client;
    let (june, july) = (goal("2027-06-13"), goal("2027-07-11"));
    let first = client.write_with("POST", "/goals", &june, &[(KEY, "a")]).await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.body);
    let again = client.write_with("POST", "/goals", &june, &[(KEY, "a")]).await;
    assert_eq!((again.status, &again.body), (first.status, &first.body));
    let other = client.write_with("POST", "/goals", &july, &[(KEY, "a")]).await;
    other.problem(422, "key-reused");
    let elsewhere = client.write_with("PUT", "/preferences", &june, &[(KEY, "a")]).await;
    elsewhere.problem(422, "key-reused");
    assert_eq!(client.read("/goals").await["items"].as_array().unwrap().len(), 2);
    // An answer that says no is kept as well.
    let no = client.write_with("POST", "/goals", &june, &[(KEY, "b")]).await;
    no.problem(409, "conflict");
    let no_again = client.write_with("POST", "/goals", &june, &[(KEY, "b")]).await;
    assert_eq!(no_again.body, no.body);
    assert_eq!(no_again.header("idempotency-replayed"), "true");
    // The key of another runner is another key.
    let stranger = world.stranger().await;
    let theirs = stranger.write_with("POST", "/goals", &june, &[(KEY, "a")]).await;
    assert_eq!(theirs.status, StatusCode::CREATED, "{}", theirs.body);
    assert_ne!(theirs.json()["id"], first.json()["id"]);
    for bad in ["", "two words", &"x".repeat(256)] {
        let answer = client.write_with("POST", "/goals", &july, &[(KEY, bad)]).await;
        answer.problem(400, "bad-key");
    }
    let two = client.write_with("POST", "/goals", &july, &[(KEY, "x"), (KEY, "y")]).await;
    two.problem(400, "bad-key");
    let long = "~".repeat(255);
    let fits = client.write_with("POST", "/goals", &july, &[(KEY, &long)]).await;
    assert_eq!(fits.status, StatusCode::CREATED, "{}", fits.body);
}

/// Of ten at once, one is done; the others are told to wait or get its answer.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn at_once_it_is_done_once() {
    let world = World::new().await;
    let mut tries = tokio::task::JoinSet::new();
    for _ in 0..10 {
        let client = world.client.clone();
        tries.spawn(async move {
            client.write_with("POST", "/goals", &goal("2027-06-13"), &[(KEY, "k")]).await
        });
    }
    let answers = tries.join_all().await;
    let done = |a: &&crate::client::Answer| a.status == StatusCode::CREATED;
    let fresh = answers.iter().filter(done).filter(|a| a.header("idempotency-replayed").is_empty());
    assert_eq!(fresh.count(), 1);
    for answer in answers.iter().filter(|a| !done(a)) {
        answer.problem(409, "in-progress");
        assert_eq!(answer.header("retry-after"), "2");
    }
    assert_eq!(world.client.read("/goals").await["items"].as_array().unwrap().len(), 2);
}

/// The process died after the goal was saved and before the answer was kept: until the claim runs
/// out the request is under way, then it is done again and finds that it was done.
#[tokio::test]
async fn a_death_before_the_answer_doubles_nothing() {
    let world = World::new().await;
    let client = &world.client;
    let requests = [
        (
            "POST",
            "/plan/edits",
            json!({"change": {"do": "easier", "day": "2026-11-25"},
            "revision": world.revision().await, "reason": "x"}),
            StatusCode::CONFLICT,
        ),
        ("POST", "/goals", goal("2027-06-13"), StatusCode::CONFLICT),
        (
            "POST",
            "/health/reports",
            json!({"kind": "illness", "severity": 2}),
            StatusCode::CONFLICT,
        ),
        ("POST", "/send-it", json!({"days": 2, "agreed": true}), StatusCode::CONFLICT),
        (
            "POST",
            "/activities",
            json!({"day": "2026-11-24", "time": "06:30", "distance_m": 4000, "moving_s": 1500}),
            StatusCode::CREATED,
        ),
        ("PUT", "/feedback", json!({"mood": 3}), StatusCode::NO_CONTENT),
    ];
    for (method, path, body, then) in requests {
        let operation = format!("{method} {path}");
        let text = body.to_string();
        let claim = world.app.claim_request(&world.owner, path, &operation, text.as_bytes()).await;
        assert!(matches!(claim, Ok(Claimed::Ours(_))), "{claim:?}");
        // The work of the process that died.
        let lost = client.write(method, path, &body).await;
        assert!(lost.status.is_success(), "{path}: {}", lost.body);
        let state = all(&world).await;
        let early = client.write_with(method, path, &body, &[(KEY, path)]).await;
        early.problem(409, "in-progress");
        world.clock.forward(61);
        let late = client.write_with(method, path, &body, &[(KEY, path)]).await;
        assert_eq!(late.status, then, "{path}: {}", late.body);
        assert_eq!(all(&world).await, state, "{path} was not doubled");
        let again = client.write_with(method, path, &body, &[(KEY, path)]).await;
        assert_eq!((again.status, again.body), (late.status, late.body), "{path}");
    }
}

/// Two processes on one database get the same at once: it is taken once, and whoever is not
/// answered with it is told that it is there.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_processes_at_once_take_it_once() {
    let world = World::new().await;
    let (here, there) = (&world.client, &world.elsewhere().await);
    let today = "/activities?from=2026-11-25&to=2026-11-25";
    let check_in = here.read("/check-ins").await["items"][0]["id"].clone();
    let answer = format!("/check-ins/{}/answer", check_in.as_str().unwrap());
    let run = json!({"day": "2026-11-25", "time": "06:30", "distance_m": 4000, "moving_s": 1500});
    let edit = json!({"change": {"do": "unavailable", "day": SATURDAY},
        "revision": world.revision().await, "reason": "x"});
    let count = async |list: &str| here.read(list).await["items"].as_array().unwrap().len();
    for (path, body, list, more) in [
        ("/plan/edits", edit, "/plan/edits", 1),
        ("/goals", goal("2027-06-13"), "/goals", 1),
        ("/goals", json!({"distance": "5K", "day": "2027-02-14"}), "/goals", 1),
        ("/health/reports", json!({"kind": "illness", "severity": 2}), "/health/records", 1),
        ("/activities", run, today, 1),
        (&answer, json!({"answer": "busy"}), "/check-ins", 0),
        ("/send-it", json!({"days": 2, "agreed": true}), "/goals", 0),
    ] {
        let before = count(list).await;
        let both = tokio::join!(here.write("POST", path, &body), there.write("POST", path, &body));
        let answers = [both.0, both.1];
        assert!(answers.iter().any(|a| a.status.is_success()), "{path}: {}", answers[0].body);
        for answer in answers.iter().filter(|a| !a.status.is_success()) {
            assert!(matches!(answer.status.as_u16(), 404 | 409), "{path}: {}", answer.body);
        }
        assert_eq!(count(list).await, before + more, "{path}");
    }
    // It was begun once: one end ends it.
    let ended = here.write("POST", "/send-it/end", &json!({})).await;
    assert_eq!(ended.status, StatusCode::OK, "{}", ended.body);
    let again = there.write("POST", "/send-it/end", &json!({})).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND, "{}", again.body);
    let leads = here.read("/goals").await;
    let leads = leads["items"].as_array().unwrap().iter().filter(|g| g["priority"] == 1).count();
    assert_eq!(leads, 1, "one goal leads");
}

/// Everything that a write can add to.
async fn all(world: &World) -> Vec<Value> {
    let mut all = Vec::new();
    for path in ["/goals", "/health/records", "/send-it", "/activities", "/plan/edits"] {
        all.push(world.client.read(path).await);
    }
    all.push(world.client.read("/plan/weeks/2026-11-25").await["days"].clone());
    all
}

/// After a day a key is new, and what was kept for it is gone.
#[tokio::test]
async fn answers_are_kept_for_a_day() {
    let world = World::new().await;
    let client = &world.client;
    let wished = json!({"run_days": ["Monday"], "week_start": "monday", "units": "km"});
    let set = async || client.write_with("PUT", "/preferences", &wished, &[(KEY, "k")]).await;
    assert_eq!(set().await.header("idempotency-replayed"), "");
    world.clock.forward(23 * 3600);
    assert_eq!(set().await.header("idempotency-replayed"), "true");
    assert_eq!(world.app.forget_requests().await.unwrap(), 0);
    world.clock.forward(3600);
    assert_eq!(set().await.header("idempotency-replayed"), "", "a day later it is another one");
    world.clock.forward(24 * 3600);
    assert_eq!(world.app.forget_requests().await.unwrap(), 1);
    assert_eq!(world.app.forget_requests().await.unwrap(), 0);
}
