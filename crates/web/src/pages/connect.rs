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
use hermes_app::AppError;
use hermes_app::strava::{
    Callback, Disconnected, Quota, QuotaKind, QuotaSpan, Reason, Receipt, Stage, StravaState,
    StravaStatus,
};
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

/// `GET /connect/strava`.
pub(crate) async fn page(State(web): State<Web>, viewer: Viewer) -> Result<Markup, Fault> {
    draw(&web, &viewer, None).await
}

async fn draw(web: &Web, viewer: &Viewer, problem: Option<&str>) -> Result<Markup, Fault> {
    let status = web.app.strava_status(&viewer.runner).await?;
    let receipts = web.app.strava_receipts(&viewer.runner).await?;
    let inside = match &status.state {
        StravaState::NotSetUp => html! {
            p.lead { "This Hermes has no application at Strava, so it cannot be connected." }
            p {
                "Your runs come from files and from your Strava archive: "
                a href="/welcome/import" { "import them" } "."
            }
        },
        StravaState::Off(why) => html! {
            p.lead { "Strava is off." }
            p { (fault::sentence(why)) }
        },
        StravaState::NotConnected => consent(web)?,
        StravaState::Connected => connected(&status),
        StravaState::NeedsReauth(why) => html! {
            p.problem role="alert" { (fault::sentence(why)) }
            (consent(web)?)
            (disconnect_form())
        },
    };
    let body = html! {
        header.page-head { p.eyebrow { "Settings" } h1 { "Connection to Strava" } }
        section.card {
            (parts::problem(problem))
            (inside)
        }
        @if !receipts.is_empty() {
            section.card {
                h2 { "Receipts" }
                ul { @for r in receipts.iter().take(RECEIPTS_SHOWN) { li { (receipt(r)) } } }
            }
        }
    };
    Ok(shell::page(Tab::Settings, "Connection to Strava", viewer, &body))
}

/// What is agreed to, before anybody is sent to Strava.
fn consent(web: &Web) -> Result<Markup, Fault> {
    let said = web.app.strava_consent()?;
    Ok(html! {
        h2 { "Before you connect" }
        @for paragraph in said { p { (paragraph) } }
        form method="post" action="/connect/strava" {
            label.check {
                input type="checkbox" name="agree" value="1" required;
                span { "I agree to this." }
            }
            button.button type="submit" { "Continue" }
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
        header.page-head { p.eyebrow { "Settings" } h1 { "Connection to Strava" } }
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
            p { a href="/connect/strava" { "Not now" } }
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
        header.page-head { p.eyebrow { "Settings" } h1 { "Disconnected from Strava" } }
        section.card {
            p.lead { (receipt(&gone.receipt)) }
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

fn receipt(r: &Receipt) -> Markup {
    let why = match r.reason {
        Reason::Disconnected => "disconnected",
        Reason::Deauthorized => "the permission was withdrawn at Strava",
        Reason::Expired => "seven days were over",
        Reason::Deleted => "gone at Strava",
        Reason::Account => "the account ended",
    };
    html! {
        (r.erased_at.strftime("%Y-%m-%d %H:%M UTC").to_string()) ": "
        "activities erased: " (r.activities)
        @if r.rehomed > 0 { ", " (r.rehomed) " kept by their files" }
        " (" (why) "), receipt " code { (r.id) }
    }
}

fn connected(s: &StravaStatus) -> Markup {
    let stage = match s.stage {
        Some(Stage::Summaries) => "The list of your activities is being read.",
        Some(Stage::Details) => "Details of your runs are being read, the newest first.",
        Some(Stage::Done) | None => "Everything is there.",
    };
    html! {
        p.lead { (stage) }
        @if let Some(error) = &s.last_error {
            p.problem role="alert" { (fault::sentence(error)) }
        }
        @if s.misses_private {
            p { "You did not grant activities that only you see; connect again to change that." }
        }
        dl.figures {
            (parts::figure("Activities", &s.activities.to_string(), "from Strava"))
            (parts::figure("Runs without details yet", &s.details_left.to_string(), ""))
            @if let Some(left) = s.time_left {
                (parts::figure("Time left", &text::duration(Seconds(left.as_secs())), "about"))
            }
            @if let Some(at) = s.polled_at {
                (parts::figure("Looked for news", &at.strftime("%H:%M UTC").to_string(), ""))
            }
        }
        @if s.retention == Some("7d") {
            p.quiet { "What comes from Strava goes here seven days after it was fetched." }
        }
        (quota(&s.quota))
        @if let Some(athlete) = s.athlete {
            p {
                a.strava href={ "https://www.strava.com/athletes/" (athlete) } rel="noreferrer" {
                    strong { "View on Strava" }
                }
            }
        }
        form method="post" action="/connect/strava/sync" {
            button.button type="submit" { "Sync now" }
        }
        (disconnect_form())
    }
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

fn disconnect_form() -> Markup {
    html! {
        details.add {
            summary { "Disconnect" }
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
                button.button.second type="submit" { "Disconnect and erase" }
            }
        }
    }
}
