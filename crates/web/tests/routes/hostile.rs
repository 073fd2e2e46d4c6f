//! Browsers that go away, press twice, or send what no browser sends.

use crate::common::House;
use crate::trained::in_training;
use crate::{Browser, import};
use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use futures_util::{Stream, StreamExt as _, stream};
use std::fmt::Write;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;
use tokio::sync::oneshot;

/// The form had arrived, then the browser was gone: what it asked for is done whole, the report
/// saved and the week planned around it.
#[tokio::test]
async fn what_a_browser_sent_is_done_whole_although_it_went_away() {
    let house = House::new().await;
    let owner = in_training(&house, 2).await;
    let browser = Browser::signed_in(&house).await;
    let revision = async || {
        let start = house.app.today(&owner).week_start(Default::default());
        house.app.week(&owner, start).await.unwrap().unwrap().revision
    };
    let before = revision().await;
    let form = "kind=pain&part=knee&severity=8&limp=1";
    {
        let mut sent = pin!(browser.post("/health/report", form));
        poll_fn(|cx| {
            assert!(sent.as_mut().poll(cx).is_pending(), "it cannot be done at once");
            Poll::Ready(())
        })
        .await;
    }
    for _ in 0..600 {
        if revision().await > before {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(revision().await > before, "the week is planned anew");
    let today = house.app.today(&owner);
    assert_eq!(house.app.health(&owner, today).await.unwrap().records.len(), 1);
}

/// Of forms that are sent at once, the second finds what the first one did.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_form_that_is_sent_at_once_is_done_once() {
    let house = House::new().await;
    let owner = in_training(&house, 1).await;
    let browser = Browser::signed_in(&house).await;
    let forms = [
        ("/settings/goals", "distance=10k&day=2027-06-13&priority=3"),
        ("/health/report", "kind=fatigue&severity=2"),
    ];
    for (path, form) in forms {
        let post = || browser.post(path, form);
        let (a, b, c, d) = tokio::join!(post(), post(), post(), post());
        for answer in [a, b, c, d] {
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}: {}", answer.body);
        }
    }
    let goals = house.app.goals(&owner).await.unwrap();
    assert_eq!(goals.iter().filter(|g| g.goal.day.to_string() == "2027-06-13").count(), 1);
    let today = house.app.today(&owner);
    assert_eq!(house.app.health(&owner, today).await.unwrap().records.len(), 1);
}

/// Bytes without end, counted.
fn endless(begin: &str, taken: Arc<AtomicUsize>) -> impl Stream<Item = std::io::Result<Vec<u8>>> {
    const PIECE: usize = 1 << 16;
    let begin = begin.as_bytes().to_vec();
    stream::unfold(Some(begin), move |begin| {
        let taken = taken.clone();
        async move {
            tokio::task::yield_now().await;
            let piece = begin.unwrap_or_else(|| vec![b'a'; PIECE]);
            (taken.fetch_add(piece.len(), Ordering::Relaxed) < 100 << 20)
                .then_some((Ok(piece), None))
        }
    })
}

/// What is of no file is held in memory until it ends, so it ends soon.
#[tokio::test]
async fn an_upload_of_headings_alone_is_broken_off() {
    let house = House::new().await;
    let browser = Browser::signed_in(&house).await;
    let other = "--x\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\n";
    for begin in ["--x\r\nX-Long: ", "no boundary at all", other] {
        let taken = Arc::new(AtomicUsize::new(0));
        let request = browser
            .request(Method::POST, "/welcome/import")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
        let body = Body::from_stream(endless(begin, taken.clone()));
        let answer = browser.send(request.body(body).unwrap()).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{begin}: {}", answer.body);
        assert!(taken.load(Ordering::Relaxed) < 20 << 20, "{begin}: {taken:?}");
    }
}

/// Many at once could fill the disk together.
#[tokio::test]
async fn a_runner_has_one_upload_at_a_time() {
    let house = House::new().await;
    let first = Browser::signed_in(&house).await;
    // Another window of the same server.
    let second = Browser { router: first.router.clone(), cookie: first.cookie.clone() };
    let send = async |browser: &Browser, body: Body| {
        let request = browser
            .request(Method::POST, "/welcome/import")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
        browser.send(request.body(body).unwrap()).await
    };
    let begin = "--x\r\nContent-Disposition: form-data; name=\"archive\"; \
                 filename=\"activities.csv\"\r\n\r\nActivity ID,";
    let end = "Activity Date\r\n--x--\r\n";
    let (began, has_begun) = oneshot::channel();
    let (finish, is_finished) = oneshot::channel::<()>();
    let pieces = stream::once(async move { Ok::<_, std::io::Error>(begin) });
    let pieces = pieces.chain(stream::once(async move {
        // The piece before was taken.
        began.send(()).unwrap();
        is_finished.await.unwrap();
        Ok(end)
    }));
    let whole = || Body::from(format!("{begin}{end}"));
    let others = async {
        has_begun.await.unwrap();
        let refused = send(&second, whole()).await;
        finish.send(()).unwrap();
        refused
    };
    let (taken, refused) = tokio::join!(send(&first, Body::from_stream(pieces)), others);
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.body);
    assert!(refused.body.contains("Another upload of yours is under way"));
    // Both of these were received and looked into.
    let next = send(&second, whole()).await;
    for received in [taken, next] {
        assert_eq!(received.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", received.body);
        assert!(received.body.contains("has 2 columns"), "{}", received.body);
    }
}

/// What a library refuses is said on a page.
#[tokio::test]
async fn an_address_that_cannot_be_read_gets_a_page() {
    let house = House::new().await;
    let browser = Browser::signed_in(&house).await;
    let addresses =
        ["/activities?page=1&page=2", "/imports/%ff", "/sign-in/%fe", "/today?said=a&said=b"];
    for address in addresses {
        let answer = browser.get(address).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{address}: {}", answer.body);
        assert!(answer.body.contains("Back to Hermes"), "{address}: {}", answer.body);
    }
}

/// An answer that is too long to be kept for repetitions is answered all the same.
#[tokio::test]
async fn an_answer_that_is_too_long_to_be_kept_is_given() {
    let house = House::new().await;
    let browser = Browser::signed_in(&house).await;
    let mut file = String::from(
        "<TrainingCenterDatabase><Activities><Activity Sport=\"Running\">\
         <Id>2026-11-01T07:00:00Z</Id>",
    );
    for n in 0..3_000 {
        let at = format!("2026-11-01T07:{:02}:{:02}Z", n / 60, n % 60);
        write!(
            file,
            "<Lap StartTime=\"{at}\"><TotalTimeSeconds>1</TotalTimeSeconds><DistanceMeters>3\
             </DistanceMeters><Track><Trackpoint><Time>{at}</Time><DistanceMeters>{}\
             </DistanceMeters></Trackpoint></Track></Lap>",
            3 * n
        )
        .unwrap();
    }
    file.push_str("</Activity></Activities></TrainingCenterDatabase>");
    import(&house, &browser, "laps.tcx", file.as_bytes()).await;
    let owner = house.app.owner().await.unwrap();
    let all = house.app.activities(&owner, &hermes_app::ActivityQuery::default()).await.unwrap();
    let path = format!("/api/v1/activities/{}/mark", all.items[0].id);
    for _ in 0..2 {
        let request = browser
            .request(Method::PUT, &path)
            .header(header::CONTENT_TYPE, "application/json")
            .header("idempotency-key", "k");
        let answer = browser.send(request.body("{\"mark\":\"race\"}".into()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        assert!(answer.body.len() > 256 * 1024, "{} bytes", answer.body.len());
    }
}
