//! A value over the distance of one run: pace, heart rate, altitude.

use hermes_engine::units::{Metres, Units};
use maud::{Markup, html};

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
