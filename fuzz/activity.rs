//! Bytes read as the file of an activity, and all that is done with what they hold.

use hermes_formats::activity::{Limits, Streams, figures, read};

/// Small, so that limits are met too.
const LIMITS: Limits = Limits { file_bytes: 1 << 20, points: 5_000, ..Limits::DEFAULT };

/// Reads the bytes, stores their points, reads them back and works out the figures.
pub fn all(bytes: &[u8]) {
    match read("x", bytes, &LIMITS) {
        Ok(recordings) => {
            for recording in recordings {
                drop(recording.findings.iter().map(ToString::to_string).collect::<Vec<_>>());
                points(recording.streams);
            }
        }
        Err(error) => drop(error.to_string()),
    }
}

/// Points in normal form come back as they were stored, and have figures.
pub fn points(streams: Streams) {
    let _ = figures(&streams, hermes_engine::terrain::grade_factor).engine();
    assert_eq!(Streams::decode(&streams.encode()), Ok(streams));
}
