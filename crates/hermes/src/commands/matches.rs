//! `hermes match`.

use super::Desk;
use crate::cli::Match;
use crate::output;
use anyhow::{Context, Result, ensure};
use hermes_app::{ActivityView, CorrectionView, SessionKey, SessionMatch, WeekMatches};
use hermes_engine::calendar::Day;
use hermes_engine::record::Correction;
use hermes_engine::units::Units;
use serde_json::{Value, json};
use std::fmt::Write;
use std::process::ExitCode;
use uuid::Uuid;

pub(super) async fn matches(desk: &Desk, command: Match) -> Result<ExitCode> {
    let (app, runner) = (&desk.app, &desk.runner);
    if let Match::List { week } = &command {
        let day = week.as_deref().map(Day::parse).transpose()?.unwrap_or(desk.as_of);
        let week = app.matches(runner, desk.as_of, day).await?;
        return list(desk, &week).await;
    }
    ensure!(
        desk.options.as_of.is_none(),
        "--as-of goes with `hermes match list` only; a correction is made today"
    );
    let made = match command {
        Match::Set { session, activity } => app.match_to(runner, key(&session)?, activity).await?,
        Match::None { activity } => app.match_none(runner, activity).await?,
        Match::Done { session } => app.match_word(runner, key(&session)?, true).await?,
        Match::NotDone { session } => app.match_word(runner, key(&session)?, false).await?,
        Match::Undo { id } => app.undo_match(runner, uuid(&id)?).await?,
        // Dispatched before.
        Match::List { .. } => anyhow::bail!("list is no correction"),
    };
    if desk.options.json {
        output::json(&json!({ "correction": correction_json(&made) }))?;
    } else {
        let what = if made.ended_at.is_some() { "Taken back" } else { "Saved" };
        output::print(&format!("{what}: {} (id {}).\n", words(&made.correction), made.id))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn key(text: &str) -> Result<SessionKey> {
    if let Ok(id) = Uuid::parse_str(text) {
        return Ok(SessionKey::Workout(id));
    }
    Day::parse(text).map(SessionKey::Day).ok().with_context(|| {
        let shown: String = text.chars().take(40).collect();
        format!("\"{shown}\" names no session; give its day (YYYY-MM-DD) or its id")
    })
}

fn uuid(text: &str) -> Result<Uuid> {
    Uuid::parse_str(text).ok().with_context(|| {
        let shown: String = text.chars().take(40).collect();
        format!("\"{shown}\" is not the id of a correction; `hermes match list` shows them")
    })
}

/// A correction in words.
fn words(c: &Correction) -> String {
    match c {
        Correction::Belongs { activity, day, kind } => {
            format!("activity {activity} was the {} of {day}", kind.name())
        }
        Correction::Alone { activity } => format!("activity {activity} belongs to no session"),
        Correction::Done { day, kind } => {
            format!("the {} of {day} was done without a record", kind.name())
        }
        Correction::NotDone { day, kind } => {
            format!("the {} of {day} was not done", kind.name())
        }
    }
}

async fn list(desk: &Desk, week: &WeekMatches) -> Result<ExitCode> {
    if desk.options.json {
        output::json(&json!({
            "week_start": week.week_start,
            "sessions": week.sessions.iter().map(session_json).collect::<Vec<_>>(),
            "unplanned": week.unplanned.iter().map(run_json).collect::<Vec<_>>(),
            "corrections": week.corrections.iter().map(correction_json).collect::<Vec<_>>(),
        }))?;
        return Ok(ExitCode::SUCCESS);
    }
    let units = desk.app.preferences(&desk.runner).await?.units;
    output::print(&text(week, units))?;
    Ok(ExitCode::SUCCESS)
}

fn text(week: &WeekMatches, units: Units) -> String {
    let mut out = format!("Week of {}\n", week.week_start);
    // Writing to a String cannot fail.
    for s in &week.sessions {
        let day = s.planned.day;
        match &s.scored {
            None => {
                let distance = units.distance(s.planned.distance);
                let _ = writeln!(out, "  {day}  {} of {distance}: to come.", s.planned.kind.name());
            }
            Some(scored) => {
                let colour = scored.colour.name();
                let by_hand = if scored.by_hand { " By your word." } else { "" };
                let _ = writeln!(out, "  {day}  [{colour}] {}{by_hand}", scored.text(units));
                for id in &scored.activities {
                    let run = week.runs.iter().find(|r| r.id == *id);
                    let run = run.map_or_else(|| id.to_string(), |r| run_text(r, units));
                    let _ = writeln!(out, "              {run}");
                }
            }
        }
    }
    if !week.unplanned.is_empty() {
        out.push_str("Belonging to no session:\n");
        for run in &week.unplanned {
            let _ = writeln!(out, "  {}", run_text(run, units));
        }
    }
    if !week.corrections.is_empty() {
        out.push_str("Corrections:\n");
        for c in &week.corrections {
            let ended = match (&c.note, c.ended_at) {
                (Some(note), _) => format!(" (ended: {note})"),
                (None, Some(_)) => " (taken back)".to_owned(),
                (None, None) => String::new(),
            };
            let _ = writeln!(out, "  {}  {}{ended}", c.id, words(&c.correction));
        }
    }
    out
}

fn run_text(run: &ActivityView, units: Units) -> String {
    let rejected =
        run.rejected.as_ref().map_or_else(String::new, |why| format!(" (does not count: {why})"));
    let (distance, name) = (units.distance(run.distance), &run.name);
    format!("{} {}  {distance}  {name}, activity {}{rejected}", run.day, run.time, run.id)
}

fn session_json(s: &SessionMatch) -> Value {
    json!({
        "workout": s.workout,
        "day": s.planned.day,
        "kind": s.planned.kind,
        "planned_m": s.planned.distance,
        "status": s.scored.as_ref().map_or("to_come", |x| x.colour.name()),
        "score_permille": s.scored.as_ref().map(|x| x.score()),
        "share_permille": s.scored.as_ref().map(|x| x.share),
        "sign": s.scored.as_ref().map(|x| x.sign),
        "shifted_days": s.scored.as_ref().map(|x| x.shifted),
        "excused": s.scored.as_ref().is_some_and(|x| x.excused),
        "by_hand": s.scored.as_ref().is_some_and(|x| x.by_hand),
        "activities": s.scored.as_ref().map_or(&[][..], |x| &x.activities),
        "done_m": s.scored.as_ref().map(|x| x.distance),
    })
}

fn run_json(r: &ActivityView) -> Value {
    json!({
        "activity": r.id,
        "day": r.day,
        "name": r.name,
        "distance_m": r.distance,
        "rejected": r.rejected,
    })
}

fn correction_json(c: &CorrectionView) -> Value {
    json!({
        "id": c.id,
        "correction": c.correction,
        "made_at": c.made_at.to_string(),
        "ended_at": c.ended_at.map(|t| t.to_string()),
        "note": c.note,
    })
}
