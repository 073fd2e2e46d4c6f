//! What handlers are given: who asks, and what was sent, checked. Every refusal is a [`Problem`].

use super::problem::{self, FieldError, Problem};
use crate::Web;
use crate::auth::Viewer;
use axum::body::{Body, to_bytes};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request, State};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use std::ops::Deref;
use std::sync::Arc;

/// Longest message about a value that is sent back, in characters: it may hold the value.
const MESSAGE_MAX: usize = 300;

/// The signed-in runner.
#[derive(Clone)]
pub(super) struct Caller(Arc<Viewer>);

impl Deref for Caller {
    type Target = Viewer;

    fn deref(&self) -> &Viewer {
        &self.0
    }
}

/// Lets nobody in who is not signed in, before anything else about the request is looked at.
pub(super) async fn only_signed_in(
    State(web): State<Web>,
    request: Request,
    next: Next,
) -> Response<Body> {
    let (mut parts, body) = request.into_parts();
    match Viewer::from_request_parts(&mut parts, &web).await {
        Ok(viewer) => {
            parts.extensions.insert(Caller(Arc::new(viewer)));
            next.run(Request::from_parts(parts, body)).await
        }
        Err(fault) => Problem::from(fault).into_response(),
    }
}

impl FromRequestParts<Web> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Web) -> Result<Self, Problem> {
        let nobody = || Problem::new(problem::SIGNED_OUT, "there is no session; sign in first");
        parts.extensions.get::<Self>().cloned().ok_or_else(nobody)
    }
}

fn short(message: &str) -> String {
    message.chars().take(MESSAGE_MAX).collect()
}

/// A part of the address.
pub(super) struct At<T>(pub(super) T);

impl<T: DeserializeOwned + Send> FromRequestParts<Web> for At<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        let Path(value) = Path::<T>::from_request_parts(parts, web).await.map_err(|error| {
            Problem::of_field(problem::BAD_PATH, "", &short(&error.body_text()))
        })?;
        Ok(Self(value))
    }
}

/// The parameters of the query; unknown ones are refused.
pub(super) struct Asked<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequestParts<Web> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        let Query(value) = Query::<T>::from_request_parts(parts, web).await.map_err(|error| {
            Problem::of_field(problem::BAD_QUERY, "", &short(&error.body_text()))
        })?;
        Ok(Self(value))
    }
}

/// The body: one JSON object without unknown fields.
pub(super) struct Told<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<Web> for Told<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &Web) -> Result<Self, Problem> {
        let bytes = whole(request.into_body()).await?;
        let mut json = serde_json::Deserializer::from_slice(&bytes);
        let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
            let path = error.path().to_string();
            let field = if path == "." { String::new() } else { path };
            let inner = error.into_inner();
            let message = inner.to_string();
            if !inner.is_data() {
                return Problem::new(problem::BAD_JSON, short(&message));
            }
            // The field says where.
            let message = short(message.rsplit_once(" at line ").map_or(&*message, |(m, _)| m));
            let errors = vec![FieldError { message: crate::fault::sentence(&message), field }];
            Problem::new(problem::INVALID, "a field of the body cannot be used").with(errors)
        })?;
        json.end().map_err(|error| Problem::new(problem::BAD_JSON, short(&error.to_string())))?;
        Ok(Self(value))
    }
}

/// A body as far as it may go.
pub(super) async fn whole(body: Body) -> Result<axum::body::Bytes, Problem> {
    let too_large = || format!("a body has at most {} bytes", crate::FORM_BYTES);
    let read = to_bytes(body, crate::FORM_BYTES).await;
    read.map_err(|_| Problem::new(problem::TOO_LARGE, too_large()))
}
