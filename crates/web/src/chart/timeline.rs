//! The road to race day: phases as a band, weeks as bars over it, milestones as stones.

use super::axis::{Axis, FLOOR, LEFT, RIGHT, Span, TOP, WIDTH};
use super::weeks::{phase_class, unit_metres};
use super::{Hits, Tables, WeekBar, boxes, figure, key};
use crate::text;
use hermes_engine::calendar::Day;
use hermes_engine::roadmap;
use hermes_engine::units::{Metres, Units};
use maud::{Markup, html};

/// A milestone on the road.
pub(crate) struct Stone {
    pub(crate) day: Day,
    pub(crate) name: String,
    pub(crate) reached: bool,
}

/// A road to draw.
pub(crate) struct Timeline<'a> {
    pub(crate) today: Day,
    pub(crate) phases: &'a [roadmap::Span],
    /// Weeks behind with what was done, and weeks ahead with what is likely to be planned.
    pub(crate) weeks: &'a [WeekBar],
    pub(crate) stones: &'a [Stone],
    pub(crate) units: Units,
}

/// Draws it; nothing without a phase.
pub(crate) fn timeline(t: &Timeline<'_>) -> Markup {
    const BAND: i64 = FLOOR + 6;
    const HEIGHT: i64 = FLOOR + 62;
    let starts = || t.phases.iter().map(|p| p.start).chain(t.weeks.iter().map(|w| w.start));
    let ends = || t.phases.iter().map(|p| p.end).chain(t.weeks.iter().map(|w| w.start + 6));
    let (Some(first), Some(last)) = (starts().min(), ends().max()) else { return html! {} };
    let span = Span { first, last };
    let unit = unit_metres(t.units);
    let most = t.weeks.iter().map(|w| w.planned.max(w.done)).max().unwrap_or_default();
    let axis = Axis::over(0, most.0 / unit + 1, &[5, 10, 20, 50, 100, 200], false);
    let top = axis.lines.last().copied().unwrap_or(1).max(1);
    let height = |d: Metres| d.0 * (FLOOR - TOP) / (top * unit);
    let slot = (span.x(first + 7) - span.x(first)).max(3);
    let svg = html! {
        svg viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img" aria-labelledby="road-title" {
            title #road-title { "Your road: phases, weekly distance, milestones" }
            (axis.draw(&format!("{} a week", text::unit(t.units)), |n| n.to_string()))
            (boxes("done", t.weeks.iter().map(|w| {
                let d = height(w.done);
                (span.x(w.start) + slot / 6, FLOOR - d, (slot * 2 / 3).max(2), d)
            })))
            (boxes("planned", t.weeks.iter().map(|w| {
                let p = height(w.planned);
                (span.x(w.start) + 1, FLOOR - p, (slot - 2).max(2), p)
            })))
            @for phase in t.phases {
                @let (a, b) = (span.x(phase.start), span.x(phase.end));
                rect class=(phase_class(phase.phase.name())) x=(a) y=(BAND)
                    width=((b - a).max(2)) height="12" rx="3" {
                    title { (phase.phase.name()) ", " (text::date(phase.start)) " to "
                        (text::date(phase.end)) }
                }
            }
            @for stone in t.stones {
                @let x = span.x(stone.day);
                path.dot d={ "M" (x) " " (BAND + 17) "l5 7-5 7-5-7z" } {
                    title { (text::short_day(stone.day)) ": " (stone.name)
                        @if stone.reached { ", reached" } }
                }
            }
            @let now = span.x(t.today);
            line.now x1=(now) x2=(now) y1=(TOP - 8) y2=(BAND + 14) {}
            text class={ "strong" @if now > RIGHT - 60 { " end" } @else if now > LEFT + 30
                { " middle" } } x=(now) y=(TOP - 12) { "today" }
            (span.months(BAND + 48))
        }
    };
    let hits = Hits {
        width: slot,
        height: FLOOR - TOP,
        now: t.weeks.iter().position(|w| (w.start..w.start + 7).contains(&t.today)),
        at: t.weeks.iter().map(|w| (span.x(w.start), TOP, said(w, t.today, t.units))).collect(),
    };
    let legend = html! {
        (key("done", "done"))
        (key("planned", "planned, ahead as it is likely"))
        @for name in ["Base", "Build", "Peak", "Taper", "Recovery"] {
            @if t.phases.iter().any(|p| p.phase.name() == name) { (key(&phase_class(name), name)) }
        }
        span { svg viewBox="0 0 28 16" aria-hidden="true" { path.dot d="M14 1l5 7-5 7-5-7z" {} }
            "milestone" }
    };
    let table = || {
        html! {
            table.plain {
                thead { tr { th scope="col" { "Week of" } th.num scope="col" { "Planned" }
                    th.num scope="col" { "Done" } } }
                tbody { @for w in t.weeks { tr {
                    th scope="row" { (text::date(w.start)) }
                    td.num { (crate::parts::distance_or_dash(t.units, w.planned)) }
                    td.num { (crate::parts::distance_or_dash(t.units, w.done)) }
                } } }
            }
        }
    };
    figure("road", &svg, &hits, &legend, Tables::Here, table)
}

fn said(week: &WeekBar, today: Day, units: Units) -> String {
    let start = text::short_day(week.start);
    let planned = units.distance(week.planned);
    if week.start > today {
        return format!("Week of {start}: {planned} likely");
    }
    format!("Week of {start}: {} done, {planned} planned", units.distance(week.done))
}
