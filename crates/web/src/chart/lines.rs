//! Lines over days: predictions, load, paces.

use super::axis::{Axis, FLOOR, HEIGHT, LEFT, RIGHT, Span, TOP, WIDTH};
use super::{Hits, Tables, figure, key, line_key};
use crate::text;
use hermes_engine::calendar::Day;
use hermes_engine::units::Seconds;
use maud::{Markup, html};
use std::fmt::Write;

/// One line: its style class, its name, and its points by day.
pub(crate) struct Series {
    pub(crate) class: &'static str,
    pub(crate) name: String,
    pub(crate) points: Vec<(Day, i64)>,
}

/// A race time on a day, with the range around it.
pub(crate) struct RaceTime {
    pub(crate) day: Day,
    pub(crate) time: Seconds,
    pub(crate) low: Seconds,
    pub(crate) high: Seconds,
}

/// Predicted race times over days, with the time that is aimed at.
pub(crate) fn race_times(
    id: &str,
    title: &str,
    points: Vec<RaceTime>,
    aim: Option<Seconds>,
    tables: Tables<'_>,
) -> Markup {
    lines(&Lines {
        id,
        title,
        unit: "h:mm:ss",
        steps: &[10, 30, 60, 120, 300, 600, 1200, 1800, 3600],
        flipped: true,
        series: vec![Series {
            class: "l1",
            name: "predicted".to_owned(),
            points: points.iter().map(|p| (p.day, p.time.0)).collect(),
        }],
        band: Some(Band {
            name: "range of eight in ten".to_owned(),
            points: points.iter().map(|p| (p.day, p.low.0, p.high.0)).collect(),
        }),
        goal: aim.map(|t| Goal { name: "your aim".to_owned(), value: t.0 }),
        word: &|s| Seconds(s).clock_text(),
        tables,
    })
}

/// What lies between two lines: day, low, high.
pub(crate) struct Band {
    pub(crate) name: String,
    pub(crate) points: Vec<(Day, i64, i64)>,
}

/// A value to reach.
pub(crate) struct Goal {
    pub(crate) name: String,
    pub(crate) value: i64,
}

/// A picture of lines.
pub(crate) struct Lines<'a> {
    /// Unlike that of any other picture of the page.
    pub(crate) id: &'a str,
    pub(crate) title: &'a str,
    /// What the axis counts.
    pub(crate) unit: &'a str,
    /// Steps that the axis may have.
    pub(crate) steps: &'a [i64],
    /// Less is better, and at the top.
    pub(crate) flipped: bool,
    pub(crate) series: Vec<Series>,
    pub(crate) band: Option<Band>,
    pub(crate) goal: Option<Goal>,
    /// A value in words.
    pub(crate) word: &'a dyn Fn(i64) -> String,
    pub(crate) tables: Tables<'a>,
}

fn path(points: impl Iterator<Item = (i64, i64)>) -> String {
    points.fold(String::new(), |mut path, (x, y)| {
        let letter = if path.is_empty() { 'M' } else { 'L' };
        // Writing to a String cannot fail.
        let _ = write!(path, "{letter}{x} {y}");
        path
    })
}

/// Draws it; nothing without two points.
pub(crate) fn lines(l: &Lines<'_>) -> Markup {
    let days = || l.series.iter().flat_map(|s| s.points.iter().map(|p| p.0));
    let (Some(first), Some(last)) = (days().min(), days().max()) else { return html! {} };
    let values = || {
        let band = l.band.iter().flat_map(|b| &b.points).flat_map(|p| [p.1, p.2]);
        let points = l.series.iter().flat_map(|s| s.points.iter().map(|p| p.1));
        points.chain(band).chain(l.goal.iter().map(|g| g.value))
    };
    let (low, high) = (values().min().unwrap_or(0), values().max().unwrap_or(1));
    let axis = Axis::over(low, high, l.steps, l.flipped);
    let span = Span { first, last };
    let title_id = format!("{}-title", l.id);
    let svg = html! {
        svg viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img" aria-labelledby=(title_id) {
            title id=(title_id) { (l.title) }
            (axis.draw(l.unit, l.word))
            (span.months(FLOOR + 24))
            @if let Some(band) = &l.band {
                @let up = band.points.iter().map(|p| (span.x(p.0), axis.y(p.2)));
                @let down = band.points.iter().rev().map(|p| (span.x(p.0), axis.y(p.1)));
                path.band d={ (path(up.chain(down))) "Z" } {}
            }
            @if let Some(goal) = &l.goal {
                @let y = axis.y(goal.value);
                line.goal-line x1=(LEFT) x2=(RIGHT) y1=(y) y2=(y) { title { (goal.name) } }
            }
            @for s in &l.series {
                path class={ "line " (s.class) }
                    d=(path(s.points.iter().map(|p| (span.x(p.0), axis.y(p.1))))) {}
            }
        }
    };
    let legend = html! {
        @for s in &l.series { (line_key(s.class, &s.name)) }
        @if let Some(band) = &l.band { (key("band", &band.name)) }
        @if let Some(goal) = &l.goal { (line_key("goal-line", &goal.name)) }
    };
    figure(l.id, &svg, &hits(l, span), &legend, l.tables, || table(l))
}

/// The days that can be read: those of the longest line, as many as a finger can tell apart.
fn marks(l: &Lines<'_>) -> Vec<Day> {
    const MOST: usize = 60;
    let longest = l.series.iter().max_by_key(|s| s.points.len());
    let days: Vec<Day> = longest.iter().flat_map(|s| s.points.iter().map(|p| p.0)).collect();
    let every = days.len().div_ceil(MOST).max(1);
    let skip = days.len().saturating_sub(1) % every;
    days.into_iter().skip(skip).step_by(every).collect()
}

fn hits(l: &Lines<'_>, span: Span) -> Hits {
    let days = marks(l);
    let width = ((RIGHT - LEFT) / (days.len() as i64).max(1)).max(4);
    let left = |day| (span.x(day) - width / 2).min(RIGHT - width);
    let at = days.into_iter().map(|day| (left(day), TOP, said(l, day))).collect();
    Hits { width, height: FLOOR - TOP, now: None, at }
}

fn said(l: &Lines<'_>, day: Day) -> String {
    let at = |s: &Series| s.points.iter().find(|p| p.0 == day).map(|p| p.1);
    let words = l.series.iter().filter_map(|s| Some(format!("{} {}", s.name, (l.word)(at(s)?))));
    let band = l.band.iter().flat_map(|b| &b.points).find(|p| p.0 == day);
    let band = band.map(|p| format!("{} to {}", (l.word)(p.1), (l.word)(p.2)));
    let words: Vec<String> = words.chain(band).collect();
    format!("{}: {}", text::short_day(day), words.join(", "))
}

fn table(l: &Lines<'_>) -> Markup {
    let cell = |s: &Series, day| s.points.iter().find(|p| p.0 == day).map(|p| (l.word)(p.1));
    let range = |day| {
        let at = l.band.iter().flat_map(|b| &b.points).find(|p| p.0 == day);
        at.map(|p| format!("{} – {}", (l.word)(p.1), (l.word)(p.2)))
    };
    html! {
        table.plain {
            thead { tr {
                th scope="col" { "Day" }
                @for s in &l.series { th.num scope="col" { (s.name) } }
                @if let Some(band) = &l.band { th.num scope="col" { (band.name) } }
            } }
            tbody { @for day in marks(l) { tr {
                th scope="row" { (text::date(day)) }
                @for s in &l.series { td.num { (cell(s, day).unwrap_or_else(|| "–".to_owned())) } }
                @if l.band.is_some() { td.num { (range(day).unwrap_or_default()) } }
            } } }
        }
    }
}
