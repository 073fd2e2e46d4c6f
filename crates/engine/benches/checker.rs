//! The checker alone: a week of five sessions for a runner with a year of about 250 runs.

use divan::{Bencher, black_box};
use hermes_engine::calendar::Day;
use hermes_engine::facts::{Circumstances, Form};
use hermes_engine::record::{Activity, RaceDistance, Sport};
use hermes_engine::rules::{check, limits};
use hermes_engine::session::{Amount, Kind, Role, Session, Step, UpcomingRace, WeekPlan, Zone};
use hermes_engine::state::{Phase, Risk, State};
use hermes_engine::units::{Metres, Pace, Seconds};

/// Monday 2026-11-23.
const MONDAY: Day = Day::from_epoch(20_780);
const EASY: Pace = Pace(360);
const WEEK: [(i64, i64); 5] = [(1, 8000), (2, 6000), (3, 6000), (5, 6000), (6, 14_000)];
const RACES: [UpcomingRace; 1] =
    [UpcomingRace { day: Day::from_epoch(20_850), distance: RaceDistance::Half, a_race: true }];

fn main() {
    divan::main();
}

/// So many years of five runs a week.
fn history(years: i64) -> Vec<Activity> {
    let days = (1..=52 * years).rev().flat_map(|k| WEEK.map(|(d, m)| (MONDAY - 7 * k + d, m)));
    let run = |(id, (day, m)): (i64, (Day, i64))| {
        let moving = EASY.time_for(Metres(m));
        Activity {
            id,
            sport: Sport::Run,
            start_local: day.epoch() * 86_400 + 25_200,
            distance: Metres(m),
            moving,
            elapsed: moving,
            ascent: None,
            heart_rate: None,
            max_heart_rate: None,
            effort: None,
            temperature: None,
            dew_point: None,
            streams: None,
            race: false,
            confirmed: false,
        }
    };
    (1..).zip(days).map(run).collect()
}

fn plan() -> WeekPlan {
    let session = |(day, m): (i64, i64)| {
        let amount = Amount::Distance(Metres(m - 2000));
        let kind = if day == 3 { Kind::Tempo } else { Kind::Easy };
        let work = if day == 3 { Pace(300) } else { EASY };
        let steps = vec![
            Step::once(Role::WarmUp, amount, EASY),
            Step::once(Role::Work, Amount::Distance(Metres(2000)), work),
        ];
        Session {
            day: MONDAY + day,
            kind,
            distance: Metres(m),
            duration: steps.iter().map(Step::duration).sum::<Seconds>(),
            pace: work,
            zone: Zone::Z2,
            steps,
            race: None,
            template: None,
            pinned: false,
            why: Vec::new(),
        }
    };
    WeekPlan {
        week_start: MONDAY,
        first_day: MONDAY,
        state: State::Stable,
        phase: Phase::Build,
        week_number: 3,
        sessions: WEEK.into_iter().map(session).collect(),
        findings: Vec::new(),
        repairs: Vec::new(),
        why: Vec::new(),
    }
}

fn circumstances(activities: &[Activity]) -> Circumstances<'_> {
    Circumstances {
        week_start: MONDAY,
        first_day: MONDAY,
        activities,
        health: &[],
        strikes: &[],
        feedback: &[],
        races: &RACES,
        published: &[],
        form: Form {
            risk: Risk::Moderate,
            durability: 500,
            threshold: Pace(300),
            marathon: Pace(330),
            easy: EASY,
        },
        phase: Phase::Build,
        has_goal: true,
        state: State::Stable,
        overriding: false,
        overreach_since: None,
        injury_watch: false,
    }
}

#[divan::bench(args = [1, 10])]
fn check_a_week(bencher: Bencher<'_, '_>, years: i64) {
    let (activities, plan) = (history(years), plan());
    let c = circumstances(&activities);
    assert!(check(&c, &plan).is_empty(), "the week of the bench must be valid");
    bencher.bench(|| check(black_box(&c), black_box(&plan)));
}

#[divan::bench(args = [1, 10])]
fn limits_of_a_week(bencher: Bencher<'_, '_>, years: i64) {
    let activities = history(years);
    let c = circumstances(&activities);
    bencher.bench(|| limits(black_box(&c)));
}
