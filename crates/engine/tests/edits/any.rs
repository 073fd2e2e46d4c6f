//! Goal: no sequence of edits ever yields a published week that breaks a hard rule, what a preview
//! shows is what is planned when it is saved, and its verdict means what it says.
//! Method: hostile runners ask for anything, possible or not, several times a week, from the
//! week's start or a later day; every plan is judged by the checker.

use crate::length::weeks;
use hermes_engine::calendar::Day;
use hermes_engine::edit::{Preview, Verdict, preview};
use hermes_engine::facts::Facts;
use hermes_engine::record::{Ask, DayWish, Edit};
use hermes_engine::session::{Kind, WeekPlan};
use hermes_engine::step::{breaches, step};
use hermes_engine::units::Metres;
use hermes_season::hostile::Runner;
use hermes_season::rng::Rng;
use std::collections::BTreeMap;

pub(crate) fn held(plan: &WeekPlan, day: Day) -> Option<(Kind, Metres)> {
    let of_day = || plan.sessions.iter().filter(|s| s.day == day);
    let s = of_day().find(|s| s.is_run()).or_else(|| of_day().next())?;
    Some((s.kind, s.distance))
}

fn day(rng: &mut Rng, w: Day) -> Day {
    if rng.chance(20) {
        Day::from_epoch(rng.pick(&[i64::MIN, 0, i64::MAX]))
    } else {
        w + rng.range(-1, 7)
    }
}

fn distance(rng: &mut Rng) -> Metres {
    match rng.range(0, 9) {
        0 => Metres(rng.pick(&[i64::MIN, -1, 0, 1, 500_000, i64::MAX])),
        1..=5 => Metres(rng.range(10, 150) * 100),
        _ => Metres(rng.range(1, 45_000)),
    }
}

fn ask(rng: &mut Rng, w: Day) -> Ask {
    match rng.range(0, 9) {
        0 => Ask::Move { from: day(rng, w), to: day(rng, w) },
        1 => Ask::Swap { a: day(rng, w), b: day(rng, w) },
        2 => Ask::Skip { day: day(rng, w) },
        3 => Ask::Resize { day: day(rng, w), to: distance(rng) },
        4 => Ask::Retype { day: day(rng, w), to: rng.pick(&Kind::ALL) },
        5 => Ask::Add { day: day(rng, w), kind: rng.pick(&Kind::ALL), distance: distance(rng) },
        6 => Ask::Pin { day: day(rng, w) },
        7 => Ask::Unavailable { day: day(rng, w) },
        8 => Ask::Easier,
        _ => Ask::Harder,
    }
}

fn judge(facts: &Facts, w: Day, current: &WeekPlan, p: &Preview, context: &str) {
    let broken = breaches(facts, &p.plan);
    assert!(broken.is_empty(), "{context}: {broken:#?}");
    let as_wished = p.edit.days.iter().all(|d| held(&p.plan, d.day) == d.session);
    let first = p.plan.first_day;
    let days: Vec<Day> = (0..=w + 6 - first).map(|i| first + i).collect();
    let changed: Vec<Day> =
        days.iter().copied().filter(|d| held(current, *d) != held(&p.plan, *d)).collect();
    assert_eq!(changed, p.changes.iter().map(|c| c.day).collect::<Vec<_>>(), "{context}");
    match p.verdict {
        Verdict::Refused => assert!(!p.findings.is_empty(), "{context}: refused, no reason"),
        Verdict::Allowed => assert!(as_wished && p.findings.is_empty(), "{context}"),
        Verdict::AllowedWithRepair => {
            assert!(p.findings.is_empty() && !p.changes.is_empty(), "{context}");
        }
    }
}

fn several(facts: &mut Facts, w: Day, rng: &mut Rng, context: &str) -> BTreeMap<&'static str, u32> {
    let mut tally = BTreeMap::new();
    let mut plan = step(facts, w).plan;
    for _ in 0..rng.range(1, 5) {
        let asked = ask(rng, w);
        let context = format!("{context} {asked:?}");
        let Ok(p) = preview(facts, w, &plan, asked) else {
            *tally.entry("bad").or_default() += 1;
            continue;
        };
        judge(facts, w, &plan, &p, &context);
        let name = match p.verdict {
            Verdict::Allowed => "allowed",
            Verdict::AllowedWithRepair => "repaired",
            Verdict::Refused => "refused",
        };
        *tally.entry(name).or_default() += 1;
        if let Some(n) = &p.nearest {
            *tally.entry("nearest").or_default() += 1;
            let again = preview(facts, w, &plan, n.ask).unwrap();
            assert_ne!(again.verdict, Verdict::Refused, "{context}");
            assert_eq!(again.changes, n.changes, "{context}");
        }
        if p.verdict != Verdict::Refused {
            facts.edits.push(p.edit);
            let saved = step(facts, w).plan;
            assert_eq!(saved, p.plan, "{context}: not what was shown");
            plan = saved;
        }
    }
    tally
}

#[test]
fn no_edits_ever_break_a_rule() {
    let (mut n, mut seed) = (0, 0);
    let mut all: BTreeMap<&str, u32> = BTreeMap::new();
    while n < weeks(1_500) {
        seed += 1;
        let mut runner = Runner::hostile(seed);
        let mut rng = Rng(seed);
        for k in 0..10 {
            runner.fate();
            let w = runner.week;
            let mut facts = runner.known(0);
            if rng.chance(300) {
                facts = runner.known(rng.range(1, 6));
            }
            let context = format!("seed {seed} week {k} as of {}", facts.as_of);
            for (name, count) in several(&mut facts, w, &mut rng, &context) {
                *all.entry(name).or_default() += count;
            }
            // What was wished for from the week's start on is still there when things have changed.
            runner.facts.edits.clone_from(&facts.edits);
            let facts = runner.known(0);
            let out = step(&facts, w);
            let broken = breaches(&facts, &out.plan);
            assert!(broken.is_empty(), "{context}: {broken:#?}");
            runner.publish(&out);
            runner.live(&out);
            n += 1;
        }
    }
    println!("{all:?}");
    assert!(["allowed", "repaired", "refused", "nearest", "bad"].iter().all(|k| all[k] > 100));
}

/// Wishes that no preview would have let through: stored rows are not to be trusted.
#[test]
fn wishes_of_any_kind_are_tamed() {
    for seed in 1..=weeks(2_000) {
        let mut runner = Runner::hostile(seed);
        runner.fate();
        let (w, mut rng) = (runner.week, Rng(seed));
        let mut facts = runner.known(rng.pick(&[0, 0, 0, 2, 5]));
        for _ in 0..rng.range(1, 3) {
            let mut days = Vec::new();
            for _ in 0..rng.range(1, 7) {
                let day = day(&mut rng, w);
                let session = rng.chance(800).then(|| (rng.pick(&Kind::ALL), distance(&mut rng)));
                days.push(DayWish { day, session });
            }
            let asked = ask(&mut rng, w);
            facts.edits.push(Edit { week_start: w, made_on: facts.as_of, asked, days });
        }
        let out = step(&facts, w);
        let broken = breaches(&facts, &out.plan);
        assert!(broken.is_empty(), "seed {seed}: {broken:#?}");
    }
}
