//! The frame around every page: head, skip link, wordmark, tabs.

use crate::assets;
use crate::auth::Viewer;
use crate::text;
use crate::theme::{self, Theme};
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// The places in the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tab {
    Today,
    Plan,
    Roadmap,
    Activities,
    Trends,
    Health,
    History,
    Settings,
    /// On a phone: what has no room at the bottom.
    More,
}

impl Tab {
    pub(crate) const ALL: [Self; 9] = [
        Self::Today,
        Self::Plan,
        Self::Roadmap,
        Self::Activities,
        Self::Trends,
        Self::Health,
        Self::History,
        Self::Settings,
        Self::More,
    ];

    /// What a phone reaches through More.
    pub(crate) const BEHIND: [Self; 4] =
        [Self::Trends, Self::Health, Self::History, Self::Settings];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Today => "Today",
            Self::Plan => "Plan",
            Self::Roadmap => "Roadmap",
            Self::Activities => "Activities",
            Self::Trends => "Trends",
            Self::Health => "Health",
            Self::History => "History",
            Self::Settings => "Settings",
            Self::More => "More",
        }
    }

    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::Today => "/today",
            Self::Plan => "/plan",
            Self::Roadmap => "/roadmap",
            Self::Activities => "/activities",
            Self::Trends => "/trends",
            Self::Health => "/health",
            Self::History => "/history",
            Self::Settings => "/settings",
            Self::More => "/more",
        }
    }

    /// The letter that opens it after `g`.
    pub(crate) const fn key(self) -> Option<&'static str> {
        Some(match self {
            Self::Today => "t",
            Self::Plan => "p",
            Self::Roadmap => "r",
            Self::Activities => "a",
            Self::Trends => "e",
            Self::Health => "h",
            Self::History => "y",
            Self::Settings => "s",
            Self::More => return None,
        })
    }

    /// The strokes of its icon, in a box of 24.
    const fn strokes(self) -> &'static str {
        match self {
            Self::Today => "M4 20 9 9l4 6 3-5 4 10zM17 4a2 2 0 1 0 .01 0",
            Self::Plan => "M4 6h16v14H4zM4 10.5h16M8.5 3v4M15.5 3v4",
            Self::Roadmap => "M5 20c0-6 14-5 14-10S8 9 8 5M5 20h.01M8 5h.01M19 3v5l-3-2.5z",
            Self::Activities => "M3 13h4l3-8 4 14 3-6h4",
            Self::Trends => "M4 4v16h16M7 15l4-5 3 3 5-7",
            Self::Health => {
                "M12 20S4 15 4 9.2A4.2 4.2 0 0 1 12 7.4 4.2 4.2 0 0 1 20 9.2C20 15 12 20 12 20z"
            }
            Self::History => "M4 12a8 8 0 1 0 2.6-5.9M4 4v4h4M12 8v4.5l3 2",
            Self::Settings => "M4 7h9M17 7h3M4 17h3M11 17h9M15 4.5v5M9 14.5v5",
            Self::More => "M5 7h14M5 12h14M5 17h14",
        }
    }

    /// Its icon.
    pub(crate) fn icon(self) -> Markup {
        html! { svg viewBox="0 0 24 24" aria-hidden="true" { path d=(self.strokes()) {} } }
    }

    /// Where it shows: everywhere, only beside a wide page, or only below a narrow one.
    fn class(self) -> Option<&'static str> {
        match self {
            Self::More => Some("more-tab"),
            tab if Self::BEHIND.contains(&tab) => Some("wide-only"),
            _ => None,
        }
    }

    /// A phone marks More for the pages behind it.
    fn is_current(self, tab: Self) -> bool {
        self == tab || (self == Self::More && Self::BEHIND.contains(&tab))
    }
}

/// The steps of the onboarding, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    Import,
    Calibration,
    Goal,
    Preferences,
    Plan,
}

impl Step {
    const ALL: [Self; 5] =
        [Self::Import, Self::Calibration, Self::Goal, Self::Preferences, Self::Plan];

    const fn name(self) -> &'static str {
        match self {
            Self::Import => "Your runs",
            Self::Calibration => "Calibration",
            Self::Goal => "Goal",
            Self::Preferences => "Preferences",
            Self::Plan => "First plan",
        }
    }

    /// Its address.
    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::Import => "/welcome/import",
            Self::Calibration => "/welcome/calibration",
            Self::Goal => "/welcome/goal",
            Self::Preferences => "/welcome/preferences",
            Self::Plan => "/welcome/plan",
        }
    }
}

/// A page in the ordinary navigation.
pub(crate) fn page(tab: Tab, title: &str, viewer: &Viewer, body: &Markup) -> Markup {
    page_that(tab, title, viewer, Refresh::Never, body)
}

/// The same; with `refresh`, a browser without script asks again in two seconds.
pub(crate) fn page_that(
    tab: Tab,
    title: &str,
    viewer: &Viewer,
    refresh: Refresh,
    body: &Markup,
) -> Markup {
    let side = html! {
        p.side-foot.quiet {
            (text::long_day(viewer.today)) br;
            (viewer.runner.time_zone) br;
            a href="/keys" data-sheet { kbd { "?" } " Keyboard" }
        }
    };
    let nav = html! {
        nav.tabs aria-label="Main" {
            @for t in Tab::ALL {
                a href=(t.path()) class=[t.class()] data-key=[t.key()]
                    aria-current=[t.is_current(tab).then_some("page")] {
                    (t.icon())
                    span { (t.name()) }
                }
            }
        }
    };
    frame(
        title,
        "app",
        refresh.seconds(),
        &html! {
            header.bar { (wordmark()) (bell(viewer.news)) (nav) (side) }
            main #main tabindex="-1" { (body) }
        },
    )
}

/// The letter that opens the notifications after `g`.
pub(crate) const BELL_KEY: &str = "n";

/// A bell.
pub(crate) fn bell_icon() -> Markup {
    html! {
        svg viewBox="0 0 24 24" aria-hidden="true" {
            path d="M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 2h-15zM10 21h4" {}
        }
    }
}

/// The way to the notifications, with how many are new.
fn bell(news: u32) -> Markup {
    let words = match news {
        0 => "Notifications".to_owned(),
        n => format!("Notifications, {n} new"),
    };
    let shown = if news > 9 { "9+".to_owned() } else { news.to_string() };
    html! {
        a.bell href="/notifications" data-key=(BELL_KEY) aria-label=(words) title=(words) {
            (bell_icon())
            @if news > 0 { span.bell-count aria-hidden="true" { (shown) } }
        }
    }
}

/// A step of the onboarding. With `refresh`, a browser without script asks again in two seconds.
pub(crate) fn step(step: Step, title: &str, refresh: Refresh, body: &Markup) -> Markup {
    frame(
        title,
        "welcome",
        refresh.seconds(),
        &html! {
            header.bar {
                (wordmark())
                nav.steps aria-label="Steps to your first plan" {
                    ol {
                        @for (n, s) in Step::ALL.into_iter().enumerate() {
                            @let now = (s == step).then_some("step");
                            li.past[s < step] {
                                a href=(s.path()) aria-current=[now] {
                                    span.number { @if s < step { "✓" } @else { (n + 1) } }
                                    span.name { (s.name()) }
                                }
                            }
                        }
                    }
                }
            }
            main #main tabindex="-1" { (body) }
        },
    )
}

/// Whether a page without script loads itself again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refresh {
    Never,
    Soon,
}

impl Refresh {
    const fn seconds(self) -> Option<u8> {
        match self {
            Self::Never => None,
            Self::Soon => Some(2),
        }
    }
}

/// A page without navigation: signing in, errors.
pub(crate) fn bare(title: &str, body: &Markup) -> Markup {
    frame(
        title,
        "bare",
        None,
        &html! {
            header.bar { (wordmark()) }
            main #main tabindex="-1" { (body) }
        },
    )
}

/// The ground of pages by day, as in assets/tokens.css.
pub(crate) const GROUND_LIGHT: &str = "#f3f4f0";
/// And by night.
pub(crate) const GROUND_DARK: &str = "#0c0f13";

/// The colour of the browser around the page.
fn ground() -> Markup {
    html! {
        @match theme::current() {
            Theme::Light => meta name="theme-color" content=(GROUND_LIGHT);,
            Theme::Dark => meta name="theme-color" content=(GROUND_DARK);,
            Theme::Auto => {
                meta name="theme-color" content=(GROUND_LIGHT)
                    media="(prefers-color-scheme: light)";
                meta name="theme-color" content=(GROUND_DARK)
                    media="(prefers-color-scheme: dark)";
            }
        }
    }
}

fn frame(title: &str, class: &str, refresh: Option<u8>, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" data-theme=[theme::current().attribute()] {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                title { (title) " · Hermes" }
                (ground())
                link rel="icon" href="/favicon.svg" type="image/svg+xml";
                link rel="apple-touch-icon" href="/apple-touch-icon.png";
                link rel="manifest" href="/manifest.webmanifest";
                link rel="stylesheet" href=(assets::STYLE.path());
                script type="module" src=(assets::SCRIPT.path()) {}
                @if let Some(seconds) = refresh {
                    noscript { meta http-equiv="refresh" content=(seconds); }
                }
            }
            body class=(class) {
                a.skip href="#main" { "Skip to content" }
                // The worker marks its copies here.
                (PreEscaped("<!--offline-->"))
                (body)
            }
        }
    }
}

fn wing() -> Markup {
    html! {
        svg.wing viewBox="0 0 30 24" aria-hidden="true" {
            path d="M1 17 27 1l-6 10H12z" {}
            path d="M3 23l20-9-4.5 8H10z" {}
        }
    }
}

fn wordmark() -> Markup {
    html! { a.wordmark href="/" { (wing()) span { "Hermes" } } }
}

/// The wing alone, large.
pub(crate) fn wordmark_large() -> Markup {
    html! { div.emblem { (wing()) } }
}
