//! `hermes status`.

use super::{Desk, check_in};
use crate::output;
use anyhow::Result;
use hermes_app::{HealthView, StatusView};
use hermes_engine::meters::Event;
use hermes_engine::units::{Metres, Units};
use serde_json::{Value, json};
use std::fmt::Write;
use std::process::ExitCode;

/// Events of the Killa meter, and days of the streak, that the text shows.
const SHOWN: usize = 10;

pub(super) async fn status(desk: &Desk) -> Result<ExitCode> {
    let view = desk.app.status(&desk.runner, desk.as_of).await?;
    let units = desk.app.preferences(&desk.runner).await?.units;
    if desk.options.json {
        output::json(&as_json(&view, units))?;
    } else {
        output::print(&as_text(&view, units))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn as_text(view: &StatusView, units: Units) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail, here and below.
    let _ = writeln!(text, "{}, since {}", view.state.name(), view.since);
    let _ = writeln!(text, "  {}", view.state.meaning());
    if let Some(why) = &view.why {
        let _ = writeln!(text, "  Why: {why}");
    }
    if let Some(advice) = view.advice {
        let _ = writeln!(text, "  {advice}");
    }
    if !view.bootcamp.is_over() {
        let _ = writeln!(text, "\nBootcamp\n  {}", view.bootcamp.text());
    }
    meters(&mut text, view, units);
    if let Some(question) = view.check_in.as_ref().and_then(|c| c.question.as_ref()) {
        let _ = writeln!(text, "\nCheck-in\n  {question}");
        let _ = writeln!(text, "  Answer with `hermes check-in answer --answer ...`.");
    }
    health(&mut text, &view.health);
    weeks(&mut text, view, units);
    for (i, pattern) in view.patterns.iter().enumerate() {
        if i == 0 {
            let _ = writeln!(text, "\nPatterns");
        }
        let _ = writeln!(text, "  {}", pattern.text(units));
    }
    text
}

fn meters(text: &mut String, view: &StatusView, units: Units) {
    let m = &view.momentum;
    let _ = writeln!(
        text,
        "\nMomentum\n  {} days kept in a row, {} at most; consistency {} %",
        m.current,
        m.longest,
        m.consistency / 10
    );
    for (day, mark) in m.days.iter().rev().filter(|(_, mark)| !mark.keeps()).take(1) {
        let mark = word(mark);
        let _ = writeln!(text, "  The last day that was not kept: {day} ({mark})");
    }
    let k = &view.killa;
    let _ = writeln!(
        text,
        "\nKilla\n  {} points from {} breakthroughs; {} overreaches",
        k.points, k.breakthroughs, k.overreaches
    );
    for event in k.events.iter().rev().take(SHOWN) {
        let _ = writeln!(text, "  {}", event.text(units));
    }
}

fn health(text: &mut String, view: &HealthView) {
    let open = view.records.iter().filter(|r| r.record.closed.is_none());
    let strikes = view.strikes.iter().filter(|s| s.resolved.is_none());
    let limits = view.strikes.iter().filter(|s| s.limit.is_some_and(|l| l.lifted.is_none()));
    let mut lines: Vec<String> = Vec::new();
    for r in open {
        let part = r.record.part.map_or_else(String::new, |p| format!(", {}", word(&p)));
        let severity = r.record.severity.map_or_else(String::new, |n| format!(", severity {n}"));
        let lock = match (r.locked, r.lock_ends) {
            (true, Some(end)) => format!(": no running until {end}"),
            (true, None) => ": no running until it is closed".to_owned(),
            _ => String::new(),
        };
        let kind = word(&r.record.kind);
        lines.push(format!("{} {kind}{part}{severity}{lock}", r.record.day));
    }
    lines.extend(strikes.map(|s| format!("{} strike {}: {}", s.issued, s.count, s.kind)));
    lines.extend(limits.filter_map(|s| s.limit_description.clone()));
    if lines.is_empty() {
        return;
    }
    let _ = writeln!(text, "\nHealth: {}", view.in_force.text());
    for line in lines {
        let _ = writeln!(text, "  {line}");
    }
}

fn weeks(text: &mut String, view: &StatusView, units: Units) {
    if view.weeks.is_empty() {
        return;
    }
    let _ = writeln!(text, "\nLast weeks");
    for w in view.weeks.iter().rev() {
        let km = |d: Option<Metres>| d.map_or_else(|| "-".to_owned(), |d| units.distance(d));
        let share = w.compliance_percentage.map_or_else(String::new, |c| format!(", {c} % done"));
        let state = w.ending_state.as_ref().map_or_else(String::new, |s| format!(", then {s}"));
        let _ = writeln!(
            text,
            "  {}: {} of {} planned{share}, {} days of rest{state}",
            w.week_start_date,
            km(w.actual_volume_km.map(|d| d.from_km())),
            km(w.planned_volume_km.map(|d| d.from_km())),
            w.rest_days
        );
    }
}

/// A value's word, as it is stored.
fn word(value: &impl serde::Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().replace('_', " ")
}

fn as_json(view: &StatusView, units: Units) -> Value {
    let weeks: Vec<Value> = view
        .weeks
        .iter()
        .map(|w| {
            json!({
                "week_start": w.week_start_date,
                "planned_m": w.planned_volume_km.map(|d| d.from_km()),
                "actual_m": w.actual_volume_km.map(|d| d.from_km()),
                "compliance_percent": w.compliance_percentage.map(|c| c.to_string()),
                "easy_m": w.easy_run_km.map(|d| d.from_km()),
                "quality_m": w.quality_session_km.map(|d| d.from_km()),
                "long_m": w.long_run_km.map(|d| d.from_km()),
                "recovery_m": w.recovery_km.map(|d| d.from_km()),
                "health_issues": w.health_issues_count,
                "rest_days": w.rest_days,
                "ending_state": w.ending_state,
            })
        })
        .collect();
    let events: Vec<Value> = view.killa.events.iter().map(|e| event(e, units)).collect();
    let days: Vec<Value> =
        view.momentum.days.iter().map(|(d, m)| json!({ "date": d, "mark": m })).collect();
    let patterns: Vec<Value> =
        view.patterns.iter().map(|p| json!({ "pattern": p, "text": p.text(units) })).collect();
    json!({
        "as_of": view.as_of,
        "state": {
            "name": view.state,
            "meaning": view.state.meaning(),
            "since": view.since,
            "why": view.why,
            "advice": view.advice,
        },
        "bootcamp": { "status": view.bootcamp, "text": view.bootcamp.text() },
        "momentum": {
            "current_days": view.momentum.current,
            "longest_days": view.momentum.longest,
            "consistency_permille": view.momentum.consistency,
            "days": days,
        },
        "killa": {
            "points": view.killa.points,
            "breakthroughs": view.killa.breakthroughs,
            "overreaches": view.killa.overreaches,
            "events": events,
        },
        "check_in": view.check_in.as_ref().map(check_in::as_json),
        "health": super::health::list_json(&view.health),
        "weeks": weeks,
        "patterns": patterns,
    })
}

fn event(e: &Event, units: Units) -> Value {
    json!({
        "date": e.day, "what": e.what, "value": e.value, "before": e.before,
        "points": e.points, "text": e.text(units),
    })
}
