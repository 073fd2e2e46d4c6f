//! What can go wrong is always a problem: of strangers, of other sites, of bad input.

use crate::client::{HOST, Ids, SATURDAY, TODAY, World, operations};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};

/// Nobody without a session gets anything but 401, whatever else is wrong with the request.
#[tokio::test]
async fn every_operation_needs_a_session() {
    let world = World::new().await;
    let ids = world.ids().await;
    let mut client = world.client.clone();
    for cookie in [None, Some("hermes_8080=0000".to_owned())] {
        client.cookie = cookie;
        for (method, path) in operations(&client).await {
            for address in [ids.fill(&path), path.replace(['{', '}'], "") + "?no=1"] {
                let answer = client.write(&method, &address, &json!({"no": "such"})).await;
                answer.problem(401, "signed-out");
                assert_eq!(answer.header("location"), "", "{method} {path} leads away");
            }
        }
    }
}

/// What is another runner's is as if it did not exist, at every address with an id.
#[tokio::test]
async fn another_runners_ids_give_404_everywhere() {
    let world = World::new().await;
    let ids = world.ids().await;
    let stranger = world.stranger().await;
    let before = owned(&world, &ids).await;
    let mut asked = 0;
    for (method, path) in operations(&world.client).await {
        if !path.contains("{id}") {
            continue;
        }
        let body = if method == "GET" { json!({}) } else { ids.body(&format!("{method} {path}")) };
        let answer = stranger.write(&method, &ids.fill(&path), &body).await;
        answer.problem(404, "not-found");
        asked += 1;
    }
    assert!(asked >= 12, "{asked}");
    // Ids in bodies.
    let run = ids.body("POST /activities");
    let mine = stranger.write("POST", "/activities", &run).await;
    assert_eq!(mine.status, StatusCode::CREATED, "{}", mine.body);
    let mine = mine.json()["activity"]["id"].clone();
    let merge = json!({"with": ids.activity});
    let merged = stranger.write("POST", &format!("/activities/{mine}/merge"), &merge).await;
    merged.problem(404, "not-found");
    let split = json!({"source": ids.source});
    let split = stranger.write("POST", &format!("/activities/{mine}/split"), &split).await;
    split.problem(404, "not-found");
    assert_eq!(owned(&world, &ids).await, before, "nothing of the owner's has changed");
    // What lists say is the stranger's own.
    assert_eq!(stranger.read("/activities").await["items"].as_array().unwrap().len(), 1);
    for list in ["/goals", "/health/records", "/check-ins", "/plan/edits", "/history"] {
        assert_eq!(stranger.read(list).await["items"], json!([]), "{list}");
    }
}

async fn owned(world: &World, ids: &Ids) -> String {
    let mut all = String::new();
    for path in ["/goals", "/health", "/check-ins", "/plan/edits", "/imports", "/activities"] {
        all.push_str(&world.client.read(path).await.to_string());
    }
    let activity = world.client.read(&format!("/activities/{}", ids.activity)).await;
    all + &activity.to_string()
}

#[tokio::test]
async fn every_error_of_the_way_in_is_a_problem() {
    let world = World::new().await;
    let client = &world.client;
    for nowhere in ["/", "/nowhere", "/plan/weeks", "/plan/weeks/2026-11-25/x", "/api/v1"] {
        client.get(nowhere).await.problem(404, "not-found");
    }
    let patched = client.write("PATCH", "/me", &json!({})).await;
    patched.problem(405, "wrong-method");
    assert!(patched.header("allow").contains("GET"));
    let form = client.request("POST", "/goals").header("content-type", "text/plain");
    let form = client.send(form.body("{}".into()).unwrap()).await;
    form.problem(415, "wrong-media-type");
    let none = client.request("POST", "/goals").body(Body::from("{}")).unwrap();
    client.send(none).await.problem(415, "wrong-media-type");
    let large = json!({"distance": "x".repeat(70_000)});
    client.write("POST", "/goals", &large).await.problem(413, "too-large");
    for broken in ["", "{", "[1,", "\u{feff}{}", "{} x"] {
        let request = client.request("POST", "/plan/publish");
        let request = request.header("content-type", "application/json; charset=utf-8");
        let answer = client.send(request.body(broken.into()).unwrap()).await;
        answer.problem(400, "bad-json");
    }
    // Another name, another site.
    let other = Request::get("/api/v1/me").header(header::HOST, "evil.example:8080");
    client.send(other.body(Body::empty()).unwrap()).await.problem(421, "misdirected");
    for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "http://evil.example")] {
        let body = json!({});
        let answer = client.write_with("POST", "/plan/publish", &body, &[(name, value)]).await;
        answer.problem(403, "foreign-origin");
    }
    let ours = format!("http://{HOST}");
    let body = json!({});
    let answer = client.write_with("POST", "/plan/publish", &body, &[("origin", &ours)]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
}

#[tokio::test]
async fn addresses_and_queries_are_checked() {
    let world = World::new().await;
    for path in [
        "/plan/weeks/soon",
        "/plan/weeks/2026-02-30",
        "/plan/weeks/2026-11-25T10:00:00",
        "/plan/workouts/1",
        "/plan/weeks/9999-12-31",
        "/activities/x",
        "/activities/99999999999999999999",
        "/imports/not-an-id",
        "/imports/%ff",
    ] {
        world.client.get(path).await.problem(400, "bad-path");
    }
    for query in [
        "/activities?limit=0",
        "/activities?limit=201",
        "/activities?limit=many",
        "/activities?cursor=x",
        "/activities?from=soon",
        "/activities?from=2026-02-02&to=2026-02-01",
        "/activities?page=2",
        "/activities?runs=maybe",
        "/history?kind=nothing",
        "/history?cursor=1",
        "/volumes?weeks=0",
        "/volumes?weeks=105",
        "/goals?limit=-1",
        "/forecast?adherence_percent=151",
        "/forecast?miss=2026-12-07&miss_weeks=9",
        "/forecast?miss_weeks=2",
        "/forecast?ill_from=2026-12-01",
        "/forecast?race=10K",
        "/forecast?race=11K&race_day=2027-01-01",
    ] {
        let answer = world.client.get(query).await;
        answer.problem(400, "bad-query");
        assert_eq!(answer.json()["errors"].as_array().unwrap().len(), 1, "{query}");
    }
    let late = world.client.get("/forecast?miss=2020-01-01").await;
    late.problem(422, "invalid");
    let none = world.client.get("/activities/4711").await;
    assert!(none.problem(404, "not-found").contains("4711"));
}

/// A body with other values in it.
fn with(mut body: Value, other: Value) -> Value {
    if let (Value::Object(body), Value::Object(other)) = (&mut body, other) {
        body.extend(other);
    }
    body
}

/// A field that cannot be is named, whether its form or its meaning is wrong; nothing is saved.
#[tokio::test]
async fn fields_that_cannot_be_are_named() {
    let world = World::new().await;
    let client = &world.client;
    let goals = client.read("/goals").await;
    let day = |d: &str| json!({"distance": "10K", "day": d});
    let run = |other| {
        with(json!({"day": TODAY, "time": "07:30", "distance_m": 5000, "moving_s": 1700}), other)
    };
    let wish =
        |other| with(json!({"run_days": ["Monday"], "week_start": "monday", "units": "km"}), other);
    for (method, path, body, field) in [
        ("POST", "/goals", json!({}), ""),
        ("POST", "/goals", json!([]), ""),
        ("POST", "/goals", day("soon"), "day"),
        ("POST", "/goals", json!({"distance": "11K", "day": "2027-06-13"}), "distance"),
        ("POST", "/goals", json!({"distance": "10K", "day": "2027-06-13", "x": 1}), "x"),
        ("POST", "/goals", json!({"distance": "10K", "day": "2027-06-13", "time_s": 0}), "time_s"),
        (
            "POST",
            "/goals",
            json!({"distance": "10K", "day": "2027-06-13", "priority": 9}),
            "priority",
        ),
        ("POST", "/plan/edits/preview", json!({"change": {"do": "fly"}}), "change.do"),
        (
            "POST",
            "/plan/edits/preview",
            json!({"change": {"do": "add", "day": SATURDAY, "kind": "Race", "distance_m": 5000}}),
            "change.kind",
        ),
        (
            "POST",
            "/plan/edits/preview",
            json!({"change": {"do": "resize", "day": SATURDAY, "distance_m": 3}}),
            "change.distance_m",
        ),
        ("POST", "/health/reports", json!({"kind": "pain", "severity": 11}), "severity"),
        ("POST", "/send-it", json!({"days": 8, "agreed": true}), "days"),
        ("POST", "/send-it", json!({"days": 1, "agreed": false}), "agreed"),
        (
            "PUT",
            "/preferences",
            json!({"run_days": ["Monday"], "long_run_day": "Sunday", "week_start": "monday",
                "units": "km"}),
            "long_run_day",
        ),
        (
            "PUT",
            "/preferences",
            json!({"run_days": ["Monday", "Moonday"], "week_start": "monday", "units": "km"}),
            "run_days[1]",
        ),
        (
            "POST",
            "/activities",
            json!({"day": TODAY, "time": "7:30", "distance_m": 5000, "moving_s": 1700}),
            "time",
        ),
        // What the use case says of its values has the names of the body.
        ("POST", "/activities", run(json!({"day": "2027-01-01"})), "day"),
        ("POST", "/activities", run(json!({"distance_m": 0})), "distance_m"),
        ("POST", "/activities", run(json!({"moving_s": 0})), "moving_s"),
        ("POST", "/activities", run(json!({"ascent_m": -1})), "ascent_m"),
        ("POST", "/activities", run(json!({"heart_rate_bpm": 400})), "heart_rate_bpm"),
        ("POST", "/activities", run(json!({"effort": 11})), "effort"),
        ("POST", "/goals", day("2020-01-01"), "day"),
        ("POST", "/goals", json!({"distance": "10K", "day": "2027-05-09", "time_s": 60}), "time_s"),
        ("PUT", "/preferences", wish(json!({"run_days": []})), "run_days"),
        ("PUT", "/preferences", wish(json!({"max_runs": 9})), "max_runs"),
        ("PUT", "/preferences", wish(json!({"weekly_cap_m": 1})), "weekly_cap_m"),
        ("PUT", "/preferences", wish(json!({"birth_year": 1800})), "birth_year"),
        (
            "PUT",
            "/preferences",
            wish(json!({"day_caps": [{"weekday": "Monday", "minutes": 1}]})),
            "day_caps",
        ),
    ] {
        let answer = client.write(method, path, &body).await;
        answer.problem(422, "invalid");
        assert_eq!(answer.json()["errors"][0]["field"], field, "{path} {body}: {}", answer.body);
    }
    // What only the use case knows.
    let lived = [
        ("POST", "/goals", day("2020-01-01")),
        ("POST", "/goals", day("2050-01-01")),
        ("POST", "/health/reports", json!({"kind": "pain", "severity": 3})),
        ("PUT", "/feedback", json!({})),
        ("PUT", "/feedback", json!({"sleep": 9})),
        ("PUT", "/preferences", json!({"run_days": [], "week_start": "monday", "units": "km"})),
        ("POST", "/plan/edits/preview", json!({"change": {"do": "skip", "day": "2027-01-01"}})),
    ];
    for (method, path, body) in lived {
        client.write(method, path, &body).await.problem(422, "invalid");
    }
    assert_eq!(client.read("/goals").await, goals);
}
