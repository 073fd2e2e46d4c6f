//! What came of a batch of runners, saved in one transaction with the end of their claim: all of
//! it or nothing. Ids of rows are those that the batch itself loaded or made.

use crate::adaptation::{self, Adaptation};
use crate::checkins::{self, CheckIn};
use crate::clocks::{self, Clock};
use crate::database::{Store, transaction};
use crate::error::Result;
use crate::health::{self, NewStrike};
use crate::meters::{self, Killa, MeterEvent, Momentum};
use crate::plans::{self, Completion, NumberedWeek, WeekToSave};
use crate::profile::{self, Profile};
use crate::roadmap::{Achieved, Changes, NewPhase, Recompute, StoredPhase};
use crate::summaries::{self, WeeklySummary};
use hermes_engine::calendar::Day;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

/// What comes after a plan is stamped so much later: the databases keep microseconds.
const AFTER: SignedDuration = SignedDuration::from_micros(1);

/// The roads to a runner's goals, as they are from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettledRoads {
    /// The roads as they were loaded.
    pub stored: Vec<StoredPhase>,
    /// The roads as they are to be.
    pub phases: Vec<NewPhase>,
    /// Milestones reached by then.
    pub achieved: Vec<Achieved>,
    /// The day.
    pub today: Day,
}

/// Both meters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettledMeters {
    /// The streak.
    pub momentum: Momentum,
    /// Breakthroughs and overreaches.
    pub killa: Killa,
    /// All events behind them, where they differ from the stored ones.
    pub events: Option<Vec<MeterEvent>>,
}

/// What came of one runner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// Whose.
    pub user: Uuid,
    /// When the next week begins.
    pub next: Clock,
    /// Strikes to issue.
    pub strikes: Vec<NewStrike>,
    /// Strikes that end, with their day.
    pub resolved: Vec<(Uuid, Day)>,
    /// Weeks to save with the numbers of their versions; what comes with a week is in the fields
    /// below, not in it.
    pub weeks: Vec<(i32, WeekToSave)>,
    /// Changes of state and adaptations.
    pub adaptations: Vec<Adaptation>,
    /// The profile.
    pub profile: Option<Profile>,
    /// Summaries of weeks that are over.
    pub summaries: Vec<WeeklySummary>,
    /// The roads.
    pub roads: Option<SettledRoads>,
    /// What was done of workouts.
    pub done: Vec<(Uuid, Option<Completion>)>,
    /// The meters.
    pub meters: Option<SettledMeters>,
    /// A check-in that opens.
    pub check_in: Option<CheckIn>,
}

impl Settled {
    /// Nothing but the next week's time.
    #[must_use]
    pub const fn nothing(user: Uuid, next: Clock) -> Self {
        Self {
            user,
            next,
            strikes: Vec::new(),
            resolved: Vec::new(),
            weeks: Vec::new(),
            adaptations: Vec::new(),
            profile: None,
            summaries: Vec::new(),
            roads: None,
            done: Vec::new(),
            meters: None,
            check_in: None,
        }
    }
}

impl Store {
    /// Saves what came of a batch and ends its claim, in one transaction.
    ///
    /// # Errors
    /// [`crate::StoreError::LeaseLost`] when the claim has been taken over,
    /// [`crate::StoreError::Conflict`] when a week got another version in the meantime,
    /// [`crate::StoreError::Refused`] for a value that the schema does not allow; nothing is saved
    /// then.
    pub async fn save_settled(
        &self,
        batch: Uuid,
        settled: &[Settled],
        now: Timestamp,
    ) -> Result<()> {
        let next: Vec<Clock> = settled.iter().map(|s| s.next).collect();
        let strikes: Vec<_> =
            settled.iter().flat_map(|s| s.strikes.iter().map(|k| (s.user, k))).collect();
        let resolved: Vec<_> =
            settled.iter().flat_map(|s| s.resolved.iter().map(|r| (s.user, *r))).collect();
        let of = |user, number: &i32, week| NumberedWeek { user, number: *number, week };
        let weeks: Vec<NumberedWeek<'_>> = settled
            .iter()
            .flat_map(|s| s.weeks.iter().map(move |(number, week)| of(s.user, number, week)))
            .collect();
        let adaptations: Vec<_> =
            settled.iter().flat_map(|s| s.adaptations.iter().map(|a| (s.user, a))).collect();
        let profiles: Vec<_> =
            settled.iter().filter_map(|s| Some((s.user, s.profile.as_ref()?))).collect();
        let sums: Vec<_> =
            settled.iter().flat_map(|s| s.summaries.iter().map(|x| (s.user, x))).collect();
        let done: Vec<_> = settled.iter().flat_map(|s| s.done.iter().copied()).collect();
        let with_meters = settled.iter().filter_map(|s| Some((s.user, s.meters.as_ref()?)));
        let meters: Vec<_> = with_meters
            .map(|(user, m)| (user, &m.momentum, &m.killa, m.events.as_deref()))
            .collect();
        let opened: Vec<_> =
            settled.iter().filter_map(|s| Some((s.user, s.check_in.as_ref()?))).collect();
        transaction!(self, |db| {
            clocks::finish(db, batch, &next, now).await?;
            health::insert_strikes(db, &strikes, now).await?;
            for (user, (strike, day)) in &resolved {
                health::resolve(db, *user, *strike, *day, now).await?;
            }
            plans::save_many(db, &weeks, now).await?;
            adaptation::insert_many(db, &adaptations, now).await?;
            profile::upsert_many(db, &profiles, now).await?;
            summaries::upsert_many(db, &sums, now).await?;
            road_changes(settled, now).write(db).await?;
            plans::complete_many(db, &done, now).await?;
            meters::save_many(db, &meters, now).await?;
            // A plan of this moment does not know of what opened because of it.
            checkins::insert_many(db, &opened, now + AFTER).await
        })
    }
}

fn road_changes(settled: &[Settled], now: Timestamp) -> Changes {
    let mut changes = Changes::default();
    for s in settled {
        if let Some(r) = &s.roads {
            let (user, today, achieved) = (s.user, r.today, r.achieved.as_slice());
            let recompute = Recompute { user, today, now, achieved };
            changes.append(recompute.changes(&r.stored, &r.phases));
        }
    }
    changes
}
