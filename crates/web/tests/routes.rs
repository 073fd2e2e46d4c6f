//! Every route from outside: who gets in, what is refused, what a page says. Method: the real
//! router on the real app and a new SQLite file, one request at a time, without a network.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test ends where something is not as it should be"
)]

#[path = "routes/activity.rs"]
mod activity;
#[path = "routes/books.rs"]
mod books;
mod common;
#[path = "routes/felt.rs"]
mod felt;
#[path = "routes/forms.rs"]
mod forms;
#[path = "routes/home_screen.rs"]
mod home_screen;
#[path = "routes/hostile.rs"]
mod hostile;
#[path = "routes/imports.rs"]
mod imports;
#[path = "routes/news.rs"]
mod news;
#[path = "routes/strava.rs"]
mod strava;
#[path = "common/trained.rs"]
mod trained;
#[path = "routes/training.rs"]
mod training;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode, header};
use common::House;
use hermes_app::ImportState;
use hermes_engine::calendar::Day;
use std::time::Duration;
use tower::ServiceExt;

const HOST: &str = "127.0.0.1:8080";
/// Upper bound of waiting for an import.
const PATIENCE: usize = 600;

struct Answer {
    status: StatusCode,
    headers: header::HeaderMap,
    body: String,
}

impl Answer {
    fn location(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |v| v.to_str().unwrap())
    }

    fn cookie(&self) -> String {
        let cookie = self.headers.get(header::SET_COOKIE).expect("a cookie").to_str().unwrap();
        cookie.split(';').next().unwrap().to_owned()
    }
}

/// The part of a page that is about one field's mistake.
fn error_of<'a>(answer: &'a Answer, field: &str) -> &'a str {
    let id = format!("id=\"{field}-error\"");
    let after = answer.body.split(&id).nth(1);
    let text = after.unwrap_or_else(|| panic!("no {id}: {}", answer.body));
    text.split('<').next().unwrap().trim_start_matches(|c| c != '>').trim_start_matches('>')
}

struct Browser {
    router: Router,
    cookie: Option<String>,
}

impl Browser {
    fn new(house: &House) -> Self {
        let router = hermes_web::router(house.app.clone(), &house.config(HOST.parse().unwrap()));
        Self { router, cookie: None }
    }

    async fn signed_in(house: &House) -> Self {
        let mut browser = Self::new(house);
        let token = house.token().await;
        let answer = browser.post("/sign-in", &format!("token={token}")).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/"));
        browser.cookie = Some(answer.cookie());
        browser
    }

    /// Signed in as somebody who is not the owner.
    async fn another(house: &House) -> Self {
        let newcomer = hermes_app::Newcomer {
            time_zone: "UTC".to_owned(),
            preferences: hermes_engine::record::Preferences::default(),
            activities: Vec::new(),
            goal: None,
        };
        let id = house.app.add_newcomers(&[newcomer]).await.unwrap()[0];
        let mut browser = Self::new(house);
        let token = house.app.sign_in_link(id).await.unwrap();
        browser.cookie = Some(browser.post("/sign-in", &format!("token={token}")).await.cookie());
        browser
    }

    fn request(&self, method: Method, path: &str) -> axum::http::request::Builder {
        let request = Request::builder().method(method).uri(path).header(header::HOST, HOST);
        match &self.cookie {
            Some(cookie) => request.header(header::COOKIE, cookie),
            None => request,
        }
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = answer.into_parts();
        let bytes = to_bytes(body, 10_000_000).await.unwrap();
        let body = String::from_utf8(bytes.to_vec()).unwrap();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path).body(Body::empty()).unwrap()).await
    }

    async fn post(&self, path: &str, form: &str) -> Answer {
        let request = self
            .request(Method::POST, path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin");
        self.send(request.body(form.to_owned().into()).unwrap()).await
    }

    async fn upload(&self, name: &str, bytes: &[u8]) -> Answer {
        self.upload_all(&[(name, bytes)]).await
    }

    async fn upload_all(&self, files: &[(&str, &[u8])]) -> Answer {
        let mut body = Vec::new();
        for (name, bytes) in files {
            let head = format!(
                "--x\r\nContent-Disposition: form-data; name=\"archive\"; filename=\"{name}\"\r\n\
                 Content-Type: application/octet-stream\r\n\r\n"
            );
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--x--\r\n");
        let request = self
            .request(Method::POST, "/welcome/import")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x")
            .header("sec-fetch-site", "same-origin");
        self.send(request.body(body.into()).unwrap()).await
    }
}

async fn import(house: &House, browser: &Browser, name: &str, bytes: &[u8]) {
    import_all(house, browser, &[(name, bytes)]).await;
}

async fn import_all(house: &House, browser: &Browser, files: &[(&str, &[u8])]) {
    let answer = browser.upload_all(files).await;
    assert_eq!(answer.location(), "/welcome/import", "{}", answer.body);
    let owner = house.app.owner().await.unwrap();
    for _ in 0..PATIENCE {
        match house.app.import_status(owner.id).map(|s| s.state) {
            Some(ImportState::Done) => return,
            Some(ImportState::Failed(why)) => panic!("{why}"),
            _ => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
    panic!("the import did not end");
}

/// Files that are being uploaded or imported; what failed may be kept.
fn uploads(house: &House) -> usize {
    let all = std::fs::read_dir(house.dir.path().join("uploads")).unwrap();
    let name = |e: std::io::Result<std::fs::DirEntry>| e.unwrap().file_name();
    all.map(name).filter(|n| !n.to_string_lossy().starts_with("kept-")).count()
}

const PAGES: [&str; 14] = [
    "/today",
    "/plan",
    "/plan?week=2026-11-25",
    "/activities",
    "/activities?q=run&runs=1&from=2026-01-01&to=2026-12-31&page=2",
    "/activities/new",
    "/notifications",
    "/settings",
    "/welcome/import",
    "/imports",
    "/welcome/calibration",
    "/welcome/goal",
    "/welcome/preferences",
    "/welcome/plan",
];

#[tokio::test]
async fn only_our_own_host_names_are_answered() {
    let house = House::new().await;
    let browser = Browser::new(&house);
    let ask = async |host: Option<&str>| {
        let mut request = Request::builder().uri("/welcome");
        if let Some(host) = host {
            request = request.header(header::HOST, host);
        }
        browser.send(request.body(Body::empty()).unwrap()).await
    };
    for good in [HOST, "localhost:8080", "[::1]:8080"] {
        assert_eq!(ask(Some(good)).await.status, StatusCode::OK, "{good}");
    }
    for bad in [Some("evil.example:8080"), Some("127.0.0.1:9"), Some("localhost"), None] {
        let answer = ask(bad).await;
        assert_eq!(answer.status, StatusCode::MISDIRECTED_REQUEST, "{bad:?}");
        assert!(answer.body.contains("http://localhost:8080"), "{}", answer.body);
    }
}

#[tokio::test]
async fn a_link_signs_in_once_and_looking_at_it_does_not_use_it_up() {
    let house = House::new().await;
    let token = house.token().await;
    let mut browser = Browser::new(&house);
    for _ in 0..2 {
        let page = browser.get(&format!("/sign-in/{token}")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains("Sign in"));
    }
    let first = browser.post("/sign-in", &format!("token={token}")).await;
    assert_eq!(first.status, StatusCode::SEE_OTHER);
    let whole = first.headers[header::SET_COOKIE].to_str().unwrap();
    for part in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(whole.contains(part), "{whole}");
    }
    for stale in [token.as_str(), "wrong", ""] {
        let again = browser.post("/sign-in", &format!("token={stale}")).await;
        assert_eq!(again.status, StatusCode::FORBIDDEN);
        assert!(again.body.contains("hermes sign-in"), "{}", again.body);
        assert!(again.headers.get(header::SET_COOKIE).is_none());
    }
    browser.cookie = Some(first.cookie());
    assert_eq!(browser.get("/").await.location(), "/welcome");
    assert_eq!(browser.get("/welcome").await.location(), "/welcome/import");
    let out = browser.post("/sign-out", "").await;
    assert_eq!(out.location(), "/welcome");
    assert_eq!(browser.get("/settings").await.location(), "/welcome", "the session has ended");
}

#[tokio::test]
async fn nobody_sees_a_page_or_changes_anything_without_a_session() {
    let house = House::new().await;
    let mut browser = Browser::new(&house);
    for cookie in [None, Some("hermes_8080=".to_owned() + &"0".repeat(64))] {
        browser.cookie = cookie;
        assert_eq!(browser.get("/").await.location(), "/welcome");
        assert!(browser.get("/welcome").await.body.contains("hermes sign-in"));
        for page in PAGES {
            assert_eq!(browser.get(page).await.location(), "/welcome", "{page}");
        }
        let posts = [
            "/activities/new",
            "/activities/5/split",
            "/activities/5/merge",
            "/plan",
            "/settings/goals",
            "/settings/goals/remove",
            "/settings/preferences",
            "/welcome/goal",
            "/welcome/preferences",
            "/welcome/plan",
        ];
        for path in posts {
            let answer = browser.post(path, "distance=half&day=2027-04-25&run_day=1").await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
            assert!(answer.body.contains("Sign in again"), "{path}");
        }
        assert_eq!(browser.upload("a.zip", b"PK").await.status, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(uploads(&house), 0, "nothing of a stranger's upload is kept");
}

#[tokio::test]
async fn another_sites_page_changes_nothing() {
    let house = House::new().await;
    let browser = Browser::signed_in(&house).await;
    let form = "distance=half&day=2027-04-25";
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "http://evil.example"),
        ("origin", "null"),
        ("origin", "http://127.0.0.1:3000"),
    ] {
        let request = browser
            .request(Method::POST, "/settings/goals")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(name, value);
        let answer = browser.send(request.body(form.into()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{name}: {value}");
        assert!(answer.body.contains("nothing was changed"), "{}", answer.body);
    }
    let owner = house.app.owner().await.unwrap();
    assert!(house.app.goals(&owner).await.unwrap().is_empty());
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let house = House::new().await;
    let browser = Browser::new(&house);
    for path in ["/welcome", "/nowhere", "/favicon.svg", "/today"] {
        let answer = browser.get(path).await;
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("frame-ancestors 'none'"), "{path}");
        assert!(!policy.contains("unsafe"), "{path}");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(answer.headers["referrer-policy"], "no-referrer", "{path}");
    }
    let page = browser.get("/welcome").await;
    assert_eq!(page.headers["cache-control"], "no-store");
    assert!(!page.body.contains("style=") && !page.body.contains("<style"), "no inline style");
    let sheet = page.body.split("stylesheet\" href=\"").nth(1).unwrap();
    let sheet = browser.get(sheet.split('"').next().unwrap()).await;
    assert_eq!(sheet.status, StatusCode::OK);
    assert!(sheet.headers["cache-control"].to_str().unwrap().contains("immutable"));
}

#[tokio::test]
async fn a_wrong_file_gets_one_sentence_and_leaves_nothing_behind() {
    let house = House::new().await;
    let browser = Browser::signed_in(&house).await;
    let truncated = common::archive();
    let files: [(&str, &[u8], StatusCode); 9] = [
        ("junk.fit", b"no file of a watch", StatusCode::UNPROCESSABLE_ENTITY),
        ("empty.gpx", b"", StatusCode::UNPROCESSABLE_ENTITY),
        ("page.tcx", b"<html></html>", StatusCode::UNPROCESSABLE_ENTITY),
        ("photo.jpg", b"\xff\xd8\xff\xe0 a picture", StatusCode::UNPROCESSABLE_ENTITY),
        ("notes.zip", b"just some text", StatusCode::UNPROCESSABLE_ENTITY),
        ("empty.zip", b"", StatusCode::UNPROCESSABLE_ENTITY),
        ("", b"PK", StatusCode::UNPROCESSABLE_ENTITY),
        ("cut.zip", &truncated[..truncated.len() / 2], StatusCode::UNPROCESSABLE_ENTITY),
        ("short.csv", b"a,b\n1,2\n", StatusCode::UNPROCESSABLE_ENTITY),
    ];
    for (name, bytes, status) in files {
        let answer = browser.upload(name, bytes).await;
        assert_eq!(answer.status, status, "{name}: {}", answer.body);
        let said = answer.body.split("role=\"alert\">").nth(1).expect("a sentence");
        let said = said.split('<').next().unwrap();
        assert!(said.len() > 20 && said.ends_with('.'), "{name}: {said}");
        assert_eq!(uploads(&house), 0, "{name}");
    }
    let mut config = house.config(HOST.parse().unwrap());
    config.max_upload_bytes = 1000;
    let small = Browser {
        router: hermes_web::router(house.app.clone(), &config),
        cookie: browser.cookie.clone(),
    };
    let answer = small.upload("big.zip", &common::archive()).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(answer.body.contains("larger than the 1000 bytes"), "{}", answer.body);
    assert_eq!(uploads(&house), 0);
    let owner = house.app.owner().await.unwrap();
    assert_eq!(house.app.progress(&owner).await.unwrap().activities, 0);
}

#[tokio::test]
async fn the_owner_goes_from_nothing_to_a_plan_and_sees_every_page() {
    let house = House::new().await;
    let browser = Browser::signed_in(&house).await;
    assert_eq!(browser.get("/today").await.location(), "/welcome", "too early for a plan");
    import(&house, &browser, "export_1.zip", &common::archive()).await;
    assert_eq!(uploads(&house), 0, "the archive is removed after the import");
    assert_eq!(browser.get("/welcome").await.location(), "/welcome/calibration");
    let ledger = browser.get("/welcome/import").await.body;
    assert!(ledger.contains("export_1.zip") && ledger.contains(" runs, "), "{ledger}");

    let goal = "distance=half&day=2027-04-25&time=1:45:00&priority=1";
    assert_eq!(browser.post("/welcome/goal", goal).await.location(), "/welcome/preferences");
    let days = "run_day=2&run_day=3&run_day=4&run_day=6&run_day=0&long_run_day=0&units=km";
    let zone = "week_start=monday&time_zone=Europe/Berlin";
    let saved = browser.post("/welcome/preferences", &format!("{days}&{zone}")).await;
    assert_eq!(saved.location(), "/welcome/plan", "{}", saved.body);
    assert_eq!(browser.post("/welcome/plan", "").await.location(), "/welcome/plan");
    assert_eq!(browser.get("/").await.location(), "/today");

    for path in PAGES {
        let answer = browser.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
        assert!(answer.body.contains("<h1>") && answer.body.contains("lang=\"en\""), "{path}");
        assert!(!answer.body.contains("style=\""), "{path}: the policy forbids inline style");
    }
    let today = browser.get("/today").await.body;
    for text in ["Half Marathon", "days to go", "1:45:00", "Thursday 19 November 2026"] {
        assert!(today.contains(text), "{text}");
    }
    let next = browser.get("/plan?week=2026-11-24").await.body;
    for text in ["Next week", "Draft", "Long Run", "Why this week"] {
        assert!(next.contains(text), "{text}");
    }
    assert_eq!(next.matches("class=\"mini ").count(), 5, "five sessions");
    let owner = house.app.owner().await.unwrap();
    let first = Day::parse(common::TODAY).unwrap() - 3 - 49;
    let volumes = house.app.volumes(&owner, first, 8).await.unwrap();
    assert!(volumes.iter().any(|v| v.done.0 > 20_000) && volumes[7].planned.0 > 0);
    for v in volumes {
        let week = house.app.week(&owner, v.week_start).await.unwrap().unwrap();
        assert_eq!((v.planned, v.done), (week.planned, week.done), "{}", v.week_start);
    }

    let miles = format!("{days}&{zone}").replace("units=km", "units=miles");
    browser.post("/settings/preferences", &miles).await;
    for path in ["/today", "/plan?week=2026-11-24", "/activities", "/welcome/calibration"] {
        let page = browser.get(path).await.body;
        assert!(page.contains("/mi"), "{path} in miles: {page}");
        assert!(!page.contains("/km"), "{path} in miles: {page}");
    }
    let part = browser.get("/welcome/import?part=1").await.body;
    assert!(part.starts_with("<div id=\"import\"") && !part.contains("<html"), "{part}");
}

#[tokio::test]
async fn wrong_forms_say_what_would_be_right() {
    let house = House::new().await;
    let browser = Browser::signed_in(&house).await;
    for (path, form, says) in [
        ("/welcome/goal", "distance=half&day=2020-01-01", "2020-01-01"),
        ("/welcome/goal", "distance=half&day=2032-01-01", "2032-01-01"),
        ("/settings/goals", "distance=ultra&day=2027-04-25", "distance"),
        ("/settings/goals", "distance=half&day=soon", "YYYY-MM-DD"),
        ("/settings/goals", "distance=half&day=2027-04-25&time=fast", "1:45:00"),
        ("/welcome/preferences", "units=km", "at least one day"),
        ("/settings/preferences", "run_day=1&max_runs=12", "1 to 7"),
        ("/settings/preferences", "run_day=1&time_zone=Moon/Base", "Moon/Base"),
    ] {
        let answer = browser.post(path, form).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path} {form}");
        let said = answer.body.split("role=\"alert\">").nth(1).expect("a sentence");
        assert!(said.split("</p>").next().unwrap().contains(says), "{form}: {said}");
    }
    let gone = browser.post("/settings/goals/remove", "id=nonsense").await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    let huge = browser.post("/settings/goals", &"x".repeat(200_000)).await;
    assert_eq!(huge.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(browser.get("/nowhere").await.status, StatusCode::NOT_FOUND);
    assert_eq!(browser.get("/sign-out").await.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(browser.get("/plan?week=yesterday").await.status, StatusCode::OK);
}

/// What a stranger wrote into an archive is text on every page, never markup.
#[tokio::test]
async fn names_from_outside_are_escaped() {
    let house = House::new().await;
    let browser = Browser::signed_in(&house).await;
    let csv = "Activity ID,Activity Date,Activity Name,Activity Type,Activity Description,\
        Elapsed Time,Distance,Relative Effort,Commute,Activity Gear\n\
        77,\"Nov 17, 2026, 7:00:00 AM\",<script>alert(1)</script>,Run,,3600,10.0,,false,\n";
    import(&house, &browser, "<b>x</b>.csv", csv.as_bytes()).await;
    for path in ["/activities", "/plan", "/welcome/import", "/activities?q=<script>alert"] {
        let answer = browser.get(&path.replace('<', "%3C").replace('>', "%3E")).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert!(!answer.body.contains("<script>alert"), "{path}");
        assert!(!answer.body.contains("<b>x"), "{path}");
    }
    let list = browser.get("/activities").await.body;
    assert!(list.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "{list}");
}

/// A run northwards on the 16th, as a GPX file.
fn gpx(minutes: u32) -> Vec<u8> {
    use std::fmt::Write;
    let mut text = String::from("<gpx version=\"1.1\"><trk><type>running</type><trkseg>");
    for second in (0..=minutes * 60).step_by(10) {
        let latitude = 50.0 + f64::from(second) * 200.0 / 60.0 / 111_195.0;
        let time = format!("2026-11-16T07:{:02}:{:02}Z", second / 60, second % 60);
        let point = "<ele>90</ele><time>";
        write!(text, "<trkpt lat=\"{latitude:.7}\" lon=\"8\">{point}{time}</time></trkpt>")
            .unwrap();
    }
    (text + "</trkseg></trk></gpx>").into_bytes()
}

/// Many files at once, a bad one among them; the page of one of them; a run by hand that turns out
/// to be the same, split and merged again on its page.
#[tokio::test]
async fn files_are_uploaded_together_and_an_activity_has_a_page() {
    let house = House::new().await;
    let browser = Browser::signed_in(&house).await;
    let (run, table) = (gpx(40), common::archive());
    let files: [(&str, &[u8]); 4] =
        [("a.gpx", &run), ("junk.fit", b"junk"), ("none.gpx", b""), ("year.zip", &table)];
    import_all(&house, &browser, &files).await;
    for _ in 0..100 {
        if uploads(&house) == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(uploads(&house), 0);
    let ledger = browser.get("/welcome/import").await.body;
    for text in ["a.gpx and 3 more", "junk.fit", "none.gpx", "FIT, GPX or TCX"] {
        assert!(ledger.contains(text), "{text}: {ledger}");
    }
    let list = browser.get("/activities?q=&from=2026-11-16&to=2026-11-16").await.body;
    let page = list.split("href=\"/activities/-").nth(1).expect("the file's own activity");
    let id = format!("-{}", page.split('"').next().unwrap());
    let shown = browser.get(&format!("/activities/{id}")).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.body);
    for text in [
        "Splits",
        "Best efforts",
        "5 km",
        "class=\"line l1\"",
        "Route",
        "Where it came from",
        "a.gpx",
    ] {
        assert!(shown.body.contains(text), "{text}: {}", shown.body);
    }
    assert!(!shown.body.contains("style=\""));

    let form = "day=2026-11-16&start=07:01&distance=8.1&time=0:40:00&name=Mine&effort=4";
    let added = browser.post("/activities/new", form).await;
    assert_eq!(added.location(), format!("/activities/{id}"), "{}", added.body);
    let shown = browser.get(&format!("/activities/{id}")).await.body;
    assert!(shown.contains("Mine") && shown.contains("This is another run"), "{shown}");
    let source = shown.split("name=\"source\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let split = browser.post(&format!("/activities/{id}/split"), &format!("source={source}")).await;
    assert_eq!(split.location(), format!("/activities/{id}?said=split"), "{}", split.body);
    let owner = house.app.owner().await.unwrap();
    let query = hermes_app::ActivityQuery {
        from: Some(Day::parse("2026-11-16").unwrap()),
        to: Some(Day::parse("2026-11-16").unwrap()),
        ..hermes_app::ActivityQuery::default()
    };
    let all = house.app.activities(&owner, &query).await.unwrap();
    let other = all.items.iter().find(|a| a.name == "Mine").expect("an activity of its own").id;
    let merged = browser.post(&format!("/activities/{id}/merge"), &format!("other={other}")).await;
    assert!(merged.location().starts_with("/activities/-"), "{}", merged.body);

    for (path, form, status) in [
        ("/activities/new", "day=2026-11-16&start=07:01&distance=x&time=0:40:00", 422),
        ("/activities/new", "day=2027-11-16&start=07:01&distance=8&time=0:40:00", 422),
        ("/activities/new", "", 422),
        ("/activities/5/split", "source=x", 422),
        ("/activities/5/split", "source=00000000-0000-0000-0000-000000000000", 404),
        ("/activities/5/merge", "other=six", 422),
        ("/activities/5/merge", "other=6", 404),
        ("/activities/x/merge", "other=6", 404),
    ] {
        let answer = browser.post(path, form).await;
        assert_eq!(answer.status.as_u16(), status, "{path} {form}: {}", answer.body);
    }
    assert_eq!(browser.get("/activities/5").await.status, StatusCode::NOT_FOUND);
    assert_eq!(browser.get("/activities/x").await.status, StatusCode::NOT_FOUND);
}
