//! Printing: text or JSON on stdout, remarks and progress on stderr.

use crate::config::Config;
use anyhow::{Context, Result};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;
use std::io::{IsTerminal, Write};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::EnvFilter;

/// Starts the log on stderr. How much of it is what the settings say, or else this level.
///
/// # Errors
/// When the settings ask for what is no filter.
pub(crate) fn start_log(config: &Config, level: LevelFilter) -> Result<()> {
    let filter = EnvFilter::builder().with_default_directive(level.into());
    let asked = config.log.as_deref().unwrap_or_default();
    let filter = filter.parse(asked).with_context(|| {
        format!(
            "the log filter \"{asked}\" cannot be read; use for example info or hermes_web=debug"
        )
    })?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    // A second start in one process would be a fault of main; it must not end the program.
    let _ = if config.log_json { log.json().try_init() } else { log.try_init() };
    Ok(())
}

/// One JSON document and a newline on stdout.
pub(crate) fn json(value: &impl Serialize) -> Result<()> {
    let mut text = serde_json::to_string_pretty(value)?;
    text.push('\n');
    print(&text)
}

/// Text on stdout. A reader that went away (`| head`) is no failure.
pub(crate) fn print(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}

/// A progress bar on stderr; hidden when quiet or when stderr is no terminal.
pub(crate) fn progress(what: &str, quiet: bool) -> ProgressBar {
    let target = if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
    let bar = ProgressBar::with_draw_target(Some(0), target);
    if let Ok(style) = ProgressStyle::with_template("{msg} [{bar:32}] {pos}/{len} {eta}") {
        bar.set_style(style.progress_chars("=> "));
    }
    bar.set_message(what.to_owned());
    bar
}
