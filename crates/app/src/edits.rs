//! The runner's hand: edits of the current week and of the draft of the next one.

use crate::App;
use crate::accounts::Runner;
use crate::error::{AppError, Result};
use crate::facts::Body;
use crate::measure;
use crate::weeks::assume;
use hermes_engine::calendar::Day;
use hermes_engine::edit::{self, Preview, Verdict};
use hermes_engine::facts::Facts;
use hermes_engine::record::{Ask, Edit};
use hermes_engine::session::WeekPlan;
use hermes_engine::step;
use hermes_store::edits::StoredEdit;
use hermes_store::plans::WeekToSave;
use jiff::Timestamp;
use uuid::Uuid;

/// Most characters of the reason that is kept with an edit.
const REASON_MAX: usize = 500;

/// An edit as it was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited {
    /// The verdict, what changes and why.
    pub preview: Preview,
    /// It is saved and in the plan. A refused one never is.
    pub saved: bool,
    /// It sets soft rules aside and no reason was given: with one it would be saved.
    pub needs_reason: bool,
}

/// A saved edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditView {
    /// Its id.
    pub id: Uuid,
    /// What was asked for, and what the days hold by it.
    pub edit: Edit,
    /// The runner's words for it.
    pub reason: Option<String>,
    /// When it was made.
    pub made_at: Timestamp,
    /// When it was taken back, if it was.
    pub undone_at: Option<Timestamp>,
}

impl From<StoredEdit> for EditView {
    fn from(stored: StoredEdit) -> Self {
        let StoredEdit { id, created_at, edit, reason, undone_at, .. } = stored;
        Self { id, edit, reason, made_at: created_at, undone_at }
    }
}

impl App {
    /// What would become of an edit; nothing is saved. `day` says which week is meant where the
    /// edit names no day; the current one by default.
    ///
    /// # Errors
    /// [`AppError::BadInput`] for another week than the current or the next one and for what
    /// cannot be asked.
    pub async fn preview_edit(
        &self,
        runner: &Runner,
        day: Option<Day>,
        ask: Ask,
    ) -> Result<Preview> {
        let (week, _) = self.week_to_edit(runner, day, ask).await?;
        let (facts, current) = self.to_edit(runner, week).await?;
        edit::preview(&facts, week, &current, ask)
            .map_err(|bad| AppError::BadInput(bad.text(facts.preferences.units)))
    }

    /// Saves an edit and plans the week with it, unless it is refused or sets a soft rule aside
    /// without a reason.
    ///
    /// # Errors
    /// As [`App::preview_edit`], and for a reason that is too long.
    pub async fn edit(
        &self,
        runner: &Runner,
        day: Option<Day>,
        ask: Ask,
        reason: Option<&str>,
    ) -> Result<Edited> {
        let reason = reason.map(str::trim).filter(|r| !r.is_empty());
        if reason.is_some_and(|r| r.chars().count() > REASON_MAX) {
            return Err(AppError::BadInput(format!(
                "a reason has at most {REASON_MAX} characters; shorten it"
            )));
        }
        let (_, is_current) = self.week_to_edit(runner, day, ask).await?;
        let preview = self.preview_edit(runner, day, ask).await?;
        let verdict = match preview.verdict {
            Verdict::Allowed => "allowed",
            Verdict::AllowedWithRepair => "allowed_with_repair",
            Verdict::Refused => {
                measure::edit_asked("refused");
                return Ok(Edited { preview, saved: false, needs_reason: false });
            }
        };
        if reason.is_none() && !preview.soft.is_empty() {
            measure::edit_asked("unexplained");
            return Ok(Edited { preview, saved: false, needs_reason: true });
        }
        // The plan as it is before the edit is kept.
        self.publish(runner).await?;
        let now = self.clock.now();
        // A draft is planned as of its first day; the edit is made today.
        let edit = Edit { made_on: self.today(runner), ..preview.edit.clone() };
        self.store.add_edit(runner.id, &edit, verdict, reason, now).await?;
        let units = self.preferences(runner).await?.units;
        self.renew(runner, is_current, &format!("You asked to {}.", ask.text(units))).await?;
        measure::edit_asked(verdict);
        Ok(Edited { preview, saved: true, needs_reason: false })
    }

    /// Takes back the last edit of this week or the next one that is in force; it stays in the
    /// record, and so does every revision of the plan.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where none is in force.
    pub async fn undo_edit(&self, runner: &Runner) -> Result<EditView> {
        let today = self.today(runner);
        let preferences = self.preferences(runner).await?;
        let this = today.week_start(preferences.week_start);
        let now = self.clock.now();
        let edits = self.store.edits_in_force(runner.id, this, today, now).await?;
        let Some(last) = edits.into_iter().next_back() else {
            return Err(AppError::NotFound(
                "no edit of this week or the next one is in force".to_owned(),
            ));
        };
        self.store.undo_edit(runner.id, last.id, now).await?;
        let asked = last.edit.asked.text(preferences.units);
        self.renew(runner, last.edit.week_start == this, &format!("Taken back: {asked}.")).await?;
        Ok(EditView { undone_at: Some(now), ..last.into() })
    }

    /// The edits of this week and the next one, those taken back included, in their order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn edits(&self, runner: &Runner) -> Result<Vec<EditView>> {
        let this = self.today(runner).week_start(self.preferences(runner).await?.week_start);
        let edits = self.store.edits(runner.id, this, this + 7).await?;
        Ok(edits.into_iter().map(EditView::from).collect())
    }

    /// Plans the week whose edits have changed anew: a revision of the current one, the draft of
    /// the next one.
    async fn renew(&self, runner: &Runner, is_current: bool, reason: &str) -> Result<()> {
        if is_current {
            self.replan(runner, reason).await?;
            Ok(())
        } else {
            self.redraft(runner, self.today(runner)).await
        }
    }

    /// The start of the week that an edit is about, and whether it is the current one.
    async fn week_to_edit(
        &self,
        runner: &Runner,
        day: Option<Day>,
        ask: Ask,
    ) -> Result<(Day, bool)> {
        let today = self.today(runner);
        let start = self.preferences(runner).await?.week_start;
        let this = today.week_start(start);
        let day = ask.day().or(day).unwrap_or(today);
        let week = day.week_start(start);
        if week != this && week != this + 7 {
            return Err(AppError::BadInput(format!(
                "{day} is not in this week or the next one; plans of other weeks cannot be edited"
            )));
        }
        Ok((week, week == this))
    }

    /// The facts and the plan that an edit of a week is tried on.
    async fn to_edit(&self, runner: &Runner, week: Day) -> Result<(Facts, WeekPlan)> {
        let (now, today) = (self.clock.now(), self.today(runner));
        let this = if week > today { week - 7 } else { week };
        let earlier = self.earlier(runner, this, today.max(this + 1), now).await?;
        let facts = self.facts(runner, today, now, &earlier).await?;
        let current = match earlier.week(this) {
            Some(body) => body.clone(),
            None => Body::of(&step::step(&facts, this), None),
        };
        if week == this {
            return Ok((facts, current.plan));
        }
        let facts = assume(&facts, &current, week);
        let draft = step::step(&facts, week).plan;
        Ok((facts, draft))
    }

    /// Marks in the rows of a week what the runner changed by hand, with the reason given last.
    pub(crate) async fn mark_edits(
        &self,
        runner: &Runner,
        week: &mut WeekToSave,
        as_of: Day,
        recorded_by: Timestamp,
    ) -> Result<()> {
        let start = week.plan.week_start_date;
        let edits = self.store.edits_in_force(runner.id, start, as_of, recorded_by).await?;
        mark(week, edits.into_iter().map(|e| (e.edit, e.reason)));
        Ok(())
    }
}

/// Marks a week with those edits that are about it.
pub(crate) fn mark(week: &mut WeekToSave, edits: impl Iterator<Item = (Edit, Option<String>)>) {
    let start = week.plan.week_start_date;
    let edits: Vec<_> = edits.filter(|(e, _)| e.week_start == start).collect();
    let last = |of: &mut dyn Iterator<Item = &(Edit, Option<String>)>| {
        of.filter_map(|(_, reason)| reason.clone()).last()
    };
    week.plan.user_edited = !edits.is_empty();
    week.plan.user_edit_reason = last(&mut edits.iter());
    for workout in &mut week.workouts {
        let day = workout.workout_date;
        let about = |(e, _): &&(Edit, Option<String>)| {
            e.asked.is_about(day) && e.days.iter().any(|d| d.day == day)
        };
        workout.user_modified = edits.iter().any(|e| about(&e));
        workout.user_modification_reason = last(&mut edits.iter().filter(about));
    }
}
