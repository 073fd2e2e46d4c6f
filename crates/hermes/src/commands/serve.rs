//! `hermes serve` and `hermes sign-in`.

use super::stop::Stop;
use crate::cli::Options;
use crate::config::Config;
use crate::output;
use anyhow::{Context, Result};
use hermes_app::clock::SystemClock;
use hermes_app::jobs::Worker;
use hermes_app::measure::Exporter;
use hermes_app::{App, Runner, SampleRunner};
use hermes_web::Operations;
use serde_json::json;
use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// Which sign-in links a server that begins prints.
pub(super) enum Link {
    /// For who sits before it.
    Printed,
    /// One for each invented runner of a demonstration, with Strava's simulator beside it.
    Samples { runners: Vec<SampleRunner>, simulator: String },
    /// Not where output is kept in a log: a link is a secret for as long as it works.
    Kept,
}

pub(super) async fn serve(
    options: &Options,
    config: Config,
    bind: Option<SocketAddr>,
    wanted: Link,
    stop: Stop,
) -> Result<ExitCode> {
    let address = bind.unwrap_or(config.bind);
    hermes_web::check_bind(address)?;
    let clock = Arc::new(SystemClock);
    let mut app = App::open_with(&config.database, clock, config.connections).await?;
    let button = super::strava::button(&config.strava)?;
    let listener = TcpListener::bind(address).await.with_context(|| {
        format!("{address} cannot be listened on; choose another port with --bind")
    })?;
    let bound = listener.local_addr()?;
    super::strava::set_up(&mut app, &config, bound).await?;
    let background = app.with_own_pool(&config.database).await?;
    let operations = match config.metrics_listen {
        Some(address) => Some(operations(address).await?),
        None => None,
    };
    let metrics = operations.as_ref().map(|o| o.listener.local_addr()).transpose()?;
    let upload_dir = config.data_dir.join("uploads");
    crate::config::make_private(&upload_dir)
        .with_context(|| format!("the folder {} cannot be made", upload_dir.display()))?;
    let demo = match &wanted {
        Link::Samples { runners, .. } => runners.clone(),
        Link::Printed | Link::Kept => Vec::new(),
    };
    greet(options, &app, bound, metrics, wanted).await?;
    let web = hermes_web::Config {
        bind: bound,
        max_upload_bytes: config.max_upload,
        upload_dir,
        stop_notice: config.stop_notice,
        demo,
        strava_button: button,
    };
    // The worker stops with the web app, also where that ends by itself.
    let (served, ended) = oneshot::channel::<()>();
    let asked = stop.clone().asked();
    let worker = tokio::spawn(Worker::new(background.clone()).run(async {
        tokio::select! {
            () = asked => {}
            _ = ended => {}
        }
    }));
    let watching = watching(background.clone(), config.watch_folder.as_deref());
    let outcome = tokio::select! {
        outcome = hermes_web::serve(app.clone(), web, listener, operations, stop.asked()) => {
            outcome.map_err(anyhow::Error::from)
        }
        ended = watching => ended,
    };
    drop(served);
    worker.await?;
    background.close().await;
    app.close().await;
    outcome?;
    Ok(ExitCode::SUCCESS)
}

/// Says where the server is and how to get in.
async fn greet(
    options: &Options,
    app: &App,
    bound: SocketAddr,
    metrics: Option<SocketAddr>,
    wanted: Link,
) -> Result<()> {
    let mut said = json!({ "address": bound, "metrics": metrics, "sign_in": null });
    let mut text = format!("Hermes serves http://{bound}\n");
    match wanted {
        Link::Printed => {
            let runner = app.owner().await?;
            let link = link(app, bound, &runner).await?;
            text += &format!("Sign in once with this link (15 minutes):\n  {link}\nAnother one");
            text += ": hermes sign-in. Stop with Ctrl-C.\n";
            said["sign_in"] = link.into();
        }
        Link::Kept => text += "To sign in: hermes sign-in. Stop with Ctrl-C.\n",
        Link::Samples { runners, simulator } => {
            let mut all = Vec::new();
            for sample in runners {
                let link = link(app, bound, &sample.runner).await?;
                text += &format!("{}: {}\n  {link}\n", sample.name, sample.about);
                all.push(json!({ "name": sample.name, "sign_in": link }));
            }
            text += &format!(
                "Each link works once, for 15 minutes; or choose at http://{bound}/demo\n\
                 Strava's simulator serves {simulator}\n\
                 Everything is invented. Stop with Ctrl-C.\n"
            );
            said["runners"] = all.into();
            said["strava"] = simulator.into();
        }
    }
    if options.json { output::json(&said) } else { output::print(&text) }
}

/// Watches the owner's folder, where there is one, until it is dropped.
pub(super) async fn watching(app: App, folder: Option<&Path>) -> Result<()> {
    match folder {
        Some(folder) => {
            let runner = app.owner().await?;
            app.watch_for_ever(&runner, folder).await;
        }
        None => std::future::pending().await,
    }
    Ok(())
}

/// Any address: who runs Hermes names it, and it tells nothing of runners.
async fn operations(address: SocketAddr) -> Result<Operations> {
    let listener = TcpListener::bind(address).await.with_context(|| {
        format!("{address} cannot be listened on for metrics; change metrics_listen")
    })?;
    Ok(Operations { listener, exporter: Exporter::install()? })
}

pub(super) async fn sign_in(
    options: &Options,
    config: Config,
    bind: Option<SocketAddr>,
) -> Result<ExitCode> {
    let app = App::open(&config.database, Arc::new(SystemClock)).await?;
    let link = link(&app, bind.unwrap_or(config.bind), &app.owner().await?).await?;
    if options.json {
        output::json(&json!({ "sign_in": link }))?;
    } else {
        output::print(&format!("{link}\n"))?;
    }
    app.close().await;
    Ok(ExitCode::SUCCESS)
}

async fn link(app: &App, address: SocketAddr, runner: &Runner) -> Result<String> {
    let token = app.sign_in_link(runner.id).await?;
    Ok(format!("http://{address}/sign-in/{token}"))
}
