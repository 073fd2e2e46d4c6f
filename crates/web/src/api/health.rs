//! Health as it stands: records, the ladder, strikes and limits; and check-ins.

use super::Reply;
use super::enter::{Asked, Caller};
use super::list::{self, Page};
use super::words::{BodyPart, CheckInAnswer, Date, HealthKind, Id, Modification};
use crate::Web;
use axum::Json;
use axum::extract::State as Shared;
use hermes_app::{CheckInView, HealthView, RecordView, StrikeView};
use hermes_engine::consequences::{lock_ends, needs_clearance};
use hermes_engine::ladder::Position;
use hermes_engine::record::{PermanentLimit, Symptoms as Signs};
use hermes_engine::ruleset::LADDER_STEPS;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Signs that change what follows from a record.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Symptoms {
    /// Fever.
    fever: bool,
    /// Chest, muscles or stomach are affected.
    below_neck: bool,
    /// A bone hurts at rest or at night.
    bone_pain_at_rest: bool,
    /// The runner limps, or runs differently.
    limp: bool,
    /// Chest pain or palpitations.
    chest_pain: bool,
    /// Pain while running, from 0 (none) to 10.
    #[schema(minimum = 0, maximum = 10)]
    pain_during: Option<u8>,
    /// Pain the next morning, from 0 (none) to 10.
    #[schema(minimum = 0, maximum = 10)]
    pain_next_morning: Option<u8>,
}

impl From<Signs> for Symptoms {
    fn from(s: Signs) -> Self {
        Self {
            fever: s.fever,
            below_neck: s.below_neck,
            bone_pain_at_rest: s.bone_pain_at_rest,
            limp: s.limp,
            chest_pain: s.chest_pain,
            pain_during: s.pain_during,
            pain_next_morning: s.pain_next_morning,
        }
    }
}

impl From<Symptoms> for Signs {
    fn from(s: Symptoms) -> Self {
        Self {
            fever: s.fever,
            below_neck: s.below_neck,
            bone_pain_at_rest: s.bone_pain_at_rest,
            limp: s.limp,
            chest_pain: s.chest_pain,
            pain_during: s.pain_during,
            pain_next_morning: s.pain_next_morning,
        }
    }
}

/// Where the runner is on the return ladder.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Ladder {
    /// Steps that are climbed.
    climbed: usize,
    /// Steps there are.
    of: usize,
    /// The first day on which the next one may be run.
    not_before: Option<Date>,
}

impl From<Position> for Ladder {
    fn from(at: Position) -> Self {
        Self { climbed: at.climbed, of: LADDER_STEPS, not_before: at.not_before.map(Date) }
    }
}

/// A health record.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Record {
    /// The key.
    id: Id,
    /// The day it began.
    day: Date,
    kind: HealthKind,
    /// Where, for injury and pain.
    part: Option<BodyPart>,
    /// From 1 (mild) to 10.
    severity: Option<u8>,
    symptoms: Symptoms,
    /// The runner's words.
    description: Option<String>,
    /// The first day on which it is over; null while it is open.
    closed: Option<Date>,
    /// The modification that was in force when it was saved.
    modification: Option<String>,
    /// Days without running that it brings.
    days_off: i32,
    /// It brought a strike for chronic risk.
    chronic: bool,
    /// Running is locked by it today.
    locked: bool,
    /// The first day without its lock; null without one, or while it ends with the record only.
    lock_ends: Option<Date>,
    /// It can be closed only with a doctor's clearance.
    needs_clearance: bool,
    /// Where the runner is on the return ladder after it, while that is unfinished.
    ladder: Option<Ladder>,
}

pub(super) fn record(r: RecordView) -> Record {
    Record {
        id: Id(r.id),
        day: r.record.day.into(),
        kind: r.record.kind.into(),
        part: r.record.part.map(BodyPart),
        severity: r.record.severity,
        symptoms: r.record.symptoms.into(),
        description: r.description,
        closed: r.record.closed.map(Date),
        modification: r.modification,
        days_off: r.days_off,
        chronic: r.chronic,
        locked: r.locked,
        lock_ends: lock_ends(&r.record).map(Date),
        needs_clearance: needs_clearance(&r.record),
        ladder: r.ladder.map(Ladder::from),
    }
}

/// A limit that stays until it is lifted.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Limit {
    /// Most metres a week.
    weekly_m: i64,
    /// Most quality sessions a week.
    quality: u8,
    /// The day it was lifted.
    lifted: Option<Date>,
}

impl From<PermanentLimit> for Limit {
    fn from(l: PermanentLimit) -> Self {
        Self { weekly_m: l.weekly.0, quality: l.quality, lifted: l.lifted.map(Date) }
    }
}

/// A strike.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Strike {
    /// The key.
    id: Id,
    /// The day it was issued.
    issued: Date,
    /// `injury_repeat`, `overreach_pattern` or `chronic_risk`.
    kind: String,
    /// The open strikes then, this one included.
    count: i32,
    /// Where.
    part: Option<String>,
    /// Days without running that it began with.
    forced_recovery_days: u16,
    /// Days without quality that it began with.
    no_quality_days: u16,
    /// The day it was resolved.
    resolved: Option<Date>,
    /// Its permanent limit.
    limit: Option<Limit>,
    /// The limit in words.
    limit_description: Option<String>,
}

fn strike(s: StrikeView) -> Strike {
    Strike {
        id: Id(s.id),
        issued: s.issued.into(),
        kind: s.kind,
        count: s.count,
        part: s.part,
        forced_recovery_days: s.forced_recovery_days,
        no_quality_days: s.no_quality_days,
        resolved: s.resolved.map(Date),
        limit: s.limit.map(Limit::from),
        limit_description: s.limit_description,
    }
}

/// Health today.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Health {
    /// The strongest modification in force.
    in_force: Modification,
    /// That in words.
    text: &'static str,
    /// The records that are open, by day.
    open: Vec<Record>,
    /// The strikes, by day.
    strikes: Vec<Strike>,
}

/// Health
///
/// What is open and what it binds, strikes and limits.
#[utoipa::path(get, path = "/health", tag = "health",
    responses((status = 200, description = "Health today.", body = Health)))]
pub(super) async fn health(Shared(web): Shared<Web>, caller: Caller) -> Reply<Health> {
    let HealthView { in_force, records, strikes } =
        web.app.health(&caller.runner, caller.today).await?;
    let open = records.into_iter().filter(|r| r.record.closed.is_none());
    Ok(Json(Health {
        in_force: in_force.into(),
        text: in_force.text(),
        open: open.map(record).collect(),
        strikes: strikes.into_iter().map(strike).collect(),
    }))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct PageQuery {
    /// Most items of the page; 50 where nothing is said.
    #[param(minimum = 1, maximum = 200)]
    pub(super) limit: Option<u16>,
    /// From `next` of the page before.
    pub(super) cursor: Option<String>,
}

impl PageQuery {
    pub(super) fn read(&self) -> Result<(usize, Option<(i64, i64)>), super::problem::Problem> {
        Ok((list::limit(self.limit)?, list::pair(self.cursor.as_deref())?))
    }
}

/// Items with their place: newest first, and by number among those of one day.
pub(super) fn placed<T>(oldest_first: Vec<T>, day: impl Fn(&T) -> i64) -> Vec<((i64, i64), T)> {
    let mut last = (i64::MIN, 0);
    let mut placed = Vec::with_capacity(oldest_first.len());
    for item in oldest_first {
        let day = day(&item);
        last = if last.0 == day { (day, last.1 + 1) } else { (day, 0) };
        placed.push(((-day, -last.1), item));
    }
    placed.reverse();
    placed
}

/// The health records
///
/// Newest first, closed ones too.
#[utoipa::path(get, path = "/health/records", tag = "health", params(PageQuery),
    responses((status = 200, description = "A page of records.", body = Page<Record>)))]
pub(super) async fn records(
    Shared(web): Shared<Web>,
    caller: Caller,
    Asked(query): Asked<PageQuery>,
) -> Reply<Page<Record>> {
    let page = query.read()?;
    let view = web.app.health(&caller.runner, caller.today).await?;
    let all = placed(view.records, |r| r.record.day.epoch());
    Ok(Json(Page::of_all(all, page, |(place, _)| *place, |(_, r)| record(r))))
}

/// A check-in: the question why sessions were missed.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CheckIn {
    /// The key, to answer it by.
    id: Id,
    /// The day it was opened.
    day: Date,
    /// Why: `missed_workouts`, `low_compliance` or `again`.
    trigger: String,
    /// The question, while it is open.
    question: Option<String>,
    /// The answer.
    answer: Option<CheckInAnswer>,
    /// The day of the answer.
    answered_on: Option<Date>,
    /// The runner's words.
    details: Option<String>,
    /// What the answer did.
    action: Option<String>,
}

pub(super) fn check_in(c: CheckInView) -> CheckIn {
    CheckIn {
        id: Id(c.id),
        day: c.day.into(),
        trigger: c.trigger,
        question: c.question,
        answer: c.answer.as_deref().and_then(CheckInAnswer::read),
        answered_on: c.answered_on.map(Date),
        details: c.details,
        action: c.action,
    }
}

/// The check-ins of the last year
///
/// Newest first.
#[utoipa::path(get, path = "/check-ins", tag = "health", params(PageQuery),
    responses((status = 200, description = "A page of check-ins.", body = Page<CheckIn>)))]
pub(super) async fn check_ins(
    Shared(web): Shared<Web>,
    caller: Caller,
    Asked(query): Asked<PageQuery>,
) -> Reply<Page<CheckIn>> {
    let page = query.read()?;
    let mut all = web.app.check_ins(&caller.runner, caller.today).await?;
    all.sort_by_key(|c| (c.day, c.id));
    let all = placed(all, |c| c.day.epoch());
    Ok(Json(Page::of_all(all, page, |(place, _)| *place, |(_, c)| check_in(c))))
}
