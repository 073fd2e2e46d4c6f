//! The library against its source: every day of every schedule where the shared data is, weekly
//! totals and the form of the rows always.

#![expect(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use hermes_engine::session::{Amount, Kind, Role};
use hermes_engine::templates::{
    Alternative, DistanceType, Level, Miles, Printed, Reps, RestOption, Row, SCHEDULE_IDS,
    Schedule, ScheduleId, ScheduleWeek, TargetPace, TemplateRow, library,
};
use hermes_engine::units::{Metres, Pace};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

fn schedule(id: &str) -> &'static Schedule {
    library().schedule(ScheduleId::parse(id).expect("a known id"))
}

fn rows() -> BTreeMap<String, TemplateRow> {
    library().rows().map(|r| (r.key(), r)).collect()
}

/// Printed miles of each week in hundredths, without races, optional runs and timed sessions.
const WEEKLY: [(&str, &[u32]); 22] = [
    ("5k-novice", &[450, 500, 550, 600, 700, 750, 800, 500]),
    ("5k-intermediate", &[1400, 1400, 1600, 600, 1600, 1800, 1800, 500]),
    ("5k-advanced", &[700, 700, 800, 300, 800, 900, 900, 200]),
    ("10k-novice", &[750, 800, 850, 900, 950, 1000, 1050, 500]),
    ("10k-intermediate", &[1300, 1550, 1600, 1150, 1700, 1950, 2100, 900]),
    ("10k-advanced", &[1700, 1900, 2100, 600, 2300, 600, 2500, 600]),
    ("half-novice-1", &[1000, 1000, 1200, 1200, 1400, 800, 1600, 1700, 1000, 1900, 2000, 600]),
    ("half-novice-2", &[1300, 1400, 1600, 1700, 1800, 1000, 2000, 2100, 1100, 2200, 2300, 700]),
    ("half-hm3", &[1300, 1000, 1500, 1600, 1200, 700, 2000, 1500, 700, 2200, 1600, 700]),
    (
        "half-intermediate-1",
        &[1700, 1800, 1800, 2200, 2500, 1400, 2900, 3100, 1800, 3400, 3000, 1000],
    ),
    ("half-intermediate-2", &[1400, 1500, 650, 1650, 1800, 700, 2050, 2250, 800, 2400, 2300, 600]),
    ("half-advanced", &[900, 900, 600, 900, 900, 600, 1000, 1100, 600, 1100, 900, 500]),
    (
        "marathon-novice-supreme",
        &[
            900, 950, 900, 1050, 1000, 1150, 1000, 1200, 1050, 1300, 1200, 1500, 1500, 1600, 1500,
            1900, 2100, 1800, 2400, 2500, 2400, 2900, 3200, 2900, 3600, 3300, 4000, 2900, 2100,
            900,
        ],
    ),
    (
        "marathon-novice-1",
        &[
            1500, 1600, 1500, 1900, 2100, 1800, 2400, 1200, 2400, 2900, 3200, 2900, 3600, 3300,
            4000, 2900, 2100, 900,
        ],
    ),
    (
        "marathon-novice-2",
        &[
            1900, 2000, 1700, 2300, 2400, 2100, 2900, 3000, 1500, 3300, 3600, 3100, 3400, 3000,
            3500, 2600, 1900, 700,
        ],
    ),
    (
        "marathon-3",
        &[
            1200, 1100, 1100, 1700, 1500, 1600, 2200, 2000, 1000, 2600, 2400, 1200, 3000, 2700,
            2500, 1500, 3000, 2800, 3700, 1600, 3000, 2400, 1600, 700,
        ],
    ),
    ("marathon-senior", &[2400, 2600, 2400, 2800, 2600, 3200, 2400, 600]),
    (
        "marathon-intermediate-1",
        &[
            2400, 2500, 2200, 2900, 3000, 2600, 3600, 3700, 1300, 4100, 4400, 3600, 4300, 3500,
            4300, 3200, 2400, 900,
        ],
    ),
    (
        "marathon-intermediate-2",
        &[
            2600, 2700, 2600, 3100, 3400, 3000, 4000, 4100, 1700, 4500, 5000, 3400, 5000, 3400,
            5000, 3400, 2600, 900,
        ],
    ),
    (
        "marathon-advanced-1",
        &[
            2600, 2700, 2600, 3100, 3400, 3000, 3900, 4000, 1600, 4400, 4900, 3300, 4900, 3400,
            5000, 3400, 2600, 700,
        ],
    ),
    (
        "marathon-advanced-2",
        &[
            2100, 2500, 2000, 2500, 3000, 2300, 3100, 3500, 800, 3500, 4300, 2700, 3900, 3300,
            4000, 2600, 2400, 800,
        ],
    ),
    (
        "marathon-personal-best",
        &[
            1500, 1600, 1600, 1700, 1900, 1100, 1700, 1900, 1200, 1700, 1700, 1200, 2400, 2300,
            2200, 2900, 3000, 1100, 3600, 3700, 3200, 4100, 4400, 1500, 4300, 3500, 4300, 3200,
            2400, 1000,
        ],
    ),
];

#[test]
fn weekly_totals() {
    assert_eq!(WEEKLY.map(|(id, _)| id), SCHEDULE_IDS);
    for (id, weeks) in WEEKLY {
        let printed: Vec<u32> = schedule(id).weeks.iter().map(|w| w.printed_miles().0).collect();
        assert_eq!(printed, weeks, "{id}");
    }
}

/// Every row, given its week's long run, is its printed distance within 0.1 km, and with its week's
/// other rows the week's printed total within 0.1 km per run.
#[test]
fn weeks_are_made_of_their_rows() {
    let rows = rows();
    let count: usize = library().schedules().flat_map(|s| &s.weeks).map(|w| w.sessions.len()).sum();
    assert_eq!(rows.len(), count, "keys are unique");
    for s in library().schedules() {
        for week in &s.weeks {
            let long = week.long_run().and_then(|r| r.miles).map_or(Metres(0), |m| m.1.exact());
            for row in &week.sessions {
                let key = format!("{}/{}/{}", s.id.name(), week.number, row.weekday);
                check_row(row, rows.get(&key).expect("a row"), long);
            }
        }
    }
}

fn check_row(row: &Row, made: &TemplateRow, long: Metres) {
    let key = made.key();
    assert_eq!(made.kind, row.kind, "{key}");
    if let Some((_, high)) = row.miles {
        let got = made.distance_beside(long).expect("a distance");
        assert!((got.0 - high.exact().0).abs() <= 100, "{key}: {got:?}");
        assert_eq!(Some(got), row.distance, "{key}");
    }
    let work = made.structure.iter().find(|s| s.role == Role::Work);
    match row.reps {
        Some(Reps::Distance(times, metres)) => {
            let work = work.expect("work");
            assert_eq!((work.times, work.amount), (times, Amount::Distance(metres)), "{key}");
            assert!(work.recovery.is_some(), "{key}");
        }
        Some(Reps::Hills(times)) => assert_eq!(work.map(|w| w.times), Some(times), "{key}"),
        None => {}
    }
    if let Some(portion) = row.portion {
        let at_pace = work.map(|w| w.amount);
        assert_eq!(at_pace, Some(Amount::Distance(portion.planned())), "{key}");
    }
    assert_eq!(row.finish, made.structure.iter().any(|s| s.pace == TargetPace::Finish), "{key}");
    assert!(row.minutes.is_none() || made.base_duration_minutes == row.minutes, "{key}");
    if let Some(race) = row.race {
        let base = made.base_distance.expect("a distance");
        assert!((base.0 * 10 - race.decimetres).abs() <= 1000, "{key}");
    }
}

#[test]
fn rows_can_be_scaled_and_stored() {
    for row in library().rows() {
        let key = row.key();
        assert!(row.base_distance.is_some() != row.base_duration_minutes.is_some(), "{key}");
        assert!(row.min_distance <= row.base_distance, "{key}");
        assert!(row.base_distance <= row.max_distance, "{key}");
        assert!(row.min_duration_minutes <= row.base_duration_minutes, "{key}");
        assert!(row.base_duration_minutes <= row.max_duration_minutes, "{key}");
        for d in [row.min_distance, row.base_distance, row.max_distance].into_iter().flatten() {
            assert!(d.0 > 0 && d.0 % 100 == 0 && d.0 < 99_999, "{key}");
        }
        assert!((row.min_week_number..=row.max_week_number).contains(&row.source_week), "{key}");
        assert!(row.min_week_number >= 1, "{key}");
        assert!(row.template_name.len() <= 100 && row.source_plan.len() <= 100, "{key}");
        let timed = row.distance_type == DistanceType::TimeBased;
        assert_eq!(timed, row.base_duration_minutes.is_some(), "{key}");
        let share = row.distance_type == DistanceType::PercentageOfLongRun;
        assert_eq!(share, row.percent_of_long_run.is_some(), "{key}");
        let quality = !matches!(row.kind, Kind::Easy | Kind::Long | Kind::Cross | Kind::Race);
        assert_eq!(row.requires_base_building, quality, "{key}");
        let json = serde_json::to_string(&row).expect("JSON");
        assert_eq!(serde_json::from_str::<TemplateRow>(&json).expect("a row"), row);
    }
}

/// The steps add up to the row: in metres for a distance, in seconds for a time.
#[test]
fn structures_add_up() {
    for row in library().rows() {
        let metres: Metres = row.structure.iter().map(|s| s.distance(|_| Pace(1000))).sum();
        match (row.kind, row.base_distance, row.base_duration_minutes) {
            (Kind::Cross, ..) => assert_eq!(row.structure, []),
            (_, Some(base), _) => assert_eq!(metres, base, "{}", row.key()),
            // At 1000 s/km a second is a metre.
            (_, _, minutes) => {
                assert_eq!(Some(metres.0), minutes.map(|m| i64::from(m) * 60), "{}", row.key());
            }
        }
        let easy_ends = row.structure.len() == 1
            || row.structure.last().is_some_and(|s| s.pace == TargetPace::Finish)
            || [row.structure.first(), row.structure.last()]
                .into_iter()
                .flatten()
                .all(|s| s.pace == TargetPace::Easy);
        assert!(easy_ends, "{}", row.key());
    }
}

/// What the source does not print is ours, and pinned: how sessions begin and end, and how far
/// they scale.
#[test]
fn structures_and_bounds_of_known_rows() {
    let rows = rows();
    let row = |key: &str| rows.get(key).expect("a row");
    let seconds = |key: &str| {
        row(key).structure.iter().map(|s| s.distance(|_| Pace(1000)).0).collect::<Vec<_>>()
    };
    let bounds = |key: &str| (row(key).min_distance, row(key).max_distance);
    let metres = |low, high| (Some(Metres(low)), Some(Metres(high)));
    assert_eq!(seconds("5k-intermediate/2/3"), [600, 900, 300], "tempo 30 min");
    assert_eq!(seconds("5k-intermediate/6/3"), [840, 1200, 360], "tempo 40 min");
    assert_eq!(seconds("5k-intermediate/2/6"), [1300, 2800, 700], "fast 3 mi");
    assert_eq!(seconds("5k-intermediate/1/3"), [1500, 3000, 1000], "5 x 400");
    assert_eq!(seconds("half-advanced/1/2"), [720, 1080, 480], "6 hills");
    assert_eq!(seconds("marathon-personal-best/2/6"), [720, 720, 360], "fartlek 30 min");
    assert_eq!(seconds("10k-advanced/1/6"), [2900, 3200, 1900], "2 of 5 mi at pace");
    assert_eq!(seconds("half-advanced/1/0"), [4050, 1350], "90 min, the last quarter faster");
    assert_eq!(bounds("5k-intermediate/1/3"), metres(4300, 6700));
    assert_eq!(bounds("5k-novice/1/2"), metres(2000, 3300), "easy 1.5 mi");
    assert_eq!(bounds("10k-intermediate/8/4"), metres(1600, 4800), "printed 1-3 mi");
    assert_eq!(bounds("marathon-novice-1/15/6"), metres(19_200, 35_000), "long 20 mi");
    assert_eq!(bounds("half-novice-1/12/0"), metres(21_100, 21_100), "race");
    let minutes = |key: &str| (row(key).min_duration_minutes, row(key).max_duration_minutes);
    assert_eq!(minutes("10k-intermediate/7/3"), (Some(30), Some(62)));
    assert_eq!(minutes("10k-novice/1/3"), (Some(15), Some(45)));
    let weeks = |key: &str| (row(key).min_week_number, row(key).max_week_number);
    assert_eq!(weeks("marathon-novice-1/1/2"), (1, 3));
    assert_eq!(weeks("marathon-novice-1/14/2"), (12, 15));
    assert_eq!(weeks("marathon-novice-1/16/2"), (16, 16));
}

/// The rule for shares, on known weeks: half the long run mid-week, and nothing under five miles.
#[test]
fn mid_week_runs_of_the_marathon_follow_the_long_run() {
    let rows = rows();
    let share = |key: &str| rows.get(key).expect("a row").percent_of_long_run;
    assert_eq!(share("marathon-novice-1/5/3"), Some(50));
    assert_eq!(share("marathon-novice-1/4/2"), None, "3 of 9 miles is no whole share");
    assert_eq!(share("marathon-novice-1/5/2"), None, "3 of 10 miles, but short");
    assert_eq!(share("marathon-intermediate-2/13/6"), Some(50));
    for s in library().schedules() {
        let shares = s.weeks.iter().flat_map(|w| &w.sessions);
        let count = shares.filter(|r| r.percent_of_long_run.is_some()).count();
        assert_eq!(count > 0, s.id.name().starts_with("marathon"), "{}: {count}", s.id.name());
    }
    let long = rows.get("marathon-novice-1/5/3").expect("a row");
    assert_eq!(long.distance_beside(Metres(12_000)), Some(Metres(6000)));
}

/// The schedules as the shared data has them, or `None` with a loud line; under CI a failure.
#[expect(clippy::disallowed_methods, reason = "tests may read where the shared data is")]
fn source() -> Option<Value> {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared");
    let root = std::env::var("HERMES_SHARED").unwrap_or_else(|_| default.to_owned());
    let path = PathBuf::from(root).join("data/higdon/plans.json");
    let Ok(text) = std::fs::read_to_string(&path) else {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{} is missing", path.display());
        println!("SKIPPED: {} is missing; set HERMES_SHARED", path.display());
        return None;
    };
    Some(serde_json::from_str(&text).expect("JSON"))
}

/// Every day of the 22 schedules, as far as the source says anything about it.
#[test]
fn every_day_is_as_printed() {
    let Some(source) = source() else { return };
    let mut seen = BTreeSet::new();
    for plan in source["plans"].as_array().expect("plans") {
        let id = plan["id"].as_str().and_then(ScheduleId::parse).expect("a schedule of ours");
        let ours = library().schedule(id);
        assert_eq!(plan["name"].as_str(), Some(ours.name.as_str()));
        assert_eq!(plan["source"].as_str(), Some(ours.source_plan.as_str()));
        assert_eq!(plan["distance_category"].as_str(), Some(ours.distance.name()));
        let level = plan["level"].as_str().expect("a level");
        match ours.level {
            Level::ThreeRuns => assert!(level.ends_with(" 3"), "{level}"),
            ours => assert!(ours.name().starts_with(level), "{level}"),
        }
        let weeks = plan["schedule"].as_array().expect("weeks");
        assert_eq!(weeks.len(), ours.weeks.len());
        for (week, ours) in weeks.iter().zip(&ours.weeks) {
            assert_eq!(week["week"].as_u64(), Some(u64::from(ours.number)));
            check_week(week, ours, id.name());
        }
        seen.insert(id);
    }
    assert_eq!(seen.len(), 22);
}

fn check_week(week: &Value, ours: &ScheduleWeek, id: &str) {
    let total = week["printed_distance_mi"].as_f64().expect("miles");
    assert_eq!(f64::from(ours.printed_miles().0), total * 100.0, "{id} week {}", ours.number);
    let days = week["days"].as_array().expect("days");
    assert_eq!(days.len(), 7);
    for day in days {
        let weekday = (day["dow"].as_u64().expect("a day") + 1) % 7;
        let at = format!("{id} week {} day {weekday}: {day}", ours.number);
        let row = ours.sessions.iter().find(|r| u64::from(r.weekday) == weekday);
        let option = ours.rest_options.iter().find(|o| u64::from(o.weekday) == weekday);
        match row {
            Some(row) => check_day(day, row, &at),
            None => assert_eq!(day["kind"].as_str(), Some("rest"), "{at}"),
        }
        let instead = row.map_or(option.map(|o| o.instead), |r| r.alternative);
        let expected = match day["alternative"]["kind"].as_str() {
            None => None,
            Some("cross") => Some(Alternative::Cross),
            Some("run_walk") => Some(Alternative::RunWalk),
            Some("run") => Some(Alternative::EasyRun),
            Some(other) => panic!("{other}"),
        };
        assert_eq!(instead, expected, "{at}");
        if let Some(RestOption { miles, .. }) = option {
            assert_eq!(*miles, printed_miles(&day["alternative"]["distance_mi"]), "{at}");
        }
        assert_eq!(day["optional"].as_bool().unwrap_or(false), instead.is_some(), "{at}");
    }
}

fn check_day(day: &Value, row: &Row, at: &str) {
    let printed = match (day["kind"].as_str().expect("a kind"), day["race_role"].as_str()) {
        ("run", _) => Printed::Run,
        ("long", _) => Printed::Long,
        ("pace", _) => Printed::Pace,
        ("fast", _) => Printed::Fast,
        ("tempo", _) => Printed::Tempo,
        ("interval", _) => Printed::Interval,
        ("race", None) => Printed::Race,
        ("race", Some("test")) => Printed::Test,
        ("hill", _) => Printed::Hill,
        ("fartlek", _) => Printed::Fartlek,
        ("cross", _) if day["modality"] == "bike" => Printed::Bike,
        ("cross", _) => Printed::Cross,
        ("walk", _) => Printed::Walk,
        ("strength", _) => Printed::Strength,
        other => panic!("{other:?}"),
    };
    assert_eq!(row.printed, printed, "{at}");
    assert_eq!(row.miles, printed_miles(&day["distance_mi"]), "{at}");
    let exact = day["distance_km"].as_f64();
    if let (Some((_, high)), Some(km)) = (row.miles, exact) {
        // The source rounds to 10 m, we to the metre.
        assert!((high.exact().0 as f64 / 1000.0 - km).abs() <= 0.005_1, "{at}");
    }
    assert_eq!(row.minutes.map(u64::from), day["duration_min"].as_u64(), "{at}");
    let reps = match row.reps {
        Some(Reps::Distance(n, m)) => (Some(n), Some(m.0)),
        Some(Reps::Hills(n)) => (Some(n), None),
        None => (None, None),
    };
    let printed = (day["reps"].as_u64(), day["rep_distance_m"].as_i64());
    assert_eq!((reps.0.map(u64::from), reps.1), printed, "{at}");
    assert_eq!(row.portion, printed_miles(&day["pace_portion_mi"]).map(|m| m.0), "{at}");
    assert_eq!(row.finish, day["progression"].is_string(), "{at}");
    assert_eq!(row.race.map(|r| r.decimetres as f64 / 10_000.0), day["race_km"].as_f64(), "{at}");
    let intensity = day["intensity"].as_str();
    let pace = match intensity {
        Some("race pace") if row.reps.is_some() => Some(TargetPace::Race),
        Some("mile pace") => Some(TargetPace::Mile),
        Some(pace) if pace.contains("10") => Some(TargetPace::TenK),
        Some(pace) if pace.contains('5') => Some(TargetPace::FiveK),
        _ => None,
    };
    assert_eq!(row.printed_pace, pace, "{at}");
    let race_pace = intensity == Some("race pace") && row.reps.is_none();
    assert_eq!(row.printed == Printed::Pace, race_pace, "{at}");
}

/// Printed miles, the lowest and the highest.
fn printed_miles(value: &Value) -> Option<(Miles, Miles)> {
    match value {
        Value::Null => None,
        Value::Array(range) => Some((hundredths(&range[0]), hundredths(&range[1]))),
        number => Some((hundredths(number), hundredths(number))),
    }
}

fn hundredths(miles: &Value) -> Miles {
    Miles((miles.as_f64().expect("miles") * 100.0).round() as u32)
}
