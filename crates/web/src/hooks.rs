//! Where Strava pushes to. It stands outside the Host check and the same-origin check: whoever asks
//! is no browser, and proves to be Strava by the secret in the address. Whatever is pushed, the
//! answer says nothing but that it was taken.

use axum::Json;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use hermes_app::App;
use hermes_app::strava::Handshake;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tower_http::timeout::TimeoutLayer;

/// Largest event.
const EVENT_BYTES: usize = 16 * 1024;
/// Strava waits for two seconds.
const ANSWER_TIME: Duration = Duration::from_millis(1_800);

/// The question of a subscription.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(rename = "hub.mode")]
    mode: Option<String>,
    #[serde(rename = "hub.challenge")]
    challenge: Option<String>,
    #[serde(rename = "hub.verify_token")]
    verify: Option<String>,
}

#[derive(Debug, Serialize)]
struct Answer {
    #[serde(rename = "hub.challenge")]
    challenge: String,
}

/// `/hooks/strava/{secret}`.
pub(crate) fn routes(app: App) -> Router {
    Router::new()
        .route("/hooks/strava/{secret}", get(handshake).post(event))
        .layer(DefaultBodyLimit::max(EVENT_BYTES))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, ANSWER_TIME))
        .with_state(app)
}

fn failed(error: &hermes_app::AppError) -> StatusCode {
    tracing::error!(%error, "what Strava pushed could not be kept");
    StatusCode::SERVICE_UNAVAILABLE
}

async fn handshake(
    State(app): State<App>,
    Path(secret): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, StatusCode> {
    if !app.is_strava_hook(&secret).await.map_err(|e| failed(&e))? {
        return Err(StatusCode::NOT_FOUND);
    }
    let Asked { mode, challenge, verify } = asked;
    let asked = Handshake { mode, challenge, verify };
    match app.strava_handshake(&asked).await.map_err(|e| failed(&e))? {
        Some(challenge) => Ok(Json(Answer { challenge }).into_response()),
        None => Err(StatusCode::FORBIDDEN),
    }
}

async fn event(
    State(app): State<App>,
    Path(secret): Path<String>,
    body: Bytes,
) -> Result<StatusCode, StatusCode> {
    if !app.is_strava_hook(&secret).await.map_err(|e| failed(&e))? {
        return Err(StatusCode::NOT_FOUND);
    }
    app.strava_pushed(&body).await.map_err(|e| failed(&e))?;
    Ok(StatusCode::OK)
}
