//! The subscription and what is told to it.

use crate::scene::{ALL, Application, Manner, Scene, options};
use hermes_strava::sim::{Edit, FIRST_ATHLETE, NewActivity, Options, Visibility};
use jiff::SignedDuration;
use serde_json::{Value, json};

const ME: i64 = FIRST_ATHLETE + 1;
const LIST: &str = "/api/v3/push_subscriptions?client_id=1&client_secret=secret";

/// Object, aspect and updates of an event.
fn brief(event: &Value) -> (i64, String, Value) {
    let aspect = event["aspect_type"].as_str().unwrap().to_owned();
    (event["object_id"].as_i64().unwrap(), aspect, event["updates"].clone())
}

async fn subscribed(manner: Manner, scopes: &[&str]) -> (Scene, Application) {
    let scene = Scene::new().await;
    let application = Application::new(manner).await;
    assert_eq!(scene.subscribe(&application.callback()).await.status, 201);
    scene.connect(ME, scopes).await;
    (scene, application)
}

#[tokio::test]
async fn a_callback_shows_itself_before_it_is_subscribed() {
    let scene = Scene::new().await;
    let error = |code: &str| {
        let error = format!("PushSubscription/callback url/{code}");
        (400, "Bad Request".to_owned(), error)
    };
    let not_200 = error("GET to callback URL does not return 200");
    let deaf = error("not verifiable");
    for (manner, expected) in
        [(Manner::Lost, &not_200), (Manner::Deaf, &deaf), (Manner::Slow, &deaf)]
    {
        let application = Application::new(manner).await;
        let answer = scene.subscribe(&application.callback()).await;
        assert_eq!(&answer.refusal(), expected, "{manner:?}");
    }
    let long = format!("http://127.0.0.1/{}", "x".repeat(255));
    for callback in ["http://127.0.0.1:1/hook", "ftp://x", "", &long] {
        assert_eq!(scene.subscribe(callback).await.refusal(), deaf, "{callback}");
    }
    assert_eq!(scene.send("GET", LIST, &[], "").await.text, "[]");
    let application = Application::new(Manner::Good).await;
    let made = scene.subscribe(&application.callback()).await;
    assert_eq!(made.status, 201);
    let id = made.json()["id"].clone();
    assert_eq!(made.json(), json!({ "id": id }));
    let list = scene.send("GET", LIST, &[], "").await.json();
    assert_eq!(
        (&list[0]["id"], list[0]["callback_url"].as_str()),
        (&id, Some(application.callback().as_str()))
    );
    let second = scene.subscribe(&application.callback()).await.refusal();
    assert_eq!(second.2, "PushSubscription//already exists");
    let unknown = LIST.replace("?", "/5?");
    assert_eq!(scene.send("DELETE", &unknown, &[], "").await.status, 404);
    let known = LIST.replace("?", &format!("/{id}?"));
    let wrong = known.replace("=secret", "=wrong");
    assert_eq!(scene.send("DELETE", &wrong, &[], "").await.status, 401);
    let form = [("content-type", crate::scene::FORM)];
    let path = format!("/api/v3/push_subscriptions/{id}");
    let gone = scene.send("DELETE", &path, &form, "client_id=1&client_secret=secret").await;
    assert_eq!((gone.status, gone.text.as_str()), (204, ""));
    assert_eq!(scene.send("GET", LIST, &[], "").await.text, "[]");
}

#[tokio::test]
async fn changes_are_told_and_some_are_not() {
    let (scene, application) = subscribed(Manner::Good, &ALL).await;
    let id = scene.sim.add(ME, NewActivity::default()).unwrap();
    // Nobody asked for this athlete.
    scene.sim.add(FIRST_ATHLETE, NewActivity::default());
    let title = Edit { name: Some("Lunch".to_owned()), ..Edit::default() };
    let edits = [
        title.clone(),
        // The same again is no change.
        title,
        Edit { sport_type: Some("Ride".to_owned()), ..Edit::default() },
        Edit { visibility: Some(Visibility::OnlyMe), ..Edit::default() },
        // Corrections of distance and tag are not told.
        Edit { metres: Some(9000), race: Some(true), ..Edit::default() },
    ];
    for edit in edits {
        assert!(scene.sim.edit(id, edit));
    }
    assert!(scene.sim.delete(id));
    scene.sim.deauthorize(ME);
    scene.sim.settled().await;
    let heard = application.heard();
    assert_eq!(
        heard.iter().map(brief).collect::<Vec<_>>(),
        [
            (id, "create".to_owned(), json!({})),
            (id, "update".to_owned(), json!({ "title": "Lunch" })),
            (id, "update".to_owned(), json!({ "type": "Ride" })),
            (id, "update".to_owned(), json!({ "private": "true" })),
            (id, "delete".to_owned(), json!({})),
            (ME, "update".to_owned(), json!({ "authorized": "false" })),
        ]
    );
    assert_eq!(heard[0]["owner_id"], ME);
    assert_eq!(heard[0]["event_time"], scene.sim.now().as_second());
    assert_eq!(heard[0]["subscription_id"], 120_475);
    assert_eq!(
        (&heard[0]["object_type"], &heard[5]["object_type"]),
        (&"activity".into(), &"athlete".into())
    );
}

#[tokio::test]
async fn who_may_not_see_private_ones_is_told_that_they_go_and_come() {
    let (scene, application) = subscribed(Manner::Good, &["activity:read"]).await;
    let private = Some(Visibility::OnlyMe);
    let hidden = NewActivity { visibility: private, ..NewActivity::default() };
    let hidden = scene.sim.add(ME, hidden).unwrap();
    let id = scene.sim.add(ME, NewActivity::default()).unwrap();
    for visibility in [private, Some(Visibility::Everyone)] {
        scene.sim.edit(id, Edit { visibility, ..Edit::default() });
    }
    scene.sim.edit(hidden, Edit { name: Some("Secret".to_owned()), ..Edit::default() });
    scene.sim.delete(hidden);
    scene.sim.settled().await;
    let heard: Vec<_> = application.heard().iter().map(brief).collect();
    let aspects = ["create", "delete", "create"];
    assert_eq!(heard, aspects.map(|aspect| (id, aspect.to_owned(), json!({}))));
}

#[tokio::test]
async fn athletes_go_on_running_and_the_application_hears_of_it() {
    let (scene, application) = subscribed(Manner::Good, &ALL).await;
    let before = scene.sim.activities(ME).len();
    scene.sim.advance(SignedDuration::from_hours(24 * 28));
    scene.sim.settled().await;
    let now = scene.sim.activities(ME);
    let mut new: Vec<_> = now.iter().map(|a| (a.uploaded.as_second(), a.id)).collect();
    new.sort_unstable();
    let new = new.split_off(before);
    assert!(new.len() > 10, "{}", new.len());
    let heard = application.heard();
    let told = heard.iter().map(|e| (e["event_time"].as_i64().unwrap(), brief(e).0));
    assert_eq!(told.collect::<Vec<_>>(), new);
}

#[tokio::test]
async fn three_tries_and_then_it_is_lost() {
    let (scene, application) = subscribed(Manner::Third, &ALL).await;
    scene.sim.add(ME, NewActivity::default());
    scene.sim.settled().await;
    let deliveries = scene.sim.deliveries();
    assert_eq!((deliveries[0].tries, deliveries[0].acknowledged), (3, true));
    let heard = application.heard();
    assert!(heard.len() == 3 && heard[0] == heard[1] && heard[1] == heard[2]);
    drop((scene, application));
    // A subscription whose application went away.
    let scene = Scene::new().await;
    let application = Application::new(Manner::Good).await;
    scene.subscribe(&application.callback()).await;
    scene.connect(ME, &ALL).await;
    application.close().await;
    scene.sim.add(ME, NewActivity::default());
    scene.sim.settled().await;
    let deliveries = scene.sim.deliveries();
    assert_eq!((deliveries[0].tries, deliveries[0].acknowledged), (3, false));
}

#[tokio::test]
async fn events_come_twice_in_the_wrong_order_or_not_at_all() {
    let (scene, application) = subscribed(Manner::Good, &ALL).await;
    scene.sim.set_faults(|faults| faults.duplicate_events = true);
    let first = scene.sim.add(ME, NewActivity::default()).unwrap();
    scene.sim.settled().await;
    scene.sim.set_faults(|faults| (faults.duplicate_events, faults.reorder_events) = (false, true));
    let second = scene.sim.add(ME, NewActivity::default()).unwrap();
    scene.sim.delete(second);
    scene.sim.settled().await;
    scene.sim.set_faults(|faults| (faults.reorder_events, faults.lose_event_every) = (false, 2));
    for _ in 0..4 {
        scene.sim.add(ME, NewActivity::default());
    }
    scene.sim.settled().await;
    let heard: Vec<_> = application.heard().iter().map(brief).collect();
    let events: Vec<_> = heard.iter().map(|(id, aspect, _)| (*id, aspect.as_str())).collect();
    let expected = [(first, "create"), (first, "create"), (second, "delete"), (second, "create")];
    assert_eq!(events[..4], expected);
    assert_eq!(events.len(), 4 + 2);
    assert_eq!(scene.sim.deliveries().iter().filter(|d| d.tries == 0).count(), 2);
}

#[tokio::test]
async fn a_running_clock_tells_by_itself() {
    use hermes_strava::sim::Clock;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicI64, Ordering};
    let seconds = Arc::new(AtomicI64::new(scene_second()));
    let source = seconds.clone();
    let clock = Clock::running(Arc::new(move || {
        jiff::Timestamp::from_second(source.load(Ordering::Relaxed)).unwrap()
    }));
    let scene = Scene::with(Options { clock, ..options() }).await;
    let application = Application::new(Manner::Good).await;
    scene.subscribe(&application.callback()).await;
    scene.connect(ME, &ALL).await;
    seconds.fetch_add(86_400 * 10, Ordering::Relaxed);
    // Nobody asks the simulator anything meanwhile.
    for _ in 0..100 {
        if !application.heard().is_empty() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("nothing was heard");
}

fn scene_second() -> i64 {
    crate::scene::at(crate::scene::FIRST).as_second()
}
