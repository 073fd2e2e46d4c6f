//! Rate limits: per application, in windows that begin at :00, :15, :30 and :45 and at midnight UTC.

use jiff::Timestamp;
use serde::Serialize;

/// Seconds of a short window.
const SHORT_S: i64 = 15 * 60;
/// Seconds of a day.
const DAY_S: i64 = 86_400;
/// Most windows of each length that are remembered: a year of short ones.
const WINDOWS_MAX: usize = 36_000;

/// How many requests an application may make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Limits {
    /// All requests in 15 minutes.
    pub short: u32,
    /// All requests in a day.
    pub day: u32,
    /// Requests that upload nothing, in 15 minutes.
    pub read_short: u32,
    /// Requests that upload nothing, in a day.
    pub read_day: u32,
}

impl Default for Limits {
    /// What Strava gives a new application.
    fn default() -> Self {
        Self { short: 200, day: 2000, read_short: 100, read_day: 1000 }
    }
}

/// What was asked in one window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Window {
    /// When it began.
    pub start: Timestamp,
    /// All requests, rejected ones too.
    pub overall: u32,
    /// Requests that upload nothing, rejected ones too.
    pub read: u32,
    /// Requests that were answered with 429.
    pub rejected: u32,
}

/// The windows of an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct Usage {
    /// What is allowed.
    pub limits: Limits,
    /// Short windows in which something was asked, oldest first.
    pub short: Vec<Window>,
    /// Days on which something was asked, oldest first.
    pub day: Vec<Window>,
}

/// Whether a request is counted as reading: everything but creating activities and uploads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bucket {
    Read,
    Write,
}

impl Usage {
    /// Counts a request; `false` when it is one too many. That one counts all the same.
    pub(super) fn count(&mut self, now: Timestamp, bucket: Bucket) -> bool {
        let limits = self.limits;
        let short = window(&mut self.short, now, SHORT_S);
        let day = window(&mut self.day, now, DAY_S);
        for window in [&mut *short, &mut *day] {
            window.overall += 1;
            window.read += u32::from(bucket == Bucket::Read);
        }
        let read = bucket == Bucket::Read
            && (short.read > limits.read_short || day.read > limits.read_day);
        let over = read || short.overall > limits.short || day.overall > limits.day;
        if over {
            short.rejected += 1;
            day.rejected += 1;
        }
        !over
    }

    /// Uses up what is left of the present 15 minutes.
    pub(super) fn exhaust_short(&mut self, now: Timestamp) {
        let window = window(&mut self.short, now, SHORT_S);
        window.overall = window.overall.max(self.limits.short);
        window.read = window.read.max(self.limits.read_short);
    }

    /// Uses up what is left of the present day.
    pub(super) fn exhaust_day(&mut self, now: Timestamp) {
        let window = window(&mut self.day, now, DAY_S);
        window.overall = window.overall.max(self.limits.day);
        window.read = window.read.max(self.limits.read_day);
    }

    /// The four headers. On what writes, Strava leaves the usage of reading empty.
    pub(super) fn headers(
        &mut self,
        now: Timestamp,
        bucket: Bucket,
    ) -> [(&'static str, String); 4] {
        let (limits, short) = (self.limits, *window(&mut self.short, now, SHORT_S));
        let day = *window(&mut self.day, now, DAY_S);
        let read = match bucket {
            Bucket::Read => format!("{},{}", short.read, day.read),
            Bucket::Write => ",".to_owned(),
        };
        [
            ("x-ratelimit-limit", format!("{},{}", limits.short, limits.day)),
            ("x-ratelimit-usage", format!("{},{}", short.overall, day.overall)),
            ("x-readratelimit-limit", format!("{},{}", limits.read_short, limits.read_day)),
            ("x-readratelimit-usage", read),
        ]
    }
}

/// The window of a moment, made if there is none.
fn window(windows: &mut Vec<Window>, now: Timestamp, length: i64) -> &mut Window {
    let start = now.as_second() - now.as_second().rem_euclid(length);
    let start = Timestamp::from_second(start).unwrap_or(now);
    if windows.last().is_none_or(|last| last.start != start) {
        if windows.len() >= WINDOWS_MAX {
            windows.remove(0);
        }
        windows.push(Window { start, overall: 0, read: 0, rejected: 0 });
    }
    let last = windows.len() - 1;
    &mut windows[last]
}
