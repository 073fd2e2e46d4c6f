//! Facts of a runner out of bytes: every quantity may be an extreme, and a small change of the
//! bytes is a small change of the facts, so that the fuzzer can learn.

use hermes_engine::calendar::{Day, WeekStart, Weekday, WeekdaySet};
use hermes_engine::facts::Facts;
use hermes_engine::record::{
    Activity, Ask, BodyPart, CheckIn, CheckInAnswer, CheckInTrigger, DayWish, Edit, Feedback, Goal,
    HealthRecord, HealthType, PermanentLimit, RaceDistance, Sport, Streams, Strike, Symptoms,
};
use hermes_engine::session::{Amount, Kind, Planned, PublishedWeek, Role, Session, Step, Zone};
use hermes_engine::standing::{Held, Memory, Standing};
use hermes_engine::state::{Phase, State};
use hermes_engine::step;
use hermes_engine::units::{Metres, Pace, Seconds, Units};
use hermes_engine::vdot::Vdot;

/// Monday 2025-01-06.
const MONDAY: Day = Day::from_epoch(20_094);

struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    fn flag(&mut self) -> bool {
        self.byte() & 1 == 1
    }

    /// Mostly a sane number below `most`, sometimes any number at all.
    fn number(&mut self, most: i64) -> i64 {
        match self.byte() {
            255 => i64::MAX,
            254 => i64::MIN,
            253 => -1,
            252 => i64::from_le_bytes(std::array::from_fn(|_| self.byte())),
            n => (i64::from(n) * 256 + i64::from(self.byte())) * most / 65_536,
        }
    }

    fn day(&mut self) -> Day {
        match self.byte() {
            255 => Day::from_epoch(self.number(i64::MAX / 65_536)),
            n => MONDAY + 21 - 2 * i64::from(n),
        }
    }

    fn maybe<T>(&mut self, of: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.flag() { Some(of(self)) } else { None }
    }

    fn many<T>(&mut self, most: u8, of: impl Fn(&mut Self) -> T) -> Vec<T> {
        (0..self.byte() % (most + 1)).map(|_| of(self)).collect()
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::from(self.byte()) % from.len()]
    }
}

const KINDS: [HealthType; 5] = [
    HealthType::Injury,
    HealthType::Pain,
    HealthType::Fatigue,
    HealthType::Illness,
    HealthType::Other,
];
const PARTS: [BodyPart; 5] =
    [BodyPart::Calf, BodyPart::Knee, BodyPart::Foot, BodyPart::Navicular, BodyPart::Other];
const STATES: [State; 9] = [
    State::Stable,
    State::Taper,
    State::Rebuild,
    State::Slump,
    State::InjuryWatch,
    State::InjuryProtection,
    State::Overreach,
    State::Probe,
    State::OverrideActive,
];
const PHASES: [Phase; 5] = [Phase::Base, Phase::Build, Phase::Peak, Phase::Taper, Phase::Recovery];
const ANSWERS: [CheckInAnswer; 7] = [
    CheckInAnswer::Busy,
    CheckInAnswer::Sick,
    CheckInAnswer::Sore,
    CheckInAnswer::Burnout,
    CheckInAnswer::MotivationLoss,
    CheckInAnswer::PreferenceChange,
    CheckInAnswer::Other,
];

fn activity(b: &mut Bytes<'_>) -> Activity {
    let (day, second) = (b.day(), b.number(86_400));
    Activity {
        id: b.number(1000),
        sport: if b.byte() == 0 { Sport::Other } else { Sport::Run },
        start_local: day.epoch().saturating_mul(86_400).saturating_add(second),
        distance: Metres(b.number(30_000)),
        moving: Seconds(b.number(12_000)),
        elapsed: Seconds(b.number(12_000)),
        ascent: b.maybe(|b| Metres(b.number(1000))),
        heart_rate: b.maybe(|b| u16::from(b.byte())),
        max_heart_rate: b.maybe(|b| u16::from(b.byte())),
        effort: b.maybe(Bytes::byte),
        temperature: b.maybe(|b| i16::from(b.byte()) - 100),
        dew_point: b.maybe(|b| i16::from(b.byte()) - 100),
        streams: b.maybe(|b| Streams {
            graded: b.maybe(|b| Metres(b.number(30_000))),
            decoupling: b.maybe(|b| b.number(200)),
            max_heart_rate: b.maybe(|b| u16::from(b.byte())),
            fastest: b.maybe(|b| [90, 190, 1400].map(|most| Seconds(b.number(most)))),
        }),
        race: b.byte() > 230,
        confirmed: b.byte() > 200,
    }
}

fn health(b: &mut Bytes<'_>) -> HealthRecord {
    HealthRecord {
        day: b.day(),
        kind: b.pick(&KINDS),
        part: b.maybe(|b| b.pick(&PARTS)),
        severity: b.maybe(|b| b.byte() % 12),
        symptoms: Symptoms {
            fever: b.flag(),
            below_neck: b.flag(),
            bone_pain_at_rest: b.flag(),
            limp: b.flag(),
            chest_pain: b.flag(),
            pain_during: b.maybe(Bytes::byte),
            pain_next_morning: b.maybe(Bytes::byte),
        },
        closed: b.maybe(Bytes::day),
    }
}

fn strike(b: &mut Bytes<'_>) -> Strike {
    Strike {
        issued: b.day(),
        forced_recovery_days: u16::from(b.byte()),
        no_quality_days: u16::from(b.byte()),
        limit: b.maybe(|b| PermanentLimit {
            weekly: Metres(b.number(60_000)),
            quality: b.byte() % 3,
            lifted: b.maybe(Bytes::day),
        }),
        resolved: b.maybe(Bytes::day),
    }
}

fn goal(b: &mut Bytes<'_>) -> Goal {
    Goal {
        distance: b.pick(&RaceDistance::ALL),
        day: MONDAY + b.number(760),
        time: b.maybe(|b| Seconds(b.number(20_000))),
        priority: b.byte() % 4,
        set_on: b.day(),
    }
}

fn session(b: &mut Bytes<'_>) -> Planned {
    Planned {
        day: b.day(),
        kind: b.pick(&Kind::ALL),
        distance: Metres(b.number(30_000)),
        duration: Seconds(b.number(12_000)),
        timed: b.flag(),
    }
}

fn published(b: &mut Bytes<'_>) -> PublishedWeek {
    let sessions = b.many(7, session);
    PublishedWeek {
        planned: Metres(b.number(90_000)),
        hard: sessions.iter().filter(|_| b.flag()).map(|s| (s.day, s.distance)).collect(),
        sessions,
        state: b.pick(&STATES),
        phase: b.pick(&PHASES),
        cutback: b.flag(),
        ..PublishedWeek::empty(b.day())
    }
}

fn feedback(b: &mut Bytes<'_>) -> Feedback {
    Feedback {
        day: b.day(),
        effort: b.maybe(Bytes::byte),
        pain_during: b.maybe(|b| b.byte() % 12),
        pain_next_morning: b.maybe(|b| b.byte() % 12),
        sleep: b.maybe(Bytes::byte),
        soreness: b.maybe(Bytes::byte),
        mood: b.maybe(Bytes::byte),
        resting_heart_rate: b.maybe(|b| u16::from(b.byte())),
    }
}

fn check_in(b: &mut Bytes<'_>) -> CheckIn {
    let trigger = b.pick(&[
        CheckInTrigger::LowCompliance,
        CheckInTrigger::MissedWorkouts,
        CheckInTrigger::Again,
    ]);
    CheckIn { day: b.day(), trigger, answer: b.maybe(|b| (b.pick(&ANSWERS), b.day())) }
}

fn edit(b: &mut Bytes<'_>) -> Edit {
    let day = MONDAY + i64::from(b.byte() % 9) - 1;
    let kind = b.pick(&Kind::ALL);
    let distance = Metres(b.number(30_000));
    let asked = match b.byte() % 10 {
        0 => Ask::Skip { day },
        1 => Ask::Add { day, kind, distance },
        2 => Ask::Unavailable { day },
        3 => Ask::Easier,
        4 => Ask::Harder,
        5 => Ask::Move { from: day, to: b.day() },
        6 => Ask::Swap { a: day, b: b.day() },
        7 => Ask::Resize { day, to: distance },
        8 => Ask::Retype { day, to: kind },
        _ => Ask::Pin { day },
    };
    let session = b.maybe(|_| (kind, distance));
    Edit { week_start: MONDAY, made_on: b.day(), asked, days: vec![DayWish { day, session }] }
}

/// A session as an earlier plan of the week had it, or as none ever could.
fn current(b: &mut Bytes<'_>) -> Session {
    let steps = b.many(4, |b| Step {
        times: b.byte() % 8,
        role: b.pick(&[Role::WarmUp, Role::Work, Role::CoolDown, Role::Steady]),
        amount: if b.flag() {
            Amount::Distance(Metres(b.number(15_000)))
        } else {
            Amount::Time(Seconds(b.number(6000)))
        },
        pace: Pace(b.number(700)),
        recovery: b.maybe(|b| (Amount::Time(Seconds(b.number(300))), Pace(b.number(700)))),
    });
    let given = b.flag();
    Session {
        day: MONDAY + i64::from(b.byte() % 9) - 1,
        kind: b.pick(&Kind::ALL),
        distance: if given {
            Metres(b.number(30_000))
        } else {
            steps.iter().map(Step::distance).sum()
        },
        duration: if given {
            Seconds(b.number(12_000))
        } else {
            steps.iter().map(Step::duration).sum()
        },
        pace: Pace(b.number(700)),
        zone: Zone::Z2,
        steps,
        race: b.maybe(|b| b.pick(&RaceDistance::ALL)),
        template: None,
        pinned: b.flag(),
        why: Vec::new(),
    }
}

fn standing(b: &mut Bytes<'_>) -> Standing {
    Standing {
        as_of: b.day(),
        state: b.pick(&STATES),
        since: b.day(),
        overreach: b.maybe(Bytes::day),
        watch: b.maybe(Bytes::day),
        memory: Memory {
            overreach_seen: b.maybe(Bytes::day),
            watch_seen: b.maybe(Bytes::day),
            slump_signs: b.maybe(|b| (b.day(), b.day())),
            slump: b.maybe(Bytes::day),
            probe: b.maybe(Bytes::day),
            safety: b.maybe(Bytes::day),
            values: b.many(6, |b| (b.day(), b.number(800))),
        },
        held: b.many(2, |b| Held {
            day: b.day(),
            value: Vdot(b.number(800)),
            easy: Pace(b.number(700)),
            durability: b.number(1000),
        }),
    }
}

/// Any facts at all.
fn facts(b: &mut Bytes<'_>) -> Facts {
    let mut facts = Facts::new(if b.byte() == 255 { b.day() } else { MONDAY });
    let p = &mut facts.preferences;
    p.run_days =
        (0..7).filter(|_| b.byte() > 20).fold(WeekdaySet::NONE, |set, i| set.with(Weekday::ALL[i]));
    p.max_runs = b.maybe(Bytes::byte);
    p.day_caps[usize::from(b.byte() % 7)] = b.maybe(|b| u16::from(b.byte()));
    p.weekly_cap = b.maybe(|b| Metres(b.number(90_000)));
    p.week_start = if b.flag() { WeekStart::Sunday } else { WeekStart::Monday };
    p.birth_year = b.maybe(|b| i16::from(b.byte()) * 100);
    // A steady past under the nonsense, so that real weeks come of it.
    let (volume, n) = (b.number(30_000), i64::from(b.byte() % 7) + 1);
    for k in 1..=i64::from(b.byte()) {
        let day = MONDAY - k;
        if day.epoch().rem_euclid(7) < n {
            facts.activities.push(Activity {
                sport: Sport::Run,
                start_local: day.epoch() * 86_400 + 36_000,
                distance: Metres(volume),
                moving: Seconds(volume.saturating_mul(360) / 1000),
                ..activity(&mut Bytes(&[]))
            });
        }
    }
    facts.activities.extend(b.many(40, activity));
    facts.goals = b.many(4, goal);
    facts.health = b.many(4, health);
    facts.strikes = b.many(3, strike);
    facts.feedback = b.many(10, feedback);
    facts.check_ins = b.many(4, check_in);
    facts.edits = b.many(4, edit);
    facts.overrides = b.many(2, |b| (b.day(), b.day()));
    facts.published = b.many(6, published);
    facts.standing = b.maybe(standing);
    facts.current = b.many(7, current);
    facts.preferences.long_run_day = b.maybe(|b| b.pick(&Weekday::ALL));
    facts.preferences.cautious_start = b.flag();
    facts
}

/// Plans a week of the facts in the bytes, tells it in words, and holds it against the rules.
///
/// # Panics
/// When the week breaks a hard rule: that is what the fuzzer looks for.
pub fn plan(bytes: &[u8]) {
    let mut b = Bytes(bytes);
    let facts = facts(&mut b);
    let week = if b.byte() == 255 { b.day() } else { MONDAY };
    let output = step::step(&facts, week);
    let broken = step::breaches(&facts, &output.plan);
    assert!(broken.is_empty(), "{broken:?}");
    for units in [Units::Km, Units::Miles] {
        let whys = output.plan.why.iter().chain(output.plan.sessions.iter().flat_map(|s| &s.why));
        assert!(whys.map(|w| w.explain(units)).all(|e| !e.short.is_empty()));
    }
}
