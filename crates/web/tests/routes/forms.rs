//! Forms that come back: wrong values beside their fields, sessions that ended, pages that are old,
//! buttons that are pressed twice.

use crate::common::House;
use crate::{Answer, Browser};
use axum::http::{StatusCode, header};

/// The tag of the field of that name.
fn field<'a>(page: &'a str, name: &str) -> &'a str {
    let at = page.find(&format!("name=\"{name}\"")).unwrap_or_else(|| panic!("no field {name}"));
    let start = page[..at].rfind('<').unwrap();
    &page[start..start + page[start..].find('>').unwrap()]
}

/// What stands beside a field.
fn beside<'a>(page: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = page.split_once(&format!("id=\"{name}-error\" role=\"alert\">"))?;
    rest.split("</p>").next()
}

#[tokio::test]
async fn each_wrong_field_says_so_and_keeps_what_was_typed() {
    let house = House::new().await;
    let browser = Browser::signed_in(&house).await;
    let goal = "distance=10k&day=2020-01-01x&time=soon&priority=2";
    let week = "run_day=1&run_day=3&long_run_day=0&max_runs=9&weekly_cap=lots&birth_year=1066\
        &cap_3=7&units=miles&week_start=sunday&time_zone=Europe/Berlin";
    let moon = week.replace("Europe/Berlin", "Moon/Base");
    let run = "day=2026-11-16&start=7&distance=far&time=quick&name=Hills&heart_rate=500&trail=1";
    let cases: [(&str, &str, &[&str], &[&str]); 5] = [
        ("/welcome/goal", goal, &["day", "time"], &["value=\"soon\"", "value=\"10k\" selected"]),
        ("/settings/goals", goal, &["day", "time"], &["value=\"2020-01-01x\""]),
        (
            "/welcome/preferences",
            week,
            &["long_run_day", "max_runs", "weekly_cap", "birth_year", "cap_3"],
            &["value=\"lots\"", "value=\"1066\"", "value=\"miles\" selected", "Europe/Berlin"],
        ),
        (
            "/settings/preferences",
            &moon,
            &["long_run_day", "cap_3", "time_zone"],
            &["value=\"7\"", "<details"],
        ),
        (
            "/activities/new",
            run,
            &["start", "distance", "time", "heart_rate"],
            &["value=\"Hills\"", "value=\"far\"", "name=\"trail\" value=\"1\" checked"],
        ),
    ];
    for (path, form, wrong, kept) in cases {
        let answer = browser.post(path, form).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        for name in wrong {
            let tag = field(&answer.body, name);
            assert!(tag.contains("aria-invalid=\"true\""), "{path}: {tag}");
            assert!(tag.contains(&format!("aria-describedby=\"{name}-error\"")), "{path}: {tag}");
            let said = beside(&answer.body, name).unwrap_or_else(|| panic!("{path} {name}"));
            assert!(said.len() > 15 && said.ends_with('.'), "{path} {name}: {said}");
        }
        for text in kept {
            assert!(answer.body.contains(text), "{path}: {text}: {}", answer.body);
        }
        let focused = answer.body.matches(" autofocus").count();
        assert_eq!(focused, 1, "{path}: one field has the focus");
        let first = wrong.first().unwrap();
        assert!(field(&answer.body, first).contains(" autofocus"), "{path}: the first wrong one");
    }
    let owner = house.app.owner().await.unwrap();
    assert!(house.app.goals(&owner).await.unwrap().is_empty());
}

/// What only a use case can know is said beside its field too.
#[tokio::test]
async fn what_a_use_case_refuses_stands_beside_its_field() {
    let house = House::new().await;
    let browser = Browser::signed_in(&house).await;
    for (path, form, name) in [
        ("/settings/goals", "distance=half&day=2020-01-01", "day"),
        ("/settings/goals", "distance=half&day=2032-01-01", "day"),
        ("/settings/goals", "distance=half&day=2027-04-25&time=0:20:00", "time"),
        ("/settings/preferences", "run_day=1&time_zone=Moon/Base", "time_zone"),
        ("/settings/preferences", "run_day=1&units=miles&weekly_cap=290", "weekly_cap"),
        ("/settings/preferences", "time_zone=UTC", "run_day"),
        ("/activities/new", "day=2027-11-16&start=07:01&distance=8&time=0:40:00", "day"),
        ("/activities/new", "day=2026-11-16&start=07:01&distance=0&time=0:40:00", "distance"),
    ] {
        let answer = browser.post(path, form).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path} {form}");
        assert!(beside(&answer.body, name).is_some(), "{path} {form}: {}", answer.body);
    }
    let empty = browser.upload("empty.gpx", b"").await;
    assert!(beside(&empty.body, "archive").is_some_and(|s| s.contains("is empty")));
    assert!(field(&empty.body, "archive").contains("aria-invalid"), "{}", empty.body);
}

#[tokio::test]
async fn a_form_that_comes_twice_does_nothing_twice() {
    let house = House::new().await;
    let browser = Browser::signed_in(&house).await;
    let owner = house.app.owner().await.unwrap();
    let goal = "distance=half&day=2027-04-25&time=1:45:00&priority=1";
    for _ in 0..2 {
        let answer = browser.post("/settings/goals", goal).await;
        assert_eq!(answer.location(), "/settings#goals", "{}", answer.body);
    }
    assert_eq!(house.app.goals(&owner).await.unwrap().len(), 1);
    let other = browser.post("/settings/goals", &goal.replace("half", "10k")).await;
    assert_eq!(other.status, StatusCode::CONFLICT);
    assert!(beside(&other.body, "day").is_some_and(|s| s.contains("two races a day")));
    let run = "day=2026-11-16&start=07:01&distance=8.1&time=0:40:00";
    let first = browser.post("/activities/new", run).await;
    assert_eq!(browser.post("/activities/new", run).await.location(), first.location());
    let again = browser.post("/sign-in", "token=used").await;
    assert_eq!(again.location(), "/", "the button was pressed twice: the first one counts");
}

#[tokio::test]
async fn preferences_from_an_old_page_do_not_undo_newer_ones() {
    let house = House::new().await;
    let browser = Browser::signed_in(&house).await;
    let owner = house.app.owner().await.unwrap();
    let opened = |page: &Answer| {
        let tag = field(&page.body, "opened");
        tag.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    };
    let old = opened(&browser.get("/settings").await);
    let (one, two) = ("run_day=1&run_day=3&time_zone=UTC", "run_day=2&run_day=4&time_zone=UTC");
    let saved = browser.post("/settings/preferences", &format!("{one}&opened={old}")).await;
    assert_eq!(saved.location(), "/settings#preferences", "{}", saved.body);
    // The same once more from the same page: nothing to do, and nothing to complain of.
    let same = browser.post("/settings/preferences", &format!("{one}&opened={old}")).await;
    assert_eq!(same.location(), "/settings#preferences", "{}", same.body);
    let stale = browser.post("/settings/preferences", &format!("{two}&opened={old}")).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert!(stale.body.contains("were changed on another page"), "{}", stale.body);
    let held = async || house.app.preferences(&owner).await.unwrap().run_days;
    assert!(held().await.contains(hermes_engine::calendar::Weekday::Monday), "kept");
    let wanted =
        browser.post("/settings/preferences", &format!("{two}&opened={}", opened(&stale))).await;
    assert_eq!(wanted.location(), "/settings#preferences", "{}", wanted.body);
    assert!(held().await.contains(hermes_engine::calendar::Weekday::Tuesday));
}

/// All cookies that a browser has after an answer.
fn cookies(answer: &Answer) -> String {
    let all = answer.headers.get_all(header::SET_COOKIE).iter();
    let pairs = all.map(|c| c.to_str().unwrap().split(';').next().unwrap().to_owned());
    pairs.collect::<Vec<_>>().join("; ")
}

async fn marked(house: &House) -> Browser {
    let mut browser = Browser::new(house);
    let answer = browser.post("/sign-in", &format!("token={}", house.token().await)).await;
    browser.cookie = Some(cookies(&answer));
    browser
}

/// The hidden fields of the page that asks to sign in again, as its form sends them.
fn hidden(page: &str) -> String {
    let tags = page.split("<input type=\"hidden\" ").skip(1);
    let pairs = tags.map(|tag| {
        let part = |name: &str| {
            tag.split(&format!("{name}=\"")).nth(1).unwrap().split('"').next().unwrap()
        };
        format!("{}={}", part("name"), part("value").replace(':', "%3A"))
    });
    pairs.collect::<Vec<_>>().join("&")
}

const GOAL: &str = "distance=half&day=2027-04-25&time=1%3A45%3A00&priority=1";

#[tokio::test]
async fn an_expired_session_keeps_what_was_typed_until_it_is_sent_once() {
    let house = House::new().await;
    let owner = house.app.owner().await.unwrap();
    let mut browser = marked(&house).await;
    let cookie = browser.cookie.clone().unwrap();
    let (session, mark) = cookie.split_once("; ").unwrap();
    house.app.sign_out(session.split_once('=').unwrap().1).await.unwrap();
    let refused = browser.post("/welcome/goal", GOAL).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    for text in ["Nothing is lost", "value=\"1:45:00\"", "value=\"2027-04-25\"", "/welcome/goal"] {
        assert!(refused.body.contains(text), "{text}: {}", refused.body);
    }
    assert!(house.app.goals(&owner).await.unwrap().is_empty());

    let form = hidden(&refused.body);
    let wrong = browser.post("/sign-in/again", &format!("{form}&sign-in-link=x")).await;
    assert_eq!(wrong.status, StatusCode::FORBIDDEN);
    assert!(wrong.body.contains("value=\"1:45:00\""), "still there: {}", wrong.body);
    assert!(beside(&wrong.body, "sign-in-link").is_some(), "{}", wrong.body);
    assert!(!wrong.body.contains("value=\"x\""), "a link is a secret and is not shown again");

    let link = format!("http://127.0.0.1:8080/sign-in/{}", house.token().await);
    let link = link.replace(':', "%3A").replace('/', "%2F");
    let resumed = browser.post("/sign-in/again", &format!("{form}&sign-in-link={link}")).await;
    assert_eq!(resumed.status, StatusCode::TEMPORARY_REDIRECT, "{}", resumed.body);
    assert_eq!(resumed.location(), "/welcome/goal");
    browser.cookie = Some(cookies(&resumed));
    // What a browser does with a 307: the same body again.
    let sent = browser.post(resumed.location(), &format!("{form}&sign-in-link={link}")).await;
    assert_eq!(sent.location(), "/welcome/preferences", "{}", sent.body);
    assert_eq!(house.app.goals(&owner).await.unwrap().len(), 1);
    assert!(mark.starts_with("hermes_8080_runner="), "{mark}");
}

/// Whoever else signs in at that browser gets none of it, nor does anyone after signing out.
#[tokio::test]
async fn what_one_runner_typed_is_never_sent_for_another() {
    let house = House::new().await;
    let mut browser = marked(&house).await;
    let mark = browser.cookie.clone().unwrap();
    let mark = mark.split_once("; ").unwrap().1.to_owned();
    for cookie in [None, Some("hermes_8080_runner=0123456789ab".to_owned())] {
        browser.cookie = cookie;
        let refused = browser.post("/welcome/goal", GOAL).await;
        let form = hidden(&refused.body);
        let token = house.token().await;
        let resumed = browser.post("/sign-in/again", &format!("{form}&sign-in-link={token}")).await;
        assert_eq!((resumed.status, resumed.location()), (StatusCode::SEE_OTHER, "/"));
    }
    browser.cookie = Some(mark);
    let elsewhere =
        format!("{GOAL}&sign-in-to=//evil.example&sign-in-link={}", house.token().await);
    assert_eq!(browser.post("/sign-in/again", &elsewhere).await.location(), "/");
    let mut browser = marked(&house).await;
    let out = browser.post("/sign-out", "").await;
    assert!(cookies(&out).contains("hermes_8080_runner="), "{}", cookies(&out));
    assert_eq!(out.headers["clear-site-data"], "\"cache\", \"storage\"");
    browser.cookie = None;
    let file = browser.upload("a.gpx", b"<gpx>").await;
    assert_eq!(file.status, StatusCode::UNAUTHORIZED);
    assert!(file.body.contains("Files have to be chosen again"), "{}", file.body);
}

#[tokio::test]
async fn pages_say_whose_they_are_to_the_browsers_own_copy() {
    let house = House::new().await;
    let browser = marked(&house).await;
    let mine = browser.get("/settings").await.headers["x-hermes-runner"].clone();
    assert_eq!(mine.to_str().unwrap().len(), 12);
    assert_eq!(browser.get("/more").await.headers["x-hermes-runner"], mine);
    let nobody = Browser::new(&house);
    assert_eq!(nobody.get("/welcome").await.headers["x-hermes-runner"], "none");
    assert!(nobody.get("/nowhere").await.headers.get("x-hermes-runner").is_none());
}

#[tokio::test]
async fn an_unknown_address_says_where_things_are() {
    let house = House::new().await;
    let browser = Browser::signed_in(&house).await;
    let lost = browser.get("/workouts/yesterday").await;
    assert_eq!(lost.status, StatusCode::NOT_FOUND);
    for text in ["href=\"/today\"", "href=\"/plan\"", "href=\"/imports\"", "nothing was changed"] {
        assert!(lost.body.contains(text), "{text}: {}", lost.body);
    }
    let near = browser.get("/planing").await;
    assert!(near.body.contains("Did you mean <a href=\"/plan\">Plan</a>?"), "{}", near.body);
    let form = browser.get("/plan/undo").await;
    assert_eq!(form.status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(form.body.contains("takes what a form sends"), "{}", form.body);
}
