//! Several goals at once: which race leads when, which ones are run on the way, and what becomes
//! of those that collide. Nothing is dropped without a word.

use crate::calendar::{Day, WeekStart};
use crate::calibrate::Profile;
use crate::facts::Facts;
use crate::history::History;
use crate::level;
use crate::milestone::{self, Footing, Roadmap};
use crate::record::{Goal, RaceDistance};
use crate::roadmap::{self, Lengths};
use crate::ruleset;
use crate::units::Metres;
use serde::{Deserialize, Serialize};

/// The days that lead to one race, from the end of the road before it (or the day the goal was
/// set) to the end of its Recovery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Road {
    /// The race that leads.
    pub goal: Goal,
    /// First day.
    pub start: Day,
    /// Last day of Recovery; the day before the next race where that one cuts it short.
    pub end: Day,
}

/// A race on the way to a bigger one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TuneUp {
    /// The race.
    pub goal: Goal,
    /// The race that leads.
    pub on_way_to: Goal,
}

/// How two goals are in each other's way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clash {
    /// Both are on one day.
    SameDay,
    /// One is in the taper of the other.
    InTaper {
        /// Days before the race that leads.
        days: i64,
    },
    /// One is in the recovery of the other.
    InRecovery {
        /// Days after the race before.
        days: i64,
    },
    /// The days between the recovery of one and the taper of the other hold no training.
    NoTimeToBuild {
        /// Days between the races.
        days: i64,
    },
}

/// What is done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resolution {
    /// It is not run.
    LeftOut,
    /// It is run as a training run as far as the limits have room for it, else left out.
    AsTraining,
    /// It is raced on what the race before it left; nothing is built for it.
    CarriedOver,
}

/// Two goals that collide, and what is done about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collision {
    /// The goal that gives way.
    pub goal: Goal,
    /// The goal that stands.
    pub with: Goal,
    /// How they collide.
    pub clash: Clash,
    /// What is done.
    pub resolution: Resolution,
}

impl Collision {
    /// One or two clear sentences.
    #[must_use]
    pub fn text(&self) -> String {
        let (name, day) = (self.goal.distance.name(), self.goal.day);
        let (other, other_day) = (self.with.distance.name(), self.with.day);
        let clash = match self.clash {
            Clash::SameDay => format!("Your {name} and your {other} are both on {day}."),
            Clash::InTaper { days } => format!(
                "Your {name} on {day} is {days} days before your {other}, when you taper for it."
            ),
            Clash::InRecovery { days } => format!(
                "Your {name} on {day} is {days} days after your {other} on {other_day}, while you \
                 still recover from it."
            ),
            Clash::NoTimeToBuild { days } => format!(
                "Your {name} on {day} is {days} days after your {other} on {other_day}: between \
                 recovery and taper there is no time to build."
            ),
        };
        let done = match self.resolution {
            Resolution::LeftOut => format!("The {other} stands; the {name} is left out."),
            Resolution::AsTraining => format!(
                "Run the {name} easily, as training; where the limits have no room for it, it is \
                 left out of the plan."
            ),
            Resolution::CarriedOver => {
                format!("The {name} is raced on what the {other} left; expect less of it.")
            }
        };
        format!("{clash} {done}")
    }
}

/// All goals in order.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Arrangement {
    /// The roads in time, without gap or overlap from the first to the last race to come.
    pub roads: Vec<Road>,
    /// Races on the way, by day.
    pub tune_ups: Vec<TuneUp>,
    /// What is in whose way, by day.
    pub collisions: Vec<Collision>,
}

impl Arrangement {
    /// The road that a day lies on.
    #[must_use]
    pub fn road(&self, day: Day) -> Option<&Road> {
        self.roads.iter().find(|r| r.start <= day && day <= r.end)
    }
}

/// What decides between goals, whatever order they are given in.
fn rank(g: &Goal) -> (u8, Day, RaceDistance, Option<crate::units::Seconds>, Day) {
    (g.priority, g.day, g.distance, g.time, g.set_on)
}

/// Puts goals in order as of a day. The race that leads is the one of the lowest priority number,
/// then the earliest; races before it are run on the way to it; of those after it the next one
/// leads once its Recovery is over. The order in which goals are given does not matter.
#[must_use]
pub fn arrange(goals: &[Goal], as_of: Day, week: WeekStart) -> Arrangement {
    let mut out = Arrangement::default();
    let mut rest: Vec<&Goal> = goals.iter().collect();
    rest.sort_by_key(|g| rank(g));
    rest.dedup();
    let mut kept: Vec<&Goal> = Vec::with_capacity(rest.len());
    for g in rest {
        match kept.iter().find(|k| k.day == g.day) {
            Some(with) => out.collisions.push(collide(g, with, Clash::SameDay)),
            None => kept.push(g),
        }
    }
    while let Some(leader) = kept.first().copied() {
        let (on_way, after): (Vec<&Goal>, Vec<&Goal>) =
            kept[1..].iter().partition(|g| g.day < leader.day);
        lay(&mut out, leader, as_of, week);
        for g in on_way {
            meet(&mut out, g, leader);
        }
        kept = after;
    }
    out.tune_ups.sort_by_key(|t| rank_by_day(&t.goal));
    out.collisions.sort_by_key(|c| rank_by_day(&c.goal));
    out
}

fn rank_by_day(g: &Goal) -> (Day, u8, RaceDistance) {
    (g.day, g.priority, g.distance)
}

fn collide(goal: &Goal, with: &Goal, clash: Clash) -> Collision {
    let resolution = match clash {
        Clash::SameDay => Resolution::LeftOut,
        Clash::InTaper { .. } | Clash::InRecovery { .. } => Resolution::AsTraining,
        Clash::NoTimeToBuild { .. } => Resolution::CarriedOver,
    };
    Collision { goal: goal.clone(), with: with.clone(), clash, resolution }
}

/// Adds the road to a race that leads, after the one before it.
fn lay(out: &mut Arrangement, leader: &Goal, as_of: Day, week: WeekStart) {
    let mut start = leader.set_on.min(as_of).min(leader.day);
    if let Some(before) = out.roads.last_mut() {
        let days = leader.day - before.goal.day;
        let clash = if leader.day <= before.end {
            before.end = leader.day - 1;
            Some(Clash::InRecovery { days })
        } else if roadmap::taper_start(leader, week) <= before.end + 1 {
            Some(Clash::NoTimeToBuild { days })
        } else {
            None
        };
        out.collisions.extend(clash.map(|clash| collide(leader, &before.goal, clash)));
        // The days between two roads without a goal in the past belong to no road.
        start = start.max(before.end + 1);
    }
    let end = leader.day + Lengths::of(leader.distance).recovery;
    out.roads.push(Road { goal: leader.clone(), start, end });
}

/// Adds a race on the way: a tune-up, unless the taper of the race that leads or the recovery from
/// the one before is in its way.
fn meet(out: &mut Arrangement, g: &Goal, leader: &Goal) {
    let days = leader.day - g.day;
    if days < 7 * Lengths::of(leader.distance).taper {
        out.collisions.push(collide(g, leader, Clash::InTaper { days }));
        return;
    }
    let roads = out.roads.len();
    let before = roads.checked_sub(2).and_then(|i| out.roads.get(i)).map(|r| r.goal.clone());
    let tired = before.filter(|b| g.day - b.day <= Lengths::of(b.distance).recovery);
    if let Some(b) = tired {
        let clash = Clash::InRecovery { days: g.day - b.day };
        out.collisions.push(collide(g, &b, clash));
        return;
    }
    out.tune_ups.push(TuneUp { goal: g.clone(), on_way_to: leader.clone() });
}

/// The way to every race to come, in order, and what collides.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Outline {
    /// One roadmap for each road that is not over, earliest first.
    pub roadmaps: Vec<Roadmap>,
    /// What is in whose way, by day, of races to come.
    pub collisions: Vec<Collision>,
}

/// The roadmaps to all goals as of the facts' day: the first from where the runner is, each later
/// one from where the road before it leaves them.
#[must_use]
pub fn outline(facts: &Facts, h: &History, profile: &Profile) -> Outline {
    let (at, week) = (facts.as_of, facts.preferences.week_start);
    let arrangement = arrange(&facts.goals, at, week);
    let mut footing = Footing { day: at, week: h.c(at).max(h.c4(at)), long: h.l30(at) };
    let mut proved = h.best_c4(at, ruleset::M26_WEEKS as i64);
    let mut roadmaps: Vec<Roadmap> = Vec::new();
    for road in arrangement.roads.iter().filter(|r| r.end >= at) {
        let who = level::Runner::new(&road.goal, &facts.preferences, profile, proved, at);
        let schedule = level::choose(&road.goal, &who).map(|c| (c.id, c.schedule));
        let need = schedule.map_or(Metres::ZERO, |(_, s)| s.peak());
        let recent = if roadmaps.is_empty() { h.c4(road.start.min(at)) } else { footing.week };
        let mut spans = roadmap::spans(&road.goal, road.start, week, recent, need);
        spans.retain(|s| s.start <= road.end);
        if let Some(last) = spans.last_mut() {
            last.end = last.end.min(road.end);
        }
        let on_way: Vec<&Goal> = arrangement
            .tune_ups
            .iter()
            .filter(|t| t.on_way_to == road.goal)
            .map(|t| &t.goal)
            .collect();
        let made = milestone::roadmap(&road.goal, &on_way, spans, schedule, profile, h, footing);
        let peak = made.spans.iter().map(|s| s.target).max().unwrap_or(footing.week);
        proved = proved.max(peak);
        footing = Footing {
            day: road.end + 1,
            week: peak.permille(ruleset::NEXT_ROAD_PERMILLE),
            long: footing.long.max(made.reach.long).permille(ruleset::NEXT_ROAD_PERMILLE),
        };
        roadmaps.push(made);
    }
    let collisions = arrangement.collisions.into_iter().filter(|c| c.goal.day >= at).collect();
    Outline { roadmaps, collisions }
}
