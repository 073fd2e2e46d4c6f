//! Civil days and weeks. A [`Day`] is the runner's local date, never an instant.

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::ops::{Add, Sub};

/// A local civil date as days since 1970-01-01. Serialises as `YYYY-MM-DD`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i32);

/// Largest distance from 1970 in days that a [`Day`] holds (about the years 1421 to 2518), so that
/// sums of days and weeks cannot overflow and always are valid dates.
const SPAN: i32 = 200_000;

impl Day {
    /// The day `n` days after 1970-01-01, clamped to the supported span.
    #[must_use]
    pub const fn from_epoch(n: i64) -> Self {
        let span = SPAN as i64;
        #[expect(clippy::cast_possible_truncation, reason = "clamped to the span above")]
        Self(if n > span {
            span
        } else if n < -span {
            -span
        } else {
            n
        } as i32)
    }

    /// Days since 1970-01-01.
    #[must_use]
    pub const fn epoch(self) -> i64 {
        self.0 as i64
    }

    /// From a civil date.
    #[must_use]
    pub fn from_date(date: Date) -> Self {
        let days = date.duration_since(jiff::civil::date(1970, 1, 1)).as_hours() / 24;
        Self::from_epoch(days)
    }

    /// As a civil date.
    #[must_use]
    pub fn date(self) -> Date {
        use jiff::ToSpan;
        let epoch = jiff::civil::date(1970, 1, 1);
        epoch.checked_add(self.0.days()).unwrap_or(epoch)
    }

    /// Reads `YYYY-MM-DD`.
    ///
    /// # Errors
    /// When the text is no such date or outside the supported span.
    pub fn parse(text: &str) -> Result<Self, DayError> {
        let date: Date = text.trim().parse().map_err(|_| DayError(text.to_owned()))?;
        let day = Self::from_date(date);
        if day.0.abs() >= SPAN { Err(DayError(text.to_owned())) } else { Ok(day) }
    }

    /// 0 = Sunday ... 6 = Saturday, as in the schema's `day_of_week`.
    #[must_use]
    pub const fn weekday(self) -> Weekday {
        // 1970-01-01 was a Thursday (4).
        Weekday::ALL[((self.0 + 4).rem_euclid(7)) as usize]
    }

    /// The first day of the week that holds this day.
    #[must_use]
    pub fn week_start(self, start: WeekStart) -> Self {
        let first = match start {
            WeekStart::Monday => 1,
            WeekStart::Sunday => 0,
        };
        self - i64::from((self.weekday() as i32 - first).rem_euclid(7))
    }
}

impl Add<i64> for Day {
    type Output = Self;
    fn add(self, days: i64) -> Self {
        Self::from_epoch(self.epoch().saturating_add(days))
    }
}

impl Sub<i64> for Day {
    type Output = Self;
    fn sub(self, days: i64) -> Self {
        Self::from_epoch(self.epoch().saturating_sub(days))
    }
}

/// Days from the right one to the left one.
impl Sub for Day {
    type Output = i64;
    fn sub(self, other: Self) -> i64 {
        self.epoch() - other.epoch()
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.date())
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// A text that is no date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayError(pub String);

impl fmt::Display for DayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown: String = self.0.chars().take(40).collect();
        write!(f, "\"{shown}\" is not a date; write it as YYYY-MM-DD, for example 2027-04-25")
    }
}

impl std::error::Error for DayError {}

/// The day a week begins with: the runner's choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WeekStart {
    /// ISO weeks, the default.
    #[default]
    Monday,
    /// Sunday to Saturday.
    Sunday,
}

/// A day of the week with the schema's numbers, 0 = Sunday ... 6 = Saturday. It has no order:
/// which day comes first is the runner's choice ([`WeekStart`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Weekday {
    Sunday = 0,
    Monday = 1,
    Tuesday = 2,
    Wednesday = 3,
    Thursday = 4,
    Friday = 5,
    Saturday = 6,
}

impl Weekday {
    /// Sunday first, as numbered.
    pub const ALL: [Self; 7] = [
        Self::Sunday,
        Self::Monday,
        Self::Tuesday,
        Self::Wednesday,
        Self::Thursday,
        Self::Friday,
        Self::Saturday,
    ];

    /// 0 = Sunday ... 6 = Saturday.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The English name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sunday => "Sunday",
            Self::Monday => "Monday",
            Self::Tuesday => "Tuesday",
            Self::Wednesday => "Wednesday",
            Self::Thursday => "Thursday",
            Self::Friday => "Friday",
            Self::Saturday => "Saturday",
        }
    }

    /// Reads an English name or its first three letters, in any case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let t = text.trim().to_ascii_lowercase();
        Self::ALL.into_iter().find(|d| {
            let n = d.name().to_ascii_lowercase();
            t == n || t == n[..3]
        })
    }
}

/// A set of weekdays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "Vec<Weekday>", into = "Vec<Weekday>")]
pub struct WeekdaySet(u8);

impl WeekdaySet {
    /// All seven days.
    pub const ALL: Self = Self(0x7f);
    /// No day.
    pub const NONE: Self = Self(0);

    /// Is the day in the set?
    #[must_use]
    pub const fn contains(self, day: Weekday) -> bool {
        self.0 & (1 << day as u8) != 0
    }

    /// The set with this day added.
    #[must_use]
    pub const fn with(self, day: Weekday) -> Self {
        Self(self.0 | 1 << day as u8)
    }

    /// How many days it holds.
    #[must_use]
    pub const fn len(self) -> u32 {
        self.0.count_ones()
    }

    /// Does it hold none?
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl From<Vec<Weekday>> for WeekdaySet {
    fn from(days: Vec<Weekday>) -> Self {
        days.into_iter().fold(Self::NONE, Self::with)
    }
}

impl From<WeekdaySet> for Vec<Weekday> {
    fn from(set: WeekdaySet) -> Self {
        Weekday::ALL.into_iter().filter(|d| set.contains(*d)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_the_span_round_trips() {
        let mut previous: Option<Weekday> = None;
        for n in (-SPAN + 1)..SPAN {
            let day = Day(n);
            assert_eq!(Day::from_date(day.date()), day);
            if let Some(p) = previous {
                assert_eq!((p as u8 + 1) % 7, day.weekday() as u8);
            }
            previous = Some(day.weekday());
        }
    }

    #[test]
    fn weeks_begin_where_the_runner_says() -> Result<(), DayError> {
        let sunday = Day::parse("2026-11-22")?;
        assert_eq!(sunday.weekday(), Weekday::Sunday);
        assert_eq!(sunday.week_start(WeekStart::Monday), Day::parse("2026-11-16")?);
        assert_eq!(sunday.week_start(WeekStart::Sunday), sunday);
        Ok(())
    }

    #[test]
    fn nonsense_is_named() {
        let e = Day::parse("31.12.2026").map_err(|e| e.to_string());
        assert!(e.is_err_and(|m| m.contains("31.12.2026") && m.contains("YYYY-MM-DD")));
        assert!(Day::parse("9999-12-31").is_err());
    }
}
