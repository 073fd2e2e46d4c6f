//! `hermes history`.

use super::Desk;
use crate::output;
use anyhow::Result;
use hermes_app::Entry;
use hermes_engine::calendar::Day;
use serde_json::json;
use std::fmt::Write;
use std::process::ExitCode;

/// Days that are shown unless said otherwise.
const DAYS: i64 = 365;

pub(super) async fn history(
    desk: &Desk,
    from: Option<&str>,
    to: Option<&str>,
    long: bool,
) -> Result<ExitCode> {
    let to = to.map(Day::parse).transpose()?.unwrap_or(desk.as_of);
    // What took effect on the as-of day itself was decided from what was known before it.
    let last = to.min(desk.as_of);
    let from = from.map(Day::parse).transpose()?.unwrap_or(last - DAYS);
    anyhow::ensure!(from <= to, "{to} is before {from}; swap the two days");
    let entries = desk.app.history(&desk.runner, from, last).await?;
    if desk.options.json {
        output::json(&json!({ "entries": entries }))?;
    } else {
        output::print(&as_text(&entries, long))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn as_text(entries: &[Entry], long: bool) -> String {
    let mut text = String::new();
    for e in entries {
        let change = match (&e.from, &e.to) {
            (Some(from), Some(to)) if from != to => format!(" {from} -> {to}"),
            (_, Some(to)) => format!(" {to}"),
            _ => String::new(),
        };
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{}{change}: {}", e.date, if long { &e.long } else { &e.short });
        let names = ["7 days", "28 days", "90 days"];
        for (name, window) in names.iter().zip(&e.windows).filter(|_| long) {
            if let Some(window) = window {
                let _ = writeln!(text, "  {name}: {}", window_text(window));
            }
        }
    }
    if entries.is_empty() {
        text.push_str("Nothing changed in these days.\n");
    }
    text
}

/// A window's values in their order, in words.
fn window_text(window: &serde_json::Value) -> String {
    let number = |key: &str| match &window[key] {
        serde_json::Value::String(text) => text.clone(),
        value => value.to_string(),
    };
    let compliance = window["compliance_permille"].as_i64();
    let compliance = compliance.map_or_else(String::new, |c| format!(", {} % done", c / 10));
    format!(
        "{} km in {} runs, longest {} km, {} quality, {} days of rest, {} health records{compliance}",
        number("km"),
        number("runs"),
        number("longest_km"),
        number("quality_sessions"),
        number("rest_days"),
        number("health_records"),
    )
}
