//! The runner's hand (section 14): edits of a week, previewed before they are saved.
//!
//! A saved [`Edit`] says what the days of a week are to hold. [`crate::step::step`] puts it into
//! the week after generation and before repair, so a plan stays a function of its facts and an edit
//! survives whatever is planned anew: repair touches it last, and says so where a hard rule makes it.

mod bad;
mod nearest;
mod wishes;

pub use bad::BadAsk;
pub use wishes::Wishes;
pub(crate) use wishes::apply;

use crate::calendar::Day;
use crate::decision::{Change, Finding, Measure, Repair};
use crate::facts::Facts;
use crate::record::{Ask, DayWish, Edit};
use crate::ruleset;
use crate::session::{Kind, Session, WeekPlan, with_article};
use crate::step::{self, Prepared};
use crate::units::{Metres, Units};
use crate::workout;
use serde::{Deserialize, Serialize};
use std::fmt::Write;
use wishes::offset;

/// What becomes of an edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The week has exactly what was asked for, and nothing else changes.
    Allowed,
    /// The week has exactly what was asked for; something else changes for it.
    AllowedWithRepair,
    /// A hard rule stands against it, alone or beside what the runner fixed before.
    Refused,
}

/// What a day holds before and after an edit: kind and distance of its session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayChange {
    /// The day.
    pub day: Day,
    /// Before.
    pub before: Option<(Kind, Metres)>,
    /// After.
    pub after: Option<(Kind, Metres)>,
}

/// The nearest edit that is allowed where the one asked for is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nearest {
    /// What to ask for.
    pub ask: Ask,
    /// Allowed, with or without repair.
    pub verdict: Verdict,
    /// What it changes.
    pub changes: Vec<DayChange>,
}

/// An edit before it is saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// What becomes of it.
    pub verdict: Verdict,
    /// The edit to save, with what its days are to hold.
    pub edit: Edit,
    /// The week with the edit in force. Of a refused one: as near as the hard rules let it come.
    pub plan: WeekPlan,
    /// What repair changes for it.
    pub repairs: Vec<Repair>,
    /// What differs from the week as it is, by day.
    pub changes: Vec<DayChange>,
    /// The hard rules against it, with value and limit; none unless it is refused.
    pub findings: Vec<Finding>,
    /// Soft rules that it newly breaks: they can be overridden with a reason.
    pub soft: Vec<Finding>,
    /// The nearest edit that is allowed, where this one is refused and there is one.
    pub nearest: Option<Nearest>,
}

/// What would become of an edit of the week that starts on `week_start`, as of `facts.as_of`;
/// `current` is the week's plan as the runner sees it.
///
/// # Errors
/// [`BadAsk`] for what cannot be asked: a day that is over or of another week, a session that is
/// not there, a distance that is none, a race moved.
pub fn preview(
    facts: &Facts,
    week_start: Day,
    current: &WeekPlan,
    ask: Ask,
) -> Result<Preview, BadAsk> {
    let mut desk = Desk::new(facts, week_start, current);
    let trial = desk.trial(ask)?;
    let nearest = if trial.kept { None } else { nearest::nearest(&mut desk, ask) };
    let findings = if trial.kept { Vec::new() } else { desk.objections(&trial) };
    let Trial { edit, plan, changes, verdict, .. } = trial;
    let soft = desk.soft(&plan);
    Ok(Preview {
        verdict,
        repairs: plan.repairs.clone(),
        edit,
        plan,
        changes,
        findings,
        soft,
        nearest,
    })
}

/// One week on which edits are tried.
struct Desk<'a> {
    facts: Facts,
    prepared: Prepared,
    w: Day,
    first: Day,
    current: &'a WeekPlan,
    /// What the rest of the week is to hold although it would be planned otherwise now: an edit
    /// changes what the runner sees, it does not plan the week anew.
    kept: Vec<DayWish>,
}

/// An edit tried.
struct Trial {
    edit: Edit,
    plan: WeekPlan,
    changes: Vec<DayChange>,
    /// The week has exactly what was asked for, now and before.
    kept: bool,
    verdict: Verdict,
}

impl<'a> Desk<'a> {
    fn new(facts: &Facts, w: Day, current: &'a WeekPlan) -> Self {
        let facts = step::sorted(facts).into_owned();
        let prepared = Prepared::new(&facts, w);
        let first = step::first_day(&facts, w);
        let anew = prepared.plan(&facts);
        let mut desk = Self { facts, prepared, w, first, current, kept: Vec::new() };
        // Not over news of health, and not into another state: what was planned before is no
        // longer what the runner should see.
        let news = desk.facts.health.iter().map(|r| r.day.max(r.closed.unwrap_or(r.day)));
        let news = news.chain(desk.facts.strikes.iter().map(|s| s.issued));
        let quiet = news.max().is_none_or(|day| day < current.first_day);
        if quiet && anew.state == current.state && anew.phase == current.phase {
            let changed = desk.changes(&anew);
            desk.kept = changed.iter().map(|c| DayWish { day: c.day, session: c.before }).collect();
        }
        desk
    }

    /// The session of a day as it is planned.
    fn session(&self, day: Day) -> Option<&'a Session> {
        let of_day = || self.current.sessions.iter().filter(|s| s.day == day);
        of_day().find(|s| s.is_run()).or_else(|| of_day().next())
    }

    fn trial(&mut self, ask: Ask) -> Result<Trial, BadAsk> {
        if ask == Ask::Harder {
            return self.harder();
        }
        let days = self.resolve(ask)?;
        Ok(self.attempt(ask, days))
    }

    /// Plans the week with an edit.
    fn attempt(&mut self, asked: Ask, days: Vec<DayWish>) -> Trial {
        let mut all: Vec<DayWish> = match asked {
            // The sessions of the other days may take the place of what goes.
            Ask::Unavailable { .. } => Vec::new(),
            _ => self.kept.clone(),
        };
        all.retain(|k| days.iter().all(|d| d.day != k.day));
        all.extend(days.iter().copied());
        all.sort_by_key(|d| d.day);
        let edit = Edit { week_start: self.w, made_on: self.facts.as_of, asked, days: all };
        self.facts.edits.push(edit.clone());
        let plan = self.prepared.plan(&self.facts);
        self.facts.edits.pop();
        // What the runner fixed before stays as well: no edit undoes another behind their back.
        let fixed =
            |s: &&Session| s.pinned && s.day >= self.first && days.iter().all(|d| d.day != s.day);
        let mut fixed = self.current.sessions.iter().filter(fixed);
        let kept = days.iter().all(|d| held(&plan, d.day) == d.session)
            && fixed.all(|s| held(&plan, s.day) == Some((s.kind, s.distance)));
        let changes = self.changes(&plan);
        let others = changes.iter().any(|c| days.iter().all(|d| d.day != c.day));
        let verdict = match (kept, others) {
            (false, _) => Verdict::Refused,
            (true, true) => Verdict::AllowedWithRepair,
            (true, false) => Verdict::Allowed,
        };
        Trial { edit, plan, changes, kept, verdict }
    }

    /// What differs from the week as it is.
    fn changes(&self, plan: &WeekPlan) -> Vec<DayChange> {
        let days = (0..=self.w + 6 - self.first).map(|i| self.first + i);
        let change = |day| DayChange { day, before: self.before(day), after: held(plan, day) };
        days.map(change).filter(|c| c.before != c.after).collect()
    }

    fn before(&self, day: Day) -> Option<(Kind, Metres)> {
        self.session(day).map(|s| (s.kind, s.distance))
    }

    /// The hard rules that the week as asked would break.
    fn objections(&mut self, trial: &Trial) -> Vec<Finding> {
        self.facts.edits.push(trial.edit.clone());
        let mut found = self.prepared.objections(&self.facts);
        self.facts.edits.pop();
        if found.is_empty() {
            found = trial.plan.repairs.iter().map(of_repair).collect();
        }
        found
    }

    /// Soft rules and wishes that the week newly sets aside.
    fn soft(&self, plan: &WeekPlan) -> Vec<Finding> {
        let known =
            |f: &Finding| self.current.findings.iter().any(|k| k.rule == f.rule && k.day == f.day);
        let own = nearest::against_wishes(&self.facts.preferences, plan);
        let had = nearest::against_wishes(&self.facts.preferences, self.current);
        let own =
            own.into_iter().filter(|f| had.iter().all(|k| (k.rule, k.day) != (f.rule, f.day)));
        plan.findings.iter().filter(|f| !known(f)).cloned().chain(own).collect()
    }

    /// A little more of everything that the runner did not fix: the most that is allowed.
    fn harder(&mut self) -> Result<Trial, BadAsk> {
        let mut permille = ruleset::HARDER_PERMILLE;
        let mut refused = None;
        while permille > 1000 {
            let days = self.scaled(permille);
            if days.is_empty() {
                break;
            }
            let trial = self.attempt(Ask::Harder, days);
            if trial.kept {
                return Ok(trial);
            }
            refused.get_or_insert(trial);
            permille -= ruleset::HARDER_STEP_PERMILLE;
        }
        refused.ok_or(BadAsk::NothingToScale)
    }

    /// The runs that are left of the week and that the runner did not fix, so much longer or
    /// shorter; those that stay as they are left out.
    fn scaled(&self, permille: i64) -> Vec<DayWish> {
        let marathon = self.prepared.profile.paces.marathon;
        let free =
            |s: &&Session| s.day >= self.first && s.is_run() && s.kind != Kind::Race && !s.pinned;
        let wish = |s: &Session| {
            let kind = match s.kind {
                _ if permille < 1000 && workout::is_quality(s, marathon) => Kind::Easy,
                kind => kind,
            };
            let to = s.distance.permille(permille).floor_step();
            let session = (to >= ruleset::EDIT_RUN_MIN).then_some((kind, to));
            DayWish { day: s.day, session }
        };
        let changed = |d: &DayWish| d.session != self.before(d.day);
        self.current.sessions.iter().filter(free).map(wish).filter(changed).collect()
    }

    /// What the days are to hold by what is asked.
    fn resolve(&self, ask: Ask) -> Result<Vec<DayWish>, BadAsk> {
        let rest = |day| DayWish { day, session: None };
        let wish = |day, kind, distance| DayWish { day, session: Some((kind, distance)) };
        Ok(match ask {
            Ask::Move { from, to } => {
                let s = self.movable(from)?;
                self.open(to)?;
                if from == to {
                    return Err(BadAsk::SameDay { day: to });
                }
                self.vacant(to)?;
                vec![rest(from), wish(to, s.kind, s.distance)]
            }
            Ask::Swap { a, b } => {
                let (x, y) = (self.movable(a)?, self.movable(b)?);
                if a == b {
                    return Err(BadAsk::SameDay { day: a });
                }
                vec![wish(a, y.kind, y.distance), wish(b, x.kind, x.distance)]
            }
            Ask::Skip { day } => {
                self.there(day)?;
                vec![rest(day)]
            }
            Ask::Unavailable { day } => {
                self.open(day)?;
                vec![rest(day)]
            }
            Ask::Resize { day, to } => {
                let s = self.movable(day)?;
                if !s.is_run() {
                    return Err(BadAsk::NoRun { day });
                }
                vec![self.fits(day, s.kind, to)?]
            }
            Ask::Retype { day, to } => {
                let s = self.movable(day)?;
                if !s.is_run() && to != Kind::Cross {
                    return Err(BadAsk::NoRun { day });
                }
                vec![self.fits(day, to, s.distance)?]
            }
            Ask::Add { day, kind, distance } => {
                self.open(day)?;
                self.vacant(day)?;
                vec![self.fits(day, kind, distance)?]
            }
            Ask::Pin { day } => {
                let s = self.movable(day)?;
                vec![wish(day, s.kind, s.distance)]
            }
            Ask::Easier | Ask::Harder => {
                let days = self.scaled(ruleset::EASIER_PERMILLE);
                if days.is_empty() {
                    return Err(BadAsk::NothingToScale);
                }
                days
            }
        })
    }

    /// A wish for a session that there can be.
    fn fits(&self, day: Day, kind: Kind, distance: Metres) -> Result<DayWish, BadAsk> {
        let distance = distance.floor_step();
        if kind == Kind::Race {
            return Err(BadAsk::NoNewRace);
        }
        if kind == Kind::Cross {
            return Ok(DayWish { day, session: Some((kind, Metres::ZERO)) });
        }
        let (least, most) = (ruleset::EDIT_RUN_MIN, ruleset::EDIT_RUN_MAX);
        if !(least..=most).contains(&distance) {
            return Err(BadAsk::Distance { least, most });
        }
        let paces = &self.prepared.profile.paces;
        let fits = |d| wishes::build(&self.current.sessions, day, kind, d, paces).is_some();
        if !fits(distance) {
            let steps = (distance.0 / 100 + 1..=most.0 / 100).map(|n| Metres(100 * n));
            let least = steps.into_iter().find(|d| fits(*d)).unwrap_or(most);
            return Err(BadAsk::TooShortFor { kind, least });
        }
        Ok(DayWish { day, session: Some((kind, distance)) })
    }

    /// The day is one of the week's that are not over.
    fn open(&self, day: Day) -> Result<(), BadAsk> {
        if offset(day, self.w).is_none() {
            return Err(BadAsk::OtherWeek { day, from: self.w, to: self.w + 6 });
        }
        if day < self.first { Err(BadAsk::Over { day, first: self.first }) } else { Ok(()) }
    }

    fn vacant(&self, day: Day) -> Result<(), BadAsk> {
        match self.session(day).filter(|s| s.is_run()) {
            Some(s) => Err(BadAsk::Taken { day, kind: s.kind }),
            None => Ok(()),
        }
    }

    fn there(&self, day: Day) -> Result<&'a Session, BadAsk> {
        self.open(day)?;
        self.session(day).ok_or(BadAsk::NothingThere { day })
    }

    fn movable(&self, day: Day) -> Result<&'a Session, BadAsk> {
        let s = self.there(day)?;
        if s.kind == Kind::Race { Err(BadAsk::RaceStays { day }) } else { Ok(s) }
    }
}

/// What a day of a plan holds: its run, or what is offered on it.
fn held(plan: &WeekPlan, day: Day) -> Option<(Kind, Metres)> {
    let of_day = || plan.sessions.iter().filter(|s| s.day == day);
    let s = of_day().find(|s| s.is_run()).or_else(|| of_day().next())?;
    Some((s.kind, s.distance))
}

/// What a repair says of the limit that it kept.
fn of_repair(r: &Repair) -> Finding {
    let limit = match r.change {
        Change::Shortened(d) | Change::MadeEasy(d) => d.0,
        Change::Moved(_) => r.before.0,
        Change::Dropped => 0,
    };
    let (rule, day, value) = (r.rule, Some(r.day), r.before.0);
    Finding { rule, day, value, limit, measure: Measure::Metres }
}

impl DayChange {
    /// One clear line.
    #[must_use]
    pub fn text(&self, units: Units) -> String {
        let what = |held: Option<(Kind, Metres)>| match held {
            None => "rest".to_owned(),
            Some((Kind::Cross, _)) => Kind::Cross.name().to_owned(),
            Some((kind, distance)) => format!("{}, {}", kind.name(), units.distance(distance)),
        };
        let day = self.day;
        format!("{} {day}: {} -> {}", day.weekday().name(), what(self.before), what(self.after))
    }
}

impl Preview {
    /// The verdict with its reasons, line by line.
    #[must_use]
    pub fn text(&self, units: Units) -> String {
        let mut text = match self.verdict {
            Verdict::Allowed => "Allowed.\n",
            Verdict::AllowedWithRepair => "Allowed; something else changes for it.\n",
            Verdict::Refused => "Refused.\n",
        }
        .to_owned();
        // Writing to a String cannot fail.
        for finding in &self.findings {
            let _ = writeln!(text, "  {}", finding.text(units));
        }
        let changes = if self.verdict == Verdict::Refused { &[][..] } else { &self.changes };
        for change in changes {
            let _ = writeln!(text, "  {}", change.text(units));
        }
        let repairs = if self.verdict == Verdict::Refused { &[][..] } else { &self.repairs };
        for repair in repairs {
            let _ = writeln!(text, "  Repair: {}", repair.text(units));
        }
        for finding in &self.soft {
            let _ = writeln!(text, "  Worth knowing: {}", finding.text(units));
        }
        if let Some(nearest) = &self.nearest {
            let _ = writeln!(text, "The nearest that is allowed: {}.", nearest.ask.text(units));
            for change in &nearest.changes {
                let _ = writeln!(text, "  {}", change.text(units));
            }
        }
        text
    }
}

impl Ask {
    /// The day that it names first; none where it is about a whole week.
    #[must_use]
    pub const fn day(&self) -> Option<Day> {
        match self {
            Self::Move { from: day, .. }
            | Self::Swap { a: day, .. }
            | Self::Skip { day }
            | Self::Resize { day, .. }
            | Self::Retype { day, .. }
            | Self::Add { day, .. }
            | Self::Pin { day }
            | Self::Unavailable { day } => Some(*day),
            Self::Easier | Self::Harder => None,
        }
    }

    /// Is it about the session of that day?
    #[must_use]
    pub fn is_about(&self, day: Day) -> bool {
        match self {
            Self::Move { to, .. } => *to == day,
            Self::Swap { a, b } => *a == day || *b == day,
            _ => self.day().is_none_or(|d| d == day),
        }
    }

    /// What is asked for, in words that follow "You asked to".
    #[must_use]
    pub fn text(&self, units: Units) -> String {
        match self {
            Self::Move { from, to } => format!("move the session of {from} to {to}"),
            Self::Swap { a, b } => format!("swap the sessions of {a} and {b}"),
            Self::Skip { day } => format!("skip the session of {day}"),
            Self::Resize { day, to } => {
                format!("make the session of {day} {} long", units.distance(*to))
            }
            Self::Retype { day, to } => format!("make the session of {day} {}", with_article(*to)),
            Self::Add { day, kind, distance } => {
                format!("add {} of {} on {day}", with_article(*kind), units.distance(*distance))
            }
            Self::Pin { day } => format!("keep the session of {day} as it is"),
            Self::Unavailable { day } => format!("keep {day} free of running"),
            Self::Easier => "make the rest of the week easier".to_owned(),
            Self::Harder => "make the rest of the week harder".to_owned(),
        }
    }
}
