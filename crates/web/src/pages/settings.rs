//! Settings: goals, preferences, signing out. The forms are shared with the onboarding.

use crate::auth::Viewer;
use crate::fault::{self, Fault};
use crate::form::{self, Fields, GoalForm};
use crate::shell::{self, Tab};
use crate::{Web, parts, text};
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use hermes_app::{AppError, GoalView};
use hermes_engine::calendar::{WeekStart, Weekday};
use hermes_engine::record::{Preferences, RaceDistance};
use hermes_engine::units::Units;
use maud::{Markup, html};

/// A form that was refused: the sentence, and which form it belongs to.
#[derive(Default)]
struct Problem {
    goal: Option<String>,
    preferences: Option<String>,
}

/// `GET /settings`.
pub(crate) async fn page(State(web): State<Web>, viewer: Viewer) -> Result<Markup, Fault> {
    draw(&web, &viewer, &Problem::default()).await
}

async fn draw(web: &Web, viewer: &Viewer, problem: &Problem) -> Result<Markup, Fault> {
    let goals = web.app.goals(&viewer.runner).await?;
    let body = html! {
        header.page-head { p.eyebrow { "How Hermes plans for you" } h1 { "Settings" } }
        section.card #goals aria-labelledby="goals-title" {
            h2 #goals-title { "Goals" }
            (goal_list(&goals))
            (parts::problem(problem.goal.as_deref()))
            details.add open[goals.is_empty() || problem.goal.is_some()] {
                summary { "Add a goal" }
                form method="post" action="/settings/goals" {
                    (goal_fields(viewer))
                    button.button type="submit" { "Add goal" }
                }
            }
        }
        section.card #preferences aria-labelledby="preferences-title" {
            h2 #preferences-title { "Preferences" }
            p.quiet { "They hold from the next plan on. Safety rules stand above all of them." }
            (parts::problem(problem.preferences.as_deref()))
            form method="post" action="/settings/preferences" {
                (preference_fields(viewer))
                button.button type="submit" { "Save preferences" }
            }
        }
        (crate::theme::card())
        section.card #strava {
            h2 { "Strava" }
            p {
                "Hermes can read your activities from Strava by itself. "
                a href="/connect/strava" { "Connection to Strava" }
            }
        }
        section.card {
            h2 { "This browser" }
            p { "Signing out asks for a new link the next time: " code { "hermes sign-in" } }
            form method="post" action="/sign-out" {
                button.button.second type="submit" { "Sign out" }
            }
        }
    };
    Ok(shell::page(Tab::Settings, "Settings", viewer, &body))
}

/// `POST /settings/goals`.
pub(crate) async fn add_goal(
    State(web): State<Web>,
    viewer: Viewer,
    fields: Fields,
) -> Result<Response, Fault> {
    match save_goal(&web, &viewer, &fields).await {
        Ok(()) => Ok(Redirect::to("/settings#goals").into_response()),
        Err(error) => {
            let (code, sentence) = (fault::status(error.kind()), error.to_string());
            let problem = Problem { goal: Some(sentence), ..Problem::default() };
            Ok((code, draw(&web, &viewer, &problem).await?).into_response())
        }
    }
}

/// Saves the goal of a form.
pub(crate) async fn save_goal(web: &Web, viewer: &Viewer, fields: &Fields) -> Result<(), AppError> {
    let g = GoalForm::read(fields).map_err(AppError::BadInput)?;
    let Viewer { runner, today, .. } = viewer;
    web.app.add_goal(runner, *today, g.distance, g.day, g.time, g.priority).await?;
    Ok(())
}

/// `POST /settings/goals/remove`.
pub(crate) async fn remove_goal(
    State(web): State<Web>,
    viewer: Viewer,
    fields: Fields,
) -> Result<Redirect, Fault> {
    let id = fields.get("id").and_then(|id| id.parse().ok());
    let id = id.ok_or_else(|| AppError::NotFound("that goal does not exist".to_owned()))?;
    web.app.remove_goal(&viewer.runner, viewer.today, id).await?;
    Ok(Redirect::to("/settings#goals"))
}

/// `POST /settings/preferences`.
pub(crate) async fn save_preferences(
    State(web): State<Web>,
    viewer: Viewer,
    fields: Fields,
) -> Result<Response, Fault> {
    match store_preferences(&web, &viewer, &fields).await {
        Ok(()) => Ok(Redirect::to("/settings#preferences").into_response()),
        Err(error) => {
            let (code, sentence) = (fault::status(error.kind()), error.to_string());
            let problem = Problem { preferences: Some(sentence), ..Problem::default() };
            Ok((code, draw(&web, &viewer, &problem).await?).into_response())
        }
    }
}

/// Saves the preferences and the time zone of a form.
pub(crate) async fn store_preferences(
    web: &Web,
    viewer: &Viewer,
    fields: &Fields,
) -> Result<(), AppError> {
    let wanted = form::preferences(fields).map_err(AppError::BadInput)?;
    if let Some(zone) = fields.get("time_zone").filter(|z| *z != viewer.runner.time_zone) {
        web.app.set_time_zone(viewer.runner.id, zone).await?;
    }
    // The day may be another one in the new time zone.
    let runner = hermes_app::Runner {
        time_zone: fields.get("time_zone").unwrap_or(&viewer.runner.time_zone).to_owned(),
        ..viewer.runner.clone()
    };
    let today = web.app.today(&runner);
    web.app.set_preferences(&runner, today, wanted).await
}

/// A, B, C as runners call them.
pub(crate) const fn letter(priority: u8) -> &'static str {
    match priority {
        1 => "A race",
        2 => "B race",
        _ => "C race",
    }
}

/// The goals, each with a button that removes it.
pub(crate) fn goal_list(goals: &[GoalView]) -> Markup {
    html! {
        @if goals.is_empty() { p.quiet { "No goal is set." } }
        ul.goals {
            @for g in goals {
                li {
                    div {
                        p.goal-name {
                            strong { (g.goal.distance.name()) }
                            span.pill { (letter(g.goal.priority)) }
                        }
                        p {
                            (text::long_day(g.goal.day)) ", "
                            @if g.days_left >= 0 { (text::in_days(g.days_left)) }
                            @else { "past" }
                            @if let Some(time) = g.goal.time { " · aim " (time.clock_text()) }
                        }
                        @if let Some(verdict) = &g.verdict {
                            p.quiet { (fault::sentence(verdict)) }
                        }
                    }
                    form method="post" action="/settings/goals/remove" {
                        input type="hidden" name="id" value=(g.id);
                        button.button.second.slim type="submit"
                            aria-label={
                                "Remove the " (g.goal.distance.name()) " on " (g.goal.day)
                            } {
                            "Remove"
                        }
                    }
                }
            }
        }
    }
}

/// Distance, day, hoped-for time, priority.
pub(crate) fn goal_fields(viewer: &Viewer) -> Markup {
    html! {
        div.fields {
            label { span { "Distance" }
                select name="distance" required {
                    @for d in RaceDistance::ALL {
                        option value=(d.word()) selected[d == RaceDistance::Half] { (d.name()) }
                    }
                }
            }
            label { span { "Race day" }
                input type="date" name="day" required min=(viewer.today + 1)
                    max=(viewer.today + hermes_app::HORIZON_DAYS);
            }
            label { span { "Time you hope for " small { "optional" } }
                input type="text" name="time" inputmode="numeric" placeholder="1:45:00"
                    pattern="[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?" autocomplete="off";
            }
            label { span { "Importance" }
                select name="priority" {
                    option value="1" { "A: the race everything leads to" }
                    option value="2" { "B: run it well on the way" }
                    option value="3" { "C: for fun or training" }
                }
            }
        }
    }
}

fn weekdays(week_start: WeekStart) -> impl Iterator<Item = Weekday> {
    let first = match week_start {
        WeekStart::Monday => 1,
        WeekStart::Sunday => 0,
    };
    (0..7).map(move |i| Weekday::ALL[(first + i) % 7])
}

/// All preferences, filled with what holds now.
pub(crate) fn preference_fields(viewer: &Viewer) -> Markup {
    let p = &viewer.preferences;
    html! {
        fieldset {
            legend { "Days you can run" }
            div.day-picks {
                @for day in weekdays(p.week_start) {
                    label.pick {
                        input type="checkbox" name="run_day" value=(day.number())
                            checked[p.run_days.contains(day)];
                        span { (text::short_weekday(day)) }
                    }
                }
            }
        }
        div.fields {
            label { span { "Long run on" }
                select name="long_run_day" {
                    option value="" { "Where your history has it" }
                    @for day in weekdays(p.week_start) {
                        option value=(day.number()) selected[p.long_run_day == Some(day)] {
                            (day.name())
                        }
                    }
                }
            }
            label { span { "Most runs a week" }
                select name="max_runs" {
                    option value="" { "What your history supports" }
                    @for n in 1..=7_u8 {
                        option value=(n) selected[p.max_runs == Some(n)] { (n) }
                    }
                }
            }
            label { span { "Longest week " small { (text::unit(p.units)) ", optional" } }
                input type="text" name="weekly_cap" inputmode="decimal" autocomplete="off"
                    value=[p.weekly_cap.map(|d| text::bare_distance(p.units, d))];
            }
            label { span { "Year of birth " small { "optional" } }
                input type="number" name="birth_year" min="1900" max="2020" value=[p.birth_year];
            }
        }
        (screen_fields(viewer, p))
        fieldset {
            legend { "Before you start" }
            label.check {
                input type="checkbox" name="cautious_start" value="1" checked[p.cautious_start];
                span {
                    "One of these is true: heart trouble, chest pain on effort, pregnancy, under \
                     18, or a long illness. Hermes then begins with care; ask your doctor, too."
                }
            }
        }
    }
}

fn screen_fields(viewer: &Viewer, p: &Preferences) -> Markup {
    html! {
        details.add open[p.day_caps.iter().any(Option::is_some)] {
            summary { "Time limits per day" }
            div.caps {
                @for day in weekdays(p.week_start) {
                    label { span { (text::short_weekday(day)) }
                        input type="number" name={ "cap_" (day.number()) } min="15" max="600"
                            step="5" placeholder="min" aria-label={ (day.name()) ", minutes" }
                            value=[p.day_caps[usize::from(day.number())]];
                    }
                }
            }
        }
        div.fields {
            label { span { "Units" }
                select name="units" {
                    option value="km" selected[p.units == Units::Km] { "Kilometres" }
                    option value="miles" selected[p.units == Units::Miles] { "Miles" }
                }
            }
            label { span { "Week starts on" }
                select name="week_start" {
                    option value="monday" selected[p.week_start == WeekStart::Monday] { "Monday" }
                    option value="sunday" selected[p.week_start == WeekStart::Sunday] { "Sunday" }
                }
            }
            label { span { "Time zone" }
                input type="text" name="time_zone" value=(viewer.runner.time_zone) required
                    autocomplete="off" spellcheck="false" placeholder="Europe/Berlin"
                    data-zone[viewer.runner.time_zone == "UTC"];
            }
        }
    }
}
