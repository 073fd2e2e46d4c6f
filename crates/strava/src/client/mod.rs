//! The client of Strava's API: OAuth, activities, streams, webhooks.
//!
//! - Tokens travel in the `Authorization` header and secrets in bodies. One request holds the
//!   application's secret in its address, since Strava reads it nowhere else:
//!   [`Client::subscription`], which only a person starts. No error and no log holds an address.
//! - Every request has a time limit and every answer a size limit.
//! - Nothing is retried here: whoever asks decides when to ask again.
//! - Hosts come from the configuration: Strava's own move in 2027, and the simulator's are others.

mod activity;
mod error;
mod limits;
mod oauth;
mod push;
mod raw;
mod streams;

pub use activity::{Activity, Page};
pub use error::{Cause, Refusal, StravaError};
pub use limits::{Limits, Window, Windows};
pub use oauth::{Athlete, Grant, Scope, Scopes, Tokens};
pub use push::{Aspect, Event, Subscription};
pub use streams::{SAMPLES_MAX, Streams};

use jiff::Timestamp;
use reqwest::header::AUTHORIZATION;
use reqwest::{Method, RequestBuilder, Response, Url};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use std::time::Duration;

/// Strava's host for OAuth.
pub const OAUTH_HOST: &str = "https://www.strava.com";
/// The base of the API until 2027.
pub const API_BASE: &str = "https://www.strava.com/api/v3";
/// Activities of a page: the most that Strava gives.
pub const PER_PAGE: u32 = 200;
/// Time for a whole request.
pub const ANSWER_TIME: Duration = Duration::from_secs(30);
/// Time to connect.
const CONNECT_TIME: Duration = Duration::from_secs(10);
/// Largest answer. Streams of a day's run are below a quarter of it.
pub const ANSWER_BYTES_MAX: usize = 32 << 20;
/// Largest answer that says no: more of it is not read.
const REFUSAL_BYTES_MAX: usize = 64 << 10;
/// How Hermes calls itself.
const AGENT: &str = concat!("hermes/", env!("CARGO_PKG_VERSION"));

/// The result of a request.
pub type Result<T, E = StravaError> = std::result::Result<T, E>;

/// How a permission is given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RevokeStyle {
    /// `oauth/revoke`, since June 2026.
    #[default]
    Revoke,
    /// `oauth/deauthorize`, until June 2027.
    Deauthorize,
}

/// Which application of Strava's this Hermes is, and where Strava is.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Scheme and host of OAuth, without a slash at the end.
    pub oauth_host: String,
    /// The API's base, without a slash at the end.
    pub api_base: String,
    /// The application's number.
    pub client_id: String,
    /// The application's secret.
    pub client_secret: SecretString,
    /// How permissions are given back.
    pub revoke: RevokeStyle,
    /// Time for a whole request.
    pub answer_time: Duration,
}

impl Settings {
    /// Strava's own hosts.
    #[must_use]
    pub fn of(client_id: String, client_secret: SecretString) -> Self {
        Self {
            oauth_host: OAUTH_HOST.to_owned(),
            api_base: API_BASE.to_owned(),
            client_id,
            client_secret,
            revoke: RevokeStyle::default(),
            answer_time: ANSWER_TIME,
        }
    }
}

/// An answer, with what it says of the application's limits.
#[derive(Debug, Clone)]
pub struct Answer<T> {
    /// What was asked for.
    pub value: T,
    /// The limits.
    pub limits: Limits,
}

/// A span of starts of activities; everything by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// Only those that began after this.
    pub after: Option<Timestamp>,
    /// Only those that began before this.
    pub before: Option<Timestamp>,
}

/// A client. Cheap to clone; clones share their connections.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    settings: Settings,
}

impl Client {
    /// A client of these settings; nothing is asked yet.
    ///
    /// # Errors
    /// [`StravaError::Config`] where a host is no address of `https` (or of `http` on this
    /// machine), or the system's certificates cannot be read.
    pub fn new(settings: Settings) -> Result<Self> {
        for base in [&settings.oauth_host, &settings.api_base] {
            check_base(base)?;
        }
        // Where another part of the process has chosen one already, that one is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .user_agent(AGENT)
            .connect_timeout(CONNECT_TIME)
            .timeout(settings.answer_time)
            // A redirect could carry a token to somebody else.
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|e| {
                StravaError::Config(format!("no connection to Strava can be made: {e}"))
            })?;
        Ok(Self { http, settings })
    }

    /// Where a runner is sent to grant permission. `state` comes back with the answer.
    #[must_use]
    pub fn authorize_url(&self, redirect: &str, state: &str, force: bool) -> String {
        let scopes: Vec<_> = Scope::ASKED.iter().map(|scope| scope.name()).collect();
        let prompt = if force { "force" } else { "auto" };
        let base = format!("{}/oauth/authorize", self.settings.oauth_host);
        let query = [
            ("client_id", self.settings.client_id.as_str()),
            ("redirect_uri", redirect),
            ("response_type", "code"),
            ("approval_prompt", prompt),
            ("scope", &scopes.join(",")),
            ("state", state),
        ];
        Url::parse_with_params(&base, query).map_or(base, String::from)
    }

    /// Exchanges the code that a runner came back with.
    ///
    /// # Errors
    /// [`Cause::Code`] for a code that is wrong, used or too old; as every request.
    pub async fn exchange(&self, code: &SecretString) -> Result<Answer<Grant>> {
        let form = [("code", code.expose_secret()), ("grant_type", "authorization_code")];
        let answer = self.token(&form).await?;
        let grant = |value: &Value| {
            let athlete = Athlete::read(value.get("athlete")?)?;
            Some(Grant { tokens: Tokens::read(value)?, athlete })
        };
        checked(&answer, "the tokens are missing", grant)
    }

    /// New tokens for a refresh token. The old one may be dead from the answer on.
    ///
    /// # Errors
    /// [`Cause::RefreshToken`] for one that is not valid any more; as every request.
    pub async fn refresh(&self, refresh: &SecretString) -> Result<Answer<Tokens>> {
        let form = [("refresh_token", refresh.expose_secret()), ("grant_type", "refresh_token")];
        checked(&self.token(&form).await?, "the tokens are missing", Tokens::read)
    }

    /// Gives a permission back. Revoking one of the tokens revokes both.
    ///
    /// # Errors
    /// As every request.
    pub async fn revoke(&self, tokens: &Tokens) -> Result<Limits> {
        let (host, s) = (&self.settings.oauth_host, &self.settings);
        let request = match s.revoke {
            RevokeStyle::Revoke => self
                .http
                .post(format!("{host}/oauth/revoke"))
                .basic_auth(&s.client_id, Some(s.client_secret.expose_secret()))
                .form(&[
                    ("token", tokens.refresh.expose_secret()),
                    ("token_type_hint", "refresh_token"),
                ]),
            RevokeStyle::Deauthorize => {
                bearer(self.http.post(format!("{host}/oauth/deauthorize")), &tokens.access)
            }
        };
        Ok(self.answer(request).await?.limits)
    }

    /// The athlete of a token.
    ///
    /// # Errors
    /// As every request.
    pub async fn athlete(&self, token: &SecretString) -> Result<Answer<Athlete>> {
        let answer = self.get("/athlete", &[], token).await?;
        checked(&answer, "it is no athlete", Athlete::read)
    }

    /// A page of the athlete's activities in a span, from page 1 on; [`PER_PAGE`] at most, in no
    /// order to rely on. Pages may be short: the last one is the one without entries.
    ///
    /// # Errors
    /// As every request.
    pub async fn activities(
        &self,
        token: &SecretString,
        span: Span,
        page: u32,
    ) -> Result<Answer<Page>> {
        let mut query = vec![("page", page.to_string()), ("per_page", PER_PAGE.to_string())];
        // Seconds: milliseconds are refused as a time to come.
        query.extend(span.after.map(|at| ("after", at.as_second().to_string())));
        query.extend(span.before.map(|at| ("before", at.as_second().to_string())));
        let answer = self.get("/athlete/activities", &query, token).await?;
        checked(&answer, "it is no list of activities", Page::read)
    }

    /// An activity with its details.
    ///
    /// # Errors
    /// [`Cause::NotFound`] for one that is not there or may not be seen; as every request.
    pub async fn activity(&self, token: &SecretString, id: i64) -> Result<Answer<Activity>> {
        let query = [("include_all_efforts", "false".to_owned())];
        let answer = self.get(&format!("/activities/{id}"), &query, token).await?;
        checked(&answer, "it is no activity", |v| Activity::read(v).filter(|a| a.id == id))
    }

    /// The streams of an activity; `None` where there are none, which is normal for one that was
    /// typed in.
    ///
    /// # Errors
    /// As every request.
    pub async fn streams(&self, token: &SecretString, id: i64) -> Result<Answer<Option<Streams>>> {
        let query = [("keys", streams::KEYS.to_owned()), ("key_by_type", "true".to_owned())];
        match self.get(&format!("/activities/{id}/streams"), &query, token).await {
            Ok(Answer { value, limits }) => Ok(Answer { value: Streams::read(&value), limits }),
            Err(StravaError::Refused(no)) if no.cause == Cause::NotFound => {
                Ok(Answer { value: None, limits: no.limits })
            }
            Err(error) => Err(error),
        }
    }

    /// The application's subscription, if it has one. Strava takes the secret of this request from
    /// the address only: whatever reads addresses between here and Strava (a proxy that ends TLS)
    /// reads it. Asked when somebody subscribes or unsubscribes, never by a job.
    ///
    /// # Errors
    /// As every request.
    pub async fn subscription(&self) -> Result<Option<Subscription>> {
        let request = self.http.get(self.subscriptions()).query(&self.credentials());
        let answer = self.answer(request).await?;
        let list = answer.value.as_array().map(Vec::as_slice).unwrap_or_default();
        Ok(list.iter().find_map(Subscription::read))
    }

    /// Subscribes. During the call Strava asks the callback to prove itself.
    ///
    /// # Errors
    /// [`Cause::Callback`] where it could not; as every request.
    pub async fn subscribe(&self, callback: &str, verify: &SecretString) -> Result<Subscription> {
        let mut form = self.credentials().to_vec();
        form.extend([("callback_url", callback), ("verify_token", verify.expose_secret())]);
        let answer = self.answer(self.http.post(self.subscriptions()).form(&form)).await?;
        Ok(checked(&answer, "it is no subscription", Subscription::read)?.value)
    }

    /// Ends a subscription; one that is not there is no error.
    ///
    /// # Errors
    /// As every request.
    pub async fn unsubscribe(&self, id: i64) -> Result<()> {
        let url = format!("{}/{id}", self.subscriptions());
        // The secret travels in the body: an address may be written down on the way.
        let request = self.http.request(Method::DELETE, url).form(&self.credentials());
        match self.answer(request).await {
            Err(StravaError::Refused(no)) if no.cause == Cause::NotFound => Ok(()),
            other => other.map(drop),
        }
    }

    fn subscriptions(&self) -> String {
        format!("{}/push_subscriptions", self.settings.api_base)
    }

    fn credentials(&self) -> [(&'static str, &str); 2] {
        let secret = self.settings.client_secret.expose_secret();
        [("client_id", &self.settings.client_id), ("client_secret", secret)]
    }

    async fn token(&self, form: &[(&'static str, &str)]) -> Result<Answer<Value>> {
        let form = [&self.credentials(), form].concat();
        let url = format!("{}/oauth/token", self.settings.oauth_host);
        self.answer(self.http.post(url).form(&form)).await
    }

    async fn get(
        &self,
        path: &str,
        query: &[(&'static str, String)],
        token: &SecretString,
    ) -> Result<Answer<Value>> {
        let request = self.http.get(format!("{}{path}", self.settings.api_base)).query(query);
        self.answer(bearer(request, token)).await
    }

    /// Sends a request and reads the answer as JSON; an empty one is `null`.
    async fn answer(&self, request: RequestBuilder) -> Result<Answer<Value>> {
        let mut response = request.send().await.map_err(StravaError::of)?;
        let limits = Limits::of(response.headers());
        let status = response.status();
        if !status.is_success() {
            // Why it could not be read whole is of no interest: the status says enough.
            let body = body(&mut response, REFUSAL_BYTES_MAX).await.unwrap_or_default();
            let refusal = Refusal::of(status.as_u16(), &body, limits);
            return Err(StravaError::Refused(Box::new(refusal)));
        }
        let body = body(&mut response, ANSWER_BYTES_MAX).await?;
        if body.is_empty() {
            return Ok(Answer { value: Value::Null, limits });
        }
        let value = serde_json::from_slice(&body)
            .map_err(|e| StravaError::Unreadable(format!("it is no JSON at line {}", e.line())))?;
        Ok(Answer { value, limits })
    }
}

fn bearer(request: RequestBuilder, token: &SecretString) -> RequestBuilder {
    request.header(AUTHORIZATION, format!("Bearer {}", token.expose_secret()))
}

async fn body(response: &mut Response, limit: usize) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(StravaError::of)? {
        if body.len() + chunk.len() > limit {
            return Err(StravaError::TooLarge(limit));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn checked<T>(
    answer: &Answer<Value>,
    what: &str,
    read: impl FnOnce(&Value) -> Option<T>,
) -> Result<Answer<T>> {
    let value = read(&answer.value).ok_or_else(|| StravaError::Unreadable(what.to_owned()))?;
    Ok(Answer { value, limits: answer.limits })
}

/// Secrets go to `https` only, or to this very machine.
fn check_base(base: &str) -> Result<()> {
    let wrong = |why: &str| {
        Err(StravaError::Config(format!(
            "\"{base}\" cannot be Strava's address: {why}; write it like {API_BASE}"
        )))
    };
    let Ok(url) = Url::parse(base) else { return wrong("it is no address") };
    let local = matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
    match url.scheme() {
        _ if base.ends_with('/') => wrong("it ends with a slash"),
        "https" => Ok(()),
        "http" if local => Ok(()),
        _ => wrong("only https is safe for tokens"),
    }
}
