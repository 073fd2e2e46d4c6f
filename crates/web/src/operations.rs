//! For those who run Hermes, not for runners: is it alive, is it ready, and its metrics.
//!
//! The health routes stand outside the Host check: probes ask by address, and learn nothing but
//! yes or no. Metrics are served on a listener of their own only.

use crate::connections::{self, Limits};
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;
use axum::routing::get;
use hermes_app::App;
use hermes_app::measure::Exporter;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tower_http::timeout::TimeoutLayer;

/// Whoever asks here waits no longer than this.
const ANSWER_TIME: Duration = Duration::from_secs(10);

/// Where metrics are served, and who gathers them.
pub struct Operations {
    /// Whoever reaches it can read how much is done and how fast; no runner's data.
    pub listener: TcpListener,
    /// Gathers them.
    pub exporter: Exporter,
}

/// Set once this server was told to stop.
#[derive(Clone, Default)]
pub(crate) struct Stopping(Arc<AtomicBool>);

impl Stopping {
    pub(crate) fn begin(&self) {
        self.0.store(true, Ordering::Release);
    }

    fn has_begun(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

#[derive(Clone)]
struct Health {
    app: App,
    stopping: Stopping,
}

/// `/health/live` and `/health/ready`.
pub(crate) fn health(app: App, stopping: Stopping) -> Router {
    Router::new()
        .route("/health/live", get(|| async { plain(StatusCode::OK, "alive") }))
        .route("/health/ready", get(ready))
        .with_state(Health { app, stopping })
}

async fn ready(State(health): State<Health>) -> impl IntoResponse {
    if health.stopping.has_begun() {
        return plain(StatusCode::SERVICE_UNAVAILABLE, "not ready: this server is stopping");
    }
    match health.app.ready().await {
        Ok(()) => plain(StatusCode::OK, "ready"),
        Err(why) => plain(StatusCode::SERVICE_UNAVAILABLE, &format!("not ready: {why}")),
    }
}

fn plain(status: StatusCode, line: &str) -> impl IntoResponse + use<> {
    let headers = [(CACHE_CONTROL, "no-store"), (CONTENT_TYPE, "text/plain; charset=utf-8")];
    (status, headers, format!("{line}\n"))
}

/// Serves metrics and health until the answer is dropped.
pub(crate) fn serve(operations: Operations, app: App, stopping: Stopping) -> JoinSet<()> {
    let Operations { listener, exporter } = operations;
    let (scraped, gathered) = (app.clone(), exporter.clone());
    let scrape = move || async move {
        // As Prometheus' text format asks for.
        let kind = [(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
        (kind, scraped.metrics(&gathered).await)
    };
    let router = Router::new()
        .route("/metrics", get(scrape))
        .merge(health(app, stopping))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, ANSWER_TIME));
    let mut tasks = JoinSet::new();
    tasks.spawn(connections::serve(listener, router, Limits::USUAL, std::future::pending()));
    tasks.spawn(async move {
        loop {
            tokio::time::sleep(Exporter::UPKEEP).await;
            exporter.upkeep();
        }
    });
    tasks
}
