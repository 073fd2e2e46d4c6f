//! A simulator whose time stands still, a plain HTTP client, and an application that listens.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::routing::get;
use hermes_strava::sim::{Clock, Options, Simulator};
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::header::HeaderMap;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use jiff::Timestamp;
use serde_json::Value;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::task::JoinHandle;

/// The first moment of every test, unless it says otherwise: a Wednesday.
pub(crate) const FIRST: &str = "2026-11-18T12:07:00Z";
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";
/// All that is asked for.
pub(crate) const ALL: [&str; 4] =
    ["read", "activity:read", "activity:read_all", "profile:read_all"];

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn options() -> Options {
    Options { years: 1, ..Options::new(Clock::stopped(at(FIRST))) }
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Status, message and the one error as `resource/field/code`.
    pub(crate) fn refusal(&self) -> (u16, String, String) {
        let body = self.json();
        let error = &body["errors"][0];
        let part = |name: &str| error[name].as_str().unwrap().to_owned();
        let error = [part("resource"), part("field"), part("code")].join("/");
        (self.status, body["message"].as_str().unwrap().to_owned(), error)
    }
}

pub(crate) struct Scene {
    pub(crate) sim: Simulator,
    client: Client<HttpConnector, Full<Bytes>>,
}

impl Scene {
    pub(crate) async fn new() -> Self {
        Self::with(options()).await
    }

    pub(crate) async fn with(options: Options) -> Self {
        let sim = Simulator::start(options).await.unwrap();
        Self { sim, client: Client::builder(TokioExecutor::new()).build_http() }
    }

    /// Sends a request with `name: value` headers; fails where the connection breaks.
    pub(crate) async fn try_send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Result<Answer, String> {
        let url = format!("{}{path}", self.sim.url());
        let mut request = Request::builder().method(method).uri(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(body.into())).unwrap();
        let response = self.client.request(request).await.map_err(|e| e.to_string())?;
        let (head, body) = response.into_parts();
        let body = body.collect().await.map_err(|e| e.to_string())?.to_bytes();
        let text = String::from_utf8(body.to_vec()).unwrap();
        Ok(Answer { status: head.status.as_u16(), headers: head.headers, text })
    }

    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Answer {
        self.try_send(method, path, headers, body).await.unwrap()
    }

    /// A form to `/oauth/token` with the application's credentials.
    pub(crate) async fn token(&self, more: &str) -> Answer {
        let form = format!("client_id=1&client_secret=secret&{more}");
        self.send("POST", "/oauth/token", &[("content-type", FORM)], form).await
    }

    /// An access token and a refresh token of an athlete with these scopes.
    pub(crate) async fn connect(&self, athlete: i64, scopes: &[&str]) -> (String, String) {
        let code = self.sim.consent(athlete, scopes);
        let answer = self.token(&format!("grant_type=authorization_code&code={code}")).await;
        pair(&answer)
    }

    pub(crate) async fn get(&self, token: &str, path: &str) -> Answer {
        let bearer = format!("Bearer {token}");
        self.send("GET", &format!("/api/v3{path}"), &[("authorization", &bearer)], "").await
    }

    /// Every activity that the list gives, page by page.
    pub(crate) async fn all(&self, token: &str, query: &str) -> Vec<Value> {
        let mut all = Vec::new();
        for page in 1.. {
            let path = format!("/athlete/activities?per_page=200&page={page}{query}");
            let answer = self.get(token, &path).await;
            assert_eq!(answer.status, 200, "{answer:?}");
            let list = answer.json().as_array().unwrap().clone();
            if list.is_empty() {
                break;
            }
            all.extend(list);
        }
        all
    }

    /// Subscribes an application; the subscription's id.
    pub(crate) async fn subscribe(&self, callback: &str) -> Answer {
        let form =
            format!("client_id=1&client_secret=secret&verify_token=t&callback_url={callback}");
        let kind = [("content-type", FORM)];
        self.send("POST", "/api/v3/push_subscriptions", &kind, form).await
    }
}

/// The tokens of an answer.
pub(crate) fn pair(answer: &Answer) -> (String, String) {
    assert_eq!(answer.status, 200, "{answer:?}");
    let body = answer.json();
    let text = |name: &str| body[name].as_str().unwrap().to_owned();
    (text("access_token"), text("refresh_token"))
}

/// How an application answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// As it should.
    Good,
    /// 500 the first two times.
    Third,
    /// 404 to everything.
    Lost,
    /// After longer than Strava waits.
    Slow,
    /// 200 without the challenge.
    Deaf,
}

struct Listening {
    manner: Manner,
    heard: Mutex<Vec<Value>>,
}

/// An application's webhook.
pub(crate) struct Application {
    address: SocketAddr,
    listening: Arc<Listening>,
    server: JoinHandle<std::io::Result<()>>,
}

impl Application {
    pub(crate) async fn new(manner: Manner) -> Self {
        let listening = Arc::new(Listening { manner, heard: Mutex::default() });
        let router = Router::new().route("/hook", get(challenged).post(heard));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = axum::serve(listener, router.with_state(listening.clone()));
        let server = tokio::spawn(async move { server.await });
        Self { address, listening, server }
    }

    pub(crate) fn callback(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    /// It goes away, between two requests.
    pub(crate) async fn close(self) {
        self.server.abort();
        // Aborted: an error of course.
        let _ = self.server.await;
        while tokio::net::TcpStream::connect(self.address).await.is_ok() {
            tokio::task::yield_now().await;
        }
    }

    /// The events so far, as they came.
    pub(crate) fn heard(&self) -> Vec<Value> {
        self.listening.heard.lock().unwrap().clone()
    }
}

async fn challenged(
    State(listening): State<Arc<Listening>>,
    RawQuery(query): RawQuery,
) -> (StatusCode, String) {
    let query = query.unwrap_or_default();
    let value = |name: &str| {
        let pair = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        pair.unwrap_or_default().to_owned()
    };
    assert_eq!(
        (value("hub.mode").as_str(), value("hub.verify_token").as_str()),
        ("subscribe", "t")
    );
    let challenge = value("hub.challenge");
    match listening.manner {
        Manner::Lost => return (StatusCode::NOT_FOUND, String::new()),
        Manner::Deaf => return (StatusCode::OK, "{}".to_owned()),
        Manner::Slow => tokio::time::sleep(Duration::from_secs(3)).await,
        Manner::Good | Manner::Third => {}
    }
    (StatusCode::OK, serde_json::json!({ "hub.challenge": challenge }).to_string())
}

async fn heard(State(listening): State<Arc<Listening>>, body: Bytes) -> StatusCode {
    let mut heard = listening.heard.lock().unwrap();
    heard.push(serde_json::from_slice(&body).unwrap());
    match listening.manner {
        Manner::Third if heard.len() < 3 => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::OK,
    }
}
