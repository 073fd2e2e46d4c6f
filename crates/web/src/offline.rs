//! What makes Hermes a thing on the home screen: the manifest, the icons, and the worker that keeps
//! a copy of this week in the browser for reading without a connection.

use crate::assets::{self, SCRIPT, STYLE};
use crate::auth::Viewer;
use crate::fault::Fault;
use crate::{Web, shell};
use axum::Json;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use maud::html;
use serde_json::json;
use std::sync::LazyLock;

/// Pages of workouts that are kept: two weeks of two a day.
const WORKOUTS_MAX: usize = 28;
/// An icon is asked for again after a day.
const ICON: &str = "public, max-age=86400";

static WORKER: LazyLock<String> = LazyLock::new(|| {
    let text = include_str!("../assets/worker.js");
    let version = [text, STYLE.path(), SCRIPT.path()].concat();
    text.replace("{version}", &assets::print(version.as_bytes()))
        .replace("{style}", STYLE.path())
        .replace("{script}", SCRIPT.path())
});

/// `GET /worker.js`: at the root, so that it may answer for every page. A browser looks for a newer
/// one with each visit.
pub(crate) async fn worker() -> Response {
    let headers = [(CONTENT_TYPE, "text/javascript; charset=utf-8"), (CACHE_CONTROL, "no-cache")];
    (headers, WORKER.as_str()).into_response()
}

/// `GET /manifest.webmanifest`.
pub(crate) async fn manifest() -> Response {
    fn icon(src: &str, sizes: &str, kind: &str, purpose: &str) -> serde_json::Value {
        json!({ "src": src, "sizes": sizes, "type": kind, "purpose": purpose })
    }
    let place = |name: &str, url: &str| json!({ "name": name, "url": url });
    let manifest = json!({
        "id": "/",
        "name": "Hermes",
        "short_name": "Hermes",
        "description": "Training that explains itself",
        "lang": "en",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": shell::GROUND_LIGHT,
        "theme_color": shell::GROUND_LIGHT,
        "icons": [
            icon("/favicon.svg", "any", "image/svg+xml", "any"),
            icon("/icon-192.png", "192x192", "image/png", "any"),
            icon("/icon-512.png", "512x512", "image/png", "any"),
            icon("/icon-maskable-512.png", "512x512", "image/png", "maskable"),
        ],
        "shortcuts": [place("Today", "/today"), place("Plan", "/plan")],
    });
    ([(CONTENT_TYPE, "application/manifest+json")], manifest.to_string()).into_response()
}

fn png(bytes: &'static [u8]) -> Response {
    ([(CONTENT_TYPE, "image/png"), (CACHE_CONTROL, ICON)], bytes).into_response()
}

/// `GET /icon-192.png`.
pub(crate) async fn icon_192() -> Response {
    png(include_bytes!("../assets/icon-192.png"))
}

/// `GET /icon-512.png`.
pub(crate) async fn icon_512() -> Response {
    png(include_bytes!("../assets/icon-512.png"))
}

/// `GET /icon-maskable-512.png`: the whole square is ground, so that any shape can be cut from it.
pub(crate) async fn icon_maskable() -> Response {
    png(include_bytes!("../assets/icon-maskable-512.png"))
}

/// `GET /apple-touch-icon.png`.
pub(crate) async fn icon_apple() -> Response {
    png(include_bytes!("../assets/apple-touch-icon.png"))
}

/// `GET /offline/list`: the pages of the signed-in runner that are worth a copy today.
pub(crate) async fn list(State(web): State<Web>, viewer: Viewer) -> Result<Response, Fault> {
    let start = viewer.week_of(viewer.today);
    let mut pages = vec!["/today".to_owned(), "/plan".to_owned()];
    if let Some(week) = web.app.week(&viewer.runner, start).await? {
        let days = week.days.iter().filter(|day| !day.sessions.is_empty());
        pages.extend(days.map(|day| format!("/workout/{}", day.day)).take(WORKOUTS_MAX));
    }
    let list = json!({ "day": viewer.today.to_string(), "pages": pages });
    Ok(Json(list).into_response())
}

/// `GET /offline`: what is shown without a connection where there is no copy. It is of nobody.
pub(crate) async fn page() -> Response {
    let links = [("/today", "Today"), ("/plan", "This week")];
    let body = html! {
        section.card.narrow {
            p.eyebrow { "No connection" }
            h1 { "Hermes cannot be reached" }
            p.lead {
                "There is no copy of this page in this browser. Of this week there may be one:"
            }
            nav.places aria-label="Copies" {
                ul { @for (path, name) in links { li { a href=(path) { (name) } } } }
            }
            p.quiet { "If Hermes runs on this machine, look whether it still does." }
        }
    };
    shell::bare("No connection", &body).into_response()
}
