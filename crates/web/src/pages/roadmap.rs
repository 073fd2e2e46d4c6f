//! Roadmap: the way to race day as a line of time, what is likely on it, and what a change would do.

use crate::auth::Viewer;
use crate::chart::{self, RaceTime, Stone, Tables, Timeline, WeekBar};
use crate::fault::Fault;
use crate::form::Fields;
use crate::pages::what_if::{self, Wrong};
use crate::shell::{self, Tab};
use crate::why::{self, Reason};
use crate::{Web, parts, text};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use hermes_app::{AppError, RoadChange, RoadPhase, RoadStone, Roads, WeekVolume};
use hermes_engine::calendar::Day;
use hermes_engine::calibrate::Profile;
use hermes_engine::forecast::{Expected, Forecast, Scenario};
use hermes_engine::milestone::{Feasibility, Roadmap};
use hermes_engine::units::{Metres, Units};
use maud::{Markup, html};

/// Fewest and most weeks behind this one that are drawn.
const BEHIND: (i64, i64) = (4, 40);
/// Changes of the road that are listed.
const CHANGES: usize = 5;
/// Days back to which past phases are listed.
const PAST_PHASES: i64 = 365;

/// `GET /roadmap`, with the fields of the what-if where something was asked.
pub(crate) async fn page(
    State(web): State<Web>,
    viewer: Viewer,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Response, Fault> {
    let fields = Fields::of(pairs);
    let (scenario, mut wrong) = match what_if::read(&fields, &viewer) {
        Ok(scenario) => (scenario, None),
        Err(wrong) => (Scenario::default(), Some(wrong)),
    };
    let today = viewer.today;
    let outlook = match web.app.forecast(&viewer.runner, today, &scenario).await {
        Ok(outlook) => outlook,
        Err(AppError::BadInput(sentence)) => {
            wrong = Some(Wrong::of(&scenario, sentence));
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
    let profile = web.app.known_profile(&viewer.runner).await?;
    let stored = web.app.stored_road(&viewer.runner, today - PAST_PHASES).await?;
    let road = roads.roadmaps.first();
    let plain = outlook.plain.first().map(|(_, f)| f);
    let body = html! {
        (head(road, today))
        @match road {
            None => (no_road()),
            Some(road) => (leading(road, &roads, plain, &volumes, &profile, &viewer)),
        }
        div.columns {
            div.main-column {
                @if let Some((road, plain)) = road.zip(plain) {
                    section.card aria-labelledby="time-title" {
                        h2 #time-title { "Predicted time, week by week" }
                        (predicted(road, plain))
                    }
                }
                (what_if::card(&outlook, &fields, wrong.as_ref(), &viewer))
            }
            aside.side-column {
                (phases(&stored, &viewer))
                (milestones(&stored, plain, today))
                (others(&roads, viewer.units()))
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
            h2 { "A race gives you a roadmap" }
            p { "With a race in the calendar, Hermes counts phases back from race day, says what is \
                 within reach and plans towards it. Until then your weeks stay near what you run." }
            p { a.button href="/settings#goals" { "Set a goal" } }
        }
    }
}

fn leading(
    road: &Roadmap,
    roads: &Roads,
    plain: Option<&Forecast>,
    behind: &[WeekVolume],
    profile: &Profile,
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
            p.verdict-words { (text::dated(&road.verdict.text(road.goal.distance, units))) }
            @if let Some(expected) = plain.and_then(Forecast::final_time) {
                (expected_figures(road, &expected, profile, units))
            }
        }
        section.card aria-labelledby="line-title" {
            h2 #line-title { "The road to race day" }
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

fn expected_figures(
    road: &Roadmap,
    expected: &Expected,
    profile: &Profile,
    units: Units,
) -> Markup {
    let range = format!("{} to {}", expected.low.clock_text(), expected.high.clock_text());
    html! {
        dl.figures {
            (parts::figure("Predicted for race day", &expected.time.clock_text(), &range))
            @if let Some(aim) = road.goal.time {
                (parts::figure("Your aim", &aim.clock_text(), ""))
            }
        }
        p.quiet { "Eight in ten races end inside this range, if you run the plans." }
        @if let Some(reason) = Reason::expected(road, profile, units) {
            (why::behind_a_word("Why", reason))
        }
    }
}

fn predicted(road: &Roadmap, plain: &Forecast) -> Markup {
    let known = plain.to_race().filter_map(|w| {
        let Expected { time, low, high } = w.expected?;
        Some(RaceTime { day: w.start, time, low, high })
    });
    let title = "Predicted race time as it would be known at each week's start";
    chart::race_times("expected", title, known.collect(), road.goal.time, Tables::Here)
}

/// The road as it is stored, past phases too.
fn phases(stored: &[RoadPhase], viewer: &Viewer) -> Markup {
    let units = viewer.units();
    html! {
        @if !stored.is_empty() {
            section.card aria-labelledby="phases-title" {
                h2 #phases-title { "Phases" }
                ol.phases {
                    @for phase in stored {
                        @let now = (phase.start..=phase.end).contains(&viewer.today);
                        li.current[now].past[phase.end < viewer.today]
                            aria-current=[now.then_some("step")] {
                            i class={ "fill-" (phase_class(phase)) } {}
                            span {
                                (phase.number) ". " (phase.name) @if now { " · now" }
                                br; small {
                                    (text::day_and_month(phase.start)) " – "
                                    (text::day_and_month(phase.end))
                                    @if let Some(focus) = &phase.focus { " · " (focus) }
                                }
                            }
                            @if let Some(target) = phase.target {
                                span.num { (units.distance(target)) small { " a week" } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A phase's colour comes from the first word of its name.
fn phase_class(phase: &RoadPhase) -> String {
    phase.name.split(' ').next().unwrap_or_default().to_lowercase()
}

fn milestones(stored: &[RoadPhase], plain: Option<&Forecast>, today: Day) -> Markup {
    let likely = |stone: &RoadStone| {
        let mut all = plain.into_iter().flat_map(|f| &f.milestones);
        let same = all.find(|r| r.milestone.name == stone.name && r.milestone.day == stone.day);
        same.and_then(|r| r.reached)
    };
    let mut stones: Vec<&RoadStone> = stored.iter().flat_map(|p| &p.milestones).collect();
    stones.sort_by_key(|m| m.day);
    html! {
        @if !stored.is_empty() {
            section.card aria-labelledby="stones-title" {
                h2 #stones-title { "Milestones" }
                @if stones.is_empty() { p.quiet { "None on this road." } }
                ol.stones { @for m in stones { (stone(m, likely(m), today)) } }
            }
        }
    }
}

fn stone(m: &RoadStone, likely: Option<Day>, today: Day) -> Markup {
    html! {
        li.reached[m.reached] {
            span.sign aria-hidden="true" { @if m.reached { "✓" } @else { "◇" } }
            span {
                (text::dated(&m.name))
                small {
                    @match (m.reached, m.reached_on, likely) {
                        (true, Some(day), _) => { "reached " (text::date(day)) },
                        (true, None, _) => { "reached" },
                        (false, _, Some(day)) => { "likely by " (text::short_day(day)) },
                        (false, ..) if m.day < today => { "not reached by then" },
                        (false, ..) => { "ahead" },
                    }
                }
            }
            span.num { small { (text::short_day(m.day)) } }
            @if let Some(metric) = m.metric { (why::behind_a_word("Why", Reason::milestone(metric))) }
        }
    }
}

fn others(roads: &Roads, units: Units) -> Markup {
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
                        (text::dated(&road.verdict.text(road.goal.distance, units))) }
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
