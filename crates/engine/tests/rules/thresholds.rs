//! Thresholds of the windows, each seen from both sides.

use crate::runner::{EASY, FORTY, MONDAY, Runner, SLOW, THRESHOLD, scaled, session, steady};
use hermes_engine::decision::Rule;
use hermes_engine::record::{BodyPart, HealthRecord, HealthType, Symptoms};
use hermes_engine::session::{Kind, PublishedWeek};
use hermes_engine::state::Risk;
use hermes_engine::units::{Metres, Pace, Seconds};

/// 40 km weeks, the last `n` of them of `m` metres.
fn lately(n: i64, m: i64) -> Runner {
    let mut r = Runner::forty();
    for k in 1..=n {
        r.replace_week(k, m);
    }
    r
}

#[test]
fn l30_looks_back_30_and_90_days() {
    let with = |days: [i64; 2]| {
        let mut r = Runner::steady(&[(1, 5000), (4, 5000)]);
        for day in days {
            r.rest(MONDAY - day, MONDAY - day + 1).run(MONDAY - day, 14_000);
        }
        r.limits().windows.l30.0
    };
    assert_eq!(with([30, 31]), 14_000);
    assert_eq!(with([31, 32]), 7000);
    assert_eq!(with([89, 90]), 7000);
    assert_eq!(with([90, 91]), 5000);
    // One long run alone is capped by the second longest.
    assert_eq!(with([10, 200]), 8200);
}

#[test]
fn m8_and_m26_look_back_8_and_26_week_starts() {
    assert_eq!(lately(9, 10_000).limits().windows.m8, Metres(40_000));
    assert_eq!(lately(10, 10_000).limits().windows.m8, Metres(25_000));
    assert_eq!(lately(27, 10_000).limits().windows.m26, Metres(40_000));
    assert_eq!(lately(28, 10_000).limits().windows.m26, Metres(25_000));
}

#[test]
fn what_was_proved_supports_a_week() {
    // Half of M8, a quarter of M26, and C + 0.10 M26.
    assert_eq!(lately(5, 1000).week_limit(), 20_000);
    assert_eq!(lately(13, 1000).week_limit(), 10_000);
    let mut r = lately(13, 16_000);
    r.form.risk = Risk::High;
    assert_eq!(r.week_limit(), 20_000);
    r = Runner::forty();
    r.form.risk = Risk::High;
    assert_eq!(r.week_limit(), 44_000);
}

#[test]
fn the_step_of_a_small_week() {
    let mut r = Runner::steady(&scaled(&FORTY, 20_000));
    assert_eq!(r.week_limit(), 24_000);
    r.overriding = true;
    assert_eq!(r.week_limit(), 26_000);
    // C13 caps the step of a steep rise, at 30 km or more.
    r = Runner::steady(&scaled(&FORTY, 1000));
    for (k, km) in (1..=6).rev().zip([9, 13, 17, 21, 25, 29]) {
        r.replace_week(k, km * 1000);
    }
    assert_eq!(r.week_limit(), 30_000);
}

#[test]
fn published_weeks_count_for_28_days() {
    let mut r = Runner::forty();
    let week_start = MONDAY - 29;
    let planned = Metres(60_000);
    r.published.push(PublishedWeek { planned, ..PublishedWeek::empty(week_start) });
    assert_eq!(r.week_limit(), 44_000);
}

#[test]
fn rebuild_begins_with_fourteen_days() {
    let mut r = Runner::forty();
    r.replace_week(3, 60_000).replace_week(4, 60_000).rest(MONDAY - 14, MONDAY);
    assert!(r.limits().windows.rebuild);
    r.run(MONDAY - 14, 5000);
    assert!(!r.limits().windows.rebuild);
}

#[test]
fn counting_at_its_edges() {
    let first = |gap: i64| {
        let mut r = Runner::new();
        r.add(MONDAY - 2, 7, 500, 60, false).add(MONDAY - 2, 7, 400, 60, false);
        r.activities[1].start_local += gap;
        r.limits().windows.weeks[0].0
    };
    assert_eq!((first(120), first(121)), (500, 900));
    let fast = |m: i64, s: i64| {
        let mut r = Runner::new();
        r.add(MONDAY - 2, 7, m, s, false);
        r.limits().windows.weeks[0].0
    };
    assert_eq!((fast(20_000, 2857), fast(20_000, 2858)), (0, 20_000));
    assert_eq!((fast(1000, 10), fast(1001, 10)), (1000, 0));
}

#[test]
fn small_things_of_the_week() {
    let five: Vec<(i64, i64)> = (0..6).map(|d| (d, 5000)).collect();
    let mut r = Runner::steady(&five);
    r.passes(r.easies(&five));
    r.passes(r.easies(&[(1, 1000), (4, 5000)]));
    r.breaks_only(Rule::H07, r.easies(&[(1, 1000), (4, 5100)]));
    // Four hard sessions are too many even for a durable runner.
    r.form.durability = 1000;
    let short = |day| r.fast(day, Kind::Tempo, 5000, 3, THRESHOLD);
    r.passes(vec![r.easy(1, 5000), short(2), short(4), short(6)]);
    r.breaks_only(Rule::H04, vec![short(0), r.easy(1, 5000), short(2), short(4), short(6)]);
    let mut send_it = Runner::forty();
    send_it.overriding = true;
    let week = |minutes| {
        let fast = send_it.fast(3, Kind::Tempo, 10_000, minutes, THRESHOLD);
        vec![send_it.easy(1, 8000), fast]
    };
    send_it.passes(week(22));
    send_it.breaks_only(Rule::H06, week(23));
}

#[test]
fn the_ladder_follows_locks_of_seven_days() {
    let ladder = |days: i64| {
        let mut r = Runner::forty();
        r.rest(MONDAY - days, MONDAY);
        r.injury(-days, BodyPart::Achilles, 5).closed = Some(MONDAY);
        let run = session(MONDAY, Kind::Easy, vec![steady(3000, SLOW)]);
        r.findings(vec![run]).iter().any(|f| f.rule == Rule::H09 && f.limit == 0)
    };
    assert!(ladder(7) && ladder(30) && !ladder(6));
}

#[test]
fn after_an_illness_below_the_neck() {
    let mut r = Runner::forty();
    let mut record = HealthRecord {
        day: MONDAY - 22,
        kind: HealthType::Illness,
        part: None,
        severity: None,
        symptoms: Symptoms { below_neck: true, ..Symptoms::default() },
        closed: Some(MONDAY - 1),
    };
    r.health.push(record.clone());
    // Locked on Sunday; easy only from Monday to Sunday, though ill for three weeks.
    assert!(!r.broken(vec![r.easy(0, 5000)]).contains(&Rule::H08));
    assert!(r.broken(vec![r.easy(6, 10_500)]).contains(&Rule::H08));
    r.next_week();
    assert!(!r.broken(vec![r.easy(0, 10_500)]).contains(&Rule::H08));
    // Above the neck: fourteen days.
    r = Runner::forty();
    (record.symptoms, record.closed) = (Symptoms::default(), None);
    for (ago, bound) in [(13, true), (14, false)] {
        record.day = MONDAY - ago;
        r.health = vec![record.clone()];
        assert_eq!(r.broken(vec![r.easy(0, 8000)]).contains(&Rule::H08), bound);
    }
}

#[test]
fn quality_after_a_week_off() {
    let mut r = Runner::forty();
    r.rest(MONDAY - 7, MONDAY);
    let two = |r: &Runner| {
        let short = |day| r.fast(day, Kind::Tempo, 6000, 6, THRESHOLD);
        r.broken(vec![short(0), short(3)]).contains(&Rule::H14)
    };
    let bars: Vec<bool> = (0..4)
        .map(|_| {
            let bar = two(&r);
            r.run_week(r.week, &scaled(&FORTY, 34_000)).next_week();
            bar
        })
        .collect();
    assert_eq!(bars, [true, true, true, false]);
    // The first day with quality is the seventh after the return.
    r = Runner::forty();
    r.rest(MONDAY - 7, MONDAY).run_week(MONDAY, &scaled(&FORTY, 34_000)).next_week();
    r.passes(vec![r.tempo(0)]);
}

#[test]
fn a_short_run_is_always_allowed_after_a_break() {
    let mut r = Runner::steady(&[(1, 3000), (4, 3000)]);
    r.rest(MONDAY - 60, MONDAY);
    assert_eq!(r.run_limit(), 3000);
}

#[test]
fn paces_and_steps_of_a_plan() {
    let r = Runner::forty();
    let sane = |m, pace| {
        let s = session(MONDAY + 1, Kind::Easy, vec![steady(m, pace)]);
        !r.broken(vec![s]).contains(&Rule::H15)
    };
    assert!(sane(5000, Pace(120)) && !sane(5000, Pace(119)));
    assert!(sane(5000, Pace(1200)) && !sane(5000, Pace(1201)));
    // 50 tenths of a mile are 8046.7 m.
    assert!(sane(8096, EASY) && !sane(8105, EASY) && sane(8100, EASY));
    let mut s = r.easy(1, 6000);
    s.duration += Seconds(60);
    r.passes(vec![s]);
}
