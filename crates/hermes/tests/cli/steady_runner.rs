//! A steady, invented runner: 50 km in five runs for a year. Full weeks, quality in Build, the race
//! at its distance on its day.

use crate::tools::Machine;
use serde_json::Value;

const QUALITY: [&str; 5] = ["Tempo", "Interval", "Fartlek", "Hill", "Pace"];

fn season() -> (Machine, Vec<Value>) {
    let machine = Machine::new();
    let archive = machine.path("steady.zip");
    let file = archive.to_str().unwrap();
    machine.ok(&["sample-archive", "--out", file, "--seed", "7", "--as-of", "2025-12-29"]);
    machine.ok(&["import", file]);
    let race = ["--distance", "half", "--date", "2025-12-28"];
    machine.ok(&[&["--as-of", "2025-03-31", "goal", "add"], &race[..]].concat());
    let done = machine.json(&["replay", "--from", "2025-03-31", "--to", "2025-12-28"]);
    let weeks = done["weeks"].as_array().unwrap().clone();
    (machine, weeks)
}

#[test]
fn weeks_are_full_quality_is_there_and_the_race_is_on_its_day() {
    let (machine, weeks) = season();
    assert_eq!(weeks.len(), 39);
    assert_eq!(machine.json(&["verify"])["sound"], true);
    let normal =
        |w: &&Value| w["phase"] != "Taper" && w["cutback"] == false && w["returning"] == false;
    let mut shares: Vec<i64> = weeks
        .iter()
        .filter(normal)
        .map(|w| w["distance_m"].as_i64().unwrap() * 1000 / w["recent_m"].as_i64().unwrap())
        .collect();
    shares.sort_unstable();
    let median = shares[shares.len() / 2];
    assert!(shares.len() >= 20 && median >= 850, "median {median} of {shares:?}");
    let build: Vec<&Value> =
        weeks.iter().filter(|w| w["phase"] == "Build" && w["quality_allowed"] == true).collect();
    let sessions = |w: &Value| w["sessions"].as_array().unwrap().clone();
    let quality = |s: &Value| QUALITY.contains(&s["type"].as_str().unwrap());
    let with = build.iter().filter(|w| sessions(w).iter().any(quality)).count();
    assert!(build.len() >= 6 && with * 10 >= build.len() * 8, "{with} of {}", build.len());
    let races: Vec<Value> =
        weeks.iter().flat_map(sessions).filter(|s| s["type"] == "Race").collect();
    assert_eq!(races.len(), 1);
    assert_eq!(races[0]["date"], "2025-12-28");
    assert_eq!(races[0]["distance_m"], 21_100);
}

#[test]
fn the_same_seed_gives_the_same_digests() {
    let digests = |weeks: &[Value]| -> Vec<String> {
        weeks.iter().map(|w| w["digest"].as_str().unwrap().to_owned()).collect()
    };
    let ((_, first), (_, second)) = (season(), season());
    assert_eq!(digests(&first), digests(&second));
}
