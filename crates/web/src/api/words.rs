//! The small values of the API: days, moments and the words that stand for the engine's choices.
//! Words are those of the database and of the command line.

use hermes_engine as engine;
use hermes_engine::calendar::Day;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use utoipa::openapi::schema::{KnownFormat, Object, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};
use uuid::Uuid;

/// Characters of a day as text.
const DAY_LENGTH: usize = 10;

fn text(description: &str) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).description(Some(description))
}

fn schema(built: impl Into<Object>) -> RefOr<Schema> {
    RefOr::T(Schema::Object(built.into()))
}

/// A day of a runner's calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Date(pub(super) Day);

impl From<Day> for Date {
    fn from(day: Day) -> Self {
        Self(day)
    }
}

impl Date {
    /// # Errors
    /// One sentence for what is no day as `YYYY-MM-DD`.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        // The engine's reader takes times of the day too.
        let day = Day::parse(if text.len() == DAY_LENGTH { text } else { "" });
        day.map(Self).map_err(|_| {
            let shown: String = text.chars().take(40).collect();
            format!("\"{shown}\" is not a day; write it as YYYY-MM-DD, for example 2027-04-25")
        })
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::read(&text).map_err(D::Error::custom)
    }
}

impl PartialSchema for Date {
    fn schema() -> RefOr<Schema> {
        let known = SchemaFormat::KnownFormat(KnownFormat::Date);
        let of = "A day of the runner's calendar, as YYYY-MM-DD, from the year 1423 to 2517.";
        schema(text(of).format(Some(known)))
    }
}

impl ToSchema for Date {
    fn name() -> Cow<'static, str> {
        "Date".into()
    }
}

/// A key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Id(pub(super) Uuid);

impl PartialSchema for Id {
    fn schema() -> RefOr<Schema> {
        schema(text("A UUID.").format(Some(SchemaFormat::Custom("uuid".to_owned()))))
    }
}

impl ToSchema for Id {
    fn name() -> Cow<'static, str> {
        "Id".into()
    }
}

/// A moment, in UTC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Moment(String);

impl<T: std::fmt::Display> From<&T> for Moment {
    fn from(at: &T) -> Self {
        Self(at.to_string())
    }
}

impl PartialSchema for Moment {
    fn schema() -> RefOr<Schema> {
        let known = SchemaFormat::KnownFormat(KnownFormat::DateTime);
        schema(text("A moment in UTC (RFC 3339).").format(Some(known)))
    }
}

impl ToSchema for Moment {
    fn name() -> Cow<'static, str> {
        "Moment".into()
    }
}

/// A type of the engine with a word for each of its values, both ways.
macro_rules! words {
    ($($about:literal $name:ident of $engine:path { $($variant:ident = $word:literal),+ $(,)? })+) => { $(
        #[doc = $about]
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) struct $name(pub(super) $engine);

        impl $name {
            const WORDS: &'static [&'static str] = &[$($word),+];

            pub(super) const fn word(self) -> &'static str {
                use $engine as E;
                match self.0 { $(E::$variant => $word),+ }
            }

            pub(super) fn read(word: &str) -> Option<Self> {
                use $engine as E;
                match word { $($word => Some(Self(E::$variant)),)+ _ => None }
            }
        }

        impl From<$engine> for $name {
            fn from(value: $engine) -> Self {
                Self(value)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.word())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let word = String::deserialize(deserializer)?;
                Self::read(&word).ok_or_else(|| D::Error::unknown_variant(&word, Self::WORDS))
            }
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                schema(text($about).enum_values(Some(Self::WORDS.iter().copied())))
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                stringify!($name).into()
            }
        }
    )+ };
}

words! {
    "The kind of a session." Kind of engine::session::Kind {
        Easy = "Easy Run", Recovery = "Recovery", Long = "Long Run", Tempo = "Tempo",
        Interval = "Interval", Fartlek = "Fartlek", Hill = "Hill", Pace = "Pace",
        TimeTrial = "Time Trial", Race = "Race", Return = "Return Run", Cross = "Cross Training",
    }
    "The heart-rate zone of a session's main part." Zone of engine::session::Zone {
        Z1 = "Zone 1", Z2 = "Zone 2", Z3 = "Zone 3", Z4 = "Zone 4", Z5 = "Zone 5",
        Threshold = "Threshold",
    }
    "What a step is for." Role of engine::session::Role {
        WarmUp = "warm_up", Work = "work", CoolDown = "cool_down", Steady = "steady",
    }
    "The state that training is in." State of engine::state::State {
        InjuryProtection = "Injury Protection", InjuryWatch = "Injury Watch", Taper = "Taper",
        Overreach = "Overreach", Rebuild = "Rebuild", OverrideActive = "Override Active",
        Slump = "Slump", Probe = "Probe", Stable = "Stable",
    }
    "A phase of the road." Phase of engine::state::Phase {
        Base = "Base", Build = "Build", Peak = "Peak", Taper = "Taper", Recovery = "Recovery",
    }
    "How much care is needed." Risk of engine::state::Risk {
        Low = "low", Moderate = "moderate", High = "high",
    }
    "What a phase is about." Focus of engine::roadmap::Focus {
        BaseBuilding = "Base Building", Speed = "Speed", Endurance = "Endurance", Peak = "Peak",
        Taper = "Taper", Recovery = "Recovery",
    }
    "A race distance." Race of engine::record::RaceDistance {
        K4 = "4K", K5 = "5K", K10 = "10K", Half = "Half Marathon", Marathon = "Marathon",
    }
    "What a health record is about." HealthKind of engine::record::HealthType {
        Injury = "injury", Pain = "pain", Fatigue = "fatigue", Illness = "illness",
        Other = "other",
    }
    "A part of the body." BodyPart of engine::record::BodyPart {
        Calf = "calf", Hamstring = "hamstring", Quadriceps = "quadriceps",
        Achilles = "achilles", Plantar = "plantar", PatellarTendon = "patellar_tendon",
        Knee = "knee", Shin = "shin", Hip = "hip", Groin = "groin", LowBack = "low_back",
        Foot = "foot", Ankle = "ankle", Navicular = "navicular", FemoralNeck = "femoral_neck",
        AnteriorTibia = "anterior_tibia", Other = "other",
    }
    "The answer to a check-in." CheckInAnswer of engine::record::CheckInAnswer {
        Busy = "busy", Sick = "sick", Sore = "sore", Burnout = "burnout",
        MotivationLoss = "motivation_loss", PreferenceChange = "preference_change",
        Other = "other",
    }
    "What health changes in training." Modification of engine::consequences::Modification {
        None = "none", ReducedIntensity = "reduced_intensity",
        ReducedVolume = "reduced_volume", Rest = "rest",
    }
    "Whether a goal is within reach." Feasibility of engine::milestone::Feasibility {
        OnTrack = "on_track", Stretch = "stretch", NotSupported = "not_supported",
    }
    "What a milestone measures." Metric of engine::milestone::Metric {
        LongRun = "long_run", Weekly = "weekly_volume", TimeTrial = "time_trial", Race = "race",
    }
    "What becomes of an edit." Verdict of engine::edit::Verdict {
        Allowed = "allowed", AllowedWithRepair = "allowed_with_repair", Refused = "refused",
    }
    "How much of a session was run (K1)." Colour of engine::compliance::Colour {
        Green = "green", Yellow = "yellow", Orange = "orange", Missed = "missed",
    }
    "What a check-in's answer does." Action of engine::check_in::Action {
        GracePeriod = "grace_period", ProbePhase = "probe_phase",
        RestructureOffered = "restructure_offered", None = "none",
    }
    "What a measured value counts." Unit of engine::decision::Measure {
        Metres = "metres", Seconds = "seconds", Days = "days", Count = "count",
        Permille = "permille", Pace = "seconds_per_km",
    }
    "How good the evidence is, A best." Grade of engine::evidence::Grade {
        A = "A", B = "B", C = "C", D = "D",
    }
    "A weekday." Weekday of engine::calendar::Weekday {
        Sunday = "Sunday", Monday = "Monday", Tuesday = "Tuesday", Wednesday = "Wednesday",
        Thursday = "Thursday", Friday = "Friday", Saturday = "Saturday",
    }
    "The day that weeks begin on." WeekStart of engine::calendar::WeekStart {
        Monday = "monday", Sunday = "sunday",
    }
    "The units on screen; the API's numbers name theirs." ScreenUnits of engine::units::Units {
        Km = "km", Miles = "miles",
    }
    "What became of a day for the streak." StreakMark of engine::meters::Mark {
        Done = "done", Rested = "rested", Health = "health", Grace = "grace", Missed = "missed",
        NotRested = "not_rested", Unplanned = "unplanned",
    }
    "Where a week's plan stands." WeekStatus of hermes_app::WeekStatus {
        Draft = "draft", Published = "published", Repaired = "repaired", Unplanned = "unplanned",
    }
    "How a day went: green is 80 to 120 % of its session, yellow 50 to 79 or 121 to 150 %, orange \
     less or more." DayDone of hermes_app::Done {
        Nothing = "nothing", Rest = "rest", Upcoming = "upcoming", Missed = "missed",
        Excused = "excused", Green = "green", Yellow = "yellow", Orange = "orange",
        Unplanned = "unplanned", Elsewhere = "elsewhere",
    }
    "What an entry of the history is about." EntryKind of hermes_app::EntryKind {
        First = "first", State = "state", Roadmap = "roadmap", Adaptation = "adaptation",
    }
    "How far the sync with Strava is." SyncStage of hermes_app::strava::Stage {
        Summaries = "summaries", Details = "details", Done = "done",
    }
}
