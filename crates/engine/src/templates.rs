//! The template library: schedules by Hal Higdon as facts (source: Hal Higdon; not affiliated).

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Names one schedule of the library. Serialises as its id, for example `half-intermediate-1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScheduleId(u8);

impl ScheduleId {
    /// The schedule with this id.
    #[must_use]
    pub fn parse(id: &str) -> Option<Self> {
        let index = SCHEDULE_IDS.iter().position(|known| *known == id)?;
        u8::try_from(index).ok().map(Self)
    }

    /// The id.
    #[must_use]
    pub const fn name(self) -> &'static str {
        SCHEDULE_IDS[self.0 as usize]
    }
}

impl Serialize for ScheduleId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for ScheduleId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let id = String::deserialize(deserializer)?;
        Self::parse(&id).ok_or_else(|| serde::de::Error::custom(format!("unknown schedule {id}")))
    }
}

/// The schedules in the library.
pub const SCHEDULE_IDS: [&str; 12] = [
    "5k-novice",
    "5k-intermediate",
    "10k-novice",
    "10k-intermediate",
    "half-novice-1",
    "half-novice-2",
    "half-intermediate-1",
    "half-intermediate-2",
    "marathon-novice-1",
    "marathon-novice-2",
    "marathon-intermediate-1",
    "marathon-intermediate-2",
];
