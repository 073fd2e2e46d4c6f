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

#[cfg(test)]
mod tests {
    use super::{SCRIPT_TEXT, STYLE_TEXT, address};
    use std::collections::BTreeMap;

    /// The colours that a block of custom properties names.
    fn colours(block: &str) -> BTreeMap<&str, [f64; 3]> {
        let named = block.lines().filter_map(|l| l.trim().strip_prefix("--")?.split_once(": #"));
        named
            .map(|(name, hex)| {
                let part = |i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap();
                (name, [0, 2, 4].map(|i| f64::from(part(i)) / 255.0))
            })
            .collect()
    }

    /// Relative luminance as WCAG 2 defines it.
    fn luminance(rgb: [f64; 3]) -> f64 {
        let [r, g, b] =
            rgb.map(|c| if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) });
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    fn contrast(a: [f64; 3], b: [f64; 3]) -> f64 {
        let (a, b) = (luminance(a) + 0.05, luminance(b) + 0.05);
        if a > b { a / b } else { b / a }
    }

    /// Text in light and dark has at least the contrast of WCAG 2 level AA.
    #[test]
    fn text_can_be_read_in_light_and_dark() {
        let (light, rest) = STYLE_TEXT.split_once("@media (prefers-color-scheme: dark)").unwrap();
        let dark = rest.split("--shadow").next().unwrap();
        let pairs = [
            ("ink", "paper"),
            ("ink", "card"),
            ("ink", "track"),
            ("soft", "paper"),
            ("soft", "card"),
            ("accent", "paper"),
            ("accent", "card"),
            ("accent", "accent-wash"),
            ("accent-ink", "accent"),
            ("green", "green-wash"),
            ("yellow", "yellow-wash"),
            ("orange", "orange-wash"),
            ("orange", "card"),
            ("race", "orange-wash"),
            ("red", "red-wash"),
        ];
        for block in [light, dark] {
            let colours = colours(block);
            for (text, ground) in pairs {
                let ratio = contrast(colours[text], colours[ground]);
                assert!(ratio >= 4.5, "{text} on {ground}: {ratio:.2}");
            }
        }
    }

    #[test]
    fn an_address_changes_with_its_content() {
        assert_ne!(address("a", "css"), address("b", "css"));
        assert!(!SCRIPT_TEXT.contains("innerHTML"), "what a server says is parsed, not run");
    }
}
