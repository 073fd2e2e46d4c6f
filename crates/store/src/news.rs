//! What happened to a runner, told from the tables where it stands: nothing is written for it but
//! how far the runner has read.

use crate::database::{Store, args, record, statements, transaction};
use crate::error::Result;
use crate::value::Json;
use hermes_engine::calendar::Day;
use jiff::Timestamp;
use uuid::Uuid;

/// Most items that one call reads.
pub const NEWS_MAX: u32 = 200;

statements! {
    // The day is text, so that days and the days of times sort together on both databases; each
    // part is bounded by its own index first. The first part gives the columns their types.
    NEWS = "SELECT kind, id, at, day, about, word, detail, number, data FROM ( \
        SELECT 'change' AS kind, id, created_at AS at, CAST(transition_date AS TEXT) AS day, \
        transition_date AS about, to_state AS word, adaptation_rationale AS detail, \
        CAST(NULL AS INTEGER) AS number, trigger_data AS data \
        FROM adaptation_history WHERE user_id = $1 AND transition_date >= $2 \
        UNION ALL SELECT 'plan', id, created_at, CAST(as_of AS TEXT), week_start_date, status, \
        reason, revision, NULL FROM plan_revisions WHERE user_id = $1 \
        AND week_start_date >= $2 AND status IN ('valid', 'repaired') AND NOT replayed \
        UNION ALL SELECT 'strike', id, issued_at, CAST(issued_on AS TEXT), issued_on, \
        strike_type, body_part, strike_count, NULL \
        FROM health_strikes WHERE user_id = $1 AND issued_on >= $2 \
        UNION ALL SELECT 'strike_ended', id, resolved_at, CAST(resolved_on AS TEXT), \
        resolved_on, strike_type, body_part, strike_count, NULL \
        FROM health_strikes WHERE user_id = $1 AND resolved_on >= $2 \
        UNION ALL SELECT 'limit_lifted', id, limit_lifted_at, CAST(limit_lifted_on AS TEXT), \
        limit_lifted_on, strike_type, limit_description, strike_count, NULL \
        FROM health_strikes WHERE user_id = $1 AND limit_lifted_on >= $2 \
        UNION ALL SELECT 'milestone', m.id, m.updated_at, CAST(m.achieved_date AS TEXT), \
        m.achieved_date, m.milestone_name, r.phase_name, NULL, NULL \
        FROM milestones m JOIN roadmaps r ON r.id = m.roadmap_id \
        WHERE r.user_id = $1 AND m.achieved AND m.achieved_date >= $2 \
        UNION ALL SELECT 'import', b.id, b.finished_at, \
        SUBSTR(CAST(b.finished_at AS TEXT), 1, 10), NULL, b.source, b.name, \
        (SELECT CAST(COUNT(*) AS INTEGER) FROM import_ledger l \
        WHERE l.batch_id = b.id AND l.outcome = 'failed'), NULL \
        FROM import_batches b WHERE b.user_id = $1 AND b.started_at >= $3 \
        AND b.rolled_back_at IS NULL AND EXISTS (SELECT 1 FROM import_ledger l \
        WHERE l.batch_id = b.id AND l.outcome = 'failed') AND b.finished_at IS NOT NULL \
        UNION ALL SELECT 'strava', user_id, state_since, \
        SUBSTR(CAST(state_since AS TEXT), 1, 10), NULL, state, state_reason, NULL, NULL \
        FROM strava_connections WHERE user_id = $1 AND state = 'needs_reauth' \
        AND state_since >= $3 \
        UNION ALL SELECT 'check_in', id, created_at, CAST(check_in_date AS TEXT), \
        check_in_date, trigger_reason, NULL, NULL, NULL \
        FROM compliance_check_ins WHERE user_id = $1 AND check_in_date >= $2 \
        AND response_type IS NULL \
        ) news WHERE NOT $4 \
        OR at > COALESCE((SELECT news_seen_at FROM users WHERE id = $1), $3) \
        ORDER BY day DESC, at DESC, id DESC, kind LIMIT $5 OFFSET $6";
    SEEN = "SELECT news_seen_at FROM users WHERE id = $1";
    SEE = "UPDATE users SET news_seen_at = $2 \
        WHERE id = $1 AND (news_seen_at IS NULL OR news_seen_at < $2)";
}

record! {
    /// One thing that happened.
    pub struct News {
        /// `change`, `plan`, `strike`, `strike_ended`, `limit_lifted`, `milestone`, `import`,
        /// `strava` or `check_in`.
        pub kind: String,
        /// The row that tells of it.
        pub id: Uuid,
        /// When it was recorded.
        pub at: Timestamp,
        /// The day it happened, `YYYY-MM-DD`; of imports and of Strava the day in UTC.
        pub day: String,
        /// The day it is about: of a plan, the first of its week.
        pub about: Option<Day>,
        /// A new state, a plan's status, a kind of strike, a milestone's name, an import's source
        /// or why a check-in was opened.
        pub word: Option<String>,
        /// Why, or which one.
        pub detail: Option<String>,
        /// A revision, a count of strikes or of failures.
        pub number: Option<i32>,
        /// What set a change off.
        pub data: Option<Json>,
    }
}

impl Store {
    /// What happened from a day on (`begins` is when it began), newest day first: all of it, or
    /// only what was recorded after the runner last read. At most `limit` after the first `skip`.
    ///
    /// # Errors
    /// [`crate::StoreError::TooMany`] above [`NEWS_MAX`]; when the database fails.
    pub async fn news(
        &self,
        user: Uuid,
        (from, begins): (Day, Timestamp),
        only_new: bool,
        limit: u32,
        skip: u32,
    ) -> Result<Vec<News>> {
        crate::imports::at_most("news on a page", limit as usize, NEWS_MAX as usize)?;
        let args = args![user, from, begins, only_new, i64::from(limit), i64::from(skip)];
        self.read().await?.all(NEWS, args).await
    }

    /// Until when the runner has read; `None` before the first time.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn news_seen(&self, user: Uuid) -> Result<Option<Timestamp>> {
        match self.read().await?.first(SEEN, args![user]).await? {
            Some(row) => row.get("news_seen_at"),
            None => Ok(None),
        }
    }

    /// The runner has read what was recorded until now; it is never less than before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn see_news(&self, user: Uuid, now: Timestamp) -> Result<()> {
        transaction!(self, |db| db.execute(SEE, args![user, now]).await)?;
        Ok(())
    }
}
