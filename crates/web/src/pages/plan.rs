//! Plan: one week as a calendar with a summary column, and the reason for every session.

use crate::auth::Viewer;
use crate::fault::Fault;
use crate::shell::{self, Tab};
use crate::{Web, chart, parts, session, text};
use axum::extract::{Query, State};
use axum::response::Redirect;
use hermes_app::{DayView, WeekStatus, WeekView};
use hermes_engine::calendar::Day;
use hermes_engine::units::Units;
use maud::{Markup, html};
use serde::Deserialize;

/// The week asked for; any day of it will do.
#[derive(Debug, Deserialize)]
pub(crate) struct WeekQuery {
    week: Option<String>,
}

/// `GET /plan?week=YYYY-MM-DD`.
pub(crate) async fn page(
    State(web): State<Web>,
    viewer: Viewer,
    Query(query): Query<WeekQuery>,
) -> Result<Markup, Fault> {
    let asked = query.week.as_deref().map(Day::parse);
    let wrong = asked.as_ref().and_then(|d| d.as_ref().err()).map(ToString::to_string);
    let day = asked.and_then(Result::ok).unwrap_or(viewer.today);
    let start = viewer.week_of(day);
    let week = web.app.week(&viewer.runner, start).await?;
    let body = html! {
        (head(start, week.as_ref(), &viewer))
        (parts::problem(wrong.as_deref()))
        @match &week {
            Some(week) => (whole(week, &viewer)),
            None => (nothing_known()),
        }
    };
    Ok(shell::page(Tab::Plan, &format!("Week of {}", text::date(start)), &viewer, &body))
}

/// `POST /plan`: plans and publishes the current week.
pub(crate) async fn publish(State(web): State<Web>, viewer: Viewer) -> Result<Redirect, Fault> {
    web.app.publish(&viewer.runner).await?;
    Ok(Redirect::to("/plan"))
}

fn head(start: Day, week: Option<&WeekView>, viewer: &Viewer) -> Markup {
    let current = viewer.week_of(viewer.today);
    let relation = match (start - current) / 7 {
        0 => "This week".to_owned(),
        1 => "Next week".to_owned(),
        -1 => "Last week".to_owned(),
        n if n > 0 => format!("In {n} weeks"),
        n => format!("{} weeks ago", -n),
    };
    html! {
        header.page-head.with-pager {
            div {
                p.eyebrow {
                    (relation)
                    @if let Some(phase) = week.and_then(|w| w.phase) { " · " (phase) " phase" }
                }
                h1 { (text::week_span(start)) }
            }
            nav.pager aria-label="Weeks" {
                a.button.second rel="prev" href={ "/plan?week=" (start - 7) } { "← Earlier" }
                @if start != current { a.button.second href="/plan" { "This week" } }
                a.button.second rel="next" href={ "/plan?week=" (start + 7) } { "Later →" }
            }
        }
    }
}

fn nothing_known() -> Markup {
    html! {
        section.card.empty {
            h2 { "Nothing is known about this week" }
            p { "It has no plan and no runs. Plans reach as far as next week; older weeks begin \
                 with your first run." }
            p { a.button href="/plan" { "Go to this week" } }
        }
    }
}

fn whole(week: &WeekView, viewer: &Viewer) -> Markup {
    let units = viewer.units();
    let is_current = week.week_start == viewer.week_of(viewer.today);
    html! {
        @if week.plan.is_none() && is_current { (parts::no_plan(viewer)) }
        div.calendar {
            @for day in &week.days {
                (cell(day, day.day == viewer.today, units))
            }
            (summary(week, units))
        }
        div.columns {
            div.main-column.days {
                h2 { "Day by day" }
                @for day in &week.days {
                    (session::day(day, week.plan.as_ref(), units, day.day == viewer.today))
                }
            }
            aside.side-column {
                @if let Some(plan) = &week.plan {
                    section.card aria-label="Why this week" { (session::week_reasons(plan, units)) }
                }
                (provenance(week))
            }
        }
    }
}

/// One day of the calendar on a wide screen.
fn cell(day: &DayView, is_today: bool, units: Units) -> Markup {
    html! {
        section.cell.today[is_today] {
            h3 {
                span.wd { (text::short_weekday(day.day.weekday())) }
                span.dom aria-current=[is_today.then_some("date")] {
                    (text::day_of_month(day.day))
                }
            }
            @for s in &day.sessions {
                a class={ "mini " (session::family(s.kind)) } href={ "#day-" (day.day) } {
                    strong { (text::title(s)) }
                    @if s.is_run() { span.km { (units.distance(s.distance)) } }
                    @if s.pace.0 > 0 && s.is_run() { span { (units.pace(s.pace)) } }
                }
            }
            @for a in &day.activities {
                p.ran-line {
                    @if a.is_run { (units.distance(a.distance)) " run" }
                    @else { (a.activity_type) }
                }
            }
            (parts::status(day))
        }
    }
}

fn summary(week: &WeekView, units: Units) -> Markup {
    let runs: usize =
        week.days.iter().map(|d| d.activities.iter().filter(|a| a.is_run).count()).sum();
    let sessions: usize =
        week.days.iter().map(|d| d.sessions.iter().filter(|s| s.is_run()).count()).sum();
    html! {
        section.cell.summary aria-label="Summary of the week" {
            h3 { "Summary" }
            p.big-line { strong { (text::bare_distance(units, week.done)) }
                small { " / " (units.distance(week.planned)) } }
            (chart::share(week.done, week.planned))
            dl.lines {
                div { dt { "Planned" } dd { (units.distance(week.planned)) ", "
                    (text::duration(week.planned_time)) } }
                div { dt { "Done" } dd { (units.distance(week.done)) ", "
                    (text::duration(week.done_time)) } }
                div { dt { "Runs" } dd { (runs) " of " (sessions) } }
                @if let Some(state) = week.state { div { dt { "State" } dd { (state.name()) } } }
            }
            (badge(week))
        }
    }
}

fn badge(week: &WeekView) -> Markup {
    let (word, class) = match week.status {
        WeekStatus::Draft => ("Draft", "draft"),
        WeekStatus::Published => ("Published", "published"),
        WeekStatus::Repaired => ("Published, repaired", "published"),
        WeekStatus::Unplanned => ("No plan", "none"),
    };
    html! { span class={ "pill badge " (class) } { (word) } }
}

/// What this plan was made from, for whoever wants to check it.
fn provenance(week: &WeekView) -> Markup {
    html! {
        section.card.small {
            h3 { "About this plan" }
            p {
                @match week.status {
                    WeekStatus::Draft => "A draft: it becomes the plan when the week begins, from \
                        what you will have run by then.",
                    WeekStatus::Unplanned => "This week was not planned by Hermes; what you ran \
                        still counts.",
                    WeekStatus::Published => "Published: checked against every hard rule.",
                    WeekStatus::Repaired => "Published after repairs: checked against every hard \
                        rule.",
                }
            }
            dl.lines {
                @if let Some(day) = week.as_of {
                    div { dt { "Known before" } dd { (text::date(day)) } }
                }
                @if week.plan.is_some() { div { dt { "Revision" } dd { (week.revision) } } }
                @if let Some(digest) = &week.digest {
                    div { dt { "Digest" } dd { code { (digest.get(..12).unwrap_or(digest)) } } }
                }
            }
            @if week.replayed { p.quiet { "Made by a replay, as of that week." } }
        }
    }
}
