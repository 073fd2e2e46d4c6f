//! `hermes simulate`.

use crate::cli::{Options, Simulate};
use crate::output;
use anyhow::Result;
use hermes_app::clock::SystemClock;
use hermes_app::{App, Newcomer};
use hermes_season::newcomer::newcomer;
use hermes_season::report::{self, Cohort};
use hermes_season::walk;
use serde_json::json;
use std::process::ExitCode;
use std::sync::Arc;

/// Runners that are added at once.
const AT_ONCE: u64 = 200;

/// Fills a database with the runners of a cohort.
pub(super) async fn fill(options: &Options, wanted: &Simulate, url: &str) -> Result<ExitCode> {
    let app = App::open(url, Arc::new(SystemClock)).await?;
    let (today, days) = (app.today_in_utc(), i64::from(wanted.history));
    let progress = output::progress("Runners", options.quiet || options.json);
    progress.set_length(wanted.runners);
    let mut activities = 0;
    for first in (0..wanted.runners).step_by(AT_ONCE as usize) {
        let range = first..wanted.runners.min(first + AT_ONCE);
        let added: Vec<Newcomer> =
            range.map(|k| joined(newcomer(wanted.seed, k, today, days))).collect();
        activities += added.iter().map(|n| n.activities.len() as u64).sum::<u64>();
        app.add_newcomers(&added).await?;
        progress.inc(added.len() as u64);
    }
    progress.finish_and_clear();
    app.close().await;
    if options.json {
        output::json(&json!({ "runners": wanted.runners, "activities": activities }))?;
    } else {
        output::print(&format!(
            "{} runners with {activities} activities added; their weeks are due: `hermes weeks`\n",
            wanted.runners
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn joined(n: hermes_season::newcomer::Newcomer) -> Newcomer {
    Newcomer {
        time_zone: n.time_zone.to_owned(),
        preferences: n.preferences,
        activities: n.activities,
        goal: n.goal,
    }
}

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
