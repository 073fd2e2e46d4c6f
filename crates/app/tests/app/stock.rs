//! The books beside the plans: check-ins, meters, summaries, status, history, roads.

use crate::world::{World, day};
use hermes_app::clock::Clock as _;
use hermes_app::{AppError, EntryKind, Report};
use hermes_engine::check_in::{Action, Offer};
use hermes_engine::record::{BodyPart, CheckInAnswer, HealthType, RaceDistance, Symptoms};
use hermes_engine::session::Kind;
use hermes_engine::state::State;
use hermes_store::adaptation::Adaptation;
use hermes_store::{Options, Store};

/// A runner of 40 weeks who stops running on the day the first plan is published.
async fn idle(days: i64) -> World {
    let w = World::published("2026-03-02T06:00:00Z", 40).await;
    for k in 0..days {
        w.days(1);
        if k % 7 == 6 {
            w.app.publish(&w.runner).await.unwrap();
        }
    }
    w.app.publish(&w.runner).await.unwrap();
    w
}

#[tokio::test]
async fn missed_sessions_open_a_check_in_and_busy_gives_a_week_of_grace() {
    let w = idle(5).await;
    let today = w.app.today(&w.runner);
    let all = w.app.check_ins(&w.runner, today).await.unwrap();
    assert_eq!(all.len(), 1, "one, however often the day is looked at");
    assert_eq!((all[0].day, all[0].trigger.as_str()), (today, "missed_workouts"));
    let question = all[0].question.clone().unwrap();
    assert!(question.starts_with("3 sessions") || question.starts_with("4 sessions"), "{question}");
    assert_eq!(w.app.check_ins(&w.runner, today - 1).await.unwrap(), [], "not before its day");
    let before = w.app.week(&w.runner, day("2026-03-02")).await.unwrap().unwrap();
    let long = "x".repeat(2_001);
    let refused = w.app.answer_check_in(&w.runner, CheckInAnswer::Busy, Some(&long)).await;
    assert!(matches!(refused, Err(AppError::BadInput(_))), "{refused:?}");
    let done = w.app.answer_check_in(&w.runner, CheckInAnswer::Busy, Some(" work ")).await.unwrap();
    assert_eq!(done.action, Action::GracePeriod);
    assert!(matches!(done.offers[..], [Offer::EasierWeek { permille: 800, .. }]), "{done:?}");
    assert!(!done.opens_health);
    let after = w.app.week(&w.runner, day("2026-03-02")).await.unwrap().unwrap();
    assert!(after.planned <= before.planned, "the current week follows");
    let stored = &w.app.check_ins(&w.runner, today).await.unwrap()[0];
    assert_eq!(stored.answer.as_deref(), Some("busy"));
    assert_eq!(stored.action.as_deref(), Some("grace_period"));
    assert_eq!(stored.details.as_deref(), Some("work"));
    let twice = w.app.answer_check_in(&w.runner, CheckInAnswer::Sore, None).await;
    assert!(matches!(twice, Err(AppError::NotFound(_))), "{twice:?}");
    // The days of grace keep the streak, whatever is missed.
    w.days(3);
    w.app.publish(&w.runner).await.unwrap();
    let status = w.app.status(&w.runner, today + 3).await.unwrap();
    // Three of them, and the day of rest before.
    assert_eq!(status.momentum.current, 4, "{:?}", status.momentum.days);
    w.sound().await;
}

#[tokio::test]
async fn answers_do_what_the_schema_says() {
    for (answer, action, health) in [
        (CheckInAnswer::Sick, Action::None, true),
        (CheckInAnswer::Sore, Action::None, true),
        (CheckInAnswer::Burnout, Action::ProbePhase, false),
        (CheckInAnswer::MotivationLoss, Action::RestructureOffered, false),
        (CheckInAnswer::Other, Action::None, false),
    ] {
        let w = idle(5).await;
        let today = w.app.today(&w.runner);
        let race = day("2026-09-06");
        w.app.add_goal(&w.runner, today, RaceDistance::Half, race, None, 1).await.unwrap();
        let done = w.app.answer_check_in(&w.runner, answer, None).await.unwrap();
        assert_eq!((done.action, done.opens_health), (action, health), "{answer:?}");
        let other_goal = done.offers.iter().any(|o| matches!(o, Offer::OtherGoal { .. }));
        assert_eq!(other_goal, action == Action::RestructureOffered, "{:?}", done.offers);
        let week = w.app.week(&w.runner, day("2026-03-02")).await.unwrap().unwrap();
        let plan = week.plan.unwrap();
        if answer == CheckInAnswer::Burnout {
            let calm = [Kind::Easy, Kind::Recovery, Kind::Long, Kind::Cross];
            let easy = plan.sessions.iter().all(|s| calm.contains(&s.kind));
            assert!(easy, "nothing hard: {:?}", plan.sessions);
        }
        w.sound().await;
    }
}

#[tokio::test]
async fn health_explains_what_is_missed() {
    let w = World::published("2026-03-02T06:00:00Z", 40).await;
    let report = Report {
        kind: HealthType::Pain,
        part: Some(BodyPart::Knee),
        severity: Some(6),
        day: day("2026-03-02"),
        description: None,
        symptoms: Symptoms::default(),
    };
    w.app.report_health(&w.runner, &report, false).await.unwrap();
    for _ in 0..10 {
        w.days(1);
        w.app.publish(&w.runner).await.unwrap();
    }
    let today = w.app.today(&w.runner);
    assert_eq!(w.app.check_ins(&w.runner, today).await.unwrap(), []);
    let status = w.app.status(&w.runner, today).await.unwrap();
    assert_eq!(status.state, State::InjuryProtection);
    assert_eq!(status.since, day("2026-03-02"));
    assert!(status.why.is_some());
    let health = status.weeks.last().unwrap();
    assert_eq!((health.week_start_date, health.health_issues_count), (day("2026-03-02"), 1));
    let kinds = |from, to| w.app.history(&w.runner, day(from), day(to));
    let entries = kinds("2026-03-01", "2026-03-12").await.unwrap();
    let change = entries.iter().find(|e| e.kind == EntryKind::State).unwrap();
    assert_eq!(change.to.as_deref(), Some("Injury Protection"));
    assert!(change.long.len() > change.short.len() && change.windows.iter().all(Option::is_some));
    assert!(kinds("2026-03-03", "2026-03-03").await.unwrap().is_empty());
    w.sound().await;
}

#[tokio::test]
async fn late_runs_change_summaries_meters_and_profile_and_no_past_plan() {
    let w = World::published("2026-03-02T06:00:00Z", 20).await;
    let store = Store::open(&w.url(), Options::default()).await.unwrap();
    let first = w.app.week(&w.runner, day("2026-03-02")).await.unwrap().unwrap();
    w.days(7);
    w.app.publish(&w.runner).await.unwrap();
    let sums = |store: Store, id| async move {
        store.summaries(id, day("2026-02-01"), day("2026-03-31")).await.unwrap()
    };
    let before = sums(store.clone(), w.runner.id).await;
    let of = |all: &[hermes_store::summaries::WeeklySummary], week: &str| {
        all.iter().find(|s| s.week_start_date == day(week)).unwrap().clone()
    };
    let idle = of(&before, "2026-03-02");
    assert_eq!(idle.actual_volume_km.unwrap().to_string(), "0.00");
    assert_eq!(idle.compliance_percentage.unwrap().to_string(), "0.00");
    let done = async || {
        let week = store.week(w.runner.id, day("2026-03-02")).await.unwrap().unwrap();
        let rows = week.workouts.into_iter().map(|s| s.workout);
        rows.filter(|s| s.completed && s.strava_activity_id.is_some()).count()
    };
    assert_eq!(done().await, 0);
    let streak = store.momentum(w.runner.id).await.unwrap().unwrap();
    // The week that was missing arrives.
    w.import(w.archive(5, "2026-03-09", 20)).await;
    let after = of(&sums(store.clone(), w.runner.id).await, "2026-03-02");
    assert!(after.actual_volume_km > idle.actual_volume_km, "{after:?}");
    assert!(after.compliance_percentage > idle.compliance_percentage, "{after:?}");
    assert!(done().await > 0, "workouts say what was done of them");
    assert_eq!(after.ending_state, idle.ending_state, "as it was published");
    let now = store.momentum(w.runner.id).await.unwrap().unwrap();
    assert!(now.current_streak_days >= streak.current_streak_days);
    let past = w.app.week(&w.runner, day("2026-03-02")).await.unwrap().unwrap();
    assert_eq!((past.revision, past.digest), (first.revision, first.digest));
    let killa = store.killa(w.runner.id).await.unwrap().unwrap();
    let events = store.meter_events(w.runner.id).await.unwrap();
    let points: i32 = events.iter().map(|e| e.points).sum();
    assert_eq!(killa.total_points, points, "every point has its event");
    // Twice is once.
    let all = sums(store.clone(), w.runner.id).await;
    w.import(w.archive_again(5)).await;
    assert_eq!(sums(store, w.runner.id).await, all);
    w.sound().await;
}

#[tokio::test]
async fn queued_goals_have_their_roads_stored() {
    let w = World::published("2026-03-02T06:00:00Z", 40).await;
    let today = w.app.today(&w.runner);
    let add = |d, on: &str| w.app.add_goal(&w.runner, today, d, day(on), None, 1);
    let first = add(RaceDistance::Half, "2026-06-14").await.unwrap();
    let second = add(RaceDistance::Marathon, "2026-11-08").await.unwrap();
    let (roads, changes) = w.app.roads(&w.runner, today).await.unwrap();
    let goals: Vec<_> = roads.roadmaps.iter().map(|r| r.goal.distance).collect();
    assert_eq!(goals, [RaceDistance::Half, RaceDistance::Marathon]);
    assert!(!changes.is_empty());
    let store = Store::open(&w.url(), Options::default()).await.unwrap();
    let phases = store.roadmap(w.runner.id).await.unwrap();
    for id in [first.id, second.id] {
        assert!(phases.iter().any(|p| p.goal_id == id), "{id}: {phases:?}");
    }
    for pair in phases.windows(2) {
        assert_eq!(pair[0].phase.end_date + 1, pair[1].phase.start_date, "{phases:?}");
    }
    w.app.remove_goal(&w.runner, today, second.id).await.unwrap();
    let phases = store.roadmap(w.runner.id).await.unwrap();
    assert!(phases.iter().all(|p| p.goal_id == first.id));
}

/// A row that says Overreach was entered on a day.
fn entered(on: &str) -> Adaptation {
    Adaptation {
        transition_date: day(on),
        from_state: Some("Stable".to_owned()),
        to_state: Some("Overreach".to_owned()),
        trigger_reason: None,
        trigger_data: None,
        volume_change_percentage: None,
        intensity_change_percentage: None,
        adaptation_rationale: None,
        window_7_day: None,
        window_28_day: None,
        window_90_day: None,
    }
}

/// Two entries into Overreach in eight weeks are a strike where plans noticed them in their own
/// time; those of a replay are none.
#[tokio::test]
async fn publishing_issues_the_strikes_that_are_due_and_a_replay_brings_none() {
    for (days, strikes) in [(["2026-03-03", "2026-03-06"], 1), (["2026-01-27", "2026-02-05"], 0)] {
        let w = World::published("2026-03-02T06:00:00Z", 40).await;
        w.app.replay(&w.runner, day("2026-01-12"), day("2026-02-15"), |_, _| {}).await.unwrap();
        let store = Store::open(&w.url(), Options::default()).await.unwrap();
        let rows = days.map(entered);
        store.add_adaptations(w.runner.id, &rows, w.hands.now()).await.unwrap();
        w.days(7);
        w.app.publish(&w.runner).await.unwrap();
        let health = w.app.health(&w.runner, day("2026-03-09")).await.unwrap();
        let kinds: Vec<_> = health.strikes.iter().map(|s| s.kind.as_str()).collect();
        assert_eq!(kinds, vec!["overreach_pattern"; strikes], "{days:?}");
        w.sound().await;
    }
}
