//! A planned session on screen: structure, paces, purpose, and why it is there.

use crate::{chart, parts, text};
use hermes_app::DayView;
use hermes_engine::decision::{self, Why};
use hermes_engine::session::{Kind, Session, Step, WeekPlan};
use hermes_engine::state::Phase;
use hermes_engine::units::Units;
use maud::{Markup, html};

/// The colour class of a kind: easy, long, hard, race, other.
pub(crate) const fn family(kind: Kind) -> &'static str {
    match kind {
        Kind::Easy | Kind::Recovery | Kind::Return => "easy",
        Kind::Long => "long",
        Kind::Tempo | Kind::Interval | Kind::Fartlek | Kind::Hill | Kind::Pace => "hard",
        Kind::TimeTrial | Kind::Race => "race",
        Kind::Cross => "other",
    }
}

/// `12.0 km · 1 h 05 · 5:25/km`.
pub(crate) fn facts(session: &Session, units: Units) -> Markup {
    html! {
        span.facts {
            @if session.is_run() { span { (units.distance(session.distance)) } }
            @if session.duration.0 > 0 { span { (text::duration(session.duration)) } }
            @if session.is_run() && session.pace.0 > 0 { span { (units.pace(session.pace)) } }
        }
    }
}

/// Everything about a session.
pub(crate) fn body(session: &Session, phase: Phase, units: Units) -> Markup {
    html! {
        p.purpose { (decision::purpose(session.kind, phase)) }
        (chart::structure(session, units))
        @if !session.steps.is_empty() {
            ol.steps-list {
                @for step in &session.steps { (step_row(step, session.kind, units)) }
            }
        }
        (reasons("Why this session", &session.why, units))
    }
}

fn step_row(step: &Step, kind: Kind, units: Units) -> Markup {
    html! {
        li {
            span.role { (text::role(step.role, kind)) }
            span.what {
                @if step.times > 1 { (step.times) " × " }
                (text::amount(units, step.amount))
                @if let Some((amount, pace)) = step.recovery {
                    small {
                        (text::amount(units, amount)) " easy between, " (units.pace(pace))
                    }
                }
            }
            span.pace { (units.pace(step.pace)) }
        }
    }
}

/// The chain of reasons, each with its rule. The purpose is said elsewhere.
pub(crate) fn reasons(title: &str, why: &[Why], units: Units) -> Markup {
    // The purpose stands above the structure already; alone, it is the reason.
    let (purpose, mut said): (Vec<&Why>, Vec<&Why>) =
        why.iter().partition(|w| matches!(w, Why::Purpose { .. }));
    if said.is_empty() {
        said = purpose;
    }
    html! {
        @if !said.is_empty() {
            div.why {
                h3 { (title) }
                ul {
                    @for why in said {
                        li {
                            @if let Some(rule) = why.rule() {
                                span.rule title=(rule.title()) { (rule.id()) }
                            }
                            (why.text(units))
                        }
                    }
                }
            }
        }
    }
}

/// A day of the week with all its sessions and runs, each session to be opened.
pub(crate) fn day(view: &DayView, plan: Option<&WeekPlan>, units: Units, today: bool) -> Markup {
    let phase = plan.map_or(Phase::Base, |p| p.phase);
    let nothing = match plan {
        Some(plan) if view.day < plan.first_day => "Before this plan began",
        Some(_) => "Rest",
        None => "Nothing recorded",
    };
    html! {
        section.day.today[today] {
            header {
                h3 {
                    (text::short_day(view.day))
                    @if today { span.pill { "Today" } }
                }
                (parts::status(view))
            }
            @if view.sessions.is_empty() && view.activities.is_empty() {
                p.quiet.rest-note { (nothing) }
            }
            @for session in &view.sessions {
                details class={ "session " (family(session.kind)) } {
                    summary {
                        span.name { (text::title(session)) }
                        (facts(session, units))
                    }
                    div.inside id={ "day-" (view.day) } { (body(session, phase, units)) }
                }
            }
            (runs(view, units))
        }
    }
}

/// What was really done on a day.
pub(crate) fn runs(view: &DayView, units: Units) -> Markup {
    html! {
        @if !view.activities.is_empty() {
            ul.runs {
                @for a in &view.activities {
                    li {
                        span.ran aria-hidden="true" { "✓" }
                        span.name { (text::activity_name(a)) }
                        span.facts {
                            span { (units.distance(a.distance)) }
                            span { (text::duration(a.moving)) }
                            @if let Some(pace) = a.pace { span { (units.pace(pace)) } }
                        }
                    }
                }
            }
        }
    }
}
