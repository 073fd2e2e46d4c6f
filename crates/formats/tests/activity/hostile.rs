//! Bytes that were made to do harm: reading ends soon, with little memory, without a panic.

use crate::fits::{ENUM, Fit, START, U32, le};
use crate::minetti;
use crate::{gz, refused};
use hermes_formats::activity::{FileError, Limits, figures, read};
use hermes_formats::sample_files::{Track, one_hour};
use proptest::prelude::*;
use std::sync::LazyLock;

/// Small limits, so that they are met.
const LIMITS: Limits = Limits { file_bytes: 1 << 20, points: 2_000, ..Limits::DEFAULT };

/// The first seconds of a run in each kind.
static FILES: LazyLock<[Vec<u8>; 3]> = LazyLock::new(|| {
    let mut track = Track::of(&one_hour(1), false);
    track.points.truncate(12);
    let fit = track.fit().expect("encoded");
    track.points.truncate(5);
    [fit, track.gpx().into_bytes(), track.tcx().into_bytes()]
});

/// Reads, stores and works out everything there is.
fn all(bytes: &[u8]) -> usize {
    match read("x", bytes, &LIMITS) {
        Ok(recordings) => {
            let mut points = 0;
            for recording in &recordings {
                points += recording.streams.len();
                let _ = figures(&recording.streams, minetti);
                assert!(recording.findings.iter().all(|f| f.to_string().len() < 300));
                let stored = recording.streams.encode();
                let back = hermes_formats::activity::Streams::decode(&stored);
                assert_eq!(back.as_ref(), Ok(&recording.streams), "streams are in normal form");
            }
            assert!(points <= LIMITS.points);
            points
        }
        Err(error) => {
            assert!(error.to_string().len() < 300);
            0
        }
    }
}

#[test]
fn cut_at_every_byte() {
    for file in FILES.iter() {
        assert!(all(file) >= 5);
        for end in 0..file.len() {
            all(&file[..end]);
        }
    }
}

#[test]
fn every_byte_changed() {
    for file in FILES.iter() {
        let mut file = file.clone();
        for at in 0..file.len() {
            let was = file[at];
            let now = [0, 0xff, was ^ 0x80, was.wrapping_add(1)];
            // All of them in FIT, where each bit has a meaning; in turn in XML.
            let count = if file.get(8..12) == Some(b".FIT") { 4 } else { 1 };
            for now in now.into_iter().cycle().skip(at % 4).take(count) {
                file[at] = now;
                all(&file);
            }
            file[at] = was;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn spliced(
        which in 0_usize..3,
        changes in proptest::collection::vec(
            (any::<prop::sample::Index>(), proptest::collection::vec(any::<u8>(), 0..6), 0_usize..9),
            1..10,
        ),
    ) {
        let mut bytes = FILES[which].clone();
        for (at, piece, gone) in changes {
            let at = at.index(bytes.len() + 1);
            let end = (at + gone).min(bytes.len());
            bytes.splice(at..end, piece);
        }
        all(&bytes);
        all(&gz(&bytes));
    }

    #[test]
    fn messages_of_anything(data in proptest::collection::vec(any::<u8>(), 0..600)) {
        all(&Fit { data }.file());
    }

    #[test]
    fn records_of_anything(values in proptest::collection::vec(any::<[u8; 16]>(), 0..300)) {
        let mut fit = Fit::activity();
        fit.define(1, 20, &[(253, 4, U32), (5, 4, U32), (0, 4, 0x85), (1, 4, 0x85)]);
        values.iter().for_each(|v| fit.message(1, v));
        fit.session(u32::MAX / 1000, 7, u32::MAX / 100);
        all(&fit.file());
    }

    #[test]
    fn tags_of_anything(text in "(<(/?(gpx|trk|trkseg|trkpt|time|ele|Lap|Activity|Track)|!|\\?)\
            [ a-z=\"0-9/]{0,9}>?|[0-9:TZ.-]{1,20}|&[a-z#0-9]{0,5};?|<!\\[CDATA\\[|\\]\\]>){0,60}") {
        all(format!("<gpx>{text}").as_bytes());
        all(format!("<TrainingCenterDatabase>{text}").as_bytes());
    }
}

#[test]
fn entities_and_document_types() {
    let bomb = "<?xml version=\"1.0\"?><!DOCTYPE gpx [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]>\
                <gpx><trk><name>&b;</name></trk></gpx>";
    assert!(refused("a.gpx", bomb.as_bytes()).contains("document type or an entity"));
    let outside = "<gpx><trk><name>&secret;</name></trk></gpx>";
    assert!(refused("a.gpx", outside.as_bytes()).contains("document type or an entity"));
}

#[test]
fn depth_is_bounded() {
    let deep = format!("<gpx>{}", "<a>".repeat(1_000_000 / 3));
    assert!(matches!(read("x", deep.as_bytes(), &LIMITS), Err(FileError::Depth { .. })));
}

#[test]
fn gzip_is_bounded() {
    let bomb = gz(&vec![b' '; 20 << 20]);
    assert!(bomb.len() < 200_000);
    assert!(matches!(read("x.gz", &bomb, &LIMITS), Err(FileError::Expands { .. })));
    let long = vec![b' '; (1 << 20) + 1];
    assert!(matches!(read("x", &long, &LIMITS), Err(FileError::TooLong { .. })));
}

#[test]
fn counts_are_bounded() {
    let mut many = Fit::activity();
    many.records(3_000);
    let error = read("x", &many.file(), &LIMITS).expect_err("too many");
    assert!(matches!(error, FileError::TooMany { what: "points", .. }), "{error}");
    // Sessions that all hold all points.
    let mut overlapping = Fit::activity();
    overlapping.records(100);
    (0..100).for_each(|_| overlapping.session(1_000, 1_000, 3_000));
    let error = read("x", &overlapping.file(), &LIMITS).expect_err("too many");
    assert!(matches!(error, FileError::TooMany { what: "points", .. }), "{error}");
    let mut sessions = Fit::activity();
    (0..300).for_each(|_| sessions.session(1_000, 1_000, 3_000));
    let error = read("x", &sessions.file(), &LIMITS).expect_err("too many");
    assert!(matches!(error, FileError::TooMany { what: "activities", .. }), "{error}");
    let chained = Fit::of_type(2).file().repeat(300);
    let error = read("x", &chained, &LIMITS).expect_err("too many");
    assert!(matches!(error, FileError::TooMany { what: "chained files", .. }), "{error}");
    let activity = "<Activity Sport=\"Running\"></Activity>".repeat(300);
    let text = format!("<TrainingCenterDatabase><Activities>{activity}");
    let error = read("x", text.as_bytes(), &LIMITS).expect_err("too many");
    assert!(matches!(error, FileError::TooMany { what: "activities", .. }), "{error}");
}

#[test]
fn laps_beyond_the_limit_are_left_out() {
    let mut fit = Fit::activity();
    fit.records(10);
    fit.define(3, 19, &[(2, 4, U32), (5, 1, ENUM)]);
    (0..200_u32).for_each(|n| fit.message(3, &[&le(START + n % 90)[..], &[1]].concat()));
    let limits = Limits { laps: 50, ..Limits::DEFAULT };
    let runs = read("x", &fit.file(), &limits).expect("readable");
    assert_eq!(runs[0].laps.len(), 50);
    assert!(runs[0].findings.iter().any(|f| f.to_string().contains("more laps")));
}

/// A file of nothing but messages of one byte: as many as its bytes, and no more work than that.
#[test]
fn empty_messages() {
    let mut fit = Fit::activity();
    fit.define(1, 20, &[]);
    fit.data.extend(vec![1; 900_000]);
    let error = read("x", &fit.file(), &LIMITS).expect_err("no times");
    assert!(matches!(error, FileError::NoTimes { .. }), "{error}");
    fit.data.extend(vec![1; 5_000_000]);
    let error = read("x", &fit.file(), &Limits::DEFAULT).expect_err("too many");
    assert!(matches!(error, FileError::TooMany { what: "messages", .. }), "{error}");
}
