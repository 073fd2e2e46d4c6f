//! `/demo`: who to look at Hermes as. There only in a demonstration.

use crate::fault::Fault;
use crate::form::Fields;
use crate::{Web, auth, shell};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};

/// `GET /demo`: the runners.
pub(crate) async fn page(State(web): State<Web>) -> Markup {
    shell::bare(
        "Demonstration",
        &html! {
            section.card.narrow {
                (shell::wordmark_large())
                h1 { "Whose week do you want to see?" }
                p.lead { "Three invented runners, each with a year of runs and plans. Come back \
                          to this page, /demo, to be another one." }
            }
            @for (n, sample) in web.config.demo.iter().enumerate() {
                section.card.narrow {
                    h2 { (sample.name) }
                    p { (sample.about) }
                    form method="post" action="/demo" {
                        input type="hidden" name="runner" value=(n);
                        button.button.wide type="submit" { "Be " (sample.name.to_lowercase()) }
                    }
                }
            }
        },
    )
}

/// `POST /demo`: signs in as one of them.
pub(crate) async fn enter(State(web): State<Web>, fields: Fields) -> Result<Response, Fault> {
    let number = fields.get("runner").and_then(|n| n.parse::<usize>().ok());
    let sample = number.and_then(|n| web.config.demo.get(n)).ok_or_else(nobody)?;
    let token = web.app.sign_in_link(sample.runner.id).await?;
    let session = web.app.sign_in(&token).await?.ok_or_else(nobody)?;
    Ok(auth::entered(&web, &session, &sample.runner))
}

fn nobody() -> Fault {
    let sentence = "There is no such sample runner; choose one at /demo.";
    Fault::Refused(StatusCode::NOT_FOUND, sentence.to_owned())
}
