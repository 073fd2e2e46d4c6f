//! Use cases over time, with a clock that the test moves: signing in, publishing in the middle of a
//! week, facts that arrive late, goals that take over.

use crate::world::{World, day};
use hermes_app::clock::Clock as _;
use hermes_app::{AppError, Done, Kind, WeekStatus};
use hermes_engine::calendar::{Weekday, WeekdaySet};
use hermes_engine::record::{Preferences, RaceDistance};
use hermes_engine::state::Phase;
use hermes_engine::units::{Metres, Seconds};
use hermes_store::plans::WeekToSave;
use hermes_store::{Options, Store};
use jiff::SignedDuration;

#[tokio::test]
async fn a_sign_in_link_works_once_and_for_fifteen_minutes() {
    let w = World::at("2026-03-04T10:00:00Z").await;
    let link = w.app.sign_in_link(w.runner.id).await.unwrap();
    let session = w.app.sign_in(&link).await.unwrap().unwrap();
    assert_eq!(w.app.sign_in(&link).await.unwrap(), None, "used up");
    assert_eq!(w.app.session(&session).await.unwrap().unwrap().id, w.runner.id);
    w.app.sign_out(&session).await.unwrap();
    assert_eq!(w.app.session(&session).await.unwrap(), None);
    let late = w.app.sign_in_link(w.runner.id).await.unwrap();
    w.pass(SignedDuration::from_mins(16));
    assert_eq!(w.app.sign_in(&late).await.unwrap(), None, "expired");
    assert_eq!(w.app.sign_in("0123").await.unwrap(), None, "never given");
}

#[tokio::test]
async fn a_week_that_has_begun_is_planned_from_today_on_and_the_next_one_is_a_draft() {
    // A Thursday; the archive goes on to Sunday, which is not known yet.
    let w = World::at("2026-03-05T07:00:00Z").await;
    w.import(w.archive(3, "2026-03-09", 30)).await;
    let today = w.app.today(&w.runner);
    w.app.add_goal(&w.runner, today, RaceDistance::Half, day("2026-06-14"), None, 1).await.unwrap();
    let week = w.app.publish(&w.runner).await.unwrap();
    assert_eq!((week.week_start, week.status), (day("2026-03-02"), WeekStatus::Published));
    let plan = week.plan.clone().unwrap();
    assert_eq!(plan.first_day, day("2026-03-05"));
    assert!(!plan.sessions.is_empty());
    assert!(plan.sessions.iter().all(|s| s.day >= plan.first_day));
    let before: Vec<Done> = week.days[..3].iter().map(|d| d.done).collect();
    assert!(before.contains(&Done::Unplanned), "runs before the plan are shown: {before:?}");
    let draft = w.app.week(&w.runner, day("2026-03-09")).await.unwrap().unwrap();
    assert_eq!(draft.status, WeekStatus::Draft);
    assert!(draft.planned > Metres::km(30), "the rest of this week counts as run: {draft:?}");
    let again = w.app.publish(&w.runner).await.unwrap();
    assert_eq!(again.revision, week.revision, "publishing twice changes nothing");
    assert_eq!(again.digest, week.digest);
    assert!(w.app.verify(&w.runner).await.unwrap().is_sound());
}

#[tokio::test]
async fn facts_that_arrive_late_do_not_unsettle_what_was_published() {
    let w = World::at("2026-03-02T06:00:00Z").await;
    w.import(w.archive(3, "2026-03-02", 20)).await;
    let first = w.app.publish(&w.runner).await.unwrap();
    w.pass(SignedDuration::from_hours(2));
    // Another archive with other runs of the same weeks.
    w.import(w.archive(4, "2026-03-02", 20)).await;
    let verified = w.app.verify(&w.runner).await.unwrap();
    assert!(verified.is_sound(), "{verified:?}");
    let own = &verified.weeks[0];
    assert_eq!(first.digest.as_deref(), Some(own.digest.as_str()), "the first plan is as it was");
    let versions = verified.weeks.len();
    // A week later the next week is published; both still verify, in their order.
    w.pass(SignedDuration::from_hours(24 * 7));
    w.app.publish(&w.runner).await.unwrap();
    let verified = w.app.verify(&w.runner).await.unwrap();
    assert!(verified.is_sound(), "{verified:?}");
    assert_eq!(verified.weeks.len(), versions + 1);
}

/// A race is over and the log ends before it: nobody is sent to a fartlek the next day.
#[tokio::test]
async fn a_race_that_is_not_in_the_log_yet_is_recovered_from() {
    let w = World::at("2026-02-23T06:00:00Z").await;
    w.import(w.archive(3, "2026-02-23", 30)).await;
    let today = w.app.today(&w.runner);
    let (race, distance) = (day("2026-03-01"), RaceDistance::Marathon);
    w.app.add_goal(&w.runner, today, distance, race, None, 1).await.unwrap();
    w.app.publish(&w.runner).await.unwrap();
    w.pass(SignedDuration::from_hours(24 * 7));
    let plan = w.app.publish(&w.runner).await.unwrap().plan.unwrap();
    assert_eq!(plan.week_start, day("2026-03-02"));
    assert_eq!(plan.phase, Phase::Recovery);
    assert!(plan.sessions.iter().all(|s| s.day > day("2026-03-06")), "{:?}", plan.sessions);
    assert!(plan.distance() < Metres::km(10), "{:?}", plan.sessions);
    assert!(w.app.verify(&w.runner).await.unwrap().is_sound());
}

/// What was published is what verify expects, row by row; a week that is gone is named.
#[tokio::test]
async fn verify_names_a_week_published_later_than_the_ones_before_it() {
    let w = World::at("2026-03-02T06:00:00Z").await;
    w.import(w.archive(3, "2026-03-02", 30)).await;
    w.app.publish(&w.runner).await.unwrap();
    // The weeks before it are replayed afterwards: it was made without them.
    let (from, to) = (day("2026-01-05"), day("2026-03-01"));
    w.app.replay(&w.runner, from, to, |_, _| {}).await.unwrap();
    let verified = w.app.verify(&w.runner).await.unwrap();
    assert_eq!(verified.weeks.len(), 9);
    assert!(verified.is_sound(), "{verified:?}");
}

/// Rows of the database that no longer say what was published are named, week by week.
#[tokio::test]
async fn verify_names_rows_that_were_changed() {
    let w = World::at("2026-03-02T06:00:00Z").await;
    w.import(w.archive(3, "2026-03-02", 30)).await;
    let week = w.app.publish(&w.runner).await.unwrap().week_start;
    let store = Store::open(&w.url(), Options::default()).await.unwrap();
    let stored = store.week(w.runner.id, week).await.unwrap().unwrap();
    let version = store.revisions(w.runner.id, week).await.unwrap().remove(0).version;
    let workouts = || stored.workouts.iter().map(|s| s.workout.clone()).collect::<Vec<_>>();
    let pace = |pace| {
        let mut workouts = workouts();
        workouts[0].planned_pace_seconds_per_km = Some(pace);
        workouts
    };
    let shorter = workouts()[1..].to_vec();
    let as_it_was = workouts();
    for (workouts, sound) in [(pace(200), false), (shorter, false), (as_it_was, true)] {
        let (plan, revision) = (stored.plan.clone(), version.clone());
        let (adaptations, profile, summary) = (Vec::new(), None, None);
        let to_save = WeekToSave { plan, workouts, revision, adaptations, profile, summary };
        store.save_week(w.runner.id, &to_save, w.hands.now()).await.unwrap();
        let verified = w.app.verify(&w.runner).await.unwrap();
        assert_eq!(verified.is_sound(), sound, "{verified:?}");
        // Each save is one more revision; the rows are those of the last.
        let last = verified.weeks.last().unwrap();
        assert_eq!(last.rows_same, sound);
        assert!(last.plan_same, "the plan itself was left alone");
    }
}

/// A plan of an earlier engine cannot be recomputed by this one; its hard rules can be checked.
#[tokio::test]
async fn a_plan_of_an_earlier_engine_is_held_to_the_hard_rules_only() {
    let w = World::at("2026-03-02T06:00:00Z").await;
    w.import(w.archive(3, "2026-03-02", 30)).await;
    let week = w.app.publish(&w.runner).await.unwrap().week_start;
    let store = Store::open(&w.url(), Options::default()).await.unwrap();
    let stored = store.week(w.runner.id, week).await.unwrap().unwrap();
    let mut revision = store.revisions(w.runner.id, week).await.unwrap().remove(0).version;
    let workouts: Vec<_> = stored.workouts.iter().map(|s| s.workout.clone()).collect();
    let mut body: serde_json::Value = revision.body.read().unwrap();
    body.as_object_mut().unwrap().remove("engine");
    revision.inputs_digest = "0".repeat(64);
    let run = |session: &serde_json::Value| session["distance"].as_i64().is_some_and(|d| d > 0);
    for (metres, sound) in [(None, true), (Some(90_000), false)] {
        let sessions = body["plan"]["sessions"].as_array_mut().unwrap();
        if let Some(metres) = metres {
            sessions.iter_mut().find(|s| run(s)).unwrap()["distance"] = metres.into();
        }
        revision.body = body.clone().into();
        let (plan, workouts, revision) = (stored.plan.clone(), workouts.clone(), revision.clone());
        let (adaptations, profile, summary) = (Vec::new(), None, None);
        let to_save = WeekToSave { plan, workouts, revision, adaptations, profile, summary };
        store.save_week(w.runner.id, &to_save, w.hands.now()).await.unwrap();
        let verified = w.app.verify(&w.runner).await.unwrap();
        let last = verified.weeks.last().unwrap();
        assert!(last.other_engine && last.inputs_same && last.plan_same, "{last:?}");
        assert_eq!((last.breaches.is_empty(), verified.is_sound()), (sound, sound), "{last:?}");
    }
}

#[tokio::test]
async fn a_new_first_goal_makes_the_old_one_a_race_on_the_way() {
    let w = World::at("2026-03-02T06:00:00Z").await;
    let today = w.app.today(&w.runner);
    let add = |distance, on: &str| w.app.add_goal(&w.runner, today, distance, day(on), None, 1);
    add(RaceDistance::Marathon, "2026-10-04").await.unwrap();
    add(RaceDistance::Half, "2026-06-14").await.unwrap();
    let goals = w.app.goals(&w.runner).await.unwrap();
    let seen: Vec<_> = goals.iter().map(|g| (g.goal.distance, g.goal.priority)).collect();
    assert_eq!(seen, [(RaceDistance::Half, 1), (RaceDistance::Marathon, 2)]);
    let queued = add(RaceDistance::K10, "2026-11-01").await.unwrap();
    assert_eq!(queued.goal.priority, 2, "a later race queues after the one that leads");
    w.app.remove_goal(&w.runner, today, queued.id).await.unwrap();
    let twice = add(RaceDistance::K5, "2026-06-14").await;
    assert!(matches!(&twice, Err(e) if e.kind() == Kind::Conflict), "{twice:?}");
    let fast = Some(Seconds(1100));
    let too_fast = w.app.add_goal(&w.runner, today, RaceDistance::K10, day("2026-05-03"), fast, 2);
    assert!(
        matches!(too_fast.await, Err(AppError::Field { sentence: m, .. }) if m.contains("20:00"))
    );
    w.app.remove_goal(&w.runner, today, goals[1].id).await.unwrap();
    assert_eq!(w.app.goals(&w.runner).await.unwrap().len(), 1);
}

#[tokio::test]
async fn preferences_shape_the_plan_and_nonsense_is_refused() {
    let w = World::at("2026-03-02T06:00:00Z").await;
    w.import(w.archive(3, "2026-03-02", 30)).await;
    let today = w.app.today(&w.runner);
    let none = Preferences { run_days: WeekdaySet::NONE, ..Preferences::default() };
    let refused = w.app.set_preferences(&w.runner, today, none).await;
    assert!(matches!(refused, Err(e) if e.kind() == Kind::BadInput));
    let days = [Weekday::Monday, Weekday::Wednesday, Weekday::Saturday];
    let wanted = Preferences {
        run_days: days.into_iter().fold(WeekdaySet::NONE, WeekdaySet::with),
        long_run_day: Some(Weekday::Saturday),
        ..Preferences::default()
    };
    w.app.set_preferences(&w.runner, today, wanted.clone()).await.unwrap();
    assert_eq!(w.app.preferences(&w.runner).await.unwrap(), wanted);
    let plan = w.app.publish(&w.runner).await.unwrap().plan.unwrap();
    let runs: Vec<_> = plan.sessions.iter().filter(|s| s.is_run()).collect();
    assert!(runs.iter().all(|s| days.contains(&s.day.weekday())), "{runs:?}");
    let longest = runs.iter().max_by_key(|s| s.distance).unwrap();
    assert_eq!(longest.day.weekday(), Weekday::Saturday);
}

#[tokio::test]
async fn the_day_is_the_runners_own() {
    let w = World::at("2026-03-01T23:30:00Z").await;
    assert_eq!(w.app.today(&w.runner), day("2026-03-01"), "UTC while unset");
    w.app.set_time_zone(w.runner.id, "Pacific/Auckland").await.unwrap();
    let runner = w.app.owner().await.unwrap();
    assert_eq!(w.app.today(&runner), day("2026-03-02"));
    let wrong = w.app.set_time_zone(w.runner.id, "Mars/Olympus").await;
    assert!(
        matches!(wrong, Err(AppError::Field { sentence: m, .. }) if m.contains("Mars/Olympus"))
    );
}

#[tokio::test]
async fn a_runner_without_any_run_gets_a_gentle_start() {
    let w = World::at("2026-03-02T06:00:00Z").await;
    let plan = w.app.publish(&w.runner).await.unwrap().plan.unwrap();
    let runs: Vec<i64> =
        plan.sessions.iter().filter(|s| s.is_run()).map(|s| s.distance.0).collect();
    assert_eq!(runs, [3000, 3000, 3000]);
    assert!(w.app.verify(&w.runner).await.unwrap().is_sound());
}
