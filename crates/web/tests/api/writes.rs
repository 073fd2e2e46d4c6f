//! What can be changed: each write does what its page does, once.

use crate::client::{Answer, Ids, SATURDAY, TODAY, World, operations};
use axum::http::StatusCode;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// An edit: looked at, saved with the revision that was seen, refused with an older one, undone.
#[tokio::test]
async fn an_edit_is_previewed_saved_and_taken_back() {
    let world = World::new().await;
    let client = &world.client;
    let week = format!("/plan/weeks/{TODAY}");
    let before = client.read(&week).await;
    let change = json!({"do": "skip", "day": SATURDAY});
    let preview = client.write("POST", "/plan/edits/preview", &json!({"change": change})).await;
    assert_eq!(preview.status, StatusCode::OK, "{}", preview.body);
    let preview = preview.json();
    assert_eq!(preview["revision"], before["revision"]);
    assert_ne!(preview["verdict"], "refused", "{preview}");
    assert_eq!(preview["changes"][0]["day"], SATURDAY, "{preview}");
    assert_eq!(client.read(&week).await, before, "a preview saves nothing");

    let save =
        |revision: &Value| json!({"change": change, "revision": revision, "reason": "tired"});
    let stale = client.write("POST", "/plan/edits", &save(&json!(77))).await;
    assert!(stale.problem(409, "stale").contains("77"));
    let saved = client.write("POST", "/plan/edits", &save(&before["revision"])).await;
    assert_eq!(saved.status, StatusCode::OK, "{}", saved.body);
    let saved = saved.json();
    assert!(saved["revision"].as_i64() > before["revision"].as_i64() && saved["edited"] == true);
    let days = saved["days"].as_array().unwrap();
    let saturday = days.iter().find(|d| d["day"] == SATURDAY).unwrap();
    assert_eq!(saturday["sessions"], json!([]), "{saturday}");
    let again = client.write("POST", "/plan/edits", &save(&before["revision"])).await;
    assert!(again.status.is_client_error(), "the same wish is not saved twice: {}", again.body);

    let edits = client.read("/plan/edits").await["items"].as_array().unwrap().clone();
    assert_eq!(edits.len(), 1, "{edits:?}");
    assert_eq!(edits[0]["change"], change);
    let undo = format!("/plan/edits/{}/undo", edits[0]["id"].as_str().unwrap());
    for _ in 0..2 {
        let undone = client.write("POST", &undo, &json!({})).await;
        assert_eq!(undone.status, StatusCode::OK, "{}", undone.body);
        assert!(undone.json()["undone_at"].is_string());
    }
    let after = client.read(&week).await;
    assert_eq!(after["days"], before["days"], "as it was");
}

/// What the rules refuse is not saved, and the nearest alternative can be asked for as it stands.
#[tokio::test]
async fn a_refused_edit_names_an_alternative_that_is_allowed() {
    let world = World::new().await;
    let client = &world.client;
    let change = json!({"do": "resize", "day": SATURDAY, "distance_m": 60_000});
    let preview =
        client.write("POST", "/plan/edits/preview", &json!({"change": change})).await.json();
    assert_eq!(preview["verdict"], "refused", "{preview}");
    assert!(preview["findings"][0]["rule"]["id"].as_str().is_some_and(|r| r.starts_with('H')));
    let body = json!({"change": change, "revision": preview["revision"], "reason": "x"});
    let refused = client.write("POST", "/plan/edits", &body).await;
    refused.problem(422, "refused");
    assert!(!refused.json()["errors"].as_array().unwrap().is_empty());
    let nearest = &preview["nearest"]["change"];
    assert!(nearest.is_object(), "{preview}");
    let body = json!({"change": nearest, "revision": preview["revision"], "reason": "x"});
    let saved = client.write("POST", "/plan/edits", &body).await;
    assert_eq!(saved.status, StatusCode::OK, "{}", saved.body);
}

#[tokio::test]
async fn goals_preferences_and_send_it_are_set() {
    let world = World::new().await;
    let client = &world.client;
    let goal = json!({"distance": "10K", "day": "2027-06-13", "time_s": 2700, "priority": 2});
    let added = client.write("POST", "/goals", &goal).await;
    assert_eq!(added.status, StatusCode::CREATED, "{}", added.body);
    let id = added.json()["id"].as_str().unwrap().to_owned();
    client.write("POST", "/goals", &goal).await.problem(409, "conflict");
    assert_eq!(client.read("/goals").await["items"].as_array().unwrap().len(), 2);
    let removed = client.write("DELETE", &format!("/goals/{id}"), &json!({})).await;
    assert_eq!((removed.status, removed.body.as_str()), (StatusCode::NO_CONTENT, ""));
    client.write("DELETE", &format!("/goals/{id}"), &json!({})).await.problem(404, "not-found");

    let wished = json!({"run_days": ["Monday", "Wednesday", "Sunday"], "long_run_day": "Sunday",
        "max_runs": 3, "day_caps": [{"weekday": "Wednesday", "minutes": 45}],
        "weekly_cap_m": 40_000, "week_start": "monday", "units": "miles", "birth_year": 1980,
        "cautious_start": true});
    let set = client.write("PUT", "/preferences", &wished).await;
    assert_eq!(set.status, StatusCode::OK, "{}", set.body);
    let mut known = client.read("/preferences").await;
    let mut days: Vec<String> = serde_json::from_value(known["run_days"].take()).unwrap();
    days.sort();
    assert_eq!(days, ["Monday", "Sunday", "Wednesday"]);
    for field in ["long_run_day", "max_runs", "day_caps", "weekly_cap_m", "units", "birth_year"] {
        assert_eq!(known[field], wished[field], "{field}");
    }

    let begin = json!({"days": 3, "agreed": true});
    let begun = client.write("POST", "/send-it", &begin).await;
    assert_eq!((begun.status, &begun.json()["last_day"]), (StatusCode::OK, &json!("2026-11-27")));
    client.write("POST", "/send-it", &begin).await.problem(409, "conflict");
    assert_eq!(client.read("/send-it").await["on"], true);
    let ended = client.write("POST", "/send-it/end", &json!({})).await;
    assert_eq!(ended.json()["on"], false);
    client.write("POST", "/send-it/end", &json!({})).await.problem(404, "not-found");
}

#[tokio::test]
async fn health_is_reported_and_closed_and_a_check_in_answered() {
    let world = World::new().await;
    let client = &world.client;
    let report = json!({"kind": "pain", "part": "calf", "severity": 7, "description": "since hills",
        "symptoms": {"bone_pain_at_rest": true}});
    let seen = client.write("POST", "/health/reports/preview", &report).await.json();
    assert_eq!((&seen["id"], &seen["in_force"]), (&Value::Null, &json!("rest")), "{seen}");
    assert!(!seen["red_flags"].as_array().unwrap().is_empty(), "{seen}");
    assert_eq!(client.read("/health").await["open"], json!([]));
    let done = client.write("POST", "/health/reports", &report).await;
    assert_eq!(done.status, StatusCode::CREATED, "{}", done.body);
    assert_eq!(done.json()["week"]["changes"], seen["week"]["changes"]);
    client.write("POST", "/health/reports", &report).await.problem(409, "conflict");
    let open = client.read("/health").await["open"].clone();
    assert_eq!(open.as_array().unwrap().len(), 1);
    assert_eq!(open[0]["symptoms"]["bone_pain_at_rest"], true);
    let clear = format!("/health/records/{}/clear", open[0]["id"].as_str().unwrap());
    let refused = client.write("POST", &clear, &json!({})).await;
    assert!(refused.problem(422, "invalid").contains("clearance"));
    let closed = client.write("POST", &clear, &json!({"cleared": true})).await;
    assert_eq!(closed.status, StatusCode::OK, "{}", closed.body);
    assert_eq!(closed.json()["record"]["closed"], TODAY);
    client.write("POST", &clear, &json!({"cleared": true})).await.problem(409, "conflict");

    let asked = client.read("/check-ins").await["items"][0].clone();
    let answer = format!("/check-ins/{}/answer", asked["id"].as_str().unwrap());
    let said = json!({"answer": "busy", "details": "travel"});
    let answered = client.write("POST", &answer, &said).await;
    assert_eq!(answered.status, StatusCode::OK, "{}", answered.body);
    assert_eq!(answered.json()["check_in"]["answer"], "busy");
    client.write("POST", &answer, &said).await.problem(409, "conflict");
    let noted = client.write("PUT", "/feedback", &json!({"sleep": 2, "soreness": 5})).await;
    assert_eq!(noted.status, StatusCode::NO_CONTENT, "{}", noted.body);
}

#[tokio::test]
async fn runs_are_entered_marked_merged_and_split() {
    let world = World::new().await;
    let client = &world.client;
    let run = |time: &str| {
        json!({"day": TODAY, "time": time, "distance_m": 5000, "moving_s": 1700,
        "name": "By the river", "effort": 4})
    };
    let mut ids = Vec::new();
    for time in ["05:10", "07:30"] {
        let added = client.write("POST", "/activities", &run(time)).await;
        assert_eq!(added.status, StatusCode::CREATED, "{}", added.body);
        ids.push(added.json()["activity"]["id"].as_i64().unwrap());
    }
    let twice = client.write("POST", "/activities", &run("05:10")).await.json();
    assert_eq!(twice["activity"]["id"], ids[0], "the same run is the same activity");
    let late = json!({"day": SATURDAY, "time": "07:30", "distance_m": 5000, "moving_s": 1700});
    client.write("POST", "/activities", &late).await.problem(422, "invalid");

    let mark = format!("/activities/{}/mark", ids[0]);
    let marked = client.write("PUT", &mark, &json!({"mark": "excluded"})).await;
    assert_eq!(marked.json()["excluded"], true, "{}", marked.body);
    let marked = client.write("PUT", &mark, &json!({"mark": "included"})).await;
    assert_eq!(marked.json()["excluded"], false, "{}", marked.body);
    let kind = format!("/activities/{}/type", ids[0]);
    let told = client.write("PUT", &kind, &json!({"type": "hike"})).await.json();
    let activity = &told["activity"];
    assert_eq!((&activity["activity_type"], &activity["is_run"]), (&json!("Hike"), &json!(false)));
    assert_eq!(told["type_said"], "Run", "{told}");
    let wrong = client.write("PUT", &kind, &json!({"type": "Flying"})).await;
    wrong.problem(422, "invalid");
    assert_eq!(wrong.json()["errors"][0]["field"], "type", "{}", wrong.body);
    for _ in 0..2 {
        let back = client.write("DELETE", &kind, &json!({})).await;
        assert_eq!(back.json()["type_said"], Value::Null, "{}", back.body);
    }

    let merge = format!("/activities/{}/merge", ids[0]);
    let merged = client.write("POST", &merge, &json!({"with": ids[1]})).await;
    assert_eq!(merged.status, StatusCode::OK, "{}", merged.body);
    let one = merged.json()["activities"][0].as_i64().unwrap();
    let whole = client.read(&format!("/activities/{one}")).await;
    let sources = whole["sources"].as_array().unwrap();
    assert_eq!(sources.len(), 2, "{whole}");
    let other = sources.iter().find(|s| s["fixed"] == false).unwrap();
    let split = format!("/activities/{one}/split");
    let parted = client.write("POST", &split, &json!({"source": other["id"]})).await;
    assert_eq!(parted.json()["activities"].as_array().unwrap().len(), 2, "{}", parted.body);
    let again = client.write("POST", &split, &json!({"source": other["id"]})).await;
    assert!(again.status.is_client_error(), "{}", again.body);

    let imports = client.read("/imports").await["items"].as_array().unwrap().clone();
    let archive = imports.iter().find(|i| i["name"] == "training.zip").unwrap();
    let undo = format!("/imports/{}/undo", archive["id"].as_str().unwrap());
    for _ in 0..2 {
        let undone = client.write("POST", &undo, &json!({})).await;
        assert_eq!(undone.status, StatusCode::OK, "{}", undone.body);
        assert!(undone.json()["import"]["undone_at"].is_string(), "{}", undone.body);
    }
    assert_eq!(client.read("/activities").await["items"].as_array().unwrap().len(), 2);
    for path in ["/strava/sync", "/strava/disconnect"] {
        client.write("POST", path, &json!({})).await.problem(409, "conflict");
    }
}

/// Every write with a good body is done or says in a documented way why not, and sent again with the
/// same key it is answered the same.
#[tokio::test]
async fn every_write_is_done_once_for_a_key() {
    let world = World::new().await;
    let ids = world.ids().await;
    let client = &world.client;
    let document = client.read("/openapi.json").await;
    let all = operations(client).await;
    let writes: Vec<_> = all.iter().filter(|(method, _)| method != "GET").collect();
    let mut done = BTreeSet::new();
    for (n, (method, path)) in writes.iter().enumerate() {
        let operation = format!("{method} {path}");
        let body = current(&world, &ids, &operation).await;
        let key = format!("key-{n}");
        let headers = [("idempotency-key", key.as_str())];
        let first = client.write_with(method, &ids.fill(path), &body, &headers).await;
        let documented = &document["paths"][path][method.to_lowercase()]["responses"];
        let status = first.status.as_u16().to_string();
        assert!(documented[&status].is_object(), "{operation}: {status} is not documented");
        assert!(first.status.as_u16() < 500, "{operation}: {}", first.body);
        assert_eq!(first.header("idempotency-replayed"), "", "{operation}");
        let again = client.write_with(method, &ids.fill(path), &body, &headers).await;
        assert_eq!((again.status, &again.body), (first.status, &first.body), "{operation}");
        assert_eq!(again.header("idempotency-replayed"), "true", "{operation}");
        let kind = |a: &Answer| a.header("content-type").to_owned();
        if !first.body.is_empty() {
            assert_eq!(kind(&again), kind(&first), "{operation}");
        }
        if first.status.is_success() {
            done.insert(operation);
        }
    }
    // Strava is off, the activity has one source, and a later edit is in force.
    let not = |path: &str| [format!("POST /activities/{{id}}/{path}"), format!("POST {path}")];
    let not =
        ["split", "merge", "/strava/sync", "/strava/disconnect", "/plan/edits/{id}/undo"].map(not);
    let refused = all.iter().map(|(method, path)| format!("{method} {path}"));
    let refused: Vec<String> =
        refused.filter(|o| !o.starts_with("GET") && !done.contains(o)).collect();
    assert_eq!(refused.len(), not.len(), "{refused:?}");
    assert!(refused.iter().all(|o| not.concat().contains(o)), "{refused:?}");
}

async fn current(world: &World, ids: &Ids, operation: &str) -> Value {
    let mut body = ids.body(operation);
    if operation == "POST /plan/edits" {
        body["revision"] = world.revision().await.into();
        body["reason"] = "a test".into();
    }
    body
}
