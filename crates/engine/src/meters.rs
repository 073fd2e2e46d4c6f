//! The two meters (section 15): Momentum counts kept days, Killa counts breakthroughs and
//! overreaches. The events behind every count are given.

use crate::calendar::Day;
use crate::check_in;
use crate::compliance::{Barred, Compliance, Scored};
use crate::facts::{Circumstances, Facts, Form};
use crate::history::{History, Run};
use crate::record::{Activity, RaceDistance};
use crate::rules;
use crate::ruleset as rs;
use crate::session::PublishedWeek;
use crate::signals;
use crate::state::{Phase, Risk, State};
use crate::units::{Metres, Pace, Seconds, Units};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a day did to the streak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// The planned run was done, yellow or better.
    Done,
    /// A rest day was kept.
    Rested,
    /// Health excuses it.
    Health,
    /// The grace after a check-in excuses it.
    Grace,
    /// The planned run was missed, or neither green nor yellow.
    Missed,
    /// A rest day with a run that belongs to no session.
    NotRested,
    /// No plan covers it.
    Unplanned,
}

impl Mark {
    /// Does it keep the streak?
    #[must_use]
    pub const fn keeps(self) -> bool {
        matches!(self, Self::Done | Self::Rested | Self::Health | Self::Grace)
    }
}

/// The Momentum meter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Momentum {
    /// Days kept in a row up to yesterday.
    pub current: i64,
    /// Most days kept in a row, as far as published weeks are known.
    pub longest: i64,
    /// K2, thousandths.
    pub consistency: i64,
    /// Each day since the first published week.
    pub days: Vec<(Day, Mark)>,
}

/// The Momentum meter at the start of a day, from the published weeks; `consistency` is K2.
#[must_use]
pub fn momentum(facts: &Facts, k: &Compliance, h: &History, consistency: i64) -> Momentum {
    let mut weeks: Vec<&PublishedWeek> = facts.published.iter().collect();
    weeks.sort_by_key(|p| p.week_start);
    let mut marks: BTreeMap<Day, Mark> = BTreeMap::new();
    for week in weeks {
        let barred = Barred::new(&facts.health, &facts.strikes, h, week.week_start);
        for day in (0..7).map(|i| week.week_start + i).filter(|d| *d < h.before) {
            let locked = barred.as_ref().is_some_and(|b| b.locked(day));
            marks.entry(day).or_insert_with(|| mark(facts, k, day, locked));
        }
    }
    let mut out =
        Momentum { current: 0, longest: 0, consistency, days: Vec::with_capacity(marks.len()) };
    let mut last = None;
    for (day, mark) in marks {
        let gap = last.is_some_and(|l| day - l > 1);
        out.current = match (mark.keeps(), gap) {
            (false, _) => 0,
            (true, true) => 1,
            (true, false) => out.current + 1,
        };
        out.longest = out.longest.max(out.current);
        out.days.push((day, mark));
        last = Some(day);
    }
    if last.is_none_or(|l| l + 1 < h.before) {
        out.current = 0;
    }
    out
}

fn mark(facts: &Facts, k: &Compliance, day: Day, locked: bool) -> Mark {
    let due = k.between(day, day + 1);
    let done = |s: &Scored| s.score() >= rs::SCORE_YELLOW;
    let from = k.unplanned.partition_point(|(_, d)| *d < day);
    if !due.is_empty() && due.iter().all(done) {
        Mark::Done
    } else if locked || (!due.is_empty() && due.iter().all(|s| s.excused || done(s))) {
        Mark::Health
    } else if check_in::in_grace(&facts.check_ins, day) {
        Mark::Grace
    } else if !due.is_empty() {
        Mark::Missed
    } else if k.unplanned.get(from).is_some_and(|(_, d)| *d == day) {
        Mark::NotRested
    } else {
        Mark::Rested
    }
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// A best time over a distance: seconds.
    BestEffort(RaceDistance),
    /// The longest run: metres.
    LongestRun,
    /// The highest week: metres.
    HighestWeek,
    /// A predicted time improved by 1 % or more: seconds.
    Prediction(RaceDistance),
    /// A run over 1.30 x L30: metres.
    RunOverreach,
    /// A week over 1.30 x C: metres.
    WeekOverreach,
    /// An entry into the state Overreach.
    OverreachEntered,
}

impl What {
    /// Is it one that the meter warns of?
    #[must_use]
    pub const fn is_overreach(self) -> bool {
        matches!(self, Self::RunOverreach | Self::WeekOverreach | Self::OverreachEntered)
    }
}

/// One event behind the Killa meter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The day; the last one of a week.
    pub day: Day,
    /// What.
    pub what: What,
    /// Seconds or metres, as `what` says.
    pub value: i64,
    /// The best before it; for an overreach the measure (L30 or C).
    pub before: i64,
    /// Points: 10 for a breakthrough within every limit, else none.
    pub points: i64,
}

impl Event {
    /// One sentence.
    #[must_use]
    pub fn text(&self, units: Units) -> String {
        let time = |s: i64| Seconds(s).clock_text();
        let km = |m: i64| units.distance(Metres(m));
        let (value, before) = (self.value, self.before);
        let what = match self.what {
            What::BestEffort(d) => {
                format!("best {} at {}, before {}", d.name(), time(value), time(before))
            }
            What::LongestRun => format!("longest run, {}, before {}", km(value), km(before)),
            What::HighestWeek => format!("highest week, {}, before {}", km(value), km(before)),
            What::Prediction(d) => {
                format!("predicted {} now {}, before {}", d.name(), time(value), time(before))
            }
            What::RunOverreach => {
                format!("a run of {} where your recent longest was {}", km(value), km(before))
            }
            What::WeekOverreach => {
                format!("a week of {} where you had been running {}", km(value), km(before))
            }
            What::OverreachEntered => "signals of overreaching".to_owned(),
        };
        let points = match (self.what.is_overreach(), self.points) {
            (true, _) => "overreach".to_owned(),
            (false, 0) => "no points: a hard limit was broken to get there".to_owned(),
            (false, n) => format!("{n} points"),
        };
        format!("{}: {what} ({points}).", self.day)
    }
}

/// The Killa meter.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Killa {
    /// Breakthroughs within every limit.
    pub breakthroughs: i64,
    /// Overreaches.
    pub overreaches: i64,
    /// Points of the breakthroughs.
    pub points: i64,
    /// All events, by day.
    pub events: Vec<Event>,
}

/// What the Killa meter is told beside facts and history.
#[derive(Debug, Clone, Copy, Default)]
pub struct Told<'a> {
    /// Predictions as they were made: day, distance, time; by day.
    pub predictions: &'a [(Day, RaceDistance, Seconds)],
    /// Days on which the state Overreach was entered.
    pub entries: &'a [Day],
}

/// The Killa meter over the days from `from` to before `h.before`. Weeks begin as the runner says.
/// Only what lies in the history's reach of a year is compared. Nothing is an event in the first 28
/// days of a history: everything would be.
#[must_use]
pub fn killa(facts: &Facts, h: &History, from: Day, told: Told<'_>) -> Killa {
    let seasoned = match h.runs.first() {
        Some(first) if !h.older => (first.day + rs::METER_HISTORY).max(from),
        Some(first) => from.max(first.day + rs::L30_MEMORY_DAYS),
        None => from,
    };
    let meter = Meter { facts, h, from: seasoned, activities: in_order(&facts.activities) };
    let mut events = Vec::new();
    meter.runs(&mut events);
    meter.weeks(&mut events);
    meter.predictions(told.predictions, &mut events);
    let entered = told.entries.iter().filter(|d| (from..h.before).contains(*d));
    events.extend(entered.map(|d| overreach(*d, What::OverreachEntered, 0, 0)));
    events.sort_by_key(|e| e.day);
    let points = events.iter().map(|e| e.points).sum();
    let count = |is: &dyn Fn(&Event) -> bool| {
        i64::try_from(events.iter().filter(|e| is(e)).count()).unwrap_or(i64::MAX)
    };
    Killa {
        breakthroughs: count(&|e| e.points > 0),
        overreaches: count(&|e| e.what.is_overreach()),
        points,
        events,
    }
}

const fn overreach(day: Day, what: What, value: i64, before: i64) -> Event {
    Event { day, what, value, before, points: 0 }
}

fn in_order(activities: &[Activity]) -> Vec<Activity> {
    let mut out = activities.to_vec();
    out.sort_by_key(|a| (a.start_local, a.id));
    out
}

struct Meter<'a> {
    facts: &'a Facts,
    h: &'a History,
    from: Day,
    activities: Vec<Activity>,
}

impl Meter<'_> {
    fn week_of(&self, day: Day) -> Day {
        day.week_start(self.facts.preferences.week_start)
    }

    /// Best efforts, longest runs and runs that are too long.
    fn runs(&self, events: &mut Vec<Event>) {
        let mut longest = Metres::ZERO;
        let mut best = [None::<Seconds>; RaceDistance::ALL.len()];
        let mut limits = Limited::default();
        for run in &self.h.runs {
            let counts = run.day >= self.from;
            let mut push = |what, value, before| {
                let within = limits.within(self, run.day);
                events.push(Event { day: run.day, what, value, before, points: points(within) });
            };
            for (best, distance) in best.iter_mut().zip(RaceDistance::ALL) {
                let Some(time) = effort(run, distance) else { continue };
                if let Some(before) = best.filter(|b| time < *b && counts) {
                    push(What::BestEffort(distance), time.0, before.0);
                }
                *best = Some(best.map_or(time, |b| b.min(time)));
            }
            if run.distance > longest {
                if counts && longest > Metres::ZERO {
                    push(What::LongestRun, run.distance.0, longest.0);
                }
                longest = run.distance;
            }
        }
        for s in signals::spikes(self.facts, self.h, self.from, self.h.before) {
            events.push(overreach(s.day, What::RunOverreach, s.distance.0, s.l30.0));
        }
    }

    /// Highest weeks and weeks that are too big; only whole ones.
    fn weeks(&self, events: &mut Vec<Event>) {
        let Some(first) = self.h.runs.first() else { return };
        let mut week = self.week_of(first.day);
        let mut highest = Metres::ZERO;
        let mut limits = Limited::default();
        while week + 7 <= self.h.before {
            let (km, last) = (self.h.metres(week, week + 7), week + 6);
            let counts = week >= self.from;
            if km > highest {
                if counts && highest > Metres::ZERO {
                    let points = points(limits.within(self, last));
                    let (what, value, before) = (What::HighestWeek, km.0, highest.0);
                    events.push(Event { day: last, what, value, before, points });
                }
                highest = km;
            }
            let c = if counts { self.h.c(week) } else { km };
            if km > c.permille(rs::OVERREACH_FROM).max(rs::WEEK_FLOOR) {
                events.push(overreach(last, What::WeekOverreach, km.0, c.0));
            }
            week = week + 7;
        }
    }

    /// Predictions better than the best before by 1 %; of several on one day the one that improved
    /// most: one run is one breakthrough.
    fn predictions(&self, told: &[(Day, RaceDistance, Seconds)], events: &mut Vec<Event>) {
        let mut told: Vec<_> = told.iter().filter(|(day, ..)| *day < self.h.before).collect();
        told.sort();
        let mut best = [None::<Seconds>; RaceDistance::ALL.len()];
        let mut limits = Limited::default();
        let mut today: Option<(i64, Event)> = None;
        for (day, distance, time) in told.into_iter().filter(|(.., time)| time.0 > 0) {
            let Some(i) = RaceDistance::ALL.iter().position(|d| d == distance) else { continue };
            if today.as_ref().is_some_and(|(_, e)| e.day != *day) {
                events.extend(today.take().map(|(_, e)| e));
            }
            let better = |b: &Seconds| *time <= b.permille(rs::PREDICTION_BETTER);
            if let Some(before) = best[i].filter(|b| better(b) && *day >= self.from) {
                let share = time.0.saturating_mul(1000) / before.0.max(1);
                if today.as_ref().is_none_or(|(least, _)| share < *least) {
                    // The prediction was made from what was run before the day.
                    let points = points(limits.within(self, *day - 1));
                    let what = What::Prediction(*distance);
                    let event = Event { day: *day, what, value: time.0, before: before.0, points };
                    today = Some((share, event));
                }
            }
            best[i] = Some(best[i].map_or(*time, |b| b.min(*time)));
        }
        events.extend(today.map(|(_, e)| e));
    }

    /// H01 and H02 as the checker works them out for a week, of the runner as history has him.
    fn limits(&self, week: Day) -> (Metres, Metres) {
        let form = Form {
            risk: Risk::Moderate,
            durability: 0,
            threshold: Pace(0),
            marathon: Pace(0),
            easy: Pace(0),
        };
        let overriding = self.facts.overrides.iter().any(|(from, to)| *from <= week && week < *to);
        let a = self.activities.partition_point(|a| a.day() < week);
        let limits = rules::limits(&Circumstances {
            week_start: week,
            first_day: week,
            activities: &self.activities[..a],
            health: &self.facts.health,
            strikes: &self.facts.strikes,
            feedback: &self.facts.feedback,
            races: &[],
            published: &self.facts.published,
            form,
            phase: Phase::Base,
            has_goal: false,
            state: State::Stable,
            overriding,
            overreach_since: None,
            injury_watch: false,
        });
        (limits.run, limits.week)
    }
}

/// The limits of the week asked for last: weeks are asked for in order.
#[derive(Default)]
struct Limited(Option<(Day, Metres, Metres)>);

impl Limited {
    /// Did the week of a day keep H01 and H02 up to and with that day? Races are beside them.
    fn within(&mut self, meter: &Meter<'_>, day: Day) -> bool {
        let week = meter.week_of(day);
        let (_, run, most) = match self.0 {
            Some(known) if known.0 == week => known,
            _ => {
                let (run, most) = meter.limits(week);
                *self.0.insert((week, run, most))
            }
        };
        let runs = || meter.h.runs_in(week, day + 1).iter();
        let km = |race: bool| runs().filter(|r| r.race == race).map(|r| r.distance).sum::<Metres>();
        let beside = (most - km(true)).max(Metres(most.0 / 2));
        runs().all(|r| r.race || r.distance <= run) && km(false) <= beside
    }
}

const fn points(within: bool) -> i64 {
    if within { rs::BREAKTHROUGH_POINTS } else { 0 }
}

/// The time of a run over a race distance, if it is one: at its average pace.
fn effort(run: &Run, distance: RaceDistance) -> Option<Seconds> {
    let exact = distance.decimetres() / 10;
    let (least, most) = rs::EFFORT_SPAN;
    let fits = (exact * least / 1000..=exact * most / 1000).contains(&run.distance.0);
    fits.then(|| Seconds(run.moving.0.saturating_mul(exact) / run.distance.0.max(1)))
}
