//! Requests that are sent again: one works on each, its answer is kept, and nothing of another's.

use crate::harness::{at, on_both};
use hermes_store::repeats::{BODY_MAX, Claim, Claimed, Repeatable};
use hermes_store::{Store, StoreError};
use uuid::Uuid;

fn request(key: &str, operation: &str, body: &str) -> Repeatable {
    Repeatable::of(key, operation, body.as_bytes()).expect("short enough")
}

fn ours(claimed: Claimed) -> Claim {
    assert!(matches!(claimed, Claimed::Ours(_)), "not ours: {claimed:?}");
    let Claimed::Ours(claim) = claimed else { unreachable!() };
    claim
}

/// A request of every kind that the table knows: answered.
pub(crate) async fn fill(store: &Store, user: Uuid) {
    let one = request("k", "POST /goals", "{}");
    let claim = store.claim_repeatable(user, &one, (at(60), at(-1000)), at(0)).await;
    let claim = ours(claim.expect("claimed"));
    store.answer_repeatable(&claim, 201, "{}").await.expect("kept");
}

#[tokio::test]
async fn an_answer_is_kept_for_the_same_request_only() {
    on_both(async |store| {
        let user = store.add_user(at(0)).await.expect("added").id;
        let other = store.add_user(at(0)).await.expect("added").id;
        let times = (at(60), at(-1000));
        let asked = async |user, request: &Repeatable, now| {
            store.claim_repeatable(user, request, times, at(now)).await.expect("asked")
        };
        let first = request("k", "POST /goals", "{}");
        let claim = ours(asked(user, &first, 0).await);
        assert_eq!(asked(user, &first, 59).await, Claimed::Underway);
        for wrong in [request("k", "POST /goals", "{ }"), request("k", "PUT /goals", "{}")] {
            assert_eq!(asked(user, &wrong, 59).await, Claimed::OtherRequest);
            assert_eq!(asked(user, &wrong, 61).await, Claimed::OtherRequest, "late as well");
        }
        ours(asked(user, &request("l", "POST /goals", "{}"), 1).await);
        let theirs = ours(asked(other, &first, 1).await);
        store.answer_repeatable(&claim, 201, "{\"id\":1}").await.expect("kept");
        let answer = Claimed::Answered(201, "{\"id\":1}".to_owned());
        assert_eq!(asked(user, &first, 2).await, answer);
        assert_eq!(asked(user, &first, 900).await, answer, "no lease ends it");
        assert_eq!(asked(other, &first, 2).await, Claimed::Underway);
        let twice = store.answer_repeatable(&claim, 200, "").await;
        assert!(matches!(twice, Err(StoreError::LeaseLost)), "{twice:?}");
        // A claim that is given back can be had again; an answer cannot be given back.
        store.release_repeatable(&theirs).await.expect("released");
        ours(asked(other, &first, 3).await);
        store.release_repeatable(&claim).await.expect("nothing to do");
        assert_eq!(asked(user, &first, 4).await, answer);
        let long = "x".repeat(BODY_MAX + 1);
        let much = store.answer_repeatable(&theirs, 200, &long).await;
        assert!(matches!(much, Err(StoreError::TooMany { .. })), "{much:?}");
        assert_eq!(Repeatable::of("k", &"x".repeat(256), b""), None);
        // Nothing stays of an account.
        store.delete_user(user).await.expect("deleted");
        assert_eq!(store.forget_repeatables(at(10_000)).await.expect("forgotten"), 1);
    })
    .await;
}

#[tokio::test]
async fn a_claim_that_ran_out_goes_to_the_next_and_an_old_key_is_new() {
    on_both(async |store| {
        let user = store.add_user(at(0)).await.expect("added").id;
        let one = request("k", "POST /goals", "{}");
        let claim = async |request: &Repeatable, until, forget, now| {
            let times = (at(until), at(forget));
            store.claim_repeatable(user, request, times, at(now)).await.expect("asked")
        };
        let slow = ours(claim(&one, 60, -1000, 0).await);
        let fast = ours(claim(&one, 120, -1000, 60).await);
        let late = store.answer_repeatable(&slow, 200, "slow").await;
        assert!(matches!(late, Err(StoreError::LeaseLost)), "{late:?}");
        store.release_repeatable(&slow).await.expect("nothing to do");
        store.answer_repeatable(&fast, 200, "fast").await.expect("kept");
        let kept = Claimed::Answered(200, "fast".to_owned());
        assert_eq!(claim(&one, 999, 59, 500).await, kept);
        // Claimed at 60: from then on it counts as forgotten, for whatever request.
        let other = request("k", "POST /send-it", "[]");
        ours(claim(&other, 999, 60, 500).await);
        assert_eq!(store.forget_repeatables(at(499)).await.expect("none"), 0);
        assert_eq!(store.forget_repeatables(at(500)).await.expect("forgotten"), 1);
    })
    .await;
}

/// Of ten who try at once, one works.
#[tokio::test]
async fn one_of_many_gets_it() {
    on_both(async |store| {
        let user = store.add_user(at(0)).await.expect("added").id;
        let mut tries = tokio::task::JoinSet::new();
        for _ in 0..10 {
            let store = store.clone();
            tries.spawn(async move {
                let one = request("k", "POST /goals", "{}");
                store.claim_repeatable(user, &one, (at(60), at(-1000)), at(0)).await.expect("asked")
            });
        }
        let got = tries.join_all().await;
        let winners = got.iter().filter(|c| matches!(c, Claimed::Ours(_))).count();
        let waiting = got.iter().filter(|c| **c == Claimed::Underway).count();
        assert_eq!((winners, waiting), (1, 9));
    })
    .await;
}
