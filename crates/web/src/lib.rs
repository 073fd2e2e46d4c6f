//! The pages of Hermes: server-rendered HTML over HTTP on loopback.
//!
//! This room knows HTML, HTTP, cookies and forms, and nothing else: every fact and every change
//! goes through [`hermes_app::App`]. All pages work without script; one small module adds the
//! progress of an upload and of an import.

mod again;
mod api;
mod assets;
mod auth;
mod chart;
mod connections;
mod draft;
mod fault;
mod form;
mod guard;
mod hooks;
mod locale;
mod observe;
mod offline;
mod operations;
mod pages;
mod parts;
mod session;
mod shell;
mod text;
mod theme;
mod turns;
mod upload;
mod why;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware;
use axum::routing::{get, post};
use connections::Limits;
use hermes_app::{App, SampleRunner};
pub use operations::Operations;
use operations::Stopping;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::{RequestBodyTimeoutLayer, TimeoutLayer};
use turns::Turns;
use upload::UnderWay;

/// Largest body of a form, in bytes. Archives have their own bound ([`Config::max_upload_bytes`]).
const FORM_BYTES: usize = 64 * 1024;
/// A page that takes longer than this is given up.
const PAGE_TIME: Duration = Duration::from_secs(30);
/// An upload that sends nothing for this long is given up.
const UPLOAD_SILENCE: Duration = Duration::from_secs(30);
/// An upload that takes longer than this is given up.
const UPLOAD_TIME: Duration = Duration::from_secs(60 * 60);

/// Where the server listens and what it accepts.
#[derive(Debug, Clone)]
pub struct Config {
    /// Loopback address and port. Requests must name this port in their Host header.
    pub bind: SocketAddr,
    /// Largest archive, in bytes.
    pub max_upload_bytes: u64,
    /// Folder for archives while they are uploaded and imported; made when missing.
    pub upload_dir: PathBuf,
    /// How long a server that was told to stop still takes new requests, while it says that it
    /// is not ready: time for a load balancer to look elsewhere.
    pub stop_notice: Duration,
    /// Runners that anyone who reaches the server can be, with a page to choose from: for
    /// demonstrations only. Empty otherwise, and then there is no such page.
    pub demo: Vec<SampleRunner>,
    /// Strava's official button, where the operator has it; a plain one otherwise.
    pub strava_button: Option<ButtonImage>,
}

/// An image for a button.
#[derive(Debug, Clone)]
pub struct ButtonImage {
    /// The file.
    pub bytes: Vec<u8>,
    /// `image/svg+xml` or `image/png`.
    pub content_type: &'static str,
}

/// Why the server cannot run.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    /// The address can be reached from other machines.
    #[error(
        "{0} can be reached from other machines, and Hermes has no passwords yet; \
         bind 127.0.0.1 or [::1] instead"
    )]
    NotLoopback(SocketAddr),
    /// The folder for uploads cannot be made or written.
    #[error(
        "the folder {} for uploads cannot be used ({source}); make it writable",
        path.display()
    )]
    UploadDir {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The listener failed.
    #[error("the web server stopped: {0}")]
    Serve(#[from] io::Error),
}

/// What every handler is given.
#[derive(Clone)]
struct Web {
    app: App,
    config: Arc<Config>,
    turns: Turns,
    uploads: UnderWay,
}

/// Refuses every address but loopback: until accounts exist, whoever reaches the port could read
/// everything.
///
/// # Errors
/// [`WebError::NotLoopback`].
pub fn check_bind(addr: SocketAddr) -> Result<(), WebError> {
    if addr.ip().is_loopback() { Ok(()) } else { Err(WebError::NotLoopback(addr)) }
}

/// All routes, with the guards around them.
pub fn router(app: App, config: &Config) -> Router {
    routes(app, config, Stopping::default())
}

fn routes(app: App, config: &Config, stopping: Stopping) -> Router {
    let web = Web {
        app: app.clone(),
        config: Arc::new(config.clone()),
        turns: Turns::default(),
        uploads: UnderWay::default(),
    };
    let uploads = Router::new()
        .route("/welcome/import", post(upload::receive))
        .layer(DefaultBodyLimit::disable())
        .layer(RequestBodyTimeoutLayer::new(UPLOAD_SILENCE))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, UPLOAD_TIME));
    let mut pages = account_routes()
        .merge(welcome_routes())
        .merge(training_routes())
        .merge(connect_routes())
        .fallback(fault::no_such_page)
        .method_not_allowed_fallback(fault::wrong_method)
        .layer(DefaultBodyLimit::max(FORM_BYTES))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, PAGE_TIME));
    if !config.demo.is_empty() {
        pages = pages.route("/demo", get(pages::demo::page).post(pages::demo::enter));
    }
    let guarded = pages
        .merge(uploads)
        .layer(middleware::from_fn_with_state(web.clone(), again::watch))
        .layer(guard::same_origin())
        .layer(middleware::from_fn(theme::scope))
        .layer(middleware::from_fn(locale::scope))
        // No page holds a secret that its length could tell of. Answers of the API stay as their
        // ETag has them.
        .layer(CompressionLayer::new());
    let api = api::routes(&web);
    guard::around(guarded, config, guard::misdirected)
        .merge(api)
        .with_state(web)
        .merge(operations::health(app.clone(), stopping))
        .merge(hooks::routes(app.clone()))
        .layer(middleware::from_fn_with_state(app, observe::request))
}

fn account_routes() -> Router<Web> {
    Router::new()
        .route("/", get(pages::home))
        .route("/notifications", get(pages::notifications::page))
        .route("/keys", get(pages::keys::page))
        .route("/welcome", get(pages::welcome))
        .route("/sign-in/{token}", get(auth::offer))
        .route("/sign-in", post(auth::redeem))
        .route("/sign-in/again", post(again::resume))
        .route("/sign-out", post(auth::sign_out))
        .route(assets::STYLE.path(), get(assets::style))
        .route(assets::SCRIPT.path(), get(assets::script))
        .route("/favicon.svg", get(assets::icon))
        .route("/api", get(api::page))
        .route("/api/problems/{slug}", get(api::problem_page))
        .merge(home_screen_routes())
}

fn home_screen_routes() -> Router<Web> {
    Router::new()
        .route("/worker.js", get(offline::worker))
        .route("/manifest.webmanifest", get(offline::manifest))
        .route("/icon-192.png", get(offline::icon_192))
        .route("/icon-512.png", get(offline::icon_512))
        .route("/icon-maskable-512.png", get(offline::icon_maskable))
        .route("/apple-touch-icon.png", get(offline::icon_apple))
        .route("/offline", get(offline::page))
        .route("/offline/list", get(offline::list))
}

fn welcome_routes() -> Router<Web> {
    use pages::{imports, welcome as w};
    Router::new()
        .route("/welcome/import", get(w::import))
        .route("/imports", get(imports::list))
        .route("/imports/{id}", get(imports::one))
        .route("/imports/{id}/retry", post(imports::retry))
        .route("/imports/{id}/undo", post(imports::undo))
        .route("/welcome/calibration", get(w::calibration))
        .route("/welcome/goal", get(w::goal).post(w::save_goal))
        .route("/welcome/preferences", get(w::preferences).post(w::save_preferences))
        .route("/welcome/plan", get(w::plan).post(w::publish))
}

fn training_routes() -> Router<Web> {
    use pages::{
        activities, activity, activity_edit, by_hand, check_in, edit, felt, health, history, more,
        plan,
    };
    use pages::{profile, report, roadmap, send_it, settings, today, trends, versions, workout};
    let routes = Router::new()
        .route("/today", get(today::page))
        .route("/check-in", post(check_in::answer))
        .route("/feedback", post(felt::save))
        .route("/send-it", get(send_it::page).post(send_it::begin))
        .route("/send-it/end", post(send_it::end))
        .route("/plan", get(plan::page).post(plan::publish))
        .route("/plan/edit", get(edit::preview).post(edit::save))
        .route("/plan/undo", post(edit::undo))
        .route("/plan/versions", get(versions::page))
        .route("/workout/{day}", get(workout::page))
        .route("/roadmap", get(roadmap::page))
        .route("/activities", get(activities::page))
        .route("/activities/new", get(by_hand::page).post(by_hand::save))
        .route("/activities/{id}", get(activity::page))
        .route("/activities/{id}/match", post(activity_edit::rematch))
        .route("/activities/{id}/mark", post(activity_edit::mark))
        .route("/activities/{id}/type", post(activity_edit::retype))
        .route("/activities/{id}/split", post(activity_edit::split))
        .route("/activities/{id}/merge", post(activity_edit::merge_two))
        .route("/trends", get(trends::page))
        .route("/profile", get(profile::page))
        .route("/health", get(health::page))
        .route("/health/report", get(report::page).post(report::save))
        .route("/health/clear", post(health::clear))
        .route("/history", get(history::page))
        .route("/more", get(more::page))
        .route("/settings", get(settings::page))
        .route("/settings/appearance", post(theme::choose))
        .route("/settings/goals", post(settings::add_goal))
        .route("/settings/goals/remove", post(settings::remove_goal))
        .route("/settings/preferences", post(settings::save_preferences));
    with_styleguide(routes)
}

/// The style guide is for those who work on the pages.
#[cfg(debug_assertions)]
fn with_styleguide(routes: Router<Web>) -> Router<Web> {
    routes.route("/styleguide", get(pages::styleguide::page))
}

#[cfg(not(debug_assertions))]
fn with_styleguide(routes: Router<Web>) -> Router<Web> {
    routes
}

fn connect_routes() -> Router<Web> {
    use pages::connect;
    Router::new()
        .route("/connect/strava", get(connect::page).post(connect::agree))
        .route("/connect/strava/callback", get(connect::back))
        .route("/connect/strava/button", get(connect::button))
        .route("/connect/strava/sync", post(connect::sync))
        .route("/connect/strava/disconnect", post(connect::disconnect))
}

/// How long open requests may take after the server was told to stop.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// Serves the pages on `listener` until `shutdown` is ready. Then, in this order: it says that it
/// is not ready, goes on for [`Config::stop_notice`], takes nothing new, and finishes open
/// requests, for [`PATIENCE`] at most. `operations` are served to the very end.
///
/// # Errors
/// When the listener can be reached from other machines, or fails, or the folder for uploads
/// cannot be used.
pub async fn serve(
    app: App,
    config: Config,
    listener: tokio::net::TcpListener,
    operations: Option<Operations>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), WebError> {
    let bind = listener.local_addr()?;
    check_bind(bind)?;
    let config = Config { bind, ..config };
    let _lock = upload::prepare(&config.upload_dir)
        .await
        .map_err(|source| WebError::UploadDir { path: config.upload_dir.clone(), source })?;
    let stop = Stopping::default();
    let router = routes(app.clone(), &config, stop.clone());
    // Ends when it is dropped.
    let _operations = operations.map(|o| operations::serve(o, app, stop.clone()));
    let (stopping, stopped) = tokio::sync::oneshot::channel();
    let graceful = async move {
        shutdown.await;
        stop.begin();
        tracing::info!(notice = ?config.stop_notice, "told to stop");
        tokio::time::sleep(config.stop_notice).await;
        // Nobody listens any more only when the server has failed already.
        let _ = stopping.send(());
    };
    let serving = connections::serve(listener, router, Limits::USUAL, graceful);
    let out_of_patience = async move {
        if stopped.await.is_err() {
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(PATIENCE).await;
    };
    tokio::select! {
        () = serving => {}
        // A peer that never ends its request does not keep the server.
        () = out_of_patience => {
            tracing::warn!(patience = ?PATIENCE, "requests were still open when it was over");
        }
    }
    tracing::info!("stopped");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::check_bind;

    #[test]
    fn only_loopback_is_served() {
        for good in ["127.0.0.1:8080", "[::1]:8080", "127.0.0.2:1"] {
            assert!(check_bind(good.parse().unwrap()).is_ok(), "{good}");
        }
        for bad in ["0.0.0.0:8080", "192.168.1.4:8080", "[::]:8080", "[::ffff:127.0.0.1]:80"] {
            let message = check_bind(bad.parse().unwrap()).unwrap_err().to_string();
            assert!(message.contains("bind 127.0.0.1"), "{message}");
        }
    }
}
