//! What counts as run: raw activities to counted runs and km per day (H15, docs/RULES.md).

use crate::calendar::Day;
use crate::record::{Activity, Sport};
use crate::ruleset as rs;
use crate::units::{Metres, Seconds};

/// Days before its end that a [`History`] holds: 26 week starts, each with 90 days before it and
/// the H14 rows of six earlier ones, the days of the week itself, and weeks to spare, so that
/// duplicates at its far end cannot reach what is asked for.
const DAYS: usize = 47 * 7;

/// No distance is taken as longer, so that sums cannot overflow whatever was recorded.
const DISTANCE_CAP: i64 = 10_000_000;
/// No duration is taken as longer, for the same reason.
const MOVING_CAP: i64 = 1_000_000_000;

/// One counted run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run {
    pub(super) day: Day,
    pub(super) distance: Metres,
    pub(super) moving: Seconds,
    pub(super) race: bool,
    confirmed: bool,
    id: i64,
    start: i64,
    end: i64,
}

impl Run {
    /// The activity as a run, unless it cannot be one: another sport, nothing, or too fast.
    fn of(a: &Activity) -> Option<Self> {
        let (distance, moving) = (a.distance.0, a.moving.0);
        if a.sport != Sport::Run || distance <= 0 || moving <= 0 {
            return None;
        }
        let too_fast =
            a.distance > rs::SPEED_CHECKED_OVER && distance > moving.saturating_mul(rs::SPEED_MAX);
        if too_fast && !a.confirmed {
            return None;
        }
        Some(Self {
            day: a.day(),
            distance: Metres(distance.min(DISTANCE_CAP)),
            moving: Seconds(moving.min(MOVING_CAP)),
            race: a.race,
            confirmed: a.confirmed,
            id: a.id,
            start: a.start_local,
            end: a.start_local.saturating_add(moving.min(rs::RUN_INTERVAL_MAX)),
        })
    }

    /// Its length where a longest run is taken: a race counts at most a half marathon.
    pub(super) fn as_longest(&self) -> Metres {
        if self.race { self.distance.min(rs::RACE_AS_LONGEST) } else { self.distance }
    }

    /// Is the other one the same run, recorded twice?
    fn same(&self, other: &Self) -> bool {
        let apart = self.start.abs_diff(other.start);
        apart <= rs::DUPLICATE_START.unsigned_abs()
            || (self.start < other.end && other.start < self.end)
    }
}

/// The counted runs of the last [`DAYS`] days before a day.
pub(super) struct History {
    origin: Day,
    km: [i64; DAYS],
    /// By start.
    pub(super) runs: Vec<Run>,
    /// There are runs before `origin`.
    older: bool,
}

impl History {
    /// What was run before `end`. Activities are sorted by start.
    pub(super) fn before(activities: &[Activity], end: Day) -> Self {
        #[expect(clippy::cast_possible_wrap, reason = "a small constant")]
        let origin = end - DAYS as i64;
        let first = activities.partition_point(|a| a.day() < origin);
        let len = activities[first..].partition_point(|a| a.day() < end);
        let mut runs = Vec::with_capacity(len);
        runs.extend(activities[first..first + len].iter().filter_map(Run::of));
        drop_duplicates(&mut runs);
        let older = activities[..first]
            .iter()
            .filter_map(Run::of)
            .any(|r| r.confirmed || r.distance <= rs::DAY_MAX);
        let mut history = Self { origin, km: [0; DAYS], runs, older };
        history.sum_days();
        history
    }

    /// Sums the runs by day; a day over [`rs::DAY_MAX`] loses its unconfirmed ones.
    fn sum_days(&mut self) {
        let mut excess = false;
        for run in &self.runs {
            if let Some(i) = index(self.origin, run.day) {
                self.km[i] += run.distance.0;
                excess |= self.km[i] > rs::DAY_MAX.0;
            }
        }
        if !excess {
            return;
        }
        let (km, origin) = (self.km, self.origin);
        let over = |day| index(origin, day).is_some_and(|i| km[i] > rs::DAY_MAX.0);
        self.runs.retain(|run| run.confirmed || !over(run.day));
        self.km = [0; DAYS];
        for run in &self.runs {
            if let Some(i) = index(self.origin, run.day) {
                self.km[i] += run.distance.0;
            }
        }
    }

    /// Can this history answer for `day`, with 90 days before it?
    pub(super) fn answers(&self, day: Day) -> bool {
        day - self.origin > rs::L30_MEMORY_DAYS
    }

    /// Km run from `from` to before `to`.
    pub(super) fn km(&self, from: Day, to: Day) -> Metres {
        let at = |day: Day| index_clamped(self.origin, day);
        let (a, b) = (at(from), at(to));
        Metres(if a < b { self.km[a..b].iter().sum() } else { 0 })
    }

    /// Was there a run on the day?
    pub(super) fn ran(&self, day: Day) -> bool {
        index(self.origin, day).is_some_and(|i| self.km[i] > 0)
    }

    /// Days with a run from `from` to before the end.
    pub(super) fn run_days_since(&self, from: Day) -> usize {
        self.km[index_clamped(self.origin, from)..].iter().filter(|km| **km > 0).count()
    }

    /// Runs from `from` to before `to`.
    pub(super) fn between(&self, from: Day, to: Day) -> impl Iterator<Item = &Run> {
        self.runs.iter().filter(move |r| from <= r.day && r.day < to)
    }

    /// Was there a run before the first day of this history?
    pub(super) fn older(&self) -> bool {
        self.older
    }

    /// The km of the `N` 7-day blocks before `day`, latest first.
    pub(super) fn blocks<const N: usize>(&self, day: Day) -> [Metres; N] {
        let mut to = day;
        std::array::from_fn(|_| {
            let from = to - 7;
            let km = self.km(from, to);
            to = from;
            km
        })
    }

    /// Run-free days directly before the last `N` week starts from `day` back; 57 and more are
    /// not told apart.
    pub(super) fn run_free<const N: usize>(&self, day: Day) -> [i64; N] {
        let mut last = index_clamped(self.origin, day);
        let mut start = day;
        std::array::from_fn(|_| {
            let bound = index_clamped(self.origin, start);
            last = last.min(bound);
            while last > 0 && self.km[last - 1] == 0 {
                last -= 1;
            }
            start = start - 7;
            i64::try_from(bound - last).unwrap_or(i64::MAX)
        })
    }
}

fn index(origin: Day, day: Day) -> Option<usize> {
    usize::try_from(day - origin).ok().filter(|i| *i < DAYS)
}

fn index_clamped(origin: Day, day: Day) -> usize {
    usize::try_from((day - origin).max(0)).map_or(DAYS, |i| i.min(DAYS))
}

/// Keeps the longest of runs that overlap or start together. Runs of different hours, the common
/// case, cost one comparison each; only runs that touch are compared with each other.
fn drop_duplicates(runs: &mut Vec<Run>) {
    let mut reach = i64::MIN;
    let touching = runs.iter().any(|r| {
        let touches = r.start <= reach;
        reach = reach.max(r.end.saturating_sub(1)).max(r.start.saturating_add(rs::DUPLICATE_START));
        touches
    });
    if !touching {
        return;
    }
    let mut kept = Vec::with_capacity(runs.len());
    let mut rest = runs.as_mut_slice();
    while !rest.is_empty() {
        let (cluster, after) = rest.split_at_mut(cluster_len(rest));
        cluster.sort_by_key(|r| (std::cmp::Reverse(r.distance), r.id));
        let begin = kept.len();
        for run in cluster {
            if !kept[begin..].iter().any(|k: &Run| k.same(run)) {
                kept.push(*run);
            }
        }
        kept[begin..].sort_by_key(|r| r.start);
        rest = after;
    }
    *runs = kept;
}

/// How many of the first runs hang together by touching each other.
fn cluster_len(runs: &[Run]) -> usize {
    let mut reach = i64::MIN;
    let mut len = 0;
    for r in runs {
        if len > 0 && r.start > reach {
            break;
        }
        reach = reach.max(r.end.saturating_sub(1)).max(r.start.saturating_add(rs::DUPLICATE_START));
        len += 1;
    }
    len
}
