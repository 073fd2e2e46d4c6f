//! What an athlete did, as the simulator knows it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Who can see an activity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Visibility {
    Everyone,
    FollowersOnly,
    OnlyMe,
}

impl Visibility {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Everyone => "everyone",
            Self::FollowersOnly => "followers_only",
            Self::OnlyMe => "only_me",
        }
    }
}

/// How speed goes along an activity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// About even.
    Even,
    /// Easy, faster, easy.
    Tempo,
    /// So many fast parts with slow ones between.
    Intervals(u8),
    /// Even and a little faster at the end.
    Race,
}

/// One activity. Its streams, laps, splits and best efforts follow from this.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Activity {
    pub(super) id: i64,
    pub(super) athlete: i64,
    pub(super) name: String,
    pub(super) description: Option<String>,
    pub(super) sport: String,
    pub(super) workout_type: Option<i64>,
    pub(super) start: Timestamp,
    /// Whole metres; 0 where none was measured.
    pub(super) metres: i64,
    pub(super) moving_s: i64,
    pub(super) elapsed_s: i64,
    pub(super) ascent_m: i64,
    /// Average and maximum, in beats a minute.
    pub(super) heart_rate: Option<(i64, i64)>,
    /// Of one leg, in tenths a minute.
    pub(super) cadence: Option<i64>,
    pub(super) temperature: Option<i64>,
    pub(super) effort: Option<i64>,
    pub(super) visibility: Visibility,
    /// Entered by hand.
    pub(super) manual: bool,
    /// Indoors: no positions.
    pub(super) trainer: bool,
    pub(super) commute: bool,
    /// Its time of day is not shown to anyone.
    pub(super) hidden_start: bool,
    pub(super) gear: Option<String>,
    pub(super) shape: Shape,
    pub(super) seed: u64,
    pub(super) uploaded: Timestamp,
}

impl Activity {
    /// The older word for the kind of sport: fewer of them.
    pub(super) fn kind(&self) -> &str {
        match self.sport.as_str() {
            "TrailRun" => "Run",
            "MountainBikeRide" | "GravelRide" => "Ride",
            known @ ("Run" | "VirtualRun" | "Ride" | "VirtualRide" | "Swim" | "Walk" | "Hike"
            | "Yoga" | "WeightTraining" | "Workout" | "NordicSki" | "Rowing"
            | "Elliptical") => known,
            _ => "Workout",
        }
    }

    pub(super) fn is_run(&self) -> bool {
        matches!(self.sport.as_str(), "Run" | "TrailRun" | "VirtualRun")
    }

    pub(super) fn is_private(&self) -> bool {
        self.visibility == Visibility::OnlyMe
    }

    /// Recorded by a watch that measured a distance.
    pub(super) const fn has_streams(&self) -> bool {
        !self.manual && self.moving_s > 0 && self.metres > 0
    }

    /// Metres a second.
    pub(super) fn speed(&self) -> f64 {
        if self.moving_s == 0 { 0.0 } else { self.metres as f64 / self.moving_s as f64 }
    }
}
