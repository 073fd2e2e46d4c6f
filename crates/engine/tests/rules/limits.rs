//! Each rule just inside and just outside its limit, and what counts as run.

use crate::runner::{
    EASY, FORTY, MARATHON, MONDAY, Runner, SLOW, THRESHOLD, scaled, session, steady, stepped,
};
use hermes_engine::decision::Rule;
use hermes_engine::record::{
    BodyPart, HealthRecord, HealthType, PermanentLimit, RaceDistance, Strike, Symptoms,
};
use hermes_engine::session::{Kind, PublishedWeek};
use hermes_engine::state::{Phase, Risk, State};
use hermes_engine::units::{Metres, Pace, Seconds};

#[test]
fn h01_one_run() {
    let mut r = Runner::forty();
    let week = |r: &Runner, long| r.easies(&[(1, 8000), (2, 8000), (3, 6000), (6, long)]);
    r.passes(week(&r, 15_600));
    r.breaks_only(Rule::H01, week(&r, 15_700));
    r.overriding = true;
    r.passes(week(&r, 18_200));
    r.breaks(Rule::H01, week(&r, 18_300));
    r.form.risk = Risk::High;
    r.passes(week(&r, 15_400));
    r.breaks_only(Rule::H01, week(&r, 15_500));
}

#[test]
fn h02_the_week() {
    let mut r = Runner::forty();
    let week = |r: &Runner, m| r.easies(&stepped(&FORTY, m));
    r.passes(week(&r, 44_000));
    r.breaks_only(Rule::H02, week(&r, 44_100));
    r.overriding = true;
    r.passes(week(&r, 48_000));
    r.breaks_only(Rule::H02, week(&r, 48_100));
    // What is run already counts, and alone breaks nothing.
    r = Runner::forty();
    r.starting(5).run(MONDAY, 12_000).run(MONDAY + 1, 14_000).run(MONDAY + 3, 14_000);
    r.passes(vec![r.easy(6, 4000)]);
    r.breaks_only(Rule::H02, vec![r.easy(6, 4100)]);
    r.run(MONDAY + 4, 30_000);
    r.passes(Vec::new());
}

#[test]
fn h02_what_was_published_supports_a_week() {
    let mut r = Runner::forty();
    let planned = Metres(60_000);
    r.published.push(PublishedWeek { planned, ..PublishedWeek::empty(MONDAY - 28) });
    assert_eq!(r.week_limit(), 50_000);
    r.published[0].week_start = MONDAY - 35;
    assert_eq!(r.week_limit(), 44_000);
}

#[test]
fn h03_past_days_count_as_run() {
    let mut r = Runner::forty();
    r.passes(vec![r.tempo(0)]);
    // Half of a planned hard session is enough.
    let hard = vec![(MONDAY - 1, Metres(28_000))];
    r.published.push(PublishedWeek {
        planned: Metres(40_000),
        hard,
        ..PublishedWeek::empty(MONDAY - 7)
    });
    r.breaks_only(Rule::H03, vec![r.tempo(0)]);
    r.published[0].hard[0].1 = Metres(28_002);
    r.passes(vec![r.tempo(0)]);
    // 90 minutes are hard, and so are 20 minutes at marathon pace.
    r.rest(MONDAY - 1, MONDAY).add(MONDAY - 1, 7, 13_000, 5399, false);
    r.passes(vec![r.tempo(0)]);
    r.activities.last_mut().unwrap().moving = Seconds(5400);
    r.breaks_only(Rule::H03, vec![r.tempo(0)]);
    r.rest(MONDAY - 1, MONDAY).add(MONDAY - 1, 7, 4000, 1320, false);
    r.breaks_only(Rule::H03, vec![r.tempo(0)]);
    r.passes(vec![r.tempo(1)]);
}

#[test]
fn h03_a_race_next_week_counts() {
    let mut r = Runner::forty();
    r.goal(7, RaceDistance::K5, false);
    r.breaks_only(Rule::H03, vec![r.tempo(6)]);
    r.passes(vec![r.tempo(5)]);
}

#[test]
fn h04_hard_sessions() {
    let mut r = Runner::forty();
    let week = |r: &Runner, days: &[i64]| {
        let short = |day| r.fast(day, Kind::Tempo, 6000, 4, THRESHOLD);
        let mut week = vec![short(0), short(2), short(4)];
        week.extend(days.iter().map(|d| r.easy(*d, 6000)));
        week.sort_by_key(|s| s.day);
        week
    };
    r.phase = Phase::Peak;
    r.breaks_only(Rule::H04, week(&r, &[]));
    r.breaks_only(Rule::H04, week(&r, &[5, 6]));
    r.passes(week(&r, &[1, 5, 6]));
    r.form.durability = 700;
    r.passes(week(&r, &[5, 6]));
    r.state = State::Rebuild;
    r.breaks_only(Rule::H04, vec![r.tempo(2)]);
    r.goal(5, RaceDistance::K5, false);
    r.passes(vec![r.race_day(5, RaceDistance::K5)]);
    r.injury_watch = true;
    r.breaks_only(Rule::H04, vec![r.race_day(5, RaceDistance::K5)]);
}

#[test]
fn h05_rest_days() {
    let six: Vec<(i64, i64)> = (0..6).map(|d| (d, 6600)).collect();
    let mut r = Runner::steady(&six);
    r.passes(r.easies(&six));
    // Six days in a row and a seventh, over the border of the week.
    r.run(MONDAY - 1, 5000);
    r.breaks_only(Rule::H05, r.easies(&six));
    r.passes(r.easies(&[(1, 6600), (2, 6600), (3, 6600), (4, 6600), (5, 6600)]));
    r.form.risk = Risk::High;
    r.breaks_only(Rule::H05, r.easies(&[(1, 6000), (2, 6000), (3, 6000), (4, 6000)]));
    let small: Vec<(i64, i64)> = (0..6).map(|d| (d, 4900)).collect();
    r = Runner::steady(&small);
    r.breaks_only(Rule::H05, r.easies(&small));
    r.passes(r.easies(&small[1..]));
}

#[test]
fn h06_intensity() {
    let mut r = Runner::forty();
    let week = |r: &Runner, minutes| {
        let mut week = r.easies(&FORTY);
        week[1] = r.fast(2, Kind::Tempo, 10_000, minutes, THRESHOLD);
        week
    };
    r.phase = Phase::Base;
    // 44 km take about 259 min.
    r.passes(week(&r, 24));
    r.breaks_only(Rule::H06, week(&r, 26));
    r.phase = Phase::Peak;
    r.passes(week(&r, 35));
    r.has_goal = false;
    r.breaks_only(Rule::H06, week(&r, 26));
    // 12 min are always allowed; time at marathon pace counts half.
    r.passes(vec![r.fast(2, Kind::Tempo, 6000, 12, THRESHOLD)]);
    r.breaks_only(Rule::H06, vec![r.fast(2, Kind::Tempo, 6000, 13, THRESHOLD)]);
    r.passes(vec![r.fast(2, Kind::Pace, 6000, 24, MARATHON)]);
    r.breaks_only(Rule::H06, vec![r.fast(2, Kind::Pace, 6000, 25, MARATHON)]);
    r.overriding = true;
    r.passes(week(&r, 45));
}

#[test]
fn h07_the_longest_run() {
    let r = Runner::steady(&[(1, 8000), (3, 8000), (6, 24_000)]);
    r.passes(r.easies(&[(1, 5000), (3, 5000), (6, 15_000)]));
    r.breaks_only(Rule::H07, r.easies(&[(1, 5000), (3, 5000), (6, 15_100)]));
    let long = Runner::steady(&[(0, 9000), (1, 9000), (2, 9000), (3, 8000), (6, 35_000)]);
    let week = |m, pace| {
        let mut week = long.easies(&[(0, 9000), (1, 9000), (2, 9000), (3, 8000)]);
        week.push(session(MONDAY + 6, Kind::Long, vec![steady(m, pace)]));
        week
    };
    long.passes(week(35_000, EASY));
    long.breaks_only(Rule::H07, week(35_100, Pace(340)));
    long.breaks_only(Rule::H07, week(35_000, Pace(361)));
}

#[test]
fn h08_injury_locks() {
    let mut r = Runner::forty();
    r.injury(-1, BodyPart::Calf, 2);
    r.breaks_only(Rule::H08, vec![r.easy(1, 6000)]);
    r.passes(vec![r.easy(2, 6000)]);
    // Closed early.
    r.health[0].closed = Some(MONDAY);
    r.passes(vec![r.easy(0, 6000)]);
    // A severe one locks until it is closed.
    r = Runner::forty();
    r.injury(-100, BodyPart::Calf, 6);
    r.breaks(Rule::H08, vec![r.easy(6, 6000)]);
}

#[test]
fn h08_illness() {
    let mut r = Runner::forty();
    let symptoms = Symptoms { fever: true, ..Symptoms::default() };
    r.health.push(HealthRecord {
        day: MONDAY - 3,
        kind: HealthType::Illness,
        part: None,
        severity: None,
        symptoms,
        closed: Some(MONDAY - 1),
    });
    // Ill for two days: locked to Monday, easy only on Tuesday and Wednesday, no quality to
    // Thursday.
    r.breaks_only(Rule::H08, vec![r.easy(0, 5000)]);
    r.breaks_only(Rule::H08, vec![r.easy(2, 11_000)]);
    r.passes(vec![r.easy(3, 11_000)]);
    r.breaks_only(Rule::H08, vec![r.tempo(3)]);
    r.passes(vec![r.tempo(4)]);
    r.health[0].symptoms = Symptoms::default();
    r.health[0].closed = None;
    r.passes(vec![r.easy(1, 7500)]);
    r.breaks(Rule::H08, vec![r.easy(1, 7600)]);
}

#[test]
fn h08_forced_recovery() {
    let mut r = Runner::forty();
    let issued = MONDAY - 3;
    r.strikes.push(Strike {
        issued,
        forced_recovery_days: 5,
        no_quality_days: 0,
        limit: None,
        resolved: None,
    });
    r.breaks_only(Rule::H08, vec![r.easy(2, 6000)]);
    r.passes(vec![r.easy(3, 6000)]);
}

#[test]
fn h09_moderate_records() {
    let mut r = Runner::forty();
    r.injury(-20, BodyPart::Achilles, 3);
    let week = [(1, 8000), (2, 7000), (3, 7000), (5, 7000), (6, 11_000)];
    r.passes(r.easies(&week));
    let mut more = week;
    more[0].1 += 100;
    r.breaks_only(Rule::H09, r.easies(&more));
    r.passes(r.easies(&[(1, 9000), (6, 11_200)]));
    r.breaks_only(Rule::H09, r.easies(&[(1, 9000), (6, 11_300)]));
    r.breaks_only(Rule::H09, vec![r.tempo(2)]);
    // C4 and L30 as they stood long ago, before everything this week looks at.
    for year in 1..60 {
        r.run_week(MONDAY - 330 - 7 * year, &scaled(&FORTY, 30_000));
    }
    r.health[0].day = MONDAY - 400;
    r.passes(r.easies(&[(1, 8000), (2, 7000), (3, 7000), (5, 8000)]));
    r.breaks_only(Rule::H09, r.easies(&[(1, 8000), (2, 7000), (3, 7000), (5, 8100)]));
}

#[test]
fn h09_the_return_ladder() {
    let mut r = Runner::forty();
    r.rest(MONDAY - 10, MONDAY).injury(-10, BodyPart::Knee, 5).closed = Some(MONDAY);
    let step = |day| session(MONDAY + day, Kind::Return, vec![steady(3500, SLOW)]);
    r.passes(vec![step(0), step(2)]);
    r.breaks_only(Rule::H09, vec![step(0), step(1)]);
    r.breaks_only(Rule::H09, vec![r.easy(0, 3500)]);
    let long = session(MONDAY, Kind::Return, vec![steady(3600, SLOW)]);
    r.breaks_only(Rule::H09, vec![long]);
    // Eight days with a run, and it is done.
    for k in 0..8 {
        r.run(MONDAY + 2 * k, 3500);
    }
    (r.week, r.first) = (MONDAY + 21, MONDAY + 21);
    assert!(!r.broken(r.easies(&[(0, 3500), (1, 3500)])).contains(&Rule::H09));
}

#[test]
fn h10_permanent_limit() {
    let mut r = Runner::forty();
    let limit = PermanentLimit { weekly: Metres(30_000), quality: 0, lifted: None };
    let issued = MONDAY - 50;
    r.strikes.push(Strike {
        issued,
        forced_recovery_days: 14,
        no_quality_days: 0,
        limit: Some(limit),
        resolved: None,
    });
    r.passes(r.easies(&stepped(&FORTY, 30_000)));
    r.breaks_only(Rule::H10, r.easies(&stepped(&FORTY, 30_100)));
    r.breaks_only(Rule::H10, vec![r.tempo(2)]);
    r.strikes[0].limit.as_mut().unwrap().lifted = Some(MONDAY - 1);
    r.passes(r.easies(&stepped(&FORTY, 40_000)));
}

#[test]
fn h10_days_without_quality() {
    let mut r = Runner::forty();
    let issued = MONDAY - 5;
    r.strikes.push(Strike {
        issued,
        forced_recovery_days: 0,
        no_quality_days: 7,
        limit: None,
        resolved: None,
    });
    r.breaks_only(Rule::H10, vec![r.tempo(1)]);
    r.breaks_only(Rule::H10, vec![r.tempo(2)]);
    r.passes(vec![r.tempo(3)]);
    r.passes(vec![r.easy(2, 6000)]);
    r.strikes[0].resolved = Some(MONDAY + 1);
    r.first = MONDAY + 1;
    r.breaks_only(Rule::H10, vec![r.tempo(1)]);
    r.passes(vec![r.tempo(2)]);
    r.strikes[0].issued = MONDAY + 2;
    r.strikes[0].resolved = None;
    r.passes(vec![r.tempo(2)]);
}

#[test]
fn h11_taper() {
    let mut r = Runner::forty();
    r.goal(6, RaceDistance::K10, true);
    r.phase = Phase::Taper;
    let week = |tempo: i64, easy: i64| {
        let mut week = r.easies(&[(0, easy), (1, 9000)]);
        week.extend([r.tempo(tempo), r.race_day(6, RaceDistance::K10)]);
        week
    };
    r.passes(week(2, 9000));
    r.breaks_only(Rule::H11, week(2, 9100));
    r.breaks_only(Rule::H11, week(3, 9000));
}

#[test]
fn h12_after_races() {
    let mut r = Runner::forty();
    r.rest(MONDAY - 1, MONDAY).race(MONDAY - 1, 5000);
    r.breaks(Rule::H12, vec![r.tempo(0)]);
    r.passes(vec![r.tempo(1)]);
    // A marathon: half of C4 in each of the two weeks after it.
    r = Runner::forty();
    r.rest(MONDAY - 1, MONDAY).race(MONDAY - 1, 42_195);
    r.passes(r.easies(&[(2, 7000), (4, 7000), (6, 6000)]));
    r.breaks_only(Rule::H12, r.easies(&[(2, 7000), (4, 7000), (6, 6100)]));
    // And after a race that is planned in the week itself.
    r = Runner::forty();
    r.goal(2, RaceDistance::K10, false);
    r.breaks_only(Rule::H12, vec![r.race_day(2, RaceDistance::K10), r.tempo(4)]);
    r.passes(vec![r.race_day(2, RaceDistance::K10), r.tempo(5)]);
}

#[test]
fn h13_overreach() {
    let mut r = Runner::forty();
    r.overreach_since = Some(MONDAY - 3);
    r.passes(r.easies(&[(1, 8000), (3, 8000), (5, 8000)]));
    r.breaks_only(Rule::H13, r.easies(&[(1, 8000), (3, 8000), (5, 8100)]));
    r.breaks_only(Rule::H13, r.easies(&[(1, 8000), (5, 10_000)]));
}

#[test]
fn h14_after_days_without_running() {
    let mut r = Runner::forty();
    r.rest(MONDAY - 7, MONDAY);
    r.passes(r.easies(&[(1, 8000), (2, 7000), (3, 7100), (6, 11_900)]));
    r.breaks_only(Rule::H14, r.easies(&[(1, 8000), (2, 7100), (3, 7100), (6, 11_900)]));
    r.breaks_only(Rule::H14, r.easies(&[(1, 8000), (2, 7000), (6, 12_000)]));
    r.breaks_only(Rule::H14, vec![r.tempo(6)]);
    // One quality session a week in the fortnight after.
    r.run_week(r.week, &scaled(&FORTY, 34_000)).next_week();
    r.passes(vec![r.tempo(1)]);
    let short = |day| r.fast(day, Kind::Tempo, 6000, 6, THRESHOLD);
    r.breaks_only(Rule::H14, vec![short(1), short(4)]);
}

#[test]
fn h15_the_shape_of_a_plan() {
    let mut r = Runner::forty();
    let easy = r.easy(2, 6000);
    r.passes(vec![easy.clone()]);
    let broken = |change: fn(&mut hermes_engine::session::Session)| {
        let mut s = easy.clone();
        change(&mut s);
        r.breaks(Rule::H15, vec![s]);
    };
    broken(|s| s.day = s.day + 7);
    broken(|s| s.day = s.day - 7);
    broken(|s| s.distance = Metres(6100 + 1));
    broken(|s| s.distance = Metres(-6000));
    broken(|s| s.duration += Seconds(61));
    broken(|s| s.pace = Pace(119));
    broken(|s| s.steps.clear());
    broken(|s| s.steps[0].times = 0);
    broken(|s| s.kind = Kind::Cross);
    broken(|s| s.kind = Kind::Race);
    r.breaks_only(Rule::H15, vec![easy.clone(), easy.clone()]);
    r.breaks_only(Rule::H15, vec![r.easy(3, 6000), r.easy(1, 6000)]);
    // A race needs its goal.
    r.breaks_only(Rule::H15, vec![r.race_day(5, RaceDistance::K5)]);
    r.goal(5, RaceDistance::K5, false);
    r.passes(vec![r.race_day(5, RaceDistance::K5)]);
    // Miles.
    r.passes(vec![session(MONDAY + 2, Kind::Easy, vec![steady(8047, EASY)])]);
    // Days that are over cannot be planned.
    r.starting(3);
    r.breaks_only(Rule::H15, vec![easy]);
}

#[test]
fn the_same_run_twice_counts_once() {
    let r = Runner::forty();
    let clean = r.limits();
    let mut twice = r.clone();
    let again: Vec<_> = r.activities.iter().map(|a| (a.day(), a.distance.0, a.moving.0)).collect();
    for (i, (day, m, s)) in again.into_iter().enumerate() {
        twice.add(day, 7, m - 10, s, false);
        // A watch started two minutes late or in the middle of the run.
        let last = twice.activities.iter().position(|a| a.distance.0 == m - 10 && a.day() == day);
        twice.activities[last.unwrap()].start_local += [0, 120, 1000][i % 3];
    }
    assert_eq!(twice.activities.len(), 2 * r.activities.len());
    assert_eq!(twice.limits(), clean);
}

#[test]
fn what_cannot_be_run_does_not_count_until_confirmed() {
    let r = Runner::forty();
    let clean = r.limits();
    let mut car = r.clone();
    car.add(MONDAY - 3, 12, 20_000, 2000, false);
    assert_eq!(car.limits(), clean);
    car.activities.iter_mut().find(|a| a.moving.0 == 2000).unwrap().confirmed = true;
    assert!(car.limits().week > clean.week);
    // Over 100 km a day: none of the day's runs counts.
    let mut far = r.clone();
    far.add(MONDAY - 2, 12, 95_000, 40_000, false);
    let mut none = r.clone();
    none.rest(MONDAY - 2, MONDAY - 1);
    assert_eq!(far.limits(), none.limits());
}

#[test]
fn rebuild_ends_only_when_the_volume_is_back() {
    let mut r = Runner::forty();
    r.rest(MONDAY - 14, MONDAY);
    let weeks: Vec<bool> = (0..6)
        .map(|_| {
            let l = r.limits();
            r.run_week(r.week, &scaled(&FORTY, l.week.0)).next_week();
            l.windows.rebuild && l.strict
        })
        .collect();
    assert_eq!(weeks, [true, true, true, false, false, false]);
}

#[test]
fn strict_runners() {
    let strict = |change: fn(&mut Runner)| {
        let mut r = Runner::forty();
        change(&mut r);
        r.limits().strict
    };
    assert!(!strict(|_| ()));
    assert!(strict(|r| r.form.risk = Risk::High));
    assert!(strict(|r| r.injury_watch = true));
    assert!(strict(|r| r.state = State::Rebuild));
    assert!(!strict(|r| r.injury(-20, BodyPart::Knee, 2).closed = Some(MONDAY - 18)));
    assert!(strict(|r| r.injury(-90, BodyPart::Knee, 3).closed = Some(MONDAY - 85)));
    assert!(!strict(|r| r.injury(-91, BodyPart::Knee, 3).closed = Some(MONDAY - 87)));
    assert!(strict(|r| r.injury(-200, BodyPart::Knee, 3).closed = None));
    let mut r = Runner::forty();
    r.injury(1, BodyPart::Knee, 5);
    assert!(!r.limits().strict, "later facts do not exist");
}

/// T1, double entry: the highest legal km of each block of a taper, as permille of 40 km weeks.
#[test]
fn h11_every_block_of_every_taper() {
    let tapers: [(RaceDistance, &[i64]); 5] = [
        (RaceDistance::K4, &[650]),
        (RaceDistance::K5, &[650]),
        (RaceDistance::K10, &[600]),
        (RaceDistance::Half, &[700, 400]),
        (RaceDistance::Marathon, &[750, 550, 250]),
    ];
    for (distance, blocks) in tapers {
        for (left, permille) in (0..).zip(blocks.iter().rev()) {
            let mut r = Runner::forty();
            r.goal(6 + 7 * left, distance, true);
            r.phase = Phase::Taper;
            let even = [(0, 1), (1, 1), (3, 1), (4, 1), (5, 1)];
            let most = 40 * permille;
            r.passes(r.easies(&stepped(&even, most)));
            r.breaks_only(Rule::H11, r.easies(&stepped(&even, most + 100)));
        }
        // Before the taper, and for other races, nothing is limited.
        let mut r = Runner::forty();
        r.goal(6 + 7 * i64::try_from(blocks.len()).unwrap(), distance, true);
        r.goal(20, RaceDistance::K10, false);
        r.passes(r.easies(&[(0, 10_000), (1, 8000), (3, 8000), (5, 9000)]));
    }
}

/// Evidence 5.2, double entry: days locked by part and class, seen as the first legal day.
#[test]
fn h08_the_lock_table() {
    let table = [
        (BodyPart::Calf, [3, 10]),
        (BodyPart::Hamstring, [3, 10]),
        (BodyPart::Quadriceps, [3, 10]),
        (BodyPart::Achilles, [0, 7]),
        (BodyPart::Plantar, [0, 7]),
        (BodyPart::PatellarTendon, [0, 7]),
        (BodyPart::Knee, [2, 10]),
        (BodyPart::Shin, [5, 14]),
        (BodyPart::Hip, [5, 14]),
        (BodyPart::Groin, [5, 14]),
        (BodyPart::LowBack, [5, 14]),
        (BodyPart::Foot, [14, 42]),
        (BodyPart::Ankle, [14, 42]),
        (BodyPart::Navicular, [84, 84]),
        (BodyPart::FemoralNeck, [84, 84]),
        (BodyPart::AnteriorTibia, [84, 84]),
        (BodyPart::Other, [5, 14]),
    ];
    let locked = |day: i64, part, severity| {
        let mut r = Runner::forty();
        r.injury(day, part, severity);
        r.broken(vec![r.easy(0, 6000)]).contains(&Rule::H08)
    };
    for (part, [mild, moderate]) in table {
        for (severities, days) in [([1, 2], mild), ([3, 5], moderate)] {
            for severity in severities {
                assert!(days == 0 || locked(1 - days, part, severity), "{part:?} {severity}");
                assert!(!locked(-days, part, severity), "{part:?} {severity}");
            }
        }
        assert!(locked(-300, part, 6) && locked(-300, part, 10), "{part:?}");
    }
}

/// H14, double entry: A as permille of 40 km in the weeks after gaps of every class.
#[test]
fn h14_every_row() {
    let rows: [(i64, &[i64]); 9] = [
        (7, &[850]),
        (8, &[600, 800]),
        (14, &[600, 800]),
        (15, &[500, 650, 800]),
        (28, &[500, 650, 800]),
        (29, &[330, 450, 600, 750, 900]),
        (56, &[330, 450, 600, 750, 900]),
        (57, &[250, 330, 450, 550, 650, 750, 850]),
        (80, &[250, 330, 450, 550, 650, 750, 850]),
    ];
    for (gap, factors) in rows {
        let every: Vec<(i64, i64)> = (0..7).map(|d| (d, 40_000 / 7)).collect();
        let mut r = Runner::steady(&every);
        r.rest(MONDAY - gap, MONDAY);
        for expected in factors {
            assert_eq!(r.limits().windows.factor, Some(*expected), "gap {gap}");
            r.run_week(r.week, &every).next_week();
        }
        assert_eq!(r.limits().windows.factor, None, "gap {gap}");
    }
}

#[test]
fn the_long_run_of_a_week_may_be_done() {
    let mut r = Runner::forty();
    r.starting(2).run(MONDAY + 1, 14_000);
    // Tuesday's 14 km are the Long Run unless a longer run is planned.
    r.breaks_only(Rule::H03, vec![r.tempo(2), r.easy(4, 6000)]);
    r.passes(vec![r.tempo(2), r.easy(5, 15_000)]);
    r.passes(vec![r.tempo(3), r.easy(4, 6000)]);
}

#[test]
fn done_days_count_for_rest_and_taper() {
    let mut r = Runner::forty();
    r.goal(6, RaceDistance::K10, true).starting(4);
    r.rest(MONDAY - 2, MONDAY - 1).run_week(MONDAY, &[(0, 8000), (1, 8000), (3, 3000)]);
    r.passes(vec![r.easy(5, 5000)]);
    r.breaks_only(Rule::H11, vec![r.easy(5, 5100)]);
    r.run(MONDAY + 2, 6000);
    r.passes(vec![r.race_day(6, RaceDistance::K10)]);
    r.breaks_only(Rule::H11, vec![r.easy(4, 1000)]);
}

#[test]
fn j1_signs_are_severe_whatever_the_number() {
    let mut r = Runner::forty();
    r.injury(-60, BodyPart::Calf, 1).symptoms.limp = true;
    r.breaks(Rule::H08, vec![r.easy(6, 5000)]);
    r.health[0].symptoms = Symptoms { bone_pain_at_rest: true, ..Symptoms::default() };
    r.breaks(Rule::H08, vec![r.easy(6, 5000)]);
    r.health[0].symptoms = Symptoms::default();
    r.passes(vec![r.easy(6, 5000)]);
}
