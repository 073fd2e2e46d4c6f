//! What is known about a runner: activities, health, goals, preferences. Raw facts, no judgement.

use crate::calendar::{Day, WeekStart, Weekday, WeekdaySet};
use crate::session::Kind;
use crate::units::{Metres, Seconds, Units};
use serde::{Deserialize, Serialize};

/// What an activity counts as. Runs make running km; everything else counts for load only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sport {
    /// Road, trail, treadmill, track or virtual running.
    Run,
    /// Any other sport.
    Other,
}

/// One recorded activity, whatever its source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    /// `strava_activity_id`: Strava's, or negative and derived from content.
    pub id: i64,
    /// What it counts as.
    pub sport: Sport,
    /// Local wall-clock start, in seconds since 1970-01-01T00:00:00 of that wall clock.
    pub start_local: i64,
    /// Distance as recorded; may be nonsense.
    pub distance: Metres,
    /// Moving time as recorded; may be nonsense.
    pub moving: Seconds,
    /// Elapsed time as recorded; may be nonsense.
    pub elapsed: Seconds,
    /// Total ascent, if known.
    pub ascent: Option<Metres>,
    /// Average heart rate in beats per minute, if known.
    pub heart_rate: Option<u16>,
    /// Highest heart rate in beats per minute, if known.
    pub max_heart_rate: Option<u16>,
    /// How hard the runner found it, 0-10 (session RPE), if said.
    pub effort: Option<u8>,
    /// Air temperature in degrees C, if known.
    pub temperature: Option<i16>,
    /// Dew point in degrees C, if known.
    pub dew_point: Option<i16>,
    /// What its streams say, where its file was read.
    pub streams: Option<Streams>,
    /// A race, by Strava's tag or the runner's word.
    pub race: bool,
    /// The runner confirmed values that look impossible.
    pub confirmed: bool,
}

impl Activity {
    /// The local day it began on.
    #[must_use]
    pub const fn day(&self) -> Day {
        Day::from_epoch(self.start_local.div_euclid(86_400))
    }
}

/// Figures taken from the streams of one activity when its file was read (G1, D1, I6). Sizes and
/// conditions as the rules name them; a figure that the streams cannot give is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Streams {
    /// G1: the distance on level ground that costs as much as what was run.
    pub graded: Option<Metres>,
    /// D1: loss of speed per heart beat from the first to the second half, thousandths; only of
    /// runs that meet D1's conditions (60 min, few stops, level, steady).
    pub decoupling: Option<i64>,
    /// I6: the highest heart rate held for 10 s or more.
    pub max_heart_rate: Option<u16>,
    /// Fastest times over 400, 800 and 5000 m, grade-adjusted (critical speed).
    pub fastest: Option<[Seconds; 3]>,
}

/// What a health record is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the schema's names")]
pub enum HealthType {
    Injury,
    Pain,
    Fatigue,
    Illness,
    Other,
}

/// The body parts of the lock table (evidence 5.2); free text beside it is kept in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum BodyPart {
    Calf,
    Hamstring,
    Quadriceps,
    Achilles,
    Plantar,
    PatellarTendon,
    Knee,
    Shin,
    Hip,
    Groin,
    LowBack,
    Foot,
    Ankle,
    Navicular,
    FemoralNeck,
    AnteriorTibia,
    Other,
}

/// Signs that change what a record does to training.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Symptoms {
    /// Fever.
    pub fever: bool,
    /// Symptoms below the neck: chest, muscles, stomach.
    pub below_neck: bool,
    /// Bone pain at rest or at night (J1: severe whatever the number).
    pub bone_pain_at_rest: bool,
    /// A limp or changed gait (J1).
    pub limp: bool,
    /// Chest pain or palpitations: a red flag.
    #[serde(default)]
    pub chest_pain: bool,
    /// Pain while running, 0-10.
    #[serde(default)]
    pub pain_during: Option<u8>,
    /// Pain the next morning, 0-10.
    #[serde(default)]
    pub pain_next_morning: Option<u8>,
}

/// One row of `health_records`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthRecord {
    /// The day it is about.
    pub day: Day,
    /// Its type.
    pub kind: HealthType,
    /// Where it hurts, for injury and pain.
    pub part: Option<BodyPart>,
    /// 1-10 on the pain scale; `None` counts as moderate (4) for injury and pain.
    pub severity: Option<u8>,
    /// Signs.
    pub symptoms: Symptoms,
    /// The first day without symptoms, or the day the runner passed the clearance; `None` while
    /// it lasts.
    pub closed: Option<Day>,
}

/// One row of `health_strikes`, as far as it binds plans.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Strike {
    /// The day it was issued.
    pub issued: Day,
    /// Days without running from the day after it was issued (strikes 2 and 3).
    pub forced_recovery_days: u16,
    /// Days without quality from the day after it was issued (strike 1).
    #[serde(default)]
    pub no_quality_days: u16,
    /// The permanent limit it applied (strike 3), if any.
    pub limit: Option<PermanentLimit>,
    /// The day it was resolved; a resolved strike binds no later day.
    pub resolved: Option<Day>,
}

/// The limit a third strike applies: weekly km and quality sessions, until lifted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PermanentLimit {
    /// Highest planned km of a week, races included.
    pub weekly: Metres,
    /// Highest number of quality sessions in a week.
    pub quality: u8,
    /// The day the stated procedure lifted it.
    pub lifted: Option<Day>,
}

/// What the runner says of a day or of a run, all of it optional and never required (O1, P1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feedback {
    /// The day it is about.
    pub day: Day,
    /// How hard the day's run was, 1-10.
    pub effort: Option<u8>,
    /// Pain while running, 0-10.
    pub pain_during: Option<u8>,
    /// Pain on the next morning, 0-10.
    pub pain_next_morning: Option<u8>,
    /// Sleep, 1 (bad) to 5 (good).
    pub sleep: Option<u8>,
    /// Soreness, 1 (none) to 5 (strong).
    pub soreness: Option<u8>,
    /// Mood, 1 (bad) to 5 (good).
    pub mood: Option<u8>,
    /// Resting heart rate of the morning, beats per minute.
    pub resting_heart_rate: Option<u16>,
}

/// Why a check-in was opened (schema `trigger_reason`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckInTrigger {
    /// 14-day compliance under 0.60.
    LowCompliance,
    /// Three sessions missed in 14 days.
    MissedWorkouts,
    /// A week after a burnout answer: asked again.
    Again,
}

/// What the runner answers to a check-in (schema `response_type`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the schema's names")]
pub enum CheckInAnswer {
    Busy,
    Sick,
    Sore,
    Burnout,
    MotivationLoss,
    PreferenceChange,
    Other,
}

/// One row of `compliance_check_ins`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckIn {
    /// The day it was opened.
    pub day: Day,
    /// Why.
    pub trigger: CheckInTrigger,
    /// The answer and the day it was given; `None` while it is open.
    pub answer: Option<(CheckInAnswer, Day)>,
}

/// What a day is to hold by the runner's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayWish {
    /// The day.
    pub day: Day,
    /// The session, or `None` for no run.
    pub session: Option<(Kind, Metres)>,
}

/// A saved edit of a week: what the runner asked for and what the days hold by it. A later plan
/// of the week keeps it wherever a hard rule allows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    /// First day of the week it is about.
    pub week_start: Day,
    /// The day it was made.
    pub made_on: Day,
    /// What was asked for.
    pub asked: Ask,
    /// What the days are to hold; later edits override earlier ones day by day.
    pub days: Vec<DayWish>,
}

/// The edits a runner can ask for (section 14).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// The session of one day to another, free one.
    Move {
        /// Its day.
        from: Day,
        /// The day it is to be on.
        to: Day,
    },
    /// Two days change their sessions.
    Swap {
        /// One day.
        a: Day,
        /// The other.
        b: Day,
    },
    /// "Not today": no run on a day.
    Skip {
        /// The day.
        day: Day,
    },
    /// Another distance: shorter or longer.
    Resize {
        /// The day.
        day: Day,
        /// The distance.
        to: Metres,
    },
    /// Another kind of session.
    Retype {
        /// The day.
        day: Day,
        /// The kind.
        to: Kind,
    },
    /// A run on a free day.
    Add {
        /// The day.
        day: Day,
        /// Its kind.
        kind: Kind,
        /// Its distance.
        distance: Metres,
    },
    /// The session of a day stays as it is, whatever is planned anew.
    Pin {
        /// The day.
        day: Day,
    },
    /// The runner cannot run on a day; what was there may go elsewhere.
    Unavailable {
        /// The day.
        day: Day,
    },
    /// The rest of the week easier.
    Easier,
    /// The rest of the week harder, inside the limits.
    Harder,
}

/// A distance that goals can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum RaceDistance {
    /// 4 km; planned with the 5K schedules.
    #[serde(rename = "4K")]
    K4,
    /// 5 km.
    #[serde(rename = "5K")]
    K5,
    /// 10 km.
    #[serde(rename = "10K")]
    K10,
    /// 21 097.5 m.
    #[serde(rename = "Half Marathon")]
    Half,
    /// 42 195 m.
    #[serde(rename = "Marathon")]
    Marathon,
}

impl RaceDistance {
    /// Short to long.
    pub const ALL: [Self; 5] = [Self::K4, Self::K5, Self::K10, Self::Half, Self::Marathon];

    /// The name stored in the schema's `distance` columns.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::K4 => "4K",
            Self::K5 => "5K",
            Self::K10 => "10K",
            Self::Half => "Half Marathon",
            Self::Marathon => "Marathon",
        }
    }

    /// The word the command line uses: `4k`, `5k`, `10k`, `half`, `marathon`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::K4 => "4k",
            Self::K5 => "5k",
            Self::K10 => "10k",
            Self::Half => "half",
            Self::Marathon => "marathon",
        }
    }

    /// Reads a name or a word, in any case (`half`, `Half Marathon`, `21k`, `42k`).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.trim().to_ascii_lowercase().replace([' ', '-', '_'], "").as_str() {
            "4k" | "4km" => Some(Self::K4),
            "5k" | "5km" => Some(Self::K5),
            "10k" | "10km" => Some(Self::K10),
            "half" | "halfmarathon" | "21k" | "hm" => Some(Self::Half),
            "marathon" | "full" | "42k" => Some(Self::Marathon),
            _ => None,
        }
    }

    /// The exact distance in decimetres (the half marathon is 21 097.5 m).
    #[must_use]
    pub const fn decimetres(self) -> i64 {
        match self {
            Self::K4 => 40_000,
            Self::K5 => 50_000,
            Self::K10 => 100_000,
            Self::Half => 210_975,
            Self::Marathon => 421_950,
        }
    }

    /// The distance in a plan: the nearest 0.1 km (4.0, 5.0, 10.0, 21.1, 42.2).
    #[must_use]
    pub const fn planned(self) -> Metres {
        Metres((self.decimetres() + 500) / 1000 * 100)
    }
}

/// One row of `long_term_goals`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Goal {
    /// What to race.
    pub distance: RaceDistance,
    /// When: the race day.
    pub day: Day,
    /// The hoped-for finish time.
    pub time: Option<Seconds>,
    /// 1 = the A race; 2 and more are secondary.
    pub priority: u8,
    /// The day the runner set it: its roadmap begins here.
    pub set_on: Day,
}

/// What the runner wants of a week. Hard rules stand above all of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preferences {
    /// Days the runner can run on. Default: all.
    pub run_days: WeekdaySet,
    /// The day for the long run. Default: where history has it, else Sunday.
    pub long_run_day: Option<Weekday>,
    /// Most runs a week, 1-7. Default: what history and rules support.
    pub max_runs: Option<u8>,
    /// Longest session per weekday in minutes, by `Weekday::number`. Default: none.
    pub day_caps: [Option<u16>; 7],
    /// Longest week the runner wants. Default: none.
    pub weekly_cap: Option<Metres>,
    /// First day of the week.
    pub week_start: WeekStart,
    /// Units on screen.
    pub units: Units,
    /// Year of birth, for heart-rate formulas.
    pub birth_year: Option<i16>,
    /// Said yes to a screening question (heart trouble, chest pain, pregnancy, under 18, long
    /// illness): the start is cautious.
    pub cautious_start: bool,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            run_days: WeekdaySet::ALL,
            long_run_day: None,
            max_runs: None,
            day_caps: [None; 7],
            weekly_cap: None,
            week_start: WeekStart::Monday,
            units: Units::Km,
            birth_year: None,
            cautious_start: false,
        }
    }
}

/// The runner's own word on what was run of a plan. A session is named by its day and kind: past
/// days of a published week never change, whatever is planned anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Correction {
    /// This activity was that session, or a part of it.
    Belongs {
        /// The activity.
        activity: i64,
        /// The session's day.
        day: Day,
        /// The session's kind.
        kind: Kind,
    },
    /// This activity belongs to no session.
    Alone {
        /// The activity.
        activity: i64,
    },
    /// The session was done and there is no record of it.
    Done {
        /// The session's day.
        day: Day,
        /// The session's kind.
        kind: Kind,
    },
    /// The session was not done, whatever was run.
    NotDone {
        /// The session's day.
        day: Day,
        /// The session's kind.
        kind: Kind,
    },
}

impl Correction {
    /// The activity it is about.
    #[must_use]
    pub const fn activity(&self) -> Option<i64> {
        match *self {
            Self::Belongs { activity, .. } | Self::Alone { activity } => Some(activity),
            Self::Done { .. } | Self::NotDone { .. } => None,
        }
    }

    /// The session it is about: day and kind.
    #[must_use]
    pub const fn session(&self) -> Option<(Day, Kind)> {
        match *self {
            Self::Belongs { day, kind, .. }
            | Self::Done { day, kind }
            | Self::NotDone { day, kind } => Some((day, kind)),
            Self::Alone { .. } => None,
        }
    }

    /// The word that it is stored by.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Belongs { .. } => "belongs",
            Self::Alone { .. } => "alone",
            Self::Done { .. } => "done",
            Self::NotDone { .. } => "not_done",
        }
    }

    /// The session as it is stored: day and the name of its kind.
    #[must_use]
    pub fn named_session(&self) -> Option<(Day, &'static str)> {
        self.session().map(|(day, kind)| (day, kind.name()))
    }

    /// The correction of that word, where it has what it needs.
    #[must_use]
    pub fn read(word: &str, activity: Option<i64>, session: Option<(Day, &str)>) -> Option<Self> {
        let session = session.and_then(|(day, name)| Some((day, Kind::parse(name)?)));
        match (word, activity, session) {
            ("belongs", Some(activity), Some((day, kind))) => {
                Some(Self::Belongs { activity, day, kind })
            }
            ("alone", Some(activity), _) => Some(Self::Alone { activity }),
            ("done", _, Some((day, kind))) => Some(Self::Done { day, kind }),
            ("not_done", _, Some((day, kind))) => Some(Self::NotDone { day, kind }),
            _ => None,
        }
    }
}
