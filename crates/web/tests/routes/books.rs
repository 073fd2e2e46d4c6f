//! What stands in the database is what the pages show: a value that changes in its row changes a
//! page. Method: the row is rewritten behind the pages' back, through the store; each column by
//! itself, so that none can hide behind another.

use crate::Browser;
use crate::common::{self, House};
use crate::trained::{RACE, training_for};
use hermes_app::Runner;
use hermes_engine::calendar::Day;
use hermes_engine::record::{Ask, HealthType, RaceDistance, Sport};
use hermes_engine::units::Metres;
use hermes_store::adaptation::Adaptation;
use hermes_store::health::NewHealthRecord;
use hermes_store::imports::{ImportItem, NewActivity, Source};
use hermes_store::meters::{Killa, Momentum};
use hermes_store::profile::Profile;
use hermes_store::roadmap::{Milestone, NewPhase, Phase};
use hermes_store::summaries::WeeklySummary;
use hermes_store::templates::Template;
use hermes_store::value::{
    ActivityMetres, Decimal, LocalTime, Percent, Score, SessionKm, Text, WeekKm,
};
use hermes_store::{Options, Store};
use jiff::Timestamp;

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

/// A time at which rows are rewritten, unlike any other.
fn later() -> Timestamp {
    "2031-02-03T04:05:06Z".parse().unwrap()
}

/// What is done to one column of a profile.
type Change = fn(&mut Profile);

/// A runner in training, their browser, and the database below it.
struct Books {
    house: House,
    browser: Browser,
    owner: Runner,
    store: Store,
}

impl Books {
    async fn open() -> Self {
        Self::before(RACE).await
    }

    /// With the race on a day.
    async fn before(race: &str) -> Self {
        let house = House::new().await;
        let owner = training_for(&house, 3, race).await;
        let browser = Browser::signed_in(&house).await;
        let url = format!("sqlite:{}", house.dir.path().join("hermes.db").display());
        let store = Store::open(&url, Options::default()).await.unwrap();
        // The first look keeps the books of the day.
        browser.get("/today").await;
        Self { house, browser, owner, store }
    }

    async fn page(&self, path: &str) -> String {
        let page = self.browser.get(path).await;
        assert_eq!(page.status, axum::http::StatusCode::OK, "{path}: {}", page.body);
        page.body
    }
}

#[tokio::test]
async fn every_column_of_the_profile_is_shown() {
    let books = Books::open().await;
    let kept = books.store.profile(books.owner.id).await.unwrap().unwrap();
    let before = books.page("/profile").await;
    let changes: [(&str, Change); 18] = [
        ("base", |p| p.base_pace_seconds_per_km += 61),
        ("threshold", |p| p.threshold_pace_seconds_per_km += 61),
        ("capacity", |p| p.weekly_capacity_km = SessionKm::new(12_340).unwrap()),
        ("durability", |p| p.durability_score = Score::new(13).unwrap()),
        ("consistency", |p| p.consistency_score = Score::new(17).unwrap()),
        ("risk", |p| p.risk_level = "high".to_owned()),
        ("state", |p| p.current_state = "Slump".to_owned()),
        ("override", |p| p.override_mode_enabled = true),
        ("distance", |p| p.primary_goal_distance = Some(RaceDistance::K4)),
        ("date", |p| p.primary_goal_date = Some(day("2027-07-07"))),
        ("time", |p| p.goal_time_seconds = Some(5_555)),
        ("28 days", |p| p.last_28_day_volume = WeekKm::new(77_700)),
        ("90 days", |p| p.last_90_day_volume = WeekKm::new(88_800)),
        ("of late", |p| p.last_28_day_consistency = Score::new(19)),
        ("bootcamp", |p| p.bootcamp_completed ^= true),
        ("begun", |p| p.bootcamp_start_date = Some(day("2024-01-02"))),
        ("over", |p| p.bootcamp_end_date = None),
        ("vdot", |p| p.vdot_tenths = Some(123)),
    ];
    let now: Timestamp = "2026-11-19T10:00:00Z".parse().unwrap();
    let mut pages = vec![before];
    for (what, change) in changes {
        let mut row = kept.clone();
        change(&mut row);
        books.store.save_profile(books.owner.id, &row, now).await.unwrap();
        let page = books.page("/profile").await;
        assert!(!pages.contains(&page), "{what} is not on the page");
        pages.push(page);
    }
    books.store.save_profile(books.owner.id, &kept, later()).await.unwrap();
    assert!(books.page("/profile").await.contains("3 Feb 2031, 04:05"), "when it changed");
}

#[tokio::test]
async fn the_stored_road_is_the_one_that_is_shown() {
    let books = Books::open().await;
    let user = books.owner.id;
    let goal = books.store.all_goals(user).await.unwrap()[0].id;
    let today = day(common::TODAY);
    let phase = |name: &str| Phase {
        phase_number: 1,
        phase_name: Text::new(name).unwrap(),
        start_date: today,
        end_date: today + 60,
        target_volume_km: WeekKm::new(5_000),
        focus: Some("Endurance".to_owned()),
    };
    let stone = Milestone {
        milestone_name: Text::new("Across the moor").unwrap(),
        target_date: today + 30,
        target_metric: Some("long_run_km".to_owned()),
        target_value: Decimal::new(2_000),
    };
    let phases: [Phase; 5] = [
        phase("Build"),
        phase("Build of stone"),
        Phase { phase_number: 4, ..phase("Build") },
        Phase { target_volume_km: WeekKm::new(6_660), ..phase("Build") },
        Phase { focus: Some("Speed".to_owned()), ..phase("Build") },
    ];
    let mut pages = vec![books.page("/roadmap").await];
    for phase in phases {
        let new = NewPhase { goal_id: goal, phase, milestones: vec![stone.clone()] };
        books.store.replace_roadmap(user, &[new], today, later()).await.unwrap();
        let page = books.page("/roadmap").await;
        assert!(!pages.contains(&page), "a column is not on the page");
        pages.push(page);
    }
    let road = books.store.roadmap(user).await.unwrap();
    let open = road.iter().flat_map(|p| &p.milestones).find(|m| !m.achieved).unwrap().id;
    books.store.achieve_milestone(user, open, day("2026-10-03"), later()).await.unwrap();
    assert!(books.page("/roadmap").await.contains("reached 3 Oct 2026"));
}

#[tokio::test]
async fn a_week_that_is_over_shows_what_it_was_summed_up_to() {
    let books = Books::open().await;
    let (user, week) = (books.owner.id, day("2026-11-09"));
    let kept = books.store.summaries(user, week, week).await.unwrap().pop().unwrap();
    let path = "/plan?week=2026-11-09";
    let mut pages = vec![books.page(path).await];
    let rows = [
        WeeklySummary { average_pace_seconds_per_km: Decimal::new(43_251), ..kept.clone() },
        WeeklySummary { threshold_pace_estimate: Decimal::new(26_149), ..kept },
    ];
    for row in rows {
        books.store.save_summary(user, &row, later()).await.unwrap();
        let page = books.page(path).await;
        assert!(!pages.contains(&page), "a column is not on the page");
        pages.push(page);
    }
    assert!(pages[1].contains("7:13/km") && pages[2].contains("4:21/km"));
}

#[tokio::test]
async fn the_history_says_what_a_change_did_to_the_plan() {
    let books = Books::open().await;
    let row = Adaptation {
        transition_date: day(common::TODAY),
        from_state: Some("Stable".to_owned()),
        to_state: Some("Stable".to_owned()),
        trigger_reason: Text::new("a test"),
        trigger_data: None,
        volume_change_percentage: Percent::new(1_240),
        intensity_change_percentage: Percent::new(-3_360),
        adaptation_rationale: Some("because".to_owned()),
        window_7_day: None,
        window_28_day: None,
        window_90_day: None,
    };
    books.store.add_adaptations(books.owner.id, &[row], later()).await.unwrap();
    let page = books.page("/history").await;
    assert!(page.contains("Distance +12 %") && page.contains("Intensity −34 %"), "{page}");
}

#[tokio::test]
async fn an_activity_shows_speeds_power_and_where_it_came_from() {
    let books = Books::open().await;
    let local = LocalTime::start_of(day("2026-11-18")).seconds() + 9 * 3600;
    let run = NewActivity {
        strava_activity_id: 99,
        activity_type: Text::new("Run").unwrap(),
        sport: Sport::Run,
        name: Text::new("By the river"),
        distance_meters: ActivityMetres::new(1_000_000).unwrap(),
        moving_time_seconds: 3000,
        elapsed_time_seconds: 3100,
        total_elevation_gain: None,
        start_date: Timestamp::from_second(local).unwrap(),
        start_date_local: LocalTime::new(local).unwrap(),
        average_speed_ms: None,
        max_speed_ms: None,
        average_heartrate: None,
        max_heartrate: None,
        weighted_average_watts: None,
        average_watts: None,
        external_id: None,
        upload_id: None,
        race: false,
        average_temperature: None,
        perceived_exertion: None,
    };
    let with: [fn(&mut NewActivity); 7] = [
        |_| {},
        |r| r.average_speed_ms = Decimal::new(3_333),
        |r| r.max_speed_ms = Decimal::new(5_001),
        |r| r.weighted_average_watts = Decimal::new(25_050),
        |r| r.average_watts = Decimal::new(23_140),
        |r| r.external_id = Text::new("watch-2031.fit"),
        |r| r.upload_id = Some(987_654_321),
    ];
    let mut pages: Vec<String> = Vec::new();
    for change in with {
        let mut activity = run.clone();
        change(&mut activity);
        let item = Text::new("99").unwrap();
        let item =
            ImportItem { row_number: 1, item, activity, file: None, reading: None, note: None };
        let (user, source) = (books.owner.id, Source::StravaArchive);
        let batch = books.store.begin_import(user, source, None, later()).await.unwrap();
        books.store.import_activities(user, batch, source, &[item], later()).await.unwrap();
        let page = books.page("/activities/99").await;
        assert!(page.contains("Came from"), "{page}");
        assert!(page.contains("Strava archive"), "{page}");
        assert!(!pages.contains(&page), "a column is not on the page");
        pages.push(page);
    }
}

#[tokio::test]
async fn health_says_how_many_strikes_stood() {
    let books = Books::open().await;
    let record = NewHealthRecord {
        record_date: day("2026-11-18"),
        record_type: HealthType::Pain,
        body_part: Text::new("calf"),
        severity: Some(2),
        description: None,
        training_modification: None,
        days_off: 0,
        strike_count: 2,
        is_chronic: false,
        symptoms: None,
    };
    let now: Timestamp = "2026-11-19T08:00:00Z".parse().unwrap();
    books.store.add_health_record(books.owner.id, &record, now).await.unwrap();
    assert!(books.page("/health").await.contains("2 open strikes"));
}

#[tokio::test]
async fn a_change_by_hand_is_shown_with_its_reason() {
    let books = Books::open().await;
    let on = day("2026-11-21");
    let ask = Ask::Resize { day: on, to: Metres(4_000) };
    let app = &books.house.app;
    let edited = app.edit(&books.owner, Some(on), ask, Some("a cousin's wedding")).await.unwrap();
    assert!(edited.saved, "{edited:?}");
    for path in ["/plan", "/workout/2026-11-21"] {
        let page = books.page(path).await;
        assert!(
            page.contains("“a cousin&#39;s wedding”") || page.contains("“a cousin's wedding”"),
            "{path}: {page}"
        );
    }
    assert!(books.page("/plan").await.contains("First drafted"));
    assert!(!books.page("/workout/2026-11-22").await.contains("cousin"), "of that day alone");
}

/// What a column of a template's row is changed to.
type Other = fn(&mut Template);

#[tokio::test]
async fn every_column_of_the_template_is_shown_with_its_session() {
    // Weeks before that the sessions are those of a schedule.
    let books = Books::before("2027-01-10").await;
    let library = books.store.templates().await.unwrap();
    // Long runs are timed there, others are not.
    let look = async || {
        let mut pages = String::new();
        for on in (0..7).map(|n| day("2026-11-16") + n) {
            let page = books.page(&format!("/workout/{on}")).await;
            if page.contains("What it was made from") {
                pages.push_str(&page);
            }
        }
        pages
    };
    let before = look().await;
    assert!(!before.is_empty(), "sessions that were made from templates");
    let changes: [Other; 13] = [
        |t| t.template_name = Text::new("A name unlike any other").unwrap(),
        |t| t.workout_type = "Recovery".to_owned(),
        |t| t.base_distance_km = SessionKm::new(43_210),
        |t| t.intensity_zone = Some("Zone 5".to_owned()),
        |t| t.min_distance_km = SessionKm::new(1_230),
        |t| t.max_distance_km = SessionKm::new(49_870),
        |t| t.min_week_number = Some(71),
        |t| t.max_week_number = Some(83),
        |t| t.requires_base_building = !t.requires_base_building,
        |t| t.source_plan = Text::new("A schedule unlike any other"),
        |t| t.source_week = Some(67),
        |t| t.percent_of_long_run = Some(37),
        |t| {
            t.distance_type = Some("time_based".to_owned());
            (t.base_duration_minutes, t.base_distance_km) = (Some(123), None);
            (t.min_distance_km, t.max_distance_km) = (None, None);
            (t.min_duration_minutes, t.max_duration_minutes) = (Some(113), Some(133));
        },
    ];
    for (n, change) in changes.into_iter().enumerate() {
        let mut rows = library.clone();
        rows.iter_mut().for_each(change);
        books.store.sync_templates(&rows, later()).await.unwrap();
        let page = look().await;
        assert_ne!(page, before, "change {n} is not on the page");
        if n == 12 {
            assert!(page.contains("113 min to 133 min") && page.contains("123 min"), "{page}");
        }
    }
}

#[tokio::test]
async fn the_address_of_the_archive_is_shown() {
    let books = Books::open().await;
    let address = "owner@example.org";
    assert!(!books.page("/profile").await.contains("e-mail address"));
    let email = Text::new(address).unwrap();
    books.store.learn_email(books.owner.id, &email, later()).await.unwrap();
    assert!(books.page("/profile").await.contains(address));
}

#[tokio::test]
async fn the_momentum_meter_is_the_stored_one() {
    let books = Books::open().await;
    let (user, today) = (books.owner.id, Some(day(common::TODAY)));
    let momentum = Momentum {
        current_streak_days: 41,
        longest_streak_days: 97,
        consistency_score: Score::new(37).unwrap(),
        last_updated: today,
    };
    let killa =
        Killa { overreach_count: 3, breakthrough_count: 11, total_points: 77, last_updated: today };
    books.store.save_meters(user, &momentum, &killa, &[], later()).await.unwrap();
    let page = books.page("/today").await;
    for text in
        [">41<", "97 at best", "consistency 37\u{a0}%", "77", "11 breakthroughs", "3 overreaches"]
    {
        assert!(page.contains(text), "{text}: {page}");
    }
}
