//! The two meters: momentum (consistency) and killa (overreach and breakthrough).

use crate::database::{Db, Record, Store, args, new_id, new_ids, record, statements, transaction};
use crate::error::Result;
use crate::users;
use crate::value::Json;
use crate::value::{Scalar, Score, Text};
use hermes_engine::calendar::Day;
use jiff::Timestamp;
use uuid::Uuid;

statements! {
    MOMENTUM = "SELECT current_streak_days, longest_streak_days, consistency_score, \
        last_updated FROM momentum_meter WHERE user_id = $1";
    KILLA = "SELECT overreach_count, breakthrough_count, total_points, last_updated \
        FROM killa_meter WHERE user_id = $1";
    EVENTS = "SELECT event_date, event_kind, points, body FROM meter_events WHERE user_id = $1 \
        ORDER BY event_date DESC, id DESC LIMIT $2";
    [bulk] INSERT_EVENTS(
        "INSERT INTO meter_events (id, user_id, created_at, event_date, event_kind, points, body) \
         VALUES", 7, ""
    );
    [bulk] DELETE_EVENTS(
        "DELETE FROM meter_events WHERE user_id IN \
         (SELECT user_id FROM meter_events WHERE FALSE UNION ALL VALUES", 1, ")"
    );
    [bulk] UPSERT_MOMENTUM(
        "INSERT INTO momentum_meter (id, user_id, created_at, updated_at, \
        current_streak_days, longest_streak_days, consistency_score, last_updated) \
        VALUES", 8,
        "ON CONFLICT (user_id) DO UPDATE SET \
        updated_at = excluded.updated_at, current_streak_days = excluded.current_streak_days, \
        longest_streak_days = excluded.longest_streak_days, \
        consistency_score = excluded.consistency_score, last_updated = excluded.last_updated"
    );
    [bulk] UPSERT_KILLA(
        "INSERT INTO killa_meter (id, user_id, created_at, updated_at, \
        overreach_count, breakthrough_count, total_points, last_updated) \
        VALUES", 8,
        "ON CONFLICT (user_id) DO UPDATE SET \
        updated_at = excluded.updated_at, overreach_count = excluded.overreach_count, \
        breakthrough_count = excluded.breakthrough_count, \
        total_points = excluded.total_points, last_updated = excluded.last_updated"
    );
}

/// Most events that are kept and read.
pub const EVENTS_MAX: usize = 2000;

record! {
    /// What stands behind the counts of the killa meter: one event.
    pub struct MeterEvent {
        /// Its day.
        pub event_date: Day,
        /// What happened: `longest_run`, `overreach` ...
        pub event_kind: Text<40>,
        /// What it earned.
        pub points: i32,
        /// Its values.
        pub body: Json,
    }
}

record! {
    /// One row of `momentum_meter`.
    pub struct Momentum {
        /// The streak that stands.
        pub current_streak_days: i32,
        /// The longest there was.
        pub longest_streak_days: i32,
        /// 0 to 1.
        pub consistency_score: Score,
        /// The day it stands for.
        pub last_updated: Option<Day>,
    }
}

record! {
    /// One row of `killa_meter`.
    pub struct Killa {
        /// Times in Overreach.
        pub overreach_count: i32,
        /// Breakthroughs.
        pub breakthrough_count: i32,
        /// Points.
        pub total_points: i32,
        /// The day it stands for.
        pub last_updated: Option<Day>,
    }
}

/// Both meters of a runner, and all events where they are to be written.
type OfRunner<'a> = (Uuid, &'a Momentum, &'a Killa, Option<&'a [MeterEvent]>);

/// Sets the meters of many runners, and their events where some are given.
pub(crate) async fn save_many(db: &mut Db, meters: &[OfRunner<'_>], now: Timestamp) -> Result<()> {
    let (mut momenta, mut killas) = (Vec::new(), Vec::new());
    let (mut users, mut rows) = (Vec::new(), Vec::new());
    for &(user, momentum, killa, events) in meters {
        let with = |of: Vec<Scalar>| {
            let mut row = args![new_id(now), user, now, now];
            row.extend(of);
            row
        };
        momenta.push(with(momentum.args()));
        killas.push(with(killa.args()));
        let Some(events) = events else { continue };
        users.push(args![user]);
        let kept = &events[events.len().saturating_sub(EVENTS_MAX)..];
        // Events of one day keep their order by their ids.
        for (event, id) in kept.iter().zip(new_ids(now, kept.len())) {
            let mut row = args![id, user, now];
            row.extend(event.args());
            rows.push(row);
        }
    }
    db.bulk(&UPSERT_MOMENTUM, momenta).await?;
    db.bulk(&UPSERT_KILLA, killas).await?;
    db.bulk(&DELETE_EVENTS, users).await?;
    db.bulk(&INSERT_EVENTS, rows).await.map(drop)
}

impl Store {
    /// The momentum meter.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn momentum(&self, user: Uuid) -> Result<Option<Momentum>> {
        self.read().await?.maybe(MOMENTUM, args![user]).await
    }

    /// The killa meter.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn killa(&self, user: Uuid) -> Result<Option<Killa>> {
        self.read().await?.maybe(KILLA, args![user]).await
    }

    /// Sets both meters and the events behind them, in one transaction; of more than
    /// [`EVENTS_MAX`] events the newest are kept.
    ///
    /// # Errors
    /// [`crate::StoreError::Refused`] without such a user.
    pub async fn save_meters(
        &self,
        user: Uuid,
        momentum: &Momentum,
        killa: &Killa,
        events: &[MeterEvent],
        now: Timestamp,
    ) -> Result<()> {
        let rows = [(user, momentum, killa, Some(events))];
        transaction!(self, |db| {
            // Whoever does the same at once waits here, and then replaces these events.
            users::lock(db, user).await?;
            save_many(db, &rows, now).await
        })
    }

    /// The events behind the meters, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn meter_events(&self, user: Uuid) -> Result<Vec<MeterEvent>> {
        let limit = i64::try_from(EVENTS_MAX).unwrap_or(i64::MAX);
        self.read().await?.all(EVENTS, args![user, limit]).await
    }
}
