//! Compliance: what was run against what was planned (K1), and the figures made of it (K2, K3).
//!
//! Sessions are matched with counted runs inside their week ([`crate::matching`]). A run is never
//! counted twice, and a run that belongs to no session is no bonus. A session on a day that health
//! barred it on is excused: it leaves the denominator. Grace after a check-in excuses the streak and
//! keeps the state, never the compliance. What the runner says of a session or a run stands.

use crate::calendar::Day;
use crate::facts::{Circumstances, Facts, Form};
use crate::health::Health;
use crate::history::{History, Run};
use crate::matching::matched;
use crate::record::{Correction, HealthRecord, Strike};
use crate::ruleset as rs;
use crate::session::{Kind, Planned, PublishedWeek};
use crate::state::{Phase, Risk, State};
use crate::units::{Metres, Pace, Seconds, Units};
use serde::{Deserialize, Serialize};

/// How far a session was done (K1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Colour {
    /// 80-120 % of the plan.
    Green,
    /// 50-79 % or 121-150 %.
    Yellow,
    /// Less, or more.
    Orange,
    /// Not done.
    Missed,
}

impl Colour {
    /// By thousandths of the plan; `None` without a run.
    #[must_use]
    pub fn of(share: Option<i64>) -> Self {
        match share {
            None => Self::Missed,
            Some(s) if (rs::GREEN.0..=rs::GREEN.1).contains(&s) => Self::Green,
            Some(s) if (rs::YELLOW.0..=rs::YELLOW.1).contains(&s) => Self::Yellow,
            Some(_) => Self::Orange,
        }
    }

    /// Its score in thousandths (K1).
    #[must_use]
    pub const fn score(self) -> i64 {
        match self {
            Self::Green => rs::SCORE_GREEN,
            Self::Yellow => rs::SCORE_YELLOW,
            Self::Orange => rs::SCORE_ORANGE,
            Self::Missed => 0,
        }
    }

    /// The word on screen.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Green => "green",
            Self::Yellow => "yellow",
            Self::Orange => "orange",
            Self::Missed => "missed",
        }
    }
}

/// On which side of the green band a session lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sign {
    /// Less than planned.
    Under,
    /// As planned.
    Even,
    /// More than planned.
    Over,
}

/// A planned session and what was done of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scored {
    /// The session.
    pub planned: Planned,
    /// Thousandths of the planned duration if it is timed, else of the distance; 0 when missed, at
    /// most 9990, in whole percent.
    pub share: i64,
    /// Its colour.
    pub colour: Colour,
    /// Less or more than planned.
    pub sign: Sign,
    /// Health barred it: it counts in no mean.
    pub excused: bool,
    /// Days it was run later (or, negative, earlier) than planned; 0 when missed.
    pub shifted: i64,
    /// The activities it was done in, by start.
    pub activities: Vec<i64>,
    /// Their distance.
    pub distance: Metres,
    /// Their moving time.
    pub moving: Seconds,
    /// The runner said what was done of it.
    #[serde(default)]
    pub by_hand: bool,
}

impl Scored {
    /// The score in thousandths (K1).
    #[must_use]
    pub const fn score(&self) -> i64 {
        self.colour.score()
    }

    /// Matched with half of it or more, or done by the runner's word: schema `completed`.
    #[must_use]
    pub fn completed(&self) -> bool {
        self.colour != Colour::Missed && self.share >= rs::DONE_FROM
    }

    /// Neither done nor excused.
    #[must_use]
    pub fn missed(&self) -> bool {
        self.colour == Colour::Missed && !self.excused
    }

    /// One sentence. Too much on an easy day is named as the graver fault: it costs the next hard
    /// session, too little costs nothing.
    #[must_use]
    pub fn text(&self, units: Units) -> String {
        let plan =
            format!("{} of {}", self.planned.kind.name(), units.distance(self.planned.distance));
        if self.colour == Colour::Missed {
            let end = if self.excused { "not run, excused by your health" } else { "missed" };
            return format!("{plan}: {end}.");
        }
        if self.activities.is_empty() {
            return format!("{plan}: done by your word, without a record.");
        }
        let percent = self.share / 10;
        let moved = match self.shifted {
            0 => String::new(),
            1 => ", a day later".to_owned(),
            -1 => ", a day earlier".to_owned(),
            n if n > 0 => format!(", {n} days later"),
            n => format!(", {} days earlier", n.saturating_neg()),
        };
        let easy = matches!(self.planned.kind, Kind::Easy | Kind::Recovery | Kind::Return);
        let word = match (self.sign, easy) {
            (Sign::Even, _) => "as planned",
            (Sign::Under, true) => "less than planned, which does little harm on an easy day",
            (Sign::Under, false) => "less than planned",
            (Sign::Over, true) => {
                "more than planned: on an easy day worse than too little, it takes from the next \
                 hard one"
            }
            (Sign::Over, false) => "more than planned",
        };
        format!("{plan}: {} done{moved}, {percent} %: {word}.", units.distance(self.distance))
    }
}

/// The sessions of all published weeks that were due, with the runs they were done in.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Compliance {
    /// By day.
    pub sessions: Vec<Scored>,
    /// Runs in those weeks that belong to no session, by start: activity and day.
    pub unplanned: Vec<(i64, Day)>,
}

impl Compliance {
    /// Matches the published weeks of these facts with the runs of `h`. Sessions of days from
    /// `h.before` on are not due yet and are left out.
    #[must_use]
    pub fn new(facts: &Facts, h: &History) -> Self {
        Self::of(facts, h, true)
    }

    /// The same as if there were no health records: nothing is excused.
    #[must_use]
    pub fn without_excuses(facts: &Facts, h: &History) -> Self {
        Self::of(facts, h, false)
    }

    fn of(facts: &Facts, h: &History, excuses: bool) -> Self {
        let mut weeks: Vec<&PublishedWeek> = facts.published.iter().collect();
        weeks.sort_by_key(|p| p.week_start);
        let (health, strikes): (&[_], &[_]) =
            if excuses { (&facts.health, &facts.strikes) } else { (&[], &[]) };
        let mut book = Book::new(h, weeks.iter().flat_map(|week| &week.corrections));
        let mut out = Self::default();
        out.sessions.reserve(weeks.iter().map(|week| week.sessions.len()).sum());
        for week in &weeks {
            let barred = Barred::new(health, strikes, h, week.week_start);
            book.score(week, barred.as_ref(), &mut out.sessions);
        }
        out.unplanned = book.unplanned(&weeks);
        out.sessions.sort_by_key(|s| s.planned.day);
        out
    }

    /// The sessions planned from a day to before another.
    #[must_use]
    pub fn between(&self, from: Day, to: Day) -> &[Scored] {
        let a = self.sessions.partition_point(|s| s.planned.day < from);
        let b = self.sessions.partition_point(|s| s.planned.day < to);
        &self.sessions[a..b.max(a)]
    }

    /// The mean score of those that are not excused, thousandths; `None` without any.
    #[must_use]
    pub fn mean(&self, from: Day, to: Day) -> Option<i64> {
        mean(self.between(from, to).iter().filter(|s| !s.excused).map(Scored::score))
    }

    /// The mean score of all, as if there were no health records.
    fn mean_unexcused(&self, from: Day, to: Day) -> Option<i64> {
        mean(self.between(from, to).iter().map(Scored::score))
    }

    /// The mean score of the last `days` days before a day (14, 28 and 90 are the usual windows).
    #[must_use]
    pub fn last(&self, days: i64, at: Day) -> Option<i64> {
        self.mean(at - days, at)
    }
}

/// The sessions of one published week that were due, with the runs they were done in.
#[must_use]
pub fn of_week(week: &PublishedWeek, h: &History, barred: Option<&Barred>) -> Vec<Scored> {
    let mut out = Vec::new();
    Book::new(h, &week.corrections).score(week, barred, &mut out);
    out
}

fn mean(values: impl Iterator<Item = i64>) -> Option<i64> {
    let (sum, n) = values.fold((0_i64, 0_i64), |(sum, n), v| (sum + v, n + 1));
    (n > 0).then(|| sum / n)
}

/// What a session asks for, in its own measure.
const fn amount(s: &Planned) -> i64 {
    if s.timed { s.duration.0 } else { s.distance.0 }
}

/// Thousandths of the session that a distance and a moving time are, in whole percent, rounded
/// down (the bands are given in whole percent); none without a run.
pub(crate) fn share(s: &Planned, distance: Metres, moving: Seconds) -> Option<i64> {
    let done = if s.timed { moving.0 } else { distance.0 };
    (done > 0).then(|| (done.saturating_mul(100) / amount(s).max(1)).min(rs::SHARE_MAX / 10) * 10)
}

fn scored(s: &Planned, runs: &[&Run]) -> Scored {
    let distance: Metres = runs.iter().map(|r| r.distance).sum();
    let moving: Seconds = runs.iter().map(|r| r.moving).sum();
    let share = share(s, distance, moving);
    let sign = match share {
        Some(n) if n > rs::GREEN.1 => Sign::Over,
        Some(n) if n >= rs::GREEN.0 => Sign::Even,
        _ => Sign::Under,
    };
    Scored {
        planned: *s,
        share: share.unwrap_or(0),
        colour: Colour::of(share),
        sign,
        excused: false,
        shifted: runs.first().map_or(0, |r| r.day - s.day),
        activities: runs.iter().map(|r| r.id).collect(),
        distance,
        moving,
        by_hand: false,
    }
}

/// Who may have a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hold {
    /// The session that it fits.
    Free,
    /// By the runner's word one session only, or none.
    ByHand,
    /// It is counted.
    Counted,
}

/// What is written down of each run while the weeks are matched one after the other: no run is
/// counted in two of them, even where they overlap.
struct Book<'a> {
    h: &'a History,
    /// Of each run of the history.
    holds: Vec<Hold>,
}

impl<'a> Book<'a> {
    fn new<'c>(h: &'a History, corrections: impl IntoIterator<Item = &'c Correction>) -> Self {
        let mut holds = vec![Hold::Free; h.runs.len()];
        for id in corrections.into_iter().filter_map(Correction::activity) {
            if let Some(place) = h.runs.iter().position(|r| r.id == id) {
                holds[place] = Hold::ByHand;
            }
        }
        Self { h, holds }
    }

    /// Adds the sessions of the week that were due before the end of the history. One that was
    /// missed and is planned again later in its week (moved) is that later one.
    fn score(&mut self, week: &PublishedWeek, barred: Option<&Barred>, out: &mut Vec<Scored>) {
        let (first, to) = (week.week_start, week.week_start + 7);
        let due = |s: &&Planned| {
            (first..to.min(self.h.before)).contains(&s.day)
                && s.kind != Kind::Cross
                && amount(s) > 0
        };
        let sessions: Vec<Planned> = week.sessions.iter().filter(due).copied().collect();
        let told: Vec<Option<Scored>> =
            sessions.iter().map(|s| self.told(s, &week.corrections)).collect();
        let open: Vec<Planned> =
            sessions.iter().zip(&told).filter(|(_, t)| t.is_none()).map(|(s, _)| *s).collect();
        let runs = self.h.runs_in(first, to);
        let from = self.h.runs_in(Day::from_epoch(i64::MIN), first).len();
        let mut found = matched(&open, runs, |i| self.holds[from + i] == Hold::Free).into_iter();
        let again = |s: &Planned| {
            let twin = |t: &Planned| t.kind == s.kind && t.distance == s.distance && t.day > s.day;
            (s.kind == Kind::Long || is_quality(s.kind)) && week.sessions.iter().any(twin)
        };
        for (s, told) in sessions.iter().zip(told) {
            let done = told.unwrap_or_else(|| {
                let places = found.next().unwrap_or_default();
                places.iter().for_each(|i| self.holds[from + i] = Hold::Counted);
                let runs: Vec<_> = places.iter().map(|i| &runs[*i]).collect();
                scored(s, &runs)
            });
            if done.colour != Colour::Missed || done.by_hand || !again(s) {
                out.push(Scored { excused: barred.is_some_and(|b| b.excuses(s)), ..done });
            }
        }
    }

    /// What the runner says of a session: it has the runs that were given to it, and no others.
    fn told(&mut self, s: &Planned, corrections: &[Correction]) -> Option<Scored> {
        let mut places = Vec::new();
        let mut word = None;
        for c in corrections.iter().filter(|c| c.session() == Some((s.day, s.kind))) {
            match c {
                Correction::Belongs { activity, .. } => {
                    let mut runs = self.h.runs.iter().zip(&self.holds);
                    let it = runs.position(|(r, hold)| r.id == *activity && *hold == Hold::ByHand);
                    places.extend(it);
                }
                Correction::Done { .. } => word = Some(true),
                Correction::NotDone { .. } => word = Some(false),
                Correction::Alone { .. } => {}
            }
        }
        if places.is_empty() {
            let missed = Scored { by_hand: true, ..scored(s, &[]) };
            return word.map(|done| {
                if done {
                    Scored { share: 1000, colour: Colour::Green, sign: Sign::Even, ..missed }
                } else {
                    missed
                }
            });
        }
        places.sort_unstable();
        places.dedup();
        places.iter().for_each(|i| self.holds[*i] = Hold::Counted);
        let runs: Vec<_> = places.iter().map(|i| &self.h.runs[*i]).collect();
        Some(Scored { by_hand: true, ..scored(s, &runs) })
    }

    /// The runs of the weeks, by week start, that no session was done in.
    fn unplanned(&self, weeks: &[&PublishedWeek]) -> Vec<(i64, Day)> {
        let planned = |day: Day| {
            let after = weeks.partition_point(|week| week.week_start <= day);
            after.checked_sub(1).is_some_and(|i| day - weeks[i].week_start < 7)
        };
        let all = self.h.runs.iter().zip(&self.holds);
        let rest = all.filter(|(r, hold)| **hold != Hold::Counted && planned(r.day));
        rest.map(|(r, _)| (r.id, r.day)).collect()
    }
}

/// Is a session of this kind quality? Of a published week only its kind is known.
#[must_use]
pub const fn is_quality(kind: Kind) -> bool {
    match kind {
        Kind::Tempo
        | Kind::Interval
        | Kind::Fartlek
        | Kind::Hill
        | Kind::Pace
        | Kind::TimeTrial
        | Kind::Race => true,
        Kind::Easy | Kind::Recovery | Kind::Long | Kind::Return | Kind::Cross => false,
    }
}

/// What health bars in one week, as known at the end of a history.
#[derive(Debug, Clone)]
pub struct Barred {
    week_start: Day,
    health: Health,
}

impl Barred {
    /// For the week that begins on a day; `None` without any record or strike.
    #[must_use]
    pub fn new(
        health: &[HealthRecord],
        strikes: &[Strike],
        h: &History,
        week_start: Day,
    ) -> Option<Self> {
        if health.is_empty() && strikes.is_empty() {
            return None;
        }
        // Of these only the days, the records and the strikes matter to what is barred.
        let form = Form {
            risk: Risk::Moderate,
            durability: 0,
            threshold: Pace(0),
            marathon: Pace(0),
            easy: Pace(0),
        };
        let c = Circumstances {
            week_start,
            first_day: h.before,
            activities: &[],
            health,
            strikes,
            feedback: &[],
            races: &[],
            published: &[],
            form,
            phase: Phase::Base,
            has_goal: false,
            state: State::Stable,
            overriding: false,
            overreach_since: None,
            injury_watch: false,
        };
        Some(Self { week_start, health: Health::new(&c, h) })
    }

    /// Does health excuse this session?
    #[must_use]
    pub fn excuses(&self, s: &Planned) -> bool {
        let Some(day) = usize::try_from(s.day - self.week_start).ok() else { return false };
        let Some(day) = self.health.days.get(day) else { return false };
        let hard = s.kind == Kind::Long || is_quality(s.kind);
        let quality = is_quality(s.kind);
        day.locked || (hard && day.no_hard) || (quality && day.no_quality)
    }

    /// Is running locked on the day?
    #[must_use]
    pub fn locked(&self, day: Day) -> bool {
        let day = usize::try_from(day - self.week_start).ok();
        day.and_then(|i| self.health.days.get(i)).is_some_and(|d| d.locked)
    }

    /// Locked days of the week.
    #[must_use]
    pub fn locked_days(&self) -> usize {
        self.health.days.iter().filter(|d| d.locked).count()
    }
}

/// A of K2 over the last `weeks` weeks, thousandths: the mean score where half of those weeks or
/// more were planned, else the share of active weeks. `None` where all that was planned is excused.
#[must_use]
pub fn adherence(k: &Compliance, facts: &Facts, h: &History, at: Day, weeks: i64) -> Option<i64> {
    adherence_by(&|from, to| k.mean(from, to), facts, h, at, weeks)
}

fn adherence_by(
    mean: &dyn Fn(Day, Day) -> Option<i64>,
    facts: &Facts,
    h: &History,
    at: Day,
    weeks: i64,
) -> Option<i64> {
    let from = at - 7 * weeks;
    let planned = |p: &&PublishedWeek| {
        p.week_start + 6 >= from && p.week_start < at && !p.sessions.is_empty()
    };
    let n = facts.published.iter().filter(planned).count();
    if 2 * i64::try_from(n).unwrap_or(0) >= weeks {
        return mean(from, at);
    }
    let active = |k: &i64| h.runs_in(at - 7 * k, at - 7 * k + 7).len() >= rs::ACTIVE_RUNS;
    let active = i64::try_from((1..=weeks).filter(active).count()).unwrap_or(0);
    Some(active * 1000 / weeks.max(1))
}

/// A28 and A90 of K2, thousandths. A window in which everything is excused says nothing: the other
/// one stands for it, and full adherence for both.
#[must_use]
pub fn adherences(k: &Compliance, facts: &Facts, h: &History, at: Day) -> (i64, i64) {
    adherences_by(&|from, to| k.mean(from, to), facts, h, at)
}

/// The same as if there were no health records: nothing is excused.
#[must_use]
pub fn adherences_unexcused(k: &Compliance, facts: &Facts, h: &History, at: Day) -> (i64, i64) {
    adherences_by(&|from, to| k.mean_unexcused(from, to), facts, h, at)
}

fn adherences_by(
    mean: &dyn Fn(Day, Day) -> Option<i64>,
    facts: &Facts,
    h: &History,
    at: Day,
) -> (i64, i64) {
    let of = |weeks| adherence_by(mean, facts, h, at, weeks);
    let (a28, a90) = (of(4), of(13));
    let full = 1000;
    (a28.or(a90).unwrap_or(full), a90.or(a28).unwrap_or(full))
}

/// K2 in thousandths: 0.40 A28 + 0.20 A90 + 0.25 R + 0.15 G, with R from the coefficient of
/// variation of weekly km and G from the longest gap of 90 days; all in thousandths, the gap in
/// days.
#[must_use]
pub fn consistency(a28: i64, a90: i64, spread: i64, gap: i64) -> i64 {
    let r = 1000 - (spread.clamp(0, rs::SPREAD_NOTHING) * 1000 / rs::SPREAD_MAX).min(1000);
    let (free, span) = rs::GAP_DAYS;
    let g = (1000 - (gap.clamp(0, 1000) - free) * 1000 / span).clamp(0, 1000);
    let parts = [a28, a90, r, g].into_iter().zip(rs::CONSISTENCY_WEIGHTS);
    parts.map(|(part, weight)| part.clamp(0, 1000) * weight).sum::<i64>() / 1000
}

/// The published week that most of the seven days from `from` on lie in.
fn published_near(facts: &Facts, from: Day) -> Option<&PublishedWeek> {
    facts.published.iter().rev().find(|p| (p.week_start - from).abs() <= 3)
}

/// The km of the last eight weeks that were no taper and no cutback, latest first: what R is made
/// of. Fewer where that many are not found in 16 weeks.
#[must_use]
pub fn steady_weeks(facts: &Facts, h: &History, at: Day) -> Vec<Metres> {
    let steady = |from: Day| {
        published_near(facts, from)
            .is_none_or(|p| !p.cutback && p.phase != Phase::Taper && p.state != State::Taper)
    };
    (1..=rs::STEADY_WEEKS_REACH)
        .map(|k| at - 7 * k)
        .filter(|from| steady(*from))
        .take(rs::STEADY_WEEKS)
        .map(|from| h.metres(from, from + 7))
        .collect()
}

/// K3's weeks: the km of the last eight that were no taper, latest first; a week without running
/// counts unless health excuses it.
#[must_use]
pub fn capacity_weeks(facts: &Facts, h: &History, at: Day) -> Vec<Metres> {
    let counts = |from: Day| {
        let taper = published_near(facts, from)
            .is_some_and(|p| p.phase == Phase::Taper || p.state == State::Taper);
        let excused = || {
            h.metres(from, from + 7) == Metres::ZERO
                && Barred::new(&facts.health, &facts.strikes, h, from)
                    .is_some_and(|b| b.locked_days() >= rs::EXCUSED_DAYS)
        };
        !taper && !excused()
    };
    (1..=rs::STEADY_WEEKS_REACH)
        .map(|k| at - 7 * k)
        .filter(|from| counts(*from))
        .take(rs::STEADY_WEEKS)
        .map(|from| h.metres(from, from + 7))
        .collect()
}

/// K3: the lesser of the upper quartile of the weeks (linear between ranks) and 1.15 times the mean
/// of the last four, latest first. Missing weeks count as nothing.
#[must_use]
pub fn capacity(weeks: &[Metres]) -> Metres {
    let mut sorted = [Metres::ZERO; rs::STEADY_WEEKS];
    for (slot, week) in sorted.iter_mut().zip(weeks) {
        *slot = *week;
    }
    let mean = Metres(sorted[..4].iter().copied().sum::<Metres>().0 / 4);
    sorted.sort_unstable();
    // The quartile lies at rank 0.75 x 7 = 5.25.
    let p75 = Metres((sorted[5].0.saturating_mul(3).saturating_add(sorted[6].0)) / 4);
    p75.min(mean.permille(rs::CAPACITY_PERMILLE))
}
