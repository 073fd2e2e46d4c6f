//! ETags: what a reader has already is not sent again.

use super::problem::{self, Problem};
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::header::{CACHE_CONTROL, CONTENT_LENGTH, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

/// Kept by the reader alone, and asked about each time.
const PRIVATE: HeaderValue = HeaderValue::from_static("private, no-cache");
/// Most bytes of an answer that is read; all are bounded by their pages.
pub(super) const ANSWER_MAX: usize = 16 * 1024 * 1024;

/// Gives every good answer to a reading request a strong ETag from its bytes, and answers 304
/// where the reader has them.
pub(super) async fn tagged(mut request: Request, next: Next) -> Response {
    let head = request.method() == Method::HEAD;
    if !head && request.method() != Method::GET {
        return next.run(request).await;
    }
    // An ETag of HEAD is that of GET.
    *request.method_mut() = Method::GET;
    let known = request.headers().clone();
    let answer = next.run(request).await;
    if answer.status() != StatusCode::OK {
        return answer;
    }
    let (mut parts, body) = answer.into_parts();
    let Ok(bytes) = to_bytes(body, ANSWER_MAX).await else {
        return Problem::new(problem::INTERNAL, "the answer is too large").into_response();
    };
    let tag = etag(&bytes);
    let has = is_known(&known, &tag);
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        parts.headers.insert(ETAG, tag);
    }
    parts.headers.insert(CACHE_CONTROL, PRIVATE);
    if has {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(CONTENT_LENGTH);
        parts.headers.remove(axum::http::header::CONTENT_TYPE);
        return Response::from_parts(parts, Body::empty());
    }
    let body = if head { Body::empty() } else { Body::from(bytes) };
    Response::from_parts(parts, body)
}

/// From the bytes: equal answers have equal tags, on whichever server.
fn etag(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    let hex: String = digest.iter().take(16).map(|b| format!("{b:02x}")).collect();
    format!("\"{hex}\"")
}

/// Does the reader have it? Weak tags compare like strong ones here (RFC 9110, 13.1.2).
fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let lines = headers.get_all(IF_NONE_MATCH).iter().filter_map(|line| line.to_str().ok());
    let mut tags = lines.flat_map(|line| line.split(',')).map(str::trim);
    tags.any(|t| t == "*" || t.strip_prefix("W/").unwrap_or(t) == tag)
}

#[cfg(test)]
mod tests {
    use super::{HeaderMap, HeaderValue, IF_NONE_MATCH, etag, is_known};

    #[test]
    fn a_reader_is_believed_in_all_forms() {
        let tag = etag(b"body");
        assert_eq!(tag.len(), 34);
        assert_ne!(tag, etag(b"body "));
        let known = |text: &str| {
            let value = HeaderValue::from_str(text).unwrap();
            is_known(&HeaderMap::from_iter([(IF_NONE_MATCH, value)]), &tag)
        };
        for good in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".to_owned()] {
            assert!(known(&good), "{good}");
        }
        for bad in ["", "\"x\"", "abc", tag.trim_matches('"')] {
            assert!(!known(bad), "{bad}");
        }
        assert!(!is_known(&HeaderMap::new(), &tag));
    }
}
