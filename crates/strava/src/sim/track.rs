//! An activity second by second, worked out when somebody asks. No function of the maths library
//! is used, so that the numbers are the same on every machine.

use super::activity::{Activity, Shape};
use super::dice::Dice;
use super::people::Place;
use std::f64::consts::FRAC_1_SQRT_2 as DIAGONAL;

/// Metres of a degree of latitude.
const DEGREE_M: f64 = 111_195.0;
/// Directions of an eight-sided round: north and east.
const ROUND: [(f64, f64); 8] = [
    (1.0, 0.0),
    (DIAGONAL, DIAGONAL),
    (0.0, 1.0),
    (-DIAGONAL, DIAGONAL),
    (-1.0, 0.0),
    (-DIAGONAL, -DIAGONAL),
    (0.0, -1.0),
    (DIAGONAL, -DIAGONAL),
];

/// What the watch recorded: columns of the same length.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Track {
    /// Seconds since the start; a pause is a gap.
    pub(super) time: Vec<i64>,
    /// Metres since the start.
    pub(super) distance: Vec<f64>,
    /// Metres above the sea.
    pub(super) altitude: Vec<f64>,
    /// Metres a second.
    pub(super) speed: Vec<f64>,
    /// In per cent.
    pub(super) grade: Vec<f64>,
    pub(super) moving: Vec<bool>,
    pub(super) positions: Option<Vec<[f64; 2]>>,
    pub(super) heart_rate: Option<Vec<i64>>,
    pub(super) cadence: Option<Vec<i64>>,
    pub(super) temperature: Option<Vec<i64>>,
    /// Where laps end, as indices; the last one is the last point.
    pub(super) laps: Vec<usize>,
}

/// Parts of an activity: per mille of its moving time, per mille of its average speed.
fn parts(shape: Shape) -> Vec<(i64, i64)> {
    match shape {
        Shape::Even => vec![(1000, 1000)],
        Shape::Tempo => vec![(300, 920), (450, 1090), (250, 930)],
        Shape::Race => vec![(900, 996), (100, 1036)],
        Shape::Intervals(n) => {
            let n = i64::from(n.max(1));
            let one = 550 / (2 * n);
            let mut parts = vec![(1000 - 200 - 2 * n * one, 930)];
            parts.extend([(one, 1210), (one, 850)].repeat(n as usize));
            parts.push((200, 930));
            parts
        }
    }
}

/// From 0 up to 1 and back to 0 while `x` grows by 1.
fn wave(x: f64) -> f64 {
    let x = x - x.floor();
    if x < 0.5 { 2.0 * x } else { 2.0 - 2.0 * x }
}

fn round(value: f64, digits: i32) -> f64 {
    let scale = [1.0, 10.0, 100.0, 1000.0, 1e4, 1e5, 1e6][digits.clamp(0, 6) as usize];
    (value * scale).round() / scale
}

impl Track {
    /// The track of an activity with streams, with a point every so many seconds; empty for others.
    pub(super) fn of(a: &Activity, place: &Place, every_s: i64) -> Self {
        if !a.has_streams() {
            return Self::default();
        }
        let mut dice = Dice::of(a.seed, [1, 1]);
        let (total, metres) = (a.moving_s, a.metres as f64);
        let parts = parts(a.shape);
        let (speeds, ends) = speeds(&parts, total, &mut dice);
        let all: f64 = speeds.iter().sum();
        let scale = metres / all;
        // The pause lies somewhere in the middle half.
        let pause_at = dice.range(total / 4, total * 3 / 4);
        let pause = a.elapsed_s - a.moving_s;
        let kept = |s: i64| {
            let edge = s == 0 || s == total || (pause > 0 && (s == pause_at || s == pause_at + 1));
            edge || s % every_s == 0 || ends.contains(&s)
        };
        let mut track = Self::default();
        let heart = heart_rates(a, &speeds);
        let (hills, rise) = hills(a);
        let start = start(a);
        let mut positions = Vec::new();
        let mut distance = 0.0;
        let (mut heart_rate, mut cadence) = (Vec::new(), Vec::new());
        for s in 0..=total {
            let now = speeds[(s.max(1) - 1) as usize];
            distance += if s == 0 { 0.0 } else { now * scale };
            if !kept(s) {
                continue;
            }
            let after = pause > 0 && s > pause_at;
            track.time.push(s + if after { pause } else { 0 });
            track.moving.push(!(pause > 0 && s == pause_at + 1));
            track.distance.push(round(distance, 1));
            let x = distance / metres * hills;
            track.altitude.push(round(place.altitude + rise * wave(x), 1));
            let slope = rise * 2.0 * hills / metres * 100.0;
            track.grade.push(round(if x - x.floor() < 0.5 { slope } else { -slope }, 1));
            track.speed.push(if s == 0 { 0.0 } else { round(now * scale, 3) });
            positions.push(on_round(place, start, distance, metres));
            heart_rate.push(heart.get(s as usize).copied().unwrap_or(0));
            if let Some(average) = a.cadence {
                cadence.push((average + (now * 60.0) as i64 - 60 + 5) / 10);
            }
            if ends.contains(&s) {
                track.laps.push(track.time.len() - 1);
            }
        }
        if parts.len() == 1 {
            track.laps = track.every_metres(1000.0);
        }
        track.positions = (!a.trainer).then_some(positions);
        track.heart_rate = a.heart_rate.map(|_| heart_rate);
        track.cadence = a.cadence.map(|_| cadence);
        track.temperature = a.temperature.map(|t| vec![t; track.time.len()]);
        if let Some(last) = track.distance.last_mut() {
            *last = metres;
        }
        track
    }

    /// Indices where so many metres more are done, and the last point.
    pub(super) fn every_metres(&self, metres: f64) -> Vec<usize> {
        let mut ends = Vec::new();
        let mut next = metres;
        for (index, &done) in self.distance.iter().enumerate() {
            if done >= next {
                ends.push(index);
                while next <= done {
                    next += metres;
                }
            }
        }
        let last = self.time.len().saturating_sub(1);
        if last > 0 && ends.last() != Some(&last) {
            ends.push(last);
        }
        ends
    }

    /// Seconds of movement between two points.
    pub(super) fn moving_between(&self, from: usize, to: usize) -> i64 {
        let step = |i: usize| self.time[i] - self.time[i - 1];
        (from + 1..=to).map(|i| if self.moving[i] { step(i) } else { 1 }).sum()
    }

    /// Metres up between two points.
    pub(super) fn ascent_between(&self, from: usize, to: usize) -> f64 {
        let rises = self.altitude[from..=to].windows(2).map(|w| (w[1] - w[0]).max(0.0));
        round(rises.sum(), 1)
    }

    /// The fastest stretch of at least so many metres, by elapsed time: its first and last point.
    pub(super) fn best(&self, metres: f64) -> Option<(usize, usize)> {
        let mut best: Option<(usize, usize)> = None;
        let mut from = 0;
        for to in 1..self.time.len() {
            while self.distance[to] - self.distance[from + 1] >= metres {
                from += 1;
            }
            if self.distance[to] - self.distance[from] < metres {
                continue;
            }
            let took = |(a, b): (usize, usize)| self.time[b] - self.time[a];
            if best.is_none_or(|known| took((from, to)) < took(known)) {
                best = Some((from, to));
            }
        }
        best
    }
}

/// How many hills there are, and the metres up of each.
fn hills(a: &Activity) -> (f64, f64) {
    let hills = (a.metres as f64 / 1000.0).round().max(1.0);
    (hills, a.ascent_m as f64 / hills)
}

/// Where an activity starts: metres north and east of the middle of the place.
fn start(a: &Activity) -> (f64, f64) {
    let mut dice = Dice::of(a.seed, [2, 2]);
    (dice.range(-2000, 2000) as f64, dice.range(-2000, 2000) as f64)
}

/// What a list shows of an activity, without every second of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Outline {
    /// A few points of the way, the first and the last among them.
    pub(super) points: Option<Vec<[f64; 2]>>,
    /// Metres above the sea: lowest, highest.
    pub(super) altitudes: Option<(f64, f64)>,
    /// Metres a second.
    pub(super) speed_max: f64,
}

/// An outline has so many stretches.
const OUTLINE: u8 = 40;

impl Outline {
    pub(super) fn of(a: &Activity, place: &Place) -> Self {
        if !a.has_streams() {
            return Self { points: None, altitudes: None, speed_max: 0.0 };
        }
        let (metres, start) = (a.metres as f64, start(a));
        let point = |n| on_round(place, start, metres * f64::from(n) / f64::from(OUTLINE), metres);
        let parts = parts(a.shape);
        let mean: i64 = parts.iter().map(|(share, speed)| share * speed / 1000).sum();
        let quickest = parts.iter().map(|(_, speed)| *speed).max().unwrap_or(1000);
        let quickest = quickest as f64 / mean.max(1) as f64;
        Self {
            points: (!a.trainer).then(|| (0..=OUTLINE).map(point).collect()),
            altitudes: Some((place.altitude, round(place.altitude + hills(a).1, 1))),
            // Parts and waves together stay below this.
            speed_max: round(a.speed() * quickest * 1.06, 3),
        }
    }
}

/// Relative speed of every second, and the seconds where parts end.
fn speeds(parts: &[(i64, i64)], total: i64, dice: &mut Dice) -> (Vec<f64>, Vec<i64>) {
    let mut ends = Vec::with_capacity(parts.len());
    let mut until = 0;
    for (share, _) in parts {
        until += share;
        ends.push(total * until / 1000);
    }
    if let Some(last) = ends.last_mut() {
        *last = total;
    }
    let (slow, quick) = (dice.range(150, 400) as f64, dice.range(17, 41) as f64);
    let mut part = 0;
    let speeds = (0..total).map(|s| {
        while part + 1 < parts.len() && s >= ends[part] {
            part += 1;
        }
        let s = s as f64;
        let wiggle = 0.06 * (wave(s / slow) - 0.5) + 0.03 * (wave(s / quick) - 0.5);
        parts[part].1 as f64 / 1000.0 * (1.0 + wiggle)
    });
    (speeds.collect(), ends)
}

/// Heart rate of every second: follows the speed, slowly; its mean and its maximum are those of the
/// activity.
fn heart_rates(a: &Activity, speeds: &[f64]) -> Vec<i64> {
    let Some((average, max)) = a.heart_rate else { return Vec::new() };
    let mut level = 0.75;
    let mut raw: Vec<f64> = Vec::with_capacity(speeds.len() + 1);
    raw.push(level);
    for (s, speed) in speeds.iter().enumerate() {
        // Half of the way in about half a minute, and a drift of 3 % over the whole.
        let aim = speed * (1.0 + 0.03 * s as f64 / speeds.len() as f64);
        level += (aim - level) / 45.0;
        raw.push(level);
    }
    let mean = raw.iter().sum::<f64>() / raw.len() as f64;
    let top = raw.iter().copied().fold(mean, f64::max);
    let scale = (max - average) as f64 / (top - mean).max(1e-9);
    raw.iter().map(|h| (average as f64 + (h - mean) * scale).round().max(60.0) as i64).collect()
}

/// A point of an eight-sided round whose length is the activity's.
fn on_round(place: &Place, start: (f64, f64), distance: f64, metres: f64) -> [f64; 2] {
    let side = metres / ROUND.len() as f64;
    let (mut north, mut east) = start;
    for (index, (n, e)) in ROUND.iter().enumerate() {
        let along = (distance - side * index as f64).clamp(0.0, side);
        north += n * along;
        east += e * along;
    }
    let latitude = place.latitude + north / DEGREE_M;
    let longitude = place.longitude + east / DEGREE_M / place.cosine;
    [round(latitude, 6), round(longitude, 6)]
}

/// Google's polyline encoding with five digits.
pub(super) fn polyline(points: &[[f64; 2]]) -> String {
    let mut text = String::new();
    let mut before = [0_i64; 2];
    for point in points {
        for axis in 0..2 {
            let now = (point[axis] * 1e5).round() as i64;
            let delta = now - before[axis];
            before[axis] = now;
            let mut bits = if delta < 0 { !(delta << 1) } else { delta << 1 } as u64;
            while bits >= 0x20 {
                text.push(char::from((0x20 | (bits & 0x1f)) as u8 + 63));
                bits >>= 5;
            }
            text.push(char::from(bits as u8 + 63));
        }
    }
    text
}
