//! JSON as Strava really sends it: everything optional, whole numbers as fractions, numbers as
//! texts, and whatever comes next year. What is not understood is as if it were not there.

use jiff::Timestamp;
use jiff::civil::DateTime;
use serde_json::{Map, Value};

/// Longest text that is taken, in characters.
const TEXT_CHARS_MAX: usize = 2_000;
/// Up to here a binary fraction holds every whole number.
const EXACT: f64 = 9e15;

/// An object whose fields may all be missing.
#[derive(Clone, Copy)]
pub(super) struct Raw<'a>(Option<&'a Map<String, Value>>);

impl<'a> Raw<'a> {
    pub(super) fn of(value: &'a Value) -> Self {
        Self(value.as_object())
    }

    pub(super) fn value(self, key: &str) -> Option<&'a Value> {
        self.0?.get(key).filter(|value| !value.is_null())
    }

    /// The object in a field.
    pub(super) fn inner(self, key: &str) -> Self {
        Self(self.value(key).and_then(Value::as_object))
    }

    pub(super) fn text(self, key: &str) -> Option<String> {
        let text = self.value(key)?.as_str()?.trim();
        let text: String = text.chars().filter(|c| *c != '\0').take(TEXT_CHARS_MAX).collect();
        (!text.is_empty()).then_some(text)
    }

    /// A whole number, however it is written; rounded where it is a fraction.
    pub(super) fn whole(self, key: &str) -> Option<i64> {
        self.scaled(key, 1)
    }

    /// A number in so many parts of its unit, rounded.
    pub(super) fn scaled(self, key: &str, parts: i32) -> Option<i64> {
        scaled(self.value(key)?, parts)
    }

    /// A whole number within bounds.
    pub(super) fn within(self, key: &str, low: i64, high: i64) -> Option<i64> {
        self.whole(key).filter(|n| (low..=high).contains(n))
    }

    pub(super) fn flag(self, key: &str) -> Option<bool> {
        match self.value(key)? {
            Value::Bool(flag) => Some(*flag),
            Value::Number(n) => n.as_i64().map(|n| n != 0),
            Value::String(text) => match text.to_ascii_lowercase().as_str() {
                "true" | "1" => Some(true),
                "false" | "0" => Some(false),
                _ => None,
            },
            _ => None,
        }
    }

    pub(super) fn moment(self, key: &str) -> Option<Timestamp> {
        self.value(key)?.as_str()?.trim().parse().ok()
    }

    /// A wall clock, which Strava writes with a false `Z`: seconds since 1970-01-01T00:00:00 of it.
    pub(super) fn wall(self, key: &str) -> Option<i64> {
        let text = self.value(key)?.as_str()?.trim().trim_end_matches(['Z', 'z']);
        let wall: DateTime = text.parse().ok()?;
        Some(wall.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_second())
    }
}

/// A number in so many parts of its unit; `None` for what is no number or too large.
pub(super) fn scaled(value: &Value, parts: i32) -> Option<i64> {
    let whole = match value {
        Value::Number(n) => n.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => return None,
    };
    if let Some(whole) = whole {
        return whole.checked_mul(i64::from(parts));
    }
    let real = match value {
        Value::String(text) => text.trim().parse().ok()?,
        other => other.as_f64()?,
    };
    let real: f64 = (real * f64::from(parts)).round();
    #[expect(clippy::cast_possible_truncation, reason = "whole and within range")]
    (real.abs() < EXACT).then_some(real as i64)
}
