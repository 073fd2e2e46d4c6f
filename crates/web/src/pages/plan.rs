//! Plan: one week as a calendar with a summary column, a month, or a list of days.

use crate::auth::Viewer;
use crate::fault::Fault;
use crate::pages::calendar;
use crate::pages::edit::{self, Said};
use crate::pages::today::workout_path;
use crate::shell::{self, Tab};
use crate::{Web, chart, parts, session, text};
use axum::extract::{Query, State};
use axum::response::Redirect;
use hermes_app::{DayView, Done, SummedUp, WeekStatus, WeekView};
use hermes_engine::calendar::Day;
use hermes_engine::session::{Kind, Session};
use hermes_engine::units::Units;
use maud::{Markup, html};
use serde::Deserialize;
use uuid::Uuid;

/// What the address asks for: any day of the week will do.
#[derive(Debug, Deserialize)]
pub(crate) struct PlanQuery {
    week: Option<String>,
    view: Option<String>,
    #[serde(flatten)]
    said: Said,
}

/// `GET /plan?week=YYYY-MM-DD&view=week|month|agenda`.
pub(crate) async fn page(
    State(web): State<Web>,
    viewer: Viewer,
    Query(query): Query<PlanQuery>,
) -> Result<Markup, Fault> {
    let asked = query.week.as_deref().map(Day::parse);
    let wrong = asked.as_ref().and_then(|d| d.as_ref().err()).map(ToString::to_string);
    let day = asked.and_then(Result::ok).unwrap_or(viewer.today);
    match query.view.as_deref() {
        Some("month") => return calendar::month(&web, &viewer, day, wrong.as_deref()).await,
        Some("agenda") => return calendar::agenda(&web, &viewer).await,
        _ => {}
    }
    let start = viewer.week_of(day);
    let week = web.app.week(&viewer.runner, start).await?;
    let is_over = start + 7 <= viewer.today;
    let summed = if is_over { web.app.summed_up(&viewer.runner, start).await? } else { None };
    let edits = web.app.edits(&viewer.runner).await?;
    let last = edits.iter().rfind(|e| e.undone_at.is_none()).map(|e| e.id);
    let has_edit = edits.iter().any(|e| e.undone_at.is_none() && e.edit.week_start == start);
    let undo = last.filter(|_| has_edit);
    let body = html! {
        (query.said.toast_of(last))
        (head(start, week.as_ref(), &viewer))
        (parts::problem(wrong.as_deref()))
        @match &week {
            Some(week) => (whole(week, summed.as_ref(), undo, &viewer)),
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

/// The three ways to look at a plan.
pub(crate) fn views(current: &str, day: Day) -> Markup {
    html! {
        nav.views aria-label="Views" {
            @for (view, name) in [("week", "Week"), ("month", "Month"), ("agenda", "Agenda")] {
                a href={ "/plan?view=" (view) "&week=" (day) }
                    aria-current=[(view == current).then_some("page")] { (name) }
            }
        }
    }
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
        header.page-head {
            p.eyebrow {
                (relation)
                @if let Some(phase) = week.and_then(|w| w.phase) { " · " (phase) " phase" }
            }
            h1 { (text::week_span(start)) }
        }
        div.toolbar {
            (views("week", start))
            nav.pager aria-label="Weeks" {
                a.button.second.slim rel="prev" href={ "/plan?week=" (start - 7) } { "← Earlier" }
                @if start != current { a.button.second.slim href="/plan" { "This week" } }
                a.button.second.slim rel="next" href={ "/plan?week=" (start + 7) } { "Later →" }
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

/// May the days of this week still be changed?
fn is_open(week: &WeekView, viewer: &Viewer) -> bool {
    let this = viewer.week_of(viewer.today);
    week.plan.is_some() && (week.week_start == this || week.week_start == this + 7)
}

fn whole(
    week: &WeekView,
    summed: Option<&SummedUp>,
    undo: Option<Uuid>,
    viewer: &Viewer,
) -> Markup {
    let units = viewer.units();
    let is_current = week.week_start == viewer.week_of(viewer.today);
    let is_ahead = week.plan.is_none() && week.week_start > viewer.today;
    let open = is_open(week, viewer);
    html! {
        @if week.plan.is_none() && is_current { (parts::no_plan(viewer)) }
        @if is_ahead { (ahead(week.week_start)) }
        div.calendar data-calendar[open] {
            @for day in &week.days { (cell(day, open && day.day >= viewer.today, viewer)) }
            (summary(week, summed, units))
        }
        div.columns {
            div.main-column {
                @if let Some(plan) = &week.plan {
                    section.card aria-label="Why this week" { (session::week_reasons(plan, units)) }
                }
            }
            aside.side-column {
                @if open { (changes(week, undo)) }
                (provenance(week))
            }
        }
    }
}

fn ahead(start: Day) -> Markup {
    html! {
        section.card.empty {
            h2 { "Not planned yet" }
            p { "Hermes plans this week and drafts the next one. What comes after depends on what \
                 you run until then; the roadmap shows what is likely." }
            p { a.button href={ "/roadmap#week-" (start) } { "See the roadmap" } }
        }
    }
}

/// What can be changed of the whole week, and taking back.
fn changes(week: &WeekView, undo: Option<Uuid>) -> Markup {
    let of_week = |what: &str| format!("/plan/edit?do={what}&day={}", week.week_start);
    html! {
        section.card aria-labelledby="change-title" {
            h2 #change-title { "Change the week" }
            p.quiet {
                "Open a session to change it, or drag it to another day. You see what would happen \
                 before anything is saved."
            }
            div.actions {
                (parts::sheet(&of_week("easier"), "button second slim", "Easier week"))
                (parts::sheet(&of_week("harder"), "button second slim", "Harder week"))
            }
            @if undo.is_some() {
                form method="post" action="/plan/undo" {
                    (edit::named(undo))
                    div.actions {
                        button.button.ghost.slim type="submit" { "Undo the last change" }
                    }
                }
            }
            @if week.revision > 1 {
                p { a.more href={ "/plan/versions?week=" (week.week_start) } {
                    "Compare the versions of this week" } }
            }
        }
    }
}

/// One day of the calendar.
pub(crate) fn cell(day: &DayView, open: bool, viewer: &Viewer) -> Markup {
    let (units, today) = (viewer.units(), viewer.today);
    let is_today = day.day == today;
    let ran: Vec<_> = day.activities.iter().filter(|a| a.is_run).collect();
    html! {
        section.cell.today[is_today].past[day.day < today] data-day=[open.then_some(day.day)]
            aria-label=(text::day_month(day.day)) {
            h3 {
                span.wd { (text::short_weekday(day.day.weekday())) }
                span.dom aria-current=[is_today.then_some("date")] {
                    (text::day_of_month(day.day))
                }
            }
            div.cell-body {
                @for s in &day.sessions { (mini(s, day, open && ran.is_empty(), units)) }
                @for a in &ran {
                    p.ran-line { span aria-hidden="true" { "✓ " } (units.distance(a.distance)) " run"
                        @if let Some(pace) = a.pace { ", " (units.pace(pace)) } }
                }
                @for a in day.activities.iter().filter(|a| !a.is_run) {
                    p.free { (text::sport(&a.activity_type)) ", " (text::duration(a.moving)) }
                }
                @if day.sessions.is_empty() && ran.is_empty() {
                    p.free {
                        @if open {
                            "Rest · "
                            a.add-link href=(edit::path("add", day.day)) data-sheet {
                                "Add" span.hidden { " a run on " (text::day_month(day.day)) }
                            }
                        } @else if day.day >= today { "Rest" }
                    }
                }
                @if day.done == Done::Upcoming { span.hidden { "Upcoming" } }
                @else if day.done != Done::Rest || day.sessions.is_empty() { (parts::status(day)) }
            }
        }
    }
}

/// A session in its day: it can be dragged where it may still be moved.
fn mini(s: &Session, day: &DayView, movable: bool, units: Units) -> Markup {
    let movable = movable && s.is_run() && s.kind != Kind::Race;
    html! {
        a class={ "mini " (session::family(s.kind)) } href=(workout_path(s.day))
            draggable=[movable.then_some("true")] data-from=[movable.then_some(s.day)]
            data-name=[movable.then(|| text::title(s))] {
            span.head {
                strong { (text::title(s)) }
                @if s.is_run() { span.km { (units.distance(s.distance)) } }
                @else { span.km { (text::duration(s.duration)) } }
                @if s.pace.0 > 0 && s.is_run() { span { (units.pace(s.pace)) } }
                @if s.pinned || day.modified { span.pin { "✎ yours" } }
            }
            (chart::small_structure(s, units))
        }
    }
}

fn summary(week: &WeekView, summed: Option<&SummedUp>, units: Units) -> Markup {
    let runs: usize =
        week.days.iter().map(|d| d.activities.iter().filter(|a| a.is_run).count()).sum();
    let sessions: usize =
        week.days.iter().map(|d| d.sessions.iter().filter(|s| s.is_run()).count()).sum();
    html! {
        section.cell.summary aria-label="Summary of the week" {
            h3 { "Summary" }
            p.big-line { strong.go { (text::bare_distance(units, week.done)) }
                small { " / " (units.distance(week.planned)) } }
            (chart::share(week.done, week.planned))
            dl.lines {
                div { dt { "Planned" } dd { (units.distance(week.planned)) ", "
                    (text::duration(week.planned_time)) } }
                div { dt { "Done" } dd { (units.distance(week.done)) ", "
                    (text::duration(week.done_time)) } }
                div { dt { "Runs" } dd { (runs) " of " (sessions) } }
                @if let Some(score) = score(week) { div { dt { "Kept" } dd { (score) " %" } } }
                @if let Some(s) = summed { (mean_paces(s, units)) }
                @if let Some(state) = week.state { div { dt { "State" } dd { (state.name()) } } }
            }
            (badge(week))
        }
    }
}

/// What the week was summed up to once it was over.
fn mean_paces(s: &SummedUp, units: Units) -> Markup {
    html! {
        @if let Some(pace) = s.pace { div { dt { "Mean pace" } dd { (units.pace(pace)) } } }
        @if let Some(pace) = s.threshold {
            div { dt { "Threshold then" } dd { (units.pace(pace)) } }
        }
    }
}

/// The mean score of the sessions that were due, in per cent (K1).
pub(crate) fn score(week: &WeekView) -> Option<i64> {
    let due = week.days.iter().filter_map(|d| d.scored.as_ref()).filter(|s| !s.excused);
    let (sum, n) = due.fold((0, 0), |(sum, n), s| (sum + s.score(), n + 1));
    (n > 0).then(|| sum / n / 10)
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
                    WeekStatus::Draft => "A draft: the week is planned from what you will \
                        have run when it begins.",
                    WeekStatus::Unplanned => "This week was not planned by Hermes; what you ran \
                        still counts.",
                    WeekStatus::Published => "Published and checked against every safety rule.",
                    WeekStatus::Repaired => "Published after repairs and checked against every \
                        safety rule.",
                }
            }
            @if week.edited {
                p {
                    "You changed it by hand"
                    @if let Some(why) = &week.edited_why { ": “" (why) "”" } @else { "." }
                }
            }
            dl.lines {
                @if let Some(at) = &week.first_saved {
                    div { dt { "First drafted" } dd { (text::moment(at)) } }
                }
                @if let Some(at) = &week.published {
                    div { dt { "Published" } dd { (text::moment(at)) } }
                }
                @if let Some(day) = week.as_of {
                    div { dt { "From runs before" } dd { (text::date(day)) } }
                }
                @if week.plan.is_some() {
                    div { dt { "Version" } dd {
                        a href={ "/plan/versions?week=" (week.week_start) } { (week.revision) }
                    } }
                }
                @if let Some(digest) = &week.digest {
                    div { dt { "Check sum" } dd { code { (digest.get(..12).unwrap_or(digest)) } } }
                }
            }
            @if week.replayed {
                p.quiet { "Worked out afterwards, from what was known before that week." }
            }
        }
    }
}
