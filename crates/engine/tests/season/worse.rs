//! Goal: bad news never asks for more: a further injury, illness or strike raises neither the
//! week's km, its longest run, its hard sessions nor its minutes at intensity.
//! Method: the same week of many runners with and without one more record, phase and state equal.

use crate::weeks;
use hermes_engine::ruleset::LONG_RUN_FROM;
use hermes_engine::session::Kind;
use hermes_engine::step::{Output, step};
use hermes_engine::units::{Metres, Seconds};
use hermes_engine::workout;
use hermes_season::hostile::{Runner, record, strike};

/// Km, longest run, hard sessions and time at intensity of a week.
fn load(o: &Output) -> (Metres, Metres, usize, Seconds) {
    let p = &o.profile.paces;
    let runs = || o.plan.sessions.iter().filter(|s| s.is_run());
    let plain = || runs().filter(|s| s.kind != Kind::Race);
    let longest = plain().map(|s| s.distance).max().unwrap_or_default();
    let long = plain().any(|s| {
        s.distance == longest && s.duration >= LONG_RUN_FROM && !workout::is_quality(s, p.marathon)
    });
    let quality = runs().filter(|s| workout::is_quality(s, p.marathon)).count();
    let intensity = runs().map(|s| workout::intensity(s, p.threshold, p.marathon)).sum();
    (o.plan.distance(), longest, quality + usize::from(long), intensity)
}

#[test]
fn one_more_record_never_asks_for_more() {
    let (mut compared, mut worse) = (0, Vec::new());
    for seed in 1..=weeks(6_000) / 40 {
        let mut runner = Runner::hostile(seed);
        for k in 0..20 {
            runner.fate();
            let facts = runner.known(0);
            let before = step(&facts, runner.week);
            let mut more = facts.clone();
            if runner.rng.chance(200) {
                more.strikes.push(strike(&mut runner.rng, runner.week - 3));
            } else {
                more.health.push(record(&mut runner.rng, runner.week - 3));
            }
            let after = step(&more, runner.week);
            let same = (before.plan.phase, before.plan.state, before.room.cutback)
                == (after.plan.phase, after.plan.state, after.room.cutback);
            if same {
                compared += 1;
                let (a, b) = (load(&before), load(&after));
                if b.0 > a.0 || b.1 > a.1 || b.2 > a.2 || b.3 > a.3 {
                    worse.push((seed, k, a, b));
                }
            }
            runner.publish(&before);
            runner.live(&before);
        }
    }
    assert!(compared > 1000 && worse.is_empty(), "{} of {compared}: {worse:?}", worse.len());
}

#[test]
fn what_is_long_over_changes_nothing() {
    for seed in 1..=weeks(6_000) / 20 {
        let mut runner = Runner::hostile(seed);
        let facts = runner.known(0);
        let mut more = facts.clone();
        let mut old = record(&mut runner.rng, runner.week - 300);
        old.closed = Some(runner.week - 250);
        more.health.push(old);
        let mut spent = strike(&mut runner.rng, runner.week - 300);
        spent.limit = None;
        more.strikes.push(spent);
        let (a, b) = (step(&facts, runner.week), step(&more, runner.week));
        assert_eq!(a.plan, b.plan, "seed {seed}");
    }
}
