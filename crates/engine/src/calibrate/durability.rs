//! Durability: 0.6 x the first available of D1, D2 and D3, plus 0.4 x D4; D4 alone counts 0.7.

use super::median;
use crate::calendar::Day;
use crate::history::{History, Run};
use crate::predict;
use crate::record::RaceDistance;
use crate::ruleset;
use crate::terrain;

/// A figure in thousandths with the rules that gave it, how sure it is and the runs it rests on.
pub(super) struct Durability {
    pub value: i64,
    pub rule: &'static str,
    pub confidence: i64,
}

/// Durability before a day, for the distance aimed at.
pub(super) fn durability(h: &History, at: Day, goal: Option<RaceDistance>) -> Durability {
    let exposure = exposure(h, at, goal.unwrap_or(RaceDistance::Half));
    let [d1, d2, d3, d4] = ruleset::CONFIDENCE_DURABILITY;
    let form = decoupling(h, at)
        .map(|x| (x, "D1, D4", d1))
        .or_else(|| fade(h, at).map(|x| (x, "D2, D4", d2)))
        .or_else(|| stretch(h, at).map(|x| (x, "D3, D4", d3)));
    let Some((form, rule, confidence)) = form else {
        let value = exposure * ruleset::DURABILITY_EXPOSURE_ONLY / 1000;
        return Durability { value, rule: "D4", confidence: d4 };
    };
    let share = ruleset::DURABILITY_FORM;
    let value = (share * form + (1000 - share) * exposure) / 1000;
    Durability { value, rule, confidence }
}

/// D1: the median decoupling of the last runs whose streams give one. A negative one, of a runner
/// who gets faster at the same heart rate, is as good as none.
fn decoupling(h: &History, at: Day) -> Option<i64> {
    let runs = h.runs_in(at - ruleset::DECOUPLING_DAYS, at).iter().rev().filter(|r| !r.vehicle);
    let figures = runs.filter_map(|r| h.streams_of(r)?.decoupling).take(ruleset::DECOUPLING_RUNS);
    let figures: Vec<i64> = figures.map(|x| x.clamp(-1000, 1000)).collect();
    if figures.len() < ruleset::DECOUPLING_RUNS_LEAST {
        return None;
    }
    let worst = ruleset::DECOUPLING_WORST;
    Some(((worst - median(figures)) * 1000 / worst).clamp(0, 1000))
}

/// D2: how efficiency holds in long runs against easy ones.
fn fade(h: &History, at: Day) -> Option<i64> {
    let runs = h.runs_in(at - ruleset::FADE_DAYS, at);
    let mut times: Vec<i64> = runs.iter().map(|r| r.moving.0).collect();
    times.sort_unstable();
    let quartile = times.get(times.len() * 3 / 4).copied()?;
    let (shortest, longest) = ruleset::FADE_EASY;
    let from = quartile.min(ruleset::FADE_LONG.0);
    let pick = |keep: &dyn Fn(&Run) -> bool| -> Vec<i64> {
        runs.iter().filter(|r| keep(r)).filter_map(terrain::efficiency).collect()
    };
    let long = pick(&|r| r.moving.0 >= from && r.moving > longest);
    let easy = pick(&|r| (shortest..=longest).contains(&r.moving));
    let (fewest_long, fewest_easy) = ruleset::FADE_RUNS;
    if long.len() < fewest_long || easy.len() < fewest_easy {
        return None;
    }
    let e = median(long).saturating_mul(1000) / median(easy).max(1);
    let (none, span) = ruleset::FADE_RANGE;
    Some((e.min(2000).saturating_sub(none) * 1000 / span).clamp(0, 1000))
}

/// D3: how times stretch from the best race up to 10 km to the best from a half on.
fn stretch(h: &History, at: Day) -> Option<i64> {
    let races = || {
        let year = h.runs_in(at - ruleset::STRETCH_DAYS, at).iter();
        year.filter(|r| r.race && !r.vehicle)
    };
    let (from, to, half) = ruleset::STRETCH_RACES;
    let short = races().filter(|r| (from..=to).contains(&r.distance)).min_by_key(|r| r.pace());
    let long = races().filter(|r| r.distance >= half).min_by_key(|r| r.pace());
    let (s, l) = (short?, long?);
    let pair = |r: &Run| (r.distance.0 as f64, r.moving.0 as f64);
    let k = libm::round(predict::own_exponent(pair(s), pair(l)) * 1000.0) as i64;
    let (none, span) = ruleset::STRETCH_RANGE;
    Some(((none - k.clamp(-10_000, 10_000)) * 1000 / span).clamp(0, 1000))
}

/// D4: the longest run and the number of long ones against what the goal asks for.
fn exposure(h: &History, at: Day, goal: RaceDistance) -> i64 {
    let wanted = ruleset::long_run_goal(goal);
    let runs = h.runs_in(at - ruleset::EXPOSURE_DAYS, at);
    let longest = h.longest(at - ruleset::EXPOSURE_DAYS, at).0 * 1000 / wanted.0;
    let from = wanted.permille(ruleset::EXPOSURE_SHARE);
    let many = runs.iter().filter(|r| r.distance >= from).count() as i64;
    (longest.min(1000) + (many * 1000 / ruleset::EXPOSURE_RUNS).min(1000)) / 2
}
