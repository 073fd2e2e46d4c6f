//! Goal: edits are no ratchet. +30 % on every day, asked again and again, week after week, and all
//! of it run, never takes a week beyond H02 nor a run beyond H01.
//! Method: a runner of 45 km a week for 20 weeks; the limits come from the checker.

use hermes_engine::edit::{Verdict, preview};
use hermes_engine::history::History;
use hermes_engine::record::Ask;
use hermes_engine::rules::limits;
use hermes_engine::step::{Prepared, breaches, step};
use hermes_engine::units::Metres;
use hermes_season::hostile::Runner;

#[test]
fn thirty_percent_more_again_and_again_stays_inside_the_limits() {
    let mut runner = Runner::even(7, 45_000, &[1, 3, 5, 6], 360, 30);
    let (mut granted, mut volumes) = (0, Vec::new());
    for week in 0..20 {
        let w = runner.week;
        let mut facts = runner.known(0);
        let prepared = Prepared::new(&facts, w);
        let h = History::new(&facts.activities, w);
        let limits = limits(&prepared.circumstances(&facts, &h));
        for _ in 0..5 {
            let plan = step(&facts, w).plan;
            for s in plan.sessions.iter().filter(|s| s.is_run()) {
                let current = step(&facts, w).plan;
                let more = Ask::Resize { day: s.day, to: Metres(s.distance.0 * 13 / 10) };
                let Ok(mut p) = preview(&facts, w, &current, more) else { continue };
                if let Some(n) = p.nearest.as_ref() {
                    p = preview(&facts, w, &current, n.ask).unwrap();
                }
                if p.verdict != Verdict::Refused {
                    granted += 1;
                    facts.edits.push(p.edit);
                }
            }
        }
        let out = step(&facts, w);
        assert_eq!(breaches(&facts, &out.plan), []);
        let longest = out.plan.sessions.iter().map(|s| s.distance).max().unwrap();
        assert!(out.plan.distance() <= limits.week, "week {week}: {:?}", out.plan.distance());
        assert!(longest <= limits.run, "week {week}: {longest:?} where {:?}", limits.run);
        volumes.push(out.plan.distance().0);
        runner.facts.edits.clear();
        runner.publish(&out);
        runner.live(&out);
    }
    println!("{granted} granted, km: {volumes:?}");
    assert!(granted > 20, "the runner does get more");
    // Five edits of +30 % in one week alone would be 167 km; the ramp allows 10 % or 4 km.
    assert!(volumes[0] <= 49_500 + 500);
}
