//! Rows of CSV from a stream, a bounded number of bytes at a time, finding the next row again
//! after a broken one.

use std::collections::VecDeque;
use std::io::{self, BufRead, Read};

/// How often a stretch with an open quote is taken apart again. Beyond that it is reported as
/// one broken row, so that a hostile file costs linear time.
const MOST_REPAIRS: u32 = 200;

/// Lines of the file that belong together, without the last line break.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Record {
    /// Number of its first line in the file, from 1.
    pub(crate) line: u64,
    pub(crate) bytes: Vec<u8>,
    /// Where its second and later lines begin.
    breaks: Vec<usize>,
    pub(crate) fault: Option<Fault>,
}

/// What keeps a record from being taken apart into cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// A quote is opened and never closed.
    OpenQuote,
    /// Longer than the limit.
    TooLong,
}

/// Reads records.
pub(crate) struct Records<R> {
    input: R,
    /// Lines to read again.
    waiting: VecDeque<Line>,
    row_bytes: usize,
    lines_taken: u64,
    bytes_read: u64,
    repairs: u32,
}

struct Line {
    bytes: Vec<u8>,
    /// It was longer than the limit and the rest is lost.
    cut: bool,
}

/// Where in a row the next byte falls.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    CellStart,
    Plain,
    Quoted,
    /// After a quote inside a quoted cell: its end, or half of `""`.
    AfterQuote,
}

impl Place {
    fn after(self, byte: u8) -> Self {
        match (self, byte) {
            (Self::Quoted, b'"') => Self::AfterQuote,
            (Self::Quoted, _) | (Self::CellStart | Self::AfterQuote, b'"') => Self::Quoted,
            (_, b',') => Self::CellStart,
            _ => Self::Plain,
        }
    }
}

impl<R: BufRead> Records<R> {
    pub(crate) fn new(input: R, row_bytes: usize) -> Self {
        let waiting = VecDeque::new();
        Self { input, waiting, row_bytes, lines_taken: 0, bytes_read: 0, repairs: 0 }
    }

    /// Bytes taken from the stream so far.
    pub(crate) fn bytes_read(&self) -> u64 {
        self.bytes_read
    }

    /// The next record; blank lines are records too. `None` at the end.
    pub(crate) fn next(&mut self) -> io::Result<Option<Record>> {
        let mut record = Record { line: self.lines_taken + 1, ..Record::default() };
        let mut place = Place::CellStart;
        let mut any = false;
        while let Some(line) = self.line()? {
            if any {
                record.breaks.push(record.bytes.len());
            }
            any = true;
            place = line.bytes.iter().fold(place, |place, byte| place.after(*byte));
            record.bytes.extend_from_slice(&line.bytes);
            if line.cut || record.bytes.len() > self.row_bytes {
                return Ok(Some(self.broken(record, Fault::TooLong, line.cut)));
            }
            if place != Place::Quoted {
                trim_line_end(&mut record.bytes);
                return Ok(Some(record));
            }
        }
        Ok(any.then(|| self.broken(record, Fault::OpenQuote, false)))
    }

    /// Keeps the first line of a record that cannot be ended, and reads the others again.
    fn broken(&mut self, mut record: Record, fault: Fault, last_cut: bool) -> Record {
        record.fault = Some(fault);
        if let Some(second) = record.breaks.first().copied()
            && self.read_again(&mut record, second, last_cut)
        {
            record.fault = Some(Fault::OpenQuote);
        }
        record
    }

    /// Cuts `record` before the line that looks like the beginning of another row (`digits,`),
    /// which a quote left open has swallowed. False when there is none.
    pub(crate) fn repair(&mut self, record: &mut Record) -> bool {
        let start = record.breaks.iter().copied().find(|at| {
            let digits = record.bytes[*at..].iter().take_while(|b| b.is_ascii_digit()).count();
            (1..=19).contains(&digits) && record.bytes.get(at + digits) == Some(&b',')
        });
        start.is_some_and(|at| self.read_again(record, at, false))
    }

    fn read_again(&mut self, record: &mut Record, at: usize, last_cut: bool) -> bool {
        if self.repairs >= MOST_REPAIRS {
            return false;
        }
        self.repairs += 1;
        let mut end = record.bytes.len();
        let mut cut = last_cut;
        for start in record.breaks.iter().rev().copied().take_while(|start| *start >= at) {
            let mut bytes = record.bytes[start..end].to_vec();
            if !bytes.ends_with(b"\n") {
                bytes.push(b'\n');
            }
            self.waiting.push_front(Line { bytes, cut });
            self.lines_taken -= 1;
            (end, cut) = (start, false);
        }
        record.breaks.retain(|start| *start < at);
        record.bytes.truncate(at);
        trim_line_end(&mut record.bytes);
        true
    }

    fn line(&mut self) -> io::Result<Option<Line>> {
        if let Some(line) = self.waiting.pop_front() {
            self.lines_taken += 1;
            return Ok(Some(line));
        }
        let limit = self.row_bytes as u64 + 1;
        let mut bytes = Vec::new();
        let n = self.input.by_ref().take(limit).read_until(b'\n', &mut bytes)?;
        if n == 0 {
            return Ok(None);
        }
        self.bytes_read += n as u64;
        self.lines_taken += 1;
        let cut = n as u64 == limit && !bytes.ends_with(b"\n");
        if cut {
            self.bytes_read += skip_line(&mut self.input)?;
        }
        Ok(Some(Line { bytes, cut }))
    }
}

/// Passes over the rest of a line without keeping it.
fn skip_line(input: &mut impl BufRead) -> io::Result<u64> {
    let mut skipped = 0;
    loop {
        let buffer = match input.fill_buf() {
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            buffer => buffer?,
        };
        let end = buffer.iter().position(|b| *b == b'\n');
        let n = end.map_or(buffer.len(), |at| at + 1);
        input.consume(n);
        skipped += n as u64;
        if end.is_some() || n == 0 {
            return Ok(skipped);
        }
    }
}

fn trim_line_end(bytes: &mut Vec<u8>) {
    if bytes.ends_with(b"\n") {
        bytes.pop();
    }
    if bytes.ends_with(b"\r") {
        bytes.pop();
    }
}

/// Takes records apart into cells.
pub(crate) struct Splitter {
    core: csv_core::Reader,
    text: Vec<u8>,
    ends: Vec<usize>,
    cells: usize,
}

impl Splitter {
    pub(crate) fn new() -> Self {
        let core =
            csv_core::ReaderBuilder::new().terminator(csv_core::Terminator::Any(b'\n')).build();
        Self { core, text: Vec::new(), ends: vec![0; 128], cells: 0 }
    }

    /// Takes one record apart; its cells are then had with [`Splitter::cell`].
    pub(crate) fn split(&mut self, record: &[u8]) {
        self.core.reset();
        self.text.resize(record.len() + 1, 0);
        let (mut input, mut filled) = (record, 0);
        self.cells = 0;
        loop {
            use csv_core::ReadRecordResult as Step;
            let (step, read, written, ended) = self.core.read_record(
                input,
                &mut self.text[filled..],
                &mut self.ends[self.cells..],
            );
            input = &input[read..];
            filled += written;
            self.cells += ended;
            match step {
                // An empty input is the end of the record; the next call says so.
                Step::InputEmpty => {}
                Step::OutputFull => self.text.resize(self.text.len() * 2, 0),
                Step::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                Step::Record | Step::End => return,
            }
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.cells
    }

    pub(crate) fn cell(&self, n: usize) -> &[u8] {
        if n >= self.cells {
            return &[];
        }
        let start = if n == 0 { 0 } else { self.ends[n - 1] };
        self.text.get(start..self.ends[n]).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str, row_bytes: usize) -> Vec<(u64, String, Option<Fault>)> {
        let mut records = Records::new(text.as_bytes(), row_bytes);
        let mut rows = Vec::new();
        while let Some(r) = records.next().expect("memory can be read") {
            rows.push((r.line, String::from_utf8(r.bytes).expect("text"), r.fault));
        }
        assert_eq!(records.bytes_read(), text.len() as u64);
        rows
    }

    #[test]
    fn line_breaks_inside_quotes_belong_to_the_row() {
        let text = "a,b\r\n1,\"x\r\ny \"\"z\"\"\"\n\n2,c";
        let expected = [
            (1, "a,b".to_owned(), None),
            (2, "1,\"x\r\ny \"\"z\"\"\"".to_owned(), None),
            (4, String::new(), None),
            (5, "2,c".to_owned(), None),
        ];
        assert_eq!(rows(text, 100), expected);
    }

    #[test]
    fn an_open_quote_costs_one_row() {
        let expected = [
            (1, "1,\"open".to_owned(), Some(Fault::OpenQuote)),
            (2, "2,b".to_owned(), None),
            (3, "3,c".to_owned(), None),
        ];
        assert_eq!(rows("1,\"open\n2,b\n3,c\n", 100), expected);
    }

    #[test]
    fn a_long_line_costs_one_row() {
        let text = format!("1,a\n2,{}\n3,c\n", "x".repeat(1000));
        let rows = rows(&text, 20);
        assert_eq!(rows.iter().map(|r| r.0).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(rows[1].2, Some(Fault::TooLong));
        assert_eq!(rows[2].1, "3,c");
    }

    #[test]
    fn many_open_quotes_end() {
        let block = format!("1,\"a\n{}", "2\n".repeat(20));
        let text = block.repeat(2 * MOST_REPAIRS as usize);
        let rows = rows(&text, 30);
        // At first each open quote costs its own line; later, what it swallowed.
        assert!(rows[..21 * MOST_REPAIRS as usize].iter().all(|r| r.2 != Some(Fault::TooLong)));
        assert!(rows.iter().any(|r| r.2 == Some(Fault::TooLong)));
    }

    #[test]
    fn cells_are_unquoted() {
        let mut splitter = Splitter::new();
        for (record, cells) in [
            ("1,\"a, \"\"b\"\"\nc\",,d", vec!["1", "a, \"b\"\nc", "", "d"]),
            ("x", vec!["x"]),
            ("a,", vec!["a", ""]),
        ] {
            splitter.split(record.as_bytes());
            let found: Vec<_> =
                (0..splitter.len()).map(|n| String::from_utf8_lossy(splitter.cell(n))).collect();
            assert_eq!(found, cells);
        }
        splitter.split(",".repeat(999).as_bytes());
        assert_eq!(splitter.len(), 1000);
    }
}
