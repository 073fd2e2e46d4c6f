//! A planned session on screen: structure, paces, purpose, and why it is there.

use crate::{chart, fault, text};
use hermes_app::{DayView, Entry};
use hermes_engine::calibrate::Profile;
use hermes_engine::decision::{self, Finding, Repair, Rule, Why};
use hermes_engine::evidence::{self, Source};
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
            "{} of the {} planned for this week.",
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

/// One sentence, and what stands behind it: the rule in words, what it measured, the evidence.
pub(crate) struct Reason {
    said: Explanation,
}

impl Reason {
    /// A reason of the engine.
    pub(crate) fn of(why: &Why, units: Units) -> Self {
        Self { said: why.explain(units) }
    }

    /// What a check found.
    pub(crate) fn found(finding: &Finding, units: Units) -> Self {
        let Finding { rule, day, value, limit, measure } = *finding;
        let day = day.map_or_else(String::new, |day| format!(" on {}", text::short_day(day)));
        let (value, limit) = (measure.text(value, units), measure.text(limit, units));
        let short = format!("{}{day}: {value}. The limit is {limit}.", rule.title());
        Self { said: Explanation { short, ..finding.explain(units) } }
    }

    /// What repair did.
    pub(crate) fn repaired(repair: &Repair, units: Units) -> Self {
        Self { said: repair.explain(units) }
    }

    /// A sentence without a rule.
    pub(crate) const fn plain(short: String) -> Self {
        Self { said: Explanation { short, long: Vec::new() } }
    }

    /// A change of state: since when, why, and its evidence.
    pub(crate) fn since(change: &Entry) -> Self {
        let short = format!("Since {}: {}", text::short_day(change.date), change.short);
        let mut long: Vec<String> = Vec::new();
        if change.long != change.short {
            long.push(change.long.clone());
        }
        long.extend(change.sources().into_iter().map(Source::text));
        Self { said: Explanation { short, long } }
    }

    /// An explanation of the engine.
    pub(crate) const fn told(said: Explanation) -> Self {
        Self { said }
    }

    /// A sentence of the engine; what it names in brackets can be opened.
    pub(crate) fn cited(sentence: &str) -> Self {
        let (short, named) = uncited(sentence);
        let mut long: Vec<String> = Vec::new();
        for line in named.iter().flat_map(|id| behind(id)) {
            if !long.contains(&line) {
                long.push(line);
            }
        }
        Self { said: Explanation { short, long } }
    }

    /// The sentence, with the rule's words and evidence to be opened.
    fn draw(&self) -> Markup {
        let (short, _) = uncited(&self.said.short);
        let short = match short.contains(' ') {
            true => fault::sentence(&text::dated(&short)),
            false => short,
        };
        html! {
            @if self.said.long.is_empty() {
                p { (short) }
            } @else {
                details {
                    summary { span { (short) } }
                    div.evidence { @for line in &self.said.long { p { (text::dated(line)) } } }
                }
            }
        }
    }
}

/// What an id of a rule or of the evidence table stands for; nothing for any other word.
fn behind(id: &str) -> Vec<String> {
    let mut rules = Rule::HARD.into_iter().chain(Rule::SOFT);
    match rules.find(|rule| rule.id() == id) {
        Some(rule) => rule.explained(),
        None => evidence::find(id).map(Source::text).into_iter().collect(),
    }
}

/// A sentence of the engine without the ids in its brackets, which say nothing to a runner, and
/// those ids: `At most 20 km (H09, evidence J2).` is `At most 20 km.` with H09 and J2.
fn uncited(sentence: &str) -> (String, Vec<String>) {
    let (mut out, mut named) = (String::with_capacity(sentence.len()), Vec::new());
    let mut rest = sentence;
    while let Some(open) = rest.find('(') {
        let (before, from) = rest.split_at(open);
        let mut depth = 0_u32;
        let close = from.char_indices().find(|(_, c)| {
            depth = match c {
                '(' => depth + 1,
                ')' => depth.saturating_sub(1),
                _ => depth,
            };
            depth == 0
        });
        let Some((close, _)) = close else { break };
        let mut kept = Vec::new();
        for part in from[1..close].split(", ") {
            let is_evidence = part.starts_with("evidence ");
            let id = part.trim_start_matches("evidence ").split(' ').next().unwrap_or_default();
            match is_evidence || !behind(id).is_empty() {
                true => named.push(id.to_owned()),
                false => kept.push(part),
            }
        }
        match kept.is_empty() {
            true => out.push_str(before.trim_end()),
            false => out.push_str(&format!("{before}({})", kept.join(", "))),
        }
        rest = &from[close + 1..];
    }
    out.push_str(rest);
    (out, named)
}

/// Reasons, each with its rule; nothing without any.
pub(crate) fn reasons(title: &str, reasons: &[Reason]) -> Markup {
    html! {
        @if !reasons.is_empty() {
            div.why {
                h3 { (title) }
                (list(reasons))
            }
        }
    }
}

/// An explanation behind one word, where its sentence needs not be read each time.
pub(crate) fn behind_a_word(word: &str, said: Explanation) -> Markup {
    let Explanation { short, mut long } = said;
    long.insert(0, short);
    list(&[Reason::told(Explanation { short: word.to_owned(), long })])
}

/// Reasons without a title.
pub(crate) fn list(reasons: &[Reason]) -> Markup {
    html! { div.why-list { @for reason in reasons { (reason.draw()) } } }
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

#[cfg(test)]
mod tests {
    use super::{Reason, uncited};

    #[test]
    fn ids_in_brackets_are_opened_and_not_read() {
        for (said, short, ids) in [
            (
                "No run over 9 km while it is open (H09).",
                "No run over 9 km while it is open.",
                "H09",
            ),
            ("Back by steps (H09, evidence J2). Then on.", "Back by steps. Then on.", "H09 J2"),
            ("4 km: long run (H01, evidence S1 (Frandsen 2025)).", "4 km: long run.", "H01 S1"),
            ("Shortened (H07, share of the week)", "Shortened (share of the week)", "H07"),
            ("59.7 % done (signal under 60.0 %).", "59.7 % done (signal under 60.0 %).", ""),
            ("An open ( is kept", "An open ( is kept", ""),
        ] {
            let (kept, named) = uncited(said);
            assert_eq!((kept.as_str(), named.join(" ").as_str()), (short, ids), "{said}");
        }
        let said = Reason::cited("Then the way back (H09, evidence J2).").said;
        assert!(said.long.iter().any(|line| line.contains("George 2024")), "{said:?}");
    }
}
