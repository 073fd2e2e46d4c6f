//! The bootcamp: how a runner without enough history is got to know. Seven days with an easy week
//! of three or four short runs, one of them a steady effort; extended day by day while data is
//! missing, and over after fourteen days whatever there is.

use crate::calendar::Day;
use crate::decision::Why;
use crate::facts::Facts;
use crate::history::History;
use crate::limits::Limits;
use crate::place;
use crate::plan::{Brief, MIN_RUN};
use crate::ruleset;
use crate::session::{Kind, Session};
use crate::state::Phase;
use crate::units::Metres;
use crate::workout::{self, Work};
use serde::{Deserialize, Serialize};

/// Where a runner stands with the bootcamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bootcamp {
    /// There is enough history, or was within a year.
    #[default]
    NotNeeded,
    /// It lasts.
    Running {
        /// Its first day.
        start: Day,
        /// Today's number in it, from 1.
        day_number: i64,
        /// Its seven days are over and data is missing still.
        extended: bool,
    },
    /// It is over.
    Done {
        /// Its first day.
        start: Day,
        /// The first day after it.
        end: Day,
        /// It gave the data it is for; else the profile is made from what there is.
        complete: bool,
    },
}

impl Bootcamp {
    /// The profile rests on history or on a bootcamp that is over.
    #[must_use]
    pub const fn is_over(self) -> bool {
        !matches!(self, Self::Running { .. })
    }

    /// One or two sentences for the runner.
    #[must_use]
    pub fn text(self) -> String {
        match self {
            Self::NotNeeded => "Your past runs say enough: no bootcamp is needed.".to_owned(),
            Self::Running { day_number, extended: false, .. } => format!(
                "Day {day_number} of {}: short easy runs, one of them at a steady effort.",
                ruleset::BOOTCAMP_DAYS
            ),
            Self::Running { day_number, .. } => format!(
                "Day {day_number}: a few more short runs are needed, until day {} at the latest.",
                ruleset::BOOTCAMP_DAYS_MAX
            ),
            Self::Done { complete: true, .. } => {
                "Done: your first runs set your paces. They settle as more runs come in.".to_owned()
            }
            Self::Done { .. } => {
                "Over: your paces are careful guesses until more runs come in.".to_owned()
            }
        }
    }
}

/// Does a stretch of history replace the bootcamp (section 3): 28 days of span, 8 runs, one of
/// 5 km or more?
#[must_use]
pub fn enough(h: &History, from: Day, to: Day) -> bool {
    let runs = h.runs_in(from, to);
    let span = runs.first().zip(runs.last()).map_or(0, |(a, b)| b.day - a.day + 1);
    span >= ruleset::CALIBRATION_SPAN
        && runs.len() >= ruleset::CALIBRATION_RUNS
        && runs.iter().any(|r| r.distance >= ruleset::CALIBRATION_RUN)
}

/// Where the runner stands on a day.
///
/// It starts with the first published week or the day that the first goal was set, whichever is
/// earlier; before either, on the day asked about: nothing was prescribed yet. A runner whose last
/// year holds enough history is not new, however long the last break was. The data it needs are
/// three runs, one of 20 minutes or more.
#[must_use]
pub fn status(facts: &Facts, h: &History, day: Day) -> Bootcamp {
    if enough(h, day - 365, day) {
        return Bootcamp::NotNeeded;
    }
    let set = facts.goals.iter().map(|g| g.set_on);
    // Of the published weeks only those that every step is given count.
    let weeks = facts.published.iter().map(|p| p.week_start);
    let weeks = weeks.filter(|w| day - *w <= ruleset::CALIBRATION_DAYS);
    let start = weeks.chain(set).min();
    let start = start.map_or(day, |s| s.min(day));
    let has_data = |end: Day| {
        let runs = h.runs_in(start, end);
        runs.len() >= ruleset::BOOTCAMP_RUNS
            && runs.iter().any(|r| r.moving >= ruleset::BOOTCAMP_RUN_TIME)
    };
    let last = start + ruleset::BOOTCAMP_DAYS_MAX;
    let end = (ruleset::BOOTCAMP_DAYS..ruleset::BOOTCAMP_DAYS_MAX)
        .map(|n| start + n)
        .find(|end| has_data(*end))
        .unwrap_or(last);
    if end <= day {
        return Bootcamp::Done { start, end, complete: has_data(end) };
    }
    let extended = day - start >= ruleset::BOOTCAMP_DAYS;
    Bootcamp::Running { start, day_number: day - start + 1, extended }
}

/// Is this week the prescribed one? Not beside a race or in a taper, which have their own.
pub(crate) fn prescribes(b: &Brief<'_>, l: &Limits) -> bool {
    let training = !matches!(b.phase, Phase::Taper | Phase::Recovery);
    matches!(b.bootcamp, Bootcamp::Running { .. }) && training && l.races().next().is_none()
}

/// Three or four short runs, one of them a steady effort, within the target and every limit.
pub(crate) fn week(b: &Brief<'_>, l: &Limits, target: Metres, sessions: &mut Vec<Session>) {
    let wanted = if target >= ruleset::BOOTCAMP_FOUR_RUNS { 4 } else { 3 };
    let most = b.preferences.max_runs.map_or(wanted, i64::from);
    let n = wanted.min(most).min(target.0 / MIN_RUN.0).max(0);
    let each = Metres(target.0 / n.max(1)).min(ruleset::BOOTCAMP_RUN_MAX);
    for k in 0..n {
        let day = place::easy_day(b, l, sessions, true);
        let Some(day) = day.or_else(|| place::easy_day(b, l, sessions, false)) else { return };
        let limits = usize::try_from(day - b.week_start).ok().and_then(|i| l.days.get(i));
        let Some(limits) = limits else { return };
        let distance = each.min(limits.run).floor_step();
        if distance < MIN_RUN {
            continue;
        }
        // The second run: the first one shows that all is well.
        if k != 1 {
            sessions.push(workout::plain(day, Kind::Easy, distance, &b.paces));
            continue;
        }
        let pace = b.paces.marathon;
        let work = Work::Steady(ruleset::BOOTCAMP_STEADY, pace);
        let free = l.quality_max > 0 && limits.quality_barred.is_none();
        let steady = workout::quality(day, Kind::Pace, distance, work, &b.paces)
            .filter(|s| free && s.distance <= distance && !workout::is_quality(s, pace));
        let mut s = steady.unwrap_or_else(|| workout::plain(day, Kind::Easy, distance, &b.paces));
        s.why.push(Why::SteadyEffort);
        sessions.push(s);
    }
}
