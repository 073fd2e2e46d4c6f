//! What stands before every write: its body is JSON and bounded, and a request that comes again
//! with its idempotency key is answered again, not done again.

use super::enter::{Caller, whole};
use super::problem::{self, Problem};
use super::tag::ANSWER_MAX;
use crate::Web;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode};
use axum::middleware::Next;
use axum::response::IntoResponse;
use hermes_app::{BODY_MAX, Claim, Claimed};
use tracing::Instrument;

/// Where a client names the request.
pub(super) const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Says that an answer is that of an earlier request.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// Longest key, in characters.
const KEY_MAX: usize = 255;

/// Does every write that has a key once. It is done to its end also where nobody waits for the
/// answer any more.
pub(super) async fn once(State(web): State<Web>, request: Request, next: Next) -> Response<Body> {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    match prepared(parts, body).await {
        Ok(Prepared { parts, body, key, caller }) => {
            let work = done(web, parts, body, key, caller, next);
            let answer = tokio::spawn(work.in_current_span()).await;
            answer.unwrap_or_else(|_| {
                Problem::new(problem::INTERNAL, "the request broke off").into_response()
            })
        }
        Err(problem) => problem.into_response(),
    }
}

struct Prepared {
    parts: Parts,
    body: Bytes,
    key: Option<String>,
    caller: Caller,
}

async fn prepared(parts: Parts, body: Body) -> Result<Prepared, Problem> {
    let signed_in = parts.extensions.get::<Caller>().cloned();
    let nobody = || Problem::new(problem::SIGNED_OUT, "there is no session; sign in first");
    let caller = signed_in.ok_or_else(nobody)?;
    let key = key(&parts.headers)?;
    // A page of another site can send forms without asking first, but no JSON.
    if parts.method != Method::DELETE && !is_json(&parts.headers) {
        let sentence = "the body has to be sent with content-type: application/json";
        return Err(Problem::new(problem::WRONG_MEDIA, sentence));
    }
    Ok(Prepared { body: whole(body).await?, parts, key, caller })
}

fn is_json(headers: &HeaderMap) -> bool {
    let text = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = text.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json")
}

/// The key of a request, if it has one.
fn key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut all = headers.get_all(KEY).iter();
    let Some(value) = all.next() else { return Ok(None) };
    let text = value.to_str().ok().filter(|text| {
        (1..=KEY_MAX).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic())
    });
    match text {
        Some(text) if all.next().is_none() => Ok(Some(text.to_owned())),
        _ => Err(Problem::new(
            problem::BAD_KEY,
            "an Idempotency-Key has 1 to 255 visible ASCII characters, and comes once",
        )),
    }
}

async fn done(
    web: Web,
    parts: Parts,
    body: Bytes,
    key: Option<String>,
    caller: Caller,
    next: Next,
) -> Response<Body> {
    let operation = format!("{} {}", parts.method, parts.uri.path());
    let claim = match key {
        None => None,
        Some(key) => match claimed(&web, &caller, &key, &operation, &body).await {
            Ok(claim) => Some(claim),
            Err(known) => return *known,
        },
    };
    let turn = web.turns.wait(&parts.headers);
    let work = async {
        let _turn = turn.await;
        next.run(Request::from_parts(parts, Body::from(body))).await
    };
    // It ends before its claim does.
    let answer = tokio::time::timeout(crate::PAGE_TIME, work).await.unwrap_or_else(|_| {
        Problem::new(problem::TOO_SLOW, "it took longer than 30 seconds").into_response()
    });
    match claim {
        None => answer,
        Some(claim) => kept(&web, &claim, answer).await,
    }
}

/// The claim of a request, or the answer that is known already.
async fn claimed(
    web: &Web,
    caller: &Caller,
    key: &str,
    operation: &str,
    body: &[u8],
) -> Result<Claim, Box<Response<Body>>> {
    let found = web.app.claim_request(&caller.runner, key, operation, body).await;
    let known = match found {
        Ok(Claimed::Ours(claim)) => return Ok(claim),
        Ok(Claimed::Answered(status, body)) => again(status, body),
        Ok(Claimed::Underway) => Problem::new(
            problem::IN_PROGRESS,
            "a request with this key is being worked on; ask again in a few seconds",
        )
        .into_response(),
        Ok(Claimed::OtherRequest) => Problem::new(
            problem::KEY_REUSED,
            "this key was used for another request; use a new one",
        )
        .into_response(),
        Err(error) => Problem::from(error).into_response(),
    };
    Err(Box::new(known))
}

/// The answer of an earlier request.
fn again(status: i32, body: String) -> Response<Body> {
    let status = u16::try_from(status).ok().and_then(|s| StatusCode::from_u16(s).ok());
    let status = status.unwrap_or(StatusCode::OK);
    let kind = if status.is_success() { "application/json" } else { problem::MEDIA_TYPE };
    let mut answer = (status, body).into_response();
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    answer.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    answer
}

/// Keeps an answer for the next time, or gives the claim back where nothing was decided.
async fn kept(web: &Web, claim: &Claim, answer: Response<Body>) -> Response<Body> {
    let (parts, body) = answer.into_parts();
    let read = to_bytes(body, ANSWER_MAX).await.ok();
    // What is too long to be kept is worked out anew the next time.
    let short = read.as_ref().filter(|bytes| bytes.len() <= BODY_MAX);
    let text = short.and_then(|bytes| std::str::from_utf8(bytes).ok());
    let outcome = match text.filter(|_| !parts.status.is_server_error()) {
        Some(text) => web.app.answer_request(claim, parts.status.as_u16(), text).await,
        None => web.app.release_request(claim).await,
    };
    if let Err(error) = outcome {
        // The claim runs out; the request is done again then, and finds that it was done.
        tracing::warn!(%error, "an answer was not kept");
    }
    match read {
        Some(bytes) => Response::from_parts(parts, Body::from(bytes)),
        None => Problem::new(problem::INTERNAL, "the answer is too large").into_response(),
    }
}
