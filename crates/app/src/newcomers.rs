//! Filling a database with runners.

use crate::App;
use crate::error::{AppError, Result};
use crate::random;
use crate::zones::{self, local_day, midnight};
use hermes_engine::calendar::Day;
use hermes_engine::record::{Activity, Goal, Preferences, Sport};
use hermes_store::imports::NewActivity;
use hermes_store::newcomers::NewRunner;
use hermes_store::value::{ActivityMetres, Decimal, LocalTime, Text};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use uuid::Uuid;

/// A runner who joins, with a week that is due.
#[derive(Debug, Clone, PartialEq)]
pub struct Newcomer {
    /// IANA name; UTC where it is unknown.
    pub time_zone: String,
    /// What the runner wants.
    pub preferences: Preferences,
    /// What was run. Ids are given anew.
    pub activities: Vec<Activity>,
    /// The race to come.
    pub goal: Option<Goal>,
}

impl App {
    /// The day of those who live by UTC: what newcomers' histories end on.
    #[must_use]
    pub fn today_in_utc(&self) -> Day {
        local_day(&TimeZone::UTC, self.clock.now())
    }

    /// Adds runners whose current week is due; their ids. At most
    /// [`hermes_store::newcomers::NEWCOMERS_MAX`].
    ///
    /// # Errors
    /// [`AppError::BadInput`] for an activity that does not fit the schema; when the database fails.
    pub async fn add_newcomers(&self, newcomers: &[Newcomer]) -> Result<Vec<Uuid>> {
        let now = self.clock.now();
        let rows = newcomers.iter().map(|n| runner(n, now)).collect::<Result<Vec<_>>>()?;
        Ok(self.store.add_runners(&rows, now).await?)
    }
}

fn runner(n: &Newcomer, now: Timestamp) -> Result<NewRunner> {
    let zone = zones::named(Some(&n.time_zone));
    let today = local_day(&zone, now);
    let week = today.week_start(n.preferences.week_start);
    let mut activities = Vec::with_capacity(n.activities.len());
    for a in &n.activities {
        let row = activity(a, random_id()?, &zone).ok_or_else(|| {
            let km = a.distance.km_text();
            AppError::BadInput(format!("a run of {km} km is too long for its column"))
        })?;
        activities.push(row);
    }
    Ok(NewRunner {
        time_zone: n.time_zone.clone(),
        preferences: (today, n.preferences.clone()),
        goal: n.goal.clone().map(|g| Goal { set_on: today, ..g }),
        activities,
        next: (week, midnight(&zone, week)),
    })
}

/// An id that Strava has not given: negative. Random ones do not meet.
fn random_id() -> Result<i64> {
    Ok(i64::from_le_bytes(random::bytes()?) | i64::MIN)
}

fn activity(a: &Activity, id: i64, zone: &TimeZone) -> Option<NewActivity> {
    let seconds = |s: i64| i32::try_from(s).ok();
    let run = a.sport == Sport::Run;
    Some(NewActivity {
        strava_activity_id: id,
        activity_type: Text::new(if run { "Run" } else { "Ride" })?,
        sport: a.sport,
        name: Text::new(if a.race { "Race" } else { "Run" }),
        distance_meters: ActivityMetres::new(a.distance.0 * 100)?,
        moving_time_seconds: seconds(a.moving.0)?,
        elapsed_time_seconds: seconds(a.elapsed.0)?,
        total_elevation_gain: a.ascent.and_then(|m| Decimal::new(m.0 * 100)),
        start_date: zones::moment(zone, a.start_local)?,
        start_date_local: LocalTime::new(a.start_local)?,
        average_speed_ms: None,
        max_speed_ms: None,
        average_heartrate: a.heart_rate.map(i32::from),
        max_heartrate: a.max_heart_rate.map(i32::from),
        weighted_average_watts: None,
        average_watts: None,
        external_id: None,
        upload_id: None,
        race: a.race,
        average_temperature: a.temperature.map(i32::from),
        perceived_exertion: a.effort.map(i32::from),
    })
}
