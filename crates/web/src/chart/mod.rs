//! Pictures as SVG: sizes in attributes, colours from the style sheet, a `<title>` per mark, and a
//! table for those who would rather read. All figures are whole numbers.

mod axis;
mod course;
mod heat;
mod lines;
mod session;
mod timeline;
mod weeks;

pub(crate) use course::{Course, course, way};
pub(crate) use heat::heat;
pub(crate) use lines::{Lines, RaceTime, Series, lines, race_times};
pub(crate) use session::{share, small_structure, structure};
pub(crate) use timeline::{Stone, Timeline, timeline};
pub(crate) use weeks::{Stack, WeekBar, split, volume, weekly};

use maud::{Markup, html};
use std::fmt::Write;

/// Where the table of a picture is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Tables<'a> {
    /// Below it, folded.
    Here,
    /// On the page at `path` where `table` names the picture: a page of many pictures stays light.
    Asked {
        /// The page.
        path: &'a str,
        /// The picture whose table was asked for.
        table: Option<&'a str>,
    },
}

/// The frame around a picture: the drawing, a line for the value under the finger, a legend, and
/// the same as a table.
fn figure(
    id: &str,
    svg: &Markup,
    hits: &Hits,
    legend: &Markup,
    tables: Tables<'_>,
    table: impl FnOnce() -> Markup,
) -> Markup {
    html! {
        figure.chart id={ (id) "-chart" } data-chart {
            (svg)
            (hits.draw())
            p.chart-read hidden aria-live="polite" {}
            figcaption.legend { (legend) }
            @match tables {
                Tables::Here => details.as-table { summary { "As a table" } (table()) },
                Tables::Asked { path, .. } if !tables.asks(id) => p.as-table {
                    a href={ (path) "?table=" (id) "#" (id) "-chart" } { "As a table" }
                },
                Tables::Asked { .. } => details.as-table open { summary { "As a table" } (table()) },
            }
        }
    }
}

impl Tables<'_> {
    fn asks(self, id: &str) -> bool {
        matches!(self, Self::Asked { table, .. } if table == Some(id))
    }
}

/// The places of a picture that can be read, all of one size. The script lays them over it; without
/// it the table says the same. As text they take a quarter of what elements would.
struct Hits {
    width: i64,
    height: i64,
    /// The one that is read first; the last by default.
    now: Option<usize>,
    /// Left, top, and what is said.
    at: Vec<(i64, i64, String)>,
}

impl Hits {
    fn draw(&self) -> Markup {
        let lines: Vec<String> =
            self.at.iter().map(|(x, y, said)| format!("{x} {y} {said}")).collect();
        html! {
            template data-size={ (self.width) " " (self.height) } data-now=[self.now] {
                (lines.join("\n"))
            }
        }
    }
}

/// Rectangles as one path: left, top, width, height of each.
fn boxes(class: &str, rects: impl Iterator<Item = (i64, i64, i64, i64)>) -> Markup {
    let path =
        rects.filter(|r| r.2 > 0 && r.3 > 0).fold(String::new(), |mut path, (x, y, w, h)| {
            // Writing to a String cannot fail.
            let _ = write!(path, "M{x} {y}h{w}v{h}h-{w}z");
            path
        });
    html! { @if !path.is_empty() { path class=(class) d=(path) {} } }
}

/// A sample of a mark with its name.
fn key(class: &str, name: &str) -> Markup {
    html! {
        span {
            svg viewBox="0 0 28 16" aria-hidden="true" {
                rect class=(class) x="1" y="1" width="26" height="14" rx="3" {}
            }
            (name)
        }
    }
}

/// A sample of a line with its name.
fn line_key(class: &str, name: &str) -> Markup {
    html! {
        span {
            svg viewBox="0 0 28 16" aria-hidden="true" {
                line class={ "line " (class) } x1="1" x2="27" y1="8" y2="8" {}
            }
            (name)
        }
    }
}
