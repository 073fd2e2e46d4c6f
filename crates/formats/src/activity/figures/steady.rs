//! Figures of effort over a whole run: decoupling and the highest heart rate held.

use super::super::streams::Streams;
use super::way::Way;
use std::collections::VecDeque;

/// D1: moving time from which a run counts, in seconds.
const LEAST_S: f64 = 3600.0;
/// D1: share of stops.
const MOST_STOPS: f64 = 0.05;
/// D1: grade of the whole run, up or down.
const MOST_GRADE: f64 = 0.01;
/// D1: variation of the speed of minutes (standard deviation over mean).
const MOST_VARIATION: f64 = 0.10;
/// D1: seconds left out at the start.
const WARM_UP_S: f64 = 600.0;
/// Share of the time that the heart rate is known in; a strap that fell off says nothing. Design.
const LEAST_KNOWN: f64 = 0.9;
/// I6: a heart rate counts when it is held so long, in milliseconds.
const HELD_MS: u32 = 10_000;
/// Points farther apart say nothing of what was held between them, in milliseconds.
const SILENT_MS: u32 = 10_000;

/// Graded metres per heart beat fell by so many thousandths from the first to the second half
/// (D1); `None` for a run that does not meet the conditions.
pub(super) fn decoupling_permille(way: &Way) -> Option<i64> {
    let (elapsed, moving) = (*way.time.last()?, *way.moving.last()?);
    if moving < LEAST_S || (elapsed - moving) > MOST_STOPS * elapsed {
        return None;
    }
    let length = way.length();
    let rise = way.hills.as_ref().map_or(0.0, |h| h.altitude(length) - h.altitude(0.0));
    if rise.abs() > MOST_GRADE * length || variation(way)? > MOST_VARIATION {
        return None;
    }
    let half = WARM_UP_S + (moving - WARM_UP_S) / 2.0;
    let first = efficiency(way, WARM_UP_S, half)?;
    let second = efficiency(way, half, moving)?;
    Some(((first - second) / first * 1000.0).round() as i64)
}

/// The place after so many seconds of moving.
fn after(way: &Way, seconds: f64) -> (usize, f64) {
    let to = way.moving.partition_point(|s| *s < seconds).min(way.moving.len() - 1);
    let from = way.moving[to.saturating_sub(1)];
    let span = way.moving[to] - from;
    (to, if span > 0.0 { ((seconds - from) / span).clamp(0.0, 1.0) } else { 1.0 })
}

/// Graded metres per beat between two times of moving.
fn efficiency(way: &Way, from: f64, to: f64) -> Option<f64> {
    let (a, b) = (after(way, from), after(way, to));
    let of = |sums: &[f64]| Way::at(sums, b) - Way::at(sums, a);
    let (counted, metres) = (of(&way.counted), of(way.graded_or_flat()));
    let rate = of(&way.beats) / counted;
    let known = counted >= LEAST_KNOWN * (to - from) && rate > 0.0 && metres > 0.0;
    known.then(|| metres / (to - from) / rate)
}

/// Standard deviation over mean of the graded speed of whole minutes behind the warm-up.
fn variation(way: &Way) -> Option<f64> {
    let minutes = ((way.moving.last()? - WARM_UP_S) / 60.0) as usize;
    let graded = way.graded_or_flat();
    let marks: Vec<f64> =
        (0..=minutes).map(|n| Way::at(graded, after(way, WARM_UP_S + 60.0 * n as f64))).collect();
    let speeds = || marks.windows(2).map(|m| m[1] - m[0]);
    let count = speeds().count() as f64;
    let mean = speeds().sum::<f64>() / count;
    let spread = speeds().map(|s| (s - mean) * (s - mean)).sum::<f64>() / count;
    (mean > 0.0).then(|| spread.sqrt() / mean)
}

/// The highest heart rate that was held for ten seconds or more (I6): the most that the lowest of
/// such a time is.
pub(super) fn held_heart_rate(streams: &Streams) -> Option<u16> {
    let time = &streams.time_ms;
    let mut best = None;
    // Points of the time looked at, and of these the candidates for the lowest, rising.
    let mut begin = 0;
    let mut lowest: VecDeque<(usize, i32)> = VecDeque::new();
    for (i, value) in streams.heart_rate.iter().enumerate().take(time.len()) {
        let silent = i > 0 && time[i].saturating_sub(time[i - 1]) > SILENT_MS;
        if silent || value.is_none() {
            lowest.clear();
            begin = if value.is_some() { i } else { i + 1 };
        }
        let Some(value) = value else { continue };
        while lowest.pop_back_if(|(_, v)| *v >= *value).is_some() {}
        lowest.push_back((i, *value));
        // The shortest time that is long enough.
        while begin < i && time[i].saturating_sub(time[begin + 1]) >= HELD_MS {
            begin += 1;
        }
        while lowest.pop_front_if(|(at, _)| *at < begin).is_some() {}
        if time[i].saturating_sub(time[begin]) >= HELD_MS {
            best = best.max(lowest.front().map(|(_, v)| *v));
        }
    }
    best.and_then(|v| u16::try_from(v).ok())
}
