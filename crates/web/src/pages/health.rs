//! Health: what is open and what it binds, a report in three taps with what it would change before
//! it is saved, and closing what is over.

use crate::auth::Viewer;
use crate::fault::Fault;
use crate::form::Fields;
use crate::pages::edit::Said;
use crate::pages::report::{self, kind_name, part_name};
use crate::shell::{self, Tab};
use crate::{Web, fault, parts, text};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use hermes_app::{AppError, HealthView, RecordView, StrikeView, Which};
use hermes_engine::consequences::{self, Modification};
use hermes_engine::ladder::Position;
use hermes_engine::ruleset::LADDER_STEPS;
use maud::{Markup, html};
use uuid::Uuid;

/// A closing that was not taken: which record, and why.
type Refusal = (Uuid, String);

/// `GET /health`.
pub(crate) async fn page(
    State(web): State<Web>,
    viewer: Viewer,
    Query(said): Query<Said>,
) -> Result<Markup, Fault> {
    draw(&web, &viewer, &said, None).await
}

async fn draw(
    web: &Web,
    viewer: &Viewer,
    said: &Said,
    refusal: Option<&Refusal>,
) -> Result<Markup, Fault> {
    let view = web.app.health(&viewer.runner, viewer.today).await?;
    let (open, closed): (Vec<_>, Vec<_>) =
        view.records.iter().rev().partition(|r| r.record.closed.is_none());
    let body = html! {
        (said.toast())
        header.page-head { p.eyebrow { "Your body has the last word" } h1 { "Health" } }
        div.columns {
            div.main-column {
                (in_force(&view))
                section.card aria-labelledby="open-title" {
                    h2 #open-title { "Open reports" }
                    @if open.is_empty() {
                        p.quiet { "Nothing. Tell Hermes when something hurts or you are ill, and \
                            the week is planned around it." }
                    }
                    @for r in &open { (record(r, viewer, refusal)) }
                }
                @if !closed.is_empty() {
                    section.card aria-labelledby="past-title" {
                        h2 #past-title { "Closed reports" }
                        @for r in &closed { (record(r, viewer, None)) }
                    }
                }
            }
            aside.side-column { (strikes(&view.strikes)) (advice()) }
        }
    };
    Ok(shell::page(Tab::Health, "Health", viewer, &body))
}

fn in_force(view: &HealthView) -> Markup {
    let (class, sign) = match view.in_force {
        Modification::None => ("good", "✓"),
        Modification::ReducedIntensity | Modification::ReducedVolume => ("warn", "~"),
        Modification::Rest => ("bad", "×"),
    };
    html! {
        section.card {
            div class={ "verdict " (class) } {
                span.sign aria-hidden="true" { (sign) }
                strong { (fault::sentence(view.in_force.text())) }
            }
            div.actions {
                (parts::sheet("/health/report", "button", "Something hurts, or I am ill"))
            }
        }
    }
}

fn record(r: &RecordView, viewer: &Viewer, refusal: Option<&Refusal>) -> Markup {
    let fact = &r.record;
    html! {
        div.record {
            div.record-head {
                h3 {
                    (kind_name(fact.kind))
                    @if let Some(part) = fact.part { ", " (part_name(part)) }
                }
                div.chips {
                    @if let Some(n) = fact.severity { (report::severity_tag(n)) }
                    @if r.strikes > 0 {
                        (parts::tag("warn", "!", &text::count(i64::from(r.strikes), "open strike")))
                    }
                    @if r.chronic { (parts::tag("warn", "!", "Chronic")) }
                    @if r.locked { (parts::tag("bad", "×", "No running")) }
                }
            }
            p.quiet {
                "Since " (text::long_day(fact.day))
                @if let Some(day) = fact.closed { ", closed " (text::date(day)) }
            }
            @if let Some(words) = &r.description { p { "“" (words) "”" } }
            @if fact.closed.is_none() {
                @match (r.locked, r.lock_ends) {
                    (true, Some(end)) => p { "No running before " (text::long_day(end)) "." },
                    (true, None) => p { "No running until it is closed." },
                    _ => {},
                }
            }
            @if let Some(at) = r.ladder { (ladder(at)) }
            @if fact.closed.is_none() { (close(r, viewer, refusal)) }
        }
    }
}

/// The eight steps back to running.
fn ladder(at: Position) -> Markup {
    html! {
        p { "Way back: step " (at.climbed + 1) " of " (LADDER_STEPS) " is next"
            @if let Some(day) = at.not_before { ", not before " (text::short_day(day)) }
            "." }
        ol.ladder aria-hidden="true" {
            @for step in 0..LADDER_STEPS {
                li.up[step < at.climbed].now[step == at.climbed] {}
            }
        }
    }
}

fn close(r: &RecordView, viewer: &Viewer, refusal: Option<&Refusal>) -> Markup {
    let wrong = refusal.filter(|(id, _)| *id == r.id).map(|(_, sentence)| sentence.as_str());
    let needs = consequences::needs_clearance(&r.record);
    html! {
        details.add open[wrong.is_some()] {
            summary { "It is over" }
            form method="post" action="/health/clear" {
                input type="hidden" name="id" value=(r.id);
                div.fields {
                    label {
                        span { "First day without it" }
                        input type="date" name="day" value=(viewer.today)
                            min=(r.record.day) max=(viewer.today);
                    }
                }
                label.check {
                    input type="checkbox" name="cleared" value="1" required[needs]
                        aria-invalid=[wrong.map(|_| "true")]
                        aria-describedby=[wrong.map(|_| "cleared-error")];
                    span { "A doctor or physiotherapist has cleared me to run." }
                }
                @if needs {
                    p.quiet { "This one asks for that before you run again." }
                }
                (parts::field_error("cleared", wrong))
                div.actions { button.button.second type="submit" { "Close it" } }
            }
        }
    }
}

fn strikes(strikes: &[StrikeView]) -> Markup {
    html! {
        section.card aria-labelledby="strikes-title" {
            h2 #strikes-title { "Strikes and limits" }
            @if strikes.is_empty() {
                p.quiet { "None. The same injury again is a strike; the third sets a lasting limit." }
            }
            @for s in strikes.iter().rev() {
                div.record {
                    div.record-head {
                        h3 { "Strike " (s.count) }
                        @if s.resolved.is_some() { (parts::tag("good", "✓", "Resolved")) }
                        @else { (parts::tag("warn", "!", "Open")) }
                    }
                    p.quiet {
                        (text::date(s.issued)) ": " (s.kind.replace('_', " "))
                        @if let Some(part) = &s.part { ", " (part.replace('_', " ")) }
                        @if let Some(day) = s.resolved { ", resolved " (text::date(day)) }
                    }
                    @if let (Some(limit), Some(words)) = (s.limit, &s.limit_description) {
                        p {
                            (fault::sentence(words))
                            @if let Some(day) = limit.lifted { " Lifted " (text::date(day)) "." }
                        }
                    }
                }
            }
        }
    }
}

fn advice() -> Markup {
    html! {
        section.card.small {
            h3 { "Hermes is no doctor" }
            p { "Chest pain, fainting, or pain in a bone at rest are for a doctor today, not for a \
                 training plan." }
        }
    }
}

/// `POST /health/clear`.
pub(crate) async fn clear(
    State(web): State<Web>,
    viewer: Viewer,
    fields: Fields,
) -> Result<Response, Fault> {
    let id = fields.get("id").and_then(|id| id.parse::<Uuid>().ok());
    let id = id.ok_or_else(|| AppError::NotFound("there is no such health record".to_owned()))?;
    let day = fields.get("day").map(hermes_engine::calendar::Day::parse);
    let cleared = fields.get("cleared").is_some();
    let refuse = async |sentence: String| {
        let page = draw(&web, &viewer, &Said::default(), Some(&(id, sentence))).await?;
        Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
    };
    let day = match day {
        Some(Err(error)) => return refuse(error.to_string()).await,
        Some(Ok(day)) => day,
        None => viewer.today,
    };
    let view = web.app.health(&viewer.runner, viewer.today).await?;
    let Some(record) = view.records.iter().find(|r| r.id == id) else {
        return Err(AppError::NotFound("there is no such health record".to_owned()).into());
    };
    // The button was pressed twice.
    if record.record.closed.is_some() {
        return Ok(Redirect::to("/health?said=cleared").into_response());
    }
    if consequences::needs_clearance(&record.record) && !cleared {
        let sentence = "it asks for a doctor's clearance: tick the box once you have it";
        return refuse(sentence.to_owned()).await;
    }
    match web.app.clear_health(&viewer.runner, Which::One(id), day, cleared).await {
        Ok(_) => Ok(Redirect::to("/health?said=cleared").into_response()),
        Err(AppError::BadInput(sentence)) => refuse(text::dated(&sentence)).await,
        Err(error) => Err(error.into()),
    }
}
