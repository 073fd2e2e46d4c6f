//! Why something is as it is, as data: the reasons of [`crate::why`], which pages draw.

use super::words::{Date, Grade, Unit};
use crate::why;
use hermes_engine::decision::Finding;
use hermes_engine::evidence::Source;
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
    /// In one sentence, in the runner's units; its days are written YYYY-MM-DD.
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

impl From<why::Reason> for Reason {
    fn from(r: why::Reason) -> Self {
        let evidence = r.sources().map(Evidence::from).collect();
        let rule = r.rule.map(|rule| RuleName {
            id: rule.id(),
            title: rule.title(),
            statement: rule.statement(),
            hard: rule.is_hard(),
        });
        let measured =
            r.measured.map(|m| Measured { unit: m.unit.into(), value: m.value, limit: m.limit });
        Self { text: r.text, long: r.long, rule, measured, day: r.day.map(Date), evidence }
    }
}

impl Reason {
    pub(super) fn each(reasons: Vec<why::Reason>) -> Vec<Self> {
        reasons.into_iter().map(Self::from).collect()
    }

    pub(super) fn all_found(found: &[Finding], units: Units) -> Vec<Self> {
        found.iter().map(|f| why::Reason::found(f, units).into()).collect()
    }

    /// The sentence alone.
    pub(super) fn into_text(self) -> String {
        self.text
    }
}
