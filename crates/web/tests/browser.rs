//! A runner's first minutes in a real browser: from an empty database through the sign-in link, the
//! archive, calibration, goal and preferences to a published plan, then every page. Method:
//! Chromium, driven by ChromeDriver, on the real server with the real app and a new SQLite file.
//!
//! It runs where `scripts/test` names HERMES_CHROMIUM and HERMES_CHROMEDRIVER; elsewhere it says
//! loudly that it was skipped, and under CI=true that is a failure.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test ends where something is not as it should be"
)]

#[path = "browser/answers.rs"]
mod answers;
mod common;
#[path = "browser/everyone.rs"]
mod everyone;
#[path = "browser/shell.rs"]
mod shell;
#[path = "common/trained.rs"]
mod trained;
#[path = "browser/training.rs"]
mod training;

use common::House;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// Upper bound of waiting for something to appear.
const PATIENCE: Duration = Duration::from_secs(60);

#[expect(clippy::disallowed_methods, reason = "the test command says where the browser is")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|v| !v.is_empty())
}

/// Ends the driver, and with it the browser, however the test ends.
struct Driver {
    process: Child,
    port: u16,
    profile: TempDir,
    chromium: String,
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Driver {
    fn start() -> Option<Self> {
        let (Some(chromium), Some(driver)) =
            (variable("HERMES_CHROMIUM"), variable("HERMES_CHROMEDRIVER"))
        else {
            let ci = variable("CI").is_some_and(|v| v == "true");
            assert!(!ci, "CI=true: the browser test needs HERMES_CHROMIUM, HERMES_CHROMEDRIVER");
            eprintln!(
                "**** SKIPPED: browser test (HERMES_CHROMIUM, HERMES_CHROMEDRIVER unset) ****"
            );
            return None;
        };
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let process = Command::new(driver)
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Some(Self { process, port, profile: tempfile::tempdir().unwrap(), chromium })
    }

    async fn browser(&self) -> Client {
        let profile = format!("--user-data-dir={}", self.profile.path().display());
        let capabilities = json!({ "goog:chromeOptions": {
            "binary": self.chromium,
            "args": [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--window-size=1280,900", "--lang=en-US", profile,
            ],
            "prefs": { "intl.accept_languages": "en-GB,en" },
        }});
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(capabilities.as_object().unwrap().clone());
        let url = format!("http://127.0.0.1:{}", self.port);
        let mut left = PATIENCE;
        loop {
            match builder.connect(&url).await {
                Ok(client) => return client,
                Err(error) if left.is_zero() => panic!("ChromeDriver does not answer: {error}"),
                Err(_) => tokio::time::sleep(Duration::from_millis(200)).await,
            }
            left = left.saturating_sub(Duration::from_millis(200));
        }
    }
}

struct Page {
    client: Client,
    base: String,
}

impl Page {
    async fn open(&self, path: &str) {
        self.client.goto(&format!("{}{path}", self.base)).await.unwrap();
    }

    async fn click(&self, css: &str) {
        let found = self.client.wait().at_most(PATIENCE).for_element(Locator::Css(css)).await;
        found.unwrap_or_else(|e| panic!("no {css}: {e}")).click().await.unwrap();
    }

    async fn fill(&self, css: &str, text: &str) {
        self.client.find(Locator::Css(css)).await.unwrap().send_keys(text).await.unwrap();
    }

    /// Waits until a script gives true.
    async fn until(&self, what: &str, script: &str) {
        let mut left = PATIENCE;
        loop {
            let script = format!("return Boolean({script})");
            let is = self.client.execute(&script, Vec::new()).await;
            if is.is_ok_and(|v| v == json!(true)) {
                return;
            }
            if left.is_zero() {
                panic!("never: {what}: {}", self.text().await);
            }
            left = left.saturating_sub(Duration::from_millis(100));
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Waits for the page at `path` with `heading`, and gives its text.
    async fn expect(&self, path: &str, heading: &str) -> String {
        let mut left = PATIENCE;
        loop {
            let at = self.client.current_url().await.unwrap();
            let text = self.text().await;
            if at.path() == path && text.contains(heading) {
                return text;
            }
            assert!(!left.is_zero(), "not at {path} with {heading}, but at {at}: {text}");
            left = left.saturating_sub(Duration::from_millis(100));
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// What a reader sees; empty while the page changes.
    async fn text(&self) -> String {
        match self.client.find(Locator::Css("body")).await {
            Ok(body) => body.text().await.unwrap_or_default(),
            Err(_) => String::new(),
        }
    }

    async fn count(&self, css: &str) -> usize {
        self.client.find_all(Locator::Css(css)).await.unwrap().len()
    }
}

/// Serves until something is sent, or for ever when what it is sent with is dropped.
async fn serve_until(house: &House) -> (String, oneshot::Sender<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (app, config) = (house.app.clone(), house.config(address));
    let (end, ended) = oneshot::channel();
    let ended = async move {
        if ended.await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    tokio::spawn(hermes_web::serve(app, config, listener, None, ended));
    (format!("http://{address}"), end)
}

async fn serve(house: &House) -> String {
    serve_until(house).await.0
}

#[tokio::test(flavor = "multi_thread")]
async fn from_an_empty_database_to_a_published_plan() {
    let Some(driver) = Driver::start() else { return };
    let house = House::new().await;
    let base = serve(&house).await;
    let page = Page { client: driver.browser().await, base };
    let archive = house.dir.path().join("export_1.zip");
    std::fs::write(&archive, common::archive()).unwrap();

    sign_in(&page, &house).await;
    bring_the_archive(&page, archive.to_str().unwrap()).await;
    say_what_is_wanted(&page).await;
    publish(&page).await;
    look_around(&page).await;
    page.client.clone().close().await.unwrap();
}

async fn sign_in(page: &Page, house: &House) {
    page.open("/").await;
    page.expect("/welcome", "You are not signed in").await;
    page.open(&format!("/sign-in/{}", house.token().await)).await;
    page.click("#sign-in").await;
    page.expect("/welcome/import", "Bring your runs").await;
}

async fn bring_the_archive(page: &Page, archive: &str) {
    page.fill("#archive", archive).await;
    page.click("form.upload button").await;
    let ledger = page.expect("/welcome/import", "See what Hermes found").await;
    assert!(ledger.to_lowercase().contains("export_1.zip"), "{ledger}");
    assert!(ledger.contains(" runs, "), "{ledger}");
    page.click(".done-card a.button").await;
    let found = page.expect("/welcome/calibration", "What Hermes found").await;
    for text in ["Weekly capacity", "If you raced today", "Half Marathon", "Your paces"] {
        assert!(found.contains(text), "{text}: {found}");
    }
    page.click("details.basis summary").await;
    assert!(page.count("details.basis[open] .runs li").await > 0, "a figure names its runs");
    page.click(".onward a").await;
}

async fn say_what_is_wanted(page: &Page) {
    page.expect("/welcome/goal", "What are you training for?").await;
    page.fill("input[name=day]", "04252027").await;
    page.fill("input[name=time]", "1:45:00").await;
    page.click("main form[action='/welcome/goal'] button").await;
    page.expect("/welcome/preferences", "Your week").await;
    for day in [1, 5] {
        page.click(&format!("input[name=run_day][value='{day}']")).await;
    }
    page.click("select[name=long_run_day] option[value='0']").await;
    page.click("main form button").await;
}

async fn publish(page: &Page) {
    let ready = page.expect("/welcome/plan", "Ready for your first plan").await;
    assert!(ready.contains("Half Marathon on Sunday 25 April 2027"), "{ready}");
    page.click("#publish").await;
    let plan = page.expect("/welcome/plan", "Your first plan").await;
    assert!(plan.contains("Next week, a draft") || plan.contains("NEXT WEEK, A DRAFT"), "{plan}");
}

async fn look_around(page: &Page) {
    page.click(".onward a").await;
    let today = page.expect("/today", "Thursday 19 November 2026".to_uppercase().as_str()).await;
    for text in ["Half Marathon", "days to go", "1:45:00", "Coming up"] {
        assert!(today.contains(text), "{text}: {today}");
    }
    page.open("/plan?week=2026-11-23").await;
    let week = page.expect("/plan", "Summary").await;
    assert!(week.contains("23 – 29 November 2026") && week.contains("Draft"), "{week}");
    assert_eq!(page.count(".cell a.mini").await, 5, "sessions on the five days chosen");
    page.click(".cell a.mini").await;
    let reasons = page.expect("/workout/2026-11-24", "Why this session").await;
    assert!(reasons.contains("Why this week"), "{reasons}");
    assert!(page.count(".structure rect title").await > 0);
    page.open("/activities?q=run").await;
    let list = page.expect("/activities", "Moving time").await;
    assert!(list.contains("/km"), "{list}");
    assert!(page.count("table.activities tbody tr").await > 20);
}
