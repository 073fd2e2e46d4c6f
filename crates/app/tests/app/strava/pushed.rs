//! What Strava pushes: hints to look, and nothing more.

use super::hook::Hook;
use super::{Beginning, Connected};
use hermes_app::strava::{Handshake, Reason, StravaState};
use hermes_strava::sim::{Edit, NewActivity, Visibility};
use jiff::SignedDuration;

/// Connected, everything read, and subscribed.
async fn subscribed() -> (Connected, Hook) {
    let c = Connected::synced(Beginning::default()).await;
    let hook = Hook::of(&c.app).await;
    c.app.subscribe_strava(Some(&hook.url)).await.unwrap();
    assert!(c.status(&c.w.runner).await.webhooks);
    (c, hook)
}

fn event(c: &Connected, object: i64, aspect: &str, updates: &str) -> Vec<u8> {
    let (owner, at) = (c.athlete(0), c.sim.now().as_second());
    let kind = if object == owner { "athlete" } else { "activity" };
    format!(
        r#"{{"aspect_type":"{aspect}","event_time":{at},"object_id":{object},
        "object_type":"{kind}","owner_id":{owner},"subscription_id":1,"updates":{updates}}}"#
    )
    .into_bytes()
}

#[tokio::test]
async fn uploads_edits_and_deletions_arrive_at_once() {
    let (c, _hook) = subscribed().await;
    let (runner, athlete) = (&c.w.runner, c.athlete(0));
    let id = c.sim.add(athlete, NewActivity::default()).unwrap();
    c.sim.settled().await;
    c.work().await;
    assert!(c.held(runner).await.contains(&id));
    let name = Some("Tempo on the track".to_owned());
    c.sim.edit(id, Edit { name: name.clone(), ..Edit::default() });
    c.sim.settled().await;
    c.work().await;
    let a = c.store.activity(runner.id, id).await.unwrap().unwrap();
    assert_eq!(a.name.as_deref(), name.as_deref());
    c.sim.delete(id);
    c.sim.settled().await;
    c.work().await;
    assert!(!c.held(runner).await.contains(&id));
    c.within_limits();
}

/// slack-strava#83: a create came three times, and the activity was not there yet.
#[tokio::test]
async fn what_is_announced_and_not_there_yet_is_asked_for_again() {
    let (c, _hook) = subscribed().await;
    c.sim.set_faults(|faults| {
        faults.duplicate_events = true;
        faults.reorder_events = true;
        faults.activities_late_s = 90;
    });
    let id = c.sim.add(c.athlete(0), NewActivity::default()).unwrap();
    c.sim.settled().await;
    c.work().await;
    assert!(!c.held(&c.w.runner).await.contains(&id), "not there yet");
    for _ in 0..4 {
        c.w.pass(SignedDuration::from_secs(60));
        c.work().await;
    }
    assert!(c.held(&c.w.runner).await.contains(&id));
    assert!(c.store.strava_events(c.w.runner.id, id).await.unwrap().is_empty());
}

/// With `activity:read` alone, hiding a run comes as a deletion, and showing it as a new one.
#[tokio::test]
async fn what_is_hidden_goes_and_comes_back() {
    let c = Connected::new(Beginning::default()).await;
    let (runner, athlete) = (&c.w.runner, c.athlete(0));
    c.connect(runner, athlete, &["read", "activity:read"]).await.unwrap();
    c.work_for_days(1).await;
    let hook = Hook::of(&c.app).await;
    c.app.subscribe_strava(Some(&hook.url)).await.unwrap();
    let id = c.held(runner).await[3];
    for (visibility, there) in [(Visibility::OnlyMe, false), (Visibility::Everyone, true)] {
        c.sim.edit(id, Edit { visibility: Some(visibility), ..Edit::default() });
        c.sim.settled().await;
        c.w.pass(SignedDuration::from_secs(5));
        c.work().await;
        assert_eq!(c.held(runner).await.contains(&id), there, "{visibility:?}");
    }
}

/// An event is not signed: a forged one destroys nothing.
#[tokio::test]
async fn forged_events_destroy_nothing() {
    let (c, _hook) = subscribed().await;
    let (runner, athlete) = (&c.w.runner, c.athlete(0));
    let before = c.held(runner).await;
    c.app.strava_pushed(&event(&c, before[0], "delete", "{}")).await.unwrap();
    let left = event(&c, athlete, "update", r#"{"authorized":"false"}"#);
    c.app.strava_pushed(&left).await.unwrap();
    c.app.strava_pushed(b"{\"object_id\":").await.unwrap();
    c.work().await;
    assert_eq!(c.held(runner).await, before);
    assert_eq!(c.status(runner).await.state, StravaState::Connected);
    // Of another subscription, or of somebody unknown: not even kept.
    let text = String::from_utf8(event(&c, before[1], "delete", "{}")).unwrap();
    let foreign = text.replace("\"subscription_id\":1", "\"subscription_id\":99");
    c.app.strava_pushed(foreign.as_bytes()).await.unwrap();
    let unknown = text.replace(&format!("\"owner_id\":{athlete}"), "\"owner_id\":42");
    c.app.strava_pushed(unknown.as_bytes()).await.unwrap();
    assert!(c.store.strava_events(runner.id, before[1]).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_withdrawn_permission_erases_everything_once_strava_confirms_it() {
    let (c, _hook) = subscribed().await;
    let (runner, athlete) = (&c.w.runner, c.athlete(0));
    assert!(c.sim.deauthorize(athlete));
    c.sim.settled().await;
    c.work().await;
    assert!(c.held(runner).await.is_empty());
    assert_eq!(c.status(runner).await.state, StravaState::NotConnected);
    let receipts = c.app.strava_receipts(runner).await.unwrap();
    assert_eq!(receipts[0].reason, Reason::Deauthorized);
}

#[tokio::test]
async fn only_strava_is_answered() {
    let (c, _hook) = subscribed().await;
    for secret in ["", "guess", &"x".repeat(1_000)] {
        assert!(!c.app.is_strava_hook(secret).await.unwrap());
    }
    let asked = |verify: Option<&str>| Handshake {
        mode: Some("subscribe".to_owned()),
        challenge: Some("abc".to_owned()),
        verify: verify.map(str::to_owned),
    };
    for verify in [None, Some(""), Some("guess")] {
        assert_eq!(c.app.strava_handshake(&asked(verify)).await.unwrap(), None);
    }
    assert!(c.app.unsubscribe_strava().await.unwrap());
    assert!(!c.app.unsubscribe_strava().await.unwrap());
    assert!(!c.status(&c.w.runner).await.webhooks);
}

#[tokio::test]
async fn an_address_that_strava_cannot_reach_is_said() {
    let c = Connected::new(Beginning::default()).await;
    let error = c.app.subscribe_strava(Some("http://127.0.0.1:9")).await.unwrap_err().to_string();
    assert!(error.contains("reachable"), "{error}");
    assert!(!c.status(&c.w.runner).await.webhooks);
}
