//! Check-ins: the app asks why sessions were missed, the answer changes the plan at once.

use crate::App;
use crate::accounts::Runner;
use crate::error::{AppError, Result};
use crate::stock::word;
use hermes_engine::calendar::Day;
use hermes_engine::check_in::{self, Action, Offer, Opening};
use hermes_engine::compliance::Compliance;
use hermes_engine::history::History;
use hermes_engine::record::{CheckInAnswer, CheckInTrigger};
use hermes_store::StoreError;
use hermes_store::checkins::{Answer, StoredCheckIn};
use uuid::Uuid;

/// Longest text that is kept with an answer, in characters.
const DETAILS_MAX: usize = 2_000;
/// Days of check-ins that are listed.
const LISTED_DAYS: i64 = 365;

/// A check-in on screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckInView {
    /// Its key.
    pub id: Uuid,
    /// The day it was opened.
    pub day: Day,
    /// Why, as stored: `missed_workouts`, `low_compliance` or `again`.
    pub trigger: String,
    /// The question with its numbers; only while it is open.
    pub question: Option<String>,
    /// The answer, as stored.
    pub answer: Option<String>,
    /// The day of the answer.
    pub answered_on: Option<Day>,
    /// The runner's words.
    pub details: Option<String>,
    /// What the answer did, as stored.
    pub action: Option<String>,
}

/// What an answer does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The check-in, answered.
    pub check_in: CheckInView,
    /// What follows.
    pub action: Action,
    /// What is offered.
    pub offers: Vec<Offer>,
    /// The answer asks for a health record.
    pub opens_health: bool,
}

impl App {
    /// The check-ins of a year up to a day, newest first, with the answers given by then.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn check_ins(&self, runner: &Runner, as_of: Day) -> Result<Vec<CheckInView>> {
        let stored = self.store.check_ins(runner.id, as_of - LISTED_DAYS, as_of).await?;
        let mut views = Vec::with_capacity(stored.len());
        for check_in in stored {
            let mut view = view(check_in, as_of);
            if view.answer.is_none() {
                view.question = Some(self.question(runner, view.day, &view.trigger).await?);
            }
            views.push(view);
        }
        Ok(views)
    }

    /// The check-in that is open on a day, with its question.
    pub(crate) async fn open_check_in(
        &self,
        runner: &Runner,
        as_of: Day,
    ) -> Result<Option<CheckInView>> {
        let stored = self.store.check_ins(runner.id, as_of - LISTED_DAYS, as_of).await?;
        let mut open = stored.into_iter().map(|c| view(c, as_of)).find(|c| c.answer.is_none());
        if let Some(view) = &mut open {
            view.question = Some(self.question(runner, view.day, &view.trigger).await?);
        }
        Ok(open)
    }

    /// Answers the open check-in today; the current week follows at once.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where none is open; [`AppError::BadInput`] for too long a text.
    pub async fn answer_check_in(
        &self,
        runner: &Runner,
        answer: CheckInAnswer,
        details: Option<&str>,
    ) -> Result<Answered> {
        let details = details.map(str::trim).filter(|d| !d.is_empty());
        if details.is_some_and(|d| d.chars().count() > DETAILS_MAX || d.contains('\0')) {
            return Err(AppError::BadInput(format!(
                "the details are too long or no text; use at most {DETAILS_MAX} characters"
            )));
        }
        let (today, now) = (self.today(runner), self.clock.now());
        let stored = self.store.check_ins(runner.id, today - LISTED_DAYS, today).await?;
        let open = stored.into_iter().find(|c| c.check_in.response_type.is_none());
        let Some(open) = open else {
            return Err(AppError::NotFound(
                "no check-in is open; one opens when sessions are missed".to_owned(),
            ));
        };
        let action = Action::of(trigger(open.check_in.trigger_reason.as_deref()), answer);
        let response = word(&answer).unwrap_or_default();
        let given = Answer {
            response_type: &response,
            response_details: details,
            adaptation_action: action.name(),
            answered_on: today,
        };
        let answered = self.store.answer_check_in(runner.id, open.id, given, now).await;
        answered.map_err(|error| match error {
            StoreError::Missing(_) => AppError::NotFound(
                "the check-in has just been answered on another page or device".to_owned(),
            ),
            other => other.into(),
        })?;
        self.follow(runner, today, &format!("check-in: {}", response.replace('_', " "))).await?;
        let week = today.week_start(self.preferences(runner).await?.week_start);
        let now = self.clock.now();
        let earlier = self.earlier(runner, week, today.max(week + 1), now).await?;
        let facts = self.facts(runner, today, now, &earlier).await?;
        let h = History::new(&facts.activities, today);
        let mut check_in = view(open, today);
        check_in.answer = Some(response);
        check_in.answered_on = Some(today);
        check_in.details = details.map(str::to_owned);
        check_in.action = Some(action.name().to_owned());
        Ok(Answered {
            check_in,
            action,
            offers: check_in::offers(&facts, &h, action, today),
            opens_health: check_in::opens_health(answer),
        })
    }

    /// The question of the check-in of a day, worked out again from what was known then.
    async fn question(&self, runner: &Runner, day: Day, reason: &str) -> Result<String> {
        let now = self.clock.now();
        let start = self.preferences_as_of(runner, day).await?.week_start;
        let week = day.week_start(start);
        let earlier = self.earlier(runner, week, day.max(week + 1), now).await?;
        let mut facts = self.facts(runner, day, now, &earlier).await?;
        facts.check_ins.retain(|c| c.day < day);
        let h = History::new(&facts.activities, day);
        let k = Compliance::new(&facts, &h);
        let trigger = trigger(Some(reason));
        let same = check_in::due(&facts, &k, &h, day).filter(|o| o.trigger == trigger);
        // Late data may have changed the numbers: then it is asked with those that are known now.
        let opening = same.unwrap_or_else(|| {
            let due = k.between(day - hermes_engine::ruleset::CHECK_IN_DAYS, day);
            let missed = due.iter().filter(|s| !s.excused && s.missed());
            Opening {
                day,
                trigger,
                compliance: k.last(hermes_engine::ruleset::CHECK_IN_DAYS, day),
                missed: missed.map(|s| s.planned.day).collect(),
            }
        });
        Ok(opening.text())
    }
}

/// As stored; a word of another version counts as low compliance.
fn trigger(reason: Option<&str>) -> CheckInTrigger {
    let value = reason.map(serde_json::Value::from);
    let known = value.and_then(|v| serde_json::from_value(v).ok());
    known.unwrap_or(CheckInTrigger::LowCompliance)
}

fn view(stored: StoredCheckIn, as_of: Day) -> CheckInView {
    let answered = stored.answered_on.is_some_and(|on| on <= as_of);
    let c = stored.check_in;
    CheckInView {
        id: stored.id,
        day: c.check_in_date,
        trigger: c.trigger_reason.map_or_else(String::new, |t| t.as_str().to_owned()),
        question: None,
        answer: c.response_type.filter(|_| answered),
        answered_on: stored.answered_on.filter(|_| answered),
        details: c.response_details.filter(|_| answered),
        action: c.adaptation_action.filter(|_| answered),
    }
}
