//! Goal: one steady runner's season reads well: full weeks, quality, the race on its day.

use hermes_engine::calendar::{Day, Weekday};
use hermes_engine::facts::Facts;
use hermes_engine::record::{Activity, Goal, RaceDistance};
use hermes_engine::session::{Kind, PublishedWeek};
use hermes_engine::state::{Phase, State};
use hermes_engine::step::{Output, step};
use hermes_engine::units::{Metres, Units};
use hermes_season::hostile::activity;
use hermes_season::rng::Rng;

/// 50 km in five runs, Tue Wed Thu Sat Sun, a 10 km race every ten weeks.
fn steady(first: Day, weeks: i64, seed: u64) -> Vec<Activity> {
    let mut rng = Rng(seed);
    let mut out = Vec::new();
    for week in 0..weeks {
        let monday = first + 7 * week;
        let scale = rng.range(94, 106);
        let plan =
            [(1, 8000, 345), (2, 10_000, 318), (3, 8000, 345), (5, 8000, 350), (6, 16_000, 348)];
        for (offset, metres, pace) in plan {
            let race = week % 10 == 9 && offset == 6;
            let (metres, pace) = if race { (10_000, 288) } else { (metres * scale / 100, pace) };
            let mut run =
                activity(1000 + week * 10 + offset, monday + offset, 7 * 3600, metres, pace);
            run.race = race;
            out.push(run);
        }
    }
    out
}

fn facts(as_of: Day, all: &[Activity], goals: &[Goal], published: &[PublishedWeek]) -> Facts {
    Facts {
        activities: all.iter().filter(|a| a.day() < as_of).cloned().collect(),
        goals: goals.to_vec(),
        published: published.to_vec(),
        ..Facts::new(as_of)
    }
}

fn show(out: &Output) -> String {
    let days: Vec<String> = out
        .plan
        .sessions
        .iter()
        .map(|s| {
            format!("{} {} {}", &s.day.weekday().name()[..3], s.kind.name(), s.distance.km_text())
        })
        .collect();
    format!(
        "{} {:?} {:?} w{} c4 {} room {} -> {}: {} | repairs {}",
        out.plan.week_start,
        out.plan.state,
        out.plan.phase,
        out.plan.week_number,
        out.room.c4.km_text(),
        out.room.week.km_text(),
        out.plan.distance().km_text(),
        days.join(", "),
        out.plan.repairs.iter().map(|r| r.text(Units::Km)).collect::<Vec<_>>().join("; ")
    )
}

fn replay(all: &[Activity], goals: &[Goal], from: Day, weeks: i64) -> Vec<Output> {
    let mut published_weeks = Vec::new();
    let mut out = Vec::new();
    for k in 0..weeks {
        let w = from + 7 * k;
        let o = step(&facts(w, all, goals, &published_weeks), w);
        published_weeks.push(o.published(&[]));
        println!("{}", show(&o));
        out.push(o);
    }
    out
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn goal(distance: RaceDistance, on: &str, set_on: &str) -> Goal {
    Goal { distance, day: day(on), time: None, priority: 1, set_on: day(set_on) }
}

#[test]
fn a_steady_runner_gets_full_weeks_with_quality_and_the_race_on_its_day() {
    let first = day("2025-01-06");
    let log = steady(first, 52, 1);
    let goals = [goal(RaceDistance::Half, "2025-12-28", "2025-03-31")];
    let weeks = replay(&log, &goals, day("2025-03-31"), 39);
    let race = weeks.iter().flat_map(|o| &o.plan.sessions).find(|s| s.kind == Kind::Race).unwrap();
    assert_eq!((race.day, race.distance), (day("2025-12-28"), Metres(21_100)));
    let mut shares: Vec<i64> = weeks
        .iter()
        .filter(|o| o.plan.state == State::Stable && !o.room.cutback && !o.room.returning)
        .filter(|o| o.plan.phase != Phase::Recovery)
        .map(|o| o.plan.distance().0 * 1000 / o.room.c4.0)
        .collect();
    shares.sort_unstable();
    assert!(shares[shares.len() / 2] >= 850, "{shares:?}");
    let build: Vec<&Output> =
        weeks.iter().filter(|o| o.plan.phase == Phase::Build && o.room.quality_allowed).collect();
    let with = build
        .iter()
        .filter(|o| {
            o.plan.sessions.iter().any(|s| {
                matches!(
                    s.kind,
                    Kind::Tempo | Kind::Interval | Kind::Fartlek | Kind::Hill | Kind::Pace
                )
            })
        })
        .count();
    assert!(with * 10 >= build.len() * 8, "{with} of {}", build.len());
    assert!(weeks.iter().all(|o| {
        o.plan.sessions.iter().all(|s| s.day.weekday() != Weekday::Monday || s.kind != Kind::Long)
    }));
}
