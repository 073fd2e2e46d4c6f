//! Two versions of a week side by side.

use crate::auth::Viewer;
use crate::fault::Fault;
use crate::shell::{self, Tab};
use crate::{Web, text};
use axum::extract::{Query, State};
use hermes_app::VersionView;
use hermes_engine::calendar::Day;
use hermes_engine::session::Kind;
use hermes_engine::units::{Metres, Units};
use maud::{Markup, html};
use serde::Deserialize;

/// Which week, and which two of its versions; the last two by default.
#[derive(Debug, Deserialize)]
pub(crate) struct VersionQuery {
    week: Option<String>,
    a: Option<String>,
    b: Option<String>,
}

/// `GET /plan/versions`.
pub(crate) async fn page(
    State(web): State<Web>,
    viewer: Viewer,
    Query(query): Query<VersionQuery>,
) -> Result<Markup, Fault> {
    let day = query.week.as_deref().and_then(|w| Day::parse(w).ok()).unwrap_or(viewer.today);
    let week = viewer.week_of(day);
    let all = web.app.versions(&viewer.runner, week).await?;
    let find = |asked: &Option<String>, back: usize| {
        let asked = asked.as_deref().and_then(|n| n.parse::<i32>().ok());
        let named = asked.and_then(|n| all.iter().find(|v| v.revision == n));
        named.or_else(|| all.get(all.len().checked_sub(back)?))
    };
    let both = find(&query.a, 2).zip(find(&query.b, 1));
    let body = html! {
        header.page-head {
            p.eyebrow { a href={ "/plan?week=" (week) } { "Plan" } " · versions" }
            h1 { (text::week_span(week)) }
        }
        @match (all.is_empty(), both) {
            (true, _) => section.card.empty {
                h2 { "This week has no plan" }
                p { a.button href="/plan" { "Go to this week" } }
            },
            (false, Some((a, b))) => { (chooser(week, &all, a, b)) (side_by_side(week, a, b, &viewer)) },
            (false, None) => section.card.empty {
                h2 { "There is one version only" }
                p { "A new one is made when you change the week, or when news calls for another plan." }
                p { a.button href={ "/plan?week=" (week) } { "Back to the week" } }
            },
        }
    };
    Ok(shell::page(Tab::Plan, "Versions of a week", &viewer, &body))
}

fn name(v: &VersionView) -> String {
    let draft = if v.draft { ", draft" } else { "" };
    format!("{} · {}{draft}", v.revision, text::moment(&v.saved))
}

fn chooser(week: Day, all: &[VersionView], a: &VersionView, b: &VersionView) -> Markup {
    html! {
        form.filters.few method="get" action="/plan/versions" {
            input type="hidden" name="week" value=(week);
            @for (field, word, chosen) in [("a", "This version", a), ("b", "beside this one", b)] {
                label { span { (word) }
                    select name=(field) {
                        @for v in all {
                            option value=(v.revision) selected[v.revision == chosen.revision] {
                                (name(v))
                            }
                        }
                    }
                }
            }
            button.button.second type="submit" { "Compare" }
        }
    }
}

fn of_day(v: &VersionView, day: Day) -> Option<(Kind, Metres)> {
    v.sessions.iter().find(|s| s.day == day).map(|s| (s.kind, s.distance))
}

fn total(v: &VersionView) -> Metres {
    v.sessions.iter().filter(|s| s.is_run()).map(|s| s.distance).sum()
}

fn side_by_side(week: Day, a: &VersionView, b: &VersionView, viewer: &Viewer) -> Markup {
    let units = viewer.units();
    html! {
        section.card {
            table.plain {
                thead { tr {
                    th scope="col" { "Day" }
                    th scope="col" { "Version " (name(a)) }
                    th scope="col" { "Version " (name(b)) }
                } }
                tbody {
                    @for day in (0..7).map(|i| week + i) { (row(day, a, b, units)) }
                    tr {
                        th scope="row" { "Week" }
                        td { strong { (units.distance(total(a))) } }
                        td { strong { (units.distance(total(b))) } }
                    }
                    tr {
                        th scope="row" { "State" }
                        td { (a.plan.state.name()) }
                        td { (b.plan.state.name()) }
                    }
                }
            }
            @for v in [a, b] {
                @if let Some(reason) = &v.reason {
                    p.quiet { "Version " (v.revision) ": " (text::dated(reason)) }
                }
            }
        }
    }
}

fn row(day: Day, a: &VersionView, b: &VersionView, units: Units) -> Markup {
    let (before, after) = (of_day(a, day), of_day(b, day));
    html! {
        tr {
            th scope="row" { (text::short_day(day)) }
            td { (text::short_session(before, units)) }
            td {
                @if before == after { (text::short_session(after, units)) }
                @else {
                    strong { (text::short_session(after, units)) }
                    " " span.tag.accent { "changed" }
                }
            }
        }
    }
}
