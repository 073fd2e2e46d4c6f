//! Day or night: what the system says, unless this browser was told otherwise. The choice is a
//! matter of the screen, so it is kept in a cookie of the browser and not with the runner.

use crate::Web;
use crate::auth::Viewer;
use crate::form::Fields;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};

/// How long a browser keeps the choice, in seconds.
const COOKIE_SECONDS: u32 = 365 * 24 * 60 * 60;

/// What pages are drawn in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Theme {
    /// As the system says.
    Auto,
    Light,
    Dark,
}

tokio::task_local! {
    /// The theme of the request that is being answered: every page has it in its first tag.
    static THEME: Theme;
}

impl Theme {
    const ALL: [Self; 3] = [Self::Auto, Self::Light, Self::Dark];

    const fn word(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    fn parse(word: &str) -> Self {
        Self::ALL.into_iter().find(|t| t.word() == word).unwrap_or(Self::Auto)
    }

    /// What stands in the page's first tag; nothing where the system decides.
    pub(crate) fn attribute(self) -> Option<&'static str> {
        (self != Self::Auto).then(|| self.word())
    }
}

/// The theme of the request that is being answered.
pub(crate) fn current() -> Theme {
    THEME.try_with(|theme| *theme).unwrap_or(Theme::Auto)
}

/// Work that goes on in a task of its own, in the theme of the request that it is of.
pub(crate) fn kept<T>(work: impl Future<Output = T>) -> impl Future<Output = T> {
    THEME.scope(current(), work)
}

/// Answers a request in the theme that its browser asks for.
pub(crate) async fn scope(request: Request, next: Next) -> Response {
    let theme = of(request.headers());
    THEME.scope(theme, next.run(request)).await
}

/// Cookies are kept per host whatever the port; all servers on a machine share this harmless one.
fn of(headers: &HeaderMap) -> Theme {
    let lines = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|p| p.trim().split_once('='));
    pairs.find(|(name, _)| *name == "hermes_theme").map_or(Theme::Auto, |(_, w)| Theme::parse(w))
}

/// `POST /settings/appearance`.
pub(crate) async fn choose(_: State<Web>, _: Viewer, fields: Fields) -> Response {
    let word = Theme::parse(fields.get("theme").unwrap_or_default()).word();
    let cookie =
        format!("hermes_theme={word}; Path=/; Max-Age={COOKIE_SECONDS}; HttpOnly; SameSite=Lax");
    ([(SET_COOKIE, cookie)], Redirect::to("/settings#appearance")).into_response()
}

/// The form that chooses.
pub(crate) fn card() -> Markup {
    html! {
        section.card #appearance aria-labelledby="appearance-title" {
            h2 #appearance-title { "Appearance" }
            form.inline method="post" action="/settings/appearance" {
                label { span { "In this browser" }
                    select name="theme" {
                        @for (theme, name) in Theme::ALL.into_iter().zip(
                            ["As the system says", "Light", "Dark"]) {
                            option value=(theme.word()) selected[current() == theme] { (name) }
                        }
                    }
                }
                button.button.second type="submit" { "Use it" }
            }
        }
    }
}
