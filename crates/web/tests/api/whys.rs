//! Why: pages and API give the same reasons, sentence for sentence, with the paper's name.

use crate::client::{SATURDAY, World};
use jiff::civil::Date;
use serde_json::{Value, json};

/// A text of the API as pages write it: with its days as people say them.
fn dated(text: &str) -> String {
    let (mut out, mut at) = (String::new(), 0);
    while let Some(c) = text[at..].chars().next() {
        let day = text.get(at..at + 10).and_then(|s| s.parse::<Date>().ok());
        match day {
            Some(day) => out += &day.strftime("%a %-d %b").to_string(),
            None => out.push(c),
        }
        at += day.map_or(c.len_utf8(), |_| 10);
    }
    out
}

/// A reason as a page writes it: the sentence, then what is behind it.
fn written(reason: &Value) -> Vec<String> {
    let long = reason["long"].as_array().unwrap().iter();
    let all = std::iter::once(&reason["text"]).chain(long);
    all.map(|line| dated(line.as_str().unwrap())).collect()
}

fn all_written(reasons: &Value) -> Vec<String> {
    let reasons = reasons.as_array().unwrap();
    assert!(!reasons.is_empty());
    reasons.iter().flat_map(written).collect()
}

/// Fails unless these pieces stand on the page one after the other.
fn assert_stands(page: &[String], wanted: &[String]) {
    assert!(wanted.len() > 1, "no reason: {wanted:?}");
    let stands = page.windows(wanted.len()).any(|pieces| pieces == wanted);
    assert!(stands, "{wanted:#?}\nis not on\n{page:#?}");
}

fn under(heading: &str, mut lines: Vec<String>) -> Vec<String> {
    lines.insert(0, heading.to_owned());
    lines
}

/// Fails unless a reason names a paper, as what it is and in its words.
fn assert_cited(reason: &Value) {
    let evidence = reason["evidence"].as_array().unwrap();
    let papers = evidence.iter().filter_map(|e| e["paper"].as_str());
    let paper = papers.into_iter().find(|p| p.len() > 10);
    let paper = paper.unwrap_or_else(|| panic!("no paper: {reason}"));
    assert!(written(reason).iter().any(|line| line.contains(paper)), "{paper}: {reason}");
}

#[tokio::test]
async fn a_session_and_its_week_say_the_same_on_page_and_api() {
    let world = World::new().await;
    let page = world.client.said_on(&format!("/workout/{SATURDAY}")).await;
    let workout = world.client.read(&format!("/plan/workouts/{SATURDAY}")).await;
    let session = &workout["day"]["sessions"][0];
    let of_session = under("Why this session", all_written(&session["reasons"]));
    let of_week = under("Why this week", all_written(&workout["week_reasons"]));
    assert_stands(&page, &[of_session, of_week].concat());
    assert!(page.iter().any(|piece| session["purpose"] == **piece));
    workout["week_reasons"].as_array().unwrap().iter().take(1).for_each(assert_cited);
}

#[tokio::test]
async fn an_edit_repaired_or_refused_says_the_same_on_page_and_api() {
    let world = World::new().await;
    let client = &world.client;
    for (asked, change, part) in [
        (
            "do=resize&day=2026-11-28&km=26",
            json!({"do": "resize", "day": "2026-11-28", "distance_m": 26_000}),
            "findings",
        ),
        (
            "do=retype&day=2026-12-05&kind=Tempo",
            json!({"do": "retype", "day": "2026-12-05", "kind": "Tempo"}),
            "repairs",
        ),
    ] {
        let preview = client.write("POST", "/plan/edits/preview", &json!({"change": change})).await;
        let preview = preview.json();
        let page = client.said_on(&format!("/plan/edit?{asked}")).await;
        let reasons = preview[part].as_array().unwrap();
        assert!(!reasons.is_empty(), "{preview}");
        for reason in reasons {
            assert_stands(&page, &written(reason));
            assert!(reason["rule"]["statement"].is_string(), "{reason}");
            assert!(reason["measured"].is_null() || reason["measured"]["limit"].is_i64());
        }
        for other in ["findings", "repairs", "sets_aside"].into_iter().filter(|o| *o != part) {
            for reason in preview[other].as_array().unwrap() {
                assert_stands(&page, &written(reason));
            }
        }
        reasons.iter().take(1).for_each(|r| assert!(!r["evidence"].as_array().unwrap().is_empty()));
    }
}

#[tokio::test]
async fn a_state_and_every_change_say_the_same_on_page_and_api() {
    let world = World::new().await;
    let today = world.client.read("/today").await;
    let page = world.client.said_on("/today").await;
    assert_stands(&page, &written(&today["state_reason"]));
    assert_cited(&today["state_reason"]);
    let history = world.client.read("/history?limit=200").await;
    let page = world.client.said_on("/history?days=1825").await;
    let items = history["items"].as_array().unwrap();
    assert!(items.len() > 3, "{history}");
    for item in items {
        for line in written(&item["why"]) {
            assert!(page.contains(&line), "{line}\nis not on\n{page:#?}");
        }
        assert_cited(&item["why"]);
    }
}

#[tokio::test]
async fn milestones_and_predictions_say_the_same_on_page_and_api() {
    let world = World::new().await;
    let road = world.client.read("/roadmap").await;
    let page = world.client.said_on("/roadmap").await;
    let milestones = road["roads"][0]["milestones"].as_array().unwrap();
    assert!(milestones.len() > 2, "{road}");
    for milestone in milestones {
        assert_stands(&page, &under("Why", written(&milestone["why"])));
        assert_cited(&milestone["why"]);
    }
    assert_stands(&page, &under("Why", written(&road["expected_why"])));
    assert_cited(&road["expected_why"]);
    let profile = world.client.read("/profile").await;
    let page = world.client.said_on("/welcome/calibration").await;
    for prediction in profile["predictions"].as_array().unwrap() {
        assert_cited(&prediction["why"]);
        // The page says once what several distances share.
        let short = written(&prediction["why"]).remove(0);
        assert!(page.contains(&short), "{short}\nis not on\n{page:#?}");
    }
    assert_stands(&page, &written(&profile["predictions"][0]["why"]));
    let trends = world.client.read("/trends").await;
    let page = world.client.said_on("/trends?why=prediction").await;
    let past = trends["predicted"].as_array().unwrap();
    assert!(past.len() > 2, "{trends}");
    for prediction in past {
        assert_cited(&prediction["why"]);
        assert!(page.contains(&written(&prediction["why"])[0]), "{prediction}\n{page:#?}");
    }
}

#[tokio::test]
async fn a_health_report_says_the_same_on_page_and_api() {
    let world = World::new().await;
    let report = json!({"kind": "pain", "part": "calf", "severity": 4});
    let preview = world.client.write("POST", "/health/reports/preview", &report).await.json();
    let page = world.client.said_on("/health/report?kind=pain&part=calf&severity=4").await;
    let reasons = preview["reasons"].as_array().unwrap();
    assert_stands(&page, &all_written(&preview["reasons"]));
    assert!(reasons.iter().any(|r| r["rule"]["id"] == "H09"), "{preview}");
}
