//! The subcommands. Each prints text, or with `--json` what docs/CLI.md describes.

mod activity;
mod check_in;
mod db;
pub(crate) mod demo;
mod edit;
mod forecast;
mod goal;
mod health;
mod history;
mod import;
mod jobs;
mod matches;
mod plan;
mod predict;
mod probe;
mod replay;
mod roadmap;
mod says;
mod serve;
mod simulate;
mod status;
mod stop;
mod strava;
mod strava_sim;
mod system;
mod verify;

use self::stop::Stop;
use crate::cli::{Command, Db, Options};
use crate::config::Config;
use anyhow::Result;
use hermes_app::clock::SystemClock;
use hermes_app::{App, Runner};
use hermes_engine::calendar::Day;
use std::process::ExitCode;
use std::sync::Arc;

/// Runs a command.
pub(crate) async fn run(
    command: Option<Command>,
    options: Options,
    config: Config,
) -> Result<ExitCode> {
    let command = command.unwrap_or(Command::Serve { bind: None, no_link: false });
    match command {
        Command::Serve { bind, no_link } => {
            let link = if no_link { serve::Link::Kept } else { serve::Link::Printed };
            serve::serve(&options, config, bind, link, Stop::listen()).await
        }
        Command::SignIn { bind } => serve::sign_in(&options, config, bind).await,
        Command::Probe { bind } => probe::probe(&options, bind.unwrap_or(config.bind)).await,
        Command::Predict { races, weekly_km } if !races.is_empty() => {
            predict::from_races(&options, &races, weekly_km)
        }
        Command::Db(command) if command != Db::Migrate => db::db(&options, &config, command).await,
        Command::Doctor => system::doctor(&options, &config).await,
        Command::Simulate(wanted) => match &wanted.into {
            Some(url) => simulate::fill(&options, &wanted, url).await,
            None => simulate::simulate(&options, &wanted),
        },
        Command::Demo(wanted) => demo::demo(&options, config, wanted).await,
        Command::StravaSim(wanted) => strava_sim::serve(&options, wanted).await,
        Command::SampleArchive { out, seed, weeks, files } => {
            system::sample_archive(&options, &out, (seed, weeks), files)
        }
        other => {
            let desk = Desk::open(options, &config).await?;
            let done = desk.run(other, &config).await;
            desk.app.close().await;
            done
        }
    }
}

/// An open database, its one runner, and the day that commands speak of.
struct Desk {
    app: App,
    runner: Runner,
    options: Options,
    as_of: Day,
}

impl Desk {
    async fn open(options: Options, config: &Config) -> Result<Self> {
        // The day is read first: a wrong one must not leave a new database behind.
        let given = options.as_of.as_deref().map(Day::parse).transpose()?;
        let mut app = App::open(&config.database, Arc::new(SystemClock)).await?;
        strava::set_up(&mut app, config, config.bind).await?;
        let runner = app.owner().await?;
        let as_of = given.unwrap_or_else(|| app.today(&runner));
        Ok(Self { app, runner, options, as_of })
    }

    async fn run(&self, command: Command, config: &Config) -> Result<ExitCode> {
        match command {
            Command::Worker => jobs::worker(self, config.watch_folder.as_deref()).await,
            Command::Jobs(command) => jobs::jobs(self, command).await,
            Command::Weeks => jobs::weeks(self).await,
            Command::Import { paths } => import::import(self, paths).await,
            Command::Imports(command) => import::imports(self, command).await,
            Command::Goal(goal) => goal::goal(self, goal).await,
            Command::Health(command) => health::health(self, command).await,
            Command::Plan { week, publish, why } => {
                plan::plan(self, week.as_deref(), publish, why).await
            }
            Command::Status => status::status(self).await,
            Command::History { from, to, long } => {
                history::history(self, from.as_deref(), to.as_deref(), long).await
            }
            Command::Roadmap => roadmap::roadmap(self).await,
            Command::CheckIn(command) => check_in::check_in(self, command).await,
            Command::Edit(command) => edit::edit(self, command).await,
            Command::Match(command) => matches::matches(self, command).await,
            Command::Activity(command) => activity::activity(self, command).await,
            Command::Replay { from, to } => replay::replay(self, &from, &to).await,
            Command::Feedback(args) => says::feedback(self, args).await,
            Command::SendIt(command) => says::send_it(self, command).await,
            Command::Strava(command) => strava::strava(self, command).await,
            Command::Verify => verify::verify(self).await,
            Command::Forecast(args) => forecast::forecast(self, &args).await,
            Command::Predict { .. } => predict::from_history(self).await,
            Command::Db(_) => system::migrated(self).await,
            Command::Serve { .. }
            | Command::SignIn { .. }
            | Command::Probe { .. }
            | Command::Doctor
            | Command::Simulate(_)
            | Command::StravaSim(_)
            | Command::Demo(_)
            | Command::SampleArchive { .. } => {
                // Dispatched before a database was opened.
                Ok(ExitCode::SUCCESS)
            }
        }
    }
}
