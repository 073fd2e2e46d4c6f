//! The JSON API, `/api/v1`: everything that pages do, for programs.
//!
//! - Handlers are thin: a use case of [`hermes_app::App`], and its answer as a type of this module. Every
//!   number names its unit.
//! - What a request must be is annotated at its handler; the OpenAPI document is made from that, so
//!   it lists exactly the routes that are served.
//! - Every error is a [`problem::Problem`], every good answer has an ETag, every write can be repeated with an
//!   idempotency key.

mod activity;
mod changes;
mod docs;
mod edits;
mod enter;
mod fields;
mod health;
mod history;
mod imports;
mod list;
mod once;
mod problem;
mod reasons;
mod reports;
mod road;
mod settings;
mod tag;
mod today;
mod week;
mod wishes;
mod words;

use crate::{Config, PAGE_TIME, Web, guard};
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::Response;
use axum::middleware::{self, Next};
use axum::response::IntoResponse;
use axum::routing::{any, get};
use axum::{Json, Router};
use problem::Problem;
use std::net::SocketAddr;
use tower_http::csrf::{CsrfLayer, ProtectionError, ResponseForProtectionError};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) use docs::{page, problem_page};

/// Where all of it is.
pub(crate) const ROOT: &str = "/api/v1";

/// What a handler answers.
type Reply<T> = Result<Json<T>, Problem>;

/// Every operation with its place, as annotated at its handler.
fn operations() -> OpenApiRouter<Web> {
    OpenApiRouter::with_openapi(docs::frame())
        .routes(routes!(today::me))
        .routes(routes!(today::profile))
        .routes(routes!(today::today))
        .routes(routes!(week::week))
        .routes(routes!(week::versions))
        .routes(routes!(week::workout))
        .routes(routes!(road::roadmap))
        .routes(routes!(road::forecast))
        .routes(routes!(edits::publish))
        .routes(routes!(edits::edits, edits::save_edit))
        .routes(routes!(edits::preview_edit))
        .routes(routes!(edits::undo_edit))
        .routes(routes!(activity::activities, changes::add_run))
        .routes(routes!(activity::activity))
        .routes(routes!(activity::streams))
        .routes(routes!(changes::split_activity))
        .routes(routes!(changes::merge_activities))
        .routes(routes!(changes::mark_activity))
        .routes(routes!(history::trends))
        .routes(routes!(history::meters))
        .routes(routes!(history::history))
        .routes(routes!(history::volumes))
        .routes(routes!(health::health))
        .routes(routes!(health::records))
        .routes(routes!(health::check_ins))
        .routes(routes!(reports::preview_report))
        .routes(routes!(reports::report_health))
        .routes(routes!(reports::close_record))
        .routes(routes!(reports::answer_check_in))
        .routes(routes!(reports::feedback))
        .routes(routes!(settings::goals, wishes::add_goal))
        .routes(routes!(wishes::remove_goal))
        .routes(routes!(settings::preferences, wishes::set_preferences))
        .routes(routes!(settings::send_it, wishes::begin_send_it))
        .routes(routes!(wishes::end_send_it))
        .routes(routes!(settings::strava))
        .routes(routes!(changes::sync_strava))
        .routes(routes!(changes::disconnect_strava))
        .routes(routes!(imports::imports))
        .routes(routes!(imports::current_import))
        .routes(routes!(imports::import))
        .routes(routes!(imports::ledger))
        .routes(routes!(changes::undo_import))
}

/// The API below [`ROOT`], with its guards around it.
pub(crate) fn routes(web: &Web) -> Router<Web> {
    let (operations, document) = operations().split_for_parts();
    let document = docs::finished(document, web.config.bind.port());
    let served = get(move || async move { Json(document) });
    let document = Router::new()
        .route(docs::DOCUMENT, served)
        .method_not_allowed_fallback(wrong_method)
        .route_layer(middleware::from_fn(tag::tagged));
    let api = operations
        .method_not_allowed_fallback(wrong_method)
        .route_layer(middleware::from_fn_with_state(web.clone(), once::once))
        .route_layer(middleware::from_fn(tag::tagged))
        .route_layer(middleware::from_fn_with_state(web.clone(), enter::only_signed_in))
        .merge(document)
        .fallback(no_such_route)
        .layer(DefaultBodyLimit::disable())
        .layer(middleware::from_fn(in_time))
        .layer(CsrfLayer::new().with_rejection_response(Foreign));
    let all = Router::new().route("/api/v1/", any(no_such_route)).nest(ROOT, api);
    guard::around(all, &web.config, misdirected)
}

async fn no_such_route() -> Problem {
    let sentence = "the API has nothing at this address; /api/v1/openapi.json lists what it has";
    Problem::new(problem::NOT_FOUND, sentence)
}

async fn wrong_method() -> Problem {
    Problem::new(problem::WRONG_METHOD, "this address does not take that method")
}

/// Gives up what takes too long.
async fn in_time(request: Request, next: Next) -> Response<Body> {
    let answer = tokio::time::timeout(PAGE_TIME, next.run(request)).await;
    answer.unwrap_or_else(|_| {
        Problem::new(problem::TOO_SLOW, "it took longer than 30 seconds").into_response()
    })
}

fn misdirected(bind: SocketAddr) -> Response<Body> {
    Problem::new(problem::MISDIRECTED, guard::misdirection(bind)).into_response()
}

/// The answer to another site's request.
#[derive(Debug, Clone, Copy)]
struct Foreign;

impl ResponseForProtectionError<Body> for Foreign {
    fn response_for_protection_error(&mut self, _: ProtectionError) -> Response<Body> {
        let sentence = "that request came from another site's page, so nothing was changed";
        Problem::new(problem::FOREIGN, sentence).into_response()
    }
}

/// The document as it is served on a port, for the page and the tests.
pub(crate) fn document(config: &Config) -> utoipa::openapi::OpenApi {
    docs::finished(operations().split_for_parts().1, config.bind.port())
}
