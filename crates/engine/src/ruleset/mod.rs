//! The rule set: every threshold of the hard rules H01-H15, once, with unit, meaning and source.
//!
//! Constants are shared by the generator and the checker of the rules; code is not. Sources name
//! the ids of the evidence page (S1, I2, T1 ...): a cohort, a trial, a convention of coaches, or
//! `design` where no study gives the figure. Shares are in thousandths (permille).

mod compliance;
mod edit;
mod health;
mod level;
mod roadmap;
mod state;
mod week;

pub use compliance::*;
pub use edit::*;
pub use health::*;
pub use level::*;
pub use roadmap::*;
pub use state::*;
pub use week::*;

use crate::calendar::Day;
use crate::record::{BodyPart, RaceDistance};
use crate::state::Phase;
use crate::units::{Metres, Pace, Seconds};

mod calibration;

pub use calibration::*;

/// Version of this rule set; stored with every plan. Any changed value below needs a new one.
pub const RULESET_VERSION: &str = "4";

// ---- What counts as run (H15) ----

/// H15, s: two runs that start this close together are one run recorded twice. Design.
pub const DUPLICATE_START: i64 = 120;
/// H15, s: the longest stretch a run can occupy when duplicates are looked for. Design.
pub const RUN_INTERVAL_MAX: i64 = 86_400;
/// H15, m/s: faster than this beyond [`SPEED_CHECKED_OVER`] is no running. Design (records).
pub const SPEED_MAX: i64 = 7;
/// H15, m: up to here speed is not checked.
pub const SPEED_CHECKED_OVER: Metres = Metres(1000);
/// H15, m: the most that counts on one day, run or planned, until the runner confirms it. Design.
pub const DAY_MAX: Metres = Metres(100_000);
/// H01, m: what a race counts at most where a longest run is taken. Design.
pub const RACE_AS_LONGEST: Metres = Metres(21_100);

// ---- H01 SESSION_SPIKE: S1 (Frandsen 2025: the reference band ends at +10 %) ----

/// H01, days: window of the longest run.
pub const L30_DAYS: i64 = 30;
/// H01, days: window of the second longest run and of the longer memory.
pub const L30_MEMORY_DAYS: i64 = 90;
/// H01, permille of the longest run in [`L30_MEMORY_DAYS`] that L30 keeps. S1, design.
pub const L30_MEMORY_PERMILLE: i64 = 500;
/// H01, m: L30 is never less. S1, design.
pub const L30_FLOOR: Metres = Metres(3000);
/// H01, permille of the second longest run: one part of the cap K on freak runs. Design.
pub const FREAK_PERMILLE: i64 = 1300;
/// H01, m above the second longest run: the other part of K (two Higdon steps). Design.
pub const FREAK_EXTRA: Metres = Metres(3200);
/// H01, permille of L30 for one run. S1.
pub const SPIKE_PERMILLE: i64 = 1100;
/// H01, m above L30 for one run: one step of a Higdon schedule (1 mile). S1, design.
pub const SPIKE_EXTRA: Metres = Metres(1610);
/// H01, m above L30 for one run of a strict runner. Design.
pub const SPIKE_EXTRA_STRICT: Metres = Metres(500);
/// H01, permille of L30 with Override Active. S1 (hazard ratio 1.64 begins at +10 %, holds to 30).
pub const SPIKE_OVERRIDE_PERMILLE: i64 = 1300;

// ---- H02 WEEK_RAMP: S2 ----

/// H02, m: a week of this size is always allowed. Design.
pub const WEEK_FLOOR: Metres = Metres(9000);
/// H02, permille of C: the step of a week. S2.
pub const STEP_PERMILLE: i64 = 1100;
/// H02, m above C: the step of a small week. S2.
pub const STEP_EXTRA: Metres = Metres(4000);
/// H02, permille of C with Override Active. S2.
pub const STEP_OVERRIDE_PERMILLE: i64 = 1200;
/// H02, m above C with Override Active. S2.
pub const STEP_OVERRIDE_EXTRA: Metres = Metres(6000);
/// H02, permille of C for a strict runner. S1, S2.
pub const STEP_STRICT_PERMILLE: i64 = 1100;
/// H02, m: the cap on the step by C13 is never less. Design.
pub const STEP_CAP_FLOOR: Metres = Metres(30_000);
/// H02, permille of C13 that caps the step. Design.
pub const STEP_CAP_PERMILLE: i64 = 1600;
/// Days of C13's window.
pub const C13_DAYS: i64 = 90;
/// H02, week starts that M8 looks back.
pub const M8_WEEKS: usize = 8;
/// H02, permille of M8 that is always allowed up to M8. Design.
pub const M8_SHARE: i64 = 500;
/// H02, permille of M8 added to C. Design.
pub const M8_STEP: i64 = 150;
/// H02, week starts that M26 looks back.
pub const M26_WEEKS: usize = 26;
/// H02, permille of M26 that is always allowed up to M26. Design.
pub const M26_SHARE: i64 = 250;
/// H02, permille of M26 added to C. Design.
pub const M26_STEP: i64 = 100;
/// H02, permille of C that caps the km planned in the last published weeks. Design.
pub const PUBLISHED_PERMILLE: i64 = 1250;
/// H02, days before the week in which published weeks begin that count.
pub const PUBLISHED_DAYS: i64 = 28;

// ---- Strict runner and Rebuild: S1, B2, section 11 ----

/// Days before the week in which a record makes a strict runner. S1.
pub const STRICT_DAYS: i64 = 90;
/// Severity from which a record makes a strict runner.
pub const STRICT_SEVERITY: u8 = 3;
/// Run-free days that begin Rebuild. Section 11.
pub const REBUILD_GAP: i64 = 14;
/// Rebuild begins where C4 is below this permille of C13. Section 11.
pub const REBUILD_ENTER_PERMILLE: i64 = 600;
/// Rebuild ends where C4 is at least this permille of C13 and no H14 row is in force.
pub const REBUILD_LEAVE_PERMILLE: i64 = 750;
/// Week starts over which Rebuild's condition is followed.
pub const REBUILD_WEEKS: usize = 26;

// ---- H03 and H04: I1, I2 ----

/// H03, calendar days between two hard sessions, at least. I1 (design).
pub const HARD_GAP: i64 = 2;
/// Duration from which the longest run of a week is its Long Run.
pub const LONG_RUN_FROM: Seconds = Seconds::minutes(60);
/// Time at marathon pace or faster over which a Pace session is quality.
pub const PACE_QUALITY_OVER: Seconds = Seconds::minutes(20);
/// Duration from which a run done counts as hard. I1.
pub const DONE_HARD_FROM: Seconds = Seconds::minutes(90);
/// Duration from which a run done at marathon pace or faster counts as hard. I1.
pub const DONE_FAST_FROM: Seconds = Seconds::minutes(20);
/// Permille of the planned pace of an easy session: a run no faster was easy, whatever marathon pace
/// is. Design.
pub const DONE_AS_EASY_PERMILLE: i64 = 900;
/// Permille of a planned hard session that must be done for the day to count as hard.
pub const DONE_SHARE_PERMILLE: i64 = 500;
/// H04, hard sessions a week by run days: up to 3, 4-5, 6 and more. I2.
pub const HARD_SESSIONS: [usize; 3] = [2, 2, 3];
/// H04, hard sessions with 4-5 run days of a durable runner. I2.
pub const HARD_SESSIONS_DURABLE: usize = 3;
/// H04, durability (thousandths) from which a runner is durable. I2.
pub const DURABLE_FROM: i64 = 700;

// ---- H05 REST: I5 (Ristolainen 2014) ----

/// H05, run days in any 7 days.
pub const RUN_DAYS_MAX: u32 = 6;
/// H05, run days in any 7 days for a strict runner or while C is small.
pub const RUN_DAYS_MAX_STRICT: u32 = 5;
/// H05, m: C below this is small.
pub const RUN_DAYS_SMALL_C: Metres = Metres(30_000);

// ---- H06 INTENSITY: I3 ----

/// H06: this much intensity is always allowed. I3, design.
pub const INTENSITY_FLOOR: Seconds = Seconds::minutes(12);
/// H06, permille of the running time with Override Active. Design.
pub const INTENSITY_OVERRIDE: i64 = 220;

/// H06, permille of the running time at threshold or faster, by phase. I3.
#[must_use]
pub const fn intensity_permille(phase: Phase) -> i64 {
    match phase {
        Phase::Base | Phase::Recovery => 100,
        Phase::Build => 180,
        Phase::Peak | Phase::Taper => 200,
    }
}

// ---- H07 LONG_SHARE: I4 ----

/// H07, m: runs up to here have no share.
pub const LONG_SHARE_OVER: Metres = Metres(5000);
/// H07, permille of the week. I4.
pub const LONG_SHARE: i64 = 580;
/// H07, permille of a small week. I4.
pub const LONG_SHARE_SMALL: i64 = 600;
/// H07, m: the cap of the small week's share.
pub const LONG_SHARE_SMALL_MAX: Metres = Metres(24_000);
/// H07, m: no run that is no race is longer. I4.
pub const LONG_MAX: Metres = Metres(35_000);
/// H07: no run that is no race lasts longer. I4.
pub const LONG_MAX_TIME: Seconds = Seconds::minutes(210);

// ---- H08, H09, H10: J1-J3, P1, F1 ----

/// Severity of a record that names none.
pub const SEVERITY_DEFAULT: u8 = 4;
/// Severity that the signs of J1 stand for.
pub const SEVERITY_J1: u8 = 10;
/// Severity from which a record is moderate. P1.
pub const MODERATE_FROM: u8 = 3;
/// Severity from which a moderate record asks for the smaller week. P1.
pub const MODERATE_UPPER_FROM: u8 = 4;
/// Severity from which a record is severe. P1.
pub const SEVERE_FROM: u8 = 6;
/// H09, permille of C4 from [`MODERATE_UPPER_FROM`] on. P1.
pub const MODERATE_UPPER_PERMILLE: i64 = 700;
/// H09, permille of L30 for one run with a moderate record. Design.
pub const MODERATE_RUN_PERMILLE: i64 = 800;
/// H09, days a lock must have lasted for the return ladder. J2.
pub const LADDER_AFTER: i64 = 7;
/// H09, steps of the return ladder. J2.
pub const LADDER_STEPS: usize = 8;
/// H09: longest step of the ladder. J2.
pub const LADDER_RUN_MAX: Seconds = Seconds::minutes(35);
/// H09, days after closing when a ladder is taken as done. Design.
pub const LADDER_FORGOTTEN: i64 = 182;
/// H08, days locked after an illness below the neck, and after fever; day one is the closing. F1.
pub const ILLNESS_CLEAR_DAYS: [i64; 2] = [1, 2];
/// H08, most days that are easy only after an illness. F1.
pub const ILLNESS_EASY_MAX: i64 = 7;
/// H08, fewest days without quality after an illness. F1.
pub const ILLNESS_NO_QUALITY_MIN: i64 = 3;
/// H08, days that symptoms above the neck limit training at most. F1.
pub const ABOVE_NECK_DAYS: i64 = 14;
/// H08: longest run with symptoms above the neck. F1.
pub const ABOVE_NECK_RUN_MAX: Seconds = Seconds::minutes(45);

/// H08, days without running for an injury or pain: mild, moderate, severe. Evidence 5.2, design
/// from the medians there.
#[must_use]
pub const fn lock_days(part: Option<BodyPart>) -> [i64; 3] {
    match part {
        Some(BodyPart::Calf | BodyPart::Hamstring | BodyPart::Quadriceps) => [3, 10, 21],
        Some(BodyPart::Achilles | BodyPart::Plantar | BodyPart::PatellarTendon) => [0, 7, 21],
        Some(BodyPart::Knee) => [2, 10, 28],
        Some(BodyPart::Foot | BodyPart::Ankle) => [14, 42, 56],
        Some(BodyPart::Navicular | BodyPart::FemoralNeck | BodyPart::AnteriorTibia) => [84, 84, 84],
        Some(
            BodyPart::Shin | BodyPart::Hip | BodyPart::Groin | BodyPart::LowBack | BodyPart::Other,
        )
        | None => [5, 14, 42],
    }
}

// ---- H11 TAPER: T1-T3 (Bosquet 2007) ----

/// T1, permille of the highest of the six weeks before, first block of the taper first; the last
/// block ends on race day.
#[must_use]
pub const fn taper_permille(distance: RaceDistance) -> &'static [i64] {
    match distance {
        RaceDistance::Marathon => &[750, 550, 250],
        RaceDistance::Half => &[700, 400],
        RaceDistance::K10 => &[600],
        RaceDistance::K5 | RaceDistance::K4 => &[650],
    }
}

/// H11, 7-day blocks before the taper whose highest is the measure. T1.
pub const TAPER_REFERENCE_BLOCKS: i64 = 6;

/// H11, days before race day without quality. T2.
#[must_use]
pub const fn taper_quiet_days(distance: RaceDistance) -> i64 {
    match distance {
        RaceDistance::Marathon => 4,
        _ => 3,
    }
}

/// H11, permille of L30 for one run on days -7 to -1 and on days -14 to -8 before a half or a
/// full marathon. T3.
pub const TAPER_RUN_PERMILLE: [i64; 2] = [400, 600];

// ---- H12 POST_RACE: Daniels's day per 3 km ----

/// H12, m of race for one day without quality.
pub const RECOVERY_METRES_PER_DAY: i64 = 3000;
/// H12, m: a race from here on is a marathon for recovery.
pub const MARATHON_FROM: Metres = Metres(40_000);
/// H12, permille of C4 of race day for days 1-7 and for days 8-14 after a marathon. Design.
pub const MARATHON_RECOVERY_PERMILLE: i64 = 500;

/// H12, days without quality after a race of this length: km / 3, rounded half up.
#[must_use]
pub const fn recovery_days(race: Metres) -> i64 {
    race.0.saturating_add(RECOVERY_METRES_PER_DAY / 2).div_euclid(RECOVERY_METRES_PER_DAY)
}

// ---- H13 OVERREACH: O2 (Meeusen 2013) ----

/// H13, permille of C as of the entry.
pub const OVERREACH_PERMILLE: i64 = 600;

// ---- H14 RETURN: B2, B3 (Daniels) ----

/// H14, from how many run-free days before a week start which factors (permille of max(C, M26))
/// hold for the weeks from there on. B2.
pub const RETURN_ROWS: [(i64, &[i64]); 5] = [
    (57, &[250, 330, 450, 550, 650, 750, 850]),
    (29, &[330, 450, 600, 750, 900]),
    (15, &[500, 650, 800]),
    (8, &[600, 800]),
    (7, &[850]),
];
/// H14, weeks that the longest row reaches.
pub const RETURN_WEEKS: usize = 7;
/// H14, run-free days of a runner without any run.
pub const NEVER_RUN_DAYS: i64 = 10_000;
/// H14, days of the longest run that a return is measured by.
pub const RETURN_LONGEST_DAYS: i64 = 182;
/// H14, m: one run of this length is always allowed.
pub const RETURN_RUN_FLOOR: Metres = Metres(3000);
/// H14, fewest and most days without quality after a gap; half the gap between. B3.
pub const RETURN_QUIET_DAYS: (i64, i64) = (7, 28);
/// H14, days after those with at most one quality session a week. B3.
pub const RETURN_CAREFUL_DAYS: i64 = 14;

/// H14: the factors for a gap of so many run-free days; none under seven.
#[must_use]
pub fn return_row(days: i64) -> &'static [i64] {
    RETURN_ROWS.iter().find(|(from, _)| days >= *from).map_or(&[], |(_, row)| row)
}

/// B3: the first day after a gap of `days` run-free days before `start` that may have quality.
#[must_use]
pub fn quality_from(start: Day, days: i64) -> Day {
    let (least, most) = RETURN_QUIET_DAYS;
    start + (days.saturating_add(1) / 2).clamp(least, most)
}

// ---- H15 SANITY ----

/// H15, s/km: the fastest planned pace.
pub const PACE_FASTEST: Pace = Pace(120);
/// H15, s/km: the slowest planned pace.
pub const PACE_SLOWEST: Pace = Pace(1200);
/// H15, m: a plan's step in km.
pub const PLAN_STEP: Metres = Metres(100);
/// H15, mm: a plan's step in miles, 0.1 mile.
pub const PLAN_STEP_MILES_MM: i64 = 160_934;
/// H15, m: how far from a step in miles a distance may be.
pub const PLAN_STEP_MILES_OFF: i64 = 50;
/// H15, m: how far the steps of a session may be from its distance.
pub const STEPS_OFF: i64 = 100;
/// H15, s: how far the steps of a session may be from its duration.
pub const STEPS_OFF_TIME: i64 = 60;

// ---- Coaching: what the generator aims at inside the limits ----

/// Permille by which Base, Build and Peak weeks grow where the goal needs more. Design: well under
/// the H02 step, so that a missed session never makes the next week a jump.
pub const GROWTH_PERMILLE: i64 = 50;
/// m: growth of small weeks. Design.
pub const GROWTH_LEAST: Metres = Metres(1000);
/// Permille of C that leads where C4 lags (after a break). Design.
pub const LEADING_PERMILLE: i64 = 950;
/// Permille of M26 that a runner is led back to, step by step. Design.
pub const PROVED_PERMILLE: i64 = 850;
/// Permille of M8 in the first, second and later weeks after a race. Design, within H12.
pub const RECOVERY_PERMILLE: [i64; 3] = [400, 550, 750];

/// Days without running after a goal's race: about a third of H12's days without quality, and the
/// first week after a marathon. Design.
#[must_use]
pub const fn race_rest_days(distance: RaceDistance) -> i64 {
    match distance {
        RaceDistance::Marathon => 6,
        RaceDistance::Half => 3,
        RaceDistance::K10 | RaceDistance::K5 | RaceDistance::K4 => 1,
    }
}

/// T2, permille of its usual length that a quality session has in a taper (50-60 %).
pub const TAPER_TOUCH_PERMILLE: i64 = 600;
/// Permille of a schedule's longest run and biggest week that make its race feasible. Design.
pub const FEASIBLE_PERMILLE: i64 = 800;
/// S3, permille of C4 in a cutback week (0.75-0.85).
pub const CUTBACK_PERMILLE: i64 = 800;
/// S3, permille of the highest planned week that H02 lets stand, in a cutback week: less was run than
/// planned then (0.75-0.85).
pub const CUTBACK_HELD_PERMILLE: i64 = 750;
/// Permille of C that a standing plan is above where it is said that less was run than planned.
/// Design.
pub const SHORTFALL_PERMILLE: i64 = 1050;
/// S3, permille of C4: a last week below it was easy already and needs no cutback after it.
pub const RESTED_PERMILLE: i64 = 850;
/// I4, permille of the week that the longest run takes, soft.
pub const LONG_SHARE_SOFT: i64 = 450;
/// S4 (Foster 1998), thousandths: monotony over this is worth a word.
pub const MONOTONY_SOFT: i64 = 2000;
/// S4, thousandths: monotony is never more (seven equal days).
pub const MONOTONY_CAP: i64 = 10_000;
/// I4: longest session, soft.
pub const SESSION_SOFT_MAX: Seconds = Seconds::minutes(150);
/// I4: longest session of a marathon goal, soft.
pub const SESSION_SOFT_MAX_MARATHON: Seconds = Seconds::minutes(180);

/// m: the soft limit on time does not keep a marathoner's longest run under this. Design (the
/// range of schedules: 28-35 km).
pub const LONG_MARATHON_LEAST: Metres = Metres(28_000);
/// Permille of the longest run on the way to a race that a week aims at, to carry it. Design: a
/// little over half of the week, inside H07.
pub const WEEK_PER_LONG: i64 = 1850;
/// Weeks to spare before the long run must grow every week to be long enough in time. Design.
pub const LONG_WEEKS_SPARE: i64 = 7;
