//! Parameters of a request, wherever they stand: address, form, several parts, JSON.

use axum::extract::{FromRequest, Multipart, Request};
use axum::http::header;
use serde_json::Value;

/// Largest body that is read.
const BODY_MAX: usize = 1 << 20;

/// Names and values in order; the address's come first.
#[derive(Debug, Clone, Default)]
pub(super) struct Params(Vec<(String, String)>);

impl Params {
    /// Reads a request; what cannot be read is not there.
    pub(super) async fn of(request: Request) -> Self {
        let mut params = Self::default();
        params.add_form(request.uri().query().unwrap_or_default().as_bytes());
        let kind = request.headers().get(header::CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default().to_owned();
        if kind.starts_with("multipart/form-data") {
            if let Ok(mut parts) = Multipart::from_request(request, &()).await {
                while let Ok(Some(part)) = parts.next_field().await {
                    let name = part.name().unwrap_or_default().to_owned();
                    if let Ok(text) = part.text().await {
                        params.0.push((name, text));
                    }
                }
            }
            return params;
        }
        let body = axum::body::to_bytes(request.into_body(), BODY_MAX).await.unwrap_or_default();
        if kind.starts_with("application/json") {
            if let Ok(Value::Object(fields)) = serde_json::from_slice(&body) {
                params.0.extend(fields.into_iter().map(|(name, value)| match value {
                    Value::String(text) => (name, text),
                    other => (name, other.to_string()),
                }));
            }
        } else {
            params.add_form(&body);
        }
        params
    }

    fn add_form(&mut self, text: &[u8]) {
        let pairs = form_urlencoded::parse(text);
        self.0.extend(pairs.map(|(name, value)| (name.into_owned(), value.into_owned())));
    }

    /// The last value of a name: a body goes before the address. Empty is not there.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().rev().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// All values of a name.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// `true`, `True` or `1`.
    pub(super) fn flag(&self, name: &str) -> bool {
        matches!(self.get(name), Some("true" | "True" | "TRUE" | "1"))
    }

    /// A whole number; `Err` for anything else.
    pub(super) fn number(&self, name: &str) -> Result<Option<i64>, ()> {
        self.get(name).map(|text| text.trim().parse().map_err(|_| ())).transpose()
    }
}
