//! `hermes activity`.

use super::Desk;
use crate::cli::{Activity, AddActivity};
use crate::output;
use anyhow::{Context, Result, ensure};
use hermes_app::{ActivityDetail, ByHand, Mark, SplitView};
use hermes_engine::calendar::Day;
use hermes_engine::units::{Metres, Seconds, Units};
use serde_json::json;
use std::fmt::Write;
use std::process::ExitCode;
use uuid::Uuid;

/// Longest distance that is read, in km: what is longer is refused with a reason of its own.
const KM_MAX: f64 = 10_000.0;

pub(super) async fn activity(desk: &Desk, command: Activity) -> Result<ExitCode> {
    ensure!(desk.options.as_of.is_none(), "an activity is corrected today; leave --as-of out");
    let (app, runner) = (&desk.app, &desk.runner);
    let (id, mark, done) = match command {
        Activity::Show { id } => {
            let detail = app.activity(runner, id).await?;
            return show(desk, &detail).await;
        }
        Activity::Add(args) => return add(desk, &args).await,
        Activity::Split { id, source } => {
            let shown: String = source.chars().take(40).collect();
            let source = Uuid::parse_str(&source).ok().with_context(|| {
                format!(
                    "\"{shown}\" is not the id of a source; `hermes activity show {id}` lists them"
                )
            })?;
            let ids = app.split_activity(runner, id, source).await?;
            return regrouped(desk, &ids);
        }
        Activity::Merge { a, b } => {
            let ids = app.merge_activities(runner, a, b).await?;
            return regrouped(desk, &ids);
        }
        Activity::Type { id, name, .. } => {
            app.correct_type(runner, id, name.as_deref()).await?;
            let detail = app.activity(runner, id).await?;
            return said(desk, id, &format!("is {}", kind(&detail)));
        }
        Activity::Confirm { id } => (id, Mark::Confirmed, "counts as it was recorded"),
        Activity::Exclude { id } => (id, Mark::Excluded, "counts for nothing"),
        Activity::Include { id } => (id, Mark::Included, "counts like any other"),
        Activity::Race { id, not: false } => (id, Mark::Race(true), "was a race"),
        Activity::Race { id, not: true } => (id, Mark::Race(false), "was no race"),
        Activity::Delete { id } => {
            (id, Mark::Deleted, "is deleted; `hermes activity include` brings it back")
        }
    };
    app.mark_activity(runner, id, mark).await?;
    said(desk, id, done)
}

/// What stands of an activity from now on.
fn said(desk: &Desk, id: i64, done: &str) -> Result<ExitCode> {
    if desk.options.json {
        output::json(&json!({ "activity": id, "says": done }))?;
    } else {
        output::print(&format!("The activity {id} {done}.\n"))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// What it was, and who says so where that is the runner.
fn kind(d: &ActivityDetail) -> String {
    let kind = &d.activity.activity_type;
    let said = d.type_said.as_ref();
    said.map_or_else(|| kind.clone(), |said| format!("{kind} by your word (its source: {said})"))
}

fn regrouped(desk: &Desk, ids: &[i64]) -> Result<ExitCode> {
    if desk.options.json {
        output::json(&json!({ "activities": ids }))?;
    } else {
        let ids: Vec<String> = ids.iter().map(i64::to_string).collect();
        output::print(&format!("Done; there is now: activity {}.\n", ids.join(", activity ")))?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn add(desk: &Desk, args: &AddActivity) -> Result<ExitCode> {
    let day = args.date.as_deref().map(Day::parse).transpose()?.unwrap_or(desk.as_of);
    let in_range = args.km.is_finite() && (0.0..KM_MAX).contains(&args.km);
    ensure!(in_range, "{} km cannot be run; give a distance such as 8.5", args.km);
    #[expect(clippy::cast_possible_truncation, reason = "checked to be small just above")]
    let distance = Metres((args.km * 1000.0).round() as i64);
    let run = ByHand {
        day,
        minute: minute(&args.at)?,
        distance,
        time: time(&args.time)?,
        name: args.name.clone(),
        trail: args.trail,
        race: args.race,
        ascent: args.ascent.map(Metres),
        heart_rate: args.heart_rate,
        effort: args.effort,
    };
    let (id, known) = desk.app.add_by_hand(&desk.runner, &run).await?;
    if desk.options.json {
        output::json(&json!({ "activity": id, "known": known }))?;
    } else if known {
        output::print(&format!("It is known as activity {id}; nothing is counted twice.\n"))?;
    } else {
        output::print(&format!("Added as activity {id}.\n"))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Minutes after midnight of `HH:MM`.
fn minute(text: &str) -> Result<u16> {
    let shown: String = text.chars().take(20).collect();
    let read = || {
        let (hour, minute) = text.split_once(':')?;
        let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
        (hour < 24 && minute < 60).then_some(hour * 60 + minute)
    };
    read().with_context(|| format!("\"{shown}\" is no time of the day; write it as 07:30"))
}

/// `h:mm:ss` or `mm:ss`.
fn time(text: &str) -> Result<Seconds> {
    let shown: String = text.chars().take(20).collect();
    let read = || {
        let parts: Vec<i64> =
            text.split(':').map(|p| p.parse().ok().filter(|n| *n >= 0)).collect::<Option<_>>()?;
        match parts.as_slice() {
            [h, m, s] if *h < 1000 && *m < 60 && *s < 60 => Some(h * 3600 + m * 60 + s),
            [m, s] if *m < 6000 && *s < 60 => Some(m * 60 + s),
            _ => None,
        }
    };
    let seconds = read().with_context(|| {
        format!("\"{shown}\" is no time; write it as h:mm:ss, for example 0:52:30")
    })?;
    Ok(Seconds(seconds))
}

async fn show(desk: &Desk, detail: &ActivityDetail) -> Result<ExitCode> {
    if desk.options.json {
        output::json(&json!(detail))?;
        return Ok(ExitCode::SUCCESS);
    }
    let units = desk.app.preferences(&desk.runner).await?.units;
    output::print(&text(detail, units))?;
    Ok(ExitCode::SUCCESS)
}

fn text(d: &ActivityDetail, units: Units) -> String {
    let a = &d.activity;
    let pace = a.pace.map_or_else(String::new, |p| format!(", {}", units.pace(p)));
    let mut out = format!(
        "{} {}  {}, {}: {} in {}{pace}\n",
        a.day,
        a.time,
        if a.name.is_empty() { "Activity" } else { &a.name },
        kind(d),
        units.distance(a.distance),
        a.moving.clock_text()
    );
    // Writing to a String cannot fail.
    if let Some(why) = &a.rejected {
        let _ = writeln!(out, "It does not count: {why}.");
    }
    let splits = if units == Units::Miles { &d.miles } else { &d.km };
    for (title, rows) in [("Splits", splits), ("Laps", &d.laps)] {
        if rows.is_empty() {
            continue;
        }
        let _ = writeln!(out, "{title}:");
        for s in rows {
            let _ = writeln!(out, "  {}", split_text(s, units));
        }
    }
    if !d.efforts.is_empty() {
        out.push_str("Best efforts:\n");
    }
    for e in &d.efforts {
        let pace = e.pace.map_or_else(String::new, |p| units.pace(p));
        let _ = writeln!(out, "  {:<14} {:>8}  {pace}", e.name, e.time.clock_text());
    }
    out.push_str("Sources:\n");
    for s in &d.sources {
        let file = s.file.as_ref().map_or_else(String::new, |f| format!(", {f}"));
        let points = s.points.map_or_else(String::new, |n| format!(", {n} points"));
        let _ = writeln!(
            out,
            "  {}  {}{file}: activity {}, {}{points}",
            s.id,
            s.what,
            s.activity,
            units.distance(s.distance)
        );
    }
    out
}

fn split_text(s: &SplitView, units: Units) -> String {
    let distance = s.distance.map_or_else(String::new, |d| units.distance(d));
    let pace = s.pace.map_or_else(String::new, |p| units.pace(p));
    let beats = s.heart_rate.map_or_else(String::new, |b| format!("  {b} bpm"));
    format!("{:>3}  {distance:>9}  {:>8}  {pace:>10}{beats}", s.number, s.moving.clock_text())
}
