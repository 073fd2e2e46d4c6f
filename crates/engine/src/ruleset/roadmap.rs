//! Figures of roadmaps, verdicts and forecasts.

/// ROAD, permille of the biggest week before a race that the road after it begins with. Design
/// (the last recovery week's share of section 7).
pub const NEXT_ROAD_PERMILLE: i64 = 750;
/// ROAD, m: a roadmap's ramp never begins lower. Design (H02's smallest week).
pub const ROAD_LEAST: crate::units::Metres = crate::units::Metres(9000);
/// ROAD, permille of the volume before the race that its Recovery aims at. Design.
pub const ROAD_RECOVERY_PERMILLE: i64 = 500;
/// ROAD, permille of the first taper block where a distance has no row of its own. T1.
pub const ROAD_TAPER_PERMILLE: i64 = 650;
/// VERDICT, weeks after which no ramp is followed further: beyond every horizon. Design.
pub const RAMP_WEEKS_MAX: i64 = 200;
/// VERDICT, weeks that may lack for a way to be a stretch. Design.
pub const STRETCH_WEEKS: i64 = 4;
/// VERDICT, permille a month that training may take off a race time. Design, on the modest side of
/// what steady training gives a trained runner.
pub const GAIN_MONTH_PERMILLE: i64 = 5;
/// VERDICT, permille of a race time that training may take off in all. Design.
pub const GAIN_MAX_PERMILLE: i64 = 40;

/// MILESTONE, m: lengths of a run that count as a 5 km time trial (GPS error). Design.
pub const TIME_TRIAL_METRES: std::ops::RangeInclusive<i64> = 4950..=5200;
/// MILESTONE, permille of a race's distance that must have been run for the race to be done.
/// Evidence 1.1 (-1.5 % of a recorded race distance). Design.
pub const RACE_DONE_PERMILLE: i64 = 985;

/// FORECAST, weeks: no forecast goes further (24 months, and race week whole). Design.
pub const FORECAST_WEEKS: u16 = 105;
/// FORECAST, weeks that are looked ahead without a race. Design.
pub const FORECAST_USUAL_WEEKS: u16 = 12;
/// FORECAST, permille of the planned km from which a week keeps what is proved. K1 (under 0.60
/// most of the work is missing), design.
pub const TRAINED_PERMILLE: i64 = 600;
/// FORECAST, ten-thousandths of the value that a fully trained week adds above today's: half a per
/// cent a month, [`GAIN_MONTH_PERMILLE`]. Design.
pub const GAIN_WEEK: i64 = 12;
/// FORECAST, ten-thousandths of the value that a trained week gives back of what a break took.
/// Design: about as long back as the loss of B1 suggests.
pub const REGAIN_WEEK: i64 = 100;
/// FORECAST, ten-thousandths: the highest share of today's value, [`GAIN_MAX_PERMILLE`]. Design.
pub const FORM_MAX: i64 = 10_400;
/// FORECAST, permille of the time that a week ahead adds to either end of the interval. Design:
/// the future is less sure than the present (R8's widening over half a year).
pub const WIDEN_WEEK_PERMILLE: i64 = 1;
/// FORECAST, permille of the time that the horizon adds to either end at most. Design.
pub const WIDEN_MAX_PERMILLE: i64 = 70;
/// FORECAST, days of activities that any step can look at. Design.
pub const FORECAST_REACH: i64 = 400;
/// FORECAST, published weeks that are handed on. Design.
pub const FORECAST_PUBLISHED: usize = 14;
/// FORECAST, days between the two copies of what training runs proved (R1: two within 21 days).
pub const PROOF_APART: i64 = 7;
/// FORECAST, s after midnight: when an assumed run begins. Design.
pub const ASSUMED_START: i64 = 12 * 3600;
/// ROAD, permille of a figure: what differs by less is no change of a roadmap. Design.
pub const DIFFERENCE_PERMILLE: i64 = 10;
/// WHAT-IF, permille of the km that must differ to be worth a word. Design.
pub const EFFECT_PERMILLE: i64 = 10;
/// WHAT-IF, s: a smaller difference of a race time is none. Design.
pub const EFFECT_SECONDS: i64 = 5;
