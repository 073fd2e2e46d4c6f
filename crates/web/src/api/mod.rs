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
use axum::routing::{MethodRouter, any, get};
use axum::{Json, Router};
use problem::Problem;
use std::net::SocketAddr;
use tower_http::csrf::{CsrfLayer, ProtectionError, ResponseForProtectionError};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};
use utoipa_axum::routes;

pub(crate) use docs::{page, problem_page};

/// Where all of it is.
pub(crate) const ROOT: &str = "/api/v1";

/// What a handler answers.
type Reply<T> = Result<Json<T>, Problem>;

/// Every operation with its place, as annotated at its handler, and with guards around its methods.
fn operations(guarded: impl Fn(MethodRouter<Web>) -> MethodRouter<Web>) -> OpenApiRouter<Web> {
    let all: Vec<UtoipaMethodRouter<Web>> = vec![
        routes!(today::me),
        routes!(today::profile),
        routes!(today::today),
        routes!(week::week),
        routes!(week::versions),
        routes!(week::workout),
        routes!(road::roadmap),
        routes!(road::forecast),
        routes!(edits::publish),
        routes!(edits::edits, edits::save_edit),
        routes!(edits::preview_edit),
        routes!(edits::undo_edit),
        routes!(activity::activities, changes::add_run),
        routes!(activity::activity),
        routes!(activity::streams),
        routes!(changes::split_activity),
        routes!(changes::merge_activities),
        routes!(changes::mark_activity),
        routes!(changes::retype_activity, changes::take_type_back),
        routes!(history::trends),
        routes!(history::meters),
        routes!(history::history),
        routes!(history::volumes),
        routes!(health::health),
        routes!(health::records),
        routes!(health::check_ins),
        routes!(reports::preview_report),
        routes!(reports::report_health),
        routes!(reports::close_record),
        routes!(reports::answer_check_in),
        routes!(reports::feedback),
        routes!(settings::goals, wishes::add_goal),
        routes!(wishes::remove_goal),
        routes!(settings::preferences, wishes::set_preferences),
        routes!(settings::send_it, wishes::begin_send_it),
        routes!(wishes::end_send_it),
        routes!(settings::strava),
        routes!(changes::sync_strava),
        routes!(changes::disconnect_strava),
        routes!(imports::imports),
        routes!(imports::current_import),
        routes!(imports::import),
        routes!(imports::ledger),
        routes!(changes::undo_import),
    ];
    let frame = OpenApiRouter::with_openapi(docs::frame());
    all.into_iter().fold(frame, |api, (schemas, paths, methods)| {
        api.routes((schemas, paths, guarded(methods)))
    })
}

/// The API below [`ROOT`], with its guards around it.
pub(crate) fn routes(web: &Web) -> Router<Web> {
    // Only methods that an address has are guarded: others are refused whoever asks.
    let guarded = |methods: MethodRouter<Web>| {
        methods
            .route_layer(middleware::from_fn_with_state(web.clone(), once::once))
            .route_layer(middleware::from_fn(tag::tagged))
            .route_layer(middleware::from_fn_with_state(web.clone(), enter::only_signed_in))
    };
    let (operations, document) = operations(guarded).split_for_parts();
    let document = docs::finished(document, web.config.bind.port());
    let served = get(move || async move { Json(document) });
    let served = served.route_layer(middleware::from_fn(tag::tagged));
    let api = operations
        .route(docs::DOCUMENT, served)
        .method_not_allowed_fallback(wrong_method)
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
    docs::finished(operations(|methods| methods).split_for_parts().1, config.bind.port())
}
