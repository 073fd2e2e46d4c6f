//! A run that nothing recorded, entered by hand.

use super::item::derived_id;
use crate::App;
use crate::accounts::Runner;
use crate::error::{AppError, Result};
use hermes_engine::calendar::Day;
use hermes_engine::record::Sport;
use hermes_engine::units::{Metres, Seconds};
use hermes_store::imports::{ImportItem, Imported, NewActivity, Source};
use hermes_store::value::{ActivityMetres, Decimal, LocalTime, Text};
use jiff::Timestamp;

/// Longest run that can be entered.
const DISTANCE_MAX: Metres = Metres(500_000);
/// Longest time of one.
const TIME_MAX: Seconds = Seconds(4 * 86_400);
/// Heart rates that can be entered, beats per minute.
const HEART_RATES: std::ops::RangeInclusive<u16> = 30..=240;

/// What a runner says of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByHand {
    /// The local day.
    pub day: Day,
    /// When it began, in minutes after local midnight.
    pub minute: u16,
    /// Its distance.
    pub distance: Metres,
    /// Its time without pauses.
    pub time: Seconds,
    /// Its title.
    pub name: Option<String>,
    /// On trails.
    pub trail: bool,
    /// It was a race.
    pub race: bool,
    /// Ascent.
    pub ascent: Option<Metres>,
    /// Average heart rate, beats per minute.
    pub heart_rate: Option<u16>,
    /// How hard it was, 1-10.
    pub effort: Option<u8>,
}

fn wrong<T>(field: &'static str, what: impl Into<String>) -> Result<T> {
    Err(AppError::field(field, what))
}

impl ByHand {
    /// The activity, checked.
    fn activity(&self, runner: &Runner, now: Timestamp) -> Result<NewActivity> {
        if self.minute >= 24 * 60 {
            return wrong("start", "a run begins between 00:00 and 23:59");
        }
        let clock = LocalTime::start_of(self.day).seconds() + i64::from(self.minute) * 60;
        let local = LocalTime::new(clock).filter(|l| l.day() == self.day);
        let start = crate::zones::moment(&runner.zone(), clock).zip(local);
        let Some((start, local)) = start.filter(|(start, _)| *start <= now) else {
            return wrong(
                "day",
                format!("{} is still to come; enter a run when it is done", self.day),
            );
        };
        if self.distance.0 <= 0 || self.distance > DISTANCE_MAX {
            return wrong("distance", "the distance of a run is more than 0 and at most 500 km");
        }
        if self.time.0 <= 0 || self.time > TIME_MAX {
            return wrong("time", "the time of a run is more than 0 and at most 96 hours");
        }
        if self.heart_rate.is_some_and(|b| !HEART_RATES.contains(&b)) {
            return wrong("heart_rate", "an average heart rate lies between 30 and 240");
        }
        if self.effort.is_some_and(|e| !(1..=10).contains(&e)) {
            return wrong(
                "effort",
                "how hard it was is a number from 1 (very easy) to 10 (all out)",
            );
        }
        if self.ascent.is_some_and(|m| !(0..=9_999).contains(&m.0)) {
            return wrong("form", "the ascent of a run is 0 to 9,999 m");
        }
        let name = self.name.as_deref().map(str::trim).filter(|n| !n.is_empty());
        let Some(name) = Text::new(name.unwrap_or("Run")) else {
            return wrong("name", "the title has more than 255 characters; shorten it");
        };
        let seconds = i32::try_from(self.time.0).unwrap_or(i32::MAX);
        let content = [self.distance.0, self.time.0, local.seconds()].map(i64::to_be_bytes);
        let [a, b, c] = &content;
        Ok(NewActivity {
            strava_activity_id: derived_id(runner, &[b"by hand", a, b, c]),
            activity_type: Text::new(if self.trail { "TrailRun" } else { "Run" })
                .unwrap_or_default(),
            sport: Sport::Run,
            name: Some(name),
            distance_meters: ActivityMetres::metres(self.distance).unwrap_or_default(),
            moving_time_seconds: seconds,
            elapsed_time_seconds: seconds,
            total_elevation_gain: self.ascent.and_then(Decimal::metres),
            start_date: start,
            start_date_local: local,
            average_speed_ms: None,
            max_speed_ms: None,
            average_heartrate: self.heart_rate.map(i32::from),
            max_heartrate: None,
            weighted_average_watts: None,
            average_watts: None,
            external_id: None,
            upload_id: None,
            race: self.race,
            average_temperature: None,
            perceived_exertion: self.effort.map(i32::from),
        })
    }
}

impl App {
    /// Adds a run that nothing recorded, and works out anew what follows from it. The same one
    /// twice is added once; one that a recording tells of becomes a source of that. The id of the
    /// activity, and whether it was there before.
    ///
    /// # Errors
    /// [`AppError::Field`] for what cannot have been run; when the database fails.
    pub async fn add_by_hand(&self, runner: &Runner, run: &ByHand) -> Result<(i64, bool)> {
        let now = self.clock.now();
        let activity = run.activity(runner, now)?;
        let id = activity.strava_activity_id;
        let (item, row_number) = (Text::new("by hand").unwrap_or_default(), 1);
        let (file, reading, note) = (None, None, None);
        let items = [ImportItem { row_number, item, activity, file, reading, note }];
        let (source, name) = (Source::Manual, Text::new("by hand"));
        let batch = self.store.begin_import(runner.id, source, name.as_ref(), now).await?;
        let taken = self.store.import_activities(runner.id, batch, source, &items, now).await?;
        let done = taken.first().map_or(Imported::Unchanged, |t| t.imported);
        if done.changed() {
            self.follow(runner, run.day, "a run entered by hand").await?;
        }
        self.store.finish_import(runner.id, batch, self.clock.now()).await?;
        Ok(match done {
            Imported::Merged(other) => (other, true),
            done => (id, done != Imported::New),
        })
    }
}
