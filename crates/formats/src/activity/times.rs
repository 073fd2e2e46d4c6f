//! Times as XML files write them.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::fmt::temporal::Pieces;
use jiff::tz::TimeZone;

/// Years in which an activity may lie; anything else is a clock that was never set.
const YEARS: std::ops::RangeInclusive<i16> = 1970..=2100;

/// An instant in milliseconds since 1970, with or without a fraction and an offset; without an
/// offset it is UTC, as GPX and TCX say.
pub(super) fn milliseconds(text: &str) -> Option<i64> {
    let text = text.trim();
    let instant = text.parse::<Timestamp>().ok().or_else(|| {
        let civil: DateTime = text.parse().ok()?;
        Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
    })?;
    let year = instant.to_zoned(TimeZone::UTC).year();
    YEARS.contains(&year).then_some(instant.as_millisecond())
}

/// The offset that a time carries, in seconds ahead of UTC; `Z` says nothing of the place.
pub(super) fn offset_s(text: &str) -> Option<i32> {
    let pieces = Pieces::parse(text.trim()).ok()?;
    if text.trim_end().ends_with(['Z', 'z']) {
        return None;
    }
    Some(pieces.to_numeric_offset()?.seconds())
}
