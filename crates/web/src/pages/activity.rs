//! One activity: its figures, splits and best efforts, its course, and where it came from.

use crate::auth::Viewer;
use crate::fault::Fault;
use crate::form::Fields;
use crate::shell::{self, Tab};
use crate::{Web, chart, parts, text};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Redirect;
use hermes_app::{ActivityDetail, EffortView, SourceView, SplitView};
use hermes_engine::units::{Metres, Pace, Units};
use maud::{Markup, html};
use uuid::Uuid;

/// `GET /activities/{id}`.
pub(crate) async fn page(
    State(web): State<Web>,
    viewer: Viewer,
    Path(id): Path<String>,
) -> Result<Markup, Fault> {
    let detail = web.app.activity(&viewer.runner, number(&id)?).await?;
    let units = viewer.units();
    let name = text::activity_name(&detail.activity);
    let splits = if units == Units::Miles { &detail.miles } else { &detail.km };
    let body = html! {
        header.page-head {
            p.eyebrow { (text::long_day(detail.activity.day)) ", " (detail.activity.time) }
            h1 { (name) }
            @if let Some(why) = &detail.activity.rejected {
                p.lead { "It does not count: " (why) "." }
            }
        }
        (figures(&detail, units))
        (curves(&detail, units))
        div.columns {
            div.main-column {
                (split_table("Splits", splits, units))
                (split_table("Laps of the watch", &detail.laps, units))
            }
            aside.side-column { (efforts(&detail.efforts, units)) (sources(&detail, units)) }
        }
        p { a.more href="/activities" { "All activities" } }
    };
    Ok(shell::page(Tab::Activities, name, &viewer, &body))
}

fn number(id: &str) -> Result<i64, Fault> {
    let none = || {
        Fault::Refused(StatusCode::NOT_FOUND, "There is no such activity among yours.".to_owned())
    };
    id.parse().map_err(|_| none())
}

fn figures(d: &ActivityDetail, units: Units) -> Markup {
    let a = &d.activity;
    let beats = |b: i32| format!("{b} bpm");
    html! {
        section.card {
            dl.figures.wide {
                (parts::figure("Distance", &parts::distance_or_dash(units, a.distance), ""))
                (parts::figure("Moving time", &a.moving.clock_text(), ""))
                (parts::figure("Elapsed time", &d.elapsed.clock_text(), ""))
                @if let Some(pace) = a.pace { (parts::figure("Pace", &units.pace(pace), "")) }
                @if let Some(hr) = a.heart_rate { (parts::figure("Heart rate", &beats(hr), "")) }
                @if let Some(hr) = d.max_heart_rate {
                    (parts::figure("Highest heart rate", &beats(hr), ""))
                }
                @if let Some(up) = a.ascent {
                    (parts::figure("Ascent", &text::ascent(units, up), ""))
                }
                (parts::figure("Sport", &a.activity_type, ""))
                @if let Some(device) = &d.device { (parts::figure("Recorded by", device, "")) }
            }
        }
    }
}

fn curves(d: &ActivityDetail, units: Units) -> Markup {
    let Some(c) = &d.curve else {
        return html! {
            section.card.empty { p { "There are no points of this activity: no file of it was read." } }
        };
    };
    let pace = |s: i64| units.pace(Pace(s));
    let height = |m: i64| text::ascent(units, Metres(m));
    html! {
        section.card aria-labelledby="course-title" {
            h2 #course-title { "Course" }
            @if d.activity.is_run { (chart::course("Pace", &c.at, &c.pace, units, true, pace)) }
            (chart::course("Heart rate (bpm)", &c.at, &c.heart_rate, units, false, |b| b.to_string()))
            (chart::course("Altitude", &c.at, &c.altitude, units, false, height))
        }
    }
}

fn split_table(title: &str, splits: &[SplitView], units: Units) -> Markup {
    let pace = |p: Option<Pace>| p.map_or_else(|| "–".to_owned(), |p| units.pace(p));
    let graded = splits.iter().any(|s| s.graded_pace.is_some());
    html! {
        @if !splits.is_empty() {
            section.card {
                table.plain {
                    caption { h2 { (title) } }
                    thead { tr {
                        th.num scope="col" { "No." }
                        th.num scope="col" { "Distance" }
                        th.num scope="col" { "Time" }
                        th.num scope="col" { "Pace" }
                        @if graded { th.num scope="col" { "On the level" } }
                        th.num scope="col" { "Heart rate" }
                    } }
                    tbody { @for s in splits {
                        tr {
                            th.num scope="row" { (s.number) }
                            td.num { (parts::distance_or_dash(units, s.distance.unwrap_or_default())) }
                            td.num { (s.moving.clock_text()) }
                            td.num { (pace(s.pace)) }
                            @if graded { td.num { (pace(s.graded_pace)) } }
                            td.num { @if let Some(b) = s.heart_rate { (b) } @else { "–" } }
                        }
                    } }
                }
            }
        }
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
                    tbody { @for e in efforts {
                        tr {
                            th scope="row" { (e.name) }
                            td.num { strong { (e.time.clock_text()) } }
                            td.num { @if let Some(p) = e.pace { (units.pace(p)) } @else { "–" } }
                        }
                    } }
                }
            }
        }
    }
}

fn sources(d: &ActivityDetail, units: Units) -> Markup {
    let id = d.activity.id;
    html! {
        section.card aria-labelledby="sources-title" {
            h2 #sources-title { "Where it came from" }
            ul.runs { @for s in &d.sources { li { (source(s, id, units)) } } }
            @if id > 0 {
                p {
                    a.strava href={ "https://www.strava.com/activities/" (id) } rel="noreferrer" {
                        strong { "View on Strava" }
                    }
                }
            }
            @if d.sources.len() > 1 {
                p.quiet {
                    "These sources tell of the same run. What a file measured goes before what \
                     others say."
                }
            }
            details.add {
                summary { "Is it the same run as another activity?" }
                form method="post" action={ "/activities/" (id) "/merge" } {
                    label { span { "The other activity's number (it stands in its address)" }
                        input name="other" inputmode="numeric" required pattern="-?[0-9]+"; }
                    button.button.second type="submit" { "Merge the two" }
                }
            }
        }
    }
}

fn source(s: &SourceView, id: i64, units: Units) -> Markup {
    html! {
        span.name { (s.what) }
        span.facts {
            span { (units.distance(s.distance)) }
            span { (s.moving.clock_text()) }
        }
        @if let Some(file) = &s.file {
            small.quiet { (file) @if let Some(n) = s.points { ", " (n) " points" } }
        }
        @if !s.fixed {
            form method="post" action={ "/activities/" (id) "/split" } {
                input type="hidden" name="source" value=(s.id);
                button.button.second type="submit" { "This is another run: split" }
            }
        }
    }
}

fn wrong(sentence: &str) -> Fault {
    Fault::Refused(StatusCode::UNPROCESSABLE_ENTITY, sentence.to_owned())
}

/// `POST /activities/{id}/split`.
pub(crate) async fn split(
    State(web): State<Web>,
    viewer: Viewer,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Redirect, Fault> {
    let id = number(&id)?;
    let source = fields.get("source").and_then(|s| Uuid::parse_str(s).ok());
    let source = source.ok_or_else(|| wrong("Choose the source to split off on the page."))?;
    web.app.split_activity(&viewer.runner, id, source).await?;
    Ok(Redirect::to(&format!("/activities/{id}")))
}

/// `POST /activities/{id}/merge`.
pub(crate) async fn merge(
    State(web): State<Web>,
    viewer: Viewer,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Redirect, Fault> {
    let id = number(&id)?;
    let other = fields.get("other").and_then(|o| o.parse().ok());
    let other = other.ok_or_else(|| {
        wrong("Give the number of the other activity, as it stands in its page's address.")
    })?;
    let left = web.app.merge_activities(&viewer.runner, id, other).await?;
    let now = left.first().copied().unwrap_or(id);
    Ok(Redirect::to(&format!("/activities/{now}")))
}
