//! One runner's days: what happens to the runner, and what the runner does with the plan. The
//! runner's numbers come from a seed, and what was planned is the only thing that comes back.

use crate::cohort::Character;
use crate::hostile::{PARTS, activity};
use crate::lock;
use crate::rng::Rng;
use hermes_engine::calendar::Day;
use hermes_engine::facts::Facts;
use hermes_engine::record::{
    Activity, Ask, DayWish, Edit, Feedback, Goal, HealthRecord, HealthType, RaceDistance, Sport,
    Symptoms,
};
use hermes_engine::ruleset::PAIN_FROM;
use hermes_engine::session::{Kind, Session};
use hermes_engine::units::{Metres, Seconds};

/// Days of activities that facts keep: what the app hands to a step.
const REACH: i64 = 400;
/// Days after which what is over and done is forgotten, beyond all windows.
const FORGOTTEN: i64 = 210;
/// Days of feedback that facts keep.
const FEEDBACK: i64 = 60;
/// Beats a minute that being overtired costs.
const STRAIN: i64 = 14;
/// Days of a break.
const BREAK: i64 = 21;

/// What a morning brought.
#[derive(Debug, Clone, Default)]
pub struct News {
    /// The week has to be planned anew.
    pub replan: bool,
    /// A health record that was reported.
    pub reported: Option<HealthRecord>,
    /// An injury or pain that was closed.
    pub closed: bool,
}

/// A runner in time.
#[derive(Debug, Clone)]
pub struct Life {
    /// What the runner is like.
    pub who: Character,
    /// Everything known.
    pub facts: Facts,
    /// The sessions that stand for this week, past days as they were planned.
    pub sessions: Vec<Session>,
    pub(crate) rng: Rng,
    /// The day each record will be over, in the order of the records.
    heals: Vec<Day>,
    /// Runs whose local day is still to come: the runner flew west to east.
    pending: Vec<Activity>,
    /// A session put off to the next day.
    carried: Option<Session>,
    /// Away until before this day.
    away: Day,
    /// This week the runner does as the runner likes.
    own_week: bool,
    /// Minutes from UTC when a run began and where it ended, if they differ.
    shift: i64,
    next_id: i64,
    /// Entries into Overreach.
    pub(crate) overreaches: Vec<Day>,
    /// Until before this day the runner is overtired: the heart beats faster, nights are bad.
    strained: Day,
    /// Metres run in this week so far.
    this_week: i64,
}

impl Life {
    /// A runner of a cohort, with the history of before the first week.
    #[must_use]
    pub fn new(seed: u64, runner: u64) -> Self {
        let mut rng = Rng::of(seed, runner);
        let who = Character::draw(&mut rng);
        Self::of(who, rng)
    }

    /// The runner with so many weeks of history.
    #[must_use]
    pub fn with_history(seed: u64, runner: u64, weeks: i64) -> Self {
        let mut rng = Rng::of(seed, runner);
        let who = Character { history: weeks, ..Character::draw(&mut rng) };
        Self::of(who, rng)
    }

    fn of(who: Character, rng: Rng) -> Self {
        let mut facts = Facts::new(who.first);
        facts.preferences = who.preferences.clone();
        let mut life = Self {
            away: who.first,
            facts,
            sessions: Vec::new(),
            rng,
            heals: Vec::new(),
            pending: Vec::new(),
            carried: None,
            own_week: false,
            shift: 0,
            next_id: 1,
            overreaches: Vec::new(),
            strained: who.first,
            this_week: 0,
            who,
        };
        life.past();
        life
    }

    fn past(&mut self) {
        let mut pause = 0;
        for k in (1..=self.who.history).rev() {
            if self.who.breaks && self.rng.once_in(52) {
                pause = BREAK / 7;
            }
            if pause > 0 {
                pause -= 1;
                continue;
            }
            let noise = if self.who.erratic { (200, 1700) } else { (880, 1120) };
            let share = self.rng.range(noise.0, noise.1);
            for (offset, metres) in self.usual(share) {
                self.run(self.who.first - 7 * k + offset, metres, self.who.pace, |_| {});
            }
        }
        self.learn(self.who.first);
    }

    /// Days and metres of a week of the runner's own.
    fn usual(&self, permille: i64) -> Vec<(i64, i64)> {
        let n = self.who.days.len() as i64;
        let days = self.who.days.iter().enumerate();
        let weight = |i: usize| if i as i64 + 1 == n { 1700 } else { 1000 };
        let metres = |i| self.who.volume * permille / 1000 * weight(i) / (n * 1000 + 700);
        days.map(|(i, day)| (*day, metres(i))).filter(|(_, m)| *m > 500).collect()
    }

    /// What is known on the morning of a day, and what it brings.
    pub fn morning(&mut self, day: Day) -> News {
        let week_start = day.week_start(self.facts.preferences.week_start);
        self.learn(day);
        self.facts.as_of = day;
        if day == week_start {
            self.forget(day);
            self.this_week = 0;
            self.own_week = self.who.erratic && self.rng.chance(150);
        }
        let mut news = News::default();
        self.heal(day, &mut news);
        self.fall_ill(day, &mut news);
        if self.rng.once_in(if self.who.eager { 150 } else { 400 }) {
            self.strained = day + self.rng.range(8, 24);
        }
        let hurts = |f: &&Feedback| f.day == day - 1 && f.pain_during >= Some(PAIN_FROM);
        news.replan |= self.facts.feedback.iter().rev().take(2).any(|f| hurts(&f));
        self.settle(day, week_start, &mut news);
        self.aim(day, &mut news);
        if self.who.sender && self.rng.once_in(60) {
            self.facts.overrides.push((day, day + 7));
            news.replan = true;
        }
        if self.who.breaks && self.rng.once_in(364) {
            self.away = day + BREAK;
        }
        if self.who.travels && self.rng.once_in(60) {
            let to = self.rng.range(-720, 840);
            self.shift = to - self.who.offset;
            self.who.offset = to;
        }
        if self.rng.once_in(900) {
            self.facts.preferences = self.who.wish(&mut self.rng);
            news.replan = true;
        }
        if self.rng.once_in(60) {
            self.edit(day, week_start, &mut news);
        }
        news
    }

    /// Runs of days before this one become known.
    fn learn(&mut self, day: Day) {
        let all = &mut self.facts.activities;
        let sorted = all.len();
        let mut i = 0;
        while i < self.pending.len() {
            if self.pending[i].day() < day {
                all.push(self.pending.swap_remove(i));
            } else {
                i += 1;
            }
        }
        if all.len() > sorted {
            all.sort_by_key(|a| (a.start_local, a.id));
        }
    }

    fn forget(&mut self, day: Day) {
        let facts = &mut self.facts;
        let old = facts.activities.partition_point(|a| a.day() < day - REACH);
        facts.activities.drain(..old);
        facts.feedback.retain(|f| f.day >= day - FEEDBACK);
        facts.goals.retain(|g| g.day >= day - FORGOTTEN);
        facts.overrides.retain(|(_, to)| *to >= day - FEEDBACK);
        facts.edits.retain(|e| e.week_start >= day - 28);
        let over = |r: &HealthRecord| r.closed.is_some_and(|c| c < day - FORGOTTEN);
        let mut keep = facts.health.iter().map(|r| !over(r)).collect::<Vec<_>>().into_iter();
        self.heals.retain(|_| keep.next().unwrap_or(true));
        facts.health.retain(|r| !over(r));
    }

    fn heal(&mut self, day: Day, news: &mut News) {
        for (r, heals) in self.facts.health.iter_mut().zip(&self.heals) {
            if r.closed.is_none() && *heals <= day {
                r.closed = Some(day);
                let hurt = matches!(r.kind, HealthType::Injury | HealthType::Pain);
                news.closed |= hurt;
                news.replan |= hurt || self.rng.chance(500);
            }
        }
    }

    fn fall_ill(&mut self, day: Day, news: &mut News) {
        let kind = if self.rng.once_in(if self.who.injury_prone { 364 } else { 2_500 }) {
            HealthType::Injury
        } else if self.rng.once_in(500) {
            HealthType::Pain
        } else if self.rng.once_in(240) {
            HealthType::Illness
        } else if self.rng.once_in(500) {
            HealthType::Fatigue
        } else {
            return;
        };
        let hurt = matches!(kind, HealthType::Injury | HealthType::Pain);
        let severity = match kind {
            HealthType::Injury => self.rng.small(3, 9),
            HealthType::Pain => self.rng.small(1, 5),
            _ => self.rng.small(1, 10),
        };
        let late = if self.rng.chance(200) { self.rng.range(1, 3) } else { 0 };
        let record = HealthRecord {
            day: day - late,
            kind,
            part: (hurt && self.rng.chance(900)).then(|| self.rng.pick(&PARTS)),
            severity: self.rng.chance(900).then_some(severity),
            symptoms: Symptoms {
                fever: kind == HealthType::Illness && self.rng.chance(300),
                below_neck: kind == HealthType::Illness && self.rng.chance(400),
                bone_pain_at_rest: hurt && self.rng.chance(15),
                limp: hurt && self.rng.chance(15),
                ..Symptoms::default()
            },
            closed: None,
        };
        let lasts = if hurt {
            let [mild, moderate, grave] = hermes_engine::ruleset::lock_days(record.part);
            let lock =
                [mild, moderate, grave][usize::from(severity >= 3) + usize::from(severity >= 6)];
            (lock * self.rng.range(500, 1500) / 1000).max(2)
        } else {
            self.rng.range(2, 12)
        };
        news.replan = true;
        news.reported = Some(record.clone());
        self.facts.health.push(record);
        self.heals.push(day + lasts);
    }

    /// Goals are set, moved, changed, given up; races on the way are added.
    fn aim(&mut self, day: Day, news: &mut News) {
        if !self.who.racer {
            return;
        }
        let ahead = self.facts.goals.iter().any(|g| g.day >= day);
        if !ahead && self.rng.once_in(30) {
            let distance = self.distance();
            let weeks = if self.rng.once_in(12) {
                self.rng.range(1, 5)
            } else if self.rng.once_in(12) {
                self.rng.range(30, 80)
            } else if distance == RaceDistance::Marathon {
                self.rng.range(14, 28)
            } else {
                self.rng.range(8, 26)
            };
            self.goal(day, day + 7 * weeks, distance, 1);
            news.replan |= self.rng.chance(500);
        } else if ahead && self.rng.once_in(220) {
            let leads = self.facts.goals.iter().filter(|g| g.day > day + 21);
            if let Some(a) = leads.min_by_key(|g| g.priority).map(|g| g.day) {
                let to = day + self.rng.range(10, a - day - 7);
                let distance = self.rng.pick(&RaceDistance::ALL[..4]);
                self.goal(day, to, distance, 2);
            }
        } else if ahead && self.rng.once_in(400) {
            let turn = self.rng.range(0, 2);
            let shift = 7 * self.rng.range(-2, 4);
            let distance = self.distance();
            let busy: Vec<Day> = self.facts.goals.iter().map(|g| g.day).collect();
            let coming = self.facts.goals.iter_mut().rfind(|g| g.day >= day);
            match (turn, coming) {
                (0, Some(g)) if g.day + shift >= day && !busy.contains(&(g.day + shift)) => {
                    g.day = g.day + shift;
                }
                (1, Some(g)) => g.distance = distance,
                (2, _) => self.facts.goals.retain(|g| g.day < day),
                _ => {}
            }
            news.replan = true;
        }
    }

    fn distance(&mut self) -> RaceDistance {
        let most = match self.who.volume {
            ..15_000 => 3,
            15_000..30_000 => 4,
            _ => 5,
        };
        if most == 5 && self.rng.chance(250) {
            return RaceDistance::Marathon;
        }
        self.rng.pick(&RaceDistance::ALL[..most])
    }

    fn goal(&mut self, set_on: Day, near: Day, distance: RaceDistance, priority: u8) {
        let sunday = near.week_start(hermes_engine::calendar::WeekStart::Monday) + 6;
        let day = sunday + self.rng.pick(&[0, 0, 0, 0, -1, -1, 1, -3]);
        if day < set_on || self.facts.goals.iter().any(|g| g.day == day) {
            return;
        }
        let time = self.rng.chance(300).then(|| {
            Seconds(
                distance.decimetres() / 10 * self.who.pace / 1000 * self.rng.range(75, 105) / 100,
            )
        });
        self.facts.goals.push(Goal { distance, day, time, priority, set_on });
    }

    /// The runner changes a day of the week to come.
    fn edit(&mut self, day: Day, week_start: Day, news: &mut News) {
        let plain = |s: &&Session| s.day >= day && s.is_run() && s.kind != Kind::Race;
        let runs: Vec<&Session> = self.sessions.iter().filter(plain).collect();
        if runs.is_empty() || day == week_start {
            return;
        }
        let s = self.rng.pick(&runs);
        let to = day + self.rng.range(0, week_start + 6 - day);
        let taken = self.sessions.iter().any(|s| s.day == to);
        let held = |session| DayWish { day: s.day, session };
        let (asked, days) = match self.rng.range(0, 2) {
            0 => (Ask::Skip { day: s.day }, vec![held(None)]),
            1 if !taken => (
                Ask::Move { from: s.day, to },
                vec![held(None), DayWish { day: to, session: Some((s.kind, s.distance)) }],
            ),
            _ => {
                let to = Metres(s.distance.0 * self.rng.range(5, 15) / 1000 * 100);
                (Ask::Resize { day: s.day, to }, vec![held(Some((s.kind, to)))])
            }
        };
        self.facts.edits.push(Edit { week_start, made_on: day, asked, days });
        news.replan = true;
    }

    /// The runner's day.
    pub fn live(&mut self, day: Day) {
        let week_start = day.week_start(self.facts.preferences.week_start);
        let planned = self.sessions.iter().find(|s| s.day == day && s.is_run()).cloned();
        let carried = self.carried.take();
        if self.rng.once_in(25) {
            // Another sport: load, but no running.
            self.run(day, self.who.volume / 3, 150, |a| a.sport = Sport::Other);
        }
        self.say(day);
        if day < self.away {
            return;
        }
        let locked = lock::locked(&self.facts, day);
        if locked {
            if self.who.eager && self.rng.once_in(12) {
                self.run(day, 4_000, self.who.pace, |_| {});
            }
            return;
        }
        if self.own_week {
            let share = self.rng.range(0, 1600);
            if let Some((_, metres)) =
                self.usual(share).into_iter().find(|(offset, _)| week_start + *offset == day)
            {
                self.run(day, metres, self.who.pace, |_| {});
            }
            return;
        }
        match planned.or(carried) {
            Some(s) => self.train(day, &s),
            None if self.who.erratic && self.rng.chance(60) => {
                let metres = self.who.volume * self.rng.range(50, 400) / 1000;
                self.run(day, metres, self.who.pace, |_| {});
            }
            None if self.who.eager && self.rng.chance(60) => {
                let metres = self.who.volume * self.rng.range(80, 250) / 1000;
                self.run(day, metres, self.who.pace * 95 / 100, |_| {});
            }
            None if self.who.racer && self.rng.once_in(250) => {
                // A race on the spur of the moment.
                self.run(day, 5_000, self.who.pace * 84 / 100, |a| a.race = true);
            }
            None => {}
        }
    }

    /// The session in the runner's manner.
    fn train(&mut self, day: Day, s: &Session) {
        let race = s.kind == Kind::Race;
        let (skips, least, most, hurry) = match (self.who.erratic, self.who.eager) {
            (true, _) => (250, 500, 1250, 0),
            (_, true) => (20, 1000, 1450, 6),
            _ => (50, 940, 1060, 0),
        };
        if self.rng.chance(if race { 60 } else { skips }) {
            if !race && self.rng.chance(400) {
                self.carried = Some(s.clone());
            }
            return;
        }
        let share = if race { 1000 } else { self.rng.range(least, most) };
        // Nobody has time for any number of km.
        let room = (self.who.volume * 3 / 2 + 20_000 - self.this_week).max(0);
        let metres = s.distance.0 * share / 1000;
        let metres = if race { metres } else { metres.min(room) };
        let planned = s.duration.0 * 1000 / s.distance.0.max(1);
        let pace = match s.kind {
            Kind::Race => self.who.pace * self.rng.range(80, 92) / 100,
            Kind::Easy | Kind::Long | Kind::Recovery => self.who.pace,
            _ => planned.max(self.who.pace * 82 / 100),
        };
        let pace = pace * (self.rng.range(97, 103) - hurry) / 100;
        let tagged = race && self.rng.chance(900);
        if metres > 0 {
            self.run(day, metres, pace, |a| a.race = tagged);
        }
        if self.rng.once_in(150) {
            // The watch and the phone both recorded it.
            self.run(day, metres * 99 / 100, pace, |_| {});
        }
        if self.rng.once_in(1000) {
            // Recorded in the car on the way home.
            self.run(day, 40_000, 60, |_| {});
        }
    }

    fn run(&mut self, day: Day, metres: i64, pace: i64, what: impl FnOnce(&mut Activity)) {
        let second = self.rng.range(5, 20) * 3600 + 60 * std::mem::take(&mut self.shift);
        let mut a = activity(self.next_id, day, second, metres, pace);
        self.next_id += 1;
        if self.who.heart_rate {
            let tired = if day < self.strained { STRAIN } else { 0 };
            let beats = 140 + tired + (self.who.pace - pace) / 2 + self.rng.range(-5, 5);
            let beats = beats.clamp(110, 185);
            a.heart_rate = Some(beats as u16);
            a.max_heart_rate = Some(beats as u16 + 12);
            a.effort = self.rng.chance(300).then_some((beats / 10 - 11).clamp(1, 9) as u8);
        }
        what(&mut a);
        if a.sport == Sport::Run {
            self.this_week += metres;
        }
        self.pending.push(a);
    }

    fn say(&mut self, day: Day) {
        let tired = day < self.strained;
        if !self.who.talker || !self.rng.chance(if tired { 700 } else { 300 }) {
            return;
        }
        let hurts = self.facts.health.iter().any(|r| lock::open(r, day));
        let bad = hurts || tired || self.who.eager && self.rng.chance(300) || self.rng.once_in(40);
        let pain = if bad && !tired { self.rng.small(0, 5) } else { self.rng.small(0, 1) };
        let rng = &mut self.rng;
        self.facts.feedback.push(Feedback {
            day,
            effort: Some(if bad { rng.small(5, 10) } else { rng.small(2, 6) }),
            pain_during: Some(pain),
            pain_next_morning: rng.chance(500).then_some(pain),
            sleep: Some(if bad { rng.small(1, 3) } else { rng.small(3, 5) }),
            soreness: Some(if bad { rng.small(3, 5) } else { rng.small(1, 3) }),
            mood: Some(if bad { rng.small(1, 3) } else { rng.small(3, 5) }),
            resting_heart_rate: Some(if bad { 56 } else { 50 } + u16::from(rng.small(0, 4))),
        });
    }
}
