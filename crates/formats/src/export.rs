//! Writes the folder of a Strava bulk export with given activities: `activities.csv` and a TCX file
//! for each that was recorded. The twin of what [`crate::archive`] reads.

use crate::archive::{Column, HEADINGS};
use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::{SignedDuration, Timestamp};
use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// One moment of a recorded activity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Seconds since the start.
    pub seconds: i64,
    /// Metres since the start.
    pub metres: f64,
    /// Metres above the sea.
    pub altitude: f64,
    /// Latitude and longitude in degrees.
    pub position: Option<[f64; 2]>,
    /// Beats a minute.
    pub heart_rate: Option<i64>,
    /// Steps of one leg in a minute.
    pub cadence: Option<i64>,
}

/// One activity to write.
#[derive(Debug, Clone, PartialEq)]
pub struct Exported {
    /// Strava's id.
    pub id: i64,
    /// When it began.
    pub start: Timestamp,
    /// What the runner calls it.
    pub name: String,
    /// Strava's word for its sport in the API: `TrailRun`.
    pub sport: String,
    /// Metres.
    pub metres: i64,
    /// Seconds of movement.
    pub moving_s: i64,
    /// Seconds from start to end.
    pub elapsed_s: i64,
    /// Metres up.
    pub ascent_m: i64,
    /// Average and maximum.
    pub heart_rate: Option<(i64, i64)>,
    /// It was a race.
    pub race: bool,
    /// What a watch recorded; empty where it was entered by hand.
    pub points: Vec<Point>,
}

/// Writes an export into a folder, which is made.
///
/// # Errors
/// When the folder cannot be made or written.
pub fn write_folder(folder: &Path, activities: &[Exported]) -> io::Result<()> {
    fs::create_dir_all(folder.join("activities"))?;
    let mut csv = line(HEADINGS.map(|(english, _)| english.to_owned()).iter());
    for activity in activities {
        csv.push_str(&activity.row());
        if let Some(name) = activity.filename() {
            let mut gz = GzEncoder::new(Vec::new(), Compression::fast());
            gz.write_all(activity.tcx().as_bytes())?;
            fs::write(folder.join(name), gz.finish()?)?;
        }
    }
    fs::write(folder.join("activities.csv"), csv)
}

fn line<'a>(cells: impl Iterator<Item = &'a String>) -> String {
    let quoted = |cell: &String| match cell.contains([',', '"', '\n']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell.clone(),
    };
    cells.map(quoted).collect::<Vec<_>>().join(",") + "\n"
}

/// `TrailRun` as the export has it: `Trail Run`.
fn in_words(sport: &str) -> String {
    let mut words = String::new();
    for letter in sport.chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.push(letter);
    }
    words
}

impl Exported {
    fn filename(&self) -> Option<String> {
        // Uploads are numbered on their own.
        let upload = self.id + 1_076_420_713;
        (!self.points.is_empty()).then(|| format!("activities/{upload}.tcx.gz"))
    }

    fn row(&self) -> String {
        let mut cells = vec![String::new(); HEADINGS.len()];
        let mut set = |column: Column, text: String| cells[column as usize - 1] = text;
        set(Column::Id, self.id.to_string());
        set(Column::Date, self.start.strftime("%b %-d, %Y, %-I:%M:%S %p").to_string());
        set(Column::Name, self.name.clone());
        set(Column::Type, in_words(&self.sport));
        set(Column::ElapsedShown, self.elapsed_s.to_string());
        set(Column::DistanceShown, format!("{:.2}", self.metres as f64 / 1000.0));
        set(Column::Filename, self.filename().unwrap_or_default());
        set(Column::Elapsed, format!("{}.0", self.elapsed_s));
        set(Column::Moving, format!("{}.0", self.moving_s));
        set(Column::Distance, format!("{}.0", self.metres));
        set(Column::ElevationGain, format!("{}.0", self.ascent_m));
        set(Column::Commute, "0.0".to_owned());
        set(Column::Competition, if self.race { "1.0" } else { "0.0" }.to_owned());
        if let Some((average, max)) = self.heart_rate {
            set(Column::MaxHeartRate, format!("{max}.0"));
            set(Column::AverageHeartRate, format!("{average}.0"));
        }
        line(cells.iter())
    }

    fn tcx(&self) -> String {
        let (start, total, metres) = (self.start, self.elapsed_s, self.metres);
        let sport = if self.sport.contains("Run") { "Running" } else { "Other" };
        let mut text = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<TrainingCenterDatabase \
             xmlns=\"http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2\" \
             xmlns:x=\"http://www.garmin.com/xmlschemas/ActivityExtension/v2\"><Activities>\
             <Activity Sport=\"{sport}\"><Id>{start}</Id><Lap StartTime=\"{start}\">\
             <TotalTimeSeconds>{total}</TotalTimeSeconds><DistanceMeters>{metres}</DistanceMeters>\
             <Calories>0</Calories><Intensity>Active</Intensity>\
             <TriggerMethod>Manual</TriggerMethod><Track>\n"
        );
        for point in &self.points {
            text += &point.tcx(start);
        }
        text + "</Track></Lap></Activity></Activities></TrainingCenterDatabase>\n"
    }
}

impl Point {
    fn tcx(&self, start: Timestamp) -> String {
        let time = start.checked_add(SignedDuration::from_secs(self.seconds)).unwrap_or(start);
        let mut text = format!("<Trackpoint><Time>{time}</Time>");
        if let Some([latitude, longitude]) = self.position {
            text += &format!(
                "<Position><LatitudeDegrees>{latitude:.6}</LatitudeDegrees>\
                 <LongitudeDegrees>{longitude:.6}</LongitudeDegrees></Position>"
            );
        }
        text += &format!(
            "<AltitudeMeters>{:.1}</AltitudeMeters><DistanceMeters>{:.1}</DistanceMeters>",
            self.altitude, self.metres
        );
        if let Some(beats) = self.heart_rate {
            text += &format!("<HeartRateBpm><Value>{beats}</Value></HeartRateBpm>");
        }
        if let Some(steps) = self.cadence {
            text += &format!(
                "<Extensions><x:TPX><x:RunCadence>{steps}</x:RunCadence></x:TPX></Extensions>"
            );
        }
        text + "</Trackpoint>\n"
    }
}

#[cfg(test)]
mod tests {
    use super::{Exported, Point, write_folder};
    use crate::archive::{Archive, Entry, Limits};

    #[test]
    fn what_is_written_can_be_read() {
        let point = |seconds: i64| Point {
            seconds,
            metres: seconds as f64 * 3.0,
            altitude: 34.0,
            position: Some([52.5, 13.4]),
            heart_rate: Some(140),
            cadence: Some(83),
        };
        let run = Exported {
            id: 16_000_000_001,
            start: "2026-05-29T15:53:35Z".parse().unwrap(),
            name: "Tempo, \"hard\"".to_owned(),
            sport: "TrailRun".to_owned(),
            metres: 1800,
            moving_s: 600,
            elapsed_s: 640,
            ascent_m: 12,
            heart_rate: Some((142, 158)),
            race: true,
            points: (0..=600).map(point).collect(),
        };
        let by_hand = Exported { id: 7, heart_rate: None, points: vec![], ..run.clone() };
        let folder = tempfile::tempdir().unwrap();
        write_folder(folder.path(), &[run.clone(), by_hand]).unwrap();
        let archive = Archive::open(folder.path(), &Limits::default()).unwrap();
        let rows = archive.rows().unwrap().map(|entry| match entry.unwrap() {
            Entry::Activity(row) => row,
            Entry::Problem(problem) => unreachable!("{problem}"),
        });
        let rows: Vec<_> = rows.collect();
        assert_eq!(rows.len(), 2);
        let [first, second] = &rows[..] else { unreachable!("{rows:?}") };
        assert_eq!((first.id, &first.name, first.start), (run.id, &run.name, run.start));
        assert_eq!((first.sport_type.as_str(), first.race), ("TrailRun", true));
        assert_eq!((first.distance_cm, first.max_heart_rate), (Some(180_000), Some(158)));
        assert_eq!((first.manual, second.manual), (false, true));
        let name = first.filename.as_ref().unwrap();
        assert!(!archive.file(name).unwrap().bytes.is_empty());
    }
}
