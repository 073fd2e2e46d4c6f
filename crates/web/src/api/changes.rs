//! Changes of what is known to have been done: runs by hand, marks, splitting and merging, imports
//! taken back, the sync with Strava.

use super::Reply;
use super::activity::{self, WholeActivity};
use super::edits::Nothing;
use super::enter::{At, Caller, Told};
use super::imports::WholeImport;
use super::problem::Problem;
use super::settings::Strava;
use super::words::{Date, Id};
use crate::Web;
use axum::Json;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use hermes_app::{ByHand, Mark};
use hermes_engine::units::{Metres, Seconds};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Longest title, in characters.
const NAME_MAX: usize = 255;

/// A run that no watch recorded.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewRun {
    /// The local day.
    day: Date,
    /// The local time it began, HH:MM.
    #[schema(example = "07:30", pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    time: String,
    /// Its distance in metres.
    #[schema(minimum = 1, maximum = 500_000)]
    distance_m: i64,
    /// Its time without pauses, in seconds.
    #[schema(minimum = 1, maximum = 345_600)]
    moving_s: i64,
    /// Its title, at most 255 characters.
    #[serde(default)]
    #[schema(max_length = 255)]
    name: Option<String>,
    /// It was on trails.
    #[serde(default)]
    trail: bool,
    /// It was a race.
    #[serde(default)]
    race: bool,
    /// Metres of ascent.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 9999)]
    ascent_m: Option<i64>,
    /// Average heart rate, in beats per minute.
    #[serde(default)]
    #[schema(minimum = 30, maximum = 240)]
    heart_rate_bpm: Option<u16>,
    /// How hard it was, from 1 to 10.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 10)]
    effort: Option<u8>,
}

/// Minutes of a day as HH:MM.
fn minute(text: &str) -> Option<u16> {
    let two = |t: &str| {
        let digits = t.len() == 2 && t.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| t.parse::<u16>().ok()).flatten()
    };
    let (hour, minute) = text.split_once(':')?;
    let (hour, minute) = (two(hour)?, two(minute)?);
    (hour < 24 && minute < 60).then_some(hour * 60 + minute)
}

/// Enters a run by hand
///
/// Where another source tells of the same run already, that one is answered.
#[utoipa::path(post, path = "/activities", tag = "activities", request_body = NewRun,
    responses((status = 201, description = "The run.", body = WholeActivity)))]
pub(super) async fn add_run(
    Shared(web): Shared<Web>,
    caller: Caller,
    Told(run): Told<NewRun>,
) -> Result<(StatusCode, Json<WholeActivity>), Problem> {
    let wrong = |field, sentence: &str| Err(Problem::invalid(field, sentence));
    let Some(minute) = minute(&run.time) else {
        return wrong("time", "write the time of the day as HH:MM, for example 07:30");
    };
    if run.name.as_ref().is_some_and(|n| n.chars().count() > NAME_MAX || n.contains('\0')) {
        return wrong("name", "a title has at most 255 characters");
    }
    let run = ByHand {
        day: run.day.0,
        minute,
        distance: Metres(run.distance_m),
        time: Seconds(run.moving_s),
        name: run.name,
        trail: run.trail,
        race: run.race,
        ascent: run.ascent_m.map(Metres),
        heart_rate: run.heart_rate_bpm,
        effort: run.effort,
    };
    let names = [
        ("start", "time"),
        ("distance", "distance_m"),
        ("time", "moving_s"),
        ("form", "ascent_m"),
        ("heart_rate", "heart_rate_bpm"),
    ];
    let added = web.app.add_by_hand(&caller.runner, &run).await;
    let (id, _) = added.map_err(|error| Problem::renamed(error, &names))?;
    Ok((StatusCode::CREATED, Json(activity::whole(&web, &caller, id).await?)))
}

/// Which source.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SplitOff {
    /// One of its sources that is not `fixed`.
    source: Id,
}

/// The activities that came of it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Regrouped {
    /// Their ids.
    activities: Vec<i64>,
}

/// Splits an activity
///
/// One of its sources becomes an activity of its own.
#[utoipa::path(post, path = "/activities/{id}/split", tag = "activities",
    request_body = SplitOff, params(("id" = i64, Path, description = "The activity.")),
    responses((status = 200, description = "Both.", body = Regrouped)))]
pub(super) async fn split_activity(
    Shared(web): Shared<Web>,
    caller: Caller,
    At(id): At<i64>,
    Told(SplitOff { source }): Told<SplitOff>,
) -> Reply<Regrouped> {
    let activities = web.app.split_activity(&caller.runner, id, source.0).await?;
    Ok(Json(Regrouped { activities }))
}

/// Which other one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MergeWith {
    /// The other activity.
    with: i64,
}

/// Merges two activities
///
/// They become one, with the sources of both.
#[utoipa::path(post, path = "/activities/{id}/merge", tag = "activities",
    request_body = MergeWith, params(("id" = i64, Path, description = "The activity.")),
    responses((status = 200, description = "The one.", body = Regrouped)))]
pub(super) async fn merge_activities(
    Shared(web): Shared<Web>,
    caller: Caller,
    At(id): At<i64>,
    Told(MergeWith { with }): Told<MergeWith>,
) -> Reply<Regrouped> {
    let activities = web.app.merge_activities(&caller.runner, id, with).await?;
    Ok(Json(Regrouped { activities }))
}

/// What you say of an activity.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Word {
    /// Its values are right although they look impossible.
    Confirmed,
    /// It counts for nothing.
    Excluded,
    /// It counts like any other.
    Included,
    /// It was a race.
    Race,
    /// It was no race.
    NoRace,
}

/// Your word on an activity.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewMark {
    mark: Word,
}

/// Says something of an activity
///
/// No import undoes it; all that follows is worked out anew.
#[utoipa::path(put, path = "/activities/{id}/mark", tag = "activities", request_body = NewMark,
    params(("id" = i64, Path, description = "The activity.")),
    responses((status = 200, description = "The activity.", body = WholeActivity)))]
pub(super) async fn mark_activity(
    Shared(web): Shared<Web>,
    caller: Caller,
    At(id): At<i64>,
    Told(NewMark { mark }): Told<NewMark>,
) -> Reply<WholeActivity> {
    let mark = match mark {
        Word::Confirmed => Mark::Confirmed,
        Word::Excluded => Mark::Excluded,
        Word::Included => Mark::Included,
        Word::Race => Mark::Race(true),
        Word::NoRace => Mark::Race(false),
    };
    web.app.mark_activity(&caller.runner, id, mark).await?;
    Ok(Json(activity::whole(&web, &caller, id).await?))
}

/// What an activity was.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewType {
    /// Strava's English name of a sport.
    #[serde(rename = "type")]
    #[schema(example = "TrailRun", max_length = 50)]
    name: String,
}

/// Says what an activity was
///
/// No import undoes it; all that follows is worked out anew. Run, TrailRun and VirtualRun count as
/// running. What its sources say themselves is no word of yours.
#[utoipa::path(put, path = "/activities/{id}/type", tag = "activities", request_body = NewType,
    params(("id" = i64, Path, description = "The activity.")),
    responses((status = 200, description = "The activity.", body = WholeActivity)))]
pub(super) async fn retype_activity(
    Shared(web): Shared<Web>,
    caller: Caller,
    At(id): At<i64>,
    Told(NewType { name }): Told<NewType>,
) -> Reply<WholeActivity> {
    web.app.correct_type(&caller.runner, id, Some(&name)).await?;
    Ok(Json(activity::whole(&web, &caller, id).await?))
}

/// Takes your word on what an activity was back
///
/// It is again what its sources say.
#[utoipa::path(delete, path = "/activities/{id}/type", tag = "activities",
    params(("id" = i64, Path, description = "The activity.")),
    responses((status = 200, description = "The activity.", body = WholeActivity)))]
pub(super) async fn take_type_back(
    Shared(web): Shared<Web>,
    caller: Caller,
    At(id): At<i64>,
) -> Reply<WholeActivity> {
    web.app.correct_type(&caller.runner, id, None).await?;
    Ok(Json(activity::whole(&web, &caller, id).await?))
}

/// Takes an import back
///
/// What it alone told of counts for nothing. An import that was taken back already is answered as
/// it is. 409 while it is under way, and for what Strava's API brought: disconnect instead.
#[utoipa::path(post, path = "/imports/{id}/undo", tag = "imports", request_body = Nothing,
    params(("id" = Id, Path, description = "The import.")),
    responses((status = 200, description = "The import.", body = WholeImport)))]
pub(super) async fn undo_import(
    Shared(web): Shared<Web>,
    caller: Caller,
    At(Id(id)): At<Id>,
    Told(Nothing {}): Told<Nothing>,
) -> Reply<WholeImport> {
    let (import, ..) = web.app.import_ledger(&caller.runner, id).await?;
    if import.rolled_back_at.is_none() {
        web.app.undo_import(&caller.runner, id).await?;
    }
    let (import, counts, _) = web.app.import_ledger(&caller.runner, id).await?;
    Ok(Json(WholeImport::of(import, counts)))
}

/// Looks for news at Strava
///
/// In the background; `GET /strava` says how far it is. 409 where Strava is off or not connected.
#[utoipa::path(post, path = "/strava/sync", tag = "strava", request_body = Nothing,
    responses((status = 202, description = "How you stand.", body = Strava)))]
pub(super) async fn sync_strava(
    Shared(web): Shared<Web>,
    caller: Caller,
    Told(Nothing {}): Told<Nothing>,
) -> Result<(StatusCode, Json<Strava>), Problem> {
    web.app.sync_strava(&caller.runner).await?;
    let status = web.app.strava_status(&caller.runner).await?;
    Ok((StatusCode::ACCEPTED, Json(status.into())))
}

/// What was erased.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Erased {
    /// Activities that are gone.
    activities: i32,
    /// Activities that stay by another source.
    stay: i32,
    /// Why the permission could not be given back at Strava; null where it was.
    not_revoked: Option<String>,
}

/// Disconnects from Strava
///
/// The permission is given back, and everything that came from Strava's API is erased. 409 where
/// you are not connected.
#[utoipa::path(post, path = "/strava/disconnect", tag = "strava", request_body = Nothing,
    responses((status = 200, description = "What was erased.", body = Erased)))]
pub(super) async fn disconnect_strava(
    Shared(web): Shared<Web>,
    caller: Caller,
    Told(Nothing {}): Told<Nothing>,
) -> Reply<Erased> {
    let done = web.app.disconnect_strava(&caller.runner).await?;
    let (activities, stay) = (done.receipt.activities, done.receipt.rehomed);
    Ok(Json(Erased { activities, stay, not_revoked: done.not_revoked }))
}

#[cfg(test)]
mod tests {
    use super::minute;

    #[test]
    fn times_of_the_day_have_one_form() {
        assert_eq!(minute("07:30"), Some(450));
        assert_eq!(minute("23:59"), Some(1439));
        for bad in ["7:30", "24:00", "12:60", "+1:30", "07:30:00", "", "0730", "٠٧:٣٠"] {
            assert_eq!(minute(bad), None, "{bad}");
        }
    }
}
