//! The runners of the demonstration: everything about them is as sound as anybody's.

use crate::world::World;
use hermes_app::clock::Clock as _;
use hermes_engine::calendar::WeekStart;
use hermes_strava::sim::{Clock, Options, Simulator};

#[tokio::test]
async fn three_runners_have_a_sound_year_of_plans_behind_them() {
    let world = World::at("2026-11-18T12:00:00Z").await;
    let app = &world.app;
    let folder = tempfile::tempdir().unwrap();
    let options = Options { years: 1, ..Options::new(Clock::stopped(world.hands.now())) };
    let simulator = Simulator::start(options).await.unwrap();
    let made = app.add_sample_runners(&simulator, folder.path(), |_, _| ()).await.unwrap();
    assert_eq!(made.len(), 3);
    for (sample, athlete) in made.iter().zip(simulator.athletes()) {
        let runner = &sample.runner;
        let progress = app.progress(runner).await.unwrap();
        let truth = simulator.activities(athlete.id).len();
        assert_eq!(progress.activities, truth as i64, "{}", sample.name);
        let verified = app.verify(runner).await.unwrap();
        assert!(verified.is_sound(), "{}: {verified:?}", sample.name);
        assert!(verified.weeks.len() >= 53, "{}", verified.weeks.len());
        let monday = app.today(runner).week_start(WeekStart::Monday);
        let runs = app.week(runner, monday).await.unwrap().unwrap();
        assert!(!runs.days.is_empty());
        assert_eq!(app.goals(runner).await.unwrap().len(), 1);
    }
    // Four weeks after a knee the return is not over.
    let health = app.health(&made[2].runner, app.today(&made[2].runner)).await.unwrap();
    assert_eq!(health.records.len(), 1);
}
