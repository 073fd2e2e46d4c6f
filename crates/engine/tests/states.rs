//! Goal: every state is entered and left for the reasons the spec names, on the day its signal
//! arrives where safety asks for it, and the walk is the same however often it is stopped.
//! Method: one even runner, changed in one respect at a time; generated ones for the properties.

#![expect(clippy::unwrap_used, reason = "a test may panic; these are its helpers")]

use hermes_engine::adaptation::{self, Trigger};
use hermes_engine::assign::{Easing, Reason, medical_advice};
use hermes_engine::calendar::Day;
use hermes_engine::decision::Why;
use hermes_engine::facts::Facts;
use hermes_engine::record::{
    Activity, BodyPart, CheckIn, CheckInAnswer, CheckInTrigger, Feedback, Goal, HealthRecord,
    HealthType, RaceDistance, Sport, Symptoms,
};
use hermes_engine::session::Kind;
use hermes_engine::signals::Signal;
use hermes_engine::standing::Standing;
use hermes_engine::state::State;
use hermes_engine::step::{Output, step};
use hermes_engine::units::{Metres, Seconds, Units};

/// Monday 2025-01-06.
const MONDAY: Day = Day::from_epoch(20_094);
/// Metres by day from Monday: 40 km with a rest day on Monday, Thursday and Saturday.
const WEEK: [i64; 7] = [0, 9_000, 7_000, 0, 9_000, 0, 15_000];

fn run(id: i64, day: Day, metres: i64, pace: i64) -> Activity {
    let moving = Seconds((metres * pace / 1000).max(1));
    Activity {
        id,
        sport: Sport::Run,
        start_local: day.epoch() * 86_400 + 25_200,
        distance: Metres(metres),
        moving,
        elapsed: moving,
        ascent: None,
        heart_rate: Some(140),
        max_heart_rate: None,
        effort: None,
        temperature: None,
        dew_point: None,
        streams: None,
        race: false,
        confirmed: false,
    }
}

/// The days from `from` to before `to` as the even runner runs them.
fn even(f: &mut Facts, from: Day, to: Day) {
    for n in 0..to - from {
        let day = from + n;
        let metres = WEEK[usize::try_from((day - MONDAY).rem_euclid(7)).unwrap()];
        if metres > 0 {
            f.activities.push(run(day.epoch(), day, metres, 340));
        }
    }
}

/// Thirty even weeks, known as of `MONDAY`, stable since four days before it.
fn runner() -> Facts {
    let mut f = Facts::new(MONDAY);
    even(&mut f, MONDAY - 210, MONDAY);
    f.standing = Some(Standing::new(MONDAY - 4));
    f
}

fn at(f: &Facts, as_of: Day) -> Facts {
    let mut f = f.clone();
    f.as_of = as_of;
    f.activities.retain(|a| a.day() < as_of);
    f.health.retain(|x| x.day <= as_of);
    f.feedback.retain(|x| x.day < as_of);
    f
}

fn plan(f: &Facts) -> Output {
    step(f, f.as_of.week_start(f.preferences.week_start))
}

/// Steps on every one of the days with what is known on it, and gives the changes of state.
fn live(f: &mut Facts, days: impl IntoIterator<Item = Day>) -> Vec<(Day, State, Reason)> {
    let mut all = Vec::new();
    for day in days {
        let out = plan(&at(f, day));
        assert_eq!(out.standing.as_of, day);
        f.standing = Some(out.standing);
        all.extend(out.transitions.into_iter().map(|t| (t.day, t.to, t.reason)));
    }
    all
}

fn states(changes: &[(Day, State, Reason)]) -> Vec<(i64, State)> {
    changes.iter().map(|(day, to, _)| (*day - MONDAY, *to)).collect()
}

fn days(from: i64, to: i64) -> impl Iterator<Item = Day> {
    (from..to).map(|n| MONDAY + n)
}

fn feedback(day: Day) -> Feedback {
    Feedback {
        day,
        effort: None,
        pain_during: None,
        pain_next_morning: None,
        sleep: None,
        soreness: None,
        mood: None,
        resting_heart_rate: None,
    }
}

fn record(day: Day, severity: u8, closed: Option<Day>) -> HealthRecord {
    HealthRecord {
        day,
        kind: HealthType::Injury,
        part: Some(BodyPart::Calf),
        severity: Some(severity),
        symptoms: Symptoms::default(),
        closed,
    }
}

fn goal(day: Day, distance: RaceDistance) -> Goal {
    Goal { distance, day, set_on: MONDAY - 100, priority: 1, time: None }
}

#[test]
fn an_even_runner_without_a_race_stays_stable() {
    let mut f = runner();
    even(&mut f, MONDAY, MONDAY + 70);
    assert_eq!(states(&live(&mut f, days(0, 70))), []);
}

#[test]
fn a_severe_injury_protects_on_its_day_until_the_ladder_is_done() {
    let mut f = runner();
    even(&mut f, MONDAY, MONDAY + 2);
    f.health.push(record(MONDAY + 2, 7, Some(MONDAY + 9)));
    for n in 0..8 {
        f.activities.push(run(90_000 + n, MONDAY + 9 + 2 * n, 4_000, 400));
    }
    let changes = live(&mut f, days(0, 60));
    assert_eq!(states(&changes)[0], (2, State::InjuryProtection));
    let left = changes[1].0 - MONDAY;
    assert!((24..=30).contains(&left), "{changes:?}");
}

#[test]
fn pain_on_three_days_watches_on_the_third_and_seven_green_days_end_it() {
    let mut f = runner();
    even(&mut f, MONDAY, MONDAY + 40);
    for day in [1, 3, 5] {
        f.feedback.push(Feedback { pain_during: Some(4), ..feedback(MONDAY + day) });
    }
    let before = plan(&at(&f, MONDAY + 7)).plan;
    let changes = live(&mut f, days(0, 30));
    assert_eq!(states(&changes), [(5, State::InjuryWatch), (13, State::Stable)]);
    let Reason::Signals(readings) = &changes[0].2 else { panic!("{changes:?}") };
    assert_eq!((readings[0].signal, readings[0].value), (Signal::PainDays, 3));
    // P1: volume x 0.7 and no quality.
    assert!(before.distance() <= Metres(28_000), "{}", before.distance().0);
    let two: Vec<Feedback> = f.feedback.drain(..2).collect();
    f.feedback = two;
    f.standing = Some(Standing::new(MONDAY));
    assert_eq!(states(&live(&mut f, days(0, 30))), []);
}

#[test]
fn sharp_pain_is_watched_at_once() {
    for (during, morning, watched) in [(6, 0, true), (2, 4, true), (4, 4, false), (0, 2, false)] {
        let mut f = runner();
        even(&mut f, MONDAY, MONDAY + 9);
        let (during, morning) = (Some(during), Some(morning));
        let said = feedback(MONDAY + 1);
        f.feedback.push(Feedback { pain_during: during, pain_next_morning: morning, ..said });
        let changes = states(&live(&mut f, days(0, 9)));
        assert_eq!(changes.first() == Some(&(1, State::InjuryWatch)), watched, "{changes:?}");
    }
}

#[test]
fn two_spikes_in_fourteen_days_are_watched_and_one_is_not() {
    for (second, watched) in [(None, false), (Some(12), true), (Some(16), false)] {
        let mut f = runner();
        even(&mut f, MONDAY, MONDAY + 30);
        let far = |f: &mut Facts, day: i64, metres: i64| {
            f.activities.retain(|a| a.day() != MONDAY + day);
            f.activities.push(run(80_000 + day, MONDAY + day, metres, 340));
        };
        far(&mut f, 1, 20_000);
        if let Some(day) = second {
            far(&mut f, day, 27_000);
        }
        f.activities.sort_by_key(|a| a.start_local);
        let changes = states(&live(&mut f, days(0, 20)));
        let entered = changes.iter().find(|(_, s)| *s == State::InjuryWatch);
        assert_eq!(entered.map(|(day, _)| *day), second.filter(|_| watched).map(|d| d + 1));
    }
}

/// A week of slow, hard easy runs, bad nights and a high resting heart rate.
fn overreached(f: &mut Facts, from: i64, to: i64) {
    for n in from..to {
        let day = MONDAY + n;
        f.feedback.push(Feedback { sleep: Some(1), resting_heart_rate: Some(58), ..feedback(day) });
        for a in f.activities.iter_mut().filter(|a| a.day() == day) {
            a.heart_rate = Some(160);
        }
    }
}

#[test]
fn three_signals_make_overreach_and_seven_calm_days_end_it() {
    let mut f = runner();
    even(&mut f, MONDAY, MONDAY + 50);
    for n in -30..0 {
        f.feedback.push(Feedback { resting_heart_rate: Some(50), ..feedback(MONDAY + n) });
    }
    overreached(&mut f, 0, 10);
    let changes = live(&mut f, days(0, 50));
    let (entered, left) = (&changes[0], &changes[1]);
    assert_eq!((entered.1, left.1), (State::Overreach, State::Stable), "{changes:?}");
    let Reason::Signals(readings) = &entered.2 else { panic!("{entered:?}") };
    assert!(readings.len() >= 3 && readings.iter().any(|x| x.signal.is_performance()));
    assert!((5..9).contains(&(entered.0 - MONDAY)), "{changes:?}");
    assert!((15..26).contains(&(left.0 - MONDAY)), "{changes:?}");
    assert_eq!(changes.len(), 2, "{changes:?}");
}

#[test]
fn an_overreach_that_does_not_clear_asks_for_less_and_a_doctor() {
    let mut f = runner();
    let mut standing = Standing::new(MONDAY);
    standing.overreach = Some(MONDAY - 3);
    f.standing = Some(standing.clone());
    let fresh = plan(&f);
    assert!(fresh.plan.distance() <= Metres(24_000) && medical_advice(&fresh.standing).is_none());
    standing.overreach = Some(MONDAY - 15);
    standing.memory.overreach_seen = Some(MONDAY - 1);
    f.standing = Some(standing);
    let stubborn = plan(&f);
    assert_eq!(stubborn.plan.state, State::Overreach);
    assert!(stubborn.plan.distance() <= Metres(20_000));
    assert!(medical_advice(&stubborn.standing).is_some_and(|t| t.contains("doctor")));
}

#[test]
fn a_race_tapers_and_frees() {
    let mut f = runner();
    even(&mut f, MONDAY, MONDAY + 40);
    f.goals.push(goal(MONDAY + 27, RaceDistance::Half));
    let changes = live(&mut f, days(0, 35));
    assert_eq!(states(&changes), [(14, State::Taper), (28, State::Stable)]);
    assert_eq!(changes[0].2, Reason::Race { distance: RaceDistance::Half, days: 13 });
}

#[test]
fn fourteen_days_off_rebuild_and_ten_do_not() {
    for (off, entered) in [(10, false), (21, true)] {
        let mut f = runner();
        even(&mut f, MONDAY + off, MONDAY + 140);
        let changes = live(&mut f, days(0, 140));
        assert_eq!(changes.iter().any(|c| c.1 == State::Rebuild), entered, "{changes:?}");
        if entered {
            assert!(matches!(changes[0].2, Reason::Break { .. }), "{changes:?}");
            assert_eq!(changes[1].1, State::Stable, "{changes:?}");
        }
    }
}

#[test]
fn an_override_lasts_seven_days_and_ends_with_a_safety_state() {
    let mut f = runner();
    even(&mut f, MONDAY, MONDAY + 40);
    f.overrides.push((MONDAY, MONDAY + 30));
    let changes = states(&live(&mut f, days(0, 20)));
    assert_eq!(changes, [(0, State::OverrideActive), (7, State::Stable)]);
    f.overrides = vec![(MONDAY, MONDAY + 7)];
    f.feedback.push(Feedback { pain_during: Some(6), ..feedback(MONDAY + 2) });
    f.standing = Some(Standing::new(MONDAY));
    let changes = states(&live(&mut f, days(0, 20)));
    let expected = [(0, State::OverrideActive), (2, State::InjuryWatch), (10, State::Stable)];
    assert_eq!(changes, expected);
}

/// Three weeks of two runs less.
fn idle(f: &mut Facts) {
    f.activities.retain(|a| {
        let n = a.day() - MONDAY;
        !(0..28).contains(&n) || [2, 6].contains(&n.rem_euclid(7))
    });
}

#[test]
fn missed_weeks_are_a_slump_after_a_grace_and_busy_gives_more() {
    let mut f = runner();
    even(&mut f, MONDAY, MONDAY + 120);
    idle(&mut f);
    let busy = f.clone();
    let changes = live(&mut f, days(0, 120));
    let entered = changes.iter().find(|c| c.1 == State::Slump).map(|c| c.0 - MONDAY);
    assert_eq!(entered, Some(21), "{changes:?}");
    let Reason::Signals(readings) = &changes[0].2 else { panic!("{changes:?}") };
    assert_eq!(readings[0].signal, Signal::Consistency);
    assert_eq!(changes.last().map(|c| c.1), Some(State::Stable));
    assert_eq!(changes.len(), 2, "{changes:?}");
    let mut f = busy;
    let answer = Some((CheckInAnswer::Busy, MONDAY + 20));
    let trigger = CheckInTrigger::MissedWorkouts;
    f.check_ins.push(CheckIn { day: MONDAY + 20, trigger, answer });
    let changes = live(&mut f, days(0, 120));
    let entered = changes.iter().find(|c| c.1 == State::Slump).map(|c| c.0 - MONDAY);
    assert_eq!(entered, Some(28), "{changes:?}");
}

#[test]
fn one_missed_week_changes_no_state() {
    let mut f = runner();
    even(&mut f, MONDAY + 7, MONDAY + 60);
    assert_eq!(states(&live(&mut f, days(0, 60))), []);
}

#[test]
fn a_steady_runner_with_a_race_is_probed_for_two_weeks() {
    let mut f = runner();
    even(&mut f, MONDAY, MONDAY + 60);
    f.goals.push(goal(MONDAY + 118, RaceDistance::Marathon));
    let hurt = f.clone();
    let changes = live(&mut f, days(0, 36));
    assert_eq!(states(&changes), [(21, State::Probe), (35, State::Stable)]);
    assert!(
        matches!(changes[0].2, Reason::Ready(_)) && matches!(changes[1].2, Reason::Passed { .. })
    );
    let mut f = hurt;
    f.feedback.push(Feedback { pain_during: Some(3), ..feedback(MONDAY + 25) });
    let changes = states(&live(&mut f, days(0, 36)));
    assert_eq!(changes, [(21, State::Probe), (25, State::Stable)]);
}

#[test]
fn answers_ease_the_week_and_are_recorded() {
    let mut f = runner();
    even(&mut f, MONDAY, MONDAY + 7);
    f.as_of = MONDAY + 7;
    f.standing = None;
    let usual = plan(&f);
    let said = |answer, day: Day| CheckIn {
        day,
        trigger: CheckInTrigger::LowCompliance,
        answer: Some((answer, day)),
    };
    f.check_ins = vec![said(CheckInAnswer::Burnout, MONDAY + 5)];
    let out = plan(&f);
    assert!(out.plan.distance() <= Metres(32_000), "{}", out.plan.distance().0);
    let hard = |s: &hermes_engine::session::Session| {
        matches!(s.kind, Kind::Tempo | Kind::Interval | Kind::Fartlek | Kind::Hill)
    };
    assert!(!out.plan.sessions.iter().any(hard));
    assert!(out.plan.why.iter().any(|w| matches!(w, Why::Eased { easing: Easing::Burnout, .. })));
    let records = adaptation::records(&f, &out, Some(&usual.plan));
    let [record] = &records[..] else { panic!("{records:?}") };
    assert!(matches!(record.trigger, Trigger::Eased { .. }));
    assert_eq!((record.from, record.to), (Some(State::Stable), State::Stable));
    assert!(record.volume_change.is_some_and(|c| c < -1000), "{record:?}");
    assert_eq!(record.windows[0].distance, Metres(40_000));
    assert_eq!((record.windows[1].runs, record.windows[1].rest_days), (16, 12));
    let text = record.long(Units::default());
    assert!(text.contains("160.0 km"), "{text}");
    f.check_ins = vec![said(CheckInAnswer::Burnout, MONDAY - 1)];
    assert_eq!(plan(&f).plan, usual.plan);
    // Who is busy is offered an easier week and keeps the planned one until it is taken.
    f.check_ins = vec![said(CheckInAnswer::Busy, MONDAY + 5)];
    assert_eq!(plan(&f).plan, usual.plan);
    assert_eq!(adaptation::records(&f, &usual, None)[0].trigger, Trigger::First);
}

/// splitmix64.
struct Rng(u64);

impl Rng {
    fn below(&mut self, n: i64) -> i64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        i64::try_from((z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb) >> 33).unwrap() % n
    }
}

/// Sixty days of all kinds of news.
fn eventful(seed: u64) -> Facts {
    let mut rng = Rng(seed);
    let mut f = runner();
    even(&mut f, MONDAY, MONDAY + 60);
    if rng.below(3) == 0 {
        f.goals.push(goal(MONDAY + 20 + rng.below(100), RaceDistance::Half));
    }
    let quiet = 1 + rng.below(12);
    f.activities.retain(|a| a.day() < MONDAY || rng.below(quiet) > 0);
    for a in f.activities.iter_mut().filter(|a| a.day() >= MONDAY - 10) {
        a.heart_rate = Some(u16::try_from(135 + rng.below(20)).unwrap());
        a.effort = Some(u8::try_from(2 + rng.below(7)).unwrap());
        if rng.below(12) == 0 {
            a.distance = Metres(a.distance.0 * 2);
            a.moving = Seconds(a.moving.0 * 2);
        }
    }
    for n in 0..60 {
        let day = MONDAY + n;
        if rng.below(2) == 0 {
            let mut one = |n| Some(u8::try_from(1 + rng.below(n)).unwrap());
            let (sleep, mood, soreness) = (one(5), one(5), one(5));
            f.feedback.push(Feedback { sleep, mood, soreness, ..feedback(day) });
        }
        if rng.below(25) == 0 {
            let pain = u8::try_from(rng.below(8)).unwrap();
            f.feedback.push(Feedback { pain_during: Some(pain), ..feedback(day) });
        }
        if rng.below(60) == 0 {
            let severity = u8::try_from(1 + rng.below(9)).unwrap();
            f.health.push(record(day, severity, Some(day + rng.below(10))));
        }
    }
    f.overrides.push((MONDAY + 17, MONDAY + 24));
    f
}

#[test]
fn the_walk_is_the_same_however_often_it_is_stopped() {
    let (mut seen, mut changes) = (Vec::new(), 0);
    for seed in 1..60 {
        let f = eventful(seed);
        let (mut daily, mut weekly, mut odd) = (f.clone(), f.clone(), f.clone());
        let all = live(&mut daily, days(0, 57));
        let weeks = live(&mut weekly, days(0, 57).step_by(7));
        live(&mut odd, [2, 6, 9, 13, 20, 22, 29, 35, 42, 49, 53, 56].map(|n| MONDAY + n));
        assert_eq!(daily.standing, weekly.standing, "seed {seed}");
        assert_eq!(daily.standing, odd.standing, "seed {seed}");
        // News of a day that was stopped on may replace what was entered on it that morning.
        let last = |c: &(Day, State, Reason)| all.iter().rfind(|x| x.0 == c.0).map(|x| x.1);
        assert!(weeks.iter().all(|c| last(c) == Some(c.1)), "seed {seed}");
        changes += all.len();
        seen.extend(all.into_iter().map(|c| c.1));
    }
    seen.sort_unstable();
    seen.dedup();
    assert!(seen.len() >= 6 && changes > 100, "{changes}: {seen:?}");
}

#[test]
fn states_do_not_swing_from_day_to_day() {
    for seed in 1..40 {
        let mut f = eventful(seed);
        let changes = live(&mut f, days(0, 57));
        for pair in changes.windows(3) {
            // Back in the same state within two days, by a state that was not safety's.
            let swung = pair[0].1 == pair[2].1 && pair[2].0 - pair[0].0 <= 2;
            assert!(!swung || pair[1].1 <= State::Overreach, "seed {seed}: {changes:?}");
        }
    }
}

#[test]
fn four_weeks_later_the_changes_are_four_weeks_later() {
    for seed in 1..20 {
        let mut f = eventful(seed);
        let mut later = f.clone();
        for a in &mut later.activities {
            a.start_local += 28 * 86_400;
        }
        for x in &mut later.feedback {
            x.day = x.day + 28;
        }
        for x in &mut later.health {
            (x.day, x.closed) = (x.day + 28, x.closed.map(|d| d + 28));
        }
        for g in &mut later.goals {
            (g.day, g.set_on) = (g.day + 28, g.set_on + 28);
        }
        for (from, to) in &mut later.overrides {
            (*from, *to) = (*from + 28, *to + 28);
        }
        later.standing = Some(Standing::new(MONDAY + 24));
        let now = states(&live(&mut f, days(0, 57).step_by(7)));
        let then = states(&live(&mut later, days(28, 85).step_by(7)));
        let shifted: Vec<_> = now.into_iter().map(|(day, s)| (day + 28, s)).collect();
        assert_eq!(shifted, then, "seed {seed}");
    }
}
