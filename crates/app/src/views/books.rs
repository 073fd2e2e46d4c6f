//! The books as they stand: the profile that was kept with the last news, the weeks that were summed
//! up, the stored road, and what is kept of the runner at all. Nothing here is computed anew.

use super::clock::{Moment, local};
use crate::App;
use crate::accounts::Runner;
use crate::error::Result;
use hermes_engine::calendar::Day;
use hermes_engine::milestone::Metric;
use hermes_engine::record::RaceDistance;
use hermes_engine::units::{Metres, Pace, Seconds};
use hermes_store::kept::Kept;
use hermes_store::profile::Profile;
use hermes_store::roadmap::{StoredMilestone, StoredPhase};
use hermes_store::summaries::WeeklySummary;
use hermes_store::value::Decimal;

/// The profile as its row says it. Shares are in per cent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptProfile {
    /// The easy reference pace.
    pub base: Pace,
    /// Threshold pace.
    pub threshold: Pace,
    /// Weekly distance that the runner has proved.
    pub capacity: Metres,
    /// How well pace holds up over long runs.
    pub durability: i64,
    /// How regularly the runner runs.
    pub consistency: i64,
    /// `low`, `moderate` or `high`.
    pub risk: String,
    /// One of the nine states.
    pub state: String,
    /// Override Active is on.
    pub override_on: bool,
    /// The race that leads: distance, day, time.
    pub goal: Option<(RaceDistance, Day, Option<Seconds>)>,
    /// Distance of the last 28 days.
    pub month: Option<Metres>,
    /// Distance of the last 90 days.
    pub quarter: Option<Metres>,
    /// Consistency of the last 28 days.
    pub month_consistency: Option<i64>,
    /// Calibrated, by bootcamp or from history.
    pub calibrated: bool,
    /// First and last day of what calibration used; no last one while a bootcamp lasts.
    pub calibration: (Option<Day>, Option<Day>),
    /// Tenths of the Daniels-Gilbert value.
    pub vdot_tenths: Option<i32>,
}

/// One kind of what is kept of a runner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptRows {
    /// A word of [`Kept::what`].
    pub what: String,
    /// Rows.
    pub count: i64,
    /// When the oldest was stored, on the runner's clock.
    pub since: Option<Moment>,
    /// When one last changed.
    pub changed: Option<Moment>,
}

/// What is kept of a runner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Books {
    /// The profile; none before the first plan.
    pub profile: Option<KeptProfile>,
    /// The mail address, as a Strava archive has it.
    pub email: Option<String>,
    /// Everything else, by kind.
    pub rows: Vec<KeptRows>,
}

/// A week that is over, summed up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SummedUp {
    /// Mean pace of its runs.
    pub pace: Option<Pace>,
    /// Threshold pace as of the next week's start.
    pub threshold: Option<Pace>,
    /// Days without a run.
    pub rest_days: i32,
    /// Health records of the week.
    pub health_issues: i32,
    /// The state as of the next week's start.
    pub ending_state: Option<String>,
}

/// A milestone as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoadStone {
    /// Its name.
    pub name: String,
    /// The day it should be reached by.
    pub day: Day,
    /// It was reached.
    pub reached: bool,
    /// When.
    pub reached_on: Option<Day>,
    /// What it measures.
    pub metric: Option<Metric>,
}

/// A phase as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoadPhase {
    /// 1-based on its road.
    pub number: i32,
    /// Its name.
    pub name: String,
    /// What it is about.
    pub focus: Option<String>,
    /// First day.
    pub start: Day,
    /// Last day.
    pub end: Day,
    /// Distance of its biggest week.
    pub target: Option<Metres>,
    /// By due day.
    pub milestones: Vec<RoadStone>,
}

impl App {
    /// The books: the kept profile, and what else is kept of the runner.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn books(&self, runner: &Runner) -> Result<Books> {
        let profile = self.store.profile(runner.id).await?.map(KeptProfile::from);
        let rows = self.store.kept(runner.id).await?;
        let user = self.store.user(runner.id).await?;
        let email = user.and_then(|user| user.email).map(|email| email.to_string());
        Ok(Books {
            profile,
            email,
            rows: rows.into_iter().map(|k| KeptRows::of(runner, k)).collect(),
        })
    }

    /// A week as it was summed up once it was over.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn summed_up(&self, runner: &Runner, week_start: Day) -> Result<Option<SummedUp>> {
        let found = self.store.summaries(runner.id, week_start, week_start).await?.pop();
        Ok(found.map(SummedUp::from))
    }

    /// The stored road: phases that ended on `since` or later, by day.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn stored_road(&self, runner: &Runner, since: Day) -> Result<Vec<RoadPhase>> {
        let phases = self.store.roadmap(runner.id).await?.into_iter();
        Ok(phases.filter(|p| p.phase.end_date >= since).map(RoadPhase::from).collect())
    }
}

fn pace(seconds: i32) -> Pace {
    Pace(i64::from(seconds))
}

/// Whole seconds of a pace with two decimals.
fn whole(pace: Decimal<6, 2>) -> Pace {
    Pace((pace.units() + 50) / 100)
}

impl From<Profile> for KeptProfile {
    fn from(p: Profile) -> Self {
        let time = p.goal_time_seconds.map(|t| Seconds(i64::from(t)));
        let goal = p.primary_goal_distance.zip(p.primary_goal_date);
        Self {
            base: pace(p.base_pace_seconds_per_km),
            threshold: pace(p.threshold_pace_seconds_per_km),
            capacity: p.weekly_capacity_km.from_km(),
            // Hundredths are per cent.
            durability: p.durability_score.units(),
            consistency: p.consistency_score.units(),
            risk: p.risk_level,
            state: p.current_state,
            override_on: p.override_mode_enabled,
            goal: goal.map(|(distance, day)| (distance, day, time)),
            month: p.last_28_day_volume.map(Decimal::from_km),
            quarter: p.last_90_day_volume.map(Decimal::from_km),
            month_consistency: p.last_28_day_consistency.map(Decimal::units),
            calibrated: p.bootcamp_completed,
            calibration: (p.bootcamp_start_date, p.bootcamp_end_date),
            vdot_tenths: p.vdot_tenths,
        }
    }
}

impl KeptRows {
    fn of(runner: &Runner, kept: Kept) -> Self {
        let Kept { what, count, since, changed } = kept;
        let at = |time: Option<jiff::Timestamp>| time.map(|t| local(runner, t));
        Self { what, count, since: at(since), changed: at(changed) }
    }
}

impl From<WeeklySummary> for SummedUp {
    fn from(s: WeeklySummary) -> Self {
        Self {
            pace: s.average_pace_seconds_per_km.map(whole),
            threshold: s.threshold_pace_estimate.map(whole),
            rest_days: s.rest_days,
            health_issues: s.health_issues_count,
            ending_state: s.ending_state,
        }
    }
}

impl From<StoredMilestone> for RoadStone {
    fn from(m: StoredMilestone) -> Self {
        Self {
            name: m.milestone.milestone_name.as_str().to_owned(),
            day: m.milestone.target_date,
            reached: m.achieved,
            reached_on: m.achieved_date,
            metric: m.milestone.target_metric.as_deref().and_then(Metric::named),
        }
    }
}

impl From<StoredPhase> for RoadPhase {
    fn from(p: StoredPhase) -> Self {
        Self {
            number: p.phase.phase_number,
            name: p.phase.phase_name.as_str().to_owned(),
            focus: p.phase.focus,
            start: p.phase.start_date,
            end: p.phase.end_date,
            target: p.phase.target_volume_km.map(Decimal::from_km),
            milestones: p.milestones.into_iter().map(RoadStone::from).collect(),
        }
    }
}
