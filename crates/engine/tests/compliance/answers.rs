//! Goal: check-ins open when section 13 says and each answer does what the schema says; patterns
//! are found with their counts and answered with a concrete offer.
//! Method: runners who skip in different ways.

use crate::world::{MONDAY, history, illness, lived};
use hermes_engine::calendar::Weekday;
use hermes_engine::check_in::{Action, Offer, Opening, due, eased, in_grace, offers, opens_health};
use hermes_engine::compliance::Compliance;
use hermes_engine::facts::Facts;
use hermes_engine::patterns::{Pattern, patterns};
use hermes_engine::record::{CheckIn, CheckInAnswer, CheckInTrigger, Goal, RaceDistance};
use hermes_engine::session::Kind;
use hermes_engine::units::{Metres, Units};

fn opening(f: &Facts) -> Option<Opening> {
    let h = history(f);
    due(f, &Compliance::new(f, &h), &h, f.as_of)
}

/// Runs all but the sessions of one kind.
fn skipping(kind: Kind) -> Facts {
    lived(MONDAY, 6, |s| (s.kind != kind).then_some((s.distance.0, 0)))
}

#[test]
fn three_missed_sessions_open_a_check_in_and_two_do_not() {
    assert_eq!(opening(&skipping(Kind::Cross)), None);
    assert_eq!(opening(&skipping(Kind::Long)), None, "two in 14 days");
    let found = opening(&skipping(Kind::Easy)).unwrap();
    assert_eq!(found.trigger, CheckInTrigger::MissedWorkouts);
    assert_eq!(found.missed.len(), 4);
    assert_eq!(found.compliance, Some(500));
    assert!(found.text().contains("4 sessions"));
}

#[test]
fn low_compliance_opens_one_without_a_missed_session() {
    let short = lived(MONDAY, 6, |s| Some((s.distance.0 * 3 / 10, 0)));
    let found = opening(&short).unwrap();
    assert_eq!((found.trigger, found.compliance), (CheckInTrigger::LowCompliance, Some(250)));
    let fair = lived(MONDAY, 6, |s| Some((s.distance.0 * 6 / 10, 0)));
    assert_eq!(opening(&fair), None, "0.60 is not below 0.60");
}

#[test]
fn health_an_open_one_and_a_recent_one_keep_it_closed() {
    let mut f = skipping(Kind::Easy);
    f.health = vec![illness(MONDAY - 1, None)];
    assert_eq!(opening(&f), None);
    f.health.clear();
    let trigger = CheckInTrigger::MissedWorkouts;
    f.check_ins = vec![CheckIn { day: MONDAY - 30, trigger, answer: None }];
    assert_eq!(opening(&f), None);
    let answer = |a, day| Some((a, day));
    f.check_ins[0] =
        CheckIn { day: MONDAY - 6, trigger, answer: answer(CheckInAnswer::Other, MONDAY - 6) };
    assert_eq!(opening(&f), None, "one a week");
    f.check_ins[0] =
        CheckIn { day: MONDAY - 7, trigger, answer: answer(CheckInAnswer::Other, MONDAY - 7) };
    assert!(opening(&f).is_some());
    // In grace, and what was missed in grace is explained afterwards.
    f.check_ins[0] =
        CheckIn { day: MONDAY - 9, trigger, answer: answer(CheckInAnswer::Busy, MONDAY - 6) };
    assert!(in_grace(&f.check_ins, MONDAY) && opening(&f).is_none());
    f.check_ins[0] =
        CheckIn { day: MONDAY - 9, trigger, answer: answer(CheckInAnswer::Busy, MONDAY - 7) };
    assert!(!in_grace(&f.check_ins, MONDAY) && opening(&f).is_none());
}

#[test]
fn every_answer_has_the_action_of_the_schema() {
    use CheckInAnswer as A;
    let expected = [
        (A::Busy, "grace_period"),
        (A::Sick, "none"),
        (A::Sore, "none"),
        (A::Burnout, "probe_phase"),
        (A::MotivationLoss, "restructure_offered"),
        (A::PreferenceChange, "restructure_offered"),
        (A::Other, "none"),
    ];
    for (answer, action) in expected {
        let of = Action::of(CheckInTrigger::LowCompliance, answer);
        assert_eq!(of.name(), action);
        assert!(!of.text().is_empty());
        assert_eq!(opens_health(answer), matches!(answer, A::Sick | A::Sore));
    }
    assert_eq!(Action::of(CheckInTrigger::Again, A::Burnout), Action::RestructureOffered);
}

#[test]
fn burnout_eases_a_week_and_asks_again() {
    let mut f = skipping(Kind::Cross);
    let trigger = CheckInTrigger::LowCompliance;
    let burnt = |day| CheckIn { day, trigger, answer: Some((CheckInAnswer::Burnout, day)) };
    f.check_ins = vec![burnt(MONDAY - 6)];
    let (action, _) = eased(&f.check_ins, MONDAY).unwrap();
    assert_eq!(action, Action::ProbePhase);
    assert!(!in_grace(&f.check_ins, MONDAY));
    assert_eq!(opening(&f), None);
    f.check_ins = vec![burnt(MONDAY - 7)];
    assert_eq!(opening(&f).map(|o| o.trigger), Some(CheckInTrigger::Again));
    f.check_ins.push(CheckIn {
        day: MONDAY,
        trigger: CheckInTrigger::Again,
        answer: Some((CheckInAnswer::Other, MONDAY)),
    });
    f.as_of = MONDAY + 8;
    assert_eq!(opening(&f).map(|o| o.trigger), None, "asked again once");
}

#[test]
fn restructuring_offers_days_level_and_goal() {
    let mut f = skipping(Kind::Easy);
    let (distance, day) = (RaceDistance::Half, MONDAY + 70);
    f.goals = vec![Goal { distance, day, time: None, priority: 1, set_on: MONDAY - 7 }];
    let h = history(&f);
    let offered = offers(&f, &h, Action::RestructureOffered, MONDAY);
    assert!(offered.contains(&Offer::FewerDays { from: 4, to: 3 }));
    assert!(offered.contains(&Offer::OtherGoal { from: distance, to: RaceDistance::K10, day }));
    assert!(offered.contains(&Offer::NoGoal { from: distance, day }));
    for offer in &offered {
        if let Offer::OtherLevel { days, .. } = offer {
            assert!(*days < 4);
        }
        assert!(!offer.text(Units::Miles).is_empty());
    }
    let eased = offers(&f, &h, Action::GracePeriod, MONDAY);
    assert_eq!(eased, [Offer::EasierWeek { permille: 800, target: Metres(20_000) }]);
    assert!(offers(&f, &h, Action::None, MONDAY).is_empty());
}

fn found(f: &Facts) -> Vec<Pattern> {
    let h = history(f);
    let found = patterns(f, &Compliance::new(f, &h), &h, f.as_of);
    assert!(found.iter().all(|p| !p.text(Units::Km).is_empty()));
    found
}

#[test]
fn who_does_as_planned_has_no_pattern() {
    assert!(found(&skipping(Kind::Cross)).is_empty());
    let new = lived(MONDAY, 2, |s| (s.kind != Kind::Easy).then_some((s.distance.0, 0)));
    assert!(found(&new).is_empty(), "two weeks are no pattern");
}

#[test]
fn skipping_easy_runs_is_seen() {
    let p = found(&skipping(Kind::Easy));
    assert!(p.iter().any(|p| matches!(
        p,
        Pattern::SkipsEasy { missed, quality, offer: Some(Offer::FewerDays { from: 4, to: 3 }) }
            if (missed.of_them, missed.all, quality.of_them, quality.all) == (8, 8, 4, 4)
    )));
}

#[test]
fn a_weekday_never_run_on_is_seen() {
    let f =
        lived(MONDAY, 6, |s| (s.day.weekday() != Weekday::Thursday).then_some((s.distance.0, 0)));
    let p = found(&f);
    assert_eq!(p.len(), 1);
    assert!(matches!(
        p[0],
        Pattern::WeekdayMissed { weekday: Weekday::Thursday, missed, instead: None }
            if missed.all == 4
    ));
    // Always a day earlier: the other day is offered.
    let f = lived(MONDAY, 6, |s| Some((s.distance.0, if s.kind == Kind::Tempo { -1 } else { 0 })));
    assert!(matches!(
        found(&f)[..],
        [Pattern::WeekdayMissed { instead: Some(Weekday::Wednesday), .. }]
    ));
}

#[test]
fn cut_long_runs_and_creep_are_seen() {
    let f =
        lived(MONDAY, 6, |s| Some((if s.kind == Kind::Long { 11_000 } else { s.distance.0 }, 0)));
    assert!(matches!(
        found(&f)[..],
        [Pattern::LongCut { cut, offer: Metres(11_000) }] if (cut.of_them, cut.all) == (4, 4)
    ));
    let f = lived(MONDAY, 6, |s| {
        Some((if s.kind == Kind::Easy { s.distance.0 * 14 / 10 } else { s.distance.0 }, 0))
    });
    assert!(matches!(
        found(&f)[..],
        [Pattern::VolumeCreep { easy, offer: Metres(6_000), .. }] if easy.of_them == 8
    ));
}
