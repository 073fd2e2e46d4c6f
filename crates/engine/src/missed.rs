//! The rest of a week that has begun: the sessions to come stay as they were published, and a
//! missed session is answered by the smallest change that keeps the week's purpose (section 14).
//!
//! A missed easy run is dropped. A missed Long Run or quality session moves to a later day only if
//! the checker of the hard rules has no objection, the week does not become bigger than it was
//! planned, and no taper is touched. A Long Run done early is not asked for again.

use crate::calendar::Day;
use crate::compliance::{self, Barred, Scored};
use crate::decision::{Rule, Why};
use crate::facts::Circumstances;
use crate::history::History;
use crate::limits::Limits;
use crate::plan::{Brief, Draft};
use crate::rules;
use crate::ruleset as rs;
use crate::session::{Kind, Planned, PublishedWeek, Session, WeekPlan};
use crate::state::{Phase, State};
use crate::units::{Metres, Seconds, Units};
use serde::{Deserialize, Serialize};

/// What became of a session that was not run on its day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missed {
    /// Its day.
    pub day: Day,
    /// Its kind.
    pub kind: Kind,
    /// Its distance.
    pub distance: Metres,
    /// What became of it.
    pub outcome: Outcome,
}

/// What is proposed for a session that was not run on its day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It moves to a free day.
    Moved {
        /// The day.
        to: Day,
    },
    /// It takes the place of an easy run.
    Replaces {
        /// The easy run's day.
        on: Day,
    },
    /// It is left out.
    Dropped(Reason),
}

/// Why a session is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Easy runs are not made up for.
    Easy,
    /// It was done on an earlier day.
    Early,
    /// Health barred a session of the week: nothing is made up for.
    Health,
    /// Nothing is added or moved in a taper (H11).
    Taper,
    /// With it the week would be bigger than it was planned.
    Enough,
    /// None of the runner's days is left for it.
    NoDay,
    /// A race is run on its day or not at all.
    Race,
    /// On the best of the days left this rule objects.
    Rule(Rule),
}

impl Missed {
    /// One sentence.
    #[must_use]
    pub fn text(&self, units: Units) -> String {
        let what =
            format!("{} of {} on {}", self.kind.name(), units.distance(self.distance), self.day);
        match self.outcome {
            Outcome::Moved { to } => format!("{what} was missed: moved to {to}."),
            Outcome::Replaces { on } => {
                format!("{what} was missed: on {on} it takes the place of an easy run.")
            }
            Outcome::Dropped(Reason::Early) => format!("{what} was done earlier: left out."),
            Outcome::Dropped(reason) => format!("{what} was missed: left out, {}.", reason.text()),
        }
    }
}

impl Reason {
    /// What follows "left out,".
    fn text(self) -> String {
        match self {
            Self::Easy => "an easy run needs no making up".to_owned(),
            Self::Early => "it was done earlier".to_owned(),
            Self::Health => "health comes first and nothing is crammed".to_owned(),
            Self::Taper => "nothing is added before your race (H11)".to_owned(),
            Self::Enough => "the week would be bigger than it was planned".to_owned(),
            Self::NoDay => "no day is left for it".to_owned(),
            Self::Race => "a race is run on its day".to_owned(),
            Self::Rule(rule) => {
                format!("every other day breaks a rule: {} ({})", rule.title(), rule.id())
            }
        }
    }
}

/// The rest of a begun week, from the sessions it was published with. `None` where a new plan must
/// be made: the week had not begun or was not published, its phase or the races to come are others,
/// a safety state ended or another state began that asks for a plan of its own, or a session to
/// come is on a day the runner does not run on any more.
///
/// `c` may be the circumstances without health records; `barred` is what health bars.
pub(crate) fn rest(
    c: &Circumstances<'_>,
    state: State,
    barred: Option<&Barred>,
    h: &History,
    b: &Brief<'_>,
    l: &Limits,
) -> Option<Draft> {
    if l.first == 0 {
        return None;
    }
    let week = c.published.last().filter(|p| p.week_start == c.week_start)?;
    let coming = b.current.iter().filter(|s| s.day >= c.first_day);
    let mut sessions: Vec<Session> = coming.cloned().collect();
    if week.phase != c.phase || !stays(week.state, state) || !fits(week, &sessions, c, b, l) {
        return None;
    }
    let scored = compliance::of_week(week, h, barred);
    let mut missed = done_early(&mut sessions, week, &scored, h);
    let mut bench = Bench { c, b, l, week, sessions };
    let unwell = scored.iter().any(|s| s.excused);
    let mut late: Vec<&Scored> =
        scored.iter().filter(|s| s.missed() || s.excused && !s.completed()).collect();
    late.sort_by_key(|s| (s.planned.kind != Kind::Long, s.planned.day));
    for s in late {
        let outcome =
            if unwell { Outcome::Dropped(Reason::Health) } else { bench.place(&s.planned) };
        let Planned { day, kind, distance, .. } = s.planned;
        missed.push(Missed { day, kind, distance, outcome });
    }
    missed.sort_by_key(|m| m.day);
    Some(bench.draft(missed))
}

/// Does a week published in one state stay as it is in another? In the same one, and where a safety
/// state has begun: that one only takes.
fn stays(published: State, now: State) -> bool {
    let safety = [State::InjuryProtection, State::InjuryWatch, State::Overreach, State::Rebuild];
    now == published || (now < published && safety.contains(&now))
}

/// Are these the sessions to come of the published week, on days and with races as they are now?
fn fits(
    week: &PublishedWeek,
    sessions: &[Session],
    c: &Circumstances<'_>,
    b: &Brief<'_>,
    l: &Limits,
) -> bool {
    let to_come = week.sessions.iter().filter(|s| s.day >= c.first_day);
    let runs = || sessions.iter().filter(|s| s.is_run());
    let key = |day: Day, kind: Kind, distance: Metres| (day, kind, distance);
    let same = to_come
        .map(|s| key(s.day, s.kind, s.distance))
        .eq(runs().map(|s| key(s.day, s.kind, s.distance)));
    let races = || runs().filter(|s| s.kind == Kind::Race);
    let raced = l.races().map(|(i, distance)| (c.week_start + i as i64, Some(distance)));
    let known = !week.sessions.is_empty() || week.planned == Metres::ZERO;
    let on_run_day = |s: &Session| {
        s.pinned || s.kind == Kind::Race || b.preferences.run_days.contains(s.day.weekday())
    };
    known && same && races().map(|s| (s.day, s.race)).eq(raced) && runs().all(on_run_day)
}

/// Takes out the session to come that was done early by the runner's word, or the Long Run when a
/// run of no session in the days before was as long.
fn done_early(
    sessions: &mut Vec<Session>,
    week: &PublishedWeek,
    scored: &[Scored],
    h: &History,
) -> Vec<Missed> {
    let run = |id: i64| h.runs.iter().any(|r| r.id == id);
    let told = |s: &Session| {
        let mut about = week.corrections.iter().filter(|c| c.session() == Some((s.day, s.kind)));
        about.any(|c| c.activity().is_some_and(run))
    };
    let early = |s: &Session| Missed {
        day: s.day,
        kind: s.kind,
        distance: s.distance,
        outcome: Outcome::Dropped(Reason::Early),
    };
    let by_word: Vec<Missed> = sessions.iter().filter(|s| told(s)).map(early).collect();
    if !by_word.is_empty() {
        sessions.retain(|s| !told(s));
        return by_word;
    }
    let Some(i) = sessions.iter().position(|s| s.kind == Kind::Long && !s.pinned) else {
        return Vec::new();
    };
    let Session { day, distance, .. } = sessions[i];
    let from = (day - rs::SHIFT_MAX).max(week.week_start);
    let done = h.runs_in(from, day).iter().any(|r| {
        !r.race
            && r.distance >= distance.permille(rs::GREEN.0)
            && scored.iter().all(|s| !s.activities.contains(&r.id))
            && week.corrections.iter().all(|c| c.activity() != Some(r.id))
    });
    if !done {
        return Vec::new();
    }
    vec![early(&sessions.remove(i))]
}

/// The rest of a week while missed sessions look for a place in it.
struct Bench<'a> {
    c: &'a Circumstances<'a>,
    b: &'a Brief<'a>,
    l: &'a Limits,
    week: &'a PublishedWeek,
    sessions: Vec<Session>,
}

impl Bench<'_> {
    /// Finds a place for a missed session, or says why there is none.
    fn place(&mut self, missed: &Planned) -> Outcome {
        let session = self.b.current.iter().find(|s| {
            s.day == missed.day && s.kind == missed.kind && s.distance == missed.distance
        });
        let Some(session) =
            session.filter(|s| s.kind == Kind::Long || compliance::is_quality(s.kind))
        else {
            return Outcome::Dropped(Reason::Easy);
        };
        if session.kind == Kind::Race {
            return Outcome::Dropped(Reason::Race);
        }
        let run: Metres = self.sessions.iter().filter(|s| s.is_run()).map(|s| s.distance).sum();
        let planned: Metres = self.week.sessions.iter().map(|s| s.distance).sum();
        let room = planned - self.l.done.0 - self.l.done.1 - run;
        let mut reason = Reason::NoDay;
        for replacing in [false, true] {
            for day in (self.l.first..7).map(|i| self.c.week_start + i as i64) {
                let Some(freed) = self.freed(session, day, replacing) else { continue };
                if self.tapering(day) {
                    reason = first(reason, Reason::Taper);
                } else if room + freed < session.distance {
                    reason = first(reason, Reason::Enough);
                } else if let Some(rule) = self.objection(session, day) {
                    reason = first(reason, Reason::Rule(rule));
                } else {
                    self.sessions = self.with(session, day);
                    return if replacing {
                        Outcome::Replaces { on: day }
                    } else {
                        Outcome::Moved { to: day }
                    };
                }
            }
        }
        Outcome::Dropped(reason)
    }

    /// Km of the easy run that gives way on the day; nothing on a free one; `None` where the
    /// session has no place.
    fn freed(&self, session: &Session, day: Day, replacing: bool) -> Option<Metres> {
        let wishes = self.b.preferences;
        let cap = wishes.day_caps[usize::from(day.weekday().number())];
        let fits = cap.is_none_or(|m| session.duration <= Seconds::minutes(i64::from(m)));
        if !fits || !wishes.run_days.contains(day.weekday()) {
            return None;
        }
        let there = self.sessions.iter().find(|s| s.day == day && s.is_run());
        match there {
            None => (!replacing).then_some(Metres::ZERO),
            Some(s) => {
                let gives_way = matches!(s.kind, Kind::Easy | Kind::Recovery) && !s.pinned;
                (replacing && gives_way).then_some(s.distance)
            }
        }
    }

    /// Is it a day of a taper?
    fn tapering(&self, day: Day) -> bool {
        let reaches = |distance| 7 * rs::taper_permille(distance).len() as i64;
        self.c.phase == Phase::Taper
            || self.c.state == State::Taper
            || self
                .c
                .races
                .iter()
                .any(|r| r.a_race && day <= r.day && day > r.day - reaches(r.distance))
    }

    /// The sessions with this one on that day, in place of what is there.
    fn with(&self, session: &Session, day: Day) -> Vec<Session> {
        let others = self.sessions.iter().filter(|s| s.day != day).cloned();
        let mut out: Vec<Session> = others.chain([Session { day, ..session.clone() }]).collect();
        out.sort_by_key(|s| s.day);
        out
    }

    /// The first hard rule that objects to the session on that day.
    fn objection(&self, session: &Session, day: Day) -> Option<Rule> {
        let plan = WeekPlan {
            week_start: self.c.week_start,
            first_day: self.c.first_day,
            state: self.c.state,
            phase: self.c.phase,
            week_number: 0,
            sessions: self.with(session, day),
            findings: Vec::new(),
            repairs: Vec::new(),
            why: Vec::new(),
        };
        rules::check(self.c, &plan).first().map(|f| f.rule)
    }

    fn draft(self, missed: Vec<Missed>) -> Draft {
        let km = |race: bool| {
            let runs = self.sessions.iter().filter(|s| s.is_run());
            runs.filter(|s| (s.kind == Kind::Race) == race).map(|s| s.distance).sum::<Metres>()
        };
        let races = km(true);
        let target = Why::Target {
            phase: self.b.phase,
            state: self.b.state,
            recent: self.l.windows.c4,
            target: km(false) + races,
            ceiling: self.l.week_room(races).0 + races,
        };
        let mut why = vec![target, Why::Kept { days: 7 - self.l.first as i64 }];
        why.extend(missed.into_iter().map(Why::NotRun));
        Draft { sessions: self.sessions, why }
    }
}

/// The reason met first is the one that is told; that there is no day is told last.
fn first(known: Reason, new: Reason) -> Reason {
    if known == Reason::NoDay { new } else { known }
}
