//! Connections to Strava: tokens, limits, events, what may stay and what goes.

use crate::activities::{import, item, run};
use crate::harness::{at, day, on_both};
use hermes_store::Store;
use hermes_store::activities::ActivityRow;
use hermes_store::imports::{ImportItem, Source};
use hermes_store::jobs::{AfterFailure, Lease};
use hermes_store::repeats::{Claimed, Repeatable};
use hermes_store::sessions::TokenHash;
use hermes_store::strava::Retention;
use hermes_store::strava::connections::{
    Connected, ConnectionState, NewConnection, SealedTokens, Stage,
};
use hermes_store::strava::hooks::{EVENTS_WAITING_MAX, EventAspect, NewEvent};
use hermes_store::strava::items::{Detail, NewItem};
use hermes_store::strava::quota::{QuotaKind, QuotaSpan, Reserved, Told};
use hermes_store::strava::removal::Reason;
use hermes_store::value::Text;
use uuid::Uuid;

fn text<const N: usize>(s: &str) -> Text<N> {
    Text::new(s).expect("it fits")
}

fn tokens(n: u32) -> SealedTokens {
    let (access, refresh) = (format!("v1.a{n}"), format!("v1.r{n}"));
    SealedTokens { access, expires_at: at(21_600), refresh }
}

async fn connect(store: &Store, user: Uuid, athlete: i64) -> Connected {
    let hash = TokenHash::of(&format!("{user} {athlete}"));
    let consent = store.begin_strava(user, &hash, &text("1"), at(60), at(0)).await.expect("begun");
    let new = NewConnection {
        athlete,
        name: Some(text("A Runner")),
        scopes: text("read,activity:read_all"),
        consent,
        tokens: tokens(1),
    };
    store.connect_strava(user, &new, at(0)).await.expect("asked")
}

/// Activities that the API says, fetched at a moment.
async fn said(store: &Store, user: Uuid, ids: &[i64], class: Retention, seconds: i64) {
    let batch = store.strava_connection(user).await.expect("asked").expect("there").batch_id;
    let named = |id: &i64| ImportItem {
        item: text(&id.to_string()),
        ..item(1, run(*id, "2026-03-01"), None)
    };
    let items: Vec<_> = ids.iter().map(named).collect();
    let source = Source::Strava;
    store.import_activities(user, batch, source, &items, at(seconds)).await.expect("taken");
    let note = |id: &i64| NewItem {
        id: *id,
        start: at(-86_400 + *id),
        digest: text("d"),
        detail: Detail::Wanted,
        due_at: at(seconds),
    };
    let notes: Vec<_> = ids.iter().map(note).collect();
    store.put_strava_items(user, &notes, class, None, at(seconds)).await.expect("noted");
}

fn event(athlete: i64, object: i64, aspect: EventAspect) -> NewEvent {
    NewEvent { subscription: 7, athlete, object, aspect, at: at(5) }
}

/// Rows in every table that is about Strava.
pub(crate) async fn fill(store: &Store, user: Uuid) {
    assert_eq!(connect(store, user, 900).await, Connected::Yes);
    said(store, user, &[901, 902], Retention::Keep, 0).await;
    store.remove_strava_activity(user, 902, Reason::Deleted, at(1)).await.expect("removed");
    store.record_strava_terms(Retention::Keep, Some("permitted"), at(0)).await.expect("recorded");
    store.reserve_strava(1_000, at(0)).await.expect("reserved");
    let hash = TokenHash::of("x");
    store.begin_strava_subscription(&hash, &hash, at(0)).await.expect("begun");
    store.add_strava_event(&event(900, 901, EventAspect::Update), at(6)).await.expect("kept");
}

#[tokio::test]
async fn a_renewal_is_claimed_once_and_its_outcome_is_never_lost() {
    on_both(async |store| {
        let user = store.owner(at(0)).await.expect("owner").id;
        connect(&store, user, 5).await;
        let claim = async |version, now, until| {
            store.claim_strava_refresh(user, version, at(now), at(until)).await.expect("asked")
        };
        let first = claim(1, 10, 100).await.expect("free");
        assert_eq!(claim(1, 20, 110).await, None, "somebody has it");
        let second = claim(1, 100, 190).await.expect("its time is over");
        // The first one was slow and has new tokens all the same: they are the good ones.
        let save = async |version, n| {
            store.save_strava_tokens(user, version, &tokens(n), at(120)).await.expect("asked")
        };
        assert!(save(1, 2).await);
        assert!(!save(1, 3).await, "they have a successor");
        let stored = store.strava_tokens(user).await.expect("asked").expect("there");
        assert_eq!((stored.token_version, stored.refresh_token.as_str()), (2, "v1.r2"));
        // The second one is refused by Strava, and that says nothing about the new ones.
        assert!(!store.strava_needs_reauth(user, 1, "old", at(130)).await.expect("asked"));
        store.release_strava_refresh(user, second, None).await.expect("released");
        store.release_strava_refresh(user, first, None).await.expect("released");
        assert_eq!(claim(1, 200, 290).await, None, "not of that version any more");
        // A lease of a clock that was set back holds nobody up.
        claim(2, 9_000, 9_090).await.expect("free");
        claim(2, 300, 390).await.expect("the other one's end lies too far ahead");
        assert!(store.strava_needs_reauth(user, 2, "refused", at(400)).await.expect("asked"));
        let stored = store.strava_tokens(user).await.expect("asked").expect("there");
        assert_eq!(stored.state, ConnectionState::NeedsReauth);
        assert_eq!(claim(2, 10_000, 10_090).await, None, "nothing is renewed any more");
    })
    .await;
}

/// Tokens that were written late count, whatever was believed meanwhile, and tokens that are good
/// for longer are not replaced by older ones.
#[tokio::test]
async fn tokens_that_come_late_are_not_lost() {
    on_both(async |store| {
        let user = store.owner(at(0)).await.expect("owner").id;
        connect(&store, user, 5).await;
        let stored =
            async || store.strava_tokens(user).await.expect("asked").expect("a connection");
        let save = async |version, n, until| {
            let tokens = SealedTokens { expires_at: at(until), ..tokens(n) };
            store.save_strava_tokens(user, version, &tokens, at(500)).await.expect("asked")
        };
        // The one who renewed cannot write; another one asks with the old tokens and is refused.
        let claim = store.claim_strava_refresh(user, 1, at(10), at(100)).await.expect("asked");
        assert_eq!(stored().await.refresh_until, Some(at(100)));
        let other = store.claim_strava_refresh(user, 1, at(101), at(190)).await.expect("asked");
        assert!(claim.is_some() && other.is_some());
        assert!(store.strava_needs_reauth(user, 1, "refused", at(110)).await.expect("asked"));
        assert!(save(1, 2, 30_000).await, "at last");
        let now = stored().await;
        assert_eq!((now.state, now.state_reason.clone()), (ConnectionState::Active, None));
        assert_eq!((now.refresh_token.as_str(), now.token_version), ("v1.r2", 2));
        let connection = store.strava_connection(user).await.expect("asked").expect("there");
        assert_eq!(connection.state_since, at(500));
        // The runner connects again while a renewal is under way: the later tokens are the good
        // ones, whoever is the first to write.
        assert!(save(1, 3, 40_000).await);
        assert!(!save(1, 4, 40_000).await && !save(2, 5, 39_000).await);
        assert_eq!(stored().await.refresh_token, "v1.r3");
        // A claim that came to nothing says whether the tokens may be others by now.
        for unsure in [None, Some(at(600))] {
            let claim = store.claim_strava_refresh(user, 3, at(600), at(690)).await;
            let claim = claim.expect("asked").expect("free");
            store.release_strava_refresh(user, claim, unsure).await.expect("released");
            assert_eq!(stored().await.refresh_until, unsure);
        }
    })
    .await;
}

/// An activity is in one account; what was refused is known as long as that is so.
#[tokio::test]
async fn what_is_another_accounts_is_known() {
    on_both(async |store| {
        let user = store.owner(at(0)).await.expect("owner").id;
        let other = store.add_user(at(0)).await.expect("added").id;
        let theirs = [item(1, run(1, "2026-03-01"), None), item(2, run(2, "2026-03-02"), None)];
        import(&store, other, &theirs, 0).await;
        connect(&store, user, 5).await;
        let of = async |ids: &[i64]| store.strava_elsewhere(user, ids).await.expect("asked");
        assert_eq!(of(&[1, 2, 3]).await.into_iter().collect::<Vec<_>>(), [1, 2]);
        assert!(of(&[]).await.is_empty());
        let batch = store.strava_connection(user).await.expect("asked").expect("there").batch_id;
        let refused = async || store.strava_refused(user, batch).await.expect("asked");
        assert!(refused().await.is_empty(), "none was asked for");
        said(&store, user, &[2, 3], Retention::Keep, 10).await;
        assert_eq!(refused().await.into_iter().collect::<Vec<_>>(), [2]);
        assert!(store.strava_item(user, 2).await.expect("asked").is_none());
        let batches = store.imports(other, 9).await.expect("imports");
        store.roll_back_import(other, batches[0].id, at(20)).await.expect("taken back");
        assert!(refused().await.is_empty(), "it is nobody's now");
    })
    .await;
}

/// Where what the API says may not stay, a file of the same run is believed at once: nothing that
/// stays changes when the API's goes.
#[tokio::test]
async fn a_file_takes_over_at_once() {
    on_both(async |store| {
        for (number, class) in [(1, Retention::Week), (2, Retention::Keep)] {
            let user = store.add_user(at(0)).await.expect("added").id;
            connect(&store, user, 50 + number).await;
            store.record_strava_terms(class, Some("yes"), at(number)).await.expect("recorded");
            let batch =
                store.strava_connection(user).await.expect("asked").expect("there").batch_id;
            let mut api = run(number, "2026-03-01");
            (api.name, api.activity_type) = (Some(text("Of Strava")), text("TrailRun"));
            let (source, items) = (Source::Strava, [item(1, api.clone(), None)]);
            store.import_activities(user, batch, source, &items, at(10)).await.expect("taken");
            let row = async || store.activity(user, number).await.expect("asked").expect("there");
            let from = async || row().await.source;
            assert_eq!(from().await.as_deref(), Some("strava"));
            import(&store, user, &[item(1, run(number, "2026-03-01"), None)], 20).await;
            let before = row().await;
            assert_eq!(before.source.as_deref(), Some("strava_archive"));
            let of_file = ("Mörning Run", "Run");
            let expected =
                if class == Retention::Week { of_file } else { ("Of Strava", "TrailRun") };
            let says = |row: &ActivityRow| {
                (row.name.as_deref().unwrap_or_default().to_owned(), row.activity_type.to_string())
            };
            let owned = |(a, b): (&str, &str)| (a.to_owned(), b.to_owned());
            assert_eq!(says(&before), owned(expected));
            // Heard again, the API changes nothing of it.
            store.import_activities(user, batch, source, &items, at(30)).await.expect("taken");
            assert_eq!(row().await, before);
            store
                .remove_strava_activity(user, number, Reason::Expired, at(40))
                .await
                .expect("gone");
            assert_eq!(says(&row().await), owned(of_file));
        }
    })
    .await;
}

#[tokio::test]
async fn an_athlete_belongs_to_one_runner_and_a_state_is_used_once() {
    on_both(async |store| {
        let user = store.owner(at(0)).await.expect("owner").id;
        let other = store.add_user(at(0)).await.expect("added").id;
        assert_eq!(connect(&store, user, 5).await, Connected::Yes);
        assert_eq!(connect(&store, other, 5).await, Connected::OtherRunner);
        assert_eq!(connect(&store, user, 6).await, Connected::OtherAthlete);
        assert_eq!(connect(&store, other, 6).await, Connected::Yes);
        let of = store.strava_connection_of(6).await.expect("asked").expect("there");
        assert_eq!((of.user_id, of.stage), (other, Stage::Summaries));
        let hash = TokenHash::of("state");
        let consent = store.begin_strava(user, &hash, &text("1"), at(60), at(0)).await;
        let consent = consent.expect("begun");
        let used =
            async |user, now| store.use_strava_state(user, &hash, at(now)).await.expect("asked");
        assert_eq!(used(other, 1).await, None, "another runner's");
        assert_eq!(used(user, 61).await, None, "too late");
        assert_eq!(used(user, 1).await, Some(consent));
        assert_eq!(used(user, 1).await, None, "used");
    })
    .await;
}

#[tokio::test]
async fn limits_hold_for_all_and_begin_anew() {
    on_both(async |store| {
        // 1,795,328,000 is 06:13:20: the quarter ends 100 s later.
        let limit = Told {
            kind: QuotaKind::Read,
            span: QuotaSpan::Quarter,
            allowed: Some(10),
            used: Some(2),
        };
        store.note_strava_limits(&[limit], at(0)).await.expect("noted");
        let reserve = async |share, now| store.reserve_strava(share, at(now)).await.expect("asked");
        for _ in 0..5 {
            assert_eq!(reserve(700, 1).await, Reserved::Now);
        }
        assert_eq!(reserve(700, 1).await, Reserved::Until(at(100)), "seven of ten");
        for _ in 0..3 {
            assert_eq!(reserve(1_000, 2).await, Reserved::Now);
        }
        assert_eq!(reserve(1_000, 3).await, Reserved::Until(at(100)));
        // An answer that was late says less than is known.
        store.note_strava_limits(&[limit], at(4)).await.expect("noted");
        assert_eq!(reserve(1_000, 5).await, Reserved::Until(at(100)));
        assert_eq!(reserve(1_000, 100).await, Reserved::Now, "the next quarter");
        let quota = store.strava_quota(at(100)).await.expect("asked");
        let of = |kind, span| quota.iter().find(|q| (q.kind, q.span) == (kind, span));
        let used = |kind, span| of(kind, span).expect("a row").used;
        assert_eq!(used(QuotaKind::Read, QuotaSpan::Quarter), 1);
        assert_eq!(used(QuotaKind::Overall, QuotaSpan::Day), 9, "the day goes on");
        // The clock is set back by a day, and forth by a year, and back.
        assert_eq!(reserve(1_000, -86_400).await, Reserved::Now);
        assert_eq!(reserve(1_000, 31_536_000).await, Reserved::Now);
        assert_eq!(reserve(1_000, 200).await, Reserved::Now);
        let all = Told { allowed: None, used: None, ..limit };
        store.note_strava_limits(&[all], at(200)).await.expect("noted");
        assert_eq!(reserve(1_000, 201).await, Reserved::Until(at(1_000)));
    })
    .await;
}

#[tokio::test]
async fn several_processes_reserve_no_more_than_there_is() {
    on_both(async |store| {
        let limit = Told {
            kind: QuotaKind::Overall,
            span: QuotaSpan::Day,
            allowed: Some(15),
            used: Some(0),
        };
        store.note_strava_limits(&[limit], at(0)).await.expect("noted");
        let ten = async || {
            let mut got = 0;
            for _ in 0..10 {
                got += u32::from(
                    store.reserve_strava(1_000, at(1)).await.expect("asked") == Reserved::Now,
                );
            }
            got
        };
        let (a, b, c) = tokio::join!(ten(), ten(), ten());
        assert_eq!(a + b + c, 15);
    })
    .await;
}

#[tokio::test]
async fn an_event_is_kept_once_and_of_connected_athletes_only() {
    on_both(async |store| {
        let user = store.owner(at(0)).await.expect("owner").id;
        connect(&store, user, 5).await;
        let add = async |event| store.add_strava_event(&event, at(6)).await.expect("asked");
        assert!(add(event(5, 11, EventAspect::Create)).await);
        assert!(!add(event(5, 11, EventAspect::Create)).await, "the same again");
        assert!(add(event(5, 11, EventAspect::Delete)).await);
        assert!(!add(event(6, 11, EventAspect::Create)).await, "nobody is that athlete");
        let waiting = store.strava_events(user, 11).await.expect("asked");
        assert_eq!(waiting.len(), 2);
        let lost = store.waiting_strava_events(at(7)).await.expect("asked");
        assert_eq!(lost, [(user, 11)]);
        store.strava_events_handled(user, 11, at(6), at(8)).await.expect("noted");
        assert!(store.strava_events(user, 11).await.expect("asked").is_empty());
        assert_eq!(store.prune_strava_events(at(9)).await.expect("pruned"), 2);
    })
    .await;
}

/// Whoever knows the secret address cannot fill the disk; a withdrawal is heard all the same.
#[tokio::test]
async fn events_that_wait_are_bounded() {
    on_both(async |store| {
        let user = store.owner(at(0)).await.expect("owner").id;
        connect(&store, user, 5).await;
        let add = async |event| store.add_strava_event(&event, at(6)).await.expect("asked");
        for n in 1..=i64::from(EVENTS_WAITING_MAX) {
            assert!(add(event(5, n, EventAspect::Create)).await, "{n}");
        }
        assert!(!add(event(5, 100_000, EventAspect::Create)).await, "one too many");
        assert!(add(event(5, 0, EventAspect::Deauthorize)).await, "about the athlete");
        store.strava_events_handled(user, 1, at(6), at(8)).await.expect("noted");
        assert!(add(event(5, 100_000, EventAspect::Create)).await, "there is room again");
    })
    .await;
}

/// What has another source stays without what the API said; the rest goes.
#[tokio::test]
async fn what_goes_goes_and_what_came_from_a_file_stays() {
    on_both(async |store| {
        let user = store.owner(at(0)).await.expect("owner").id;
        connect(&store, user, 5).await;
        let mut renamed = run(2, "2026-03-01");
        renamed.name = Some(text("As Strava has it"));
        said(&store, user, &[1, 2, 3], Retention::Week, 0).await;
        let batch = store.strava_connection(user).await.expect("asked").expect("there").batch_id;
        let items = [item(1, renamed, None)];
        let source = Source::Strava;
        store.import_activities(user, batch, source, &items, at(1)).await.expect("taken");
        import(&store, user, &[item(1, run(2, "2026-03-01"), None)], 2).await;
        said(&store, user, &[4], Retention::Week, 100).await;
        let users = store.users_to_purge_of_strava(at(50)).await.expect("asked");
        assert_eq!(users, [user]);
        let gone = store.purge_strava(user, at(50), at(200)).await.expect("purged").expect("some");
        assert_eq!((gone.activities, gone.rehomed), (2, 1), "{gone:?}");
        assert_eq!(gone.first_day, Some(day("2026-03-01")));
        assert_eq!(store.purge_strava(user, at(50), at(201)).await.expect("purged"), None);
        let of = async |id| store.activity(user, id).await.expect("asked");
        assert!(of(1).await.is_none() && of(3).await.is_none() && of(4).await.is_some());
        let kept = of(2).await.expect("by its archive");
        assert_eq!(kept.name.as_deref(), Some("Mörning Run"), "what the API said is gone");
        let sources = store.activity_sources(user, kept.id).await.expect("asked");
        assert_eq!(sources.len(), 1);
        let connection = store.strava_connection(user).await.expect("asked").expect("there");
        assert_eq!(connection.dirty_from, Some(day("2026-03-01")));
        let receipt =
            store.erase_strava(user, Reason::Disconnected, at(300)).await.expect("erased");
        assert_eq!((receipt.activities, receipt.rehomed), (1, 0));
        assert!(store.strava_connection(user).await.expect("asked").is_none());
        assert!(store.owner(at(301)).await.expect("owner").strava_id < 0);
        assert_eq!(store.strava_receipts(user).await.expect("asked").len(), 2);
    })
    .await;
}

/// A run of the API that was made one with another by hand leaves a row without sources; it goes
/// like the rest, and so do the ledger of the API and the answers that are kept for repetitions.
#[tokio::test]
async fn nothing_of_the_api_stays_in_what_was_merged_noted_or_answered() {
    on_both(async |store| {
        for (n, reason) in (0..).zip([Reason::Disconnected, Reason::Expired, Reason::Deleted]) {
            let user = store.add_user(at(0)).await.expect("added").id;
            connect(&store, user, 50 + n).await;
            let (api, file) = (100 + n, 200 + n);
            said(&store, user, &[api], Retention::Week, 0).await;
            import(&store, user, &[item(1, run(file, "2026-03-05"), None)], 2).await;
            store.merge_activities(user, (file, api), at(3)).await.expect("merged");
            let request = Repeatable::of("key", "PUT /x", b"{}").expect("short");
            let claimed = store.claim_repeatable(user, &request, (at(60), at(-60)), at(4)).await;
            let Ok(Claimed::Ours(claim)) = claimed else { panic!("{claimed:?}") };
            store.answer_repeatable(&claim, 200, "{\"name\":\"Run\"}").await.expect("kept");
            let gone = match reason {
                Reason::Expired => store.purge_strava(user, at(50), at(60)).await,
                Reason::Deleted => store.remove_strava_activity(user, api, reason, at(60)).await,
                _ => store.erase_strava(user, reason, at(60)).await.map(Some),
            };
            let gone = gone.expect("asked").expect("something");
            assert_eq!((gone.activities, gone.rehomed), (1, 1), "{reason:?}: {gone:?}");
            let counts = store.count_rows().await.expect("counts");
            let rows = |table: &str| counts.iter().find(|(name, _)| name == table).expect(table).1;
            for (table, left) in [
                ("strava_activities", 1),
                ("activity_sources", 1),
                ("activity_versions", 0),
                ("import_ledger", 1),
                ("idempotency_keys", 0),
            ] {
                assert_eq!(rows(table), left, "{reason:?}: {table}");
            }
            let kept = store.activity(user, file).await.expect("asked").expect("by its archive");
            assert!(!kept.deleted);
            store.delete_user(user).await.expect("deleted");
        }
    })
    .await;
}

/// The operator changes the terms: what is there follows.
#[tokio::test]
async fn what_is_there_follows_the_operators_terms() {
    on_both(async |store| {
        let user = store.owner(at(0)).await.expect("owner").id;
        connect(&store, user, 5).await;
        store.record_strava_terms(Retention::Keep, Some("yes"), at(0)).await.expect("recorded");
        said(&store, user, &[1], Retention::Keep, 0).await;
        assert!(store.users_to_purge_of_strava(at(99)).await.expect("asked").is_empty());
        store.record_strava_terms(Retention::Week, None, at(10)).await.expect("recorded");
        assert_eq!(store.users_to_purge_of_strava(at(99)).await.expect("asked"), [user]);
        store.record_strava_terms(Retention::Week, None, at(11)).await.expect("recorded");
        let counts = store.count_rows().await.expect("counts");
        let terms = counts.iter().find(|(name, _)| name == "strava_terms").expect("a table").1;
        assert_eq!(terms, 2, "what was said before is not said again");
    })
    .await;
}

#[tokio::test]
async fn a_listing_marks_what_it_saw() {
    on_both(async |store| {
        let user = store.owner(at(0)).await.expect("owner").id;
        connect(&store, user, 5).await;
        said(&store, user, &[1, 2, 3], Retention::Keep, 0).await;
        let listing = store.begin_strava_listing(user, at(10)).await.expect("begun");
        said(&store, user, &[4], Retention::Keep, 20).await;
        store.saw_strava_items(user, listing, &[1, 3]).await.expect("marked");
        let (began, since) = (at(10), jiff::Timestamp::UNIX_EPOCH);
        let unseen = store.unseen_strava_items(user, listing, began, since, 10).await;
        let unseen: Vec<_> = unseen.expect("asked").iter().map(|i| i.strava_activity_id).collect();
        assert_eq!(unseen, [2], "the fourth came while it was under way");
        store.next_strava_page(user, listing, 2, at(11)).await.expect("noted");
        store.end_strava_listing(user, listing, at(12)).await.expect("ended");
        let connection = store.strava_connection(user).await.expect("asked").expect("there");
        assert_eq!((connection.stage, connection.listed_at), (Stage::Details, Some(at(12))));
        let newest = store.next_strava_detail(user, at(50)).await.expect("asked").expect("one");
        assert_eq!(newest.strava_activity_id, 4, "the newest first");
        let (detail, due) = (Detail::Had, at(60));
        store.set_strava_detail(user, 4, detail, due).await.expect("noted");
        let next = store.next_strava_detail(user, at(50)).await.expect("asked").expect("one");
        assert_eq!(next.strava_activity_id, 3);
        assert_eq!(store.count_strava_items(user).await.expect("asked").wanted, 3);
        store.next_strava_page(user, listing, 3, at(13)).await.expect_err("it has ended");
    })
    .await;
}

/// A job that waits for its turn has not failed.
#[tokio::test]
async fn a_job_that_is_put_off_keeps_its_attempts() {
    on_both(async |store| {
        store.enqueue(&crate::jobs::job("prune", "k"), at(0)).await.expect("added");
        for n in 0..20_i64 {
            let lease = Lease { holder: "w", now: at(n), until: at(n + 60) };
            let claimed = store.claim_jobs(&["prune"], lease, 1).await.expect("claimed");
            let job = &claimed.jobs[0];
            assert_eq!(job.attempts, 1);
            let then = AfterFailure::PutOff(at(n + 1));
            store.fail_job(job.id, job.fence, "not yet", then).await.expect("noted");
        }
    })
    .await;
}
