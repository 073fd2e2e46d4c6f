//! Figures of compliance, check-ins, patterns and meters (K1-K3, sections 13 and 15).

/// K1, permille of the planned amount between which a session is green. Today's bands of coaching
/// software, design.
pub const GREEN: (i64, i64) = (800, 1200);
/// K1, permille of the planned amount between which a session is at least yellow.
pub const YELLOW: (i64, i64) = (500, 1500);
/// K1, permille: score of a green session.
pub const SCORE_GREEN: i64 = 1000;
/// K1, permille: score of a yellow session.
pub const SCORE_YELLOW: i64 = 600;
/// K1, permille: score of an orange session.
pub const SCORE_ORANGE: i64 = 250;
/// K1, permille of the planned amount: what counts as done at all (schema `completed`), and as a
/// session done on another day.
pub const DONE_FROM: i64 = 500;
/// K1, permille: no share of a plan is shown as more.
pub const SHARE_MAX: i64 = 9_990;
/// K1, days by which a session may be run earlier or later and still be that session. Design.
pub const SHIFT_MAX: i64 = 2;
/// K1, permille between a run's pace and the planned one up to which the kind fits. Design.
pub const PACE_FITS: i64 = 80;
/// K1, runs of one day that are divided between two sessions, at most; more are one session.
pub const DIVIDED_RUNS: usize = 4;
/// K1, sessions of a week that are looked for on other days, at most: one a day.
pub const MATCHED_SESSIONS: usize = 7;
/// K2, permille: weights of A28, A90, R and G.
pub const CONSISTENCY_WEIGHTS: [i64; 4] = [400, 200, 250, 150];
/// K2, permille: the coefficient of variation of weekly km at which R is nothing.
pub const SPREAD_MAX: i64 = 600;
/// K2, permille: the coefficient of variation of weeks without running.
pub const SPREAD_NOTHING: i64 = 10_000;
/// K2, days: the longest gap that costs nothing, and how many more make G nothing.
pub const GAP_DAYS: (i64, i64) = (3, 18);
/// K2, runs that make a week without a plan an active one.
pub const ACTIVE_RUNS: usize = 3;
/// K2, K3, weeks looked at for spread and capacity.
pub const STEADY_WEEKS: usize = 8;
/// K2, K3, weeks back in which those are looked for. Design.
pub const STEADY_WEEKS_REACH: i64 = 16;
/// K3, locked days that excuse a week without running. Design: most of it.
pub const EXCUSED_DAYS: usize = 4;
/// K3, permille of the mean of the last four weeks that caps the capacity.
pub const CAPACITY_PERMILLE: i64 = 1150;

/// Section 13, days that a check-in looks back.
pub const CHECK_IN_DAYS: i64 = 14;
/// Section 13, permille: a check-in opens below this compliance.
pub const CHECK_IN_BELOW: i64 = 600;
/// Section 13, sessions missed that open a check-in.
pub const CHECK_IN_MISSED: usize = 3;
/// Section 13, sessions that a low compliance needs to mean anything. Design.
pub const CHECK_IN_LEAST: usize = 3;
/// Section 13, days between two check-ins, at least.
pub const CHECK_IN_PAUSE: i64 = 7;
/// Schema notes, days of grace after the answer busy, and of the probe after burnout.
pub const EASED_DAYS: i64 = 7;
/// Schema notes, permille of C4 in a week of grace or probe.
pub const EASED_PERMILLE: i64 = 800;
/// Section 13, runs a week under which none is offered. Design.
pub const FEWEST_RUNS: u8 = 2;

/// Section 13, days that a pattern looks back.
pub const PATTERN_DAYS: i64 = 28;
/// Section 13, sessions of a sort that a pattern needs. Design.
pub const PATTERN_LEAST: usize = 3;
/// Section 13, permille of those sessions that make a pattern. Design.
pub const PATTERN_SHARE: i64 = 500;
/// Section 13, permille of quality sessions done by one who skips easy runs. Design.
pub const PATTERN_QUALITY: i64 = 750;
/// Section 13, permille of the planned week over which volume creeps. Design.
pub const CREEP_WEEK: i64 = 1150;
/// Section 13, weeks of creep that make a pattern. Design.
pub const CREEP_WEEKS: usize = 3;

/// Section 15, points of a breakthrough.
pub const BREAKTHROUGH_POINTS: i64 = 10;
/// Section 15, permille of the best prediction so far that a better one reaches.
pub const PREDICTION_BETTER: i64 = 990;
/// Section 15, permille of C over which a week is an overreach.
pub const OVERREACH_FROM: i64 = 1300;
/// Section 15, days of history before anything is a breakthrough or an overreach. Design.
pub const METER_HISTORY: i64 = 28;
/// Section 15, permille of a race distance between which a run is an effort over it; its time is
/// taken at the run's average pace. Design (GPS and course measurement).
pub const EFFORT_SPAN: (i64, i64) = (990, 1030);
