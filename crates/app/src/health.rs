//! Health: reporting, listing and closing records, the strikes that follow, and what they change in
//! the current week at once.

use crate::App;
use crate::accounts::Runner;
use crate::error::{AppError, Result};
use crate::facts::{Body, strike_fact};
use hermes_engine::calendar::Day;
use hermes_engine::consequences::{self, Consequences, Modification};
use hermes_engine::facts::Facts;
use hermes_engine::health;
use hermes_engine::history::History;
use hermes_engine::ladder::Position;
use hermes_engine::record::{BodyPart, HealthRecord, HealthType, PermanentLimit, Symptoms};
use hermes_engine::ruleset;
use hermes_engine::session::{Kind, Session};
use hermes_engine::state::State;
use hermes_engine::step;
use hermes_engine::strike::{self, NewStrike};
use hermes_engine::units::{Metres, Units};
use hermes_store::health::{self as stored, StoredHealthRecord, StoredStrike, body_part_word};
use hermes_store::value::WeekKm;
use serde::Serialize;
use uuid::Uuid;

/// Longest text that is kept with a record, in characters.
const DESCRIPTION_MAX: usize = 2_000;

/// What a runner reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What it is about.
    pub kind: HealthType,
    /// Where, for injury and pain.
    pub part: Option<BodyPart>,
    /// 1-10.
    pub severity: Option<u8>,
    /// The day, today or before.
    pub day: Day,
    /// The runner's words.
    pub description: Option<String>,
    /// Signs.
    pub symptoms: Symptoms,
}

impl Report {
    fn fact(&self) -> HealthRecord {
        HealthRecord {
            day: self.day,
            kind: self.kind,
            part: self.part,
            severity: self.severity,
            symptoms: self.symptoms,
            closed: None,
        }
    }
}

/// A planned session, in short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Planned {
    /// Its kind.
    pub kind: Kind,
    /// Its distance.
    pub distance_m: Metres,
}

/// A day of the current week whose session changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DayChange {
    /// The day.
    pub date: Day,
    /// The session until now; `None` is rest.
    pub before: Option<Planned>,
    /// The session from now on.
    pub after: Option<Planned>,
}

/// What a report or a clearance changes in the current week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WeekChange {
    /// The week's first day.
    pub week_start: Day,
    /// The state from now on.
    pub state: State,
    /// Its days to come that change.
    pub days: Vec<DayChange>,
}

/// What a report does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reported {
    /// The record's key, once it is saved.
    pub id: Option<Uuid>,
    /// What the record does to training.
    pub consequences: Consequences,
    /// The strongest modification in force with it, of all records and strikes.
    pub in_force: Modification,
    /// The strikes it brings.
    pub strikes: Vec<NewStrike>,
    /// What it changes in the current week.
    pub change: WeekChange,
}

/// A stored record on screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordView {
    /// Its key.
    pub id: Uuid,
    /// The record.
    pub record: HealthRecord,
    /// The runner's words.
    pub description: Option<String>,
    /// The modification that was in force when it was saved.
    pub modification: Option<String>,
    /// Lock days.
    pub days_off: i32,
    /// It brought a chronic_risk strike.
    pub chronic: bool,
    /// Open strikes on that part with this record.
    pub strikes: i32,
    /// Running is locked by it on the day.
    pub locked: bool,
    /// The first day without its lock; `None` while it ends with the record only.
    pub lock_ends: Option<Day>,
    /// Where the runner is on the return ladder after it, while that is unfinished.
    pub ladder: Option<Position>,
}

/// A stored strike on screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StrikeView {
    /// Its key.
    pub id: Uuid,
    /// The day it was issued.
    pub issued: Day,
    /// `injury_repeat`, `overreach_pattern` or `chronic_risk`.
    pub kind: String,
    /// The open strikes then, this one included.
    pub count: i32,
    /// Where.
    pub part: Option<String>,
    /// Days without running it began with.
    pub forced_recovery_days: u16,
    /// Days without quality it began with.
    pub no_quality_days: u16,
    /// The day it was resolved.
    pub resolved: Option<Day>,
    /// Its permanent limit, lifted or not.
    pub limit: Option<PermanentLimit>,
    /// The limit in words.
    pub limit_description: Option<String>,
}

/// Health as of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HealthView {
    /// The strongest modification in force.
    pub in_force: Modification,
    /// Records, by day.
    pub records: Vec<RecordView>,
    /// Strikes, by day.
    pub strikes: Vec<StrikeView>,
}

/// Which records to close.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// One.
    One(Uuid),
    /// All that are open.
    All,
}

/// What closing did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cleared {
    /// The records that were closed.
    pub closed: Vec<Uuid>,
    /// The strikes that were resolved.
    pub resolved: Vec<Uuid>,
    /// The strikes whose permanent limit was lifted.
    pub lifted: Vec<Uuid>,
    /// What it changes in the current week.
    pub change: WeekChange,
}

/// Everything about health that is known on a day.
struct Known {
    facts: Facts,
    records: Vec<StoredHealthRecord>,
    strikes: Vec<StoredStrike>,
}

impl App {
    /// What a report does to training: saved, with the current week planned anew at once; or only
    /// worked out (`dry_run`).
    ///
    /// # Errors
    /// [`AppError::BadInput`] for a severity outside 1-10, a pain outside 0-10, a day in the
    /// future, an injury without its part, or too long a text.
    pub async fn report_health(
        &self,
        runner: &Runner,
        report: &Report,
        dry_run: bool,
    ) -> Result<Reported> {
        let today = self.today(runner);
        check(report, today)?;
        if !dry_run {
            self.settle_strikes(runner, false).await?;
        }
        let mut known = self.known_health(runner, today).await?;
        let before = self.current_week(runner, &known.facts).await?;
        // Reported already, and what followed was cut off: it is made up for, and counts once.
        let said = |r: &StoredHealthRecord| {
            r.fact() == report.fact() && r.record.description == report.description
        };
        if !known.records.iter().any(said) {
            known.facts.health.push(report.fact());
        }
        let h = History::new(&known.facts.activities, today);
        let strikes = self.due_strikes(runner, &known.facts, &h).await?;
        known.facts.strikes.extend(strikes.iter().map(|s| s.strike.clone()));
        let consequences = Consequences::of(&report.fact(), &known.facts.activities, &h);
        let facts = &known.facts;
        let in_force = consequences::in_force(&facts.health, &facts.strikes, report.day);
        let in_force = in_force.max(consequences::in_force(&facts.health, &facts.strikes, today));
        if dry_run {
            let after = step::step(facts, before.plan.week_start);
            let change = changed(&before, after.plan.sessions.iter(), after.plan.state, today);
            return Ok(Reported { id: None, consequences, in_force, strikes, change });
        }
        let row = row(report, &consequences, in_force, &known, &strikes)?;
        let id = self.store.add_health_record(runner.id, &row, self.clock.now()).await?;
        self.save_strikes(runner, &strikes).await?;
        let reason = format!("health: {} reported", word(report.kind));
        let change = self.change(runner, &before, report.day, &reason).await?;
        Ok(Reported { id: Some(id), consequences, in_force, strikes, change })
    }

    /// Records, strikes and what they bind, as known on a day.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn health(&self, runner: &Runner, as_of: Day) -> Result<HealthView> {
        let known = self.known_health(runner, as_of).await?;
        let facts = &known.facts;
        let h = History::new(&facts.activities, as_of);
        let week = as_of.week_start(facts.preferences.week_start);
        let record = |stored: &StoredHealthRecord| {
            let record = stored.fact();
            let at = health::position(&record, &h, &facts.feedback, week, as_of);
            RecordView {
                id: stored.id,
                description: stored.record.description.clone(),
                modification: stored.record.training_modification.clone(),
                days_off: stored.record.days_off,
                chronic: stored.record.is_chronic,
                strikes: stored.record.strike_count,
                locked: health::on_day(&record, as_of, as_of).locked,
                lock_ends: consequences::lock_ends(&record),
                ladder: at.filter(|at| !at.is_done()),
                record,
            }
        };
        Ok(HealthView {
            in_force: consequences::in_force(&facts.health, &facts.strikes, as_of),
            records: known.records.iter().map(record).collect(),
            strikes: known.strikes.iter().map(strike_view).collect(),
        })
    }

    /// Closes records: from `day` on they are over. With `cleared`, the runner confirms that a
    /// doctor or physiotherapist has cleared running; it resolves strikes and lifts limits where
    /// their procedure allows. The current week is planned anew at once.
    ///
    /// # Errors
    /// [`AppError::NotFound`] without such an open record, or where there is nothing to close,
    /// resolve or lift; [`AppError::BadInput`] for a day in the future or before the record's, or
    /// for a record that asks for a clearance and has none.
    pub async fn clear_health(
        &self,
        runner: &Runner,
        which: Which,
        day: Day,
        cleared: bool,
    ) -> Result<Cleared> {
        let today = self.today(runner);
        if day > today {
            return Err(AppError::BadInput(format!(
                "{day} is in the future; a record is closed on {today} or before"
            )));
        }
        let known = self.known_health(runner, today).await?;
        let open = known.records.iter().filter(|r| r.closed_on.is_none());
        let chosen: Vec<&StoredHealthRecord> =
            open.filter(|r| which == Which::All || which == Which::One(r.id)).collect();
        if let (Which::One(id), true) = (which, chosen.is_empty()) {
            return Err(AppError::NotFound(format!(
                "no open health record has the id {id}; `hermes health list` shows them"
            )));
        }
        for record in &chosen {
            closable(record, day, cleared)?;
        }
        let before = self.current_week(runner, &known.facts).await?;
        for record in &chosen {
            let now = self.clock.now();
            self.store.close_health_record(runner.id, record.id, day, now).await?;
        }
        let (resolved, lifted) = self.settle_strikes(runner, cleared).await?;
        let closed: Vec<Uuid> = chosen.iter().map(|r| r.id).collect();
        if closed.is_empty() && resolved.is_empty() && lifted.is_empty() {
            return Err(AppError::NotFound(
                "there is nothing to clear: no record is open, and no strike or limit ends today"
                    .to_owned(),
            ));
        }
        let change = self.change(runner, &before, day, "health: cleared").await?;
        Ok(Cleared { closed, resolved, lifted, change })
    }

    /// Issues the strikes that are due today and ends those that are over; the new ones. Part of
    /// the weekly pipeline of today, never of a replay.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn check_strikes(&self, runner: &Runner) -> Result<Vec<NewStrike>> {
        self.settle_strikes(runner, false).await?;
        let known = self.known_health(runner, self.today(runner)).await?;
        let h = History::new(&known.facts.activities, known.facts.as_of);
        let due = self.due_strikes(runner, &known.facts, &h).await?;
        self.save_strikes(runner, &due).await?;
        Ok(due)
    }

    async fn known_health(&self, runner: &Runner, as_of: Day) -> Result<Known> {
        let now = self.clock.now();
        let start = self.preferences_as_of(runner, as_of).await?.week_start;
        let week = as_of.week_start(start);
        let earlier = self.earlier(runner, week, as_of.max(week + 1), now).await?;
        let facts = self.facts(runner, as_of, now, &earlier).await?;
        let records = self.store.health_records(runner.id, as_of, now).await?;
        let strikes = self.store.strikes(runner.id, as_of, now).await?;
        Ok(Known { facts, records, strikes })
    }

    /// The plan of the current week until now: the published one, else the one that would be.
    async fn current_week(&self, runner: &Runner, facts: &Facts) -> Result<Body> {
        let week = facts.as_of.week_start(facts.preferences.week_start);
        match self.store.week(runner.id, week).await? {
            Some(stored) if stored.plan.published => self.body_of(runner, &stored).await,
            _ => Ok(Body::of(&step::step(facts, week), None)),
        }
    }

    /// Lets all follow that does from health on a day; what changed in the days to come of the
    /// current week.
    async fn change(
        &self,
        runner: &Runner,
        before: &Body,
        day: Day,
        reason: &str,
    ) -> Result<WeekChange> {
        let today = self.today(runner);
        let week = before.plan.week_start;
        self.follow(runner, day, reason).await?;
        let published = self.store.week(runner.id, week).await?.filter(|s| s.plan.published);
        let after = match published {
            Some(stored) => self.body_of(runner, &stored).await?.plan,
            None => step::step(&self.known_health(runner, today).await?.facts, week).plan,
        };
        Ok(changed(before, after.sessions.iter(), after.state, today))
    }

    async fn due_strikes(
        &self,
        runner: &Runner,
        facts: &Facts,
        h: &History,
    ) -> Result<Vec<NewStrike>> {
        let from = facts.as_of - ruleset::OVERREACH_PATTERN_DAYS;
        let entries = self.lived_overreach(runner, from, facts.as_of).await?;
        Ok(strike::due(facts, &entries, h))
    }

    /// The entries into Overreach that plans noticed in their own time, not a replay of the past: a
    /// plan of the day's week, or the one of the next week.
    async fn lived_overreach(&self, runner: &Runner, from: Day, to: Day) -> Result<Vec<Day>> {
        let mut entries = self.overreach_entries(runner, from, to).await?;
        if !entries.is_empty() {
            let now = self.clock.now();
            let plans = self.store.revisions_in_force(runner.id, from - 6, to + 6, now).await?;
            let near = |day: Day, week: Day| (day - week).abs() < 7;
            entries.retain(|day| {
                plans.iter().any(|p| !p.version.replayed && near(*day, p.week_start_date))
            });
        }
        Ok(entries)
    }

    async fn save_strikes(&self, runner: &Runner, strikes: &[NewStrike]) -> Result<()> {
        for new in strikes {
            let row = strike_row(new)?;
            self.store.add_strike(runner.id, &row, self.clock.now()).await?;
        }
        Ok(())
    }

    /// Ends strikes and limits as their procedure says.
    async fn settle_strikes(
        &self,
        runner: &Runner,
        cleared: bool,
    ) -> Result<(Vec<Uuid>, Vec<Uuid>)> {
        let known = self.known_health(runner, self.today(runner)).await?;
        let (mut resolved, mut lifted) = (Vec::new(), Vec::new());
        for end in strike::resolutions(&known.facts, cleared) {
            // The facts' strikes are the stored ones, in their order.
            let Some(id) = known.strikes.get(end.index).map(|s| s.id) else { continue };
            if let Some(day) = end.resolved {
                self.store.resolve_strike(runner.id, id, day, self.clock.now()).await?;
                resolved.push(id);
            }
            if let Some(day) = end.lifted {
                self.store.lift_limit(runner.id, id, day, self.clock.now()).await?;
                lifted.push(id);
            }
        }
        Ok((resolved, lifted))
    }
}

fn check(report: &Report, today: Day) -> Result<()> {
    let wrong = |sentence: String| Err(AppError::BadInput(sentence));
    if report.day > today {
        return wrong(format!(
            "{} is in the future; health is reported for {today} or before",
            report.day
        ));
    }
    if let Some(n) = report.severity.filter(|n| !(1..=10).contains(n)) {
        return wrong(format!("severity {n} is not on the scale; use 1 (mild) to 10"));
    }
    let pains = [report.symptoms.pain_during, report.symptoms.pain_next_morning];
    if let Some(n) = pains.into_iter().flatten().find(|n| *n > 10) {
        return wrong(format!("pain {n} is not on the scale; use 0 (none) to 10"));
    }
    if health::is_injury(&report.fact()) && report.part.is_none() {
        return wrong("an injury or pain needs the part it is in; `other` where none fits".into());
    }
    if report.description.as_ref().is_some_and(|d| d.chars().count() > DESCRIPTION_MAX) {
        return wrong(format!("the description is too long; use {DESCRIPTION_MAX} characters"));
    }
    Ok(())
}

/// May the record be closed on the day?
fn closable(stored: &StoredHealthRecord, day: Day, cleared: bool) -> Result<()> {
    let record = stored.fact();
    if day < record.day {
        return Err(AppError::BadInput(format!(
            "{day} is before the record, which is of {}; close it on that day or later",
            record.day
        )));
    }
    if consequences::needs_clearance(&record) && !cleared {
        return Err(AppError::BadInput(format!(
            "the record of {} asks for a doctor's clearance; close it with --clearance once you \
             have it",
            record.day
        )));
    }
    Ok(())
}

fn row(
    report: &Report,
    consequences: &Consequences,
    in_force: Modification,
    known: &Known,
    new: &[NewStrike],
) -> Result<stored::NewHealthRecord> {
    let word = report.part.and_then(body_part_word);
    let on_part = |part: Option<&str>| word.is_some() && part == word.as_deref();
    let open = known.strikes.iter().filter(|s| s.resolved_on.is_none());
    let before = open.filter(|s| on_part(s.strike.body_part.as_deref())).count();
    let brought = new.iter().filter(|s| s.part.is_some() && s.part == report.part).count();
    let number = |n: usize| i32::try_from(n).map_err(|e| AppError::Internal(e.to_string()));
    let chronic = |s: &NewStrike| s.kind == strike::StrikeType::ChronicRisk;
    Ok(stored::NewHealthRecord {
        record_date: report.day,
        record_type: report.kind,
        body_part: word.clone(),
        severity: report.severity.map(i32::from),
        description: report.description.clone(),
        training_modification: Some(in_force.name().to_owned()),
        days_off: i32::try_from(consequences.lock_days).unwrap_or(i32::MAX),
        strike_count: number(before + brought)?,
        is_chronic: new.iter().any(chronic),
        symptoms: (report.symptoms != Symptoms::default()).then_some(report.symptoms),
    })
}

pub(crate) fn strike_row(new: &NewStrike) -> Result<stored::NewStrike> {
    let limit = new.strike.limit;
    let count = i32::try_from(new.count).map_err(|e| AppError::Internal(e.to_string()))?;
    Ok(stored::NewStrike {
        issued_on: new.strike.issued,
        strike_type: new.kind.name().to_owned(),
        strike_count: count,
        body_part: new.part.and_then(body_part_word),
        forced_recovery_days: Some(i32::from(new.strike.forced_recovery_days)),
        permanent_limit_applied: limit.is_some(),
        limit_description: limit.map(|l| strike::limit_description(&l, Units::Km)),
        limit_weekly_km: limit.and_then(|l| WeekKm::km(l.weekly)),
        limit_quality: limit.map(|l| i32::from(l.quality)),
    })
}

fn strike_view(s: &StoredStrike) -> StrikeView {
    let fact = strike_fact(s);
    StrikeView {
        id: s.id,
        issued: fact.issued,
        kind: s.strike.strike_type.clone(),
        count: s.strike.strike_count,
        part: s.strike.body_part.as_deref().map(str::to_owned),
        forced_recovery_days: fact.forced_recovery_days,
        no_quality_days: fact.no_quality_days,
        resolved: fact.resolved,
        limit: fact.limit,
        limit_description: s.strike.limit_description.clone(),
    }
}

/// The days from today on whose running session is another one.
fn changed<'a>(
    before: &Body,
    after: impl Iterator<Item = &'a Session>,
    state: State,
    today: Day,
) -> WeekChange {
    let week_start = before.plan.week_start;
    let after: Vec<&Session> = after.collect();
    let short = |s: &Session| Planned { kind: s.kind, distance_m: s.distance };
    let of = |day: Day, all: &[&Session]| {
        all.iter().find(|s| s.day == day && s.is_run()).map(|s| short(s))
    };
    let old: Vec<&Session> = before.sessions().collect();
    let days = (0..7).map(|i| week_start + i).filter(|day| *day >= today);
    let change =
        days.map(|date| DayChange { date, before: of(date, &old), after: of(date, &after) });
    let days = change.filter(|c| c.before != c.after).collect();
    WeekChange { week_start, state, days }
}

/// The type in a word.
fn word(kind: HealthType) -> &'static str {
    match kind {
        HealthType::Injury => "injury",
        HealthType::Pain => "pain",
        HealthType::Fatigue => "fatigue",
        HealthType::Illness => "illness",
        HealthType::Other => "other",
    }
}
