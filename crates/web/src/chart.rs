//! Pictures as SVG: sizes in attributes, colours from the style sheet, a `<title>` per mark.

use crate::text;
use hermes_app::WeekVolume;
use hermes_engine::session::{Amount, Role, Session, Zone};
use hermes_engine::units::{Metres, Pace, Seconds, Units};
use maud::{Markup, html};

/// Width of the drawing of a session, in its own units.
const WIDTH: i64 = 1000;
/// Height of the drawing of a session: 100 is as hard as it gets.
const HEIGHT: i64 = 100;
/// The gap between two bars.
const GAP: i64 = 4;

/// One bar of a session: how long, how hard, what it says.
struct Bar {
    seconds: i64,
    effort: i64,
    class: &'static str,
    label: String,
}

const fn effort(zone: Zone) -> (i64, &'static str) {
    match zone {
        Zone::Z1 => (30, "z1"),
        Zone::Z2 => (45, "z2"),
        Zone::Z3 => (62, "z3"),
        Zone::Threshold => (76, "z4"),
        Zone::Z4 => (82, "z4"),
        Zone::Z5 => (100, "z5"),
    }
}

fn bars(session: &Session, units: Units) -> Vec<Bar> {
    let has_work = session.steps.iter().any(|s| s.role == Role::Work);
    let bar = |(effort, class), amount: Amount, pace: Pace, name: &str| Bar {
        seconds: amount.time_at(pace).0.max(1),
        effort,
        class,
        label: format!("{name}: {} at {}", text::amount(units, amount), units.pace(pace)),
    };
    let mut out = Vec::new();
    for step in &session.steps {
        let at = match step.role {
            Role::WarmUp | Role::CoolDown => effort(Zone::Z1),
            Role::Steady if has_work => effort(Zone::Z2),
            Role::Work | Role::Steady => effort(session.zone),
        };
        for _ in 0..step.times.max(1) {
            out.push(bar(at, step.amount, step.pace, text::role(step.role, session.kind)));
            if let Some((amount, pace)) = step.recovery {
                out.push(bar((18, "z1"), amount, pace, "Easy between"));
            }
        }
    }
    out
}

/// The structure of a session: the width of a bar is its time, the height its intensity.
pub(crate) fn structure(session: &Session, units: Units) -> Markup {
    let bars = bars(session, units);
    if bars.is_empty() {
        return html! {};
    }
    let total: i64 = bars.iter().map(|b| b.seconds).sum();
    let room = WIDTH - GAP * (bars.len() as i64 - 1);
    let mut x = 0;
    let mut placed = Vec::with_capacity(bars.len());
    for bar in bars {
        let width = (bar.seconds * room.max(0) / total).max(2);
        placed.push((x, width, bar));
        x += width + GAP;
    }
    html! {
        figure.structure {
            svg viewBox={ "0 0 " (x.max(WIDTH)) " " (HEIGHT) } preserveAspectRatio="none" role="img"
                aria-label="Bars of the session: wider is longer, higher is harder" {
                @for (x, width, bar) in &placed {
                    rect class=(bar.class) x=(x) y=(HEIGHT - bar.effort) width=(width)
                        height=(bar.effort) rx="3" {
                        title { (bar.label) }
                    }
                }
            }
            figcaption.quiet {
                span { "0 min" }
                span { "wider = longer, higher = harder" }
                span { (text::duration(Seconds(total))) }
            }
        }
    }
}

/// A bar of what is done of what was planned.
pub(crate) fn share(done: Metres, planned: Metres) -> Markup {
    let permille = if planned.0 > 0 { (done.0 * 1000 / planned.0).clamp(0, 1000) } else { 0 };
    html! {
        svg.share viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true" {
            rect.track width="1000" height="10" rx="5" {}
            rect.fill width=(permille) height="10" rx="5" {}
        }
    }
}

/// The gridlines of the volume picture: a step of 1, 2 or 5 times a power of ten units, so that
/// three to six of them cover `most`.
fn grid(units: Units, most: Metres) -> (i64, Vec<i64>) {
    let unit = match units {
        Units::Km => 1_000,
        Units::Miles => 1_609,
    };
    let wanted = most.0.max(unit) / unit + 1;
    let step = [1, 2, 5, 10, 20, 50, 100, 200].into_iter().find(|s| wanted / s < 5).unwrap_or(500);
    let lines = wanted / step + 1;
    (lines * step * unit, (0..=lines).map(|n| n * step).collect())
}

/// Planned and done distance by week, oldest first, with a table for those who do not see it.
pub(crate) fn volume(weeks: &[WeekVolume], units: Units) -> Markup {
    const LEFT: i64 = 44;
    const TOP: i64 = 34;
    const FLOOR: i64 = 200;
    const RIGHT: i64 = 640;
    let most = weeks.iter().map(|w| w.planned.max(w.done)).max().unwrap_or_default();
    let (full, lines) = grid(units, most);
    let top_line = lines.last().copied().unwrap_or(1).max(1);
    let slot = (RIGHT - LEFT) / (weeks.len() as i64).max(1);
    let height = |d: Metres| d.0 * (FLOOR - TOP) / full.max(1);
    let place = |n: usize| LEFT + slot * n as i64 + slot / 2;
    html! {
        figure.volume {
            svg viewBox="0 0 650 234" role="img" aria-labelledby="volume-title" {
                title #volume-title { "Planned and done distance of the last weeks" }
                text.axis x="0" y="12" { (text::unit(units)) " a week" }
                @for line in &lines {
                    @let y = FLOOR - line * (FLOOR - TOP) / top_line;
                    line.grid x1=(LEFT) x2=(RIGHT) y1=(y) y2=(y) {}
                    text.axis.end x=(LEFT - 8) y=(y + 4) { (line) }
                }
                @for (n, week) in weeks.iter().enumerate() {
                    @let x = place(n);
                    @let (p, d) = (height(week.planned), height(week.done));
                    rect.planned x=(x - 20) y=(FLOOR - p) width="40" height=(p) rx="4" {
                        title { (volume_title(week, units)) }
                    }
                    rect.done x=(x - 13) y=(FLOOR - d) width="26" height=(d) rx="3" {
                        title { (volume_title(week, units)) }
                    }
                    text.axis.middle x=(x) y=(FLOOR + 22) {
                        (week.week_start.date().strftime("%-d %b"))
                    }
                }
            }
            figcaption.legend {
                span { i.key-planned {} "planned" }
                span { i.key-done {} "done" }
            }
            details.as-table {
                summary { "As a table" }
                (volume_table(weeks, units))
            }
        }
    }
}

fn volume_title(week: &WeekVolume, units: Units) -> String {
    format!(
        "Week of {}: {} done, {} planned",
        text::short_day(week.week_start),
        units.distance(week.done),
        units.distance(week.planned)
    )
}

fn volume_table(weeks: &[WeekVolume], units: Units) -> Markup {
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
                        th scope="row" { (text::date(week.week_start)) }
                        td.num { (crate::parts::distance_or_dash(units, week.planned)) }
                        td.num { (crate::parts::distance_or_dash(units, week.done)) }
                    }
                }
            }
        }
    }
}

/// The drawing of a curve, in its own units.
const COURSE: (i64, i64, i64, i64) = (56, 640, 24, 150);

/// A value over the distance of a run. `name` says what it is, with its unit; `shown` writes one.
/// Where `down` is set, smaller values stand higher, as a faster pace does.
pub(crate) fn course(
    name: &str,
    at: &[i64],
    values: &[Option<i64>],
    units: Units,
    down: bool,
    shown: impl Fn(i64) -> String,
) -> Markup {
    let (left, right, top, floor) = COURSE;
    let known = values.iter().flatten().copied();
    let (Some(low), Some(high)) = (known.clone().min(), known.clone().max()) else {
        return html! {};
    };
    let (span, length) = ((high - low).max(1), at.last().copied().unwrap_or(1).max(1));
    let x = |metres: i64| left + metres * (right - left) / length;
    let y = |value: i64| {
        let up = if down { high - value } else { value - low };
        floor - up * (floor - top) / span
    };
    let mut lines: Vec<String> = vec![String::new()];
    for (metres, value) in at.iter().zip(values) {
        match (value, lines.last_mut()) {
            (Some(value), Some(line)) => {
                line.push_str(&format!("{},{} ", x(*metres), y(*value)));
            }
            // A gap ends the line.
            _ => lines.push(String::new()),
        }
    }
    let count = known.clone().count() as i64;
    let mean = (known.sum::<i64>() + count / 2) / count.max(1);
    let label =
        format!("{name}: from {} to {}, {} on average", shown(low), shown(high), shown(mean));
    html! {
        figure.course {
            svg viewBox="0 0 650 180" role="img" aria-label=(label) {
                text.axis x="0" y="12" { (name) }
                @for value in [low, low + span / 2, high] {
                    line.grid x1=(left) x2=(right) y1=(y(value)) y2=(y(value)) {}
                    text.axis.end x=(left - 8) y=(y(value) + 4) { (shown(value)) }
                }
                @for line in lines.iter().filter(|line| !line.is_empty()) {
                    polyline points=(line.trim_end()) {}
                }
                text.axis x=(left) y="172" { "0" }
                text.axis.end x=(right) y="172" { (units.distance(Metres(length))) }
            }
            figcaption.quiet { (label) "." }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Units, grid};
    use hermes_engine::units::Metres;

    /// Every volume fits under the top line, with few lines.
    #[test]
    fn the_grid_covers_every_volume_with_few_lines() {
        for units in [Units::Km, Units::Miles] {
            for metres in (0..400_000).step_by(700) {
                let (full, lines) = grid(units, Metres(metres));
                assert!(full > metres, "{metres}: {full}");
                assert!((2..=7).contains(&lines.len()), "{metres}: {lines:?}");
            }
        }
    }
}
