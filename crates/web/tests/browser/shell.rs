//! The frame of the pages in a real browser: the first minutes by keyboard alone with a photograph
//! of each step, the copy for reading without a connection, wrong fields, notifications, paper.

use crate::common::{self, House};
use crate::trained::in_training;
use crate::training::signed_in;
use crate::{Driver, Page, serve_until, variable};
use fantoccini::key::Key;
use serde_json::json;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// From nothing to a plan a person needs no longer.
const FIRST_PLAN: Duration = Duration::from_secs(120);
/// Most presses of Tab to reach something on a page.
const TABS_MAX: usize = 120;

/// Where a run keeps its photographs: the named folder, else one beside the build.
fn folder() -> PathBuf {
    let named = variable("HERMES_SHOTS").map(PathBuf::from);
    named.unwrap_or_else(|| PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("first-plan"))
}

impl Page {
    /// Presses Tab until the focus is on what a selector names.
    pub(crate) async fn tab_to(&self, css: &str) {
        for _ in 0..TABS_MAX {
            let there = format!("return document.activeElement.matches(\"{css}\")");
            if self.run(&there).await == json!(true) {
                return;
            }
            // By the browser itself: a field for files takes what is typed into it for a path.
            for kind in ["rawKeyDown", "keyUp"] {
                let tab = json!({ "type": kind, "key": "Tab", "code": "Tab",
                    "windowsVirtualKeyCode": 9 });
                self.cdp("Input.dispatchKeyEvent", tab).await;
            }
        }
        panic!("{css} is not reached by Tab: {}", self.text().await);
    }

    async fn keys(&self, css: &str, keys: &str) {
        self.tab_to(css).await;
        self.press(keys).await;
    }

    async fn photograph(&self, step: &str) {
        crate::everyone::shoot(self, (1280, 900), &folder().join(format!("{step}.png"))).await;
    }
}

/// From the sign-in link to a published plan without touching a mouse; only the choice of the file
/// is handed to the browser, as its own dialog would.
#[tokio::test(flavor = "multi_thread")]
async fn from_nothing_to_a_plan_by_keyboard_alone() {
    let Some(driver) = Driver::start() else { return };
    let house = House::new().await;
    let (base, _running) = serve_until(&house).await;
    let page = Page { client: driver.browser().await, base };
    let archive = house.dir.path().join("export_1.zip");
    std::fs::write(&archive, common::archive()).unwrap();
    let enter = Key::Enter.to_string();
    let began = Instant::now();

    page.open(&format!("/sign-in/{}", house.token().await)).await;
    page.photograph("1-sign-in").await;
    page.keys("#sign-in", &enter).await;
    page.expect("/welcome/import", "Bring your runs").await;
    page.photograph("2-bring-your-runs").await;
    page.fill("#archive", archive.to_str().unwrap()).await;
    page.keys("form.upload button", &enter).await;
    page.expect("/welcome/import", "See what Hermes found").await;
    page.photograph("3-imported").await;
    page.keys(".done-card a.button", &enter).await;
    page.expect("/welcome/calibration", "What Hermes found").await;
    page.photograph("4-calibration").await;
    page.keys(".onward a", &enter).await;
    page.expect("/welcome/goal", "What are you training for?").await;
    // A date as it is typed, the time after it.
    page.keys("input[name=day]", "04252027").await;
    page.keys("input[name=time]", "1:45:00").await;
    page.photograph("5-goal").await;
    page.keys("main form[action='/welcome/goal'] button", &enter).await;
    page.expect("/welcome/preferences", "Your week").await;
    page.keys("input[name=run_day][value='1']", " ").await;
    page.keys("select[name=long_run_day]", "Sun").await;
    page.photograph("6-preferences").await;
    page.keys("main form button", &enter).await;
    page.expect("/welcome/plan", "Ready for your first plan").await;
    page.keys("#publish", &enter).await;
    page.expect("/welcome/plan", "Your first plan").await;
    page.photograph("7-first-plan").await;
    page.keys(".onward a", &enter).await;
    page.expect("/today", "Coming up").await;
    page.photograph("8-today").await;
    let took = began.elapsed();
    eprintln!("from nothing to a first plan: {took:?}; photographs in {}", folder().display());
    assert!(took < FIRST_PLAN, "{took:?}");
    page.client.clone().close().await.unwrap();
}

const FOCUS: &str = "document.activeElement.name";

/// A wrong field has the focus when the page comes back, with script and without; and without a
/// connection the page stays with all that was typed.
#[tokio::test(flavor = "multi_thread")]
async fn wrong_fields_have_the_focus_and_nothing_typed_is_lost() {
    let Some(driver) = Driver::start() else { return };
    let house = House::new().await;
    let (base, running) = serve_until(&house).await;
    let page = Page { client: driver.browser().await, base };
    page.open(&format!("/sign-in/{}", house.token().await)).await;
    page.click("#sign-in").await;
    page.expect("/welcome/import", "Bring your runs").await;
    for script in [true, false] {
        let off = json!({ "value": !script });
        page.cdp("Emulation.setScriptExecutionDisabled", off).await;
        page.open("/activities/new").await;
        page.fill("input[name=distance]", "far").await;
        page.fill("input[name=time]", "0:48:30").await;
        page.click("main form button").await;
        page.expect("/activities/new", "is no distance").await;
        page.cdp("Emulation.setScriptExecutionDisabled", json!({ "value": false })).await;
        assert_eq!(page.run(&format!("return {FOCUS}")).await, json!("distance"), "{script}");
        let typed = "return [...document.querySelectorAll('main input')].map((i) => i.value)";
        let typed = page.run(typed).await;
        assert!(typed.to_string().contains("0:48:30"), "{typed}");
    }
    page.open("/activities/new").await;
    page.fill("input[name=distance]", "8.5").await;
    page.fill("input[name=time]", "0:48:30").await;
    running.send(()).unwrap();
    let gone = "fetch('/health/live').then(() => false, () => true)";
    let ask = format!("const done = arguments[0]; {gone}.then(done)");
    for _ in 0..100 {
        if page.client.execute_async(&ask, Vec::new()).await.unwrap() == json!(true) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    page.click("main form button").await;
    page.until("it says so", "document.querySelector('form .problem')").await;
    let said = page.text().await;
    assert!(said.contains("Hermes could not be reached, so nothing was sent."), "{said}");
    let kept = page.run("return document.querySelector('input[name=distance]').value").await;
    assert_eq!(kept, json!("8.5"));
    page.client.clone().close().await.unwrap();
}

/// Reads what the browser keeps of pages.
const KEPT: &str = "const done = arguments[0]; caches.keys().then(async (names) => { \
    const name = names.find((n) => n.startsWith('hermes-pages')); if (!name) return done([]); \
    const keys = await (await caches.open(name)).keys(); \
    done(keys.map((k) => new URL(k.url).pathname)); });";

async fn kept(page: &Page) -> Vec<String> {
    let paths = page.client.execute_async(KEPT, Vec::new()).await.unwrap();
    paths.as_array().unwrap().iter().map(|p| p.as_str().unwrap().to_owned()).collect()
}

async fn until_kept(page: &Page, wanted: impl Fn(&[String]) -> bool) -> Vec<String> {
    let mut paths = Vec::new();
    for _ in 0..200 {
        paths = kept(page).await;
        if wanted(&paths) {
            return paths;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("kept: {paths:?}");
}

/// Today, this week and its workouts are there without a connection, marked as a copy; nothing is
/// left of them after signing out, nor once somebody else is seen.
#[tokio::test(flavor = "multi_thread")]
async fn this_week_can_be_read_without_a_connection_and_is_gone_after_signing_out() {
    let Some(driver) = Driver::start() else { return };
    let house = House::new().await;
    in_training(&house, 3).await;
    let (base, running) = serve_until(&house).await;
    let page = signed_in(&driver, &house, base).await;
    let whole = |paths: &[String]| paths.iter().any(|p| p == "/offline/whose");
    let paths = until_kept(&page, whole).await;
    for path in ["/today", "/plan", "/workout/2026-11-21"] {
        assert!(paths.iter().any(|p| p == path), "{path}: {paths:?}");
    }
    page.open("/settings").await;
    page.tap("form[action='/sign-out'] button").await;
    page.expect("/welcome", "You are not signed in").await;
    until_kept(&page, <[String]>::is_empty).await;

    page.open(&format!("/sign-in/{}", house.token().await)).await;
    page.click("#sign-in").await;
    page.expect("/today", "Where you stand").await;
    until_kept(&page, whole).await;
    // The session ends elsewhere: the first look at Hermes empties the copy.
    page.client.delete_all_cookies().await.unwrap();
    page.open("/today").await;
    page.expect("/welcome", "You are not signed in").await;
    until_kept(&page, <[String]>::is_empty).await;

    page.open(&format!("/sign-in/{}", house.token().await)).await;
    page.click("#sign-in").await;
    page.expect("/today", "Where you stand").await;
    until_kept(&page, whole).await;
    // Somebody else signs in on top: what was of the first one is gone.
    let stranger = hermes_app::Newcomer {
        time_zone: "UTC".to_owned(),
        preferences: hermes_engine::record::Preferences::default(),
        activities: Vec::new(),
        goal: None,
    };
    let stranger = house.app.add_newcomers(&[stranger]).await.unwrap()[0];
    let link = house.app.sign_in_link(stranger).await.unwrap();
    page.open(&format!("/sign-in/{link}")).await;
    page.click("#sign-in").await;
    page.expect("/welcome/plan", "Ready for your first plan").await;
    until_kept(&page, <[String]>::is_empty).await;

    page.open(&format!("/sign-in/{}", house.token().await)).await;
    page.click("#sign-in").await;
    page.expect("/today", "Where you stand").await;
    until_kept(&page, whole).await;
    running.send(()).unwrap();
    let mut copy = String::new();
    for _ in 0..100 {
        page.open("/today").await;
        copy = page.text().await;
        if copy.contains("You are offline") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(copy.contains("this is your copy as of") && copy.contains("Where you stand"), "{copy}");
    page.photograph("offline-today").await;
    page.open("/workout/2026-11-21").await;
    assert!(page.text().await.contains("You are offline"));
    let styled = "return getComputedStyle(document.querySelector('.card')).borderRadius";
    assert_ne!(page.run(styled).await, json!("0px"), "with the style sheet");
    page.open("/trends").await;
    let none = page.text().await;
    assert!(none.contains("Hermes cannot be reached"), "{none}");
    page.client.clone().close().await.unwrap();
}

/// Keys open places and pages of lists, say what they are, and are quiet while somebody types.
#[tokio::test(flavor = "multi_thread")]
async fn keys_open_places_and_a_week_fits_a_sheet_of_paper() {
    let Some(driver) = Driver::start() else { return };
    let house = House::new().await;
    in_training(&house, 3).await;
    let (base, _running) = serve_until(&house).await;
    let page = signed_in(&driver, &house, base).await;
    page.press("gp").await;
    page.expect("/plan", "Summary").await;
    page.press("n").await;
    page.expect("/plan", "23 – 29 November 2026").await;
    page.press("p").await;
    page.expect("/plan", "16 – 22 November 2026").await;
    on_paper(&page).await;
    page.press("?").await;
    page.until("the keys", "document.querySelector('dialog[open] .keys')").await;
    page.press(&Key::Escape.to_string()).await;
    page.until("they are gone", "!document.querySelector('dialog[open]')").await;
    page.press("gn").await;
    let news = page.expect("/notifications", "Notifications").await;
    assert!(news.contains("is planned") || news.contains("was planned"), "{news}");
    assert!(page.count(".is-new").await > 0);
    assert_eq!(page.count(".bell-count").await, 0, "it has been seen");
    page.press("ga").await;
    page.expect("/activities", "Moving time").await;
    page.fill("input[name=q]", "gp").await;
    let typed = page.run("return document.querySelector('input[name=q]').value").await;
    assert_eq!(typed, json!("gp"), "keys are quiet while somebody types");
    page.open("/keys").await;
    page.click("[data-keys-off] button").await;
    page.press("gt").await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    page.expect("/keys", "Switch keys on").await;
    page.client.clone().close().await.unwrap();
}

/// Inches: A4 and Letter.
const SHEETS: [(&str, f64, f64); 2] = [("a4", 8.27, 11.69), ("letter", 8.5, 11.0)];

async fn on_paper(page: &Page) {
    for (name, width, height) in SHEETS {
        let paper =
            json!({ "paperWidth": width, "paperHeight": height, "preferCSSPageSize": false });
        let pdf = page.cdp("Page.printToPDF", paper).await;
        let bytes = crate::everyone::base64(pdf["data"].as_str().unwrap());
        std::fs::create_dir_all(folder()).unwrap();
        std::fs::write(folder().join(format!("week-{name}.pdf")), &bytes).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        let pages = text.matches("/Type /Page\n").count();
        assert_eq!(pages, 1, "a week on {name}");
    }
}

/// Pages of the frame, among them forms that come back; `(name, address, what a form sends)`.
const PAGES: [(&str, &str, &str); 10] = [
    ("imports", "/imports", ""),
    ("notifications", "/notifications", ""),
    ("keys", "/keys", ""),
    ("more", "/more", ""),
    ("by-hand", "/activities/new", ""),
    ("by-hand-wrong", "/activities/new", "main form"),
    ("settings-wrong", "/settings", "form[action='/settings/preferences']"),
    ("not-found", "/planing", ""),
    ("offline", "/offline", ""),
    ("preferences", "/welcome/preferences", ""),
];

/// No page of the frame is wider than its screen; with axe-core none has a serious finding.
#[tokio::test(flavor = "multi_thread")]
async fn the_frame_is_for_everyone_on_every_screen() {
    let Some(driver) = Driver::start() else { return };
    let axe = variable("HERMES_AXE").map(|path| std::fs::read_to_string(path).unwrap());
    let house = House::new().await;
    in_training(&house, 3).await;
    let (base, _running) = serve_until(&house).await;
    let page = signed_in(&driver, &house, base).await;
    let owner = house.app.owner().await.unwrap();
    let import = house.app.past_imports(&owner).await.unwrap()[0].id;
    let ledger = format!("/imports/{import}");
    let ledger = [("ledger", ledger.as_str(), "")];
    let mut found = Vec::new();
    for (size, screen, scheme) in [((390, 844), "phone", "light"), ((1440, 900), "desktop", "dark")]
    {
        page.screen(size, scheme).await;
        for (name, path, form) in PAGES.into_iter().chain(ledger) {
            page.open(path).await;
            if !form.is_empty() {
                let send = format!(
                    "const form = document.querySelector(\"{form}\"); form.noValidate = true; \
                     form.querySelectorAll('input[type=text]').forEach((i) => {{ i.value = 'x' }}); \
                     form.requestSubmit()"
                );
                page.run(&send).await;
                page.until("it is back", "document.querySelector('.field-error')").await;
            }
            let fits = "return document.documentElement.scrollWidth <= innerWidth";
            assert_eq!(page.run(fits).await, json!(true), "{name} is wider than a {screen}");
            if let Some(axe) = &axe {
                let seen = crate::everyone::findings(&page, axe).await;
                found.extend(seen.iter().map(|f| format!("{name}, {screen}, {scheme}: {f}")));
            }
            let file = folder().join(format!("{name}-{screen}-{scheme}.png"));
            crate::everyone::shoot(&page, size, &file).await;
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    page.client.clone().close().await.unwrap();
}
