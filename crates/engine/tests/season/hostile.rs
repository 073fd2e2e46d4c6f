//! Goal: whatever the history, a published week breaks no rule, and the generator reads the rules
//! as the checker does, so that neither repair nor the last resort has to make a week poorer.
//! Method: runners of every kind live through seasons; each week is planned, also from a day
//! inside it.

use crate::weeks;
use hermes_engine::decision::Rule;
use hermes_engine::step::{breaches, draft_findings, step};
use hermes_season::hostile::Runner;
use std::collections::BTreeMap;

/// Weeks that one runner lives.
const SEASON: i64 = 40;

#[derive(Default)]
struct Tally {
    planned: u64,
    /// Weeks whose draft the checker objected to, with a seed and a week to look at.
    drafts: BTreeMap<Rule, (u64, u64, i64)>,
    /// Weeks that repair or the last resort changed.
    changed: BTreeMap<Rule, (u64, u64, i64)>,
}

impl Tally {
    fn look(&mut self, runner: &Runner, offset: i64, seed: u64, k: i64) {
        let facts = runner.known(offset);
        let out = step(&facts, runner.week);
        let broken = breaches(&facts, &out.plan);
        assert!(broken.is_empty(), "seed {seed} week {k}: {broken:#?}");
        self.planned += 1;
        let findings = draft_findings(&facts, runner.week);
        let count = |tally: &mut BTreeMap<Rule, (u64, u64, i64)>, rule| {
            tally.entry(rule).or_insert((0, seed, 10 * k + offset)).0 += 1;
        };
        if let Some(f) = findings.first() {
            count(&mut self.drafts, f.rule);
        }
        if let Some(r) = out.plan.repairs.first() {
            count(&mut self.changed, r.rule);
        }
    }
}

#[test]
fn hostile_seasons_are_published_as_generated() {
    let mut tally = Tally::default();
    let mut seed = 0;
    while tally.planned < weeks(6_000) {
        seed += 1;
        let mut runner = Runner::hostile(seed);
        for k in 0..SEASON {
            runner.fate();
            if runner.rng.chance(200) {
                let offset = runner.rng.range(1, 6);
                tally.look(&runner, offset, seed, k);
            }
            let out = step(&runner.known(0), runner.week);
            tally.look(&runner, 0, seed, k);
            runner.publish(&out);
            runner.live(&out);
        }
    }
    let Tally { planned, drafts, changed } = tally;
    println!("{planned} weeks\nobjected to as drafted: {drafts:?}\nchanged: {changed:?}");
    assert!(drafts.is_empty() && changed.is_empty(), "{drafts:?} {changed:?}");
}
