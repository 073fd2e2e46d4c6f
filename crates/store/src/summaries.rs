//! Weekly summaries.

use crate::database::{Db, Record, Store, args, new_id, record, statements, transaction};
use crate::error::Result;
use crate::value::{Decimal, Percent, WeekKm};
use hermes_engine::calendar::Day;
use jiff::Timestamp;
use uuid::Uuid;

statements! {
    BETWEEN = "SELECT week_start_date, week_end_date, planned_volume_km, actual_volume_km, \
        compliance_percentage, easy_run_km, quality_session_km, long_run_km, recovery_km, \
        average_pace_seconds_per_km, threshold_pace_estimate, health_issues_count, rest_days, \
        ending_state FROM weekly_summaries \
        WHERE user_id = $1 AND week_start_date >= $2 AND week_start_date <= $3 \
        ORDER BY week_start_date LIMIT $4";
    DROP = "DELETE FROM weekly_summaries WHERE user_id = $1 AND week_start_date = $2";
    [bulk] UPSERT(
        "INSERT INTO weekly_summaries (id, user_id, created_at, updated_at, \
        week_start_date, week_end_date, planned_volume_km, actual_volume_km, \
        compliance_percentage, easy_run_km, quality_session_km, long_run_km, recovery_km, \
        average_pace_seconds_per_km, threshold_pace_estimate, health_issues_count, rest_days, \
        ending_state) \
        VALUES", 18,
        "ON CONFLICT (user_id, week_start_date) DO UPDATE SET \
        updated_at = excluded.updated_at, week_end_date = excluded.week_end_date, \
        planned_volume_km = excluded.planned_volume_km, \
        actual_volume_km = excluded.actual_volume_km, \
        compliance_percentage = excluded.compliance_percentage, \
        easy_run_km = excluded.easy_run_km, quality_session_km = excluded.quality_session_km, \
        long_run_km = excluded.long_run_km, recovery_km = excluded.recovery_km, \
        average_pace_seconds_per_km = excluded.average_pace_seconds_per_km, \
        threshold_pace_estimate = excluded.threshold_pace_estimate, \
        health_issues_count = excluded.health_issues_count, rest_days = excluded.rest_days, \
        ending_state = excluded.ending_state"
    );
}

record! {
    /// One row of `weekly_summaries`.
    pub struct WeeklySummary {
        /// First day of the week.
        pub week_start_date: Day,
        /// Last day of the week.
        pub week_end_date: Day,
        /// Planned km, each day by the revision in force when it began.
        pub planned_volume_km: Option<WeekKm>,
        /// Km that were run.
        pub actual_volume_km: Option<WeekKm>,
        /// Mean session score in per cent.
        pub compliance_percentage: Option<Percent>,
        /// Of it easy.
        pub easy_run_km: Option<WeekKm>,
        /// Of it quality.
        pub quality_session_km: Option<WeekKm>,
        /// Of it long.
        pub long_run_km: Option<WeekKm>,
        /// Of it recovery.
        pub recovery_km: Option<WeekKm>,
        /// Mean pace.
        pub average_pace_seconds_per_km: Option<Decimal<6, 2>>,
        /// Threshold pace as of the next week's start.
        pub threshold_pace_estimate: Option<Decimal<6, 2>>,
        /// Health records of the week.
        pub health_issues_count: i32,
        /// Days without a run.
        pub rest_days: i32,
        /// The state as of the next week's start.
        pub ending_state: Option<String>,
    }
}

pub(crate) async fn upsert(
    db: &mut Db,
    user: Uuid,
    summary: &WeeklySummary,
    now: Timestamp,
) -> Result<()> {
    upsert_many(db, &[(user, summary)], now).await
}

pub(crate) async fn upsert_many(
    db: &mut Db,
    rows: &[(Uuid, &WeeklySummary)],
    now: Timestamp,
) -> Result<()> {
    let row = |(user, summary): &(Uuid, &WeeklySummary)| {
        let mut row = args![new_id(now), *user, now, now];
        row.extend(summary.args());
        row
    };
    db.bulk(&UPSERT, rows.iter().map(row).collect()).await.map(drop)
}

impl Store {
    /// Sets the summary of a week.
    ///
    /// # Errors
    /// [`crate::StoreError::Refused`] without such a user or with an unknown state.
    pub async fn save_summary(
        &self,
        user: Uuid,
        summary: &WeeklySummary,
        now: Timestamp,
    ) -> Result<()> {
        transaction!(self, |db| upsert(db, user, summary, now).await)
    }

    /// Removes the summary of a week in which there is nothing any more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn drop_summary(&self, user: Uuid, week: Day) -> Result<()> {
        transaction!(self, |db| db.execute(DROP, args![user, week]).await).map(drop)
    }

    /// The summaries of the weeks that begin in a span, oldest first; at most
    /// [`crate::plans::WEEKS_MAX`].
    ///
    /// # Errors
    /// When the database fails.
    pub async fn summaries(&self, user: Uuid, from: Day, to: Day) -> Result<Vec<WeeklySummary>> {
        let limit = i64::from(crate::plans::WEEKS_MAX);
        self.read().await?.all(BETWEEN, args![user, from, to, limit]).await
    }
}
