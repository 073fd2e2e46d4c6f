//! Trends: volume, long runs, easy and hard, pace at heart rate, load, how the plan was kept, and
//! predictions over time.

use crate::auth::Viewer;
use crate::chart::{self, Lines, RaceTime, Series, Stack, Tables, WeekBar};
use crate::fault::Fault;
use crate::shell::{self, Tab};
use crate::why::{self, Reason};
use crate::{Web, parts};
use axum::extract::{Query, State};
use hermes_app::TrendsView;
use hermes_engine::units::{Pace, Seconds, Units};
use maud::{Markup, html};
use serde::Deserialize;

/// Weeks whose split is drawn.
const SPLIT_WEEKS: usize = 26;
/// The parts of a week from below, as the engine sums them up: style class and name.
const PARTS: [(&str, &str); 4] =
    [("s-easy", "easy"), ("s-hard", "quality"), ("s-long", "long"), ("s-rest", "recovery")];

/// What the address asks for: the table of one of the pictures, the reasons of another.
#[derive(Debug, Deserialize)]
pub(crate) struct TrendsQuery {
    table: Option<String>,
    why: Option<String>,
}

/// `GET /trends`.
pub(crate) async fn page(
    State(web): State<Web>,
    viewer: Viewer,
    Query(query): Query<TrendsQuery>,
) -> Result<Markup, Fault> {
    let view = web.app.trends(&viewer.runner).await?;
    let units = viewer.units();
    let tables = Tables::Asked { path: "/trends", table: query.table.as_deref() };
    let body = html! {
        header.page-head { p.eyebrow { "The long view" } h1 { "Trends" } }
        p { a.more href="/profile" { "Your profile in figures" } }
        @if view.weeks.is_empty() { (parts::no_runs()) }
        @else {
            (card("volume", "Distance by week", html! { (volume(&view, units, tables)) }))
            div.two-up {
                (card("kept", "How the plan was kept", html! { (chart::heat(&view.days, units, tables)) }))
                (card("form", "Fitness, fatigue and form", html! { (form(&view, tables)) }))
                (card("predictions", &format!("Predicted {}", view.distance.name()),
                    html! { (predictions(&view, units, tables, query.why.as_deref())) }))
                (card("long", "Longest run by week", html! { (longest(&view, units, tables)) }))
                (card("split", "Easy and hard", html! { (split(&view, units, tables)) }))
                (card("pace", "Pace at the same heart rate", html! { (pace(&view, units, tables)) }))
            }
        }
    };
    Ok(shell::page(Tab::Trends, "Trends", &viewer, &body))
}

fn card(id: &str, title: &str, inside: Markup) -> Markup {
    html! {
        section.card aria-labelledby={ (id) "-head" } {
            h2 id={ (id) "-head" } { (title) }
            (inside)
        }
    }
}

fn volume(view: &TrendsView, units: Units, tables: Tables<'_>) -> Markup {
    let bars: Vec<WeekBar> = view
        .weeks
        .iter()
        .map(|w| WeekBar { start: w.week_start, planned: w.planned, done: w.done, phase: w.phase })
        .collect();
    chart::weekly(
        "volume",
        "Distance planned and done by week, with the phases",
        &bars,
        units,
        tables,
    )
}

fn longest(view: &TrendsView, units: Units, tables: Tables<'_>) -> Markup {
    let from = view.weeks.len().saturating_sub(SPLIT_WEEKS);
    let stacks: Vec<Stack> = view.weeks[from..]
        .iter()
        .map(|w| Stack { start: w.week_start, parts: vec![w.longest] })
        .collect();
    chart::split(
        "longest",
        "The longest run of each week",
        &[("s-long", "longest run")],
        &stacks,
        units,
        tables,
    )
}

fn split(view: &TrendsView, units: Units, tables: Tables<'_>) -> Markup {
    let known = view.weeks.iter().rev().take(SPLIT_WEEKS).rev();
    let stacks: Vec<Stack> = known
        .filter_map(|w| Some(Stack { start: w.week_start, parts: w.split?.to_vec() }))
        .collect();
    if stacks.is_empty() {
        return html! { p.quiet { "Planned weeks appear here once they are over." } };
    }
    let sum = |k: usize| stacks.iter().map(|s| s.parts.get(k).map_or(0, |d| d.0)).sum::<i64>();
    let all: i64 = (0..PARTS.len()).map(sum).sum();
    html! {
        @if all > 0 {
            @let hard = (sum(1) * 100 + all / 2) / all;
            p { strong { (100 - hard) " %" } " of this distance was in easy and long runs, " (hard)
                " % in quality sessions and races, warm-up included." }
        }
        (chart::split("split", "What the km of each week were made of", &PARTS, &stacks, units, tables))
    }
}

fn form(view: &TrendsView, tables: Tables<'_>) -> Markup {
    let points = |of: &dyn Fn(&hermes_app::Load) -> i64| {
        view.loads.iter().map(|l| (l.form.day, of(l) / 100)).collect::<Vec<_>>()
    };
    let series = |class, name: &str, points| Series { class, name: name.to_owned(), points };
    html! {
        @if let Some(last) = view.loads.last() {
            p {
                "Form " strong.go { (last.form.form() / 100) } ": "
                @match last.form.form() / 100 {
                    i64::MIN..=-40 => "deep in a block of work; tired legs are no surprise.",
                    -39..=-10 => "training is working on you.",
                    -9..=20 => "in balance.",
                    _ => "fresh.",
                }
            }
        }
        (chart::lines(&Lines {
            id: "load",
            title: "Running means of daily load over 42 days (fitness), 7 days (fatigue), and \
                their difference (form)",
            unit: "points a day",
            steps: &[5, 10, 20, 50, 100, 200, 500, 1000],
            flipped: false,
            series: vec![
                series("l1", "fitness", points(&|l| l.form.fitness)),
                series("l2", "fatigue", points(&|l| l.form.fatigue)),
                series("l3", "form", points(&|l| l.form.form())),
            ],
            band: None,
            goal: None,
            word: &|n| n.to_string(),
            tables,
        }))
        p.quiet { "A point is a minute at effort 1 of 10. The effort is what you said, or what the \
            speed suggests." }
    }
}

fn predictions(view: &TrendsView, units: Units, tables: Tables<'_>, why: Option<&str>) -> Markup {
    if view.predicted.is_empty() {
        return html! { p.quiet { "Too little is known yet." } };
    }
    let points = view.predicted.iter().map(|p| RaceTime {
        day: p.day,
        time: p.made.time,
        low: p.made.low,
        high: p.made.high,
    });
    let reasons = || -> Vec<Reason> {
        let reasons = view.predicted.iter().rev().map(|p| {
            let said = format!("{}: {}", p.day, p.made.time.clock_text());
            Reason::predicted(&p.made, units).under(said)
        });
        reasons.collect()
    };
    let title = "The race time that your running supported, week by week";
    html! {
        (chart::race_times("prediction", title, points.collect(), None, tables))
        @match why {
            // As with the tables: a page of many pictures stays light.
            Some("prediction") => details.as-table open {
                summary { "Why these times" }
                (why::list(&reasons()))
            },
            _ => p.as-table {
                a href="/trends?why=prediction#predictions-head" { "Why these times" }
            },
        }
    }
}

fn pace(view: &TrendsView, units: Units, tables: Tables<'_>) -> Markup {
    let Some((low, high)) = view.heart_rates.filter(|_| view.paces.len() > 1) else {
        return html! { p.quiet { "Runs with a heart rate are needed for this." } };
    };
    let shown = |p: Pace| match units {
        Units::Km => p.0,
        Units::Miles => p.per_mile().0,
    };
    html! {
        (chart::lines(&Lines {
            id: "pace-line",
            title: "Mean pace of steady runs at your usual heart rate",
            unit: match units { Units::Km => "min/km", Units::Miles => "min/mi" },
            steps: &[5, 10, 15, 30, 60, 120],
            flipped: true,
            series: vec![Series {
                class: "l1",
                name: format!("pace at {low}–{high} bpm"),
                points: view.paces.iter().map(|p| (p.week_start, shown(p.pace))).collect(),
            }],
            band: None,
            goal: None,
            word: &|s| Seconds(s).clock_text(),
            tables,
        }))
        p.quiet { "Runs of 20 minutes and more, level ground; faster is higher." }
    }
}
