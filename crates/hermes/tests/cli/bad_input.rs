//! Wrong input: one clear sentence, exit code 1 (2 for wrong usage), nothing written.

use crate::tools::{Done, Machine};
use std::io::Write;
use std::path::Path;

/// One line on stderr that begins with the program's name and ends the run with code 1.
fn refused(done: &Done, part: &str) {
    assert_eq!((done.code, done.out.as_str()), (1, ""), "{}", done.err);
    assert_eq!(done.err.lines().count(), 1, "{}", done.err);
    assert!(done.err.starts_with("hermes: ") && done.err.contains(part), "{}", done.err);
}

/// Imports what must be refused; no activity and no ledger may be left behind.
fn import_refused(machine: &Machine, path: &Path, part: &str) {
    let done = machine.run(&["import", path.to_str().unwrap()]);
    refused(&done, part);
    let sample = machine.path("good.zip");
    let file = sample.to_str().unwrap();
    machine.ok(&["sample-archive", "--out", file, "--weeks", "2", "--as-of", "2026-02-02"]);
    let good = machine.json(&["import", file]);
    assert_eq!(good["imports"][0]["runs"], 10, "only the good archive's runs are there");
}

#[test]
fn what_is_no_archive_is_refused() {
    let machine = Machine::new();
    let file = machine.path("note.txt");
    std::fs::write(&file, "just a note\n").unwrap();
    import_refused(&machine, &file, "is not a Strava export");
}

#[test]
fn an_empty_file_is_refused() {
    let machine = Machine::new();
    let file = machine.path("empty.zip");
    std::fs::write(&file, "").unwrap();
    import_refused(&machine, &file, "is empty");
}

#[test]
fn a_missing_file_is_named() {
    let machine = Machine::new();
    refused(&machine.run(&["import", "/nowhere/export.zip"]), "/nowhere/export.zip does not exist");
}

#[test]
fn a_truncated_zip_is_refused() {
    let machine = Machine::new();
    let whole = machine.path("whole.zip");
    machine.ok(&["sample-archive", "--out", whole.to_str().unwrap(), "--weeks", "4"]);
    let bytes = std::fs::read(&whole).unwrap();
    let cut = machine.path("cut.zip");
    std::fs::write(&cut, &bytes[..bytes.len() * 2 / 3]).unwrap();
    import_refused(&machine, &cut, "cut off or damaged");
}

#[test]
fn an_expansion_of_ten_gigabytes_is_refused() {
    let machine = Machine::new();
    let bomb = machine.path("bomb.zip");
    let mut out = zip::ZipWriter::new(std::fs::File::create(&bomb).unwrap());
    let deflated = zip::write::SimpleFileOptions::default().large_file(true);
    out.start_file("activities.csv", deflated).unwrap();
    let zeros = vec![b'0'; 1 << 20];
    for _ in 0..300 {
        out.write_all(&zeros).unwrap();
    }
    out.finish().unwrap();
    // 300 MB really, and a directory that speaks of ten gigabytes.
    let mut bytes = std::fs::read(&bomb).unwrap();
    let real = (300_u32 << 20).to_le_bytes();
    let mut at = 0;
    while let Some(i) = bytes[at..].windows(4).position(|w| w == real) {
        bytes[at + i..at + i + 4].copy_from_slice(&u32::MAX.to_le_bytes());
        at += i + 4;
    }
    std::fs::write(&bomb, bytes).unwrap();
    let done = machine.run(&["import", bomb.to_str().unwrap()]);
    assert_eq!(done.code, 1, "{}", done.err);
    assert_eq!(done.err.lines().count(), 1, "{}", done.err);
}

#[test]
fn five_columns_are_too_few() {
    let machine = Machine::new();
    let file = machine.path("activities.csv");
    std::fs::write(
        &file,
        "Activity ID,Activity Date,Activity Name,Activity Type,Distance\n1,2,3,4,5\n",
    )
    .unwrap();
    import_refused(&machine, &file, "has 5 columns");
}

#[test]
fn dates_that_cannot_be_read_are_named_row_by_row() {
    let machine = Machine::new();
    let file = machine.path("activities.csv");
    let head = "id,date,name,type,description,elapsed_time,distance,commute,gear,filename";
    let rows = "1,yesterday,a,Run,,600,2000,,,\n2,2018-09-12 15:02:23,b,Run,,600,2000,,,\n";
    std::fs::write(&file, format!("{head}\n{rows}")).unwrap();
    let done = machine.json(&["import", file.to_str().unwrap()]);
    let import = &done["imports"][0];
    assert_eq!((&import["runs"], &import["counts"]["failed"]), (&1.into(), &1.into()));
    assert!(import["problems"][0]["reason"].as_str().unwrap().contains("yesterday"));
}

#[test]
fn goals_that_cannot_be_are_refused() {
    let machine = Machine::new();
    let add = |distance: &str, date: &str| {
        let goal = ["goal", "add", "--distance", distance, "--date", date];
        machine.run(&[&["--as-of", "2026-01-05"], &goal[..]].concat())
    };
    refused(&add("half", "2025-12-01"), "2025-12-01 is not after 2026-01-05");
    refused(&add("half", "2029-01-05"), "more than 24 months");
    refused(&add("100k", "2026-06-01"), "\"100k\" is not a distance");
    refused(&add("half", "1.6.2026"), "\"1.6.2026\" is not a date");
    let listed = machine.json(&["goal", "list", "--as-of", "2026-01-05"]);
    assert_eq!(listed["goals"].as_array().unwrap().len(), 0, "nothing was written");
}

#[test]
fn a_day_that_is_none_leaves_no_database_behind() {
    let machine = Machine::new();
    refused(&machine.run(&["plan", "--as-of", "soon"]), "\"soon\" is not a date");
    assert!(!machine.has_database());
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_what_was_imported() {
    use std::os::unix::fs::PermissionsExt;
    let machine = Machine::new();
    machine.ok(&["db", "migrate"]);
    let mode = |name| machine.path(name).metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("data"), 0o700);
    assert_eq!(mode("data/hermes.db"), 0o600);
}

#[test]
fn an_archive_without_one_readable_row_is_refused() {
    let machine = Machine::new();
    let file = machine.path("activities.csv");
    let head = "id,date,name,type,description,elapsed_time,distance,commute,gear,filename";
    std::fs::write(&file, format!("{head}\n1,yesterday,a,Run,,600,2000,,,\n")).unwrap();
    import_refused(&machine, &file, "none of the 1 rows");
}

#[test]
fn what_is_no_database_is_left_alone() {
    let machine = Machine::new();
    let file = machine.path("not.db");
    let text = "this is no database, and long enough to be looked at as if it were one\n";
    std::fs::write(&file, text.repeat(20)).unwrap();
    let url = format!("sqlite:{}", file.display());
    refused(&machine.run(&["plan", "--database", &url]), "is not a SQLite database");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), text.repeat(20));
    refused(&machine.run(&["plan", "--database", "mysql://x/y"]), "mysql");
}

#[test]
fn wrong_usage_has_a_code_of_its_own() {
    let machine = Machine::new();
    assert_eq!(machine.run(&["import"]).code, 2);
    assert_eq!(machine.run(&["fly"]).code, 2);
    assert!(!machine.has_database());
}

#[test]
fn predictions_read_races_and_say_what_is_wrong_with_one() {
    let machine = Machine::new();
    let done = machine.json(&["predict", "--race", "10k=45:00", "--weekly-km", "50"]);
    let all = done["predictions"].as_array().unwrap();
    assert_eq!(all.len(), 5);
    let of = |d: &str| all.iter().find(|p| p["distance"] == d).unwrap();
    assert_eq!(of("10k")["time_s"], 2700);
    let marathon = of("marathon")["time_s"].as_i64().unwrap();
    assert!((12_000..13_800).contains(&marathon), "{marathon}");
    assert!(!machine.has_database(), "no database is needed");
    refused(&machine.run(&["predict", "--race", "10k"]), "DISTANCE=TIME");
    refused(&machine.run(&["predict", "--race", "10k=5:00"]), "faster than anyone runs");
    refused(&machine.run(&["predict", "--race", "10k=45:99"]), "is not a time");
}
