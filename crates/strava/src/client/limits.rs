//! Rate limits as the answers' headers tell them.

use reqwest::header::HeaderMap;

/// A limit and how much of it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Requests that are allowed in the window.
    pub limit: u32,
    /// Requests of the window so far, refused ones among them.
    pub used: u32,
}

/// The two windows of a kind of requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Windows {
    /// From one quarter of an hour (:00, :15, :30, :45) to the next.
    pub quarter: Option<Window>,
    /// From one midnight UTC to the next.
    pub day: Option<Window>,
}

/// What an answer says of the application's limits; nothing where it does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limits {
    /// All requests.
    pub overall: Windows,
    /// Requests that only read.
    pub read: Windows,
}

impl Limits {
    /// From the headers of an answer. A header that is missing, empty or odd (Strava sends `","`
    /// for reads on answers to writes) says nothing.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let pair = |name: &str| {
            let text = headers.get(name)?.to_str().ok()?;
            let mut parts = text.split(',').map(|part| part.trim().parse::<u32>().ok());
            Some((parts.next().flatten(), parts.next().flatten()))
        };
        let windows = |limit: &str, usage: &str| {
            let (limits, used) = (pair(limit).unwrap_or_default(), pair(usage).unwrap_or_default());
            let window = |limit: Option<u32>, used: Option<u32>| {
                Some(Window { limit: limit.filter(|l| *l > 0)?, used: used? })
            };
            Windows { quarter: window(limits.0, used.0), day: window(limits.1, used.1) }
        };
        Self {
            overall: windows("x-ratelimit-limit", "x-ratelimit-usage"),
            read: windows("x-readratelimit-limit", "x-readratelimit-usage"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::{HeaderName, HeaderValue};

    fn limits(headers: &[(&'static str, &'static str)]) -> Limits {
        let entry = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        Limits::of(&headers.iter().map(entry).collect())
    }

    #[test]
    fn limits_are_read_as_far_as_they_are_there() {
        let all = limits(&[
            ("x-ratelimit-limit", "200,2000"),
            ("x-ratelimit-usage", "12, 340"),
            ("x-readratelimit-limit", "100,1000"),
            ("x-readratelimit-usage", ","),
        ]);
        assert_eq!(all.overall.quarter, Some(Window { limit: 200, used: 12 }));
        assert_eq!(all.overall.day, Some(Window { limit: 2000, used: 340 }));
        assert_eq!(all.read, Windows::default());
        for odd in ["", ",", "x,y", "-1,-1", "1,99999999999999", "0,0", "200"] {
            let odd = limits(&[("x-ratelimit-limit", odd), ("x-ratelimit-usage", "1,1")]);
            assert!(odd.overall.day.is_none(), "{odd:?}");
        }
        assert_eq!(limits(&[]), Limits::default());
    }
}
