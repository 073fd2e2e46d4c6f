//! Three invented runners with a year behind them, for `hermes demo`: the simulator's first three
//! athletes. Their runs come in through the import, their weeks through the replay, as anybody's.

use crate::App;
use crate::accounts::Runner;
use crate::error::{AppError, Result};
use crate::health::{Report, Which};
use hermes_engine::calendar::{Day, WeekStart};
use hermes_engine::record::{BodyPart, HealthType, Preferences, RaceDistance, Symptoms};
use hermes_formats::export::{self, Exported, Point};
use hermes_strava::sim::{Seen, Simulator};
use std::path::Path;

/// Weeks that are planned before the current one.
const WEEKS: i64 = 52;
/// Seconds between the points of a recorded run.
const EVERY_S: i64 = 10;

/// An invented runner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleRunner {
    /// The account.
    pub runner: Runner,
    /// What they are called on the way in.
    pub name: &'static str,
    /// Their story in a sentence.
    pub about: &'static str,
}

/// What the runners have in mind, and what happened to them.
struct Story {
    name: &'static str,
    about: &'static str,
    max_runs: u8,
    /// A race, weeks to it, and how many weeks ago it was decided on.
    goal: (RaceDistance, i64, i64),
    /// Weeks ago that an injury began and was over.
    injured: Option<(i64, i64)>,
}

/// In the order of the simulator's athletes.
const STORIES: [Story; 3] = [
    Story {
        name: "The new runner",
        about: "Ran now and then, began in earnest ten weeks ago, wants to run 10 km.",
        max_runs: 3,
        goal: (RaceDistance::K10, 10, 8),
        injured: None,
    },
    Story {
        name: "The steady runner",
        about: "Five runs a week for years, and a half marathon to come.",
        max_runs: 5,
        goal: (RaceDistance::Half, 9, 20),
        injured: None,
    },
    Story {
        name: "The returning runner",
        about: "A knee forbade running for eight weeks; since four weeks back, step by step.",
        max_runs: 4,
        goal: (RaceDistance::K10, 12, 3),
        injured: Some((12, 4)),
    },
];

impl App {
    /// Makes the three runners of the demonstration. `folder` is for their exports; `progress` is
    /// told how many weeks have been planned, and of how many.
    ///
    /// # Errors
    /// When the folder cannot be written or the database fails.
    pub async fn add_sample_runners(
        &self,
        simulator: &Simulator,
        folder: &Path,
        progress: impl Fn(usize, usize),
    ) -> Result<Vec<SampleRunner>> {
        self.sync_library().await?;
        let mut made = Vec::new();
        let all = STORIES.len() * WEEKS as usize;
        for (n, (story, athlete)) in STORIES.iter().zip(simulator.athletes()).enumerate() {
            let export = folder.join(athlete.id.to_string());
            let activities: Vec<Exported> = simulator
                .activities(athlete.id)
                .into_iter()
                .map(|seen| exported(simulator, seen))
                .collect();
            write(&export, activities).await?;
            let runner = Runner::of(self.store.add_user(self.clock.now()).await?);
            self.set_time_zone(runner.id, &athlete.time_zone).await?;
            let runner = Runner { time_zone: athlete.time_zone, ..runner };
            self.import(&runner, export, |_| ()).await?;
            let before = n * WEEKS as usize;
            self.live(&runner, story, &|done| progress(before + done, all)).await?;
            made.push(SampleRunner { runner, name: story.name, about: story.about });
        }
        Ok(made)
    }

    /// A year of a runner's decisions and weeks, and the current week.
    async fn live(&self, runner: &Runner, story: &Story, planned: &dyn Fn(usize)) -> Result<()> {
        let monday = self.today(runner).week_start(WeekStart::Monday);
        let weeks_ago = |weeks: i64| monday - 7 * weeks;
        let wishes = Preferences { max_runs: Some(story.max_runs), ..Preferences::default() };
        self.set_preferences(runner, weeks_ago(WEEKS), wishes).await?;
        let (distance, to_come, decided) = story.goal;
        // Races are run on Sundays.
        let race: Day = monday + 7 * to_come + 6;
        self.add_goal(runner, weeks_ago(decided), distance, race, None, 1).await?;
        if let Some((began, over)) = story.injured {
            let report = Report {
                kind: HealthType::Injury,
                part: Some(BodyPart::Knee),
                severity: Some(6),
                day: weeks_ago(began),
                description: Some("Outside of the knee, after a long descent".to_owned()),
                symptoms: Symptoms::default(),
            };
            self.report_health(runner, &report, false).await?;
            self.clear_health(runner, Which::All, weeks_ago(over), true).await?;
        }
        let progress = |done: usize, _: usize| planned(done);
        self.replay(runner, weeks_ago(WEEKS), weeks_ago(1), progress).await?;
        self.publish(runner).await?;
        Ok(())
    }
}

/// Files are written on a thread of their own: compressing a year takes a moment.
async fn write(folder: &Path, activities: Vec<Exported>) -> Result<()> {
    let (to, shown) = (folder.to_owned(), folder.display().to_string());
    let written = tokio::task::spawn_blocking(move || export::write_folder(&to, &activities)).await;
    let wrong = |e: String| {
        AppError::Internal(format!("the sample runs cannot be written to {shown} ({e})"))
    };
    written.map_err(|e| wrong(e.to_string()))?.map_err(|e| wrong(e.to_string()))
}

fn exported(simulator: &Simulator, seen: Seen) -> Exported {
    let points = simulator.points(seen.id, EVERY_S).into_iter().map(|p| Point {
        seconds: p.seconds,
        metres: p.metres,
        altitude: p.altitude,
        position: p.position,
        heart_rate: p.heart_rate,
        cadence: p.cadence,
    });
    Exported {
        points: points.collect(),
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
    }
}
