//! The template library, summaries, the history of states, meters and check-ins.

use crate::harness::json;
use crate::harness::{at, day, on_both};
use hermes_engine::record::{CheckInAnswer, CheckInTrigger, Feedback};
use hermes_store::StoreError;
use hermes_store::checkins::{Answer, CheckIn};
use hermes_store::feedback::StoredOverride;
use hermes_store::meters::{Killa, MeterEvent, Momentum};
use hermes_store::summaries::WeeklySummary;
use hermes_store::templates::{Synced, Template};
use hermes_store::value::{Decimal, Percent, Score, SessionKm, Text, WeekKm};
use uuid::Uuid;

pub(crate) fn template(number: u128) -> Template {
    Template {
        id: Uuid::from_u128(number),
        template_name: Text::new("Easy run").expect("fits"),
        workout_type: "Easy Run".to_owned(),
        distance_type: Some("fixed_km".to_owned()),
        base_distance_km: SessionKm::new(483),
        base_duration_minutes: None,
        intensity_zone: Some("Zone 2".to_owned()),
        min_distance_km: SessionKm::new(200),
        max_distance_km: SessionKm::new(1_000),
        min_duration_minutes: None,
        max_duration_minutes: None,
        min_week_number: Some(1),
        max_week_number: Some(8),
        requires_base_building: false,
        source_plan: Text::new("Hal Higdon 5K Novice"),
        source_week: Some(1),
        percent_of_long_run: None,
        structure: Some(json!({"warm_up": 10})),
        weekday: Some(2),
        schedule: Text::new("5k-novice"),
    }
}

pub(crate) fn summary(week: &str) -> WeeklySummary {
    WeeklySummary {
        week_start_date: day(week),
        week_end_date: day(week) + 6,
        planned_volume_km: WeekKm::new(4_430),
        actual_volume_km: WeekKm::new(4_012),
        compliance_percentage: Percent::new(9_050),
        easy_run_km: WeekKm::new(2_000),
        quality_session_km: WeekKm::new(800),
        long_run_km: WeekKm::new(1_212),
        recovery_km: None,
        average_pace_seconds_per_km: Decimal::new(35_850),
        threshold_pace_estimate: Decimal::new(29_000),
        health_issues_count: 1,
        rest_days: 4,
        ending_state: Some("Stable".to_owned()),
    }
}

/// Synchronising writes what is missing or different, and nothing else.
#[tokio::test]
async fn the_library_is_synchronised() {
    on_both(async |store| {
        let many: Vec<_> = (1..=500).map(template).collect();
        let synced = store.sync_templates(&many, at(0)).await.expect("synced");
        assert_eq!(synced, Synced { added: 500, changed: 0 });
        let again = store.sync_templates(&many, at(1)).await.expect("synced");
        assert_eq!(again, Synced { added: 0, changed: 0 });
        let mut other = vec![template(7), template(501)];
        other[0].base_distance_km = None;
        let synced = store.sync_templates(&other, at(2)).await.expect("synced");
        assert_eq!(synced, Synced { added: 1, changed: 1 });
        let all = store.templates().await.expect("list");
        assert_eq!(all.len(), 501, "what the library lacks stays");
        assert_eq!(all.iter().find(|t| t.id == other[0].id), Some(&other[0]));
        assert_eq!(all.iter().find(|t| t.id == many[7].id), Some(&many[7]));
        let mut bad = template(502);
        bad.workout_type = "Yoga".to_owned();
        let refused = store.sync_templates(&[template(503), bad], at(3)).await;
        assert!(matches!(refused, Err(StoreError::Refused(_))), "{refused:?}");
        assert_eq!(store.templates().await.expect("list").len(), 501);
    })
    .await;
}

/// One summary per week, found by its days.
#[tokio::test]
async fn summaries_are_one_per_week() {
    on_both(async |store| {
        let user = store.owner(at(0)).await.expect("owner").id;
        for week in ["2026-03-09", "2026-03-02"] {
            store.save_summary(user, &summary(week), at(0)).await.expect("saved");
        }
        let mut changed = summary("2026-03-09");
        changed.rest_days = 7;
        changed.recovery_km = WeekKm::new(1);
        store.save_summary(user, &changed, at(1)).await.expect("saved");
        let span = async |from: &str, to: &str| {
            store.summaries(user, day(from), day(to)).await.expect("list")
        };
        assert_eq!(
            span("2026-03-02", "2026-03-09").await,
            [summary("2026-03-02"), changed.clone()]
        );
        assert_eq!(span("2026-03-03", "2026-03-09").await, [changed]);
        assert!(span("2026-03-10", "2026-12-31").await.is_empty());
        let nobody = store.save_summary(Uuid::nil(), &summary("2026-03-02"), at(1)).await;
        assert!(matches!(nobody, Err(StoreError::Refused(_))), "{nobody:?}");
    })
    .await;
}

/// The history keeps its order and is found by its days.
#[tokio::test]
async fn the_history_is_kept() {
    on_both(async |store| {
        let user = store.owner(at(0)).await.expect("owner").id;
        let adaptation = crate::plans::adaptation;
        let rows = [adaptation("2026-03-09"), adaptation("2026-03-02")];
        store.add_adaptations(user, &rows, at(0)).await.expect("added");
        store.add_adaptations(user, &[], at(0)).await.expect("nothing to add");
        let span = async |from: &str, to: &str| {
            store.adaptations(user, day(from), day(to)).await.expect("list")
        };
        assert_eq!(span("2026-03-02", "2026-03-09").await, [rows[1].clone(), rows[0].clone()]);
        assert_eq!(span("2026-03-03", "2026-03-09").await, [rows[0].clone()]);
        let same_day: Vec<_> = (0..20)
            .map(|n| {
                let mut row = adaptation("2026-05-01");
                row.adaptation_rationale = Some(n.to_string());
                row
            })
            .collect();
        store.add_adaptations(user, &same_day, at(0)).await.expect("added");
        assert_eq!(span("2026-05-01", "2026-05-01").await, same_day, "order is kept");
        let mut bad = adaptation("2026-03-10");
        bad.to_state = Some("Fine".to_owned());
        let refused = store.add_adaptations(user, &[rows[0].clone(), bad], at(1)).await;
        assert!(matches!(refused, Err(StoreError::Refused(_))), "{refused:?}");
        assert_eq!(span("2026-01-01", "2026-12-31").await.len(), 22);
    })
    .await;
}

/// A check-in is answered once, by its user.
#[tokio::test]
async fn check_ins_are_answered_once() {
    on_both(async |store| {
        let user = store.owner(at(0)).await.expect("owner").id;
        let other = store.add_user(at(0)).await.expect("other").id;
        let asked = CheckIn {
            check_in_date: day("2026-03-02"),
            trigger_reason: Text::new("missed_workouts"),
            response_type: None,
            response_details: None,
            adaptation_action: None,
        };
        let id = store.add_check_in(user, &asked, at(0)).await.expect("added");
        let later = CheckIn { check_in_date: day("2026-03-09"), ..asked.clone() };
        store.add_check_in(user, &later, at(1)).await.expect("added");
        let answer = Answer {
            response_type: "busy",
            response_details: None,
            adaptation_action: "grace_period",
            answered_on: day("2026-03-03"),
        };
        let theirs = store.answer_check_in(other, id, answer, at(5)).await;
        assert!(matches!(theirs, Err(StoreError::Missing(_))), "{theirs:?}");
        let unknown = Answer { response_type: "lazy", ..answer };
        let refused = store.answer_check_in(user, id, unknown, at(5)).await;
        assert!(matches!(refused, Err(StoreError::Refused(_))), "{refused:?}");
        store.answer_check_in(user, id, answer, at(5)).await.expect("answered");
        let twice = store.answer_check_in(user, id, answer, at(5)).await;
        assert!(matches!(twice, Err(StoreError::Missing(_))), "{twice:?}");
        let (from, to) = (day("2026-03-02"), day("2026-03-09"));
        let all = store.check_ins(user, from, to).await.expect("list");
        assert_eq!(all[0].check_in, later);
        assert_eq!((all[1].id, all[1].check_in.response_type.as_deref()), (id, Some("busy")));
        assert_eq!(all[1].check_in.adaptation_action.as_deref(), Some("grace_period"));
        assert_eq!(store.check_ins(user, from, from).await.expect("list").len(), 1);
        // As it was known: the answer only from its day and its writing on.
        let known =
            async |on, by| store.check_ins_as_of(user, day(on), at(by)).await.expect("known");
        assert_eq!(known("2026-03-02", 9).await[0].answer, None);
        assert_eq!(known("2026-03-09", 4).await[0].answer, None);
        let all = known("2026-03-09", 5).await;
        assert_eq!(all[0].answer, Some((CheckInAnswer::Busy, day("2026-03-03"))));
        assert_eq!((all[1].answer, all[1].trigger), (None, CheckInTrigger::MissedWorkouts));
    })
    .await;
}

#[tokio::test]
async fn what_the_runner_says_is_kept_as_it_was_known() {
    on_both(async |store| {
        let user = store.owner(at(0)).await.expect("owner").id;
        let first = Feedback {
            day: day("2026-03-02"),
            effort: Some(6),
            pain_during: Some(0),
            pain_next_morning: None,
            sleep: Some(5),
            soreness: None,
            mood: Some(1),
            resting_heart_rate: Some(51),
        };
        store.add_feedback(user, &first, at(0)).await.expect("added");
        let next = Feedback { day: day("2026-03-04"), ..first };
        store.add_feedback(user, &next, at(1)).await.expect("added");
        // A second word on the first day replaces the first one, from then on.
        let again = Feedback { pain_next_morning: Some(4), ..first };
        store.add_feedback(user, &again, at(2)).await.expect("added");
        let known = async |by| {
            let (from, to) = (day("2026-03-01"), day("2026-03-04"));
            store.feedback(user, from, to, at(by)).await.expect("known")
        };
        assert_eq!(known(1).await, [first, next]);
        assert_eq!(known(2).await, [again, next]);
        let wrong = Feedback { effort: Some(11), ..first };
        let refused = store.add_feedback(user, &wrong, at(3)).await;
        assert!(matches!(refused, Err(StoreError::Refused(_))), "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn send_it_mode_ends_once_and_by_hand() {
    on_both(async |store| {
        let user = store.owner(at(0)).await.expect("owner").id;
        let days = (day("2026-03-02"), day("2026-03-09"));
        let id = store.add_override(user, days, "I know the limits", at(0)).await.expect("added");
        store.end_override(user, id, day("2026-03-05"), at(3)).await.expect("ended");
        let twice = store.end_override(user, id, day("2026-03-06"), at(4)).await;
        assert!(matches!(twice, Err(StoreError::Missing(_))), "{twice:?}");
        let known = async |on, by| {
            let all = store.overrides(user, day(on), at(by)).await.expect("known");
            all.iter().map(StoredOverride::fact).collect::<Vec<_>>()
        };
        assert_eq!(known("2026-03-01", 9).await, []);
        assert_eq!(known("2026-03-05", 2).await, [days]);
        assert_eq!(known("2026-03-05", 3).await, [(days.0, day("2026-03-05"))]);
    })
    .await;
}

#[tokio::test]
async fn meters_are_saved_with_the_events_behind_them() {
    on_both(async |store| {
        let user = store.owner(at(0)).await.expect("owner").id;
        let momentum = Momentum {
            current_streak_days: 3,
            longest_streak_days: 9,
            consistency_score: Score::new(50).expect("fits"),
            last_updated: Some(day("2026-03-02")),
        };
        let killa = Killa {
            overreach_count: 1,
            breakthrough_count: 2,
            total_points: 20,
            last_updated: Some(day("2026-03-02")),
        };
        let event = |on, points| MeterEvent {
            event_date: day(on),
            event_kind: Text::new("longest_run").expect("short"),
            points,
            body: json!({ "metres": 21_000 }),
        };
        let events = [event("2026-02-01", 10), event("2026-03-01", 0)];
        assert_eq!(store.momentum(user).await.expect("asked"), None);
        assert_eq!(store.killa(user).await.expect("asked"), None);
        for _ in 0..2 {
            store.save_meters(user, &momentum, &killa, &events, at(0)).await.expect("saved");
        }
        assert_eq!(store.momentum(user).await.expect("read"), Some(momentum));
        assert_eq!(store.killa(user).await.expect("read"), Some(killa));
        let read = store.meter_events(user).await.expect("read");
        assert_eq!(read, [event("2026-03-01", 0), event("2026-02-01", 10)]);
    })
    .await;
}
