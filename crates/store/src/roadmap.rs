//! Roadmaps and their milestones. A recompute keeps what has been: past phases, the current
//! phase's start and every achieved milestone.

use crate::database::{Db, Record, Row, Store, args, new_id, record, statements, transaction};
use crate::error::{Result, StoreError};
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
    UPDATE_PHASE = "UPDATE roadmaps SET goal_id = $3, phase_number = $4, phase_name = $5, \
        end_date = $6, target_volume_km = $7, focus = $8, updated_at = $9 \
        WHERE user_id = $1 AND id = $2";
    END_PHASE = "UPDATE roadmaps SET end_date = $3, updated_at = $4 \
        WHERE user_id = $1 AND id = $2";
    DELETE_PHASE = "DELETE FROM roadmaps WHERE user_id = $1 AND id = $2";
    MOVE_ACHIEVED = "UPDATE milestones SET roadmap_id = $2, updated_at = $3 \
        WHERE roadmap_id = $1 AND achieved";
    DELETE_OPEN = "DELETE FROM milestones WHERE roadmap_id = $1 AND NOT achieved";
    ACHIEVE = "UPDATE milestones SET achieved = $3, achieved_date = $4, updated_at = $5 \
        WHERE id = $2 AND NOT achieved \
        AND roadmap_id IN (SELECT id FROM roadmaps WHERE user_id = $1)";
    [bulk] INSERT_PHASES(
        "INSERT INTO roadmaps (id, user_id, goal_id, created_at, updated_at, phase_number, \
         phase_name, start_date, end_date, target_volume_km, focus) VALUES", 11, ""
    );
    [bulk] INSERT_MILESTONES(
        "INSERT INTO milestones (id, roadmap_id, created_at, updated_at, milestone_name, \
         target_date, target_metric, target_value) VALUES", 8, ""
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
    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            goal_id: row.get("goal_id")?,
            phase: Phase::read(row)?,
            milestones: Vec::new(),
        })
    }
}

impl StoredMilestone {
    fn read(row: &Row) -> Result<Self> {
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

/// A recompute: whose, on which day.
#[derive(Clone, Copy)]
struct Recompute {
    user: Uuid,
    today: Day,
    now: Timestamp,
}

impl Recompute {
    /// Writes the new phases from today on; see [`Store::replace_roadmap`].
    async fn run(self, db: &mut Db, new: &[NewPhase]) -> Result<()> {
        let stored = read(db, self.user).await?;
        let mut achieved: Vec<Milestone> = Vec::new();
        for milestone in stored.iter().flat_map(|phase| &phase.milestones) {
            if milestone.achieved {
                achieved.push(milestone.milestone.clone());
            }
        }
        let current = stored
            .iter()
            .rfind(|p| p.phase.start_date <= self.today && p.phase.end_date >= self.today);
        let mut new: Vec<&NewPhase> =
            new.iter().filter(|p| p.phase.end_date >= self.today).collect();
        // The new phase that covers today goes on in the current row.
        let mut home = None;
        if let Some(current) = current {
            db.execute(DELETE_OPEN, args![current.id]).await?;
            if new.first().is_some_and(|p| p.phase.start_date <= self.today) {
                self.go_on(db, current, new.remove(0), &achieved).await?;
                home = Some(current.id);
            }
        }
        let ids = self.insert(db, &new, &achieved).await?;
        home = home
            .or(ids.first().copied())
            .or(stored.iter().rfind(|p| p.phase.end_date < self.today).map(|p| p.id));
        self.clear(db, &stored, current.map(|p| p.id).filter(|id| home == Some(*id)), home).await
    }

    /// The current row becomes the new phase; its start stays.
    async fn go_on(
        self,
        db: &mut Db,
        current: &StoredPhase,
        new: &NewPhase,
        achieved: &[Milestone],
    ) -> Result<()> {
        let Phase { phase_number, phase_name, end_date, target_volume_km, focus, .. } = &new.phase;
        let args = args![
            self.user,
            current.id,
            new.goal_id,
            phase_number,
            phase_name,
            end_date,
            target_volume_km,
            focus,
            self.now
        ];
        db.execute(UPDATE_PHASE, args).await?;
        let rows = self.milestones(current.id, new, achieved);
        db.bulk(&INSERT_MILESTONES, rows).await.map(drop)
    }

    async fn insert(
        self,
        db: &mut Db,
        new: &[&NewPhase],
        achieved: &[Milestone],
    ) -> Result<Vec<Uuid>> {
        let (mut ids, mut phases, mut milestones) = (Vec::new(), Vec::new(), Vec::new());
        for phase in new {
            let id = new_id(self.now);
            let mut row = args![id, self.user, phase.goal_id, self.now, self.now];
            row.extend(phase.phase.args());
            phases.push(row);
            milestones.append(&mut self.milestones(id, phase, achieved));
            ids.push(id);
        }
        db.bulk(&INSERT_PHASES, phases).await?;
        db.bulk(&INSERT_MILESTONES, milestones).await?;
        Ok(ids)
    }

    fn milestones(self, phase: Uuid, new: &NewPhase, achieved: &[Milestone]) -> Vec<Vec<Scalar>> {
        let is_open = |m: &&Milestone| {
            !achieved.iter().any(|a| {
                a.milestone_name == m.milestone_name
                    && a.target_metric == m.target_metric
                    && a.target_value == m.target_value
            })
        };
        let row = |m: &Milestone| {
            let mut row = args![new_id(self.now), phase, self.now, self.now];
            row.extend(m.args());
            row
        };
        new.milestones.iter().filter(is_open).map(row).collect()
    }

    /// Ends or removes the old phases that reach today or later, except the one that goes on.
    /// What was achieved in a removed one moves to `home`; without a home the phase stays.
    async fn clear(
        self,
        db: &mut Db,
        stored: &[StoredPhase],
        kept: Option<Uuid>,
        home: Option<Uuid>,
    ) -> Result<()> {
        let old = stored.iter().filter(|p| p.phase.end_date >= self.today && kept != Some(p.id));
        for phase in old {
            let yesterday = self.today - 1;
            if phase.phase.start_date <= yesterday {
                let args = args![self.user, phase.id, yesterday, self.now];
                db.execute(END_PHASE, args).await?;
                continue;
            }
            if phase.milestones.iter().any(|m| m.achieved) {
                let Some(home) = home else { continue };
                db.execute(MOVE_ACHIEVED, args![phase.id, home, self.now]).await?;
            }
            db.execute(DELETE_PHASE, args![self.user, phase.id]).await?;
        }
        Ok(())
    }
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
        let recompute = Recompute { user, today, now };
        transaction!(self, |db| recompute.run(db, phases).await)
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
        let changed = transaction!(self, |db| db.execute(ACHIEVE, args.clone()).await)?;
        if changed == 0 { Err(StoreError::Missing("open milestone")) } else { Ok(()) }
    }
}
