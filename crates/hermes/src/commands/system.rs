//! `hermes db migrate`, `hermes doctor` and `hermes sample-archive`.

use super::Desk;
use crate::cli::Options;
use crate::config::Config;
use crate::output;
use anyhow::{Context, Result, ensure};
use hermes_app::App;
use hermes_app::clock::{Clock, SystemClock};
use hermes_engine::calendar::Day;
use hermes_engine::ruleset::RULESET_VERSION;
use hermes_engine::step::ENGINE_VERSION;
use serde_json::json;
use std::fmt::Write;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

/// Opening the database has brought it to this version already; this says so.
pub(super) async fn migrated(desk: &Desk) -> Result<ExitCode> {
    desk.app.sync_library().await?;
    let schema = desk.app.schema().await?;
    let backend = desk.app.backend();
    if desk.options.json {
        output::json(&json!({ "backend": backend, "schema": schema.applied }))?;
    } else {
        output::print(&format!("The {backend} database has schema {}.\n", schema.applied))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// One line of the doctor's report.
struct Check {
    what: &'static str,
    found: String,
    good: bool,
}

pub(super) async fn doctor(options: &Options, config: &Config) -> Result<ExitCode> {
    let mut checks = vec![
        note("version", env!("CARGO_PKG_VERSION").to_owned()),
        note("engine", format!("{ENGINE_VERSION}, rule set {RULESET_VERSION}")),
        folder(&config.data_dir),
        note("listens on", config.bind.to_string()),
        note("largest upload", format!("{} MB", config.max_upload >> 20)),
        note("database", config.database_shown()),
    ];
    if let Some(watched) = &config.watch_folder {
        let shown = watched.display().to_string();
        checks.push(match std::fs::read_dir(watched) {
            Ok(_) => note("watched folder", shown),
            Err(error) => fault("watched folder", format!("{shown} cannot be read ({error})")),
        });
    }
    match App::connect(&config.database, Arc::new(SystemClock)).await {
        Err(_) if config.sqlite_file().is_some_and(|file| !file.exists()) => {
            checks.push(note("connection", "SQLite (the file is made on first use)".to_owned()));
        }
        Err(error) => checks.push(fault("connection", error.to_string())),
        Ok(app) => {
            database(&app, &mut checks).await;
            app.close().await;
        }
    }
    let good = checks.iter().all(|c| c.good);
    if options.json {
        let all: Vec<_> = checks
            .iter()
            .map(|c| json!({ "what": c.what, "found": c.found, "good": c.good }))
            .collect();
        output::json(&json!({ "good": good, "checks": all }))?;
    } else {
        let mut text = String::new();
        for c in &checks {
            let sign = if c.good { "ok  " } else { "BAD " };
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{sign} {:<15} {}", c.what, c.found);
        }
        output::print(&text)?;
    }
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn database(app: &App, checks: &mut Vec<Check>) {
    checks.push(match app.ping().await {
        Ok(()) => note("connection", app.backend().to_owned()),
        Err(error) => fault("connection", error.to_string()),
    });
    checks.push(match app.schema().await {
        Ok(s) => match s.check() {
            Ok(()) => note("schema", s.applied.to_string()),
            Err(error) => fault("schema", error.to_string()),
        },
        Err(error) => fault("schema", error.to_string()),
    });
}

const fn note(what: &'static str, found: String) -> Check {
    Check { what, found, good: true }
}

const fn fault(what: &'static str, found: String) -> Check {
    Check { what, found, good: false }
}

fn folder(path: &Path) -> Check {
    let shown = path.display().to_string();
    match std::fs::metadata(path) {
        Ok(m) if m.is_dir() && !m.permissions().readonly() => note("data folder", shown),
        Ok(_) => fault("data folder", format!("{shown} is no folder that can be written")),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            note("data folder", format!("{shown} (made on first use)"))
        }
        Err(e) => fault("data folder", format!("{shown}: {e}")),
    }
}

pub(super) fn sample_archive(
    options: &Options,
    out: &Path,
    (seed, weeks): (u64, u16),
    files: bool,
) -> Result<ExitCode> {
    ensure!((1..=520).contains(&weeks), "{weeks} weeks cannot be made; give 1 to 520");
    ensure!(!out.exists(), "{} is there already; name another file", out.display());
    let end = match &options.as_of {
        Some(day) => Day::parse(day)?,
        None => Day::from_epoch(SystemClock.now().as_second().div_euclid(86_400)),
    };
    let write =
        if files { hermes_app::write_watch_archive } else { hermes_app::write_sample_archive };
    let runs = write(out, seed, end, weeks)
        .with_context(|| format!("{} cannot be written", out.display()))?;
    if options.json {
        output::json(&json!({ "file": out, "runs": runs }))?;
    } else {
        output::print(&format!("{}: {runs} runs of an invented runner.\n", out.display()))?;
    }
    Ok(ExitCode::SUCCESS)
}
