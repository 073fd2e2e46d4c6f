//! XML as activity files have it: elements by their local names, attributes and short texts.
//! Document types and entities are refused, depth is bounded, and damage ends the reading with
//! what came before.

use super::finding::Finding;
use super::sports::Sports;
use super::{FileError, Limits};
use quick_xml::Reader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesStart, Event};
use std::borrow::Cow;

/// Bytes of a text that are kept; numbers and times have 40, names are cut to 255 characters.
const TEXT_BYTES: usize = 1200;

/// What happens on the way through a file.
pub(super) trait Visitor {
    /// An element begins; `path` ends with its name.
    fn open(&mut self, path: &[&str], attributes: &Attributes<'_>);
    /// An element ends, with the text in it (trimmed); `path` ends with its name.
    fn close(&mut self, path: &[&str], text: &str);
    /// How many points and activities there are by now: more than the limits end the reading.
    fn counts(&self) -> (usize, usize);
}

/// The attributes of an element.
pub(super) struct Attributes<'a>(&'a BytesStart<'a>);

impl Attributes<'_> {
    /// The value of an attribute, by its local name; entities stay as they are.
    pub(super) fn get(&self, name: &str) -> Option<Cow<'_, str>> {
        let mut all = self.0.attributes();
        all.with_checks(false);
        let found = all.flatten().find(|a| a.key.local_name().as_ref() == name)?;
        Some(found.value)
    }
}

/// Bytes as text: UTF-8, or what a byte order mark or the declaration says, else the nearest.
pub(super) fn text<'a>(bytes: &'a [u8], findings: &mut Vec<Finding>) -> Cow<'a, str> {
    let wide = |bytes: &[u8], order: fn([u8; 2]) -> u16| {
        let units = bytes.chunks_exact(2).map(|two| order([two[0], two[1]]));
        Cow::Owned(char::decode_utf16(units).map(|c| c.unwrap_or('\u{fffd}')).collect())
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => return wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => return wide(rest, u16::from_be_bytes),
        _ => {}
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let head = bytes[..bytes.len().min(200)].to_ascii_lowercase();
    let says = |name: &str| head.windows(name.len()).any(|w| w == name.as_bytes());
    if says("iso-8859-1") || says("windows-1252") {
        // The two differ only in signs that no value has.
        return Cow::Owned(bytes.iter().copied().map(char::from).collect());
    }
    findings.push(Finding::NotUtf8);
    String::from_utf8_lossy(bytes)
}

/// The local name of the first element; `None` when there is none.
pub(super) fn root(text: &str) -> Option<String> {
    let mut reader = Reader::from_str(text.trim_start());
    for _ in 0..100 {
        match reader.read_event().ok()? {
            Event::Start(e) | Event::Empty(e) => {
                return Some(e.local_name().as_ref().to_owned());
            }
            Event::Eof => return None,
            _ => {}
        }
    }
    None
}

/// Walks through a file to its end or to where it is damaged; the damage is a finding.
pub(super) fn walk(
    name: &str,
    text: &str,
    limits: &Limits,
    visitor: &mut impl Visitor,
) -> Result<Option<Finding>, FileError> {
    // Strava's files begin with blanks, which no XML does.
    let blanks = text.len() - text.trim_start().len();
    let text = text.trim_start();
    let mut reader = Reader::from_str(text);
    let mut path: Vec<&str> = Vec::with_capacity(limits.depth);
    let mut within = String::new();
    loop {
        let event = match reader.read_event() {
            Ok(event) => event,
            Err(_) => {
                let at = blanks as u64 + reader.error_position();
                return Ok(Some(Finding::Damaged { at, what: "it is no longer XML" }));
            }
        };
        match event {
            Event::Start(ref element) | Event::Empty(ref element) => {
                if path.len() >= limits.depth {
                    return Err(FileError::Depth { name: name.into(), limit: limits.depth });
                }
                // A start tag ends with `>`, an empty one with `/>`.
                let tail = if matches!(event, Event::Empty(_)) { 2 } else { 1 };
                path.push(local_name(text, reader.buffer_position(), tail, element));
                within.clear();
                visitor.open(&path, &Attributes(element));
                if matches!(event, Event::Empty(_)) {
                    visitor.close(&path, "");
                    path.pop();
                }
            }
            Event::End(_) => {
                visitor.close(&path, within.trim());
                within.clear();
                path.pop();
            }
            Event::Text(part) => add(&mut within, &part.into_inner()),
            Event::CData(part) => add(&mut within, &part.into_inner()),
            Event::GeneralRef(reference) => match reference.resolve_char_ref() {
                Ok(Some(sign)) => add(&mut within, sign.encode_utf8(&mut [0; 4])),
                _ => match resolve_xml_entity(&reference.into_inner()) {
                    Some(sign) => add(&mut within, sign),
                    None => return Err(FileError::Entities { name: name.into() }),
                },
            },
            Event::DocType(_) => return Err(FileError::Entities { name: name.into() }),
            Event::Eof if path.is_empty() => return Ok(None),
            Event::Eof => {
                let at = (blanks + text.len()) as u64;
                return Ok(Some(Finding::Damaged { at, what: "it ends early" }));
            }
            _ => {}
        }
        let (points, activities) = visitor.counts();
        let too_many = |what, limit| Err(FileError::TooMany { name: name.into(), what, limit });
        if points > limits.points {
            return too_many("points", limits.points);
        }
        if activities > limits.recordings {
            return too_many("activities", limits.recordings);
        }
    }
}

/// The element's name in the text itself, which outlives the element, without its prefix.
fn local_name<'a>(text: &'a str, end: u64, tail: usize, element: &BytesStart<'_>) -> &'a str {
    let name_bytes = element.name().as_ref().len();
    let start = (end as usize).checked_sub(tail + element.len());
    let name = start.and_then(|start| text.get(start..start + name_bytes)).unwrap_or_default();
    name.split_once(':').map_or(name, |(_, local)| local)
}

fn add(text: &mut String, part: &str) {
    let room = TEXT_BYTES.saturating_sub(text.len());
    let end = part.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|end| *end <= room);
    let end = if part.len() <= room { part.len() } else { end.last().unwrap_or(0) };
    text.push_str(&part[..end]);
}

/// A number, with blanks around it; no infinities.
pub(super) fn number(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|n: &f64| n.is_finite())
}

/// A number times `scale`, rounded to the nearest whole.
pub(super) fn scaled(text: &str, scale: f64) -> Option<i64> {
    let value = (number(text)? * scale).round();
    (value.abs() < 1e15).then_some(value as i64)
}

/// The first text that is not empty stays.
pub(super) fn first(place: &mut Option<String>, text: &str) {
    if place.is_none() && !text.is_empty() {
        *place = Some(text.to_owned());
    }
}

/// The sport of a word, or what is taken without a known one.
pub(super) fn sports(word: Option<&str>, findings: &mut Vec<Finding>) -> Sports {
    let Some(word) = word.filter(|w| !w.is_empty()) else {
        findings.push(Finding::NoSport);
        return Sports::RUN;
    };
    Sports::of_word(word).unwrap_or_else(|| {
        findings.push(Finding::UnknownSport(word.chars().take(50).collect()));
        Sports::UNKNOWN
    })
}
