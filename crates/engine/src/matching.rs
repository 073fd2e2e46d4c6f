//! Matching: which runs of a week were which sessions, the best of all ways to read it (K1).
//!
//! All runs of a day are one session, the one of that day: a run that was split in two is one. A
//! session keeps the runs of its day unless something else scores strictly more for it: it was run
//! in another one's place, or two sessions were run on one day. What has no run of its own day is
//! looked for up to two days away, where it must be half to one and a half times the plan: less is
//! no session, more is another one. Of all that is possible the highest score counts, then the kind
//! (by the pace), the fewest days between, the distance nearest to the plan, and the harder session.
//! The runner's own word goes before all of that.

use crate::calendar::Day;
use crate::compliance::{Colour, is_quality, share};
use crate::history::Run;
use crate::ruleset as rs;
use crate::session::{Kind, Planned};
use crate::units::{Metres, Seconds};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// How good a reading is, part by part, the first that differs decides: score, sessions whose
/// pace does not fit their kind, days moved, thousandths off the plan, weight of the sessions, days
/// later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
struct Value([i64; 6]);

impl Value {
    fn plus(self, other: Self) -> Self {
        let mut sum = self;
        for (a, b) in sum.0.iter_mut().zip(other.0) {
            *a += b;
        }
        sum
    }
}

/// One session taking some runs of a day.
#[derive(Debug, Clone)]
struct Take {
    session: usize,
    runs: Vec<usize>,
    value: Value,
}

/// A week whose sessions and runs are being put together.
struct Week<'a> {
    /// Its sessions, in a fixed order whatever the input's: see [`in_order`].
    sessions: Vec<&'a Planned>,
    runs: &'a [Run],
    /// The free runs of each day, by their places.
    days: BTreeMap<Day, Vec<usize>>,
    /// The runs of each session's own day, all together, and what they score.
    own: Vec<(Vec<usize>, i64)>,
}

/// The runs of each session, by their places in `runs`, which are by day and start; none is in two.
/// Only the runs that `free` says are looked at.
pub(crate) fn matched(
    sessions: &[Planned],
    runs: &[Run],
    free: impl Fn(usize) -> bool,
) -> Vec<Vec<usize>> {
    let order = in_order(sessions);
    let mut days: BTreeMap<Day, Vec<usize>> = BTreeMap::new();
    for (i, run) in runs.iter().enumerate().filter(|(i, _)| free(*i)) {
        days.entry(run.day).or_default().push(i);
    }
    let mut week =
        Week { sessions: order.iter().map(|i| &sessions[*i]).collect(), runs, days, own: vec![] };
    week.keep_own_days();
    let mut out = vec![Vec::new(); sessions.len()];
    for (place, runs) in order.iter().zip(week.best()) {
        out[*place] = runs;
    }
    out
}

/// Races first, then Long Runs, then quality, then the rest; the earlier and the bigger first. Two
/// that stand equal are the same.
fn in_order(sessions: &[Planned]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..sessions.len()).collect();
    order.sort_by_key(|i| {
        let s = &sessions[*i];
        (Reverse(weight(s.kind)), s.day, Reverse((s.distance, s.duration)), s.kind, s.timed)
    });
    order
}

/// What a session of this kind weighs where nothing else decides.
const fn weight(kind: Kind) -> i64 {
    match kind {
        Kind::Race => 3,
        Kind::Long => 2,
        kind if is_quality(kind) => 1,
        _ => 0,
    }
}

impl Week<'_> {
    /// Gives every session the runs of its day: a race what was raced, where anything was.
    fn keep_own_days(&mut self) {
        let mut left = self.days.clone();
        for s in &self.sessions {
            let there = left.get(&s.day).map_or(&[][..], Vec::as_slice);
            let own = self.pool(s, there);
            if let Some(rest) = left.get_mut(&s.day) {
                rest.retain(|i| !own.contains(i));
            }
            let score = self.score(s, &own).unwrap_or(0);
            self.own.push((own, score));
        }
    }

    /// Those of a day's runs that a session may be: of a race what was raced, where anything was.
    fn pool(&self, s: &Planned, there: &[usize]) -> Vec<usize> {
        let raced = |i: &&usize| self.runs[**i].race;
        if s.kind == Kind::Race && there.iter().any(|i| raced(&i)) {
            there.iter().filter(raced).copied().collect()
        } else {
            there.to_vec()
        }
    }

    fn share(&self, s: &Planned, runs: &[usize]) -> Option<i64> {
        let distance: Metres = runs.iter().map(|i| self.runs[*i].distance).sum();
        let moving: Seconds = runs.iter().map(|i| self.runs[*i].moving).sum();
        share(s, distance, moving)
    }

    fn score(&self, s: &Planned, runs: &[usize]) -> Option<i64> {
        self.share(s, runs).map(|n| Colour::of(Some(n)).score())
    }

    /// The best of all readings: the runs of each session.
    fn best(mut self) -> Vec<Vec<usize>> {
        let mut out: Vec<Vec<usize>> = self.own.iter().map(|(own, _)| own.clone()).collect();
        // What is as good as it can be stays; so does what no valid plan holds.
        let mut open: Vec<usize> = Vec::new();
        for (k, (own, score)) in self.own.iter().enumerate() {
            if *score == rs::SCORE_GREEN || open.len() == rs::MATCHED_SESSIONS {
                for day in self.days.values_mut() {
                    day.retain(|i| !own.contains(i));
                }
            } else {
                open.push(k);
            }
        }
        let near = |k: &usize| {
            let day = self.sessions[*k].day;
            self.days.range(day - rs::SHIFT_MAX..=day + rs::SHIFT_MAX).any(|(_, r)| !r.is_empty())
        };
        if !open.iter().any(near) {
            return out;
        }
        let takes = self.search(&open);
        for k in open {
            out[k].clear();
        }
        for take in takes {
            out[take.session] = take.runs;
        }
        out
    }

    /// Walks the days; what is kept of the days before is only which sessions have runs already,
    /// and the best way there.
    fn search(&self, open: &[usize]) -> Vec<Take> {
        let bit = |k: usize| 1_u32 << open.iter().position(|o| *o == k).unwrap_or(31);
        let mut states: BTreeMap<u32, (Value, Vec<Take>)> = BTreeMap::new();
        states.insert(0, (Value::default(), Vec::new()));
        for (day, runs) in self.days.iter().filter(|(_, runs)| !runs.is_empty()) {
            let options = self.options(open, *day, runs);
            let mut next = states.clone();
            for (taken, (value, way)) in &states {
                for option in &options {
                    let bits = option.iter().fold(0, |bits, take| bits | bit(take.session));
                    if taken & bits != 0 {
                        continue;
                    }
                    let value = option.iter().fold(*value, |v, take| v.plus(take.value));
                    let known = next.get(&(taken | bits));
                    if known.is_none_or(|(known, _)| value > *known) {
                        let way = way.iter().chain(option).cloned().collect();
                        next.insert(taken | bits, (value, way));
                    }
                }
            }
            states = next;
        }
        // Whoever ran on a session's day did it, in one way or another.
        let needed = open.iter().filter(|k| !self.own[**k].0.is_empty());
        let needed = needed.fold(0, |bits, k| bits | bit(*k));
        let mut best: Option<(Value, Vec<Take>)> = None;
        for (taken, (value, way)) in states {
            if taken & needed == needed && best.as_ref().is_none_or(|(known, _)| value > *known) {
                best = Some((value, way));
            }
        }
        best.map_or_else(Vec::new, |(_, way)| way)
    }

    /// All that a day's runs may be: one session, or two between which they are divided.
    fn options(&self, open: &[usize], day: Day, runs: &[usize]) -> Vec<Vec<Take>> {
        let near = |k: &&usize| (self.sessions[**k].day - day).abs() <= rs::SHIFT_MAX;
        let near: Vec<usize> = open.iter().filter(near).copied().collect();
        let mut out = Vec::new();
        for &k in &near {
            let pool = self.pool(self.sessions[k], runs);
            out.extend(self.take(k, day, &pool).map(|take| vec![take]));
        }
        if !(2..=rs::DIVIDED_RUNS).contains(&runs.len()) {
            return out;
        }
        for (n, &a) in near.iter().enumerate() {
            for &b in &near[n + 1..] {
                for (left, right) in self.divided(self.sessions[a], self.sessions[b], runs) {
                    if let Some(left) = self.take(a, day, &left)
                        && let Some(right) = self.take(b, day, &right)
                    {
                        out.push(vec![left, right]);
                    }
                }
            }
        }
        out
    }

    /// The ways to divide a day's runs between two sessions, each with one or more. A race takes
    /// what was raced, and the other session the rest.
    fn divided(&self, a: &Planned, b: &Planned, runs: &[usize]) -> Vec<(Vec<usize>, Vec<usize>)> {
        let (left, right) = (self.pool(a, runs), self.pool(b, runs));
        let rest = |of: &[usize]| -> Vec<usize> {
            runs.iter().filter(|i| !of.contains(i)).copied().collect()
        };
        if left.len() < right.len() {
            return vec![(left.clone(), rest(&left))];
        }
        if right.len() < left.len() {
            return vec![(rest(&right), right)];
        }
        let parts = 1..(1_usize << left.len()) - 1;
        let part = |bits: usize, is: usize| -> Vec<usize> {
            let chosen = left.iter().enumerate().filter(|(n, _)| bits >> n & 1 == is);
            chosen.map(|(_, i)| *i).collect()
        };
        parts.map(|bits| (part(bits, 1), part(bits, 0))).collect()
    }

    /// What it is worth that these runs of a day are the session, if they may be.
    fn take(&self, k: usize, day: Day, runs: &[usize]) -> Option<Take> {
        let s = self.sessions[k];
        let share = self.share(s, runs)?;
        let score = Colour::of(Some(share)).score();
        let (own, least) = &self.own[k];
        let shift = day - s.day;
        let may = if shift == 0 && runs == own {
            true
        } else if shift == 0 {
            score > *least
        } else {
            let raced = s.kind != Kind::Race || runs.iter().any(|i| self.runs[*i].race);
            raced && score >= rs::SCORE_YELLOW && score > *least
        };
        let value = || {
            let off = (share - 1000).abs();
            let misfit = i64::from(!self.fits_pace(s, runs));
            Value([score, -misfit, -shift.abs(), -off, weight(s.kind), shift])
        };
        may.then(|| Take { session: k, runs: runs.to_vec(), value: value() })
    }

    /// Is the pace of the runs near the session's? Where one of them has none, it is.
    fn fits_pace(&self, s: &Planned, runs: &[usize]) -> bool {
        let sum = |of: fn(&Run) -> i64| -> i128 {
            runs.iter().map(|i| i128::from(of(&self.runs[*i]))).sum()
        };
        let (metres, seconds) = (sum(|r| r.distance.0), sum(|r| r.moving.0));
        let (planned_metres, planned) = (i128::from(s.distance.0), i128::from(s.duration.0));
        if metres <= 0 || planned_metres <= 0 || planned <= 0 {
            return true;
        }
        let (run, wanted) = (seconds * planned_metres, planned * metres);
        (run - wanted).abs() * 1000 <= wanted * i128::from(rs::PACE_FITS)
    }
}
