//! Corrections by hand and the runner's marks: in force from the moment they are made, kept apart
//! from what is imported, and known as they stood at any time.

use crate::activities::{import, item, run};
use crate::harness::{at, day, on_both};
use hermes_engine::record::{Correction, Sport};
use hermes_engine::units::Seconds;
use hermes_store::activities::{ActivityFilter, Marks};
use hermes_store::imports::Imported;
use hermes_store::sources::{ActivityKind, Retyped};
use hermes_store::value::Text;
use hermes_store::{Store, StoreError};
use uuid::Uuid;

const PLAIN: Marks = Marks { race: false, confirmed: false, excluded: false, deleted: false };

pub(crate) fn belongs(activity: i64, on: &str) -> Correction {
    let session = Some((day(on), "Long Run"));
    Correction::read("belongs", Some(activity), session).expect("a correction")
}

/// A correction, a type by hand and versions, so that all of them hold something of the user.
pub(crate) async fn fill(store: &Store, user: Uuid) {
    store.add_correction(user, &belongs(11, "2026-03-01"), at(1)).await.expect("added");
    let row = store.activity(user, 11).await.expect("asked").expect("there");
    store.mark_activity(user, row.id, PLAIN, at(2)).await.expect("marked");
    let trail = Text::new("TrailRun").expect("it fits");
    let kind = ActivityKind { activity_type: trail, sport: Sport::Run };
    let to = Retyped { kind, by_hand: true, figures: None };
    store.retype_activity(user, row.id, &to, at(3)).await.expect("said");
}

#[tokio::test]
async fn corrections_are_in_force_until_something_else_is_said() {
    on_both(async |store| {
        let user = store.owner(at(0)).await.expect("owner").id;
        let items = [item(1, run(11, "2026-03-01"), None), item(2, run(12, "2026-03-03"), None)];
        import(&store, user, &items, 0).await;
        let add = async |c: Correction, t| store.add_correction(user, &c, at(t)).await;
        let force = async |t| -> Vec<Correction> {
            let (from, to) = (day("2026-03-01"), day("2026-03-07"));
            let all = store.corrections_in_force(user, from, to, at(t)).await.expect("list");
            all.into_iter().map(|c| c.correction).collect()
        };
        let session = Some((day("2026-03-01"), "Long Run"));
        let done = Correction::read("done", None, session).expect("a correction");
        let (a, b) = (belongs(11, "2026-03-01"), belongs(12, "2026-03-01"));
        let first = add(a, 10).await.expect("added");
        assert_eq!((first.activity_day, first.created_at), (Some(day("2026-03-01")), at(10)));
        add(b, 20).await.expect("added");
        assert_eq!(force(20).await, [a, b], "two runs make one session");
        assert_eq!((force(9).await, force(15).await), (vec![], vec![a]), "as it was then");
        // Something else of the same activity, and of the same session.
        let alone = Correction::Alone { activity: 12 };
        add(alone, 30).await.expect("added");
        assert_eq!(force(30).await, [a, alone]);
        let word = add(done, 40).await.expect("added");
        assert_eq!(force(40).await, [alone, done]);
        assert_eq!(force(39).await, [a, alone]);
        add(a, 50).await.expect("added");
        assert_eq!(force(50).await, [alone, a]);
        let all = store.corrections(user, day("2026-03-01"), day("2026-03-01")).await.expect("all");
        let word = all.iter().find(|c| c.id == word.id).expect("it stays in the record");
        assert_eq!(word.undone_at, Some(at(50)));
        assert!(word.note.as_deref().is_some_and(|n| n.contains("later correction")), "{word:?}");
        // A span holds what is about its sessions or about runs of its days.
        let third = store.corrections_in_force(user, day("2026-03-03"), day("2026-03-03"), at(50));
        assert_eq!(third.await.expect("list").len(), 1);
        let back = all.last().expect("one").id;
        let undone = store.undo_correction(user, back, at(60)).await.expect("undone");
        assert_eq!((undone.correction, undone.undone_at, undone.note), (a, Some(at(60)), None));
        assert_eq!(force(60).await, [alone]);
        for (who, id) in [(user, back), (Uuid::from_u128(9), all[2].id)] {
            let missing = store.undo_correction(who, id, at(70)).await;
            assert!(matches!(missing, Err(StoreError::Missing(_))), "{missing:?}");
        }
        let other = store.add_user(at(0)).await.expect("other").id;
        for (who, what) in [(user, belongs(99, "2026-03-01")), (other, alone)] {
            let refused = store.add_correction(who, &what, at(80)).await;
            assert!(matches!(refused, Err(StoreError::Refused(_))), "{refused:?}");
        }
    })
    .await;
}

/// What an activity said is known at any time: before and after it was edited, marked and deleted.
#[tokio::test]
async fn the_past_sees_activities_as_they_were() {
    on_both(async |store| {
        let user = store.owner(at(0)).await.expect("owner").id;
        import(&store, user, &[item(1, run(11, "2026-03-01"), None)], 0).await;
        let mut edited = run(11, "2026-03-04");
        edited.moving_time_seconds = 3_333;
        let changed = [item(1, edited, None)];
        assert_eq!(import(&store, user, &changed, 100).await.1, [Imported::Updated]);
        let row = store.activity(user, 11).await.expect("asked").expect("there");
        let mark = async |marks, t| store.mark_activity(user, row.id, marks, at(t)).await;
        store.add_correction(user, &belongs(11, "2026-03-01"), at(150)).await.expect("added");
        mark(Marks { race: true, confirmed: true, ..PLAIN }, 200).await.expect("marked");
        mark(Marks { race: true, deleted: true, ..PLAIN }, 300).await.expect("marked");
        let seen = async |t| {
            let all = store
                .activities_between(user, day("1970-01-01"), day("2026-04-01"), at(t))
                .await
                .expect("facts");
            all.iter().map(|a| (a.day(), a.moving, a.race, a.confirmed)).collect::<Vec<_>>()
        };
        let (old, new) = (day("2026-03-01"), day("2026-03-04"));
        assert_eq!(seen(-1).await, []);
        assert_eq!(seen(99).await, [(old, Seconds(3000), false, false)]);
        assert_eq!(seen(199).await, [(new, Seconds(3333), false, false)]);
        assert_eq!(seen(299).await, [(new, Seconds(3333), true, true)]);
        assert_eq!(seen(300).await, []);
        let all = ActivityFilter::default();
        assert_eq!(store.activities(user, &all, 9, 0).await.expect("list"), [], "in no list");
        assert_eq!(store.activity_totals(user, &all).await.expect("totals").count, 0);
        let dropped = store.corrections(user, old, new).await.expect("list");
        assert_eq!(dropped[0].undone_at, Some(at(300)));
        assert_eq!(dropped[0].note.as_deref(), Some("the activity was deleted"));
        let again = store.add_correction(user, &belongs(11, "2026-03-01"), at(310)).await;
        assert!(matches!(again, Err(StoreError::Refused(_))), "{again:?}");
        // A new import undoes none of it, and what is taken back counts again.
        let mut renamed = run(11, "2026-03-04");
        renamed.name = None;
        let changed = [item(1, renamed, None)];
        assert_eq!(import(&store, user, &changed, 400).await.1, [Imported::Updated]);
        assert_eq!(seen(400).await, []);
        mark(Marks { race: true, ..PLAIN }, 500).await.expect("marked");
        assert_eq!(seen(500).await, [(new, Seconds(3000), true, false)], "the word, not the tag");
    })
    .await;
}
