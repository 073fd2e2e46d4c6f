//! The profile: which rule gives a figure, what is left out and why, the bootcamp, and how far one
//! week may move what is known.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use hermes_engine::bootcamp::{Bootcamp, status};
use hermes_engine::calendar::Day;
use hermes_engine::calibrate::{
    Figure, Profile, calibrate, critical_speed, efficiency, predictions,
};
use hermes_engine::decision::Why;
use hermes_engine::facts::Facts;
use hermes_engine::history::{History, Rejection};
use hermes_engine::record::{Activity, Goal, RaceDistance, Sport, Streams};
use hermes_engine::ruleset;
use hermes_engine::session::{Kind, PublishedWeek};
use hermes_engine::standing::{Held, Standing};
use hermes_engine::step::step;
use hermes_engine::units::{Metres, Pace, Seconds};
use hermes_engine::vdot::Vdot;
use proptest::prelude::*;

/// Monday 2026-11-23.
const MONDAY: Day = Day::from_epoch(20_780);

/// An easy run so many days before Monday, at s/km.
fn run(ago: i64, metres: i64, pace: i64) -> Activity {
    let moving = Seconds((metres * pace / 1000).max(1));
    Activity {
        id: ago,
        sport: Sport::Run,
        start_local: (MONDAY - ago).epoch() * 86_400 + 25_200,
        distance: Metres(metres),
        moving,
        elapsed: moving,
        ascent: None,
        heart_rate: None,
        max_heart_rate: None,
        effort: None,
        temperature: None,
        dew_point: None,
        streams: None,
        race: false,
        confirmed: false,
    }
}

fn facts(mut activities: Vec<Activity>, as_of: Day) -> Facts {
    activities.sort_by_key(|a| (a.start_local, a.id));
    activities.retain(|a| a.day() < as_of);
    Facts { activities, ..Facts::new(as_of) }
}

fn history(facts: &Facts) -> History {
    History::new(&facts.activities, facts.as_of)
}

fn profile(activities: Vec<Activity>) -> Profile {
    let facts = facts(activities, MONDAY);
    calibrate(&facts, &history(&facts))
}

/// Four runs a week, one of them long, for a year.
fn year() -> Vec<Activity> {
    let week = [(6, 8000), (4, 8000), (3, 9000), (1, 16_000)];
    (0..50).flat_map(|k| week.map(|(d, m)| run(7 * k + d, m, 340))).collect()
}

fn rule(p: &Profile, figure: Figure) -> &str {
    &p.basis.iter().find(|b| b.figure == figure).expect("a basis").rule
}

fn confidence(p: &Profile, figure: Figure) -> i64 {
    p.basis.iter().find(|b| b.figure == figure).expect("a basis").confidence
}

fn week_of(start: Day) -> PublishedWeek {
    PublishedWeek { planned: Metres::km(20), ..PublishedWeek::empty(start) }
}

#[test]
fn durability_takes_the_best_rule_there_is() {
    let mut all = year();
    assert_eq!(rule(&profile(all.clone()), Figure::Durability), "D4");
    let mut races = [run(200, 10_000, 280), run(150, 21_097, 300)];
    races.iter_mut().for_each(|r| r.race = true);
    all.extend(races);
    let by_races = profile(all.clone());
    assert_eq!(rule(&by_races, Figure::Durability), "D3, D4");
    all.iter_mut().filter(|a| !a.race).for_each(|a| a.heart_rate = Some(140));
    let by_heart = profile(all.clone());
    assert_eq!(rule(&by_heart, Figure::Durability), "D2, D4");
    for a in all.iter_mut().filter(|a| a.distance.0 == 16_000) {
        a.streams = Some(Streams { decoupling: Some(60), ..Streams::default() });
    }
    let by_streams = profile(all);
    assert_eq!(rule(&by_streams, Figure::Durability), "D1, D4");
    let sure = [&by_races, &by_heart, &by_streams].map(|p| confidence(p, Figure::Durability));
    assert!(sure.is_sorted_by(|a, b| a < b), "{sure:?}");
}

#[test]
fn durability_by_decoupling_follows_its_law() {
    let decoupled = |x: i64| {
        let mut all = year();
        for a in all.iter_mut().filter(|a| a.distance.0 == 16_000) {
            a.streams = Some(Streams { decoupling: Some(x), ..Streams::default() });
        }
        profile(all).durability
    };
    let (best, half, worst) = (decoupled(-30), decoupled(60), decoupled(200));
    assert_eq!(best - half, 300, "0.6 of half the range");
    assert_eq!(half - worst, 300);
}

#[test]
fn efficiency_sees_hills_and_heat_and_no_races() {
    let ef = |change: &dyn Fn(&mut Activity)| {
        let mut a = run(3, 10_000, 360);
        a.heart_rate = Some(150);
        change(&mut a);
        efficiency(&history(&facts(vec![a], MONDAY)).runs[0])
    };
    assert_eq!(ef(&|_| ()), Some(1111));
    assert_eq!(ef(&|a| a.ascent = Some(Metres(100))), Some(1127), "G2: 1.015");
    assert_eq!(ef(&|a| a.temperature = Some(25)), Some(1150), "3.5 % for ten degrees over 15");
    let humid = ef(&|a| (a.temperature, a.dew_point) = (Some(30), Some(24)));
    assert_eq!(humid, Some(1181), "W1 at a sum of 161");
    assert_eq!(ef(&|a| (a.temperature, a.dew_point) = (Some(45), Some(40))), None);
    let graded = |d| Some(Streams { graded: Some(Metres(d)), ..Streams::default() });
    assert_eq!(ef(&|a| (a.ascent, a.streams) = (Some(Metres(100)), graded(10_500))), Some(1166));
    assert_eq!(ef(&|a| a.streams = graded(90_000)), Some(1111), "no hill makes that");
    assert_eq!(ef(&|a| a.race = true), None);
    assert_eq!(ef(&|a| a.heart_rate = None), None);
}

#[test]
fn easy_pace_is_that_of_a_cool_flat_day() {
    let mut all = year();
    all.iter_mut().for_each(|a| (a.heart_rate, a.max_heart_rate) = (Some(140), Some(190)));
    all.retain(|a| a.id != 30);
    all.push(Activity { race: true, ..run(30, 10_000, 250) });
    let cool = profile(all.clone());
    assert_eq!(rule(&cool, Figure::EasyPace), "R7, R5");
    all.iter_mut().for_each(|a| a.temperature = Some(30));
    let hot = profile(all);
    assert!(hot.paces.easy < cool.paces.easy, "the same runs in the heat were worth more");
    assert_eq!(hot.predictions, cool.predictions, "what was raced stands as recorded");
}

#[test]
fn critical_speed_stands_in_for_a_race() {
    let mut all = year();
    let fastest = Some([Seconds(80), Seconds(168), Seconds(1200)]);
    for a in all.iter_mut().take(12) {
        a.streams = Some(Streams { fastest, ..Streams::default() });
    }
    let f = facts(all.clone(), MONDAY);
    let speed = critical_speed(&history(&f), MONDAY).expect("known");
    assert!((4090..=4120).contains(&speed.millimetres), "{speed:?}");
    let p = profile(all.clone());
    assert_eq!(rule(&p, Figure::Value), "R6");
    let threshold = 1_000_000 * 1000 / (speed.millimetres * 960);
    assert!((p.paces.threshold.0 - threshold).abs() <= 2, "{} {threshold}", p.paces.threshold.0);
    all[1].race = true;
    assert_eq!(rule(&profile(all.clone()), Figure::Value), "R1", "a race says more");
    let two: Vec<Activity> = all.iter().skip(10).cloned().collect();
    assert_eq!(critical_speed(&history(&facts(two, MONDAY)), MONDAY), None, "two runs");
}

#[test]
fn the_highest_heart_rate_is_one_that_was_held() {
    let mut all = year();
    all.iter_mut().for_each(|a| a.max_heart_rate = Some(180));
    all[0].max_heart_rate = Some(210);
    assert_eq!(profile(all.clone()).max_heart_rate, Some(180), "the second highest");
    let held = |hr| Some(Streams { max_heart_rate: Some(hr), ..Streams::default() });
    all[1].streams = held(186);
    all[2].streams = held(184);
    let p = profile(all.clone());
    assert_eq!((p.max_heart_rate, p.threshold_heart_rate), (Some(186), Some(167)));
    all[3].streams = held(226);
    assert_eq!(profile(all.clone()).max_heart_rate, Some(191), "one reading moves it by five");
    all[4].streams = held(250);
    assert_eq!(profile(all).max_heart_rate, Some(191), "no heart rate at all");
}

#[test]
fn a_stretch_in_a_vehicle_counts_km_and_nothing_else() {
    let mut all = year();
    all.iter_mut().for_each(|a| a.heart_rate = Some(140));
    let sane = profile(all.clone());
    let fastest = Some([Seconds(20), Seconds(60), Seconds(900)]);
    all[2].streams = Some(Streams { fastest, ..Streams::default() });
    let f = facts(all.clone(), MONDAY);
    let h = history(&f);
    let p = calibrate(&f, &h);
    assert!(p.rejected.contains(&(all[2].id, Rejection::Vehicle)));
    assert_eq!(p.km_28, sane.km_28, "hard rules count it");
    assert_eq!(h.runs.iter().filter(|r| efficiency(r).is_none()).count(), 1);
    all[2].confirmed = true;
    assert!(profile(all).rejected.is_empty(), "the runner's word");
}

#[test]
fn every_kind_of_garbage_has_its_reason() {
    let mut all = year();
    let mut bad = |id: i64, change: &dyn Fn(&mut Activity)| {
        let mut a = run(2, 8000, 340);
        a.id = id;
        change(&mut a);
        all.push(a);
    };
    bad(9001, &|a| a.moving = Seconds(-5));
    bad(9002, &|a| a.distance = Metres(0));
    bad(9003, &|a| a.moving = Seconds(60));
    bad(9004, &|_| ());
    bad(9005, &|a| (a.start_local, a.distance) = (a.start_local + 9, Metres(7990)));
    bad(9006, &|a| {
        a.start_local -= 5 * 86_400 - 40_000;
        (a.distance, a.moving) = (Metres(120_000), Seconds(40_000));
    });
    let found = profile(all).rejected;
    let why = |id| found.iter().find(|(i, _)| *i == id).map(|(_, why)| *why);
    let wanted = [
        (9001, Some(Rejection::Empty)),
        (9002, Some(Rejection::Empty)),
        (9003, Some(Rejection::TooFast)),
        (9004, None),
        (9005, Some(Rejection::Duplicate)),
        (9006, Some(Rejection::TooFar)),
    ];
    for (id, reason) in wanted {
        assert_eq!(why(id), reason, "{id}");
    }
    assert!(found.iter().all(|(_, why)| why.text().len() > 20));
}

#[test]
fn one_freak_run_does_not_move_capacity() {
    let steady = profile(year()).capacity;
    let mut all = year();
    all.push(Activity { id: 9000, ..run(2, 60_000, 360) });
    assert_eq!(profile(all).capacity, steady);
}

#[test]
fn old_races_are_trusted_less() {
    let sure = |ago: i64| {
        let mut all = year();
        all.retain(|a| a.id != ago);
        all.push(Activity { race: true, ..run(ago, 10_000, 270) });
        confidence(&profile(all), Figure::Value)
    };
    assert_eq!([30, 120, 300].map(sure), ruleset::CONFIDENCE_RACE);
}

#[test]
fn cross_training_halves_what_a_break_costs() {
    let mut all = year();
    all.retain(|a| a.id > 28);
    all.iter_mut().filter(|a| a.id == 29).for_each(|a| a.race = true);
    let rested = profile(all.clone()).predictions;
    let rides = (1..28).step_by(2).map(|ago| Activity { sport: Sport::Other, ..run(ago, 0, 1) });
    let rides = rides.map(|a| Activity { id: 8000 + a.id, ..a });
    let crossed = profile(all.into_iter().chain(rides).collect()).predictions;
    assert!(crossed[1].time < rested[1].time, "{:?} {:?}", crossed[1], rested[1]);
}

#[test]
fn predictions_say_how_they_were_made() {
    let mut all = year();
    let mut races = [run(120, 5000, 250), run(100, 10_000, 262)];
    races.iter_mut().for_each(|r| (r.race, r.id) = (true, r.id + 5000));
    all.retain(|a| a.id != 120 && a.id != 100);
    all.extend(races);
    let p = profile(all);
    let half = p.predicted(RaceDistance::Half).expect("predicted");
    let k = half.exponent.expect("stretched");
    let own = 0.5 * hermes_engine::predict::own_exponent((5e3, 1250.0), (1e4, 2620.0)) + 0.535;
    assert_eq!(k, libm_round(own * 1000.0));
    let text = half.reason();
    assert!(text.contains("two races of yours"), "{text}");
    assert!(text.contains("100 days old") && text.contains("one and a half times"), "{text}");
    let full = p.predicted(RaceDistance::Marathon).expect("predicted");
    assert!(full.reason().contains("km a week"), "{}", full.reason());
    for p in &p.predictions {
        assert!(p.evidence.iter().all(|id| *id == 5120 || *id == 5100), "{p:?}");
    }
}

fn libm_round(x: f64) -> i64 {
    (x + 0.5).floor() as i64
}

// ---- Bootcamp ----

/// A runner who set a goal `days` ago and has run on these days since.
fn beginner(days: i64, runs: &[i64]) -> Facts {
    let day = MONDAY + 100;
    let goal =
        Goal { distance: RaceDistance::K5, day, time: None, priority: 1, set_on: MONDAY - days };
    let runs = runs.iter().map(|ago| run(*ago, 4000, 420)).collect();
    Facts { goals: vec![goal], ..facts(runs, MONDAY) }
}

fn stands(f: &Facts) -> Bootcamp {
    status(f, &history(f), f.as_of)
}

#[test]
fn enough_history_needs_no_bootcamp() {
    let f = facts(year(), MONDAY);
    assert_eq!(stands(&f), Bootcamp::NotNeeded);
    let away: Vec<Activity> = year().into_iter().filter(|a| a.id > 120).collect();
    assert_eq!(stands(&facts(away, MONDAY)), Bootcamp::NotNeeded, "back, not new");
}

#[test]
fn the_bootcamp_lasts_seven_days_and_until_there_is_data() {
    let start = |days: i64| MONDAY - days;
    let running =
        |days, extended| Bootcamp::Running { start: start(days), day_number: days + 1, extended };
    assert_eq!(stands(&beginner(0, &[])), running(0, false));
    assert_eq!(stands(&beginner(6, &[5, 3, 1])), running(6, false), "never shorter");
    let done = |days, after, complete| Bootcamp::Done {
        start: start(days),
        end: start(days) + after,
        complete,
    };
    assert_eq!(stands(&beginner(7, &[6, 3, 1])), done(7, 7, true));
    assert_eq!(stands(&beginner(7, &[6, 3])), running(7, true), "a run is missing");
    assert_eq!(stands(&beginner(10, &[9, 6, 2])), done(10, 9, true), "the day after the third");
    assert_eq!(stands(&beginner(13, &[9])), running(13, true));
    assert_eq!(stands(&beginner(14, &[9])), done(14, 14, false), "never blocked for good");
    assert_eq!(stands(&beginner(400, &[])), done(400, 14, false));
}

#[test]
fn the_profile_tells_of_the_bootcamp() {
    let of = |f: &Facts| calibrate(f, &history(f));
    let lasts = of(&beginner(3, &[2]));
    assert_eq!(lasts.window, (MONDAY - 3, MONDAY));
    assert!(!lasts.bootcamp.is_over() && !lasts.calibrated);
    let (done, missed) = (of(&beginner(8, &[7, 4, 2])), of(&beginner(14, &[9])));
    assert_eq!(done.window, (MONDAY - 8, MONDAY - 2));
    assert!(done.bootcamp.is_over() && missed.bootcamp.is_over());
    let sure = [&missed, &done, &profile(year())].map(|p| confidence(p, Figure::Capacity));
    assert!(sure.is_sorted_by(|a, b| a < b), "{sure:?}");
}

#[test]
fn the_prescribed_week_is_short_and_easy_with_one_steady_effort() {
    for runs in [&[5, 2][..], &[12, 9, 5, 2], &[1]] {
        let f = beginner(0, runs);
        let plan = step(&f, MONDAY).plan;
        let km: Vec<Metres> = plan.sessions.iter().map(|s| s.distance).collect();
        assert!((3..=4).contains(&km.len()), "{runs:?} {plan:?}");
        assert!(km.iter().all(|d| *d <= ruleset::BOOTCAMP_RUN_MAX), "{plan:?}");
        assert!(plan.why.contains(&Why::Bootcamp));
        let steady = plan.sessions.iter().filter(|s| s.why.contains(&Why::SteadyEffort));
        assert_eq!(steady.count(), 1, "{plan:?}");
    }
    let never = step(&beginner(0, &[]), MONDAY).plan;
    assert!(never.why.contains(&Why::GentleStart) && never.sessions.len() == 3);
    assert!(never.sessions.iter().all(|s| s.kind == Kind::Return && s.distance.0 == 3000));
}

// ---- A step a week ----

/// The year's runner, with figures that the last standing carries from the week before.
fn carrying(held: Held) -> Facts {
    let standing = Standing { held: vec![held], ..Standing::new(MONDAY - 7) };
    Facts { standing: Some(standing), ..facts(year(), MONDAY) }
}

#[test]
fn carried_figures_hold_the_next_ones_to_a_step() {
    let free = profile(year());
    let held = Held { day: MONDAY - 7, value: Vdot(200), easy: free.paces.easy, durability: 100 };
    let f = carrying(held);
    let p = calibrate(&f, &history(&f));
    assert_eq!((p.value.0, p.durability), (200 + 15, 100 + 100));
    let later = carrying(Held { day: MONDAY - 14, ..held });
    let p = calibrate(&later, &history(&later));
    assert_eq!((p.value.0, p.durability), (200 + 30, 100 + 200), "a step for each week");
    let out = step(&f, MONDAY);
    let last = out.standing.held.last().expect("carried on");
    assert_eq!((last.day, last.value.0, last.durability), (MONDAY, 215, 200));
    let again = Facts { standing: Some(out.standing.clone()), ..f };
    assert_eq!(step(&again, MONDAY).standing.held, out.standing.held, "looked at twice");
}

#[test]
fn figures_that_no_step_made_hold_nothing() {
    let free = profile(year());
    let sane = Held { day: MONDAY - 7, value: Vdot(200), easy: Pace(400), durability: 100 };
    for absurd in [
        Held { value: Vdot(i64::MIN), ..sane },
        Held { value: Vdot(i64::MAX), ..sane },
        Held { easy: Pace(i64::MIN), ..sane },
        Held { easy: Pace(i64::MAX), ..sane },
        Held { durability: i64::MIN, ..sane },
        Held { durability: i64::MAX, ..sane },
        Held { day: Day::from_epoch(i64::MIN), ..sane },
        Held { day: Day::from_epoch(i64::MAX), ..sane },
        Held { day: MONDAY, ..sane },
    ] {
        let f = carrying(absurd);
        let p = calibrate(&f, &history(&f));
        assert_eq!((p.value, p.durability), (free.value, free.durability), "{absurd:?}");
    }
}

/// The run that told of a value is older than the history that is looked at: nothing is known of
/// them any more, and nobody is asked for paces that nothing shows.
#[test]
fn who_is_not_known_any_more_is_asked_for_slower_paces_at_once() {
    let told = Streams {
        fastest: Some([Seconds(70), Seconds(148), Seconds(1070)]),
        decoupling: None,
        max_heart_rate: None,
        graded: None,
    };
    let short = |ago| Activity { streams: Some(told), ..run(ago, 2000, 220) };
    let all: Vec<_> = [8, 9, 91].map(short).to_vec();
    let at = |day: Day| {
        let published =
            (1..8).rev().map(|k| week_of(MONDAY - 7 * k)).filter(|w| w.week_start < day);
        let f = Facts { published: published.collect(), ..facts(all.clone(), day) };
        calibrate(&f, &history(&f))
    };
    let (then, now) = (at(MONDAY - 7), at(MONDAY));
    assert_ne!(rule(&then, Figure::Value), "default");
    assert_eq!((rule(&now, Figure::Value), now.value), ("default", Vdot(ruleset::VALUE_UNKNOWN)));
    assert!(now.paces.easy.0 > then.paces.easy.0 + ruleset::EASY_STEP, "{:?}", now.paces);
}

fn any_run() -> impl Strategy<Value = Activity> {
    let heart = proptest::option::of(110_u16..190);
    let streams = proptest::option::of((70_i64..140, 300_i64..900, -50_i64..250));
    (1_i64..260, 2000_i64..32_000, 220_i64..480, 0_u8..12, heart, streams).prop_map(
        |(ago, metres, pace, raced, heart_rate, streams)| Activity {
            race: raced == 0,
            heart_rate,
            max_heart_rate: heart_rate.map(|hr| hr + 20),
            streams: streams.map(|(t, more, x)| Streams {
                fastest: Some([Seconds(t), Seconds(2 * t + 8), Seconds(11 * t + more)]),
                decoupling: Some(x),
                max_heart_rate: heart_rate.map(|hr| hr + 18),
                graded: None,
            }),
            ..run(ago, metres, pace)
        },
    )
}

/// Fails where a figure moved by more than its step from one week to the next. Before the first
/// evidence there is nothing to move.
fn within_a_step(then: &Profile, now: &Profile) -> Result<(), TestCaseError> {
    let is_known = |p: &Profile| rule(p, Figure::Value) != "default";
    if !is_known(then) {
        return Ok(());
    }
    let known = is_known(now);
    let moved = (now.value.0 - then.value.0).abs();
    prop_assert!(!known || moved <= ruleset::VALUE_STEP, "value by {moved}");
    let moved = (now.durability - then.durability).abs();
    prop_assert!(moved <= ruleset::DURABILITY_STEP, "durability by {moved}");
    let moved = now.paces.easy.0 - then.paces.easy.0;
    prop_assert!(-moved <= ruleset::EASY_STEP + 1, "easy pace by {moved}");
    // With the last evidence gone the value is unknown, and its paces are slower.
    prop_assert!(!known || moved <= ruleset::EASY_STEP + 1, "easy pace by {moved}");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Week by week, whatever is run, no figure moves by more than its step.
    #[test]
    fn no_week_moves_a_figure_by_more_than_its_step(
        runs in proptest::collection::vec(any_run(), 0..60),
    ) {
        let mut before: Option<Profile> = None;
        for week in (0..8).rev() {
            let monday = MONDAY - 7 * week;
            let published = (week + 1..8).rev().map(|k| week_of(MONDAY - 7 * k)).collect();
            let f = Facts { published, ..facts(runs.clone(), monday) };
            let now = calibrate(&f, &history(&f));
            if let Some(then) = before {
                within_a_step(&then, &now)?;
            }
            before = Some(now);
        }
    }

    /// The same where each step goes on from the standing of the one before.
    #[test]
    fn no_step_moves_a_figure_by_more_than_its_step(
        runs in proptest::collection::vec(any_run(), 0..60),
    ) {
        let mut before: Option<Profile> = None;
        let mut standing = None;
        for week in (0..8).rev() {
            let monday = MONDAY - 7 * week;
            let f = Facts { standing, ..facts(runs.clone(), monday) };
            let out = step(&f, monday);
            let now = out.profile;
            if let Some(then) = before {
                within_a_step(&then, &now)?;
            }
            before = Some(now);
            standing = Some(out.standing);
        }
    }

    /// Whatever the file says, the profile is made and in range.
    #[test]
    fn nothing_is_too_absurd(
        metres in any::<i64>(), moving in any::<i64>(), elapsed in any::<i64>(),
        graded in any::<i64>(), decoupling in any::<i64>(), heart in any::<u16>(),
        degrees in any::<(i16, i16)>(), times in any::<[i64; 3]>(), ascent in any::<i64>(),
        confirmed in any::<bool>(),
    ) {
        let mut all = year();
        for a in all.iter_mut().take(9) {
            a.distance = Metres(metres);
            (a.moving, a.elapsed) = (Seconds(moving), Seconds(elapsed));
            a.ascent = Some(Metres(ascent));
            (a.heart_rate, a.max_heart_rate) = (Some(heart), Some(heart));
            (a.temperature, a.dew_point) = (Some(degrees.0), Some(degrees.1));
            a.confirmed = confirmed;
            a.streams = Some(Streams {
                graded: Some(Metres(graded)),
                decoupling: Some(decoupling),
                max_heart_rate: Some(heart),
                fastest: Some(times.map(Seconds)),
            });
        }
        let p = profile(all);
        prop_assert!((0..=1000).contains(&p.durability));
        prop_assert!((100..=900).contains(&p.value.0));
        prop_assert!(p.basis.iter().all(|b| (0..=1000).contains(&b.confidence)));
    }
}

proptest! {
    /// What is told of each day without calibrating is what calibrating on that day says, as far as
    /// the day's history reaches.
    #[test]
    fn predictions_of_many_days_are_those_of_their_calibrations(
        runs in prop::collection::vec((0_i64..150, 3_000_i64..25_000, 240_i64..420, any::<bool>()), 0..60),
        ago in prop::collection::vec(0_i64..200, 1..6),
    ) {
        let of = |(ago, metres, pace, race)| Activity { race, ..run(ago, metres, pace) };
        let mut activities: Vec<Activity> = runs.into_iter().map(of).collect();
        activities.sort_by_key(|a| a.id);
        activities.dedup_by_key(|a| a.id);
        let facts = facts(activities, MONDAY);
        let days = || ago.iter().map(|ago| MONDAY - *ago);
        let told = predictions(&facts, &history(&facts), days());
        let mut each = Vec::new();
        for day in days() {
            let then = self::facts(facts.activities.clone(), day);
            let profile = calibrate(&then, &history(&then));
            each.extend(profile.predictions.iter().map(|p| (day, p.distance, p.time)));
        }
        prop_assert_eq!(told, each);
    }
}
