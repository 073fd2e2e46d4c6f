//! Users, sign-in links, sessions, and what deleting a user leaves: nothing.

use crate::harness::{at, on_both};
use hermes_store::StoreError;
use hermes_store::sessions::TokenHash;

/// One owner, made once; his key for Strava is negative and his own.
#[tokio::test]
async fn there_is_one_owner() {
    on_both(async |store| {
        let (a, b) = tokio::join!(store.owner(at(0)), store.owner(at(0)));
        let owner = a.expect("an owner");
        assert_eq!(b.expect("the same owner"), owner);
        assert_eq!(store.owner(at(9)).await.expect("still there"), owner);
        assert!(owner.owner && owner.strava_id < 0);
        assert_eq!(owner.created_at, at(0));

        let other = store.add_user(at(1)).await.expect("another account");
        assert!(!other.owner);
        assert_ne!(other.strava_id, owner.strava_id);
        assert_eq!(store.user(other.id).await.expect("found"), Some(other.clone()));

        store.set_time_zone(owner.id, "Europe/Vienna", at(2)).await.expect("set");
        let zone = store.owner(at(3)).await.expect("owner").time_zone;
        assert_eq!(zone.as_deref(), Some("Europe/Vienna"));

        store.delete_user(other.id).await.expect("deleted");
        assert_eq!(store.user(other.id).await.expect("asked"), None);
        assert!(matches!(store.delete_user(other.id).await, Err(StoreError::Missing("user"))));
        let zone = store.set_time_zone(other.id, "UTC", at(4)).await;
        assert!(matches!(zone, Err(StoreError::Missing("user"))));
    })
    .await;
}

/// Of ten requests that bring the same link at once, one gets in; a late one does not.
#[tokio::test]
async fn a_link_works_once() {
    on_both(async |store| {
        let user = store.owner(at(0)).await.expect("owner").id;
        let link = TokenHash::of("link");
        store.add_sign_in_link(user, &link, at(600), at(0)).await.expect("stored");
        let twice = store.add_sign_in_link(user, &link, at(600), at(0)).await;
        assert!(matches!(twice, Err(StoreError::Conflict(_))), "{twice:?}");
        let mut tries = tokio::task::JoinSet::new();
        for _ in 0..10 {
            let (store, link) = (store.clone(), link.clone());
            tries.spawn(async move { store.use_sign_in_link(&link, at(1)).await });
        }
        let got = tries.join_all().await;
        let winners = got.iter().filter(|r| matches!(r, Ok(Some(u)) if *u == user)).count();
        let losers = got.iter().filter(|r| matches!(r, Ok(None))).count();
        assert_eq!((winners, losers), (1, 9));

        let late = TokenHash::of("late");
        store.add_sign_in_link(user, &late, at(600), at(0)).await.expect("stored");
        assert_eq!(store.use_sign_in_link(&late, at(600)).await.expect("asked"), None);
        let unknown = TokenHash::of("unknown");
        assert_eq!(store.use_sign_in_link(&unknown, at(1)).await.expect("asked"), None);
    })
    .await;
}

/// Sessions end by time or by being revoked, and belong to one user.
#[tokio::test]
async fn sessions_end() {
    on_both(async |store| {
        let user = store.owner(at(0)).await.expect("owner").id;
        let other = store.add_user(at(0)).await.expect("other").id;
        let (a, b) = (TokenHash::of("a"), TokenHash::of("b"));
        let first = store.add_session(user, &a, at(100), at(0)).await.expect("begun");
        let second = store.add_session(user, &b, at(200), at(1)).await.expect("begun");
        assert_eq!(store.session(&a, at(99)).await.expect("asked"), Some(first.clone()));
        assert_eq!(store.session(&a, at(100)).await.expect("asked"), None);
        let theirs = store.touch_session(other, first.id, at(50)).await;
        assert!(theirs.is_ok(), "touching another's session does nothing");
        assert_eq!(
            store.sessions(user, at(2)).await.expect("list"),
            [second.clone(), first.clone()]
        );
        store.touch_session(user, first.id, at(50)).await.expect("touched");
        let listed = store.sessions(user, at(51)).await.expect("list");
        assert_eq!(listed.iter().map(|s| s.id).collect::<Vec<_>>(), [first.id, second.id]);
        assert_eq!(listed[0].last_seen_at, at(50));

        let theirs = store.revoke_session(other, first.id, at(60)).await;
        assert!(matches!(theirs, Err(StoreError::Missing("session"))));
        store.revoke_session(user, first.id, at(60)).await.expect("revoked");
        let twice = store.revoke_session(user, first.id, at(61)).await;
        assert!(matches!(twice, Err(StoreError::Missing("session"))));
        assert_eq!(store.session(&a, at(61)).await.expect("asked"), None);

        let (c, fine) = (TokenHash::of("c"), jiff::Span::new().nanoseconds(123_456_789));
        let (now, end) = (at(0) + fine, at(150) + fine);
        let session = store.add_session(user, &c, end, now).await.expect("begun");
        let found = store.session(&c, at(1)).await.expect("asked");
        assert_eq!(found, Some(session), "what is returned is what is stored");

        let link = TokenHash::of("link");
        store.add_sign_in_link(user, &link, at(150), at(0)).await.expect("stored");
        assert_eq!(store.forget_ended_sessions(at(150)).await.expect("forgotten"), 2);
        assert_eq!(store.session(&b, at(151)).await.expect("asked"), Some(second));
    })
    .await;
}
