//! Goal: the planned sessions are the ladder's steps, and only green sessions go on.

use crate::{MONDAY, history, record, run, steady};
use hermes_engine::calendar::Day;
use hermes_engine::decision::Why;
use hermes_engine::facts::Facts;
use hermes_engine::ladder;
use hermes_engine::record::{BodyPart, Feedback};
use hermes_engine::ruleset::{LADDER, LADDER_RUN_MAX};
use hermes_engine::session::{Amount, Kind, Session};
use hermes_engine::step::{breaches, step};
use hermes_engine::units::Seconds;

fn felt(day: Day, during: u8, morning: u8) -> Feedback {
    Feedback {
        day,
        effort: None,
        pain_during: Some(during),
        pain_next_morning: Some(morning),
        sleep: None,
        soreness: None,
        mood: None,
        resting_heart_rate: None,
    }
}

/// Ten days off with a knee, closed on the Monday; then a run every other day.
fn back(sessions: i64) -> Facts {
    let mut facts = steady(MONDAY - 10);
    facts.as_of = MONDAY + 2 * sessions;
    facts.activities.extend((0..sessions).map(|k| run(MONDAY + 2 * k, 3)));
    let mut knee = record(MONDAY - 10, BodyPart::Knee, 5);
    knee.closed = Some(MONDAY);
    facts.health.push(knee);
    facts
}

fn position(facts: &Facts) -> ladder::Position {
    ladder::position(&history(facts), &facts.feedback, MONDAY, facts.as_of)
}

/// Repetitions, running and walking of a session's one step.
fn shape(s: &Session) -> (u8, Seconds, Seconds) {
    let Amount::Time(run) = s.steps[0].amount else { return (0, Seconds::ZERO, Seconds::ZERO) };
    let walk = s.steps[0].recovery.map_or(Seconds::ZERO, |(rest, pace)| rest.time_at(pace));
    (s.steps[0].times, run, walk)
}

#[test]
fn a_week_holds_the_next_steps_every_other_day() {
    let facts = back(0);
    let plan = step(&facts, MONDAY).plan;
    let runs: Vec<&Session> = plan.sessions.iter().filter(|s| s.is_run()).collect();
    assert!(runs.len() >= 3, "{plan:?}");
    for (i, s) in runs.iter().enumerate() {
        assert_eq!((s.kind, shape(s)), (Kind::Return, LADDER[i]));
        assert!(s.duration <= LADDER_RUN_MAX);
        let number = u8::try_from(i + 1).unwrap();
        assert!(s.why.contains(&Why::Ladder { step: number, of: 8 }), "{:?}", s.why);
    }
    assert!(runs.windows(2).all(|w| w[1].day - w[0].day >= 2));
    assert!(breaches(&facts, &plan).is_empty());
}

#[test]
fn green_goes_on_and_red_goes_back_with_two_days_off() {
    assert_eq!(position(&back(3)).climbed, 3);
    let mut facts = back(3);
    facts.feedback = vec![felt(MONDAY + 2, 2, 2), felt(MONDAY + 4, 2, 3)];
    let at = position(&facts);
    assert_eq!((at.climbed, at.not_before), (1, Some(MONDAY + 7)));
    facts.feedback = vec![felt(MONDAY, 5, 0)];
    assert_eq!(position(&facts).climbed, 2, "nothing below the first step");
    assert_eq!(position(&facts).not_before, None);
}

#[test]
fn a_red_session_changes_the_plan_of_the_week() {
    let mut facts = back(1);
    let first = |facts: &Facts| {
        let plan = step(facts, MONDAY).plan;
        plan.sessions.into_iter().find(Session::is_run).map(|s| (s.day, shape(&s)))
    };
    assert_eq!(first(&facts).map(|(_, shape)| shape), Some(LADDER[1]));
    facts.feedback = vec![felt(MONDAY, 0, 4)];
    let (day, shape) = first(&facts).unwrap();
    assert!(day >= MONDAY + 3 && shape == LADDER[0], "{day} {shape:?}");
}

#[test]
fn eight_green_sessions_end_it_and_a_red_one_does_not() {
    let mut facts = back(8);
    assert!(position(&facts).is_done());
    facts.feedback = vec![felt(MONDAY + 6, 4, 0)];
    assert!(!position(&facts).is_done());
    let plan = step(&facts, MONDAY + 14).plan;
    assert!(plan.sessions.iter().filter(|s| s.is_run()).all(|s| s.kind == Kind::Return));
}
