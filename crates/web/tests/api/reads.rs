//! What can be read: everything that pages show, in pages, with ETags.

use crate::client::{Client, SATURDAY, TODAY, World, operations};
use axum::body::Body;
use axum::http::StatusCode;
use serde_json::Value;
use std::collections::BTreeSet;

/// Every reading operation answers, has an ETag of its own, and says 304 to who has it.
#[tokio::test]
async fn every_reading_operation_answers_and_is_tagged() {
    let world = World::new().await;
    let ids = world.ids().await;
    let client = &world.client;
    let mut tags = BTreeSet::new();
    for (method, path) in operations(client).await {
        if method != "GET" {
            continue;
        }
        let address = ids.fill(&path);
        let first = client.get(&address).await;
        assert_eq!(first.status, StatusCode::OK, "{path}: {}", first.body);
        assert_eq!(first.header("content-type"), "application/json", "{path}");
        assert_eq!(first.header("cache-control"), "private, no-cache", "{path}");
        let tag = first.header("etag").to_owned();
        assert!(tag.starts_with('"') && tag.len() == 34, "{path}: {tag}");
        let again = client.request("GET", &address).header("if-none-match", &tag);
        let again = client.send(again.body(Body::empty()).unwrap()).await;
        assert_eq!((again.status, again.body.as_str()), (StatusCode::NOT_MODIFIED, ""), "{path}");
        assert_eq!(again.header("etag"), tag, "{path}");
        let other = client.request("GET", &address).header("if-none-match", "\"x\"");
        let other = client.send(other.body(Body::empty()).unwrap()).await;
        assert_eq!((other.status, &other.body), (StatusCode::OK, &first.body), "{path}");
        let head = client.request("HEAD", &address).body(Body::empty()).unwrap();
        let head = client.send(head).await;
        assert_eq!((head.status, head.body.as_str()), (StatusCode::OK, ""), "{path}");
        assert_eq!(head.header("etag"), tag, "{path}");
        tags.insert(tag);
    }
    assert!(tags.len() > 20, "{}", tags.len());
    let problem = client.get("/activities/4711").await;
    assert_eq!((problem.header("etag"), problem.header("cache-control")), ("", "no-store"));
}

/// All items of a list, page by page, with the number of pages.
async fn walked(client: &Client, path: &str, limit: usize) -> (Vec<Value>, usize) {
    let (mut all, mut pages, mut cursor) = (Vec::new(), 0, None::<String>);
    loop {
        let join = if path.contains('?') { '&' } else { '?' };
        let after = cursor.map_or_else(String::new, |c| format!("&cursor={c}"));
        let page = client.read(&format!("{path}{join}limit={limit}{after}")).await;
        let items = page["items"].as_array().unwrap().clone();
        assert!(items.len() <= limit, "{path}");
        all.extend(items);
        pages += 1;
        cursor = page["next"].as_str().map(str::to_owned);
        if cursor.is_none() {
            return (all, pages);
        }
        assert!(pages < 1000, "{path} does not end");
    }
}

/// Whatever the size of a page, each list is covered exactly once and in order.
#[tokio::test]
async fn pages_cover_every_list_exactly_once() {
    let world = World::new().await;
    let ids = world.ids().await;
    let client = &world.client;
    let lists: Vec<String> = {
        let document = client.read("/openapi.json").await;
        let paths = document["paths"].as_object().unwrap().clone();
        let paged = paths
            .into_iter()
            .filter(|(_, item)| item["get"]["parameters"].to_string().contains("\"cursor\""));
        paged.map(|(path, _)| ids.fill(&path)).collect()
    };
    assert!(lists.len() >= 9, "{lists:?}");
    for path in lists {
        let (whole, _) = walked(client, &path, 200).await;
        for limit in [1, 7, 50] {
            if whole.len() / limit > 60 {
                continue;
            }
            let (all, pages) = walked(client, &path, limit).await;
            assert_eq!(all, whole, "{path} by {limit}");
            assert_eq!(pages, whole.len().div_ceil(limit).max(1), "{path} by {limit}");
        }
    }
    let (all, _) = walked(client, "/activities", 50).await;
    assert!(all.len() > 200, "{}", all.len());
    let keys: BTreeSet<i64> = all.iter().map(|a| a["id"].as_i64().unwrap()).collect();
    assert_eq!(keys.len(), all.len(), "none comes twice");
    let days: Vec<&str> = all.iter().map(|a| a["day"].as_str().unwrap()).collect();
    assert!(days.is_sorted_by(|a, b| a >= b), "newest first");
}

/// A run that comes in between two pages moves no other one.
#[tokio::test]
async fn what_comes_in_between_two_pages_moves_nothing() {
    let world = World::new().await;
    let client = &world.client;
    let (before, _) = walked(client, "/activities", 200).await;
    let first = client.read("/activities?limit=20").await;
    let run = world.ids().await.body("POST /activities");
    assert_eq!(client.write("POST", "/activities", &run).await.status, StatusCode::CREATED);
    let cursor = first["next"].as_str().unwrap();
    let second = client.read(&format!("/activities?limit=20&cursor={cursor}")).await;
    assert_eq!(second["items"].as_array().unwrap()[..], before[20..40]);
    let runs = client.read("/activities?runs=true&q=easy&from=2026-10-01&to=2026-10-31").await;
    for run in runs["items"].as_array().unwrap() {
        let day = run["day"].as_str().unwrap();
        assert!(("2026-10-01"..="2026-10-31").contains(&day) && run["is_run"] == true, "{run}");
    }
}

/// The plan says why: rule, value, limit and paper, as the page does.
#[tokio::test]
async fn a_workout_has_the_whole_of_its_why() {
    let world = World::new().await;
    let workout = world.client.read(&format!("/plan/workouts/{SATURDAY}")).await;
    let session = &workout["day"]["sessions"][0];
    assert!(session["distance_m"].as_i64().is_some_and(|m| m > 1000), "{workout}");
    assert!(!session["steps"].as_array().unwrap().is_empty(), "{workout}");
    let of_week = workout["week_reasons"].as_array().unwrap();
    let target = of_week.iter().find(|r| r["measured"]["unit"] == "metres").unwrap();
    let (value, limit) = (&target["measured"]["value"], &target["measured"]["limit"]);
    assert!(value.as_i64().unwrap() <= limit.as_i64().unwrap(), "{target}");
    let all = of_week.iter().chain(session["reasons"].as_array().unwrap());
    let papers: BTreeSet<&str> = all
        .flat_map(|r| r["evidence"].as_array().unwrap())
        .map(|e| e["paper"].as_str().unwrap())
        .collect();
    assert!(papers.iter().any(|p| p.len() > 10), "{papers:?}");
    // What the page shows of it is the same.
    let page = world.client.get(&format!("/api/../workout/{SATURDAY}")).await;
    assert_ne!(page.status, StatusCode::OK, "addresses are not resolved by the server");
    let rest = world.client.read("/plan/workouts/2026-11-27").await;
    assert_eq!(rest["day"]["day"], "2026-11-27");
}

#[tokio::test]
async fn a_trained_runner_finds_what_pages_show() {
    let world = World::new().await;
    let client = &world.client;
    let me = client.read("/me").await;
    assert_eq!((&me["today"], &me["units"]), (&Value::from(TODAY), &Value::from("km")));
    assert_eq!(me["has_plan"], true);
    let today = client.read("/today").await;
    assert_eq!(today["week"]["days"].as_array().unwrap().len(), 7);
    assert!(today["check_in"]["question"].as_str().is_some_and(|q| q.len() > 20), "{today}");
    let road = client.read("/roadmap").await;
    assert_eq!(road["roads"][0]["goal"]["distance"], "Half Marathon");
    let expected = &road["expected"];
    let seconds = |of: &str| expected[of].as_i64().unwrap();
    assert!(seconds("low_s") < seconds("time_s") && seconds("time_s") < seconds("high_s"));
    let what_if = client.read("/forecast?adherence_percent=40&miss=2026-12-07").await;
    assert_eq!(what_if["changed"]["adherence_percent"], 40);
    assert!(!what_if["effects"].as_array().unwrap().is_empty());
    assert_eq!(client.read("/forecast").await["changed"], Value::Null);
    let longer = client.read("/forecast?miss=2026-12-07&miss_weeks=3").await;
    let runs = longer["changed"]["weeks"].as_array().unwrap().iter();
    let missed: Vec<_> =
        runs.filter(|w| w["run_distance_m"] == 0).map(|w| &w["week_start"]).collect();
    assert_eq!(missed, ["2026-12-07", "2026-12-14", "2026-12-21"]);
    let sooner = client.read("/forecast?race=10K&race_day=2027-02-07").await;
    assert_eq!(sooner["changed"]["race_day"], "2027-02-07", "{sooner}");
    let trends = client.read("/trends").await;
    assert!(trends["weeks"].as_array().unwrap().len() > 40);
    let profile = client.read("/profile").await;
    assert_eq!(profile["predictions"].as_array().unwrap().len(), 5);
    let versions = client.read(&format!("/plan/weeks/{TODAY}/versions")).await;
    assert_eq!(versions["items"][0]["revision"], 1);
    assert_eq!(client.read("/strava").await["state"], "not_set_up");
    assert_eq!(client.read("/imports/current").await, Value::Null);
    let import = client.read("/imports").await["items"][0].clone();
    let id = import["id"].as_str().unwrap();
    assert!(client.read(&format!("/imports/{id}")).await["rows"]["new"].as_i64() > Some(200));
    assert_eq!(client.read("/volumes?weeks=3").await.as_array().unwrap().len(), 3);
    // Far away weeks are answered, empty.
    for day in ["1500-01-01", "2500-12-31"] {
        assert_eq!(client.read(&format!("/plan/weeks/{day}")).await["status"], "unplanned");
    }
}

/// Before anything was said there is no plan to show, and nothing breaks.
#[tokio::test]
async fn a_runner_without_anything_finds_empty_lists() {
    let world = World::new().await;
    let client = world.stranger().await;
    for (method, path) in operations(&client).await {
        if method == "GET" && !path.contains("{id}") {
            client.read(&path.replace("{day}", SATURDAY)).await;
        }
    }
}
