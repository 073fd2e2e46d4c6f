//! Points and summary made into a recording: put in order, checked, distance and moving time
//! worked out where the file has none.

use super::finding::Finding;
use super::points::{
    ALTITUDE_DM, ASCENT_CM, CADENCE, CALORIES, Checks, DISTANCE_CM, HEART_RATE, LATITUDE,
    LONGITUDE, Point, RawLap, SPEED_MM_S, Summary, TEMPERATURE_C, TIME_MS, WATTS,
};
use super::recording::{FileKind, Lap, Recording};
use super::sports::Sports;
use super::streams::{Column, Streams, between};
use super::{Limits, figures, geo};
use hermes_engine::units::Seconds;
use jiff::Timestamp;

const NAME_CHARS: usize = 255;
const DEVICE_CHARS: usize = 100;

/// A mean cadence below this is of one leg: running with both is 150 to 200 steps a minute and a
/// walk about 110, one leg of it 55; no one's mean of one leg is as high. Design.
const ONE_LEG: f32 = 105.0;

/// Slower than this over some seconds is standing still: a slow walk is 0.8 m/s, and a receiver
/// that lies still wanders by up to 0.3 m/s. Design.
const STANDING_MM_S: f64 = 500.0;
/// How far before and after a stretch its speed is looked at, in milliseconds.
const STANDING_AROUND_MS: u32 = 4_000;

/// No runner is faster, in millimetres per second: the fastest 10 m ever run were at 12.4 m/s
/// (Berlin 2009). A position farther away is a fault of the receiver.
pub(super) const FASTEST_MM_S: i64 = 12_500;
/// A receiver's fault is over after so many points; what goes on longer was a vehicle.
const JUMP_POINTS: usize = 5;

/// Longest time that a point stands for in an average, in milliseconds: over a longer gap the
/// sensor was silent. Devices that save memory write a point each 8 s or less.
const POINT_MS: u32 = 10_000;

/// Makes a recording; `None` when not even a start is known.
pub(super) fn assemble(
    kind: FileKind,
    sports: Sports,
    mut said: Summary,
    mut points: Vec<Point>,
    limits: &Limits,
) -> Option<Recording> {
    let mut findings = std::mem::take(&mut said.findings);
    let mut checks = Checks::default();
    let start_ms = order(&said, &mut points, &mut checks, &mut findings)?;
    let mut streams = streams(&points, start_ms, &sports, &mut checks, &mut findings);
    streams.moving = moving(&streams, start_ms, &said.pauses);
    if said.laps.len() > limits.laps {
        findings.push(Finding::Shortened { what: "laps" });
        said.laps.truncate(limits.laps);
    }
    let laps = said.laps.iter().map(|lap| checked(lap, start_ms, &mut checks)).collect();
    let (elapsed_ms, moving_ms) = times(&said, &streams, &mut checks);
    let mean = |column: &Column| mean(&streams.time_ms, column, false);
    let most = |column: &Column| column.iter().flatten().max().map(|v| i64::from(*v));
    let way = streams.distance_cm.iter().rev().find_map(|d| *d).map(i64::from);
    let distance_cm = checks.fill(&DISTANCE_CM, said.distance_cm, || way);
    let speed = distance_cm.and_then(|cm| (cm * 10_000).checked_div(moving_ms));
    let climbs = || figures::ascent_cm(&streams);
    let cadence = said_cadence(&said, &sports);
    let steps = || self::mean(&streams.time_ms, &streams.cadence, true);
    let heart_rate =
        checks.fill(&HEART_RATE, said.average_heart_rate, || mean(&streams.heart_rate));
    let max_heart_rate =
        checks.fill(&HEART_RATE, said.max_heart_rate, || most(&streams.heart_rate));
    let temperature = said.temperature_c.or_else(|| mean(&streams.temperature_c));
    let mut recording = Recording {
        kind,
        sport_type: sports.name,
        sport: sports.sport,
        name: said.name.map(|name| shorten(&name, NAME_CHARS)),
        device: said.device.map(|device| shorten(&device, DEVICE_CHARS)),
        start: Timestamp::from_millisecond(start_ms).ok()?,
        utc_offset_s: said.utc_offset_s,
        elapsed: seconds(elapsed_ms),
        moving: seconds(moving_ms),
        distance_cm,
        // No climb at all is a figure too.
        ascent_cm: checks.keep(&ASCENT_CM, said.ascent_cm).or_else(climbs),
        average_heart_rate: heart_rate.map(|v| v as u16),
        max_heart_rate: max_heart_rate.map(|v| v as u16),
        average_speed_mm_s: checks.keep(&SPEED_MM_S, speed),
        max_speed_mm_s: checks.fill(&SPEED_MM_S, said.max_speed_mm_s, || most(&streams.speed_mm_s)),
        average_cadence: checks.fill(&CADENCE, cadence, steps).map(|v| v as u16),
        average_watts: checks
            .fill(&WATTS, said.average_watts, || mean(&streams.watts))
            .map(|v| v as u16),
        temperature_c: checks.keep(&TEMPERATURE_C, temperature).map(|v| v as i16),
        calories: checks.fill(&CALORIES, said.calories, || None).map(|v| v as u32),
        indoor: sports.indoor,
        laps,
        streams,
        findings,
    };
    if recording.streams.is_empty() {
        recording.findings.push(Finding::NoPoints);
    }
    recording.findings.extend(checks.findings());
    Some(recording)
}

/// Puts the points in order and drops those of another time altogether; the start.
fn order(
    said: &Summary,
    points: &mut Vec<Point>,
    checks: &mut Checks,
    findings: &mut Vec<Finding>,
) -> Option<i64> {
    sort(points, findings);
    // A clock that was set on the way leaves points years apart: most of them tell the time.
    if let Some(middle) = points.get(points.len() / 2).map(|p| p.time_ms) {
        points.retain(|p| checks.keep(&TIME_MS, Some((p.time_ms - middle).abs())).is_some());
    }
    let start_ms = start(said, points)?;
    points.retain(|p| checks.keep(&TIME_MS, Some(p.time_ms - start_ms)).is_some());
    Some(start_ms)
}

/// All columns but the moving bits, in normal form.
fn streams(
    points: &[Point],
    start_ms: i64,
    sports: &Sports,
    checks: &mut Checks,
    findings: &mut Vec<Finding>,
) -> Streams {
    let mut streams = columns(points, start_ms, checks);
    streams.cadence = cadence(points, sports, checks);
    if streams.distance_cm.iter().all(Option::is_none) && streams.has_positions() {
        let jumps = along(points, &mut streams);
        findings.push(Finding::DistanceFromPositions);
        if jumps > 0 {
            findings.push(Finding::Jumps { points: jumps });
        }
    }
    streams.tidy()
}

/// Elapsed and moving time in milliseconds: what the device says, else what the points do.
fn times(said: &Summary, streams: &Streams, checks: &mut Checks) -> (i64, i64) {
    let last_ms = streams.time_ms.last().map(|t| i64::from(*t));
    let elapsed_ms = checks.keep(&TIME_MS, said.elapsed_ms).or(last_ms).unwrap_or(0);
    let by_points = || last_ms.map(|_| moving_ms(streams));
    let moving_ms = checks.keep(&TIME_MS, said.timer_ms).or_else(by_points);
    let moving_ms = moving_ms.unwrap_or(elapsed_ms);
    // Devices round each by itself.
    (elapsed_ms.max(moving_ms), moving_ms)
}

/// By time, points of the same time in the file's order.
fn sort(points: &mut [Point], findings: &mut Vec<Finding>) {
    let mut latest = i64::MIN;
    let late = points.iter().filter(|p| {
        let late = p.time_ms < latest;
        latest = latest.max(p.time_ms);
        late
    });
    let late = late.count();
    if late > 0 {
        findings.push(Finding::Unordered { points: late });
        points.sort_by_key(|p| p.time_ms);
    }
}

/// What the file says, unless points were recorded before it (then theirs), or it says nothing.
fn start(said: &Summary, points: &[Point]) -> Option<i64> {
    let first = points.first().map(|p| p.time_ms);
    match (said.start_ms, first) {
        // Within a day: farther apart, one of the two clocks was wrong, and points tell more.
        (Some(said), Some(first)) if said <= first && first - said < 86_400_000 => Some(said),
        (said, first) => first.or(said),
    }
}

fn columns(points: &[Point], start_ms: i64, checks: &mut Checks) -> Streams {
    let each = |f: fn(&Point) -> Option<i64>| points.iter().map(f);
    let time = |p: &Point| u32::try_from(p.time_ms - start_ms).unwrap_or(u32::MAX);
    // A receiver without a fix writes a place in the Gulf of Guinea.
    let place = |p: &Point| p.position.filter(|at| *at != (0, 0));
    let latitude = points.iter().map(|p| Some(i64::from(place(p)?.0)));
    let longitude = points.iter().map(|p| Some(i64::from(place(p)?.1)));
    let mut latitude_e7 = checks.column(&LATITUDE, latitude);
    let mut longitude_e7 = checks.column(&LONGITUDE, longitude);
    for (latitude, longitude) in latitude_e7.iter_mut().zip(&mut longitude_e7) {
        if latitude.is_none() || longitude.is_none() {
            (*latitude, *longitude) = (None, None);
        }
    }
    Streams {
        time_ms: points.iter().map(time).collect(),
        moving: Vec::new(),
        distance_cm: checks.column(&DISTANCE_CM, each(|p| p.distance_cm)),
        altitude_dm: checks.column(&ALTITUDE_DM, each(|p| p.altitude_dm)),
        // Zero is what devices write while their sensor is silent.
        heart_rate: checks.column(&HEART_RATE, each(|p| p.heart_rate.filter(|v| *v != 0))),
        cadence: Vec::new(),
        speed_mm_s: checks.column(&SPEED_MM_S, each(|p| p.speed_mm_s)),
        latitude_e7,
        longitude_e7,
        watts: checks.column(&WATTS, each(|p| p.watts)),
        temperature_c: checks.column(&TEMPERATURE_C, each(|p| p.temperature_c)),
    }
}

/// On foot, steps of both legs: files hold those of one, and a few of both.
fn cadence(points: &[Point], sports: &Sports, checks: &mut Checks) -> Column {
    let known = || points.iter().filter_map(|p| p.cadence).filter(|v| *v > 0.0);
    let mean = known().sum::<f32>() / known().count().max(1) as f32;
    let legs = if sports.on_foot && mean < ONE_LEG { 2.0 } else { 1.0 };
    checks.column(&CADENCE, points.iter().map(|p| Some((p.cadence? * legs).round() as i64)))
}

/// The device's average, of both legs.
fn said_cadence(said: &Summary, sports: &Sports) -> Option<i64> {
    let cadence = said.average_cadence?;
    let legs = if sports.on_foot && cadence < ONE_LEG { 2.0 } else { 1.0 };
    Some((cadence * legs).round() as i64)
}

/// Fills in the distance along the positions, and tells how many of them were passed over: those
/// that only a jump there and back explains, and gaps that no runner crosses.
fn along(points: &[Point], streams: &mut Streams) -> usize {
    let place = |i: usize| Some((streams.latitude_e7[i]?, streams.longitude_e7[i]?));
    let too_fast = |from: usize, to: usize, metres: f64| {
        let ms = i64::from(streams.time_ms[to]) - i64::from(streams.time_ms[from]);
        metres * 1e6 > (FASTEST_MM_S * ms.max(1000)) as f64
    };
    let mut way_m = 0.0;
    let mut last: Option<(usize, geo::Position)> = None;
    let mut jumps = 0;
    let mut column = vec![None; points.len()];
    for (i, point) in points.iter().enumerate() {
        let Some(here) = place(i) else { continue };
        let Some((before, there)) = last else {
            (last, column[i]) = (Some((i, here)), Some(0.0));
            continue;
        };
        let mut metres = geo::metres(there, here);
        if too_fast(before, i, metres) {
            // A vehicle goes on; a jump comes back.
            let returns = |next: usize| {
                let back = place(next).map(|place| geo::metres(there, place));
                back.is_some_and(|back| back < metres && !too_fast(before, next, back))
            };
            let next = (i + 1..points.len()).take(JUMP_POINTS);
            if next.into_iter().any(returns) {
                jumps += 1;
                continue;
            }
            if point.new_segment {
                jumps += 1;
                metres = 0.0;
            }
        }
        way_m += metres;
        (last, column[i]) = (Some((i, here)), Some(way_m));
    }
    let cm = |m: f64| (m < 1e6).then_some((m * 100.0).round() as i32);
    streams.distance_cm = column.into_iter().map(|m| m.and_then(cm)).collect();
    jumps
}

/// Whether each stretch between two points was moved: not in a pause of the timer, and not at the
/// speed of someone who stands. Empty: throughout.
fn moving(streams: &Streams, start_ms: i64, pauses: &[(i64, i64)]) -> Vec<bool> {
    let time = &streams.time_ms;
    let seconds: Vec<f64> = time.iter().map(|ms| f64::from(*ms) / 1000.0).collect();
    let way_mm = between(&seconds, &streams.distance_cm, 10.0);
    let (mut from, mut to) = (0, 0);
    let mut pauses = pauses.iter().peekable();
    let moved = (0..time.len()).map(|i| {
        if i == 0 {
            return true;
        }
        let middle = start_ms + i64::midpoint(time[i - 1].into(), time[i].into());
        while pauses.next_if(|(_, end)| *end <= middle).is_some() {}
        let paused = pauses.peek().is_some_and(|(begin, _)| *begin <= middle);
        if paused {
            return false;
        }
        let Some(way_mm) = &way_mm else { return true };
        while time[from] + STANDING_AROUND_MS < time[i - 1] {
            from += 1;
        }
        to = to.max(i);
        while to + 1 < time.len() && time[to + 1] <= time[i] + STANDING_AROUND_MS {
            to += 1;
        }
        way_mm[to] - way_mm[from] >= STANDING_MM_S * (seconds[to] - seconds[from])
    });
    let moved: Vec<bool> = moved.collect();
    if moved.iter().all(|m| *m) { Vec::new() } else { moved }
}

fn moving_ms(streams: &Streams) -> i64 {
    let stretches = streams.time_ms.windows(2).zip(1..);
    stretches.filter(|(_, i)| streams.moving_at(*i)).map(|(t, _)| i64::from(t[1] - t[0])).sum()
}

/// The mean of a column by time, rounded; with `some`, of what is not zero.
fn mean(time: &[u32], column: &Column, some: bool) -> Option<i64> {
    let (mut sum, mut weight) = (0_i64, 0_i64);
    for (i, value) in column.iter().enumerate() {
        let Some(value) = value.filter(|v| !some || *v != 0) else { continue };
        let before = i.checked_sub(1).map_or(time[i], |b| time[b]);
        // A single point counts too.
        let ms = i64::from((time[i] - before).clamp(1, POINT_MS));
        sum += i64::from(value) * ms;
        weight += ms;
    }
    (weight > 0).then(|| (2 * sum + weight).div_euclid(2 * weight))
}

fn checked(lap: &RawLap, start_ms: i64, checks: &mut Checks) -> Lap {
    let since = lap.start_ms.map(|ms| (ms - start_ms).max(0));
    let elapsed_ms = checks.keep(&TIME_MS, lap.elapsed_ms).unwrap_or(0);
    let moving_ms = checks.keep(&TIME_MS, lap.timer_ms).unwrap_or(elapsed_ms);
    let mut heart =
        |value: Option<i64>| checks.keep(&HEART_RATE, value.filter(|v| *v != 0)).map(|v| v as u16);
    let (average_heart_rate, max_heart_rate) =
        (heart(lap.average_heart_rate), heart(lap.max_heart_rate));
    Lap {
        start_ms: checks.keep(&TIME_MS, since).unwrap_or(0) as u32,
        elapsed: seconds(elapsed_ms),
        moving: seconds(moving_ms),
        distance_cm: checks.keep(&DISTANCE_CM, lap.distance_cm),
        ascent_cm: checks.keep(&ASCENT_CM, lap.ascent_cm),
        average_heart_rate,
        max_heart_rate,
    }
}

const fn seconds(ms: i64) -> Seconds {
    Seconds((ms + 500).div_euclid(1000))
}

fn shorten(text: &str, chars: usize) -> String {
    text.trim().chars().filter(|c| !c.is_control()).take(chars).collect()
}
