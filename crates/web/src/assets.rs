//! The style sheet, the script module and the icon, embedded in the binary. Their addresses hold a
//! fingerprint of the content, so a browser may keep them for ever.

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

/// A file with a fingerprinted address.
pub(crate) struct Asset {
    body: &'static str,
    kind: &'static str,
    path: LazyLock<String>,
}

impl Asset {
    /// Its address.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    fn answer(&self) -> Response {
        let headers =
            [(CONTENT_TYPE, self.kind), (CACHE_CONTROL, "public, max-age=31536000, immutable")];
        (headers, self.body).into_response()
    }
}

const STYLE_TEXT: &str = include_str!("../assets/hermes.css");
const SCRIPT_TEXT: &str = include_str!("../assets/hermes.js");

/// The style sheet.
pub(crate) static STYLE: Asset = Asset {
    body: STYLE_TEXT,
    kind: "text/css; charset=utf-8",
    path: LazyLock::new(|| address(STYLE_TEXT, "css")),
};

/// The script module.
pub(crate) static SCRIPT: Asset = Asset {
    body: SCRIPT_TEXT,
    kind: "text/javascript; charset=utf-8",
    path: LazyLock::new(|| address(SCRIPT_TEXT, "js")),
};

fn address(text: &str, ending: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    let print: String = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    format!("/assets/hermes-{print}.{ending}")
}

/// `GET` of the style sheet.
pub(crate) async fn style() -> Response {
    STYLE.answer()
}

/// `GET` of the script module.
pub(crate) async fn script() -> Response {
    SCRIPT.answer()
}

/// `GET /favicon.svg`.
pub(crate) async fn icon() -> Response {
    ([(CONTENT_TYPE, "image/svg+xml")], include_str!("../assets/icon.svg")).into_response()
}
