//! What the runner says of body and mind: health reports, clearances, check-ins, feedback.

use super::Reply;
use super::edits::{ChangedDay, ShortSession};
use super::enter::{At, Caller, Told};
use super::health::{self, Record, Symptoms};
use super::problem::{self, Problem};
use super::reasons::Reason;
use super::words::{Action, BodyPart, CheckInAnswer, Date, HealthKind, Id, Modification, State};
use crate::fault::sentence;
use crate::{Web, why};
use axum::Json;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use hermes_app::{Cleared, Planned, Report, Reported, WeekChange, Which};
use hermes_engine::calendar::Day;
use hermes_engine::consequences::needs_clearance;
use hermes_engine::record::Feedback as Said;
use hermes_engine::units::Units;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Longest text of the runner, in characters.
const WORDS_MAX: usize = 2_000;

/// A health report.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewReport {
    kind: HealthKind,
    /// Where; needed for an injury and for pain.
    #[serde(default)]
    part: Option<BodyPart>,
    /// From 1 (mild) to 10; 1 and 2 are mild, 3 to 5 moderate.
    #[schema(minimum = 1, maximum = 10)]
    severity: u8,
    /// Since when; today where nothing is said.
    #[serde(default)]
    day: Option<Date>,
    /// In your words, at most 2000 characters.
    #[serde(default)]
    #[schema(max_length = 2000)]
    description: Option<String>,
    /// Signs that change what follows.
    #[serde(default)]
    symptoms: Symptoms,
}

impl NewReport {
    fn report(self, today: Day) -> Result<Report, Problem> {
        if !(1..=10).contains(&self.severity) {
            let (sort, n) = (problem::INVALID, i64::from(self.severity));
            return Err(super::fields::range(sort, "severity", n, (1, 10)));
        }
        let text = self.description.as_deref().unwrap_or_default();
        check_words("description", text)?;
        Ok(Report {
            kind: self.kind.0,
            part: self.part.map(|p| p.0),
            severity: Some(self.severity),
            day: self.day.map_or(today, |d| d.0),
            description: self.description.filter(|d| !d.trim().is_empty()),
            symptoms: self.symptoms.into(),
        })
    }
}

fn check_words(field: &str, text: &str) -> Result<(), Problem> {
    if text.chars().count() > WORDS_MAX || text.contains('\0') {
        return Err(Problem::invalid(field, format!("use at most {WORDS_MAX} characters of text")));
    }
    Ok(())
}

/// What changes in this week.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ThisWeek {
    /// Its first day.
    week_start: Date,
    /// The state from now on.
    state: State,
    /// Its days to come that change.
    changes: Vec<ChangedDay>,
}

impl From<WeekChange> for ThisWeek {
    fn from(c: WeekChange) -> Self {
        let short = |p: Planned| ShortSession::of(p.kind, p.distance_m);
        let day = |d: hermes_app::DayChange| ChangedDay {
            day: d.date.into(),
            before: d.before.map(short),
            after: d.after.map(short),
        };
        Self {
            week_start: c.week_start.into(),
            state: c.state.into(),
            changes: c.days.into_iter().map(day).collect(),
        }
    }
}

/// What a report does.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Effects {
    /// The record's key; null for a preview.
    id: Option<Id>,
    /// The strongest modification in force with it.
    in_force: Modification,
    /// Advice to see a doctor at once.
    red_flags: Vec<String>,
    /// What follows from it, in words.
    consequences: Vec<String>,
    /// The strikes it brings, in words.
    strikes: Vec<String>,
    /// Both again, each with the rule and the evidence that it names.
    reasons: Vec<Reason>,
    week: ThisWeek,
}

impl Effects {
    fn of(r: Reported, units: Units) -> Self {
        let text = |t: &String| sentence(t);
        Self {
            id: r.id.map(Id),
            in_force: r.in_force.into(),
            red_flags: r.consequences.red_flags.iter().map(|f| sentence(f.advice())).collect(),
            consequences: r.consequences.text(units).iter().map(text).collect(),
            strikes: r.strikes.iter().map(|s| sentence(&s.text(units))).collect(),
            reasons: Reason::each(why::Reason::of_report(&r, units)),
            week: r.change.into(),
        }
    }
}

/// What a health report would do
///
/// Nothing is saved.
#[utoipa::path(post, path = "/health/reports/preview", tag = "health", request_body = NewReport,
    responses((status = 200, description = "What it would do.", body = Effects)))]
pub(super) async fn preview_report(
    Shared(web): Shared<Web>,
    caller: Caller,
    Told(new): Told<NewReport>,
) -> Reply<Effects> {
    let report = new.report(caller.today)?;
    let done = web.app.report_health(&caller.runner, &report, true).await?;
    Ok(Json(Effects::of(done, caller.units())))
}

/// Reports on health
///
/// The week is planned around it at once. 409 where the same is open already: kind, part, severity
/// and day.
#[utoipa::path(post, path = "/health/reports", tag = "health", request_body = NewReport,
    responses((status = 201, description = "What it does.", body = Effects)))]
pub(super) async fn report_health(
    Shared(web): Shared<Web>,
    caller: Caller,
    Told(new): Told<NewReport>,
) -> Result<(StatusCode, Json<Effects>), Problem> {
    let report = new.report(caller.today)?;
    let known = web.app.health(&caller.runner, caller.today).await?;
    let same = known.records.iter().find(|r| {
        let open = r.record.closed.is_none() && r.record.day == report.day;
        let said = (r.record.kind, r.record.part, r.record.severity);
        open && said == (report.kind, report.part, report.severity)
    });
    if let Some(same) = same {
        let sentence = format!("the same is open already as record {}", same.id);
        return Err(Problem::new(problem::CONFLICT, sentence));
    }
    let done = web.app.report_health(&caller.runner, &report, false).await?;
    Ok((StatusCode::CREATED, Json(Effects::of(done, caller.units()))))
}

/// A record that is over.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Closing {
    /// The first day on which it is over; today where nothing is said.
    #[serde(default)]
    day: Option<Date>,
    /// A doctor or physiotherapist has cleared running.
    #[serde(default)]
    cleared: bool,
}

/// What closing a record did.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Closed {
    /// The record as it is now.
    record: Record,
    /// The strikes that were resolved.
    resolved_strikes: Vec<Id>,
    /// The strikes whose limit was lifted.
    lifted_limits: Vec<Id>,
    week: ThisWeek,
}

/// Closes a health record
///
/// The week is planned anew at once. 409 where it is closed already.
#[utoipa::path(post, path = "/health/records/{id}/clear", tag = "health", request_body = Closing,
    params(("id" = Id, Path, description = "The record.")),
    responses((status = 200, description = "What it did.", body = Closed)))]
pub(super) async fn close_record(
    Shared(web): Shared<Web>,
    caller: Caller,
    At(Id(id)): At<Id>,
    Told(closing): Told<Closing>,
) -> Reply<Closed> {
    let none = || Problem::new(problem::NOT_FOUND, "there is no such health record");
    let known = web.app.health(&caller.runner, caller.today).await?;
    let before = known.records.into_iter().find(|r| r.id == id).ok_or_else(none)?;
    if let Some(day) = before.record.closed {
        let sentence = format!("the record is closed since {day}");
        return Err(Problem::new(problem::CONFLICT, sentence));
    }
    if needs_clearance(&before.record) && !closing.cleared {
        let sentence = "it asks for a doctor's clearance: say `cleared` once you have it";
        return Err(Problem::invalid("cleared", sentence));
    }
    let day = closing.day.map_or(caller.today, |d| d.0);
    let done = web.app.clear_health(&caller.runner, Which::One(id), day, closing.cleared).await?;
    let Cleared { resolved, lifted, change, .. } = done;
    let known = web.app.health(&caller.runner, caller.today).await?;
    let after = known.records.into_iter().find(|r| r.id == id).ok_or_else(none)?;
    Ok(Json(Closed {
        record: health::record(after),
        resolved_strikes: resolved.into_iter().map(Id).collect(),
        lifted_limits: lifted.into_iter().map(Id).collect(),
        week: change.into(),
    }))
}

/// The answer to a check-in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewAnswer {
    answer: CheckInAnswer,
    /// In your words, at most 2000 characters.
    #[serde(default)]
    #[schema(max_length = 2000)]
    details: Option<String>,
}

/// What an answer does.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Answered {
    check_in: health::CheckIn,
    action: Action,
    /// What follows, in words.
    text: String,
    /// What is offered, in words; nothing of it happens by itself.
    offers: Vec<String>,
    /// A health report should follow.
    opens_health: bool,
}

/// Answers a check-in
///
/// The week follows at once. 409 where it was answered already.
#[utoipa::path(post, path = "/check-ins/{id}/answer", tag = "health", request_body = NewAnswer,
    params(("id" = Id, Path, description = "The check-in.")),
    responses((status = 200, description = "What it does.", body = Answered)))]
pub(super) async fn answer_check_in(
    Shared(web): Shared<Web>,
    caller: Caller,
    At(Id(id)): At<Id>,
    Told(new): Told<NewAnswer>,
) -> Reply<Answered> {
    check_words("details", new.details.as_deref().unwrap_or_default())?;
    let all = web.app.check_ins(&caller.runner, caller.today).await?;
    let none = || Problem::new(problem::NOT_FOUND, "there is no such check-in");
    let asked = all.iter().find(|c| c.id == id).ok_or_else(none)?;
    let open = all.iter().find(|c| c.answer.is_none());
    if asked.answer.is_some() || open.is_none_or(|c| c.id != id) {
        let sentence = "this check-in is not the open one: it was answered, or another came";
        return Err(Problem::new(problem::CONFLICT, sentence));
    }
    let details = new.details.as_deref();
    let done = web.app.answer_check_in(&caller.runner, new.answer.0, details).await?;
    let units = caller.units();
    Ok(Json(Answered {
        action: done.action.into(),
        text: sentence(done.action.text()),
        offers: done.offers.iter().map(|o| sentence(&o.text(units))).collect(),
        opens_health: done.opens_health,
        check_in: health::check_in(done.check_in),
    }))
}

/// How a day was; at least one value.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Feedback {
    /// The day, of the last 90; today where nothing is said.
    #[serde(default)]
    day: Option<Date>,
    /// How hard the run was, from 1 (very easy) to 10 (all out).
    #[serde(default)]
    #[schema(minimum = 1, maximum = 10)]
    effort: Option<u8>,
    /// Pain while running, from 0 (none) to 10.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 10)]
    pain_during: Option<u8>,
    /// Pain the next morning, from 0 (none) to 10.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 10)]
    pain_next_morning: Option<u8>,
    /// Sleep, from 1 (bad) to 5.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 5)]
    sleep: Option<u8>,
    /// Soreness, from 1 (none) to 5.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 5)]
    soreness: Option<u8>,
    /// Mood, from 1 (bad) to 5.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 5)]
    mood: Option<u8>,
    /// Resting heart rate, in beats per minute.
    #[serde(default)]
    #[schema(minimum = 20, maximum = 150)]
    resting_heart_rate_bpm: Option<u16>,
}

/// Says how a day was
///
/// The last word on a day counts.
#[utoipa::path(put, path = "/feedback", tag = "health", request_body = Feedback,
    responses((status = 204, description = "It is noted.")))]
pub(super) async fn feedback(
    Shared(web): Shared<Web>,
    caller: Caller,
    Told(said): Told<Feedback>,
) -> Result<StatusCode, Problem> {
    let said = Said {
        day: said.day.map_or(caller.today, |d| d.0),
        effort: said.effort,
        pain_during: said.pain_during,
        pain_next_morning: said.pain_next_morning,
        sleep: said.sleep,
        soreness: said.soreness,
        mood: said.mood,
        resting_heart_rate: said.resting_heart_rate_bpm,
    };
    web.app.add_feedback(&caller.runner, caller.today, said).await?;
    Ok(StatusCode::NO_CONTENT)
}
