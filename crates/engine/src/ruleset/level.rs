//! What a schedule asks of a runner before its sessions are planned.

/// Section 7, permille of a schedule's biggest week that the runner's proved week (M26) must have.
/// Design: with less, most of its sessions would have to be scaled away.
pub const LEVEL_VOLUME_PERMILLE: i64 = 600;
/// Section 7, permille of the biggest week for schedules with two or three quality sessions a week.
/// Design.
pub const LEVEL_VOLUME_ADVANCED_PERMILLE: i64 = 700;
/// Section 7, run days that a schedule may have beyond the runner's: the rest of it is left out.
/// Design.
pub const LEVEL_DAYS_MORE: i64 = 2;
/// Section 7, thousandths of durability (D1-D4) for two or three quality sessions a week. Design.
pub const LEVEL_DURABILITY: i64 = 500;
/// Section 7, permille of the predicted time: who hopes for a slower one than this wants to finish,
/// and gets no schedule harder than the novices'. Design.
pub const LEVEL_TO_FINISH_PERMILLE: i64 = 1100;
/// Section 7, permille of the predicted time that a hoped-for one may be at most for schedules with
/// two or three quality sessions a week. Design.
pub const LEVEL_AMBITIOUS_PERMILLE: i64 = 1000;
/// Section 7, run days a week up to which a schedule of three runs and cross-training is the one.
pub const LEVEL_FEW_DAYS: i64 = 3;
/// Section 7, years of age from which the short schedule for older runners is offered. Design.
pub const LEVEL_SENIOR_AGE: i64 = 60;
/// Section 7, weeks from setting the goal to its race up to which that schedule is offered: its
/// own eight and the one in which the goal is set.
pub const LEVEL_SENIOR_WEEKS: i64 = 9;
/// Section 7, weeks from setting the goal to its race from which schedules of thirty weeks are
/// offered. Design: most of their first, longer part is still to come.
pub const LEVEL_LONG_ROAD_WEEKS: i64 = 26;
