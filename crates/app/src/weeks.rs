//! Planning, publishing and replaying weeks.

use crate::App;
use crate::accounts::Runner;
use crate::error::{AppError, Result};
use crate::facts::Body;
use crate::measure;
use crate::roads::{Changed, Roads, Why};
use crate::rows::{self, As};
use hermes_engine::calendar::Day;
use hermes_engine::facts::Facts;
use hermes_engine::record::{Activity, Sport};
use hermes_engine::session::{Kind, WeekPlan};
use hermes_engine::step::{self, Output};
use hermes_engine::units::Metres;
use jiff::Timestamp;
use std::sync::atomic::Ordering;
use tracing::Instrument;

/// Most weeks that one replay walks: ten years.
const REPLAY_WEEKS: i64 = 522;

/// One week of a replay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplayedWeek {
    /// Its plan.
    pub plan: WeekPlan,
    /// It was published by this replay; else it was there already.
    pub new: bool,
    /// SHA-256 of the canonical plan.
    pub digest: String,
    /// C4 at its start.
    pub recent: Metres,
    /// An easier week on purpose.
    pub cutback: bool,
    /// A return from a break governs it.
    pub returning: bool,
    /// Hard rules left a day for a quality session.
    pub quality_allowed: bool,
}

/// What a replay did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replayed {
    /// The weeks in order.
    pub weeks: Vec<ReplayedWeek>,
}

impl ReplayedWeek {
    fn of(body: Body, digest: String, new: bool) -> Self {
        Self {
            new,
            digest,
            recent: body.room.c4,
            cutback: body.room.cutback,
            returning: body.room.returning,
            quality_allowed: body.room.quality_allowed,
            plan: body.plan,
        }
    }
}

impl App {
    /// Plans the week that holds `day` as of a day, without saving anything; what has been
    /// published of it is not looked at.
    ///
    /// # Errors
    /// [`AppError::BadInput`] for a week that ended before `as_of` or begins over a week later.
    pub async fn preview(&self, runner: &Runner, as_of: Day, day: Day) -> Result<Output> {
        let now = self.clock.now();
        let start = self.preferences_as_of(runner, as_of).await?.week_start;
        let week = day.week_start(start);
        let this = as_of.week_start(start);
        if week < this || week > this + 7 {
            return Err(AppError::BadInput(format!(
                "the week of {day} cannot be planned as of {as_of}: a plan is made for the week \
                 of that day or the next one"
            )));
        }
        let earlier = self.earlier(runner, this, this, now).await?;
        let facts = self.facts(runner, as_of, now, &earlier).await?;
        if week == this {
            return Ok(step::step(&facts, week));
        }
        let current = match self.store.week(runner.id, this).await? {
            Some(stored) if stored.plan.published => self.body_of(runner, &stored).await?,
            _ => Body::of(&step::step(&facts, this), None),
        };
        Ok(step::step(&assume(&facts, &current, week), week))
    }

    /// Plans the rest of the current week anew, from today on, where what is known asks for
    /// another plan; its past days stay as they are. `reason` is kept with the new revision.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn replan(&self, runner: &Runner, reason: &str) -> Result<crate::WeekView> {
        let span = tracing::info_span!("replan", runner = %runner.id);
        self.alone(runner, self.replan_current(runner, reason)).instrument(span).await
    }

    async fn replan_current(&self, runner: &Runner, reason: &str) -> Result<crate::WeekView> {
        let today = self.today(runner);
        let week = today.week_start(self.preferences(runner).await?.week_start);
        self.check_strikes(runner).await?;
        let current = self.publish_from(runner, week, today, Some(reason)).await?;
        self.draft(runner, &current, today).await?;
        self.take_stock(runner, today).await?;
        self.published_view(runner, week).await
    }

    /// Drafts the next week anew after the runner's word on weeks to come, where that was said
    /// today; the plan in force stays.
    pub(crate) async fn redraft(&self, runner: &Runner, as_of: Day) -> Result<()> {
        if as_of != self.today(runner) {
            return Ok(());
        }
        let drafting = async {
            let week = as_of.week_start(self.preferences(runner).await?.week_start);
            match self.store.week(runner.id, week).await? {
                Some(stored) if stored.plan.published => {
                    let current = self.body_of(runner, &stored).await?;
                    self.draft(runner, &current, as_of).await
                }
                _ => Ok(()),
            }
        };
        self.alone(runner, drafting).await
    }

    pub(crate) async fn published_view(
        &self,
        runner: &Runner,
        week: Day,
    ) -> Result<crate::WeekView> {
        let view = self.week(runner, week).await?;
        view.ok_or_else(|| AppError::Internal("a published week was lost".to_owned()))
    }

    /// Publishes a week from a day on: its first plan, or a revision where it differs from the one
    /// in force.
    pub(crate) async fn publish_from(
        &self,
        runner: &Runner,
        week: Day,
        today: Day,
        reason: Option<&str>,
    ) -> Result<Body> {
        let now = self.store.plan_moment(runner.id, self.clock.now()).await?;
        let earlier = self.earlier(runner, week, today.max(week + 1), now).await?;
        let facts = self.facts(runner, today, now, &earlier).await?;
        let output = step::step(&facts, week);
        let body = Body::of(&output, earlier.week(week));
        if let Some(before) = earlier.in_force(week) {
            let kept = before.sessions().filter(|s| s.day >= output.plan.first_day);
            let same = kept.eq(&output.plan.sessions) && before.plan.state == output.plan.state;
            if same {
                return Ok(before.clone());
            }
        }
        self.save(runner, &facts, &output, &body, As::Published, reason, now).await?;
        let changed = Changed { state: output.plan.state, day: today, why: Why::WeekPlanned };
        self.save_roads(runner, &Roads::new(&facts, &output), changed, now).await?;
        Ok(body)
    }

    /// Makes the draft of the next week, taking the rest of this week as done as planned.
    pub(crate) async fn draft(&self, runner: &Runner, current: &Body, today: Day) -> Result<()> {
        let now = self.clock.now();
        let next = current.plan.week_start + 7;
        let earlier = self.earlier(runner, next, next, now).await?;
        let facts = assume(&self.facts(runner, today, now, &earlier).await?, current, next);
        let output = step::step(&facts, next);
        let digest = crate::facts::digest(&output.plan)?;
        let stored = self.store.week(runner.id, next).await?;
        if stored.is_some_and(|s| s.plan.published || s.plan.plan_digest == Some(digest)) {
            return Ok(());
        }
        let body = Body::of(&output, None);
        self.save(runner, &facts, &output, &body, As::Draft, None, now).await
    }

    /// Runs the weekly planning over past weeks, each as of its first day: later facts do not
    /// exist. Weeks that are published already stay as they are.
    ///
    /// # Errors
    /// [`AppError::BadInput`] for a span that is empty, too long, or reaches beyond today.
    pub async fn replay(
        &self,
        runner: &Runner,
        from: Day,
        to: Day,
        progress: impl FnMut(usize, usize),
    ) -> Result<Replayed> {
        let span = tracing::info_span!("replay", runner = %runner.id, %from, %to);
        self.replay_weeks(runner, from, to, progress).instrument(span).await
    }

    async fn replay_weeks(
        &self,
        runner: &Runner,
        from: Day,
        to: Day,
        mut progress: impl FnMut(usize, usize),
    ) -> Result<Replayed> {
        let now = self.clock.now();
        let start = self.preferences(runner).await?.week_start;
        let (first, last) = (from.week_start(start), to.week_start(start));
        let count = (last - first) / 7 + 1;
        if to < from {
            return Err(AppError::BadInput(format!("{to} is before {from}; swap the two days")));
        }
        if count > REPLAY_WEEKS {
            return Err(AppError::BadInput(format!(
                "{count} weeks are more than a replay walks at once; take at most {REPLAY_WEEKS}"
            )));
        }
        if last > self.today(runner) {
            return Err(AppError::BadInput(format!(
                "the week of {to} has not begun; a replay walks weeks that have"
            )));
        }
        let mut weeks = Vec::new();
        let mut roadmap = None;
        for k in 0..count {
            let week = first + 7 * k;
            let (done, outlook) = self.replay_week(runner, week, now).await?;
            roadmap = outlook.or(roadmap);
            weeks.push(done);
            progress(weeks.len(), count as usize);
        }
        if let Some((roadmap, changed)) = roadmap {
            self.save_roads(runner, &roadmap, changed, now).await?;
        }
        Ok(Replayed { weeks })
    }

    async fn replay_week(
        &self,
        runner: &Runner,
        week: Day,
        now: Timestamp,
    ) -> Result<(ReplayedWeek, Option<(Roads, Changed)>)> {
        if let Some(stored) = self.store.week(runner.id, week).await?.filter(|s| s.plan.published) {
            let body = self.body_of(runner, &stored).await?;
            let digest = stored.plan.plan_digest.unwrap_or_default();
            return Ok((ReplayedWeek::of(body, digest, false), None));
        }
        let earlier = self.earlier(runner, week, week, now).await?;
        let facts = self.replay_facts(runner, week, now, &earlier).await?;
        let output = step::step(&facts, week);
        let body = Body::of(&output, None);
        self.save(runner, &facts, &output, &body, As::Replayed, None, now).await?;
        let digest = crate::facts::digest(&output.plan)?;
        let changed = Changed { state: output.plan.state, day: week, why: Why::WeekPlanned };
        let roads = output.roadmap.is_some().then(|| (Roads::new(&facts, &output), changed));
        Ok((ReplayedWeek::of(body, digest, true), roads))
    }

    /// Saves a week with what belongs to it, in one transaction.
    #[expect(clippy::too_many_arguments, reason = "what a saved week is made of")]
    async fn save(
        &self,
        runner: &Runner,
        facts: &Facts,
        output: &Output,
        body: &Body,
        mode: As,
        reason: Option<&str>,
        generated_at: Timestamp,
    ) -> Result<()> {
        self.sync_library().await?;
        // The last published plan: of this week where it is planned anew, else of an earlier one.
        let start = output.plan.week_start;
        let previous = match self.store.week(runner.id, start).await?.filter(|s| s.plan.published) {
            Some(stored) => Some(stored),
            None => self.store.last_published_before(runner.id, start).await?,
        };
        let previous = match previous {
            Some(stored) => Some(self.plan_of(runner, &stored).await?),
            None => None,
        };
        let mut week = rows::week(facts, output, body, mode, generated_at, previous.as_ref())?;
        week.revision.reason = reason.map(str::to_owned);
        self.mark_edits(runner, &mut week, facts.as_of, generated_at).await?;
        self.store.save_week(runner.id, &week, generated_at).await?;
        let (status, repairs) = (mode.outcome(&output.plan), output.plan.repairs.len());
        let counted = if mode == As::Draft { 0 } else { repairs };
        measure::plan_saved(status, counted);
        tracing::info!(week = %start, status, repairs, "a week was saved");
        Ok(())
    }

    /// Puts the template library into the database, once per process.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sync_library(&self) -> Result<()> {
        if !self.templates_synced.load(Ordering::Acquire) {
            self.store.sync_templates(&rows::library()?, self.clock.now()).await?;
            self.templates_synced.store(true, Ordering::Release);
        }
        Ok(())
    }

    /// The body of a stored week's current revision.
    pub(crate) async fn body_of(
        &self,
        runner: &Runner,
        stored: &hermes_store::plans::StoredWeek,
    ) -> Result<Body> {
        let week = stored.plan.week_start_date;
        let current = self.store.revision(runner.id, week, stored.revision).await?;
        let Some(current) = current else {
            return Err(AppError::Internal(format!("the week of {week} has lost its revision",)));
        };
        Body::read(&current.version.body)
    }

    async fn plan_of(
        &self,
        runner: &Runner,
        stored: &hermes_store::plans::StoredWeek,
    ) -> Result<WeekPlan> {
        Ok(self.body_of(runner, stored).await?.plan)
    }
}

/// The facts as they would stand at the start of `next` if the rest of `current` were run as
/// planned: what a draft is made from.
pub(crate) fn assume(facts: &Facts, current: &Body, next: Day) -> Facts {
    let mut facts = facts.clone();
    let coming = current.sessions().filter(|s| s.day >= facts.as_of && s.kind != Kind::Cross);
    let assumed: Vec<Activity> = coming
        .enumerate()
        .map(|(i, s)| Activity {
            // Ids of assumed runs are the lowest there are: no stored activity has them.
            id: i64::MIN + i as i64,
            sport: Sport::Run,
            start_local: s.day.epoch() * 86_400 + 12 * 3600,
            distance: s.distance,
            moving: s.duration,
            elapsed: s.duration,
            ascent: None,
            heart_rate: None,
            max_heart_rate: None,
            effort: None,
            temperature: None,
            dew_point: None,
            streams: None,
            race: s.kind == Kind::Race,
            confirmed: false,
        })
        .collect();
    facts.activities.extend(assumed);
    facts.current.clear();
    if facts.published.iter().all(|p| p.week_start != current.plan.week_start) {
        facts.published.push(current.published.clone());
        facts.standing.clone_from(&current.standing);
    }
    facts.as_of = next;
    facts
}
