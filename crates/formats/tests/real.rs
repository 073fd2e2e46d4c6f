//! Real exports, where they are at hand: they are not part of the repository.

mod shared;

use hermes_engine::record::Sport;
use hermes_formats::archive::{Archive, Entry, Language, Limits};
use shared::shared;

#[test]
fn a_real_year() {
    let Some(path) = shared("archives/export_900001.zip") else { return };
    let archive = Archive::open(&path, &Limits::default()).expect("opened");
    assert_eq!(archive.count_rows().expect("counted"), 76);
    let (mut runs, mut centimetres) = (0, 0);
    for entry in archive.rows().expect("rows") {
        let Entry::Activity(a) = entry.expect("readable") else { panic!("a problem") };
        assert_eq!(a.sport, Sport::Run);
        assert!(a.findings.is_empty(), "{:?}", a.findings);
        assert!(a.moving.is_some() && a.elapsed.is_some());
        runs += 1;
        centimetres += a.distance_cm.expect("a distance");
        let file = archive.file(a.filename.as_deref().expect("a name")).expect("a file");
        assert!(file.bytes.starts_with(&[0x1f, 0x8b]));
    }
    assert_eq!((runs, (centimetres + 5_000) / 10_000), (76, 5_644), "76 runs, 564.4 km");
    let profile = archive.profile().expect("readable").expect("there");
    assert_eq!(profile.athlete_id, Some(900_001));
}

#[test]
fn a_real_heading_with_html() {
    let Some(path) = shared("strava-export/strava_py-tests/activities.csv") else { return };
    let archive = Archive::open(&path, &Limits::default()).expect("opened");
    assert_eq!((archive.heading().columns, archive.heading().language), (87, Language::English));
    let mut count = 0;
    for entry in archive.rows().expect("rows") {
        let Entry::Activity(a) = entry.expect("readable") else { panic!("a problem") };
        assert_eq!((a.sport_type.as_str(), a.manual), ("Ride", true));
        assert!(a.findings.is_empty(), "{:?}", a.findings);
        count += 1;
    }
    assert!(count >= 8, "{count}");
}

#[test]
fn the_known_headings_are_the_real_ones() {
    let Some(path) = shared("strava-export/activities-csv-columns-101.tsv") else { return };
    let list = std::fs::read_to_string(path).expect("read");
    for language in [1, 2] {
        let name = |line: &str| line.split('\t').nth(language).unwrap_or_default().to_owned();
        let heading: Vec<String> = list.lines().skip(1).map(name).collect();
        let folder = tempfile::tempdir().expect("a folder");
        let csv = folder.path().join("activities.csv");
        std::fs::write(&csv, heading.join(",")).expect("written");
        let archive = Archive::open(&csv, &Limits::default()).expect("opened");
        assert_eq!(archive.heading().columns, 101);
        for column in hermes_formats::archive::Column::ALL {
            assert!(archive.heading().has(column), "{column:?}");
        }
    }
}
