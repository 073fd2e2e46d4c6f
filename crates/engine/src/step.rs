//! The engine step: from everything known as of a day to a week's plan with state, profile and
//! roadmap. Pipeline, replay, verify and preview all call this one function.

use crate::assign::{self, Assigned, Transition};
use crate::bootcamp;
use crate::calendar::{Day, Weekday};
use crate::calibrate::{self, Calibrated, Profile};
use crate::compliance::{Barred, Compliance};
use crate::decision::{Change, Finding, Repair, Why};
use crate::edit::{self, Wishes};
use crate::facts::{Circumstances, Facts, Form};
use crate::goals::{self, Clash};
use crate::history::History;
use crate::level::{self, Choice};
use crate::limits::Limits;
use crate::milestone::{self, Footing, Roadmap};
use crate::missed;
use crate::place;
use crate::plan::{self, Brief, Draft};
use crate::record::{Goal, Preferences, RaceDistance};
use crate::repair;
use crate::roadmap::{self, Lengths, Span};
use crate::rules;
use crate::ruleset;
use crate::session::{Kind, PublishedWeek, Session, UpcomingRace, WeekPlan};
use crate::soft;
use crate::standing::{Held, Standing};
use crate::state::{Phase, State};
use crate::templates::ScheduleWeek;
use crate::units::Metres;
use crate::workout;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Version of the engine; stored with every plan. A change of what it decides needs a new one.
pub const ENGINE_VERSION: &str = env!("CARGO_PKG_VERSION");

/// What a step decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Output {
    /// The week. It has no hard finding: it may be published.
    pub plan: WeekPlan,
    /// The runner as calibrated.
    pub profile: Profile,
    /// The roadmap to the A race, if there is one.
    pub roadmap: Option<Roadmap>,
    /// The limits that stood, for screens and explanations.
    pub room: Room,
    /// Where this step leaves the runner's state: what the next one is given.
    pub standing: Standing,
    /// The changes of state since the last standing, by day.
    pub transitions: Vec<Transition>,
}

/// The limits of a week, shown beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Room {
    /// C4.
    pub c4: Metres,
    /// C.
    pub c: Metres,
    /// L30.
    pub l30: Metres,
    /// Highest km of the week beside races.
    pub week: Metres,
    /// Longest run that is no race, on the best day.
    pub run: Metres,
    /// Run-free days before the week.
    pub run_free: i64,
    /// An easier week on purpose: every fourth.
    pub cutback: bool,
    /// H14 or Rebuild governs the week.
    pub returning: bool,
    /// Hard rules leave a day for a quality session, and enough weeks of running lie behind.
    pub quality_allowed: bool,
}

impl Output {
    /// What the week hands on to later ones. `past` are the sessions of its days that had begun
    /// when the plan was made: from the plans before it.
    #[must_use]
    pub fn published(&self, past: &[Session]) -> PublishedWeek {
        published(self, past)
    }
}

/// Plans the week that starts on `week_start`, from `facts.as_of` on.
///
/// The plan always passes the rule checker: where generation and repair fail, sessions are left
/// out until it does, and a rest week passes every rule.
#[must_use]
pub fn step(facts: &Facts, week_start: Day) -> Output {
    let facts = &*sorted(facts);
    let h = History::new(&facts.activities, first_day(facts, week_start));
    let prepared = Prepared::of(facts, &h, week_start);
    let selected = prepared.selected(facts, &h);
    let plan = selected.week(&h);
    let Selected { limits: l, brief, .. } = &selected;
    let Prepared { profile, outlook, .. } = &prepared;
    let roadmap = outlook.goal.as_ref().map(|g| {
        let at = facts.as_of;
        let footing = Footing { day: at, week: h.c(at).max(h.c4(at)), long: h.l30(at) };
        let on_way: Vec<&Goal> = outlook.on_way.iter().collect();
        let schedule = outlook.schedule.map(|c| (c.id, c.schedule));
        milestone::roadmap(g, &on_way, outlook.spans.clone(), schedule, profile, &h, footing)
    });
    let (week_room, _) = l.week_room(Metres::ZERO);
    let room = Room {
        c4: l.windows.c4,
        c: l.windows.c,
        l30: l.windows.l30,
        week: week_room,
        run: l.days.iter().map(|d| d.run).max().unwrap_or_default(),
        run_free: l.windows.run_free,
        cutback: plan::is_cutback(brief, l),
        returning: l.windows.factor.is_some() || l.windows.rebuild,
        quality_allowed: brief.based
            && l.quality_max > 0
            && l.days[l.first..].iter().any(|d| d.quality_barred.is_none() && d.run.0 > 0),
    };
    let Assigned { standing, transitions, .. } = selected.assigned;
    Output { plan, profile: prepared.profile, roadmap, room, standing, transitions }
}

/// The hard rules that a plan breaks, by the independent checker, in the circumstances of these
/// facts; the profile and the way to the race are worked out anew.
#[must_use]
pub fn breaches(facts: &Facts, plan: &WeekPlan) -> Vec<Finding> {
    let facts = &*sorted(facts);
    let h = History::new(&facts.activities, plan.first_day);
    let prepared = Prepared::of(facts, &h, plan.week_start);
    rules::check(&prepared.circumstances(facts, &h), plan)
}

/// What the checker says to the week as generated, before repair: where the generator reads the
/// rules as the checker does, nothing. Tests hold it at that.
#[must_use]
pub fn draft_findings(facts: &Facts, week_start: Day) -> Vec<Finding> {
    let facts = &*sorted(facts);
    let h = History::new(&facts.activities, first_day(facts, week_start));
    let prepared = Prepared::of(facts, &h, week_start);
    let selected = prepared.selected(facts, &h);
    let Selected { circumstances: c, limits, brief, .. } = &selected;
    let draft = draft(c, &h, limits, brief);
    rules::check(c, &selected.unchecked(draft.sessions, draft.why))
}

/// A week before it is generated: the runner's state, what the rules are told, the limits, and what
/// the generator goes by.
pub struct Selected<'a> {
    assigned: Assigned,
    circumstances: Circumstances<'a>,
    limits: Limits,
    brief: Brief<'a>,
    week_number: u16,
}

impl Selected<'_> {
    /// Generates, repairs and checks the week of a runner with this history.
    #[must_use]
    pub fn week(&self, h: &History) -> WeekPlan {
        let Self { circumstances: c, limits, brief, .. } = self;
        let draft = edited(c, h, limits, brief);
        let (emptied, w) = (brief.wishes.emptied(), c.week_start);
        let (sessions, repairs) = repair::repair(draft.sessions, &emptied, limits, w, &brief.paces);
        let mut plan = self.unchecked(sessions, draft.why);
        plan.repairs = repairs;
        make_publishable(c, &mut plan);
        say_what_is_planned(&mut plan);
        plan.findings = soft::findings(&plan, brief.goal.map(|g| g.distance), brief.wished);
        plan
    }

    fn unchecked(&self, sessions: Vec<Session>, why: Vec<Why>) -> WeekPlan {
        let c = &self.circumstances;
        WeekPlan {
            week_start: c.week_start,
            first_day: c.first_day,
            state: c.state,
            phase: c.phase,
            week_number: self.week_number,
            sessions,
            findings: Vec::new(),
            repairs: Vec::new(),
            why,
        }
    }
}

/// What changes slowly: the runner as calibrated and the place of a week on the way to a race. A
/// preview or a forecast that plans one week again and again prepares it once.
pub struct Prepared {
    /// The runner as calibrated.
    pub profile: Profile,
    held: Vec<Held>,
    compliance: Compliance,
    outlook: Outlook,
}

impl Prepared {
    /// For the week that starts on `week_start`; the activities of the facts are in order.
    #[must_use]
    pub fn new(facts: &Facts, week_start: Day) -> Self {
        Self::of(facts, &History::new(&facts.activities, first_day(facts, week_start)), week_start)
    }

    fn of(facts: &Facts, h: &History, week_start: Day) -> Self {
        let Calibrated { profile, held, compliance } = calibrate::calibrated(facts, h);
        let outlook = Outlook::new(facts, h, week_start, &profile);
        Self { profile, held, compliance, outlook }
    }

    /// The state of the runner and, with it, what the rules are told.
    fn assigned<'a>(&'a self, facts: &'a Facts, h: &History) -> (Assigned, Circumstances<'a>) {
        let Outlook { week_start, first_day, phase, ref races, ref goal, .. } = self.outlook;
        let mut c = Circumstances {
            week_start,
            first_day,
            activities: &facts.activities,
            health: &facts.health,
            strikes: &facts.strikes,
            feedback: &facts.feedback,
            races,
            published: &facts.published,
            form: self.profile.form(),
            phase,
            has_goal: goal.is_some(),
            state: State::Stable,
            overriding: false,
            overreach_since: None,
            injury_watch: false,
        };
        let leading = |w| leading_goal(&facts.goals, h, w);
        let mut assigned = assign::assign(facts, &c, h, &self.profile, &self.compliance, &leading);
        assigned.standing.held.clone_from(&self.held);
        c.state = assigned.week;
        c.overriding = c.state == State::OverrideActive;
        c.overreach_since = assigned.standing.overreach;
        c.injury_watch = assigned.standing.watch.is_some();
        (assigned, c)
    }

    /// What the rules are told about the week; `h` is its history.
    #[must_use]
    pub fn circumstances<'a>(&'a self, facts: &'a Facts, h: &History) -> Circumstances<'a> {
        self.assigned(facts, h).1
    }

    /// State, limits and wishes of the week; `h` is its history.
    #[must_use]
    pub fn selected<'a>(&'a self, facts: &'a Facts, h: &History) -> Selected<'a> {
        let (assigned, circumstances) = self.assigned(facts, h);
        let limits = room(&circumstances, h, &assigned);
        let brief = self.outlook.brief(facts, &circumstances, h, &self.profile, &limits, &assigned);
        let week_number = self.outlook.week_number;
        Selected { assigned, circumstances, limits, brief, week_number }
    }

    /// The week of these facts: history and limits anew, generated, repaired and checked.
    #[must_use]
    pub fn plan(&self, facts: &Facts) -> WeekPlan {
        let h = History::new(&facts.activities, first_day(facts, self.outlook.week_start));
        self.selected(facts, &h).week(&h)
    }

    /// The hard rules that the week would break if it were left as the edits ask for it.
    #[must_use]
    pub(crate) fn objections(&self, facts: &Facts) -> Vec<Finding> {
        let h = History::new(&facts.activities, first_day(facts, self.outlook.week_start));
        let selected = self.selected(facts, &h);
        let Selected { circumstances: c, limits, brief, .. } = &selected;
        let draft = edited(c, &h, limits, brief);
        rules::check(c, &selected.unchecked(draft.sessions, draft.why))
    }
}

/// The first planned day: a later one than the week's start when that is past.
pub(crate) fn first_day(facts: &Facts, week_start: Day) -> Day {
    facts.as_of.max(week_start).min(week_start + 6)
}

/// The facts with their activities in order, as the checker needs them.
pub(crate) fn sorted(facts: &Facts) -> Cow<'_, Facts> {
    if facts.activities.is_sorted_by_key(|a| (a.start_local, a.id)) {
        return Cow::Borrowed(facts);
    }
    let mut facts = facts.clone();
    facts.activities.sort_by_key(|a| (a.start_local, a.id));
    Cow::Owned(facts)
}

/// The limits of the week, with what states take beyond the hard rules.
fn room(c: &Circumstances<'_>, h: &History, assigned: &Assigned) -> Limits {
    let mut l = Limits::new(c, h);
    assign::protect(&mut l, c, h, assigned.cares[0]);
    l
}

/// The week as generated. With health records or strikes it is the week that the runner would
/// have without them, made less: bad news never asks for more, and what falls on a locked day is
/// not crammed into the others.
fn draft(c: &Circumstances<'_>, h: &History, l: &Limits, b: &Brief<'_>) -> Draft {
    if c.health.is_empty() && c.strikes.is_empty() {
        return missed::rest(c, c.state, None, h, b, l).unwrap_or_else(|| plan::make(b, l));
    }
    let (state, risk) = b.well;
    let well = Circumstances {
        health: &[],
        strikes: &[],
        state,
        overriding: state == State::OverrideActive,
        injury_watch: b.care.watch.is_some(),
        form: Form { risk, ..c.form },
        ..*c
    };
    let mut wide = Limits::new(&well, h);
    assign::protect(&mut wide, &well, h, b.care);
    let barred = Barred::new(c.health, c.strikes, h, c.week_start);
    let kept = missed::rest(&well, c.state, barred.as_ref(), h, b, &wide);
    let mut draft = kept.unwrap_or_else(|| plan::make(b, &wide));
    plan::restrict(&mut draft, b, l);
    draft
}

/// The draft with the runner's edits put into it, not repaired.
fn edited(c: &Circumstances<'_>, h: &History, l: &Limits, b: &Brief<'_>) -> Draft {
    let mut draft = draft(c, h, l, b);
    edit::apply(&mut draft.sessions, b, l);
    draft
}

/// The reason for the week's size names the km that are planned in the end: text and numbers agree.
fn say_what_is_planned(plan: &mut WeekPlan) {
    let planned = plan.distance();
    for why in &mut plan.why {
        if let Why::Target { target, .. } = why {
            *target = planned;
        }
    }
}

/// Leaves out what the independent checker objects to until it has no objection.
fn make_publishable(c: &Circumstances<'_>, plan: &mut WeekPlan) {
    while !plan.sessions.is_empty() {
        let findings = rules::check(c, plan);
        let Some(finding) = findings.first() else { return };
        let gone = plan.sessions.remove(objected(plan, finding));
        let Session { day, kind, distance, .. } = gone;
        let (rule, change) = (finding.rule, Change::Dropped);
        plan.repairs.push(Repair { rule, day, kind, before: distance, change });
    }
}

/// The session that a finding names; else the easy run that matters least.
fn objected(plan: &WeekPlan, finding: &Finding) -> usize {
    let named = finding.day.and_then(|day| plan.sessions.iter().position(|s| s.day == day));
    named.unwrap_or_else(|| {
        let rank = |s: &Session| (s.pinned, s.kind == Kind::Race, s.kind == Kind::Long, s.distance);
        (0..plan.sessions.len()).min_by_key(|&i| rank(&plan.sessions[i])).unwrap_or(0)
    })
}

/// Where the week stands on the way to a race.
struct Outlook {
    week_start: Day,
    first_day: Day,
    /// The A race to come, or the one just run while Recovery lasts.
    goal: Option<Goal>,
    races: Vec<UpcomingRace>,
    /// Races on the way to it.
    on_way: Vec<Goal>,
    spans: Vec<Span>,
    phase: Phase,
    week_number: u16,
    since_race: Option<i64>,
    schedule: Option<Choice>,
    week: Option<&'static ScheduleWeek>,
    /// The runner's wishes, as far as a plan can follow them.
    preferences: Preferences,
}

impl Outlook {
    fn new(facts: &Facts, h: &History, w: Day, profile: &Profile) -> Self {
        // The end of the history: a plan that is checked later was made from there on.
        let first_day = h.before;
        let start = facts.preferences.week_start;
        let a = a_race(&facts.goals, w);
        let arrangement = goals::arrange(&facts.goals, facts.as_of, start);
        let same_day = arrangement.collisions.iter().filter(|c| c.clash == Clash::SameDay);
        let left_out: Vec<&Goal> = same_day.map(|c| &c.goal).collect();
        let coming = facts.goals.iter().filter(|g| g.day >= first_day && !left_out.contains(g));
        let races: Vec<UpcomingRace> = coming
            .map(|g| UpcomingRace {
                day: g.day,
                distance: g.distance,
                a_race: a.is_some_and(|a| a == g),
            })
            .collect();
        let goal = leading_goal(&facts.goals, h, w).cloned();
        let proved = h.best_c4(w, 26);
        let schedule = goal.as_ref().and_then(|g| {
            let runner = level::Runner::new(g, &facts.preferences, profile, proved, w);
            level::choose(g, &runner)
        });
        let need = schedule.map_or(Metres::ZERO, |c| c.schedule.peak());
        let spans = goal
            .as_ref()
            .map(|g| {
                let road = arrangement.roads.iter().find(|r| r.goal == *g);
                let from = road.map_or(g.set_on, |r| r.start);
                roadmap::spans(g, from, start, h.c4(from.min(w)), need)
            })
            .unwrap_or_default();
        let (phase, week_number) =
            roadmap::phase_of(&spans, w).unwrap_or((Phase::Base, u16::from(goal.is_some())));
        let back = goal.as_ref().map(|g| roadmap::weeks_to_race(g, start, w));
        let week = schedule.zip(back).and_then(|(c, back)| {
            // The weeks of a schedule that is longer than the way from Build on are Base.
            let longer =
                c.schedule.weeks.len() as i64 > Lengths::of(c.schedule.distance).schedule();
            let in_schedule = phase != Phase::Recovery && (phase != Phase::Base || longer);
            let number = level::week_of(c.schedule, back).filter(|_| in_schedule)?;
            c.schedule.week(number)
        });
        let on_way = arrangement
            .tune_ups
            .into_iter()
            .filter(|t| goal.as_ref() == Some(&t.on_way_to))
            .map(|t| t.goal)
            .collect();
        let since_race = goal.as_ref().map(|g| w - g.day).filter(|d| *d >= 0);
        Self {
            week_start: w,
            first_day,
            goal,
            races,
            on_way,
            spans,
            phase,
            week_number,
            since_race,
            schedule,
            week,
            preferences: soft::followed(&facts.preferences).into_owned(),
        }
    }

    fn brief<'a>(
        &'a self,
        facts: &'a Facts,
        c: &Circumstances<'_>,
        h: &History,
        profile: &'a Profile,
        l: &Limits,
        assigned: &Assigned,
    ) -> Brief<'a> {
        let goal = self.goal.as_ref().filter(|g| g.day >= c.week_start);
        let start = facts.preferences.week_start;
        let risk = if c.health.is_empty() && c.strikes.is_empty() {
            profile.risk
        } else {
            calibrate::risk_if_well(facts, h, profile)
        };
        Brief {
            well: (assigned.well, risk),
            care: assigned.cares[1],
            ease: assigned.ease,
            week_start: c.week_start,
            state: c.state,
            phase: c.phase,
            goal,
            weeks_to_race: goal.map(|g| roadmap::weeks_to_race(g, start, c.week_start)),
            since_race: self.since_race,
            raced: self.goal.as_ref().filter(|_| self.since_race.is_some()).map(|g| g.distance),
            new_goal: goal.is_some_and(|g| g.set_on + 6 >= c.week_start),
            races_after: c
                .races
                .iter()
                .filter_map(|r| u32::try_from(r.day - c.week_start - 7).ok())
                .filter(|day| *day < 7)
                .fold(0, |bits, day| bits | 1 << day),
            last_planned: c
                .published
                .iter()
                .rfind(|p| p.week_start == c.week_start - 7)
                .map(|p| p.planned),
            schedule: self.schedule.and_then(|c| Some((c.id, c.schedule, self.week?))),
            choice: self.schedule,
            need: self.schedule.map_or(l.windows.c4, |c| c.schedule.peak()),
            paces: profile.paces,
            value_tenths: profile.value.0,
            usual_runs: profile.usual_runs,
            long_run_day: profile.long_run_day,
            habit: profile.habit,
            bootcamp: bootcamp::status(facts, h, c.first_day),
            based: based(h, c.week_start),
            time_trial: self.time_trial(c, h),
            foreseen: place::regular_race(h, c.week_start)
                .map(|day| c.week_start + days_to(c.week_start, day))
                .filter(|day| *day >= c.first_day && c.races.iter().all(|r| r.day != *day)),
            tuned: self.tuned(facts, c.week_start),
            predicted: goal.and_then(|g| profile.predicted(g.distance)).map(|p| p.time),
            preferences: &self.preferences,
            wished: &facts.preferences,
            wishes: Wishes::new(&facts.edits, c.week_start),
            current: &facts.current,
        }
    }

    /// Is the week the one of the roadmap's time trial, with no race near that measures as well?
    fn time_trial(&self, c: &Circumstances<'_>, h: &History) -> bool {
        let w = c.week_start;
        let build = self.spans.iter().find(|s| s.phase == Phase::Build);
        let due = build.map(milestone::time_trial_day).is_some_and(|d| (w..=w + 6).contains(&d));
        let near = |day: Day| (day - w).abs() < ruleset::TIME_TRIAL_NEAR_DAYS;
        let raced = h.runs_in(w - ruleset::TIME_TRIAL_NEAR_DAYS, w).iter().any(|r| r.race);
        due && !raced && !c.races.iter().any(|r| near(r.day))
    }

    /// The race of the last seven days that was no A race, and the days since.
    fn tuned(&self, facts: &Facts, w: Day) -> Option<(RaceDistance, i64)> {
        let a = |g: &Goal| self.goal.as_ref().is_some_and(|a| a == g);
        let past = facts.goals.iter().filter(|g| (1..=7).contains(&(w - g.day)) && !a(g));
        past.max_by_key(|g| (g.day, g.distance)).map(|g| (g.distance, w - g.day))
    }
}

/// Days from a week's start to the first such weekday.
fn days_to(w: Day, day: Weekday) -> i64 {
    (i64::from(day.number()) - i64::from(w.weekday().number())).rem_euclid(7)
}

/// Enough weeks of running for quality: four of the last eight with at least half of C4.
fn based(h: &History, w: Day) -> bool {
    let least = h.c4(w).permille(500).max(Metres::STEP);
    let full = (1..=ruleset::BASE_WEEKS_WINDOW).filter(|k| h.week(w, *k) >= least);
    full.count() >= ruleset::BASE_WEEKS
}

/// The A race of a week: of the goals to come the one of the lowest priority number, then the
/// earliest.
#[must_use]
pub fn a_race(goals: &[Goal], w: Day) -> Option<&Goal> {
    goals.iter().filter(|g| g.day >= w).min_by_key(|g| (g.priority, g.day, g.distance))
}

/// The goal that leads a week: the A race just run while its Recovery lasts, else the one to come.
fn leading_goal<'a>(goals: &'a [Goal], h: &History, w: Day) -> Option<&'a Goal> {
    let last = goals.iter().filter(|g| recovering(g, goals, h, w)).max_by_key(|g| g.day);
    last.or_else(|| a_race(goals, w))
}

/// Does the Recovery of the race reach into the week's middle? Only of one that led when it was
/// run. It counts as run when most of it was; and, because logs come in days late, as long as
/// nothing is known from race day on.
fn recovering(g: &Goal, goals: &[Goal], h: &History, w: Day) -> bool {
    let end = g.day + Lengths::of(g.distance).recovery;
    let led = a_race(goals, g.day).is_some_and(|a| a == g);
    let unknown = h.runs.last().is_none_or(|r| r.day < g.day);
    let run = h.metres(g.day, g.day + 1) >= g.distance.planned().permille(700);
    led && g.day < w && end >= w + 3 && (run || unknown)
}

fn published(output: &Output, past: &[Session]) -> PublishedWeek {
    let Output { plan, profile, room, .. } = output;
    let all = || past.iter().chain(&plan.sessions).filter(|s| s.is_run());
    let plain = || all().filter(|s| s.kind != Kind::Race);
    let longest = plain()
        .max_by_key(|s| (s.distance, std::cmp::Reverse(s.day)))
        .filter(|s| s.duration >= crate::ruleset::LONG_RUN_FROM)
        .map(|s| s.day);
    let hard =
        |s: &&Session| Some(s.day) == longest || workout::is_quality(s, profile.paces.marathon);
    PublishedWeek {
        week_start: plan.week_start,
        planned: plain().map(|s| s.distance).sum(),
        hard: all().filter(hard).map(|s| (s.day, s.distance)).collect(),
        sessions: all().map(Session::planned).collect(),
        state: plan.state,
        phase: plan.phase,
        cutback: room.cutback,
        corrections: Vec::new(),
    }
}
