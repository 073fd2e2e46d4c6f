//! What if: a change of the road as form fields, answered by the forecast. Nothing of it is saved.

use crate::auth::Viewer;
use crate::form::Fields;
use crate::{fault, parts, text};
use hermes_app::Outlooks;
use hermes_engine::calendar::Day;
use hermes_engine::forecast::{Forecast, Scenario};
use hermes_engine::record::{Goal, RaceDistance};
use hermes_engine::units::{Seconds, Units};
use maud::{Markup, html};

/// Most sick days that a what-if takes.
pub(crate) const SICK_DAYS_MAX: i64 = 60;
/// Shares of the plans that can be chosen, in per cent: lowest, highest, and what lies between two.
const SHARES: (i64, i64, i64) = (0, 120, 5);
/// The share without a change.
const AS_PLANNED: i64 = 100;
/// Most weeks in a row that can be missed.
pub(crate) const MISSED_MAX: i64 = 8;
/// Weeks from this one on that the missed ones can begin with.
const WEEKS_AHEAD: i64 = 12;

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

/// A share of the plans, in per cent: one that the slider can stand on.
fn share(fields: &Fields) -> Result<i64, Wrong> {
    let (low, high, step) = SHARES;
    let said = number(fields, "adherence", (low, high))?.unwrap_or(AS_PLANNED);
    Ok((said + step / 2) / step * step)
}

/// So many weeks, beginning with that of a day: the one that is named, or the next one. A week that
/// is named alone is one.
fn missed(fields: &Fields, viewer: &Viewer) -> Result<Vec<Day>, Wrong> {
    let first = day(fields, "miss")?;
    if let Some(week) = first.filter(|week| *week < viewer.today - 6) {
        let sentence = format!("the week of {} is over", text::short_day(week));
        return Err(Wrong { field: "miss", sentence });
    }
    let weeks = number(fields, "miss_weeks", (0, MISSED_MAX))?;
    let weeks = weeks.unwrap_or(i64::from(first.is_some()));
    let first = first.unwrap_or_else(|| next_week(viewer));
    Ok((0..weeks).map(|n| first + 7 * n).collect())
}

fn next_week(viewer: &Viewer) -> Day {
    viewer.week_of(viewer.today) + 7
}

/// Runs a week, as the runner has chosen them.
fn usual_runs(viewer: &Viewer) -> i64 {
    let days = i64::from(viewer.preferences.run_days.len());
    viewer.preferences.max_runs.map_or(days, |most| days.min(i64::from(most)))
}

/// What the form asks.
pub(crate) fn read(fields: &Fields, viewer: &Viewer) -> Result<Scenario, Wrong> {
    let today = viewer.today;
    let adherence = share(fields)? * 10;
    let miss = missed(fields, viewer)?;
    let run_days = number(fields, "run_days", (1, 7))?.filter(|n| *n != usual_runs(viewer));
    let sick = number(fields, "ill_days", (1, SICK_DAYS_MAX))?;
    let from = day(fields, "ill_from")?;
    if let Some(from) = from.filter(|from| *from < today) {
        let sentence = format!("{} is over; name a day to come", text::short_day(from));
        return Err(Wrong { field: "ill_from", sentence });
    }
    Ok(Scenario {
        adherence,
        miss,
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

/// A number that is chosen by pulling.
struct Slider<'a> {
    /// The field.
    name: &'static str,
    /// What it is.
    label: &'static str,
    /// Lowest and highest value, and what lies between two.
    span: (i64, i64, i64),
    /// Where it stands.
    value: i64,
    /// Every so many has its number under the track: read without script.
    marks: usize,
    /// What a value is called.
    word: &'a dyn Fn(i64) -> String,
}

impl Slider<'_> {
    /// The script only picks from the words that are said here.
    fn draw(&self, wrong: Option<&str>) -> Markup {
        let (low, high, step) = self.span;
        let values: Vec<i64> = (0..=(high - low) / step).map(|n| low + n * step).collect();
        let words: Vec<String> = values.iter().map(|n| (self.word)(*n)).collect();
        let id = format!("what-if-{}", self.name);
        let value = self.value.clamp(low, high);
        let said = (self.word)(value);
        html! {
            div.slider {
                label for=(id) { (self.label) }
                input id=(id) type="range" name=(self.name) min=(low) max=(high) step=(step)
                    value=(value) data-words=(words.join("|")) aria-valuetext=(said)
                    aria-invalid=[wrong.map(|_| "true")]
                    aria-describedby=[wrong.map(|_| format!("{}-error", self.name))];
                // The slider itself says where it stands.
                output for=(id) aria-live="off" { (said) }
                div.marks aria-hidden="true" {
                    @for n in values.iter().step_by(self.marks) { span { (n) } }
                }
                (parts::field_error(self.name, wrong))
            }
        }
    }
}

/// The fields that most often matter: pulled, and answered at once.
fn sliders(fields: &Fields, viewer: &Viewer, of: &dyn Fn(&str) -> Option<String>) -> Markup {
    let typed = |name: &str| fields.get(name).and_then(|n| n.parse::<i64>().ok());
    let usual = usual_runs(viewer);
    let named = day(fields, "miss").ok().flatten().map(|day| viewer.week_of(day));
    let first = named.unwrap_or_else(|| next_week(viewer));
    let share = Slider {
        name: "adherence",
        label: "Share of each plan you run",
        span: SHARES,
        value: share(fields).unwrap_or(AS_PLANNED),
        marks: 4,
        word: &|n| format!("{n} %"),
    };
    let runs = Slider {
        name: "run_days",
        label: "Most runs a week",
        span: (1, usual, 1),
        value: typed("run_days").unwrap_or(usual),
        marks: 1,
        word: &|n| if n == usual { "as now".to_owned() } else { n.to_string() },
    };
    let weeks = Slider {
        name: "miss_weeks",
        label: "Weeks you miss",
        span: (0, MISSED_MAX, 1),
        value: typed("miss_weeks").unwrap_or(i64::from(named.is_some())),
        marks: 1,
        word: &|n| if n == 0 { "none".to_owned() } else { text::count(n, "week") },
    };
    html! {
        div.sliders {
            (share.draw(of(share.name).as_deref()))
            @if usual > 1 { (runs.draw(of(runs.name).as_deref())) }
            (weeks.draw(of(weeks.name).as_deref()))
            div.from {
                label for="what-if-miss" { "Beginning with" }
                select id="what-if-miss" name="miss" data-wakes="miss_weeks"
                    aria-invalid=[of("miss").map(|_| "true")]
                    aria-describedby=[of("miss").map(|_| "miss-error")] {
                    @for week in (0..WEEKS_AHEAD).map(|k| viewer.week_of(viewer.today) + 7 * k) {
                        option value=(week) selected[week == first] { (text::week_span(week)) }
                    }
                }
                (parts::field_error("miss", of("miss").as_deref()))
            }
        }
    }
}

/// The rarer changes.
fn choices(fields: &Fields, viewer: &Viewer, of: &dyn Fn(&str) -> Option<String>) -> Markup {
    const NAMES: [&str; 5] = ["ill_from", "ill_days", "race", "race_day", "send_it"];
    let invalid = |name: &str| of(name).map(|_| "true");
    let used = NAMES.iter().any(|name| fields.get(name).is_some() || of(name).is_some());
    html! {
        details.more-changes open[used] {
            summary { "Illness, another race, Send It mode" }
            div.fields {
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
                div {
                    label { span { "One more race" }
                        select name="race" aria-invalid=[invalid("race")] {
                            option value="" { "none" }
                            @for d in RaceDistance::ALL {
                                option value=(d.word())
                                    selected[fields.get("race") == Some(d.word())] { (d.name()) }
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
        }
    }
}

pub(crate) fn card(
    outlook: &Outlooks,
    fields: &Fields,
    wrong: Option<&Wrong>,
    viewer: &Viewer,
) -> Markup {
    let of = |name: &str| wrong.filter(|w| w.field == name).map(|w| text::dated(&w.sentence));
    html! {
        section.card #what-if aria-labelledby="what-if-title" {
            h2 #what-if-title { "What if?" }
            p.quiet { "Pull, and see what the forecast makes of it. Nothing of this is saved." }
            form method="get" action="/roadmap#what-if" data-live="#outcome" {
                (sliders(fields, viewer, &of))
                (choices(fields, viewer, &of))
                div.actions {
                    button.button type="submit" { "See the effects" }
                    a.button.ghost href="/roadmap#what-if" { "Reset" }
                }
            }
            div #outcome aria-live="polite" {
                // The live answer brings this alone, not the words beside the fields.
                @if let Some(w) = wrong {
                    div.note.warn { p { (fault::sentence(&text::dated(&w.sentence))) } }
                }
                (outcome(outlook, viewer.units()))
            }
        }
    }
}

fn outcome(outlook: &Outlooks, units: Units) -> Markup {
    let Some(changed) = &outlook.changed else { return adherences(outlook) };
    let time = |f: &Forecast| f.final_time().map(|e| e.time);
    let before = outlook.plain.first().and_then(|(_, f)| time(f));
    let both = before.zip(time(changed));
    html! {
        h3 { "What it would do" }
        @if let Some((before, after)) = both {
            dl.figures {
                (parts::figure("Predicted now", &before.clock_text(), ""))
                (parts::figure("Predicted then", &after.clock_text(), &difference(before, after)))
            }
        }
        @if outlook.effects.is_empty() { p { "Hardly anything: the plan absorbs it." } }
        ul.effects {
            @for effect in &outlook.effects { li { (text::dated(&effect.text(units))) } }
            @for notice in &changed.notices { li { (text::dated(&fault::sentence(&notice.text()))) } }
        }
    }
}

/// `1:53 slower`; nothing for the same time.
fn difference(before: Seconds, after: Seconds) -> String {
    let text = |s: i64| Seconds(s).clock_text();
    match after.0 - before.0 {
        0 => "the same".to_owned(),
        s if s > 0 => format!("{} slower", text(s)),
        s => format!("{} faster", text(-s)),
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
