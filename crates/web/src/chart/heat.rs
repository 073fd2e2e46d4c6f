//! Days as squares: how the plan was kept. Each square has its sign; colour is never alone.

use super::axis::{LEFT, RIGHT, WIDTH};
use super::{Hits, Tables, boxes, figure, key};
use crate::text;
use hermes_app::{DayMark, Done};
use hermes_engine::units::{Metres, Units};
use maud::{Markup, html};
use std::fmt::Write;

/// Side of a square with the gap after it, and the gap.
const STEP: i64 = 23;
const GAP: i64 = 3;
const TOP: i64 = 20;

/// The style class and the sign of a square.
const fn mark(done: Done, over: bool) -> (&'static str, &'static str) {
    match (done, over) {
        (Done::Green, _) => ("h-green", "✓"),
        (Done::Yellow, true) => ("h-yellow", "↑"),
        (Done::Yellow, false) => ("h-yellow", "↓"),
        (Done::Orange, true) => ("h-orange", "⇈"),
        (Done::Orange, false) => ("h-orange", "⇊"),
        (Done::Missed, _) => ("h-missed", "×"),
        (Done::Unplanned, _) => ("h-unplanned", "+"),
        (Done::Rest | Done::Excused | Done::Elsewhere, _) => ("h-rest", ""),
        (Done::Upcoming, _) => ("h-upcoming", ""),
        (Done::Nothing, _) => ("h-none", ""),
    }
}

/// Every class and every sign of [`mark`], so that each is drawn at once.
const CLASSES: [&str; 8] = [
    "h-green",
    "h-yellow",
    "h-orange",
    "h-missed",
    "h-unplanned",
    "h-rest",
    "h-upcoming",
    "h-none",
];
const SIGNS: [&str; 7] = ["✓", "↑", "↓", "⇈", "⇊", "×", "+"];

/// One sign at many places, as one text.
fn signs(sign: &str, places: impl Iterator<Item = (i64, i64)>) -> Markup {
    let (mut xs, mut ys, mut text) = (String::new(), String::new(), String::new());
    for (x, y) in places {
        // Writing to a String cannot fail.
        let _ = write!(xs, "{x} ");
        let _ = write!(ys, "{y} ");
        text.push_str(sign);
    }
    html! {
        @if !text.is_empty() {
            text class={ "sign" @if sign == "×" { " miss" } } x=(xs.trim_end()) y=(ys.trim_end())
                aria-hidden="true" { (text) }
        }
    }
}

fn said(d: &DayMark, units: Units) -> String {
    let word = text::done(d.done).map_or("Nothing planned", |(_, word, _)| word);
    let more = match (d.done, d.over) {
        (Done::Yellow | Done::Orange, true) => ", more than planned",
        (Done::Yellow | Done::Orange, false) => ", less than planned",
        _ => "",
    };
    let figures = match (d.planned, d.run) {
        (Metres::ZERO, Metres::ZERO) => String::new(),
        (Metres::ZERO, run) => format!(" ({} run)", units.distance(run)),
        (planned, Metres::ZERO) => format!(" ({} planned)", units.distance(planned)),
        (planned, run) => {
            format!(" ({} of {})", units.distance(run), units.distance(planned))
        }
    };
    format!("{}: {word}{more}{figures}", text::short_day(d.day))
}

/// Whole weeks of days, oldest first: a column a week, a row a weekday.
pub(crate) fn heat(days: &[DayMark], units: Units, tables: Tables<'_>) -> Markup {
    let weeks = days.len().div_ceil(7);
    let step = STEP.min((RIGHT - LEFT) / (weeks as i64).max(1));
    let side = step - GAP;
    let height = TOP + 7 * STEP;
    let place = |n: usize| (LEFT + step * (n / 7) as i64, TOP + STEP * (n % 7) as i64);
    let svg = html! {
        svg viewBox={ "0 0 " (WIDTH) " " (height) } role="img" aria-labelledby="heat-title" {
            title #heat-title { "How the plan was kept, day by day" }
            @for (row, d) in days.iter().take(7).enumerate() {
                @if row % 2 == 0 {
                    text.end x=(LEFT - 8) y=(TOP + STEP * row as i64 + 15) {
                        (text::short_weekday(d.day.weekday()))
                    }
                }
            }
            @for (n, d) in days.iter().enumerate().filter(|(_, d)| d.day.date().day() == 1) {
                text x=(place(n).0) y="12" { (d.day.date().strftime("%b")) }
            }
            @for class in CLASSES {
                (boxes(class, days.iter().enumerate()
                    .filter(|(_, d)| mark(d.done, d.over).0 == class)
                    .map(|(n, _)| (place(n).0, place(n).1, side, STEP - GAP))))
            }
            @for sign in SIGNS {
                (signs(sign, days.iter().enumerate()
                    .filter(|(_, d)| mark(d.done, d.over).1 == sign)
                    .map(|(n, _)| (place(n).0 + side / 2, place(n).1 + 15))))
            }
        }
    };
    let known = days.iter().enumerate().filter(|(_, d)| d.done != Done::Nothing);
    let hits = Hits {
        width: side,
        height: STEP - GAP,
        now: None,
        at: known.map(|(n, d)| (place(n).0, place(n).1, said(d, units))).collect(),
    };
    let legend = html! {
        (key("h-green", "✓ as planned"))
        (key("h-yellow", "↑↓ near it"))
        (key("h-orange", "⇈⇊ off it"))
        (key("h-missed", "× missed"))
        (key("h-unplanned", "+ unplanned"))
        (key("h-rest", "rest or excused"))
    };
    let table = || {
        html! {
            ul { @for d in days.iter().filter(|d| d.done != Done::Nothing && d.done != Done::Rest) {
                li { (said(d, units)) }
            } }
        }
    };
    figure("heat", &svg, &hits, &legend, tables, table)
}
