//! One activity: its figures, its course and the way, splits and best efforts, which session it was,
//! and where it came from.

use crate::auth::Viewer;
use crate::chart::{self, Course, Tables};
use crate::fault::Fault;
use crate::pages::activity_edit;
use crate::pages::edit::Said;
use crate::session;
use crate::shell::{self, Tab};
use crate::{Web, parts, text};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use hermes_app::{ActivityDetail, ActivityQuery, ActivityView, Curve, EffortView, SplitView};
use hermes_engine::units::{Metres, Pace, Units};
use maud::{Markup, html};
use serde::Deserialize;

/// What the address asks for: the table of one of the pictures, and what was done just now.
#[derive(Debug, Deserialize)]
pub(crate) struct ActivityParameters {
    table: Option<String>,
    #[serde(flatten)]
    said: Said,
}

/// `GET /activities/{id}`.
pub(crate) async fn page(
    State(web): State<Web>,
    viewer: Viewer,
    Path(id): Path<String>,
    Query(query): Query<ActivityParameters>,
) -> Result<Markup, Fault> {
    let detail = web.app.activity(&viewer.runner, number(&id)?).await?;
    let a = &detail.activity;
    let matched = web.app.match_of(&viewer.runner, a).await?;
    let near = ActivityQuery { from: Some(a.day - 1), to: Some(a.day + 1), ..Default::default() };
    let mut near = web.app.activities(&viewer.runner, &near).await?.items;
    near.retain(|other| other.id != a.id);
    let units = viewer.units();
    let name = text::activity_name(a);
    let path = format!("/activities/{}", a.id);
    let tables = Tables::Asked { path: &path, table: query.table.as_deref() };
    let splits = if units == Units::Miles { &detail.miles } else { &detail.km };
    let body = html! {
        (query.said.toast())
        (head(&detail, name))
        (figures(&detail, units))
        div.columns {
            div.main-column {
                (curves(&detail, units, tables))
                (split_table("Splits", splits, units))
                @if detail.laps.len() > 1 { (split_table("Laps", &detail.laps, units)) }
            }
            aside.side-column {
                @if let Some(track) = &detail.track {
                    section.card aria-labelledby="way-head" {
                        h2 #way-head { "Route" }
                        (chart::way(track))
                    }
                }
                @if a.is_run { (activity_edit::matched(&detail, &matched, units)) }
                (efforts(&detail.efforts, units))
                (activity_edit::marks(&detail))
                (activity_edit::sources(&detail, &near, units))
            }
        }
        p { a.more href="/activities" { "All activities" } }
    };
    Ok(shell::page(Tab::Activities, name, &viewer, &body))
}

/// The id of an address.
pub(crate) fn number(id: &str) -> Result<i64, Fault> {
    let none = || {
        Fault::Refused(StatusCode::NOT_FOUND, "There is no such activity among yours.".to_owned())
    };
    id.parse().map_err(|_| none())
}

fn head(d: &ActivityDetail, name: &str) -> Markup {
    let a = &d.activity;
    html! {
        header.page-head {
            p.eyebrow {
                a href="/activities" { "Activities" } " · "
                (text::long_day(a.day)) ", " (text::time_of_day(&a.time))
            }
            h1 { (name) }
            p.chips {
                (parts::tag("", "", &text::sport(&a.activity_type)))
                @if d.type_said.is_some() { (parts::tag("good", "✓", "Type set by you")) }
                @if a.race { (parts::tag("race", "⚑", "Race")) }
                @if d.confirmed { (parts::tag("good", "✓", "Confirmed by you")) }
                @if d.excluded { (parts::tag("warn", "×", "Left out by you")) }
                @else if a.rejected.is_some() { (parts::tag("warn", "!", "Does not count")) }
            }
            @if let Some(why) = a.rejected.as_ref().filter(|_| !d.excluded) {
                p.lead { "It does not count: " (why) "." }
            }
        }
    }
}

/// The four that matter large, the rest below them.
fn figures(d: &ActivityDetail, units: Units) -> Markup {
    let a = &d.activity;
    html! {
        section class={ "card hero " (family(a)) } aria-label="Figures" {
            dl.hero-figures {
                (large("distance", &parts::distance_or_dash(units, a.distance)))
                div { dt { "moving" } dd.go { (a.moving.clock_text()) } }
                @if let Some(pace) = a.pace { (large("pace", &units.pace(pace))) }
                @if let Some(hr) = a.heart_rate { (large("heart rate", &format!("{hr} bpm"))) }
                @if let Some(up) = a.ascent { (large("ascent", &text::ascent(units, up))) }
            }
            (more_figures(d, units))
        }
    }
}

/// The colour of what it is.
fn family(a: &ActivityView) -> &'static str {
    match (a.race, a.is_run) {
        (true, _) => "race",
        (false, true) => "easy",
        (false, false) => "other",
    }
}

/// A figure with a small unit: `12.3 km`, `5:20/km`.
fn large(name: &str, figure: &str) -> Markup {
    let at = figure.find([' ', '/']).unwrap_or(figure.len());
    let (number, unit) = figure.split_at(at);
    html! { div { dt { (name) } dd.go { (number) small { (unit.trim()) } } } }
}

fn more_figures(d: &ActivityDetail, units: Units) -> Markup {
    let speed = |v: Option<i64>| v.map(|v| text::speed(units, v));
    let watts = |v: Option<i64>| v.map(|v| format!("{v} W"));
    let said = [
        ("Elapsed", Some(d.elapsed.clock_text())),
        ("Highest heart rate", d.max_heart_rate.map(|b| format!("{b} bpm"))),
        ("Mean speed", speed(d.speeds.0)),
        ("Highest speed", speed(d.speeds.1)),
        ("Power", watts(d.watts.0)),
        ("Weighted power", watts(d.watts.1)),
        ("Recorded by", d.device.clone()),
        ("Came from", d.came_by.map(str::to_owned)),
        ("Named there", d.external_id.clone()),
        ("Upload at Strava", d.upload_id.map(|n| n.to_string())),
    ];
    html! {
        dl.small-figures { @for (name, value) in said {
            @if let Some(value) = value { div { dt { (name) } dd { (value) } } }
        } }
    }
}

fn curves(d: &ActivityDetail, units: Units, tables: Tables<'_>) -> Markup {
    let Some(c) = &d.curve else {
        return html! {
            section.card.empty {
                h2 { "Only its totals" }
                p { "No file of this activity was imported. Bring the file from your watch to see \
                     its route, pace, heart rate, splits and best efforts." }
                p { a.button.second href="/welcome/import" { "Import a file" } }
            }
        };
    };
    let paced = d.activity.is_run && c.pace.iter().any(Option::is_some);
    let per = if units == Units::Miles { "min/mi" } else { "min/km" };
    let shown = |s: i64| if units == Units::Miles { Pace(s).per_mile().0 } else { s };
    let pace: Vec<Option<i64>> = c.pace.iter().map(|p| p.map(shown)).collect();
    let clock = |s: i64| hermes_engine::units::Seconds(s).clock_text();
    let bare = |n: i64| n.to_string();
    let feet = |m: i64| text::ascent(units, Metres(m)).split(' ').next().unwrap_or("").to_owned();
    let high = if units == Units::Miles { "ft" } else { "m" };
    let drawn = |id, title, unit, steps, class, flipped, values, word| {
        let Curve { at, .. } = c;
        chart::course(&Course {
            id,
            title,
            unit,
            steps,
            flipped,
            at,
            values,
            class,
            units,
            word,
            tables,
        })
    };
    html! {
        section.card aria-labelledby="course-head" {
            h2 #course-head { "Along the way" }
            @if paced {
                (drawn("pace", "Pace", per, &[5, 10, 15, 30, 60, 120], "l1", true, &pace, &clock))
            }
            (drawn("heart", "Heart rate", "bpm", &[5, 10, 20, 50], "l2 whole", false,
                &c.heart_rate, &bare))
            (drawn("altitude", "Altitude", high, &[1, 2, 5, 10, 20, 50, 100, 200, 500],
                "l3 whole", false, &c.altitude, &feet))
        }
    }
}

/// Splits with a bar each: the longer, the faster.
fn split_table(title: &str, splits: &[SplitView], units: Units) -> Markup {
    let pace = |p: Option<Pace>| p.map_or_else(|| "–".to_owned(), |p| units.pace(p));
    let graded = splits.iter().any(|s| s.graded_pace.is_some() && s.graded_pace != s.pace);
    let beats = splits.iter().any(|s| s.heart_rate.is_some());
    let rises = splits.iter().any(|s| s.rise.is_some());
    let fastest = splits.iter().filter_map(|s| s.pace).map(|p| p.0).min().unwrap_or(1);
    let bar = |p: Pace| (fastest * 100 / p.0.max(1)).clamp(0, 100);
    let id = title.split(' ').next().unwrap_or_default().to_lowercase();
    html! {
        @if !splits.is_empty() {
            section.card aria-labelledby={ (id) "-head" } {
                h2 id={ (id) "-head" } { (title) }
                table.plain.splits {
                    thead { tr {
                        th.num scope="col" { "No." }
                        th.num scope="col" { "Distance" }
                        th.num scope="col" { "Time" }
                        th scope="col" { "Pace" }
                        @if graded { th.num.wide scope="col" { "On the level" } }
                        @if rises { th.num.wide scope="col" { "Climb" } }
                        @if beats { th.num scope="col" { "bpm" } }
                    } }
                    tbody { @for s in splits { tr {
                        th.num scope="row" { (s.number) }
                        td.num { @if let Some(d) = s.distance { (units.distance(d)) } @else { "–" } }
                        td.num { (s.moving.clock_text()) }
                        td.bar-cell {
                            strong { (pace(s.pace)) }
                            @if let Some(p) = s.pace {
                                svg.pace-bar viewBox="0 0 100 6" preserveAspectRatio="none"
                                    aria-hidden="true" {
                                    rect width=(bar(p)) height="6" {}
                                }
                            }
                        }
                        @if graded { td.num.wide { (pace(s.graded_pace)) } }
                        @if rises { td.num.wide { (climb(s.rise, units)) } }
                        @if beats {
                            td.num { @if let Some(b) = s.heart_rate { (b) } @else { "–" } }
                        }
                    } } }
                }
            }
        }
    }
}

fn climb(rise: Option<Metres>, units: Units) -> String {
    match rise {
        None => "–".to_owned(),
        Some(m) if m.0 < 0 => format!("−{}", text::ascent(units, Metres(-m.0))),
        Some(m) if m.0 == 0 => text::ascent(units, m),
        Some(m) => format!("+{}", text::ascent(units, m)),
    }
}

fn efforts(efforts: &[EffortView], units: Units) -> Markup {
    html! {
        @if !efforts.is_empty() {
            section.card aria-labelledby="efforts-title" {
                h2 #efforts-title { "Best efforts" }
                table.plain {
                    thead { tr {
                        th scope="col" { "Distance" }
                        th.num scope="col" { "Time" }
                        th.num scope="col" { "Pace" }
                    } }
                    tbody { @for e in efforts { tr {
                        th scope="row" { (e.name) }
                        td.num { strong { (e.time.clock_text()) } }
                        td.num { @if let Some(p) = e.pace { (units.pace(p)) } @else { "–" } }
                    } } }
                }
            }
        }
    }
}

/// A planned session in a line, as a link to its day.
pub(crate) fn planned_line(s: &hermes_engine::session::Planned, units: Units) -> Markup {
    html! {
        a class={ "agenda-row " (session::family(s.kind)) } href={ "/workout/" (s.day) } {
            span.when { (text::short_day(s.day)) }
            span { strong { (s.kind.name()) } span.facts { (units.distance(s.distance)) } }
        }
    }
}
