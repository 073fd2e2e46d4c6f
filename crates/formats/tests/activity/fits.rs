//! FIT files, made byte by byte: what no library's encoder would write is wanted too.

/// 2024-05-05T06:30:00Z in seconds of the FIT epoch.
pub(crate) const START: u32 = 1_714_890_600 - 631_065_600;

/// Base types.
pub(crate) const ENUM: u8 = 0x00;
pub(crate) const U8: u8 = 0x02;
pub(crate) const U16: u8 = 0x84;
pub(crate) const S32: u8 = 0x85;
pub(crate) const U32: u8 = 0x86;
pub(crate) const F32: u8 = 0x88;
pub(crate) const TEXT: u8 = 0x07;
pub(crate) const BYTES: u8 = 0x0d;

/// A FIT file in the making.
#[derive(Clone, Default)]
pub(crate) struct Fit {
    pub(crate) data: Vec<u8>,
}

impl Fit {
    /// An activity, as far as its `file_id`.
    pub(crate) fn activity() -> Self {
        Self::of_type(4)
    }

    /// A file of another type.
    pub(crate) fn of_type(kind: u8) -> Self {
        let mut fit = Self::default();
        fit.define(0, 0, &[(0, 1, ENUM), (1, 2, U16)]);
        fit.message(0, &[kind, 15, 0]);
        fit
    }

    /// Defines a local type: its message and fields (number, bytes, base type).
    pub(crate) fn define(&mut self, local: u8, message: u16, fields: &[(u8, u8, u8)]) {
        self.data.extend([0x40 | local, 0, 0]);
        self.data.extend(message.to_le_bytes());
        self.data.push(fields.len() as u8);
        self.data.extend(fields.iter().flat_map(|f| [f.0, f.1, f.2]));
    }

    /// A message of a local type.
    pub(crate) fn message(&mut self, local: u8, data: &[u8]) {
        self.data.push(local);
        self.data.extend(data);
    }

    /// The usual records: time, distance in centimetres, heart rate; one each ten seconds.
    pub(crate) fn records(&mut self, count: u32) {
        self.define(1, 20, &[(253, 4, U32), (5, 4, U32), (3, 1, U8)]);
        for n in 0..count {
            let data = [le(START + 10 * n), le(3_000 * n)].concat();
            self.message(1, &[&data[..], &[140]].concat());
        }
    }

    /// A session of running that began at [`START`]: elapsed and timer in seconds, metres.
    pub(crate) fn session(&mut self, elapsed: u32, timer: u32, metres: u32) {
        let fields =
            [(253, 4, U32), (2, 4, U32), (7, 4, U32), (8, 4, U32), (9, 4, U32), (5, 1, ENUM)];
        self.define(2, 18, &fields);
        let numbers =
            [START + elapsed, START, elapsed * 1000, timer * 1000, metres * 100].map(le).concat();
        self.message(2, &[&numbers[..], &[1]].concat());
    }

    /// The file: header, data and checksum.
    pub(crate) fn file(&self) -> Vec<u8> {
        let mut bytes = vec![14, 0x20, 0, 0];
        bytes.extend(le(self.data.len() as u32));
        bytes.extend(b".FIT");
        bytes.extend(crc(&bytes).to_le_bytes());
        bytes.extend(&self.data);
        bytes.extend(crc(&bytes).to_le_bytes());
        bytes
    }
}

pub(crate) fn le(n: u32) -> [u8; 4] {
    n.to_le_bytes()
}

/// Bit by bit, as the protocol describes it.
pub(crate) fn crc(bytes: &[u8]) -> u16 {
    let mut crc = 0_u16;
    for byte in bytes {
        crc ^= u16::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xa001 } else { crc >> 1 };
        }
    }
    crc
}
