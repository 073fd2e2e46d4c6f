//! Explanations in plain words: what a rule says, what its evidence is, and the long form of a
//! decision. All of it is rendered from the decision's own values.

use crate::decision::{Change, Finding, Repair, Rule, Why};
use crate::evidence::{self, Source};
use crate::milestone::Metric;
use crate::predict::{Method, Prediction};
use crate::state::State;
use crate::units::Units;
use serde::Serialize;

/// A decision explained: one sentence, and the whole chain behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// One clear sentence with the numbers.
    pub short: String,
    /// What the rule says, what it measured and allowed, and the evidence; a sentence each.
    pub long: Vec<String>,
}

impl Rule {
    /// What the rule says, in one plain sentence.
    #[must_use]
    pub const fn statement(self) -> &'static str {
        match self {
            Self::H01 => {
                "No run is more than a tenth, or one mile, longer than the longest of your last \
                 30 days; half a kilometre when care is needed."
            }
            Self::H02 => {
                "A week grows by a tenth or 4 km at most over what you have really been running, \
                 and races count in it."
            }
            Self::H03 => {
                "Hard sessions, the long run and races among them, are two days apart, across \
                 weeks too."
            }
            Self::H04 => {
                "Two hard sessions a week, the long run included; three with many run days. None \
                 but the long run while you rebuild or protect an injury."
            }
            Self::H05 => {
                "At least one day in any seven is free of running, two when care is needed."
            }
            Self::H06 => "Only a small share of the week's running is at threshold pace or faster.",
            Self::H07 => {
                "The long run takes no more than 58 % of the week, and 35 km or 210 minutes."
            }
            Self::H08 => {
                "No running on days that an injury, an illness or a forced recovery locks."
            }
            Self::H09 => {
                "With moderate pain: nothing fast, no more than you ran before, shorter runs. With \
                 severe pain no running until it is cleared, then a ladder of run-walks."
            }
            Self::H10 => {
                "What a strike limits stays limited until it is lifted by the stated procedure."
            }
            Self::H11 => {
                "Before an A race volume falls in steps, nothing is quick in the last days, and \
                 nothing is added."
            }
            Self::H12 => {
                "After a race one day without quality for every 3 km raced, half of that without a \
                 long run; two half weeks after a marathon."
            }
            Self::H13 => "While signals of overreaching stand: 60 % of your week and nothing hard.",
            Self::H14 => {
                "After a week or more without running you come back by steps, the longer the break \
                 the smaller the first one."
            }
            Self::H15 => "A plan makes sense: one run a day, real dates, human paces, true sums.",
            Self::SDays => "Runs are on the days you chose.",
            Self::SCap => "A session fits into the time you have on its day.",
            Self::SLong => "A session lasts up to 150 minutes, 180 on the way to a marathon.",
            Self::SCutback => "Every third or fourth week is an easier one.",
            Self::SShare => "The long run takes up to 45 % of the week.",
            Self::SRuns => "No more runs a week than you asked for.",
            Self::SWeek => "No more km a week than you asked for.",
            Self::SMonotony => "Days differ: hard ones hard, easy ones easy.",
        }
    }

    /// The entries of the evidence table that it rests on; none for a preference.
    #[must_use]
    pub fn sources(self) -> Vec<&'static Source> {
        evidence::named(self.evidence())
    }

    /// Its statement, and its evidence with grade and paper, a sentence each.
    #[must_use]
    pub fn explained(self) -> Vec<String> {
        let rule = format!("{} ({}): {}", self.id(), self.title(), self.statement());
        let sources = self.sources().into_iter().map(Source::text);
        std::iter::once(rule).chain(sources).collect()
    }
}

impl Finding {
    /// Short and long form.
    #[must_use]
    pub fn explain(&self, units: Units) -> Explanation {
        let mut long = self.rule.explained();
        let over = self.value.saturating_sub(self.limit);
        if over > 0 {
            let allowed = self.measure.text(self.limit, units);
            long.insert(1, format!("Up to {allowed} would have been allowed."));
        }
        if !self.rule.is_hard() {
            long.push("This one is yours to override, with a reason.".to_owned());
        }
        Explanation { short: self.text(units), long }
    }
}

impl Repair {
    /// Short and long form.
    #[must_use]
    pub fn explain(&self, units: Units) -> Explanation {
        let mut long = self.rule.explained();
        let kept = match self.change {
            Change::Dropped => "No shorter, easier or later form of it was allowed.",
            Change::Shortened(_) => "It is as long as the rules allow in this week.",
            Change::MadeEasy(_) => "Its km stay, its intensity waits for another day.",
            Change::Moved(_) => "It stays whole, on a day that keeps every rule.",
        };
        long.insert(1, kept.to_owned());
        Explanation { short: self.text(units), long }
    }
}

impl Why {
    /// Short and long form.
    #[must_use]
    pub fn explain(&self, units: Units) -> Explanation {
        let long = match self {
            Self::Paces { .. } => sources("R1, R5"),
            Self::RaceDay { predicted: Some(_), .. } => sources("R2, R3, R4"),
            Self::Target { .. } => Rule::H02.explained(),
            _ => self.rule().map(Rule::explained).unwrap_or_default(),
        };
        Explanation { short: self.text(units), long }
    }
}

impl State {
    /// The entries of the evidence table that it rests on.
    #[must_use]
    pub fn sources(self) -> Vec<&'static Source> {
        evidence::named(match self {
            Self::InjuryProtection => "J1, J2, P1, F1",
            Self::InjuryWatch => "P1",
            Self::Taper => "T1, T2, T3",
            Self::Overreach => "O1, O2",
            Self::Rebuild => "B2, B3",
            Self::OverrideActive => "S1, S2",
            Self::Slump => "O3",
            Self::Probe => "K3, S2",
            Self::Stable => "S2",
        })
    }
}

impl Metric {
    /// Why a milestone of this kind stands on the road, and its evidence.
    #[must_use]
    pub fn explain(self) -> Explanation {
        let (short, ids) = match self {
            Self::LongRun => (
                "The longest run that the schedule holds until then. You get there in steps that \
                 the rules for long runs allow.",
                "S1, I4",
            ),
            Self::Weekly => (
                "What your weeks are to grow to in this phase, a tenth or 4 km at a time at most.",
                "S2, S3",
            ),
            Self::TimeTrial => (
                "Five kilometres as fast as you can show where you stand. The time is the one that \
                 your aim asks for, or that your running supports.",
                "R1, R2",
            ),
            Self::Race => {
                ("Your own aim, or the time that your running supports today.", "R2, R3, R4")
            }
        };
        Explanation { short: short.to_owned(), long: sources(ids) }
    }
}

impl Method {
    /// The entries of the evidence table that it rests on.
    #[must_use]
    pub fn sources(self) -> Vec<&'static Source> {
        evidence::named(match self {
            Self::Riegel | Self::OwnExponent => "R2, R4",
            Self::Training => "R1",
            Self::VickersTwo | Self::VickersOne | Self::OwnMarathon | Self::OwnMarathonAndModel => {
                "R3, R4"
            }
            Self::ValueMarathon => "R1, R3",
            Self::PaceOfLonger | Self::PaceOfShorter => "R2",
        })
    }
}

impl Prediction {
    /// Where the time comes from, how wide the range is and why, and the evidence.
    #[must_use]
    pub fn explain(&self, units: Units) -> Explanation {
        let short = self.method.why().to_owned();
        let more = self.reason_in(units).split_off(short.len()).trim().to_owned();
        let more = Some(more).filter(|more| !more.is_empty());
        let sources = self.method.sources().into_iter().map(Source::text);
        Explanation { short, long: more.into_iter().chain(sources).collect() }
    }
}

fn sources(ids: &str) -> Vec<String> {
    evidence::named(ids).into_iter().map(Source::text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decision::Measure;

    #[test]
    fn every_hard_rule_but_sanity_and_strikes_names_its_evidence() {
        for rule in Rule::HARD {
            let known = !rule.sources().is_empty();
            let own = matches!(rule, Rule::H10 | Rule::H12 | Rule::H15);
            assert_eq!(known, !own, "{rule:?}");
        }
    }

    #[test]
    fn every_state_milestone_and_prediction_names_a_paper() {
        let papers = |sources: Vec<&Source>| sources.iter().any(|s| !s.paper.is_empty());
        for state in [
            State::InjuryProtection,
            State::InjuryWatch,
            State::Taper,
            State::Overreach,
            State::Rebuild,
            State::OverrideActive,
            State::Probe,
            State::Stable,
        ] {
            assert!(papers(state.sources()), "{state:?}");
        }
        assert!(!State::Slump.sources().is_empty(), "no paper gives its figure, a choice does");
        for metric in [Metric::LongRun, Metric::Weekly, Metric::TimeTrial, Metric::Race] {
            assert!(metric.explain().long.iter().any(|s| s.contains("grade")), "{metric:?}");
        }
        for method in [Method::Riegel, Method::Training, Method::VickersOne, Method::ValueMarathon]
        {
            assert!(papers(method.sources()), "{method:?}");
        }
    }

    #[test]
    fn a_finding_says_what_would_have_been_allowed() {
        let (rule, measure) = (Rule::H01, Measure::Metres);
        let finding = Finding { rule, day: None, value: 15_000, limit: 12_000, measure };
        let said = finding.explain(Units::Km);
        assert!(said.short.contains("15.0 km") && said.short.contains("12.0 km"), "{said:?}");
        assert!(said.long.iter().any(|s| s.contains("Up to 12.0 km")), "{said:?}");
        assert!(said.long.iter().any(|s| s.contains("grade A") && s.contains("Frandsen")));
    }
}
