//! Goal: a week does what the runner asked for, holds what the schedule has, and treats the races
//! beside the A race as races.
//! Method: even runners of one kind, one wish or one race at a time, over whole seasons.

use hermes_engine::calendar::{Day, Weekday, WeekdaySet};
use hermes_engine::decision::{Rule, Why};
use hermes_engine::facts::Facts;
use hermes_engine::level::Reason;
use hermes_engine::record::{Activity, Goal, Preferences, RaceDistance, Sport};
use hermes_engine::session::{Kind, Role, Session};
use hermes_engine::state::Phase;
use hermes_engine::step::{Output, step};
use hermes_engine::units::{Metres, Seconds, Units};

/// Monday 2025-01-06.
const MONDAY: Day = Day::from_epoch(20_094);

fn run(id: i64, day: Day, metres: i64, pace: i64) -> Activity {
    let moving = Seconds(metres * pace / 1000);
    Activity {
        id,
        sport: Sport::Run,
        start_local: day.epoch() * 86_400 + 7 * 3600,
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
    }
}

/// A runner with 40 even weeks: these days of the week, the last one long, so many km.
fn facts(km: i64, days: &[i64], pace: i64) -> Facts {
    let mut facts = Facts::new(MONDAY);
    let n = days.len() as i64;
    for week in (1..=40).rev() {
        for (i, day) in days.iter().enumerate() {
            let weight = if i as i64 + 1 == n { 1700 } else { 1000 };
            let metres = km * 1000 * weight / (n * 1000 + 700);
            facts.activities.push(run(week * 10 + day, MONDAY - 7 * week + *day, metres, pace));
        }
    }
    facts
}

const FIVE: &[i64] = &[0, 2, 3, 5, 6];

fn steady() -> Facts {
    facts(50, FIVE, 330)
}

fn goal(distance: RaceDistance, weeks: i64, priority: u8) -> Goal {
    let day = MONDAY + 7 * weeks + 6;
    Goal { distance, day, time: None, priority, set_on: MONDAY }
}

/// Follows the plan so many weeks.
fn season(mut facts: Facts, weeks: i64) -> Vec<Output> {
    let mut out = Vec::new();
    for k in 0..weeks {
        let w = MONDAY + 7 * k;
        facts.as_of = w;
        let o = step(&facts, w);
        facts.published.push(o.published(&[]));
        for s in o.plan.sessions.iter().filter(|s| s.is_run()) {
            let pace = s.duration.0 * 1000 / s.distance.0;
            let mut a = run(10_000 + s.day.epoch(), s.day, s.distance.0, pace);
            a.race = s.kind == Kind::Race;
            facts.activities.push(a);
        }
        out.push(o);
    }
    out
}

fn runs(o: &Output) -> impl Iterator<Item = &Session> {
    o.plan.sessions.iter().filter(|s| s.is_run())
}

fn plain(o: &Output) -> impl Iterator<Item = &Session> {
    runs(o).filter(|s| s.kind != Kind::Race)
}

fn quality(s: &Session) -> bool {
    matches!(
        s.kind,
        Kind::Tempo | Kind::Interval | Kind::Fartlek | Kind::Hill | Kind::Pace | Kind::TimeTrial
    )
}

fn week_of(preferences: Preferences) -> Output {
    let facts = Facts { preferences, goals: vec![goal(RaceDistance::Half, 9, 1)], ..steady() };
    step(&facts, MONDAY)
}

fn found(o: &Output, rule: Rule) -> bool {
    o.plan.findings.iter().any(|f| f.rule == rule)
}

#[test]
fn run_days_and_the_long_run_day_are_kept() {
    for bits in 1_u8..128 {
        let in_bits = |d: &Weekday| bits & (1 << d.number()) != 0;
        let run_days =
            Weekday::ALL.into_iter().filter(in_bits).fold(WeekdaySet::NONE, WeekdaySet::with);
        let o = week_of(Preferences { run_days, ..Preferences::default() });
        assert!(runs(&o).all(|s| run_days.contains(s.day.weekday())), "{bits}");
        assert!(runs(&o).count() > 0 && !found(&o, Rule::SDays), "{bits}");
    }
    for day in Weekday::ALL {
        let long_run_day = Some(day);
        let weeks = season(
            Facts {
                preferences: Preferences { long_run_day, ..Preferences::default() },
                ..steady()
            },
            6,
        );
        // The week of the change may not have two days between last week's long run and this one's.
        for o in &weeks[1..] {
            let long = runs(o).find(|s| s.kind == Kind::Long).expect("a long run");
            assert_eq!(long.day.weekday(), day);
            assert!(!found(o, Rule::SDays));
        }
    }
}

#[test]
fn caps_on_days_weeks_and_runs_are_kept() {
    for cap in [15, 20, 30, 45, 60, 90] {
        let day_caps = [Some(cap); 7];
        let o = week_of(Preferences { day_caps, ..Preferences::default() });
        let most = Seconds::minutes(i64::from(cap));
        assert!(runs(&o).count() > 0 && runs(&o).all(|s| s.duration <= most), "{cap}");
        assert!(!found(&o, Rule::SCap), "{cap}");
    }
    for km in [5, 12, 25, 40] {
        let weekly_cap = Some(Metres::km(km));
        let o = week_of(Preferences { weekly_cap, ..Preferences::default() });
        assert!(o.plan.distance() > Metres::ZERO && o.plan.distance() <= Metres::km(km), "{km}");
        assert!(!found(&o, Rule::SWeek), "{km}");
        assert!(o.plan.why.iter().any(|w| w.rule() == Some(Rule::SWeek)), "{km}");
    }
    for max in 1..=4 {
        let o = week_of(Preferences { max_runs: Some(max), ..Preferences::default() });
        assert_eq!(runs(&o).count(), usize::from(max));
        assert!(!found(&o, Rule::SRuns), "{max}");
    }
}

#[test]
fn wishes_that_contradict_give_a_plan_that_says_so() {
    let none = week_of(Preferences { run_days: WeekdaySet::NONE, ..Preferences::default() });
    assert!(runs(&none).count() >= 3);
    assert!(found(&none, Rule::SDays));
    let minutes = week_of(Preferences { day_caps: [Some(5); 7], ..Preferences::default() });
    assert!(runs(&minutes).count() > 0);
    assert!(runs(&minutes).all(|s| s.duration <= Seconds::minutes(20)));
    let cap = minutes.plan.findings.iter().find(|f| f.rule == Rule::SCap).expect("a finding");
    assert_eq!(cap.limit, 300);
    let text = cap.text(Units::Km);
    assert!(text.contains("5 min") && text.contains("your time cap"), "{text}");
    // One such day is simply a day of rest.
    let mut day_caps = [None; 7];
    day_caps[3] = Some(5);
    let one = week_of(Preferences { day_caps, ..Preferences::default() });
    assert!(runs(&one).all(|s| s.day.weekday().number() != 3) && !found(&one, Rule::SCap));
}

/// Nothing is planned that is not worth going out for.
#[test]
fn scaling_never_makes_junk() {
    for km in [9, 14, 20, 30, 50, 80] {
        for days in [&[1, 3, 6][..], FIVE, &[0, 1, 2, 3, 5, 6]] {
            for distance in [RaceDistance::K5, RaceDistance::Marathon] {
                let facts = Facts { goals: vec![goal(distance, 17, 1)], ..facts(km, days, 360) };
                for s in season(facts, 22).iter().flat_map(runs) {
                    let at = format!("{km} {days:?} {distance:?}: {s:?}");
                    assert!(s.distance >= Metres::km(2), "{at}");
                    let work = s.steps.iter().find(|p| p.role == Role::Work);
                    let time = work.map(|w| w.duration());
                    if s.kind == Kind::Tempo {
                        assert!(time >= Some(Seconds::minutes(8)), "{at}");
                    }
                    if matches!(s.kind, Kind::Interval | Kind::Hill | Kind::Fartlek) {
                        assert!(work.is_some_and(|w| w.times >= 3), "{at}");
                    }
                    if s.kind == Kind::TimeTrial {
                        assert!(work.is_some_and(|w| w.distance() == Metres::km(5)), "{at}");
                    }
                }
            }
        }
    }
}

/// A tune-up half on the way: 20-30 % less in the days before, nothing hard near, days of rest
/// after, and the weeks after it full again.
#[test]
fn tune_up_races_are_prepared_and_recovered_from() {
    for distance in [RaceDistance::K5, RaceDistance::K10, RaceDistance::Half] {
        let goals = vec![goal(RaceDistance::Marathon, 20, 1), goal(distance, 10, 2)];
        let race = goals[1].day;
        let weeks = season(Facts { goals, ..steady() }, 14);
        let o = &weeks[10];
        let planned = runs(o).find(|s| s.kind == Kind::Race).expect("the race");
        assert_eq!((planned.day, planned.distance), (race, distance.planned()));
        let before: Metres = plain(o).map(|s| s.distance).sum();
        let usual = o.room.c4;
        assert!(before <= usual.permille(800), "{distance:?} {before:?} of {usual:?}");
        assert!(before >= usual.permille(330), "{distance:?} {before:?} of {usual:?}");
        let near = |s: &&Session| quality(s) || s.duration >= Seconds::minutes(60);
        assert!(plain(o).filter(near).all(|s| race - s.day > 3), "{distance:?}");
        let rest = if distance == RaceDistance::Half { 3 } else { 1 };
        let after = &weeks[11];
        assert!(runs(after).all(|s| s.day - race > rest), "{distance:?}");
        let km = weeks[12].plan.distance();
        assert!(km >= weeks[12].room.c4.permille(850), "{distance:?} {km:?}");
    }
}

#[test]
fn a_time_trial_is_in_build_where_no_race_measures() {
    let goals = vec![goal(RaceDistance::Half, 14, 1)];
    let weeks = season(Facts { goals, ..steady() }, 15);
    let trials: Vec<&Output> =
        weeks.iter().filter(|o| runs(o).any(|s| s.kind == Kind::TimeTrial)).collect();
    assert_eq!(trials.len(), 1);
    assert_eq!(trials[0].plan.phase, Phase::Build);
    let day = runs(trials[0]).find(|s| s.kind == Kind::TimeTrial).map(|s| s.day).expect("a day");
    let milestones = &trials[0].roadmap.as_ref().expect("a roadmap").milestones;
    let asked = milestones.iter().find(|m| m.name.contains("time trial")).expect("a milestone");
    assert!((asked.day - day).abs() < 7);
    let raced = vec![goal(RaceDistance::Half, 14, 1), goal(RaceDistance::K10, 7, 2)];
    let weeks = season(Facts { goals: raced, ..steady() }, 15);
    assert!(weeks.iter().flat_map(runs).all(|s| s.kind != Kind::TimeTrial));
}

/// A parkrun on most of the last Saturdays will be run next Saturday too.
#[test]
fn a_regular_race_is_foreseen() {
    let with_races = |weeks: &[i64]| {
        let mut facts = steady();
        for k in weeks {
            let saturday = MONDAY - 7 * k + 5;
            let run = facts.activities.iter_mut().find(|a| a.day() == saturday).expect("a run");
            (run.distance, run.moving, run.race) = (Metres::km(5), Seconds(1380), true);
        }
        facts.goals.push(goal(RaceDistance::K10, 6, 1));
        step(&facts, MONDAY)
    };
    let saturday = MONDAY + 5;
    let hard = |o: &Output| {
        plain(o)
            .filter(|s| quality(s) || s.duration >= Seconds::minutes(60))
            .map(|s| s.day)
            .collect::<Vec<_>>()
    };
    let regular = with_races(&[1, 2, 4, 6]);
    assert!(hard(&regular).iter().all(|day| (*day - saturday).abs() >= 2));
    assert!(!hard(&regular).is_empty(), "Monday to Thursday are left");
    let rare = with_races(&[2, 4, 6]);
    assert!(hard(&rare).iter().any(|day| (*day - saturday).abs() < 2));
}

#[test]
fn advanced_runners_get_the_sessions_of_their_schedule() {
    let mut facts = facts(90, &[0, 1, 2, 3, 5, 6], 290);
    let mut half = goal(RaceDistance::Half, 11, 1);
    let profile = step(&facts, MONDAY).profile;
    half.time = profile.predicted(RaceDistance::Half).map(|p| p.time - Seconds(60));
    facts.goals = vec![half];
    let weeks = season(facts, 12);
    let kinds = |kind| weeks.iter().flat_map(runs).filter(|s| s.kind == kind).count();
    let schedule = weeks[0].roadmap.as_ref().and_then(|r| r.schedule).map(|id| id.name());
    assert_eq!(schedule, Some("half-advanced"), "durability {}", profile.durability);
    assert!(weeks[0].plan.why.iter().any(|w| matches!(w, Why::Schedule { .. })));
    assert!(kinds(Kind::Tempo) + kinds(Kind::Pace) >= 5);
    assert!(kinds(Kind::Interval) + kinds(Kind::Hill) >= 4);
    // The last quarter of some long runs is faster, and still not hard.
    let finish = |s: &&Session| s.kind == Kind::Long && s.steps.len() == 2;
    let finishes: Vec<&Session> = weeks.iter().flat_map(runs).filter(finish).collect();
    assert!(!finishes.is_empty());
    assert!(finishes.iter().all(|s| s.steps[1].pace < s.steps[0].pace));
    // What found no day is easy, with the reason.
    let made_easy = |s: &Session| s.why.iter().any(|w| matches!(w, Why::MadeEasy { .. }));
    assert!(weeks.iter().flat_map(runs).any(made_easy));
}

#[test]
fn the_choice_is_explained() {
    let o = week_of(Preferences::default());
    let why = o.plan.why.iter().find(|w| matches!(w, Why::Schedule { .. }));
    let why = why.expect("in Build the week follows a schedule");
    let text = why.text(Units::Km);
    assert!(text.contains("Half Marathon"), "{text}");
    assert!(!matches!(why, Why::Schedule { reason: Reason::Senior { .. }, .. }));
}

/// A long Base keeps the legs quick: strides and fartlek in turn, except in cutbacks.
#[test]
fn a_long_base_has_strides_and_fartlek_in_turn() {
    let weeks = season(Facts { goals: vec![goal(RaceDistance::Half, 24, 1)], ..steady() }, 10);
    assert!(weeks.iter().all(|o| o.plan.phase == Phase::Base));
    let stretches: Vec<Vec<Seconds>> = weeks
        .iter()
        .filter(|o| !o.room.cutback)
        .map(|o| {
            let quick = runs(o).filter(|s| s.kind == Kind::Fartlek);
            let work = quick.flat_map(|s| &s.steps).filter(|p| p.role == Role::Work);
            work.map(|p| Seconds(p.duration().0 / i64::from(p.times))).collect()
        })
        .collect();
    assert!(stretches.iter().all(|week| week.len() == 1), "{stretches:?}");
    assert!(stretches.windows(2).filter(|w| w[0] != w[1]).count() >= 4, "{stretches:?}");
}

/// Quality asks for four weeks of running: none for who has just begun.
#[test]
fn beginners_get_no_quality_before_four_weeks() {
    let mut facts = facts(20, &[1, 3, 6], 400);
    facts.activities.retain(|a| a.day() >= MONDAY - 21);
    facts.goals.push(goal(RaceDistance::K10, 7, 1));
    let weeks = season(facts, 7);
    assert!(!runs(&weeks[0]).any(quality));
    assert!(weeks[2..].iter().flat_map(runs).any(quality));
}
