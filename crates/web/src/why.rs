//! Why something is as it is: one sentence, and the rule, the measured value, the limit, what would
//! have been allowed and the evidence behind it. Pages draw these reasons and the API gives them
//! as data: both have them from here, so they say the same.

use crate::{fault, text};
use hermes_app::{Entry, Reported};
use hermes_engine::calendar::Day;
use hermes_engine::calibrate::Profile;
use hermes_engine::decision::{Change, Finding, Measure, Repair, Rule, Why};
use hermes_engine::edit::{Preview, Verdict};
use hermes_engine::evidence::{ALL, Source, find};
use hermes_engine::explain::Explanation;
use hermes_engine::milestone::{Metric, Roadmap};
use hermes_engine::predict::Prediction;
use hermes_engine::session::{Session, WeekPlan};
use hermes_engine::units::{Metres, Units};
use maud::{Markup, html};

/// What a rule measured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Measured {
    /// What the numbers count.
    pub(crate) unit: Measure,
    /// What was found or wanted.
    pub(crate) value: i64,
    /// What would have been allowed.
    pub(crate) limit: i64,
}

/// One reason. Days in its texts are written as the engine does, `2026-11-24`.
#[derive(Debug)]
pub(crate) struct Reason {
    /// One sentence.
    pub(crate) text: String,
    /// The rule in words, what would have been allowed, the evidence; a sentence each.
    pub(crate) long: Vec<String>,
    /// The rule behind it.
    pub(crate) rule: Option<Rule>,
    /// What was measured, and the limit.
    pub(crate) measured: Option<Measured>,
    /// The day it is about, where it is about one.
    pub(crate) day: Option<Day>,
}

impl Reason {
    fn new(rule: Option<Rule>, Explanation { short, long }: Explanation) -> Self {
        let text = fault::sentence(&uncited(&short).0);
        Self { text, long, rule, measured: None, day: None }
    }

    /// A reason of the engine.
    pub(crate) fn of(why: &Why, units: Units) -> Self {
        let measured = match why {
            Why::Limited { wanted, limit, measure, .. } => Some((*measure, *wanted, *limit)),
            Why::Target { target, ceiling, .. } => Some((Measure::Metres, target.0, ceiling.0)),
            _ => None,
        };
        let measured = measured.map(|(unit, value, limit)| Measured { unit, value, limit });
        Self { measured, ..Self::new(why.rule(), why.explain(units)) }
    }

    /// What a check found.
    pub(crate) fn found(finding: &Finding, units: Units) -> Self {
        let Finding { rule, day, value, limit, measure: unit } = *finding;
        let on = day.map_or_else(String::new, |day| format!(" on {day}"));
        let (is, most) = (unit.text(value, units), unit.text(limit, units));
        let short = format!("{}{on}: {is}. The limit is {most}.", rule.title());
        let said = Explanation { short, ..finding.explain(units) };
        let measured = Some(Measured { unit, value, limit });
        Self { measured, day, ..Self::new(Some(rule), said) }
    }

    /// What repair did.
    pub(crate) fn repaired(repair: &Repair, units: Units) -> Self {
        let kept = match repair.change {
            Change::Shortened(to) | Change::MadeEasy(to) => Some(to),
            Change::Moved(_) => None,
            Change::Dropped => Some(Metres::ZERO),
        };
        let measured =
            kept.map(|to| Measured { unit: Measure::Metres, value: repair.before.0, limit: to.0 });
        let said = Self::new(Some(repair.rule), repair.explain(units));
        Self { measured, day: Some(repair.day), ..said }
    }

    /// Something that changed: the state, the road or the plan.
    pub(crate) fn changed(change: &Entry) -> Self {
        let Entry { short, long, .. } = change;
        let more = Some(fault::sentence(long)).filter(|_| long != short);
        let sources = change.sources().into_iter().map(Source::text);
        let long = more.into_iter().chain(sources).collect();
        let said = Self::new(None, Explanation { short: short.clone(), long });
        Self { day: Some(change.date), ..said }
    }

    /// The state that a change led to: since when, and why.
    pub(crate) fn since(change: &Entry) -> Self {
        let said = Self::changed(change);
        Self { text: format!("Since {}: {}", change.date, said.text), ..said }
    }

    /// Why a milestone stands on the road.
    pub(crate) fn milestone(metric: Metric) -> Self {
        Self::new(None, metric.explain())
    }

    /// Where a predicted time comes from.
    pub(crate) fn predicted(prediction: &Prediction, units: Units) -> Self {
        Self::new(None, prediction.explain(units))
    }

    /// Where the time to be expected on race day comes from; `None` while nothing is predicted.
    pub(crate) fn expected(road: &Roadmap, profile: &Profile, units: Units) -> Option<Self> {
        let today = Self::predicted(profile.predicted(road.goal.distance)?, units);
        let text = "Today's prediction, carried on by the weeks that lie ahead.".to_owned();
        Some(today.under(text))
    }

    /// The chain of reasons of a session; its purpose stands for itself.
    pub(crate) fn of_session(session: &Session, plan: &WeekPlan, units: Units) -> Vec<Self> {
        let chain = session.why.iter().filter(|why| !matches!(why, Why::Purpose { .. }));
        let share = session.is_run().then(|| {
            let (part, whole) = (session.distance, plan.distance());
            let (part, whole) = (units.distance(part), units.distance(whole));
            let short = format!("{part} of the {whole} planned for this week.");
            Self::new(None, Explanation { short, long: Vec::new() })
        });
        chain.map(|why| Self::of(why, units)).chain(share).collect()
    }

    /// A sentence of the engine; what it names in brackets can be opened.
    pub(crate) fn cited(sentence: &str) -> Self {
        let mut long: Vec<String> = Vec::new();
        let (_, named) = uncited(sentence);
        for line in named.iter().flat_map(|id| behind(id)) {
            if !long.contains(&line) {
                long.push(line);
            }
        }
        let rule = named.iter().find_map(|id| rule(id));
        Self::new(rule, Explanation { short: sentence.to_owned(), long })
    }

    /// What follows from a health report, its strikes too; what sends to a doctor stands alone.
    pub(crate) fn of_report(done: &Reported, units: Units) -> Vec<Self> {
        let flags = &done.consequences.red_flags;
        let mut lines = done.consequences.text(units);
        lines.retain(|line| flags.iter().all(|flag| !line.contains(flag.advice())));
        lines.extend(done.strikes.iter().map(|strike| strike.text(units)));
        lines.iter().map(|line| Self::cited(line)).collect()
    }

    /// The same behind another sentence, or behind one word where it needs not be read each time.
    pub(crate) fn under(mut self, text: String) -> Self {
        self.long.insert(0, std::mem::replace(&mut self.text, text));
        self
    }

    /// The evidence that it rests on.
    pub(crate) fn sources(&self) -> impl Iterator<Item = &'static Source> {
        ALL.iter().filter(|source| self.long.contains(&source.text()))
    }

    /// The sentence, with the rule's words and evidence to be opened.
    fn draw(&self) -> Markup {
        let text = text::dated(&self.text);
        html! {
            @if self.long.is_empty() {
                p { (text) }
            } @else {
                details {
                    summary { span { (text) } }
                    (evidence(&self.long))
                }
            }
        }
    }
}

/// The rule of an id.
fn rule(id: &str) -> Option<Rule> {
    Rule::HARD.into_iter().chain(Rule::SOFT).find(|rule| rule.id() == id)
}

/// What an id of a rule or of the evidence table stands for; nothing for any other word.
fn behind(id: &str) -> Vec<String> {
    match rule(id) {
        Some(rule) => rule.explained(),
        None => find(id).map(Source::text).into_iter().collect(),
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

/// A reason behind one word.
pub(crate) fn behind_a_word(word: &str, reason: Reason) -> Markup {
    list(&[reason.under(word.to_owned())])
}

/// What is behind a sentence.
pub(crate) fn evidence(lines: &[String]) -> Markup {
    html! { div.evidence { @for line in lines { p { (text::dated(line)) } } } }
}

/// Reasons without a title.
pub(crate) fn list(reasons: &[Reason]) -> Markup {
    html! { div.why-list { @for reason in reasons { (reason.draw()) } } }
}

/// Why the week is as big as it is, what repair changed, what the last check noted.
pub(crate) fn of_week(plan: &WeekPlan, units: Units) -> [Vec<Reason>; 3] {
    [
        plan.why.iter().map(|w| Reason::of(w, units)).collect(),
        plan.repairs.iter().map(|r| Reason::repaired(r, units)).collect(),
        plan.findings.iter().map(|f| Reason::found(f, units)).collect(),
    ]
}

/// Why an edit is refused, what repair adds to it, and the soft rules that it sets aside. Of a
/// refused one there are only the first: its week will not be.
pub(crate) fn of_preview(preview: &Preview, units: Units) -> [Vec<Reason>; 3] {
    let found = |all: &[Finding]| all.iter().map(|f| Reason::found(f, units)).collect();
    let why_not = found(&preview.findings);
    if preview.verdict == Verdict::Refused {
        return [why_not, Vec::new(), Vec::new()];
    }
    let repairs = preview.repairs.iter().map(|r| Reason::repaired(r, units)).collect();
    [why_not, repairs, found(&preview.soft)]
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
        let said = Reason::cited("Then the way back (H09, evidence J2).");
        assert!(said.long.iter().any(|line| line.contains("George 2024")), "{said:?}");
    }
}
