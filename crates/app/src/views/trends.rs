//! How training went over months: what the Trends page draws.

use super::{Done, NAMED};
use crate::App;
use crate::accounts::Runner;
use crate::error::Result;
use hermes_engine::calendar::Day;
use hermes_engine::calibrate::calibrate;
use hermes_engine::compliance::Compliance;
use hermes_engine::facts::Facts;
use hermes_engine::history::{History, Run};
use hermes_engine::load::{self, Form};
use hermes_engine::predict::Prediction;
use hermes_engine::record::RaceDistance;
use hermes_engine::signals::Signals;
use hermes_engine::step;
use hermes_engine::units::{Metres, Pace, Seconds};
use hermes_store::summaries::WeeklySummary;

/// Weeks of volume that are drawn, this one included.
const WEEKS: u8 = 52;
/// Weeks of load, of days and of predictions that are drawn, this one included.
const RECENT: u8 = 26;
/// Days before the first one drawn from which the means of load begin.
const WARM_UP: i64 = 126;
/// Heart beats beside the usual one between which paces are compared.
const BEATS: u16 = 5;
/// Shortest run whose pace at a heart rate says something.
const STEADY: Seconds = Seconds(1200);

/// One week of training.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrendWeek {
    /// Its first day.
    pub week_start: Day,
    /// Planned; zero without a plan.
    pub planned: Metres,
    /// Run, without what does not count.
    pub done: Metres,
    /// The longest run.
    pub longest: Metres,
    /// Easy, quality, long and recovery km, where the week is summed up.
    pub split: Option<[Metres; 4]>,
    /// Mean session score in per cent.
    pub compliance: Option<i64>,
    /// The phase it was planned in.
    pub phase: Option<&'static str>,
}

/// Load of a day with its running means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// Session-RPE points of the day.
    pub points: i64,
    /// The means at its end.
    pub form: Form,
}

/// What became of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayMark {
    /// The day.
    pub day: Day,
    /// How it went.
    pub done: Done,
    /// More than planned.
    pub over: bool,
    /// Planned km.
    pub planned: Metres,
    /// Km run on it.
    pub run: Metres,
}

/// A race time as it would have been predicted at the start of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Predicted {
    /// The day.
    pub day: Day,
    /// What was predicted, and from what.
    pub made: Prediction,
}

/// The pace of a week's runs at the runner's usual heart rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaceAtHeart {
    /// The week's first day.
    pub week_start: Day,
    /// The mean pace.
    pub pace: Pace,
    /// Runs it is made of.
    pub runs: usize,
}

/// What the Trends page shows; every list oldest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrendsView {
    /// A year of weeks, without the empty ones before the first run.
    pub weeks: Vec<TrendWeek>,
    /// Half a year of days.
    pub loads: Vec<Load>,
    /// Half a year of whole weeks of days, up to the end of this week.
    pub days: Vec<DayMark>,
    /// The distance of the predictions: the leading goal's, else 10 km.
    pub distance: RaceDistance,
    /// Predictions at week starts, and today's.
    pub predicted: Vec<Predicted>,
    /// Lowest and highest of the heart rates at which paces are compared, beats per minute.
    pub heart_rates: Option<(u16, u16)>,
    /// The paces at them.
    pub paces: Vec<PaceAtHeart>,
}

impl App {
    /// How training went over the last year.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn trends(&self, runner: &Runner) -> Result<TrendsView> {
        let (today, now) = (self.today(runner), self.clock.now());
        let start = self.preferences(runner).await?.week_start;
        let this = today.week_start(start);
        let earlier = self.earlier(runner, this, today.max(this + 1), now).await?;
        // Today's runs count as well: the day after it is asked about.
        let facts = self.facts(runner, today + 1, now, &earlier).await?;
        let h = History::new(&facts.activities, today + 1);
        let first = this - 7 * i64::from(WEEKS - 1);
        let recent = this - 7 * i64::from(RECENT - 1);
        let goals = &facts.goals;
        let distance = step::a_race(goals, today).map_or(RaceDistance::K10, |g| g.distance);
        let (heart_rates, paces) = paces_at_heart(&h, recent, this);
        Ok(TrendsView {
            weeks: self.trend_weeks(runner, &h, first).await?,
            loads: loads(&facts, &h, recent, today),
            days: self.day_marks(runner, recent).await?,
            distance,
            predicted: predicted(&facts, distance, recent, today),
            heart_rates,
            paces,
        })
    }

    async fn trend_weeks(
        &self,
        runner: &Runner,
        h: &History,
        first: Day,
    ) -> Result<Vec<TrendWeek>> {
        let last = first + 7 * i64::from(WEEKS - 1);
        let plans = self.store.planned_volumes(runner.id, first, last).await?;
        let summaries = self.store.summaries(runner.id, first, last).await?;
        let week = |k: u8| {
            let week_start = first + 7 * i64::from(k);
            let plan = plans.iter().find(|s| s.week_start_date == week_start);
            let summary = summaries.iter().find(|s| s.week_start_date == week_start);
            TrendWeek {
                week_start,
                planned: plan.map_or(Metres::ZERO, |s| s.total_volume_km.from_km()),
                done: h.metres(week_start, week_start + 7),
                longest: h.longest(week_start, week_start + 7),
                split: summary.map(split),
                compliance: summary.and_then(|s| s.compliance_percentage).map(|c| c.units() / 100),
                phase: plan.and_then(|s| phase(s.phase.as_deref())),
            }
        };
        let weeks = (0..WEEKS).map(week);
        let is_empty = |w: &TrendWeek| w.done == Metres::ZERO && w.planned == Metres::ZERO;
        Ok(weeks.skip_while(is_empty).collect())
    }

    async fn day_marks(&self, runner: &Runner, first: Day) -> Result<Vec<DayMark>> {
        let weeks = self.weeks(runner, first, RECENT).await?;
        let days = weeks.into_iter().flat_map(|w| w.days);
        let counted = |a: &&super::ActivityView| a.is_run && a.rejected.is_none();
        let mark = |d: super::DayView| DayMark {
            day: d.day,
            done: d.done,
            over: d.over,
            planned: d.sessions.iter().filter(|s| s.is_run()).map(|s| s.distance).sum(),
            run: d.activities.iter().filter(counted).map(|a| a.distance).sum(),
        };
        Ok(days.map(mark).collect())
    }
}

fn split(s: &WeeklySummary) -> [Metres; 4] {
    let km = [s.easy_run_km, s.quality_session_km, s.long_run_km, s.recovery_km];
    km.map(|km| km.map_or(Metres::ZERO, |km| km.from_km()))
}

fn phase(name: Option<&str>) -> Option<&'static str> {
    use hermes_engine::state::Phase;
    let all = [Phase::Base, Phase::Build, Phase::Peak, Phase::Taper, Phase::Recovery];
    all.into_iter().map(Phase::name).find(|p| Some(*p) == name)
}

/// Load of each day from `from` to `to`, with means that began long before.
fn loads(facts: &Facts, h: &History, from: Day, to: Day) -> Vec<Load> {
    let begin = from - WARM_UP;
    let k = Compliance::new(facts, h);
    let signals = Signals::new(facts, h, &k, begin, to + 1);
    let points: Vec<i64> = (0..=to - begin).map(|i| signals.load(begin + i)).collect();
    let means = load::form(begin, &points).into_iter();
    let loads = points.iter().zip(means).map(|(points, form)| Load { points: *points, form });
    loads.filter(|l| l.form.day >= from).collect()
}

/// What would have been predicted at each week's start from `from` on, and today.
fn predicted(facts: &Facts, distance: RaceDistance, from: Day, today: Day) -> Vec<Predicted> {
    let mut at = facts.clone();
    let days = (0..=(today - from) / 7).map(|k| from + 7 * k).chain([today + 1]);
    let mut out = Vec::new();
    for day in days {
        at.as_of = day;
        at.activities = facts.activities.iter().filter(|a| a.day() < day).cloned().collect();
        let profile = calibrate(&at, &History::new(&at.activities, day));
        let found = profile.predicted(distance).cloned();
        out.extend(found.map(|made| Predicted { day: day.min(today), made }));
    }
    out
}

/// The usual heart rate of steady runs and the mean pace at it, week by week.
fn paces_at_heart(h: &History, from: Day, this: Day) -> (Option<(u16, u16)>, Vec<PaceAtHeart>) {
    let steady = |r: &&Run| !r.race && r.moving >= STEADY && r.heart_rate.is_some();
    let mut rates: Vec<u16> =
        h.runs_in(from, this + 7).iter().filter(steady).filter_map(|r| r.heart_rate).collect();
    rates.sort_unstable();
    let Some(usual) = rates.get(rates.len() / 2) else { return (None, Vec::new()) };
    let band = (usual.saturating_sub(BEATS), usual.saturating_add(BEATS));
    let week = |k: i64| {
        let week_start = from + 7 * k;
        let inside = |r: &&Run| r.heart_rate.is_some_and(|b| (band.0..=band.1).contains(&b));
        let runs = h.runs_in(week_start, week_start + 7).iter().filter(steady).filter(inside);
        let (n, distance, moving) = runs.fold((0, Metres::ZERO, Seconds::ZERO), |(n, d, t), r| {
            (n + 1, d + r.graded, t + r.moving)
        });
        Pace::of(distance, moving).map(|pace| PaceAtHeart { week_start, pace, runs: n })
    };
    (Some(band), (0..=(this - from) / 7).filter_map(week).collect())
}

const _: () = assert!(RECENT <= WEEKS && NAMED > 0);
