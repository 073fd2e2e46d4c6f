//! Signing in with the one-time link, the session cookie, and who is looking at a page.
//!
//! The link opens a page with one button, and only the button uses the link up: a preview or a
//! prefetch of the address changes nothing.

use crate::fault::Fault;
use crate::form::Fields;
use crate::{Web, shell};
use axum::extract::{FromRequestParts, Path, State};
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use hermes_app::Runner;
use hermes_engine::calendar::Day;
use hermes_engine::record::Preferences;
use hermes_engine::units::Units;
use maud::{Markup, html};
use tracing::field;

/// How long a browser keeps the cookie, in seconds; the session itself may end earlier.
const COOKIE_SECONDS: u32 = 30 * 24 * 60 * 60;
/// Longer texts cannot be a token and are not looked up.
const TOKEN_LENGTH: usize = 200;

/// The signed-in runner and what every page needs to know about them.
pub(crate) struct Viewer {
    pub(crate) runner: Runner,
    pub(crate) today: Day,
    pub(crate) preferences: Preferences,
}

impl Viewer {
    pub(crate) const fn units(&self) -> Units {
        self.preferences.units
    }

    /// The first day of the week that holds `day`.
    pub(crate) fn week_of(&self, day: Day) -> Day {
        day.week_start(self.preferences.week_start)
    }
}

impl FromRequestParts<Web> for Viewer {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Fault> {
        let runner = signed_in(web, &parts.headers).await?.ok_or(Fault::SignedOut)?;
        let preferences = web.app.preferences(&runner).await?;
        let today = web.app.today(&runner);
        Ok(Self { runner, today, preferences })
    }
}

/// The runner of the request's session, if it has one that stands.
pub(crate) async fn signed_in(web: &Web, headers: &HeaderMap) -> Result<Option<Runner>, Fault> {
    match session_token(web, headers) {
        Some(token) => {
            let runner = web.app.session(&token).await?;
            if let Some(runner) = &runner {
                // The span of the request has a place for it.
                tracing::Span::current().record("runner", field::display(runner.id));
            }
            Ok(runner)
        }
        None => Ok(None),
    }
}

/// Browsers keep cookies per host and ignore the port: with the port in the name, two Hermes on
/// one machine do not sign each other out.
fn cookie_name(web: &Web) -> String {
    format!("hermes_{}", web.config.bind.port())
}

fn session_token(web: &Web, headers: &HeaderMap) -> Option<String> {
    let name = cookie_name(web);
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, value)| *key == name && value.len() <= TOKEN_LENGTH)
        .map(|(_, value)| value.to_owned())
}

/// No `Secure`: this is plain HTTP on loopback. `Lax`, not `Strict`: a link to Hermes from mail or
/// a calendar opens signed in, and changes are POST, which `Lax` keeps to our own pages.
fn cookie(web: &Web, token: &str, seconds: u32) -> String {
    let name = cookie_name(web);
    format!("{name}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax")
}

/// `GET /sign-in/{token}`: the page with the button.
pub(crate) async fn offer(Path(token): Path<String>) -> Markup {
    shell::bare(
        "Sign in",
        &html! {
            section.card.narrow.center {
                (shell::wordmark_large())
                h1 { "Welcome to Hermes" }
                p.lead { "This link signs in this browser, once." }
                form method="post" action="/sign-in" {
                    input type="hidden" name="token" value=(token);
                    button.button.wide #sign-in type="submit" autofocus { "Sign in" }
                }
                p.quiet { "Your training stays on this machine." }
            }
        },
    )
}

/// `POST /sign-in`: uses the link up.
pub(crate) async fn redeem(State(web): State<Web>, fields: Fields) -> Result<Response, Fault> {
    let token = fields.get("token").filter(|t| t.len() <= TOKEN_LENGTH).unwrap_or_default();
    match web.app.sign_in(token).await? {
        Some(session) => Ok(entered(&web, &session)),
        None => Ok((StatusCode::FORBIDDEN, stale_link()).into_response()),
    }
}

/// Keeps a session in the browser and goes to its runner's first page.
pub(crate) fn entered(web: &Web, session: &str) -> Response {
    let cookie = cookie(web, session, COOKIE_SECONDS);
    ([(SET_COOKIE, cookie)], Redirect::to("/")).into_response()
}

fn stale_link() -> Markup {
    shell::bare(
        "This link does not work any more",
        &html! {
            section.card.narrow {
                h1 { "This link does not work any more" }
                p.lead {
                    "A sign-in link works once, within 15 minutes. This one was used already, is \
                     older, or was not copied whole."
                }
                (how_to_sign_in())
            }
        },
    )
}

/// Where links come from.
pub(crate) fn how_to_sign_in() -> Markup {
    html! {
        p { "Get a new one in a terminal on this machine:" }
        pre { code { "hermes sign-in" } }
        p.quiet {
            "Restarting Hermes prints one too. Whoever can run Hermes here is its owner, so there \
             is no password."
        }
    }
}

/// `POST /sign-out`.
pub(crate) async fn sign_out(
    State(web): State<Web>,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    if let Some(token) = session_token(&web, &headers) {
        web.app.sign_out(&token).await?;
    }
    Ok(([(SET_COOKIE, cookie(&web, "", 0))], Redirect::to("/welcome")).into_response())
}
