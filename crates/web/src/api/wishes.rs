//! Setting what the runner wants: goals, preferences, Send It mode.

use super::Reply;
use super::edits::Nothing;
use super::enter::{At, Caller, Told};
use super::problem::Problem;
use super::settings::{self, Goal, Preferences, SendIt};
use super::words::{Date, Id, Race};
use crate::Web;
use axum::Json;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use hermes_engine::ruleset::OVERRIDE_DAYS;
use hermes_engine::units::Seconds;
use serde::Deserialize;
use utoipa::ToSchema;

/// Longest time that a goal can name, in seconds.
const TIME_MAX: i64 = 86_400;

/// A goal to set.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewGoal {
    distance: Race,
    /// Race day, at most 24 months ahead.
    day: Date,
    /// The time to run, in seconds.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 86_400)]
    time_s: Option<i64>,
    /// 1 (the race that training leads to) to 3.
    #[serde(default = "first")]
    #[schema(minimum = 1, maximum = 3, default = 1)]
    priority: u8,
}

const fn first() -> u8 {
    1
}

/// Sets a goal
///
/// 409 where there is a race on that day already. Of two of priority 1 the earlier race leads, and
/// the later one gets priority 2.
#[utoipa::path(post, path = "/goals", tag = "settings", request_body = NewGoal,
    responses((status = 201, description = "The goal.", body = Goal)))]
pub(super) async fn add_goal(
    Shared(web): Shared<Web>,
    caller: Caller,
    Told(new): Told<NewGoal>,
) -> Result<(StatusCode, Json<Goal>), Problem> {
    let out =
        |field, value, span| super::fields::range(super::problem::INVALID, field, value, span);
    if let Some(time) = new.time_s.filter(|t| !(1..=TIME_MAX).contains(t)) {
        return Err(out("time_s", time, (1, TIME_MAX)));
    }
    if !(1..=3).contains(&new.priority) {
        return Err(out("priority", i64::from(new.priority), (1, 3)));
    }
    let (distance, day) = (new.distance.0, new.day.0);
    let time = new.time_s.map(Seconds);
    let added = web.app.add_goal(&caller.runner, caller.today, distance, day, time, new.priority);
    let added = added.await.map_err(|error| Problem::renamed(error, &[("time", "time_s")]))?;
    Ok((StatusCode::CREATED, Json(settings::goal(added))))
}

/// Removes a goal
///
/// Plans that were published keep it.
#[utoipa::path(delete, path = "/goals/{id}", tag = "settings",
    params(("id" = Id, Path, description = "The goal.")),
    responses((status = 204, description = "It is removed.")))]
pub(super) async fn remove_goal(
    Shared(web): Shared<Web>,
    caller: Caller,
    At(Id(id)): At<Id>,
) -> Result<StatusCode, Problem> {
    web.app.remove_goal(&caller.runner, caller.today, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sets your preferences
///
/// All of them; they hold from the next plan on. Safety rules stand above them.
#[utoipa::path(put, path = "/preferences", tag = "settings", request_body = Preferences,
    responses((status = 200, description = "Your preferences.", body = Preferences)))]
pub(super) async fn set_preferences(
    Shared(web): Shared<Web>,
    caller: Caller,
    Told(wished): Told<Preferences>,
) -> Reply<Preferences> {
    if let Some(day) = wished.stray_long_run_day() {
        let sentence = format!("{day} is none of your days to run on");
        return Err(Problem::invalid("long_run_day", sentence));
    }
    let wished = wished.wished();
    let answer = settings::preferences_of(&wished);
    let set = web.app.set_preferences(&caller.runner, caller.today, wished).await;
    let names = [("run_day", "run_days"), ("form", "day_caps"), ("weekly_cap", "weekly_cap_m")];
    set.map_err(|error| Problem::renamed(error, &names))?;
    Ok(Json(answer))
}

/// Send It mode, as it is begun.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewSendIt {
    /// So many days, today included.
    #[schema(minimum = 1, maximum = 7)]
    days: i64,
    /// You agree to the terms.
    agreed: bool,
}

/// Begins Send It mode
///
/// 409 while it is on.
#[utoipa::path(post, path = "/send-it", tag = "settings", request_body = NewSendIt,
    responses((status = 200, description = "The mode.", body = SendIt)))]
pub(super) async fn begin_send_it(
    Shared(web): Shared<Web>,
    caller: Caller,
    Told(new): Told<NewSendIt>,
) -> Reply<SendIt> {
    if !(1..=OVERRIDE_DAYS).contains(&new.days) {
        let (sort, span) = (super::problem::INVALID, (1, OVERRIDE_DAYS));
        return Err(super::fields::range(sort, "days", new.days, span));
    }
    if !new.agreed {
        return Err(Problem::invalid("agreed", "the mode needs your agreement to its terms"));
    }
    let (_, end) = web.app.send_it(&caller.runner, caller.today, new.days, true).await?;
    Ok(Json(settings::send_it_until(Some(end))))
}

/// Ends Send It mode
///
/// 404 while it is not on.
#[utoipa::path(post, path = "/send-it/end", tag = "settings", request_body = Nothing,
    responses((status = 200, description = "The mode.", body = SendIt)))]
pub(super) async fn end_send_it(
    Shared(web): Shared<Web>,
    caller: Caller,
    Told(Nothing {}): Told<Nothing>,
) -> Reply<SendIt> {
    web.app.end_send_it(&caller.runner, caller.today).await?;
    Ok(Json(settings::send_it_until(None)))
}
