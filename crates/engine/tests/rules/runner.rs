//! A runner to write rule tests with: history, wishes and plans in few words.

use hermes_engine::calendar::Day;
use hermes_engine::decision::{Finding, Rule};
use hermes_engine::facts::{Circumstances, Form};
use hermes_engine::record::{
    Activity, BodyPart, HealthRecord, HealthType, RaceDistance, Sport, Strike, Symptoms,
};
use hermes_engine::rules::{Limits, check, limits};
use hermes_engine::session::{
    Amount, Kind, PublishedWeek, Role, Session, Step, UpcomingRace, WeekPlan, Zone,
};
use hermes_engine::state::{Phase, Risk, State};
use hermes_engine::units::{Metres, Pace, Seconds};

/// Easy pace of every test runner: 10 km an hour.
pub(crate) const EASY: Pace = Pace(360);
/// Marathon pace.
pub(crate) const MARATHON: Pace = Pace(330);
/// Pace of a run-walk.
pub(crate) const SLOW: Pace = Pace(600);
/// Threshold pace.
pub(crate) const THRESHOLD: Pace = Pace(300);

/// Monday 2026-11-23.
pub(crate) const MONDAY: Day = Day::from_epoch(20_780);

/// 40 km in five runs: Tuesday to Sunday, the longest on Sunday. (day of the week from its
/// start, metres)
pub(crate) const FORTY: [(i64, i64); 5] = [(1, 8000), (2, 6000), (3, 6000), (5, 6000), (6, 14_000)];

/// Everything the checker is told, owned.
#[derive(Debug, Clone)]
pub(crate) struct Runner {
    pub(crate) week: Day,
    pub(crate) first: Day,
    pub(crate) activities: Vec<Activity>,
    pub(crate) health: Vec<HealthRecord>,
    pub(crate) strikes: Vec<Strike>,
    pub(crate) races: Vec<UpcomingRace>,
    pub(crate) published: Vec<PublishedWeek>,
    pub(crate) form: Form,
    pub(crate) phase: Phase,
    pub(crate) has_goal: bool,
    pub(crate) state: State,
    pub(crate) overriding: bool,
    pub(crate) overreach_since: Option<Day>,
    pub(crate) injury_watch: bool,
}

impl Runner {
    /// A runner without any history, moderate risk, at `MONDAY`.
    pub(crate) fn new() -> Self {
        Self {
            week: MONDAY,
            first: MONDAY,
            activities: Vec::new(),
            health: Vec::new(),
            strikes: Vec::new(),
            races: Vec::new(),
            published: Vec::new(),
            form: Form {
                risk: Risk::Moderate,
                durability: 500,
                threshold: THRESHOLD,
                marathon: MARATHON,
                easy: EASY,
            },
            phase: Phase::Build,
            has_goal: true,
            state: State::Stable,
            overriding: false,
            overreach_since: None,
            injury_watch: false,
        }
    }

    /// A runner with 45 weeks of one pattern before `MONDAY`.
    pub(crate) fn steady(pattern: &[(i64, i64)]) -> Self {
        let mut r = Self::new();
        for k in (1..=45).rev() {
            r.run_week(MONDAY - 7 * k, pattern);
        }
        r
    }

    /// 45 weeks of 40 km with a 14 km long run.
    pub(crate) fn forty() -> Self {
        Self::steady(&FORTY)
    }

    /// Adds a run of `m` metres at easy pace at 7:00; keeps the order.
    pub(crate) fn run(&mut self, day: Day, m: i64) -> &mut Self {
        self.add(day, 7, m, EASY.time_for(Metres(m)).0, false)
    }

    /// Adds a race at 10:00.
    pub(crate) fn race(&mut self, day: Day, m: i64) -> &mut Self {
        self.add(day, 10, m, THRESHOLD.time_for(Metres(m)).0, true)
    }

    /// Adds any activity.
    pub(crate) fn add(&mut self, day: Day, hour: i64, m: i64, s: i64, race: bool) -> &mut Self {
        let start_local = day.epoch() * 86_400 + hour * 3600;
        let id = self.activities.iter().map(|a| a.id).max().unwrap_or(0) + 1;
        let activity = Activity {
            id,
            sport: Sport::Run,
            start_local,
            distance: Metres(m),
            moving: Seconds(s),
            elapsed: Seconds(s),
            ascent: None,
            heart_rate: None,
            max_heart_rate: None,
            effort: None,
            temperature: None,
            dew_point: None,
            streams: None,
            race,
            confirmed: false,
        };
        let at = self.activities.partition_point(|a| a.start_local <= start_local);
        self.activities.insert(at, activity);
        self
    }

    /// Adds a week of runs; nothing where the distance is zero.
    pub(crate) fn run_week(&mut self, start: Day, pattern: &[(i64, i64)]) -> &mut Self {
        for (day, m) in pattern.iter().filter(|(_, m)| *m > 0) {
            self.run(start + *day, *m);
        }
        self
    }

    /// Removes what was run from `from` to before `to`.
    pub(crate) fn rest(&mut self, from: Day, to: Day) -> &mut Self {
        self.activities.retain(|a| a.day() < from || a.day() >= to);
        self
    }

    /// Replaces the week `k` weeks before this one by the forty pattern scaled to `m` metres.
    pub(crate) fn replace_week(&mut self, k: i64, m: i64) -> &mut Self {
        let start = self.week - 7 * k;
        self.rest(start, start + 7).run_week(start, &scaled(&FORTY, m))
    }

    /// Goes on to the next week.
    pub(crate) fn next_week(&mut self) -> &mut Self {
        self.week = self.week + 7;
        self.first = self.week;
        self
    }

    /// The next planned day; earlier days of the week are over.
    pub(crate) fn starting(&mut self, day: i64) -> &mut Self {
        self.first = self.week + day;
        self
    }

    /// A race to come, `day` days after the week's start.
    pub(crate) fn goal(&mut self, day: i64, distance: RaceDistance, a_race: bool) -> &mut Self {
        self.races.push(UpcomingRace { day: self.week + day, distance, a_race });
        self
    }

    /// An injury, `day` days after the week's start.
    pub(crate) fn injury(&mut self, day: i64, part: BodyPart, severity: u8) -> &mut HealthRecord {
        let record = HealthRecord {
            day: self.week + day,
            kind: HealthType::Injury,
            part: Some(part),
            severity: Some(severity),
            symptoms: Symptoms::default(),
            closed: None,
        };
        self.health.push_mut(record)
    }

    pub(crate) fn c(&self) -> Circumstances<'_> {
        Circumstances {
            week_start: self.week,
            first_day: self.first,
            activities: &self.activities,
            health: &self.health,
            strikes: &self.strikes,
            feedback: &[],
            races: &self.races,
            published: &self.published,
            form: self.form,
            phase: self.phase,
            has_goal: self.has_goal,
            state: self.state,
            overriding: self.overriding,
            overreach_since: self.overreach_since,
            injury_watch: self.injury_watch,
        }
    }

    pub(crate) fn limits(&self) -> Limits {
        limits(&self.c())
    }

    /// Km the week may have beside its races, in metres.
    pub(crate) fn week_limit(&self) -> i64 {
        self.limits().week_beside_races.0
    }

    /// Length one run may have, in metres.
    pub(crate) fn run_limit(&self) -> i64 {
        self.limits().run.0
    }

    pub(crate) fn plan(&self, sessions: Vec<Session>) -> WeekPlan {
        WeekPlan {
            week_start: self.week,
            first_day: self.first,
            state: self.state,
            phase: self.phase,
            week_number: 1,
            sessions,
            findings: Vec::new(),
            repairs: Vec::new(),
            why: Vec::new(),
        }
    }

    pub(crate) fn findings(&self, sessions: Vec<Session>) -> Vec<Finding> {
        check(&self.c(), &self.plan(sessions))
    }

    /// The broken rules, once each.
    pub(crate) fn broken(&self, sessions: Vec<Session>) -> Vec<Rule> {
        let mut rules: Vec<Rule> = self.findings(sessions).iter().map(|f| f.rule).collect();
        rules.dedup();
        rules
    }

    #[track_caller]
    pub(crate) fn passes(&self, sessions: Vec<Session>) {
        let findings = self.findings(sessions);
        assert!(findings.is_empty(), "{findings:#?}");
    }

    #[track_caller]
    pub(crate) fn breaks(&self, rule: Rule, sessions: Vec<Session>) {
        let findings = self.findings(sessions);
        assert!(findings.iter().any(|f| f.rule == rule), "no {rule:?}: {findings:#?}");
    }

    /// Breaks this rule and no other.
    #[track_caller]
    pub(crate) fn breaks_only(&self, rule: Rule, sessions: Vec<Session>) {
        let findings = self.findings(sessions);
        assert!(!findings.is_empty(), "nothing broken");
        assert!(findings.iter().all(|f| f.rule == rule), "{findings:#?}");
    }

    /// An easy run on the day of the week.
    pub(crate) fn easy(&self, day: i64, m: i64) -> Session {
        session(self.week + day, Kind::Easy, vec![steady(m, EASY)])
    }

    /// Easy runs.
    pub(crate) fn easies(&self, pattern: &[(i64, i64)]) -> Vec<Session> {
        pattern.iter().map(|(day, m)| self.easy(*day, *m)).collect()
    }

    /// A session of `m` metres, `minutes` of them at `pace`, the rest easy.
    pub(crate) fn fast(&self, day: i64, kind: Kind, m: i64, minutes: i64, pace: Pace) -> Session {
        let time = Seconds::minutes(minutes);
        let rest = m - pace.distance_in(time).0;
        let work = Step::once(Role::Work, Amount::Time(time), pace);
        session(self.week + day, kind, vec![steady(rest, EASY), work])
    }

    /// A tempo run of 6 km with 10 min at threshold pace.
    pub(crate) fn tempo(&self, day: i64) -> Session {
        self.fast(day, Kind::Tempo, 6000, 10, THRESHOLD)
    }

    /// The race itself.
    pub(crate) fn race_day(&self, day: i64, distance: RaceDistance) -> Session {
        let step = steady(distance.planned().0, THRESHOLD);
        let mut s = session(self.week + day, Kind::Race, vec![step]);
        s.race = Some(distance);
        s
    }
}

/// The pattern with its sum changed to `m` metres, every run a multiple of 1 m, the last one
/// takes what rounding leaves.
pub(crate) fn scaled(pattern: &[(i64, i64)], m: i64) -> Vec<(i64, i64)> {
    let sum: i64 = pattern.iter().map(|(_, m)| m).sum();
    let mut out: Vec<_> = pattern.iter().map(|(d, x)| (*d, x * m / sum)).collect();
    let rest = m - out.iter().map(|(_, m)| m).sum::<i64>();
    if let Some(last) = out.last_mut() {
        last.1 += rest;
    }
    out
}

/// The pattern scaled to multiples of 0.1 km; their sum is `m`, a multiple of 0.1 km.
pub(crate) fn stepped(pattern: &[(i64, i64)], m: i64) -> Vec<(i64, i64)> {
    let sum: i64 = pattern.iter().map(|(_, m)| m).sum();
    let mut out: Vec<_> = pattern.iter().map(|(d, x)| (*d, x * m / sum / 100 * 100)).collect();
    let rest = m - out.iter().map(|(_, m)| m).sum::<i64>();
    out[0].1 += rest;
    out
}

pub(crate) fn steady(m: i64, pace: Pace) -> Step {
    Step::once(Role::Steady, Amount::Distance(Metres(m)), pace)
}

pub(crate) fn session(day: Day, kind: Kind, steps: Vec<Step>) -> Session {
    let distance: Metres = steps.iter().map(Step::distance).sum();
    Session {
        day,
        kind,
        distance,
        duration: steps.iter().map(Step::duration).sum(),
        pace: steps.last().map_or(EASY, |s| s.pace),
        zone: Zone::Z2,
        steps,
        race: None,
        template: None,
        pinned: false,
        why: Vec::new(),
    }
}
