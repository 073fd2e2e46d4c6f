//! What is known and wanted of a runner: goals, preferences, health, profile, each as of a day
//! and as of what had been recorded by a time.

use crate::harness::json;
use crate::harness::{at, day, on_both};
use hermes_engine::calendar::{WeekStart, Weekday, WeekdaySet};
use hermes_engine::record::{
    BodyPart, Goal, HealthType, PermanentLimit, Preferences, RaceDistance, Symptoms,
};
use hermes_engine::units::{Metres, Seconds, Units};
use hermes_store::StoreError;
use hermes_store::health::{NewHealthRecord, NewStrike, body_part_word};
use hermes_store::profile::Profile;
use hermes_store::value::{Score, SessionKm, Text, WeekKm};
use uuid::Uuid;

pub(crate) fn profile() -> Profile {
    Profile {
        base_pace_seconds_per_km: 360,
        threshold_pace_seconds_per_km: 290,
        weekly_capacity_km: SessionKm::km(Metres(44_250)).expect("fits"),
        durability_score: Score::permille(755).expect("fits"),
        consistency_score: Score::new(100).expect("fits"),
        risk_level: "moderate".to_owned(),
        current_state: "Injury Watch".to_owned(),
        override_mode_enabled: true,
        primary_goal_distance: Some(RaceDistance::Half),
        primary_goal_date: Some(day("2026-09-06")),
        goal_time_seconds: Some(6300),
        last_28_day_volume: WeekKm::km(Metres(180_010)),
        last_90_day_volume: None,
        last_28_day_consistency: Score::new(0),
        bootcamp_completed: true,
        bootcamp_start_date: Some(day("2025-12-01")),
        bootcamp_end_date: Some(day("2026-03-01")),
        calibration: Some(json!({"vdot": {"confidence": "high", "from": [11, 12]}})),
        vdot_tenths: Some(487),
    }
}

/// A goal counts from the day it was decided, and not from the day it was removed; what was
/// recorded later is not known.
#[tokio::test]
async fn goals_are_in_force_by_day_and_by_knowledge() {
    on_both(async |store| {
        let user = store.owner(at(0)).await.expect("owner").id;
        let half = Goal {
            distance: RaceDistance::Half,
            day: day("2026-09-06"),
            time: Some(Seconds(6300)),
            priority: 1,
            set_on: day("2026-03-02"),
        };
        let (race, set_on) = (day("2026-06-07"), day("2026-04-01"));
        let ten = Goal { distance: RaceDistance::K10, day: race, time: None, priority: 2, set_on };
        let a = store.add_goal(user, &half, at(10)).await.expect("added");
        let b = store.add_goal(user, &ten, at(20)).await.expect("added");
        let in_force = async |on: &str, seconds| {
            let goals = store.goals(user, day(on), at(seconds)).await.expect("list");
            goals.into_iter().map(|g| g.goal).collect::<Vec<_>>()
        };
        assert_eq!(in_force("2026-03-01", 99).await, []);
        assert_eq!(in_force("2026-03-02", 9).await, []);
        assert_eq!(in_force("2026-03-02", 10).await, std::slice::from_ref(&half));
        assert_eq!(in_force("2026-04-01", 20).await, [ten.clone(), half.clone()], "by race day");

        store.remove_goal(user, b.id, day("2026-05-01"), at(30)).await.expect("removed");
        assert_eq!(in_force("2026-04-30", 99).await, [ten.clone(), half.clone()]);
        assert_eq!(in_force("2026-05-01", 29).await, [ten, half.clone()], "not yet known");
        assert_eq!(in_force("2026-05-01", 30).await, [half]);
        let all = store.all_goals(user).await.expect("list");
        assert_eq!(all.iter().map(|g| g.id).collect::<Vec<_>>(), [b.id, a.id]);
        assert_eq!(all[0].removed_on, Some(day("2026-05-01")));
        assert_eq!(all[1], a);
        let twice = store.remove_goal(user, b.id, day("2026-05-02"), at(31)).await;
        assert!(matches!(twice, Err(StoreError::Missing("goal"))));
        let other = store.add_user(at(0)).await.expect("other").id;
        let theirs = store.remove_goal(other, a.id, day("2026-05-02"), at(31)).await;
        assert!(matches!(theirs, Err(StoreError::Missing("goal"))));
        let zero = Goal { priority: 0, day: day("2026-10-04"), ..all[1].goal.clone() };
        let refused = store.add_goal(user, &zero, at(40)).await;
        assert!(matches!(refused, Err(StoreError::Refused(_))), "{refused:?}");
    })
    .await;
}

/// The latest decision for a day counts, as far as it was recorded.
#[tokio::test]
async fn preferences_are_those_of_their_day() {
    on_both(async |store| {
        let user = store.owner(at(0)).await.expect("owner").id;
        let first = Preferences {
            run_days: WeekdaySet::NONE.with(Weekday::Tuesday).with(Weekday::Sunday),
            long_run_day: Some(Weekday::Sunday),
            max_runs: Some(4),
            day_caps: [None, Some(60), None, None, None, None, Some(u16::MAX)],
            weekly_cap: Some(Metres(60_000)),
            week_start: WeekStart::Sunday,
            units: Units::Miles,
            birth_year: Some(1980),
            cautious_start: true,
        };
        let second = Preferences { max_runs: Some(5), ..first.clone() };
        let third = Preferences { max_runs: Some(6), ..first.clone() };
        let known = async |on: &str, seconds| {
            store.preferences(user, day(on), at(seconds)).await.expect("asked")
        };
        assert_eq!(known("2026-03-02", 99).await, None);
        let save = async |p: &Preferences, on: &str, seconds| {
            store.save_preferences(user, p, day(on), at(seconds)).await.expect("saved");
        };
        save(&first, "2026-03-02", 10).await;
        save(&third, "2026-03-09", 20).await;
        save(&second, "2026-03-02", 30).await;
        assert_eq!(known("2026-03-01", 99).await, None);
        assert_eq!(known("2026-03-08", 29).await, Some(first));
        assert_eq!(known("2026-03-08", 30).await, Some(second));
        assert_eq!(known("2026-03-09", 30).await, Some(third));
        let nobody = Preferences::default();
        let refused = store.save_preferences(Uuid::nil(), &nobody, day("2026-03-02"), at(0)).await;
        assert!(matches!(refused, Err(StoreError::Refused(_))), "{refused:?}");
    })
    .await;
}

pub(crate) fn pain(on: &str, part: Option<Text<50>>) -> NewHealthRecord {
    NewHealthRecord {
        record_date: day(on),
        record_type: HealthType::Pain,
        body_part: part,
        severity: Some(4),
        description: Some("after the \u{1F3C3} hill".to_owned()),
        training_modification: Some("reduced_volume".to_owned()),
        days_off: 10,
        strike_count: 0,
        is_chronic: false,
        symptoms: Some(Symptoms { limp: true, ..Symptoms::default() }),
    }
}

/// Records and closings count by their day and by when they were recorded.
#[tokio::test]
async fn health_is_that_of_its_day() {
    on_both(async |store| {
        let user = store.owner(at(0)).await.expect("owner").id;
        let tendon = body_part_word(BodyPart::PatellarTendon);
        assert_eq!(tendon.as_deref(), Some("patellar_tendon"));
        let first = pain("2026-03-02", tendon);
        let id = store.add_health_record(user, &first, at(10)).await.expect("added");
        let second = pain("2026-03-10", Text::new("left big toe"));
        store.add_health_record(user, &second, at(20)).await.expect("added");

        let known = async |on: &str, seconds| {
            store.health_records(user, day(on), at(seconds)).await.expect("list")
        };
        assert!(known("2026-03-01", 99).await.is_empty());
        assert!(known("2026-03-02", 9).await.is_empty());
        let stored = known("2026-03-09", 99).await;
        assert_eq!((stored.len(), &stored[0].record), (1, &first));
        let fact = stored[0].fact();
        assert_eq!((fact.part, fact.severity), (Some(BodyPart::PatellarTendon), Some(4)));
        assert!(fact.symptoms.limp && fact.closed.is_none());
        assert_eq!(known("2026-03-10", 99).await[1].fact().part, Some(BodyPart::Other));

        store.close_health_record(user, id, day("2026-03-12"), at(30)).await.expect("closed");
        assert_eq!(known("2026-03-11", 99).await[0].closed_on, None);
        assert_eq!(known("2026-03-12", 29).await[0].closed_on, None, "not yet known");
        assert_eq!(known("2026-03-12", 30).await[0].fact().closed, Some(day("2026-03-12")));
        let twice = store.close_health_record(user, id, day("2026-03-13"), at(31)).await;
        assert!(matches!(twice, Err(StoreError::Missing(_))), "{twice:?}");
        let worse = NewHealthRecord { severity: Some(11), ..first };
        let refused = store.add_health_record(user, &worse, at(40)).await;
        assert!(matches!(refused, Err(StoreError::Refused(_))), "{refused:?}");
    })
    .await;
}

/// Strikes, their end and the lifting of their limit.
#[tokio::test]
async fn strikes_bind_until_they_end() {
    on_both(async |store| {
        let user = store.owner(at(0)).await.expect("owner").id;
        let third = NewStrike {
            issued_on: day("2026-03-02"),
            strike_type: "chronic_risk".to_owned(),
            strike_count: 3,
            body_part: Text::new("knee"),
            forced_recovery_days: Some(14),
            permanent_limit_applied: true,
            limit_description: Some("at most 32.4 km a week".to_owned()),
            limit_weekly_km: WeekKm::km(Metres(32_400)),
            limit_quality: Some(1),
        };
        assert!(store.add_strike(user, &third, at(10)).await.expect("added"));
        assert!(!store.add_strike(user, &third, at(10)).await.expect("known"), "one per event");
        let without = NewStrike {
            permanent_limit_applied: false,
            limit_weekly_km: None,
            limit_quality: None,
            limit_description: None,
            forced_recovery_days: None,
            issued_on: day("2026-03-03"),
            ..third.clone()
        };
        assert!(store.add_strike(user, &without, at(11)).await.expect("added"));
        let known = async |on: &str, seconds| {
            store.strikes(user, day(on), at(seconds)).await.expect("list")
        };
        assert!(known("2026-03-01", 99).await.is_empty());
        assert!(known("2026-03-02", 9).await.is_empty());
        let stored = known("2026-03-03", 99).await;
        let (id, other) = (stored[0].id, stored[1].id);
        assert_eq!(stored.len(), 2);
        assert_eq!((&stored[0].strike, &stored[1].strike), (&third, &without));
        let limit = PermanentLimit { weekly: Metres(32_400), quality: 1, lifted: None };
        let fact = stored[0].fact(7);
        assert_eq!((fact.forced_recovery_days, fact.limit), (14, Some(limit)));
        assert_eq!(stored[1].fact(7).limit, None);

        store.resolve_strike(user, id, day("2026-04-01"), at(20)).await.expect("resolved");
        store.lift_limit(user, id, day("2026-09-01"), at(30)).await.expect("lifted");
        assert_eq!(known("2026-03-31", 99).await[0].resolved_on, None);
        assert_eq!(known("2026-04-01", 19).await[0].resolved_on, None);
        let fact = known("2026-09-01", 29).await[0].fact(7);
        assert_eq!((fact.resolved, fact.limit), (Some(day("2026-04-01")), Some(limit)));
        let lifted = known("2026-09-01", 30).await[0].fact(7).limit.and_then(|l| l.lifted);
        assert_eq!(lifted, Some(day("2026-09-01")));
        let twice = store.resolve_strike(user, id, day("2026-04-02"), at(40)).await;
        assert!(matches!(twice, Err(StoreError::Missing(_))), "{twice:?}");
        let none = store.lift_limit(user, other, day("2026-04-02"), at(40)).await;
        assert!(matches!(none, Err(StoreError::Missing(_))), "{none:?}");
    })
    .await;
}

/// One profile per user, read as it was saved last.
#[tokio::test]
async fn a_profile_is_replaced() {
    on_both(async |store| {
        let user = store.owner(at(0)).await.expect("owner").id;
        assert_eq!(store.profile(user).await.expect("asked"), None);
        store.save_profile(user, &profile(), at(1)).await.expect("saved");
        assert_eq!(store.profile(user).await.expect("asked"), Some(profile()));
        let mut changed = profile();
        changed.calibration = None;
        changed.current_state = "Stable".to_owned();
        changed.weekly_capacity_km = SessionKm::new(SessionKm::UNITS_MAX).expect("fits");
        changed.last_28_day_volume = WeekKm::new(WeekKm::UNITS_MAX);
        changed.durability_score = Score::new(-7).expect("fits");
        store.save_profile(user, &changed, at(2)).await.expect("saved");
        assert_eq!(store.profile(user).await.expect("asked"), Some(changed.clone()));
        changed.risk_level = "extreme".to_owned();
        let refused = store.save_profile(user, &changed, at(3)).await;
        assert!(matches!(refused, Err(StoreError::Refused(_))), "{refused:?}");
        let nobody = store.save_profile(Uuid::nil(), &profile(), at(3)).await;
        assert!(matches!(nobody, Err(StoreError::Refused(_))), "{nobody:?}");
    })
    .await;
}
