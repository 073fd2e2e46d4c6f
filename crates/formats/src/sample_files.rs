//! Activity files of a runner who does not exist, as watches write them: a point each second, in
//! FIT, GPX or TCX. The same run gives the same bytes.

use crate::sample::{Dice, SampleRun};
use embedded_io_adapters::std::FromStd;
use hermes_engine::units::Seconds;
use jiff::{SignedDuration, Timestamp};
use rustyfit::Encoder;
use rustyfit::profile::{mesgdef, typedef};
use rustyfit::proto::{FIT, Message};
use std::f64::consts::TAU;
use std::fmt::Write;
use std::io::{self, Cursor};

/// Seconds from 1970 to the FIT epoch, 1989-12-31T00:00:00Z.
const FIT_EPOCH_S: i64 = 631_065_600;
/// Semicircles in a degree.
const SEMICIRCLES: f64 = 2_147_483_648.0 / 180.0;
/// The runners' clocks are an hour ahead of UTC.
const OFFSET_S: u32 = 3600;
/// A sine of each of so many metres makes the hills.
const HILL_M: f64 = 2000.0;

/// One point of a track.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrackPoint {
    /// Seconds since the start.
    pub second: u32,
    /// Centimetres since the start.
    pub distance_cm: u32,
    /// Centimetres per second.
    pub speed_cm_s: u32,
    /// Metres above the sea.
    pub altitude_m: f64,
    /// Beats per minute.
    pub heart_rate: u8,
    /// Steps of one leg in a minute.
    pub cadence: u8,
    /// Degrees north; the way is out and back along a meridian at sea, where nobody lives.
    pub latitude: f64,
}

/// Degrees east of all tracks.
const LONGITUDE: f64 = -30.0;

/// A run, second by second.
#[derive(Debug, Clone, PartialEq)]
pub struct Track {
    /// When it began.
    pub start: Timestamp,
    /// The points; none while the timer stood.
    pub points: Vec<TrackPoint>,
    /// From which second to which the timer stood still.
    pub pause: Option<(u32, u32)>,
    /// On a treadmill: files have no positions and no altitude.
    pub treadmill: bool,
    run: SampleRun,
}

impl Track {
    /// The track of a run.
    #[must_use]
    pub fn of(run: &SampleRun, treadmill: bool) -> Self {
        let mut dice = Dice::new(run.id as u64);
        let moving = run.moving.0.clamp(1, 86_400) as u32;
        let stopped = (run.elapsed - run.moving).0.clamp(0, 3600) as u32;
        let stop = moving * 2 / 5;
        let pause = (stopped > 0 && stop > 0).then_some((stop, stop + stopped));
        // Speed goes up and down by 5 %, and a little by chance.
        let speeds: Vec<f64> = (0..moving)
            .map(|s| 1.0 + 0.05 * (f64::from(s) / 240.0 * TAU).sin() + dice.share() * 0.02)
            .collect();
        let scale = run.distance_cm as f64 / speeds.iter().sum::<f64>();
        let hills =
            run.ascent_cm as f64 / 100.0 / (run.distance_cm as f64 / 100.0 / HILL_M).max(1.0);
        let mut way = 0.0;
        let mut points = Vec::with_capacity(moving as usize + 1);
        for second in 0..=moving {
            let speed = speeds[(second.max(1) - 1) as usize] * scale;
            way += if second == 0 { 0.0 } else { speed };
            let metres = way / 100.0;
            let away = metres.min(run.distance_cm as f64 / 100.0 - metres) / 111_195.0;
            let waited = pause.filter(|(from, _)| second > *from).map_or(0, |_| stopped);
            points.push(TrackPoint {
                second: second + waited,
                distance_cm: way.round() as u32,
                speed_cm_s: speed.round() as u32,
                altitude_m: 100.0 + hills / 2.0 * (1.0 - (metres / HILL_M * TAU).cos()),
                heart_rate: heart_rate(run, second, moving, &mut dice),
                cadence: (84 + dice.below(4)) as u8,
                latitude: 45.0 + away,
            });
        }
        Self { start: run.start, points, pause, treadmill, run: run.clone() }
    }

    fn time(&self, second: u32) -> Timestamp {
        self.start + SignedDuration::from_secs(second.into())
    }

    fn fit_time(&self, second: u32) -> typedef::DateTime {
        let seconds = self.start.as_second() - FIT_EPOCH_S + i64::from(second);
        typedef::DateTime(seconds as u32)
    }

    fn last(&self) -> u32 {
        self.points.last().map_or(0, |p| p.second)
    }

    /// As a watch of Garmin writes it: laps of a kilometre, a session, and the local time.
    ///
    /// # Errors
    /// When encoding fails.
    pub fn fit(&self) -> io::Result<Vec<u8>> {
        let mut file = mesgdef::FileId::new();
        file.r#type = typedef::File::ACTIVITY;
        file.manufacturer = typedef::Manufacturer::GARMIN;
        file.product = typedef::GarminProduct::FR255.0;
        file.time_created = self.fit_time(0);
        let mut messages = vec![Message::from(file), self.timer(0, true)];
        let mut pause = self.pause;
        let mut lap = (0, 0);
        for point in &self.points {
            if let Some((from, to)) = pause.filter(|(_, to)| point.second >= *to) {
                messages.extend([self.timer(from, false), self.timer(to, true)]);
                pause = None;
            }
            messages.push(self.record(point));
            if point.distance_cm - lap.1 >= 100_000 {
                messages.push(self.lap(lap, point));
                lap = (point.second, point.distance_cm);
            }
        }
        if let Some(last) = self.points.last().filter(|p| p.distance_cm > lap.1) {
            messages.push(self.lap(lap, last));
        }
        messages.extend([self.timer(self.last(), false), self.session(), self.activity()]);
        let mut out = FromStd::new(Cursor::new(Vec::new()));
        let encoded = Encoder::new().encode(&mut out, &mut FIT { messages, ..FIT::default() });
        encoded.map_err(|error| io::Error::other(error.to_string()))?;
        Ok(out.into_inner().into_inner())
    }

    fn record(&self, point: &TrackPoint) -> Message {
        let mut record = mesgdef::Record::new();
        record.timestamp = self.fit_time(point.second);
        record.distance = point.distance_cm;
        record.speed = (point.speed_cm_s * 10) as u16;
        record.heart_rate = point.heart_rate;
        record.cadence = point.cadence;
        record.temperature = 14;
        if !self.treadmill {
            record.position_lat = (point.latitude * SEMICIRCLES).round() as i32;
            record.position_long = (LONGITUDE * SEMICIRCLES).round() as i32;
            record.altitude = ((point.altitude_m + 500.0) * 5.0).round() as u16;
        }
        Message::from(record)
    }

    fn timer(&self, second: u32, going: bool) -> Message {
        let mut event = mesgdef::Event::new();
        event.timestamp = self.fit_time(second);
        event.event = typedef::Event::TIMER;
        event.event_type =
            if going { typedef::EventType::START } else { typedef::EventType::STOP_ALL };
        Message::from(event)
    }

    /// The seconds between two of them that the timer ran.
    fn timed(&self, from: u32, to: u32) -> u32 {
        let paused =
            self.pause.map_or(0, |(begin, end)| end.min(to).saturating_sub(begin.max(from)));
        to - from - paused
    }

    fn lap(&self, (second, distance_cm): (u32, u32), end: &TrackPoint) -> Message {
        let mut lap = mesgdef::Lap::new();
        lap.timestamp = self.fit_time(end.second);
        lap.start_time = self.fit_time(second);
        lap.total_elapsed_time = (end.second - second) * 1000;
        lap.total_timer_time = self.timed(second, end.second) * 1000;
        lap.total_distance = end.distance_cm - distance_cm;
        lap.avg_heart_rate = end.heart_rate;
        Message::from(lap)
    }

    fn session(&self) -> Message {
        let mut session = mesgdef::Session::new();
        session.timestamp = self.fit_time(self.last());
        session.start_time = self.fit_time(0);
        session.total_elapsed_time = self.last() * 1000;
        session.total_timer_time = self.timed(0, self.last()) * 1000;
        session.total_distance = self.run.distance_cm as u32;
        session.sport = typedef::Sport::RUNNING;
        session.sub_sport = match self.treadmill {
            true => typedef::SubSport::TREADMILL,
            false => typedef::SubSport::GENERIC,
        };
        session.avg_heart_rate = self.run.heart_rate as u8;
        session.max_heart_rate = self.run.max_heart_rate as u8;
        if !self.treadmill {
            session.total_ascent = (self.run.ascent_cm / 100) as u16;
        }
        Message::from(session)
    }

    fn activity(&self) -> Message {
        let mut activity = mesgdef::Activity::new();
        activity.timestamp = self.fit_time(self.last());
        let local = activity.timestamp.0 + OFFSET_S;
        activity.local_timestamp = typedef::LocalDateTime(local);
        activity.num_sessions = 1;
        Message::from(activity)
    }

    /// As Strava gives it back: ten blanks, and Garmin's extensions.
    #[must_use]
    pub fn gpx(&self) -> String {
        let mut text =
            "          <?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<gpx version=\"1.1\" \
             creator=\"Hermes sample\" xmlns=\"http://www.topografix.com/GPX/1/1\" \
             xmlns:gpxtpx=\"http://www.garmin.com/xmlschemas/TrackPointExtension/v1\">\n \
             <trk>\n  <type>running</type>\n  <trkseg>\n"
                .to_owned();
        for p in &self.points {
            // Writing to memory cannot fail.
            let _ = write!(
                text,
                "   <trkpt lat=\"{:.7}\" lon=\"{LONGITUDE:.7}\">\n    <ele>{:.1}</ele>\n    \
                 <time>{}</time>\n    <extensions>\n     <gpxtpx:TrackPointExtension>\n      \
                 <gpxtpx:hr>{}</gpxtpx:hr>\n      <gpxtpx:cad>{}</gpxtpx:cad>\n     \
                 </gpxtpx:TrackPointExtension>\n    </extensions>\n   </trkpt>\n",
                p.latitude,
                p.altitude_m,
                self.time(p.second),
                p.heart_rate,
                p.cadence
            );
        }
        text + "  </trkseg>\n </trk>\n</gpx>\n"
    }

    /// As Strava gives it back: ten blanks, and one lap.
    #[must_use]
    pub fn tcx(&self) -> String {
        let mut text = format!(
            "          <?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<TrainingCenterDatabase \
             xmlns=\"http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2\">\n \
             <Activities>\n  <Activity Sport=\"Running\">\n   <Id>{start}</Id>\n   \
             <Lap StartTime=\"{start}\">\n    <TotalTimeSeconds>{}</TotalTimeSeconds>\n    \
             <DistanceMeters>{:.2}</DistanceMeters>\n    <Calories>0</Calories>\n    \
             <Intensity>Active</Intensity>\n    <TriggerMethod>Manual</TriggerMethod>\n    \
             <Track>\n",
            self.run.moving.0,
            self.run.distance_cm as f64 / 100.0,
            start = self.start,
        );
        for p in &self.points {
            let _ = write!(
                text,
                "     <Trackpoint>\n      <Time>{}</Time>\n      <Position>\n       \
                 <LatitudeDegrees>{:.7}</LatitudeDegrees>\n       \
                 <LongitudeDegrees>{LONGITUDE:.7}</LongitudeDegrees>\n      </Position>\n      \
                 <AltitudeMeters>{:.1}</AltitudeMeters>\n      \
                 <DistanceMeters>{:.2}</DistanceMeters>\n      \
                 <HeartRateBpm><Value>{}</Value></HeartRateBpm>\n      <Extensions><TPX \
                 xmlns=\"http://www.garmin.com/xmlschemas/ActivityExtension/v2\">\
                 <RunCadence>{}</RunCadence></TPX></Extensions>\n     </Trackpoint>\n",
                self.time(p.second),
                p.latitude,
                p.altitude_m,
                f64::from(p.distance_cm) / 100.0,
                p.heart_rate,
                p.cadence
            );
        }
        text + "    </Track>\n   </Lap>\n  </Activity>\n </Activities>\n</TrainingCenterDatabase>\n"
    }
}

/// Up in the first five minutes, about the average, and to the highest in the last minute.
fn heart_rate(run: &SampleRun, second: u32, moving: u32, dice: &mut Dice) -> u8 {
    let average = i64::from(run.heart_rate);
    let warm = i64::from(second.min(300)) * 20 / 300 - 20;
    let rate = if second + 60 > moving {
        i64::from(run.max_heart_rate)
    } else {
        average + warm + 1 + dice.below(3) - 1
    };
    rate.clamp(40, 220) as u8
}

/// A run of one hour over 11 km with a pause of a minute, for benches and tests.
#[must_use]
pub fn one_hour(seed: u64) -> SampleRun {
    let start = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(1_760_000_000);
    SampleRun::easy(seed, start, 1_100_000, Seconds(3600), Seconds(3660))
}
