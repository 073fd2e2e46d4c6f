//! `hermes import`.

use super::Desk;
use crate::output;
use anyhow::Result;
use hermes_app::Ledger;
use hermes_engine::units::Units;
use serde_json::json;
use std::fmt::Write;
use std::path::PathBuf;
use std::process::ExitCode;

pub(super) async fn import(desk: &Desk, paths: Vec<PathBuf>) -> Result<ExitCode> {
    let quiet = desk.options.quiet || desk.options.json;
    let mut ledgers = Vec::new();
    for path in paths {
        let bar = output::progress("importing", quiet);
        let show = |s: &hermes_app::ImportStatus| {
            bar.set_length(s.rows_total);
            bar.set_position(s.rows_done);
        };
        let done = desk.app.import(&desk.runner, path, show).await;
        bar.finish_and_clear();
        ledgers.push(done?);
    }
    if desk.options.json {
        let imports: Vec<_> = ledgers.iter().map(as_json).collect();
        output::json(&json!({ "imports": imports }))?;
    } else {
        for ledger in &ledgers {
            output::print(&as_text(ledger))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn as_json(l: &Ledger) -> serde_json::Value {
    json!({
        "name": l.name,
        "counts": l.counts,
        "problems": l.problems,
        "runs": l.runs,
        "run_km": format!("{}.{:03}", l.run_km.0 / 1000, l.run_km.0 % 1000),
        "first": l.first,
        "last": l.last,
    })
}

fn as_text(l: &Ledger) -> String {
    let c = &l.counts;
    let mut text = format!(
        "{}: {} new, {} updated, {} unchanged, {} duplicate, {} skipped, {} failed\n",
        l.name, c.new, c.updated, c.unchanged, c.duplicate, c.skipped, c.failed
    );
    for p in &l.problems {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  row {}, {}: {}: {}", p.row, p.item, p.outcome, p.reason);
    }
    let span = match (l.first, l.last) {
        (Some(first), Some(last)) => format!(", from {first} to {last}"),
        _ => String::new(),
    };
    let km = Units::Km.distance(l.run_km);
    let _ = writeln!(text, "The log now holds {} runs, {km}{span}.", l.runs);
    text
}
