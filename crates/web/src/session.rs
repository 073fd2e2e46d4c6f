//! A planned session on screen: structure, paces, purpose, and why it is there.

use crate::why::{self, Reason};
use crate::{chart, text};
use hermes_app::DayView;
use hermes_engine::calibrate::Profile;
use hermes_engine::decision;
use hermes_engine::load;
use hermes_engine::session::{Kind, Role, Session, Step, WeekPlan, Zone};
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
            @if session.is_run() && session.pace.0 > 0 {
                span {
                    @if has_main_set(session) { "main set " }
                    (units.pace(session.pace))
                }
            }
        }
    }
}

/// The pace of a session is the one of its main set, if it has one beside easier parts.
fn has_main_set(session: &Session) -> bool {
    session.steps.len() > 1 && session.steps.iter().any(|s| s.role == Role::Work)
}

/// The figures of a session, large.
pub(crate) fn big_facts(session: &Session, units: Units) -> Markup {
    let distance = units.distance(session.distance);
    let (figure, unit) = distance.split_once(' ').unwrap_or((&distance, ""));
    let pace = units.pace(session.pace);
    let (pace, per) = pace.split_once('/').unwrap_or((&pace, ""));
    html! {
        dl.hero-figures {
            @if session.is_run() {
                div { dt { "distance" } dd.go { (figure) small { (unit) } } }
            }
            @if session.duration.0 > 0 {
                div { dt { "about" } dd.go { (text::duration(session.duration)) } }
            }
            @if session.is_run() && session.pace.0 > 0 {
                div {
                    dt { @if has_main_set(session) { "main set" } @else { "pace" } }
                    dd.go { (pace) small { "/" (per) } }
                }
            }
        }
    }
}

/// Everything about a session of a plan.
pub(crate) fn body(session: &Session, plan: &WeekPlan, units: Units) -> Markup {
    html! {
        p.purpose { (decision::purpose(session.kind, plan.phase)) }
        (structure(session, None, units))
        (why(session, plan, units))
    }
}

/// Its bars and its steps, with heart rates where the runner's is known.
pub(crate) fn structure(session: &Session, profile: Option<&Profile>, units: Units) -> Markup {
    html! {
        (chart::structure(session, units))
        @if !session.steps.is_empty() {
            ol.steps-list {
                @for step in &session.steps { (step_row(step, session, profile, units)) }
            }
        }
    }
}

/// The chain of reasons of a session; the purpose stands above its structure already.
pub(crate) fn why(session: &Session, plan: &WeekPlan, units: Units) -> Markup {
    why::reasons("Why this session", &Reason::of_session(session, plan, units))
}

/// The zone that a step is run in: the session's own in its main part, easy around it.
pub(crate) fn zone_of(step: &Step, session: &Session) -> Zone {
    match step.role {
        Role::WarmUp | Role::CoolDown => Zone::Z1,
        Role::Steady if has_main_set(session) => Zone::Z2,
        Role::Work | Role::Steady => session.zone,
    }
}

fn step_row(step: &Step, session: &Session, profile: Option<&Profile>, units: Units) -> Markup {
    let beats = profile.and_then(|p| load::heart_rate(p, zone_of(step, session)));
    html! {
        li {
            span.role { (text::role(step.role, session.kind)) }
            span.what {
                @if step.times > 1 { (step.times) " × " }
                (text::amount(units, step.amount))
                @if let Some((amount, pace)) = step.recovery {
                    small {
                        (text::amount(units, amount)) " easy between, " (units.pace(pace))
                    }
                }
            }
            span.pace {
                // Cross-training has none.
                @if step.pace.0 > 0 { (units.pace(step.pace)) }
                @if let Some((low, high)) = beats { small { (low) "–" (high) " bpm" } }
            }
        }
    }
}

/// The reasons of a week, by what they are about.
pub(crate) fn week_reasons(plan: &WeekPlan, units: Units) -> Markup {
    let [why, repairs, findings] = why::of_week(plan, units);
    html! {
        (why::reasons("Why this week", &why))
        (why::reasons("What the rules changed", &repairs))
        (why::reasons("Worth knowing", &findings))
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
                        a.name href={ "/activities/" (a.id) } { (text::activity_name(a)) }
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
