//! A backup of a whole database: one zip with a file of rows for each table, and last of all the
//! manifest that says what must be in them.
//!
//! | entry | what it holds |
//! |---|---|
//! | `tables/NAME.jsonl` | a row a line, by primary key; the store says what a row's text is |
//! | `manifest.json` | [`Manifest`]: format, schema, tables in the order to restore them in |
//!
//! A zip's directory is written at its end, after the manifest: a backup that was cut off is no
//! zip, and one that was changed differs from its manifest. The same backup can be restored into
//! SQLite and PostgreSQL.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, Write};
use std::path::{Path, PathBuf};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// The version of this format.
pub const FORMAT: u32 = 1;
/// Longest row: twice the gigabyte that a PostgreSQL value can hold, as hexadecimal.
pub const LINE_BYTES_MAX: u64 = 2 << 30;
/// Longest manifest.
const MANIFEST_BYTES_MAX: u64 = 16 << 20;
const MANIFEST: &str = "manifest.json";

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`FORMAT`]
    pub format: u32,
    /// Version of the database's schema.
    pub schema: i64,
    /// Version of the Hermes that made it.
    pub hermes: String,
    /// When it was made: ISO 8601, UTC.
    pub made_at: String,
    /// The tables in the order in which they can be restored.
    pub tables: Vec<TableEntry>,
}

/// One table of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableEntry {
    /// Its name.
    pub name: String,
    /// Its columns in the order of a row's values.
    pub columns: Vec<String>,
    /// Rows.
    pub rows: u64,
    /// SHA-256 of all its lines with their newlines, in hexadecimal.
    pub sha256: String,
}

/// Why a backup cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// It is not there, or the system fails.
    #[error("the backup {path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// It is something else, or was cut off.
    #[error("{0} is no backup of Hermes, or it was cut off while it was written")]
    NotOne(PathBuf),
    /// A newer Hermes wrote it.
    #[error(
        "{path} is a backup of format {found}; this Hermes reads format {FORMAT}: use a newer one"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: u32,
    },
    /// It is not what its manifest says.
    #[error("the backup {path} is damaged: table {table} {what}; use another backup")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The table.
        table: String,
        /// What is wrong.
        what: String,
    },
}

fn entry(table: &str) -> String {
    format!("tables/{table}.jsonl")
}

/// Writes a backup.
pub struct Writer<W: Write + Seek> {
    zip: ZipWriter<W>,
}

impl<W: Write + Seek> Writer<W> {
    /// Begins one.
    pub fn new(out: W) -> Self {
        Self { zip: ZipWriter::new(out) }
    }

    /// Begins a table.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn table(&mut self, name: &str) -> io::Result<()> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            // A table may be larger than 4 GB.
            .large_file(true);
        Ok(self.zip.start_file(entry(name), options)?)
    }

    /// Adds rows to the table.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn rows(&mut self, lines: &[String]) -> io::Result<()> {
        for line in lines {
            self.zip.write_all(line.as_bytes())?;
            self.zip.write_all(b"\n")?;
        }
        Ok(())
    }

    /// Writes the manifest and ends the backup; what it was written to.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self, manifest: &Manifest) -> io::Result<W> {
        self.zip.start_file(MANIFEST, SimpleFileOptions::default())?;
        serde_json::to_writer_pretty(&mut self.zip, manifest)?;
        Ok(self.zip.finish()?)
    }
}

/// An opened backup.
#[derive(Debug)]
pub struct Backup {
    path: PathBuf,
    zip: ZipArchive<BufReader<File>>,
    manifest: Manifest,
}

impl Backup {
    /// Opens a backup and reads its manifest.
    ///
    /// # Errors
    /// [`BackupError`], each case of it.
    pub fn open(path: &Path) -> Result<Self, BackupError> {
        let io = |source| BackupError::Io { path: path.to_owned(), source };
        let not_one = || BackupError::NotOne(path.to_owned());
        let file = File::open(path).map_err(io)?;
        let mut zip = ZipArchive::new(BufReader::new(file)).map_err(|_| not_one())?;
        let mut text = String::new();
        let entry = zip.by_name(MANIFEST).map_err(|_| not_one())?;
        entry.take(MANIFEST_BYTES_MAX).read_to_string(&mut text).map_err(|_| not_one())?;
        // The format first: a newer one may hold other things.
        #[derive(Deserialize)]
        struct Format {
            format: u32,
        }
        let Format { format } = serde_json::from_str(&text).map_err(|_| not_one())?;
        if format != FORMAT {
            return Err(BackupError::Newer { path: path.to_owned(), found: format });
        }
        let manifest = serde_json::from_str(&text).map_err(|_| not_one())?;
        Ok(Self { path: path.to_owned(), zip, manifest })
    }

    /// What it holds.
    #[must_use]
    pub const fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Reads everything and compares it with the manifest.
    ///
    /// # Errors
    /// [`BackupError::Damaged`] for the first table that differs.
    pub fn verify(&mut self) -> Result<(), BackupError> {
        for table in self.manifest.tables.clone() {
            let mut lines = self.table(&table.name)?;
            while lines.next_line()?.is_some() {}
        }
        Ok(())
    }

    /// The rows of a table.
    ///
    /// # Errors
    /// [`BackupError::Damaged`] where it holds no such table.
    pub fn table(&mut self, name: &str) -> Result<Lines<'_>, BackupError> {
        let (path, table) = (self.path.clone(), name.to_owned());
        let damaged = |what: &str| BackupError::Damaged {
            path: self.path.clone(),
            table: name.to_owned(),
            what: what.to_owned(),
        };
        let listed = self.manifest.tables.iter().find(|t| t.name == name);
        let expected = listed.cloned().ok_or_else(|| damaged("is not in its manifest"))?;
        let file = self.zip.by_name(&entry(name)).map_err(|_| BackupError::Damaged {
            path: path.clone(),
            table: table.clone(),
            what: "is not in it".to_owned(),
        })?;
        let reader: Box<dyn BufRead + '_> = Box::new(BufReader::new(file));
        Ok(Lines { path, expected, reader, digest: Sha256::new(), rows: 0 })
    }
}

/// The rows of a table in a backup, one by one.
pub struct Lines<'a> {
    path: PathBuf,
    expected: TableEntry,
    reader: Box<dyn BufRead + 'a>,
    digest: Sha256,
    rows: u64,
}

impl Lines<'_> {
    /// The next row without its newline; `None` after the last, once all of them were compared
    /// with the manifest.
    ///
    /// # Errors
    /// [`BackupError::Damaged`] where they differ from it.
    pub fn next_line(&mut self) -> Result<Option<String>, BackupError> {
        let mut line = String::new();
        let mut reader = (&mut self.reader).take(LINE_BYTES_MAX);
        if let Err(error) = reader.read_line(&mut line) {
            return Err(self.damaged(format!("cannot be read ({error})")));
        }
        if line.is_empty() {
            let digest: String =
                self.digest.clone().finalize().iter().map(|b| format!("{b:02x}")).collect();
            if self.rows != self.expected.rows || digest != self.expected.sha256 {
                return Err(self.damaged("differs from its manifest".to_owned()));
            }
            return Ok(None);
        }
        self.digest.update(line.as_bytes());
        self.rows += 1;
        if line.pop() != Some('\n') {
            return Err(self.damaged(format!("ends within row {}", self.rows)));
        }
        Ok(Some(line))
    }

    fn damaged(&self, what: String) -> BackupError {
        BackupError::Damaged { path: self.path.clone(), table: self.expected.name.clone(), what }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    const ROWS: [&str; 3] = ["[1,\"one\"]", "[2,null]", "[3,\"ä\"]"];

    fn manifest() -> Manifest {
        let lines: String = ROWS.iter().map(|row| format!("{row}\n")).collect();
        let sha256 = Sha256::digest(lines.as_bytes()).iter().map(|b| format!("{b:02x}")).collect();
        let table = TableEntry {
            name: "songs".to_owned(),
            columns: vec!["n".to_owned(), "title".to_owned()],
            rows: 3,
            sha256,
        };
        Manifest {
            format: FORMAT,
            schema: 3,
            hermes: "0.0.0".to_owned(),
            made_at: "2026-11-22T06:13:20Z".to_owned(),
            tables: vec![table],
        }
    }

    fn bytes(manifest: &Manifest) -> Vec<u8> {
        let mut writer = Writer::new(Cursor::new(Vec::new()));
        writer.table("songs").unwrap();
        writer.rows(&ROWS.map(str::to_owned)).unwrap();
        writer.finish(manifest).unwrap().into_inner()
    }

    fn open(bytes: &[u8]) -> Result<Backup, BackupError> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        Backup::open(file.path())
    }

    #[test]
    fn what_was_written_is_read() {
        let mut backup = open(&bytes(&manifest())).unwrap();
        assert_eq!(backup.manifest(), &manifest());
        backup.verify().unwrap();
        let mut lines = backup.table("songs").unwrap();
        for row in ROWS {
            assert_eq!(lines.next_line().unwrap().as_deref(), Some(row));
        }
        assert_eq!(lines.next_line().unwrap(), None);
        drop(lines);
        assert!(matches!(backup.table("films").err(), Some(BackupError::Damaged { .. })));
    }

    /// Cut anywhere it is no backup; with any byte changed it is refused, or nothing that counts
    /// has changed.
    #[test]
    fn a_cut_or_a_changed_byte_is_found() {
        let whole = bytes(&manifest());
        for end in 0..whole.len() {
            let error = open(&whole[..end]).err();
            assert!(matches!(error, Some(BackupError::NotOne(_))), "{end}: {error:?}");
        }
        let mut refused = 0;
        for at in 0..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= 0x10;
            let Ok(mut backup) = open(&changed) else {
                refused += 1;
                continue;
            };
            if backup.verify().is_err() {
                refused += 1;
                continue;
            }
            let mut lines = backup.table("songs").unwrap();
            for row in ROWS {
                assert_eq!(lines.next_line().unwrap().as_deref(), Some(row), "byte {at}");
            }
        }
        assert!(refused > whole.len() / 3, "{refused} of {}", whole.len());
    }

    #[test]
    fn other_files_and_other_formats_are_named() {
        assert!(matches!(open(b"a plain text").err(), Some(BackupError::NotOne(_))));
        let newer = Manifest { format: 2, ..manifest() };
        assert!(matches!(open(&bytes(&newer)).err(), Some(BackupError::Newer { found: 2, .. })));
        let mut fewer = manifest();
        fewer.tables[0].rows = 2;
        let error = open(&bytes(&fewer)).unwrap().verify().unwrap_err().to_string();
        assert!(error.contains("table songs differs from its manifest"), "{error}");
    }
}
