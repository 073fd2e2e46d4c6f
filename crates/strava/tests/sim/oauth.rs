//! Consent, tokens, their hours, and their end.

use crate::scene::{ALL, FORM, Scene, options, pair};
use hermes_strava::sim::{FIRST_ATHLETE, Options};
use jiff::SignedDuration;

const BACK: &str = "http%3A%2F%2Flocalhost%3A8080%2Fback";
const ASKED: &str = "read,activity:read_all,profile:read_all";

fn authorize(more: &str) -> String {
    format!("/oauth/authorize?client_id=1&redirect_uri={BACK}&response_type=code{more}")
}

fn minutes(n: i64) -> SignedDuration {
    SignedDuration::from_mins(n)
}

#[tokio::test]
async fn the_page_shows_a_form_that_posts_back_to_its_own_address() {
    let scene = Scene::new().await;
    let page = scene.send("GET", &authorize(&format!("&scope={ASKED}")), &[], "").await;
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    assert!(page.text.contains("<form method=\"post\">"), "{}", page.text);
    assert_eq!(page.text.matches("type=\"radio\"").count(), 3);
    let ticked = "type=\"checkbox\" name=\"granted\" value=\"activity:read_all\" checked";
    assert!(page.text.contains(ticked));
    scene.sim.set_faults(|faults| faults.unticked = true);
    let page = scene.send("GET", &authorize(&format!("&scope={ASKED}")), &[], "").await;
    assert!(!page.text.contains(ticked) && page.text.contains("value=\"activity:read_all\""));
}

#[tokio::test]
async fn what_was_left_ticked_comes_back_with_the_state() {
    let scene = Scene::new().await;
    let path = authorize(&format!("&scope={ASKED}&state=a%26b%20c"));
    let form = [("content-type", FORM)];
    let cases = [
        ("", "read,profile:read_all,activity:read_all"),
        ("consent=shown&granted=activity:read_all", "read,activity:read_all"),
        ("consent=shown", "read"),
        // What was not asked for is not given.
        ("consent=shown&granted=activity:write", "read"),
    ];
    for (sent, scopes) in cases {
        let answer = scene.send("POST", &path, &form, sent).await;
        let location = answer.header("location");
        let (start, end) =
            ("http://localhost:8080/back?state=a%26b+c&code=", format!("&scope={scopes}"));
        assert_eq!(answer.status, 302);
        assert!(location.starts_with(start) && location.ends_with(&end), "{sent}: {location}");
        assert_eq!(location.len(), start.len() + 40 + end.len());
    }
    let answer = scene.send("POST", &path, &form, "consent=shown&answer=cancel").await;
    let back = "http://localhost:8080/back?state=a%26b+c&error=access_denied";
    assert_eq!(answer.header("location"), back);
}

#[tokio::test]
async fn consent_leads_back_to_the_applications_domain_only() {
    let domain = Some("hermes.example".to_owned());
    let scene = Scene::with(Options { callback_domain: domain, ..options() }).await;
    let cases = [
        ("http%3A%2F%2F127.0.0.1%2Fx", 200),
        ("https%3A%2F%2Fwww.hermes.example%2Fx", 200),
        ("https%3A%2F%2Fhermes.example", 200),
        ("https%3A%2F%2Fnothermes.example%2Fx", 400),
        ("https%3A%2F%2Flocalhost%40evil.example%2F", 400),
        ("https%3A%2F%2Fevil.example%2F%3Fhermes.example", 400),
        ("localhost", 400),
        ("", 400),
    ];
    for (redirect, status) in cases {
        let path =
            format!("/oauth/authorize?client_id=1&response_type=code&redirect_uri={redirect}");
        let answer = scene.send("GET", &path, &[], "").await;
        assert_eq!(answer.status, status, "{redirect}");
        if status == 400 {
            assert_eq!(answer.refusal().2, "Application/redirect_uri/invalid");
        }
    }
    for (query, error) in [
        ("", "Application/client_id/missing"),
        ("client_id=2", "Application/client_id/invalid"),
        (&format!("client_id=1&redirect_uri={BACK}"), "Application/response_type/invalid"),
        (
            &format!("client_id=1&redirect_uri={BACK}&response_type=code&scope=all"),
            "Application/scope/invalid",
        ),
    ] {
        let answer = scene.send("GET", &format!("/oauth/authorize?{query}"), &[], "").await;
        assert_eq!(answer.refusal(), (400, "Bad Request".to_owned(), error.to_owned()), "{query}");
    }
}

#[tokio::test]
async fn a_code_is_exchanged_once_within_ten_minutes() {
    let scene = Scene::new().await;
    let exchange = |code: String| format!("grant_type=authorization_code&code={code}");
    let code = exchange(scene.sim.consent(FIRST_ATHLETE, &ALL));
    let answer = scene.token(&code).await;
    let body = answer.json();
    assert_eq!((&body["token_type"], &body["expires_in"]), (&"Bearer".into(), &21_600.into()));
    assert_eq!(body["expires_at"], scene.sim.now().as_second() + 21_600);
    assert_eq!(
        (&body["athlete"]["id"], &body["athlete"]["resource_state"]),
        (&FIRST_ATHLETE.into(), &2.into())
    );
    let bad = (400, "Bad Request".to_owned(), "AuthorizationCode/code/invalid".to_owned());
    assert_eq!(scene.token(&code).await.refusal(), bad);
    let code = exchange(scene.sim.consent(FIRST_ATHLETE, &ALL));
    scene.sim.advance(minutes(10));
    assert_eq!(scene.token(&code).await.refusal(), bad);
    assert_eq!(scene.token("grant_type=authorization_code").await.refusal(), bad);
    let other = scene.token("grant_type=password").await.refusal();
    assert_eq!(other.2, "Application/grant_type/invalid");
}

#[tokio::test]
async fn credentials_are_taken_from_everywhere_and_checked() {
    let scene = Scene::new().await;
    let code = || scene.sim.consent(FIRST_ATHLETE, &ALL);
    let known = |code: &str| {
        format!("client_id=1&client_secret=secret&code={code}&grant_type=authorization_code")
    };
    for prefix in ["/oauth/token", "/api/v3/oauth/token"] {
        let query = format!("{prefix}?{}", known(&code()));
        assert_eq!(scene.send("POST", &query, &[], "").await.status, 200);
        let form = [("content-type", FORM)];
        assert_eq!(scene.send("POST", prefix, &form, known(&code())).await.status, 200);
        let mut parts = String::new();
        for pair in known(&code()).split('&') {
            let (name, value) = pair.split_once('=').unwrap();
            parts += &format!(
                "--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            );
        }
        let kind = [("content-type", "multipart/form-data; boundary=b")];
        assert_eq!(scene.send("POST", prefix, &kind, parts + "--b--\r\n").await.status, 200);
        let object =
            serde_json::json!({ "client_id": 1, "client_secret": "secret", "code": code() });
        let kind = [("content-type", "application/json")];
        assert_eq!(scene.send("POST", prefix, &kind, object.to_string()).await.status, 200);
    }
    let cases = [
        ("client_secret=secret", 400, "Application/client_id/missing"),
        ("client_id=2&client_secret=secret", 400, "Application/client_id/invalid"),
        ("client_id=1&client_secret=wrong", 401, "Application//invalid"),
        ("client_id=1", 401, "Application//invalid"),
    ];
    for (query, status, error) in cases {
        let answer = scene.send("POST", &format!("/oauth/token?{query}"), &[], "").await;
        let refusal = answer.refusal();
        assert_eq!((refusal.0, refusal.2.as_str()), (status, error), "{query}");
    }
}

#[tokio::test]
async fn a_token_is_handed_out_again_until_an_hour_before_its_end_and_then_rotates() {
    let scene = Scene::new().await;
    let (access, refresh) = scene.connect(FIRST_ATHLETE, &ALL).await;
    let again = |token: &str| format!("grant_type=refresh_token&refresh_token={token}");
    scene.sim.advance(minutes(4 * 60 + 59));
    let answer = scene.token(&again(&refresh)).await;
    assert_eq!(pair(&answer), (access.clone(), refresh.clone()));
    assert_eq!(answer.json()["expires_in"], 61 * 60);
    assert!(answer.json().get("athlete").is_none());
    scene.sim.advance(minutes(1));
    let (second, rotated) = pair(&scene.token(&again(&refresh)).await);
    assert!(second != access && rotated != refresh);
    // The old refresh token is dead at once; the old access token lives on until its end.
    let dead = scene.token(&again(&refresh)).await.refusal();
    assert_eq!((dead.0, dead.2.as_str()), (400, "RefreshToken/refresh_token/invalid"));
    assert_eq!(scene.get(&access, "/athlete").await.status, 200);
    scene.sim.advance(minutes(60));
    let expired = scene.get(&access, "/athlete").await.refusal();
    assert_eq!((expired.0, expired.2.as_str()), (401, "Athlete/access_token/invalid"));
    assert_eq!(scene.get(&second, "/athlete").await.status, 200);
    // Some tokens keep their refresh token.
    scene.sim.set_faults(|faults| faults.keep_refresh_token = true);
    scene.sim.advance(minutes(5 * 60));
    assert_eq!(pair(&scene.token(&again(&rotated)).await).1, rotated);
    assert!(scene.sim.spoil_refresh_token(FIRST_ATHLETE));
    assert_eq!(scene.token(&again(&rotated)).await.refusal(), dead);
    assert!(!scene.sim.spoil_refresh_token(FIRST_ATHLETE + 1));
}

#[tokio::test]
async fn consent_to_other_scopes_makes_new_tokens() {
    let scene = Scene::new().await;
    let (access, _) = scene.connect(FIRST_ATHLETE, &["activity:read"]).await;
    assert_eq!(scene.connect(FIRST_ATHLETE, &["activity:read"]).await.0, access);
    let (wider, _) = scene.connect(FIRST_ATHLETE, &ALL).await;
    assert_ne!(wider, access);
    assert_eq!(scene.get(&wider, "/athlete").await.json()["resource_state"], 3);
}

#[tokio::test]
async fn both_ways_of_revoking_end_everything() {
    let scene = Scene::new().await;
    let form = ("content-type", FORM);
    // "1:secret" and "1:wrong"
    let basic = ("authorization", "Basic MTpzZWNyZXQ=");
    let wrong = ("authorization", "Basic MTp3cm9uZw==");
    for by_refresh in [false, true] {
        let (access, refresh) = scene.connect(FIRST_ATHLETE, &ALL).await;
        let token = format!("token={}", if by_refresh { &refresh } else { &access });
        let refused = scene.send("POST", "/oauth/revoke", &[form, wrong], token.clone()).await;
        assert_eq!(refused.status, 401);
        assert_eq!(scene.send("POST", "/oauth/revoke", &[form], token.clone()).await.status, 401);
        assert_eq!(scene.get(&access, "/athlete").await.status, 200);
        assert_eq!(scene.send("POST", "/oauth/revoke", &[form, basic], token).await.status, 200);
        assert_eq!(scene.get(&access, "/athlete").await.status, 401);
        let refresh = format!("grant_type=refresh_token&refresh_token={refresh}");
        assert_eq!(scene.token(&refresh).await.status, 400);
    }
    for prefix in ["/oauth", "/api/v3/oauth"] {
        for in_header in [true, false] {
            let (access, _) = scene.connect(FIRST_ATHLETE, &ALL).await;
            let path = format!("{prefix}/deauthorize");
            let answer = if in_header {
                let bearer = format!("Bearer {access}");
                scene.send("POST", &path, &[("authorization", &bearer)], "").await
            } else {
                scene.send("POST", &format!("{path}?access_token={access}"), &[], "").await
            };
            assert_eq!(answer.json()["access_token"], access);
            assert_eq!(answer.header("x-ratelimit-limit"), "200,2000");
            assert_eq!(scene.get(&access, "/athlete").await.status, 401);
        }
    }
    assert!(scene.sim.athletes().iter().all(|person| person.scopes.is_empty()));
}

#[tokio::test]
async fn one_athlete_too_many_sees_a_page_and_the_application_nothing() {
    let scene = Scene::new().await;
    scene.sim.set_faults(|faults| faults.athletes_max = 1);
    scene.connect(FIRST_ATHLETE, &ALL).await;
    let form = [("content-type", FORM)];
    let path = authorize("&scope=activity:read");
    let second = format!("consent=shown&granted=activity:read&athlete={}", FIRST_ATHLETE + 1);
    let answer = scene.send("POST", &path, &form, second).await;
    assert_eq!((answer.status, answer.header("location")), (403, ""));
    assert!(answer.text.contains("Limit of connected athletes exceeded"));
    let first = format!("consent=shown&athlete={FIRST_ATHLETE}");
    assert_eq!(scene.send("POST", &path, &form, first).await.status, 302);
}
