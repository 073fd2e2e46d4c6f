//! Activities as the schema keeps them, made of a row of an archive and of what a file says. What
//! does not fit a column is left out.

use crate::accounts::Runner;
use hermes_engine::record::Sport;
use hermes_engine::terrain::grade_factor;
use hermes_formats::activity::{self, Effort, Finding, Recording, Split, Streams};
use hermes_formats::archive::{self, ActivityRow};
use hermes_store::imports::NewActivity;
use hermes_store::readings::{self, Figures, Reading, SplitKind};
use hermes_store::value::{ActivityMetres, Decimal, LocalTime, Text};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use std::path::Path;

/// The last eight bytes of a digest that make an id of an activity that Strava never saw.
const ID_BYTES: usize = 8;

/// A negative id derived from the runner and from what is told of the activity: stable, and never
/// one of Strava's.
pub(super) fn derived_id(runner: &Runner, content: &[&[u8]]) -> i64 {
    let mut digest = Sha256::new();
    digest.update(runner.id.as_bytes());
    for part in content {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    let bytes = digest.finalize();
    let number = bytes.iter().take(ID_BYTES).fold(0_u64, |n, b| n << 8 | u64::from(*b));
    // At most i64::MAX, at least 1.
    -i64::try_from(number >> 1).unwrap_or(i64::MAX).max(1)
}

fn local(runner: &Runner, start: Timestamp, offset: Option<i32>) -> Option<LocalTime> {
    LocalTime::new(match offset {
        Some(offset) => start.as_second() + i64::from(offset),
        None => runner.local_seconds(start),
    })
}

fn small(n: i64) -> Option<i32> {
    i32::try_from(n).ok()
}

/// A row of an archive, with what it lacks taken from its own file; `None` where it has no time.
pub(super) fn of_row(
    runner: &Runner,
    row: &ActivityRow,
    recording: Option<&Recording>,
) -> Option<NewActivity> {
    let moving = row.moving.or(recording.map(|r| r.moving).filter(|m| m.0 > 0)).or(row.elapsed)?;
    let elapsed = row.elapsed.or(recording.map(|r| r.elapsed)).unwrap_or(moving);
    let offset = recording.and_then(|r| r.utc_offset_s);
    let (sport_type, sport) = sport(row, recording);
    let own = NewActivity {
        strava_activity_id: row.id,
        activity_type: Text::new(sport_type)?,
        sport,
        name: Text::new(row.name.clone()),
        distance_meters: ActivityMetres::new(row.distance_cm.unwrap_or(0))?,
        moving_time_seconds: small(moving.0)?,
        elapsed_time_seconds: small(elapsed.0)?,
        total_elevation_gain: row.ascent_cm.and_then(Decimal::new),
        start_date: row.start,
        start_date_local: local(runner, row.start, offset)?,
        average_speed_ms: row.average_speed_mm_s.and_then(Decimal::new),
        max_speed_ms: row.max_speed_mm_s.and_then(Decimal::new),
        average_heartrate: row.average_heart_rate.map(i32::from),
        max_heartrate: row.max_heart_rate.map(i32::from),
        weighted_average_watts: row.weighted_watts.and_then(|w| Decimal::new(i64::from(w) * 100)),
        average_watts: None,
        external_id: row.filename.as_deref().and_then(file_stem).and_then(Text::new),
        upload_id: row.upload_id,
        race: row.race,
        average_temperature: row.temperature_c.map(i32::from),
        perceived_exertion: row.perceived_exertion.map(i32::from),
    };
    let by_file = recording.and_then(|r| of_recording(runner, r, row.id));
    Some(by_file.map_or_else(|| own.clone(), |file| own.filled_from(&file)))
}

/// What a row is of: as people corrected it on Strava, or where its word is not known as its file
/// says.
pub(super) fn sport(row: &ActivityRow, recording: Option<&Recording>) -> (String, Sport) {
    let unknown = |f: &archive::Finding| matches!(f, archive::Finding::UnknownSport(_));
    match recording.filter(|_| row.findings.iter().any(unknown)) {
        Some(r) => (r.sport_type.to_owned(), r.sport),
        None => (row.sport_type.clone(), row.sport),
    }
}

/// What a file says by itself; `None` where it has no time.
pub(super) fn of_recording(runner: &Runner, r: &Recording, id: i64) -> Option<NewActivity> {
    let moving = if r.moving.0 > 0 { r.moving } else { r.elapsed };
    if moving.0 <= 0 {
        return None;
    }
    Some(NewActivity {
        strava_activity_id: id,
        activity_type: Text::new(r.sport_type)?,
        sport: r.sport,
        name: r.name.clone().and_then(Text::new),
        distance_meters: ActivityMetres::new(r.distance_cm.unwrap_or(0))?,
        moving_time_seconds: small(moving.0)?,
        elapsed_time_seconds: small(r.elapsed.max(moving).0)?,
        total_elevation_gain: r.ascent_cm.and_then(Decimal::new),
        start_date: r.start,
        start_date_local: local(runner, r.start, r.utc_offset_s)?,
        average_speed_ms: r.average_speed_mm_s.and_then(Decimal::new),
        max_speed_ms: r.max_speed_mm_s.and_then(Decimal::new),
        average_heartrate: r.average_heart_rate.map(i32::from),
        max_heartrate: r.max_heart_rate.map(i32::from),
        weighted_average_watts: None,
        average_watts: r.average_watts.and_then(|w| Decimal::new(i64::from(w) * 100)),
        // The same bytes under another name are the same.
        external_id: None,
        upload_id: None,
        race: false,
        average_temperature: r.temperature_c.map(i32::from),
        perceived_exertion: None,
    })
}

/// What the points of a recording say, with its laps and what recorded it.
pub(super) fn reading(r: &Recording, sport: Sport) -> Reading {
    let mut reading = reading_of(&r.streams, sport, r.indoor);
    reading.device = r.device.clone().and_then(Text::new);
    reading.splits.extend(r.laps.iter().zip(1..).filter_map(|(lap, number)| {
        Some(readings::Split {
            kind: SplitKind::Lap,
            number,
            distance_cm: lap.distance_cm.and_then(small),
            elapsed_ms: small(lap.elapsed.0.checked_mul(1000)?)?,
            moving_ms: small(lap.moving.0.checked_mul(1000)?)?,
            graded_cm: None,
            rise_cm: lap.ascent_cm.and_then(small),
            heart_rate: lap.average_heart_rate.map(i32::from),
        })
    }));
    reading
}

/// What points say, wherever they are from. Best efforts, splits and figures are of runs only.
pub(crate) fn reading_of(streams: &Streams, sport: Sport, indoor: bool) -> Reading {
    let figures = match sport {
        Sport::Run => activity::figures(streams, grade_factor),
        Sport::Other => activity::Figures::default(),
    };
    let mut splits = rows(SplitKind::Km, &figures.km);
    splits.extend(rows(SplitKind::Mile, &figures.miles));
    let outdoor = streams.has_positions().then_some(false);
    let indoor = if indoor { Some(true) } else { outdoor };
    Reading {
        figures: Figures::of(&figures.engine(), indoor),
        points: i32::try_from(streams.len()).unwrap_or(i32::MAX),
        bytes: streams.encode(),
        device: None,
        splits,
        efforts: figures.best.iter().filter_map(effort).collect(),
    }
}

fn rows(kind: SplitKind, splits: &[Split]) -> Vec<readings::Split> {
    let row = |(split, number): (&Split, i32)| {
        Some(readings::Split {
            kind,
            number,
            distance_cm: small(split.distance_cm),
            elapsed_ms: i32::try_from(split.elapsed_ms).ok()?,
            moving_ms: i32::try_from(split.moving_ms).ok()?,
            graded_cm: split.graded_cm.and_then(small),
            rise_cm: split.rise_cm,
            heart_rate: split.heart_rate.map(i32::from),
        })
    };
    splits.iter().zip(1..).filter_map(row).collect()
}

fn effort(best: &activity::BestEffort) -> Option<readings::Effort> {
    Some(readings::Effort {
        distance_cm: centimetres(best.effort),
        time_ms: i32::try_from(best.time_ms).ok()?,
        start_ms: i32::try_from(best.start_ms).ok()?,
        heart_rate: best.heart_rate.map(i32::from),
    })
}

/// A distance in whole centimetres, as it is stored.
const fn centimetres(effort: Effort) -> i32 {
    match effort {
        Effort::M400 => 40_000,
        Effort::HalfMile => 80_467,
        Effort::K1 => 100_000,
        Effort::Mile => 160_934,
        Effort::TwoMiles => 321_869,
        Effort::K5 => 500_000,
        Effort::K10 => 1_000_000,
        Effort::K15 => 1_500_000,
        Effort::TenMiles => 1_609_344,
        Effort::K20 => 2_000_000,
        Effort::Half => 2_109_750,
        Effort::K30 => 3_000_000,
        Effort::Marathon => 4_219_500,
        Effort::K50 => 5_000_000,
    }
}

/// What a runner should know of how a file was read.
pub(super) fn note(r: &Recording) -> Option<String> {
    let told = |f: &&Finding| {
        matches!(
            f,
            Finding::Checksum { .. }
                | Finding::Damaged { .. }
                | Finding::UnknownSport(_)
                | Finding::NoSport
                | Finding::Untimed { .. }
                | Finding::Shortened { .. }
        )
    };
    let all: Vec<String> = r.findings.iter().filter(told).map(ToString::to_string).collect();
    (!all.is_empty()).then(|| all.join("; "))
}

fn file_stem(name: &str) -> Option<String> {
    Path::new(name).file_name().map(|n| n.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::derived_id;
    use crate::accounts::Runner;
    use uuid::Uuid;

    /// An id that changed would make every file new on the next import.
    #[test]
    fn derived_ids_are_negative_and_stay() {
        let runner = |n| Runner { id: Uuid::from_u128(n), name: None, time_zone: "UTC".to_owned() };
        let part = 0_u64.to_be_bytes();
        let id = derived_id(&runner(0), &[b"file", b"abc", &part]);
        assert_eq!(id, -3_098_789_608_832_955_904);
        let others = [
            derived_id(&runner(1), &[b"file", b"abc", &part]),
            derived_id(&runner(0), &[b"file", b"ab", b"c", &part]),
            derived_id(&runner(0), &[b"file", b"abc", &1_u64.to_be_bytes()]),
        ];
        assert!(others.iter().all(|other| *other < 0 && *other != id), "{others:?}");
    }
}
