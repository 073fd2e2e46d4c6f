//! The structure of a session as bars, and how much of something is done.

use crate::text;
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
    let bar = |(effort, class), amount: Amount, pace: Pace, name: &str| {
        let mut label = format!("{name}: {}", text::amount(units, amount));
        if pace.0 > 0 {
            label += &format!(" at {}", units.pace(pace));
        }
        Bar { seconds: amount.time_at(pace).0.max(1), effort, class, label }
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

/// The bars side by side: place, width and bar, and the width of them all.
fn placed(session: &Session, units: Units) -> (Vec<(i64, i64, Bar)>, i64) {
    let bars = bars(session, units);
    let total: i64 = bars.iter().map(|b| b.seconds).sum();
    let room = (WIDTH - GAP * (bars.len() as i64 - 1)).max(0);
    let mut x = 0;
    let mut placed = Vec::with_capacity(bars.len());
    for bar in bars {
        let width = (bar.seconds * room / total.max(1)).max(2);
        placed.push((x, width, bar));
        x += width + GAP;
    }
    (placed, x.max(WIDTH))
}

/// The structure of a session: the width of a bar is its time, the height its intensity.
pub(crate) fn structure(session: &Session, units: Units) -> Markup {
    let (placed, width) = placed(session, units);
    if placed.is_empty() {
        return html! {};
    }
    let total: i64 = placed.iter().map(|(_, _, b)| b.seconds).sum();
    html! {
        // One bar says nothing by its height.
        figure.structure.slim-bar[placed.len() == 1] {
            svg viewBox={ "0 0 " (width) " " (HEIGHT) } preserveAspectRatio="none" role="img"
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

/// The same without words, for a day of the calendar: the words stand beside it.
pub(crate) fn small_structure(session: &Session, units: Units) -> Markup {
    let (placed, width) = placed(session, units);
    html! {
        @if placed.len() > 1 {
            svg.bars viewBox={ "0 0 " (width) " " (HEIGHT) } preserveAspectRatio="none"
                aria-hidden="true" {
                @for (x, width, bar) in &placed {
                    rect class=(bar.class) x=(x) y=(HEIGHT - bar.effort) width=(width)
                        height=(bar.effort) {}
                }
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
