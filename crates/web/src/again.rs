//! A form that is sent after its session has ended: nothing was saved, so what was typed comes back
//! as a page that asks to sign in again and then sends it, once.
//!
//! What was typed stays in that page, in the browser; the server keeps none of it. It is sent on
//! only for the runner whose browser this was, as a cookie without a secret says: whoever else
//! signs in there begins at the first page, and the text is gone.

use crate::auth::{self, Link};
use crate::fault::{self, Fault};
use crate::form::Fields;
use crate::{FORM_BYTES, PAGE_TIME, Web, shell, theme};
use axum::body::{Body, to_bytes};
use axum::extract::{FromRequest, Request, State};
use axum::http::header::{CONTENT_TYPE, HeaderValue};
use axum::http::{HeaderMap, HeaderName, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use hermes_app::Runner;
use maud::{Markup, html};
use std::cell::RefCell;
use tracing::Instrument;

/// Fields of the page beside what was typed.
const TOKEN: &str = "sign-in-link";
const TO: &str = "sign-in-to";
/// Tells the browser's offline copy whose page this is; see assets/worker.js.
const RUNNER: HeaderName = HeaderName::from_static("x-hermes-runner");

/// Marks an answer to a request that nobody was signed in for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SignedOut;

/// Whom a request turned out to be from.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Looked {
    Nobody,
    Runner(String),
}

tokio::task_local! {
    /// Of the request that is being answered; `None` while nothing has looked.
    static LOOKED: RefCell<Option<Looked>>;
}

/// Notes whom the request that is being answered is from.
pub(crate) fn note(runner: Option<&Runner>) {
    let looked = runner.map_or(Looked::Nobody, |r| Looked::Runner(auth::mark(r)));
    // Outside a request nobody asks.
    let _ = LOOKED.try_with(|place| place.replace(Some(looked)));
}

/// Keeps what was typed when nobody was signed in, and says on every page whose it is. Forms are
/// dealt with in turn, and to their end also where the browser has gone: half a change is none.
pub(crate) async fn watch(State(web): State<Web>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let is_post = request.method() == Method::POST;
    let looked = |answer| (answer, LOOKED.with(|place| place.borrow().clone()));
    let (mut answer, looked, kept) = if is_post && is_form(request.headers()) {
        let (parts, body) = request.into_parts();
        let read = tokio::time::timeout(PAGE_TIME, to_bytes(body, FORM_BYTES)).await;
        let Ok(Ok(bytes)) = read else {
            let long = "The form is too long or did not arrive whole; shorten its texts.";
            return fault::refused(StatusCode::PAYLOAD_TOO_LARGE, long);
        };
        let turn = tokio::time::timeout(PAGE_TIME, web.turns.wait(&parts.headers)).await;
        let Ok(turn) = turn else {
            let busy = "Another change of yours is still under way. Try again in a moment.";
            return fault::refused(StatusCode::SERVICE_UNAVAILABLE, busy);
        };
        let request = Request::from_parts(parts, Body::from(bytes.clone()));
        let work = LOOKED.scope(RefCell::new(None), async move {
            let answer = looked(next.run(request).await);
            drop(turn);
            answer
        });
        let Ok((answer, looked)) = tokio::spawn(theme::kept(work).in_current_span()).await else {
            let broke = "Hermes could not do that just now; the log says why. Try again.";
            return fault::refused(StatusCode::INTERNAL_SERVER_ERROR, broke);
        };
        (answer, looked, Some(bytes))
    } else {
        let work = async { looked(next.run(request).await) };
        let (answer, looked) = LOOKED.scope(RefCell::new(None), work).await;
        (answer, looked, None)
    };
    if is_post && answer.extensions().get::<SignedOut>().is_some() {
        let fields = match kept {
            Some(bytes) => read(bytes).await,
            None => Fields::of(Vec::new()),
        };
        answer = (StatusCode::UNAUTHORIZED, page(&fields, &path, None)).into_response();
    }
    answer = fault::with_page(answer);
    let mark = match looked {
        Some(Looked::Runner(mark)) => HeaderValue::from_str(&mark).ok(),
        Some(Looked::Nobody) => Some(HeaderValue::from_static("none")),
        None => None,
    };
    if let Some(mark) = mark {
        answer.headers_mut().insert(RUNNER, mark);
    }
    answer
}

fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    kind.trim_start().to_ascii_lowercase().starts_with("application/x-www-form-urlencoded")
}

async fn read(bytes: axum::body::Bytes) -> Fields {
    let request = Request::builder()
        .method(Method::POST)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(bytes));
    let Ok(request) = request else { return Fields::of(Vec::new()) };
    let form = axum::Form::<Vec<(String, String)>>::from_request(request, &()).await;
    Fields::of(form.map(|f| f.0).unwrap_or_default())
}

/// An address of ours that a form may be sent on to.
fn is_ours(path: &str) -> bool {
    let plain = path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    plain && path.starts_with('/') && !path.starts_with("//")
}

/// The page that asks to sign in again, with what was typed inside.
fn page(fields: &Fields, to: &str, wrong: Option<&str>) -> Markup {
    let typed: Vec<_> =
        fields.pairs().iter().filter(|(name, _)| name != TOKEN && name != TO).collect();
    shell::bare(
        "Sign in again",
        &html! {
            section.card.narrow {
                p.eyebrow { "Nothing is lost" }
                h1 { "Sign in again" }
                @if typed.is_empty() {
                    p.lead {
                        "You were signed out before this could be done, so nothing was changed. \
                         Files have to be chosen again."
                    }
                } @else {
                    p.lead {
                        "You were signed out before this could be saved. What you typed is kept on \
                         this page and is sent once you are signed in."
                    }
                }
                form method="post" action="/sign-in/again" {
                    input type="hidden" name=(TO) value=(to);
                    @for (name, value) in &typed {
                        input type="hidden" name=(name) value=(value);
                    }
                    (auth::link_field(TOKEN, "Sign-in link", "or empty, if you have signed in \
                        in another tab", wrong, false))
                    button.button.wide type="submit" {
                        @if typed.is_empty() { "Sign in" } @else { "Sign in and send it" }
                    }
                }
                (auth::where_links_come_from())
            }
        },
    )
}

/// `POST /sign-in/again`: signs in, and has the browser send the form on as it was.
pub(crate) async fn resume(
    State(web): State<Web>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Fault> {
    let to = fields.get(TO).filter(|to| is_ours(to)).unwrap_or("/").to_owned();
    let (session, runner) = match fields.get(TOKEN) {
        Some(link) => auth::use_link(&web, link).await?,
        None => (None, auth::signed_in(&web, &headers).await?),
    };
    let Some(runner) = runner else {
        let wrong = match fields.get(TOKEN) {
            Some(_) => Link::STALE,
            None => "This browser is not signed in yet; paste a new link here.",
        };
        let again = page(&fields, &to, Some(wrong));
        return Ok((StatusCode::FORBIDDEN, again).into_response());
    };
    let has_form = fields.pairs().iter().any(|(name, _)| name != TOKEN && name != TO);
    let onward = match auth::is_marked(&web, &headers, &runner) && has_form {
        // 307: the same form again, by POST.
        true => Redirect::temporary(&to),
        false => Redirect::to("/"),
    };
    let cookies = session.map(|session| AppendHeaders(auth::cookies(&web, &session, &runner)));
    Ok((cookies, onward).into_response())
}

#[cfg(test)]
mod tests {
    use super::is_ours;

    #[test]
    fn a_form_is_sent_on_to_our_own_addresses_only() {
        for good in ["/", "/welcome/goal", "/plan/edit?do=move"] {
            assert!(is_ours(good), "{good}");
        }
        for bad in ["", "//evil.example", "https://evil.example/", "/\\evil.example", "/a b", "x"] {
            assert!(!is_ours(bad), "{bad}");
        }
    }
}
