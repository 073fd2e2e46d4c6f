//! Why Strava did not do what was asked, and what can be done about it.

use super::limits::Limits;
use super::raw::Raw;
use serde_json::Value;
use std::fmt;

/// Longest message of Strava's that is shown, in characters.
const SAID_MAX: usize = 120;

/// Why a request to Strava came to nothing. No variant holds an address, a token or a secret.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum StravaError {
    /// No connection, or it broke.
    #[error("Strava cannot be reached ({0}); Hermes tries again later")]
    Unreachable(String),
    /// No whole answer within the time.
    #[error("Strava did not answer in time; Hermes tries again later")]
    TimedOut,
    /// The answer is larger than any answer should be.
    #[error("Strava's answer is larger than {0} bytes and was not read")]
    TooLarge(usize),
    /// The answer is not what it should be; it may have been cut off.
    #[error("Strava's answer cannot be read ({0}); Hermes tries again later")]
    Unreadable(String),
    /// Strava answered no.
    #[error("{0}")]
    Refused(Box<Refusal>),
    /// The client cannot be made as it is configured.
    #[error("{0}")]
    Config(String),
}

/// Strava's no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// Why.
    pub cause: Cause,
    /// What the answer says of the limits.
    pub limits: Limits,
}

/// Why Strava refused.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// The client id or the secret is wrong.
    Application,
    /// The address to come back to is not within the application's callback domain.
    Redirect,
    /// The code of an authorization is wrong, used up or too old.
    Code,
    /// The refresh token is not valid (any more).
    RefreshToken,
    /// A time lies in the future.
    Future,
    /// The athlete did not grant a permission.
    Scope(String),
    /// The access token is not valid (any more).
    AccessToken,
    /// The application is inactive.
    Inactive,
    /// There is nothing of that id, or it may not be seen.
    NotFound,
    /// Too many requests.
    RateLimited,
    /// The webhook's address could not be verified.
    Callback(String),
    /// Strava itself failed.
    Broken,
    /// Something else, in Strava's words.
    Other(String),
}

impl Refusal {
    /// From an answer; by status and the first error's resource, field and code, since Strava's
    /// words change and its bodies may be empty.
    pub(super) fn of(status: u16, body: &[u8], limits: Limits) -> Self {
        let body = serde_json::from_slice(body).unwrap_or(Value::Null);
        let raw = Raw::of(&body);
        let errors = raw.value("errors").and_then(Value::as_array);
        let error = errors.and_then(|errors| errors.first()).unwrap_or(&Value::Null);
        let word = |key| Raw::of(error).text(key).unwrap_or_default();
        let (resource, field, code) = (word("resource"), word("field"), word("code"));
        let lower = |text: &str| text.to_ascii_lowercase();
        let said = || {
            let message = raw.text("message").unwrap_or_default();
            let said = [message.as_str(), &resource, &field, &code].map(str::trim).join(" ");
            said.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(SAID_MAX).collect()
        };
        let cause = match (status, lower(&resource).as_str(), lower(&field).as_str()) {
            (429, ..) => Cause::RateLimited,
            (404, ..) => Cause::NotFound,
            (500.., ..) => Cause::Broken,
            (403, "application", "status") if lower(&code) == "inactive" => Cause::Inactive,
            (400, _, "refresh_token") | (400, "refreshtoken", _) => Cause::RefreshToken,
            (400, "authorizationcode" | "requesttoken", _) => Cause::Code,
            (400, _, "redirect_uri") => Cause::Redirect,
            (400, _, "client_id" | "client_secret") => Cause::Application,
            (400, _, "after" | "before") if lower(&code) == "future" => Cause::Future,
            (400, "pushsubscription", _) => Cause::Callback(said()),
            (401, "application", _) => Cause::Application,
            (401 | 403, _, scope)
                if scope.ends_with("_permission") && lower(&code) == "missing" =>
            {
                Cause::Scope(scope.trim_end_matches("_permission").to_owned())
            }
            (401, ..) => Cause::AccessToken,
            _ => Cause::Other(said()),
        };
        Self { status, cause, limits }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.cause {
            Cause::Application => f.write_str(
                "Strava does not know this application: its client id or client secret is wrong; \
                 compare both with strava.com/settings/api",
            ),
            Cause::Redirect => f.write_str(
                "Strava does not accept the address to come back to; set the application's \
                 callback domain at strava.com/settings/api to the host of public_url",
            ),
            Cause::Code => f.write_str(
                "Strava's permission code was used already or is too old; connect again",
            ),
            Cause::RefreshToken | Cause::AccessToken => f.write_str(
                "Strava does not accept the stored permission any more; connect to Strava again",
            ),
            Cause::Future => f.write_str(
                "Strava says that the time asked for lies in the future; set this machine's clock",
            ),
            Cause::Scope(scope) => write!(
                f,
                "the permission \"{scope}\" was not granted; connect to Strava again and leave \
                 every box ticked"
            ),
            Cause::Inactive => f.write_str(
                "Strava has set this application to inactive: its owner needs a Strava \
                 subscription, see strava.com/settings/api; the runner's permission is still good",
            ),
            Cause::NotFound => f.write_str("Strava has nothing of that id, or does not show it"),
            Cause::RateLimited => f.write_str(
                "Strava's request limit is used up; Hermes goes on when the next period begins",
            ),
            Cause::Callback(said) => write!(
                f,
                "Strava could not verify the webhook's address ({said}); it must be reachable \
                 from the internet by https and answer within 2 seconds"
            ),
            Cause::Broken => write!(
                f,
                "Strava failed to answer (HTTP {}); Hermes tries again later",
                self.status
            ),
            Cause::Other(said) if said.is_empty() => {
                write!(f, "Strava refused the request (HTTP {})", self.status)
            }
            Cause::Other(said) => {
                write!(f, "Strava refused the request (HTTP {}: {said})", self.status)
            }
        }
    }
}

impl StravaError {
    /// Why Strava refused, where it did.
    #[must_use]
    pub fn cause(&self) -> Option<&Cause> {
        match self {
            Self::Refused(refusal) => Some(&refusal.cause),
            _ => None,
        }
    }

    /// What a refusal says of the limits.
    #[must_use]
    pub fn limits(&self) -> Limits {
        match self {
            Self::Refused(refusal) => refusal.limits,
            _ => Limits::default(),
        }
    }

    /// Without the address, which may hold what is nobody's business.
    pub(super) fn of(error: reqwest::Error) -> Self {
        if error.is_timeout() {
            return Self::TimedOut;
        }
        let kind = if error.is_connect() { "no connection" } else { "the connection broke" };
        Self::Unreachable(kind.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cause(status: u16, resource: &str, field: &str, code: &str) -> Cause {
        let body = serde_json::json!({ "message": "x", "errors": [
            { "resource": resource, "field": field, "code": code },
        ] });
        Refusal::of(status, body.to_string().as_bytes(), Limits::default()).cause
    }

    #[test]
    fn refusals_are_told_apart_by_status_resource_field_and_code() {
        let scope = Cause::Scope("activity:read".to_owned());
        let table = [
            (400, "Application", "client_id", "invalid", Cause::Application),
            (400, "Application", "redirect_uri", "invalid", Cause::Redirect),
            (400, "AuthorizationCode", "code", "invalid", Cause::Code),
            (400, "RequestToken", "code", "invalid", Cause::Code),
            (400, "RefreshToken", "refresh_token", "invalid", Cause::RefreshToken),
            (400, "Application", "after", "future", Cause::Future),
            (401, "AccessToken", "activity:read_permission", "missing", scope),
            (401, "Application", "", "invalid", Cause::Application),
            (401, "Athlete", "access_token", "invalid", Cause::AccessToken),
            (403, "Application", "Status", "Inactive", Cause::Inactive),
            (404, "Activity", "id", "invalid", Cause::NotFound),
            (429, "Application", "rate limit", "exceeded", Cause::RateLimited),
            (500, "", "", "", Cause::Broken),
            (502, "Application", "rate limit", "exceeded", Cause::Broken),
        ];
        for (status, resource, field, code, expected) in table {
            assert_eq!(cause(status, resource, field, code), expected, "{status} {resource}");
        }
        let callback = cause(400, "PushSubscription", "callback url", "not verifiable");
        assert_eq!(
            callback,
            Cause::Callback("x PushSubscription callback url not verifiable".into())
        );
    }

    /// stravalib#730, ha_strava#324: an inactive application was called a wrong token.
    #[test]
    fn an_inactive_application_is_not_called_a_wrong_token() {
        let said = Refusal {
            status: 403,
            cause: cause(403, "Application", "Status", "Inactive"),
            limits: Limits::default(),
        };
        let said = said.to_string();
        assert!(said.contains("inactive") && said.contains("still good"), "{said}");
    }

    #[test]
    fn empty_and_odd_bodies_are_told_apart_by_status() {
        for body in ["", "<html>", "{}", "[]", "null", "{\"errors\":{}}", "{\"errors\":[1]}"] {
            let cause = |status| Refusal::of(status, body.as_bytes(), Limits::default()).cause;
            assert_eq!(cause(404), Cause::NotFound, "{body}");
            assert_eq!(cause(401), Cause::AccessToken, "{body}");
            assert_eq!(cause(429), Cause::RateLimited, "{body}");
            assert_eq!(cause(503), Cause::Broken, "{body}");
            assert!(matches!(cause(403), Cause::Other(_)), "{body}");
        }
    }
}
