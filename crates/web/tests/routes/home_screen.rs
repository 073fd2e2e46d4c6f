//! What a browser needs to keep Hermes on the home screen, and how much it has to fetch.

use crate::Browser;
use crate::common::House;
use axum::body::{Body, to_bytes};
use axum::http::{Method, StatusCode, header};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::{Read as _, Write as _};
use tower::ServiceExt;

/// All style sheets and scripts of ours together, compressed.
const BUDGET: usize = 60_000;

async fn bytes(browser: &Browser, path: &str) -> (StatusCode, String, Vec<u8>) {
    let request = browser.request(Method::GET, path).body(Body::empty()).unwrap();
    let answer = browser.router.clone().oneshot(request).await.unwrap();
    let kind = answer.headers().get(header::CONTENT_TYPE).map(|v| v.to_str().unwrap().to_owned());
    let status = answer.status();
    let body = to_bytes(answer.into_body(), 10_000_000).await.unwrap().to_vec();
    (status, kind.unwrap_or_default(), body)
}

/// Width and height that a PNG says of itself.
fn size(png: &[u8]) -> (u32, u32) {
    assert!(png.starts_with(b"\x89PNG\r\n\x1a\n"), "a PNG");
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    (number(16), number(20))
}

#[tokio::test]
async fn the_manifest_names_icons_that_are_there() {
    let house = House::new().await;
    let browser = Browser::new(&house);
    let (status, kind, body) = bytes(&browser, "/manifest.webmanifest").await;
    assert_eq!((status, kind.as_str()), (StatusCode::OK, "application/manifest+json"));
    let manifest: serde_json::Value = serde_json::from_slice(&body).unwrap();
    assert_eq!((&manifest["start_url"], &manifest["scope"]), (&"/".into(), &"/".into()));
    assert_eq!(manifest["display"], "standalone");
    let icons = manifest["icons"].as_array().unwrap();
    let mut purposes = Vec::new();
    for icon in icons {
        let (status, kind, body) = bytes(&browser, icon["src"].as_str().unwrap()).await;
        assert_eq!((status, kind.as_str()), (StatusCode::OK, icon["type"].as_str().unwrap()));
        purposes.push(format!("{} {}", icon["sizes"], icon["purpose"]).replace('"', ""));
        if kind == "image/png" {
            let (width, height) = size(&body);
            assert_eq!(icon["sizes"], format!("{width}x{height}"));
        }
    }
    for wanted in ["any any", "192x192 any", "512x512 any", "512x512 maskable"] {
        assert!(purposes.iter().any(|p| p == wanted), "{wanted}: {purposes:?}");
    }
    assert_eq!(size(&bytes(&browser, "/apple-touch-icon.png").await.2), (180, 180));
    let page = browser.get("/welcome").await;
    for text in ["rel=\"manifest\"", "apple-touch-icon", "name=\"theme-color\""] {
        assert!(page.body.contains(text), "{text}");
    }
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    for part in ["manifest-src 'self'", "worker-src 'self'", "default-src 'none'"] {
        assert!(policy.contains(part), "{part}: {policy}");
    }
}

/// The worker is of these very files, and nobody's list is anybody else's.
#[tokio::test]
async fn the_worker_keeps_the_files_and_pages_that_are_named() {
    let house = House::new().await;
    let browser = Browser::signed_in(&house).await;
    let worker = browser.get("/worker.js").await;
    assert_eq!(worker.headers["cache-control"], "no-cache");
    assert!(worker.headers[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/javascript"));
    assert!(
        worker.body.contains("[\"/sign-out\", \"/connect/strava/disconnect\"]"),
        "emptied by both"
    );
    assert!(!worker.body.contains("{version}") && !worker.body.contains("{style}"));
    let page = browser.get("/settings").await.body;
    for asset in ["stylesheet\" href=\"", "module\" src=\""] {
        let path = page.split(asset).nth(1).unwrap().split('"').next().unwrap();
        assert!(worker.body.contains(path), "{path}");
    }
    let list = browser.get("/offline/list").await;
    assert!(list.headers.contains_key("x-hermes-runner"));
    let list: serde_json::Value = serde_json::from_str(&list.body).unwrap();
    assert_eq!(list["pages"][0], "/today");
    let nobody = Browser::new(&house);
    assert_eq!(nobody.get("/offline/list").await.location(), "/welcome");
    let offline = nobody.get("/offline").await;
    assert_eq!(offline.status, StatusCode::OK);
    assert!(offline.headers.get("x-hermes-runner").is_none(), "it is of nobody");
}

#[tokio::test]
async fn styles_and_scripts_are_within_the_budget() {
    let house = House::new().await;
    let browser = Browser::new(&house);
    let page = browser.get("/welcome").await.body;
    let mut all = 0;
    for asset in ["stylesheet\" href=\"", "module\" src=\""] {
        let path = page.split(asset).nth(1).unwrap().split('"').next().unwrap();
        all += compressed(&bytes(&browser, path).await.2);
    }
    all += compressed(&bytes(&browser, "/worker.js").await.2);
    println!("styles and scripts: {all} bytes of {BUDGET}");
    assert!(all <= BUDGET, "{all} bytes of {BUDGET}");
}

#[tokio::test]
async fn pages_and_styles_travel_compressed_to_who_can_read_that() {
    let house = House::new().await;
    let browser = Browser::new(&house);
    let page = browser.get("/welcome").await.body;
    let style = page.split("stylesheet\" href=\"").nth(1).unwrap().split('"').next().unwrap();
    for path in ["/welcome", style] {
        let plain = bytes(&browser, path).await;
        assert!(std::str::from_utf8(&plain.2).is_ok(), "{path}");
        let request = browser.request(Method::GET, path).header("accept-encoding", "gzip, br");
        let answer = browser.router.clone().oneshot(request.body(Body::empty()).unwrap());
        let (parts, body) = answer.await.unwrap().into_parts();
        assert_eq!(parts.headers["content-encoding"], "gzip", "{path}");
        assert!(parts.headers["vary"].to_str().unwrap().contains("accept-encoding"), "{path}");
        let packed = to_bytes(body, 1_000_000).await.unwrap();
        assert!(packed.len() * 2 < plain.2.len(), "{path}: {} bytes", packed.len());
        let mut told = Vec::new();
        flate2::read::GzDecoder::new(&packed[..]).read_to_end(&mut told).unwrap();
        assert_eq!(told, plain.2, "{path}");
    }
}

fn compressed(bytes: &[u8]) -> usize {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap().len()
}
