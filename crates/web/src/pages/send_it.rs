//! Send It mode: wider limits by choice, with what they would do before they are chosen.

use crate::auth::Viewer;
use crate::fault::Fault;
use crate::form::Fields;
use crate::shell::{self, Tab};
use crate::{Web, parts, text};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use hermes_app::{AppError, Outlooks, SEND_IT_TERMS};
use hermes_engine::forecast::Scenario;
use hermes_engine::ruleset::OVERRIDE_DAYS;
use maud::{Markup, html};

/// Weeks that are compared: this one and the next.
const WEEKS: u16 = 2;

/// What was not taken.
#[derive(Default)]
struct Wrong {
    days: Option<String>,
    agreed: Option<String>,
}

/// `GET /send-it`.
pub(crate) async fn page(State(web): State<Web>, viewer: Viewer) -> Result<Markup, Fault> {
    draw(&web, &viewer, &Wrong::default()).await
}

async fn draw(web: &Web, viewer: &Viewer, wrong: &Wrong) -> Result<Markup, Fault> {
    let view = web.app.today_view(&viewer.runner).await?;
    let body = match view.send_it_until {
        Some(until) => html! {
            header.page-head { p.eyebrow { "Send It mode" } h1 { "It is on" } }
            section.card {
                p.lead { "Until the end of " (text::long_day(until - 1)) ". " (SEND_IT_TERMS) }
                form method="post" action="/send-it/end" {
                    div.actions {
                        button.button type="submit" { "End it now" }
                        a.button.ghost href="/today" data-close { "Leave it on" }
                    }
                }
            }
        },
        None => {
            let scenario =
                Scenario { weeks: Some(WEEKS), send_it: Some(viewer.today), ..Scenario::default() };
            let outlook = web.app.forecast(&viewer.runner, viewer.today, &scenario).await?;
            html! {
                header.page-head { p.eyebrow { "Wider limits, by your choice" }
                    h1 { "Send It mode" } }
                section.card { (weeks(&outlook, viewer)) (form(wrong)) }
            }
        }
    };
    Ok(shell::page(Tab::Today, "Send It mode", viewer, &body))
}

/// This week and the next one, with and without.
fn weeks(outlook: &Outlooks, viewer: &Viewer) -> Markup {
    let units = viewer.units();
    let plain = outlook.plain.first().map(|(_, f)| &f.weeks);
    let both = plain.zip(outlook.changed.as_ref().map(|f| &f.weeks));
    html! {
        @if let Some((before, after)) = both {
            h2 { "What it would change" }
            table.plain {
                thead { tr {
                    th scope="col" { "Week of" }
                    th.num scope="col" { "Now" }
                    th.num scope="col" { "With it" }
                } }
                tbody { @for (b, a) in before.iter().zip(after) {
                    tr {
                        th scope="row" { (text::short_day(b.start)) }
                        td.num { (units.distance(b.planned)) }
                        td.num { strong { (units.distance(a.planned)) } }
                    }
                } }
            }
            @if before.iter().zip(after).all(|(b, a)| b.planned == a.planned) {
                p.quiet { "Your plan does not need the wider limits: it would stay as it is." }
            }
        }
    }
}

fn form(wrong: &Wrong) -> Markup {
    html! {
        form method="post" action="/send-it" {
            div.fields { div {
                label { span { "For how many days" }
                    select name="days" aria-invalid=[wrong.days.as_ref().map(|_| "true")] {
                        @for n in (1..=OVERRIDE_DAYS).rev() {
                            option value=(n) { (text::count(n, "day")) }
                        }
                    }
                }
                (parts::field_error("days", wrong.days.as_deref()))
            } }
            label.check {
                input type="checkbox" name="agreed" value="1" required
                    aria-invalid=[wrong.agreed.as_ref().map(|_| "true")]
                    aria-describedby=[wrong.agreed.as_ref().map(|_| "agreed-error")];
                span { (SEND_IT_TERMS) }
            }
            (parts::field_error("agreed", wrong.agreed.as_deref()))
            div.actions {
                button.button type="submit" { "Send it" }
                a.button.ghost href="/today" data-close { "Stay as I am" }
            }
        }
    }
}

/// `POST /send-it`.
pub(crate) async fn begin(
    State(web): State<Web>,
    viewer: Viewer,
    fields: Fields,
) -> Result<Response, Fault> {
    let days = fields.get("days").and_then(|d| d.parse().ok());
    let days = days.filter(|d| (1..=OVERRIDE_DAYS).contains(d));
    let agreed = fields.get("agreed").is_some();
    let wrong = Wrong {
        days: days.is_none().then(|| format!("choose 1 to {OVERRIDE_DAYS} days")),
        agreed: (!agreed).then(|| "it needs your agreement".to_owned()),
    };
    if let Some(days) = days.filter(|_| agreed) {
        match web.app.send_it(&viewer.runner, viewer.today, days, agreed).await {
            // It is on: the form was sent twice, or from an older page.
            Ok(_) | Err(AppError::Conflict(_)) => {
                return Ok(Redirect::to("/today?said=sent").into_response());
            }
            Err(error) => return Err(error.into()),
        }
    }
    let page = draw(&web, &viewer, &wrong).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// `POST /send-it/end`.
pub(crate) async fn end(State(web): State<Web>, viewer: Viewer) -> Result<Redirect, Fault> {
    match web.app.end_send_it(&viewer.runner, viewer.today).await {
        // It is off already: the button was pressed twice.
        Ok(()) | Err(AppError::NotFound(_)) => Ok(Redirect::to("/today?said=ended")),
        Err(error) => Err(error.into()),
    }
}
