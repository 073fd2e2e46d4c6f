//! Goal: the meters count what section 15 says and nothing else; the summary's parts add up.
//! Method: histories by hand.

use crate::world::{MONDAY, facts, history, illness, lived, run, usual, week};
use hermes_engine::calendar::Day;
use hermes_engine::compliance::Compliance;
use hermes_engine::facts::Facts;
use hermes_engine::meters::{Killa, Mark, Momentum, Told, What, killa, momentum};
use hermes_engine::record::{Activity, CheckIn, CheckInAnswer, CheckInTrigger, RaceDistance};
use hermes_engine::session::Kind;
use hermes_engine::state::{Phase, State};
use hermes_engine::summary::{After, summary};
use hermes_engine::units::{Metres, Pace, Seconds, Units};

fn streak(f: &Facts) -> Momentum {
    let h = history(f);
    momentum(f, &Compliance::new(f, &h), &h, 900)
}

#[test]
fn kept_days_make_the_streak() {
    let f = lived(MONDAY, 3, |s| Some((s.distance.0, 0)));
    let m = streak(&f);
    assert_eq!((m.current, m.longest, m.consistency, m.days.len()), (21, 21, 900, 21));
    assert_eq!(m.days[0], (MONDAY - 21, Mark::Rested));
    assert_eq!(m.days[1], (MONDAY - 20, Mark::Done));
}

#[test]
fn a_missed_run_and_a_run_on_a_rest_day_end_it() {
    let missed = MONDAY - 13 + 3 - 3;
    let f = lived(MONDAY, 3, |s| (s.day != missed).then_some((s.distance.0, 0)));
    let m = streak(&f);
    assert_eq!(m.days[8], (MONDAY - 13, Mark::Missed));
    assert_eq!((m.current, m.longest), (12, 12));
    let mut f = lived(MONDAY, 3, |s| Some((s.distance.0, 0)));
    f.activities.push(run(900, MONDAY - 7, 5_000));
    let m = streak(&f);
    assert_eq!(m.days[14], (MONDAY - 7, Mark::NotRested));
    assert_eq!((m.current, m.longest), (6, 14));
}

#[test]
fn health_and_grace_excuse_days() {
    let first = MONDAY - 7;
    let mut f = lived(MONDAY, 3, |s| (s.day < first).then_some((s.distance.0, 0)));
    assert_eq!(streak(&f).current, 0);
    f.check_ins = vec![CheckIn {
        day: first,
        trigger: CheckInTrigger::LowCompliance,
        answer: Some((CheckInAnswer::Busy, first)),
    }];
    let m = streak(&f);
    assert_eq!((m.current, m.days[15].1), (21, Mark::Grace));
    f.check_ins.clear();
    f.health = vec![illness(first, None)];
    let m = streak(&f);
    assert_eq!((m.current, m.days[15].1), (21, Mark::Health));
}

/// 40 km a week for 20 weeks, the last of them as told.
fn steady(last: &[(i64, i64)]) -> Facts {
    let mut runs = Vec::new();
    let mut push = |day: Day, metres| runs.push(run(runs.len() as i64 * 10, day, metres));
    for k in (2..=20).rev() {
        for (i, metres) in [(1, 8_000), (3, 9_000), (4, 8_000), (6, 15_000)] {
            push(MONDAY - 7 * k + i, metres);
        }
    }
    for (i, metres) in last {
        push(MONDAY - 7 + *i, *metres);
    }
    facts(MONDAY, vec![], runs)
}

fn meter(f: &Facts) -> Killa {
    let k = killa(f, &history(f), MONDAY - 7, Told::default());
    assert!(k.events.iter().all(|e| !e.text(Units::Km).is_empty()));
    k
}

#[test]
fn a_quiet_week_has_no_event() {
    let k = meter(&steady(&[(1, 8_000), (3, 9_000), (4, 8_000), (6, 15_000)]));
    assert_eq!(k, Killa::default());
}

#[test]
fn the_longest_run_and_the_highest_week_within_the_limits_earn() {
    let k = meter(&steady(&[(1, 8_000), (3, 9_000), (4, 8_000), (6, 16_500)]));
    let whats: Vec<What> = k.events.iter().map(|e| e.what).collect();
    assert_eq!(whats, [What::LongestRun, What::HighestWeek]);
    assert_eq!((k.breakthroughs, k.points, k.overreaches), (2, 20, 0));
    assert_eq!((k.events[0].value, k.events[0].before), (16_500, 15_000));
    assert_eq!((k.events[1].value, k.events[1].before), (41_500, 40_000));
}

#[test]
fn beyond_a_hard_limit_they_earn_nothing() {
    // 15 km is the longest: 16.7 km is what H01 allows.
    let k = meter(&steady(&[(1, 8_000), (6, 18_000)]));
    assert_eq!((k.breakthroughs, k.points, k.overreaches), (0, 0, 0));
    assert_eq!(k.events[0].points, 0);
    // 1.30 x 15 km and 1.30 x 40 km.
    let k = meter(&steady(&[(1, 8_000), (3, 9_500), (4, 15_000), (6, 19_600)]));
    assert_eq!((k.points, k.overreaches), (0, 2));
    let over: Vec<_> = k.events.iter().filter(|e| e.what.is_overreach()).collect();
    assert_eq!((over[0].what, over[0].value, over[0].before), (What::RunOverreach, 19_600, 15_000));
    assert_eq!(
        (over[1].what, over[1].value, over[1].before),
        (What::WeekOverreach, 52_100, 40_000)
    );
    let k = meter(&steady(&[(1, 8_000), (3, 9_700), (4, 15_000), (6, 19_500)]));
    assert_eq!(k.overreaches, 1, "exactly 1.30 x L30 is not over it");
}

#[test]
fn a_best_effort_earns() {
    let mut f = steady(&[(1, 8_000), (3, 9_000), (4, 8_000)]);
    let effort = |id, day, seconds| Activity {
        race: true,
        moving: Seconds(seconds),
        ..run(id, day, 10_000)
    };
    f.activities.push(effort(5001, MONDAY - 60, 3000));
    f.activities.push(effort(5002, MONDAY - 1, 2900));
    let k = meter(&f);
    assert_eq!((k.points, k.events.len()), (10, 1));
    assert_eq!(k.events[0].what, What::BestEffort(RaceDistance::K10));
    assert_eq!((k.events[0].value, k.events[0].before), (2900, 3000));
}

#[test]
fn a_prediction_better_by_one_percent_earns_once_a_day() {
    let f = steady(&[(1, 8_000), (3, 9_000), (4, 8_000), (6, 15_000)]);
    let (d5, d10) = (RaceDistance::K5, RaceDistance::K10);
    let told = |after: i64| {
        vec![
            (MONDAY - 14, d5, Seconds(1400)),
            (MONDAY - 14, d10, Seconds(3000)),
            (MONDAY - 1, d5, Seconds(1390)),
            (MONDAY - 1, d10, Seconds(after)),
        ]
    };
    let with = |predictions: &[_], entries: &[Day]| {
        killa(&f, &history(&f), MONDAY - 7, Told { predictions, entries })
    };
    assert_eq!(with(&told(2971), &[]).events.len(), 0);
    let k = with(&told(2970), &[MONDAY - 3, MONDAY - 30]);
    assert_eq!((k.points, k.overreaches, k.events.len()), (10, 1, 2));
    assert_eq!(k.events[1].what, What::Prediction(d10));
    assert_eq!(k.events[0].what, What::OverreachEntered);
}

#[test]
fn a_beginners_first_month_is_no_string_of_breakthroughs() {
    let runs = (0..14).map(|i| run(i, MONDAY - 28 + 2 * i, 2_000 + 300 * i)).collect();
    let f = facts(MONDAY, vec![], runs);
    assert!(killa(&f, &history(&f), MONDAY - 400, Told::default()).events.is_empty());
}

#[test]
fn the_summary_of_a_week() {
    let after = After { threshold: Pace(280), marathon: Pace(300), state: State::Stable };
    let fast = Activity { moving: Seconds(2400), ..run(4, MONDAY + 2, 8_000) };
    let runs = vec![
        run(1, MONDAY + 1, 8_000),
        fast,
        run(2, MONDAY + 3, 9_000),
        run(3, MONDAY + 6, 15_000),
    ];
    let mut f = facts(MONDAY + 7, vec![week(MONDAY, usual(MONDAY))], runs);
    f.health = vec![illness(MONDAY + 20, None)];
    let sum = |f: &Facts| {
        let h = history(f);
        summary(f, &Compliance::new(f, &h), &h, MONDAY, after)
    };
    let s = sum(&f);
    assert_eq!((s.planned, s.actual), (Some(Metres(39_000)), Metres(40_000)));
    assert_eq!(s.easy, Metres(8_000));
    assert_eq!(s.quality, Metres(17_000), "the tempo as planned and what was as fast");
    assert_eq!((s.long, s.recovery), (Metres(15_000), Metres::ZERO));
    // Friday's 6 km were run on Wednesday by its 8 km: 133 %, yellow.
    assert_eq!(s.compliance, Some((3 * 1000 + 600) / 4));
    assert_eq!((s.rest_days, s.health_issues), (3, 0));
    assert_eq!((s.threshold, s.ending_state), (Pace(280), State::Stable));
    assert_eq!(s.pace, Pace::of(Metres(40_000), Seconds(8 * 360 + 2400 + 24 * 360)));
    // Where marathon pace is slower than the easy runs that were asked for, they stay easy.
    let slow = After { marathon: Pace(365), ..after };
    let h = history(&f);
    let s = summary(&f, &Compliance::new(&f, &h), &h, MONDAY, slow);
    assert_eq!((s.easy, s.quality, s.long), (Metres(8_000), Metres(17_000), Metres(15_000)));
    f.health[0].day = MONDAY + 6;
    f.published[0].phase = Phase::Recovery;
    f.published[0].sessions.retain(|s| s.kind == Kind::Long);
    let s = sum(&f);
    assert_eq!((s.easy, s.recovery), (Metres::ZERO, Metres(17_000)));
    assert_eq!(s.health_issues, 1);
    f.published.clear();
    let s = sum(&f);
    assert_eq!((s.planned, s.compliance), (None, None));
}
