//! Writes a one-hour run as `hour.fit`, `hour.gpx` and `hour.tcx` into a folder and tells how long
//! each takes to read, for comparison with other readers: `scripts/bench-files`.

use hermes_formats::activity::{Limits, read};
use hermes_formats::sample_files::{Track, one_hour};
use std::path::PathBuf;
use std::time::Instant;

/// Readings, of which the fastest counts: other work on the machine only slows down.
const TIMES: u32 = 200;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Cargo adds flags of its own.
    let folder = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let Some(folder) = folder.map(PathBuf::from) else {
        println!("name a folder, as scripts/bench-files does");
        return Ok(());
    };
    let mut track = Track::of(&one_hour(1), false);
    let fit = track.fit()?;
    // 800 kB of GPX.
    track.points.truncate(2_770);
    for (name, bytes) in [
        ("hour.fit", fit),
        ("hour.gpx", track.gpx().into_bytes()),
        ("hour.tcx", track.tcx().into_bytes()),
    ] {
        std::fs::write(folder.join(name), &bytes)?;
        let mut best = f64::INFINITY;
        for _ in 0..TIMES {
            let begin = Instant::now();
            let recordings = read(name, &bytes, &Limits::DEFAULT)?;
            best = best.min(begin.elapsed().as_secs_f64());
            drop(recordings);
        }
        println!("{name}, {} bytes: hermes {:.2} ms", bytes.len(), best * 1000.0);
    }
    Ok(())
}
