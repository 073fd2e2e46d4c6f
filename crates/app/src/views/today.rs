//! What the Today page shows. What is stored is read; the weeks are planned only where that was not
//! done today.

use super::WeekView;
use crate::App;
use crate::accounts::Runner;
use crate::check_ins::CheckInView;
use crate::error::Result;
use crate::facts::{Earlier, strike_fact};
use crate::goals::GoalView;
use crate::status::Entry;
use hermes_engine::calendar::Day;
use hermes_engine::calibrate::{Profile, calibrate};
use hermes_engine::consequences::{self, Modification};
use hermes_engine::history::History;
use hermes_engine::record::Preferences;
use hermes_engine::state::State;
use hermes_engine::step;
use hermes_store::goals::StoredGoal;

/// A milestone to come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextMilestone {
    /// Its name.
    pub name: String,
    /// The day it should be reached by.
    pub day: Day,
}

/// What the Today page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TodayView {
    /// The runner's local day.
    pub today: Day,
    /// This week.
    pub week: WeekView,
    /// The next week's draft.
    pub next: Option<WeekView>,
    /// The next race, without a verdict.
    pub next_goal: Option<GoalView>,
    /// The race that training leads to, where it is not the next one.
    pub main_goal: Option<GoalView>,
    /// The next milestone.
    pub milestone: Option<NextMilestone>,
    /// The runner as calibrated with the last news.
    pub profile: Option<Profile>,
    /// The state.
    pub state: State,
    /// When it was entered and why, where that is known.
    pub state_why: Option<Entry>,
    /// The check-in that is open.
    pub check_in: Option<CheckInView>,
    /// The strongest modification that health has in force.
    pub health: Modification,
    /// Health records that are open.
    pub open_records: usize,
    /// Days kept in a row up to the last stock-taking, and most ever.
    pub streak: (i32, i32),
    /// How regularly the runner runs as the momentum meter has it, per cent.
    pub consistency: Option<i64>,
    /// Points, breakthroughs and overreaches of the Killa meter.
    pub killa: (i32, i32, i32),
    /// The day on which Send It mode ends, where it is on.
    pub send_it_until: Option<Day>,
}

impl App {
    /// Today, or `None` while the runner has neither said what they want nor a published plan: one
    /// would be too early.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn today_if_under_way(&self, runner: &Runner) -> Result<Option<TodayView>> {
        let today = self.today(runner);
        let said = self.store.preferences(runner.id, today, self.clock.now()).await?;
        if said.is_none() {
            let published = self.store.last_published_before(runner.id, today + 8).await?;
            if published.is_none_or(|p| p.plan.replayed) {
                return Ok(None);
            }
        }
        // On the heap: whoever waits for something so large would be as large.
        Box::pin(self.today_as_wished(runner, said.unwrap_or_default())).await.map(Some)
    }

    /// Today: this week, published if it was not, the next week's draft, the next race, and what
    /// waits for the runner's word.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn today_view(&self, runner: &Runner) -> Result<TodayView> {
        let wished = self.preferences(runner).await?;
        Box::pin(self.today_as_wished(runner, wished)).await
    }

    async fn today_as_wished(&self, runner: &Runner, wished: Preferences) -> Result<TodayView> {
        let (today, now) = (self.today(runner), self.clock.now());
        let this = today.week_start(wished.week_start);
        let (week, next) = self.both_weeks(runner, this, today).await?;
        let state = week.state.unwrap_or(State::Stable);
        // Nothing here waits for another answer: one after the other they would be most of the
        // page's time.
        let (store, id) = (&self.store, runner.id);
        let (goals, health, strikes, momentum, killa, overrides) = tokio::try_join!(
            store.goals(id, today, now),
            store.health_records(id, today, now),
            store.strikes(id, today, now),
            store.momentum(id),
            store.killa(id),
            store.overrides(id, today, now),
        )?;
        let (state_why, milestone, profile, check_in) = tokio::try_join!(
            self.why_state(runner, state, today, wished.units),
            self.next_milestone(runner, today),
            self.known_profile(runner),
            self.open_check_in(runner, today),
        )?;
        let view = |g: &StoredGoal| GoalView {
            id: g.id,
            days_left: g.goal.day - today,
            goal: g.goal.clone(),
            verdict: None,
        };
        let next_goal = goals.iter().find(|g| g.goal.day >= today).map(view);
        let facts: Vec<_> = goals.iter().map(|g| g.goal.clone()).collect();
        let main = step::a_race(&facts, today);
        let main_goal = goals.iter().find(|g| Some(&g.goal) == main).map(view);
        let strikes: Vec<_> = strikes.iter().map(strike_fact).collect();
        let records: Vec<_> = health.iter().map(|r| r.fact()).collect();
        Ok(TodayView {
            today,
            state,
            state_why,
            next: next.filter(|w| w.plan.is_some()),
            milestone,
            main_goal: main_goal.filter(|main| Some(main) != next_goal.as_ref()),
            next_goal,
            profile: Some(profile),
            check_in,
            health: consequences::in_force(&records, &strikes, today),
            open_records: records.iter().filter(|r| r.closed.is_none()).count(),
            consistency: momentum.as_ref().map(|m| m.consistency_score.units()),
            streak: momentum.map_or((0, 0), |m| (m.current_streak_days, m.longest_streak_days)),
            killa: killa
                .map_or((0, 0, 0), |k| (k.total_points, k.breakthrough_count, k.overreach_count)),
            send_it_until: overrides.iter().map(|o| o.fact().1).filter(|end| *end > today).max(),
            week,
        })
    }

    async fn both_weeks(
        &self,
        runner: &Runner,
        this: Day,
        today: Day,
    ) -> Result<(WeekView, Option<WeekView>)> {
        if self.is_planned(runner, this, today).await? {
            let mut weeks = self.weeks(runner, this, 2).await?.into_iter();
            let both = (weeks.next(), weeks.next());
            if let (Some(week), Some(next)) = both
                && week.plan.is_some()
                && next.plan.is_some()
            {
                return Ok((week, Some(next)));
            }
        }
        let week = self.publish(runner).await?;
        let next = self.week(runner, week.week_start + 7).await?;
        Ok((week, next))
    }

    /// The profile as it was kept with the last news; calibrated now where none is kept.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn known_profile(&self, runner: &Runner) -> Result<Profile> {
        let kept = self.store.profile(runner.id).await?.and_then(|p| p.calibration);
        // One that another version kept is made anew.
        if let Some(profile) = kept.and_then(|kept| kept.read::<Profile>().ok()) {
            return Ok(profile);
        }
        let (today, now) = (self.today(runner), self.clock.now());
        let facts = self.facts(runner, today, now, &Earlier::default()).await?;
        Ok(calibrate(&facts, &History::new(&facts.activities, today)))
    }

    async fn next_milestone(&self, runner: &Runner, today: Day) -> Result<Option<NextMilestone>> {
        let phases = self.store.roadmap(runner.id).await?;
        let open = phases.iter().flat_map(|p| &p.milestones).filter(|m| !m.achieved);
        let to_come = open.map(|m| &m.milestone).filter(|m| m.target_date >= today);
        Ok(to_come.min_by_key(|m| m.target_date).map(|m| NextMilestone {
            name: m.milestone_name.as_str().to_owned(),
            day: m.target_date,
        }))
    }
}
