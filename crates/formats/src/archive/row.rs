use super::columns::{Column, Heading};
use super::container::safe_file_name;
use super::table::{Fault, Splitter};
use super::values;
use hermes_engine::record::Sport;
use hermes_engine::units::Seconds;
use jiff::Timestamp;
use std::borrow::Cow;
use std::fmt;

/// Longest name and type kept, in characters: what the schema's columns hold.
const NAME_CHARS: usize = 255;
const TYPE_CHARS: usize = 50;

/// A row as it came: text, everything optional. An empty cell is `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RawRow {
    /// Row in the file as a spreadsheet numbers it: the heading is row 1.
    pub(crate) row: u64,
    /// Line of the file it begins on, from 1.
    pub(crate) line: u64,
    cells: [Option<String>; Column::ALL.len()],
    /// Columns whose text was not UTF-8 (shown with replacement characters).
    damaged: Vec<Column>,
}

impl RawRow {
    pub(crate) fn read(row: u64, line: u64, heading: &Heading, cells: &Splitter) -> Self {
        let mut damaged = Vec::new();
        let texts = Column::ALL.map(|column| {
            let text = String::from_utf8_lossy(cells.cell(heading.place(column)?));
            if matches!(text, Cow::Owned(_)) {
                damaged.push(column);
            }
            let text = text.trim();
            (!text.is_empty()).then(|| text.to_owned())
        });
        Self { row, line, cells: texts, damaged }
    }

    /// The text of a column.
    pub(crate) fn get(&self, column: Column) -> Option<&str> {
        let n = Column::ALL.iter().position(|c| *c == column)?;
        self.cells[n].as_deref()
    }

    /// Strava's id of the activity, when it is one.
    pub(crate) fn activity_id(&self) -> Option<i64> {
        self.get(Column::Id)?.parse().ok().filter(|id| *id > 0)
    }
}

/// One activity of the export, checked and typed. What could not be read is `None`, with a
/// [`Finding`] that says so; plausibility is for others to judge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivityRow {
    /// Row in the file as a spreadsheet numbers it.
    pub row: u64,
    /// Strava's id, positive.
    pub id: i64,
    /// The instant it began. The export says no time zone: local time is the caller's to derive.
    pub start: Timestamp,
    /// Its name, at most 255 characters; may be empty.
    pub name: String,
    /// The type in the account's language, as it came.
    pub type_text: String,
    /// Strava's English sport type, or the text as it came (at most 50 characters) when the words
    /// are not known.
    pub sport_type: String,
    /// What it counts as; [`Sport::Other`] when the type is not known.
    pub sport: Sport,
    /// Distance in centimetres, below 1000 km.
    pub distance_cm: Option<i64>,
    /// Moving time.
    pub moving: Option<Seconds>,
    /// Elapsed time.
    pub elapsed: Option<Seconds>,
    /// Total ascent in centimetres, below 10 km.
    pub ascent_cm: Option<i64>,
    /// Average speed in millimetres per second.
    pub average_speed_mm_s: Option<i64>,
    /// Highest speed in millimetres per second.
    pub max_speed_mm_s: Option<i64>,
    /// Average heart rate in beats per minute, rounded, 20 to 250.
    pub average_heart_rate: Option<u16>,
    /// Highest heart rate in beats per minute, 20 to 250.
    pub max_heart_rate: Option<u16>,
    /// Weighted average power in watts, below 10 000.
    pub weighted_watts: Option<u16>,
    /// Average temperature in degrees Celsius.
    pub temperature_c: Option<i16>,
    /// Perceived exertion, 1 to 10.
    pub perceived_exertion: Option<u8>,
    /// Shoes or bike, by nickname or number.
    pub gear: Option<String>,
    /// A way to work.
    pub commute: bool,
    /// Flagged by others as wrong.
    pub flagged: bool,
    /// Tagged as a race.
    pub race: bool,
    /// Entered by hand: the export has a column for the file's name and it is empty.
    pub manual: bool,
    /// The activity's own file, `activities/...`, to be had with
    /// [`Archive::file`](super::Archive::file).
    pub filename: Option<String>,
    /// Strava's upload id: the number in the file's name (not the activity's id).
    pub upload_id: Option<i64>,
    /// What was not as expected.
    pub findings: Vec<Finding>,
}

/// Something odd about a row that does not keep it from being used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// There is no value, neither in the SI column nor in the shown one.
    Missing(Column),
    /// The SI column is empty; the value is from the column Strava shows.
    FromShown(Column),
    /// As [`Finding::FromShown`] for a distance, whose unit the export does not say.
    ShownDistance {
        /// The unit taken: miles, else kilometres.
        miles: bool,
        /// Other rows confirm the unit.
        confirmed: bool,
    },
    /// The text is no value of this column and is left out.
    Unreadable(Column, String),
    /// The value is outside of what can be and is left out.
    OutOfRange(Column, String),
    /// The words for the sport are not known; it does not count as a run until told.
    UnknownSport(String),
    /// The text is not UTF-8; signs were replaced.
    NotUtf8(Column),
    /// The text was longer than can be kept.
    Shortened(Column),
    /// The name of the activity's file could lead out of the export and is not used.
    UnsafeFilename(String),
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(c) => write!(f, "{} is missing", c.name()),
            Self::FromShown(c) => {
                write!(f, "{} in SI units is missing, taken from the first column", c.name())
            }
            Self::ShownDistance { miles, confirmed } => {
                let unit = if *miles { "miles" } else { "kilometres" };
                let how = if *confirmed { "as in other rows" } else { "assumed" };
                write!(f, "Distance in metres is missing, taken from the first column ({unit}, ")?;
                write!(f, "{how})")
            }
            Self::Unreadable(c, v) => write!(f, "{} \"{v}\" cannot be read, left out", c.name()),
            Self::OutOfRange(c, v) => write!(f, "{} \"{v}\" cannot be, left out", c.name()),
            Self::UnknownSport(v) => write!(
                f,
                "Activity Type \"{v}\" is not known in any language we read; it does not count \
                 as a run until its type is corrected"
            ),
            Self::NotUtf8(c) => write!(f, "{} is not UTF-8, odd signs replaced", c.name()),
            Self::Shortened(c) => write!(f, "{} is too long, shortened", c.name()),
            Self::UnsafeFilename(v) => {
                write!(f, "Filename \"{v}\" is not a file in activities/, not used")
            }
        }
    }
}

/// Why a row is no activity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowProblem {
    /// Row in the file as a spreadsheet numbers it: the heading is row 1.
    pub row: u64,
    /// Line of the file it begins on, from 1.
    pub line: u64,
    /// The activity's id, when that much could be read.
    pub activity_id: Option<i64>,
    /// What is wrong.
    pub kind: ProblemKind,
}

/// What is wrong with a row. Texts are shortened to 40 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProblemKind {
    /// Strava wrote `#error` in place of a row.
    ErrorLine(String),
    /// The row has another number of columns than the heading.
    Columns {
        /// Columns of the row.
        found: usize,
        /// Columns of the heading.
        expected: usize,
    },
    /// A quote is opened and never closed.
    OpenQuote,
    /// Longer than the limit in bytes.
    TooLong(usize),
    /// The id is no positive whole number.
    Id(String),
    /// The date cannot be read.
    Date(String),
    /// The same activity came before.
    Duplicate {
        /// In this row.
        first_row: u64,
    },
}

impl RowProblem {
    /// The heading of the column that is wrong, when it is one column.
    #[must_use]
    pub const fn column(&self) -> Option<&'static str> {
        match self.kind {
            ProblemKind::Id(_) | ProblemKind::Duplicate { .. } => Some(Column::Id.name()),
            ProblemKind::Date(_) => Some(Column::Date.name()),
            _ => None,
        }
    }

    /// Is it only that the same activity came before?
    #[must_use]
    pub const fn is_duplicate(&self) -> bool {
        matches!(self.kind, ProblemKind::Duplicate { .. })
    }
}

impl fmt::Display for RowProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "row {} (line {}", self.row, self.line)?;
        if let Some(id) = self.activity_id {
            write!(f, ", activity {id}")?;
        }
        f.write_str("): ")?;
        match &self.kind {
            ProblemKind::ErrorLine(text) => {
                write!(f, "Strava could not export this activity (\"{text}\")")
            }
            ProblemKind::Columns { found, expected } => {
                write!(f, "it has {found} columns, the heading has {expected}")
            }
            ProblemKind::OpenQuote => f.write_str("a quote is opened and never closed"),
            ProblemKind::TooLong(limit) => write!(f, "it is longer than {limit} bytes"),
            ProblemKind::Id(text) => {
                write!(f, "Activity ID \"{text}\" is not a positive whole number")
            }
            ProblemKind::Date(text) => write!(
                f,
                "Activity Date \"{text}\" cannot be read; right would be, for example, \
                 \"May 29, 2022, 3:53:35 PM\" or \"29.05.2022, 15:53:35\""
            ),
            ProblemKind::Duplicate { first_row } => {
                write!(f, "the same activity is in row {first_row}, which was taken")
            }
        }
    }
}

impl std::error::Error for RowProblem {}

impl ProblemKind {
    pub(crate) const fn of_fault(fault: Fault, limit: usize) -> Self {
        match fault {
            Fault::OpenQuote => Self::OpenQuote,
            Fault::TooLong => Self::TooLong(limit),
        }
    }
}

/// At most 40 characters of a text, without control characters.
pub(crate) fn shorten(text: &str) -> String {
    let sign = |c: char| if c.is_control() { ' ' } else { c };
    let mut short: String = text.chars().take(40).map(sign).collect();
    if text.chars().nth(40).is_some() {
        short.push('…');
    }
    short
}

/// The unit of the shown distance, learnt from rows that have both: an account with imperial
/// units has miles there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum ShownUnit {
    #[default]
    Unknown,
    Km,
    Miles,
}

impl ShownUnit {
    /// Centimetres in a hundredth of a mile, times ten.
    const MILE_TENTHS: i64 = 16_093;

    /// What a distance of both columns says, if it is long enough (1 km) to say anything.
    fn learn(&mut self, centimetres: i64, hundredths: i64) {
        if centimetres < 100_000 {
            return;
        }
        let near = |expected: i64| (centimetres - expected).abs() * 50 < centimetres;
        if near(hundredths.saturating_mul(1000)) {
            *self = Self::Km;
        } else if near(hundredths.saturating_mul(Self::MILE_TENTHS) / 10) {
            *self = Self::Miles;
        }
    }
}

/// Checks a row. `unit` is what earlier rows say about the shown distance.
pub(crate) fn parse(
    raw: &RawRow,
    heading: &Heading,
    unit: &mut ShownUnit,
) -> Result<ActivityRow, ProblemKind> {
    let shown = |column| shorten(raw.get(column).unwrap_or_default());
    let id = raw.activity_id().ok_or_else(|| ProblemKind::Id(shown(Column::Id)))?;
    let start = raw.get(Column::Date).and_then(values::date);
    let start = start.ok_or_else(|| ProblemKind::Date(shown(Column::Date)))?;
    let mut cells = Cells { raw, findings: Vec::new() };
    cells.findings.extend(raw.damaged.iter().map(|c| Finding::NotUtf8(*c)));

    let type_text = raw.get(Column::Type).unwrap_or_default().to_owned();
    let known = values::sport_type(&type_text);
    if known.is_none() {
        cells.findings.push(Finding::UnknownSport(shorten(&type_text)));
    }
    let filename = cells.filename();
    let stem = |name: &str| name.strip_prefix("activities/")?.split('.').next()?.parse().ok();
    Ok(ActivityRow {
        row: raw.row,
        id,
        start,
        name: cells.text(Column::Name, NAME_CHARS),
        sport_type: known.map_or_else(|| cells.text(Column::Type, TYPE_CHARS), str::to_owned),
        sport: known.map_or(Sport::Other, values::sport),
        type_text,
        distance_cm: cells.distance(unit),
        moving: cells.seconds(Column::Moving),
        elapsed: cells.elapsed(),
        ascent_cm: cells.si(Column::ElevationGain, 100.0, 0..=999_999),
        average_speed_mm_s: cells.si(Column::AverageSpeed, 1000.0, 0..=999_999),
        max_speed_mm_s: cells.si(Column::MaxSpeed, 1000.0, 0..=999_999),
        average_heart_rate: cells.heart_rate(Column::AverageHeartRate),
        max_heart_rate: cells.max_heart_rate(),
        weighted_watts: cells.small(Column::WeightedPower, 0..=9_999),
        temperature_c: cells.small(Column::AverageTemperature, -60..=80),
        perceived_exertion: cells.small(Column::PerceivedExertion, 1..=10),
        gear: raw.get(Column::Gear).map(str::to_owned),
        commute: cells.flag(Column::Commute) || cells.flag(Column::CommuteShown),
        flagged: cells.flag(Column::Flagged),
        race: cells.flag(Column::Competition),
        manual: heading.has(Column::Filename) && raw.get(Column::Filename).is_none(),
        upload_id: filename.as_deref().and_then(stem).filter(|id: &i64| *id > 0),
        filename,
        findings: cells.findings,
    })
}

/// Reads cells and notes what is odd about them.
struct Cells<'a> {
    raw: &'a RawRow,
    findings: Vec<Finding>,
}

impl Cells<'_> {
    fn text(&mut self, column: Column, most: usize) -> String {
        let text = self.raw.get(column).unwrap_or_default();
        match text.char_indices().nth(most) {
            None => text.to_owned(),
            Some((end, _)) => {
                self.findings.push(Finding::Shortened(column));
                text[..end].to_owned()
            }
        }
    }

    fn value(
        &mut self,
        column: Column,
        read: impl Fn(&str) -> Option<i64>,
        range: std::ops::RangeInclusive<i64>,
    ) -> Option<i64> {
        let text = self.raw.get(column)?;
        match read(text) {
            Some(value) if range.contains(&value) => return Some(value),
            Some(_) => self.findings.push(Finding::OutOfRange(column, shorten(text))),
            None => self.findings.push(Finding::Unreadable(column, shorten(text))),
        }
        None
    }

    fn si(
        &mut self,
        column: Column,
        scale: f64,
        range: std::ops::RangeInclusive<i64>,
    ) -> Option<i64> {
        self.value(column, |text| values::si(text, scale), range)
    }

    /// A small whole number; 0 outside of the range means "none", as Strava writes it.
    fn small<T: TryFrom<i64>>(
        &mut self,
        column: Column,
        range: std::ops::RangeInclusive<i64>,
    ) -> Option<T> {
        let read = |text: &str| values::si(text, 1.0);
        if !range.contains(&0) && self.raw.get(column).and_then(read) == Some(0) {
            return None;
        }
        self.value(column, read, range)?.try_into().ok()
    }

    fn heart_rate(&mut self, column: Column) -> Option<u16> {
        self.small(column, 20..=250)
    }

    fn max_heart_rate(&mut self) -> Option<u16> {
        let si = self.heart_rate(Column::MaxHeartRate);
        si.or_else(|| self.heart_rate(Column::MaxHeartRateShown))
    }

    fn flag(&mut self, column: Column) -> bool {
        self.value(column, |text| values::flag(text).map(i64::from), 0..=1) == Some(1)
    }

    /// A duration of at most a year.
    fn seconds(&mut self, column: Column) -> Option<Seconds> {
        self.si(column, 1.0, 0..=31_622_400).map(Seconds)
    }

    fn elapsed(&mut self) -> Option<Seconds> {
        if let Some(seconds) = self.seconds(Column::Elapsed) {
            return Some(seconds);
        }
        let shown = self.seconds(Column::ElapsedShown);
        let finding = if shown.is_some() { Finding::FromShown } else { Finding::Missing };
        self.findings.push(finding(Column::Elapsed));
        shown
    }

    fn distance(&mut self, unit: &mut ShownUnit) -> Option<i64> {
        const RANGE: std::ops::RangeInclusive<i64> = 0..=99_999_999;
        let metres = self.si(Column::Distance, 100.0, RANGE);
        let text = self.raw.get(Column::DistanceShown);
        let shown = text.and_then(values::shown_hundredths);
        if let Some(centimetres) = metres {
            if let Some(hundredths) = shown {
                unit.learn(centimetres, hundredths);
            }
            return metres;
        }
        // Strava shows some sports (swimming) in metres: without the SI column only running,
        // riding and walking can be trusted, and those are what distances matter for here.
        let swum = self.raw.get(Column::Type).and_then(values::sport_type) == Some("Swim");
        let Some(hundredths) = shown.filter(|_| !swum) else {
            self.findings.push(Finding::Missing(Column::Distance));
            return None;
        };
        let miles = *unit == ShownUnit::Miles;
        let confirmed = *unit != ShownUnit::Unknown;
        self.findings.push(Finding::ShownDistance { miles, confirmed });
        let tenths = if miles { ShownUnit::MILE_TENTHS } else { 10_000 };
        Some(hundredths.saturating_mul(tenths) / 10).filter(|cm| RANGE.contains(cm))
    }

    fn filename(&mut self) -> Option<String> {
        let name = self.raw.get(Column::Filename)?;
        if safe_file_name(name) {
            return Some(name.to_owned());
        }
        self.findings.push(Finding::UnsafeFilename(shorten(name)));
        None
    }
}
