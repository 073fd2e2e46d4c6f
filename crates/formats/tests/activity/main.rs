//! Activity files: what each kind says, whatever its state. Files are made here, byte by byte or
//! by the sample; `inventory.rs` reads real ones.

#![expect(clippy::expect_used, reason = "a test may fail")]

mod fit;
mod fits;
mod generated;
mod golden;
mod hostile;
mod streams;
mod xml;

use hermes_formats::activity::{FileError, Limits, Recording, read};

/// G1 as a formula: the cost of a grade of up to 30 % beside level ground (Minetti et al. 2002),
/// never under 0.88.
pub(crate) fn minetti(grade: f64) -> f64 {
    let i = grade.clamp(-0.3, 0.3);
    let cost = ((((155.4 * i - 30.4) * i - 43.3) * i + 46.3) * i + 19.5) * i + 3.6;
    (cost / 3.6).max(0.88)
}

/// The only recording of a file that can be read.
fn one(name: &str, bytes: &[u8]) -> Recording {
    let mut all = read(name, bytes, &Limits::default()).expect("readable");
    assert_eq!(all.len(), 1, "{name}");
    all.pop().expect("one")
}

/// The sentence that refuses a file.
fn refused(name: &str, bytes: &[u8]) -> String {
    let error: FileError = read(name, bytes, &Limits::default()).expect_err("refused");
    let text = error.to_string();
    assert!(text.starts_with(name), "the file is named: {text}");
    text
}

/// What was odd, as sentences.
fn findings(recording: &Recording) -> Vec<String> {
    recording.findings.iter().map(ToString::to_string).collect()
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(bytes).and_then(|()| gz.finish()).expect("packed")
}
