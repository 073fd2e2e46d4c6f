//! What the runner wants: goals, preferences, Send It mode; and the connection to Strava.

use super::Reply;
use super::enter::{Asked, Caller};
use super::health::PageQuery;
use super::list::Page;
use super::words::{Date, Id, Moment, Race, ScreenUnits, SyncStage, WeekStart, Weekday};
use crate::Web;
use axum::Json;
use axum::extract::State as Shared;
use hermes_app::strava::{StravaState, StravaStatus};
use hermes_app::{GoalView, SEND_IT_TERMS};
use hermes_engine::calendar::{Weekday as Day7, WeekdaySet};
use hermes_engine::record::Preferences as Wished;
use hermes_engine::units::Metres;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A goal.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Goal {
    /// The key.
    id: Id,
    distance: Race,
    /// Race day.
    day: Date,
    /// Days until race day; negative afterwards.
    days_left: i64,
    /// The time to run, in seconds.
    time_s: Option<i64>,
    /// 1 is the race that training leads to.
    priority: u8,
    /// The day it was set.
    set_on: Date,
    /// Whether it is within reach, in words; only for the one that leads.
    verdict: Option<String>,
}

pub(super) fn goal(g: GoalView) -> Goal {
    Goal {
        id: Id(g.id),
        distance: g.goal.distance.into(),
        day: g.goal.day.into(),
        days_left: g.days_left,
        time_s: g.goal.time.map(|t| t.0),
        priority: g.goal.priority,
        set_on: g.goal.set_on.into(),
        verdict: g.verdict,
    }
}

/// The goals in force
///
/// By race day.
#[utoipa::path(get, path = "/goals", tag = "settings", params(PageQuery),
    responses((status = 200, description = "A page of goals.", body = Page<Goal>)))]
pub(super) async fn goals(
    Shared(web): Shared<Web>,
    caller: Caller,
    Asked(query): Asked<PageQuery>,
) -> Reply<Page<Goal>> {
    let page = query.read()?;
    // Nobody runs two races a day: the day is the place.
    let all = web.app.goals(&caller.runner).await?;
    Ok(Json(Page::of_all(all, page, |g| (g.goal.day.epoch(), 0), goal)))
}

/// Most minutes of a day.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DayCap {
    /// The day.
    weekday: Weekday,
    /// Most minutes of a run on it.
    #[schema(minimum = 15, maximum = 600)]
    minutes: u16,
}

/// What the runner wants of a week.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Preferences {
    /// The days to run on, at least one.
    #[schema(min_items = 1, max_items = 7)]
    run_days: Vec<Weekday>,
    /// The day of the long run, one of the days to run on; null leaves it to Hermes.
    #[serde(default)]
    long_run_day: Option<Weekday>,
    /// Most runs a week.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 7)]
    max_runs: Option<u8>,
    /// Days with less time; a day is named once.
    #[serde(default)]
    #[schema(max_items = 7)]
    day_caps: Vec<DayCap>,
    /// Most metres a week.
    #[serde(default)]
    #[schema(minimum = 3000, maximum = 300_000)]
    weekly_cap_m: Option<i64>,
    /// The day that weeks begin on.
    week_start: WeekStart,
    /// The units of texts and pages.
    units: ScreenUnits,
    /// The year of birth.
    #[serde(default)]
    #[schema(minimum = 1900, maximum = 2020)]
    birth_year: Option<i16>,
    /// Begin with more care than the rules ask for.
    #[serde(default)]
    cautious_start: bool,
}

pub(super) fn preferences_of(p: &Wished) -> Preferences {
    let days = Day7::ALL.into_iter();
    let cap = |day: Day7| {
        let minutes = p.day_caps.get(usize::from(day.number())).copied().flatten();
        minutes.map(|minutes| DayCap { weekday: day.into(), minutes })
    };
    Preferences {
        run_days: days.clone().filter(|d| p.run_days.contains(*d)).map(Weekday).collect(),
        long_run_day: p.long_run_day.map(Weekday),
        max_runs: p.max_runs,
        day_caps: days.filter_map(cap).collect(),
        weekly_cap_m: p.weekly_cap.map(|m| m.0),
        week_start: p.week_start.into(),
        units: p.units.into(),
        birth_year: p.birth_year,
        cautious_start: p.cautious_start,
    }
}

impl Preferences {
    /// As the engine has them.
    pub(super) fn wished(&self) -> Wished {
        let run_days = self.run_days.iter().fold(WeekdaySet::NONE, |all, day| all.with(day.0));
        let mut day_caps = [None; 7];
        for cap in &self.day_caps {
            if let Some(slot) = day_caps.get_mut(usize::from(cap.weekday.0.number())) {
                *slot = Some(cap.minutes);
            }
        }
        Wished {
            run_days,
            long_run_day: self.long_run_day.map(|d| d.0),
            max_runs: self.max_runs,
            day_caps,
            weekly_cap: self.weekly_cap_m.map(Metres),
            week_start: self.week_start.0,
            units: self.units.0,
            birth_year: self.birth_year,
            cautious_start: self.cautious_start,
        }
    }

    /// The long-run day, where it is no day to run on.
    pub(super) fn stray_long_run_day(&self) -> Option<&'static str> {
        let stray = self.long_run_day.filter(|day| !self.run_days.contains(day));
        stray.map(Weekday::word)
    }
}

/// Your preferences
///
/// The defaults while none are set.
#[utoipa::path(get, path = "/preferences", tag = "settings",
    responses((status = 200, description = "Your preferences.", body = Preferences)))]
pub(super) async fn preferences(caller: Caller) -> Reply<Preferences> {
    Ok(Json(preferences_of(&caller.preferences)))
}

/// Send It mode: wider limits by choice.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SendIt {
    /// It is on.
    on: bool,
    /// Its last day, while it is on.
    last_day: Option<Date>,
    /// What is agreed to.
    terms: &'static str,
}

pub(super) fn send_it_until(end: Option<hermes_engine::calendar::Day>) -> SendIt {
    SendIt { on: end.is_some(), last_day: end.map(|end| Date(end - 1)), terms: SEND_IT_TERMS }
}

/// Send It mode
///
/// Whether it is on, and what is agreed to.
#[utoipa::path(get, path = "/send-it", tag = "settings",
    responses((status = 200, description = "The mode.", body = SendIt)))]
pub(super) async fn send_it(Shared(web): Shared<Web>, caller: Caller) -> Reply<SendIt> {
    let end = web.app.send_it_end(&caller.runner, caller.today).await?;
    Ok(Json(send_it_until(end)))
}

/// How you stand with Strava.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Strava {
    /// `not_set_up`, `off`, `not_connected`, `connected` or `needs_reauth`.
    #[schema(example = "connected")]
    state: &'static str,
    /// Why it is off, or has to be connected again.
    why: Option<String>,
    /// Strava's id of the athlete, while connected.
    athlete: Option<i64>,
    /// What was granted, as Strava writes it.
    scopes: String,
    /// Runs that only you see are not granted.
    misses_private: bool,
    /// How long what comes may stay: `7d` or `keep`.
    retention: Option<&'static str>,
    /// When the connection was first made.
    connected_at: Option<Moment>,
    /// How far the sync is.
    stage: Option<SyncStage>,
    /// Activities that came from Strava's API.
    activities: i64,
    /// Runs whose details are still to be read.
    details_left: i64,
    /// About how long reading them will take, in seconds.
    time_left_s: Option<i64>,
    /// When the newest activities were last looked for.
    polled_at: Option<Moment>,
    /// When they are next.
    poll_due_at: Option<Moment>,
    /// What went wrong last, until it goes well again.
    last_error: Option<String>,
}

impl From<StravaStatus> for Strava {
    fn from(s: StravaStatus) -> Self {
        let (state, why) = match s.state {
            StravaState::NotSetUp => ("not_set_up", None),
            StravaState::Off(why) => ("off", Some(why)),
            StravaState::NotConnected => ("not_connected", None),
            StravaState::Connected => ("connected", None),
            StravaState::NeedsReauth(why) => ("needs_reauth", Some(why)),
        };
        Self {
            state,
            why,
            athlete: s.athlete,
            scopes: s.scopes,
            misses_private: s.misses_private,
            retention: s.retention,
            connected_at: s.connected_at.as_ref().map(Moment::from),
            stage: s.stage.map(SyncStage),
            activities: s.activities,
            details_left: s.details_left,
            time_left_s: s.time_left.map(|t| t.as_secs()),
            polled_at: s.polled_at.as_ref().map(Moment::from),
            poll_due_at: s.poll_due_at.as_ref().map(Moment::from),
            last_error: s.last_error,
        }
    }
}

/// The connection to Strava
///
/// Connecting needs a browser: /connect/strava.
#[utoipa::path(get, path = "/strava", tag = "strava",
    responses((status = 200, description = "How you stand.", body = Strava)))]
pub(super) async fn strava(Shared(web): Shared<Web>, caller: Caller) -> Reply<Strava> {
    Ok(Json(web.app.strava_status(&caller.runner).await?.into()))
}
