//! `hermes forecast`.

use super::Desk;
use super::goal::distance_of;
use crate::cli::ForecastArgs;
use crate::output;
use anyhow::{Context, Result, ensure};
use hermes_app::Outlooks;
use hermes_engine::calendar::Day;
use hermes_engine::forecast::{Forecast, Scenario, WeekForecast};
use hermes_engine::record::Goal;
use hermes_engine::units::Units;
use serde_json::{Value, json};
use std::fmt::Write;
use std::process::ExitCode;

pub(super) async fn forecast(desk: &Desk, args: &ForecastArgs) -> Result<ExitCode> {
    let scenario = scenario(desk, args)?;
    let outlooks = desk.app.forecast(&desk.runner, desk.as_of, &scenario).await?;
    if desk.options.json {
        output::json(&as_json(&outlooks))?;
    } else {
        output::print(&text(&outlooks))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn scenario(desk: &Desk, args: &ForecastArgs) -> Result<Scenario> {
    if let Some(n) = args.weeks {
        ensure!((1..=105).contains(&n), "{n} weeks cannot be forecast; give 1 to 105");
    }
    let adherence = match args.adherence {
        None => 1000,
        Some(share) => {
            ensure!(
                (0.0..=1.5).contains(&share),
                "{share} of a plan cannot be run; give a share from 0 to 1.5, for example 0.8"
            );
            (share * 1000.0).round() as i64
        }
    };
    if let Some(n) = args.days {
        ensure!((1..=7).contains(&n), "{n} days a week cannot be; give 1 to 7");
    }
    let miss = args.miss.iter().map(|d| Day::parse(d)).collect::<Result<_, _>>()?;
    Ok(Scenario {
        weeks: args.weeks,
        adherence,
        miss,
        ill: args.sick.as_deref().map(sick).transpose()?,
        race: args.race.as_deref().map(|r| race(r, desk.as_of)).transpose()?,
        run_days: args.days,
        send_it: None,
    })
}

/// Reads `FROM:DAYS`.
fn sick(text: &str) -> Result<(Day, i64)> {
    let read = text.split_once(':').and_then(|(from, days)| Some((from, days.parse().ok()?)));
    let (from, days) = read.with_context(|| {
        format!("\"{}\" is no sick leave; write FROM:DAYS, for example 2026-03-02:10", short(text))
    })?;
    Ok((Day::parse(from)?, days))
}

/// Reads `DISTANCE=DATE`: a race on the way.
fn race(text: &str, set_on: Day) -> Result<Goal> {
    let (distance, day) = text.split_once('=').with_context(|| {
        format!(
            "\"{}\" is not a race; write DISTANCE=DATE, for example 10k=2026-05-10",
            short(text)
        )
    })?;
    let (distance, day) = (distance_of(distance)?, Day::parse(day)?);
    Ok(Goal { distance, day, time: None, priority: 2, set_on })
}

fn short(text: &str) -> String {
    text.chars().take(40).collect()
}

fn text(o: &Outlooks) -> String {
    let mut out = String::new();
    let Some((_, base)) = o.plain.first() else { return out };
    let shown = o.changed.as_ref().unwrap_or(base);
    // Writing to a String cannot fail.
    let _ = writeln!(
        out,
        "{:<10}  {:<8}  {:>6}  {:>6}  {:>6}  {}",
        "Week",
        "Phase",
        "Plan",
        "Run",
        "Long",
        shown.distance.name()
    );
    for w in &shown.weeks {
        let _ = writeln!(out, "{}", line(w));
    }
    let _ = writeln!(out, "\nPredicted {}:", base.distance.name());
    for (permille, f) in &o.plain {
        if let Some(e) = f.final_time() {
            let _ = writeln!(
                out,
                "  {:>3} % of every plan run: {} ({} to {})",
                permille / 10,
                e.time.clock_text(),
                e.low.clock_text(),
                e.high.clock_text()
            );
        }
    }
    if o.changed.is_some() {
        let _ = writeln!(out, "\nWhat the change does:");
        for e in &o.effects {
            let _ = writeln!(out, "  {}", e.text(Units::Km));
        }
        if o.effects.is_empty() {
            let _ = writeln!(out, "  Nothing that would be worth a word.");
        }
    }
    for n in &shown.notices {
        let _ = writeln!(out, "{}", n.text());
    }
    for c in &o.collisions {
        let _ = writeln!(out, "{}", c.text());
    }
    out
}

fn line(w: &WeekForecast) -> String {
    let time = w.expected.map_or_else(String::new, |e| {
        let (time, low, high) = (e.time.clock_text(), e.low.clock_text(), e.high.clock_text());
        format!("{time} ({low} to {high})")
    });
    let mut remarks = Vec::new();
    remarks.extend(w.race.map(|d| format!("{} race", d.name())));
    remarks.extend(w.cutback.then(|| "easier week".to_owned()));
    remarks.extend((w.state.name() != "Stable").then(|| w.state.name().to_owned()));
    format!(
        "{}  {:<8}  {:>6}  {:>6}  {:>6}  {time}  {}",
        w.start,
        w.phase.name(),
        w.planned.km_text(),
        w.run.km_text(),
        w.long.km_text(),
        remarks.join(", ")
    )
    .trim_end()
    .to_owned()
}

fn as_json(o: &Outlooks) -> Value {
    let plain: Vec<Value> = o.plain.iter().map(|(a, f)| forecast_json(*a, f)).collect();
    let effects: Vec<Value> =
        o.effects.iter().map(|e| json!({ "effect": e, "text": e.text(Units::Km) })).collect();
    let collisions: Vec<Value> =
        o.collisions.iter().map(|c| json!({ "collision": c, "text": c.text() })).collect();
    json!({
        "forecasts": plain,
        "what_if": o.changed.as_ref().map(weeks_json),
        "effects": effects,
        "collisions": collisions,
    })
}

fn forecast_json(permille: i64, f: &Forecast) -> Value {
    json!({
        "adherence_permille": permille,
        "distance": f.distance.word(),
        "race_date": f.race_day,
        "weeks": weeks_json(f),
        "notices": f.notices.iter().map(|n| n.text()).collect::<Vec<_>>(),
    })
}

fn weeks_json(f: &Forecast) -> Value {
    let week = |w: &WeekForecast| {
        json!({
            "week_start": w.start,
            "phase": w.phase.name(),
            "state": w.state.name(),
            "planned_m": w.planned,
            "run_m": w.run,
            "long_m": w.long,
            "race": w.race.map(|d| d.word()),
            "cutback": w.cutback,
            "time_s": w.expected.map(|e| e.time),
            "low_s": w.expected.map(|e| e.low),
            "high_s": w.expected.map(|e| e.high),
        })
    };
    Value::Array(f.weeks.iter().map(week).collect())
}
