//! The sources of activities: what each of them says, which activity it belongs to, and the
//! changes that people make to that. An activity is what its sources say together
//! ([`crate::merge`]); one whose sources are all gone counts for nothing, and its row stays, so
//! that plans of the past can be verified.

use crate::activities::{fold, keep_version};
use crate::clocks;
use crate::corrections;
use crate::database::transaction;
use crate::database::{Db, Record, Row, Store, args, new_id, record, statements};
use crate::error::{Result, StoreError};
use crate::imports::{NewActivity, Source, digest_of};
use crate::merge::{Said, together};
use crate::readings::Figures;
use crate::strava::Retention;
use crate::users;
use crate::value::{ActivityMetres, LocalTime, Scalar, Text, Value};
use hermes_engine::calendar::Day;
use hermes_engine::record::Sport;
use jiff::Timestamp;
use uuid::Uuid;

/// What is said of an activity besides its number and whether it was a race: each column in the form
/// that a macro gives it. The order is that of the values (`NewActivity`, then `Figures`).
macro_rules! kind {
    ($form:ident $($with:literal)?) => {
        $form!($($with)?; activity_type, sport)
    };
}
macro_rules! before_race {
    ($form:ident $($with:literal)?) => {
        $form!($($with)?; name, distance_meters, moving_time_seconds,
            elapsed_time_seconds, total_elevation_gain, start_date, start_date_local,
            average_speed_ms, max_speed_ms, average_heartrate, max_heartrate,
            weighted_average_watts, average_watts, external_id, upload_id)
    };
}
macro_rules! after_race {
    ($form:ident $($with:literal)?) => {
        $form!($($with)?; average_temperature, perceived_exertion, graded_meters,
            decoupling_permille, held_heartrate, fastest_400_seconds, fastest_800_seconds,
            fastest_5000_seconds)
    };
}

/// The columns, each after a prefix.
macro_rules! named {
    ($p:literal; $first:ident $(, $more:ident)*) => {
        concat!($p, stringify!($first) $(, ", ", $p, stringify!($more))*)
    };
}

/// The columns, each set to what comes in.
macro_rules! taken {
    (; $first:ident $(, $more:ident)*) => {
        concat!(
            stringify!($first), " = excluded.", stringify!($first)
            $(, ", ", stringify!($more), " = excluded.", stringify!($more))*
        )
    };
}

/// The columns, each set to what comes in unless the runner has said what the activity was.
macro_rules! taken_without_word {
    (; $first:ident $(, $more:ident)*) => {
        concat!(
            taken_without_word!($first) $(, ", ", taken_without_word!($more))*
        )
    };
    ($column:ident) => {
        concat!(
            stringify!($column), " = CASE WHEN strava_activities.type_said IS NULL THEN excluded.",
            stringify!($column), " ELSE strava_activities.", stringify!($column), " END"
        )
    };
}

/// What an activity says, column by column, each name after a prefix.
macro_rules! said {
    ($p:literal) => {
        concat!(
            $p,
            "strava_activity_id, ",
            kind!(named $p),
            ", ",
            before_race!(named $p),
            ", ",
            $p,
            "race, ",
            after_race!(named $p)
        )
    };
}

/// Sources with what their activity says now.
macro_rules! select {
    ($tail:expr) => {
        concat!(
            "SELECT s.id, s.user_id, s.activity_id, s.source, s.batch_id, s.created_at, \
             s.file_digest, s.reading_digest, ",
            said!("s."),
            ", s.indoor, a.content_digest AS activity_digest, a.strava_activity_id AS activity_number, \
             a.start_date_local AS activity_start, a.source AS activity_source, \
             a.type_said, a.activity_type AS word_type, a.sport AS word_sport, \
             (SELECT t.retention FROM strava_terms t ORDER BY t.recorded_at DESC, t.id DESC \
             LIMIT 1) AS terms FROM activity_sources s \
             JOIN strava_activities a ON a.id = s.activity_id ",
            $tail
        )
    };
}

/// An activity's row up to its values.
macro_rules! into_activities {
    () => {
        concat!(
            "INSERT INTO strava_activities (id, user_id, content_digest, synced_at, created_at, \
             name_folded, ",
            said!(""),
            ", source) VALUES"
        )
    };
}

statements! {
    OF_ACTIVITY = select!(
        "WHERE s.user_id = $1 AND s.activity_id = $2 ORDER BY s.created_at, s.id"
    );
    OF_BATCH = select!(
        "WHERE s.user_id = $1 AND s.activity_id IN (SELECT b.activity_id \
         FROM activity_sources b WHERE b.user_id = $1 AND b.batch_id = $2) \
         ORDER BY s.activity_id, s.created_at, s.id"
    );
    OF_API = select!(
        "WHERE s.user_id = $1 AND s.activity_id IN (SELECT b.activity_id \
         FROM activity_sources b WHERE b.user_id = $1 AND b.source = 'strava') \
         ORDER BY s.activity_id, s.created_at, s.id"
    );
    NEAR = select!(
        "WHERE a.user_id = $1 AND a.start_date >= $2 AND a.start_date <= $3 AND NOT a.deleted \
         ORDER BY s.created_at, s.id"
    );
    LIST = "SELECT s.id, s.source, s.external_name, s.file_digest, s.strava_activity_id, \
        s.activity_type, s.name, s.start_date_local, s.distance_meters, s.moving_time_seconds, \
        s.elapsed_time_seconds, s.indoor, s.created_at, f.name AS file_name, \
        f.size AS file_size, t.points FROM activity_sources s \
        LEFT JOIN original_files f ON f.user_id = s.user_id AND f.digest = s.file_digest \
        LEFT JOIN activity_streams t ON t.source_id = s.id \
        WHERE s.user_id = $1 AND s.activity_id = $2 ORDER BY s.source, s.external_name";
    ROW = "SELECT id FROM strava_activities WHERE user_id = $1 AND strava_activity_id = $2 \
        AND NOT deleted";
    MOVE = "UPDATE activity_sources SET activity_id = $3 WHERE user_id = $1 AND id = $2";
    DELETE = "DELETE FROM activity_sources WHERE user_id = $1 AND id = $2";
    EMPTY = "UPDATE strava_activities SET excluded = TRUE, deleted = TRUE, synced_at = $3, \
        strava_activity_id = $4, content_digest = NULL, name = NULL, name_folded = NULL \
        WHERE user_id = $1 AND id = $2";
    RETYPE = "UPDATE strava_activities SET type_said = CASE WHEN $5 \
        THEN COALESCE(type_said, activity_type) END, activity_type = $3, sport = $4, \
        synced_at = $6 WHERE user_id = $1 AND id = $2";
    FIGURES = "UPDATE activity_sources SET graded_meters = $3, decoupling_permille = $4, \
        held_heartrate = $5, fastest_400_seconds = $6, fastest_800_seconds = $7, \
        fastest_5000_seconds = $8 WHERE user_id = $1 AND id = $2";
    RENUMBER_WORKOUTS = "UPDATE workouts SET strava_activity_id = $3 \
        WHERE strava_activity_id = $2 AND weekly_plan_id IN (SELECT p.id FROM weekly_plans p \
        WHERE p.user_id = $1)";
    FIRST_OF_BATCH = "SELECT MIN(a.start_date_local) AS first FROM activity_sources s \
        JOIN strava_activities a ON a.id = s.activity_id WHERE s.user_id = $1 AND s.batch_id = $2";
    FORGET_FILE = "DELETE FROM original_files WHERE user_id = $1 AND digest = $2 \
        AND NOT EXISTS (SELECT 1 FROM activity_sources s WHERE s.user_id = $1 \
        AND s.file_digest = $2)";
    ROLLED_BACK = "UPDATE import_batches SET rolled_back_at = $3 WHERE user_id = $1 AND id = $2 \
        AND rolled_back_at IS NULL";
    [bulk] KNOWN(
        select!("WHERE s.activity_id IN (SELECT k.activity_id FROM activity_sources k \
                 WHERE k.strava_activity_id IN (SELECT CAST(column1 AS BIGINT) FROM (VALUES"),
        1, ") AS ids)) ORDER BY s.created_at, s.id"
    );
    [bulk] OWNED(
        "SELECT id, user_id, strava_activity_id, content_digest, start_date_local \
         FROM strava_activities \
         WHERE strava_activity_id IN (SELECT CAST(column1 AS BIGINT) FROM (VALUES", 1, ") AS ids)"
    );
    [bulk] INSERT(into_activities!(), 34, "");
    [bulk] UPSERT(
        into_activities!(), 34,
        concat!("ON CONFLICT (id) DO UPDATE SET strava_activity_id = excluded.strava_activity_id, \
         content_digest = excluded.content_digest, synced_at = excluded.synced_at, \
         name_folded = excluded.name_folded, ", kind!(taken_without_word), ", type_said = CASE \
         WHEN strava_activities.type_said IS NOT NULL THEN excluded.activity_type END, ",
         before_race!(taken), ", race = CASE \
         WHEN strava_activities.race_said THEN strava_activities.race ELSE excluded.race END, \
         source = excluded.source, ",
         after_race!(taken), " WHERE strava_activities.user_id = excluded.user_id")
    );
    [bulk] INSERT_SOURCES(
        concat!("INSERT INTO activity_sources (id, user_id, activity_id, source, external_name, \
         file_digest, batch_id, created_at, reading_digest, ", said!(""), ", indoor) VALUES"), 37,
        concat!("ON CONFLICT (id) DO UPDATE SET file_digest = excluded.file_digest, \
         reading_digest = excluded.reading_digest, ", kind!(taken), ", ", before_race!(taken),
         ", race = excluded.race, ", after_race!(taken), ", indoor = excluded.indoor")
    );
}

/// A source as it is stored, and what its activity says now.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) id: Uuid,
    pub(crate) user: Uuid,
    pub(crate) activity: Uuid,
    pub(crate) batch: Option<Uuid>,
    pub(crate) created_at: Timestamp,
    pub(crate) file_digest: Option<String>,
    pub(crate) reading_digest: Option<String>,
    pub(crate) said: Said,
}

impl Stored {
    pub(crate) fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            user: row.get("user_id")?,
            activity: row.get("activity_id")?,
            batch: row.get("batch_id")?,
            created_at: row.get("created_at")?,
            file_digest: row.get("file_digest")?,
            reading_digest: row.get("reading_digest")?,
            said: Said {
                source: row.get("source")?,
                activity: NewActivity::read(row)?,
                figures: Figures::read(row)?,
            },
        })
    }

    /// Its row.
    pub(crate) fn args(&self) -> Vec<Scalar> {
        let Said { source, activity, figures } = &self.said;
        let name = Text::<255>::new(activity.strava_activity_id.to_string()).unwrap_or_default();
        let mut row = args![
            self.id,
            self.user,
            self.activity,
            *source,
            name,
            self.file_digest,
            self.batch,
            self.created_at,
            self.reading_digest
        ];
        row.extend(activity.args());
        row.extend(figures.args());
        row
    }
}

/// An activity with all of its sources.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    /// The row of the activity.
    pub(crate) id: Uuid,
    /// Its id until now; `None` while it has no row.
    pub(crate) number: Option<i64>,
    /// What it says until now.
    pub(crate) digest: Option<String>,
    /// The local day it is on until now.
    pub(crate) was: Option<Day>,
    /// Where it comes from until now.
    pub(crate) from: Option<Source>,
    /// What the runner says that it was, whatever its sources say.
    pub(crate) by_hand: Option<ActivityKind>,
    /// What Strava's API says of it may not stay.
    pub(crate) passes: bool,
    /// In the order in which they came.
    pub(crate) sources: Vec<Stored>,
}

impl Group {
    /// One that has no row and no source yet.
    pub(crate) const fn new(id: Uuid, passes: bool) -> Self {
        let sources = Vec::new();
        let (digest, from, by_hand) = (None, None, None);
        Self { id, number: None, digest, was: None, from, by_hand, passes, sources }
    }

    /// The groups of rows of [`select!`], in the order of their first source.
    pub(crate) fn of(rows: &[Row]) -> Result<Vec<Self>> {
        let mut groups: Vec<Self> = Vec::new();
        let mut place = std::collections::HashMap::new();
        for row in rows {
            let source = Stored::read(row)?;
            let at = *place.entry(source.activity).or_insert(groups.len());
            if at == groups.len() {
                groups.push(Self {
                    id: source.activity,
                    number: row.get("activity_number")?,
                    digest: row.get("activity_digest")?,
                    was: Some(row.get::<LocalTime>("activity_start")?.day()),
                    from: row.get("activity_source")?,
                    by_hand: word(row)?,
                    passes: row.get::<Option<Retention>>("terms")? != Some(Retention::Keep),
                    sources: Vec::new(),
                });
            }
            // Two statements of one list may find the same activity by different ids.
            let known = |group: &Self| group.sources.iter().any(|s| s.id == source.id);
            if let Some(group) = groups.get_mut(at).filter(|group| !known(group)) {
                group.sources.push(source);
            }
        }
        Ok(groups)
    }

    /// What it says now, with its digest; `None` without a source.
    pub(crate) fn says(&self) -> Option<(NewActivity, Figures, String)> {
        let said: Vec<&Said> = self.sources.iter().map(|s| &s.said).collect();
        let (activity, figures) = together(&said, self.number, self.passes)?;
        let digest = content_digest(&activity, &figures);
        Some((activity, figures, digest))
    }

    /// Its row for [`UPSERT`], where it says something else than until now.
    pub(crate) fn changed(&self, user: Uuid, now: Timestamp) -> Option<(i64, Vec<Scalar>)> {
        let (activity, figures, digest) = self.says()?;
        // It comes from the API only while nothing else tells of it.
        let kinds = || self.sources.iter().map(|s| s.said.source);
        let source = kinds().find(|s| *s != Source::Strava).or_else(|| kinds().next())?;
        let moved = self.from.is_some_and(|from| from != source);
        if self.number.is_some() && self.digest.as_ref() == Some(&digest) && !moved {
            return None;
        }
        let number = activity.strava_activity_id;
        Some((number, activity_row(&activity, &figures, (self.id, user), source, now)))
    }
}

/// The runner's word on what the activity of a row of [`select!`] was.
fn word(row: &Row) -> Result<Option<ActivityKind>> {
    if row.get::<Option<Text<50>>>("type_said")?.is_none() {
        return Ok(None);
    }
    Ok(Some(ActivityKind { activity_type: row.get("word_type")?, sport: row.get("word_sport")? }))
}

/// Digest of everything that an activity says: equal digests, nothing to write.
pub(crate) fn content_digest(activity: &NewActivity, figures: &Figures) -> String {
    let mut values = activity.args();
    // One without points has the digest that it had before there were figures.
    if figures.streams().is_some() {
        values.extend(figures.args());
    }
    digest_of(&values)
}

/// The row of an activity, for [`INSERT`] and [`UPSERT`].
pub(crate) fn activity_row(
    activity: &NewActivity,
    figures: &Figures,
    (id, user): (Uuid, Uuid),
    source: Source,
    now: Timestamp,
) -> Vec<Scalar> {
    let folded = activity.name.as_deref().map(fold);
    let mut row = args![id, user, content_digest(activity, figures), now, now, folded];
    row.extend(activity.args());
    row.extend(figures.args());
    // Where it took place is told of sources only.
    row.pop();
    row.push(source.to_scalar());
    row
}

/// Writes activities that say something else: what they said is kept, and the numbers of those
/// that are known by another one now change with them.
pub(crate) async fn write_activities(
    db: &mut Db,
    user: Uuid,
    groups: &[&Group],
    now: Timestamp,
) -> Result<()> {
    let mut rows = Vec::new();
    for group in groups {
        let Some((number, row)) = group.changed(user, now) else { continue };
        if let Some(old) = group.number {
            keep_version(db, user, group.id, now).await?;
            if old != number {
                db.execute(RENUMBER_WORKOUTS, args![user, old, number]).await?;
            }
        }
        rows.push(row);
    }
    db.bulk(&UPSERT, rows).await?;
    Ok(())
}

/// What an activity was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivityKind {
    /// Strava's English name of the sport.
    pub activity_type: Text<50>,
    /// What it counts as.
    pub sport: Sport,
}

/// What becomes of an activity's type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retyped {
    /// What it is from now on.
    pub kind: ActivityKind,
    /// The runner says so: it stays, whatever the sources say. Otherwise they say so, and what
    /// they say later counts.
    pub by_hand: bool,
    /// What the points of one of its sources say of a run, where they were not read as one.
    pub figures: Option<(Uuid, Figures)>,
}

/// Sets what an activity was, once what it said before is kept. One that is no run is no session.
async fn retype(
    db: &mut Db,
    user: Uuid,
    id: Uuid,
    (kind, by_hand): (&ActivityKind, bool),
    now: Timestamp,
) -> Result<()> {
    keep_version(db, user, id, now).await?;
    if kind.sport != Sport::Run {
        corrections::drop_for(db, user, id, corrections::NO_RUN, now).await?;
    }
    let args = args![user, id, kind.activity_type, kind.sport, by_hand, now];
    match db.execute(RETYPE, args).await? {
        0 => Err(StoreError::Missing("activity")),
        _ => Ok(()),
    }
}

record! {
    /// Where an activity came from.
    pub struct ActivitySource {
        /// The key.
        pub id: Uuid,
        /// The kind of source.
        pub source: Source,
        /// What the source calls it.
        pub external_name: Text<255>,
        /// Its own file in [`Store::original_file`].
        pub file_digest: Option<String>,
        /// The id that it has by this source alone.
        pub strava_activity_id: i64,
        /// Strava's English name of the sport.
        pub activity_type: Text<50>,
        /// The title.
        pub name: Option<Text<255>>,
        /// The start on the local wall clock.
        pub start_date_local: LocalTime,
        /// Metres.
        pub distance_meters: ActivityMetres,
        /// Moving time.
        pub moving_time_seconds: i32,
        /// Elapsed time.
        pub elapsed_time_seconds: i32,
        /// Under a roof, where that is known.
        pub indoor: Option<bool>,
        /// When it came.
        pub created_at: Timestamp,
        /// The name of its own file.
        pub file_name: Option<Text<255>>,
        /// Bytes of its own file.
        pub file_size: Option<i64>,
        /// Points that were read of it.
        pub points: Option<i32>,
    }
}

/// What a change by hand touched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Regrouped {
    /// The ids of the activities that stand now.
    pub activities: Vec<i64>,
    /// The local days of what stood before and stands now.
    pub days: Vec<Day>,
}

/// The activities that began in a span of time, deleted ones left out, with all of their sources.
pub(crate) async fn near(
    db: &mut Db,
    user: Uuid,
    low: Timestamp,
    high: Timestamp,
) -> Result<Vec<Group>> {
    Group::of(&db.rows(NEAR, args![user, low, high]).await?)
}

/// The activities that Strava's API says something of, with all of their sources.
pub(crate) async fn of_api(db: &mut Db, user: Uuid) -> Result<Vec<Group>> {
    Group::of(&db.rows(OF_API, args![user]).await?)
}

async fn group_of(db: &mut Db, user: Uuid, id: i64) -> Result<Group> {
    let row = db.first(ROW, args![user, id]).await?.ok_or(StoreError::Missing("activity"))?;
    let rows = db.rows(OF_ACTIVITY, args![user, row.get::<Uuid>("id")?]).await?;
    let group = Group::of(&rows)?.into_iter().next();
    group.ok_or(StoreError::Missing("source of the activity"))
}

/// Writes groups whose sources have been moved between them. One without a source is emptied
/// first, so that no two have one number at any time.
async fn regroup(
    db: &mut Db,
    user: Uuid,
    before: &[Group],
    after: &[Group],
    now: Timestamp,
) -> Result<Regrouped> {
    let mut days: Vec<Day> = before.iter().filter_map(|g| g.was).collect();
    let mut activities = Vec::new();
    let mut ordered: Vec<&Group> = after.iter().collect();
    ordered.sort_by_key(|g| !g.sources.is_empty());
    for group in ordered {
        match group.says() {
            Some((activity, ..)) => {
                // The row first: its sources refer to it.
                write_activities(db, user, &[group], now).await?;
                activities.push(activity.strava_activity_id);
                days.push(activity.start_date_local.day());
            }
            None => {
                keep_version(db, user, group.id, now).await?;
                corrections::drop_for(db, user, group.id, corrections::DELETED, now).await?;
                // Its number is free for whoever has it now.
                let number = users::local_strava_id(group.id);
                let args = args![user, group.id, now, number];
                db.execute(EMPTY, args).await?;
            }
        }
        for source in group.sources.iter().filter(|s| s.activity != group.id) {
            db.execute(MOVE, args![user, source.id, group.id]).await?;
        }
    }
    activities.sort_unstable();
    days.sort_unstable();
    days.dedup();
    Ok(Regrouped { activities, days })
}

impl Store {
    /// Where an activity came from.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn activity_sources(
        &self,
        user: Uuid,
        activity: Uuid,
    ) -> Result<Vec<ActivitySource>> {
        self.read().await?.all(LIST, args![user, activity]).await
    }

    /// Says what an activity was, or that its sources say it again. What it said before is kept
    /// for plans of the past; with one that is no run its corrections end.
    ///
    /// # Errors
    /// [`StoreError::Missing`] without such an activity of that user.
    pub async fn retype_activity(
        &self,
        user: Uuid,
        id: Uuid,
        to: &Retyped,
        now: Timestamp,
    ) -> Result<()> {
        transaction!(self, |db| {
            let now = clocks::moment(db, user, now).await?;
            users::lock(db, user).await?;
            retype(db, user, id, (&to.kind, to.by_hand), now).await?;
            let Some((source, figures)) = &to.figures else { return Ok(()) };
            let mut args = args![user, *source];
            args.extend(figures.args());
            // Where it took place is known already.
            args.pop();
            db.execute(FIGURES, args).await?;
            let group = Group::of(&db.rows(OF_ACTIVITY, args![user, id]).await?)?;
            write_activities(db, user, &group.iter().collect::<Vec<_>>(), now).await
        })
    }

    /// Makes one activity of two: the second one's sources go to the first, or the other way
    /// round where only the second has Strava's id. The other one's row stays without a source,
    /// and its corrections end. What the runner said that the first was, or else the second,
    /// stays said of both.
    ///
    /// # Errors
    /// [`StoreError::Missing`] without such activities of that user; [`StoreError::Refused`] for
    /// an activity and itself.
    pub async fn merge_activities(
        &self,
        user: Uuid,
        ids: (i64, i64),
        now: Timestamp,
    ) -> Result<Regrouped> {
        if ids.0 == ids.1 {
            return Err(StoreError::Refused("an activity cannot be merged with itself".to_owned()));
        }
        transaction!(self, |db| {
            let now = clocks::moment(db, user, now).await?;
            users::lock(db, user).await?;
            let (a, b) = (group_of(db, user, ids.0).await?, group_of(db, user, ids.1).await?);
            let (mut keep, mut give) = if ids.0 < 0 && ids.1 > 0 { (b, a) } else { (a, b) };
            let before = [keep.clone(), give.clone()];
            keep.sources.append(&mut give.sources);
            // The runner's word on either is about the run that both tell of.
            if let (None, Some(kind)) = (&keep.by_hand, &give.by_hand) {
                retype(db, user, keep.id, (kind, true), now).await?;
            }
            regroup(db, user, &before, &[keep, give], now).await
        })
    }

    /// Makes two activities of one: a source of it becomes an activity of its own. The source
    /// that has the activity's id keeps it, with what the runner said of it, whichever of the two
    /// is named.
    ///
    /// # Errors
    /// [`StoreError::Missing`] without such an activity or source of that user;
    /// [`StoreError::Refused`] where all its sources know it by the same id.
    pub async fn split_activity(
        &self,
        user: Uuid,
        id: i64,
        source: Uuid,
        now: Timestamp,
    ) -> Result<Regrouped> {
        transaction!(self, |db| {
            let now = clocks::moment(db, user, now).await?;
            users::lock(db, user).await?;
            let mut group = group_of(db, user, id).await?;
            let named = group.sources.iter().find(|s| s.id == source);
            let named = named.ok_or(StoreError::Missing("source of the activity"))?.own_id();
            let before = [group.clone()];
            let of_named = |s: &Stored| s.own_id() == named;
            // The named one leaves, or all others do.
            let (leave, stay): (Vec<_>, Vec<_>) = std::mem::take(&mut group.sources)
                .into_iter()
                .partition(|s| of_named(s) != (named == id));
            group.sources = stay;
            if leave.is_empty() {
                return Err(StoreError::Refused(
                    "all sources of this activity know it by the same id; there is nothing to \
                     split"
                        .to_owned(),
                ));
            }
            let id = new_id(now);
            let own = Group { sources: leave, ..Group::new(id, group.passes) };
            regroup(db, user, &before, &[group, own], now).await
        })
    }

    /// The first local day of the activities that an import is a source of.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn first_day_of_import(&self, user: Uuid, batch: Uuid) -> Result<Option<Day>> {
        let row = self.read().await?.one(FIRST_OF_BATCH, args![user, batch]).await?;
        Ok(row.get::<Option<LocalTime>>("first")?.map(LocalTime::day))
    }

    /// Takes an import back: the sources that it added are gone with their files and points, and
    /// activities that came from nowhere else count for nothing. What it changed of sources that
    /// were there before stays.
    ///
    /// # Errors
    /// [`StoreError::Missing`] without such an import of that user that was not taken back.
    pub async fn roll_back_import(
        &self,
        user: Uuid,
        batch: Uuid,
        now: Timestamp,
    ) -> Result<Regrouped> {
        transaction!(self, |db| {
            let now = clocks::moment(db, user, now).await?;
            users::lock(db, user).await?;
            if db.execute(ROLLED_BACK, args![user, batch, now]).await? == 0 {
                return Err(StoreError::Missing("import"));
            }
            let rows = db.rows(OF_BATCH, args![user, batch]).await?;
            remove(db, user, &Group::of(&rows)?, |s| s.batch == Some(batch), now).await
        })
    }
}

impl Stored {
    /// The id that it has by itself.
    pub(crate) const fn own_id(&self) -> i64 {
        self.said.activity.strava_activity_id
    }
}

/// Removes the sources of some activities that a test names, with their files and points.
pub(crate) async fn remove(
    db: &mut Db,
    user: Uuid,
    groups: &[Group],
    goes: impl Fn(&Stored) -> bool,
    now: Timestamp,
) -> Result<Regrouped> {
    let mut left = groups.to_vec();
    for group in &mut left {
        group.sources.retain(|s| !goes(s));
    }
    let done = regroup(db, user, groups, &left, now).await?;
    for gone in groups.iter().flat_map(|g| &g.sources).filter(|s| goes(s)) {
        db.execute(DELETE, args![user, gone.id]).await?;
        if let Some(digest) = &gone.file_digest {
            db.execute(FORGET_FILE, args![user, digest]).await?;
        }
    }
    Ok(done)
}
