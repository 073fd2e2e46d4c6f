//! `hermes edit`.

use super::Desk;
use crate::cli::{Edit, EditWhat};
use crate::output;
use anyhow::{Context, Result, ensure};
use hermes_app::{EditView, Edited};
use hermes_engine::calendar::Day;
use hermes_engine::edit::Preview;
use hermes_engine::record::Ask;
use hermes_engine::session::Kind;
use hermes_engine::units::Metres;
use serde_json::json;
use std::fmt::Write;
use std::process::ExitCode;

/// The exit code of an edit that is not saved: refused, or without the reason it needs.
const NOT_SAVED: u8 = 3;

pub(super) async fn edit(desk: &Desk, command: Edit) -> Result<ExitCode> {
    ensure!(desk.options.as_of.is_none(), "edits change the plan as of today; leave --as-of out");
    let (app, runner) = (&desk.app, &desk.runner);
    let (ask, week) = match &command.what {
        EditWhat::Undo => {
            let undone = app.undo_edit(runner).await?;
            return list(desk, &[undone], "Taken back:").await;
        }
        EditWhat::List => {
            let edits = app.edits(runner).await?;
            return list(desk, &edits, "Edits of this week and the next one:").await;
        }
        what => asked(what)?,
    };
    if command.preview {
        let preview = app.preview_edit(runner, week, ask).await?;
        return show(desk, &Edited { preview, saved: false, needs_reason: false }, true).await;
    }
    let edited = app.edit(runner, week, ask, command.reason.as_deref()).await?;
    show(desk, &edited, false).await
}

/// The edit, and a day of the week where it names none.
fn asked(what: &EditWhat) -> Result<(Ask, Option<Day>)> {
    let day = |text: &str| Day::parse(text);
    let mut week = None;
    let ask = match what {
        EditWhat::Move { from, to } => Ask::Move { from: day(from)?, to: day(to)? },
        EditWhat::Swap { a, b } => Ask::Swap { a: day(a)?, b: day(b)? },
        EditWhat::Skip { day: on } => Ask::Skip { day: day(on)? },
        EditWhat::Resize { day: on, km } => Ask::Resize { day: day(on)?, to: distance(*km)? },
        EditWhat::Retype { day: on, kind: to } => Ask::Retype { day: day(on)?, to: kind(to)? },
        EditWhat::Add { day: on, kind: what, km } => {
            Ask::Add { day: day(on)?, kind: kind(what)?, distance: distance(*km)? }
        }
        EditWhat::Pin { day: on } => Ask::Pin { day: day(on)? },
        EditWhat::Unavailable { day: on } => Ask::Unavailable { day: day(on)? },
        EditWhat::Easier { week: of } => {
            week = of.as_deref().map(day).transpose()?;
            Ask::Easier
        }
        EditWhat::Harder { week: of } => {
            week = of.as_deref().map(day).transpose()?;
            Ask::Harder
        }
        // Dispatched before.
        EditWhat::Undo | EditWhat::List => anyhow::bail!("undo and list are no edits"),
    };
    Ok((ask, week))
}

/// Reads kilometres; whether there can be such a run is the engine's to say.
fn distance(km: f64) -> Result<Metres> {
    ensure!(km.is_finite() && km.abs() < 1e6, "{km} is no distance in km");
    Ok(Metres((km * 1000.0).round() as i64))
}

/// Reads a kind by its word or its name.
fn kind(text: &str) -> Result<Kind> {
    let plain = |s: &str| s.to_ascii_lowercase().replace([' ', '-', '_'], "");
    let given = plain(text);
    let of = |k: &Kind| {
        let name = plain(k.name());
        name == given || (given.len() >= 4 && name.starts_with(&given))
    };
    Kind::ALL.into_iter().find(of).with_context(|| {
        let shown: String = text.chars().take(40).collect();
        format!(
            "\"{shown}\" is not a kind of session; use easy, recovery, long, tempo, interval, \
             fartlek, hill, pace, time-trial or cross"
        )
    })
}

async fn show(desk: &Desk, edited: &Edited, preview: bool) -> Result<ExitCode> {
    let Edited { preview: p, saved, needs_reason } = edited;
    let units = desk.app.preferences(&desk.runner).await?.units;
    let code = if *saved || preview { ExitCode::SUCCESS } else { ExitCode::from(NOT_SAVED) };
    if desk.options.json {
        output::json(&as_json(p, *saved, *needs_reason))?;
        return Ok(code);
    }
    let mut text = p.text(units);
    text.push_str(match (saved, needs_reason, preview) {
        (true, ..) => "Saved. `hermes edit undo` takes it back.\n",
        (_, true, _) => "Not saved: it sets the above aside; say why with --reason TEXT.\n",
        (_, _, true) => "A preview; nothing is saved.\n",
        _ => "Nothing is saved.\n",
    });
    output::print(&text)?;
    Ok(code)
}

fn as_json(p: &Preview, saved: bool, needs_reason: bool) -> serde_json::Value {
    json!({
        "verdict": p.verdict,
        "saved": saved,
        "needs_reason": needs_reason,
        "asked": p.edit.asked,
        "changes": p.changes,
        "repairs": p.repairs,
        "findings": p.findings,
        "soft": p.soft,
        "nearest": p.nearest,
    })
}

async fn list(desk: &Desk, edits: &[EditView], title: &str) -> Result<ExitCode> {
    if desk.options.json {
        let all: Vec<_> = edits
            .iter()
            .map(|e| {
                json!({
                    "id": e.id,
                    "week": e.edit.week_start,
                    "asked": e.edit.asked,
                    "days": e.edit.days,
                    "reason": e.reason,
                    "made_at": e.made_at.to_string(),
                    "undone_at": e.undone_at.map(|t| t.to_string()),
                })
            })
            .collect();
        output::json(&json!({ "edits": all }))?;
        return Ok(ExitCode::SUCCESS);
    }
    let units = desk.app.preferences(&desk.runner).await?.units;
    let mut text = format!("{title}\n");
    for e in edits {
        let undone = if e.undone_at.is_some() { " (taken back)" } else { "" };
        let reason = e.reason.as_ref().map_or_else(String::new, |r| format!(": {r}"));
        // Writing to a String cannot fail.
        let _ =
            writeln!(text, "  {}, {}{reason}{undone}", e.edit.made_on, e.edit.asked.text(units));
    }
    if edits.is_empty() {
        text.push_str("  none\n");
    }
    output::print(&text)?;
    Ok(ExitCode::SUCCESS)
}
