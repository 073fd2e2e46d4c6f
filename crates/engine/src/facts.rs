//! What the engine is given: everything known about one runner as of a day, and the part of it
//! the rule checker needs.

use crate::calendar::Day;
use crate::predict::Effort;
use crate::record::{Activity, CheckIn, Edit, Feedback, Goal, HealthRecord, Preferences, Strike};
use crate::session::{PublishedWeek, Session, UpcomingRace};
use crate::standing::Standing;
use crate::state::{Phase, Risk, State};
use crate::units::Pace;
use serde::{Deserialize, Serialize};

/// Everything known about one runner strictly before the start of `as_of`, and the runner's
/// wishes on it. A plan is a function of this value and of nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Activities before this day count; later ones must not be here.
    pub as_of: Day,
    /// All activities, by start, then id.
    pub activities: Vec<Activity>,
    /// Health records about days before or on `as_of`.
    pub health: Vec<HealthRecord>,
    /// Strikes issued so far.
    pub strikes: Vec<Strike>,
    /// Goals in force, past ones included (a past race still asks for recovery).
    pub goals: Vec<Goal>,
    /// What the runner wants.
    pub preferences: Preferences,
    /// The published weeks before the one to plan, oldest first; at
    /// least the last thirteen where there are as many. The week to plan is among them, last, when
    /// it had begun with an earlier plan.
    pub published: Vec<PublishedWeek>,
    /// All sessions of the week to plan as they were published, by day, when it had begun with an
    /// earlier plan: what is still to come stays where nothing asks for another plan.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub current: Vec<Session>,
    /// Override Active ("Send It") as the runner chose it: each from the first to before the second
    /// day, oldest first.
    pub overrides: Vec<(Day, Day)>,
    /// What the runner said of days and runs, by day.
    pub feedback: Vec<Feedback>,
    /// Check-ins so far, by day.
    pub check_ins: Vec<CheckIn>,
    /// The runner's edits in force, of the week to plan and of those before it, oldest first.
    pub edits: Vec<Edit>,
    /// Where the last step left the runner's state; `None` before the first.
    pub standing: Option<Standing>,
    /// What a forecast takes as shown by training that has not happened yet. Empty in every plan:
    /// only [`crate::forecast`] puts something here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assumed: Vec<Effort>,
}

impl Facts {
    /// A runner of whom nothing is known.
    #[must_use]
    pub fn new(as_of: Day) -> Self {
        Self {
            as_of,
            activities: Vec::new(),
            health: Vec::new(),
            strikes: Vec::new(),
            goals: Vec::new(),
            preferences: Preferences::default(),
            published: Vec::new(),
            current: Vec::new(),
            overrides: Vec::new(),
            feedback: Vec::new(),
            check_ins: Vec::new(),
            edits: Vec::new(),
            standing: None,
            assumed: Vec::new(),
        }
    }
}

/// What of the runner's profile rules refer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    /// Risk level.
    pub risk: Risk,
    /// Durability in thousandths, 0-1000.
    pub durability: i64,
    /// Threshold pace.
    pub threshold: Pace,
    /// Marathon pace.
    pub marathon: Pace,
    /// Easy reference pace.
    pub easy: Pace,
}

/// What the rule checker is told beside the plan: raw facts and the runner's form. It works out
/// every window itself.
#[derive(Debug, Clone, Copy)]
pub struct Circumstances<'a> {
    /// First day of the week to check.
    pub week_start: Day,
    /// First day that is planned; activities are known strictly before it.
    pub first_day: Day,
    /// Raw activities before `first_day`, by start.
    pub activities: &'a [Activity],
    /// Health records.
    pub health: &'a [HealthRecord],
    /// Strikes.
    pub strikes: &'a [Strike],
    /// What the runner said of days and runs, by day.
    pub feedback: &'a [Feedback],
    /// Races to come: on or after `first_day`.
    pub races: &'a [UpcomingRace],
    /// Published weeks before this one, oldest first.
    pub published: &'a [PublishedWeek],
    /// The runner's form.
    pub form: Form,
    /// The phase of the week.
    pub phase: Phase,
    /// A goal is set.
    pub has_goal: bool,
    /// The state shown.
    pub state: State,
    /// Override Active is in force.
    pub overriding: bool,
    /// Day of the entry into Overreach, while its signals stand.
    pub overreach_since: Option<Day>,
    /// The condition of Injury Watch stands.
    pub injury_watch: bool,
}
