//! What pages cost a server that holds 10,000 activities of a runner: the real server on loopback
//! and SQLite, first one client alone, then eight at once. Results: docs/BENCHMARKS.md.
//!
//! It has no harness: a page's median says little without its 99th percentile and what the server
//! does under load, which divan does not give.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark ends where something is not as it should be"
)]

use axum::body::{Body, Bytes, to_bytes};
use axum::http::{Method, Request, header};
use hermes_app::clock::SystemClock;
use hermes_app::{App, Runner};
use hermes_engine::record::RaceDistance;
use hermes_web::Config;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;

/// Weeks of five runs: 10,000 activities.
const WEEKS: u16 = 2_000;
/// Requests of a page by one client.
const ALONE: usize = 300;
/// Clients at once, and requests of each.
const CLIENTS: usize = 8;
const EACH: usize = 300;
/// Largest page.
const PAGE_BYTES: usize = 10_000_000;

type Http = Client<HttpConnector, Body>;

fn main() {
    // `cargo test --benches` and filters of `cargo bench` call every bench.
    if !std::env::args().any(|a| a == "--bench") {
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(measure());
}

async fn measure() {
    let folder = tempfile::tempdir().unwrap();
    let (app, runner) = filled(folder.path()).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let token = app.sign_in_link(runner.id).await.unwrap();
    let config = Config {
        bind: address,
        max_upload_bytes: 1_000_000,
        upload_dir: folder.path().join("uploads"),
        stop_notice: Duration::ZERO,
        demo: Vec::new(),
        strava_button: None,
    };
    tokio::spawn(hermes_web::serve(app, config, listener, None, std::future::pending()));
    let http: Http = Client::builder(TokioExecutor::new()).build_http();
    let cookie = sign_in(&http, address, &token).await;
    let pages = ["/today", "/plan", "/activities", "/api/v1/activities?limit=100", "/settings"];
    println!("{:<32} {:>8} {:>8} {:>8} {:>10}", "page", "kB", "p50 ms", "p99 ms", "pages/s");
    for page in pages {
        get(&http, address, &cookie, page).await;
        let (times, bytes) = requests(&http, address, &cookie, page, ALONE).await;
        line(page, bytes, times, None);
    }
    for page in pages {
        let began = Instant::now();
        let clients = (0..CLIENTS).map(|_| {
            let (http, cookie) = (http.clone(), cookie.clone());
            tokio::spawn(async move { requests(&http, address, &cookie, page, EACH).await })
        });
        let clients: Vec<_> = clients.collect();
        let (mut all, mut size) = (Vec::new(), 0);
        for client in clients {
            let (times, bytes) = client.await.unwrap();
            all.extend(times);
            size = bytes;
        }
        let per_second = all.len() as f64 / began.elapsed().as_secs_f64();
        line(&format!("{page} x{CLIENTS}"), size, all, Some(per_second));
    }
}

/// An app whose runner has 10,000 activities, a goal and a published week.
async fn filled(folder: &Path) -> (App, Runner) {
    let url = format!("sqlite:{}", folder.join("hermes.db").display());
    let app = App::open(&url, Arc::new(SystemClock)).await.unwrap();
    let runner = app.owner().await.unwrap();
    let today = app.today(&runner);
    let archive = folder.join("a.zip");
    hermes_app::write_sample_archive(&archive, 7, today, WEEKS).unwrap();
    app.import(&runner, archive, |_| {}).await.unwrap();
    let race = today + 120;
    app.add_goal(&runner, today, RaceDistance::Marathon, race, None, 1).await.unwrap();
    app.publish(&runner).await.unwrap();
    (app, runner)
}

async fn sign_in(http: &Http, address: SocketAddr, token: &str) -> String {
    let request = Request::builder()
        .method(Method::POST)
        .uri(format!("http://{address}/sign-in"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(format!("token={token}")))
        .unwrap();
    let answer = http.request(request).await.unwrap();
    let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

async fn get(http: &Http, address: SocketAddr, cookie: &str, page: &str) -> Bytes {
    let request = Request::builder()
        .uri(format!("http://{address}{page}"))
        .header(header::COOKIE, cookie)
        .body(Body::empty())
        .unwrap();
    let answer = http.request(request).await.unwrap();
    assert!(answer.status().is_success(), "{page}: {}", answer.status());
    to_bytes(Body::new(answer.into_body()), PAGE_BYTES).await.unwrap()
}

async fn requests(
    http: &Http,
    address: SocketAddr,
    cookie: &str,
    page: &str,
    count: usize,
) -> (Vec<Duration>, usize) {
    let (mut times, mut bytes) = (Vec::with_capacity(count), 0);
    for _ in 0..count {
        let began = Instant::now();
        bytes = get(http, address, cookie, page).await.len();
        times.push(began.elapsed());
    }
    (times, bytes)
}

fn line(page: &str, bytes: usize, mut times: Vec<Duration>, per_second: Option<f64>) {
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() - 1) * percent / 100].as_secs_f64() * 1000.0;
    let per_second = per_second.map_or_else(String::new, |n| format!("{n:.0}"));
    let kb = bytes as f64 / 1000.0;
    println!("{page:<32} {kb:>8.1} {:>8.2} {:>8.2} {per_second:>10}", at(50), at(99));
}
