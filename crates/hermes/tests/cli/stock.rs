//! `hermes status`, `history`, `roadmap`, `check-in` and `plan --why`.

use crate::tools::Machine;
use serde_json::Value;

/// A machine with a steady runner's history up to yesterday, a race, and this week published.
fn ready() -> Machine {
    let machine = Machine::new();
    let archive = machine.path("steady.zip");
    let file = archive.to_str().unwrap();
    machine.ok(&["sample-archive", "--out", file, "--seed", "7", "--weeks", "40"]);
    machine.ok(&["import", file]);
    machine.ok(&["plan", "--publish"]);
    machine
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap()
}

#[test]
fn status_says_where_the_runner_stands() {
    let machine = ready();
    let status = machine.json(&["status"]);
    assert_eq!(status["state"]["name"], "Stable");
    assert_eq!(status["bootcamp"]["status"], "not_needed");
    assert_eq!(status["check_in"], Value::Null);
    assert_eq!(list(&status["weeks"]).len(), 4);
    for week in list(&status["weeks"]) {
        let sum: i64 = ["easy_m", "quality_m", "long_m", "recovery_m"]
            .iter()
            .map(|key| week[key].as_i64().unwrap())
            .sum();
        assert_eq!(week["actual_m"], sum, "{week}");
    }
    let killa = &status["killa"];
    let points: i64 = list(&killa["events"]).iter().map(|e| e["points"].as_i64().unwrap()).sum();
    assert_eq!(killa["points"], points);
    let text = machine.ok(&["status"]);
    for part in ["Stable, since", "Momentum", "Killa", "Last weeks"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let report = ["health", "report", "--type", "pain", "--part", "knee", "--severity", "6"];
    machine.ok(&report);
    let text = machine.ok(&["status"]);
    for part in ["Injury Protection, since", "Why: ", "Health: ", "no running until"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    // Before any of it there was nothing.
    let before = machine.json(&["--as-of", "2020-01-01", "status"]);
    assert_eq!(before["weeks"], Value::Array(Vec::new()));
    assert_eq!(before["momentum"]["current_days"], 0);
    assert_eq!(list(&before["health"]["records"]).len(), 0);
    assert_eq!(machine.json(&["verify"])["sound"], true);
}

#[test]
fn history_is_short_or_long_and_ends_with_the_day() {
    let machine = ready();
    let report = ["health", "report", "--type", "pain", "--part", "knee", "--severity", "6"];
    machine.ok(&report);
    let all = machine.json(&["history"]);
    let kinds: Vec<&str> =
        list(&all["entries"]).iter().map(|e| e["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["first", "state"], "{all}");
    let last = &list(&all["entries"])[1];
    assert_eq!(last["to"], "Injury Protection");
    let (short, long) = (last["short"].as_str().unwrap(), last["long"].as_str().unwrap());
    assert!(machine.ok(&["history"]).contains(short));
    let text = machine.ok(&["history", "--long"]);
    assert!(text.contains(long) && text.contains("28 days: "), "{text}");
    assert!(machine.ok(&["history", "--as-of", "2020-01-01"]).contains("Nothing changed"));
    let swapped = machine.run(&["history", "--from", "2020-02-01", "--to", "2020-01-01"]);
    assert_eq!((swapped.code, swapped.out.as_str()), (1, ""));
    assert!(swapped.err.contains("swap the two days"), "{}", swapped.err);
    assert_eq!(machine.run(&["history", "--from", "someday"]).code, 1);
}

#[test]
fn a_roadmap_shows_the_way_to_every_race() {
    let machine = ready();
    assert!(machine.ok(&["roadmap"]).contains("No race is ahead"));
    let monday = machine.json(&["plan"])["plan"]["week_start"].as_str().unwrap().to_owned();
    let monday = hermes_engine::calendar::Day::parse(&monday).unwrap();
    let add = |distance: &str, weeks: i64, priority: &str| {
        let date = (monday + 7 * weeks + 6).to_string();
        machine.ok(&[
            "goal",
            "add",
            "--distance",
            distance,
            "--date",
            &date,
            "--priority",
            priority,
        ]);
    };
    add("half", 16, "1");
    add("10k", 10, "2");
    add("5k", 15, "3");
    let shown = machine.json(&["roadmap"]);
    let road = &shown["roadmaps"][0];
    assert_eq!(road["goal"]["distance"], "half");
    let phases: Vec<&str> =
        list(&road["phases"]).iter().map(|p| p["phase"].as_str().unwrap()).collect();
    assert!(phases.ends_with(&["Peak", "Taper", "Recovery"]), "{phases:?}");
    assert!(list(&road["milestones"]).iter().any(|m| m["metric"] == "race_s"));
    assert_eq!(shown["tune_ups"][0]["race"]["distance"], "10k");
    assert_eq!(shown["collisions"][0]["race"]["distance"], "5k");
    let text = machine.ok(&["roadmap"]);
    for part in ["Half Marathon on", "on the way: 10K", "taper", "Changes"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let history = machine.ok(&["history"]);
    assert!(history.contains("You set a goal."), "{history}");
}

#[test]
fn a_plan_explains_itself_when_asked() {
    let machine = ready();
    let plain = machine.ok(&["plan"]);
    let why = machine.ok(&["plan", "--why"]);
    assert!(why.starts_with(&plain) && why.contains("H02") && why.contains("grade"), "{why}");
    let json = machine.json(&["plan", "--why"]);
    let all = list(&json["explanations"]);
    assert!(
        all.iter().any(|e| e["about"] == "week") && all.iter().any(|e| e["about"] == "session")
    );
    assert!(all.iter().all(|e| !e["short"].as_str().unwrap().is_empty()));
    assert_eq!(machine.json(&["plan"])["explanations"], Value::Null);
}

#[test]
fn a_check_in_needs_to_be_open_and_a_known_word() {
    let machine = ready();
    assert_eq!(machine.json(&["check-in", "list"])["check_ins"], Value::Array(Vec::new()));
    assert!(machine.ok(&["check-in", "list"]).contains("no check-in"));
    for (args, part) in [
        (vec!["check-in", "answer", "--answer", "lazy"], "\"lazy\" is not an answer"),
        (vec!["check-in", "answer", "--answer", "busy"], "no check-in is open"),
        (vec!["check-in", "answer", "--answer", "busy", "--as-of", "2026-01-01"], "--as-of"),
    ] {
        let done = machine.run(&args);
        assert_eq!((done.code, done.out.as_str()), (1, ""), "{args:?}: {}", done.err);
        assert_eq!(done.err.lines().count(), 1, "{}", done.err);
        assert!(done.err.contains(part), "{}", done.err);
    }
    assert_eq!(machine.run(&["check-in", "answer"]).code, 2);
}

/// The runs of the last ten days are missing of a plan that a replay made for them.
#[test]
fn a_check_in_is_opened_listed_and_answered() {
    let machine = Machine::new();
    let archive = machine.path("past.zip");
    let file = archive.to_str().unwrap();
    let today = machine.json(&["plan"])["plan"]["week_start"].as_str().unwrap().to_owned();
    let monday = hermes_engine::calendar::Day::parse(&today).unwrap();
    let (stopped, from) = ((monday - 14).to_string(), (monday - 35).to_string());
    machine.ok(&["sample-archive", "--out", file, "--weeks", "30", "--as-of", &stopped]);
    machine.ok(&["import", file]);
    machine.ok(&["replay", "--from", &from, "--to", &(monday - 1).to_string()]);
    machine.ok(&["plan", "--publish"]);
    let open = machine.json(&["check-in", "list"]);
    assert_eq!(open["check_ins"][0]["answer"], Value::Null, "{open}");
    assert!(machine.ok(&["check-in", "list"]).contains("What is going on?"));
    let status = machine.json(&["status"]);
    assert_eq!(status["check_in"]["id"], open["check_ins"][0]["id"]);
    let asked = ["check-in", "answer", "--answer", "motivation-loss", "--details", "tired of it"];
    let done = machine.json(&asked);
    assert_eq!(done["action"], "restructure_offered");
    assert!(done["offers"].as_array().is_some_and(|all| !all.is_empty()), "{done}");
    let listed = machine.json(&["check-in", "list"]);
    assert_eq!(listed["check_ins"][0]["answer"], "motivation_loss");
    assert_eq!(listed["check_ins"][0]["details"], "tired of it");
    assert_eq!(machine.json(&["verify"])["sound"], true);
}
