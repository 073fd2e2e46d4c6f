//! The onboarding: import, calibration, goal, preferences, first plan. Every step can be left and
//! come back to; where it stands is in the database, not in the browser.

use crate::auth::Viewer;
use crate::draft::Draft;
use crate::fault::{self, Fault};
use crate::form::Fields;
use crate::pages::{settings, today};
use crate::shell::{self, Refresh, Step, Tab};
use crate::why::{self, Reason};
use crate::{Web, chart, parts, session, text};
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use hermes_app::{ActivityView, Calibration, Counts, ImportState, ImportStatus, Ledger, WeekView};
use hermes_engine::calibrate::{Basis, Profile};
use hermes_engine::evidence;
use hermes_engine::units::{Metres, Units};
use maud::{Markup, html};
use serde::Deserialize;

/// Rows of the ledger that are listed.
const PROBLEMS: usize = 50;
/// Runs of a basis, and runs that do not count, that are listed.
const SOURCES: usize = 12;

/// Whether only the changing part is wanted.
#[derive(Debug, Deserialize)]
pub(crate) struct Part {
    part: Option<String>,
}

/// `GET /welcome/import`: the whole step, or with `?part=1` only its changing part.
pub(crate) async fn import(
    State(web): State<Web>,
    viewer: Viewer,
    Query(query): Query<Part>,
) -> Result<Response, Fault> {
    if query.part.is_none() {
        return Ok(import_page(&web, &viewer, &Draft::default()).await?.into_response());
    }
    let status = web.app.import_status(viewer.runner.id);
    let ledger = match is_running(status.as_ref()) {
        true => None,
        false => web.app.ledger(&viewer.runner).await?,
    };
    Ok(state(status.as_ref(), ledger.as_ref(), viewer.units()).into_response())
}

/// The first step, with what was wrong with the last try.
pub(crate) async fn import_page(
    web: &Web,
    viewer: &Viewer,
    draft: &Draft,
) -> Result<Markup, Fault> {
    let status = web.app.import_status(viewer.runner.id);
    let running = is_running(status.as_ref());
    let ledger = if running { None } else { web.app.ledger(&viewer.runner).await? };
    let again = ledger.is_some();
    let under_way = web.app.progress(&viewer.runner).await?.has_plan;
    let body = html! {
        header.page-head {
            p.eyebrow { @if under_way { "Import" } @else { "Step 1 of 5" } }
            h1 {
                @if under_way { "Bring more runs" }
                @else if again { "Your runs are here" }
                @else { "Bring your runs" }
            }
            p.lead {
                "Hermes plans from what you really ran. Give it the archive of your Strava \
                 account, or files of your watch: they are read on this machine and stay here."
            }
        }
        (state(status.as_ref(), ledger.as_ref(), viewer.units()))
        @if !running {
            section.card aria-labelledby="upload-title" {
                h2 #upload-title { @if again { "Import more" } @else { "Your archive or files" } }
                (upload_form(web.config.max_upload_bytes, draft))
                (where_from())
            }
        }
        @if !running && !again && !under_way {
            p.quiet { "Nothing to import? "
                a href="/activities/new" { "Enter a run by hand" } ", or "
                a href=(Step::Goal.path()) { "start without history" }
                ": the first weeks are gentle, and Hermes learns as you run." }
        }
    };
    let refresh = if running { Refresh::Soon } else { Refresh::Never };
    if under_way {
        return Ok(shell::page_that(Tab::Activities, "Import", viewer, refresh, &body));
    }
    Ok(shell::step(Step::Import, "Your runs", refresh, &body))
}

pub(crate) fn is_running(status: Option<&ImportStatus>) -> bool {
    status.is_some_and(|s| s.state == ImportState::Running)
}

pub(crate) fn upload_form(most: u64, draft: &Draft) -> Markup {
    html! {
        form.upload method="post" action="/welcome/import" enctype="multipart/form-data"
            data-most=(most) {
            label.drop {
                span.drop-title { "Choose your archive or files" }
                span.quiet {
                    "export_….zip, activities.csv from inside it, or any number of FIT, GPX and \
                     TCX files; drop them here"
                }
                input #archive type="file" name="archive" required multiple
                    accept=".zip,.csv,.fit,.gpx,.tcx,.gz" aria-invalid=[draft.invalid("archive")]
                    aria-describedby=[draft.described("archive")]
                    autofocus[draft.focus("archive")];
            }
            (draft.error("archive"))
            button.button.wide type="submit" { "Import" }
            div.upload-progress hidden {
                progress max="100" value="0" aria-label="Upload" {}
                p.quiet role="status" {}
            }
        }
    }
}

fn where_from() -> Markup {
    html! {
        details.add {
            summary { "Where do I get it?" }
            ol {
                li { "On strava.com, open Settings, then My Account." }
                li { "Under \"Download or Delete Your Account\" choose Get Started, then request \
                      your archive." }
                li { "Strava mails a link to a zip within some hours." }
            }
        }
    }
}

/// The changing part: nothing, progress, or the ledger.
fn state(status: Option<&ImportStatus>, ledger: Option<&Ledger>, units: Units) -> Markup {
    live(
        status,
        "/welcome/import",
        &html! {
            @match (status, ledger) {
                (Some(ImportStatus { state: ImportState::Failed(why), .. }), ledger) => {
                    p.problem role="alert" { (fault::sentence(why)) }
                    @if let Some(ledger) = ledger { (ledger_card(ledger, units)) }
                }
                (_, Some(ledger)) => (ledger_card(ledger, units)),
                (_, None) => {}
            }
        },
    )
}

/// An import while it runs, else what follows it. A script asks `page?part=1` for this part while
/// it runs, and then opens the page anew.
pub(crate) fn live(status: Option<&ImportStatus>, page: &str, ended: &Markup) -> Markup {
    let running = status.filter(|_| is_running(status));
    html! {
        div #import data-follow=(page) data-running[running.is_some()] aria-live="polite" {
            @match running {
                Some(status) => (running_card(status)),
                None => (ended),
            }
        }
    }
}

fn running_card(s: &ImportStatus) -> Markup {
    html! {
        section.card {
            h2 { "Reading " (s.name) }
            @if s.rows_total > 0 {
                progress max=(s.rows_total) value=(s.rows_done) aria-label="Import" {}
                p { strong { (s.rows_done) } " of " (s.rows_total) " activities" }
            } @else {
                progress aria-label="Import" {}
                p { strong { (s.rows_done) } " activities so far" }
            }
            p.quiet { "You can leave this page; the import goes on." }
        }
    }
}

fn counts(c: Counts) -> Vec<(&'static str, u64)> {
    [
        ("new", c.new),
        ("updated", c.updated),
        ("unchanged", c.unchanged),
        ("duplicates", c.duplicate),
        ("skipped", c.skipped),
        ("failed", c.failed),
    ]
    .into_iter()
    .filter(|(_, n)| *n > 0)
    .collect()
}

fn ledger_card(ledger: &Ledger, units: Units) -> Markup {
    html! {
        section.card.done-card aria-labelledby="ledger-title" {
            p.eyebrow { (ledger.name) }
            h2 #ledger-title {
                (text::count(ledger.runs, "run")) ", " (units.distance(ledger.run_km))
            }
            @if let (Some(first), Some(last)) = (ledger.first, ledger.last) {
                p { "From " (text::date(first)) " to " (text::date(last)) "." }
            }
            ul.counts {
                @for (word, n) in counts(ledger.counts) { li { strong { (n) } " " (word) } }
            }
            @if !ledger.problems.is_empty() { (problems(ledger)) }
            p { a.button href=(Step::Calibration.path()) { "See what Hermes found" } }
        }
    }
}

fn problems(ledger: &Ledger) -> Markup {
    let more = ledger.problems.len().saturating_sub(PROBLEMS);
    html! {
        details.add {
            summary { (text::count(ledger.problems.len() as i64, "row")) " not simply taken" }
            table.plain {
                thead { tr { th.num scope="col" { "Row" } th scope="col" { "Activity" }
                    th scope="col" { "Outcome" } } }
                tbody { @for line in ledger.problems.iter().take(PROBLEMS) {
                    tr {
                        td.num { (line.row) }
                        td { (line.item) }
                        td { (fault::sentence(&line.outcome)) " " (fault::sentence(&line.reason)) }
                    }
                } }
            }
            @if more > 0 { p.quiet { "and " (more) " more" } }
            p { a.more href={ "/imports/" (ledger.id) } { "All rows, and trying again" } }
        }
    }
}

/// `GET /welcome/calibration`.
pub(crate) async fn calibration(State(web): State<Web>, viewer: Viewer) -> Result<Markup, Fault> {
    let found = web.app.calibration(&viewer.runner).await?;
    let under_way = web.app.progress(&viewer.runner).await?.has_plan;
    let units = viewer.units();
    let p = &found.profile;
    let lead = if p.calibrated {
        "This is what your runs say about you today. Every plan starts from here, and it is worked \
         out anew each week."
    } else {
        "There is too little history to be sure, so these figures are cautious. They get better \
         with every run."
    };
    let body = html! {
        header.page-head {
            p.eyebrow { @if under_way { "Calibration" } @else { "Step 2 of 5" } }
            h1 { "What Hermes found" }
            p.lead { (lead) }
        }
        @if p.km_90 == Metres::ZERO && p.fitness.is_none() {
            (parts::no_runs())
        } @else {
            (figures(p, units))
            div.columns {
                div.main-column { (predictions(&found, units)) (bases(&found, units)) }
                aside.side-column { (today::paces(p, units)) (rejected(&found, units)) }
            }
        }
        @if !under_way {
            p.onward { a.button href=(Step::Goal.path()) { "Next: your goal" } }
        }
    };
    if under_way {
        return Ok(shell::page(Tab::Trends, "Calibration", &viewer, &body));
    }
    Ok(shell::step(Step::Calibration, "Calibration", Refresh::Never, &body))
}

fn figures(p: &Profile, units: Units) -> Markup {
    html! {
        section.card {
            dl.figures.wide {
                @let capacity = units.distance(p.capacity);
                (parts::figure("Weekly capacity", &capacity, "what you can repeat"))
                (parts::figure("Last 28 days", &units.distance(p.km_28), ""))
                (parts::figure("Runs a week", &p.usual_runs.to_string(), "usually"))
                (parts::figure("Long run on", p.long_run_day.name(), ""))
                (parts::figure("Consistency", &percent(p.consistency), ""))
                (parts::figure("Durability", &percent(p.durability), ""))
                @if let Some(hr) = p.max_heart_rate {
                    (parts::figure("Highest heart rate", &format!("{hr} bpm"), ""))
                }
                (parts::figure("Fitness value", &p.value.text(), "Daniels-Gilbert"))
            }
        }
    }
}

fn percent(permille: i64) -> String {
    format!("{} %", (permille + 5).div_euclid(10))
}

fn predictions(found: &Calibration, units: Units) -> Markup {
    html! {
        @if !found.profile.predictions.is_empty() {
            section.card aria-labelledby="races-title" {
                h2 #races-title { "If you raced today" }
                table.plain.predictions {
                    thead { tr {
                        th scope="col" { "Distance" }
                        th.num scope="col" { "Time" }
                        th.num scope="col" { "8 in 10 lie between" }
                        th.num scope="col" { "Pace" }
                    } }
                    tbody { @for p in &found.profile.predictions {
                        tr {
                            th scope="row" { (p.distance.name()) }
                            td.num { strong { (p.time.clock_text()) } }
                            td.num { (p.low.clock_text()) " – " (p.high.clock_text()) }
                            td.num { (units.pace(p.pace())) }
                        }
                    } }
                }
                (why::list(&reasons(found, units)))
            }
        }
    }
}

/// Why the predictions were made as they were, each reason once.
fn reasons(found: &Calibration, units: Units) -> Vec<Reason> {
    let mut methods = Vec::new();
    let predictions = found.profile.predictions.iter();
    let first = predictions.filter(|p| {
        let is_new = !methods.contains(&p.method);
        methods.push(p.method);
        is_new
    });
    first.map(|p| Reason::predicted(p, units)).collect()
}

fn bases(found: &Calibration, units: Units) -> Markup {
    html! {
        section.card aria-labelledby="basis-title" {
            h2 #basis-title { "What each figure rests on" }
            @for basis in &found.profile.basis { (basis_row(basis, found, units)) }
        }
    }
}

fn basis_row(basis: &Basis, found: &Calibration, units: Units) -> Markup {
    let sources: Vec<&ActivityView> =
        basis.activities.iter().rev().filter_map(|id| found.sources.get(id)).collect();
    let sure = match basis.confidence {
        700.. => "sure",
        400.. => "fairly sure",
        _ => "a guess",
    };
    html! {
        details.basis {
            summary {
                span.name { (basis.figure.title()) }
                (chart::share(Metres(basis.confidence), Metres(1000)))
                span.quiet { (sure) ", " (percent(basis.confidence)) }
            }
            div.inside {
                p.quiet {
                    @if sources.is_empty() { "From a formula; no run of yours shows it yet." }
                    @else { "From " (text::count(basis.activities.len() as i64, "run")) ":" }
                }
                (source_list(sources.into_iter().take(SOURCES), units))
                div.why-list { div.evidence {
                    @for source in evidence::named(&basis.rule) { p { (source.text()) } }
                } }
            }
        }
    }
}

fn source_list<'a>(sources: impl Iterator<Item = &'a ActivityView>, units: Units) -> Markup {
    html! {
        ul.runs {
            @for a in sources {
                li {
                    span.when { (text::date(a.day)) }
                    span.name { (text::activity_name(a)) @if a.race { span.pill.race { "Race" } } }
                    span.facts {
                        span { (units.distance(a.distance)) }
                        @if let Some(pace) = a.pace { span { (units.pace(pace)) } }
                    }
                    @if let Some(why) = &a.rejected { small.reason { (fault::sentence(why)) } }
                }
            }
        }
    }
}

fn rejected(found: &Calibration, units: Units) -> Markup {
    let all = &found.profile.rejected;
    let shown = all.iter().rev().filter_map(|(id, _)| found.sources.get(id)).take(SOURCES);
    html! {
        @if !all.is_empty() {
            section.card aria-labelledby="rejected-title" {
                h2 #rejected-title { (text::count(all.len() as i64, "run")) " left out" }
                p.quiet { "They stay in your list and count for nothing." }
                (source_list(shown, units))
            }
        }
    }
}

/// `GET /welcome/goal`.
pub(crate) async fn goal(State(web): State<Web>, viewer: Viewer) -> Result<Markup, Fault> {
    goal_page(&web, &viewer, &Draft::default()).await
}

async fn goal_page(web: &Web, viewer: &Viewer, draft: &Draft) -> Result<Markup, Fault> {
    let goals = web.app.goals(&viewer.runner).await?;
    let body = html! {
        header.page-head {
            p.eyebrow { "Step 3 of 5" }
            h1 { "What are you training for?" }
            p.lead { "A race up to two years away. You can change it at any time." }
        }
        @if !goals.is_empty() {
            section.card { h2 { "Your goals" } (settings::goal_list(&goals)) }
        }
        section.card {
            form method="post" action="/welcome/goal" {
                (settings::goal_fields(viewer, draft))
                button.button type="submit" { "Set this goal" }
            }
        }
        p.onward {
            a.button.second href=(Step::Preferences.path()) {
                @if goals.is_empty() { "No race: just keep me fit" } @else { "Next: preferences" }
            }
        }
    };
    Ok(shell::step(Step::Goal, "Goal", Refresh::Never, &body))
}

/// `POST /welcome/goal`.
pub(crate) async fn save_goal(
    State(web): State<Web>,
    viewer: Viewer,
    fields: Fields,
) -> Result<Response, Fault> {
    match settings::save_goal(&web, &viewer, &fields).await? {
        Ok(()) => Ok(Redirect::to(Step::Preferences.path()).into_response()),
        Err((code, wrong)) => {
            let page = goal_page(&web, &viewer, &Draft::back(fields, wrong)).await?;
            Ok((code, page).into_response())
        }
    }
}

/// `GET /welcome/preferences`.
pub(crate) async fn preferences(viewer: Viewer) -> Markup {
    preferences_page(&viewer, &Draft::default())
}

fn preferences_page(viewer: &Viewer, draft: &Draft) -> Markup {
    let body = html! {
        header.page-head {
            p.eyebrow { "Step 4 of 5" }
            h1 { "Your week" }
            p.lead {
                "When you can run, and how much you want. Safety rules stand above all of it."
            }
        }
        section.card {
            form method="post" action="/welcome/preferences" {
                (settings::preference_fields(viewer, draft))
                button.button type="submit" { "Save and go on" }
            }
        }
    };
    shell::step(Step::Preferences, "Preferences", Refresh::Never, &body)
}

/// `POST /welcome/preferences`.
pub(crate) async fn save_preferences(
    State(web): State<Web>,
    viewer: Viewer,
    fields: Fields,
) -> Result<Response, Fault> {
    match settings::store_preferences(&web, &viewer, &fields).await? {
        Ok(()) => Ok(Redirect::to(Step::Plan.path()).into_response()),
        Err((code, wrong)) => {
            let page = preferences_page(&viewer, &Draft::back(fields, wrong));
            Ok((code, page).into_response())
        }
    }
}

/// `GET /welcome/plan`.
pub(crate) async fn plan(State(web): State<Web>, viewer: Viewer) -> Result<Markup, Fault> {
    let progress = web.app.progress(&viewer.runner).await?;
    let start = viewer.week_of(viewer.today);
    let mut weeks = Vec::new();
    if progress.has_plan {
        weeks.extend(web.app.week(&viewer.runner, start).await?);
        weeks.extend(web.app.week(&viewer.runner, start + 7).await?);
        weeks.retain(|w| w.plan.is_some());
    }
    let goal = web.app.goals(&viewer.runner).await?.into_iter().find(|g| g.days_left >= 0);
    let body = html! {
        header.page-head {
            p.eyebrow { "Step 5 of 5" }
            h1 { @if weeks.is_empty() { "Ready for your first plan" } @else { "Your first plan" } }
            @match &goal {
                Some(g) => p.lead { "The road to your " (g.goal.distance.name()) " on "
                    (text::long_day(g.goal.day)) " begins here." },
                None => p.lead { "No race is set: these weeks build your base." },
            }
        }
        @if weeks.is_empty() { (make_plan()) }
        @for week in &weeks { (first_week(week, &viewer)) }
        @if !weeks.is_empty() { p.onward { a.button href="/today" { "Go to today" } } }
    };
    Ok(shell::step(Step::Plan, "First plan", Refresh::Never, &body))
}

fn make_plan() -> Markup {
    html! {
        section.card {
            p {
                "Hermes publishes one week at a time: the rest of this week now, the next one as a \
                 draft. Each session says why it is there, and an independent check holds every \
                 week against the safety rules before you see it."
            }
            form method="post" action="/welcome/plan" {
                button.button.wide #publish type="submit" { "Make my plan" }
            }
        }
    }
}

fn first_week(week: &WeekView, viewer: &Viewer) -> Markup {
    let units = viewer.units();
    let this = week.week_start == viewer.week_of(viewer.today);
    html! {
        section.card aria-label="Week" {
            p.eyebrow { @if this { "This week" } @else { "Next week, a draft" } }
            h2 { (text::week_span(week.week_start)) ": " (units.distance(week.planned)) }
            @if let Some(plan) = &week.plan {
                @if plan.sessions.is_empty() {
                    p { "Nothing more is planned in this week." }
                }
                @for s in &plan.sessions {
                    details class={ "session " (session::family(s.kind)) } {
                        summary {
                            span.when { (text::short_day(s.day)) }
                            span.name { (text::title(s)) }
                            (session::facts(s, units))
                        }
                        div.inside { (session::body(s, plan, units)) }
                    }
                }
                (session::week_reasons(plan, units))
            }
        }
    }
}

/// `POST /welcome/plan`.
pub(crate) async fn publish(State(web): State<Web>, viewer: Viewer) -> Result<Redirect, Fault> {
    web.app.publish(&viewer.runner).await?;
    Ok(Redirect::to(Step::Plan.path()))
}
