//! The pages of training in a real browser: by keyboard, by touch, without script, on a phone and on
//! a wide screen, by day and by night.

use crate::common::House;
use crate::trained::in_training;
use crate::{Driver, Page, serve};
use fantoccini::key::Key;
use fantoccini::wd::WebDriverCompatibleCommand;
use serde_json::{Value, json};
use std::time::Duration;

pub(crate) const PHONE: (u32, u32) = (390, 844);
pub(crate) const DESKTOP: (u32, u32) = (1440, 900);
/// How long a finger rests before it lifts a session, and a little.
const LONG_PRESS: Duration = Duration::from_millis(700);

/// A command of the browser's own protocol.
#[derive(Debug)]
struct Cdp(&'static str, Value);

impl WebDriverCompatibleCommand for Cdp {
    fn endpoint(
        &self,
        base: &url::Url,
        session: Option<&str>,
    ) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (axum::http::Method, Option<String>) {
        (axum::http::Method::POST, Some(json!({ "cmd": self.0, "params": self.1 }).to_string()))
    }
}

impl Page {
    pub(crate) async fn cdp(&self, command: &'static str, params: Value) -> Value {
        self.client.issue_cmd(Cdp(command, params)).await.unwrap()
    }

    pub(crate) async fn screen(&self, (width, height): (u32, u32), scheme: &str) {
        let mobile = width < 600;
        let size = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile,
        });
        self.cdp("Emulation.setDeviceMetricsOverride", size).await;
        let touch = json!({ "enabled": mobile });
        self.cdp("Emulation.setTouchEmulationEnabled", touch).await;
        let dark = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.cdp("Emulation.setEmulatedMedia", dark).await;
    }

    pub(crate) async fn run(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.unwrap()
    }

    /// Clicks what may be below the bar at the bottom of a phone.
    pub(crate) async fn tap(&self, css: &str) {
        let found = format!("document.querySelector(\"{css}\")");
        self.until(css, &found).await;
        self.run(&format!("{found}.click()")).await;
    }

    /// Presses keys where the focus is; while a dialog closes, that cannot be typed at yet.
    pub(crate) async fn press(&self, keys: &str) {
        for _ in 0..50 {
            let focused = self.client.active_element().await.unwrap();
            match focused.send_keys(keys).await {
                Err(e) if e.is_element_not_interactable() => {}
                done => return done.unwrap(),
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("nothing takes {keys:?}");
    }

    /// The middle of an element on the screen.
    async fn middle(&self, css: &str) -> (f64, f64) {
        let script = format!(
            "const e = document.querySelector('{css}'); e.scrollIntoView({{ block: 'center' }}); \
             const r = e.getBoundingClientRect(); \
             return [r.x + r.width / 2, r.y + r.height / 2]"
        );
        let at = self.run(&script).await;
        (at[0].as_f64().unwrap(), at[1].as_f64().unwrap())
    }

    async fn touch(&self, kind: &str, at: Option<(f64, f64)>) {
        let points: Vec<Value> = at.into_iter().map(|(x, y)| json!({ "x": x, "y": y })).collect();
        self.cdp("Input.dispatchTouchEvent", json!({ "type": kind, "touchPoints": points })).await;
    }
}

pub(crate) async fn signed_in(driver: &Driver, house: &House, base: String) -> Page {
    let page = Page { client: driver.browser().await, base };
    page.open(&format!("/sign-in/{}", house.token().await)).await;
    page.click("#sign-in").await;
    page.expect("/today", "Where you stand").await;
    page
}

const IN_DIALOG: &str = "document.querySelector('dialog[open] .verdict')";

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_moved_by_keyboard_by_touch_and_without_script() {
    let Some(driver) = Driver::start() else { return };
    let house = House::new().await;
    in_training(&house, 3).await;
    let page = signed_in(&driver, &house, serve(&house).await).await;
    by_keyboard(&page).await;
    by_touch(&page).await;
    by_mouse(&page).await;
    without_script(&page).await;
    page.client.clone().close().await.unwrap();
}

/// Lifts next Saturday's run, carries it one day back, drops it, saves, and takes it back.
async fn by_keyboard(page: &Page) {
    page.screen(DESKTOP, "light").await;
    page.open("/plan?week=2026-11-23").await;
    page.run("document.querySelector('[data-from=\"2026-11-28\"]').focus()").await;
    page.press("m").await;
    page.until("the session is lifted", "document.querySelector('.lifted')").await;
    page.press(&Key::Left.to_string()).await;
    page.until("a day is chosen", "document.querySelector('.drop-here[data-day=\"2026-11-27\"]')")
        .await;
    page.press(&Key::Enter.to_string()).await;
    page.until("the preview is open", IN_DIALOG).await;
    page.until("the focus is on the button", "document.activeElement.id === 'confirm'").await;
    page.press(&Key::Enter.to_string()).await;
    let week = page.expect("/plan", "Saved. The week is as you asked for.").await;
    assert!(week.contains("yours"), "{week}");
    page.until("it is there", "document.querySelector('[data-from=\"2026-11-27\"]')").await;
    page.click(".toast button").await;
    page.expect("/plan", "Taken back.").await;
    page.until("it is back", "document.querySelector('[data-from=\"2026-11-28\"]')").await;
}

/// The same with a finger on a phone: a long press lifts, letting go drops.
async fn by_touch(page: &Page) {
    page.screen(PHONE, "light").await;
    page.open("/plan").await;
    let from = page.middle("[data-from=\"2026-11-21\"]").await;
    page.touch("touchStart", Some(from)).await;
    tokio::time::sleep(LONG_PRESS).await;
    page.until("the session is lifted", "document.querySelector('.lifted')").await;
    let there = "const r = document.querySelector('[data-day=\"2026-11-20\"]') \
        .getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]";
    let to = page.run(there).await;
    let to = (to[0].as_f64().unwrap(), to[1].as_f64().unwrap());
    page.touch("touchMove", Some(to)).await;
    page.touch("touchEnd", None).await;
    page.until("the preview is open", IN_DIALOG).await;
    page.click("dialog .sheet-close").await;
    page.until("the dialog is closed", "!document.querySelector('dialog[open]')").await;
    page.screen(DESKTOP, "light").await;
}

/// And with a mouse; onto a day with a session it is a swap.
async fn by_mouse(page: &Page) {
    page.open("/plan").await;
    page.run(
        "const at = (css) => document.querySelector(css); const data = new DataTransfer(); \
         const send = (css, kind) => at(css).dispatchEvent( \
           new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: data })); \
         send('[data-from=\"2026-11-21\"]', 'dragstart'); \
         send('[data-day=\"2026-11-22\"]', 'dragover'); \
         send('[data-day=\"2026-11-22\"]', 'drop');",
    )
    .await;
    page.until("the preview is open", IN_DIALOG).await;
    let said = page.run("return document.querySelector('dialog h1').textContent").await;
    assert_eq!(said, json!("Swap Sat 21 Nov and Sun 22 Nov"));
}

async fn without_script(page: &Page) {
    page.cdp("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await;
    page.open("/workout/2026-11-21").await;
    page.click(".edit-box select[name=to] option[value='2026-11-20']").await;
    page.click(".edit-box form button").await;
    page.expect("/plan/edit", "What changes").await;
    page.click("#confirm").await;
    page.expect("/plan", "Saved. The week is as you asked for.").await;
    page.open("/today").await;
    page.click("a[href='/health/report']").await;
    page.click("a[href='/health/report?kind=illness']").await;
    page.click("a[href$='severity=2']").await;
    page.expect("/health/report", "What it would change").await;
    page.click("#save-report").await;
    page.expect("/health", "Noted, and the week has been planned around it.").await;
    page.cdp("Emulation.setScriptExecutionDisabled", json!({ "value": false })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn charts_are_read_and_a_what_if_is_answered_at_once() {
    let Some(driver) = Driver::start() else { return };
    let house = House::new().await;
    in_training(&house, 3).await;
    let page = signed_in(&driver, &house, serve(&house).await).await;
    page.screen(PHONE, "dark").await;
    page.open("/trends").await;
    let line = "document.querySelector('.chart-read').textContent";
    let before = page.run(&format!("return {line}")).await;
    page.run("document.querySelector('.chart svg').focus()").await;
    page.press(&Key::Left.to_string()).await;
    page.until("another week is read", &format!("{line} !== {before}")).await;
    page.open("/roadmap").await;
    page.run(
        "const miss = document.querySelector('select[name=miss]'); miss.selectedIndex = 3; \
         miss.dispatchEvent(new Event('input', { bubbles: true }))",
    )
    .await;
    page.until(
        "the answer",
        "document.querySelector('#outcome').textContent.includes('What it would do')",
    )
    .await;
    assert!(page.client.current_url().await.unwrap().as_str().contains("miss=2026-"));
    sliders_by_keyboard(&page).await;
    page.open("/today").await;
    page.tap(".card a[href='/health/report']").await;
    page.tap("dialog[open] a[href='/health/report?kind=pain']").await;
    page.tap("dialog[open] a[href$='part=calf']").await;
    page.tap("dialog[open] a[href$='severity=2']").await;
    page.until("the report's changes", "document.querySelector('dialog[open] .effects')").await;
    page.press(&Key::Escape.to_string()).await;
    page.until("the dialog is closed", "!document.querySelector('dialog[open]')").await;
    page.client.clone().close().await.unwrap();
}

/// Each slider is moved with the keys: its words follow at once, the answer soon.
async fn sliders_by_keyboard(page: &Page) {
    page.open("/roadmap").await;
    let said = |name: &str| format!("document.querySelector('output[for=what-if-{name}]').value");
    for (name, key, words) in [
        ("adherence", Key::Left, "95 %"),
        ("run_days", Key::Left, "6"),
        ("miss_weeks", Key::Right, "1 week"),
    ] {
        page.run(&format!("document.querySelector('#what-if-{name}').focus()")).await;
        page.press(&key.to_string()).await;
        page.until(words, &format!("{} === '{words}'", said(name))).await;
        let answered = format!(
            "document.querySelector('#outcome').ariaBusy === 'false' \
             && document.querySelector('#outcome').textContent.includes('What it would do') \
             && new URL(location).searchParams.get('{name}') \
             === document.querySelector('#what-if-{name}').value"
        );
        page.until("the answer", &answered).await;
    }
}
