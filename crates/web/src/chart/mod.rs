//! Pictures as SVG: sizes in attributes, colours from the style sheet, a `<title>` per mark, and a
//! table for those who would rather read. All figures are whole numbers.

mod axis;
mod course;
mod heat;
mod lines;
mod session;
mod timeline;
mod weeks;

pub(crate) use course::course;
pub(crate) use heat::heat;
pub(crate) use lines::{Band, Goal, Lines, Series, lines};
pub(crate) use session::{share, small_structure, structure};
pub(crate) use timeline::{Stone, Timeline, timeline};
pub(crate) use weeks::{Stack, WeekBar, split, volume, weekly};

use maud::{Markup, html};

/// The frame around a picture: the drawing, a line for the value under the finger, a legend, and
/// the same as a table.
fn figure(svg: &Markup, legend: &Markup, table: &Markup) -> Markup {
    html! {
        figure.chart data-chart {
            (svg)
            p.chart-read hidden aria-live="polite" {}
            figcaption.legend { (legend) }
            details.as-table { summary { "As a table" } (table) }
        }
    }
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
