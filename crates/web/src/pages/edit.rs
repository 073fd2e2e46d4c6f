//! Editing a week: what is asked for, the verdict before it is saved, and taking it back. The preview
//! changes nothing, so it is an address of its own; only the button on it saves.

use crate::auth::Viewer;
use crate::fault::Fault;
use crate::form::{self, Fields};
use crate::shell::{self, Tab};
use crate::why;
use crate::{Web, parts, text};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use hermes_app::{AppError, WeekView};
use hermes_engine::calendar::Day;
use hermes_engine::edit::{DayChange, Preview, Verdict};
use hermes_engine::record::Ask;
use hermes_engine::session::Kind;
use hermes_engine::units::{Metres, Units};
use maud::{Markup, html};
use serde::Deserialize;
use uuid::Uuid;

/// The kinds that a runner can ask for; a race comes from a goal.
const KINDS: [Kind; 10] = [
    Kind::Easy,
    Kind::Recovery,
    Kind::Long,
    Kind::Tempo,
    Kind::Interval,
    Kind::Fartlek,
    Kind::Hill,
    Kind::Pace,
    Kind::TimeTrial,
    Kind::Cross,
];

/// What has just been done, as the address says it: a word that a page knows.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Said {
    said: Option<String>,
}

impl Said {
    /// A line at the top of the page.
    pub(crate) fn toast(&self) -> Markup {
        self.toast_of(None)
    }

    /// The same on a page that knows which edit was the last one.
    pub(crate) fn toast_of(&self, last: Option<Uuid>) -> Markup {
        let (sentence, undo) = match self.said.as_deref() {
            Some("edited") => ("Saved. The week is as you asked for.", true),
            Some("undone") => ("Taken back. Both versions stay in the week's history.", false),
            Some("same") => ("Nothing to change: the week is like that already.", false),
            Some("reported") => ("Noted, and the week has been planned around it.", false),
            Some("cleared") => ("Closed. The week has been planned anew.", false),
            Some("corrected") => ("Saved. What follows from it has been worked out anew.", false),
            Some("split") => ("Split: it is an activity of its own again.", false),
            Some("merged") => ("Merged: the two are one activity now.", false),
            Some("felt") => ("Noted. What you feel counts as much as what your watch says.", false),
            Some("sent") => ("Send It mode is on. Safety rules still hold.", false),
            Some("ended") => ("Send It mode is off.", false),
            _ => return html! {},
        };
        html! {
            div.toast role="status" {
                p { (sentence) }
                @if undo {
                    form method="post" action="/plan/undo" {
                        (named(last))
                        button.button.slim type="submit" { "Undo" }
                    }
                }
            }
        }
    }
}

/// Says in a form which edit is to be taken back: that one, however often the form is sent.
pub(crate) fn named(edit: Option<Uuid>) -> Markup {
    html! { @if let Some(id) = edit { input type="hidden" name="edit" value=(id); } }
}

/// The address of an edit that is about a day.
pub(crate) fn path(what: &str, day: Day) -> String {
    format!("/plan/edit?do={what}&day={day}")
}

/// The address of the preview of an ask.
fn path_of(ask: Ask, week: Day, units: Units) -> String {
    let pairs: Vec<String> = pairs(ask, week, units)
        .iter()
        .map(|(k, v)| format!("{k}={}", text::query_value(v)))
        .collect();
    format!("/plan/edit?{}", pairs.join("&"))
}

/// An ask as the fields of the form.
fn pairs(ask: Ask, week: Day, units: Units) -> Vec<(&'static str, String)> {
    let km = |d: Metres| text::bare_distance(units, d);
    let name = |kind: Kind| kind.name().to_owned();
    match ask {
        Ask::Move { from, to } => {
            vec![("do", "move".into()), ("day", from.to_string()), ("to", to.to_string())]
        }
        Ask::Swap { a, b } => {
            vec![("do", "swap".into()), ("day", a.to_string()), ("to", b.to_string())]
        }
        Ask::Skip { day } => vec![("do", "skip".into()), ("day", day.to_string())],
        Ask::Resize { day, to } => {
            vec![("do", "resize".into()), ("day", day.to_string()), ("km", km(to))]
        }
        Ask::Retype { day, to } => {
            vec![("do", "retype".into()), ("day", day.to_string()), ("kind", name(to))]
        }
        Ask::Add { day, kind, distance } => vec![
            ("do", "add".into()),
            ("day", day.to_string()),
            ("kind", name(kind)),
            ("km", km(distance)),
        ],
        Ask::Pin { day } => vec![("do", "pin".into()), ("day", day.to_string())],
        Ask::Unavailable { day } => vec![("do", "unavailable".into()), ("day", day.to_string())],
        Ask::Easier => vec![("do", "easier".into()), ("day", week.to_string())],
        Ask::Harder => vec![("do", "harder".into()), ("day", week.to_string())],
    }
}

/// What is wrong with one field.
#[derive(Debug, PartialEq, Eq)]
struct Wrong {
    field: &'static str,
    sentence: String,
}

fn wrong<T>(field: &'static str, sentence: impl Into<String>) -> Result<T, Wrong> {
    Err(Wrong { field, sentence: sentence.into() })
}

fn day_of(fields: &Fields, name: &'static str) -> Result<Day, Wrong> {
    match fields.get(name).map(Day::parse) {
        None => wrong(name, "choose a day"),
        Some(Err(error)) => wrong(name, error.to_string()),
        Some(Ok(day)) => Ok(day),
    }
}

fn kind_of(fields: &Fields) -> Result<Kind, Wrong> {
    let kind = fields.get("kind").and_then(Kind::parse).filter(|k| KINDS.contains(k));
    kind.map_or_else(|| wrong("kind", "choose a kind of session"), Ok)
}

fn distance_of(fields: &Fields, units: Units) -> Result<Metres, Wrong> {
    let Some(text) = fields.get("km") else { return wrong("km", "say how long it is to be") };
    form::distance(text, units).or_else(|sentence| wrong("km", sentence))
}

/// What a form asks for, and a day of the week that it is about.
fn read(fields: &Fields, units: Units) -> Result<(Ask, Day), Wrong> {
    let day = day_of(fields, "day")?;
    let ask = match fields.get("do") {
        Some("move") => Ask::Move { from: day, to: day_of(fields, "to")? },
        Some("swap") => Ask::Swap { a: day, b: day_of(fields, "to")? },
        Some("skip") => Ask::Skip { day },
        Some("resize") => Ask::Resize { day, to: distance_of(fields, units)? },
        Some("retype") => Ask::Retype { day, to: kind_of(fields)? },
        Some("add") => {
            let kind = kind_of(fields)?;
            let distance = match kind {
                Kind::Cross => Metres::ZERO,
                _ => distance_of(fields, units)?,
            };
            Ask::Add { day, kind, distance }
        }
        Some("pin") => Ask::Pin { day },
        Some("unavailable") => Ask::Unavailable { day },
        Some("easier") => Ask::Easier,
        Some("harder") => Ask::Harder,
        _ => return wrong("do", "choose what to change"),
    };
    Ok((ask, day))
}

/// The field that a use case's objection belongs to.
const fn field_of(ask: Ask) -> &'static str {
    match ask {
        Ask::Move { .. } | Ask::Swap { .. } => "to",
        Ask::Resize { .. } | Ask::Add { .. } => "km",
        Ask::Retype { .. } => "kind",
        _ => "do",
    }
}

/// The form has not been filled in yet: a field that it needs is not there at all.
fn is_blank(fields: &Fields) -> bool {
    let needs: &[&str] = match fields.get("do") {
        Some("move" | "swap") => &["to"],
        Some("resize" | "add") => &["km"],
        Some("retype") => &["kind"],
        _ => &[],
    };
    needs.iter().any(|name| !fields.has(name))
}

/// What an edit page is drawn from.
struct Scene<'a> {
    viewer: &'a Viewer,
    fields: &'a Fields,
    week: Option<WeekView>,
    wrong: Option<Wrong>,
    preview: Option<(Ask, Preview)>,
}

/// `GET /plan/edit`: the form, and what would become of it.
pub(crate) async fn preview(
    State(web): State<Web>,
    viewer: Viewer,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Response, Fault> {
    let fields = Fields::of(pairs);
    let week = week_of(&web, &viewer, &fields).await?;
    let mut scene = Scene { viewer: &viewer, fields: &fields, week, wrong: None, preview: None };
    if is_blank(&fields) {
        return Ok(draw(&scene).into_response());
    }
    match look(&web, &viewer, &fields, scene.week.as_ref()).await? {
        Ok((ask, _, preview)) => scene.preview = Some((ask, preview)),
        Err(wrong) => scene.wrong = Some(wrong),
    }
    let code =
        if scene.wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((code, draw(&scene)).into_response())
}

/// `POST /plan/edit`: saves it, unless it is refused or a reason is missing.
pub(crate) async fn save(
    State(web): State<Web>,
    viewer: Viewer,
    fields: Fields,
) -> Result<Response, Fault> {
    let week = week_of(&web, &viewer, &fields).await?;
    let mut scene = Scene { viewer: &viewer, fields: &fields, week, wrong: None, preview: None };
    match look(&web, &viewer, &fields, scene.week.as_ref()).await? {
        Err(wrong) => scene.wrong = Some(wrong),
        Ok((ask, day, shown)) => {
            let back = |said| format!("/plan?week={}&said={said}", viewer.week_of(day));
            // The same form sent twice, or one from a page that is older than the plan.
            let is_same = shown.changes.is_empty() && shown.verdict != Verdict::Refused;
            if is_same && !matches!(ask, Ask::Pin { .. }) {
                return Ok(Redirect::to(&back("same")).into_response());
            }
            let reason = fields.get("reason");
            let edited = web.app.edit(&viewer.runner, Some(day), ask, reason).await;
            match edited {
                Ok(done) if done.saved => {
                    return Ok(Redirect::to(&back("edited")).into_response());
                }
                Ok(done) => {
                    if done.needs_reason {
                        let sentence = "say why in a few words: it sets a soft rule aside";
                        scene.wrong = Some(Wrong { field: "reason", sentence: sentence.into() });
                    }
                    scene.preview = Some((ask, done.preview));
                }
                Err(AppError::BadInput(sentence)) => {
                    scene.wrong = Some(Wrong { field: "reason", sentence });
                    scene.preview = Some((ask, shown));
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
    Ok((StatusCode::UNPROCESSABLE_ENTITY, draw(&scene)).into_response())
}

/// `POST /plan/undo`.
pub(crate) async fn undo(
    State(web): State<Web>,
    viewer: Viewer,
    fields: Fields,
) -> Result<Redirect, Fault> {
    if let Some(named) = fields.get("edit") {
        let edits = web.app.edits(&viewer.runner).await?;
        let last = edits.iter().rfind(|e| e.undone_at.is_none());
        // The button was pressed twice, or on a page that is older than the plan.
        if last.is_none_or(|e| e.id.to_string() != named) {
            return Ok(Redirect::to("/plan?said=same"));
        }
    }
    match web.app.undo_edit(&viewer.runner).await {
        Ok(undone) => {
            let week = undone.edit.week_start;
            Ok(Redirect::to(&format!("/plan?week={week}&said=undone")))
        }
        // The button was pressed twice.
        Err(AppError::NotFound(_)) => Ok(Redirect::to("/plan?said=same")),
        Err(error) => Err(error.into()),
    }
}

/// The week that the form is about.
async fn week_of(web: &Web, viewer: &Viewer, fields: &Fields) -> Result<Option<WeekView>, Fault> {
    let Ok(day) = day_of(fields, "day") else { return Ok(None) };
    Ok(web.app.week(&viewer.runner, viewer.week_of(day)).await?)
}

/// What would become of the form.
async fn look(
    web: &Web,
    viewer: &Viewer,
    fields: &Fields,
    week: Option<&WeekView>,
) -> Result<Result<(Ask, Day, Preview), Wrong>, Fault> {
    let (ask, day) = match read(fields, viewer.units()) {
        Ok((ask, day)) => (onto(ask, week), day),
        Err(wrong) => return Ok(Err(wrong)),
    };
    match web.app.preview_edit(&viewer.runner, Some(day), ask).await {
        Ok(preview) => Ok(Ok((ask, day, preview))),
        Err(AppError::BadInput(sentence)) => Ok(Err(Wrong { field: field_of(ask), sentence })),
        Err(error) => Err(error.into()),
    }
}

/// A session that is moved onto another one changes days with it.
fn onto(ask: Ask, week: Option<&WeekView>) -> Ask {
    let Ask::Move { from, to } = ask else { return ask };
    let day = week.and_then(|w| w.days.iter().find(|d| d.day == to));
    let taken = day.is_some_and(|d| d.sessions.iter().any(|s| s.is_run()));
    if taken && from != to { Ask::Swap { a: from, b: to } } else { ask }
}

fn draw(scene: &Scene<'_>) -> Markup {
    let units = scene.viewer.units();
    let title = match &scene.preview {
        Some((ask, _)) => text::ask(*ask, units),
        None => heading(scene.fields).to_owned(),
    };
    let body = html! {
        header.page-head {
            p.eyebrow { "Change the plan" }
            h1 { (title) }
        }
        @if let Some(wrong) = scene.wrong.as_ref().filter(|w| w.field == "do" || w.field == "day") {
            (parts::problem(Some(&text::dated(&wrong.sentence))))
        }
        @if let Some((ask, preview)) = &scene.preview { (outcome(scene, *ask, preview)) }
        (ask_again(scene))
    };
    shell::page(Tab::Plan, &title, scene.viewer, &body)
}

fn heading(fields: &Fields) -> &'static str {
    match fields.get("do") {
        Some("add") => "Add a session",
        Some("move" | "swap") => "Move a session",
        Some("resize") => "Shorter or longer",
        Some("retype") => "Another kind of session",
        _ => "Change the plan",
    }
}

/// The verdict with what changes, and the button that saves it.
fn outcome(scene: &Scene<'_>, ask: Ask, preview: &Preview) -> Markup {
    let units = scene.viewer.units();
    let week = preview.plan.week_start;
    let refused = preview.verdict == Verdict::Refused;
    let wrong = scene.wrong.as_ref().filter(|w| w.field == "reason");
    let [mut objections, repairs, set_aside] = why::of_preview(preview, units);
    objections.extend(repairs);
    html! {
        section.card aria-label="What would become of it" {
            (verdict(preview))
            @if !refused {
                @if !preview.changes.is_empty() { h3 { "What changes" } }
                (changes(&preview.changes, units))
                (sums(scene, preview, units))
            }
            (why::reasons(
                if refused { "Why not" } else { "What the rules change" },
                &objections))
            (why::reasons("Recommendations it sets aside", &set_aside))
            @if refused { (nearest(preview, week, units)) }
            @else {
                form method="post" action="/plan/edit" {
                    @for (name, value) in pairs(ask, week, units) {
                        input type="hidden" name=(name) value=(value);
                    }
                    @if !preview.soft.is_empty() {
                        label {
                            span { "Why do you want it?" }
                            textarea name="reason" required maxlength="500"
                                aria-invalid=[wrong.map(|_| "true")]
                                aria-describedby=[wrong.map(|_| "reason-error")] {
                                (scene.fields.get("reason").unwrap_or_default())
                            }
                        }
                        (parts::field_error("reason", wrong.map(|w| w.sentence.as_str())))
                    }
                    div.actions {
                        button.button #confirm type="submit" { "Save the change" }
                        a.button.ghost href={ "/plan?week=" (week) } data-close { "Cancel" }
                    }
                }
            }
        }
    }
}

fn verdict(preview: &Preview) -> Markup {
    let (class, sign, word, says) = match preview.verdict {
        Verdict::Allowed if preview.changes.is_empty() => {
            ("good", "✓", "Allowed", "The week stays as it is.")
        }
        Verdict::Allowed => ("good", "✓", "Allowed", "Nothing else in the week changes."),
        Verdict::AllowedWithRepair => (
            "warn",
            "~",
            "Allowed, with changes around it",
            "You get what you ask for. Other sessions change so that every safety rule holds.",
        ),
        Verdict::Refused => (
            "bad",
            "×",
            "Not allowed",
            "A safety rule forbids it, and safety rules cannot be switched off.",
        ),
    };
    html! {
        div class={ "verdict " (class) } role="status" {
            span.sign aria-hidden="true" { (sign) }
            strong { (word) }
            p { (says) }
        }
    }
}

/// Days before and after.
fn changes(changes: &[DayChange], units: Units) -> Markup {
    html! {
        @if !changes.is_empty() {
            ul.changes {
                @for c in changes {
                    li {
                        span.when { (text::short_day(c.day)) }
                        span {
                            span.was { (text::short_session(c.before, units)) } " "
                            span aria-hidden="true" { "→ " }
                            span.hidden { "becomes " }
                            span.now { (text::short_session(c.after, units)) }
                        }
                    }
                }
            }
        }
    }
}

/// The week's km before and after.
fn sums(scene: &Scene<'_>, preview: &Preview, units: Units) -> Markup {
    let Some(week) = &scene.week else { return html! {} };
    let of = |s: Option<(Kind, Metres)>| s.map_or(0, |(_, d)| d.0);
    let more: i64 = preview.changes.iter().map(|c| of(c.after) - of(c.before)).sum();
    html! {
        @if more != 0 {
            p.quiet {
                "The week: " (units.distance(week.planned)) " → "
                strong { (units.distance(Metres(week.planned.0 + more))) } "."
            }
        }
    }
}

/// The nearest edit that is allowed, as a button.
fn nearest(preview: &Preview, week: Day, units: Units) -> Markup {
    let Some(nearest) = &preview.nearest else {
        return html! { p.quiet { "No similar change is allowed either." } };
    };
    html! {
        h3 { "The nearest that is allowed" }
        (changes(&nearest.changes, units))
        div.actions {
            (parts::sheet(&path_of(nearest.ask, week, units), "button",
                &format!("{} instead", text::ask(nearest.ask, units))))
        }
    }
}

/// The fields of the edit, filled with what was typed, to ask again.
fn ask_again(scene: &Scene<'_>) -> Markup {
    let Ok(day) = day_of(scene.fields, "day") else { return html! {} };
    let what = scene.fields.get("do").unwrap_or_default();
    html! {
        @if matches!(what, "move" | "swap" | "resize" | "retype" | "add") {
            section.card aria-label="What you ask for" {
                @if scene.preview.is_some() { h3 { "Try something else" } }
                (fields(what, day, scene))
            }
        }
    }
}

fn fields(what: &str, day: Day, scene: &Scene<'_>) -> Markup {
    let value = |name| scene.fields.get(name);
    let wrong = scene.wrong.as_ref();
    let of = |name: &str| wrong.filter(|w| w.field == name).map(|w| text::dated(&w.sentence));
    let units = scene.viewer.units();
    let what = if what == "swap" { "move" } else { what };
    html! {
        form method="get" action="/plan/edit" data-sheet-form {
            input type="hidden" name="do" value=(what);
            input type="hidden" name="day" value=(day);
            div.fields {
                @if what == "move" {
                    (day_field(day, value("to"), scene, of("to").as_deref()))
                }
                @if what == "add" || what == "retype" {
                    (kind_field(value("kind"), of("kind").as_deref()))
                }
                @if what == "add" || what == "resize" {
                    (km_field(value("km"), units, of("km").as_deref()))
                }
            }
            button.button.second.slim type="submit" { "See what would change" }
        }
    }
}

fn invalid(error: Option<&str>) -> Option<&'static str> {
    error.map(|_| "true")
}

fn described(name: &str, error: Option<&str>) -> Option<String> {
    error.map(|_| format!("{name}-error"))
}

/// The days that are left of the week, with what they hold.
fn day_field(from: Day, chosen: Option<&str>, scene: &Scene<'_>, error: Option<&str>) -> Markup {
    let days = scene.week.iter().flat_map(|w| &w.days);
    let days = days.filter(|d| d.day >= scene.viewer.today && d.day != from);
    html! {
        div {
            label {
                span { "To" }
                select name="to" aria-invalid=[invalid(error)]
                    aria-describedby=[described("to", error)] autofocus[error.is_some()] {
                    @for d in days {
                        option value=(d.day) selected[chosen == Some(&d.day.to_string())] {
                            (text::short_day(d.day)) " · "
                            @match d.session() {
                                Some(s) => { "swap with " (text::title(s)) }
                                None => "free",
                            }
                        }
                    }
                }
            }
            (parts::field_error("to", error))
        }
    }
}

fn kind_field(chosen: Option<&str>, error: Option<&str>) -> Markup {
    html! {
        div {
            label {
                span { "Kind" }
                select name="kind" aria-invalid=[invalid(error)]
                    aria-describedby=[described("kind", error)] autofocus[error.is_some()] {
                    @for kind in KINDS {
                        option value=(kind.name()) selected[chosen == Some(kind.name())] {
                            (kind.name())
                        }
                    }
                }
            }
            (parts::field_error("kind", error))
        }
    }
}

fn km_field(typed: Option<&str>, units: Units, error: Option<&str>) -> Markup {
    html! {
        div {
            label {
                span { "Distance " small { (text::unit(units)) } }
                input type="text" name="km" inputmode="decimal" autocomplete="off"
                    value=[typed] aria-invalid=[invalid(error)]
                    aria-describedby=[described("km", error)] autofocus[error.is_some()];
            }
            (parts::field_error("km", error))
        }
    }
}

/// The boxes of a workout page: each a small form that opens the preview.
pub(crate) fn boxes(week: &WeekView, day: Day, viewer: &Viewer) -> Markup {
    let none = Fields::of(Vec::new());
    let planned = week.days.iter().find(|d| d.day == day).and_then(|d| d.session());
    let scene =
        Scene { viewer, fields: &none, week: Some(week.clone()), wrong: None, preview: None };
    html! {
        div.edit-grid {
            div.edit-box { h3 { "Move or swap" } (fields("move", day, &scene)) }
            div.edit-box {
                h3 { "Shorter or longer" }
                @if let Some(s) = planned.filter(|s| s.is_run()) {
                    div.chips { @for (word, to) in sizes(s.distance) {
                        (parts::sheet(&path_of(Ask::Resize { day, to }, week.week_start,
                            viewer.units()), "button second slim",
                            &format!("{word} {}", viewer.units().distance(to))))
                    } }
                }
                (fields("resize", day, &scene))
            }
            div.edit-box { h3 { "Another kind" } (fields("retype", day, &scene)) }
        }
    }
}

/// Lengths that are offered beside the planned one.
fn sizes(planned: Metres) -> [(&'static str, Metres); 3] {
    let of = |permille| planned.permille(permille).floor_step();
    [("−40 %:", of(600)), ("−20 %:", of(800)), ("+10 %:", of(1100))]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(query: &str) -> Fields {
        let pairs = query.split('&').filter_map(|p| p.split_once('='));
        Fields::of(pairs.map(|(k, v)| (k.to_owned(), v.replace('+', " "))).collect())
    }

    /// What a page writes into an address is read back as the same ask, in both units.
    #[test]
    fn every_ask_survives_its_address() {
        let day = Day::parse("2026-11-24").unwrap();
        let asks = [
            Ask::Move { from: day, to: day + 1 },
            Ask::Swap { a: day, b: day + 2 },
            Ask::Skip { day },
            Ask::Resize { day, to: Metres(8_000) },
            Ask::Retype { day, to: Kind::TimeTrial },
            Ask::Add { day, kind: Kind::Long, distance: Metres(12_900) },
            Ask::Pin { day },
            Ask::Unavailable { day },
            Ask::Easier,
            Ask::Harder,
        ];
        for units in [Units::Km, Units::Miles] {
            for ask in asks {
                let address = path_of(ask, day, units).replace("%20", "+");
                let (_, query) = address.split_once('?').unwrap();
                assert_eq!(read(&fields(query), units), Ok((ask, day)), "{address}");
                assert!(!is_blank(&fields(query)), "{address}");
            }
        }
    }

    #[test]
    fn each_wrong_field_is_named() {
        for (query, field) in [
            ("do=move", "day"),
            ("do=move&day=x", "day"),
            ("do=move&day=2026-11-24&to=soon", "to"),
            ("do=resize&day=2026-11-24&km=far", "km"),
            ("do=resize&day=2026-11-24&km=", "km"),
            ("do=retype&day=2026-11-24&kind=Race", "kind"),
            ("do=add&day=2026-11-24&kind=Easy+Run&km=-3", "km"),
            ("do=fly&day=2026-11-24", "do"),
        ] {
            let error = read(&fields(query), Units::Km).unwrap_err();
            assert_eq!(error.field, field, "{query}: {error:?}");
        }
    }
}
