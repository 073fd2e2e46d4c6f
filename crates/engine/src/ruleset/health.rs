//! Health beyond the lock table: red flags, fatigue, the steps of the return ladder and strikes.

use crate::units::{Metres, Pace, Seconds};

// ---- Red flags and fatigue: F1, J1 ----

/// F1, days: least time without running after chest pain or palpitations.
pub const CHEST_PAIN_DAYS: i64 = 10;
/// J1, severity: pain of a bone-prone part from here on is a red flag.
pub const BONE_FLAG_FROM: u8 = 8;
/// S-FATIGUE, severity: fatigue from here on leaves easy running only. Design.
pub const FATIGUE_FROM: u8 = 6;
/// S-FATIGUE, days: how long it does at most, its own day included. Design.
pub const FATIGUE_DAYS: i64 = 3;

// ---- Return ladder: J2 ----

/// J2, repetitions of so long running and so long walking: the steps in order.
pub const LADDER: [(u8, Seconds, Seconds); super::LADDER_STEPS] = [
    (6, Seconds::minutes(1), Seconds::minutes(4)),
    (6, Seconds::minutes(2), Seconds::minutes(3)),
    (6, Seconds::minutes(3), Seconds::minutes(2)),
    (6, Seconds::minutes(4), Seconds::minutes(1)),
    (3, Seconds::minutes(10), Seconds::minutes(1)),
    (2, Seconds::minutes(15), Seconds::minutes(1)),
    (1, Seconds::minutes(20), Seconds::ZERO),
    (1, Seconds::minutes(30), Seconds::ZERO),
];
/// J2, repetitions: a step that must be shorter gives up repetitions down to here, then minutes.
/// Design.
pub const LADDER_FEW: u8 = 3;
/// J2, m: shortest session of the ladder. Half an hour of mostly walking is no junk after an injury,
/// so that it may be shorter than other runs. Design.
pub const LADDER_LEAST: Metres = Metres(1000);
/// P1, pain of 10: up to here, while running and on the next morning, a session is green.
pub const GREEN_PAIN_MAX: u8 = 2;
/// J2, days: the earliest next session after a red one, counted from its day: 48 h free of running
/// between the two.
pub const RED_REST_DAYS: i64 = 3;
/// J2, days: the earliest next session after a green one.
pub const LADDER_GAP: i64 = 2;
/// J2, s/km: brisk walking between the running of a ladder's step. Design.
pub const WALK_PACE: Pace = Pace(660);
/// J2, s/km: walking is at least this much slower than a very slow runner's easy pace. Design.
pub const WALK_SLOWER: i64 = 60;

// ---- Strikes: engine section 12 ----

/// Days: the same part again, a third record on it, count inside this time.
pub const REPEAT_DAYS: i64 = 90;
/// Severity from which the same part again is an injury_repeat.
pub const REPEAT_SEVERITY: u8 = 4;
/// Records on one part inside [`REPEAT_DAYS`] that make chronic_risk.
pub const CHRONIC_RECORDS: usize = 3;
/// Days: two entries into Overreach inside this time are an overreach_pattern.
pub const OVERREACH_PATTERN_DAYS: i64 = 56;
/// Entries into Overreach that make an overreach_pattern.
pub const OVERREACH_PATTERN_ENTRIES: usize = 2;
/// Days: runs far over the longest inside this time are an overreach_pattern.
pub const SPIKE_PATTERN_DAYS: i64 = 28;
/// Runs far over the longest that make an overreach_pattern.
pub const SPIKE_PATTERN_RUNS: usize = 3;
/// Strikes open at once from which the limit is permanent.
pub const STRIKES_OUT: usize = 3;
/// Days without quality after a first strike.
pub const STRIKE_QUIET_DAYS: u16 = 7;
/// Days of forced recovery of a second strike, by severity: up to 3, 4-5, 6 and more.
pub const STRIKE_RECOVERY_DAYS: [u16; 3] = [5, 6, 7];
/// Days of forced recovery of a third strike.
pub const STRIKE_OUT_DAYS: u16 = 14;
/// Days without symptoms that resolve a strike.
pub const STRIKE_CLEAR_DAYS: i64 = 42;
/// Permanent limit: permille of the best 28-day weekly mean.
pub const LIMIT_PERMILLE: i64 = 800;
/// Permanent limit, days looked back for that mean.
pub const LIMIT_REACH_DAYS: i64 = 180;
/// Permanent limit, weeks of the mean.
pub const LIMIT_WEEKS: i64 = 4;
/// Permanent limit, quality sessions a week.
pub const LIMIT_QUALITY: u8 = 1;
/// Permanent limit, days without symptoms before a confirmed clearance lifts it.
pub const LIMIT_CLEAR_DAYS: i64 = 180;
