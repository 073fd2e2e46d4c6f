//! The pages of training: what they say, what their forms take and refuse, and that nobody reaches
//! what is another runner's.

use crate::common::{self, House};
use crate::trained::in_training;
use crate::{Browser, error_of};
use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use hermes_app::clock::Clock;
use hermes_app::{App, Newcomer, Report, Runner};
use hermes_engine::calendar::Day;
use hermes_engine::record::{BodyPart, HealthType, Preferences, RaceDistance, Symptoms};
use hermes_engine::session::{Kind, Session};
use jiff::Timestamp;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use uuid::Uuid;

/// Bytes that the first look at Today may take over the wire, uncompressed.
const FIRST_LOAD: usize = 100_000;
/// Bytes of the page with the most pictures.
const TRENDS: usize = 60_000;

/// A page of training with a text that only it has.
const PAGES: [(&str, &str); 16] = [
    ("/today", "Where you stand"),
    ("/plan", "Summary"),
    ("/plan?view=month", "November 2026"),
    ("/plan?view=agenda", "Next days"),
    ("/plan/versions", "There is one version only"),
    ("/workout/2026-11-21", "Why this week"),
    ("/plan/edit?do=skip&day=2026-11-21", "Save the change"),
    ("/roadmap", "What if?"),
    ("/trends", "Fitness, fatigue and form"),
    ("/trends?table=heat", "Week of"),
    ("/profile", "What is stored about you"),
    ("/health", "Strikes and limits"),
    ("/health/report", "What is it?"),
    ("/history", "What changed, and why"),
    ("/send-it", "Wider limits, by your choice"),
    ("/more", "What changed, when and why"),
];

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

/// A runner in training, signed in.
async fn trained() -> (House, Browser, Runner) {
    let house = House::new().await;
    let owner = in_training(&house, 3).await;
    let browser = Browser::signed_in(&house).await;
    (house, browser, owner)
}

/// The next week's draft.
async fn draft(house: &House, owner: &Runner) -> Vec<Session> {
    let week = house.app.week(owner, day("2026-11-23")).await.unwrap().unwrap();
    week.days.into_iter().flat_map(|d| d.sessions).collect()
}

#[tokio::test]
async fn every_page_says_what_it_is_and_follows_the_policy() {
    let (_house, browser, _) = trained().await;
    for (path, says) in PAGES {
        let page = browser.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.body);
        assert!(page.body.contains(says), "{path}: {}", page.body);
        assert_eq!(page.body.matches("<h1").count(), 1, "{path}: one heading");
        for inline in ["style=", "<style", "onclick=", "javascript:", "http://", "https://"] {
            assert!(!page.body.contains(inline), "{path}: {inline}");
        }
    }
    for nowhere in ["/workout/soon", "/workout/2026-02-30"] {
        assert_eq!(browser.get(nowhere).await.status, StatusCode::NOT_FOUND, "{nowhere}");
    }
}

/// The design system is there to look at while it is worked on, and nowhere else.
#[tokio::test]
async fn the_style_guide_is_a_page_of_development() {
    let (_house, browser, _) = trained().await;
    let page = browser.get("/styleguide").await;
    let wanted = if cfg!(debug_assertions) { StatusCode::OK } else { StatusCode::NOT_FOUND };
    assert_eq!(page.status, wanted, "{}", page.body);
}

/// Ids that pages repeat would send labels, descriptions and the keyboard to the wrong place.
#[tokio::test]
async fn no_page_has_an_id_twice() {
    let (_house, browser, _) = trained().await;
    for (path, _) in PAGES {
        let page = browser.get(path).await.body;
        let mut ids: Vec<&str> =
            page.split(" id=\"").skip(1).map(|s| s.split('"').next().unwrap()).collect();
        ids.sort_unstable();
        let count = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), count, "{path}: {ids:?}");
        // What points at another element points at one that is there.
        for attribute in ["aria-labelledby=\"", "aria-describedby=\""] {
            for part in page.split(attribute).skip(1) {
                let id = part.split('"').next().unwrap();
                assert!(ids.binary_search(&id).is_ok(), "{path}: {attribute}{id}");
            }
        }
    }
}

/// Sessions, states, milestones and predictions open what stands behind them, papers by name; the
/// ids of rules are for the docs and not read out in a sentence.
#[tokio::test]
async fn reasons_open_with_the_name_of_the_paper() {
    let (_house, browser, _) = trained().await;
    let evidence = |page: &str| -> Vec<String> {
        let parts = page.split("<div class=\"evidence\">").skip(1);
        parts.map(|p| p.split("</div>").next().unwrap().to_owned()).collect()
    };
    for (path, papers) in [
        ("/today", &["Daniels", "grade "][..]),
        ("/roadmap", &["Riegel", "Buist"]),
        ("/plan?week=2026-11-23", &["Buist"]),
        ("/health/report?kind=pain&part=calf&severity=4", &["Silbernagel"]),
        ("/history?days=365", &["Daniels"]),
        ("/welcome/calibration", &["Daniels"]),
        ("/plan/edit?do=resize&day=2026-11-28&km=60", &["Frandsen", "would have been allowed"]),
    ] {
        let page = browser.get(path).await.body;
        let opened = evidence(&page);
        for paper in papers {
            assert!(opened.iter().any(|e| e.contains(paper)), "{path}: {paper}: {opened:?}");
        }
        let read: String = page
            .split("<summary>")
            .skip(1)
            .map(|s| s.split("</summary>").next().unwrap())
            .collect();
        for id in ["(H0", "(H1", "evidence J", "(S3)"] {
            assert!(!read.contains(id), "{path}: {id}: {read}");
        }
    }
}

/// The same page for a browser of the United States.
#[tokio::test]
async fn days_are_written_in_the_way_of_the_browser() {
    let (_house, browser, _) = trained().await;
    for (language, day) in [
        ("en-US,en;q=0.9", "Saturday, November 21, 2026"),
        ("en-GB,en;q=0.9", "Saturday 21 November 2026"),
        ("de-DE,de;q=0.9", "Saturday 21 November 2026"),
    ] {
        let request = browser.request(Method::GET, "/workout/2026-11-21");
        let request = request.header(header::ACCEPT_LANGUAGE, language);
        let page = browser.send(request.body(Body::empty()).unwrap()).await.body;
        assert!(page.contains(day), "{language}: {page}");
    }
}

#[tokio::test]
async fn the_first_look_at_today_is_light() {
    let (_house, browser, _) = trained().await;
    let today = browser.get("/today").await.body;
    let mut bytes = today.len();
    for (before, after) in [("stylesheet\" href=\"", '"'), ("module\" src=\"", '"')] {
        let path = today.split(before).nth(1).unwrap().split(after).next().unwrap();
        bytes += browser.get(path).await.body.len();
    }
    assert!(bytes < FIRST_LOAD, "{bytes} bytes");
    let trends = browser.get("/trends").await.body.len();
    assert!(trends < TRENDS, "Trends: {trends} bytes");
}

#[tokio::test]
async fn an_edit_is_shown_before_it_is_saved_and_can_be_taken_back() {
    let (house, browser, owner) = trained().await;
    let before = draft(&house, &owner).await;
    let easy = before.iter().rfind(|s| s.kind == Kind::Easy).unwrap().day;
    let fields = format!("do=resize&day={easy}&km=4");
    let shown = browser.get(&format!("/plan/edit?{fields}")).await;
    assert!(shown.body.contains("Allowed"), "{}", shown.body);
    assert!(shown.body.contains("Easy Run, 4.0 km"), "{}", shown.body);
    assert_eq!(draft(&house, &owner).await, before, "looking saves nothing");
    let saved = browser.post("/plan/edit", &fields).await;
    assert_eq!(saved.location(), "/plan?week=2026-11-23&said=edited", "{}", saved.body);
    let week = browser.get(saved.location()).await.body;
    assert!(week.contains("role=\"status\"") && week.contains("Undo"), "{week}");
    assert!(week.contains("yours"), "the changed session is marked");
    // The same form again changes nothing, and makes no second edit to take back.
    let again = browser.post("/plan/edit", &fields).await;
    assert_eq!(again.location(), "/plan?week=2026-11-23&said=same");
    // A button takes back the edit that it was drawn for, however often it is pressed.
    let one = draft(&house, &owner).await;
    let other = browser.post("/plan/edit", "do=unavailable&day=2026-11-24").await;
    assert_eq!(other.location(), "/plan?week=2026-11-23&said=edited", "{}", other.body);
    let week = browser.get(other.location()).await.body;
    let id = week.split("name=\"edit\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    for said in ["week=2026-11-23&said=undone", "said=same"] {
        let undone = browser.post("/plan/undo", &format!("edit={id}")).await;
        assert_eq!(undone.location(), format!("/plan?{said}"), "{}", undone.body);
        assert_eq!(draft(&house, &owner).await, one);
    }
    let undone = browser.post("/plan/undo", "").await;
    assert_eq!(undone.location(), "/plan?week=2026-11-23&said=undone");
    assert_eq!(draft(&house, &owner).await, before);
    assert_eq!(browser.post("/plan/undo", "").await.location(), "/plan?said=same");
    let versions = browser.get("/plan/versions?week=2026-11-23").await.body;
    assert!(versions.contains("changed"), "{versions}");
}

#[tokio::test]
async fn a_refused_edit_says_why_and_offers_the_nearest() {
    let (house, browser, owner) = trained().await;
    let before = draft(&house, &owner).await;
    let easy = before.iter().find(|s| s.kind == Kind::Easy).unwrap().day;
    let path = format!("/plan/edit?do=resize&day={easy}&km=60");
    let shown = browser.get(&path).await;
    for text in ["Not allowed", "H01", "Frandsen", "The nearest that is allowed", "instead"] {
        assert!(shown.body.contains(text), "{text}: {}", shown.body);
    }
    assert!(!shown.body.contains("Save the change"), "nothing to save");
    let refused = browser.post("/plan/edit", &format!("do=resize&day={easy}&km=60")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(draft(&house, &owner).await, before);
    // The button leads to a preview that is allowed.
    let nearest = shown.body.split("class=\"actions\"").nth(1).unwrap();
    let href = nearest.split("href=\"").nth(1).unwrap().split('"').next().unwrap();
    let instead = browser.get(&href.replace("&amp;", "&")).await.body;
    assert!(instead.contains("Save the change"), "{href}: {instead}");
}

#[tokio::test]
async fn each_wrong_field_of_an_edit_is_named_beside_it_and_keeps_what_was_typed() {
    let (_house, browser, _) = trained().await;
    for (query, field, says) in [
        ("do=resize&day=2026-11-21&km=far", "km", "8.5 km"),
        ("do=resize&day=2026-11-21&km=0,1", "km", "km"),
        ("do=move&day=2026-11-21&to=soon", "to", "YYYY-MM-DD"),
        ("do=move&day=2026-11-21&to=2026-11-10", "to", "Tue 10 Nov"),
        ("do=move&day=2026-11-21&to=2027-11-10", "to", "Wed 10 Nov"),
        ("do=retype&day=2026-11-21&kind=Race", "kind", "kind of session"),
        ("do=add&day=2026-11-20&kind=Easy%20Run&km=-3", "km", "-3"),
    ] {
        let shown = browser.get(&format!("/plan/edit?{query}")).await;
        assert_eq!(shown.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        let said = error_of(&shown, field);
        assert!(said.contains(says), "{query}: {said}");
        assert!(shown.body.contains("aria-invalid=\"true\""), "{query}");
        assert!(shown.body.contains("autofocus"), "{query}: the field is where the focus goes");
        if let Some((_, typed)) = query.split_once("km=") {
            assert!(shown.body.contains(&format!("value=\"{typed}\"")), "{query}");
        }
    }
    for query in ["do=fly&day=2026-11-21", "do=skip&day=x", "do=skip", "", "do=skip&day=2026-11-02"]
    {
        let shown = browser.get(&format!("/plan/edit?{query}")).await;
        assert_eq!(shown.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        assert!(shown.body.contains("role=\"alert\""), "{query}: {}", shown.body);
    }
    let blank = browser.get("/plan/edit?do=add&day=2026-11-20").await;
    assert_eq!(blank.status, StatusCode::OK, "a form that is not filled in yet");
    assert!(!blank.body.contains("aria-invalid"), "{}", blank.body);
}

#[tokio::test]
async fn health_is_reported_in_three_taps_and_closed_with_care() {
    let (house, browser, owner) = trained().await;
    let open = async || {
        let view = house.app.health(&owner, day(common::TODAY)).await.unwrap();
        view.records.into_iter().filter(|r| r.record.closed.is_none()).collect::<Vec<_>>()
    };
    for (path, next) in [
        ("/health/report", "kind=pain\""),
        ("/health/report?kind=pain", "part=calf\""),
        ("/health/report?kind=pain&part=calf", "severity=4\""),
        ("/health/report?kind=illness", "severity=4\""),
    ] {
        let page = browser.get(path).await.body;
        assert!(page.contains(next), "{path}: {page}");
    }
    let said = "kind=injury&part=navicular&severity=7";
    let shown = browser.get(&format!("/health/report?{said}")).await.body;
    for text in ["Injury Protection", "becomes", "Rest", "Save and plan around it"] {
        assert!(shown.contains(text), "{text}: {shown}");
    }
    assert!(open().await.is_empty(), "looking saves nothing");
    let future = browser.post("/health/report", &format!("{said}&day=2027-01-01")).await;
    assert_eq!(future.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(error_of(&future, "day").contains("future"), "{}", future.body);
    let nothing = browser.post("/health/report", "kind=pain").await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    for _ in 0..2 {
        let saved = browser.post("/health/report", said).await;
        assert_eq!(saved.location(), "/health?said=reported");
    }
    let records = open().await;
    assert_eq!(records.len(), 1, "the same form twice is one record");
    assert!(browser.get("/today").await.body.contains("Your health comes first"));
    let clear = format!("id={}", records[0].id);
    let refused = browser.post("/health/clear", &clear).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(error_of(&refused, "cleared").contains("clearance"), "{}", refused.body);
    let early = browser.post("/health/clear", &format!("{clear}&cleared=1&day=2026-11-01")).await;
    assert!(error_of(&early, "cleared").contains("before the record"), "{}", early.body);
    for _ in 0..2 {
        let cleared = browser.post("/health/clear", &format!("{clear}&cleared=1")).await;
        assert_eq!(cleared.location(), "/health?said=cleared");
    }
    assert!(open().await.is_empty());
}

#[tokio::test]
async fn send_it_needs_a_word_and_ends_by_hand() {
    let (_house, browser, _) = trained().await;
    let silent = browser.post("/send-it", "days=7").await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(error_of(&silent, "agreed").contains("agreement"));
    let long = browser.post("/send-it", "days=70&agreed=1").await;
    assert!(error_of(&long, "days").contains("1 to 7"), "{}", long.body);
    for _ in 0..2 {
        let sent = browser.post("/send-it", "days=3&agreed=1").await;
        assert_eq!(sent.location(), "/today?said=sent");
    }
    assert!(browser.get("/send-it").await.body.contains("It is on"));
    for _ in 0..2 {
        assert_eq!(browser.post("/send-it/end", "").await.location(), "/today?said=ended");
    }
    assert!(!browser.get("/send-it").await.body.contains("It is on"));
}

#[tokio::test]
async fn a_what_if_is_answered_and_its_wrong_fields_are_named() {
    let (_house, browser, _) = trained().await;
    let less = browser.get("/roadmap?adherence=40&miss=2026-12-07").await;
    assert!(less.body.contains("What it would do"), "{}", less.body);
    let race = browser.get("/roadmap?race=10k&race_day=2027-02-07").await;
    assert!(race.body.contains("You would race a 10K"), "{}", race.body);
    let sent = browser.get("/roadmap?send_it=1").await;
    assert!(sent.body.contains("What it would do") && sent.body.contains("checked"));
    for (query, field) in [
        ("adherence=lots", "adherence"),
        ("adherence=999", "adherence"),
        ("miss=2020-01-01", "miss"),
        ("run_days=9", "run_days"),
        ("miss_weeks=9", "miss_weeks"),
        ("ill_days=0", "ill_days"),
        ("ill_days=5&ill_from=2020-01-01", "ill_from"),
        ("ill_days=5&ill_from=soon", "ill_from"),
        ("race=moon", "race"),
        ("race=10k", "race_day"),
        ("race=10k&race_day=soon", "race_day"),
        ("race=10k&race_day=2026-11-19", "race_day"),
        ("race=10k&race_day=2039-01-01", "race_day"),
    ] {
        let shown = browser.get(&format!("/roadmap?{query}")).await;
        assert_eq!(shown.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        assert!(error_of(&shown, field).len() > 15, "{query}");
    }
}

/// Without script: each slider says in words where it stands, has the numbers of its steps, and what
/// its form sends is answered.
#[tokio::test]
async fn sliders_of_a_what_if_say_where_they_stand() {
    let (_house, browser, _) = trained().await;
    let untouched =
        "adherence=100&miss=2026-11-23&miss_weeks=0&run_days=7&ill_from=&ill_days=&race=";
    for (query, share, runs, weeks, answered) in [
        ("", "100 %", "as now", "none", false),
        (untouched, "100 %", "as now", "none", false),
        ("adherence=80&run_days=4", "80 %", "4", "none", true),
        ("adherence=78", "80 %", "as now", "none", true),
        ("miss_weeks=1", "100 %", "as now", "1 week", true),
        ("miss=2026-12-07&miss_weeks=3", "100 %", "as now", "3 weeks", true),
    ] {
        let page = browser.get(&format!("/roadmap?{query}")).await.body;
        for (name, said) in [("adherence", share), ("run_days", runs), ("miss_weeks", weeks)] {
            let slider = page
                .split("<div class=\"slider\">")
                .find(|s| s.contains(&format!("name=\"{name}\"")));
            let slider = slider.unwrap_or_else(|| panic!("{name}: {page}"));
            let id = format!("what-if-{name}");
            assert!(slider.starts_with(&format!("<label for=\"{id}\">")), "{slider}");
            assert!(slider.contains(&format!("aria-valuetext=\"{said}\"")), "{query}: {slider}");
            let output = format!("<output for=\"{id}\" aria-live=\"off\">{said}</output>");
            assert!(slider.contains(&output), "{query}: {slider}");
            let words = slider.split("data-words=\"").nth(1).unwrap().split('"').next().unwrap();
            let number = |of: &str| -> usize {
                let value = slider.split(&format!(" {of}=\"")).nth(1).unwrap();
                value.split('"').next().unwrap().parse().unwrap()
            };
            let at = (number("value") - number("min")) / number("step");
            assert_eq!(words.split('|').nth(at), Some(said), "{query}: the script says it too");
            assert_eq!(
                words.split('|').count(),
                (number("max") - number("min")) / number("step") + 1
            );
        }
        assert_eq!(page.contains("What it would do"), answered, "{query}");
    }
    // Longer away is worse, and the rarer choices are open once one of them is used.
    let time = |page: &str| {
        let then = page.split("Predicted then</dt><dd>").nth(1).unwrap();
        then.split('<').next().unwrap().to_owned()
    };
    let one = browser.get("/roadmap?miss=2026-12-07").await.body;
    let eight = browser.get("/roadmap?miss=2026-12-07&miss_weeks=8").await.body;
    assert!(time(&eight) > time(&one), "{} {}", time(&eight), time(&one));
    assert!(eight.contains(" slower</small>"), "{eight}");
    assert!(!one.contains("<details class=\"more-changes\" open"), "{one}");
    let ill = browser.get("/roadmap?ill_days=5").await.body;
    assert!(ill.contains("<details class=\"more-changes\" open"), "{ill}");
    let half_said = browser.get("/roadmap?race=10k").await.body;
    let outcome = half_said.split("id=\"outcome\"").nth(1).unwrap();
    assert!(outcome.contains("Choose the day of this race."), "the live answer says it: {outcome}");
}

/// A clock that goes on from a moment by a millisecond whenever it is read.
struct From(AtomicI64);

impl Clock for From {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.0.fetch_add(1, Ordering::Relaxed)).unwrap()
    }
}

/// A week without a run later the question is there; its answer is taken once, and says what
/// follows.
#[tokio::test]
async fn a_check_in_says_what_each_answer_does() {
    let (house, old, _) = trained().await;
    let url = format!("sqlite:{}", house.dir.path().join("hermes.db").display());
    let later: Timestamp = "2026-11-25T09:00:00Z".parse().unwrap();
    let app =
        App::open(&url, Arc::new(From(AtomicI64::new(later.as_millisecond())))).await.unwrap();
    let router = hermes_web::router(app, &house.config(crate::HOST.parse().unwrap()));
    let browser = Browser { router, cookie: old.cookie.clone() };
    let today = browser.get("/today").await.body;
    for text in ["A quick question", "Life got in the way", "seven days that cost you nothing"] {
        assert!(today.contains(text), "{text}: {today}");
    }
    let empty = browser.post("/check-in", "details=x").await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(error_of(&empty, "answer").contains("one of the answers"));
    let thanks = browser.post("/check-in", "answer=busy&details=travel").await;
    assert_eq!(thanks.status, StatusCode::OK);
    assert!(thanks.body.contains("seven days that cost you nothing"), "{}", thanks.body);
    assert!(!browser.get("/today").await.body.contains("A quick question"));
    assert_eq!(browser.post("/check-in", "answer=busy").await.status, StatusCode::NOT_FOUND);
}

/// Ids of another runner are as if they did not exist, and nothing of theirs changes.
#[tokio::test]
async fn another_runners_ids_give_404() {
    let (house, browser, _) = trained().await;
    let newcomer = Newcomer {
        time_zone: "UTC".to_owned(),
        preferences: Preferences::default(),
        activities: Vec::new(),
        goal: None,
    };
    let id = house.app.add_newcomers(&[newcomer]).await.unwrap()[0];
    let other = house.app.runner(id).await.unwrap().unwrap();
    let today = day(common::TODAY);
    let report = Report {
        kind: HealthType::Pain,
        part: Some(BodyPart::Calf),
        severity: Some(4),
        day: today,
        description: Some("a stranger's words".to_owned()),
        symptoms: Symptoms::default(),
    };
    let record = house.app.report_health(&other, &report, false).await.unwrap().id.unwrap();
    let race = day("2027-05-02");
    let goal = house.app.add_goal(&other, today, RaceDistance::K10, race, None, 1).await.unwrap();
    for id in [record, Uuid::from_u128(1)] {
        let answer = browser.post("/health/clear", &format!("id={id}&cleared=1")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{id}");
    }
    let answer = browser.post("/settings/goals/remove", &format!("id={}", goal.id)).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    let theirs = house.app.health(&other, today).await.unwrap();
    assert!(theirs.records.iter().all(|r| r.record.closed.is_none()));
    assert_eq!(house.app.goals(&other).await.unwrap().len(), 1);
    for (path, _) in PAGES {
        let page = browser.get(path).await.body;
        assert!(!page.contains("a stranger's words"), "{path}");
    }
}

#[tokio::test]
async fn nobody_sees_or_changes_training_without_a_session() {
    let (_house, mut browser, _) = trained().await;
    browser.cookie = None;
    for (path, _) in PAGES {
        assert_eq!(browser.get(path).await.location(), "/welcome", "{path}");
    }
    for path in [
        "/plan/edit",
        "/plan/undo",
        "/check-in",
        "/feedback",
        "/activities/1/mark",
        "/activities/1/match",
        "/send-it",
        "/send-it/end",
        "/health/report",
        "/health/clear",
        "/settings/appearance",
    ] {
        let answer = browser.post(path, "day=2026-11-21").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
    }
}

#[tokio::test]
async fn day_or_night_is_the_browsers_choice_on_every_page() {
    let (_house, mut browser, _) = trained().await;
    assert!(!browser.get("/today").await.body.contains("data-theme"), "as the system says");
    let dark = browser.post("/settings/appearance", "theme=dark").await;
    assert_eq!(dark.location(), "/settings#appearance");
    let cookie = dark.headers[header::SET_COOKIE].to_str().unwrap();
    let session = browser.cookie.clone().unwrap();
    browser.cookie = Some(format!("{session}; {}", cookie.split(';').next().unwrap()));
    for path in ["/today", "/welcome/calibration", "/nowhere"] {
        let page = browser.get(path).await.body;
        assert!(page.contains("<html lang=\"en\" data-theme=\"dark\""), "{path}: {page}");
    }
    let odd = browser.post("/settings/appearance", "theme=%22%3E%3Cscript").await;
    assert!(odd.headers[header::SET_COOKIE].to_str().unwrap().starts_with("hermes_theme=auto"));
}

#[tokio::test]
async fn miles_and_sunday_weeks_are_kept_to_on_every_page() {
    let (_house, browser, _) = trained().await;
    let days = "run_day=2&run_day=3&run_day=4&run_day=6&run_day=0";
    let form = format!("{days}&units=miles&week_start=sunday&time_zone=UTC");
    assert_eq!(browser.post("/settings/preferences", &form).await.status, StatusCode::SEE_OTHER);
    for (path, _) in PAGES.iter().filter(|(path, _)| *path != "/plan/versions") {
        let page = browser.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(!page.body.contains("/km"), "{path}: {}", page.body);
    }
    let month = browser.get("/plan?view=month").await.body;
    let first = month.split("month-head\">").nth(1).unwrap();
    assert!(first.starts_with("Sun"), "{first}");
}
