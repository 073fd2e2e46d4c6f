/// How much of one activity file is read at most. Every number is far above what devices write
/// (a day at 1 Hz is 86,400 points and 10 MB) and low enough that no file can exhaust the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file, as it came and unpacked. Default 64 MiB.
    pub file_bytes: u64,
    /// Points in all. Default 500 000 (nearly six days at 1 Hz).
    pub points: usize,
    /// Activities in one file. Default 200.
    pub recordings: usize,
    /// Laps of one activity; the rest is left out. Default 5 000.
    pub laps: usize,
    /// Depth of XML elements. Default 32; GPX and TCX need 10.
    pub depth: usize,
}

impl Limits {
    /// The defaults.
    pub const DEFAULT: Self =
        Self { file_bytes: 64 << 20, points: 500_000, recordings: 200, laps: 5_000, depth: 32 };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
