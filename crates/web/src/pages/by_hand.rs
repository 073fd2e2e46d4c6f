//! A run that nothing recorded, entered in a form.

use crate::Web;
use crate::auth::Viewer;
use crate::draft::{Draft, Input, tick};
use crate::fault::Fault;
use crate::form::{self, Fields};
use crate::parts;
use crate::shell::{self, Tab};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};

/// `GET /activities/new`.
pub(crate) async fn page(viewer: Viewer) -> Markup {
    shown(&viewer, &Draft::default())
}

fn shown(viewer: &Viewer, draft: &Draft) -> Markup {
    let today = viewer.today.to_string();
    let body = html! {
        header.page-head {
            p.eyebrow { "Nothing recorded it" }
            h1 { "Enter a run" }
        }
        section.card.narrow {
            (parts::problem(draft.wrong("form")))
            form method="post" action="/activities/new" {
                (Input { name: "day", label: "Day", kind: "date", required: true,
                    value: Some(today.clone()), max: Some(today), ..Input::default() }.draw(draft))
                (Input { name: "start", label: "Start", kind: "time", required: true,
                    value: Some("12:00".to_owned()), ..Input::default() }.draw(draft))
                (Input { name: "distance", label: "Distance", note: crate::text::unit(viewer.units()),
                    mode: Some("decimal"), required: true, placeholder: Some("8.5"),
                    ..Input::default() }.draw(draft))
                (Input { name: "time", label: "Time", note: "h:mm:ss", required: true,
                    placeholder: Some("0:48:30"), ..Input::default() }.draw(draft))
                (Input { name: "name", label: "Title", note: "optional", length: Some(255),
                    ..Input::default() }.draw(draft))
                (Input { name: "heart_rate", label: "Average heart rate", note: "bpm, optional",
                    kind: "number", min: Some("30".to_owned()), max: Some("240".to_owned()),
                    ..Input::default() }.draw(draft))
                (Input { name: "effort", label: "How hard it was", note: "1 to 10, optional",
                    kind: "number", min: Some("1".to_owned()), max: Some("10".to_owned()),
                    ..Input::default() }.draw(draft))
                (tick(draft, "trail", "On trails", false))
                (tick(draft, "race", "A race", false))
                button.button type="submit" { "Add the run" }
            }
        }
    };
    shell::page(Tab::Activities, "Enter a run", viewer, &body)
}

/// `POST /activities/new`. The same run sent twice is added once.
pub(crate) async fn save(
    State(web): State<Web>,
    viewer: Viewer,
    fields: Fields,
) -> Result<Response, Fault> {
    let (status, wrong) = match form::by_hand(&fields, viewer.units()) {
        Err(wrong) => (StatusCode::UNPROCESSABLE_ENTITY, wrong),
        Ok(run) => match web.app.add_by_hand(&viewer.runner, &run).await {
            Ok((id, _)) => return Ok(Redirect::to(&format!("/activities/{id}")).into_response()),
            Err(error) => form::refused(error, "form")?,
        },
    };
    Ok((status, shown(&viewer, &Draft::back(fields, wrong))).into_response())
}
