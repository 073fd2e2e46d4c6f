//! The runner's profile from history: value and paces, capacity, durability, consistency, risk;
//! each with a confidence and the runs it rests on. Recomputed every week from rolling windows.

mod durability;
mod pace;

pub use crate::terrain::efficiency;
pub use pace::{CriticalSpeed, critical_speed};

use crate::bootcamp::{self, Bootcamp};
use crate::calendar::{Day, Weekday};
use crate::compliance::{self, Compliance};
use crate::facts::{Facts, Form};
use crate::history::{History, Rejection, Run};
use crate::predict::{Effort, Fitness, Known, Prediction, Shown};
use crate::record::{HealthRecord, HealthType, RaceDistance};
use crate::ruleset;
use crate::standing::Held;
use crate::state::Risk;
use crate::units::{Metres, Pace, Seconds};
use crate::vdot::Vdot;
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
    /// First and last day of the window used: of the history, or of the bootcamp.
    pub window: (Day, Day),
    /// Where the runner stands with the bootcamp.
    #[serde(default)]
    pub bootcamp: Bootcamp,
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
    /// K2 as if health excused nothing, thousandths: what the risk level looks at.
    pub unexcused: i64,
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
    /// Highest heart rate, observed or by formula (I6).
    pub max_heart_rate: Option<u16>,
    /// Heart rate at threshold: 0.90 of the highest (I6).
    #[serde(default)]
    pub threshold_heart_rate: Option<u16>,
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

/// A calibration: the profile, and what the rest of the step goes on with.
pub(crate) struct Calibrated {
    pub profile: Profile,
    /// What the next standing carries.
    pub held: Vec<Held>,
    /// The published weeks against what was run.
    pub compliance: Compliance,
}

/// Calibrates the runner from the facts; `h` is the history before `as_of`.
#[must_use]
pub fn calibrate(facts: &Facts, h: &History) -> Profile {
    calibrated(facts, h).profile
}

/// What [`calibrate`] would have predicted on each of the days, none of them after `h.before`, at a
/// fraction of its cost.
#[must_use]
pub fn predictions(
    facts: &Facts,
    h: &History,
    days: impl Iterator<Item = Day>,
) -> Vec<(Day, RaceDistance, Seconds)> {
    let shown = shown(facts, h);
    let mut out = Vec::new();
    for day in days {
        let known = shown.known(day, pace::pause(facts, h, day));
        let predicted = predicted(h, day, &shown, known.as_ref());
        out.extend(predicted.iter().map(|p| (day, p.distance, p.time)));
    }
    out
}

/// The efforts that predictions are made from.
fn shown(facts: &Facts, h: &History) -> Shown {
    let run = h.runs.iter().filter_map(Effort::of_run);
    Shown::new(run.chain(facts.assumed.iter().copied()))
}

fn predicted(h: &History, at: Day, shown: &Shown, known: Option<&Known>) -> Vec<Prediction> {
    let weekly = Metres(h.metres(at - ruleset::TYPICAL_DAYS, at).0 * 7 / ruleset::TYPICAL_DAYS);
    known.map_or_else(Vec::new, |known| shown.predict(known, weekly))
}

/// [`calibrate`] with all that comes of it.
pub(crate) fn calibrated(facts: &Facts, h: &History) -> Calibrated {
    let at = facts.as_of;
    let from = at - ruleset::CALIBRATION_DAYS;
    let recent = h.runs_in(from, at);
    let enough = bootcamp::enough(h, from, at);
    let bootcamp = bootcamp::status(facts, h, at);
    let shown = shown(facts, h);
    let goal =
        facts.goals.iter().filter(|g| g.day >= at).min_by_key(|g| (g.priority, g.day, g.distance));
    let goal = goal.map(|g| g.distance);
    let (Figures { known, measured, value, easy, durability, max_heart_rate }, held) =
        followed(facts, h, &shown, goal);
    let predictions = predicted(h, at, &shown, known.as_ref());
    let paces = pace::paces(value, easy.pace, &predictions);
    let k = Compliance::new(facts, h);
    let (consistency_28, a90) = compliance::adherences(&k, facts, h, at);
    let (spread, gap) = (spread(&compliance::steady_weeks(facts, h, at)), longest_gap(h, at));
    let consistency = compliance::consistency(consistency_28, a90, spread, gap);
    // Bad news never makes a runner look steadier: what health excuses counts for the risk.
    let unexcused = if facts.health.is_empty() && facts.strikes.is_empty() {
        consistency
    } else {
        let (a28, a90) = compliance::adherences_unexcused(&k, facts, h, at);
        compliance::consistency(a28, a90, spread, gap)
    };
    let risk = risk(facts, &facts.health, h, unexcused, spread);
    let shown = |runs: &[Run]| -> Vec<i64> { last(runs.iter().map(|r| r.id)) };
    let left = match bootcamp {
        _ if enough => 1000,
        Bootcamp::Done { complete: true, .. } => ruleset::CONFIDENCE_BOOTCAMP[0],
        _ => ruleset::CONFIDENCE_BOOTCAMP[1],
    };
    let basis = |figure, confidence: i64, rule: &str, activities: Vec<i64>| Basis {
        figure,
        confidence: confidence * left / 1000,
        rule: rule.to_owned(),
        activities,
    };
    let fitness = measured.as_ref().and_then(|m| m.fitness);
    let (value_rule, value_confidence, value_runs) = measured
        .map_or(("default", ruleset::CONFIDENCE_NONE, Vec::new()), |m| {
            (m.rule, m.confidence, m.activities)
        });
    let eight_weeks = h.runs_in(at - 7 * ruleset::HABIT_WEEKS, at);
    let basis = vec![
        basis(Figure::Value, value_confidence, value_rule, value_runs),
        basis(Figure::EasyPace, easy.confidence, easy.rule, last(easy.activities.into_iter())),
        basis(Figure::Capacity, ruleset::CONFIDENCE_CAPACITY, "K3", shown(eight_weeks)),
        basis(Figure::Durability, durability.confidence, durability.rule, shown(recent)),
        basis(Figure::Consistency, ruleset::CONFIDENCE_CONSISTENCY, "K2", shown(recent)),
        basis(Figure::Risk, ruleset::CONFIDENCE_RISK, "risk", shown(eight_weeks)),
    ];
    let window = match bootcamp {
        Bootcamp::NotNeeded => {
            (recent.first().map_or(at, |r| r.day), recent.last().map_or(at, |r| r.day))
        }
        Bootcamp::Running { start, .. } => (start, at),
        Bootcamp::Done { start, end, .. } => (start, end - 1),
    };
    let profile = Profile {
        as_of: at,
        calibrated: enough,
        window,
        bootcamp,
        value,
        fitness,
        paces,
        capacity: compliance::capacity(&compliance::capacity_weeks(facts, h, at)),
        durability: durability.value,
        consistency,
        consistency_28,
        unexcused,
        risk,
        km_28: h.metres(at - 28, at),
        km_90: h.metres(at - 90, at),
        usual_runs: usual_runs(h, at),
        long_run_day: long_run_day(h, at),
        habit: habit(h, at),
        max_heart_rate,
        threshold_heart_rate: max_heart_rate.and_then(|hr| {
            u16::try_from(i64::from(hr) * ruleset::THRESHOLD_HEART_RATE / 1000).ok()
        }),
        basis,
        predictions,
        rejected: h.rejected.clone(),
    };
    Calibrated { profile, held, compliance: k }
}

/// The figures that are held to a step a week.
struct Figures {
    known: Option<Known>,
    measured: Option<pace::Measured>,
    value: Vdot,
    easy: pace::Easy,
    durability: durability::Durability,
    max_heart_rate: Option<u16>,
}

impl Figures {
    /// What later weeks are held to; nothing before the first evidence.
    fn held(&self, day: Day) -> Option<Held> {
        let (value, easy, durability) = (self.value, self.easy.pace, self.durability.value);
        self.measured.as_ref().map(|_| Held { day, value, easy, durability })
    }
}

/// The week starts whose figures the last standing carries, as far as they are recent.
fn carried(facts: &Facts) -> Vec<Held> {
    let at = facts.as_of;
    let reach = at - 7 * ruleset::FOLLOWED_WEEKS..at;
    let held = facts.standing.iter().flat_map(|s| &s.held);
    held.filter(|f| reach.contains(&f.day) && f.is_sane()).copied().collect()
}

/// The days of the profiles between the one carried and this one, oldest first: the week starts.
/// With nothing carried they begin a week before the first of the last published weeks.
fn days_before(facts: &Facts, carried: Option<Day>) -> impl Iterator<Item = Day> {
    let (at, start) = (facts.as_of, facts.preferences.week_start);
    let reach = at - 7 * ruleset::FOLLOWED_WEEKS..at;
    let first = || facts.published.iter().map(|p| p.week_start).find(|d| reach.contains(d));
    let from = carried.map_or_else(
        || first().unwrap_or(at).week_start(start) - 7,
        |day| day.week_start(start) + 7,
    );
    (0..=ruleset::FOLLOWED_WEEKS + 1).map(move |k| from + 7 * k).take_while(move |day| *day < at)
}

/// Value, easy pace and durability, each within one step a week of what the profile before said: no
/// single workout moves it by more. The first evidence of a figure sets it; before it there was
/// nothing to move. With them what the next standing carries.
fn followed(
    facts: &Facts,
    h: &History,
    shown: &Shown,
    goal: Option<RaceDistance>,
) -> (Figures, Vec<Held>) {
    let at = facts.as_of;
    let figures = |day: Day, before: Option<Held>| {
        let known = shown.known(day, pace::pause(facts, h, day));
        let measured = pace::measure(h, shown, known.as_ref(), day);
        let weeks = before.map_or(1, |f| (day - f.day + 6) / 7).max(1);
        let held = |now: i64, then: Option<i64>, step: i64| {
            then.map_or(now, |then| now.clamp(then - step * weeks, then + step * weeks))
        };
        let value = measured.as_ref().map_or(Vdot(ruleset::VALUE_UNKNOWN), |m| {
            Vdot(held(m.value.0, before.map(|f| f.value.0), ruleset::VALUE_STEP))
        });
        let max_heart_rate = pace::max_heart_rate(h, day, facts.preferences.birth_year);
        let mut easy = pace::easy_pace(h, day, value, max_heart_rate);
        easy.pace = Pace(held(easy.pace.0, before.map(|f| f.easy.0), ruleset::EASY_STEP));
        let mut durability = durability::durability(h, day, goal);
        let then = before.map(|f| f.durability);
        durability.value = held(durability.value, then, ruleset::DURABILITY_STEP);
        Figures { known, measured, value, easy, durability, max_heart_rate }
    };
    let mut known = carried(facts);
    let mut before = known.last().copied();
    for day in days_before(facts, before.map(|f| f.day)) {
        before = figures(day, before).held(day);
        known.extend(before);
    }
    let now = figures(at, before);
    if at == at.week_start(facts.preferences.week_start) {
        known.extend(now.held(at));
    }
    known.drain(..known.len().saturating_sub(ruleset::HELD_WEEKS));
    (now, known)
}

/// K2 as of a day.
pub(crate) fn consistency_at(k: &Compliance, facts: &Facts, h: &History, at: Day) -> i64 {
    let (a28, a90) = compliance::adherences(k, facts, h, at);
    let spread = spread(&compliance::steady_weeks(facts, h, at));
    compliance::consistency(a28, a90, spread, longest_gap(h, at))
}

/// K3 as of a day.
pub(crate) fn capacity_at(facts: &Facts, h: &History, at: Day) -> Metres {
    compliance::capacity(&compliance::capacity_weeks(facts, h, at))
}

/// The value that the runs before a day show.
pub(crate) fn value_at(facts: &Facts, h: &History, at: Day) -> Vdot {
    let shown = Shown::new(h.runs.iter().filter_map(Effort::of_run));
    let known = shown.known(at, pace::pause(facts, h, at));
    let measured = pace::measure(h, &shown, known.as_ref(), at);
    measured.map_or(Vdot(ruleset::VALUE_UNKNOWN), |m| m.value)
}

/// The last few of the activities of a basis.
fn last(ids: impl DoubleEndedIterator<Item = i64>) -> Vec<i64> {
    let mut newest: Vec<i64> = ids.rev().take(BASIS_SHOWN).collect();
    newest.reverse();
    newest
}

fn median(mut values: Vec<i64>) -> i64 {
    values.sort_unstable();
    match values.len() {
        0 => 0,
        n if n % 2 == 1 => values[n / 2],
        n => (values[n / 2 - 1] + values[n / 2]) / 2,
    }
}

/// Coefficient of variation of weekly km, thousandths; the most there is without running.
fn spread(weeks: &[Metres]) -> i64 {
    let n = (weeks.len() as i64).max(1);
    let mean = weeks.iter().map(|w| w.0).sum::<i64>() / n;
    if mean == 0 {
        return ruleset::SPREAD_NOTHING;
    }
    let squares: i64 = weeks.iter().map(|w| (w.0 - mean) * (w.0 - mean) / n).sum();
    isqrt(squares) * 1000 / mean
}

fn isqrt(n: i64) -> i64 {
    u64::try_from(n).map_or(0, |n| i64::try_from(n.isqrt()).unwrap_or(i64::MAX))
}

/// The longest run-free stretch of the last 90 days, days.
fn longest_gap(h: &History, at: Day) -> i64 {
    let days: Vec<Day> = h.runs_in(at - 90, at).iter().map(|r| r.day).collect();
    let ends = days.iter().copied().chain([at]);
    let starts = [at - 91].into_iter().chain(days.iter().copied());
    starts.zip(ends).map(|(a, b)| b - a - 1).max().unwrap_or(90)
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
        let recent = (at - ruleset::RISK_INJURY_DAYS..at).contains(&r.day);
        recent && matches!(r.kind, HealthType::Injury | HealthType::Pain)
    });
    let worst = injuries.map(|r| r.severity.unwrap_or(ruleset::SEVERITY_DEFAULT)).max();
    let months = h.runs.first().map_or(0, |r| (at - r.day) / 30);
    let (few, many) = ruleset::RISK_MONTHS;
    let points = i64::from(worst.is_some_and(|s| s >= ruleset::STRICT_SEVERITY))
        + i64::from(consistency < ruleset::RISK_CONSISTENCY)
        + i64::from(spread > ruleset::RISK_SPREAD)
        + i64::from(months < few)
        + i64::from(facts.preferences.cautious_start);
    match points {
        _ if worst.is_some_and(|s| s >= ruleset::SEVERE_FROM) => Risk::High,
        0 if months >= many => Risk::Low,
        _ if points < ruleset::RISK_POINTS => Risk::Moderate,
        _ => Risk::High,
    }
}

/// The risk level that the runner would have without any health record.
#[must_use]
pub fn risk_if_well(facts: &Facts, h: &History, profile: &Profile) -> Risk {
    if facts.health.is_empty() {
        return profile.risk;
    }
    let weeks = compliance::steady_weeks(facts, h, facts.as_of);
    risk(facts, &[], h, profile.unexcused, spread(&weeks))
}

/// Median runs a week of the active ones of the last eight.
pub(crate) fn usual_runs(h: &History, at: Day) -> u8 {
    let counts: Vec<i64> = (1..=ruleset::HABIT_WEEKS)
        .map(|k| {
            let runs = h.runs_in(at - 7 * k, at - 7 * k + 7);
            let mut days: Vec<Day> = runs.iter().map(|r| r.day).collect();
            days.dedup();
            days.len() as i64
        })
        .filter(|n| *n > 0)
        .collect();
    if counts.is_empty() {
        ruleset::USUAL_RUNS_UNKNOWN
    } else {
        u8::try_from(median(counts)).unwrap_or(7)
    }
}

/// Runs on each weekday in the last eight weeks.
fn habit(h: &History, at: Day) -> [u8; 7] {
    let mut seen = [0_u8; 7];
    for r in h.runs_in(at - 7 * ruleset::HABIT_WEEKS, at) {
        let n = &mut seen[usize::from(r.day.weekday().number())];
        *n = n.saturating_add(1);
    }
    seen
}

/// The weekday of most of the last twelve weeks' longest runs; Sunday where none stands out.
fn long_run_day(h: &History, at: Day) -> Weekday {
    let mut seen = [0_u8; 7];
    let (weeks, least) = ruleset::LONG_RUN_DAY_WEEKS;
    for k in 1..=weeks {
        let runs = h.runs_in(at - 7 * k, at - 7 * k + 7);
        if let Some(longest) = runs.iter().max_by_key(|r| (r.length(), r.id)) {
            seen[usize::from(longest.day.weekday().number())] += 1;
        }
    }
    let most = Weekday::ALL
        .into_iter()
        .max_by_key(|d| (seen[usize::from(d.number())], u8::from(*d == Weekday::Sunday)));
    most.filter(|d| seen[usize::from(d.number())] >= least).unwrap_or(Weekday::Sunday)
}
