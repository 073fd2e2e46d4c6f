//! FIT files in every state that devices leave them in.

use crate::fits::{BYTES, ENUM, F32, Fit, S32, START, TEXT, U8, U16, U32, crc, le};
use crate::{findings, gz, one, refused};
use hermes_engine::record::Sport;
use hermes_formats::activity::{FileKind, Limits, read};

fn whole() -> Fit {
    let mut fit = Fit::activity();
    fit.records(61);
    fit.session(600, 590, 1800);
    fit
}

#[test]
fn a_plain_run() {
    let fit = whole().file();
    for (name, bytes) in [("a.fit", fit.clone()), ("a.fit.gz", gz(&fit)), ("nameless", fit)] {
        let run = one(name, &bytes);
        assert_eq!((run.kind, run.sport_type, run.sport), (FileKind::Fit, "Run", Sport::Run));
        assert_eq!(run.start.to_string(), "2024-05-05T06:30:00Z");
        assert_eq!((run.elapsed.0, run.moving.0, run.distance_cm), (600, 590, Some(180_000)));
        assert_eq!(run.streams.len(), 61);
        assert_eq!((run.average_heart_rate, run.max_heart_rate), (Some(140), Some(140)));
        assert_eq!(run.average_speed_mm_s, Some(1_800_000 / 590));
        assert!(run.findings.is_empty(), "{:?}", run.findings);
        assert!(!run.indoor && run.utc_offset_s.is_none() && run.laps.is_empty());
    }
}

#[test]
fn wrong_checksums_are_told_and_forgiven() {
    let mut header = whole().file();
    header[12] ^= 1;
    assert!(findings(&one("a.fit", &header))[0].contains("checksum of the file's header"));
    let mut none = whole().file();
    none[12..14].fill(0);
    let end = none.len() - 2;
    let sum = crc(&none[..end]);
    none[end..].copy_from_slice(&sum.to_le_bytes());
    assert!(one("a.fit", &none).findings.is_empty(), "zero stands for no checksum");
    let mut data = whole().file();
    let last = data.len() - 1;
    data[last] ^= 1;
    let run = one("a.fit", &data);
    assert!(findings(&run)[0].contains("checksum of the file's data"));
    assert_eq!(run.streams.len(), 61);
}

#[test]
fn a_cut_file_keeps_what_is_before_the_cut() {
    let file = whole().file();
    let mut most = 0;
    for end in 0..file.len() {
        let Ok(runs) = read("a.fit", &file[..end], &Limits::default()) else { continue };
        let found = findings(&runs[0]);
        assert!(found.iter().any(|f| f.contains(&format!("damaged at byte {end}"))), "{found:?}");
        assert!(runs[0].streams.len() >= most, "a longer file has no fewer points");
        most = runs[0].streams.len();
    }
    assert_eq!(most, 61);
}

#[test]
fn lengths_that_lie() {
    let mut zero = whole().file();
    zero[4..8].fill(0);
    let run = one("a.fit", &zero);
    assert_eq!((run.streams.len(), run.elapsed.0), (61, 600), "the power failed before the end");
    let mut huge = whole().file();
    huge[4..8].fill(0xff);
    assert_eq!(one("a.fit", &huge).streams.len(), 61);
    let extra = [whole().file(), vec![0x42; 100]].concat();
    let run = one("a.fit", &extra);
    assert_eq!(findings(&run), ["100 bytes after the end of the activity were left out"]);
}

#[test]
fn without_a_session_all_comes_from_the_points() {
    let mut fit = Fit::activity();
    fit.define(3, 12, &[(0, 1, ENUM), (3, 6, TEXT)]);
    fit.message(3, b"\x01Track\0");
    fit.records(31);
    let run = one("a.fit", &fit.file());
    assert_eq!((run.elapsed.0, run.moving.0, run.distance_cm), (300, 300, Some(90_000)));
    assert_eq!((run.sport, run.name.as_deref()), (Sport::Run, Some("Track")));
    assert!(findings(&run)[0].starts_with("the file has no summary"));
    fit.data.truncate(fit.data.len() - 31 * 10 - 15);
    assert!(refused("a.fit", &fit.file()).contains("holds no activity"));
}

#[test]
fn other_types_are_told_by_name() {
    for (kind, word) in [(2, "settings"), (5, "workout"), (6, "course"), (32, "monitoring_b")] {
        let text = refused("x.fit", &Fit::of_type(kind).file());
        assert_eq!(text, format!("x.fit is a FIT file of type {word}, which holds no activity"));
    }
}

#[test]
fn chained_files_are_two_activities() {
    let two = [whole().file(), Fit::of_type(2).file(), whole().file()].concat();
    let runs = read("a.fit", &two, &Limits::default()).expect("readable");
    assert_eq!(runs.len(), 2);
    assert!(runs.iter().all(|r| r.streams.len() == 61 && r.findings.is_empty()));
}

#[test]
fn compressed_times_count_on() {
    let mut fit = Fit::activity();
    fit.define(1, 20, &[(253, 4, U32), (3, 1, U8)]);
    fit.message(1, &[&le(START)[..], &[100]].concat());
    fit.define(2, 20, &[(3, 1, U8)]);
    // Five bits of the time, which turn over each 32 s.
    for n in 1..=100_u32 {
        let offset = (START + n) as u8 & 0x1f;
        fit.data.extend([0x80 | 2 << 5 | offset, 100 + n as u8]);
    }
    let run = one("a.fit", &fit.file());
    let expected: Vec<u32> = (0..=100).map(|n| n * 1000).collect();
    assert_eq!(run.streams.time_ms, expected);
    assert_eq!(run.streams.heart_rate.last(), Some(&Some(200)));
}

#[test]
fn values_are_what_the_file_says_they_are() {
    let mut fit = Fit::activity();
    // Altitude and speed twice; cadence with its fraction; a temperature in a byte.
    let fields = [
        (253, 4, U32),
        (0, 4, S32),
        (1, 4, S32),
        (2, 2, U16),
        (78, 4, U32),
        (6, 2, U16),
        (73, 4, U32),
        (4, 1, U8),
        (53, 1, U8),
        (7, 2, U16),
        (13, 1, 0x01),
    ];
    fit.define(1, 20, &fields);
    let record = |time: u32, enhanced: bool| {
        let (altitude, speed) =
            if enhanced { (le(3_000), le(3_500)) } else { (le(u32::MAX), le(u32::MAX)) };
        let parts: [&[u8]; 11] = [
            &le(time),
            &le(0x2000_0000),
            &le((-0x1000_0000_i32).cast_unsigned()),
            &2_750_u16.to_le_bytes(),
            &altitude,
            &2_500_u16.to_le_bytes(),
            &speed,
            &[85],
            &[64],
            &250_u16.to_le_bytes(),
            &[(-5_i8).cast_unsigned()],
        ];
        parts.concat()
    };
    fit.message(1, &record(START, true));
    fit.message(1, &record(START + 1, false));
    let mut invalid = le(START + 2).to_vec();
    invalid.extend([0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, 0x7f]);
    invalid.extend([0xff; 2 + 4 + 2 + 4 + 1 + 1 + 2]);
    invalid.push(0x7f);
    fit.message(1, &invalid);
    fit.session(2, 2, 5);
    let s = one("a.fit", &fit.file()).streams;
    assert_eq!(s.latitude_e7, [Some(450_000_000), Some(450_000_000), None]);
    assert_eq!(s.longitude_e7, [Some(-225_000_000), Some(-225_000_000), None]);
    assert_eq!(s.altitude_dm, [Some(1_000), Some(500), None], "the wider field goes first");
    assert_eq!(s.speed_mm_s, [Some(3_500), Some(2_500), None]);
    assert_eq!(s.cadence, [Some(171), Some(171), None], "85.5 turns of one leg");
    assert_eq!(s.watts, [Some(250), Some(250), None]);
    assert_eq!(s.temperature_c, [Some(-5), Some(-5), None]);
}

#[test]
fn big_ends_first() {
    let mut fit = Fit::activity();
    fit.data.extend([0x41, 0, 1, 0, 20, 2, 253, 4, U32, 5, 4, U32]);
    for n in 0..3_u32 {
        let data = [(START + n).to_be_bytes(), (n * 300).to_be_bytes()].concat();
        fit.message(1, &data);
    }
    let run = one("a.fit", &fit.file());
    assert_eq!(run.streams.distance_cm, [Some(0), Some(300), Some(600)]);
    assert_eq!(run.start.to_string(), "2024-05-05T06:30:00Z");
}

#[test]
fn fields_of_other_sizes() {
    let mut fit = Fit::activity();
    // Distance in two bytes where the profile has four, and in one where its type needs four.
    fit.define(1, 20, &[(253, 4, U32), (5, 2, U16), (3, 2, U16), (6, 1, U32)]);
    for n in 0..3_u16 {
        let data =
            [&le(START + u32::from(n))[..], &(n * 300).to_le_bytes(), &150_u16.to_le_bytes(), &[7]];
        fit.message(1, &data.concat());
    }
    let s = one("a.fit", &fit.file()).streams;
    assert_eq!(s.distance_cm, [Some(0), Some(300), Some(600)]);
    assert_eq!(s.heart_rate, [Some(150); 3]);
    assert!(s.speed_mm_s.is_empty(), "a field too small for its type says nothing");
}

#[test]
fn compressed_speed_and_distance() {
    let mut fit = Fit::activity();
    fit.define(1, 20, &[(253, 4, U32), (8, 3, BYTES)]);
    // 3 m/s; 4095, 4095 + 48, ... sixteenths of a metre in twelve bits.
    for n in 0..4_u32 {
        let distance = (4095 + 48 * n) & 0xfff;
        let bits = (300 | distance << 12).to_le_bytes();
        fit.message(1, &[&le(START + n)[..], &bits[..3]].concat());
    }
    fit.message(1, &[&le(START + 4)[..], &[0xff; 3]].concat());
    let s = one("a.fit", &fit.file()).streams;
    assert_eq!(s.distance_cm, [Some(0), Some(300), Some(600), Some(900), None]);
    assert_eq!(s.speed_mm_s[..4], [Some(3_000); 4]);
}

#[test]
fn developer_fields_stand_in_where_they_say_so() {
    let mut fit = Fit::activity();
    // Field 0 of developer 0 stands in for the power (7) of a record (20); field 1 for nothing.
    fit.define(3, 206, &[(0, 1, U8), (1, 1, U8), (2, 1, U8), (14, 2, U16), (15, 1, U8)]);
    fit.message(3, &[0, 0, F32, 20, 0, 7]);
    fit.message(3, &[0, 1, F32, 0xff, 0xff, 0xff]);
    // Header with developer fields: two of four bytes each.
    fit.data.extend([0x61, 0, 0, 20, 0, 1, 253, 4, U32, 2, 0, 4, 0, 1, 4, 0]);
    for n in 0..2_u32 {
        let data = [le(START + n), 231.4_f32.to_le_bytes(), 9.9_f32.to_le_bytes()].concat();
        fit.message(1, &data);
    }
    let s = one("a.fit", &fit.file()).streams;
    assert_eq!(s.watts, [Some(231), Some(231)]);
    assert!(s.heart_rate.is_empty() && s.speed_mm_s.is_empty());
}

#[test]
fn pauses_of_the_timer_are_not_moving() {
    let mut fit = Fit::activity();
    fit.define(4, 21, &[(253, 4, U32), (0, 1, ENUM), (1, 1, ENUM)]);
    fit.message(4, &[&le(START)[..], &[0, 0]].concat());
    fit.define(1, 20, &[(253, 4, U32), (5, 4, U32)]);
    let record = |fit: &mut Fit, second: u32, metres: u32| {
        fit.message(1, &[le(START + second), le(metres * 100)].concat());
    };
    (0..=60).for_each(|s| record(&mut fit, s, 3 * s));
    fit.message(4, &[&le(START + 60)[..], &[0, 4]].concat());
    fit.message(4, &[&le(START + 120)[..], &[0, 0]].concat());
    // Driven 600 m with the timer stopped: fast, and still no running.
    (121..=180).for_each(|s| record(&mut fit, s, 3 * s + 600));
    fit.message(4, &[&le(START + 180)[..], &[0, 9]].concat());
    let run = one("a.fit", &fit.file());
    assert_eq!((run.elapsed.0, run.moving.0), (180, 119));
    assert!(!run.streams.moving_at(61) && run.streams.moving_at(60) && run.streams.moving_at(62));
}

#[test]
fn several_sports_are_several_recordings() {
    let mut fit = Fit::activity();
    fit.records(61);
    let fields = [(253, 4, U32), (2, 4, U32), (7, 4, U32), (9, 4, U32), (5, 1, ENUM), (6, 1, ENUM)];
    fit.define(2, 18, &fields);
    let mut part = |from: u32, to: u32, metres: u32, sport: [u8; 2]| {
        let numbers = [START + to, START + from, (to - from) * 1000, metres * 100].map(le).concat();
        fit.message(2, &[&numbers[..], &sport].concat());
    };
    part(0, 200, 600, [2, 0]);
    part(200, 250, 150, [3, 0]);
    part(250, 600, 1050, [1, 3]);
    let parts = read("a.fit", &fit.file(), &Limits::default()).expect("readable");
    let names: Vec<_> = parts.iter().map(|p| p.sport_type).collect();
    assert_eq!(names, ["Ride", "TrailRun"], "the way between is no sport");
    let run = &parts[1];
    assert_eq!(run.start.to_string(), "2024-05-05T06:34:10Z");
    assert_eq!((run.streams.len(), run.distance_cm), (36, Some(105_000)));
    assert_eq!(run.streams.distance_cm[0], Some(0), "each part begins at zero");
    assert_eq!(run.streams.distance_cm[35], Some(105_000));
    assert_eq!(findings(run), ["this is part 3 of the 3 that the file holds"]);
}

#[test]
fn a_local_time_is_the_offset() {
    let with = |local: u32| {
        let mut fit = whole();
        fit.define(5, 34, &[(253, 4, U32), (5, 4, U32)]);
        fit.message(5, &[le(START + 600), le(local)].concat());
        one("a.fit", &fit.file()).utc_offset_s
    };
    assert_eq!(with(START + 600 + 7200), Some(7200));
    assert_eq!(with(START + 603 - 12_600), Some(-12_600), "to the quarter of an hour");
    assert_eq!(with(0), None);
    assert_eq!(with(START + 600 + 86_400), None);
    assert_eq!(with(u32::MAX), None);
}

#[test]
fn a_clock_that_was_never_set() {
    let mut fit = Fit::activity();
    fit.define(1, 20, &[(253, 4, U32), (5, 4, U32)]);
    (0..5).for_each(|n| fit.message(1, &[le(1000 + n), le(n * 300)].concat()));
    let run = one("a.fit", &fit.file());
    assert!(findings(&run).iter().any(|f| f.contains("clock was not set")));
    assert_eq!((run.elapsed.0, run.streams.len()), (4, 5));
}

#[test]
fn impossible_values_are_left_out_and_counted() {
    let mut fit = Fit::activity();
    fit.define(1, 20, &[(253, 4, U32), (3, 1, U8), (13, 1, 0x01)]);
    for (n, rate) in [0, 10, 120, 251, 130].into_iter().enumerate() {
        fit.message(1, &[&le(START + n as u32)[..], &[rate, 20]].concat());
    }
    fit.session(4, 4, 0);
    let run = one("a.fit", &fit.file());
    assert_eq!(run.streams.heart_rate, [None, None, Some(120), None, Some(130)]);
    assert_eq!(findings(&run), ["impossible values of heart rate were left out: 2"]);
    assert_eq!(run.average_heart_rate, Some(125));
}

#[test]
fn sports_and_devices() {
    let named = |sport: u8, sub: u8| {
        let mut fit = Fit::default();
        fit.define(0, 0, &[(0, 1, ENUM), (1, 2, U16), (2, 2, U16)]);
        fit.message(0, &[4, 1, 0, 0x98, 0x0f]);
        fit.records(2);
        fit.define(2, 18, &[(2, 4, U32), (5, 1, ENUM), (6, 1, ENUM)]);
        fit.message(2, &[&le(START)[..], &[sport, sub]].concat());
        let run = one("a.fit", &fit.file());
        assert_eq!(run.device.as_deref(), Some("garmin fr255"));
        (run.sport_type, run.sport, run.indoor)
    };
    assert_eq!(named(1, 1), ("Run", Sport::Run, true));
    assert_eq!(named(1, 4), ("Run", Sport::Run, false));
    assert_eq!(named(1, 58), ("VirtualRun", Sport::Run, true));
    assert_eq!(named(4, 1), ("Run", Sport::Run, true));
    assert_eq!(named(1, 3), ("TrailRun", Sport::Run, false));
    assert_eq!(named(2, 6), ("Ride", Sport::Other, true));
    assert_eq!(named(17, 0), ("Hike", Sport::Other, false));
    assert_eq!(named(24, 0), ("Workout", Sport::Other, false));
    assert_eq!(named(200, 0), ("Workout", Sport::Other, false));
}

#[test]
fn a_clock_that_is_set_on_the_way() {
    let mut fit = Fit::activity();
    fit.define(1, 20, &[(253, 4, U32), (5, 4, U32)]);
    fit.message(1, &[le(1000), le(0)].concat());
    (0..5).for_each(|n| fit.message(1, &[le(START + n), le(n * 300)].concat()));
    let run = one("a.fit", &fit.file());
    assert_eq!((run.start.to_string().as_str(), run.elapsed.0), ("2024-05-05T06:30:00Z", 4));
    assert!(findings(&run).contains(&"impossible values of time were left out: 1".to_owned()));
}

#[test]
fn a_distance_now_and_then_is_no_standing() {
    let mut fit = Fit::activity();
    fit.define(1, 20, &[(253, 4, U32), (5, 4, U32)]);
    for n in 0..=100 {
        let distance = if n % 20 == 0 { n * 300 } else { u32::MAX };
        fit.message(1, &[le(START + n), le(distance)].concat());
    }
    assert_eq!(one("a.fit", &fit.file()).moving.0, 100);
}
