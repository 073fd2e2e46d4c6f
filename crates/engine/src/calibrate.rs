//! The runner's profile from history: value and paces, capacity, durability, consistency, risk;
//! each with a confidence and the runs it rests on. Recomputed every week from rolling windows.

use crate::calendar::{Day, Weekday};
use crate::facts::{Facts, Form};
use crate::history::{History, Rejection, Run};
use crate::predict::{self, Break, Effort, Fitness, Prediction};
use crate::record::{HealthRecord, HealthType, RaceDistance};
use crate::ruleset;
use crate::state::Risk;
use crate::units::{Metres, Pace, Seconds};
use crate::vdot::{self, TimeOff, Vdot};
use crate::workout::Paces;
use serde::{Deserialize, Serialize};

/// How sure a figure is, and which activities it was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basis {
    /// Which figure.
    pub figure: Figure,
    /// 0-1000.
    pub confidence: i64,
    /// The rule it was made by.
    pub rule: String,
    /// The activities it rests on, newest last; at most [`BASIS_SHOWN`].
    pub activities: Vec<i64>,
}

/// Most activities that a basis names.
pub const BASIS_SHOWN: usize = 12;

/// The figures of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Figure {
    /// Daniels-Gilbert value, and with it threshold and race paces.
    Value,
    /// Easy pace.
    EasyPace,
    /// Weekly capacity.
    Capacity,
    /// Durability.
    Durability,
    /// Consistency.
    Consistency,
    /// Risk level.
    Risk,
}

impl Figure {
    /// The words on screen.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Value => "Fitness and threshold pace",
            Self::EasyPace => "Easy pace",
            Self::Capacity => "Weekly capacity",
            Self::Durability => "Durability",
            Self::Consistency => "Consistency",
            Self::Risk => "Risk level",
        }
    }
}

/// The runner as calibrated on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// As of this day.
    pub as_of: Day,
    /// There was enough history (28 days of span, 8 runs, one of 5 km, in 90 days); else the
    /// figures are cautious provisional ones.
    pub calibrated: bool,
    /// First and last day of the window used.
    pub window: (Day, Day),
    /// The Daniels-Gilbert value.
    pub value: Vdot,
    /// Where the value comes from.
    pub fitness: Option<Fitness>,
    /// Target paces.
    pub paces: Paces,
    /// Weekly capacity (K3).
    pub capacity: Metres,
    /// Durability, thousandths.
    pub durability: i64,
    /// Consistency (K2), thousandths.
    pub consistency: i64,
    /// A28 of K2, thousandths.
    pub consistency_28: i64,
    /// Risk level.
    pub risk: Risk,
    /// Km of the last 28 days.
    pub km_28: Metres,
    /// Km of the last 90 days.
    pub km_90: Metres,
    /// Runs a week: median of the active ones of the last eight weeks.
    pub usual_runs: u8,
    /// The weekday that most of the last long runs were on.
    pub long_run_day: Weekday,
    /// Runs on each weekday in the last eight weeks, Sunday first: the runner's habit.
    pub habit: [u8; 7],
    /// Highest heart rate, observed.
    pub max_heart_rate: Option<u16>,
    /// Confidence and source of each figure.
    pub basis: Vec<Basis>,
    /// Predicted race times, short to long; empty without any usable run.
    pub predictions: Vec<Prediction>,
    /// Runs that do not count, and why.
    pub rejected: Vec<(i64, Rejection)>,
}

impl Profile {
    /// What rules refer to.
    #[must_use]
    pub const fn form(&self) -> Form {
        Form {
            risk: self.risk,
            durability: self.durability,
            threshold: self.paces.threshold,
            marathon: self.paces.marathon,
            easy: self.paces.easy,
        }
    }

    /// The predicted time for a distance.
    #[must_use]
    pub fn predicted(&self, distance: RaceDistance) -> Option<&Prediction> {
        self.predictions.iter().find(|p| p.distance == distance)
    }
}

/// Calibrates the runner from the facts; `h` is the history before `as_of`.
#[must_use]
pub fn calibrate(facts: &Facts, h: &History) -> Profile {
    let at = facts.as_of;
    let recent = h.runs_in(at - ruleset::CALIBRATION_DAYS, at);
    let span = match (recent.first(), recent.last()) {
        (Some(a), Some(b)) => b.day - a.day + 1,
        _ => 0,
    };
    let calibrated = span >= ruleset::CALIBRATION_SPAN
        && recent.len() >= ruleset::CALIBRATION_RUNS
        && recent.iter().any(|r| r.distance >= ruleset::CALIBRATION_RUN);
    let efforts = efforts(facts, h);
    let pause = pause(h, at);
    let fitness = predict::fitness(&efforts, at, pause);
    let value = steady_value(&efforts, h, at, fitness.as_ref());
    let weekly = Metres(h.metres(at - 84, at).0 / 12);
    let predictions = predict::predict(&efforts, at, weekly, pause).unwrap_or_default();
    let max_heart_rate = max_heart_rate(h, at, facts.preferences.birth_year);
    let (easy, easy_basis) = easy_pace(h, at, value, max_heart_rate);
    let paces = paces(value, easy, &predictions);
    let weeks: [Metres; 8] = std::array::from_fn(|k| h.week(at, k as i64 + 1));
    let consistency_28 = active_weeks(h, at, 4);
    let spread = spread(&weeks);
    let consistency = consistency(h, at, consistency_28, spread);
    let goal = facts.goals.iter().filter(|g| g.day >= at).min_by_key(|g| (g.priority, g.day));
    let (durability, durability_rule) = durability(h, at, goal.map(|g| g.distance));
    let risk = risk(facts, &facts.health, h, consistency, spread);
    let shown = |runs: &[Run]| -> Vec<i64> {
        runs.iter().rev().take(BASIS_SHOWN).rev().map(|r| r.id).collect()
    };
    let sure = |most: i64| if calibrated { most } else { most / 2 };
    let basis = |figure, confidence: i64, rule: &str, activities: Vec<i64>| Basis {
        figure,
        confidence,
        rule: rule.to_owned(),
        activities,
    };
    let value_confidence = match fitness {
        Some(f) if f.race => 900,
        Some(_) => 600,
        None => 200,
    };
    let eight_weeks = h.runs_in(at - 56, at);
    let basis = vec![
        basis(Figure::Value, sure(value_confidence), "R1", value_runs(fitness.as_ref())),
        basis(Figure::EasyPace, sure(easy_basis.0), "R7", easy_basis.1),
        basis(Figure::Capacity, sure(800), "K3", shown(eight_weeks)),
        basis(Figure::Durability, sure(500), durability_rule, shown(recent)),
        basis(Figure::Consistency, sure(800), "K2", shown(recent)),
        basis(Figure::Risk, sure(700), "risk", shown(eight_weeks)),
    ];
    Profile {
        as_of: at,
        calibrated,
        window: (recent.first().map_or(at, |r| r.day), recent.last().map_or(at, |r| r.day)),
        value,
        fitness,
        paces,
        capacity: capacity(&weeks),
        durability,
        consistency,
        consistency_28,
        risk,
        km_28: h.metres(at - 28, at),
        km_90: h.metres(at - 90, at),
        usual_runs: usual_runs(h, at),
        long_run_day: long_run_day(h, at),
        habit: habit(h, at),
        max_heart_rate,
        basis,
        predictions,
        rejected: h.rejected.clone(),
    }
}

/// K2 as of a day.
pub(crate) fn consistency_at(h: &History, at: Day) -> i64 {
    let weeks: [Metres; 8] = std::array::from_fn(|k| h.week(at, k as i64 + 1));
    consistency(h, at, active_weeks(h, at, 4), spread(&weeks))
}

/// K3 as of a day.
pub(crate) fn capacity_at(h: &History, at: Day) -> Metres {
    capacity(&std::array::from_fn(|k| h.week(at, k as i64 + 1)))
}

/// The value as of a day of which only the facts before it count.
pub(crate) fn value_at(facts: &Facts, h: &History, at: Day) -> Vdot {
    let efforts = efforts(facts, h);
    steady_value(&efforts, h, at, predict::fitness(&efforts, at, pause(h, at)).as_ref())
}

/// Efforts of the runs that count: a rejected run proves nothing.
fn efforts(facts: &Facts, h: &History) -> Vec<Effort> {
    let mut counted: Vec<i64> = h.runs.iter().map(|r| r.id).collect();
    counted.sort_unstable();
    let counts = |id: i64| counted.binary_search(&id).is_ok();
    facts.activities.iter().filter(|a| counts(a.id)).filter_map(Effort::of).collect()
}

fn pause(h: &History, at: Day) -> Option<Break> {
    let days: Vec<Day> = h.runs.iter().map(|r| r.day).collect();
    predict::longest_break(&days, at, TimeOff::Rest)
}

fn value_runs(fitness: Option<&Fitness>) -> Vec<i64> {
    fitness.map(|f| f.id).into_iter().collect()
}

/// The value of R1, held within one step of what it was a week ago: no single workout moves it
/// by more. Without a race it is never under the cautious beginner's: training runs may raise a
/// value and never lower it.
fn steady_value(efforts: &[Effort], h: &History, at: Day, now: Option<&Fitness>) -> Vdot {
    let Some(now) = now else { return Vdot(ruleset::VALUE_UNKNOWN) };
    let floor = |f: &Fitness| {
        if f.race { f.value } else { Vdot(f.value.0.max(ruleset::VALUE_UNKNOWN)) }
    };
    let Some(before) = predict::fitness(efforts, at - 7, pause(h, at - 7)) else {
        return floor(now);
    };
    let (low, high) =
        (floor(&before).0 - ruleset::VALUE_STEP, floor(&before).0 + ruleset::VALUE_STEP);
    Vdot(floor(now).0.clamp(low, high))
}

/// The easy pace (R7) with its confidence and the runs it came from: from the value, or the median
/// pace of easy runs by heart rate, whichever is slower; without heart rates the median of all
/// runs, because nobody is asked to run their easy days faster than they run at all.
fn easy_pace(h: &History, at: Day, value: Vdot, max: Option<u16>) -> (Pace, (i64, Vec<i64>)) {
    let reference = vdot::paces(value).easy;
    let (low, high) = ruleset::EASY_HEART_RATE;
    // A formula's maximum without a single heart rate says nothing.
    let by_heart = max.is_some() && h.runs_in(at - 90, at).iter().any(|r| r.heart_rate.is_some());
    let max = i64::from(max.unwrap_or(0));
    let band = max * low / 1000..=max * high / 1000;
    let is_easy = |r: &&Run| match r.heart_rate {
        Some(hr) if by_heart => band.contains(&i64::from(hr)),
        _ => !by_heart && !r.race,
    };
    let easy: Vec<&Run> = h.runs_in(at - 90, at).iter().filter(is_easy).collect();
    if easy.len() < 3 {
        return (reference, (500, Vec::new()));
    }
    let median = Pace(median(easy.iter().map(|r| r.pace().0).collect()));
    let ids = easy.iter().rev().take(BASIS_SHOWN).rev().map(|r| r.id).collect();
    // Walk breaks make nonsense of a median: never slower than the slow end of R5 by a third.
    let slowest = Pace(vdot::paces(value).easy_slow.0 * 4 / 3);
    (reference.max(median.min(slowest)), (if by_heart { 800 } else { 600 }, ids))
}

fn median(mut values: Vec<i64>) -> i64 {
    values.sort_unstable();
    match values.len() {
        0 => 0,
        n if n % 2 == 1 => values[n / 2],
        n => (values[n / 2 - 1] + values[n / 2]) / 2,
    }
}

/// R5 with race paces from the predictions; kept in order, so that no pace crosses its neighbour.
fn paces(value: Vdot, easy: Pace, predictions: &[Prediction]) -> Paces {
    let by_value = vdot::paces(value);
    let race = |d: RaceDistance| {
        let predicted = predictions.iter().find(|p| p.distance == d).map(Prediction::pace);
        predicted.unwrap_or_else(|| {
            let metres = d.decimetres() as f64 / 10.0;
            let seconds = libm::round(vdot::time_at(value.value(), metres)) as i64;
            Pace::of(d.planned(), Seconds(seconds)).unwrap_or(by_value.easy)
        })
    };
    let threshold = by_value.threshold;
    // Marathon pace lies between threshold and easy: what is raced for hours is no hour's pace.
    let marathon = race(RaceDistance::Marathon)
        .clamp(Pace(threshold.0 + 5), Pace(threshold.0.max(easy.0 - 5) + 5));
    let half = race(RaceDistance::Half).clamp(Pace(threshold.0 - 5), marathon);
    let k10 = race(RaceDistance::K10).min(half);
    let k5 = race(RaceDistance::K5).min(k10);
    Paces {
        easy: easy.max(Pace(marathon.0 + 1)),
        marathon,
        half,
        k10,
        k5,
        threshold,
        interval: by_value.interval,
    }
}

/// I6 without streams: the second-highest session maximum of twelve months, unless it lies more
/// than 10 beats under Tanaka's formula; then the formula.
fn max_heart_rate(h: &History, at: Day, birth_year: Option<i16>) -> Option<u16> {
    let mut seen: Vec<u16> =
        h.runs_in(at - 365, at).iter().filter_map(|r| r.max_heart_rate).collect();
    seen.retain(|hr| (100..=230).contains(hr));
    seen.sort_unstable();
    let observed = seen.len().checked_sub(2).map(|i| seen[i]);
    let formula = birth_year.map(|year| {
        let age = (i64::from(at.date().year()) - i64::from(year)).clamp(10, 100);
        u16::try_from(208 - 7 * age / 10).unwrap_or(180)
    });
    match (observed, formula) {
        (Some(o), Some(f)) if o + 10 < f => Some(f),
        (Some(o), _) => Some(o),
        (None, f) => f,
    }
}

/// K3: the lesser of the upper quartile of eight weeks and 1.15 times the mean of the last four.
fn capacity(weeks: &[Metres; 8]) -> Metres {
    let mut sorted = *weeks;
    sorted.sort_unstable();
    // Linear interpolation at 0.75 x 7 = 5.25.
    let p75 = Metres((sorted[5].0 * 3 + sorted[6].0) / 4);
    let mean = Metres(weeks[..4].iter().map(|w| w.0).sum::<i64>() / 4);
    p75.min(mean.permille(1150))
}

/// Share of the last weeks with three or more runs, thousandths (K2 without a plan).
fn active_weeks(h: &History, at: Day, weeks: i64) -> i64 {
    let active = (1..=weeks).filter(|k| h.runs_in(at - 7 * k, at - 7 * k + 7).len() >= 3).count();
    active as i64 * 1000 / weeks
}

/// Coefficient of variation of the last eight weeks, thousandths; 10 000 without running.
fn spread(weeks: &[Metres; 8]) -> i64 {
    let mean = weeks.iter().map(|w| w.0).sum::<i64>() / 8;
    if mean == 0 {
        return 10_000;
    }
    let squares: i64 = weeks.iter().map(|w| (w.0 - mean) * (w.0 - mean) / 8).sum();
    isqrt(squares) * 1000 / mean
}

fn isqrt(n: i64) -> i64 {
    u64::try_from(n).map_or(0, |n| i64::try_from(n.isqrt()).unwrap_or(i64::MAX))
}

/// K2: 0.40 A28 + 0.20 A90 + 0.25 R + 0.15 G.
fn consistency(h: &History, at: Day, a28: i64, spread: i64) -> i64 {
    let a90 = active_weeks(h, at, 13);
    let r = 1000 - (spread * 10 / 6).min(1000);
    let days: Vec<Day> = h.runs_in(at - 90, at).iter().map(|r| r.day).collect();
    let ends = days.iter().copied().chain([at]);
    let starts = [at - 91].into_iter().chain(days.iter().copied());
    let gap = starts.zip(ends).map(|(a, b)| b - a - 1).max().unwrap_or(90);
    let g = (1000 - (gap - 3) * 1000 / 18).clamp(0, 1000);
    (400 * a28 + 200 * a90 + 250 * r + 150 * g) / 1000
}

/// Efficiency: metres per beat, in thousandths; `None` without heart rate.
fn efficiency(r: &Run) -> Option<i64> {
    let hr = i64::from(r.heart_rate.filter(|hr| *hr >= 60)?);
    Some(r.distance.0 * 60_000 / (r.moving.0 * hr).max(1))
}

/// 0.6 x the first available of D2 and D3 (D1 needs streams), plus 0.4 x D4; only D4: 0.7 x D4.
fn durability(h: &History, at: Day, goal: Option<RaceDistance>) -> (i64, &'static str) {
    let exposure = exposure(h, at, goal.unwrap_or(RaceDistance::Half));
    let (form, rule) = match (fade(h, at), stretch(h, at)) {
        (Some(d2), _) => (d2, "D2, D4"),
        (None, Some(d3)) => (d3, "D3, D4"),
        (None, None) => return (exposure * 7 / 10, "D4"),
    };
    ((6 * form + 4 * exposure) / 10, rule)
}

/// D2: how efficiency holds in long runs against easy ones, 42 days.
fn fade(h: &History, at: Day) -> Option<i64> {
    let runs = h.runs_in(at - 42, at);
    let mut times: Vec<i64> = runs.iter().map(|r| r.moving.0).collect();
    times.sort_unstable();
    let quartile = times.get(times.len() * 3 / 4).copied()?;
    let from = quartile.min(90 * 60);
    let pick = |keep: &dyn Fn(&Run) -> bool| -> Vec<i64> {
        runs.iter().filter(|r| keep(r)).filter_map(efficiency).collect()
    };
    let long = pick(&|r| r.moving.0 >= from && r.moving.0 > 3600);
    let easy = pick(&|r| (1800..=3600).contains(&r.moving.0));
    if long.len() < 2 || easy.len() < 3 {
        return None;
    }
    let e = median(long) * 1000 / median(easy).max(1);
    Some(((e - 880) * 1000 / 120).clamp(0, 1000))
}

/// D3: how times stretch from the best race up to 10 km to the best from a half on, 365 days.
fn stretch(h: &History, at: Day) -> Option<i64> {
    let races = || h.runs_in(at - 365, at).iter().filter(|r| r.race);
    let short =
        races().filter(|r| (3000..=10_300).contains(&r.distance.0)).min_by_key(|r| r.pace());
    let long = races().filter(|r| r.distance.0 >= 20_900).min_by_key(|r| r.pace());
    let (s, l) = (short?, long?);
    let pair = |r: &Run| (r.distance.0 as f64, r.moving.0 as f64);
    let k = libm::round(predict::own_exponent(pair(s), pair(l)) * 1000.0) as i64;
    Some(((1250 - k) * 1000 / 220).clamp(0, 1000))
}

/// D4: the longest run and the number of long ones in 90 days against what the goal asks for.
fn exposure(h: &History, at: Day, goal: RaceDistance) -> i64 {
    let wanted = ruleset::long_run_goal(goal);
    let longest = h.longest(at - 90, at).0 * 1000 / wanted.0;
    let from = wanted.permille(700);
    let many = h.runs_in(at - 90, at).iter().filter(|r| r.distance >= from).count() as i64;
    (longest.min(1000) + (many * 1000 / 6).min(1000)) / 2
}

/// From injuries, consistency, how erratic volume is and months of running. A recent injury of
/// severity 6 or more is high by itself; else two points are needed, and none is low.
fn risk(
    facts: &Facts,
    health: &[HealthRecord],
    h: &History,
    consistency: i64,
    spread: i64,
) -> Risk {
    let at = facts.as_of;
    let injuries = health.iter().filter(|r| {
        matches!(r.kind, HealthType::Injury | HealthType::Pain) && r.day >= at - 180 && r.day < at
    });
    let worst = injuries.map(|r| r.severity.unwrap_or(ruleset::SEVERITY_DEFAULT)).max();
    let months = h.runs.first().map_or(0, |r| (at - r.day) / 30);
    let points = i64::from(worst.is_some_and(|s| s >= ruleset::STRICT_SEVERITY))
        + i64::from(consistency < 400)
        + i64::from(spread > 600)
        + i64::from(months < 6)
        + i64::from(facts.preferences.cautious_start);
    match points {
        _ if worst.is_some_and(|s| s >= ruleset::SEVERE_FROM) => Risk::High,
        0 if months >= 12 => Risk::Low,
        0 | 1 => Risk::Moderate,
        _ => Risk::High,
    }
}

/// The risk level that the runner would have without any health record.
#[must_use]
pub fn risk_if_well(facts: &Facts, h: &History, profile: &Profile) -> Risk {
    if facts.health.is_empty() {
        return profile.risk;
    }
    let weeks: [Metres; 8] = std::array::from_fn(|k| h.week(facts.as_of, k as i64 + 1));
    risk(facts, &[], h, profile.consistency, spread(&weeks))
}

/// Median runs a week of the active ones of the last eight; three without any.
pub(crate) fn usual_runs(h: &History, at: Day) -> u8 {
    let counts: Vec<i64> = (1..=8)
        .map(|k| {
            let runs = h.runs_in(at - 7 * k, at - 7 * k + 7);
            let mut days: Vec<Day> = runs.iter().map(|r| r.day).collect();
            days.dedup();
            days.len() as i64
        })
        .filter(|n| *n > 0)
        .collect();
    if counts.is_empty() { 3 } else { u8::try_from(median(counts)).unwrap_or(7) }
}

/// Runs on each weekday in the last eight weeks.
fn habit(h: &History, at: Day) -> [u8; 7] {
    let mut seen = [0_u8; 7];
    for r in h.runs_in(at - 56, at) {
        let n = &mut seen[usize::from(r.day.weekday().number())];
        *n = n.saturating_add(1);
    }
    seen
}

/// The weekday of most of the last twelve weeks' longest runs; Sunday where none stands out.
fn long_run_day(h: &History, at: Day) -> Weekday {
    let mut seen = [0_u8; 7];
    for k in 1..=12 {
        let runs = h.runs_in(at - 7 * k, at - 7 * k + 7);
        if let Some(longest) = runs.iter().max_by_key(|r| (r.length(), r.id)) {
            seen[usize::from(longest.day.weekday().number())] += 1;
        }
    }
    let most = Weekday::ALL
        .into_iter()
        .max_by_key(|d| (seen[usize::from(d.number())], u8::from(*d == Weekday::Sunday)));
    most.filter(|d| seen[usize::from(d.number())] >= 3).unwrap_or(Weekday::Sunday)
}
