//! The check-in: a short question when sessions were missed, and what each answer does.

use crate::auth::Viewer;
use crate::fault::{self, Fault};
use crate::form::Fields;
use crate::shell::{self, Tab};
use crate::{Web, parts};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use hermes_app::{Answered, CheckInView};
use hermes_engine::check_in::Action;
use hermes_engine::record::{CheckInAnswer, CheckInTrigger};
use maud::{Markup, html};

/// The answers in the order that they are offered, with the word of the form and of the screen.
const ANSWERS: [(CheckInAnswer, &str, &str); 7] = [
    (CheckInAnswer::Busy, "busy", "Life got in the way"),
    (CheckInAnswer::Sick, "sick", "I am or was ill"),
    (CheckInAnswer::Sore, "sore", "Something hurts"),
    (CheckInAnswer::Burnout, "burnout", "I am worn out"),
    (CheckInAnswer::MotivationLoss, "motivation_loss", "I do not feel like it"),
    (CheckInAnswer::PreferenceChange, "preference_change", "The plan does not suit me"),
    (CheckInAnswer::Other, "other", "Something else"),
];

fn trigger(word: &str) -> CheckInTrigger {
    match word {
        "missed_workouts" => CheckInTrigger::MissedWorkouts,
        "again" => CheckInTrigger::Again,
        _ => CheckInTrigger::LowCompliance,
    }
}

/// The open check-in as a card.
pub(crate) fn card(check_in: &CheckInView) -> Markup {
    html! { section.card.prompt aria-labelledby="check-in-title" { (form(check_in, None)) } }
}

fn form(check_in: &CheckInView, problem: Option<&str>) -> Markup {
    let asked = check_in.question.as_deref().unwrap_or("How is it going?");
    html! {
        h2 #check-in-title { "A quick question" }
        p { (asked) }
        form method="post" action="/check-in" {
            div.answers role="radiogroup" aria-labelledby="check-in-title"
                aria-describedby=[problem.map(|_| "answer-error")] {
                @for (answer, word, name) in ANSWERS {
                    label.answer {
                        input type="radio" name="answer" value=(word) required;
                        span { (name) }
                        small {
                            (Action::of(trigger(&check_in.trigger), answer).text())
                            @if hermes_engine::check_in::opens_health(answer) {
                                " You are asked for a health note next."
                            }
                        }
                    }
                }
            }
            (parts::field_error("answer", problem))
            label { span { "In your own words " small { "optional" } }
                textarea name="details" maxlength="2000" {} }
            div.actions { button.button type="submit" { "Answer" } }
        }
    }
}

/// `POST /check-in`.
pub(crate) async fn answer(
    State(web): State<Web>,
    viewer: Viewer,
    fields: Fields,
) -> Result<Response, Fault> {
    let said = fields.get("answer").unwrap_or_default();
    let Some((answer, ..)) = ANSWERS.into_iter().find(|(_, word, _)| *word == said) else {
        let view = web.app.today_view(&viewer.runner).await?;
        let Some(open) = view.check_in else { return Ok(Redirect::to("/today").into_response()) };
        let body =
            html! { section.card.prompt { (form(&open, Some("choose one of the answers"))) } };
        let page = shell::page(Tab::Today, "Check-in", &viewer, &body);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let done = web.app.answer_check_in(&viewer.runner, answer, fields.get("details")).await?;
    Ok(shell::page(Tab::Today, "Thank you", &viewer, &thanks(&done, &viewer)).into_response())
}

fn thanks(done: &Answered, viewer: &Viewer) -> Markup {
    html! {
        header.page-head { p.eyebrow { "Check-in" } h1 { "Thank you" } }
        section.card {
            p.lead { (fault::sentence(done.action.text())) }
            @if !done.offers.is_empty() {
                h2 { "What is offered" }
                ul.effects { @for offer in &done.offers {
                    li { (fault::sentence(&offer.text(viewer.units()))) }
                } }
                p.quiet { "Nothing of it happens by itself." }
            }
            div.actions {
                @if done.opens_health {
                    a.button href="/health/report" { "Say what is wrong" }
                }
                a.button.second href="/today" { "Back to today" }
                a.button.ghost href="/settings#preferences" { "Change preferences" }
            }
        }
    }
}
