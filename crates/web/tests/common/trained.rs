//! A runner in training.

use crate::common::{self, House};
use hermes_app::Runner;
use hermes_engine::calendar::Day;
use hermes_engine::record::{Preferences, RaceDistance};
use hermes_engine::units::Seconds;

/// The race of who is in training.
pub(crate) const RACE: &str = "2027-04-25";

/// The owner of a house with a year of runs, so many weeks of plans behind, a race ahead, and this
/// week published.
pub(crate) async fn in_training(house: &House, weeks: i64) -> Runner {
    training_for(house, weeks, RACE).await
}

/// The same with the race on a day.
pub(crate) async fn training_for(house: &House, weeks: i64, race: &str) -> Runner {
    let owner = house.app.owner().await.unwrap();
    let path = house.dir.path().join("training.zip");
    std::fs::write(&path, common::archive()).unwrap();
    house.app.import(&owner, path, |_| {}).await.unwrap();
    let today = Day::parse(common::TODAY).unwrap();
    let (race, aim) = (Day::parse(race).unwrap(), Some(Seconds(6300)));
    let set = today - 7 * weeks;
    house.app.add_goal(&owner, set, RaceDistance::Half, race, aim, 1).await.unwrap();
    house.app.set_preferences(&owner, set, Preferences::default()).await.unwrap();
    house.app.replay(&owner, set, today - 7, |_, _| {}).await.unwrap();
    house.app.publish(&owner).await.unwrap();
    owner
}
