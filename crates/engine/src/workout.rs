//! Builds sessions with their structure, and makes them shorter.

use crate::calendar::Day;
use crate::ladder;
use crate::record::RaceDistance;
use crate::session::{Amount, Kind, Role, Session, Step, Zone};
use crate::units::{Metres, Pace, Seconds};
use serde::{Deserialize, Serialize};

/// Target paces of one runner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paces {
    /// Easy and long runs.
    pub easy: Pace,
    /// Marathon race pace.
    pub marathon: Pace,
    /// Half-marathon race pace.
    pub half: Pace,
    /// 10 km race pace.
    pub k10: Pace,
    /// 5 km race pace; also for 4 km.
    pub k5: Pace,
    /// Threshold: about what can be held for an hour.
    pub threshold: Pace,
    /// Interval pace.
    pub interval: Pace,
}

impl Paces {
    /// The race pace for a distance.
    #[must_use]
    pub const fn race(&self, distance: RaceDistance) -> Pace {
        match distance {
            RaceDistance::K4 | RaceDistance::K5 => self.k5,
            RaceDistance::K10 => self.k10,
            RaceDistance::Half => self.half,
            RaceDistance::Marathon => self.marathon,
        }
    }

    /// The pace of run-walk sessions: 90 s per km slower than easy, at most 15:00 unless easy is
    /// slower than that.
    #[must_use]
    pub fn run_walk(&self) -> Pace {
        Pace(self.easy.0.saturating_add(90)).min(Pace(900)).max(self.easy)
    }
}

/// The main part of a quality session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// So long at threshold pace.
    Threshold(Seconds),
    /// Repetitions of a distance at a pace, each with half its distance as a jog.
    Repeats(u8, Metres, Pace),
    /// A stretch at a race pace.
    Steady(Metres, Pace),
    /// So many stretches of a time at a pace, each with so long easy after it: fartlek, hills.
    Play(u8, Seconds, Seconds, Pace),
}

impl Work {
    /// What it covers, jogs included.
    #[must_use]
    pub fn distance(self, paces: &Paces) -> Metres {
        main_step(self, paces).distance()
    }
}

/// Least easy running around the main part of a quality session: 1.2 km before, 0.8 km after.
const AROUND: Metres = Metres(2000);
const WARM_UP_SHARE: i64 = 600;

/// Shortest main parts that are worth doing.
const MIN_THRESHOLD: Seconds = Seconds::minutes(8);
const MIN_REPEATS: u8 = 3;
const MIN_STEADY: Metres = Metres(1500);

/// The part of a long run that is run faster at its end, permille.
const FINISH_PERMILLE: i64 = 250;

/// A plain run.
#[must_use]
pub fn plain(day: Day, kind: Kind, distance: Metres, paces: &Paces) -> Session {
    let (pace, zone) = match kind {
        Kind::Return => (paces.run_walk(), Zone::Z1),
        Kind::Recovery => (Pace(paces.easy.0 + 15), Zone::Z1),
        _ => (paces.easy, Zone::Z2),
    };
    let distance = distance.floor_step();
    session(day, kind, zone, pace, vec![Step::once(Role::Steady, Amount::Distance(distance), pace)])
}

/// A session of the return ladder: one step of running and walking in turn.
pub(crate) fn return_run(day: Day, step: Step) -> Session {
    session(day, Kind::Return, Zone::Z1, step.pace, vec![step])
}

/// A race at the runner's race pace for it.
#[must_use]
pub fn race(day: Day, distance: RaceDistance, paces: &Paces) -> Session {
    let pace = paces.race(distance);
    let zone = match distance {
        RaceDistance::Marathon => Zone::Z3,
        RaceDistance::Half => Zone::Threshold,
        _ => Zone::Z4,
    };
    let step = Step::once(Role::Work, Amount::Distance(distance.planned()), pace);
    Session { race: Some(distance), ..session(day, Kind::Race, zone, pace, vec![step]) }
}

/// Cross training: time, no km.
#[must_use]
pub fn cross(day: Day, time: Seconds) -> Session {
    let step = Step::once(Role::Steady, Amount::Time(time), Pace(0));
    session(day, Kind::Cross, Zone::Z2, Pace(0), vec![step])
}

/// A quality session of about `distance`, with its main part made smaller where the distance has
/// no room for it. `None` when what fits is not worth doing.
#[must_use]
pub fn quality(
    day: Day,
    kind: Kind,
    distance: Metres,
    work: Work,
    paces: &Paces,
) -> Option<Session> {
    let room = distance.floor_step() - AROUND;
    let fitted = fit(work, room, paces)?;
    // Half a time trial measures nothing.
    if kind == Kind::TimeTrial && fitted != work {
        return None;
    }
    let main = main_step(fitted, paces);
    let around = (distance.floor_step() - main.distance()).max(AROUND);
    let warm_up = Metres(around.permille(WARM_UP_SHARE).0 / 100 * 100);
    let total = (main.distance() + around).floor_step();
    let cool_down = Metres((total - main.distance() - warm_up).0 / 100 * 100);
    let easy = |role, d| Step::once(role, Amount::Distance(d), paces.easy);
    let steps = vec![easy(Role::WarmUp, warm_up), main, easy(Role::CoolDown, cool_down)];
    let zone = match work {
        Work::Threshold(_) => Zone::Threshold,
        _ => zone_of(main.pace, paces),
    };
    Some(session(day, kind, zone, main.pace, steps))
}

/// The zone of a main part at a pace: 5K pace and faster 5, to 10K pace 4, about threshold its own,
/// slower 3.
fn zone_of(pace: Pace, paces: &Paces) -> Zone {
    if pace <= paces.k5 {
        Zone::Z5
    } else if pace < paces.threshold {
        Zone::Z4
    } else if pace == paces.threshold {
        Zone::Threshold
    } else {
        Zone::Z3
    }
}

/// A long run whose last quarter is half-way between easy and marathon pace: faster, but not hard.
#[must_use]
pub fn faster_finish(s: &Session, paces: &Paces) -> Session {
    let last = s.distance.permille(FINISH_PERMILLE).floor_step();
    let pace = Pace((paces.easy.0 + paces.marathon.0 + 1) / 2);
    let step = |distance, pace| Step::once(Role::Steady, Amount::Distance(distance), pace);
    let steps = vec![step(s.distance - last, s.pace), step(last, pace)];
    let made = session(s.day, s.kind, s.zone, s.pace, steps);
    Session { why: s.why.clone(), template: s.template, pinned: s.pinned, ..made }
}

/// The largest version of `work` that covers at most `room`.
fn fit(work: Work, room: Metres, paces: &Paces) -> Option<Work> {
    let fitted = match work {
        Work::Threshold(t) => {
            let most = paces.threshold.time_for(room);
            let t = Seconds(t.min(most).0 / 60 * 60);
            (t >= MIN_THRESHOLD).then_some(Work::Threshold(t))?
        }
        Work::Repeats(n, d, p) => {
            let most = room.0 / (d.0 + d.0 / 2).max(1);
            let n = u8::try_from(most.clamp(0, i64::from(n))).unwrap_or(n);
            (n >= MIN_REPEATS).then_some(Work::Repeats(n, d, p))?
        }
        Work::Steady(d, p) => {
            let d = d.min(room).floor_step();
            (d >= MIN_STEADY).then_some(Work::Steady(d, p))?
        }
        Work::Play(n, on, off, p) => {
            let one = p.distance_in(on) + paces.easy.distance_in(off);
            let most = room.0 / one.0.max(1);
            let n = u8::try_from(most.clamp(0, i64::from(n))).unwrap_or(n);
            (n >= MIN_REPEATS).then_some(Work::Play(n, on, off, p))?
        }
    };
    Some(fitted)
}

fn main_step(work: Work, paces: &Paces) -> Step {
    match work {
        Work::Threshold(t) => Step::once(Role::Work, Amount::Time(t), paces.threshold),
        Work::Steady(d, p) => Step::once(Role::Work, Amount::Distance(d), p),
        Work::Repeats(times, d, pace) => Step {
            role: Role::Work,
            times,
            amount: Amount::Distance(d),
            pace,
            recovery: Some((Amount::Distance(Metres(d.0 / 2)), paces.easy)),
        },
        Work::Play(times, on, off, pace) => Step {
            role: Role::Work,
            times,
            amount: Amount::Time(on),
            pace,
            recovery: Some((Amount::Time(off), paces.easy)),
        },
    }
}

/// The same session, at most `distance` long; its main part shrinks where it has to. `None` when
/// nothing useful is left.
#[must_use]
pub fn shorten(s: &Session, distance: Metres, paces: &Paces) -> Option<Session> {
    let distance = distance.floor_step();
    if distance <= Metres::ZERO || s.kind == Kind::Race {
        return None;
    }
    if distance >= s.distance {
        return Some(s.clone());
    }
    if let Some(step) = ladder::step_of(s) {
        let shorter = return_run(s.day, ladder::shorter(step, distance)?);
        return Some(Session { why: s.why.clone(), pinned: s.pinned, ..shorter });
    }
    let resized = match s.steps.iter().find(|p| p.role == Role::Work) {
        None => plain(s.day, s.kind, distance, paces),
        Some(main) => {
            let shorter = quality(s.day, s.kind, distance, work_of(main)?, paces)?;
            if shorter.distance > distance { return None } else { shorter }
        }
    };
    Some(Session { why: s.why.clone(), template: s.template, pinned: s.pinned, ..resized })
}

/// The same session with at most `intensity` seconds of main part; its length stays.
#[must_use]
pub fn soften(s: &Session, intensity: Seconds, paces: &Paces) -> Option<Session> {
    let main = s.steps.iter().find(|p| p.role == Role::Work)?;
    let least = at_most(work_of(main)?, intensity);
    let softer = quality(s.day, s.kind, s.distance, least, paces)?;
    Some(Session { why: s.why.clone(), template: s.template, pinned: s.pinned, ..softer })
}

/// The main part with at most `intensity` seconds of it fast.
pub(crate) fn at_most(work: Work, intensity: Seconds) -> Work {
    match work {
        Work::Threshold(t) => Work::Threshold(t.min(intensity)),
        Work::Repeats(n, d, p) => {
            Work::Repeats(n.min(clamp_u8(intensity.0 / p.time_for(d).0.max(1))), d, p)
        }
        Work::Steady(d, p) => Work::Steady(d.min(p.distance_in(intensity)), p),
        Work::Play(n, on, off, p) => {
            Work::Play(n.min(clamp_u8(intensity.0 / on.0.max(1))), on, off, p)
        }
    }
}

fn clamp_u8(n: i64) -> u8 {
    u8::try_from(n.clamp(0, 255)).unwrap_or(u8::MAX)
}

/// The main part that a step was made from.
pub(crate) fn work_of(main: &Step) -> Option<Work> {
    Some(match (main.amount, main.recovery) {
        (Amount::Time(t), None) => Work::Threshold(t),
        (Amount::Distance(d), None) => Work::Steady(d, main.pace),
        (Amount::Distance(d), Some(_)) => Work::Repeats(main.times, d, main.pace),
        (Amount::Time(t), Some((rest, _))) => {
            Work::Play(main.times, t, rest.time_at(main.pace), main.pace)
        }
    })
}

fn session(day: Day, kind: Kind, zone: Zone, pace: Pace, steps: Vec<Step>) -> Session {
    let covered: Metres = steps.iter().map(Step::distance).sum();
    Session {
        day,
        kind,
        distance: if kind == Kind::Cross { Metres::ZERO } else { nearest_step(covered) },
        duration: steps.iter().map(Step::duration).sum(),
        pace,
        zone,
        steps,
        race: None,
        template: None,
        pinned: false,
        why: Vec::new(),
    }
}

/// Steps of quality sessions end within 50 m of a whole 0.1 km.
pub(crate) fn nearest_step(d: Metres) -> Metres {
    Metres((d.0 + 50).div_euclid(100) * 100)
}

/// Seconds of the session's steps that count for H06: at threshold pace or faster whole, between
/// marathon and threshold pace half; half a second is rounded up.
#[must_use]
pub fn intensity(s: &Session, threshold: Pace, marathon: Pace) -> Seconds {
    Seconds((intensity_halves(s, threshold, marathon) + 1) / 2)
}

/// The same in half seconds, not rounded: H06 adds up whole weeks.
pub(crate) fn intensity_halves(s: &Session, threshold: Pace, marathon: Pace) -> i64 {
    if s.kind == Kind::Race {
        return 0;
    }
    let count = |pace: Pace, amount: Amount, times: u8| {
        let time = amount.time_at(pace).0 * i64::from(times);
        match pace {
            p if p.0 <= 0 => 0,
            p if p <= threshold => 2 * time,
            p if p <= marathon => time,
            _ => 0,
        }
    };
    let halves = s.steps.iter().map(|p| {
        let rest = p.recovery.map_or(0, |(a, pace)| count(pace, a, p.times));
        count(p.pace, p.amount, p.times) + rest
    });
    halves.sum()
}

/// Seconds at marathon pace or faster: what makes a Pace session hard (over 20 min).
#[must_use]
pub fn race_pace_time(s: &Session, marathon: Pace) -> Seconds {
    let fast = s.steps.iter().filter(|p| p.pace.0 > 0 && p.pace <= marathon);
    Seconds(fast.map(|p| p.amount.time_at(p.pace).0 * i64::from(p.times)).sum())
}

/// Is it a quality session (see `docs/RULES.md`)?
#[must_use]
pub fn is_quality(s: &Session, marathon: Pace) -> bool {
    match s.kind {
        Kind::Tempo
        | Kind::Interval
        | Kind::Fartlek
        | Kind::Hill
        | Kind::TimeTrial
        | Kind::Race => true,
        Kind::Pace => race_pace_time(s, marathon) > Seconds::minutes(20),
        Kind::Easy | Kind::Recovery | Kind::Long | Kind::Return | Kind::Cross => false,
    }
}
