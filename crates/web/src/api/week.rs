//! The plan: weeks, their days and sessions with reasons, and the versions of a week.

use super::Reply;
use super::activity::Activity;
use super::enter::{Asked, At, Caller};
use super::list::{self, Page};
use super::problem::{self, Problem};
use super::reasons::Reason;
use super::words::{Colour, Date, DayDone, Kind, Phase, Race, Role, State, WeekStatus, Zone};
use crate::{Web, session, why};
use axum::Json;
use axum::extract::State as Shared;
use hermes_app::{DayView, TemplateView, VersionView, WeekView};
use hermes_engine::calibrate::Profile;
use hermes_engine::compliance::Scored;
use hermes_engine::session::{self as planned, Amount, WeekPlan};
use hermes_engine::units::{Pace, Units};
use hermes_engine::{decision, load};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The rest between repetitions.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Recovery {
    /// Its length in metres, where it is measured by distance.
    distance_m: Option<i64>,
    /// Its length in seconds, where it is measured by time.
    duration_s: Option<i64>,
    /// Its pace, in seconds per kilometre.
    pace_s_per_km: Option<i64>,
}

/// A part of a session.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Step {
    role: Role,
    /// How often it is run.
    times: u8,
    /// Its length in metres, where it is measured by distance.
    distance_m: Option<i64>,
    /// Its length in seconds, where it is measured by time.
    duration_s: Option<i64>,
    /// Its pace, in seconds per kilometre; null for cross training.
    pace_s_per_km: Option<i64>,
    /// What lies between two of it.
    recovery: Option<Recovery>,
    /// Lowest heart rate that fits, in beats per minute, where the runner's is known.
    heart_rate_low_bpm: Option<i64>,
    /// Highest heart rate that fits, in beats per minute.
    heart_rate_high_bpm: Option<i64>,
}

fn split(amount: Amount) -> (Option<i64>, Option<i64>) {
    match amount {
        Amount::Distance(d) => (Some(d.0), None),
        Amount::Time(t) => (None, Some(t.0)),
    }
}

/// Cross-training has none.
fn pace(pace: Pace) -> Option<i64> {
    Some(pace.0).filter(|p| *p > 0)
}

impl Step {
    fn of(step: &planned::Step, session: &planned::Session, profile: Option<&Profile>) -> Self {
        let (distance_m, duration_s) = split(step.amount);
        let beats = profile.and_then(|p| load::heart_rate(p, session::zone_of(step, session)));
        let recovery = step.recovery.map(|(amount, rest)| {
            let (distance_m, duration_s) = split(amount);
            Recovery { distance_m, duration_s, pace_s_per_km: pace(rest) }
        });
        Self {
            role: step.role.into(),
            times: step.times,
            distance_m,
            duration_s,
            pace_s_per_km: pace(step.pace),
            recovery,
            heart_rate_low_bpm: beats.map(|b| b.0),
            heart_rate_high_bpm: beats.map(|b| b.1),
        }
    }
}

/// A planned session.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Session {
    /// Its day.
    day: Date,
    kind: Kind,
    /// What it is for.
    purpose: &'static str,
    /// Its distance in metres; 0 for cross training.
    distance_m: i64,
    /// About how long it takes, in seconds.
    duration_s: i64,
    /// The pace of its main part, in seconds per kilometre.
    pace_s_per_km: Option<i64>,
    zone: Zone,
    /// Its parts in order.
    steps: Vec<Step>,
    /// The race that it is.
    race: Option<Race>,
    /// The runner asked for it to be as it is.
    pinned: bool,
    /// Why it is there and as it is.
    reasons: Vec<Reason>,
}

impl Session {
    fn of(s: &planned::Session, plan: &WeekPlan, profile: Option<&Profile>, units: Units) -> Self {
        Self {
            day: s.day.into(),
            kind: s.kind.into(),
            purpose: decision::purpose(s.kind, plan.phase),
            distance_m: s.distance.0,
            duration_s: s.duration.0,
            pace_s_per_km: pace(s.pace),
            zone: s.zone.into(),
            steps: s.steps.iter().map(|step| Step::of(step, s, profile)).collect(),
            race: s.race.map(Race),
            pinned: s.pinned,
            reasons: Reason::each(why::Reason::of_session(s, plan, units)),
        }
    }
}

/// What was done of a session, wherever it was run.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Compared {
    colour: Colour,
    /// How much of it was run, in thousandths.
    share_permille: i64,
    /// It was not run, and health says why: it counts in no mean.
    excused: bool,
    /// Days that it was run later; negative for earlier.
    shifted_days: i64,
    /// Metres that were run of it.
    distance_m: i64,
    /// Moving time of that, in seconds.
    moving_s: i64,
    /// The ids of its activities.
    activities: Vec<i64>,
    /// The runner said so by hand.
    by_hand: bool,
    /// In words, in the runner's units.
    text: String,
}

impl Compared {
    pub(super) fn of(s: &Scored, units: Units) -> Self {
        Self {
            colour: s.colour.into(),
            share_permille: s.share,
            excused: s.excused,
            shifted_days: s.shifted,
            distance_m: s.distance.0,
            moving_s: s.moving.0,
            activities: s.activities.clone(),
            by_hand: s.by_hand,
            text: s.text(units),
        }
    }
}

/// One day of a plan.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PlanDay {
    /// The day.
    day: Date,
    done: DayDone,
    /// More than planned was run.
    over: bool,
    /// Its sessions.
    sessions: Vec<Session>,
    /// What was done on it.
    activities: Vec<Activity>,
    /// What was done of its session; null while it is to come.
    compared: Option<Compared>,
}

/// One week.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Week {
    /// Its first day.
    week_start: Date,
    status: WeekStatus,
    /// The plan's revision, to be named by edits; 0 without a plan.
    revision: i32,
    /// The roadmap's phase; null without a plan.
    phase: Option<Phase>,
    /// The state it was planned in; null without a plan.
    state: Option<State>,
    /// Facts before this day were known to the plan.
    as_of: Option<Date>,
    /// SHA-256 of the canonical plan.
    digest: Option<String>,
    /// The plan was made by a replay of the past.
    replayed: bool,
    /// The runner changed it by hand.
    edited: bool,
    /// Planned metres of all its days.
    planned_distance_m: i64,
    /// Metres run.
    done_distance_m: i64,
    /// Planned running time, in seconds.
    planned_duration_s: i64,
    /// Running time, in seconds.
    done_duration_s: i64,
    /// Its seven days.
    days: Vec<PlanDay>,
    /// Why the week is as big as it is.
    reasons: Vec<Reason>,
    /// What the rules changed.
    repairs: Vec<Reason>,
    /// What the last check noted.
    findings: Vec<Reason>,
}

impl Week {
    pub(super) fn of(w: WeekView, profile: Option<&Profile>, units: Units) -> Self {
        let plan = w.plan.as_ref();
        let [reasons, repairs, findings] =
            plan.map(|p| why::of_week(p, units).map(Reason::each)).unwrap_or_default();
        let day = |d: DayView| PlanDay {
            day: d.day.into(),
            done: d.done.into(),
            over: d.over,
            sessions: plan.map_or_else(Vec::new, |plan| {
                d.sessions.iter().map(|s| Session::of(s, plan, profile, units)).collect()
            }),
            compared: d.scored.as_ref().map(|s| Compared::of(s, units)),
            activities: d.activities.into_iter().map(Activity::from).collect(),
        };
        Self {
            week_start: w.week_start.into(),
            status: w.status.into(),
            revision: w.revision,
            phase: plan.map(|p| Phase(p.phase)),
            state: w.state.map(State),
            as_of: w.as_of.map(Date),
            digest: w.digest,
            replayed: w.replayed,
            edited: w.edited,
            planned_distance_m: w.planned.0,
            done_distance_m: w.done.0,
            planned_duration_s: w.planned_time.0,
            done_duration_s: w.done_time.0,
            reasons,
            repairs,
            findings,
            days: w.days.into_iter().map(day).collect(),
        }
    }
}

/// The week that holds a day
///
/// Its plan with sessions, steps and reasons, and what was run. Weeks without a plan are answered
/// too, with what was run in them.
#[utoipa::path(get, path = "/plan/weeks/{day}", tag = "plan",
    params(("day" = Date, Path, description = "Any day of the week.")),
    responses((status = 200, description = "The week.", body = Week)))]
pub(super) async fn week(
    Shared(web): Shared<Web>,
    caller: Caller,
    At(day): At<Date>,
) -> Reply<Week> {
    Ok(Json(the_week(&web, &caller, day).await?))
}

pub(super) async fn the_week(web: &Web, caller: &Caller, day: Date) -> Result<Week, Problem> {
    let profile = web.app.known_profile(&caller.runner).await?;
    let week = seen(web, caller, day).await?;
    Ok(Week::of(week, Some(&profile), caller.units()))
}

async fn seen(web: &Web, caller: &Caller, day: Date) -> Result<WeekView, Problem> {
    let week = web.app.week(&caller.runner, caller.week_of(day.0)).await?;
    week.ok_or_else(|| Problem::new(problem::NOT_FOUND, "there is no such week"))
}

/// The session of a schedule that one was made from, and how far it may be changed.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MadeFrom {
    /// What it is called.
    name: String,
    /// Its schedule, with the author.
    schedule: Option<String>,
    /// Its week there, from 1.
    week: Option<i32>,
    /// What it is there.
    kind: Option<Kind>,
    /// Its length there, in metres, where it has one.
    distance_m: Option<i64>,
    /// The shortest that it may become, in metres.
    least_m: Option<i64>,
    /// The longest that it may become, in metres.
    most_m: Option<i64>,
    /// Its minutes there, where it is timed.
    minutes: Option<i32>,
    /// The fewest minutes that it may become.
    least_minutes: Option<i32>,
    /// The most minutes that it may become.
    most_minutes: Option<i32>,
    /// Its share of the week's long run, in per cent.
    percent_of_long_run: Option<i32>,
    /// The zone of its main part.
    #[schema(example = "Zone 2")]
    zone: Option<String>,
    /// The first week of its schedule in which it may be used.
    first_week: Option<i32>,
    /// The last week of its schedule in which it may be used.
    last_week: Option<i32>,
    /// Only once a base is built.
    after_base: bool,
}

impl From<TemplateView> for MadeFrom {
    fn from(t: TemplateView) -> Self {
        let (least, most) = t.distances.unzip();
        let (least_minutes, most_minutes) = t.minutes_between.unzip();
        let (first_week, last_week) = t.weeks.unzip();
        Self {
            name: t.name,
            schedule: t.schedule,
            week: t.week,
            kind: t.kind.map(Kind::from),
            distance_m: t.distance.map(|d| d.0),
            least_m: least.map(|d| d.0),
            most_m: most.map(|d| d.0),
            minutes: t.minutes,
            least_minutes,
            most_minutes,
            percent_of_long_run: t.percent_of_long_run,
            zone: t.zone,
            first_week,
            last_week,
            after_base: t.after_base,
        }
    }
}

/// One day's workout with the whole of its why.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Workout {
    /// What its session was made from; null for one that was made without.
    made_from: Option<MadeFrom>,
    /// The first day of its week.
    week_start: Date,
    week_status: WeekStatus,
    /// The revision of the week's plan.
    week_revision: i32,
    /// The week's phase; null without a plan.
    phase: Option<Phase>,
    /// The state the week was planned in; null without a plan.
    state: Option<State>,
    /// The day, with its sessions and their reasons.
    day: PlanDay,
    /// Why the week is as big as it is.
    week_reasons: Vec<Reason>,
    /// What the rules changed in the week.
    week_repairs: Vec<Reason>,
    /// What the last check of the week noted.
    week_findings: Vec<Reason>,
}

/// One day's workout
///
/// What to do on a day, and why: rule, measured value, limit, what would be allowed, evidence.
#[utoipa::path(get, path = "/plan/workouts/{day}", tag = "plan",
    params(("day" = Date, Path, description = "The day.")),
    responses((status = 200, description = "The workout; a rest day has no session.",
        body = Workout)))]
pub(super) async fn workout(
    Shared(web): Shared<Web>,
    caller: Caller,
    At(asked): At<Date>,
) -> Reply<Workout> {
    let profile = web.app.known_profile(&caller.runner).await?;
    let week = seen(&web, &caller, asked).await?;
    let planned = week.days.iter().find(|d| d.day == asked.0).and_then(DayView::session);
    let made_from = match planned {
        Some(s) => web.app.template_of(&caller.runner, asked.0, s.kind).await?,
        None => None,
    };
    let week = Week::of(week, Some(&profile), caller.units());
    let day = week.days.into_iter().find(|d| d.day == asked);
    let day = day.ok_or_else(|| Problem::new(problem::NOT_FOUND, "there is no such day"))?;
    Ok(Json(Workout {
        made_from: made_from.map(MadeFrom::from),
        week_start: week.week_start,
        week_status: week.status,
        week_revision: week.revision,
        phase: week.phase,
        state: week.state,
        day,
        week_reasons: week.reasons,
        week_repairs: week.repairs,
        week_findings: week.findings,
    }))
}

/// One version of a week, as it was saved.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Version {
    /// Its number, from 1.
    revision: i32,
    /// The runner's local day on which it was saved.
    saved_on: Date,
    /// The runner's local time, HH:MM.
    saved_at: String,
    /// Why there is a new version.
    reason: Option<String>,
    /// It was a draft.
    draft: bool,
    state: State,
    phase: Phase,
    /// Metres of its sessions.
    distance_m: i64,
    /// All its sessions by day.
    sessions: Vec<Session>,
    /// Why the week was as big as it was.
    reasons: Vec<Reason>,
}

impl Version {
    fn of(v: VersionView, units: Units) -> Self {
        let [reasons, ..] = why::of_week(&v.plan, units).map(Reason::each);
        Self {
            revision: v.revision,
            saved_on: v.saved.0.into(),
            saved_at: v.saved.1,
            reason: v.reason,
            draft: v.draft,
            state: v.plan.state.into(),
            phase: v.plan.phase.into(),
            distance_m: v.sessions.iter().filter(|s| s.is_run()).map(|s| s.distance.0).sum(),
            sessions: v.sessions.iter().map(|s| Session::of(s, &v.plan, None, units)).collect(),
            reasons,
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct VersionsQuery {
    /// Most items of the page; 50 where nothing is said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
    /// From `next` of the page before.
    cursor: Option<String>,
}

/// The versions of a week
///
/// Oldest first; none for a week without a plan.
#[utoipa::path(get, path = "/plan/weeks/{day}/versions", tag = "plan",
    params(("day" = Date, Path, description = "Any day of the week."), VersionsQuery),
    responses((status = 200, description = "A page of versions.", body = Page<Version>)))]
pub(super) async fn versions(
    Shared(web): Shared<Web>,
    caller: Caller,
    At(day): At<Date>,
    Asked(query): Asked<VersionsQuery>,
) -> Reply<Page<Version>> {
    let page = (list::limit(query.limit)?, list::pair(query.cursor.as_deref())?);
    let all = web.app.versions(&caller.runner, caller.week_of(day.0)).await?;
    let units = caller.units();
    let key = |v: &VersionView| (i64::from(v.revision), 0);
    Ok(Json(Page::of_all(all, page, key, |v| Version::of(v, units))))
}
