//! Why something is as it is: the same chain of rule, measured value, limit and evidence as pages
//! show.

use super::words::{Date, Grade, Unit};
use hermes_engine::decision::{Change, Finding, Measure, Repair, Rule, Why};
use hermes_engine::evidence::{self, Source};
use hermes_engine::explain::Explanation;
use hermes_engine::units::Units;
use serde::Serialize;
use utoipa::ToSchema;

/// A piece of evidence behind a rule.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Evidence {
    /// Its id in docs/ENGINE.md.
    #[schema(example = "S1")]
    id: &'static str,
    /// How good it is.
    #[schema(inline)]
    grade: Grade,
    /// What it says.
    claim: &'static str,
    /// The paper's name.
    paper: &'static str,
}

impl From<&Source> for Evidence {
    fn from(s: &Source) -> Self {
        Self { id: s.id, grade: s.grade.into(), claim: s.claim, paper: s.paper }
    }
}

/// A rule of training.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RuleName {
    /// Its id in docs/RULES.md.
    #[schema(example = "H01")]
    id: &'static str,
    /// What it is about.
    title: &'static str,
    /// What it says.
    statement: &'static str,
    /// It can be set aside by nobody; a soft one can, with a reason.
    hard: bool,
}

/// What a rule measured.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Measured {
    /// What the numbers count.
    #[schema(inline)]
    unit: Unit,
    /// What was found or wanted.
    value: i64,
    /// What would have been allowed.
    limit: i64,
}

/// One reason.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Reason {
    /// In one sentence, in the runner's units.
    text: String,
    /// More of it: the rule in words, what would have been allowed, the evidence.
    long: Vec<String>,
    /// The rule behind it.
    rule: Option<RuleName>,
    /// What was measured, and the limit.
    measured: Option<Measured>,
    /// The day it is about, where it is about one.
    day: Option<Date>,
    /// What is known about it, with the paper's name.
    evidence: Vec<Evidence>,
}

impl Reason {
    fn new(rule: Option<Rule>, said: Explanation) -> Self {
        let of_rule = rule.map(Rule::sources).unwrap_or_default();
        // Reasons without a rule may still name what they rest on.
        let named =
            evidence::ALL.iter().filter(|s| rule.is_none() && said.long.contains(&s.text()));
        let evidence = of_rule.into_iter().chain(named).map(Evidence::from).collect();
        let rule = rule.map(|r| RuleName {
            id: r.id(),
            title: r.title(),
            statement: r.statement(),
            hard: r.is_hard(),
        });
        let text = crate::fault::sentence(&said.short);
        Self { text, long: said.long, rule, measured: None, day: None, evidence }
    }

    pub(super) fn of(why: &Why, units: Units) -> Self {
        let measured = match why {
            Why::Limited { wanted, limit, measure, .. } => Some((*measure, *wanted, *limit)),
            Why::Target { target, ceiling, .. } => Some((Measure::Metres, target.0, ceiling.0)),
            _ => None,
        };
        let measured =
            measured.map(|(unit, value, limit)| Measured { unit: unit.into(), value, limit });
        Self { measured, ..Self::new(why.rule(), why.explain(units)) }
    }

    pub(super) fn found(f: &Finding, units: Units) -> Self {
        let measured = Measured { unit: f.measure.into(), value: f.value, limit: f.limit };
        Self {
            measured: Some(measured),
            day: f.day.map(Date),
            ..Self::new(Some(f.rule), f.explain(units))
        }
    }

    pub(super) fn repaired(r: &Repair, units: Units) -> Self {
        let kept = match r.change {
            Change::Shortened(to) | Change::MadeEasy(to) => Some(to),
            Change::Moved(_) => None,
            Change::Dropped => Some(hermes_engine::units::Metres::ZERO),
        };
        let unit = Unit(Measure::Metres);
        let measured = kept.map(|to| Measured { unit, value: r.before.0, limit: to.0 });
        Self { measured, day: Some(Date(r.day)), ..Self::new(Some(r.rule), r.explain(units)) }
    }

    pub(super) fn all(why: &[Why], units: Units) -> Vec<Self> {
        why.iter().map(|w| Self::of(w, units)).collect()
    }

    pub(super) fn all_found(found: &[Finding], units: Units) -> Vec<Self> {
        found.iter().map(|f| Self::found(f, units)).collect()
    }

    pub(super) fn all_repaired(repairs: &[Repair], units: Units) -> Vec<Self> {
        repairs.iter().map(|r| Self::repaired(r, units)).collect()
    }

    /// The sentence alone.
    pub(super) fn into_text(self) -> String {
        self.text
    }
}
