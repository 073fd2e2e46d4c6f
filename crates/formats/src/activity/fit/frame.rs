//! The framing of FIT files: headers, definitions, messages. Values by the type that the file
//! itself declares, so that a device which writes a field smaller or wider than the profile says
//! is understood. Nothing is copied: a message is a view of the file's bytes.

/// What comes in a FIT file, one after the other.
pub(super) enum Event<'a> {
    /// A file begins: the first one, or one chained behind another.
    Begin,
    /// A message with data.
    Message(Message<'a>),
    /// A checksum is wrong: of the `header` or the `data`.
    Checksum(&'static str),
    /// The file cannot be read from this byte on.
    Damaged { at: usize, what: &'static str },
    /// Bytes behind the last file that are no FIT.
    Extra { bytes: usize },
}

/// Every file begins with this many bytes at least; older ones have no checksum of the header.
const HEADER_BYTES: usize = 12;
/// The header that ends with its own checksum.
const HEADER_WITH_CHECKSUM: usize = 14;
/// Local message types that can be defined at a time.
const LOCAL_TYPES: usize = 16;
/// Field of every message that says when it was.
pub(super) const TIMESTAMP: u8 = 253;

/// Whether bytes begin as a FIT file does.
pub(in crate::activity) fn is_fit(bytes: &[u8]) -> bool {
    bytes.get(8..HEADER_BYTES).is_some_and(|sign| sign == b".FIT")
}

#[derive(Default)]
struct Definition {
    number: u16,
    big_endian: bool,
    fields: Vec<Field>,
    developer: Vec<Field>,
    bytes: usize,
}

/// A field of a message: where its bytes are and what they are.
#[derive(Clone, Copy)]
struct Field {
    /// Its number; for a developer field, its number with its developer's index.
    number: u16,
    kind: u8,
    at: usize,
    size: usize,
}

/// One message, as a view of the file's bytes.
pub(super) struct Message<'a> {
    definition: &'a Definition,
    data: &'a [u8],
    /// The time of a message whose header carries it, in seconds of the FIT epoch.
    time: Option<u32>,
}

/// Walks through a FIT file, whatever its state.
pub(super) struct Frames<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Where the file being read began, and where its data end.
    start: usize,
    end: usize,
    state: State,
    local: [Option<Definition>; LOCAL_TYPES],
    /// The last full time, which compressed ones count on from.
    time: u32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Header,
    HeaderChecksum,
    Data,
    Checksum,
    Done,
}

impl<'a> Frames<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        let local = std::array::from_fn(|_| None);
        Self { bytes, at: 0, start: 0, end: 0, state: State::Header, local, time: 0 }
    }

    /// The next event; `None` at the end, and after damage that nothing can be read behind.
    pub(super) fn next(&mut self) -> Option<Event<'_>> {
        loop {
            match self.state {
                State::Done => return None,
                State::Header => return self.header(),
                State::HeaderChecksum => {
                    self.state = State::Data;
                    if self.header_is_wrong() {
                        return Some(Event::Checksum("header"));
                    }
                }
                State::Data if self.at >= self.end => self.state = State::Checksum,
                State::Data => match self.record() {
                    Ok(None) => {}
                    Ok(Some((local, data, time))) => {
                        let definition = self.local[local].as_ref()?;
                        return Some(Event::Message(Message { definition, data, time }));
                    }
                    Err((at, what)) => {
                        self.state = State::Done;
                        return Some(Event::Damaged { at, what });
                    }
                },
                State::Checksum => {
                    let Some(event) = self.checksum() else { continue };
                    return Some(event);
                }
            }
        }
    }

    fn header(&mut self) -> Option<Event<'a>> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        if rest.is_empty() {
            self.state = State::Done;
            return None;
        }
        let size = usize::from(rest[0]);
        if !is_fit(rest) || size < HEADER_BYTES || rest.len() < size {
            self.state = State::Done;
            return Some(Event::Extra { bytes: rest.len() });
        }
        let data = u32::from_le_bytes([rest[4], rest[5], rest[6], rest[7]]) as usize;
        self.start = self.at;
        self.at += size;
        // A device that lost its power never came back to write the length.
        let data = if data == 0 { usize::MAX } else { data };
        self.end = self.at.saturating_add(data).min(self.bytes.len());
        self.local = std::array::from_fn(|_| None);
        self.time = 0;
        self.state = State::HeaderChecksum;
        Some(Event::Begin)
    }

    /// Zero stands for a checksum that was not made.
    fn header_is_wrong(&self) -> bool {
        let header = &self.bytes[self.start..self.at];
        let Some(&[low, high]) = header.get(HEADER_BYTES..HEADER_WITH_CHECKSUM) else {
            return false;
        };
        let said = u16::from_le_bytes([low, high]);
        said != 0 && said != crc(&header[..HEADER_BYTES])
    }

    /// After the data: their checksum, and on to the next file.
    fn checksum(&mut self) -> Option<Event<'a>> {
        self.state = State::Header;
        let Some(&[low, high]) = self.bytes.get(self.end..self.end + 2) else {
            self.state = State::Done;
            return Some(Event::Damaged { at: self.bytes.len(), what: "it ends early" });
        };
        let data = &self.bytes[self.start..self.end];
        self.at = self.end + 2;
        let said = u16::from_le_bytes([low, high]);
        (said != 0 && said != crc(data)).then_some(Event::Checksum("data"))
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], Fault> {
        let slice = self.bytes[..self.end].get(self.at..self.at + count);
        let slice = slice.ok_or((self.bytes.len().min(self.end), "it ends early"))?;
        self.at += count;
        Ok(slice)
    }

    /// A definition, or the place of a message: its local type, bytes and compressed time.
    fn record(&mut self) -> Result<Option<Place<'a>>, Fault> {
        let at = self.at;
        let head = self.take(1)?[0];
        let compressed = head & 0x80 != 0;
        if !compressed && head & 0x40 != 0 {
            self.definition(head)?;
            return Ok(None);
        }
        let local = usize::from(if compressed { head >> 5 & 0x03 } else { head & 0x0f });
        let undefined = (at, "a message has no definition");
        let bytes = self.local[local].as_ref().ok_or(undefined)?.bytes;
        let data = self.take(bytes)?;
        let definition = self.local[local].as_ref().ok_or(undefined)?;
        let message = Message { definition, data, time: None };
        if compressed {
            // Five bits of the time; a smaller number than before means that they turned over.
            let ahead = u32::from(head & 0x1f).wrapping_sub(self.time) & 0x1f;
            self.time = self.time.wrapping_add(ahead);
            return Ok(Some((local, data, Some(self.time))));
        }
        if let Some(time) = message.seconds(TIMESTAMP) {
            self.time = time;
        }
        Ok(Some((local, data, None)))
    }

    fn definition(&mut self, head: u8) -> Result<(), Fault> {
        let at = self.at;
        let fixed = self.take(5)?;
        let big_endian = match fixed[1] {
            0 => false,
            1 => true,
            _ => return Err((at, "a definition has an unknown byte order")),
        };
        let number = [fixed[2], fixed[3]];
        let number = if big_endian { u16::from_be_bytes } else { u16::from_le_bytes }(number);
        let fields = self.take(usize::from(fixed[4]) * 3)?;
        let developer = if head & 0x20 == 0 {
            &[]
        } else {
            let count = usize::from(self.take(1)?[0]);
            self.take(count * 3)?
        };
        let mut bytes = 0;
        let mut place = |list: &[u8], developer: bool| {
            let field = |three: &[u8]| {
                let size = usize::from(three[1]);
                bytes += size;
                let (number, kind) = match developer {
                    true => (u16::from_be_bytes([three[2], three[0]]), 0),
                    false => (u16::from(three[0]), three[2]),
                };
                Field { number, kind, at: bytes - size, size }
            };
            list.chunks_exact(3).map(field).collect()
        };
        let fields = place(fields, false);
        let developer = place(developer, true);
        self.local[usize::from(head & 0x0f)] =
            Some(Definition { number, big_endian, fields, developer, bytes });
        Ok(())
    }
}

/// A message's local type, bytes and compressed time.
type Place<'a> = (usize, &'a [u8], Option<u32>);

/// Byte of the file and what is wrong there.
type Fault = (usize, &'static str);

impl<'a> Message<'a> {
    /// Its number in the profile: 20 is a record.
    pub(super) const fn number(&self) -> u16 {
        self.definition.number
    }

    fn field(&self, number: u8) -> Option<&Field> {
        self.definition.fields.iter().find(|f| f.number == u16::from(number))
    }

    /// The first value of a field, unscaled; `None` when it is absent, invalid or no number.
    pub(super) fn value(&self, number: u8) -> Option<f64> {
        let field = self.field(number)?;
        self.number_at(field, field.kind)
    }

    /// A field times `scale`, plus `offset`, rounded to the nearest.
    pub(super) fn scaled(&self, number: u8, scale: f64, offset: f64) -> Option<i64> {
        rounded(self.value(number)? * scale + offset)
    }

    /// A field as it is, when it is a whole number.
    pub(super) fn whole(&self, number: u8) -> Option<i64> {
        self.scaled(number, 1.0, 0.0)
    }

    /// A time in seconds of the FIT epoch.
    pub(super) fn seconds(&self, number: u8) -> Option<u32> {
        if number == TIMESTAMP && self.time.is_some() {
            return self.time;
        }
        u32::try_from(self.whole(number)?).ok()
    }

    /// The bytes of a field, as long as they are.
    pub(super) fn raw(&self, number: u8) -> Option<&'a [u8]> {
        let field = self.field(number)?;
        self.data.get(field.at..field.at + field.size)
    }

    /// A text, up to its first zero byte; `None` when it is empty or blank.
    pub(super) fn text(&self, number: u8) -> Option<String> {
        let raw = self.raw(number)?;
        let end = raw.iter().position(|b| *b == 0).unwrap_or(raw.len());
        let text = String::from_utf8_lossy(&raw[..end]);
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// The numbers of the developer fields that it has, each with its developer's index in the
    /// upper byte.
    pub(super) fn developer_fields(&self) -> impl Iterator<Item = u16> + '_ {
        self.definition.developer.iter().map(|f| f.number)
    }

    /// The first value of a developer field of the given type.
    pub(super) fn developer_value(&self, number: u16, kind: u8) -> Option<f64> {
        let field = self.definition.developer.iter().find(|f| f.number == number)?;
        self.number_at(field, kind)
    }

    /// A value that its type calls invalid is none, and so is a field too small for its type: what
    /// such a field means is anyone's guess.
    fn number_at(&self, field: &Field, kind: u8) -> Option<f64> {
        let raw = self.data.get(field.at..field.at + field.size)?;
        let order = |bytes: &[u8]| {
            let mut eight = [0_u8; 8];
            for (to, from) in eight.iter_mut().zip(bytes) {
                *to = *from;
            }
            if self.definition.big_endian {
                eight[..bytes.len()].reverse();
            }
            u64::from_le_bytes(eight)
        };
        let unsigned = |size: usize, invalid: u64| {
            let value = order(raw.get(..size)?);
            (value != invalid).then_some(value as f64)
        };
        let signed = |size: usize| {
            let unused = 64 - 8 * size;
            let value = (order(raw.get(..size)?) << unused).cast_signed() >> unused;
            (value != i64::MAX >> unused).then_some(value as f64)
        };
        // Bit 7 says that the type has more than one byte; some devices leave it out.
        match kind & 0x1f {
            0x00 | 0x02 | 0x0d => unsigned(1, 0xff),
            0x01 => signed(1),
            0x03 => signed(2),
            0x04 => unsigned(2, 0xffff),
            0x05 => signed(4),
            0x06 => unsigned(4, 0xffff_ffff),
            0x08 => {
                let value = f64::from(f32::from_bits(order(raw.get(..4)?) as u32));
                value.is_finite().then_some(value)
            }
            0x09 => Some(f64::from_bits(order(raw.get(..8)?))).filter(|v| v.is_finite()),
            0x0a => unsigned(1, 0),
            0x0b => unsigned(2, 0),
            0x0c => unsigned(4, 0),
            0x0e => signed(8),
            0x0f => unsigned(8, u64::MAX),
            0x10 => unsigned(8, 0),
            _ => None,
        }
    }
}

/// To the nearest whole number; `None` for what is none, or far outside of all units used.
pub(super) fn rounded(value: f64) -> Option<i64> {
    let value = value.round();
    (value.abs() < 1e15).then_some(value as i64)
}

/// The checksum of FIT files: CRC-16 with the polynomial 0xA001 (reflected), from zero.
fn crc(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, byte| crc >> 8 ^ CRC[usize::from((crc as u8) ^ byte)])
}

const CRC: [u16; 256] = {
    let mut table = [0_u16; 256];
    let mut n = 0;
    while n < 256 {
        let mut crc = n as u16;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xa001 } else { crc >> 1 };
            bit += 1;
        }
        table[n] = crc;
        n += 1;
    }
    table
};
