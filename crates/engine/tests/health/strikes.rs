//! Goal: a strike per event, the gravest type, with its consequence by count, and a stated end.

use crate::{MONDAY, history, record, run, steady};
use hermes_engine::calendar::Day;
use hermes_engine::facts::Facts;
use hermes_engine::record::BodyPart;
use hermes_engine::session::Kind;
use hermes_engine::step::step;
use hermes_engine::strike::{self, NewStrike, StrikeType};
use hermes_engine::units::{Metres, Units};

fn due(facts: &Facts, entries: &[Day]) -> Vec<NewStrike> {
    strike::due(facts, entries, &history(facts))
}

fn knees(days: &[i64]) -> Facts {
    let mut facts = steady(MONDAY);
    facts.health = days.iter().map(|d| record(MONDAY - *d, BodyPart::Knee, 4)).collect();
    facts
}

fn kinds(facts: &Facts) -> Vec<(StrikeType, usize)> {
    due(facts, &[]).iter().map(|s| (s.kind, s.count)).collect()
}

#[test]
fn the_same_part_again_within_ninety_days() {
    assert_eq!(kinds(&knees(&[90, 0])), [(StrikeType::InjuryRepeat, 1)]);
    assert_eq!(kinds(&knees(&[91, 0])), []);
    let mut mild = knees(&[50, 0]);
    mild.health[1].severity = Some(3);
    assert_eq!(kinds(&mild), []);
    mild.health[1].part = Some(BodyPart::Shin);
    mild.health[1].severity = Some(9);
    assert_eq!(kinds(&mild), []);
}

#[test]
fn the_third_record_is_chronic_and_the_third_strike_is_permanent() {
    let facts = knees(&[60, 40, 20, 0]);
    let strikes = due(&facts, &[]);
    let what: Vec<_> = strikes.iter().map(|s| (s.kind, s.count)).collect();
    use StrikeType::{ChronicRisk, InjuryRepeat};
    assert_eq!(what, [(InjuryRepeat, 1), (ChronicRisk, 2), (ChronicRisk, 3)]);
    let days = |s: &NewStrike| (s.strike.forced_recovery_days, s.strike.no_quality_days);
    assert_eq!(strikes.iter().map(days).collect::<Vec<_>>(), [(0, 7), (6, 0), (14, 0)]);
    let limit = strikes[2].strike.limit.unwrap();
    assert_eq!((limit.weekly, limit.quality), (Metres(32_000), 1));
    let words = strike::limit_description(&limit, Units::Km);
    assert!(words.contains("32") && words.contains("one quality session"), "{words}");
    let mut known = facts;
    known.strikes = strikes.into_iter().map(|s| s.strike).collect();
    assert!(due(&known, &[]).is_empty(), "one per event");
}

/// A limit of nothing could never be trained out of.
#[test]
fn a_permanent_limit_after_months_without_running_leaves_the_smallest_weeks() {
    let mut facts = knees(&[60, 40, 20, 0]);
    facts.activities.clear();
    let limit = due(&facts, &[])[2].strike.limit.unwrap();
    assert_eq!(limit.weekly, Metres(7_200), "0.80 of the 9 km that H02 always allows");
}

#[test]
fn overreaching_twice_in_eight_weeks_or_three_spikes_in_four() {
    let facts = steady(MONDAY);
    let pattern = |back: i64| due(&facts, &[MONDAY - back, MONDAY]).len();
    assert_eq!((pattern(55), pattern(56)), (1, 0));
    let mut wild = steady(MONDAY);
    for (back, km) in [(20, 14), (12, 20), (4, 30)] {
        wild.activities.retain(|a| a.day() != MONDAY - back);
        wild.activities.push(run(MONDAY - back, km));
    }
    wild.activities.sort_by_key(|a| a.start_local);
    let strikes = due(&wild, &[]);
    assert_eq!(strikes.len(), 1, "{strikes:?}");
    assert_eq!(strikes[0].kind, StrikeType::OverreachPattern);
    assert_eq!(strikes[0].strike.issued, MONDAY - 4);
}

#[test]
fn strikes_end_after_42_days_without_symptoms_and_limits_after_180_with_a_clearance() {
    let mut facts = knees(&[260, 240, 220, 200]);
    facts.strikes = due(&facts, &[]).into_iter().map(|s| s.strike).collect();
    assert_eq!(facts.strikes.len(), 3);
    assert!(strike::resolutions(&facts, true).is_empty(), "a record is open");
    for r in &mut facts.health {
        r.closed = Some(MONDAY - 190);
    }
    let ends = strike::resolutions(&facts, false);
    assert_eq!(ends.len(), 3);
    assert!(ends.iter().all(|e| e.resolved == Some(MONDAY - 148) && e.lifted.is_none()));
    let lifted = |facts: &Facts| strike::resolutions(facts, true)[2].lifted;
    assert_eq!(lifted(&facts), Some(MONDAY));
    facts.health[3].closed = Some(MONDAY - 179);
    assert_eq!(lifted(&facts), None);
}

#[test]
fn a_first_strike_takes_the_quality_of_seven_days() {
    let mut facts = steady(MONDAY);
    let mut old = record(MONDAY - 40, BodyPart::Knee, 4);
    old.closed = Some(MONDAY - 39);
    facts.health.push(old);
    facts.strikes = due(&knees(&[40, 0]), &[]).into_iter().map(|s| s.strike).collect();
    assert_eq!(facts.strikes[0].no_quality_days, 7);
    let plan = step(&facts, MONDAY).plan;
    let quality = [Kind::Tempo, Kind::Interval, Kind::Fartlek, Kind::Hill, Kind::Pace];
    assert!(!plan.sessions.is_empty());
    assert!(plan.sessions.iter().all(|s| !quality.contains(&s.kind)), "{plan:?}");
}
