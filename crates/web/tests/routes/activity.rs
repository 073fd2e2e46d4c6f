//! What a runner says of an activity on its page: it sticks, it can be taken back, and it is about
//! their own activities only.

use crate::Browser;
use crate::common::{self, House};
use crate::trained::in_training;
use axum::http::StatusCode;
use hermes_app::{ActivityQuery, ActivityView, Runner};
use hermes_engine::calendar::Day;

/// A runner in training, signed in, and their latest run.
async fn with_a_run() -> (House, Browser, Runner, ActivityView) {
    let house = House::new().await;
    let owner = in_training(&house, 3).await;
    let browser = Browser::signed_in(&house).await;
    let query = ActivityQuery { runs_only: true, ..ActivityQuery::default() };
    let run = house.app.activities(&owner, &query).await.unwrap().items.remove(0);
    (house, browser, owner, run)
}

#[tokio::test]
async fn a_run_is_left_out_and_counted_again() {
    let (house, browser, owner, run) = with_a_run().await;
    let (path, mark) = (format!("/activities/{}", run.id), format!("/activities/{}/mark", run.id));
    let week = run.day.week_start(hermes_engine::calendar::WeekStart::Monday);
    let done = async || house.app.week(&owner, week).await.unwrap().unwrap().done;
    let before = done().await;
    let page = browser.get(&path).await.body;
    assert!(page.contains("Leave it out") && page.contains("No import undoes"), "{page}");
    // The same form twice is as good as once.
    for _ in 0..2 {
        let said = browser.post(&mark, "mark=exclude").await;
        assert_eq!(said.location(), format!("{path}?said=corrected"), "{}", said.body);
    }
    let page = browser.get(&format!("{path}?said=corrected")).await.body;
    assert!(page.contains("Left out by you") && page.contains("role=\"status\""), "{page}");
    assert!(done().await < before, "it counts for nothing");
    browser.post(&mark, "mark=include").await;
    assert_eq!(done().await, before);
    browser.post(&mark, "mark=race").await;
    assert!(browser.get(&path).await.body.contains("It was no race"));
    browser.post(&mark, "mark=no-race").await;
    assert!(browser.get(&path).await.body.contains("It was a race"));
    for wrong in ["", "mark=fly", "mark=deleted"] {
        let refused = browser.post(&mark, wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
}

#[tokio::test]
async fn a_run_was_something_else_until_the_word_is_taken_back() {
    let (house, browser, owner, run) = with_a_run().await;
    let (path, form) = (format!("/activities/{}", run.id), format!("/activities/{}/type", run.id));
    let week = run.day.week_start(hermes_engine::calendar::WeekStart::Monday);
    let done = async || house.app.week(&owner, week).await.unwrap().unwrap().done;
    let before = done().await;
    let page = browser.get(&path).await.body;
    assert!(page.contains("It was another sport") && page.contains("Runs count for"), "{page}");
    assert!(page.contains("<option value=\"Run\" selected>Run</option>"), "{page}");
    assert!(!page.contains("Take my word back") && !page.contains("Type set by you"), "{page}");
    for _ in 0..2 {
        let said = browser.post(&form, "type=GravelRide").await;
        assert_eq!(said.location(), format!("{path}?said=corrected"), "{}", said.body);
    }
    let page = browser.get(&path).await.body;
    for part in ["Type set by you", "<strong>gravel ride</strong>. Its source says: run."] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let list = browser.get("/activities").await.body;
    assert!(list.contains("<small>Gravel ride</small>"), "{list}");
    assert!(done().await < before, "it counts for nothing");
    browser.post(&form, "type=source").await;
    assert_eq!(done().await, before);
    assert!(!browser.get(&path).await.body.contains("Type set by you"));
    for wrong in ["", "type=", "type=Flying"] {
        let refused = browser.post(&form, wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}: {}", refused.body);
    }
}

#[tokio::test]
async fn a_run_is_given_to_another_session_and_back() {
    let (_house, browser, _, run) = with_a_run().await;
    let path = format!("/activities/{}", run.id);
    let form = format!("{path}/match");
    let page = browser.get(&path).await.body;
    let choices: Vec<&str> = page
        .split("<select name=\"session\">")
        .nth(1)
        .unwrap()
        .split("</select>")
        .next()
        .unwrap()
        .split("value=\"")
        .skip(1)
        .map(|s| s.split('"').next().unwrap())
        .collect();
    assert!(choices.len() > 3, "{choices:?}");
    assert_eq!(choices.last(), Some(&"none"));
    let other = choices[0];
    let said = browser.post(&form, &format!("session={other}")).await;
    assert_eq!(said.location(), format!("{path}?said=corrected#match"), "{}", said.body);
    let page = browser.get(&path).await.body;
    assert!(page.contains("You said: it was the"), "{page}");
    assert!(page.contains(&format!("href=\"/workout/{other}\"")), "{page}");
    browser.post(&form, "session=none").await;
    let page = browser.get(&path).await.body;
    assert!(page.contains("You said: it belongs to no session."), "{page}");
    for _ in 0..2 {
        assert_eq!(browser.post(&form, "session=undo").await.status, StatusCode::SEE_OTHER);
    }
    assert!(!browser.get(&path).await.body.contains("You said"));
    for wrong in ["", "session=soon"] {
        let refused = browser.post(&form, wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
    let far = browser.post(&form, "session=2026-01-01").await;
    assert_eq!(far.status, StatusCode::NOT_FOUND, "{}", far.body);
}

#[tokio::test]
async fn another_runners_activity_is_not_there() {
    let (house, browser, _, _) = with_a_run().await;
    let stranger = hermes_app::Newcomer {
        time_zone: "UTC".to_owned(),
        preferences: hermes_engine::record::Preferences::default(),
        activities: Vec::new(),
        goal: None,
    };
    let id = house.app.add_newcomers(&[stranger]).await.unwrap()[0];
    let other = house.app.runner(id).await.unwrap().unwrap();
    let by_hand = hermes_app::ByHand {
        day: Day::parse(common::TODAY).unwrap() - 2,
        minute: 9 * 60,
        distance: hermes_engine::units::Metres(8_000),
        time: hermes_engine::units::Seconds(2_700),
        name: Some("A stranger's run".to_owned()),
        trail: false,
        race: false,
        ascent: None,
        heart_rate: None,
        effort: None,
    };
    let theirs = house.app.add_by_hand(&other, &by_hand).await.unwrap();
    let path = format!("/activities/{}", theirs.0);
    assert_eq!(browser.get(&path).await.status, StatusCode::NOT_FOUND);
    for (what, form) in [
        ("mark", "mark=exclude"),
        ("type", "type=Ride"),
        ("type", "type=source"),
        ("match", "session=none"),
        ("match", "session=2026-11-18"),
        ("match", "session=undo"),
        ("split", "source=00000000-0000-0000-0000-000000000001"),
        ("merge", "other=1"),
    ] {
        let answer = browser.post(&format!("{path}/{what}"), form).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{what} {form}: {}", answer.body);
    }
    let left = house.app.activities(&other, &ActivityQuery::default()).await.unwrap();
    assert_eq!((left.count, left.items[0].rejected.clone()), (1, None));
}
