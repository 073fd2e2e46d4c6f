//! The checker of the hard rules H01-H15.
//!
//! It is told raw facts and a plan ([`check`]), works out every window itself and shares nothing
//! with the generator but the vocabulary and the constants of [`crate::ruleset`]. How each rule is
//! read is in `docs/RULES.md`. A week without runs passes every rule.

mod health;
mod past;
mod races;
mod sanity;
mod spacing;
mod volume;
mod windows;

pub use windows::Windows;

use crate::calendar::Day;
use crate::decision::{Finding, Measure, Rule};
use crate::facts::Circumstances;
use crate::record::RaceDistance;
use crate::ruleset as rs;
use crate::session::{Kind, Session, WeekPlan};
use crate::units::{Metres, Pace, Seconds};
use health::Health;
use past::{History, Run};

/// All hard findings of a plan, sorted; none means that it may be published.
///
/// `c.activities` must be sorted by start. What lies outside the contract (other orders, dates
/// or quantities beyond all reason) is never a panic, and in a plan it is a finding (H15).
#[must_use]
pub fn check(c: &Circumstances<'_>, plan: &WeekPlan) -> Vec<Finding> {
    let known = within_week(c);
    let mut week = Week::new(&known, plan);
    sanity::plan(&mut week, c.first_day);
    volume::runs(&mut week);
    volume::week(&mut week);
    volume::long_share(&mut week);
    volume::overreach(&mut week);
    spacing::gaps(&mut week);
    spacing::count(&mut week);
    spacing::rest(&mut week);
    spacing::intensity(&mut week);
    spacing::after_break(&mut week);
    health::locks(&mut week);
    health::injuries(&mut week);
    health::permanent(&mut week);
    races::taper(&mut week);
    races::recovery(&mut week);
    let mut findings = week.out.0;
    findings.sort_unstable();
    findings.dedup();
    findings
}

/// The limits of a week before anything is planned, for `doctor`, `verify` and tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The windows behind the limits.
    pub windows: Windows,
    /// A: km that the week can hold, races included, after H02 and H14.
    pub week: Metres,
    /// Km of the week beside its races (planned on or after the first day, or run before it).
    pub week_beside_races: Metres,
    /// The longest run that is no race, after H01 and H14.
    pub run: Metres,
    /// The strict limits hold.
    pub strict: bool,
}

impl Limits {
    /// Km that races of `race` km leave for other runs: max(A - race km, A / 2).
    #[must_use]
    pub fn beside(&self, race: Metres) -> Metres {
        beside(self.week, race)
    }
}

/// The limits of the week that `c` is about: H01, H02 and H14 (the other rules may ask for less).
#[must_use]
pub fn limits(c: &Circumstances<'_>) -> Limits {
    let c = &within_week(c);
    let history = History::before(c.activities, c.first_day);
    let windows = Windows::new(c, &history, &Health::new(c, &history));
    let supported = windows.supported(c);
    let week = windows.return_cap().map_or(supported, |cap| supported.min(cap));
    let spike = windows.spike(c.overriding);
    let run = windows.return_run_cap().map_or(spike, |cap| spike.min(cap));
    let to_come: Metres = c
        .races
        .iter()
        .filter(|r| c.first_day <= r.day && r.day <= c.week_start + 6)
        .map(|r| r.distance.planned())
        .sum();
    let races = to_come + raced(&history, c.week_start, c.first_day);
    let strict = windows.strict;
    Limits { windows, week, week_beside_races: beside(week, races), run, strict }
}

/// max(A - race km, A / 2).
fn beside(allowed: Metres, race: Metres) -> Metres {
    (allowed - race).max(Metres(allowed.0 / 2))
}

/// Race km run from `from` to before `to`.
fn raced(history: &History, from: Day, to: Day) -> Metres {
    history.between(from, to).filter(|r| r.race).map(|r| r.distance).sum()
}

/// The same with the first planned day inside the week.
fn within_week<'a>(c: &Circumstances<'a>) -> Circumstances<'a> {
    Circumstances { first_day: c.first_day.clamp(c.week_start, c.week_start + 6), ..*c }
}

/// What was found so far.
#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn push(&mut self, rule: Rule, day: Option<Day>, value: i64, limit: i64, measure: Measure) {
        self.0.push(Finding { rule, day, value, limit, measure });
    }

    fn count(&mut self, rule: Rule, day: Option<Day>, value: usize, limit: usize) {
        let int = |n| i64::try_from(n).unwrap_or(i64::MAX);
        self.push(rule, day, int(value), int(limit), Measure::Count);
    }
}

/// The week under check, with everything that several rules look at.
struct Week<'a> {
    c: &'a Circumstances<'a>,
    plan: &'a WeekPlan,
    history: History,
    health: Health,
    windows: Windows,
    /// The week's Long Run, when it is planned.
    long_run: Option<&'a Session>,
    /// The day of the week's Long Run, when it is done.
    long_done: Option<Day>,
    /// Km of planned runs, races included.
    planned: Metres,
    /// Km of planned races.
    planned_races: Metres,
    /// Km run in this week, races included.
    done: Metres,
    out: Findings,
}

impl<'a> Week<'a> {
    fn new(c: &'a Circumstances<'a>, plan: &'a WeekPlan) -> Self {
        let history = History::before(c.activities, c.first_day);
        let health = Health::new(c, &history);
        let windows = Windows::new(c, &history, &health);
        let done = history.km(c.week_start, c.first_day);
        let mut week = Self {
            c,
            plan,
            history,
            health,
            windows,
            long_run: None,
            long_done: None,
            planned: Metres::ZERO,
            planned_races: Metres::ZERO,
            done,
            out: Findings::default(),
        };
        for (session, _) in week.planned_runs() {
            week.planned += session.distance;
            if session.kind == Kind::Race {
                week.planned_races += session.distance;
            }
        }
        week.find_long_run();
        week
    }

    /// Finds the longest run that is no race, done or planned, if it lasts long enough.
    fn find_long_run(&mut self) {
        let (mut longest, mut time) = (Metres::ZERO, Seconds::ZERO);
        let (start, first) = (self.c.week_start, self.c.first_day);
        for run in self.history.between(start, first).filter(|r| !r.race) {
            if run.distance > longest {
                (longest, time) = (run.distance, run.moving);
                self.long_done = Some(run.day);
            }
        }
        for (session, _) in self.planned_runs().filter(|(s, _)| s.kind != Kind::Race) {
            if session.distance > longest {
                (longest, time) = (session.distance, session.duration);
                self.long_run = Some(session);
                self.long_done = None;
            }
        }
        if time < rs::LONG_RUN_FROM {
            (self.long_run, self.long_done) = (None, None);
        }
    }

    /// The planned runs that lie in the week, with the number of their day in it (0-6).
    fn planned_runs(&self) -> impl Iterator<Item = (&'a Session, usize)> + use<'a> {
        let (start, first) = (self.c.week_start, self.c.first_day);
        self.plan.sessions.iter().filter_map(move |s| {
            let slot = usize::try_from(s.day - start).ok()?;
            (s.is_run() && s.day >= first && slot < 7).then_some((s, slot))
        })
    }

    /// Km planned from `from` to before `to`, races included.
    fn planned_km(&self, from: Day, to: Day) -> Metres {
        let within = |s: &Session| from <= s.day && s.day < to;
        self.planned_runs().filter(|(s, _)| within(s)).map(|(s, _)| s.distance).sum()
    }

    /// Is the day one with a run, done or planned?
    fn runs_on(&self, day: Day) -> bool {
        self.history.ran(day) || self.planned_runs().any(|(s, _)| s.day == day)
    }

    fn is_long(&self, session: &Session) -> bool {
        self.long_run.is_some_and(|long| std::ptr::eq(long, session))
    }

    fn is_quality(&self, session: &Session) -> bool {
        match session.kind {
            Kind::Tempo
            | Kind::Interval
            | Kind::Fartlek
            | Kind::Hill
            | Kind::TimeTrial
            | Kind::Race => true,
            Kind::Pace => {
                seconds_within(session, Pace(i64::MIN), self.c.form.marathon)
                    > rs::PACE_QUALITY_OVER
            }
            Kind::Easy | Kind::Recovery | Kind::Long | Kind::Return | Kind::Cross => false,
        }
    }

    fn is_hard(&self, session: &Session) -> bool {
        self.is_long(session) || self.is_quality(session)
    }

    /// How many planned sessions are quality, races included.
    fn planned_quality(&self) -> usize {
        self.planned_runs().filter(|(s, _)| self.is_quality(s)).count()
    }

    /// On how many days of this week there was a race or a fast run already.
    fn done_quality(&self) -> usize {
        let fast = |day| self.history.between(day, day + 1).any(|r| r.race || self.was_fast(r));
        self.done_days().filter(|day| fast(*day)).count()
    }

    /// The days of this week that are over.
    fn done_days(&self) -> impl Iterator<Item = Day> + use<> {
        let start = self.c.week_start;
        (0..self.c.first_day - start).map(move |i| start + i)
    }

    /// Was the run at marathon pace or faster for long?
    fn was_fast(&self, run: &Run) -> bool {
        run.moving >= rs::DONE_FAST_FROM
            && Pace::of(run.distance, run.moving).is_some_and(|p| p <= self.c.form.marathon)
    }

    /// Was a day before the first planned one run hard?
    fn was_hard(&self, day: Day) -> bool {
        if self.long_done == Some(day) {
            return true;
        }
        let mut runs = self.history.between(day, day + 1).peekable();
        if runs.peek().is_none() {
            return false;
        }
        if runs.any(|r| r.race || r.moving >= rs::DONE_HARD_FROM || self.was_fast(r)) {
            return true;
        }
        let km = self.history.km(day, day + 1);
        let half = |planned: Metres| km >= planned.permille(rs::DONE_SHARE_PERMILLE);
        let hard = self.c.published.iter().rev().flat_map(|p| &p.hard);
        hard.into_iter().any(|(d, planned)| *d == day && half(*planned))
    }

    /// A value as of a day that may lie before everything the week's own history holds. Days
    /// from the first planned one on count as empty.
    fn as_of<T>(&self, day: Day, of: impl Fn(&History, Day) -> T) -> T {
        if self.history.answers(day) {
            of(&self.history, day)
        } else {
            of(&History::before(self.c.activities, day), day)
        }
    }

    /// Limits the km of the week, races and what is run included. What is run already breaks no
    /// rule; planning more on top of it does.
    fn limit_week(&mut self, rule: Rule, limit: Metres) {
        let total = self.planned + self.done;
        if self.planned > Metres::ZERO && total > limit {
            self.out.push(rule, None, total.0, limit.0, Measure::Metres);
        }
    }
}

/// Seconds of a session at paces over `faster` up to `slower` (s/km), repetitions and recoveries
/// included.
fn seconds_within(session: &Session, faster: Pace, slower: Pace) -> Seconds {
    let mut sum = Seconds::ZERO;
    for step in session.steps.iter().filter(|s| sanity::step_holds(s)) {
        let parts = [Some((step.amount, step.pace)), step.recovery];
        for (amount, pace) in parts.into_iter().flatten() {
            if faster < pace && pace <= slower {
                sum += Seconds(amount.time_at(pace).0 * i64::from(step.times));
            }
        }
    }
    sum
}

/// Days that a race of a plan or a goal asks for without quality.
fn recovery_of(distance: RaceDistance) -> i64 {
    rs::recovery_days(distance.planned())
}
