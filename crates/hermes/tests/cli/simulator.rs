//! `hermes strava-sim` and `hermes demo`. On Unix: processes are stopped by signals.
#![cfg(unix)]

use crate::serve::{Serving, ask, get};
use crate::tools::Machine;
use serde_json::Value;

fn json(answer: &(u16, String, String)) -> Value {
    serde_json::from_str(&answer.2).unwrap()
}

#[test]
fn the_simulator_serves_its_one_application() {
    let machine = Machine::new();
    let options = ["--bind", "127.0.0.1:0", "--seed", "7", "--athletes", "2", "--years", "1"];
    let stopped = ["--at", "2026-11-18T12:07:00Z", "--limits", "9,99,8,88"];
    let args = [&["strava-sim", "--json"], &options[..], &stopped].concat();
    let mut serving = Serving::of(machine.command(&[], &args));
    let said = serving.said.clone();
    assert_eq!((&said["client_id"], &said["client_secret"]), (&1.into(), &"secret".into()));
    assert_eq!(said["athletes"].as_array().unwrap().len(), 2);
    let at = serving.address;
    let clock = json(&get(at, "/sim/clock"));
    assert_eq!((&clock["now"], &clock["running"]), (&"2026-11-18T12:07:00Z".into(), &false.into()));
    assert_eq!(json(&get(at, "/sim/usage"))["limits"]["read_day"], 88);
    let authorize = "/oauth/authorize?client_id=1&response_type=code&scope=activity:read_all\
                     &redirect_uri=http://localhost/back";
    let page = get(at, authorize);
    assert!(page.0 == 200 && page.2.contains("<form method=\"post\">"));
    let (status, head, _) = ask(at, &format!("POST {authorize} HTTP/1.1"), "").unwrap();
    assert_eq!(status, 302);
    let code = head.split("code=").nth(1).unwrap().split('&').next().unwrap();
    let token = format!("POST /oauth/token?client_id=1&client_secret=secret&code={code} HTTP/1.1");
    let token = json(&ask(at, &token, "").unwrap());
    assert_eq!(token["athlete"]["id"], 1_000_001);
    let bearer = token["access_token"].as_str().unwrap();
    let list = format!("GET /api/v3/athlete/activities HTTP/1.1\r\nAuthorization: Bearer {bearer}");
    let list = json(&ask(at, &list, "").unwrap());
    assert_eq!(list[0]["resource_state"], 2);
    let (code, log) = serving.stop();
    assert_eq!(code, 0, "{log}");
    // It keeps nothing.
    assert!(!machine.has_database());
}

#[test]
fn what_the_simulator_cannot_be_is_said() {
    let machine = Machine::new();
    for (option, value) in
        [("--athletes", "0"), ("--years", "16"), ("--limits", "1,2,3"), ("--at", "now")]
    {
        let done = machine.run(&["strava-sim", option, value]);
        assert_eq!(done.code, 2, "{option}: {}", done.err);
    }
    let done = machine.run(&["strava-sim", "--at", "1970-01-01T00:00:00Z"]);
    assert!(done.code == 1 && done.err.contains("cannot be at 1970"), "{}", done.err);
    let held = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = held.local_addr().unwrap().to_string();
    let done = machine.run(&["strava-sim", "--bind", &taken]);
    assert_eq!((done.code, done.err.contains("choose another port")), (1, true), "{}", done.err);
    let done = machine.run(&["demo", "--bind", &taken]);
    assert_eq!((done.code, done.err.contains("with --bind")), (1, true), "{}", done.err);
}

#[test]
fn nobody_is_let_in_like_that_elsewhere() {
    let machine = Machine::new();
    let serving = Serving::of(machine.command(&[], &["serve", "--json", "--bind", "127.0.0.1:0"]));
    assert_eq!(get(serving.address, "/demo").0, 404);
    let form = "POST /demo HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded";
    assert_eq!(ask(serving.address, form, "runner=0").unwrap().0, 404);
}

#[test]
fn a_demonstration_lets_in_as_each_of_its_runners_and_touches_nothing_else() {
    let machine = Machine::new();
    let folder = machine.path("demonstration");
    let named = ["--data-dir", folder.to_str().unwrap()];
    let binds = ["--bind", "127.0.0.1:0", "--strava-bind", "127.0.0.1:0"];
    // The machine's own database is named by the environment, as with any runner.
    let own = [("HERMES_DATABASE_URL", "sqlite:/nowhere/at/all.db")];
    let args = [&["demo", "--json"], &binds[..], &named].concat();
    let mut serving = Serving::of(machine.command(&own, &args));
    let at = serving.address;
    let links = serving.said["runners"].as_array().unwrap().clone();
    assert_eq!(links.len(), 3);
    assert!(links.iter().all(|l| l["sign_in"].as_str().unwrap().contains("/sign-in/")));
    let sim: std::net::SocketAddr =
        serving.said["strava"].as_str().unwrap().strip_prefix("http://").unwrap().parse().unwrap();
    assert_eq!(json(&get(sim, "/sim/athletes")).as_array().unwrap().len(), 3);
    let (status, head, _) = get(at, "/");
    assert!(status == 303 && head.contains("location: /demo"), "{head}");
    let page = get(at, "/demo");
    let mut seen = std::collections::BTreeSet::new();
    for n in 0..3 {
        assert!(page.2.contains(&format!("name=\"runner\" value=\"{n}\"")), "{}", page.2);
        let request = "POST /demo HTTP/1.1\r\nSec-Fetch-Site: same-origin\r\n\
                       Content-Type: application/x-www-form-urlencoded";
        let (status, head, _) = ask(at, request, format!("runner={n}")).unwrap();
        assert_eq!(status, 303, "{head}");
        let cookie = head.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
        let cookie = cookie.split(';').next().unwrap();
        for path in ["/today", "/plan", "/activities"] {
            let page = format!("GET {path} HTTP/1.1\r\nCookie: {cookie}");
            let (status, _, body) = ask(at, &page, "").unwrap();
            assert_eq!(status, 200, "{path} of {n}");
            seen.insert(body);
        }
    }
    assert_eq!(seen.len(), 9, "nobody sees another one's pages");
    let form = "POST /demo HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded";
    assert_eq!(ask(at, form, "runner=3").unwrap().0, 404);
    let (code, log) = serving.stop();
    assert_eq!(code, 0, "{log}");
    assert!(!machine.has_database());
    let again = machine.run_with(&own, &args);
    assert_eq!(again.code, 1);
    assert!(again.err.contains("there is a demonstration in"), "{}", again.err);
    let other = machine.run(&["demo", "--database", "sqlite:mine.db"]);
    assert!(other.code == 1 && other.err.contains("a database of its own"), "{}", other.err);
}
