//! A change of the past and what follows from it are several transactions. A job that is added
//! before them does the rest where the process is killed in between.

use crate::App;
use crate::accounts::Runner;
use crate::error::Result;
use crate::jobs::{Enqueued, Job};
use hermes_engine::calendar::Day;
use hermes_store::sources::Regrouped;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use std::future::Future;
use uuid::Uuid;

/// A change that has not been followed up for so long was cut off.
const CUT_OFF: SignedDuration = SignedDuration::from_mins(2);

/// What [`Job::Follow`] needs to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Following {
    /// The account.
    pub user: Uuid,
    /// The first local day that the change is about.
    pub from: Day,
    /// What is said of the week that is planned anew for it.
    pub reason: String,
}

impl App {
    /// Changes which sources make which activities, from a day on, and works out what follows.
    pub(crate) async fn regroup(
        &self,
        runner: &Runner,
        from: Option<Day>,
        reason: &str,
        change: impl Future<Output = Result<Regrouped>> + Send,
    ) -> Result<Regrouped> {
        let now = self.clock.now();
        let from = from.unwrap_or_else(|| self.today(runner));
        let what = Following { user: runner.id, from, reason: reason.to_owned() };
        let key = format!("{} {from} {reason}", runner.id);
        let job = self.enqueue(&Job::Follow(what), &key, now + CUT_OFF, None).await?;
        let done = change.await;
        if let Some(first) = done.as_ref().ok().and_then(|done| done.days.first()) {
            self.follow(runner, *first, reason).await?;
        }
        if let Enqueued::New(id) = job {
            self.store.withdraw_job(id).await?;
        }
        done
    }

    /// [`Job::Follow`].
    pub(crate) async fn follow_up(&self, what: &Following) -> Result<()> {
        let Some(runner) = self.runner(what.user).await? else { return Ok(()) };
        self.follow(&runner, what.from, &what.reason).await
    }
}
