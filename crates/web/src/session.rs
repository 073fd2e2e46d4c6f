//! A planned session on screen: structure, paces, purpose, and why it is there.

use crate::{chart, parts, text};
use hermes_app::{DayView, Done};
use hermes_engine::decision::{self, Rule, Why};
use hermes_engine::session::{Kind, Role, Session, Step, WeekPlan};
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

/// Everything about a session of a plan.
pub(crate) fn body(session: &Session, plan: &WeekPlan, units: Units) -> Markup {
    html! {
        p.purpose { (decision::purpose(session.kind, plan.phase)) }
        (chart::structure(session, units))
        @if !session.steps.is_empty() {
            ol.steps-list {
                @for step in &session.steps { (step_row(step, session.kind, units)) }
            }
        }
        (reasons("Why this session", &session_reasons(session, plan, units)))
    }
}

/// The chain of reasons of a session; the purpose stands above its structure already.
fn session_reasons(session: &Session, plan: &WeekPlan, units: Units) -> Vec<Reason> {
    let mut said: Vec<Reason> = session
        .why
        .iter()
        .filter(|why| !matches!(why, Why::Purpose { .. }))
        .map(|why| Reason::of(why, units))
        .collect();
    if session.is_run() {
        let share = format!(
            "{} of the {} of this week; \"Why this week\" says why it is as big as it is.",
            units.distance(session.distance),
            units.distance(plan.distance())
        );
        said.push(Reason { rule: None, text: share });
    }
    said
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

/// One sentence and the rule behind it.
pub(crate) struct Reason {
    rule: Option<Rule>,
    text: String,
}

impl Reason {
    /// A reason of the engine.
    pub(crate) fn of(why: &Why, units: Units) -> Self {
        Self { rule: why.rule(), text: why.text(units) }
    }

    /// What a rule did or found, as a sentence.
    pub(crate) fn by(rule: Rule, text: &str) -> Self {
        Self { rule: Some(rule), text: crate::fault::sentence(text) }
    }
}

/// Reasons, each with its rule; nothing without any.
pub(crate) fn reasons(title: &str, reasons: &[Reason]) -> Markup {
    html! {
        @if !reasons.is_empty() {
            div.why {
                h3 { (title) }
                ul {
                    @for reason in reasons {
                        li {
                            @if let Some(rule) = reason.rule {
                                span.rule title=(rule.title()) { (rule.id()) }
                            }
                            (reason.text)
                        }
                    }
                }
            }
        }
    }
}

/// Why the week is as big as it is, what repair changed, what the last check noted.
pub(crate) fn week_reasons(plan: &WeekPlan, units: Units) -> Markup {
    let why: Vec<Reason> = plan.why.iter().map(|w| Reason::of(w, units)).collect();
    let repairs: Vec<Reason> =
        plan.repairs.iter().map(|r| Reason::by(r.rule, &r.text(units))).collect();
    let findings: Vec<Reason> =
        plan.findings.iter().map(|f| Reason::by(f.rule, &f.text(units))).collect();
    html! {
        (reasons("Why this week", &why))
        (reasons("What the rules changed", &repairs))
        (reasons("Worth knowing", &findings))
    }
}

/// A day of the week with all its sessions and runs, each session to be opened.
pub(crate) fn day(view: &DayView, plan: Option<&WeekPlan>, units: Units, today: bool) -> Markup {
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
            @if view.sessions.is_empty() && view.activities.is_empty() && view.done != Done::Rest {
                p.quiet.rest-note { (nothing) }
            }
            @for (session, plan) in view.sessions.iter().filter_map(|s| Some((s, plan?))) {
                details class={ "session " (family(session.kind)) } {
                    summary {
                        span.name { (text::title(session)) }
                        (facts(session, units))
                    }
                    div.inside id={ "day-" (view.day) } { (body(session, plan, units)) }
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
