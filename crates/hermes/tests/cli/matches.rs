//! `hermes match` and `hermes activity` on the command line.

use crate::tools::Machine;
use hermes_engine::calendar::Day;
use serde_json::Value;

/// A machine with a steady runner's history up to yesterday and two past weeks replayed; the
/// first day of the earlier one, which every run of its plan could be matched in.
fn ready() -> (Machine, Day) {
    let machine = Machine::new();
    let archive = machine.path("steady.zip");
    let file = archive.to_str().unwrap();
    machine.ok(&["sample-archive", "--out", file, "--seed", "7", "--weeks", "40"]);
    machine.ok(&["import", file]);
    let plan = machine.json(&["plan", "--publish"]);
    let monday = Day::parse(plan["plan"]["week_start"].as_str().unwrap()).unwrap() - 14;
    let (from, to) = (monday.to_string(), (monday + 7).to_string());
    machine.ok(&["replay", "--from", &from, "--to", &to]);
    (machine, monday)
}

fn week(machine: &Machine, monday: Day) -> Value {
    machine.json(&["match", "list", "--week", &monday.to_string()])
}

/// The session of a day as it stands: its status and activities.
fn session(machine: &Machine, monday: Day, day: &str) -> (String, Vec<i64>) {
    let week = week(machine, monday);
    let all = week["sessions"].as_array().unwrap();
    let s = all.iter().find(|s| s["day"] == day).unwrap();
    let ids = s["activities"].as_array().unwrap().iter().map(|id| id.as_i64().unwrap());
    (s["status"].as_str().unwrap().to_owned(), ids.collect())
}

#[test]
fn a_match_is_listed_corrected_and_taken_back() {
    let (machine, monday) = ready();
    let all = week(&machine, monday);
    let done = |s: &&Value| !s["activities"].as_array().unwrap().is_empty();
    let run = all["sessions"].as_array().unwrap().iter().find(done).unwrap().clone();
    let (day, id) = (run["day"].as_str().unwrap(), run["activities"][0].to_string());
    let before = session(&machine, monday, day);
    assert!(run["score_permille"].as_i64().unwrap() >= 250, "{run}");

    let made = machine.json(&["match", "none", &id]);
    assert_eq!(made["correction"]["correction"]["alone"]["activity"].to_string(), id);
    assert_eq!(session(&machine, monday, day), ("missed".to_owned(), vec![]));
    let text = machine.ok(&["match", "list", "--week", &monday.to_string()]);
    for part in ["[missed]", "Belonging to no session", "Corrections:", "belongs to no session"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    // By its day and by its id, the session is the same.
    machine.ok(&["match", "set", day, &id]);
    assert_eq!(session(&machine, monday, day), before);
    let text = machine.ok(&["match", "not-done", run["workout"].as_str().unwrap()]);
    assert!(text.contains("was not done"), "{text}");
    assert_eq!(session(&machine, monday, day).0, "missed");
    let made = machine.json(&["match", "done", day]);
    assert_eq!(session(&machine, monday, day), ("green".to_owned(), vec![]));
    let back = machine.ok(&["match", "undo", made["correction"]["id"].as_str().unwrap()]);
    assert!(back.starts_with("Taken back"), "{back}");
    assert_eq!(session(&machine, monday, day), before);
    assert_eq!(machine.json(&["verify"])["sound"], true);
}

#[test]
fn an_activity_is_excluded_included_raced_and_deleted() {
    let (machine, monday) = ready();
    let all = week(&machine, monday);
    let done = |s: &&Value| !s["activities"].as_array().unwrap().is_empty();
    let run = all["sessions"].as_array().unwrap().iter().find(done).unwrap().clone();
    let (day, id) = (run["day"].as_str().unwrap(), run["activities"][0].to_string());
    let before = session(&machine, monday, day);
    for (out, back) in [("exclude", "include"), ("delete", "include")] {
        machine.ok(&["activity", out, &id]);
        assert_ne!(session(&machine, monday, day), before, "{out}");
        machine.ok(&["import", machine.path("steady.zip").to_str().unwrap()]);
        assert_ne!(session(&machine, monday, day), before, "an import does not undo {out}");
        machine.ok(&["activity", back, &id]);
        assert_eq!(session(&machine, monday, day), before, "{back}");
    }
    let said = machine.json(&["activity", "race", &id]);
    assert_eq!((said["activity"].to_string(), &said["says"]), (id.clone(), &"was a race".into()));
    machine.ok(&["activity", "race", &id, "--not"]);
    let said = machine.ok(&["activity", "type", &id, "Ride"]);
    assert!(said.contains("is Ride by your word (its source: Run)"), "{said}");
    assert!(machine.ok(&["activity", "show", &id]).contains("Ride by your word"));
    machine.ok(&["import", machine.path("steady.zip").to_str().unwrap()]);
    assert_ne!(session(&machine, monday, day), before, "an import does not undo it");
    let said = machine.json(&["activity", "type", &id, "--source"]);
    assert_eq!(said["says"], "is Run");
    assert_eq!(session(&machine, monday, day), before);
    machine.ok(&["activity", "confirm", &id]);
    assert_eq!(machine.json(&["verify"])["sound"], true);
}

#[test]
fn what_is_not_there_is_one_clear_line() {
    let (machine, monday) = ready();
    let all = week(&machine, monday);
    let day = all["sessions"][0]["day"].as_str().unwrap();
    for (args, part) in [
        (vec!["match", "list", "--week", "2001-01-01"], "no published plan"),
        (vec!["match", "set", "someday", "5"], "names no session"),
        (vec!["match", "set", day, "-5"], "no activity -5"),
        (vec!["match", "none", "5"], "no activity 5"),
        (vec!["match", "done", "0b5a5e0e-0000-7000-8000-000000000000"], "no planned run"),
        (vec!["match", "undo", "5"], "not the id of a correction"),
        (vec!["match", "undo", "0b5a5e0e-0000-7000-8000-000000000000"], "no such correction"),
        (vec!["match", "none", "5", "--as-of", "2025-01-01"], "--as-of"),
        (vec!["activity", "confirm", "5"], "no activity 5"),
        (vec!["activity", "type", "5", "Run"], "no activity 5"),
        (vec!["activity", "type", "5", "Flying"], "no kind of activity"),
    ] {
        let done = machine.run(&args);
        assert_eq!(done.code, 1, "{args:?}: {}", done.err);
        assert!(done.err.contains(part), "{args:?}: {}", done.err);
        assert_eq!(done.err.trim().lines().count(), 1, "{}", done.err);
    }
}
