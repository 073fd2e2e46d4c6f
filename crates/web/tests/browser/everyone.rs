//! Every page on a phone and a wide screen, by day and by night: none is wider than its screen; with
//! HERMES_AXE (the file axe.min.js of axe-core) none keeps people out; with HERMES_SHOTS (a folder)
//! each is photographed; how heavy and how fast they are is printed. HERMES_SITE is the address of a
//! running demonstration to look at instead of a runner of the test's own.

use crate::common::House;
use crate::trained::in_training;
use crate::training::{DESKTOP, PHONE, signed_in};
use crate::{Driver, Page, serve, variable};
use hermes_engine::calendar::Day;
use serde_json::json;
use std::path::PathBuf;

/// Longest time to the first paint of a page, milliseconds: many times what it takes, for a machine
/// that is busy with other tests.
const FIRST_PAINT_MS: f64 = 4_000.0;
/// Most bytes of a page without style and script.
const PAGE_BYTES: f64 = 100_000.0;

/// Every page with its address, on a day.
async fn pages(page: &Page) -> Vec<(&'static str, String)> {
    page.open("/today").await;
    let chip = "return document.querySelector('.chip[aria-current]').getAttribute('href')";
    let path = page.run(chip).await;
    let today = Day::parse(path.as_str().unwrap().trim_start_matches("/workout/")).unwrap();
    page.open(&format!("/plan?week={}", today + 7)).await;
    let first = "return document.querySelector('[data-from]').dataset.from";
    let ahead = Day::parse(page.run(first).await.as_str().unwrap()).unwrap();
    page.open("/activities?runs=1").await;
    let run = "return document.querySelector('td.what a').getAttribute('href')";
    let run = page.run(run).await.as_str().unwrap().to_owned();
    vec![
        ("today", "/today".to_owned()),
        ("plan", "/plan".to_owned()),
        ("plan-past", format!("/plan?week={}", today - 7)),
        ("month", "/plan?view=month".to_owned()),
        ("agenda", "/plan?view=agenda".to_owned()),
        ("workout-done", format!("/workout/{}", today - 1)),
        ("workout", format!("/workout/{ahead}")),
        ("preview-refused", format!("/plan/edit?do=resize&day={ahead}&km=60")),
        ("preview-allowed", format!("/plan/edit?do=skip&day={ahead}")),
        ("versions", format!("/plan/versions?week={today}")),
        ("roadmap", "/roadmap".to_owned()),
        ("activities", "/activities".to_owned()),
        ("activity", run),
        ("by-hand", "/activities/new".to_owned()),
        ("trends", "/trends".to_owned()),
        ("notifications", "/notifications".to_owned()),
        ("imports", "/imports".to_owned()),
        ("calibration", "/welcome/calibration".to_owned()),
        ("keys", "/keys".to_owned()),
        ("profile", "/profile".to_owned()),
        ("health", "/health".to_owned()),
        ("report-kind", "/health/report".to_owned()),
        ("report", "/health/report?kind=pain&part=calf&severity=4".to_owned()),
        ("history", "/history?days=365".to_owned()),
        ("send-it", "/send-it".to_owned()),
        ("connect", "/connect/strava".to_owned()),
        ("settings", "/settings".to_owned()),
        ("import", "/welcome/import".to_owned()),
        ("more", "/more".to_owned()),
        ("nowhere", "/nowhere".to_owned()),
    ]
}

/// Signed in at a running demonstration, as the runner of that number.
async fn at_the_demonstration(driver: &Driver, base: String) -> Page {
    let page = Page { client: driver.browser().await, base };
    page.open("/demo").await;
    let number = variable("HERMES_RUNNER").unwrap_or_else(|| "1".to_owned());
    page.tap_form(&format!("form:has(input[name=runner][value='{number}']) button")).await;
    page.expect("/today", "Where you stand").await;
    page
}

impl Page {
    async fn tap_form(&self, css: &str) {
        self.run(&format!("document.querySelector(\"{css}\").click()")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_for_everyone_on_every_screen() {
    let Some(driver) = Driver::start() else { return };
    let axe = variable("HERMES_AXE").map(|path| std::fs::read_to_string(path).unwrap());
    if axe.is_none() {
        eprintln!("**** SKIPPED: accessibility of the pages (HERMES_AXE unset) ****");
    }
    let shots = variable("HERMES_SHOTS").map(PathBuf::from);
    let house = House::new().await;
    let page = match variable("HERMES_SITE") {
        Some(base) => at_the_demonstration(&driver, base).await,
        None => {
            in_training(&house, 26).await;
            signed_in(&driver, &house, serve(&house).await).await
        }
    };
    let pages = pages(&page).await;
    let mut found = Vec::new();
    let mut screens = vec![(PHONE, "phone", "light"), (DESKTOP, "desktop", "dark")];
    if shots.is_some() {
        screens.extend([(PHONE, "phone", "dark"), (DESKTOP, "desktop", "light")]);
    }
    for (n, (size, name, scheme)) in screens.into_iter().enumerate() {
        page.screen(size, scheme).await;
        for (what, path) in &pages {
            page.open(path).await;
            let fits = "return document.documentElement.scrollWidth <= innerWidth";
            assert_eq!(page.run(fits).await, json!(true), "{what} is wider than a {name}");
            if n == 0 {
                weigh(&page, what).await;
            }
            if let Some(axe) = &axe {
                let seen = findings(&page, axe).await;
                found.extend(seen.iter().map(|f| format!("{what}, {name}, {scheme}: {f}")));
            }
            if let Some(folder) = &shots {
                shoot(&page, size, &folder.join(format!("{what}-{name}-{scheme}.png"))).await;
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    page.client.clone().close().await.unwrap();
}

/// Prints how heavy a page is and how fast: its bytes over the wire, all that belongs to it as if
/// nothing were kept, what the server took, and the first paint.
async fn weigh(page: &Page, what: &str) {
    let painted = "performance.getEntriesByName('first-contentful-paint').length";
    page.until("the page is painted", painted).await;
    let asked = "const page = performance.getEntriesByType('navigation')[0]; \
        const paint = performance.getEntriesByName('first-contentful-paint')[0]; \
        const all = performance.getEntriesByType('resource') \
          .reduce((sum, r) => sum + (r.encodedBodySize || r.decodedBodySize), 0); \
        return [page.encodedBodySize, page.encodedBodySize + all, \
          page.responseStart - page.requestStart, paint.startTime]";
    let said = page.run(asked).await;
    let [own, all, server, paint] = [0, 1, 2, 3].map(|n| said[n].as_f64().unwrap());
    println!(
        "page {what:16} {own:>8.0} bytes, {all:>8.0} with style and script, \
         first byte {server:>6.1} ms, first paint {paint:>6.0} ms"
    );
    assert!(own < PAGE_BYTES, "{what}: {own} bytes");
    assert!(paint < FIRST_PAINT_MS, "{what}: painted after {paint} ms");
}

/// What axe-core calls serious or critical.
pub(crate) async fn findings(page: &Page, axe: &str) -> Vec<String> {
    page.run(axe).await;
    let ask = "const done = arguments[0]; axe.run(document, { resultTypes: ['violations'] }) \
        .then((r) => done(r.violations \
            .filter((v) => ['serious', 'critical'].includes(v.impact)) \
            .map((v) => v.id + ': ' + v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160) + ' ' \
                + (n.any[0]?.message ?? '')).join(' | '))), (e) => done([String(e)]));";
    let said = page.client.execute_async(ask, Vec::new()).await.unwrap();
    let said = said.as_array().unwrap();
    said.iter().map(|v| v.as_str().unwrap().to_owned()).collect()
}

pub(crate) async fn shoot(page: &Page, (width, _): (u32, u32), file: &PathBuf) {
    const TALLEST: i64 = 4000;
    let height = page.run("return document.documentElement.scrollHeight").await;
    let clip = json!({
        "x": 0, "y": 0, "width": width, "height": height.as_i64().unwrap().min(TALLEST), "scale": 1,
    });
    let whole = json!({ "captureBeyondViewport": true, "clip": clip });
    let shot = page.cdp("Page.captureScreenshot", whole).await;
    let bytes = base64(shot["data"].as_str().unwrap());
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, bytes).unwrap();
}

/// Bytes of base64.
pub(crate) fn base64(text: &str) -> Vec<u8> {
    let value = |b: u8| match b {
        b'A'..=b'Z' => Some(b - b'A'),
        b'a'..=b'z' => Some(b - b'a' + 26),
        b'0'..=b'9' => Some(b - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let (mut out, mut bits, mut count) = (Vec::new(), 0_u32, 0);
    for six in text.bytes().filter_map(value) {
        bits = bits << 6 | u32::from(six);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
        }
    }
    out
}
