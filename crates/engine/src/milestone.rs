//! Milestones on the way to a race, whether they are reached, and whether the goal is feasible.

use crate::calendar::Day;
use crate::calibrate::Profile;
use crate::facts::Facts;
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
    },
    /// Weeks until the long runs and weekly km that the distance asks for can be reached.
    TooSoon {
        /// Weeks there are.
        weeks: i64,
        /// Weeks needed.
        needed: i64,
        /// The earliest race day that would be supported.
        earliest: Day,
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
    /// One clear sentence.
    #[must_use]
    pub fn text(&self, distance: RaceDistance) -> String {
        let name = distance.name();
        match self.binding {
            Binding::Nothing => format!("Your {name} is {}.", self.feasibility.name()),
            Binding::Time { wanted, supported } => format!(
                "{} for your {name} is {}: what you have run supports {} today.",
                wanted.clock_text(),
                self.feasibility.name(),
                supported.clock_text()
            ),
            Binding::TooSoon { weeks, needed, earliest } => format!(
                "Your {name} in {weeks} weeks is {}: the long runs and weekly km for it take \
                 {needed} weeks to reach safely, so {earliest} would be supported. The plan does \
                 what can be done.",
                self.feasibility.name()
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
}

/// Puts the roadmap together.
#[must_use]
pub fn roadmap(
    goal: &Goal,
    spans: Vec<Span>,
    schedule: Option<(ScheduleId, &Schedule)>,
    profile: &Profile,
    h: &History,
    facts: &Facts,
) -> Roadmap {
    let mut milestones = milestones(goal, &spans, schedule.map(|(_, s)| s), profile);
    for m in &mut milestones {
        m.achieved = achieved(m, goal, h);
    }
    let verdict = verdict(goal, schedule.map(|(_, s)| s), profile, h, facts.as_of);
    let schedule = schedule.map(|(id, _)| id);
    Roadmap { goal: goal.clone(), spans, milestones, verdict, schedule }
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
            by_run(&|r| (4950..=5200).contains(&r.distance.0) && r.moving.0 <= value)
        }
        Metric::Race => by_run(&|r| {
            r.day == goal.day
                && r.distance >= goal.distance.planned().permille(985)
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

/// Weeks until the schedule's longest run and most of its biggest week can be run, when three weeks
/// of four go up: long runs by H01's step, weeks by the growth that plans aim at.
fn weeks_needed(schedule: Option<&Schedule>, goal: &Goal, h: &History, as_of: Day) -> i64 {
    let long = schedule.map_or(ruleset::long_run_goal(goal.distance), Schedule::longest);
    let week = schedule.map_or(Metres::ZERO, Schedule::peak);
    let climb = |from: Metres, to: Metres, step: &dyn Fn(Metres) -> Metres| {
        let (mut at, mut weeks) = (from, 0);
        while at < to && weeks < 200 {
            weeks += 1;
            if weeks % 4 != 0 {
                at = step(at);
            }
        }
        weeks
    };
    let by_long = climb(h.l30(as_of), long.permille(ruleset::FEASIBLE_PERMILLE), &|x| {
        x.permille(ruleset::SPIKE_PERMILLE).max(x + ruleset::SPIKE_EXTRA).floor_step()
    });
    let start = h.c(as_of).max(ruleset::WEEK_FLOOR);
    let by_week = climb(start, week.permille(ruleset::FEASIBLE_PERMILLE), &|x| {
        x + x.permille(ruleset::GROWTH_PERMILLE).max(ruleset::GROWTH_LEAST)
    });
    by_long.max(by_week)
}

/// A way that is too short binds first; then a time is compared with the prediction.
fn verdict(
    goal: &Goal,
    schedule: Option<&Schedule>,
    profile: &Profile,
    h: &History,
    as_of: Day,
) -> Verdict {
    let needed = weeks_needed(schedule, goal, h, as_of);
    let taper = ruleset::taper_permille(goal.distance).len() as i64;
    let needed = if needed > 0 { needed + taper } else { 0 };
    let weeks = (goal.day - as_of).max(0) / 7;
    if needed > weeks {
        let feasibility =
            if needed > weeks + 4 { Feasibility::NotSupported } else { Feasibility::Stretch };
        let earliest = as_of + 7 * needed;
        return Verdict { feasibility, binding: Binding::TooSoon { weeks, needed, earliest } };
    }
    let on_track = Verdict { feasibility: Feasibility::OnTrack, binding: Binding::Nothing };
    let Some((time, p)) = goal.time.zip(profile.predicted(goal.distance)) else { return on_track };
    if time >= p.time {
        return on_track;
    }
    // What training may add until race day: half a per cent a month, four at most. Design.
    let months = (goal.day - as_of).max(0) / 30;
    let reachable = p.low.permille(1000 - (months * 5).min(40));
    let feasibility =
        if time >= reachable { Feasibility::Stretch } else { Feasibility::NotSupported };
    Verdict { feasibility, binding: Binding::Time { wanted: time, supported: p.time } }
}
