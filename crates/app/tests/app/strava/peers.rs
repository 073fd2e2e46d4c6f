//! Mistakes that others made, each with the place where they made it.

use super::{ALL, Beginning, Connected};
use hermes_app::strava::{Reason, Stage, StravaState};
use hermes_strava::sim::{Edit, Limits, NewActivity, Visibility};
use jiff::SignedDuration;
use std::collections::BTreeMap;

/// What is stored of each activity's start: the moment, and the wall clock.
async fn starts(c: &Connected) -> BTreeMap<i64, (String, String)> {
    let mut starts = BTreeMap::new();
    for id in c.held(&c.w.runner).await {
        let a = c.store.activity(c.w.runner.id, id).await.unwrap().unwrap();
        starts.insert(id, (a.start_date.to_string(), format!("{:?}", a.start_date_local)));
    }
    starts
}

/// dreeve#417, #1449, #1520: the refresh token was kept in a file and died at its first rotation.
#[tokio::test]
async fn rotated_refresh_tokens_are_kept() {
    let c = Connected::synced(Beginning::default()).await;
    let before = c.store.strava_tokens(c.w.runner.id).await.unwrap().unwrap().token_version;
    c.work_for_days(3).await;
    let after = c.store.strava_tokens(c.w.runner.id).await.unwrap().unwrap().token_version;
    assert!(after >= before + 6, "{before} {after}: a token lives for six hours");
    assert_eq!(c.status(&c.w.runner).await.state, StravaState::Connected);
    c.holds_the_truth(&c.w.runner, c.athlete(0)).await;
}

/// dreeve#1520: connecting again was not to be found, and the sync went on asking.
#[tokio::test]
async fn a_dead_refresh_token_is_said_once_and_mended_by_connecting_again() {
    let c = Connected::synced(Beginning::default()).await;
    let (runner, athlete) = (&c.w.runner, c.athlete(0));
    c.sim.spoil_refresh_token(athlete);
    c.work_for_days(1).await;
    let StravaState::NeedsReauth(why) = c.status(runner).await.state else { unreachable!() };
    assert!(why.contains("connect to Strava again"), "{why}");
    let asked = c.sim.usage().day.iter().map(|w| w.overall).sum::<u32>();
    c.work_for_days(1).await;
    let later = c.sim.usage().day.iter().map(|w| w.overall).sum::<u32>();
    assert_eq!(asked, later, "nothing is asked in vain");
    let error = c.app.sync_strava(runner).await.unwrap_err().to_string();
    assert!(error.contains("again"), "{error}");
    assert!(!c.held(runner).await.is_empty(), "nothing is lost meanwhile");
    c.connect(runner, athlete, &ALL).await.unwrap();
    c.work_for_days(1).await;
    assert_eq!(c.status(runner).await.state, StravaState::Connected);
    c.holds_the_truth(runner, athlete).await;
}

/// dreeve#1186: with the scope `read` alone every request failed, with Strava's words.
#[tokio::test]
async fn unticked_boxes_are_explained() {
    let c = Connected::new(Beginning::default()).await;
    let error = c.connect(&c.w.runner, c.athlete(0), &["read"]).await.unwrap_err().to_string();
    assert!(error.contains("leave it ticked"), "{error}");
    assert_eq!(c.status(&c.w.runner).await.state, StravaState::NotConnected);
}

/// endurain#395: runs that only the runner sees were missing, and nobody said so.
#[tokio::test]
async fn what_only_the_runner_sees_is_there_when_granted_and_said_when_not() {
    let c = Connected::new(Beginning::default()).await;
    let (runner, athlete) = (&c.w.runner, c.athlete(0));
    let secret = NewActivity { visibility: Some(Visibility::OnlyMe), ..NewActivity::default() };
    let secret = c.sim.add(athlete, secret).unwrap();
    c.connect(runner, athlete, &["read", "activity:read"]).await.unwrap();
    c.work_for_days(1).await;
    let status = c.status(runner).await;
    assert!(status.misses_private, "{status:?}");
    let seen = c.sim.activities(athlete);
    let seen = seen.iter().filter(|a| a.visibility != Visibility::OnlyMe).count();
    assert_eq!(c.held(runner).await.len(), seen);
    c.connect(runner, athlete, &ALL).await.unwrap();
    c.work_for_days(1).await;
    assert!(!c.status(runner).await.misses_private);
    assert!(c.held(runner).await.contains(&secret));
    c.holds_the_truth(runner, athlete).await;
}

/// dreeve#76, wanderer#186, sjbha-bot#8: the import died at 100 calls, or read the first page only.
#[tokio::test]
async fn years_of_runs_are_read_within_the_limits() {
    let limits = Limits { short: 60, day: 700, read_short: 40, read_day: 400 };
    let c = Connected::new(Beginning { years: 3, limits, ..Beginning::default() }).await;
    let all = c.sim.athletes();
    let most = all.iter().max_by_key(|a| c.truth(a.id).len()).unwrap().id;
    assert!(c.truth(most).len() > 200, "more than a page");
    c.connect(&c.w.runner, most, &ALL).await.unwrap();
    c.work().await;
    let status = c.status(&c.w.runner).await;
    assert_eq!(c.held(&c.w.runner).await.len(), c.truth(most).len(), "summaries come first");
    assert!(status.details_left > 0 && status.time_left.is_some(), "{status:?}");
    let before = status.details_left;
    for _ in 0..6 {
        c.w.pass(SignedDuration::from_mins(15));
        c.work().await;
    }
    let status = c.status(&c.w.runner).await;
    assert!(status.details_left <= before - 6 * 10, "{status:?}");
    c.within_limits();
}

/// dreeve#84, #91, freezing-web#213: retries burnt what was left of the day.
#[tokio::test]
async fn limits_that_somebody_else_used_up_are_waited_for() {
    let c = Connected::synced(Beginning::default()).await;
    c.sim.exhaust_day();
    for _ in 0..8 {
        c.app.sync_strava(&c.w.runner).await.unwrap();
        c.work().await;
        c.w.pass(SignedDuration::from_mins(15));
    }
    let refused: u32 = c.sim.usage().day.iter().map(|w| w.rejected).sum();
    assert!((1..=2).contains(&refused), "{refused} requests were refused");
    c.work_for_days(2).await;
    assert_eq!(c.sim.usage().day.iter().map(|w| w.rejected).sum::<u32>(), refused);
    c.holds_the_truth(&c.w.runner, c.athlete(0)).await;
}

/// stravalib#730, ha_strava#324: an inactive application was called a wrong token.
#[tokio::test]
async fn an_inactive_application_is_said_and_waited_for() {
    let c = Connected::synced(Beginning::default()).await;
    c.sim.set_faults(|faults| faults.inactive = true);
    c.work_for_days(1).await;
    let status = c.status(&c.w.runner).await;
    assert_eq!(status.state, StravaState::Connected, "the permission is good");
    let said = status.last_error.unwrap();
    assert!(said.contains("inactive"), "{said}");
    c.sim.set_faults(|faults| faults.inactive = false);
    c.work_for_days(1).await;
    assert_eq!(c.status(&c.w.runner).await.last_error, None);
    c.holds_the_truth(&c.w.runner, c.athlete(0)).await;
}

/// endurain#215, GoldenCheetah#2258: a second sync shifted the times by the zone.
#[tokio::test]
async fn starts_stay_when_everything_is_listed_again_and_the_runner_moves() {
    let c = Connected::synced(Beginning::default()).await;
    let before = starts(&c).await;
    c.app.set_time_zone(c.w.runner.id, "Asia/Shanghai").await.unwrap();
    c.work_for_days(2).await;
    let after = starts(&c).await;
    for (id, start) in &before {
        assert_eq!(after.get(id), Some(start), "{id}");
    }
}

/// endurain: what was known was never looked at again, so edits did not arrive.
#[tokio::test]
async fn edits_arrive_without_a_webhook() {
    let c = Connected::synced(Beginning::default()).await;
    let (runner, athlete) = (&c.w.runner, c.athlete(0));
    let last = c.sim.activities(athlete).pop().unwrap().id;
    let first = c.sim.activities(athlete)[0].id;
    for (id, name) in [(last, "Renamed run"), (first, "Renamed long ago")] {
        let edit = Edit { name: Some(name.to_owned()), metres: Some(7_777), ..Edit::default() };
        assert!(c.sim.edit(id, edit));
    }
    c.sim.edit(last, Edit { sport_type: Some("Ride".to_owned()), ..Edit::default() });
    c.work_for_days(2).await;
    for (id, name) in [(last, "Renamed run"), (first, "Renamed long ago")] {
        let a = c.store.activity(runner.id, id).await.unwrap().unwrap();
        assert_eq!(a.name.as_deref(), Some(name));
        assert_eq!(a.distance_meters.from_metres().0, 7_777);
    }
    let ride = c.store.activity(runner.id, last).await.unwrap().unwrap();
    assert_eq!(ride.activity_type.as_str(), "Ride");
    assert_eq!(ride.sport, hermes_engine::record::Sport::Other);
}

/// What the runner said that an activity was goes before what Strava says, then and later, whether
/// it was edited there or all is listed again. The points of a ride that was a run are asked for.
#[tokio::test]
async fn the_runners_word_on_a_type_goes_before_stravas() {
    let c = Connected::synced(Beginning::default()).await;
    let (runner, athlete) = (&c.w.runner, c.athlete(0));
    let all = c.sim.activities(athlete);
    let of = |sport: &str| all.iter().rev().find(|a| a.sport_type == sport).unwrap().id;
    let (ride, run) = (of("Ride"), of("Run"));
    let detail = async |id| c.app.activity(runner, id).await.unwrap();
    assert!(detail(ride).await.curve.is_none(), "only runs have points");
    c.app.correct_type(runner, ride, Some("TrailRun")).await.unwrap();
    c.app.correct_type(runner, run, Some("Walk")).await.unwrap();
    c.work_for_days(1).await;
    let read = detail(ride).await;
    assert!(read.curve.is_some() && !read.km.is_empty(), "its points were asked for");
    for (id, sport) in [(ride, "GravelRide"), (run, "TrailRun")] {
        let name = Some("Renamed".to_owned());
        let edit = Edit { sport_type: Some(sport.to_owned()), name, ..Edit::default() };
        assert!(c.sim.edit(id, edit));
    }
    c.work_for_days(2).await;
    for (id, stands, said) in [(ride, "TrailRun", "GravelRide"), (run, "Walk", "TrailRun")] {
        let d = detail(id).await;
        let told = (d.activity.name.as_str(), d.activity.activity_type.as_str());
        assert_eq!((told, d.type_said.as_deref()), (("Renamed", stands), Some(said)));
        assert_eq!(d.activity.is_run, id == ride);
        c.app.correct_type(runner, id, None).await.unwrap();
    }
    c.holds_the_truth(runner, athlete).await;
}

/// dreeve#751, strafforts#338, sauce4strava#55: deletions were not mirrored, or what was worked out
/// of them stayed.
#[tokio::test]
async fn deletions_arrive_within_two_days_with_what_follows() {
    let c = Connected::synced(Beginning::default()).await;
    let (runner, athlete) = (&c.w.runner, c.athlete(0));
    let doomed = c.sim.activities(athlete);
    let doomed = doomed.iter().rev().find(|a| a.sport_type == "Run").unwrap().clone();
    assert!(c.sim.delete(doomed.id));
    c.work_for_days(2).await;
    assert!(!c.held(runner).await.contains(&doomed.id));
    c.holds_the_truth(runner, athlete).await;
    let receipts = c.app.strava_receipts(runner).await.unwrap();
    assert!(receipts.iter().any(|r| r.reason == Reason::Deleted && r.activities == 1));
    let connection = c.store.strava_connection(runner.id).await.unwrap().unwrap();
    assert_eq!(connection.dirty_from, None, "the books know");
}

/// dreeve#1573, elevate#904, #1034: a list that failed marked everything for deletion.
#[tokio::test]
async fn a_list_that_fails_deletes_nothing() {
    let c = Connected::synced(Beginning::default()).await;
    let before = c.held(&c.w.runner).await;
    c.sim.set_faults(|faults| {
        faults.unavailable_every = 2;
        faults.truncate_every = 3;
    });
    c.work_for_days(2).await;
    c.sim.set_faults(|faults| faults.unauthorized = true);
    c.work_for_days(1).await;
    let after = c.held(&c.w.runner).await;
    assert!(before.iter().all(|id| after.contains(id)));
}

/// The same: a list that is empty, or ends too early, although all is well. What it did not hold
/// is asked for by itself, and after a few that are there nobody asks on.
#[tokio::test]
async fn a_list_that_does_not_hold_all_deletes_nothing_that_is_there() {
    let c = Connected::synced(Beginning::default()).await;
    let (runner, athlete) = (&c.w.runner, c.athlete(0));
    let asked = || c.sim.usage().day.iter().map(|w| w.overall).sum::<u32>();
    for most in [0, 5] {
        let before = (c.held(runner).await, asked());
        assert!(before.0.len() > 20, "{before:?}");
        c.sim.set_faults(|faults| faults.lists_hold = Some(most));
        c.w.pass(SignedDuration::from_hours(25));
        c.work().await;
        let after = c.held(runner).await;
        assert!(before.0.iter().all(|id| after.contains(id)), "{most}: {before:?} {after:?}");
        assert!(asked() - before.1 < 20, "{most}: {} requests", asked() - before.1);
        let listed = c.store.strava_connection(runner.id).await.unwrap().unwrap().listed_at;
        assert!(listed.unwrap() > c.sim.now() - SignedDuration::from_mins(1), "it has ended");
    }
    // What is gone goes all the same.
    let newest = c.truth(athlete).pop().unwrap();
    c.sim.delete(newest);
    c.sim.set_faults(|faults| faults.lists_hold = Some(0));
    c.w.pass(SignedDuration::from_hours(25));
    c.work().await;
    assert!(!c.held(runner).await.contains(&newest));
    c.sim.set_faults(|faults| faults.lists_hold = None);
    c.work_for_days(2).await;
    c.holds_the_truth(runner, athlete).await;
}

/// An empty list is complete: who deletes everything at Strava has nothing here two days later,
/// however much it was. Each activity goes for an answer of its own.
#[tokio::test]
async fn who_deletes_everything_has_nothing_here() {
    let c = Connected::synced(Beginning::default()).await;
    let (runner, athlete) = (&c.w.runner, c.athlete(1));
    let member = c.member().await;
    c.connect(&member, athlete, &ALL).await.unwrap();
    c.work_for_days(2).await;
    assert!(c.held(&member).await.len() > 60, "more than what is looked up at once");
    for id in c.truth(athlete) {
        c.sim.delete(id);
    }
    c.work_for_days(2).await;
    c.holds_the_truth(&member, athlete).await;
    c.holds_the_truth(runner, c.athlete(0)).await;
    c.within_limits();
    let receipts = c.app.strava_receipts(&member).await.unwrap();
    assert!(receipts.iter().all(|r| r.reason == Reason::Deleted && r.activities == 1));
}

/// A broken activity that a list does not hold holds up neither the others nor the listing.
#[tokio::test]
async fn a_broken_activity_that_is_missing_stops_nothing() {
    let c = Connected::synced(Beginning::default()).await;
    let (runner, athlete) = (&c.w.runner, c.athlete(0));
    let [first, .., broken] = c.truth(athlete)[..] else { unreachable!() };
    c.sim.set_faults(|faults| faults.broken_activities = vec![broken]);
    c.sim.delete(first);
    c.sim.delete(broken);
    c.work_for_days(2).await;
    assert!(!c.held(runner).await.contains(&first));
    let connection = c.store.strava_connection(runner.id).await.unwrap().unwrap();
    assert_eq!((connection.listing_id, connection.stage), (None, Stage::Done));
    c.sim.set_faults(|faults| faults.broken_activities.clear());
    c.work_for_days(2).await;
    c.holds_the_truth(runner, athlete).await;
}

/// An old run that a watch uploads late lies before everything that was seen last.
#[tokio::test]
async fn a_late_upload_of_an_old_run_is_found() {
    let c = Connected::synced(Beginning::default()).await;
    let start = c.sim.now() - SignedDuration::from_hours(24 * 60);
    let old = NewActivity { start: Some(start), ..NewActivity::default() };
    let old = c.sim.add(c.athlete(0), old).unwrap();
    c.work_for_days(2).await;
    assert!(c.held(&c.w.runner).await.contains(&old));
}

/// strava-to-fittrackee#6, wanderer#225, GAP#99, FitTrackee#941: treadmill and typed-in runs were
/// dropped, or broke the import.
#[tokio::test]
async fn treadmill_and_typed_in_runs_are_there() {
    let c = Connected::new(Beginning::default()).await;
    let (runner, athlete) = (&c.w.runner, c.athlete(0));
    let treadmill = NewActivity { trainer: true, ..NewActivity::default() };
    let treadmill = c.sim.add(athlete, treadmill).unwrap();
    let start = Some(c.sim.now() - SignedDuration::from_hours(48));
    let typed = NewActivity { manual: true, start, ..NewActivity::default() };
    let typed = c.sim.add(athlete, typed).unwrap();
    c.connect(runner, athlete, &ALL).await.unwrap();
    c.work_for_days(1).await;
    let held = c.held(runner).await;
    assert!(held.contains(&treadmill) && held.contains(&typed));
    assert_eq!(c.status(runner).await.details_left, 0);
}

/// A single activity that Strava cannot give does not stop the others.
#[tokio::test]
async fn a_broken_activity_stops_nothing() {
    let c = Connected::new(Beginning::default()).await;
    let (runner, athlete) = (&c.w.runner, c.athlete(0));
    let runs = c.sim.activities(athlete);
    let broken = runs.iter().rev().find(|a| a.sport_type == "Run" && !a.manual).unwrap().id;
    c.sim.set_faults(|faults| faults.broken_activities = vec![broken]);
    c.connect(runner, athlete, &ALL).await.unwrap();
    c.work_for_days(2).await;
    let status = c.status(runner).await;
    assert_eq!((status.stage, status.details_left), (Some(Stage::Done), 0), "{status:?}");
    c.holds_the_truth(runner, athlete).await;
}
