//! `hermes serve` and `hermes sign-in`.

use crate::cli::Options;
use crate::config::Config;
use crate::output;
use anyhow::{Context, Result};
use hermes_app::App;
use hermes_app::clock::SystemClock;
use hermes_app::jobs::Worker;
use serde_json::json;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

pub(super) async fn serve(
    options: &Options,
    config: Config,
    bind: Option<SocketAddr>,
) -> Result<ExitCode> {
    let address = bind.unwrap_or(config.bind);
    hermes_web::check_bind(address)?;
    let app = App::open(&config.database, Arc::new(SystemClock)).await?;
    let background = app.with_own_pool(&config.database).await?;
    let listener = TcpListener::bind(address).await.with_context(|| {
        format!("{address} cannot be listened on; choose another port with --bind")
    })?;
    let bound = listener.local_addr()?;
    let upload_dir = config.data_dir.join("uploads");
    crate::config::make_private(&upload_dir)
        .with_context(|| format!("the folder {} cannot be made", upload_dir.display()))?;
    let link = link(&app, bound).await?;
    if options.json {
        output::json(&json!({ "address": bound, "sign_in": link }))?;
    } else {
        output::print(&format!(
            "Hermes serves http://{bound}\nSign in once with this link (15 minutes):\n  {link}\n\
             Another one: hermes sign-in. Stop with Ctrl-C.\n"
        ))?;
    }
    let web = hermes_web::Config { bind: bound, max_upload_bytes: config.max_upload, upload_dir };
    // The worker stops with the web app, also where that ends by itself.
    let (served, ended) = oneshot::channel::<()>();
    let worker = tokio::spawn(Worker::new(background.clone()).run(async {
        tokio::select! {
            () = stopped() => {}
            _ = ended => {}
        }
    }));
    let outcome = hermes_web::serve(app.clone(), web, listener, stopped()).await;
    drop(served);
    worker.await?;
    background.close().await;
    app.close().await;
    outcome?;
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn sign_in(
    options: &Options,
    config: Config,
    bind: Option<SocketAddr>,
) -> Result<ExitCode> {
    let app = App::open(&config.database, Arc::new(SystemClock)).await?;
    let link = link(&app, bind.unwrap_or(config.bind)).await?;
    if options.json {
        output::json(&json!({ "sign_in": link }))?;
    } else {
        output::print(&format!("{link}\n"))?;
    }
    app.close().await;
    Ok(ExitCode::SUCCESS)
}

async fn link(app: &App, address: SocketAddr) -> Result<String> {
    let runner = app.owner().await?;
    let token = app.sign_in_link(runner.id).await?;
    Ok(format!("http://{address}/sign-in/{token}"))
}

/// Ends with Ctrl-C or a request to terminate.
pub(super) async fn stopped() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    // Without signals the server runs until it is killed.
    if interrupt.await.is_err() {
        std::future::pending::<()>().await;
    }
}
