//! Files, runs by hand, sources and imports of the past on the command line.

use crate::tools::Machine;
use serde_json::Value;
use std::fmt::Write;
use std::path::PathBuf;

/// A run of so many minutes at 200 m a minute on a morning in March 2024, as a GPX file.
fn gpx(machine: &Machine, name: &str, day: u8, minutes: u32) -> PathBuf {
    let mut text = String::from("<gpx version=\"1.1\"><trk><type>running</type><trkseg>");
    for second in (0..=minutes * 60).step_by(10) {
        let latitude = 50.0 + f64::from(second) * 200.0 / 60.0 / 111_195.0;
        let (m, s) = (second / 60, second % 60);
        let time = format!("2024-03-{day:02}T{:02}:{:02}:{s:02}Z", 7 + m / 60, m % 60);
        write!(text, "<trkpt lat=\"{latitude:.7}\" lon=\"8\"><time>{time}</time></trkpt>").unwrap();
    }
    let path = machine.path(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, text + "</trkseg></trk></gpx>").unwrap();
    path
}

fn import(machine: &Machine, path: &std::path::Path) -> Value {
    machine.json(&["import", path.to_str().unwrap()])["imports"][0].clone()
}

#[test]
fn files_are_imported_shown_merged_split_and_taken_back() {
    let machine = Machine::new();
    gpx(&machine, "runs/one.gpx", 1, 30);
    gpx(&machine, "runs/deeper/two.gpx", 3, 40);
    let done = import(&machine, &machine.path("runs"));
    assert_eq!((&done["counts"]["new"], &done["runs"]), (&2.into(), &2.into()));
    assert_eq!(done["run_km"], "14.000");
    let again = import(&machine, &machine.path("runs"));
    assert_eq!(again["counts"]["unchanged"], 2);

    // The same run by hand, a minute later.
    let add = ["activity", "add", "--date", "2024-03-01", "--at", "07:01", "--km", "6"];
    let added = machine.json(&[&add[..], &["--time", "30:00", "--name", "By hand"]].concat());
    assert_eq!(added["known"], true);
    let id = added["activity"].to_string();
    let shown = machine.json(&["activity", "show", &id]);
    assert_eq!(shown["activity"]["name"], "By hand");
    assert_eq!(shown["activity"]["distance"], 6000);
    assert_eq!(shown["km"].as_array().unwrap().len(), 6);
    let text = machine.ok(&["activity", "show", &id]);
    for part in ["Splits:", "Best efforts:", "5 km", "Sources:", "one.gpx", "By hand"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let sources = shown["sources"].as_array().unwrap();
    let other = sources.iter().find(|s| s["fixed"] == false).unwrap();
    let parts = machine.json(&["activity", "split", &id, other["id"].as_str().unwrap()]);
    let parts = parts["activities"].as_array().unwrap().clone();
    assert_eq!(parts.len(), 2);
    let (a, b) = (parts[0].to_string(), parts[1].to_string());
    let one = machine.json(&["activity", "merge", &a, &b]);
    assert_eq!(one["activities"].as_array().unwrap().len(), 1);

    let listed = machine.json(&["imports", "list"]);
    let all = listed["imports"].as_array().unwrap();
    assert_eq!(all.len(), 3);
    assert_eq!((&all[2]["id"], &all[2]["name"]), (&done["id"], &"runs".into()));
    let undone = machine.json(&["imports", "undo", done["id"].as_str().unwrap()]);
    assert_eq!(undone["days"], 2);
    assert!(machine.ok(&["imports", "list"]).contains("taken back"));
    let left = import(&machine, &gpx(&machine, "three.gpx", 9, 30));
    assert_eq!(left["runs"], 2, "by hand and the new one: {left}");
}

#[test]
fn what_cannot_be_is_refused_in_one_sentence() {
    let machine = Machine::new();
    let add = |date: &str, at: &str, km: &str, time: &str| {
        let when = ["activity", "add", "--date", date, "--at", at];
        machine.run(&[&when[..], &["--km", km, "--time", time]].concat())
    };
    let nil = uuid::Uuid::nil().to_string();
    let cases = [
        (add("soon", "07:00", "5", "25:00"), "\"soon\" is not a date"),
        (add("2024-03-01", "7", "5", "25:00"), "no time of the day"),
        (add("2024-03-01", "07:00", "NaN", "25:00"), "cannot be run"),
        (add("2024-03-01", "07:00", "5", "a while"), "h:mm:ss"),
        (add("2124-03-01", "07:00", "5", "25:00"), "still to come"),
        (machine.run(&["activity", "show", "5"]), "no activity 5"),
        (machine.run(&["activity", "split", "5", "x"]), "id of a source"),
        (machine.run(&["activity", "split", "5", &nil]), "activity"),
        (machine.run(&["activity", "merge", "5", "5"]), "itself"),
        (machine.run(&["imports", "undo", "x"]), "id of an import"),
        (machine.run(&["imports", "undo", &nil]), "import"),
    ];
    for (done, says) in cases {
        assert_eq!((done.code, done.err.lines().count()), (1, 1), "{says}: {}", done.err);
        assert!(done.err.contains(says), "{says}: {}", done.err);
    }
    let path = machine.path("junk.fit");
    std::fs::write(&path, "junk").unwrap();
    let done = machine.run(&["import", path.to_str().unwrap()]);
    assert_eq!(done.code, 1);
    assert!(done.err.contains("junk.fit") && done.err.lines().count() == 1, "{}", done.err);
}
