//! `hermes health`.

use super::Desk;
use crate::cli::Health;
use crate::output;
use anyhow::{Context, Result};
use hermes_app::{HealthView, RecordView, Report, Reported, StrikeView, WeekChange, Which};
use hermes_engine::calendar::Day;
use hermes_engine::record::{BodyPart, HealthType, Symptoms};
use hermes_engine::ruleset;
use hermes_engine::units::Units;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::fmt::Write;
use std::process::ExitCode;

/// The words of `--type`.
const TYPES: &str = "injury, pain, fatigue, illness or other";
/// The words of `--part`.
const PARTS: &str = "calf, hamstring, quadriceps, achilles, plantar, patellar-tendon, knee, shin, \
    hip, groin, low-back, foot, ankle, navicular, femoral-neck, anterior-tibia or other";
/// The words of `--symptom`.
const SYMPTOMS: &str = "fever, below-neck, bone-pain-at-rest, limp or chest-pain";

pub(super) async fn health(desk: &Desk, command: Health) -> Result<ExitCode> {
    let units = desk.app.preferences(&desk.runner).await?.units;
    if !matches!(command, Health::List) {
        anyhow::ensure!(
            desk.options.as_of.is_none(),
            "--as-of goes with `hermes health list` only; use --date to name a past day"
        );
    }
    match command {
        Health::Report { dry_run, .. } => {
            let report = read(&command, desk.as_of)?;
            let done = desk.app.report_health(&desk.runner, &report, dry_run).await?;
            if desk.options.json {
                output::json(&reported_json(&done, units))?;
            } else {
                output::print(&reported_text(&done, units))?;
            }
        }
        Health::List => {
            let view = desk.app.health(&desk.runner, desk.as_of).await?;
            if desk.options.json {
                output::json(&list_json(&view))?;
            } else {
                output::print(&list_text(&view))?;
            }
        }
        Health::Clear { id, date, clearance, .. } => {
            let which = match id {
                None => Which::All,
                Some(id) => Which::One(id.parse().with_context(|| {
                    let shown: String = id.chars().take(40).collect();
                    format!(
                        "\"{shown}\" is not the id of a record; `hermes health list` shows them"
                    )
                })?),
            };
            let day = date.as_deref().map(Day::parse).transpose()?.unwrap_or(desk.as_of);
            let done = desk.app.clear_health(&desk.runner, which, day, clearance).await?;
            if desk.options.json {
                output::json(&json!({
                    "closed": done.closed,
                    "resolved": done.resolved,
                    "lifted": done.lifted,
                    "change": done.change,
                }))?;
            } else {
                let mut text = format!(
                    "Closed: {}. Strikes resolved: {}. Limits lifted: {}.\n",
                    done.closed.len(),
                    done.resolved.len(),
                    done.lifted.len()
                );
                changes(&mut text, &done.change, units, false);
                output::print(&text)?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What the flags of `health report` say.
fn read(command: &Health, today: Day) -> Result<Report> {
    let Health::Report {
        r#type,
        part,
        severity,
        date,
        description,
        symptom,
        pain_during,
        pain_next_morning,
        ..
    } = command
    else {
        anyhow::bail!("there is nothing to report");
    };
    let mut symptoms = Symptoms {
        pain_during: *pain_during,
        pain_next_morning: *pain_next_morning,
        ..Symptoms::default()
    };
    for sign in symptom {
        match sign.trim().to_ascii_lowercase().as_str() {
            "fever" => symptoms.fever = true,
            "below-neck" => symptoms.below_neck = true,
            "bone-pain-at-rest" => symptoms.bone_pain_at_rest = true,
            "limp" => symptoms.limp = true,
            "chest-pain" => symptoms.chest_pain = true,
            _ => anyhow::bail!(unknown(sign, "symptom", SYMPTOMS)),
        }
    }
    let kind: HealthType = known(r#type, "type of health record", TYPES)?;
    let part: Option<BodyPart> =
        part.as_deref().map(|p| known(p, "part of the body", PARTS)).transpose()?;
    Ok(Report {
        kind,
        part,
        severity: *severity,
        day: date.as_deref().map(Day::parse).transpose()?.unwrap_or(today),
        description: description.clone(),
        symptoms,
    })
}

/// A word of a fixed list, with spaces or dashes as one likes.
fn known<T: DeserializeOwned>(word: &str, what: &str, list: &str) -> Result<T> {
    let name = word.trim().to_ascii_lowercase().replace([' ', '-'], "_");
    serde_json::from_value(Value::from(name))
        .map_err(|_| anyhow::anyhow!(unknown(word, what, list)))
}

fn unknown(word: &str, what: &str, list: &str) -> String {
    let shown: String = word.chars().take(40).collect();
    format!("\"{shown}\" is not a {what}; use {list}")
}

fn reported_text(done: &Reported, units: Units) -> String {
    let mut text = String::new();
    for line in done.consequences.text(units) {
        // Writing to a String cannot fail, here and below.
        let _ = writeln!(text, "{line}");
    }
    for strike in &done.strikes {
        let _ = writeln!(text, "{}.", strike.text(units));
    }
    let _ = writeln!(text, "In force with all that is known: {}.", done.in_force.text());
    changes(&mut text, &done.change, units, done.id.is_none());
    let _ = match done.id {
        Some(id) => writeln!(text, "Saved as {id}."),
        None => writeln!(text, "Nothing was saved."),
    };
    text
}

fn changes(text: &mut String, change: &WeekChange, units: Units, would: bool) {
    let planned = |p: Option<hermes_app::Planned>| match p {
        Some(p) => format!("{} {}", p.kind.name(), units.distance(p.distance_m)),
        None => "rest".to_owned(),
    };
    let head = if would { "This week would change" } else { "This week" };
    let _ = writeln!(text, "{head} (state {}):", change.state.name());
    for day in &change.days {
        let (name, date) = (day.date.weekday().name(), day.date);
        let _ = writeln!(
            text,
            "  {name} {date}: {} instead of {}",
            planned(day.after),
            planned(day.before)
        );
    }
    if change.days.is_empty() {
        let _ = writeln!(text, "  no day to come changes");
    }
}

fn reported_json(done: &Reported, units: Units) -> Value {
    let strikes: Vec<Value> = done
        .strikes
        .iter()
        .map(|s| {
            json!({
                "type": s.kind, "part": s.part, "count": s.count, "strike": s.strike,
                "text": s.text(units),
            })
        })
        .collect();
    json!({
        "id": done.id,
        "modification": done.consequences.modification,
        "in_force": done.in_force,
        "lock_days": done.consequences.lock_days,
        "effects": done.consequences.effects,
        "red_flags": done.consequences.red_flags,
        "text": done.consequences.text(units),
        "strikes": strikes,
        "change": done.change,
    })
}

fn list_text(view: &HealthView) -> String {
    let mut text = format!("In force: {}.\n", view.in_force.text());
    let (open, closed): (Vec<&RecordView>, Vec<&RecordView>) =
        view.records.iter().partition(|r| r.record.closed.is_none());
    for (title, records) in [("Open records", open), ("History", closed)] {
        if !records.is_empty() {
            let _ = writeln!(text, "\n{title}");
        }
        for r in records {
            record(&mut text, r);
        }
    }
    if !view.strikes.is_empty() {
        let _ = writeln!(text, "\nStrikes");
    }
    for s in &view.strikes {
        strike(&mut text, s);
    }
    if view.records.is_empty() {
        text.push_str("Nothing is recorded. Report with `hermes health report --type ...`.\n");
    }
    text
}

fn record(text: &mut String, r: &RecordView) {
    let fact = &r.record;
    let part = fact.part.map_or_else(String::new, |p| format!(", {}", word(&p)));
    let severity = fact.severity.map_or_else(String::new, |n| format!(", severity {n}"));
    let end = fact.closed.map_or_else(String::new, |day| format!(", closed {day}"));
    let chronic = if r.chronic { ", chronic" } else { "" };
    let kind = word(&fact.kind);
    let _ = writeln!(text, "  {} {kind}{part}{severity}{chronic}{end}  [{}]", fact.day, r.id);
    if let Some(words) = &r.description {
        let _ = writeln!(text, "    \"{words}\"");
    }
    let _ = match (r.locked, r.lock_ends) {
        (true, Some(end)) => writeln!(text, "    no running until {end}"),
        (true, None) => writeln!(text, "    no running until it is closed"),
        _ => Ok(()),
    };
    if let Some(at) = r.ladder {
        let (step, of) = (at.climbed + 1, ruleset::LADDER_STEPS);
        let _ = writeln!(text, "    way back: step {step} of {of} is next");
    }
}

fn strike(text: &mut String, s: &StrikeView) {
    let part = s.part.as_ref().map_or_else(String::new, |p| format!(", {p}"));
    let end = s.resolved.map_or_else(|| "open".to_owned(), |day| format!("resolved {day}"));
    let _ = writeln!(text, "  {} strike {}: {}{part}, {end}", s.issued, s.count, s.kind);
    if let (Some(limit), Some(words)) = (s.limit, &s.limit_description) {
        let lifted = limit.lifted.map_or_else(String::new, |day| format!(" (lifted {day})"));
        let _ = writeln!(text, "    {words}{lifted}");
    }
}

/// A value's word, as it is stored.
fn word(value: &impl serde::Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().replace('_', " ")
}

pub(super) fn list_json(view: &HealthView) -> Value {
    let records: Vec<Value> = view
        .records
        .iter()
        .map(|r| {
            json!({
                "id": r.id,
                "date": r.record.day,
                "type": r.record.kind,
                "part": r.record.part,
                "severity": r.record.severity,
                "symptoms": r.record.symptoms,
                "description": r.description,
                "closed": r.record.closed,
                "modification": r.modification,
                "days_off": r.days_off,
                "chronic": r.chronic,
                "locked": r.locked,
                "lock_ends": r.lock_ends,
                "ladder_step": r.ladder.map(|at| at.climbed + 1),
            })
        })
        .collect();
    let strikes: Vec<Value> = view
        .strikes
        .iter()
        .map(|s| {
            json!({
                "id": s.id,
                "issued": s.issued,
                "type": s.kind,
                "count": s.count,
                "part": s.part,
                "forced_recovery_days": s.forced_recovery_days,
                "no_quality_days": s.no_quality_days,
                "resolved": s.resolved,
                "limit": s.limit,
                "limit_description": s.limit_description,
            })
        })
        .collect();
    json!({ "in_force": view.in_force, "records": records, "strikes": strikes })
}
