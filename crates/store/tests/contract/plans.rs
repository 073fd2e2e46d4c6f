//! Weekly plans: one row per week, all of a save or nothing, every version kept.

use crate::harness::json;
use crate::harness::{Postgres, at, day, effort, on_both, open};
use hermes_engine::calendar::Day;
use hermes_engine::record::{Goal, HealthType, Preferences, RaceDistance};
use hermes_engine::units::{Metres, Seconds};
use hermes_store::adaptation::Adaptation;
use hermes_store::checkins::CheckIn;
use hermes_store::clocks::Clock;
use hermes_store::health::{NewHealthRecord, NewStrike};
use hermes_store::meters::{Killa, MeterEvent, Momentum};
use hermes_store::plans::{
    Completion, NewRevision, PlannedVolume, StoredWeek, WORKOUTS_MAX, WeekToSave, WeeklyPlan,
    Workout,
};
use hermes_store::roadmap::{Milestone, NewPhase, Phase};
use hermes_store::sessions::TokenHash;
use hermes_store::templates::Template;
use hermes_store::value::{Percent, SessionKm, Text, WeekKm};
use hermes_store::{Store, StoreError};
use uuid::Uuid;

fn digest(letter: char) -> String {
    letter.to_string().repeat(64)
}

fn workout(on: Day, order: i32, kind: &str) -> Workout {
    Workout {
        template_id: None,
        workout_date: on,
        workout_type: kind.to_owned(),
        planned_distance_km: SessionKm::km(Metres(12_300)),
        planned_duration_minutes: Some(74),
        planned_pace_seconds_per_km: Some(360),
        intensity_zone: Some("Zone 2".to_owned()),
        strava_activity_id: None,
        actual_distance_km: None,
        actual_duration_seconds: None,
        actual_pace_seconds_per_km: None,
        completed: false,
        completed_at: None,
        user_modified: false,
        user_modification_reason: None,
        day_of_week: i32::from(on.weekday().number()),
        order_in_week: order,
        steps: Some(json!([{"role": "steady", "times": 1}])),
        reasons: Some(json!([])),
        race_distance: (kind == "Race").then_some(RaceDistance::Half),
        pinned: order == 2,
    }
}

/// A published week of three sessions that begins on `start`.
pub(crate) fn week(start: &str, seconds: i64) -> WeekToSave {
    let start = day(start);
    WeekToSave {
        plan: WeeklyPlan {
            week_start_date: start,
            week_end_date: start + 6,
            week_number: 3,
            state_at_generation: "Injury Protection".to_owned(),
            total_volume_km: WeekKm::km(Metres(44_300)).expect("fits"),
            total_duration_minutes: 270,
            validation_status: "repaired".to_owned(),
            validation_errors: Some(json!([])),
            repair_actions: Some(json!([{"rule": "H01", "ümlaut": "ß"}])),
            user_edited: false,
            user_edit_reason: None,
            published: true,
            published_at: Some(at(seconds)),
            as_of: start,
            first_day: start,
            phase: Some("Build".to_owned()),
            replayed: true,
            inputs_digest: Some(digest('a')),
            plan_digest: Some(digest('b')),
            engine_version: Some("0.1.0".to_owned()),
            ruleset_version: Some("1".to_owned()),
            decisions: Some(json!(["because"])),
            generated_at: Some(at(seconds)),
        },
        workouts: vec![
            workout(start, 1, "Easy Run"),
            workout(start + 2, 2, "Tempo"),
            workout(start + 6, 3, "Race"),
        ],
        revision: NewRevision {
            body: json!({"week_start": start.to_string(), "sessions": [1.5, null, true]}),
            inputs_digest: digest('a'),
            plan_digest: digest('b'),
            as_of: start,
            generated_at: at(seconds),
            replayed: true,
            status: "repaired".to_owned(),
            reason: None,
        },
        adaptations: vec![],
        profile: None,
        summary: None,
    }
}

pub(crate) fn adaptation(on: &str) -> Adaptation {
    Adaptation {
        transition_date: day(on),
        from_state: Some("Stable".to_owned()),
        to_state: Some("Rebuild".to_owned()),
        trigger_reason: Text::new("a break of 20 days"),
        trigger_data: Some(json!({"days": 20})),
        volume_change_percentage: Percent::new(-4_000),
        intensity_change_percentage: None,
        adaptation_rationale: Some("volume first".to_owned()),
        window_7_day: Some(json!({"km": 0})),
        window_28_day: Some(json!({"km": 12.3})),
        window_90_day: Some(json!({"km": 300})),
    }
}

/// Puts something into every table; the user whose it is.
pub(crate) async fn fill(store: &Store) -> Uuid {
    let user = store.owner(at(0)).await.expect("owner").id;
    let monday = day("2026-03-02");
    let run = crate::activities::run(11, "2026-03-01");
    crate::activities::import(store, user, &[crate::activities::item(1, run, Some(b"x"))], 0).await;
    crate::sources::fill(store, user).await;
    crate::strava::fill(store, user).await;
    store.save_preferences(user, &Preferences::default(), monday, at(0)).await.expect("saved");
    let goal = Goal {
        distance: RaceDistance::Half,
        day: day("2026-09-06"),
        time: Some(Seconds(6300)),
        priority: 1,
        set_on: monday,
    };
    let goal = store.add_goal(user, &goal, at(0)).await.expect("added");
    store.enqueue(&crate::jobs::job("prune", "once"), at(0)).await.expect("added");
    let edit = crate::edits::edit(5);
    store.add_edit(user, &edit, "allowed", None, at(0)).await.expect("added");
    crate::corrections::fill(store, user).await;
    let phase = NewPhase {
        goal_id: goal.id,
        phase: Phase {
            phase_number: 1,
            phase_name: Text::new("Base").expect("fits"),
            start_date: monday,
            end_date: monday + 27,
            target_volume_km: WeekKm::km(Metres(50_000)),
            focus: Some("Base Building".to_owned()),
        },
        milestones: vec![Milestone {
            milestone_name: Text::new("Long run of 20 km").expect("fits"),
            target_date: monday + 20,
            target_metric: Some("long_run_km".to_owned()),
            target_value: hermes_store::value::Decimal::new(2_000),
        }],
    };
    store.replace_roadmap(user, &[phase], monday, at(0)).await.expect("saved");
    let template = crate::journal::template(1);
    store.sync_templates(std::slice::from_ref(&template), at(0)).await.expect("synced");
    save_all(store, user, &template).await;
    let clock = Clock { user, week_start: monday, due_at: at(0) };
    store.set_clocks(&[clock], at(0)).await.expect("set");
    crate::repeats::fill(store, user).await;
    let record = NewHealthRecord {
        record_date: monday,
        record_type: HealthType::Pain,
        body_part: Text::new("knee"),
        severity: Some(3),
        description: None,
        training_modification: Some("rest".to_owned()),
        days_off: 10,
        strike_count: 1,
        is_chronic: false,
        symptoms: None,
    };
    store.add_health_record(user, &record, at(0)).await.expect("added");
    store.add_strike(user, &strike(monday), at(0)).await.expect("added");
    let token = TokenHash::of("token");
    store.add_sign_in_link(user, &token, at(99), at(0)).await.expect("added");
    store.add_session(user, &token, at(99), at(0)).await.expect("added");
    user
}

fn strike(on: Day) -> NewStrike {
    NewStrike {
        issued_on: on,
        strike_type: "injury_repeat".to_owned(),
        strike_count: 1,
        body_part: Text::new("knee"),
        forced_recovery_days: Some(3),
        permanent_limit_applied: false,
        limit_description: None,
        limit_weekly_km: None,
        limit_quality: None,
    }
}

async fn save_all(store: &Store, user: Uuid, template: &Template) {
    let mut week = week("2026-03-02", 0);
    week.workouts[0].template_id = Some(template.id);
    week.adaptations = vec![adaptation("2026-03-02")];
    week.profile = Some(crate::runner::profile());
    week.summary = Some(crate::journal::summary("2026-02-23"));
    store.save_week(user, &week, at(0)).await.expect("saved");
    let momentum = Momentum {
        current_streak_days: 1,
        longest_streak_days: 2,
        consistency_score: hermes_store::value::Score::new(50).expect("fits"),
        last_updated: None,
    };
    let killa =
        Killa { overreach_count: 0, breakthrough_count: 1, total_points: 10, last_updated: None };
    let event = MeterEvent {
        event_date: day("2026-03-02"),
        event_kind: Text::new("longest_run").expect("fits"),
        points: 10,
        body: json!({}),
    };
    store.save_meters(user, &momentum, &killa, &[event], at(0)).await.expect("saved");
    store.add_feedback(user, &effort("2026-03-02"), at(0)).await.expect("added");
    let days = (day("2026-03-02"), day("2026-03-09"));
    store.add_override(user, days, "agreed", at(0)).await.expect("added");
    let check_in = CheckIn {
        check_in_date: day("2026-03-02"),
        trigger_reason: Text::new("low_compliance"),
        response_type: None,
        response_details: None,
        adaptation_action: None,
    };
    store.add_check_in(user, &check_in, at(0)).await.expect("added");
}

/// A week is read as it was saved, with everything that was saved with it.
#[tokio::test]
async fn a_week_is_read_as_it_was_saved() {
    on_both(async |store| {
        let user = store.owner(at(0)).await.expect("owner").id;
        let mut saved = week("2026-03-02", 7);
        saved.adaptations = vec![adaptation("2026-03-02"), adaptation("2026-03-02")];
        saved.profile = Some(crate::runner::profile());
        saved.summary = Some(crate::journal::summary("2026-02-23"));
        assert_eq!(store.save_week(user, &saved, at(7)).await.expect("saved"), 1);

        let read = store.week(user, day("2026-03-02")).await.expect("asked").expect("there");
        assert_eq!(read.plan, saved.plan);
        let workouts: Vec<_> = read.workouts.iter().map(|w| w.workout.clone()).collect();
        assert_eq!(workouts, saved.workouts);
        assert_eq!((read.revision, read.created_at, read.updated_at), (1, at(7), at(7)));
        let versions = store.revisions(user, day("2026-03-02")).await.expect("list");
        assert_eq!((versions.len(), &versions[0].version), (1, &saved.revision));
        let (from, to) = (day("2026-01-01"), day("2026-12-31"));
        assert_eq!(store.adaptations(user, from, to).await.expect("list"), saved.adaptations);
        assert_eq!(store.profile(user).await.expect("asked"), saved.profile);
        let summaries = store.summaries(user, from, to).await.expect("list");
        assert_eq!(summaries, [saved.summary.expect("a summary")]);
        assert_eq!(store.week(user, day("2026-03-09")).await.expect("asked"), None);
        assert_eq!(store.week(Uuid::nil(), day("2026-03-02")).await.expect("asked"), None);
    })
    .await;
}

/// Saving a week again leaves one row with the new workouts, and both versions.
#[tokio::test]
async fn a_week_has_one_row() {
    on_both(async |store| {
        let user = store.owner(at(0)).await.expect("owner").id;
        let monday = day("2026-03-02");
        store.save_week(user, &week("2026-03-02", 0), at(0)).await.expect("saved");
        let first = store.week(user, monday).await.expect("asked").expect("there");

        let mut candidate = week("2026-03-02", 5).revision;
        candidate.status = "invalid".to_owned();
        candidate.reason = Some("H01".to_owned());
        let number = store.save_candidate(user, monday, &candidate, at(5)).await.expect("kept");
        assert_eq!(number, 2);
        assert_eq!(store.week(user, monday).await.expect("asked").expect("there"), first);

        let mut again = week("2026-03-02", 9);
        again.workouts.pop();
        again.plan.user_edited = true;
        again.plan.user_edit_reason = Some("travel".to_owned());
        assert_eq!(store.save_week(user, &again, at(9)).await.expect("saved"), 3);
        let second = store.week(user, monday).await.expect("asked").expect("there");
        assert_eq!((second.id, second.revision), (first.id, 3));
        assert_eq!((second.created_at, second.updated_at), (at(0), at(9)));
        assert_eq!((&second.plan, second.workouts.len()), (&again.plan, 2));
        let all = store.weeks(user, monday, monday).await.expect("list");
        assert_eq!(all, [second]);
        let versions = store.revisions(user, monday).await.expect("list");
        let numbers: Vec<_> = versions.iter().map(|v| (v.revision, v.created_at)).collect();
        assert_eq!(numbers, [(1, at(0)), (2, at(5)), (3, at(9))]);
        let one = store.revision(user, monday, 2).await.expect("asked");
        assert_eq!(one.as_ref(), versions.get(1));
        assert_eq!(store.revision(user, monday, 4).await.expect("asked"), None);

        let known = async |seconds| {
            let found = store.revisions_in_force(user, monday, monday, at(seconds)).await;
            found.expect("list").iter().map(|v| v.revision).collect::<Vec<_>>()
        };
        assert_eq!(known(-1).await, [0; 0]);
        assert_eq!(known(8).await, [1], "a refused candidate is never in force");
        assert_eq!(known(9).await, [3]);
    })
    .await;
}

/// Ten processes that save the same week at once: one row, ten versions numbered one to ten.
#[tokio::test]
async fn savers_at_once_do_not_mix() {
    on_both(async |store| {
        let user = store.owner(at(0)).await.expect("owner").id;
        let mut savers = tokio::task::JoinSet::new();
        for n in 0..10 {
            let store = store.clone();
            savers.spawn(async move {
                store.save_week(user, &week("2026-03-02", n), at(n)).await.expect("saved")
            });
        }
        let mut numbers = savers.join_all().await;
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=10).collect::<Vec<_>>());
        let monday = day("2026-03-02");
        let weeks = store.weeks(user, monday, monday).await.expect("list");
        assert_eq!((weeks.len(), weeks[0].workouts.len(), weeks[0].revision), (1, 3, 10));
    })
    .await;
}

/// Where PostgreSQL refuses transactions that met (40001), they are tried again. Each round lets
/// one through, so three savers need no more than three attempts.
#[tokio::test]
async fn conflicts_are_tried_again() {
    let Some(postgres) = Postgres::find() else { return };
    let name = postgres.migrated_database().await;
    let strict = format!("ALTER DATABASE {name} SET default_transaction_isolation = serializable");
    postgres.run(None, strict).await;
    let store = open(&postgres.url_of(&name)).await;
    let user = store.owner(at(0)).await.expect("owner").id;
    for round in 0..5 {
        let start = (day("2026-03-02") + round * 7).to_string();
        let save = async |n: i64| store.save_week(user, &week(&start, n), at(n)).await;
        let (a, b, c) = tokio::join!(save(1), save(2), save(3));
        let mut numbers = [a, b, c].map(|saved| saved.expect("saved in the end"));
        numbers.sort_unstable();
        assert_eq!(numbers, [1, 2, 3]);
    }
    store.close().await;
    postgres.drop_database(&name).await;
}

/// Two processes with the same SQLite file: their writes queue, none is lost.
#[tokio::test]
async fn two_processes_share_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}/shared.db", folder.path().display());
    let (a, b) = (open(&url).await, open(&url).await);
    a.migrate().await.expect("migrated");
    let user = a.owner(at(0)).await.expect("owner").id;
    let save_ten = async |store: &Store| {
        for n in 0..10 {
            store.save_week(user, &week("2026-03-02", n), at(n)).await.expect("saved");
        }
    };
    tokio::join!(save_ten(&a), save_ten(&b));
    let monday = day("2026-03-02");
    assert_eq!(a.revisions(user, monday).await.expect("list").len(), 20);
    assert_eq!(b.week(user, monday).await.expect("asked").expect("there").revision, 20);
}

/// A save whose last part is refused leaves nothing of any part.
#[tokio::test]
async fn a_refused_save_leaves_nothing() {
    on_both(async |store| {
        let user = store.owner(at(0)).await.expect("owner").id;
        let counts = store.count_rows().await.expect("counts");
        let refuse = async |change: fn(&mut WeekToSave)| {
            let mut bad = week("2026-03-02", 0);
            bad.adaptations = vec![adaptation("2026-03-02")];
            bad.summary = Some(crate::journal::summary("2026-02-23"));
            change(&mut bad);
            let outcome = store.save_week(user, &bad, at(0)).await;
            assert!(matches!(outcome, Err(StoreError::Refused(_))), "{outcome:?}");
            assert_eq!(store.count_rows().await.expect("counts"), counts);
        };
        refuse(|w| w.plan.validation_status = "invalid".to_owned()).await;
        refuse(|w| w.plan.state_at_generation = "stable".to_owned()).await;
        refuse(|w| w.workouts[2].workout_type = "Rest".to_owned()).await;
        refuse(|w| w.workouts[2].template_id = Some(Uuid::nil())).await;
        refuse(|w| w.plan.engine_version = Some("v".repeat(41))).await;
        refuse(|w| {
            if let Some(summary) = &mut w.summary {
                summary.ending_state = Some("Tired".to_owned());
            }
        })
        .await;
        let nobody = store.save_week(Uuid::nil(), &week("2026-03-02", 0), at(0)).await;
        assert!(matches!(nobody, Err(StoreError::Missing("user"))), "{nobody:?}");
        let mut long = week("2026-03-02", 0);
        long.workouts = vec![long.workouts[0].clone(); WORKOUTS_MAX + 1];
        let outcome = store.save_week(user, &long, at(0)).await;
        assert!(matches!(outcome, Err(StoreError::TooMany { .. })), "{outcome:?}");
    })
    .await;
}

/// Spans, published weeks, the last published one before a day; another user's weeks never.
#[tokio::test]
async fn weeks_are_found_by_their_days() {
    on_both(async |store| {
        let user = store.owner(at(0)).await.expect("owner").id;
        let other = store.add_user(at(0)).await.expect("other").id;
        for start in ["2026-03-09", "2026-03-02", "2026-03-16"] {
            store.save_week(user, &week(start, 0), at(0)).await.expect("saved");
        }
        let mut draft = week("2026-03-23", 0);
        draft.plan.published = false;
        draft.plan.published_at = None;
        draft.plan.validation_status = "pending".to_owned();
        draft.revision.status = "pending".to_owned();
        store.save_week(user, &draft, at(0)).await.expect("saved");
        store.save_week(other, &week("2026-03-09", 0), at(0)).await.expect("saved");

        let starts = |weeks: &[hermes_store::plans::StoredWeek]| {
            weeks.iter().map(|w| w.plan.week_start_date.to_string()).collect::<Vec<_>>()
        };
        let (from, to) = (day("2026-03-03"), day("2026-03-23"));
        let all = store.weeks(user, from, to).await.expect("list");
        assert_eq!(starts(&all), ["2026-03-09", "2026-03-16", "2026-03-23"]);
        assert!(all.iter().all(|w| w.workouts.len() == 3));
        assert!(all.iter().all(|w| {
            w.workouts.iter().all(|x| x.workout.workout_date >= w.plan.week_start_date)
        }));
        let volumes = store.planned_volumes(user, from, to).await.expect("list");
        let same = |v: &PlannedVolume, w: &StoredWeek| {
            let plan = &w.plan;
            (v.week_start_date, v.total_volume_km) == (plan.week_start_date, plan.total_volume_km)
                && v.phase == plan.phase
        };
        assert_eq!(volumes.len(), all.len());
        assert!(volumes.iter().zip(&all).all(|(v, w)| same(v, w)), "{volumes:?}");
        let published = store.published_weeks(user, from, to).await.expect("list");
        assert_eq!(starts(&published), ["2026-03-09", "2026-03-16"]);
        let last = async |d: &str| {
            let found = store.last_published_before(user, day(d)).await.expect("asked");
            found.map(|w| (w.plan.week_start_date.to_string(), w.workouts.len()))
        };
        assert_eq!(last("2026-03-02").await, None);
        assert_eq!(last("2026-03-03").await, Some(("2026-03-02".to_owned(), 3)));
        assert_eq!(last("2030-01-01").await, Some(("2026-03-16".to_owned(), 3)));

        let done = Completion {
            strava_activity_id: Some(11),
            distance_km: SessionKm::km(Metres(12_000)),
            duration_seconds: Some(4300),
            pace_seconds_per_km: Some(358),
            completed: true,
            completed_at: at(50),
        };
        let id = all[0].workouts[1].id;
        store.complete_workout(user, id, Some(done), at(60)).await.expect("written");
        let read = store.week(user, day("2026-03-09")).await.expect("asked").expect("there");
        let workout = &read.workouts[1].workout;
        assert_eq!((workout.strava_activity_id, workout.completed), (Some(11), true));
        assert_eq!(workout.actual_distance_km, done.distance_km);
        let theirs = store.complete_workout(other, id, None, at(61)).await;
        assert!(matches!(theirs, Err(StoreError::Missing("workout"))));
        store.complete_workout(user, id, None, at(62)).await.expect("taken back");
        let read = store.week(user, day("2026-03-09")).await.expect("asked").expect("there");
        assert_eq!(read.workouts[1].workout, all[0].workouts[1].workout);
    })
    .await;
}
