//! Facts that no store should ever hold: every quantity may be an extreme.

use crate::hostile::{MONDAY, Runner, record, strike};
use crate::rng::Rng;
use hermes_engine::calendar::Day;
use hermes_engine::facts::Facts;
use hermes_engine::record::{Activity, Goal, RaceDistance, Sport};
use hermes_engine::session::PublishedWeek;
use hermes_engine::standing::Standing;
use hermes_engine::units::{Metres, Seconds};

fn wild(rng: &mut Rng) -> i64 {
    match rng.range(0, 6) {
        0 => i64::MAX,
        1 => i64::MIN,
        2 => rng.range(-2, 2),
        3 => rng.next() as i64,
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
        heart_rate: rng.chance(300).then(|| rng.range(0, 65_535) as u16),
        max_heart_rate: rng.chance(300).then(|| rng.range(0, 65_535) as u16),
        effort: None,
        temperature: None,
        dew_point: None,
        streams: None,
        race: rng.chance(200),
        confirmed: rng.chance(300),
    }
}

/// A hostile runner's facts with nonsense among them, and the first day of the week to plan.
#[must_use]
pub fn facts(seed: u64) -> (Facts, Day) {
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
        let priority = rng.small(0, 255);
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
    facts.preferences.max_runs = rng.chance(300).then(|| rng.small(0, 255));
    facts.preferences.birth_year = rng.chance(300).then(|| rng.range(-32_768, 32_767) as i16);
    facts.preferences.day_caps[0] = rng.chance(300).then(|| rng.range(0, 65_535) as u16);
    facts.standing = rng.chance(300).then(|| Standing {
        overreach: rng.chance(500).then(|| wild_day(&mut rng)),
        watch: rng.chance(500).then(|| wild_day(&mut rng)),
        ..Standing::new(wild_day(&mut rng))
    });
    facts.overrides = vec![(wild_day(&mut rng), wild_day(&mut rng))];
    facts.as_of = if rng.chance(200) { wild_day(&mut rng) } else { MONDAY };
    let week = if rng.chance(200) { wild_day(&mut rng) } else { MONDAY };
    (runner.facts, week)
}
