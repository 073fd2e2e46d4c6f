//! Signing in with the one-time link, the session cookie, and who is looking at a page.
//!
//! The link opens a page with one button, and only the button uses the link up: a preview or a
//! prefetch of the address changes nothing.

use crate::fault::Fault;
use crate::form::Fields;
use crate::{Web, again, assets, parts, shell};
use axum::extract::{FromRequestParts, Path, State};
use axum::http::header::{COOKIE, HeaderName, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use hermes_app::Runner;
use hermes_engine::calendar::Day;
use hermes_engine::record::Preferences;
use hermes_engine::units::Units;
use maud::{Markup, html};
use tracing::field;

/// How long a browser keeps the cookie, in seconds; the session itself may end earlier.
const COOKIE_SECONDS: u32 = 30 * 24 * 60 * 60;
/// How long a browser knows whose it was.
const MARK_SECONDS: u32 = 2 * COOKIE_SECONDS;
const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");
/// Longer texts cannot be a token and are not looked up.
const TOKEN_LENGTH: usize = 200;

/// The signed-in runner and what every page needs to know about them.
pub(crate) struct Viewer {
    pub(crate) runner: Runner,
    pub(crate) today: Day,
    pub(crate) preferences: Preferences,
    /// Things that happened since they last looked; none where no page is shown.
    pub(crate) news: u32,
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
        let today = web.app.today(&runner);
        // A form is answered with another address, or with itself.
        let news = async {
            match parts.method {
                Method::GET => web.app.count_news(&runner).await,
                _ => Ok(0),
            }
        };
        let (preferences, news) = tokio::try_join!(web.app.preferences(&runner), news)?;
        Ok(Self { runner, today, preferences, news })
    }
}

/// The runner of the request's session, if it has one that stands.
pub(crate) async fn signed_in(web: &Web, headers: &HeaderMap) -> Result<Option<Runner>, Fault> {
    let runner = match session_token(web, headers) {
        Some(token) => web.app.session(&token).await?,
        None => None,
    };
    if let Some(runner) = &runner {
        // The span of the request has a place for it.
        tracing::Span::current().record("runner", field::display(runner.id));
    }
    again::note(runner.as_ref());
    Ok(runner)
}

/// Browsers keep cookies per host and ignore the port: with the port in the name, two Hermes on
/// one machine do not sign each other out.
fn cookie_name(web: &Web) -> String {
    format!("hermes_{}", web.config.bind.port())
}

/// The name of the cookie that says whose browser this was; it outlives the session.
fn mark_name(web: &Web) -> String {
    format!("{}_runner", cookie_name(web))
}

/// A runner in a few letters that say nothing about them.
pub(crate) fn mark(runner: &Runner) -> String {
    assets::print(format!("browser of {}", runner.id).as_bytes())
}

/// Was this the runner's browser before, and has nobody signed out of it?
pub(crate) fn is_marked(web: &Web, headers: &HeaderMap, runner: &Runner) -> bool {
    named(headers, &mark_name(web)).is_some_and(|kept| kept == mark(runner))
}

fn session_token(web: &Web, headers: &HeaderMap) -> Option<String> {
    named(headers, &cookie_name(web))
}

fn named(headers: &HeaderMap, name: &str) -> Option<String> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, value)| *key == name && value.len() <= TOKEN_LENGTH)
        .map(|(_, value)| value.to_owned())
}

/// No `Secure`: this is plain HTTP on loopback. `Lax`, not `Strict`: a link to Hermes from mail or
/// a calendar opens signed in, and changes are POST, which `Lax` keeps to our own pages.
fn cookie(name: &str, value: &str, seconds: u32) -> String {
    format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax")
}

/// The cookies of a browser that a runner has signed in with: the session first.
pub(crate) fn cookies(web: &Web, session: &str, runner: &Runner) -> [(HeaderName, String); 2] {
    let session = cookie(&cookie_name(web), session, COOKIE_SECONDS);
    let mark = cookie(&mark_name(web), &mark(runner), MARK_SECONDS);
    [(SET_COOKIE, session), (SET_COOKIE, mark)]
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

/// A sign-in link as people paste it.
pub(crate) struct Link;

impl Link {
    /// What is said of one that does not work.
    pub(crate) const STALE: &str = "This link does not work any more: a link works once, within \
        15 minutes, and only whole. Get a new one and paste it here.";

    /// Its token, whether the whole link was pasted or only its end.
    fn token(text: &str) -> Option<&str> {
        let end = text.trim().trim_end_matches('/').rsplit('/').next()?;
        (1..=TOKEN_LENGTH).contains(&end.len()).then_some(end)
    }
}

/// Uses a link up: the session it begins, and whose it is.
pub(crate) async fn use_link(
    web: &Web,
    link: &str,
) -> Result<(Option<String>, Option<Runner>), Fault> {
    let Some(token) = Link::token(link) else { return Ok((None, None)) };
    let Some(session) = web.app.sign_in(token).await? else { return Ok((None, None)) };
    let runner = web.app.session(&session).await?;
    Ok((Some(session), runner))
}

/// `POST /sign-in`: uses the link up. Pressed twice, the first one counts.
pub(crate) async fn redeem(
    State(web): State<Web>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Fault> {
    match use_link(&web, fields.get("token").unwrap_or_default()).await? {
        (Some(session), Some(runner)) => Ok(entered(&web, &session, &runner)),
        _ if signed_in(&web, &headers).await?.is_some() => Ok(Redirect::to("/").into_response()),
        _ => Ok((StatusCode::FORBIDDEN, stale_link()).into_response()),
    }
}

/// Keeps a session in the browser and goes to its runner's first page.
pub(crate) fn entered(web: &Web, session: &str, runner: &Runner) -> Response {
    (AppendHeaders(cookies(web, session, runner)), Redirect::to("/")).into_response()
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
                (link_form(Some(Link::STALE)))
                (where_links_come_from())
            }
        },
    )
}

/// How to sign in: a link, and where one is had.
pub(crate) fn how_to_sign_in() -> Markup {
    html! { (link_form(None)) (where_links_come_from()) }
}

/// A link is often on another screen than the browser: it can be pasted.
fn link_form(wrong: Option<&str>) -> Markup {
    html! {
        form method="post" action="/sign-in" {
            (link_field("token", "Sign-in link", "", wrong, true))
            button.button.wide type="submit" { "Sign in" }
        }
    }
}

/// The field for a link. One that did not work is not shown again: it is no use, and was a secret.
pub(crate) fn link_field(
    name: &str,
    label: &str,
    note: &str,
    wrong: Option<&str>,
    required: bool,
) -> Markup {
    html! {
        div.field {
            label {
                span { (label) @if !note.is_empty() { " " small { (note) } } }
                input type="text" name=(name) required[required] autocomplete="off"
                    spellcheck="false" placeholder="http://127.0.0.1:…/sign-in/…"
                    aria-invalid=[wrong.map(|_| "true")]
                    aria-describedby=[wrong.map(|_| format!("{name}-error"))]
                    autofocus[wrong.is_some()];
            }
            (parts::field_error(name, wrong))
        }
    }
}

/// Where links come from.
pub(crate) fn where_links_come_from() -> Markup {
    html! {
        p { "Get a link in a terminal on this machine:" }
        pre { code { "hermes sign-in" } }
        p.quiet {
            "Restarting Hermes prints one too. Whoever can run Hermes here is its owner, so there \
             is no password."
        }
    }
}

/// `POST /sign-out`. The browser is told to forget what it keeps of Hermes, the copy for reading
/// without a connection among it.
pub(crate) async fn sign_out(
    State(web): State<Web>,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    if let Some(token) = session_token(&web, &headers) {
        web.app.sign_out(&token).await?;
    }
    let gone = [cookie_name(&web), mark_name(&web)].map(|name| (SET_COOKIE, cookie(&name, "", 0)));
    let forget = [(CLEAR_SITE_DATA, "\"cache\", \"storage\"")];
    Ok((AppendHeaders(gone), forget, Redirect::to("/welcome")).into_response())
}
