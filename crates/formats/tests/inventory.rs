//! Every real file against what independent readers say of it: kind, sport, start, distance,
//! times, average heart rate and number of points, within 1 % or one unit. What cannot be read
//! says why and stops nothing.

#![expect(clippy::expect_used, reason = "a test may fail")]

mod shared;

use hermes_formats::activity::{FileError, FileKind, Finding, Limits, Recording, read};
use rustyfit::profile::typedef;
use rustyfit::{Decoder, DecoderEvent, StreamingIterator};
use shared::shared;
use std::collections::HashMap;
use std::fs;
use std::path::Path;

/// Files without an activity in them, or with one that has no times.
const NO_ACTIVITY: [&str; 24] = [
    "DeveloperData.fit",
    "MonitoringFile.fit",
    "Settings.fit",
    "Settings2.fit",
    "WeightScaleMultiUser.fit",
    "WeightScaleSingleUser.fit",
    "WorkoutCustomTargetValues.fit",
    "WorkoutIndividualSteps.fit",
    "WorkoutRepeatGreaterThanStep.fit",
    "WorkoutRepeatSteps.fit",
    // All its times are in 1901.
    "Mojstrovka.gpx",
    "custom_schema_locations.gpx",
    "default_schema_locations.gpx",
    "gpx1.1_with_extensions.gpx",
    "gpx1.1_with_extensions_without_namespaces.gpx",
    "gpx_with_garmin_extension.gpx",
    "route.gpx",
    "track-with-extremes.gpx",
    "track-with-small-floats.gpx",
    "track_with_dilution_errors.gpx",
    "unicode.gpx",
    "unicode2.gpx",
    "unicode_with_bom.gpx",
    "unicode_with_bom_noencoding.gpx",
];

/// What differs from the list on purpose.
const DIFFERENT: [(&str, &str, &str); 7] = [
    ("cerknicko-without-times.gpx", "distance_m", "291 of its points have no time"),
    ("cerknicko-without-times.gpx", "records", "291 of its points have no time"),
    ("korita-zbevnica.gpx", "distance_m", "358 of its points have no time"),
    ("korita-zbevnica.gpx", "records", "358 of its points have no time"),
    ("first_and_last_elevation.gpx", "elapsed_s", "its last point is not its latest"),
    ("antfs-dump.63.fit", "start", "the watch's clock was not set"),
    ("compressed-speed-distance.fit", "start", "the watch's clock was not set"),
];

fn sport(word: &str) -> &str {
    match word {
        "running" | "Running" | "run" | "" => "Run",
        "cycling" => "Ride",
        "walking" => "Walk",
        "swimming" => "Swim",
        "fitness_equipment" => "Rowing",
        _ => "Workout",
    }
}

fn check(row: &HashMap<String, String>, recordings: &[Recording]) -> Vec<String> {
    let file = row["file"].rsplit('/').next().expect("a name");
    let mut wrong = Vec::new();
    let mut says = |what: &str, expected: &str, found: String, agrees: bool| {
        let excused = DIFFERENT.iter().any(|(f, w, _)| (*f, *w) == (file, what));
        if agrees == excused {
            let how = if agrees { "agrees, and is excused" } else { "differs" };
            wrong.push(format!("{file}: {what} {how}: {expected} is listed, {found} is read"));
        }
    };
    let first = &recordings[0];
    let number = |what: &str| row[what].parse::<f64>().ok();
    let near = |a: f64, b: f64| (a - b).abs() <= (0.01 * a.abs()).max(1.0);
    says("format", &row["format"], first.kind.to_string(), row["format"] == first.kind.word());
    // A sport of each part; the ways between parts are none.
    let word = &row["sport"];
    let sports: Vec<&str> = word.split('+').filter(|w| *w != "transition").map(sport).collect();
    let found: Vec<&str> = recordings.iter().map(|r| r.sport_type).collect();
    let virtual_ride = found == ["VirtualRide"] && sports == ["Ride"];
    // A file cut off before its session has its sport in another message.
    let unlisted = row["format"] == "fit" && row["sport"].is_empty();
    says("sport", word, format!("{found:?}"), sports == found || virtual_ride || unlisted);
    let day = row["start"].get(..19).map(|s| s.replace('T', " "));
    let start = first.start.strftime("%Y-%m-%d %H:%M:%S").to_string();
    // The list has one time with an offset.
    let start = if row["start"].contains("+01:00") { start.replace(" 14:", " 15:") } else { start };
    if row["start"].parse::<i64>().is_ok() {
        says("start", &row["start"], start, false);
    } else if let Some(day) = day {
        says("start", &day, start.clone(), day == start);
    }
    let numbers = [
        ("distance_m", first.distance_cm.map(|cm| cm as f64 / 100.0)),
        ("elapsed_s", Some(first.elapsed.0 as f64)),
        ("timer_s", Some(first.moving.0 as f64)),
        ("avg_hr", first.average_heart_rate.map(f64::from)),
        ("max_hr", first.max_heart_rate.map(f64::from)),
        ("ascent_m", first.ascent_cm.map(|cm| cm as f64 / 100.0)),
    ];
    for (what, found) in numbers {
        let Some(listed) = number(what) else { continue };
        // Zero stands for what was not measured.
        let agrees = found.map_or(listed == 0.0, |found| near(listed, found));
        says(what, &row[what], format!("{found:?}"), agrees);
    }
    let records = recordings.iter().map(|r| r.streams.len()).sum::<usize>() as f64;
    let listed = number("records").expect("a number");
    let parts = recordings.iter().any(|r| r.findings.iter().any(is_part));
    // Points between the parts of several sports are of none of them.
    let agrees = near(listed, records) || (parts && records < listed && records > 0.9 * listed);
    says("records", &row["records"], records.to_string(), agrees);
    let laps = recordings.iter().map(|r| r.laps.len()).sum::<usize>();
    let listed = number("laps").expect("a number") as usize;
    let agrees = laps == listed || parts || first.kind == FileKind::Gpx;
    says("laps", &row["laps"], laps.to_string(), agrees);
    wrong
}

fn is_part(finding: &Finding) -> bool {
    matches!(finding, Finding::Part { .. })
}

#[test]
fn every_real_file_is_read_as_listed() {
    let Some(path) = shared("files/inventory.csv") else { return };
    let folder = path.parent().expect("a folder");
    let mut table = csv::Reader::from_path(&path).expect("a table");
    let rows: Vec<HashMap<String, String>> =
        table.deserialize().collect::<Result<_, _>>().expect("rows");
    assert_eq!(rows.len(), 72);
    let mut wrong = Vec::new();
    let mut refused = 0;
    for row in &rows {
        let path = folder.join(&row["dir"]).join(&row["file"]);
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let bytes = fs::read(&path).expect("readable");
        match read(&name, &bytes, &Limits::default()) {
            Ok(recordings) => {
                if NO_ACTIVITY.contains(&name.as_str()) {
                    wrong.push(format!("{name} has an activity after all"));
                }
                wrong.extend(check(row, &recordings));
            }
            Err(error) => {
                refused += 1;
                if !NO_ACTIVITY.contains(&name.as_str()) {
                    wrong.push(error.to_string());
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(refused, NO_ACTIVITY.len());
}

/// What the reader of another project finds in the same file: records and sessions, until it
/// stops.
fn counted(path: &Path) -> (usize, usize) {
    let bytes = fs::read(path).expect("readable");
    let mut reader = embedded_io_adapters::std::FromStd::new(&bytes[..]);
    let mut decoder = Decoder::builder().checksum(false).build();
    let mut stream = decoder.stream(&mut reader);
    let (mut records, mut sessions) = (0, 0);
    while let Some(Ok(event)) = stream.next() {
        if let DecoderEvent::Message(message) = event {
            records += usize::from(message.num == typedef::MesgNum::RECORD);
            sessions += usize::from(message.num == typedef::MesgNum::SESSION);
        }
    }
    (records, sessions)
}

#[test]
fn another_reader_finds_the_same_points() {
    let Some(folder) = shared("files/fitparse/tests/files") else { return };
    let mut compared = 0;
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|e| e != "fit") {
            continue;
        }
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let bytes = fs::read(&path).expect("readable");
        let recordings = match read(&name, &bytes, &Limits::default()) {
            Ok(recordings) => recordings,
            Err(error) => {
                assert!(matches!(error, FileError::FitType { .. } | FileError::NoTimes { .. }));
                continue;
            }
        };
        let (records, sessions) = counted(&path);
        let parts = recordings.iter().any(|r| r.findings.iter().any(is_part));
        if !parts {
            let found: usize = recordings.iter().map(|r| r.streams.len()).sum();
            // A point of the Strava file lies behind its damage, at an impossible time.
            assert!(found.abs_diff(records) <= 1, "{name}: {found} of {records}");
            assert_eq!(recordings.len(), sessions.max(1), "{name}");
        }
        compared += 1;
    }
    assert!(compared >= 28, "{compared} files");
}
