//! `hermes db`: what was backed up by any release can be restored, moved and read; what is broken
//! is named and left as it is.

use crate::tools::{Done, Machine, postgres};
use hermes_store::{Options, Store};
use serde_json::Value;
use std::path::Path;

/// Backups of what Hermes 0.1.0 and 0.2.0 made of their own sample archive (those of
/// `crates/store/tests/fixtures`), with their schema.
const RELEASED: [(&str, u64); 2] = [("0.1.0", 1), ("0.2.0", 3)];

fn released(version: &str) -> String {
    format!("{}/tests/fixtures/{version}.zip", env!("CARGO_MANIFEST_DIR"))
}

fn refused(done: &Done, part: &str) {
    assert_eq!((done.code, done.out.as_str()), (1, ""), "{}", done.err);
    assert_eq!(done.err.lines().count(), 1, "{}", done.err);
    assert!(done.err.starts_with("hermes: ") && done.err.contains(part), "{}", done.err);
}

fn sqlite(file: &Path) -> String {
    format!("sqlite:{}", file.display())
}

/// The database of that URL is sound and can be used; what it holds.
fn sound(url: &str) -> Value {
    let machine = Machine::with_database(url.to_owned());
    let checked = machine.json(&["db", "check"]);
    assert_eq!(checked["sound"], true, "{checked}");
    assert_eq!(checked["schema"], checked["known_schema"]);
    checked["tables"].clone()
}

#[test]
fn what_a_release_backed_up_is_restored_on_both() {
    let server = postgres("restore");
    for (version, schema) in RELEASED {
        let machine = Machine::new();
        let from = released(version);
        let mut targets = vec![sqlite(&machine.path("r.db"))];
        // The second release finds the server's database filled by the first: see below.
        targets.extend(server.iter().filter(|_| schema == 1).map(|s| s.url.clone()));
        let mut held = Vec::new();
        for to in &targets {
            let moved = machine.json(&["db", "restore", "--from", &from, "--to", to]);
            assert_eq!(moved["schema"], schema, "{version}");
            held.push(sound(to));
            let runner = Machine::with_database(to.clone());
            let verified = runner.json(&["--as-of", "2026-11-23", "verify"]);
            assert_eq!(verified["sound"], true, "{version}: {verified}");
            assert!(verified["weeks"].as_array().unwrap().len() >= 4);
            let week = runner.ok(&["--as-of", "2026-11-23", "plan", "--week", "2026-11-23"]);
            assert!(week.starts_with("Week of 2026-11-23"), "{week}");
            runner.ok(&["--as-of", "2026-11-23", "status"]);
        }
        assert!(held.iter().all(|tables| *tables == held[0]), "{version}: the same on both");
        if let (Some(server), 3) = (&server, schema) {
            let args = ["db", "restore", "--from", &from, "--to", &server.url];
            refused(&machine.run(&args), "the target is not empty");
        }
    }
}

#[test]
fn there_and_back_is_the_same() {
    let machine = Machine::new();
    let (here, back) = (sqlite(&machine.path("here.db")), sqlite(&machine.path("back.db")));
    machine.ok(&["db", "restore", "--from", &released("0.2.0"), "--to", &here]);
    let Some(server) = postgres("copy") else { return };
    let there = machine.json(&["db", "copy", "--from", &here, "--to", &server.url]);
    assert_eq!(there["backend"], "PostgreSQL");
    let again = machine.json(&["db", "copy", "--from", &server.url, "--to", &back]);
    assert_eq!((&again["backend"], &again["tables"]), (&"SQLite".into(), &there["tables"]));
    for url in [&here, &server.url, &back] {
        assert_eq!(sound(url), there["tables"], "{url}");
    }
    let rows = |n: &str| {
        let tables = there["tables"].as_array().unwrap();
        tables.iter().find(|t| t["name"] == n).unwrap()["rows"].as_u64().unwrap()
    };
    assert_eq!((rows("strava_activities"), rows("plan_edits")), (40, 1));

    // A backup of PostgreSQL goes into SQLite.
    let file = machine.path("server.zip");
    let file = file.to_str().unwrap();
    let hosted = Machine::with_database(server.url.clone());
    hosted.ok(&["db", "backup", "--out", file]);
    let fourth = sqlite(&machine.path("fourth.db"));
    let text = machine.ok(&["db", "restore", "--from", file, "--to", &fourth]);
    assert!(text.starts_with("Restored into SQLite and compared:\nusers "), "{text}");
    assert_eq!(sound(&fourth), there["tables"]);
}

/// A restore that was cut off is refused by everything until it is done again.
#[tokio::test]
async fn a_half_restored_database_is_refused() {
    let machine = Machine::new();
    let file = machine.path("half.db");
    let url = sqlite(&file);
    let store = Store::open(&url, Options::default()).await.unwrap();
    drop(store.load(1).await.unwrap());
    store.close().await;
    let before = std::fs::read(&file).unwrap();
    let runner = Machine::with_database(url.clone());
    let out = machine.path("b.zip");
    let backup = ["db", "backup", "--out", out.to_str().unwrap()];
    for args in [&["db", "check"][..], &["db", "migrate"], &["plan"], &["db", "rekey"], &backup] {
        refused(&runner.run(args), "was cut off, so it holds a part only; run it again");
    }
    let doctor = runner.run(&["doctor"]);
    assert!(doctor.code == 1 && doctor.out.contains("was cut off"), "{}", doctor.out);
    assert!(!out.exists());
    assert_eq!(std::fs::read(&file).unwrap(), before, "nothing was written");
    machine.ok(&["db", "restore", "--from", &released("0.1.0"), "--to", &url]);
    sound(&url);
}

#[test]
fn what_is_no_database_is_named() {
    let machine = Machine::new();
    let note = machine.path("note.db");
    std::fs::write(&note, "just a note, and longer than the header of a database would have to be")
        .unwrap();
    let (good, out) = (sqlite(&machine.path("good.db")), machine.path("b.zip"));
    machine.ok(&["db", "restore", "--from", &released("0.2.0"), "--to", &good]);
    let out = out.to_str().unwrap();
    let wrong = Machine::with_database(sqlite(&note));
    refused(&wrong.run(&["db", "check"]), "is not a SQLite database");
    refused(&wrong.run(&["db", "backup", "--out", out]), "is not a SQLite database");
    refused(&machine.run(&["db", "copy", "--from", &good, "--to", &sqlite(&note)]), "is not a SQL");
    refused(&machine.run(&["db", "check"]), "cannot be opened");
    assert!(!machine.has_database(), "looking made none");
    refused(&machine.run(&["db", "copy", "--from", &good, "--to", "mysql://x/y"]), "no database");
    let text = machine.path("text.zip");
    std::fs::write(&text, "PK no zip").unwrap();
    let args = ["db", "restore", "--from", text.to_str().unwrap(), "--to", "sqlite:/nowhere/x.db"];
    refused(&machine.run(&args), "is no backup of Hermes");

    // A hole in the middle of the file: named, and neither backed up nor copied.
    let broken = machine.path("broken.db");
    let mut bytes = std::fs::read(machine.path("good.db")).unwrap();
    let end = bytes.len();
    bytes[end / 2..end - 4096].fill(0xa5);
    std::fs::write(&broken, &bytes).unwrap();
    let hurt = Machine::with_database(sqlite(&broken));
    let done = hurt.run(&["db", "check"]);
    assert_eq!(done.code, 1);
    assert!(format!("{}{}", done.out, done.err).contains("malformed"), "{}{}", done.out, done.err);
    assert_eq!(hurt.run(&["db", "backup", "--out", out]).code, 1);
    assert!(!Path::new(out).exists());
    assert_eq!(std::fs::read(&broken).unwrap(), bytes, "nothing was written");
}

#[test]
fn a_new_key_is_made_where_the_environment_says() {
    let machine = Machine::new();
    machine.ok(&["db", "migrate"]);
    let done = machine.json(&["db", "rekey"]);
    assert_eq!((&done["envelopes"], &done["sealed_anew"]), (&0.into(), &0.into()));
    let first = std::fs::read_to_string(machine.path("data/secret.key")).unwrap();
    let text = machine.ok(&["db", "rekey"]);
    assert!(text.starts_with("0 of 0 secrets were sealed anew; key "), "{text}");
    let second = std::fs::read_to_string(machine.path("data/secret.key")).unwrap();
    assert_ne!(first, second);
    let key = second.lines().last().unwrap();
    assert!(!text.contains(key) && !text.contains(&key[..16]), "a key is never printed");
}
