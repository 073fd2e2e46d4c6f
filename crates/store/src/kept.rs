//! What is kept of a runner: how many rows of each kind, since when, and when one last changed.

use crate::database::{Store, args, record, statements};
use crate::error::Result;
use jiff::Timestamp;
use uuid::Uuid;

statements! {
    KEPT = "SELECT 1 AS place, 'account' AS what, COUNT(*) AS count, MIN(created_at) AS since, \
        MAX(updated_at) AS changed FROM users WHERE id = $1 \
        UNION ALL SELECT 2, 'profile', COUNT(*), MIN(created_at), MAX(updated_at) \
        FROM runner_profiles WHERE user_id = $1 \
        UNION ALL SELECT 3, 'goals', COUNT(*), MIN(created_at), MAX(updated_at) \
        FROM long_term_goals WHERE user_id = $1 \
        UNION ALL SELECT 4, 'phases', COUNT(*), MIN(created_at), MAX(updated_at) \
        FROM roadmaps WHERE user_id = $1 \
        UNION ALL SELECT 5, 'milestones', COUNT(*), MIN(m.created_at), MAX(m.updated_at) \
        FROM milestones m JOIN roadmaps r ON r.id = m.roadmap_id WHERE r.user_id = $1 \
        UNION ALL SELECT 6, 'weeks', COUNT(*), MIN(created_at), MAX(updated_at) \
        FROM weekly_plans WHERE user_id = $1 \
        UNION ALL SELECT 7, 'workouts', COUNT(*), MIN(w.created_at), MAX(w.updated_at) \
        FROM workouts w JOIN weekly_plans p ON p.id = w.weekly_plan_id WHERE p.user_id = $1 \
        UNION ALL SELECT 8, 'activities', COUNT(*), MIN(created_at), MAX(synced_at) \
        FROM strava_activities WHERE user_id = $1 \
        UNION ALL SELECT 9, 'health', COUNT(*), MIN(created_at), MAX(updated_at) \
        FROM health_records WHERE user_id = $1 \
        UNION ALL SELECT 10, 'strikes', COUNT(*), MIN(created_at), MAX(created_at) \
        FROM health_strikes WHERE user_id = $1 \
        UNION ALL SELECT 11, 'summaries', COUNT(*), MIN(created_at), MAX(updated_at) \
        FROM weekly_summaries WHERE user_id = $1 \
        UNION ALL SELECT 12, 'history', COUNT(*), MIN(created_at), MAX(created_at) \
        FROM adaptation_history WHERE user_id = $1 \
        UNION ALL SELECT 13, 'momentum', COUNT(*), MIN(created_at), MAX(updated_at) \
        FROM momentum_meter WHERE user_id = $1 \
        UNION ALL SELECT 14, 'killa', COUNT(*), MIN(created_at), MAX(updated_at) \
        FROM killa_meter WHERE user_id = $1 \
        UNION ALL SELECT 15, 'sessions', COUNT(*), MIN(created_at), MAX(last_seen_at) \
        FROM sessions WHERE user_id = $1 AND revoked_at IS NULL \
        UNION ALL SELECT 16, 'library', COUNT(*), MIN(created_at), MAX(created_at) \
        FROM workout_templates ORDER BY 1";
}

record! {
    /// One kind of what is kept of a runner.
    pub struct Kept {
        /// `account`, `profile`, `goals`, `phases`, `milestones`, `weeks`, `workouts`,
        /// `activities`, `health`, `strikes`, `summaries`, `history`, `momentum`, `killa`,
        /// `sessions` (those that stand), or `library` (everybody's).
        pub what: String,
        /// Rows.
        pub count: i64,
        /// When the oldest was stored.
        pub since: Option<Timestamp>,
        /// When one was last stored, changed or (a session) seen.
        pub changed: Option<Timestamp>,
    }
}

impl Store {
    /// What is kept of a user, always all kinds in one order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn kept(&self, user: Uuid) -> Result<Vec<Kept>> {
        self.read().await?.all(KEPT, args![user]).await
    }
}
