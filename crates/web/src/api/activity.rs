//! Activities: the list, one with all that is known of it, and its course.

use super::enter::{Asked, At, Caller};
use super::list::{self, Page};
use super::problem::{self, Problem};
use super::words::{Date, Id, Kind};
use super::{Reply, week};
use crate::Web;
use axum::Json;
use axum::extract::State as Shared;
use hermes_app::{ActivityDetail, ActivityQuery, ActivityView, EffortView, SourceView, SplitView};
use hermes_engine::compliance::Scored;
use hermes_engine::units::Units;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Longest text that is searched for, in characters.
const SEARCH_MAX: usize = 100;

/// One activity of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Activity {
    /// Its id: Strava's, or a negative one.
    id: i64,
    /// Its title.
    name: String,
    /// Strava's English name of the sport: as you say, or else as its sources do.
    #[schema(example = "Run")]
    activity_type: String,
    /// It counts as running.
    is_run: bool,
    /// The local day it began.
    day: Date,
    /// The local time it began, HH:MM.
    #[schema(example = "07:30")]
    time: String,
    /// Its distance in metres.
    distance_m: i64,
    /// Its moving time in seconds.
    moving_s: i64,
    /// Its average pace in seconds per kilometre, for a run.
    pace_s_per_km: Option<i64>,
    /// Average heart rate, in beats per minute.
    heart_rate_bpm: Option<i32>,
    /// Metres of ascent.
    ascent_m: Option<i64>,
    /// It was a race.
    race: bool,
    /// Why it does not count; null where it does.
    rejected: Option<String>,
}

impl From<ActivityView> for Activity {
    fn from(a: ActivityView) -> Self {
        Self {
            id: a.id,
            name: a.name,
            activity_type: a.activity_type,
            is_run: a.is_run,
            day: a.day.into(),
            time: a.time,
            distance_m: a.distance.0,
            moving_s: a.moving.0,
            pace_s_per_km: a.pace.map(|p| p.0),
            heart_rate_bpm: a.heart_rate,
            ascent_m: a.ascent.map(|m| m.0),
            race: a.race,
            rejected: a.rejected,
        }
    }
}

/// Which activities.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ActivitiesQuery {
    /// Only titles that hold this text, in any case; at most 100 characters.
    #[param(max_length = 100)]
    q: Option<String>,
    /// Only runs.
    runs: Option<bool>,
    /// From this local day on.
    #[param(value_type = Option<Date>)]
    from: Option<Date>,
    /// Up to this local day.
    #[param(value_type = Option<Date>)]
    to: Option<Date>,
    /// Most items of the page; 50 where nothing is said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
    /// From `next` of the page before.
    cursor: Option<String>,
}

/// The activities
///
/// Newest first, whatever their source. Activities that come in between two pages do not move the
/// others.
#[utoipa::path(get, path = "/activities", tag = "activities", params(ActivitiesQuery),
    responses((status = 200, description = "A page of activities.", body = Page<Activity>)))]
pub(super) async fn activities(
    Shared(web): Shared<Web>,
    caller: Caller,
    Asked(query): Asked<ActivitiesQuery>,
) -> Reply<Page<Activity>> {
    let wrong = |field: &str, why: &str| Problem::of_field(problem::BAD_QUERY, field, why);
    let limit = list::limit(query.limit)?;
    let after = list::pair(query.cursor.as_deref())?;
    if query.q.as_ref().is_some_and(|q| q.chars().count() > SEARCH_MAX || q.contains('\0')) {
        return Err(wrong("q", "the text to search for has at most 100 characters"));
    }
    let (from, to) = (query.from.map(|d| d.0), query.to.map(|d| d.0));
    if from.zip(to).is_some_and(|(from, to)| from > to) {
        return Err(wrong("from", "the first day is after the last one; swap them"));
    }
    let runs_only = query.runs.unwrap_or_default();
    let wanted = ActivityQuery { text: query.q, runs_only, from, to, page: 1 };
    let found = web.app.activities_after(&caller.runner, &wanted, after, limit).await?;
    let next = found.next.map(|(start, id)| format!("{start}.{id}"));
    Ok(Json(Page { items: found.items.into_iter().map(Activity::from).collect(), next }))
}

/// One kilometre, mile or lap.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Split {
    /// Its number, from 1.
    number: i32,
    /// Its length in metres.
    distance_m: Option<i64>,
    /// Seconds from its start to its end.
    elapsed_s: i64,
    /// Of that moving, in seconds.
    moving_s: i64,
    /// Its pace while moving, in seconds per kilometre.
    pace_s_per_km: Option<i64>,
    /// The pace on level ground that costs as much, in seconds per kilometre.
    graded_pace_s_per_km: Option<i64>,
    /// Metres up (below zero: down) from its start to its end.
    rise_m: Option<i64>,
    /// Average heart rate, in beats per minute.
    heart_rate_bpm: Option<i32>,
}

impl From<SplitView> for Split {
    fn from(s: SplitView) -> Self {
        Self {
            number: s.number,
            distance_m: s.distance.map(|d| d.0),
            elapsed_s: s.elapsed.0,
            moving_s: s.moving.0,
            pace_s_per_km: s.pace.map(|p| p.0),
            graded_pace_s_per_km: s.graded_pace.map(|p| p.0),
            rise_m: s.rise.map(|d| d.0),
            heart_rate_bpm: s.heart_rate,
        }
    }
}

/// The fastest stretch of a distance.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BestEffort {
    /// The distance by name.
    #[schema(example = "1 km")]
    name: &'static str,
    /// Its time, pauses included, in seconds.
    time_s: i64,
    /// Its pace, in seconds per kilometre.
    pace_s_per_km: Option<i64>,
    /// When it began, in seconds from the start.
    from_s: i64,
    /// Average heart rate, in beats per minute.
    heart_rate_bpm: Option<i32>,
}

impl From<EffortView> for BestEffort {
    fn from(e: EffortView) -> Self {
        Self {
            name: e.name,
            time_s: e.time.0,
            pace_s_per_km: e.pace.map(|p| p.0),
            from_s: e.from.0,
            heart_rate_bpm: e.heart_rate,
        }
    }
}

/// Where an activity came from.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Source {
    /// The key, to split it off by.
    id: Id,
    /// In words.
    what: &'static str,
    /// The id that the activity has by this source alone.
    activity: i64,
    /// Its title there.
    name: Option<String>,
    /// The name of its file.
    file: Option<String>,
    /// Bytes of its file.
    file_bytes: Option<i64>,
    /// Points that were read of it.
    points: Option<i32>,
    /// Its distance there, in metres.
    distance_m: i64,
    /// Its moving time there, in seconds.
    moving_s: i64,
    /// The activity has its id from it: only the others can be split off.
    fixed: bool,
}

impl From<SourceView> for Source {
    fn from(s: SourceView) -> Self {
        Self {
            id: Id(s.id),
            what: s.what,
            activity: s.activity,
            name: s.name,
            file: s.file,
            file_bytes: s.file_bytes,
            points: s.points,
            distance_m: s.distance.0,
            moving_s: s.moving.0,
            fixed: s.fixed,
        }
    }
}

/// The session that an activity was.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Matched {
    /// Its day.
    day: Date,
    kind: Kind,
    /// Its planned distance in metres.
    distance_m: i64,
    /// Its planned time in seconds.
    duration_s: i64,
    /// What was done of it.
    compared: week::Compared,
}

impl Matched {
    fn of(s: &Scored, units: Units) -> Self {
        Self {
            day: s.planned.day.into(),
            kind: s.planned.kind.into(),
            distance_m: s.planned.distance.0,
            duration_s: s.planned.duration.0,
            compared: week::Compared::of(s, units),
        }
    }
}

/// One activity with all that is known of it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct WholeActivity {
    /// As lists show it.
    activity: Activity,
    /// From its start to its end, in seconds.
    elapsed_s: i64,
    /// Highest heart rate, in beats per minute.
    max_heart_rate_bpm: Option<i32>,
    /// What recorded it.
    device: Option<String>,
    /// Mean speed, in millimetres per second, as it was recorded.
    average_speed_mm_s: Option<i64>,
    /// Highest speed, in millimetres per second, as it was recorded.
    max_speed_mm_s: Option<i64>,
    /// Mean power, in watts.
    average_watts: Option<i64>,
    /// Mean power, weighted by how hard it is, in watts.
    weighted_watts: Option<i64>,
    /// The recording device's name for it, as Strava has it.
    external_id: Option<String>,
    /// Strava's number of the upload.
    upload_id: Option<i64>,
    /// Left out of everything by the runner.
    excluded: bool,
    /// What its sources say that it was, where you have said what it was; null otherwise.
    type_said: Option<String>,
    /// The session that it was, where it was one.
    matched: Option<Matched>,
    /// Kilometre by kilometre.
    splits_km: Vec<Split>,
    /// Mile by mile.
    splits_mile: Vec<Split>,
    /// As the watch counted them.
    laps: Vec<Split>,
    /// Fastest stretches, short to long.
    best_efforts: Vec<BestEffort>,
    /// Where it came from.
    sources: Vec<Source>,
    /// It has a course, to be read at `streams`.
    has_streams: bool,
}

impl WholeActivity {
    fn of(a: ActivityDetail, matched: Option<Matched>) -> Self {
        let splits = |all: Vec<SplitView>| all.into_iter().map(Split::from).collect();
        Self {
            elapsed_s: a.elapsed.0,
            max_heart_rate_bpm: a.max_heart_rate,
            device: a.device,
            average_speed_mm_s: a.speeds.0,
            max_speed_mm_s: a.speeds.1,
            average_watts: a.watts.0,
            weighted_watts: a.watts.1,
            external_id: a.external_id,
            upload_id: a.upload_id,
            excluded: a.excluded,
            type_said: a.type_said,
            matched,
            splits_km: splits(a.km),
            splits_mile: splits(a.miles),
            laps: splits(a.laps),
            best_efforts: a.efforts.into_iter().map(BestEffort::from).collect(),
            sources: a.sources.into_iter().map(Source::from).collect(),
            has_streams: a.curve.is_some(),
            activity: a.activity.into(),
        }
    }
}

/// One activity
///
/// With splits, best efforts, sources and the session that it was.
#[utoipa::path(get, path = "/activities/{id}", tag = "activities",
    params(("id" = i64, Path, description = "The activity.")),
    responses((status = 200, description = "The activity.", body = WholeActivity)))]
pub(super) async fn activity(
    Shared(web): Shared<Web>,
    caller: Caller,
    At(id): At<i64>,
) -> Reply<WholeActivity> {
    Ok(Json(whole(&web, &caller, id).await?))
}

pub(super) async fn whole(web: &Web, caller: &Caller, id: i64) -> Result<WholeActivity, Problem> {
    let detail = web.app.activity(&caller.runner, id).await?;
    let session = web.app.session_of_activity(&caller.runner, id, detail.activity.day).await?;
    let matched = session.map(|s| Matched::of(&s, caller.units()));
    Ok(WholeActivity::of(detail, matched))
}

/// The course of an activity over its distance, in equal steps.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Streams {
    /// Metres from the start, rising; the other lists have a value for each.
    distance_m: Vec<i64>,
    /// Seconds per kilometre; null where the runner stood.
    pace_s_per_km: Vec<Option<i64>>,
    /// Beats per minute.
    heart_rate_bpm: Vec<Option<i64>>,
    /// Metres above the sea.
    altitude_m: Vec<Option<i64>>,
}

/// The course of an activity
///
/// At most 240 equal steps of its distance, as the page draws them; empty where no points are known.
#[utoipa::path(get, path = "/activities/{id}/streams", tag = "activities",
    params(("id" = i64, Path, description = "The activity.")),
    responses((status = 200, description = "Its course.", body = Streams)))]
pub(super) async fn streams(
    Shared(web): Shared<Web>,
    caller: Caller,
    At(id): At<i64>,
) -> Reply<Streams> {
    let curve = web.app.activity(&caller.runner, id).await?.curve.unwrap_or_default();
    Ok(Json(Streams {
        distance_m: curve.at,
        pace_s_per_km: curve.pace,
        heart_rate_bpm: curve.heart_rate,
        altitude_m: curve.altitude,
    }))
}
