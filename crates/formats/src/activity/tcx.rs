//! TCX: Garmin's Training Center XML, as many devices and Strava write it. Courses and workouts
//! are no activities.

use super::finding::Finding;
use super::points::{Point, RawLap, Summary};
use super::xml::{self, Attributes, Visitor};
use super::{FileError, FileKind, Limits, Recording, assemble, times};

#[derive(Default)]
struct Tcx {
    /// Activities whose end was read, and last the one that is being read.
    activities: Vec<Activity>,
    point: Point,
    timed: bool,
    points: usize,
    most_laps: usize,
}

#[derive(Default)]
struct Activity {
    sport: Option<String>,
    summary: Summary,
    points: Vec<Point>,
    untimed: usize,
    max_speed_mm_s: Option<i64>,
    calories: i64,
}

/// Reads the activities of a TCX file.
pub(super) fn read(
    name: &str,
    text: &str,
    findings: &[Finding],
    limits: &Limits,
) -> Result<Vec<Recording>, FileError> {
    let mut tcx = Tcx { most_laps: limits.laps, ..Tcx::default() };
    let damage = xml::walk(name, text, limits, &mut tcx)?;
    let untimed = tcx.activities.iter().any(|a| a.untimed > 0);
    let mut recordings = Vec::new();
    let of = tcx.activities.len();
    for (number, activity) in (1..).zip(tcx.activities) {
        let mut findings = findings.to_vec();
        if of > 1 {
            findings.push(Finding::Part { number, of });
        }
        // Damage ends the file, so it is in the last activity.
        findings.extend(damage.clone().filter(|_| number == of));
        recordings.extend(activity.recording(findings, limits));
    }
    if !recordings.is_empty() {
        return Ok(recordings);
    }
    Err(match damage {
        Some(Finding::Damaged { at, what }) => FileError::Xml { name: name.into(), at, what },
        _ if untimed => FileError::NoTimes { name: name.into(), kind: FileKind::Tcx },
        _ => FileError::NoActivity { name: name.into(), kind: FileKind::Tcx },
    })
}

impl Activity {
    fn recording(self, mut findings: Vec<Finding>, limits: &Limits) -> Option<Recording> {
        if self.points.is_empty() && self.summary.laps.is_empty() {
            return None;
        }
        if self.untimed > 0 {
            findings.push(Finding::Untimed { points: self.untimed });
        }
        let sports = xml::sports(self.sport.as_deref(), &mut findings);
        let mut summary = self.summary;
        let laps = &summary.laps;
        let sum = |of: fn(&RawLap) -> Option<i64>| {
            let known = laps.iter().filter_map(of);
            laps.iter().any(|l| of(l).is_some()).then(|| known.fold(0, i64::saturating_add))
        };
        summary.timer_ms = sum(|lap| lap.timer_ms);
        summary.distance_cm = sum(|lap| lap.distance_cm);
        summary.start_ms = laps.first().and_then(|lap| lap.start_ms).or(summary.start_ms);
        // Without points the laps are all there is.
        summary.elapsed_ms = summary.timer_ms.filter(|_| self.points.is_empty());
        summary.max_speed_mm_s = self.max_speed_mm_s;
        summary.calories = Some(self.calories);
        summary.findings = findings;
        assemble(FileKind::Tcx, sports, summary, self.points, limits)
    }
}

impl Visitor for Tcx {
    fn open(&mut self, path: &[&str], attributes: &Attributes<'_>) {
        let Some(below) = below_activity(path) else { return };
        if below.is_empty() {
            let sport = attributes.get("Sport").map(|s| s.trim().to_owned());
            self.activities.push(Activity { sport, ..Activity::default() });
        }
        let Some(activity) = self.activities.last_mut() else { return };
        match below {
            ["Lap"] if activity.summary.laps.len() <= self.most_laps => {
                let start = attributes.get("StartTime");
                let start_ms = start.and_then(|text| times::milliseconds(&text));
                activity.summary.laps.push(RawLap { start_ms, ..RawLap::default() });
            }
            ["Lap", "Track", "Trackpoint"] => {
                (self.point, self.timed) = (Point::default(), false);
            }
            _ => {}
        }
    }

    fn close(&mut self, path: &[&str], text: &str) {
        let below = below_activity(path).unwrap_or_default();
        let Some(activity) = self.activities.last_mut() else { return };
        match below {
            ["Lap", "Track", "Trackpoint"] if self.timed => {
                activity.points.push(self.point);
                self.points += 1;
            }
            ["Lap", "Track", "Trackpoint"] => activity.untimed += 1,
            ["Lap", "Track", "Trackpoint", "Time"] => {
                if let Some(ms) = times::milliseconds(text) {
                    (self.point.time_ms, self.timed) = (ms, true);
                }
            }
            ["Lap", "Track", "Trackpoint", rest @ ..] => value(&mut self.point, rest, text),
            ["Lap", rest @ ..] => activity.lap(rest, text),
            ["Id"] => {
                activity.summary.start_ms = times::milliseconds(text);
                activity.summary.utc_offset_s = times::offset_s(text);
            }
            ["Creator", "Name"] => xml::first(&mut activity.summary.device, text),
            _ => {}
        }
    }

    fn counts(&self) -> (usize, usize) {
        (self.points, self.activities.len())
    }
}

impl Activity {
    fn lap(&mut self, path: &[&str], text: &str) {
        let Some(lap) = self.summary.laps.last_mut() else { return };
        match path {
            ["TotalTimeSeconds"] => {
                lap.timer_ms = xml::scaled(text, 1000.0);
                lap.elapsed_ms = lap.timer_ms;
            }
            ["DistanceMeters"] => lap.distance_cm = xml::scaled(text, 100.0),
            ["MaximumSpeed"] => {
                self.max_speed_mm_s = self.max_speed_mm_s.max(xml::scaled(text, 1000.0));
            }
            ["Calories"] => {
                let more = xml::scaled(text, 1.0).unwrap_or(0).max(0);
                self.calories = self.calories.saturating_add(more);
            }
            ["AverageHeartRateBpm", "Value"] => lap.average_heart_rate = xml::scaled(text, 1.0),
            ["MaximumHeartRateBpm", "Value"] => lap.max_heart_rate = xml::scaled(text, 1.0),
            _ => {}
        }
    }
}

/// The path below an `Activity`, which may be a part of a `MultiSportSession`.
fn below_activity<'a, 'b>(path: &'a [&'b str]) -> Option<&'a [&'b str]> {
    let at = path.iter().position(|name| *name == "Activity")?;
    path.get(at + 1..)
}

/// A value of a point, by the path below it.
fn value(point: &mut Point, path: &[&str], text: &str) {
    let degrees = || xml::scaled(text, 1e7).and_then(|e7| i32::try_from(e7).ok());
    match path {
        // Latitude comes first; without the other the position is none.
        ["Position", "LatitudeDegrees"] => {
            point.position = degrees().map(|latitude| (latitude, i32::MIN));
        }
        ["Position", "LongitudeDegrees"] => {
            point.position = point.position.and_then(|(latitude, _)| Some((latitude, degrees()?)));
        }
        ["AltitudeMeters"] => point.altitude_dm = xml::scaled(text, 10.0),
        ["DistanceMeters"] => point.distance_cm = xml::scaled(text, 100.0),
        ["HeartRateBpm", "Value"] => point.heart_rate = xml::scaled(text, 1.0),
        ["Cadence"] | ["Extensions", .., "RunCadence"] => {
            point.cadence = xml::number(text).map(|v| v as f32);
        }
        ["Extensions", .., "Speed"] => point.speed_mm_s = xml::scaled(text, 1000.0),
        ["Extensions", .., "Watts"] => point.watts = xml::scaled(text, 1.0),
        _ => {}
    }
}
