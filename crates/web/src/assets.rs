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

const STYLE_TEXT: &str = concat!(
    include_str!("../assets/tokens.css"),
    include_str!("../assets/hermes.css"),
    include_str!("../assets/training.css"),
    include_str!("../assets/print.css")
);
const SCRIPT_TEXT: &str =
    concat!(include_str!("../assets/hermes.js"), include_str!("../assets/training.js"));

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

/// A few letters that change with what they are of.
pub(crate) fn print(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

fn address(text: &str, ending: &str) -> String {
    format!("/assets/hermes-{}.{ending}", print(text.as_bytes()))
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

    type Rgb = [f64; 3];

    fn rgb(hex: &str) -> Rgb {
        let part = |i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap();
        [0, 2, 4].map(|i| f64::from(part(i)) / 255.0)
    }

    /// The colours that the tokens name, by day and by night.
    fn colours() -> BTreeMap<&'static str, [Rgb; 2]> {
        let named = STYLE_TEXT.lines().filter_map(|l| {
            let (name, pair) = l.trim().strip_prefix("--")?.split_once(": light-dark(#")?;
            let (day, night) = pair.strip_suffix(");")?.split_once(", #")?;
            Some((name, [rgb(day), rgb(night)]))
        });
        named.collect()
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

    /// Text by day and by night has at least the contrast of WCAG 2 level AA, and what is drawn
    /// that of its level for graphics.
    #[test]
    fn text_and_marks_can_be_seen_by_day_and_by_night() {
        const TEXT: f64 = 4.5;
        const MARK: f64 = 3.0;
        let grounds = ["paper", "card", "raised"];
        let text = ["ink", "soft", "accent", "red", "green", "orange", "yellow"];
        let mut pairs: Vec<(&str, &str, f64)> =
            text.iter().flat_map(|t| grounds.map(|g| (*t, g, TEXT))).collect();
        for word in ["green", "yellow", "orange", "red", "accent"] {
            let wash = format!("{word}-wash");
            let wash = colours().into_keys().find(|name| *name == wash).unwrap();
            pairs.extend([(word, wash, TEXT), ("ink", wash, TEXT)]);
        }
        pairs.extend([("ink", "track", TEXT), ("paper", "ink", TEXT)]);
        pairs.extend([("accent-ink", "accent", TEXT), ("race", "orange-wash", TEXT)]);
        for mark in ["easy", "long", "hard", "race", "other", "field", "z3", "z4", "z5"] {
            pairs.extend(["paper", "card"].map(|g| (mark, g, MARK)));
        }
        let colours = colours();
        assert!(colours.len() > 30, "{}", colours.len());
        for (front, ground, least) in pairs {
            for at in [0, 1] {
                let ratio = contrast(colours[front][at], colours[ground][at]);
                assert!(ratio >= least, "{front} on {ground}, {at}: {ratio:.2}");
            }
        }
    }

    /// Colours are named in the tokens and nowhere else.
    #[test]
    fn no_colour_stands_outside_the_tokens() {
        let (_, rest) = STYLE_TEXT.split_once(":root[data-theme=\"dark\"]").unwrap();
        assert!(!rest.contains(": #") && !rest.contains(" #fff"), "a colour without a token");
    }

    /// The browser around the page has the colours of its ground.
    #[test]
    fn the_ground_is_the_same_everywhere() {
        let ground = [crate::shell::GROUND_LIGHT, crate::shell::GROUND_DARK].map(|c| rgb(&c[1..]));
        assert_eq!(colours()["paper"], ground);
    }

    #[test]
    fn an_address_changes_with_its_content() {
        assert_ne!(address("a", "css"), address("b", "css"));
        assert!(!SCRIPT_TEXT.contains("innerHTML"), "what a server says is parsed, not run");
    }
}
