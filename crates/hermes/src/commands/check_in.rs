//! `hermes check-in`.

use super::Desk;
use crate::cli::CheckIn;
use crate::output;
use anyhow::{Context, Result};
use hermes_app::{Answered, CheckInView};
use hermes_engine::record::CheckInAnswer;
use hermes_engine::units::Units;
use serde_json::{Value, json};
use std::fmt::Write;
use std::process::ExitCode;

/// The words of `--answer`.
const ANSWERS: &str = "busy, sick, sore, burnout, motivation-loss, preference-change or other";

/// What an answer that is about health asks for.
const REPORT: &str = "Please report it with `hermes health report --type ...`: then the plan \
    protects you.";

pub(super) async fn check_in(desk: &Desk, command: CheckIn) -> Result<ExitCode> {
    match command {
        CheckIn::List => {
            let all = desk.app.check_ins(&desk.runner, desk.as_of).await?;
            if desk.options.json {
                let all: Vec<Value> = all.iter().map(as_json).collect();
                output::json(&json!({ "check_ins": all }))?;
            } else {
                output::print(&list_text(&all))?;
            }
        }
        CheckIn::Answer { answer, details } => {
            anyhow::ensure!(
                desk.options.as_of.is_none(),
                "--as-of goes with `hermes check-in list` only; an answer is given today"
            );
            let answer = answer_of(&answer)?;
            let app = &desk.app;
            let done = app.answer_check_in(&desk.runner, answer, details.as_deref()).await?;
            let units = app.preferences(&desk.runner).await?.units;
            if desk.options.json {
                output::json(&answered_json(&done, units))?;
            } else {
                output::print(&answered_text(&done, units))?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn answer_of(text: &str) -> Result<CheckInAnswer> {
    let name = text.trim().to_ascii_lowercase().replace([' ', '-'], "_");
    serde_json::from_value(Value::from(name)).ok().with_context(|| {
        let shown: String = text.chars().take(40).collect();
        format!("\"{shown}\" is not an answer; use {ANSWERS}")
    })
}

/// A check-in as JSON.
pub(super) fn as_json(c: &CheckInView) -> Value {
    json!({
        "id": c.id,
        "date": c.day,
        "trigger": c.trigger,
        "question": c.question,
        "answer": c.answer,
        "answered": c.answered_on,
        "details": c.details,
        "action": c.action,
    })
}

fn list_text(all: &[CheckInView]) -> String {
    let mut text = String::new();
    for c in all {
        // Writing to a String cannot fail, here and below.
        let _ = match (&c.question, &c.answer) {
            (Some(question), _) => writeln!(
                text,
                "{} open: {question}\n  Answer with `hermes check-in answer --answer ...`: \
                 {ANSWERS}.",
                c.day
            ),
            (None, answer) => {
                let answer = answer.as_deref().unwrap_or("other").replace('_', " ");
                let action = c.action.as_deref().unwrap_or("none").replace('_', " ");
                let on = c.answered_on.unwrap_or(c.day);
                writeln!(text, "{} answered {on}: {answer} ({action})", c.day)
            }
        };
        if let Some(details) = &c.details {
            let _ = writeln!(text, "  \"{details}\"");
        }
    }
    if all.is_empty() {
        text.push_str("There has been no check-in.\n");
    }
    text
}

fn answered_text(done: &Answered, units: Units) -> String {
    let mut text = format!("{}\n", done.action.text());
    for offer in &done.offers {
        let _ = writeln!(text, "  - {}", offer.text(units));
    }
    if done.opens_health {
        let _ = writeln!(text, "{REPORT}");
    }
    text
}

fn answered_json(done: &Answered, units: Units) -> Value {
    let offers: Vec<Value> = done
        .offers
        .iter()
        .map(|offer| json!({ "offer": offer, "text": offer.text(units) }))
        .collect();
    json!({
        "check_in": as_json(&done.check_in),
        "action": done.action,
        "text": done.action.text(),
        "offers": offers,
        "report_health": done.opens_health,
    })
}
