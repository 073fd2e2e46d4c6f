//! How a run felt: a word after it, on Today and on the page of the session.

use crate::auth::Viewer;
use crate::fault::Fault;
use crate::form::Fields;
use crate::shell::{self, Tab};
use crate::{Web, parts, text};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use hermes_app::AppError;
use hermes_engine::calendar::Day;
use hermes_engine::record::Feedback;
use maud::{Markup, html};
use std::ops::RangeInclusive;

/// Efforts that are offered, with what they mean on the scale of 1 to 10.
const EFFORTS: [(u8, &str, &str); 5] = [
    (2, "Very easy", "could have sung"),
    (4, "Easy", "could talk in sentences"),
    (6, "Just right", "a few words at a time"),
    (8, "Tough", "wanted it to end"),
    (10, "Too hard", "all that I had"),
];

/// One number of the form: its name, what it asks, its scale with the words at its ends.
type Scale = (&'static str, &'static str, RangeInclusive<u16>, &'static str);

/// The numbers beside the effort.
const SCALES: [Scale; 6] = [
    ("pain", "Pain while running", 0..=10, "0 none, 10 the worst"),
    ("pain_next", "Pain the next morning", 0..=10, "0 none, 10 the worst"),
    ("soreness", "Soreness", 1..=5, "1 none, 5 strong"),
    ("sleep", "Sleep", 1..=5, "1 bad, 5 good"),
    ("mood", "Mood", 1..=5, "1 bad, 5 good"),
    ("resting", "Resting heart rate", 20..=150, "beats a minute, in the morning"),
];

/// What is typed and what is wrong with it, by field.
#[derive(Default)]
struct Typed {
    values: Vec<(&'static str, String)>,
    wrong: Vec<(&'static str, String)>,
}

impl Typed {
    fn value(&self, field: &str) -> Option<&str> {
        self.values.iter().find(|(f, _)| *f == field).map(|(_, v)| v.as_str())
    }

    fn wrong(&self, field: &str) -> Option<&str> {
        self.wrong.iter().find(|(f, _)| *f == field).map(|(_, sentence)| sentence.as_str())
    }

    /// What was said before.
    fn said(said: &Feedback) -> Self {
        let byte = |v: Option<u8>| v.map(u16::from);
        let all = [
            ("effort", byte(said.effort)),
            ("pain", byte(said.pain_during)),
            ("pain_next", byte(said.pain_next_morning)),
            ("soreness", byte(said.soreness)),
            ("sleep", byte(said.sleep)),
            ("mood", byte(said.mood)),
            ("resting", said.resting_heart_rate),
        ];
        let values = all.into_iter().filter_map(|(f, v)| Some((f, v?.to_string()))).collect();
        Self { values, wrong: Vec::new() }
    }
}

/// The card after a run: the question, or what was said.
pub(crate) fn card(day: Day, said: Option<&Feedback>) -> Markup {
    let typed = said.map(Typed::said).unwrap_or_default();
    html! {
        section.card.prompt #felt aria-labelledby="felt-title" {
            h2 #felt-title { "How did it feel?" }
            @match said.and_then(|s| s.effort) {
                Some(effort) => {
                    p { "You said: " strong { (effort_word(effort)) } ", " (effort) " of 10." }
                    details.add { summary { "Say it differently" } (form(day, &typed)) }
                },
                None => (form(day, &typed)),
            }
        }
    }
}

/// The offered word that is nearest.
fn effort_word(effort: u8) -> &'static str {
    let nearest = EFFORTS.iter().min_by_key(|(n, ..)| n.abs_diff(effort));
    nearest.map_or("", |(_, word, _)| word)
}

fn form(day: Day, typed: &Typed) -> Markup {
    let nearest = typed.value("effort").and_then(|n| n.parse().ok()).map(effort_word);
    html! {
        form method="post" action="/feedback" {
            input type="hidden" name="day" value=(day);
            div.answers role="radiogroup" aria-labelledby="felt-title"
                aria-describedby=[typed.wrong("effort").map(|_| "effort-error")] {
                @for (n, word, meaning) in EFFORTS {
                    label.answer {
                        input type="radio" name="effort" value=(n) checked[nearest == Some(word)];
                        span { (word) }
                        small { (meaning) }
                    }
                }
            }
            (parts::field_error("effort", typed.wrong("effort")))
            details.add open[!typed.wrong.is_empty()] {
                summary { "Pain, sleep, soreness, mood" }
                div.fields { @for (field, asks, scale, ends) in SCALES {
                    @let wrong = typed.wrong(field);
                    div {
                        label { span { (asks) " " small { (ends) } }
                            input type="number" inputmode="numeric" name=(field)
                                min=(scale.start()) max=(scale.end())
                                value=[typed.value(field)] aria-invalid=[wrong.map(|_| "true")]
                                autofocus[typed.wrong.first().is_some_and(|w| w.0 == field)]
                                aria-describedby=[wrong.map(|_| format!("{field}-error"))]; }
                        (parts::field_error(field, wrong))
                    }
                } }
            }
            div.actions { button.button type="submit" { "Save" } }
            p.quiet { "It goes into your load and can ease what is to come. It never makes a plan \
                harder by itself." }
        }
    }
}

/// What the form says, or what was typed with what is wrong.
fn read(fields: &Fields, day: Day) -> Result<Feedback, Typed> {
    let mut typed = Typed::default();
    let mut number = |field: &'static str, scale: RangeInclusive<u16>| {
        let text = fields.get(field)?;
        typed.values.push((field, text.to_owned()));
        let found = text.parse().ok().filter(|n| scale.contains(n));
        if found.is_none() {
            let (low, high) = (scale.start(), scale.end());
            typed.wrong.push((field, format!("give a whole number from {low} to {high}")));
        }
        found
    };
    let effort = number("effort", 1..=10);
    let [pain, pain_next, soreness, sleep, mood, resting] =
        SCALES.map(|(field, _, scale, _)| number(field, scale));
    let byte = |n: Option<u16>| n.and_then(|n| u8::try_from(n).ok());
    let said = Feedback {
        day,
        effort: byte(effort),
        pain_during: byte(pain),
        pain_next_morning: byte(pain_next),
        sleep: byte(sleep),
        soreness: byte(soreness),
        mood: byte(mood),
        resting_heart_rate: resting,
    };
    if typed.wrong.is_empty() && typed.values.is_empty() {
        typed.wrong.push(("effort", "choose how it felt, or give one of the numbers".to_owned()));
    }
    if typed.wrong.is_empty() { Ok(said) } else { Err(typed) }
}

/// `POST /feedback`.
pub(crate) async fn save(
    State(web): State<Web>,
    viewer: Viewer,
    fields: Fields,
) -> Result<Response, Fault> {
    let day = fields.get("day").map(Day::parse);
    let Some(Ok(day)) = day else {
        let sentence = "Say which day it was, as YYYY-MM-DD.".to_owned();
        return Err(Fault::Refused(StatusCode::UNPROCESSABLE_ENTITY, sentence));
    };
    let again = |typed: &Typed| {
        let body = html! {
            header.page-head { p.eyebrow { (text::long_day(day)) } h1 { "How did it feel?" } }
            section.card { h2.hidden #felt-title { "How did it feel?" } (form(day, typed)) }
        };
        let page = shell::page(Tab::Today, "How did it feel?", &viewer, &body);
        (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
    };
    let said = match read(&fields, day) {
        Ok(said) => said,
        Err(typed) => return Ok(again(&typed)),
    };
    // The same word again changes nothing: the form was sent twice.
    if web.app.feedback_on(&viewer.runner, day).await? != Some(said) {
        match web.app.add_feedback(&viewer.runner, viewer.today, said).await {
            Ok(()) => {}
            Err(AppError::BadInput(sentence)) => {
                let wrong = vec![("effort", text::dated(&sentence))];
                return Ok(again(&Typed { wrong, ..Typed::said(&said) }));
            }
            Err(error) => return Err(error.into()),
        }
    }
    let back = if day == viewer.today { "/today".to_owned() } else { format!("/workout/{day}") };
    Ok(Redirect::to(&format!("{back}?said=felt")).into_response())
}
