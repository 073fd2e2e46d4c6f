//! Runners of every kind, hostile to the engine: histories, wishes, health and goals as they come,
//! sensible or not. Everything follows from the seed.

use crate::rng::Rng;
use hermes_engine::calendar::{Day, WeekStart, Weekday, WeekdaySet};
use hermes_engine::facts::Facts;
use hermes_engine::record::{
    Activity, BodyPart, Goal, HealthRecord, HealthType, PermanentLimit, Preferences, RaceDistance,
    Sport, Strike, Symptoms,
};
use hermes_engine::session::Kind;
use hermes_engine::standing::Standing;
use hermes_engine::step::Output;
use hermes_engine::units::{Metres, Seconds};

/// Monday 2025-01-06.
pub const MONDAY: Day = Day::from_epoch(20_094);

/// How a runner follows the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// Runs every session as planned.
    Faithful,
    /// Runs 0-130 % of each session.
    Loose,
    /// Never looks at the plan.
    Ignores,
}

/// One of them, with what is known of it.
pub struct Runner {
    /// What decides its fate.
    pub rng: Rng,
    /// Everything recorded so far.
    pub facts: Facts,
    /// The week that is planned next.
    pub week: Day,
    manner: Manner,
    /// Metres of a usual week of the runner's own.
    volume: i64,
    days: Vec<i64>,
    /// s/km.
    pace: i64,
    next_id: i64,
}

/// A plain run: `second` of the day is its start, `pace` in s/km.
#[must_use]
pub fn activity(id: i64, day: Day, second: i64, metres: i64, pace: i64) -> Activity {
    let moving = Seconds((metres * pace / 1000).max(1));
    Activity {
        id,
        sport: Sport::Run,
        start_local: day.epoch() * 86_400 + second,
        distance: Metres(metres),
        moving,
        elapsed: moving,
        ascent: None,
        heart_rate: None,
        max_heart_rate: None,
        effort: None,
        temperature: None,
        dew_point: None,
        streams: None,
        race: false,
        confirmed: false,
    }
}

impl Runner {
    /// A runner with up to two years of history of any kind.
    #[must_use]
    pub fn hostile(seed: u64) -> Self {
        let mut rng = Rng(seed.wrapping_mul(0x2545_f491_4f6c_dd1d));
        let preferences = preferences(&mut rng);
        let start = match preferences.week_start {
            WeekStart::Monday => MONDAY,
            WeekStart::Sunday => MONDAY - 1,
        };
        let manner = match rng.range(0, 9) {
            0..=2 => Manner::Faithful,
            3..=7 => Manner::Loose,
            _ => Manner::Ignores,
        };
        let n = rng.range(1, 7);
        let mut days: Vec<i64> = (0..7).collect();
        while days.len() as i64 > n {
            let i = (rng.next() % days.len() as u64) as usize;
            days.remove(i);
        }
        let volume = match rng.range(0, 3) {
            0 => rng.range(3_000, 20_000),
            1 | 2 => rng.range(20_000, 60_000),
            _ => rng.range(60_000, 130_000),
        };
        let mut r = Self {
            facts: facts(start, preferences),
            week: start,
            manner,
            volume,
            days,
            pace: rng.range(240, 480),
            next_id: 1,
            rng,
        };
        let weeks = if r.rng.chance(100) { r.rng.range(0, 5) } else { r.rng.range(5, 60) };
        r.past(weeks);
        r
    }

    /// A runner with an even history, who does as planned.
    #[must_use]
    pub fn even(seed: u64, volume: i64, days: &[i64], pace: i64, weeks: i64) -> Self {
        let mut r = Self {
            rng: Rng(seed),
            facts: facts(MONDAY, Preferences::default()),
            week: MONDAY,
            manner: Manner::Faithful,
            volume,
            days: days.to_vec(),
            pace,
            next_id: 1,
        };
        for k in (1..=weeks).rev() {
            let share = r.rng.range(930, 1070);
            r.own_week(MONDAY - 7 * k, share);
        }
        r
    }

    fn past(&mut self, weeks: i64) {
        let erratic = self.rng.chance(300);
        let mut pause = 0;
        for k in (1..=weeks).rev() {
            if pause == 0 && self.rng.chance(40) {
                pause = self.rng.range(1, 10);
            }
            if pause > 0 {
                pause -= 1;
                continue;
            }
            let share = if erratic { self.rng.range(0, 2000) } else { self.rng.range(850, 1150) };
            self.own_week(self.week - 7 * k, share);
            self.trouble(self.week - 7 * k);
        }
        self.sort();
    }

    /// A week of the runner's own: the last day is the long one.
    fn own_week(&mut self, start: Day, permille: i64) {
        let n = self.days.len() as i64;
        for (i, offset) in self.days.clone().into_iter().enumerate() {
            let weight = if i as i64 + 1 == n { 1700 } else { 1000 };
            let metres = self.volume * permille / 1000 * weight / (n * 1000 + 700);
            if metres > 300 {
                self.ran(start + offset, metres, self.pace);
            }
        }
    }

    fn ran(&mut self, day: Day, metres: i64, pace: i64) {
        self.ran_as(day, metres, pace, |_| {});
    }

    fn ran_as(&mut self, day: Day, metres: i64, pace: i64, as_what: impl FnOnce(&mut Activity)) {
        let second = self.second();
        self.keep(day, second, metres, pace, as_what);
    }

    /// When in the day a run begins.
    const fn second(&mut self) -> i64 {
        self.rng.range(5, 20) * 3600
    }

    fn keep(
        &mut self,
        day: Day,
        second: i64,
        metres: i64,
        pace: i64,
        as_what: impl FnOnce(&mut Activity),
    ) {
        let mut run = activity(self.next_id, day, second, metres, pace);
        as_what(&mut run);
        self.next_id += 1;
        self.facts.activities.push(run);
    }

    /// Doubles, races, nonsense, duplicates and other sports.
    fn trouble(&mut self, start: Day) {
        let day = start + self.rng.range(0, 6);
        match self.rng.range(0, 39) {
            0 => self.ran(day, self.volume / 5, self.pace),
            1 | 2 => {
                let metres = self.rng.pick(&[4_000, 5_000, 10_000, 21_100, 42_200]);
                self.ran_as(day, metres, self.pace * 85 / 100, |a| a.race = true);
            }
            3 => {
                let (metres, pace) = (self.rng.range(-500, 180_000), self.rng.range(1, 500));
                let second = self.second();
                let confirmed = self.rng.chance(200);
                self.keep(day, second, metres, pace, |a| a.confirmed = confirmed);
            }
            4 => {
                if let Some(a) = self.facts.activities.last().cloned() {
                    let late = self.rng.range(0, 400);
                    let id = self.next_id;
                    self.next_id += 1;
                    let twin = Activity { id, start_local: a.start_local + late, ..a };
                    self.facts.activities.push(twin);
                }
            }
            5 => {
                self.ran_as(day, 30_000, 130, |a| a.sport = Sport::Other);
            }
            _ => {}
        }
    }

    fn sort(&mut self) {
        self.facts.activities.sort_by_key(|a| (a.start_local, a.id));
    }

    /// What is known at the start of the week, or on a later day of it.
    #[must_use]
    pub fn known(&self, offset: i64) -> Facts {
        let as_of = self.week + offset;
        let mut facts = self.facts.clone();
        facts.as_of = as_of;
        facts.activities.retain(|a| a.day() < as_of);
        facts.health.retain(|r| r.day <= as_of);
        facts.strikes.retain(|s| s.issued <= as_of);
        facts.goals.retain(|g| g.set_on <= as_of);
        facts
    }

    /// Runs the planned week in the runner's manner and goes on to the next.
    pub fn live(&mut self, out: &Output) {
        if self.manner == Manner::Ignores {
            let share = self.rng.range(0, 1600);
            self.own_week(self.week, share);
        } else {
            for s in out.plan.sessions.iter().filter(|s| s.is_run()) {
                let mut permille = 1000;
                if self.manner == Manner::Loose {
                    permille = if self.rng.chance(150) { 0 } else { self.rng.range(500, 1300) };
                }
                let metres = s.distance.0 * permille / 1000;
                if metres > 0 {
                    let pace = s.duration.0 * 1000 / s.distance.0;
                    self.ran_as(s.day, metres, pace, |a| a.race = s.kind == Kind::Race);
                }
            }
        }
        self.week = self.week + 7;
    }

    /// What may happen in a week: goals, health, strikes, overrides.
    pub fn fate(&mut self) {
        let w = self.week;
        self.trouble(w - 7);
        self.sort();
        if self.rng.chance(60) {
            let far = if self.rng.chance(200) { 730 } else { 170 };
            let day = w + self.rng.range(5, far);
            self.set_goal(day);
            if self.rng.chance(150) {
                self.set_goal(day + 7);
            }
        }
        if self.rng.chance(50) {
            let record = record(&mut self.rng, w);
            self.facts.health.push(record);
        }
        for r in &mut self.facts.health {
            if r.closed.is_none() && self.rng.chance(250) {
                r.closed = Some(w + self.rng.range(0, 6));
            }
        }
        if self.rng.chance(10) {
            let strike = strike(&mut self.rng, w);
            self.facts.strikes.push(strike);
        }
        let entered = w - self.rng.range(0, 10);
        let mut standing = Standing::new(w);
        standing.overreach = self.rng.chance(40).then_some(entered);
        standing.watch = self.rng.chance(30).then_some(entered);
        self.facts.standing = Some(standing);
        self.facts.overrides = self.rng.chance(60).then_some((w - 1, w + 6)).into_iter().collect();
    }

    fn set_goal(&mut self, day: Day) {
        let distance = self.rng.pick(&RaceDistance::ALL);
        let priority = self.rng.small(1, 3);
        self.facts.goals.push(Goal { distance, day, time: None, priority, set_on: self.week });
    }

    /// Keeps this week's plan as published.
    pub fn publish(&mut self, out: &Output) {
        self.facts.published.push(out.published(&[]));
    }
}

fn facts(as_of: Day, preferences: Preferences) -> Facts {
    Facts { preferences, ..Facts::new(as_of) }
}

/// Half of the runners want nothing special, the others anything.
fn preferences(rng: &mut Rng) -> Preferences {
    let mut p = Preferences::default();
    if rng.chance(250) {
        p.week_start = WeekStart::Sunday;
    }
    if rng.chance(500) {
        return p;
    }
    if rng.chance(400) {
        let bits = rng.range(0, 127);
        let days = Weekday::ALL.into_iter().filter(|d| bits & (1 << d.number()) != 0);
        p.run_days = days.fold(WeekdaySet::NONE, WeekdaySet::with);
    }
    if rng.chance(400) {
        p.long_run_day = Some(rng.pick(&Weekday::ALL));
    }
    if rng.chance(300) {
        p.max_runs = Some(rng.small(1, 7));
    }
    for cap in &mut p.day_caps {
        if rng.chance(150) {
            *cap = Some(rng.range(15, 120) as u16);
        }
    }
    if rng.chance(150) {
        p.weekly_cap = Some(Metres(rng.range(0, 60_000)));
    }
    p.cautious_start = rng.chance(100);
    p
}

const TYPES: [HealthType; 6] = [
    HealthType::Injury,
    HealthType::Injury,
    HealthType::Pain,
    HealthType::Illness,
    HealthType::Illness,
    HealthType::Fatigue,
];
/// Every body part.
pub const PARTS: [BodyPart; 17] = [
    BodyPart::Calf,
    BodyPart::Hamstring,
    BodyPart::Quadriceps,
    BodyPart::Achilles,
    BodyPart::Plantar,
    BodyPart::PatellarTendon,
    BodyPart::Knee,
    BodyPart::Shin,
    BodyPart::Hip,
    BodyPart::Groin,
    BodyPart::LowBack,
    BodyPart::Foot,
    BodyPart::Ankle,
    BodyPart::Navicular,
    BodyPart::FemoralNeck,
    BodyPart::AnteriorTibia,
    BodyPart::Other,
];

/// Any health record, about a day near the week that starts on `w`.
#[must_use]
pub fn record(rng: &mut Rng, w: Day) -> HealthRecord {
    let severity = match rng.range(0, 5) {
        0 => None,
        1 => Some(rng.small(6, 10)),
        _ => Some(rng.small(1, 5)),
    };
    HealthRecord {
        day: w - rng.range(-3, 20),
        kind: rng.pick(&TYPES),
        part: rng.chance(900).then(|| rng.pick(&PARTS)),
        severity,
        symptoms: Symptoms {
            fever: rng.chance(200),
            below_neck: rng.chance(300),
            bone_pain_at_rest: rng.chance(20),
            limp: rng.chance(20),
            chest_pain: rng.chance(20),
            ..Symptoms::default()
        },
        closed: rng.chance(400).then(|| w - rng.range(-4, 20)),
    }
}

/// Any strike, issued near the week that starts on `w`.
#[must_use]
pub fn strike(rng: &mut Rng, w: Day) -> Strike {
    Strike {
        issued: w - rng.range(-3, 10),
        forced_recovery_days: rng.range(0, 14) as u16,
        no_quality_days: rng.range(0, 7) as u16,
        limit: rng.chance(500).then(|| PermanentLimit {
            weekly: Metres(rng.range(0, 60_000)),
            quality: rng.small(0, 2),
            lifted: rng.chance(300).then_some(w + rng.range(-3, 30)),
        }),
        resolved: rng.chance(300).then_some(w + rng.range(-5, 10)),
    }
}
