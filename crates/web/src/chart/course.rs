//! A value over the distance of one run (pace, heart rate, altitude), and the way that was run.

use super::axis::{Axis, FLOOR, HEIGHT, LEFT, RIGHT, TOP, WIDTH};
use super::weeks::unit_metres;
use super::{Hits, Tables, figure, line_key};
use crate::text;
use hermes_app::Track;
use hermes_engine::units::{Metres, Units};
use maud::{Markup, html};
use std::fmt::Write;

/// Places of a course that can be read.
const MARKS: usize = 60;
/// Most figures below a course.
const TICKS: i64 = 8;
/// Empty units around a way.
const MARGIN: i64 = 30;

/// A value over the distance of a run.
pub(crate) struct Course<'a> {
    /// Unlike that of any other picture of the page.
    pub(crate) id: &'a str,
    /// What it is.
    pub(crate) title: &'a str,
    /// What the axis counts.
    pub(crate) unit: &'a str,
    /// Steps that the axis may have.
    pub(crate) steps: &'a [i64],
    /// Less is better, and at the top.
    pub(crate) flipped: bool,
    /// Metres from the start, rising.
    pub(crate) at: &'a [i64],
    /// As many values.
    pub(crate) values: &'a [Option<i64>],
    /// The class of the line.
    pub(crate) class: &'a str,
    pub(crate) units: Units,
    /// A value in words.
    pub(crate) word: &'a dyn Fn(i64) -> String,
    pub(crate) tables: Tables<'a>,
}

/// The bounds of what is drawn: a few steps among many minutes would make all of them flat, so
/// what is half as much again as the middle value, or less than half of it, ends at the edge.
fn bounds(values: &[Option<i64>]) -> Option<(i64, i64)> {
    let mut known: Vec<i64> = values.iter().flatten().copied().collect();
    known.sort_unstable();
    let middle = *known.get(known.len() / 2)?;
    let (low, high) = (*known.first()?, *known.last()?);
    if middle <= 0 {
        return Some((low, high));
    }
    Some((low.max(middle / 2), high.min(middle * 3 / 2)))
}

/// Draws it; nothing without a value.
pub(crate) fn course(c: &Course<'_>) -> Markup {
    // Altitudes are all of them true, however far from the middle.
    let known = || c.values.iter().flatten().copied();
    let bounds = if c.flipped { bounds(c.values) } else { known().min().zip(known().max()) };
    let Some((low, high)) = bounds else { return html! {} };
    let axis = Axis::over(low, high, c.steps, c.flipped);
    let length = c.at.last().copied().unwrap_or(1).max(1);
    let x = |metres: i64| LEFT + metres * (RIGHT - LEFT) / length;
    let title_id = format!("{}-title", c.id);
    let svg = html! {
        svg viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img" aria-labelledby=(title_id) {
            title id=(title_id) { (c.title) ": " (summary(c)) }
            (axis.draw(c.unit, c.word))
            (distances(length, c.units, &x))
            path class={ "line " (c.class) } d=(line(c, &|v| axis.y(v.clamp(low, high)), &x)) {}
        }
    };
    let every = c.at.len().div_ceil(MARKS).max(1);
    let marks = || c.at.iter().zip(c.values).step_by(every);
    let width = (RIGHT - LEFT) / (marks().count() as i64).max(1);
    let said = |at: i64, value: Option<i64>| {
        let value = value.map_or("–".to_owned(), |v| format!("{} {}", (c.word)(v), c.unit));
        format!("{}: {value}", c.units.distance(Metres(at)))
    };
    let left = |at: i64| (x(at) - width / 2).min(RIGHT - width);
    let hits = Hits {
        width,
        height: FLOOR - TOP,
        now: Some(0),
        at: marks().map(|(at, value)| (left(*at), TOP, said(*at, *value))).collect(),
    };
    let legend = html! { (line_key(c.class, c.title)) span { (summary(c)) } };
    figure(c.id, &svg, &hits, &legend, c.tables, || {
        html! {
            table.plain {
                thead { tr { th scope="col" { "At" } th.num scope="col" { (c.title) ", " (c.unit) } } }
                tbody { @for (at, value) in marks() { tr {
                    th scope="row" { (c.units.distance(Metres(*at))) }
                    td.num { (value.map_or("–".to_owned(), c.word)) }
                } } }
            }
        }
    })
}

/// Least, most and mean in words.
fn summary(c: &Course<'_>) -> String {
    let known = || c.values.iter().flatten().copied();
    let (Some(low), Some(high)) = (known().min(), known().max()) else { return String::new() };
    let count = (known().count() as i64).max(1);
    let mean = (known().sum::<i64>() + count / 2).div_euclid(count);
    let [low, high, mean] = [low, high, mean].map(c.word);
    format!("{low} to {high}, {mean} {} on average", c.unit)
}

/// The line, broken where nothing is known.
fn line(c: &Course<'_>, y: &dyn Fn(i64) -> i64, x: &dyn Fn(i64) -> i64) -> String {
    let mut path = String::new();
    let mut pen = 'M';
    for (at, value) in c.at.iter().zip(c.values) {
        let Some(value) = value else {
            pen = 'M';
            continue;
        };
        // Writing to a String cannot fail.
        let _ = write!(path, "{pen}{} {}", x(*at), y(*value));
        pen = 'L';
    }
    path
}

/// Round distances below the plot.
fn distances(length: i64, units: Units, x: &dyn Fn(i64) -> i64) -> Markup {
    let unit = unit_metres(units);
    let step = [1, 2, 5, 10, 20, 50].into_iter().find(|s| length / (s * unit) < TICKS);
    let step = step.unwrap_or(100);
    html! {
        @for n in (0..=length / unit).step_by(usize::try_from(step).unwrap_or(1)) {
            @let at = x(n * unit);
            line.grid x1=(at) x2=(at) y1=(FLOOR) y2=(FLOOR + 5) {}
            @if at < RIGHT - 24 {
                text.middle x=(at) y=(FLOOR + 24) { (n) @if n == 0 { " " (text::unit(units)) } }
            }
        }
    }
}

/// The way that was run, north up, from the filled dot to the ring.
pub(crate) fn way(track: &Track) -> Markup {
    let (width, height) = track.size;
    let (Some(start), Some(end)) = (track.points.first(), track.points.last()) else {
        return html! {};
    };
    let path = track.points.iter().fold(String::new(), |mut path, (x, y)| {
        let pen = if path.is_empty() { 'M' } else { 'L' };
        // Writing to a String cannot fail.
        let _ = write!(path, "{pen}{x} {y}");
        path
    });
    let view = format!(
        "{} {} {} {}",
        -MARGIN,
        -MARGIN,
        width.max(height / 2) + 2 * MARGIN,
        height.max(width / 3) + 2 * MARGIN
    );
    html! {
        figure.way {
            svg viewBox=(view) role="img" aria-label="Your route, north is up" {
                path.under d=(path) {}
                path.over d=(path) {}
                circle.end cx=(end.0) cy=(end.1) r="16" {}
                circle.start cx=(start.0) cy=(start.1) r="16" {}
            }
            figcaption.legend { span { "● start" } span { "○ end" } span { "north is up" } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::bounds;

    #[test]
    fn a_walk_among_the_run_does_not_flatten_it() {
        let mut values = vec![Some(300); 50];
        values.extend([Some(310), Some(2_000), Some(12), None]);
        assert_eq!(bounds(&values), Some((150, 450)));
        assert_eq!(bounds(&[Some(290), Some(300), Some(320)]), Some((290, 320)));
        assert_eq!(bounds(&[None]), None);
        assert_eq!(bounds(&[Some(-3), Some(-1)]), Some((-3, -1)));
    }
}
