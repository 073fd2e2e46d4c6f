//! Athletes who run for weeks while everything goes wrong that can: in the end Hermes holds what
//! Strava holds, no limit was broken and no permission lost. The long form, 50 runners and a year,
//! is `HERMES_SOAK=RUNNERS:DAYS:SEED`, for example `50:365:7`.

use super::hook::Hook;
use super::{ALL, Beginning, Connected};
use hermes_app::Runner;
use hermes_app::strava::StravaState;
use hermes_strava::sim::{Edit, Limits, NewActivity, Visibility};
use jiff::SignedDuration;

/// Steps of the present day.
const STEPS: i64 = 8;

struct Soak {
    runners: u16,
    days: i64,
    seed: u64,
}

#[expect(clippy::disallowed_methods, reason = "a test is told by the environment how long to run")]
fn wanted() -> Soak {
    let short = Soak { runners: 3, days: 9, seed: 5 };
    let Ok(text) = std::env::var("HERMES_SOAK") else { return short };
    let parts: Vec<u64> = text.split(':').map(|part| part.parse().unwrap()).collect();
    let [runners, days, seed] = parts[..] else { unreachable!("RUNNERS:DAYS:SEED") };
    Soak { runners: u16::try_from(runners).unwrap(), days: i64::try_from(days).unwrap(), seed }
}

/// Something different goes wrong each day.
fn trouble(c: &Connected, day: i64) {
    c.sim.set_faults(|faults| {
        faults.unavailable_every = if day % 3 == 1 { 11 } else { 0 };
        faults.truncate_every = if day % 4 == 2 { 13 } else { 0 };
        faults.reorder_events = day % 2 == 0;
        faults.duplicate_events = day % 5 < 2;
        faults.lose_event_every = if day % 3 == 0 { 2 } else { 0 };
        faults.activities_late_s = if day % 4 == 1 { 600 } else { 0 };
        faults.streams_late_s = if day % 3 == 2 { 7_200 } else { 0 };
        faults.keep_refresh_token = day % 6 == 5;
        faults.inactive = day % 9 == 7;
        faults.unauthorized = false;
    });
}

/// What athletes do at Strava beside running.
fn habits(c: &Connected, athlete: i64, day: i64) {
    let all = c.sim.activities(athlete);
    let pick = |n: i64| usize::try_from((day * 7 + n).rem_euclid(all.len().max(1) as i64)).unwrap();
    let Some(some) = all.get(pick(athlete)) else { return };
    match (day + athlete).rem_euclid(5) {
        0 => {
            c.sim.delete(some.id);
        }
        1 => {
            let name = Some(format!("Renamed on day {day}"));
            c.sim.edit(some.id, Edit { name, ..Edit::default() });
        }
        2 => {
            let visibility = Some(Visibility::OnlyMe);
            c.sim.edit(some.id, Edit { visibility, ..Edit::default() });
        }
        3 => {
            let start = Some(c.sim.now() - SignedDuration::from_hours(24 * 40));
            let manual = day % 2 == 0;
            c.sim.add(athlete, NewActivity { start, manual, ..NewActivity::default() });
        }
        _ => {
            let sport_type = Some("Walk".to_owned());
            c.sim.edit(some.id, Edit { sport_type, ..Edit::default() });
        }
    }
}

#[tokio::test]
async fn everything_goes_wrong_and_hermes_holds_what_strava_holds() {
    let Soak { runners, days, seed } = wanted();
    let limits = match runners {
        ..10 => Limits { short: 120, day: 1_600, read_short: 60, read_day: 800 },
        _ => Limits { short: 600, day: 6_000, read_short: 300, read_day: 3_000 },
    };
    let beginning = Beginning { athletes: runners, years: 1, seed, limits, retention: "keep" };
    let c = Connected::new(beginning).await;
    let mut members: Vec<(Runner, i64)> = vec![(c.w.runner.clone(), c.athlete(0))];
    for n in 1..usize::from(runners) {
        members.push((c.member().await, c.athlete(n)));
    }
    for (runner, athlete) in &members {
        c.connect(runner, *athlete, &ALL).await.unwrap();
    }
    let hook = Hook::of(&c.app).await;
    c.app.subscribe_strava(Some(&hook.url)).await.unwrap();
    let mut done = Vec::new();
    for day in 0..days {
        trouble(&c, day);
        for (_, athlete) in &members {
            habits(&c, *athlete, day);
        }
        for step in 0..STEPS {
            // Somebody else uses the same application now and then.
            if day % 7 == 3 && step == 4 {
                c.sim.exhaust_short();
            }
            c.w.pass(SignedDuration::from_mins(24 * 60 / STEPS));
            c.sim.settled().await;
            done.push(c.work().await.done);
        }
        if day % 30 == 29 {
            eprintln!("day {}: {} jobs", day + 1, done.iter().sum::<u32>());
        }
    }
    // Three quiet days: everything is listed again, what was deleted is looked at.
    c.sim.set_faults(|faults| *faults = hermes_strava::sim::Faults::default());
    for _ in 0..3 * STEPS {
        c.w.pass(SignedDuration::from_mins(24 * 60 / STEPS));
        c.sim.settled().await;
        c.work().await;
    }
    for (runner, athlete) in &members {
        let status = c.status(runner).await;
        assert_eq!(status.state, StravaState::Connected, "no permission is lost");
        assert_eq!(status.last_error, None);
        c.holds_the_truth(runner, *athlete).await;
        for seen in c.sim.activities(*athlete) {
            let held = c.store.activity(runner.id, seen.id).await.unwrap().unwrap();
            let said = (held.name.as_deref().unwrap_or_default(), held.activity_type.as_str());
            assert_eq!(said, (seen.name.as_str(), seen.sport_type.as_str()));
        }
    }
    // Refused requests: those after somebody else used the quarter up, one each at most.
    let usage = c.sim.usage();
    for window in &usage.short {
        assert!(window.rejected <= 2, "{window:?}");
        assert!(window.read <= usage.limits.read_short + 2, "{window:?}");
    }
    assert!(usage.day.iter().all(|w| w.read <= usage.limits.read_day), "{:?}", usage.day);
}
