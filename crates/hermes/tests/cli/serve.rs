//! The server as those who run it see it: the built binary, its log, its signals, a database
//! that goes away. On Unix: processes are stopped by signals.
#![cfg(unix)]

use crate::tools::{Machine, postgres};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running server; ended with this value.
pub(crate) struct Serving {
    pub(crate) address: SocketAddr,
    /// All that it said of itself.
    pub(crate) said: Value,
    metrics: Option<SocketAddr>,
    link: Option<String>,
    child: Child,
    log: Option<JoinHandle<String>>,
}

impl Serving {
    /// Starts the server on a free port, with some settings in the environment.
    fn start(machine: &Machine, settings: &[(&str, &str)]) -> Self {
        Self::start_with(machine, settings, &[])
    }

    fn start_with(machine: &Machine, settings: &[(&str, &str)], options: &[&str]) -> Self {
        let args = [&["serve", "--json", "--bind", "127.0.0.1:0"], options].concat();
        Self::of(machine.command(settings, &args))
    }

    /// Starts a command that says in JSON where it serves.
    pub(crate) fn of(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (out, err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        // Read all the time: a full pipe would stop the server.
        let log = std::thread::spawn(move || std::io::read_to_string(err).unwrap());
        let mut said = String::new();
        let mut out = BufReader::new(out);
        while !said.ends_with("\n}\n") && out.read_line(&mut said).unwrap() > 0 {}
        let Ok(said) = serde_json::from_str::<Value>(&said) else {
            let _ = child.kill();
            unreachable!("no server: {said}{}", log.join().unwrap());
        };
        let address = |key: &str| said[key].as_str().map(|text| text.parse().unwrap());
        let (address, metrics) = (address("address").unwrap(), address("metrics"));
        let link = said["sign_in"].as_str().map(str::to_owned);
        Self { address, metrics, link, said, child, log: Some(log) }
    }

    /// The token of the sign-in link that it printed.
    fn token(&self) -> String {
        self.link.as_ref().unwrap().rsplit_once('/').unwrap().1.to_owned()
    }

    /// Asks it to end, as a service manager does; its exit code and its log.
    pub(crate) fn stop(&mut self) -> (i32, String) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        let code = self.child.wait().unwrap().code().unwrap_or(-1);
        (code, self.log.take().unwrap().join().unwrap())
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Asks once; status, head in lower case, body.
pub(crate) fn ask(
    at: SocketAddr,
    request: &str,
    body: impl AsRef<[u8]>,
) -> std::io::Result<(u16, String, String)> {
    let body = body.as_ref();
    let mut stream = TcpStream::connect_timeout(&at, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let length = body.len();
    let head =
        format!("{request}\r\nHost: {at}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n");
    stream.write_all(head.as_bytes())?;
    stream.write_all(body)?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Ok((status, head.to_owned(), body.to_owned()))
}

pub(crate) fn get(at: SocketAddr, path: &str) -> (u16, String, String) {
    ask(at, &format!("GET {path} HTTP/1.1"), "").unwrap()
}

/// Signs in with the link that the server printed; the session's cookie.
fn sign_in(serving: &Serving, token: &str) -> String {
    assert_eq!(get(serving.address, &format!("/sign-in/{token}")).0, 200);
    let request = "POST /sign-in HTTP/1.1\r\nSec-Fetch-Site: same-origin\r\n\
                   Content-Type: application/x-www-form-urlencoded";
    let (status, head, _) = ask(serving.address, request, format!("token={token}")).unwrap();
    assert_eq!(status, 303, "{head}");
    let cookie = head.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

#[test]
fn no_secret_of_a_sign_in_is_in_the_log_however_much_is_logged() {
    for json in ["false", "true"] {
        let machine = Machine::new();
        let mut serving =
            Serving::start(&machine, &[("RUST_LOG", "trace"), ("HERMES_LOG_JSON", json)]);
        let token = serving.token();
        let cookie = sign_in(&serving, &token);
        let session = cookie.split_once('=').unwrap().1.to_owned();
        let page = format!("GET /activities?q=secretquestion HTTP/1.1\r\nCookie: {cookie}");
        assert_eq!(ask(serving.address, &page, "").unwrap().0, 200);
        let bad = format!("GET /secretpath/{token} HTTP/1.1\r\nX-Request-Id: given-1");
        assert_eq!(ask(serving.address, &bad, "").unwrap().0, 404);
        let (code, log) = serving.stop();
        assert_eq!(code, 0, "{log}");
        // The log is there, and knows what it may.
        for told in ["/sign-in/{token}", "/activities", "given-1", "milliseconds", "stopped"] {
            assert!(log.contains(told), "no {told} in the log:\n{log}");
        }
        for secret in [token.as_str(), &session, "secretquestion", "secretpath"] {
            assert!(!log.contains(secret), "{secret} in the log:\n{log}");
        }
    }
}

#[test]
fn each_line_of_a_json_log_is_an_object_that_names_its_request_and_runner() {
    let machine = Machine::new();
    let mut serving = Serving::start(&machine, &[("HERMES_LOG_JSON", "true")]);
    let cookie = sign_in(&serving, &serving.token());
    let page = format!("GET /today HTTP/1.1\r\nCookie: {cookie}\r\nX-Request-Id: abc");
    ask(serving.address, &page, "").unwrap();
    let (_, log) = serving.stop();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let line = lines.iter().find(|line| line["span"]["request_id"] == "abc").unwrap();
    assert_eq!(line["span"]["route"], "/today");
    assert_eq!(line["span"]["method"], "GET");
    assert_eq!(line["fields"]["message"], "answered");
    assert!(line["fields"]["status"].is_u64() && line["fields"]["milliseconds"].is_f64());
    let runner = line["span"]["runner"].as_str().unwrap();
    assert_eq!(runner.len(), 36, "{runner}");
}

#[test]
fn an_import_goes_on_under_the_id_of_its_upload() {
    let machine = Machine::new();
    let zip = machine.path("export_424242.zip");
    machine.ok(&["sample-archive", "--weeks", "4", "--out", zip.to_str().unwrap()]);
    let settings = [("HERMES_LOG_JSON", "true"), ("HERMES_METRICS_LISTEN", "127.0.0.1:0")];
    let mut serving = Serving::start(&machine, &settings);
    let cookie = sign_in(&serving, &serving.token());
    let mut form = b"--x\r\nContent-Disposition: form-data; name=\"archive\"; \
        filename=\"export_424242.zip\"\r\nContent-Type: application/zip\r\n\r\n"
        .to_vec();
    form.extend(std::fs::read(zip).unwrap());
    form.extend(b"\r\n--x--\r\n");
    let upload = format!(
        "POST /welcome/import HTTP/1.1\r\nSec-Fetch-Site: same-origin\r\nX-Request-Id: upload-1\r\n\
         Cookie: {cookie}\r\nContent-Type: multipart/form-data; boundary=x"
    );
    assert_eq!(ask(serving.address, &upload, form).unwrap().0, 303);
    let metrics = serving.metrics.unwrap();
    let done = "hermes_imports_total{result=\"done\"} 1";
    let waits = PATIENCE.as_millis() / 50;
    let ended = (0..waits).any(|_| {
        std::thread::sleep(Duration::from_millis(50));
        get(metrics, "/metrics").2.contains(done)
    });
    assert!(ended, "the import did not end");
    let (_, log) = serving.stop();
    let mut lines = log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let line = lines.find(|line| line["fields"]["message"] == "imported").unwrap();
    assert_eq!(line["span"]["name"], "import");
    assert_eq!(line["spans"][0]["request_id"], "upload-1");
    assert!(line["fields"]["new"].as_u64().unwrap() > 0, "{line}");
    // The name of an archive holds the runner's number at Strava.
    assert!(!log.contains("424242"), "{log}");
}

#[test]
fn health_and_metrics_are_served_and_a_probe_asks_for_them() {
    let machine = Machine::new();
    let mut serving = Serving::start(&machine, &[("HERMES_METRICS_LISTEN", "127.0.0.1:0")]);
    let at = serving.address.to_string();
    let done = machine.run(&["probe", "--bind", &at]);
    assert_eq!((done.code, done.out.as_str()), (0, "ready\n"), "{}", done.err);
    let metrics = serving.metrics.unwrap();
    let (status, _, text) = get(metrics, "/metrics");
    assert_eq!(status, 200);
    assert!(text.contains("\nhermes_ready 1\n"), "{text}");
    let build = format!("version=\"{}\"", env!("CARGO_PKG_VERSION"));
    assert!(text.contains(&build) && text.contains("database=\"SQLite\""), "{text}");
    assert_eq!(serving.stop().0, 0);
    let done = machine.run(&["probe", "--bind", &at]);
    assert_eq!(done.code, 1);
    assert!(done.err.starts_with(&format!("hermes: no Hermes answers at {at}")), "{}", done.err);
    // Off unless it is asked for.
    let quiet = Serving::start(&machine, &[]);
    assert_eq!(quiet.metrics, None);
    assert_eq!(get(quiet.address, "/metrics").0, 404);
}

#[test]
fn a_server_whose_output_is_kept_prints_no_link() {
    let machine = Machine::new();
    let mut serving = Serving::start_with(&machine, &[], &["--no-link"]);
    assert_eq!(serving.link, None);
    let link = machine.ok(&["sign-in", "--bind", &serving.address.to_string()]);
    sign_in(&serving, link.trim().rsplit_once('/').unwrap().1);
    assert_eq!(serving.stop().0, 0);
}

#[test]
fn settings_that_cannot_be_are_refused_with_what_would_be_right() {
    let machine = Machine::new();
    for (name, value, right) in [
        ("HERMES_METRICS_LISTEN", "9000", "ADDRESS:PORT"),
        ("HERMES_BIND", "here", "ADDRESS:PORT"),
        ("HERMES_MAX_UPLOAD_MB", "much", "megabytes"),
        ("HERMES_DATABASE_CONNECTIONS", "0", "from 1 to 200"),
        ("HERMES_DATABASE_CONNECTIONS", "x", "from 1 to 200"),
        ("HERMES_STOP_NOTICE_SECONDS", "301", "from 0 to 300"),
        ("HERMES_LOG_JSON", "yes", "true or false"),
        ("RUST_LOG", "hermes=loud", "hermes_web=debug"),
    ] {
        let done = machine.run_with(&[(name, value)], &["doctor"]);
        assert_eq!(done.code, 1, "{name}={value}: {}", done.out);
        assert!(done.err.contains(value) && done.err.contains(right), "{}", done.err);
        assert_eq!(done.err.lines().count(), 1, "{}", done.err);
    }
}

/// A relay before the database server that can be cut (connections break off), or held
/// (connections stay, nothing comes through).
struct Relay {
    at: SocketAddr,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    cut: AtomicBool,
    held: AtomicBool,
    open: Mutex<Vec<TcpStream>>,
}

impl Relay {
    fn to(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (at, state) = (listener.local_addr().unwrap(), Arc::new(State::default()));
        let relay = Arc::clone(&state);
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if relay.cut.load(Ordering::SeqCst) {
                    continue;
                }
                let Ok(server) = TcpStream::connect(&server) else { continue };
                for (from, to) in [(&client, &server), (&server, &client)] {
                    let (from, to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
                    relay.open.lock().unwrap().push(from.try_clone().unwrap());
                    let relay = Arc::clone(&relay);
                    std::thread::spawn(move || relay.copy(from, to));
                }
            }
        });
        Self { at, state }
    }

    fn cut(&self) {
        self.state.cut.store(true, Ordering::SeqCst);
        for stream in self.state.open.lock().unwrap().drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    fn mend(&self) {
        self.state.cut.store(false, Ordering::SeqCst);
        self.state.held.store(false, Ordering::SeqCst);
    }

    fn hold(&self) {
        self.state.held.store(true, Ordering::SeqCst);
    }
}

impl State {
    fn copy(&self, mut from: TcpStream, mut to: TcpStream) {
        let mut bytes = [0_u8; 4096];
        while let Ok(n @ 1..) = from.read(&mut bytes) {
            while self.held.load(Ordering::SeqCst) {
                std::thread::sleep(Duration::from_millis(5));
            }
            if to.write_all(&bytes[..n]).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Both);
    }
}

/// The answer to the readiness probe once it has the status, within [`PATIENCE`].
fn ready_becomes(at: SocketAddr, wanted: u16) -> String {
    let mut last = String::new();
    for _ in 0..PATIENCE.as_millis() / 50 {
        let (status, _, said) = get(at, "/health/ready");
        if status == wanted {
            return said;
        }
        last = said;
        std::thread::sleep(Duration::from_millis(50));
    }
    unreachable!("never {wanted}; at last: {last}")
}

#[test]
fn readiness_follows_a_server_database_that_goes_away_hangs_and_comes_back() {
    let Some(database) = postgres("ready") else { return };
    let (before, rest) = database.url.split_once('@').unwrap();
    let (place, name) = rest.split_once('/').unwrap();
    let relay = Relay::to(place.to_owned());
    let machine = Machine::with_database(format!("{before}@{}/{name}", relay.at));
    let mut serving = Serving::start(&machine, &[]);
    let at = serving.address;
    ready_becomes(at, 200);
    relay.cut();
    let said = ready_becomes(at, 503);
    assert!(said.contains("the database"), "{said}");
    assert_eq!(get(at, "/health/live").0, 200);
    relay.mend();
    ready_becomes(at, 200);
    relay.hold();
    assert_eq!(ready_becomes(at, 503), "not ready: the database does not answer within 2 s\n");
    assert_eq!(get(at, "/health/live").0, 200);
    relay.mend();
    ready_becomes(at, 200);
    let (code, log) = serving.stop();
    assert_eq!(code, 0, "{log}");
    let (_, password) = before.rsplit_once(':').unwrap();
    assert!(!log.contains(password), "the password is in the log");
}
