//! Goal: whatever goals are set, every day from today to the last race lies in exactly one phase,
//! nothing that collides is dropped without a word, and the order of goals does not matter.
//! Method: example goals for behaviour, any goals for the rules.

use hermes_engine::calendar::{Day, WeekStart};
use hermes_engine::calibrate::calibrate;
use hermes_engine::facts::Facts;
use hermes_engine::goals::{Arrangement, Clash, Outline, Resolution, arrange, outline};
use hermes_engine::history::History;
use hermes_engine::milestone::{Binding, Feasibility, Metric};
use hermes_engine::record::{Activity, Goal, RaceDistance, Sport};
use hermes_engine::roadmap::{Difference, differences};
use hermes_engine::state::Phase;
use hermes_engine::step::{a_race, step};
use hermes_engine::units::{Metres, Seconds, Units};
use proptest::prelude::*;

/// Monday 2025-01-06.
const TODAY: Day = Day::from_epoch(20_094);

fn goal(distance: RaceDistance, days: i64, priority: u8) -> Goal {
    Goal { distance, day: TODAY + days, time: None, priority, set_on: TODAY }
}

fn arranged(goals: &[Goal]) -> Arrangement {
    arrange(goals, TODAY, WeekStart::Monday)
}

/// `n` runs a week of so many km for 30 weeks, the last one twice as long.
fn facts(weekly_km: i64, goals: &[Goal]) -> Facts {
    let mut facts = Facts { goals: goals.to_vec(), ..Facts::new(TODAY) };
    for (k, (offset, sixth)) in
        (1..=30).rev().flat_map(|k| [(1, 1), (2, 1), (3, 1), (5, 1), (6, 2)].map(|s| (k, s)))
    {
        let day = TODAY - 7 * k + offset;
        let metres = weekly_km * 1000 * sixth / 6;
        let moving = Seconds(metres * 340 / 1000);
        facts.activities.push(Activity {
            id: facts.activities.len() as i64,
            sport: Sport::Run,
            start_local: day.epoch() * 86_400 + 30_000,
            distance: Metres(metres),
            moving,
            elapsed: moving,
            ascent: None,
            heart_rate: None,
            max_heart_rate: None,
            effort: None,
            temperature: None,
            dew_point: None,
            streams: None,
            race: false,
            confirmed: false,
        });
    }
    facts
}

fn outlined(facts: &Facts) -> Outline {
    let h = History::new(&facts.activities, facts.as_of);
    outline(facts, &h, &calibrate(facts, &h))
}

#[test]
fn a_race_before_the_a_race_is_a_tune_up_with_a_milestone() {
    let goals = [goal(RaceDistance::Marathon, 200, 1), goal(RaceDistance::Half, 150, 2)];
    let a = arranged(&goals);
    assert_eq!(a.roads.len(), 1);
    assert_eq!(a.tune_ups.len(), 1);
    assert!(a.collisions.is_empty());
    let o = outlined(&facts(45, &goals));
    let m = o.roadmaps[0].milestones.iter().find(|m| m.name.starts_with("Tune-up")).unwrap();
    assert_eq!((m.day, m.metric), (TODAY + 150, Metric::Race));
    let by_step = step(&facts(45, &goals), TODAY).roadmap.unwrap();
    assert_eq!(by_step.milestones, o.roadmaps[0].milestones);
}

#[test]
fn a_race_after_the_a_race_queues_after_its_recovery() {
    let goals = [goal(RaceDistance::Marathon, 300, 2), goal(RaceDistance::Half, 100, 1)];
    let a = arranged(&goals);
    assert_eq!(a.roads.len(), 2);
    assert_eq!(a.roads[0].end, TODAY + 114);
    assert_eq!(a.roads[1].start, TODAY + 115);
    let o = outlined(&facts(40, &goals));
    assert_eq!(o.roadmaps.len(), 2);
    assert_eq!(o.roadmaps[1].spans[0].phase, Phase::Base);
    assert_eq!(o.roadmaps[1].spans[0].start, TODAY + 115);
}

#[test]
fn colliding_goals_have_a_stated_resolution() {
    let cases = [
        (goal(RaceDistance::Marathon, 121, 2), Clash::InRecovery { days: 21 }),
        (goal(RaceDistance::Half, 100, 2), Clash::SameDay),
        (goal(RaceDistance::Half, 95, 2), Clash::InTaper { days: 5 }),
        (goal(RaceDistance::Marathon, 135, 2), Clash::NoTimeToBuild { days: 35 }),
    ];
    for (other, clash) in cases {
        let a = arranged(&[goal(RaceDistance::Marathon, 100, 1), other.clone()]);
        assert_eq!(a.collisions.len(), 1, "{clash:?}");
        assert_eq!((&a.collisions[0].goal, a.collisions[0].clash), (&other, clash));
        let text = a.collisions[0].text();
        assert!(text.contains(&other.day.to_string()) && text.ends_with('.'), "{text}");
    }
    let a = arranged(&[goal(RaceDistance::Marathon, 100, 1), goal(RaceDistance::K5, 100, 1)]);
    assert_eq!(a.collisions[0].resolution, Resolution::LeftOut);
}

#[test]
fn what_cannot_be_reached_is_said_with_what_can() {
    let o = outlined(&facts(15, &[goal(RaceDistance::Marathon, 42, 1)]));
    let v = o.roadmaps[0].verdict;
    assert_eq!(v.feasibility, Feasibility::NotSupported);
    let Binding::TooSoon { earliest, week, long, .. } = v.binding else { panic!("{v:?}") };
    assert!(earliest > TODAY + 42);
    assert!(week < Metres::km(30) && long < Metres::km(20) && week > Metres::km(14));
    for units in [Units::Km, Units::Miles] {
        let text = v.text(RaceDistance::Marathon, units);
        for shown in [units.distance(week), units.distance(long), earliest.to_string()] {
            assert!(text.contains(&shown), "{text}");
        }
        assert_eq!(text.contains("km"), units == Units::Km, "{text}");
    }
    // The date that it names is supported.
    let days = earliest - TODAY;
    let o = outlined(&facts(15, &[goal(RaceDistance::Marathon, days, 1)]));
    assert_eq!(o.roadmaps[0].verdict.feasibility, Feasibility::OnTrack);
}

#[test]
fn differences_name_what_moved_and_nothing_else() {
    let before = step(&facts(45, &[goal(RaceDistance::Half, 140, 1)]), TODAY).roadmap;
    assert!(differences(before.as_ref(), before.as_ref()).is_empty());
    let after = step(&facts(45, &[goal(RaceDistance::Half, 154, 1)]), TODAY).roadmap;
    let moved = differences(before.as_ref(), after.as_ref());
    assert!(moved.iter().any(|d| matches!(d, Difference::RaceMoved { .. })), "{moved:?}");
    assert!(moved.iter().any(|d| matches!(d, Difference::PhaseMoved { .. })), "{moved:?}");
    let gone = differences(after.as_ref(), None);
    assert!(matches!(gone[..], [Difference::RaceGone { .. }]), "{gone:?}");
    let other = step(&facts(25, &[goal(RaceDistance::Half, 140, 1)]), TODAY).roadmap;
    let less = differences(before.as_ref(), other.as_ref());
    assert!(less.iter().any(|d| matches!(d, Difference::Target { .. })), "{less:?}");
    for d in moved.iter().chain(&gone).chain(&less) {
        assert!(d.text(Units::Miles).ends_with('.'), "{d:?}");
    }
}

fn any_goal() -> impl Strategy<Value = Goal> {
    (0..5_usize, -60..760_i64, 0..4_u8, -100..30_i64, prop::option::of(1..20_000_i64)).prop_map(
        |(d, day, priority, set, time)| Goal {
            distance: RaceDistance::ALL[d],
            day: TODAY + day,
            time: time.map(Seconds),
            priority,
            set_on: TODAY + set,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn every_day_to_the_last_race_is_in_one_phase(
        goals in prop::collection::vec(any_goal(), 1..6), km in 5..80_i64,
    ) {
        let facts = facts(km, &goals);
        let o = outlined(&facts);
        let spans: Vec<_> = o.roadmaps.iter().flat_map(|r| &r.spans).collect();
        for s in &spans {
            prop_assert!(s.start <= s.end, "{:?}", s);
        }
        for pair in spans.windows(2) {
            prop_assert!(pair[0].end < pair[1].start, "{:?} {:?}", pair[0], pair[1]);
        }
        let last = goals.iter().map(|g| g.day).filter(|d| *d >= TODAY).max();
        if let Some(last) = last {
            let n = last - TODAY + 1;
            for day in (0..n).map(|k| TODAY + k) {
                let within = spans.iter().filter(|s| s.start <= day && day <= s.end).count();
                prop_assert_eq!(within, 1, "{} in {:?}", day, &spans);
            }
        }
        let _ = step(&facts, TODAY);
    }

    #[test]
    fn the_order_of_goals_does_not_matter(
        goals in prop::collection::vec(any_goal(), 0..6), turn in 0..6_usize,
    ) {
        let mut turned = goals.clone();
        turned.rotate_left(turn.min(goals.len()));
        turned.reverse();
        prop_assert_eq!(arranged(&goals), arranged(&turned));
    }

    #[test]
    fn no_goal_is_dropped_and_the_a_race_leads(
        goals in prop::collection::vec(any_goal(), 1..6),
    ) {
        let a = arranged(&goals);
        for g in &goals {
            let said = a.roads.iter().any(|r| r.goal == *g)
                || a.tune_ups.iter().any(|t| t.goal == *g)
                || a.collisions.iter().any(|c| c.goal == *g);
            prop_assert!(said, "{:?}", g);
        }
        if let Some(leads) = a_race(&goals, TODAY) {
            let road = a.roads.iter().find(|r| r.goal.day >= TODAY).unwrap();
            prop_assert_eq!((road.goal.day, road.goal.distance), (leads.day, leads.distance));
        }
    }

    #[test]
    fn no_panic_on_absurd_goals(
        day in prop_oneof![Just(i64::MIN), Just(i64::MAX), any::<i64>()],
        set in prop_oneof![Just(i64::MIN), Just(i64::MAX), any::<i64>()],
        time in any::<i64>(), d in 0..5_usize, other in any_goal(),
    ) {
        let absurd = Goal {
            distance: RaceDistance::ALL[d],
            day: Day::from_epoch(day),
            time: Some(Seconds(time)),
            priority: 1,
            set_on: Day::from_epoch(set),
        };
        let facts = facts(30, &[absurd, other]);
        let o = outlined(&facts);
        for r in &o.roadmaps {
            let _ = r.verdict.text(r.goal.distance, Units::Km);
        }
        let _ = step(&facts, TODAY);
    }
}
