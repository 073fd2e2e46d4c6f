//! `hermes demo`.

use super::serve::{self, Link};
use super::stop::Stop;
use super::strava_sim;
use crate::cli::{Cli, Command, Demo, Options};
use crate::config::{self, Config};
use crate::output;
use anyhow::{Context, Result, ensure};
use hermes_app::App;
use hermes_app::clock::SystemClock;
use hermes_strava::sim::{self, Simulator};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::net::TcpListener;

/// The demonstration's database in its folder.
const FILE: &str = "demo.db";
/// Years of runs that the sample runners have.
const YEARS: u8 = 1;

/// Puts a demonstration where it cannot meet anyone's data: in a folder of its own, which is gone
/// when the value is dropped, or in a new database in the folder that was named.
pub(crate) fn place(cli: &mut Cli) -> Result<Option<TempDir>> {
    if !matches!(cli.command, Some(Command::Demo(_))) {
        return Ok(None);
    }
    let options = &mut cli.options;
    ensure!(
        options.database.is_none(),
        "a demonstration has a database of its own; leave --database out, or name a folder for \
         it with --data-dir"
    );
    let (folder, passing) = match &options.data_dir {
        Some(folder) => (folder.clone(), None),
        None => {
            let passing = TempDir::with_prefix("hermes-demo-").context("no temporary folder")?;
            (passing.path().to_owned(), Some(passing))
        }
    };
    config::make_private(&folder)
        .with_context(|| format!("the folder {} cannot be made", folder.display()))?;
    let file = folder.join(FILE);
    ensure!(
        !file.exists(),
        "there is a demonstration in {} already, and each begins anew; remove {FILE} or name \
         another folder",
        folder.display()
    );
    options.database = Some(format!("sqlite:{}", file.display()));
    options.data_dir = Some(folder);
    Ok(passing)
}

pub(super) async fn demo(options: &Options, config: Config, wanted: Demo) -> Result<ExitCode> {
    let stop = Stop::listen();
    let bind = wanted.bind.unwrap_or(config.bind);
    hermes_web::check_bind(bind)?;
    // Before anything takes time.
    is_free(bind, "--bind").await?;
    let simulator = Simulator::start(sim::Options {
        bind: wanted.strava_bind,
        seed: wanted.seed,
        years: YEARS,
        ..sim::Options::new(strava_sim::running())
    })
    .await
    .with_context(|| taken(wanted.strava_bind, "--strava-bind"))?;
    let app = App::open(&config.database, Arc::new(SystemClock)).await?;
    let bar = output::progress("Weeks of three runners", options.quiet || options.json);
    let shown = |done: usize, all: usize| {
        bar.set_length(all as u64);
        bar.set_position(done as u64);
    };
    let exports = config.data_dir.join("exports");
    let runners = tokio::select! {
        runners = app.add_sample_runners(&simulator, &exports, shown) => Some(runners),
        () = stop.clone().asked() => None,
    };
    bar.finish_and_clear();
    app.close().await;
    let Some(runners) = runners else {
        simulator.shut_down().await?;
        return Ok(ExitCode::SUCCESS);
    };
    let config = Config { strava: config::Strava::simulated(&simulator.url()), ..config };
    let link = Link::Samples { runners: runners?, simulator: simulator.url() };
    let outcome = serve::serve(options, config, Some(bind), link, stop).await;
    simulator.shut_down().await?;
    outcome
}

async fn is_free(address: SocketAddr, flag: &str) -> Result<()> {
    TcpListener::bind(address).await.with_context(|| taken(address, flag))?;
    Ok(())
}

fn taken(address: SocketAddr, flag: &str) -> String {
    format!("{address} cannot be listened on; choose another port with {flag}")
}
