//! `hermes health`: report, list, clear; wrong words are refused in one sentence.

use crate::tools::Machine;

#[test]
fn a_report_is_shown_saved_listed_and_closed() {
    let machine = Machine::new();
    let file = machine.path("runs.zip");
    let file = file.to_str().unwrap();
    machine.ok(&["sample-archive", "--out", file, "--weeks", "20"]);
    machine.ok(&["import", file]);
    machine.ok(&["plan", "--publish"]);
    let report = ["health", "report", "--type", "injury", "--part", "low-back", "--severity", "4"];
    let would = machine.ok(&[&report[..], &["--dry-run"]].concat());
    assert!(would.contains("Nothing was saved") && would.contains("No running from"), "{would}");
    let saved = machine.json(&report);
    assert_eq!((&saved["in_force"], &saved["lock_days"]), (&"rest".into(), &14.into()));
    assert_eq!(saved["change"]["state"], "Injury Protection");
    let id = saved["id"].as_str().unwrap();
    let listed = machine.json(&["health", "list"]);
    assert_eq!(listed["records"][0]["id"], id);
    assert_eq!(listed["records"][0]["part"], "low_back");
    assert_eq!(listed["records"][0]["locked"], true);
    assert!(machine.ok(&["health", "list"]).contains("Open records"));
    let cleared = machine.json(&["health", "clear", id]);
    assert_eq!(cleared["closed"][0], id);
    assert_eq!(machine.json(&["health", "list"])["records"][0]["locked"], false);
    assert_eq!(machine.json(&["verify"])["sound"], true);
}

#[test]
fn wrong_words_are_refused() {
    let machine = Machine::new();
    let refused = |args: &[&str], part: &str| {
        let done = machine.run(&[&["health"], args].concat());
        assert_eq!((done.code, done.out.as_str()), (1, ""), "{}", done.err);
        assert_eq!(done.err.lines().count(), 1, "{}", done.err);
        assert!(done.err.starts_with("hermes: ") && done.err.contains(part), "{}", done.err);
    };
    let pain = ["report", "--type", "pain", "--part"];
    refused(&["report", "--type", "ache"], "\"ache\" is not a type of health record");
    refused(&[&pain[..], &["tail"]].concat(), "\"tail\" is not a part of the body");
    refused(&[&pain[..], &["knee", "--severity", "0"]].concat(), "severity 0");
    refused(&[&pain[..], &["knee", "--severity", "11"]].concat(), "severity 11");
    refused(&[&pain[..], &["knee", "--date", "2099-01-01"]].concat(), "in the future");
    refused(&[&pain[..], &["knee", "--symptom", "sad"]].concat(), "is not a symptom");
    refused(&["report", "--type", "pain"], "needs the part");
    refused(&["clear", "7"], "is not the id of a record");
    refused(&["clear", "01a2058c-f9e6-7a84-a32b-d871620e317f"], "no open health record");
    refused(&["clear", "--all"], "nothing to clear");
    assert_eq!(machine.run(&["health", "clear"]).code, 2);
    assert_eq!(machine.run(&["health", "report"]).code, 2);
    assert_eq!(machine.json(&["health", "list"])["records"].as_array().unwrap().len(), 0);
}
