//! Forecasts to a marathon for a runner with a year of 250 runs.

mod runner;

use divan::{Bencher, black_box};
use hermes_engine::forecast::{Scenario, forecast};
use hermes_engine::what_if::compare;
use runner::MONDAY;

fn main() {
    divan::main();
}

/// 104 weeks.
#[divan::bench]
fn months_24(bencher: Bencher<'_, '_>) {
    let facts = runner::facts(MONDAY, 50, 727);
    bencher.bench_local(|| forecast(black_box(&facts), &Scenario::default()));
}

/// What the app does for a change with a race in 24 months: three shares of the plans as things
/// are, one forecast with the change, and the differences.
#[divan::bench]
fn what_if(bencher: Bencher<'_, '_>) {
    let facts = runner::facts(MONDAY, 50, 727);
    let change = Scenario { miss: vec![MONDAY + 21], ..Scenario::default() };
    bencher.bench_local(|| {
        let plain = [1000, 800, 600].map(|a| forecast(black_box(&facts), &Scenario::adherence(a)));
        let changed = forecast(black_box(&facts), &change);
        let effects = compare(&plain[0], &changed);
        (plain, changed, effects)
    });
}
