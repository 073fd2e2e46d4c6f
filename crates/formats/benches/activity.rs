//! One-hour runs at a point a second: reading each kind, figures, and streams as they are stored.

#![expect(clippy::expect_used, reason = "a bench may fail")]

use divan::Bencher;
use divan::counter::BytesCount;
use hermes_formats::activity::{Limits, Streams, figures, read};
use hermes_formats::sample_files::{Track, one_hour};

fn main() {
    divan::main();
}

fn file(kind: &str) -> Vec<u8> {
    let mut track = Track::of(&one_hour(1), false);
    match kind {
        "fit" => track.fit().expect("encoded"),
        "tcx" => track.tcx().into_bytes(),
        // 800 kB of it.
        _ => {
            track.points.truncate(2_770);
            track.gpx().into_bytes()
        }
    }
}

fn streams() -> Streams {
    let mut read = read("hour.fit", &file("fit"), &Limits::DEFAULT).expect("readable");
    read.pop().expect("one").streams
}

#[divan::bench(args = ["fit", "gpx", "tcx"])]
fn read_one(bencher: Bencher<'_, '_>, kind: &str) {
    let bytes = file(kind);
    let count = BytesCount::of_slice(&bytes);
    bencher.counter(count).bench(|| read(kind, &bytes, &Limits::DEFAULT).expect("readable"));
}

#[divan::bench]
fn figures_of_one(bencher: Bencher<'_, '_>) {
    let streams = streams();
    bencher.bench(|| figures(&streams, |grade| 1.0 + grade * (5.4 + grade * 12.9)));
}

#[divan::bench]
fn encode_one(bencher: Bencher<'_, '_>) {
    let streams = streams();
    bencher.bench(|| streams.encode());
}

#[divan::bench]
fn decode_one(bencher: Bencher<'_, '_>) {
    let bytes = streams().encode();
    bencher.bench(|| Streams::decode(&bytes).expect("readable"));
}

#[divan::bench]
fn write_one_fit(bencher: Bencher<'_, '_>) {
    let run = one_hour(1);
    bencher.bench(|| Track::of(&run, false).fit().expect("encoded"));
}
