//! More mistakes that others made: wrong clocks, figures of what is gone, pauses that were run.

use super::{ALL, Beginning, Connected};
use hermes_app::strava::StravaState;
use hermes_engine::calendar::Day;
use hermes_store::readings::SplitKind;
use hermes_strava::sim::NewActivity;
use jiff::SignedDuration;
use jiff::tz::TimeZone;

/// endurain: indoor runs got the server's time zone. Every activity is on its athlete's clock,
/// wherever the account says that the runner is.
#[tokio::test]
async fn a_run_is_on_its_athletes_clock_indoors_too() {
    let c = Connected::new(Beginning::default()).await;
    let (runner, athlete) = (&c.w.runner, c.athlete(0));
    c.app.set_time_zone(runner.id, "Pacific/Auckland").await.unwrap();
    let treadmill = NewActivity { trainer: true, ..NewActivity::default() };
    let treadmill = c.sim.add(athlete, treadmill).unwrap();
    c.connect(runner, athlete, &ALL).await.unwrap();
    c.work_for_days(1).await;
    let zone = c.sim.athletes().into_iter().find(|a| a.id == athlete).unwrap().time_zone;
    let zone = TimeZone::get(&zone).unwrap();
    let mut compared = Vec::new();
    for seen in c.sim.activities(athlete) {
        let held = c.store.activity(runner.id, seen.id).await.unwrap().unwrap();
        // Some starts are hidden.
        if held.start_date == seen.start {
            let offset = i64::from(zone.to_offset(seen.start).seconds());
            let expected = seen.start.as_second() + offset;
            assert_eq!(held.start_date_local.seconds(), expected, "{seen:?}");
            compared.push(seen.id);
        }
    }
    assert!(compared.contains(&treadmill) && compared.len() > 10, "{compared:?}");
}

/// sauce4strava#55: what had been worked out of an activity stayed when it was deleted.
#[tokio::test]
async fn what_was_worked_out_of_a_run_goes_with_it() {
    let c = Connected::synced(Beginning::default()).await;
    let (runner, athlete) = (&c.w.runner, c.athlete(0));
    let today = c.app.today(runner);
    let weeks = async || c.store.summaries(runner.id, today - 60, today).await.unwrap();
    let before = weeks().await;
    let week = before.iter().rev().find(|week| week.actual_volume_km.is_some()).unwrap();
    let inside = |day: Day| (week.week_start_date..=week.week_end_date).contains(&day);
    let mut gone = 0;
    for seen in c.sim.activities(athlete) {
        let held = c.store.activity(runner.id, seen.id).await.unwrap().unwrap();
        if inside(held.start_date_local.day()) {
            c.sim.delete(seen.id);
            gone += 1;
        }
    }
    assert!(gone > 0);
    c.work_for_days(2).await;
    let after = weeks().await;
    let now = after.iter().find(|w| w.week_start_date == week.week_start_date);
    let left = now.and_then(|w| w.actual_volume_km).map_or(0, |km| km.units());
    assert_eq!(left, 0, "{week:?} {now:?}");
}

/// GoldenCheetah#3493, #3457, #2838: splits ran away from the points after a pause, and the pause
/// was run.
#[tokio::test]
async fn a_pause_is_not_run() {
    let c = Connected::synced(Beginning { athletes: 2, ..Beginning::default() }).await;
    let member = c.member().await;
    c.connect(&member, c.athlete(1), &ALL).await.unwrap();
    c.work_for_days(2).await;
    let mut compared = 0;
    for seen in c.sim.activities(c.athlete(1)) {
        let pause = seen.elapsed_s - seen.moving_s;
        let held = c.store.activity(member.id, seen.id).await.unwrap().unwrap();
        assert_eq!(i64::from(held.moving_time_seconds), seen.moving_s, "{seen:?}");
        let Some(reading) = c.store.reading(member.id, held.id).await.unwrap() else { continue };
        if pause < 20 {
            continue;
        }
        let km = reading.splits.iter().filter(|s| s.kind == SplitKind::Km);
        let (elapsed, moving) = km.fold((0, 0), |sum, s| {
            (sum.0 + i64::from(s.elapsed_ms), sum.1 + i64::from(s.moving_ms))
        });
        let off = (elapsed - moving) / 1_000 - pause;
        assert!(off.abs() <= 5, "{seen:?}: {off} s, {elapsed} {moving}");
        compared += 1;
    }
    assert!(compared > 3, "{compared} runs with a pause");
}

/// strava-to-fittrackee#22, elevate#1223: an application may have so many athletes; one more sees a
/// page at Strava and never comes back. Nothing is half-connected, and the next try works.
#[tokio::test]
async fn who_never_comes_back_from_strava_can_begin_again() {
    let c = Connected::new(Beginning::default()).await;
    let runner = &c.w.runner;
    for _ in 0..3 {
        c.app.begin_strava(runner).await.unwrap();
        c.w.pass(SignedDuration::from_mins(40));
    }
    assert_eq!(c.status(runner).await.state, StravaState::NotConnected);
    let rows = c.store.count_rows().await.unwrap();
    let states = rows.iter().find(|(name, _)| name == "strava_states").unwrap().1;
    assert_eq!(states, 1, "the old ones are forgotten");
    c.connect(runner, c.athlete(0), &ALL).await.unwrap();
    c.work_for_days(1).await;
    c.holds_the_truth(runner, c.athlete(0)).await;
}
