//! Clocks on walls: time zones, local days and when they begin.

use hermes_engine::calendar::Day;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Seconds of a day.
const DAY: i64 = 86_400;

/// The zone of an IANA name; UTC where none is given or the name is unknown.
pub(crate) fn named(name: Option<&str>) -> TimeZone {
    name.and_then(|name| TimeZone::get(name).ok()).unwrap_or(TimeZone::UTC)
}

/// Seconds of a wall clock since 1970-01-01T00:00:00 of that wall clock.
pub(crate) fn local_seconds(zone: &TimeZone, at: Timestamp) -> i64 {
    at.as_second() + i64::from(zone.to_offset(at).seconds())
}

/// The day on a wall clock.
pub(crate) fn local_day(zone: &TimeZone, at: Timestamp) -> Day {
    Day::from_epoch(local_seconds(zone, at).div_euclid(DAY))
}

/// The moment at which a wall clock shows so many seconds: the first of two, and after a jump over
/// it as long after the jump as it lies in it. `None` for what no calendar has.
pub(crate) fn moment(zone: &TimeZone, local_seconds: i64) -> Option<Timestamp> {
    let wall = TimeZone::UTC.to_datetime(Timestamp::from_second(local_seconds).ok()?);
    zone.to_ambiguous_timestamp(wall).compatible().ok()
}

/// The moment a day begins. Where midnight does not exist that day, the first moment after it.
pub(crate) fn midnight(zone: &TimeZone, day: Day) -> Timestamp {
    moment(zone, day.epoch().saturating_mul(DAY)).unwrap_or(Timestamp::MAX)
}
