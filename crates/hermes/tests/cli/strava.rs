//! `hermes strava` and `hermes demo`, against the simulator and against one that answers badly. On
//! Unix: processes are ended by signals.
#![cfg(unix)]

use crate::serve::{Serving, ask};
use crate::tools::Machine;
use serde_json::Value;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(60);
/// An application's secret that nothing else is called.
const SECRET: &str = "s3cr3t-0f-the-4ppl1cat10n";

/// The settings of a Hermes whose Strava is at an address.
fn settings(url: &str, secret: &str) -> Vec<(&'static str, String)> {
    let said = "Written permission of Strava's developer team, 2026-02-01";
    vec![
        ("HERMES_STRAVA_CLIENT_ID", "1".to_owned()),
        ("HERMES_STRAVA_CLIENT_SECRET", secret.to_owned()),
        ("HERMES_STRAVA_RETENTION", "keep".to_owned()),
        ("HERMES_STRAVA_PERMISSION", said.to_owned()),
        ("HERMES_STRAVA_OAUTH_HOST", url.to_owned()),
        ("HERMES_STRAVA_API_BASE", format!("{url}/api/v3")),
    ]
}

fn refs<'a>(settings: &'a [(&'static str, String)]) -> Vec<(&'static str, &'a str)> {
    settings.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

fn simulator(machine: &Machine) -> Serving {
    let options = ["--bind", "127.0.0.1:0", "--athletes", "1", "--years", "1"];
    Serving::of(machine.command(&[], &[&["strava-sim", "--json"], &options[..]].concat()))
}

/// Whatever is asked is answered so; what was asked, as it came.
fn stub(answer: &'static str) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let asked: Arc<Mutex<Vec<String>>> = Arc::default();
    let noted = asked.clone();
    std::thread::spawn(move || {
        while let Ok((mut stream, _)) = listener.accept() {
            let mut bytes = [0; 8 << 10];
            let n = stream.read(&mut bytes).unwrap_or(0);
            noted.lock().unwrap().push(String::from_utf8_lossy(&bytes[..n]).into_owned());
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    (url, asked)
}

/// A browser signs in with a link and goes to Strava and back; the code that it came back with.
fn connect(serving: &Serving, sim: SocketAddr, token: &str) -> String {
    let form = "Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded";
    let post = |path: &str, cookie: &str, body: &str| {
        let request = format!("POST {path} HTTP/1.1\r\n{form}\r\nCookie: {cookie}");
        ask(serving.address, &request, body).unwrap()
    };
    let (status, head, _) = post("/sign-in", "", &format!("token={token}"));
    assert_eq!(status, 303, "{head}");
    let cookie = head.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
    let cookie = cookie.split(';').next().unwrap();
    let (_, _, page) = post("/connect/strava", cookie, "agree=1");
    let there = page.split(&format!("http://{sim}")).nth(1).unwrap();
    let there = there.split('"').next().unwrap().replace("&amp;", "&");
    let (status, head, _) = ask(sim, &format!("POST {there} HTTP/1.1"), "").unwrap();
    assert_eq!(status, 302, "{head}");
    let back = head.lines().find_map(|line| line.strip_prefix("location: ")).unwrap();
    let back = &back[back.find("/connect/").unwrap()..];
    let request = format!("GET {back} HTTP/1.1\r\nCookie: {cookie}");
    let (status, head, body) = ask(serving.address, &request, "").unwrap();
    assert_eq!(status, 303, "{head}{body}");
    back.split("code=").nth(1).unwrap().split(['&', '\r']).next().unwrap().to_owned()
}

#[test]
fn strava_is_connected_synced_pushed_and_disconnected() {
    let machine = Machine::new();
    let mut sim = simulator(&machine);
    let set = settings(&format!("http://{}", sim.address), "secret");
    let set = refs(&set);
    let run = |args: &[&str]| machine.run_with(&set, &[&["strava"], args, &["--json"]].concat());
    let json = |args: &[&str]| -> Value {
        let done = run(args);
        assert_eq!(done.code, 0, "{args:?}: {}{}", done.out, done.err);
        serde_json::from_str(&done.out).unwrap()
    };
    assert_eq!(json(&["status"])["state"], "not_connected");
    let done = run(&["sync"]);
    assert!(done.code == 1 && done.err.contains("not connected"), "{}", done.err);
    let done = run(&["disconnect", "--agree"]);
    assert!(done.code == 1 && done.err.contains("not connected"), "{}", done.err);

    let args = ["serve", "--json", "--bind", "127.0.0.1:0"];
    let logged = [&set[..], &[("RUST_LOG", "trace")]].concat();
    let mut serving = Serving::of(machine.command(&logged, &args));
    let token = serving.said["sign_in"].as_str().unwrap().rsplit_once('/').unwrap().1.to_owned();
    let code = connect(&serving, sim.address, &token);
    let began = Instant::now();
    let synced = loop {
        let status = json(&["sync"]);
        if status["stage"] == "done" || began.elapsed() > PATIENCE {
            break status;
        }
        std::thread::sleep(Duration::from_millis(200));
    };
    assert!(synced["activities"].as_i64().unwrap() > 20, "{synced}");
    assert_eq!((&synced["state"], &synced["last_error"]), (&"connected".into(), &Value::Null));
    assert!(synced["quota"].as_array().unwrap().iter().any(|q| q["used"] != 0), "{synced}");
    let shown = machine.run_with(&set, &["strava", "status"]);
    assert!(shown.out.contains("Strava: connected"), "{}", shown.out);

    let done = run(&["subscribe", "--public-url", "http://127.0.0.1:9"]);
    assert!(done.code == 1 && done.err.contains("reachable"), "{}", done.err);
    let public = format!("http://{}", serving.address);
    let subscribed = json(&["subscribe", "--public-url", &public]);
    assert!(subscribed["subscription"].as_i64().unwrap() > 0, "{subscribed}");
    assert_eq!(json(&["status"])["webhooks"], true);
    let list = "GET /api/v3/push_subscriptions?client_id=1&client_secret=secret HTTP/1.1";
    let list: Value = serde_json::from_str(&ask(sim.address, list, "").unwrap().2).unwrap();
    let address = list[0]["callback_url"].as_str().unwrap();
    let path = address.strip_prefix(&public).unwrap();
    assert_eq!(ask(serving.address, &format!("POST {path} HTTP/1.1"), "{}").unwrap().0, 200);
    let hook = path.rsplit_once('/').unwrap().1.to_owned();
    assert!(path.starts_with("/hooks/strava/") && hook.len() == 64, "{path}");
    assert_eq!(json(&["unsubscribe"])["was_subscribed"], true);
    assert_eq!(json(&["unsubscribe"])["was_subscribed"], false);

    let done = run(&["disconnect"]);
    assert!(done.code == 1 && done.err.contains("--agree"), "{}", done.err);
    let gone = json(&["disconnect", "--agree"]);
    assert_eq!(gone["receipt"]["activities"], synced["activities"], "{gone}");
    assert_eq!(gone["not_revoked"], Value::Null);
    assert_eq!(json(&["status"])["state"], "not_connected");
    let (ended, log) = serving.stop();
    assert_eq!(ended, 0);
    assert!(log.contains("/hooks/strava/{secret}"), "the log has the route, and no more:");
    for secret in [hook, code] {
        assert!(!log.contains(&secret), "{secret} is in the log");
    }
    assert_eq!(sim.stop().0, 0);
}

#[test]
fn what_is_missing_or_wrong_in_the_settings_is_said() {
    let machine = Machine::new();
    let said = |change: &[(&'static str, &'static str)]| {
        let mut set = settings("http://127.0.0.1:9", "secret");
        set.retain(|(name, _)| change.iter().all(|(changed, _)| changed != name));
        set.extend(change.iter().map(|(name, value)| (*name, (*value).to_owned())));
        machine.run_with(&refs(&set), &["strava", "status"]).out
    };
    assert!(machine.run(&["strava", "status"]).out.contains("not set up"));
    let retention = "HERMES_STRAVA_RETENTION";
    assert!(said(&[(retention, "")]).contains("there is no default"));
    assert!(said(&[(retention, "30d")]).contains("\"7d\" or \"keep\""));
    assert!(said(&[("HERMES_STRAVA_PERMISSION", "")]).contains("strava.permission"));
    assert!(said(&[("HERMES_STRAVA_CLIENT_SECRET", "")]).contains("client secret is missing"));
    assert!(said(&[("HERMES_STRAVA_REVOKE", "never")]).contains("revoke or deauthorize"));
    assert!(said(&[("HERMES_STRAVA_API_BASE", "http://strava.example")]).contains("only https"));
    assert!(said(&[("HERMES_STRAVA_PUBLIC_URL", "hermes")]).contains("begin with https://"));
    let done = machine.run(&["strava", "subscribe"]);
    assert!(done.code == 1 && done.err.contains("Strava is off"), "{}", done.err);
}

/// The one request that must hold the secret in its address: nothing is logged of it, however much
/// is logged, and whether it goes well or not.
#[test]
fn the_applications_secret_is_never_logged() {
    let machine = Machine::new();
    let listed = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\nConnection: close\r\n\r\n[{\"id\":5}]";
    let empty = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n[]";
    let broken = "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let denied = "HTTP/1.1 401 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let cut = "HTTP/1.1 200 OK\r\nContent-Length: 500\r\nConnection: close\r\n\r\n[{\"id\"";
    for (answer, code) in [(listed, 0), (empty, 0), (broken, 1), (denied, 1), (cut, 1)] {
        for json in ["false", "true"] {
            let (url, asked) = stub(answer);
            let mut set = settings(&url, SECRET);
            set.push(("RUST_LOG", "trace".to_owned()));
            set.push(("HERMES_LOG_JSON", json.to_owned()));
            let done = machine.run_with(&refs(&set), &["strava", "unsubscribe"]);
            assert_eq!(done.code, code, "{}", done.err);
            let asked = asked.lock().unwrap();
            let first = asked[0].lines().next().unwrap();
            assert!(first.starts_with("GET /api/v3/push_subscriptions?") && first.contains(SECRET));
            assert!(!asked.iter().skip(1).any(|r| r.lines().next().unwrap().contains(SECRET)));
            for text in [&done.out, &done.err] {
                assert!(!text.contains(SECRET) && !text.contains("client_secret"), "{text}");
            }
            // It would be seen: the log is not empty.
            assert!(done.err.contains("TRACE") || done.err.contains("DEBUG"), "{}", done.err);
        }
    }
}

/// A demonstration that is killed leaves nothing in the folder of the one who looked around.
#[test]
fn a_demonstration_that_is_killed_leaves_the_runners_own_folder_alone() {
    let machine = Machine::new();
    let temporary = machine.path("tmp");
    std::fs::create_dir(&temporary).unwrap();
    let temporary_name = temporary.to_str().unwrap().to_owned();
    let binds = ["--bind", "127.0.0.1:0", "--strava-bind", "127.0.0.1:0"];
    let args = [&["demo", "--json"], &binds[..]].concat();
    let command = |at: &[(&str, &str)]| -> Command { machine.command(at, &args) };
    // Killed in the middle of being made.
    let own = [("TMPDIR", temporary_name.as_str())];
    let folders = || std::fs::read_dir(&temporary).unwrap().count();
    let being_made = |before: usize| {
        let child = command(&own).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let began = Instant::now();
        while folders() == before && began.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(5));
        }
        child
    };
    let mut child = being_made(0);
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!machine.path("data").exists(), "its own folder was not even made");
    // And when it was ready; the next one is not held up by what is left of others.
    let serving = Serving::of(command(&own));
    drop(serving);
    assert!(!machine.path("data").exists());
    let began = Instant::now();
    let mut serving = Serving::of(command(&own));
    eprintln!("a demonstration was ready after {} ms", began.elapsed().as_millis());
    let left = folders();
    assert_eq!(serving.stop().0, 0);
    assert_eq!(folders(), left - 1, "it is gone again");
    // One that is asked to end while it is being made tidies up as well.
    let mut child = being_made(left - 1);
    std::thread::sleep(Duration::from_millis(500));
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    assert!(child.wait().unwrap().success());
    assert_eq!(folders(), left - 1, "nothing is left of half of one");
    assert!(!machine.path("data").exists());
}

/// Every test that docs/STRAVA.md names is there.
#[test]
fn the_tests_that_hold_the_mistakes_of_others_exist() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let page = std::fs::read_to_string(root.join("docs/STRAVA.md")).unwrap();
    let mut folders = vec![root.join("crates")];
    let mut sources = String::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                sources.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    let words: Vec<&str> = page.split('`').skip(1).step_by(2).collect();
    let named = words.iter().filter_map(|word| Some(word.rsplit_once("::")?.1));
    let named: Vec<&str> = named.collect();
    assert!(named.len() > 25, "{named:?}");
    for name in named {
        assert!(sources.contains(&format!("fn {name}(")), "{name}");
    }
}
