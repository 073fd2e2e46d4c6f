//! One day's session: what to do and at which pace, what it is for and why it is there, what was
//! done of it, and what can be changed.

use crate::auth::Viewer;
use crate::fault::Fault;
use crate::pages::edit::{self, Said};
use crate::pages::felt;
use crate::shell::{self, Tab};
use crate::{Web, parts, session, text};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use hermes_app::{DayView, Done, TemplateView, WeekView};
use hermes_engine::calendar::Day;
use hermes_engine::calibrate::Profile;
use hermes_engine::compliance::Scored;
use hermes_engine::decision;
use hermes_engine::session::{Kind, Session, WeekPlan};
use hermes_engine::units::{Metres, Pace, Seconds, Units};
use maud::{Markup, html};

/// Days after which nothing is asked any more; it can be said for longer.
const FEEDBACK_DAYS: i64 = 14;

/// `GET /workout/{day}`.
pub(crate) async fn page(
    State(web): State<Web>,
    viewer: Viewer,
    Path(day): Path<String>,
    Query(said): Query<Said>,
) -> Result<Markup, Fault> {
    let day = Day::parse(&day).map_err(|error| {
        Fault::Refused(StatusCode::NOT_FOUND, format!("No day has this address: {error}."))
    })?;
    let week = web.app.week(&viewer.runner, viewer.week_of(day)).await?;
    let profile = web.app.known_profile(&viewer.runner).await?;
    let found = week.as_ref().and_then(|w| Some((w, w.days.iter().find(|d| d.day == day)?)));
    let ran = found.is_some_and(|(_, d)| d.activities.iter().any(|a| a.is_run));
    let template = match found.and_then(|(_, d)| d.session()) {
        Some(s) => web.app.template_of(&viewer.runner, day, s.kind).await?,
        None => None,
    };
    let felt = if ran { web.app.feedback_on(&viewer.runner, day).await? } else { None };
    let ask = ran && viewer.today - day <= FEEDBACK_DAYS;
    let title = match found {
        Some((_, d)) if d.session().is_some() => d.session().map_or_else(String::new, text::title),
        Some((_, d)) if d.done == Done::Unplanned => "An unplanned run".to_owned(),
        Some((w, d)) if w.plan.as_ref().is_none_or(|p| d.day < p.first_day) => "No plan".to_owned(),
        _ => "Rest day".to_owned(),
    };
    let body = html! {
        (said.toast())
        header.page-head {
            p.eyebrow {
                a href={ "/plan?week=" (viewer.week_of(day)) } { "Plan" } " · "
                (text::long_day(day))
            }
            h1 { (title) }
        }
        @if let Some((week, view)) = found {
            @let word = ask.then(|| felt::card(day, felt.as_ref()));
            (whole(week, view, &profile, (word, template.as_ref()), &viewer))
        }
        (neighbours(day))
    };
    Ok(shell::page(Tab::Plan, &format!("{title}, {}", text::date(day)), &viewer, &body))
}

fn whole(
    week: &WeekView,
    day: &DayView,
    profile: &Profile,
    (word, template): (Option<Markup>, Option<&TemplateView>),
    viewer: &Viewer,
) -> Markup {
    let units = viewer.units();
    let Some(plan) = &week.plan else {
        return html! {
            section.card.empty {
                h2 { "No plan for this day" }
                (session::runs(day, units))
            }
            @if let Some(word) = word { (word) }
        };
    };
    let this = viewer.week_of(viewer.today);
    let in_reach = week.week_start == this || week.week_start == this + 7;
    let ran = day.activities.iter().any(|a| a.is_run);
    let open = in_reach && day.day >= viewer.today && !ran;
    html! {
        div.columns {
            div.main-column {
                @match day.session() {
                    Some(s) => (planned(s, day, plan, profile, units)),
                    None => (rest(day, plan, units)),
                }
                @if let Some(word) = word { (word) }
                @if open { (change(week, day, viewer)) }
            }
            aside.side-column {
                @if let Some(s) = day.session() {
                    section.card { (session::why(s, plan, units)) }
                }
                section.card { (session::week_reasons(plan, units)) }
                @if let Some(t) = template { (made_from(t, units)) }
            }
        }
    }
}

/// The printed session, and how far it may be changed.
fn made_from(t: &TemplateView, units: Units) -> Markup {
    let range = |(least, most): (String, String)| match least == most {
        true => "exactly that".to_owned(),
        false => format!("{least} to {most}"),
    };
    let minutes = |n: i32| format!("{n} min");
    let share = t.percent_of_long_run.map(|n| format!("{n} %"));
    let timed = t.given_by.as_deref() == Some("time_based");
    let long = t.distance.filter(|_| !timed).map(|d| units.distance(d));
    let length = long.or(t.minutes.map(minutes));
    let between = t.distances.map(|(a, b)| range((units.distance(a), units.distance(b))));
    let between = between.or(t.minutes_between.map(|(a, b)| range((minutes(a), minutes(b)))));
    let weeks = t.weeks.map(|(a, b)| match a == b {
        true => format!("week {a} only"),
        false => format!("weeks {a} to {b}"),
    });
    let kind = t.kind.map(|kind| kind.name().to_owned());
    let rows = [
        ("Schedule", t.schedule.clone()),
        ("Week there", t.week.map(|n| n.to_string())),
        ("Session there", Some(t.name.clone())),
        ("Kind there", kind),
        ("Zone", t.zone.clone()),
        ("Length there", length),
        ("Of the long run", share),
        ("It may become", between),
        ("It may be used in", weeks),
    ];
    html! {
        section.card aria-labelledby="template-title" {
            h2 #template-title { "What it was made from" }
            dl.lines { @for (name, value) in rows { @if let Some(value) = value {
                div { dt { (name) } dd { (value) } }
            } } }
            @if t.after_base { p.quiet { "Only once a base is built." } }
        }
    }
}

fn planned(s: &Session, day: &DayView, plan: &WeekPlan, profile: &Profile, units: Units) -> Markup {
    html! {
        section class={ "card hero " (session::family(s.kind)) } aria-label="The session" {
            div.hero-head {
                (session::big_facts(s, units))
                (parts::status(day))
            }
            p.purpose { (decision::purpose(s.kind, plan.phase)) }
            @if s.pinned || day.modified {
                p {
                    (parts::tag("accent", "✎", "As you asked for"))
                    @if let Some(why) = &day.modified_why { " “" (why) "”" }
                }
            }
            (session::structure(s, Some(profile), units))
        }
        @if day.scored.is_some() || !day.activities.is_empty() {
            section.card aria-labelledby="done-title" {
                h2 #done-title { "Planned and done" }
                (compare(s, day.scored.as_ref(), units))
                (session::runs(day, units))
            }
        }
    }
}

fn rest(day: &DayView, plan: &WeekPlan, units: Units) -> Markup {
    let unplanned = day.day < plan.first_day && day.done != Done::Rest;
    html! {
        section.card.hero.rest {
            div.hero-head {
                h2 { @if unplanned { "Before this plan began" } @else { "Nothing planned" } }
                (parts::status(day))
            }
            @if !unplanned { p.purpose { "Rest is when your body takes in the training." } }
            (session::runs(day, units))
        }
    }
}

/// Planned, done and the difference.
fn compare(s: &Session, scored: Option<&Scored>, units: Units) -> Markup {
    let Some(scored) = scored.filter(|d| !d.activities.is_empty()) else {
        return html! {
            @if let Some(d) = scored { p { (text::dated(&d.text(units))) } }
        };
    };
    let pace = Pace::of(scored.distance, scored.moving);
    // The pace of a session with a main set is that of the set alone: no fair comparison.
    let plain = s.steps.len() <= 1;
    html! {
        table.plain {
            thead { tr {
                th { span.hidden { "What" } }
                th.num scope="col" { "Planned" }
                th.num scope="col" { "Done" }
                th.num scope="col" { "Difference" }
            } }
            tbody {
                (line("Distance", &units.distance(s.distance), &units.distance(scored.distance),
                    &signed(scored.distance.0 - s.distance.0, |m| units.distance(Metres(m)))))
                (line("Time", &text::duration(s.duration), &text::duration(scored.moving),
                    &signed(scored.moving.0 - s.duration.0, |t| text::duration(Seconds(t)))))
                @if let Some(pace) = pace.filter(|_| plain && s.pace.0 > 0) {
                    (line("Pace", &units.pace(s.pace), &units.pace(pace),
                        if pace < s.pace { "faster" }
                        else if pace > s.pace { "slower" }
                        else { "the same" }))
                }
            }
        }
        p { (text::dated(&scored.text(units))) }
    }
}

fn line(what: &str, planned: &str, done: &str, difference: &str) -> Markup {
    html! {
        tr {
            th scope="row" { (what) }
            td.num { (planned) }
            td.num { (done) }
            td.num { (difference) }
        }
    }
}

fn signed(difference: i64, word: impl Fn(i64) -> String) -> String {
    match difference {
        0 => "±0".to_owned(),
        n if n > 0 => format!("+{}", word(n)),
        n => format!("−{}", word(-n)),
    }
}

/// What can be changed of a day to come.
fn change(week: &WeekView, day: &DayView, viewer: &Viewer) -> Markup {
    let path = |what| edit::path(what, day.day);
    let session = day.session();
    html! {
        section.card #change aria-labelledby="change-title" {
            h2 #change-title { "Change it" }
            p.quiet { "You see the verdict and what else would change before anything is saved." }
            div.actions {
                @if let Some(s) = session {
                    (parts::sheet(&path("skip"), "button second",
                        if day.day == viewer.today { "Not today" } else { "Skip it" }))
                    @if !s.pinned {
                        (parts::sheet(&path("pin"), "button second", "Keep as it is"))
                    }
                } @else {
                    (parts::sheet(&path("add"), "button second", "Add a session"))
                }
                (parts::sheet(&path("unavailable"), "button second", "No time that day"))
            }
            @if session.is_some_and(|s| s.is_run() && s.kind != Kind::Race) {
                (edit::boxes(week, day.day, viewer))
            }
        }
    }
}

fn neighbours(day: Day) -> Markup {
    html! {
        nav.pager aria-label="Days" {
            a.button.second.slim rel="prev" href={ "/workout/" (day - 1) } {
                "← " (text::short_day(day - 1)) }
            a.button.second.slim rel="next" href={ "/workout/" (day + 1) } {
                (text::short_day(day + 1)) " →" }
        }
    }
}
