//! What went wrong, as RFC 9457 has it: every error of the API, whoever found it.

use crate::fault::{self, Fault};
use axum::Json;
use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, Response, StatusCode};
use axum::response::IntoResponse;
use hermes_app::{AppError, Kind};
use serde::Serialize;
use utoipa::ToSchema;

/// What problems are sent as.
pub(super) const MEDIA_TYPE: &str = "application/problem+json";
/// Where the kinds are described, below the server's root.
const ADDRESS: &str = "/api/problems/";
/// Seconds after which a client may try again.
const TRY_AGAIN: HeaderValue = HeaderValue::from_static("2");

/// A kind of problem.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Sort {
    /// The last part of its address.
    pub(super) slug: &'static str,
    pub(super) status: StatusCode,
    pub(super) title: &'static str,
    /// What a client can do about it.
    pub(super) advice: &'static str,
}

macro_rules! sorts {
    ($($name:ident = $slug:literal, $status:ident, $title:literal, $advice:literal;)+) => {
        $(pub(super) const $name: Sort =
            Sort { slug: $slug, status: StatusCode::$status, title: $title, advice: $advice };)+
        /// All kinds there are.
        pub(super) const SORTS: &[Sort] = &[$($name),+];
    };
}

sorts! {
    SIGNED_OUT = "signed-out", UNAUTHORIZED, "Nobody is signed in",
        "Sign in with the link of `hermes sign-in` and send the session cookie along.";
    FOREIGN = "foreign-origin", FORBIDDEN, "Another site's page asked",
        "Changes are taken from pages of this Hermes and from programs, not from other sites.";
    BAD_PATH = "bad-path", BAD_REQUEST, "The address holds no such value",
        "`errors` says which part of the address cannot be read.";
    BAD_QUERY = "bad-query", BAD_REQUEST, "The query cannot be read",
        "`errors` says which parameter cannot be read; unknown ones are refused.";
    BAD_JSON = "bad-json", BAD_REQUEST, "The body is no JSON",
        "Send one JSON object.";
    BAD_KEY = "bad-key", BAD_REQUEST, "The idempotency key cannot be used",
        "Send one Idempotency-Key of 1 to 255 visible ASCII characters, or none.";
    NOT_FOUND = "not-found", NOT_FOUND, "There is no such thing",
        "It was never there, is gone, or is another runner's.";
    WRONG_METHOD = "wrong-method", METHOD_NOT_ALLOWED, "This address cannot be used that way",
        "The Allow header says which methods it knows.";
    CONFLICT = "conflict", CONFLICT, "Something else is in the way",
        "`detail` says what; nothing was changed.";
    STALE = "stale", CONFLICT, "The plan has changed since you read it",
        "Read the week again and ask with its revision.";
    IN_PROGRESS = "in-progress", CONFLICT, "The same request is being worked on",
        "Ask again with the same key in a few seconds; the answer will be that of the first.";
    TOO_LARGE = "too-large", PAYLOAD_TOO_LARGE, "The body is too large",
        "A body has at most 65,536 bytes.";
    WRONG_MEDIA = "wrong-media-type", UNSUPPORTED_MEDIA_TYPE, "The body is not sent as JSON",
        "Send content-type: application/json.";
    MISDIRECTED = "misdirected", MISDIRECTED_REQUEST, "This server has another name",
        "Ask http://127.0.0.1 or http://localhost with the served port.";
    INVALID = "invalid", UNPROCESSABLE_ENTITY, "What was sent cannot be",
        "`errors` names the fields where that is known; nothing was changed.";
    REFUSED = "refused", UNPROCESSABLE_ENTITY, "The rules refuse it",
        "`errors` holds the rules' findings; a preview names the nearest allowed alternative.";
    KEY_REUSED = "key-reused", UNPROCESSABLE_ENTITY, "The key belongs to another request",
        "Use a new Idempotency-Key for every request that is not a repetition.";
    TOO_SLOW = "too-slow", SERVICE_UNAVAILABLE, "It took too long",
        "Try again; a write may go on, so repeat it with its Idempotency-Key.";
    ELSEWHERE = "elsewhere", BAD_GATEWAY, "Another server did not answer as it should",
        "`detail` says which and what to do.";
    UNAVAILABLE = "unavailable", SERVICE_UNAVAILABLE, "Hermes cannot do that just now",
        "Try again a little later.";
    INTERNAL = "internal", INTERNAL_SERVER_ERROR, "A fault of Hermes",
        "The log says more; please report it.";
}

/// One thing that is wrong with what was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct FieldError {
    /// The field or parameter, with dots where it lies deeper; empty where none is to blame.
    pub(super) field: String,
    /// What is wrong, in one sentence.
    pub(super) message: String,
}

/// What went wrong (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(super) struct Shape {
    /// The kind, as an address below this server that describes it.
    #[serde(rename = "type")]
    #[schema(example = "/api/problems/not-found")]
    kind: String,
    /// The kind in words.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What was wrong here, in one sentence.
    detail: String,
    /// What is wrong with which field; only where that is known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<FieldError>,
}

/// An error on its way out.
#[derive(Debug)]
pub(super) struct Problem {
    sort: Sort,
    detail: String,
    errors: Vec<FieldError>,
}

impl Problem {
    pub(super) fn new(sort: Sort, detail: impl AsRef<str>) -> Self {
        Self { sort, detail: fault::sentence(detail.as_ref()), errors: Vec::new() }
    }

    /// One about a field.
    pub(super) fn of_field(sort: Sort, field: impl Into<String>, message: &str) -> Self {
        let mut problem = Self::new(sort, message);
        let message = problem.detail.clone();
        problem.errors.push(FieldError { field: field.into(), message });
        problem
    }

    pub(super) fn with(mut self, errors: Vec<FieldError>) -> Self {
        self.errors = errors;
        self
    }

    /// A field of a body that cannot be.
    pub(super) fn invalid(field: &str, message: impl AsRef<str>) -> Self {
        Self::of_field(INVALID, field, message.as_ref())
    }

    /// A use case's error, where the body has other names for its values than forms have: pairs of
    /// theirs and the body's.
    pub(super) fn renamed(error: AppError, names: &[(&str, &str)]) -> Self {
        let mut problem = Self::from(error);
        for error in &mut problem.errors {
            if let Some((_, name)) = names.iter().find(|(form, _)| *form == error.field) {
                error.field = (*name).to_owned();
            }
        }
        problem
    }
}

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        let sort = match error.kind() {
            Kind::BadInput => INVALID,
            Kind::NotFound => NOT_FOUND,
            Kind::Conflict => CONFLICT,
            Kind::Elsewhere => ELSEWHERE,
            Kind::Unavailable => UNAVAILABLE,
            Kind::Internal => INTERNAL,
        };
        if sort == UNAVAILABLE || sort == INTERNAL {
            // What exactly is for the log: the answer may be seen by anyone.
            tracing::error!(%error, "a request failed");
            return Self::new(sort, "Hermes could not do that just now; the log says why");
        }
        match &error {
            AppError::Field { field, sentence } => Self::of_field(sort, *field, sentence),
            _ => Self::new(sort, error.to_string()),
        }
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::SignedOut => Self::new(SIGNED_OUT, "there is no session; sign in first"),
            Fault::App(error) => error.into(),
            Fault::Refused(status, sentence) => {
                let sort = SORTS.iter().position(|s| s.status == status);
                Self::new(sort.map_or(INVALID, |i| SORTS[i].copied()), sentence)
            }
        }
    }
}

impl Sort {
    const fn copied(&self) -> Self {
        Self { slug: self.slug, status: self.status, title: self.title, advice: self.advice }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response<Body> {
        let Self { sort, detail, errors } = self;
        let (kind, title) = (format!("{ADDRESS}{}", sort.slug), sort.title);
        let body = Shape { kind, title, status: sort.status.as_u16(), detail, errors };
        let mut response = (sort.status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        if sort == IN_PROGRESS || sort.status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(RETRY_AFTER, TRY_AGAIN);
        }
        response
    }
}
