//! Feedback and Send It mode: what is taken, what is refused, what it does to the week at once.

use crate::world::{World, day};
use hermes_app::Kind;
use hermes_engine::record::Feedback;
use hermes_engine::state::State;
use jiff::SignedDuration;

fn said(on: &str) -> Feedback {
    Feedback {
        day: day(on),
        effort: None,
        pain_during: None,
        pain_next_morning: None,
        sleep: None,
        soreness: None,
        mood: None,
        resting_heart_rate: None,
    }
}

#[tokio::test]
async fn feedback_is_bounded_and_about_the_past() {
    let w = World::at("2026-03-04T10:00:00Z").await;
    let today = w.app.today(&w.runner);
    let wrong = [
        Feedback { effort: Some(5), ..said("2026-03-05") },
        Feedback { effort: Some(5), ..said("2025-01-01") },
        Feedback { effort: Some(11), ..said("2026-03-04") },
        Feedback { mood: Some(0), ..said("2026-03-04") },
        Feedback { resting_heart_rate: Some(300), ..said("2026-03-04") },
        said("2026-03-04"),
    ];
    for f in wrong {
        let refused = w.app.add_feedback(&w.runner, today, f).await.unwrap_err();
        assert_eq!(refused.kind(), Kind::BadInput, "{f:?}: {refused}");
    }
    let good = Feedback { effort: Some(5), ..said("2026-03-03") };
    w.app.add_feedback(&w.runner, today, good).await.unwrap();
}

#[tokio::test]
async fn send_it_mode_shows_in_the_week_at_once_and_ends_by_hand() {
    let w = World::at("2026-03-02T06:00:00Z").await;
    w.import(w.archive(3, "2026-03-02", 40)).await;
    let state = |view: &hermes_app::WeekView| view.plan.as_ref().unwrap().state;
    let week = w.app.publish(&w.runner).await.unwrap();
    assert_eq!(state(&week), State::Stable);
    w.pass(SignedDuration::from_hours(24));
    let today = w.app.today(&w.runner);
    let unasked = w.app.send_it(&w.runner, today, 7, false).await.unwrap_err();
    assert!(unasked.to_string().contains("agreement"), "{unasked}");
    let long = w.app.send_it(&w.runner, today, 8, true).await.unwrap_err();
    assert_eq!(long.kind(), Kind::BadInput);
    w.app.send_it(&w.runner, today, 7, true).await.unwrap();
    let twice = w.app.send_it(&w.runner, today, 7, true).await.unwrap_err();
    assert_eq!(twice.kind(), Kind::Conflict);
    let now = w.app.week(&w.runner, week.week_start).await.unwrap().unwrap();
    assert_eq!(state(&now), State::OverrideActive, "from the day it was chosen");
    assert!(now.revision > week.revision);
    w.app.end_send_it(&w.runner, today).await.unwrap();
    let now = w.app.week(&w.runner, week.week_start).await.unwrap().unwrap();
    assert_eq!(state(&now), State::Stable);
    let off = w.app.end_send_it(&w.runner, today).await.unwrap_err();
    assert_eq!(off.kind(), Kind::NotFound);
    assert!(w.app.verify(&w.runner).await.unwrap().is_sound());
}
