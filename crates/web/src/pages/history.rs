//! History: every change of state, road and plan, with the rule, what was measured, and what the
//! last weeks were when it happened.

use crate::auth::Viewer;
use crate::fault::Fault;
use crate::shell::{self, Tab};
use crate::why::{self, Reason};
use crate::{Web, parts, text};
use axum::extract::{Query, State};
use hermes_app::{Entry, EntryKind};
use hermes_engine::evidence::Source;
use hermes_engine::units::{Metres, Units};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::Value as Json;

/// Spans that can be asked for, in days, with their names; the first is the usual one.
const SPANS: [(i64, &str); 4] =
    [(90, "3 months"), (28, "4 weeks"), (365, "a year"), (1825, "5 years")];
/// Most entries on the page: it says so where there are more.
const SHOWN: usize = 200;

/// What the address asks for.
#[derive(Debug, Deserialize)]
pub(crate) struct HistoryQuery {
    days: Option<String>,
    only: Option<String>,
}

const fn kind_word(kind: EntryKind) -> (&'static str, &'static str, &'static str) {
    match kind {
        EntryKind::First => ("first", "First plan", "good"),
        EntryKind::State => ("state", "State", "accent"),
        EntryKind::Roadmap => ("road", "Roadmap", ""),
        EntryKind::Adaptation => ("adaptation", "Plan", ""),
    }
}

/// `GET /history`.
pub(crate) async fn page(
    State(web): State<Web>,
    viewer: Viewer,
    Query(query): Query<HistoryQuery>,
) -> Result<Markup, Fault> {
    let asked = query.days.as_deref().and_then(|d| d.parse::<i64>().ok());
    let days = asked.filter(|d| SPANS.iter().any(|s| s.0 == *d)).unwrap_or(SPANS[0].0);
    let only = query.only.as_deref().unwrap_or_default();
    let all = web.app.history(&viewer.runner, viewer.today - days, viewer.today).await?;
    let wanted = |e: &&Entry| only.is_empty() || kind_word(e.kind).0 == only;
    let found: Vec<&Entry> = all.iter().rev().filter(wanted).collect();
    let body = html! {
        header.page-head { p.eyebrow { "What changed, and why" } h1 { "History" } }
        (filters(days, only))
        @if found.is_empty() {
            section.card.empty {
                h2 { "Nothing changed in this time" }
                p { "States, roads and plans that change are kept here with their reasons." }
            }
        } @else {
            ol.trail { @for e in found.iter().take(SHOWN) { (entry(e, viewer.units())) } }
            @if found.len() > SHOWN {
                p.quiet { "The latest " (SHOWN) " of " (found.len()) " changes are shown." }
            }
        }
    };
    Ok(shell::page(Tab::History, "History", &viewer, &body))
}

fn filters(days: i64, only: &str) -> Markup {
    html! {
        form.filters.few method="get" action="/history" {
            label { span { "In the last" }
                select name="days" { @for (n, name) in SPANS {
                    option value=(n) selected[n == days] { (name) }
                } }
            }
            label { span { "About" }
                select name="only" {
                    option value="" { "everything" }
                    @for kind in [EntryKind::State, EntryKind::Adaptation, EntryKind::Roadmap] {
                        @let (word, name, _) = kind_word(kind);
                        option value=(word) selected[word == only] { (name) }
                    }
                }
            }
            button.button.second type="submit" { "Show" }
        }
    }
}

fn entry(e: &Entry, units: Units) -> Markup {
    let (class, name, colour) = kind_word(e.kind);
    let changed = e.from.as_ref().zip(e.to.as_ref()).filter(|(from, to)| from != to);
    let why = Reason::changed(e);
    let sources: Vec<String> = why.sources().map(Source::text).collect();
    let said = why.long.iter().filter(|line| !sources.contains(line));
    html! {
        li class={ "t-" (class) } {
            div {
                p.quiet.arrow-line {
                    span { (text::long_day(e.date)) } (parts::tag(colour, "", name))
                    @if let Some((from, to)) = changed { span { (from) " → " strong { (to) } } }
                }
                h3 { (text::dated(&why.text)) }
                (against(e))
                details.add {
                    summary { "Why" }
                    @for line in said { p { (text::dated(line)) } }
                    (windows(&e.windows, units))
                    @if !sources.is_empty() { div.why-list { (why::evidence(&sources)) } }
                }
            }
        }
    }
}

/// What it did to the plan before, in per cent.
fn against(e: &Entry) -> Markup {
    let worth = |change: Option<i64>| change.filter(|permille| permille.abs() >= 5);
    let both = [
        ("Distance", worth(e.volume_change_permille)),
        ("Intensity", worth(e.intensity_change_permille)),
    ];
    html! {
        @if both.iter().any(|(_, change)| change.is_some()) {
            p.chips { @for (name, change) in both { @if let Some(permille) = change {
                @let sign = match permille { 0 => "=", n if n > 0 => "↑", _ => "↓" };
                (parts::tag("", sign, &format!("{name} {}", text::percent(permille))))
            } } }
        }
    }
}

/// The last 7, 28 and 90 days as they stood.
fn windows(windows: &[Option<Json>; 3], units: Units) -> Markup {
    if windows.iter().any(Option::is_none) {
        return html! {};
    }
    let rows: [(&str, &str); 6] = [
        ("km", "Distance"),
        ("runs", "Runs"),
        ("longest_km", "Longest run"),
        ("quality_sessions", "Quality sessions"),
        ("rest_days", "Rest days"),
        ("compliance_permille", "Kept"),
    ];
    html! {
        table.plain {
            thead { tr {
                th { span.hidden { "Figure" } }
                @for days in ["7 days", "28 days", "90 days"] { th.num scope="col" { (days) } }
            } }
            tbody { @for (key, name) in rows { tr {
                th scope="row" { (name) }
                @for w in windows.iter().flatten() { td.num { (figure(w, key, units)) } }
            } } }
        }
    }
}

fn figure(window: &Json, key: &str, units: Units) -> String {
    let value = &window[key];
    match (key, value.as_i64(), value.as_str()) {
        ("compliance_permille", Some(n), _) => format!("{} %", n / 10),
        (_, Some(n), _) => n.to_string(),
        (_, _, Some(km)) => metres(km).map_or_else(|| "–".to_owned(), |d| units.distance(d)),
        _ => "–".to_owned(),
    }
}

/// Kilometres as text with three decimals.
fn metres(km: &str) -> Option<Metres> {
    let (whole, thousandths) = km.split_once('.')?;
    Some(Metres(whole.parse::<i64>().ok()?.checked_mul(1000)? + thousandths.parse::<i64>().ok()?))
}

#[cfg(test)]
mod tests {
    use super::{Metres, metres};

    #[test]
    fn kilometres_are_read_back_as_metres() {
        assert_eq!(metres("12.345"), Some(Metres(12_345)));
        assert_eq!(metres("0.000"), Some(Metres(0)));
        for odd in ["", "x", "1", "1.x", "99999999999999999999.000"] {
            assert_eq!(metres(odd), None, "{odd}");
        }
    }
}
