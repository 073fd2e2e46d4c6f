//! What has no room at the bottom of a phone.

use crate::auth::Viewer;
use crate::shell::{self, Tab};
use crate::text;
use maud::{Markup, html};

const fn about(tab: Tab) -> &'static str {
    match tab {
        Tab::Trends => "Volume, form, predictions, how the plan was kept",
        Tab::Health => "Report, what is open, strikes and limits",
        Tab::History => "What changed, when and why",
        Tab::Settings => "Goals, preferences, appearance",
        _ => "",
    }
}

/// `GET /more`.
pub(crate) async fn page(viewer: Viewer) -> Markup {
    let body = html! {
        header.page-head { p.eyebrow { (text::long_day(viewer.today)) } h1 { "More" } }
        nav.menu aria-label="More pages" {
            @for tab in Tab::BEHIND {
                a href=(tab.path()) {
                    (tab.icon())
                    strong { (tab.name()) }
                    span.quiet { (about(tab)) }
                }
            }
            a href="/welcome/import" {
                (Tab::Activities.icon())
                strong { "Import" }
                span.quiet { "Bring an archive or activity files" }
            }
            a href="/notifications" {
                (shell::bell_icon())
                strong { "Notifications" }
                span.quiet { "What happened since you last looked" }
            }
            a href="/imports" {
                (Tab::History.icon())
                strong { "Imports" }
                span.quiet { "What came in, and what became of each row" }
            }
            a href="/keys" {
                (Tab::More.icon())
                strong { "Keyboard" }
                span.quiet { "Keys that open pages" }
            }
        }
    };
    shell::page(Tab::More, "More", &viewer, &body)
}
