//! The way from a consent to activities in the database, and out again.

use super::{ALL, Beginning, Connected};
use hermes_app::Kind;
use hermes_app::strava::{Callback, Reason, Stage, StravaState};
use jiff::SignedDuration;

#[tokio::test]
async fn a_runner_connects_and_holds_what_strava_holds() {
    let c = Connected::synced(Beginning::default()).await;
    let (runner, athlete) = (&c.w.runner, c.athlete(0));
    let status = c.status(runner).await;
    assert_eq!(status.state, StravaState::Connected);
    assert_eq!((status.stage, status.details_left), (Some(Stage::Done), 0), "{status:?}");
    c.holds_the_truth(runner, athlete).await;
    assert!(c.truth(athlete).len() > 20);
    c.within_limits();
    let consents = c.store.strava_consents(runner.id).await.unwrap();
    assert_eq!(consents.len(), 1);
    assert!(consents[0].scopes.is_some() && consents[0].withdrawn_at.is_none());
}

/// Tokens stand in the database only in envelopes.
#[tokio::test]
async fn tokens_are_sealed() {
    let c = Connected::new(Beginning::default()).await;
    c.connect(&c.w.runner, c.athlete(0), &ALL).await.unwrap();
    let stored = c.store.strava_tokens(c.w.runner.id).await.unwrap().unwrap();
    assert!(stored.refresh_token.starts_with("v1."));
    assert!(stored.access_token.unwrap().starts_with("v1."));
}

#[tokio::test]
async fn a_way_back_is_used_once_by_whom_it_was_made_for() {
    let c = Connected::new(Beginning::default()).await;
    let other = c.member().await;
    let url = c.app.begin_strava(&c.w.runner).await.unwrap();
    let state = url.rsplit_once("state=").unwrap().1.to_owned();
    let back = |state: &str| Callback {
        state: Some(state.to_owned()),
        code: Some(c.sim.consent(c.athlete(0), &ALL).into()),
        scope: Some(ALL.join(",")),
        error: None,
    };
    let error = c.app.finish_strava(&other, &back(&state)).await.unwrap_err();
    assert!(error.to_string().contains("not yours"), "{error}");
    c.app.finish_strava(&c.w.runner, &back(&state)).await.unwrap();
    c.app.finish_strava(&c.w.runner, &back(&state)).await.unwrap_err();
    c.app.finish_strava(&c.w.runner, &back("")).await.unwrap_err();
    let url = c.app.begin_strava(&other).await.unwrap();
    c.w.pass(SignedDuration::from_mins(31));
    let late = c.app.finish_strava(&other, &back(url.rsplit_once("state=").unwrap().1)).await;
    assert!(late.unwrap_err().to_string().contains("half an hour"));
}

#[tokio::test]
async fn who_says_no_or_comes_back_with_a_wrong_code_is_told() {
    let c = Connected::new(Beginning::default()).await;
    let runner = &c.w.runner;
    let back = async |code: Option<&str>, error: Option<&str>| {
        let url = c.app.begin_strava(runner).await.unwrap();
        let back = Callback {
            state: Some(url.rsplit_once("state=").unwrap().1.to_owned()),
            code: code.map(|code| code.to_owned().into()),
            scope: Some(ALL.join(",")),
            error: error.map(str::to_owned),
        };
        c.app.finish_strava(runner, &back).await.unwrap_err().to_string()
    };
    assert!(back(None, Some("access_denied")).await.contains("did not grant"));
    assert!(back(None, None).await.contains("sent no permission"));
    assert!(back(Some("nonsense"), None).await.contains("connect again"));
    assert_eq!(c.status(runner).await.state, StravaState::NotConnected);
}

#[tokio::test]
async fn an_athlete_is_one_runner_and_a_runner_one_athlete() {
    let c = Connected::new(Beginning::default()).await;
    let other = c.member().await;
    c.connect(&c.w.runner, c.athlete(0), &ALL).await.unwrap();
    let error = c.connect(&other, c.athlete(0), &ALL).await.unwrap_err();
    assert!(error.to_string().contains("another runner"), "{error}");
    let error = c.connect(&c.w.runner, c.athlete(1), &ALL).await.unwrap_err();
    assert!(error.to_string().contains("another athlete"), "{error}");
    c.connect(&other, c.athlete(1), &ALL).await.unwrap();
    c.work_for_days(1).await;
    c.holds_the_truth(&c.w.runner, c.athlete(0)).await;
    c.holds_the_truth(&other, c.athlete(1)).await;
}

/// Everything is erased in one step, with a receipt, and Strava knows.
#[tokio::test]
async fn disconnecting_erases_and_leaves_a_receipt() {
    let c = Connected::synced(Beginning::default()).await;
    let (runner, athlete) = (&c.w.runner, c.athlete(0));
    let held = c.held(runner).await.len();
    let gone = c.app.disconnect_strava(runner).await.unwrap();
    assert_eq!(gone.not_revoked, None);
    assert_eq!(usize::try_from(gone.receipt.activities).unwrap(), held);
    assert!(c.held(runner).await.is_empty());
    assert_eq!(c.status(runner).await.state, StravaState::NotConnected);
    let person = c.sim.athletes().into_iter().find(|a| a.id == athlete).unwrap();
    assert!(person.scopes.is_empty(), "Strava was told");
    let counts = c.store.count_rows().await.unwrap();
    let rows = |table: &str| counts.iter().find(|(name, _)| name == table).unwrap().1;
    for table in [
        "strava_activities",
        "activity_sources",
        "activity_versions",
        "strava_items",
        "strava_connections",
        "strava_events",
        "strava_states",
    ] {
        assert_eq!(rows(table), 0, "{table}");
    }
    let receipts = c.app.strava_receipts(runner).await.unwrap();
    assert_eq!(receipts, vec![gone.receipt]);
    let consent = &c.store.strava_consents(runner.id).await.unwrap()[0];
    assert!(consent.withdrawn_at.is_some());
    // And back again.
    c.connect(runner, athlete, &ALL).await.unwrap();
    c.work_for_days(1).await;
    c.holds_the_truth(runner, athlete).await;
}

/// What the API brought goes by disconnecting only: an import that is taken back leaves rows behind
/// that no erasure would find.
#[tokio::test]
async fn what_the_api_brought_is_no_import_to_take_back() {
    let c = Connected::synced(Beginning::default()).await;
    let runner = &c.w.runner;
    let held = c.held(runner).await.len();
    let batch = c.store.strava_connection(runner.id).await.unwrap().unwrap().batch_id;
    let error = c.app.undo_import(runner, batch).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Conflict, "{error}");
    assert!(error.to_string().contains("disconnecting"), "{error}");
    assert_eq!(c.held(runner).await.len(), held);
}

#[tokio::test]
async fn disconnecting_erases_also_when_strava_is_away() {
    let c = Connected::synced(Beginning::default()).await;
    c.sim.set_faults(|faults| faults.inactive = true);
    let gone = c.app.disconnect_strava(&c.w.runner).await.unwrap();
    assert!(gone.receipt.activities > 0 && c.held(&c.w.runner).await.is_empty());
}

/// What came from the API alone goes after seven days; nothing older is asked for.
#[tokio::test]
async fn what_may_stay_seven_days_stays_seven_days() {
    let c = Connected::synced(Beginning { retention: "7d", ..Beginning::default() }).await;
    let (runner, athlete) = (&c.w.runner, c.athlete(0));
    let week = SignedDuration::from_hours(7 * 24);
    c.work_for_days(14).await;
    let now = hermes_app::clock::Clock::now(&*c.w.hands);
    let held = c.held(runner).await;
    let all = c.sim.activities(athlete);
    let (mut kept, mut gone) = (0, 0);
    for activity in &all {
        // A poll comes hours after the upload, and the purge hours after the week.
        let slack = SignedDuration::from_hours(9);
        if activity.uploaded > now - week + slack && activity.uploaded < now - slack {
            assert!(held.contains(&activity.id), "{activity:?}");
            kept += 1;
        }
        if activity.uploaded < now - week - slack {
            let item = c.store.strava_item(runner.id, activity.id).await.unwrap();
            assert!(!held.contains(&activity.id), "{activity:?} {item:?} {now}");
            gone += 1;
        }
    }
    assert!(kept > 0 && gone > 0, "{kept} {gone}");
    let receipts = c.app.strava_receipts(runner).await.unwrap();
    assert!(receipts.iter().any(|r| r.reason == Reason::Expired && r.activities > 0));
    c.within_limits();
}

#[tokio::test]
async fn without_a_choice_of_the_operator_strava_is_off() {
    use hermes_app::strava::Terms;
    let off = |retention, permission| Terms::read(retention, permission).unwrap_err().to_string();
    assert!(off(None, None).contains("there is no default"));
    assert!(off(Some("forever"), None).contains("\"7d\" or \"keep\""));
    assert!(off(Some("keep"), None).contains("strava.permission"));
    assert!(off(Some("keep"), Some("yes")).contains("no statement"));
    assert_eq!(Terms::read(Some("7d"), None).unwrap(), Terms::Week);
    let c = Connected::new(Beginning::default()).await;
    let mut app = c.w.app.clone();
    let error = app.begin_strava(&c.w.runner).await.unwrap_err().to_string();
    assert!(error.contains("docs/OPERATIONS.md"), "{error}");
    app.leave_strava_off("strava.retention is not set".to_owned());
    let status = app.strava_status(&c.w.runner).await.unwrap();
    assert_eq!(status.state, StravaState::Off("strava.retention is not set".to_owned()));
}

/// Plans of the past cannot be recomputed from what is gone, and say so.
#[tokio::test]
async fn a_plan_that_was_made_from_what_is_gone_is_said_to_be_so() {
    let c = Connected::synced(Beginning::default()).await;
    let runner = &c.w.runner;
    c.app.publish(runner).await.unwrap();
    let before = c.app.verify(runner).await.unwrap();
    assert!(before.is_sound() && before.weeks.iter().all(|w| !w.erased));
    c.w.pass(SignedDuration::from_hours(1));
    c.app.disconnect_strava(runner).await.unwrap();
    let after = c.app.verify(runner).await.unwrap();
    assert!(after.is_sound(), "{after:?}");
    assert!(after.weeks.iter().any(|w| w.erased), "{after:?}");
}
