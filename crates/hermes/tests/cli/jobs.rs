//! `hermes jobs`, `hermes worker` and the worker inside `hermes serve`.

use crate::tools::{Machine, postgres};
use hermes_app::App;
use hermes_app::clock::{Clock as _, SystemClock};
use hermes_app::jobs::{Failure, Handle, Job, PERIODIC, Pace, Prune, Task, Worker};
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

struct GivesUp;

impl Handle for GivesUp {
    async fn handle(&self, _: Task) -> Result<(), Failure> {
        Err(Failure::GiveUp("it cannot be\ndone".to_owned()))
    }
}

/// Leaves a dead job behind.
fn die(machine: &Machine) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let app = App::open(&machine.url(), Arc::new(SystemClock)).await.unwrap();
        let now = SystemClock.now();
        app.enqueue(&Job::Prune(Prune {}), "by hand", now, Some("r-1")).await.unwrap();
        let worker = Worker::with(app.clone(), GivesUp, Pace::default());
        assert_eq!(worker.drain().await.unwrap().dead, 1);
        app.close().await;
    });
}

fn shown_brought_back_and_run(machine: &Machine) {
    assert!(machine.ok(&["jobs", "list"]).contains("No such jobs.\nIn all: none."));
    die(machine);
    let listed = machine.json(&["jobs", "list", "--state", "dead", "--kind", "prune"]);
    let job = &listed["jobs"][0];
    assert_eq!((&job["key"], &job["attempts"]), (&"by hand".into(), &1.into()));
    assert_eq!((&job["request_id"], &job["priority"]), (&"r-1".into(), &900.into()));
    assert_eq!(job["last_error"], "it cannot be\ndone");
    assert_eq!(listed["counts"][0]["state"], "dead");
    let id = job["id"].as_str().unwrap();
    let text = machine.ok(&["jobs", "list"]);
    assert!(text.contains(id) && text.contains("\n    it cannot be done\n"), "{text}");
    assert!(text.contains("In all: 1 prune dead."), "{text}");
    let back = machine.json(&["jobs", "retry", id]);
    assert_eq!((&back["job"]["id"], &back["job"]["state"]), (&id.into(), &"pending".into()));
    // That one, and those that come by themselves.
    let all = PERIODIC.len() + 1;
    let run = machine.json(&["jobs", "run"]);
    assert_eq!((&run["done"], &run["dead"], &run["retried"]), (&all.into(), &0.into(), &0.into()));
    let done = machine.json(&["jobs", "list", "--state", "done", "--limit", "1"]);
    assert_eq!(done["jobs"].as_array().unwrap().len(), 1);
    let newest = done["jobs"][0]["id"].as_str().unwrap();
    let next = machine.json(&["jobs", "list", "--before", newest]);
    let next = next["jobs"].as_array().unwrap();
    assert_eq!(next.len(), all - 1);
    assert!(next.iter().all(|job| job["id"] != newest));
    assert_eq!(machine.json(&["jobs", "list", "--kind", "other"])["jobs"], serde_json::json!([]));
}

#[test]
fn jobs_are_shown_brought_back_and_run_on_both_databases() {
    shown_brought_back_and_run(&Machine::new());
    let Some(database) = postgres("jobs") else { return };
    shown_brought_back_and_run(&Machine::with_database(database.url.clone()));
}

#[test]
fn wrong_words_are_refused() {
    let machine = Machine::new();
    let refused = |args: &[&str], part: &str| {
        let done = machine.run(&[&["jobs"], args].concat());
        assert_eq!((done.code, done.out.as_str()), (1, ""), "{}", done.err);
        assert_eq!(done.err.lines().count(), 1, "{}", done.err);
        assert!(done.err.starts_with("hermes: ") && done.err.contains(part), "{}", done.err);
    };
    refused(&["list", "--state", "asleep"], "\"asleep\" is not a state of a job");
    refused(&["list", "--limit", "501"], "give 1 to 500");
    refused(&["list", "--before", "first"], "\"first\" is not the id of a job");
    refused(&["retry", "first"], "\"first\" is not the id of a job");
    let nobody = "01a2058c-f9e6-7a84-a32b-d871620e317f";
    refused(&["retry", nobody], "no dead job has the id");
    assert_eq!(machine.run(&["jobs"]).code, 2);
}

/// A running process; killed where a test fails.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts the command, waits until it says that it runs and has done the job of the hour, asks
/// it to end, and expects it to end well.
#[cfg(unix)]
fn works_and_ends(args: &[&str]) {
    let machine = Machine::new();
    let child = machine.command(&[], args).stdout(Stdio::piped()).spawn().unwrap();
    let mut running = Running(child);
    let mut line = String::new();
    BufReader::new(running.0.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    assert!(line.starts_with("Hermes "), "{line}");
    // Other jobs may be done before one looks.
    let done = ["jobs", "list", "--state", "done", "--kind", "prune"];
    while machine.json(&done)["jobs"][0].is_null() {
        assert_eq!(running.0.try_wait().unwrap(), None, "it still runs");
    }
    let asked = Command::new("kill").args(["-TERM", &running.0.id().to_string()]).status();
    assert!(asked.unwrap().success());
    assert!(running.0.wait().unwrap().success());
}

#[cfg(unix)]
#[test]
fn a_worker_works_until_it_is_asked_to_end() {
    works_and_ends(&["worker"]);
}

#[cfg(unix)]
#[test]
fn the_server_runs_jobs_too() {
    works_and_ends(&["serve", "--bind", "127.0.0.1:0"]);
}
