//! A planned session on screen: structure, paces, purpose, and why it is there.

use crate::{chart, fault, text};
use hermes_app::DayView;
use hermes_engine::calibrate::Profile;
use hermes_engine::decision::{self, Finding, Repair, Rule, Why};
use hermes_engine::explain::Explanation;
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
    let mut said: Vec<Reason> = session
        .why
        .iter()
        .filter(|why| !matches!(why, Why::Purpose { .. }))
        .map(|why| Reason::of(why, units))
        .collect();
    if session.is_run() {
        said.push(Reason::plain(format!(
            "{} of the {} of this week; \"Why this week\" says why it is as big as it is.",
            units.distance(session.distance),
            units.distance(plan.distance())
        )));
    }
    reasons("Why this session", &said)
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

/// One sentence, the rule behind it, and what stands behind the rule.
pub(crate) struct Reason {
    rule: Option<Rule>,
    said: Explanation,
}

impl Reason {
    /// A reason of the engine.
    pub(crate) fn of(why: &Why, units: Units) -> Self {
        Self { rule: why.rule(), said: why.explain(units) }
    }

    /// What a check found.
    pub(crate) fn found(finding: &Finding, units: Units) -> Self {
        Self { rule: Some(finding.rule), said: finding.explain(units) }
    }

    /// What repair did.
    pub(crate) fn repaired(repair: &Repair, units: Units) -> Self {
        Self { rule: Some(repair.rule), said: repair.explain(units) }
    }

    /// A sentence without a rule.
    pub(crate) const fn plain(short: String) -> Self {
        Self { rule: None, said: Explanation { short, long: Vec::new() } }
    }

    /// The sentence, with the rule's words and evidence to be opened.
    fn draw(&self) -> Markup {
        let short = fault::sentence(&text::dated(&self.said.short));
        // Findings name their rule themselves.
        let unnamed = self.rule.filter(|rule| !short.starts_with(rule.id()));
        let head = html! {
            @if let Some(rule) = unnamed { span.rule title=(rule.title()) { (rule.id()) } }
            span { (short) }
        };
        html! {
            @if self.said.long.is_empty() {
                p { (head) }
            } @else {
                details {
                    summary { (head) }
                    div.evidence { @for line in &self.said.long { p { (text::dated(line)) } } }
                }
            }
        }
    }
}

/// Reasons, each with its rule; nothing without any.
pub(crate) fn reasons(title: &str, reasons: &[Reason]) -> Markup {
    html! {
        @if !reasons.is_empty() {
            div.why {
                h3 { (title) }
                div.why-list { @for reason in reasons { (reason.draw()) } }
            }
        }
    }
}

/// Why the week is as big as it is, what repair changed, what the last check noted.
pub(crate) fn week_reasons(plan: &WeekPlan, units: Units) -> Markup {
    let why: Vec<Reason> = plan.why.iter().map(|w| Reason::of(w, units)).collect();
    let repairs: Vec<Reason> = plan.repairs.iter().map(|r| Reason::repaired(r, units)).collect();
    let findings: Vec<Reason> = plan.findings.iter().map(|f| Reason::found(f, units)).collect();
    html! {
        (reasons("Why this week", &why))
        (reasons("What the rules changed", &repairs))
        (reasons("Worth knowing", &findings))
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
