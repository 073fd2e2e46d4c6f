//! Edits: in force from the moment they are made to the moment they are taken back, never gone.

use crate::harness::{at, day, on_both};
use hermes_engine::record::{Ask, DayWish, Edit};
use hermes_engine::units::Metres;
use hermes_store::StoreError;
use uuid::Uuid;

pub(crate) fn edit(km: i64) -> Edit {
    let day = day("2026-11-26");
    let distance = Metres::km(km);
    let easy = || serde_json::from_value(serde_json::json!("Easy Run")).expect("a kind");
    Edit {
        week_start: day - 3,
        made_on: day - 1,
        asked: Ask::Add { day, kind: easy(), distance },
        days: vec![
            DayWish { day, session: Some((easy(), distance)) },
            DayWish { day: day + 1, session: None },
        ],
    }
}

#[tokio::test]
async fn an_edit_is_in_force_until_it_is_taken_back() {
    on_both(async |store| {
        let user = store.owner(at(0)).await.expect("a user").id;
        let first = store.add_edit(user, &edit(5), "allowed", None, at(10)).await.expect("stored");
        let words = Some("no time \u{2014} sorry");
        let repaired = "allowed_with_repair";
        let second = store.add_edit(user, &edit(6), repaired, words, at(20)).await.expect("stored");
        let week = edit(5).week_start;
        let in_force = async |as_of, seconds| {
            store.edits_in_force(user, week, as_of, at(seconds)).await.expect("list")
        };
        let today = day("2026-11-25");
        assert_eq!(in_force(today, 20).await, [first.clone(), second.clone()]);
        assert_eq!(in_force(today, 19).await, std::slice::from_ref(&first), "not made yet");
        assert_eq!(in_force(today - 1, 20).await, [], "made on a later day");
        assert_eq!(store.edits_in_force(user, week + 7, today, at(20)).await.expect("list"), []);
        store.undo_edit(user, second.id, at(30)).await.expect("undone");
        assert_eq!(in_force(today, 30).await, std::slice::from_ref(&first));
        let before = in_force(today, 29).await;
        assert_eq!(before.iter().map(|e| e.id).collect::<Vec<_>>(), [first.id, second.id]);
        let all = store.edits(user, week, week).await.expect("list");
        assert_eq!(all.len(), 2, "nothing is erased");
        assert_eq!((all[1].undone_at, all[1].reason.as_deref()), (Some(at(30)), words));
        let again = store.undo_edit(user, second.id, at(40)).await;
        assert!(matches!(again, Err(StoreError::Missing(_))), "{again:?}");
        let strange = store.undo_edit(Uuid::from_u128(9), first.id, at(40)).await;
        assert!(matches!(strange, Err(StoreError::Missing(_))), "another user's: {strange:?}");
    })
    .await;
}

#[tokio::test]
async fn a_wrong_edit_is_refused() {
    on_both(async |store| {
        let user = store.owner(at(0)).await.expect("a user").id;
        let refused = store.add_edit(user, &edit(5), "refused", None, at(10)).await;
        assert!(matches!(refused, Err(StoreError::Refused(_))), "{refused:?}");
        let nobody = store.add_edit(Uuid::from_u128(9), &edit(5), "allowed", None, at(10)).await;
        assert!(matches!(nobody, Err(StoreError::Refused(_))), "{nobody:?}");
    })
    .await;
}
