//! Health records and strikes. What was recorded later than a time can be left out, so that a
//! plan of the past sees what was known when it was made.

use crate::clocks;
use crate::database::{Db, Record, Row, Store, args, new_id, record, statements, transaction};
use crate::error::{Result, StoreError};
use crate::users;
use crate::value::{Text, WeekKm};
use hermes_engine::calendar::Day;
use hermes_engine::record::{BodyPart, HealthRecord, HealthType, PermanentLimit, Strike, Symptoms};
use jiff::Timestamp;
use std::collections::HashSet;
use uuid::Uuid;

statements! {
    INSERT = "INSERT INTO health_records (id, user_id, created_at, updated_at, record_date, \
        record_type, body_part, severity, description, training_modification, days_off, \
        strike_count, is_chronic, symptoms) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    AS_OF = "SELECT id, created_at, record_date, record_type, body_part, severity, description, \
        training_modification, days_off, strike_count, is_chronic, symptoms, \
        CASE WHEN closed_on <= $2 AND closed_at <= $3 THEN closed_on END AS closed_on \
        FROM health_records WHERE user_id = $1 AND record_date <= $2 AND created_at <= $3 \
        ORDER BY record_date, created_at, id";
    OPEN_ON = "SELECT id, created_at, record_date, record_type, body_part, severity, description, \
        training_modification, days_off, strike_count, is_chronic, symptoms, closed_on \
        FROM health_records WHERE user_id = $1 AND record_date = $2 AND record_type = $3 \
        AND closed_on IS NULL ORDER BY created_at, id";
    CLOSE = "UPDATE health_records SET closed_on = $3, closed_at = $4, updated_at = $4 \
        WHERE user_id = $1 AND id = $2 AND closed_on IS NULL";
    STRIKES_AS_OF = "SELECT id, issued_at, issued_on, strike_type, strike_count, body_part, \
        forced_recovery_days, permanent_limit_applied, limit_description, limit_weekly_km, \
        limit_quality, \
        CASE WHEN resolved AND resolved_on <= $2 AND resolved_at <= $3 THEN resolved_on END \
        AS resolved_on, \
        CASE WHEN limit_lifted_on <= $2 AND limit_lifted_at <= $3 THEN limit_lifted_on END \
        AS limit_lifted_on FROM health_strikes \
        WHERE user_id = $1 AND issued_on <= $2 AND issued_at <= $3 \
        ORDER BY issued_on, issued_at, id";
    RESOLVE_STRIKE = "UPDATE health_strikes SET resolved = $3, resolved_on = $4, \
        resolved_at = $5 WHERE user_id = $1 AND id = $2 AND resolved_on IS NULL";
    LIFT_LIMIT = "UPDATE health_strikes SET limit_lifted_on = $3, limit_lifted_at = $4 \
        WHERE user_id = $1 AND id = $2 AND permanent_limit_applied AND limit_lifted_on IS NULL";
    [bulk] INSERT_STRIKES(
        "INSERT INTO health_strikes (id, user_id, created_at, issued_at, issued_on, \
         strike_type, strike_count, body_part, forced_recovery_days, permanent_limit_applied, \
         limit_description, limit_weekly_km, limit_quality) VALUES", 13, ""
    );
    [bulk] LOCK_USERS(
        "UPDATE users SET updated_at = updated_at WHERE id IN \
         (SELECT id FROM users WHERE FALSE UNION ALL VALUES", 1, ")"
    );
    [bulk] ISSUED(
        "SELECT user_id, issued_on, strike_type, strike_count, body_part FROM health_strikes \
         WHERE user_id IN (SELECT id FROM users WHERE FALSE UNION ALL VALUES", 1, ")"
    );
}

record! {
    /// What a row of `health_records` says, beside its keys, its times and its closing.
    pub struct NewHealthRecord {
        /// The day it is about.
        pub record_date: Day,
        /// Its type.
        pub record_type: HealthType,
        /// Where: a word of [`body_part_word`], or the runner's own.
        pub body_part: Option<Text<50>>,
        /// 1-10.
        pub severity: Option<i32>,
        /// The runner's words.
        pub description: Option<String>,
        /// `rest`, `reduced_volume`, `reduced_intensity` or `none`: the strongest in force.
        pub training_modification: Option<String>,
        /// Lock days.
        pub days_off: i32,
        /// Open strikes on that part after this record.
        pub strike_count: i32,
        /// A chronic_risk strike was issued.
        pub is_chronic: bool,
        /// Signs.
        pub symptoms: Option<Symptoms>,
    }
}

impl NewHealthRecord {
    /// Does the runner say the same in both? What follows from a record may differ.
    fn says(&self, other: &Self) -> bool {
        let (kind, same_day) = (self.record_type, self.record_date == other.record_date);
        same_day
            && (kind, &self.body_part) == (other.record_type, &other.body_part)
            && (self.severity, &self.description) == (other.severity, &other.description)
            && self.symptoms == other.symptoms
    }
}

/// A stored health record, as it was known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredHealthRecord {
    /// The key.
    pub id: Uuid,
    /// When it was stored.
    pub created_at: Timestamp,
    /// What it says.
    pub record: NewHealthRecord,
    /// The day it was closed, as far as was known.
    pub closed_on: Option<Day>,
}

impl StoredHealthRecord {
    pub(crate) fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            created_at: row.get("created_at")?,
            record: NewHealthRecord::read(row)?,
            closed_on: row.get("closed_on")?,
        })
    }

    /// As the engine reads it: a body part it does not know is `Other`.
    #[must_use]
    pub fn fact(&self) -> HealthRecord {
        let record = &self.record;
        HealthRecord {
            day: record.record_date,
            kind: record.record_type,
            part: record.body_part.as_deref().map(body_part),
            severity: record.severity.and_then(|s| u8::try_from(s).ok()),
            symptoms: record.symptoms.unwrap_or_default(),
            closed: self.closed_on,
        }
    }
}

/// The word that the column `body_part` holds: `knee`, `patellar_tendon` ...
#[must_use]
pub fn body_part_word(part: BodyPart) -> Option<Text<50>> {
    match serde_json::to_value(part) {
        Ok(serde_json::Value::String(word)) => Text::new(word),
        _ => None,
    }
}

fn body_part(word: &str) -> BodyPart {
    serde_json::from_value(serde_json::Value::from(word)).unwrap_or(BodyPart::Other)
}

record! {
    /// What a row of `health_strikes` says, beside its keys, its times and its end.
    pub struct NewStrike {
        /// The day it was issued.
        pub issued_on: Day,
        /// `injury_repeat`, `overreach_pattern` or `chronic_risk`.
        pub strike_type: String,
        /// The runner's open strikes, this one included.
        pub strike_count: i32,
        /// Where, if injury-related.
        pub body_part: Option<Text<50>>,
        /// Days without running.
        pub forced_recovery_days: Option<i32>,
        /// It applied the permanent limit.
        pub permanent_limit_applied: bool,
        /// The limit in words.
        pub limit_description: Option<String>,
        /// Highest planned km of a week.
        pub limit_weekly_km: Option<WeekKm>,
        /// Highest number of quality sessions in a week.
        pub limit_quality: Option<i32>,
    }
}

/// A stored strike, as it was known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredStrike {
    /// The key.
    pub id: Uuid,
    /// When it was stored.
    pub issued_at: Timestamp,
    /// What it says.
    pub strike: NewStrike,
    /// The day it was resolved, as far as was known.
    pub resolved_on: Option<Day>,
    /// The day its limit was lifted, as far as was known.
    pub limit_lifted_on: Option<Day>,
}

impl StoredStrike {
    pub(crate) fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            issued_at: row.get("issued_at")?,
            strike: NewStrike::read(row)?,
            resolved_on: row.get("resolved_on")?,
            limit_lifted_on: row.get("limit_lifted_on")?,
        })
    }

    /// As the engine reads it, with the days without quality that a strike of its count begins
    /// with. A limit without its numbers binds at none: zero km.
    #[must_use]
    pub fn fact(&self, no_quality_days: u16) -> Strike {
        let strike = &self.strike;
        let days = strike.forced_recovery_days.unwrap_or(0);
        Strike {
            issued: strike.issued_on,
            forced_recovery_days: u16::try_from(days).unwrap_or(0),
            no_quality_days,
            limit: strike.permanent_limit_applied.then(|| PermanentLimit {
                weekly: strike.limit_weekly_km.unwrap_or_default().from_km(),
                quality: u8::try_from(strike.limit_quality.unwrap_or(0)).unwrap_or(0),
                lifted: self.limit_lifted_on,
            }),
            resolved: self.resolved_on,
        }
    }
}

/// Issues strikes, unless there are the same already; how many are new. Whoever issues strikes of
/// the same runner waits here: one event brings one strike.
pub(crate) async fn insert_strikes(
    db: &mut Db,
    strikes: &[(Uuid, &NewStrike)],
    now: Timestamp,
) -> Result<usize> {
    let users: Vec<_> = strikes.iter().map(|(user, _)| args![*user]).collect();
    db.bulk(&LOCK_USERS, users.clone()).await?;
    let mut issued = HashSet::new();
    for row in db.bulk_rows(&ISSUED, users).await? {
        let user: Uuid = row.get("user_id")?;
        let (day, count): (Option<Day>, i32) = (row.get("issued_on")?, row.get("strike_count")?);
        let kind: String = row.get("strike_type")?;
        let part: Option<Text<50>> = row.get("body_part")?;
        issued.insert((user, day, kind, count, part));
    }
    let is_new = |(user, s): &&(Uuid, &NewStrike)| {
        let (kind, part) = (s.strike_type.to_string(), s.body_part.clone());
        !issued.contains(&(*user, Some(s.issued_on), kind, s.strike_count, part))
    };
    let row = |(user, strike): &(Uuid, &NewStrike)| {
        let mut row = args![new_id(now), *user, now, now];
        row.extend(strike.args());
        row
    };
    let rows: Vec<_> = strikes.iter().filter(is_new).map(row).collect();
    let count = rows.len();
    db.bulk(&INSERT_STRIKES, rows).await?;
    Ok(count)
}

pub(crate) async fn resolve(
    db: &mut Db,
    user: Uuid,
    strike: Uuid,
    on: Day,
    now: Timestamp,
) -> Result<()> {
    let changed = db.execute(RESOLVE_STRIKE, args![user, strike, true, on, now]).await?;
    if changed == 0 { Err(StoreError::Missing("open strike")) } else { Ok(()) }
}

impl Store {
    /// Adds a health record; its key. One that is open already and says the same is not added
    /// again, however many devices and processes report it at once: the key is that of the first.
    ///
    /// # Errors
    /// [`StoreError::Refused`] without such a user, or for a severity outside 1-10 or an unknown
    /// word.
    pub async fn add_health_record(
        &self,
        user: Uuid,
        record: &NewHealthRecord,
        now: Timestamp,
    ) -> Result<Uuid> {
        let id = new_id(now);
        transaction!(self, |db| {
            let now = clocks::moment(db, user, now).await?;
            users::lock(db, user).await?;
            let open = args![user, record.record_date, record.record_type];
            for row in &db.rows(OPEN_ON, open).await? {
                let known = StoredHealthRecord::read(row)?;
                if known.record.says(record) {
                    return Ok(known.id);
                }
            }
            let mut row = args![id, user, now, now];
            row.extend(record.args());
            db.execute(INSERT, row).await?;
            Ok(id)
        })
    }

    /// The health records about days up to and including a day, as far as was recorded by then;
    /// a closing later than the day, or recorded later, is not known.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn health_records(
        &self,
        user: Uuid,
        as_of: Day,
        recorded_by: Timestamp,
    ) -> Result<Vec<StoredHealthRecord>> {
        let rows = self.read().await?.rows(AS_OF, args![user, as_of, recorded_by]).await?;
        rows.iter().map(StoredHealthRecord::read).collect()
    }

    /// Closes a health record: the first day without symptoms, or of the passed clearance.
    ///
    /// # Errors
    /// [`StoreError::Missing`] without such an open record of that user.
    pub async fn close_health_record(
        &self,
        user: Uuid,
        id: Uuid,
        closed_on: Day,
        now: Timestamp,
    ) -> Result<()> {
        let changed = transaction!(self, |db| {
            let now = clocks::moment(db, user, now).await?;
            db.execute(CLOSE, args![user, id, closed_on, now]).await
        })?;
        if changed == 0 { Err(StoreError::Missing("open health record")) } else { Ok(()) }
    }

    /// Issues a strike, unless there is the same already; is it new?
    ///
    /// # Errors
    /// [`StoreError::Refused`] without such a user or for an unknown type.
    pub async fn add_strike(&self, user: Uuid, strike: &NewStrike, now: Timestamp) -> Result<bool> {
        let issued = transaction!(self, |db| {
            let now = clocks::moment(db, user, now).await?;
            insert_strikes(db, &[(user, strike)], now).await
        })?;
        Ok(issued == 1)
    }

    /// The strikes issued up to and including a day, as far as was recorded by then.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn strikes(
        &self,
        user: Uuid,
        as_of: Day,
        recorded_by: Timestamp,
    ) -> Result<Vec<StoredStrike>> {
        let args = args![user, as_of, recorded_by];
        let rows = self.read().await?.rows(STRIKES_AS_OF, args).await?;
        rows.iter().map(StoredStrike::read).collect()
    }

    /// Resolves a strike.
    ///
    /// # Errors
    /// [`StoreError::Missing`] without such an open strike of that user.
    pub async fn resolve_strike(
        &self,
        user: Uuid,
        id: Uuid,
        resolved_on: Day,
        now: Timestamp,
    ) -> Result<()> {
        transaction!(self, |db| {
            let now = clocks::moment(db, user, now).await?;
            resolve(db, user, id, resolved_on, now).await
        })
    }

    /// Lifts a strike's permanent limit.
    ///
    /// # Errors
    /// [`StoreError::Missing`] without such a strike with a limit in force.
    pub async fn lift_limit(
        &self,
        user: Uuid,
        id: Uuid,
        lifted_on: Day,
        now: Timestamp,
    ) -> Result<()> {
        let changed = transaction!(self, |db| {
            let now = clocks::moment(db, user, now).await?;
            db.execute(LIFT_LIMIT, args![user, id, lifted_on, now]).await
        })?;
        if changed == 0 { Err(StoreError::Missing("strike with a limit")) } else { Ok(()) }
    }
}
