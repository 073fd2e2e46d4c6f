//! `hermes replay`.

use super::Desk;
use crate::output;
use anyhow::Result;
use hermes_app::ReplayedWeek;
use hermes_engine::calendar::Day;
use hermes_engine::units::Units;
use serde_json::json;
use std::fmt::Write;
use std::process::ExitCode;

pub(super) async fn replay(desk: &Desk, from: &str, to: &str) -> Result<ExitCode> {
    let (from, to) = (Day::parse(from)?, Day::parse(to)?);
    let bar = output::progress("replaying", desk.options.quiet || desk.options.json);
    let show = |done: usize, all: usize| {
        bar.set_length(all as u64);
        bar.set_position(done as u64);
    };
    let replayed = desk.app.replay(&desk.runner, from, to, show).await;
    bar.finish_and_clear();
    let replayed = replayed?;
    if desk.options.json {
        let weeks: Vec<_> = replayed.weeks.iter().map(as_json).collect();
        output::json(&json!({ "weeks": weeks }))?;
    } else {
        let mut text = String::new();
        for w in &replayed.weeks {
            line(&mut text, w);
        }
        let new = replayed.weeks.iter().filter(|w| w.new).count();
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "{} weeks: {new} published, {} were there already.",
            replayed.weeks.len(),
            replayed.weeks.len() - new
        );
        output::print(&text)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn line(text: &mut String, w: &ReplayedWeek) {
    let kinds: Vec<&str> =
        w.plan.sessions.iter().filter(|s| s.is_run()).map(|s| s.kind.name()).collect();
    // Writing to a String cannot fail.
    let _ = writeln!(
        text,
        "{}  {:<17} {:<8} {:>9}  {}",
        w.plan.week_start,
        w.plan.state.name(),
        w.plan.phase.name(),
        Units::Km.distance(w.plan.distance()),
        kinds.join(", ")
    );
}

fn as_json(w: &ReplayedWeek) -> serde_json::Value {
    json!({
        "week_start": w.plan.week_start,
        "new": w.new,
        "state": w.plan.state,
        "phase": w.plan.phase,
        "distance_m": w.plan.distance(),
        "recent_m": w.recent,
        "cutback": w.cutback,
        "returning": w.returning,
        "quality_allowed": w.quality_allowed,
        "sessions": w.plan.sessions.iter().map(|s| json!({
            "date": s.day, "type": s.kind, "distance_m": s.distance,
        })).collect::<Vec<_>>(),
        "digest": w.digest,
    })
}
