//! An activity is in one account only. Whoever connects an athlete whose activities another account
//! has is told before anything is taken, and what is another account's is said.

use super::{ALL, Beginning, Connected};
use hermes_app::Runner;
use hermes_app::strava::StravaState;
use hermes_formats::export::{self, Exported};
use hermes_strava::sim::NewActivity;

/// Imports what an athlete has at Strava, or one activity of it, as an archive does.
async fn import(c: &Connected, runner: &Runner, athlete: i64, only: Option<i64>) {
    let seen = c.sim.activities(athlete).into_iter();
    let seen = seen.filter(|seen| only.is_none_or(|only| seen.id == only));
    let exported: Vec<Exported> = seen
        .map(|seen| Exported {
            points: Vec::new(),
            id: seen.id,
            start: seen.start,
            name: seen.name,
            sport: seen.sport_type,
            metres: seen.metres,
            moving_s: seen.moving_s,
            elapsed_s: seen.elapsed_s,
            ascent_m: seen.ascent_m,
            heart_rate: seen.heart_rate,
            race: seen.race,
        })
        .collect();
    let folder = c.w.file(&format!("export of {athlete} {only:?}"));
    export::write_folder(&folder, &exported).unwrap();
    c.app.import(runner, folder, |_| {}).await.unwrap();
}

#[tokio::test]
async fn who_connects_what_another_account_has_is_told_before_anything_is_taken() {
    let c = Connected::new(Beginning::default()).await;
    let (athlete, other) = (c.athlete(0), c.member().await);
    import(&c, &c.w.runner, athlete, None).await;
    let error = c.connect(&other, athlete, &ALL).await.unwrap_err().to_string();
    assert!(error.contains("nothing was connected"), "{error}");
    assert!(error.contains("in another account of this Hermes"), "{error}");
    let person = c.sim.athletes().into_iter().find(|a| a.id == athlete).unwrap();
    assert!(person.scopes.is_empty(), "the permission is given back");
    c.work_for_days(1).await;
    assert!(c.held(&other).await.is_empty());
    assert_eq!(c.status(&other).await.state, StravaState::NotConnected);
    // Whoever has them can connect, and again; another athlete is nobody's business.
    c.connect(&c.w.runner, athlete, &ALL).await.unwrap();
    c.work_for_days(1).await;
    c.holds_the_truth(&c.w.runner, athlete).await;
    c.connect(&c.w.runner, athlete, &ALL).await.unwrap();
    c.connect(&other, c.athlete(1), &ALL).await.unwrap();
    // And the permission of one who is connected is not given back for another's mistake.
    c.connect(&other, athlete, &ALL).await.unwrap_err();
    let third = c.member().await;
    c.connect(&third, athlete, &ALL).await.unwrap_err();
    c.work_for_days(1).await;
    assert_eq!(c.status(&c.w.runner).await.state, StravaState::Connected);
    c.holds_the_truth(&other, c.athlete(1)).await;
}

#[tokio::test]
async fn what_another_account_has_is_said_once_and_comes_when_it_is_free() {
    let c = Connected::synced(Beginning::default()).await;
    let (runner, athlete, other) = (&c.w.runner, c.athlete(0), c.member().await);
    let stranger = c.sim.add(athlete, NewActivity::default()).unwrap();
    import(&c, &other, athlete, Some(stranger)).await;
    assert_eq!(c.held(&other).await, [stranger]);
    c.work_for_days(1).await;
    assert!(!c.held(runner).await.contains(&stranger));
    let said = c.status(runner).await.last_error.unwrap();
    assert!(said.contains("in another account of this Hermes: 1;"), "{said}");
    let batch = c.store.strava_connection(runner.id).await.unwrap().unwrap().batch_id;
    let noted = async || {
        let ledger = c.store.ledger(runner.id, batch).await.unwrap();
        ledger.iter().filter(|row| *row.item == *stranger.to_string()).count()
    };
    assert_eq!(noted().await, 1);
    c.work_for_days(2).await;
    assert_eq!(noted().await, 1, "it is said once");
    let import = c.app.past_imports(&other).await.unwrap()[0].id;
    c.app.undo_import(&other, import).await.unwrap();
    c.work_for_days(1).await;
    assert!(c.held(runner).await.contains(&stranger));
    assert_eq!(c.status(runner).await.last_error, None);
    c.holds_the_truth(runner, athlete).await;
}
