//! Goal: no facts, however absurd, make a step panic, overflow or take long.
//! Method: every quantity may be an extreme; the step runs with debug assertions on.

use crate::weeks;
use hermes_engine::step::{Output, breaches, step};
use hermes_engine::units::Units;
use hermes_season::absurd;
use hermes_season::hostile::{MONDAY, Runner, activity};
use std::time::{Duration, Instant};

fn everything_has_a_text(out: &Output) {
    for units in [Units::Km, Units::Miles] {
        let whys = out.plan.why.iter().chain(out.plan.sessions.iter().flat_map(|s| &s.why));
        assert!(whys.map(|w| w.text(units)).all(|t| !t.is_empty()));
        assert!(out.plan.repairs.iter().all(|r| !r.text(units).is_empty()));
    }
}

#[test]
fn absurd_facts_give_a_valid_week() {
    for seed in 0..weeks(6_000) / 6 {
        let (facts, week) = absurd::facts(seed);
        let out = step(&facts, week);
        let broken = breaches(&facts, &out.plan);
        assert!(broken.is_empty(), "seed {seed}: {broken:#?}");
        everything_has_a_text(&out);
    }
}

/// A thousand recordings a day for two months, all touching each other.
#[test]
fn a_thousand_runs_a_day_are_planned_in_bounded_time() {
    let mut runner = Runner::hostile(1);
    let mut id = 0;
    for day in 0..60 {
        for n in 0..1000 {
            id += 1;
            let start = n * 86;
            let run = activity(id, MONDAY - 60 + day, start, 400 + n, 300);
            runner.facts.activities.push(run);
        }
    }
    runner.facts.as_of = MONDAY;
    let begin = Instant::now();
    let out = step(&runner.facts, MONDAY);
    assert!(breaches(&runner.facts, &out.plan).is_empty());
    assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
}
