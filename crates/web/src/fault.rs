//! What can go wrong in a request, and the page that says what to do next.

use crate::again::SignedOut;
use crate::shell;
use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{Response, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect};
use hermes_app::{AppError, Kind};
use maud::{Markup, html};

/// Why a request has no ordinary answer.
#[derive(Debug)]
pub(crate) enum Fault {
    /// Nobody is signed in.
    SignedOut,
    /// A request that no page of ours makes, or a file that cannot be taken: one clear sentence.
    Refused(StatusCode, String),
    /// A use case said no.
    App(AppError),
}

impl From<AppError> for Fault {
    fn from(error: AppError) -> Self {
        Self::App(error)
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response<Body> {
        match self {
            Self::SignedOut => {
                let mut answer = Redirect::to("/welcome").into_response();
                answer.extensions_mut().insert(SignedOut);
                answer
            }
            Self::Refused(status, sentence) => refused(status, &sentence),
            Self::App(error) => {
                let status = status(error.kind());
                if status.is_server_error() && error.kind() != Kind::Elsewhere {
                    // What exactly is for the log: the page may be seen by anyone.
                    tracing::error!(%error, "a request failed");
                    let say = "Hermes could not do that just now; the log says why. Try again";
                    return refused(status, say);
                }
                refused(status, &error.to_string())
            }
        }
    }
}

/// The HTTP word for a kind of error.
pub(crate) const fn status(kind: Kind) -> StatusCode {
    match kind {
        Kind::BadInput => StatusCode::UNPROCESSABLE_ENTITY,
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::Conflict => StatusCode::CONFLICT,
        Kind::Elsewhere => StatusCode::BAD_GATEWAY,
        Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The page for a request that was not done.
pub(crate) fn refused(status: StatusCode, what: &str) -> Response<Body> {
    refused_with(status, what, &html! { p { a.button href="/" { "Back to Hermes" } } })
}

/// The same, with what to do next.
fn refused_with(status: StatusCode, what: &str, next: &Markup) -> Response<Body> {
    let title = match status {
        StatusCode::NOT_FOUND => "Nothing here",
        s if s.is_server_error() => "That did not work",
        _ => "Not done",
    };
    let page = shell::bare(
        title,
        &html! {
            section.card.narrow {
                p.eyebrow { (status.as_u16()) }
                h1 { (title) }
                p.lead { (sentence(what)) }
                (next)
            }
        },
    );
    (status, page).into_response()
}

/// What was refused without a page, by a library that reads addresses and forms or bounds their
/// time, as a page.
pub(crate) fn with_page(answer: Response<Body>) -> Response<Body> {
    let status = answer.status();
    let kind = answer.headers().get(CONTENT_TYPE);
    let bare = kind.is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
    if !bare || !(status.is_client_error() || status.is_server_error()) {
        return answer;
    }
    let what = match status {
        StatusCode::REQUEST_TIMEOUT => "It took too long and was given up. Try again.",
        _ => {
            "This address cannot be read as it is: a part of it is no text, or is there twice. \
             Nothing was changed."
        }
    };
    refused(status, what)
}

/// Use cases and libraries begin their messages in lower case and without a full stop.
pub(crate) fn sentence(text: &str) -> String {
    let mut letters = text.trim().chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    let end = if text.trim_end().ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}

/// Any address that no route knows: what it may have been meant to be, and where everything is.
pub(crate) async fn no_such_page(uri: Uri) -> Response<Body> {
    let next = html! {
        @if let Some((path, name)) = meant(uri.path()) {
            p { "Did you mean " a href=(path) { (name) } "?" }
        }
        nav.places aria-label="Pages" {
            ul { @for (path, name) in PLACES { li { a href=(path) { (name) } } } }
        }
    };
    let what = "There is no page at this address. It may be mistyped, or from another version of \
                Hermes; nothing was changed.";
    refused_with(StatusCode::NOT_FOUND, what, &next)
}

/// Where people want to go, with the names of the places.
const PLACES: [(&str, &str); 13] = [
    ("/today", "Today"),
    ("/plan", "Plan"),
    ("/roadmap", "Roadmap"),
    ("/activities", "Activities"),
    ("/trends", "Trends"),
    ("/health", "Health"),
    ("/history", "History"),
    ("/notifications", "Notifications"),
    ("/imports", "Imports"),
    ("/welcome/import", "Bring your runs"),
    ("/connect/strava", "Strava"),
    ("/settings", "Settings"),
    ("/keys", "Keyboard"),
];

/// The place whose name is like the first part of a path.
fn meant(path: &str) -> Option<(&'static str, &'static str)> {
    const LIKE: usize = 4;
    let asked = path.trim_start_matches('/').split(['/', '.']).next()?.to_ascii_lowercase();
    let start = |word: &str| word.chars().take(LIKE).collect::<String>();
    if asked.len() < LIKE {
        return None;
    }
    PLACES.into_iter().find(|(place, name)| {
        let last = place.rsplit('/').next().unwrap_or_default();
        start(last) == start(&asked) || start(&name.to_ascii_lowercase()) == start(&asked)
    })
}

/// A known address, asked in a way it does not answer: most often one that only takes a form.
pub(crate) async fn wrong_method() -> Response<Body> {
    refused(
        StatusCode::METHOD_NOT_ALLOWED,
        "This address cannot be used that way: it takes what a form sends. Nothing was changed; \
         go back to the page with the form.",
    )
}

#[cfg(test)]
mod tests {
    use super::meant;

    #[test]
    fn a_mistyped_address_is_guessed() {
        let guess = |path| meant(path).map(|(place, _)| place);
        assert_eq!(guess("/planning/2026"), Some("/plan"));
        assert_eq!(guess("/activity"), Some("/activities"));
        assert_eq!(guess("/Settings.html"), Some("/settings"));
        assert_eq!(guess("/import"), Some("/imports"));
        assert_eq!(guess("/x"), None);
        assert_eq!(guess("/"), None);
    }
}
