//! Activities: the table of all of them, whatever their source.

use crate::clocks;
use crate::corrections;
use crate::database::{Db, Row, Store, args, record, statements, transaction};
use crate::error::{Result, StoreError};
use crate::readings::Figures;
use crate::value::{ActivityMetres, Decimal, LocalTime, Scalar, Text};
use hermes_engine::calendar::Day;
use hermes_engine::record::{Activity, Sport};
use hermes_engine::units::{Metres, Seconds};
use jiff::Timestamp;
use uuid::Uuid;

/// Most activities on one page.
pub const PAGE_MAX: u32 = 200;
/// Longest text to search for, in characters.
pub const SEARCH_MAX: usize = 100;

/// The sums of activities of one sport or all. Without a name they are read from an index alone
/// (`idx_strava_activities_user_local`).
macro_rules! sums {
    () => {
        "SELECT COUNT(*) AS count, SUM(distance_meters) AS distance_meters, \
         SUM(moving_time_seconds) AS moving_time_seconds, MIN(start_date_local) AS first, \
         MAX(start_date_local) AS last FROM strava_activities WHERE user_id = $1 \
         AND NOT deleted AND (sport = $2 OR $2 IS NULL) AND "
    };
}

statements! {
    BETWEEN = "SELECT strava_activity_id, sport, start_date_local, distance_meters, \
        moving_time_seconds, elapsed_time_seconds, total_elevation_gain, average_heartrate, \
        max_heartrate, perceived_exertion, average_temperature, race, confirmed, \
        graded_meters, decoupling_permille, held_heartrate, \
        fastest_400_seconds, fastest_800_seconds, fastest_5000_seconds \
        FROM strava_activities \
        WHERE user_id = $1 AND start_date_local < $2 AND start_date_local >= $4 \
        AND synced_at <= $3 AND NOT excluded \
        UNION ALL SELECT strava_activity_id, sport, start_date_local, distance_meters, \
        moving_time_seconds, elapsed_time_seconds, total_elevation_gain, average_heartrate, \
        max_heartrate, perceived_exertion, average_temperature, race, confirmed, \
        graded_meters, decoupling_permille, held_heartrate, \
        fastest_400_seconds, fastest_800_seconds, fastest_5000_seconds \
        FROM activity_versions WHERE user_id = $1 AND start_date_local < $2 \
        AND start_date_local >= $4 AND recorded_at <= $3 AND replaced_at > $3 AND NOT excluded \
        ORDER BY start_date_local, strava_activity_id";
    PAGE = "SELECT id, strava_activity_id, activity_type, type_said, name, distance_meters, \
        moving_time_seconds, elapsed_time_seconds, total_elevation_gain, start_date, \
        start_date_local, average_heartrate, max_heartrate, sport, race, confirmed, excluded, \
        deleted, source, synced_at, created_at FROM strava_activities WHERE user_id = $1 \
        AND NOT deleted AND (sport = $2 OR $2 IS NULL) \
        AND start_date_local >= $3 AND start_date_local <= $4 \
        AND (name_folded LIKE $5 ESCAPE '\\' OR $5 IS NULL) \
        ORDER BY start_date_local DESC, strava_activity_id DESC LIMIT $6 OFFSET $7";
    AFTER = "SELECT id, strava_activity_id, activity_type, type_said, name, distance_meters, \
        moving_time_seconds, elapsed_time_seconds, total_elevation_gain, start_date, \
        start_date_local, average_heartrate, max_heartrate, sport, race, confirmed, excluded, \
        deleted, source, synced_at, created_at FROM strava_activities WHERE user_id = $1 \
        AND NOT deleted AND (sport = $2 OR $2 IS NULL) \
        AND start_date_local >= $3 AND start_date_local <= $4 \
        AND (name_folded LIKE $5 ESCAPE '\\' OR $5 IS NULL) AND (start_date_local < $6 \
        OR (start_date_local = $6 AND strava_activity_id < $7)) \
        ORDER BY start_date_local DESC, strava_activity_id DESC LIMIT $8";
    TOTALS = concat!(sums!(), "start_date_local >= $3 AND start_date_local <= $4");
    TOTALS_NAMED = concat!(sums!(), "start_date_local >= $3 AND start_date_local <= $4 \
        AND name_folded LIKE $5 ESCAPE '\\'");
    ONE = "SELECT id, strava_activity_id, activity_type, type_said, name, distance_meters, \
        moving_time_seconds, elapsed_time_seconds, total_elevation_gain, start_date, \
        start_date_local, average_heartrate, max_heartrate, sport, race, confirmed, excluded, \
        deleted, source, synced_at, created_at FROM strava_activities \
        WHERE user_id = $1 AND strava_activity_id = $2";
    MEASURED = "SELECT average_speed_ms, max_speed_ms, average_watts, weighted_average_watts, \
        external_id, upload_id FROM strava_activities WHERE user_id = $1 AND strava_activity_id = $2";
    MARK = "UPDATE strava_activities SET race_said = race_said OR race <> $3, race = $3, \
        confirmed = $4, excluded = $5, deleted = $6, synced_at = $7 \
        WHERE user_id = $1 AND id = $2";
    KEEP = "INSERT INTO activity_versions (activity_id, user_id, replaced_at, recorded_at, \
        strava_activity_id, sport, start_date_local, distance_meters, moving_time_seconds, \
        elapsed_time_seconds, total_elevation_gain, average_heartrate, max_heartrate, \
        perceived_exertion, average_temperature, race, confirmed, excluded, \
        graded_meters, decoupling_permille, held_heartrate, \
        fastest_400_seconds, fastest_800_seconds, fastest_5000_seconds) \
        SELECT id, user_id, $3, synced_at, strava_activity_id, sport, start_date_local, \
        distance_meters, moving_time_seconds, elapsed_time_seconds, total_elevation_gain, \
        average_heartrate, max_heartrate, perceived_exertion, average_temperature, race, \
        confirmed, excluded, graded_meters, decoupling_permille, held_heartrate, \
        fastest_400_seconds, fastest_800_seconds, fastest_5000_seconds \
        FROM strava_activities WHERE user_id = $1 AND id = $2 \
        ON CONFLICT (activity_id, replaced_at) DO NOTHING";
}

record! {
    /// One activity of a list.
    pub struct ActivityRow {
        /// The key.
        pub id: Uuid,
        /// Strava's id, or a negative one derived from content.
        pub strava_activity_id: i64,
        /// What it was, by Strava's English name of the sport: as the runner says, or else its
        /// sources.
        pub activity_type: Text<50>,
        /// What its sources say that it was, where the runner has said what it was.
        pub type_said: Option<Text<50>>,
        /// The title.
        pub name: Option<Text<255>>,
        /// Metres as recorded.
        pub distance_meters: ActivityMetres,
        /// Moving time.
        pub moving_time_seconds: i32,
        /// Elapsed time.
        pub elapsed_time_seconds: i32,
        /// Metres of ascent.
        pub total_elevation_gain: Option<Decimal<6, 2>>,
        /// The start.
        pub start_date: Timestamp,
        /// The start on the local wall clock.
        pub start_date_local: LocalTime,
        /// Average heart rate, beats per minute.
        pub average_heartrate: Option<i32>,
        /// Highest heart rate, beats per minute.
        pub max_heartrate: Option<i32>,
        /// What it counts as.
        pub sport: Sport,
        /// A race.
        pub race: bool,
        /// The runner confirmed values that look impossible.
        pub confirmed: bool,
        /// Left out of everything by the runner.
        pub excluded: bool,
        /// Deleted by the runner: in no list, and left out of everything.
        pub deleted: bool,
        /// Where it came from first.
        pub source: Option<String>,
        /// When it was last written.
        pub synced_at: Timestamp,
        /// When it was first written.
        pub created_at: Timestamp,
    }
}

record! {
    /// What is known of one activity beside what lists show.
    pub struct Measured {
        /// Metres per second.
        pub average_speed_ms: Option<Decimal<6, 3>>,
        /// Metres per second.
        pub max_speed_ms: Option<Decimal<6, 3>>,
        /// Watts.
        pub average_watts: Option<Decimal<6, 2>>,
        /// Watts, weighted by how hard they are.
        pub weighted_average_watts: Option<Decimal<6, 2>>,
        /// The recording device's name for it.
        pub external_id: Option<Text<255>>,
        /// Strava's number of the upload.
        pub upload_id: Option<i64>,
    }
}

/// What a list of activities is narrowed to; everything by default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ActivityFilter {
    /// Only this sport.
    pub sport: Option<Sport>,
    /// Only titles that hold this text, in any case; cut at [`SEARCH_MAX`] characters.
    pub text: Option<String>,
    /// From this local day on.
    pub from: Option<Day>,
    /// To this local day, inclusive.
    pub to: Option<Day>,
}

impl ActivityFilter {
    fn args(&self, user: Uuid) -> Vec<Scalar> {
        // Always bounded: an index is read from one end to the other, not all of a runner's.
        let from = LocalTime::start_of(self.from.unwrap_or(Day::from_epoch(i64::MIN)));
        let to = LocalTime::end_of(self.to.unwrap_or(Day::from_epoch(i64::MAX)));
        args![user, self.sport, from, to]
    }

    fn pattern(&self) -> Option<String> {
        self.text.as_deref().map(like_pattern)
    }
}

/// A title without upper case, character by character, so that a part of it folds the same.
/// Neither database folds letters beyond ASCII as the other does.
pub(crate) fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

/// A pattern for `LIKE ... ESCAPE '\'` that finds `text` anywhere in a folded name.
fn like_pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    let text: String = text.chars().take(SEARCH_MAX).collect();
    for c in fold(&text).chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// Sums of a list of activities.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActivityTotals {
    /// How many.
    pub count: i64,
    /// Metres as recorded, rounded to the metre once.
    pub distance: Metres,
    /// Moving time.
    pub moving: Seconds,
    /// Local day of the first one.
    pub first: Option<Day>,
    /// Local day of the last one.
    pub last: Option<Day>,
}

pub(crate) fn engine_activity(row: &Row) -> Result<Activity> {
    let beats = |column| -> Result<Option<u16>> {
        Ok(row.get::<Option<i32>>(column)?.and_then(|b| u16::try_from(b).ok()))
    };
    let effort = row.get::<Option<i32>>("perceived_exertion")?;
    let temperature = row.get::<Option<i32>>("average_temperature")?;
    Ok(Activity {
        id: row.get("strava_activity_id")?,
        sport: row.get("sport")?,
        start_local: row.get::<LocalTime>("start_date_local")?.seconds(),
        distance: row.get::<ActivityMetres>("distance_meters")?.from_metres(),
        moving: Seconds(row.get("moving_time_seconds")?),
        elapsed: Seconds(row.get("elapsed_time_seconds")?),
        ascent: row.get::<Option<Decimal<6, 2>>>("total_elevation_gain")?.map(Decimal::from_metres),
        heart_rate: beats("average_heartrate")?,
        max_heart_rate: beats("max_heartrate")?,
        effort: effort.and_then(|e| u8::try_from(e).ok()).filter(|e| *e <= 10),
        temperature: temperature.and_then(|t| i16::try_from(t).ok()),
        dew_point: None,
        streams: Figures::engine(row)?,
        race: row.get("race")?,
        confirmed: row.get("confirmed")?,
    })
}

impl Store {
    /// The runner's activities from a local day to before another, each as it was recorded by then, in start order
    /// (ties: by id); those excluded or deleted then are not among them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn activities_between(
        &self,
        user: Uuid,
        from: Day,
        before: Day,
        recorded_by: Timestamp,
    ) -> Result<Vec<Activity>> {
        let (from, before) = (LocalTime::start_of(from), LocalTime::start_of(before));
        let args = args![user, before, recorded_by, from];
        self.read().await?.rows(BETWEEN, args).await?.iter().map(engine_activity).collect()
    }

    /// A page of activities, newest first; at most [`PAGE_MAX`] of them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn activities(
        &self,
        user: Uuid,
        filter: &ActivityFilter,
        limit: u32,
        offset: u32,
    ) -> Result<Vec<ActivityRow>> {
        let mut args = filter.args(user);
        let limit = i64::from(limit.min(PAGE_MAX));
        args.extend(args![filter.pattern(), limit, i64::from(offset)]);
        self.read().await?.all(PAGE, args).await
    }

    /// Activities that come after a place of the list (the start and the id of the one before
    /// them), newest first; from the newest on without a place. At most one more than
    /// [`PAGE_MAX`].
    ///
    /// # Errors
    /// When the database fails.
    pub async fn activities_after(
        &self,
        user: Uuid,
        filter: &ActivityFilter,
        place: Option<(LocalTime, i64)>,
        limit: u32,
    ) -> Result<Vec<ActivityRow>> {
        let mut args = filter.args(user);
        args.extend(args![filter.pattern()]);
        let limit = i64::from(limit.min(PAGE_MAX + 1));
        let Some((start, id)) = place else {
            args.extend(args![limit, 0_i64]);
            return self.read().await?.all(PAGE, args).await;
        };
        args.extend(args![start, id, limit]);
        self.read().await?.all(AFTER, args).await
    }

    /// Count, sums and the span of the activities that a filter lets through.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn activity_totals(
        &self,
        user: Uuid,
        filter: &ActivityFilter,
    ) -> Result<ActivityTotals> {
        let mut args = filter.args(user);
        let sums = match filter.pattern() {
            None => TOTALS,
            Some(pattern) => {
                args.extend(args![pattern]);
                TOTALS_NAMED
            }
        };
        let row = self.read().await?.one(sums, args).await?;
        let day = |column| -> Result<Option<Day>> {
            Ok(row.get::<Option<LocalTime>>(column)?.map(LocalTime::day))
        };
        let metres: Option<Decimal<16, 2>> = row.get("distance_meters")?;
        Ok(ActivityTotals {
            count: row.get("count")?,
            distance: metres.map_or(Metres::ZERO, Decimal::from_metres),
            moving: Seconds(row.get::<Option<i64>>("moving_time_seconds")?.unwrap_or(0)),
            first: day("first")?,
            last: day("last")?,
        })
    }

    /// The activity of that Strava id, a deleted one too.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn activity(&self, user: Uuid, strava_id: i64) -> Result<Option<ActivityRow>> {
        self.read().await?.maybe(ONE, args![user, strava_id]).await
    }

    /// What was measured of the activity of that Strava id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn measured(&self, user: Uuid, strava_id: i64) -> Result<Option<Measured>> {
        self.read().await?.maybe(MEASURED, args![user, strava_id]).await
    }

    /// Sets the runner's own marks on an activity; an import does not undo them. What it said
    /// before is kept for plans of the past. With a deleted one its corrections end.
    ///
    /// # Errors
    /// [`StoreError::Missing`] without such an activity of that user.
    pub async fn mark_activity(
        &self,
        user: Uuid,
        id: Uuid,
        marks: Marks,
        now: Timestamp,
    ) -> Result<()> {
        let Marks { race, confirmed, excluded, deleted } = marks;
        let out = excluded || deleted;
        transaction!(self, |db| {
            let now = clocks::moment(db, user, now).await?;
            keep_version(db, user, id, now).await?;
            if deleted {
                corrections::drop_for(db, user, id, corrections::DELETED, now).await?;
            }
            let args = args![user, id, race, confirmed, out, deleted, now];
            match db.execute(MARK, args).await? {
                0 => Err(StoreError::Missing("activity")),
                _ => Ok(()),
            }
        })
    }
}

/// Keeps what an activity says now, before it is changed.
pub(crate) async fn keep_version(
    db: &mut Db,
    user: Uuid,
    activity: Uuid,
    now: Timestamp,
) -> Result<()> {
    db.execute(KEEP, args![user, activity, now]).await?;
    Ok(())
}

/// The runner's own marks on an activity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marks {
    /// It was a race.
    pub race: bool,
    /// Its values are right although they look impossible.
    pub confirmed: bool,
    /// Leave it out of everything.
    pub excluded: bool,
    /// Leave it out of everything, and out of lists; its corrections end.
    pub deleted: bool,
}
