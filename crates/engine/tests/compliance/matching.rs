//! Goal: sessions are matched with the runs that they were done in, as a coach would, and scored by
//! K1; K2 and K3 follow from the scores.
//! Method: weeks by hand.

use crate::world::{MONDAY, facts, history, illness, lived, plan, run, usual, week};
use hermes_engine::compliance::{
    Colour, Compliance, Sign, adherences, capacity, capacity_weeks, consistency, steady_weeks,
};
use hermes_engine::record::Activity;
use hermes_engine::session::{Kind, Planned, PublishedWeek};
use hermes_engine::state::Phase;
use hermes_engine::units::{Metres, Seconds, Units};

fn scored(sessions: Vec<Planned>, runs: Vec<Activity>) -> Compliance {
    let facts = facts(MONDAY + 7, vec![week(MONDAY, sessions)], runs);
    Compliance::new(&facts, &history(&facts))
}

#[test]
fn bands_of_k1() {
    let cases = [
        (10_000, Colour::Green, Sign::Even, 1000),
        (8_000, Colour::Green, Sign::Even, 1000),
        (7_999, Colour::Yellow, Sign::Under, 600),
        (5_000, Colour::Yellow, Sign::Under, 600),
        (4_999, Colour::Orange, Sign::Under, 250),
        (50, Colour::Orange, Sign::Under, 250),
        (12_099, Colour::Green, Sign::Even, 1000),
        (12_100, Colour::Yellow, Sign::Over, 600),
        (15_000, Colour::Yellow, Sign::Over, 600),
        (15_100, Colour::Orange, Sign::Over, 250),
    ];
    for (metres, colour, sign, score) in cases {
        let k = scored(vec![plan(MONDAY, Kind::Easy, 10_000)], vec![run(1, MONDAY, metres)]);
        let s = &k.sessions[0];
        assert_eq!((s.colour, s.sign, s.score()), (colour, sign, score), "{metres} m");
        assert_eq!(s.completed(), metres >= 5_000);
        assert_eq!(k.mean(MONDAY, MONDAY + 7), Some(score));
    }
    let k = scored(vec![plan(MONDAY, Kind::Easy, 10_000)], vec![]);
    assert_eq!((k.sessions[0].colour, k.sessions[0].score()), (Colour::Missed, 0));
    assert!(k.sessions[0].missed() && !k.sessions[0].completed());
}

#[test]
fn timed_sessions_go_by_time() {
    let timed = Planned { timed: true, duration: Seconds(3600), ..plan(MONDAY, Kind::Easy, 1000) };
    let k = scored(vec![timed], vec![run(1, MONDAY, 10_000)]);
    assert_eq!((k.sessions[0].share, k.sessions[0].colour), (1000, Colour::Green));
}

#[test]
fn a_split_session_is_one_and_nothing_is_a_bonus() {
    let k = scored(
        vec![plan(MONDAY, Kind::Easy, 10_000)],
        vec![run(1, MONDAY, 4_000), run(2, MONDAY, 6_000), run(3, MONDAY + 5, 8_000)],
    );
    assert_eq!(k.sessions[0].activities, [1, 2]);
    assert_eq!(k.sessions[0].colour, Colour::Green);
    assert_eq!(k.unplanned, [(3, MONDAY + 5)]);
    assert_eq!(k.mean(MONDAY, MONDAY + 7), Some(1000));
}

#[test]
fn a_moved_session_is_found_within_two_days() {
    let long = || vec![plan(MONDAY + 6, Kind::Long, 16_000), plan(MONDAY + 2, Kind::Easy, 6_000)];
    let k = scored(long(), vec![run(1, MONDAY + 2, 6_000), run(2, MONDAY + 4, 16_000)]);
    let s = k.sessions.iter().find(|s| s.planned.kind == Kind::Long).unwrap();
    assert_eq!((s.shifted, s.activities.as_slice(), s.colour), (-2, &[2][..], Colour::Green));
    let k = scored(long(), vec![run(1, MONDAY + 2, 6_000), run(2, MONDAY + 3, 16_000)]);
    let s = k.sessions.iter().find(|s| s.planned.kind == Kind::Long).unwrap();
    assert!(s.missed(), "three days are another session");
    // A short jog is not the long run of the day after.
    let k = scored(long(), vec![run(2, MONDAY + 5, 5_000)]);
    assert!(k.sessions.iter().all(|s| s.planned.kind != Kind::Long || s.missed()));
}

#[test]
fn the_long_run_takes_the_longest_and_the_race_the_race() {
    let sessions = vec![plan(MONDAY + 3, Kind::Easy, 8_000), plan(MONDAY + 5, Kind::Long, 16_000)];
    let k = scored(sessions, vec![run(1, MONDAY + 4, 9_000), run(2, MONDAY + 6, 15_000)]);
    assert_eq!(k.sessions[0].activities, [1]);
    assert_eq!(k.sessions[1].activities, [2]);
    let race = Activity { race: true, ..run(2, MONDAY + 5, 10_000) };
    let runs = vec![run(1, MONDAY + 5, 2_000), race];
    let k = scored(vec![plan(MONDAY + 5, Kind::Race, 10_000)], runs);
    assert_eq!((k.sessions[0].activities.as_slice(), k.sessions[0].share), (&[2][..], 1000));
    assert_eq!(k.unplanned, [(1, MONDAY + 5)], "the warm-up is no part of the race");
}

#[test]
fn sessions_run_in_each_others_place_are_exchanged() {
    let sessions = vec![plan(MONDAY + 5, Kind::Easy, 5_000), plan(MONDAY + 6, Kind::Long, 20_000)];
    let k = scored(sessions, vec![run(1, MONDAY + 5, 20_000), run(2, MONDAY + 6, 5_000)]);
    assert!(k.sessions.iter().all(|s| s.colour == Colour::Green));
    assert_eq!((k.sessions[0].shifted, k.sessions[1].shifted), (1, -1));
}

#[test]
fn health_excuses_and_days_to_come_are_not_due() {
    let mut f =
        facts(MONDAY + 5, vec![week(MONDAY, usual(MONDAY))], vec![run(1, MONDAY + 1, 8_000)]);
    let k = Compliance::new(&f, &history(&f));
    assert_eq!(k.sessions.len(), 3, "Sunday is to come");
    assert_eq!(k.mean(MONDAY, MONDAY + 7), Some(333));
    f.health = vec![illness(MONDAY + 2, None)];
    let k = Compliance::new(&f, &history(&f));
    assert_eq!(k.mean(MONDAY, MONDAY + 7), Some(1000));
    assert!(k.sessions[1].excused && k.sessions[2].excused && !k.sessions[1].missed());
    let strict = Compliance::without_excuses(&f, &history(&f));
    assert_eq!(strict.mean(MONDAY, MONDAY + 7), Some(333));
}

#[test]
fn a_session_moved_in_the_plan_counts_once() {
    let sessions = vec![plan(MONDAY + 1, Kind::Long, 16_000), plan(MONDAY + 4, Kind::Long, 16_000)];
    let k = scored(sessions, vec![run(1, MONDAY + 4, 16_000)]);
    assert_eq!(k.sessions.len(), 1);
    assert_eq!(k.mean(MONDAY, MONDAY + 7), Some(1000));
}

#[test]
fn too_much_on_an_easy_day_is_the_graver_fault() {
    let say = |kind, metres| {
        let k = scored(vec![plan(MONDAY, kind, 10_000)], vec![run(1, MONDAY, metres)]);
        k.sessions[0].text(Units::Km)
    };
    assert!(say(Kind::Easy, 14_000).contains("worse than too little"));
    assert!(say(Kind::Easy, 14_000).contains("140 %"));
    assert!(say(Kind::Easy, 6_000).contains("little harm"));
    assert!(!say(Kind::Long, 14_000).contains("worse"));
}

#[test]
fn k2_by_hand() {
    // 0.40 x 0.8 + 0.20 x 0.7 + 0.25 x (1 - 0.3 / 0.6) + 0.15 x (1 - (12 - 3) / 18)
    assert_eq!(consistency(800, 700, 300, 12), 320 + 140 + 125 + 75);
    assert_eq!(consistency(1000, 1000, 0, 0), 1000);
    assert_eq!(consistency(0, 0, 10_000, 90), 0);
    assert_eq!(consistency(1000, 1000, 0, 3), 1000);
}

#[test]
fn adherence_is_by_sessions_with_plans_and_by_active_weeks_without() {
    let half = lived(MONDAY, 13, |s| (s.kind != Kind::Easy).then_some((s.distance.0, 0)));
    let h = history(&half);
    let k = Compliance::new(&half, &h);
    assert_eq!(adherences(&k, &half, &h, MONDAY), (500, 500));
    let mut unplanned = lived(MONDAY, 13, |s| Some((s.distance.0, 0)));
    unplanned.published.clear();
    let h = history(&unplanned);
    let k = Compliance::new(&unplanned, &h);
    assert_eq!(adherences(&k, &unplanned, &h, MONDAY), (1000, 1000));
}

#[test]
fn cutbacks_and_tapers_do_not_make_a_runner_unsteady() {
    let mut f = lived(MONDAY, 12, |s| {
        let easier = (MONDAY - s.day).rem_euclid(28) <= 7;
        Some((if easier { s.distance.0 / 2 } else { s.distance.0 }, 0))
    });
    let h = history(&f);
    let varied = steady_weeks(&f, &h, MONDAY);
    assert!(varied.iter().any(|w| *w < Metres(30_000)));
    let mark = |p: &mut PublishedWeek| p.cutback = (MONDAY - p.week_start).rem_euclid(28) == 7;
    f.published.iter_mut().for_each(mark);
    let steady = steady_weeks(&f, &h, MONDAY);
    assert_eq!(steady, vec![Metres(39_000); 8]);
}

#[test]
fn k3_leaves_out_tapers_and_excused_weeks_and_keeps_empty_ones() {
    let weeks: Vec<Metres> = [40, 42, 38, 44, 30, 36, 35, 41].map(Metres::km).to_vec();
    // Sorted: 30 35 36 38 40 41 42 44; rank 5.25 is 41.25; 1.15 x 41 is 47.15.
    assert_eq!(capacity(&weeks), Metres(41_250));
    assert_eq!(capacity(&[]), Metres::ZERO);
    let away = MONDAY - 14;
    let mut f = lived(MONDAY, 12, |s| {
        let gone = (away..away + 7).contains(&s.day);
        (!gone).then_some((s.distance.0, 0))
    });
    let zeros = |f: &_, h: &_| {
        capacity_weeks(f, h, MONDAY).into_iter().filter(|w| *w == Metres::ZERO).count()
    };
    let h = history(&f);
    assert_eq!(zeros(&f, &h), 1);
    f.health = vec![illness(away - 1, Some(away + 5))];
    assert_eq!(zeros(&f, &h), 0);
    f.health.clear();
    f.published[10].phase = Phase::Taper;
    assert_eq!(zeros(&f, &h), 0);
}
