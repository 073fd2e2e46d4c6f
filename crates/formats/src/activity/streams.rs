//! The points of a recording, column by column, and the bytes that they are stored as.

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use std::io::{Read, Write};
use thiserror::Error;

/// Values of one kind, one for each point. Empty when the file has none at all; else as long as
/// [`Streams::time_ms`].
pub type Column = Vec<Option<i32>>;

/// The points of a recording as they were recorded. Every column is empty or as long as the time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Streams {
    /// Milliseconds since the recording's start, never falling; two points may share one.
    pub time_ms: Vec<u32>,
    /// Whether the runner moved between the point before and this one; empty: throughout.
    pub moving: Vec<bool>,
    /// Centimetres since the start, never falling.
    pub distance_cm: Column,
    /// Decimetres above the sea, as recorded: not smoothed.
    pub altitude_dm: Column,
    /// Beats per minute, 20 to 250.
    pub heart_rate: Column,
    /// On foot: steps a minute of both legs. Else turns a minute.
    pub cadence: Column,
    /// Millimetres per second, as the device says.
    pub speed_mm_s: Column,
    /// Degrees north of the equator, times 10^7.
    pub latitude_e7: Column,
    /// Degrees east of Greenwich, times 10^7.
    pub longitude_e7: Column,
    /// Watts.
    pub watts: Column,
    /// Degrees Celsius.
    pub temperature_c: Column,
}

/// Why stored bytes are no streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the messages say it")]
pub enum StreamsError {
    #[error("streams of version {0} are stored; this Hermes reads version {VERSION}")]
    Version(u8),
    #[error("the stored streams are damaged ({0}); read the activity's file again")]
    Damaged(&'static str),
}

/// First byte of stored streams.
const VERSION: u8 = 1;
/// Most points of stored streams, so that a damaged count cannot ask for much memory.
const MAX_POINTS: usize = 1_000_000;
/// Most bytes of one value: a 32-bit number in sevens.
const MAX_VALUE_BYTES: usize = 5;
/// Columns without the time and the moving bits.
const COLUMNS: usize = 9;
/// Bits that say which columns there are: the columns', and above them the moving bits'.
const MOVING_BIT: u32 = 1 << COLUMNS;

impl Streams {
    /// Number of points.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.time_ms.len()
    }

    /// No points.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.time_ms.is_empty()
    }

    /// Whether the runner moved between the point before and point `i`.
    #[must_use]
    pub fn moving_at(&self, i: usize) -> bool {
        self.moving.get(i).copied().unwrap_or(true)
    }

    /// Whether any point has a position.
    #[must_use]
    pub fn has_positions(&self) -> bool {
        self.latitude_e7.iter().any(Option::is_some)
    }

    const fn columns(&self) -> [&Column; COLUMNS] {
        [
            &self.distance_cm,
            &self.altitude_dm,
            &self.heart_rate,
            &self.cadence,
            &self.speed_mm_s,
            &self.latitude_e7,
            &self.longitude_e7,
            &self.watts,
            &self.temperature_c,
        ]
    }

    const fn columns_mut(&mut self) -> [&mut Column; COLUMNS] {
        [
            &mut self.distance_cm,
            &mut self.altitude_dm,
            &mut self.heart_rate,
            &mut self.cadence,
            &mut self.speed_mm_s,
            &mut self.latitude_e7,
            &mut self.longitude_e7,
            &mut self.watts,
            &mut self.temperature_c,
        ]
    }

    /// The same points in normal form: columns without a value are empty (and the moving bits,
    /// where all is moved), others as long as the time, and time and distance never fall.
    #[must_use]
    pub fn tidy(mut self) -> Self {
        let n = self.len();
        for column in self.columns_mut() {
            column.resize(n, None);
            if column.iter().all(Option::is_none) {
                column.clear();
            }
        }
        self.moving.resize(n, true);
        if self.moving.iter().all(|moved| *moved) {
            self.moving.clear();
        }
        let mut latest = 0;
        for time in &mut self.time_ms {
            latest = latest.max(*time);
            *time = latest;
        }
        let mut farthest = 0;
        for distance in self.distance_cm.iter_mut().flatten() {
            farthest = farthest.max(*distance);
            *distance = farthest;
        }
        self
    }

    /// The points as bytes that describe themselves: a version, the number of points, which
    /// columns there are, and deflated columns of differences. Values beyond the length of the
    /// time are left out, and missing ones are none.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let n = self.len();
        let mut present = if self.moving.iter().any(|m| !m) { MOVING_BIT } else { 0 };
        let mut body = Vec::with_capacity(n * 12);
        let mut last = 0_u32;
        for time in &self.time_ms {
            put(&mut body, zigzag(time.wrapping_sub(last).cast_signed()));
            last = *time;
        }
        for (bit, column) in self.columns().into_iter().enumerate() {
            if column.iter().take(n).any(Option::is_some) {
                present |= 1 << bit;
                put_column(&mut body, column, n);
            }
        }
        if present & MOVING_BIT != 0 {
            put_bits(&mut body, (0..n).map(|i| self.moving_at(i)));
        }
        let mut bytes = vec![VERSION];
        put(&mut bytes, u32::try_from(n).unwrap_or(u32::MAX));
        put(&mut bytes, present);
        deflate(bytes, &body)
    }

    /// Reads what [`Streams::encode`] wrote, in normal form ([`Streams::tidy`]).
    ///
    /// # Errors
    /// When the version is unknown or the bytes are damaged.
    pub fn decode(bytes: &[u8]) -> Result<Self, StreamsError> {
        let damaged = StreamsError::Damaged;
        let (version, rest) = bytes.split_first().ok_or(damaged("they are empty"))?;
        if *version != VERSION {
            return Err(StreamsError::Version(*version));
        }
        let mut head = Reader(rest);
        let n = head.number()? as usize;
        let present = head.number()?;
        if n > MAX_POINTS || present >= MOVING_BIT << 1 {
            return Err(damaged("their head is impossible"));
        }
        let most = (n * MAX_VALUE_BYTES + n.div_ceil(8) + 1) * (COLUMNS + 2);
        let mut body = Vec::new();
        DeflateDecoder::new(head.0)
            .take(most as u64)
            .read_to_end(&mut body)
            .map_err(|_| damaged("they cannot be inflated"))?;
        let mut body = Reader(&body);
        let mut streams = Self { time_ms: body.times(n)?, ..Self::default() };
        for (bit, column) in streams.columns_mut().into_iter().enumerate() {
            if present & (1 << bit) != 0 {
                *column = body.column(n)?;
            }
        }
        if present & MOVING_BIT != 0 {
            streams.moving = body.bits(n)?;
        }
        if !body.0.is_empty() {
            return Err(damaged("there is more than they say"));
        }
        Ok(streams.tidy())
    }
}

/// The column times `scale`, gaps filled on a straight line by time and ends with the nearest
/// value; `None` when nothing is known.
pub(super) fn between(time: &[f64], column: &Column, scale: f64) -> Option<Vec<f64>> {
    let column = &column[..column.len().min(time.len())];
    let first = column.iter().position(Option::is_some)?;
    let mut values = vec![0.0; time.len()];
    let mut last = (first, f64::from(column[first]?) * scale);
    values[..=first].fill(last.1);
    for (i, value) in column.iter().enumerate().skip(first + 1) {
        let Some(value) = value.map(|v| f64::from(v) * scale) else { continue };
        let span = time[i] - time[last.0];
        for k in last.0 + 1..i {
            let part = if span > 0.0 { (time[k] - time[last.0]) / span } else { 1.0 };
            values[k] = last.1 + (value - last.1) * part;
        }
        values[i] = value;
        last = (i, value);
    }
    values[last.0..].fill(last.1);
    Some(values)
}

fn deflate(head: Vec<u8>, body: &[u8]) -> Vec<u8> {
    let mut out = DeflateEncoder::new(head, Compression::default());
    // Writing to memory cannot fail.
    let written = out.write_all(body).and_then(|()| out.finish());
    written.unwrap_or_default()
}

/// Small numbers of either sign become small numbers.
const fn zigzag(n: i32) -> u32 {
    ((n << 1) ^ (n >> 31)).cast_unsigned()
}

const fn unzigzag(n: u32) -> i32 {
    (n >> 1).cast_signed() ^ -(n & 1).cast_signed()
}

/// Seven bits in a byte, the lowest first; the top bit says that more follow.
fn put(out: &mut Vec<u8>, mut n: u32) {
    while n >= 0x80 {
        out.push(n as u8 | 0x80);
        n >>= 7;
    }
    out.push(n as u8);
}

fn put_bits(out: &mut Vec<u8>, bits: impl ExactSizeIterator<Item = bool>) {
    let mut bytes = vec![0_u8; bits.len().div_ceil(8)];
    for (i, bit) in bits.enumerate() {
        bytes[i / 8] |= u8::from(bit) << (i % 8);
    }
    out.extend(bytes);
}

/// Whether there are gaps, where they are, and the differences of the values that are there.
fn put_column(out: &mut Vec<u8>, column: &Column, n: usize) {
    let value = |i: usize| column.get(i).copied().flatten();
    let gaps = (0..n).any(|i| value(i).is_none());
    out.push(u8::from(gaps));
    if gaps {
        put_bits(out, (0..n).map(|i| value(i).is_some()));
    }
    let mut last = 0_i32;
    for v in (0..n).filter_map(value) {
        put(out, zigzag(v.wrapping_sub(last)));
        last = v;
    }
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    const SHORT: StreamsError = StreamsError::Damaged("they are cut off");

    fn byte(&mut self) -> Result<u8, StreamsError> {
        let (first, rest) = self.0.split_first().ok_or(Self::SHORT)?;
        self.0 = rest;
        Ok(*first)
    }

    fn number(&mut self) -> Result<u32, StreamsError> {
        let mut n = 0_u32;
        for place in 0..MAX_VALUE_BYTES {
            let byte = self.byte()?;
            n |= u32::from(byte & 0x7f) << (7 * place);
            if byte < 0x80 {
                return Ok(n);
            }
        }
        Err(StreamsError::Damaged("a number does not end"))
    }

    fn times(&mut self, n: usize) -> Result<Vec<u32>, StreamsError> {
        let mut last = 0_u32;
        let mut next = || {
            last = last.wrapping_add(unzigzag(self.number()?).cast_unsigned());
            Ok(last)
        };
        (0..n).map(|_| next()).collect()
    }

    fn bits(&mut self, n: usize) -> Result<Vec<bool>, StreamsError> {
        let (bytes, rest) = self.0.split_at_checked(n.div_ceil(8)).ok_or(Self::SHORT)?;
        self.0 = rest;
        Ok((0..n).map(|i| bytes[i / 8] >> (i % 8) & 1 == 1).collect())
    }

    fn column(&mut self, n: usize) -> Result<Column, StreamsError> {
        let there = match self.byte()? {
            0 => vec![true; n],
            1 => self.bits(n)?,
            _ => return Err(StreamsError::Damaged("a column begins wrongly")),
        };
        let mut last = 0_i32;
        let mut next = |there: bool| {
            if !there {
                return Ok(None);
            }
            last = last.wrapping_add(unzigzag(self.number()?));
            Ok(Some(last))
        };
        there.into_iter().map(&mut next).collect()
    }
}
