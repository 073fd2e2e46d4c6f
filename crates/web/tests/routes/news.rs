//! Notifications: what is new is counted on every page until it was looked at.

use crate::common::{self, House};
use crate::{Browser, gpx, import_all, trained};
use axum::http::StatusCode;

/// The number on the bell of a page.
fn bell(page: &str) -> &str {
    let label = page.split("class=\"bell\"").nth(1).expect("a bell");
    let label = label.split("aria-label=\"").nth(1).unwrap().split('"').next().unwrap();
    label.strip_prefix("Notifications").unwrap().trim_start_matches(", ")
}

#[tokio::test]
async fn what_happened_is_new_until_it_was_looked_at() {
    let house = House::new().await;
    let browser = Browser::signed_in(&house).await;
    assert_eq!(bell(&browser.get("/settings").await.body), "");
    assert!(browser.get("/notifications").await.body.contains("Nothing has happened yet"));
    let run = gpx(40);
    import_all(&house, &browser, &[("a.gpx", &run), ("junk.gpx", b"junk")]).await;
    assert_eq!(bell(&browser.get("/settings").await.body), "1 new");
    let ahead = browser.request(axum::http::Method::GET, "/notifications");
    let ahead = ahead.header("sec-purpose", "prefetch");
    browser.send(ahead.body(axum::body::Body::empty()).unwrap()).await;
    let page = browser.get("/notifications").await.body;
    for text in ["1 row of a.gpx and 1 more could not be read.", "?only=failed", "is-new", "Today"]
    {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert_eq!(bell(&page), "", "it is being looked at");
    let again = browser.get("/notifications").await.body;
    assert!(again.contains("could not be read") && !again.contains("is-new"), "{again}");

    let published = browser.post("/plan", "").await;
    assert_eq!(published.status, StatusCode::SEE_OTHER, "{}", published.body);
    assert_ne!(bell(&browser.get("/plan").await.body), "");
    let stranger = Browser::another(&house).await;
    let theirs = stranger.get("/notifications").await.body;
    assert!(!theirs.contains("a.gpx"), "{theirs}");
    assert_ne!(bell(&browser.get("/plan").await.body), "", "who looks is one runner");
    let page = browser.get("/notifications").await.body;
    assert!(page.contains("This week is planned."), "{page}");
}

/// A year that was replayed is no news, and the bell counts what the page marks.
#[tokio::test]
async fn the_bell_counts_what_the_page_marks() {
    let house = House::new().await;
    trained::in_training(&house, 26).await;
    let browser = Browser::signed_in(&house).await;
    let count = bell(&browser.get("/today").await.body).to_owned();
    let mut marked = 0;
    let mut shown = 0;
    for page in 1.. {
        // The first page is looked at last: looking is having seen.
        let body = browser.get(&format!("/notifications?page={}", page + 1)).await.body;
        marked += body.matches("is-new").count();
        shown += body.matches("class=\"news-item").count();
        if !body.contains("rel=\"next\"") {
            break;
        }
    }
    let first = browser.get("/notifications").await.body;
    marked += first.matches("is-new").count();
    shown += first.matches("class=\"news-item").count();
    assert_eq!(count, format!("{marked} new"));
    assert!(marked < 20 && shown > 10, "{marked} of {shown}");
    let owner = house.app.owner().await.unwrap();
    let units = hermes_engine::units::Units::Km;
    let listed = house.app.news(&owner, units, 1).await.unwrap();
    assert!(listed.items.windows(2).all(|w| w[0].day >= w[1].day), "newest day first");
    assert!(listed.items.iter().all(|i| i.day.to_string().as_str() <= common::TODAY));
}
