//! A health report in three taps: what, where, how bad; then what it would change, and the button
//! that saves it. Each tap is a link, so it works without script and can be taken back.

use crate::auth::Viewer;
use crate::fault::Fault;
use crate::form::Fields;
use crate::shell::{self, Tab};
use crate::why::{self, Reason};
use crate::{Web, fault, parts, text};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use hermes_app::{AppError, Planned, Report, Reported};
use hermes_engine::calendar::Day;
use hermes_engine::record::{BodyPart, HealthType, Symptoms};
use hermes_engine::units::Units;
use maud::{Markup, html};

/// What can be reported: the word of the address, and of the screen.
const KINDS: [(HealthType, &str, &str); 5] = [
    (HealthType::Pain, "pain", "Pain or a niggle"),
    (HealthType::Injury, "injury", "An injury"),
    (HealthType::Illness, "illness", "Illness"),
    (HealthType::Fatigue, "fatigue", "Deep fatigue"),
    (HealthType::Other, "other", "Something else"),
];

/// Where it hurts, from the hip down and then the rest.
const PARTS: [(BodyPart, &str, &str); 17] = [
    (BodyPart::Hip, "hip", "Hip"),
    (BodyPart::Groin, "groin", "Groin"),
    (BodyPart::Hamstring, "hamstring", "Hamstring"),
    (BodyPart::Quadriceps, "quadriceps", "Quadriceps"),
    (BodyPart::Knee, "knee", "Knee"),
    (BodyPart::PatellarTendon, "patellar_tendon", "Patellar tendon"),
    (BodyPart::Shin, "shin", "Shin"),
    (BodyPart::AnteriorTibia, "anterior_tibia", "Front of the tibia"),
    (BodyPart::Calf, "calf", "Calf"),
    (BodyPart::Achilles, "achilles", "Achilles tendon"),
    (BodyPart::Ankle, "ankle", "Ankle"),
    (BodyPart::Plantar, "plantar", "Sole of the foot"),
    (BodyPart::Foot, "foot", "Foot"),
    (BodyPart::Navicular, "navicular", "Navicular"),
    (BodyPart::FemoralNeck, "femoral_neck", "Femoral neck"),
    (BodyPart::LowBack, "low_back", "Low back"),
    (BodyPart::Other, "other", "Elsewhere"),
];

/// Signs that change what follows: field, words, and whether they go with pain (else illness).
const SIGNS: [(&str, &str, bool); 5] = [
    ("limp", "I limp, or run differently", true),
    ("bone_pain", "A bone hurts at rest or at night", true),
    ("fever", "Fever", false),
    ("below_neck", "Chest, muscles or stomach are affected", false),
    ("chest_pain", "Chest pain or palpitations", false),
];

/// The name of a kind of record.
pub(crate) fn kind_name(kind: HealthType) -> &'static str {
    KINDS.iter().find(|(k, ..)| *k == kind).map_or("Something else", |(_, _, name)| name)
}

/// The name of a part of the body.
pub(crate) fn part_name(part: BodyPart) -> &'static str {
    PARTS.iter().find(|(p, ..)| *p == part).map_or("elsewhere", |(_, _, name)| name)
}

/// Mild, moderate or severe, as the engine reads the scale.
const fn grade(severity: u8) -> (&'static str, &'static str, &'static str) {
    match severity {
        0..=2 => ("mild", "Mild", "good"),
        3..=5 => ("moderate", "Moderate", "warn"),
        _ => ("severe", "Severe", "bad"),
    }
}

/// The severity as a chip.
pub(crate) fn severity_tag(severity: u8) -> Markup {
    let (_, word, class) = grade(severity);
    parts::tag(class, "", &format!("{word}, {severity} of 10"))
}

const fn has_part(kind: HealthType) -> bool {
    matches!(kind, HealthType::Injury | HealthType::Pain)
}

/// What has been said so far.
struct Answers<'a> {
    kind: Option<(HealthType, &'static str)>,
    part: Option<(BodyPart, &'static str)>,
    severity: Option<u8>,
    fields: &'a Fields,
}

impl<'a> Answers<'a> {
    fn read(fields: &'a Fields) -> Self {
        let kind = KINDS.iter().find(|(_, word, _)| fields.get("kind") == Some(word));
        let part = PARTS.iter().find(|(_, word, _)| fields.get("part") == Some(word));
        let severity = fields.get("severity").and_then(|s| s.parse().ok());
        Self {
            kind: kind.map(|(k, word, _)| (*k, *word)),
            part: part.map(|(p, word, _)| (*p, *word)),
            severity: severity.filter(|n| (1..=10).contains(n)),
            fields,
        }
    }

    /// The whole report, once all three are said; the day is checked by itself.
    fn report(&self, today: Day) -> Option<Result<Report, String>> {
        let (kind, _) = self.kind?;
        let part = match has_part(kind) {
            true => Some(self.part?.0),
            false => None,
        };
        let severity = Some(self.severity?);
        let day = match self.fields.get("day").map(Day::parse) {
            None => today,
            Some(Ok(day)) => day,
            Some(Err(error)) => return Some(Err(error.to_string())),
        };
        let has = |name| self.fields.get(name).is_some();
        let symptoms = Symptoms {
            fever: has("fever"),
            below_neck: has("below_neck"),
            bone_pain_at_rest: has("bone_pain"),
            limp: has("limp"),
            chest_pain: has("chest_pain"),
            ..Symptoms::default()
        };
        let description = self.fields.get("description").map(str::to_owned);
        Some(Ok(Report { kind, part, severity, day, description, symptoms }))
    }

    /// The address so far.
    fn path(&self) -> String {
        let mut path = "/health/report?".to_owned();
        for (name, word) in [("kind", self.kind.map(|k| k.1)), ("part", self.part.map(|p| p.1))] {
            if let Some(word) = word {
                path.push_str(&format!("{name}={word}&"));
            }
        }
        path
    }
}

/// `GET /health/report`.
pub(crate) async fn page(
    State(web): State<Web>,
    viewer: Viewer,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Response, Fault> {
    let fields = Fields::of(pairs);
    answer(&web, &viewer, &fields).await
}

async fn answer(web: &Web, viewer: &Viewer, fields: &Fields) -> Result<Response, Fault> {
    let answers = Answers::read(fields);
    let (body, wrong) = match answers.report(viewer.today) {
        None => (step(&answers), None),
        Some(Err(sentence)) => (last(&answers, None, viewer, Some(&sentence)), Some(())),
        Some(Ok(report)) => match web.app.report_health(&viewer.runner, &report, true).await {
            Ok(done) => (last(&answers, Some(&done), viewer, None), None),
            Err(AppError::BadInput(sentence)) => {
                (last(&answers, None, viewer, Some(&text::dated(&sentence))), Some(()))
            }
            Err(error) => return Err(error.into()),
        },
    };
    let body = html! {
        header.page-head { p.eyebrow { "Health" } h1 { (heading(&answers)) } }
        (body)
    };
    let page = shell::page(Tab::Health, "Report", viewer, &body);
    let code = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((code, page).into_response())
}

fn heading(a: &Answers<'_>) -> &'static str {
    match (a.kind, a.part, a.severity) {
        (None, ..) => "What is it?",
        (Some((kind, _)), None, _) if has_part(kind) => "Where?",
        (_, _, None) => "How bad is it?",
        _ => "What it would change",
    }
}

/// The next of the three taps.
fn step(a: &Answers<'_>) -> Markup {
    let path = a.path();
    let Some((kind, _)) = a.kind else {
        return html! {
            section.card { div.picks {
                @for (_, word, name) in KINDS {
                    a href={ "/health/report?kind=" (word) } data-sheet { (name) }
                }
            } }
        };
    };
    if has_part(kind) && a.part.is_none() {
        return html! {
            section.card { div.picks {
                @for (_, word, name) in PARTS {
                    a href={ (path) "part=" (word) } data-sheet { (name) }
                }
            } }
        };
    }
    html! {
        section.card {
            nav.scale aria-label="Severity from 1 to 10" {
                @for n in 1..=10_u8 {
                    a class=(grade(n).0) href={ (path) "severity=" (n) } data-sheet
                        aria-label={ (n) " of 10, " (grade(n).1) } { (n) }
                }
            }
            p.scale-ends aria-hidden="true" { span { "I notice it" } span { "I cannot run" } }
            p.quiet { "1–2 mild, 3–5 moderate, 6–10 severe. When in doubt take the higher one." }
        }
    }
}

/// What it would change, more that can be said, and the button.
fn last(a: &Answers<'_>, done: Option<&Reported>, viewer: &Viewer, wrong: Option<&str>) -> Markup {
    let units = viewer.units();
    html! {
        section.card {
            div.chips {
                @if let Some((kind, _)) = a.kind { (parts::tag("", "", kind_name(kind))) }
                @if let Some((part, _)) = a.part { (parts::tag("", "", part_name(part))) }
                @if let Some(n) = a.severity { (severity_tag(n)) }
            }
            @if let Some(done) = done { (effects(done, units)) }
            form method="post" action="/health/report" {
                (details(a, viewer, wrong))
                div.actions {
                    button.button #save-report type="submit" { "Save and plan around it" }
                    button.button.second type="submit" formmethod="get" formaction="/health/report"
                        { "Show the changes again" }
                    a.button.ghost href="/health" data-close { "Cancel" }
                }
            }
        }
    }
}

fn effects(done: &Reported, units: Units) -> Markup {
    html! {
        @for flag in &done.consequences.red_flags {
            div.note.bad { p { strong { (fault::sentence(flag.advice())) } } }
        }
        div.effects { (why::list(&Reason::of_report(done, units))) }
        h3 { "This week" }
        p { "State: " strong { (done.change.state.name()) } ". " (done.change.state.meaning()) }
        ul.changes {
            @for day in &done.change.days {
                li {
                    span.when { (text::short_day(day.date)) }
                    span {
                        span.was { (planned(day.before, units)) } " "
                        span aria-hidden="true" { "→ " }
                        span.hidden { "becomes " }
                        span.now { (planned(day.after, units)) }
                    }
                }
            }
        }
        @if done.change.days.is_empty() { p.quiet { "No day to come changes." } }
    }
}

fn planned(p: Option<Planned>, units: Units) -> String {
    text::short_session(p.map(|p| (p.kind, p.distance_m)), units)
}

/// Signs, the day and the runner's words: all of it optional.
fn details(a: &Answers<'_>, viewer: &Viewer, wrong: Option<&str>) -> Markup {
    let kind = a.kind.map(|k| k.0);
    let pain = kind.is_some_and(has_part);
    html! {
        @if let Some((_, word)) = a.kind { input type="hidden" name="kind" value=(word); }
        @if let Some((_, word)) = a.part { input type="hidden" name="part" value=(word); }
        @if let Some(n) = a.severity { input type="hidden" name="severity" value=(n); }
        fieldset {
            legend { "Is any of this true?" }
            @for (name, words, _) in SIGNS.iter().filter(|s| s.2 == pain) {
                p { label.check {
                    input type="checkbox" name=(name) value="1"
                        checked[a.fields.get(name).is_some()];
                    span { (words) }
                } }
            }
        }
        div.fields {
            div {
                label { span { "Since" }
                    input type="date" name="day" max=(viewer.today)
                        value=(a.fields.get("day").unwrap_or(&viewer.today.to_string()))
                        aria-invalid=[wrong.map(|_| "true")]
                        aria-describedby=[wrong.map(|_| "day-error")];
                }
                (parts::field_error("day", wrong))
            }
            label { span { "In your own words " small { "optional" } }
                input type="text" name="description" maxlength="2000" autocomplete="off"
                    value=[a.fields.get("description")]; }
        }
    }
}

/// `POST /health/report`.
pub(crate) async fn save(
    State(web): State<Web>,
    viewer: Viewer,
    fields: Fields,
) -> Result<Response, Fault> {
    let answers = Answers::read(&fields);
    let Some(Ok(report)) = answers.report(viewer.today) else {
        let mut response = answer(&web, &viewer, &fields).await?;
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(response);
    };
    let known = web.app.health(&viewer.runner, viewer.today).await?;
    // The same form sent twice.
    let same = known.records.iter().map(|r| &r.record).any(|r| {
        let open = r.closed.is_none() && r.day == report.day;
        open && (r.kind, r.part, r.severity) == (report.kind, report.part, report.severity)
    });
    if !same {
        match web.app.report_health(&viewer.runner, &report, false).await {
            Ok(_) => {}
            Err(AppError::BadInput(_)) => return answer(&web, &viewer, &fields).await,
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Redirect::to("/health?said=reported").into_response())
}
