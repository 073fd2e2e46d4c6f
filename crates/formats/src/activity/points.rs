//! What a reader finds in a file, before it is checked: points and summaries.

use super::finding::Finding;
use super::geo::Position;
use std::ops::RangeInclusive;

/// One point as a file has it, in the units of [`Streams`](super::Streams).
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Point {
    /// Milliseconds since 1970.
    pub(super) time_ms: i64,
    pub(super) position: Option<Position>,
    pub(super) distance_cm: Option<i64>,
    pub(super) altitude_dm: Option<i64>,
    pub(super) heart_rate: Option<i64>,
    /// Turns or steps a minute, of one leg or of both.
    pub(super) cadence: Option<f32>,
    pub(super) speed_mm_s: Option<i64>,
    pub(super) watts: Option<i64>,
    pub(super) temperature_c: Option<i64>,
    /// Nothing is known of the way here from the point before.
    pub(super) new_segment: bool,
}

/// What a file says of the whole; what it does not say is worked out from the points.
#[derive(Debug, Clone, Default)]
pub(super) struct Summary {
    pub(super) name: Option<String>,
    pub(super) device: Option<String>,
    pub(super) start_ms: Option<i64>,
    pub(super) utc_offset_s: Option<i32>,
    pub(super) elapsed_ms: Option<i64>,
    pub(super) timer_ms: Option<i64>,
    pub(super) distance_cm: Option<i64>,
    pub(super) ascent_cm: Option<i64>,
    pub(super) average_heart_rate: Option<i64>,
    pub(super) max_heart_rate: Option<i64>,
    pub(super) max_speed_mm_s: Option<i64>,
    pub(super) average_cadence: Option<f32>,
    pub(super) average_watts: Option<i64>,
    pub(super) temperature_c: Option<i64>,
    pub(super) calories: Option<i64>,
    pub(super) laps: Vec<RawLap>,
    /// From when to when the device's timer stood still, milliseconds since 1970, in order.
    pub(super) pauses: Vec<(i64, i64)>,
    pub(super) findings: Vec<Finding>,
}

/// A lap as a file has it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct RawLap {
    /// Milliseconds since 1970.
    pub(super) start_ms: Option<i64>,
    pub(super) elapsed_ms: Option<i64>,
    pub(super) timer_ms: Option<i64>,
    pub(super) distance_cm: Option<i64>,
    pub(super) ascent_cm: Option<i64>,
    pub(super) average_heart_rate: Option<i64>,
    pub(super) max_heart_rate: Option<i64>,
}

/// A kind of value and where it can lie. The ranges are wide: what is outside is a fault of the
/// sensor or of the file.
#[derive(Debug, Clone)]
pub(super) struct Kind {
    what: &'static str,
    range: RangeInclusive<i64>,
}

macro_rules! kinds {
    ($($name:ident: $what:literal, $least:expr, $most:expr;)*) => {
        $(pub(super) const $name: Kind = Kind { what: $what, range: $least..=$most };)*
    };
}

kinds! {
    HEART_RATE: "heart rate", 20, 250;
    ALTITUDE_DM: "altitude", -5_000, 90_000;
    SPEED_MM_S: "speed", 0, 100_000;
    WATTS: "power", 0, 9_999;
    TEMPERATURE_C: "temperature", -60, 80;
    CADENCE: "cadence", 0, 400;
    DISTANCE_CM: "distance", 0, 99_999_999;
    ASCENT_CM: "ascent", 0, 999_999;
    // Three weeks; the milliseconds of the streams have room for seven.
    TIME_MS: "time", 0, 21 * 86_400_000;
    LATITUDE: "position", -900_000_000, 900_000_000;
    LONGITUDE: "position", -1_800_000_000, 1_800_000_000;
    CALORIES: "calories", 0, 100_000;
}

/// Keeps values that can be and counts the others.
#[derive(Default)]
pub(super) struct Checks {
    outside: Vec<(&'static str, usize)>,
}

impl Checks {
    pub(super) fn keep(&mut self, kind: &Kind, value: Option<i64>) -> Option<i64> {
        let value = value?;
        if kind.range.contains(&value) {
            return Some(value);
        }
        self.note(kind.what, 1);
        None
    }

    /// What the file says, else what the points do. Zero is what devices write that measured
    /// nothing.
    pub(super) fn fill(
        &mut self,
        kind: &Kind,
        said: Option<i64>,
        by_points: impl FnOnce() -> Option<i64>,
    ) -> Option<i64> {
        let some = |v: &i64| *v != 0;
        let said = self.keep(kind, said.filter(some));
        said.or_else(|| self.keep(kind, by_points().filter(some)))
    }

    pub(super) fn column(
        &mut self,
        kind: &Kind,
        values: impl Iterator<Item = Option<i64>>,
    ) -> super::Column {
        // All ranges are within 32 bits but the time's, which is no column.
        values.map(|v| self.keep(kind, v).map(|v| v as i32)).collect()
    }

    pub(super) fn note(&mut self, what: &'static str, values: usize) {
        match self.outside.iter_mut().find(|(w, _)| *w == what) {
            Some((_, count)) => *count += values,
            None => self.outside.push((what, values)),
        }
    }

    pub(super) fn findings(self) -> impl Iterator<Item = Finding> {
        self.outside.into_iter().map(|(what, values)| Finding::OutOfRange { what, values })
    }
}
