//! The connection to Strava: what is agreed to, how the sync stands, and the end of it.

use crate::auth::Viewer;
use crate::fault::{self, Fault};
use crate::form::Fields;
use crate::shell::{self, Tab};
use crate::{Web, parts, text};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect, Response};
use hermes_app::strava::{
    Callback, Disconnected, Quota, QuotaKind, QuotaSpan, Reason, Receipt, Stage, StravaState,
    StravaStatus,
};
use hermes_app::{AppError, Runner};
use hermes_engine::units::Seconds;
use maud::{Markup, html};
use serde::Deserialize;

/// Most receipts that are shown.
const RECEIPTS_SHOWN: usize = 10;

/// What a browser comes back with.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Back {
    state: Option<String>,
    code: Option<String>,
    scope: Option<String>,
    error: Option<String>,
}

/// Whether only the changing part is wanted.
#[derive(Debug, Deserialize)]
pub(crate) struct Part {
    part: Option<String>,
}

/// `GET /connect/strava`: with `?part=1` only how far the sync is.
pub(crate) async fn page(
    State(web): State<Web>,
    viewer: Viewer,
    Query(query): Query<Part>,
) -> Result<Markup, Fault> {
    if query.part.is_none() {
        return draw(&web, &viewer, None).await;
    }
    let status = web.app.strava_status(&viewer.runner).await?;
    Ok(progress(&status, &viewer.runner))
}

async fn draw(web: &Web, viewer: &Viewer, problem: Option<&str>) -> Result<Markup, Fault> {
    let status = web.app.strava_status(&viewer.runner).await?;
    let receipts = web.app.strava_receipts(&viewer.runner).await?;
    let inside = match &status.state {
        StravaState::NotSetUp => html! {
            section.card.empty {
                h2 { "Strava is not set up here" }
                p { "Your runs come from files and from your Strava archive. Your plan misses nothing \
                     without the connection." }
                p { a.button href="/welcome/import" { "Import them" } }
            }
        },
        StravaState::Off(why) => html! {
            section.card.empty { h2 { "Strava is off" } p { (fault::sentence(why)) } }
        },
        StravaState::NotConnected => consent(web)?,
        StravaState::Connected => connected(&status, &viewer.runner),
        StravaState::NeedsReauth(why) => html! {
            p.problem role="alert" { (fault::sentence(why)) }
            (consent(web)?)
            (disconnect_card())
        },
    };
    let body = html! {
        (head(state_tag(&status)))
        (parts::problem(problem))
        div.columns {
            div.main-column { (inside) }
            aside.side-column {
                (instead())
                @if !receipts.is_empty() {
                    section.card aria-labelledby="receipts-head" {
                        h2 #receipts-head { "Receipts" }
                        ul.receipts {
                            @for r in receipts.iter().take(RECEIPTS_SHOWN) { li { (receipt(r, &viewer.runner)) } }
                        }
                    }
                }
            }
        }
    };
    Ok(shell::page(Tab::Settings, "Connection to Strava", viewer, &body))
}

fn head(tag: Markup) -> Markup {
    html! {
        header.page-head {
            p.eyebrow { a href="/settings" { "Settings" } " · connections" }
            h1 { "Connection to Strava" }
            p.chips { (tag) }
        }
    }
}

fn state_tag(s: &StravaStatus) -> Markup {
    match (&s.state, s.stage) {
        (StravaState::NotSetUp, _) => parts::tag("", "–", "Not set up"),
        (StravaState::Off(_), _) => parts::tag("", "–", "Off"),
        (StravaState::NotConnected, _) => parts::tag("", "○", "Not connected"),
        (StravaState::NeedsReauth(_), _) => parts::tag("bad", "!", "Connect again"),
        (StravaState::Connected, Some(Stage::Summaries | Stage::Details)) => {
            parts::tag("accent", "…", "Connected, reading")
        }
        (StravaState::Connected, _) => parts::tag("good", "✓", "Connected"),
    }
}

/// What does without Strava.
fn instead() -> Markup {
    html! {
        section.card.small {
            h3 { "Without Strava" }
            p { "Files of your watch and your Strava archive do as well: they hold more, and what \
                 they bring stays." }
            p { a.more href="/welcome/import" { "Import files or an archive" } }
        }
    }
}

/// What is agreed to, before anybody is sent to Strava.
fn consent(web: &Web) -> Result<Markup, Fault> {
    let said = web.app.strava_consent()?;
    Ok(html! {
        section.card aria-labelledby="consent-head" {
            h2 #consent-head { "Before you connect" }
            ol.terms { @for paragraph in said { li { p { (paragraph) } } } }
            form method="post" action="/connect/strava" {
                label.check {
                    input type="checkbox" name="agree" value="1" required;
                    span { "I agree to this." }
                }
                div.actions { button.button type="submit" { "Continue" } }
            }
        }
    })
}

/// `POST /connect/strava`: the runner agrees; the next page leads to Strava.
pub(crate) async fn agree(
    State(web): State<Web>,
    viewer: Viewer,
    fields: Fields,
) -> Result<Response, Fault> {
    if fields.get("agree").is_none() {
        let say = "Tick the box to agree before you connect.";
        let page = draw(&web, &viewer, Some(say)).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    // A link and not a redirect: the page's policy lets forms lead to Hermes only.
    let url = web.app.begin_strava(&viewer.runner).await?;
    let body = html! {
        (head(parts::tag("accent", "…", "One step to go")))
        section.card {
            p.lead { "Strava asks you what Hermes may read. Leave every box ticked." }
            p {
                @if web.config.strava_button.is_some() {
                    a href=(url) {
                        img src="/connect/strava/button" alt="Connect with Strava" height="48";
                    }
                } @else {
                    a.button href=(url) { "Connect with Strava" }
                }
            }
            p { a.more href="/connect/strava" { "Not now" } }
        }
    };
    Ok(shell::page(Tab::Settings, "Connection to Strava", &viewer, &body).into_response())
}

/// `GET /connect/strava/callback`: the runner comes back.
pub(crate) async fn back(
    State(web): State<Web>,
    viewer: Viewer,
    Query(back): Query<Back>,
) -> Result<Response, Fault> {
    let Back { state, code, scope, error } = back;
    let back = Callback { state, code: code.map(Into::into), scope, error };
    match web.app.finish_strava(&viewer.runner, &back).await {
        Ok(()) => Ok(Redirect::to("/connect/strava").into_response()),
        Err(error) => refused(&web, &viewer, error).await,
    }
}

async fn refused(web: &Web, viewer: &Viewer, error: AppError) -> Result<Response, Fault> {
    let code = fault::status(error.kind());
    if code == StatusCode::INTERNAL_SERVER_ERROR || code == StatusCode::SERVICE_UNAVAILABLE {
        return Err(error.into());
    }
    let page = draw(web, viewer, Some(&error.to_string())).await?;
    Ok((code, page).into_response())
}

/// `GET /connect/strava/button`: Strava's own, where the operator has it.
pub(crate) async fn button(State(web): State<Web>) -> Result<Response, Fault> {
    let image = web.config.strava_button.clone();
    let image = image.ok_or_else(|| AppError::NotFound("there is no button".to_owned()))?;
    let headers = [(CONTENT_TYPE, image.content_type), (CACHE_CONTROL, "max-age=86400")];
    Ok((headers, image.bytes).into_response())
}

/// `POST /connect/strava/sync`.
pub(crate) async fn sync(State(web): State<Web>, viewer: Viewer) -> Result<Response, Fault> {
    match web.app.sync_strava(&viewer.runner).await {
        Ok(()) => Ok(Redirect::to("/connect/strava").into_response()),
        Err(error) => refused(&web, &viewer, error).await,
    }
}

/// `POST /connect/strava/disconnect`: asked once more, then done.
pub(crate) async fn disconnect(
    State(web): State<Web>,
    viewer: Viewer,
    fields: Fields,
) -> Result<Response, Fault> {
    if fields.get("agree").is_none() {
        let say = "Tick the box to confirm that everything from Strava is erased.";
        let page = draw(&web, &viewer, Some(say)).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    match web.app.disconnect_strava(&viewer.runner).await {
        Ok(gone) => Ok(farewell(&viewer, &gone).into_response()),
        Err(error) => refused(&web, &viewer, error).await,
    }
}

fn farewell(viewer: &Viewer, gone: &Disconnected) -> Markup {
    let body = html! {
        header.page-head {
            p.eyebrow { a href="/settings" { "Settings" } " · connections" }
            h1 { "Disconnected from Strava" }
        }
        section.card {
            (receipt(&gone.receipt, &viewer.runner))
            @if let Some(why) = &gone.not_revoked {
                p.problem role="alert" {
                    "The permission could not be given back: " (fault::sentence(why))
                    " Remove Hermes at strava.com/settings/apps."
                }
            }
            p { a.button href="/settings" { "Back to the settings" } }
        }
    };
    shell::page(Tab::Settings, "Disconnected from Strava", viewer, &body)
}

fn receipt(r: &Receipt, runner: &Runner) -> Markup {
    let why = match r.reason {
        Reason::Disconnected => "disconnected",
        Reason::Deauthorized => "the permission was withdrawn at Strava",
        Reason::Expired => "seven days were over",
        Reason::Deleted => "gone at Strava",
        Reason::Account => "the account ended",
    };
    html! {
        p {
            strong { (text::count(i64::from(r.activities), "activity").replace("activitys", "activities")) }
            " erased"
            @if r.rehomed > 0 { ", " (r.rehomed) " kept by their files" }
            ": " (why) "."
        }
        p.quiet {
            (text::moment(&runner.moment(r.erased_at))) br;
            "Receipt "
            code { (r.id) }
        }
    }
}

/// Milliseconds after which a page that is open asks how far the sync is.
const FOLLOW_MS: u32 = 5_000;

fn is_reading(s: &StravaStatus) -> bool {
    s.state == StravaState::Connected && matches!(s.stage, Some(Stage::Summaries | Stage::Details))
}

/// How far the sync is. A script asks for it again while it runs, then opens the page anew.
fn progress(s: &StravaStatus, runner: &Runner) -> Markup {
    let stage = match s.stage {
        Some(Stage::Summaries) => "The list of your activities is being read.",
        Some(Stage::Details) => "Details of your runs are being read, the newest first.",
        Some(Stage::Done) | None => "Everything is there.",
    };
    let read = s.activities - s.details_left;
    html! {
        div #sync data-follow="/connect/strava" data-every=(FOLLOW_MS) data-running[is_reading(s)]
            aria-live="polite" {
            p.lead { (stage) }
            @if let Some(error) = &s.last_error {
                p.problem role="alert" { (fault::sentence(error)) }
            }
            @if s.misses_private {
                div.note.warn {
                    p { "You did not grant activities that only you see; connect again to change \
                         that." }
                }
            }
            dl.hero-figures {
                (large(s.activities, "activities"))
                @if s.details_left > 0 { (large(s.details_left, "runs without details yet")) }
            }
            @if s.details_left > 0 {
                meter.wide-meter min="0" max=(s.activities.max(1)) value=(read.max(0))
                    aria-label="Runs with details" { (read) " of " (s.activities) }
            }
            dl.small-figures {
                @if let Some(left) = s.time_left {
                    div { dt { "Time left, about" } dd { (text::duration(Seconds(left.as_secs()))) } }
                }
                @for (name, at) in [
                    ("Last checked", s.polled_at),
                    ("Next check", s.poll_due_at),
                    ("Full list read", s.listed_at),
                    ("Connected since", s.connected_at),
                ] {
                    @if let Some(at) = at {
                        div { dt { (name) } dd { (text::moment(&runner.moment(at))) } }
                    }
                }
            }
        }
    }
}

fn connected(s: &StravaStatus, runner: &Runner) -> Markup {
    html! {
        section.card.hero aria-label="The sync" {
            (progress(s, runner))
            form method="post" action="/connect/strava/sync" {
                div.actions {
                    button.button type="submit" { "Sync now" }
                    @if let Some(athlete) = s.athlete {
                        a.strava href={ "https://www.strava.com/athletes/" (athlete) }
                            rel="noreferrer" { strong { "View on Strava" } }
                    }
                }
            }
            @if s.retention == Some("7d") {
                p.quiet { "What comes from Strava is erased here seven days after it was fetched." }
            }
            (quota(&s.quota))
        }
        (disconnect_card())
    }
}

fn large(n: i64, what: &str) -> Markup {
    html! { div { dt { (what) } dd.go { (n) } } }
}

fn quota(quota: &[Quota]) -> Markup {
    let day = |q: &&Quota| q.kind == QuotaKind::Read && q.span == QuotaSpan::Day;
    html! {
        @if let Some(q) = quota.iter().find(day) {
            p.quiet {
                "Of the " (q.allowed) " requests that Strava allows this Hermes in a day, "
                (q.used) " are used."
            }
        }
    }
}

fn disconnect_card() -> Markup {
    html! {
        section.card aria-labelledby="end-head" {
            h2 #end-head { "End the connection" }
            p {
                "Everything that came from Strava's API is erased at once: activities, their \
                 figures, the permission. Runs that you imported from files stay. You get a \
                 receipt."
            }
            form method="post" action="/connect/strava/disconnect" {
                label.check {
                    input type="checkbox" name="agree" value="1" required;
                    span { "Erase what came from Strava." }
                }
                div.actions {
                    button.button.second type="submit" { "Disconnect and erase" }
                }
            }
        }
    }
}
