//! Smallest change first: fewest sessions touched, then least volume lost, then least intensity
//! lost, then what ranks lowest; what the runner fixed is touched last. Always ends: a rest week
//! passes every rule. The changes that are tried are listed in `docs/PLANNING.md`.

use crate::calendar::Day;
use crate::decision::{Change, Repair, Rule};
use crate::limits::Limits;
use crate::ruleset;
use crate::session::{Kind, Session};
use crate::trim;
use crate::units::{Metres, Seconds};
use crate::workout::{self, Paces};
use std::borrow::Borrow;
use std::cell::OnceCell;

/// Most runs of a week that is searched: one a day. Beyond, runs are left out by rank.
const MOST_SEARCHED: usize = 7;

/// Up to so many sessions touched together, moves are tried too, and every length of one against
/// all that matter of the other.
const CLOSELY: usize = 2;

/// A week being repaired.
struct Bench<'a> {
    l: &'a Limits,
    w: Day,
    paces: &'a Paces,
}

/// The repaired sessions and what was changed. Nothing is changed in a week without a breach.
#[must_use]
pub fn repair(
    sessions: Vec<Session>,
    l: &Limits,
    w: Day,
    paces: &Paces,
) -> (Vec<Session>, Vec<Repair>) {
    let bench = Bench { l, w, paces };
    let Some(rule) = bench.breach(&sessions) else { return (sessions, Vec::new()) };
    let runs: Vec<usize> = (0..sessions.len()).filter(|&i| sessions[i].is_run()).collect();
    if runs.len() > MOST_SEARCHED {
        return bench.leave_out(sessions, rule);
    }
    let best = Search::new(&bench, &sessions, runs).best();
    let Some(found) = best else { return bench.leave_out(sessions, rule) };
    let changes = sessions.iter().zip(&found);
    let repairs = changes.filter_map(|(s, after)| changed(s, after.as_ref(), rule)).collect();
    let mut after: Vec<Session> = found.into_iter().flatten().collect();
    after.sort_by_key(|s| s.day);
    (after, repairs)
}

/// What one session can become: the lengths of one kind on one day, the longest first; none at all
/// where it is left out.
type Lengths = Vec<Session>;

/// What a repair loses: volume, intensity, rank of what is touched.
type Cost = (Metres, Seconds, u32);

/// The search for the smallest change.
struct Search<'a> {
    bench: &'a Bench<'a>,
    sessions: &'a [Session],
    runs: Vec<usize>,
    /// By run: what it can become where it stays on its day, then on the free ones.
    stays: Vec<OnceCell<Vec<Lengths>>>,
    moves: Vec<OnceCell<Vec<Lengths>>>,
    best: Option<(Cost, Vec<Option<Session>>)>,
}

impl<'a> Search<'a> {
    fn new(bench: &'a Bench<'a>, sessions: &'a [Session], runs: Vec<usize>) -> Self {
        let cells = || runs.iter().map(|_| OnceCell::new()).collect();
        let (stays, moves) = (cells(), cells());
        Self { bench, sessions, runs, stays, moves, best: None }
    }

    /// The best week there is, session by session as before.
    fn best(mut self) -> Option<Vec<Option<Session>>> {
        let effort = |mask: &u32| {
            let pinned = self
                .runs
                .iter()
                .enumerate()
                .filter(|(k, i)| mask & (1 << k) != 0 && self.sessions[**i].pinned);
            (pinned.count(), mask.count_ones())
        };
        let mut masks: Vec<u32> = (1..1 << self.runs.len()).collect();
        masks.sort_by_key(effort);
        let efforts: Vec<_> = masks.iter().map(effort).collect();
        for (n, mask) in masks.iter().enumerate() {
            if n > 0 && efforts[n] != efforts[n - 1] && self.best.is_some() {
                break;
            }
            self.touch(*mask);
        }
        self.best.map(|(_, week)| week)
    }

    /// Tries what can be done with exactly these runs.
    fn touch(&mut self, mask: u32) {
        let chosen: Vec<usize> = (0..self.runs.len()).filter(|k| mask & (1 << k) != 0).collect();
        let choices: Vec<Vec<&Lengths>> = chosen
            .iter()
            .map(|&k| {
                let stays =
                    self.stays[k].get_or_init(|| self.bench.stays(&self.sessions[self.runs[k]]));
                let moved = chosen.len() <= CLOSELY;
                let moves = moved.then(|| {
                    self.moves[k].get_or_init(|| self.bench.moves(self.sessions, self.runs[k]))
                });
                stays.iter().chain(moves.into_iter().flatten()).collect()
            })
            .collect();
        let mut best = self.best.take();
        let mut pick = vec![0; chosen.len()];
        loop {
            let lengths: Vec<&Lengths> = pick.iter().zip(&choices).map(|(p, c)| c[*p]).collect();
            for scanned in 0..chosen.len() {
                let mut week: Vec<Option<&Session>> = self.sessions.iter().map(Some).collect();
                self.fix(&chosen, &lengths, scanned, 0, &mut week, &mut best);
                if lengths.iter().all(|l| l.is_empty()) {
                    break;
                }
            }
            let Some(k) = (0..pick.len()).find(|&k| pick[k] + 1 < choices[k].len()) else { break };
            pick[k] += 1;
            pick[..k].fill(0);
        }
        self.best = best;
    }

    /// Gives every chosen run but `scanned` each of the lengths that matter, then that one all.
    fn fix<'s>(
        &'s self,
        chosen: &[usize],
        lengths: &[&'s Lengths],
        scanned: usize,
        n: usize,
        week: &mut Vec<Option<&'s Session>>,
        best: &mut Option<(Cost, Vec<Option<Session>>)>,
    ) {
        if n == chosen.len() {
            self.scan(self.runs[chosen[scanned]], lengths[scanned], chosen, week, best);
            return;
        }
        let i = self.runs[chosen[n]];
        if n == scanned || lengths[n].is_empty() {
            week[i] = None;
            self.fix(chosen, lengths, scanned, n + 1, week, best);
            return;
        }
        for version in self.that_matter(lengths[n], chosen.len() <= CLOSELY) {
            week[i] = Some(version);
            self.fix(chosen, lengths, scanned, n + 1, week, best);
        }
    }

    /// The longest, the longest under the hour, and those just short of another run.
    fn that_matter<'s>(&self, lengths: &'s Lengths, closely: bool) -> Vec<&'s Session> {
        let hour = lengths.iter().find(|s| s.duration < ruleset::LONG_RUN_FROM);
        let below = |d: Metres| lengths.iter().find(|s| s.distance < d);
        let others = self.sessions.iter().filter(|_| closely).filter_map(|s| below(s.distance));
        let mut out: Vec<&Session> =
            lengths.first().into_iter().chain(hour).chain(others).collect();
        out.sort_by_key(|s| std::cmp::Reverse(s.distance));
        out.dedup_by_key(|s| s.distance);
        out
    }

    /// Takes the first length of one run at which the week is allowed.
    fn scan<'s>(
        &'s self,
        i: usize,
        lengths: &'s Lengths,
        chosen: &[usize],
        week: &mut [Option<&'s Session>],
        best: &mut Option<(Cost, Vec<Option<Session>>)>,
    ) {
        let km = |s: &Session| s.distance;
        let before: Metres = self.sessions.iter().map(km).sum();
        let versions = lengths.iter().map(Some).chain(lengths.is_empty().then_some(None));
        for version in versions {
            week[i] = version;
            let lost = before - week.iter().flatten().map(|s| km(s)).sum();
            if best.as_ref().is_some_and(|((least, ..), _)| lost > *least) {
                return;
            }
            let mut after: Vec<&Session> = week.iter().flatten().copied().collect();
            after.sort_by_key(|s| s.day);
            if self.bench.breach(&after).is_some() {
                continue;
            }
            let hard = |s: &Session| {
                workout::intensity(s, self.bench.paces.threshold, self.bench.paces.marathon)
            };
            let softer = self.sessions.iter().map(hard).sum::<Seconds>()
                - after.iter().map(|s| hard(s)).sum();
            let touched = chosen.iter().map(|&k| self.bench.rank(&self.sessions[self.runs[k]]));
            let cost = (lost, softer, touched.sum());
            if best.as_ref().is_none_or(|(least, _)| cost < *least) {
                *best = Some((cost, week.iter().map(|s| s.cloned()).collect()));
            }
            return;
        }
    }
}

impl Bench<'_> {
    /// What a run can become on its day: shorter, easy, left out.
    fn stays(&self, s: &Session) -> Vec<Lengths> {
        let kept = std::iter::once(s.clone()).chain(self.easy(s));
        let kept = kept.map(|s| self.lengths(&s, s.day)).filter(|l| !l.is_empty());
        kept.chain(std::iter::once(Vec::new())).collect()
    }

    /// What it can become on the days that are free.
    fn moves(&self, sessions: &[Session], i: usize) -> Vec<Lengths> {
        let s = &sessions[i];
        if s.kind == Kind::Race {
            return Vec::new();
        }
        let kinds: Vec<Session> = std::iter::once(s.clone()).chain(self.easy(s)).collect();
        let days = (self.l.first..7).map(|d| self.w + d as i64);
        let free = days.filter(|day| sessions.iter().all(|o| o.day != *day));
        free.flat_map(|day| kinds.iter().map(move |s| self.lengths(s, day)))
            .filter(|l| !l.is_empty())
            .collect()
    }

    /// The same run as an easy one, if it is hard.
    fn easy(&self, s: &Session) -> Option<Session> {
        let hard = s.kind != Kind::Race && workout::is_quality(s, self.paces.marathon);
        hard.then(|| {
            let easy = workout::plain(s.day, Kind::Easy, s.distance, self.paces);
            Session { why: s.why.clone(), template: s.template, pinned: s.pinned, ..easy }
        })
    }

    /// A run on a day at all lengths from the longest that the day allows down to 1 km; a race at
    /// its own.
    fn lengths(&self, s: &Session, day: Day) -> Lengths {
        let s = Session { day, ..s.clone() };
        if s.kind == Kind::Race {
            return vec![s];
        }
        let room = usize::try_from(day - self.w).ok().and_then(|n| self.l.days.get(n));
        let most = s.distance.min(room.map_or(Metres::ZERO, |d| d.run)).min(ruleset::DAY_MAX);
        let steps = (ruleset::EDIT_RUN_MIN.0 / 100..=most.0 / 100).rev();
        let shorter = steps.map(|n| Metres(100 * n)).filter(|to| *to < s.distance);
        let shorter = shorter.map_while(|to| workout::shorten(&s, to, self.paces));
        let whole = (s.distance <= most).then(|| s.clone());
        whole.into_iter().chain(shorter).collect()
    }

    fn rank(&self, s: &Session) -> u32 {
        match s.kind {
            Kind::Race => 4,
            Kind::Long => 3,
            _ if workout::is_quality(s, self.paces.marathon) => 2,
            Kind::Cross => 0,
            _ => 1,
        }
    }

    /// Leaves sessions out, lowest rank first, until nothing is breached.
    fn leave_out(&self, mut sessions: Vec<Session>, rule: Rule) -> (Vec<Session>, Vec<Repair>) {
        let mut repairs = Vec::new();
        while self.breach(&sessions).is_some() {
            let lowest = (0..sessions.len())
                .min_by_key(|&i| (sessions[i].pinned, self.rank(&sessions[i]), i));
            let Some(i) = lowest else { break };
            let gone = sessions.remove(i);
            repairs.extend(changed(&gone, None, rule));
        }
        (sessions, repairs)
    }

    /// The first rule that the week breaks, as the generator sees it.
    fn breach<S: Borrow<Session>>(&self, sessions: &[S]) -> Option<Rule> {
        self.breach_of_days(sessions)
            .or_else(|| self.breach_of_spacing(sessions))
            .or_else(|| self.breach_of_sums(sessions))
    }

    fn breach_of_days<S: Borrow<Session>>(&self, sessions: &[S]) -> Option<Rule> {
        let mut bits = u32::from(self.l.run_days);
        let mut planned = 0_u32;
        for s in sessions.iter().map(Borrow::borrow) {
            let i = usize::try_from(s.day - self.w).ok().filter(|i| *i < 7)?;
            let room = &self.l.days[i];
            if !s.is_run() {
                continue;
            }
            if i < self.l.first || (bits | planned) & (1 << (i + 6)) != 0 {
                return Some(Rule::H15);
            }
            planned |= 1 << (i + 6);
            if s.kind == Kind::Race {
                if let Some(rule) = room.race_barred {
                    return Some(rule);
                }
                continue;
            }
            if s.distance > room.run || room.time.is_some_and(|t| s.duration > t) {
                return Some(room.by);
            }
            if self.l.ladder && (s.kind != Kind::Return || (bits | planned) & (1 << (i + 5)) != 0) {
                return Some(Rule::H09);
            }
            if workout::is_quality(s, self.paces.marathon)
                && let Some(rule) = room.quality_barred
            {
                return Some(rule);
            }
        }
        bits |= planned;
        let crowded = (0..7).any(|from| {
            let window = 0x7f << from;
            planned & window != 0 && (bits & window).count_ones() > self.l.run_days_max
        });
        crowded.then_some(Rule::H05)
    }

    fn breach_of_spacing<S: Borrow<Session>>(&self, sessions: &[S]) -> Option<Rule> {
        let long = trim::longest(sessions).filter(|&i| {
            sessions[i].borrow().duration >= ruleset::LONG_RUN_FROM
                && sessions[i].borrow().distance > self.l.done_longest
        });
        if let Some(i) = long {
            let room =
                self.l.days[usize::try_from(sessions[i].borrow().day - self.w).unwrap_or(0).min(6)];
            if !workout::is_quality(sessions[i].borrow(), self.paces.marathon)
                && let Some(rule) = room.long_barred
            {
                return Some(rule);
            }
        }
        let hard = |i: usize| {
            Some(i) == long || workout::is_quality(sessions[i].borrow(), self.paces.marathon)
        };
        let days: Vec<(i64, bool)> = (0..sessions.len())
            .filter(|&i| hard(i))
            .map(|i| (sessions[i].borrow().day - self.w, sessions[i].borrow().kind == Kind::Race))
            .collect();
        // Two races are never a breach: they are not moved.
        for (k, a) in days.iter().enumerate() {
            if days[k + 1..].iter().any(|b| (b.0 - a.0).abs() < 2 && !(a.1 && b.1)) {
                return Some(Rule::H03);
            }
        }
        let races =
            sessions.iter().map(Borrow::borrow).filter(|s| s.kind == Kind::Race).count() as u32;
        let runs = sessions.iter().map(Borrow::borrow).filter(|s| s.is_run()).count() as u32;
        let done = (self.l.run_days >> 6).count_ones();
        let longest =
            trim::longest(sessions).map_or(Metres::ZERO, |i| sessions[i].borrow().distance);
        let done_bits = self.l.hard_bits(longest);
        let hard_days = days.len() as u32 + (done_bits >> 6).count_ones();
        let quality = (0..sessions.len())
            .filter(|&i| workout::is_quality(sessions[i].borrow(), self.paces.marathon))
            .count() as u32;
        if days.len() as u32 > races && hard_days > self.l.hard_max(runs + done) {
            return Some(Rule::H04);
        }
        (quality > races && quality > self.l.quality_max).then_some(Rule::H14)
    }

    fn breach_of_sums<S: Borrow<Session>>(&self, sessions: &[S]) -> Option<Rule> {
        let plain = |s: &&Session| s.is_run() && s.kind != Kind::Race;
        let race_km: Metres = sessions
            .iter()
            .map(Borrow::borrow)
            .filter(|s| s.kind == Kind::Race)
            .map(|s| s.distance)
            .sum();
        let km: Metres =
            sessions.iter().map(Borrow::borrow).filter(plain).map(|s| s.distance).sum();
        let (room, rule) = self.l.week_room(race_km);
        if km > room {
            return Some(rule);
        }
        for b in &self.l.blocks {
            let inside = |s: &&Session| (b.from..=b.to).contains(&(s.day - self.w));
            let sum: Metres = sessions
                .iter()
                .map(Borrow::borrow)
                .filter(plain)
                .filter(inside)
                .map(|s| s.distance)
                .sum();
            if sum > b.room {
                return Some(b.rule);
            }
        }
        let time: Seconds =
            sessions.iter().map(Borrow::borrow).filter(plain).map(|s| s.duration).sum();
        let hard: Seconds = sessions
            .iter()
            .map(|s| workout::intensity(s.borrow(), self.paces.threshold, self.paces.marathon))
            .sum();
        if hard > time.permille(self.l.intensity).max(ruleset::INTENSITY_FLOOR) {
            return Some(Rule::H06);
        }
        let longest = trim::longest(sessions)?;
        let s = sessions[longest].borrow();
        let runs = sessions.iter().map(Borrow::borrow).filter(|s| s.is_run()).count() as u32
            + (self.l.run_days >> 6).count_ones();
        let week = km + race_km + self.l.done.0 + self.l.done.1;
        let share = trim::long_share(week);
        let over_share = runs >= 2 && s.distance > ruleset::LONG_SHARE_OVER && s.distance > share;
        let over = s.distance > ruleset::LONG_MAX || s.duration > ruleset::LONG_MAX_TIME;
        (over_share || over).then_some(Rule::H07)
    }
}

/// What became of a session; `None` if nothing.
fn changed(before: &Session, after: Option<&Session>, rule: Rule) -> Option<Repair> {
    let change = match after {
        None => Change::Dropped,
        Some(a) if a.day != before.day => Change::Moved(a.day),
        Some(a) if a.kind != before.kind => Change::MadeEasy(a.distance),
        Some(a) if a.distance != before.distance => Change::Shortened(a.distance),
        Some(_) => return None,
    };
    let Session { day, kind, distance, .. } = *before;
    Some(Repair { rule, day, kind, before: distance, change })
}
