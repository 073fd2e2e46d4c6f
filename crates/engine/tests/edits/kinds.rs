//! Examples: every kind of edit on a plain week of a runner of 45 km.

use crate::any::held;
use hermes_engine::calendar::Day;
use hermes_engine::decision::Rule;
use hermes_engine::edit::{BadAsk, Preview, Verdict, preview};
use hermes_engine::facts::Facts;
use hermes_engine::record::{
    Ask, BodyPart, Goal, HealthRecord, HealthType, RaceDistance, Symptoms,
};
use hermes_engine::session::{Kind, WeekPlan};
use hermes_engine::step::step;
use hermes_engine::units::{Metres, Units};
use hermes_season::hostile::{MONDAY, Runner};

fn runner() -> Facts {
    Runner::even(7, 45_000, &[1, 3, 5, 6], 360, 30).known(0)
}

fn plan(facts: &Facts) -> WeekPlan {
    step(facts, MONDAY).plan
}

fn ask(facts: &Facts, ask: Ask) -> Result<Preview, BadAsk> {
    preview(facts, MONDAY, &plan(facts), ask)
}

fn day_of(plan: &WeekPlan, kind: Kind) -> Day {
    plan.sessions.iter().find(|s| s.kind == kind).map(|s| s.day).unwrap()
}

fn free(plan: &WeekPlan) -> Day {
    (0..7).map(|i| MONDAY + i).find(|d| held(plan, *d).is_none()).unwrap()
}

#[test]
fn an_easy_run_moves_to_a_free_day() {
    let facts = runner();
    let week = plan(&facts);
    let (from, to) = (day_of(&week, Kind::Easy), free(&week));
    let p = ask(&facts, Ask::Move { from, to }).unwrap();
    assert_eq!(p.verdict, Verdict::Allowed, "{}", p.text(Units::Km));
    assert_eq!(held(&p.plan, to), held(&week, from));
    assert_eq!((held(&p.plan, from), p.changes.len()), (None, 2));
}

#[test]
fn two_sessions_change_places() {
    let facts = runner();
    let week = plan(&facts);
    let mut easy = week.sessions.iter().filter(|s| s.kind == Kind::Easy);
    let (a, b) = (easy.next().unwrap(), easy.next().unwrap());
    let p = ask(&facts, Ask::Swap { a: a.day, b: b.day }).unwrap();
    assert_ne!(p.verdict, Verdict::Refused, "{}", p.text(Units::Km));
    assert_eq!(held(&p.plan, a.day), held(&week, b.day));
    assert_eq!(held(&p.plan, b.day), held(&week, a.day));
}

#[test]
fn a_skipped_run_is_not_made_up_for() {
    let facts = runner();
    let week = plan(&facts);
    let day = day_of(&week, Kind::Easy);
    let p = ask(&facts, Ask::Skip { day }).unwrap();
    assert_eq!((p.verdict, p.changes.len()), (Verdict::Allowed, 1), "{}", p.text(Units::Km));
    assert!(p.plan.distance() < week.distance());
}

#[test]
fn a_run_is_made_shorter_and_a_little_longer() {
    let facts = runner();
    let week = plan(&facts);
    let day = day_of(&week, Kind::Easy);
    let p = ask(&facts, Ask::Resize { day, to: Metres(5_050) }).unwrap();
    assert_eq!(held(&p.plan, day), Some((Kind::Easy, Metres(5_000))));
    assert_ne!(p.verdict, Verdict::Refused);
}

#[test]
fn a_run_of_30_km_is_refused_with_rule_value_limit_and_the_longest_that_is_allowed() {
    let facts = runner();
    let week = plan(&facts);
    let day = day_of(&week, Kind::Long);
    let p = ask(&facts, Ask::Resize { day, to: Metres(30_000) }).unwrap();
    assert_eq!(p.verdict, Verdict::Refused);
    let spike = p.findings.iter().find(|f| f.rule == Rule::H01).unwrap();
    assert_eq!(spike.value, 30_000);
    let text = p.text(Units::Km);
    assert!(text.contains("H01") && text.contains("30.0 km"), "{text}");
    let nearest = p.nearest.unwrap();
    let Ask::Resize { to, .. } = nearest.ask else { panic!("{nearest:?}") };
    assert!(to <= Metres(spike.limit) && to > held(&week, day).unwrap().1, "{to:?}");
    // One step more is refused: it is the longest.
    let more = ask(&facts, Ask::Resize { day, to: to + Metres(100) }).unwrap();
    assert_eq!(more.verdict, Verdict::Refused);
}

#[test]
fn quality_beside_the_long_run_moves_it_unless_the_runner_fixed_it() {
    let mut facts = runner();
    let week = plan(&facts);
    let long = day_of(&week, Kind::Long);
    let easy: Vec<Day> =
        week.sessions.iter().filter(|s| s.kind == Kind::Easy).map(|s| s.day).collect();
    let near = easy.into_iter().find(|d| (*d - long).abs() == 1).unwrap();
    let tempo = Ask::Retype { day: near, to: Kind::Tempo };
    let p = ask(&facts, tempo).unwrap();
    assert_eq!(p.verdict, Verdict::AllowedWithRepair, "{}", p.text(Units::Km));
    assert!(p.repairs.iter().any(|r| r.rule == Rule::H03 && r.kind == Kind::Long));
    facts.edits.push(ask(&facts, Ask::Pin { day: long }).unwrap().edit);
    let p = ask(&facts, tempo).unwrap();
    assert_eq!(p.verdict, Verdict::Refused, "{}", p.text(Units::Km));
    assert!(p.findings.iter().any(|f| f.rule == Rule::H03), "{:?}", p.findings);
    let nearest = p.nearest.unwrap();
    assert!(matches!(nearest.ask, Ask::Retype { to, .. } if to != Kind::Tempo));
}

#[test]
fn a_run_is_added_and_a_day_is_kept_free() {
    let facts = runner();
    let week = plan(&facts);
    let day = free(&week);
    let p = ask(&facts, Ask::Add { day, kind: Kind::Easy, distance: Metres(3_000) }).unwrap();
    assert_ne!(p.verdict, Verdict::Refused, "{}", p.text(Units::Km));
    assert_eq!(held(&p.plan, day), Some((Kind::Easy, Metres(3_000))));
    let busy = day_of(&week, Kind::Easy);
    let p = ask(&facts, Ask::Unavailable { day: busy }).unwrap();
    assert_eq!((p.verdict, held(&p.plan, busy)), (Verdict::AllowedWithRepair, None));
    let runs = |p: &WeekPlan| p.sessions.iter().filter(|s| s.is_run()).count();
    assert_eq!(runs(&p.plan), runs(&week), "the run has gone elsewhere");
}

#[test]
fn easier_and_harder_scale_what_the_runner_did_not_fix() {
    let mut facts = runner();
    let week = plan(&facts);
    let pinned = day_of(&week, Kind::Long);
    let p = ask(&facts, Ask::Pin { day: pinned }).unwrap();
    assert_eq!((p.verdict, p.changes.len()), (Verdict::Allowed, 0));
    facts.edits.push(p.edit);
    let easier = ask(&facts, Ask::Easier).unwrap();
    assert!(easier.plan.distance() < week.distance());
    assert_eq!(held(&easier.plan, pinned), held(&week, pinned));
    let harder = ask(&facts, Ask::Harder).unwrap();
    assert_ne!(harder.verdict, Verdict::Refused, "{}", harder.text(Units::Km));
    assert!(harder.plan.distance() > week.distance());
    assert!(harder.plan.distance().0 * 10 <= week.distance().0 * 11);
    assert_eq!(held(&harder.plan, pinned), held(&week, pinned));
}

#[test]
fn a_pin_survives_new_facts_unless_a_hard_rule_forbids_it() {
    let mut facts = runner();
    let day = MONDAY + 4;
    let p = ask(&facts, Ask::Add { day, kind: Kind::Easy, distance: Metres(4_000) }).unwrap();
    facts.edits.push(p.edit);
    let wished = Some((Kind::Easy, Metres(4_000)));
    // A goal makes another week of it; the wish stays.
    let mut new_goal = facts.clone();
    new_goal.goals.push(Goal {
        distance: RaceDistance::Half,
        day: MONDAY + 83,
        time: None,
        priority: 1,
        set_on: MONDAY,
    });
    let replanned = plan(&new_goal);
    assert_eq!(held(&replanned, day), wished);
    assert!(replanned.sessions.iter().any(|s| s.day == day && s.pinned));
    // A locked day takes no run, whatever was asked for, and the plan says so.
    facts.health.push(HealthRecord {
        day: MONDAY,
        kind: HealthType::Injury,
        part: Some(BodyPart::Achilles),
        severity: Some(9),
        symptoms: Symptoms::default(),
        closed: None,
    });
    let locked = plan(&facts);
    assert_eq!(held(&locked, day), None);
    assert!(locked.repairs.iter().any(|r| r.day == day), "{:?}", locked.repairs);
}

#[test]
fn a_later_edit_overrides_an_earlier_one_and_taking_it_back_gives_the_old_week() {
    let mut facts = runner();
    let week = plan(&facts);
    let day = day_of(&week, Kind::Easy);
    for to in [4_000, 5_000] {
        let p = ask(&facts, Ask::Resize { day, to: Metres(to) }).unwrap();
        facts.edits.push(p.edit);
    }
    assert_eq!(held(&plan(&facts), day), Some((Kind::Easy, Metres(5_000))));
    facts.edits.pop();
    assert_eq!(held(&plan(&facts), day), Some((Kind::Easy, Metres(4_000))));
    facts.edits.pop();
    assert_eq!(plan(&facts), week);
}

#[test]
fn a_race_is_skipped_but_never_moved_or_changed() {
    let mut facts = runner();
    let day = MONDAY + 5;
    facts.goals.push(Goal {
        distance: RaceDistance::K5,
        day,
        time: None,
        priority: 2,
        set_on: MONDAY - 30,
    });
    let week = plan(&facts);
    assert_eq!(held(&week, day).map(|h| h.0), Some(Kind::Race));
    let stays = Err(BadAsk::RaceStays { day });
    let to = free(&week);
    assert_eq!(ask(&facts, Ask::Move { from: day, to }).map(|_| ()), stays);
    assert_eq!(ask(&facts, Ask::Resize { day, to: Metres(3_000) }).map(|_| ()), stays);
    assert_eq!(ask(&facts, Ask::Retype { day, to: Kind::Easy }).map(|_| ()), stays);
    let p = ask(&facts, Ask::Skip { day }).unwrap();
    assert_eq!((p.verdict, held(&p.plan, day)), (Verdict::Allowed, None));
}

#[test]
fn what_makes_no_sense_is_named() {
    let facts = runner();
    let week = plan(&facts);
    let (busy, free) = (day_of(&week, Kind::Easy), free(&week));
    let far = MONDAY + 9;
    let text = |a| ask(&facts, a).unwrap_err().text(Units::Km);
    assert!(text(Ask::Skip { day: far }).contains("not in the week"));
    assert!(text(Ask::Skip { day: free }).contains("nothing is planned"));
    assert!(text(Ask::Resize { day: busy, to: Metres(0) }).contains("1.0 km to 100.0 km"));
    assert!(text(Ask::Resize { day: busy, to: Metres(500_000) }).contains("1.0 km to 100.0 km"));
    assert!(text(Ask::Move { from: free, to: busy }).contains("nothing is planned"));
    let taken = Ask::Add { day: busy, kind: Kind::Easy, distance: Metres(5_000) };
    assert!(text(taken).contains("swap"));
    let race = Ask::Add { day: free, kind: Kind::Race, distance: Metres(5_000) };
    assert!(text(race).contains("goal"));
    let short = Ask::Add { day: free, kind: Kind::Interval, distance: Metres(1_500) };
    assert!(text(short).contains("needs at least"));
    let mut late = facts;
    late.as_of = MONDAY + 6;
    let past = preview(&late, MONDAY, &week, Ask::Skip { day: busy }).unwrap_err();
    assert!(past.text(Units::Km).contains("is over"), "{past:?}");
}

#[test]
fn an_edit_in_mid_week_leaves_the_other_days_as_they_are() {
    // Nothing was run on the first days: planned anew, the rest would be another week.
    let mut facts = runner();
    let week = plan(&facts);
    facts.as_of = MONDAY + 3;
    let day = week.sessions.iter().find(|s| s.day >= MONDAY + 3).unwrap().day;
    let p = preview(&facts, MONDAY, &week, Ask::Resize { day, to: Metres(4_000) }).unwrap();
    assert_ne!(p.verdict, Verdict::Refused, "{}", p.text(Units::Km));
    for s in week.sessions.iter().filter(|s| s.day >= MONDAY + 3 && s.day != day) {
        assert_eq!(held(&p.plan, s.day), held(&week, s.day));
    }
}
