//! Goal: the rest of a begun week stays as it was published; a missed session is answered by the
//! smallest change that every hard rule allows.
//! Method: steady runners whose week is published, run in part, and planned again.

use crate::world::{MONDAY, illness, run};
use hermes_engine::calendar::Day;
use hermes_engine::decision::{Rule, Why};
use hermes_engine::facts::Facts;
use hermes_engine::missed::{Missed, Outcome, Reason};
use hermes_engine::record::{Correction, Goal, RaceDistance};
use hermes_engine::session::{Kind, Session};
use hermes_engine::step::{Output, breaches, step};
use hermes_engine::units::{Metres, Units};

/// Twenty weeks of five runs, 45 km, long run on the given offset from Monday; without a goal.
fn steady(long: i64) -> Facts {
    let mut f = Facts::new(MONDAY);
    let offsets = [0, 2, 3, 5, 6];
    for k in (1..=20).rev() {
        for offset in offsets {
            let metres = if offset == long { 15_000 } else { 7_500 };
            let id = f.activities.len() as i64 + 1;
            f.activities.push(run(id, MONDAY - 7 * k + offset, metres));
        }
    }
    f
}

/// The week published at its start, and what is known on a later day when the sessions of `done`
/// were run as planned.
fn begun(f: &Facts, offset: i64, done: impl Fn(&Session) -> bool) -> (Output, Facts) {
    let first = step(f, MONDAY);
    let mut g = f.clone();
    g.as_of = MONDAY + offset;
    g.published.push(first.published(&[]));
    g.current.clone_from(&first.plan.sessions);
    g.standing = Some(first.standing.clone());
    for s in first.plan.sessions.iter().filter(|s| s.is_run() && s.day < g.as_of && done(s)) {
        let id = g.activities.len() as i64 + 1;
        let mut a = run(id, s.day, s.distance.0);
        a.moving = s.duration;
        g.activities.push(a);
    }
    (first, g)
}

fn to_come(out: &Output, from: Day) -> Vec<Session> {
    out.plan.sessions.iter().filter(|s| s.day >= from).cloned().collect()
}

fn told(out: &Output) -> Vec<Missed> {
    let missed = |w: &Why| if let Why::NotRun(m) = w { Some(*m) } else { None };
    let told: Vec<Missed> = out.plan.why.iter().filter_map(missed).collect();
    assert!(out.plan.why.iter().all(|w| !w.text(Units::Km).is_empty()));
    told
}

#[test]
fn nothing_missed_and_nothing_new_changes_nothing() {
    for long in [5, 6] {
        for offset in 1..7 {
            let (first, g) = begun(&steady(long), offset, |_| true);
            let again = step(&g, MONDAY);
            assert_eq!(again.plan.sessions, to_come(&first, g.as_of), "day {offset}");
            assert!(told(&again).is_empty() && again.plan.repairs.is_empty());
            assert!(breaches(&g, &again.plan).is_empty());
        }
    }
}

#[test]
fn a_missed_easy_run_is_dropped() {
    let f = steady(6);
    for offset in 2..7 {
        let (first, g) = begun(&f, offset, |s| s.kind != Kind::Easy);
        let again = step(&g, MONDAY);
        // Only the long run's share of the smaller week may ask for less.
        assert!(again.plan.repairs.iter().all(|r| r.rule == Rule::H07));
        let published = to_come(&first, g.as_of);
        assert_eq!(again.plan.sessions.len(), published.len());
        for (now, before) in again.plan.sessions.iter().zip(&published) {
            let shorter = again.plan.repairs.iter().any(|r| r.day == before.day);
            assert_eq!((now.day, now.kind), (before.day, before.kind), "day {offset}");
            assert!(shorter || now == before, "day {offset}");
        }
        let told = told(&again);
        assert!(!told.is_empty());
        assert!(told.iter().all(|m| m.outcome == Outcome::Dropped(Reason::Easy)));
    }
}

/// A runner whose long run is on Saturday and who rests on Sunday.
fn saturday() -> Facts {
    let mut f = Facts::new(MONDAY);
    for k in (1..=20).rev() {
        for (offset, metres) in [(0, 8_000), (2, 9_000), (3, 8_000), (5, 15_000)] {
            let id = f.activities.len() as i64 + 1;
            f.activities.push(run(id, MONDAY - 7 * k + offset, metres));
        }
    }
    f
}

#[test]
fn a_missed_long_run_moves_to_the_free_day() {
    let (first, g) = begun(&saturday(), 6, |s| s.kind != Kind::Long);
    let long = first.plan.sessions.iter().find(|s| s.kind == Kind::Long).unwrap();
    assert_eq!(long.day, MONDAY + 5);
    let again = step(&g, MONDAY);
    let moved = Session { day: MONDAY + 6, ..long.clone() };
    assert_eq!(again.plan.sessions, [moved]);
    assert_eq!(told(&again)[0].outcome, Outcome::Moved { to: MONDAY + 6 });
    assert!(breaches(&g, &again.plan).is_empty());
}

#[test]
fn it_moves_only_if_every_rule_holds() {
    // A race was run hard on Friday: a long run on Sunday is two days later and legal, but the
    // runner ran on Saturday what the week had left.
    let (_, mut g) = begun(&saturday(), 6, |s| s.kind != Kind::Long);
    g.activities.push(run(9_000, MONDAY + 4, 14_000));
    g.activities.sort_by_key(|a| (a.start_local, a.id));
    let again = step(&g, MONDAY);
    assert!(again.plan.sessions.is_empty());
    let reasons: Vec<Outcome> = told(&again).iter().map(|m| m.outcome).collect();
    assert!(!reasons.iter().any(|o| matches!(o, Outcome::Moved { .. } | Outcome::Replaces { .. })));
}

#[test]
fn hard_days_keep_their_distance() {
    // Missed on Saturday with quality done on Saturday's eve's eve is fine; a race on Saturday
    // instead of the long run bars Sunday (H03).
    let (_, mut g) = begun(&saturday(), 6, |s| s.kind != Kind::Long);
    let mut race = run(9_000, MONDAY + 5, 5_000);
    race.race = true;
    g.activities.push(race);
    g.activities.sort_by_key(|a| (a.start_local, a.id));
    let again = step(&g, MONDAY);
    assert!(again.plan.sessions.iter().all(|s| s.kind != Kind::Long));
    assert!(breaches(&g, &again.plan).is_empty());
}

#[test]
fn nothing_moves_in_a_taper() {
    let mut f = saturday();
    let (distance, day) = (RaceDistance::Half, MONDAY + 13);
    f.goals = vec![Goal { distance, day, time: None, priority: 1, set_on: MONDAY - 70 }];
    for offset in 1..7 {
        let (first, g) = begun(&f, offset, |_| false);
        let again = step(&g, MONDAY);
        let (rest, published) = (&again.plan.sessions, to_come(&first, g.as_of));
        assert!(rest.iter().all(|s| published.iter().any(|p| p.day == s.day)));
        for m in told(&again) {
            assert!(matches!(m.outcome, Outcome::Dropped(Reason::Taper | Reason::Easy)), "{m:?}");
        }
    }
}

#[test]
fn nothing_is_made_up_for_after_illness() {
    let (_, mut g) = begun(&saturday(), 6, |s| s.kind != Kind::Long);
    g.health = vec![illness(MONDAY + 5, Some(MONDAY + 6))];
    let again = step(&g, MONDAY);
    assert!(again.plan.sessions.iter().all(|s| s.kind != Kind::Long));
    assert!(told(&again).iter().all(|m| !matches!(m.outcome, Outcome::Moved { .. })));
}

#[test]
fn a_long_run_done_early_is_not_asked_for_again() {
    let (first, mut g) = begun(&saturday(), 5, |_| true);
    let long = first.plan.sessions.iter().find(|s| s.kind == Kind::Long).unwrap();
    let free = (3..5).map(|i| MONDAY + i).find(|d| first.plan.sessions.iter().all(|s| s.day != *d));
    g.activities.push(run(9_000, free.unwrap(), long.distance.0));
    g.activities.sort_by_key(|a| (a.start_local, a.id));
    let again = step(&g, MONDAY);
    assert!(again.plan.sessions.iter().all(|s| s.kind != Kind::Long));
    assert!(told(&again).iter().any(|m| m.outcome == Outcome::Dropped(Reason::Early)));
}

#[test]
fn the_runners_word_says_what_was_done_early() {
    let (first, mut g) = begun(&saturday(), 5, |_| true);
    let runs = || first.plan.sessions.iter().filter(|s| s.is_run());
    let long = runs().find(|s| s.kind == Kind::Long).unwrap();
    let free = (3..5).map(|i| MONDAY + i).find(|d| runs().all(|s| s.day != *d)).unwrap();
    let planned = |g: &Facts, c: Correction| {
        let mut g = g.clone();
        g.published.last_mut().unwrap().corrections = vec![c];
        step(&g, MONDAY)
    };
    // As long as the Long Run, but the runner says that it was something else.
    g.activities.push(run(9_000, free, long.distance.0));
    let again = planned(&g, Correction::Alone { activity: 9_000 });
    assert!(!told(&again).iter().any(|m| m.outcome == Outcome::Dropped(Reason::Early)));
    // Far shorter, but it was meant to be the Long Run.
    g.activities.last_mut().unwrap().distance = Metres(long.distance.0 / 2);
    let meant = Correction::Belongs { activity: 9_000, day: long.day, kind: Kind::Long };
    let again = planned(&g, meant);
    let early = Outcome::Dropped(Reason::Early);
    assert!(told(&again).iter().any(|m| m.day == long.day && m.outcome == early));
    assert!(again.plan.sessions.iter().all(|s| s.kind != Kind::Long));
}

#[test]
fn a_new_race_asks_for_a_new_plan() {
    let (_, mut g) = begun(&steady(6), 2, |_| true);
    let (distance, day) = (RaceDistance::K5, MONDAY + 5);
    g.goals = vec![Goal { distance, day, time: None, priority: 1, set_on: MONDAY + 2 }];
    let again = step(&g, MONDAY);
    assert!(again.plan.sessions.iter().any(|s| s.kind == Kind::Race && s.day == day));
    assert!(again.plan.why.iter().all(|w| !matches!(w, Why::Kept { .. })));
}

#[test]
fn a_moved_session_is_not_moved_again_when_it_was_run() {
    let (first, g) = begun(&saturday(), 6, |s| s.kind != Kind::Long);
    let again = step(&g, MONDAY);
    let past: Vec<Session> =
        first.plan.sessions.iter().filter(|s| s.day < g.as_of).cloned().collect();
    let published = again.published(&past);
    assert_eq!(published.sessions.iter().filter(|s| s.kind == Kind::Long).count(), 2);
    let k = {
        let mut g = g.clone();
        let long = again.plan.sessions[0].clone();
        g.activities.push(run(9_001, long.day, long.distance.0));
        *g.published.last_mut().unwrap() = published;
        g.as_of = MONDAY + 7;
        let h = hermes_engine::history::History::new(&g.activities, g.as_of);
        hermes_engine::compliance::Compliance::new(&g, &h)
    };
    assert_eq!(k.mean(MONDAY, MONDAY + 7), Some(1000));
    assert!(k.sessions.iter().all(|s| s.planned.distance > Metres::ZERO));
}
