//! Which days health forbids running on, read from the lock table alone: a third reading beside
//! the generator's and the checker's, simple enough to be seen to be right.

use hermes_engine::calendar::Day;
use hermes_engine::facts::Facts;
use hermes_engine::record::{HealthRecord, HealthType};
use hermes_engine::ruleset;

/// Severity with its defaults.
#[must_use]
pub fn severity(r: &HealthRecord) -> u8 {
    let grave = r.symptoms.bone_pain_at_rest || r.symptoms.limp;
    if grave { 10 } else { r.severity.unwrap_or(ruleset::SEVERITY_DEFAULT) }
}

/// A severe injury or pain?
#[must_use]
pub fn severe(r: &HealthRecord) -> bool {
    matches!(r.kind, HealthType::Injury | HealthType::Pain) && severity(r) >= ruleset::SEVERE_FROM
}

/// Is the record open on a day?
#[must_use]
pub fn open(r: &HealthRecord, day: Day) -> bool {
    r.day <= day && r.closed.is_none_or(|closed| closed > day)
}

/// Does the record forbid running on a day?
#[must_use]
pub fn locks(r: &HealthRecord, day: Day) -> bool {
    if !open(r, day) {
        return false;
    }
    match r.kind {
        HealthType::Injury | HealthType::Pain => {
            let [mild, moderate, _] = ruleset::lock_days(r.part);
            let days = if severity(r) >= ruleset::MODERATE_FROM { moderate } else { mild };
            severe(r) || day < r.day + days
        }
        HealthType::Illness => r.symptoms.fever || r.symptoms.below_neck,
        HealthType::Fatigue | HealthType::Other => false,
    }
}

/// Does any record or strike forbid running on a day?
#[must_use]
pub fn locked(facts: &Facts, day: Day) -> bool {
    let forced = facts.strikes.iter().any(|s| {
        s.issued < day
            && day <= s.issued + i64::from(s.forced_recovery_days)
            && s.resolved.is_none_or(|resolved| resolved > day)
    });
    forced || facts.health.iter().any(|r| locks(r, day))
}
