//! How training went: trends, meters, and what changed when and why.

use super::Reply;
use super::enter::{Asked, Caller};
use super::health::placed;
use super::list::{self, Page};
use super::reasons::Reason;
use super::words::{Date, DayDone, EntryKind, Race, StreakMark};
use crate::{Web, why};
use axum::Json;
use axum::extract::State as Shared;
use hermes_app::{Entry, TrendsView};
use hermes_engine::calendar::Day;
use hermes_engine::units::{Metres, Units};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

/// How far back the history can be read, in days: ten years and a little.
const HISTORY_DAYS: i64 = 3_660;

/// Where the metres of a week went.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Kinds {
    /// Easy metres.
    easy_m: i64,
    /// Metres of quality sessions.
    quality_m: i64,
    /// Metres of long runs.
    long_m: i64,
    /// Recovery metres.
    recovery_m: i64,
}

/// One week of training.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TrendWeek {
    /// Its first day.
    week_start: Date,
    /// Planned metres; 0 without a plan.
    planned_distance_m: i64,
    /// Metres run, without what does not count.
    done_distance_m: i64,
    /// Metres of the longest run.
    longest_m: i64,
    /// Where the metres went, where the week is summed up.
    kinds: Option<Kinds>,
    /// Mean session score, in per cent.
    compliance_percent: Option<i64>,
    /// The phase it was planned in.
    phase: Option<&'static str>,
}

/// Load of a day.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Load {
    /// The day.
    day: Date,
    /// Session-RPE points of the day.
    points: i64,
    /// The slow mean, in hundredths of points a day.
    fitness_hundredths: i64,
    /// The fast mean, in hundredths of points a day.
    fatigue_hundredths: i64,
    /// Fitness less fatigue, in hundredths of points a day.
    form_hundredths: i64,
}

/// What became of a day.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TrendDay {
    /// The day.
    day: Date,
    done: DayDone,
    /// More than planned was run.
    over: bool,
    /// Planned metres.
    planned_distance_m: i64,
    /// Metres run on it.
    done_distance_m: i64,
}

/// A race time as it would have been predicted.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PastPrediction {
    /// The day.
    day: Date,
    /// The likeliest time, in seconds.
    time_s: i64,
    /// One in ten is faster, in seconds.
    low_s: i64,
    /// One in ten is slower, in seconds.
    high_s: i64,
    /// From what and how it would have been worked out.
    why: Reason,
}

/// The pace of a week's runs at the usual heart rate.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PaceAtHeart {
    /// The week's first day.
    week_start: Date,
    /// The mean pace, in seconds per kilometre.
    pace_s_per_km: i64,
    /// Runs it is made of.
    runs: usize,
}

/// How training went; every list oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Trends {
    /// A year of weeks, without the empty ones before the first run.
    weeks: Vec<TrendWeek>,
    /// Half a year of days of load.
    loads: Vec<Load>,
    /// Half a year of days.
    days: Vec<TrendDay>,
    /// The distance of the predictions.
    distance: Race,
    /// Predictions at week starts, and today's.
    predicted: Vec<PastPrediction>,
    /// Lowest heart rate at which paces are compared, in beats per minute.
    heart_rate_low_bpm: Option<u16>,
    /// Highest heart rate at which paces are compared, in beats per minute.
    heart_rate_high_bpm: Option<u16>,
    /// The paces at these heart rates.
    paces: Vec<PaceAtHeart>,
}

impl Trends {
    fn of(t: TrendsView, units: Units) -> Self {
        let kinds = |[easy, quality, long, recovery]: [Metres; 4]| Kinds {
            easy_m: easy.0,
            quality_m: quality.0,
            long_m: long.0,
            recovery_m: recovery.0,
        };
        Self {
            weeks: t
                .weeks
                .into_iter()
                .map(|w| TrendWeek {
                    week_start: w.week_start.into(),
                    planned_distance_m: w.planned.0,
                    done_distance_m: w.done.0,
                    longest_m: w.longest.0,
                    kinds: w.split.map(kinds),
                    compliance_percent: w.compliance,
                    phase: w.phase,
                })
                .collect(),
            loads: t
                .loads
                .into_iter()
                .map(|l| Load {
                    day: l.form.day.into(),
                    points: l.points,
                    fitness_hundredths: l.form.fitness,
                    fatigue_hundredths: l.form.fatigue,
                    form_hundredths: l.form.form(),
                })
                .collect(),
            days: t
                .days
                .into_iter()
                .map(|d| TrendDay {
                    day: d.day.into(),
                    done: d.done.into(),
                    over: d.over,
                    planned_distance_m: d.planned.0,
                    done_distance_m: d.run.0,
                })
                .collect(),
            distance: t.distance.into(),
            predicted: t
                .predicted
                .into_iter()
                .map(|p| PastPrediction {
                    day: p.day.into(),
                    time_s: p.made.time.0,
                    low_s: p.made.low.0,
                    high_s: p.made.high.0,
                    why: why::Reason::predicted(&p.made, units).into(),
                })
                .collect(),
            heart_rate_low_bpm: t.heart_rates.map(|h| h.0),
            heart_rate_high_bpm: t.heart_rates.map(|h| h.1),
            paces: t
                .paces
                .into_iter()
                .map(|p| PaceAtHeart {
                    week_start: p.week_start.into(),
                    pace_s_per_km: p.pace.0,
                    runs: p.runs,
                })
                .collect(),
        }
    }
}

/// How training went
///
/// A year of weeks, half a year of days, load, predictions and paces.
#[utoipa::path(get, path = "/trends", tag = "progress",
    responses((status = 200, description = "The trends.", body = Trends)))]
pub(super) async fn trends(Shared(web): Shared<Web>, caller: Caller) -> Reply<Trends> {
    Ok(Json(Trends::of(web.app.trends(&caller.runner).await?, caller.units())))
}

/// A day of the streak.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StreakDay {
    /// The day.
    day: Date,
    mark: StreakMark,
    /// It keeps the streak.
    keeps: bool,
}

/// A breakthrough or an overreach.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct KillaEvent {
    /// The day.
    day: Date,
    /// What happened, in the runner's units.
    text: String,
    /// It was an overreach.
    overreach: bool,
    /// Points it brought.
    points: i64,
}

/// The meters.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Meters {
    /// Days kept in a row.
    streak_days: i64,
    /// Most days ever kept in a row.
    longest_streak_days: i64,
    /// How steadily plans are run, in thousandths.
    consistency_permille: i64,
    /// The days that were looked at, oldest first.
    days: Vec<StreakDay>,
    /// Points of breakthroughs.
    points: i64,
    /// Breakthroughs.
    breakthroughs: i64,
    /// Overreaches.
    overreaches: i64,
    /// What they were, oldest first.
    events: Vec<KillaEvent>,
    /// The bootcamp in words.
    bootcamp: String,
    /// Patterns of the last 28 days with what is offered, in words.
    patterns: Vec<String>,
    /// Advice to see a doctor, where signals do not clear.
    advice: Option<&'static str>,
}

/// The meters
///
/// The streak, breakthroughs and overreaches, and patterns.
#[utoipa::path(get, path = "/meters", tag = "progress",
    responses((status = 200, description = "The meters.", body = Meters)))]
pub(super) async fn meters(Shared(web): Shared<Web>, caller: Caller) -> Reply<Meters> {
    let status = web.app.status(&caller.runner, caller.today).await?;
    let units = caller.units();
    let (momentum, killa) = (status.momentum, status.killa);
    let day = |(day, mark): (Day, hermes_engine::meters::Mark)| StreakDay {
        day: day.into(),
        mark: mark.into(),
        keeps: mark.keeps(),
    };
    let events = killa.events.iter().map(|e| KillaEvent {
        day: e.day.into(),
        text: e.text(units),
        overreach: e.what.is_overreach(),
        points: e.points,
    });
    Ok(Json(Meters {
        streak_days: momentum.current,
        longest_streak_days: momentum.longest,
        consistency_permille: momentum.consistency,
        days: momentum.days.into_iter().map(day).collect(),
        points: killa.points,
        breakthroughs: killa.breakthroughs,
        overreaches: killa.overreaches,
        events: events.collect(),
        bootcamp: status.bootcamp.text(),
        patterns: status.patterns.iter().map(|p| p.text(units)).collect(),
        advice: status.advice,
    }))
}

/// Something that changed.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Happening {
    /// The day it took effect.
    date: Date,
    kind: EntryKind,
    /// The state before.
    from_state: Option<String>,
    /// The state after.
    to_state: Option<String>,
    /// In one sentence.
    short: String,
    /// With what it does to the plan and what the last weeks were.
    long: String,
    /// Why: the same sentences with the evidence behind them.
    why: Reason,
    /// What was measured, as it was kept: metres, seconds and thousandths.
    data: Option<Value>,
    /// The distance against the plan before, in thousandths.
    volume_change_permille: Option<i64>,
    /// The time at intensity against the plan before, in thousandths.
    intensity_change_permille: Option<i64>,
    /// The last 7 days as they stood.
    #[schema(value_type = Option<Object>)]
    window_7_days: Option<Value>,
    /// The last 28 days as they stood.
    #[schema(value_type = Option<Object>)]
    window_28_days: Option<Value>,
    /// The last 90 days as they stood.
    #[schema(value_type = Option<Object>)]
    window_90_days: Option<Value>,
}

impl From<Entry> for Happening {
    fn from(e: Entry) -> Self {
        let why = why::Reason::changed(&e).into();
        let [window_7_days, window_28_days, window_90_days] = e.windows;
        Self {
            date: e.date.into(),
            kind: e.kind.into(),
            from_state: e.from,
            to_state: e.to,
            short: e.short,
            long: e.long,
            why,
            data: e.data,
            volume_change_permille: e.volume_change_permille,
            intensity_change_permille: e.intensity_change_permille,
            window_7_days,
            window_28_days,
            window_90_days,
        }
    }
}

/// Which changes.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct HistoryQuery {
    /// Only changes of this kind.
    #[param(value_type = Option<EntryKind>)]
    kind: Option<EntryKind>,
    /// Most items of the page; 50 where nothing is said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
    /// From `next` of the page before.
    cursor: Option<String>,
}

/// What changed, when and why
///
/// States, roads and plans of the last ten years, newest first.
#[utoipa::path(get, path = "/history", tag = "progress", params(HistoryQuery),
    responses((status = 200, description = "A page of changes.", body = Page<Happening>)))]
pub(super) async fn history(
    Shared(web): Shared<Web>,
    caller: Caller,
    Asked(query): Asked<HistoryQuery>,
) -> Reply<Page<Happening>> {
    let page = (list::limit(query.limit)?, list::pair(query.cursor.as_deref())?);
    let from = caller.today - HISTORY_DAYS;
    let all = web.app.history(&caller.runner, from, caller.today).await?;
    let wanted = |(_, e): &((i64, i64), Entry)| query.kind.is_none_or(|k| k.0 == e.kind);
    // Placed before they are filtered: a cursor holds for every filter.
    let all = placed(all, |e| e.date.epoch()).into_iter().filter(wanted).collect();
    Ok(Json(Page::of_all(all, page, |(place, _)| *place, |(_, e)| Happening::from(e))))
}

/// Planned and run distance of a week.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Volume {
    /// Its first day.
    week_start: Date,
    /// Planned metres; 0 without a plan.
    planned_distance_m: i64,
    /// Metres run, without what does not count.
    done_distance_m: i64,
}

/// Which weeks.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct VolumesQuery {
    /// How many weeks up to this one; 12 where nothing is said.
    #[param(minimum = 1, maximum = 104)]
    weeks: Option<u8>,
}

/// The volume of the last weeks
///
/// Planned and run, oldest first, this week last.
#[utoipa::path(get, path = "/volumes", tag = "progress", params(VolumesQuery),
    responses((status = 200, description = "The weeks.", body = Vec<Volume>)))]
pub(super) async fn volumes(
    Shared(web): Shared<Web>,
    caller: Caller,
    Asked(query): Asked<VolumesQuery>,
) -> Reply<Vec<Volume>> {
    let weeks = query.weeks.unwrap_or(12);
    if !(1..=104).contains(&weeks) {
        let (sort, n) = (super::problem::BAD_QUERY, i64::from(weeks));
        return Err(super::fields::range(sort, "weeks", n, (1, 104)));
    }
    let first = caller.week_of(caller.today) - 7 * (i64::from(weeks) - 1);
    let all = web.app.volumes(&caller.runner, first, weeks).await?;
    let volume = |w: &hermes_app::WeekVolume| Volume {
        week_start: w.week_start.into(),
        planned_distance_m: w.planned.0,
        done_distance_m: w.done.0,
    };
    Ok(Json(all.iter().map(volume).collect()))
}
