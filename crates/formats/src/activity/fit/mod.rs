//! FIT files of activities.
//!
//! The framing is read here and not by a library: a watch's file is used as far as it goes, with
//! the byte where it ends, whatever its checksums and lengths say, and a value is taken as the
//! file declares it. Numbers of messages and fields are those of Garmin's FIT profile 21.

mod frame;

use super::finding::Finding;
use super::points::{Point, RawLap, Summary};
use super::sports::Sports;
use super::{FileError, FileKind, Limits, Recording, assemble};
pub(super) use frame::is_fit;
use frame::{Event, Frames, Message, TIMESTAMP};
use rustyfit::profile::typedef;

/// Seconds from 1970 to the FIT epoch, 1989-12-31T00:00:00Z.
const FIT_EPOCH_S: i64 = 631_065_600;
/// Times below this count from when the device was switched on: its clock was not set.
const LEAST_DATE: u32 = 0x1000_0000;
/// Semicircles, 2^31 of which are 180 degrees, to degrees times 10^7.
const E7_PER_SEMICIRCLE: f64 = 180.0 * 1e7 / 2_147_483_648.0;
/// No clock on Earth is farther from UTC.
const MOST_OFFSET_S: i64 = 14 * 3600;
/// Descriptions of developer fields that are kept; devices have a dozen.
const MOST_DESCRIPTIONS: usize = 64;
/// Messages of a file, of whatever kind: a day of a watch that writes its sensors ten times a
/// second is a million.
const MOST_MESSAGES: usize = 5_000_000;
/// Event messages of the timer that are kept: more pauses than points would be.
const MOST_TIMER_EVENTS: usize = 100_000;

mod message {
    pub(super) const FILE_ID: u16 = 0;
    pub(super) const SPORT: u16 = 12;
    pub(super) const SESSION: u16 = 18;
    pub(super) const LAP: u16 = 19;
    pub(super) const RECORD: u16 = 20;
    pub(super) const EVENT: u16 = 21;
    pub(super) const DEVICE_INFO: u16 = 23;
    pub(super) const ACTIVITY: u16 = 34;
    pub(super) const FIELD_DESCRIPTION: u16 = 206;
}

/// The type of files that hold activities, in the message `file_id`.
const ACTIVITY_FILE: u8 = 4;

/// One file, or one of several chained ones.
#[derive(Default)]
struct Content {
    file_type: Option<u8>,
    device: Option<String>,
    maker: Option<u16>,
    product: Option<u16>,
    sport: Option<(u8, u8)>,
    name: Option<String>,
    offset_s: Option<i32>,
    points: Vec<Point>,
    untimed: usize,
    laps: Vec<RawLap>,
    lap_sport: Option<(u8, u8)>,
    sessions: Vec<Session>,
    /// When the timer stopped (`false`) and went on (`true`).
    timer: Vec<(i64, bool)>,
    clock_not_set: bool,
    described: Vec<Described>,
    /// Distance of compressed speed and distance: the last twelve bits and the sum, sixteenths of
    /// a metre.
    counted: Option<(u32, u64)>,
    findings: Vec<Finding>,
}

#[derive(Default)]
struct Session {
    sport: Option<(u8, u8)>,
    end_ms: Option<i64>,
    summary: Summary,
}

/// A developer field that stands in for a field of the profile.
struct Described {
    /// Its number, with the developer's index in the upper byte.
    number: u16,
    kind: u8,
    /// The field of `record` that it stands in for.
    native: u8,
    scale: f64,
    offset: f64,
}

/// Reads all activities of a FIT file, chained ones too.
pub(super) fn read(name: &str, bytes: &[u8], limits: &Limits) -> Result<Vec<Recording>, FileError> {
    let contents = contents(name, bytes, limits)?;
    let other = contents.iter().find_map(|c| c.file_type.filter(|t| *t != ACTIVITY_FILE));
    let untimed = contents.iter().any(|c| c.untimed > 0);
    let mut recordings: Vec<Recording> = Vec::new();
    let mut points = 0;
    for content in contents {
        let findings = content.findings.clone();
        let before = recordings.len();
        for recording in content.recordings(limits) {
            points += recording.streams.len();
            if points > limits.points {
                return Err(too_many(name, "points", limits.points));
            }
            recordings.push(recording);
        }
        // What is odd behind an activity is told with it.
        let none = recordings.len() == before;
        if let Some(last) = recordings.last_mut().filter(|_| none) {
            last.findings.extend(findings);
        }
        if recordings.len() > limits.recordings {
            return Err(too_many(name, "activities", limits.recordings));
        }
    }
    let name = name.to_owned();
    match other {
        _ if !recordings.is_empty() => Ok(recordings),
        Some(kind) => {
            let kind = typedef::File(kind).to_string();
            Err(FileError::FitType { name, kind })
        }
        None if untimed => Err(FileError::NoTimes { name, kind: FileKind::Fit }),
        None => Err(FileError::NoActivity { name, kind: FileKind::Fit }),
    }
}

fn too_many(name: &str, what: &'static str, limit: usize) -> FileError {
    FileError::TooMany { name: name.to_owned(), what, limit }
}

fn contents(name: &str, bytes: &[u8], limits: &Limits) -> Result<Vec<Content>, FileError> {
    let mut contents: Vec<Content> = Vec::new();
    let mut frames = Frames::new(bytes);
    let (mut points, mut sessions, mut messages) = (0, 0, 0);
    while let Some(event) = frames.next() {
        if let Event::Begin = event {
            contents.push(Content::default());
            if contents.len() > limits.recordings {
                return Err(too_many(name, "chained files", limits.recordings));
            }
            continue;
        }
        let Some(content) = contents.last_mut() else {
            return Err(FileError::Broken { name: name.to_owned(), kind: FileKind::Fit });
        };
        match event {
            Event::Begin => {}
            Event::Checksum(part) => content.findings.push(Finding::Checksum { part }),
            Event::Extra { bytes } => {
                content.findings.push(Finding::Extra { bytes: bytes as u64 });
            }
            Event::Damaged { at, what } => {
                content.findings.push(Finding::Damaged { at: at as u64, what });
            }
            Event::Message(message) => {
                messages += 1;
                let before = (content.points.len(), content.sessions.len());
                content.take(&message, limits);
                points += content.points.len() - before.0;
                sessions += content.sessions.len() - before.1;
            }
        }
        if messages > MOST_MESSAGES {
            return Err(too_many(name, "messages", MOST_MESSAGES));
        }
        if points > limits.points {
            return Err(too_many(name, "points", limits.points));
        }
        if sessions > limits.recordings {
            return Err(too_many(name, "activities", limits.recordings));
        }
    }
    Ok(contents)
}

impl Content {
    fn take(&mut self, m: &Message<'_>, limits: &Limits) {
        match m.number() {
            message::RECORD => self.record(m),
            message::FILE_ID => {
                self.file_type = m.whole(0).and_then(|v| u8::try_from(v).ok());
                self.maker = m.whole(1).and_then(|v| u16::try_from(v).ok());
                self.product = m.whole(2).and_then(|v| u16::try_from(v).ok());
                self.device = m.text(8);
            }
            message::DEVICE_INFO if m.whole(0) == Some(0) => {
                self.device = m.text(27).or(self.device.take());
            }
            message::SPORT => {
                self.sport = sport(m, 0, 1).or(self.sport);
                self.name = m.text(3).or(self.name.take());
            }
            message::EVENT if m.whole(0) == Some(0) => self.timer(m),
            message::ACTIVITY => self.offset_s = offset(m).or(self.offset_s),
            message::FIELD_DESCRIPTION if self.described.len() < MOST_DESCRIPTIONS => {
                self.described.extend(described(m));
            }
            // One more than are kept, so that it is noticed that there are more.
            message::LAP if self.laps.len() <= limits.laps => {
                self.lap_sport = sport(m, 25, 39).or(self.lap_sport);
                let lap = self.lap(m);
                self.laps.push(lap);
            }
            message::SESSION => {
                let session = self.session(m);
                self.sessions.push(session);
            }
            _ => {}
        }
    }

    fn ms(&mut self, seconds: u32) -> i64 {
        self.clock_not_set |= seconds < LEAST_DATE;
        (FIT_EPOCH_S + i64::from(seconds)) * 1000
    }

    fn record(&mut self, m: &Message<'_>) {
        let Some(seconds) = m.seconds(TIMESTAMP) else {
            self.untimed += 1;
            return;
        };
        let mut point = Point {
            time_ms: self.ms(seconds),
            position: position(m),
            distance_cm: m.whole(5),
            // 1/5 m above -500 m.
            altitude_dm: m.scaled(78, 2.0, -5000.0).or_else(|| m.scaled(2, 2.0, -5000.0)),
            heart_rate: m.whole(3),
            cadence: cadence(m, 4, 53),
            speed_mm_s: m.whole(73).or_else(|| m.whole(6)),
            watts: m.whole(7),
            temperature_c: m.whole(13),
            new_segment: false,
        };
        if let Some(&[low, middle, high]) = m.raw(8) {
            self.compressed(&mut point, [low, middle, high]);
        }
        for number in m.developer_fields().take(MOST_DESCRIPTIONS) {
            let found = self.described.iter().find(|d| d.number == number);
            let Some(d) = found else { continue };
            if let Some(value) = m.developer_value(number, d.kind) {
                stand_in(&mut point, d.native, value / d.scale - d.offset);
            }
        }
        self.points.push(point);
    }

    /// Twelve bits of speed in 1/100 m/s and twelve of distance in 1/16 m, which turn over.
    fn compressed(&mut self, point: &mut Point, bytes: [u8; 3]) {
        if bytes == [0xff; 3] {
            return;
        }
        let [low, middle, high] = bytes.map(u32::from);
        let now = middle >> 4 | high << 4;
        let (last, sum) = self.counted.unwrap_or((now, 0));
        let sum = sum + u64::from(now.wrapping_sub(last) & 0xfff);
        self.counted = Some((now, sum));
        let speed = low | (middle & 0x0f) << 8;
        point.speed_mm_s = point.speed_mm_s.or(Some(i64::from(speed) * 10));
        point.distance_cm = point.distance_cm.or_else(|| i64::try_from(sum * 100 / 16).ok());
    }

    fn timer(&mut self, m: &Message<'_>) {
        let going = match m.whole(1) {
            Some(0) => true,
            // Stop, stop all, and both for good.
            Some(1 | 4 | 8 | 9) => false,
            _ => return,
        };
        if let Some(seconds) = m.seconds(TIMESTAMP)
            && self.timer.len() < MOST_TIMER_EVENTS
        {
            let ms = self.ms(seconds);
            self.timer.push((ms, going));
        }
    }

    fn lap(&mut self, m: &Message<'_>) -> RawLap {
        RawLap {
            start_ms: m.seconds(2).map(|s| self.ms(s)),
            elapsed_ms: m.whole(7),
            timer_ms: m.whole(8),
            distance_cm: m.whole(9),
            ascent_cm: m.scaled(21, 100.0, 0.0),
            average_heart_rate: m.whole(15),
            max_heart_rate: m.whole(16),
        }
    }

    fn session(&mut self, m: &Message<'_>) -> Session {
        Session {
            sport: sport(m, 5, 6),
            end_ms: m.seconds(TIMESTAMP).map(|s| self.ms(s)),
            summary: Summary {
                name: m.text(110),
                start_ms: m.seconds(2).map(|s| self.ms(s)),
                elapsed_ms: m.whole(7),
                timer_ms: m.whole(8),
                distance_cm: m.whole(9),
                ascent_cm: m.scaled(22, 100.0, 0.0),
                average_heart_rate: m.whole(16),
                max_heart_rate: m.whole(17),
                max_speed_mm_s: m.whole(125).or_else(|| m.whole(15)),
                average_cadence: cadence(m, 18, 92),
                average_watts: m.whole(20),
                temperature_c: m.whole(57),
                calories: m.whole(11),
                ..Summary::default()
            },
        }
    }

    /// One recording for each session; of a file without any, all of it.
    fn recordings(mut self, limits: &Limits) -> Vec<Recording> {
        if self.file_type.is_some_and(|t| t != ACTIVITY_FILE) {
            return Vec::new();
        }
        if self.untimed > 0 {
            self.findings.push(Finding::Untimed { points: self.untimed });
        }
        if self.clock_not_set {
            self.findings.push(Finding::ClockNotSet);
        }
        let mut sessions = std::mem::take(&mut self.sessions);
        if sessions.is_empty() {
            if self.points.is_empty() {
                return Vec::new();
            }
            self.findings.push(Finding::NoSummary);
            sessions.push(Session::default());
        }
        let of = sessions.len();
        let mut recordings = Vec::new();
        for (number, session) in (1..).zip(sessions) {
            // The way from one sport to the next is none.
            if of > 1
                && session
                    .sport
                    .is_some_and(|(s, _)| typedef::Sport(s) == typedef::Sport::TRANSITION)
            {
                continue;
            }
            recordings.extend(self.recording(session, number, of, limits));
        }
        recordings
    }

    fn recording(
        &self,
        session: Session,
        number: usize,
        of: usize,
        limits: &Limits,
    ) -> Option<Recording> {
        let mut summary = session.summary;
        summary.findings.clone_from(&self.findings);
        let sport = session.sport.or(self.sport).or(self.lap_sport);
        let sports = sports(sport, &mut summary.findings);
        summary.device = self.device();
        summary.utc_offset_s = self.offset_s;
        if of > 1 {
            summary.findings.push(Finding::Part { number, of });
        } else {
            summary.name = self.name.clone().or(summary.name);
        }
        let end = || summary.start_ms?.checked_add(summary.elapsed_ms?);
        let range = match (of, summary.start_ms, end().or(session.end_ms)) {
            (2.., Some(start), Some(end)) => start..=end,
            _ => i64::MIN..=i64::MAX,
        };
        let within = |ms: i64| range.contains(&ms);
        let points = self.points.iter().filter(|p| within(p.time_ms)).copied();
        let mut points: Vec<Point> = points.collect();
        if of > 1 {
            // The distance goes on through all parts.
            let before = points.iter().find_map(|p| p.distance_cm).unwrap_or(0);
            for distance in points.iter_mut().filter_map(|p| p.distance_cm.as_mut()) {
                *distance = distance.saturating_sub(before);
            }
        }
        let laps = self.laps.iter().filter(|l| l.start_ms.is_none_or(within));
        summary.laps = laps.copied().collect();
        summary.pauses = self.pauses();
        assemble(FileKind::Fit, sports, summary, points, limits)
    }

    /// From each stop of the timer to when it went on.
    fn pauses(&self) -> Vec<(i64, i64)> {
        let mut pauses = Vec::new();
        let mut since = None;
        for (ms, going) in &self.timer {
            if !going {
                since = since.or(Some(*ms));
            } else if let Some(stopped) = since.take().filter(|stopped| stopped < ms) {
                pauses.push((stopped, *ms));
            }
        }
        pauses.sort_unstable();
        pauses
    }

    fn device(&self) -> Option<String> {
        let maker = typedef::Manufacturer(self.maker?).to_string();
        // What the profile has no name for is no name.
        let maker = (!maker.contains('(')).then(|| maker.replace('_', " "));
        let product = typedef::GarminProduct(self.product.unwrap_or(u16::MAX)).to_string();
        let garmin = self.maker == Some(typedef::Manufacturer::GARMIN.0) && !product.contains('(');
        let product = self.device.clone().or_else(|| garmin.then(|| product.replace('_', " ")));
        match (maker, product) {
            (Some(maker), Some(product)) => Some(format!("{maker} {product}")),
            (maker, product) => maker.or(product),
        }
    }
}

fn sports(sport: Option<(u8, u8)>, findings: &mut Vec<Finding>) -> Sports {
    let Some((sport, sub)) = sport else {
        findings.push(Finding::NoSport);
        return Sports::RUN;
    };
    Sports::of_fit(sport, sub).unwrap_or_else(|| {
        findings.push(Finding::UnknownSport(format!("number {sport} of FIT")));
        Sports::UNKNOWN
    })
}

/// Sport and sub-sport; no sub-sport is the general one.
fn sport(m: &Message<'_>, sport: u8, sub: u8) -> Option<(u8, u8)> {
    let byte = |field| m.whole(field).and_then(|v| u8::try_from(v).ok());
    Some((byte(sport)?, byte(sub).unwrap_or(0)))
}

/// Turns a minute with their fraction, in 128ths.
fn cadence(m: &Message<'_>, whole: u8, fraction: u8) -> Option<f32> {
    Some((m.value(whole)? + m.value(fraction).unwrap_or(0.0) / 128.0) as f32)
}

fn position(m: &Message<'_>) -> Option<(i32, i32)> {
    let degrees = |field| i32::try_from(m.scaled(field, E7_PER_SEMICIRCLE, 0.0)?).ok();
    Some((degrees(0)?, degrees(1)?))
}

/// How far the wall clock was ahead of UTC, to the quarter of an hour.
fn offset(m: &Message<'_>) -> Option<i32> {
    let (local, utc) = (m.seconds(5)?, m.seconds(TIMESTAMP)?);
    if local < LEAST_DATE || utc < LEAST_DATE {
        return None;
    }
    let quarters = (i64::from(local) - i64::from(utc) + 450).div_euclid(900);
    i32::try_from(quarters * 900).ok().filter(|s| i64::from(s.abs()) <= MOST_OFFSET_S)
}

fn described(m: &Message<'_>) -> Option<Described> {
    let byte = |field| m.whole(field).and_then(|v| u8::try_from(v).ok());
    if m.whole(14)? != i64::from(message::RECORD) {
        return None;
    }
    Some(Described {
        number: u16::from_be_bytes([byte(0)?, byte(1)?]),
        kind: byte(2)?,
        native: byte(15)?,
        scale: m.value(6).filter(|s| *s != 0.0).unwrap_or(1.0),
        offset: m.value(7).unwrap_or(0.0),
    })
}

/// Fills in what the profile's own field does not have; developers write SI units.
fn stand_in(point: &mut Point, native: u8, value: f64) {
    let fill = |to: &mut Option<i64>, scale: f64| {
        *to = to.or_else(|| frame::rounded(value * scale));
    };
    match native {
        3 => fill(&mut point.heart_rate, 1.0),
        4 => point.cadence = point.cadence.or(Some(value as f32)),
        5 => fill(&mut point.distance_cm, 100.0),
        6 | 73 => fill(&mut point.speed_mm_s, 1000.0),
        7 => fill(&mut point.watts, 1.0),
        13 => fill(&mut point.temperature_c, 1.0),
        _ => {}
    }
}
