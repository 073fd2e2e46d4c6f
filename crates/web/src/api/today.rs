//! Who is signed in, what the runner is like, and today.

use super::enter::Caller;
use super::health::{CheckIn, check_in};
use super::problem::{self, Problem};
use super::reasons::Reason;
use super::settings::{Goal, goal};
use super::week::Week;
use super::words::{Date, Id, Modification, Race, Risk, ScreenUnits, State, WeekStart, Weekday};
use super::{Reply, words};
use crate::{Web, why};
use axum::Json;
use axum::extract::State as Shared;
use hermes_app::TodayView;
use hermes_engine::calibrate::{Basis, Profile as Calibrated};
use hermes_engine::predict::Prediction as Predicted;
use hermes_engine::units::Units;
use serde::Serialize;
use utoipa::ToSchema;

/// Who is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Me {
    /// The account.
    id: Id,
    /// A name, if one is known.
    name: Option<String>,
    /// IANA time zone.
    #[schema(example = "Europe/Berlin")]
    time_zone: String,
    /// The runner's local day.
    today: Date,
    units: ScreenUnits,
    week_start: WeekStart,
    /// Activities there are.
    activities: i64,
    /// A goal is set.
    has_goal: bool,
    /// Preferences are set.
    has_preferences: bool,
    /// A plan is published.
    has_plan: bool,
}

/// Who is signed in
///
/// And how far they have come.
#[utoipa::path(get, path = "/me", tag = "you",
    responses((status = 200, description = "You.", body = Me)))]
pub(super) async fn me(Shared(web): Shared<Web>, caller: Caller) -> Reply<Me> {
    let progress = web.app.progress(&caller.runner).await?;
    Ok(Json(Me {
        id: Id(caller.runner.id),
        name: caller.runner.name.clone(),
        time_zone: caller.runner.time_zone.clone(),
        today: caller.today.into(),
        units: caller.units().into(),
        week_start: caller.preferences.week_start.into(),
        activities: progress.activities,
        has_goal: progress.has_goal,
        has_preferences: progress.has_preferences,
        has_plan: progress.has_plan,
    }))
}

/// A predicted race time.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Prediction {
    distance: Race,
    /// The likeliest time, in seconds.
    time_s: i64,
    /// One in ten is faster, in seconds.
    low_s: i64,
    /// One in ten is slower, in seconds.
    high_s: i64,
    /// How sure it is, in thousandths.
    confidence_permille: i64,
    /// From what and how it was worked out.
    reason: String,
    /// The same with the evidence for the way it was worked out.
    why: Reason,
    /// The activities it rests on.
    activities: Vec<i64>,
}

impl Prediction {
    fn of(p: &Predicted, units: Units) -> Self {
        Self {
            distance: p.distance.into(),
            time_s: p.time.0,
            low_s: p.low.0,
            high_s: p.high.0,
            confidence_permille: p.confidence_permille,
            reason: p.reason_in(units),
            why: why::Reason::predicted(p, units).into(),
            activities: p.evidence.clone(),
        }
    }
}

/// What a figure of the profile rests on.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Ground {
    /// The figure.
    figure: &'static str,
    /// How sure it is, in thousandths.
    confidence_permille: i64,
    /// How it was worked out.
    rule: String,
    /// The activities it rests on.
    activities: Vec<i64>,
}

impl From<&Basis> for Ground {
    fn from(b: &Basis) -> Self {
        Self {
            figure: b.figure.title(),
            confidence_permille: b.confidence,
            rule: b.rule.clone(),
            activities: b.activities.clone(),
        }
    }
}

/// An activity that does not count.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Rejected {
    /// The activity.
    activity: i64,
    /// Why.
    reason: &'static str,
}

/// Paces to train at.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Paces {
    /// Easy running, in seconds per kilometre.
    easy_s_per_km: i64,
    /// Marathon pace, in seconds per kilometre.
    marathon_s_per_km: i64,
    /// Half-marathon pace, in seconds per kilometre.
    half_s_per_km: i64,
    /// 10 km pace, in seconds per kilometre.
    k10_s_per_km: i64,
    /// 5 km pace, in seconds per kilometre.
    k5_s_per_km: i64,
    /// Threshold pace, in seconds per kilometre.
    threshold_s_per_km: i64,
    /// Interval pace, in seconds per kilometre.
    interval_s_per_km: i64,
}

/// What is known of the runner.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Profile {
    /// What was known before this day.
    as_of: Date,
    /// There are runs enough to calibrate from.
    calibrated: bool,
    /// First day of the runs it rests on.
    window_from: Date,
    /// Last day of the runs it rests on.
    window_to: Date,
    /// The bootcamp in words.
    bootcamp: String,
    /// The Daniels-Gilbert value, in tenths.
    value_tenths: i64,
    /// Paces to train at.
    paces: Paces,
    /// Metres a week that the runner can bear.
    weekly_capacity_m: i64,
    /// Durability score, in thousandths.
    durability_permille: i64,
    /// Consistency score, in thousandths.
    consistency_permille: i64,
    risk: Risk,
    /// Metres of the last 28 days.
    volume_28_days_m: i64,
    /// Metres of the last 90 days.
    volume_90_days_m: i64,
    /// Usual number of runs a week.
    usual_runs: u8,
    long_run_day: Weekday,
    /// Highest heart rate, in beats per minute.
    max_heart_rate_bpm: Option<u16>,
    /// What the figures rest on.
    basis: Vec<Ground>,
    /// What the runner would race today.
    predictions: Vec<Prediction>,
    /// Activities that do not count, and why.
    rejected: Vec<Rejected>,
}

impl Profile {
    fn of(p: &Calibrated, units: Units) -> Self {
        let rejected = |(activity, why): &(i64, hermes_engine::history::Rejection)| Rejected {
            activity: *activity,
            reason: why.text(),
        };
        Self {
            as_of: p.as_of.into(),
            calibrated: p.calibrated,
            window_from: p.window.0.into(),
            window_to: p.window.1.into(),
            bootcamp: p.bootcamp.text(),
            value_tenths: p.value.0,
            paces: Paces {
                easy_s_per_km: p.paces.easy.0,
                marathon_s_per_km: p.paces.marathon.0,
                half_s_per_km: p.paces.half.0,
                k10_s_per_km: p.paces.k10.0,
                k5_s_per_km: p.paces.k5.0,
                threshold_s_per_km: p.paces.threshold.0,
                interval_s_per_km: p.paces.interval.0,
            },
            weekly_capacity_m: p.capacity.0,
            durability_permille: p.durability,
            consistency_permille: p.consistency,
            risk: p.risk.into(),
            volume_28_days_m: p.km_28.0,
            volume_90_days_m: p.km_90.0,
            usual_runs: p.usual_runs,
            long_run_day: p.long_run_day.into(),
            max_heart_rate_bpm: p.max_heart_rate,
            basis: p.basis.iter().map(Ground::from).collect(),
            predictions: p.predictions.iter().map(|p| Prediction::of(p, units)).collect(),
            rejected: p.rejected.iter().map(rejected).collect(),
        }
    }
}

/// What is known of you
///
/// Paces, capacity, predictions with their intervals, and the runs they rest on.
#[utoipa::path(get, path = "/profile", tag = "you",
    responses((status = 200, description = "Your profile.", body = Profile)))]
pub(super) async fn profile(Shared(web): Shared<Web>, caller: Caller) -> Reply<Profile> {
    let known = web.app.known_profile(&caller.runner).await?;
    Ok(Json(Profile::of(&known, caller.units())))
}

/// A milestone to come.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct NextStone {
    /// Its name.
    name: String,
    /// The day it should be reached by.
    day: Date,
}

/// Today.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Today {
    /// The runner's local day.
    today: Date,
    state: State,
    /// What the state means.
    state_meaning: &'static str,
    /// The day it was entered, where that is known.
    state_since: Option<Date>,
    /// Why it was entered.
    state_why: Option<String>,
    /// The same with what was measured and the evidence.
    state_reason: Option<Reason>,
    /// This week.
    week: Week,
    /// The next week's draft.
    next_week: Option<Week>,
    /// The next race.
    next_goal: Option<Goal>,
    /// The race that training leads to, where it is not the next one.
    main_goal: Option<Goal>,
    /// The next milestone.
    milestone: Option<NextStone>,
    /// The check-in that is open.
    check_in: Option<CheckIn>,
    /// The strongest modification that health has in force.
    health: Modification,
    /// Health records that are open.
    open_records: usize,
    /// Days kept in a row.
    streak_days: i32,
    /// Most days ever kept in a row.
    longest_streak_days: i32,
    /// Points of the Killa meter.
    killa_points: i32,
    /// Breakthroughs it counted.
    killa_breakthroughs: i32,
    /// Overreaches it counted.
    killa_overreaches: i32,
    /// The last day of Send It mode, where it is on.
    send_it_last_day: Option<Date>,
}

impl Today {
    fn of(t: TodayView, caller: &Caller) -> Self {
        let units = caller.units();
        let TodayView { profile, week, next, .. } = t;
        let drawn = |w| Week::of(w, profile.as_ref(), units);
        Self {
            today: t.today.into(),
            state: t.state.into(),
            state_meaning: t.state.meaning(),
            state_since: t.state_why.as_ref().map(|e| Date(e.date)),
            state_reason: t.state_why.as_ref().map(|e| why::Reason::since(e).into()),
            state_why: t.state_why.map(|e| e.short),
            week: drawn(week),
            next_week: next.map(drawn),
            next_goal: t.next_goal.map(goal),
            main_goal: t.main_goal.map(goal),
            milestone: t.milestone.map(|m| NextStone { name: m.name, day: m.day.into() }),
            check_in: t.check_in.map(check_in),
            health: words::Modification(t.health),
            open_records: t.open_records,
            streak_days: t.streak.0,
            longest_streak_days: t.streak.1,
            killa_points: t.killa.0,
            killa_breakthroughs: t.killa.1,
            killa_overreaches: t.killa.2,
            send_it_last_day: t.send_it_until.map(|end| Date(end - 1)),
        }
    }
}

/// Today
///
/// This week and the next one's draft, where you stand, and what waits for your word. 409 before
/// you have said what you want.
#[utoipa::path(get, path = "/today", tag = "plan",
    responses((status = 200, description = "Today.", body = Today),
        (status = 409, description = "Nothing is planned yet.", body = problem::Shape,
            content_type = problem::MEDIA_TYPE)))]
pub(super) async fn today(Shared(web): Shared<Web>, caller: Caller) -> Reply<Today> {
    // Looking publishes the week; before the runner has said what they want, it would be too early.
    let Some(view) = web.app.today_if_under_way(&caller.runner).await? else {
        let sentence = "nothing is planned yet: set your preferences first";
        return Err(Problem::new(problem::CONFLICT, sentence));
    };
    Ok(Json(Today::of(view, &caller)))
}
