/// How much of an archive is read at most. Every number is far above what real exports hold (a
/// decade of daily activities is about 5 MB of CSV and 2 GB of files) and low enough that no
/// archive can exhaust the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Entries in the zip or folder, of any kind. Default 200 000.
    pub entries: u64,
    /// Bytes of `activities.csv`, `profile.csv` and `activities/` together, expanded. Default
    /// 4 GiB.
    pub expanded_bytes: u64,
    /// Bytes of one activity file, as it is kept in memory while read. Default 64 MiB.
    pub file_bytes: u64,
    /// Bytes of `activities.csv`, expanded. Default 256 MiB.
    pub csv_bytes: u64,
    /// Bytes of one row of the CSV, and so of one field. Default 256 KiB.
    pub row_bytes: usize,
    /// Rows of the CSV. Default 200 000.
    pub rows: u64,
    /// Expanded bytes per compressed byte of an entry above 1 MiB. Activity files and CSV reach
    /// 40; DEFLATE itself ends at 1032. Default 200.
    pub ratio: u64,
}

impl Limits {
    /// The defaults.
    pub const DEFAULT: Self = Self {
        entries: 200_000,
        expanded_bytes: 4 << 30,
        file_bytes: 64 << 20,
        csv_bytes: 256 << 20,
        row_bytes: 256 << 10,
        rows: 200_000,
        ratio: 200,
    };

    /// An entry this small may expand as it likes.
    pub(crate) const RATIO_FREE_BYTES: u64 = 1 << 20;
}

const _: () = {
    let l = Limits::DEFAULT;
    assert!(l.file_bytes <= l.expanded_bytes && l.csv_bytes <= l.expanded_bytes);
    assert!(l.row_bytes as u64 <= l.csv_bytes);
    assert!(l.rows <= l.csv_bytes, "a row has at least a byte");
    assert!(l.ratio >= 100 && l.ratio < 1032, "above honest files, below DEFLATE's end");
    assert!(Limits::RATIO_FREE_BYTES <= l.file_bytes);
};

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
