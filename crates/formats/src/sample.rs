//! A Strava bulk export of a runner who does not exist: the same seed gives the same bytes.
//!
//! The numbers are invented after the shape of ordinary training: a steady week with a long run
//! on Sunday, one faster run on Thursday and easy runs between, and now and then a race. Every
//! layout of the CSV that was ever seen can be asked for, so that readers can be tried on all.

use crate::archive::{Column, HEADINGS, Language};
use crate::sample_files::Track;
use flate2::Compression;
use flate2::write::GzEncoder;
use hermes_engine::calendar::{Day, WeekStart, Weekday};
use hermes_engine::units::{Metres, Pace, Seconds};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use std::io::{self, Cursor, Seek, Write};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// What the CSV looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// Headings, dates, words and numbers. [`Language::Other`] is French.
    pub language: Language,
    /// Number of columns, 19 to 101 (the last is the media), or 10 for the layout before July 2019.
    pub columns: usize,
    /// Some headings come in HTML, as in 2023.
    pub html: bool,
    /// A narrow no-break space before AM and PM.
    pub narrow_space: bool,
}

impl Default for Layout {
    fn default() -> Self {
        Self { language: Language::English, columns: 101, html: false, narrow_space: false }
    }
}

impl Layout {
    /// The ten columns before July 2019.
    #[must_use]
    pub fn of_2019() -> Self {
        Self { columns: 10, ..Self::default() }
    }
}

/// What kind of run it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Kind {
    Easy,
    Tempo,
    Long,
    Race,
}

/// What is in the activities' own files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Files {
    /// GPX and TCX in turn with a point a minute: small and quick, for tests of the rows.
    #[default]
    Minutes,
    /// A point a second, as watches write: mostly FIT, each tenth a GPX, a TCX, and a FIT of a
    /// treadmill.
    Seconds,
    /// As [`Files::Seconds`]; of ten, one is cut off and one is no activity file at all.
    Broken,
}

/// One invented run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleRun {
    /// Its id in the export.
    pub id: i64,
    /// The number in its file's name; `None` for one entered by hand.
    pub upload_id: Option<i64>,
    /// Its day, in every time zone from -8 to +7 hours.
    pub day: Day,
    /// When it began.
    pub start: Timestamp,
    /// What kind it is.
    pub kind: Kind,
    /// Distance in centimetres.
    pub distance_cm: i64,
    /// Moving time.
    pub moving: Seconds,
    /// Elapsed time.
    pub elapsed: Seconds,
    /// Ascent in centimetres.
    pub ascent_cm: i64,
    /// Average heart rate.
    pub heart_rate: u16,
    /// Highest heart rate.
    pub max_heart_rate: u16,
    /// What its file holds.
    pub files: Files,
}

/// A runner to make an export of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// The same seed gives the same runs.
    pub seed: u64,
    /// No run is before this day.
    pub first_day: Day,
    /// No run is on or after this day.
    pub until: Option<Day>,
    /// Calendar weeks (Monday to Sunday), counted from the one with `first_day`.
    pub weeks: u16,
    /// Mean distance of a week; each week varies by up to 6 %.
    pub weekly: Metres,
    /// Runs in a week, 1 to 7.
    pub runs_per_week: u8,
    /// Every so many weeks the long run is a race over 10 km; 0 for never.
    pub race_every: u16,
    /// What the CSV looks like.
    pub layout: Layout,
    /// What the activities' own files hold.
    pub files: Files,
}

/// The order in which days of the week get a run; the long run has Sunday.
const DAYS: [Weekday; 7] = [
    Weekday::Sunday,
    Weekday::Thursday,
    Weekday::Tuesday,
    Weekday::Saturday,
    Weekday::Wednesday,
    Weekday::Friday,
    Weekday::Monday,
];

/// The race: 10 km in about 48 minutes.
const RACE: (Metres, Seconds) = (Metres::km(10), Seconds::minutes(48));

impl Sample {
    /// A runner with 50 km in five runs every week, who runs 10 km in about 48 minutes every
    /// tenth week.
    #[must_use]
    pub fn steady(seed: u64, first_day: Day, weeks: u16) -> Self {
        let (weekly, layout) = (Metres::km(50), Layout::default());
        let (until, runs_per_week, race_every, files) = (None, 5, 10, Files::default());
        Self { seed, first_day, until, weeks, weekly, runs_per_week, race_every, layout, files }
    }

    /// The same runner, exported in another layout.
    #[must_use]
    pub const fn with_layout(mut self, layout: Layout) -> Self {
        self.layout = layout;
        self
    }

    /// The same runner, with other files.
    #[must_use]
    pub const fn with_files(mut self, files: Files) -> Self {
        self.files = files;
        self
    }

    /// The runs, oldest first.
    #[must_use]
    pub fn runs(&self) -> Vec<SampleRun> {
        let mut dice = Dice(self.seed);
        let monday = self.first_day.week_start(WeekStart::Monday);
        let mut runs = Vec::new();
        for week in 0..self.weeks {
            let volume = self.weekly.permille(dice.about(1000, 60));
            let race = self.race_every > 0 && (week + 1) % self.race_every == 0;
            let start = monday + 7 * i64::from(week);
            for (day, kind, distance) in self.week(start, volume, race) {
                let mut run = invent(&mut dice, self.number(runs.len()), day, kind, distance);
                run.files = self.files;
                if day >= self.first_day && self.until.is_none_or(|end| day < end) {
                    runs.push(run);
                }
            }
        }
        runs
    }

    /// Days, kinds and distances of one week: 30 % in the long run, the rest shared evenly.
    fn week(&self, monday: Day, volume: Metres, race: bool) -> Vec<(Day, Kind, Metres)> {
        let count = usize::from(self.runs_per_week.clamp(1, 7));
        let last = match (race, count) {
            (true, _) => RACE.0,
            (false, 1) => volume,
            (false, n) => volume.permille(300).max(Metres(volume.0 / n as i64)),
        };
        let others = Metres((volume - last).0.max(0) / (count as i64 - 1).max(1));
        let mut week: Vec<_> = DAYS[..count]
            .iter()
            .enumerate()
            .map(|(n, weekday)| {
                let day = monday + i64::from((weekday.number() + 6) % 7);
                match n {
                    0 if race => (day, Kind::Race, last),
                    0 => (day, Kind::Long, last),
                    1 if !race => (day, Kind::Tempo, others),
                    _ => (day, Kind::Easy, others),
                }
            })
            .collect();
        week.sort_by_key(|(day, ..)| *day);
        week
    }

    /// A number for the n-th run that no runner of a near seed has.
    const fn number(&self, n: usize) -> i64 {
        (self.seed % 1000) as i64 * 100_000_000 + n as i64 * 7919
    }

    /// `activities.csv`.
    #[must_use]
    pub fn csv(&self) -> String {
        let mut text = self.layout.heading();
        for run in self.runs() {
            text.push_str(&self.layout.row(&run));
        }
        text
    }

    /// `profile.csv`.
    #[must_use]
    pub fn profile(&self) -> String {
        format!(
            "Athlete ID,Email Address,First Name,Last Name,Sex,Description,Weight,City,State,\
             Country,Health Consent Status,Health Consent Date of Last Decision\n\
             {},,Virtual,Runner,,,68.0,,,,,\n",
            self.athlete_id()
        )
    }

    /// The runner's id in `profile.csv`.
    #[must_use]
    pub const fn athlete_id(&self) -> i64 {
        900_000_000 + (self.seed % 1_000_000) as i64
    }

    /// Writes the zip: `activities.csv`, `profile.csv` and the activities' own files.
    ///
    /// # Errors
    /// When writing fails.
    pub fn write_zip<W: Write + Seek>(&self, out: W) -> io::Result<W> {
        // The smallest date a zip can hold, in every build.
        let options = SimpleFileOptions::default().last_modified_time(zip::DateTime::default());
        let mut zip = ZipWriter::new(out);
        for run in self.runs() {
            if let Some((name, bytes)) = run.file()? {
                zip.start_file(name, options)?;
                zip.write_all(&bytes)?;
            }
        }
        for (name, text) in [("activities.csv", self.csv()), ("profile.csv", self.profile())] {
            zip.start_file(name, options)?;
            zip.write_all(text.as_bytes())?;
        }
        Ok(zip.finish()?)
    }

    /// The zip in memory.
    ///
    /// # Errors
    /// As [`Sample::write_zip`].
    pub fn zip(&self) -> io::Result<Vec<u8>> {
        Ok(self.write_zip(Cursor::new(Vec::new()))?.into_inner())
    }
}

fn invent(dice: &mut Dice, number: i64, day: Day, kind: Kind, distance: Metres) -> SampleRun {
    // Pace of a runner with 48 minutes for 10 km; the faster run includes its easy ends.
    let (pace, heart_rate, peak) = match kind {
        Kind::Easy => (dice.about(340, 8), dice.about(142, 4), 14),
        Kind::Long => (dice.about(345, 6), dice.about(146, 4), 18),
        Kind::Tempo => (dice.about(318, 6), dice.about(158, 3), 20),
        Kind::Race => (288, dice.about(172, 2), 11),
    };
    let vary = if kind == Kind::Race { 0 } else { dice.about(0, 9_000) };
    let distance_cm = (distance.0 * 100 + vary).max(100_000);
    let moving = match kind {
        Kind::Race => Seconds(dice.about(RACE.1.0, 25)),
        _ => Pace(pace).time_for(Metres(distance_cm / 100)),
    };
    let stopped = if kind == Kind::Race { 0 } else { dice.below(90) };
    let (hour, minute) = if kind == Kind::Race || kind == Kind::Long { (9, 0) } else { (15, 30) };
    let start = DateTime::from(day.date())
        .to_zoned(TimeZone::UTC)
        .map_or(Timestamp::UNIX_EPOCH, |midnight| midnight.timestamp());
    let offset = (hour * 60 + minute) * 60 + dice.about(0, 1500);
    let by_hand = kind == Kind::Easy && dice.below(20) == 0;
    SampleRun {
        id: 5_000_000_000 + number,
        // Uploads are numbered on their own; odd and even alternate.
        upload_id: (!by_hand).then_some(5_400_000_000 + number),
        day,
        start: start + jiff::SignedDuration::from_secs(offset),
        kind,
        distance_cm,
        moving,
        elapsed: moving + Seconds(stopped),
        ascent_cm: distance_cm / 1000 * dice.about(60, 30) / 10,
        heart_rate: heart_rate as u16,
        max_heart_rate: (heart_rate + peak) as u16,
        files: Files::default(),
    }
}

/// How a run's file is made.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Make {
    Fit,
    Treadmill,
    Gpx,
    Tcx,
    CutOff,
    Noise,
}

impl SampleRun {
    /// An easy run of one's own measure.
    #[must_use]
    pub fn easy(
        id: u64,
        start: Timestamp,
        distance_cm: i64,
        moving: Seconds,
        elapsed: Seconds,
    ) -> Self {
        let id = (id % 1_000_000_000) as i64;
        Self {
            id: 5_000_000_000 + id,
            upload_id: Some(5_400_000_000 + id),
            day: Day::from_epoch(start.as_second().div_euclid(86_400)),
            start,
            kind: Kind::Easy,
            distance_cm,
            moving,
            elapsed,
            ascent_cm: 8_000,
            heart_rate: 142,
            max_heart_rate: 158,
            files: Files::Seconds,
        }
    }

    /// The number's last digit decides; numbers of a sample go through all of them.
    fn make(&self, upload: i64) -> Make {
        match (self.files, upload % 10) {
            (Files::Minutes, digit) if digit % 2 == 0 => Make::Tcx,
            (Files::Minutes, _) => Make::Gpx,
            (Files::Broken, 7) => Make::CutOff,
            (Files::Broken, 8) => Make::Noise,
            (_, 0) => Make::Gpx,
            (_, 5) => Make::Tcx,
            (_, 3) => Make::Treadmill,
            _ => Make::Fit,
        }
    }

    /// The name in the Filename column.
    #[must_use]
    pub fn filename(&self) -> Option<String> {
        let upload = self.upload_id?;
        let kind = match self.make(upload) {
            Make::Gpx => "gpx",
            Make::Tcx => "tcx",
            Make::Fit | Make::Treadmill | Make::CutOff | Make::Noise => "fit",
        };
        Some(format!("activities/{upload}.{kind}.gz"))
    }

    /// The run's own file and its name.
    fn file(&self) -> io::Result<Option<(String, Vec<u8>)>> {
        let (Some(name), Some(upload)) = (self.filename(), self.upload_id) else {
            return Ok(None);
        };
        let make = self.make(upload);
        let content = match (self.files, make) {
            (Files::Minutes, Make::Tcx) => self.tcx().into_bytes(),
            (Files::Minutes, _) => self.gpx().into_bytes(),
            (_, Make::Gpx) => Track::of(self, false).gpx().into_bytes(),
            (_, Make::Tcx) => Track::of(self, false).tcx().into_bytes(),
            (_, Make::Treadmill) => Track::of(self, true).fit()?,
            (_, Make::Fit | Make::CutOff) => Track::of(self, false).fit()?,
            (_, Make::Noise) => b"This was a run once.".to_vec(),
        };
        let level = match self.files {
            Files::Minutes => Compression::default(),
            // Many large files: made quickly.
            Files::Seconds | Files::Broken => Compression::fast(),
        };
        let mut gz = GzEncoder::new(Vec::new(), level);
        gz.write_all(&content)?;
        let mut bytes = gz.finish()?;
        if make == Make::CutOff {
            bytes.truncate(bytes.len() / 2);
        }
        Ok(Some((name, bytes)))
    }

    /// Time, distance in metres, and heart rate, once a minute and at the end.
    fn points(&self) -> impl Iterator<Item = (Timestamp, f64, u16)> + '_ {
        let total = self.moving.0.max(1);
        let seconds = (0..total).step_by(60).chain([total]);
        seconds.map(move |s| {
            let warm = u16::from(s >= 300);
            let heart_rate = self.heart_rate - 15 + 15 * warm;
            let metres = self.distance_cm as f64 / 100.0 * s as f64 / total as f64;
            (self.start + jiff::SignedDuration::from_secs(s), metres, heart_rate)
        })
    }

    fn tcx(&self) -> String {
        let (start, total) = (self.start, self.moving.0);
        // Strava's files begin with ten spaces.
        let mut text = format!(
            "          <?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<TrainingCenterDatabase \
             xmlns=\"http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2\"><Activities>\
             <Activity Sport=\"Running\"><Id>{start}</Id><Lap StartTime=\"{start}\">\
             <TotalTimeSeconds>{total}</TotalTimeSeconds><DistanceMeters>{:.2}</DistanceMeters>\
             <Calories>0</Calories><Intensity>Active</Intensity>\
             <TriggerMethod>Manual</TriggerMethod><Track>",
            self.distance_cm as f64 / 100.0
        );
        for (time, metres, heart_rate) in self.points() {
            text += &format!(
                "<Trackpoint><Time>{time}</Time><DistanceMeters>{metres:.1}</DistanceMeters>\
                 <HeartRateBpm><Value>{heart_rate}</Value></HeartRateBpm></Trackpoint>"
            );
        }
        text + "</Track></Lap></Activity></Activities></TrainingCenterDatabase>\n"
    }

    fn gpx(&self) -> String {
        let mut text =
            "          <?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<gpx version=\"1.1\" \
             creator=\"Hermes sample\" xmlns=\"http://www.topografix.com/GPX/1/1\" \
             xmlns:gpxtpx=\"http://www.garmin.com/xmlschemas/TrackPointExtension/v1\">\
             <trk><type>running</type><trkseg>"
                .to_owned();
        for (time, metres, heart_rate) in self.points() {
            // Out and back along a meridian at sea, where nobody lives.
            let away = metres.min(self.distance_cm as f64 / 100.0 - metres) / 111_195.0;
            text += &format!(
                "<trkpt lat=\"{:.6}\" lon=\"-30.000000\"><time>{time}</time><extensions>\
                 <gpxtpx:TrackPointExtension><gpxtpx:hr>{heart_rate}</gpxtpx:hr>\
                 </gpxtpx:TrackPointExtension></extensions></trkpt>",
                45.0 + away
            );
        }
        text + "</trkseg></trk></gpx>\n"
    }
}

impl Layout {
    fn is_2019(&self) -> bool {
        self.columns < 19
    }

    fn heading(&self) -> String {
        if self.is_2019() {
            return "id,date,name,type,description,elapsed_time,distance,commute,gear,filename\n"
                .to_owned();
        }
        let names = (1..).zip(HEADINGS).map(|(n, (english, german))| match self.language {
            Language::Other if n == 1 => "ID de l'activité".to_owned(),
            Language::Other => format!("Colonne {n}"),
            Language::German if !german.is_empty() => german.to_owned(),
            _ if self.html && (n == 45 || n == 46 || (77..=87).contains(&n)) => format!(
                "<span class=\"translation_missing\" title=\"translation missing: {n}\">\
                 {english}</span>"
            ),
            _ => english.to_owned(),
        });
        self.line(names.collect())
    }

    fn row(&self, run: &SampleRun) -> String {
        let name = match run.kind {
            Kind::Easy => "Easy run",
            Kind::Tempo => "Tempo, \"comfortably hard\"",
            Kind::Long => "Long run",
            Kind::Race => "10 km race",
        };
        let metres = run.distance_cm as f64 / 100.0;
        let filename = run.filename().unwrap_or_default();
        if self.is_2019() {
            let date = run.start.strftime("%Y-%m-%d %H:%M:%S").to_string();
            let (id, elapsed) = (run.id.to_string(), run.elapsed.0.to_string());
            let metres = format!("{metres:.1}");
            let cells = [&id, &date, name, "Run", "", &elapsed, &metres, "false", "", &filename];
            return join(cells.map(str::to_owned).iter());
        }
        let speed = metres / run.moving.0 as f64;
        let mut cells = vec![String::new(); HEADINGS.len()];
        let mut set = |column: Column, text: String| cells[column as usize - 1] = text;
        set(Column::Id, run.id.to_string());
        set(Column::Date, self.date(run.start));
        set(Column::Name, name.to_owned());
        set(Column::Type, self.words("Run", "Lauf", "Course à pied").to_owned());
        set(Column::ElapsedShown, run.elapsed.0.to_string());
        let km = format!("{:.2}", metres / 1000.0);
        let km = if self.language == Language::English { km } else { km.replace('.', ",") };
        set(Column::DistanceShown, km);
        set(Column::MaxHeartRateShown, format!("{}.0", run.max_heart_rate));
        set(Column::CommuteShown, "false".to_owned());
        set(Column::Filename, filename);
        set(Column::Elapsed, format!("{}.0", run.elapsed.0));
        set(Column::Moving, format!("{}.0", run.moving.0));
        set(Column::Distance, metres.to_string());
        set(Column::AverageSpeed, speed.to_string());
        set(Column::MaxSpeed, (speed * 1.25).to_string());
        set(Column::ElevationGain, (run.ascent_cm as f64 / 100.0).to_string());
        set(Column::MaxHeartRate, format!("{}.0", run.max_heart_rate));
        set(Column::AverageHeartRate, format!("{}.0", run.heart_rate));
        set(Column::Commute, "0.0".to_owned());
        set(Column::Flagged, "0.0".to_owned());
        let race = if run.kind == Kind::Race { "1.0" } else { "0.0" };
        set(Column::Competition, race.to_owned());
        self.line(cells)
    }

    /// The first columns and, as always last, the media.
    fn line(&self, mut cells: Vec<String>) -> String {
        let media = cells.pop();
        cells.truncate(self.columns.clamp(19, HEADINGS.len()) - 1);
        join(cells.iter().chain(&media))
    }

    fn words<'a>(&self, english: &'a str, german: &'a str, french: &'a str) -> &'a str {
        match self.language {
            Language::English => english,
            Language::German => german,
            Language::Other => french,
        }
    }

    fn date(&self, start: Timestamp) -> String {
        const FRENCH: [&str; 12] = [
            "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.",
            "nov.", "déc.",
        ];
        let space = if self.narrow_space { "\u{202f}" } else { " " };
        match self.language {
            Language::English => {
                start.strftime("%b %-d, %Y, %-I:%M:%S_%p").to_string().replace('_', space)
            }
            Language::German => start.strftime("%d.%m.%Y, %H:%M:%S").to_string(),
            Language::Other => {
                let month = start.to_zoned(TimeZone::UTC).month();
                let month = FRENCH[usize::from(month.unsigned_abs()) - 1];
                start.strftime("%-d _ %Y, %H:%M:%S").to_string().replace('_', month)
            }
        }
    }
}

/// Cells to a line of CSV, quoted where needed.
fn join<'a>(cells: impl Iterator<Item = &'a String>) -> String {
    let quote = |cell: &String| match cell.contains([',', '"', '\n']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell.clone(),
    };
    cells.map(quote).collect::<Vec<_>>().join(",") + "\n"
}

/// SplitMix64 (Steele, Lea and Flood 2014): small, seeded, the same everywhere.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// 0 to `end` - 1.
    pub(crate) fn below(&mut self, end: u64) -> i64 {
        (self.next() % end.max(1)) as i64
    }

    /// Between -1 and 1.
    pub(crate) fn share(&mut self) -> f64 {
        self.about(0, 1_000_000) as f64 / 1e6
    }

    /// `middle`, up to `spread` more or less.
    fn about(&mut self, middle: i64, spread: u64) -> i64 {
        middle - spread as i64 + self.below(2 * spread + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn monday() -> Day {
        Day::parse("2025-01-06").expect("a date")
    }

    #[test]
    fn a_steady_year_is_steady() {
        let sample = Sample::steady(1, monday(), 52);
        let runs = sample.runs();
        assert_eq!(runs.len(), 52 * 5);
        for (n, week) in runs.chunks(5).enumerate() {
            let km = week.iter().map(|r| r.distance_cm).sum::<i64>() / 100_000;
            assert!((46..=54).contains(&km), "week {n}: {km} km");
            let races = week.iter().filter(|r| r.kind == Kind::Race).count();
            assert_eq!(races, usize::from((n + 1) % 10 == 0));
            let days: Vec<_> = week.iter().map(|r| r.day.weekday()).collect();
            use Weekday::{Saturday, Sunday, Thursday, Tuesday, Wednesday};
            assert_eq!(days, [Tuesday, Wednesday, Thursday, Saturday, Sunday]);
            for run in week {
                let pace = run.moving.0 * 100_000 / run.distance_cm;
                let range = if run.kind == Kind::Race { 285..=291 } else { 310..=353 };
                assert!(range.contains(&pace), "{run:?}: {pace} s/km");
            }
        }
    }

    #[test]
    fn the_seed_decides_all() {
        let zip = |seed| Sample::steady(seed, monday(), 3).zip().expect("a zip");
        assert_eq!(zip(5), zip(5));
        assert_ne!(zip(5), zip(6));
    }

    #[test]
    fn files_hold_the_run() {
        use std::io::Read;
        let runs = Sample::steady(1, monday(), 4).runs();
        for run in &runs {
            let Some((name, bytes)) = run.file().expect("a file") else { continue };
            let mut text = String::new();
            flate2::read::GzDecoder::new(&bytes[..]).read_to_string(&mut text).expect("gz");
            assert!(text.starts_with("          <?xml"), "{name}");
            let end = run.start + jiff::SignedDuration::from_secs(run.moving.0);
            let last = format!("<time>{end}</time>");
            assert!(text.to_lowercase().contains(&last.to_lowercase()), "{name}");
            assert_eq!(text.matches('<').count(), text.matches('>').count());
        }
        for kind in [".tcx.gz", ".gpx.gz"] {
            assert!(runs.iter().filter_map(SampleRun::filename).any(|n| n.ends_with(kind)));
        }
    }

    #[test]
    fn no_run_is_before_the_first_day() {
        let friday = monday() + 4;
        let runs = Sample::steady(1, friday, 2).runs();
        assert_eq!(runs.len(), 2 + 5);
        assert!(runs.iter().all(|r| r.day >= friday));
        assert!(runs.is_sorted_by_key(|r| r.start));
    }
}
