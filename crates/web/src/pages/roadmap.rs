//! Roadmap: the way to race day as a line of time, what is likely on it, and what a change would do.

use crate::auth::Viewer;
use crate::chart::{self, Band, Goal, Lines, Series, Stone, Timeline, WeekBar};
use crate::fault::{self, Fault};
use crate::form::Fields;
use crate::shell::{self, Tab};
use crate::{Web, parts, text};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use hermes_app::{AppError, Outlooks, RoadChange, Roads, WeekVolume};
use hermes_engine::calendar::Day;
use hermes_engine::forecast::{Expected, Forecast, Scenario};
use hermes_engine::milestone::{Feasibility, Milestone, Roadmap};
use hermes_engine::units::{Metres, Seconds, Units};
use maud::{Markup, html};

/// Fewest and most weeks behind this one that are drawn.
const BEHIND: (i64, i64) = (4, 40);
/// Changes of the road that are listed.
const CHANGES: usize = 5;
/// Most sick days that a what-if takes.
const SICK_DAYS_MAX: i64 = 60;

/// What is wrong with one field of the what-if.
struct Wrong {
    field: &'static str,
    sentence: String,
}

/// `GET /roadmap`, with the fields of the what-if where something was asked.
pub(crate) async fn page(
    State(web): State<Web>,
    viewer: Viewer,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Response, Fault> {
    let fields = Fields::of(pairs);
    let (scenario, mut wrong) = match read(&fields, viewer.today) {
        Ok(scenario) => (scenario, None),
        Err(wrong) => (Scenario::default(), Some(wrong)),
    };
    let today = viewer.today;
    let outlook = match web.app.forecast(&viewer.runner, today, &scenario).await {
        Ok(outlook) => outlook,
        Err(AppError::BadInput(sentence)) => {
            wrong = Some(Wrong { field: "ill_from", sentence });
            web.app.forecast(&viewer.runner, today, &Scenario::default()).await?
        }
        Err(error) => return Err(error.into()),
    };
    let (roads, changes) = web.app.roads(&viewer.runner, today).await?;
    let this = viewer.week_of(today);
    let begun = roads.roadmaps.iter().flat_map(|r| &r.spans).map(|s| s.start).min();
    let weeks = begun.map_or(0, |day| (this - viewer.week_of(day)) / 7);
    let behind = u8::try_from(weeks.clamp(BEHIND.0, BEHIND.1)).unwrap_or_default();
    let volumes = web.app.volumes(&viewer.runner, this - 7 * i64::from(behind), behind + 1).await?;
    let road = roads.roadmaps.first();
    let plain = outlook.plain.first().map(|(_, f)| f);
    let body = html! {
        (head(road, today))
        @match road {
            None => (no_road()),
            Some(road) => (leading(road, &roads, plain, &volumes, &viewer)),
        }
        div.columns {
            div.main-column {
                @if let Some((road, plain)) = road.zip(plain) {
                    section.card aria-labelledby="time-title" {
                        h2 #time-title { "Predicted time, week by week" }
                        (predicted(road, plain))
                    }
                }
                (what_if(&outlook, &fields, wrong.as_ref(), &viewer))
            }
            aside.side-column {
                @if let Some(road) = road { (phases(road, &viewer)) (milestones(road, plain)) }
                (others(&roads))
                (changed(&changes))
            }
        }
    };
    let code = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((code, shell::page(Tab::Roadmap, "Roadmap", &viewer, &body)).into_response())
}

fn head(road: Option<&Roadmap>, today: Day) -> Markup {
    html! {
        header.page-head {
            p.eyebrow { "Roadmap" }
            @match road {
                Some(road) => {
                    h1 { (road.goal.distance.name()) }
                    p.lead { (text::long_day(road.goal.day)) ", "
                        (text::in_days(road.goal.day - today)) }
                },
                None => h1 { "No race yet" },
            }
        }
    }
}

fn no_road() -> Markup {
    html! {
        section.card.empty {
            h2 { "A race makes a road" }
            p { "With a race in the calendar Hermes lays phases back from race day, says what is \
                 within reach, and plans towards it. Until then weeks stay near what you run." }
            p { a.button href="/settings#goals" { "Set a goal" } }
        }
    }
}

fn leading(
    road: &Roadmap,
    roads: &Roads,
    plain: Option<&Forecast>,
    behind: &[WeekVolume],
    viewer: &Viewer,
) -> Markup {
    let units = viewer.units();
    let spans: Vec<_> = roads.roadmaps.iter().flat_map(|r| r.spans.iter().copied()).collect();
    let end = spans.iter().map(|s| s.end).max().unwrap_or(viewer.today);
    let weeks = weeks(behind, plain, end);
    let all = roads.roadmaps.iter().flat_map(|r| &r.milestones);
    let stones: Vec<Stone> = all
        .map(|m| Stone { day: m.day, name: m.name.clone(), reached: m.achieved.is_some() })
        .collect();
    html! {
        section.card aria-label="Feasibility" {
            p { (feasibility(road.verdict.feasibility)) }
            p.verdict-words { (text::dated(&road.verdict.text(road.goal.distance))) }
            @if let Some(expected) = plain.and_then(Forecast::final_time) {
                (expected_figures(road, &expected))
            }
        }
        section.card aria-labelledby="line-title" {
            h2 #line-title { "The road" }
            (chart::timeline(&Timeline {
                today: viewer.today,
                phases: &spans,
                weeks: &weeks,
                stones: &stones,
                units,
            }))
        }
    }
}

/// Weeks behind as they were, this one, and weeks ahead as they are likely.
fn weeks(behind: &[WeekVolume], plain: Option<&Forecast>, end: Day) -> Vec<WeekBar> {
    let mut weeks: Vec<WeekBar> = behind.iter().map(WeekBar::from).collect();
    let last = weeks.last().map(|w| w.start);
    let ahead = plain.into_iter().flat_map(|f| &f.weeks);
    let ahead = ahead.filter(|w| last.is_none_or(|l| w.start > l) && w.start <= end);
    weeks.extend(ahead.map(|w| WeekBar {
        start: w.start,
        planned: w.planned,
        done: Metres::ZERO,
        phase: None,
    }));
    weeks
}

fn feasibility(f: Feasibility) -> Markup {
    match f {
        Feasibility::OnTrack => parts::tag("good", "✓", "On track"),
        Feasibility::Stretch => parts::tag("warn", "▲", "A stretch"),
        Feasibility::NotSupported => parts::tag("bad", "!", "Not supported by the data"),
    }
}

fn expected_figures(road: &Roadmap, expected: &Expected) -> Markup {
    let range = format!("{} to {}", expected.low.clock_text(), expected.high.clock_text());
    html! {
        dl.figures {
            (parts::figure("Predicted for race day", &expected.time.clock_text(), &range))
            @if let Some(aim) = road.goal.time {
                (parts::figure("Your aim", &aim.clock_text(), ""))
            }
        }
        p.quiet { "Eight of ten races end inside the range, if the plans are run." }
    }
}

fn predicted(road: &Roadmap, plain: &Forecast) -> Markup {
    let known = || plain.to_race().filter_map(|w| Some((w.start, w.expected?)));
    let series = Series {
        class: "l1",
        name: "predicted".to_owned(),
        points: known().map(|(day, e)| (day, e.time.0)).collect(),
    };
    let band = Band {
        name: "range of eight in ten".to_owned(),
        points: known().map(|(day, e)| (day, e.low.0, e.high.0)).collect(),
    };
    chart::lines(&Lines {
        id: "expected",
        title: "Predicted race time as it would be known at each week's start",
        unit: "h:mm:ss",
        steps: &[10, 30, 60, 120, 300, 600, 1200, 1800, 3600],
        flipped: true,
        series: vec![series],
        band: Some(band),
        goal: road.goal.time.map(|t| Goal { name: "your aim".to_owned(), value: t.0 }),
        word: &|s| Seconds(s).clock_text(),
    })
}

fn phases(road: &Roadmap, viewer: &Viewer) -> Markup {
    html! {
        section.card aria-labelledby="phases-title" {
            h2 #phases-title { "Phases" }
            ol.phases {
                @for span in &road.spans {
                    @let now = (span.start..=span.end).contains(&viewer.today);
                    li.current[now] aria-current=[now.then_some("step")] {
                        i class={ "fill-" (span.phase.name().to_lowercase()) } {}
                        span {
                            (span.phase.name()) @if now { " · now" }
                            br; small { (text::day_and_month(span.start)) " – "
                                (text::day_and_month(span.end)) }
                        }
                        span.num { (viewer.units().distance(span.target)) small { " a week" } }
                    }
                }
            }
        }
    }
}

fn milestones(road: &Roadmap, plain: Option<&Forecast>) -> Markup {
    let reached = |m: &Milestone| {
        let all = plain.into_iter().flat_map(|f| &f.milestones);
        all.clone().find(|r| r.milestone.name == m.name && r.milestone.day == m.day)
    };
    html! {
        section.card aria-labelledby="stones-title" {
            h2 #stones-title { "Milestones" }
            @if road.milestones.is_empty() { p.quiet { "None on this road." } }
            ol.stones {
                @for m in &road.milestones {
                    li.reached[m.achieved.is_some()] {
                        span.sign aria-hidden="true" {
                            @if m.achieved.is_some() { "✓" } @else { "◇" }
                        }
                        span {
                            (text::dated(&m.name))
                            br;
                            small {
                                @match (m.achieved, reached(m).and_then(|r| r.reached)) {
                                    (Some(day), _) => { "reached " (text::date(day)) },
                                    (None, Some(day)) => { "likely by " (text::short_day(day)) },
                                    (None, None) => { "ahead" },
                                }
                            }
                        }
                        span.num { small { (text::short_day(m.day)) } }
                    }
                }
            }
        }
    }
}

fn others(roads: &Roads) -> Markup {
    let more = roads.roadmaps.get(1..).unwrap_or_default();
    html! {
        @if !more.is_empty() || !roads.tune_ups.is_empty() || !roads.collisions.is_empty() {
            section.card aria-labelledby="others-title" {
                h2 #others-title { "Other races" }
                @for t in &roads.tune_ups {
                    p { strong { (t.goal.distance.name()) } ", " (text::long_day(t.goal.day))
                        ": on the way to your " (t.on_way_to.distance.name()) "." }
                }
                @for road in more {
                    p { strong { (road.goal.distance.name()) } ", " (text::long_day(road.goal.day))
                        ": a road of its own afterwards. "
                        (text::dated(&road.verdict.text(road.goal.distance))) }
                }
                @for c in &roads.collisions { div.note.warn { p { (text::dated(&c.text())) } } }
            }
        }
    }
}

fn changed(changes: &[RoadChange]) -> Markup {
    html! {
        @if !changes.is_empty() {
            section.card aria-labelledby="changed-title" {
                h2 #changed-title { "What changed lately" }
                @for c in changes.iter().rev().take(CHANGES) {
                    p { strong { (text::short_day(c.day)) } ": " (text::dated(&c.text)) }
                }
                p { a.more href="/history?only=road" { "All changes" } }
            }
        }
    }
}

/// A number in a range; the default where the field is missing or empty.
fn number(
    fields: &Fields,
    field: &'static str,
    (low, high): (i64, i64),
) -> Result<Option<i64>, Wrong> {
    let Some(text) = fields.get(field) else { return Ok(None) };
    let n = text.parse().ok().filter(|n| (low..=high).contains(n));
    let sentence = || format!("\"{text}\" cannot be used; give a number from {low} to {high}");
    n.map(Some).ok_or_else(|| Wrong { field, sentence: sentence() })
}

fn day(fields: &Fields, field: &'static str) -> Result<Option<Day>, Wrong> {
    let parsed = fields.get(field).map(Day::parse).transpose();
    parsed.map_err(|error| Wrong { field, sentence: error.to_string() })
}

/// What the form asks.
fn read(fields: &Fields, today: Day) -> Result<Scenario, Wrong> {
    let adherence = number(fields, "adherence", (0, 150))?.unwrap_or(100) * 10;
    let miss = day(fields, "miss")?;
    let run_days = number(fields, "run_days", (1, 7))?;
    let sick = number(fields, "ill_days", (1, SICK_DAYS_MAX))?;
    let from = day(fields, "ill_from")?;
    if let Some(from) = from.filter(|from| *from < today) {
        let sentence = format!("{} is over; name a day to come", text::short_day(from));
        return Err(Wrong { field: "ill_from", sentence });
    }
    if let Some(week) = miss.filter(|week| *week < today - 6) {
        let sentence = format!("the week of {} is over", text::short_day(week));
        return Err(Wrong { field: "miss", sentence });
    }
    Ok(Scenario {
        adherence,
        miss: miss.into_iter().collect(),
        ill: sick.map(|days| (from.unwrap_or(today), days)),
        run_days: run_days.and_then(|n| u8::try_from(n).ok()),
        ..Scenario::default()
    })
}

fn what_if(outlook: &Outlooks, fields: &Fields, wrong: Option<&Wrong>, viewer: &Viewer) -> Markup {
    let of = |name: &str| wrong.filter(|w| w.field == name).map(|w| text::dated(&w.sentence));
    let invalid = |name: &str| of(name).map(|_| "true");
    let this = viewer.week_of(viewer.today);
    let share = fields.get("adherence").unwrap_or("100");
    html! {
        section.card #what-if aria-labelledby="what-if-title" {
            h2 #what-if-title { "What if?" }
            p.quiet { "Nothing of this is saved." }
            form method="get" action="/roadmap#what-if" data-live="#outcome" {
                div.fields {
                    div {
                        label { span { "You run of every plan "
                                output { (share) } " %" }
                            input type="range" name="adherence" min="0" max="120" step="5"
                                value=(share) aria-describedby=[of("adherence")
                                    .map(|_| "adherence-error")]; }
                        (parts::field_error("adherence", of("adherence").as_deref()))
                    }
                    div {
                        label { span { "You miss a week" }
                            select name="miss" aria-invalid=[invalid("miss")] {
                                option value="" { "none" }
                                @for week in (0..12).map(|k| this + 7 * k) {
                                    option value=(week)
                                        selected[fields.get("miss") == Some(&week.to_string())] {
                                        (text::week_span(week)) }
                                }
                            } }
                        (parts::field_error("miss", of("miss").as_deref()))
                    }
                    div {
                        label { span { "Most runs a week" }
                            select name="run_days" aria-invalid=[invalid("run_days")] {
                                option value="" { "as now" }
                                @for n in 2..=6 {
                                    option value=(n)
                                        selected[fields.get("run_days") == Some(&n.to_string())] {
                                        (n) }
                                }
                            } }
                        (parts::field_error("run_days", of("run_days").as_deref()))
                    }
                    div {
                        label { span { "Ill from" }
                            input type="date" name="ill_from" min=(viewer.today)
                                value=[fields.get("ill_from")] aria-invalid=[invalid("ill_from")]
                                aria-describedby=[of("ill_from").map(|_| "ill_from-error")]; }
                        (parts::field_error("ill_from", of("ill_from").as_deref()))
                    }
                    div {
                        label { span { "for so many days" }
                            input type="number" name="ill_days" min="1" max=(SICK_DAYS_MAX)
                                value=[fields.get("ill_days")] aria-invalid=[invalid("ill_days")]
                                aria-describedby=[of("ill_days").map(|_| "ill_days-error")]; }
                        (parts::field_error("ill_days", of("ill_days").as_deref()))
                    }
                }
                div.actions {
                    button.button type="submit" { "Show what it would do" }
                    a.button.ghost href="/roadmap#what-if" { "Start over" }
                }
            }
            div #outcome aria-live="polite" { (outcome(outlook, viewer.units())) }
        }
    }
}

fn outcome(outlook: &Outlooks, units: Units) -> Markup {
    let Some(changed) = &outlook.changed else { return adherences(outlook) };
    let time = |f: &Forecast| f.final_time().map(|e| e.time.clock_text());
    let before = outlook.plain.first().and_then(|(_, f)| time(f));
    html! {
        h3 { "What it would do" }
        @if let Some((before, after)) = before.zip(time(changed)) {
            dl.figures {
                (parts::figure("Predicted now", &before, ""))
                (parts::figure("Predicted then", &after, ""))
            }
        }
        @if outlook.effects.is_empty() { p { "Hardly anything: the plan absorbs it." } }
        ul.effects {
            @for effect in &outlook.effects { li { (text::dated(&effect.text(units))) } }
            @for notice in &changed.notices { li { (text::dated(&fault::sentence(&notice.text()))) } }
        }
    }
}

/// What each share of the plans leads to, where nothing else is asked.
fn adherences(outlook: &Outlooks) -> Markup {
    html! {
        table.plain {
            thead { tr {
                th scope="col" { "You run of every plan" }
                th.num scope="col" { "Predicted" }
                th.num scope="col" { "Range" }
            } }
            tbody {
                @for (share, forecast) in &outlook.plain {
                    @if let Some(e) = forecast.final_time() {
                        tr {
                            th scope="row" { (share / 10) " %" }
                            td.num { (e.time.clock_text()) }
                            td.num { (e.low.clock_text()) " – " (e.high.clock_text()) }
                        }
                    }
                }
            }
        }
    }
}
