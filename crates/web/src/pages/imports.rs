//! Imports: those of the past, and of each what became of every row, with what can be done about
//! it: try again, upload again, take it back.

use crate::auth::Viewer;
use crate::draft::Draft;
use crate::fault::Fault;
use crate::pages::welcome;
use crate::parts::{self, NEWEST_FIRST, Pages};
use crate::shell::{self, Refresh, Tab};
use crate::{Web, text};
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use hermes_app::{
    AppError, Counts, ImportPage, ImportSource, ImportState, ImportSummary, Kind, LedgerEntry,
    Outcome,
};
use maud::{Markup, html};
use serde::Deserialize;
use uuid::Uuid;

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    page: Option<String>,
    only: Option<String>,
    said: Option<String>,
    part: Option<String>,
}

impl Asked {
    fn page(&self) -> u32 {
        self.page.as_deref().and_then(|p| p.parse().ok()).unwrap_or(1)
    }

    fn only(&self) -> Option<Outcome> {
        let only = self.only.as_deref()?;
        Outcome::ALL.into_iter().find(|o| o.name() == only)
    }
}

/// `GET /imports`: with `?part=1` only what changes while one is running.
pub(crate) async fn list(
    State(web): State<Web>,
    viewer: Viewer,
    Query(asked): Query<Asked>,
) -> Result<Response, Fault> {
    let status = web.app.import_status(viewer.runner.id);
    let running = welcome::is_running(status.as_ref());
    let progress = welcome::live(
        status.as_ref(),
        "/imports",
        &html! {
            @if let Some(ImportState::Failed(why)) = status.as_ref().map(|s| &s.state) {
                (parts::problem(Some(why)))
            }
        },
    );
    if asked.part.is_some() {
        return Ok(progress.into_response());
    }
    let found = web.app.imports_page(&viewer.runner, asked.page()).await?;
    let body = html! {
        header.page-head {
            p.eyebrow { "Where your runs came from" }
            h1 { "Imports" }
        }
        (progress)
        @if found.items.is_empty() && !running {
            section.card.empty {
                h2 { "Nothing was imported yet" }
                p { "Archives, files of your watch and runs entered by hand are listed here, with \
                     what became of each row." }
            }
        }
        @if !found.items.is_empty() {
            section.card.flush {
                ul.imports { @for one in &found.items { (row(one, running)) } }
            }
        }
        (parts::pager(found.page, Pages::More(found.has_more), NEWEST_FIRST, |page| {
            format!("/imports?page={page}")
        }))
        @if !running {
            section.card aria-labelledby="upload-title" {
                h2 #upload-title { "Import more" }
                (welcome::upload_form(web.config.max_upload_bytes, &Draft::default()))
            }
        }
    };
    let refresh = if running { Refresh::Soon } else { Refresh::Never };
    Ok(shell::page_that(Tab::Activities, "Imports", &viewer, refresh, &body).into_response())
}

const fn source(source: ImportSource) -> &'static str {
    match source {
        ImportSource::StravaArchive => "Strava archive",
        ImportSource::Strava => "Strava",
        ImportSource::File => "Files",
        ImportSource::Manual => "By hand",
    }
}

fn title(one: &ImportSummary) -> String {
    let source = source(one.import.source);
    match one.import.name.as_str() {
        "" => source.to_owned(),
        // A folder of Strava's has the number of the athlete for a name.
        name if name.chars().all(|c| c.is_ascii_digit()) => format!("{source} {name}"),
        name => name.to_owned(),
    }
}

/// What became of an import, as a chip.
fn state(one: &ImportSummary, running: bool) -> Markup {
    let import = &one.import;
    match (import.rolled_back_at, import.finished_at, import.source) {
        (Some(_), ..) => parts::tag("", "↩", "taken back"),
        (_, _, ImportSource::Strava) => parts::tag("accent", "", "goes on"),
        (_, None, _) if running => parts::tag("accent", "", "under way"),
        (_, None, _) => parts::tag("bad", "!", "broken off"),
        _ if one.counts.failed > 0 => {
            parts::tag("warn", "!", &format!("{} failed", one.counts.failed))
        }
        _ => parts::tag("good", "✓", "done"),
    }
}

fn row(one: &ImportSummary, running: bool) -> Markup {
    let newest = running && one.import.finished_at.is_none();
    html! {
        li {
            a href={ "/imports/" (one.import.id) } { strong { (title(one)) } }
            (state(one, newest))
            span.quiet {
                (text::moment(&one.began)) " · " (source(one.import.source))
            }
            span.quiet.outcomes { (in_words(one.counts)) }
        }
    }
}

fn in_words(counts: Counts) -> String {
    let said = Outcome::ALL.into_iter().filter(|o| counts.having(*o) > 0);
    let said: Vec<String> =
        said.map(|o| format!("{} {}", counts.having(o), word(o).to_lowercase())).collect();
    if said.is_empty() { "nothing in it".to_owned() } else { said.join(" · ") }
}

const fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::New => "New",
        Outcome::Updated => "Updated",
        Outcome::Unchanged => "Unchanged",
        Outcome::Duplicate => "Duplicate",
        Outcome::Skipped => "Skipped",
        Outcome::Failed => "Failed",
    }
}

const fn colour(outcome: Outcome) -> (&'static str, &'static str) {
    match outcome {
        Outcome::New => ("good", "+"),
        Outcome::Updated => ("accent", "~"),
        Outcome::Unchanged => ("", "="),
        Outcome::Duplicate => ("", "2"),
        Outcome::Skipped => ("warn", "–"),
        Outcome::Failed => ("bad", "×"),
    }
}

fn no_such_import() -> Fault {
    AppError::NotFound("there is no such import; /imports lists yours".to_owned()).into()
}

/// `GET /imports/{id}`.
pub(crate) async fn one(
    State(web): State<Web>,
    viewer: Viewer,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Markup, Fault> {
    let id: Uuid = id.parse().map_err(|_| no_such_import())?;
    shown(&web, &viewer, id, &asked, None).await
}

async fn shown(
    web: &Web,
    viewer: &Viewer,
    id: Uuid,
    asked: &Asked,
    problem: Option<&str>,
) -> Result<Markup, Fault> {
    let (only, folder) = (asked.only(), &web.config.upload_dir);
    let found = web.app.import_page(&viewer.runner, id, only, asked.page(), folder).await?;
    let found = found.ok_or_else(no_such_import)?;
    let running = welcome::is_running(web.app.import_status(viewer.runner.id).as_ref());
    let one = &found.summary;
    let body = html! {
        @if asked.said.as_deref() == Some("undone") {
            div.toast role="status" {
                p { "Taken back. What other imports tell of the same runs still counts." }
            }
        }
        header.page-head {
            p.eyebrow { a href="/imports" { "Imports" } }
            h1 { (title(one)) }
            p.state {
                (state(one, running)) span { (source(one.import.source)) }
                span { (text::long_day(one.began.0)) ", " (text::time_of_day(&one.began.1)) }
            }
        }
        (parts::problem(problem))
        (what_next(&found, running))
        section.card aria-labelledby="rows-title" {
            h2 #rows-title { "What became of each row" }
            (filters(id, one.counts, only))
            @if found.rows.is_empty() { p.quiet { "There is no such row." } }
            @else { (rows(&found.rows)) }
            (pager(id, &found, only))
        }
        @if one.import.rolled_back_at.is_none() && one.import.finished_at.is_some()
            && one.import.source != ImportSource::Strava { (take_back(id)) }
    };
    Ok(shell::page(Tab::Activities, &title(one), viewer, &body))
}

/// What can be done about what failed.
fn what_next(found: &ImportPage, running: bool) -> Markup {
    let (one, retry) = (&found.summary, &found.retry);
    let import = &one.import;
    let broken_off = import.finished_at.is_none() && import.rolled_back_at.is_none();
    let upload = html! { a href="/imports" { "Upload again" } };
    html! {
        @if import.source == ImportSource::Strava {
            p.quiet { "What Strava sends goes on by itself. "
                a href="/connect/strava" { "Connection to Strava" } }
        }
        @if broken_off && !running {
            section.card {
                h2 { "It was broken off" }
                p { "What was taken until then stays. " (upload) ": what is there already is "
                    "recognised, and nothing is doubled." }
            }
        }
        @if retry.kept > 0 {
            section.card {
                h2 { "Try again" }
                p {
                    (text::count(retry.kept as i64, "file")) " that failed "
                    @if retry.kept == 1 { "is" } @else { "are" } " still here, for "
                    (hermes_app::KEPT_FOR.as_hours() / 24) " days after the upload."
                }
                form method="post" action={ "/imports/" (import.id) "/retry" } {
                    button.button #retry type="submit" disabled[running] {
                        "Try " @if retry.kept == 1 { "it" } @else { "them" } " again"
                    }
                }
            }
        }
        @if !retry.gone.is_empty() {
            p.quiet {
                "Not here any more: " (retry.gone.join(", "))
                @if one.counts.failed as usize > retry.gone.len() + retry.kept { " and others" }
                ". " (upload) " what you have of them; a row of an archive comes with its archive."
            }
        }
    }
}

fn filters(id: Uuid, counts: Counts, only: Option<Outcome>) -> Markup {
    html! {
        nav.views.outcomes aria-label="Outcomes" {
            a href={ "/imports/" (id) } aria-current=[only.is_none().then_some("page")] {
                "All " (counts.all()) }
            @for o in Outcome::ALL.into_iter().filter(|o| counts.having(*o) > 0) {
                a href={ "/imports/" (id) "?only=" (o.name()) }
                    aria-current=[(only == Some(o)).then_some("page")] {
                    (word(o)) " " (counts.having(o)) }
            }
        }
    }
}

fn rows(rows: &[LedgerEntry]) -> Markup {
    html! {
        table.plain.ledger {
            thead { tr { th.num scope="col" { "Row" } th scope="col" { "Activity or file" }
                th scope="col" { "Outcome" } } }
            tbody { @for r in rows {
                @let (class, sign) = colour(r.outcome);
                tr {
                    td.num { (r.row) }
                    td {
                        @match &r.activity {
                            Some((id, name)) => {
                                a href={ "/activities/" (id) } {
                                    @if name.is_empty() { (r.item) } @else { (name) }
                                }
                                @if !name.is_empty() { small.why-line { (r.item) } }
                            }
                            None => (r.item),
                        }
                        @if let Some(why) = &r.reason {
                            small.why-line { (crate::fault::sentence(why)) }
                        }
                    }
                    td { (parts::tag(class, sign, word(r.outcome))) }
                }
            } }
        }
    }
}

fn pager(id: Uuid, found: &ImportPage, only: Option<Outcome>) -> Markup {
    let only = only.map(|o| format!("&only={}", o.name())).unwrap_or_default();
    let to = |page: u32| format!("/imports/{id}?page={page}{only}");
    parts::pager(found.page, Pages::Of(found.pages), ["← Earlier rows", "Later rows →"], to)
}

fn take_back(id: Uuid) -> Markup {
    html! {
        section.card.small {
            details.add {
                summary { "Take this import back" }
                p { "Runs that only this import told of count for nothing any more, and plans, \
                     predictions and meters are worked out anew without them. Runs that another \
                     import tells of, too, stay. Importing the same again brings them back." }
                form method="post" action={ "/imports/" (id) "/undo" } {
                    button.button.second type="submit" { "Take it back" }
                }
            }
        }
    }
}

/// `POST /imports/{id}/retry`.
pub(crate) async fn retry(
    State(web): State<Web>,
    viewer: Viewer,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    let id: Uuid = id.parse().map_err(|_| no_such_import())?;
    match web.app.retry_import(&viewer.runner, id, &web.config.upload_dir).await {
        Ok(_) => Ok(Redirect::to("/imports").into_response()),
        Err(error) if matches!(error.kind(), Kind::BadInput | Kind::Conflict) => {
            let why = error.to_string();
            let page = shown(&web, &viewer, id, &Asked::default(), Some(&why)).await?;
            Ok((crate::fault::status(error.kind()), page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /imports/{id}/undo`. Sent twice, it is taken back once.
pub(crate) async fn undo(
    State(web): State<Web>,
    viewer: Viewer,
    Path(id): Path<String>,
) -> Result<Redirect, Fault> {
    let id: Uuid = id.parse().map_err(|_| no_such_import())?;
    let folder = &web.config.upload_dir;
    let found = web.app.import_page(&viewer.runner, id, None, 1, folder).await?;
    let import = found.ok_or_else(no_such_import)?.summary.import;
    if import.rolled_back_at.is_none() {
        web.app.undo_import(&viewer.runner, id).await?;
    }
    Ok(Redirect::to(&format!("/imports/{id}?said=undone")))
}
