//! The keys that open pages: the script finds them on the places themselves; here they are told.

use crate::auth::Viewer;
use crate::shell::{self, Tab};
use maud::{Markup, html};

/// Keys on a page, and what they do.
const HERE: [(&str, &str); 4] = [
    ("n", "The next week, month or page, where there is one"),
    ("p", "The one before"),
    (
        "m",
        "On a session of the plan: lift it, then left and right, Enter drops it, Escape puts it \
           back",
    ),
    ("?", "These keys"),
];

/// `GET /keys`.
pub(crate) async fn page(viewer: Viewer) -> Markup {
    let body = html! {
        header.page-head { p.eyebrow { "Without a mouse" } h1 { "Keyboard" } }
        section.card {
            h2 { "Go to" }
            p.quiet { "Press g, then the letter." }
            dl.keys {
                @for tab in Tab::ALL {
                    @if let Some(key) = tab.key() {
                        div { dt { kbd { "g" } " " kbd { (key) } }
                            dd { a href=(tab.path()) { (tab.name()) } } }
                    }
                }
                div { dt { kbd { "g" } " " kbd { (shell::BELL_KEY) } }
                    dd { a href="/notifications" { "Notifications" } } }
            }
            h2 { "On a page" }
            dl.keys { @for (key, does) in HERE { div { dt { kbd { (key) } } dd { (does) } } } }
            p.quiet {
                "Keys do nothing while you type. Charts are read with the left and right keys, once \
                 they have the focus."
            }
            p hidden data-keys-off { button.button.second.slim type="button" { "Switch keys off" } }
        }
    };
    shell::page(Tab::More, "Keyboard", &viewer, &body)
}
