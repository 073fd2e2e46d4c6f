//! Goal: a plan follows from what it should follow from and from nothing else: not from the date
//! as such, ids, the order of the input or what no window reaches.
//! Method: the same facts told differently, for runners of every kind.

use crate::weeks;
use hermes_engine::calendar::Day;
use hermes_engine::decision::Change;
use hermes_engine::facts::Facts;
use hermes_engine::session::WeekPlan;
use hermes_engine::step::{Output, step};
use hermes_season::hostile::{Runner, activity};

/// A few weeks of many runners, each with what is known at its start.
fn cases(n: u64) -> impl Iterator<Item = (u64, Facts, Day)> {
    (1..=n).map(|seed| {
        let mut runner = Runner::hostile(seed);
        for _ in 0..seed % 12 {
            runner.fate();
            let out = step(&runner.known(0), runner.week);
            runner.publish(&out);
            runner.live(&out);
        }
        runner.fate();
        let offset = i64::try_from(seed % 5).unwrap() - 2;
        (seed, runner.known(offset.max(0)), runner.week)
    })
}

fn bytes(out: &Output) -> String {
    serde_json::to_string(out).unwrap()
}

fn shift(facts: &Facts, days: i64) -> Facts {
    let mut f = facts.clone();
    f.as_of = f.as_of + days;
    for a in &mut f.activities {
        a.start_local += days * 86_400;
    }
    for r in &mut f.health {
        r.day = r.day + days;
        r.closed = r.closed.map(|d| d + days);
    }
    for s in &mut f.strikes {
        s.issued = s.issued + days;
        s.resolved = s.resolved.map(|d| d + days);
        if let Some(l) = &mut s.limit {
            l.lifted = l.lifted.map(|d| d + days);
        }
    }
    for g in &mut f.goals {
        g.day = g.day + days;
        g.set_on = g.set_on + days;
    }
    for p in &mut f.published {
        p.week_start = p.week_start + days;
        for (day, _) in &mut p.hard {
            *day = *day + days;
        }
        for s in &mut p.sessions {
            s.day = s.day + days;
        }
    }
    for (from, to) in &mut f.overrides {
        (*from, *to) = (*from + days, *to + days);
    }
    if let Some(s) = &mut f.standing {
        (s.as_of, s.since) = (s.as_of + days, s.since + days);
        s.overreach = s.overreach.map(|d| d + days);
        s.watch = s.watch.map(|d| d + days);
        s.memory.safety = s.memory.safety.map(|d| d + days);
    }
    f
}

fn shift_plan(plan: &WeekPlan, days: i64) -> WeekPlan {
    let mut p = plan.clone();
    p.week_start = p.week_start + days;
    p.first_day = p.first_day + days;
    for s in &mut p.sessions {
        s.day = s.day + days;
    }
    for f in &mut p.findings {
        f.day = f.day.map(|d| d + days);
    }
    for r in &mut p.repairs {
        r.day = r.day + days;
        if let Change::Moved(day) = &mut r.change {
            *day = *day + days;
        }
    }
    p
}

#[test]
fn four_weeks_later_is_the_same_plan_four_weeks_later() {
    for (seed, facts, week) in cases(weeks(6_000) / 6) {
        let out = step(&facts, week);
        for days in [28, -280, 1456] {
            let later = step(&shift(&facts, days), week + days);
            assert_eq!(shift_plan(&out.plan, days), later.plan, "seed {seed} by {days} days");
        }
    }
}

#[test]
fn order_repetition_and_names_do_not_matter() {
    for (seed, facts, week) in cases(weeks(6_000) / 6) {
        let out = step(&facts, week);
        assert_eq!(bytes(&out), bytes(&step(&facts, week)), "seed {seed}");
        let mut turned = facts.clone();
        turned.activities.reverse();
        assert_eq!(bytes(&out), bytes(&step(&turned, week)), "seed {seed}");
        turned.health.reverse();
        turned.strikes.reverse();
        turned.goals.reverse();
        let plan = step(&turned, week).plan;
        assert_eq!(out.plan, plan, "seed {seed}");
        let mut renamed = facts;
        for a in &mut renamed.activities {
            a.id = a.id * 3 - 1_000_000;
        }
        assert_eq!(out.plan, step(&renamed, week).plan, "seed {seed}");
    }
}

#[test]
fn what_no_window_reaches_does_not_matter() {
    for seed in 1..=weeks(6_000) / 20 {
        let runner = Runner::even(seed, 40_000, &[1, 3, 5, 6], 330, 70);
        let facts = runner.known(0);
        let out = step(&facts, runner.week);
        let mut aged = facts.clone();
        for n in 0..700 {
            let day = runner.week - 500 - n;
            aged.activities.insert(0, activity(-n, day, 3600, 12_000, 300));
        }
        assert_eq!(out.plan, step(&aged, runner.week).plan, "seed {seed}");
    }
}
