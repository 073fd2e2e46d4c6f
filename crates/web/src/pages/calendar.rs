//! The plan by month and as a list of days.

use crate::auth::Viewer;
use crate::fault::Fault;
use crate::pages::plan::views;
use crate::pages::today::{agenda_row, workout_path};
use crate::shell::{self, Tab};
use crate::{Web, parts, session, text};
use hermes_app::{DayView, Done, WeekView};
use hermes_engine::calendar::Day;
use hermes_engine::units::{Metres, Units};
use maud::{Markup, html};

/// Days back in which the agenda looks for what was missed.
const MISSED_DAYS: i64 = 14;
/// Weeks that the agenda loads: those behind, this one and the next.
const AGENDA_WEEKS: u8 = 4;

/// The first day of the month that holds a day, and of the next one.
fn month_of(day: Day) -> (Day, Day) {
    let first = day - i64::from(day.date().day() - 1);
    let inside = first + 31;
    (first, inside - i64::from(inside.date().day() - 1))
}

/// The month that holds a day: a row a week.
pub(crate) async fn month(
    web: &Web,
    viewer: &Viewer,
    day: Day,
    wrong: Option<&str>,
) -> Result<Markup, Fault> {
    let (first, next) = month_of(day);
    let start = viewer.week_of(first);
    let count = u8::try_from((next - start + 6) / 7).unwrap_or(6);
    let weeks = web.app.weeks(&viewer.runner, start, count).await?;
    let units = viewer.units();
    let name = first.date().strftime("%B %Y").to_string();
    let in_month = first..next;
    let body = html! {
        header.page-head { p.eyebrow { "Plan" } h1 { (name) } }
        (parts::problem(wrong))
        div.toolbar {
            (views("month", day))
            nav.pager aria-label="Months" {
                a.button.second.slim rel="prev" href={ "/plan?view=month&week=" (first - 1) } {
                    "← Earlier" }
                a.button.second.slim rel="next" href={ "/plan?view=month&week=" (next) } {
                    "Later →" }
            }
        }
        div.month {
            @for d in weeks.first().iter().flat_map(|w| &w.days) {
                span.month-head { (text::short_weekday(d.day.weekday())) }
            }
            span.month-head.month-week { "Week" }
            @for week in &weeks {
                @for d in &week.days {
                    (square(d, in_month.contains(&d.day), d.day == viewer.today, units))
                }
                (row_sum(week, units))
            }
        }
        p.quiet.month-list {
            "✓ as planned · ~ near the plan · ≠ off the plan · × missed · + unplanned · ○ to come"
        }
    };
    Ok(shell::page(Tab::Plan, &name, viewer, &body))
}

fn square(d: &DayView, inside: bool, is_today: bool, units: Units) -> Markup {
    let family = d.session().map_or("", |s| session::family(s.kind));
    let run: Metres = d.activities.iter().filter(|a| a.is_run).map(|a| a.distance).sum();
    let planned: Metres = d.sessions.iter().filter(|s| s.is_run()).map(|s| s.distance).sum();
    let shown = if run > Metres::ZERO { run } else { planned };
    let what = d.session().map_or_else(|| "Rest".to_owned(), text::title);
    let (sign, word, class) = text::done(d.done).unwrap_or(("", "", ""));
    html! {
        a class={ "month-day " (family) @if !inside { " outside" } } href=(workout_path(d.day))
            aria-current=[is_today.then_some("date")]
            {
            span.hidden {
                (text::day_month(d.day)) ": " (what) ", " (units.distance(shown)) " " (word)
            }
            span.dom aria-hidden="true" { (text::day_of_month(d.day)) }
            @if shown > Metres::ZERO {
                strong aria-hidden="true" { (text::bare_distance(units, shown)) }
            }
            span.what aria-hidden="true" { (d.session().map_or_else(String::new, text::title)) }
            span class={ "chip-sign " (class) } aria-hidden="true" {
                @if d.done != Done::Rest { (sign) }
                @if matches!(d.done, Done::Yellow | Done::Orange) {
                    @if d.over { "↑" } @else { "↓" }
                }
            }
        }
    }
}

fn row_sum(week: &WeekView, units: Units) -> Markup {
    html! {
        a.month-week href={ "/plan?week=" (week.week_start) } {
            span.hidden { "Week of " (text::day_month(week.week_start)) }
            @if week.done > Metres::ZERO {
                strong.go { (text::bare_distance(units, week.done)) }
                span { "of " (parts::distance_or_dash(units, week.planned)) }
            } @else if week.planned > Metres::ZERO {
                span { (units.distance(week.planned)) " planned" }
            }
            @if let Some(phase) = week.phase { span.quiet { (phase) } }
        }
    }
}

/// What was missed, today, and the days that are planned.
pub(crate) async fn agenda(web: &Web, viewer: &Viewer) -> Result<Markup, Fault> {
    let (today, units) = (viewer.today, viewer.units());
    let first = viewer.week_of(today) - 14;
    let weeks = web.app.weeks(&viewer.runner, first, AGENDA_WEEKS).await?;
    let days = || weeks.iter().flat_map(|w| &w.days);
    let recent = |d: &&DayView| d.day < today && d.day >= today - MISSED_DAYS;
    let missed: Vec<_> = days().filter(recent).filter(|d| d.done == Done::Missed).collect();
    let ahead: Vec<_> = days().filter(|d| d.day > today && !d.sessions.is_empty()).collect();
    let now: Vec<_> = days().filter(|d| d.day == today).collect();
    let body = html! {
        header.page-head { p.eyebrow { "Plan" } h1 { "Agenda" } }
        div.toolbar { (views("agenda", today)) }
        div.agenda {
            (list("Today", &now, "", units))
            (list("Next days", &ahead, "Nothing is planned yet.", units))
            (list(&format!("Missed in the last {MISSED_DAYS} days"), &missed,
                "Nothing. A missed session is never crammed in later: the plan goes on from what you run.",
                units))
        }
    };
    Ok(shell::page(Tab::Plan, "Agenda", viewer, &body))
}

fn list(title: &str, days: &[&DayView], nothing: &str, units: Units) -> Markup {
    html! {
        section {
            h2 { (title) }
            @if days.is_empty() { p.quiet { (nothing) } }
            @for d in days {
                @if d.sessions.is_empty() && d.activities.is_empty() {
                    p.quiet { "Rest: your body takes in the training." }
                } @else { (agenda_row(d, units)) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Day, month_of};

    #[test]
    fn months_begin_and_end_where_they_do() {
        let day = |text| Day::parse(text).unwrap();
        for (at, first, next) in [
            ("2026-11-23", "2026-11-01", "2026-12-01"),
            ("2028-02-29", "2028-02-01", "2028-03-01"),
            ("2026-12-31", "2026-12-01", "2027-01-01"),
        ] {
            assert_eq!(month_of(day(at)), (day(first), day(next)), "{at}");
        }
    }
}
