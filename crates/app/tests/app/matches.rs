//! Which run was which session: by the engine and by the runner's word, and what late, edited and
//! deleted activities touch.

use crate::world::{World, day};
use hermes_app::{AppError, Mark, SessionKey, WeekMatches};
use hermes_engine::calendar::Day;
use hermes_engine::compliance::Colour;
use hermes_engine::record::Correction;
use hermes_engine::session::{Kind, Planned};
use hermes_store::plans::{Revision, StoredWeek, Workout};
use hermes_store::summaries::WeeklySummary;
use hermes_store::{Options, Store};

const WEEK: &str = "2026-03-02";

/// A week that is over, of which nothing was run; its sessions.
async fn over() -> (World, Vec<Planned>) {
    let w = World::published("2026-03-02T06:00:00Z", 20).await;
    w.days(7);
    w.app.publish(&w.runner).await.unwrap();
    let sessions = matches(&w).await.sessions.into_iter().map(|s| s.planned).collect::<Vec<_>>();
    assert!(sessions.len() >= 4, "{sessions:?}");
    (w, sessions)
}

async fn matches(w: &World) -> WeekMatches {
    let today = w.app.today(&w.runner);
    w.app.matches(&w.runner, today, day(WEEK)).await.unwrap()
}

async fn workouts(w: &World) -> Vec<Workout> {
    let store = Store::open(&w.url(), Options::default()).await.unwrap();
    let week = store.week(w.runner.id, day(WEEK)).await.unwrap().unwrap();
    week.workouts
        .into_iter()
        .map(|s| s.workout)
        .filter(|s| s.workout_type != "Cross Training")
        .collect()
}

fn km(s: &Planned) -> f64 {
    s.distance.0 as f64 / 1000.0
}

#[tokio::test]
async fn corrections_stick() {
    let (w, plan) = over().await;
    let minutes = plan[0].duration.0 / 60;
    w.runs(&[(100, plan[0].day, km(&plan[0]), minutes)]).await;
    let done = async |i: usize| {
        let m = matches(&w).await;
        let scored = m.sessions[i].scored.clone().unwrap();
        (scored.activities, scored.colour)
    };
    let green = (vec![100], Colour::Green);
    let missed = (vec![], Colour::Missed);
    assert_eq!(done(0).await, green);
    let row = &workouts(&w).await[0];
    assert_eq!((row.strava_activity_id, row.completed), (Some(100), true));

    let (id, runner) = (100, &w.runner);
    w.app.match_none(runner, id).await.unwrap();
    assert_eq!(done(0).await, missed);
    assert_eq!(matches(&w).await.unplanned[0].id, 100);
    let row = &workouts(&w).await[0];
    assert_eq!((row.strava_activity_id, row.completed, row.completed_at), (None, false, None));
    assert_eq!((row.actual_distance_km, row.actual_duration_seconds), (None, None));

    let to = SessionKey::Day(plan[1].day);
    let given = w.app.match_to(runner, to, id).await.unwrap();
    assert_eq!(done(0).await, missed);
    assert_eq!(done(1).await.0, [100]);
    assert_eq!(workouts(&w).await[1].strava_activity_id, Some(100));
    // It stays through another import, an edited activity and another plan.
    w.runs(&[(100, plan[0].day, km(&plan[1]), minutes)]).await;
    w.app.replan(runner, "again").await.unwrap();
    assert_eq!(done(1).await, green);
    let row = &workouts(&w).await[1];
    assert_eq!(row.actual_distance_km.unwrap().from_km(), plan[1].distance);
    w.sound().await;

    // A session done without a record, and one that was not done.
    let summary = async || {
        let store = Store::open(&w.url(), Options::default()).await.unwrap();
        let all = store.summaries(runner.id, day(WEEK), day(WEEK)).await.unwrap();
        (all[0].compliance_percentage.unwrap(), all[0].actual_volume_km.unwrap())
    };
    let (before, run) = summary().await;
    let second = SessionKey::Day(plan[2].day);
    let word = w.app.match_word(runner, second, true).await.unwrap();
    let row = &workouts(&w).await[2];
    assert_eq!((row.completed, row.strava_activity_id, row.actual_distance_km), (true, None, None));
    let (after, same) = summary().await;
    assert!(after > before && same == run, "it counts as done, and no km are made up");
    w.app.undo_match(runner, word.id).await.unwrap();
    assert_eq!((summary().await, workouts(&w).await[2].completed), ((before, run), false));
    let twice = w.app.undo_match(runner, word.id).await;
    assert!(twice.is_err(), "{twice:?}");

    // Its activity goes: so does the correction, and says why.
    w.app.mark_activity(runner, id, Mark::Deleted).await.unwrap();
    assert_eq!(done(1).await, missed);
    let all = matches(&w).await.corrections;
    let dropped = all.iter().find(|c| c.id == given.id).unwrap();
    assert_eq!(dropped.note.as_deref(), Some("the activity was deleted"));
    assert!(dropped.ended_at.is_some());
    assert!(matches!(dropped.correction, Correction::Belongs { activity: 100, .. }));
    w.sound().await;
}

#[tokio::test]
async fn what_cannot_be_said_is_refused_in_words() {
    let (w, plan) = over().await;
    let runner = &w.runner;
    w.runs(&[(100, plan[0].day + 14, 8.0, 48), (101, plan[0].day, 20.0, 20)]).await;
    let at = SessionKey::Day(plan[0].day);
    let said =
        |r: Result<_, AppError>| r.map(|_: hermes_app::CorrectionView| ()).unwrap_err().to_string();
    assert!(said(w.app.match_to(runner, at, 100).await).contains("more than 7 days"));
    assert!(said(w.app.match_to(runner, at, 101).await).contains("does not count"));
    assert!(said(w.app.match_to(runner, at, 7).await).contains("no activity 7"));
    let free = (0..7).map(|i| day(WEEK) + i).find(|d| plan.iter().all(|s| s.day != *d)).unwrap();
    let none = w.app.match_word(runner, SessionKey::Day(free), true).await;
    assert!(said(none).contains("no run is planned"));
    let old = w.app.match_word(runner, SessionKey::Day(day("2020-01-01")), true).await;
    assert!(said(old).contains("no published plan"));
    let coming = w.app.week(runner, day(WEEK) + 7).await.unwrap().unwrap().plan.unwrap();
    let last = coming.sessions.iter().rfind(|s| s.kind != Kind::Cross).unwrap();
    let early = w.app.match_word(runner, SessionKey::Day(last.day), true).await;
    assert!(said(early).contains("still to come"));
    let gone = w.app.mark_activity(runner, 7, Mark::Confirmed).await;
    assert!(matches!(gone, Err(AppError::NotFound(_))), "{gone:?}");
}

#[tokio::test]
async fn what_cannot_be_counts_once_it_is_confirmed() {
    let (w, plan) = over().await;
    let runner = &w.runner;
    let first = plan[0];
    let fast = [(100, first.day, km(&first), first.distance.0 / 1000 * 2)];
    w.runs(&fast).await;
    let counts = async || matches(&w).await.sessions[0].scored.clone().unwrap().activities == [100];
    assert!(!counts().await, "8 m/s");
    w.app.mark_activity(runner, 100, Mark::Confirmed).await.unwrap();
    assert!(counts().await);
    // Another import of it, changed, undoes nothing.
    w.runs(&[(100, first.day, km(&first), first.distance.0 / 1000 * 2 - 1)]).await;
    assert!(counts().await);
    w.app.mark_activity(runner, 100, Mark::Excluded).await.unwrap();
    assert!(!counts().await);
    w.app.mark_activity(runner, 100, Mark::Included).await.unwrap();
    assert!(!counts().await, "as it was imported");
    w.sound().await;
}

#[tokio::test]
async fn the_run_of_today_is_written_down_today() {
    let w = World::published("2026-03-02T06:00:00Z", 20).await;
    let plan = matches(&w).await.sessions;
    let first = plan[0].planned;
    while w.app.today(&w.runner) < first.day {
        w.days(1);
    }
    w.runs(&[(100, first.day, km(&first), first.duration.0 / 60)]).await;
    assert_eq!(workouts(&w).await[0].strava_activity_id, Some(100));
    assert!(workouts(&w).await[1..].iter().all(|s| !s.completed));
}

/// Everything that is kept of the weeks before the current one.
#[derive(Debug, PartialEq)]
struct Past {
    weeks: Vec<StoredWeek>,
    revisions: Vec<Revision>,
    summaries: Vec<WeeklySummary>,
}

impl Past {
    async fn of(w: &World, to: Day) -> Self {
        let store = Store::open(&w.url(), Options::default()).await.unwrap();
        let (user, first) = (w.runner.id, day(WEEK));
        let mut revisions = Vec::new();
        for k in 0..(to - first) / 7 {
            revisions.extend(store.revisions(user, first + 7 * k).await.unwrap());
        }
        let mut weeks = store.published_weeks(user, first, to - 1).await.unwrap();
        // When a session was done is when that was found.
        for s in weeks.iter_mut().flat_map(|w| &mut w.workouts) {
            s.workout.completed_at = None;
        }
        let summaries = store.summaries(user, first - 28, to - 1).await.unwrap();
        Self { weeks, revisions, summaries }
    }

    /// The weeks in which what was done of a session differs, and everything else is the same.
    fn differ(&self, other: &Self) -> Vec<Day> {
        assert_eq!(self.revisions, other.revisions, "no past plan is rewritten");
        let mut out = Vec::new();
        for (a, b) in self.weeks.iter().zip(&other.weeks) {
            assert_eq!((&a.plan, a.revision, a.updated_at), (&b.plan, b.revision, b.updated_at));
            for (x, y) in a.workouts.iter().zip(&b.workouts) {
                let planned = |s: &Workout| Workout {
                    strava_activity_id: None,
                    actual_distance_km: None,
                    actual_duration_seconds: None,
                    actual_pace_seconds_per_km: None,
                    completed: false,
                    ..s.clone()
                };
                assert_eq!((x.id, planned(&x.workout)), (y.id, planned(&y.workout)));
            }
            if a.workouts != b.workouts {
                out.push(a.plan.week_start_date);
            }
        }
        out
    }

    /// The weeks whose km in the summary differ.
    fn km_differ(&self, other: &Self) -> Vec<Day> {
        let pairs = self.summaries.iter().zip(&other.summaries);
        let differ = pairs.filter(|(a, b)| a.actual_volume_km != b.actual_volume_km);
        differ.map(|(a, _)| a.week_start_date).collect()
    }
}

#[tokio::test]
async fn late_edited_and_deleted_activities_touch_their_weeks_and_nothing_else() {
    let (w, plan) = over().await;
    for _ in 0..3 {
        w.days(7);
        w.app.publish(&w.runner).await.unwrap();
    }
    let (first, third) = (day(WEEK), day(WEEK) + 14);
    let this = first + 28;
    assert_eq!(w.app.today(&w.runner), this);
    let none = Past::of(&w, this).await;
    assert_eq!(none.weeks.len(), 4);

    let late = |on: Day, km: f64| [(100, on, km, (km * 6.0) as i64)];
    w.runs(&late(plan[0].day, km(&plan[0]))).await;
    let added = Past::of(&w, this).await;
    assert_eq!((none.differ(&added), none.km_differ(&added)), (vec![first], vec![first]));
    w.sound().await;

    // Edited: it was two weeks later. Both weeks follow.
    let store = Store::open(&w.url(), Options::default()).await.unwrap();
    let later = store.week(w.runner.id, third).await.unwrap().unwrap();
    let session = &later.workouts.iter().find(|s| s.workout.planned_distance_km.is_some()).unwrap();
    let (on, distance) =
        (session.workout.workout_date, session.workout.planned_distance_km.unwrap());
    w.runs(&late(on, distance.from_km().0 as f64 / 1000.0)).await;
    let moved = Past::of(&w, this).await;
    assert_eq!((none.differ(&moved), none.km_differ(&moved)), (vec![third], vec![third]));
    assert_eq!(added.differ(&moved), [first, third]);
    w.sound().await;

    // Deleted: as if it had never been, and no import brings it back.
    w.app.mark_activity(&w.runner, 100, Mark::Deleted).await.unwrap();
    assert_eq!(Past::of(&w, this).await, none);
    w.runs(&late(plan[0].day, km(&plan[0]))).await;
    assert_eq!(Past::of(&w, this).await, none);
    let listed = w.app.activities(&w.runner, &hermes_app::ActivityQuery::default()).await.unwrap();
    assert!(listed.items.iter().all(|a| a.id != 100));
    w.sound().await;
}
