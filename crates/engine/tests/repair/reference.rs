//! Is there an allowed week that is better? Looks through every week that differs in any runs of
//! the given one; the checker alone says what is allowed. Nothing of `repair` is used for it.
//!
//! What is not tried is ruled out by one of these, each read off the checker's rules:
//! - *loss*: a week that loses no less than the best known is no better.
//! - *more never mends*: a finding about metres or seconds (but H06, H07) on a day of the plan, or
//!   about the km of the week, and H05 and H15, stand whatever runs are added or lengthened. (Not
//!   so where a taper begins inside the week, whose own days then count for its highest week: such
//!   weeks are left out.)
//! - *longest*: of plain runs only the longest decides more than sums. With its length given, the
//!   others mend H06 and H07 the better the longer they are, so that the fullest week stands for
//!   all that are emptier. What is taken as the fullest: each filled up in several orders.
//! - *days and counts*: a finding about days or counts follows from days, kinds, which run is the
//!   longest, whether it lasts an hour and is longer than what was run.
//!
//! Where few lengths are better than the best known, all of them are tried without the last two.

use hermes_engine::calendar::Day;
use hermes_engine::decision::{Finding, Measure, Repair, Rule};
use hermes_engine::facts::Circumstances;
use hermes_engine::limits::Limits;
use hermes_engine::rules::check;
use hermes_engine::ruleset::{LONG_RUN_FROM, taper_permille};
use hermes_engine::session::{Kind, Session, WeekPlan};
use hermes_engine::units::{Metres, Seconds};
use hermes_engine::workout::{Paces, intensity, is_quality, plain, shorten};
use std::collections::BTreeMap;

/// Most weeks that are put before the checker for one repaired week.
const CHECKS_MAX: u64 = 40_000;
/// Up to so many vectors of lengths all are tried.
const ALL_TRIED: usize = 400;

/// What a repair is measured by, in order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    races: usize,
    pinned: usize,
    touched: usize,
    lost: Metres,
    softer: Seconds,
    /// Long Runs, quality sessions, easy runs that are touched.
    ranks: [usize; 3],
}

impl Key {
    fn of<'a>(touched: impl Iterator<Item = &'a Session> + Clone, paces: &Paces) -> Self {
        let count = |is: &dyn Fn(&Session) -> bool| touched.clone().filter(|s| is(s)).count();
        let race = |s: &Session| s.kind == Kind::Race;
        let long = |s: &Session| s.kind == Kind::Long;
        let quality = |s: &Session| !race(s) && is_quality(s, paces.marathon);
        Self {
            races: count(&race),
            pinned: count(&|s| s.pinned),
            touched: touched.clone().count(),
            lost: Metres::ZERO,
            softer: Seconds::ZERO,
            ranks: [count(&long), count(&quality), count(&|s| !race(s) && !long(s) && !quality(s))],
        }
    }

    pub(crate) fn of_repair(
        week: &[Session],
        mended: &[Session],
        changes: &[Repair],
        paces: &Paces,
    ) -> Self {
        let touched = week.iter().filter(|s| changes.iter().any(|r| r.day == s.day));
        let key = Self::of(touched, paces);
        assert_eq!(key.touched, changes.len());
        let km = |s: &[Session]| s.iter().map(|s| s.distance).sum::<Metres>();
        let hard = |s: &[Session]| s.iter().map(|s| seconds(s, paces)).sum::<Seconds>();
        Self { lost: km(week) - km(mended), softer: hard(week) - hard(mended), ..key }
    }

    pub(crate) const fn touched(&self) -> usize {
        self.touched
    }
}

fn seconds(s: &Session, paces: &Paces) -> Seconds {
    intensity(s, paces.threshold, paces.marathon)
}

pub(crate) enum Verdict {
    None,
    TooMuch,
    Better(Key, Vec<Session>),
}

/// What a run becomes: out, or a form on a day.
type Form = Option<(bool, Day)>;

pub(crate) struct Judge<'a> {
    c: Circumstances<'a>,
    l: &'a Limits,
    plan: WeekPlan,
    paces: Paces,
    week: Vec<Session>,
    open: BTreeMap<(usize, bool, Day), Lengths>,
    pub(crate) checks: u64,
    pub(crate) vectors: u64,
}

/// Lengths of one form of a run on a day, the longest first.
type Lengths = Vec<Session>;

impl<'a> Judge<'a> {
    pub(crate) const fn new(
        c: Circumstances<'a>,
        l: &'a Limits,
        plan: WeekPlan,
        paces: Paces,
        week: Vec<Session>,
    ) -> Self {
        Self { c, l, plan, paces, week, open: BTreeMap::new(), checks: 0, vectors: 0 }
    }

    fn findings<'s>(&mut self, sessions: impl IntoIterator<Item = &'s Session>) -> Vec<Finding> {
        self.checks += 1;
        self.plan.sessions = sessions.into_iter().cloned().collect();
        self.plan.sessions.sort_by_key(|s| s.day);
        check(&self.c, &self.plan)
    }

    pub(crate) fn allows<'s>(&mut self, week: impl IntoIterator<Item = &'s Session>) -> bool {
        self.findings(week).is_empty()
    }

    fn taper_begins_inside(&self) -> bool {
        self.c.races.iter().any(|r| {
            let days = 7 * i64::try_from(taper_permille(r.distance).len()).unwrap();
            r.a_race && (1..=6).contains(&(r.day - days + 1 - self.c.week_start))
        })
    }

    /// Is there an allowed week with a smaller key?
    pub(crate) fn better_than(&mut self, key: &Key) -> Verdict {
        if self.taper_begins_inside() {
            return Verdict::TooMuch;
        }
        let before = self.checks;
        for mask in 1..1_u32 << self.week.len() {
            let chosen: Vec<usize> =
                (0..self.week.len()).filter(|i| mask & (1 << i) != 0).collect();
            let own = Key::of(chosen.iter().map(|&i| &self.week[i]), &self.paces);
            if (own.races, own.pinned, own.touched) > (key.races, key.pinned, key.touched) {
                continue;
            }
            let kept: Vec<Session> = (0..self.week.len())
                .filter(|i| !chosen.contains(i))
                .map(|i| self.week[i].clone())
                .collect();
            if self.findings(&kept).iter().any(|f| stays(f, &kept, &self.paces)) {
                continue;
            }
            let room = self.room(&kept);
            let lengths: Vec<[Lengths; 2]> = chosen.iter().map(|&i| self.forms(i)).collect();
            let mut search = Subset {
                key,
                own,
                chosen: &chosen,
                room,
                lengths: &lengths,
                until: before + CHECKS_MAX,
            };
            if let Some((key, week)) = search.shapes(self, &kept, &mut Vec::new()) {
                return Verdict::Better(key, week);
            }
            if self.checks > search.until {
                return Verdict::TooMuch;
            }
        }
        Verdict::None
    }

    /// Km beside these races: what the checker says to one absurd run.
    fn room(&mut self, kept: &[Session]) -> Metres {
        let races: Vec<&Session> = kept.iter().filter(|s| s.kind == Kind::Race).collect();
        let mut days = (0..7).map(|d| self.c.week_start + d).filter(|d| *d >= self.c.first_day);
        let Some(day) = days.find(|d| races.iter().all(|r| r.day != *d)) else {
            return Metres::ZERO;
        };
        let huge = plain(day, Kind::Easy, Metres::km(99), &self.paces);
        let findings = self.findings(races.into_iter().chain([&huge]));
        let week = findings.iter().filter(|f| f.day.is_none() && f.measure == Measure::Metres);
        let over = week.map(|f| f.value - f.limit).max().unwrap_or(0);
        Metres(huge.distance.0 - over).floor_step()
    }

    /// The lengths of a form of a run that the checker does not bar on a day even alone.
    fn open(&mut self, i: usize, easy: bool, day: Day, lengths: &[Session]) -> Lengths {
        if let Some(open) = self.open.get(&(i, easy, day)) {
            return open.clone();
        }
        let paces = self.paces;
        let mut open: Lengths = lengths.iter().map(|s| Session { day, ..s.clone() }).collect();
        let mut barred = |s: &Session| {
            self.findings([s]).iter().any(|f| stays(f, std::slice::from_ref(s), &paces))
        };
        if open.iter().any(|s| seconds(s, &paces) > Seconds::ZERO) {
            open.retain(|s| !barred(s));
        } else {
            open.drain(..open.partition_point(&mut barred));
        }
        open.retain(|s| *s != self.week[i]);
        self.open.insert((i, easy, day), open.clone());
        open
    }

    /// A run at all lengths, as it is and easy.
    fn forms(&self, i: usize) -> [Lengths; 2] {
        let s = &self.week[i];
        let lengths = |form: &Session| {
            let all = (10..=s.distance.0 / 100).rev().map(|n| Metres(100 * n));
            let mut all: Lengths = all.filter_map(|n| shorten(form, n, &self.paces)).collect();
            all.dedup();
            all
        };
        match s.kind {
            Kind::Race => [Vec::new(), Vec::new()],
            _ if is_quality(s, self.paces.marathon) => {
                let easy = plain(s.day, Kind::Easy, s.distance, &self.paces);
                [lengths(s), lengths(&easy)]
            }
            _ => [lengths(s), Vec::new()],
        }
    }
}

/// Does the finding stand whatever is added?
fn stays(f: &Finding, week: &[Session], paces: &Paces) -> bool {
    let amount = matches!(f.measure, Measure::Metres | Measure::Seconds);
    let quality = |day: Day| week.iter().any(|s| s.day == day && is_quality(s, paces.marathon));
    match f.rule {
        Rule::H06 | Rule::H03 => false,
        Rule::H07 => f.measure == Measure::Seconds,
        Rule::H05 | Rule::H15 => true,
        _ => amount || f.day.is_some_and(quality),
    }
}

/// The weeks that touch the same runs.
struct Subset<'a> {
    key: &'a Key,
    own: Key,
    chosen: &'a [usize],
    room: Metres,
    lengths: &'a [[Lengths; 2]],
    until: u64,
}

/// A week with its key.
type Found = Option<(Key, Vec<Session>)>;

impl Subset<'_> {
    /// Gives one run after the other each of its forms and days.
    fn shapes(&mut self, judge: &mut Judge<'_>, kept: &[Session], forms: &mut Vec<Form>) -> Found {
        if judge.checks > self.until {
            return None;
        }
        let Some(&i) = self.chosen.get(forms.len()) else { return self.fill(judge, kept, forms) };
        let mut all: Vec<Form> = vec![None];
        for (easy, lengths) in [false, true].into_iter().zip(&self.lengths[forms.len()]) {
            let days = (0..7).map(|d| judge.c.week_start + d).filter(|d| *d >= judge.c.first_day);
            let taken = |day: Day| {
                kept.iter().any(|s| s.day == day) || forms.iter().flatten().any(|f| f.1 == day)
            };
            all.extend(days.filter(|d| !lengths.is_empty() && !taken(*d)).map(|d| Some((easy, d))));
        }
        for form in all {
            let lost = self.lost(judge, forms) + self.least(judge, i, form);
            if self.is_level() && lost > self.key.lost {
                continue;
            }
            forms.push(form);
            let found = self.shapes(judge, kept, forms);
            forms.pop();
            if found.is_some() {
                return found;
            }
        }
        None
    }

    /// Does it touch as much as the repair did, so that what it loses counts?
    fn is_level(&self) -> bool {
        let effort = |k: &Key| (k.races, k.pinned, k.touched);
        effort(&self.own) == effort(self.key)
    }

    fn lost(&self, judge: &Judge<'_>, forms: &[Form]) -> Metres {
        let each = self.chosen.iter().zip(forms);
        each.map(|(&i, form)| self.least(judge, i, *form)).sum()
    }

    fn least(&self, judge: &Judge<'_>, i: usize, form: Form) -> Metres {
        if form.is_none() { judge.week[i].distance } else { Metres::ZERO }
    }

    /// All lengths of a shape that can make a better week.
    fn fill(&mut self, judge: &mut Judge<'_>, kept: &[Session], forms: &[Form]) -> Found {
        let mut lists: Vec<Lengths> = Vec::new();
        for ((n, &i), form) in self.chosen.iter().enumerate().zip(forms) {
            let Some((easy, day)) = *form else { continue };
            let list = judge.open(i, easy, day, &self.lengths[n][usize::from(easy)]);
            if list.is_empty() {
                return None;
            }
            lists.push(list);
        }
        let shortest = lists.iter().filter_map(|l| l.last());
        let shortest: Vec<Session> = kept.iter().chain(shortest).cloned().collect();
        let longest: Vec<Session> =
            kept.iter().chain(lists.iter().map(|l| &l[0])).cloned().collect();
        let paces = judge.paces;
        let least = self.key_of(judge, &longest);
        let findings = judge.findings(&shortest);
        if least >= *self.key || findings.iter().any(|f| stays(f, &shortest, &paces)) {
            return None;
        }
        let mut all = Vec::new();
        let mut steps = 20 * ALL_TRIED;
        self.every(judge, &mut kept.to_vec(), &lists, &mut steps, &mut all);
        if steps > 0 && all.len() <= ALL_TRIED {
            return all.into_iter().find_map(|week| self.ask(judge, week).ok());
        }
        let hard = |l: &Lengths| l.iter().any(|s| seconds(s, &paces) > Seconds::ZERO);
        let (hard, plain): (Vec<Lengths>, Vec<Lengths>) = lists.into_iter().partition(hard);
        self.each_hard(judge, &mut kept.to_vec(), &hard, &plain)
    }

    /// All lengths that lose less, as long as there are not too many.
    fn every(
        &self,
        judge: &Judge<'_>,
        week: &mut Vec<Session>,
        lists: &[Lengths],
        steps: &mut usize,
        all: &mut Vec<Vec<Session>>,
    ) {
        let Some((list, rest)) = lists.split_first() else {
            if km(week) <= self.room {
                all.push(week.clone());
            }
            return;
        };
        for s in list {
            if *steps == 0 || all.len() > ALL_TRIED {
                return;
            }
            *steps -= 1;
            week.push(s.clone());
            let before = week.len();
            week.extend(rest.iter().map(|l| l[0].clone()));
            let better = self.key_of(judge, week) < *self.key;
            week.truncate(before);
            if better {
                self.every(judge, week, rest, steps, all);
            }
            week.pop();
            if !better {
                return;
            }
        }
    }

    /// The week, if it is better and allowed; else what the checker says.
    fn ask(
        &self,
        judge: &mut Judge<'_>,
        week: Vec<Session>,
    ) -> Result<(Key, Vec<Session>), Vec<Finding>> {
        judge.vectors += 1;
        let key = self.key_of(judge, &week);
        if key >= *self.key || judge.checks > self.until {
            return Err(Vec::new());
        }
        let findings = judge.findings(&week);
        if findings.is_empty() { Ok((key, week)) } else { Err(findings) }
    }

    /// All lengths of the runs with intensity.
    fn each_hard(
        &mut self,
        judge: &mut Judge<'_>,
        week: &mut Vec<Session>,
        hard: &[Lengths],
        plain: &[Lengths],
    ) -> Found {
        let Some((list, rest)) = hard.split_first() else {
            return self.each_longest(judge, week, plain);
        };
        for s in list {
            week.push(s.clone());
            let before = week.len();
            week.extend(rest.iter().chain(plain).map(|l| l[0].clone()));
            let better = self.key_of(judge, week) < *self.key;
            week.truncate(before);
            let found = if better { self.each_hard(judge, week, rest, plain) } else { None };
            week.pop();
            if found.is_some() || !better || judge.checks > self.until {
                return found;
            }
        }
        None
    }

    /// Each run as the longest, at each of its lengths, the other plain ones as full as can be.
    fn each_longest(&self, judge: &mut Judge<'_>, week: &[Session], plain: &[Lengths]) -> Found {
        for s in week.iter().filter(|s| s.kind != Kind::Race) {
            let found = self.fullest(judge, week, s, plain);
            if let Ok(found) = found {
                return Some(found);
            }
        }
        for (n, list) in plain.iter().enumerate() {
            let others: Vec<Lengths> =
                plain.iter().enumerate().filter(|(i, _)| *i != n).map(|(_, l)| l.clone()).collect();
            let mut barred: Vec<(bool, bool)> = Vec::new();
            for s in list {
                let long = (s.duration >= LONG_RUN_FROM, s.distance > judge.l.done_longest);
                if barred.contains(&long) {
                    continue;
                }
                let mut week = week.to_vec();
                week.push(s.clone());
                match self.fullest(judge, &week, s, &others) {
                    Ok(found) => return Some(found),
                    Err(findings) => {
                        let fixed =
                            |f: &Finding| matches!(f.measure, Measure::Days | Measure::Count);
                        if findings.iter().any(fixed) {
                            barred.push(long);
                        }
                    }
                }
                if judge.checks > self.until {
                    return None;
                }
            }
        }
        None
    }

    /// The week with the others as long as can be beside the longest.
    fn fullest(
        &self,
        judge: &mut Judge<'_>,
        week: &[Session],
        longest: &Session,
        others: &[Lengths],
    ) -> Result<(Key, Vec<Session>), Vec<Finding>> {
        let fits = |s: &Session, by: &Session| {
            s.distance < by.distance || (s.distance == by.distance && s.day >= by.day)
        };
        let is_longest = week.iter().all(|s| s.kind == Kind::Race || fits(s, longest));
        let capped: Vec<&[Session]> =
            others.iter().map(|l| &l[l.partition_point(|s| !fits(s, longest))..]).collect();
        if !is_longest || capped.iter().any(|l| l.is_empty()) {
            return Err(Vec::new());
        }
        let best: Vec<Session> = week.iter().chain(capped.iter().map(|l| &l[0])).cloned().collect();
        if self.key_of(judge, &best) >= *self.key {
            return Err(Vec::new());
        }
        let mut orders: Vec<Vec<usize>> = vec![(0..capped.len()).collect()];
        orders.push((0..capped.len()).rev().collect());
        let mut slow: Vec<usize> = (0..capped.len()).collect();
        slow.sort_by_key(|&n| std::cmp::Reverse(capped[n][0].pace));
        orders.push(slow);
        let mut tried: Vec<Vec<Session>> = Vec::new();
        let mut said = Vec::new();
        for order in orders {
            for blocks in [false, true] {
                let Some(full) = self.filled(judge, week, &capped, &order, blocks) else {
                    continue;
                };
                if tried.contains(&full) {
                    continue;
                }
                tried.push(full.clone());
                said.extend(match self.ask(judge, full) {
                    Ok(found) => return Ok(found),
                    Err(findings) => findings,
                });
            }
        }
        Err(said)
    }

    /// The runs in this order, each as long as the room of the week, and of blocks of days, lets it.
    fn filled(
        &self,
        judge: &Judge<'_>,
        week: &[Session],
        lists: &[&[Session]],
        order: &[usize],
        blocks: bool,
    ) -> Option<Vec<Session>> {
        let mut out: Vec<Session> = week.to_vec();
        let first = out.len();
        out.extend(lists.iter().map(|l| l[l.len() - 1].clone()));
        let start = judge.c.week_start;
        let mut sums = vec![(0, 6, self.room)];
        if blocks {
            sums.extend(judge.l.blocks.iter().map(|b| (b.from, b.to, b.room)));
        }
        let inside = |s: &Session, from: i64, to: i64| (from..=to).contains(&(s.day - start));
        let over = |out: &[Session]| {
            sums.iter().any(|&(from, to, room)| {
                let of = out.iter().filter(|s| inside(s, from, to) && s.kind != Kind::Race);
                of.map(|s| s.distance).sum::<Metres>() > room
            })
        };
        if over(&out) {
            return None;
        }
        for &n in order {
            let fits = lists[n].partition_point(|s| {
                out[first + n].clone_from(s);
                over(&out)
            });
            out[first + n].clone_from(&lists[n][fits]);
        }
        Some(out)
    }

    fn key_of(&self, judge: &Judge<'_>, week: &[Session]) -> Key {
        let all = |s: &[Session]| s.iter().map(|s| s.distance).sum::<Metres>();
        let hard = |s: &[Session]| s.iter().map(|s| seconds(s, &judge.paces)).sum::<Seconds>();
        let lost = all(&judge.week) - all(week);
        let softer = hard(&judge.week) - hard(week);
        Key { lost, softer, ..self.own.clone() }
    }
}

/// Km without races.
fn km(week: &[Session]) -> Metres {
    week.iter().filter(|s| s.kind != Kind::Race).map(|s| s.distance).sum()
}
