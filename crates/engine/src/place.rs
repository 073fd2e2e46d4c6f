//! Chooses days: hard sessions apart, easy runs spread, the runner's days kept.

use crate::calendar::{Day, Weekday};
use crate::history::History;
use crate::limits::Limits;
use crate::plan::Brief;
use crate::ruleset;
use crate::session::{Kind, Session};
use crate::trim;
use crate::units::Metres;
use crate::workout;

/// Days that can still take a run: planned from, on the runner's days, not locked, nothing there.
fn free<'a>(
    b: &'a Brief<'_>,
    l: &'a Limits,
    sessions: &'a [Session],
) -> impl Iterator<Item = usize> + 'a {
    (l.first..7).filter(move |&i| {
        let day = b.week_start + i as i64;
        l.days[i].run.0 > 0
            && l.run_days & (1 << (i + 6)) == 0
            && b.preferences.run_days.contains(day.weekday())
            && !b.wishes.is_away(i)
            && sessions.iter().all(|s| s.day != day)
            && !recovering(b, l, i)
            && rests_enough(b, l, sessions, i)
    })
}

/// A day of rest after a goal's race: of this week, or of the one whose Recovery it is.
fn recovering(b: &Brief<'_>, l: &Limits, i: usize) -> bool {
    let rest = |race, after| (1..=ruleset::race_rest_days(race)).contains(&after);
    let last = b.raced.zip(b.since_race).or(b.tuned);
    last.is_some_and(|(race, days)| rest(race, days + i as i64))
        || l.races().any(|(day, race)| rest(race, i as i64 - day as i64))
}

/// The weekday that the runner has raced on in most of the last weeks: a parkrun, for example.
pub(crate) fn regular_race(h: &History, w: Day) -> Option<Weekday> {
    let (weeks, least) = ruleset::REGULAR_RACE;
    let mut seen = [0_u32; 7];
    for run in h.runs_in(w - 7 * weeks, w).iter().filter(|r| r.race) {
        let week = (run.day - (w - 7 * weeks)) / 7;
        seen[usize::from(run.day.weekday().number()) % 7] |= 1 << week.clamp(0, 31);
    }
    let often = |bits: &u32| usize::try_from(bits.count_ones()).is_ok_and(|n| n >= least);
    let most = (0..7).filter(|&i| often(&seen[i])).max_by_key(|&i| seen[i].count_ones())?;
    Weekday::ALL.into_iter().find(|d| usize::from(d.number()) == most)
}

/// H05: would a run on day `i` leave every window of seven days within its limit?
fn rests_enough(b: &Brief<'_>, l: &Limits, sessions: &[Session], i: usize) -> bool {
    let mut bits = u32::from(l.run_days) | 1 << (i + 6) | b.races_after << 13;
    for s in sessions.iter().filter(|s| s.is_run()) {
        bits |= 1 << (s.day - b.week_start + 6);
    }
    (0..13).all(|from| {
        let window = bits >> from & 0x7f;
        let has_new = (from..from + 7).contains(&(i + 6));
        !has_new || window.count_ones() <= l.run_days_max
    })
}

/// How many days can still take a run, each taken alone.
pub(crate) fn free_days(b: &Brief<'_>, l: &Limits, sessions: &[Session]) -> usize {
    free(b, l, sessions).count()
}

/// Hard days so far, as offsets: what was run hard, races and quality planned, the long run.
fn hard_offsets<'a>(
    b: &'a Brief<'_>,
    l: &'a Limits,
    sessions: &'a [Session],
) -> impl Iterator<Item = i64> + 'a {
    let longest = trim::longest(sessions).map_or(Metres::ZERO, |i| sessions[i].distance);
    let hard_days = l.hard_bits(longest);
    let past = (-6..7).filter(move |i: &i64| hard_days & (1 << (i + 6)) != 0);
    let planned = sessions.iter().filter(|s| is_hard(s, b)).map(|s| s.day - b.week_start);
    past.chain(planned).chain(b.foreseen.map(|day| day - b.week_start))
}

/// Is a race so near after day `i` that nothing hard is to be run before it (T4)?
fn before_race(b: &Brief<'_>, l: &Limits, i: usize) -> bool {
    let this = l.races().map(|(day, _)| day as i64);
    let next = (0..7).filter(|day| b.races_after & (1 << day) != 0).map(|day| day + 7);
    let quiet = 1..=ruleset::TUNE_UP_QUIET_DAYS;
    this.chain(next).any(|race| quiet.contains(&(race - i as i64)))
}

/// Short race-pace runs are easy by the rules; placing keeps them apart all the same.
fn is_hard(s: &Session, b: &Brief<'_>) -> bool {
    matches!(s.kind, Kind::Long | Kind::Pace) || workout::is_quality(s, b.paces.marathon)
}

fn unusual(b: &Brief<'_>, i: usize) -> bool {
    let day = b.week_start + i as i64;
    let most = b.habit.iter().max().copied().unwrap_or(0);
    b.habit[usize::from(day.weekday().number())] * 2 < most
}

fn nearest_hard(b: &Brief<'_>, l: &Limits, sessions: &[Session], i: usize) -> i64 {
    hard_offsets(b, l, sessions).map(|h| (h - i as i64).abs()).min().unwrap_or(7)
}

/// The day of the long run and whether it may be a Long Run (60 min or more): the runner's day
/// if it can, else the nearest one that can, else a day for a shorter one.
pub(crate) fn long_day(b: &Brief<'_>, l: &Limits, sessions: &[Session]) -> Option<(Day, bool)> {
    let wanted = b.preferences.long_run_day.unwrap_or(b.long_run_day);
    let from_wanted = |i: usize| {
        let day = b.week_start + i as i64;
        let apart = (i64::from(day.weekday().number()) - i64::from(wanted.number())).rem_euclid(7);
        // The day before the wanted one is nearer than the day after: rest follows it.
        let far = if apart == 0 { 0 } else { 2 * (7 - apart).min(apart) + i64::from(apart < 4) };
        // A day that bars the wanted one of next week would put it off for good.
        let next = (i64::from(wanted.number()) - i64::from(b.week_start.weekday().number()))
            .rem_euclid(7)
            + 7;
        if next - i as i64 >= 2 { far } else { far + 14 }
    };
    // H12 for a race that is not in the log yet.
    let early = |i: usize| {
        let bar = b.raced.map_or(0, |race| (ruleset::recovery_days(race.planned()) + 1) / 2);
        b.since_race.is_some_and(|days| days + (i as i64) < bar)
    };
    let long_ok = |i: usize| {
        l.days[i].long_barred.is_none()
            && !early(i)
            && !before_race(b, l, i)
            && nearest_hard(b, l, sessions, i) >= 2
    };
    // Prefer the day with the most room among those that can hold a Long Run, then the wanted one.
    let best = free(b, l, sessions).filter(|&i| long_ok(i)).min_by_key(|&i| from_wanted(i));
    if let Some(i) = best {
        return Some((b.week_start + i as i64, true));
    }
    // A race takes the place of the long run.
    if l.races().next().is_some() {
        return None;
    }
    let short = free(b, l, sessions).min_by_key(|&i| from_wanted(i))?;
    Some((b.week_start + short as i64, false))
}

/// A day for a quality session: allowed, two days from every hard one, a day the runner is used
/// to, as far from the hard ones as can be.
pub(crate) fn quality_day(b: &Brief<'_>, l: &Limits, sessions: &[Session]) -> Option<Day> {
    let best = free(b, l, sessions)
        .filter(|&i| l.days[i].quality_barred.is_none() && !before_race(b, l, i))
        .filter(|&i| nearest_hard(b, l, sessions, i) >= 2)
        .max_by_key(|&i| {
            (!unusual(b, i), nearest_hard(b, l, sessions, i).min(3), std::cmp::Reverse(i))
        })?;
    Some(b.week_start + best as i64)
}

/// A day for an easy run: one the runner is used to, away from other runs, early. `apart` asks for
/// a day without a run on either side.
pub(crate) fn easy_day(
    b: &Brief<'_>,
    l: &Limits,
    sessions: &[Session],
    apart: bool,
) -> Option<Day> {
    let runs_on = |i: i64| {
        let done = (0..13).contains(&(i + 6)) && l.run_days & (1 << (i + 6)) != 0;
        done || sessions.iter().any(|s| s.is_run() && s.day - b.week_start == i)
    };
    let neighbours = |i: usize| u8::from(runs_on(i as i64 - 1)) + u8::from(runs_on(i as i64 + 1));
    let best = free(b, l, sessions)
        .filter(|&i| !apart || neighbours(i) == 0)
        .min_by_key(|&i| (unusual(b, i), neighbours(i), i))?;
    Some(b.week_start + best as i64)
}
