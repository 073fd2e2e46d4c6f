//! What happened, newest day first. Looking at the first page is having seen it.

use crate::auth::Viewer;
use crate::fault::{Fault, sentence};
use crate::parts::{self, NEWEST_FIRST, Pages};
use crate::shell::{self, Tab};
use crate::{Web, text};
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use hermes_app::{About, NewsItem};
use hermes_engine::calendar::Day;
use maud::{Markup, html};
use serde::Deserialize;

/// What the address asks for.
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    page: Option<String>,
}

/// `GET /notifications`.
pub(crate) async fn page(
    State(web): State<Web>,
    mut viewer: Viewer,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Result<Markup, Fault> {
    let number = asked.page.as_deref().and_then(|p| p.parse().ok()).unwrap_or(1);
    let found = web.app.news(&viewer.runner, viewer.units(), number).await?;
    // A browser that looks ahead shows nobody anything.
    if viewer.news > 0 && found.page == 1 && !headers.contains_key("sec-purpose") {
        web.app.see_news(&viewer.runner).await?;
        viewer.news = 0;
    }
    let body = html! {
        header.page-head {
            p.eyebrow { "What happened, and why" }
            h1 { "Notifications" }
        }
        @if found.items.is_empty() {
            section.card.empty {
                h2 { "Nothing has happened yet" }
                p { "New plans, changes of your training, milestones, imports that need a look and \
                     questions to you appear here." }
            }
        } @else {
            section.card.flush { (list(&found.items, viewer.today)) }
        }
        (parts::pager(found.page, Pages::More(found.has_more), NEWEST_FIRST, |page| {
            format!("/notifications?page={page}")
        }))
        p.quiet { "States, roads and plans of a longer time, with all figures: "
            a href="/history" { "History" } }
    };
    Ok(shell::page(Tab::More, "Notifications", &viewer, &body))
}

fn day_name(day: Day, today: Day) -> String {
    match today - day {
        0 => "Today".to_owned(),
        1 => "Yesterday".to_owned(),
        _ => text::long_day(day),
    }
}

fn list(items: &[NewsItem], today: Day) -> Markup {
    html! {
        ul.news {
            @for (n, item) in items.iter().enumerate() {
                @let is_first = n == 0 || items.get(n - 1).is_some_and(|i| i.day != item.day);
                @if is_first { li.news-day { h2 { (day_name(item.day, today)) } } }
                (row(item, today))
            }
        }
    }
}

/// How an item reads: its chip's colour, sign and word, what it says, where it leads.
struct Told<'a> {
    chip: (&'static str, &'static str, &'a str),
    says: String,
    to: String,
    there: &'static str,
}

fn row(item: &NewsItem, today: Day) -> Markup {
    let Told { chip: (class, sign, word), says, to, there } = told(&item.about, today);
    html! {
        li.news-item.is-new[item.is_new] {
            div.news-head {
                (parts::tag(class, sign, word))
                @if item.is_new { span.news-dot { span.hidden { "New: " } } }
                // What a replay recorded of a past day was not known at this time of it.
                @if item.recorded.0 == item.day { span.quiet { (text::time_of_day(&item.recorded.1)) } }
            }
            p { (sentence(&text::dated(&says))) " " a.more href=(to) { (there) } }
        }
    }
}

fn week(start: Day, today: Day) -> String {
    match today - start {
        0..=6 => "This week".to_owned(),
        -7..=-1 => "Next week".to_owned(),
        _ => format!("The week of {}", text::date(start)),
    }
}

fn told(about: &About, today: Day) -> Told<'_> {
    let plan = |start: Day| format!("/plan?week={start}");
    match about {
        About::Planned { week: start, repaired } => Told {
            chip: ("accent", "", "Plan"),
            says: match repaired {
                true => format!("{} is planned, adjusted to keep every rule", week(*start, today)),
                false => format!("{} is planned", week(*start, today)),
            },
            to: plan(*start),
            there: "Look at it",
        },
        About::Replanned { week: start, why } => Told {
            chip: ("accent", "~", "Plan changed"),
            says: format!("{} was planned anew: {why}", week(*start, today)),
            to: format!("/plan/versions?week={start}"),
            there: "What changed",
        },
        About::Changed { state, short } => Told {
            chip: match state {
                Some(state) => ("accent", "→", state.as_str()),
                None => ("", "", "Change"),
            },
            says: short.clone(),
            to: "/history".to_owned(),
            there: "Why",
        },
        About::Strike(count, part) => Told {
            chip: ("bad", "!", "Strike"),
            says: match part {
                Some(part) => {
                    format!("strike {count}, for your {part}: a few days without running")
                }
                None => format!("strike {count}: a few days without running"),
            },
            to: "/health".to_owned(),
            there: "What holds now",
        },
        About::StrikeEnded => Told {
            chip: ("good", "✓", "Strike over"),
            says: "a strike is over".to_owned(),
            to: "/health".to_owned(),
            there: "What holds now",
        },
        About::LimitLifted => Told {
            chip: ("good", "✓", "Limit lifted"),
            says: "the limit that a strike had set is lifted".to_owned(),
            to: "/health".to_owned(),
            there: "What holds now",
        },
        About::Milestone(name) => Told {
            chip: ("good", "★", "Milestone"),
            says: format!("reached: {name}"),
            to: "/roadmap".to_owned(),
            there: "The roadmap",
        },
        About::Import { id, name, failed } => Told {
            chip: ("warn", "!", "Import"),
            says: format!("{} of {name} could not be read", text::count(i64::from(*failed), "row")),
            to: format!("/imports/{id}?only=failed"),
            there: "Which, and why",
        },
        About::Strava(why) => Told {
            chip: ("warn", "!", "Strava"),
            says: match why.as_str() {
                "" => "Strava needs your permission again".to_owned(),
                why => format!("Strava needs your permission again: {why}"),
            },
            to: "/connect/strava".to_owned(),
            there: "Connect",
        },
        About::CheckIn => Told {
            chip: ("warn", "?", "Question"),
            says: "Hermes asks why sessions were missed; your answer changes the plan".to_owned(),
            to: "/today".to_owned(),
            there: "Answer",
        },
    }
}
