//! Milestones on the way to a race, whether they are reached, and whether the goal is feasible.

use crate::calendar::Day;
use crate::calibrate::Profile;
use crate::history::History;
use crate::record::{Goal, RaceDistance};
use crate::roadmap::Span;
use crate::ruleset;
use crate::state::Phase;
use crate::templates::{Schedule, ScheduleId};
use crate::units::{Metres, Seconds, Units};
use serde::{Deserialize, Serialize};

/// What a milestone measures; the schema's `target_metric`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Length of one run, metres.
    LongRun,
    /// Km of one week, metres.
    Weekly,
    /// A 5 km time trial, seconds.
    TimeTrial,
    /// The race, seconds.
    Race,
}

impl Metric {
    /// The name the schema stores.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::LongRun => "long_run_km",
            Self::Weekly => "weekly_km",
            Self::TimeTrial => "time_trial_5k_s",
            Self::Race => "race_s",
        }
    }

    /// The one of a name that the schema stores.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let all = [Self::LongRun, Self::Weekly, Self::TimeTrial, Self::Race];
        all.into_iter().find(|metric| metric.name() == name)
    }
}

/// A checkpoint. Its value is metres or seconds, by metric.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Milestone {
    /// The phase it belongs to.
    pub phase: Phase,
    /// A name for it.
    pub name: String,
    /// The day it should be reached by.
    pub day: Day,
    /// What it measures.
    pub metric: Metric,
    /// The target; `None` where nothing is known to derive it from.
    pub value: Option<i64>,
    /// The day it was reached, by activities.
    pub achieved: Option<Day>,
}

/// Is the goal within reach?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Feasibility {
    /// What is known supports it.
    OnTrack,
    /// Within the interval of what is known, not its middle.
    Stretch,
    /// What is known does not support it.
    NotSupported,
}

impl Feasibility {
    /// The words on screen.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::OnTrack => "on track",
            Self::Stretch => "stretch",
            Self::NotSupported => "not supported by the data",
        }
    }

    /// The words in a sentence that says what a goal is.
    #[must_use]
    pub const fn predicate(self) -> &'static str {
        match self {
            Self::Stretch => "a stretch",
            other => other.name(),
        }
    }
}

/// What binds a goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Binding {
    /// Nothing does.
    Nothing,
    /// The hoped-for time against the predicted one.
    Time {
        /// Hoped for.
        wanted: Seconds,
        /// Predicted; the time that is supported.
        supported: Seconds,
        /// What the fast end of the interval and the gain of training allow by race day.
        reachable: Seconds,
    },
    /// Weeks until the long runs and weekly km that the distance asks for can be reached.
    TooSoon {
        /// Weeks there are.
        weeks: i64,
        /// Weeks needed.
        needed: i64,
        /// The earliest race day that would be supported.
        earliest: Day,
        /// The biggest week that can be reached by the taper.
        week: Metres,
        /// The longest run that can be reached by the taper.
        long: Metres,
    },
}

/// A verdict with its reason; never a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// The verdict.
    pub feasibility: Feasibility,
    /// What binds.
    pub binding: Binding,
}

impl Verdict {
    /// One clear sentence, in the runner's units.
    #[must_use]
    pub fn text(&self, distance: RaceDistance, units: Units) -> String {
        let name = distance.name();
        match self.binding {
            Binding::Nothing => format!("Your {name} is {}.", self.feasibility.predicate()),
            Binding::Time { wanted, supported, reachable } => format!(
                "{} for your {name} is {}: what you have run supports {} today, and nothing under \
                 {} would be supported with the training until then.",
                wanted.clock_text(),
                self.feasibility.predicate(),
                supported.clock_text(),
                reachable.min(supported).clock_text()
            ),
            Binding::TooSoon { weeks, needed, earliest, week, long } => format!(
                "Your {name} in {weeks} weeks is {}: the long runs and the weeks for it take \
                 {needed} weeks to reach safely, so {earliest} would be supported. Until then \
                 weeks of {} and a run of {} can be reached, and the plan does that.",
                self.feasibility.predicate(),
                units.distance(week),
                units.distance(long)
            ),
        }
    }
}

/// The way to one race.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roadmap {
    /// The goal.
    pub goal: Goal,
    /// Its phases, without gap or overlap.
    pub spans: Vec<Span>,
    /// The checkpoints, by day.
    pub milestones: Vec<Milestone>,
    /// Is it within reach?
    pub verdict: Verdict,
    /// The schedule it works with.
    pub schedule: Option<ScheduleId>,
    /// What can be reached by the taper.
    pub reach: Reach,
}

/// Where a road begins: the day, and the weekly km and longest run that it starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Footing {
    /// The day.
    pub day: Day,
    /// Km of a week.
    pub week: Metres,
    /// Longest run.
    pub long: Metres,
}

/// What a ramp reaches by the taper, no further than the schedule asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reach {
    /// Km of the biggest week.
    pub week: Metres,
    /// The longest run.
    pub long: Metres,
}

/// Puts the roadmap together. `on_way` are the races on the way to the goal, `footing` where the
/// runner stands when it begins to count.
#[must_use]
pub fn roadmap(
    goal: &Goal,
    on_way: &[&Goal],
    spans: Vec<Span>,
    schedule: Option<(ScheduleId, &Schedule)>,
    profile: &Profile,
    h: &History,
    footing: Footing,
) -> Roadmap {
    let mut milestones = milestones(goal, &spans, schedule.map(|(_, s)| s), profile);
    for m in &mut milestones {
        m.achieved = achieved(m, goal, h);
    }
    for race in on_way {
        milestones.extend(tune_up(race, &spans, profile, h));
    }
    milestones.sort_by_key(|m| m.day);
    let way = Way::of(goal, schedule.map(|(_, s)| s), footing);
    let verdict = verdict(goal, &way, profile, footing.day);
    let schedule = schedule.map(|(id, _)| id);
    Roadmap { goal: goal.clone(), spans, milestones, verdict, schedule, reach: way.reach }
}

/// The milestone of a race on the way; `None` before the road begins.
fn tune_up(race: &Goal, spans: &[Span], profile: &Profile, h: &History) -> Option<Milestone> {
    let span = spans.iter().find(|s| s.start <= race.day && race.day <= s.end)?;
    let predicted = profile.predicted(race.distance).map(|p| p.time);
    let value = race.time.or(predicted).map(|t| t.0);
    let name = format!("Tune-up: {}", name(Metric::Race, value, race.distance));
    let (phase, day, metric) = (span.phase, race.day, Metric::Race);
    let mut m = Milestone { phase, name, day, metric, value, achieved: None };
    m.achieved = achieved(&m, race, h);
    Some(m)
}

fn milestones(
    goal: &Goal,
    spans: &[Span],
    schedule: Option<&Schedule>,
    profile: &Profile,
) -> Vec<Milestone> {
    let mut out = Vec::new();
    for span in spans {
        let add = |day, metric, value: Option<i64>| {
            let name = name(metric, value, goal.distance);
            Milestone { phase: span.phase, name, day, metric, value, achieved: None }
        };
        let weekly = add(span.end, Metric::Weekly, Some(span.target.0));
        match span.phase {
            Phase::Base => out.push(weekly),
            Phase::Build | Phase::Peak => {
                if span.phase == Phase::Build {
                    out.push(add(
                        time_trial_day(span),
                        Metric::TimeTrial,
                        time_trial(goal, profile),
                    ));
                }
                let longest = schedule.and_then(|s| longest_until(s, goal, span.end));
                out.extend(longest.map(|d| add(span.end, Metric::LongRun, Some(d.0))));
                out.push(weekly);
            }
            Phase::Taper => {
                let predicted = profile.predicted(goal.distance).map(|p| p.time);
                let time = goal.time.or(predicted).map(|t| t.0);
                out.push(add(goal.day, Metric::Race, time));
            }
            Phase::Recovery => {}
        }
    }
    out.sort_by_key(|m| m.day);
    out
}

/// The day of the time trial in Build: its middle.
#[must_use]
pub fn time_trial_day(build: &Span) -> Day {
    build.start + (build.end - build.start) / 2
}

fn name(metric: Metric, value: Option<i64>, distance: RaceDistance) -> String {
    let km = |v: i64| Units::Km.distance(Metres(v));
    match (metric, value) {
        (Metric::LongRun, Some(v)) => format!("{} long run", km(v)),
        (Metric::LongRun, None) => "Long run".to_owned(),
        (Metric::Weekly, Some(v)) => format!("{} in a week", km(v)),
        (Metric::Weekly, None) => "Weekly km".to_owned(),
        (Metric::TimeTrial, Some(v)) => format!("5K time trial in {}", Seconds(v).clock_text()),
        (Metric::TimeTrial, None) => "5K time trial".to_owned(),
        (Metric::Race, Some(v)) => format!("{} in {}", distance.name(), Seconds(v).clock_text()),
        (Metric::Race, None) => distance.name().to_owned(),
    }
}

/// The schedule's longest run in the weeks up to a day before the race.
fn longest_until(s: &Schedule, goal: &Goal, day: Day) -> Option<Metres> {
    let back = usize::try_from((goal.day - day).max(0) / 7).ok()?;
    let weeks = s.weeks.len().saturating_sub(back);
    s.weeks.iter().take(weeks).filter_map(|w| w.long_run()?.distance).max()
}

/// The 5 km time that the goal implies: the predicted one, scaled by how much faster than
/// predicted the goal is.
fn time_trial(goal: &Goal, profile: &Profile) -> Option<i64> {
    let five = profile.predicted(RaceDistance::K5)?.time.0;
    let race = profile.predicted(goal.distance)?.time.0.max(1);
    Some(goal.time.map_or(five, |t| five * t.0.clamp(1, race) / race))
}

/// The first day from when the goal was set that the target was met, before `h.before`.
fn achieved(m: &Milestone, goal: &Goal, h: &History) -> Option<Day> {
    let value = m.value?;
    let runs = h.runs_in(goal.set_on, h.before);
    let by_run =
        |met: &dyn Fn(&crate::history::Run) -> bool| runs.iter().find(|r| met(r)).map(|r| r.day);
    match m.metric {
        Metric::LongRun => by_run(&|r| r.distance.0 >= value),
        Metric::TimeTrial => {
            by_run(&|r| ruleset::TIME_TRIAL_METRES.contains(&r.distance.0) && r.moving.0 <= value)
        }
        Metric::Race => by_run(&|r| {
            r.day == goal.day
                && r.distance >= goal.distance.planned().permille(ruleset::RACE_DONE_PERMILLE)
                && r.moving.0 <= value
        }),
        Metric::Weekly => {
            let weeks = (h.before - goal.set_on) / 7;
            (0..weeks)
                .map(|k| goal.set_on + 7 * k)
                .find(|start| h.metres(*start, *start + 7).0 >= value)
                .map(|start| start + 6)
        }
    }
}

/// How far it is to what a race asks for, and how far one gets.
struct Way {
    /// Weeks there are.
    weeks: i64,
    /// Weeks needed, the taper included; none where nothing lacks.
    needed: i64,
    reach: Reach,
}

impl Way {
    /// Three weeks of four go up: long runs by H01's step, weeks by the growth that plans aim at,
    /// to most of the schedule's longest run and biggest week.
    fn of(goal: &Goal, schedule: Option<&Schedule>, footing: Footing) -> Self {
        let long = schedule.map_or(ruleset::long_run_goal(goal.distance), Schedule::longest);
        let week = schedule.map_or(Metres::ZERO, Schedule::peak);
        let taper = ruleset::taper_permille(goal.distance).len() as i64;
        let weeks = (goal.day - footing.day).max(0) / 7;
        let step = |x: Metres| {
            x.permille(ruleset::SPIKE_PERMILLE).max(x + ruleset::SPIKE_EXTRA).floor_step()
        };
        let grow = |x: Metres| x + x.permille(ruleset::GROWTH_PERMILLE).max(ruleset::GROWTH_LEAST);
        let start = footing.week.max(ruleset::WEEK_FLOOR);
        let feasible = |x: Metres| x.permille(ruleset::FEASIBLE_PERMILLE);
        let by_long = climb(footing.long, feasible(long), ruleset::RAMP_WEEKS_MAX, &step).0;
        let by_week = climb(start, feasible(week), ruleset::RAMP_WEEKS_MAX, &grow).0;
        let needed = by_long.max(by_week);
        let needed = if needed > 0 { needed + taper } else { 0 };
        let until = (weeks - taper).max(0);
        let reach = Reach {
            week: climb(start, week, until, &grow).1.floor_step(),
            long: climb(footing.long, long, until, &step).1.floor_step(),
        };
        Self { weeks, needed, reach }
    }
}

/// Weeks that a ramp takes, `most` at most, and where it is then; every fourth week rests.
fn climb(from: Metres, to: Metres, most: i64, step: &dyn Fn(Metres) -> Metres) -> (i64, Metres) {
    let (mut at, mut weeks) = (from, 0);
    while at < to && weeks < most.min(ruleset::RAMP_WEEKS_MAX) {
        weeks += 1;
        if weeks % 4 != 0 {
            at = step(at).min(to);
        }
    }
    (weeks, at)
}

/// A way that is too short binds first; then a time is compared with the prediction.
fn verdict(goal: &Goal, way: &Way, profile: &Profile, as_of: Day) -> Verdict {
    let &Way { weeks, needed, reach } = way;
    if needed > weeks {
        let stretch = needed <= weeks + ruleset::STRETCH_WEEKS;
        let feasibility = if stretch { Feasibility::Stretch } else { Feasibility::NotSupported };
        let earliest = as_of + 7 * needed;
        let Reach { week, long } = reach;
        let binding = Binding::TooSoon { weeks, needed, earliest, week, long };
        return Verdict { feasibility, binding };
    }
    let on_track = Verdict { feasibility: Feasibility::OnTrack, binding: Binding::Nothing };
    let Some((time, p)) = goal.time.zip(profile.predicted(goal.distance)) else { return on_track };
    if time >= p.time {
        return on_track;
    }
    let months = (goal.day - as_of).max(0) / 30;
    let gain = (months * ruleset::GAIN_MONTH_PERMILLE).min(ruleset::GAIN_MAX_PERMILLE);
    let reachable = p.low.permille(1000 - gain);
    let feasibility =
        if time >= reachable { Feasibility::Stretch } else { Feasibility::NotSupported };
    let binding = Binding::Time { wanted: time, supported: p.time, reachable };
    Verdict { feasibility, binding }
}
