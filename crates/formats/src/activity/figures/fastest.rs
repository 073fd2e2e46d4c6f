//! The fastest stretch of a length.

use super::way::Way;
use super::{BestEffort, Effort};

impl Effort {
    /// Short to long.
    pub const ALL: [Self; 14] = [
        Self::M400,
        Self::HalfMile,
        Self::K1,
        Self::Mile,
        Self::TwoMiles,
        Self::K5,
        Self::K10,
        Self::K15,
        Self::TenMiles,
        Self::K20,
        Self::Half,
        Self::K30,
        Self::Marathon,
        Self::K50,
    ];

    /// Its length in millimetres.
    #[must_use]
    pub const fn millimetres(self) -> i64 {
        match self {
            Self::M400 => 400_000,
            Self::HalfMile => 804_672,
            Self::K1 => 1_000_000,
            Self::Mile => 1_609_344,
            Self::TwoMiles => 3_218_688,
            Self::K5 => 5_000_000,
            Self::K10 => 10_000_000,
            Self::K15 => 15_000_000,
            Self::TenMiles => 16_093_440,
            Self::K20 => 20_000_000,
            Self::Half => 21_097_500,
            Self::K30 => 30_000_000,
            Self::Marathon => 42_195_000,
            Self::K50 => 50_000_000,
        }
    }

    /// Its name on screen, and by which it is stored.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::M400 => "400 m",
            Self::HalfMile => "1/2 mile",
            Self::K1 => "1 km",
            Self::Mile => "1 mile",
            Self::TwoMiles => "2 miles",
            Self::K5 => "5 km",
            Self::K10 => "10 km",
            Self::K15 => "15 km",
            Self::TenMiles => "10 miles",
            Self::K20 => "20 km",
            Self::Half => "Half marathon",
            Self::K30 => "30 km",
            Self::Marathon => "Marathon",
            Self::K50 => "50 km",
        }
    }

    /// The effort of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|effort| effort.name() == name)
    }
}

/// Metres and seconds of world records, the fastest that anyone has run over a length or a longer
/// one: 400 m (2016), 1000 m (1999), 5000 m and 10 000 m (2020), World Athletics.
const RECORDS: [(f64, f64); 4] =
    [(400.0, 43.03), (1000.0, 131.96), (5000.0, 755.36), (10_000.0, 1571.0)];

/// Share of a stretch that may be faster than anyone runs: devices catch up a few metres in one
/// second, which spoils no ten kilometres and does spoil 400 m. Design.
const SPOILT: f64 = 0.01;

/// The fastest stretch of each length that the run has. A stretch that jumps of the receiver or a
/// vehicle have a part of is none, and a length whose fastest stretch beats the world record has
/// none: the measurement is wrong.
pub(super) fn best(way: &Way) -> Vec<BestEffort> {
    let lengths = Effort::ALL.into_iter().map(|e| (e, e.millimetres() as f64 / 1000.0));
    let efforts = lengths.filter_map(|(effort, metres)| {
        let (start, time) = fastest(&way.time, &way.metres, &way.impossible, metres)?;
        let record = RECORDS.iter().rev().find(|(length, _)| *length <= metres);
        if record.is_some_and(|(length, seconds)| time / metres < seconds / length) {
            return None;
        }
        let place = |seconds: f64| {
            let to = way.time.partition_point(|t| *t < seconds).min(way.time.len() - 1);
            (to, 1.0)
        };
        Some(BestEffort {
            effort,
            time_ms: (time * 1000.0).round() as u32,
            start_ms: (start * 1000.0).round() as u32,
            heart_rate: way.heart_rate(place(start), place(start + time)),
        })
    });
    efforts.collect()
}

/// Start and time in seconds of the fastest stretch of `length` in `sums`, of those with hardly
/// any of the `barred` metres. Exact for a runner who keeps a pace from point to point: the
/// fastest stretch then begins or ends at a point.
pub(super) fn fastest(
    time: &[f64],
    sums: &[f64],
    barred: &[f64],
    length: f64,
) -> Option<(f64, f64)> {
    let mut best: Option<(f64, f64)> = None;
    let mut take = |start: f64, end: f64| {
        if best.is_none_or(|(_, time)| end - start < time) {
            best = Some((start, end - start));
        }
    };
    // The time in the stretch that ends at point `i`; it has a length.
    let within = |i: usize, at: f64| {
        let part = (at - sums[i - 1]) / (sums[i] - sums[i - 1]);
        time[i - 1] + (time[i] - time[i - 1]) * part.clamp(0.0, 1.0)
    };
    let sound = |from: usize, to: usize| barred[to] - barred[from] <= SPOILT * length;
    let (mut from, mut to) = (0, 0);
    for i in 0..time.len() {
        // Ends at point `i`: it began as late as it could, so behind any stop.
        let begin = sums[i] - length;
        if begin >= 0.0 {
            while sums[from + 1] <= begin {
                from += 1;
            }
            if sound(from, i) {
                take(within(from + 1, begin), time[i]);
            }
        }
        // Begins at point `i`: it ends as early as it can.
        let end = sums[i] + length;
        while to < time.len() && sums[to] < end {
            to += 1;
        }
        if to < time.len() && to > i && sound(i, to) {
            take(time[i], within(to, end));
        }
    }
    best
}
