//! The nine states a runner can be in, and the phases of a roadmap.

use serde::{Deserialize, Serialize};

/// The state of a runner; exactly one at a time. Declared in order of precedence, highest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum State {
    /// A severe injury, or a lock, and the return ladder after it.
    #[serde(rename = "Injury Protection")]
    InjuryProtection,
    /// Pain or spikes that ask for care.
    #[serde(rename = "Injury Watch")]
    InjuryWatch,
    /// The days before an A race.
    Taper,
    /// Several signals of overreaching at once.
    Overreach,
    /// Coming back after a break.
    Rebuild,
    /// The runner chose the wider limits.
    #[serde(rename = "Override Active")]
    OverrideActive,
    /// Form or consistency fell over weeks.
    Slump,
    /// Testing whether the runner is ready for more.
    Probe,
    /// The default.
    Stable,
}

impl State {
    /// The name the schema stores.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::InjuryProtection => "Injury Protection",
            Self::InjuryWatch => "Injury Watch",
            Self::Taper => "Taper",
            Self::Overreach => "Overreach",
            Self::Rebuild => "Rebuild",
            Self::OverrideActive => "Override Active",
            Self::Slump => "Slump",
            Self::Probe => "Probe",
            Self::Stable => "Stable",
        }
    }

    /// One sentence for the runner.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::InjuryProtection => {
                "No running until you are cleared; then a gentle ladder back."
            }
            Self::InjuryWatch => "Your body asks for care: no quality, less volume.",
            Self::Taper => "Your race is near: less volume, fresh legs.",
            Self::Overreach => "You have done too much: a week at 60 %, nothing hard.",
            Self::Rebuild => {
                "You are coming back, or have just begun: volume first, no quality yet."
            }
            Self::OverrideActive => "Send It mode: wider limits, by your choice, for seven days.",
            Self::Slump => "Form has dipped: a little less until it returns.",
            Self::Probe => "You are steady and ready: two weeks of a little more.",
            Self::Stable => "Training goes to plan.",
        }
    }
}

/// A phase of a roadmap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Phase {
    /// Easy volume; also what a runner without a goal does.
    Base,
    /// Race-specific work grows.
    Build,
    /// The biggest weeks.
    Peak,
    /// Less, to be fresh.
    Taper,
    /// After the race.
    Recovery,
}

impl Phase {
    /// The English name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Base => "Base",
            Self::Build => "Build",
            Self::Peak => "Peak",
            Self::Taper => "Taper",
            Self::Recovery => "Recovery",
        }
    }
}

/// How careful limits have to be with a runner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Risk {
    /// A long, even history.
    Low,
    /// The default.
    Moderate,
    /// Limits are the strict ones.
    High,
}

impl Risk {
    /// The word the schema stores: low, moderate, high.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Moderate => "moderate",
            Self::High => "high",
        }
    }
}
