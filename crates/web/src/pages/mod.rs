//! One module per page; here the ones that only say where to go.

pub(crate) mod activities;
pub(crate) mod activity;
pub(crate) mod activity_edit;
pub(crate) mod by_hand;
mod calendar;
pub(crate) mod check_in;
pub(crate) mod connect;
pub(crate) mod demo;
pub(crate) mod edit;
pub(crate) mod felt;
pub(crate) mod health;
pub(crate) mod history;
pub(crate) mod imports;
pub(crate) mod keys;
pub(crate) mod more;
pub(crate) mod notifications;
pub(crate) mod plan;
pub(crate) mod profile;
pub(crate) mod report;
pub(crate) mod roadmap;
pub(crate) mod send_it;
pub(crate) mod settings;
#[cfg(debug_assertions)]
pub(crate) mod styleguide;
pub(crate) mod today;
pub(crate) mod trends;
pub(crate) mod versions;
pub(crate) mod welcome;
pub(crate) mod what_if;
pub(crate) mod workout;

use crate::Web;
use crate::auth;
use crate::fault::Fault;
use crate::shell::{self, Step};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use hermes_app::ImportState;
use maud::{Markup, html};

/// `GET /`: where the runner left off.
pub(crate) async fn home(State(web): State<Web>, headers: HeaderMap) -> Result<Redirect, Fault> {
    match auth::signed_in(&web, &headers).await? {
        None if !web.config.demo.is_empty() => Ok(Redirect::to("/demo")),
        None => Ok(Redirect::to("/welcome")),
        Some(runner) if web.app.progress(&runner).await?.has_plan => Ok(Redirect::to("/today")),
        Some(_) => Ok(Redirect::to("/welcome")),
    }
}

/// `GET /welcome`: how to sign in, or the onboarding step that comes next.
pub(crate) async fn welcome(State(web): State<Web>, headers: HeaderMap) -> Result<Response, Fault> {
    match auth::signed_in(&web, &headers).await? {
        None => Ok(signed_out().into_response()),
        Some(runner) => {
            let progress = web.app.progress(&runner).await?;
            let importing = web
                .app
                .import_status(runner.id)
                .is_some_and(|s| matches!(s.state, ImportState::Running));
            let step = match progress {
                _ if importing => Step::Import,
                p if p.has_plan => return Ok(Redirect::to("/today").into_response()),
                p if p.has_preferences => Step::Plan,
                p if p.has_goal => Step::Preferences,
                p if p.activities > 0 => Step::Calibration,
                _ => Step::Import,
            };
            Ok(Redirect::to(step.path()).into_response())
        }
    }
}

fn signed_out() -> Markup {
    shell::bare(
        "Sign in",
        &html! {
            section.card.narrow {
                (shell::wordmark_large())
                h1 { "Training that explains itself" }
                p.lead {
                    "Hermes plans your running week by week from what you really ran, and gives a \
                     reason for every session."
                }
                p { "You are not signed in on this browser." }
                (auth::how_to_sign_in())
            }
        },
    )
}
