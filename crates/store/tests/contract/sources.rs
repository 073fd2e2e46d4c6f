//! Sources of activities: put together where they tell of one run, taken apart by hand, taken back.

use crate::activities::{item, run};
use crate::harness::{at, day, on_both};
use hermes_engine::record::{Activity, Sport, Streams};
use hermes_engine::units::{Metres, Seconds};
use hermes_store::activities::{ActivityFilter, ActivityRow};
use hermes_store::imports::{ImportItem, Imported, NewActivity, Outcome, Source};
use hermes_store::readings::{Effort, Figures, Reading, Split, SplitKind};
use hermes_store::value::{ActivityMetres, LocalTime, Text};
use hermes_store::watched::{WATCHED_MAX, WatchedFile};
use hermes_store::{Store, StoreError};
use jiff::SignedDuration;
use uuid::Uuid;

/// What was read of a file.
pub(crate) fn reading(graded: i64) -> Reading {
    let streams = Streams {
        graded: Some(Metres(graded)),
        decoupling: Some(-12),
        max_heart_rate: Some(181),
        fastest: Some([Seconds(80), Seconds(170), Seconds(1300)]),
    };
    let split = |kind, number| Split {
        kind,
        number,
        distance_cm: Some(100_000),
        elapsed_ms: 300_000,
        moving_ms: 299_000,
        graded_cm: Some(100_500),
        rise_cm: Some(-250),
        heart_rate: Some(150),
    };
    Reading {
        figures: Figures::of(&streams, Some(false)),
        points: 3,
        bytes: vec![1, 0, 255, 7],
        device: Text::new("a watch"),
        splits: vec![split(SplitKind::Km, 1), split(SplitKind::Km, 2), split(SplitKind::Lap, 1)],
        efforts: vec![Effort {
            distance_cm: 40_000,
            time_ms: 80_123,
            start_ms: 5_000,
            heart_rate: None,
        }],
    }
}

/// A file of the same run as [`run`] of that day, begun `late` seconds later.
fn file(id: i64, on: &str, late: i64) -> NewActivity {
    let like = run(id, on);
    let later = SignedDuration::from_secs(late);
    NewActivity {
        name: None,
        distance_meters: ActivityMetres::new(1_015_000).expect("fits"),
        moving_time_seconds: 2_950,
        average_heartrate: Some(151),
        start_date: like.start_date.checked_add(later).expect("in range"),
        start_date_local: LocalTime::new(like.start_date_local.seconds() + late).expect("fits"),
        perceived_exertion: None,
        upload_id: None,
        ..like
    }
}

async fn take(store: &Store, user: Uuid, source: Source, items: &[ImportItem], s: i64) -> Uuid {
    let batch = store.begin_import(user, source, None, at(s)).await.expect("begun");
    store.import_activities(user, batch, source, items, at(s)).await.expect("imported");
    store.finish_import(user, batch, at(s)).await.expect("finished");
    batch
}

async fn outcomes(
    store: &Store,
    user: Uuid,
    source: Source,
    items: &[ImportItem],
    s: i64,
) -> Vec<Imported> {
    let batch = store.begin_import(user, source, None, at(s)).await.expect("begun");
    let done = store.import_activities(user, batch, source, items, at(s)).await;
    done.expect("imported").into_iter().map(|t| t.imported).collect()
}

async fn list(store: &Store, user: Uuid) -> Vec<ActivityRow> {
    store.activities(user, &ActivityFilter::default(), 50, 0).await.expect("list")
}

async fn facts(store: &Store, user: Uuid, s: i64) -> Vec<Activity> {
    let (from, to) = (day("2020-01-01"), day("2030-01-01"));
    store.activities_between(user, from, to, at(s)).await.expect("facts")
}

fn read(id: i64, activity: NewActivity, bytes: &[u8], graded: i64) -> ImportItem {
    let reading = Some(reading(graded));
    ImportItem {
        reading,
        ..item(1, NewActivity { strava_activity_id: id, ..activity }, Some(bytes))
    }
}

/// A file of a run of the archive becomes its second source: the file's data win, the title stays,
/// a second import changes nothing, and what was known before is known as it was.
#[tokio::test]
async fn a_file_joins_the_run_that_it_tells_of() {
    on_both(async |store| {
        let user = store.owner(at(0)).await.expect("owner").id;
        take(&store, user, Source::StravaArchive, &[item(1, run(11, "2026-03-01"), None)], 0).await;
        let items = [read(-5, file(-5, "2026-03-01", 90), b"fit", 9_900)];
        let done = outcomes(&store, user, Source::File, &items, 100).await;
        assert_eq!(done, [Imported::Merged(11)]);
        let after = list(&store, user).await;
        assert_eq!(after.len(), 1);
        let row = &after[0];
        assert_eq!((row.strava_activity_id, row.name.as_deref()), (11, Some("Mörning Run")));
        assert_eq!(
            (row.distance_meters.to_string().as_str(), row.moving_time_seconds),
            ("10150.00", 2_950)
        );
        assert_eq!((row.average_heartrate, row.synced_at), (Some(151), at(100)));
        let streams = facts(&store, user, 100).await[0].streams.expect("there are points");
        assert_eq!((streams.graded, streams.decoupling), (Some(Metres(9_900)), Some(-12)));
        assert_eq!(streams.fastest.map(|f| f[2]), Some(Seconds(1300)));
        let old = &facts(&store, user, 99).await[0];
        assert_eq!((old.distance, old.streams), (Metres(10_000), None), "as it was known then");

        let known = store.reading(user, row.id).await.expect("asked").expect("there");
        let expected = reading(9_900);
        assert_eq!((known.bytes, known.points, known.source), (expected.bytes, 3, Source::File));
        assert_eq!(known.splits.len(), 3);
        assert_eq!(known.efforts, expected.efforts);
        let sources = store.activity_sources(user, row.id).await.expect("sources");
        let ids: Vec<_> = sources.iter().map(|s| (s.source, s.strava_activity_id)).collect();
        assert_eq!(ids, [(Source::File, -5), (Source::StravaArchive, 11)]);
        assert_eq!((sources[0].points, sources[0].file_size), (Some(3), Some(3)));

        for (source, items) in [
            (Source::File, items.to_vec()),
            (Source::StravaArchive, vec![item(1, run(11, "2026-03-01"), None)]),
        ] {
            let again = outcomes(&store, user, source, &items, 200).await;
            assert_eq!(again, [Imported::Unchanged]);
        }
        assert_eq!(list(&store, user).await, after);
    })
    .await;
}

/// The archive holds a run's file, and the watch's folder the same one.
#[tokio::test]
async fn the_file_of_an_archive_by_itself_is_the_same_run() {
    on_both(async |store| {
        let user = store.owner(at(0)).await.expect("owner").id;
        let archive = [read(11, run(11, "2026-03-01"), b"fit", 9_900)];
        take(&store, user, Source::StravaArchive, &archive, 0).await;
        let alone = [read(-5, file(-5, "2026-03-01", 0), b"fit", 9_900)];
        let done = outcomes(&store, user, Source::File, &alone, 100).await;
        assert_eq!(done, [Imported::Merged(11)]);
        assert_eq!(store.original_files(user).await.expect("files").len(), 1);
        // The file stays as long as somebody has it.
        let batch = store.imports(user, 1).await.expect("imports")[0].id;
        store.roll_back_import(user, batch, at(200)).await.expect("taken back");
        assert_eq!(store.original_files(user).await.expect("files").len(), 1);
        assert!(
            store.reading(user, list(&store, user).await[0].id).await.expect("asked").is_some()
        );
    })
    .await;
}

/// The file comes first; the archive's real id takes the place of the negative one everywhere, and
/// plans of the past know the run by the old one.
#[tokio::test]
async fn a_real_id_replaces_a_derived_one() {
    on_both(async |store| {
        let user = store.owner(at(0)).await.expect("owner").id;
        take(&store, user, Source::File, &[read(-5, file(-5, "2026-03-01", 0), b"fit", 9_900)], 0)
            .await;
        let before = list(&store, user).await[0].clone();
        let items = [item(1, run(11, "2026-03-01"), None)];
        let done = outcomes(&store, user, Source::StravaArchive, &items, 100).await;
        assert_eq!(done, [Imported::Merged(-5)]);
        let after = list(&store, user).await;
        assert_eq!((after.len(), after[0].id, after[0].strava_activity_id), (1, before.id, 11));
        assert_eq!(facts(&store, user, 100).await[0].id, 11);
        assert_eq!(facts(&store, user, 99).await[0].id, -5);
        let ledger = store.imports(user, 1).await.expect("imports")[0].id;
        let ledger = store.ledger(user, ledger).await.expect("ledger");
        assert_eq!(ledger[0].outcome, Outcome::Duplicate);
        assert!(ledger[0].reason.as_deref().is_some_and(|r| r.contains("activity -5")));
    })
    .await;
}

/// What looks like the same and is not stays apart.
#[tokio::test]
async fn different_runs_stay_apart() {
    let like = |change: fn(&mut NewActivity)| {
        let mut other = file(-5, "2026-03-01", 0);
        change(&mut other);
        other
    };
    let inside = |indoor| {
        let streams = Streams::default();
        Reading { figures: Figures::of(&streams, Some(indoor)), ..Reading::default() }
    };
    let cases: [(&str, NewActivity, Option<Reading>); 7] = [
        ("late", file(-5, "2026-03-01", 121), None),
        ("another sport", like(|a| a.sport = Sport::Other), None),
        (
            "hidden start",
            {
                let mut hidden = like(|_| {});
                hidden.start_date_local =
                    LocalTime::new(LocalTime::start_of(day("2026-03-01")).seconds() + 1)
                        .expect("fits");
                hidden
            },
            None,
        ),
        (
            "longer and slower",
            like(|a| {
                a.distance_meters = ActivityMetres::new(1_100_000).expect("fits");
                (a.moving_time_seconds, a.elapsed_time_seconds) = (3_300, 3_300);
            }),
            None,
        ),
        (
            "empty",
            like(|a| {
                a.distance_meters = ActivityMetres::new(0).expect("fits");
                (a.moving_time_seconds, a.elapsed_time_seconds) = (0, 0);
            }),
            None,
        ),
        ("Strava tells them apart", like(|a| a.strava_activity_id = 12), None),
        ("under a roof", like(|_| {}), Some(inside(true))),
    ];
    on_both(async |store| {
        let mut known = store.owner(at(0)).await.expect("owner").id;
        for (n, (what, activity, reading)) in cases.iter().enumerate() {
            if n > 0 {
                known = store.add_user(at(0)).await.expect("another").id;
            }
            let first = ImportItem {
                reading: Some(inside(false)),
                ..item(1, run(1000 + n as i64, "2026-03-01"), None)
            };
            take(&store, known, Source::StravaArchive, &[first], 0).await;
            let mut activity = activity.clone();
            activity.strava_activity_id *= n as i64 + 100;
            let second = ImportItem { reading: reading.clone(), ..item(1, activity, None) };
            let done = outcomes(&store, known, Source::File, &[second], 9).await;
            assert_eq!(done, [Imported::New], "{what}");
        }
        // Repetitions that were saved one by one: the next begins when the last is over.
        let user = store.add_user(at(0)).await.expect("another").id;
        let reps: Vec<_> = (0..4)
            .map(|n| {
                let mut rep = file(-900 - n, "2026-03-01", 90 * n);
                rep.distance_meters = ActivityMetres::new(40_000).expect("fits");
                (rep.moving_time_seconds, rep.elapsed_time_seconds) = (80, 80);
                item(1, rep, None)
            })
            .collect();
        let done = outcomes(&store, user, Source::File, &reps, 9).await;
        assert!(done.iter().all(|i| *i == Imported::New), "{done:?}");
        // Parts of one file are never one run.
        let user = store.add_user(at(0)).await.expect("another").id;
        let parts = [-71, -72].map(|id| item(1, file(id, "2026-03-01", 0), Some(b"one file")));
        let done = outcomes(&store, user, Source::File, &parts, 9).await;
        assert_eq!(done, [Imported::New, Imported::New]);
    })
    .await;
}

/// Two files of one run in one chunk are one activity.
#[tokio::test]
async fn two_files_of_one_chunk_are_one_run() {
    on_both(async |store| {
        let user = store.owner(at(0)).await.expect("owner").id;
        let items = [
            item(1, file(-5, "2026-03-01", 0), Some(b"gpx")),
            read(-6, file(-6, "2026-03-01", 10), b"fit", 9_900),
            item(3, run(11, "2026-03-01"), None),
        ];
        let done = outcomes(&store, user, Source::File, &items, 0).await;
        assert_eq!(done, [Imported::New, Imported::Merged(-5), Imported::Merged(-5)]);
        let rows = list(&store, user).await;
        assert_eq!((rows.len(), rows[0].strava_activity_id), (1, 11));
        let sources = store.activity_sources(user, rows[0].id).await.expect("sources");
        assert_eq!(sources.len(), 3);
    })
    .await;
}

/// A merging is undone by hand, stays undone whatever is imported again, and can be redone.
#[tokio::test]
async fn sources_are_split_and_merged_by_hand() {
    on_both(async |store| {
        let user = store.owner(at(0)).await.expect("owner").id;
        let csv = [item(1, run(11, "2026-03-01"), None)];
        let fit = [read(-5, file(-5, "2026-03-01", 90), b"fit", 9_900)];
        take(&store, user, Source::StravaArchive, &csv, 0).await;
        take(&store, user, Source::File, &fit, 100).await;
        let merged = list(&store, user).await;
        let sources = store.activity_sources(user, merged[0].id).await.expect("sources");
        let before = facts(&store, user, 100).await;
        for (named, source) in (0..2).zip(&sources) {
            let s = 200 + 1000 * named as i64;
            let done = store.split_activity(user, 11, source.id, at(s)).await.expect("split");
            assert_eq!((done.activities, done.days), (vec![-5, 11], vec![day("2026-03-01")]));
            let rows = list(&store, user).await;
            assert_eq!(rows.len(), 2);
            let plain = rows.iter().find(|r| r.strava_activity_id == 11).expect("the archive's");
            assert_eq!(plain.distance_meters.to_string(), "10000.49");
            assert_eq!(store.reading(user, plain.id).await.expect("asked"), None);
            let own = rows.iter().find(|r| r.strava_activity_id == -5).expect("the file's");
            assert_eq!(own.distance_meters.to_string(), "10150.00");
            assert!(store.reading(user, own.id).await.expect("asked").is_some());
            // The runner's word outlives another import.
            for (source, items) in [(Source::StravaArchive, &csv), (Source::File, &fit)] {
                let again = outcomes(&store, user, source, items, s + 100).await;
                assert_eq!(again, [Imported::Unchanged]);
            }
            assert_eq!(list(&store, user).await, rows);
            let done = store.merge_activities(user, (-5, 11), at(s + 200)).await.expect("merged");
            assert_eq!(done.activities, [11]);
            let rows = list(&store, user).await;
            assert_eq!((rows.len(), rows[0].distance_meters), (1, merged[0].distance_meters));
            assert_eq!(store.activity_sources(user, rows[0].id).await.expect("sources").len(), 2);
            for (source, items) in [(Source::StravaArchive, &csv), (Source::File, &fit)] {
                let again = outcomes(&store, user, source, items, s + 300).await;
                assert_eq!(again, [Imported::Unchanged]);
            }
            assert_eq!(list(&store, user).await, rows);
            assert_eq!(facts(&store, user, s + 300).await.len(), 1);
        }
        assert_eq!(facts(&store, user, 100).await, before, "the past stays as it was known");
        let two = facts(&store, user, 250).await;
        assert_eq!(two.iter().map(|a| a.id).collect::<Vec<_>>(), [11, -5]);

        let missing = store.split_activity(user, 11, Uuid::nil(), at(9000)).await;
        assert!(matches!(missing, Err(StoreError::Missing(_))), "{missing:?}");
        let missing = store.merge_activities(user, (11, -5), at(9000)).await;
        assert!(matches!(missing, Err(StoreError::Missing("activity"))), "{missing:?}");
        let itself = store.merge_activities(user, (11, 11), at(9000)).await;
        assert!(matches!(itself, Err(StoreError::Refused(_))), "{itself:?}");
        let other = store.add_user(at(0)).await.expect("another").id;
        let foreign = store.split_activity(other, 11, sources[0].id, at(9000)).await;
        assert!(matches!(foreign, Err(StoreError::Missing("activity"))), "{foreign:?}");
    })
    .await;
}

/// One source cannot be split from itself.
#[tokio::test]
async fn one_source_is_not_split() {
    on_both(async |store| {
        let user = store.owner(at(0)).await.expect("owner").id;
        let items = [item(1, run(11, "2026-03-01"), None)];
        take(&store, user, Source::StravaArchive, &items, 0).await;
        take(&store, user, Source::Strava, &items, 1).await;
        let row = &list(&store, user).await[0];
        let sources = store.activity_sources(user, row.id).await.expect("sources");
        assert_eq!(sources.len(), 2);
        let same = store.split_activity(user, 11, sources[0].id, at(2)).await;
        assert!(matches!(same, Err(StoreError::Refused(ref why)) if why.contains("same id")));
        assert_eq!(list(&store, user).await.len(), 1);
    })
    .await;
}

/// An import is taken back by its id: what it added is gone with its files, what others tell of
/// stays, and it can be done again.
#[tokio::test]
async fn an_import_is_taken_back() {
    on_both(async |store| {
        let user = store.owner(at(0)).await.expect("owner").id;
        let csv = [item(1, run(11, "2026-03-01"), None), item(2, run(12, "2026-03-05"), None)];
        let batch = take(&store, user, Source::StravaArchive, &csv, 0).await;
        let fit = [
            read(-5, file(-5, "2026-03-01", 90), b"fit", 9_900),
            read(-6, file(-6, "2026-03-09", 0), b"another", 9_000),
        ];
        let files = take(&store, user, Source::File, &fit, 100).await;
        let done = store.roll_back_import(user, files, at(200)).await.expect("taken back");
        assert_eq!(done.days, [day("2026-03-01"), day("2026-03-09")]);
        let rows = list(&store, user).await;
        let left: Vec<_> = rows.iter().map(|r| r.strava_activity_id).collect();
        assert_eq!(left, [12, 11]);
        assert_eq!(rows[1].distance_meters.to_string(), "10000.49");
        assert!(store.original_files(user).await.expect("files").is_empty());
        let counts = store.count_rows().await.expect("counts");
        let count = |name: &str| counts.iter().find(|(n, _)| n == name).map(|(_, n)| *n);
        assert_eq!((count("activity_streams"), count("best_efforts")), (Some(0), Some(0)));
        assert_eq!(facts(&store, user, 150).await.len(), 3, "plans of the past know them");
        assert_eq!(facts(&store, user, 200).await.len(), 2);
        let twice = store.roll_back_import(user, files, at(300)).await;
        assert!(matches!(twice, Err(StoreError::Missing("import"))), "{twice:?}");
        let again = outcomes(&store, user, Source::File, &fit, 400).await;
        assert_eq!(again, [Imported::Merged(11), Imported::New]);

        // What is left has the number of what is left.
        store.roll_back_import(user, batch, at(500)).await.expect("taken back");
        let rows = list(&store, user).await;
        let left: Vec<_> = rows.iter().map(|r| r.strava_activity_id).collect();
        assert_eq!(left, [-6, -5]);
        assert_eq!(
            store.imports(user, 9).await.expect("list").last().and_then(|b| b.rolled_back_at),
            Some(at(500))
        );
        let again = outcomes(&store, user, Source::StravaArchive, &csv, 600).await;
        assert_eq!(again, [Imported::Merged(-5), Imported::New]);
    })
    .await;
}

/// The bare table of an archive takes nothing away that its files said.
#[tokio::test]
async fn an_import_without_files_keeps_what_files_said() {
    on_both(async |store| {
        let user = store.owner(at(0)).await.expect("owner").id;
        let filled = read(11, run(11, "2026-03-01"), b"fit", 9_900);
        take(&store, user, Source::StravaArchive, &[filled], 0).await;
        let before = list(&store, user).await;
        let mut bare = run(11, "2026-03-01");
        bare.average_heartrate = None;
        let items = [item(1, bare.clone(), None)];
        let again = outcomes(&store, user, Source::StravaArchive, &items, 100).await;
        assert_eq!(again, [Imported::Unchanged]);
        assert_eq!(list(&store, user).await, before);
        bare.name = Text::new("Renamed");
        let again =
            outcomes(&store, user, Source::StravaArchive, &[item(1, bare, None)], 200).await;
        assert_eq!(again, [Imported::Updated]);
        assert!(facts(&store, user, 200).await[0].streams.is_some());

        // What is read anew replaces what was read.
        let better = read(11, run(11, "2026-03-01"), b"fit", 9_800);
        let again = outcomes(&store, user, Source::StravaArchive, &[better], 300).await;
        assert_eq!(again, [Imported::Updated]);
        let now = facts(&store, user, 300).await[0].streams.and_then(|s| s.graded);
        assert_eq!(now, Some(Metres(9_800)));
        let then = facts(&store, user, 250).await[0].streams.and_then(|s| s.graded);
        assert_eq!(then, Some(Metres(9_900)));
    })
    .await;
}

pub(crate) async fn fill(store: &Store, user: Uuid) {
    let read = Some(reading(9_900));
    let items = [ImportItem { reading: read, ..item(1, file(-9, "2026-03-05", 0), None) }];
    take(store, user, Source::File, &items, 0).await;
    store.save_watched(user, &[watched("a.fit", 3)]).await.expect("saved");
}

fn watched(path: &str, size: i64) -> WatchedFile {
    WatchedFile {
        path: Text::new(path).expect("fits"),
        size,
        modified_at: at(1),
        seen_at: at(2),
        digest: None,
        taken_at: None,
    }
}

#[tokio::test]
async fn a_watched_folder_is_remembered() {
    on_both(async |store| {
        let user = store.owner(at(0)).await.expect("owner").id;
        let (a, b) = (watched("a.fit", 3), watched("b/ü.gpx", 4));
        store.save_watched(user, &[b.clone(), a.clone()]).await.expect("saved");
        let taken = WatchedFile { digest: Some("0".repeat(64)), taken_at: Some(at(9)), ..a };
        store.save_watched(user, std::slice::from_ref(&taken)).await.expect("saved");
        assert_eq!(store.watched_files(user).await.expect("list"), [taken, b]);
        let other = store.add_user(at(0)).await.expect("another").id;
        assert!(store.watched_files(other).await.expect("list").is_empty());
        let many = vec![watched("x", 1); WATCHED_MAX + 1];
        let failed = store.save_watched(user, &many).await;
        assert!(matches!(failed, Err(StoreError::TooMany { .. })), "{failed:?}");
    })
    .await;
}
