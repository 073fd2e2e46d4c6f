//! Goal: what a record says it does is what the plan does, and red flags give advice.

use crate::{MONDAY, history, record, steady};
use hermes_engine::consequences::{self, Consequences, Effect, Modification, RedFlag};
use hermes_engine::health;
use hermes_engine::record::{BodyPart, HealthRecord, HealthType, Symptoms};
use hermes_engine::session::Kind;
use hermes_engine::step::step;
use hermes_engine::units::{Metres, Units};

fn of(r: &HealthRecord) -> Consequences {
    let facts = steady(MONDAY);
    Consequences::of(r, &facts.activities, &history(&facts))
}

#[test]
fn a_moderate_knee() {
    let c = of(&record(MONDAY, BodyPart::Knee, 4));
    assert_eq!((c.modification, c.lock_days), (Modification::Rest, 10));
    let lock = Effect::Locked { from: MONDAY, days: 10, until: Some(MONDAY + 10) };
    let limits = [Effect::WeekAtMost(Metres(28_000)), Effect::RunAtMost(Metres(8_000))];
    assert!(c.effects.contains(&lock), "{c:?}");
    assert!(limits.iter().all(|e| c.effects.contains(e)), "{c:?}");
    assert!(c.effects.contains(&Effect::Ladder { steps: 8 }) && c.red_flags.is_empty());
    let severe = of(&record(MONDAY, BodyPart::Knee, 7));
    assert!(severe.effects.contains(&Effect::Locked { from: MONDAY, days: 28, until: None }));
}

#[test]
fn red_flags_send_to_a_doctor() {
    let mut r = record(MONDAY, BodyPart::Shin, 8);
    r.symptoms = Symptoms { chest_pain: true, limp: true, ..Symptoms::default() };
    let c = of(&r);
    assert_eq!(c.red_flags, [RedFlag::ChestPain, RedFlag::Limp, RedFlag::StrongBonePain]);
    assert!(c.text(Units::Km).iter().filter(|t| t.contains("see a doctor")).count() == 3);
    assert!(consequences::needs_clearance(&r));
}

#[test]
fn chest_pain_locks_ten_days_even_when_closed_early() {
    let mut r = record(MONDAY, BodyPart::Other, 1);
    r.kind = HealthType::Other;
    r.symptoms.chest_pain = true;
    r.closed = Some(MONDAY + 2);
    let locked = |day| health::on_day(&r, day, MONDAY + 30).locked;
    assert!((0..10).all(|i| locked(MONDAY + i)) && !locked(MONDAY + 10));
    assert_eq!(consequences::lock_ends(&r), Some(MONDAY + 10));
    let mut facts = steady(MONDAY);
    facts.health.push(r.clone());
    assert!(step(&facts, MONDAY).plan.sessions.iter().all(|s| !s.is_run()));
}

#[test]
fn strong_fatigue_leaves_three_easy_days() {
    let mut r = record(MONDAY + 3, BodyPart::Other, 6);
    r.kind = HealthType::Fatigue;
    assert_eq!(of(&r).modification, Modification::ReducedIntensity);
    let mut facts = steady(MONDAY + 3);
    facts.health.push(r.clone());
    let plan = step(&facts, MONDAY).plan;
    let early = plan.sessions.iter().filter(|s| s.day < MONDAY + 6);
    assert!(early.clone().count() > 0);
    assert!(early.into_iter().all(|s| matches!(s.kind, Kind::Easy | Kind::Recovery | Kind::Cross)));
    r.severity = Some(5);
    assert_eq!(of(&r).modification, Modification::None);
}
