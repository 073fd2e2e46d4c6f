//! What stands before every route: the Host check, the same-origin check, the security headers.

use crate::{Config, Web, fault};
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::uri::Authority;
use axum::http::{Response, StatusCode};
use axum::middleware::{self, Next};
use axum::response::IntoResponse;
use std::net::{IpAddr, SocketAddr};
use tower_http::csrf::{CsrfLayer, ProtectionError, ResponseForProtectionError};

/// Only our own files, no inline script or style, no frames, forms only to ourselves.
const CONTENT_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; \
    img-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; \
    form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

const HEADERS: [(HeaderName, &str); 5] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Wraps the routes in the Host check and gives every answer the security headers.
/// `refuse` answers what is meant for another host.
pub(crate) fn around(
    routes: Router<Web>,
    config: &Config,
    refuse: fn(SocketAddr) -> Response<Body>,
) -> Router<Web> {
    let bind = config.bind;
    routes.layer(middleware::from_fn(move |request: Request, next: Next| async move {
        let known = host(&request).is_some_and(|host| is_ours(&host, bind));
        let answer = if known { next.run(request).await } else { refuse(bind) };
        with_headers(answer)
    }))
}

/// The sentence for a request that is meant for another host.
pub(crate) fn misdirection(bind: SocketAddr) -> String {
    format!(
        "This Hermes answers only to http://localhost:{0} and http://127.0.0.1:{0}.",
        bind.port()
    )
}

/// That as a page has it.
pub(crate) fn misdirected(bind: SocketAddr) -> Response<Body> {
    (StatusCode::MISDIRECTED_REQUEST, misdirection(bind)).into_response()
}

fn with_headers(mut answer: Response<Body>) -> Response<Body> {
    let headers = answer.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // Pages are personal: neither a cache nor the back button after signing out shows them.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    answer
}

/// What the request calls this server; `None` without a name, or with two that differ.
fn host(request: &Request) -> Option<Authority> {
    let mut named = request.headers().get_all(header::HOST).iter();
    let first = named.next().map(|v| v.to_str().ok()?.parse::<Authority>().ok());
    if named.next().is_some() {
        return None;
    }
    let target = request.uri().authority().cloned();
    match (target, first) {
        (Some(target), Some(Some(host))) => (target == host).then_some(host),
        (None, Some(host)) => host,
        (target, None) => target,
        (Some(_), Some(None)) => None,
    }
}

/// A name that a foreign site points at 127.0.0.1 ("DNS rebinding") is not one of ours.
fn is_ours(host: &Authority, bind: SocketAddr) -> bool {
    if host.as_str().contains('@') || host.port_u16().unwrap_or(80) != bind.port() {
        return false;
    }
    let name = host.host();
    let bare = name.strip_prefix('[').and_then(|n| n.strip_suffix(']')).unwrap_or(name);
    name.eq_ignore_ascii_case("localhost")
        || matches!(name, "127.0.0.1" | "[::1]")
        || bare.parse::<IpAddr>() == Ok(bind.ip())
}

/// Refuses changes that another site's page asks for, by Sec-Fetch-Site and Origin.
pub(crate) fn same_origin() -> CsrfLayer<ForeignPage> {
    CsrfLayer::new().with_rejection_response(ForeignPage)
}

/// The answer to another site's request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ForeignPage;

impl ResponseForProtectionError<Body> for ForeignPage {
    fn response_for_protection_error(&mut self, _: ProtectionError) -> Response<Body> {
        fault::refused(
            StatusCode::FORBIDDEN,
            "That request came from another site, so nothing was changed. Do it again from a page \
             of Hermes.",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::{Authority, is_ours};

    #[test]
    fn only_loopback_names_with_the_served_port_are_ours() {
        let ours = |host: &str, bind: &str| {
            let host: Result<Authority, _> = host.parse();
            host.is_ok_and(|h| is_ours(&h, bind.parse().unwrap()))
        };
        for good in ["localhost:8080", "LocalHost:8080", "127.0.0.1:8080", "[::1]:8080"] {
            assert!(ours(good, "127.0.0.1:8080"), "{good}");
        }
        for bad in [
            "localhost",
            "localhost:8081",
            "evil.example:8080",
            "127.0.0.1.evil.example:8080",
            "a@localhost:8080",
            "127.0.0.2:8080",
            "",
        ] {
            assert!(!ours(bad, "127.0.0.1:8080"), "{bad}");
        }
        assert!(ours("localhost", "127.0.0.1:80"));
        assert!(ours("127.0.0.2:8080", "127.0.0.2:8080"));
    }
}
