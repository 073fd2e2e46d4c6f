//! What a runner answers, by keyboard alone: the check-in, the word after a run, and a change of the
//! week without dragging anything.

use crate::common::House;
use crate::trained::in_training;
use crate::training::{DESKTOP, signed_in};
use crate::{Driver, serve};
use fantoccini::key::Key;
use hermes_app::clock::Clock;
use hermes_app::{App, ByHand};
use hermes_engine::calendar::Day;
use hermes_engine::units::{Metres, Seconds};
use jiff::Timestamp;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// A clock that goes on from a moment by a millisecond whenever it is read.
struct From(AtomicI64);

impl Clock for From {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.0.fetch_add(1, Ordering::Relaxed)).unwrap()
    }
}

/// The same house, in which nobody has been for six days.
async fn later(house: House) -> House {
    let url = format!("sqlite:{}", house.dir.path().join("hermes.db").display());
    let now: Timestamp = "2026-11-25T09:00:00Z".parse().unwrap();
    let clock = From(AtomicI64::new(now.as_millisecond()));
    House { app: App::open(&url, Arc::new(clock)).await.unwrap(), dir: house.dir }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_in_and_the_word_after_a_run_are_said_by_keyboard() {
    let Some(driver) = Driver::start() else { return };
    let house = House::new().await;
    let owner = in_training(&house, 3).await;
    let house = later(house).await;
    let page = signed_in(&driver, &house, serve(&house).await).await;
    page.screen(DESKTOP, "light").await;
    page.open("/today").await;
    page.tab_to("input[name=answer]").await;
    // The first answer, then the second one and back.
    page.press(" ").await;
    page.press(&Key::Down.to_string()).await;
    page.press(&Key::Up.to_string()).await;
    page.until("busy is chosen", "document.querySelector('input[value=busy]').checked").await;
    page.tab_to("textarea[name=details]").await;
    page.press("travelling").await;
    page.tab_to("form[action='/check-in'] button").await;
    page.press(&Key::Enter.to_string()).await;
    page.expect("/check-in", "seven days that cost you nothing").await;
    page.open("/today").await;
    assert!(!page.text().await.contains("A quick question"), "it is asked once");

    let run = ByHand {
        day: Day::parse("2026-11-25").unwrap(),
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
    page.open("/today").await;
    page.tab_to("input[name=effort]").await;
    page.press(" ").await;
    for _ in 0..3 {
        page.press(&Key::Down.to_string()).await;
    }
    page.tab_to("form[action='/feedback'] button").await;
    page.press(&Key::Enter.to_string()).await;
    page.expect("/today", "You said: Tough, 8 of 10.").await;
    page.client.clone().close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_moved_without_dragging_by_keyboard_alone() {
    let Some(driver) = Driver::start() else { return };
    let house = House::new().await;
    in_training(&house, 3).await;
    let page = signed_in(&driver, &house, serve(&house).await).await;
    page.screen(DESKTOP, "dark").await;
    page.open("/plan?week=2026-11-23").await;
    page.tab_to("a.mini[href='/workout/2026-11-28']").await;
    page.press(&Key::Enter.to_string()).await;
    page.expect("/workout/2026-11-28", "Change it").await;
    page.tab_to(".edit-box select[name=to]").await;
    page.press("Fri").await;
    let chosen = "document.querySelector('.edit-box select[name=to]').value === '2026-11-27'";
    page.until("Friday is chosen", chosen).await;
    page.tab_to(".edit-box form:has(select[name=to]) button").await;
    page.press(&Key::Enter.to_string()).await;
    page.until("the preview is open", "document.querySelector('dialog[open] .verdict')").await;
    page.until("the focus is on the button", "document.activeElement.id === 'confirm'").await;
    page.press(&Key::Enter.to_string()).await;
    page.expect("/plan", "Saved. The week is as you asked for.").await;
    page.until("it is there", "document.querySelector('[data-from=\"2026-11-27\"]')").await;
    page.client.clone().close().await.unwrap();
}
