//! Roadmaps and their milestones. A recompute keeps what has been: past phases, the current
//! phase's start and every achieved milestone.

use crate::database::{Db, Record, Row, Store, args, new_id, record, statements, transaction};
use crate::error::{Result, StoreError};
use crate::users;
use crate::value::{Decimal, Scalar, Text, WeekKm};
use hermes_engine::calendar::Day;
use jiff::Timestamp;
use uuid::Uuid;

/// Most phases that one call reads or writes.
pub const PHASES_MAX: u32 = 500;

statements! {
    PHASES = "SELECT id, goal_id, phase_number, phase_name, start_date, end_date, \
        target_volume_km, focus FROM roadmaps WHERE user_id = $1 \
        ORDER BY start_date, phase_number, id LIMIT $2";
    MILESTONES = "SELECT m.id, m.roadmap_id, m.milestone_name, m.target_date, m.target_metric, \
        m.target_value, m.achieved, m.achieved_date \
        FROM milestones m JOIN roadmaps r ON r.id = m.roadmap_id WHERE r.user_id = $1 \
        ORDER BY m.target_date, m.milestone_name, m.id";
    ACHIEVE_ONE = "UPDATE milestones SET achieved = $3, achieved_date = $4, updated_at = $5 \
        WHERE id = $2 AND NOT achieved \
        AND roadmap_id IN (SELECT id FROM roadmaps WHERE user_id = $1)";
    [bulk] INSERT_PHASES(
        "INSERT INTO roadmaps (id, user_id, goal_id, created_at, updated_at, phase_number, \
         phase_name, start_date, end_date, target_volume_km, focus) VALUES", 11, ""
    );
    [bulk] INSERT_MILESTONES(
        "INSERT INTO milestones (id, roadmap_id, created_at, updated_at, milestone_name, \
         target_date, target_metric, target_value, achieved, achieved_date) VALUES", 10, ""
    );
    [bulk] UPDATE_PHASES(
        "WITH new AS (SELECT id, goal_id, phase_number, phase_name, end_date, target_volume_km, \
         focus, updated_at FROM roadmaps WHERE FALSE UNION ALL VALUES", 8,
        ") UPDATE roadmaps SET goal_id = new.goal_id, phase_number = new.phase_number, \
         phase_name = new.phase_name, end_date = new.end_date, \
         target_volume_km = new.target_volume_km, focus = new.focus, \
         updated_at = new.updated_at FROM new WHERE roadmaps.id = new.id"
    );
    [bulk] END_PHASES(
        "WITH new AS (SELECT id, end_date, updated_at FROM roadmaps WHERE FALSE \
         UNION ALL VALUES", 3,
        ") UPDATE roadmaps SET end_date = new.end_date, updated_at = new.updated_at FROM new \
         WHERE roadmaps.id = new.id"
    );
    [bulk] DELETE_PHASES(
        "DELETE FROM roadmaps WHERE id IN (SELECT id FROM roadmaps WHERE FALSE \
         UNION ALL VALUES", 1, ")"
    );
    [bulk] MOVE_ACHIEVED(
        "WITH new AS (SELECT id AS old_id, roadmap_id, updated_at FROM milestones WHERE FALSE \
         UNION ALL VALUES", 3,
        ") UPDATE milestones SET roadmap_id = new.roadmap_id, updated_at = new.updated_at \
         FROM new WHERE milestones.roadmap_id = new.old_id AND achieved"
    );
    [bulk] DELETE_OPEN(
        "DELETE FROM milestones WHERE NOT achieved AND roadmap_id IN \
         (SELECT roadmap_id FROM milestones WHERE FALSE UNION ALL VALUES", 1, ")"
    );
    [bulk] ACHIEVE(
        "WITH new AS (SELECT id, achieved, achieved_date, updated_at FROM milestones \
         WHERE FALSE UNION ALL VALUES", 4,
        ") UPDATE milestones SET achieved = new.achieved, achieved_date = new.achieved_date, \
         updated_at = new.updated_at FROM new \
         WHERE milestones.id = new.id AND NOT milestones.achieved"
    );
}

record! {
    /// What a row of `roadmaps` says.
    pub struct Phase {
        /// 1-based.
        pub phase_number: i32,
        /// Its name.
        pub phase_name: Text<100>,
        /// First day.
        pub start_date: Day,
        /// Last day.
        pub end_date: Day,
        /// Km of the phase's peak week.
        pub target_volume_km: Option<WeekKm>,
        /// `Base Building`, `Speed`, `Endurance`, `Peak`, `Taper` or `Recovery`.
        pub focus: Option<String>,
    }
}

record! {
    /// What a row of `milestones` says before it is achieved.
    pub struct Milestone {
        /// Its name.
        pub milestone_name: Text<100>,
        /// The day it is due.
        pub target_date: Day,
        /// `long_run_km`, `weekly_km`, `time_trial_5k_s` or `race_s`.
        pub target_metric: Option<String>,
        /// In that unit.
        pub target_value: Option<Decimal<8, 2>>,
    }
}

/// A phase to store, with its milestones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPhase {
    /// The goal it leads to.
    pub goal_id: Uuid,
    /// The phase.
    pub phase: Phase,
    /// Its milestones.
    pub milestones: Vec<Milestone>,
}

/// A stored milestone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredMilestone {
    /// The key.
    pub id: Uuid,
    /// What it says.
    pub milestone: Milestone,
    /// It was reached.
    pub achieved: bool,
    /// When.
    pub achieved_date: Option<Day>,
}

/// A stored phase with its milestones by due day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPhase {
    /// The key.
    pub id: Uuid,
    /// The goal it leads to.
    pub goal_id: Uuid,
    /// What it says.
    pub phase: Phase,
    /// Its milestones.
    pub milestones: Vec<StoredMilestone>,
}

impl StoredPhase {
    pub(crate) fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            goal_id: row.get("goal_id")?,
            phase: Phase::read(row)?,
            milestones: Vec::new(),
        })
    }
}

impl StoredMilestone {
    pub(crate) fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            milestone: Milestone::read(row)?,
            achieved: row.get("achieved")?,
            achieved_date: row.get("achieved_date")?,
        })
    }
}

/// Two queries, whatever the number of phases.
async fn read(db: &mut Db, user: Uuid) -> Result<Vec<StoredPhase>> {
    let rows = db.rows(PHASES, args![user, i64::from(PHASES_MAX)]).await?;
    let mut phases = rows.iter().map(StoredPhase::read).collect::<Result<Vec<_>>>()?;
    for row in db.rows(MILESTONES, args![user]).await? {
        let roadmap: Uuid = row.get("roadmap_id")?;
        if let Some(phase) = phases.iter_mut().find(|phase| phase.id == roadmap) {
            phase.milestones.push(StoredMilestone::read(&row)?);
        }
    }
    Ok(phases)
}

/// What a recompute does to the stored roads, as rows of its statements.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    /// Phases whose open milestones go.
    emptied: Vec<Vec<Scalar>>,
    /// The phase of today, as it goes on.
    updated: Vec<Vec<Scalar>>,
    /// New phases.
    phases: Vec<Vec<Scalar>>,
    /// New milestones.
    milestones: Vec<Vec<Scalar>>,
    /// Phases that end yesterday.
    ended: Vec<Vec<Scalar>>,
    /// Phases whose achieved milestones find another home.
    moved: Vec<Vec<Scalar>>,
    /// Phases that go.
    deleted: Vec<Vec<Scalar>>,
    /// Stored milestones that were reached.
    achieved: Vec<Vec<Scalar>>,
}

impl Changes {
    /// Those of several runners.
    pub(crate) fn append(&mut self, mut other: Self) {
        for (mine, theirs) in [
            (&mut self.emptied, &mut other.emptied),
            (&mut self.updated, &mut other.updated),
            (&mut self.phases, &mut other.phases),
            (&mut self.milestones, &mut other.milestones),
            (&mut self.ended, &mut other.ended),
            (&mut self.moved, &mut other.moved),
            (&mut self.deleted, &mut other.deleted),
            (&mut self.achieved, &mut other.achieved),
        ] {
            mine.append(theirs);
        }
    }

    /// Writes them.
    pub(crate) async fn write(self, db: &mut Db) -> Result<()> {
        db.bulk(&DELETE_OPEN, self.emptied).await?;
        db.bulk(&UPDATE_PHASES, self.updated).await?;
        db.bulk(&INSERT_PHASES, self.phases).await?;
        db.bulk(&INSERT_MILESTONES, self.milestones).await?;
        db.bulk(&END_PHASES, self.ended).await?;
        db.bulk(&MOVE_ACHIEVED, self.moved).await?;
        db.bulk(&DELETE_PHASES, self.deleted).await?;
        db.bulk(&ACHIEVE, self.achieved).await?;
        Ok(())
    }
}

/// A milestone that was reached, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Achieved {
    /// Its name.
    pub name: String,
    /// The day it was due.
    pub target_date: Day,
    /// The day it was reached.
    pub day: Day,
}

impl Achieved {
    /// Is it this milestone?
    #[must_use]
    pub fn is_of(&self, m: &Milestone) -> bool {
        self.name == m.milestone_name.as_str() && self.target_date == m.target_date
    }
}

/// A recompute: whose, on which day.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Recompute<'a> {
    pub(crate) user: Uuid,
    pub(crate) today: Day,
    pub(crate) now: Timestamp,
    /// What has been reached by then.
    pub(crate) achieved: &'a [Achieved],
}

impl Recompute<'_> {
    /// What changes: the phases from today on are replaced by `new`, past phases and achieved
    /// milestones stay, and the phase that covers today goes on in its row. Nothing where the
    /// stored roads say it all already.
    pub(crate) fn changes(self, stored: &[StoredPhase], new: &[NewPhase]) -> Changes {
        let mut out = Changes::default();
        let mut new: Vec<&NewPhase> =
            new.iter().filter(|p| p.phase.end_date >= self.today).collect();
        let reached = |m: &&StoredMilestone| m.achieved;
        let done: Vec<&Milestone> = stored
            .iter()
            .flat_map(|p| p.milestones.iter().filter(reached))
            .map(|m| &m.milestone)
            .collect();
        if self.is_same(stored, &new, &done) {
            let open = stored.iter().flat_map(|p| &p.milestones).filter(|m| !m.achieved);
            let hit = open.filter_map(|m| Some((m.id, self.reached(&m.milestone)?)));
            out.achieved = hit.map(|(id, day)| args![id, true, day, self.now]).collect();
            return out;
        }
        let current = stored
            .iter()
            .rfind(|p| p.phase.start_date <= self.today && p.phase.end_date >= self.today);
        // The new phase that covers today goes on in the current row.
        let mut home = None;
        if let Some(current) = current {
            out.emptied.push(args![current.id]);
            if new.first().is_some_and(|p| p.phase.start_date <= self.today) {
                let NewPhase { goal_id, phase: p, .. } = new[0];
                out.updated.push(args![
                    current.id,
                    *goal_id,
                    p.phase_number,
                    p.phase_name.clone(),
                    p.end_date,
                    p.target_volume_km,
                    p.focus.clone(),
                    self.now
                ]);
                self.add_milestones(&mut out, current.id, new.remove(0), &done);
                home = Some(current.id);
            }
        }
        let kept = home;
        for phase in new {
            let id = new_id(self.now);
            let mut row = args![id, self.user, phase.goal_id, self.now, self.now];
            row.extend(phase.phase.args());
            out.phases.push(row);
            self.add_milestones(&mut out, id, phase, &done);
            home = home.or(Some(id));
        }
        let home = home.or(stored.iter().rfind(|p| p.phase.end_date < self.today).map(|p| p.id));
        for old in stored.iter().filter(|p| p.phase.end_date >= self.today && kept != Some(p.id)) {
            let yesterday = self.today - 1;
            if old.phase.start_date <= yesterday {
                out.ended.push(args![old.id, yesterday, self.now]);
                continue;
            }
            if old.milestones.iter().any(|m| m.achieved) {
                // Nowhere to keep what was achieved: the phase itself stays.
                let Some(home) = home else { continue };
                out.moved.push(args![old.id, home, self.now]);
            }
            out.deleted.push(args![old.id]);
        }
        out
    }

    /// Do the stored roads from today on say what the new ones say?
    fn is_same(self, stored: &[StoredPhase], new: &[&NewPhase], done: &[&Milestone]) -> bool {
        let ahead: Vec<&StoredPhase> =
            stored.iter().filter(|p| p.phase.end_date >= self.today).collect();
        let phase = |old: &StoredPhase, new: &NewPhase| {
            // The phase of today keeps the start that it had.
            let begun = old.phase.start_date <= self.today && new.phase.start_date <= self.today;
            let start = if begun { old.phase.start_date } else { new.phase.start_date };
            let open = old.milestones.iter().filter(|m| !m.achieved).map(|m| &m.milestone);
            let mut open: Vec<&Milestone> = open.collect();
            let mut wanted: Vec<&Milestone> =
                new.milestones.iter().filter(|m| !is_done(m, done)).collect();
            let order = |m: &&Milestone| (m.target_date, m.milestone_name.as_str().to_owned());
            open.sort_by_key(order);
            wanted.sort_by_key(order);
            old.goal_id == new.goal_id
                && old.phase == Phase { start_date: start, ..new.phase.clone() }
                && open == wanted
        };
        ahead.len() == new.len() && ahead.iter().zip(new).all(|(old, new)| phase(old, new))
    }

    fn reached(self, m: &Milestone) -> Option<Day> {
        self.achieved.iter().find(|a| a.is_of(m)).map(|a| a.day)
    }

    fn add_milestones(self, out: &mut Changes, phase: Uuid, new: &NewPhase, done: &[&Milestone]) {
        for m in new.milestones.iter().filter(|m| !is_done(m, done)) {
            let mut row = args![new_id(self.now), phase, self.now, self.now];
            row.extend(m.args());
            let day = self.reached(m);
            row.extend(args![day.is_some(), day]);
            out.milestones.push(row);
        }
    }
}

/// Is it one that was achieved before? Its row is there.
fn is_done(m: &Milestone, done: &[&Milestone]) -> bool {
    done.iter().any(|a| {
        a.milestone_name == m.milestone_name
            && a.target_metric == m.target_metric
            && a.target_value == m.target_value
    })
}

impl Store {
    /// Replaces the roadmap from today on, in one transaction. Phases that ended before today
    /// stay as they are; a phase that has begun keeps its row and its start where a new phase
    /// covers today, else it ends yesterday; later ones are replaced. New phases that end before
    /// today are left out. Achieved milestones stay, moved to a phase that stays where theirs
    /// does not. No phases: the roadmap ends here. The phases of several goals come one goal after the
    /// other, by day.
    ///
    /// # Errors
    /// [`StoreError::Refused`] without such a user or goal or for an unknown word;
    /// [`StoreError::TooMany`] above [`PHASES_MAX`]; when the database fails.
    pub async fn replace_roadmap(
        &self,
        user: Uuid,
        phases: &[NewPhase],
        today: Day,
        now: Timestamp,
    ) -> Result<()> {
        if phases.len() > PHASES_MAX as usize {
            let (what, limit) = ("phases of a roadmap", PHASES_MAX as usize);
            return Err(StoreError::TooMany { what, found: phases.len(), limit });
        }
        let recompute = Recompute { user, today, now, achieved: &[] };
        transaction!(self, |db| {
            // Whoever does the same at once waits here, and then finds these roads.
            users::lock(db, user).await?;
            let stored = read(db, user).await?;
            recompute.changes(&stored, phases).write(db).await
        })
    }

    /// All phases, past ones included, with their milestones; at most [`PHASES_MAX`].
    ///
    /// # Errors
    /// When the database fails.
    pub async fn roadmap(&self, user: Uuid) -> Result<Vec<StoredPhase>> {
        read(&mut self.snapshot().await?, user).await
    }

    /// Marks a milestone as achieved.
    ///
    /// # Errors
    /// [`StoreError::Missing`] without such an open milestone of that user.
    pub async fn achieve_milestone(
        &self,
        user: Uuid,
        milestone: Uuid,
        day: Day,
        now: Timestamp,
    ) -> Result<()> {
        let args = args![user, milestone, true, day, now];
        let changed = transaction!(self, |db| db.execute(ACHIEVE_ONE, args.clone()).await)?;
        if changed == 0 { Err(StoreError::Missing("open milestone")) } else { Ok(()) }
    }
}
