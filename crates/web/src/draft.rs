//! Drawing the fields of a form that may come back: with what was typed, and beside each wrong
//! field why it was not taken. The first wrong one has the focus, with and without script.

use crate::form::{Fields, Wrong};
use crate::parts;
use maud::{Markup, html};

/// A form as it stands: new and filled with what holds, or back with what was typed.
#[derive(Default)]
pub(crate) struct Draft {
    typed: Option<Fields>,
    wrong: Wrong,
}

impl Draft {
    /// A form that comes back.
    pub(crate) const fn back(typed: Fields, wrong: Wrong) -> Self {
        Self { typed: Some(typed), wrong }
    }

    /// A form whose one field says something without having been sent.
    pub(crate) const fn with(wrong: Wrong) -> Self {
        Self { typed: None, wrong }
    }

    /// Did it come back?
    pub(crate) const fn is_back(&self) -> bool {
        self.typed.is_some()
    }

    /// What a field shows: what was typed, else what holds.
    pub(crate) fn text(&self, name: &str, holds: Option<String>) -> Option<String> {
        match &self.typed {
            Some(typed) => typed.get(name).map(str::to_owned),
            None => holds,
        }
    }

    /// Is a choice made: by what was typed, else by what holds?
    pub(crate) fn chosen(&self, name: &str, value: &str, holds: bool) -> bool {
        match &self.typed {
            Some(typed) => typed.all(name).any(|v| v == value),
            None => holds,
        }
    }

    /// Why a field was not taken.
    pub(crate) fn wrong(&self, name: &str) -> Option<&str> {
        self.wrong.of(name)
    }

    /// Is anything wrong with one of these fields?
    pub(crate) fn any_wrong(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.wrong(name).is_some())
    }

    /// `aria-invalid` of a field.
    pub(crate) fn invalid(&self, name: &str) -> Option<&'static str> {
        self.wrong(name).map(|_| "true")
    }

    /// `aria-describedby` of a field.
    pub(crate) fn described(&self, name: &str) -> Option<String> {
        self.wrong(name).map(|_| format!("{name}-error"))
    }

    /// Does the focus belong to this field?
    pub(crate) fn focus(&self, name: &str) -> bool {
        self.wrong.first() == Some(name)
    }

    /// Why a field was not taken, to stand beside it.
    pub(crate) fn error(&self, name: &str) -> Markup {
        parts::field_error(name, self.wrong(name))
    }
}

/// A field of one line with its label.
#[derive(Default)]
pub(crate) struct Input<'a> {
    pub(crate) name: &'a str,
    pub(crate) label: &'a str,
    /// Small, after the label.
    pub(crate) note: &'a str,
    /// `text` while empty.
    pub(crate) kind: &'a str,
    /// What holds.
    pub(crate) value: Option<String>,
    pub(crate) mode: Option<&'a str>,
    pub(crate) placeholder: Option<&'a str>,
    pub(crate) pattern: Option<&'a str>,
    /// What a browser says of a value that is not of the pattern.
    pub(crate) title: Option<&'a str>,
    pub(crate) min: Option<String>,
    pub(crate) max: Option<String>,
    pub(crate) step: Option<u16>,
    pub(crate) length: Option<u16>,
    pub(crate) required: bool,
    pub(crate) zone: bool,
    pub(crate) spoken: Option<String>,
}

impl Input<'_> {
    pub(crate) fn draw(self, draft: &Draft) -> Markup {
        let Self { name, label, note, min, max, step, length, required, .. } = self;
        let kind = if self.kind.is_empty() { "text" } else { self.kind };
        html! {
            div.field {
                label {
                    span { (label) @if !note.is_empty() { " " small { (note) } } }
                    input type=(kind) name=(name) value=[draft.text(name, self.value)]
                        inputmode=[self.mode] placeholder=[self.placeholder]
                        pattern=[self.pattern] title=[self.title] min=[min] max=[max] step=[step]
                        maxlength=[length] required[required] autocomplete="off"
                        spellcheck="false" data-zone[self.zone] aria-label=[self.spoken]
                        aria-invalid=[draft.invalid(name)]
                        aria-describedby=[draft.described(name)] autofocus[draft.focus(name)];
                }
                (draft.error(name))
            }
        }
    }
}

/// A choice of one with its label: each option's value, its text, and whether it holds.
pub(crate) fn select(
    draft: &Draft,
    name: &str,
    label: &str,
    options: &[(String, String, bool)],
) -> Markup {
    html! {
        div.field {
            label {
                span { (label) }
                select name=(name) aria-invalid=[draft.invalid(name)]
                    aria-describedby=[draft.described(name)] autofocus[draft.focus(name)] {
                    @for (value, text, holds) in options {
                        option value=(value) selected[draft.chosen(name, value, *holds)] { (text) }
                    }
                }
            }
            (draft.error(name))
        }
    }
}

/// A box to tick with its words.
pub(crate) fn tick(draft: &Draft, name: &str, words: &str, holds: bool) -> Markup {
    html! {
        label.check {
            input type="checkbox" name=(name) value="1" checked[draft.chosen(name, "1", holds)];
            span { (words) }
        }
    }
}
