//! Edits as use cases: previewed, saved with a reason, kept by later plans, taken back, verified.

use crate::world::{World, day};
use hermes_app::{AppError, WeekStatus};
use hermes_engine::calendar::{Weekday, WeekdaySet};
use hermes_engine::edit::Verdict;
use hermes_engine::record::{Ask, Preferences};
use hermes_engine::session::{Kind, Session, WeekPlan};
use hermes_engine::units::Metres;
use hermes_store::{Options, Store};
use jiff::SignedDuration;

async fn ready() -> World {
    World::published("2026-03-02T07:00:00Z", 40).await
}

async fn plan(w: &World, week: &str) -> WeekPlan {
    w.app.week(&w.runner, day(week)).await.unwrap().unwrap().plan.unwrap()
}

fn easy(plan: &WeekPlan) -> &Session {
    plan.sessions.iter().rfind(|s| s.kind == Kind::Easy).unwrap()
}

#[tokio::test]
async fn an_edit_of_this_week_is_a_revision_marked_as_the_runners_own() {
    let w = ready().await;
    let before = plan(&w, "2026-03-02").await;
    let on = easy(&before).day;
    let ask = Ask::Resize { day: on, to: Metres(4_000) };
    let shown = w.app.preview_edit(&w.runner, None, ask).await.unwrap();
    assert_ne!(shown.verdict, Verdict::Refused);
    assert_eq!(plan(&w, "2026-03-02").await, before, "a preview saves nothing");
    let edited = w.app.edit(&w.runner, None, ask, Some("a busy day")).await.unwrap();
    assert!(edited.saved && edited.preview == shown);
    let view = w.app.week(&w.runner, day("2026-03-02")).await.unwrap().unwrap();
    assert_eq!((view.revision, view.plan.as_ref()), (2, Some(&shown.plan)));
    let store = Store::open(&w.url(), Options::default()).await.unwrap();
    let stored = store.week(w.runner.id, day("2026-03-02")).await.unwrap().unwrap();
    assert!(stored.plan.user_edited);
    assert_eq!(stored.plan.user_edit_reason.as_deref(), Some("a busy day"));
    for s in &stored.workouts {
        let own = s.workout.workout_date == on;
        assert_eq!((s.workout.user_modified, s.workout.pinned), (own, own));
        let reason = own.then_some("a busy day");
        assert_eq!(s.workout.user_modification_reason.as_deref(), reason);
    }
    w.sound().await;
    // Planned anew two days later, the edit is still there.
    w.days(1);
    w.app.replan(&w.runner, "another day").await.unwrap();
    let later = plan(&w, "2026-03-02").await;
    assert_eq!(later.sessions.iter().find(|s| s.day == on).unwrap().distance, Metres(4_000));
    w.sound().await;
}

#[tokio::test]
async fn taking_an_edit_back_gives_the_old_week_and_keeps_every_revision() {
    let w = ready().await;
    let before = plan(&w, "2026-03-02").await;
    let ask = Ask::Skip { day: easy(&before).day };
    assert!(w.app.edit(&w.runner, None, ask, Some("tired")).await.unwrap().saved);
    assert_ne!(plan(&w, "2026-03-02").await.sessions, before.sessions);
    let undone = w.app.undo_edit(&w.runner).await.unwrap();
    assert!(undone.edit.asked == ask && undone.undone_at.is_some());
    assert_eq!(plan(&w, "2026-03-02").await, before);
    let all = w.app.edits(&w.runner).await.unwrap();
    assert!(all.len() == 1 && all[0].undone_at.is_some());
    let view = w.app.week(&w.runner, day("2026-03-02")).await.unwrap().unwrap();
    assert_eq!(view.revision, 3);
    let none = w.app.undo_edit(&w.runner).await;
    assert!(matches!(none, Err(AppError::NotFound(_))), "{none:?}");
    w.sound().await;
}

/// A week that has begun is not planned anew: it goes back to the version before the edit, with
/// what is still in force of other edits.
#[tokio::test]
async fn an_edit_taken_back_in_the_middle_of_a_week_gives_its_days_back() {
    let w = ready().await;
    let before = plan(&w, "2026-03-02").await;
    w.days(1);
    w.app.publish(&w.runner).await.unwrap();
    let (on, other) = (easy(&before).day, before.sessions.iter().find(|s| s.kind == Kind::Long));
    let other = other.unwrap().day;
    let ask = Ask::Resize { day: other, to: Metres(9_000) };
    assert!(w.app.edit(&w.runner, None, ask, Some("short of time")).await.unwrap().saved);
    let kept = plan(&w, "2026-03-02").await.sessions;
    w.days(1);
    let ask = Ask::Skip { day: on };
    assert!(w.app.edit(&w.runner, None, ask, Some("tired")).await.unwrap().saved);
    let of = |sessions: &[Session], from: &str| -> Vec<_> {
        let coming = sessions.iter().filter(|s| s.day >= day(from));
        coming.map(|s| (s.day, s.kind, s.distance)).collect()
    };
    let edited = plan(&w, "2026-03-02").await.sessions;
    assert_ne!(of(&edited, "2026-03-04"), of(&kept, "2026-03-04"));
    w.app.undo_edit(&w.runner).await.unwrap();
    let restored = plan(&w, "2026-03-02").await.sessions;
    assert_eq!(of(&restored, "2026-03-04"), of(&kept, "2026-03-04"));
    w.sound().await;
    // What comes later is planned from the week as it is now.
    w.days(1);
    w.app.replan(&w.runner, "another day").await.unwrap();
    let later = plan(&w, "2026-03-02").await.sessions;
    assert_eq!(of(&later, "2026-03-05"), of(&kept, "2026-03-05"));
    w.app.undo_edit(&w.runner).await.unwrap();
    let whole = plan(&w, "2026-03-02").await.sessions;
    assert_eq!(of(&whole, "2026-03-05"), of(&before.sessions, "2026-03-05"));
    w.sound().await;
}

#[tokio::test]
async fn a_draft_keeps_its_edits_until_it_is_published_with_them() {
    let w = ready().await;
    let draft = plan(&w, "2026-03-09").await;
    let on = easy(&draft).day;
    let ask = Ask::Resize { day: on, to: Metres(3_700) };
    assert!(w.app.edit(&w.runner, None, ask, Some("x")).await.unwrap().saved);
    let view = w.app.week(&w.runner, day("2026-03-09")).await.unwrap().unwrap();
    assert_eq!(view.status, WeekStatus::Draft);
    let held = |p: &WeekPlan| p.sessions.iter().find(|s| s.day == on).map(|s| s.distance);
    assert_eq!(held(view.plan.as_ref().unwrap()), Some(Metres(3_700)));
    // Nothing was run in between: another week is planned, the edit stays.
    w.pass(SignedDuration::from_mins(6 * 24 * 60 + 17 * 60 + 5));
    w.app.publish(&w.runner).await.unwrap();
    let view = w.app.week(&w.runner, day("2026-03-09")).await.unwrap().unwrap();
    assert_ne!(view.status, WeekStatus::Draft);
    assert_eq!(held(view.plan.as_ref().unwrap()), Some(Metres(3_700)));
    w.sound().await;
}

#[tokio::test]
async fn a_refused_edit_saves_nothing_and_a_soft_rule_asks_for_a_reason() {
    let w = ready().await;
    let before = plan(&w, "2026-03-02").await;
    let on = easy(&before).day;
    let far = Ask::Resize { day: on, to: Metres(60_000) };
    let refused = w.app.edit(&w.runner, None, far, Some("I want to")).await.unwrap();
    assert!(!refused.saved && refused.preview.verdict == Verdict::Refused);
    assert_eq!(plan(&w, "2026-03-02").await, before);
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
    w.sound().await;
}
