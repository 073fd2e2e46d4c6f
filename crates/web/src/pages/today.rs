//! Today: the session first, then the days to come, the state, the race.

use crate::auth::Viewer;
use crate::fault::Fault;
use crate::shell::{self, Tab};
use crate::{Web, chart, parts, session, text};
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use hermes_app::{DayView, Done, TodayView, WeekView};
use hermes_engine::calibrate::Profile;
use hermes_engine::session::WeekPlan;
use hermes_engine::state::Phase;
use hermes_engine::units::Units;
use maud::{Markup, html};

/// Weeks in the volume picture, this one included.
const VOLUME_WEEKS: u8 = 8;
/// Coming sessions that are listed.
const COMING: usize = 4;

/// `GET /today`.
pub(crate) async fn page(State(web): State<Web>, viewer: Viewer) -> Result<Response, Fault> {
    // Today publishes the week; before the runner has said what they want, it would be too early.
    let progress = web.app.progress(&viewer.runner).await?;
    if !progress.has_plan && !progress.has_preferences {
        return Ok(Redirect::to("/welcome").into_response());
    }
    let view = web.app.today_view(&viewer.runner).await?;
    let first = view.week.week_start - 7 * i64::from(VOLUME_WEEKS - 1);
    let weeks = web.app.volumes(&viewer.runner, first, VOLUME_WEEKS).await?;
    let units = viewer.units();
    let body = html! {
        header.page-head {
            p.eyebrow { (text::long_day(view.today)) }
            h1 { (headline(&view)) }
            p.state {
                span.pill.state-pill { (view.state.name()) }
                (view.state.meaning())
                @if let Some((since, why)) = &view.state_why {
                    " Since " (since) ": " (why)
                }
            }
        }
        div.columns {
            div.main-column {
                (now(&view, &viewer))
                (strip(&view.week, view.today, units))
                (coming(&view, units))
            }
            aside.side-column {
                @if let Some(goal) = &view.next_goal {
                    (parts::countdown(goal, view.profile.as_ref(), units))
                } @else {
                    (no_goal())
                }
                section.card aria-labelledby="week-title" {
                    h2 #week-title { "This week" }
                    (parts::week_sum(&view.week, units))
                }
                @if let Some(profile) = &view.profile {
                    (paces(profile, units))
                    p { a.more href="/welcome/calibration" { "Where your paces come from" } }
                }
            }
        }
        section.card aria-labelledby="volume-head" {
            h2 #volume-head { "Your last weeks" }
            (chart::volume(&weeks, units))
        }
    };
    Ok(shell::page(Tab::Today, "Today", &viewer, &body).into_response())
}

fn today_of(view: &TodayView) -> Option<&DayView> {
    view.week.days.iter().find(|d| d.day == view.today)
}

/// A plain-language conclusion comes first.
fn headline(view: &TodayView) -> String {
    let day = today_of(view);
    let session = day.and_then(|d| d.sessions.first());
    let ran = day.is_some_and(|d| d.activities.iter().any(|a| a.is_run));
    match session {
        Some(_) if ran => "Done for today".to_owned(),
        Some(s) => text::title(s),
        None if ran => "You ran today".to_owned(),
        None if view.week.plan.is_none() => "No plan for this week yet".to_owned(),
        None => "Rest day".to_owned(),
    }
}

fn now(view: &TodayView, viewer: &Viewer) -> Markup {
    let units = viewer.units();
    let Some(plan) = &view.week.plan else { return parts::no_plan(viewer) };
    let Some(day) = today_of(view) else { return html! {} };
    html! {
        section.card.hero aria-label="Today" {
            @if day.sessions.is_empty() {
                (rest(view, day, units))
            }
            @for s in &day.sessions {
                div.hero-head {
                    p class={ "kind hero-facts " (session::family(s.kind)) } {
                        @if day.sessions.len() > 1 { strong { (text::title(s)) } " " }
                        (session::facts(s, units))
                    }
                    (parts::status(day))
                }
                (session::body(s, plan, units))
            }
            @if !day.activities.is_empty() {
                h3 { "What you did" }
                (session::runs(day, units))
            }
        }
    }
}

fn rest(view: &TodayView, day: &DayView, units: Units) -> Markup {
    let next = next_sessions(view).into_iter().next();
    html! {
        div.hero-head {
            h2 {
                @if day.activities.is_empty() { "Nothing planned" }
                @else { "A run on a rest day" }
            }
            (parts::status(day))
        }
        p.purpose { "Training settles on the days without it." }
        @if let Some((d, plan)) = next {
            @if let Some(s) = d.sessions.first() {
                p {
                    "Next: " strong { (text::title(s)) } " "
                    (text::in_days(d.day - view.today)) ", "
                    (units.distance(s.distance)) "."
                    @if plan.phase == Phase::Taper { " Your race is near." }
                }
            }
        }
    }
}

/// The days after today that have a session, with the plan they belong to.
fn next_sessions(view: &TodayView) -> Vec<(&DayView, &WeekPlan)> {
    let weeks = [Some(&view.week), view.next.as_ref()];
    weeks
        .into_iter()
        .flatten()
        .filter_map(|week| week.plan.as_ref().map(|plan| (week, plan)))
        .flat_map(|(week, plan)| week.days.iter().map(move |d| (d, plan)))
        .filter(|(d, _)| d.day > view.today && !d.sessions.is_empty())
        .collect()
}

/// Seven chips, one per day of the week.
fn strip(week: &WeekView, today: hermes_engine::calendar::Day, units: Units) -> Markup {
    html! {
        nav.strip aria-label="This week" {
            ol {
                @for day in &week.days { (chip(day, day.day == today, units)) }
            }
        }
    }
}

fn chip(day: &DayView, is_today: bool, units: Units) -> Markup {
    let session = day.sessions.first();
    let family = session.map_or("none", |s| session::family(s.kind));
    let ran = day.activities.iter().filter(|a| a.is_run).map(|a| a.distance).sum();
    let figure = match (day.done, session) {
        (Done::Green | Done::Yellow | Done::Orange | Done::Unplanned, _) => {
            text::bare_distance(units, ran)
        }
        (_, Some(s)) if s.is_run() => text::bare_distance(units, s.distance),
        (_, Some(_)) => "✓".to_owned(),
        (_, None) => "–".to_owned(),
    };
    let (sign, word, class) = text::done(day.done).unwrap_or(("–", "Rest day", "rest"));
    let planned = session.map_or_else(|| "rest".to_owned(), text::title);
    html! {
        li {
            a class={ "chip " (family) } href={ "/plan#day-" (day.day) }
                aria-current=[is_today.then_some("date")]
                aria-label={ (text::day_month(day.day)) ": " (planned) ", " (word) } {
                span.chip-day { (text::short_weekday(day.day.weekday())) }
                strong { (figure) }
                span class={ "chip-sign " (class) } { (sign) }
            }
        }
    }
}

fn coming(view: &TodayView, units: Units) -> Markup {
    let next = next_sessions(view);
    html! {
        @if !next.is_empty() {
            section.coming aria-labelledby="coming-title" {
                h2 #coming-title { "Coming up" }
                @for (day, plan) in next.into_iter().take(COMING) {
                    @for s in &day.sessions {
                        details class={ "session " (session::family(s.kind)) } {
                            summary {
                                span.when { (text::short_day(day.day)) }
                                span.name { (text::title(s)) }
                                (session::facts(s, units))
                            }
                            div.inside { (session::body(s, plan, units)) }
                        }
                    }
                }
                p { a.more href="/plan" { "The whole week and its reasons" } }
            }
        }
    }
}

fn no_goal() -> Markup {
    html! {
        section.card.empty {
            h2 { "No race yet" }
            p { "With a race, Hermes builds a road to it: base, build, peak, taper." }
            p { a.button.second href="/settings#goals" { "Set a goal" } }
        }
    }
}

/// The paces that every session is made of.
pub(crate) fn paces(profile: &Profile, units: Units) -> Markup {
    let p = profile.paces;
    html! {
        section.card aria-labelledby="paces-title" {
            h2 #paces-title { "Your paces" }
            dl.figures.rows {
                (parts::figure("Easy", &units.pace(p.easy), ""))
                (parts::figure("Marathon", &units.pace(p.marathon), ""))
                (parts::figure("Threshold", &units.pace(p.threshold), ""))
                (parts::figure("Interval", &units.pace(p.interval), ""))
            }
        }
    }
}
