//! What the sample writes is read back as it was meant.

use crate::minetti;
use crate::{findings, gz, one};
use hermes_engine::calendar::Day;
use hermes_formats::activity::{FileKind, Limits, figures, read};
use hermes_formats::archive::{Archive, Entry, Limits as ArchiveLimits};
use hermes_formats::sample::{Files, Sample};
use hermes_formats::sample_files::{Track, one_hour};
use std::collections::BTreeMap;

#[test]
fn an_hour_in_every_kind() {
    let run = one_hour(3);
    let track = Track::of(&run, false);
    let fit = track.fit().expect("encoded");
    for (name, bytes) in [
        ("a.fit", fit),
        ("a.gpx", track.gpx().into_bytes()),
        ("a.tcx", track.tcx().into_bytes()),
        ("mill.fit", Track::of(&run, true).fit().expect("encoded")),
    ] {
        let read = one(name, &gz(&bytes));
        assert_eq!((read.sport_type, read.start), ("Run", run.start), "{name}");
        assert_eq!((read.streams.len(), read.elapsed), (3601, run.elapsed), "{name}");
        assert!((read.moving.0 - run.moving.0).abs() <= 1, "{name}: {:?}", read.moving);
        let cm = read.distance_cm.expect("a distance");
        assert!((cm - run.distance_cm).abs() <= 500, "{name}: {cm}");
        let rate = read.average_heart_rate.expect("a heart rate");
        assert!(rate.abs_diff(run.heart_rate) <= 1, "{name}: {rate}");
        assert_eq!(read.max_heart_rate, Some(run.max_heart_rate));
        assert!(read.average_cadence.is_some_and(|c| (168..=176).contains(&c)));
        let mill = name == "mill.fit";
        assert_eq!((read.indoor, read.streams.has_positions()), (mill, !mill), "{name}");
        if !mill {
            let up = read.ascent_cm.expect("an ascent");
            assert!((up - run.ascent_cm).abs() <= run.ascent_cm / 20, "{name}: {up}");
        }
        if read.kind == FileKind::Fit {
            assert_eq!((read.utc_offset_s, read.laps.len()), (Some(3600), 11));
        }
        let stored = read.streams.encode();
        assert!(stored.len() < 20_000, "{name}: {} bytes stored", stored.len());
        let figures = figures(&read.streams, minetti);
        assert_eq!(figures.km.len(), 11, "{name}");
        assert_eq!(figures.best.len(), 7, "{name}: 400 m to 10 km");
        assert_eq!(figures.max_heart_rate, Some(run.max_heart_rate));
        assert_eq!(figures.engine().graded.is_some(), !mill);
    }
}

#[test]
fn an_archive_of_such_files() {
    let monday = Day::parse("2025-01-06").expect("a date");
    let sample = Sample::steady(5, monday, 4).with_files(Files::Broken);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("export.zip");
    std::fs::write(&path, sample.zip().expect("a zip")).expect("written");
    let archive = Archive::open(&path, &ArchiveLimits::default()).expect("opened");
    let mut kinds: BTreeMap<&str, u32> = BTreeMap::new();
    for entry in archive.rows().expect("rows") {
        let Entry::Activity(row) = entry.expect("readable") else { panic!("a problem") };
        let Some(name) = row.filename else { continue };
        let file = archive.file(&name).expect("a file");
        let kind = match read(&name, &file.bytes, &Limits::default()) {
            Err(error) => {
                assert!(error.to_string().contains(&name));
                "refused"
            }
            Ok(runs) => {
                let run = &runs[0];
                let odd = findings(run).iter().any(|f| f.contains("damaged"));
                if !odd {
                    let cm = row.distance_cm.expect("a distance");
                    assert!((run.distance_cm.expect("one") - cm).abs() <= cm / 100, "{name}");
                    assert_eq!((run.start, Some(run.elapsed)), (row.start, row.elapsed), "{name}");
                }
                match (odd, run.kind, run.indoor) {
                    (true, ..) => "cut off",
                    (_, FileKind::Fit, true) => "treadmill",
                    (_, kind, _) => kind.word(),
                }
            }
        };
        *kinds.entry(kind).or_default() += 1;
    }
    let kinds: Vec<_> = kinds.into_keys().collect();
    assert_eq!(kinds, ["cut off", "fit", "gpx", "refused", "tcx", "treadmill"]);
}

#[test]
fn the_same_run_is_the_same_file() {
    let fit = |id| Track::of(&one_hour(id), false).fit().expect("encoded");
    assert_eq!(fit(1), fit(1));
    assert_ne!(fit(1), fit(2));
}
