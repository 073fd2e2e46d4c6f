//! Rate limits and their four headers.

use crate::scene::{ALL, Answer, Scene, at, options};
use hermes_strava::sim::{FIRST_ATHLETE, Limits, Options};
use jiff::SignedDuration;

fn headers(answer: &Answer) -> [&str; 4] {
    ["x-ratelimit-limit", "x-ratelimit-usage", "x-readratelimit-limit", "x-readratelimit-usage"]
        .map(|name| answer.header(name))
}

async fn scene() -> (Scene, String) {
    let limits = Limits { short: 8, day: 20, read_short: 5, read_day: 12 };
    let scene = Scene::with(Options { limits, ..options() }).await;
    let (token, _) = scene.connect(FIRST_ATHLETE, &ALL).await;
    (scene, token)
}

#[tokio::test]
async fn windows_end_at_quarters_of_an_hour_and_rejected_requests_count() {
    let (scene, token) = scene().await;
    for n in 1..=5 {
        let answer = scene.get(&token, "/athlete").await;
        assert_eq!(answer.status, 200);
        assert_eq!(headers(&answer), ["8,20", &format!("{n},{n}"), "5,12", &format!("{n},{n}")]);
    }
    let over = scene.get(&token, "/athlete").await;
    let expected =
        (429, "Rate Limit Exceeded".to_owned(), "Application/rate limit/exceeded".to_owned());
    assert_eq!(over.refusal(), expected);
    assert_eq!(headers(&over)[3], "6,6");
    assert_eq!(over.header("retry-after"), "");
    // 12:07 and eight minutes are the end of the window; a second before it is not.
    scene.sim.advance(SignedDuration::from_secs(8 * 60 - 1));
    assert_eq!(scene.get(&token, "/athlete").await.status, 429);
    scene.sim.advance(SignedDuration::from_secs(1));
    let next = scene.get(&token, "/athlete").await;
    assert_eq!((next.status, headers(&next)[3]), (200, "1,8"));
    let usage = scene.sim.usage();
    let shown: Vec<_> =
        usage.short.iter().map(|w| (w.start.to_string(), w.read, w.rejected)).collect();
    assert_eq!(
        shown,
        [("2026-11-18T12:00:00Z".to_owned(), 7, 2), ("2026-11-18T12:15:00Z".to_owned(), 1, 0)]
    );
}

#[tokio::test]
async fn days_end_at_midnight_utc() {
    let (scene, token) = scene().await;
    let mut statuses = Vec::new();
    for _ in 0..5 {
        for _ in 0..3 {
            statuses.push(scene.get(&token, "/athlete").await.status);
        }
        scene.sim.advance(SignedDuration::from_mins(15));
    }
    assert_eq!(statuses, [[200; 12].as_slice(), &[429; 3]].concat());
    let midnight = at("2026-11-19T00:00:00Z");
    scene.sim.advance(midnight.duration_since(scene.sim.now()) - SignedDuration::from_secs(1));
    // Six hours and more have passed: a new token.
    let (token, _) = scene.connect(FIRST_ATHLETE, &ALL).await;
    assert_eq!(scene.get(&token, "/athlete").await.status, 429);
    scene.sim.advance(SignedDuration::from_secs(1));
    let answer = scene.get(&token, "/athlete").await;
    assert_eq!((answer.status, headers(&answer)[3]), (200, "1,1"));
    assert_eq!(scene.sim.usage().day[0].rejected, 4);
}

#[tokio::test]
async fn limits_can_be_used_up_at_will() {
    let (scene, token) = scene().await;
    scene.sim.exhaust_short();
    let answer = scene.get(&token, "/athlete").await;
    assert_eq!((answer.status, headers(&answer)[1]), (429, "9,1"));
    scene.sim.advance(SignedDuration::from_mins(8));
    assert_eq!(scene.get(&token, "/athlete").await.status, 200);
    scene.sim.exhaust_day();
    scene.sim.advance(SignedDuration::from_mins(15));
    assert_eq!(scene.get(&token, "/athlete").await.status, 429);
    // Tokens and what belongs to nobody are not counted.
    let before = scene.sim.usage();
    assert_eq!(scene.get("nobody", "/athlete").await.status, 401);
    scene.connect(FIRST_ATHLETE, &ALL).await;
    assert_eq!(scene.sim.usage(), before);
}
