//! A replay with health records, feedback, check-ins and edits: sound and the same on both
//! databases, and blind to what came later.

use crate::tools::{Machine, postgres};
use hermes_engine::calendar::Day;
use serde_json::Value;

/// The week that holds today begins on this Monday.
fn monday() -> Day {
    let machine = Machine::new();
    let shown = machine.json(&["plan"]);
    Day::parse(shown["plan"]["week_start"].as_str().unwrap()).unwrap()
}

/// Archive, goal, illness, feedback, replay; then a missed fortnight, a check-in, an edit. The
/// replayed weeks.
fn live(machine: &Machine, monday: Day) -> Vec<Value> {
    let day = |back: i64| (monday - back).to_string();
    let archive = machine.path("past.zip");
    let file = archive.to_str().unwrap();
    machine.ok(&["sample-archive", "--out", file, "--weeks", "30", "--as-of", &day(14)]);
    machine.ok(&["import", file]);
    let race = (monday + 90).to_string();
    let goal = ["goal", "add", "--distance", "half", "--date", &race];
    machine.ok(&[&goal[..], &["--as-of", &day(56)]].concat());
    let ill = ["health", "report", "--type", "illness", "--symptom", "fever", "--date", &day(40)];
    let id = machine.json(&ill)["id"].as_str().unwrap().to_owned();
    machine.ok(&["health", "clear", &id, "--date", &day(37)]);
    let said = ["feedback", "--pain", "4", "--soreness", "4", "--date", &day(24)];
    machine.ok(&[&said[..], &["--as-of", &day(24)]].concat());
    let done = machine.json(&["replay", "--from", &day(56), "--to", &day(1)]);
    machine.ok(&["plan", "--publish"]);
    let asked = machine.json(&["check-in", "list"]);
    assert_eq!(asked["check_ins"].as_array().unwrap().len(), 1, "{asked}");
    let answered = machine.json(&["check-in", "answer", "--answer", "busy"]);
    assert_eq!(answered["action"], "grace_period");
    let next = machine.json(&["plan", "--week", &(monday + 7).to_string()]);
    let sessions = next["plan"]["sessions"].as_array().unwrap();
    let run = sessions.iter().find(|s| s["kind"] == "Easy Run").unwrap();
    let skip = ["edit", "skip", run["day"].as_str().unwrap(), "--reason", "a wedding"];
    assert_eq!(machine.json(&skip)["saved"], true);
    done["weeks"].as_array().unwrap().clone()
}

fn digests(weeks: &[Value]) -> Vec<&str> {
    weeks.iter().map(|w| w["digest"].as_str().unwrap()).collect()
}

#[test]
fn a_replay_with_everything_is_sound_and_knows_nothing_of_later() {
    let monday = monday();
    let sqlite = Machine::new();
    let weeks = live(&sqlite, monday);
    assert_eq!(weeks.len(), 8);
    let verified = sqlite.json(&["verify"]);
    assert_eq!(verified["sound"], true, "{verified}");
    assert!(verified["weeks"].as_array().unwrap().len() > 8);

    // Of the weeks before the fever nothing changes where nothing later was ever known.
    let blind = Machine::new();
    let archive = blind.path("past.zip");
    let file = archive.to_str().unwrap();
    let day = |back: i64| (monday - back).to_string();
    blind.ok(&["sample-archive", "--out", file, "--weeks", "26", "--as-of", &day(42)]);
    blind.ok(&["import", file]);
    let race = (monday + 90).to_string();
    let goal = ["goal", "add", "--distance", "half", "--date", &race];
    blind.ok(&[&goal[..], &["--as-of", &day(56)]].concat());
    let first = blind.json(&["replay", "--from", &day(56), "--to", &day(43)]);
    let first = first["weeks"].as_array().unwrap();
    assert_eq!(digests(first), digests(&weeks)[..2]);

    let Some(database) = postgres("everything") else { return };
    let server = Machine::with_database(database.url.clone());
    assert_eq!(digests(&live(&server, monday)), digests(&weeks));
    assert_eq!(server.json(&["verify"])["sound"], true);
    let status = |machine: &Machine| machine.json(&["status"]);
    let (a, b) = (status(&sqlite), status(&server));
    for key in ["state", "momentum", "killa", "weeks", "patterns"] {
        assert_eq!(a[key], b[key], "{key}");
    }
}
