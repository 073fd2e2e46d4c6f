//! The word after a run: asked once there is a run, kept as the latest word, bounded by its scales.

use crate::Browser;
use crate::common::{self, House};
use crate::error_of;
use crate::trained::in_training;
use axum::http::StatusCode;
use hermes_app::{ByHand, Runner};
use hermes_engine::calendar::Day;
use hermes_engine::units::{Metres, Seconds};

fn today() -> Day {
    Day::parse(common::TODAY).unwrap()
}

/// A runner in training, signed in, and a run of today.
async fn after_a_run() -> (House, Browser, Runner) {
    let house = House::new().await;
    let owner = in_training(&house, 3).await;
    let browser = Browser::signed_in(&house).await;
    assert!(!browser.get("/today").await.body.contains("How did it feel?"), "nothing was run");
    let run = ByHand {
        day: today(),
        minute: 7 * 60,
        distance: Metres(8_000),
        time: Seconds(2_700),
        name: None,
        trail: false,
        race: false,
        ascent: None,
        heart_rate: None,
        effort: None,
    };
    house.app.add_by_hand(&owner, &run).await.unwrap();
    (house, browser, owner)
}

#[tokio::test]
async fn a_word_after_a_run_is_kept_and_can_be_changed() {
    let (house, browser, owner) = after_a_run().await;
    for path in ["/today", "/workout/2026-11-19"] {
        let page = browser.get(path).await.body;
        assert!(page.contains("How did it feel?") && page.contains("Just right"), "{path}: {page}");
    }
    let form = "day=2026-11-19&effort=8&pain=3&mood=4&resting=52";
    for _ in 0..2 {
        let said = browser.post("/feedback", form).await;
        assert_eq!(said.location(), "/today?said=felt", "{}", said.body);
    }
    let kept = house.app.feedback_on(&owner, today()).await.unwrap().unwrap();
    assert_eq!((kept.effort, kept.pain_during, kept.mood), (Some(8), Some(3), Some(4)));
    let page = browser.get("/today?said=felt").await.body;
    assert!(page.contains("<strong>Tough</strong>, 8 of 10") && page.contains("Noted."), "{page}");
    assert!(page.contains("value=\"52\""), "what was said stands in the form: {page}");
    browser.post("/feedback", "day=2026-11-19&effort=4").await;
    let kept = house.app.feedback_on(&owner, today()).await.unwrap().unwrap();
    assert_eq!((kept.effort, kept.pain_during), (Some(4), None), "the latest word counts");
}

#[tokio::test]
async fn each_wrong_number_is_named_beside_it() {
    let (house, browser, owner) = after_a_run().await;
    for (form, field, says) in [
        ("day=2026-11-19", "effort", "Choose how it felt"),
        ("day=2026-11-19&effort=11", "effort", "1 to 10"),
        ("day=2026-11-19&effort=4&pain=lots", "pain", "0 to 10"),
        ("day=2026-11-19&sleep=0", "sleep", "1 to 5"),
        ("day=2026-11-19&resting=300", "resting", "20 to 150"),
        ("day=2026-12-24&effort=4", "effort", "cannot be taken"),
    ] {
        let refused = browser.post("/feedback", form).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        assert!(error_of(&refused, field).contains(says), "{form}: {}", refused.body);
    }
    let typed = browser.post("/feedback", "day=2026-11-19&effort=4&pain=lots&mood=2").await.body;
    assert!(typed.contains("value=\"lots\"") && typed.contains("value=\"2\""), "{typed}");
    for form in ["", "day=soon&effort=4"] {
        let refused = browser.post("/feedback", form).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
    }
    assert_eq!(house.app.feedback_on(&owner, today()).await.unwrap(), None);
}
