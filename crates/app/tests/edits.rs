//! Edits as use cases: previewed, saved with a reason, kept by later plans, taken back, verified.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

use hermes_app::clock::Clock;
use hermes_app::{App, AppError, Runner, WeekStatus};
use hermes_engine::calendar::{Day, Weekday, WeekdaySet};
use hermes_engine::edit::Verdict;
use hermes_engine::record::{Ask, Preferences};
use hermes_engine::session::{Kind, Session, WeekPlan};
use hermes_engine::units::Metres;
use hermes_store::{Options, Store};
use jiff::{SignedDuration, Timestamp};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

/// A clock that stands still until it is moved; each reading is a microsecond after the last.
struct Hands(Mutex<Timestamp>);

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        let mut now = self.0.lock().unwrap();
        *now += SignedDuration::from_micros(1);
        *now
    }
}

struct World {
    folder: TempDir,
    hands: Arc<Hands>,
    app: App,
    runner: Runner,
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

impl World {
    /// A Monday morning with 40 weeks of history, the week published.
    async fn ready() -> Self {
        let folder = TempDir::new().unwrap();
        let hands = Arc::new(Hands(Mutex::new("2026-03-02T07:00:00Z".parse().unwrap())));
        let url = format!("sqlite:{}", folder.path().join("h.db").display());
        let app = App::open(&url, hands.clone()).await.unwrap();
        let runner = app.owner().await.unwrap();
        let path = folder.path().join("a.zip");
        hermes_app::write_sample_archive(&path, 3, day("2026-03-02"), 40).unwrap();
        app.import(&runner, path, |_| {}).await.unwrap();
        app.publish(&runner).await.unwrap();
        Self { folder, hands, app, runner }
    }

    async fn plan(&self, week: &str) -> WeekPlan {
        self.app.week(&self.runner, day(week)).await.unwrap().unwrap().plan.unwrap()
    }

    async fn sound(&self) -> bool {
        self.app.verify(&self.runner).await.unwrap().is_sound()
    }
}

fn easy(plan: &WeekPlan) -> &Session {
    plan.sessions.iter().rfind(|s| s.kind == Kind::Easy).unwrap()
}

#[tokio::test]
async fn an_edit_of_this_week_is_a_revision_marked_as_the_runners_own() {
    let w = World::ready().await;
    let before = w.plan("2026-03-02").await;
    let on = easy(&before).day;
    let ask = Ask::Resize { day: on, to: Metres(4_000) };
    let shown = w.app.preview_edit(&w.runner, None, ask).await.unwrap();
    assert_ne!(shown.verdict, Verdict::Refused);
    assert_eq!(w.plan("2026-03-02").await, before, "a preview saves nothing");
    let edited = w.app.edit(&w.runner, None, ask, Some("a busy day")).await.unwrap();
    assert!(edited.saved && edited.preview == shown);
    let view = w.app.week(&w.runner, day("2026-03-02")).await.unwrap().unwrap();
    assert_eq!((view.revision, view.plan.as_ref()), (2, Some(&shown.plan)));
    let url = format!("sqlite:{}", w.folder.path().join("h.db").display());
    let store = Store::open(&url, Options::default()).await.unwrap();
    let stored = store.week(w.runner.id, day("2026-03-02")).await.unwrap().unwrap();
    assert!(stored.plan.user_edited);
    assert_eq!(stored.plan.user_edit_reason.as_deref(), Some("a busy day"));
    for s in &stored.workouts {
        let own = s.workout.workout_date == on;
        assert_eq!((s.workout.user_modified, s.workout.pinned), (own, own));
        let reason = own.then_some("a busy day");
        assert_eq!(s.workout.user_modification_reason.as_deref(), reason);
    }
    assert!(w.sound().await);
    // Planned anew two days later, the edit is still there.
    w.hands.0.lock().map(|mut now| *now += SignedDuration::from_hours(24)).unwrap();
    w.app.replan(&w.runner, "another day").await.unwrap();
    let later = w.plan("2026-03-02").await;
    assert_eq!(later.sessions.iter().find(|s| s.day == on).unwrap().distance, Metres(4_000));
    assert!(w.sound().await);
}

#[tokio::test]
async fn taking_an_edit_back_gives_the_old_week_and_keeps_every_revision() {
    let w = World::ready().await;
    let before = w.plan("2026-03-02").await;
    let ask = Ask::Skip { day: easy(&before).day };
    assert!(w.app.edit(&w.runner, None, ask, Some("tired")).await.unwrap().saved);
    assert_ne!(w.plan("2026-03-02").await.sessions, before.sessions);
    let undone = w.app.undo_edit(&w.runner).await.unwrap();
    assert!(undone.edit.asked == ask && undone.undone_at.is_some());
    assert_eq!(w.plan("2026-03-02").await, before);
    let all = w.app.edits(&w.runner).await.unwrap();
    assert!(all.len() == 1 && all[0].undone_at.is_some());
    let view = w.app.week(&w.runner, day("2026-03-02")).await.unwrap().unwrap();
    assert_eq!(view.revision, 3);
    let none = w.app.undo_edit(&w.runner).await;
    assert!(matches!(none, Err(AppError::NotFound(_))), "{none:?}");
    assert!(w.sound().await);
}

#[tokio::test]
async fn a_draft_keeps_its_edits_until_it_is_published_with_them() {
    let w = World::ready().await;
    let draft = w.plan("2026-03-09").await;
    let on = easy(&draft).day;
    let ask = Ask::Resize { day: on, to: Metres(3_700) };
    assert!(w.app.edit(&w.runner, None, ask, Some("x")).await.unwrap().saved);
    let view = w.app.week(&w.runner, day("2026-03-09")).await.unwrap().unwrap();
    assert_eq!(view.status, WeekStatus::Draft);
    let held = |p: &WeekPlan| p.sessions.iter().find(|s| s.day == on).map(|s| s.distance);
    assert_eq!(held(view.plan.as_ref().unwrap()), Some(Metres(3_700)));
    // Nothing was run in between: another week is planned, the edit stays.
    *w.hands.0.lock().unwrap() = "2026-03-09T00:05:00Z".parse().unwrap();
    w.app.publish(&w.runner).await.unwrap();
    let view = w.app.week(&w.runner, day("2026-03-09")).await.unwrap().unwrap();
    assert_ne!(view.status, WeekStatus::Draft);
    assert_eq!(held(view.plan.as_ref().unwrap()), Some(Metres(3_700)));
    assert!(w.sound().await);
}

#[tokio::test]
async fn a_refused_edit_saves_nothing_and_a_soft_rule_asks_for_a_reason() {
    let w = World::ready().await;
    let before = w.plan("2026-03-02").await;
    let on = easy(&before).day;
    let far = Ask::Resize { day: on, to: Metres(60_000) };
    let refused = w.app.edit(&w.runner, None, far, Some("I want to")).await.unwrap();
    assert!(!refused.saved && refused.preview.verdict == Verdict::Refused);
    assert_eq!(w.plan("2026-03-02").await, before);
    let other = w.app.edit(&w.runner, None, Ask::Skip { day: on + 30 }, None).await;
    assert!(matches!(other, Err(AppError::BadInput(_))), "{other:?}");
    // A run on a day that the runner does not run on.
    let free = (0..7).map(|i| before.week_start + 7 + i).find(|d| d.weekday() == Weekday::Monday);
    let all = Weekday::ALL.into_iter().filter(|d| *d != Weekday::Monday);
    let preferences = Preferences {
        run_days: all.fold(WeekdaySet::NONE, WeekdaySet::with),
        ..Preferences::default()
    };
    let today = w.app.today(&w.runner);
    w.app.set_preferences(&w.runner, today, preferences).await.unwrap();
    let add = Ask::Add { day: free.unwrap(), kind: Kind::Easy, distance: Metres(2_000) };
    let asks = w.app.edit(&w.runner, None, add, None).await.unwrap();
    assert!(!asks.saved && asks.needs_reason, "{asks:?}");
    assert!(w.app.edit(&w.runner, None, add, Some("a friend runs")).await.unwrap().saved);
    assert!(w.sound().await);
}
