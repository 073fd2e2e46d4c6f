//! Small worlds: published weeks and runs by hand.

use hermes_engine::calendar::Day;
use hermes_engine::facts::Facts;
use hermes_engine::history::History;
use hermes_engine::record::{Activity, HealthRecord, HealthType, Sport, Symptoms};
use hermes_engine::session::{Kind, Planned, PublishedWeek};
use hermes_engine::units::{Metres, Seconds};

/// Monday 2025-01-06.
pub(crate) const MONDAY: Day = Day::from_epoch(20_094);

pub(crate) fn run(id: i64, day: Day, metres: i64) -> Activity {
    let moving = Seconds(metres * 360 / 1000);
    Activity {
        id,
        sport: Sport::Run,
        start_local: day.epoch() * 86_400 + 6 * 3600 + (id % 10) * 5400,
        distance: Metres(metres),
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
}

pub(crate) fn plan(day: Day, kind: Kind, metres: i64) -> Planned {
    let duration = Seconds(metres * 360 / 1000);
    Planned { day, kind, distance: Metres(metres), duration, timed: false }
}

pub(crate) fn week(start: Day, sessions: Vec<Planned>) -> PublishedWeek {
    PublishedWeek {
        planned: sessions.iter().map(|s| s.distance).sum(),
        sessions,
        ..PublishedWeek::empty(start)
    }
}

/// Tuesday easy, Thursday tempo, Friday easy, Sunday long.
pub(crate) fn usual(start: Day) -> Vec<Planned> {
    vec![
        plan(start + 1, Kind::Easy, 8000),
        plan(start + 3, Kind::Tempo, 9000),
        plan(start + 4, Kind::Easy, 6000),
        plan(start + 6, Kind::Long, 16_000),
    ]
}

pub(crate) fn facts(as_of: Day, published: Vec<PublishedWeek>, runs: Vec<Activity>) -> Facts {
    Facts { published, activities: runs, ..Facts::new(as_of) }
}

pub(crate) fn history(facts: &Facts) -> History {
    History::new(&facts.activities, facts.as_of)
}

pub(crate) fn illness(day: Day, closed: Option<Day>) -> HealthRecord {
    HealthRecord {
        day,
        kind: HealthType::Illness,
        part: None,
        severity: Some(5),
        symptoms: Symptoms { fever: true, below_neck: true, ..Symptoms::default() },
        closed,
    }
}

/// So many usual weeks before `end`; `done` says how many metres of a session are run, and how
/// many days later.
pub(crate) fn lived(end: Day, weeks: i64, done: impl Fn(&Planned) -> Option<(i64, i64)>) -> Facts {
    let mut published = Vec::new();
    let mut runs = Vec::new();
    for k in (1..=weeks).rev() {
        let sessions = usual(end - 7 * k);
        for s in &sessions {
            if let Some((metres, later)) = done(s) {
                let id = runs.len() as i64 + 1;
                runs.push(run(id, s.day + later, metres));
            }
        }
        published.push(week(end - 7 * k, sessions));
    }
    facts(end, published, runs)
}
