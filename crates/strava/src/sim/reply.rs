//! Answers and Strava's errors.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use serde_json::{Value, json};

/// An answer before it is HTTP.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) body: Content,
    pub(super) headers: Vec<(&'static str, String)>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Content {
    Json(Value),
    Page(String),
    Nothing,
}

/// One of Strava's errors: status, message, resource, field, code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Refusal(
    pub(super) u16,
    pub(super) &'static str,
    pub(super) &'static str,
    pub(super) &'static str,
    pub(super) &'static str,
);

impl Refusal {
    pub(super) const NO_CLIENT: Self =
        Self(400, "Bad Request", "Application", "client_id", "missing");
    pub(super) const BAD_CLIENT: Self =
        Self(400, "Bad Request", "Application", "client_id", "invalid");
    pub(super) const BAD_SECRET: Self =
        Self(401, "Authorization Error", "Application", "", "invalid");
    pub(super) const BAD_REDIRECT: Self =
        Self(400, "Bad Request", "Application", "redirect_uri", "invalid");
    pub(super) const BAD_RESPONSE_TYPE: Self =
        Self(400, "Bad Request", "Application", "response_type", "invalid");
    pub(super) const BAD_SCOPE: Self = Self(400, "Bad Request", "Application", "scope", "invalid");
    pub(super) const BAD_GRANT_TYPE: Self =
        Self(400, "Bad Request", "Application", "grant_type", "invalid");
    pub(super) const BAD_CODE: Self =
        Self(400, "Bad Request", "AuthorizationCode", "code", "invalid");
    pub(super) const BAD_REFRESH: Self =
        Self(400, "Bad Request", "RefreshToken", "refresh_token", "invalid");
    pub(super) const FUTURE: Self = Self(400, "Bad Request", "Application", "after", "future");
    pub(super) const BAD_TOKEN: Self =
        Self(401, "Authorization Error", "Athlete", "access_token", "invalid");
    pub(super) const NO_READ: Self = Self::missing("activity:read_permission");
    pub(super) const NO_WRITE: Self = Self::missing("activity:write_permission");
    pub(super) const NO_PROFILE: Self = Self::missing("profile:read_all_permission");
    pub(super) const INACTIVE: Self = Self(403, "Forbidden", "Application", "Status", "Inactive");
    pub(super) const NOT_YOURS: Self = Self(403, "Forbidden", "Athlete", "id", "forbidden");
    pub(super) const NO_ACTIVITY: Self = Self(404, "Record Not Found", "Activity", "id", "invalid");
    pub(super) const NO_GEAR: Self = Self(404, "Record Not Found", "Gear", "id", "invalid");
    pub(super) const NO_PATH: Self = Self(404, "Record Not Found", "resource", "path", "invalid");
    pub(super) const TOO_MANY: Self =
        Self(429, "Rate Limit Exceeded", "Application", "rate limit", "exceeded");
    pub(super) const SUBSCRIBED: Self =
        Self(400, "Bad Request", "PushSubscription", "", "already exists");
    pub(super) const BAD_CALLBACK: Self =
        Self(400, "Bad Request", "PushSubscription", "callback url", "not verifiable");
    pub(super) const DEAF_CALLBACK: Self = Self(
        400,
        "Bad Request",
        "PushSubscription",
        "callback url",
        "GET to callback URL does not return 200",
    );
    pub(super) const NO_SUBSCRIPTION: Self =
        Self(404, "Record Not Found", "PushSubscription", "id", "invalid");

    const fn missing(field: &'static str) -> Self {
        Self(401, "Authorization Error", "AccessToken", field, "missing")
    }
}

/// A parameter that is no number.
pub(super) fn bad_parameter(field: &str) -> Reply {
    let errors = json!([{ "resource": "Application", "field": field, "code": "invalid" }]);
    Reply::json(400, json!({ "message": "Bad Request", "errors": errors }))
}

impl From<Refusal> for Reply {
    fn from(Refusal(status, message, resource, field, code): Refusal) -> Self {
        let errors = json!([{ "resource": resource, "field": field, "code": code }]);
        Self::json(status, json!({ "message": message, "errors": errors }))
    }
}

impl Reply {
    pub(super) const fn json(status: u16, body: Value) -> Self {
        Self { status, body: Content::Json(body), headers: Vec::new() }
    }

    pub(super) const fn page(status: u16, page: String) -> Self {
        Self { status, body: Content::Page(page), headers: Vec::new() }
    }

    pub(super) const fn empty(status: u16) -> Self {
        Self { status, body: Content::Nothing, headers: Vec::new() }
    }

    pub(super) fn redirect(to: String) -> Self {
        Self { headers: vec![("location", to)], ..Self::empty(302) }
    }

    /// The bytes of the body and their kind.
    pub(super) fn bytes(&self) -> (Vec<u8>, Option<&'static str>) {
        match &self.body {
            Content::Json(value) => {
                (value.to_string().into_bytes(), Some("application/json; charset=utf-8"))
            }
            Content::Page(page) => (page.clone().into_bytes(), Some("text/html; charset=utf-8")),
            Content::Nothing => (Vec::new(), None),
        }
    }

    /// As HTTP, with this body in place of its own.
    pub(super) fn with_body(self, body: Body) -> Response {
        let (_, kind) = self.bytes();
        let mut response = Response::new(body);
        let status = StatusCode::from_u16(self.status);
        *response.status_mut() = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        if let Some(kind) = kind {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        for (name, value) in self.headers {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
        response
    }

    pub(super) fn into_response(self) -> Response {
        let (bytes, _) = self.bytes();
        self.with_body(Body::from(bytes))
    }
}
