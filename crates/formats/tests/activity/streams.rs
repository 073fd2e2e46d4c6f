//! Streams as they are stored.

use crate::minetti;
use hermes_formats::activity::{Column, Streams, StreamsError};
use proptest::prelude::*;

fn column(n: usize) -> impl Strategy<Value = Column> {
    let values = proptest::option::weighted(0.9, any::<i32>());
    prop_oneof![Just(Vec::new()), proptest::collection::vec(values, n)]
}

fn any_streams() -> impl Strategy<Value = Streams> {
    (0_usize..200).prop_flat_map(|n| {
        let many = proptest::collection::vec(column(n), 9);
        let times = proptest::collection::vec(any::<u32>(), n);
        let moving = prop_oneof![Just(Vec::new()), proptest::collection::vec(any::<bool>(), n)];
        (times, moving, many).prop_map(|(time_ms, moving, mut many)| {
            let mut next = || many.pop().unwrap_or_default();
            Streams {
                time_ms,
                moving,
                distance_cm: next(),
                altitude_dm: next(),
                heart_rate: next(),
                cadence: next(),
                speed_mm_s: next(),
                latitude_e7: next(),
                longitude_e7: next(),
                watts: next(),
                temperature_c: next(),
            }
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_stored_comes_back(streams in any_streams()) {
        let normal = streams.tidy();
        prop_assert_eq!(Streams::decode(&normal.encode()), Ok(normal.clone()));
        prop_assert_eq!(normal.clone().tidy(), normal);
    }

    #[test]
    fn damaged_bytes_are_refused_or_read(
        streams in any_streams(), at in any::<prop::sample::Index>(), byte in any::<u8>(),
    ) {
        let mut bytes = streams.encode();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let _ = Streams::decode(&bytes);
        let _ = Streams::decode(&bytes[..at]);
    }

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..500)) {
        let _ = Streams::decode(&bytes);
        let _ = Streams::decode(&[&[1, 0xc8, 1, 0xff, 7], &bytes[..]].concat());
    }

    #[test]
    fn figures_of_anything(streams in any_streams()) {
        let _ = hermes_formats::activity::figures(&streams, minetti);
        let _ = hermes_formats::activity::figures(&streams.tidy(), minetti);
    }
}

#[test]
fn what_cannot_be_read_says_why() {
    assert!(matches!(Streams::decode(&[]), Err(StreamsError::Damaged(_))));
    let later = StreamsError::Version(2);
    assert_eq!(Streams::decode(&[2, 0, 0]), Err(later));
    assert_eq!(later.to_string(), "streams of version 2 are stored; this Hermes reads version 1");
    // Four billion points are claimed.
    let claim = [1, 0xff, 0xff, 0xff, 0xff, 0x0f, 0];
    assert!(matches!(Streams::decode(&claim), Err(StreamsError::Damaged(_))));
}

/// The bytes of version 1, so that a change of the format is noticed: stored streams outlive the
/// program that wrote them.
#[test]
fn version_one_stays_readable() {
    let bytes = [
        1, 3, 133, 4, 99, 184, 192, 191, 67, 156, 129, 225, 6, 75, 11, 59, 35, 235, 7, 70, 102, 86,
        0,
    ];
    let streams = Streams {
        time_ms: vec![0, 1000, 2500],
        moving: vec![true, false, true],
        distance_cm: vec![Some(0), Some(300), Some(750)],
        heart_rate: vec![Some(120), None, Some(118)],
        ..Streams::default()
    };
    assert_eq!(Streams::decode(&bytes), Ok(streams));
}
