//! The roadmap, and what the weeks ahead look like: as they are, and if something changed.

use super::enter::{Asked, Caller};
use super::problem::{self, Problem};
use super::reasons::Reason;
use super::words::{Date, Feasibility, Focus, Metric, Phase, Race, State};
use super::{Reply, fields};
use crate::pages::what_if::{MISSED_MAX, SICK_DAYS_MAX};
use crate::{Web, why};
use axum::Json;
use axum::extract::State as Shared;
use hermes_app::Outlooks;
use hermes_engine::calendar::Day;
use hermes_engine::forecast as ahead;
use hermes_engine::goals::Collision;
use hermes_engine::milestone as stone;
use hermes_engine::record::Goal;
use hermes_engine::units::{Seconds, Units};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A race on the way.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RaceDay {
    distance: Race,
    /// Race day.
    day: Date,
    /// The time to run, in seconds.
    time_s: Option<i64>,
    /// 1 is the race that training leads to.
    priority: u8,
}

impl From<&Goal> for RaceDay {
    fn from(g: &Goal) -> Self {
        let (distance, day) = (g.distance.into(), g.day.into());
        Self { distance, day, time_s: g.time.map(|t| t.0), priority: g.priority }
    }
}

/// A phase of the road.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Span {
    phase: Phase,
    focus: Focus,
    /// Its first day.
    start: Date,
    /// Its last day.
    end: Date,
    /// Metres a week that it aims at.
    weekly_target_m: i64,
}

/// A checkpoint.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Milestone {
    /// Its name.
    name: String,
    phase: Phase,
    metric: Metric,
    /// The day it should be reached by.
    day: Date,
    /// What is to be reached: metres for a long run or a weekly volume, else seconds.
    value: Option<i64>,
    /// The day it was reached.
    achieved: Option<Date>,
    /// The week by which the forecast has it reached.
    likely_by: Option<Date>,
    /// Why it stands on the road, with the evidence.
    why: Reason,
}

impl Milestone {
    fn of(m: &stone::Milestone, likely: Option<Day>) -> Self {
        Self {
            name: m.name.clone(),
            phase: m.phase.into(),
            metric: m.metric.into(),
            day: m.day.into(),
            value: m.value,
            achieved: m.achieved.map(Date),
            likely_by: likely.filter(|_| m.achieved.is_none()).map(Date),
            why: why::Reason::milestone(m.metric).into(),
        }
    }
}

/// The way to one goal.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Road {
    goal: RaceDay,
    feasibility: Feasibility,
    /// The verdict in words.
    verdict: String,
    /// The schedule that its sessions follow.
    schedule: Option<&'static str>,
    /// Its phases in order.
    phases: Vec<Span>,
    /// Its milestones in order.
    milestones: Vec<Milestone>,
}

/// Goals in each other's way.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Clash {
    goal: RaceDay,
    with: RaceDay,
    /// What is done about it.
    text: String,
}

impl From<&Collision> for Clash {
    fn from(c: &Collision) -> Self {
        Self { goal: (&c.goal).into(), with: (&c.with).into(), text: c.text() }
    }
}

/// A race on the way to a bigger one.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TuneUp {
    goal: RaceDay,
    on_way_to: RaceDay,
}

/// A change of the road.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RoadChange {
    /// The day it took effect.
    day: Date,
    /// What changed and why.
    text: String,
}

/// The roads to all goals.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Roadmap {
    /// The roads in time: first the one that leads; none without a goal.
    roads: Vec<Road>,
    /// Races on the way to a bigger one.
    tune_ups: Vec<TuneUp>,
    /// Goals in each other's way.
    collisions: Vec<Clash>,
    /// What is expected on race day, if the plans are run.
    expected: Option<Expected>,
    /// Where that time comes from, with the evidence.
    expected_why: Option<Reason>,
    /// The changes of the last 90 days, oldest first.
    changes: Vec<RoadChange>,
}

/// The roadmap
///
/// Phases, milestones, whether each goal is within reach, and what is expected on race day.
#[utoipa::path(get, path = "/roadmap", tag = "road",
    responses((status = 200, description = "The roads.", body = Roadmap)))]
pub(super) async fn roadmap(Shared(web): Shared<Web>, caller: Caller) -> Reply<Roadmap> {
    let today = caller.today;
    let (roads, changes) = web.app.roads(&caller.runner, today).await?;
    let outlook = web.app.forecast(&caller.runner, today, &ahead::Scenario::default()).await?;
    let plain = outlook.plain.first().map(|(_, f)| f);
    let likely = |m: &stone::Milestone| {
        let mut all = plain.into_iter().flat_map(|f| &f.milestones);
        all.find(|r| r.milestone.name == m.name && r.milestone.day == m.day)?.reached
    };
    let road = |r: &stone::Roadmap| Road {
        goal: (&r.goal).into(),
        feasibility: r.verdict.feasibility.into(),
        verdict: r.verdict.text(r.goal.distance, caller.units()),
        schedule: r.schedule.map(|s| s.name()),
        phases: r
            .spans
            .iter()
            .map(|s| Span {
                phase: s.phase.into(),
                focus: s.focus.into(),
                start: s.start.into(),
                end: s.end.into(),
                weekly_target_m: s.target.0,
            })
            .collect(),
        milestones: r.milestones.iter().map(|m| Milestone::of(m, likely(m))).collect(),
    };
    let tune_ups = roads.tune_ups.iter();
    let profile = web.app.known_profile(&caller.runner).await?;
    let leading = roads.roadmaps.first();
    let expected = plain.and_then(ahead::Forecast::final_time);
    let expected_why =
        leading.and_then(|road| why::Reason::expected(road, &profile, caller.units()));
    Ok(Json(Roadmap {
        roads: roads.roadmaps.iter().map(road).collect(),
        tune_ups: tune_ups
            .map(|t| TuneUp { goal: (&t.goal).into(), on_way_to: (&t.on_way_to).into() })
            .collect(),
        collisions: roads.collisions.iter().map(Clash::from).collect(),
        expected_why: expected.and(expected_why).map(Reason::from),
        expected: expected.map(Expected::from),
        changes: changes
            .into_iter()
            .map(|c| RoadChange { day: c.day.into(), text: c.text })
            .collect(),
    }))
}

/// A race time to be expected.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Expected {
    /// The likeliest time, in seconds.
    time_s: i64,
    /// One in ten is faster, in seconds.
    low_s: i64,
    /// One in ten is slower, in seconds.
    high_s: i64,
}

impl From<ahead::Expected> for Expected {
    fn from(e: ahead::Expected) -> Self {
        Self { time_s: e.time.0, low_s: e.low.0, high_s: e.high.0 }
    }
}

/// A week ahead.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct WeekAhead {
    /// Its first day.
    week_start: Date,
    phase: Phase,
    state: State,
    /// Planned metres.
    planned_distance_m: i64,
    /// Metres of it that are run.
    run_distance_m: i64,
    /// Metres of its longest run.
    long_run_m: i64,
    /// The race in it.
    race: Option<Race>,
    /// It is an easier week.
    cutback: bool,
    /// What would be predicted at its start.
    expected: Option<Expected>,
}

/// The weeks ahead under one assumption.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Forecast {
    /// How much of every plan is run, in per cent.
    adherence_percent: i64,
    /// The distance of the predictions.
    distance: Race,
    /// The race day that it leads to.
    race_day: Option<Date>,
    /// What is expected on race day.
    expected: Option<Expected>,
    /// The weeks in order.
    weeks: Vec<WeekAhead>,
    /// The milestones, and when they are reached.
    milestones: Vec<Milestone>,
    /// What is worth knowing.
    notices: Vec<String>,
}

impl Forecast {
    fn of(permille: i64, f: &ahead::Forecast) -> Self {
        let week = |w: &ahead::WeekForecast| WeekAhead {
            week_start: w.start.into(),
            phase: w.phase.into(),
            state: w.state.into(),
            planned_distance_m: w.planned.0,
            run_distance_m: w.run.0,
            long_run_m: w.long.0,
            race: w.race.map(Race),
            cutback: w.cutback,
            expected: w.expected.map(Expected::from),
        };
        Self {
            adherence_percent: permille / 10,
            distance: f.distance.into(),
            race_day: f.race_day.map(Date),
            expected: f.final_time().map(Expected::from),
            weeks: f.weeks.iter().map(week).collect(),
            milestones: f
                .milestones
                .iter()
                .map(|r| Milestone::of(&r.milestone, r.reached))
                .collect(),
            notices: f.notices.iter().map(|n| crate::fault::sentence(&n.text())).collect(),
        }
    }
}

/// What a change would do.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Outlook {
    /// As things are, with 100, 80 and 60 % of every plan run.
    plain: Vec<Forecast>,
    /// With the change that was asked for; null without one.
    changed: Option<Forecast>,
    /// What the change does, in words.
    effects: Vec<String>,
    /// Goals that are in each other's way, the change's race included.
    collisions: Vec<Clash>,
}

impl Outlook {
    fn of(o: &Outlooks, permille: i64, units: Units) -> Self {
        Self {
            plain: o.plain.iter().map(|(share, f)| Forecast::of(*share, f)).collect(),
            changed: o.changed.as_ref().map(|f| Forecast::of(permille, f)),
            effects: o.effects.iter().map(|e| e.text(units)).collect(),
            collisions: o.collisions.iter().map(Clash::from).collect(),
        }
    }
}

/// What is assumed; nothing at all is as things are.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ForecastQuery {
    /// How much of every plan is run, in per cent.
    #[param(minimum = 0, maximum = 150)]
    adherence_percent: Option<i64>,
    /// Nothing is run in the week of this day.
    #[param(value_type = Option<Date>)]
    miss: Option<Date>,
    /// So many weeks in a row are missed, from that of `miss` on; one where nothing is said.
    #[param(minimum = 1, maximum = 8)]
    miss_weeks: Option<i64>,
    /// Most runs a week.
    #[param(minimum = 1, maximum = 7)]
    run_days: Option<i64>,
    /// The first sick day; today where only `ill_days` is given.
    #[param(value_type = Option<Date>)]
    ill_from: Option<Date>,
    /// So many sick days.
    #[param(minimum = 1, maximum = 60)]
    ill_days: Option<i64>,
    /// Send It mode is chosen on this day.
    #[param(value_type = Option<Date>)]
    send_it: Option<Date>,
    /// Another race leads; with `race_day`.
    #[param(value_type = Option<Race>)]
    race: Option<Race>,
    /// The day of that race.
    #[param(value_type = Option<Date>)]
    race_day: Option<Date>,
    /// The time to run in it, in seconds.
    #[param(minimum = 1, maximum = 86400)]
    race_time_s: Option<i64>,
}

impl ForecastQuery {
    fn scenario(self, today: Day) -> Result<ahead::Scenario, Problem> {
        let range = |field: &str, value: Option<i64>, low: i64, high: i64| match value {
            Some(n) if !(low..=high).contains(&n) => {
                Err(fields::range(problem::BAD_QUERY, field, n, (low, high)))
            }
            _ => Ok(value),
        };
        let wrong = |field: &str, why: &str| Problem::of_field(problem::BAD_QUERY, field, why);
        let adherence = range("adherence_percent", self.adherence_percent, 0, 150)?;
        let run_days = range("run_days", self.run_days, 1, 7)?;
        let missed = range("miss_weeks", self.miss_weeks, 1, MISSED_MAX)?.unwrap_or(1);
        if self.miss_weeks.is_some() && self.miss.is_none() {
            return Err(wrong("miss", "say which week is the first one"));
        }
        let ill = range("ill_days", self.ill_days, 1, SICK_DAYS_MAX)?;
        let time = range("race_time_s", self.race_time_s, 1, 86_400)?;
        if self.ill_from.is_some() && ill.is_none() {
            return Err(wrong("ill_days", "say for how many days"));
        }
        let race = match (self.race, self.race_day) {
            (Some(race), Some(day)) => Some(Goal {
                distance: race.0,
                day: day.0,
                time: time.map(Seconds),
                priority: 1,
                set_on: today,
            }),
            (None, None) => None,
            (Some(_), None) => return Err(wrong("race_day", "say when the race is")),
            (None, Some(_)) => return Err(wrong("race", "say which race it is")),
        };
        if self.send_it.is_some_and(|day| day.0 < today) {
            return Err(wrong("send_it", "the day is over; name one from today on"));
        }
        Ok(ahead::Scenario {
            adherence: adherence.unwrap_or(100) * 10,
            miss: self
                .miss
                .into_iter()
                .flat_map(|d| (0..missed).map(move |n| d.0 + 7 * n))
                .collect(),
            ill: ill.map(|days| (self.ill_from.map_or(today, |d| d.0), days)),
            race,
            run_days: run_days.and_then(|n| u8::try_from(n).ok()),
            send_it: self.send_it.map(|d| d.0),
            ..ahead::Scenario::default()
        })
    }
}

/// The weeks ahead
///
/// As things are, and what a change would do. Nothing is saved.
#[utoipa::path(get, path = "/forecast", tag = "road", params(ForecastQuery),
    responses((status = 200, description = "The weeks ahead.", body = Outlook),
        (status = 422, description = "Such a change cannot be.", body = problem::Shape,
            content_type = problem::MEDIA_TYPE)))]
pub(super) async fn forecast(
    Shared(web): Shared<Web>,
    caller: Caller,
    Asked(query): Asked<ForecastQuery>,
) -> Reply<Outlook> {
    let scenario = query.scenario(caller.today)?;
    let outlook = web.app.forecast(&caller.runner, caller.today, &scenario).await?;
    Ok(Json(Outlook::of(&outlook, scenario.adherence, caller.units())))
}
