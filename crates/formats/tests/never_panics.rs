//! Whatever the bytes are: reading ends, without a panic.

#![expect(clippy::expect_used, reason = "a test may fail")]

use hermes_engine::calendar::Day;
use hermes_formats::archive::{Archive, Entry, Language, Limits};
use hermes_formats::sample::{Layout, Sample};
use proptest::prelude::*;
use std::fs;

/// Small limits, so that they are met often.
const LIMITS: Limits =
    Limits { entries: 100, csv_bytes: 1 << 20, row_bytes: 4096, rows: 500, ..Limits::DEFAULT };

/// Reads everything there is; the number of rows and files.
fn read_all(bytes: &[u8]) -> (usize, usize) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("x");
    fs::write(&path, bytes).expect("written");
    let Ok(archive) = Archive::open(&path, &LIMITS) else { return (0, 0) };
    let _ = archive.profile();
    let (mut rows, mut files) = (0, 0);
    for entry in archive.rows().into_iter().flatten() {
        rows += 1;
        let text = match entry {
            Ok(Entry::Activity(a)) => {
                files += usize::from(a.filename.is_some_and(|name| archive.file(&name).is_ok()));
                a.findings.iter().map(ToString::to_string).collect()
            }
            Ok(Entry::Problem(p)) => p.to_string(),
            Err(e) => e.to_string(),
        };
        assert!(text.len() < 10_000);
    }
    assert!(rows <= LIMITS.rows as usize + 1);
    (rows, files)
}

fn sample(language: Language, columns: usize) -> Sample {
    let layout = Layout { language, columns, ..Layout::default() };
    Sample::steady(3, Day::parse("2025-01-06").expect("a date"), 2).with_layout(layout)
}

/// Changes to bytes: where (as a fraction), what is put there, and how much goes.
fn changes() -> impl Strategy<Value = Vec<(f64, Vec<u8>, usize)>> {
    let pieces = prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..4),
        proptest::sample::select(vec![
            &b"\""[..],
            b",",
            b"\n",
            b"\r\n",
            b"\"\"",
            b"#error",
            b"<",
            b"\0",
            b"9999999999999999999",
        ])
        .prop_map(<[u8]>::to_vec),
    ];
    proptest::collection::vec((0.0..1.0, pieces, 0_usize..20), 1..8)
}

fn mutate(mut bytes: Vec<u8>, changes: Vec<(f64, Vec<u8>, usize)>) -> Vec<u8> {
    for (place, piece, gone) in changes {
        let at = (bytes.len() as f64 * place) as usize;
        let end = (at + gone).min(bytes.len());
        bytes.splice(at..end, piece);
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        read_all(&bytes);
        read_all(&[b"PK\x03\x04", &bytes[..]].concat());
    }

    #[test]
    fn arbitrary_text_below_a_heading(text in "[0-9a-zA-Z\",\r\n#. :/]{0,2000}") {
        let csv = sample(Language::English, 101).csv();
        let heading = csv.lines().next().unwrap_or_default();
        read_all(format!("{heading}\n{text}").as_bytes());
    }

    #[test]
    fn changed_csv(changes in changes(), german in any::<bool>(), columns in 10_usize..=101) {
        let language = if german { Language::German } else { Language::Other };
        read_all(&mutate(sample(language, columns).csv().into_bytes(), changes));
    }

    #[test]
    fn changed_zip(changes in changes()) {
        read_all(&mutate(sample(Language::English, 101).zip().expect("a zip"), changes));
    }
}

#[test]
fn unchanged_it_is_all_there() {
    let sample = sample(Language::English, 101);
    let files = sample.runs().iter().filter(|r| r.upload_id.is_some()).count();
    assert_eq!(read_all(&sample.zip().expect("a zip")), (10, files));
}
