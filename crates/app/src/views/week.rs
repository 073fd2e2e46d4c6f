//! Weeks as a calendar shows them: what was planned, what was run, and how the two agree.

use super::clock::{Moment, local};
use super::{ActivityView, NAMED, mark_rejected};
use crate::App;
use crate::accounts::Runner;
use crate::error::Result;
use crate::facts::{Body, Earlier};
use hermes_engine::calendar::Day;
use hermes_engine::compliance::{Colour, Scored, Sign};
use hermes_engine::session::{Session, WeekPlan};
use hermes_engine::state::State;
use hermes_engine::units::{Metres, Seconds};
use hermes_store::activities::ActivityFilter;
use hermes_store::plans::StoredWeek;
use jiff::Timestamp;
use std::collections::BTreeSet;

/// Where a week's plan stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WeekStatus {
    /// A draft: it may change until its first day.
    Draft,
    /// Published as it was made.
    Published,
    /// Published after repair.
    Repaired,
    /// There is no plan for it.
    Unplanned,
}

/// How a day went (K1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// Nothing was planned and nothing was run; or it is not over.
    Nothing,
    /// A rest day of a plan, kept.
    Rest,
    /// A session to come.
    Upcoming,
    /// A session that was not run.
    Missed,
    /// A session that was not run, and health says why: it counts in no mean.
    Excused,
    /// 80 to 120 % of it was run.
    Green,
    /// 50 to 79 % or 121 to 150 %.
    Yellow,
    /// Less or more.
    Orange,
    /// A run that belongs to no session.
    Unplanned,
    /// The day's run was the session of another day.
    Elsewhere,
}

/// One day of a week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayView {
    /// The day.
    pub day: Day,
    /// Its sessions.
    pub sessions: Vec<Session>,
    /// What was done.
    pub activities: Vec<ActivityView>,
    /// How it went.
    pub done: Done,
    /// Over 20 % more than planned.
    pub over: bool,
    /// What was done of its session, wherever it was run; `None` while it is to come.
    pub scored: Option<Scored>,
    /// The runner changed its session by hand.
    pub modified: bool,
    /// The runner's words for that.
    pub modified_why: Option<String>,
}

impl DayView {
    /// The run that is planned on it, else whatever is.
    #[must_use]
    pub fn session(&self) -> Option<&Session> {
        self.sessions.iter().find(|s| s.is_run()).or(self.sessions.first())
    }
}

/// One week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WeekView {
    /// Its first day.
    pub week_start: Day,
    /// Where its plan stands.
    pub status: WeekStatus,
    /// The plan's revision; 0 without one.
    pub revision: i32,
    /// The plan, from its first planned day on.
    pub plan: Option<WeekPlan>,
    /// Planned km of all its days, each by the revision in force when it began.
    pub planned: Metres,
    /// Km run.
    pub done: Metres,
    /// Planned running time.
    pub planned_time: Seconds,
    /// Running time.
    pub done_time: Seconds,
    /// Its seven days.
    pub days: Vec<DayView>,
    /// The roadmap's phase.
    pub phase: Option<&'static str>,
    /// The runner's state.
    pub state: Option<State>,
    /// Facts before this day were known.
    pub as_of: Option<Day>,
    /// SHA-256 of the canonical plan.
    pub digest: Option<String>,
    /// Made by a replay.
    pub replayed: bool,
    /// The runner changed it by hand.
    pub edited: bool,
    /// The runner's words for the latest change.
    pub edited_why: Option<String>,
    /// When its first version was stored.
    pub first_saved: Option<Moment>,
    /// When it was published.
    pub published: Option<Moment>,
}

/// Planned and run distance of a week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WeekVolume {
    /// Its first day.
    pub week_start: Day,
    /// Planned; zero without a plan.
    pub planned: Metres,
    /// Run, without what does not count.
    pub done: Metres,
}

/// What is known of a span of weeks beside their plans.
struct Known {
    activities: Vec<ActivityView>,
    scored: Vec<Scored>,
    /// The runs that some session was done in.
    taken: BTreeSet<i64>,
    today: Day,
    runner: Runner,
}

impl App {
    /// One week: its plan, if there is one, and what was run.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn week(&self, runner: &Runner, week_start: Day) -> Result<Option<WeekView>> {
        Ok(self.weeks(runner, week_start, 1).await?.pop())
    }

    /// `count` weeks in a row from the one that starts on `first`, oldest first: a fixed number of
    /// queries, whatever their number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn weeks(&self, runner: &Runner, first: Day, count: u8) -> Result<Vec<WeekView>> {
        let (last, now) = (first + 7 * i64::from(count) - 1, self.clock.now());
        let today = self.today(runner);
        let in_force = self.in_force(runner, (first, last), now);
        let stored = async { Ok(self.store.weeks(runner.id, first, last).await?) };
        let (mut stored, earlier) = tokio::try_join!(stored, in_force)?;
        // A draft whose week went by without it was never in force.
        stored.retain(|s| s.plan.published || s.plan.week_start_date + 7 > today);
        // On the heap: whoever waits for something so large would be as large.
        let known = Box::pin(self.known_days(runner, &earlier, first, last)).await?;
        let mut bodies = earlier.bodies;
        // There are two at most: this week's until it is published, and the next one's.
        for draft in stored.iter().filter(|s| !s.plan.published) {
            bodies.push(self.body_of(runner, draft).await?);
        }
        let view = |k: u8| {
            let start = first + 7 * i64::from(k);
            let stored = stored.iter().find(|s| s.plan.week_start_date == start);
            let body = bodies.iter().rfind(|b| b.plan.week_start == start);
            WeekView::new(start, stored.zip(body), &known)
        };
        Ok((0..count).map(view).collect())
    }

    async fn known_days(
        &self,
        runner: &Runner,
        earlier: &Earlier,
        first: Day,
        last: Day,
    ) -> Result<Known> {
        let filter =
            ActivityFilter { from: Some(first), to: Some(last), ..ActivityFilter::default() };
        let weeks = u32::try_from((last - first) / 7 + 1).unwrap_or(1);
        let today = self.today(runner);
        let rows = async { Ok(self.store.activities(runner.id, &filter, NAMED * weeks, 0).await?) };
        let (rows, history, matched) = tokio::try_join!(
            rows,
            self.history_of(runner, first - 1, last + 2),
            Box::pin(self.matched_with(runner, earlier, first, today)),
        )?;
        let scored = matched.sessions;
        let mut activities: Vec<ActivityView> = rows.iter().rev().map(ActivityView::of).collect();
        mark_rejected(activities.iter_mut(), &history.rejected);
        let taken = scored.iter().flat_map(|s| s.activities.iter().copied()).collect();
        Ok(Known { activities, scored, taken, today, runner: runner.clone() })
    }
}

impl WeekView {
    fn new(week_start: Day, plan: Option<(&StoredWeek, &Body)>, known: &Known) -> Self {
        let (stored, body) = plan.unzip();
        let at = |time: Timestamp| local(&known.runner, time);
        let week = week_start..week_start + 7;
        let counted = |a: &&ActivityView| a.is_run && a.rejected.is_none() && week.contains(&a.day);
        let runs = || body.into_iter().flat_map(Body::sessions).filter(|s| s.is_run());
        let status = match stored.map(|s| s.plan.validation_status.as_str()) {
            Some("valid") => WeekStatus::Published,
            Some("repaired") => WeekStatus::Repaired,
            Some(_) => WeekStatus::Draft,
            None => WeekStatus::Unplanned,
        };
        let days = (0..7).map(|i| DayView::new(week_start + i, plan, known)).collect();
        Self {
            week_start,
            status,
            revision: stored.map_or(0, |s| s.revision),
            planned: runs().map(|s| s.distance).sum(),
            planned_time: runs().map(|s| s.duration).sum(),
            done: known.activities.iter().filter(counted).map(|a| a.distance).sum(),
            done_time: known.activities.iter().filter(counted).map(|a| a.moving).sum(),
            days,
            phase: body.map(|b| b.plan.phase.name()),
            state: body.map(|b| b.plan.state),
            as_of: stored.map(|s| s.plan.as_of),
            digest: stored.and_then(|s| s.plan.plan_digest.clone()),
            replayed: stored.is_some_and(|s| s.plan.replayed),
            edited: stored.is_some_and(|s| s.plan.user_edited),
            edited_why: stored.and_then(|s| s.plan.user_edit_reason.clone()),
            first_saved: stored.map(|s| at(s.created_at)),
            published: stored.and_then(|s| s.plan.published_at).map(at),
            plan: body.map(|b| b.plan.clone()),
        }
    }
}

impl DayView {
    fn new(day: Day, plan: Option<(&StoredWeek, &Body)>, known: &Known) -> Self {
        let (stored, body) = plan.unzip();
        let rows = stored.into_iter().flat_map(|s| &s.workouts).map(|w| &w.workout);
        let changed = rows.filter(|w| w.workout_date == day && w.user_modified);
        let changed: Vec<Option<String>> =
            changed.map(|w| w.user_modification_reason.clone()).collect();
        let sessions = body.into_iter().flat_map(Body::sessions).filter(|s| s.day == day);
        let sessions: Vec<Session> = sessions.cloned().collect();
        let activities = known.activities.iter().filter(|a| a.day == day).cloned().collect();
        let scored = known.scored.iter().find(|s| s.planned.day == day).cloned();
        let mut view = Self {
            day,
            sessions,
            activities,
            done: Done::Nothing,
            over: false,
            scored,
            modified: !changed.is_empty(),
            modified_why: changed.into_iter().flatten().next(),
        };
        view.over = view.scored.as_ref().is_some_and(|s| s.sign == Sign::Over);
        view.done = view.state(body, known);
        view
    }

    fn state(&self, body: Option<&Body>, known: &Known) -> Done {
        if let Some(scored) = &self.scored {
            return match scored.colour {
                Colour::Missed if scored.excused => Done::Excused,
                Colour::Missed => Done::Missed,
                Colour::Green => Done::Green,
                Colour::Yellow => Done::Yellow,
                Colour::Orange => Done::Orange,
            };
        }
        let runs = || self.activities.iter().filter(|a| a.is_run && a.rejected.is_none());
        let is_over = self.day < known.today;
        let first = body.map(|b| b.past.first().map_or(b.plan.first_day, |s| s.day));
        if !is_over && self.sessions.iter().any(Session::is_run) {
            Done::Upcoming
        } else if runs().any(|a| !known.taken.contains(&a.id)) {
            Done::Unplanned
        } else if runs().next().is_some() {
            Done::Elsewhere
        } else if is_over && first.is_some_and(|d| d <= self.day) {
            Done::Rest
        } else {
            Done::Nothing
        }
    }
}
