//! The Daniels-Gilbert value and the paces: R1, R5-R7, I6.

use super::median;
use crate::calendar::Day;
use crate::facts::Facts;
use crate::history::{History, Run};
use crate::predict::{self, Break, Fitness, Known, Prediction, Shown};
use crate::record::{RaceDistance, Sport};
use crate::ruleset;
use crate::terrain;
use crate::units::{Pace, Seconds};
use crate::vdot::{self, TimeOff, Vdot};
use crate::workout::Paces;

/// The value as of a day, before it is held to its step.
pub(super) struct Measured {
    pub value: Vdot,
    pub fitness: Option<Fitness>,
    pub rule: &'static str,
    pub confidence: i64,
    pub activities: Vec<i64>,
}

/// The longest break of the last 16 weeks and what was done in it (B1).
pub(super) fn pause(facts: &Facts, h: &History, at: Day) -> Option<Break> {
    // The run before the window begins the first break that can reach into it.
    let first = h.runs.partition_point(|r| r.day < at - ruleset::BREAK_WINDOW).saturating_sub(1);
    let days = h.runs[first..].iter().map(|r| r.day);
    let found = predict::longest_break(days, at, TimeOff::Rest)?;
    let cross = facts.activities.iter().filter(|a| {
        a.sport == Sport::Other && (found.ended - found.days..found.ended).contains(&a.day())
    });
    let enough = cross.count() as i64 * 7 >= ruleset::CROSS_SESSIONS * found.days;
    Some(Break { off: if enough { TimeOff::CrossTraining } else { TimeOff::Rest }, ..found })
}

/// R1; where no race is known the higher of what training runs show and of R6 from streams, never
/// under the cautious beginner's. `None` where nothing is known.
pub(super) fn measure(
    h: &History,
    shown: &Shown,
    known: Option<&Known>,
    at: Day,
) -> Option<Measured> {
    let fitness = known.map(Known::fitness);
    if let Some(f) = fitness.filter(|f| f.race) {
        let class = ruleset::EVIDENCE_AGES.iter().position(|limit| at - f.day <= *limit);
        return Some(Measured {
            value: f.value,
            fitness,
            rule: if class == Some(0) { "R1" } else { "R1, R8" },
            confidence: ruleset::CONFIDENCE_RACE[class.unwrap_or(2)],
            activities: vec![f.id],
        });
    }
    let raced = shown.raced(at);
    let by_streams = critical_speed(h, at).filter(|_| !raced).and_then(|c| Some((c.value()?, c)));
    let raised = |v: Vdot| v.max(Vdot(ruleset::VALUE_UNKNOWN));
    match (fitness, by_streams) {
        (f, Some((value, speed))) if f.is_none_or(|f| f.value < value) => Some(Measured {
            value: raised(value),
            fitness,
            rule: "R6",
            confidence: ruleset::CONFIDENCE_CRITICAL_SPEED,
            activities: speed.activities,
        }),
        (Some(f), _) => Some(Measured {
            value: raised(f.value),
            fitness,
            rule: "R1",
            confidence: ruleset::CONFIDENCE_TRAINING,
            activities: vec![f.id],
        }),
        (None, _) => None,
    }
}

/// Critical speed and the runs it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CriticalSpeed {
    /// mm/s.
    pub millimetres: i64,
    /// The runs with the fastest 400, 800 and 5000 m, each once.
    pub activities: Vec<i64>,
}

impl CriticalSpeed {
    /// The value whose threshold pace is 0.96 of this speed (rule R6).
    #[must_use]
    pub fn value(&self) -> Option<Vdot> {
        let threshold = self.millimetres * ruleset::CRITICAL_SPEED_PERMILLE;
        let metres_a_minute = threshold as f64 * 60.0 / 1_000_000.0;
        let share = ruleset::THRESHOLD_PERMILLE as f64 / 1000.0;
        let value = vdot::oxygen_cost(metres_a_minute) / share;
        vdot::is_human(value).then(|| Vdot::round(value))
    }
}

/// The slope of distance over time through the fastest 400, 800 and 5000 m of 90 days (Smyth and
/// Muniz-Pumares 2020), rounded to mm/s. `None` with fewer than three runs that have streams, or
/// where the figures are no runner's.
#[must_use]
pub fn critical_speed(h: &History, at: Day) -> Option<CriticalSpeed> {
    let from = at - ruleset::CALIBRATION_DAYS;
    let runs = || h.runs_in(from, at).iter().filter(|r| !r.vehicle);
    let known = runs().filter_map(|r| Some((h.streams_of(r)?.fastest?, r.id)));
    if known.clone().count() < ruleset::CRITICAL_SPEED_RUNS {
        return None;
    }
    let best = [0, 1, 2].map(|i| known.clone().map(|(t, id)| (t[i], id)).min());
    let [Some(a), Some(b), Some(c)] = best else { return None };
    let times = [a, b, c].map(|(t, _)| t.0);
    if !(0 < times[0] && times[0] < times[1] && times[1] < times[2]) {
        return None;
    }
    let points = ruleset::CRITICAL_SPEED_METRES.into_iter().zip(times);
    let points = points.map(|(d, t)| (d as f64, t as f64));
    let mean = |sum: f64| sum / 3.0;
    let (d0, t0) =
        (mean(points.clone().map(|p| p.0).sum()), mean(points.clone().map(|p| p.1).sum()));
    let above: f64 = points.clone().map(|(d, t)| (d - d0) * (t - t0)).sum();
    let below: f64 = points.map(|(_, t)| (t - t0) * (t - t0)).sum();
    let millimetres = libm::round(above / below * 1000.0) as i64;
    let (low, high) = ruleset::CRITICAL_SPEED_RANGE;
    let mut activities = vec![a.1, b.1, c.1];
    activities.sort_unstable();
    activities.dedup();
    (low..=high).contains(&millimetres).then_some(CriticalSpeed { millimetres, activities })
}

/// The easy pace before it is held to its step, with the runs it came from.
pub(super) struct Easy {
    pub pace: Pace,
    pub rule: &'static str,
    pub confidence: i64,
    pub activities: Vec<i64>,
}

/// R7: from the value, or the median pace of easy runs by heart rate, whichever is slower; without
/// heart rates the median of all runs, because nobody is asked to run their easy days faster than
/// they run at all. Paces are on the level and in the cool (G1, G2, W2).
pub(super) fn easy_pace(h: &History, at: Day, value: Vdot, max: Option<u16>) -> Easy {
    let by_value = vdot::paces(value);
    let (low, high) = ruleset::EASY_HEART_RATE;
    let runs = h.runs_in(at - ruleset::CALIBRATION_DAYS, at);
    // A formula's maximum without a single heart rate says nothing.
    let by_heart = max.is_some() && runs.iter().any(|r| r.heart_rate.is_some());
    let max = i64::from(max.unwrap_or(0));
    let band = max * low / 1000..=max * high / 1000;
    let is_easy = |r: &&Run| match r.heart_rate {
        Some(hr) if by_heart => band.contains(&i64::from(hr)),
        _ => !by_heart,
    };
    let mut paces = Vec::with_capacity(runs.len());
    let mut ids = Vec::with_capacity(runs.len());
    for r in runs.iter().filter(is_easy) {
        let Some(length) = terrain::corrected(r) else { continue };
        let Some(pace) = Pace::of(length, r.moving) else { continue };
        paces.push(pace.0);
        ids.push(r.id);
    }
    if paces.len() < ruleset::EASY_RUNS {
        let confidence = ruleset::CONFIDENCE_EASY_VALUE;
        return Easy { pace: by_value.easy, rule: "R5", confidence, activities: Vec::new() };
    }
    let slowest = Pace(by_value.easy_slow.0 * ruleset::EASY_SLOWEST_PERMILLE / 1000);
    Easy {
        pace: by_value.easy.max(Pace(median(paces)).min(slowest)),
        rule: if by_heart { "R7, R5" } else { "R5, median" },
        confidence: ruleset::CONFIDENCE_EASY_RUNS[usize::from(!by_heart)],
        activities: ids,
    }
}

/// R5 with race paces from the predictions; kept in order, so that no pace crosses its neighbour.
pub(super) fn paces(value: Vdot, easy: Pace, predictions: &[Prediction]) -> Paces {
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
    let apart = ruleset::PACES_APART;
    let marathon = race(RaceDistance::Marathon)
        .clamp(Pace(threshold.0 + apart), Pace(threshold.0.max(easy.0 - apart) + apart));
    let half = race(RaceDistance::Half).clamp(Pace(threshold.0 - apart), marathon);
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

/// I6: the highest value held in the streams of twelve months, at most a step over the second
/// highest run's, else the second-highest session maximum; unless that lies more than 10 beats
/// under Tanaka's formula, then the formula.
pub(super) fn max_heart_rate(h: &History, at: Day, birth_year: Option<i16>) -> Option<u16> {
    let (least, most) = ruleset::MAX_HEART_RATES;
    let runs = h.runs_in(at - ruleset::MAX_HEART_RATE_DAYS, at).iter().filter(|r| !r.vehicle);
    let (mut held, mut seen) = ([0_u16; 2], [0_u16; 2]);
    for r in runs {
        for (top, hr) in [
            (&mut held, h.streams_of(r).and_then(|s| s.max_heart_rate)),
            (&mut seen, r.max_heart_rate),
        ] {
            let Some(hr) = hr.filter(|hr| (least..=most).contains(hr)) else { continue };
            if hr > top[0] {
                *top = [hr, top[0]];
            } else {
                top[1] = top[1].max(hr);
            }
        }
    }
    let by_streams = held[0].min(held[1] + ruleset::MAX_HEART_RATE_STEP);
    let observed = [by_streams, seen[1]].into_iter().find(|hr| *hr >= least);
    let formula = birth_year.map(|year| {
        let (youngest, oldest) = ruleset::MAX_HEART_RATE_AGES;
        let age = (i64::from(at.date().year()) - i64::from(year)).clamp(youngest, oldest);
        let (birth, tenths) = ruleset::MAX_HEART_RATE_FORMULA;
        u16::try_from(birth - tenths * age / 10).unwrap_or(most)
    });
    match (observed, formula) {
        (Some(o), Some(f)) if o + ruleset::MAX_HEART_RATE_UNDER < f => Some(f),
        (Some(o), _) => Some(o),
        (None, f) => f,
    }
}
