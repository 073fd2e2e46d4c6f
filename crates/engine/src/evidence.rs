//! Where the rules come from: each id that a rule or a constant names, with what it says, how
//! strong the evidence is and the paper behind it. Screens, `docs/ENGINE.md` and explanations read
//! this table, so that a figure and its source cannot drift apart.

use serde::{Deserialize, Serialize};

/// How strong the evidence is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Grade {
    /// A meta-analysis, a randomised trial or a large cohort.
    A,
    /// One cohort or several small trials.
    B,
    /// Consensus of experts, or physiology.
    C,
    /// A convention of coaches, or a choice of this project where no study gives the figure.
    D,
}

impl Grade {
    /// What the letter means.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::A => "meta-analysis, randomised trial or large cohort",
            Self::B => "one cohort or several small trials",
            Self::C => "consensus or physiology",
            Self::D => "convention of coaches or a design choice",
        }
    }
}

/// One entry: an id with what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Source {
    /// The id that rules and constants name.
    pub id: &'static str,
    /// How strong it is.
    pub grade: Grade,
    /// What it says, in one sentence.
    pub claim: &'static str,
    /// The paper or book, empty where there is none.
    pub paper: &'static str,
}

const fn source(
    id: &'static str,
    grade: Grade,
    claim: &'static str,
    paper: &'static str,
) -> Source {
    Source { id, grade, claim, paper }
}

const RIEGEL: &str = "Riegel 1981, American Scientist 69:285";
const VICKERS: &str = "Vickers & Vertosick 2016, BMC Sports Sci Med Rehabil 8:26";
const DANIELS: &str = "Daniels & Gilbert 1979, Oxygen Power; Daniels' Running Formula";
const FRANDSEN: &str = "Frandsen 2025, Br J Sports Med 59:1203";
const BOSQUET: &str = "Bosquet 2007, Med Sci Sports Exerc 39:1358";
const FEELY: &str = "Feely 2023, Front Sports Act Living 4:1096124";
const SCHWELLNUS: &str = "Schwellnus 2022, Br J Sports Med 56:1066 (IOC consensus)";
const MEEUSEN: &str = "Meeusen 2013, Med Sci Sports Exerc 45:186 (ECSS/ACSM consensus)";

/// All entries, by subject.
pub const ALL: [Source; 45] = [
    source(
        "R1",
        Grade::D,
        "Current form is the best value shown by a race lately, fading slowly; training runs may \
         raise it and never lower it.",
        DANIELS,
    ),
    source(
        "R2",
        Grade::A,
        "Up to the half marathon times grow with distance by a power of about 1.07 in \
         recreational runners; 1.06 is too hopeful.",
        RIEGEL,
    ),
    source(
        "R3",
        Grade::A,
        "Marathon times follow from one or two shorter races and weekly distance.",
        VICKERS,
    ),
    source(
        "R4",
        Grade::B,
        "Nine of ten predictions up to the half lie within -9 and +6 %, of the marathon within 7 %.",
        VICKERS,
    ),
    source(
        "R5",
        Grade::C,
        "Training paces are shares of the Daniels-Gilbert value: easy 0.67, threshold 0.88, \
         interval 0.98.",
        DANIELS,
    ),
    source("R6", Grade::C, "Threshold pace is about the pace of an hour's race.", DANIELS),
    source(
        "R7",
        Grade::D,
        "Most runners do their easy runs too fast, so the easy pace is not their median pace.",
        DANIELS,
    ),
    source("R8", Grade::D, "Old races say less: intervals widen with their age.", ""),
    source(
        "S1",
        Grade::A,
        "Running more than a tenth further than in any run of the last 30 days goes with clearly \
         more overuse injuries (5 205 runners, 588 071 sessions).",
        FRANDSEN,
    ),
    source(
        "S2",
        Grade::B,
        "Small weekly steps do not by themselves prevent injuries, jumps of over 30 % go with \
         more of them; so a week is measured against what has been run for weeks.",
        "Buist 2008, Am J Sports Med 36:33; Nielsen 2014, J Orthop Sports Phys Ther 44:739",
    ),
    source("S3", Grade::D, "An easier week every third or fourth lets the work settle.", ""),
    source(
        "S4",
        Grade::C,
        "The same load every day (monotony over 2) goes with illness and overtraining.",
        "Foster 1998, Med Sci Sports Exerc 30:1164",
    ),
    source("I1", Grade::D, "Two days between hard sessions, for muscles and glycogen.", ""),
    source("I2", Grade::D, "Two or three hard sessions a week, the long run among them.", ""),
    source(
        "I3",
        Grade::B,
        "Most of the running easy is safe and loses nothing; a small share at threshold or faster.",
        "Festa 2020; Zrenner 2021, Front Physiol 12:669884",
    ),
    source(
        "I4",
        Grade::D,
        "The long run takes a bounded share of the week and a bounded time.",
        "Higdon's schedules; Daniels' Running Formula",
    ),
    source(
        "I5",
        Grade::C,
        "Fewer than two rest days a week went with five times the overuse injuries.",
        "Ristolainen 2014, J Sports Med Phys Fitness (446 endurance athletes)",
    ),
    source(
        "I6",
        Grade::A,
        "Formulas of the highest heart rate miss by 10 to 12 beats; an observed one is better.",
        "Tanaka 2001; HERITAGE study, PMC3935487",
    ),
    source(
        "T1",
        Grade::A,
        "Two to three weeks with 41-60 % less volume and kept intensity race best.",
        BOSQUET,
    ),
    source(
        "T2",
        Grade::A,
        "A strict taper of falling weeks beats a relaxed one (158 000 marathoners).",
        "Smyth & Lawlor 2021, Front Sports Act Living 3:735220",
    ),
    source("T3", Grade::D, "Inside the taper nothing is added and nothing moved in.", BOSQUET),
    source("T4", Grade::D, "Before a lesser race four or five days with 20-30 % less.", ""),
    source(
        "B1",
        Grade::D,
        "After five days off the value falls by 0.3 % a day, to 80 % at most.",
        "Daniels; Coyle 1984, J Appl Physiol 57:1857",
    ),
    source(
        "B2",
        Grade::D,
        "After a break volume comes back by shares of what was run before.",
        "Daniels' Running Formula",
    ),
    source("B3", Grade::D, "After a break quality waits for half its length.", DANIELS),
    source(
        "B4",
        Grade::A,
        "A gap of a week or more within 16 weeks of a marathon costs 5-8 % of its time (300 000 \
         runners).",
        FEELY,
    ),
    source(
        "J1",
        Grade::A,
        "Focal bone pain, pain at rest or a limp is severe whatever the number.",
        "Hoenig 2023, Br J Sports Med 57:427 (2 974 bone stress injuries)",
    ),
    source(
        "J2",
        Grade::C,
        "Back from an injury by a run-walk ladder, every other day, each step only after a good one.",
        "George 2024, Sports Med 54:2247",
    ),
    source(
        "J3",
        Grade::D,
        "After the ladder volume rebuilds as after the whole gap.",
        "Mulvad 2018, PLoS ONE 13:e0204742",
    ),
    source(
        "P1",
        Grade::B,
        "Pain up to 2 of 10 is safe, 3-5 acceptable if it settles by morning, more means stop.",
        "Silbernagel 2007, Am J Sports Med 35:897",
    ),
    source(
        "F1",
        Grade::C,
        "No running with fever or symptoms below the neck; then easy for as many days as ill.",
        SCHWELLNUS,
    ),
    source(
        "O1",
        Grade::C,
        "No single marker shows overreaching; several kinds of signal at once do.",
        MEEUSEN,
    ),
    source("O2", Grade::C, "Overreaching asks for a week of little and easy running.", MEEUSEN),
    source("O3", Grade::D, "Form that falls with unchanged load is a slump.", ""),
    source(
        "D1",
        Grade::D,
        "Speed per heart beat that holds over a long steady run shows durability.",
        "Friel; Maunder 2021, Sports Med 51:1619",
    ),
    source(
        "D2",
        Grade::D,
        "Speed per heart beat in long runs against easy ones shows durability.",
        "",
    ),
    source(
        "D3",
        Grade::A,
        "How times stretch from short to long races shows durability (82 303 marathons).",
        "Smyth 2022, Sports Med 52:2283",
    ),
    source("D4", Grade::D, "Long runs done show durability.", ""),
    source(
        "G1",
        Grade::A,
        "Uphill running costs as measured on a treadmill; downhill gives back less.",
        "Minetti 2002, J Appl Physiol 93:1039",
    ),
    source("G2", Grade::D, "With total ascent alone, a mean of what hills cost.", ""),
    source(
        "W1",
        Grade::D,
        "Heat slows by a table of air temperature and dew point.",
        "Hadley; Mantzios 2022, Med Sci Sports Exerc 54:153",
    ),
    source("W2", Grade::D, "Heat corrects training paces, never recorded race times.", ""),
    source("K1", Grade::D, "A session counts by how much of it was done.", ""),
    source("K2", Grade::D, "Consistency: sessions done, even weeks, short gaps.", FEELY),
    source("K3", Grade::D, "Weekly capacity is what the better weeks held, not the best one.", ""),
];

/// The entry of an id.
#[must_use]
pub fn find(id: &str) -> Option<&'static Source> {
    ALL.iter().find(|s| s.id == id)
}

/// The entries that a text names, by id, in the order of the table: `"S1, I2 (Foster)"` names two.
#[must_use]
pub fn named(text: &str) -> Vec<&'static Source> {
    let words: Vec<&str> = text.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    ALL.iter().filter(|s| words.contains(&s.id)).collect()
}

impl Source {
    /// One clear sentence: what it says, how strong, by whom.
    #[must_use]
    pub fn text(&self) -> String {
        let by = if self.paper.is_empty() { String::new() } else { format!("; {}", self.paper) };
        format!(
            "{} ({}, grade {:?}: {}{by})",
            self.claim,
            self.id,
            self.grade,
            self.grade.meaning()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_stands_once() {
        let mut ids: Vec<&str> = ALL.iter().map(|s| s.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), ALL.len());
    }

    #[test]
    fn ids_are_found_in_text() {
        let ids = |text| named(text).iter().map(|s| s.id).collect::<Vec<_>>();
        assert_eq!(ids("T1, S1 (Frandsen 2025)"), ["S1", "T1"]);
        assert!(ids("Design. S12").is_empty());
    }
}
