//! Reading a year's export: rows alone, and rows with their files.

#![expect(clippy::expect_used, reason = "a test may fail")]

use divan::Bencher;
use hermes_engine::calendar::Day;
use hermes_formats::archive::{Archive, Entry, Limits};
use hermes_formats::sample::Sample;

fn main() {
    divan::main();
}

fn with_archive(bench: Bencher<'_, '_>, read: impl Fn(&Archive) -> usize + Sync) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("export.zip");
    let zip = Sample::steady(1, Day::from_epoch(20_000), 52).zip().expect("a zip");
    std::fs::write(&path, zip).expect("written");
    bench.bench(|| read(&Archive::open(&path, &Limits::default()).expect("opened")));
}

#[divan::bench]
fn rows(bench: Bencher<'_, '_>) {
    with_archive(bench, |archive| archive.rows().expect("rows").count());
}

#[divan::bench]
fn rows_and_files(bench: Bencher<'_, '_>) {
    with_archive(bench, |archive| {
        let names = archive.rows().expect("rows").filter_map(|entry| match entry {
            Ok(Entry::Activity(a)) => a.filename,
            _ => None,
        });
        names.filter_map(|name| archive.file(&name).ok()).map(|file| file.bytes.len()).sum()
    });
}
