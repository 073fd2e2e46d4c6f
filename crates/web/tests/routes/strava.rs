//! The connection to Strava from outside: the way there and back, and what is pushed. Strava is the
//! simulator.

use crate::common::House;
use crate::{Answer, Browser, HOST};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use hermes_app::jobs::{JobFilter, Worker};
use hermes_app::secrets::Keys;
use hermes_app::strava::{Settings, StravaConfig, StravaState, Terms};
use hermes_app::{App, Runner};
use hermes_store::sessions::TokenHash;
use hermes_store::{Options as StoreOptions, Store};
use hermes_strava::sim::{Clock, Options, Simulator};
use jiff::Timestamp;
use std::time::{Duration, Instant};

/// The moment at which the house's clock begins.
const NOW: &str = "2026-11-19T09:00:00Z";
/// What a runner grants who leaves every box ticked.
const ALL: [&str; 3] = ["read", "activity:read", "activity:read_all"];
/// The secret part of the address that Strava was told, and the word it proves itself with.
const SECRET: &str = "3f9c51d2a4e8";
const WORD: &str = "the word";
/// Strava waits for so long.
const PATIENCE: Duration = Duration::from_secs(2);

/// A house whose Strava is a simulator.
struct Scene {
    house: House,
    sim: Simulator,
    store: Store,
    owner: Runner,
    athlete: i64,
}

impl Scene {
    async fn new() -> Self {
        let mut house = House::new().await;
        let now: Timestamp = NOW.parse().unwrap();
        let options = Options { years: 0, ..Options::new(Clock::stopped(now)) };
        let sim = Simulator::start(options).await.unwrap();
        let mut settings = Settings::of("1".to_owned(), "secret".to_owned().into());
        settings.oauth_host = sim.url();
        settings.api_base = format!("{}/api/v3", sim.url());
        let said = "Written permission of Strava's developer team, 2026-02-01";
        let config = StravaConfig {
            settings,
            terms: Terms::read(Some("keep"), Some(said)).unwrap(),
            public_url: format!("http://{HOST}"),
            keys: Keys::in_file(house.dir.path().join("secret.key")),
        };
        house.app.use_strava(config).await.unwrap();
        let url = format!("sqlite:{}", house.dir.path().join("hermes.db").display());
        let store = Store::open(&url, StoreOptions::default()).await.unwrap();
        let owner = house.app.owner().await.unwrap();
        let athlete = sim.athletes()[0].id;
        Self { house, sim, store, owner, athlete }
    }

    async fn state(&self, runner: &Runner) -> StravaState {
        self.house.app.strava_status(runner).await.unwrap().state
    }

    /// The state that a browser is sent to Strava with.
    async fn sent(&self, browser: &Browser) -> String {
        let page = browser.post("/connect/strava", "agree=1").await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        let there = format!("{}/oauth/authorize?client_id=1&amp;", self.sim.url());
        assert!(page.body.contains(&there), "{}", page.body);
        page.body.split("state=").nth(1).unwrap().split('"').next().unwrap().to_owned()
    }

    /// The address that a browser comes back to.
    fn back(&self, state: &str, scopes: &[&str]) -> String {
        let code = self.sim.consent(self.athlete, scopes);
        let scopes = scopes.join(",");
        format!("/connect/strava/callback?state={state}&code={code}&scope={scopes}")
    }

    async fn connected() -> (Self, Browser) {
        let scene = Self::new().await;
        let browser = Browser::signed_in(&scene.house).await;
        let state = scene.sent(&browser).await;
        let answer = browser.get(&scene.back(&state, &ALL)).await;
        assert_eq!(answer.location(), "/connect/strava", "{}", answer.body);
        let now: Timestamp = NOW.parse().unwrap();
        let (path, word) = (TokenHash::of(SECRET), TokenHash::of(WORD));
        scene.store.begin_strava_subscription(&path, &word, now).await.unwrap();
        scene.store.confirm_strava_subscription(7).await.unwrap();
        (scene, browser)
    }

    /// What Strava sends: no browser, no session, whatever host the proxy says.
    async fn strava(&self, method: Method, path: &str, body: impl Into<Body>) -> Answer {
        let stranger = Browser::new(&self.house);
        let request = Request::builder().method(method).uri(path);
        let request = request.header(header::HOST, "hermes.example");
        let request = request.header(header::CONTENT_TYPE, "application/json");
        stranger.send(request.body(body.into()).unwrap()).await
    }

    async fn push(&self, secret: &str, body: impl Into<Body>) -> StatusCode {
        let answer = self.strava(Method::POST, &format!("/hooks/strava/{secret}"), body).await;
        assert_eq!(answer.body, "", "nothing is told to whoever pushes");
        answer.status
    }

    fn event(&self, activity: i64, subscription: i64) -> String {
        format!(
            r#"{{"aspect_type":"create","event_time":1795078800,"object_id":{activity},
            "object_type":"activity","owner_id":{},"subscription_id":{subscription},
            "updates":{{}}}}"#,
            self.athlete
        )
    }

    async fn kept(&self, activity: i64) -> usize {
        self.store.strava_events(self.owner.id, activity).await.unwrap().len()
    }
}

async fn jobs_of(app: &App, kind: &str) -> usize {
    let jobs = app.jobs(&JobFilter::default(), 100).await.unwrap();
    jobs.iter().filter(|job| *job.kind == *kind).count()
}

#[tokio::test]
async fn without_a_session_nobody_connects() {
    let scene = Scene::new().await;
    let (owner, stranger) = (Browser::signed_in(&scene.house).await, Browser::new(&scene.house));
    let back = scene.back(&scene.sent(&owner).await, &ALL);
    for path in ["/connect/strava", &back] {
        assert_eq!(stranger.get(path).await.location(), "/welcome", "{path}");
    }
    for path in ["/connect/strava", "/connect/strava/sync", "/connect/strava/disconnect"] {
        let kept = stranger.post(path, "agree=1").await;
        assert_eq!(kept.status, StatusCode::UNAUTHORIZED, "{path}");
        assert!(kept.body.contains("Sign in again"), "{}", kept.body);
        let request = owner.request(Method::POST, path).header("sec-fetch-site", "cross-site");
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let foreign = owner.send(request.body("agree=1".into()).unwrap()).await;
        assert_eq!(foreign.status, StatusCode::FORBIDDEN, "{path} from another site");
    }
    assert_eq!(scene.state(&scene.owner).await, StravaState::NotConnected);
    // The way back was not used up by a stranger.
    assert_eq!(owner.get(&back).await.location(), "/connect/strava");
}

#[tokio::test]
async fn a_runner_agrees_goes_to_strava_and_comes_back() {
    let scene = Scene::new().await;
    let browser = Browser::signed_in(&scene.house).await;
    let before = browser.get("/connect/strava").await.body;
    assert!(before.contains("Before you connect") && before.contains("I agree"), "{before}");
    let unticked = browser.post("/connect/strava", "").await;
    assert_eq!(unticked.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unticked.body.contains("Tick the box to agree"), "{}", unticked.body);
    let back = scene.back(&scene.sent(&browser).await, &ALL);
    let answer = browser.get(&back).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/connect/strava"));
    let page = browser.get("/connect/strava").await.body;
    assert!(page.contains("list of your activities is being read"), "{page}");
    assert_eq!(jobs_of(&scene.house.app, "strava-backfill").await, 1);
    // The same way back again: used up. The connection stays.
    let again = browser.get(&back).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.body.contains("was used already"), "{}", again.body);
    assert_eq!(scene.state(&scene.owner).await, StravaState::Connected);
    Worker::new(scene.house.app.clone()).drain().await.unwrap();
    assert!(browser.get("/connect/strava").await.body.contains("Everything is there."));
    let sure = browser.post("/connect/strava/disconnect", "").await;
    assert_eq!(sure.status, StatusCode::UNPROCESSABLE_ENTITY);
    let gone = browser.post("/connect/strava/disconnect", "agree=1").await;
    assert!(gone.body.contains("Disconnected from Strava"), "{}", gone.body);
    assert!(gone.body.contains("Receipt <code>"), "{}", gone.body);
    assert_eq!(browser.post("/connect/strava/sync", "").await.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_way_back_that_is_not_the_runners_own_connects_nobody() {
    let scene = Scene::new().await;
    let browser = Browser::signed_in(&scene.house).await;
    let state = scene.sent(&browser).await;
    let wrong = [String::new(), "guess".to_owned(), "0".repeat(64), "x".repeat(5_000)];
    let wrong: Vec<_> = wrong.iter().map(|state| scene.back(state, &ALL)).collect();
    let code = scene.sim.consent(scene.athlete, &ALL);
    let absent = format!("/connect/strava/callback?code={code}&scope=read,activity:read");
    for path in wrong.iter().chain([&absent, &"/connect/strava/callback".to_owned()]) {
        let answer = browser.get(path).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        assert!(answer.body.contains("not yours"), "{}", answer.body);
        assert!(!answer.body.contains(&code), "a code is shown to nobody");
    }
    // Another runner's browser comes back with it.
    let other = scene.store.add_user(NOW.parse().unwrap()).await.unwrap().id;
    let other = scene.house.app.runner(other).await.unwrap().unwrap();
    let token = scene.house.app.sign_in_link(other.id).await.unwrap();
    let mut theirs = Browser::new(&scene.house);
    theirs.cookie = Some(theirs.post("/sign-in", &format!("token={token}")).await.cookie());
    let back = scene.back(&state, &ALL);
    let answer = theirs.get(&back).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.contains("not yours"), "{}", answer.body);
    assert_eq!(scene.state(&other).await, StravaState::NotConnected);
    assert_eq!(scene.state(&scene.owner).await, StravaState::NotConnected);
    assert_eq!(browser.get(&back).await.location(), "/connect/strava", "it is the owner's still");
}

#[tokio::test]
async fn what_was_not_granted_is_explained() {
    let scene = Scene::new().await;
    let browser = Browser::signed_in(&scene.house).await;
    let unticked = browser.get(&scene.back(&scene.sent(&browser).await, &["read"])).await;
    assert_eq!(unticked.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unticked.body.contains("leave it ticked"), "{}", unticked.body);
    let state = scene.sent(&browser).await;
    let denied = format!("/connect/strava/callback?state={state}&error=access_denied");
    let denied = browser.get(&denied).await;
    assert_eq!(denied.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(denied.body.contains("did not grant"), "{}", denied.body);
    let state = scene.sent(&browser).await;
    let stale =
        format!("/connect/strava/callback?state={state}&code=stale&scope=activity:read_all");
    let stale = browser.get(&stale).await;
    assert_eq!(stale.status, StatusCode::BAD_GATEWAY);
    assert!(stale.body.contains("connect again"), "{}", stale.body);
    assert_eq!(scene.state(&scene.owner).await, StravaState::NotConnected);
    // Without the runs that only the runner sees it is connected, and said.
    let state = scene.sent(&browser).await;
    let some = browser.get(&scene.back(&state, &["read", "activity:read"])).await;
    assert_eq!(some.location(), "/connect/strava");
    let page = browser.get("/connect/strava").await.body;
    assert!(page.contains("activities that only you see"), "{page}");
}

#[tokio::test]
async fn without_an_application_at_strava_the_page_says_so() {
    let house = House::new().await;
    let browser = Browser::signed_in(&house).await;
    let page = browser.get("/connect/strava").await;
    assert!(page.body.contains("Strava is not set up here"), "{}", page.body);
    assert_eq!(browser.post("/connect/strava", "agree=1").await.status, StatusCode::CONFLICT);
    assert_eq!(browser.get("/connect/strava/button").await.status, StatusCode::NOT_FOUND);
    let hook = Browser::new(&house);
    assert_eq!(hook.get("/hooks/strava/guess").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn strava_proves_itself_before_it_pushes() {
    let (scene, _browser) = Scene::connected().await;
    let ask = async |secret: &str, query: &str| {
        scene.strava(Method::GET, &format!("/hooks/strava/{secret}{query}"), "").await
    };
    let query = |word: &str| {
        format!("?hub.mode=subscribe&hub.challenge=15f7d1a91c1f40f8&hub.verify_token={word}")
    };
    let right = ask(SECRET, &query("the%20word")).await;
    assert_eq!(right.status, StatusCode::OK);
    assert_eq!(right.body, r#"{"hub.challenge":"15f7d1a91c1f40f8"}"#);
    assert!(right.headers[header::CONTENT_TYPE].to_str().unwrap().contains("application/json"));
    for secret in ["guess", "3f9c51d2a4e9", &"x".repeat(300)] {
        assert_eq!(ask(secret, &query("the%20word")).await.status, StatusCode::NOT_FOUND);
    }
    let unsubscribes = query("the%20word").replace("=subscribe", "=unsubscribe");
    for query in [query("guess"), query(""), unsubscribes, String::new()] {
        let answer = ask(SECRET, &query).await;
        assert_eq!((answer.status, answer.body.as_str()), (StatusCode::FORBIDDEN, ""), "{query}");
    }
}

#[tokio::test]
async fn what_is_pushed_is_kept_once_and_looked_at_later() {
    let (scene, _browser) = Scene::connected().await;
    let asked = |scene: &Scene| scene.sim.usage().day.iter().map(|w| w.overall).sum::<u32>();
    let before = asked(&scene);
    let event = scene.event(11, 7);
    for _ in 0..3 {
        let began = Instant::now();
        assert_eq!(scene.push(SECRET, event.clone()).await, StatusCode::OK);
        assert!(began.elapsed() < PATIENCE, "{:?}", began.elapsed());
    }
    assert_eq!(scene.kept(11).await, 1, "the same event is one event");
    assert_eq!(jobs_of(&scene.house.app, "strava-event").await, 1);
    assert_eq!(asked(&scene), before, "nobody is asked while Strava waits");
    // Of another subscription, of nobody here, or nothing at all: taken, and not kept.
    let foreign = scene.event(12, 8);
    let nobody = scene.event(12, 7).replace(&scene.athlete.to_string(), "424242");
    let odd = [foreign, nobody, String::new(), "[]".to_owned(), event[..40].to_owned()];
    for body in odd {
        assert_eq!(scene.push(SECRET, body).await, StatusCode::OK);
    }
    assert_eq!(scene.push(SECRET, vec![0xFF, 0x00, 0x7B]).await, StatusCode::OK);
    assert_eq!((scene.kept(12).await, jobs_of(&scene.house.app, "strava-event").await), (0, 1));
    // Not at the secret address, or too much of it.
    for secret in ["guess", &SECRET.to_uppercase()] {
        assert_eq!(scene.push(secret, event.clone()).await, StatusCode::NOT_FOUND);
    }
    let large = format!("{}{}", " ".repeat(20 << 10), scene.event(13, 7));
    let path = format!("/hooks/strava/{SECRET}");
    let refused = scene.strava(Method::POST, &path, large).await;
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(scene.kept(13).await, 0);
    let wrong = scene.strava(Method::PUT, &path, event.clone()).await;
    assert_eq!(wrong.status, StatusCode::METHOD_NOT_ALLOWED);
}
