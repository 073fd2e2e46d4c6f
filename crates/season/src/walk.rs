//! A runner's seasons, planned as the app plans them: each week at its start, anew from a day
//! inside it when something happened, every published plan checked.

use crate::life::{Life, News};
use crate::lock;
use crate::tally::{Sight, Tally, keep};
use hermes_engine::calendar::{Day, WeekdaySet};
use hermes_engine::decision::Why;
use hermes_engine::forecast::{Forecast, Scenario, WeekForecast, forecast};
use hermes_engine::record::{HealthRecord, HealthType, Preferences, RaceDistance, Sport};
use hermes_engine::roadmap::Lengths;
use hermes_engine::ruleset::{
    FATIGUE_FROM, LONG_RUN_FROM, MODERATE_FROM, RISK_INJURY_DAYS, TUNE_UP_DAYS,
};
use hermes_engine::session::{Kind, PublishedWeek, Session};
use hermes_engine::state::{Phase, State};
use hermes_engine::step::{Output, a_race, breaches, step};
use hermes_engine::units::Metres;
use hermes_engine::workout;

/// Published weeks that facts keep: what the app hands to a step.
const PUBLISHED: usize = 14;
/// Days after an injury or illness in which a runner does not count as healthy here.
const CONVALESCENT: i64 = 28;
/// Days after its closing by which running after an injury must be planned again.
const STUCK: i64 = 63;
/// Week starts that the load before a break is taken from.
const PROVED: usize = 8;
/// Smaller loads before a break say nothing.
const SMALL: Metres = Metres::km(15);
/// Metres of a race for each day of recovery after it.
const RECOVERY: i64 = 3_000;
/// Days free of running after a half marathon or longer.
const RACE_REST: i64 = 2;
/// A long run that a marathoner should reach.
const MARATHON_LONG: Metres = Metres::km(28);
/// The week, counted from 0, before which forecasts are looked at, and their weeks.
const LOOK_AHEAD: u64 = 26;
/// Weeks whose km are compared at both ends of a forecast: one cutback among them.
const ENDS: usize = 4;
/// Thousandths of C4 under which no plain week may fall.
pub const POOR: i64 = 600;

/// Lives a runner's weeks; `see` is shown every published plan.
pub fn walk(seed: u64, runner: u64, weeks: u64, see: &mut dyn FnMut(&Output)) -> Tally {
    let mut walker = Walker::new(seed, runner);
    for _ in 0..weeks {
        walker.week(see);
    }
    walker.tally
}

/// A marathoner on the way to the race.
struct Marathoner {
    race: Day,
    since: Day,
    longest: Metres,
}

struct Walker {
    runner: u64,
    life: Life,
    tally: Tally,
    week: Day,
    state: State,
    marathoner: Option<Marathoner>,
    /// Closing days of injuries after which no run has been planned yet.
    closings: Vec<Day>,
    /// C4 at the last week starts with a run in the week before.
    proved: [Metres; PROVED],
}

impl Walker {
    fn new(seed: u64, runner: u64) -> Self {
        let life = Life::new(seed, runner);
        Self {
            runner,
            week: life.who.first,
            tally: Tally { runners: 1, ..Tally::default() },
            life,
            state: State::Stable,
            marathoner: None,
            closings: Vec::new(),
            proved: [Metres::ZERO; PROVED],
        }
    }

    fn week(&mut self, see: &mut dyn FnMut(&Output)) {
        self.life.sessions.clear();
        let start = self.week;
        for day in (0..7).map(|d| start + d) {
            let news = self.life.morning(day);
            if day == start {
                if self.tally.weeks == LOOK_AHEAD {
                    self.shares();
                }
                let out = self.publish(day, see);
                self.tally.weeks += 1;
                self.measure(&out);
            } else if news.replan {
                let before = self.life.sessions.clone();
                self.publish(day, see);
                self.tally.revisions += 1;
                if let Some(report) = &news.reported {
                    self.answer(day, report, &before);
                }
            }
            self.today(day, &news);
            self.life.live(day);
            self.tally.days += 1;
        }
        self.week = self.week + 7;
    }

    fn sight(&self, on: Day, what: String) -> Sight {
        Sight { runner: self.runner, week: self.week, on, what }
    }

    /// Plans the week from a day on, checks it and puts it in force.
    fn publish(&mut self, day: Day, see: &mut dyn FnMut(&Output)) -> Output {
        let facts = &mut self.life.facts;
        facts.current.clear();
        if day > self.week {
            facts.current.extend(self.life.sessions.iter().cloned());
        }
        let out = step(facts, self.week);
        for finding in breaches(facts, &out.plan) {
            self.tally.breach(self.runner, self.week, day, &finding);
        }
        see(&out);
        let begun = |s: &Session| s.day < out.plan.first_day;
        let past: Vec<Session> = self.life.sessions.drain(..).filter(begun).collect();
        let published = out.published(&past);
        match facts.published.last_mut() {
            Some(last) if last.week_start == self.week => *last = published,
            _ => facts.published.push(published),
        }
        let old = facts.published.len().saturating_sub(PUBLISHED);
        facts.published.drain(..old);
        facts.standing = Some(out.standing.clone());
        self.life.heard(&out);
        self.life.sessions = past;
        self.life.sessions.extend(out.plan.sessions.iter().cloned());
        self.states(day, &out);
        out
    }

    /// What the state became, and what it means for an open severe injury.
    fn states(&mut self, day: Day, out: &Output) {
        let facts = &self.life.facts;
        let to = out.plan.state;
        let hurt = facts.health.iter().any(|r| lock::severe(r) && lock::open(r, day));
        self.tally.changed(self.state, to);
        if self.state == State::InjuryProtection && to != self.state {
            self.tally.tapered_injured.see(hurt && to == State::Taper);
        }
        if hurt {
            self.tally.severe_unanswered.see(to != State::InjuryProtection);
            let grave =
                |r: &HealthRecord| lock::severe(r) && lock::severity(r) >= 7 && lock::open(r, day);
            if facts.health.iter().any(grave) {
                self.tally.run_while_severe.see(out.plan.sessions.iter().any(Session::is_run));
            }
        }
        self.state = to;
    }

    /// What a report did to the rest of a week that had been published before.
    fn answer(&mut self, day: Day, report: &HealthRecord, before: &[Session]) {
        let locks = lock::locks(report, day);
        let runs = |all: &[Session]| -> Vec<(Day, Kind, Metres)> {
            let rest = all.iter().filter(|s| s.is_run() && s.day >= day);
            rest.map(|s| (s.day, s.kind, s.distance)).collect()
        };
        let (was, is) = (runs(before), runs(&self.life.sessions));
        if was.is_empty() {
            return;
        }
        if locks {
            self.tally.report_ignored.see(is.iter().any(|(d, ..)| *d == day));
        }
        if locks && lock::severity(report) >= 8 && report.kind == HealthType::Illness {
            self.tally.ill_unchanged.see(was == is);
        }
    }

    /// What stands on a morning: no run on a locked day, races on their day.
    fn today(&mut self, day: Day, news: &News) {
        let planned = self.life.sessions.iter().find(|s| s.day == day && s.is_run());
        if planned.is_some() && lock::locked(&self.life.facts, day) {
            let sight = self.sight(day, "a run stands on a locked day".to_owned());
            self.tally.broke("LOCK", sight);
        }
        let race = planned.filter(|s| s.kind == Kind::Race);
        let goal = self.life.facts.goals.iter().find(|g| g.day == day);
        if let Some(goal) = goal {
            self.tally.race_left_out.see(race.is_none());
            let leads = a_race(&self.life.facts.goals, day).is_some_and(|a| a == goal);
            let safe = [State::InjuryProtection, State::InjuryWatch, State::Overreach];
            let watched = self.life.facts.standing.as_ref().is_some_and(|s| {
                safe.contains(&s.state) || s.overreach.is_some() || s.watch.is_some()
            });
            if leads && self.healthy() && !watched {
                self.tally.race_left_out_well.see(race.is_none());
                if race.is_none() {
                    let what = format!("{} of {}", goal.distance.name(), goal.day);
                    let sight = self.sight(day, what);
                    keep(&mut self.tally.races_lost, sight);
                }
            }
            if let Some(race) = race {
                self.tally.race_distance.see(race.distance != goal.distance.planned());
            }
        }
        if race.is_some() {
            self.tally.race_elsewhere.see(goal.is_none());
        }
        if let Some(next) = a_race(&self.life.facts.goals, day)
            && next.day == day + 1
            && (next.day == self.week + 7 || self.life.sessions.iter().any(|s| s.day == next.day))
            && let Some(s) = planned
        {
            self.tally.before_race = self.tally.before_race.max(s.distance.0);
        }
        let facts = &self.life.facts;
        let unwell = facts.health.iter().any(|r| bars(r) && r.closed.is_none());
        if unwell || lock::locked(facts, day) {
            // A further record explains a week without running.
            self.closings.clear();
            return;
        }
        if news.closed {
            self.closings.push(day);
        }
    }

    /// What a week published at its start is like.
    fn measure(&mut self, out: &Output) {
        self.spikes(out);
        self.hard_days(out);
        self.after_a_break(out);
        self.not_stuck(out);
        self.plenty(out);
        self.marathon(out);
        let first = self.life.facts.activities.first().map(|a| self.week - a.day());
        if first.is_some_and(|days| (1..=14).contains(&days)) {
            self.tally.overreach_at_once.see(out.plan.state == State::Overreach);
        }
    }

    /// Metres run in some days before the week, and the longest run of them.
    fn run_in(&self, days: i64) -> (i64, i64) {
        let from = self.week - days;
        let all = self.life.facts.activities.iter().rev().take_while(|a| a.day() >= from);
        let runs = all.filter(|a| a.sport == Sport::Run && a.distance.0 <= 7 * a.moving.0);
        runs.fold((0, 0), |(sum, most), a| (sum + a.distance.0, most.max(a.distance.0)))
    }

    /// What the runner is promised for running all, four fifths and three fifths of every plan.
    fn shares(&mut self) {
        if self.state != State::Stable || !self.healthy() {
            return;
        }
        let weeks = Some(LOOK_AHEAD as u16);
        let all = [1000, 800, 600].map(|share| {
            forecast(&self.life.facts, &Scenario { weeks, ..Scenario::adherence(share) })
        });
        // Without a prediction any more: the slowest.
        let time = |f: &Forecast| f.final_time().map_or(i64::MAX, |e| e.time.0);
        let times = [time(&all[0]), time(&all[1]), time(&all[2])];
        let in_order = times.is_sorted();
        self.tally.shares_in_order.see(in_order);
        if !in_order {
            let sight = self.sight(self.week, format!("{times:?} s"));
            keep(&mut self.tally.out_of_order, sight);
        }
        let km = |weeks: &[WeekForecast]| weeks.iter().map(|w| w.run.0).sum::<i64>();
        let weeks = &all[1].weeks;
        let first = km(&weeks[..ENDS]);
        let taper = weeks.iter().any(|w| matches!(w.phase, Phase::Taper | Phase::Recovery));
        if first > 0 && !taper {
            self.tally.held.see(km(&weeks[weeks.len() - ENDS..]) * 1000 / first);
        }
    }

    fn spikes(&mut self, out: &Output) {
        let (km, longest) = self.run_in(28);
        let (_, longest) = (km, longest.max(self.run_in(30).1));
        if km == 0 {
            return;
        }
        for s in plain(&out.plan.sessions) {
            for (share, percent) in self.tally.longer.iter_mut().zip([110, 130, 200]) {
                share.see(s.distance.0 * 100 > longest * percent);
            }
        }
        let jump = out.plan.distance().0 * 4 * 2 > km * 3;
        self.tally.jumps.see(jump);
        if out.plan.state == State::Stable && !out.room.returning && self.healthy() {
            self.tally.jumps_stable.see(jump);
        }
    }

    fn hard_days(&mut self, out: &Output) {
        let runs = || out.plan.sessions.iter().filter(|s| s.is_run());
        let quality = |s: &&Session| workout::is_quality(s, out.profile.paces.marathon);
        let forbids = matches!(
            out.plan.state,
            State::Rebuild | State::Overreach | State::InjuryWatch | State::InjuryProtection
        );
        if forbids {
            let any = runs().filter(|s| s.kind != Kind::Race).any(|s| quality(&s));
            self.tally.quality_forbidden.see(any);
        }
        let long = plain(&out.plan.sessions)
            .max_by_key(|s| (s.distance, std::cmp::Reverse(s.day)))
            .filter(|s| s.duration >= LONG_RUN_FROM)
            .map(|s| s.day);
        let hard: Vec<&Session> = runs().filter(|s| quality(s) || Some(s.day) == long).collect();
        let close = |w: &[&Session]| {
            w[1].day - w[0].day < 2 && !(w[0].kind == Kind::Race && w[1].kind == Kind::Race)
        };
        self.tally.adjacent.see(hard.windows(2).any(close));
        let facts = &self.life.facts;
        let n = facts.published.len();
        let last = n.checked_sub(2).map(|i| &facts.published[i]);
        let yesterday = self.week - 1;
        let ran: Metres = facts
            .activities
            .iter()
            .rev()
            .take_while(|a| a.day() >= yesterday)
            .filter(|a| a.sport == Sport::Run)
            .map(|a| a.distance)
            .sum();
        let hard_then = |p: &PublishedWeek| {
            p.hard.iter().any(|(day, planned)| *day == yesterday && ran.0 * 2 >= planned.0)
        };
        let today = hard.first().is_some_and(|s| s.day == self.week && s.kind != Kind::Race);
        if let Some(last) = last {
            self.tally.adjacent_border.see(today && hard_then(last));
        }
        let long_race = |s: &&Session| s.race.is_some_and(|r| r >= RaceDistance::Half);
        if let Some(race) = runs().find(long_race).filter(|s| s.day < self.week + 6) {
            let soon = |s: &Session| {
                s.kind != Kind::Race && s.day > race.day && s.day <= race.day + RACE_REST
            };
            self.tally.run_after_race.see(runs().any(soon));
        }
    }

    fn after_a_break(&mut self, out: &Output) {
        if out.room.run_free < 7 {
            self.proved.rotate_right(1);
            self.proved[0] = out.room.c4;
        }
        // Under this a single short run is 70 %.
        let old = self.proved.into_iter().max().filter(|old| *old >= SMALL);
        if let Some(old) = old.filter(|_| (21..28).contains(&out.room.run_free)) {
            self.tally.full_after_break.see(out.plan.distance() >= old.permille(700));
        }
    }

    fn not_stuck(&mut self, out: &Output) {
        let week = self.week;
        let runs = out.plan.sessions.iter().any(Session::is_run);
        let over = |closing: &Day| week >= *closing + STUCK;
        for _ in self.closings.iter().filter(|c| runs || over(c)) {
            self.tally.never_closed.see(!runs);
            if !runs {
                let sight = Sight { runner: self.runner, week, on: week, what: show(out, 0) };
                keep(&mut self.tally.stuck, sight);
            }
        }
        self.closings.retain(|c| !runs && !over(c));
    }

    /// Without an illness in four weeks, an injury or pain that can make a strict runner (H01, by the
    /// risk level), or a strike.
    fn healthy(&self) -> bool {
        let facts = &self.life.facts;
        let since = self.week - CONVALESCENT;
        let over = |r: &HealthRecord| {
            let hurt = matches!(r.kind, HealthType::Injury | HealthType::Pain);
            let from = if hurt { self.week - RISK_INJURY_DAYS } else { since };
            r.day < from && r.closed.is_some_and(|c| c < since)
        };
        facts.health.iter().all(|r| !bars(r) || over(r))
            && facts.strikes.iter().all(|s| {
                s.resolved.is_some_and(|d| d < since)
                    && s.limit.is_none_or(|l| l.lifted.is_some_and(|d| d < self.week))
            })
    }

    /// Days of the week are within one day per 3 km of a race (H12), tagged as one or a goal's.
    fn recovering(&self) -> bool {
        let all = self.life.facts.activities.iter().rev();
        let recent = all.take_while(|a| a.day() >= self.week - CONVALESCENT);
        let goals = &self.life.facts.goals;
        let raced = recent.filter(|a| a.race || goals.iter().any(|g| g.day == a.day()));
        // A race that was missed is rested from as well while nothing else is known.
        let due = goals.iter().filter(|g| g.day < self.week).map(|g| (g.day, g.distance.planned()));
        let all = raced.map(|a| (a.day(), a.distance)).chain(due);
        all.into_iter().any(|(day, km)| self.week < day + (km.0 + RECOVERY / 2) / RECOVERY)
    }

    /// A day of the week lies in the taper of the leading race (H11).
    fn tapering(&self) -> bool {
        a_race(&self.life.facts.goals, self.week)
            .is_some_and(|g| self.week + 6 > g.day - 7 * Lengths::of(g.distance).taper)
    }

    fn plenty(&mut self, out: &Output) {
        let training = matches!(out.plan.phase, Phase::Base | Phase::Build | Phase::Peak);
        let plain = out.plan.state == State::Stable && !out.room.cutback && !out.room.returning;
        // The answer to a check-in may ask for an easier week: the runner's own cap.
        let eased = out.plan.why.iter().any(|w| matches!(w, Why::Eased { .. }));
        // A race on the way has a short taper of its own (T4), in the week before too.
        let ahead = self.week..self.week + 7 + TUNE_UP_DAYS;
        let racing = self.life.facts.goals.iter().any(|g| ahead.contains(&g.day));
        let free = !capped(&self.life.facts.preferences) && !eased && !racing;
        if !training
            || !plain
            || !free
            || !self.healthy()
            || self.recovering()
            || self.tapering()
            || out.room.c4.0 == 0
        {
            return;
        }
        let share = out.plan.distance().0 * 1000 / out.room.c4.0;
        self.tally.plenty.see(share);
        if share < POOR {
            let sight = self.sight(self.week, show(out, share));
            keep(&mut self.tally.poor, sight);
        }
        // A run a week is the long one.
        let several = out.profile.usual_runs > 1;
        if out.plan.phase == Phase::Build && out.room.quality_allowed && several {
            let quality = |s: &Session| {
                matches!(
                    s.kind,
                    Kind::Tempo
                        | Kind::Interval
                        | Kind::Fartlek
                        | Kind::Hill
                        | Kind::Pace
                        | Kind::TimeTrial
                        | Kind::Race
                )
            };
            self.tally.quality.see(out.plan.sessions.iter().any(quality));
        }
    }

    fn marathon(&mut self, out: &Output) {
        let facts = &self.life.facts;
        let aim = a_race(&facts.goals, self.week)
            .filter(|g| g.distance == RaceDistance::Marathon)
            .map(|g| g.day);
        if let Some(mut m) = self.marathoner.take() {
            let over = |r: &HealthRecord| r.closed.is_some_and(|c| c < m.since);
            let ailing = matches!(out.plan.state, State::InjuryWatch | State::Overreach);
            let well = !ailing && facts.health.iter().all(|r| !bars(r) || over(r));
            let kept = aim == Some(m.race);
            let free = out.room.run_free < 7 && !capped(&facts.preferences);
            if !(well && kept && free) {
                return;
            }
            if m.race < self.week + 7 {
                let reached = m.longest >= MARATHON_LONG;
                self.tally.long_runs.see(reached);
                let faithful = !self.life.who.erratic && !self.life.who.eager;
                if faithful {
                    self.tally.long_runs_faithful.see(reached);
                }
                if !reached {
                    let what = format!(
                        "{} before the marathon of {}{}",
                        m.longest.km_text(),
                        m.race,
                        if faithful { "" } else { ", not as planned" }
                    );
                    let sight = self.sight(self.week, what);
                    keep(&mut self.tally.short, sight);
                }
            } else {
                let longest = plain(&out.plan.sessions).map(|s| s.distance).max();
                m.longest = m.longest.max(longest.unwrap_or_default());
                self.marathoner = Some(m);
            }
            return;
        }
        let Some(race) = aim else { return };
        let based = out.room.l30 >= Metres::km(16)
            && out.room.c >= Metres::km(35)
            && out.profile.usual_runs >= 4
            && out.profile.paces.easy.0 <= 420;
        let in_time = (18 * 7..19 * 7).contains(&(race - self.week));
        if in_time && based && self.healthy() && !capped(&facts.preferences) {
            let longest = plain(&out.plan.sessions).map(|s| s.distance).max().unwrap_or_default();
            self.marathoner = Some(Marathoner { race, since: self.week, longest });
        }
    }
}

fn plain(sessions: &[Session]) -> impl Iterator<Item = &Session> {
    sessions.iter().filter(|s| s.is_run() && s.kind != Kind::Race)
}

/// Does a record of this kind limit training at all?
fn bars(r: &HealthRecord) -> bool {
    match r.kind {
        HealthType::Injury | HealthType::Pain => lock::severity(r) >= MODERATE_FROM,
        HealthType::Illness => true,
        HealthType::Fatigue => lock::severity(r) >= FATIGUE_FROM,
        HealthType::Other => false,
    }
}

/// The runner's own wishes bound the week.
fn capped(p: &Preferences) -> bool {
    p.weekly_cap.is_some()
        || p.max_runs.is_some()
        || p.day_caps.iter().any(Option::is_some)
        || p.run_days != WeekdaySet::ALL
        || p.cautious_start
}

/// A week in one line.
#[must_use]
pub fn show(out: &Output, share: i64) -> String {
    let session = |s: &Session| {
        format!("{} {} {}", &s.day.weekday().name()[..3], s.kind.name(), s.distance.km_text())
    };
    let days: Vec<String> = out.plan.sessions.iter().map(session).collect();
    format!(
        "{share} per mille of C4 {}, {} {}, room {}, run {}: {}",
        out.room.c4.km_text(),
        out.plan.state.name(),
        out.plan.phase.name(),
        out.room.week.km_text(),
        out.room.run.km_text(),
        days.join(", ")
    )
}

/// Plans single weeks of one hostile runner and one absurd week; every one is checked.
#[must_use]
pub fn hostile(seed: u64, runner: u64) -> Tally {
    let mut tally = Tally { runners: 1, ..Tally::default() };
    let mixed = crate::rng::Rng::of(seed, runner).next();
    let mut look = |facts: &hermes_engine::facts::Facts, week: Day| {
        let out = step(facts, week);
        for finding in breaches(facts, &out.plan) {
            tally.breach(runner, week, facts.as_of, &finding);
        }
        tally.weeks += 1;
        out
    };
    let mut someone = crate::hostile::Runner::hostile(mixed);
    for _ in 1..HOSTILE {
        someone.fate();
        if someone.rng.chance(300) {
            let offset = someone.rng.range(1, 6);
            look(&someone.known(offset), someone.week);
            continue;
        }
        let out = look(&someone.known(0), someone.week);
        someone.publish(&out);
        someone.live(&out);
    }
    let (facts, week) = crate::absurd::facts(mixed);
    look(&facts, week);
    tally
}

/// Weeks that [`hostile`] plans.
pub const HOSTILE: u64 = 5;
