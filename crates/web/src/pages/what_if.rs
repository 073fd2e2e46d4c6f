//! What if: a change of the road as form fields, answered by the forecast. Nothing of it is saved.

use crate::auth::Viewer;
use crate::form::Fields;
use crate::{fault, parts, text};
use hermes_app::Outlooks;
use hermes_engine::calendar::Day;
use hermes_engine::forecast::{Forecast, Scenario};
use hermes_engine::record::{Goal, RaceDistance};
use hermes_engine::units::Units;
use maud::{Markup, html};

/// Most sick days that a what-if takes.
const SICK_DAYS_MAX: i64 = 60;

/// What is wrong with one field of the what-if.
pub(crate) struct Wrong {
    field: &'static str,
    sentence: String,
}

impl Wrong {
    /// What the forecast did not take of a change: days of illness or a race are all that it looks
    /// at beyond what [`read`] does.
    pub(crate) fn of(scenario: &Scenario, sentence: String) -> Self {
        let field = if scenario.race.is_some() { "race_day" } else { "ill_from" };
        Self { field, sentence }
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
pub(crate) fn read(fields: &Fields, today: Day) -> Result<Scenario, Wrong> {
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
        race: race(fields, today)?,
        run_days: run_days.and_then(|n| u8::try_from(n).ok()),
        send_it: fields.get("send_it").map(|_| today),
        weeks: None,
    })
}

/// One more race, where one is named: its distance and its day, perhaps a time.
fn race(fields: &Fields, today: Day) -> Result<Option<Goal>, Wrong> {
    let Some(word) = fields.get("race") else { return Ok(None) };
    let wrong = |field, sentence: &str| Wrong { field, sentence: sentence.to_owned() };
    let distance = RaceDistance::parse(word);
    let distance = distance.ok_or_else(|| wrong("race", "choose one of the distances"))?;
    let day = day(fields, "race_day")?;
    let day = day.ok_or_else(|| wrong("race_day", "choose the day of this race"))?;
    if day <= today {
        let sentence = format!("{} is not to come; name a later day", text::short_day(day));
        return Err(Wrong { field: "race_day", sentence });
    }
    Ok(Some(Goal { distance, day, time: None, priority: 1, set_on: today }))
}

pub(crate) fn card(
    outlook: &Outlooks,
    fields: &Fields,
    wrong: Option<&Wrong>,
    viewer: &Viewer,
) -> Markup {
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
                        label { span { "Share of each plan that you run: "
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
                        label { span { "for how many days" }
                            input type="number" name="ill_days" min="1" max=(SICK_DAYS_MAX)
                                value=[fields.get("ill_days")] aria-invalid=[invalid("ill_days")]
                                aria-describedby=[of("ill_days").map(|_| "ill_days-error")]; }
                        (parts::field_error("ill_days", of("ill_days").as_deref()))
                    }
                }
                div.fields {
                    div {
                        label { span { "One more race" }
                            select name="race" aria-invalid=[invalid("race")] {
                                option value="" { "none" }
                                @for d in RaceDistance::ALL {
                                    option value=(d.word())
                                        selected[fields.get("race") == Some(d.word())] {
                                        (d.name()) }
                                }
                            } }
                        (parts::field_error("race", of("race").as_deref()))
                    }
                    div {
                        label { span { "Race day" }
                            input type="date" name="race_day" min=(viewer.today + 1)
                                value=[fields.get("race_day")] aria-invalid=[invalid("race_day")]
                                aria-describedby=[of("race_day").map(|_| "race_day-error")]; }
                        (parts::field_error("race_day", of("race_day").as_deref()))
                    }
                    label.check {
                        input type="checkbox" name="send_it" value="1"
                            checked[fields.get("send_it").is_some()];
                        span { "Send It mode for seven days" }
                    }
                }
                div.actions {
                    button.button type="submit" { "Show what it would do" }
                    a.button.ghost href="/roadmap#what-if" { "Reset" }
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
                th scope="col" { "If you run" }
                th.num scope="col" { "Predicted" }
                th.num scope="col" { "Range" }
            } }
            tbody {
                @for (share, forecast) in &outlook.plain {
                    @if let Some(e) = forecast.final_time() {
                        tr {
                            th scope="row" { (share / 10) " % of each plan" }
                            td.num { (e.time.clock_text()) }
                            td.num { (e.low.clock_text()) " – " (e.high.clock_text()) }
                        }
                    }
                }
            }
        }
    }
}
