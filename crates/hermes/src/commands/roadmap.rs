//! `hermes roadmap`.

use super::Desk;
use crate::output;
use anyhow::Result;
use hermes_app::{RoadChange, Roads};
use hermes_engine::milestone::{Milestone, Roadmap};
use hermes_engine::record::Goal;
use hermes_engine::units::Units;
use serde_json::{Value, json};
use std::fmt::Write;
use std::process::ExitCode;

pub(super) async fn roadmap(desk: &Desk) -> Result<ExitCode> {
    let (roads, changes) = desk.app.roads(&desk.runner, desk.as_of).await?;
    if desk.options.json {
        output::json(&as_json(&roads, &changes))?;
    } else {
        let units = desk.app.preferences(&desk.runner).await?.units;
        output::print(&as_text(&roads, &changes, units))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn as_text(roads: &Roads, changes: &[RoadChange], units: Units) -> String {
    let mut text = String::new();
    for road in &roads.roadmaps {
        let goal = &road.goal;
        let time = goal.time.map_or_else(String::new, |t| format!(" in {}", t.clock_text()));
        // Writing to a String cannot fail, here and below.
        let _ = writeln!(text, "{} on {}{time}", goal.distance.name(), goal.day);
        let _ = writeln!(text, "  {}", road.verdict.text(goal.distance, units));
        for span in &road.spans {
            let _ = writeln!(
                text,
                "  {} to {}  {} ({}), up to {} a week",
                span.start,
                span.end,
                span.phase.name(),
                span.focus.name(),
                units.distance(span.target)
            );
        }
        for m in &road.milestones {
            let _ = writeln!(text, "  {}  {}", m.day, milestone(m));
        }
        for t in roads.tune_ups.iter().filter(|t| t.on_way_to == road.goal) {
            let _ = writeln!(text, "  {}  on the way: {}", t.goal.day, t.goal.distance.name());
        }
        let _ = writeln!(text);
    }
    for collision in &roads.collisions {
        let _ = writeln!(text, "{}", collision.text());
    }
    if !changes.is_empty() {
        let _ = writeln!(text, "Changes");
    }
    for change in changes {
        let _ = writeln!(text, "  {}: {}", change.day, change.text);
    }
    if roads.roadmaps.is_empty() {
        text.push_str("No race is ahead. Add one with `hermes goal add --distance half ...`.\n");
    }
    text
}

/// The name holds the value.
fn milestone(m: &Milestone) -> String {
    let achieved = m.achieved.map_or_else(String::new, |day| format!(", reached on {day}"));
    format!("{}{achieved}", m.name)
}

fn goal_json(g: &Goal) -> Value {
    json!({ "distance": g.distance.word(), "date": g.day, "time_s": g.time })
}

fn road_json(road: &Roadmap) -> Value {
    let phases: Vec<Value> = road
        .spans
        .iter()
        .map(|s| {
            json!({
                "phase": s.phase, "focus": s.focus.name(), "start": s.start, "end": s.end,
                "target_m": s.target,
            })
        })
        .collect();
    let milestones: Vec<Value> = road
        .milestones
        .iter()
        .map(|m| {
            json!({
                "name": m.name, "date": m.day, "metric": m.metric.name(), "phase": m.phase,
                "value": m.value, "achieved": m.achieved,
            })
        })
        .collect();
    json!({
        "goal": goal_json(&road.goal),
        "verdict": road.verdict.feasibility,
        "verdict_text": road.verdict.text(road.goal.distance, Units::Km),
        "phases": phases,
        "milestones": milestones,
    })
}

fn as_json(roads: &Roads, changes: &[RoadChange]) -> Value {
    let roadmaps: Vec<Value> = roads.roadmaps.iter().map(road_json).collect();
    let tune_ups: Vec<Value> = roads
        .tune_ups
        .iter()
        .map(|t| json!({ "race": goal_json(&t.goal), "on_way_to": goal_json(&t.on_way_to) }))
        .collect();
    let collisions: Vec<Value> = roads
        .collisions
        .iter()
        .map(|c| {
            json!({
                "race": goal_json(&c.goal), "with": goal_json(&c.with), "clash": c.clash,
                "resolution": c.resolution, "text": c.text(),
            })
        })
        .collect();
    let changes: Vec<Value> =
        changes.iter().map(|c| json!({ "date": c.day, "text": c.text })).collect();
    json!({
        "roadmaps": roadmaps,
        "tune_ups": tune_ups,
        "collisions": collisions,
        "changes": changes,
    })
}
