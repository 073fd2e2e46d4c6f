//! Assigns the state day by day: entries and exits with their memory, by precedence, from the last
//! standing to the day a plan is made. Safety states are entered on the day their signal arrives.

use crate::calendar::Day;
use crate::calibrate::{self, Profile};
use crate::check_in::{self, Action};
use crate::compliance::Compliance;
use crate::facts::{Circumstances, Facts};
use crate::health::Health;
use crate::history::History;
use crate::limits;
use crate::record::{Goal, RaceDistance};
use crate::roadmap::Lengths;
use crate::ruleset as r;
use crate::signals::{Overreaching, Reading, Ready, Signal, Signals};
use crate::standing::Standing;
use crate::state::State;
use crate::units::{Metres, Units};
use crate::vdot::{self, Vdot};
use serde::{Deserialize, Serialize};

/// A change of state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transition {
    /// The day it took effect.
    pub day: Day,
    /// The state before.
    pub from: State,
    /// The state after.
    pub to: State,
    /// Why.
    pub reason: Reason,
}

/// Why a state was entered or left, with what was measured and where the limit is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Days locked by health, or the ladder back.
    Health,
    /// Signals of overreaching, pain, spikes or a slump.
    Signals(Vec<Reading>),
    /// The taper's window.
    Race {
        /// The race's distance.
        distance: RaceDistance,
        /// Days to it.
        days: i64,
    },
    /// Days without running.
    Break {
        /// Run-free days.
        days: i64,
        /// From here on it is Rebuild.
        limit: i64,
    },
    /// Running again, in the weeks that stay smaller after a break (H14).
    WayBack {
        /// Run-free days.
        days: i64,
        /// Thousandths of the volume before the break that a week may hold.
        permille: i64,
    },
    /// C4 fell against C13 and is not back yet.
    LowVolume {
        /// C4.
        recent: Metres,
        /// What ends Rebuild.
        limit: Metres,
    },
    /// The runner's choice, up to before a day.
    Chosen {
        /// The first day after it.
        until: Day,
    },
    /// Ready for a little more.
    Ready(Ready),
    /// Both weeks of the probe were green: the capacity is renewed.
    Passed {
        /// Mean weekly km of the probe.
        weekly: Metres,
        /// K3 now.
        capacity: Metres,
    },
    /// The probe ended without renewing anything: too little or too much was run.
    NotPassed {
        /// Km of its weeks, the first one first.
        weeks: [Metres; 2],
    },
    /// The state before is over.
    Over {
        /// Days it lasted.
        days: i64,
    },
}

impl Reason {
    /// In short, for a list: at most 100 characters.
    #[must_use]
    pub const fn title(&self) -> &'static str {
        match self {
            Self::Health => "health",
            Self::Signals(_) => "signals of your body and your runs",
            Self::Race { .. } => "race day is near",
            Self::Break { .. } => "a break",
            Self::WayBack { .. } => "the weeks after a break",
            Self::LowVolume { .. } => "volume far below the usual",
            Self::Chosen { .. } => "your choice",
            Self::Ready(_) => "ready for a little more",
            Self::Passed { .. } => "two green weeks of a little more",
            Self::NotPassed { .. } => "the probe was not green",
            Self::Over { .. } => "its condition is over",
        }
    }

    /// One sentence from the measured values.
    #[must_use]
    pub fn text(&self, units: Units) -> String {
        match self {
            Self::Health => {
                "An injury or pain locks days, or the ladder back to running is not finished."
                    .to_owned()
            }
            Self::Signals(all) => {
                let clauses: Vec<String> = all.iter().map(|x| x.text(units)).collect();
                sentence(&clauses.join("; "))
            }
            Self::Race { distance, days } => format!("{days} days to your {}.", distance.name()),
            Self::Break { days, limit } => {
                format!("{days} days without running ({limit} or more ask for a rebuild).")
            }
            Self::WayBack { days, permille } => format!(
                "After {days} days without running weeks still hold {} % of what you ran before.",
                permille / 10
            ),
            Self::LowVolume { recent, limit } => format!(
                "You run {} a week lately; from {} on you are back.",
                units.distance(*recent),
                units.distance(*limit)
            ),
            Self::Chosen { until } => format!("You chose the wider limits, up to {}.", *until - 1),
            Self::Ready(x) => format!(
                "Consistency {} % and {} a week at a capacity of {}, without a warning signal.",
                x.consistency / 10,
                units.distance(x.weekly),
                units.distance(x.capacity)
            ),
            Self::Passed { weekly, capacity } => format!(
                "Two green weeks of {} on average: your capacity is {} now.",
                units.distance(*weekly),
                units.distance(*capacity)
            ),
            Self::NotPassed { weeks: [first, second] } => format!(
                "The two weeks came to {} and {}: not as planned, so nothing changes.",
                units.distance(*first),
                units.distance(*second)
            ),
            Self::Over { days: 1 } => "The state before lasted one day and is over.".to_owned(),
            Self::Over { days } => format!("The state before lasted {days} days and is over."),
        }
    }
}

fn sentence(clause: &str) -> String {
    let mut chars = clause.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", chars.as_str())
}

impl Transition {
    /// What changed and why, in plain words.
    #[must_use]
    pub fn text(&self, units: Units) -> String {
        let why = self.reason.text(units);
        format!("From {} to {}. {why} {}", self.from.name(), self.to.name(), self.to.meaning())
    }
}

/// Why a plan is eased beyond the hard rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Easing {
    /// The state Slump.
    Slump,
    /// The answer "burnout" to a check-in.
    Burnout,
}

impl Easing {
    /// Permille of the recent weekly km, and how many quality sessions fewer.
    #[must_use]
    pub const fn terms(self) -> (i64, usize) {
        match self {
            Self::Slump => (r::SLUMP_PERMILLE, 1),
            Self::Burnout => (r::EASED_PERMILLE, usize::MAX),
        }
    }

    /// The words that explain it.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Slump => "form has dipped, so one quality session fewer as well",
            Self::Burnout => "you said you feel burnt out, so nothing hard this week",
        }
    }
}

/// An easier week that is no hard rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ease {
    /// Why.
    pub why: Easing,
    /// Most km without races.
    pub most: Metres,
}

/// The entries of the safety states that take from a week beyond the hard rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Care {
    /// Into Injury Watch.
    pub watch: Option<Day>,
    /// Into an Overreach that has not cleared in 14 days.
    pub stubborn: Option<Day>,
}

impl Care {
    fn of(s: &Standing) -> Self {
        Self { watch: s.watch, stubborn: s.overreach.filter(|_| is_stubborn(s)) }
    }
}

/// Where a walk over the days ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assigned {
    /// The standing on its last day.
    pub standing: Standing,
    /// The changes on the way, by day.
    pub transitions: Vec<Transition>,
    /// The state of the week to plan.
    pub week: State,
    /// The state of that week without the health records.
    pub well: State,
    /// What Injury Watch and Overreach take of the week; without the health records.
    pub cares: [Care; 2],
    /// What eases the week beyond the hard rules.
    pub ease: Option<Ease>,
}

/// Assigns the states up to the day a plan is made. `c` holds the week to plan; its state and
/// conditions are not read. `k` is the compliance of these facts, `leading` the goal that leads on a
/// week start: the race to come or the one being recovered from.
pub fn assign<'a>(
    facts: &Facts,
    c: &Circumstances<'_>,
    h: &History,
    profile: &Profile,
    k: &Compliance,
    leading: &dyn Fn(Day) -> Option<&'a Goal>,
) -> Assigned {
    let at = facts.as_of.min(c.first_day);
    let from = at - r::WALK_DAYS;
    let known = facts.standing.as_ref().filter(|s| (from..=at).contains(&s.as_of));
    let start = known.cloned().unwrap_or_else(|| Standing::new(from));
    let signals = Signals::new(facts, h, k, start.as_of, at);
    let mut walk = Walk::new(facts, c, h, profile, leading, signals, start.clone());
    walk.to(at);
    let week = walk.shown(c.first_day, c.week_start).0;
    let (standing, transitions) = (walk.standing.clone(), std::mem::take(&mut walk.transitions));
    let mut well = week;
    let mut slump = standing.memory.slump;
    let mut cares = [Care::of(&standing); 2];
    if !(c.health.is_empty() && c.strikes.is_empty()) {
        let healthy = Circumstances { health: &[], strikes: &[], ..*c };
        let mut walk =
            Walk::new(facts, &healthy, h, profile, leading, walk.signals.without_records(), start);
        walk.to(at);
        well = walk.shown(c.first_day, c.week_start).0;
        slump = walk.standing.memory.slump;
        cares[1] = Care::of(&walk.standing);
        // What only a healthy runner may do is no basis of an unwell one's week.
        if matches!(well, State::Probe | State::OverrideActive) && week != well {
            well = State::Stable;
        }
    }
    let ease = ease(facts, h, c.first_day, slump.filter(|_| well == State::Slump));
    Assigned { standing, transitions, week, well, cares, ease }
}

/// The strongest easing of a week that is planned from a day on. A grace period eases nothing by
/// itself: the easier week is offered with it.
fn ease(facts: &Facts, h: &History, day: Day, slump: Option<Day>) -> Option<Ease> {
    let by_answer = check_in::eased(&facts.check_ins, day)
        .filter(|(action, _)| *action == Action::ProbePhase)
        .map(|(_, on)| (Easing::Burnout, on));
    let all = by_answer.into_iter().chain(slump.map(|on| (Easing::Slump, on)));
    let eased = all.map(|(why, on)| {
        let recent = h.as_of(&facts.activities, on, |h| h.c4(on));
        Ease { why, most: recent.permille(why.terms().0) }
    });
    eased.min_by_key(|e| (std::cmp::Reverse(e.why.terms().1), e.most))
}

/// The limits of a week with what Injury Watch and a stubborn Overreach take beyond the hard rules.
pub fn protect(l: &mut limits::Limits, c: &Circumstances<'_>, h: &History, care: Care) {
    if let Some(entry) = care.watch {
        let recent = h.as_of(c.activities, entry, |h| h.c4(entry));
        l.cap_total(recent.permille(r::WATCH_PERMILLE), crate::decision::Rule::H09);
    }
    if let Some(entry) = care.stubborn {
        let recent = h.as_of(c.activities, entry, |h| h.c(entry));
        l.cap_total(recent.permille(r::OVERREACH_STUBBORN_PERMILLE), crate::decision::Rule::H13);
    }
}

/// Overreach has not cleared in 14 days: less still, and medical advice.
#[must_use]
pub fn is_stubborn(s: &Standing) -> bool {
    s.overreach.is_some_and(|entry| s.as_of - entry >= r::OVERREACH_STUBBORN_DAYS)
}

/// The advice to a runner whose signals have not cleared in 14 days; `None` for others.
#[must_use]
pub fn medical_advice(s: &Standing) -> Option<&'static str> {
    is_stubborn(s).then_some(
        "The signals of overreaching have not cleared in two weeks. Please see a doctor: this app \
         cannot tell tiredness from illness.",
    )
}

/// The walk from day to day.
struct Walk<'w, 'a> {
    facts: &'w Facts,
    c: &'w Circumstances<'w>,
    h: &'w History,
    profile: &'w Profile,
    leading: &'w dyn Fn(Day) -> Option<&'a Goal>,
    signals: Signals<'w>,
    standing: Standing,
    transitions: Vec<Transition>,
    /// Rebuild's condition at the last week start asked for.
    rebuild: (Day, bool),
    /// The race whose taper holds the week.
    taper: (Day, Option<(RaceDistance, Day)>),
}

impl<'w, 'a> Walk<'w, 'a> {
    fn new(
        facts: &'w Facts,
        c: &'w Circumstances<'w>,
        h: &'w History,
        profile: &'w Profile,
        leading: &'w dyn Fn(Day) -> Option<&'a Goal>,
        signals: Signals<'w>,
        standing: Standing,
    ) -> Self {
        let mut walk = Self {
            facts,
            c,
            h,
            profile,
            leading,
            signals,
            transitions: Vec::new(),
            rebuild: (standing.as_of, false),
            taper: (standing.as_of, None),
            standing,
        };
        let week = walk.week_of(walk.standing.as_of);
        walk.enter_week(week);
        walk
    }

    fn week_of(&self, day: Day) -> Day {
        day.week_start(self.facts.preferences.week_start)
    }

    fn enter_week(&mut self, w: Day) {
        self.rebuild = (w, limits::rebuild(self.h, w));
        self.taper = (w, self.tapering(w));
    }

    /// Every day from the standing's own, which may have been incomplete, to the last.
    fn to(&mut self, at: Day) {
        let mut day = self.standing.as_of;
        loop {
            self.day(day);
            if day >= at {
                break;
            }
            day = day + 1;
        }
    }

    fn tapering(&self, w: Day) -> Option<(RaceDistance, Day)> {
        let goal = (self.leading)(w)?;
        let start = goal.day - 7 * Lengths::of(goal.distance).taper + 1;
        (w + 3 >= start && w <= goal.day).then_some((goal.distance, goal.day))
    }

    /// The end of the override in force on a day.
    fn overriding(&self, day: Day) -> Option<Day> {
        let open = self.facts.overrides.iter().filter_map(|(from, to)| {
            let until = (*to).min(*from + r::OVERRIDE_DAYS);
            let ended = self.standing.memory.safety.is_some_and(|s| *from <= s);
            (!ended && *from <= day && day < until).then_some(until)
        });
        open.max()
    }

    fn protection(&self, day: Day, w: Day) -> bool {
        !self.c.health.is_empty()
            && Health::new(&Circumstances { week_start: w, first_day: day, ..*self.c }, self.h)
                .protection
    }

    /// The state on a day of a week by precedence, and whether Injury Protection's condition
    /// stands.
    fn shown(&self, day: Day, w: Day) -> (State, bool) {
        let s = &self.standing;
        let (rebuild, taper) = if self.rebuild.0 == w {
            (self.rebuild.1, self.taper.1)
        } else {
            (limits::rebuild(self.h, w), self.tapering(w))
        };
        let protection = self.protection(day, w);
        let state = if protection {
            State::InjuryProtection
        } else if s.watch.is_some() {
            State::InjuryWatch
        } else if taper.is_some() {
            State::Taper
        } else if s.overreach.is_some() {
            State::Overreach
        } else if rebuild {
            State::Rebuild
        } else if self.overriding(day).is_some() {
            State::OverrideActive
        } else if s.memory.slump.is_some() {
            State::Slump
        } else if s.memory.probe.is_some() {
            State::Probe
        } else {
            State::Stable
        };
        (state, protection)
    }

    fn day(&mut self, day: Day) {
        let w = self.week_of(day);
        if self.rebuild.0 != w {
            self.enter_week(w);
        }
        self.standing.as_of = day;
        let signals = self.signals.overreaching(day);
        self.overreach(day, &signals);
        let watch = self.watch(day);
        let slump = self.slump(day, &signals);
        let probe = self.probe(day, &signals);
        let (state, protection) = self.shown(day, w);
        let s = &mut self.standing;
        if protection || s.watch.is_some() || s.overreach.is_some() {
            s.memory.safety = Some(day);
        }
        if state < State::Slump && !matches!(state, State::Taper | State::OverrideActive) {
            // What health or a break explains is no slump.
            (s.memory.slump, s.memory.slump_signs) = (None, None);
        }
        if state != State::Probe {
            s.memory.probe = None;
        }
        if state == s.state {
            return;
        }
        let over = Reason::Over { days: day - s.since };
        let reason = match state {
            State::InjuryProtection => Reason::Health,
            State::InjuryWatch => watch.map_or(over, |x| Reason::Signals(vec![x])),
            State::Taper => {
                let race = |(distance, on)| Reason::Race { distance, days: on - day };
                self.taper.1.map_or(over, race)
            }
            State::Overreach if signals.overreached() => Reason::Signals(signals.readings),
            State::Rebuild => self.why_rebuild(w),
            State::OverrideActive => {
                self.overriding(day).map_or(over, |until| Reason::Chosen { until })
            }
            State::Slump => slump.map_or(over, |x| Reason::Signals(vec![x])),
            State::Probe | State::Stable => probe.unwrap_or(over),
            State::Overreach => over,
        };
        let s = &mut self.standing;
        self.transitions.push(Transition { day, from: s.state, to: state, reason });
        (s.state, s.since) = (state, day);
    }

    /// O2.
    fn overreach(&mut self, day: Day, signals: &Overreaching) {
        let s = &mut self.standing;
        let Some(entry) = s.overreach else {
            if signals.overreached() {
                (s.overreach, s.memory.overreach_seen) = (Some(day), Some(day));
            }
            return;
        };
        if signals.kinds() > r::OVERREACH_CALM {
            s.memory.overreach_seen = Some(day);
        }
        let seen = s.memory.overreach_seen.map_or(entry, |seen| seen.max(entry));
        if day - seen >= r::OVERREACH_LEAVE_DAYS {
            (s.overreach, s.memory.overreach_seen) = (None, None);
        }
    }

    /// P1 and S1.
    fn watch(&mut self, day: Day) -> Option<Reading> {
        let reading = self.signals.watch(day);
        let hurt = || self.signals.hurt_in(day, day + 1) || self.signals.open_pain(day);
        let s = &mut self.standing;
        let Some(entry) = s.watch else {
            if reading.is_some() {
                (s.watch, s.memory.watch_seen) = (Some(day), Some(day));
            }
            return reading;
        };
        // Pain counts on its own day; what it adds up to does not make a later day red.
        let other = |x: Reading| matches!(x.signal, Signal::Spikes | Signal::PainRising);
        if reading.is_some_and(other) || hurt() {
            s.memory.watch_seen = Some(day);
        }
        let seen = s.memory.watch_seen.map_or(entry, |seen| seen.max(entry));
        if day - seen > r::WATCH_LEAVE_DAYS {
            (s.watch, s.memory.watch_seen) = (None, None);
        }
        reading
    }

    /// O3 or low consistency, after its grace period.
    fn slump(&mut self, day: Day, signals: &Overreaching) -> Option<Reading> {
        let weekly = day == self.rebuild.0;
        let forecast = if weekly { self.forecast(day) } else { None };
        let alone = [Signal::EffortUp, Signal::ThresholdSlower, Signal::Unfinished];
        let sign = signals
            .find(&alone)
            .or(forecast)
            .or_else(|| if weekly { self.signals.consistency_28(day) } else { None });
        let m = &mut self.standing.memory;
        if sign.is_some() {
            let first = m.slump_signs.filter(|(_, last)| day - *last <= r::SIGNAL_NEAR_DAYS);
            m.slump_signs = Some((first.map_or(day, |(first, _)| first), day));
        }
        let Some((first, last)) = m.slump_signs else {
            m.slump = None;
            return None;
        };
        if m.slump.is_some() && day - last >= r::SLUMP_LEAVE_DAYS {
            (m.slump, m.slump_signs) = (None, None);
        }
        let busy = check_in::in_grace(&self.facts.check_ins, day);
        let due = sign.is_some() && day - first >= r::SLUMP_GRACE_DAYS && !busy;
        if due {
            m.slump.get_or_insert(day);
        }
        sign
    }

    /// O3: the forecast of today against that of 28 days ago, once a week.
    fn forecast(&mut self, w: Day) -> Option<Reading> {
        let values = &mut self.standing.memory.values;
        let known = values.iter().find(|(day, _)| *day == w).map(|(_, value)| Vdot(*value));
        let value = match self.facts.as_of - w {
            0 => self.profile.value,
            // A week that was looked at already, or was passed over: no step asks for older ones.
            1..=7 => known.unwrap_or_else(|| calibrate::value_at(self.facts, self.h, w)),
            _ => return None,
        };
        values.retain(|(day, _)| *day < w && w - *day <= r::SIGNAL_FAR_DAYS);
        let before = values.first().filter(|(day, _)| w - *day == r::SIGNAL_FAR_DAYS).copied();
        values.push((w, value.0));
        let (_, before) = before.filter(|(_, before)| *before > value.0)?;
        let time = |value: Vdot| {
            let metres = RaceDistance::K10.decimetres() as f64 / 10.0;
            libm::round(vdot::time_at(value.value(), metres)) as i64
        };
        let was = time(Vdot(before));
        let change = (time(value) - was) * 1000 / was.max(1);
        let limit = r::FORECAST_WORSE;
        (change >= limit && self.signals.even_load(w)).then_some(Reading {
            signal: Signal::ForecastWorse,
            value: change,
            limit,
        })
    }

    /// Section 10 of the evidence: begins on a week's first day, lasts two weeks.
    fn probe(&mut self, day: Day, signals: &Overreaching) -> Option<Reason> {
        let pain = self.signals.hurt_in(day - 1, day + 1);
        let s = &self.standing;
        let Some(entry) = s.memory.probe else {
            let due = day == self.rebuild.0
                && s.state == State::Stable
                && day - s.since >= r::PROBE_STABLE_DAYS
                && signals.readings.is_empty()
                && self.asks_for_more(day);
            let ready = if due { self.signals.ready(day) } else { None }?;
            self.standing.memory.probe = Some(day);
            return Some(Reason::Ready(ready));
        };
        let over = day - entry >= r::PROBE_DAYS;
        if !(over || pain || !signals.readings.is_empty()) {
            return None;
        }
        self.standing.memory.probe = None;
        if !over {
            return (!signals.readings.is_empty())
                .then(|| Reason::Signals(signals.readings.clone()));
        }
        let weeks = [entry, entry + 7].map(|from| self.h.metres(from, from + 7));
        let green = [0, 1].into_iter().all(|k: usize| {
            let planned =
                self.facts.published.iter().find(|p| p.week_start - entry == 7 * k as i64);
            let (least, most) = r::PROBE_GREEN;
            planned.is_none_or(|p| {
                (p.planned.permille(least)..=p.planned.permille(most)).contains(&weeks[k])
            })
        });
        let capacity = calibrate::capacity_at(self.facts, self.h, day);
        let weekly = Metres((weeks[0] + weeks[1]).0 / 2);
        Some(if green { Reason::Passed { weekly, capacity } } else { Reason::NotPassed { weeks } })
    }

    /// A goal that is far enough for two weeks of more before its taper. Who trains for no race
    /// keeps what they have: there is nothing to probe for.
    fn asks_for_more(&self, day: Day) -> bool {
        (self.leading)(day)
            .is_some_and(|g| day + r::PROBE_DAYS < g.day - 7 * Lengths::of(g.distance).taper)
    }

    /// The measured values behind Rebuild in a week.
    fn why_rebuild(&self, w: Day) -> Reason {
        let days = self.h.run_free_days(w);
        if days >= r::REBUILD_GAP {
            return Reason::Break { days, limit: r::REBUILD_GAP };
        }
        let limit = self.h.c13(w).permille(r::REBUILD_LEAVE_PERMILLE);
        let recent = self.h.c4(w);
        match limits::return_factor(self.h, w) {
            Some((permille, days)) if recent >= limit => Reason::WayBack { days, permille },
            _ => Reason::LowVolume { recent, limit },
        }
    }
}
