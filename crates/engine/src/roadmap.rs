//! From today to race day in phases: Base, Build, Peak, Taper, and Recovery after the race.

use crate::calendar::{Day, WeekStart};
use crate::milestone::{Feasibility, Metric, Milestone, Roadmap};
use crate::record::{Goal, RaceDistance};
use crate::ruleset;
use crate::state::Phase;
use crate::units::{Metres, Seconds, Units};
use serde::{Deserialize, Serialize};

/// What a phase works on (schema `roadmaps.focus`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the schema's names")]
pub enum Focus {
    #[serde(rename = "Base Building")]
    BaseBuilding,
    Speed,
    Endurance,
    Peak,
    Taper,
    Recovery,
}

impl Focus {
    /// The name the schema stores.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::BaseBuilding => "Base Building",
            Self::Speed => "Speed",
            Self::Endurance => "Endurance",
            Self::Peak => "Peak",
            Self::Taper => "Taper",
            Self::Recovery => "Recovery",
        }
    }

    const fn of(phase: Phase, distance: RaceDistance) -> Self {
        match (phase, distance) {
            (Phase::Base, _) => Self::BaseBuilding,
            (Phase::Build, RaceDistance::Half | RaceDistance::Marathon) => Self::Endurance,
            (Phase::Build, _) => Self::Speed,
            (Phase::Peak, _) => Self::Peak,
            (Phase::Taper, _) => Self::Taper,
            (Phase::Recovery, _) => Self::Recovery,
        }
    }
}

/// One phase: whole days, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The phase.
    pub phase: Phase,
    /// What it works on.
    pub focus: Focus,
    /// First day.
    pub start: Day,
    /// Last day.
    pub end: Day,
    /// Its biggest week, in metres, as far as the ramp reaches.
    pub target: Metres,
}

/// Lengths of the phases of a distance, in weeks (Recovery in days). Together Build, Peak and
/// Taper are as long as the distance's schedules: 18, 12 and 8 weeks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lengths {
    /// Build weeks.
    pub build: i64,
    /// Peak weeks.
    pub peak: i64,
    /// Taper weeks (T1).
    pub taper: i64,
    /// Recovery days after the race.
    pub recovery: i64,
}

impl Lengths {
    /// The lengths for a distance.
    #[must_use]
    pub const fn of(distance: RaceDistance) -> Self {
        match distance {
            RaceDistance::Marathon => Self { build: 12, peak: 3, taper: 3, recovery: 21 },
            RaceDistance::Half => Self { build: 7, peak: 3, taper: 2, recovery: 14 },
            RaceDistance::K10 => Self { build: 5, peak: 2, taper: 1, recovery: 7 },
            RaceDistance::K5 | RaceDistance::K4 => {
                Self { build: 5, peak: 2, taper: 1, recovery: 7 }
            }
        }
    }

    /// Weeks of the distance's schedules.
    #[must_use]
    pub const fn schedule(&self) -> i64 {
        self.build + self.peak + self.taper
    }
}

/// The first day of the Taper phase: of the whole weeks that hold most of the taper of rule H11,
/// which ends on race day.
#[must_use]
pub fn taper_start(goal: &Goal, week: WeekStart) -> Day {
    (goal.day - 7 * Lengths::of(goal.distance).taper + 1 + 3).week_start(week)
}

/// The first day of each phase of a goal, week by week back from race day, whatever today is.
fn starts(goal: &Goal, week: WeekStart) -> [(Phase, Day); 3] {
    let len = Lengths::of(goal.distance);
    let taper = taper_start(goal, week);
    let peak = taper - 7 * len.peak;
    let build = peak - 7 * len.build;
    [(Phase::Build, build), (Phase::Peak, peak), (Phase::Taper, taper)]
}

/// The phases from a day (of the race at the latest) to the end of Recovery: no gap, no overlap.
/// `recent` is the weekly km at the start, `need` the biggest week of the schedule.
#[must_use]
pub fn spans(goal: &Goal, from: Day, week: WeekStart, recent: Metres, need: Metres) -> Vec<Span> {
    let from = from.min(goal.day);
    let mut first = vec![(Phase::Base, from)];
    for (phase, start) in starts(goal, week) {
        if start > from {
            first.push((phase, start));
        } else {
            first = vec![(phase, from)];
        }
    }
    first.retain(|(_, start)| *start <= goal.day);
    first.push((Phase::Recovery, goal.day + 1));
    let end_of = |i: usize| match first.get(i + 1) {
        Some((_, next)) => *next - 1,
        None => goal.day + Lengths::of(goal.distance).recovery,
    };
    let mut volume = recent.max(ruleset::ROAD_LEAST);
    let mut out = Vec::with_capacity(first.len());
    for (i, (phase, start)) in first.iter().enumerate() {
        let end = end_of(i);
        let target = match phase {
            Phase::Taper => volume.permille(
                ruleset::taper_permille(goal.distance)
                    .first()
                    .copied()
                    .unwrap_or(ruleset::ROAD_TAPER_PERMILLE),
            ),
            Phase::Recovery => volume.permille(ruleset::ROAD_RECOVERY_PERMILLE),
            _ => {
                volume = ramp(volume, (end - *start + 1) / 7).min(need.max(recent));
                volume
            }
        };
        let focus = Focus::of(*phase, goal.distance);
        out.push(Span { phase: *phase, focus, start: *start, end, target: target.floor_step() });
    }
    out
}

/// Where `volume` can be after so many weeks: three weeks up by the growth step, one cutback.
fn ramp(volume: Metres, weeks: i64) -> Metres {
    let ups = (weeks - weeks / 4).clamp(0, 110);
    (0..ups)
        .fold(volume, |v, _| v + v.permille(ruleset::GROWTH_PERMILLE).max(ruleset::GROWTH_LEAST))
}

/// The phase of the week that starts at `w` and the week's 1-based number inside it; the week
/// belongs to the phase of its middle day.
#[must_use]
pub fn phase_of(spans: &[Span], w: Day) -> Option<(Phase, u16)> {
    let middle = w + 3;
    let race = spans.iter().find(|s| s.phase == Phase::Recovery).map(|s| s.start - 1);
    // The week of an early-in-the-week race still belongs to its taper until the race is run.
    let day = if race.is_some_and(|r| r >= w && r < middle) { w } else { middle };
    let day = day.max(spans.first()?.start);
    let span = spans.iter().find(|s| s.start <= day && day <= s.end)?;
    // A phase that begins inside a week counts that week as its first.
    let number = (w + 6 - span.start).max(0) / 7 + 1;
    Some((span.phase, u16::try_from(number).unwrap_or(u16::MAX)))
}

/// Whole weeks from the week that starts at `w` to race week.
#[must_use]
pub fn weeks_to_race(goal: &Goal, week: WeekStart, w: Day) -> i64 {
    (goal.day.week_start(week) - w) / 7
}

/// One thing that differs between two roadmaps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Difference {
    /// A race leads where none did.
    RaceNew {
        /// Its distance.
        distance: RaceDistance,
        /// Its day.
        day: Day,
    },
    /// No race leads any more.
    RaceGone {
        /// Its distance.
        distance: RaceDistance,
        /// Its day.
        day: Day,
    },
    /// The race that leads is another one or on another day.
    RaceMoved {
        /// Distance and day before.
        before: (RaceDistance, Day),
        /// Distance and day after.
        after: (RaceDistance, Day),
    },
    /// A phase is new, gone or at other days.
    PhaseMoved {
        /// The phase.
        phase: Phase,
        /// First and last day before; `None`: there was none.
        before: Option<(Day, Day)>,
        /// First and last day after; `None`: there is none.
        after: Option<(Day, Day)>,
    },
    /// The biggest week of a phase.
    Target {
        /// The phase.
        phase: Phase,
        /// Before.
        before: Metres,
        /// After.
        after: Metres,
    },
    /// A milestone's figure, metres or seconds by metric.
    Milestone {
        /// The phase.
        phase: Phase,
        /// What it measures.
        metric: Metric,
        /// Before.
        before: Option<i64>,
        /// After.
        after: Option<i64>,
    },
    /// The verdict on the goal, in its words.
    Verdict {
        /// Before.
        before: Feasibility,
        /// After.
        after: Feasibility,
    },
}

impl Difference {
    /// One clear sentence, in the runner's units.
    #[must_use]
    pub fn text(&self, units: Units) -> String {
        let km = |d: Metres| units.distance(d);
        let span = |days: &Option<(Day, Day)>| match days {
            Some((from, to)) => format!("{from} to {to}"),
            None => "none".to_owned(),
        };
        match self {
            Self::RaceNew { distance, day } => {
                format!("Your {} on {day} leads now.", distance.name())
            }
            Self::RaceGone { distance, day } => {
                format!("Your {} on {day} leads no longer.", distance.name())
            }
            Self::RaceMoved { before: (x, from), after: (y, to) } => format!(
                "The race that leads is your {} on {to}; it was your {} on {from}.",
                y.name(),
                x.name()
            ),
            Self::PhaseMoved { phase, before, after } => {
                format!("{} is from {} now; it was {}.", phase.name(), span(after), span(before))
            }
            Self::Target { phase, before, after } => format!(
                "The biggest week of {} is {} now; it was {}.",
                phase.name(),
                km(*after),
                km(*before)
            ),
            Self::Milestone { phase, metric, before, after } => {
                let value = |v: &Option<i64>| match (metric, *v) {
                    (_, None) => "open".to_owned(),
                    (Metric::LongRun | Metric::Weekly, Some(v)) => km(Metres(v)),
                    (Metric::TimeTrial | Metric::Race, Some(v)) => Seconds(v).clock_text(),
                };
                let (name, after, before) = (phase.name(), value(after), value(before));
                let what = match metric {
                    Metric::LongRun => format!("the long run of {name}"),
                    Metric::Weekly => format!("the weeks of {name}"),
                    Metric::TimeTrial => format!("the 5K time trial of {name}"),
                    Metric::Race => "your race".to_owned(),
                };
                format!("The target for {what} is {after} now; it was {before}.")
            }
            Self::Verdict { before, after } => {
                format!("The goal is {} now; it was {}.", after.name(), before.name())
            }
        }
    }
}

/// Do two figures differ by enough to be worth a word?
fn worth(x: Option<i64>, y: Option<i64>) -> bool {
    match (x, y) {
        (Some(x), Some(y)) => {
            let least = x.saturating_mul(ruleset::DIFFERENCE_PERMILLE) / 1000;
            x.saturating_sub(y).saturating_abs() > least.saturating_abs()
        }
        (x, y) => x != y,
    }
}

/// What differs between two roadmaps, the biggest things first. Where the race itself came or
/// went, nothing more is said; figures that drift by less than a hundredth are not named.
#[must_use]
pub fn differences(before: Option<&Roadmap>, after: Option<&Roadmap>) -> Vec<Difference> {
    let key = |r: &Roadmap| (r.goal.distance, r.goal.day);
    let (b, a) = match (before, after) {
        (None, None) => return Vec::new(),
        (None, Some(r)) => {
            let (distance, day) = key(r);
            return vec![Difference::RaceNew { distance, day }];
        }
        (Some(r), None) => {
            let (distance, day) = key(r);
            return vec![Difference::RaceGone { distance, day }];
        }
        (Some(b), Some(a)) => (b, a),
    };
    let mut out = Vec::new();
    if key(b) != key(a) {
        out.push(Difference::RaceMoved { before: key(b), after: key(a) });
    }
    let (x, y) = (b.verdict.feasibility, a.verdict.feasibility);
    if x != y {
        out.push(Difference::Verdict { before: x, after: y });
    }
    let phases = [Phase::Base, Phase::Build, Phase::Peak, Phase::Taper, Phase::Recovery];
    for phase in phases {
        let find = |r: &Roadmap| r.spans.iter().find(|s| s.phase == phase).copied();
        let (x, y) = (find(b), find(a));
        let days = |s: Option<Span>| s.map(|s| (s.start, s.end));
        if days(x) != days(y) {
            out.push(Difference::PhaseMoved { phase, before: days(x), after: days(y) });
        }
        let worth_km = |(x, y): &(Span, Span)| worth(Some(x.target.0), Some(y.target.0));
        if let Some((x, y)) = x.zip(y).filter(worth_km) {
            out.push(Difference::Target { phase, before: x.target, after: y.target });
        }
        for metric in [Metric::LongRun, Metric::TimeTrial, Metric::Race] {
            let value = |r: &Roadmap| {
                let ours = |m: &&Milestone| m.phase == phase && m.metric == metric;
                r.milestones.iter().rfind(ours).map(|m| m.value)
            };
            if let Some((x, y)) = value(b).zip(value(a)).filter(|(x, y)| worth(*x, *y)) {
                out.push(Difference::Milestone { phase, metric, before: x, after: y });
            }
        }
    }
    out
}
