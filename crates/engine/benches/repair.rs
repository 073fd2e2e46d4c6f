//! Repair alone, of broken weeks of the seeds of `tests/repair`.

#[path = "../tests/repair/broken.rs"]
mod broken;

use divan::{Bencher, black_box};
use hermes_engine::history::History;
use hermes_engine::limits::Limits;
use hermes_engine::repair::repair;
use hermes_engine::step::Prepared;

/// Weeks of which repair touches one, two, three, four and five runs: the median of each.
const ONE_TO_FIVE: [u64; 5] = [11_595, 7627, 8479, 10_977, 4601];
/// Weeks in which the search takes all its steps: the longest that a repair takes.
const MOST_STEPS: [u64; 4] = [5611, 7547, 12_307, 14_011];

fn main() {
    divan::main();
}

fn mended(bencher: Bencher<'_, '_>, seed: u64) {
    let Some(case) = broken::week(seed) else { return };
    let prepared = Prepared::new(&case.facts, case.plan.week_start);
    let h = History::new(&case.facts.activities, case.plan.first_day);
    let c = prepared.circumstances(&case.facts, &h);
    let l = Limits::new(&c, &h);
    let (w, paces) = (c.week_start, prepared.profile.paces);
    bencher.with_inputs(|| case.week.clone()).bench_local_values(|week| {
        repair(week, &case.emptied, black_box(&l), w, black_box(&paces))
    });
}

#[divan::bench(args = ONE_TO_FIVE)]
fn touched(bencher: Bencher<'_, '_>, seed: u64) {
    mended(bencher, seed);
}

#[divan::bench(args = MOST_STEPS)]
fn most_steps(bencher: Bencher<'_, '_>, seed: u64) {
    mended(bencher, seed);
}
