//! Today: the session first, then what waits for a word, the days to come, the race, the state.

use crate::auth::Viewer;
use crate::fault::Fault;
use crate::pages::{check_in, edit, felt};
use crate::shell::{self, Tab};
use crate::why::{self, Reason};
use crate::{Web, chart, parts, session, text};
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use hermes_app::{DayView, Done, TodayView, WeekView};
use hermes_engine::calendar::Day;
use hermes_engine::calibrate::Profile;
use hermes_engine::consequences::Modification;
use hermes_engine::decision;
use hermes_engine::session::{Session, WeekPlan};
use hermes_engine::state::{Phase, State as Standing};
use hermes_engine::units::Units;
use maud::{Markup, html};

/// Weeks in the volume picture, this one included.
const VOLUME_WEEKS: u8 = 8;
/// Coming sessions that are listed.
const COMING: usize = 4;

/// The address of a day's workout.
pub(crate) fn workout_path(day: Day) -> String {
    format!("/workout/{day}")
}

/// `GET /today`.
pub(crate) async fn page(
    State(web): State<Web>,
    viewer: Viewer,
    Query(said): Query<edit::Said>,
) -> Result<Response, Fault> {
    // Today publishes the week; before the runner has said what they want, it would be too early.
    let Some(view) = web.app.today_if_under_way(&viewer.runner).await? else {
        return Ok(Redirect::to("/welcome").into_response());
    };
    // The question is asked once there is something to answer it for.
    let ran = today_of(&view).is_some_and(has_run);
    let felt = if ran { web.app.feedback_on(&viewer.runner, view.today).await? } else { None };
    let first = view.week.week_start - 7 * i64::from(VOLUME_WEEKS - 1);
    let weeks = web.app.volumes(&viewer.runner, first, VOLUME_WEEKS).await?;
    let units = viewer.units();
    let body = html! {
        (said.toast())
        header.page-head.today-head {
            p.eyebrow { (text::long_day(view.today)) }
            h1 { (headline(&view)) }
        }
        div.columns {
            div.main-column {
                (now(&view, &viewer))
                @if ran { (felt::card(view.today, felt.as_ref())) }
                @if let Some(check_in) = &view.check_in { (check_in::card(check_in)) }
                (health(&view))
                (strip(&view.week, view.today, units))
                (coming(&view, units))
                section.card aria-labelledby="volume-head" {
                    h2 #volume-head { "Your last weeks" }
                    (chart::volume(&weeks, units))
                    p { a.more href="/trends" { "All trends" } }
                }
            }
            aside.side-column {
                (race(&view, units))
                (standing(&view))
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
    };
    Ok(shell::page(Tab::Today, "Today", &viewer, &body).into_response())
}

fn today_of(view: &TodayView) -> Option<&DayView> {
    view.week.days.iter().find(|d| d.day == view.today)
}

fn has_run(day: &DayView) -> bool {
    day.activities.iter().any(|a| a.is_run)
}

/// A plain-language conclusion comes first.
fn headline(view: &TodayView) -> String {
    let day = today_of(view);
    let ran = day.is_some_and(has_run);
    match day.and_then(DayView::session) {
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
        @match day.session() {
            None => section.card.hero.rest aria-label="Today" { (rest(view, day, units)) },
            Some(s) => section class={ "card hero " (session::family(s.kind)) }
                aria-label="Today" {
                (hero(view, day, s, plan, units))
            },
        }
    }
}

fn hero(view: &TodayView, day: &DayView, s: &Session, plan: &WeekPlan, units: Units) -> Markup {
    html! {
        div.hero-head {
            (session::big_facts(s, units))
            (parts::status(day))
        }
        p.purpose { (decision::purpose(s.kind, plan.phase)) }
        (session::structure(s, view.profile.as_ref(), units))
        @if has_run(day) {
            h3 { "What you did" }
            (session::runs(day, units))
        }
        @for other in day.sessions.iter().filter(|o| *o != s) {
            p { "Also, if you like: " strong { (text::title(other)) } " "
                (session::facts(other, units)) }
        }
        (session::why(s, plan, units))
        div.actions {
            a.button href=(workout_path(day.day)) { "Open the session" }
            @if !has_run(day) {
                (parts::sheet(&edit::path("skip", day.day), "button second", "Not today"))
                a.button.second href={ (workout_path(day.day)) "#change" } { "Move or change" }
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
        p.purpose { "Rest is when your body takes in the training." }
        (session::runs(day, units))
        @if let Some((d, plan)) = next {
            @if let Some(s) = d.session() {
                p {
                    "Next: " a href=(workout_path(d.day)) { strong { (text::title(s)) } } " "
                    (text::in_days(d.day - view.today)) ", "
                    (units.distance(s.distance)) "."
                    @if plan.phase == Phase::Taper { " Your race is near." }
                }
            }
        }
        div.actions {
            (parts::sheet(&format!("/plan/edit?do=add&day={}", day.day), "button second",
                "Add a run"))
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

/// What health has in force, or the way to say that something is wrong.
fn health(view: &TodayView) -> Markup {
    if view.health == Modification::None && view.open_records == 0 {
        return html! {};
    }
    html! {
        section.card.prompt.care aria-labelledby="care-title" {
            h2 #care-title { "Your health comes first" }
            p { (view.health.text()) }
            div.actions {
                a.button href="/health" { "See what is open" }
                (parts::sheet("/health/report", "button second", "Something changed"))
            }
        }
    }
}

/// The next race and the next milestone on the way.
fn race(view: &TodayView, units: Units) -> Markup {
    html! {
        @match &view.next_goal {
            Some(goal) => (parts::countdown(goal, view.profile.as_ref(), units)),
            None => (no_goal()),
        }
        @if let Some(main) = &view.main_goal {
            section.card.small {
                div.milestone {
                    p { small { "On the way to" } strong { (main.goal.distance.name()) } }
                    p.tag.accent { (text::in_days(main.days_left)) }
                }
            }
        }
        @if let Some(m) = &view.milestone {
            section.card.small {
                div.milestone {
                    p { small { "Next milestone" } strong { (m.name) } }
                    p.tag.accent { (text::in_days(m.day - view.today)) }
                }
            }
        }
    }
}

/// The state with its reason, and both meters.
fn standing(view: &TodayView) -> Markup {
    let (streak, longest) = view.streak;
    let (points, breakthroughs, overreaches) = view.killa;
    html! {
        section.card aria-labelledby="state-title" {
            h2 #state-title { "Where you stand" }
            p { (state_tag(view.state)) }
            p { (view.state.meaning()) }
            @if let Some(change) = &view.state_why {
                (why::list(&[Reason::since(change)]))
            }
            div.meters {
                div.meter {
                    h3 { "Momentum" }
                    span.go { (streak) } " " (if streak == 1 { "day" } else { "days" })
                    p {
                        "kept in a row, " (longest) " at best"
                        @if let Some(share) = view.consistency { "; consistency " (share) "\u{a0}%" }
                    }
                }
                div.meter {
                    h3 { "Killa" }
                    span.go { (points) } " points"
                    p {
                        "for " (text::count(i64::from(breakthroughs), "breakthrough"))
                        @match overreaches {
                            0 => {},
                            1 => "; 1 overreach",
                            n => { "; " (n) " overreaches" },
                        }
                    }
                }
            }
            div.actions {
                a.button.ghost.slim href="/history" { "How you got here" }
                a.button.ghost.slim href="/profile" { "Your profile" }
                @if let Some(until) = view.send_it_until {
                    (parts::sheet("/send-it", "button ghost slim",
                        &format!("Send It until {}", text::short_day(until - 1))))
                } @else {
                    (parts::sheet("/send-it", "button ghost slim", "Send It mode"))
                }
                (parts::sheet("/health/report", "button ghost slim", "Something hurts"))
            }
        }
    }
}

/// The state as a chip.
pub(crate) fn state_tag(state: Standing) -> Markup {
    let (class, sign) = match state {
        Standing::Stable => ("good", "●"),
        Standing::Probe => ("good", "▲"),
        Standing::Taper => ("accent", "▼"),
        Standing::Rebuild => ("accent", "◢"),
        Standing::OverrideActive => ("warn", "▲"),
        Standing::Slump => ("warn", "▽"),
        Standing::Overreach => ("warn", "!"),
        Standing::InjuryWatch | Standing::InjuryProtection => ("bad", "!"),
    };
    parts::tag(class, sign, state.name())
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
        // Cross-training has no distance.
        (_, Some(s)) => format!("{}′", (s.duration.0 + 30) / 60),
        (_, None) => "–".to_owned(),
    };
    let (sign, word, class) = match day.done {
        Done::Rest | Done::Nothing if session.is_some() => ("", "as you like", "rest"),
        done => text::done(done).unwrap_or(("–", "Rest day", "rest")),
    };
    let planned = session.map_or_else(|| "rest".to_owned(), text::title);
    html! {
        li {
            a class={ "chip " (family) } href=(workout_path(day.day))
                aria-current=[is_today.then_some("date")]
                {
                span.hidden { (text::day_month(day.day)) ": " (planned) ", " (word) }
                span.chip-day aria-hidden="true" {
                    (text::short_weekday(day.day.weekday()))
                }
                strong aria-hidden="true" { (figure) }
                span class={ "chip-sign " (class) } aria-hidden="true" { (sign) }
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
                ul.agenda {
                    @for (day, _) in next.into_iter().take(COMING) {
                        li { (agenda_row(day, units)) }
                    }
                }
                p { a.more href="/plan" { "The whole week and its reasons" } }
            }
        }
    }
}

/// A day of a list: when, what, how it went.
pub(crate) fn agenda_row(day: &DayView, units: Units) -> Markup {
    let family = day.session().map_or("", |s| session::family(s.kind));
    html! {
        a class={ "agenda-row " (family) } href=(workout_path(day.day)) {
            span.when { (text::short_day(day.day)) }
            span {
                @for s in &day.sessions {
                    strong { (text::title(s)) }
                    (session::facts(s, units))
                }
                @if day.sessions.is_empty() {
                    @for a in day.activities.iter().filter(|a| a.is_run) {
                        strong { (text::activity_name(a)) }
                        span.facts { (units.distance(a.distance)) }
                    }
                }
            }
            @if day.done != Done::Upcoming { (parts::status(day)) }
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
