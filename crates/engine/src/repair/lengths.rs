//! The lengths of the runs of a week whose days and kinds are chosen.
//!
//! One run after the other is taken for the longest, with each of its lengths; that decides
//! everything about Long Runs. The others are no longer than it: each in turn takes its lengths,
//! the longest first, as long as the week can still become better than the best one known. What is
//! left out of the search is only what breaks a rule, or loses as much, whatever the runs that are
//! still to come take; the rules themselves judge every week that is found.

use super::judge::{Judge, Run};
use super::search::{Length, Way};
use crate::session::Kind;
use crate::units::{Metres, Seconds};
use std::cmp::Reverse;

/// Most lengths that are tried in one repair. Then the best week known is taken.
pub(super) const MOST_STEPS: u32 = 1_000_000;

/// What a repair loses: metres, seconds at intensity, and the rank of what it touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cost {
    pub(super) lost: Metres,
    pub(super) softer: Seconds,
    pub(super) rank: u32,
}

/// What becomes of a run.
#[derive(Debug, Clone, Copy)]
pub(super) enum Pick {
    Kept,
    LeftOut,
    Made { day: i64, easy: bool, to: Metres },
}

/// The best week known, run by run.
#[derive(Default)]
pub(super) struct Best {
    pub(super) found: Option<(Cost, Vec<Pick>)>,
    steps: u32,
}

impl Best {
    /// Would a week of that cost be better, and may it still be looked for?
    pub(super) fn beaten_by(&self, cost: Cost) -> bool {
        self.steps < MOST_STEPS && self.found.as_ref().is_none_or(|(best, _)| cost < *best)
    }
}

/// What is asked of all weeks that touch the same runs.
#[derive(Clone, Copy)]
pub(super) struct Before {
    /// Runs of the week.
    pub(super) runs: usize,
    /// Their metres and their seconds at intensity.
    pub(super) km: Metres,
    pub(super) hard: Seconds,
    /// The rank of those that are touched.
    pub(super) rank: u32,
}

/// A run that stays in the week, and the lengths that it may have.
#[derive(Clone, Copy)]
pub(super) struct Slot<'a> {
    /// Which of the week's runs it is.
    k: usize,
    run: Run,
    lengths: &'a [Length],
    way: Option<&'a Way>,
}

impl<'a> Slot<'a> {
    /// A run that is not touched.
    pub(super) const fn kept(k: usize, run: Run, length: &'a Length) -> Self {
        Self { k, run, lengths: std::slice::from_ref(length), way: None }
    }

    /// One that is.
    pub(super) fn made(k: usize, run: Run, way: &'a Way) -> Self {
        let kind = if way.easy { Kind::Easy } else { run.kind };
        let run = Run { day: way.day, kind, quality: way.quality, ..run };
        Self { k, run, lengths: &way.lengths, way: Some(way) }
    }
}

/// The search for the lengths. What is chosen already has its length in all three lists.
pub(super) struct Lengths<'a, 'b> {
    judge: Judge<'a>,
    before: Before,
    /// By day.
    slots: Vec<Slot<'b>>,
    /// The runs as long as they may still be.
    most: Vec<Run>,
    /// As short as they may be.
    least: Vec<Run>,
    /// The longest that they may still take.
    time: Vec<Seconds>,
    /// Where the lengths begin that are not longer than the longest run.
    from: Vec<usize>,
    pick: Vec<usize>,
    best: &'a mut Best,
}

impl<'a, 'b> Lengths<'a, 'b> {
    pub(super) fn search(judge: Judge<'a>, before: Before, slots: &[Slot<'b>], best: &'a mut Best) {
        let mut slots = slots.to_vec();
        slots.sort_by_key(|s| s.run.day);
        let end = |length: fn(&[Length]) -> Option<&Length>| {
            let size = |s: &Slot<'_>| length(s.lengths).map_or(s.run.size, |l| l.size);
            slots.iter().map(|s| Run { size: size(s), ..s.run }).collect::<Vec<Run>>()
        };
        let (most, least) = (end(<[Length]>::first), end(<[Length]>::last));
        if judge.breach_of_days(&most).is_some() || judge.over(&least).is_some() {
            return;
        }
        let n = slots.len();
        let (time, from, pick) = (vec![Seconds::ZERO; n], vec![0; n], vec![0; n]);
        let mut this = Self { judge, before, slots, most, least, time, from, pick, best };
        this.each_longest();
    }

    fn each_longest(&mut self) {
        let mut plain: Vec<usize> =
            (0..self.slots.len()).filter(|&i| !self.slots[i].run.is_race()).collect();
        plain.sort_by_key(|&i| Reverse(self.most[i].size.km));
        if plain.is_empty() {
            self.take();
        }
        for (n, &longest) in plain.iter().enumerate() {
            let mut others = plain.clone();
            others.remove(n);
            // Those that have no choice first, then quality, then the slowest: what is left for the
            // last ones is given to runs that lose nothing else by it.
            others.sort_by_key(|&i| {
                let per_km = |r: &Run| r.size.time.0 * 1000 / r.size.km.0.max(1);
                let (slot, run) = (&self.slots[i], &self.least[i]);
                (slot.lengths.len() > 1, self.most[i].size.halves == 0, Reverse(per_km(run)))
            });
            self.with_longest(longest, &others);
        }
    }

    /// Every length of the longest run.
    fn with_longest(&mut self, longest: usize, others: &[usize]) {
        self.from.fill(0);
        for n in 0..self.slots[longest].lengths.len() {
            self.set(longest, n);
            let km = self.most[longest].size.km;
            for &i in others {
                // Of equals the earlier one is the longest.
                let fits = |l: &Length| l.size.km < km || (l.size.km == km && i > longest);
                let lengths = self.slots[i].lengths;
                let Some(more) = lengths[self.from[i]..].iter().position(fits) else { return };
                self.from[i] += more;
                self.free(i);
            }
            if !self.best.beaten_by(self.cost()) {
                return;
            }
            if self.judge.breach_of_spacing(&self.most).is_none() && self.is_shared(longest) {
                self.fill(longest, others);
            }
        }
    }

    /// Every length of the others that can still make the week better.
    fn fill(&mut self, longest: usize, others: &[usize]) {
        let Some((&i, others)) = others.split_first() else { return self.take() };
        let lengths = self.slots[i].lengths;
        let room = self.room() - self.sum(&self.least) + self.least[i].size.km;
        let fits = lengths.partition_point(|l| l.size.km > room);
        for n in fits.max(self.from[i])..lengths.len() {
            self.set(i, n);
            self.best.steps += 1;
            if !self.best.beaten_by(self.cost()) || !self.is_shared(longest) {
                break;
            }
            if self.judge.over(&self.least).is_none() && !self.is_intense() {
                self.fill(longest, others);
            }
        }
        self.free(i);
    }

    /// Takes the week, all of whose lengths are chosen, if it is allowed and the best.
    fn take(&mut self) {
        let cost = self.cost();
        if !self.best.beaten_by(cost) || self.judge.breach(&self.most).is_some() {
            return;
        }
        let mut picks = vec![Pick::LeftOut; self.before.runs];
        for (slot, &n) in self.slots.iter().zip(&self.pick) {
            picks[slot.k] = slot.way.map_or(Pick::Kept, |way| {
                let Way { day, easy, .. } = *way;
                Pick::Made { day, easy, to: slot.lengths[n].to }
            });
        }
        self.best.found = Some((cost, picks));
    }

    /// The run takes one of its lengths.
    fn set(&mut self, i: usize, n: usize) {
        let size = self.slots[i].lengths[n].size;
        (self.most[i].size, self.least[i].size, self.time[i]) = (size, size, size.time);
        self.pick[i] = n;
    }

    /// The run may take any of its lengths that are not longer than the longest run.
    fn free(&mut self, i: usize) {
        let lengths = &self.slots[i].lengths[self.from[i]..];
        if let (Some(first), Some(last)) = (lengths.first(), lengths.last()) {
            (self.most[i].size, self.least[i].size) = (first.size, last.size);
        }
        self.time[i] = self.slots[i].way.map_or(self.most[i].size.time, |way| way.time);
    }

    /// What the week loses at least.
    fn cost(&self) -> Cost {
        let races = self.most.iter().filter(|r| r.is_race()).map(|r| r.size.km).sum::<Metres>();
        let km = self.sum(&self.most).min(self.room());
        let hard: Seconds = self.most.iter().map(|r| r.size.hard()).sum();
        let Before { km: before, hard: hard_before, rank, .. } = self.before;
        Cost { lost: before - races - km, softer: hard_before - hard, rank }
    }

    fn sum(&self, runs: &[Run]) -> Metres {
        runs.iter().filter(|r| !r.is_race()).map(|r| r.size.km).sum()
    }

    /// Km that the week has room for beside its races.
    fn room(&self) -> Metres {
        let races = self.most.iter().filter(|r| r.is_race()).map(|r| r.size.km).sum();
        self.judge.l.week_room(races).0
    }

    /// H07: is the week big enough for its longest run if the others are as long as may be?
    fn is_shared(&self, longest: usize) -> bool {
        let races = self.most.iter().filter(|r| r.is_race()).map(|r| r.size.km).sum::<Metres>();
        let km = self.sum(&self.most).min(self.room()) + races;
        self.most[longest].size.km <= self.judge.share(self.most.len(), km)
    }

    /// H06: is there too much intensity even if the others are as easy and as long as may be?
    fn is_intense(&self) -> bool {
        let races = self.slots.iter().zip(&self.time).filter(|(s, _)| !s.run.is_race());
        let time = races.map(|(_, time)| *time).sum();
        let halves: i64 = self.least.iter().map(|r| r.size.halves).sum();
        halves > 2 * self.judge.intense(time).0
    }
}
