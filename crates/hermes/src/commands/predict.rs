//! `hermes predict`.

use super::Desk;
use super::goal::{distance_of, time_of};
use crate::cli::Options;
use crate::output;
use anyhow::{Context, Result, bail, ensure};
use hermes_engine::calendar::Day;
use hermes_engine::predict::{Effort, Prediction, predict};
use hermes_engine::units::{Metres, Seconds};
use serde_json::json;
use std::fmt::Write;
use std::process::ExitCode;

/// Weekly km that are assumed where none are named.
const WEEKLY: Metres = Metres::km(40);

/// Predictions from races named on the command line; no database is opened.
pub(super) fn from_races(
    options: &Options,
    races: &[String],
    weekly_km: Option<f64>,
) -> Result<ExitCode> {
    // The day does not matter: every race counts as run the day before it.
    let as_of = Day::parse(options.as_of.as_deref().unwrap_or("2026-01-01"))?;
    let efforts: Vec<Effort> = races
        .iter()
        .enumerate()
        .map(|(i, race)| effort(i, race, as_of - 1))
        .collect::<Result<_>>()?;
    let weekly = match weekly_km {
        None => WEEKLY,
        Some(km) => {
            ensure!((0.0..=400.0).contains(&km), "{km} km a week cannot be; give 0 to 400");
            Metres((km * 1000.0) as i64)
        }
    };
    let Some(predictions) = predict(&efforts, as_of, weekly, None) else {
        bail!("nothing can be predicted from that: the times are not those of a human runner");
    };
    show(options, &predictions)
}

/// Predictions from what was imported.
pub(super) async fn from_history(desk: &Desk) -> Result<ExitCode> {
    let found = desk.app.calibration_as_of(&desk.runner, desk.as_of).await?;
    ensure!(
        !found.profile.predictions.is_empty(),
        "there are no runs before {} to predict from; import an archive or name a race with --race",
        desk.as_of
    );
    show(&desk.options, &found.profile.predictions)
}

fn effort(index: usize, text: &str, day: Day) -> Result<Effort> {
    let (distance, time) = text.split_once('=').with_context(|| {
        format!("\"{text}\" is not a race; write DISTANCE=TIME, for example 10k=45:00")
    })?;
    let (distance, time) = (distance_of(distance)?, time_of(time)?);
    let metres = Metres((distance.decimetres() + 5) / 10);
    ensure!(
        metres.0 <= time.0 * 7,
        "{} for a {} is faster than anyone runs; check the time",
        time.clock_text(),
        distance.name()
    );
    Ok(Effort { id: index as i64, day, distance: metres, time, race: true })
}

fn show(options: &Options, predictions: &[Prediction]) -> Result<ExitCode> {
    if options.json {
        let all: Vec<_> = predictions
            .iter()
            .map(|p| {
                json!({
                    "distance": p.distance.word(),
                    "time_s": p.time,
                    "low_s": p.low,
                    "high_s": p.high,
                    "method": p.method.name(),
                    "confidence": p.confidence_permille,
                })
            })
            .collect();
        output::json(&json!({ "predictions": all }))?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut text = String::new();
    let clock = |s: Seconds| s.clock_text();
    for p in predictions {
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "{:<14} {:>8}  ({} to {}), {}/km  {}",
            p.distance.name(),
            clock(p.time),
            clock(p.low),
            clock(p.high),
            p.pace().text(),
            p.method.why()
        );
    }
    output::print(&text)?;
    Ok(ExitCode::SUCCESS)
}
