//! The hard rules as the generator understands them, on the figures of runs that they look at.

use crate::calendar::Day;
use crate::decision::Rule;
use crate::limits::Limits;
use crate::ruleset;
use crate::session::{Kind, Session};
use crate::trim;
use crate::units::{Metres, Seconds};
use crate::workout::{self, Paces};

/// How long and how hard a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) km: Metres,
    pub(super) time: Seconds,
    /// Half seconds that count for H06.
    pub(super) halves: i64,
}

impl Size {
    pub(super) fn of(s: &Session, paces: &Paces) -> Self {
        let halves = workout::intensity_halves(s, paces.threshold, paces.marathon);
        Self { km: s.distance, time: s.duration, halves }
    }

    /// Seconds that it takes for 1000 km, rounded up.
    pub(super) fn pace(&self) -> i64 {
        let km = self.km.0.max(1);
        (self.time.0 * 1_000_000 + km - 1) / km
    }
}

/// A run as the rules see it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run {
    /// Offset of its day from the week's start.
    pub(super) day: i64,
    pub(super) kind: Kind,
    pub(super) quality: bool,
    pub(super) size: Size,
}

impl Run {
    pub(super) fn is_race(&self) -> bool {
        self.kind == Kind::Race
    }
}

/// What decides whether a week is allowed.
#[derive(Clone, Copy)]
pub(super) struct Judge<'a> {
    pub(super) l: &'a Limits,
    pub(super) w: Day,
    pub(super) paces: &'a Paces,
}

impl Judge<'_> {
    pub(super) fn run(&self, s: &Session) -> Run {
        Run {
            day: s.day - self.w,
            kind: s.kind,
            quality: workout::is_quality(s, self.paces.marathon),
            size: Size::of(s, self.paces),
        }
    }

    /// The first rule that the sessions break.
    pub(super) fn objection(&self, sessions: &[Session]) -> Option<Rule> {
        let runs: Vec<Run> = sessions.iter().filter(|s| s.is_run()).map(|s| self.run(s)).collect();
        self.breach(&runs)
    }

    /// The first rule that runs, given by day, break together.
    pub(super) fn breach(&self, runs: &[Run]) -> Option<Rule> {
        self.breach_of_days(runs)
            .or_else(|| self.breach_of_spacing(runs, longest(runs)))
            .or_else(|| self.breach_of_sums(runs))
    }

    /// What breaks a rule on its day or by the days that are run on. More runs mend nothing of it.
    pub(super) fn breach_of_days(&self, runs: &[Run]) -> Option<Rule> {
        let mut bits = u32::from(self.l.run_days);
        let mut planned = 0_u32;
        for run in runs {
            let day = usize::try_from(run.day).ok().filter(|i| (self.l.first..7).contains(i));
            let Some(i) = day else { return Some(Rule::H15) };
            let room = &self.l.days[i];
            if (bits | planned) & (1 << (i + 6)) != 0 {
                return Some(Rule::H15);
            }
            planned |= 1 << (i + 6);
            if run.is_race() {
                if let Some(rule) = room.race_barred {
                    return Some(rule);
                }
                continue;
            }
            if run.size.km > room.run || room.time.is_some_and(|t| run.size.time > t) {
                return Some(room.by);
            }
            if run.size.km > ruleset::LONG_MAX || run.size.time > ruleset::LONG_MAX_TIME {
                return Some(Rule::H07);
            }
            if self.l.ladder && (run.kind != Kind::Return || (bits | planned) & (1 << (i + 5)) != 0)
            {
                return Some(Rule::H09);
            }
            if let Some(rule) = room.quality_barred.filter(|_| run.quality) {
                return Some(rule);
            }
        }
        bits |= planned;
        let crowded = (0..7).any(|from| {
            let window = 0x7f << from;
            planned & window != 0 && (bits & window).count_ones() > self.l.run_days_max
        });
        crowded.then_some(Rule::H05)
    }

    /// Is the run, where it is the longest, the Long Run?
    pub(super) fn is_long(&self, size: &Size) -> bool {
        size.time >= ruleset::LONG_RUN_FROM && size.km > self.l.done_longest
    }

    /// What hard sessions break by their days and their number. The lengths matter only for which
    /// run is the longest, whether that is a Long Run, and whether it is longer than what was run.
    pub(super) fn breach_of_spacing(&self, runs: &[Run], longest: Option<&Run>) -> Option<Rule> {
        let long = longest.filter(|r| self.is_long(&r.size));
        if let Some(run) = long.filter(|r| !r.quality) {
            let room = usize::try_from(run.day).ok().and_then(|i| self.l.days.get(i));
            if let Some(rule) = room.and_then(|room| room.long_barred) {
                return Some(rule);
            }
        }
        let (mut races, mut quality) = (0_u32, 0_u32);
        for run in runs {
            let bit = 1 << run.day.clamp(0, 6);
            races |= if run.is_race() { bit } else { 0 };
            quality |= if run.quality { bit } else { 0 };
        }
        let hard = quality | long.map_or(0, |r| 1 << r.day.clamp(0, 6));
        // Two races are never a breach: they are not moved.
        if (hard & (hard << 1)) & !(races & (races << 1)) != 0 {
            return Some(Rule::H03);
        }
        let done = self.l.hard_bits(longest.map_or(Metres::ZERO, |r| r.size.km)) >> 6;
        let run_days = runs.len() as u32 + (self.l.run_days >> 6).count_ones();
        let hard_days = hard.count_ones() + done.count_ones();
        if hard != races && hard_days > self.l.hard_max(run_days) {
            return Some(Rule::H04);
        }
        let crowded = quality != races && quality.count_ones() > self.l.quality_max;
        crowded.then_some(Rule::H14)
    }

    fn breach_of_sums(&self, runs: &[Run]) -> Option<Rule> {
        if let Some(rule) = self.over(runs) {
            return Some(rule);
        }
        let km = |races: bool| {
            let chosen = runs.iter().filter(move |r| r.is_race() == races);
            chosen.map(|r| r.size.km).sum::<Metres>()
        };
        let time = runs.iter().filter(|r| !r.is_race()).map(|r| r.size.time).sum();
        if runs.iter().map(|r| r.size.halves).sum::<i64>() > 2 * self.intense(time).0 {
            return Some(Rule::H06);
        }
        let longest = longest(runs)?.size.km;
        (longest > self.share(runs.len(), km(false) + km(true))).then_some(Rule::H07)
    }

    /// The rule whose sum of km is exceeded, by the week or a block of days. Fewer km mend it.
    pub(super) fn over(&self, runs: &[Run]) -> Option<Rule> {
        let km = |from: i64, to: i64, races: bool| {
            let chosen = runs.iter().filter(move |r| r.is_race() == races);
            let inside = chosen.filter(move |r| (from..=to).contains(&r.day));
            inside.map(|r| r.size.km).sum::<Metres>()
        };
        let (room, rule) = self.l.week_room(km(0, 6, true));
        if km(0, 6, false) > room {
            return Some(rule);
        }
        let full = self.l.blocks.iter().find(|b| km(b.from, b.to, false) > b.room);
        full.map(|b| b.rule)
    }

    /// H06: most time at intensity beside so much running.
    pub(super) fn intense(&self, running: Seconds) -> Seconds {
        running.permille(self.l.intensity).max(ruleset::INTENSITY_FLOOR)
    }

    /// H07: the longest that a run may be in a week of so many planned runs and km.
    pub(super) fn share(&self, planned: usize, km: Metres) -> Metres {
        let runs = planned as u32 + (self.l.run_days >> 6).count_ones();
        let share = trim::long_share(km + self.l.done.0 + self.l.done.1);
        if runs >= 2 { share.max(ruleset::LONG_SHARE_OVER) } else { ruleset::LONG_MAX }
    }
}

/// The longest run that is no race; the earliest of equals.
fn longest(runs: &[Run]) -> Option<&Run> {
    let plain = runs.iter().filter(|r| !r.is_race());
    plain.reduce(|longest, r| if r.size.km > longest.size.km { r } else { longest })
}
