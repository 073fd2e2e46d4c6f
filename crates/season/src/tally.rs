//! What is counted over the weeks of a cohort. Tallies of runners are added up; the order in which
//! they are does not matter.

use hermes_engine::calendar::Day;
use hermes_engine::decision::Finding;
use hermes_engine::state::State;
use std::collections::BTreeMap;

/// So many of so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Share {
    /// The cases.
    pub cases: u64,
    /// Of how many.
    pub of: u64,
}

impl Share {
    /// One more, a case or not.
    pub const fn see(&mut self, case: bool) {
        self.of += 1;
        self.cases += case as u64;
    }

    /// Are the cases at least so many in a thousand? Yes when there was nothing to see.
    #[must_use]
    pub const fn at_least(self, permille: u64) -> bool {
        self.cases * 1000 >= self.of * permille
    }

    const fn add(&mut self, other: Self) {
        self.cases += other.cases;
        self.of += other.of;
    }
}

/// How often each value was seen, in thousandths up to [`Spread::MOST`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Spread(BTreeMap<u16, u64>);

impl Spread {
    /// Higher values are counted as this one.
    pub const MOST: i64 = 3_000;

    /// One more value.
    pub fn see(&mut self, permille: i64) {
        *self.0.entry(permille.clamp(0, Self::MOST) as u16).or_default() += 1;
    }

    /// How many.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.0.values().sum()
    }

    /// None yet?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many are below a value.
    #[must_use]
    pub fn below(&self, permille: u16) -> u64 {
        self.0.range(..permille).map(|(_, n)| n).sum()
    }

    /// The lowest value.
    #[must_use]
    pub fn least(&self) -> Option<u16> {
        self.0.keys().next().copied()
    }

    /// The value that half of them do not reach.
    #[must_use]
    pub fn median(&self) -> Option<u16> {
        let half = self.len() / 2;
        let mut seen = 0;
        self.0.iter().find_map(|(value, n)| {
            seen += n;
            (seen > half).then_some(*value)
        })
    }

    fn add(&mut self, other: &Self) {
        for (value, n) in &other.0 {
            *self.0.entry(*value).or_default() += n;
        }
    }
}

/// What was seen of one week: enough to find it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sight {
    /// Which runner of the cohort.
    pub runner: u64,
    /// First day of the week.
    pub week: Day,
    /// The day it was planned on.
    pub on: Day,
    /// What was seen.
    pub what: String,
}

/// Sights that one tally keeps of each kind.
pub const SIGHTS: usize = 20;

/// Everything counted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    /// Runners.
    pub runners: u64,
    /// Weeks published at their start.
    pub weeks: u64,
    /// Weeks planned anew from a day inside them.
    pub revisions: u64,
    /// Days lived.
    pub days: u64,
    /// Published plans that break a hard rule, and days with a run that health forbids.
    pub breaches: BTreeMap<&'static str, u64>,
    /// The first of them.
    pub broken: Vec<Sight>,
    /// States: entered and left.
    pub states: BTreeMap<State, (u64, u64)>,
    /// Sessions over 110, 130 and 200 % of the longest run in 30 days.
    pub longer: [Share; 3],
    /// Weeks over 1.5 times the mean of the 28 days before.
    pub jumps: Share,
    /// Those of healthy runners in state Stable who do not return from a break.
    pub jumps_stable: Share,
    /// Plans with an open injury of severity 7 or more that hold a run on a day from then on.
    pub run_while_severe: Share,
    /// Severe reports that leave the state somewhere else than Injury Protection on that day.
    pub severe_unanswered: Share,
    /// Injury Protection left for Taper while a severe injury was open.
    pub tapered_injured: Share,
    /// Reports of an illness of 8 to 10 below the neck that change nothing in a week with runs to
    /// come.
    pub ill_unchanged: Share,
    /// Reports that lock the day and leave a run on it.
    pub report_ignored: Share,
    /// Closed injuries without a run planned nine weeks later.
    pub never_closed: Share,
    /// Some of them.
    pub stuck: Vec<Sight>,
    /// Quality in Rebuild, Overreach, Injury Watch and Injury Protection.
    pub quality_forbidden: Share,
    /// Weeks with hard sessions on days next to each other.
    pub adjacent: Share,
    /// Week borders with hard sessions on both sides.
    pub adjacent_border: Share,
    /// Races that are planned at another distance than the goal's.
    pub race_distance: Share,
    /// Races of goals that are not planned on their day, whatever the reason.
    pub race_left_out: Share,
    /// Those of runners without a health record of four weeks.
    pub race_left_out_well: Share,
    /// Some of them.
    pub races_lost: Vec<Sight>,
    /// Race sessions on a day without a race.
    pub race_elsewhere: Share,
    /// Half marathons and marathons with a run in the two days after them, in their week.
    pub run_after_race: Share,
    /// The longest run on the day before a priority race, metres.
    pub before_race: i64,
    /// First plans after three or more weeks off with 70 % or more of the weekly km before.
    pub full_after_break: Share,
    /// Weeks of runners with at most two weeks of history in state Overreach.
    pub overreach_at_once: Share,
    /// Healthy Stable weeks against C4.
    pub plenty: Spread,
    /// The poorest of them.
    pub poor: Vec<Sight>,
    /// Marathoners who reach 28 km.
    pub long_runs: Share,
    /// Those of them who do what is planned.
    pub long_runs_faithful: Share,
    /// Some who do not.
    pub short: Vec<Sight>,
    /// Build weeks open to quality that have it.
    pub quality: Share,
    /// Forecasts of half a year in which running less of every plan makes no race faster.
    pub shares_in_order: Share,
    /// Some in which it does.
    pub out_of_order: Vec<Sight>,
    /// Km of the last four weeks of half a year with four fifths of every plan run, against the
    /// first four.
    pub held: Spread,
}

impl Tally {
    /// Adds another tally, of later runners.
    pub fn add(&mut self, other: Self) {
        self.runners += other.runners;
        self.weeks += other.weeks;
        self.revisions += other.revisions;
        self.days += other.days;
        for (rule, n) in other.breaches {
            *self.breaches.entry(rule).or_default() += n;
        }
        for (state, (entered, left)) in other.states {
            let entry = self.states.entry(state).or_default();
            *entry = (entry.0 + entered, entry.1 + left);
        }
        for (mine, more) in self.longer.iter_mut().zip(other.longer) {
            mine.add(more);
        }
        for (mine, more) in [
            (&mut self.jumps, other.jumps),
            (&mut self.run_while_severe, other.run_while_severe),
            (&mut self.severe_unanswered, other.severe_unanswered),
            (&mut self.tapered_injured, other.tapered_injured),
            (&mut self.ill_unchanged, other.ill_unchanged),
            (&mut self.report_ignored, other.report_ignored),
            (&mut self.never_closed, other.never_closed),
            (&mut self.quality_forbidden, other.quality_forbidden),
            (&mut self.adjacent, other.adjacent),
            (&mut self.adjacent_border, other.adjacent_border),
            (&mut self.race_distance, other.race_distance),
            (&mut self.race_left_out, other.race_left_out),
            (&mut self.race_elsewhere, other.race_elsewhere),
            (&mut self.run_after_race, other.run_after_race),
            (&mut self.jumps_stable, other.jumps_stable),
            (&mut self.race_left_out_well, other.race_left_out_well),
            (&mut self.full_after_break, other.full_after_break),
            (&mut self.overreach_at_once, other.overreach_at_once),
            (&mut self.long_runs, other.long_runs),
            (&mut self.long_runs_faithful, other.long_runs_faithful),
            (&mut self.quality, other.quality),
            (&mut self.shares_in_order, other.shares_in_order),
        ] {
            mine.add(more);
        }
        self.before_race = self.before_race.max(other.before_race);
        self.plenty.add(&other.plenty);
        self.held.add(&other.held);
        for (mine, more) in [
            (&mut self.broken, other.broken),
            (&mut self.poor, other.poor),
            (&mut self.stuck, other.stuck),
            (&mut self.short, other.short),
            (&mut self.races_lost, other.races_lost),
            (&mut self.out_of_order, other.out_of_order),
        ] {
            mine.extend(more);
            mine.sort_by_key(|s| (s.runner, s.on));
            mine.truncate(SIGHTS);
        }
    }

    /// A published plan broke a rule.
    pub fn breach(&mut self, runner: u64, week: Day, on: Day, finding: &Finding) {
        let day = finding.day.map_or_else(String::new, |d| format!(" on {d}"));
        let what = format!(
            "{}{day}: {} where {} is the limit",
            finding.rule.id(),
            finding.value,
            finding.limit
        );
        self.broke(finding.rule.id(), Sight { runner, week, on, what });
    }

    /// Something that must not be was seen.
    pub fn broke(&mut self, rule: &'static str, sight: Sight) {
        *self.breaches.entry(rule).or_default() += 1;
        keep(&mut self.broken, sight);
    }

    /// Breaches in all.
    #[must_use]
    pub fn broken(&self) -> u64 {
        self.breaches.values().sum()
    }

    /// A change of state.
    pub fn changed(&mut self, from: State, to: State) {
        if from != to {
            self.states.entry(from).or_default().1 += 1;
            self.states.entry(to).or_default().0 += 1;
        }
    }
}

/// Keeps a sight while there is room.
pub fn keep(sights: &mut Vec<Sight>, sight: Sight) {
    if sights.len() < SIGHTS {
        sights.push(sight);
    }
}
