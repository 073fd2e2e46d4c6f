//! Goal: whatever is planned and run, no run is counted twice, figures stay in their ranges, the
//! order of the input and the calendar do not matter, and nothing panics.
//! Method: random and absurd facts.

use crate::world::{facts, history, illness};
use hermes_engine::calendar::Day;
use hermes_engine::check_in::{Action, due, offers};
use hermes_engine::compliance::{
    Compliance, adherences, capacity, capacity_weeks, consistency, steady_weeks,
};
use hermes_engine::facts::Facts;
use hermes_engine::meters::{Told, killa, momentum};
use hermes_engine::patterns::patterns;
use hermes_engine::record::{Activity, CheckIn, CheckInAnswer, CheckInTrigger, RaceDistance};
use hermes_engine::session::{Kind, Planned, PublishedWeek};
use hermes_engine::state::State;
use hermes_engine::summary::{After, summary};
use hermes_engine::units::{Metres, Pace, Seconds, Units};
use proptest::prelude::*;
use std::collections::BTreeSet;

const END: Day = Day::from_epoch(20_094);

fn a_run(days: i64) -> impl Strategy<Value = Activity> {
    (1..days, 0..86_400_i64, 100..40_000_i64, 180..600_i64, any::<bool>(), 0..1000_i64).prop_map(
        |(back, second, metres, pace, race, id)| Activity {
            start_local: (END - back).epoch() * 86_400 + second,
            moving: Seconds(metres * pace / 1000),
            race: race && id % 5 == 0,
            ..crate::world::run(id, END, metres)
        },
    )
}

fn a_session() -> impl Strategy<Value = (i64, usize, i64, bool)> {
    (0..7_i64, 0..Kind::ALL.len(), 0..350_i64, any::<bool>())
}

fn some_facts() -> impl Strategy<Value = Facts> {
    let weeks = prop::collection::vec(prop::collection::vec(a_session(), 0..7), 0..14);
    let runs = prop::collection::vec(a_run(100), 0..60);
    (weeks, runs, prop::option::of((0..90_i64, 0..60_i64))).prop_map(|(weeks, runs, ill)| {
        let n = weeks.len() as i64;
        let published = (0..).zip(weeks).map(|(i, sessions)| {
            let start = END - 7 * (n - i);
            let planned = |(day, kind, tenths, timed): (i64, usize, i64, bool)| Planned {
                day: start + day,
                kind: Kind::ALL[kind],
                distance: Metres(tenths * 100),
                duration: Seconds(tenths * 36),
                timed,
            };
            PublishedWeek {
                sessions: sessions.into_iter().map(planned).collect(),
                ..PublishedWeek::empty(start)
            }
        });
        let mut runs = runs;
        for (i, run) in (0..).zip(&mut runs) {
            run.id = i;
        }
        let mut f = facts(END, published.collect(), runs);
        f.health = ill
            .map(|(back, long)| illness(END - back, Some(END - back + long)))
            .into_iter()
            .collect();
        f
    })
}

fn shifted(f: &Facts, days: i64) -> Facts {
    let mut f = f.clone();
    f.as_of = f.as_of + days;
    for a in &mut f.activities {
        a.start_local += days * 86_400;
    }
    for r in &mut f.health {
        r.day = r.day + days;
        r.closed = r.closed.map(|c| c + days);
    }
    for p in &mut f.published {
        p.week_start = p.week_start + days;
        for s in &mut p.sessions {
            s.day = s.day + days;
        }
    }
    f
}

const AFTER: After = After { threshold: Pace(280), marathon: Pace(300), state: State::Stable };

proptest! {
    #[test]
    fn no_run_is_counted_twice_and_none_is_lost(f in some_facts()) {
        let h = history(&f);
        let k = Compliance::new(&f, &h);
        let mut seen = BTreeSet::new();
        for s in &k.sessions {
            let ids = &s.activities;
            prop_assert!(ids.iter().all(|id| seen.insert(*id)));
            prop_assert!((0..=1000).contains(&s.score()));
            prop_assert!((0..=9_990).contains(&s.share));
            prop_assert!(s.shifted.abs() <= 2);
            prop_assert_eq!(s.completed(), !ids.is_empty() && s.share >= 500);
            prop_assert!(!s.text(Units::Km).is_empty());
            let runs = || h.runs.iter().filter(|r| ids.contains(&r.id));
            prop_assert_eq!(s.distance, runs().map(|r| r.distance).sum::<Metres>());
        }
        prop_assert!(k.unplanned.iter().all(|(id, _)| seen.insert(*id)));
        let from = f.published.first().map_or(END, |p| p.week_start);
        prop_assert_eq!(seen.len(), h.runs_in(from, END).len());
        for days in [14, 28, 90] {
            prop_assert!(k.last(days, END).is_none_or(|m| (0..=1000).contains(&m)));
        }
    }

    #[test]
    fn figures_stay_in_range_and_parts_add_up(f in some_facts()) {
        let h = history(&f);
        let k = Compliance::new(&f, &h);
        let (a28, a90) = adherences(&k, &f, &h, END);
        prop_assert!((0..=1000).contains(&a28) && (0..=1000).contains(&a90));
        prop_assert!((0..=1000).contains(&consistency(a28, a90, 400, 20)));
        prop_assert!(capacity(&capacity_weeks(&f, &h, END)) >= Metres::ZERO);
        prop_assert!(steady_weeks(&f, &h, END).len() <= 8);
        for w in 1..15 {
            let s = summary(&f, &k, &h, END - 7 * w, AFTER);
            prop_assert_eq!(s.easy + s.quality + s.long + s.recovery, s.actual);
            prop_assert_eq!(s.actual, h.metres(END - 7 * w, END - 7 * w + 7));
            prop_assert!((0..=7).contains(&s.rest_days));
        }
        let m = momentum(&f, &k, &h, 500);
        prop_assert!(0 <= m.current && m.current <= m.longest);
        prop_assert!(m.longest <= m.days.len() as i64);
        let meter = killa(&f, &h, END - 100, Told::default());
        prop_assert_eq!(meter.points, 10 * meter.breakthroughs);
    }

    #[test]
    fn order_of_the_input_does_not_matter(f in some_facts()) {
        let mut g = f.clone();
        g.activities.reverse();
        g.published.reverse();
        let (h, i) = (history(&f), history(&g));
        prop_assert_eq!(Compliance::new(&f, &h), Compliance::new(&g, &i));
        let told = Told::default();
        prop_assert_eq!(killa(&f, &h, END - 90, told), killa(&g, &i, END - 90, told));
        let of = |f: &Facts, h| momentum(f, &Compliance::new(f, h), h, 0);
        prop_assert_eq!(of(&f, &h), of(&g, &i));
    }

    #[test]
    fn a_shift_by_weeks_changes_nothing(f in some_facts(), weeks in -200..200_i64) {
        let g = shifted(&f, 7 * weeks);
        let (h, i) = (history(&f), history(&g));
        let (k, l) = (Compliance::new(&f, &h), Compliance::new(&g, &i));
        let figures = |k: &Compliance| -> Vec<_> {
            k.sessions.iter().map(|s| (s.share, s.excused, s.shifted, s.activities.clone())).collect()
        };
        prop_assert_eq!(figures(&k), figures(&l));
        prop_assert_eq!(
            patterns(&f, &k, &h, f.as_of).len(),
            patterns(&g, &l, &i, g.as_of).len()
        );
        let opens = |f: &Facts, k, h| due(f, k, h, f.as_of).map(|o| o.trigger);
        prop_assert_eq!(opens(&f, &k, &h), opens(&g, &l, &i));
        let marks = |f: &Facts, k, h| -> Vec<_> {
            momentum(f, k, h, 0).days.into_iter().map(|(_, m)| m).collect()
        };
        prop_assert_eq!(marks(&f, &k, &h), marks(&g, &l, &i));
    }

    #[test]
    fn an_excuse_never_makes_a_score_worse(f in some_facts()) {
        let h = history(&f);
        let (k, strict) = (Compliance::new(&f, &h), Compliance::without_excuses(&f, &h));
        for (a, b) in k.sessions.iter().zip(&strict.sessions) {
            prop_assert_eq!(a.score(), b.score());
            prop_assert!(!b.excused);
        }
    }

    #[test]
    fn absurd_values_do_not_panic(
        values in prop::collection::vec(any::<i64>(), 40),
        mut f in some_facts(),
    ) {
        let day = |i: usize| Day::from_epoch(values[i]);
        f.published.push(PublishedWeek {
            sessions: (0..6)
                .map(|i| Planned {
                    day: day(i),
                    kind: Kind::ALL[i],
                    distance: Metres(values[i + 6]),
                    duration: Seconds(values[i + 12]),
                    timed: i % 2 == 0,
                })
                .collect(),
            ..PublishedWeek::empty(day(20))
        });
        if let Some(s) = f.published[0].sessions.first_mut() {
            (s.distance, s.duration) = (Metres(values[30]), Seconds(values[31]));
        }
        for i in 21..25 {
            f.activities.push(Activity {
                start_local: values[i],
                distance: Metres(values[i + 1]),
                moving: Seconds(values[i + 2]),
                ..crate::world::run(values[i + 3], END, 1)
            });
        }
        let answer = Some((CheckInAnswer::Busy, day(26)));
        let trigger = CheckInTrigger::MissedWorkouts;
        f.check_ins.push(CheckIn { day: day(25), trigger, answer });
        for at in [END, day(27)] {
            f.as_of = at;
            let h = history(&f);
            let k = Compliance::new(&f, &h);
            let _ = (due(&f, &k, &h, at), patterns(&f, &k, &h, at), momentum(&f, &k, &h, 0));
            let _ = (adherences(&k, &f, &h, at), capacity_weeks(&f, &h, at));
            let _ = summary(&f, &k, &h, day(28), AFTER);
            let _ = offers(&f, &h, Action::RestructureOffered, at);
            let predictions =
                [(day(29), RaceDistance::K5, Seconds(values[32])), (at, RaceDistance::K5, Seconds(1))];
            let _ = killa(&f, &h, day(33), Told { predictions: &predictions, entries: &[day(34)] });
            let _ = consistency(values[35], values[36], values[37], values[38]);
        }
    }
}
