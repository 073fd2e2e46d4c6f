//! The design system on one page, in development builds only.

use crate::auth::Viewer;
use crate::chart::{self, RaceTime, WeekBar};
use crate::shell::{self, Tab};
use crate::{parts, text};
use hermes_app::{DayView, Done};
use hermes_engine::session::{Amount, Kind, Role, Session, Step, Zone};
use hermes_engine::state::State;
use hermes_engine::units::{Metres, Pace, Seconds};
use maud::{Markup, html};

const COLOURS: [&str; 13] = [
    "paper", "card", "ink", "soft", "accent", "easy", "long", "hard", "race", "green", "yellow",
    "orange", "red",
];
const STATES: [State; 9] = [
    State::Stable,
    State::Probe,
    State::Taper,
    State::Rebuild,
    State::OverrideActive,
    State::Slump,
    State::Overreach,
    State::InjuryWatch,
    State::InjuryProtection,
];

/// `GET /styleguide`.
pub(crate) async fn page(viewer: Viewer) -> Markup {
    let body = html! {
        header.page-head { p.eyebrow { "Development" } h1 { "Style guide" } }
        (section("Colours", &html! {
            div.swatches { @for name in COLOURS {
                div.swatch {
                    svg viewBox="0 0 10 4" preserveAspectRatio="none" aria-hidden="true" {
                        rect class={ "sw-" (name) } width="10" height="4" {}
                    }
                    p { (name) }
                }
            } }
        }))
        (section("Type", &html! {
            h1 { "Heading one" } h2 { "Heading two" } h3 { "Heading three" }
            p.lead { "A lead says the conclusion." }
            p { "Plain text, " small { "a note" } ", " span.go { "42.2" } " km." }
            p.quiet { "Quiet text." }
        }))
        (section("Spacing, s-1 to s-7", &html! {
            svg.spaces viewBox="0 0 320 56" aria-hidden="true" {
                @for (n, size) in [4, 8, 12, 16, 24, 32, 48].into_iter().enumerate() {
                    rect.z3 x=(n * 44) y="4" width=(size) height=(size) {}
                }
            }
        }))
        (section("Buttons", &html! {
            div.actions {
                button.button type="button" { "First" }
                button.button.second type="button" { "Second" }
                button.button.ghost type="button" { "Ghost" }
                button.button.danger type="button" { "Danger" }
                button.button type="button" disabled { "Busy" }
            }
        }))
        (section("Chips", &html! {
            div.chips { @for s in STATES { (crate::pages::today::state_tag(s)) } }
            p { @for d in [Done::Upcoming, Done::Green, Done::Yellow, Done::Orange, Done::Missed,
                Done::Excused, Done::Unplanned, Done::Elsewhere] {
                @if let Some((sign, word, class)) = text::done(d) {
                    span class={ "status " (class) } { (sign) " " (word) } " "
                }
            } }
        }))
        (section("Verdicts and notes", &html! {
            @for (class, sign, word) in [("good", "✓", "Allowed"), ("warn", "~", "With changes"),
                ("bad", "×", "Not allowed")] {
                div class={ "verdict " (class) } {
                    span.sign { (sign) } strong { (word) } p { "And why." }
                }
            }
            div.note { p { "A note." } }
            div.toast { p { "Saved." } button.button.slim type="button" { "Undo" } }
        }))
        (section("A session: step bars, and its day in the calendar", &html! {
            (crate::session::structure(&intervals(&viewer), None, viewer.units()))
            div.calendar { (crate::pages::plan::cell(&day(&viewer), true, &viewer)) }
        }))
        (section("Reasons", &crate::why::list(&[crate::why::Reason::cited(
            "A sentence of the engine, with what stands behind it (H01, evidence S1).")])))
        (section("Dialog", &html! {
            p { "A page that script shows over another; without script it is that page." }
            div.actions { (parts::sheet("/keys", "button second", "Open one")) }
        }))
        (section("Fields", &html! {
            div.fields {
                label { span { "Plain" } input type="text" value="8.5"; }
                div {
                    label { span { "Wrong" }
                        input type="text" value="far" aria-invalid="true"
                            aria-describedby="demo-error"; }
                    (parts::field_error("demo", Some("give a distance such as 8.5 km")))
                }
            }
        }))
        (section("Chart", &chart::weekly("demo", "A chart", &weeks(&viewer), viewer.units(), chart::Tables::Here)))
        (section("Lines", &race_times(&viewer)))
        section.card.empty { h2 { "Nothing here yet" } p { "What to do next." } }
    };
    shell::page(Tab::More, "Style guide", &viewer, &body)
}

fn section(title: &str, inside: &Markup) -> Markup {
    html! { section.card { h2 { (title) } (inside) } }
}

fn intervals(viewer: &Viewer) -> Session {
    let (easy, quick) = (Pace(340), Pace(255));
    let work = Step {
        role: Role::Work,
        times: 5,
        amount: Amount::Distance(Metres(400)),
        pace: quick,
        recovery: Some((Amount::Time(Seconds(90)), easy)),
    };
    let around = |role| Step::once(role, Amount::Distance(Metres(2_000)), easy);
    Session {
        day: viewer.today,
        kind: Kind::Interval,
        distance: Metres(7_300),
        duration: Seconds(2_330),
        pace: quick,
        zone: Zone::Z5,
        steps: vec![around(Role::WarmUp), work, around(Role::CoolDown)],
        race: None,
        template: None,
        pinned: true,
        why: Vec::new(),
    }
}

fn day(viewer: &Viewer) -> DayView {
    DayView {
        day: viewer.today,
        sessions: vec![intervals(viewer)],
        activities: Vec::new(),
        done: Done::Green,
        over: false,
        scored: None,
        modified: true,
        modified_why: None,
    }
}

fn race_times(viewer: &Viewer) -> Markup {
    let at = |k: i64| RaceTime {
        day: viewer.today + 7 * k,
        time: Seconds(5_700 - 20 * k),
        low: Seconds(5_400 - 20 * k),
        high: Seconds(6_000 - 15 * k),
    };
    let aim = Some(Seconds(5_500));
    chart::race_times("demo-lines", "A line", (0..12).map(at).collect(), aim, chart::Tables::Here)
}

fn weeks(viewer: &Viewer) -> Vec<WeekBar> {
    let this = viewer.week_of(viewer.today);
    let bar = |k: i64| WeekBar {
        start: this - 7 * (7 - k),
        planned: Metres::km(40 + 2 * k),
        done: Metres::km(44 - (k * 5) % 11),
        phase: Some(if k < 4 { "Base" } else { "Build" }),
    };
    (0..8).map(bar).collect()
}
