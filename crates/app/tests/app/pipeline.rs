//! The weekly pipeline over many runners: each week planned once, at its own hour.

use crate::world::{World, day};
use hermes_app::clock::Clock;
use hermes_app::{App, Runner, WeeksPlanned};
use hermes_engine::calendar::WeekStart;
use hermes_engine::record::{Preferences, RaceDistance};
use hermes_store::{Options, Store};
use jiff::{SignedDuration, Timestamp};

async fn store(w: &World) -> Store {
    Store::open(&w.url(), Options::default()).await.unwrap()
}

/// A runner in a time zone whose current week is published.
async fn member(w: &World, store: &Store, zone: &str) -> Runner {
    let user = store.add_user(w.hands.now()).await.unwrap();
    w.app.set_time_zone(user.id, zone).await.unwrap();
    let runner = w.app.runner(user.id).await.unwrap().unwrap();
    w.app.publish(&runner).await.unwrap();
    runner
}

async fn plan(app: &App) -> WeeksPlanned {
    app.plan_weeks().await.unwrap()
}

fn set(w: &World, to: &str) {
    let to: Timestamp = to.parse().unwrap();
    w.pass(w.hands.now().duration_until(to));
}

/// Each runner's week begins at midnight there: from UTC+14 to UTC-11 a day goes by.
#[tokio::test]
async fn weeks_begin_on_each_runners_own_clock() {
    let w = World::at("2026-03-04T12:00:00Z").await;
    let store = store(&w).await;
    let zones = ["Pacific/Kiritimati", "Europe/Berlin", "America/New_York", "Pacific/Pago_Pago"];
    let mut runners = Vec::new();
    for zone in zones {
        runners.push(member(&w, &store, zone).await);
    }
    assert_eq!(plan(&w.app).await, WeeksPlanned::default(), "nothing is due");
    // Midnight of Monday the 9th: in Kiritimati on Sunday 10:00 UTC. New York has moved its clocks
    // on that Sunday (UTC-4).
    let begins = ["08T10:00", "08T23:00", "09T04:00", "09T11:00"];
    for (runner, begins) in runners.iter().zip(begins) {
        let monday = day("2026-03-09");
        let at = format!("2026-03-{begins}:00Z");
        let due = store.clock(runner.id).await.unwrap().unwrap().clock;
        assert_eq!((due.week_start, due.due_at), (monday, at.parse().unwrap()));
        set(&w, &at);
        w.pass(SignedDuration::from_secs(-1));
        assert_eq!(plan(&w.app).await.runners, 0, "{runner:?} one second early");
        w.pass(SignedDuration::from_secs(1));
        assert_eq!(plan(&w.app).await.runners, 1, "{runner:?}");
        let week = store.week(runner.id, monday).await.unwrap().unwrap();
        assert!(week.plan.published && week.plan.first_day == monday);
        let next = store.week(runner.id, monday + 7).await.unwrap().unwrap();
        assert!(!next.plan.published, "a draft");
        assert_eq!(store.revisions(runner.id, monday).await.unwrap().len(), 2, "draft and plan");
    }
    assert_eq!(plan(&w.app).await, WeeksPlanned::default(), "once is enough");
}

/// In Cairo clocks jump over midnight: the day begins at one.
#[tokio::test]
async fn a_midnight_that_does_not_exist_is_the_first_moment_of_the_day() {
    let w = World::at("2026-04-21T12:00:00Z").await;
    let store = store(&w).await;
    let runner = member(&w, &store, "Africa/Cairo").await;
    let sunday = Preferences { week_start: WeekStart::Sunday, ..Preferences::default() };
    w.app.set_preferences(&runner, w.app.today(&runner), sunday).await.unwrap();
    let clock = store.clock(runner.id).await.unwrap().unwrap().clock;
    assert_eq!(clock.week_start, day("2026-04-19"), "this week, from Sunday on, has no plan");
    assert_eq!(plan(&w.app).await.runners, 1);
    let clock = store.clock(runner.id).await.unwrap().unwrap().clock;
    // Summer time since Friday the 24th: UTC+3.
    assert_eq!(clock.due_at, "2026-04-25T21:00:00Z".parse().unwrap());
}

/// Somebody flies west over the date line on the week's first day: the week that has begun twice is
/// planned once.
#[tokio::test]
async fn a_runner_who_moves_keeps_the_plan_of_the_week() {
    let w = World::at("2026-03-04T12:00:00Z").await;
    let store = store(&w).await;
    let runner = member(&w, &store, "Pacific/Auckland").await;
    set(&w, "2026-03-08T12:00:00Z");
    assert_eq!(plan(&w.app).await.runners, 1, "it is Monday in Auckland");
    let versions = store.revisions(runner.id, day("2026-03-09")).await.unwrap();
    w.app.set_time_zone(runner.id, "Pacific/Honolulu").await.unwrap();
    let clock = store.clock(runner.id).await.unwrap().unwrap().clock;
    assert_eq!(clock.week_start, day("2026-03-09"), "it is Sunday again");
    assert_eq!(plan(&w.app).await.runners, 0);
    set(&w, "2026-03-09T10:00:00Z");
    assert_eq!(plan(&w.app).await.runners, 1, "the books are kept");
    let after = store.revisions(runner.id, day("2026-03-09")).await.unwrap();
    assert_eq!(after, versions, "the plan is the one of Auckland's Monday");
    let moved = w.app.runner(runner.id).await.unwrap().unwrap();
    assert!(w.app.verify(&moved).await.unwrap().is_sound());
}

/// A process that was down for three weeks publishes the current week only, and sums up the
/// weeks that went by.
#[tokio::test]
async fn a_late_start_plans_this_week_from_today_on() {
    let w = World::published("2026-03-04T12:00:00Z", 20).await;
    let store = store(&w).await;
    set(&w, "2026-03-25T12:00:00Z");
    assert_eq!(plan(&w.app).await.runners, 1);
    let monday = day("2026-03-23");
    let week = store.week(w.runner.id, monday).await.unwrap().unwrap();
    assert_eq!(week.plan.first_day, day("2026-03-25"));
    for missed in ["2026-03-09", "2026-03-16"] {
        let week = store.week(w.runner.id, day(missed)).await.unwrap();
        assert!(week.is_none_or(|w| !w.plan.published), "{missed} is not made up");
    }
    let sums = store.summaries(w.runner.id, day("2026-03-02"), monday).await.unwrap();
    assert_eq!(sums[0].week_start_date, day("2026-03-02"));
    w.sound().await;
}

/// One runner's broken row stops nobody else; it is named, tried again later, and heals.
#[tokio::test]
async fn a_broken_row_puts_off_one_runner() {
    let w = World::at("2026-03-04T12:00:00Z").await;
    let store = store(&w).await;
    let well = member(&w, &store, "UTC").await;
    let ill = member(&w, &store, "UTC").await;
    let week = store.week(ill.id, day("2026-03-02")).await.unwrap().unwrap();
    let good = store.revisions(ill.id, day("2026-03-02")).await.unwrap().remove(0).version;
    let mut bad = good.clone();
    let mut body: serde_json::Value = bad.body.read().unwrap();
    body["published"] = "nonsense".into();
    bad.body = body.into();
    let save = async |revision: hermes_store::plans::NewRevision| {
        let workouts = week.workouts.iter().map(|s| s.workout.clone()).collect();
        let (adaptations, profile, summary) = (Vec::new(), None, None);
        let plan = week.plan.clone();
        let to_save = hermes_store::plans::WeekToSave {
            plan,
            workouts,
            revision,
            adaptations,
            profile,
            summary,
        };
        store.save_week(ill.id, &to_save, w.hands.now()).await.unwrap();
    };
    save(bad).await;
    set(&w, "2026-03-09T00:00:00Z");
    let planned = plan(&w.app).await;
    assert_eq!((planned.runners, planned.failed), (1, 1));
    assert!(store.week(well.id, day("2026-03-09")).await.unwrap().unwrap().plan.published);
    let clock = store.clock(ill.id).await.unwrap().unwrap();
    assert_eq!(clock.attempts, 1);
    assert!(clock.last_error.is_some_and(|e| e.contains("cannot be read")));
    assert_eq!(plan(&w.app).await, WeeksPlanned::default(), "not before its time");
    save(good).await;
    w.pass(SignedDuration::from_mins(11));
    assert_eq!(plan(&w.app).await.runners, 1);
    let clock = store.clock(ill.id).await.unwrap().unwrap();
    assert_eq!((clock.attempts, clock.clock.week_start), (0, day("2026-03-16")));
}

/// Two processes at once: every week has one plan.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_processes_share_the_work() {
    let w = World::at("2026-03-04T12:00:00Z").await;
    let store = store(&w).await;
    let mut runners = Vec::new();
    for _ in 0..12 {
        runners.push(member(&w, &store, "UTC").await);
    }
    set(&w, "2026-03-09T00:00:00Z");
    let other = App::open(&w.url(), w.hands.clone()).await.unwrap();
    let ours = w.app.clone();
    let one = tokio::spawn(async move { ours.plan_weeks().await.unwrap() });
    let two = tokio::spawn(async move { other.plan_weeks().await.unwrap() });
    let (one, two) = (one.await.unwrap(), two.await.unwrap());
    assert_eq!((one.runners + two.runners, one.failed + two.failed), (12, 0));
    for runner in &runners {
        let versions = store.revisions(runner.id, day("2026-03-09")).await.unwrap();
        let published = versions.iter().filter(|v| v.version.status != "pending").count();
        assert_eq!(published, 1);
        assert!(w.app.verify(runner).await.unwrap().is_sound());
    }
}

/// A week that is published, drafted and booked today is shown as it stands; a word on weeks to
/// come drafts the next one at once, so that nothing has to be looked for when a page opens.
#[tokio::test]
async fn opening_a_week_again_writes_nothing() {
    let w = World::published("2026-03-04T12:00:00Z", 20).await;
    let store = store(&w).await;
    let log = w.url().replace("sqlite:", "") + "-wal";
    let written = || std::fs::read(&log).unwrap();
    let before = written();
    w.pass(SignedDuration::from_hours(1));
    let again = w.app.publish(&w.runner).await.unwrap();
    assert_eq!(again.week_start, day("2026-03-02"));
    assert!(written() == before, "the database's log has grown");

    let today = w.app.today(&w.runner);
    let next = day("2026-03-09");
    let drafted = async || store.week(w.runner.id, next).await.unwrap().unwrap().plan.plan_digest;
    let plain = drafted().await;
    let three = Preferences { max_runs: Some(3), ..Preferences::default() };
    w.app.set_preferences(&w.runner, today, three).await.unwrap();
    let three = drafted().await;
    assert_ne!(three, plain, "preferences count from the next week on");
    let race = day("2026-03-15");
    let goal = w.app.add_goal(&w.runner, today, RaceDistance::K10, race, None, 1).await.unwrap();
    let racing = drafted().await;
    assert_ne!(racing, three, "the race is in the draft");
    w.app.remove_goal(&w.runner, today, goal.id).await.unwrap();
    assert_eq!(drafted().await, three, "and gone again");

    w.days(1);
    w.app.publish(&w.runner).await.unwrap();
    assert!(written() != before, "the books of another day");
    w.sound().await;
}
