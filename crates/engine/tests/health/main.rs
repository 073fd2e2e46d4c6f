//! Health: what a record does as data, the return ladder's steps, strikes and their end.

mod ladder;
mod records;
mod strikes;

use hermes_engine::calendar::Day;
use hermes_engine::facts::Facts;
use hermes_engine::history::History;
use hermes_engine::record::{Activity, BodyPart, HealthRecord, HealthType, Sport, Symptoms};
use hermes_engine::units::{Metres, Seconds};

/// Monday 2025-01-06.
const MONDAY: Day = Day::from_epoch(20_094);

fn run(day: Day, km: i64) -> Activity {
    Activity {
        id: day.epoch(),
        sport: Sport::Run,
        start_local: day.epoch() * 86_400 + 9 * 3600,
        distance: Metres::km(km),
        moving: Seconds(360 * km),
        elapsed: Seconds(360 * km),
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

/// 10 km on four days a week for 26 weeks before `as_of`.
fn steady(as_of: Day) -> Facts {
    let days = (1..=182).rev().map(|back| as_of - back);
    let runs = days.filter(|d| d.epoch() % 7 < 4).map(|d| run(d, 10));
    Facts { activities: runs.collect(), ..Facts::new(as_of) }
}

fn history(facts: &Facts) -> History {
    History::new(&facts.activities, facts.as_of)
}

fn record(day: Day, part: BodyPart, severity: u8) -> HealthRecord {
    HealthRecord {
        day,
        kind: HealthType::Injury,
        part: Some(part),
        severity: Some(severity),
        symptoms: Symptoms::default(),
        closed: None,
    }
}
