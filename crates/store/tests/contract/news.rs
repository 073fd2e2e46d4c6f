//! News: told from where they stand, newest day first, with how far the runner has read.

use crate::harness::{at, day, on_both};
use hermes_store::imports::{LedgerRow, Outcome, Source};
use hermes_store::value::Text;
use jiff::Timestamp;
use uuid::Uuid;

fn from() -> (hermes_engine::calendar::Day, Timestamp) {
    (day("2026-03-01"), "2026-03-01T00:00:00Z".parse().expect("a time"))
}

#[tokio::test]
async fn what_happened_is_told_once_for_each_runner_and_seen_once() {
    on_both(async |store| {
        // A week, a change, a check-in and more of a full database, all recorded at one moment.
        let user = crate::plans::fill(&store).await;
        let mut week = crate::plans::week("2026-03-09", 0);
        week.revision.replayed = false;
        week.revision.reason = Some("new activities".to_owned());
        store.save_week(user, &week, at(0)).await.expect("saved");
        let kinds = async |only_new| {
            let news = store.news(user, from(), only_new, 200, 0).await.expect("told");
            let mut kinds: Vec<String> = news.into_iter().map(|n| n.kind).collect();
            kinds.sort();
            kinds
        };
        let all = kinds(false).await;
        assert_eq!(all.iter().filter(|k| *k == "plan").count(), 1, "a replay is no news: {all:?}");
        for kind in ["change", "check_in", "plan", "strike"] {
            assert!(all.iter().any(|k| k == kind), "{kind}: {all:?}");
        }
        assert_eq!(kinds(true).await, all, "nothing was seen yet");
        store.see_news(user, at(0)).await.expect("seen");
        assert_eq!(kinds(true).await.len(), 0);
        let strike = store.strikes(user, day("2026-12-31"), at(99)).await.expect("list")[0].id;
        let now = at(100);
        store.resolve_strike(user, strike, day("2026-03-05"), now).await.expect("resolved");
        assert_eq!(kinds(true).await, ["strike_ended"]);
        store.see_news(user, now).await.expect("seen");
        store.see_news(user, at(1)).await.expect("an older page sees nothing less");
        assert_eq!(store.news_seen(user).await.expect("asked"), Some(now));
        assert_eq!(kinds(true).await.len(), 0);
        assert_eq!(kinds(false).await.len(), all.len() + 1, "what was seen stays");

        let later = at(200);
        let name = Text::new("year.zip");
        let batch = store
            .begin_import(user, Source::StravaArchive, name.as_ref(), later)
            .await
            .expect("begun");
        let row = |outcome| LedgerRow {
            row_number: 1,
            item: Text::new("a.fit").expect("fits"),
            outcome,
            reason: None,
            activity_id: None,
        };
        let rows = [row(Outcome::Failed), row(Outcome::New), row(Outcome::Failed)];
        store.add_ledger(user, batch, &rows, later).await.expect("added");
        assert_eq!(kinds(true).await.len(), 0, "it is still under way");
        store.finish_import(user, batch, later).await.expect("ended");
        let news = store.news(user, from(), true, 5, 0).await.expect("told");
        assert_eq!((news[0].kind.as_str(), news[0].id, news[0].number), ("import", batch, Some(2)));
        assert_eq!((news[0].day.as_str(), news[0].at), ("2026-11-22", later));
        assert_eq!(news[0].detail.as_deref(), Some("year.zip"));

        let mut paged = Vec::new();
        for skip in 0.. {
            let one = store.news(user, from(), false, 1, skip).await.expect("told");
            let Some(one) = one.into_iter().next() else { break };
            paged.push(one);
        }
        let whole = store.news(user, from(), false, 200, 0).await.expect("told");
        assert_eq!(paged, whole, "pages are parts of the whole");
        assert!(whole.windows(2).all(|w| w[0].day >= w[1].day), "newest day first");
        let other = store.add_user(at(0)).await.expect("added").id;
        assert_eq!(store.news_seen(other).await.expect("asked"), None);
        assert_eq!(store.news(other, from(), false, 200, 0).await.expect("told"), []);
        assert_eq!(store.news_seen(Uuid::nil()).await.expect("asked"), None);
        assert!(store.news(user, from(), false, 201, 0).await.is_err());
    })
    .await;
}
