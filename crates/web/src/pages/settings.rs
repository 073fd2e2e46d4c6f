//! Settings: goals, preferences, signing out. The forms are shared with the onboarding.

use crate::auth::Viewer;
use crate::draft::{Draft, Input, select, tick};
use crate::fault::{self, Fault};
use crate::form::{self, Fields, GoalForm, Wrong};
use crate::shell::{self, Tab};
use crate::{Web, parts, text};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use hermes_app::{AppError, GoalView, Kind};
use hermes_engine::calendar::{WeekStart, Weekday};
use hermes_engine::record::{Preferences, RaceDistance};
use hermes_engine::units::Units;
use maud::{Markup, html};

/// The forms of the page, new or back.
#[derive(Default)]
struct Drafts {
    goal: Draft,
    preferences: Draft,
}

/// `GET /settings`.
pub(crate) async fn page(State(web): State<Web>, viewer: Viewer) -> Result<Markup, Fault> {
    draw(&web, &viewer, &Drafts::default()).await
}

async fn draw(web: &Web, viewer: &Viewer, drafts: &Drafts) -> Result<Markup, Fault> {
    let goals = web.app.goals(&viewer.runner).await?;
    let body = html! {
        header.page-head { p.eyebrow { "How Hermes plans for you" } h1 { "Settings" } }
        section.card #goals aria-labelledby="goals-title" {
            h2 #goals-title { "Goals" }
            (goal_list(&goals))
            details.add open[goals.is_empty() || drafts.goal.is_back()] {
                summary { "Add a goal" }
                form method="post" action="/settings/goals" {
                    (goal_fields(viewer, &drafts.goal))
                    button.button type="submit" { "Add goal" }
                }
            }
        }
        section.card #preferences aria-labelledby="preferences-title" {
            h2 #preferences-title { "Preferences" }
            p.quiet { "They hold from the next plan on. Safety rules stand above all of them." }
            form method="post" action="/settings/preferences" {
                (preference_fields(viewer, &drafts.preferences))
                button.button type="submit" { "Save preferences" }
            }
        }
        section.card #send-it {
            h2 { "Send It mode" }
            p {
                "Wider limits for a few days, by your choice: "
                a href="/send-it" data-sheet { "See what it would change" } "."
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
        section.card #imports {
            h2 { "Archives and files" }
            p {
                "Bring more runs, see what became of each file, try again or take back: "
                a href="/imports" { "Imports" }
            }
        }
        section.card {
            h2 { "This browser" }
            p {
                "Signing out asks for a new link the next time: " code { "hermes sign-in" }
                ". It also removes the copy of this week that the browser keeps for reading \
                 without a connection."
            }
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
    match save_goal(&web, &viewer, &fields).await? {
        Ok(()) => Ok(Redirect::to("/settings#goals").into_response()),
        Err((code, wrong)) => {
            let drafts = Drafts { goal: Draft::back(fields, wrong), ..Drafts::default() };
            Ok((code, draw(&web, &viewer, &drafts).await?).into_response())
        }
    }
}

/// Why a form was not taken: what to answer, and what to say beside which field.
pub(crate) type Refused = (StatusCode, Wrong);

/// Saves the goal of a form. One that is there already, word for word, is not saved again: the
/// form came twice.
pub(crate) async fn save_goal(
    web: &Web,
    viewer: &Viewer,
    fields: &Fields,
) -> Result<Result<(), Refused>, Fault> {
    let goal = match GoalForm::read(fields) {
        Ok(goal) => goal,
        Err(wrong) => return Ok(Err((StatusCode::UNPROCESSABLE_ENTITY, wrong))),
    };
    let Viewer { runner, today, .. } = viewer;
    let GoalForm { distance, day, time, priority } = goal;
    match web.app.add_goal(runner, *today, distance, day, time, priority).await {
        Ok(_) => Ok(Ok(())),
        Err(AppError::Conflict(sentence)) => {
            let there = web.app.goals(runner).await?;
            let same = |g: &GoalView| (g.goal.distance, g.goal.day, g.goal.time);
            if there.iter().any(|g| same(g) == (distance, day, time)) {
                return Ok(Ok(()));
            }
            Ok(Err((StatusCode::CONFLICT, Wrong::one("day", sentence))))
        }
        Err(error) => Ok(Err(form::refused(error, "day")?)),
    }
}

/// `POST /settings/goals/remove`.
pub(crate) async fn remove_goal(
    State(web): State<Web>,
    viewer: Viewer,
    fields: Fields,
) -> Result<Redirect, Fault> {
    let id = fields.get("id").and_then(|id| id.parse().ok());
    let gone = "that goal is not there any more; it may have been removed on another page";
    let id = id.ok_or_else(|| AppError::NotFound(gone.to_owned()))?;
    match web.app.remove_goal(&viewer.runner, viewer.today, id).await {
        Err(error) if error.kind() == Kind::NotFound => {
            Err(AppError::NotFound(gone.to_owned()).into())
        }
        done => Ok(done.map(|()| Redirect::to("/settings#goals"))?),
    }
}

/// `POST /settings/preferences`.
pub(crate) async fn save_preferences(
    State(web): State<Web>,
    viewer: Viewer,
    fields: Fields,
) -> Result<Response, Fault> {
    match store_preferences(&web, &viewer, &fields).await? {
        Ok(()) => Ok(Redirect::to("/settings#preferences").into_response()),
        Err((code, wrong)) => {
            let drafts = Drafts { preferences: Draft::back(fields, wrong), ..Drafts::default() };
            Ok((code, draw(&web, &viewer, &drafts).await?).into_response())
        }
    }
}

/// Saves the preferences and the time zone of a form. A form that was opened before they were
/// changed elsewhere is not saved over that change: it comes back, and can be sent again.
pub(crate) async fn store_preferences(
    web: &Web,
    viewer: &Viewer,
    fields: &Fields,
) -> Result<Result<(), Refused>, Fault> {
    let wanted = match form::preferences(fields) {
        Ok(wanted) => wanted,
        Err(wrong) => return Ok(Err((StatusCode::UNPROCESSABLE_ENTITY, wrong))),
    };
    let held = &viewer.runner.time_zone;
    let zone = fields.get("time_zone").unwrap_or(held);
    let stale = fields.get("opened").is_some_and(|opened| opened != state_of(viewer));
    if stale && (&wanted, zone) != (&viewer.preferences, held) {
        let why = "Your preferences were changed on another page after this form was opened. \
                   Nothing was saved yet, and what you chose is still below: save it again if it \
                   is what you want.";
        return Ok(Err((StatusCode::CONFLICT, Wrong::one("form", why))));
    }
    if zone != held
        && let Err(error) = web.app.set_time_zone(viewer.runner.id, zone).await
    {
        return Ok(Err(form::refused(error, "time_zone")?));
    }
    // The day may be another one in the new time zone.
    let runner = hermes_app::Runner { time_zone: zone.to_owned(), ..viewer.runner.clone() };
    let today = web.app.today(&runner);
    match web.app.set_preferences(&runner, today, wanted).await {
        Ok(()) => Ok(Ok(())),
        Err(error) => Ok(Err(form::refused(error, "form")?)),
    }
}

/// What a form of preferences was filled with, in a few letters.
fn state_of(viewer: &Viewer) -> String {
    crate::assets::print(format!("{:?}{}", viewer.preferences, viewer.runner.time_zone).as_bytes())
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
pub(crate) fn goal_fields(viewer: &Viewer, draft: &Draft) -> Markup {
    let distances = RaceDistance::ALL
        .map(|d| (d.word().to_owned(), d.name().to_owned(), d == RaceDistance::Half));
    let importance = [
        ("1", "A: the race everything leads to"),
        ("2", "B: run it well on the way"),
        ("3", "C: for fun or training"),
    ];
    let importance = importance.map(|(n, words)| (n.to_owned(), words.to_owned(), n == "1"));
    html! {
        div.fields {
            (select(draft, "distance", "Distance", &distances))
            (Input { name: "day", label: "Race day", kind: "date", required: true,
                min: Some((viewer.today + 1).to_string()),
                max: Some((viewer.today + hermes_app::HORIZON_DAYS).to_string()),
                ..Input::default() }.draw(draft))
            (Input { name: "time", label: "Time you hope for", note: "optional",
                placeholder: Some("1:45:00"), pattern: Some("[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?"),
                title: Some("h:mm:ss, for example 1:45:00"), ..Input::default() }.draw(draft))
            (select(draft, "priority", "Importance", &importance))
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

/// All preferences, filled with what holds now or was typed.
pub(crate) fn preference_fields(viewer: &Viewer, draft: &Draft) -> Markup {
    let p = &viewer.preferences;
    let mut long_runs = vec![(String::new(), "Your usual day".to_owned(), false)];
    long_runs.extend(
        weekdays(p.week_start).map(|day| {
            (day.number().to_string(), day.name().to_owned(), p.long_run_day == Some(day))
        }),
    );
    let mut runs = vec![(String::new(), "As many as you usually run".to_owned(), false)];
    runs.extend((1..=7_u8).map(|n| (n.to_string(), n.to_string(), p.max_runs == Some(n))));
    let unit = format!("{}, optional", text::unit(p.units));
    html! {
        input type="hidden" name="opened" value=(state_of(viewer));
        (parts::problem(draft.wrong("form")))
        fieldset aria-describedby=[draft.described("run_day")] {
            legend { "Days you can run" }
            div.day-picks {
                @for (n, day) in weekdays(p.week_start).enumerate() {
                    @let number = day.number().to_string();
                    label.pick {
                        input type="checkbox" name="run_day" value=(number)
                            checked[draft.chosen("run_day", &number, p.run_days.contains(day))]
                            aria-invalid=[draft.invalid("run_day")]
                            autofocus[n == 0 && draft.focus("run_day")];
                        span { (text::short_weekday(day)) }
                    }
                }
            }
            (draft.error("run_day"))
        }
        div.fields {
            (select(draft, "long_run_day", "Long run on", &long_runs))
            (select(draft, "max_runs", "Most runs a week", &runs))
            (Input { name: "weekly_cap", label: "Longest week", note: &unit,
                mode: Some("decimal"),
                value: p.weekly_cap.map(|d| text::bare_distance(p.units, d)),
                ..Input::default() }.draw(draft))
            (Input { name: "birth_year", label: "Year of birth", note: "optional", kind: "number",
                min: Some("1900".to_owned()), max: Some("2020".to_owned()),
                value: p.birth_year.map(|y| y.to_string()), ..Input::default() }.draw(draft))
        }
        (day_caps(p, draft))
        (screen_fields(viewer, draft))
        fieldset {
            legend { "Before you start" }
            (tick(draft, "cautious_start",
                "One of these is true: heart trouble, chest pain on effort, pregnancy, under 18, \
                 or a long illness. Hermes then begins with care; ask your doctor, too.",
                p.cautious_start))
        }
    }
}

fn day_caps(p: &Preferences, draft: &Draft) -> Markup {
    let names: Vec<String> = (0..7).map(|n| format!("cap_{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let open = p.day_caps.iter().any(Option::is_some) || draft.any_wrong(&names);
    html! {
        details.add open[open] {
            summary { "Time limits per day" }
            div.caps {
                @for day in weekdays(p.week_start) {
                    (Input { name: &format!("cap_{}", day.number()), label: text::short_weekday(day),
                        kind: "number", min: Some("15".to_owned()), max: Some("600".to_owned()),
                        step: Some(5), placeholder: Some("min"),
                        spoken: Some(format!("{}, minutes", day.name())),
                        value: p.day_caps[usize::from(day.number())].map(|m| m.to_string()),
                        ..Input::default() }.draw(draft))
                }
            }
        }
    }
}

fn screen_fields(viewer: &Viewer, draft: &Draft) -> Markup {
    let p = &viewer.preferences;
    let choice = |value: &str, name: &str, holds| (value.to_owned(), name.to_owned(), holds);
    let units = [
        choice("km", "Kilometres", p.units == Units::Km),
        choice("miles", "Miles", p.units == Units::Miles),
    ];
    let starts = [
        choice("monday", "Monday", p.week_start == WeekStart::Monday),
        choice("sunday", "Sunday", p.week_start == WeekStart::Sunday),
    ];
    html! {
        div.fields {
            (select(draft, "units", "Units", &units))
            (select(draft, "week_start", "Week starts on", &starts))
            (Input { name: "time_zone", label: "Time zone", required: true,
                placeholder: Some("Europe/Berlin"), zone: viewer.runner.time_zone == "UTC",
                value: Some(viewer.runner.time_zone.clone()), ..Input::default() }.draw(draft))
        }
    }
}
