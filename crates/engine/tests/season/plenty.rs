//! Goal: caution does not make weeks poor: healthy runners get their volume, their quality, their
//! long runs and their races, on days that look like their own.
//! Method: even runners of many sizes follow the plan to races of every distance.

use hermes_engine::calendar::{Day, Weekday};
use hermes_engine::record::{Goal, RaceDistance};
use hermes_engine::session::{Kind, Session};
use hermes_engine::state::{Phase, State};
use hermes_engine::step::{Output, step};
use hermes_engine::units::Metres;
use hermes_season::hostile::{MONDAY, Runner};
use hermes_season::rng::Rng;

struct Season {
    weeks: Vec<Output>,
    days: Vec<i64>,
    seed: u64,
}

/// Lives from `MONDAY` to three weeks after the last race.
fn season(mut runner: Runner, seed: u64, days: &[i64]) -> Season {
    let last = runner.facts.goals.iter().map(|g| g.day).max().unwrap_or(MONDAY + 140);
    let mut out = Vec::new();
    while runner.week <= last + 21 {
        let o = step(&runner.known(0), runner.week);
        runner.publish(&o);
        runner.live(&o);
        out.push(o);
    }
    Season { weeks: out, days: days.to_vec(), seed }
}

const DAYS: [&[i64]; 5] =
    [&[1, 3, 6], &[1, 3, 5, 6], &[1, 2, 4, 6], &[0, 2, 3, 5, 6], &[0, 1, 2, 3, 5, 6]];

fn healthy(seed: u64) -> Season {
    let mut rng = Rng(seed ^ 0x5eed);
    let days = rng.pick(&DAYS);
    let n = days.len() as i64;
    let volume = rng.range(7_000 * n, 12_000 * n);
    let pace = rng.range(280, 400);
    let mut runner = Runner::even(seed, volume, days, pace, 52);
    if !seed.is_multiple_of(6) {
        let distance = rng.pick(&RaceDistance::ALL);
        let day = MONDAY + 7 * rng.range(8, 26) + rng.pick(&[6, 6, 6, 5, 0]);
        runner.facts.goals.push(goal(distance, day));
    }
    season(runner, seed, days)
}

fn goal(distance: RaceDistance, day: Day) -> Goal {
    Goal { distance, day, time: None, priority: 1, set_on: MONDAY }
}

fn quality(s: &Session) -> bool {
    matches!(s.kind, Kind::Tempo | Kind::Interval | Kind::Fartlek | Kind::Hill | Kind::Pace)
}

fn runs(o: &Output) -> impl Iterator<Item = &Session> {
    o.plan.sessions.iter().filter(|s| s.is_run())
}

fn show(o: &Output) -> String {
    let days: Vec<String> = o
        .plan
        .sessions
        .iter()
        .map(|s| {
            format!("{} {} {}", &s.day.weekday().name()[..3], s.kind.name(), s.distance.km_text())
        })
        .collect();
    format!(
        "{} {:?} {:?} w{} c4 {} l30 {} room {} run {} -> {}: {}",
        o.plan.week_start,
        o.plan.state,
        o.plan.phase,
        o.plan.week_number,
        o.room.c4.km_text(),
        o.room.l30.km_text(),
        o.room.week.km_text(),
        o.room.run.km_text(),
        o.plan.distance().km_text(),
        days.join(", ")
    )
}

#[test]
fn healthy_runners_get_their_volume_and_their_quality() {
    let (mut shares, mut builds, mut with) = (Vec::new(), 0, 0);
    for seed in 1..=120 {
        let s = healthy(seed);
        for (k, o) in s.weeks.iter().enumerate() {
            let training = matches!(o.plan.phase, Phase::Base | Phase::Build | Phase::Peak);
            let plain = o.plan.state == State::Stable && !o.room.cutback && !o.room.returning;
            if !training || !plain {
                continue;
            }
            let share = o.plan.distance().0 * 1000 / o.room.c4.0;
            assert!(share >= 600, "seed {} week {k}: {share} {}", s.seed, show(o));
            shares.push(share);
            if o.plan.phase == Phase::Build && o.room.quality_allowed {
                builds += 1;
                with += usize::from(o.plan.sessions.iter().any(quality));
            }
        }
    }
    shares.sort_unstable();
    println!("shares {:?} {} builds {with} of {builds}", &shares[..5], shares[shares.len() / 2]);
    assert!(shares[shares.len() / 2] >= 850);
    assert!(with * 10 >= builds * 8, "{with} of {builds}");
}

#[test]
fn marathoners_reach_their_long_run() {
    let (mut reached, mut all) = (0, 0);
    for seed in 1..=100_u64 {
        let mut rng = Rng(seed ^ 0x2a95);
        let days = rng.pick(&DAYS[1..]);
        let volume = rng.range(36_000, 75_000).max(days.len() as i64 * 7_500);
        let pace = rng.range(250, 350);
        let mut runner = Runner::even(seed, volume, days, pace, 52);
        let race = MONDAY + 7 * rng.range(18, 30) + 6;
        runner.facts.goals.push(goal(RaceDistance::Marathon, race));
        let s = season(runner, seed, days);
        let first = &s.weeks[0];
        let slow = first.profile.paces.easy.0 > 420;
        if first.room.l30 < Metres::km(16) || first.room.c < Metres::km(35) || slow {
            continue;
        }
        all += 1;
        let before = s.weeks.iter().filter(|o| o.plan.week_start < race - 7);
        let longest = before.flat_map(runs).map(|s| s.distance).max().unwrap();
        if longest >= Metres::km(28) {
            reached += 1;
        } else {
            let easy = s.weeks.iter().map(|o| o.profile.paces.easy.text()).collect::<Vec<_>>();
            println!("seed {seed}: {} {days:?} {volume} {pace} {easy:?}", longest.km_text());
            for o in &s.weeks {
                println!("   {}", show(o));
            }
        }
    }
    println!("{reached} of {all}");
    assert!(all >= 40 && reached * 10 >= all * 8, "{reached} of {all}");
}

#[test]
fn races_are_on_their_day_at_their_distance() {
    for seed in 1..=120 {
        let s = healthy(seed);
        let races: Vec<&Session> =
            s.weeks.iter().flat_map(runs).filter(|s| s.kind == Kind::Race).collect();
        assert_eq!(races.len(), usize::from(!seed.is_multiple_of(6)), "seed {seed}");
        for race in races {
            assert_eq!(race.race.map(RaceDistance::planned), Some(race.distance));
        }
    }
}

/// What a runner would shake the head at.
fn odd(o: &Output) -> Vec<&'static str> {
    let mut out = Vec::new();
    let long = runs(o).find(|s| s.kind == Kind::Long);
    if let Some(long) = long
        && runs(o)
            .any(|s| s.kind != Kind::Race && s.kind != Kind::Long && s.distance >= long.distance)
    {
        out.push("a run as long as the long run");
    }
    if runs(o).any(|s| s.distance < Metres::km(2)) {
        out.push("a run under 2 km");
    }
    let hard: Vec<Day> = runs(o).filter(|s| quality(s)).map(|s| s.day).collect();
    if hard.windows(2).any(|w| w[1] - w[0] < 2) {
        out.push("quality on consecutive days");
    }
    // The habit as it is by then: a runner who follows a growing plan takes up one day at a time.
    let usual = |day: Day| o.profile.habit[usize::from(day.weekday().number())] > 0;
    let strange = runs(o).filter(|s| s.kind != Kind::Race && !usual(s.day)).count();
    let training = matches!(o.plan.phase, Phase::Base | Phase::Build | Phase::Peak);
    if training && strange > 1 {
        out.push("days unlike the runner's");
    }
    if training && long.is_none() {
        out.push("no long run");
    }
    if training && long.is_some_and(|l| l.day.weekday() != Weekday::Sunday) {
        out.push("the long run on another day");
    }
    out
}

#[test]
fn weeks_look_like_a_coachs() {
    let mut counts = std::collections::BTreeMap::new();
    let mut weeks = 0;
    for seed in 1..=120 {
        let s = healthy(seed);
        for (k, o) in s.weeks.iter().enumerate() {
            weeks += 1;
            for what in odd(o) {
                let n = counts.entry(what).or_insert(0);
                *n += 1;
                if *n <= 6 {
                    println!("{what}: seed {seed} week {k} {:?}\n   {}", s.days, show(o));
                }
            }
            let next = s.weeks.get(k + 1).filter(|n| n.plan.phase == Phase::Taper);
            // Up to the race: what follows it is recovery.
            let plain = |o: &Output| -> Metres {
                let race = runs(o).find(|s| s.kind == Kind::Race).map(|s| s.day);
                let before = runs(o).filter(|s| race.is_none_or(|r| s.day < r));
                before.map(|s| s.distance).sum()
            };
            if let Some(n) = next
                && o.plan.phase == Phase::Taper
                && plain(n) > plain(o)
            {
                println!("taper rises: seed {seed}\n   {}\n   {}", show(o), show(n));
                *counts.entry("a taper that rises").or_insert(0) += 1;
            }
        }
    }
    println!("{weeks} weeks: {counts:?}");
    assert!(counts.values().sum::<u64>() * 100 <= weeks, "{counts:?}");
}
