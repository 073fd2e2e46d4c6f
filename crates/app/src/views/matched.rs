//! Which planned session one activity was, what else it could have been, and the runner's own word
//! on it.

use super::ActivityView;
use crate::App;
use crate::accounts::Runner;
use crate::error::Result;
use crate::matches::{CORRECTION_DAYS, CorrectionView};
use hermes_engine::compliance::Scored;
use hermes_engine::session::{Kind, Planned};

/// One activity and the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivityMatch {
    /// The session that it was, or a part of.
    pub session: Option<Scored>,
    /// The sessions around it that it could be given to, by day.
    pub choices: Vec<Planned>,
    /// What the runner has said of it, where that is in force.
    pub said: Option<CorrectionView>,
}

impl App {
    /// Which session an activity was. Four queries and the loading of three weeks at most.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn match_of(&self, runner: &Runner, a: &ActivityView) -> Result<ActivityMatch> {
        let (today, now) = (self.today(runner), self.clock.now());
        let days = a.day - CORRECTION_DAYS..a.day + CORRECTION_DAYS + 1;
        // Weeks that begin earlier may hold the first of these days.
        let span = (days.start - 6, days.end - 1);
        let weeks = self.in_force(runner, span, now).await?.published();
        let sessions = weeks.into_iter().flat_map(|week| week.sessions);
        let mut choices: Vec<Planned> =
            sessions.filter(|s| s.kind != Kind::Cross && days.contains(&s.day)).collect();
        choices.sort_by_key(|s| s.day);
        let scored = self.matched(runner, span, today).await?.sessions;
        let said = self.store.corrections_in_force(runner.id, a.day, a.day, now).await?;
        let said = said.into_iter().rfind(|c| c.correction.activity() == Some(a.id));
        Ok(ActivityMatch {
            session: scored.into_iter().find(|s| s.activities.contains(&a.id)),
            choices,
            said: said.map(CorrectionView::from),
        })
    }
}
