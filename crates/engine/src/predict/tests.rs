//! The laws on known rows, the choice of method on small stories, and properties over random logs.

use super::*;
use proptest::prelude::*;

const TODAY: Day = Day::from_epoch(20_000);
const BASE: Metres = Metres::km(50);

fn race(days_ago: i64, metres: i64, seconds: i64) -> Effort {
    let (distance, time) = (Metres(metres), Seconds(seconds));
    Effort { id: days_ago * 100_000 + metres, day: TODAY - days_ago, distance, time, race: true }
}

fn training(days_ago: i64, metres: i64, seconds: i64) -> Effort {
    Effort { race: false, ..race(days_ago, metres, seconds) }
}

fn rested(days: i64, ended_days_ago: i64) -> Option<Break> {
    Some(Break { days, ended: TODAY - ended_days_ago, off: TimeOff::Rest })
}

/// The prediction over one distance.
fn at(efforts: &[Effort], distance: RaceDistance, pause: Option<Break>) -> Prediction {
    let all = predict(efforts, TODAY, BASE, pause).expect("usable efforts");
    all.into_iter().find(|p| p.distance == distance).expect("every distance")
}

#[test]
fn riegel_from_the_nearest_race() {
    let efforts = [race(20, 5000, 1200), race(30, 21_097, 6000)];
    let five = at(&efforts, RaceDistance::K5, None);
    assert_eq!((five.time, five.method), (Seconds(1200), Method::Riegel));
    assert_eq!((five.low, five.high), (Seconds(1092), Seconds(1272)));
    let one = [race(20, 5000, 1200)];
    let ten = at(&one, RaceDistance::K10, None);
    assert_eq!((ten.time, ten.method), (Seconds(2519), Method::Riegel));
    let half = at(&one, RaceDistance::Half, None);
    assert_eq!(half.time, Seconds(5682), "exponent 1.08 beyond a ratio of three");
    assert!(half.confidence_permille < ten.confidence_permille);
}

#[test]
fn own_exponent_is_halved_and_clamped() {
    let efforts = [race(20, 5000, 1200), race(30, 10_000, 2640)];
    let half = at(&efforts, RaceDistance::Half, None);
    assert_eq!(half.method, Method::OwnExponent);
    let own = own_exponent((5000.0, 1200.0), (10_000.0, 2640.0));
    let k = 0.5 * own + 0.535;
    assert_eq!(half.time.0, libm::round(riegel(2640.0, 10_000.0, 21_097.5, k)) as i64);
    let jogged = [race(20, 5000, 1200), race(30, 10_000, 3600)];
    let half = at(&jogged, RaceDistance::Half, None);
    assert_eq!(half.time.0, libm::round(riegel(3600.0, 10_000.0, 21_097.5, 1.15)) as i64);
    let apart = [race(20, 5000, 1200), race(150, 10_000, 2640)];
    assert_eq!(at(&apart, RaceDistance::Half, None).method, Method::Riegel);
}

#[test]
fn marathon_methods_in_order() {
    let full = RaceDistance::Marathon;
    let two = [race(20, 10_000, 2625), race(30, 21_097, 5687)];
    assert_eq!(at(&two, full, None).method, Method::VickersTwo);
    let one = [race(20, 10_000, 2625)];
    assert_eq!(at(&one, full, None).method, Method::VickersOne);
    let jogged = [race(20, 10_000, 2625), race(30, 21_097, 8000)];
    assert_eq!(at(&jogged, full, None).method, Method::VickersOne);
    let short = at(&[race(20, 4000, 944)], full, None);
    assert_eq!(short.method, Method::ValueMarathon);
    let table = time_at(50.0 * libm::pow(0.9985, 20.0 / 7.0), MARATHON);
    assert!((short.time.0 as f64 - 1.06 * table).abs() < 12.0, "{short:?}");
}

#[test]
fn an_own_marathon_is_evidence() {
    let full = RaceDistance::Marathon;
    let newest = [race(60, 21_097, 5687), race(20, 42_195, 13_000)];
    let own = at(&newest, full, None);
    assert_eq!((own.time, own.method), (Seconds(13_000), Method::OwnMarathon));
    let older = [race(20, 21_097, 5687), race(60, 42_195, 13_000)];
    let mixed = at(&older, full, None);
    let model = at(&older[..1], full, None);
    assert_eq!(mixed.method, Method::OwnMarathonAndModel);
    assert!((2 * mixed.time.0 - model.time.0 - 13_000).abs() <= 2);
    let ancient = [race(20, 21_097, 5687), race(200, 42_195, 13_000)];
    assert_eq!(at(&ancient, full, None), model);
}

#[test]
fn recorded_race_distances_are_taken_for_the_usual_ones() {
    for recorded in [4940, 5000, 5080, 5140] {
        assert_eq!(at(&[race(9, recorded, 1200)], RaceDistance::K5, None).time, Seconds(1200));
    }
    assert_ne!(at(&[race(9, 5400, 1200)], RaceDistance::K5, None).time, Seconds(1200));
    assert_eq!(at(&[race(9, 42_900, 13_000)], RaceDistance::Marathon, None).time, Seconds(13_000));
}

#[test]
fn age_widens_and_lowers_confidence() {
    let mut last = (0, 1001);
    for age in [89, 91, 181] {
        let p = at(&[race(age, 10_000, 2700)], RaceDistance::K10, None);
        assert_eq!(p.time, Seconds(2700));
        let width = p.high.0 - p.low.0;
        assert!(width > last.0 && p.confidence_permille < last.1, "{age} {p:?}");
        last = (width, p.confidence_permille);
    }
    let p = at(&[race(91, 10_000, 2700)], RaceDistance::K10, None);
    assert_eq!((p.low, p.high), (Seconds(2335), Seconds(2943)));
    assert!(predict(&[race(366, 10_000, 2700)], TODAY, BASE, None).is_none());
    assert!(predict(&[race(0, 10_000, 2700)], TODAY, BASE, None).is_none(), "as-of is honoured");
}

#[test]
fn training_counts_twice_and_only_upwards() {
    let value = |e: &[Effort]| fitness(e, TODAY, None).map(|f| (f.value, f.race));
    let raced = value(&[race(7, 5000, 1197)]);
    assert_eq!(raced, Some((Vdot(499), true)), "50.0 less 0.15 % for the week");
    let jogs = [race(7, 5000, 1197), training(3, 8000, 3000), training(9, 8000, 3000)];
    assert_eq!(value(&jogs), raced);
    assert_eq!(value(&[training(3, 8000, 2000)]), None, "once is no evidence");
    assert_eq!(value(&[training(3, 3900, 900), training(9, 3900, 900)]), None, "too short");
    assert_eq!(value(&[training(3, 8000, 2000), training(25, 8000, 2000)]), None, "too far apart");
    let two = [race(7, 5000, 1197), training(3, 8000, 1900), training(9, 8000, 1800)];
    let lifted = fitness(&two, TODAY, None).expect("known");
    assert!(!lifted.race && lifted.value > Vdot(499));
    assert_eq!(lifted.day, TODAY - 3, "the lesser of the two");
    assert_eq!(at(&two, RaceDistance::K10, None).method, Method::Training);
}

#[test]
fn two_runs_of_one_day_are_one_showing() {
    assert_eq!(fitness(&[training(3, 8000, 2000), training(3, 8100, 2010)], TODAY, None), None);
    let next_day = [training(3, 8000, 2000), training(4, 8100, 2010)];
    assert!(fitness(&next_day, TODAY, None).is_some());
}

#[test]
fn paces_are_put_in_order() {
    let all = |e: &[Effort], weekly| predict(e, TODAY, Metres::km(weekly), None).expect("known");
    let slow_five = all(&[race(9, 5000, 1800), race(12, 10_000, 3000)], 50);
    assert_eq!(slow_five[1].time, Seconds(1500), "a 10K at this pace proves a 5K at it");
    assert_eq!(slow_five[1].method, Method::PaceOfLonger);
    assert_eq!(slow_five[1].evidence, slow_five[2].evidence);
    let high_volume = all(&[race(9, 21_097, 8000)], 160);
    assert_eq!(high_volume[4].method, Method::PaceOfShorter);
    assert_eq!(high_volume[4].time, Seconds(16_000));
    let marathoner = all(&[race(30, 21_097, 7000), race(9, 42_195, 13_801)], 50);
    assert_eq!(marathoner[3].time, Seconds(6900), "an own marathon proves the half, rounded down");
}

#[test]
fn breaks_slow_down_what_came_before() {
    let efforts = [race(60, 5000, 1200)];
    let before = at(&efforts, RaceDistance::K5, None);
    let after = at(&efforts, RaceDistance::K5, rested(28, 10));
    assert!(after.time.0 * 1000 > before.time.0 * 1050, "{after:?}");
    let raced_since = at(&[race(5, 5000, 1200)], RaceDistance::K5, rested(28, 10));
    assert_eq!(raced_since.time, before.time);
    let day_of_return = at(&[race(10, 5000, 1200)], RaceDistance::K5, rested(28, 10));
    assert_eq!(day_of_return.time, before.time, "raced after the break, not before");
    let full = at(&efforts, RaceDistance::Marathon, None).time.0;
    let week_off = at(&efforts, RaceDistance::Marathon, rested(7, 10)).time.0;
    assert!((week_off * 1000 - full * 1050).abs() < 1000, "{full} {week_off}");
    assert_eq!([6, 7, 13, 14, 27, 28].map(marathon_gap_permille), [0, 50, 50, 65, 65, 80]);
}

#[test]
fn the_longest_break_is_found() {
    let days = |ago: &[i64]| ago.iter().map(|a| TODAY - *a).collect::<Vec<_>>();
    let find = |ago: &[i64]| longest_break(days(ago).into_iter(), TODAY, TimeOff::Rest);
    assert_eq!(find(&[]), None);
    assert_eq!(find(&[9, 7, 2]), None);
    assert_eq!(find(&[40, 20, 2]).map(|b| (b.days, TODAY - b.ended)), Some((19, 20)));
    assert_eq!(find(&[40, 30]).map(|b| (b.days, b.ended)), Some((29, TODAY)), "it still lasts");
    assert_eq!(find(&[300, 150, 149, 1]).map(|b| b.days), Some(147));
    assert_eq!(find(&[300, 150, 112, 1]).map(|b| b.days), Some(110), "the longer one");
}

#[test]
fn activities_become_efforts() {
    let mut activity = Activity {
        id: 1,
        sport: Sport::Run,
        start_local: 0,
        distance: Metres(10_000),
        moving: Seconds(2700),
        elapsed: Seconds(2760),
        ascent: None,
        heart_rate: None,
        max_heart_rate: None,
        effort: None,
        temperature: None,
        dew_point: None,
        streams: None,
        race: true,
        confirmed: false,
    };
    let time = |a: &Activity| Effort::of(a).map(|e| e.time.0);
    assert_eq!(time(&activity), Some(2760), "a race's clock does not stop");
    activity.elapsed = Seconds(9000);
    assert_eq!(time(&activity), Some(2700), "a watch left running");
    activity.race = false;
    assert_eq!(time(&activity), Some(2700));
    activity.moving = Seconds(1000);
    assert_eq!(time(&activity), None, "10 m/s");
    activity.moving = Seconds(i64::MAX);
    assert_eq!(time(&activity), Some(i64::MAX));
    activity.sport = Sport::Other;
    assert_eq!(time(&activity), None);
}

#[test]
fn paces_of_predictions() {
    let p = at(&[race(9, 10_000, 2700)], RaceDistance::K10, None);
    assert_eq!(p.pace(), Pace(270));
}

fn effort() -> impl Strategy<Value = Effort> {
    let metres = prop_oneof![
        Just(5000_i64),
        Just(10_000),
        Just(21_097),
        Just(42_195),
        1000_i64..60_000,
        any::<i64>()
    ];
    (-5_i64..400, metres, 150_i64..700, any::<bool>(), any::<bool>()).prop_map(
        |(ago, metres, pace, raced, wild)| {
            let seconds = if wild { metres } else { metres.saturating_mul(pace) / 1000 };
            Effort { race: raced, ..race(ago, metres % 1_000_000_000, seconds) }
        },
    )
}

fn pause() -> impl Strategy<Value = Option<Break>> {
    proptest::option::of((0_i64..400, 0_i64..120)).prop_map(|p| p.and_then(|(d, e)| rested(d, e)))
}

proptest! {
    /// Whatever is known, paces fall with distance and intervals hold their time.
    #[test]
    fn predictions_are_ordered(
        efforts in proptest::collection::vec(effort(), 0..12),
        weekly in any::<i64>(),
        pause in pause(),
    ) {
        let Some(all) = predict(&efforts, TODAY, Metres(weekly), pause) else { return Ok(()) };
        prop_assert_eq!(all.len(), 5);
        for p in &all {
            prop_assert!(p.time.0 > 0 && p.low < p.time && p.time < p.high, "{:?}", p);
            prop_assert!((0..=1000).contains(&p.confidence_permille));
            prop_assert!(p.evidence.iter().all(|id| efforts.iter().any(|e| e.id == *id)));
        }
        for pair in all.windows(2) {
            let (s, l) = (&pair[0], &pair[1]);
            let ordered = s.time.0 * l.distance.decimetres() <= l.time.0 * s.distance.decimetres();
            prop_assert!(ordered, "{:?} {:?}", s, l);
        }
    }

    /// The order in which efforts are given and the calendar do not matter.
    #[test]
    fn order_and_calendar_do_not_matter(
        efforts in proptest::collection::vec(effort(), 0..8),
        pause in pause(),
        years in -5_i64..5,
    ) {
        let plain = predict(&efforts, TODAY, BASE, pause);
        let reversed: Vec<Effort> = efforts.iter().rev().copied().collect();
        prop_assert_eq!(&predict(&reversed, TODAY, BASE, pause), &plain);
        let shift = years * 365;
        let moved: Vec<Effort> =
            efforts.iter().map(|e| Effort { day: e.day + shift, ..*e }).collect();
        let pause = pause.map(|p| Break { ended: p.ended + shift, ..p });
        prop_assert_eq!(&predict(&moved, TODAY + shift, BASE, pause), &plain);
    }

    /// Training runs never lower the value, and a break never raises it.
    #[test]
    fn training_only_raises_and_breaks_only_lower(
        efforts in proptest::collection::vec(effort(), 0..12),
        pause in pause(),
    ) {
        let value = |e: &[Effort], p| fitness(e, TODAY, p).map(|f| f.value);
        let races: Vec<Effort> = efforts.iter().filter(|e| e.race).copied().collect();
        prop_assert!(value(&efforts, pause) >= value(&races, pause));
        prop_assert!(value(&efforts, pause) <= value(&efforts, None));
    }

    /// The queue finds what trying every pair of training runs finds.
    #[test]
    fn the_best_pair_of_training_runs_is_found(
        runs in proptest::collection::vec((1_i64..200, 3000_i64..20_000, 230_i64..420), 0..40),
        raced in proptest::option::of(230_i64..420),
    ) {
        let of = |(ago, metres, pace): &(i64, i64, i64)| training(*ago, *metres, metres * pace / 1000);
        let efforts: Vec<Effort> = runs.iter().map(of).collect();
        let race = raced.map(|pace| race(40, 10_000, 10 * pace));
        let value = |e: &Effort| Some(Showing::of(e)?.trained_on(TODAY, None, 0.0)?.value);
        let pair = |a: &Effort, b: &Effort| {
            let near = (1..=21).contains(&(a.day - b.day).abs());
            Some(value(a)?.min(value(b)?)).filter(|_| near)
        };
        let pairs = efforts.iter().flat_map(|a| efforts.iter().filter_map(move |b| pair(a, b)));
        let best = pairs.chain(race.as_ref().and_then(value)).max_by(f64::total_cmp);
        let all: Vec<Effort> = efforts.iter().copied().chain(race).collect();
        let found = fitness(&all, TODAY, None).map(|f| f.value);
        prop_assert_eq!(found, best.map(Vdot::round));
    }
}
