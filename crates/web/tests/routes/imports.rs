//! The imports of the past: what came in, what failed, trying again, taking back.

use crate::common::House;
use crate::{Browser, gpx, import, import_all, uploads};
use axum::http::StatusCode;
use hermes_app::ImportState;
use std::time::Duration;

async fn settled(house: &House) {
    let owner = house.app.owner().await.unwrap();
    for _ in 0..600 {
        let status = house.app.import_status(owner.id);
        let running = status.is_some_and(|s| s.state == ImportState::Running);
        if !running && uploads(house) == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the import did not end");
}

/// The address of the newest import on the list.
fn newest(list: &str) -> String {
    let id = list.split("href=\"/imports/").nth(1).expect("an import").split('"').next().unwrap();
    format!("/imports/{id}")
}

#[tokio::test]
async fn what_failed_is_listed_tried_again_and_taken_back() {
    let house = House::new().await;
    let browser = Browser::signed_in(&house).await;
    assert!(browser.get("/imports").await.body.contains("Nothing was imported yet"));
    let (run, none) = (gpx(40), b"".as_slice());
    let files: [(&str, &[u8]); 4] =
        [("a.gpx", &run), ("junk.gpx", b"junk"), ("none.gpx", none), ("c.zip", b"no archive")];
    import_all(&house, &browser, &files).await;
    settled(&house).await;
    let list = browser.get("/imports").await.body;
    for text in ["a.gpx and 3 more", "3 failed", "1 new", "Thu 19 Nov"] {
        assert!(list.contains(text), "{text}: {list}");
    }
    let at = newest(&list);
    let page = browser.get(&at).await.body;
    for text in ["All 4", "Failed 3", "junk.gpx", "2 files", "still here", "none.gpx", "Try them"] {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert!(page.contains("href=\"/activities/-"), "what was taken is linked: {page}");
    let failed = browser.get(&format!("{at}?only=failed")).await.body;
    assert!(failed.contains("junk.gpx") && !failed.contains("href=\"/activities/-"), "{failed}");

    // Whatever kept the file from being read has passed.
    let folder = house.dir.path().join("uploads");
    let kept = std::fs::read_dir(&folder).unwrap().map(|e| e.unwrap().path());
    let junk = kept.into_iter().find(|p| p.extension().is_some_and(|e| e == "gpx")).unwrap();
    std::fs::write(&junk, String::from_utf8(gpx(30)).unwrap().replace("11-16", "11-15")).unwrap();
    let tried = browser.post(&format!("{at}/retry"), "").await;
    assert_eq!(tried.location(), "/imports", "{}", tried.body);
    settled(&house).await;
    let again = newest(&browser.get("/imports").await.body);
    assert_ne!(again, at);
    let page = browser.get(&again).await.body;
    for text in ["New 1", "Failed 1", "1 file", "still here"] {
        assert!(page.contains(text), "{text}: {page}");
    }
    let old = browser.get(&at).await.body;
    assert!(!old.contains("still here") && old.contains("Not here any more"), "{old}");
    let gone = browser.post(&format!("{at}/retry"), "").await;
    assert_eq!(gone.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(gone.body.contains("upload them again"), "{}", gone.body);

    for _ in 0..2 {
        let undone = browser.post(&format!("{again}/undo"), "").await;
        assert_eq!(undone.location(), format!("{again}?said=undone"), "{}", undone.body);
    }
    assert!(browser.get(&again).await.body.contains("taken back"));
}

#[tokio::test]
async fn imports_are_paged_and_are_nobody_elses() {
    let house = House::new().await;
    let browser = Browser::signed_in(&house).await;
    for day in 1..=22 {
        let run = format!("day=2026-10-{day:02}&start=07:01&distance=8&time=0:40:00");
        let added = browser.post("/activities/new", &run).await;
        assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.body);
    }
    let first = browser.get("/imports").await.body;
    let second = browser.get("/imports?page=2").await.body;
    assert!(first.contains("rel=\"next\" href=\"/imports?page=2\""), "{first}");
    assert!(second.contains("rel=\"prev\"") && !second.contains("rel=\"next\""), "{second}");
    let count = |page: &str| page.matches("href=\"/imports/").count();
    assert_eq!((count(&first), count(&second)), (20, 2));
    let mine = newest(&first);
    import(&house, &browser, "year.zip", &crate::common::archive()).await;
    let archive = newest(&browser.get("/imports").await.body);
    let rows = browser.get(&format!("{archive}?page=2")).await.body;
    assert!(rows.contains("Page 2 of"), "{rows}");

    let stranger = Browser::another(&house).await;
    for path in [mine.as_str(), &archive, "/imports/x", "/imports/5?page=x"] {
        assert_eq!(stranger.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
        for what in ["retry", "undo"] {
            let path = format!("{}/{what}", path.split('?').next().unwrap());
            assert_eq!(stranger.post(&path, "").await.status, StatusCode::NOT_FOUND, "{path}");
        }
    }
    assert!(stranger.get("/imports").await.body.contains("Nothing was imported yet"));
}
