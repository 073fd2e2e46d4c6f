//! Small pieces that several pages share.

use crate::auth::Viewer;
use crate::why::{self, Reason};
use crate::{chart, text};
use hermes_app::{DayView, GoalView, WeekView};
use hermes_engine::calibrate::Profile;
use hermes_engine::units::{Metres, Units};
use maud::{Markup, html};

/// What became of a day: sign, word, and an arrow when it was more or less than planned.
pub(crate) fn status(day: &DayView) -> Markup {
    let Some((sign, word, class)) = text::done(day.done) else { return html! {} };
    let off = matches!(class, "yellow" | "orange") || day.over;
    html! {
        span class={ "status " (class) } {
            span.sign aria-hidden="true" { (sign) } " " (word)
            @if off {
                span.arrow { @if day.over { " ↑ more" } @else { " ↓ less" } }
            }
            @if let Some(moved) = day.scored.as_ref().map(|s| s.shifted).filter(|n| *n != 0) {
                span.arrow { " " (shifted(moved)) }
            }
        }
    }
}

/// On which side of its day a session was run.
fn shifted(days: i64) -> String {
    let side = if days > 0 { "later" } else { "earlier" };
    format!("{} {side}", text::count(days.abs(), "day"))
}

/// A chip: an icon and a word.
pub(crate) fn tag(class: &str, sign: &str, word: &str) -> Markup {
    html! {
        span class={ "tag " (class) } {
            @if !sign.is_empty() { span aria-hidden="true" { (sign) } }
            (word)
        }
    }
}

/// A link that a script opens as a dialog; without one it is a page.
pub(crate) fn sheet(href: &str, class: &str, word: &str) -> Markup {
    html! { a class=(class) href=(href) data-sheet { (word) } }
}

/// What is known of the pages of a list.
#[derive(Clone, Copy)]
pub(crate) enum Pages {
    /// How many there are.
    Of(u32),
    /// Whether another one comes.
    More(bool),
}

/// What the links to the page before and the page after say, where newer ones come first.
pub(crate) const NEWEST_FIRST: [&str; 2] = ["← Newer", "Older →"];

/// The way from one page of a list to the next; nothing where there is one page.
pub(crate) fn pager(
    page: u32,
    pages: Pages,
    [before, after]: [&str; 2],
    address: impl Fn(u32) -> String,
) -> Markup {
    let has_more = match pages {
        Pages::Of(all) => page < all,
        Pages::More(more) => more,
    };
    html! {
        @if page > 1 || has_more {
            nav.pager aria-label="Pages" {
                @if page > 1 { a.button.second rel="prev" href=(address(page - 1)) { (before) } }
                span.quiet {
                    "Page " (page)
                    @if let Pages::Of(all) = pages { " of " (all) }
                }
                @if has_more { a.button.second rel="next" href=(address(page + 1)) { (after) } }
            }
        }
    }
}

/// Why one field was not taken, beside it; its id is what the field is described by.
pub(crate) fn field_error(name: &str, sentence: Option<&str>) -> Markup {
    html! {
        @if let Some(sentence) = sentence {
            p.field-error id={ (name) "-error" } role="alert" { (crate::fault::sentence(sentence)) }
        }
    }
}

/// Why something was not taken, beside the form it was said in.
pub(crate) fn problem(sentence: Option<&str>) -> Markup {
    html! {
        @if let Some(sentence) = sentence {
            p.problem role="alert" { (crate::fault::sentence(sentence)) }
        }
    }
}

/// One figure with its name.
pub(crate) fn figure(name: &str, value: &str, note: &str) -> Markup {
    html! {
        div.figure {
            dt { (name) }
            dd { (value) @if !note.is_empty() { small { (note) } } }
        }
    }
}

/// Planned and done of a week, with a bar.
pub(crate) fn week_sum(week: &WeekView, units: Units) -> Markup {
    html! {
        div.sum {
            p.sum-line {
                strong.big { (text::bare_distance(units, week.done)) }
                " of " (units.distance(week.planned)) " done"
            }
            (chart::share(week.done, week.planned))
            p.quiet {
                (text::duration(week.done_time)) " of " (text::duration(week.planned_time))
            }
        }
    }
}

/// The goal with its countdown and its predicted time.
pub(crate) fn countdown(goal: &GoalView, profile: Option<&Profile>, units: Units) -> Markup {
    let distance = goal.goal.distance;
    let predicted = profile.and_then(|p| p.predicted(distance));
    html! {
        section.card.countdown aria-labelledby="goal-title" {
            p.eyebrow { "Next race" }
            h2 #goal-title { (distance.name()) }
            p.days-left {
                strong.go { (goal.days_left) }
                span { @if goal.days_left == 1 { "day to go" } @else { "days to go" } }
            }
            p.quiet { (text::long_day(goal.goal.day)) }
            dl.figures {
                @if let Some(time) = goal.goal.time {
                    (figure("Your aim", &time.clock_text(), ""))
                }
                @if let Some(p) = predicted {
                    @let range = format!("{} to {}", p.low.clock_text(), p.high.clock_text());
                    (figure("If you raced now", &p.time.clock_text(), &range))
                    (figure("At a pace of", &units.pace(p.pace()), ""))
                }
            }
            @if let Some(p) = predicted { (why::behind_a_word("Why", Reason::predicted(p, units))) }
            @if let Some(verdict) = &goal.verdict { p { (crate::fault::sentence(verdict)) } }
            p { a.more href="/roadmap" { "Your roadmap" } }
        }
    }
}

/// What to do when there are no runs yet.
pub(crate) fn no_runs() -> Markup {
    html! {
        section.card.empty {
            h2 { "No runs yet" }
            p { "Bring your Strava archive, and Hermes plans from what you really run." }
            p { a.button href="/welcome/import" { "Import an archive" } }
        }
    }
}

/// What to do when a week has no plan.
pub(crate) fn no_plan(viewer: &Viewer) -> Markup {
    html! {
        section.card.empty {
            h2 { "This week has no plan yet" }
            p {
                "Hermes plans it from " (text::day_month(viewer.today)) " on, from what you have \
                 run and what you want."
            }
            form method="post" action="/plan" {
                button.button type="submit" { "Plan my week" }
            }
        }
    }
}

/// A distance, or a dash where there is none.
pub(crate) fn distance_or_dash(units: Units, distance: Metres) -> String {
    if distance == Metres::ZERO { "–".to_owned() } else { units.distance(distance) }
}
