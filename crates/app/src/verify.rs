//! Recomputes every published plan from activity, health, goal and preference rows, and checks
//! every hard rule again.

use crate::App;
use crate::accounts::Runner;
use crate::error::Result;
use crate::facts::{Body, Earlier, PUBLISHED_DAYS, digest};
use crate::measure;
use crate::rows::{self, As};
use hermes_engine::calendar::Day;
use hermes_engine::facts::Facts;
use hermes_engine::step::{self, Output};
use hermes_store::plans::{Revision, StoredWeek, WeeklyPlan, Workout};
use hermes_store::strava::removal::Receipt;
use jiff::Timestamp;
use tracing::Instrument;

/// What verifying one week found.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct WeekCheck {
    /// The week.
    pub week_start: Day,
    /// It was made by another engine or rule set than this one, so that only its hard rules were
    /// checked; the other findings are taken as good then.
    pub other_engine: bool,
    /// Some of the activities that it was made from were erased since, because they came from
    /// Strava's API and had to go: it cannot be checked any more, and all findings are taken as
    /// good.
    pub erased: bool,
    /// The facts are those that the plan was made from.
    pub inputs_same: bool,
    /// Recomputing gives the published plan, byte for byte.
    pub plan_same: bool,
    /// The rows of `workouts` say what the plan says.
    pub rows_same: bool,
    /// Digest of the recomputed plan; as stored where it was not recomputed.
    pub digest: String,
    /// Hard rules that the published plan breaks, in words.
    pub breaches: Vec<String>,
}

impl WeekCheck {
    /// Takes all findings as good; later weeks follow the one that was published.
    fn erase(&mut self, revision: &Revision, chain: &mut [(Timestamp, Body)]) -> Result<()> {
        (self.erased, self.inputs_same, self.plan_same, self.rows_same) = (true, true, true, true);
        self.breaches.clear();
        self.digest.clone_from(&revision.version.plan_digest);
        if let Some((_, last)) = chain.last_mut() {
            *last = Body::read(&revision.version.body)?;
        }
        Ok(())
    }

    /// Nothing is wrong.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.inputs_same && self.plan_same && self.rows_same && self.breaches.is_empty()
    }
}

/// What verifying found.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Verified {
    /// Each published week, oldest first.
    pub weeks: Vec<WeekCheck>,
    /// Weeks that were published, as their revisions say, and have no published row any more.
    pub missing: Vec<Day>,
}

impl Verified {
    /// Nothing is wrong anywhere.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.missing.is_empty() && self.weeks.iter().all(WeekCheck::is_sound)
    }
}

impl App {
    /// Verifies every published week of the runner.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn verify(&self, runner: &Runner) -> Result<Verified> {
        let span = tracing::info_span!("verify", runner = %runner.id);
        let found = self.verify_all(runner).instrument(span.clone()).await?;
        let sound = found.weeks.iter().filter(|w| w.is_sound()).count();
        let (unsound, missing) = (found.weeks.len() - sound, found.missing.len());
        measure::verified(sound, unsound, missing);
        span.in_scope(|| tracing::info!(sound, unsound, missing, "verified"));
        Ok(found)
    }

    async fn verify_all(&self, runner: &Runner) -> Result<Verified> {
        let (first, last) = (Day::from_epoch(i64::MIN), Day::from_epoch(i64::MAX));
        let stored = self.store.published_weeks(runner.id, first, last).await?;
        let receipts = self.store.strava_receipts(runner.id).await?;
        let mut chain: Vec<(Timestamp, Body)> = Vec::new();
        let mut weeks = Vec::with_capacity(stored.len());
        for week in &stored {
            for revision in self.store.revisions(runner.id, week.plan.week_start_date).await? {
                if matches!(revision.version.status.as_str(), "valid" | "repaired") {
                    let mut check =
                        self.verify_revision(runner, week, &revision, &mut chain).await?;
                    if is_erased(&revision, &receipts) {
                        check.erase(&revision, &mut chain)?;
                    }
                    weeks.push(check);
                }
            }
        }
        let now = self.clock.now();
        let revisions = self.store.revisions_in_force(runner.id, first, last, now).await?;
        let missing = revisions
            .iter()
            .map(|r| r.week_start_date)
            .filter(|start| stored.iter().all(|s| s.plan.week_start_date != *start))
            .collect();
        Ok(Verified { weeks, missing })
    }

    async fn verify_revision(
        &self,
        runner: &Runner,
        stored: &StoredWeek,
        revision: &Revision,
        chain: &mut Vec<(Timestamp, Body)>,
    ) -> Result<WeekCheck> {
        let version = &revision.version;
        let start = revision.week_start_date;
        let (as_of, recorded_by) = (version.as_of, version.generated_at);
        // Earlier weeks come from this very recomputation, not from what is stored of them; one
        // that was published afterwards (by a replay) was not known.
        let near = |b: &Body| (0..=PUBLISHED_DAYS).contains(&(start - b.plan.week_start));
        let mut earlier = Earlier::default();
        let known = |made: Timestamp, b: &Body| {
            made < recorded_by || (made == recorded_by && b.plan.week_start < start)
        };
        for (_, body) in chain.iter().filter(|(made, b)| known(*made, b) && near(b)) {
            earlier.bodies.retain(|b: &Body| b.plan.week_start != body.plan.week_start);
            earlier.bodies.push(body.clone());
        }
        // Edits that were taken back since the version before this one was made.
        let mut of_week = chain.iter().filter(|(made, b)| known(*made, b)).rev();
        let made = of_week.find(|(_, b)| b.plan.week_start == start).map(|(made, _)| *made);
        if let Some(made) = made {
            let undone = self.undone_since(runner, start, made, recorded_by).await?;
            let mut before = chain.iter().rev().filter(|(_, b)| b.plan.week_start == start);
            let before = undone.and_then(|edited| before.find(|(made, _)| *made < edited));
            if let Some((_, before)) = before {
                earlier.go_back(before);
            }
        }
        let facts = if version.replayed {
            self.replay_facts(runner, as_of, recorded_by, &earlier).await?
        } else {
            self.facts(runner, as_of, recorded_by, &earlier).await?
        };
        let output = step::step(&facts, start);
        let body = Body::of(&output, earlier.week(start));
        let published = Body::read(&version.body)?;
        let breaches = step::breaches(&facts, &published.plan);
        let other_engine = !published.is_ours();
        let recomputed = digest(&output.plan)?;
        let current = revision.revision == stored.revision;
        let same_plan = version.plan_digest == recomputed && digest(&published.plan)? == recomputed;
        let rows_same = !current || rows_say(stored, &facts, &output, &body, recorded_by)?;
        chain.push((recorded_by, if other_engine { published } else { body }));
        Ok(WeekCheck {
            week_start: start,
            other_engine,
            erased: false,
            inputs_same: other_engine || version.inputs_digest == digest(&facts)?,
            plan_same: other_engine || same_plan,
            rows_same: other_engine || rows_same,
            digest: if other_engine { version.plan_digest.clone() } else { recomputed },
            breaches: breaches.iter().map(|f| f.text(facts.preferences.units)).collect(),
        })
    }
}

/// Was something erased since that a plan was made from?
fn is_erased(revision: &Revision, receipts: &[Receipt]) -> bool {
    let (made, as_of) = (revision.version.generated_at, revision.version.as_of);
    let touches = |r: &Receipt| r.erased_at > made && r.first_day.is_some_and(|day| day < as_of);
    receipts.iter().any(touches)
}

/// Do the rows of `weekly_plans` and `workouts` say what recomputing gives? What was done of a
/// session, and the runner's own words, are not the plan's.
fn rows_say(
    stored: &StoredWeek,
    facts: &Facts,
    output: &Output,
    body: &Body,
    generated_at: Timestamp,
) -> Result<bool> {
    let mode = if stored.plan.replayed { As::Replayed } else { As::Published };
    let expected = rows::week(facts, output, body, mode, generated_at, None)?;
    let plan = WeeklyPlan {
        user_edited: stored.plan.user_edited,
        user_edit_reason: stored.plan.user_edit_reason.clone(),
        ..expected.plan
    };
    let same = |stored: &Workout, expected: &Workout| {
        let done = Workout {
            strava_activity_id: stored.strava_activity_id,
            actual_distance_km: stored.actual_distance_km,
            actual_duration_seconds: stored.actual_duration_seconds,
            actual_pace_seconds_per_km: stored.actual_pace_seconds_per_km,
            completed: stored.completed,
            completed_at: stored.completed_at,
            user_modified: stored.user_modified,
            user_modification_reason: stored.user_modification_reason.clone(),
            ..expected.clone()
        };
        *stored == done
    };
    let workouts = stored.workouts.len() == expected.workouts.len()
        && stored.workouts.iter().zip(&expected.workouts).all(|(a, b)| same(&a.workout, b));
    Ok(workouts && stored.plan == plan)
}
