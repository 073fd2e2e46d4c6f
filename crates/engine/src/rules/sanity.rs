//! H15: is the plan a plan at all?

use super::Week;
use crate::calendar::Day;
use crate::decision::{Measure, Rule};
use crate::ruleset as rs;
use crate::session::{Amount, Kind, Session, Step};
use crate::units::{Metres, Pace, Seconds};

/// H15 for the plan; `first_day` as the circumstances name it.
pub(super) fn plan(w: &mut Week<'_>, first_day: Day) {
    let (c, plan) = (w.c, w.plan);
    if plan.week_start != c.week_start {
        w.out.push(Rule::H15, None, plan.week_start - c.week_start, 0, Measure::Days);
    }
    if plan.first_day != first_day || first_day != c.first_day {
        w.out.push(Rule::H15, None, plan.first_day - c.first_day, 0, Measure::Days);
    }
    let mut previous: Option<&Session> = None;
    let mut last_run: Option<Day> = None;
    for session in &plan.sessions {
        if previous.is_some_and(|p| p.day > session.day) {
            w.out.push(Rule::H15, Some(session.day), -1, 0, Measure::Days);
        }
        previous = Some(session);
        if session.day < c.first_day || session.day > c.week_start + 6 {
            let from = session.day - c.week_start;
            w.out.push(Rule::H15, Some(session.day), from, 6, Measure::Days);
        }
        if !session.is_run() {
            if session.distance != Metres::ZERO {
                push(w, session, session.distance.0, 0, Measure::Metres);
            }
            continue;
        }
        if last_run == Some(session.day) || w.history.ran(session.day) {
            push(w, session, 2, 1, Measure::Count);
        }
        last_run = Some(session.day);
        run(w, session);
    }
}

fn push(w: &mut Week<'_>, session: &Session, value: i64, limit: i64, measure: Measure) {
    w.out.push(Rule::H15, Some(session.day), value, limit, measure);
}

/// Distance, paces, steps and race of one planned run.
fn run(w: &mut Week<'_>, session: &Session) {
    let km = session.distance;
    if km <= Metres::ZERO || km > rs::DAY_MAX {
        return push(w, session, km.0, rs::DAY_MAX.0, Measure::Metres);
    }
    if !on_step(km) {
        push(w, session, km.0, km.floor_step().0, Measure::Metres);
    }
    if session.duration.0 <= 0 || session.duration.0 > rs::PACE_SLOWEST.0 * 100 {
        let limit = rs::PACE_SLOWEST.time_for(km).0;
        return push(w, session, session.duration.0, limit, Measure::Seconds);
    }
    let overall = Pace::of(km, session.duration).unwrap_or_default();
    for pace in [overall, session.pace] {
        if !human(pace) {
            let near = pace.clamp(rs::PACE_FASTEST, rs::PACE_SLOWEST);
            push(w, session, pace.0, near.0, Measure::Pace);
        }
    }
    steps(w, session);
    race(w, session);
}

fn steps(w: &mut Week<'_>, session: &Session) {
    if let Some(bad) = session.steps.iter().find(|s| !step_holds(s)) {
        return push(w, session, bad.pace.0, rs::PACE_SLOWEST.0, Measure::Pace);
    }
    let km: Metres = session.steps.iter().map(Step::distance).sum();
    if (km - session.distance).0.abs() > rs::STEPS_OFF {
        push(w, session, km.0, session.distance.0, Measure::Metres);
    }
    let time: Seconds = session.steps.iter().map(Step::duration).sum();
    if (time - session.duration).0.abs() > rs::STEPS_OFF_TIME {
        push(w, session, time.0, session.duration.0, Measure::Seconds);
    }
}

fn race(w: &mut Week<'_>, session: &Session) {
    if session.kind != Kind::Race {
        return;
    }
    let mut races = w.c.races.iter().filter(|r| r.day == session.day);
    let known =
        races.any(|r| session.race == Some(r.distance) && session.distance == r.distance.planned());
    if !known {
        push(w, session, session.distance.0, 0, Measure::Metres);
    }
}

fn human(pace: Pace) -> bool {
    (rs::PACE_FASTEST..=rs::PACE_SLOWEST).contains(&pace)
}

/// A multiple of 0.1 km, or a multiple of 0.1 mile rounded to metres or to 0.1 km.
fn on_step(km: Metres) -> bool {
    let mm = km.0 * 1000;
    let over = mm.rem_euclid(rs::PLAN_STEP_MILES_MM);
    let off = over.min(rs::PLAN_STEP_MILES_MM - over);
    km.0 % rs::PLAN_STEP.0 == 0 || off <= rs::PLAN_STEP_MILES_OFF * 1000
}

/// Are the amounts and paces of a step such that it can be reckoned with? Every repetition takes
/// something, at a pace of people, and no part is longer than a day's most.
pub(super) fn step_holds(step: &Step) -> bool {
    let part = |(amount, pace): (Amount, Pace)| {
        let sane = match amount {
            Amount::Distance(d) => Metres::ZERO < d && d <= rs::DAY_MAX,
            Amount::Time(t) => Seconds::ZERO < t && t.0 <= rs::RUN_INTERVAL_MAX,
        };
        sane && human(pace)
    };
    step.times > 0 && part((step.amount, step.pace)) && step.recovery.is_none_or(part)
}
