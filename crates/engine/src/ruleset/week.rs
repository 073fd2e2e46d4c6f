//! What makes a week worth running: shortest useful sessions, quality, tune-up races.

use crate::units::{Metres, Seconds};

/// Section 7, m: easy running around the main part of a quality session that has room, 2 km before
/// and 1.2 km after. Design.
pub const QUALITY_AROUND: Metres = Metres(3200);
/// Section 6, m: C4 from which Base has a quality session. Design.
pub const BASE_QUALITY_FROM: Metres = Metres(20_000);
/// Section 6, weeks of the last eight that make the base quality asks for: each of at least half of
/// C4. Schema: "four Base weeks or equal history".
pub const BASE_WEEKS: usize = 4;
/// Section 6, weeks looked back for them.
pub const BASE_WEEKS_WINDOW: i64 = 8;
/// Section 6: a faster stretch of a fartlek, and the easy one after it. Design.
pub const FARTLEK_STRETCH: Seconds = Seconds::minutes(2);
/// Section 6: faster stretches of a fartlek of no schedule. Design.
pub const FARTLEK_STRETCHES: u8 = 6;
/// Section 6: one repetition uphill and the jog down, where the source gives neither. Design.
pub const HILL_REPETITION: (Seconds, Seconds) = (Seconds(60), Seconds(120));
/// Section 6: the main part of a tempo session of no schedule. Design.
pub const TEMPO_PLAIN: Seconds = Seconds::minutes(16);
/// Section 7, m: no run is planned shorter, unless it is of [`USEFUL_TIME`]. Design.
pub const USEFUL_RUN: Metres = Metres(2000);
/// Section 7: no run is planned shorter in time, whatever its length. Design.
pub const USEFUL_TIME: Seconds = Seconds::minutes(12);
/// Section 9, min: where every day's cap is shorter than a useful run, what is planned instead.
/// Design.
pub const CAP_LEAST: u16 = 20;
/// T4, days before a tune-up race with less running (4-5).
pub const TUNE_UP_DAYS: i64 = 5;
/// T4, permille of the usual km that those days lose (200-300).
pub const TUNE_UP_LESS_PERMILLE: i64 = 250;
/// T4, days before a tune-up race without a Long Run or quality. Design, as H11 for short races.
pub const TUNE_UP_QUIET_DAYS: i64 = 3;
/// H03, weeks looked at and races on one weekday in them that make one foreseen on it. Design.
pub const REGULAR_RACE: (i64, usize) = (6, 4);
/// Section 5, days around a time trial in which a race measures as well. Design.
pub const TIME_TRIAL_NEAR_DAYS: i64 = 14;
/// Section 5: strides of a Base week, how many, how long and how long easy after each. Design.
pub const STRIDES: (u8, Seconds, Seconds) = (8, Seconds(20), Seconds(100));
/// Section 7, permille of its target that a week should reach; else it is tried with more runs or
/// fewer. Design.
pub const FILLED: i64 = 850;
/// Section 7, permille of its target under which a week goes without quality where it is fuller
/// then. Design.
pub const FILLED_WITH_QUALITY: i64 = 700;
/// S2, permille of the mean week of the last 28 days that a week aims at, where no return from a
/// break (H14), taper or race recovery sets it. Design, under the 1.5 that S2 warns of.
pub const STEADY_PERMILLE: i64 = 1350;
/// T4, m: longest run on the day before a race. Design.
pub const RACE_EVE_MOST: Metres = Metres(5000);
/// T4: its longest time. Design.
pub const RACE_EVE_TIME: Seconds = Seconds::minutes(30);
