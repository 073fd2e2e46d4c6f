//! The application's limits, kept for all processes together: a request is reserved before it is
//! sent, and what the answer says is noted.

use super::words;
use crate::database::{Db, Store, args, record, statements, transaction};
use crate::error::Result;
use jiff::{SignedDuration, Timestamp};

/// What a new application may ask in a quarter of an hour and in a day: of everything, and of
/// what only reads. Answers say what holds instead.
const DEFAULTS: [(QuotaKind, QuotaSpan, i32); 4] = [
    (QuotaKind::Overall, QuotaSpan::Quarter, 200),
    (QuotaKind::Overall, QuotaSpan::Day, 2_000),
    (QuotaKind::Read, QuotaSpan::Quarter, 100),
    (QuotaKind::Read, QuotaSpan::Day, 1_000),
];

statements! {
    // Whoever changes this row holds all of them.
    LOCK = "UPDATE strava_quota SET used = used WHERE kind = 'overall' AND span = 'day'";
    ALL = "SELECT kind, span, window_start, allowed, used FROM strava_quota \
        ORDER BY kind, span";
    [bulk] ADD(
        "INSERT INTO strava_quota (kind, span, window_start, allowed, used) VALUES", 5,
        "ON CONFLICT (kind, span) DO NOTHING"
    );
    [bulk] SET(
        "INSERT INTO strava_quota (kind, span, window_start, allowed, used) VALUES", 5,
        "ON CONFLICT (kind, span) DO UPDATE SET window_start = excluded.window_start, \
         allowed = excluded.allowed, used = excluded.used"
    );
}

/// Which requests are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum QuotaKind {
    /// All.
    Overall,
    /// Those that only read.
    Read,
}

impl QuotaKind {
    /// `overall` or `read`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Overall => "overall",
            Self::Read => "read",
        }
    }
}

words!(QuotaKind, "kind of limit", Self::Overall, Self::Read);

/// Over what they are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum QuotaSpan {
    /// From one quarter of an hour to the next.
    Quarter,
    /// From one midnight UTC to the next.
    Day,
}

impl QuotaSpan {
    /// `quarter` or `day`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Quarter => "quarter",
            Self::Day => "day",
        }
    }

    const fn seconds(self) -> i64 {
        match self {
            Self::Quarter => 900,
            Self::Day => 86_400,
        }
    }

    /// The start of the window that a moment is in.
    #[must_use]
    pub fn start(self, now: Timestamp) -> Timestamp {
        let into = now.as_second().rem_euclid(self.seconds());
        Timestamp::from_second(now.as_second() - into).unwrap_or(now)
    }

    const fn length(self) -> SignedDuration {
        SignedDuration::from_secs(self.seconds())
    }
}

words!(QuotaSpan, "span of a limit", Self::Quarter, Self::Day);

record! {
    /// How much of a limit is used.
    pub struct Quota {
        /// Which requests.
        pub kind: QuotaKind,
        /// Over what.
        pub span: QuotaSpan,
        /// The window's start.
        pub window_start: Timestamp,
        /// Requests that are allowed in it.
        pub allowed: i32,
        /// Requests in it, those reserved among them.
        pub used: i32,
    }
}

impl Quota {
    /// The end of its window.
    #[must_use]
    pub fn ends(&self) -> Timestamp {
        self.window_start + self.span.length()
    }

    /// Brings it to the window of the present moment. A window that lies less than its length
    /// ahead is another machine's clock's; one further ahead was set by a clock that was wrong.
    fn roll(&mut self, now: Timestamp) {
        let current = self.span.start(now);
        let near = current..=current + self.span.length();
        if !near.contains(&self.window_start) {
            self.window_start = current;
            self.used = 0;
        }
    }
}

/// What an answer said of a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// Which requests.
    pub kind: QuotaKind,
    /// Over what.
    pub span: QuotaSpan,
    /// What is allowed; `None` where only the use is known.
    pub allowed: Option<i32>,
    /// What is used; `None`: everything.
    pub used: Option<i32>,
}

/// What became of a reservation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reserved {
    /// A request may be sent now.
    Now,
    /// None before this moment.
    Until(Timestamp),
}

/// The rows as they stand in the present windows, locked.
async fn windows(db: &mut Db, now: Timestamp) -> Result<Vec<Quota>> {
    let row = |(kind, span, allowed): (QuotaKind, QuotaSpan, i32)| {
        args![kind, span, span.start(now), allowed, 0]
    };
    if db.execute(LOCK, Vec::new()).await? == 0 {
        db.bulk(&ADD, DEFAULTS.map(row).to_vec()).await?;
        db.execute(LOCK, Vec::new()).await?;
    }
    let mut rows: Vec<Quota> = db.all(ALL, Vec::new()).await?;
    rows.iter_mut().for_each(|row| row.roll(now));
    Ok(rows)
}

async fn set(db: &mut Db, rows: &[Quota]) -> Result<()> {
    let row = |q: &Quota| args![q.kind, q.span, q.window_start, q.allowed, q.used];
    db.bulk(&SET, rows.iter().map(row).collect()).await.map(drop)
}

impl Store {
    /// Reserves one request that reads, within `share` thousandths of every limit.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn reserve_strava(&self, share: i32, now: Timestamp) -> Result<Reserved> {
        transaction!(self, |db| {
            let mut rows = windows(db, now).await?;
            let most = |q: &Quota| i64::from(q.allowed) * i64::from(share) / 1_000;
            let full = rows.iter().filter(|q| i64::from(q.used) >= most(q).max(1));
            if let Some(until) = full.map(Quota::ends).max() {
                return Ok(Reserved::Until(until));
            }
            rows.iter_mut().for_each(|q| q.used += 1);
            set(db, &rows).await?;
            Ok(Reserved::Now)
        })
    }

    /// Notes what an answer said. What is known to be used is never less than before: requests
    /// that are on their way are in it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note_strava_limits(&self, told: &[Told], now: Timestamp) -> Result<()> {
        if told.is_empty() {
            return Ok(());
        }
        transaction!(self, |db| {
            let mut rows = windows(db, now).await?;
            for told in told {
                let same = |q: &&mut Quota| (q.kind, q.span) == (told.kind, told.span);
                if let Some(row) = rows.iter_mut().find(same) {
                    row.allowed = told.allowed.unwrap_or(row.allowed);
                    row.used = row.used.max(told.used.unwrap_or(row.allowed));
                }
            }
            set(db, &rows).await
        })
    }

    /// How much of every limit is used in the present windows.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn strava_quota(&self, now: Timestamp) -> Result<Vec<Quota>> {
        let mut rows: Vec<Quota> = self.read().await?.all(ALL, Vec::new()).await?;
        rows.iter_mut().for_each(|row| row.roll(now));
        Ok(rows)
    }
}
