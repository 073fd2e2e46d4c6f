//! A runner in training with something of everything, and programs that ask the API.

use crate::common::House;
use crate::trained::in_training;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use hermes_app::clock::Clock;
use hermes_app::{App, Newcomer, Runner};
use hermes_engine::record::Preferences;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tokio::sync::OnceCell;
use tower::ServiceExt;

pub(crate) const HOST: &str = "127.0.0.1:8080";
/// A Wednesday, a week without a run after the last one.
pub(crate) const TODAY: &str = "2026-11-25";
/// The Saturday after it.
pub(crate) const SATURDAY: &str = "2026-11-28";

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.body))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }

    /// Fails unless it is a whole problem of a kind; what it says in detail.
    pub(crate) fn problem(&self, status: u16, slug: &str) -> String {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.body);
        let problem = self.json();
        assert_eq!(problem["type"], format!("/api/problems/{slug}"), "{problem}");
        assert_eq!(problem["status"], status, "{problem}");
        assert!(problem["title"].as_str().is_some_and(|t| t.len() > 8), "{problem}");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.len() > 10 && detail.ends_with(['.', '!', '?']), "{problem}");
        for error in problem["errors"].as_array().into_iter().flatten() {
            assert!(error["field"].is_string() && error["message"].is_string(), "{problem}");
        }
        detail.to_owned()
    }
}

/// A clock that can be moved, and goes on by a millisecond whenever it is read.
#[derive(Clone)]
pub(crate) struct Movable(Arc<AtomicI64>);

impl Movable {
    pub(crate) fn forward(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1000, Ordering::Relaxed);
    }
}

impl Clock for Movable {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.0.fetch_add(1, Ordering::Relaxed)).unwrap()
    }
}

/// A program that asks.
#[derive(Clone)]
pub(crate) struct Client {
    router: Router,
    pub(crate) cookie: Option<String>,
}

impl Client {
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = answer.into_parts();
        let bytes = to_bytes(body, 10_000_000).await.unwrap();
        let body = String::from_utf8(bytes.to_vec()).unwrap();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    pub(crate) fn request(&self, method: &str, path: &str) -> axum::http::request::Builder {
        let path =
            if path.starts_with("/api") { path.to_owned() } else { format!("/api/v1{path}") };
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let request = Request::builder().method(method).uri(path).header(header::HOST, HOST);
        match &self.cookie {
            Some(cookie) => request.header(header::COOKIE, cookie),
            None => request,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(self.request("GET", path).body(Body::empty()).unwrap()).await
    }

    /// What is written on a page, piece by piece.
    pub(crate) async fn said_on(&self, page: &str) -> Vec<String> {
        let cookie = self.cookie.as_deref().unwrap_or_default();
        let request = Request::builder().uri(page).header(header::HOST, HOST);
        let request = request.header(header::COOKIE, cookie).body(Body::empty()).unwrap();
        let answer = self.send(request).await;
        assert_eq!(answer.status, StatusCode::OK, "{page}: {}", answer.body);
        let pieces = answer.body.split('<').filter_map(|part| Some(part.split_once('>')?.1.trim()));
        let plain = |s: &str| s.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">");
        let pieces = pieces.filter(|s| !s.is_empty());
        pieces.map(|s| plain(s).replace("&amp;", "&")).collect()
    }

    /// A good answer to a reading request.
    pub(crate) async fn read(&self, path: &str) -> Value {
        let answer = self.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
        answer.json()
    }

    pub(crate) async fn write(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.write_with(method, path, body, &[]).await
    }

    pub(crate) async fn write_with(
        &self,
        method: &str,
        path: &str,
        body: &Value,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = self.request(method, path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if method == "DELETE" {
            return self.send(request.body(Body::empty()).unwrap()).await;
        }
        let request = request.header(header::CONTENT_TYPE, "application/json");
        self.send(request.body(body.to_string().into()).unwrap()).await
    }
}

/// The database of a runner in training; he is trained once.
async fn trained() -> &'static [u8] {
    static FIRST: OnceCell<Vec<u8>> = OnceCell::const_new();
    let first = FIRST.get_or_init(async || {
        let house = House::new().await;
        in_training(&house, 3).await;
        house.app.close().await;
        std::fs::read(house.dir.path().join("hermes.db")).unwrap()
    });
    first.await
}

/// What tests need.
pub(crate) struct World {
    house: House,
    pub(crate) app: App,
    pub(crate) clock: Movable,
    pub(crate) owner: Runner,
    pub(crate) client: Client,
}

impl World {
    /// A year of runs, three weeks of plans, a race ahead, this week published, a check-in open.
    pub(crate) async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("hermes.db");
        std::fs::write(&file, trained().await).unwrap();
        let later: Timestamp = format!("{TODAY}T09:00:00Z").parse().unwrap();
        let clock = Movable(Arc::new(AtomicI64::new(later.as_millisecond())));
        let url = format!("sqlite:{}", file.display());
        let app = App::open(&url, Arc::new(clock.clone())).await.unwrap();
        let house = House { app: app.clone(), dir };
        let owner = app.owner().await.unwrap();
        app.today_view(&owner).await.unwrap();
        let router = hermes_web::router(app.clone(), &house.config(HOST.parse().unwrap()));
        let client = Client { router, cookie: None };
        let mut world = Self { house, app, clock, owner, client };
        world.client = world.client_with(&world.house.token().await).await;
        world
    }

    /// The same program at another process on the same database.
    pub(crate) async fn elsewhere(&self) -> Client {
        let url = format!("sqlite:{}", self.house.dir.path().join("hermes.db").display());
        let app = App::open(&url, Arc::new(self.clock.clone())).await.unwrap();
        let router = hermes_web::router(app, &self.house.config(HOST.parse().unwrap()));
        Client { router, ..self.client.clone() }
    }

    /// A program that signed in with a link.
    async fn client_with(&self, link: &str) -> Client {
        let session = self.app.sign_in(link).await.unwrap().unwrap();
        Client { cookie: Some(format!("hermes_8080={session}")), ..self.client.clone() }
    }

    /// Somebody else, with preferences and nothing more.
    pub(crate) async fn stranger(&self) -> Client {
        let newcomer = Newcomer {
            time_zone: "UTC".to_owned(),
            preferences: Preferences::default(),
            activities: Vec::new(),
            goal: None,
        };
        let id = self.app.add_newcomers(&[newcomer]).await.unwrap()[0];
        self.client_with(&self.app.sign_in_link(id).await.unwrap()).await
    }

    /// The owner's ids, one for each place of an address, in the words of the document.
    pub(crate) async fn ids(&self) -> Ids {
        let client = &self.client;
        let first = async |path: &str| client.read(path).await["items"][0]["id"].clone();
        let week = client.read(&format!("/plan/weeks/{TODAY}")).await;
        let report = json!({"kind": "pain", "part": "calf", "severity": 1});
        let reported = client.write("POST", "/health/reports", &report).await;
        assert_eq!(reported.status, StatusCode::CREATED, "{}", reported.body);
        let skip = json!({"change": {"do": "pin", "day": SATURDAY},
            "revision": self.revision().await, "reason": "a test"});
        let saved = client.write("POST", "/plan/edits", &skip).await;
        assert_eq!(saved.status, StatusCode::OK, "{} {week}", saved.body);
        let activity = first("/activities").await.as_i64().unwrap();
        let text = |value: Value| value.as_str().unwrap().to_owned();
        let sources = client.read(&format!("/activities/{activity}")).await;
        Ids {
            goal: text(first("/goals").await),
            record: text(reported.json()["id"].clone()),
            edit: text(first("/plan/edits").await),
            import: text(first("/imports").await),
            check_in: text(first("/check-ins").await),
            source: text(sources["sources"][0]["id"].clone()),
            activity,
        }
    }

    /// The revision of this week's plan.
    pub(crate) async fn revision(&self) -> i64 {
        self.client.read(&format!("/plan/weeks/{TODAY}")).await["revision"].as_i64().unwrap()
    }
}

pub(crate) struct Ids {
    pub(crate) goal: String,
    pub(crate) record: String,
    pub(crate) edit: String,
    pub(crate) import: String,
    pub(crate) check_in: String,
    pub(crate) source: String,
    pub(crate) activity: i64,
}

impl Ids {
    /// The address with its places filled in.
    pub(crate) fn fill(&self, path: &str) -> String {
        let path = path.replace("{day}", SATURDAY);
        if !path.contains("{id}") {
            return path;
        }
        let id = match path.split('/').nth(1) {
            Some("goals") => self.goal.clone(),
            Some("health") => self.record.clone(),
            Some("plan") => self.edit.clone(),
            Some("imports") => self.import.clone(),
            Some("check-ins") => self.check_in.clone(),
            Some("activities") => self.activity.to_string(),
            _ => panic!("{path} has an id that this test does not know: name one here"),
        };
        path.replace("{id}", &id)
    }

    /// A body that an operation takes.
    pub(crate) fn body(&self, operation: &str) -> Value {
        match operation {
            "POST /plan/edits/preview" => json!({"change": {"do": "harder", "day": SATURDAY}}),
            "POST /plan/edits" => {
                json!({"change": {"do": "skip", "day": SATURDAY}, "revision": 0})
            }
            "POST /goals" => json!({"distance": "10K", "day": "2027-06-13"}),
            "PUT /preferences" => {
                json!({"run_days": ["Monday", "Sunday"], "week_start": "monday", "units": "km"})
            }
            "POST /health/reports" | "POST /health/reports/preview" => {
                json!({"kind": "illness", "severity": 3})
            }
            "POST /health/records/{id}/clear" => json!({"cleared": true}),
            "POST /check-ins/{id}/answer" => json!({"answer": "busy"}),
            "PUT /feedback" => json!({"sleep": 4}),
            "POST /send-it" => json!({"days": 3, "agreed": true}),
            "POST /activities" => {
                json!({"day": TODAY, "time": "06:30", "distance_m": 5000, "moving_s": 1700})
            }
            "POST /activities/{id}/split" => json!({"source": self.source}),
            "POST /activities/{id}/merge" => json!({"with": -7}),
            "PUT /activities/{id}/type" => json!({"type": "Ride"}),
            "PUT /activities/{id}/mark" => json!({"mark": "excluded"}),
            "POST /plan/publish"
            | "POST /plan/edits/{id}/undo"
            | "POST /send-it/end"
            | "POST /imports/{id}/undo"
            | "POST /strava/sync"
            | "POST /strava/disconnect"
            | "DELETE /activities/{id}/type"
            | "DELETE /goals/{id}" => json!({}),
            other => panic!("{other} is a write that this test does not know: give a body here"),
        }
    }
}

/// Every operation of the served document: method and path.
pub(crate) async fn operations(client: &Client) -> Vec<(String, String)> {
    let document = client.read("/openapi.json").await;
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            all.push((method.to_uppercase(), path.clone()));
        }
    }
    assert!(all.len() > 45, "{}", all.len());
    all
}
