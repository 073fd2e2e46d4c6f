//! A runner as loaded with a batch: facts of any day up to today without another query.

use crate::error::{AppError, Result};
use crate::facts::{Body, PUBLISHED_DAYS, REACH, strike_fact};
use crate::matches;
use hermes_engine::calendar::Day;
use hermes_engine::facts::Facts;
use hermes_engine::record::{Edit, HealthRecord, Preferences, Strike};
use hermes_engine::session::{PublishedWeek, Session, WeekPlan};
use hermes_store::corrections::StoredCorrection;
use hermes_store::known::KnownRunner;
use hermes_store::value::Json;

/// The plan of a week in force, as far as it was loaded.
struct Plan {
    published: PublishedWeek,
    replayed: bool,
    body: Option<Body>,
}

/// A runner with the plans read.
pub(super) struct Person {
    pub(super) known: KnownRunner,
    /// In force, by week.
    plans: Vec<Plan>,
    /// Strikes that are issued with this step.
    pub(super) issued: Vec<Strike>,
}

impl Person {
    pub(super) fn new(mut known: KnownRunner) -> Result<Self> {
        let plans = std::mem::take(&mut known.plans).into_iter().map(|p| {
            let published = with_corrections(read(&p.published)?, &known.corrections);
            Ok(Plan {
                published,
                replayed: p.replayed,
                body: p.body.as_ref().map(Body::read).transpose()?,
            })
        });
        let plans = plans.collect::<Result<Vec<_>>>()?;
        Ok(Self { known, plans, issued: Vec::new() })
    }

    /// The preferences of a day.
    pub(super) fn preferences(&self, day: Day) -> Preferences {
        let decided = self.known.preferences.iter().find(|(on, _)| *on <= day);
        decided.map(|(_, p)| p.clone()).unwrap_or_default()
    }

    /// The body of the plan in force of a week.
    pub(super) fn body(&self, week: Day) -> Option<&Body> {
        let of = |p: &&Plan| p.published.week_start == week;
        self.plans.iter().find(of).and_then(|p| p.body.as_ref())
    }

    /// The latest plan in force of a week before one.
    pub(super) fn plan_before(&self, week: Day) -> Option<&WeekPlan> {
        let before = self.plans.iter().rfind(|p| p.published.week_start < week)?;
        before.body.as_ref().map(|b| &b.plan)
    }

    /// Takes a plan into force.
    pub(super) fn put(&mut self, body: Body) {
        let week = body.plan.week_start;
        self.plans.retain(|p| p.published.week_start != week);
        let published = with_corrections(body.published.clone(), &self.known.corrections);
        self.plans.push(Plan { published, replayed: false, body: Some(body) });
        self.plans.sort_by_key(|p| p.published.week_start);
    }

    /// The published weeks of a span, both days included.
    pub(super) fn published(&self, from: Day, to: Day) -> Vec<PublishedWeek> {
        let weeks = self.plans.iter().map(|p| &p.published);
        weeks.filter(|p| (from..=to).contains(&p.week_start)).cloned().collect()
    }

    /// The entries into Overreach since a day that plans noticed in their own time, not a replay
    /// of the past: a plan of the day's week, or the one of the next week.
    pub(super) fn lived_entries(&self, from: Day, to: Day) -> Vec<Day> {
        let near = |day: Day, p: &Plan| !p.replayed && (day - p.published.week_start).abs() < 7;
        let mut entries = self.entries(from, to);
        entries.retain(|day| self.plans.iter().any(|p| near(*day, p)));
        entries
    }

    /// The days of a span on which Overreach was entered.
    pub(super) fn entries(&self, from: Day, to: Day) -> Vec<Day> {
        self.known.entries.iter().copied().filter(|day| (from..=to).contains(day)).collect()
    }

    /// The edits in force.
    pub(super) fn edits(&self) -> impl Iterator<Item = (Edit, Option<String>)> + '_ {
        self.known.edits.iter().cloned()
    }

    /// The strikes of a day: stored ones in their order, then those issued with this step.
    fn strikes(&self, as_of: Day) -> Vec<Strike> {
        let stored = self.known.strikes.iter().filter(|s| s.strike.issued_on <= as_of).map(|s| {
            let known = |day: &Day| *day <= as_of;
            let mut s = s.clone();
            s.resolved_on = s.resolved_on.filter(known);
            s.limit_lifted_on = s.limit_lifted_on.filter(known);
            strike_fact(&s)
        });
        let issued = self.issued.iter().filter(|s| s.issued <= as_of).cloned();
        let mut all: Vec<Strike> = stored.chain(issued).collect();
        all.sort_by_key(|s| s.issued);
        all
    }

    /// What is known strictly before the start of a day, with what the plans of the weeks up to
    /// `last` hand on to a week.
    pub(super) fn facts(&self, as_of: Day, week: Day, last: Day) -> Facts {
        let k = &self.known;
        let acts = &k.activities;
        let from = acts.partition_point(|a| a.day() < as_of - REACH);
        let to = acts.partition_point(|a| a.day() < as_of).max(from);
        let health = k.health.iter().map(|r| r.fact()).filter(|r| r.day <= as_of);
        let close =
            |r: HealthRecord| HealthRecord { closed: r.closed.filter(|c| *c <= as_of), ..r };
        let goals = k.goals.iter().filter(|g| {
            g.goal.set_on <= as_of && g.removed_on.is_none_or(|removed| removed > as_of)
        });
        let overrides = k.overrides.iter().filter(|o| o.from <= as_of).map(|o| {
            let mut o = o.clone();
            o.ended_on = o.ended_on.filter(|day| *day <= as_of);
            o.fact()
        });
        let said = k.feedback.iter().rev();
        let asked = k.check_ins.iter().filter(|c| c.day <= as_of).cloned().map(|mut c| {
            c.answer = c.answer.filter(|(_, on)| *on <= as_of);
            c
        });
        let first = as_of - PUBLISHED_DAYS;
        let edits = k.edits.iter().map(|(e, _)| e);
        let handed_on = (week - PUBLISHED_DAYS)..=last;
        let latest = self.plans.iter().rfind(|p| handed_on.contains(&p.published.week_start));
        let latest = latest.and_then(|p| p.body.as_ref());
        Facts {
            as_of,
            activities: acts[from..to].to_vec(),
            health: health.map(close).collect(),
            strikes: self.strikes(as_of),
            goals: goals.map(|g| g.goal.clone()).collect(),
            preferences: self.preferences(as_of),
            published: self.published(week - PUBLISHED_DAYS, last),
            current: latest.map_or_else(Vec::new, |body| begun(body, as_of)),
            overrides: overrides.collect(),
            feedback: said.filter(|f| (as_of - REACH..=as_of).contains(&f.day)).cloned().collect(),
            check_ins: asked.collect(),
            edits: edits.filter(|e| e.week_start >= first && e.made_on <= as_of).cloned().collect(),
            standing: latest.and_then(|body| body.standing.clone()),
            assumed: Vec::new(),
        }
    }
}

fn with_corrections(week: PublishedWeek, all: &[StoredCorrection]) -> PublishedWeek {
    let corrections = matches::about(week.week_start, all);
    PublishedWeek { corrections, ..week }
}

/// The sessions of a week that has begun before a day and is not over.
fn begun(body: &Body, as_of: Day) -> Vec<Session> {
    let begun = (1..7).contains(&(as_of - body.plan.week_start));
    if begun { body.sessions().cloned().collect() } else { Vec::new() }
}

fn read(published: &Json) -> Result<PublishedWeek> {
    published.read().map_err(|e| AppError::Internal(format!("a stored plan cannot be read ({e})")))
}
