//! What there is to import at a path: an archive, an activity's file, or a folder of both.

use super::Upload;
use crate::error::{AppError, Result};
use hermes_formats::archive::{Archive, Entry, Limits};
use hermes_store::value::Text;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Most files that one import takes.
pub const FILES_MAX: usize = 50_000;
/// How deep folders are walked.
const DEPTH_MAX: usize = 16;
/// The table by which a folder is known as an archive.
const TABLE: &str = "activities.csv";

/// One thing to import, by the name under which it is shown.
pub(super) enum Piece {
    /// A Strava archive, with the number of its rows.
    Archive { archive: Arc<Archive>, rows: u64 },
    /// An activity's own file.
    File { path: PathBuf, name: String },
    /// What was meant as one and is none, and why.
    Broken { name: String, reason: String },
}

impl Piece {
    /// How many items it has.
    pub(super) const fn items(&self) -> u64 {
        match self {
            Self::Archive { rows, .. } => *rows,
            Self::File { .. } | Self::Broken { .. } => 1,
        }
    }
}

/// Everything of one import.
pub(super) struct Pieces {
    pub(super) all: Vec<Piece>,
    /// Only Strava archives.
    pub(super) archives_only: bool,
}

impl Pieces {
    /// Looks at what lies at some places. What cannot be used is a piece that says so; where it is
    /// `alone`, it is an error.
    pub(super) fn at(uploads: &[Upload], alone: bool) -> Result<Self> {
        let mut all = Vec::new();
        for Upload { path, name } in uploads {
            match look(path, name, &mut all) {
                Err(error) if alone => return Err(error),
                Err(error) => {
                    all.push(Piece::Broken { name: name.clone(), reason: error.to_string() })
                }
                Ok(()) => {}
            }
        }
        let archives_only = all.iter().all(|p| matches!(p, Piece::Archive { .. }));
        Ok(Self { all, archives_only })
    }

    /// The mail address that the first archive with one says is the runner's.
    pub(super) fn email(&self) -> Option<Text<255>> {
        let archives = self.all.iter().filter_map(|piece| match piece {
            Piece::Archive { archive, .. } => Some(archive),
            Piece::File { .. } | Piece::Broken { .. } => None,
        });
        // One that cannot be read is no reason to import less.
        let mut said = archives.filter_map(|a| a.profile().ok().flatten()?.email);
        said.find(|email| email.contains('@')).and_then(Text::new)
    }
}

fn look(path: &Path, name: &str, all: &mut Vec<Piece>) -> Result<()> {
    let place = path.display().to_string();
    if path.is_dir() {
        if path.join(TABLE).is_file() {
            all.push(open_archive(path)?);
            return Ok(());
        }
        let before = all.len();
        walk(path, name, 0, all)?;
        return match all.len() - before {
            0 => Err(AppError::BadInput(format!(
                "the folder {name} holds nothing to import; it should hold FIT, GPX or TCX files \
                 or a Strava archive with its activities.csv"
            ))),
            _ => Ok(()),
        };
    }
    if is_activity_file(path) {
        all.push(Piece::File { path: path.to_owned(), name: name.to_owned() });
        return Ok(());
    }
    all.push(open_archive(path).map_err(|error| named(error, &place, name))?);
    Ok(())
}

/// Opens an archive and walks every row once before anything is written: a table that breaks off
/// in the middle is refused whole.
fn open_archive(path: &Path) -> Result<Piece> {
    let archive = Archive::open(path, &Limits::default())?;
    let (mut rows, mut readable, mut first) = (0, false, None);
    for entry in archive.rows()? {
        match entry? {
            Entry::Activity(_) => readable = true,
            Entry::Problem(problem) => first = first.or(Some(problem)),
        }
        rows += 1;
    }
    match first {
        Some(problem) if !readable => Err(AppError::BadInput(format!(
            "none of the {rows} rows of activities.csv can be used; the first one, row {}: \
             {problem}",
            problem.row
        ))),
        _ => Ok(Piece::Archive { archive: Arc::new(archive), rows }),
    }
}

/// The error with the archive's own name in place of where it lies: a temporary file's place says
/// nothing to the runner and is nobody's business.
fn named(error: AppError, place: &str, name: &str) -> AppError {
    match error {
        AppError::Archive(e) if !place.ends_with(name) => {
            AppError::BadInput(e.to_string().replace(place, name))
        }
        other => other,
    }
}

/// Files in a folder and those below it, by name; hidden ones and links are left out.
fn walk(folder: &Path, shown: &str, depth: usize, all: &mut Vec<Piece>) -> Result<()> {
    let unreadable =
        |e: std::io::Error| AppError::BadInput(format!("the folder {shown} cannot be read ({e})"));
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        entries.push((entry.file_name(), entry.file_type().map_err(unreadable)?));
    }
    entries.sort_by(|a, b| a.0.cmp(&b.0));
    for (name, kind) in entries {
        let path = folder.join(&name);
        let name = name.to_string_lossy();
        if name.starts_with('.') || kind.is_symlink() {
            continue;
        }
        if all.len() >= FILES_MAX {
            return Err(AppError::BadInput(format!(
                "the folder {shown} holds more than {FILES_MAX} files to import; import its \
                 parts one by one"
            )));
        }
        let below = format!("{shown}/{name}");
        let archive = |all: &mut Vec<Piece>| {
            let opened = open_archive(&path);
            all.push(opened.unwrap_or_else(|error| Piece::Broken {
                name: below.clone(),
                reason: error.to_string(),
            }));
        };
        if kind.is_dir() {
            if path.join(TABLE).is_file() {
                archive(all);
            } else if depth < DEPTH_MAX {
                walk(&path, &below, depth + 1, all)?;
            }
        } else if has_activity_name(&name) {
            all.push(Piece::File { path, name: below });
        } else if name.to_ascii_lowercase().ends_with(".zip") {
            archive(all);
        }
    }
    Ok(())
}

/// Does the name say that it is an activity's file?
pub(super) fn has_activity_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let plain = name.strip_suffix(".gz").unwrap_or(&name);
    [".fit", ".gpx", ".tcx"].iter().any(|end| plain.ends_with(end))
}

/// An activity's file, by its first bytes or else by its name: gzip, FIT or XML, and no zip.
fn is_activity_file(path: &Path) -> bool {
    const GZIP: &[u8] = &[0x1f, 0x8b];
    let mut start = Vec::new();
    let read = fs::metadata(path).is_ok_and(|m| m.is_file())
        && fs::File::open(path).is_ok_and(|f| f.take(512).read_to_end(&mut start).is_ok());
    if !read || start.starts_with(b"PK") {
        return false;
    }
    let text = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&start).trim_ascii_start();
    start.starts_with(GZIP)
        || start.get(8..12) == Some(b".FIT")
        || text.starts_with(b"<")
        || has_activity_name(&path.to_string_lossy())
}
