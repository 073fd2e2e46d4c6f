//! Every request leaves one line in the log and is counted: its id, method, route, status and
//! time. Never its path, query, headers or body: they may hold tokens and what a runner wrote.

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response};
use axum::middleware::Next;
use hermes_app::App;
use hermes_app::measure::RequestMeter;
use tracing::{Instrument, field};

/// Names a request, in and out.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Longest id that is taken from outside.
const ID_LENGTH: usize = 64;
/// What a request is called that no route knows.
const NO_ROUTE: &str = "none";

/// Stands around all routes.
pub(crate) async fn request(
    State(app): State<App>,
    request: Request,
    next: Next,
) -> Response<Body> {
    let id = given_id(request.headers()).unwrap_or_else(|| new_id(&app));
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or(NO_ROUTE, MatchedPath::as_str);
    let method = method(request.method());
    let mut meter = RequestMeter::start(method, route);
    let request_id = id.to_str().unwrap_or_default();
    let span = tracing::info_span!("request", request_id, method, route, runner = field::Empty);
    let mut answer = next.run(request).instrument(span.clone()).await;
    let status = answer.status().as_u16();
    let time = meter.answered(status);
    span.in_scope(|| {
        let milliseconds = time.as_secs_f64() * 1000.0;
        // Probes come every few seconds, for ever.
        if route.starts_with("/health/") {
            tracing::debug!(status, milliseconds, "answered");
        } else {
            tracing::info!(status, milliseconds, "answered");
        }
    });
    answer.headers_mut().insert(REQUEST_ID, id);
    answer
}

/// The id that a proxy gave, if it is one that may stand in a log and a header.
fn given_id(headers: &HeaderMap) -> Option<HeaderValue> {
    let id = headers.get(REQUEST_ID)?;
    let bytes = id.as_bytes();
    let fits = |b: &u8| b.is_ascii_alphanumeric() || b"._-".contains(b);
    ((1..=ID_LENGTH).contains(&bytes.len()) && bytes.iter().all(fits)).then(|| id.clone())
}

fn new_id(app: &App) -> HeaderValue {
    let text = app.new_id().to_string();
    // The characters of an id always fit a header.
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("none"))
}

/// Clients may invent methods without end.
fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::{HeaderMap, HeaderValue, ID_LENGTH, REQUEST_ID, given_id};

    #[test]
    fn only_sane_ids_are_taken_from_outside() {
        let taken = |id: &[u8]| {
            let id = HeaderValue::from_bytes(id).unwrap();
            given_id(&HeaderMap::from_iter([(REQUEST_ID, id)])).is_some()
        };
        assert!(given_id(&HeaderMap::new()).is_none());
        for good in [&b"a"[..], b"A-1_b.C", &[b'x'; ID_LENGTH]] {
            assert!(taken(good), "{good:?}");
        }
        for bad in [&b""[..], b"a b", b"a\tb", b"a;b", b"\xe9", b"a\"b", &[b'x'; ID_LENGTH + 1]] {
            assert!(!taken(bad), "{bad:?}");
        }
    }
}
