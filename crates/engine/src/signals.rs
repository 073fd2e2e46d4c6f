//! What the last weeks say of a runner, day by day: the signals of overreaching (O1), pain and
//! spikes (P1, S1), slump (O3) and readiness (evidence, section 10), each with value and limit.
//!
//! A day's training signals follow from the days strictly before it, so that they are the same
//! however late they are asked for; pain counts on its own day already.

use crate::calendar::Day;
use crate::calibrate;
use crate::compliance::Compliance;
use crate::facts::Facts;
use crate::history::{History, Run};
use crate::record::{Activity, Feedback, HealthRecord, HealthType, Sport};
use crate::ruleset as r;
use crate::session::Kind;
use crate::terrain;
use crate::units::{Metres, Units};
use serde::{Deserialize, Serialize};

/// What can set off a change of state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// O1 a: speed per heart beat of easy runs, change in permille.
    EfficiencyDown,
    /// O1 b: efficiency up while easy runs feel harder; tenths of effort.
    EffortUp,
    /// O1 c: speed of threshold sessions at equal heart rate, change in permille.
    ThresholdSlower,
    /// O1 c: quality sessions left unfinished.
    Unfinished,
    /// O1 d: Foster's monotony, thousandths.
    Monotony,
    /// O1 e: load of the week against the mean week of four, permille.
    LoadJump,
    /// O1 f: days with bad sleep, sore legs or a low mood.
    Wellbeing,
    /// O1 g: mornings with a high resting heart rate.
    RestingHeartRate,
    /// P1: days of the last seven with pain of 3 or more.
    PainDays,
    /// P1: pain, 0-10, that is over 5 or above the day before on the next morning.
    PainSharp,
    /// P1: the weekly mean of pain rose two weeks running; tenths.
    PainRising,
    /// S1: the second run over 1.30 x L30 within 14 days; metres.
    Spikes,
    /// O3: the forecast over 28 days, permille slower.
    ForecastWorse,
    /// Consistency of the last 28 days, thousandths.
    Consistency,
}

impl Signal {
    /// O1 c has two faces; the others count alone.
    const fn kind(self) -> u32 {
        match self {
            Self::Unfinished => Self::ThresholdSlower as u32,
            other => other as u32,
        }
    }

    /// One of O1 a to c, of which Overreach needs one.
    #[must_use]
    pub const fn is_performance(self) -> bool {
        matches!(
            self,
            Self::EfficiencyDown | Self::EffortUp | Self::ThresholdSlower | Self::Unfinished
        )
    }
}

/// A signal that stands: what was measured and where the limit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// Which.
    pub signal: Signal,
    /// Measured.
    pub value: i64,
    /// Limit.
    pub limit: i64,
}

impl Reading {
    /// One clause that names the values.
    #[must_use]
    pub fn text(&self, units: Units) -> String {
        let (value, limit) = (self.value, self.limit);
        let percent = |n: i64| format!("{}.{}", n.abs() / 10, n.abs() % 10);
        let tenths = percent;
        match self.signal {
            Signal::EfficiencyDown => format!(
                "easy runs cost more heartbeats: {} % less speed per beat than usual (signal from {} %)",
                percent(value),
                percent(limit)
            ),
            Signal::EffortUp => format!(
                "easy runs feel {} points harder while the heart beats slower (signal from {})",
                tenths(value),
                tenths(limit)
            ),
            Signal::ThresholdSlower => format!(
                "threshold sessions are {} % slower at the same heart rate (signal from {} %)",
                percent(value),
                percent(limit)
            ),
            Signal::Unfinished => {
                format!("{value} quality sessions left unfinished in a week (signal from {limit})")
            }
            Signal::Monotony => format!(
                "days too much alike: monotony {}.{:02} (signal over {}.{:02})",
                value / 1000,
                value % 1000 / 10,
                limit / 1000,
                limit % 1000 / 10
            ),
            Signal::LoadJump => format!(
                "the week's load is {} % of your usual (signal over {} %)",
                percent(value),
                percent(limit)
            ),
            Signal::Wellbeing => format!(
                "bad sleep, sore legs or a low mood on {value} of 7 days (signal from {limit})"
            ),
            Signal::RestingHeartRate => format!(
                "resting heart rate {} beats or more above usual on {value} mornings (signal from {limit})",
                r::RESTING_UP
            ),
            Signal::PainDays => {
                format!("pain of {} or more on {value} of 7 days (limit {limit})", r::PAIN_FROM)
            }
            Signal::PainSharp => format!("pain of {value} of 10 (limit {limit})"),
            Signal::PainRising => format!(
                "pain has risen two weeks running, to {} on average (it was {})",
                tenths(value),
                tenths(limit)
            ),
            Signal::Spikes => format!(
                "the second run within {} days far beyond your recent longest: {} where {} was the limit",
                r::SPIKES_DAYS,
                units.distance(Metres(value)),
                units.distance(Metres(limit))
            ),
            Signal::ForecastWorse => format!(
                "your forecast is {} % slower than four weeks ago (signal from {} %)",
                percent(value),
                percent(limit)
            ),
            Signal::Consistency => format!(
                "{} % of your usual weeks done in four weeks (signal under {} %)",
                percent(value),
                percent(limit)
            ),
        }
    }
}

/// The signals of overreaching of a day: at most one of each.
#[derive(Debug, Clone, Default)]
pub struct Overreaching {
    /// Those that stand.
    pub readings: Vec<Reading>,
}

impl Overreaching {
    fn add(&mut self, signal: Signal, value: i64, limit: i64, stands: bool) {
        if stands {
            self.readings.push(Reading { signal, value, limit });
        }
    }

    /// Signals of different kinds.
    #[must_use]
    pub fn kinds(&self) -> u32 {
        self.readings.iter().fold(0u32, |bits, x| bits | 1 << x.signal.kind()).count_ones()
    }

    /// O2: three of different kinds, one of a-c among them.
    #[must_use]
    pub fn overreached(&self) -> bool {
        self.kinds() >= r::OVERREACH_SIGNALS
            && self.readings.iter().any(|x| x.signal.is_performance())
    }

    /// The first of those signals, if it stands.
    #[must_use]
    pub fn find(&self, any: &[Signal]) -> Option<Reading> {
        self.readings.iter().find(|x| any.contains(&x.signal)).copied()
    }
}

/// Sums over all days before one: of load, easy efficiency, effort of easy runs and flagged days.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    load: i64,
    efficiency: i64,
    efficient_runs: i64,
    effort: i64,
    rated_runs: i64,
    flagged: i64,
}

/// Pain of a day: while running or as recorded, and on the next morning.
#[derive(Debug, Clone, Copy)]
struct Pain {
    day: Day,
    during: u8,
    morning: u8,
    /// From a health record.
    recorded: bool,
}

/// A threshold session as run: speed in mm/s and heart rate.
#[derive(Debug, Clone, Copy)]
struct Threshold {
    day: Day,
    speed: i64,
    heart_rate: i64,
}

/// The days that signals look at, summed up once.
#[derive(Debug)]
pub struct Signals<'a> {
    facts: &'a Facts,
    h: &'a History,
    k: &'a Compliance,
    feedback: &'a [Feedback],
    health: &'a [HealthRecord],
    /// The first day that is summed up.
    first: Day,
    /// The first day whose easy runs any day asked about looks back at.
    efficient_from: Day,
    sums: Vec<Sums>,
    pains: Vec<Pain>,
    thresholds: Vec<Threshold>,
    unfinished: Vec<Day>,
    spikes: Vec<Spike>,
    resting: bool,
}

/// Speed in mm/s.
fn speed(distance: Metres, moving: i64) -> i64 {
    distance.0.saturating_mul(1000) / moving.max(1)
}

/// Corrected speed per heart beat of a run that is long enough to say something.
fn efficiency(run: &Run) -> Option<i64> {
    (run.moving.0 >= r::EFFICIENCY_LEAST).then(|| terrain::efficiency(run)).flatten()
}

fn minutes(a: &Activity) -> i64 {
    (a.moving.0 / 60).clamp(0, r::LOAD_MINUTES_MAX)
}

/// A run far beyond what the runner was used to on its day, and that no plan asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spike {
    /// The day.
    pub day: Day,
    /// What was run.
    pub distance: Metres,
    /// L30 of that day.
    pub l30: Metres,
    /// The limit: 1.30 x L30 of that day, and never what H01 allows anyone.
    pub limit: Metres,
}

/// The spikes of the days from `from` to before `to`: what Injury Watch, strikes and the Killa meter
/// count. Runs of the first weeks of a history are not judged.
#[must_use]
pub fn spikes(facts: &Facts, h: &History, from: Day, to: Day) -> Vec<Spike> {
    let known = h.runs.first().map(|x| x.day);
    let mut out = Vec::new();
    for run in h.runs_in(from, to).iter().filter(|x| !x.race) {
        let judged = h.older || known.is_some_and(|k| run.day - k >= r::SPIKE_HISTORY_DAYS);
        // Cheap before exact: no limit is under that of the shortest L30.
        if !judged || run.distance <= r::L30_FLOOR + r::SPIKE_EXTRA {
            continue;
        }
        if run.distance <= h.longest(run.day - r::L30_DAYS, run.day) {
            continue;
        }
        let l30 = h.l30(run.day);
        let limit = l30.permille(r::RUN_SPIKE_PERMILLE).max(l30 + r::SPIKE_EXTRA);
        let planned = || {
            let all = facts.published.iter().flat_map(|p| &p.sessions);
            all.filter(|s| s.day == run.day).map(|s| s.distance).max().unwrap_or_default()
        };
        if run.distance > limit && run.distance > planned() {
            out.push(Spike { day: run.day, distance: run.distance, l30, limit });
        }
    }
    out
}

impl<'a> Signals<'a> {
    /// Sums up what the signals of the days `from` to `at` need; facts of `at` itself are known as
    /// far as they are pain. `k` is the compliance of these facts.
    #[must_use]
    pub fn new(facts: &'a Facts, h: &'a History, k: &'a Compliance, from: Day, at: Day) -> Self {
        let first = from - r::C13_DAYS - r::SIGNAL_NEAR_DAYS;
        let size = usize::try_from(at - first).unwrap_or(0) + 1;
        let mut out = Self {
            facts,
            h,
            k,
            feedback: &facts.feedback,
            health: &facts.health,
            first,
            efficient_from: from - r::SIGNAL_FAR_DAYS,
            sums: vec![Sums::default(); size],
            pains: Vec::new(),
            thresholds: Vec::new(),
            unfinished: Vec::new(),
            spikes: Vec::new(),
            resting: false,
        };
        out.read_feedback(from, at);
        out.read_activities(&facts.activities, at);
        for i in 1..out.sums.len() {
            let before = out.sums[i - 1];
            let s = &mut out.sums[i];
            s.load += before.load;
            s.efficiency += before.efficiency;
            s.efficient_runs += before.efficient_runs;
            s.effort += before.effort;
            s.rated_runs += before.rated_runs;
            s.flagged += before.flagged;
        }
        out.read_plans(facts, at);
        out.spikes = spikes(facts, h, from - r::SPIKES_DAYS - 1, at);
        out
    }

    /// The same without what health records say.
    #[must_use]
    pub fn without_records(mut self) -> Self {
        self.health = &[];
        self.pains.retain(|p| !p.recorded);
        self
    }

    /// The cell that counts a day: sums before the day after it.
    fn cell(&mut self, day: Day) -> Option<&mut Sums> {
        let i = usize::try_from(day - self.first).ok()?;
        self.sums.get_mut(i + 1)
    }

    fn read_feedback(&mut self, from: Day, at: Day) {
        let (feedback, health) = (self.feedback, self.health);
        for f in feedback.iter().filter(|f| f.day <= at) {
            let low = |v: Option<u8>| v.is_some_and(|v| v <= r::LOW_RATING);
            let flagged = low(f.sleep)
                || low(f.mood)
                || f.soreness.is_some_and(|soreness| soreness >= r::HIGH_RATING);
            if let Some(cell) = self.cell(f.day).filter(|_| flagged) {
                cell.flagged = 1;
            }
            self.resting |= f.resting_heart_rate.is_some();
            self.hurt(from, f.day, (f.pain_during, f.pain_next_morning), false);
        }
        for x in health.iter().filter(|x| x.day <= at && is_pain(x)) {
            let during = x.symptoms.pain_during.unwrap_or_else(|| severity(x));
            self.hurt(from, x.day, (Some(during), x.symptoms.pain_next_morning), true);
        }
        self.pains.sort_by_key(|p| p.day);
    }

    fn hurt(&mut self, from: Day, day: Day, said: (Option<u8>, Option<u8>), recorded: bool) {
        let (during, morning) = said;
        if (during.is_some() || morning.is_some()) && day >= from - r::SIGNAL_FAR_DAYS {
            let (during, morning) = (during.unwrap_or(0), morning.unwrap_or(0));
            self.pains.push(Pain { day, during, morning, recorded });
        }
    }

    /// Load of every session, efficiency and effort of easy runs.
    fn read_activities(&mut self, activities: &[Activity], at: Day) {
        let (h, first) = (self.h, self.first);
        let runs = &h.runs;
        // Runs of the four weeks before a run tell how fast it is for this runner.
        let mut next = runs.partition_point(|x| x.day < first);
        let mut oldest = runs.partition_point(|x| x.day < first - r::SIGNAL_FAR_DAYS);
        let (mut distance, mut moving) = (0, 0);
        for x in &runs[oldest..next] {
            distance += x.distance.0;
            moving += x.moving.0;
        }
        let start = activities.partition_point(|a| a.day() < first);
        for a in &activities[start..] {
            let day = a.day();
            if day >= at {
                break;
            }
            let counted = runs.get(next).filter(|x| x.id == a.id);
            let said = a.effort.or_else(|| self.effort_of(day)).map(|e| i64::from(e.min(10)));
            let Some(run) = counted else {
                if a.sport == Sport::Other
                    && let Some(cell) = self.cell(day)
                {
                    cell.load += said.unwrap_or(r::LOAD_OTHER) * minutes(a);
                }
                continue;
            };
            while oldest < next && runs[oldest].day < day - r::SIGNAL_FAR_DAYS {
                distance -= runs[oldest].distance.0;
                moving -= runs[oldest].moving.0;
                oldest += 1;
            }
            let usual = speed(Metres(distance), moving);
            let faster = match usual {
                0 => 1000,
                _ => speed(run.distance, run.moving.0).saturating_mul(1000) / usual,
            };
            distance += run.distance.0;
            moving += run.moving.0;
            next += 1;
            let guess = match faster {
                _ if run.race => r::LOAD_RACE,
                f if f >= r::LOAD_HARD.0 => r::LOAD_HARD.1,
                f if f >= r::LOAD_STEADY.0 => r::LOAD_STEADY.1,
                _ => r::LOAD_EASY,
            };
            let easy = !run.race && guess == r::LOAD_EASY && day >= self.efficient_from;
            let Some(cell) = self.cell(day) else { continue };
            cell.load += said.unwrap_or(guess) * minutes(a);
            if easy && let Some(value) = efficiency(run) {
                cell.efficiency += value;
                cell.efficient_runs += 1;
            }
            if easy && let Some(effort) = said {
                cell.effort += effort * 10;
                cell.rated_runs += 1;
            }
        }
    }

    /// How hard the runner called the day's run.
    fn effort_of(&self, day: Day) -> Option<u8> {
        let i = self.feedback.partition_point(|f| f.day < day);
        self.feedback[i..].iter().take_while(|f| f.day == day).find_map(|f| f.effort)
    }

    /// Threshold sessions as run, and quality sessions left unfinished.
    fn read_plans(&mut self, facts: &Facts, at: Day) {
        for week in &facts.published {
            let done = week.sessions.iter().filter(|s| s.day < at && s.day >= self.first);
            for s in done {
                if !matches!(s.kind, Kind::Tempo | Kind::Interval | Kind::Fartlek | Kind::Pace) {
                    continue;
                }
                let runs = self.h.runs_in(s.day, s.day + 1);
                let Some(run) = runs.iter().max_by_key(|x| x.distance) else { continue };
                if run.distance < s.distance.permille(r::UNFINISHED_PERMILLE) {
                    self.unfinished.push(s.day);
                } else if s.kind == Kind::Tempo
                    && let Some(heart_rate) = run.heart_rate
                {
                    let (day, speed) = (s.day, speed(run.distance, run.moving.0));
                    let heart_rate = i64::from(heart_rate);
                    self.thresholds.push(Threshold { day, speed, heart_rate });
                }
            }
        }
    }

    /// Runs over 1.30 x L30 as of their own day, never one as long as H01 allows or as planned.
    /// Sums of the days before one.
    fn before(&self, day: Day) -> &Sums {
        let i = (day - self.first).clamp(0, self.sums.len() as i64 - 1);
        &self.sums[i as usize]
    }

    /// Sums of the days from `from` to before `to`.
    fn between(&self, from: Day, to: Day) -> Sums {
        let (a, b) = (self.before(from), self.before(to));
        Sums {
            load: b.load - a.load,
            efficiency: b.efficiency - a.efficiency,
            efficient_runs: b.efficient_runs - a.efficient_runs,
            effort: b.effort - a.effort,
            rated_runs: b.rated_runs - a.rated_runs,
            flagged: b.flagged - a.flagged,
        }
    }

    /// Session-RPE points of a day: minutes by how hard they were, said or guessed from the speed.
    #[must_use]
    pub fn load(&self, day: Day) -> i64 {
        self.between(day, day + 1).load
    }

    /// O1 as of the start of a day.
    #[must_use]
    pub fn overreaching(&self, day: Day) -> Overreaching {
        let mut out = Overreaching::default();
        let near = self.between(day - r::SIGNAL_NEAR_DAYS, day);
        let far = self.between(day - r::SIGNAL_FAR_DAYS, day);
        if near.efficient_runs >= r::SIGNAL_EASY_RUNS && far.efficient_runs > near.efficient_runs {
            let mean = far.efficiency / far.efficient_runs;
            let change = (near.efficiency / near.efficient_runs - mean) * 1000 / mean.max(1);
            let limit = r::EFFICIENCY_DOWN;
            out.add(Signal::EfficiencyDown, change, limit, change <= limit);
            if change >= r::EFFICIENCY_UP && near.rated_runs >= r::SIGNAL_EASY_RUNS {
                let usual = far.effort / far.rated_runs;
                let harder = near.effort / near.rated_runs - usual;
                let limit = r::EFFORT_UP_TENTHS;
                out.add(Signal::EffortUp, harder, limit, harder >= limit);
            }
        }
        if let Some(change) = self.threshold_change(day) {
            let limit = r::THRESHOLD_SLOWER;
            out.add(Signal::ThresholdSlower, change, limit, change <= limit);
        }
        let week = day - r::SIGNAL_NEAR_DAYS..day;
        let unfinished = self.unfinished.iter().filter(|d| week.contains(d)).count() as i64;
        let limit = r::UNFINISHED_MOST;
        out.add(Signal::Unfinished, unfinished, limit, unfinished >= limit);
        let monotony = self.monotony(day);
        let limit = r::MONOTONY_SOFT;
        out.add(Signal::Monotony, monotony, limit, monotony > limit);
        // Without three weeks before it there is no usual load to jump from.
        let known = self.h.older || self.h.runs.first().is_some_and(|x| day - x.day >= 28);
        let jump = near.load * 4000 / far.load.max(1);
        let limit = r::LOAD_JUMP_PERMILLE;
        out.add(Signal::LoadJump, jump, limit, known && jump > limit);
        let limit = r::FLAGGED_DAYS;
        out.add(Signal::Wellbeing, near.flagged, limit, near.flagged >= limit);
        if self.resting {
            let mornings = self.resting_mornings(day);
            out.add(Signal::RestingHeartRate, mornings, limit, mornings >= limit);
        }
        out
    }

    /// Foster's monotony of the last seven days, thousandths: mean over deviation (by seven).
    fn monotony(&self, day: Day) -> i64 {
        let ends: [i64; 8] = std::array::from_fn(|i| self.before(day - 7 + i as i64).load);
        let loads: [i64; 7] = std::array::from_fn(|i| ends[i + 1] - ends[i]);
        let sum = ends[7] - ends[0];
        if sum == 0 {
            return 0;
        }
        // Sevenfold deviations keep whole numbers.
        let squares: i64 = loads.iter().map(|l| (7 * l - sum) * (7 * l - sum)).sum();
        let deviation = (u64::try_from(squares).unwrap_or(0) / 7).isqrt();
        match i64::try_from(deviation).unwrap_or(i64::MAX) {
            0 => r::MONOTONY_CAP,
            d => (sum * 1000 / d).min(r::MONOTONY_CAP),
        }
    }

    /// Speed of the week's threshold sessions against earlier ones at an equal heart rate.
    fn threshold_change(&self, day: Day) -> Option<i64> {
        let split = day - r::SIGNAL_NEAR_DAYS;
        let now = self.thresholds.iter().rfind(|t| t.day >= split && t.day < day)?;
        let like = |t: &&Threshold| {
            t.day < split
                && t.day >= day - r::SIGNAL_FAR_DAYS
                && (t.heart_rate - now.heart_rate).abs() <= r::EQUAL_HEART_RATE
        };
        let before: Vec<i64> = self.thresholds.iter().filter(like).map(|t| t.speed).collect();
        let mean = before.iter().sum::<i64>() / i64::try_from(before.len()).ok()?.max(1);
        (mean > 0).then(|| (now.speed - mean) * 1000 / mean)
    }

    fn resting_mornings(&self, day: Day) -> i64 {
        let rate = |from: Day, to: Day| {
            let start = self.feedback.partition_point(|f| f.day < from);
            let all = self.feedback[start..].iter().take_while(move |f| f.day < to);
            all.filter_map(|f| f.resting_heart_rate).map(i64::from)
        };
        let split = day - r::SIGNAL_NEAR_DAYS;
        let (n, sum) =
            rate(day - r::SIGNAL_FAR_DAYS, split).fold((0, 0), |(n, s), x| (n + 1, s + x));
        if n < r::RESTING_LEAST {
            return 0;
        }
        rate(split, day).filter(|x| *x >= sum / n + r::RESTING_UP).count() as i64
    }

    /// P1 and S1 on a day, with or without the health records: what makes Injury Watch.
    #[must_use]
    pub fn watch(&self, day: Day) -> Option<Reading> {
        let reading = |signal, value, limit| Some(Reading { signal, value, limit });
        if let Some(p) = self.pains_in(day - 1, day + 1).find(|p| is_sharp(p)) {
            let value = p.during.max(p.morning);
            let limit = if value > r::PAIN_MOST { r::PAIN_MOST } else { p.during };
            return reading(Signal::PainSharp, i64::from(value), i64::from(limit));
        }
        let mut hurting: Vec<Day> = self
            .pains_in(day - r::SIGNAL_NEAR_DAYS + 1, day + 1)
            .filter(|p| hurts(p))
            .map(|p| p.day)
            .collect();
        hurting.dedup();
        let days = hurting.len() as i64;
        if days >= r::PAIN_DAYS && hurting.last().is_some_and(|last| day - *last <= 1) {
            return reading(Signal::PainDays, days, r::PAIN_DAYS);
        }
        if let [Some(first), Some(second), Some(third)] =
            [21, 14, 7].map(|n| self.mean_pain(day - n, day - n + 7))
            && first < second
            && second < third
            && third >= r::PAIN_RISING_FROM
        {
            return reading(Signal::PainRising, third, second);
        }
        let last = self.spikes.iter().rfind(|s| s.day == day - 1)?;
        let earlier = |s: &&Spike| s.day < last.day && last.day - s.day <= r::SPIKES_DAYS;
        self.spikes.iter().find(earlier)?;
        reading(Signal::Spikes, last.distance.0, last.limit.0)
    }

    /// Pain of 3 or more was said for a day from `from` to before `to`.
    #[must_use]
    pub fn hurt_in(&self, from: Day, to: Day) -> bool {
        self.pains_in(from, to).any(hurts)
    }

    /// An injury or pain of severity 3 or more is open on a day.
    #[must_use]
    pub fn open_pain(&self, day: Day) -> bool {
        let open = |x: &HealthRecord| x.day <= day && x.closed.is_none_or(|c| c > day);
        self.health.iter().any(|x| is_pain(x) && severity(x) >= r::PAIN_FROM && open(x))
    }

    fn pains_in(&self, from: Day, to: Day) -> impl Iterator<Item = &Pain> {
        let start = self.pains.partition_point(|p| p.day < from);
        self.pains[start..].iter().take_while(move |p| p.day < to)
    }

    /// Mean pain of a week in tenths, where it was asked often enough.
    fn mean_pain(&self, from: Day, to: Day) -> Option<i64> {
        let all = self.pains_in(from, to).map(|p| i64::from(p.during.max(p.morning)));
        let (n, sum) = all.fold((0, 0), |(n, s), x| (n + 1, s + x));
        (n >= r::PAIN_ANSWERS).then(|| sum * 10 / n)
    }

    /// Load of 28 days within a tenth of that of 90, day for day (O3).
    #[must_use]
    pub fn even_load(&self, day: Day) -> bool {
        let load_28 = self.between(day - 28, day).load * r::C13_DAYS;
        let load_90 = self.between(day - r::C13_DAYS, day).load * 28;
        load_90 > 0 && (load_28 - load_90).abs() * 1000 <= load_90 * r::LOAD_EVEN
    }

    /// A28: the mean score of the sessions of the last four weeks; where there were none to speak of
    /// the share of weeks with as many runs as make this runner's week active (K2), once there are
    /// four weeks to look at.
    #[must_use]
    pub fn consistency_28(&self, day: Day) -> Option<Reading> {
        let known = self.h.older || self.h.runs.first().is_some_and(|x| day - x.day >= 56);
        if !known {
            return None;
        }
        let limit = r::SLUMP_CONSISTENCY;
        let below = |value| {
            (value < limit).then_some(Reading { signal: Signal::Consistency, value, limit })
        };
        let due = self.k.between(day - 28, day).iter().filter(|s| !s.excused).count();
        if due >= r::SLUMP_SESSIONS {
            return self.k.mean(day - 28, day).and_then(below);
        }
        let usual = usize::from(calibrate::usual_runs(self.h, day - 28));
        let least = usual.min(r::ACTIVE_RUNS);
        let active = |k: &i64| self.h.runs_in(day - 7 * k, day - 7 * k + 7).len() >= least;
        let value = (1..=4).filter(active).count() as i64 * 250;
        below(value)
    }

    /// Ready for a probe as of a day: consistent, at capacity, without pain.
    #[must_use]
    pub fn ready(&self, day: Day) -> Option<Ready> {
        let consistency = calibrate::consistency_at(self.k, self.facts, self.h, day);
        let capacity = calibrate::capacity_at(self.facts, self.h, day);
        let weekly = Metres(self.h.metres(day - 28, day).0 / 4);
        let ready = consistency >= r::PROBE_CONSISTENCY
            && weekly >= capacity.permille(r::PROBE_CAPACITY)
            && weekly >= r::PROBE_LEAST
            && !self.hurt_in(day - r::SIGNAL_NEAR_DAYS, day + 1);
        ready.then_some(Ready { consistency, weekly, capacity })
    }
}

/// The figures that a probe was begun with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ready {
    /// K2, thousandths.
    pub consistency: i64,
    /// Mean weekly km of 28 days.
    pub weekly: Metres,
    /// K3.
    pub capacity: Metres,
}

fn is_pain(x: &HealthRecord) -> bool {
    matches!(x.kind, HealthType::Injury | HealthType::Pain)
}

fn severity(x: &HealthRecord) -> u8 {
    let j1 = x.symptoms.bone_pain_at_rest || x.symptoms.limp;
    if j1 { r::SEVERITY_J1 } else { x.severity.unwrap_or(r::SEVERITY_DEFAULT) }
}

fn hurts(p: &Pain) -> bool {
    p.during.max(p.morning) >= r::PAIN_FROM
}

/// Over 5, or on the next morning above the day before where that is no longer harmless.
fn is_sharp(p: &Pain) -> bool {
    p.during.max(p.morning) > r::PAIN_MOST || (p.morning >= r::PAIN_FROM && p.morning > p.during)
}
