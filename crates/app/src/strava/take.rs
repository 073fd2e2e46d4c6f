//! What Strava says, taken into the database: only what is new or says something else.

use super::calls::Stop;
use super::{OfRunner, Strava};
use crate::App;
use crate::accounts::Runner;
use crate::error::Result;
use crate::facts::hex;
use crate::import::reading_of;
use crate::jobs::Job;
use hermes_engine::calendar::Day;
use hermes_engine::record::Sport;
use hermes_engine::units::Seconds;
use hermes_formats::activity;
use hermes_store::activities::ActivityRow;
use hermes_store::imports::{ImportItem, NewActivity, Source};
use hermes_store::strava::connections::Connection;
use hermes_store::strava::items::{Detail, Item, NewItem};
use hermes_store::value::{ActivityMetres, Decimal, LocalTime, Text};
use hermes_strava::client::{Activity, Streams};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use uuid::Uuid;

/// Seconds of a day.
const DAY: i64 = 86_400;

/// What a list says of an activity, as a digest. What only the activity by itself says is no part.
fn digest(activity: &Activity) -> Text<64> {
    let listed = Activity { perceived_exertion: None, ..activity.clone() };
    let hash = hex(&Sha256::digest(format!("{listed:?}")));
    Text::new(hash).unwrap_or_default()
}

/// Only runs have details that anything is made of, and what was typed in has none.
const fn wants_detail(activity: &Activity) -> bool {
    matches!(activity.sport, Sport::Run) && !activity.manual
}

impl App {
    /// Takes activities of a list; `listing` is the one that is under way, if it is one of all.
    /// How many were new or said something else.
    pub(super) async fn take_listed(
        &self,
        runner: &Runner,
        connection: &Connection,
        activities: &[Activity],
        listing: Option<Uuid>,
    ) -> Result<usize, Stop> {
        let strava = self.strava_now()?;
        let ids: Vec<i64> = activities.iter().map(|a| a.id).collect();
        let known = self.store.strava_items(runner.id, &ids).await?;
        let known: HashMap<i64, &Item> = known.iter().map(|i| (i.strava_activity_id, i)).collect();
        let (mut fresh, mut seen) = (Vec::new(), Vec::new());
        for activity in activities.iter().filter(|a| is_of(a, connection)) {
            match known.get(&activity.id) {
                Some(item) if item.digest == digest(activity) => seen.push(activity.id),
                _ => fresh.push(activity),
            }
        }
        if fresh.iter().any(|a| !known.contains_key(&a.id)) {
            // It was said once that they are another account's.
            let refused = self.store.strava_refused(runner.id, connection.batch_id).await?;
            fresh.retain(|a| !refused.contains(&a.id));
        }
        if let (Some(listing), false) = (listing, seen.is_empty()) {
            self.store.saw_strava_items(runner.id, listing, &seen).await?;
        }
        let earlier = fresh.iter().filter_map(|a| known.get(&a.id)).map(|i| i.start_date).min();
        self.take(&strava, runner, connection, &fresh, Noted { listing, earlier }).await?;
        Ok(fresh.len())
    }

    /// Takes an activity that was asked for by itself. Its points are asked for later.
    pub(super) async fn take_one(
        &self,
        runner: &Runner,
        connection: &Connection,
        activity: &Activity,
    ) -> Result<(), Stop> {
        if !is_of(activity, connection) {
            return Ok(());
        }
        let strava = self.strava_now()?;
        let known = self.store.strava_item(runner.id, activity.id).await?;
        let earlier = known.map(|item| item.start_date);
        let noted = Noted { listing: None, earlier };
        self.take(&strava, runner, connection, &[activity], noted).await?;
        if wants_detail(activity) {
            self.store.more_strava_details(runner.id, self.clock.now()).await?;
            self.kick(&Job::StravaBackfill(OfRunner { user: runner.id })).await?;
        }
        Ok(())
    }

    /// Asks Strava for the points of an activity that is a run by the runner's word; nothing where
    /// it did not come by the API, where they were asked for, and where points are known.
    pub(crate) async fn want_points(&self, runner: &Runner, row: &ActivityRow) -> Result<()> {
        let item = self.store.strava_item(runner.id, row.strava_activity_id).await?;
        let had = item.is_some_and(|item| item.detail == Detail::Had);
        if !had || self.store.reading(runner.id, row.id).await?.is_some() {
            return Ok(());
        }
        let now = self.clock.now();
        self.store.want_strava_detail(runner.id, row.strava_activity_id, now).await?;
        self.store.more_strava_details(runner.id, now).await?;
        self.kick(&Job::StravaBackfill(OfRunner { user: runner.id })).await
    }

    /// Takes an activity with its points. What a list says of it stays noted.
    pub(super) async fn take_detailed(
        &self,
        runner: &Runner,
        connection: &Connection,
        activity: &Activity,
        points: Option<&Streams>,
    ) -> Result<(), Stop> {
        let Some(new) = new_activity(runner, activity) else { return Ok(()) };
        // The runner's word on what it was goes before Strava's.
        let known = self.store.activity(runner.id, activity.id).await?;
        let word = known.filter(|row| row.type_said.is_some()).map(|row| row.sport);
        let sport = word.unwrap_or(activity.sport);
        self.store.strava_dirty(runner.id, new.start_date_local.day()).await?;
        let item = ImportItem {
            row_number: 1,
            item: Text::new(activity.id.to_string()).unwrap_or_default(),
            activity: new,
            file: None,
            reading: points.map(|p| reading_of(&recorded(p), sport, activity.trainer)),
            note: None,
        };
        let (batch, now) = (connection.batch_id, self.clock.now());
        let items = [item];
        self.store.import_activities(runner.id, batch, Source::Strava, &items, now).await?;
        Ok(())
    }

    async fn take(
        &self,
        strava: &Strava,
        runner: &Runner,
        connection: &Connection,
        activities: &[&Activity],
        noted: Noted,
    ) -> Result<(), Stop> {
        let usable: Vec<_> =
            activities.iter().filter_map(|a| Some((*a, new_activity(runner, a)?))).collect();
        let Some(first) = usable.iter().map(|(_, new)| new.start_date_local.day()).min() else {
            return Ok(());
        };
        // Noted before: whatever is cut off here, the books are brought up to date.
        let before = noted.earlier.map(|at| day_before(runner, at));
        self.store.strava_dirty(runner.id, before.map_or(first, |b| b.min(first))).await?;
        let now = self.clock.now();
        let items: Vec<ImportItem> = (1..)
            .zip(&usable)
            .map(|(row_number, (activity, new))| ImportItem {
                row_number,
                item: Text::new(activity.id.to_string()).unwrap_or_default(),
                activity: new.clone(),
                file: None,
                reading: None,
                note: None,
            })
            .collect();
        let (source, batch) = (Source::Strava, connection.batch_id);
        self.store.import_activities(runner.id, batch, source, &items, now).await?;
        let notes: Vec<NewItem> = usable
            .iter()
            .map(|(activity, _)| NewItem {
                id: activity.id,
                start: activity.start,
                digest: digest(activity),
                detail: if wants_detail(activity) { Detail::Wanted } else { Detail::Had },
                due_at: now,
            })
            .collect();
        let retention = strava.terms.retention();
        let listing = noted.listing;
        Ok(self.store.put_strava_items(runner.id, &notes, retention, listing, now).await?)
    }

    /// Brings the books up to date with what has come or gone.
    pub(super) async fn settle_strava(&self, runner: &Runner) -> Result<(), Stop> {
        let connection = self.store.strava_connection(runner.id).await?;
        if let Some(day) = connection.and_then(|c| c.dirty_from) {
            self.follow(runner, day, "news from Strava").await?;
            self.store.strava_clean(runner.id, day).await?;
        }
        Ok(())
    }
}

/// What is noted with activities that are taken.
struct Noted {
    listing: Option<Uuid>,
    /// The earliest start that was known of one of them.
    earlier: Option<Timestamp>,
}

/// Strava shows a runner their own activities only; what says to be somebody else's is left alone.
fn is_of(activity: &Activity, connection: &Connection) -> bool {
    activity.athlete.is_none_or(|athlete| athlete == connection.athlete)
}

/// A day that is not after the local day of a moment, wherever that was.
fn day_before(runner: &Runner, at: Timestamp) -> Day {
    Day::from_epoch(runner.local_seconds(at).div_euclid(DAY)) - 1
}

/// The activity as the schema keeps it: what does not fit a column is left out. `None` without any
/// time.
pub(super) fn new_activity(runner: &Runner, a: &Activity) -> Option<NewActivity> {
    let moving = a.moving.filter(|m| m.0 > 0).or(a.elapsed)?;
    let elapsed = a.elapsed.unwrap_or(moving);
    let seconds = |s: Seconds| i32::try_from(s.0).ok();
    let local = a.start_local.unwrap_or_else(|| runner.local_seconds(a.start));
    let watts = |w: Option<i64>| w.and_then(|w| Decimal::new(w * 100));
    Some(NewActivity {
        strava_activity_id: a.id,
        activity_type: Text::new(a.sport_type.clone())?,
        sport: a.sport,
        name: a.name.clone().and_then(Text::new),
        distance_meters: ActivityMetres::new(a.distance_cm.unwrap_or(0))?,
        moving_time_seconds: seconds(moving)?,
        elapsed_time_seconds: seconds(elapsed)?,
        total_elevation_gain: a.ascent_cm.and_then(Decimal::new),
        start_date: a.start,
        start_date_local: LocalTime::new(local)?,
        average_speed_ms: a.average_speed_mm_s.and_then(Decimal::new),
        max_speed_ms: a.max_speed_mm_s.and_then(Decimal::new),
        average_heartrate: a.average_heart_rate.map(i32::from),
        max_heartrate: a.max_heart_rate.map(i32::from),
        weighted_average_watts: watts(a.weighted_watts),
        average_watts: watts(a.average_watts),
        external_id: a.external_id.clone().and_then(Text::new),
        upload_id: a.upload_id,
        race: a.race,
        average_temperature: a.temperature.map(i32::from),
        perceived_exertion: a.perceived_exertion.map(i32::from),
    })
}

/// Steps a minute of both legs, where Strava counts one.
const LEGS: i64 = 2;

/// Points as they are kept, whatever they came from.
fn recorded(points: &Streams) -> activity::Streams {
    let column = |values: &[Option<i64>], scale: fn(i64) -> i64| -> activity::Column {
        let small = |v: &Option<i64>| v.and_then(|v| i32::try_from(scale(v)).ok());
        values.iter().map(small).collect()
    };
    let place = |of: fn((i64, i64)) -> i64| -> activity::Column {
        let small = |p: &Option<(i64, i64)>| p.and_then(|p| i32::try_from(of(p)).ok());
        points.place.iter().map(small).collect()
    };
    let beats = |b: &Option<i64>| b.filter(|b| (20..=250).contains(b));
    let heart_rate: Vec<_> = points.heart_rate.iter().map(beats).collect();
    let ms = |s: &i64| u32::try_from(s.saturating_mul(1_000)).unwrap_or(u32::MAX);
    let streams = activity::Streams {
        time_ms: points.time_s.iter().map(ms).collect(),
        moving: points.moving.clone(),
        distance_cm: column(&points.distance_cm, |v| v),
        altitude_dm: column(&points.altitude_cm, |v| v / 10),
        heart_rate: column(&heart_rate, |v| v),
        cadence: column(&points.cadence, |v| v * LEGS),
        speed_mm_s: column(&points.speed_mm_s, |v| v),
        latitude_e7: place(|p| p.0),
        longitude_e7: place(|p| p.1),
        watts: column(&points.watts, |v| v),
        temperature_c: column(&points.temperature, |v| v),
    };
    streams.tidy()
}
