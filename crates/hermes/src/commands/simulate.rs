//! `hermes simulate`.

use crate::cli::{Options, Simulate};
use crate::output;
use anyhow::Result;
use hermes_season::report::{self, Cohort};
use hermes_season::walk;
use std::process::ExitCode;

/// Lives the seasons of a cohort, or plans hostile single weeks, and reports.
pub(super) fn simulate(options: &Options, wanted: &Simulate) -> Result<ExitCode> {
    let Simulate { seed, weeks, hostile, .. } = *wanted;
    let runners = if hostile { wanted.count.div_ceil(walk::HOSTILE) } else { wanted.runners };
    let range = wanted.runner.map_or(0..runners, |k| k..k.saturating_add(1));
    let threads = std::thread::available_parallelism().map_or(1, |n| n.get() as u64);
    let progress = output::progress("Runners", options.quiet || options.json);
    progress.set_length(range.end - range.start);
    let tally = hermes_season::tally(
        range,
        wanted.threads.unwrap_or(threads),
        &|| progress.inc(1),
        &|runner| {
            if hostile {
                walk::hostile(seed, runner)
            } else {
                walk::walk(seed, runner, weeks, &mut |_| {})
            }
        },
    );
    progress.finish_and_clear();
    let cohort = Cohort { seed, weeks: (!hostile).then_some(weeks) };
    if options.json {
        output::json(&report::json(cohort, &tally))?;
    } else {
        output::print(&report::text(cohort, &tally))?;
    }
    Ok(if tally.broken() == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
