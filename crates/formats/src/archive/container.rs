//! Where the bytes come from: a zip, a folder or a lone file. Nothing is ever extracted to disk,
//! and nothing but `activities.csv`, `profile.csv` and `activities/` is opened.

use super::error::{ArchiveError, FileError};
use super::limits::Limits;
use flate2::Crc;
use flate2::bufread::DeflateDecoder;
use std::collections::{BTreeSet, HashMap};
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use zip::read::ZipFileEntry;
use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

/// The table of activities.
pub(crate) const ACTIVITIES: &str = "activities.csv";
/// The runner.
pub(crate) const PROFILE: &str = "profile.csv";
/// The folder of the activities' own files.
const FOLDER: &str = "activities";
/// What a Mac adds when it packs a folder again.
const MAC_JUNK: &str = "__MACOSX";

/// An entry of the zip's directory takes 46 bytes and its name, here 29 characters, and some
/// extra fields.
const DIRECTORY_BYTES_PER_ENTRY: u64 = 128;

pub(crate) type Stream = Box<dyn BufRead + Send>;

/// An opened archive: the names it offers, as `activities.csv`, `profile.csv` and
/// `activities/...`, each with its size.
pub(crate) enum Container {
    Zip { path: PathBuf, entries: HashMap<String, ZipEntry> },
    Folder { root: PathBuf },
    Csv { path: PathBuf },
}

/// What is needed to read an entry again: one small record per file.
pub(crate) struct ZipEntry {
    header: u64,
    packed: u64,
    size: u64,
    crc: u32,
    method: CompressionMethod,
    encrypted: bool,
    link: bool,
}

/// Bytes of a container by kind.
#[derive(Default)]
pub(crate) struct Weight {
    pub(crate) files: u64,
    pub(crate) file_bytes: u64,
    pub(crate) csv_bytes: u64,
}

/// Is `name` a file directly in `activities/`, with nothing in it that could lead elsewhere?
pub(crate) fn safe_file_name(name: &str) -> bool {
    name.strip_prefix(FOLDER)
        .and_then(|rest| rest.strip_prefix('/'))
        .is_some_and(|file| plain(file) && !file.contains('/'))
}

fn plain(part: &str) -> bool {
    let odd = |c: char| c.is_control() || c == '\\' || c == ':';
    !part.is_empty() && part.len() <= 255 && part != "." && part != ".." && !part.contains(odd)
}

impl Container {
    pub(crate) fn open(path: &Path, limits: &Limits) -> Result<(Self, Weight), ArchiveError> {
        let io = |source: io::Error| match source.kind() {
            io::ErrorKind::NotFound => ArchiveError::NotFound { path: path.into() },
            _ => ArchiveError::Io { path: path.into(), source },
        };
        let meta = fs::metadata(path).map_err(io)?;
        if meta.is_dir() {
            return open_folder(path, limits);
        }
        // Neither pipes nor devices: opening those could wait for ever.
        if !meta.is_file() {
            return Err(ArchiveError::NotAnArchive { path: path.into() });
        }
        let mut start = Vec::new();
        File::open(path).map_err(io)?.take(8192).read_to_end(&mut start).map_err(io)?;
        if start.is_empty() {
            return Err(ArchiveError::Empty { path: path.into() });
        }
        if [&b"PK\x03\x04"[..], b"PK\x05\x06", b"PK\x07\x08"].iter().any(|m| start.starts_with(m)) {
            return open_zip(path, limits);
        }
        let utf16 = start.starts_with(&[0xff, 0xfe]) || start.starts_with(&[0xfe, 0xff]);
        if start.contains(&0) && !utf16 {
            return Err(ArchiveError::NotAnArchive { path: path.into() });
        }
        check_size(ACTIVITIES, meta.len(), limits.csv_bytes)?;
        let weight = Weight { csv_bytes: meta.len(), ..Weight::default() };
        Ok((Self::Csv { path: path.into() }, weight))
    }

    /// Is there a file of this name? (It may still turn out unreadable.)
    pub(crate) fn has(&self, name: &str) -> bool {
        match self {
            Self::Zip { entries, .. } => entries.contains_key(name),
            Self::Folder { root } => root.join(name).is_file(),
            Self::Csv { .. } => name == ACTIVITIES,
        }
    }

    /// A stream of the named file, which ends in an error when its bytes are not what the
    /// container promised, and its size.
    pub(crate) fn stream(
        &self,
        name: &str,
        limit: u64,
        limits: &Limits,
    ) -> Result<(Stream, u64), FileError> {
        let io = |source| FileError::Unreadable { name: name.into(), source };
        match self {
            Self::Zip { path, entries } => {
                let missing = || FileError::Missing { name: name.into() };
                let entry = entries.get(name).ok_or_else(missing)?;
                entry.check(name, limit, limits)?;
                Ok((entry.stream(path, name).map_err(io)?, entry.size))
            }
            Self::Folder { root } => plain_stream(&inside(root, name)?, name, limit),
            Self::Csv { path } if name == ACTIVITIES => plain_stream(path, name, limit),
            Self::Csv { .. } => Err(FileError::Missing { name: name.into() }),
        }
    }
}

fn check_size(name: &str, bytes: u64, limit: u64) -> Result<(), FileError> {
    if bytes > limit {
        return Err(FileError::TooLong { name: name.into(), bytes, limit });
    }
    Ok(())
}

/// The place of `name` under `root`, symbolic links followed; an error when that leads outside.
fn inside(root: &Path, name: &str) -> Result<PathBuf, FileError> {
    let path = root.join(name).canonicalize().map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => FileError::Missing { name: name.into() },
        _ => FileError::Unreadable { name: name.into(), source },
    })?;
    if path.starts_with(root) && path.is_file() {
        Ok(path)
    } else {
        Err(FileError::Outside { name: name.into() })
    }
}

fn plain_stream(path: &Path, name: &str, limit: u64) -> Result<(Stream, u64), FileError> {
    let io = |source| FileError::Unreadable { name: name.into(), source };
    let file = File::open(path).map_err(io)?;
    let size = file.metadata().map_err(io)?.len();
    check_size(name, size, limit)?;
    Ok((Box::new(BufReader::new(file.take(size))), size))
}

fn open_folder(path: &Path, limits: &Limits) -> Result<(Container, Weight), ArchiveError> {
    let io = |source| ArchiveError::Io { path: path.into(), source };
    let root = path.canonicalize().map_err(io)?;
    let root = if root.join(ACTIVITIES).is_file() {
        root
    } else {
        let mut found = Vec::new();
        for (n, entry) in fs::read_dir(&root).map_err(io)?.enumerate() {
            check_entries(n as u64 + 1, limits)?;
            let entry = entry.map_err(io)?;
            // `file_type` does not follow links, so a link to another folder is not entered.
            let folder = entry.file_type().map_err(io)?.is_dir() && entry.file_name() != MAC_JUNK;
            if folder && entry.path().join(ACTIVITIES).is_file() {
                found.push(entry.path());
            }
        }
        only(found, path)?
    };
    let csv = inside(&root, ACTIVITIES)?;
    let mut weight = Weight { csv_bytes: csv.metadata().map_err(io)?.len(), ..Weight::default() };
    check_size(ACTIVITIES, weight.csv_bytes, limits.csv_bytes)?;
    if root.join(FOLDER).is_dir() {
        for (n, entry) in fs::read_dir(root.join(FOLDER)).map_err(io)?.enumerate() {
            check_entries(n as u64 + 1, limits)?;
            let meta = entry.map_err(io)?.metadata().map_err(io)?;
            weight.files += u64::from(meta.is_file());
            weight.file_bytes = weight.file_bytes.saturating_add(meta.len());
        }
    }
    check_total(&weight, limits)?;
    Ok((Container::Folder { root }, weight))
}

/// The one place of an `activities.csv`.
fn only<T>(mut found: Vec<T>, path: &Path) -> Result<T, ArchiveError> {
    match (found.pop(), found.len()) {
        (Some(root), 0) => Ok(root),
        (Some(_), more) => Err(ArchiveError::SeveralExports { path: path.into(), found: more + 1 }),
        (None, _) => Err(ArchiveError::NoActivities { path: path.into() }),
    }
}

fn check_entries(found: u64, limits: &Limits) -> Result<(), ArchiveError> {
    if found > limits.entries {
        return Err(ArchiveError::TooManyEntries { limit: limits.entries });
    }
    Ok(())
}

fn check_total(weight: &Weight, limits: &Limits) -> Result<(), ArchiveError> {
    let bytes = weight.csv_bytes.saturating_add(weight.file_bytes);
    if bytes > limits.expanded_bytes {
        return Err(ArchiveError::TooMuch { bytes, limit: limits.expanded_bytes });
    }
    Ok(())
}

fn open_zip(path: &Path, limits: &Limits) -> Result<(Container, Weight), ArchiveError> {
    let broken = |e: ZipError| ArchiveError::BrokenZip {
        path: path.into(),
        detail: e.to_string().to_lowercase(),
    };
    let io = |source| ArchiveError::Io { path: path.into(), source };
    let file = File::open(path).map_err(io)?;
    // A directory of many tiny entries would fill the memory before its length is known.
    let left = limits.entries.saturating_mul(DIRECTORY_BYTES_PER_ENTRY).saturating_add(1 << 20);
    let spent = Arc::new(AtomicBool::new(false));
    let metered = Metered { inner: file, left, spent: Arc::clone(&spent) };
    let zip = match ZipArchive::new(BufReader::new(metered)) {
        Err(_) if spent.load(Ordering::Relaxed) => {
            let limit = limits.entries;
            return Err(ArchiveError::TooManyEntries { limit });
        }
        zip => zip.map_err(broken)?,
    };
    check_entries(zip.len() as u64, limits)?;
    if zip.has_duplicate_names() {
        return Err(ArchiveError::DuplicateNames { path: path.into() });
    }
    let mut roots = BTreeSet::new();
    let mut entries: HashMap<String, ZipEntry> = HashMap::new();
    for n in 0..zip.len() {
        let entry = zip.by_index_data(n).map_err(broken)?;
        let Some((root, name)) = wanted(&entry) else { continue };
        if name == ACTIVITIES {
            roots.insert(root.clone());
        }
        entries.insert(root + &name, ZipEntry::of(&entry));
    }
    let root =
        if roots.contains("") { String::new() } else { only(roots.into_iter().collect(), path)? };
    let entries: HashMap<String, ZipEntry> = entries
        .into_iter()
        .filter_map(|(name, entry)| {
            let name = name.strip_prefix(&root)?;
            (name == ACTIVITIES || name == PROFILE || safe_file_name(name))
                .then(|| (name.to_owned(), entry))
        })
        .collect();
    let weight = weigh(&entries);
    check_total(&weight, limits)?;
    if let Some(csv) = entries.get(ACTIVITIES) {
        csv.check(ACTIVITIES, limits.csv_bytes, limits)?;
    }
    Ok((Container::Zip { path: path.into(), entries }, weight))
}

fn weigh(entries: &HashMap<String, ZipEntry>) -> Weight {
    let mut weight = Weight::default();
    for (name, entry) in entries {
        if name == ACTIVITIES {
            weight.csv_bytes = entry.size;
        } else if safe_file_name(name) {
            weight.files += 1;
            weight.file_bytes = weight.file_bytes.saturating_add(entry.size);
        }
    }
    weight
}

/// The top folder (empty or ending in `/`) and the rest of the name, for an entry that matters.
fn wanted(entry: &ZipFileEntry<'_>) -> Option<(String, String)> {
    if entry.is_dir() {
        return None;
    }
    let name = entry.name().ok()?;
    let parts: Vec<&str> = name.split('/').collect();
    if !parts.iter().all(|p| plain(p)) {
        return None;
    }
    match parts.as_slice() {
        [ACTIVITIES | PROFILE] | [FOLDER, _] => Some((String::new(), name.into_owned())),
        [MAC_JUNK, ..] => None,
        [top, ACTIVITIES | PROFILE] | [top, FOLDER, _] => {
            Some((format!("{top}/"), parts[1..].join("/")))
        }
        _ => None,
    }
}

impl ZipEntry {
    fn of(entry: &ZipFileEntry<'_>) -> Self {
        Self {
            header: entry.header_start(),
            packed: entry.compressed_size(),
            size: entry.size(),
            crc: entry.crc32(),
            method: entry.compression(),
            encrypted: entry.encrypted(),
            link: entry.is_symlink(),
        }
    }

    fn check(&self, name: &str, limit: u64, limits: &Limits) -> Result<(), FileError> {
        let name = || name.to_owned();
        if self.link {
            return Err(FileError::Outside { name: name() });
        }
        if self.encrypted {
            return Err(FileError::Encrypted { name: name() });
        }
        if !matches!(self.method, CompressionMethod::Stored | CompressionMethod::Deflated) {
            let method = format!("{:?}", self.method);
            return Err(FileError::Method { name: name(), method });
        }
        check_size(&name(), self.size, limit)?;
        let ratio = self.size / self.packed.max(1);
        if self.size > Limits::RATIO_FREE_BYTES && ratio > limits.ratio {
            return Err(FileError::Ratio { name: name(), ratio, limit: limits.ratio });
        }
        Ok(())
    }

    /// The entry's bytes. The file is opened anew for each stream, so that rows and files can be
    /// read side by side.
    fn stream(&self, path: &Path, name: &str) -> io::Result<Stream> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(self.header))?;
        let mut local = [0; 30];
        file.read_exact(&mut local)?;
        let u16_at = |at: usize| u16::from_le_bytes([local[at], local[at + 1]]);
        if !local.starts_with(b"PK\x03\x04") {
            return Err(damaged("no entry where the zip's directory has it"));
        }
        let mut own_name = vec![0; usize::from(u16_at(26))];
        file.read_exact(&mut own_name)?;
        if !own_name.ends_with(name.as_bytes()) {
            return Err(damaged("the zip's directory and the entry disagree on its name"));
        }
        file.seek(SeekFrom::Current(i64::from(u16_at(28))))?;
        let packed = BufReader::new(file.take(self.packed));
        Ok(match self.method {
            CompressionMethod::Deflated => self.checked(DeflateDecoder::new(packed)),
            _ => self.checked(packed),
        })
    }

    fn checked(&self, inner: impl Read + Send + 'static) -> Stream {
        let checked = Checked { inner, left: self.size, expected: self.crc, crc: Crc::new() };
        Box::new(BufReader::new(checked))
    }
}

/// Passes on at most so many bytes.
struct Metered<R> {
    inner: R,
    left: u64,
    spent: Arc<AtomicBool>,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        let Some(left) = self.left.checked_sub(n as u64) else {
            self.spent.store(true, Ordering::Relaxed);
            return Err(damaged("its directory is too long"));
        };
        self.left = left;
        Ok(n)
    }
}

impl<R: Seek> Seek for Metered<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

fn damaged(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

/// Passes bytes on while they keep to the promised length and, at the end, checksum.
struct Checked<R> {
    inner: R,
    left: u64,
    expected: u32,
    crc: Crc,
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let n = self.inner.read(buffer)?;
        let Some(left) = self.left.checked_sub(n as u64) else {
            return Err(damaged("it is longer than the zip's directory says"));
        };
        self.left = left;
        self.crc.update(&buffer[..n]);
        if n == 0 && left > 0 {
            return Err(damaged("it ends too early"));
        }
        if n == 0 && self.crc.sum() != self.expected {
            return Err(damaged("its checksum is wrong"));
        }
        Ok(n)
    }
}
