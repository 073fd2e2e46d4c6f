//! Backups, restores and keys: what is refused leaves everything as it was.

use crate::world::World;
use hermes_app::secrets::{Keys, Place};
use hermes_app::{App, TableDigest};
use hermes_store::secrets::SecretColumn;
use hermes_store::{Options, Store};
use jiff::SignedDuration;
use secrecy::{ExposeSecret, SecretString};
use std::path::{Path, PathBuf};
use uuid::Uuid;

const NOW: &str = "2026-03-04T12:00:00Z";

fn url(file: &Path) -> String {
    format!("sqlite:{}", file.display())
}

async fn tables(w: &World, file: &Path) -> Vec<TableDigest> {
    let app = App::connect(&url(file), w.hands.clone()).await.unwrap();
    let checked = app.check().await.unwrap();
    assert!(checked.is_sound(), "{:?}", checked.faults);
    app.close().await;
    checked.tables
}

/// Nothing but the backup is left beside it.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_backup_is_restored_to_the_same() {
    let w = World::published(NOW, 10).await;
    let folder = tempfile::tempdir().unwrap();
    let (file, target) = (folder.path().join("b.zip"), folder.path().join("r.db"));
    let made = w.app.backup(&file, false).await.unwrap();
    assert_eq!(names(folder.path()), ["b.zip"]);
    let before = w.app.check().await.unwrap();
    assert!(before.is_sound(), "{:?}", before.faults);
    assert_eq!(made.tables, before.tables);

    let moved = hermes_app::restore(&file, &url(&target), w.hands.clone()).await.unwrap();
    assert_eq!((moved.backend, &moved.tables), ("SQLite", &made.tables));
    assert_eq!(tables(&w, &target).await, made.tables);
    let app = App::open(&url(&target), w.hands.clone()).await.unwrap();
    let verified = app.verify(&app.owner().await.unwrap()).await.unwrap();
    assert!(verified.is_sound() && !verified.weeks.is_empty());
    app.close().await;

    // Neither is overwritten.
    let again = w.app.backup(&file, false).await.unwrap_err().to_string();
    assert!(again.contains("is there already"), "{again}");
    let again = hermes_app::restore(&file, &url(&target), w.hands.clone()).await.unwrap_err();
    assert!(again.to_string().contains("the target is not empty"), "{again}");
    assert_eq!(tables(&w, &target).await, made.tables);
    w.app.backup(&file, true).await.unwrap();
    for own in ["h.db", "h.db-wal"] {
        let own = PathBuf::from(w.url().trim_start_matches("sqlite:")).with_file_name(own);
        let error = w.app.backup(&own, true).await.unwrap_err().to_string();
        assert!(error.contains("is the database itself"), "{error}");
    }
    let nowhere = w.app.backup(&folder.path().join("no/b.zip"), false).await.unwrap_err();
    assert!(nowhere.to_string().contains("its folder is not there"), "{nowhere}");
}

/// While another connection writes all the time, the backup is of one moment: every activity in it
/// has its source, though they are in different tables.
#[tokio::test(flavor = "multi_thread")]
async fn a_backup_under_load_is_of_one_moment() {
    let w = World::published(NOW, 4).await;
    let folder = tempfile::tempdir().unwrap();
    let (file, target) = (folder.path().join("b.zip"), folder.path().join("r.db"));
    let archives: Vec<PathBuf> = (4..8).map(|seed| w.archive(seed, "2026-03-04", 8)).collect();
    let load = async {
        for archive in archives {
            w.app.import(&w.runner, archive, |_| {}).await.unwrap();
        }
    };
    let ((), made) = tokio::join!(load, w.app.backup(&file, false));
    let made = made.unwrap();
    hermes_app::restore(&file, &url(&target), w.hands.clone()).await.unwrap();
    let restored = tables(&w, &target).await;
    assert_eq!(restored, made.tables);
    let rows = |name: &str| restored.iter().find(|t| t.name == name).unwrap().rows;
    assert_eq!(rows("strava_activities"), rows("activity_sources"));
    assert!(rows("strava_activities") >= 20);
}

#[tokio::test]
async fn a_damaged_backup_makes_no_database() {
    let w = World::at(NOW).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("b.zip");
    w.app.backup(&file, false).await.unwrap();
    let whole = std::fs::read(&file).unwrap();
    let target = folder.path().join("r.db");
    let mut changed = whole.clone();
    // Within the first table's rows, behind its header.
    changed[80] ^= 1;
    for (bytes, part) in [
        (&whole[..whole.len() / 2], "or it was cut off while it was written"),
        (b"just a note".as_slice(), "is no backup of Hermes"),
        (&changed, "is damaged: table users"),
    ] {
        std::fs::write(&file, bytes).unwrap();
        let error = hermes_app::restore(&file, &url(&target), w.hands.clone()).await.unwrap_err();
        assert!(error.to_string().contains(part), "{error}");
        assert!(!target.exists(), "{part}");
    }
    let missing = folder.path().join("none.zip");
    let error = hermes_app::restore(&missing, &url(&target), w.hands.clone()).await.unwrap_err();
    assert!(error.to_string().contains("none.zip") && !target.exists(), "{error}");
}

#[tokio::test]
async fn a_copy_needs_two_databases() {
    let w = World::published(NOW, 4).await;
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("c.db");
    let moved = hermes_app::copy(&w.url(), &url(&target), w.hands.clone()).await.unwrap();
    assert_eq!(moved.tables, w.app.check().await.unwrap().tables);
    assert_eq!(tables(&w, &target).await, moved.tables);
    let same = hermes_app::copy(&w.url(), &w.url(), w.hands.clone()).await.unwrap_err();
    assert!(same.to_string().contains("name the same database"), "{same}");
    let (none, other) = (folder.path().join("none.db"), folder.path().join("other.db"));
    let error = hermes_app::copy(&url(&none), &url(&other), w.hands.clone()).await.unwrap_err();
    assert!(error.to_string().contains("none.db") && !none.exists() && !other.exists(), "{error}");
}

/// Writes envelopes as the sync with Strava will.
async fn sealed(store: &Store, keys: &Keys, users: usize) -> Vec<(Place, String)> {
    let mut places = Vec::new();
    let mut rows = Vec::new();
    for n in 0..users {
        let user = store.add_user(NOW.parse().unwrap()).await.unwrap().id;
        let place = Place { column: SecretColumn::RefreshToken, user };
        let secret = format!("token {n}");
        rows.push((user, String::new(), keys.seal(place, &secret.as_str().into()).unwrap()));
        places.push((place, secret));
    }
    let stored = store.replace_envelopes(SecretColumn::RefreshToken, &rows).await.unwrap();
    assert_eq!(stored, users as u64);
    places
}

async fn envelopes(store: &Store) -> Vec<(Uuid, String)> {
    let mut all = Vec::new();
    let mut after = Uuid::nil();
    loop {
        let batch = store.envelopes_after(SecretColumn::RefreshToken, after).await.unwrap();
        let Some((last, _)) = batch.last() else { return all };
        after = *last;
        all.extend(batch);
    }
}

async fn opens(store: &Store, keys: &Keys, places: &[(Place, String)]) {
    let stored = envelopes(store).await;
    assert_eq!(stored.len(), places.len());
    for (place, secret) in places {
        let (_, envelope) = stored.iter().find(|(user, _)| *user == place.user).unwrap();
        assert_eq!(keys.open(*place, envelope).unwrap().expose_secret(), secret);
    }
}

#[tokio::test]
async fn a_new_key_seals_everything_anew() {
    let w = World::at(NOW).await;
    w.pass(SignedDuration::from_secs(1));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret.key");
    let keys = Keys::in_file(file.clone());
    let store = Store::open(&w.url(), Options::default()).await.unwrap();
    // More than one batch of each kind.
    let places = sealed(&store, &keys, 620).await;
    opens(&store, &keys, &places).await;
    let (old_key, old) = (std::fs::read_to_string(&file).unwrap(), envelopes(&store).await);
    assert!(w.app.check().await.unwrap().is_sound());

    let done = w.app.rekey(&keys).await.unwrap();
    assert_eq!((done.envelopes, done.sealed_anew), (620, 620));
    opens(&store, &keys, &places).await;
    let new_key = std::fs::read_to_string(&file).unwrap();
    assert_eq!(new_key.lines().count(), old_key.lines().count(), "the old key is forgotten");
    assert_ne!(new_key, old_key);
    assert!(keys.open(places[0].0, &old[0].1).is_err());

    // Cut off in the middle: both keys are there, and some envelopes are of each.
    let now = envelopes(&store).await;
    let back: Vec<_> = (0..300).map(|n| (now[n].0, now[n].1.clone(), old[n].1.clone())).collect();
    store.replace_envelopes(SecretColumn::RefreshToken, &back).await.unwrap();
    let old_line = old_key.lines().last().unwrap();
    std::fs::write(&file, format!("{new_key}{old_line}\n")).unwrap();
    opens(&store, &keys, &places).await;
    let done = w.app.rekey(&keys).await.unwrap();
    assert_eq!((done.envelopes, done.sealed_anew), (620, 300));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), new_key, "it went on, with the same key");
    opens(&store, &keys, &places).await;
}

#[tokio::test]
async fn a_wrong_key_changes_nothing() {
    let w = World::at(NOW).await;
    let folder = tempfile::tempdir().unwrap();
    let keys = Keys::in_file(folder.path().join("secret.key"));
    let store = Store::open(&w.url(), Options::default()).await.unwrap();
    let places = sealed(&store, &keys, 3).await;
    let before = envelopes(&store).await;
    let wrong = Keys::in_file(folder.path().join("wrong.key"));
    let error = w.app.rekey(&wrong).await.unwrap_err().to_string();
    assert!(error.contains("which is not in") && error.contains("wrong.key"), "{error}");
    wrong.seal(places[0].0, &SecretString::from("x")).unwrap();
    let key = std::fs::read_to_string(folder.path().join("wrong.key")).unwrap();
    let error = w.app.rekey(&wrong).await.unwrap_err().to_string();
    assert!(error.contains("which is not in"), "{error}");
    assert_eq!(std::fs::read_to_string(folder.path().join("wrong.key")).unwrap(), key);
    assert_eq!(envelopes(&store).await, before);
    opens(&store, &keys, &places).await;

    // What stands there without an envelope is found by the check, and not taken for one.
    let bare = (places[0].0.user, before[0].1.clone(), "a bare token".to_owned());
    let user = before.iter().find(|(user, _)| *user == bare.0).unwrap();
    let bare = (bare.0, user.1.clone(), bare.2);
    store.replace_envelopes(SecretColumn::RefreshToken, &[bare]).await.unwrap();
    let checked = w.app.check().await.unwrap();
    assert_eq!(checked.faults, ["users.refresh_token holds 1 that are not sealed"]);
    let error = w.app.rekey(&keys).await.unwrap_err().to_string();
    assert!(error.contains("is no sealed envelope") && !error.contains("bare"), "{error}");
}
