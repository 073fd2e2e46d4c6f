//! The versions of a week, for looking at two of them side by side.

use super::clock::{Moment, local};
use crate::App;
use crate::accounts::Runner;
use crate::error::Result;
use crate::facts::Body;
use hermes_engine::calendar::Day;
use hermes_engine::session::{Session, WeekPlan};

/// One version of a week, as it was saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionView {
    /// 1-based.
    pub revision: i32,
    /// The runner's local day and time, `HH:MM`, on which it was saved.
    pub saved: Moment,
    /// Why there is a new version, where it was said.
    pub reason: Option<String>,
    /// It was a draft.
    pub draft: bool,
    /// The plan, from its first planned day on.
    pub plan: WeekPlan,
    /// All sessions of the week by day, those of the days before the plan included.
    pub sessions: Vec<Session>,
}

impl App {
    /// All versions of the week that starts on a day, oldest first; none without a plan.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn versions(&self, runner: &Runner, week_start: Day) -> Result<Vec<VersionView>> {
        let revisions = self.store.revisions(runner.id, week_start).await?;
        let view = |r: hermes_store::plans::Revision| {
            let body = Body::read(&r.version.body)?;
            let sessions = body.sessions().cloned().collect();
            Ok(VersionView {
                revision: r.revision,
                saved: local(runner, r.created_at),
                reason: r.version.reason,
                draft: r.version.status == "pending",
                plan: body.plan,
                sessions,
            })
        };
        revisions.into_iter().map(view).collect()
    }
}
