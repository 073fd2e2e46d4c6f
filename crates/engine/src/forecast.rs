//! The same step run forward, week by week: what the next weeks look like if so much of every plan
//! is run, a week is missed, the runner falls ill, races more or runs on fewer days.
//!
//! A forecast adds assumed runs to the facts and steps on; nothing of it is stored. What training
//! does to race times is a modest rule of its own (`FORM_*`, `GAIN_*` of the rule set): who trains
//! keeps what is proved and gains half a per cent a month; a break takes what B1 says and trained
//! weeks give it back; the interval widens with every week ahead and never narrows.

use crate::calendar::Day;
use crate::calibrate::Profile;
use crate::facts::Facts;
use crate::milestone::{Metric, Milestone};
use crate::predict::{self, Effort};
use crate::record::{Activity, Goal, HealthRecord, HealthType, RaceDistance, Sport, Symptoms};
use crate::ruleset;
use crate::session::{Kind, Session};
use crate::state::{Phase, State};
use crate::step::{self, Output};
use crate::units::{Metres, Seconds};
use crate::vdot::{TimeOff, time_off_factor};
use serde::{Deserialize, Serialize};

/// What is assumed about the weeks to come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scenario {
    /// Weeks to look at, at most [`ruleset::FORECAST_WEEKS`]; `None`: to the last race, or
    /// [`ruleset::FORECAST_USUAL_WEEKS`] without one.
    pub weeks: Option<u16>,
    /// How much of every planned run is run, thousandths (0-1500).
    pub adherence: i64,
    /// Days whose whole weeks are missed.
    pub miss: Vec<Day>,
    /// Ill from a day on for so many days.
    pub ill: Option<(Day, i64)>,
    /// One more race.
    pub race: Option<Goal>,
    /// Most runs a week.
    pub run_days: Option<u8>,
    /// Override Active chosen on a day, for seven days.
    pub send_it: Option<Day>,
}

impl Default for Scenario {
    fn default() -> Self {
        Self {
            weeks: None,
            adherence: 1000,
            miss: Vec::new(),
            ill: None,
            race: None,
            run_days: None,
            send_it: None,
        }
    }
}

impl Scenario {
    /// So much of every planned run, thousandths.
    #[must_use]
    pub fn adherence(permille: i64) -> Self {
        Self { adherence: permille, ..Self::default() }
    }

    fn misses(&self, day: Day, week_start: Day) -> bool {
        let ill = self.ill.is_some_and(|(from, days)| from <= day && day - from < days);
        ill || self.miss.iter().any(|m| (0..7).contains(&(*m - week_start)))
    }
}

/// A race time as it would be predicted at the start of a week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expected {
    /// The likeliest.
    pub time: Seconds,
    /// One in ten is faster.
    pub low: Seconds,
    /// One in ten is slower.
    pub high: Seconds,
}

/// One week ahead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeekForecast {
    /// Its first day.
    pub start: Day,
    /// The phase.
    pub phase: Phase,
    /// The state.
    pub state: State,
    /// Km that would be planned, races included.
    pub planned: Metres,
    /// Km that would be run; of a week that has begun only what is to come.
    pub run: Metres,
    /// The longest planned run that is no race.
    pub long: Metres,
    /// The week's race, if one is planned.
    pub race: Option<RaceDistance>,
    /// An easier week on purpose.
    pub cutback: bool,
    /// The time for the forecast's distance, as known at the week's start.
    pub expected: Option<Expected>,
}

/// What a forecast has to say beside its weeks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// A race to come would not be run.
    NotRaced {
        /// Its distance.
        distance: RaceDistance,
        /// Its day.
        day: Day,
    },
    /// A state other than Stable and Taper would be entered.
    Enters {
        /// The first day of its first week.
        week: Day,
        /// The state.
        state: State,
    },
}

impl Notice {
    /// One clear sentence.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::NotRaced { distance, day } => {
                format!("Your {} on {day} would not be in the plan.", distance.name())
            }
            Self::Enters { week, state } => {
                format!("From the week of {week} on: {}. {}", state.name(), state.meaning())
            }
        }
    }
}

/// A milestone of today's roadmap and the week in which it would be reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reached {
    /// The milestone.
    pub milestone: Milestone,
    /// The last day of the week that reaches it; `None` if none does in time.
    pub reached: Option<Day>,
}

/// The weeks to come under a scenario.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forecast {
    /// The distance that the times are for: the leading goal's, else 10 km.
    pub distance: RaceDistance,
    /// The leading race's day.
    pub race_day: Option<Day>,
    /// The weeks, from the one that holds the facts' day on.
    pub weeks: Vec<WeekForecast>,
    /// Milestones for long runs and weeks that end inside the forecast.
    pub milestones: Vec<Reached>,
    /// What else is to be said.
    pub notices: Vec<Notice>,
}

impl Forecast {
    /// The time expected on the leading race's day (or at the end without one).
    #[must_use]
    pub fn final_time(&self) -> Option<Expected> {
        let until = self.race_day.unwrap_or(Day::from_epoch(i64::MAX));
        self.weeks.iter().rfind(|w| w.start <= until)?.expected
    }

    /// The weeks up to the leading race.
    pub fn to_race(&self) -> impl Iterator<Item = &WeekForecast> {
        let until = self.race_day.unwrap_or(Day::from_epoch(i64::MAX));
        self.weeks.iter().filter(move |w| w.start <= until)
    }
}

/// What the scenario itself changes of the facts, before the first step.
#[must_use]
pub fn begin(facts: &Facts, scenario: &Scenario) -> Facts {
    let mut facts = facts.clone();
    facts.activities.sort_by_key(|a| (a.start_local, a.id));
    facts.goals.extend(scenario.race.clone());
    if let Some(n) = scenario.run_days {
        facts.preferences.max_runs = Some(n.clamp(1, 7));
    }
    facts.overrides.extend(scenario.send_it.map(|day| (day, day + 7)));
    facts.overrides.sort_unstable();
    fall_ill(&mut facts, scenario);
    facts
}

/// Runs the step forward from the week that holds the facts' day.
#[must_use]
pub fn forecast(facts: &Facts, scenario: &Scenario) -> Forecast {
    let mut facts = begin(facts, scenario);
    let first = facts.as_of.week_start(facts.preferences.week_start);
    let leader = step::a_race(&facts.goals, facts.as_of).cloned();
    let distance = leader.as_ref().map_or(RaceDistance::K10, |g| g.distance);
    let mut run = Run::new(&facts, distance);
    let mut out = Forecast {
        distance,
        race_day: leader.map(|g| g.day),
        weeks: Vec::new(),
        milestones: Vec::new(),
        notices: Vec::new(),
    };
    let count = weeks(&facts, scenario, first);
    let end = first + 7 * count;
    for k in 0..count {
        let week = first + 7 * k;
        let output = step::step(&facts, week);
        if k == 0 {
            run.prove(&facts, &output.profile);
            let roadmap = output.roadmap.iter().flat_map(|r| r.milestones.iter().cloned());
            let ours = roadmap.filter(|m| {
                matches!(m.metric, Metric::LongRun | Metric::Weekly)
                    && m.achieved.is_none()
                    && (facts.as_of..end).contains(&m.day)
            });
            out.milestones = ours.map(|milestone| Reached { milestone, reached: None }).collect();
        }
        let done = live(&mut facts, &output, scenario);
        out.weeks.push(run.week(&facts, &output, done, k));
        run.train(&mut facts, &output, done, scenario.adherence);
        if let Some(w) = out.weeks.last() {
            reach(&mut out.milestones, w, &facts);
        }
        notice(&mut out.notices, &facts.goals, &output, out.weeks.iter().rev().nth(1));
    }
    out
}

/// How many weeks to step.
fn weeks(facts: &Facts, scenario: &Scenario, first: Day) -> i64 {
    let last = facts.goals.iter().map(|g| g.day).filter(|d| *d >= facts.as_of).max();
    let wanted = match (scenario.weeks, last) {
        (Some(n), _) => i64::from(n),
        (None, Some(day)) => (day - first) / 7 + 1,
        (None, None) => i64::from(ruleset::FORECAST_USUAL_WEEKS),
    };
    wanted.clamp(1, i64::from(ruleset::FORECAST_WEEKS))
}

/// What was done of a week: km, longest run that is no race, and the first day run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Done {
    /// Km, of days to come.
    pub run: Metres,
    /// The longest run that is no race.
    pub long: Metres,
}

/// Runs a planned week as the scenario says and takes the facts to the start of the next one:
/// activities, the published week, health. Races are run whole, in the predicted time.
pub fn live(facts: &mut Facts, output: &Output, scenario: &Scenario) -> Done {
    let week = output.plan.week_start;
    let next = week + 7;
    let adherence = scenario.adherence.clamp(0, 1500);
    let mut done = Done::default();
    let sessions = output.plan.sessions.iter().filter(|s| s.is_run() && s.day >= facts.as_of);
    for s in sessions.filter(|s| !scenario.misses(s.day, week)) {
        let run = assumed(s, adherence, &output.profile);
        if run.distance.0 <= 0 {
            continue;
        }
        done.run += run.distance;
        if !run.race {
            done.long = done.long.max(run.distance);
        }
        facts.activities.push(run);
    }
    facts.activities.sort_by_key(|a| (a.start_local, a.id));
    if facts.published.iter().all(|p| p.week_start != week) {
        facts.published.push(output.published(&[]));
    }
    let old = facts.published.len().saturating_sub(ruleset::FORECAST_PUBLISHED);
    facts.published.drain(..old);
    facts.standing = Some(output.standing.clone());
    facts.as_of = next;
    let forgotten = facts.activities.partition_point(|a| a.day() < next - ruleset::FORECAST_REACH);
    facts.activities.drain(..forgotten);
    fall_ill(facts, scenario);
    done
}

/// Ids of assumed runs, one a day, lie around this one, where no stored activity's is.
const ASSUMED_ID: i64 = i64::MIN / 2;

/// A planned session as run.
fn assumed(s: &Session, adherence: i64, profile: &Profile) -> Activity {
    let race = s.kind == Kind::Race;
    let share = if race { 1000 } else { adherence };
    let predicted = s.race.and_then(|d| profile.predicted(d)).map(|p| p.time);
    let moving = predicted.unwrap_or(s.duration).permille(share);
    Activity {
        id: ASSUMED_ID.saturating_add(s.day.epoch()),
        sport: Sport::Run,
        start_local: s.day.epoch() * 86_400 + ruleset::ASSUMED_START,
        distance: s.distance.permille(share),
        moving,
        elapsed: moving,
        ascent: None,
        heart_rate: None,
        max_heart_rate: None,
        effort: None,
        temperature: None,
        dew_point: None,
        streams: None,
        race,
        confirmed: false,
    }
}

/// The scenario's illness as a health record, from the first step that can know of it.
fn fall_ill(facts: &mut Facts, scenario: &Scenario) {
    let Some((from, days)) = scenario.ill.filter(|(from, days)| *days > 0 && *from <= facts.as_of)
    else {
        return;
    };
    let over = from + days;
    let closed = (over <= facts.as_of).then_some(over);
    let symptoms = Symptoms { below_neck: true, ..Symptoms::default() };
    let record = HealthRecord {
        day: from,
        kind: HealthType::Illness,
        part: None,
        severity: None,
        symptoms,
        closed,
    };
    let open = HealthRecord { closed: None, ..record.clone() };
    facts.health.retain(|r| *r != open && *r != record);
    facts.health.push(record);
}

/// What runs along with a forecast: what is proved and how fit the runner is against today.
struct Run {
    distance: RaceDistance,
    /// What today's predictions rest on.
    proofs: Vec<Effort>,
    /// Today's prediction.
    today: Option<Expected>,
    /// Ten-thousandths of today's value.
    form: i64,
    /// The best form so far.
    best: i64,
    last_run: Option<Day>,
    /// The longest assumed gap and the day it ended, for B4.
    gap: Option<(i64, Day)>,
}

impl Run {
    fn new(facts: &Facts, distance: RaceDistance) -> Self {
        let last_run =
            facts.activities.iter().filter(|a| a.sport == Sport::Run).map(Activity::day).max();
        Self {
            distance,
            proofs: Vec::new(),
            today: None,
            form: 10_000,
            best: 10_000,
            last_run,
            gap: None,
        }
    }

    /// Keeps the efforts that today's value and predictions rest on.
    fn prove(&mut self, facts: &Facts, profile: &Profile) {
        let of_value = profile.fitness.iter().map(|f| f.id);
        let of_times = profile.predictions.iter().flat_map(|p| p.evidence.iter().copied());
        let mut ids: Vec<i64> = of_value.chain(of_times).collect();
        ids.sort_unstable();
        ids.dedup();
        let known = |id: &i64| facts.activities.iter().find(|a| a.id == *id).and_then(Effort::of);
        self.proofs = ids.iter().filter_map(known).collect();
        self.today = profile.predicted(self.distance).map(expected);
    }

    fn week(&self, facts: &Facts, output: &Output, done: Done, ahead: i64) -> WeekForecast {
        let plan = &output.plan;
        let plain = plan.sessions.iter().filter(|s| s.is_run() && s.kind != Kind::Race);
        let now = output.profile.predicted(self.distance).map(expected);
        WeekForecast {
            start: plan.week_start,
            phase: plan.phase,
            state: plan.state,
            planned: plan.distance(),
            run: done.run,
            long: plain.map(|s| s.distance).max().unwrap_or_default(),
            race: plan.sessions.iter().find_map(|s| s.race),
            cutback: output.room.cutback,
            expected: now.map(|e| self.ahead(e, facts.as_of - 7, ahead)),
        }
    }

    /// The prediction as a forecast shows it: a marathon after a gap by B4, and an interval that
    /// is never narrower than today's and widens with every week.
    fn ahead(&self, now: Expected, at: Day, weeks: i64) -> Expected {
        let mut time = now.time;
        let gap = self
            .gap
            .filter(|(_, ended)| at - *ended <= ruleset::BREAK_WINDOW)
            .map_or(0, |(days, _)| days);
        if let Some(today) = self.today.filter(|_| self.distance == RaceDistance::Marathon) {
            let added = 1000 + predict::marathon_gap_permille(gap);
            let slowed = today.time.0.saturating_mul(added) / 1000 * 10_000 / self.best;
            if added > 1000 {
                time = time.max(Seconds(slowed));
            }
        }
        let side = |edge: Seconds, of: Seconds| (edge - of).0.abs() * 1000 / of.0.max(1);
        let today = self.today.unwrap_or(now);
        let wider = (weeks * ruleset::WIDEN_WEEK_PERMILLE).min(ruleset::WIDEN_MAX_PERMILLE);
        let low = side(now.low, now.time).max(side(today.low, today.time)) + wider;
        let high = side(now.high, now.time).max(side(today.high, today.time)) + wider;
        if weeks == 0 {
            return now;
        }
        Expected { time, low: time.permille(1000 - low), high: time.permille(1000 + high) }
    }

    /// What the week does to what is proved. `facts` are those of the next week's start.
    fn train(&mut self, facts: &mut Facts, output: &Output, done: Done, adherence: i64) {
        let week = output.plan.week_start;
        let from = facts.activities.partition_point(|a| a.day() < week);
        for a in facts.activities[from..].iter().filter(|a| a.sport == Sport::Run) {
            let day = a.day();
            let gap = self.last_run.map_or(0, |last| day - last - 1);
            if gap >= ruleset::BREAK_LEAST {
                self.form = self.form * time_off_factor(gap, TimeOff::Rest) / 10_000;
                if self.gap.is_none_or(|(days, _)| gap >= days) {
                    self.gap = Some((gap, day));
                }
            }
            self.last_run = Some(self.last_run.map_or(day, |last| last.max(day)));
        }
        let planned = output.plan.distance();
        let trained = planned.0 > 0 && done.run >= planned.permille(ruleset::TRAINED_PERMILLE);
        if !trained {
            return;
        }
        self.gain(adherence);
        let day = week + 6;
        // The profile follows its own steps over the last weeks: each of them saw what was shown by
        // then.
        let followed = day - 7 * (ruleset::FOLLOWED_WEEKS + 1);
        facts.assumed.retain(|e| e.day > followed);
        for proof in &self.proofs {
            let time = Seconds(proof.time.0.saturating_mul(10_000) / self.form.max(1));
            let ours = Effort { day, time, ..*proof };
            facts.assumed.push(ours);
            if !proof.race {
                facts.assumed.push(Effort { day: day - ruleset::PROOF_APART, ..ours });
            }
        }
    }

    /// A trained week: first what a break took comes back, then a little more than today, by how
    /// much of the plans is run.
    fn gain(&mut self, adherence: i64) {
        if self.form < 10_000 {
            self.form = (self.form + ruleset::REGAIN_WEEK).min(10_000);
            return;
        }
        let full = 1000 - ruleset::TRAINED_PERMILLE;
        let share = adherence.saturating_sub(ruleset::TRAINED_PERMILLE).clamp(0, full);
        self.form = (self.form + ruleset::GAIN_WEEK * share / full).min(ruleset::FORM_MAX);
        self.best = self.best.max(self.form);
    }
}

fn expected(p: &predict::Prediction) -> Expected {
    Expected { time: p.time, low: p.low, high: p.high }
}

/// Marks the milestones that the week reaches.
fn reach(milestones: &mut [Reached], w: &WeekForecast, facts: &Facts) {
    let week = facts.activities.partition_point(|a| a.day() < w.start);
    let runs = || facts.activities[week..].iter().filter(|a| a.sport == Sport::Run);
    let total: Metres = runs().map(|a| a.distance).sum();
    let longest = runs().map(|a| a.distance).max().unwrap_or_default();
    for m in milestones.iter_mut().filter(|m| m.reached.is_none() && w.start <= m.milestone.day) {
        let value = match m.milestone.metric {
            Metric::LongRun => longest,
            _ => total,
        };
        if m.milestone.value.is_some_and(|v| value.0 >= v) {
            m.reached = Some(w.start + 6);
        }
    }
}

fn notice(
    notices: &mut Vec<Notice>,
    goals: &[Goal],
    output: &Output,
    before: Option<&WeekForecast>,
) {
    let plan = &output.plan;
    let days = plan.first_day..=plan.week_end();
    for g in goals.iter().filter(|g| days.contains(&g.day)) {
        let (distance, day) = (g.distance, g.day);
        if !plan.sessions.iter().any(|s| s.day == day && s.race == Some(distance)) {
            notices.push(Notice::NotRaced { distance, day });
        }
    }
    let state = plan.state;
    let plain = matches!(state, State::Stable | State::Taper);
    if !plain && before.is_none_or(|b| b.state != state) {
        notices.push(Notice::Enters { week: plan.week_start, state });
    }
}
