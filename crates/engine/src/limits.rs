//! What the hard rules leave room for in one week, as the generator sees it. The rule checker
//! works out the same limits on its own; a property test compares the two.

use crate::calendar::Day;
use crate::decision::Rule;
use crate::facts::Circumstances;
use crate::health::{self, Health};
use crate::history::{History, step};
use crate::ladder::Climb;
use crate::record::RaceDistance;
use crate::ruleset;
use crate::session::PublishedWeek;
use crate::state::{Phase, Risk, State};
use crate::units::{Metres, Seconds};

/// A run of days with a ceiling of planned km without races (taper blocks, weeks after a
/// marathon); the races that will be run in it are taken off already. Days are offsets from the
/// week's start, ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    /// First day.
    pub from: i64,
    /// Last day.
    pub to: i64,
    /// Metres that may still be planned in it.
    pub room: Metres,
    /// Metres that a plan takes of it this week: where its longer part lies in the next week, that
    /// one is not left with crumbs.
    pub aim: Metres,
    /// H11 or H12.
    pub rule: Rule,
    /// The day of the A race whose own km are beside the ceiling.
    pub race: Option<i64>,
}

impl Block {
    fn holds(&self, day: i64) -> bool {
        (self.from..=self.to).contains(&day)
    }
}

/// What one day of the week allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayRoom {
    /// A run may be planned, and how long at most (races excepted); zero: none.
    pub run: Metres,
    /// The rule that sets `run`.
    pub by: Rule,
    /// Longest a run may last, if illness limits it.
    pub time: Option<Seconds>,
    /// The rule that bars a quality session, if one does.
    pub quality_barred: Option<Rule>,
    /// The rule that bars a Long Run (60 min or more), if one does.
    pub long_barred: Option<Rule>,
    /// The rule that bars a race, if one does.
    pub race_barred: Option<Rule>,
    /// A race of the goals on this day, whatever bars it.
    pub race: Option<RaceDistance>,
}

/// The room of a week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// First planned day as an offset from the week's start, 0-6.
    pub first: usize,
    /// The seven days.
    pub days: [DayRoom; 7],
    /// A of H02 with H14: km without races are at most max(A - race km, A / 2).
    pub a: Metres,
    /// The rule that sets `a`.
    pub a_by: Rule,
    /// Ceiling of the week's km with races, from H09, H10 and H13.
    pub total: Option<(Metres, Rule)>,
    /// Km without races and race km already run this week.
    pub done: (Metres, Metres),
    /// Days run this week, and the six days before it: bit 0 is the week's start - 6.
    pub run_days: u16,
    /// Days already run hard, same bits.
    pub hard_days: u16,
    /// Longest run already done this week that is no race.
    pub done_longest: Metres,
    /// The bit of its day if it lasted 60 min: hard unless a longer run is planned.
    pub done_long_day: u16,
    /// Most run days in any seven days.
    pub run_days_max: u32,
    /// Most quality sessions that may still be planned (H10, H14), races included.
    pub quality_max: u32,
    /// Ceiling of intensity in thousandths of the running time (H06).
    pub intensity: i64,
    /// Taper and post-race blocks.
    pub blocks: Vec<Block>,
    /// Only Return Runs of the ladder, never on consecutive days.
    pub ladder: bool,
    /// Where on it the runner is.
    pub climb: Climb,
    /// Durability of 0.70 or more (H04).
    pub durable: bool,
    /// The windows behind the limits.
    pub windows: Windows,
}

/// The windows the limits are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Windows {
    /// C4 at the week's start.
    pub c4: Metres,
    /// C at the week's start.
    pub c: Metres,
    /// C13 at the week's start.
    pub c13: Metres,
    /// The last week's km.
    pub w1: Metres,
    /// Mean week of the last 28 days.
    pub mean: Metres,
    /// M8.
    pub m8: Metres,
    /// M26.
    pub m26: Metres,
    /// The last term of H02: 1.25 C, or the highest planned km of the last 4 published weeks where
    /// that is less. What was planned may be planned again.
    pub held: Metres,
    /// L30 at the week's start.
    pub l30: Metres,
    /// Run-free days before the week's start; 10 000 without any run.
    pub run_free: i64,
    /// The lowest H14 factor in force, in thousandths.
    pub factor: Option<i64>,
    /// The run-free days that put it in force; 10 000 where there was no run before them.
    pub gap: i64,
    /// The condition of Rebuild stands.
    pub rebuild: bool,
    /// Strict runner.
    pub strict: bool,
}

impl Windows {
    fn new(c: &Circumstances<'_>, h: &History, health: &Health) -> Self {
        let w = c.week_start;
        let rebuild = rebuild(h, w);
        let states = [State::Rebuild, State::InjuryWatch, State::InjuryProtection];
        let strict = c.form.risk == Risk::High
            || health.strict
            || rebuild
            || c.injury_watch
            || health.protection
            || states.contains(&c.state);
        let back = return_factor(h, w);
        let fresh = |p: &&PublishedWeek| {
            (7..=ruleset::PUBLISHED_DAYS).contains(&(c.week_start - p.week_start))
        };
        let planned = c.published.iter().filter(fresh).map(|p| p.planned).max();
        let capacity = h.c(w);
        Self {
            c4: h.c4(w),
            c: capacity,
            c13: h.c13(w),
            w1: h.week(w, 1),
            mean: Metres(h.metres(w - 28, w).0 / 4),
            m8: h.best_c4(w, 8),
            m26: h.best_c4(w, 26),
            held: planned.unwrap_or_default().min(capacity.permille(ruleset::PUBLISHED_PERMILLE)),
            l30: h.l30(w),
            run_free: h.run_free_days(w),
            factor: back.map(|(factor, _)| factor),
            gap: back.map_or(0, |(_, days)| days),
            rebuild,
            strict,
        }
    }
}

/// The lowest factor of H14 in force in the week that starts at `w`, and the run-free days that put
/// it in force.
#[must_use]
pub fn return_factor(h: &History, w: Day) -> Option<(i64, i64)> {
    let factor = |j: i64| {
        let days = h.run_free_days(w - 7 * j);
        let row = ruleset::return_row(days);
        Some((row.get(usize::try_from(j).ok()?).copied()?, days))
    };
    (0..=6).filter_map(factor).min()
}

/// Does Rebuild's condition stand at `w`? Walked forward over the last 26 week starts, because
/// leaving needs more than entering.
#[must_use]
pub fn rebuild(h: &History, w: Day) -> bool {
    let mut standing = false;
    for k in (0..=26).rev() {
        let at = w - 7 * k;
        let gap = h.run_free_days(at);
        let (c4, c13) = (h.c4(at), h.c13(at));
        let ran = gap < ruleset::NEVER_RUN_DAYS || h.older;
        if ran
            && (gap >= ruleset::REBUILD_GAP || c4 < c13.permille(ruleset::REBUILD_ENTER_PERMILLE))
        {
            standing = true;
        } else if standing
            && c4 >= c13.permille(ruleset::REBUILD_LEAVE_PERMILLE)
            && return_factor(h, at).is_none()
        {
            standing = false;
        }
    }
    standing
}

/// A of H02, and the rule that set it.
fn ceiling(c: &Circumstances<'_>, win: &Windows) -> (Metres, Rule) {
    let base = if win.strict {
        ruleset::WEEK_FLOOR.max(win.c.permille(ruleset::STEP_STRICT_PERMILLE))
    } else if c.overriding {
        ruleset::WEEK_FLOOR
            .max(win.c.permille(ruleset::STEP_OVERRIDE_PERMILLE))
            .max(win.c + ruleset::STEP_OVERRIDE_EXTRA)
    } else {
        step(win.c)
    };
    let base = base.min(ruleset::STEP_CAP_FLOOR.max(win.c13.permille(ruleset::STEP_CAP_PERMILLE)));
    let proved =
        |m: Metres, floor: i64, add: i64| m.min(m.permille(floor).max(win.c + m.permille(add)));
    let a = base
        .max(proved(win.m8, ruleset::M8_SHARE, ruleset::M8_STEP))
        .max(proved(win.m26, ruleset::M26_SHARE, ruleset::M26_STEP))
        .max(win.held);
    match win.factor {
        Some(f) => {
            let back = ruleset::WEEK_FLOOR.max(win.c.max(win.m26).permille(f));
            if back < a { (back, Rule::H14) } else { (a, Rule::H02) }
        }
        None => (a, Rule::H02),
    }
}

/// The ceiling of a single run that is no race, and the rule that set it.
fn run_ceiling(c: &Circumstances<'_>, h: &History, win: &Windows) -> (Metres, Rule) {
    let l30 = win.l30;
    let normal = l30.permille(ruleset::SPIKE_PERMILLE).max(l30 + ruleset::SPIKE_EXTRA);
    let spike = if win.strict {
        l30.permille(ruleset::SPIKE_PERMILLE).max(l30 + ruleset::SPIKE_EXTRA_STRICT)
    } else if c.overriding {
        normal.max(l30.permille(ruleset::SPIKE_OVERRIDE_PERMILLE))
    } else {
        normal
    };
    let w = c.week_start;
    let longest = h.longest(w - ruleset::RETURN_LONGEST_DAYS, w);
    let back = win.factor.map(|f| ruleset::RETURN_RUN_FLOOR.max(longest.permille(f)));
    match back {
        Some(b) if b < spike => (b, Rule::H14),
        _ => (spike, Rule::H01),
    }
}

impl Limits {
    /// The room of the week of `c`, given its history before `first_day`.
    #[must_use]
    pub fn new(c: &Circumstances<'_>, h: &History) -> Self {
        let w = c.week_start;
        let health = Health::new(c, h);
        let windows = Windows::new(c, h, &health);
        let (a, a_by) = ceiling(c, &windows);
        let (run, by) = run_ceiling(c, h, &windows);
        let first = usize::try_from(c.first_day - w).unwrap_or(0).min(6);
        let open = DayRoom {
            run,
            by,
            time: None,
            quality_barred: None,
            long_barred: None,
            race_barred: None,
            race: None,
        };
        let mut l = Self {
            first,
            days: [open; 7],
            a,
            a_by,
            total: None,
            done: (Metres::ZERO, Metres::ZERO),
            run_days: 0,
            hard_days: 0,
            done_longest: Metres::ZERO,
            done_long_day: 0,
            run_days_max: ruleset::RUN_DAYS_MAX,
            quality_max: u32::MAX,
            intensity: ruleset::intensity_permille(if c.has_goal { c.phase } else { Phase::Base }),
            blocks: Vec::new(),
            ladder: health.climb.is_on(),
            climb: health.climb.clone(),
            durable: c.form.durability >= ruleset::DURABLE_FROM,
            windows,
        };
        if windows.strict || windows.c < ruleset::RUN_DAYS_SMALL_C {
            l.run_days_max = ruleset::RUN_DAYS_MAX_STRICT;
        }
        if c.overriding {
            l.intensity = l.intensity.max(ruleset::INTENSITY_OVERRIDE);
        }
        l.read_done(c, h);
        l.read_health(c, h, &health);
        l.read_races_to_come(c);
        l.bar_after_return(c, h);
        l.bar_by_state(c, h, &health);
        l.bar_by_spacing(c);
        l.taper(c, h);
        for r in h.runs.iter().filter(|r| r.race) {
            l.after_race(w, r.day, r.distance, h);
        }
        l.settle_races(c, h);
        l
    }

    /// What was run in the six days before the week and in its past days.
    fn read_done(&mut self, c: &Circumstances<'_>, h: &History) {
        let w = c.week_start;
        for r in h.runs_in(w - 6, c.first_day) {
            let bit = 1 << (r.day - w + 6);
            self.run_days |= bit;
            if run_hard(c, h, r) {
                self.hard_days |= bit;
            }
            if r.day < w {
                continue;
            }
            if r.race {
                self.done.1 += r.distance;
            } else {
                self.done.0 += r.distance;
                if r.distance > self.done_longest {
                    self.done_longest = r.distance;
                    let long = r.moving >= ruleset::LONG_RUN_FROM;
                    self.done_long_day = if long { bit } else { 0 };
                }
            }
        }
    }

    fn read_health(&mut self, c: &Circumstances<'_>, h: &History, health: &Health) {
        for (i, room) in self.days.iter_mut().enumerate() {
            let day = health.days[i];
            if day.locked {
                *room = DayRoom {
                    run: Metres::ZERO,
                    by: Rule::H08,
                    quality_barred: Some(Rule::H08),
                    long_barred: Some(Rule::H08),
                    race_barred: Some(Rule::H08),
                    ..*room
                };
                continue;
            }
            if day.no_hard {
                room.quality_barred = Some(Rule::H08);
                room.long_barred = Some(Rule::H08);
                room.race_barred = Some(Rule::H08);
            } else if day.no_quality {
                room.quality_barred = Some(Rule::H08);
                room.race_barred = Some(Rule::H08);
            }
            if day.tired {
                room.quality_barred.get_or_insert(Rule::H08);
                room.long_barred.get_or_insert(Rule::H08);
            }
            room.time = day.longest;
        }
        for r in &health.moderate {
            let upper = r.severity >= ruleset::MODERATE_UPPER_FROM;
            let share = if upper { ruleset::MODERATE_UPPER_PERMILLE } else { 1000 };
            let (c4, l30) = h.as_of(c.activities, r.day, |h| (h.c4(r.day), h.l30(r.day)));
            self.cap_total(c4.permille(share), Rule::H09);
            let longest = l30.permille(ruleset::MODERATE_RUN_PERMILLE);
            for room in &mut self.days {
                if room.run > longest {
                    (room.run, room.by) = (longest, Rule::H09);
                }
                room.quality_barred.get_or_insert(Rule::H09);
                room.race_barred.get_or_insert(Rule::H09);
            }
        }
        for s in c.strikes.iter().filter(|s| s.issued <= c.first_day) {
            for (i, room) in (0..).zip(&mut self.days) {
                if health::quiet(s, c.week_start + i, c.first_day) {
                    room.quality_barred.get_or_insert(Rule::H10);
                    room.race_barred.get_or_insert(Rule::H10);
                }
            }
            let Some(limit) = s.limit else { continue };
            if limit.lifted.is_none_or(|d| d >= c.week_start) {
                self.cap_total(limit.weekly.max(Metres::ZERO), Rule::H10);
                self.quality_max = self.quality_max.min(u32::from(limit.quality));
            }
        }
    }

    pub(crate) fn cap_total(&mut self, cap: Metres, rule: Rule) {
        if self.total.is_none_or(|(t, _)| cap < t) {
            self.total = Some((cap, rule));
        }
    }

    fn read_races_to_come(&mut self, c: &Circumstances<'_>) {
        for race in c.races {
            if let Some(room) = usize::try_from(race.day - c.week_start)
                .ok()
                .filter(|i| *i >= self.first)
                .and_then(|i| self.days.get_mut(i))
            {
                room.race = room.race.max(Some(race.distance));
            }
        }
    }

    /// B3: no quality for a while after a return, then one a week.
    fn bar_after_return(&mut self, c: &Circumstances<'_>, h: &History) {
        let w = c.week_start;
        for j in 0..=6 {
            let start = w - 7 * j;
            let gap = h.run_free_days(start);
            if gap < 7 {
                continue;
            }
            let bar = ruleset::quality_from(start, gap);
            for (i, room) in self.days.iter_mut().enumerate() {
                if w + (i as i64) < bar {
                    room.quality_barred.get_or_insert(Rule::H14);
                }
            }
            if w < bar + ruleset::RETURN_CAREFUL_DAYS {
                self.quality_max = self.quality_max.min(1);
            }
        }
    }

    fn bar_by_state(&mut self, c: &Circumstances<'_>, h: &History, health: &Health) {
        let watched = c.injury_watch || c.state == State::InjuryWatch;
        let no_quality = watched
            || health.protection
            || self.windows.rebuild
            || matches!(c.state, State::Rebuild | State::InjuryProtection);
        for (room, day) in self.days.iter_mut().zip(&health.days) {
            if no_quality {
                room.quality_barred.get_or_insert(Rule::H04);
            }
            if watched || health.climb.is_on() || day.injured {
                room.race_barred.get_or_insert(Rule::H04);
            }
        }
        let over = c.overreach_since.or((c.state == State::Overreach).then_some(c.week_start));
        if let Some(entry) = over {
            let used = h.as_of(c.activities, entry, |h| h.c(entry));
            self.cap_total(used.permille(ruleset::OVERREACH_PERMILLE), Rule::H13);
            for room in &mut self.days {
                room.quality_barred.get_or_insert(Rule::H13);
                room.long_barred.get_or_insert(Rule::H13);
                room.race_barred.get_or_insert(Rule::H13);
            }
        }
        if health.climb.is_on() {
            for room in &mut self.days {
                room.quality_barred.get_or_insert(Rule::H09);
                room.long_barred.get_or_insert(Rule::H09);
                room.race_barred.get_or_insert(Rule::H09);
                room.time =
                    Some(ruleset::LADDER_RUN_MAX.min(room.time.unwrap_or(Seconds(i64::MAX))));
            }
        }
    }

    /// H03 against what is fixed: days run hard, and races to come, planned or not.
    fn bar_by_spacing(&mut self, c: &Circumstances<'_>) {
        for i in 0..7_i64 {
            let day = c.week_start + i;
            let past = self.hard_days & (1 << (i + 5)) != 0;
            let race =
                c.races.iter().any(|r| r.day >= c.first_day && (-1..=1).contains(&(r.day - day)));
            // A planned Long Run takes the place of the one done.
            let long = self.done_long_day & (1 << (i + 5)) != 0;
            let room = &mut self.days[i as usize];
            if past || race {
                room.long_barred.get_or_insert(Rule::H03);
            }
            if past || race || long {
                room.quality_barred.get_or_insert(Rule::H03);
            }
        }
    }

    /// Decides which of the week's races will be run, in their order: health and states have
    /// spoken, now rest (H05), permanent limits (H10) and the blocks of other races (H11, H12).
    fn settle_races(&mut self, c: &Circumstances<'_>, h: &History) {
        let done = h.runs_in(c.week_start, c.first_day);
        let quality = done.iter().filter(|r| r.is_quality(c.form.marathon));
        let mut days: Vec<Day> = quality.map(|r| r.day).collect();
        days.dedup();
        self.quality_max = self.quality_max.saturating_sub(days.len() as u32);
        let mut quality = permanent_quality(c).saturating_sub(days.len() as u32);
        let mut runs = u32::from(self.run_days);
        let mut km = self.done.0 + self.done.1;
        for i in self.first..7 {
            let Some(race) = self.days[i].race.filter(|_| self.days[i].race_barred.is_none())
            else {
                continue;
            };
            let distance = race.planned();
            let with = runs | 1 << (i + 6);
            // Days already run bar it only where a window holds them and the race (H05).
            let crowded =
                (i..i + 7).any(|from| (with >> from & 0x7f).count_ones() > self.run_days_max);
            let (day, is_own) = (i as i64, |b: &Block| b.race == Some(i as i64));
            let full = self.blocks.iter().find(|b| b.holds(day) && !is_own(b) && distance > b.room);
            let barred = match self.total {
                _ if crowded => Some(Rule::H05),
                Some((total, rule)) if km + distance > total => Some(rule),
                _ if quality == 0 => Some(Rule::H10),
                _ => full.map(|b| b.rule),
            };
            if barred.is_some() {
                self.days[i].race_barred = barred;
                continue;
            }
            runs = with;
            km += distance;
            quality -= 1;
            for b in self.blocks.iter_mut().filter(|b| b.holds(day) && !is_own(b)) {
                b.room -= distance;
                b.aim = b.aim.min(b.room);
            }
            self.after_race(c.week_start, c.week_start + day, distance, h);
        }
    }

    /// H11 for every A race whose taper touches the week.
    fn taper(&mut self, c: &Circumstances<'_>, h: &History) {
        let w = c.week_start;
        for race in c.races.iter().filter(|r| r.a_race && r.day >= c.first_day) {
            let factors = ruleset::taper_permille(race.distance);
            let blocks = factors.len() as i64;
            let start = race.day - 7 * blocks + 1;
            self.taper_days(race.day - w, race.distance);
            for (n, factor) in factors.iter().enumerate() {
                let from = start + 7 * n as i64;
                let to = from + 6;
                if to < w || from > w + 6 {
                    continue;
                }
                let peak = (1..=ruleset::TAPER_REFERENCE_BLOCKS)
                    .map(|k| h.metres(start - 7 * k, start - 7 * k + 7))
                    .max();
                let run = h.metres(from, to + 1);
                let room = (peak.unwrap_or_default().permille(*factor) - run).max(Metres::ZERO);
                // One day may take 0.4 of a block, two 0.5 ...: a long run has its share.
                let tenths = (w + 6 - from + 4).min(10);
                self.blocks.push(Block {
                    from: from - w,
                    to: to - w,
                    room,
                    aim: Metres(if to > w + 6 { room.0 * tenths / 10 } else { room.0 }),
                    rule: Rule::H11,
                    race: Some(race.day - w).filter(|_| to == race.day),
                });
            }
        }
    }

    fn taper_days(&mut self, race: i64, distance: RaceDistance) {
        let long = matches!(distance, RaceDistance::Half | RaceDistance::Marathon);
        let last = ruleset::taper_quiet_days(distance);
        let [near, far] = ruleset::TAPER_RUN_PERMILLE;
        let l30 = self.windows.l30;
        for (i, room) in self.days.iter_mut().enumerate() {
            let before = race - i as i64;
            if (1..=last).contains(&before) {
                room.quality_barred.get_or_insert(Rule::H11);
                room.race_barred.get_or_insert(Rule::H11);
            }
            let cap = match before {
                8..=14 if long => l30.permille(far),
                1..=7 if long => l30.permille(near),
                _ => continue,
            };
            if room.run > cap {
                (room.run, room.by) = (cap, Rule::H11);
            }
        }
    }

    /// H12 after a race, run or to be run.
    fn after_race(&mut self, w: Day, race: Day, distance: Metres, h: &History) {
        let n = ruleset::recovery_days(distance);
        for (i, room) in self.days.iter_mut().enumerate() {
            let after = w + i as i64 - race;
            if after < 0 {
                continue;
            }
            if after < n {
                room.quality_barred.get_or_insert(Rule::H12);
            }
            if after < (n + 1) / 2 {
                room.long_barred.get_or_insert(Rule::H12);
            }
        }
        if distance < ruleset::MARATHON_FROM {
            return;
        }
        for week in 0..2 {
            let from = race + 1 + 7 * week;
            if from <= w + 6 && from + 6 >= w {
                let room = h.c4(race).permille(ruleset::MARATHON_RECOVERY_PERMILLE)
                    - h.metres(from, from + 7);
                let room = room.max(Metres::ZERO);
                self.blocks.push(Block {
                    from: from - w,
                    to: from - w + 6,
                    room,
                    aim: room,
                    rule: Rule::H12,
                    race: None,
                });
            }
        }
    }

    /// The races that will be run this week: day offset and distance.
    pub fn races(&self) -> impl Iterator<Item = (usize, RaceDistance)> + '_ {
        self.days.iter().enumerate().filter_map(|(i, d)| match (d.race, d.race_barred) {
            (Some(race), None) => Some((i, race)),
            _ => None,
        })
    }

    /// Km without races that may still be planned, given the planned race km.
    #[must_use]
    pub fn week_room(&self, race_km: Metres) -> (Metres, Rule) {
        let races = race_km + self.done.1;
        let ramp = (self.a - races).max(Metres(self.a.0 / 2)) - self.done.0;
        match self.total {
            Some((t, rule)) if t - races - self.done.0 < ramp => {
                ((t - races - self.done.0).max(Metres::ZERO), rule)
            }
            _ => (ramp.max(Metres::ZERO), self.a_by),
        }
    }

    /// Days run hard, as bits, where the longest run planned is this long: the longest done is
    /// the Long Run unless a longer one comes.
    #[must_use]
    pub fn hard_bits(&self, longest_planned: Metres) -> u16 {
        let done = if longest_planned > self.done_longest { 0 } else { self.done_long_day };
        self.hard_days | done
    }

    /// Most hard sessions for that many run days of the week (H04).
    #[must_use]
    pub fn hard_max(&self, run_days: u32) -> u32 {
        let [few, some, many] = ruleset::HARD_SESSIONS;
        let most = match run_days {
            0..=3 => few,
            4..=5 if self.durable => ruleset::HARD_SESSIONS_DURABLE,
            4..=5 => some,
            _ => many,
        };
        u32::try_from(most).unwrap_or(u32::MAX)
    }
}

/// Was the run hard? See "Run hard" in `docs/RULES.md`.
fn run_hard(c: &Circumstances<'_>, h: &History, r: &crate::history::Run) -> bool {
    if r.moving >= ruleset::DONE_HARD_FROM || r.is_quality(c.form.marathon) {
        return true;
    }
    let run = h.metres(r.day, r.day + 1);
    let half = |d: Metres| run >= d.permille(ruleset::DONE_SHARE_PERMILLE);
    c.published.iter().flat_map(|p| &p.hard).any(|(day, d)| *day == r.day && half(*d))
}

/// H10: most quality sessions of a week, races included.
fn permanent_quality(c: &Circumstances<'_>) -> u32 {
    let issued = c.strikes.iter().filter(|s| s.issued <= c.first_day);
    let binding =
        issued.filter_map(|s| s.limit).filter(|l| l.lifted.is_none_or(|d| d >= c.week_start));
    binding.map(|l| u32::from(l.quality)).min().unwrap_or(u32::MAX)
}
