use super::columns::{Heading, Language};
use super::container::{ACTIVITIES, Stream};
use super::error::{ArchiveError, FEWEST_COLUMNS, FileError};
use super::limits::Limits;
use super::row::{self, ActivityRow, ProblemKind, RawRow, RowProblem, ShownUnit, shorten};
use super::table::{Record, Records, Splitter};
use std::collections::HashMap;
use std::io;

/// One row of `activities.csv`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "nearly all are activities, and one is held at once")]
pub enum Entry {
    /// An activity.
    Activity(ActivityRow),
    /// A row that is none, and why.
    Problem(RowProblem),
}

/// The rows of `activities.csv`, one at a time, in the order of the file. After an error it is at
/// its end.
pub struct Rows {
    records: Records<Stream>,
    splitter: Splitter,
    heading: Heading,
    limits: Limits,
    row: u64,
    /// Rows by activity id.
    seen: HashMap<i64, u64>,
    unit: ShownUnit,
    problems: u64,
    done: bool,
}

impl Rows {
    pub(crate) fn open(input: Stream, limits: &Limits) -> Result<Self, ArchiveError> {
        let mut records = Records::new(input, limits.row_bytes);
        let mut splitter = Splitter::new();
        let mut row = 0;
        let first = loop {
            row += 1;
            match records.next().map_err(unreadable)? {
                None => return Err(ArchiveError::TooFewColumns { found: 0 }),
                Some(record) if skipped_before_heading(&record.bytes) && row < 100 => {}
                Some(record) => break record,
            }
        };
        let heading = read_heading(&first, &mut splitter)?;
        Ok(Self {
            records,
            splitter,
            heading,
            limits: *limits,
            row,
            seen: HashMap::new(),
            unit: ShownUnit::Unknown,
            problems: 0,
            done: false,
        })
    }

    /// The heading: language and columns.
    #[must_use]
    pub const fn heading(&self) -> &Heading {
        &self.heading
    }

    /// Bytes of the CSV read so far, for a progress bar against
    /// [`Archive::csv_bytes`](super::Archive::csv_bytes).
    #[must_use]
    pub fn bytes_read(&self) -> u64 {
        self.records.bytes_read()
    }

    fn step(&mut self) -> Result<Option<Entry>, ArchiveError> {
        loop {
            let Some(record) = self.records.next().map_err(unreadable)? else {
                // In an unknown language nothing but readable rows shows that it was an export.
                let strange = self.heading.language == Language::Other && self.seen.is_empty();
                if strange && self.problems > 0 {
                    return Err(ArchiveError::Heading {
                        detail: "its language is not known and no row below it is an activity",
                    });
                }
                return Ok(None);
            };
            self.row += 1;
            if self.row > self.limits.rows + 1 {
                return Err(ArchiveError::TooManyRows { limit: self.limits.rows });
            }
            if !is_blank(&record.bytes) {
                return Ok(Some(self.entry(record)));
            }
        }
    }

    fn entry(&mut self, mut record: Record) -> Entry {
        match self.activity(&mut record) {
            Ok(activity) => {
                self.seen.insert(activity.id, activity.row);
                Entry::Activity(activity)
            }
            Err(kind) => {
                self.problems += 1;
                let digits = record.bytes.iter().take_while(|b| b.is_ascii_digit()).count();
                let id = str::from_utf8(&record.bytes[..digits]).ok();
                let activity_id = id.and_then(|id| id.parse().ok()).filter(|id| *id > 0);
                Entry::Problem(RowProblem { row: self.row, line: record.line, activity_id, kind })
            }
        }
    }

    fn activity(&mut self, record: &mut Record) -> Result<ActivityRow, ProblemKind> {
        if record.bytes.starts_with(b"#") || record.bytes.starts_with(b"\"#") {
            let text = String::from_utf8_lossy(&record.bytes);
            return Err(ProblemKind::ErrorLine(shorten(text.trim_matches('"'))));
        }
        if let Some(fault) = record.fault {
            return Err(ProblemKind::of_fault(fault, self.limits.row_bytes));
        }
        self.splitter.split(&record.bytes);
        let (found, expected) = (self.splitter.len(), self.heading.columns);
        let extra_empty = (expected..found).all(|n| self.splitter.cell(n).is_empty());
        if found < expected || !extra_empty {
            return Err(if self.records.repair(record) {
                ProblemKind::OpenQuote
            } else {
                ProblemKind::Columns { found, expected }
            });
        }
        let raw = RawRow::read(self.row, record.line, &self.heading, &self.splitter);
        let activity = row::parse(&raw, &self.heading, &mut self.unit)?;
        match self.seen.get(&activity.id) {
            Some(row) => Err(ProblemKind::Duplicate { first_row: *row }),
            None => Ok(activity),
        }
    }
}

impl Iterator for Rows {
    type Item = Result<Entry, ArchiveError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let step = self.step().transpose();
        self.done = !matches!(step, Some(Ok(_)));
        step
    }
}

fn unreadable(source: io::Error) -> ArchiveError {
    FileError::Unreadable { name: ACTIVITIES.into(), source }.into()
}

fn is_blank(bytes: &[u8]) -> bool {
    bytes.trim_ascii().is_empty()
}

fn skipped_before_heading(bytes: &[u8]) -> bool {
    is_blank(bytes) || bytes.starts_with(b"#")
}

fn read_heading(first: &Record, splitter: &mut Splitter) -> Result<Heading, ArchiveError> {
    let trouble = |detail| Err(ArchiveError::Heading { detail });
    if first.bytes.starts_with(&[0xff, 0xfe]) || first.bytes.starts_with(&[0xfe, 0xff]) {
        return trouble("the file is in UTF-16; save it as UTF-8");
    }
    if first.fault.is_some() {
        return trouble("its first line has no end, or a quote in it is never closed");
    }
    splitter.split(&first.bytes);
    let cells: Vec<String> = (0..splitter.len())
        .map(|n| String::from_utf8_lossy(splitter.cell(n)).into_owned())
        .collect();
    if cells.len() < FEWEST_COLUMNS {
        return Err(ArchiveError::TooFewColumns { found: cells.len() });
    }
    if cells[0].trim().parse::<i64>().is_ok() {
        return trouble("the first line is an activity already; its names of columns are missing");
    }
    Ok(Heading::read(&cells))
}
