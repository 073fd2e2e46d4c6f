//! The runner's word on which run was which session. Corrections are never deleted: a plan of the
//! past is made with those that were in force when it was made.

use crate::clocks;
use crate::database::{Db, Row, Store, args, new_id, statements, transaction};
use crate::error::{Result, StoreError};
use crate::users;
use crate::value::LocalTime;
use hermes_engine::calendar::Day;
use hermes_engine::record::Correction;
use jiff::Timestamp;
use uuid::Uuid;

/// Most corrections that one call reads.
pub const CORRECTIONS_MAX: u32 = 1000;

statements! {
    INSERT = "INSERT INTO match_corrections (id, user_id, created_at, kind, workout_date, \
        workout_type, activity_id) VALUES ($1, $2, $3, $4, $5, $6, (SELECT id \
        FROM strava_activities WHERE user_id = $2 AND strava_activity_id = $7 AND NOT deleted))";
    REPLACE = "UPDATE match_corrections SET undone_at = $3, note = $4 WHERE user_id = $1 \
        AND id <> $2 AND undone_at IS NULL AND (activity_id = (SELECT n.activity_id \
        FROM match_corrections n WHERE n.id = $2) OR (workout_date = $5 AND workout_type = $6 \
        AND NOT (kind = 'belongs' AND $7 = 'belongs')))";
    IN_FORCE = "SELECT c.id, c.created_at, c.kind, c.workout_date, c.workout_type, c.undone_at, \
        c.note, COALESCE((SELECT v.strava_activity_id FROM activity_versions v \
        WHERE v.activity_id = c.activity_id AND v.recorded_at <= $6 AND v.replaced_at > $6), \
        a.strava_activity_id) AS strava_activity_id, \
        a.start_date_local FROM match_corrections c \
        LEFT JOIN strava_activities a ON a.id = c.activity_id \
        WHERE c.user_id = $1 AND ((c.workout_date >= $2 AND c.workout_date <= $3) \
        OR (a.start_date_local >= $4 AND a.start_date_local < $5)) AND c.created_at <= $6 \
        AND (c.undone_at IS NULL OR c.undone_at > $6) ORDER BY c.created_at, c.id LIMIT $7";
    BETWEEN = "SELECT c.id, c.created_at, c.kind, c.workout_date, c.workout_type, c.undone_at, \
        c.note, a.strava_activity_id, a.start_date_local FROM match_corrections c \
        LEFT JOIN strava_activities a ON a.id = c.activity_id \
        WHERE c.user_id = $1 AND ((c.workout_date >= $2 AND c.workout_date <= $3) \
        OR (a.start_date_local >= $4 AND a.start_date_local < $5)) \
        ORDER BY c.created_at, c.id LIMIT $6";
    ONE = "SELECT c.id, c.created_at, c.kind, c.workout_date, c.workout_type, c.undone_at, \
        c.note, a.strava_activity_id, a.start_date_local FROM match_corrections c \
        LEFT JOIN strava_activities a ON a.id = c.activity_id WHERE c.user_id = $1 AND c.id = $2";
    UNDO = "UPDATE match_corrections SET undone_at = $3 \
        WHERE user_id = $1 AND id = $2 AND undone_at IS NULL";
    DROP_FOR = "UPDATE match_corrections SET undone_at = $3, note = $4 \
        WHERE user_id = $1 AND activity_id = $2 AND undone_at IS NULL";
}

/// A stored correction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCorrection {
    /// The key.
    pub id: Uuid,
    /// When it was stored.
    pub created_at: Timestamp,
    /// What it says.
    pub correction: Correction,
    /// The local day of its activity, for one that is about an activity.
    pub activity_day: Option<Day>,
    /// When it ended, if it did.
    pub undone_at: Option<Timestamp>,
    /// Why it ended, where the runner did not take it back.
    pub note: Option<String>,
}

impl StoredCorrection {
    pub(crate) fn read(row: &Row) -> Result<Self> {
        let start: Option<LocalTime> = row.get("start_date_local")?;
        Ok(Self {
            id: row.get("id")?,
            created_at: row.get("created_at")?,
            correction: correction(row)?,
            activity_day: start.map(LocalTime::day),
            undone_at: row.get("undone_at")?,
            note: row.get("note")?,
        })
    }
}

fn correction(row: &Row) -> Result<Correction> {
    let kind: String = row.get("kind")?;
    let day: Option<Day> = row.get("workout_date")?;
    let name: Option<String> = row.get("workout_type")?;
    let activity = row.get("strava_activity_id")?;
    let read = Correction::read(&kind, activity, day.zip(name.as_deref()));
    read.ok_or_else(|| StoreError::Corrupt {
        column: "kind".to_owned(),
        found: kind,
        expected: "correction with its activity and session",
    })
}

/// Why corrections end with an activity that is deleted.
pub(crate) const DELETED: &str = "the activity was deleted";
/// Why they end with one that the runner says was something else.
pub(crate) const NO_RUN: &str = "you said that the activity was no run";

/// Ends what is in force about an activity, and notes why.
pub(crate) async fn drop_for(
    db: &mut Db,
    user: Uuid,
    activity: Uuid,
    note: &str,
    now: Timestamp,
) -> Result<()> {
    db.execute(DROP_FOR, args![user, activity, now, note]).await?;
    Ok(())
}

impl Store {
    /// Adds a correction; it is in force from `now` on, in place of those that say something else
    /// of the same activity or session.
    ///
    /// # Errors
    /// [`StoreError::Refused`] without such a user, or for an activity that the user does not have.
    pub async fn add_correction(
        &self,
        user: Uuid,
        correction: &Correction,
        now: Timestamp,
    ) -> Result<StoredCorrection> {
        let (id, kind) = (new_id(now), correction.word());
        let (day, name) = correction.named_session().unzip();
        let activity = correction.activity();
        let row = transaction!(self, |db| {
            let at = clocks::moment(db, user, now).await?;
            // One after the other, so that the later one sees what it takes the place of.
            users::lock(db, user).await?;
            db.execute(INSERT, args![id, user, at, kind, day, name, activity]).await?;
            let note = "a later correction took its place";
            db.execute(REPLACE, args![user, id, at, note, day, name, kind]).await?;
            db.one(ONE, args![user, id]).await
        })?;
        StoredCorrection::read(&row)
    }

    /// The corrections about sessions or activities of a span of days, both included, that were
    /// in force as far as was recorded by then; oldest first, at most [`CORRECTIONS_MAX`].
    ///
    /// # Errors
    /// When the database fails.
    pub async fn corrections_in_force(
        &self,
        user: Uuid,
        from: Day,
        to: Day,
        recorded_by: Timestamp,
    ) -> Result<Vec<StoredCorrection>> {
        let (a, b) = (LocalTime::start_of(from), LocalTime::start_of(to + 1));
        let args = args![user, from, to, a, b, recorded_by, i64::from(CORRECTIONS_MAX)];
        let rows = self.read().await?.rows(IN_FORCE, args).await?;
        rows.iter().map(StoredCorrection::read).collect()
    }

    /// All corrections about sessions or activities of a span of days, both included, ended ones
    /// too; oldest first, at most [`CORRECTIONS_MAX`].
    ///
    /// # Errors
    /// When the database fails.
    pub async fn corrections(
        &self,
        user: Uuid,
        from: Day,
        to: Day,
    ) -> Result<Vec<StoredCorrection>> {
        let (a, b) = (LocalTime::start_of(from), LocalTime::start_of(to + 1));
        let args = args![user, from, to, a, b, i64::from(CORRECTIONS_MAX)];
        let rows = self.read().await?.rows(BETWEEN, args).await?;
        rows.iter().map(StoredCorrection::read).collect()
    }

    /// Takes a correction back from `now` on; it stays in the record. Returns what it said.
    ///
    /// # Errors
    /// [`StoreError::Missing`] without such a correction of that user in force.
    pub async fn undo_correction(
        &self,
        user: Uuid,
        id: Uuid,
        now: Timestamp,
    ) -> Result<StoredCorrection> {
        let row = transaction!(self, |db| {
            let now = clocks::moment(db, user, now).await?;
            if db.execute(UNDO, args![user, id, now]).await? == 0 {
                return Err(StoreError::Missing("correction in force"));
            }
            db.one(ONE, args![user, id]).await
        })?;
        StoredCorrection::read(&row)
    }
}
