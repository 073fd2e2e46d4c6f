//! What cannot be asked for, whatever the rules say.

use crate::calendar::Day;
use crate::session::{Kind, with_article};
use crate::units::{Metres, Units};
use serde::{Deserialize, Serialize};

/// Why an edit makes no sense in the week it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields are the days and figures that the text names")]
pub enum BadAsk {
    /// The day is not of the week.
    OtherWeek { day: Day, from: Day, to: Day },
    /// The day is over.
    Over { day: Day, first: Day },
    /// No session is planned on the day.
    NothingThere { day: Day },
    /// No run is planned on the day.
    NoRun { day: Day },
    /// There is a run on the day already.
    Taken { day: Day, kind: Kind },
    /// Twice the same day.
    SameDay { day: Day },
    /// A distance that no edit can ask for.
    Distance { least: Metres, most: Metres },
    /// The kind needs a longer session.
    TooShortFor { kind: Kind, least: Metres },
    /// A race is neither moved nor changed.
    RaceStays { day: Day },
    /// Races come from goals.
    NoNewRace,
    /// No run is left that the runner did not fix.
    NothingToScale,
}

impl BadAsk {
    /// One clear sentence that says what would be right.
    #[must_use]
    pub fn text(&self, units: Units) -> String {
        match self {
            Self::OtherWeek { day, from, to } => {
                format!("{day} is not in the week of {from} to {to}; name a day of that week")
            }
            Self::Over { day, first } => {
                format!("{day} is over; the week can be edited from {first} on")
            }
            Self::NothingThere { day } => format!("nothing is planned on {day}"),
            Self::NoRun { day } => format!("no run is planned on {day}; add one instead"),
            Self::Taken { day, kind } => {
                format!("{day} has a session already ({}); swap the two days instead", kind.name())
            }
            Self::SameDay { day } => format!("{day} is named twice; name two different days"),
            Self::Distance { least, most } => {
                format!("a run is {} to {} long", units.distance(*least), units.distance(*most))
            }
            Self::TooShortFor { kind, least } => {
                format!("{} needs at least {}", with_article(*kind), units.distance(*least))
            }
            Self::RaceStays { day } => format!(
                "the race on {day} is neither moved nor changed; it can be skipped, or its goal removed"
            ),
            Self::NoNewRace => "a race comes from a goal; add a goal instead".to_owned(),
            Self::NothingToScale => {
                "no run is left in this week that you did not fix yourself".to_owned()
            }
        }
    }
}
