//! The profile: what Hermes holds of the runner, as the books stand since the last news, and what is
//! kept at all.

use crate::auth::Viewer;
use crate::fault::Fault;
use crate::shell::{self, Tab};
use crate::{Web, parts, text};
use axum::extract::State;
use hermes_app::{Books, KeptProfile, KeptRows, Moment};
use hermes_engine::units::Units;
use maud::{Markup, html};

/// `GET /profile`.
pub(crate) async fn page(State(web): State<Web>, viewer: Viewer) -> Result<Markup, Fault> {
    let books = web.app.books(&viewer.runner).await?;
    let units = viewer.units();
    let body = html! {
        header.page-head {
            p.eyebrow { "What Hermes knows of you" }
            h1 { "Your profile" }
            p.lead { "Every plan starts from these figures. They are worked out again with each new run." }
        }
        @match &books.profile {
            None => (parts::no_runs()),
            Some(profile) => div.columns {
                div.main-column { (standing(profile, units)) (scores(profile)) }
                aside.side-column { (calibration(profile)) }
            },
        }
        (kept(&books))
    };
    Ok(shell::page(Tab::Trends, "Your profile", &viewer, &body))
}

fn standing(p: &KeptProfile, units: Units) -> Markup {
    let vdot = p.vdot_tenths.map(|v| format!("{}.{}", v / 10, v % 10));
    html! {
        section.card aria-labelledby="paces-head" {
            h2 #paces-head { "Paces and volume" }
            dl.figures.three {
                (parts::figure("Easy pace", &units.pace(p.base), ""))
                (parts::figure("Threshold pace", &units.pace(p.threshold), ""))
                @if let Some(vdot) = vdot { (parts::figure("Fitness value", &vdot, "Daniels-Gilbert")) }
                (parts::figure("Weekly capacity", &units.distance(p.capacity), "what you can repeat"))
                @if let Some(d) = p.month {
                    (parts::figure("Last 28 days", &units.distance(d), ""))
                }
                @if let Some(d) = p.quarter {
                    (parts::figure("Last 90 days", &units.distance(d), ""))
                }
            }
        }
        section.card aria-labelledby="state-head" {
            h2 #state-head { "State and aim" }
            dl.lines {
                div { dt { "State" } dd { (p.state) } }
                div { dt { "Send It mode" } dd { @if p.override_on { "on" } @else { "off" } } }
                div { dt { "Training leads to" } dd {
                    @match p.goal {
                        None => "no race",
                        Some((distance, day, time)) => {
                            (distance.name()) ", " (text::date(day))
                            @if let Some(time) = time { ", in " (time.clock_text()) }
                        },
                    }
                } }
            }
        }
    }
}

fn scores(p: &KeptProfile) -> Markup {
    let said = [
        ("Durability", Some(p.durability), "how well your pace holds in long runs"),
        ("Consistency", Some(p.consistency), "how regularly you have run"),
        ("Last 28 days", p.month_consistency, "consistency of late"),
    ];
    let (class, sign) = match p.risk.as_str() {
        "low" => ("good", "●"),
        "high" => ("bad", "!"),
        _ => ("warn", "▲"),
    };
    html! {
        section.card aria-labelledby="scores-head" {
            h2 #scores-head { "How much you can take" }
            p { (parts::tag(class, sign, &format!("Risk: {}", p.risk))) }
            ul.gauges { @for (name, share, about) in said {
                @if let Some(share) = share { li {
                    span.gauge-name { strong { (name) } small { (about) } }
                    meter min="0" max="100" value=(share) aria-label=(name) { (share) " %" }
                    span.num { (share) " %" }
                } }
            } }
        }
    }
}

fn calibration(p: &KeptProfile) -> Markup {
    let day = |d: Option<_>| d.map_or_else(|| "not yet".to_owned(), text::date);
    html! {
        section.card aria-labelledby="calibration-head" {
            h2 #calibration-head { "Calibration" }
            p { @if p.calibrated { (parts::tag("good", "✓", "Done")) }
                @else { (parts::tag("accent", "…", "Getting to know you")) } }
            dl.lines {
                div { dt { "Runs from" } dd { (day(p.calibration.0)) } }
                div { dt { "Runs to" } dd { (day(p.calibration.1)) } }
            }
            p { a.more href="/welcome/calibration" { "The runs behind it" } }
        }
    }
}

/// The kinds of what is kept, in words.
const KINDS: [(&str, &str); 16] = [
    ("account", "Your account"),
    ("profile", "This profile"),
    ("goals", "Races, past ones too"),
    ("phases", "Phases of the road"),
    ("milestones", "Milestones"),
    ("weeks", "Planned weeks"),
    ("workouts", "Planned sessions"),
    ("activities", "Activities"),
    ("health", "Health records"),
    ("strikes", "Strikes"),
    ("summaries", "Weeks summed up"),
    ("history", "Changes of plan and state"),
    ("momentum", "Momentum meter"),
    ("killa", "Killa meter"),
    ("sessions", "Browsers signed in"),
    ("library", "Session templates, the same for everyone"),
];

fn kept(books: &Books) -> Markup {
    let name = |rows: &KeptRows| {
        let known = KINDS.iter().find(|(what, _)| *what == rows.what);
        known.map_or_else(|| rows.what.clone(), |(_, name)| (*name).to_owned())
    };
    let at = |moment: &Option<Moment>| {
        moment.as_ref().map_or_else(
            || "–".to_owned(),
            |(day, time)| format!("{}, {}", text::date(*day), text::time_of_day(time)),
        )
    };
    html! {
        section.card aria-labelledby="kept-head" {
            h2 #kept-head { "What is stored about you" }
            @if let Some(email) = &books.email {
                p { "Your e-mail address, from your Strava archive: " strong { (email) } }
            }
            table.plain {
                thead { tr {
                    th scope="col" { "What" }
                    th.num scope="col" { "How many" }
                    th.num.wide scope="col" { "Since" }
                    th.num scope="col" { "Last changed" }
                } }
                tbody { @for rows in books.rows.iter().filter(|r| r.count > 0) { tr {
                    th scope="row" { (name(rows)) }
                    td.num { (rows.count) }
                    td.num.wide { (at(&rows.since)) }
                    td.num { (at(&rows.changed)) }
                } } }
            }
        }
    }
}
