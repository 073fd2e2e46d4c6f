//! The edges that small changes of the checker would move: each test names the reading of
//! `docs/RULES.md` that it pins.

use crate::runner::{
    EASY, FORTY, MARATHON, MONDAY, Runner, SLOW, THRESHOLD, session, steady, stepped,
};
use hermes_engine::decision::Rule;
use hermes_engine::record::{
    BodyPart, HealthRecord, HealthType, PermanentLimit, RaceDistance, Strike, Symptoms,
};
use hermes_engine::rules::check;
use hermes_engine::session::{Amount, Kind, Role, Session, Step};
use hermes_engine::state::State;
use hermes_engine::units::{Metres, Pace, Seconds};

/// A strike of 50 days ago with a permanent limit.
fn limited(weekly: i64, quality: u8) -> Runner {
    let mut r = Runner::forty();
    r.strikes.push(Strike {
        issued: MONDAY - 50,
        forced_recovery_days: 0,
        no_quality_days: 0,
        limit: Some(PermanentLimit { weekly: Metres(weekly), quality, lifted: None }),
        resolved: None,
    });
    r
}

// ---- H02: race km ----

#[test]
fn h02_races_leave_half_of_the_week_at_least() {
    let l = Runner::forty().limits();
    assert_eq!(l.beside(Metres(21_100)), Metres(22_900));
    assert_eq!(l.beside(Metres(40_000)), Metres(22_000));
}

#[test]
fn h02_only_races_of_the_week_take_km_from_it() {
    let mut r = Runner::forty();
    r.goal(7, RaceDistance::K10, false);
    assert_eq!(r.week_limit(), 44_000);
    r.races.clear();
    r.goal(0, RaceDistance::K10, false).starting(1);
    assert_eq!(r.week_limit(), 44_000, "a race that was not run");
    r.race(MONDAY, 10_000);
    assert_eq!(r.week_limit(), 34_000);
}

#[test]
fn h02_races_already_run_count_as_races() {
    let mut r = Runner::forty();
    r.starting(3).run(MONDAY, 8000).race(MONDAY + 1, 10_000);
    r.passes(r.easies(&[(3, 8000), (5, 8000), (6, 10_000)]));
    r.breaks_only(Rule::H02, r.easies(&[(3, 8100), (5, 8000), (6, 10_000)]));
}

// ---- The Long Run of the week ----

#[test]
fn of_runs_as_long_the_earliest_is_the_long_run() {
    let mut r = Runner::forty();
    r.passes(vec![r.easy(1, 11_000), r.easy(4, 11_000), r.tempo(5)]);
    r.breaks_only(Rule::H03, vec![r.easy(1, 11_000), r.tempo(2), r.easy(4, 11_000)]);
    r.starting(2).run(MONDAY, 14_000);
    r.passes(vec![r.easy(3, 14_000), r.tempo(4)]);
    r.run(MONDAY + 1, 14_000);
    r.passes(vec![r.tempo(2)]);
}

#[test]
fn twenty_minutes_at_marathon_pace_are_no_quality_yet() {
    let r = Runner::forty();
    let pace = |minutes| r.fast(5, Kind::Pace, 8000, minutes, MARATHON);
    r.passes(vec![r.easy(1, 8000), pace(20), r.easy(6, 14_000)]);
    r.breaks_only(Rule::H03, vec![r.easy(1, 8000), pace(21), r.easy(6, 14_000)]);
}

// ---- H10 ----

#[test]
fn h10_days_done_count_as_quality_when_raced_or_run_fast() {
    let mut r = limited(40_000, 1);
    r.starting(4);
    r.passes(vec![r.tempo(5)]);
    let clean = r.clone();
    // A race too short to be a fast run, a fast run that is no race, and neither.
    r.race(MONDAY + 1, 3000);
    r.breaks(Rule::H10, vec![r.tempo(5)]);
    r = clean.clone();
    r.add(MONDAY + 1, 7, 4000, 1320, false);
    r.breaks(Rule::H10, vec![r.tempo(5)]);
    r = clean;
    r.add(MONDAY + 1, 7, 4000, 1400, false);
    assert!(!r.broken(vec![r.tempo(5)]).contains(&Rule::H10));
}

#[test]
fn h10_km_done_count_in_the_limit() {
    let mut r = limited(30_000, 2);
    r.starting(3).run_week(MONDAY, &[(0, 8000), (1, 8000)]);
    r.passes(r.easies(&[(3, 7000), (5, 7000)]));
    r.breaks_only(Rule::H10, r.easies(&[(3, 7000), (5, 7100)]));
}

// ---- H06 ----

#[test]
fn h06_every_repetition_counts() {
    let r = Runner::forty();
    let repeated = |times| {
        let (work, rest) = (Amount::Time(Seconds::minutes(4)), Amount::Time(Seconds::minutes(2)));
        let recovery = Some((rest, EASY));
        let step = Step { role: Role::Work, times, amount: work, pace: THRESHOLD, recovery };
        let warm_up = 200 - (step.distance().0 + 100) % 100;
        vec![session(MONDAY + 2, Kind::Interval, vec![steady(warm_up + 2900, EASY), step])]
    };
    assert!(!r.broken(repeated(3)).contains(&Rule::H06));
    assert!(r.broken(repeated(4)).contains(&Rule::H06));
}

// ---- H08 and the injury states ----

/// An illness that began so many days before the week.
fn ill(ago: i64, fever: bool, closed: Option<i64>) -> Runner {
    let mut r = Runner::forty();
    r.health.push(HealthRecord {
        day: MONDAY - ago,
        kind: HealthType::Illness,
        part: None,
        severity: None,
        symptoms: Symptoms { fever, ..Symptoms::default() },
        closed: closed.map(|day| MONDAY + day),
    });
    r
}

#[test]
fn h08_symptoms_above_the_neck_bind_up_to_their_closing_day() {
    let r = ill(3, false, Some(0));
    r.breaks_only(Rule::H08, vec![r.easy(0, 8000)]);
    r.passes(vec![r.easy(1, 8000)]);
}

#[test]
fn h08_an_open_illness_with_fever_locks() {
    let r = ill(2, true, None);
    r.breaks_only(Rule::H08, vec![r.easy(0, 5000)]);
    r.breaks_only(Rule::H08, vec![r.easy(6, 5000)]);
}

#[test]
fn h04_a_race_is_out_on_a_day_locked_by_an_injury_and_on_a_ladder() {
    let race = |r: &mut Runner| {
        r.goal(5, RaceDistance::K5, false);
        r.broken(vec![r.race_day(5, RaceDistance::K5)])
    };
    // Locked on Monday only; locked on race day; on the ladder after ten days off.
    let mut r = Runner::forty();
    r.injury(-2, BodyPart::Calf, 2);
    assert_eq!(race(&mut r), []);
    r = Runner::forty();
    r.injury(-1, BodyPart::Foot, 2);
    assert!(race(&mut r).contains(&Rule::H04));
    r = Runner::forty();
    r.rest(MONDAY - 10, MONDAY).injury(-10, BodyPart::Knee, 5).closed = Some(MONDAY - 1);
    assert!(race(&mut r).contains(&Rule::H04));
}

#[test]
fn h08_forced_recovery_ends_after_the_day_it_is_resolved() {
    let mut r = Runner::forty();
    r.strikes.push(Strike {
        issued: MONDAY - 3,
        forced_recovery_days: 14,
        no_quality_days: 0,
        limit: None,
        resolved: Some(MONDAY + 1),
    });
    r.starting(1);
    r.breaks_only(Rule::H08, vec![r.easy(1, 6000)]);
    r.passes(vec![r.easy(2, 6000)]);
}

// ---- H09 ----

#[test]
fn h09_binds_while_a_moderate_record_is_active() {
    let mut r = Runner::forty();
    r.injury(-3, BodyPart::Achilles, 3).closed = Some(MONDAY);
    r.breaks_only(Rule::H09, vec![r.tempo(4)]);
    r.health[0].closed = Some(MONDAY - 1);
    r.passes(vec![r.tempo(4)]);
    // A mild one binds only its locked days, and fatigue is none.
    r.health[0].closed = None;
    r.health[0].day = MONDAY - 20;
    r.health[0].severity = Some(2);
    r.passes(vec![r.tempo(4)]);
    r.health[0].severity = Some(4);
    r.breaks_only(Rule::H09, vec![r.tempo(4)]);
    r.health[0].kind = HealthType::Fatigue;
    r.passes(vec![r.tempo(4)]);
}

#[test]
fn h09_a_step_of_the_ladder_follows_a_day_without_a_run() {
    let mut r = Runner::forty();
    r.rest(MONDAY - 12, MONDAY).injury(-12, BodyPart::Knee, 5).closed = Some(MONDAY - 3);
    let step = |day| vec![session(MONDAY + day, Kind::Return, vec![steady(3000, SLOW)])];
    r.passes(step(0));
    r.run(MONDAY - 1, 3000);
    r.breaks_only(Rule::H09, step(0));
    r.passes(step(1));
}

// ---- H10: the first and the last day ----

#[test]
fn h10_a_limit_lifted_on_the_first_day_of_the_week_still_binds() {
    let mut r = limited(30_000, 2);
    r.strikes[0].limit.as_mut().unwrap().lifted = Some(MONDAY);
    r.breaks_only(Rule::H10, r.easies(&stepped(&FORTY, 30_100)));
}

#[test]
fn h10_quality_done_alone_breaks_nothing() {
    let mut r = limited(40_000, 0);
    r.starting(4).race(MONDAY + 1, 3000);
    r.passes(vec![r.easy(5, 5000)]);
}

#[test]
fn h10_days_without_quality_begin_on_the_day_after() {
    let mut r = Runner::forty();
    r.strikes.push(Strike {
        issued: MONDAY,
        forced_recovery_days: 0,
        no_quality_days: 7,
        limit: None,
        resolved: None,
    });
    r.passes(vec![r.tempo(0)]);
    r.breaks_only(Rule::H10, vec![r.tempo(1)]);
}

// ---- What counts as run ----

/// Km of the week before, by the runs given as (minutes after 6:00, metres, seconds).
fn counted(runs: &[(i64, i64, i64)]) -> i64 {
    let mut r = Runner::new();
    for (minutes, m, s) in runs {
        r.add(MONDAY - 3, 6, *m, *s, false);
        for run in r.activities.iter_mut().filter(|a| a.distance.0 == *m) {
            run.start_local += minutes * 60;
        }
        r.activities.sort_by_key(|a| a.start_local);
    }
    r.limits().windows.weeks[0].0
}

#[test]
fn seven_metres_a_second_can_be_run() {
    assert_eq!(counted(&[(0, 7000, 1000)]), 7000);
    assert_eq!(counted(&[(0, 7001, 1000)]), 0);
}

#[test]
fn duplicates_are_dropped_one_by_one_the_longest_run_first() {
    // The second overlaps both others, which do not overlap each other.
    assert_eq!(counted(&[(0, 10_000, 3600), (50, 2000, 1800), (70, 5000, 1800)]), 15_000);
    assert_eq!(counted(&[(0, 3000, 3600), (50, 6000, 1800), (70, 5000, 1800)]), 6000);
}

#[test]
fn a_run_that_begins_where_another_ends_is_another_run() {
    // The one in the middle overlaps both and counts with neither.
    assert_eq!(counted(&[(0, 5000, 1800), (20, 1000, 1200), (30, 4000, 1800)]), 9000);
    assert_eq!(counted(&[(0, 4000, 1800), (20, 1000, 1200), (30, 5000, 1800)]), 9000);
}

#[test]
fn a_hundred_kilometres_a_day_can_be_run() {
    assert_eq!(counted(&[(0, 100_000, 43_200)]), 100_000);
    assert_eq!(counted(&[(0, 100_001, 43_200)]), 0);
    // And beside a day that is more.
    let mut r = Runner::new();
    r.add(MONDAY - 3, 6, 100_001, 43_200, false).add(MONDAY - 5, 6, 100_000, 43_200, false);
    assert_eq!(r.limits().windows.weeks[0], Metres(100_000));
}

#[test]
fn what_was_run_on_the_first_planned_day_does_not_exist() {
    let mut r = Runner::forty();
    r.race(MONDAY, 10_000);
    r.passes(vec![r.tempo(2)]);
    // Nor does it for a value as of a later day: C4 on the day of a planned marathon.
    r = Runner::forty();
    r.rest(MONDAY - 6, MONDAY).replace_week(3, 20_000).replace_week(4, 20_000);
    r.run(MONDAY, 30_000).goal(1, RaceDistance::Marathon, false);
    let race = r.race_day(1, RaceDistance::Marathon);
    let week = |m| vec![race.clone(), r.easy(3, m), r.easy(5, m)];
    assert!(!r.broken(week(5000)).contains(&Rule::H12));
    assert!(r.broken(week(5600)).contains(&Rule::H12));
}

#[test]
fn the_windows_end_before_the_week() {
    let mut r = Runner::forty();
    let before = r.limits().windows;
    r.run(MONDAY, 30_000).starting(1);
    assert_eq!(r.limits().windows, before);
}

#[test]
fn rebuild_needs_a_run_however_long_ago() {
    let rebuild = |m: i64, confirmed: bool| {
        let mut r = Runner::new();
        r.add(MONDAY - 400, 6, m, 43_200, false);
        r.activities[0].confirmed = confirmed;
        r.limits().windows.rebuild
    };
    assert!(!Runner::new().limits().windows.rebuild);
    assert!(rebuild(10_000, false) && rebuild(120_000, true));
    assert!(!rebuild(120_000, false));
}

#[test]
fn h09_only_days_with_a_run_take_the_ladder_on() {
    let mut r = Runner::forty();
    r.rest(MONDAY - 30, MONDAY).injury(-30, BodyPart::Knee, 5).closed = Some(MONDAY - 20);
    for k in 1..=7 {
        assert!(r.broken(vec![r.easy(0, 3000)]).contains(&Rule::H09), "{k} runs");
        r.run(MONDAY - 2 * k, 3000);
    }
    assert!(r.broken(vec![r.easy(0, 3000)]).contains(&Rule::H09));
    r.run(MONDAY - 16, 3000);
    assert!(!r.broken(vec![r.easy(0, 3000)]).contains(&Rule::H09));
}

// ---- H11 ----

#[test]
fn h11_planned_days_before_the_taper_count_in_its_measure() {
    // The taper begins on Wednesday; the best of the weeks before it ends on Tuesday.
    let mut r = Runner::forty();
    r.goal(8, RaceDistance::K10, true);
    let week = |m| r.easies(&[(1, 15_000), (2, 7000), (3, 7000), (5, 7000), (6, m)]);
    r.passes(week(7200));
    r.breaks_only(Rule::H11, week(7300));
}

#[test]
fn h11_only_the_a_race_itself_is_left_out() {
    let mut r = Runner::forty();
    r.goal(1, RaceDistance::K5, false).goal(6, RaceDistance::K10, true);
    let week = |m| {
        let (tune_up, race) = (r.race_day(1, RaceDistance::K5), r.race_day(6, RaceDistance::K10));
        vec![r.easy(0, 6500), tune_up, r.easy(3, 6500), r.easy(4, m), race]
    };
    r.passes(week(6000));
    r.breaks_only(Rule::H11, week(6100));
}

#[test]
fn h11_names_the_first_day_with_quality() {
    let mut r = Runner::forty();
    r.goal(6, RaceDistance::K10, true);
    let found = r.findings(vec![r.tempo(3)]);
    assert_eq!(
        found.iter().map(|f| (f.rule, f.value, f.limit)).collect::<Vec<_>>(),
        [(Rule::H11, 3, 4)]
    );
}

#[test]
fn h11_the_caps_on_one_run_are_inclusive() {
    let mut r = Runner::forty();
    r.goal(6, RaceDistance::Half, true);
    r.passes(vec![r.easy(1, 5600)]);
    r.breaks_only(Rule::H11, vec![r.easy(1, 5700)]);
}

// ---- H12 ----

#[test]
fn h12_the_second_week_after_a_marathon() {
    let mut r = Runner::forty();
    r.rest(MONDAY - 8, MONDAY).race(MONDAY - 8, 42_195).run(MONDAY - 3, 4000);
    let week = |m| r.easies(&[(1, 5000), (2, 5000), (4, 5000), (6, m)]);
    r.passes(week(5000));
    r.breaks_only(Rule::H12, week(5100));
}

#[test]
fn h12_days_already_run_count_after_a_marathon() {
    let mut r = Runner::forty();
    r.rest(MONDAY - 2, MONDAY).race(MONDAY - 2, 42_195).run(MONDAY, 8000).starting(2);
    r.passes(r.easies(&[(3, 6000), (5, 6000)]));
    r.breaks_only(Rule::H12, r.easies(&[(3, 6000), (5, 6100)]));
}

#[test]
fn h12_the_day_of_the_race_is_day_nought() {
    let mut r = Runner::forty();
    r.goal(2, RaceDistance::K10, false);
    r.breaks(Rule::H12, vec![r.race_day(2, RaceDistance::K10), r.tempo(2)]);
}

// ---- H15 ----

#[test]
fn h15_the_plan_is_of_the_week_and_the_day_asked_for() {
    let mut r = Runner::forty();
    let mut plan = r.plan(Vec::new());
    assert!(check(&r.c(), &plan).is_empty());
    plan.first_day = MONDAY + 1;
    assert_eq!(check(&r.c(), &plan).len(), 1);
    r.starting(9);
    r.breaks_only(Rule::H15, Vec::new());
}

#[test]
fn h15_cross_training_may_share_a_day_with_a_run() {
    let r = Runner::forty();
    let mut cross = session(MONDAY + 1, Kind::Cross, Vec::new());
    cross.duration = Seconds::minutes(40);
    r.passes(vec![r.easy(1, 6000), cross.clone()]);
    r.passes(vec![cross.clone(), r.easy(1, 6000)]);
    r.passes(vec![r.easy(1, 6000), cross]);
}

#[test]
fn h15_says_what_is_wrong() {
    let r = Runner::forty();
    let found = |sessions| -> Vec<(i64, i64)> {
        let found = r.findings(sessions);
        found.iter().filter(|f| f.rule == Rule::H15).map(|f| (f.value, f.limit)).collect()
    };
    assert_eq!(found(vec![r.easy(3, 6000), r.easy(1, 6000)]), [(-1, 0)]);
    assert_eq!(found(vec![r.easy(3, 100_000)]), []);
    assert_eq!(found(vec![r.easy(3, 100_100)]), [(100_100, 100_000)]);
    let mut s = r.easy(3, 6000);
    s.duration = Seconds::ZERO;
    assert_eq!(found(vec![s.clone()]), [(0, 7200)]);
    s.duration = Seconds(i64::MAX);
    assert_eq!(found(vec![s]), [(i64::MAX, 7200)]);
}

#[test]
fn h15_at_its_bounds() {
    let mut r = Runner::forty();
    r.goal(3, RaceDistance::K5, false);
    let run = |m, pace| session(MONDAY + 3, Kind::Easy, vec![steady(m, pace)]);
    let sane = |s| !r.broken(vec![s]).contains(&Rule::H15);
    assert!(sane(run(100_000, Pace(1200))));
    // Just under 50 tenths of a mile, 8046.7 m.
    assert!(sane(run(8046, EASY)) && sane(run(8041, EASY)));
    assert!(sane(run(7998, EASY)) && !sane(run(7990, EASY)));
    let with = |change: fn(&mut Session)| {
        let mut s = run(6000, EASY);
        change(&mut s);
        sane(s)
    };
    assert!(with(|s| s.steps = vec![steady(5900, EASY)]));
    assert!(!with(|s| s.steps = vec![steady(5899, EASY)]));
    // Steps that are nothing.
    assert!(!with(|s| s.steps.push(steady(0, EASY))));
    assert!(!with(|s| {
        s.steps.push(Step::once(Role::Work, Amount::Time(Seconds::ZERO), EASY));
    }));
    assert!(!with(|s| s.steps.push(Step { times: 0, ..steady(1000, EASY) })));
    // A race of the right name and another length.
    let mut race = r.race_day(3, RaceDistance::K5);
    assert!(sane(race.clone()));
    race.distance += Metres(100);
    assert!(!sane(race));
}

// ---- H03, H04, H05 ----

#[test]
fn h03_a_pair_is_found_once_at_the_later_session() {
    let r = Runner::forty();
    let found = r.findings(vec![r.easy(0, 6000), r.tempo(2), r.tempo(3)]);
    let h03: Vec<_> = found.iter().filter(|f| f.rule == Rule::H03).collect();
    assert_eq!(h03.iter().map(|f| (f.day, f.value)).collect::<Vec<_>>(), [(Some(MONDAY + 3), 1)]);
}

#[test]
fn h04_every_condition_alone_bars_quality() {
    let barred = |change: fn(&mut Runner)| {
        let mut r = Runner::forty();
        change(&mut r);
        r.broken(vec![r.tempo(4)]).contains(&Rule::H04)
    };
    assert!(!barred(|_| ()));
    assert!(barred(|r| r.injury_watch = true));
    assert!(barred(|r| r.state = State::InjuryWatch));
    assert!(barred(|r| r.state = State::InjuryProtection));
    assert!(barred(|r| r.state = State::Overreach));
    assert!(barred(|r| r.overreach_since = Some(MONDAY - 2)));
    assert!(barred(|r| _ = r.rest(MONDAY - 14, MONDAY)), "Rebuild's condition");
    assert!(barred(|r| _ = r.injury(-2, BodyPart::Calf, 2)), "Monday is locked");
    assert!(!barred(|r| _ = r.injury(-3, BodyPart::Calf, 2)));
}

#[test]
fn h05_a_day_with_two_runs_is_a_run_day() {
    let six: Vec<(i64, i64)> = (0..6).map(|d| (d, 6600)).collect();
    let r = Runner::steady(&six);
    let week = [(0, 5000), (1, 5000), (2, 5000), (3, 5000), (3, 5000), (4, 5000), (5, 5000)];
    let mut week = r.easies(&week);
    assert!(!r.broken(week.clone()).contains(&Rule::H05));
    week.push(r.easy(6, 5000));
    r.breaks(Rule::H05, week);
}

#[test]
fn h05_looks_at_windows_with_a_planned_run_only() {
    let mut r = Runner::forty();
    r.rest(MONDAY - 6, MONDAY).starting(3);
    for day in -6..=0 {
        r.run(MONDAY + day, 5700);
    }
    r.passes(vec![r.easy(3, 5000)]);
}

#[test]
fn h05_and_h06_say_what_is_too_much() {
    let six: Vec<(i64, i64)> = (0..6).map(|d| (d, 6600)).collect();
    let mut r = Runner::steady(&six);
    r.rest(MONDAY - 6, MONDAY).run(MONDAY - 1, 5000);
    let said = |sessions| -> Vec<_> {
        let found = r.findings(sessions);
        found.iter().map(|f| (f.rule, f.day, f.value, f.limit)).collect()
    };
    assert_eq!(said(r.easies(&six)), [(Rule::H05, Some(MONDAY + 5), 7, 6)]);
    let tempo = r.fast(2, Kind::Tempo, 6000, 13, THRESHOLD);
    assert_eq!(said(vec![tempo]), [(Rule::H06, None, 780, 720)]);
}

// ---- C13 and Rebuild ----

#[test]
fn c13_looks_back_90_days() {
    let mut r = Runner::new();
    r.run(MONDAY - 91, 9000).run(MONDAY - 90, 18_000).run(MONDAY - 89, 27_000);
    assert_eq!(r.limits().windows.c13, Metres(45_000 * 7 / 90));
}

#[test]
fn who_has_not_run_before_the_week_does_not_come_back() {
    let mut r = Runner::new();
    r.run(MONDAY, 3000).starting(1);
    assert!(!r.limits().windows.rebuild);
    // So short that C13 stays nought: only the gap before the week could begin it.
    r = Runner::new();
    r.run(MONDAY - 10, 10);
    assert!(!r.limits().windows.rebuild);
    r.rest(MONDAY - 10, MONDAY).run(MONDAY - 15, 10);
    assert!(r.limits().windows.rebuild);
}

/// Weeks of 40 km, then `weeks` of `km`, then `after` of `then`.
fn fallen(weeks: i64, km: i64, after: i64, then: i64) -> bool {
    let mut r = Runner::forty();
    for k in 1..=weeks + after {
        r.replace_week(k, 1000 * if k <= after { then } else { km });
    }
    r.limits().windows.rebuild
}

#[test]
fn rebuild_begins_with_the_c13_of_its_week_and_stays_until_the_volume_is_back() {
    assert!(fallen(2, 16, 3, 24));
    assert!(fallen(8, 20, 0, 24));
}

/// The day that 13 weeks hold and 90 days do not, at the week starts before this one.
#[test]
fn rebuild_began_by_the_90_days_before_its_own_week() {
    let mut r = Runner::forty();
    for k in 1..=8 {
        r.rest(MONDAY - 7 * k, MONDAY - 7 * k + 7).run(MONDAY - 7 * k, 20_800);
    }
    assert!(r.limits().windows.rebuild);
}
