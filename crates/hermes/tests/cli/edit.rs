//! Edits on the command line: a verdict before anything is saved, undo, and a sound record.

use crate::tools::Machine;
use hermes_engine::calendar::Day;
use serde_json::Value;

/// A machine with a steady runner's history up to yesterday, this week published.
fn ready() -> Machine {
    let machine = Machine::new();
    let archive = machine.path("steady.zip");
    let file = archive.to_str().unwrap();
    machine.ok(&["sample-archive", "--out", file, "--seed", "7", "--weeks", "40"]);
    machine.ok(&["import", file]);
    machine.ok(&["plan", "--publish"]);
    machine
}

/// The sessions of the week of a day.
fn sessions(machine: &Machine, day: &str) -> Vec<Value> {
    machine.json(&["plan", "--week", day])["plan"]["sessions"].as_array().unwrap().clone()
}

#[test]
fn an_edit_of_the_next_week_is_previewed_saved_listed_and_taken_back() {
    let machine = ready();
    let shown = machine.json(&["plan"]);
    let monday = Day::parse(shown["plan"]["week_start"].as_str().unwrap()).unwrap();
    let next = (monday + 7).to_string();
    let before = sessions(&machine, &next);
    let easy = before.iter().find(|s| s["kind"] == "Easy Run").unwrap();
    let day = easy["day"].as_str().unwrap();
    let ask = ["edit", "resize", day, "3.5", "--reason", "no time"];

    let preview = machine.json(&[&ask[..], &["--preview"]].concat());
    assert_ne!(preview["verdict"], "refused");
    assert_eq!(preview["saved"], false);
    assert_eq!(sessions(&machine, &next), before, "a preview saves nothing");

    let saved = machine.json(&ask);
    assert_eq!((&saved["saved"], &saved["changes"]), (&true.into(), &preview["changes"]));
    let after = sessions(&machine, &next);
    let run = after.iter().find(|s| s["day"] == day).unwrap();
    assert_eq!((&run["distance"], &run["pinned"]), (&3_500.into(), &true.into()));
    let text = machine.ok(&["edit", "list"]);
    assert!(text.contains("3.5 km") && text.contains("no time"), "{text}");

    machine.ok(&["edit", "undo"]);
    assert_eq!(sessions(&machine, &next), before);
    assert!(machine.ok(&["edit", "list"]).contains("taken back"));
    assert_ne!(machine.run(&["edit", "undo"]).code, 0, "nothing is left to take back");
    assert_eq!(machine.json(&["verify"])["sound"], true);
}

#[test]
fn a_refused_edit_names_rule_and_limit_and_saves_nothing() {
    let machine = ready();
    let shown = machine.json(&["plan"]);
    let monday = Day::parse(shown["plan"]["week_start"].as_str().unwrap()).unwrap();
    let next = (monday + 7).to_string();
    let before = sessions(&machine, &next);
    let long = before.iter().max_by_key(|s| s["distance"].as_i64()).unwrap();
    let day = long["day"].as_str().unwrap();
    let done = machine.run(&["edit", "resize", day, "60"]);
    assert_eq!(done.code, 3, "{}{}", done.out, done.err);
    for part in ["Refused", "H01", "60.0 km", "The nearest that is allowed", "Nothing is saved"] {
        assert!(done.out.contains(part), "{part}: {}", done.out);
    }
    assert_eq!(sessions(&machine, &next), before);
    assert_eq!(machine.json(&["edit", "list"])["edits"], Value::Array(Vec::new()));
}

#[test]
fn what_makes_no_sense_is_one_clear_line() {
    let machine = ready();
    for (args, part) in [
        (vec!["edit", "skip", "2020-01-01"], "not in this week or the next"),
        (vec!["edit", "skip", "someday"], "someday"),
        (vec!["edit", "retype", "2020-01-01", "zumba"], "not a kind of session"),
        (vec!["edit", "easier", "--as-of", "2025-01-01"], "--as-of"),
    ] {
        let done = machine.run(&args);
        assert_ne!(done.code, 0, "{args:?}");
        assert!(done.err.contains(part), "{args:?}: {}", done.err);
    }
}
