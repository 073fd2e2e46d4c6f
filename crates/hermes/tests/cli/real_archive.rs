//! The issue's own walk: a real, irregular runner's archive, a goal, a replay, the check of it.

use crate::tools::{Machine, postgres, shared};
use serde_json::Value;
use std::io::{Read, Write};
use std::path::Path;

const ARCHIVE: &str = "samples/archives/export_900001.zip";
const GOAL: [&str; 8] =
    ["--as-of", "2020-10-05", "goal", "add", "--distance", "half", "--date", "2021-10-03"];
const REPLAY: [&str; 5] = ["replay", "--from", "2020-10-05", "--to", "2021-07-12"];

fn import(machine: &Machine, path: &Path) -> Value {
    machine.json(&["import", path.to_str().unwrap()])["imports"][0].clone()
}

#[test]
fn it_imports_once_whatever_the_number_of_times() {
    let Some(archive) = shared(ARCHIVE) else { return };
    let machine = Machine::new();
    let first = import(&machine, &archive);
    assert_eq!((&first["runs"], &first["counts"]["new"]), (&76.into(), &76.into()));
    assert_eq!(first["run_km"], "564.366");
    let before = std::fs::read(machine.path("data/hermes.db")).unwrap().len();
    let second = import(&machine, &archive);
    assert_eq!((&second["runs"], &second["counts"]["unchanged"]), (&76.into(), &76.into()));
    assert_eq!(second["counts"]["new"], 0);
    assert_eq!(second["counts"]["updated"], 0);
    let grown = std::fs::read(machine.path("data/hermes.db")).unwrap().len() - before;
    assert!(grown < 100_000, "only the second ledger is new, not the files: {grown} bytes");
    let text = machine.ok(&["import", archive.to_str().unwrap()]);
    assert!(text.contains("76 runs, 564.4 km"), "{text}");
}

/// The files of the archive are read: splits and best efforts are there, and the figures of long
/// runs add up.
#[test]
fn its_files_are_read_with_splits_and_best_efforts() {
    let Some(archive) = shared(ARCHIVE) else { return };
    let machine = Machine::new();
    let done = import(&machine, &archive);
    assert_eq!(done["counts"]["skipped"], 0, "{done}");
    let mut zip = zip::ZipArchive::new(std::fs::File::open(&archive).unwrap()).unwrap();
    let mut table = String::new();
    zip.by_name("activities.csv").unwrap().read_to_string(&mut table).unwrap();
    let (mut read, mut unread) = (0, 0);
    for line in table.lines().filter(|l| l.contains("activities/")).take(12) {
        let id = line.split(',').next().unwrap();
        let shown = machine.json(&["activity", "show", id]);
        let source = &shown["sources"][0];
        if source["points"].as_i64().unwrap_or(0) == 0 {
            unread += 1;
            continue;
        }
        read += 1;
        let distance = shown["activity"]["distance"].as_i64().unwrap();
        let km = shown["km"].as_array().unwrap();
        let sum: i64 = km.iter().filter_map(|s| s["distance"].as_i64()).sum();
        assert!((sum - distance).abs() * 20 <= distance, "{id}: {sum} of {distance} m in splits");
        let efforts = shown["efforts"].as_array().unwrap();
        assert_eq!(efforts.is_empty(), distance < 400, "{id}: {shown}");
        let times: Vec<i64> = efforts.iter().filter_map(|e| e["time"].as_i64()).collect();
        assert!(times.windows(2).all(|w| w[0] < w[1]), "{id}: {times:?}");
        assert!(shown["curve"]["at"].as_array().is_some_and(|a| a.len() > 10), "{id}");
    }
    assert!(read >= 10 && unread <= 2, "{read} read, {unread} not");
}

/// A copy of the archive in which one row's date cannot be read.
fn with_one_row_broken(archive: &Path, to: &Path) {
    let mut from = zip::ZipArchive::new(std::fs::File::open(archive).unwrap()).unwrap();
    let mut out = zip::ZipWriter::new(std::fs::File::create(to).unwrap());
    for i in 0..from.len() {
        let mut entry = from.by_index(i).unwrap();
        let name = entry.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        if name == "activities.csv" {
            let text = String::from_utf8(bytes).unwrap();
            assert!(text.contains("\"Aug 2, 2020, 9:42:41 AM\""));
            bytes = text.replace("\"Aug 2, 2020, 9:42:41 AM\"", "\"some day\"").into_bytes();
        }
        out.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        out.write_all(&bytes).unwrap();
    }
    out.finish().unwrap();
}

#[test]
fn one_unreadable_row_costs_one_run_and_is_named() {
    let Some(archive) = shared(ARCHIVE) else { return };
    let machine = Machine::new();
    let broken = machine.path("broken.zip");
    with_one_row_broken(&archive, &broken);
    let done = import(&machine, &broken);
    assert_eq!((&done["runs"], &done["counts"]["failed"]), (&75.into(), &1.into()));
    let problem = &done["problems"][0];
    assert_eq!(problem["item"], "4100047514");
    assert_eq!(problem["row"], 8);
    assert!(problem["reason"].as_str().unwrap().contains("some day"), "{problem}");
}

fn replayed(machine: &Machine, archive: &Path) -> Vec<(String, String)> {
    import(machine, archive);
    machine.ok(&GOAL);
    let done = machine.json(&REPLAY);
    let text = |w: &Value, key: &str| w[key].as_str().unwrap().to_owned();
    let weeks = done["weeks"].as_array().unwrap();
    weeks.iter().map(|w| (text(w, "week_start"), text(w, "digest"))).collect()
}

#[test]
fn every_week_is_published_verified_and_the_same_on_both_databases() {
    let Some(archive) = shared(ARCHIVE) else { return };
    let machine = Machine::new();
    let weeks = replayed(&machine, &archive);
    assert_eq!(weeks.len(), 41);
    assert_eq!(weeks[0].0, "2020-10-05");
    assert_eq!(weeks[40].0, "2021-07-12");
    let verified = machine.json(&["verify"]);
    assert_eq!(verified["sound"], true, "{verified}");
    let checks = verified["weeks"].as_array().unwrap();
    assert_eq!(checks.len(), 41);
    for (check, (start, digest)) in checks.iter().zip(&weeks) {
        assert_eq!(check["week_start"].as_str(), Some(start.as_str()));
        assert_eq!(check["digest"].as_str(), Some(digest.as_str()));
        assert_eq!(check["breaches"].as_array().unwrap().len(), 0);
    }
    assert_eq!(replayed(&Machine::new(), &archive), weeks, "a second fresh database");
    let again = machine.json(&REPLAY);
    let new = again["weeks"].as_array().unwrap().iter().filter(|w| w["new"] == true).count();
    assert_eq!(new, 0, "published weeks stay as they are");
    if let Some(database) = postgres("replay") {
        let server = Machine::with_database(database.url.clone());
        assert_eq!(replayed(&server, &archive), weeks, "PostgreSQL");
        assert_eq!(server.json(&["verify"])["sound"], true);
    }
}

#[test]
fn later_facts_do_not_exist() {
    let Some(archive) = shared(ARCHIVE) else { return };
    let whole = Machine::new();
    let weeks = replayed(&whole, &archive);
    // The same archive without anything from 2021 on gives the same weeks until then.
    let cut = Machine::new();
    let folder = cut.path("cut");
    let mut zip = zip::ZipArchive::new(std::fs::File::open(&archive).unwrap()).unwrap();
    zip.extract(&folder).unwrap();
    let table = folder.join("activities.csv");
    let text = std::fs::read_to_string(&table).unwrap();
    let kept: Vec<&str> = text.lines().filter(|l| !l.contains(", 2021, ")).collect();
    std::fs::write(&table, kept.join("\n")).unwrap();
    import(&cut, &folder);
    cut.ok(&GOAL);
    let done = cut.json(&["replay", "--from", "2020-10-05", "--to", "2020-12-28"]);
    let cut_weeks = done["weeks"].as_array().unwrap();
    assert_eq!(cut_weeks.len(), 13);
    for (week, (start, digest)) in cut_weeks.iter().zip(&weeks) {
        assert_eq!(week["digest"].as_str(), Some(digest.as_str()), "{start}");
    }
}

#[test]
fn the_next_week_is_printed_with_paces_purpose_and_reasons() {
    let Some(archive) = shared(ARCHIVE) else { return };
    let machine = Machine::new();
    import(&machine, &archive);
    machine.ok(&GOAL);
    let text = machine.ok(&["plan", "--as-of", "2021-07-12"]);
    assert!(text.contains("Week of 2021-07-12 to 2021-07-18"), "{text}");
    for part in ["/km", "km a week, and the rules allow up to", "Builds endurance", "Hal Higdon"] {
        assert!(text.contains(part), "{part} is missing in: {text}");
    }
}
