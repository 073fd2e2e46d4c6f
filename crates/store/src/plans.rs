//! Weekly plans: one row per user and week, its workouts, and every revision.

use crate::adaptation::Adaptation;
use crate::database::{Db, Record, Row, Store, args, new_id, record, statements, transaction};
use crate::error::{Result, StoreError};
use crate::profile::Profile;
use crate::summaries::WeeklySummary;
use crate::users;
use crate::value::Json;
use crate::value::{Scalar, SessionKm, WeekKm};
use hermes_engine::calendar::Day;
use hermes_engine::record::RaceDistance;
use jiff::Timestamp;
use std::collections::HashMap;
use uuid::Uuid;

/// Most weeks that one call reads: ten years.
pub const WEEKS_MAX: u32 = 530;
/// Most workouts of a week.
pub const WORKOUTS_MAX: usize = 21;

statements! {
    NEXT_REVISION = "SELECT COALESCE(MAX(revision), 0) + 1 AS revision FROM plan_revisions \
        WHERE user_id = $1 AND week_start_date = $2";
    WEEKS = "SELECT id, revision, created_at, updated_at, week_start_date, week_end_date, \
        week_number, state_at_generation, total_volume_km, total_duration_minutes, \
        validation_status, validation_errors, repair_actions, user_edited, user_edit_reason, \
        published, published_at, as_of, first_day, phase, replayed, inputs_digest, plan_digest, \
        engine_version, ruleset_version, decisions, generated_at FROM weekly_plans \
        WHERE user_id = $1 AND week_start_date >= $2 AND week_start_date <= $3 \
        AND (published OR NOT $4) ORDER BY week_start_date DESC LIMIT $5";
    WORKOUTS = "SELECT w.id, w.weekly_plan_id, w.template_id, w.workout_date, w.workout_type, \
        w.planned_distance_km, w.planned_duration_minutes, w.planned_pace_seconds_per_km, \
        w.intensity_zone, w.strava_activity_id, w.actual_distance_km, \
        w.actual_duration_seconds, w.actual_pace_seconds_per_km, w.completed, w.completed_at, \
        w.user_modified, w.user_modification_reason, w.day_of_week, w.order_in_week, w.steps, \
        w.reasons, w.race_distance, w.pinned \
        FROM workouts w JOIN weekly_plans p ON p.id = w.weekly_plan_id \
        WHERE p.user_id = $1 AND p.week_start_date >= $2 AND p.week_start_date <= $3 \
        AND (p.published OR NOT $4) ORDER BY p.week_start_date, w.order_in_week, w.id";
    VOLUMES = "SELECT week_start_date, total_volume_km, phase FROM weekly_plans \
        WHERE user_id = $1 AND week_start_date >= $2 AND week_start_date <= $3 \
        ORDER BY week_start_date LIMIT $4";
    REVISIONS = "SELECT week_start_date, revision, created_at, body, inputs_digest, \
        plan_digest, as_of, generated_at, replayed, status, reason FROM plan_revisions \
        WHERE user_id = $1 AND week_start_date = $2 ORDER BY revision";
    REVISION = "SELECT week_start_date, revision, created_at, body, inputs_digest, \
        plan_digest, as_of, generated_at, replayed, status, reason FROM plan_revisions \
        WHERE user_id = $1 AND week_start_date = $2 AND revision = $3";
    IN_FORCE = "SELECT week_start_date, revision, created_at, body, inputs_digest, \
        plan_digest, as_of, generated_at, replayed, status, reason FROM plan_revisions r \
        WHERE user_id = $1 AND week_start_date >= $2 AND week_start_date <= $3 \
        AND created_at <= $4 AND status IN ('valid', 'repaired') AND NOT EXISTS ( \
        SELECT 1 FROM plan_revisions n WHERE n.user_id = $1 \
        AND n.week_start_date = r.week_start_date AND n.created_at <= $4 \
        AND n.status IN ('valid', 'repaired') AND n.revision > r.revision) \
        ORDER BY week_start_date LIMIT $5";
    COMPLETE = "UPDATE workouts SET strava_activity_id = $3, actual_distance_km = $4, \
        actual_duration_seconds = $5, actual_pace_seconds_per_km = $6, completed = $7, \
        completed_at = $8, updated_at = $9 WHERE id = $2 AND weekly_plan_id IN \
        (SELECT id FROM weekly_plans WHERE user_id = $1)";
    [bulk] INSERT_WORKOUTS(
        "INSERT INTO workouts (id, weekly_plan_id, created_at, updated_at, template_id, \
         workout_date, workout_type, planned_distance_km, planned_duration_minutes, \
         planned_pace_seconds_per_km, intensity_zone, strava_activity_id, actual_distance_km, \
         actual_duration_seconds, actual_pace_seconds_per_km, completed, completed_at, \
         user_modified, user_modification_reason, day_of_week, order_in_week, steps, reasons, \
         race_distance, pinned) VALUES", 25, ""
    );
    [bulk] DELETE_WORKOUTS_OF(
        "DELETE FROM workouts WHERE weekly_plan_id IN \
         (SELECT weekly_plan_id FROM workouts WHERE FALSE UNION ALL VALUES", 1, ")"
    );
    [bulk] COMPLETE_MANY(
        "WITH done AS (SELECT id, strava_activity_id, actual_distance_km, \
         actual_duration_seconds, actual_pace_seconds_per_km, completed, completed_at, \
         updated_at FROM workouts WHERE FALSE UNION ALL VALUES", 8,
        ") UPDATE workouts SET strava_activity_id = done.strava_activity_id, \
         actual_distance_km = done.actual_distance_km, \
         actual_duration_seconds = done.actual_duration_seconds, \
         actual_pace_seconds_per_km = done.actual_pace_seconds_per_km, \
         completed = done.completed, completed_at = done.completed_at, \
         updated_at = done.updated_at FROM done WHERE workouts.id = done.id"
    );
    [bulk] UPSERT_WEEK(
        "INSERT INTO weekly_plans \
        (id, user_id, revision, created_at, updated_at, week_start_date, week_end_date, \
        week_number, state_at_generation, total_volume_km, total_duration_minutes, \
        validation_status, validation_errors, repair_actions, user_edited, user_edit_reason, \
        published, published_at, as_of, first_day, phase, replayed, inputs_digest, plan_digest, \
        engine_version, ruleset_version, decisions, generated_at) \
        VALUES", 28,
        "ON CONFLICT (user_id, week_start_date) DO UPDATE SET \
        revision = excluded.revision, updated_at = excluded.updated_at, \
        week_end_date = excluded.week_end_date, week_number = excluded.week_number, \
        state_at_generation = excluded.state_at_generation, \
        total_volume_km = excluded.total_volume_km, \
        total_duration_minutes = excluded.total_duration_minutes, \
        validation_status = excluded.validation_status, \
        validation_errors = excluded.validation_errors, \
        repair_actions = excluded.repair_actions, user_edited = excluded.user_edited, \
        user_edit_reason = excluded.user_edit_reason, published = excluded.published, \
        published_at = excluded.published_at, as_of = excluded.as_of, \
        first_day = excluded.first_day, phase = excluded.phase, replayed = excluded.replayed, \
        inputs_digest = excluded.inputs_digest, plan_digest = excluded.plan_digest, \
        engine_version = excluded.engine_version, ruleset_version = excluded.ruleset_version, \
        decisions = excluded.decisions, generated_at = excluded.generated_at \
        RETURNING id, user_id, week_start_date"
    );
    [bulk] INSERT_REVISIONS(
        "INSERT INTO plan_revisions (id, user_id, week_start_date, revision, created_at, body, \
         inputs_digest, plan_digest, as_of, generated_at, replayed, status, reason) VALUES", 13, ""
    );
}

record! {
    /// What a picture of many weeks needs of a plan.
    pub struct PlannedVolume {
        /// First day of the week.
        pub week_start_date: Day,
        /// Planned km.
        pub total_volume_km: WeekKm,
        /// The roadmap's phase.
        pub phase: Option<String>,
    }
}

record! {
    /// What a row of `weekly_plans` says, beside its key and its times.
    pub struct WeeklyPlan {
        /// First day of the week.
        pub week_start_date: Day,
        /// Last day of the week.
        pub week_end_date: Day,
        /// 1-based week inside the roadmap's phase; 0 without a roadmap.
        pub week_number: i32,
        /// One of the nine states.
        pub state_at_generation: String,
        /// Planned km, races included.
        pub total_volume_km: WeekKm,
        /// Planned running minutes.
        pub total_duration_minutes: i32,
        /// `pending`, `valid`, `repaired` or `invalid`.
        pub validation_status: String,
        /// Findings of the last check.
        pub validation_errors: Option<Json>,
        /// What repair changed and why.
        pub repair_actions: Option<Json>,
        /// The runner changed it.
        pub user_edited: bool,
        /// The runner's words for the latest edit.
        pub user_edit_reason: Option<String>,
        /// Published; only `valid` and `repaired` weeks can be.
        pub published: bool,
        /// When it was published.
        pub published_at: Option<Timestamp>,
        /// Facts before this day were known.
        pub as_of: Day,
        /// First planned day.
        pub first_day: Day,
        /// `Base`, `Build`, `Peak`, `Taper` or `Recovery`.
        pub phase: Option<String>,
        /// Made by a replay of the past.
        pub replayed: bool,
        /// SHA-256 of the engine's input, hexadecimal.
        pub inputs_digest: Option<String>,
        /// SHA-256 of the canonical plan, hexadecimal.
        pub plan_digest: Option<String>,
        /// The engine that made it.
        pub engine_version: Option<String>,
        /// The rules it was made by.
        pub ruleset_version: Option<String>,
        /// Why the week is as it is.
        pub decisions: Option<Json>,
        /// When it was made; facts recorded later were not known.
        pub generated_at: Option<Timestamp>,
    }
}

record! {
    /// What a row of `workouts` says, beside its keys and its times.
    pub struct Workout {
        /// The row of the template library.
        pub template_id: Option<Uuid>,
        /// The day.
        pub workout_date: Day,
        /// `Easy Run`, `Long Run` ...
        pub workout_type: String,
        /// Planned km; `None` for cross training.
        pub planned_distance_km: Option<SessionKm>,
        /// Planned minutes.
        pub planned_duration_minutes: Option<i32>,
        /// Target pace.
        pub planned_pace_seconds_per_km: Option<i32>,
        /// `Zone 1` ... `Zone 5`, `Threshold`.
        pub intensity_zone: Option<String>,
        /// The activity that was matched.
        pub strava_activity_id: Option<i64>,
        /// Its km.
        pub actual_distance_km: Option<SessionKm>,
        /// Its moving time.
        pub actual_duration_seconds: Option<i32>,
        /// Its pace.
        pub actual_pace_seconds_per_km: Option<i32>,
        /// Matched with enough of it done.
        pub completed: bool,
        /// When it was done.
        pub completed_at: Option<Timestamp>,
        /// The runner changed it.
        pub user_modified: bool,
        /// The runner's words for it.
        pub user_modification_reason: Option<String>,
        /// 0 = Sunday ... 6 = Saturday.
        pub day_of_week: i32,
        /// 1-based by date.
        pub order_in_week: i32,
        /// The structure.
        pub steps: Option<Json>,
        /// Why it is there and why it is as long as it is.
        pub reasons: Option<Json>,
        /// The race's distance, for a race.
        pub race_distance: Option<RaceDistance>,
        /// Kept where it is by the runner.
        pub pinned: bool,
    }
}

record! {
    /// One version of a week, as it is added.
    pub struct NewRevision {
        /// The canonical plan.
        pub body: Json,
        /// SHA-256 of the engine's input, hexadecimal.
        pub inputs_digest: String,
        /// SHA-256 of the canonical plan, hexadecimal.
        pub plan_digest: String,
        /// Facts before this day were known.
        pub as_of: Day,
        /// When it was made.
        pub generated_at: Timestamp,
        /// Made by a replay of the past.
        pub replayed: bool,
        /// `pending`, `valid`, `repaired` or `invalid`.
        pub status: String,
        /// Why there is a new version.
        pub reason: Option<String>,
    }
}

/// One version of a week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// First day of the week.
    pub week_start_date: Day,
    /// 1-based.
    pub revision: i32,
    /// When it was stored.
    pub created_at: Timestamp,
    /// What it says.
    pub version: NewRevision,
}

/// A workout of a stored week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredWorkout {
    /// The key.
    pub id: Uuid,
    /// What it says.
    pub workout: Workout,
}

/// A stored week with its workouts by day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredWeek {
    /// The key.
    pub id: Uuid,
    /// The revision it shows.
    pub revision: i32,
    /// When its first version was stored.
    pub created_at: Timestamp,
    /// When this version was stored.
    pub updated_at: Timestamp,
    /// The week.
    pub plan: WeeklyPlan,
    /// Its sessions, in order.
    pub workouts: Vec<StoredWorkout>,
}

/// Everything that is saved with a week, in one transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WeekToSave {
    /// The week.
    pub plan: WeeklyPlan,
    /// Its sessions; they replace those of the version before.
    pub workouts: Vec<Workout>,
    /// The version to add.
    pub revision: NewRevision,
    /// Changes of state and adaptations that came with it.
    pub adaptations: Vec<Adaptation>,
    /// The profile as it is now.
    pub profile: Option<Profile>,
    /// The summary of the week before.
    pub summary: Option<WeeklySummary>,
}

/// Which of the matched activity's figures a workout shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Completion {
    /// The activity; `None` where the session was done without a record.
    pub strava_activity_id: Option<i64>,
    /// Its km.
    pub distance_km: Option<SessionKm>,
    /// Its moving time.
    pub duration_seconds: Option<i32>,
    /// Its pace.
    pub pace_seconds_per_km: Option<i32>,
    /// Enough of it was done.
    pub completed: bool,
    /// When it was done.
    pub completed_at: Timestamp,
}

/// An activity with its km, seconds and pace, as a workout's row has them.
type Figures = (Option<i64>, Option<SessionKm>, Option<i32>, Option<i32>);

/// Does a workout's row say already what was done?
pub(crate) fn says(row: Figures, completed: bool, done: Option<&Completion>) -> bool {
    let figures = done
        .map(|d| (d.strava_activity_id, d.distance_km, d.duration_seconds, d.pace_seconds_per_km));
    row == figures.unwrap_or_default() && completed == done.is_some_and(|d| d.completed)
}

impl Workout {
    /// Does its row say already what was done?
    #[must_use]
    pub fn says(&self, done: Option<&Completion>) -> bool {
        let figures = (
            self.strava_activity_id,
            self.actual_distance_km,
            self.actual_duration_seconds,
            self.actual_pace_seconds_per_km,
        );
        says(figures, self.completed, done)
    }
}

impl StoredWeek {
    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            revision: row.get("revision")?,
            created_at: row.get("created_at")?,
            updated_at: row.get("updated_at")?,
            plan: WeeklyPlan::read(row)?,
            workouts: Vec::new(),
        })
    }
}

impl Revision {
    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            week_start_date: row.get("week_start_date")?,
            revision: row.get("revision")?,
            created_at: row.get("created_at")?,
            version: NewRevision::read(row)?,
        })
    }
}

/// Adds a version; numbers are given while the user's row is locked, so none is given twice.
async fn add_revision(
    db: &mut Db,
    user: Uuid,
    week_start: Day,
    version: &NewRevision,
    now: Timestamp,
) -> Result<i32> {
    if !users::lock(db, user).await? {
        return Err(StoreError::Missing("user"));
    }
    let number: i32 = db.one(NEXT_REVISION, args![user, week_start]).await?.get("revision")?;
    let mut row = args![new_id(now), user, week_start, number, now];
    row.extend(version.args());
    db.bulk(&INSERT_REVISIONS, vec![row]).await?;
    Ok(number)
}

/// A week of somebody to be saved, with the number of its version.
pub(crate) struct NumberedWeek<'a> {
    pub(crate) user: Uuid,
    pub(crate) number: i32,
    pub(crate) week: &'a WeekToSave,
}

/// Saves many weeks: versions, rows and workouts. A version's number that somebody else has taken
/// in the meantime is a conflict.
pub(crate) async fn save_many(
    db: &mut Db,
    weeks: &[NumberedWeek<'_>],
    now: Timestamp,
) -> Result<()> {
    let (mut versions, mut plans) = (Vec::new(), Vec::new());
    for NumberedWeek { user, number, week } in weeks {
        let mut row = args![new_id(now), *user, week.plan.week_start_date, *number, now];
        row.extend(week.revision.args());
        versions.push(row);
        let mut row = args![new_id(now), *user, *number, now, now];
        row.extend(week.plan.args());
        plans.push(row);
    }
    db.bulk(&INSERT_REVISIONS, versions).await?;
    let mut ids: HashMap<(Uuid, Day), Uuid> = HashMap::new();
    for row in db.bulk_rows(&UPSERT_WEEK, plans).await? {
        ids.insert((row.get("user_id")?, row.get("week_start_date")?), row.get("id")?);
    }
    db.bulk(&DELETE_WORKOUTS_OF, ids.values().map(|id| args![*id]).collect()).await?;
    let mut workouts = Vec::new();
    for NumberedWeek { user, week, .. } in weeks {
        let key = (*user, week.plan.week_start_date);
        let plan = *ids.get(&key).ok_or(StoreError::Missing("row"))?;
        workouts.extend(week.workouts.iter().map(|w| workout_row(plan, w, now)));
    }
    db.bulk(&INSERT_WORKOUTS, workouts).await.map(drop)
}

/// Writes what was done of many workouts.
pub(crate) async fn complete_many(
    db: &mut Db,
    done: &[(Uuid, Option<Completion>)],
    now: Timestamp,
) -> Result<()> {
    let row = |(workout, done): &(Uuid, Option<Completion>)| {
        args![
            *workout,
            done.map(|d| d.strava_activity_id),
            done.and_then(|d| d.distance_km),
            done.map(|d| d.duration_seconds),
            done.and_then(|d| d.pace_seconds_per_km),
            done.is_some_and(|d| d.completed),
            done.filter(|d| d.completed).map(|d| d.completed_at),
            now
        ]
    };
    db.bulk(&COMPLETE_MANY, done.iter().map(row).collect()).await.map(drop)
}

fn workout_row(plan: Uuid, workout: &Workout, now: Timestamp) -> Vec<Scalar> {
    let mut row = args![new_id(now), plan, now, now];
    row.extend(workout.args());
    row
}

impl Store {
    /// Saves a week with everything that belongs to it, in one transaction: the week's one row,
    /// its workouts in place of those before, the next revision, changes of state, the profile
    /// and the summary. Returns the revision's number.
    ///
    /// # Errors
    /// [`StoreError::Missing`] without such a user, [`StoreError::Refused`] for a value that the
    /// schema does not allow (an `invalid` week that is published, an unknown state);
    /// [`StoreError::TooMany`] above [`WORKOUTS_MAX`].
    pub async fn save_week(&self, user: Uuid, week: &WeekToSave, now: Timestamp) -> Result<i32> {
        let found = week.workouts.len();
        if found > WORKOUTS_MAX {
            let what = "workouts of a week";
            return Err(StoreError::TooMany { what, found, limit: WORKOUTS_MAX });
        }
        transaction!(self, |db| {
            let start = week.plan.week_start_date;
            let number = add_revision(db, user, start, &week.revision, now).await?;
            let mut row = args![new_id(now), user, number, now, now];
            row.extend(week.plan.args());
            let rows = db.bulk_rows(&UPSERT_WEEK, vec![row]).await?;
            let plan: Uuid = rows.first().ok_or(StoreError::Missing("row"))?.get("id")?;
            db.bulk(&DELETE_WORKOUTS_OF, vec![args![plan]]).await?;
            let workouts = week.workouts.iter().map(|w| workout_row(plan, w, now)).collect();
            db.bulk(&INSERT_WORKOUTS, workouts).await?;
            crate::adaptation::insert(db, user, &week.adaptations, now).await?;
            if let Some(profile) = &week.profile {
                crate::profile::upsert(db, user, profile, now).await?;
            }
            if let Some(summary) = &week.summary {
                crate::summaries::upsert(db, user, summary, now).await?;
            }
            Ok(number)
        })
    }

    /// Keeps a version that does not become the week: a candidate that was refused. Returns the
    /// revision's number.
    ///
    /// # Errors
    /// [`StoreError::Missing`] without such a user; when the database fails.
    pub async fn save_candidate(
        &self,
        user: Uuid,
        week_start: Day,
        version: &NewRevision,
        now: Timestamp,
    ) -> Result<i32> {
        transaction!(self, |db| add_revision(db, user, week_start, version, now).await)
    }

    /// The week that begins on a day.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn week(&self, user: Uuid, week_start: Day) -> Result<Option<StoredWeek>> {
        Ok(self.weeks(user, week_start, week_start).await?.pop())
    }

    /// The weeks that begin in a span (both days included), oldest first, drafts included; the
    /// latest [`WEEKS_MAX`] of them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn weeks(&self, user: Uuid, from: Day, to: Day) -> Result<Vec<StoredWeek>> {
        self.weeks_where(user, from, to, false, WEEKS_MAX).await
    }

    /// Planned km and phase of the weeks that begin in a span, oldest first; at most
    /// [`WEEKS_MAX`].
    ///
    /// # Errors
    /// When the database fails.
    pub async fn planned_volumes(
        &self,
        user: Uuid,
        from: Day,
        to: Day,
    ) -> Result<Vec<PlannedVolume>> {
        self.read().await?.all(VOLUMES, args![user, from, to, i64::from(WEEKS_MAX)]).await
    }

    /// The published weeks that begin in a span, oldest first; the latest [`WEEKS_MAX`] of them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn published_weeks(&self, user: Uuid, from: Day, to: Day) -> Result<Vec<StoredWeek>> {
        self.weeks_where(user, from, to, true, WEEKS_MAX).await
    }

    /// The last published week that begins before a day.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_published_before(&self, user: Uuid, day: Day) -> Result<Option<StoredWeek>> {
        let first = Day::from_epoch(i64::MIN);
        let last = self.weeks_where(user, first, day - 1, true, 1).await?.pop();
        Ok(last)
    }

    /// Two queries, whatever the number of weeks, of one state of the database.
    async fn weeks_where(
        &self,
        user: Uuid,
        from: Day,
        to: Day,
        published: bool,
        limit: u32,
    ) -> Result<Vec<StoredWeek>> {
        let mut db = self.snapshot().await?;
        let rows = db.rows(WEEKS, args![user, from, to, published, i64::from(limit)]).await?;
        let mut weeks = rows.iter().rev().map(StoredWeek::read).collect::<Result<Vec<_>>>()?;
        let Some(oldest) = weeks.first().map(|week| week.plan.week_start_date) else {
            return Ok(weeks);
        };
        let place: HashMap<Uuid, usize> =
            weeks.iter().enumerate().map(|(place, week)| (week.id, place)).collect();
        for row in db.rows(WORKOUTS, args![user, oldest, to, published]).await? {
            let workout = StoredWorkout { id: row.get("id")?, workout: Workout::read(&row)? };
            if let Some(week) =
                place.get(&row.get("weekly_plan_id")?).and_then(|place| weeks.get_mut(*place))
            {
                week.workouts.push(workout);
            }
        }
        Ok(weeks)
    }

    /// All versions of a week, refused candidates included, first to last.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revisions(&self, user: Uuid, week_start: Day) -> Result<Vec<Revision>> {
        let rows = self.read().await?.rows(REVISIONS, args![user, week_start]).await?;
        rows.iter().map(Revision::read).collect()
    }

    /// One version of a week.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revision(
        &self,
        user: Uuid,
        week_start: Day,
        revision: i32,
    ) -> Result<Option<Revision>> {
        let args = args![user, week_start, revision];
        self.read().await?.first(REVISION, args).await?.map(|row| Revision::read(&row)).transpose()
    }

    /// For each week that begins in a span, the valid version in force at a time: what a plan
    /// that was made then could know of the weeks before it. Oldest first, at most
    /// [`WEEKS_MAX`].
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revisions_in_force(
        &self,
        user: Uuid,
        from: Day,
        to: Day,
        recorded_by: Timestamp,
    ) -> Result<Vec<Revision>> {
        let args = args![user, from, to, recorded_by, i64::from(WEEKS_MAX)];
        self.read().await?.rows(IN_FORCE, args).await?.iter().map(Revision::read).collect()
    }

    /// Writes what was done of a workout; `None` takes it back.
    ///
    /// # Errors
    /// [`StoreError::Missing`] without such a workout of that user.
    pub async fn complete_workout(
        &self,
        user: Uuid,
        workout: Uuid,
        done: Option<Completion>,
        now: Timestamp,
    ) -> Result<()> {
        let changed = transaction!(self, |db| {
            let args = args![
                user,
                workout,
                done.and_then(|d| d.strava_activity_id),
                done.and_then(|d| d.distance_km),
                done.and_then(|d| d.duration_seconds),
                done.and_then(|d| d.pace_seconds_per_km),
                done.is_some_and(|d| d.completed),
                done.filter(|d| d.completed).map(|d| d.completed_at),
                now
            ];
            db.execute(COMPLETE, args).await
        })?;
        if changed == 0 { Err(StoreError::Missing("workout")) } else { Ok(()) }
    }
}
