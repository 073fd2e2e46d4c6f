//! What an activity was by the runner's word: what follows from it, how long it stays, and how it is
//! taken back. After each the plans of the past verify.

use crate::files::gpx;
use crate::world::{World, day};
use hermes_app::{ActivityDetail, ActivityQuery, AppError, Mark, SessionKey, activity_types};
use hermes_engine::calendar::Day;
use hermes_engine::compliance::Colour;
use hermes_engine::session::Planned;
use hermes_store::{Options, Store};

const WEEK: &str = "2026-03-02";
const ID: i64 = 100;

/// A week that is over, of which nothing was run; its first session.
async fn over() -> (World, Planned) {
    let w = World::published("2026-03-02T06:00:00Z", 20).await;
    w.days(7);
    w.app.publish(&w.runner).await.unwrap();
    let today = w.app.today(&w.runner);
    let week = w.app.matches(&w.runner, today, day(WEEK)).await.unwrap();
    (w, week.sessions[0].planned)
}

/// Imports the session as it was planned, as an activity of that type and title.
async fn import(w: &World, s: &Planned, kind: &str, title: &str) {
    let on = s.day.date().strftime("%b %-d, %Y");
    let (seconds, km) = (s.duration.0, s.distance.0 as f64 / 1000.0);
    let csv = format!(
        "Activity ID,Activity Date,Activity Name,Activity Type,Activity Description,\
         Elapsed Time,Distance,Relative Effort,Commute,Activity Gear\n\
         {ID},\"{on}, 7:00:00 AM\",{title},{kind},,{seconds},{km},,false,\n"
    );
    let path = w.file("activities.csv");
    std::fs::write(&path, csv).unwrap();
    w.import(path).await;
}

/// Km of the week that was summed up, its runs in lists, and how its first session was kept.
async fn counted(w: &World) -> (i64, i64, Colour) {
    let store = Store::open(&w.url(), Options::default()).await.unwrap();
    let sums = store.summaries(w.runner.id, day(WEEK), day(WEEK)).await.unwrap();
    let metres = sums[0].actual_volume_km.map_or(0, |km| km.from_km().0);
    let (from, to) = (Some(day(WEEK)), Some(day(WEEK) + 6));
    let runs = ActivityQuery { runs_only: true, from, to, ..ActivityQuery::default() };
    let count = w.app.activities(&w.runner, &runs).await.unwrap().count;
    let week = w.app.matches(&w.runner, w.app.today(&w.runner), day(WEEK)).await.unwrap();
    (metres, count, week.sessions[0].scored.as_ref().unwrap().colour)
}

async fn shown(w: &World) -> ActivityDetail {
    w.app.activity(&w.runner, ID).await.unwrap()
}

#[tokio::test]
async fn a_ride_that_was_a_run_counts_once_it_is_said() {
    let (w, session) = over().await;
    let (runner, metres) = (&w.runner, session.distance.0);
    import(&w, &session, "Ride", "Morning").await;
    let nothing = (0, 0, Colour::Missed);
    assert_eq!(counted(&w).await, nothing);
    let all = (metres, 1, Colour::Green);
    // Twice is as good as once.
    for name in ["Run", "run"] {
        w.app.correct_type(runner, ID, Some(name)).await.unwrap();
        assert_eq!(counted(&w).await, all, "{name}");
    }
    w.sound().await;
    let d = shown(&w).await;
    assert!(d.activity.is_run && d.activity.pace.is_some());
    assert_eq!((d.activity.activity_type.as_str(), d.type_said.as_deref()), ("Run", Some("Ride")));
    // No import undoes it: neither the same nor another title or type.
    for (kind, title) in [("Ride", "Morning"), ("Ride", "Evening"), ("Walk", "Evening")] {
        import(&w, &session, kind, title).await;
        let d = shown(&w).await;
        assert_eq!((counted(&w).await, d.activity.name.as_str()), (all, title));
        assert_eq!(d.type_said.as_deref(), Some(kind));
    }
    w.days(7);
    w.app.publish(runner).await.unwrap();
    w.sound().await;

    for _ in 0..2 {
        w.app.correct_type(runner, ID, None).await.unwrap();
        assert_eq!(counted(&w).await, nothing);
    }
    let d = shown(&w).await;
    assert_eq!((d.activity.activity_type.as_str(), d.type_said), ("Walk", None));
    // To say what the source says is to take the word back; it is then as the source says.
    w.app.correct_type(runner, ID, Some("TrailRun")).await.unwrap();
    w.app.correct_type(runner, ID, Some("walk")).await.unwrap();
    assert_eq!(shown(&w).await.type_said, None);
    import(&w, &session, "Run", "Evening").await;
    assert_eq!(counted(&w).await, all);
    w.sound().await;
}

#[tokio::test]
async fn what_was_said_of_a_run_ends_when_it_was_none() {
    let (w, session) = over().await;
    let runner = &w.runner;
    import(&w, &session, "Run", "Morning").await;
    let at = SessionKey::Day(session.day);
    let given = w.app.match_to(runner, at, ID).await.unwrap();
    w.app.correct_type(runner, ID, Some("Virtual Run")).await.unwrap();
    assert_eq!(counted(&w).await.2, Colour::Green);
    w.app.correct_type(runner, ID, Some("Ride")).await.unwrap();
    assert_eq!(counted(&w).await, (0, 0, Colour::Missed));
    let today = w.app.today(runner);
    let week = w.app.matches(runner, today, day(WEEK)).await.unwrap();
    let ended = week.corrections.iter().find(|c| c.id == given.id).unwrap();
    assert!(ended.ended_at.is_some());
    assert_eq!(ended.note.as_deref(), Some("you said that the activity was no run"));
    let none = w.app.match_to(runner, at, ID).await.unwrap_err();
    assert!(none.to_string().contains("no run (Ride)"), "{none}");
    w.sound().await;
    // The run is there again, and belongs where Hermes finds that it does.
    w.app.correct_type(runner, ID, None).await.unwrap();
    assert_eq!(counted(&w).await.2, Colour::Green);
    w.sound().await;
}

#[tokio::test]
async fn only_what_is_known_can_be_said_of_what_is_there() {
    let (w, session) = over().await;
    let runner = &w.runner;
    import(&w, &session, "Ride", "Morning").await;
    let wrong = w.app.correct_type(runner, ID, Some("Flying")).await.unwrap_err();
    assert!(matches!(wrong, AppError::Field { field: "type", .. }), "{wrong}");
    assert!(wrong.to_string().contains("\"Flying\" is no kind of activity"), "{wrong}");
    for nothing in ["", "  ", "\0"] {
        w.app.correct_type(runner, ID, Some(nothing)).await.unwrap_err();
    }
    let (runs, others) = activity_types();
    assert_eq!(runs, ["Run", "TrailRun", "VirtualRun"]);
    for name in runs.into_iter().chain(others.into_iter().take(3)) {
        w.app.correct_type(runner, ID, Some(name)).await.unwrap();
        assert_eq!(shown(&w).await.activity.activity_type, name);
    }
    let gone = w.app.correct_type(runner, 7, Some("Run")).await;
    assert!(matches!(gone, Err(AppError::NotFound(_))), "{gone:?}");
    w.app.mark_activity(runner, ID, Mark::Deleted).await.unwrap();
    let deleted = w.app.correct_type(runner, ID, Some("Run")).await;
    assert!(matches!(deleted, Err(AppError::Conflict(_))), "{deleted:?}");
}

/// A file that called a run a ride was read as a ride: with the runner's word its points are read as
/// a run's, for its page and for the engine, and a second import of it changes nothing.
#[tokio::test]
async fn the_points_of_a_ride_that_was_a_run_are_read() {
    let w = World::at("2026-03-04T10:00:00Z").await;
    let runner = &w.runner;
    let (path, right) = (w.file("morning.gpx"), w.file("right.gpx"));
    let text = gpx("2026-03-01T07:00:00Z", 50, 200.0, 150);
    std::fs::write(&right, &text).unwrap();
    std::fs::write(&path, text.replace("<type>running<", "<type>cycling<")).unwrap();
    w.import(path.clone()).await;
    let ride = w.app.activities(runner, &ActivityQuery::default()).await.unwrap().items.remove(0);
    let (id, on): (i64, Day) = (ride.id, ride.day);
    let detail = async || w.app.activity(runner, id).await.unwrap();
    let before = detail().await;
    assert_eq!((before.km.len(), before.efforts.len(), before.activity.is_run), (0, 0, false));
    w.app.correct_type(runner, id, Some("Run")).await.unwrap();
    let after = detail().await;
    assert_eq!(after.km.len(), 10, "{:?}", after.km);
    assert!(after.km.iter().all(|s| s.pace.is_some_and(|p| (298..=302).contains(&p.0))));
    let best: Vec<&str> = after.efforts.iter().map(|e| e.name).collect();
    assert_eq!(best[..3], ["400 m", "Half a mile", "1 km"]);
    let store = Store::open(&w.url(), Options::default()).await.unwrap();
    let known = async |runner| {
        let now = hermes_app::clock::Clock::now(&*w.hands);
        store.activities_between(runner, on, on + 1, now).await.unwrap()[0].clone()
    };
    let engine = known(runner.id).await;
    let again = w.app.import(runner, path, |_| {}).await.unwrap();
    assert_eq!((again.counts.unchanged, known(runner.id).await), (1, engine.clone()));
    // As if the file had said it: that one tells of the same run.
    assert!(engine.streams.is_some_and(|s| s.graded.is_some() && s.max_heart_rate == Some(150)));
    let joined = w.app.import(runner, right, |_| {}).await.unwrap();
    assert_eq!((joined.counts.duplicate, joined.runs), (1, 1), "{joined:?}");
    assert_eq!(known(runner.id).await.streams, engine.streams);
    w.app.correct_type(runner, id, Some("Hike")).await.unwrap();
    let hike = detail().await;
    assert_eq!((hike.km.len(), hike.miles.len(), hike.efforts.len()), (0, 0, 0));
    assert!(hike.curve.is_some());
    w.sound().await;
}
