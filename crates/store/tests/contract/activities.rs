//! Imports and what is read of them.

use crate::harness::{at, day, on_both};
use hermes_engine::record::Sport;
use hermes_engine::units::{Metres, Seconds};
use hermes_store::activities::{ActivityFilter, Marks};
use hermes_store::imports::{
    CHUNK_MAX, ImportItem, Imported, LedgerRow, NewActivity, OriginalFile, Outcome, Source,
};
use hermes_store::value::{ActivityMetres, Decimal, LocalTime, Text};
use hermes_store::{Store, StoreError};
use uuid::Uuid;

fn text<const N: usize>(s: &str) -> Text<N> {
    Text::new(s).expect("it fits")
}

/// A run of 10 km and 50 min on `day`, two hours east of Greenwich, at nine in the morning.
pub(crate) fn run(id: i64, on: &str) -> NewActivity {
    let local = LocalTime::start_of(day(on)).seconds() + 9 * 3600;
    NewActivity {
        strava_activity_id: id,
        activity_type: text("Run"),
        sport: Sport::Run,
        name: Some(text("Mörning Run")),
        distance_meters: ActivityMetres::new(1_000_049).expect("fits"),
        moving_time_seconds: 3000,
        elapsed_time_seconds: 3100,
        total_elevation_gain: Decimal::new(4_250),
        start_date: jiff::Timestamp::from_second(local - 7200).expect("in range"),
        start_date_local: LocalTime::new(local).expect("in range"),
        average_speed_ms: Decimal::new(3_333),
        max_speed_ms: Decimal::new(5_001),
        average_heartrate: Some(150),
        max_heartrate: Some(180),
        weighted_average_watts: Decimal::new(25_050),
        average_watts: Decimal::new(-1),
        external_id: Some(text("garmin_push_1")),
        upload_id: Some(1 << 40),
        race: false,
        average_temperature: Some(-3),
        perceived_exertion: Some(7),
    }
}

pub(crate) fn item(row_number: i32, activity: NewActivity, file: Option<&[u8]>) -> ImportItem {
    let name = format!("activities/{}.fit.gz", activity.strava_activity_id);
    let file = file.map(|bytes| OriginalFile { name: text(&name), bytes: bytes.to_vec().into() });
    ImportItem { row_number, item: text(&name), activity, file, reading: None, note: None }
}

pub(crate) const NONE: Marks =
    Marks { race: false, confirmed: false, excluded: false, deleted: false };

/// Begins a batch and takes the items.
pub(crate) async fn import(
    store: &Store,
    user: Uuid,
    items: &[ImportItem],
    seconds: i64,
) -> (Uuid, Vec<Imported>) {
    let batch = store
        .begin_import(user, Source::StravaArchive, Some(&text("export.zip")), at(seconds))
        .await
        .expect("begun");
    let done = store
        .import_activities(user, batch, Source::StravaArchive, items, at(seconds))
        .await
        .expect("imported");
    store.finish_import(user, batch, at(seconds + 1)).await.expect("finished");
    (batch, done.into_iter().map(|taken| taken.imported).collect())
}

/// The second import of the same rows adds nothing, changes nothing, and says so.
#[tokio::test]
async fn an_import_twice_changes_nothing() {
    on_both(async |store| {
        let user = store.owner(at(0)).await.expect("owner").id;
        let items = [
            item(1, run(11, "2026-03-01"), Some(b"bytes\0of\xffa file")),
            item(2, run(12, "2026-03-02"), None),
            item(3, run(11, "2026-03-01"), None),
        ];
        let (batch, done) = import(&store, user, &items, 0).await;
        assert_eq!(done, [Imported::New, Imported::New, Imported::Duplicate]);
        let all = ActivityFilter::default();
        let before = store.activities(user, &all, 50, 0).await.expect("list");
        assert_eq!(before.len(), 2);
        assert_eq!(before[0].strava_activity_id, 12, "newest first");
        assert_eq!(before[1].distance_meters.to_string(), "10000.49");
        assert_eq!(before[1].start_date_local.to_string(), "2026-03-01T09:00:00");
        assert_eq!(before[1].source.as_deref(), Some("strava_archive"));

        let ledger = store.ledger(user, batch).await.expect("ledger");
        let outcomes: Vec<_> = ledger.iter().map(|row| row.outcome).collect();
        assert_eq!(outcomes, [Outcome::New, Outcome::New, Outcome::Duplicate]);
        assert_eq!(ledger[0].activity_id, Some(before[1].id));
        assert!(ledger[2].reason.is_some() && ledger[2].activity_id.is_none());
        let problems = store.ledger_problems(user, batch).await.expect("problems");
        assert_eq!(problems, ledger[2..]);
        let counts = store.ledger_counts(user, batch).await.expect("counts");
        assert_eq!(counts, [(Outcome::Duplicate, 1), (Outcome::New, 2)]);

        let (_, again) = import(&store, user, &items[..2], 1000).await;
        assert_eq!(again, [Imported::Unchanged, Imported::Unchanged]);
        assert_eq!(store.activities(user, &all, 50, 0).await.expect("list"), before);

        let sources = store.activity_sources(user, before[1].id).await.expect("sources");
        assert_eq!(sources.len(), 1);
        let digest = sources[0].file_digest.clone().expect("it has a file");
        let file = store.original_file(user, &digest).await.expect("asked").expect("stored");
        assert_eq!(file.bytes, b"bytes\0of\xffa file");
        let files = store.original_files(user).await.expect("list");
        assert_eq!((files.len(), files[0].size), (1, 15));
        assert_eq!(store.imports(user, 10).await.expect("list").len(), 2);
        assert_eq!(store.imports(user, 10).await.expect("list")[1].finished_at, Some(at(1)));
    })
    .await;
}

/// A changed row is rewritten, keeps its key and the runner's marks; others stay untouched.
#[tokio::test]
async fn a_changed_row_is_rewritten() {
    on_both(async |store| {
        let user = store.owner(at(0)).await.expect("owner").id;
        let items = [item(1, run(11, "2026-03-01"), None), item(2, run(12, "2026-03-02"), None)];
        import(&store, user, &items, 0).await;
        let all = ActivityFilter::default();
        let before = store.activities(user, &all, 50, 0).await.expect("list");
        let marks = Marks { confirmed: true, ..NONE };
        store.mark_activity(user, before[1].id, marks, at(100)).await.expect("marked");

        let mut renamed = run(11, "2026-03-01");
        renamed.name = None;
        renamed.average_heartrate = None;
        let items = [item(1, renamed, None), items[1].clone()];
        let (_, done) = import(&store, user, &items, 500).await;
        assert_eq!(done, [Imported::Updated, Imported::Unchanged]);
        let after = store.activities(user, &all, 50, 0).await.expect("list");
        assert_eq!(after[0], before[0]);
        assert_eq!(after[1].id, before[1].id);
        assert_eq!((&after[1].name, after[1].average_heartrate), (&None, None));
        assert_eq!((after[1].synced_at, after[1].created_at), (at(500), at(0)));
        assert!(after[1].confirmed, "the runner's word stays");

        let unknown = store.mark_activity(user, Uuid::nil(), marks, at(100)).await;
        assert!(matches!(unknown, Err(StoreError::Missing("activity"))));
    })
    .await;
}

/// An id that another account holds is refused, without a word about whose it is; nothing of the
/// other account changes.
#[tokio::test]
async fn an_id_of_another_account_is_refused() {
    on_both(async |store| {
        let user = store.owner(at(0)).await.expect("owner").id;
        let other = store.add_user(at(0)).await.expect("other").id;
        import(&store, user, &[item(1, run(11, "2026-03-01"), None)], 0).await;
        let mut stolen = run(11, "2026-03-01");
        stolen.name = Some(text("mine"));
        let items = [item(1, stolen, Some(b"file")), item(2, run(13, "2026-03-03"), None)];
        let (batch, done) = import(&store, other, &items, 10).await;
        assert_eq!(done, [Imported::ForeignId, Imported::New]);
        let ledger = store.ledger(other, batch).await.expect("ledger");
        assert_eq!(ledger[0].outcome, Outcome::Failed);
        assert!(ledger[0].reason.as_deref().is_some_and(|r| r.contains("another account")));
        let all = ActivityFilter::default();
        let mine = store.activities(user, &all, 50, 0).await.expect("list");
        assert_eq!(mine[0].name.as_deref(), Some("Mörning Run"));
        assert!(store.original_files(other).await.expect("list").is_empty());
        assert!(store.ledger(user, batch).await.expect("ledger").is_empty());
        assert!(store.activity_sources(other, mine[0].id).await.expect("list").is_empty());
    })
    .await;
}

/// The same import twice at the same time: every activity is added once.
#[tokio::test]
async fn two_imports_at_once_add_once() {
    on_both(async |store| {
        let user = store.owner(at(0)).await.expect("owner").id;
        let items: Vec<_> =
            (1..=50).map(|n| item(1, run(n, "2026-03-01"), Some(b"same"))).collect();
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..3 {
            let (store, items) = (store.clone(), items.clone());
            tasks.spawn(async move { import(&store, user, &items, 0).await.1 });
        }
        let done = tasks.join_all().await.concat();
        let count = |what: Imported| done.iter().filter(|i| **i == what).count();
        assert_eq!((count(Imported::New), count(Imported::Unchanged)), (50, 100));
        let rows = store.count_rows().await.expect("counts");
        let count = |name: &str| rows.iter().find(|(n, _)| n == name).map(|(_, n)| *n);
        assert_eq!(count("strava_activities"), Some(50));
        assert_eq!((count("activity_sources"), count("original_files")), (Some(50), Some(1)));
        assert_eq!(count("import_ledger"), Some(150));
    })
    .await;
}

/// The same content from another source is the same: its row stays, the source is added.
#[tokio::test]
async fn another_source_is_added() {
    on_both(async |store| {
        let user = store.owner(at(0)).await.expect("owner").id;
        let items = [item(1, run(11, "2026-03-01"), None)];
        import(&store, user, &items, 0).await;
        let batch = store.begin_import(user, Source::Strava, None, at(9)).await.expect("begun");
        let done = store.import_activities(user, batch, Source::Strava, &items, at(9)).await;
        assert_eq!(done.expect("imported")[0].imported, Imported::Unchanged);
        let all = ActivityFilter::default();
        let rows = store.activities(user, &all, 9, 0).await.expect("list");
        assert_eq!((rows[0].source.as_deref(), rows[0].synced_at), (Some("strava_archive"), at(0)));
        let sources = store.activity_sources(user, rows[0].id).await.expect("list");
        let kinds: Vec<_> = sources.iter().map(|s| s.source).collect();
        assert_eq!(kinds, [Source::Strava, Source::StravaArchive]);
    })
    .await;
}

/// A chunk whose last row is refused leaves nothing: no activity, file, source or ledger row.
#[tokio::test]
async fn a_failing_chunk_leaves_nothing() {
    on_both(async |store| {
        let user = store.owner(at(0)).await.expect("owner").id;
        let batch = store.begin_import(user, Source::File, None, at(0)).await.expect("begun");
        let mut bad = run(12, "2026-03-02");
        bad.perceived_exertion = Some(11);
        let items = [item(1, run(11, "2026-03-01"), Some(b"x")), item(2, bad, None)];
        let failed = store.import_activities(user, batch, Source::File, &items, at(1)).await;
        assert!(matches!(failed, Err(StoreError::Refused(_))), "{failed:?}");
        let all = ActivityFilter::default();
        assert!(store.activities(user, &all, 50, 0).await.expect("list").is_empty());
        assert!(store.ledger(user, batch).await.expect("ledger").is_empty());
        assert!(store.original_files(user).await.expect("files").is_empty());

        let many = vec![items[0].clone(); CHUNK_MAX + 1];
        let failed = store.import_activities(user, batch, Source::File, &many, at(1)).await;
        assert!(matches!(failed, Err(StoreError::TooMany { .. })), "{failed:?}");
        let row = LedgerRow {
            row_number: 3,
            item: text("activities.csv line 4"),
            outcome: Outcome::Skipped,
            reason: Some("no date".to_owned()),
            activity_id: None,
        };
        store.add_ledger(user, batch, std::slice::from_ref(&row), at(2)).await.expect("added");
        assert_eq!(store.ledger(user, batch).await.expect("ledger"), std::slice::from_ref(&row));
        let many = vec![row; CHUNK_MAX + 1];
        let failed = store.add_ledger(user, batch, &many, at(2)).await;
        assert!(matches!(failed, Err(StoreError::TooMany { .. })), "{failed:?}");
        let unknown = store.finish_import(user, Uuid::nil(), at(3)).await;
        assert!(matches!(unknown, Err(StoreError::Missing("import"))));
    })
    .await;
}

/// A whole chunk of the greatest size goes in at once and comes out in start order, bounded by
/// day and by the time it was recorded.
#[tokio::test]
async fn facts_are_those_of_their_day() {
    on_both(async |store| {
        let user = store.owner(at(0)).await.expect("owner").id;
        let first = day("2020-01-01");
        let items: Vec<_> = (0..i64::try_from(CHUNK_MAX).expect("small"))
            .map(|n| item(1, run(-1 - n, &(first + n).to_string()), None))
            .collect();
        let (_, done) = import(&store, user, &items, 0).await;
        assert!(done.iter().all(|i| *i == Imported::New));
        let mut second = run(77, "2020-01-01");
        // Another run of the day, at no time that the first one could have.
        second.start_date = at(-1_000_000_000);
        import(&store, user, &[item(1, second, None)], 1000).await;

        let facts = store
            .activities_between(user, day("1970-01-01"), day("2020-01-03"), at(0))
            .await
            .expect("facts");
        assert_eq!(facts.iter().map(|a| a.id).collect::<Vec<_>>(), [-1, -2]);
        assert_eq!(facts[0].day(), first);
        assert_eq!((facts[0].distance, facts[0].moving), (Metres(10_000), Seconds(3000)));
        assert_eq!((facts[0].ascent, facts[0].heart_rate), (Some(Metres(43)), Some(150)));
        let facts = store
            .activities_between(user, day("1970-01-01"), day("2020-01-03"), at(1000))
            .await
            .expect("facts");
        assert_eq!(facts.iter().map(|a| a.id).collect::<Vec<_>>(), [-1, 77, -2]);

        let day_filter =
            ActivityFilter { from: Some(first), to: Some(first), ..ActivityFilter::default() };
        let rows = store.activities(user, &day_filter, 10, 0).await.expect("list");
        let marks = Marks { race: true, excluded: true, ..NONE };
        store.mark_activity(user, rows[0].id, marks, at(1000)).await.expect("marked");
        let facts = store
            .activities_between(user, day("1970-01-01"), day("2020-01-02"), at(1000))
            .await
            .expect("facts");
        assert_eq!(facts.iter().map(|a| a.id).collect::<Vec<_>>(), [-1], "77 is excluded");
    })
    .await;
}

/// Lists are narrowed by sport, text in any case and days; sums follow the same filter.
#[tokio::test]
async fn lists_are_narrowed() {
    on_both(async |store| {
        let user = store.owner(at(0)).await.expect("owner").id;
        let mut ride = run(12, "2026-03-02");
        ride.sport = Sport::Other;
        ride.name = Some(text("100% Ärger_"));
        let items = [
            item(1, run(11, "2026-03-01"), None),
            item(2, ride, None),
            item(3, run(13, "2026-03-04"), None),
        ];
        import(&store, user, &items, 0).await;
        let found = async |filter: ActivityFilter| {
            let rows = store.activities(user, &filter, 50, 0).await.expect("list");
            let totals = store.activity_totals(user, &filter).await.expect("totals");
            assert_eq!(totals.count, i64::try_from(rows.len()).expect("small"));
            rows.iter().map(|row| row.strava_activity_id).collect::<Vec<_>>()
        };
        let any = ActivityFilter::default;
        assert_eq!(found(any()).await, [13, 12, 11]);
        assert_eq!(found(ActivityFilter { sport: Some(Sport::Run), ..any() }).await, [13, 11]);
        let named = |s: &str| ActivityFilter { text: Some(s.to_owned()), ..any() };
        assert_eq!(found(named("ÄRGER")).await, [12]);
        assert_eq!(found(named("% ä")).await, [12], "% stands for itself");
        assert_eq!(found(named("g_r")).await, [0; 0], "_ stands for itself");
        assert_eq!(found(named("mörning r")).await, [13, 11]);
        let from = ActivityFilter { from: Some(day("2026-03-02")), ..any() };
        assert_eq!(found(from).await, [13, 12]);
        let to = ActivityFilter { to: Some(day("2026-03-02")), ..any() };
        assert_eq!(found(to).await, [12, 11], "the last day is included");

        let totals = store.activity_totals(user, &any()).await.expect("totals");
        assert_eq!((totals.distance, totals.moving), (Metres(30_001), Seconds(9000)));
        assert_eq!((totals.first, totals.last), (Some(day("2026-03-01")), Some(day("2026-03-04"))));
        let page = store.activities(user, &any(), 1, 1).await.expect("page");
        assert_eq!(page[0].strava_activity_id, 12);
        let nobody = store.activity_totals(Uuid::nil(), &any()).await.expect("totals");
        assert_eq!((nobody.count, nobody.distance, nobody.first), (0, Metres(0), None));
    })
    .await;
}
