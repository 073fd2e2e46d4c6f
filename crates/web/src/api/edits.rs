//! Changes of the plan: publishing, edits with their verdict before they are saved, undo.

use super::Reply;
use super::enter::{Asked, Caller, Told};
use super::health::{PageQuery, placed};
use super::list::Page;
use super::problem::{self, FieldError, Problem};
use super::reasons::Reason;
use super::week::{self, Week};
use super::words::{Date, Id, Kind, Moment, Verdict};
use crate::{Web, text, why};
use axum::Json;
use axum::extract::State as Shared;
use hermes_app::EditView;
use hermes_engine::calendar::Day;
use hermes_engine::edit::{self as engine, DayChange};
use hermes_engine::record::Ask;
use hermes_engine::session::Kind as Kind12;
use hermes_engine::units::{Metres, Units};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Longest run that is taken, in metres; the rules allow far less.
const DISTANCE_MAX: i64 = 200_000;

/// Nothing has to be said.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

/// Plans and publishes this week
///
/// Where it is published already it is planned anew only if something has changed.
#[utoipa::path(post, path = "/plan/publish", tag = "plan", request_body = Nothing,
    responses((status = 200, description = "This week.", body = Week)))]
pub(super) async fn publish(
    Shared(web): Shared<Web>,
    caller: Caller,
    Told(Nothing {}): Told<Nothing>,
) -> Reply<Week> {
    web.app.publish(&caller.runner).await?;
    Ok(Json(week::the_week(&web, &caller, caller.today.into()).await?))
}

/// What is to change.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Change {
    /// A session goes to another day.
    Move {
        /// Its day.
        day: Date,
        /// The other day, free of runs.
        to: Date,
    },
    /// Two days change their sessions.
    Swap {
        /// One day.
        day: Date,
        /// The other one.
        to: Date,
    },
    /// A session is left out.
    Skip {
        /// Its day.
        day: Date,
    },
    /// A session gets another length.
    Resize {
        /// Its day.
        day: Date,
        /// Its new length in metres; planned lengths are multiples of 100.
        #[schema(minimum = 100, maximum = 200_000)]
        distance_m: i64,
    },
    /// A session becomes another kind.
    Retype {
        /// Its day.
        day: Date,
        /// The new kind; a race comes from a goal.
        kind: Kind,
    },
    /// A session is added.
    Add {
        /// The day.
        day: Date,
        /// Its kind.
        kind: Kind,
        /// Its length in metres; 0 for cross training.
        #[schema(minimum = 0, maximum = 200_000)]
        distance_m: i64,
    },
    /// A day stays as it is.
    Pin {
        /// The day.
        day: Date,
    },
    /// Nothing can be run on a day.
    Unavailable {
        /// The day.
        day: Date,
    },
    /// The week becomes easier.
    Easier {
        /// Any day of the week.
        day: Date,
    },
    /// The week becomes harder.
    Harder {
        /// Any day of the week.
        day: Date,
    },
}

impl Change {
    /// What the engine is asked, and a day of the week it is about.
    fn asked(&self) -> Result<(Ask, Day), Problem> {
        Ok(match *self {
            Self::Move { day, to } => (Ask::Move { from: day.0, to: to.0 }, day.0),
            Self::Swap { day, to } => (Ask::Swap { a: day.0, b: to.0 }, day.0),
            Self::Skip { day } => (Ask::Skip { day: day.0 }, day.0),
            Self::Resize { day, distance_m } => {
                (Ask::Resize { day: day.0, to: length(distance_m, 100)? }, day.0)
            }
            Self::Retype { day, kind } => {
                (Ask::Retype { day: day.0, to: asked_kind(kind)? }, day.0)
            }
            Self::Add { day, kind, distance_m } => {
                let kind = asked_kind(kind)?;
                let least = if kind == Kind12::Cross { 0 } else { 100 };
                (Ask::Add { day: day.0, kind, distance: length(distance_m, least)? }, day.0)
            }
            Self::Pin { day } => (Ask::Pin { day: day.0 }, day.0),
            Self::Unavailable { day } => (Ask::Unavailable { day: day.0 }, day.0),
            Self::Easier { day } => (Ask::Easier, day.0),
            Self::Harder { day } => (Ask::Harder, day.0),
        })
    }

    fn of(ask: Ask, week: Day) -> Self {
        let day = Date(week);
        match ask {
            Ask::Move { from, to } => Self::Move { day: from.into(), to: to.into() },
            Ask::Swap { a, b } => Self::Swap { day: a.into(), to: b.into() },
            Ask::Skip { day } => Self::Skip { day: day.into() },
            Ask::Resize { day, to } => Self::Resize { day: day.into(), distance_m: to.0 },
            Ask::Retype { day, to } => Self::Retype { day: day.into(), kind: to.into() },
            Ask::Add { day, kind, distance } => {
                Self::Add { day: day.into(), kind: kind.into(), distance_m: distance.0 }
            }
            Ask::Pin { day } => Self::Pin { day: day.into() },
            Ask::Unavailable { day } => Self::Unavailable { day: day.into() },
            Ask::Easier => Self::Easier { day },
            Ask::Harder => Self::Harder { day },
        }
    }
}

/// Planned distances are multiples of 0.1 km.
fn length(metres: i64, least: i64) -> Result<Metres, Problem> {
    if !(least..=DISTANCE_MAX).contains(&metres) {
        let (sort, field) = (problem::INVALID, "change.distance_m");
        return Err(super::fields::range(sort, field, metres, (least, DISTANCE_MAX)));
    }
    Ok(Metres((metres + 50) / 100 * 100))
}

fn asked_kind(kind: Kind) -> Result<Kind12, Problem> {
    if matches!(kind.0, Kind12::Race | Kind12::Return) {
        let sentence =
            format!("nobody can ask for a {}: it comes from your goals and breaks", kind.word());
        return Err(Problem::invalid("change.kind", sentence));
    }
    Ok(kind.0)
}

/// An edit that is only looked at.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EditToPreview {
    /// What is to change.
    change: Change,
}

/// A session in short.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ShortSession {
    kind: Kind,
    /// Its distance in metres.
    distance_m: i64,
}

impl ShortSession {
    pub(super) fn of(kind: Kind12, distance: Metres) -> Self {
        Self { kind: kind.into(), distance_m: distance.0 }
    }
}

/// A day whose session changes.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ChangedDay {
    /// The day.
    pub(super) day: Date,
    /// The session until now; null is rest.
    pub(super) before: Option<ShortSession>,
    /// The session from now on.
    pub(super) after: Option<ShortSession>,
}

impl From<&DayChange> for ChangedDay {
    fn from(c: &DayChange) -> Self {
        let short = |s: (Kind12, Metres)| ShortSession::of(s.0, s.1);
        Self { day: c.day.into(), before: c.before.map(short), after: c.after.map(short) }
    }
}

/// The nearest edit that is allowed.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Nearest {
    /// What to ask for.
    change: Change,
    /// That in words.
    text: String,
    verdict: Verdict,
    /// The days that it changes.
    changes: Vec<ChangedDay>,
}

/// What would become of an edit.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Preview {
    verdict: Verdict,
    /// What was asked, in words.
    text: String,
    /// The days that change.
    changes: Vec<ChangedDay>,
    /// What repair adds to it; nothing to a refused one.
    repairs: Vec<Reason>,
    /// Why it is refused.
    findings: Vec<Reason>,
    /// Soft rules that it sets aside; it needs a reason then.
    sets_aside: Vec<Reason>,
    /// The nearest edit that is allowed.
    nearest: Option<Nearest>,
    /// The revision of the week's plan that this is about, to be named when it is saved.
    revision: i32,
}

impl Preview {
    fn of(p: &engine::Preview, revision: i32, units: Units) -> Self {
        let [findings, repairs, sets_aside] = why::of_preview(p, units).map(Reason::each);
        let changes = |all: &[DayChange]| all.iter().map(ChangedDay::from).collect();
        Self {
            verdict: p.verdict.into(),
            text: text::ask(p.edit.asked, units),
            changes: changes(&p.changes),
            repairs,
            findings,
            sets_aside,
            nearest: p.nearest.as_ref().map(|n| Nearest {
                change: Change::of(n.ask, p.edit.week_start),
                text: text::ask(n.ask, units),
                verdict: n.verdict.into(),
                changes: changes(&n.changes),
            }),
            revision,
        }
    }
}

async fn revision(web: &Web, caller: &Caller, day: Day) -> Result<i32, Problem> {
    let week = web.app.week(&caller.runner, caller.week_of(day)).await?;
    Ok(week.map_or(0, |w| w.revision))
}

/// What would become of an edit
///
/// Of this week or the next one: the verdict, all that changes, why, and the nearest alternative.
/// Nothing is saved.
#[utoipa::path(post, path = "/plan/edits/preview", tag = "plan", request_body = EditToPreview,
    responses((status = 200, description = "The verdict.", body = Preview)))]
pub(super) async fn preview_edit(
    Shared(web): Shared<Web>,
    caller: Caller,
    Told(asked): Told<EditToPreview>,
) -> Reply<Preview> {
    let (ask, day) = asked.change.asked()?;
    let preview = web.app.preview_edit(&caller.runner, Some(day), ask).await?;
    let revision = revision(&web, &caller, day).await?;
    Ok(Json(Preview::of(&preview, revision, caller.units())))
}

/// An edit to save.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EditToSave {
    /// What is to change.
    change: Change,
    /// The revision of the week's plan that you have seen; 409 where there is a later one.
    revision: i32,
    /// Why; needed where soft rules are set aside. At most 500 characters.
    #[serde(default)]
    #[schema(max_length = 500)]
    reason: Option<String>,
}

/// Saves an edit
///
/// Unless the rules refuse it (422 `refused`). The week is planned anew with it; its new revision
/// is in the answer.
#[utoipa::path(post, path = "/plan/edits", tag = "plan", request_body = EditToSave,
    responses((status = 200, description = "The week with the edit.", body = Week)))]
pub(super) async fn save_edit(
    Shared(web): Shared<Web>,
    caller: Caller,
    Told(asked): Told<EditToSave>,
) -> Reply<Week> {
    let (ask, day) = asked.change.asked()?;
    let current = revision(&web, &caller, day).await?;
    if current != asked.revision {
        let sentence = format!(
            "the week of {} is at revision {current}, not {}; read it again",
            caller.week_of(day),
            asked.revision
        );
        return Err(Problem::new(problem::STALE, sentence));
    }
    let shown = web.app.preview_edit(&caller.runner, Some(day), ask).await?;
    let all = web.app.edits(&caller.runner).await?;
    let last = all.iter().rfind(|e| e.undone_at.is_none()).map(|e| &e.edit);
    if last.is_some_and(|e| e.asked == ask && e.days == shown.edit.days) {
        // It was saved already, by a request that never ended: what follows is made up for.
        web.app.publish(&caller.runner).await?;
        return Ok(Json(week::the_week(&web, &caller, day.into()).await?));
    }
    let nothing = shown.changes.is_empty() && shown.verdict != engine::Verdict::Refused;
    if nothing && !matches!(ask, Ask::Pin { .. }) {
        return Ok(Json(week::the_week(&web, &caller, day.into()).await?));
    }
    let edited = web.app.edit(&caller.runner, Some(day), ask, asked.reason.as_deref()).await?;
    let units = caller.units();
    if !edited.saved {
        let (sort, field, found, sentence) = if edited.needs_reason {
            let sentence = "it sets a soft rule aside: say why";
            (problem::INVALID, "reason", &edited.preview.soft, sentence)
        } else {
            let sentence = "the rules refuse it; nothing was changed";
            (problem::REFUSED, "change", &edited.preview.findings, sentence)
        };
        let found = Reason::all_found(found, units).into_iter();
        let error = |r: Reason| FieldError { field: field.to_owned(), message: r.into_text() };
        return Err(Problem::new(sort, sentence).with(found.map(error).collect()));
    }
    Ok(Json(week::the_week(&web, &caller, day.into()).await?))
}

/// An edit that was saved.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Edit {
    /// The key, to take it back by.
    id: Id,
    /// The first day of its week.
    week_start: Date,
    /// What was asked for.
    change: Change,
    /// That in words.
    text: String,
    /// Why.
    reason: Option<String>,
    /// When it was made.
    made_at: Moment,
    /// When it was taken back.
    undone_at: Option<Moment>,
}

impl Edit {
    fn of(e: EditView, units: Units) -> Self {
        Self {
            id: Id(e.id),
            week_start: e.edit.week_start.into(),
            change: Change::of(e.edit.asked, e.edit.week_start),
            text: text::ask(e.edit.asked, units),
            reason: e.reason,
            made_at: Moment::from(&e.made_at),
            undone_at: e.undone_at.as_ref().map(Moment::from),
        }
    }
}

/// The edits of this week and the next one
///
/// Newest first, those taken back too.
#[utoipa::path(get, path = "/plan/edits", tag = "plan", params(PageQuery),
    responses((status = 200, description = "A page of edits.", body = Page<Edit>)))]
pub(super) async fn edits(
    Shared(web): Shared<Web>,
    caller: Caller,
    Asked(query): Asked<PageQuery>,
) -> Reply<Page<Edit>> {
    let page = query.read()?;
    let mut all = web.app.edits(&caller.runner).await?;
    all.sort_by_key(|e| (e.made_at, e.id));
    let (all, units) = (placed(all, |e| e.made_at.as_microsecond()), caller.units());
    Ok(Json(Page::of_all(all, page, |(place, _)| *place, |(_, e)| Edit::of(e, units))))
}

/// Takes an edit back
///
/// Only the last one that is in force can be; an edit that was taken back already is answered
/// as it is.
#[utoipa::path(post, path = "/plan/edits/{id}/undo", tag = "plan", request_body = Nothing,
    params(("id" = Id, Path, description = "The edit.")),
    responses((status = 200, description = "The edit, taken back.", body = Edit)))]
pub(super) async fn undo_edit(
    Shared(web): Shared<Web>,
    caller: Caller,
    super::enter::At(Id(id)): super::enter::At<Id>,
    Told(Nothing {}): Told<Nothing>,
) -> Reply<Edit> {
    let all = web.app.edits(&caller.runner).await?;
    let last = all.iter().rfind(|e| e.undone_at.is_none()).map(|e| e.id);
    let none =
        || Problem::new(problem::NOT_FOUND, "no edit of this week or the next one has this id");
    let edit = all.into_iter().find(|e| e.id == id).ok_or_else(none)?;
    let units = caller.units();
    if edit.undone_at.is_some() {
        return Ok(Json(Edit::of(edit, units)));
    }
    if last != Some(id) {
        let sentence = "a later edit is in force; take that back first";
        return Err(Problem::new(problem::CONFLICT, sentence));
    }
    Ok(Json(Edit::of(web.app.undo_edit(&caller.runner).await?, units)))
}
