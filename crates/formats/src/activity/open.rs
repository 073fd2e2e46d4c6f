//! From a file's bytes to what it is: unpacked, and known by its content.

use super::finding::Finding;
use super::{FileError, FileKind, Limits, Recording, fit, gpx, tcx, xml};
use flate2::read::MultiGzDecoder;
use std::borrow::Cow;
use std::io::Read;

/// Characters of a name that messages repeat.
const NAME_CHARS: usize = 100;

const GZIP: &[u8] = &[0x1f, 0x8b];

/// Beginnings of files that runners send by mistake.
const OTHERS: [(&[u8], &str); 8] = [
    (b"PK\x03\x04", "zip archive"),
    (b"PK\x05\x06", "zip archive"),
    (b"Rar!", "RAR archive"),
    (b"7z\xbc\xaf", "7z archive"),
    (b"%PDF", "PDF document"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"{", "JSON file"),
];

/// Reads the file of an activity.
pub(super) fn read(name: &str, bytes: &[u8], limits: &Limits) -> Result<Vec<Recording>, FileError> {
    // For messages: names come from anywhere.
    let name: String = name.chars().filter(|c| !c.is_control()).take(NAME_CHARS).collect();
    let name = name.as_str();
    let length = bytes.len() as u64;
    if length > limits.file_bytes {
        let limit = limits.file_bytes;
        return Err(FileError::TooLong { name: name.into(), bytes: length, limit });
    }
    let mut findings = Vec::new();
    let bytes = unpacked(name, bytes, limits, &mut findings)?;
    if bytes.iter().all(|b| b.is_ascii_whitespace() || *b == 0) {
        return Err(FileError::Empty { name: name.into() });
    }
    if fit::is_fit(&bytes) {
        let mut recordings = fit::read(name, &bytes, limits)?;
        for recording in &mut recordings {
            recording.findings.extend_from_slice(&findings);
        }
        return Ok(recordings);
    }
    if let Some((_, what)) = OTHERS.iter().find(|(begin, _)| bytes.starts_with(begin)) {
        return Err(FileError::Other { name: name.into(), what });
    }
    let text = xml::text(&bytes, &mut findings);
    if !text.trim_start().starts_with('<') {
        return Err(unknown(name));
    }
    match xml::root(&text).as_deref() {
        Some("gpx") => gpx::read(name, &text, findings, limits),
        Some("TrainingCenterDatabase") => tcx::read(name, &text, &findings, limits),
        Some("kml") => Err(FileError::Other { name: name.into(), what: "KML file" }),
        Some("html") => Err(FileError::Other { name: name.into(), what: "web page" }),
        _ if text.trim_start().to_ascii_lowercase().starts_with("<!doctype html") => {
            Err(FileError::Other { name: name.into(), what: "web page" })
        }
        _ => Err(unknown(name)),
    }
}

/// What the name promises and the content does not keep.
fn unknown(name: &str) -> FileError {
    let lower = name.to_ascii_lowercase();
    let kind = [FileKind::Fit, FileKind::Gpx, FileKind::Tcx].into_iter().find(|kind| {
        let name = lower.strip_suffix(".gz").unwrap_or(&lower);
        name.strip_suffix(kind.word()).is_some_and(|stem| stem.ends_with('.'))
    });
    let name = name.to_owned();
    match kind {
        Some(kind) => FileError::Broken { name, kind },
        None => FileError::NotAnActivity { name },
    }
}

/// The content of a gzip; other bytes as they are. A gzip that ends early gives what it has.
fn unpacked<'a>(
    name: &str,
    bytes: &'a [u8],
    limits: &Limits,
    findings: &mut Vec<Finding>,
) -> Result<Cow<'a, [u8]>, FileError> {
    if !bytes.starts_with(GZIP) {
        return Ok(Cow::Borrowed(bytes));
    }
    let mut content = Vec::new();
    let limit = limits.file_bytes;
    let read = MultiGzDecoder::new(bytes).take(limit + 1).read_to_end(&mut content);
    if content.len() as u64 > limit {
        return Err(FileError::Expands { name: name.into(), limit });
    }
    match read {
        Ok(_) => {}
        Err(source) if content.is_empty() => {
            return Err(FileError::Gzip { name: name.into(), source });
        }
        Err(_) => {
            let at = content.len() as u64;
            findings.push(Finding::Damaged { at, what: "its gzip ends or breaks there" });
        }
    }
    Ok(Cow::Owned(content))
}
