//! Bars by week: planned and done, and what the km were made of.

use super::axis::{Axis, FLOOR, HEIGHT, LEFT, RIGHT, Span, TOP, WIDTH};
use super::{Hits, Tables, boxes, figure, key};
use crate::text;
use hermes_app::WeekVolume;
use hermes_engine::calendar::Day;
use hermes_engine::units::{Metres, Units};
use maud::{Markup, html};

/// Steps of a distance axis, in whole units.
const STEPS: [i64; 9] = [1, 2, 5, 10, 20, 50, 100, 200, 500];

/// A week as two bars: what was planned, and what was done.
pub(crate) struct WeekBar {
    pub(crate) start: Day,
    pub(crate) planned: Metres,
    pub(crate) done: Metres,
    /// The name of the phase it lies in.
    pub(crate) phase: Option<&'static str>,
}

impl From<&WeekVolume> for WeekBar {
    fn from(week: &WeekVolume) -> Self {
        let WeekVolume { week_start, planned, done } = *week;
        Self { start: week_start, planned, done, phase: None }
    }
}

/// Metres of one unit on screen.
pub(super) const fn unit_metres(units: Units) -> i64 {
    match units {
        Units::Km => 1_000,
        Units::Miles => 1_609,
    }
}

/// Places of bars side by side.
struct Slots {
    slot: i64,
    width: i64,
}

impl Slots {
    fn new(count: usize) -> Self {
        let slot = (RIGHT - LEFT) / (count as i64).max(1);
        Self { slot, width: (slot * 7 / 10).clamp(2, 44) }
    }

    /// Each slot with what is said of it.
    fn hits(&self, said: impl Iterator<Item = String>) -> Hits {
        let left = |n| self.middle(n) - self.slot / 2;
        let at = said.enumerate().map(|(n, said)| (left(n), TOP, said)).collect();
        Hits { width: self.slot, height: FLOOR - TOP, now: None, at }
    }

    /// The middle of a slot.
    fn middle(&self, n: usize) -> i64 {
        LEFT + self.slot * n as i64 + self.slot / 2
    }
}

/// The axis of distances up to the highest one, and heights on it.
fn distance_axis(most: Metres, units: Units) -> (Axis, impl Fn(Metres) -> i64) {
    let unit = unit_metres(units);
    let axis = Axis::over(0, most.0 / unit + 1, &STEPS, false);
    let top = axis.lines.last().copied().unwrap_or(1).max(1);
    (axis, move |d: Metres| d.0 * (FLOOR - TOP) / (top * unit))
}

/// The class of a phase by its name.
pub(super) fn phase_class(name: &str) -> String {
    name.to_lowercase()
}

/// Planned and done distance of some weeks, oldest first.
pub(crate) fn volume(weeks: &[WeekVolume], units: Units) -> Markup {
    let bars: Vec<WeekBar> = weeks.iter().map(WeekBar::from).collect();
    weekly("volume", "Planned and done distance of the last weeks", &bars, units, Tables::Here)
}

/// Planned and done distance by week, oldest first, with the phases below them where they are
/// known. `id` is unlike that of any other picture of the page.
pub(crate) fn weekly(
    id: &str,
    title: &str,
    weeks: &[WeekBar],
    units: Units,
    tables: Tables<'_>,
) -> Markup {
    let most = weeks.iter().map(|w| w.planned.max(w.done)).max().unwrap_or_default();
    let (axis, height) = distance_axis(most, units);
    let slots = Slots::new(weeks.len());
    let (w, inner) = (slots.width, (slots.width * 2 / 3).max(2));
    let title_id = format!("{id}-title");
    let svg = html! {
        svg viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img" aria-labelledby=(title_id) {
            title id=(title_id) { (title) }
            (axis.draw(&format!("{} a week", text::unit(units)), |n| n.to_string()))
            (phases(weeks, &slots))
            (boxes("done", weeks.iter().enumerate().map(|(n, week)| {
                let d = height(week.done);
                (slots.middle(n) - inner / 2, FLOOR - d, inner, d)
            })))
            (boxes("planned", weeks.iter().enumerate().map(|(n, week)| {
                let p = height(week.planned);
                (slots.middle(n) - w / 2, FLOOR - p, w, p)
            })))
            (below(weeks.iter().map(|w| w.start).collect(), &slots))
        }
    };
    let legend = html! { (key("done", "done")) (key("planned", "planned")) (phase_keys(weeks)) };
    let hits = slots.hits(weeks.iter().map(|w| said(w, units)));
    figure(id, &svg, &hits, &legend, tables, || table(weeks, units))
}

/// The phases as a band below the bars: one piece for weeks in a row.
fn phases(weeks: &[WeekBar], slots: &Slots) -> Markup {
    const HEIGHT: i64 = 5;
    let mut first = 0;
    html! {
        @for run in weeks.chunk_by(|a, b| a.phase == b.phase) {
            @let left = slots.middle(first) - slots.slot / 2;
            @if let Some(phase) = run[0].phase {
                (boxes(&phase_class(phase),
                    [(left, FLOOR + 2, slots.slot * run.len() as i64, HEIGHT)].into_iter()))
            }
            @let () = first += run.len();
        }
    }
}

/// The phases that are drawn, in their order on the way.
fn phase_keys(weeks: &[WeekBar]) -> Markup {
    let drawn = |name: &&str| weeks.iter().any(|w| w.phase == Some(name));
    html! {
        @for name in ["Base", "Build", "Peak", "Taper", "Recovery"].iter().filter(|n| drawn(n)) {
            (key(&phase_class(name), name))
        }
    }
}

/// The days below the bars: each week of few, months of many.
fn below(starts: Vec<Day>, slots: &Slots) -> Markup {
    const FEW: usize = 10;
    let (Some(first), Some(last)) = (starts.first(), starts.last()) else { return html! {} };
    html! {
        @if starts.len() <= FEW {
            @for (n, start) in starts.iter().enumerate() {
                @if starts.len() < 7 || n % 2 == starts.len().saturating_sub(1) % 2 {
                    text.middle x=(slots.middle(n)) y=(FLOOR + 24) {
                        (text::day_and_month(*start))
                    }
                }
            }
        } @else {
            (Span { first: *first, last: *last + 6 }.months(FLOOR + 24))
        }
    }
}

fn said(week: &WeekBar, units: Units) -> String {
    let planned = if week.planned == Metres::ZERO {
        "no plan".to_owned()
    } else {
        format!("{} planned", units.distance(week.planned))
    };
    let phase = week.phase.map_or_else(String::new, |p| format!(", {p}"));
    let start = text::short_day(week.start);
    format!("Week of {start}: {} done, {planned}{phase}", units.distance(week.done))
}

fn table(weeks: &[WeekBar], units: Units) -> Markup {
    let or_dash = |d| crate::parts::distance_or_dash(units, d);
    html! {
        table.plain {
            thead { tr {
                th scope="col" { "Week of" }
                th.num scope="col" { "Planned" }
                th.num scope="col" { "Done" }
            } }
            tbody {
                @for week in weeks {
                    tr {
                        th scope="row" { (text::date(week.start)) }
                        td.num { (or_dash(week.planned)) }
                        td.num { (or_dash(week.done)) }
                    }
                }
            }
        }
    }
}

/// A week as one bar of parts.
pub(crate) struct Stack {
    pub(crate) start: Day,
    pub(crate) parts: Vec<Metres>,
}

/// What the km of the weeks were made of: parts from below, each a style class and a name.
pub(crate) fn split(
    id: &str,
    title: &str,
    parts: &[(&'static str, &'static str)],
    weeks: &[Stack],
    units: Units,
    tables: Tables<'_>,
) -> Markup {
    let most = weeks.iter().map(|w| w.parts.iter().copied().sum::<Metres>()).max();
    let (axis, height) = distance_axis(most.unwrap_or_default(), units);
    let slots = Slots::new(weeks.len());
    let title_id = format!("{id}-title");
    let said = |week: &Stack| {
        let words = parts.iter().zip(&week.parts).filter(|(_, d)| d.0 > 0);
        let words: Vec<String> =
            words.map(|((_, name), d)| format!("{} {name}", units.distance(*d))).collect();
        let words = if words.is_empty() { "nothing yet".to_owned() } else { words.join(", ") };
        format!("Week of {}: {words}", text::short_day(week.start))
    };
    let svg = html! {
        svg viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img" aria-labelledby=(title_id) {
            title id=(title_id) { (title) }
            (axis.draw(&format!("{} a week", text::unit(units)), |n| n.to_string()))
            @for (k, (class, _)) in parts.iter().enumerate() {
                (boxes(class, weeks.iter().enumerate().map(|(n, week)| {
                    let below: Metres = week.parts.iter().take(k).copied().sum();
                    let part = week.parts.get(k).copied().unwrap_or_default();
                    let (from, to) = (height(below), height(below + part));
                    let x = slots.middle(n) - slots.width / 2;
                    (x, FLOOR - to, slots.width, (to - from - 1).max(0))
                })))
            }
            (below(weeks.iter().map(|w| w.start).collect(), &slots))
        }
    };
    let legend = html! { @for (class, name) in parts { (key(class, name)) } };
    let table = || {
        html! {
            table.plain {
                thead { tr {
                    th scope="col" { "Week of" }
                    @for (_, name) in parts { th.num scope="col" { (name) } }
                } }
                tbody { @for week in weeks { tr {
                    th scope="row" { (text::date(week.start)) }
                    @for part in &week.parts { td.num { (units.distance(*part)) } }
                } } }
            }
        }
    };
    let hits = slots.hits(weeks.iter().map(said));
    figure(id, &svg, &hits, &legend, tables, table)
}
