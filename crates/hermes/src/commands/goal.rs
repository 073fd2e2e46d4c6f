//! `hermes goal`.

use super::Desk;
use crate::cli::Goal;
use crate::output;
use anyhow::{Context, Result};
use hermes_app::GoalView;
use hermes_engine::calendar::Day;
use hermes_engine::record::RaceDistance;
use hermes_engine::units::Seconds;
use serde_json::json;
use std::fmt::Write;
use std::process::ExitCode;
use uuid::Uuid;

pub(super) async fn goal(desk: &Desk, command: Goal) -> Result<ExitCode> {
    match command {
        Goal::Add { distance, date, time, priority } => {
            let distance = distance_of(&distance)?;
            let day = Day::parse(&date)?;
            let time = time.as_deref().map(time_of).transpose()?;
            let (app, runner) = (&desk.app, &desk.runner);
            let view = app.add_goal(runner, desk.as_of, distance, day, time, priority).await?;
            if desk.options.json {
                return show(desk, &[view], "goal").map(|()| ExitCode::SUCCESS);
            }
            // All of them: a new goal may have changed the order of the others.
            let goals = app.goals_as_of(runner, desk.as_of).await?;
            show(desk, &goals, "goals")?;
        }
        Goal::List => {
            let goals = desk.app.goals_as_of(&desk.runner, desk.as_of).await?;
            show(desk, &goals, "goals")?;
        }
        Goal::Remove { id } => {
            let id: Uuid = id.parse().with_context(|| {
                format!("\"{id}\" is not the id of a goal; `hermes goal list` shows them")
            })?;
            desk.app.remove_goal(&desk.runner, desk.as_of, id).await?;
            if desk.options.json {
                output::json(&json!({ "removed": id }))?;
            } else {
                output::print("The goal is removed; plans already published keep it.\n")?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn show(desk: &Desk, goals: &[GoalView], key: &str) -> Result<()> {
    if desk.options.json {
        let all: Vec<_> = goals.iter().map(as_json).collect();
        let one = all.first().filter(|_| key == "goal").cloned();
        return output::json(&json!({ key: one.unwrap_or(serde_json::Value::Array(all)) }));
    }
    let mut text = String::new();
    for g in goals {
        let time = g.goal.time.map_or_else(String::new, |t| format!(" in {}", t.clock_text()));
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "{} on {}{time}, priority {}, in {} days  [{}]",
            g.goal.distance.name(),
            g.goal.day,
            g.goal.priority,
            g.days_left,
            g.id
        );
        if let Some(verdict) = &g.verdict {
            let _ = writeln!(text, "  {verdict}");
        }
    }
    if goals.is_empty() {
        text.push_str(
            "No goal is set. Add one with `hermes goal add --distance half --date ...`.\n",
        );
    }
    output::print(&text)
}

fn as_json(g: &GoalView) -> serde_json::Value {
    json!({
        "id": g.id,
        "distance": g.goal.distance.word(),
        "date": g.goal.day,
        "time_s": g.goal.time,
        "priority": g.goal.priority,
        "days_left": g.days_left,
        "verdict": g.verdict,
    })
}

/// Reads a distance.
pub(super) fn distance_of(text: &str) -> Result<RaceDistance> {
    RaceDistance::parse(text).with_context(|| {
        let shown: String = text.chars().take(40).collect();
        format!("\"{shown}\" is not a distance; use 4k, 5k, 10k, half or marathon")
    })
}

/// Reads `h:mm:ss` or `m:ss`.
pub(super) fn time_of(text: &str) -> Result<Seconds> {
    let wrong = || {
        let shown: String = text.chars().take(40).collect();
        format!("\"{shown}\" is not a time; write it as h:mm:ss or m:ss, for example 1:45:00")
    };
    let parts: Option<Vec<i64>> = text
        .split(':')
        .map(|p| {
            let digits = (1..=3).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit());
            p.parse().ok().filter(|_| digits)
        })
        .collect();
    let seconds = match parts.as_deref() {
        Some([m, s]) if *s < 60 => m * 60 + s,
        Some([h, m, s]) if *m < 60 && *s < 60 => h * 3600 + m * 60 + s,
        _ => anyhow::bail!(wrong()),
    };
    anyhow::ensure!(seconds > 0, wrong());
    Ok(Seconds(seconds))
}
