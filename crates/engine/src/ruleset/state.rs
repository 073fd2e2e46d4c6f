//! States: signals of overreaching, pain, slump and probe.
//! And what states do to a week beyond their hard rules.

use crate::units::Metres;

/// O1, days: the near window of every signal.
pub const SIGNAL_NEAR_DAYS: i64 = 7;
/// O1, days: the far window, the near one included.
pub const SIGNAL_FAR_DAYS: i64 = 28;
/// O1, count: easy runs that each window needs.
pub const SIGNAL_EASY_RUNS: i64 = 3;
/// O1 a, permille: the change of easy efficiency that is a signal, downwards.
pub const EFFICIENCY_DOWN: i64 = -50;
/// O1 b, permille: the change of easy efficiency that is a signal where effort rose with it.
pub const EFFICIENCY_UP: i64 = 50;
/// O1 b, tenths of a point of effort (session RPE) that easy runs feel harder.
pub const EFFORT_UP_TENTHS: i64 = 15;
/// O1 c, permille: threshold sessions this much slower at equal heart rate.
pub const THRESHOLD_SLOWER: i64 = -30;
/// O1 c, beats per minute: heart rates this close are equal. Design.
pub const EQUAL_HEART_RATE: i64 = 3;
/// O1 c, count: quality sessions left unfinished in seven days.
pub const UNFINISHED_MOST: i64 = 2;
/// O1 c, permille of the planned distance: a quality session under it was not finished (K1).
pub const UNFINISHED_PERMILLE: i64 = 800;
/// O1 e, permille of the mean week of the last 28 days.
pub const LOAD_JUMP_PERMILLE: i64 = 1500;
/// O1 f, 1-5: sleep or mood this bad is a flag. Design.
pub const LOW_RATING: u8 = 2;
/// O1 f, 1-5: soreness this strong is a flag. Design.
pub const HIGH_RATING: u8 = 4;
/// O1 f and g, days of the last seven.
pub const FLAGGED_DAYS: i64 = 3;
/// O1 g, beats per minute over the mean of the three weeks before.
pub const RESTING_UP: i64 = 5;
/// O1 g, count: mornings that make a mean. Design.
pub const RESTING_LEAST: i64 = 3;
/// Length of an easy run whose efficiency says something, s. Design.
pub const EFFICIENCY_LEAST: i64 = 1200;

/// Load, session-RPE points of a run of unknown effort: easy, and by how many permille of the mean
/// speed of the 28 days before it is faster: from there steady, from there hard. Design, after
/// Foster's scale (3 moderate, 5 hard, 7 very hard).
pub const LOAD_EASY: i64 = 3;
/// See [`LOAD_EASY`]. Design.
pub const LOAD_STEADY: (i64, i64) = (1080, 5);
/// See [`LOAD_EASY`]. Design.
pub const LOAD_HARD: (i64, i64) = (1150, 7);
/// See [`LOAD_EASY`]: a race. Design.
pub const LOAD_RACE: i64 = 8;
/// See [`LOAD_EASY`]: another sport. Design.
pub const LOAD_OTHER: i64 = 2;
/// min: longest session that counts for load. Design (a day's).
pub const LOAD_MINUTES_MAX: i64 = 1440;
/// Load, days of the running means that screens call fitness and fatigue. Decides nothing. Design,
/// after Banister's two time constants.
pub const LOAD_SLOW_DAYS: i64 = 42;
/// See [`LOAD_SLOW_DAYS`]. Design.
pub const LOAD_FAST_DAYS: i64 = 7;

/// O2, count: different signals at once, one of a-c among them.
pub const OVERREACH_SIGNALS: u32 = 3;
/// O2, count: more signals than this keep Overreach standing.
pub const OVERREACH_CALM: u32 = 1;
/// O2, days with at most [`OVERREACH_CALM`] signals that end it.
pub const OVERREACH_LEAVE_DAYS: i64 = 7;
/// O2, days after which a runner who is still overreached is told to see a doctor and does less.
pub const OVERREACH_STUBBORN_DAYS: i64 = 14;
/// O2, permille of C from then on.
pub const OVERREACH_STUBBORN_PERMILLE: i64 = 500;

/// P1, 0-10: pain from here on asks for care.
pub const PAIN_FROM: u8 = 3;
/// P1, 0-10: pain over this is Injury Watch at once.
pub const PAIN_MOST: u8 = 5;
/// P1, days of the last seven with pain of [`PAIN_FROM`] or more.
pub const PAIN_DAYS: i64 = 3;
/// P1, tenths: a weekly mean of pain under this is not called rising. Design (0-2 is safe).
pub const PAIN_RISING_FROM: i64 = 10;
/// P1, count: answers that make a weekly mean. Design.
pub const PAIN_ANSWERS: i64 = 2;
/// S1, permille of L30: a run over it is a spike (never one that H01 allows).
pub const RUN_SPIKE_PERMILLE: i64 = 1300;
/// Section 11, days between two spikes that make Injury Watch.
pub const SPIKES_DAYS: i64 = 14;
/// Section 11, days of known running before a run can be called a spike. Design.
pub const SPIKE_HISTORY_DAYS: i64 = 28;
/// Section 10 of the evidence, green days that end Injury Watch.
pub const WATCH_LEAVE_DAYS: i64 = 7;
/// P1, permille of C4 as of the entry while Injury Watch stands.
pub const WATCH_PERMILLE: i64 = 700;

/// O3, permille: a forecast worse by this over 28 days.
pub const FORECAST_WORSE: i64 = 30;
/// O3, permille: how far load may be from its 90-day mean for the forecast to say something.
pub const LOAD_EVEN: i64 = 100;
/// Section 10 of the evidence, thousandths: consistency of 28 days under this is a slump.
pub const SLUMP_CONSISTENCY: i64 = 600;
/// Section 11, days that a slump's signal stands before the state changes. Design.
pub const SLUMP_GRACE_DAYS: i64 = 7;
/// Section 10 of the evidence, days without a signal that end a slump.
pub const SLUMP_LEAVE_DAYS: i64 = 14;
/// Section 11, permille of C4 as of the entry.
pub const SLUMP_PERMILLE: i64 = 900;

/// Section 10 of the evidence, days of Stable before a probe.
pub const PROBE_STABLE_DAYS: i64 = 21;
/// Section 10 of the evidence, thousandths of consistency.
pub const PROBE_CONSISTENCY: i64 = 800;
/// Section 10 of the evidence, permille of capacity that the last 28 days reach.
pub const PROBE_CAPACITY: i64 = 950;
/// Section 11, days that a probe lasts.
pub const PROBE_DAYS: i64 = 14;
/// K1, permille of the planned km between which a probe's week is green.
pub const PROBE_GREEN: (i64, i64) = (800, 1200);

/// Section 11, days: an override never lasts longer.
pub const OVERRIDE_DAYS: i64 = 7;

/// Days that a walk of the states goes back at most; an older standing starts afresh there. Design.
pub const WALK_DAYS: i64 = 35;
/// m: a mean week under this has no load to compare with. Design.
pub const PROBE_LEAST: Metres = Metres(9000);
/// O3, sessions that must have been due in 28 days before their mean score is A28. Design.
pub const SLUMP_SESSIONS: usize = 8;
