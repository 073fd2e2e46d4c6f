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

/// What a repair loses: metres, half seconds at intensity, and the rank of what it touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cost {
    pub(super) lost: Metres,
    pub(super) softer: i64,
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
    /// Their metres and their half seconds at intensity.
    pub(super) km: Metres,
    pub(super) halves: i64,
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
    /// Km of races.
    races: Metres,
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
        let races = most.iter().filter(|r| r.is_race()).map(|r| r.size.km).sum();
        let n = slots.len();
        let (from, pick) = (vec![0; n], vec![0; n]);
        let time = slots.iter().map(|s| s.way.map_or(s.run.size.time, |way| way.time)).collect();
        let mut this = Self { judge, before, slots, races, most, least, time, from, pick, best };
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
        let lengths = self.slots[longest].lengths;
        // What the rules of spacing look at: where one length breaks them, its like do too.
        let (judge, done) = (self.judge, self.judge.l.done_longest);
        let class = |l: &Length| (judge.is_long(&l.size), l.size.km > done);
        let mut n = 0;
        while n < lengths.len() {
            self.set(longest, n);
            self.best.steps += 1;
            let run = self.most[longest];
            let of = class(&lengths[n]);
            if self.judge.breach_of_spacing(&self.most, Some(&run)).is_some() {
                n += lengths[n..].iter().take_while(|l| class(l) == of).count();
                continue;
            }
            n += 1;
            let km = run.size.km;
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
            if self.is_shared(longest) && !self.is_intense(others) {
                self.fill(longest, others);
            }
        }
    }

    /// Every length of the others that can still make the week better.
    fn fill(&mut self, longest: usize, others: &[usize]) {
        let Some((&i, others)) = others.split_first() else { return self.take() };
        let lengths = self.slots[i].lengths;
        let room = self.room() - sum(&self.least) + self.least[i].size.km;
        let fits = lengths.partition_point(|l| l.size.km > room);
        for n in fits.max(self.from[i])..lengths.len() {
            self.set(i, n);
            self.best.steps += 1;
            if !self.best.beaten_by(self.cost()) || !self.is_shared(longest) {
                break;
            }
            if self.judge.over(&self.least).is_none() && !self.is_intense(others) {
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
        let all = (0..self.slots.len()).filter(|&i| !self.slots[i].run.is_race());
        let (time, pace) = all.fold((Seconds::ZERO, 0), |(time, pace), i| {
            (time + self.time[i], pace.max(self.pace(i)))
        });
        let time = time.min(Seconds(self.room().0 * pace / 1_000_000));
        let halves: i64 = self.most.iter().map(|r| r.size.halves).sum();
        // No week has more than H06 allows.
        let halves = halves.min(2 * self.judge.intense(time).0);
        let Before { km, halves: before, rank, .. } = self.before;
        Cost { lost: km - self.km(), softer: before - halves, rank }
    }

    /// Km of the week at most, races included.
    fn km(&self) -> Metres {
        let mut km = sum(&self.most);
        let mut until = i64::MIN;
        // Blocks that share no day: each takes what is over its room.
        for b in self.judge.l.blocks.iter().filter(|b| b.to >= 0 && b.from < 7) {
            if b.from <= until {
                continue;
            }
            let inside = self.most.iter().filter(|r| (b.from..=b.to).contains(&r.day));
            let over = inside.filter(|r| !r.is_race()).map(|r| r.size.km).sum::<Metres>()
                - b.room.floor_step();
            if over > Metres::ZERO {
                km -= over;
                until = b.to;
            }
        }
        km.min(self.room()) + self.races
    }

    /// Km that the week has room for beside its races, in the steps of planned distances.
    fn room(&self) -> Metres {
        self.judge.l.week_room(self.races).0.floor_step()
    }

    /// H07: is the week big enough for its longest run if the others are as long as may be?
    fn is_shared(&self, longest: usize) -> bool {
        self.most[longest].size.km <= self.judge.share(self.most.len(), self.km())
    }

    /// H06: is there too much intensity even if the runs that are `free` are as easy, and take as
    /// long, as may be?
    fn is_intense(&self, free: &[usize]) -> bool {
        let halves: i64 = self.least.iter().map(|r| r.size.halves).sum();
        let plain = (0..self.most.len()).filter(|&i| !self.most[i].is_race());
        let fixed = plain.filter(|i| !free.contains(i)).map(|i| self.most[i].size);
        let (km, time) = fixed.fold((Metres::ZERO, Seconds::ZERO), |(km, time), size| {
            (km + size.km, time + size.time)
        });
        let pace = free.iter().map(|&i| self.pace(i)).max().unwrap_or(0);
        let in_room = Seconds((self.room() - km).0.max(0) * pace / 1_000_000);
        let free = free.iter().map(|&i| self.time[i]).sum::<Seconds>().min(in_room);
        halves > 2 * self.judge.intense(time + free).0
    }

    fn pace(&self, i: usize) -> i64 {
        self.slots[i].way.map_or(self.most[i].size.pace(), |way| way.pace)
    }
}

/// Km without races.
fn sum(runs: &[Run]) -> Metres {
    runs.iter().filter(|r| !r.is_race()).map(|r| r.size.km).sum()
}
