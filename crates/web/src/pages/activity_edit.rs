//! What a runner can say of an activity: which session it was, whether it counts, and which
//! sources tell of the same run. Each says what it does before it is done.

use crate::auth::Viewer;
use crate::fault::Fault;
use crate::form::Fields;
use crate::pages::activity::{number, planned_line};
use crate::{Web, parts, text};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Redirect;
use hermes_app::{ActivityDetail, ActivityMatch, ActivityView, Mark, SessionKey, SourceView};
use hermes_engine::calendar::Day;
use hermes_engine::record::Correction;
use hermes_engine::units::Units;
use maud::{Markup, html};
use uuid::Uuid;

/// The words of the form that marks, with what each button says and what it does.
const MARKS: [(&str, Mark, &str, &str); 5] = [
    (
        "exclude",
        Mark::Excluded,
        "Leave it out",
        "It counts for nothing: not for volume, paces, predictions or the plan. No import undoes \
         that; you can count it again.",
    ),
    (
        "include",
        Mark::Included,
        "Count it again",
        "It counts like any other activity, from your next plan on.",
    ),
    (
        "confirm",
        Mark::Confirmed,
        "Its values are right",
        "It counts although its values look impossible.",
    ),
    (
        "race",
        Mark::Race(true),
        "It was a race",
        "Its whole time counts, pauses too, and predictions learn most from it.",
    ),
    ("no-race", Mark::Race(false), "It was no race", "It counts as an ordinary run."),
];

/// Which session it was.
pub(crate) fn matched(d: &ActivityDetail, m: &ActivityMatch, units: Units) -> Markup {
    let id = d.activity.id;
    html! {
        section.card #match aria-labelledby="match-head" {
            h2 #match-head { "In the plan" }
            @match &m.session {
                Some(scored) => {
                    (planned_line(&scored.planned, units))
                    p { (text::dated(&scored.text(units))) }
                },
                None => p { "It belongs to no planned session." },
            }
            @if let Some(said) = &m.said {
                p.quiet {
                    "You said: "
                    @match said.correction {
                        Correction::Belongs { day, kind, .. } => {
                            "it was the " (kind.name()) " of " (text::short_day(day)) "."
                        },
                        _ => "it belongs to no session.",
                    }
                }
                form method="post" action={ "/activities/" (id) "/match" } {
                    button.button.ghost.slim type="submit" name="session" value="undo" {
                        "Let Hermes decide"
                    }
                }
            }
            @if !m.choices.is_empty() || m.session.is_some() {
                details.add {
                    summary { "It was another session" }
                    p.quiet { "How the week was kept, its summary and the rest of your plan are \
                        worked out anew. Your word stays, whatever is imported." }
                    form method="post" action={ "/activities/" (id) "/match" } {
                        label { span { "It was" }
                            select name="session" {
                                @for s in &m.choices {
                                    @let now = m.session.as_ref().is_some_and(|x| x.planned == *s);
                                    option value=(s.day) selected[now] {
                                        (text::short_day(s.day)) ": " (s.kind.name()) ", "
                                        (units.distance(s.distance))
                                    }
                                }
                                option value="none" selected[m.session.is_none()] {
                                    "no session: an extra run"
                                }
                            } }
                        div.actions { button.button.second type="submit" { "Save" } }
                    }
                }
            }
        }
    }
}

/// What it counts as.
pub(crate) fn marks(d: &ActivityDetail) -> Markup {
    let a = &d.activity;
    let offered = |word: &str| match word {
        "exclude" => !d.excluded,
        "include" => d.excluded || d.confirmed,
        "confirm" => !d.excluded && !d.confirmed && a.rejected.is_some(),
        "race" => a.is_run && !a.race,
        _ => a.is_run && a.race,
    };
    html! {
        section.card aria-labelledby="marks-head" {
            h2 #marks-head { "Correct it" }
            @for (word, _, button, what) in MARKS.iter().filter(|m| offered(m.0)) {
                form.mark method="post" action={ "/activities/" (a.id) "/mark" } {
                    button.button.second.slim type="submit" name="mark" value=(word) { (button) }
                    p.quiet { (what) }
                }
            }
            (kind(d))
        }
    }
}

/// What it was: what stands and who says so, taking that back, and what else it can be.
fn kind(d: &ActivityDetail) -> Markup {
    let a = &d.activity;
    let (runs, others) = hermes_app::activity_types();
    let named = |name: &str| text::sport(name).to_lowercase();
    let group = |label: &str, names: &[&str]| {
        html! {
            optgroup label=(label) { @for name in names {
                option value=(name) selected[a.activity_type == *name] { (text::sport(name)) }
            } }
        }
    };
    html! {
        @if let Some(said) = &d.type_said {
            p { "You said that this was: " strong { (named(&a.activity_type)) } ". Its source \
                says: " (named(said)) "." }
            form.mark method="post" action={ "/activities/" (a.id) "/type" } {
                button.button.second.slim type="submit" name="type" value="source" {
                    "Take my word back"
                }
                p.quiet { "It is again what its source says, and all that follows is worked out \
                    anew." }
            }
        }
        details.add {
            summary { "It was another sport" }
            p.quiet { "Runs count for volume, paces, predictions and the plan; other sports do \
                not. What was run of the plan, its week and the rest of your plan are worked out \
                anew. No import undoes it; you can take it back." }
            form method="post" action={ "/activities/" (a.id) "/type" } {
                label { span { "This was" }
                    select name="type" {
                        (group("Counts as running", &runs))
                        (group("Does not", &others))
                    } }
                div.actions { button.button.second type="submit" { "Save" } }
            }
        }
    }
}

/// Where it came from, and taking apart and together.
pub(crate) fn sources(d: &ActivityDetail, near: &[ActivityView], units: Units) -> Markup {
    let id = d.activity.id;
    html! {
        section.card aria-labelledby="sources-title" {
            h2 #sources-title { "Where it came from" }
            ul.runs { @for s in &d.sources { li.source { (source(s, id, units)) } } }
            @if d.sources.len() > 1 {
                p.quiet {
                    "These tell of the same run. What a file measured goes before what others say."
                }
            }
            @if id > 0 {
                p {
                    a.strava href={ "https://www.strava.com/activities/" (id) } rel="noreferrer" {
                        strong { "View on Strava" }
                    }
                }
            }
            @if !near.is_empty() { (merge(id, near, units)) }
        }
    }
}

fn merge(id: i64, near: &[ActivityView], units: Units) -> Markup {
    html! {
        details.add {
            summary { "It is the same run as another activity" }
            p.quiet { "The two become one: distance and time count once, the sources of both stay, \
                and what a file measured goes first. Each source can be split off again." }
            form method="post" action={ "/activities/" (id) "/merge" } {
                label { span { "The other one" }
                    select name="other" {
                        @for a in near {
                            option value=(a.id) {
                                (text::short_day(a.day)) ", " (text::time_of_day(&a.time)) ", "
                                (parts::distance_or_dash(units, a.distance)) ", "
                                (text::activity_name(a))
                            }
                        }
                    } }
                div.actions { button.button.second type="submit" { "Make one of the two" } }
            }
        }
    }
}

fn source(s: &SourceView, id: i64, units: Units) -> Markup {
    html! {
        span.name { (s.what) }
        span.facts {
            span { (units.distance(s.distance)) }
            span { (s.moving.clock_text()) }
        }
        @if let Some(file) = &s.file {
            small.quiet.file { (file) @if let Some(n) = s.points { ", " (n) " points" } }
        }
        @if !s.fixed {
            details.add {
                summary { "This is another run" }
                p.quiet { "It becomes an activity of its own again and counts by itself. You can \
                    merge the two later." }
                form method="post" action={ "/activities/" (id) "/split" } {
                    input type="hidden" name="source" value=(s.id);
                    button.button.second.slim type="submit" { "Split it off" }
                }
            }
        }
    }
}

fn wrong(sentence: &str) -> Fault {
    Fault::Refused(StatusCode::UNPROCESSABLE_ENTITY, sentence.to_owned())
}

/// `POST /activities/{id}/match`.
pub(crate) async fn rematch(
    State(web): State<Web>,
    viewer: Viewer,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Redirect, Fault> {
    let (id, runner) = (number(&id)?, &viewer.runner);
    let nothing = "Choose the session that this run was, or none.";
    match fields.get("session").ok_or_else(|| wrong(nothing))? {
        "undo" => {
            let a = web.app.activity(runner, id).await?.activity;
            // Without a word of theirs there is nothing to take back: it was pressed twice.
            if let Some(said) = web.app.match_of(runner, &a).await?.said {
                web.app.undo_match(runner, said.id).await?;
            }
        }
        "none" => drop(web.app.match_none(runner, id).await?),
        day => {
            let day = Day::parse(day).map_err(|_| wrong(nothing))?;
            web.app.match_to(runner, SessionKey::Day(day), id).await?;
        }
    }
    Ok(Redirect::to(&format!("/activities/{id}?said=corrected#match")))
}

/// `POST /activities/{id}/mark`.
pub(crate) async fn mark(
    State(web): State<Web>,
    viewer: Viewer,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Redirect, Fault> {
    let id = number(&id)?;
    let said = fields.get("mark").unwrap_or_default();
    let found = MARKS.iter().find(|(word, ..)| *word == said);
    let (_, mark, ..) =
        found.ok_or_else(|| wrong("Choose what is to be corrected on the page."))?;
    web.app.mark_activity(&viewer.runner, id, *mark).await?;
    Ok(Redirect::to(&format!("/activities/{id}?said=corrected")))
}

/// `POST /activities/{id}/type`.
pub(crate) async fn retype(
    State(web): State<Web>,
    viewer: Viewer,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Redirect, Fault> {
    let id = number(&id)?;
    let said = fields.get("type").ok_or_else(|| wrong("Choose on the page what this was."))?;
    let word = Some(said).filter(|said| *said != "source");
    web.app.correct_type(&viewer.runner, id, word).await?;
    Ok(Redirect::to(&format!("/activities/{id}?said=corrected")))
}

/// `POST /activities/{id}/split`.
pub(crate) async fn split(
    State(web): State<Web>,
    viewer: Viewer,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Redirect, Fault> {
    let id = number(&id)?;
    let source = fields.get("source").and_then(|s| Uuid::parse_str(s).ok());
    let source = source.ok_or_else(|| wrong("Choose the source to split off on the page."))?;
    web.app.split_activity(&viewer.runner, id, source).await?;
    Ok(Redirect::to(&format!("/activities/{id}?said=split")))
}

/// `POST /activities/{id}/merge`.
pub(crate) async fn merge_two(
    State(web): State<Web>,
    viewer: Viewer,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Redirect, Fault> {
    let id = number(&id)?;
    let other = fields.get("other").and_then(|o| o.parse().ok());
    let other = other.ok_or_else(|| wrong("Choose the other activity on the page."))?;
    let left = web.app.merge_activities(&viewer.runner, id, other).await?;
    let now = left.first().copied().unwrap_or(id);
    Ok(Redirect::to(&format!("/activities/{now}?said=merged")))
}
