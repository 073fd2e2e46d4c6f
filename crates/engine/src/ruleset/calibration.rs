//! Figures of calibration, bootcamp and prediction.

use crate::record::RaceDistance;
use crate::units::{Metres, Pace, Seconds};

// ---- From history or by bootcamp: section 3 ----

/// Section 3, days: history looked at for a calibration. Spec.
pub const CALIBRATION_DAYS: i64 = 90;
/// Section 3, days: least span of history that replaces the bootcamp. Spec.
pub const CALIBRATION_SPAN: i64 = 28;
/// Section 3, runs: least number that replaces the bootcamp. Spec.
pub const CALIBRATION_RUNS: usize = 8;
/// Section 3, m: one run of this length is needed to replace the bootcamp. Spec.
pub const CALIBRATION_RUN: Metres = Metres(5000);
/// Section 3, days: the bootcamp lasts this long at least. Spec.
pub const BOOTCAMP_DAYS: i64 = 7;
/// Section 3, days: after this the profile is made from what there is. Spec.
pub const BOOTCAMP_DAYS_MAX: i64 = 14;
/// Section 3, runs: with fewer in the bootcamp data is missing. Design (3 of the 3-4 prescribed).
pub const BOOTCAMP_RUNS: usize = 3;
/// Section 3: one run of the bootcamp lasts this long at least. Design (steady after warming up).
pub const BOOTCAMP_RUN_TIME: Seconds = Seconds::minutes(20);
/// Section 3, m: longest run of the prescribed week. Design ("short").
pub const BOOTCAMP_RUN_MAX: Metres = Metres(5000);
/// Section 3, m: week from which four runs are prescribed, not three. Design.
pub const BOOTCAMP_FOUR_RUNS: Metres = Metres(14_000);
/// Section 3, m: the steady effort. Design: within 20 min at marathon pace, so no hard session.
pub const BOOTCAMP_STEADY: Metres = Metres(2000);

// ---- Confidence: 0-1000 ----

/// R1, R8, permille: confidence in a value from a race of 90, 180 and 365 days. Design.
pub const CONFIDENCE_RACE: [i64; 3] = [900, 675, 450];
/// R1, permille: confidence in a value from training runs. Design.
pub const CONFIDENCE_TRAINING: i64 = 600;
/// R6, permille: confidence in a value from critical speed. Design.
pub const CONFIDENCE_CRITICAL_SPEED: i64 = 550;
/// Permille: confidence in a figure that nothing is known for. Design.
pub const CONFIDENCE_NONE: i64 = 200;
/// R5, permille: confidence in an easy pace from the value alone. Design.
pub const CONFIDENCE_EASY_VALUE: i64 = 500;
/// R7, permille: confidence in an easy pace from runs with heart rates, and without. Design.
pub const CONFIDENCE_EASY_RUNS: [i64; 2] = [800, 600];
/// K3, permille: confidence in the capacity. Design.
pub const CONFIDENCE_CAPACITY: i64 = 800;
/// K2, permille: confidence in the consistency. Design.
pub const CONFIDENCE_CONSISTENCY: i64 = 800;
/// Section 3, permille: confidence in the risk level. Design.
pub const CONFIDENCE_RISK: i64 = 700;
/// Permille of a confidence that is left after a bootcamp with its data, and without. Design.
pub const CONFIDENCE_BOOTCAMP: [i64; 2] = [700, 500];

// ---- Risk level: section 3 ----

/// Section 3, days: injuries and pain so old count for the risk level. Design.
pub const RISK_INJURY_DAYS: i64 = 180;
/// Section 3, permille: a lower consistency is a point of risk. Design.
pub const RISK_CONSISTENCY: i64 = 400;
/// Section 3, thousandths: a higher variation of weekly km is a point of risk. Design.
pub const RISK_SPREAD: i64 = 600;
/// Section 3, months of running: fewer are a point of risk; from so many on, without any point,
/// the risk is low. Design.
pub const RISK_MONTHS: (i64, i64) = (6, 12);
/// Section 3, points from which the risk is high. Design.
pub const RISK_POINTS: i64 = 2;

// ---- Habits: section 3 ----

/// Section 3, weeks over which runs a week and weekdays are counted. Design.
pub const HABIT_WEEKS: i64 = 8;
/// Section 3, runs a week of who has not run in those. Design.
pub const USUAL_RUNS_UNKNOWN: u8 = 3;
/// Section 3, weeks whose longest runs tell the day of the long run, and of how many of them it is
/// to be. Design.
pub const LONG_RUN_DAY_WEEKS: (i64, u8) = (12, 3);

// ---- How far one week moves a figure: section 3 ----

/// Section 3, weeks: how old the figures may be that the next ones are held to, and how many
/// weeks are gone through again where none are carried. Design.
pub const FOLLOWED_WEEKS: i64 = 8;
/// Section 3: carried figures with a value outside are no runner's. Design (what is taken for a
/// human performance).
pub const HELD_VALUES: (i64, i64) = (100, 900);
/// Section 3, s/km: nor are those with a slower easy pace. Design (a slow walk).
pub const HELD_EASY_MAX: Pace = Pace(3600);
/// Section 3, week starts whose figures are carried: that of the week, and the one before it for
/// a second look at the same day. Design.
pub const HELD_WEEKS: usize = 2;
/// Section 3, tenths of the value: most that one week adds or takes. Design.
pub const VALUE_STEP: i64 = 15;
/// Section 3, s/km: most that one week adds to the easy pace or takes. Design.
pub const EASY_STEP: i64 = 15;
/// Section 3, permille: most that one week adds to durability or takes. Design.
pub const DURABILITY_STEP: i64 = 100;

// ---- Value and paces: R1, R5-R7 ----

/// Tenths of the value used before anything is known: a cautious beginner's. Design.
pub const VALUE_UNKNOWN: i64 = 280;
/// R1: what a day leaves of a value, 0.9985 a week. Design.
pub const DAILY_DECAY: f64 = 0.999_785_576_402_559_6;
/// R1, R8, days: ages up to which evidence is fresh, usable with care, usable at all. Design.
pub const EVIDENCE_AGES: [i64; 3] = [90, 180, 365];
/// R1, m: a race counts from here. Design.
pub const RACE_EVIDENCE: f64 = 1500.0;
/// R1, m: a training run counts for the value from here. Design.
pub const TRAINING_EVIDENCE: f64 = 4000.0;
/// R1, days: training runs must show a value twice within so many. Design.
pub const TRAINING_TWICE_DAYS: i64 = 21;
/// R6, permille of critical speed that stands for threshold. Design (Nixon 2021: CS is 8 % over
/// the steady state).
pub const CRITICAL_SPEED_PERMILLE: i64 = 960;
/// R6, permille of the value that threshold pace costs (Daniels).
pub const THRESHOLD_PERMILLE: i64 = 880;
/// R6, runs: fewest with streams that give a critical speed. Design.
pub const CRITICAL_SPEED_RUNS: usize = 3;
/// R6, m: the distances whose fastest times give critical speed. Smyth 2020.
pub const CRITICAL_SPEED_METRES: [i64; 3] = [400, 800, 5000];
/// R6, mm/s: a critical speed outside is an error of measurement. Design.
pub const CRITICAL_SPEED_RANGE: (i64, i64) = (1500, 6500);
/// R7, permille of the highest heart rate between which an easy run's average lies (Daniels).
pub const EASY_HEART_RATE: (i64, i64) = (650, 790);
/// R7, runs: fewest that a median easy pace is taken of. Design.
pub const EASY_RUNS: usize = 3;
/// R7, permille of R5's slow end that the easy pace never exceeds: walk breaks make nonsense of a
/// median. Design.
pub const EASY_SLOWEST_PERMILLE: i64 = 1333;
/// EF, beats per minute: a lower average is no heart rate of a run. Design.
pub const EASY_HEART_RATE_LEAST: u16 = 60;

/// R5, s/km: marathon pace lies at least so far from threshold and from easy pace, half-marathon
/// pace at most so far under threshold. Design.
pub const PACES_APART: i64 = 5;

// ---- Heart rate: I6 ----

/// I6, beats per minute: a highest heart rate outside is an error of measurement. Design.
pub const MAX_HEART_RATES: (u16, u16) = (100, 230);
/// I6: highest heart rate by age, beats per minute at birth and tenths of a beat that a year takes
/// (Tanaka 2001); ages outside are taken as the nearest inside.
pub const MAX_HEART_RATE_FORMULA: (i64, i64) = (208, 7);
/// I6, years: see [`MAX_HEART_RATE_FORMULA`]. Design.
pub const MAX_HEART_RATE_AGES: (i64, i64) = (10, 100);
/// I6, beats per minute: an observed maximum may lie so far under the formula's. Evidence I6.
pub const MAX_HEART_RATE_UNDER: u16 = 10;
/// I6, beats per minute: the highest held may lie so far over the second highest run's, so that
/// one bad reading moves little. Design.
pub const MAX_HEART_RATE_STEP: u16 = 5;
/// I6, days of heart rates looked at. Evidence I6.
pub const MAX_HEART_RATE_DAYS: i64 = 365;
/// I6, permille of the highest heart rate that threshold is taken at. Evidence I6.
pub const THRESHOLD_HEART_RATE: i64 = 900;
/// I6, permille of the heart rate at threshold that a session's main part is run between, by zone:
/// recovery, easy, marathon, threshold. Shown beside the pace; decides nothing. Design, after Friel.
pub const HEART_RATE_ZONES: [(i64, i64); 4] = [(680, 800), (750, 890), (890, 950), (950, 1000)];

// ---- Grade and streams: G1, G2 ----

/// G1, permille of a run's distance between which its graded distance lies (the law's own range
/// for grades of -0.30 to 0.30).
pub const GRADED_RANGE: (i64, i64) = (880, 3000);
/// H15, s: fastest times over 400, 800 and 5000 m that a runner can have; a faster stretch was in
/// a vehicle. World records less the gain of a steep descent, design.
pub const STRETCH_FASTEST: [Seconds; 3] = [Seconds(38), Seconds(90), Seconds(660)];

// ---- Durability: D1-D4 ----

/// D1, days and runs: the median of the last so many runs within so many days.
pub const DECOUPLING_DAYS: i64 = 90;
/// D1, runs whose median decoupling counts.
pub const DECOUPLING_RUNS: usize = 6;
/// D1, runs: with fewer the next rule is used. Design.
pub const DECOUPLING_RUNS_LEAST: usize = 2;
/// D1, permille: decoupling that leaves no durability.
pub const DECOUPLING_WORST: i64 = 120;
/// D2, days of runs whose efficiency is compared.
pub const FADE_DAYS: i64 = 42;
/// D2: a long run from here on, or from the upper quartile of the runs on.
pub const FADE_LONG: Seconds = Seconds::minutes(90);
/// D2: an easy run lasts between these.
pub const FADE_EASY: (Seconds, Seconds) = (Seconds::minutes(30), Seconds::minutes(60));
/// D2, runs: fewest long and fewest easy ones. Design.
pub const FADE_RUNS: (usize, usize) = (2, 3);
/// D2, permille: efficiency of long runs against easy ones that leaves no durability, and the
/// span from there to all of it.
pub const FADE_RANGE: (i64, i64) = (880, 120);
/// D3, days of races that are compared.
pub const STRETCH_DAYS: i64 = 365;
/// D3, m: races up to 10 km (as recorded) and from a half on.
pub const STRETCH_RACES: (Metres, Metres, Metres) = (Metres(3000), Metres(10_300), Metres(20_900));
/// D3, thousandths: the exponent that leaves no durability, and the span to all of it.
pub const STRETCH_RANGE: (i64, i64) = (1250, 220);
/// D4, days of long runs that count.
pub const EXPOSURE_DAYS: i64 = 90;
/// D4, permille of the goal's long run from which a run counts as a long one.
pub const EXPOSURE_SHARE: i64 = 700;
/// D4, runs: so many long ones are all that is asked.
pub const EXPOSURE_RUNS: i64 = 6;
/// D1-D4, permille of durability by the first of D1, D2, D3; the rest is D4.
pub const DURABILITY_FORM: i64 = 600;
/// D4, permille of itself where nothing else is known.
pub const DURABILITY_EXPOSURE_ONLY: i64 = 700;
/// D1-D4, permille: confidence by the rule that gave the figure, D1 first. Design.
pub const CONFIDENCE_DURABILITY: [i64; 4] = [800, 650, 550, 400];

// ---- Capacity: K3 ----

/// K3, permille of the mean of four weeks.
pub const CAPACITY_MEAN_PERMILLE: i64 = 1150;

// ---- Prediction: R2-R4, R8, B4 ----

/// R2: Riegel's exponent for recreational runners. Evidence 1.1.
pub const RIEGEL: f64 = 1.07;
/// R2: the exponent where the distances differ by more than [`RIEGEL_FAR_RATIO`]. Evidence 1.1.
pub const RIEGEL_FAR: f64 = 1.08;
/// R2: see [`RIEGEL_FAR`].
pub const RIEGEL_FAR_RATIO: f64 = 3.0;
/// R2: two races whose distances have this ratio give an exponent of the runner's own. Design.
pub const OWN_EXPONENT_RATIO: f64 = 1.9;
/// R2, days: those races are at most so far apart. Design.
pub const OWN_EXPONENT_DAYS: i64 = 120;
/// R2: an exponent of the runner's own stays in here. Design.
pub const OWN_EXPONENT_RANGE: (f64, f64) = (1.03, 1.15);
/// R2, races: the latest ones among which a pair is looked for. Design.
pub const OWN_EXPONENT_RACES: usize = 52;
/// R3: between these exponents both races of a pair were raced (percentiles 5 and 95 of runners,
/// the widest of evidence 1.1); outside one was not, and Vickers's second model does not apply.
pub const RACED_EXPONENTS: (f64, f64) = (0.93, 1.29);
/// R3: a marathon from the value alone takes so much longer than its table. Evidence 1.5.
pub const VALUE_MARATHON: f64 = 1.06;
/// R4, permille faster and slower: the interval of a marathon. Evidence 1.5.
pub const INTERVAL_MARATHON: (i64, i64) = (70, 70);
/// R4, permille faster and slower: the interval up to the half. Evidence 1.5.
pub const INTERVAL_SHORTER: (i64, i64) = (90, 60);
/// R2: distances within this share of one another count as the same. Design.
pub const SAME_DISTANCE: f64 = 0.05;
/// R2: a recorded race between these shares of a usual distance was that. Evidence 1.1.
pub const USUAL_DISTANCE: (f64, f64) = (0.985, 1.03);
/// R3, m: races from here on make a marathon (5 km as recorded). Evidence 1.5.
pub const VICKERS_LEAST: f64 = 4990.0;
/// R3: the longer of two races is so much longer. Design.
pub const VICKERS_APART: f64 = 1.2;
/// R2, permille: confidence in a time from a race of about the distance. Design.
pub const CONFIDENCE_RIEGEL: i64 = 900;
/// R2, permille that a race costs which is stretched over more than [`CONFIDENCE_STRETCH_RATIO`],
/// and over more than [`RIEGEL_FAR_RATIO`]. Design.
pub const CONFIDENCE_STRETCH: [i64; 2] = [100, 200];
/// R2: see [`CONFIDENCE_STRETCH`]. Design.
pub const CONFIDENCE_STRETCH_RATIO: f64 = 1.5;
/// R3, permille: confidence in a marathon from two races, and from one. Evidence 1.5.
pub const CONFIDENCE_VICKERS: [i64; 2] = [800, 700];
/// R3, permille: confidence in a marathon from the value alone. Evidence 1.5.
pub const CONFIDENCE_VALUE_MARATHON: i64 = 500;
/// R3, permille: confidence in the runner's own marathon, and in the mean of it and of what later
/// races say. Design.
pub const CONFIDENCE_OWN_MARATHON: [i64; 2] = [900, 850];
/// B4: days of a break from which on a marathon is slower, and by how many permille. Feely 2023.
pub const MARATHON_GAP: [(i64, i64); 3] = [(28, 80), (14, 65), (7, 50)];
/// B4, days: a run-free stretch is a break from here on. Daniels 2018 (five days cost nothing).
pub const BREAK_LEAST: i64 = 6;
/// R3, days of running that the typical weekly km of a marathon model are the mean of: 12 weeks.
/// Design.
pub const TYPICAL_DAYS: i64 = 84;
/// B4, days before today in which a break counts: 16 weeks. Feely 2023.
pub const BREAK_WINDOW: i64 = 112;
/// B1, cross sessions a week that halve what a break costs. Daniels 2018.
pub const CROSS_SESSIONS: i64 = 3;

/// D4, m: the long run that a distance asks for.
#[must_use]
pub const fn long_run_goal(distance: RaceDistance) -> Metres {
    match distance {
        RaceDistance::K4 | RaceDistance::K5 => Metres(12_000),
        RaceDistance::K10 => Metres(16_000),
        RaceDistance::Half => Metres(22_000),
        RaceDistance::Marathon => Metres(32_000),
    }
}
