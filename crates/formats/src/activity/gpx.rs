//! GPX 1.0 and 1.1: the timed points of all tracks, with whatever extensions they have, by local
//! name (Garmin's `TrackPointExtension` of every version, Strava's, and others).

use super::finding::Finding;
use super::points::{Point, Summary};
use super::xml::{self, Attributes, Visitor};
use super::{FileError, FileKind, Limits, Recording, assemble, times};

#[derive(Default)]
struct Gpx {
    points: Vec<Point>,
    /// The point being read; its time comes later.
    point: Point,
    timed: bool,
    new_segment: bool,
    untimed: usize,
    name: Option<String>,
    sport: Option<String>,
    creator: Option<String>,
    offset_s: Option<i32>,
}

/// Reads the activity of a GPX file.
pub(super) fn read(
    name: &str,
    text: &str,
    mut findings: Vec<Finding>,
    limits: &Limits,
) -> Result<Vec<Recording>, FileError> {
    let mut gpx = Gpx::default();
    let damage = xml::walk(name, text, limits, &mut gpx)?;
    if gpx.points.is_empty() {
        return Err(match damage {
            Some(Finding::Damaged { at, what }) => FileError::Xml { name: name.into(), at, what },
            _ if gpx.untimed > 0 => FileError::NoTimes { name: name.into(), kind: FileKind::Gpx },
            _ => FileError::NoActivity { name: name.into(), kind: FileKind::Gpx },
        });
    }
    findings.extend(damage);
    if gpx.untimed > 0 {
        findings.push(Finding::Untimed { points: gpx.untimed });
    }
    let sports = xml::sports(gpx.sport.as_deref(), &mut findings);
    let summary = Summary {
        name: gpx.name,
        device: gpx.creator,
        utc_offset_s: gpx.offset_s,
        findings,
        ..Summary::default()
    };
    Ok(assemble(FileKind::Gpx, sports, summary, gpx.points, limits).into_iter().collect())
}

impl Visitor for Gpx {
    fn open(&mut self, path: &[&str], attributes: &Attributes<'_>) {
        match path {
            ["gpx"] => self.creator = attributes.get("creator").map(|c| c.trim().to_owned()),
            [.., "trkseg"] => self.new_segment = true,
            [.., "trkseg", "trkpt"] => {
                let degrees = |name| {
                    let e7 = xml::scaled(&attributes.get(name)?, 1e7)?;
                    i32::try_from(e7).ok()
                };
                let position = degrees("lat").zip(degrees("lon"));
                self.point = Point { position, new_segment: self.new_segment, ..Point::default() };
                self.timed = false;
            }
            _ => {}
        }
    }

    fn close(&mut self, path: &[&str], text: &str) {
        match path {
            ["gpx", "trk", "name"] => xml::first(&mut self.name, text),
            ["gpx", "trk", "type"] => xml::first(&mut self.sport, text),
            [.., "trkseg", "trkpt"] => {
                if self.timed {
                    self.points.push(self.point);
                    self.new_segment = false;
                } else {
                    self.untimed += 1;
                }
            }
            [.., "trkpt", "time"] => {
                if let Some(ms) = times::milliseconds(text) {
                    (self.point.time_ms, self.timed) = (ms, true);
                    if self.points.is_empty() {
                        self.offset_s = times::offset_s(text);
                    }
                }
            }
            [_, _, _, "trkpt", .., last] => value(&mut self.point, last, text),
            _ => {}
        }
    }

    fn counts(&self) -> (usize, usize) {
        (self.points.len(), 1)
    }
}

/// A value of a point, by the last name on its path.
fn value(point: &mut Point, name: &str, text: &str) {
    match name {
        "ele" => point.altitude_dm = xml::scaled(text, 10.0),
        "hr" | "heartrate" | "HeartRate" => point.heart_rate = xml::scaled(text, 1.0),
        "cad" | "cadence" | "Cadence" | "RunCadence" => {
            point.cadence = xml::number(text).map(|v| v as f32);
        }
        "atemp" | "temp" | "temperature" | "Temperature" => {
            point.temperature_c = xml::scaled(text, 1.0);
        }
        "power" | "watts" | "Watts" | "PowerInWatts" => point.watts = xml::scaled(text, 1.0),
        "speed" | "Speed" => point.speed_mm_s = xml::scaled(text, 1000.0),
        _ => {}
    }
}
