//! What an activity was by the runner's word: it stands wherever the type is read, outlives imports,
//! mergings and splits, can be taken back, and plans of the past know what was known then.

use crate::activities::{import, item, run};
use crate::harness::{at, day, on_both};
use hermes_engine::record::{Activity, Correction, Sport};
use hermes_engine::units::Metres;
use hermes_store::activities::{ActivityFilter, ActivityRow};
use hermes_store::imports::{Imported, NewActivity, Source};
use hermes_store::readings::{Figures, Reading};
use hermes_store::sources::{ActivityKind, Retyped};
use hermes_store::value::Text;
use hermes_store::{Store, StoreError};
use uuid::Uuid;

fn kind(name: &str) -> ActivityKind {
    let sport = if name.ends_with("Run") { Sport::Run } else { Sport::Other };
    ActivityKind { activity_type: Text::new(name).expect("it fits"), sport }
}

/// The run of [`run`] as something else.
fn other(id: i64, on: &str, name: &str) -> NewActivity {
    let ActivityKind { activity_type, sport } = kind(name);
    NewActivity { activity_type, sport, ..run(id, on) }
}

async fn say(store: &Store, user: Uuid, id: i64, name: &str, by_hand: bool, s: i64) {
    let row = row(store, user, id).await;
    let to = Retyped { kind: kind(name), by_hand, figures: None };
    store.retype_activity(user, row.id, &to, at(s)).await.expect("said");
}

async fn row(store: &Store, user: Uuid, id: i64) -> ActivityRow {
    store.activity(user, id).await.expect("asked").expect("there")
}

/// What stands of an activity, and what its sources say where that is something else.
async fn stands(store: &Store, user: Uuid, id: i64) -> (String, Sport, Option<String>) {
    let row = row(store, user, id).await;
    (row.activity_type.to_string(), row.sport, row.type_said.map(|t| t.to_string()))
}

fn by_hand(name: &str, said: &str) -> (String, Sport, Option<String>) {
    (name.to_owned(), kind(name).sport, Some(said.to_owned()))
}

fn by_source(name: &str) -> (String, Sport, Option<String>) {
    (name.to_owned(), kind(name).sport, None)
}

async fn facts(store: &Store, user: Uuid, s: i64) -> Vec<Activity> {
    let (from, to) = (day("2020-01-01"), day("2030-01-01"));
    store.activities_between(user, from, to, at(s)).await.expect("facts")
}

async fn sports(store: &Store, user: Uuid, s: i64) -> Vec<Sport> {
    facts(store, user, s).await.iter().map(|a| a.sport).collect()
}

/// It stands for lists, sums and facts; imports change what the source says and nothing else; and
/// without it the source's latest word counts.
#[tokio::test]
async fn a_type_by_hand_stands_until_it_is_taken_back() {
    on_both(async |store| {
        let user = store.owner(at(0)).await.expect("owner").id;
        let ride = [item(1, other(11, "2026-03-01", "Ride"), None)];
        import(&store, user, &ride, 0).await;
        say(&store, user, 11, "TrailRun", true, 100).await;
        assert_eq!(stands(&store, user, 11).await, by_hand("TrailRun", "Ride"));
        let runs = ActivityFilter { sport: Some(Sport::Run), ..ActivityFilter::default() };
        let listed = store.activities(user, &runs, 9, 0).await.expect("list");
        assert_eq!((listed.len(), listed[0].synced_at), (1, at(100)));
        assert_eq!(store.activities_after(user, &runs, None, 9).await.expect("list"), listed);
        assert_eq!(store.activity_totals(user, &runs).await.expect("sums").count, 1);
        assert_eq!(sports(&store, user, 100).await, [Sport::Run]);
        assert_eq!(sports(&store, user, 99).await, [Sport::Other], "as it was known then");

        // The same again, and with another title and another type.
        assert_eq!(import(&store, user, &ride, 200).await.1, [Imported::Unchanged]);
        let mut edited = other(11, "2026-03-01", "EBikeRide");
        edited.name = None;
        let edited = [item(1, edited, None)];
        assert_eq!(import(&store, user, &edited, 300).await.1, [Imported::Updated]);
        assert_eq!(stands(&store, user, 11).await, by_hand("TrailRun", "EBikeRide"));
        assert_eq!(row(&store, user, 11).await.name, None, "the rest follows its source");
        assert_eq!(sports(&store, user, 300).await, [Sport::Run]);
        // Another word of the runner's: what the source says is still known.
        say(&store, user, 11, "Walk", true, 400).await;
        assert_eq!(stands(&store, user, 11).await, by_hand("Walk", "EBikeRide"));

        say(&store, user, 11, "EBikeRide", false, 500).await;
        assert_eq!(stands(&store, user, 11).await, by_source("EBikeRide"));
        let again = [item(1, other(11, "2026-03-01", "Run"), None)];
        import(&store, user, &again, 600).await;
        assert_eq!(stands(&store, user, 11).await, by_source("Run"), "the source counts again");
        let known = [99, 100, 399, 400, 599, 600].map(|s| sports(&store, user, s));
        let mut seen = Vec::new();
        for sports in known {
            seen.push(sports.await[0] == Sport::Run);
        }
        assert_eq!(seen, [false, true, true, false, false, true]);

        let to = Retyped { kind: kind("Run"), by_hand: true, figures: None };
        let missing = store.retype_activity(user, Uuid::nil(), &to, at(700)).await;
        assert!(matches!(missing, Err(StoreError::Missing("activity"))), "{missing:?}");
        let stranger = store.add_user(at(0)).await.expect("other").id;
        let mine = row(&store, user, 11).await;
        let missing = store.retype_activity(stranger, mine.id, &to, at(700)).await;
        assert!(matches!(missing, Err(StoreError::Missing("activity"))), "{missing:?}");
        assert_eq!(row(&store, user, 11).await, mine);
    })
    .await;
}

/// What points say of a run is noted with their source, and the same file again undoes it not.
#[tokio::test]
async fn figures_come_with_the_word_and_stay() {
    on_both(async |store| {
        let user = store.owner(at(0)).await.expect("owner").id;
        let nothing = Reading { figures: Figures::default(), ..crate::sources::reading(0) };
        let mut ride = item(1, other(11, "2026-03-01", "Ride"), Some(b"fit"));
        ride.reading = Some(nothing);
        let ride = [ride];
        import(&store, user, &ride, 0).await;
        let graded = async |s| facts(&store, user, s).await[0].streams.and_then(|s| s.graded);
        assert_eq!(graded(0).await, None);
        let row = row(&store, user, 11).await;
        let source = store.activity_sources(user, row.id).await.expect("sources")[0].id;
        let figures = Some((source, crate::sources::reading(9_900).figures));
        let to = Retyped { kind: kind("Run"), by_hand: true, figures };
        store.retype_activity(user, row.id, &to, at(100)).await.expect("said");
        assert_eq!((graded(99).await, graded(100).await), (None, Some(Metres(9_900))));
        assert_eq!(import(&store, user, &ride, 200).await.1, [Imported::Unchanged]);
        let mut renamed = ride.clone();
        renamed[0].activity.name = None;
        assert_eq!(import(&store, user, &renamed, 300).await.1, [Imported::Updated]);
        assert_eq!(graded(300).await, Some(Metres(9_900)));
        assert_eq!(stands(&store, user, 11).await, by_hand("Run", "Ride"));
    })
    .await;
}

/// One recording says rightly and another wrongly what a run was: they are put together by what the
/// runner said as well as by what they say, and the word stays through merging and splitting.
#[tokio::test]
async fn the_word_stays_when_sources_are_put_together_and_taken_apart() {
    on_both(async |store| {
        let user = store.owner(at(0)).await.expect("owner").id;
        let outcome = async |user: Uuid, activity: NewActivity, s: i64| {
            let batch = store.begin_import(user, Source::File, None, at(s)).await.expect("begun");
            let items = [item(1, activity, None)];
            let done = store.import_activities(user, batch, Source::File, &items, at(s)).await;
            done.expect("imported")[0].imported
        };
        // A ride that was a run, and its other recording.
        let rides = [item(1, other(11, "2026-03-01", "Ride"), None)];
        import(&store, user, &rides, 0).await;
        say(&store, user, 11, "Run", true, 100).await;
        let joined = outcome(user, run(-5, "2026-03-01"), 200).await;
        assert_eq!(joined, Imported::Merged(11));
        assert_eq!(stands(&store, user, 11).await, by_hand("Run", "Ride"));
        let group = row(&store, user, 11).await;
        let sources = store.activity_sources(user, group.id).await.expect("sources");
        let file = sources.iter().find(|s| s.strava_activity_id == -5).expect("the file");
        store.split_activity(user, 11, file.id, at(300)).await.expect("split");
        assert_eq!(stands(&store, user, 11).await, by_hand("Run", "Ride"), "it keeps its id");
        assert_eq!(stands(&store, user, -5).await, by_source("Run"));
        // The word on either is about both.
        say(&store, user, 11, "Ride", false, 400).await;
        say(&store, user, -5, "TrailRun", true, 500).await;
        store.merge_activities(user, (11, -5), at(600)).await.expect("merged");
        assert_eq!(stands(&store, user, 11).await, by_hand("TrailRun", "Ride"));
        // Without the source that said so, its own word is what is left.
        let group = row(&store, user, 11).await;
        let sources = store.activity_sources(user, group.id).await.expect("sources");
        assert_eq!(sources.len(), 2);
        let batch = store.imports(user, 9).await.expect("imports");
        let archive = batch.iter().find(|b| b.source == Source::StravaArchive).expect("one");
        store.roll_back_import(user, archive.id, at(700)).await.expect("taken back");
        let left = store.activities(user, &ActivityFilter::default(), 9, 0).await.expect("list");
        assert_eq!(left.len(), 1);
        let id = left[0].strava_activity_id;
        assert_eq!(stands(&store, user, id).await, by_hand("TrailRun", "Run"));

        // A run that was a ride: its other recording does not bring the run back.
        let second = store.add_user(at(0)).await.expect("another").id;
        import(&store, second, &[item(1, run(21, "2026-03-01"), None)], 0).await;
        say(&store, second, 21, "Ride", true, 100).await;
        assert_eq!(outcome(second, run(-6, "2026-03-01"), 200).await, Imported::Merged(21));
        assert_eq!(stands(&store, second, 21).await, by_hand("Ride", "Run"));
        // A swim at that time is another thing.
        assert_eq!(outcome(second, other(-7, "2026-03-01", "Swim"), 300).await, Imported::New);
    })
    .await;
}

/// A correction that gives a run to a session ends, and says why, when it was no run; as it was
/// before is known.
#[tokio::test]
async fn corrections_end_with_a_run_that_was_none() {
    on_both(async |store| {
        let user = store.owner(at(0)).await.expect("owner").id;
        import(&store, user, &[item(1, run(11, "2026-03-01"), None)], 0).await;
        let on = day("2026-03-01");
        let session = Some((on, "Long Run"));
        let belongs = Correction::read("belongs", Some(11), session).expect("a correction");
        store.add_correction(user, &belongs, at(10)).await.expect("added");
        let force = async |s| store.corrections_in_force(user, on, on, at(s)).await.expect("list");
        say(&store, user, 11, "TrailRun", true, 100).await;
        assert_eq!(force(100).await.len(), 1, "a run of another kind is a run");
        say(&store, user, 11, "Hike", true, 200).await;
        assert_eq!((force(199).await.len(), force(200).await.len()), (1, 0));
        let all = store.corrections(user, on, on).await.expect("list");
        assert_eq!(all[0].note.as_deref(), Some("you said that the activity was no run"));
        say(&store, user, 11, "Run", false, 300).await;
        assert_eq!(force(300).await, [], "what ended stays ended");
    })
    .await;
}
