//! strava-wrapper (tokens, all reads) and strava-data (reads with rate limits), unmodified, against
//! the simulator at `$STRAVA_SIM`. Neither knows subscriptions. See ./run.

use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::sync::Arc;
use strava_data::{ActivitiesApi, Configuration, Error};
use strava_wrapper::api::StravaAPI;
use strava_wrapper::auth::{deauthorize_at, get_token_at, refresh_token_at};
use strava_wrapper::filters::streams::StreamKey;
use strava_wrapper::prelude::*;

struct Tally {
    passed: u32,
    failed: u32,
}

impl Tally {
    fn check(&mut self, name: &str, good: bool, seen: impl Debug) {
        if good {
            self.passed += 1;
            println!("  ok      {name}");
        } else {
            self.failed += 1;
            println!("  FAILED  {name}: {seen:?}");
        }
    }

    /// A call that must succeed; its value.
    fn value<T, E: Debug>(&mut self, name: &str, outcome: Result<T, E>) -> T {
        self.check(name, outcome.is_ok(), outcome.as_ref().err());
        outcome.unwrap_or_else(|e| panic!("{name}: {e:?}"))
    }
}

fn status<T: Debug>(outcome: &Result<T, ErrorWrapper>) -> u16 {
    match outcome {
        Err(ErrorWrapper::Api { status, .. }) => status.as_u16(),
        _ => 0,
    }
}

async fn control(sim: &str, path: &str, body: Value) -> Value {
    let request = reqwest::Client::new().post(format!("{sim}/sim{path}")).json(&body);
    request.send().await.unwrap().json().await.unwrap()
}

/// Fills the consent form in; the code.
async fn consent(sim: &str, athlete: i64, scope: &str) -> String {
    let url = format!(
        "{sim}/oauth/authorize?client_id=1&response_type=code&scope={scope}\
         &redirect_uri=http://127.0.0.1/back&state=s"
    );
    let mut form = vec![("consent", "shown".to_owned()), ("athlete", athlete.to_string())];
    form.extend(scope.split(',').map(|one| ("granted", one.to_owned())));
    let stay = reqwest::redirect::Policy::none();
    let client = reqwest::Client::builder().redirect(stay).build().unwrap();
    let answer = client.post(url).form(&form).send().await.unwrap();
    let back = answer.headers()["location"].to_str().unwrap().to_owned();
    back.split("code=").nth(1).unwrap().split('&').next().unwrap().to_owned()
}

#[tokio::main]
async fn main() {
    let sim = std::env::var("STRAVA_SIM").unwrap();
    let mut t = Tally { passed: 0, failed: 0 };
    let people: Value =
        reqwest::get(format!("{sim}/sim/athletes")).await.unwrap().json().await.unwrap();
    let me = people[0]["id"].as_i64().unwrap();
    let token_url = format!("{sim}/oauth/token");
    let code = consent(&sim, me, "activity:read_all,profile:read_all").await;
    let pair = t.value("token exchange", get_token_at(&token_url, 1, "secret", &code).await);
    let again = get_token_at(&token_url, 1, "secret", &code).await;
    t.check("a code works once", status(&again) == 400, &again);
    let wrong = get_token_at(&token_url, 1, "wrong", &code).await;
    t.check("wrong secret", status(&wrong) == 401, &wrong);
    control(&sim, "/clock", json!({ "advance_s": 5 * 3600 + 1 })).await;
    let fresh = refresh_token_at(&token_url, 1, "secret", &pair.refresh_token).await;
    let fresh = t.value("refresh", fresh);
    t.check("rotation", fresh.refresh_token != pair.refresh_token, "the same");
    let dead = refresh_token_at(&token_url, 1, "secret", &pair.refresh_token).await;
    t.check("the old one is dead", status(&dead) == 400, &dead);

    let api = StravaAPI::new(&format!("{sim}/api"), &fresh.access_token);
    let athlete = t.value("athlete", api.athlete().get().send().await);
    t.check("who it is", athlete.id == Some(me), athlete.id);
    let gear = athlete.shoes.as_ref().and_then(|shoes| shoes[0].id.clone()).unwrap();
    t.value("gear", api.gear().get().id(gear).send().await);
    let stats = t.value("stats", api.athletes().stats().id(me as u64).send().await);
    t.check("all runs", stats.all_run_totals.is_some_and(|all| all.count > Some(5)), "few");
    let truth: Value = reqwest::get(format!("{sim}/sim/athletes/{me}/activities"))
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let truth = truth.as_array().unwrap();
    let mut listed = Vec::new();
    for page in 1.. {
        let some = api.athlete().activities().page(page).per_page(7).send().await;
        let some = some.unwrap_or_else(|e| panic!("page {page}: {e:?}"));
        if some.is_empty() {
            break;
        }
        listed.extend(some);
    }
    let ids: BTreeSet<i64> = listed.iter().map(|a| a.id).collect();
    let known: BTreeSet<i64> = truth.iter().map(|a| a["id"].as_i64().unwrap()).collect();
    t.check("paging to the end", ids == known && !ids.is_empty(), ids.len());
    let recorded = |a: &&Value| a["has_streams"] == true && a["sport_type"] == "Run";
    let run = truth.iter().rev().find(recorded).unwrap()["id"].as_i64().unwrap();
    let id = run as u64;
    let detail = t.value("detail", api.activities().get().id(id).send().await);
    t.check("its calories", detail.calories > Some(1.0), detail.calories);
    let laps = t.value("laps", api.activities().laps().id(id).send().await);
    t.check("there are laps", !laps.is_empty(), laps.len());
    t.value("zones", api.activities().zones().id(id).send().await);
    let keys = [StreamKey::Time, StreamKey::Distance, StreamKey::Latlng, StreamKey::Moving];
    let streams = t.value("streams", api.streams().activity().id(id).keys(&keys).send().await);
    let time = streams.time.and_then(|s| s.data).unwrap_or_default();
    let moving = streams.moving.and_then(|s| s.data).unwrap_or_default();
    t.check("streams of one length", time.len() == moving.len() && time.len() > 60, time.len());
    let limit = api.rate_limit();
    t.check("rate limit", limit.is_some_and(|l| l.short_term_limit == 200), limit);
    let none = api.activities().get().id(1).send().await;
    t.check("not found", status(&none) == 404, &none);

    let base_path = format!("{sim}/api/v3");
    let data = ActivitiesApi::new(Arc::new(Configuration { base_path }));
    let token = fresh.access_token.as_str();
    let list = data.get_logged_in_athlete_activities(None, None, 1, 200, token).await;
    let list = t.value("strava-data: list", list);
    t.check("strava-data: all of it", list.data.len() == known.len(), list.data.len());
    let read = list.rate_limit.and_then(|limit| limit.read);
    t.check("strava-data: limits", read.is_some_and(|r| r.daily_limit == 1000), list.rate_limit);
    let detail = t.value("strava-data: detail", data.get_activity_by_id(run, token).await);
    t.check("strava-data: it is there", detail.data.is_some(), "nothing");
    let none = t.value("strava-data: not found", data.get_activity_by_id(1, token).await);
    t.check("strava-data: it is not", none.data.is_none(), "something");
    control(&sim, "/usage/exhaust", json!({ "window": "short" })).await;
    let over = data.get_activity_by_id(run, token).await;
    let limited = matches!(over, Err(Error::RateLimited { rate_limit: Some(_), .. }));
    t.check("strava-data: too many requests", limited, over.err());
    control(&sim, "/clock", json!({ "advance_s": 900 })).await;

    let deauthorize = format!("{sim}/oauth/deauthorize");
    t.value("deauthorize", deauthorize_at(&deauthorize, token).await);
    let gone = data.get_activity_by_id(run, token).await;
    t.check("revoked", matches!(gone, Err(Error::Unauthorized { .. })), gone.err());
    println!("{} passed, {} failed", t.passed, t.failed);
    std::process::exit(i32::from(t.failed > 0));
}
