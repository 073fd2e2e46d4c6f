//! Goal: no facts, however absurd, make a step panic, overflow or take long.
//! Method: every quantity may be an extreme; the step runs with debug assertions on.

use crate::runner::{MONDAY, Rng, Runner, record, strike, weeks};
use hermes_engine::calendar::Day;
use hermes_engine::record::{Activity, Goal, RaceDistance, Sport};
use hermes_engine::session::PublishedWeek;
use hermes_engine::standing::Standing;
use hermes_engine::step::{Output, breaches, step};
use hermes_engine::units::{Metres, Seconds, Units};
use std::time::{Duration, Instant};

fn wild(rng: &mut Rng) -> i64 {
    match rng.range(0, 6) {
        0 => i64::MAX,
        1 => i64::MIN,
        2 => rng.range(-2, 2),
        3 => i64::from_ne_bytes(rng.next().to_ne_bytes()),
        _ => rng.range(-1000, 60_000),
    }
}

fn wild_day(rng: &mut Rng) -> Day {
    if rng.chance(100) { Day::from_epoch(wild(rng)) } else { MONDAY + rng.range(-500, 60) }
}

fn wild_activity(rng: &mut Rng) -> Activity {
    let start = match rng.range(0, 9) {
        0 => wild(rng),
        _ => (MONDAY.epoch() + rng.range(-450, 30)) * 86_400 + rng.range(0, 86_399),
    };
    Activity {
        id: wild(rng),
        sport: if rng.chance(50) { Sport::Other } else { Sport::Run },
        start_local: start,
        distance: Metres(wild(rng)),
        moving: Seconds(wild(rng)),
        elapsed: Seconds(wild(rng)),
        ascent: rng.chance(300).then(|| Metres(wild(rng))),
        heart_rate: rng.chance(300).then(|| u16::try_from(rng.range(0, 65_535)).unwrap()),
        max_heart_rate: rng.chance(300).then(|| u16::try_from(rng.range(0, 65_535)).unwrap()),
        effort: None,
        temperature: None,
        dew_point: None,
        streams: None,
        race: rng.chance(200),
        confirmed: rng.chance(300),
    }
}

fn everything_has_a_text(out: &Output) {
    for units in [Units::Km, Units::Miles] {
        let whys = out.plan.why.iter().chain(out.plan.sessions.iter().flat_map(|s| &s.why));
        assert!(whys.map(|w| w.text(units)).all(|t| !t.is_empty()));
        assert!(out.plan.repairs.iter().all(|r| !r.text(units).is_empty()));
    }
}

#[test]
fn absurd_facts_give_a_valid_week() {
    for seed in 0..weeks(6_000) / 6 {
        let mut rng = Rng(seed ^ 0xabad_1dea);
        let mut runner = Runner::hostile(seed);
        let facts = &mut runner.facts;
        for _ in 0..rng.range(1, 40) {
            facts.activities.push(wild_activity(&mut rng));
        }
        for _ in 0..rng.range(0, 3) {
            let w = wild_day(&mut rng);
            facts.health.push(record(&mut rng, w));
            facts.strikes.push(strike(&mut rng, w));
        }
        let race = wild_day(&mut rng);
        for _ in 0..rng.range(0, 4) {
            let distance = rng.pick(&RaceDistance::ALL);
            let day = if rng.chance(700) { race } else { wild_day(&mut rng) };
            let time = rng.chance(300).then(|| Seconds(wild(&mut rng)));
            let set_on = wild_day(&mut rng);
            let priority = u8::try_from(rng.range(0, 255)).unwrap();
            facts.goals.push(Goal { distance, day, time, priority, set_on });
        }
        for _ in 0..rng.range(0, 3) {
            facts.published.push(PublishedWeek {
                planned: Metres(wild(&mut rng)),
                hard: vec![(wild_day(&mut rng), Metres(wild(&mut rng)))],
                ..PublishedWeek::empty(wild_day(&mut rng))
            });
        }
        facts.preferences.weekly_cap = rng.chance(300).then(|| Metres(wild(&mut rng)));
        facts.preferences.max_runs =
            rng.chance(300).then(|| u8::try_from(rng.range(0, 255)).unwrap());
        facts.preferences.birth_year =
            rng.chance(300).then(|| i16::try_from(rng.range(-32_768, 32_767)).unwrap());
        facts.preferences.day_caps[0] =
            rng.chance(300).then(|| u16::try_from(rng.range(0, 65_535)).unwrap());
        facts.standing = rng.chance(300).then(|| Standing {
            overreach: rng.chance(500).then(|| wild_day(&mut rng)),
            watch: rng.chance(500).then(|| wild_day(&mut rng)),
            ..Standing::new(wild_day(&mut rng))
        });
        facts.overrides = vec![(wild_day(&mut rng), wild_day(&mut rng))];
        facts.as_of = if rng.chance(200) { wild_day(&mut rng) } else { MONDAY };
        let week = if rng.chance(200) { wild_day(&mut rng) } else { MONDAY };
        let out = step(facts, week);
        let broken = breaches(facts, &out.plan);
        assert!(broken.is_empty(), "seed {seed}: {broken:#?}");
        everything_has_a_text(&out);
    }
}

/// A thousand recordings a day for two months, all touching each other.
#[test]
fn a_thousand_runs_a_day_are_planned_in_bounded_time() {
    let mut runner = Runner::hostile(1);
    let mut id = 0;
    for day in 0..60 {
        for n in 0..1000 {
            id += 1;
            let start = n * 86;
            let run = crate::runner::activity(id, MONDAY - 60 + day, start, 400 + n, 300);
            runner.facts.activities.push(run);
        }
    }
    runner.facts.as_of = MONDAY;
    let begin = Instant::now();
    let out = step(&runner.facts, MONDAY);
    assert!(breaches(&runner.facts, &out.plan).is_empty());
    assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
}
