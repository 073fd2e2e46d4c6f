//! Which run was which session: what the engine finds, and the runner's own word on it.

use crate::App;
use crate::accounts::Runner;
use crate::error::{AppError, Result};
use crate::facts::Earlier;
use crate::views::ActivityView;
use hermes_engine::calendar::Day;
use hermes_engine::compliance::{Colour, Compliance, Scored};
use hermes_engine::facts::Facts;
use hermes_engine::history::History;
use hermes_engine::record::{Correction, Sport};
use hermes_engine::session::{Kind, Planned, PublishedWeek};
use hermes_store::activities::{ActivityFilter, ActivityRow, Marks};
use hermes_store::corrections::StoredCorrection;
use jiff::Timestamp;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Most days between an activity and a session that it is given to by hand.
pub(crate) const CORRECTION_DAYS: i64 = 7;
/// Most activities of one week's list.
const WEEK_ACTIVITIES: u32 = 200;

/// Which session a correction is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionKey {
    /// The row of `workouts`.
    Workout(Uuid),
    /// The one run that is planned on a day.
    Day(Day),
}

/// What the runner says of one activity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Its values are right although they look impossible.
    Confirmed,
    /// It counts for nothing.
    Excluded,
    /// It counts like any other: takes back all of the others but the race.
    Included,
    /// It was a race, or it was none.
    Race(bool),
    /// It is gone from every list and counts for nothing; its corrections end.
    Deleted,
}

/// A session of a week with what was done of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionMatch {
    /// The row of `workouts`.
    pub workout: Option<Uuid>,
    /// The session.
    pub planned: Planned,
    /// What was done of it; `None` while it is to come.
    pub scored: Option<Scored>,
}

/// A correction as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorrectionView {
    /// Its id.
    pub id: Uuid,
    /// What it says.
    pub correction: Correction,
    /// When it was made.
    pub made_at: Timestamp,
    /// When it ended, if it did.
    pub ended_at: Option<Timestamp>,
    /// Why it ended, where the runner did not take it back.
    pub note: Option<String>,
}

impl From<StoredCorrection> for CorrectionView {
    fn from(c: StoredCorrection) -> Self {
        let StoredCorrection { id, created_at, correction, undone_at, note, .. } = c;
        Self { id, correction, made_at: created_at, ended_at: undone_at, note }
    }
}

/// One week: each planned session with what was done of it, and what belongs to none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WeekMatches {
    /// Its first day.
    pub week_start: Day,
    /// Its sessions by day, cross training left out.
    pub sessions: Vec<SessionMatch>,
    /// Its runs that belong to no session, with what does not count and why.
    pub unplanned: Vec<ActivityView>,
    /// The runs of its sessions, wherever they lie.
    pub runs: Vec<ActivityView>,
    /// Corrections about its sessions or runs, ended ones too, in their order.
    pub corrections: Vec<CorrectionView>,
}

/// The sessions of some weeks that were due, and the one of today if it was run.
pub(crate) struct Matched {
    /// By day.
    pub(crate) sessions: Vec<Scored>,
}

/// The corrections that are about sessions of a week or runs of its days.
pub(crate) fn about(week: Day, all: &[StoredCorrection]) -> Vec<Correction> {
    let span = week..week + 7;
    let about = |c: &&StoredCorrection| {
        let session = c.correction.session().map(|(day, _)| day);
        session.into_iter().chain(c.activity_day).any(|day| span.contains(&day))
    };
    all.iter().filter(about).map(|c| c.correction).collect()
}

impl App {
    /// The weeks with the runner's corrections about them, as far as was recorded by then.
    pub(crate) async fn corrected(
        &self,
        runner: &Runner,
        mut weeks: Vec<PublishedWeek>,
        recorded_by: Timestamp,
    ) -> Result<Vec<PublishedWeek>> {
        let starts = || weeks.iter().map(|w| w.week_start);
        let Some((first, last)) = starts().min().zip(starts().max()) else { return Ok(weeks) };
        let store = &self.store;
        let all = store.corrections_in_force(runner.id, first, last + 6, recorded_by).await?;
        for week in &mut weeks {
            week.corrections = about(week.week_start, &all);
        }
        Ok(weeks)
    }

    /// What was done of the published weeks that begin in a span, both days included, as of a day.
    /// Of the day itself only what was run on it is known.
    pub(crate) async fn matched(
        &self,
        runner: &Runner,
        span: (Day, Day),
        as_of: Day,
    ) -> Result<Matched> {
        let earlier = self.in_force(runner, span, self.clock.now()).await?;
        self.matched_with(runner, &earlier, span.0, as_of).await
    }

    /// The same for plans that were read already, the first of them from a day on.
    pub(crate) async fn matched_with(
        &self,
        runner: &Runner,
        earlier: &Earlier,
        from: Day,
        as_of: Day,
    ) -> Result<Matched> {
        let now = self.clock.now();
        let tomorrow = as_of + 1;
        let first = from - CORRECTION_DAYS - 1;
        let store = &self.store;
        let known = async {
            Ok(tokio::try_join!(
                store.activities_between(runner.id, first, tomorrow, now),
                store.health_records(runner.id, as_of, now),
                store.strikes(runner.id, as_of, now),
            )?)
        };
        let published = self.corrected(runner, earlier.published(), now);
        let (published, (activities, health, strikes)) = tokio::try_join!(published, known)?;
        let facts = Facts {
            published,
            activities,
            health: health.iter().map(|r| r.fact()).collect(),
            strikes: strikes.iter().map(crate::facts::strike_fact).collect(),
            ..Facts::new(as_of)
        };
        let known = |before: Day| {
            Compliance::new(&facts, &History::new(&facts.activities, before)).sessions
        };
        let mut sessions = known(as_of);
        let of_today = |s: &Scored| s.planned.day == as_of && s.shifted == 0;
        let run = |s: &Scored| of_today(s) && (s.by_hand || s.colour != Colour::Missed);
        sessions.extend(known(tomorrow).into_iter().filter(run));
        Ok(Matched { sessions })
    }

    /// Each planned session of the week that holds a day with what was done of it, as of a day, and
    /// the runs that belong to none.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for a week without a published plan.
    pub async fn matches(&self, runner: &Runner, as_of: Day, day: Day) -> Result<WeekMatches> {
        let week = self.published_week(runner, day).await?;
        let start = week.plan.week_start_date;
        let now = self.clock.now();
        let earlier = self.in_force(runner, (start, start), now).await?;
        let matched = self.matched_with(runner, &earlier, start, as_of).await?;
        let sessions = earlier.published().into_iter().flat_map(|p| p.sessions);
        let sessions: Vec<SessionMatch> = sessions
            .filter(|s| s.kind != Kind::Cross)
            .map(|planned| SessionMatch {
                workout: row_of(&week, planned.day, planned.kind),
                planned,
                scored: matched.sessions.iter().find(|s| s.planned == planned).cloned(),
            })
            .collect();
        let done: BTreeSet<i64> = sessions
            .iter()
            .filter_map(|s| s.scored.as_ref())
            .flat_map(|s| s.activities.iter().copied())
            .collect();
        let filter = ActivityFilter {
            sport: Some(Sport::Run),
            from: Some(start - CORRECTION_DAYS),
            to: Some((start + 6 + CORRECTION_DAYS).min(as_of)),
            ..ActivityFilter::default()
        };
        let rows = self.store.activities(runner.id, &filter, WEEK_ACTIVITIES, 0).await?;
        let mut views: Vec<ActivityView> = rows.iter().rev().map(ActivityView::of).collect();
        let history = self.history_of(runner, start - CORRECTION_DAYS - 1, as_of + 1).await?;
        crate::views::mark_rejected(views.iter_mut(), &history.rejected);
        let (runs, mut others): (Vec<_>, Vec<_>) =
            views.into_iter().partition(|v| done.contains(&v.id));
        others.retain(|v| (start..start + 7).contains(&v.day));
        let corrections = self.store.corrections(runner.id, start, start + 6).await?;
        let corrections = corrections.into_iter().map(CorrectionView::from).collect();
        Ok(WeekMatches { week_start: start, sessions, unplanned: others, runs, corrections })
    }

    /// The runner says that an activity was a session, or a part of it. All that follows from it
    /// is worked out anew.
    ///
    /// # Errors
    /// [`AppError::NotFound`] without such a session or activity, [`AppError::BadInput`] for an
    /// activity that does not count or that lies too far away.
    pub async fn match_to(
        &self,
        runner: &Runner,
        session: SessionKey,
        activity: i64,
    ) -> Result<CorrectionView> {
        let (day, kind) = self.session_of(runner, session).await?;
        let row = self.run_of(runner, activity).await?;
        let on = row.start_date_local.day();
        if (on - day).abs() > CORRECTION_DAYS {
            return Err(AppError::BadInput(format!(
                "the activity of {on} is more than {CORRECTION_DAYS} days from {day}; a session \
                 can be given runs of the {CORRECTION_DAYS} days before and after it"
            )));
        }
        let history = self.history_of(runner, on - 1, on + 2).await?;
        if let Some((_, why)) = history.rejected.iter().find(|(id, _)| *id == activity)
            && history.runs.iter().all(|r| r.id != activity)
        {
            return Err(AppError::BadInput(format!(
                "this activity does not count: {}; confirm it first if it is right, or say that \
                 the session was done without a record",
                why.text()
            )));
        }
        self.correct(runner, Correction::Belongs { activity, day, kind }, Some(on)).await
    }

    /// The runner says that an activity belongs to no session.
    ///
    /// # Errors
    /// [`AppError::NotFound`] without such an activity.
    pub async fn match_none(&self, runner: &Runner, activity: i64) -> Result<CorrectionView> {
        let row = self.run_of(runner, activity).await?;
        let day = row.start_date_local.day();
        self.correct(runner, Correction::Alone { activity }, Some(day)).await
    }

    /// The runner says that a session was done without a record, or that it was not done.
    ///
    /// # Errors
    /// [`AppError::NotFound`] without such a session, [`AppError::BadInput`] for one to come.
    pub async fn match_word(
        &self,
        runner: &Runner,
        session: SessionKey,
        done: bool,
    ) -> Result<CorrectionView> {
        let (day, kind) = self.session_of(runner, session).await?;
        if day > self.today(runner) {
            return Err(AppError::BadInput(format!(
                "the {} of {day} is still to come; skip or move it with an edit",
                kind.name()
            )));
        }
        let word =
            if done { Correction::Done { day, kind } } else { Correction::NotDone { day, kind } };
        self.correct(runner, word, None).await
    }

    /// Takes a correction back; Hermes' own reading is in force again.
    ///
    /// # Errors
    /// [`AppError::Store`] without such a correction in force.
    pub async fn undo_match(&self, runner: &Runner, id: Uuid) -> Result<CorrectionView> {
        let undone = self.store.undo_correction(runner.id, id, self.clock.now()).await?;
        let touched = days_of(&undone).min().unwrap_or_else(|| self.today(runner));
        self.follow(runner, touched, "a correction was taken back").await?;
        Ok(undone.into())
    }

    /// Saves what the runner says of an activity; no import undoes it. All that follows from it is
    /// worked out anew.
    ///
    /// # Errors
    /// [`AppError::NotFound`] without such an activity.
    pub async fn mark_activity(&self, runner: &Runner, activity: i64, mark: Mark) -> Result<()> {
        let row = self.any_activity(runner, activity).await?;
        let ActivityRow { race, confirmed, excluded, deleted, .. } = row;
        let known = Marks { race, confirmed, excluded, deleted };
        if deleted && mark != Mark::Included && mark != Mark::Deleted {
            return Err(deleted_before(activity));
        }
        let marks = match mark {
            Mark::Confirmed => Marks { confirmed: true, ..known },
            Mark::Excluded => Marks { excluded: true, ..known },
            Mark::Included => Marks { confirmed: false, excluded: false, deleted: false, race },
            Mark::Race(race) => Marks { race, ..known },
            Mark::Deleted => Marks { deleted: true, excluded: true, ..known },
        };
        if marks == known {
            return Ok(());
        }
        // A correction that ends with its activity touches its session too.
        let day = row.start_date_local.day();
        let ended = self.about(runner, &Correction::Alone { activity }, Some(day)).await?;
        self.store.mark_activity(runner.id, row.id, marks, self.clock.now()).await?;
        let touched = ended.iter().flat_map(days_of).fold(day, Day::min);
        self.follow(runner, touched, "you corrected an activity").await
    }

    async fn correct(
        &self,
        runner: &Runner,
        correction: Correction,
        activity_day: Option<Day>,
    ) -> Result<CorrectionView> {
        // What it takes the place of is touched too.
        let before = self.about(runner, &correction, activity_day).await?;
        let made = self.store.add_correction(runner.id, &correction, self.clock.now()).await?;
        let touched = before.iter().chain([&made]).flat_map(days_of).min();
        let touched = touched.unwrap_or_else(|| self.today(runner));
        self.follow(runner, touched, "you corrected what was run of the plan").await?;
        Ok(made.into())
    }

    /// The corrections in force that say something of the same activity.
    pub(crate) async fn about(
        &self,
        runner: &Runner,
        correction: &Correction,
        activity_day: Option<Day>,
    ) -> Result<Vec<StoredCorrection>> {
        let (Some(day), Some(_)) = (activity_day, correction.activity()) else {
            return Ok(Vec::new());
        };
        let now = self.clock.now();
        let mut all = self.store.corrections_in_force(runner.id, day, day, now).await?;
        all.retain(|c| c.correction.activity() == correction.activity());
        Ok(all)
    }

    /// An activity, a deleted one too.
    async fn any_activity(&self, runner: &Runner, activity: i64) -> Result<ActivityRow> {
        let row = self.store.activity(runner.id, activity).await?;
        row.ok_or_else(|| no_activity(activity))
    }

    /// An activity that can be corrected.
    pub(crate) async fn live_activity(
        &self,
        runner: &Runner,
        activity: i64,
    ) -> Result<ActivityRow> {
        let row = self.any_activity(runner, activity).await?;
        if row.deleted { Err(deleted_before(activity)) } else { Ok(row) }
    }

    /// The published week that holds a day.
    async fn published_week(
        &self,
        runner: &Runner,
        day: Day,
    ) -> Result<hermes_store::plans::StoredWeek> {
        let found = self.store.published_weeks(runner.id, day - 6, day).await?.pop();
        found.ok_or_else(|| {
            AppError::NotFound(format!(
                "the week of {day} has no published plan; name a day of one that has"
            ))
        })
    }

    /// Day and kind of a session.
    async fn session_of(&self, runner: &Runner, key: SessionKey) -> Result<(Day, Kind)> {
        let of = |w: &hermes_store::plans::StoredWorkout| {
            let kind = Kind::parse(&w.workout.workout_type).filter(|k| *k != Kind::Cross)?;
            Some((w.workout.workout_date, kind))
        };
        let none = |what: String| {
            AppError::NotFound(format!(
                "{what}; `hermes match list` names them (cross training is not matched)"
            ))
        };
        match key {
            SessionKey::Day(day) => {
                let week = self.published_week(runner, day).await?;
                let there = week.workouts.iter().filter_map(of).find(|(on, _)| *on == day);
                there.ok_or_else(|| none(format!("no run is planned on {day}")))
            }
            SessionKey::Workout(id) => {
                let (first, last) = (Day::from_epoch(i64::MIN), self.today(runner) + 7);
                let weeks = self.store.published_weeks(runner.id, first, last).await?;
                let mut all = weeks.iter().flat_map(|w| &w.workouts);
                let there = all.find(|w| w.id == id).and_then(of);
                there.ok_or_else(|| none(format!("there is no planned run {id}")))
            }
        }
    }

    /// The run of that id.
    async fn run_of(&self, runner: &Runner, activity: i64) -> Result<ActivityRow> {
        let row = self.store.activity(runner.id, activity).await?.filter(|a| !a.deleted);
        let row = row.ok_or_else(|| no_activity(activity))?;
        if row.sport != Sport::Run {
            return Err(AppError::BadInput(format!(
                "the activity {activity} is no run ({}); only runs are matched",
                row.activity_type.as_str()
            )));
        }
        Ok(row)
    }
}

fn no_activity(activity: i64) -> AppError {
    AppError::NotFound(format!("there is no activity {activity}; `hermes match list` names them"))
}

fn deleted_before(activity: i64) -> AppError {
    AppError::Conflict(format!("the activity {activity} was deleted; include it first"))
}

/// The days that a correction is about.
pub(crate) fn days_of(c: &StoredCorrection) -> impl Iterator<Item = Day> {
    let session = c.correction.session().map(|(day, _)| day);
    session.into_iter().chain(c.activity_day)
}

/// The row of a session.
fn row_of(week: &hermes_store::plans::StoredWeek, day: Day, kind: Kind) -> Option<Uuid> {
    let is = |w: &&hermes_store::plans::StoredWorkout| {
        w.workout.workout_date == day && w.workout.workout_type == kind.name()
    };
    week.workouts.iter().find(is).map(|w| w.id)
}
