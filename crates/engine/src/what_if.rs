//! Two forecasts compared: what a change would do, as data and in words.

use crate::calendar::Day;
use crate::forecast::Forecast;
use crate::record::RaceDistance;
use crate::ruleset;
use crate::units::{Metres, Seconds, Units};
use serde::{Deserialize, Serialize};

/// One thing that a change would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Km run from now to the race (or the end of the forecast).
    Volume {
        /// Without the change.
        before: Metres,
        /// With it.
        after: Metres,
    },
    /// The biggest week.
    BiggestWeek {
        /// Without the change.
        before: Metres,
        /// With it.
        after: Metres,
    },
    /// The longest planned run.
    LongRun {
        /// Without the change.
        before: Metres,
        /// With it.
        after: Metres,
    },
    /// The predicted race time.
    Time {
        /// The race's distance.
        distance: RaceDistance,
        /// Without the change.
        before: Seconds,
        /// With it.
        after: Seconds,
    },
    /// A milestone that is reached without the change only.
    MilestoneMissed {
        /// Its name.
        name: String,
        /// The day it is due.
        day: Day,
    },
    /// A milestone that is reached with the change only.
    MilestoneGained {
        /// Its name.
        name: String,
        /// The day it is due.
        day: Day,
    },
    /// A race that is run with the change only.
    RaceAdded {
        /// Its distance.
        distance: RaceDistance,
        /// The first day of its week.
        week: Day,
    },
    /// A race that is run without the change only.
    RaceLost {
        /// Its distance.
        distance: RaceDistance,
        /// The first day of its week.
        week: Day,
    },
}

impl Effect {
    /// One clear sentence, in the runner's units.
    #[must_use]
    pub fn text(&self, units: Units) -> String {
        let km = |d: Metres| units.distance(d);
        match self {
            Self::Volume { before, after } => {
                format!("You would run {} in all instead of {}.", km(*after), km(*before))
            }
            Self::BiggestWeek { before, after } => {
                format!("Your biggest week would be {} instead of {}.", km(*after), km(*before))
            }
            Self::LongRun { before, after } => {
                format!("Your longest run would be {} instead of {}.", km(*after), km(*before))
            }
            Self::Time { distance, before, after } => format!(
                "Your predicted {} would be {} instead of {}.",
                distance.name(),
                after.clock_text(),
                before.clock_text()
            ),
            Self::MilestoneMissed { name, day } => {
                format!("You would miss a milestone: {name} by {day}.")
            }
            Self::MilestoneGained { name, day } => {
                format!("You would reach one more milestone: {name} by {day}.")
            }
            Self::RaceAdded { distance, week } => {
                format!("You would race a {} in the week of {week}.", distance.name())
            }
            Self::RaceLost { distance, week } => {
                format!("The {} in the week of {week} would not be run.", distance.name())
            }
        }
    }
}

/// What `after` does otherwise than `before`, over the weeks that both have; the km and the times
/// up to the race that leads `before`.
#[must_use]
pub fn compare(before: &Forecast, after: &Forecast) -> Vec<Effect> {
    let mut out = Vec::new();
    let weeks = before.to_race().count().min(after.weeks.len());
    let (b, a) = (&before.weeks[..weeks.min(before.weeks.len())], &after.weeks[..weeks]);
    let km = |w: &[crate::forecast::WeekForecast]| w.iter().map(|w| w.run).sum::<Metres>();
    let (x, y) = (km(b), km(a));
    if (x - y).0.abs() > x.permille(ruleset::EFFECT_PERMILLE).0 {
        out.push(Effect::Volume { before: x, after: y });
    }
    let most = |w: &[crate::forecast::WeekForecast]| w.iter().map(|w| w.run).max();
    let (x, y) = (most(b).unwrap_or_default(), most(a).unwrap_or_default());
    if (x - y).0.abs() > x.permille(ruleset::EFFECT_PERMILLE).0 {
        out.push(Effect::BiggestWeek { before: x, after: y });
    }
    let long = |w: &[crate::forecast::WeekForecast]| {
        w.iter().map(|w| w.long.min(w.run)).max().unwrap_or_default()
    };
    let (x, y) = (long(b), long(a));
    if (x - y).0.abs() > x.permille(ruleset::EFFECT_PERMILLE).0 {
        out.push(Effect::LongRun { before: x, after: y });
    }
    let time = |w: &[crate::forecast::WeekForecast]| Some(w.last()?.expected?.time);
    if let Some((x, y)) = time(b).zip(time(a))
        && before.distance == after.distance
        && (x - y).0.abs() >= ruleset::EFFECT_SECONDS
    {
        out.push(Effect::Time { distance: before.distance, before: x, after: y });
    }
    milestones(&mut out, before, after);
    for (x, y) in b.iter().zip(a).filter(|(x, y)| x.race != y.race) {
        let week = x.start;
        out.extend(x.race.map(|distance| Effect::RaceLost { distance, week }));
        out.extend(y.race.map(|distance| Effect::RaceAdded { distance, week }));
    }
    out
}

fn milestones(out: &mut Vec<Effect>, before: &Forecast, after: &Forecast) {
    for b in &before.milestones {
        let same = |a: &&crate::forecast::Reached| {
            (&a.milestone.name, a.milestone.day) == (&b.milestone.name, b.milestone.day)
        };
        let Some(a) = after.milestones.iter().find(same) else { continue };
        let (name, day) = (b.milestone.name.clone(), b.milestone.day);
        match (b.reached, a.reached) {
            (Some(_), None) => out.push(Effect::MilestoneMissed { name, day }),
            (None, Some(_)) => out.push(Effect::MilestoneGained { name, day }),
            _ => {}
        }
    }
}
