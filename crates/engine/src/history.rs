//! The generator's view of what was run: counted runs, weekly blocks and the windows that limits
//! are made of. `docs/RULES.md` defines each word. The rule checker has its own.

use crate::calendar::Day;
use crate::record::{Activity, Sport, Streams};
use crate::ruleset;
use crate::terrain;
use crate::units::{Metres, Pace, Seconds};
use std::collections::BTreeMap;

/// Days of history that any window can reach: 26 week starts back, 13 weeks and seven returns.
const REACH: i64 = 372;

/// A run that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// Its activity.
    pub id: i64,
    /// The local day.
    pub day: Day,
    /// Distance.
    pub distance: Metres,
    /// Moving time.
    pub moving: Seconds,
    /// A race.
    pub race: bool,
    /// Average heart rate.
    pub heart_rate: Option<u16>,
    /// Highest heart rate.
    pub max_heart_rate: Option<u16>,
    /// The distance on level ground that costs the same ([`terrain::graded`]).
    pub graded: Metres,
    /// Elapsed time as recorded.
    pub elapsed: Seconds,
    /// How hard the runner found it, 0-10, if said.
    pub effort: Option<u8>,
    /// Air temperature in degrees C.
    pub temperature: Option<i16>,
    /// Dew point in degrees C.
    pub dew_point: Option<i16>,
    /// What its streams say, where they were read: an index of [`History::streams`].
    pub streams: Option<u32>,
    /// A stretch of it is faster than anyone runs: it counts, but shows nothing about pace.
    pub vehicle: bool,
}

impl Run {
    /// Its length where a "longest run" is taken: a race counts at most 21.1 km.
    #[must_use]
    pub fn length(&self) -> Metres {
        if self.race { self.distance.min(ruleset::RACE_AS_LONGEST) } else { self.distance }
    }

    /// Its average pace.
    #[must_use]
    pub fn pace(&self) -> Pace {
        Pace::of(self.distance, self.moving).unwrap_or(Pace(i64::MAX))
    }

    /// Did it count as quality: a race, or 20 min or more at marathon pace or faster?
    #[must_use]
    pub fn is_quality(&self, marathon: Pace) -> bool {
        self.race || (self.moving >= ruleset::DONE_FAST_FROM && self.pace() <= marathon)
    }
}

/// Why an activity does not count.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Rejection {
    /// No distance or no time.
    Empty,
    /// Faster than anyone runs: over 7 m/s beyond 1 km.
    TooFast,
    /// More than 100 km on one day.
    TooFar,
    /// The same run recorded twice.
    Duplicate,
    /// A run dated on or after the as-of day.
    Future,
    /// A stretch of it is faster than anyone runs. Its km count, as the hard rules read them; its
    /// pace, heart rate and streams are not used.
    Vehicle,
}

impl Rejection {
    /// One clear sentence.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Empty => "it has no distance or no moving time",
            Self::TooFast => "it is faster than 7 m/s, which looks like a vehicle or a GPS error",
            Self::TooFar => "its day adds up to more than 100 km",
            Self::Duplicate => "it overlaps a longer run: the same run recorded twice",
            Self::Future => "it begins after the day this plan was made",
            Self::Vehicle => {
                "a stretch of it is faster than anyone runs, so its pace is not used; its km count"
            }
        }
    }
}

/// Counted runs before a day, oldest first, with what was rejected and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    /// Runs strictly before this day.
    pub before: Day,
    /// Counted runs by day and start.
    pub runs: Vec<Run>,
    /// What the streams of counted runs say, in the order of the runs.
    pub streams: Vec<Streams>,
    /// Runs of the reach that are rejected, whole or ([`Rejection::Vehicle`]) in part, by
    /// activity id.
    pub rejected: Vec<(i64, Rejection)>,
    /// There are runs before the reach.
    pub older: bool,
    /// What lies before the days from `before - REACH` on.
    sums: Vec<Sum>,
}

/// Counted runs of the reach before a day, and their metres.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Sum {
    runs: usize,
    metres: i64,
}

/// No distance and no time is taken as longer, so that sums cannot overflow.
const METRES_MAX: Metres = Metres(10_000_000);
/// See [`METRES_MAX`].
const SECONDS_MAX: Seconds = Seconds(1_000_000_000);

/// What is wrong with the run taken alone.
fn flaw(a: &Activity) -> Option<Rejection> {
    if a.distance.0 <= 0 || a.moving.0 <= 0 {
        return Some(Rejection::Empty);
    }
    let too_fast = a.distance > ruleset::SPEED_CHECKED_OVER
        && a.distance.0 > a.moving.0.saturating_mul(ruleset::SPEED_MAX);
    (too_fast && !a.confirmed).then_some(Rejection::TooFast)
}

/// The end of the stretch that a recording occupies: another that starts in it is the same run.
fn end(a: &Activity) -> i64 {
    let taken = a.moving.0.clamp(ruleset::DUPLICATE_START + 1, ruleset::RUN_INTERVAL_MAX);
    a.start_local.saturating_add(taken)
}

impl History {
    /// Reads the activities before a day. They need not be sorted; later ones are rejected.
    #[must_use]
    pub fn new(activities: &[Activity], before: Day) -> Self {
        let from = before - REACH;
        let mut rejected = Vec::new();
        let mut sane: Vec<Sane<'_>> = Vec::with_capacity(activities.len().min(512));
        let mut older = false;
        for a in activities.iter().filter(|a| a.sport == Sport::Run) {
            let day = a.day();
            if day < from {
                older |= flaw(a).is_none() && (a.confirmed || a.distance <= ruleset::DAY_MAX);
                continue;
            }
            if day >= before {
                rejected.push((a.id, Rejection::Future));
            } else if let Some(why) = flaw(a) {
                rejected.push((a.id, why));
            } else {
                sane.push(Sane {
                    a,
                    day,
                    start: a.start_local,
                    metres: a.distance.min(METRES_MAX),
                });
            }
        }
        let in_order = |s: &[Sane<'_>]| {
            s[0].start < s[1].start || (s[0].start == s[1].start && s[0].a.id <= s[1].a.id)
        };
        if !sane.windows(2).all(in_order) {
            sane.sort_by_key(|s| (s.start, s.a.id));
        }
        drop_duplicates(&mut sane, &mut rejected);
        drop_impossible_days(&mut sane, &mut rejected);
        let mut streams = Vec::new();
        let runs: Vec<Run> = sane.iter().map(|s| counted(s, &mut streams)).collect();
        rejected.extend(runs.iter().filter(|r| r.vehicle).map(|r| (r.id, Rejection::Vehicle)));
        rejected.sort_unstable();
        let mut sums = vec![Sum::default(); REACH as usize + 1];
        for r in &runs {
            let sum = &mut sums[(r.day - from) as usize + 1];
            sum.runs += 1;
            sum.metres += r.distance.0;
        }
        let mut so_far = Sum::default();
        for sum in &mut sums {
            so_far.runs += sum.runs;
            so_far.metres += sum.metres;
            *sum = so_far;
        }
        Self { before, runs, streams, rejected, older, sums }
    }

    /// What lies before a day; days outside the reach hold nothing.
    fn until(&self, day: Day) -> Sum {
        let i = (day - (self.before - REACH)).clamp(0, REACH);
        self.sums[i as usize]
    }

    /// Metres of the days from `from` to before `to`; days outside the reach count nothing.
    #[must_use]
    pub fn metres(&self, from: Day, to: Day) -> Metres {
        Metres((self.until(to).metres - self.until(from).metres).max(0))
    }

    /// What the streams of a run say.
    #[must_use]
    pub fn streams_of(&self, run: &Run) -> Option<&Streams> {
        self.streams.get(run.streams? as usize)
    }

    /// A value as of a day: from this history where it reaches back far enough, else from the
    /// activities anew.
    pub fn as_of<T>(&self, activities: &[Activity], day: Day, of: impl Fn(&Self) -> T) -> T {
        if day - (self.before - REACH) > ruleset::L30_MEMORY_DAYS + 7 {
            of(self)
        } else {
            of(&Self::new(activities, day))
        }
    }

    /// The runs of the days from `from` to before `to`.
    #[must_use]
    pub fn runs_in(&self, from: Day, to: Day) -> &[Run] {
        let (a, b) = (self.until(from).runs, self.until(to).runs);
        &self.runs[a..b.max(a)]
    }

    /// The longest length among those days' runs; zero without one.
    #[must_use]
    pub fn longest(&self, from: Day, to: Day) -> Metres {
        self.runs_in(from, to).iter().map(Run::length).max().unwrap_or_default()
    }

    /// w_k before a week start: the km of days `start - 7k` to `start - 7k + 6`.
    #[must_use]
    pub fn week(&self, start: Day, k: i64) -> Metres {
        self.metres(start - 7 * k, start - 7 * k + 7)
    }

    /// C4 before a day: median (mean of the middle two) of the four blocks before it.
    #[must_use]
    pub fn c4(&self, at: Day) -> Metres {
        let (mut end, mut least, mut most) = (self.until(at).metres, i64::MAX, 0);
        let whole = end;
        for k in 1..=4 {
            let start = self.until(at - 7 * k).metres;
            least = least.min(end - start);
            most = most.max(end - start);
            end = start;
        }
        Metres((whole - end - least - most) / 2)
    }

    /// C: C4, or the last two weeks as far as they follow from what was run before them.
    #[must_use]
    pub fn c(&self, at: Day) -> Metres {
        let mut highest = (9..=12).map(|k| self.week(at, k)).max().unwrap_or_default();
        let mut last = [Metres::ZERO; 2];
        for k in (1..=8).rev() {
            let ck = self.week(at, k).min(step(highest));
            highest = highest.max(ck);
            last = [ck, last[0]];
        }
        self.c4(at).max(last[0]).max(last[1])
    }

    /// The highest C4 at this and the last `weeks` week starts.
    #[must_use]
    pub fn best_c4(&self, at: Day, weeks: i64) -> Metres {
        (0..=weeks).map(|k| self.c4(at - 7 * k)).max().unwrap_or_default()
    }

    /// C13: mean weekly km of the 90 days before a day.
    #[must_use]
    pub fn c13(&self, at: Day) -> Metres {
        Metres(self.metres(at - ruleset::C13_DAYS, at).0 * 7 / ruleset::C13_DAYS)
    }

    /// L30 before a day.
    #[must_use]
    pub fn l30(&self, at: Day) -> Metres {
        let (mut first, mut second) = (Metres::ZERO, Metres::ZERO);
        for length in self.runs_in(at - ruleset::L30_MEMORY_DAYS, at).iter().map(Run::length) {
            if length > first {
                (first, second) = (length, first);
            } else if length > second {
                second = length;
            }
        }
        let k = second.permille(ruleset::FREAK_PERMILLE).max(second + ruleset::FREAK_EXTRA);
        let recent = self.longest(at - ruleset::L30_DAYS, at).min(k);
        ruleset::L30_FLOOR.max(recent).max(first.min(k).permille(ruleset::L30_MEMORY_PERMILLE))
    }

    /// Run-free days directly before a day; 10 000 for a runner who has never run.
    #[must_use]
    pub fn run_free_days(&self, at: Day) -> i64 {
        match self.until(at).runs.checked_sub(1) {
            Some(last) => at - self.runs[last].day - 1,
            None => ruleset::NEVER_RUN_DAYS,
        }
    }
}

/// step(x): how far the week after one of x km may go.
#[must_use]
pub fn step(x: Metres) -> Metres {
    ruleset::WEEK_FLOOR.max(x.permille(ruleset::STEP_PERMILLE)).max(x + ruleset::STEP_EXTRA)
}

/// A run that may count, with what is asked of it more than once.
#[derive(Clone, Copy)]
struct Sane<'a> {
    a: &'a Activity,
    day: Day,
    /// Local start, seconds.
    start: i64,
    /// Its distance, as far as it is summed.
    metres: Metres,
}

fn counted(&Sane { a, day, metres: distance, .. }: &Sane<'_>, streams: &mut Vec<Streams>) -> Run {
    let index = a.streams.and_then(|s| {
        let index = u32::try_from(streams.len()).ok()?;
        streams.push(s);
        Some(index)
    });
    Run {
        id: a.id,
        day,
        distance,
        moving: a.moving.min(SECONDS_MAX),
        race: a.race,
        heart_rate: a.heart_rate,
        max_heart_rate: a.max_heart_rate,
        graded: terrain::graded(distance, a.ascent, a.streams.and_then(|s| s.graded)),
        elapsed: a.elapsed,
        effort: a.effort,
        temperature: a.temperature,
        dew_point: a.dew_point,
        streams: index,
        vehicle: !a.confirmed && a.streams.is_some_and(|s| too_fast_a_stretch(&s)),
    }
}

/// A stretch of 400, 800 or 5000 m that was covered faster than anyone runs it.
fn too_fast_a_stretch(s: &Streams) -> bool {
    let times = s.fastest.iter().flatten().zip(ruleset::STRETCH_FASTEST);
    times.into_iter().any(|(time, fastest)| *time < fastest)
}

/// Keeps the longest of recordings that overlap. Those kept are apart, so that only the nearest
/// before and after have to be asked. Most histories have none to drop.
fn drop_duplicates(sane: &mut Vec<Sane<'_>>, rejected: &mut Vec<(i64, Rejection)>) {
    if sane.windows(2).all(|w| {
        w[1].start.saturating_sub(w[0].start) >= ruleset::RUN_INTERVAL_MAX
            || end(w[0].a) <= w[1].start
    }) {
        return;
    }
    let mut order = sane.clone();
    order.sort_by_key(|s| (std::cmp::Reverse(s.metres), s.a.id));
    let mut kept: BTreeMap<i64, Sane<'_>> = BTreeMap::new();
    for s in order {
        let start = s.start;
        let before = kept.range(..=start).next_back().map(|(_, k)| end(k.a));
        let after = kept.range(start..).next().map(|(start, _)| *start);
        if before.is_some_and(|end| start < end) || after.is_some_and(|at| at < end(s.a)) {
            rejected.push((s.a.id, Rejection::Duplicate));
        } else {
            kept.insert(start, s);
        }
    }
    *sane = kept.into_values().collect();
}

/// Days over 100 km do not count unless confirmed.
fn drop_impossible_days(sane: &mut Vec<Sane<'_>>, rejected: &mut Vec<(i64, Rejection)>) {
    let mut i = 0;
    while i < sane.len() {
        let day = sane[i].day;
        let end = i + sane[i..].iter().take_while(|s| s.day == day).count();
        let total: Metres = sane[i..end].iter().map(|s| s.metres).sum();
        if total > ruleset::DAY_MAX {
            let gone = sane[i..end].iter().filter(|s| !s.a.confirmed);
            rejected.extend(gone.map(|s| (s.a.id, Rejection::TooFar)));
            let mut n = 0;
            sane.retain(|s| {
                let keep = n < i || n >= end || s.a.confirmed;
                n += 1;
                keep
            });
            i += sane[i..].iter().take_while(|s| s.day == day).count();
        } else {
            i = end;
        }
    }
}
