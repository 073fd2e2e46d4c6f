//! `hermes strava`, and setting Strava up from the settings.

use super::Desk;
use crate::cli::Strava as Command;
use crate::config::{Config, Strava};
use crate::output;
use anyhow::{Context, Result, bail, ensure};
use hermes_app::jobs::Worker;
use hermes_app::secrets::Keys;
use hermes_app::strava::{
    Quota, RevokeStyle, Settings, StravaConfig, StravaState, StravaStatus, Terms,
};
use hermes_app::{App, AppError};
use hermes_web::ButtonImage;
use serde_json::{Value, json};
use std::fmt::Write;
use std::net::SocketAddr;
use std::process::ExitCode;

/// Largest file of a button, in bytes.
const BUTTON_BYTES_MAX: u64 = 256 * 1024;

/// Lets the application use Strava as the settings say; where they say too little, it stays off
/// and says why.
pub(super) async fn set_up(app: &mut App, config: &Config, bind: SocketAddr) -> Result<()> {
    let set = &config.strava;
    let Some(client_id) = &set.client_id else { return Ok(()) };
    let why = match read(config, client_id, bind) {
        Ok(config) => match app.use_strava(config).await {
            Err(AppError::BadInput(why)) => why,
            other => return Ok(other?),
        },
        Err(why) => format!("{why:#}"),
    };
    tracing::warn!("Strava stays off: {why}");
    app.leave_strava_off(why);
    Ok(())
}

fn read(config: &Config, client_id: &str, bind: SocketAddr) -> Result<StravaConfig> {
    let set = &config.strava;
    let mut settings = Settings::of(client_id.to_owned(), set.secret()?.into());
    if let Some(host) = &set.oauth_host {
        settings.oauth_host.clone_from(host);
    }
    if let Some(base) = &set.api_base {
        settings.api_base.clone_from(base);
    }
    settings.revoke = match set.revoke.as_deref() {
        None | Some("revoke") => RevokeStyle::Revoke,
        Some("deauthorize") => RevokeStyle::Deauthorize,
        Some(other) => bail!("strava.revoke is \"{other}\"; it must be revoke or deauthorize"),
    };
    let own = || format!("http://{bind}");
    let public_url = set.public_url.clone().unwrap_or_else(own);
    let public_url = public_url.trim_end_matches('/').to_owned();
    ensure!(
        public_url.starts_with("https://") || public_url.starts_with("http://"),
        "strava.public_url is \"{public_url}\"; it must begin with https:// (or http:// on this \
         machine)"
    );
    Ok(StravaConfig {
        settings,
        terms: Terms::read(set.retention.as_deref(), set.permission.as_deref())?,
        public_url,
        keys: Keys::in_file(config.secret_key_file.clone()),
    })
}

/// Strava's own button, where the operator has one.
pub(super) fn button(set: &Strava) -> Result<Option<ButtonImage>> {
    let Some(path) = &set.button_image else { return Ok(None) };
    let what = || format!("strava.button_image {}", path.display());
    let content_type = match path.extension().and_then(|e| e.to_str()) {
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        _ => bail!("{} must be a file .svg or .png", what()),
    };
    let size = std::fs::metadata(path).with_context(what)?.len();
    ensure!(size <= BUTTON_BYTES_MAX, "{} has more than {BUTTON_BYTES_MAX} bytes", what());
    let bytes = std::fs::read(path).with_context(what)?;
    Ok(Some(ButtonImage { bytes, content_type }))
}

pub(super) async fn strava(desk: &Desk, command: Command) -> Result<ExitCode> {
    let (app, json) = (&desk.app, desk.options.json);
    let done = |value: Value, text: String| {
        if json { output::json(&value) } else { output::print(&text) }
    };
    match command {
        Command::Status => {
            let status = app.strava_status(&desk.runner).await?;
            done(as_json(&status), as_text(&status))?;
        }
        Command::Sync => {
            app.sync_strava(&desk.runner).await?;
            let tally = Worker::new(app.clone()).drain().await?;
            let status = app.strava_status(&desk.runner).await?;
            done(as_json(&status), as_text(&status))?;
            if tally.dead > 0 {
                return Ok(ExitCode::FAILURE);
            }
        }
        Command::Subscribe { public_url } => {
            let id = app.subscribe_strava(public_url.as_deref()).await?;
            done(json!({ "subscription": id }), format!("Strava pushes news: {id}.\n"))?;
        }
        Command::Unsubscribe => {
            let was = app.unsubscribe_strava().await?;
            let text = if was { "Strava pushes nothing any more.\n" } else { "There was none.\n" };
            done(json!({ "was_subscribed": was }), text.to_owned())?;
        }
        Command::Disconnect { agree } => {
            ensure!(
                agree,
                "this erases everything that came from Strava's API; say --agree (runs from files \
                 stay)"
            );
            let gone = app.disconnect_strava(&desk.runner).await?;
            let receipt = &gone.receipt;
            let value = json!({
                "receipt": {
                    "activities": receipt.activities,
                    "erased_at": receipt.erased_at,
                    "id": receipt.id,
                    "rehomed": receipt.rehomed,
                },
                "not_revoked": gone.not_revoked,
            });
            let mut text = format!(
                "Erased: {} activities; {} stay by their files. Receipt {}.\n",
                receipt.activities, receipt.rehomed, receipt.id
            );
            if let Some(why) = &gone.not_revoked {
                let _ = writeln!(
                    text,
                    "The permission could not be given back ({why}): remove Hermes at \
                     strava.com/settings/apps."
                );
            }
            done(value, text)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn state(state: &StravaState) -> (&'static str, Option<&str>) {
    match state {
        StravaState::NotSetUp => ("not_set_up", None),
        StravaState::Off(why) => ("off", Some(why)),
        StravaState::NotConnected => ("not_connected", None),
        StravaState::Connected => ("connected", None),
        StravaState::NeedsReauth(why) => ("needs_reauth", Some(why)),
    }
}

fn as_json(s: &StravaStatus) -> Value {
    let (state, why) = state(&s.state);
    let quota = |q: &Quota| {
        json!({
            "allowed": q.allowed, "ends": q.ends(), "kind": q.kind.name(), "span": q.span.name(),
            "used": q.used,
        })
    };
    json!({
        "activities": s.activities,
        "athlete": s.athlete,
        "connected_at": s.connected_at,
        "details_left": s.details_left,
        "first": s.first,
        "last": s.last,
        "last_error": s.last_error,
        "listed_at": s.listed_at,
        "misses_private": s.misses_private,
        "poll_due_at": s.poll_due_at,
        "polled_at": s.polled_at,
        "quota": s.quota.iter().map(quota).collect::<Vec<_>>(),
        "retention": s.retention,
        "scopes": s.scopes,
        "stage": s.stage.map(hermes_app::strava::Stage::name),
        "state": state,
        "time_left_s": s.time_left.map(|t| t.as_secs()),
        "webhooks": s.webhooks,
        "why": why,
    })
}

fn as_text(s: &StravaStatus) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let (state, why) = state(&s.state);
    let _ = write!(text, "Strava: {}", state.replace('_', " "));
    let _ = match why {
        Some(why) => writeln!(text, ": {why}"),
        None => writeln!(text),
    };
    if let Some(athlete) = s.athlete {
        let _ = writeln!(text, "Athlete {athlete}, granted: {}", s.scopes);
        if s.misses_private {
            text.push_str(
                "Runs that only you see are not granted; connect again to change that.\n",
            );
        }
        let stage = s.stage.map_or("", hermes_app::strava::Stage::name);
        let _ = writeln!(
            text,
            "{} activities; stage {stage}, {} runs without details yet",
            s.activities, s.details_left
        );
        if let Some(left) = s.time_left {
            let _ = writeln!(text, "About {} left", in_words(left.as_secs()));
        }
        if let Some(at) = s.polled_at {
            let _ = writeln!(text, "Looked for news {}", at.strftime("%Y-%m-%d %H:%M:%SZ"));
        }
        if let Some(at) = s.listed_at {
            let _ = writeln!(text, "Listed everything {}", at.strftime("%Y-%m-%d %H:%M:%SZ"));
        }
        let pushes = if s.webhooks { "set up" } else { "not set up" };
        let _ = writeln!(text, "Webhooks: {pushes}");
    }
    if let Some(error) = &s.last_error {
        let _ = writeln!(text, "Last problem: {error}");
    }
    for q in &s.quota {
        let _ = writeln!(
            text,
            "Limit {} per {}: {} of {} used",
            q.kind.name(),
            q.span.name(),
            q.used,
            q.allowed
        );
    }
    text
}

fn in_words(seconds: i64) -> String {
    match seconds {
        ..3_600 => format!("{} min", (seconds / 60).max(1)),
        3_600..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}
