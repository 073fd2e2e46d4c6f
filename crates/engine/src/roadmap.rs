//! From today to race day in phases: Base, Build, Peak, Taper, and Recovery after the race.

use crate::calendar::{Day, WeekStart};
use crate::record::{Goal, RaceDistance};
use crate::ruleset;
use crate::state::Phase;
use crate::units::Metres;
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

/// The first day of each phase of a goal, week by week back from race day, whatever today is.
fn starts(goal: &Goal, week: WeekStart) -> [(Phase, Day); 3] {
    let len = Lengths::of(goal.distance);
    // The taper of rule H11 ends on race day; the phase is the whole weeks that hold most of it.
    let taper = (goal.day - 7 * len.taper + 1 + 3).week_start(week);
    let peak = taper - 7 * len.peak;
    let build = peak - 7 * len.build;
    [(Phase::Build, build), (Phase::Peak, peak), (Phase::Taper, taper)]
}

/// The phases from the day the goal was set to the end of Recovery: no gap, no overlap. `recent`
/// is the weekly km at the start, `need` the biggest week of the schedule.
#[must_use]
pub fn spans(goal: &Goal, week: WeekStart, recent: Metres, need: Metres) -> Vec<Span> {
    let mut first = vec![(Phase::Base, goal.set_on)];
    for (phase, start) in starts(goal, week) {
        if start > goal.set_on {
            first.push((phase, start));
        } else {
            first = vec![(phase, goal.set_on)];
        }
    }
    first.retain(|(_, start)| *start <= goal.day);
    first.push((Phase::Recovery, goal.day + 1));
    let end_of = |i: usize| match first.get(i + 1) {
        Some((_, next)) => *next - 1,
        None => goal.day + Lengths::of(goal.distance).recovery,
    };
    let mut volume = recent.max(Metres(9000));
    let mut out = Vec::with_capacity(first.len());
    for (i, (phase, start)) in first.iter().enumerate() {
        let end = end_of(i);
        let target = match phase {
            Phase::Taper => volume
                .permille(ruleset::taper_permille(goal.distance).first().copied().unwrap_or(650)),
            Phase::Recovery => volume.permille(500),
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
