//! The windows that the volume rules look through, worked out from raw activities.

use super::health::Health;
use super::past::History;
use crate::calendar::Day;
use crate::facts::Circumstances;
use crate::ruleset as rs;
use crate::state::{Risk, State};
use crate::units::Metres;

/// Week starts whose C4 is needed: this one and M26's.
const STARTS: usize = rs::M26_WEEKS + 1;
/// 7-day blocks needed: 13 before the earliest week start, for C13.
const BLOCKS: usize = STARTS + 13;
/// Gaps needed: the rows of H14 at the earliest week start.
const GAPS: usize = STARTS + rs::RETURN_WEEKS;

/// What a runner has run as of the start of a week: the words of engine.md section 2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Windows {
    /// Km of the 7-day blocks before the week: w1, the latest, to w12.
    pub weeks: [Metres; 12],
    /// c1 ... c8: the same blocks, none above one step from the highest before it.
    pub capped: [Metres; 8],
    /// Median of w1-w4 (mean of the middle two).
    pub c4: Metres,
    /// max(C4, c1, c2): what the runner is used to.
    pub c: Metres,
    /// Mean weekly km of the 90 days before.
    pub c13: Metres,
    /// The highest C4 at this and the last 8 week starts.
    pub m8: Metres,
    /// The highest C4 at this and the last 26 week starts.
    pub m26: Metres,
    /// S: the second longest run in 90 days; zero without one.
    pub second: Metres,
    /// The longest run in 30 days as the rules take it; 3 km or more.
    pub l30: Metres,
    /// The longest run in 26 weeks.
    pub longest26: Metres,
    /// Run-free days directly before this week start (first) and the six before it; 57 and more
    /// are not told apart.
    pub gaps: [i64; rs::RETURN_WEEKS],
    /// H14: the lowest factor in force, permille of max(C, M26).
    pub factor: Option<i64>,
    /// Rebuild's condition stands.
    pub rebuild: bool,
    /// The strict limits hold.
    pub strict: bool,
}

impl Windows {
    pub(super) fn new(c: &Circumstances<'_>, history: &History, health: &Health) -> Self {
        let start = c.week_start;
        let blocks: [Metres; BLOCKS] = history.blocks(start);
        let c4s: [Metres; STARTS] = std::array::from_fn(|j| median4(&blocks[j..j + 4]));
        let gaps: [i64; GAPS] = history.run_free(start);
        let used = Used::to(&blocks);
        let longest = Longest::before(history, start);
        let c13s = c13s(history, start, &blocks);
        let rebuild = rebuild(history, start, &c4s, &c13s, &gaps);
        let highest = |n: usize| c4s[..=n].iter().copied().max().unwrap_or_default();
        Self {
            weeks: std::array::from_fn(|i| blocks[i]),
            capped: used.capped,
            c4: used.c4,
            c: used.c,
            c13: c13s[0],
            m8: highest(rs::M8_WEEKS),
            m26: highest(rs::M26_WEEKS),
            second: longest.second,
            l30: longest.l30(),
            longest26: history
                .between(start - rs::RETURN_LONGEST_DAYS, start)
                .map(super::past::Run::as_longest)
                .max()
                .unwrap_or_default(),
            gaps: std::array::from_fn(|j| gaps[j]),
            factor: factor(&gaps),
            rebuild,
            strict: c.form.risk == Risk::High
                || health.strict
                || health.protection
                || c.injury_watch
                || rebuild
                || matches!(c.state, State::Rebuild | State::InjuryWatch | State::InjuryProtection),
        }
    }

    /// A of H02, before H14: the km of a week that what was run, proved and published supports.
    pub(super) fn supported(&self, c: &Circumstances<'_>) -> Metres {
        let used = self.c;
        let step = if self.strict {
            used.permille(rs::STEP_STRICT_PERMILLE).max(rs::WEEK_FLOOR)
        } else if c.overriding {
            used.permille(rs::STEP_OVERRIDE_PERMILLE)
                .max(used + rs::STEP_OVERRIDE_EXTRA)
                .max(rs::WEEK_FLOOR)
        } else {
            step(used)
        };
        let step = step.min(self.c13.permille(rs::STEP_CAP_PERMILLE).max(rs::STEP_CAP_FLOOR));
        let proved = |m: Metres, share, more| m.permille(share).max(used + m.permille(more)).min(m);
        let published = c
            .published
            .iter()
            .filter(|p| (1..=rs::PUBLISHED_DAYS).contains(&(c.week_start - p.week_start)))
            .map(|p| p.planned)
            .max()
            .unwrap_or_default()
            .min(used.permille(rs::PUBLISHED_PERMILLE));
        step.max(proved(self.m8, rs::M8_SHARE, rs::M8_STEP))
            .max(proved(self.m26, rs::M26_SHARE, rs::M26_STEP))
            .max(published)
    }

    /// H14's cap on A, while a row is in force.
    pub(super) fn return_cap(&self) -> Option<Metres> {
        self.factor.map(|f| self.c.max(self.m26).permille(f).max(rs::WEEK_FLOOR))
    }

    /// H14's cap on one run, while a row is in force.
    pub(super) fn return_run_cap(&self) -> Option<Metres> {
        self.factor.map(|f| self.longest26.permille(f).max(rs::RETURN_RUN_FLOOR))
    }

    /// H01's limit for one run that is no race.
    pub(super) fn spike(&self, overriding: bool) -> Metres {
        let extra = if self.strict { rs::SPIKE_EXTRA_STRICT } else { rs::SPIKE_EXTRA };
        let normal = self.l30.permille(rs::SPIKE_PERMILLE).max(self.l30 + extra);
        if overriding && !self.strict {
            normal.max(self.l30.permille(rs::SPIKE_OVERRIDE_PERMILLE))
        } else {
            normal
        }
    }
}

/// step(x): how far one week may go beyond x.
fn step(x: Metres) -> Metres {
    x.permille(rs::STEP_PERMILLE).max(x + rs::STEP_EXTRA).max(rs::WEEK_FLOOR)
}

/// C4, the capped weeks and C as of one day.
pub(super) struct Used {
    capped: [Metres; 8],
    pub(super) c4: Metres,
    pub(super) c: Metres,
}

impl Used {
    /// From the blocks before the day, latest first; at least twelve.
    fn to(blocks: &[Metres]) -> Self {
        let mut capped = [Metres::ZERO; 8];
        let mut highest = blocks[8..12].iter().copied().max().unwrap_or_default();
        for k in (0..8).rev() {
            capped[k] = blocks[k].min(step(highest));
            highest = highest.max(capped[k]);
        }
        let c4 = median4(&blocks[..4]);
        Self { capped, c4, c: c4.max(capped[0]).max(capped[1]) }
    }

    /// As of any day.
    pub(super) fn before(history: &History, day: Day) -> Self {
        Self::to(&history.blocks::<12>(day))
    }
}

/// The longest runs before one day.
pub(super) struct Longest {
    recent: Metres,
    first: Metres,
    second: Metres,
}

impl Longest {
    pub(super) fn before(history: &History, day: Day) -> Self {
        let mut l = Self { recent: Metres::ZERO, first: Metres::ZERO, second: Metres::ZERO };
        for run in history.between(day - rs::L30_MEMORY_DAYS, day) {
            let long = run.as_longest();
            l.second = l.second.max(long.min(l.first));
            l.first = l.first.max(long);
            if day - run.day <= rs::L30_DAYS {
                l.recent = l.recent.max(long);
            }
        }
        l
    }

    /// L30.
    pub(super) fn l30(&self) -> Metres {
        let cap = self.second.permille(rs::FREAK_PERMILLE).max(self.second + rs::FREAK_EXTRA);
        let memory = self.first.min(cap).permille(rs::L30_MEMORY_PERMILLE);
        rs::L30_FLOOR.max(self.recent.min(cap)).max(memory)
    }
}

/// Mean of the middle two of four.
fn median4(blocks: &[Metres]) -> Metres {
    let (mut low, mut high) = (blocks[0], blocks[0]);
    for b in blocks {
        low = low.min(*b);
        high = high.max(*b);
    }
    let all: Metres = blocks.iter().copied().sum();
    Metres((all - low - high).0 / 2)
}

/// C13 as of this and the earlier week starts: 13 blocks but for the day before the 90.
fn c13s(history: &History, start: Day, blocks: &[Metres; BLOCKS]) -> [Metres; STARTS] {
    let mut sum: Metres = blocks[..13].iter().copied().sum();
    let mut day = start - rs::C13_DAYS - 1;
    std::array::from_fn(|j| {
        let km = sum - history.km(day, day + 1);
        sum += blocks.get(j + 13).copied().unwrap_or_default() - blocks[j];
        day = day - 7;
        Metres(km.0.saturating_mul(7) / rs::C13_DAYS)
    })
}

/// The lowest H14 factor in force at a week start, `gaps` beginning with its own.
fn factor(gaps: &[i64]) -> Option<i64> {
    let rows = gaps.iter().take(rs::RETURN_WEEKS).enumerate();
    rows.filter_map(|(j, gap)| rs::return_row(*gap).get(j).copied()).min()
}

/// Rebuild's condition, followed over the week starts up to this one.
fn rebuild(
    history: &History,
    start: Day,
    c4s: &[Metres; STARTS],
    c13s: &[Metres; STARTS],
    gaps: &[i64; GAPS],
) -> bool {
    let mut ran = history.older();
    let mut first_run = history.runs.first().map(|r| r.day);
    let mut on = false;
    for j in (0..=rs::REBUILD_WEEKS).rev() {
        #[expect(clippy::cast_possible_wrap, reason = "at most 26")]
        let week = start - 7 * j as i64;
        if first_run.is_some_and(|day| day < week) {
            ran = true;
            first_run = None;
        }
        let c13 = c13s[j];
        if (ran && gaps[j] >= rs::REBUILD_GAP) || c4s[j] < c13.permille(rs::REBUILD_ENTER_PERMILLE)
        {
            on = true;
        } else if c4s[j] >= c13.permille(rs::REBUILD_LEAVE_PERMILLE) && factor(&gaps[j..]).is_none()
        {
            on = false;
        }
    }
    on
}
