//! All that is known about the runners of a batch, in a fixed number of queries whatever their
//! number: what a weekly step reads.
//!
//! Rows come as they are stored, with the days on which they began and ended to count, so that one
//! load serves every day up to the day of the batch: see [`KnownRunner`].

use crate::activities::engine_activity;
use crate::checkins;
use crate::clocks::Claimed;
use crate::corrections::StoredCorrection;
use crate::database::{Db, Record, Row, Store, args, statements};
use crate::edits::StoredEdit;
use crate::error::Result;
use crate::feedback::{FeedbackRow, StoredOverride};
use crate::goals::StoredGoal;
use crate::health::{StoredHealthRecord, StoredStrike};
use crate::meters::{MeterEvent, Momentum};
use crate::plans::{self, Completion};
use crate::preferences;
use crate::roadmap::{StoredMilestone, StoredPhase};
use crate::summaries::WeeklySummary;
use crate::value::Json;
use crate::value::{LocalTime, SessionKm};
use hermes_engine::calendar::Day;
use hermes_engine::record::{Activity, CheckIn, Edit, Feedback, Preferences};
use jiff::Timestamp;
use std::collections::HashMap;
use uuid::Uuid;

/// Latest weeks of which whole bodies are loaded: this one, the one before it and one more for a
/// runner who moved to where the week has not begun yet.
const BODIES: i64 = 3;

statements! {
    ACTIVITIES = "SELECT a.user_id, a.strava_activity_id, a.sport, a.start_date_local, \
        a.distance_meters, a.moving_time_seconds, a.elapsed_time_seconds, \
        a.total_elevation_gain, a.average_heartrate, a.max_heartrate, a.perceived_exertion, \
        a.average_temperature, a.race, a.confirmed, a.graded_meters, a.decoupling_permille, \
        a.held_heartrate, a.fastest_400_seconds, a.fastest_800_seconds, a.fastest_5000_seconds \
        FROM strava_activities a \
        JOIN runner_clocks c ON c.user_id = a.user_id \
        WHERE c.batch_id = $1 AND a.synced_at <= $2 AND a.start_date_local >= $3 \
        AND NOT a.excluded ORDER BY a.user_id, a.start_date_local, a.strava_activity_id";
    HEALTH = "SELECT h.user_id, h.id, h.created_at, h.record_date, h.record_type, h.body_part, \
        h.severity, h.description, h.training_modification, h.days_off, h.strike_count, \
        h.is_chronic, h.symptoms, \
        CASE WHEN h.closed_at <= $2 THEN h.closed_on END AS closed_on FROM health_records h \
        JOIN runner_clocks c ON c.user_id = h.user_id \
        WHERE c.batch_id = $1 AND h.created_at <= $2 \
        ORDER BY h.user_id, h.record_date, h.created_at, h.id";
    STRIKES = "SELECT s.user_id, s.id, s.issued_at, s.issued_on, s.strike_type, s.strike_count, \
        s.body_part, s.forced_recovery_days, s.permanent_limit_applied, s.limit_description, \
        s.limit_weekly_km, s.limit_quality, \
        CASE WHEN s.resolved AND s.resolved_at <= $2 THEN s.resolved_on END AS resolved_on, \
        CASE WHEN s.limit_lifted_at <= $2 THEN s.limit_lifted_on END AS limit_lifted_on \
        FROM health_strikes s JOIN runner_clocks c ON c.user_id = s.user_id \
        WHERE c.batch_id = $1 AND s.issued_at <= $2 \
        ORDER BY s.user_id, s.issued_on, s.issued_at, s.id";
    GOALS = "SELECT g.user_id, g.id, g.distance, g.target_date, g.target_time_seconds, \
        g.priority, g.created_at, g.decided_on, \
        CASE WHEN g.removed_at <= $2 THEN g.removed_on END AS removed_on \
        FROM long_term_goals g JOIN runner_clocks c ON c.user_id = g.user_id \
        WHERE c.batch_id = $1 AND g.created_at <= $2 \
        ORDER BY g.user_id, g.target_date, g.priority, g.created_at, g.id";
    PREFERENCES = "SELECT p.user_id, p.decided_on, p.body FROM preference_revisions p \
        JOIN runner_clocks c ON c.user_id = p.user_id \
        WHERE c.batch_id = $1 AND p.created_at <= $2 \
        ORDER BY p.user_id, p.decided_on DESC, p.created_at DESC, p.id DESC";
    OVERRIDES = "SELECT o.user_id, o.id, o.from_date, o.until_date, o.acknowledgement, \
        CASE WHEN o.ended_at <= $2 THEN o.ended_on END AS ended_on FROM overrides o \
        JOIN runner_clocks c ON c.user_id = o.user_id \
        WHERE c.batch_id = $1 AND o.created_at <= $2 \
        ORDER BY o.user_id, o.from_date, o.created_at, o.id";
    EDITS = "SELECT e.user_id, e.id, e.created_at, e.week_start_date, e.made_on, e.asked, \
        e.days, e.verdict, e.reason, e.undone_at FROM plan_edits e \
        JOIN runner_clocks c ON c.user_id = e.user_id \
        WHERE c.batch_id = $1 AND e.created_at <= $2 AND e.week_start_date >= $3 \
        AND (e.undone_at IS NULL OR e.undone_at > $2) ORDER BY e.user_id, e.created_at, e.id";
    FEEDBACK = "SELECT f.user_id, f.feedback_date, f.effort, f.pain_during, \
        f.pain_next_morning, f.sleep, f.soreness, f.mood, f.resting_heart_rate FROM feedback f \
        JOIN runner_clocks c ON c.user_id = f.user_id \
        WHERE c.batch_id = $1 AND f.created_at <= $2 AND f.feedback_date >= $3 \
        ORDER BY f.user_id, f.feedback_date DESC, f.created_at DESC, f.id DESC";
    CHECK_INS = "SELECT i.user_id, i.check_in_date, i.trigger_reason, \
        CASE WHEN i.answered_at <= $2 THEN i.response_type END AS response_type, \
        CASE WHEN i.answered_at <= $2 THEN i.answered_on END AS answered_on \
        FROM compliance_check_ins i JOIN runner_clocks c ON c.user_id = i.user_id \
        WHERE c.batch_id = $1 AND i.created_at <= $2 \
        ORDER BY i.user_id, i.check_in_date, i.created_at, i.id";
    CORRECTIONS = "SELECT m.user_id, m.id, m.created_at, m.kind, m.workout_date, \
        m.workout_type, m.undone_at, m.note, a.strava_activity_id, a.start_date_local \
        FROM match_corrections m JOIN runner_clocks c ON c.user_id = m.user_id \
        LEFT JOIN strava_activities a ON a.id = m.activity_id \
        WHERE c.batch_id = $1 AND m.created_at <= $2 \
        AND (m.undone_at IS NULL OR m.undone_at > $2) ORDER BY m.user_id, m.created_at, m.id";
    REVISIONS = "SELECT user_id, week_start_date, replayed, body -> 'published' AS published, \
        CASE WHEN week_rank <= $4 THEN body END AS body FROM ( \
        SELECT r.user_id, r.week_start_date, r.replayed, r.body, ROW_NUMBER() OVER ( \
        PARTITION BY r.user_id, r.week_start_date ORDER BY r.revision DESC) AS version_rank, \
        DENSE_RANK() OVER (PARTITION BY r.user_id ORDER BY r.week_start_date DESC) AS week_rank \
        FROM plan_revisions r JOIN runner_clocks c ON c.user_id = r.user_id \
        WHERE c.batch_id = $1 AND r.created_at <= $2 AND r.status IN ('valid', 'repaired')) v \
        WHERE version_rank = 1 AND (week_start_date >= $3 OR week_rank <= $4) \
        ORDER BY user_id, week_start_date";
    NUMBERS = "SELECT r.user_id, r.week_start_date, MAX(r.revision) AS revision \
        FROM plan_revisions r JOIN runner_clocks c ON c.user_id = r.user_id \
        WHERE c.batch_id = $1 AND r.week_start_date >= $2 GROUP BY r.user_id, r.week_start_date";
    WEEKS = "SELECT p.user_id, p.id, p.week_start_date, p.state_at_generation, p.published, \
        p.plan_digest FROM weekly_plans p JOIN runner_clocks c ON c.user_id = p.user_id \
        WHERE c.batch_id = $1 AND p.week_start_date >= $2 ORDER BY p.user_id, p.week_start_date";
    WORKOUTS = "SELECT p.user_id, w.id, w.weekly_plan_id, w.workout_date, w.workout_type, \
        w.strava_activity_id, w.actual_distance_km, w.actual_duration_seconds, \
        w.actual_pace_seconds_per_km, w.completed \
        FROM workouts w JOIN weekly_plans p ON p.id = w.weekly_plan_id \
        JOIN runner_clocks c ON c.user_id = p.user_id \
        WHERE c.batch_id = $1 AND p.week_start_date >= $2 AND p.published \
        ORDER BY p.user_id, p.week_start_date, w.order_in_week, w.id";
    SUMMARIES = "SELECT s.user_id, s.week_start_date, s.week_end_date, s.planned_volume_km, \
        s.actual_volume_km, s.compliance_percentage, s.easy_run_km, s.quality_session_km, \
        s.long_run_km, s.recovery_km, s.average_pace_seconds_per_km, \
        s.threshold_pace_estimate, s.health_issues_count, s.rest_days, s.ending_state \
        FROM weekly_summaries s JOIN runner_clocks c ON c.user_id = s.user_id \
        WHERE c.batch_id = $1 AND s.week_start_date >= $2 \
        ORDER BY s.user_id, s.week_start_date";
    MOMENTUM = "SELECT m.user_id, m.current_streak_days, m.longest_streak_days, \
        m.consistency_score, m.last_updated FROM momentum_meter m \
        JOIN runner_clocks c ON c.user_id = m.user_id WHERE c.batch_id = $1";
    EVENTS = "SELECT e.user_id, e.event_date, e.event_kind, e.points, e.body \
        FROM meter_events e JOIN runner_clocks c ON c.user_id = e.user_id \
        WHERE c.batch_id = $1 ORDER BY e.user_id, e.event_date, e.id";
    ROADS = "SELECT user_id, trigger_data FROM ( \
        SELECT a.user_id, a.trigger_data, ROW_NUMBER() OVER (PARTITION BY a.user_id \
        ORDER BY a.transition_date DESC, a.created_at DESC, a.id DESC) AS latest \
        FROM adaptation_history a JOIN runner_clocks c ON c.user_id = a.user_id \
        WHERE c.batch_id = $1 AND a.trigger_reason = $2) v WHERE latest = 1";
    ENTRIES = "SELECT a.user_id, a.transition_date FROM adaptation_history a \
        JOIN runner_clocks c ON c.user_id = a.user_id \
        WHERE c.batch_id = $1 AND a.transition_date >= $2 AND a.to_state = $3 \
        AND (a.from_state IS NULL OR a.from_state <> $3) \
        ORDER BY a.user_id, a.transition_date, a.created_at, a.id";
    PHASES = "SELECT r.user_id, r.id, r.goal_id, r.phase_number, r.phase_name, r.start_date, \
        r.end_date, r.target_volume_km, r.focus FROM roadmaps r \
        JOIN runner_clocks c ON c.user_id = r.user_id WHERE c.batch_id = $1 \
        ORDER BY r.user_id, r.start_date, r.phase_number, r.id";
    MILESTONES = "SELECT r.user_id, m.id, m.roadmap_id, m.milestone_name, m.target_date, \
        m.target_metric, m.target_value, m.achieved, m.achieved_date FROM milestones m \
        JOIN roadmaps r ON r.id = m.roadmap_id JOIN runner_clocks c ON c.user_id = r.user_id \
        WHERE c.batch_id = $1 ORDER BY r.user_id, m.target_date, m.milestone_name, m.id";
}

/// How far back a load reaches. Days of the calendar, whatever the runner's time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    /// First day of activities and feedback.
    pub activities: Day,
    /// First week of what plans handed on, and of their edits.
    pub plans: Day,
    /// First week of plans' rows, with what was done of them, and of summaries.
    pub weeks: Day,
    /// First day of entries into a state.
    pub entries: Day,
}

/// Words that a load looks for in the history.
#[derive(Debug, Clone, Copy)]
pub struct Words<'a> {
    /// `trigger_reason` of the rows that keep roadmaps.
    pub roadmap: &'a str,
    /// The state whose entries are asked for.
    pub state: &'a str,
}

/// What a plan in force handed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownPlan {
    /// First day of its week.
    pub week_start: Day,
    /// Made by a replay of the past.
    pub replayed: bool,
    /// The part of its body for later weeks.
    pub published: Json,
    /// The whole body, of the latest weeks only.
    pub body: Option<Json>,
}

/// A row of `weekly_plans`, as far as the next step needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownWeek {
    /// The key.
    pub id: Uuid,
    /// First day of the week.
    pub week_start: Day,
    /// The state it was made in.
    pub state: String,
    /// Published, else a draft.
    pub published: bool,
    /// SHA-256 of its plan.
    pub plan_digest: Option<String>,
}

/// A workout of a published week and what was done of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownWorkout {
    /// The key.
    pub id: Uuid,
    /// Its day.
    pub day: Day,
    /// `Easy Run`, `Long Run` ...
    pub kind: String,
    /// The activity that was matched.
    pub activity: Option<i64>,
    /// Its km.
    pub distance_km: Option<SessionKm>,
    /// Its moving time, s.
    pub duration_seconds: Option<i32>,
    /// Its pace, s/km.
    pub pace: Option<i32>,
    /// Enough of it was done.
    pub completed: bool,
}

impl KnownWorkout {
    /// Does its row say this already?
    #[must_use]
    pub fn says(&self, done: Option<&Completion>) -> bool {
        let figures = (self.activity, self.distance_km, self.duration_seconds, self.pace);
        plans::says(figures, self.completed, done)
    }
}

/// All that is known about one runner. Rows are in the order of their statements; what began or
/// ended on a later day than one asks about is in it, with that day.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct KnownRunner {
    /// By start.
    pub activities: Vec<Activity>,
    /// By day; closing days as stored.
    pub health: Vec<StoredHealthRecord>,
    /// By day; ends as stored.
    pub strikes: Vec<StoredStrike>,
    /// By race day; removed ones with the day they were.
    pub goals: Vec<StoredGoal>,
    /// Latest first, with the day each was decided on.
    pub preferences: Vec<(Day, Preferences)>,
    /// By day.
    pub overrides: Vec<StoredOverride>,
    /// In force, as they were made.
    pub edits: Vec<(Edit, Option<String>)>,
    /// Latest first, one a day.
    pub feedback: Vec<Feedback>,
    /// By day, answers with their day.
    pub check_ins: Vec<CheckIn>,
    /// Which run was which session, as the runner says, in force.
    pub corrections: Vec<StoredCorrection>,
    /// In force, by week.
    pub plans: Vec<KnownPlan>,
    /// Highest number of a version, by week.
    pub revisions: Vec<(Day, i32)>,
    /// Rows of weeks, drafts among them.
    pub weeks: Vec<KnownWeek>,
    /// Of published weeks.
    pub workouts: Vec<KnownWorkout>,
    /// By week.
    pub summaries: Vec<WeeklySummary>,
    /// The streak as it was last counted.
    pub momentum: Option<Momentum>,
    /// All events behind the meters, by day.
    pub events: Vec<MeterEvent>,
    /// What the latest row of the roadmap's history keeps.
    pub roadmap_kept: Option<Json>,
    /// Entries into the state that was asked for, by day.
    pub entries: Vec<Day>,
    /// The stored roads.
    pub phases: Vec<StoredPhase>,
}

/// Hands rows to their runners.
struct Sorter {
    place: HashMap<Uuid, usize>,
    known: Vec<KnownRunner>,
}

impl Sorter {
    fn sort(
        &mut self,
        rows: &[Row],
        put: impl Fn(&mut KnownRunner, &Row) -> Result<()>,
    ) -> Result<()> {
        let mut last: Option<(Uuid, usize)> = None;
        for row in rows {
            let user: Uuid = row.get("user_id")?;
            let place = match last.filter(|(id, _)| *id == user) {
                Some((_, place)) => Some(place),
                None => self.place.get(&user).copied(),
            };
            last = place.map(|place| (user, place));
            if let Some(runner) = place.and_then(|place| self.known.get_mut(place)) {
                put(runner, row)?;
            }
        }
        Ok(())
    }
}

async fn load(
    db: &mut Db,
    batch: Uuid,
    by: Timestamp,
    reach: Reach,
    words: Words<'_>,
    sorter: &mut Sorter,
) -> Result<()> {
    let rows = db.rows(ACTIVITIES, args![batch, by, LocalTime::start_of(reach.activities)]).await?;
    sorter.sort(&rows, |k, row| {
        k.activities.push(engine_activity(row)?);
        Ok(())
    })?;
    drop(rows);
    let since = args![batch, by];
    sorter.sort(&db.rows(HEALTH, since.clone()).await?, |k, row| {
        k.health.push(StoredHealthRecord::read(row)?);
        Ok(())
    })?;
    sorter.sort(&db.rows(STRIKES, since.clone()).await?, |k, row| {
        k.strikes.push(StoredStrike::read(row)?);
        Ok(())
    })?;
    sorter.sort(&db.rows(GOALS, since.clone()).await?, |k, row| {
        k.goals.push(StoredGoal::read(row)?);
        Ok(())
    })?;
    sorter.sort(&db.rows(PREFERENCES, since.clone()).await?, |k, row| {
        k.preferences.push((row.get("decided_on")?, preferences::read(row)?));
        Ok(())
    })?;
    sorter.sort(&db.rows(OVERRIDES, since.clone()).await?, |k, row| {
        k.overrides.push(StoredOverride::read(row)?);
        Ok(())
    })?;
    sorter.sort(&db.rows(CORRECTIONS, since.clone()).await?, |k, row| {
        k.corrections.push(StoredCorrection::read(row)?);
        Ok(())
    })?;
    sorter.sort(&db.rows(CHECK_INS, since).await?, |k, row| {
        k.check_ins.push(checkins::fact(row)?);
        Ok(())
    })?;
    sorter.sort(&db.rows(EDITS, args![batch, by, reach.plans]).await?, |k, row| {
        let stored = StoredEdit::read(row)?;
        k.edits.push((stored.edit, stored.reason));
        Ok(())
    })?;
    sorter.sort(&db.rows(FEEDBACK, args![batch, by, reach.activities]).await?, |k, row| {
        let said = FeedbackRow::read(row)?.fact();
        if k.feedback.last().is_none_or(|last| last.day != said.day) {
            k.feedback.push(said);
        }
        Ok(())
    })?;
    sorter.sort(&db.rows(REVISIONS, args![batch, by, reach.plans, BODIES]).await?, |k, row| {
        k.plans.push(KnownPlan {
            week_start: row.get("week_start_date")?,
            replayed: row.get("replayed")?,
            published: row.get::<Option<Json>>("published")?.unwrap_or_default(),
            body: row.get("body")?,
        });
        Ok(())
    })?;
    load_books(db, batch, reach, words, sorter).await
}

/// What is kept beside the facts.
async fn load_books(
    db: &mut Db,
    batch: Uuid,
    reach: Reach,
    words: Words<'_>,
    sorter: &mut Sorter,
) -> Result<()> {
    let weeks = args![batch, reach.weeks];
    sorter.sort(&db.rows(NUMBERS, weeks.clone()).await?, |k, row| {
        k.revisions.push((row.get("week_start_date")?, row.get("revision")?));
        Ok(())
    })?;
    sorter.sort(&db.rows(WEEKS, weeks.clone()).await?, |k, row| {
        k.weeks.push(KnownWeek {
            id: row.get("id")?,
            week_start: row.get("week_start_date")?,
            state: row.get("state_at_generation")?,
            published: row.get("published")?,
            plan_digest: row.get("plan_digest")?,
        });
        Ok(())
    })?;
    sorter.sort(&db.rows(WORKOUTS, weeks.clone()).await?, |k, row| {
        k.workouts.push(KnownWorkout {
            id: row.get("id")?,
            day: row.get("workout_date")?,
            kind: row.get("workout_type")?,
            activity: row.get("strava_activity_id")?,
            distance_km: row.get("actual_distance_km")?,
            duration_seconds: row.get("actual_duration_seconds")?,
            pace: row.get("actual_pace_seconds_per_km")?,
            completed: row.get("completed")?,
        });
        Ok(())
    })?;
    sorter.sort(&db.rows(SUMMARIES, weeks).await?, |k, row| {
        k.summaries.push(WeeklySummary::read(row)?);
        Ok(())
    })?;
    sorter.sort(&db.rows(MOMENTUM, args![batch]).await?, |k, row| {
        k.momentum = Some(Momentum::read(row)?);
        Ok(())
    })?;
    sorter.sort(&db.rows(EVENTS, args![batch]).await?, |k, row| {
        k.events.push(MeterEvent::read(row)?);
        Ok(())
    })?;
    sorter.sort(&db.rows(ROADS, args![batch, words.roadmap]).await?, |k, row| {
        k.roadmap_kept = row.get("trigger_data")?;
        Ok(())
    })?;
    sorter.sort(&db.rows(ENTRIES, args![batch, reach.entries, words.state]).await?, |k, row| {
        k.entries.push(row.get("transition_date")?);
        Ok(())
    })?;
    sorter.sort(&db.rows(PHASES, args![batch]).await?, |k, row| {
        k.phases.push(StoredPhase::read(row)?);
        Ok(())
    })?;
    sorter.sort(&db.rows(MILESTONES, args![batch]).await?, |k, row| {
        let roadmap: Uuid = row.get("roadmap_id")?;
        if let Some(phase) = k.phases.iter_mut().find(|p| p.id == roadmap) {
            phase.milestones.push(StoredMilestone::read(row)?);
        }
        Ok(())
    })
}

impl Store {
    /// All that is known about the runners of a batch as far as it was recorded by a time, in
    /// their order, of one state of the database.
    ///
    /// # Errors
    /// [`crate::StoreError::Corrupt`] for a row that cannot be read; when the database fails.
    pub async fn known(
        &self,
        batch: Uuid,
        runners: &[Claimed],
        recorded_by: Timestamp,
        reach: Reach,
        words: Words<'_>,
    ) -> Result<Vec<KnownRunner>> {
        let place = runners.iter().enumerate().map(|(place, c)| (c.user, place)).collect();
        let known = vec![KnownRunner::default(); runners.len()];
        let mut sorter = Sorter { place, known };
        let mut db = self.snapshot().await?;
        load(&mut db, batch, recorded_by, reach, words, &mut sorter).await?;
        Ok(sorter.known)
    }
}
