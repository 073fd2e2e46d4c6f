//! What activities, athletes and streams look like, and that their parts agree with each other.

use crate::scene::{ALL, Scene, at, options};
use hermes_strava::sim::{Clock, Edit, FIRST_ATHLETE, NewActivity, Options, Visibility};
use jiff::SignedDuration;
use serde_json::Value;
use std::collections::BTreeSet;

const KEYS: &str =
    "time,distance,latlng,altitude,velocity_smooth,heartrate,cadence,temp,moving,grade_smooth";

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

/// The same seed and moment give the same bytes, on every machine.
#[tokio::test]
async fn bodies_are_these() {
    let scene = Scene::new().await;
    let second = FIRST_ATHLETE + 1;
    let (token, _) = scene.connect(second, &ALL).await;
    let list = scene.get(&token, "/athlete/activities?per_page=1").await.json();
    insta::assert_snapshot!("summary", pretty(&list));
    let id = &list[0]["id"];
    let mut detail = scene.get(&token, &format!("/activities/{id}")).await.json();
    for long in ["splits_metric", "splits_standard", "laps", "best_efforts"] {
        detail[long].as_array_mut().unwrap().truncate(1);
    }
    insta::assert_snapshot!("detail", pretty(&detail));
    insta::assert_snapshot!("athlete", pretty(&scene.get(&token, "/athlete").await.json()));
    let zones = scene.get(&token, "/athlete/zones").await.json();
    insta::assert_snapshot!("zones", pretty(&zones));
    let stats = scene.get(&token, &format!("/athletes/{second}/stats")).await.json();
    insta::assert_snapshot!("stats", pretty(&stats));
}

#[tokio::test]
async fn the_seed_decides_all_and_the_way_time_passes_nothing() {
    let later = at("2026-12-09T12:07:00Z");
    let slow = Scene::new().await;
    for _ in 0..21 {
        slow.sim.advance(SignedDuration::from_hours(24));
    }
    let quick = Scene::new().await;
    quick.sim.advance(SignedDuration::from_hours(24 * 21));
    let other = Scene::with(Options { seed: 2, ..options() }).await;
    other.sim.advance(SignedDuration::from_hours(24 * 21));
    assert_eq!(slow.sim.now(), later);
    for person in slow.sim.athletes() {
        let all = slow.sim.activities(person.id);
        assert!(all.is_sorted_by_key(|a| a.start));
        assert!(all.iter().all(|a| a.uploaded <= later));
        assert!(all.iter().any(|a| a.start > at(crate::scene::FIRST)), "{}", person.name);
        assert_eq!(all, quick.sim.activities(person.id));
        assert_ne!(all, other.sim.activities(person.id));
    }
}

/// Years of many athletes: plausible, and with everything in them that clients trip over.
#[tokio::test]
async fn many_athletes_do_everything() {
    let clock = Clock::stopped(at(crate::scene::FIRST));
    let options = Options { athletes: 40, years: 3, ..Options::new(clock) };
    let scene = Scene::with(options).await;
    let (mut sports, mut ids) = (BTreeSet::new(), BTreeSet::new());
    let mut counts = [0; 5];
    for person in scene.sim.athletes() {
        let all = scene.sim.activities(person.id);
        assert!(all.len() < 3 * 53 * 9, "{} of {}", all.len(), person.name);
        for a in &all {
            assert!(ids.insert(a.id) && (10_000_000_000..16_000_000_000).contains(&a.id));
            sports.insert(a.sport_type.clone());
            for (count, is) in counts.iter_mut().zip([
                a.manual,
                a.trainer,
                a.race,
                a.visibility == Visibility::OnlyMe,
                a.visibility == Visibility::FollowersOnly,
            ]) {
                *count += i32::from(is);
            }
            if a.sport_type.contains("Run") {
                let pace = a.moving_s as f64 * 1000.0 / a.metres as f64;
                assert!((200.0..480.0).contains(&pace), "{a:?}");
                assert!((1000..45_000).contains(&a.metres), "{a:?}");
            }
        }
    }
    assert!(ids.len() > 40 * 3 * 52 * 3, "{}", ids.len());
    assert!(counts.iter().all(|count| *count > 100), "{counts:?}");
    for sport in ["Run", "TrailRun", "Ride", "GravelRide", "Swim", "Padel"] {
        assert!(sports.contains(sport), "{sports:?}");
    }
}

#[tokio::test]
async fn time_has_an_end_on_both_sides() {
    use hermes_strava::sim::{EARLIEST, LATEST, YEARS_MAX};
    for (at, is) in [(jiff::Timestamp::MIN, EARLIEST), (jiff::Timestamp::MAX, LATEST)] {
        let clock = Clock::stopped(at);
        let scene = Scene::with(Options { years: YEARS_MAX, ..Options::new(clock) }).await;
        assert_eq!(scene.sim.now(), is);
        let all = scene.sim.activities(FIRST_ATHLETE + 1);
        assert!(all.len() > 15 * 52 * 3 && all.iter().all(|a| a.id > 0));
        scene.sim.advance(SignedDuration::from_hours(24 * 14));
        assert!(scene.sim.now() <= LATEST);
    }
}

#[tokio::test]
async fn the_three_stories_are_told() {
    let scene = Scene::new().await;
    let now = scene.sim.now();
    let kilometres = |athlete: i64, from_weeks: i64, to_weeks: i64| {
        let inside = |start: jiff::Timestamp| {
            let weeks = now.duration_since(start).as_hours() / (24 * 7);
            (to_weeks..from_weeks).contains(&weeks)
        };
        let all = scene.sim.activities(athlete);
        let runs = all.iter().filter(|a| a.sport_type.contains("Run") && inside(a.start));
        runs.map(|a| a.metres).sum::<i64>() / 1000
    };
    let (new, steady, returning) = (FIRST_ATHLETE, FIRST_ATHLETE + 1, FIRST_ATHLETE + 2);
    assert!((20..100).contains(&kilometres(new, 60, 12)), "{}", kilometres(new, 60, 12));
    assert!((60..180).contains(&kilometres(new, 12, 0)), "{}", kilometres(new, 12, 0));
    assert!(kilometres(steady, 26, 0) > 20 * 30 && kilometres(steady, 52, 26) > 20 * 30);
    assert_eq!(kilometres(returning, 12, 5), 0);
    assert!(kilometres(returning, 52, 14) > 20 * 30);
    assert!(kilometres(returning, 4, 0) > 20);
}

#[tokio::test]
async fn the_list_is_complete_in_pages_and_between_moments() {
    let scene = Scene::new().await;
    let athlete = FIRST_ATHLETE + 1;
    let (token, _) = scene.connect(athlete, &ALL).await;
    let truth: BTreeSet<i64> = scene.sim.activities(athlete).iter().map(|a| a.id).collect();
    let id = |a: &Value| a["id"].as_i64().unwrap();
    let all = scene.all(&token, "").await;
    assert!(all.len() > 200);
    assert_eq!(all.iter().map(id).collect::<BTreeSet<_>>(), truth);
    let start = |a: &Value| a["start_date"].as_str().unwrap().to_owned();
    assert!(all.is_sorted_by(|a, b| start(a) >= start(b)), "newest first");
    let first = scene.get(&token, "/athlete/activities").await.json();
    assert_eq!(first.as_array().unwrap().len(), 30);
    let most = scene.get(&token, "/athlete/activities?per_page=500").await.json();
    assert_eq!(most.as_array().unwrap().len(), 200);
    let past = scene.get(&token, "/athlete/activities?page=999").await;
    assert_eq!((past.status, past.text.as_str()), (200, "[]"));
    let middle = at(&start(&all[100])).as_second();
    let after = scene.all(&token, &format!("&after={middle}")).await;
    assert_eq!(after.len(), 100);
    assert!(after.is_sorted_by(|a, b| start(a) <= start(b)), "oldest first with after alone");
    let before = scene.all(&token, &format!("&before={middle}")).await;
    assert_eq!(before.len(), all.len() - 101);
    let both = format!("&after={}&before={middle}", at(&start(&all[111])).as_second());
    let both = scene.all(&token, &both).await;
    assert_eq!(
        both.iter().map(id).collect::<Vec<_>>(),
        all[101..111].iter().map(id).collect::<Vec<_>>()
    );
    let wrong = scene.get(&token, "/athlete/activities?before=yesterday").await.refusal();
    assert_eq!((wrong.0, wrong.2.as_str()), (400, "Application/before/invalid"));
    let millis = format!("/athlete/activities?after={middle}000");
    let future = scene.get(&token, &millis).await.refusal();
    assert_eq!((future.0, future.2.as_str()), (400, "Application/after/future"));
}

#[tokio::test]
async fn splits_laps_and_efforts_agree_with_the_streams() {
    let scene = Scene::new().await;
    let athlete = FIRST_ATHLETE + 1;
    let (token, _) = scene.connect(athlete, &ALL).await;
    let recorded = scene.sim.activities(athlete).into_iter().rev();
    let runs = recorded.filter(|a| a.has_streams && a.sport_type.contains("Run"));
    for run in runs.take(15) {
        let detail = scene.get(&token, &format!("/activities/{}", run.id)).await.json();
        let path = format!("/activities/{}/streams?keys={KEYS}&key_by_type=True", run.id);
        let streams = scene.get(&token, &path).await.json();
        let data = |kind: &str| streams[kind]["data"].as_array().cloned();
        let time = data("time").unwrap();
        let lengths = KEYS.split(',').filter_map(|kind| Some(data(kind)?.len()));
        assert!(lengths.clone().all(|length| length == time.len()), "{run:?}");
        assert!(lengths.count() >= 6);
        assert_eq!(time.last(), Some(&detail["elapsed_time"]), "{run:?}");
        assert_eq!(number(data("distance").unwrap().last().unwrap()), number(&detail["distance"]));
        assert!(time.is_sorted_by(|a, b| number(a) < number(b)));
        assert_eq!(data("latlng").is_none(), run.trainer);
        let top = data("velocity_smooth").unwrap().iter().map(number).fold(0.0, f64::max);
        assert!(top <= number(&detail["max_speed"]) + 0.01, "{run:?}");
        if let Some(beats) = data("heartrate") {
            let mean = beats.iter().map(number).sum::<f64>() / beats.len() as f64;
            assert!((mean - number(&detail["average_heartrate"])).abs() < 2.0, "{run:?}: {mean}");
            let max = beats.iter().map(number).fold(0.0, f64::max);
            assert!((max - number(&detail["max_heartrate"])).abs() <= 1.0, "{run:?}: {max}");
        }
        for parts in ["splits_metric", "splits_standard", "laps"] {
            let sum = |field: &str| {
                detail[parts].as_array().unwrap().iter().map(|p| number(&p[field])).sum::<f64>()
            };
            assert!((sum("distance") - run.metres as f64).abs() < 3.0, "{parts} of {run:?}");
            assert_eq!(sum("elapsed_time"), run.elapsed_s as f64, "{parts} of {run:?}");
            assert!((sum("moving_time") - run.moving_s as f64).abs() < 2.0, "{parts} of {run:?}");
        }
        let ascent = data("altitude").unwrap();
        let ascent: f64 = ascent.windows(2).map(|w| (number(&w[1]) - number(&w[0])).max(0.0)).sum();
        assert!(
            (ascent - number(&detail["total_elevation_gain"])).abs() < 12.0,
            "{ascent} {run:?}"
        );
        let efforts = detail["best_efforts"].as_array().unwrap();
        assert!(!efforts.is_empty());
        assert!(efforts.is_sorted_by_key(|e| e["elapsed_time"].as_i64()));
        for part in efforts.iter().chain(detail["laps"].as_array().unwrap()) {
            let end = part["end_index"].as_u64().unwrap() as usize;
            let start = part["start_index"].as_u64().unwrap() as usize;
            let took = number(&time[end]) - number(&time[start]);
            assert_eq!(took, number(&part["elapsed_time"]), "{part} of {run:?}");
        }
    }
}

#[tokio::test]
async fn streams_come_in_both_shapes_and_only_as_asked() {
    let scene = Scene::new().await;
    let (token, _) = scene.connect(FIRST_ATHLETE, &ALL).await;
    let run = scene.sim.add(FIRST_ATHLETE, NewActivity::default()).unwrap();
    let get = async |query: &str| {
        scene.get(&token, &format!("/activities/{run}/streams{query}")).await.json()
    };
    let only = get("").await;
    assert_eq!((only.as_array().unwrap().len(), &only[0]["type"]), (1, &"distance".into()));
    let list = get("?keys=time,heartrate").await;
    let kinds: Vec<&str> =
        list.as_array().unwrap().iter().map(|s| s["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["time", "distance", "heartrate"]);
    assert_eq!(get("/time,heartrate").await, list);
    for flag in ["true", "True", "1"] {
        let keyed = get(&format!("?keys=time,unknown&key_by_type={flag}")).await;
        assert_eq!(keyed.as_object().unwrap().len(), 2);
        assert_eq!(keyed["time"]["resolution"], "high");
        assert_eq!(keyed["time"]["original_size"], 2701);
    }
    let manual = NewActivity { manual: true, ..NewActivity::default() };
    let manual = scene.sim.add(FIRST_ATHLETE, manual).unwrap();
    let none = scene.get(&token, &format!("/activities/{manual}/streams")).await.refusal();
    assert_eq!(none, (404, "Record Not Found".to_owned(), "Activity/id/invalid".to_owned()));
    let detail = scene.get(&token, &format!("/activities/{manual}")).await.json();
    assert!(detail["upload_id"].is_null() && detail["external_id"].is_null());
    assert_eq!(
        (&detail["laps"], &detail["segment_efforts"]),
        (&Value::Array(vec![]), &Value::Array(vec![]))
    );
}

#[tokio::test]
async fn times_are_utc_and_a_wall_clock_with_a_false_z() {
    let scene = Scene::with(Options { athletes: 6, ..options() }).await;
    let run = async |athlete: i64, start: &str| {
        let (token, _) = scene.connect(athlete, &ALL).await;
        let new = NewActivity { start: Some(at(start)), ..NewActivity::default() };
        let id = scene.sim.add(athlete, new).unwrap();
        let a = scene.get(&token, &format!("/activities/{id}")).await.json();
        ["start_date_local", "timezone", "utc_offset"].map(|field| a[field].to_string())
    };
    let york = FIRST_ATHLETE + 2;
    assert_eq!(
        run(york, "2025-10-18T12:49:52Z").await,
        ["\"2025-10-18T08:49:52Z\"", "\"(GMT-05:00) America/New_York\"", "-14400.0"]
    );
    assert_eq!(
        run(york, "2025-12-18T12:49:52Z").await,
        ["\"2025-12-18T07:49:52Z\"", "\"(GMT-05:00) America/New_York\"", "-18000.0"]
    );
    assert_eq!(
        run(FIRST_ATHLETE + 5, "2025-12-18T12:00:00Z").await,
        ["\"2025-12-18T17:45:00Z\"", "\"(GMT+05:45) Asia/Kathmandu\"", "20700.0"]
    );
    let (token, _) = scene.connect(FIRST_ATHLETE + 1, &ALL).await;
    let all = scene.all(&token, "").await;
    let hidden: Vec<_> =
        all.iter().filter(|a| a["start_date"].as_str().unwrap().ends_with("T00:00:01Z")).collect();
    assert!(!hidden.is_empty());
    assert!(hidden.iter().all(|a| a["start_date"] == a["start_date_local"]));
}

#[tokio::test]
async fn scopes_decide_what_is_seen() {
    let scene = Scene::new().await;
    let me = FIRST_ATHLETE + 1;
    let private = NewActivity { visibility: Some(Visibility::OnlyMe), ..NewActivity::default() };
    let private = scene.sim.add(me, private).unwrap();
    let missing = |permission: &str| {
        let error = format!("AccessToken/{permission}/missing");
        (401, "Authorization Error".to_owned(), error)
    };
    let (token, _) = scene.connect(me, &[]).await;
    assert_eq!(scene.get(&token, "/athlete").await.json()["resource_state"], 2);
    for path in ["/athlete/activities", &format!("/activities/{private}")] {
        assert_eq!(scene.get(&token, path).await.refusal(), missing("activity:read_permission"));
    }
    let zones = scene.get(&token, "/athlete/zones").await.refusal();
    assert_eq!(zones, missing("profile:read_all_permission"));
    let (token, _) = scene.connect(me, &["activity:read"]).await;
    let visible = scene.all(&token, "").await.len();
    let truth = scene.sim.activities(me);
    let open = truth.iter().filter(|a| a.visibility != Visibility::OnlyMe).count();
    assert!(visible == open && open < truth.len());
    let path = format!("/activities/{private}");
    assert_eq!(scene.get(&token, &path).await.status, 404);
    let (token, _) = scene.connect(me, &ALL).await;
    assert_eq!(scene.get(&token, &path).await.json()["visibility"], "only_me");
    // Nobody sees another one's.
    let (other, _) = scene.connect(FIRST_ATHLETE, &ALL).await;
    assert_eq!(scene.get(&other, &path).await.status, 404);
    assert_eq!(scene.get(&other, &format!("/athletes/{me}/stats")).await.status, 403);
    let gear = scene.get(&token, "/athlete").await.json()["shoes"][0]["id"].clone();
    let gear = format!("/gear/{}", gear.as_str().unwrap());
    assert_eq!(scene.get(&token, &gear).await.json()["resource_state"], 3);
    assert_eq!(scene.get(&other, &gear).await.status, 404);
    assert_eq!(scene.get(&token, "/clubs/1").await.status, 404);
    // Stats know what everybody sees.
    let all_runs = |stats: Value| stats["all_run_totals"]["count"].as_i64().unwrap();
    let stats = format!("/athletes/{me}/stats");
    let before = all_runs(scene.get(&token, &stats).await.json());
    let edit = Edit { visibility: Some(Visibility::Everyone), ..Edit::default() };
    assert!(scene.sim.edit(private, edit));
    assert_eq!(all_runs(scene.get(&token, &stats).await.json()), before + 1);
}

#[tokio::test]
async fn an_activity_can_be_entered_by_hand_over_the_api() {
    let scene = Scene::new().await;
    let (token, _) = scene.connect(FIRST_ATHLETE, &["activity:read_all", "activity:write"]).await;
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str()), ("content-type", crate::scene::FORM)];
    let form = "name=By+hand&sport_type=Run&start_date_local=2026-11-17T18:00:00Z\
                &elapsed_time=1800&distance=5000";
    let made = scene.send("POST", "/api/v3/activities", &headers, form).await;
    assert_eq!(made.status, 201);
    assert_eq!(made.header("x-readratelimit-usage"), ",");
    let made = made.json();
    // Berlin, in winter.
    assert_eq!(
        (&made["start_date"], &made["manual"]),
        (&"2026-11-17T17:00:00Z".into(), &true.into())
    );
    let again = scene.get(&token, &format!("/activities/{}", made["id"])).await.json();
    assert_eq!(again, made);
    let wrong = scene.send("POST", "/api/v3/activities", &headers, "name=x").await;
    assert_eq!(wrong.refusal().2, "Application/sport_type/invalid");
}
