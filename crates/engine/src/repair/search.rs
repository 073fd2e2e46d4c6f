//! Which runs are touched, and what each of them becomes.

use super::judge::{Judge, Run, Size};
use super::lengths::{Before, Best, Cost, Lengths, Pick, Slot};
use super::rank;
use crate::calendar::Day;
use crate::ruleset;
use crate::session::{Kind, Session};
use crate::units::{Metres, Seconds};
use crate::workout;
use std::cell::OnceCell;

/// Weeks of up to so many runs are searched wholly.
pub(super) const WHOLLY: usize = 5;

/// In weeks of more runs, up to so many touched together may be moved.
const MOVED_TOGETHER: usize = 2;

/// How many runs of one rank weigh less than one of the next: more than a week can have.
const RANK_BASE: u32 = 8;

/// A length that a run can be given: what is asked of `workout::shorten`, and what comes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Length {
    pub(super) to: Metres,
    pub(super) size: Size,
}

/// What a run can become in one form on one day, the longest first, none of them as it is.
/// Intensity never grows as they get shorter.
#[derive(Debug)]
pub(super) struct Way {
    pub(super) day: i64,
    pub(super) easy: bool,
    pub(super) quality: bool,
    /// The longest that any of them takes, and the slowest of their paces: seconds for 1000 km.
    pub(super) time: Seconds,
    pub(super) pace: i64,
    pub(super) lengths: Vec<Length>,
}

/// A run of the week as it is.
struct Own {
    /// Its place among the sessions.
    at: usize,
    run: Run,
    length: Length,
    pinned: bool,
    rank: u32,
    ways: OnceCell<Vec<Way>>,
}

/// The search for the smallest change.
pub(super) struct Search<'a> {
    judge: Judge<'a>,
    sessions: &'a [Session],
    runs: Vec<Own>,
    /// The days of cross-training and those that the runner emptied: nothing is moved there.
    closed: u32,
}

/// What is chosen so far for the runs that are touched.
#[derive(Clone, Copy)]
struct Shape {
    /// Days taken.
    days: u32,
    /// Metres and half seconds at intensity that are lost at least.
    lost: Metres,
    softer: i64,
}

const fn bit(day: i64) -> u32 {
    if day >= 0 && day < 7 { 1 << day } else { 0 }
}

impl<'a> Search<'a> {
    pub(super) fn new(judge: Judge<'a>, sessions: &'a [Session], emptied: &[Day]) -> Self {
        let is_run = |(_, s): &(usize, &Session)| s.is_run();
        let own = |(at, s): (usize, &Session)| {
            let run = judge.run(s);
            let length = Length { to: s.distance, size: run.size };
            let rank = RANK_BASE.pow(rank(s, judge.paces));
            Own { at, run, length, pinned: s.pinned, rank, ways: OnceCell::new() }
        };
        let runs = sessions.iter().enumerate().filter(is_run).map(own).collect();
        let cross = sessions.iter().filter(|s| !s.is_run()).map(|s| s.day);
        let closed = cross.chain(emptied.iter().copied());
        let closed = closed.fold(0, |days, day| days | bit(day - judge.w));
        Self { judge, sessions, runs, closed }
    }

    /// The best week there is, session by session as before.
    pub(super) fn best(&self) -> Option<Vec<Option<Session>>> {
        let chosen = |mask: u32| {
            self.runs.iter().enumerate().filter(move |(k, _)| mask & (1 << k) != 0).map(|(_, r)| r)
        };
        let effort = |mask: u32| {
            let races = chosen(mask).filter(|r| r.run.is_race()).count();
            (races, chosen(mask).filter(|r| r.pinned).count(), mask.count_ones())
        };
        let ranks = |mask: u32| chosen(mask).map(|r| r.rank).sum::<u32>();
        let alone = |own: &Own| self.judge.breach_of_days(&[own.run]).is_some();
        let barred = (0..).zip(&self.runs).filter(|(_, own)| alone(own));
        let must = barred.fold(0, |mask, (k, _): (u32, _)| mask | 1 << k);
        let all = 1..1_u32 << self.runs.len();
        let mut masks: Vec<_> = all.map(|mask| (effort(mask), ranks(mask), mask)).collect();
        masks.sort_unstable();
        let mut best = Best::default();
        for same in masks.chunk_by(|a, b| a.0 == b.0) {
            for (_, rank, mask) in same.iter().filter(|m| m.2 & must == must) {
                self.touch(*mask, *rank, &mut best);
            }
            if let Some((_, picks)) = best.found {
                return Some(self.week(&picks));
            }
        }
        None
    }

    /// The sessions after what was picked for the runs.
    fn week(&self, picks: &[Pick]) -> Vec<Option<Session>> {
        let mut week: Vec<Option<Session>> = self.sessions.iter().cloned().map(Some).collect();
        for (own, pick) in self.runs.iter().zip(picks) {
            let s = &self.sessions[own.at];
            week[own.at] = match *pick {
                Pick::Kept => continue,
                Pick::LeftOut => None,
                Pick::Made { day, easy, to } => {
                    let form = if easy { self.easy(s) } else { Some(s.clone()) };
                    let made = form.and_then(|s| workout::shorten(&s, to, self.judge.paces));
                    made.map(|made| Session { day: self.judge.w + day, ..made })
                }
            };
        }
        week
    }

    /// Tries what can be done with exactly these runs.
    fn touch(&self, mask: u32, rank: u32, best: &mut Best) {
        let (touched, kept): (Vec<_>, Vec<_>) =
            (0..self.runs.len()).partition(|k| mask & (1 << k) != 0);
        let fixed: Vec<Run> = kept.iter().map(|&k| self.runs[k].run).collect();
        if self.judge.breach_of_days(&fixed).is_some() || self.judge.over(&fixed).is_some() {
            return;
        }
        let before = Before {
            runs: self.runs.len(),
            km: self.runs.iter().map(|r| r.run.size.km).sum(),
            halves: self.runs.iter().map(|r| r.run.size.halves).sum(),
            rank,
        };
        let days = fixed.iter().fold(0, |days, r| days | bit(r.day));
        let slots = kept.iter().map(|&k| Slot::kept(k, self.runs[k].run, &self.runs[k].length));
        let mut slots: Vec<Slot<'_>> = slots.collect();
        let shape = Shape { days, lost: Metres::ZERO, softer: 0 };
        let moves = self.runs.len() <= WHOLLY || touched.len() <= MOVED_TOGETHER;
        self.shape(before, &touched, moves, shape, &mut slots, best);
    }

    /// Gives each of the runs that are left one of its forms and days, or none.
    fn shape<'s>(
        &'s self,
        before: Before,
        left: &[usize],
        moves: bool,
        so_far: Shape,
        slots: &mut Vec<Slot<'s>>,
        best: &mut Best,
    ) {
        let Shape { days, lost, softer } = so_far;
        if !best.beaten_by(Cost { lost, softer, rank: before.rank }) {
            return;
        }
        let Some((&k, left)) = left.split_first() else {
            return Lengths::search(self.judge, before, slots, best);
        };
        let own = &self.runs[k];
        let Size { km, halves, .. } = own.run.size;
        for way in own.ways.get_or_init(|| self.ways(own)) {
            let stays = way.day == own.run.day;
            let Some(longest) = way.lengths.first().map(|l| l.size) else { continue };
            if days & bit(way.day) != 0 || !(stays || moves) {
                continue;
            }
            let so_far = Shape {
                days: days | bit(way.day),
                lost: lost + (km - longest.km),
                softer: softer + (halves - longest.halves),
            };
            slots.push(Slot::made(k, own.run, way));
            self.shape(before, left, moves, so_far, slots, best);
            slots.pop();
        }
        let so_far = Shape { lost: lost + km, softer: softer + halves, ..so_far };
        self.shape(before, left, moves, so_far, slots, best);
    }

    /// What a run can become where it stays in the week: on its day first, as it is before easy.
    fn ways(&self, own: &Own) -> Vec<Way> {
        let s = &self.sessions[own.at];
        if own.run.is_race() {
            return Vec::new();
        }
        let forms = [(false, Some(s.clone())), (true, self.easy(s))];
        let forms = forms.into_iter().filter_map(|(easy, form)| Some((easy, self.lengths(&form?))));
        let forms: Vec<(bool, Vec<(bool, Length)>)> = forms.collect();
        let others = (0..7).filter(|d| *d != own.run.day && self.closed & bit(*d) == 0);
        let mut ways = Vec::new();
        for day in std::iter::once(own.run.day).chain(others) {
            for (easy, lengths) in &forms {
                let by_quality = [true, false].map(|q| self.way(own, day, *easy, q, lengths));
                ways.extend(by_quality.into_iter().flatten());
            }
        }
        ways
    }

    /// The lengths of a form that are quality, or those that are not, as far as the day allows.
    fn way(
        &self,
        own: &Own,
        day: i64,
        easy: bool,
        quality: bool,
        lengths: &[(bool, Length)],
    ) -> Option<Way> {
        let kind = if easy { Kind::Easy } else { own.run.kind };
        let as_it_is = |size: Size| day == own.run.day && !easy && size == own.run.size;
        let allowed = |l: &Length| {
            let run = Run { day, kind, quality, size: l.size };
            !as_it_is(l.size) && self.judge.breach_of_days(&[run]).is_none()
        };
        let lengths = lengths.iter().filter(|(q, _)| *q == quality).map(|(_, l)| *l);
        let lengths: Vec<Length> = lengths.filter(allowed).collect();
        let time = lengths.iter().map(|l| l.size.time).max()?;
        let pace = lengths.iter().map(|l| l.size.pace()).max()?;
        Some(Way { day, easy, quality, time, pace, lengths })
    }

    /// The same run as an easy one, if it is hard.
    fn easy(&self, s: &Session) -> Option<Session> {
        let paces = self.judge.paces;
        let hard = s.kind != Kind::Race && workout::is_quality(s, paces.marathon);
        hard.then(|| {
            let easy = workout::plain(s.day, Kind::Easy, s.distance, paces);
            Session { why: s.why.clone(), template: s.template, pinned: s.pinned, ..easy }
        })
    }

    /// A run at all lengths from its own down to 1 km, each with whether it is quality.
    fn lengths(&self, s: &Session) -> Vec<(bool, Length)> {
        let paces = self.judge.paces;
        let steps = ruleset::EDIT_RUN_MIN.0 / 100..=s.distance.0.min(ruleset::DAY_MAX.0) / 100;
        let shorter = steps.rev().map(|n| Metres(100 * n)).filter(|to| *to < s.distance);
        let steps = std::iter::once(s.distance).chain(shorter);
        let lengths = steps.filter_map(|to| {
            let made = workout::shorten(s, to, paces)?;
            let size = Size::of(&made, paces);
            Some((workout::is_quality(&made, paces.marathon), Length { to, size }))
        });
        let mut lengths: Vec<_> = lengths.collect();
        lengths.dedup_by_key(|(_, l)| l.size);
        lengths
    }
}
