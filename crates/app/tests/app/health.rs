//! Health over time: a report changes the published week at once, closing starts the way back,
//! repeats bring strikes.

use crate::world::{World, day};
use hermes_app::{AppError, Report, Which};
use hermes_engine::consequences::Modification;
use hermes_engine::record::{BodyPart, HealthType, Symptoms};
use hermes_engine::session::Kind;
use hermes_engine::state::State;
use hermes_engine::strike::StrikeType;

/// A steady runner of 50 km a week whose week is published on a Monday.
async fn published() -> World {
    World::published("2026-03-02T06:00:00Z", 30).await
}

fn knee(severity: u8, on: &str) -> Report {
    Report {
        kind: HealthType::Pain,
        part: Some(BodyPart::Knee),
        severity: Some(severity),
        day: day(on),
        description: None,
        symptoms: Symptoms::default(),
    }
}

#[tokio::test]
async fn a_report_changes_the_days_to_come_at_once_and_no_other() {
    let w = published().await;
    let before = w.app.week(&w.runner, day("2026-03-02")).await.unwrap().unwrap();
    w.days(2);
    let report = knee(4, "2026-03-04");
    let would = w.app.report_health(&w.runner, &report, true).await.unwrap();
    assert_eq!(would.id, None);
    let same = w.app.week(&w.runner, day("2026-03-02")).await.unwrap().unwrap();
    assert_eq!((same.revision, &same.digest), (before.revision, &before.digest), "nothing saved");
    let done = w.app.report_health(&w.runner, &report, false).await.unwrap();
    assert_eq!(done.change, would.change, "what was shown before is what was done");
    assert_eq!(done.consequences.lock_days, 10);
    assert_eq!(done.in_force, Modification::Rest);
    assert!(!done.change.days.is_empty());
    assert!(done.change.days.iter().all(|d| d.date >= day("2026-03-04") && d.after.is_none()));
    let after = w.app.week(&w.runner, day("2026-03-02")).await.unwrap().unwrap();
    assert_eq!(after.revision, before.revision + 1);
    let plan = after.plan.unwrap();
    assert_eq!(plan.state, State::InjuryProtection);
    assert!(plan.sessions.iter().all(|s| !s.is_run()), "locked: {plan:?}");
    w.sound().await;
}

#[tokio::test]
async fn closing_starts_the_ladder() {
    let w = published().await;
    let done = w.app.report_health(&w.runner, &knee(4, "2026-03-02"), false).await.unwrap();
    w.days(9);
    w.app.publish(&w.runner).await.unwrap();
    let id = done.id.unwrap();
    let early = w.app.clear_health(&w.runner, Which::One(id), day("2026-03-01"), false).await;
    assert!(matches!(early, Err(AppError::BadInput(_))), "{early:?}");
    let today = day("2026-03-11");
    let cleared = w.app.clear_health(&w.runner, Which::One(id), today, false).await.unwrap();
    assert_eq!(cleared.closed, [id]);
    let week = w.app.week(&w.runner, day("2026-03-09")).await.unwrap().unwrap();
    let runs: Vec<_> = week.plan.unwrap().sessions.into_iter().filter(|s| s.is_run()).collect();
    assert!(!runs.is_empty() && runs.iter().all(|s| s.kind == Kind::Return), "{runs:?}");
    assert!(runs[0].steps[0].recovery.is_some(), "a run-walk: {runs:?}");
    assert!(runs.windows(2).all(|w| w[1].day - w[0].day >= 2), "{runs:?}");
    let view = w.app.health(&w.runner, today).await.unwrap();
    assert_eq!(view.records[0].ladder.map(|at| at.climbed), Some(0));
    assert_eq!(view.records[0].record.closed, Some(today));
    let twice = w.app.clear_health(&w.runner, Which::One(id), today, false).await;
    assert!(matches!(twice, Err(AppError::NotFound(_))), "{twice:?}");
    w.sound().await;
}

#[tokio::test]
async fn the_third_record_on_a_part_is_chronic() {
    let w = published().await;
    let first = w.app.report_health(&w.runner, &knee(4, "2026-03-02"), false).await.unwrap();
    assert!(first.strikes.is_empty());
    w.days(10);
    let second = w.app.report_health(&w.runner, &knee(4, "2026-03-12"), false).await.unwrap();
    let kinds = |r: &hermes_app::Reported| -> Vec<(StrikeType, usize)> {
        r.strikes.iter().map(|s| (s.kind, s.count)).collect()
    };
    assert_eq!(kinds(&second), [(StrikeType::InjuryRepeat, 1)]);
    assert_eq!(second.strikes[0].strike.no_quality_days, 7);
    w.days(10);
    let third = w.app.report_health(&w.runner, &knee(5, "2026-03-22"), false).await.unwrap();
    assert_eq!(kinds(&third), [(StrikeType::ChronicRisk, 2)]);
    assert_eq!(third.strikes[0].strike.forced_recovery_days, 6);
    let view = w.app.health(&w.runner, day("2026-03-22")).await.unwrap();
    assert_eq!(view.strikes.len(), 2);
    assert!(view.records[2].chronic && !view.records[1].chronic);
    assert!(w.app.check_strikes(&w.runner).await.unwrap().is_empty(), "one strike per event");
    w.days(10);
    let today = day("2026-04-01");
    let cleared = w.app.clear_health(&w.runner, Which::All, today, true).await.unwrap();
    assert_eq!((cleared.closed.len(), cleared.resolved.len()), (3, 2));
    let view = w.app.health(&w.runner, today).await.unwrap();
    assert_eq!(view.strikes.len(), 2, "history is never erased");
    w.sound().await;
}

#[tokio::test]
async fn chest_pain_needs_a_clearance() {
    let w = published().await;
    let symptoms = Symptoms { chest_pain: true, ..Symptoms::default() };
    let report = Report { kind: HealthType::Other, part: None, symptoms, ..knee(5, "2026-03-02") };
    let done = w.app.report_health(&w.runner, &report, false).await.unwrap();
    assert_eq!(done.consequences.lock_days, 10);
    assert!(done.consequences.text(hermes_engine::units::Units::Km).join(" ").contains("doctor"));
    w.days(3);
    let refused = w.app.clear_health(&w.runner, Which::All, day("2026-03-05"), false).await;
    assert!(matches!(refused, Err(AppError::BadInput(_))), "{refused:?}");
    let cleared = w.app.clear_health(&w.runner, Which::All, day("2026-03-05"), true).await.unwrap();
    assert!(cleared.change.days.is_empty(), "ten days at least: {cleared:?}");
    w.sound().await;
}

#[tokio::test]
async fn what_cannot_be_is_refused() {
    let w = published().await;
    let wrong = [
        knee(0, "2026-03-02"),
        knee(11, "2026-03-02"),
        knee(4, "2026-03-03"),
        Report { part: None, ..knee(4, "2026-03-02") },
    ];
    for report in wrong {
        let refused = w.app.report_health(&w.runner, &report, false).await;
        assert!(matches!(refused, Err(AppError::BadInput(_))), "{refused:?}");
    }
    assert!(w.app.health(&w.runner, day("2026-03-02")).await.unwrap().records.is_empty());
}
