//! Goal: of all ways to read a week the best one is taken, whatever the order of the input, and the
//! runner's word goes before it.
//! Method: weeks by hand; small random weeks against every possible reading.

use crate::world::{MONDAY, facts, history, plan, run, week};
use hermes_engine::compliance::{Colour, Compliance, Scored, is_quality};
use hermes_engine::record::{Activity, Correction, Sport};
use hermes_engine::session::{Kind, Planned};
use hermes_engine::units::{Metres, Seconds, Units};
use proptest::prelude::*;

const TUE: i64 = 1;

fn read(sessions: Vec<Planned>, runs: Vec<Activity>) -> Compliance {
    told(sessions, runs, Vec::new())
}

fn told(sessions: Vec<Planned>, runs: Vec<Activity>, corrections: Vec<Correction>) -> Compliance {
    let mut planned = week(MONDAY, sessions);
    planned.corrections = corrections;
    let facts = facts(MONDAY + 9, vec![planned], runs);
    Compliance::new(&facts, &history(&facts))
}

/// Each session's activities, by day.
fn done(k: &Compliance) -> Vec<Vec<i64>> {
    k.sessions.iter().map(|s| s.activities.clone()).collect()
}

#[test]
fn a_run_far_beyond_a_missed_session_is_no_moved_one() {
    let easy = || vec![plan(MONDAY + 3, Kind::Easy, 6_000)];
    let k = read(easy(), vec![run(1, MONDAY + 4, 20_000)]);
    assert!(k.sessions[0].missed());
    assert_eq!(k.unplanned, [(1, MONDAY + 4)]);
    let k = read(easy(), vec![run(1, MONDAY + 4, 9_000)]);
    assert_eq!((k.sessions[0].shifted, k.sessions[0].colour), (1, Colour::Yellow));
}

#[test]
fn two_sessions_on_one_day_are_told_apart_and_one_in_two_parts_is_not() {
    let sessions =
        || vec![plan(MONDAY + 5, Kind::Easy, 6_000), plan(MONDAY + 6, Kind::Long, 16_000)];
    let k = read(sessions(), vec![run(1, MONDAY + 5, 6_000), run(2, MONDAY + 5, 15_000)]);
    assert_eq!(done(&k), [[1], [2]]);
    // The watch stopped, or the cool-down is logged apart: still the day's session, and no other's.
    let sessions =
        || vec![plan(MONDAY + 5, Kind::Long, 18_000), plan(MONDAY + 6, Kind::Easy, 5_000)];
    let k = read(sessions(), vec![run(1, MONDAY + 5, 14_000), run(2, MONDAY + 5, 5_000)]);
    assert_eq!(done(&k), [vec![1, 2], vec![]]);
    // A free day on which two missed sessions were made up.
    let sessions = vec![plan(MONDAY + 3, Kind::Easy, 6_000), plan(MONDAY + 5, Kind::Long, 14_000)];
    let k = read(sessions, vec![run(2, MONDAY + 4, 13_000), run(5, MONDAY + 4, 6_000)]);
    assert_eq!(done(&k), [[5], [2]]);
}

#[test]
fn a_run_after_midnight_is_the_session_of_the_evening_before() {
    let sessions = vec![plan(MONDAY + 1, Kind::Easy, 8_000), plan(MONDAY + 2, Kind::Easy, 8_000)];
    let late =
        Activity { start_local: (MONDAY + 2).epoch() * 86_400 + 600, ..run(1, MONDAY, 8_000) };
    let k = read(sessions.clone(), vec![late.clone(), run(2, MONDAY + 2, 8_000)]);
    assert_eq!(done(&k), [[1], [2]]);
    assert_eq!((k.sessions[0].shifted, k.sessions[1].shifted), (1, 0));
    // The local day decides: a minute before midnight is the day that ends.
    let before = Activity { start_local: (MONDAY + 2).epoch() * 86_400 - 60, ..late };
    let k = read(sessions, vec![before, run(2, MONDAY + 2, 8_000)]);
    assert_eq!((k.sessions[0].shifted, done(&k)), (0, vec![vec![1], vec![2]]));
}

#[test]
fn three_sessions_in_a_ring_are_all_found() {
    let sessions = vec![
        plan(MONDAY + TUE, Kind::Easy, 4_000),
        plan(MONDAY + 2, Kind::Tempo, 9_000),
        plan(MONDAY + 3, Kind::Long, 18_000),
    ];
    let runs =
        vec![run(1, MONDAY + TUE, 9_000), run(2, MONDAY + 2, 18_000), run(3, MONDAY + 3, 4_000)];
    let k = read(sessions, runs);
    assert_eq!(done(&k), [[3], [1], [2]]);
    assert!(k.sessions.iter().all(|s| s.colour == Colour::Green));
}

#[test]
fn the_pace_tells_the_kind_and_the_same_day_goes_before_it() {
    let at = |id, day, metres: i64, pace: i64| Activity {
        moving: Seconds(metres * pace / 1000),
        ..run(id, day, metres)
    };
    let quick = Planned { duration: Seconds(8 * 300), ..plan(MONDAY + 2, Kind::Tempo, 8_000) };
    let k = read(vec![quick], vec![at(1, MONDAY + 1, 8_000, 300), at(2, MONDAY + 3, 8_000, 380)]);
    assert_eq!(done(&k), [[1]], "the later day, were it not for the pace");
    let k = read(vec![quick], vec![at(1, MONDAY + 1, 8_000, 370), at(2, MONDAY + 3, 8_000, 380)]);
    assert_eq!(done(&k), [[2]]);
    let sessions = vec![plan(MONDAY + 1, Kind::Easy, 8_000), quick];
    let k = read(sessions, vec![at(1, MONDAY + 1, 8_000, 300), at(2, MONDAY + 2, 8_000, 360)]);
    assert_eq!(done(&k), [[1], [2]], "both are green on their own days");
}

#[test]
fn a_race_is_what_was_raced_and_other_sports_are_nothing() {
    let sessions = vec![plan(MONDAY + 4, Kind::Easy, 5_000), plan(MONDAY + 5, Kind::Race, 10_000)];
    let race = Activity { race: true, ..run(2, MONDAY + 5, 10_000) };
    let k = read(sessions.clone(), vec![run(1, MONDAY + 5, 4_000), race.clone()]);
    assert_eq!(done(&k), [[1], [2]], "the run beside the race made up for the day before");
    let ride = Activity { sport: Sport::Other, ..run(3, MONDAY + 4, 5_000) };
    let k = read(sessions.clone(), vec![ride, race]);
    assert_eq!(done(&k), [vec![], vec![2]]);
    // Untagged, the run of race day was the race; of another day it was not.
    let k = read(sessions.clone(), vec![run(1, MONDAY + 5, 10_000)]);
    assert_eq!(done(&k), [vec![], vec![1]]);
    let k = read(sessions, vec![run(1, MONDAY + 6, 10_000)]);
    assert_eq!(done(&k), [vec![], vec![]]);
}

#[test]
fn the_runners_word_goes_before_everything() {
    let (tue, sun) = ((MONDAY + TUE, Kind::Easy), (MONDAY + 6, Kind::Long));
    let sessions = || vec![plan(tue.0, tue.1, 8_000), plan(sun.0, sun.1, 16_000)];
    let runs = || {
        vec![run(1, MONDAY + TUE, 8_000), run(2, MONDAY + 6, 16_000), run(3, MONDAY + 7, 15_000)]
    };
    let belongs = |activity, (day, kind)| Correction::Belongs { activity, day, kind };
    // A run of the next week was this week's Long Run, and Sunday's run is nobody's now.
    let k = told(sessions(), runs(), vec![belongs(3, sun)]);
    assert_eq!(done(&k), [[1], [3]]);
    assert_eq!((k.sessions[1].shifted, k.sessions[1].by_hand), (1, true));
    assert_eq!(k.unplanned, [(2, MONDAY + 6)]);
    // Several make one session.
    let k = told(sessions(), runs(), vec![belongs(3, sun), belongs(2, sun)]);
    assert_eq!(done(&k), [vec![1], vec![2, 3]]);
    // None of them.
    let k = told(sessions(), runs(), vec![Correction::Alone { activity: 2 }]);
    assert!(k.sessions[1].missed());
    assert_eq!(k.unplanned, [(2, MONDAY + 6)]);
    // Done without a record, and not done though there is a run.
    let word = |done: bool| {
        let (day, kind) = tue;
        if done { Correction::Done { day, kind } } else { Correction::NotDone { day, kind } }
    };
    let k = told(sessions(), vec![], vec![word(true)]);
    let s = &k.sessions[0];
    assert_eq!((s.score(), s.completed(), s.missed(), s.distance), (1000, true, false, Metres(0)));
    assert!(s.text(Units::Km).contains("by your word"));
    let k = told(sessions(), runs(), vec![word(false)]);
    assert!(k.sessions[0].missed() && k.sessions[0].by_hand);
    assert_eq!(k.unplanned, [(1, MONDAY + TUE)]);
    // What names no session of the week, and a run that is not there, change no other session.
    let other = (MONDAY + 2, Kind::Tempo);
    let k = told(sessions(), runs(), vec![belongs(9, tue), belongs(2, other)]);
    assert_eq!(done(&k), [vec![1], vec![]]);
    assert_eq!(k.unplanned, [(2, MONDAY + 6)]);
}

#[test]
fn a_run_given_to_another_week_is_counted_once() {
    let sunday = plan(MONDAY + 6, Kind::Long, 16_000);
    let monday = plan(MONDAY + 7, Kind::Long, 16_000);
    let given = Correction::Belongs { activity: 1, day: MONDAY + 6, kind: Kind::Long };
    let mut weeks = vec![week(MONDAY, vec![sunday]), week(MONDAY + 7, vec![monday])];
    weeks.iter_mut().for_each(|w| w.corrections = vec![given]);
    let f = facts(MONDAY + 14, weeks, vec![run(1, MONDAY + 7, 16_000)]);
    let k = Compliance::new(&f, &history(&f));
    assert_eq!(done(&k), [vec![1], vec![]]);
    assert_eq!(k.unplanned, []);
}

/// One owner for each run, or none.
type Reading = Vec<Option<usize>>;

#[derive(Debug, Clone)]
struct Case {
    sessions: Vec<Planned>,
    runs: Vec<Activity>,
}

impl Case {
    fn share(&self, s: usize, runs: &[usize]) -> i64 {
        let sum: i64 = runs.iter().map(|r| self.runs[*r].distance.0).sum();
        (sum * 100 / self.sessions[s].distance.0).min(999) * 10
    }

    fn score(&self, s: usize, runs: &[usize]) -> i64 {
        if runs.is_empty() { 0 } else { Colour::of(Some(self.share(s, runs))).score() }
    }

    fn on(&self, day: hermes_engine::calendar::Day) -> Vec<usize> {
        (0..self.runs.len()).filter(|r| self.runs[*r].day() == day).collect()
    }

    fn pool(&self, s: usize, there: &[usize]) -> Vec<usize> {
        let raced: Vec<usize> = there.iter().copied().filter(|r| self.runs[*r].race).collect();
        if self.sessions[s].kind == Kind::Race && !raced.is_empty() {
            raced
        } else {
            there.to_vec()
        }
    }

    /// What every session has of its own day; of two on a day the harder one is first.
    fn own(&self) -> Vec<Vec<usize>> {
        let weight = |k: Kind| match k {
            Kind::Race => 3,
            Kind::Long => 2,
            k if is_quality(k) => 1,
            _ => 0,
        };
        let mut own = vec![Vec::new(); self.sessions.len()];
        let mut order: Vec<usize> = (0..self.sessions.len()).collect();
        order.sort_by_key(|s| {
            let p = &self.sessions[*s];
            (-weight(p.kind), p.day, -p.distance.0, p.kind)
        });
        let mut gone: Vec<usize> = Vec::new();
        for s in order {
            let mut there = self.on(self.sessions[s].day);
            there.retain(|r| !gone.contains(r));
            own[s] = self.pool(s, &there);
            gone.extend(&own[s]);
        }
        own
    }

    /// The worth of a reading, if it may be.
    fn value(&self, reading: &Reading, own: &[Vec<usize>]) -> Option<[i64; 5]> {
        let mut sum = [0; 5];
        let of = |s: usize| -> Vec<usize> {
            (0..self.runs.len()).filter(|r| reading[*r] == Some(s)).collect()
        };
        for (s, p) in self.sessions.iter().enumerate() {
            let runs = of(s);
            let Some(first) = runs.first() else {
                if own[s].is_empty() { continue } else { return None }
            };
            let day = self.runs[*first].day();
            let shift = (day - p.day).abs();
            let (score, least) = (self.score(s, &runs), self.score(s, &own[s]));
            let pool = self.pool(s, &self.on(day));
            let raced = p.kind != Kind::Race || runs.iter().any(|r| self.runs[*r].race);
            let may = runs.iter().all(|r| self.runs[*r].day() == day)
                && runs.iter().all(|r| pool.contains(r))
                && shift <= 2
                && (runs == own[s] || score > least)
                && (shift == 0 || score >= 600 && raced);
            if !may {
                return None;
            }
            let heavy = match p.kind {
                Kind::Race => 3,
                Kind::Long => 2,
                k if is_quality(k) => 1,
                _ => 0,
            };
            let off = (self.share(s, &runs) - 1000).abs();
            for (a, b) in sum.iter_mut().zip([score, -shift, -off, heavy, day - p.day]) {
                *a += b;
            }
        }
        // No run of a day is left over beside a session that takes others of it, but a race's.
        for d in 0..7 {
            let there = self.on(MONDAY + d);
            let mut takers: Vec<usize> = there.iter().filter_map(|r| reading[*r]).collect();
            takers.sort_unstable();
            takers.dedup();
            let taken = there.iter().filter(|r| reading[**r].is_some()).count();
            let races = takers.iter().all(|s| self.pool(*s, &there) != there);
            let most = takers.iter().map(|s| self.pool(*s, &there).len()).max().unwrap_or(0);
            let race_whole = takers.iter().all(|s| {
                let pool = self.pool(*s, &there);
                takers.len() == 1 || pool == there || races || of(*s) == pool
            });
            // A race that is as good as can be stands aside.
            let aside = |s: &usize| {
                let race = &self.sessions[*s];
                race.kind == Kind::Race
                    && race.day == MONDAY + d
                    && self.score(*s, &own[*s]) == 1000
            };
            let divided = takers.iter().filter(|s| !aside(s)).count();
            let too_many = divided > 2 || divided == 2 && there.len() > 4;
            if too_many || !takers.is_empty() && taken != most || !race_whole {
                return None;
            }
        }
        Some(sum)
    }

    fn best(&self) -> Option<[i64; 5]> {
        let own = self.own();
        let (n, k) = (self.runs.len() as u32, self.sessions.len() + 1);
        let readings = (0..k.pow(n)).map(|code| -> Reading {
            (0..n).map(|r| (code / k.pow(r) % k).checked_sub(1)).collect()
        });
        readings.filter_map(|r| self.value(&r, &own)).max()
    }
}

fn a_case() -> impl Strategy<Value = Case> {
    let kinds = [Kind::Easy, Kind::Easy, Kind::Long, Kind::Tempo, Kind::Race];
    let session = (0..7_i64, 0..kinds.len(), 1..8_i64);
    let runs = prop::collection::vec((0..7_i64, 1..8_i64, 0..4_u8), 0..6);
    (prop::collection::vec(session, 1..5), runs).prop_map(move |(planned, runs)| {
        // One race at most, and nothing else on its day: no plan has two runs there.
        let mut sessions = Vec::new();
        for (i, (day, kind, km)) in (0..).zip(planned) {
            let kind = kinds[if i == 0 { kind } else { kind % 4 }];
            sessions.push(plan(MONDAY + day, kind, km * 2_000));
        }
        let race = sessions[0];
        let other = |s: &Planned| race.kind != Kind::Race || s.day != race.day || *s == race;
        sessions.retain(other);
        let run = |(id, (day, km, race)): (i64, (i64, i64, u8))| Activity {
            race: race == 0,
            ..run(id, MONDAY + day, km * 1_900)
        };
        Case { sessions, runs: (1..).zip(runs).map(run).collect() }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn nothing_scores_more_than_what_is_taken(mut case in a_case()) {
        let k = read(case.sessions.clone(), case.runs.clone());
        case.runs.sort_by_key(|a| a.start_local);
        // The same sessions, in the order of the answer.
        case.sessions = k.sessions.iter().map(|s| s.planned).collect();
        let owner = |a: &Activity| k.sessions.iter().position(|s| s.activities.contains(&a.id));
        let reading: Reading = case.runs.iter().map(owner).collect();
        let found = case.value(&reading, &case.own());
        prop_assert!(found.is_some(), "{:?} may not be", reading);
        prop_assert_eq!(found, case.best(), "{:?}", reading);
    }

    #[test]
    fn the_order_of_sessions_and_runs_is_nothing(case in a_case()) {
        let k = read(case.sessions.clone(), case.runs.clone());
        let (mut sessions, mut runs) = (case.sessions, case.runs);
        sessions.reverse();
        runs.reverse();
        let l = read(sessions, runs);
        let plain = |k: &Compliance| {
            let mut all: Vec<Scored> = k.sessions.clone();
            all.sort_by_key(|s| (s.planned.day, s.planned.kind, s.planned.distance, s.activities.clone()));
            all
        };
        prop_assert_eq!(plain(&k), plain(&l));
        prop_assert_eq!(k.unplanned, l.unplanned);
    }
}
