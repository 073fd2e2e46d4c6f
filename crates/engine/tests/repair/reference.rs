//! Is there an allowed week that is better? Looks through every week that differs in any runs of
//! the given one; the checker alone says what is allowed. Nothing of `repair` is used for it.
//!
//! What is not tried is ruled out by one of these, each read off the checker's rules:
//! - *loss*: a week that loses no less than the best known is no better.
//! - *more never mends*: a finding about metres or seconds (but H06, H07) on a day of the plan, or
//!   about the km of the week, and H05 and H15, stand whatever runs are added or lengthened.
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
use hermes_engine::session::{Amount, Kind, Session, Step, WeekPlan};
use hermes_engine::units::{Metres, Pace};
use hermes_engine::workout::{Paces, is_quality, plain, shorten};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Most weeks that are put before the checker for one repaired week.
const CHECKS_MAX: u64 = 20_000;
/// Up to so many vectors of lengths all are tried.
const ALL_TRIED: usize = 400;

/// What a repair is measured by, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    races: usize,
    pinned: usize,
    touched: usize,
    lost: Metres,
    /// Half seconds at intensity.
    softer: i64,
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
            softer: 0,
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
        let hard = |s: &[Session]| s.iter().map(|s| halves(s, paces)).sum::<i64>();
        Self { lost: km(week) - km(mended), softer: hard(week) - hard(mended), ..key }
    }

    pub(crate) const fn touched(&self) -> usize {
        self.touched
    }
}

/// Half seconds that H06 counts: time up to threshold pace whole, up to marathon pace half.
fn halves(s: &Session, paces: &Paces) -> i64 {
    let fast = |(amount, pace): (Amount, Pace)| {
        let time = amount.time_at(pace).0;
        time * (i64::from(pace <= paces.threshold) + i64::from(pace <= paces.marathon))
    };
    let step = |p: &Step| {
        let parts = [Some((p.amount, p.pace)), p.recovery];
        parts.into_iter().flatten().map(fast).sum::<i64>() * i64::from(p.times)
    };
    if s.kind == Kind::Race { 0 } else { s.steps.iter().map(step).sum() }
}

/// Does the taper of an A race begin inside the week? Then the checker takes the days before it, as
/// planned, for one of the six weeks before the taper, and the generator, on the safe side, only
/// what was run: repair keeps to less than the checker would allow.
pub(crate) fn taper_begins_inside(c: &Circumstances<'_>) -> bool {
    c.races.iter().any(|r| {
        let days = taper_permille(r.distance).iter().map(|_| 7).sum::<i64>();
        r.a_race && (1..=6).contains(&(r.day - days + 1 - c.week_start))
    })
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
    /// Days to which nothing may be moved.
    emptied: &'a [Day],
    open: BTreeMap<(usize, bool, Day), Rc<Lengths>>,
    /// Metres and half seconds at intensity of the week.
    before: (Metres, i64),
    pub(crate) checks: u64,
    pub(crate) vectors: u64,
}

/// Lengths of one form of a run on a day, the longest first.
type Lengths = Vec<Session>;

impl<'a> Judge<'a> {
    pub(crate) fn new(
        c: Circumstances<'a>,
        l: &'a Limits,
        plan: WeekPlan,
        paces: Paces,
        week: Vec<Session>,
        emptied: &'a [Day],
    ) -> Self {
        let km = week.iter().map(|s| s.distance).sum();
        let hard = week.iter().map(|s| halves(s, &paces)).sum();
        let before = (km, hard);
        Self {
            c,
            l,
            plan,
            paces,
            week,
            emptied,
            open: BTreeMap::new(),
            before,
            checks: 0,
            vectors: 0,
        }
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

    /// Is there an allowed week with a smaller key?
    pub(crate) fn better_than(&mut self, key: &Key) -> Verdict {
        let before = self.checks;
        for mask in 1..1_u32 << self.week.len() {
            let chosen: Vec<usize> =
                (0..self.week.len()).filter(|i| mask & (1 << i) != 0).collect();
            let own = Key::of(chosen.iter().map(|&i| &self.week[i]), &self.paces);
            if (own.races, own.pinned, own.touched) > (key.races, key.pinned, key.touched) {
                continue;
            }
            let kept = (0..self.week.len()).filter(|i| !chosen.contains(i));
            let kept: Vec<Session> = kept.map(|i| self.week[i].clone()).collect();
            let fixed: Vec<&Session> = kept.iter().collect();
            if self.findings(&kept).iter().any(|f| self.stays(f, &fixed)) {
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

    /// Does the finding of a week stand whatever is added?
    fn stays(&self, f: &Finding, week: &[&Session]) -> bool {
        let amount = matches!(f.measure, Measure::Metres | Measure::Seconds);
        let marathon = self.paces.marathon;
        let quality = |day: Day| week.iter().any(|s| s.day == day && is_quality(s, marathon));
        match f.rule {
            Rule::H06 | Rule::H03 => false,
            Rule::H07 => f.measure == Measure::Seconds,
            Rule::H05 | Rule::H15 => true,
            _ => amount || f.day.is_some_and(quality),
        }
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
    fn open(&mut self, i: usize, easy: bool, day: Day, lengths: &[Session]) -> Rc<Lengths> {
        if let Some(open) = self.open.get(&(i, easy, day)) {
            return Rc::clone(open);
        }
        let paces = self.paces;
        let mut open: Lengths = lengths.iter().map(|s| Session { day, ..s.clone() }).collect();
        let mut barred = |s: &Session| self.findings([s]).iter().any(|f| self.stays(f, &[s]));
        if open.iter().any(|s| halves(s, &paces) > 0) {
            open.retain(|s| !barred(s));
        } else {
            open.drain(..open.partition_point(&mut barred));
        }
        open.retain(|s| *s != self.week[i]);
        let open = Rc::new(open);
        self.open.insert((i, easy, day), Rc::clone(&open));
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

/// The weeks that touch the same runs.
struct Subset<'a> {
    key: &'a Key,
    own: Key,
    chosen: &'a [usize],
    room: Metres,
    lengths: &'a [[Lengths; 2]],
    until: u64,
}

/// A better week, or what the checker says.
type Answer = Result<(Key, Vec<Session>), Vec<Finding>>;

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
            let own = judge.week[i].day;
            let taken = |day: Day| {
                (day != own && judge.emptied.contains(&day))
                    || kept.iter().any(|s| s.day == day)
                    || forms.iter().flatten().any(|f| f.1 == day)
            };
            all.extend(days.filter(|d| !lengths.is_empty() && !taken(*d)).map(|d| Some((easy, d))));
        }
        for form in all {
            let lost = self.lost(judge, forms) + self.left_out(judge, i, form);
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
        each.map(|(&i, form)| self.left_out(judge, i, *form)).sum()
    }

    fn left_out(&self, judge: &Judge<'_>, i: usize, form: Form) -> Metres {
        if form.is_none() { judge.week[i].distance } else { Metres::ZERO }
    }

    /// All lengths of a shape that can make a better week.
    fn fill(&mut self, judge: &mut Judge<'_>, kept: &[Session], forms: &[Form]) -> Found {
        let mut lists: Vec<Rc<Lengths>> = Vec::new();
        for ((n, &i), form) in self.chosen.iter().enumerate().zip(forms) {
            let Some((easy, day)) = *form else { continue };
            let list = judge.open(i, easy, day, &self.lengths[n][usize::from(easy)]);
            if list.is_empty() {
                return None;
            }
            lists.push(list);
        }
        let lists: Vec<&[Session]> = lists.iter().map(|l| l.as_slice()).collect();
        let mut week: Vec<&Session> = kept.iter().collect();
        let paces = judge.paces;
        let shortest = lists.iter().filter_map(|l| l.last());
        let shortest: Vec<&Session> = kept.iter().chain(shortest).collect();
        if self.least(judge, &week, &lists) >= *self.key
            || judge.findings(shortest.clone()).iter().any(|f| judge.stays(f, &shortest))
        {
            return None;
        }
        let mut all = Vec::new();
        let mut steps = 20 * ALL_TRIED;
        self.every(judge, &mut week, &lists, &mut steps, &mut all);
        if steps > 0 && all.len() <= ALL_TRIED {
            return all.into_iter().find_map(|week| self.ask(judge, &week).ok());
        }
        let hard = |l: &&[Session]| l.iter().any(|s| halves(s, &paces) > 0);
        let (hard, plain): (Vec<&[Session]>, Vec<&[Session]>) = lists.into_iter().partition(hard);
        self.each_hard(judge, &mut week, &hard, &plain)
    }

    /// The key of the week with the others as long as they can be.
    fn least(&self, judge: &Judge<'_>, week: &[&Session], others: &[&[Session]]) -> Key {
        let all = || week.iter().copied().chain(others.iter().map(|l| &l[0]));
        let races = all().filter(|s| s.kind == Kind::Race).map(|s| s.distance).sum::<Metres>();
        let key = self.key_of(judge, all());
        let most = judge.week.iter().map(|s| s.distance).sum::<Metres>() - self.room - races;
        Key { lost: key.lost.max(most), ..key }
    }

    /// All lengths that lose less, as long as there are not too many.
    fn every<'s>(
        &self,
        judge: &Judge<'_>,
        week: &mut Vec<&'s Session>,
        lists: &[&'s [Session]],
        steps: &mut usize,
        all: &mut Vec<Vec<&'s Session>>,
    ) {
        let Some((list, rest)) = lists.split_first() else {
            if km(week) <= self.room {
                all.push(week.clone());
            }
            return;
        };
        for s in *list {
            if *steps == 0 || all.len() > ALL_TRIED {
                return;
            }
            *steps -= 1;
            week.push(s);
            let better = self.least(judge, week, rest) < *self.key;
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
    fn ask(&self, judge: &mut Judge<'_>, week: &[&Session]) -> Answer {
        judge.vectors += 1;
        let key = self.key_of(judge, week.iter().copied());
        if key >= *self.key || judge.checks > self.until {
            return Err(Vec::new());
        }
        let findings = judge.findings(week.iter().copied());
        if findings.is_empty() {
            Ok((key, week.iter().map(|s| (*s).clone()).collect()))
        } else {
            Err(findings)
        }
    }

    /// All lengths of the runs with intensity.
    fn each_hard<'s>(
        &self,
        judge: &mut Judge<'_>,
        week: &mut Vec<&'s Session>,
        hard: &[&'s [Session]],
        plain: &[&'s [Session]],
    ) -> Found {
        let Some((list, rest)) = hard.split_first() else {
            return self.each_longest(judge, week, plain);
        };
        for s in *list {
            week.push(s);
            let others: Vec<&[Session]> = rest.iter().chain(plain).copied().collect();
            let better = self.least(judge, week, &others) < *self.key;
            let found = if better { self.each_hard(judge, week, rest, plain) } else { None };
            week.pop();
            if found.is_some() || !better || judge.checks > self.until {
                return found;
            }
        }
        None
    }

    /// Each run as the longest, at each of its lengths, the other plain ones as full as can be.
    fn each_longest<'s>(
        &self,
        judge: &mut Judge<'_>,
        week: &mut Vec<&'s Session>,
        plain: &[&'s [Session]],
    ) -> Found {
        for n in 0..week.len() {
            if week[n].kind == Kind::Race {
                continue;
            }
            if let Ok(found) = self.fullest(judge, week, week[n], plain) {
                return Some(found);
            }
        }
        for n in 0..plain.len() {
            let mut others = plain.to_vec();
            let list = others.remove(n);
            let mut barred: Vec<(bool, bool)> = Vec::new();
            for s in list {
                let long = (s.duration >= LONG_RUN_FROM, s.distance > judge.l.done_longest);
                if barred.contains(&long) {
                    continue;
                }
                week.push(s);
                let answer = self.fullest(judge, week, s, &others);
                week.pop();
                match answer {
                    Ok(found) => return Some(found),
                    Err(findings) => {
                        let days =
                            |f: &Finding| matches!(f.measure, Measure::Days | Measure::Count);
                        if findings.iter().any(days) {
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
    fn fullest<'s>(
        &self,
        judge: &mut Judge<'_>,
        week: &[&'s Session],
        longest: &Session,
        others: &[&'s [Session]],
    ) -> Answer {
        let fits = |s: &Session| {
            s.distance < longest.distance
                || (s.distance == longest.distance && s.day >= longest.day)
        };
        let is_longest = week.iter().all(|s| s.kind == Kind::Race || fits(s));
        let capped: Vec<&[Session]> =
            others.iter().map(|l| &l[l.partition_point(|s| !fits(s))..]).collect();
        if !is_longest
            || capped.iter().any(|l| l.is_empty())
            || self.least(judge, week, &capped) >= *self.key
        {
            return Err(Vec::new());
        }
        let some = km(week) + capped.iter().map(|l| l[0].distance).sum();
        let given: Vec<usize> = (0..capped.len()).collect();
        let mut orders = vec![given.clone()];
        if capped.len() > 1 && (some > self.room || !judge.l.blocks.is_empty()) {
            orders.push(given.iter().rev().copied().collect());
            let mut slow = given;
            slow.sort_by_key(|&n| std::cmp::Reverse(capped[n][0].pace));
            orders.push(slow);
        }
        orders.dedup();
        let mut tried: Vec<Vec<&Session>> = Vec::new();
        let mut said = Vec::new();
        for order in orders {
            for blocks in [false, true] {
                if blocks && judge.l.blocks.is_empty() {
                    continue;
                }
                let full = self.filled(judge, week, &capped, &order, blocks);
                let Some(full) = full.filter(|full| !tried.contains(full)) else { continue };
                said.extend(match self.ask(judge, &full) {
                    Ok(found) => return Ok(found),
                    Err(findings) => findings,
                });
                tried.push(full);
            }
        }
        Err(said)
    }

    /// The runs in this order, each as long as the room of the week, and of blocks of days, lets it.
    fn filled<'s>(
        &self,
        judge: &Judge<'_>,
        week: &[&'s Session],
        lists: &[&'s [Session]],
        order: &[usize],
        blocks: bool,
    ) -> Option<Vec<&'s Session>> {
        let mut out = week.to_vec();
        let first = out.len();
        out.extend(lists.iter().filter_map(|l| l.last()));
        let start = judge.c.week_start;
        let over = |out: &[&Session]| {
            let blocks = judge.l.blocks.iter().filter(|_| blocks);
            km(out) > self.room
                || blocks.into_iter().any(|b| {
                    let inside = |s: &&&Session| (b.from..=b.to).contains(&(s.day - start));
                    let plain = out.iter().filter(inside).filter(|s| s.kind != Kind::Race);
                    plain.map(|s| s.distance).sum::<Metres>() > b.room
                })
        };
        if over(&out) {
            return None;
        }
        for &n in order {
            let (mut over_at, mut fits) = (0, lists[n].len() - 1);
            while over_at < fits {
                let at = (over_at + fits) / 2;
                out[first + n] = &lists[n][at];
                (over_at, fits) = if over(&out) { (at + 1, fits) } else { (over_at, at) };
            }
            out[first + n] = &lists[n][fits];
        }
        Some(out)
    }

    fn key_of<'s>(
        &self,
        judge: &Judge<'_>,
        week: impl Iterator<Item = &'s Session> + Clone,
    ) -> Key {
        let lost = judge.before.0 - week.clone().map(|s| s.distance).sum();
        let softer = judge.before.1 - week.map(|s| halves(s, &judge.paces)).sum::<i64>();
        Key { lost, softer, ..self.own }
    }
}

/// Km without races.
fn km(week: &[&Session]) -> Metres {
    week.iter().filter(|s| s.kind != Kind::Race).map(|s| s.distance).sum()
}
