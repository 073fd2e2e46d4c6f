//! What can go wrong in a request, and the page that says what to do next.

use crate::shell;
use axum::body::Body;
use axum::http::{Response, StatusCode};
use axum::response::{IntoResponse, Redirect};
use hermes_app::{AppError, Kind};
use maud::html;

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
            Self::SignedOut => Redirect::to("/welcome").into_response(),
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
                p { a.button href="/" { "Back to Hermes" } }
            }
        },
    );
    (status, page).into_response()
}

/// Use cases and libraries begin their messages in lower case and without a full stop.
pub(crate) fn sentence(text: &str) -> String {
    let mut letters = text.trim().chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    let end = if text.trim_end().ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}

/// Any address that no route knows.
pub(crate) async fn no_such_page() -> Response<Body> {
    refused(StatusCode::NOT_FOUND, "There is no page at this address.")
}

/// A known address, asked in a way it does not answer.
pub(crate) async fn wrong_method() -> Response<Body> {
    refused(StatusCode::METHOD_NOT_ALLOWED, "This address cannot be used that way.")
}
