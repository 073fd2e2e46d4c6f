//! What a health record does to training, as data with words for it: shown before and after it is
//! saved. Advice, never a diagnosis.

use crate::calendar::Day;
use crate::health::{self, Class, DayHealth};
use crate::history::History;
use crate::record::{Activity, BodyPart, HealthRecord, HealthType, Strike};
use crate::ruleset;
use crate::units::{Metres, Units};
use serde::{Deserialize, Serialize};

/// What training loses (schema `training_modification`), least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Modification {
    /// Nothing.
    None,
    /// Hard sessions.
    ReducedIntensity,
    /// Km as well.
    ReducedVolume,
    /// All running.
    Rest,
}

impl Modification {
    /// The name the schema stores.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::ReducedIntensity => "reduced_intensity",
            Self::ReducedVolume => "reduced_volume",
            Self::Rest => "rest",
        }
    }

    /// In plain words.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::None => "training goes on as planned",
            Self::ReducedIntensity => "easy running only",
            Self::ReducedVolume => "less running, all of it easy",
            Self::Rest => "no running",
        }
    }
}

/// Signs that ask for a doctor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RedFlag {
    /// Chest pain or palpitations.
    ChestPain,
    /// Bone pain at rest or at night.
    BonePainAtRest,
    /// A limp or changed gait.
    Limp,
    /// Very strong pain of a part where bone stress is common.
    StrongBonePain,
    /// Fever and symptoms below the neck together.
    FeverBelowNeck,
}

impl RedFlag {
    /// The advice for it.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::ChestPain => {
                "Chest pain or palpitations: see a doctor before you run again. If it is strong, \
                 lasts, or comes with breathlessness, call an ambulance now."
            }
            Self::BonePainAtRest => {
                "Bone pain at rest or at night: see a doctor before you run again."
            }
            Self::Limp => {
                "A limp: do not run, and see a doctor if it lasts more than a day or two."
            }
            Self::StrongBonePain => {
                "Strong pain where bone stress is common: see a doctor before you run again."
            }
            Self::FeverBelowNeck => {
                "Fever with symptoms below the neck: rest, and see a doctor if it does not get \
                 better within four days. After COVID wait ten days at least."
            }
        }
    }
}

/// One thing a record does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// No running from a day on (H08).
    Locked {
        /// The first locked day.
        from: Day,
        /// Days it lasts at least, unless it is closed before.
        days: i64,
        /// The first day without the lock, `None`: when the record is closed.
        until: Option<Day>,
    },
    /// No quality session while it is open (H09).
    NoQuality,
    /// Most km a week while it is open (H09).
    WeekAtMost(Metres),
    /// Longest run while it is open (H09).
    RunAtMost(Metres),
    /// The run-walk ladder follows (J2).
    Ladder {
        /// Its steps.
        steps: usize,
    },
    /// Easy runs only, each so short, while it is open (F1).
    EasyAndShort {
        /// Minutes.
        minutes: i64,
        /// Days at most.
        days: i64,
    },
    /// After the illness (F1).
    AfterIllness {
        /// Days without running from the day it is over.
        free: i64,
        /// Most days that are easy only then: one for each day ill.
        easy: i64,
    },
    /// No hard session (soft, races stay).
    EasyDays {
        /// Days.
        days: i64,
    },
}

impl Effect {
    /// One clear sentence.
    #[must_use]
    pub fn text(self, units: Units) -> String {
        let days = |n: i64| if n == 1 { "1 day".to_owned() } else { format!("{n} days") };
        match self {
            Self::Locked { from, days: n, until: Some(until) } => {
                format!("No running from {from} on, {}: until {until} (H08).", days(n))
            }
            Self::Locked { from, days: n, until: None } => format!(
                "No running from {from} on until you close the record, at least {} (H08).",
                days(n)
            ),
            Self::NoQuality => "No quality session while it is open (H09).".to_owned(),
            Self::WeekAtMost(km) => {
                format!("At most {} a week while it is open (H09).", units.distance(km))
            }
            Self::RunAtMost(km) => {
                format!("No run over {} while it is open (H09).", units.distance(km))
            }
            Self::Ladder { steps } => format!(
                "Then the way back: {steps} run-walk sessions, every other day (H09, evidence J2)."
            ),
            Self::EasyAndShort { minutes, days: n } => format!(
                "Easy runs of at most {minutes} min while it is open, for {} at most (H08).",
                days(n)
            ),
            Self::AfterIllness { free, easy } => format!(
                "After it is over: {} without running, then one easy day for each day ill, up to \
                 {} (H08).",
                days(free),
                days(easy)
            ),
            Self::EasyDays { days: n } => format!("Easy running only for {}.", days(n)),
        }
    }
}

/// What one record does to training.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consequences {
    /// The strongest modification it puts in force on its day.
    pub modification: Modification,
    /// Days without running, at least.
    pub lock_days: i64,
    /// What it does, one by one.
    pub effects: Vec<Effect>,
    /// Signs that ask for a doctor.
    pub red_flags: Vec<RedFlag>,
}

impl Consequences {
    /// Of a record; `h` is the history of `activities`.
    #[must_use]
    pub fn of(r: &HealthRecord, activities: &[Activity], h: &History) -> Self {
        let lock_days = lock_days(r);
        let mut effects = Vec::new();
        if lock_days > 0 {
            effects.push(Effect::Locked { from: r.day, days: lock_days, until: lock_ends(r) });
        }
        let injury = health::is_injury(r);
        if injury && health::class(r) == Class::Moderate {
            let upper = health::severity(r) >= ruleset::MODERATE_UPPER_FROM;
            let share = if upper { ruleset::MODERATE_UPPER_PERMILLE } else { 1000 };
            let (c4, l30) = h.as_of(activities, r.day, |h| (h.c4(r.day), h.l30(r.day)));
            effects.push(Effect::NoQuality);
            effects.push(Effect::WeekAtMost(c4.permille(share)));
            effects.push(Effect::RunAtMost(l30.permille(ruleset::MODERATE_RUN_PERMILLE)));
        }
        if health::ladder_follows(r, r.closed.unwrap_or(r.day + health::table_days(r))) {
            effects.push(Effect::Ladder { steps: ruleset::LADDER_STEPS });
        }
        match r.kind {
            HealthType::Illness if health::above_neck(r) => effects.push(Effect::EasyAndShort {
                minutes: ruleset::ABOVE_NECK_RUN_MAX.0 / 60,
                days: ruleset::ABOVE_NECK_DAYS,
            }),
            HealthType::Illness => effects.push(Effect::AfterIllness {
                free: ruleset::ILLNESS_CLEAR_DAYS[usize::from(r.symptoms.fever)],
                easy: ruleset::ILLNESS_EASY_MAX,
            }),
            HealthType::Fatigue if health::on_day(r, r.day, r.day).tired => {
                effects.push(Effect::EasyDays { days: ruleset::FATIGUE_DAYS });
            }
            _ => {}
        }
        let modification = modification(r, r.day, r.day);
        Self { modification, lock_days, effects, red_flags: red_flags(r) }
    }

    /// One sentence each: what it does, then the advice.
    #[must_use]
    pub fn text(&self, units: Units) -> Vec<String> {
        let mut out: Vec<String> = self.effects.iter().map(|e| e.text(units)).collect();
        if out.is_empty() {
            out.push("Training goes on as planned.".to_owned());
        }
        out.extend(self.red_flags.iter().map(|f| f.advice().to_owned()));
        out
    }
}

/// Least days without running, from the record's day on.
fn lock_days(r: &HealthRecord) -> i64 {
    let table = if health::is_injury(r) { health::table_days(r) } else { 0 };
    let ill = r.kind == HealthType::Illness && !health::above_neck(r);
    let illness = if ill { ruleset::ILLNESS_CLEAR_DAYS[usize::from(r.symptoms.fever)] } else { 0 };
    let chest = if r.symptoms.chest_pain { ruleset::CHEST_PAIN_DAYS } else { 0 };
    table.max(illness).max(chest)
}

/// The first day on which a record locks no longer, as far as is known; `None`: not before it is
/// closed.
#[must_use]
pub fn lock_ends(r: &HealthRecord) -> Option<Day> {
    let known = r.closed.map_or(r.day, |c| c.max(r.day));
    // No lock with an end is longer than the table's longest and what follows an illness.
    let last = known.max(r.day) + 7 * i64::from(u8::MAX);
    let from = if r.closed.is_some() { known } else { r.day };
    let locked = |day: Day| health::on_day(r, day, known).locked;
    if locked(last) {
        return None;
    }
    (0..=last - from).map(|i| from + i).find(|day| !locked(*day))
}

/// What a record takes from a day, by what is known on another.
fn modification(r: &HealthRecord, day: Day, known: Day) -> Modification {
    let DayHealth { locked, no_hard, no_quality, tired, .. } = health::on_day(r, day, known);
    let open = r.day <= day && r.closed.is_none_or(|c| c > known || day <= c);
    if locked {
        Modification::Rest
    } else if health::is_injury(r) && open && health::class(r) == Class::Moderate {
        Modification::ReducedVolume
    } else if no_hard || no_quality || tired {
        Modification::ReducedIntensity
    } else {
        Modification::None
    }
}

/// The strongest modification in force on a day, of all records and strikes.
#[must_use]
pub fn in_force(records: &[HealthRecord], strikes: &[Strike], day: Day) -> Modification {
    let of_strike = |s: &Strike| {
        if health::recovering(s, day, day) {
            Modification::Rest
        } else if s.limit.is_some_and(|l| l.lifted.is_none_or(|d| d > day)) {
            Modification::ReducedVolume
        } else if health::quiet(s, day, day) {
            Modification::ReducedIntensity
        } else {
            Modification::None
        }
    };
    let records = records.iter().filter(|r| r.day <= day).map(|r| modification(r, day, day));
    let strikes = strikes.iter().filter(|s| s.issued <= day).map(of_strike);
    records.chain(strikes).max().unwrap_or(Modification::None)
}

/// The signs of a record that ask for a doctor.
#[must_use]
pub fn red_flags(r: &HealthRecord) -> Vec<RedFlag> {
    let s = &r.symptoms;
    let bone = matches!(
        r.part,
        Some(
            BodyPart::Shin
                | BodyPart::Foot
                | BodyPart::Hip
                | BodyPart::Navicular
                | BodyPart::FemoralNeck
                | BodyPart::AnteriorTibia
        )
    );
    let strong = health::is_injury(r) && r.severity.is_some_and(|n| n >= ruleset::BONE_FLAG_FROM);
    [
        (s.chest_pain, RedFlag::ChestPain),
        (s.bone_pain_at_rest, RedFlag::BonePainAtRest),
        (s.limp, RedFlag::Limp),
        (bone && strong, RedFlag::StrongBonePain),
        (r.kind == HealthType::Illness && s.fever && s.below_neck, RedFlag::FeverBelowNeck),
    ]
    .into_iter()
    .filter_map(|(stands, flag)| stands.then_some(flag))
    .collect()
}

/// Is the record closed only with a medical clearance: chest pain (F1), bone pain at rest, or a
/// bone that heals badly (evidence 5.2)?
#[must_use]
pub fn needs_clearance(r: &HealthRecord) -> bool {
    let slow = [BodyPart::Navicular, BodyPart::FemoralNeck, BodyPart::AnteriorTibia];
    let bone = health::is_injury(r) && r.part.is_some_and(|p| slow.contains(&p));
    bone || r.symptoms.chest_pain || r.symptoms.bone_pain_at_rest
}
