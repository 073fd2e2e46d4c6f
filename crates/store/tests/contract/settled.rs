//! A batch is loaded whole and saved whole: what is known of each runner is that runner's, and
//! what came of a batch is read as it was saved.

use crate::harness::json;
use crate::harness::{at, day, on_both};
use hermes_engine::units::Metres;
use hermes_store::Store;
use hermes_store::checkins::CheckIn;
use hermes_store::clocks::{Batch, Clock};
use hermes_store::known::{KnownRunner, Reach, Words};
use hermes_store::meters::{Killa, MeterEvent, Momentum};
use hermes_store::plans::Completion;
use hermes_store::roadmap::{Achieved, Milestone, NewPhase, Phase};
use hermes_store::settled::{Settled, SettledMeters, SettledRoads};
use hermes_store::value::{Decimal, Score, SessionKm, Text};
use uuid::Uuid;

const WORDS: Words<'_> = Words { roadmap: "roadmap changed", state: "Overreach" };

fn reach() -> Reach {
    let first = day("2025-01-01");
    Reach { activities: first, plans: first, weeks: first, entries: first }
}

async fn load(store: &Store, batch: &Batch) -> Vec<KnownRunner> {
    store.known(batch.id, &batch.runners, at(500), reach(), WORDS).await.expect("loaded")
}

fn clock(user: Uuid, week: &str, due: i64) -> Clock {
    Clock { user, week_start: day(week), due_at: at(due) }
}

/// The runner of every table beside one who has nothing.
async fn batch(store: &Store) -> (Uuid, Uuid, Batch) {
    let full = crate::plans::fill(store).await;
    let empty = store.add_user(at(1)).await.expect("added").id;
    store.set_clocks(&[clock(empty, "2026-03-02", 0)], at(1)).await.expect("set");
    let batch = store.claim_due(at(10), at(60), 10).await.expect("claimed");
    (full, empty, batch)
}

fn of(batch: &Batch, known: &[KnownRunner], user: Uuid) -> KnownRunner {
    let place = batch.runners.iter().position(|c| c.user == user).expect("in the batch");
    known[place].clone()
}

#[tokio::test]
async fn each_runner_is_loaded_with_what_is_the_runners_own() {
    on_both(async |store| {
        let (full, empty, batch) = batch(&store).await;
        let known = load(&store, &batch).await;
        let nothing = of(&batch, &known, empty);
        assert_eq!(nothing, KnownRunner::default());
        let k = of(&batch, &known, full);
        let (as_of, by) = (day("2026-03-10"), at(500));
        assert_eq!(
            k.activities,
            store.activities_between(full, reach().activities, as_of, by).await.expect("read")
        );
        assert_eq!(k.health, store.health_records(full, as_of, by).await.expect("read"));
        assert_eq!(k.strikes, store.strikes(full, as_of, by).await.expect("read"));
        assert_eq!(k.goals, store.goals(full, as_of, by).await.expect("read"));
        let preferences = store.preferences(full, as_of, by).await.expect("read").expect("set");
        assert_eq!(k.preferences, [(day("2026-03-02"), preferences)]);
        assert_eq!(k.overrides, store.overrides(full, as_of, by).await.expect("read"));
        let from = day("2026-01-01");
        let later = day("2026-11-30");
        let edits = store.edits_in_force(full, from, later, by).await.expect("read");
        assert_eq!(k.edits, edits.into_iter().map(|e| (e.edit, e.reason)).collect::<Vec<_>>());
        assert_eq!(k.feedback, store.feedback(full, from, as_of, by).await.expect("read"));
        assert_eq!(k.check_ins, store.check_ins_as_of(full, as_of, by).await.expect("read"));
        assert_eq!(k.corrections.len(), 1);
        let weeks = store.weeks(full, from, as_of).await.expect("read");
        assert_eq!((k.weeks.len(), k.weeks[0].id), (weeks.len(), weeks[0].id));
        let ids: Vec<Uuid> = k.workouts.iter().map(|w| w.id).collect();
        assert_eq!(ids, weeks[0].workouts.iter().map(|w| w.id).collect::<Vec<_>>());
        assert_eq!(k.revisions, [(day("2026-03-02"), 1)]);
        assert_eq!(
            k.plans[0].body.as_ref(),
            Some(&json!({
                "week_start": "2026-03-02", "sessions": [1.5, null, true]
            }))
        );
        assert_eq!(k.summaries, store.summaries(full, from, as_of).await.expect("read"));
        assert_eq!(k.momentum, store.momentum(full).await.expect("read"));
        assert_eq!(k.events, store.meter_events(full).await.expect("read"));
        assert_eq!(k.phases, store.roadmap(full).await.expect("read"));
        assert_eq!((k.roadmap_kept, k.entries), (None, vec![]));
        // What was recorded later is not known.
        let early = store.known(batch.id, &batch.runners, at(-1), reach(), WORDS).await;
        let early = of(&batch, &early.expect("loaded"), full);
        assert!(early.activities.is_empty() && early.health.is_empty() && early.plans.is_empty());
    })
    .await;
}

fn phase(goal: Uuid) -> NewPhase {
    let milestone = |name: &str, on: &str| Milestone {
        milestone_name: Text::new(name).expect("fits"),
        target_date: day(on),
        target_metric: Some("long_run_km".to_owned()),
        target_value: Decimal::new(1_800),
    };
    NewPhase {
        goal_id: goal,
        phase: Phase {
            phase_number: 1,
            phase_name: Text::new("Base").expect("fits"),
            start_date: day("2026-03-02"),
            end_date: day("2026-04-26"),
            target_volume_km: None,
            focus: Some("Base Building".to_owned()),
        },
        milestones: vec![
            milestone("Long run of 18 km", "2026-03-20"),
            milestone("Long run of 22 km", "2026-04-12"),
        ],
    }
}

fn settled(user: Uuid, k: &KnownRunner) -> Settled {
    let week = crate::plans::week("2026-03-09", 11);
    let completion = Completion {
        strava_activity_id: Some(11),
        distance_km: SessionKm::km(Metres(12_340)),
        duration_seconds: Some(4_321),
        pace_seconds_per_km: Some(350),
        completed: true,
        completed_at: at(11),
    };
    let event = |n: i32| MeterEvent {
        event_date: day("2026-03-08"),
        event_kind: Text::new("longest_run").expect("fits"),
        points: n,
        body: json!({ "n": n }),
    };
    let momentum = Momentum {
        current_streak_days: 9,
        longest_streak_days: 12,
        consistency_score: Score::new(75).expect("fits"),
        last_updated: Some(day("2026-03-09")),
    };
    let killa = Killa {
        overreach_count: 2,
        breakthrough_count: 3,
        total_points: 30,
        last_updated: Some(day("2026-03-09")),
    };
    let roads = SettledRoads {
        stored: k.phases.clone(),
        phases: vec![phase(k.goals[0].id)],
        achieved: vec![Achieved {
            name: "Long run of 18 km".to_owned(),
            target_date: day("2026-03-20"),
            day: day("2026-03-07"),
        }],
        today: day("2026-03-09"),
    };
    Settled {
        strikes: vec![],
        resolved: vec![(k.strikes[0].id, day("2026-03-08"))],
        weeks: vec![(1, week)],
        adaptations: vec![crate::plans::adaptation("2026-03-09")],
        profile: Some(crate::runner::profile()),
        summaries: vec![crate::journal::summary("2026-03-02")],
        roads: Some(roads),
        done: vec![(k.workouts[0].id, Some(completion)), (k.workouts[1].id, None)],
        meters: Some(SettledMeters { momentum, killa, events: Some(vec![event(1), event(2)]) }),
        check_in: Some(CheckIn {
            check_in_date: day("2026-03-09"),
            trigger_reason: Text::new("missed_sessions"),
            response_type: None,
            response_details: None,
            adaptation_action: None,
        }),
        ..Settled::nothing(user, clock(user, "2026-03-16", 9_000))
    }
}

#[tokio::test]
async fn what_came_of_a_batch_is_read_as_it_was_saved() {
    on_both(async |store| {
        let (full, empty, batch) = batch(&store).await;
        let known = load(&store, &batch).await;
        let k = of(&batch, &known, full);
        let saved = settled(full, &k);
        let other = Settled {
            weeks: vec![(1, crate::plans::week("2026-03-09", 11))],
            profile: Some(crate::runner::profile()),
            ..Settled::nothing(empty, clock(empty, "2026-03-16", 9_000))
        };
        store.save_settled(batch.id, &[saved.clone(), other], at(11)).await.expect("saved");
        let again = store.claim_due(at(9_000), at(9_060), 10).await.expect("claimed");
        assert_eq!(again.runners.len(), 2);
        let known = store.known(again.id, &again.runners, at(9_000), reach(), WORDS).await;
        let known = known.expect("loaded");
        let k = of(&again, &known, full);
        for user in [full, empty] {
            let week = store.week(user, day("2026-03-09")).await.expect("asked").expect("there");
            assert_eq!(week.plan, saved.weeks[0].1.plan);
            let workouts: Vec<_> = week.workouts.into_iter().map(|w| w.workout).collect();
            assert_eq!(workouts, saved.weeks[0].1.workouts);
            assert_eq!(store.profile(user).await.expect("asked"), saved.profile);
        }
        assert_eq!(k.strikes[0].resolved_on, Some(day("2026-03-08")));
        let (first, second) = (&k.workouts[0], &k.workouts[1]);
        assert_eq!((first.activity, first.duration_seconds), (Some(11), Some(4_321)));
        assert!(first.completed && first.says(saved.done[0].1.as_ref()));
        assert!(!second.completed && second.says(None));
        assert!(k.summaries.contains(&saved.summaries[0]));
        let meters = saved.meters.expect("meters");
        assert_eq!(k.momentum, Some(meters.momentum));
        assert_eq!(Some(k.events), meters.events);
        assert_eq!(store.killa(full).await.expect("asked"), Some(meters.killa));
        assert_eq!(k.check_ins.len(), 2, "the one that opened is known a moment later");
        let from = day("2026-03-09");
        let history = store.adaptations(full, from, from).await.expect("list");
        assert_eq!(history, saved.adaptations);
        let [road] = k.phases.as_slice() else { panic!("{:?}", k.phases) };
        assert_eq!(road.phase.end_date, day("2026-04-26"), "the phase of today goes on");
        let reached: Vec<_> = road
            .milestones
            .iter()
            .map(|m| (m.milestone.milestone_name.as_str(), m.achieved_date))
            .collect();
        let expected =
            [("Long run of 18 km", Some(day("2026-03-07"))), ("Long run of 22 km", None)];
        assert_eq!(reached, expected);
    })
    .await;
}

/// A version that somebody else has saved in the meantime leaves nothing of the batch.
#[tokio::test]
async fn a_conflict_leaves_nothing_of_a_batch() {
    on_both(async |store| {
        let (full, empty, batch) = batch(&store).await;
        let known = load(&store, &batch).await;
        let saved = settled(full, &of(&batch, &known, full));
        store.save_week(full, &crate::plans::week("2026-03-09", 5), at(5)).await.expect("saved");
        let other = Settled {
            weeks: vec![(1, crate::plans::week("2026-03-09", 11))],
            ..Settled::nothing(empty, clock(empty, "2026-03-16", 9_000))
        };
        let before = store.count_rows().await.expect("counts");
        let outcome = store.save_settled(batch.id, &[other, saved], at(11)).await;
        assert!(matches!(outcome, Err(hermes_store::StoreError::Conflict(_))), "{outcome:?}");
        assert_eq!(store.count_rows().await.expect("counts"), before);
        assert_eq!(store.week(empty, day("2026-03-09")).await.expect("asked"), None);
        let held = store.claim_runner(empty, at(12), at(60)).await.expect("asked");
        assert_eq!(held, None, "the claim stands until it is given back or runs out");
        store.release_batch(batch.id, at(13)).await.expect("released");
        assert!(store.claim_runner(empty, at(14), at(60)).await.expect("asked").is_some());
    })
    .await;
}
