//! What those who run Hermes are told: health, request ids, metrics, and how a server stops.
//! Method: the real server on 127.0.0.1, asked byte by byte.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test ends where something is not as it should be"
)]

mod common;

use common::House;
use hermes_app::jobs::Worker;
use hermes_app::measure::{Exporter, METRICS};
use hermes_engine::calendar::Day;
use hermes_web::{Config, Operations, WebError};
use std::net::SocketAddr;
use std::sync::OnceLock;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// Longer than anything here takes; a test that waits so long has failed.
const PATIENCE: Duration = Duration::from_secs(30);

/// One exporter serves the whole process, as it does in the program.
fn exporter() -> Exporter {
    static EXPORTER: OnceLock<Exporter> = OnceLock::new();
    EXPORTER.get_or_init(|| Exporter::install().unwrap()).clone()
}

struct Server {
    pages: SocketAddr,
    metrics: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<Result<(), WebError>>,
}

impl Server {
    async fn start(house: &House, stop_notice: Duration) -> Self {
        let any: SocketAddr = "127.0.0.1:0".parse().unwrap();
        let (pages, metrics) =
            (TcpListener::bind(any).await.unwrap(), TcpListener::bind(any).await.unwrap());
        let (stop, stopped) = oneshot::channel();
        let operations = Operations { listener: metrics, exporter: exporter() };
        let (at, metrics_at) =
            (pages.local_addr().unwrap(), operations.listener.local_addr().unwrap());
        let config = Config { stop_notice, ..house.config(at) };
        let told = async move { stopped.await.unwrap() };
        let work = hermes_web::serve(house.app.clone(), config, pages, Some(operations), told);
        let serving = tokio::spawn(work);
        Self { pages: at, metrics: metrics_at, stop: Some(stop), serving }
    }

    fn stop(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }

    async fn has_stopped(self) {
        tokio::time::timeout(PATIENCE, self.serving).await.unwrap().unwrap().unwrap();
    }
}

struct Answer {
    status: u16,
    head: String,
    body: String,
}

/// Asks in a connection of its own; `None` where nobody listens.
async fn ask(at: SocketAddr, first_line: &str, headers: &str) -> Option<Answer> {
    let mut stream = TcpStream::connect(at).await.ok()?;
    let request = format!("{first_line} HTTP/1.1\r\nConnection: close\r\n{headers}\r\n");
    stream.write_all(request.as_bytes()).await.ok()?;
    read(stream).await
}

async fn read(mut stream: TcpStream) -> Option<Answer> {
    let mut text = String::new();
    stream.read_to_string(&mut text).await.ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some(Answer { status, head: head.to_ascii_lowercase(), body: body.to_owned() })
}

async fn get(at: SocketAddr, path: &str) -> Answer {
    ask(at, &format!("GET {path}"), &format!("Host: {at}\r\n")).await.unwrap()
}

/// The value of a metric, with its labels as they are written; 0 while there is none.
async fn value(server: &Server, metric: &str) -> f64 {
    let text = get(server.metrics, "/metrics").await.body;
    let line = text.lines().find_map(|line| line.strip_prefix(metric)?.strip_prefix(' '));
    line.map_or(0.0, |value| value.parse().unwrap())
}

#[tokio::test]
async fn health_is_told_to_whoever_asks_and_kept_nowhere() {
    let house = House::new().await;
    let server = Server::start(&house, Duration::ZERO).await;
    for (at, host) in [(server.pages, "10.0.0.7"), (server.metrics, "any.example")] {
        for (path, says) in [("/health/live", "alive\n"), ("/health/ready", "ready\n")] {
            let answer =
                ask(at, &format!("GET {path}"), &format!("Host: {host}\r\n")).await.unwrap();
            assert_eq!((answer.status, answer.body.as_str()), (200, says));
            assert!(answer.head.contains("cache-control: no-store"), "{}", answer.head);
            assert!(!answer.head.contains("set-cookie"), "{}", answer.head);
        }
    }
    // Everything else still wants to be called by our own name.
    let answer = ask(server.pages, "GET /welcome", "Host: any.example\r\n").await.unwrap();
    assert_eq!(answer.status, 421);
}

#[tokio::test]
async fn a_server_without_its_database_lives_and_is_not_ready() {
    let house = House::new().await;
    let server = Server::start(&house, Duration::ZERO).await;
    assert_eq!(get(server.pages, "/health/ready").await.status, 200);
    house.app.close().await;
    let answer = get(server.pages, "/health/ready").await;
    assert_eq!(answer.status, 503);
    assert_eq!(answer.body, "not ready: the database fails; the log says why\n");
    assert!(answer.head.contains("cache-control: no-store"), "{}", answer.head);
    assert_eq!(get(server.pages, "/health/live").await.status, 200);
    let metrics = get(server.metrics, "/metrics").await;
    assert!(metrics.body.contains("\nhermes_ready 0\n"), "{}", metrics.body);
}

#[tokio::test]
async fn a_stopping_server_says_so_first_and_then_finishes_what_is_open() {
    let house = House::new().await;
    let mut server = Server::start(&house, Duration::from_secs(2)).await;
    // A request whose last line is still to come.
    let mut open = TcpStream::connect(server.pages).await.unwrap();
    let begun = format!("GET /welcome HTTP/1.1\r\nHost: {}\r\n", server.pages);
    open.write_all(begun.as_bytes()).await.unwrap();
    assert_eq!(get(server.pages, "/health/ready").await.status, 200);
    server.stop();
    let not_ready = async {
        loop {
            let answer = get(server.pages, "/health/ready").await;
            if answer.status == 503 {
                return answer.body;
            }
        }
    };
    let said = tokio::time::timeout(PATIENCE, not_ready).await.unwrap();
    assert_eq!(said, "not ready: this server is stopping\n");
    // During the notice it still works.
    assert_eq!(get(server.pages, "/welcome").await.status, 200);
    let closed = async { while ask(server.pages, "GET /", "").await.is_some() {} };
    tokio::time::timeout(PATIENCE, closed).await.unwrap();
    // Nothing new is taken; the open request is answered, and who watches still sees all of it.
    assert_eq!(get(server.metrics, "/health/ready").await.status, 503);
    assert_eq!(get(server.metrics, "/health/live").await.status, 200);
    open.write_all(b"Connection: close\r\n\r\n").await.unwrap();
    assert_eq!(read(open).await.unwrap().status, 200);
    let metrics = server.metrics;
    server.has_stopped().await;
    assert!(TcpStream::connect(metrics).await.is_err(), "metrics outlive the server");
}

/// As docs/OPERATIONS.md tells a proxy: the `Host` is ours, the browser knows another one.
#[tokio::test]
async fn a_proxy_with_the_page_s_headers_can_sign_in_and_another_site_cannot() {
    let house = House::new().await;
    let server = Server::start(&house, Duration::ZERO).await;
    let form = format!("token={}", house.token().await);
    let post = |site: &str| {
        format!(
            "Host: {}\r\nOrigin: https://hermes.example.org\r\n{site}Content-Length: {}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n",
            server.pages,
            form.len()
        )
    };
    for (site, status) in [
        ("", 403),
        ("Sec-Fetch-Site: cross-site\r\n", 403),
        ("Sec-Fetch-Site: same-origin\r\n", 303),
    ] {
        let mut stream = TcpStream::connect(server.pages).await.unwrap();
        let head = post(site);
        let request = format!("POST /sign-in HTTP/1.1\r\nConnection: close\r\n{head}\r\n{form}");
        stream.write_all(request.as_bytes()).await.unwrap();
        assert_eq!(read(stream).await.unwrap().status, status, "{site}");
    }
}

#[tokio::test]
async fn every_answer_names_its_request() {
    let house = House::new().await;
    let server = Server::start(&house, Duration::ZERO).await;
    let host = format!("Host: {}\r\n", server.pages);
    let id_of = |answer: &Answer| {
        let id = answer.head.lines().find_map(|line| line.strip_prefix("x-request-id: "));
        id.unwrap().to_owned()
    };
    let given = format!("{host}X-Request-Id: a-1_b.c\r\n");
    let answer = ask(server.pages, "GET /welcome", &given).await.unwrap();
    assert_eq!(id_of(&answer), "a-1_b.c");
    let mut made = Vec::new();
    for path in ["/welcome", "/welcome", "/nowhere", "/health/live"] {
        let bad = format!("{host}X-Request-Id: a b\r\n");
        let answer = ask(server.pages, &format!("GET {path}"), &bad).await.unwrap();
        let id = id_of(&answer);
        assert_eq!(id.len(), 36, "{id}");
        made.push(id);
    }
    made.sort();
    made.dedup();
    assert_eq!(made.len(), 4, "{made:?}");
}

#[tokio::test]
async fn metrics_count_what_is_done_and_tell_nothing_of_runners() {
    let house = House::new().await;
    let server = Server::start(&house, Duration::ZERO).await;
    let sign_in = "hermes_http_requests_total{method=\"GET\",route=\"/sign-in/{token}\",\
                   status=\"2xx\"}";
    let before = value(&server, sign_in).await;
    let token = house.token().await;
    get(server.pages, &format!("/sign-in/{token}?secret=question")).await;
    get(server.pages, "/sign-in/other").await;
    assert_eq!(value(&server, sign_in).await - before, 2.0);
    // What no route knows is one series, however it is called.
    for n in 0..50 {
        let line = format!("GIVE{n} /private-{n}");
        ask(server.pages, &line, &format!("Host: {}\r\n", server.pages)).await;
    }
    let unknown = "hermes_http_requests_total{method=\"other\",route=\"none\",status=\"4xx\"}";
    assert_eq!(value(&server, unknown).await, 50.0);

    let owner = house.app.owner().await.unwrap();
    let archive = house.dir.path().join("export_424242.zip");
    std::fs::write(&archive, common::archive()).unwrap();
    let ledger = house.app.import(&owner, archive.clone(), |_| {}).await.unwrap();
    house.app.import(&owner, archive.clone(), |_| {}).await.unwrap();
    std::fs::write(&archive, "no archive").unwrap();
    house.app.import(&owner, archive, |_| {}).await.unwrap_err();
    house.app.publish(&owner).await.unwrap();
    let day = Day::parse(common::TODAY).unwrap();
    house.app.replay(&owner, day - 30, day - 20, |_, _| {}).await.unwrap();
    let found = house.app.verify(&owner).await.unwrap();
    assert!(found.is_sound());

    let rows = ledger.counts.new as f64;
    for (metric, expected) in [
        ("hermes_imports_total{result=\"done\"}", 2.0),
        ("hermes_imports_total{result=\"refused\"}", 1.0),
        ("hermes_import_rows_total{outcome=\"new\"}", rows),
        ("hermes_import_rows_total{outcome=\"unchanged\"}", rows),
        ("hermes_import_rows_total{outcome=\"failed\"}", 0.0),
        ("hermes_import_seconds_count", 2.0),
        ("hermes_verified_weeks_total{result=\"sound\"}", found.weeks.len() as f64),
        ("hermes_plans_saved_total{status=\"replayed\"}", 2.0),
        ("hermes_plans_saved_total{status=\"pending\"}", 1.0),
        ("hermes_database_connections_limit{pool=\"write\"}", 1.0),
        ("hermes_database_connections_open{pool=\"write\"}", 1.0),
    ] {
        assert_eq!(value(&server, metric).await, expected, "{metric}");
    }
    what_waits(&house, &server).await;
    let published = ["valid", "repaired"]
        .map(|status| format!("hermes_plans_saved_total{{status=\"{status}\"}}"));
    assert_eq!(value(&server, &published[0]).await + value(&server, &published[1]).await, 1.0);

    let answer = get(server.metrics, "/metrics").await;
    assert!(answer.head.contains("content-type: text/plain; version=0.0.4"), "{}", answer.head);
    let text = answer.body;
    let owner = owner.id.to_string();
    for private in [token.as_str(), "question", "private-", "424242", &owner, "GIVE"] {
        assert!(!text.contains(private), "{private} in the metrics");
    }
    holds_to_the_list(&text);
    // Only the listener for it tells them.
    assert_eq!(get(server.pages, "/metrics").await.status, 404);
}

/// Jobs by kind and state, and the runners whose week has begun, as they lie in the database.
async fn what_waits(house: &House, server: &Server) {
    let pending = "hermes_jobs{kind=\"weekly\",state=\"pending\"}";
    let done = "hermes_jobs{kind=\"weekly\",state=\"done\"}";
    let ended = "hermes_jobs_ended_total{kind=\"weekly\",result=\"done\"}";
    assert_eq!(value(server, pending).await, 0.0);
    house.app.enqueue_periodic().await.unwrap();
    assert_eq!(value(server, pending).await, 1.0);
    assert!(value(server, "hermes_jobs_late_seconds").await < 1.0e6);
    assert_eq!(value(server, "hermes_weeks_due").await, 0.0, "this week is planned");
    Worker::new(house.app.clone()).drain().await.unwrap();
    for (metric, expected) in [(pending, 0.0), (done, 1.0), (ended, 1.0)] {
        assert_eq!(value(server, metric).await, expected, "{metric}");
    }
    assert_eq!(value(server, "hermes_jobs_late_seconds").await, 0.0, "nothing waits");
}

/// Every series is of a metric on the list, with its labels; histograms are histograms.
fn holds_to_the_list(text: &str) {
    let mut seen = 0;
    for line in text.lines().filter(|line| !line.is_empty()) {
        if let Some(declared) = line.strip_prefix("# TYPE ") {
            let (name, kind) = declared.split_once(' ').unwrap();
            let metric = METRICS.iter().find(|m| m.name == name);
            let metric = metric.unwrap_or_else(|| panic!("{name} is not on the list"));
            let is = format!("{:?}", metric.kind).to_lowercase();
            let kind = if kind == "histogram" { "seconds" } else { kind };
            assert!(is.starts_with(kind), "{name} is a {kind}, not {is}");
            seen += 1;
        } else if !line.starts_with('#') {
            let series = line.rsplit_once(' ').unwrap().0;
            let (name, labels) = series.split_once('{').unwrap_or((series, ""));
            let family = |suffix| name.strip_suffix(suffix).unwrap_or(name);
            let names = [name, family("_bucket"), family("_sum"), family("_count")];
            let metric = METRICS.iter().find(|m| names.contains(&m.name));
            let metric = metric.unwrap_or_else(|| panic!("{name} is not on the list"));
            let labels = labels.trim_end_matches('}').split(',').filter(|l| !l.is_empty());
            for label in labels.map(|l| l.split('=').next().unwrap()) {
                assert!(metric.labels.contains(&label) || label == "le", "{label} of {name}");
            }
        }
    }
    assert!(seen > METRICS.len() / 2, "only {seen} metrics were told:\n{text}");
}

#[tokio::test]
async fn a_metric_is_named_once_and_as_prometheus_likes_it() {
    for (i, metric) in METRICS.iter().enumerate() {
        assert!(METRICS[..i].iter().all(|m| m.name != metric.name), "{} twice", metric.name);
        let total = metric.name.ends_with("_total");
        let counter = metric.kind == hermes_app::measure::MetricKind::Counter;
        assert_eq!(total, counter, "{}", metric.name);
        assert!(!metric.help.is_empty() && !metric.help.contains('\n'), "{}", metric.name);
    }
}
