//! `hermes import` and `hermes imports`.

use super::Desk;
use crate::cli::Imports;
use crate::output;
use anyhow::{Context, Result, ensure};
use hermes_app::{ImportView, Ledger};
use hermes_engine::units::Units;
use serde_json::json;
use std::fmt::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use uuid::Uuid;

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

pub(super) async fn imports(desk: &Desk, command: Imports) -> Result<ExitCode> {
    match command {
        Imports::List => {
            let all = desk.app.past_imports(&desk.runner).await?;
            if desk.options.json {
                let imports: Vec<_> = all.iter().map(past_json).collect();
                output::json(&json!({ "imports": imports }))?;
            } else {
                output::print(&all.iter().map(past_text).collect::<String>())?;
            }
        }
        Imports::Undo { id } => {
            ensure!(
                desk.options.as_of.is_none(),
                "an import is taken back today; leave --as-of out"
            );
            let shown: String = id.chars().take(40).collect();
            let id = Uuid::parse_str(&id).ok().with_context(|| {
                format!("\"{shown}\" is not the id of an import; `hermes imports list` shows them")
            })?;
            let days = desk.app.undo_import(&desk.runner, id).await?;
            if desk.options.json {
                output::json(&json!({ "undone": id, "days": days }))?;
            } else {
                output::print(&format!("Taken back; {days} days changed.\n"))?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn past_json(i: &ImportView) -> serde_json::Value {
    json!({
        "id": i.id,
        "name": i.name,
        "started_at": i.started_at.to_string(),
        "finished_at": i.finished_at.map(|t| t.to_string()),
        "rolled_back_at": i.rolled_back_at.map(|t| t.to_string()),
    })
}

fn past_text(i: &ImportView) -> String {
    let state = match (i.rolled_back_at, i.finished_at) {
        (Some(_), _) => ", taken back",
        (None, Some(_)) => "",
        (None, None) => ", not finished",
    };
    format!("{}  {}  {}{state}\n", i.id, i.started_at, i.name)
}

fn as_json(l: &Ledger) -> serde_json::Value {
    json!({
        "id": l.id,
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
