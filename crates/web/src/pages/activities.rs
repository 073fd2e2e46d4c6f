//! Activities: the list, with search and filters in the address.

use crate::auth::Viewer;
use crate::fault::Fault;
use crate::parts::{self, NEWEST_FIRST, Pages};
use crate::shell::{self, Tab};
use crate::{Web, text};
use axum::extract::{Query, State};
use hermes_app::{ActivityPage, ActivityQuery, ActivityView};
use hermes_engine::calendar::Day;
use hermes_engine::units::Units;
use maud::{Markup, html};
use serde::Deserialize;

/// Longest text that is searched for, in characters.
const SEARCH_LENGTH: usize = 100;

/// The filters as they stand in the address.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Filters {
    q: Option<String>,
    runs: Option<String>,
    from: Option<String>,
    to: Option<String>,
    page: Option<String>,
}

impl Filters {
    fn checked(&self) -> (ActivityQuery, Option<String>) {
        let mut problem = None;
        let mut day = |text: &Option<String>| {
            let text = text.as_deref().map(str::trim).filter(|t| !t.is_empty())?;
            Day::parse(text).map_err(|e| problem = Some(e.to_string())).ok()
        };
        let (from, to) = (day(&self.from), day(&self.to));
        if from.is_some() && to.is_some() && from > to {
            problem = Some("The first day is after the last one; swap them.".to_owned());
        }
        let text: Option<String> =
            self.q.as_deref().map(|q| q.trim().chars().take(SEARCH_LENGTH).collect());
        let page = self.page.as_deref().and_then(|p| p.parse().ok()).unwrap_or(1_u32).max(1);
        let query = ActivityQuery {
            text: text.filter(|t| !t.is_empty()),
            runs_only: self.runs.is_some(),
            from,
            to,
            page,
        };
        (query, problem)
    }

    fn is_filtered(query: &ActivityQuery) -> bool {
        query.text.is_some() || query.runs_only || query.from.is_some() || query.to.is_some()
    }
}

/// The address of another page of the same list.
fn address(query: &ActivityQuery, page: u32) -> String {
    let mut parts = Vec::new();
    if let Some(text) = &query.text {
        parts.push(format!("q={}", text::query_value(text)));
    }
    if query.runs_only {
        parts.push("runs=1".to_owned());
    }
    parts.extend(query.from.map(|d| format!("from={d}")));
    parts.extend(query.to.map(|d| format!("to={d}")));
    parts.push(format!("page={page}"));
    format!("/activities?{}", parts.join("&"))
}

/// `GET /activities`.
pub(crate) async fn page(
    State(web): State<Web>,
    viewer: Viewer,
    Query(filters): Query<Filters>,
) -> Result<Markup, Fault> {
    let (query, problem) = filters.checked();
    let list = web.app.activities(&viewer.runner, &query).await?;
    let units = viewer.units();
    let body = html! {
        header.page-head {
            p.eyebrow { "Everything that was recorded" }
            h1 { "Activities" }
        }
        (form(&query))
        (parts::problem(problem.as_deref()))
        @if list.count == 0 && !Filters::is_filtered(&query) {
            (parts::no_runs())
        } @else if list.count == 0 {
            section.card.empty {
                h2 { "Nothing matches" }
                p { "No activity fits this search." }
                p { a.button.second href="/activities" { "Show all" } }
            }
        } @else {
            (totals(&list, units))
            (table(&list.items, units))
            (parts::pager(list.page, Pages::Of(list.pages), NEWEST_FIRST, |page| address(&query, page)))
        }
        p { a.more href="/welcome/import" { "Import an archive or files" } " "
            a.more href="/activities/new" { "Enter a run by hand" } }
    };
    Ok(shell::page(Tab::Activities, "Activities", &viewer, &body))
}

fn form(query: &ActivityQuery) -> Markup {
    let day = |d: Option<Day>| d.map(|d| d.to_string());
    html! {
        form.filters method="get" action="/activities" role="search" {
            label.grow { span { "Search" }
                input type="search" name="q" maxlength="100" value=[query.text.as_deref()]
                    placeholder="Name of the activity"; }
            label { span { "From" } input type="date" name="from" value=[day(query.from)]; }
            label { span { "To" } input type="date" name="to" value=[day(query.to)]; }
            label.check { input type="checkbox" name="runs" value="1" checked[query.runs_only];
                span { "Runs only" } }
            button.button.second type="submit" { "Filter" }
        }
    }
}

fn totals(list: &ActivityPage, units: Units) -> Markup {
    html! {
        dl.figures.totals {
            (parts::figure("Activities", &list.count.to_string(), ""))
            (parts::figure("Distance", &units.distance(list.distance), ""))
            (parts::figure("Moving time", &text::duration(list.moving), ""))
        }
    }
}

fn table(items: &[ActivityView], units: Units) -> Markup {
    html! {
        div.card.flush {
            table.activities {
                caption.hidden { "Activities, newest first" }
                thead { tr {
                    th scope="col" { "Day" }
                    th scope="col" { "Name" }
                    th.num scope="col" { "Distance" }
                    th.num scope="col" { "Time" }
                    th.num scope="col" { "Pace" }
                    th.num scope="col" { "Heart rate" }
                    th.num scope="col" { "Ascent" }
                } }
                @for month in items.chunk_by(|a, b| month_of(a) == month_of(b)) {
                    tbody {
                        tr.month { th colspan="7" scope="rowgroup" { (month_of(&month[0])) } }
                        @for a in month { (row(a, units)) }
                    }
                }
            }
        }
    }
}

/// `November 2026`.
fn month_of(a: &ActivityView) -> String {
    a.day.date().strftime("%B %Y").to_string()
}

/// The colour of what it is: a race, a run, anything else.
fn family(a: &ActivityView) -> &'static str {
    match (a.race, a.is_run) {
        (true, _) => "race",
        (false, true) => "easy",
        (false, false) => "other",
    }
}

fn row(a: &ActivityView, units: Units) -> Markup {
    html! {
        tr class=(family(a)) .rejected[a.rejected.is_some()] {
            td.when { (text::short_day(a.day)) small { (text::time_of_day(&a.time)) } }
            td.what {
                strong { a href={ "/activities/" (a.id) } { (text::activity_name(a)) } }
                @if a.race { (parts::tag("race", "⚑", "Race")) }
                @if a.activity_type != "Run" { small { (text::sport(&a.activity_type)) } }
                @if let Some(reason) = &a.rejected {
                    small.reason {
                        span aria-hidden="true" { "⚠ " } "Does not count: " (reason) "."
                    }
                }
            }
            td.num.distance { (parts::distance_or_dash(units, a.distance)) }
            td.num.time { (a.moving.clock_text()) }
            td.num.pace { @if let Some(pace) = a.pace { (units.pace(pace)) } @else { "–" } }
            td.num.heart {
                @if let Some(hr) = a.heart_rate { (hr) small.unit { " bpm" } } @else { "–" }
            }
            td.num.ascent {
                @if let Some(up) = a.ascent { (text::ascent(units, up)) } @else { "–" }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_survive_in_the_address() {
        let filters = Filters {
            q: Some(" a&b ".to_owned()),
            runs: Some("1".to_owned()),
            from: Some("2026-01-01".to_owned()),
            to: Some("soon".to_owned()),
            page: Some("0".to_owned()),
        };
        let (query, problem) = filters.checked();
        assert!(problem.is_some_and(|p| p.contains("soon")));
        assert_eq!(address(&query, 2), "/activities?q=a%26b&runs=1&from=2026-01-01&page=2");
    }
}
