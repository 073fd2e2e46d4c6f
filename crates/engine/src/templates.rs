//! The template library: schedules as facts, and the parameterised rows made of them.
//!
//! Source of the schedules: Hal Higdon; Hermes is not affiliated with him. They are kept as facts
//! (day, kind, distance or time, repetitions) in a notation of our own, `data/higdon.txt`, and no
//! screen shows a whole one. The library is replaceable: [`Library::parse`] reads any text in that
//! notation.

mod parse;
mod rows;

pub use parse::Fault;
pub use rows::{DistanceType, StepTemplate, TemplateRow};

use crate::record::RaceDistance;
use crate::session::Kind;
use crate::units::{Metres, Pace};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::sync::OnceLock;

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

/// The schedules in the library: by distance, then by [`Level`].
pub const SCHEDULE_IDS: [&str; 22] = [
    "5k-novice",
    "5k-intermediate",
    "5k-advanced",
    "10k-novice",
    "10k-intermediate",
    "10k-advanced",
    "half-novice-1",
    "half-novice-2",
    "half-hm3",
    "half-intermediate-1",
    "half-intermediate-2",
    "half-advanced",
    "marathon-novice-supreme",
    "marathon-novice-1",
    "marathon-novice-2",
    "marathon-3",
    "marathon-senior",
    "marathon-intermediate-1",
    "marathon-intermediate-2",
    "marathon-advanced-1",
    "marathon-advanced-2",
    "marathon-personal-best",
];

/// How demanding a schedule is and for whom it is made, in order of demand. The 5K and 10K have one
/// schedule per step; theirs are the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Level {
    /// A first marathon from very little running, over thirty weeks.
    NoviceSupreme,
    /// A first race of its distance.
    Novice1,
    /// A little more than the first.
    Novice2,
    /// Three runs a week, with cross-training between them.
    ThreeRuns,
    /// Older runners with a base: eight weeks, long runs every other week.
    Senior,
    /// More volume.
    Intermediate1,
    /// More volume, some of it fast.
    Intermediate2,
    /// Two quality sessions a week.
    Advanced1,
    /// Three quality sessions a week.
    Advanced2,
    /// A speed block before the race's own weeks: thirty weeks.
    PersonalBest,
}

impl Level {
    /// The English name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoviceSupreme => "Novice Supreme",
            Self::Novice1 => "Novice 1",
            Self::Novice2 => "Novice 2",
            Self::ThreeRuns => "Three Runs",
            Self::Senior => "Senior",
            Self::Intermediate1 => "Intermediate 1",
            Self::Intermediate2 => "Intermediate 2",
            Self::Advanced1 => "Advanced 1",
            Self::Advanced2 => "Advanced 2",
            Self::PersonalBest => "Personal Best",
        }
    }

    /// The level that an id ends with, after its distance.
    fn of(word: &str) -> Option<Self> {
        Some(match word {
            "novice-supreme" => Self::NoviceSupreme,
            "novice" | "novice-1" => Self::Novice1,
            "novice-2" => Self::Novice2,
            "3" | "hm3" => Self::ThreeRuns,
            "senior" => Self::Senior,
            "intermediate" | "intermediate-1" => Self::Intermediate1,
            "intermediate-2" => Self::Intermediate2,
            "advanced" | "advanced-1" => Self::Advanced1,
            "advanced-2" => Self::Advanced2,
            "personal-best" => Self::PersonalBest,
            _ => return None,
        })
    }
}

/// A printed distance in hundredths of a mile (1609.344 m).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Miles(pub u32);

impl Miles {
    /// To the nearest metre.
    #[must_use]
    pub const fn exact(self) -> Metres {
        Metres((self.0 as i64 * 1_609_344 + 50_000) / 100_000)
    }

    /// As planned distances are made: rounded down to 0.1 km.
    #[must_use]
    pub const fn planned(self) -> Metres {
        Metres(self.0 as i64 * 1_609_344 / 100_000).floor_step()
    }

    /// Without needless zeros: `3`, `4.5`, `1.75`.
    #[must_use]
    pub fn text(self) -> String {
        let text = format!("{}.{:02}", self.0 / 100, self.0 % 100);
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}

/// What the source calls a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the source's words")]
pub enum Printed {
    Run,
    Long,
    Pace,
    Fast,
    Tempo,
    Interval,
    Hill,
    Fartlek,
    Race,
    Test,
    Cross,
    Bike,
    Walk,
    Strength,
}

impl Printed {
    /// The kind of session it becomes. A "fast" run is a Tempo by distance: brisk, but with an easy
    /// beginning and end, as a whole run at threshold would be a race. A "test" is a time trial, and
    /// cycling, walking and strength work are cross training.
    #[must_use]
    pub const fn kind(self) -> Kind {
        match self {
            Self::Run => Kind::Easy,
            Self::Long => Kind::Long,
            Self::Pace => Kind::Pace,
            Self::Fast | Self::Tempo => Kind::Tempo,
            Self::Interval => Kind::Interval,
            Self::Hill => Kind::Hill,
            Self::Fartlek => Kind::Fartlek,
            Self::Race => Kind::Race,
            Self::Test => Kind::TimeTrial,
            Self::Cross | Self::Bike | Self::Walk | Self::Strength => Kind::Cross,
        }
    }

    /// The pace of its main part; none for what is no running. Repetitions are run at 5K pace, also
    /// where none is printed.
    #[must_use]
    pub const fn pace(self) -> Option<TargetPace> {
        match self {
            Self::Run | Self::Long => Some(TargetPace::Easy),
            Self::Pace | Self::Race | Self::Test => Some(TargetPace::Race),
            Self::Fast | Self::Tempo | Self::Fartlek => Some(TargetPace::Threshold),
            Self::Interval | Self::Hill => Some(TargetPace::FiveK),
            Self::Cross | Self::Bike | Self::Walk | Self::Strength => None,
        }
    }
}

/// Which of the runner's paces a step is run at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TargetPace {
    /// The easy reference pace.
    Easy,
    /// The pace of the schedule's race, or of the session's own race.
    Race,
    /// Threshold pace.
    Threshold,
    /// 10K race pace.
    TenK,
    /// 5K race pace.
    FiveK,
    /// About the pace of a race over a mile.
    Mile,
    /// Half-way between easy and marathon pace: the last quarter of a long run that ends faster.
    Finish,
}

/// Repetitions of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reps {
    /// So many times a distance.
    Distance(u8, Metres),
    /// So many times up a hill; the source gives neither length nor time.
    Hills(u8),
}

/// What may be done instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Alternative {
    /// Cross training instead of the run.
    Cross,
    /// A run-walk instead of rest.
    RunWalk,
    /// An easy run instead of rest.
    EasyRun,
}

/// What a race in a schedule is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RacePurpose {
    /// The race the schedule leads to: the one of its last week.
    Goal,
    /// A tune-up race on the way.
    TuneUp,
    /// A time trial.
    Test,
}

/// A race printed in a schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrintedRace {
    /// Its exact distance in decimetres.
    pub decimetres: i64,
    /// What it is for.
    pub purpose: RacePurpose,
}

impl PrintedRace {
    /// The goal distance it is, if it is one (15 km is none).
    #[must_use]
    pub fn distance(self) -> Option<RaceDistance> {
        RaceDistance::ALL.into_iter().find(|d| d.decimetres() == self.decimetres)
    }

    /// The distance in a plan: the nearest 0.1 km.
    #[must_use]
    pub const fn planned(self) -> Metres {
        Metres((self.decimetres + 500) / 1000 * 100)
    }
}

/// One day of a schedule that is no rest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// 0 = Sunday ... 6 = Saturday.
    pub weekday: u8,
    /// What the source calls it.
    pub printed: Printed,
    /// The kind of session.
    pub kind: Kind,
    /// Printed miles, the lowest and the highest: alike unless a range is printed.
    pub miles: Option<(Miles, Miles)>,
    /// The (highest) printed distance, rounded down to 0.1 km.
    pub distance: Option<Metres>,
    /// Printed minutes of the whole session.
    pub minutes: Option<u16>,
    /// Printed repetitions.
    pub reps: Option<Reps>,
    /// The printed pace of repetitions; where none is printed, 5K pace is assumed.
    pub printed_pace: Option<TargetPace>,
    /// Of the printed miles these are at pace, where not all are.
    pub portion: Option<Miles>,
    /// The last quarter is to be faster.
    pub finish: bool,
    /// The race or time trial.
    pub race: Option<PrintedRace>,
    /// What may be done instead; the session is optional then.
    pub alternative: Option<Alternative>,
    /// The distance is this share of the week's long run, exactly (marathon schedules only).
    pub percent_of_long_run: Option<u8>,
}

/// Paces to compare schedules with: 6:00/km easy, 5:00/km at threshold and faster.
const NOMINAL_EASY: Pace = Pace(360);
const NOMINAL_HARD: Pace = Pace(300);

impl Row {
    /// May it be left out?
    #[must_use]
    pub const fn is_optional(&self) -> bool {
        self.alternative.is_some()
    }

    /// Is it running?
    #[must_use]
    pub fn is_run(&self) -> bool {
        self.kind != Kind::Cross
    }

    /// Is it a quality session that is no race?
    #[must_use]
    pub const fn is_quality(&self) -> bool {
        matches!(
            self.kind,
            Kind::Tempo
                | Kind::Interval
                | Kind::Fartlek
                | Kind::Hill
                | Kind::Pace
                | Kind::TimeTrial
        )
    }

    /// The pace of its main part.
    #[must_use]
    pub fn pace(&self) -> Option<TargetPace> {
        self.printed_pace.or_else(|| self.printed.pace())
    }

    /// Its km when run at nominal paces (6:00/km easy, 5:00/km hard), rounded down to 0.1 km: for
    /// comparing weeks and schedules, as timed sessions have no printed distance. Zero for cross
    /// training.
    #[must_use]
    pub fn nominal(&self) -> Metres {
        if let Some(race) = self.race {
            return race.planned();
        }
        let pace_of = |p| match p {
            TargetPace::Easy | TargetPace::Finish => NOMINAL_EASY,
            _ => NOMINAL_HARD,
        };
        let steps = rows::structure(self);
        steps.iter().map(|s| s.distance(pace_of)).sum::<Metres>().floor_step()
    }
}

/// One week of a schedule.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ScheduleWeek {
    /// 1-based.
    pub number: u8,
    /// Its sessions in the order of the source (Monday first); days that are not here are rest.
    pub sessions: Vec<Row>,
    /// Rest days on which something may be done instead.
    pub rest_options: Vec<RestOption>,
}

/// A rest day on which something may be done instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestOption {
    /// 0 = Sunday ... 6 = Saturday.
    pub weekday: u8,
    /// What.
    pub instead: Alternative,
    /// Its printed miles, the lowest and the highest, where any are printed.
    pub miles: Option<(Miles, Miles)>,
}

impl ScheduleWeek {
    /// Running km at nominal paces ([`Row::nominal`]) without races and optional runs.
    #[must_use]
    pub fn volume(&self) -> Metres {
        let counted = |r: &&Row| r.kind != Kind::Race && !r.is_optional();
        self.sessions.iter().filter(counted).map(Row::nominal).sum()
    }

    /// The printed miles (the highest of a range) without races and optional runs; timed sessions
    /// and repetitions have none.
    #[must_use]
    pub fn printed_miles(&self) -> Miles {
        let firm = self.sessions.iter().filter(|r| !r.is_optional());
        Miles(firm.filter_map(|r| r.miles).map(|(_, high)| high.0).sum())
    }

    /// The Long Run, if one is named (race weeks and the 5K Novice schedule have none).
    #[must_use]
    pub fn long_run(&self) -> Option<&Row> {
        self.sessions.iter().find(|r| r.kind == Kind::Long)
    }

    /// Km of the longest run that is no race, at nominal paces.
    #[must_use]
    pub fn longest(&self) -> Metres {
        let runs = self.sessions.iter().filter(|r| r.kind != Kind::Race);
        runs.map(Row::nominal).max().unwrap_or_default()
    }

    /// Days with a run, races included, optional runs not.
    #[must_use]
    pub fn run_days(&self) -> usize {
        self.sessions.iter().filter(|r| r.is_run() && !r.is_optional()).count()
    }

    /// The quality sessions that are no races.
    pub fn quality(&self) -> impl Iterator<Item = &Row> {
        self.sessions.iter().filter(|r| r.is_quality())
    }

    /// The race of the week, if it has one; a time trial is none.
    #[must_use]
    pub fn race(&self) -> Option<PrintedRace> {
        self.sessions.iter().find(|r| r.kind == Kind::Race).and_then(|r| r.race)
    }
}

/// A schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// Its id.
    pub id: ScheduleId,
    /// Its name: `Half Marathon Novice 1`.
    pub name: String,
    /// Author and name: `Hal Higdon Half Marathon Novice 1`.
    pub source_plan: String,
    /// The race it leads to.
    pub distance: RaceDistance,
    /// How demanding it is.
    pub level: Level,
    /// Its weeks in order; the last one ends with the race.
    pub weeks: Vec<ScheduleWeek>,
    /// Figures of its weeks, worked out once.
    figures: Figures,
}

/// What a schedule asks for at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
struct Figures {
    peak: Metres,
    longest: Metres,
    run_days: u8,
}

impl Schedule {
    /// The week with this 1-based number.
    #[must_use]
    pub fn week(&self, number: u8) -> Option<&ScheduleWeek> {
        self.weeks.get(usize::from(number).checked_sub(1)?)
    }

    /// The highest weekly volume at nominal paces.
    #[must_use]
    pub const fn peak(&self) -> Metres {
        self.figures.peak
    }

    /// The longest run that is no race.
    #[must_use]
    pub const fn longest(&self) -> Metres {
        self.figures.longest
    }

    /// Most run days of a week, optional runs left out.
    #[must_use]
    pub const fn run_days(&self) -> u8 {
        self.figures.run_days
    }

    fn work_out_figures(&mut self) {
        let days = self.weeks.iter().map(ScheduleWeek::run_days).max().unwrap_or_default();
        self.figures = Figures {
            peak: self.weeks.iter().map(ScheduleWeek::volume).max().unwrap_or_default(),
            longest: self.weeks.iter().map(ScheduleWeek::longest).max().unwrap_or_default(),
            run_days: u8::try_from(days).unwrap_or(u8::MAX),
        };
    }
}

/// All schedules, one for each of [`SCHEDULE_IDS`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Library {
    /// In the order of [`SCHEDULE_IDS`], complete.
    schedules: Vec<Schedule>,
}

/// The library that comes with the engine.
#[must_use]
pub fn library() -> &'static Library {
    static LIBRARY: OnceLock<Library> = OnceLock::new();
    LIBRARY.get_or_init(|| Library::parse(include_str!("../data/higdon.txt")).0)
}

impl Library {
    /// Reads schedules in the notation that `data/higdon.txt` explains in its first lines. Always
    /// gives a whole library: what cannot be read is left out and named in a fault.
    #[must_use]
    pub fn parse(text: &str) -> (Self, Vec<Fault>) {
        parse::library(text)
    }

    /// The schedule with this id.
    #[must_use]
    pub fn schedule(&self, id: ScheduleId) -> &Schedule {
        &self.schedules[usize::from(id.0)]
    }

    /// All schedules: by distance, then easy to hard.
    pub fn schedules(&self) -> impl Iterator<Item = &Schedule> {
        self.schedules.iter()
    }

    /// The schedules that lead to a distance, easy to hard; 4K goals use those of the 5K.
    pub fn for_distance(&self, distance: RaceDistance) -> impl Iterator<Item = &Schedule> {
        let wanted = if distance == RaceDistance::K4 { RaceDistance::K5 } else { distance };
        self.schedules.iter().filter(move |s| s.distance == wanted)
    }

    /// The parameterised rows: one per day that is no rest, by schedule, week and day.
    pub fn rows(&self) -> impl Iterator<Item = TemplateRow> {
        self.schedules.iter().flat_map(|s| {
            s.weeks.iter().flat_map(move |w| w.sessions.iter().map(move |r| rows::row(s, w, r)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_text_is_read_completely() {
        let (_, faults) = Library::parse(include_str!("../data/higdon.txt"));
        assert_eq!(faults, []);
        let weeks: Vec<usize> = library().schedules().map(|s| s.weeks.len()).collect();
        let three = [8; 3];
        let twelve = [12; 6];
        let marathons = [30, 18, 18, 24, 8, 18, 18, 18, 18, 30];
        assert_eq!(weeks, [&three[..], &three, &twelve, &marathons].concat());
        for schedule in library().schedules() {
            let last = schedule.weeks.last().and_then(ScheduleWeek::race);
            assert_eq!(last.and_then(PrintedRace::distance), Some(schedule.distance));
            assert_eq!(last.map(|r| r.purpose), Some(RacePurpose::Goal));
            assert_eq!(schedule.source_plan, format!("Hal Higdon {}", schedule.name));
        }
    }

    #[test]
    fn miles_become_metres() {
        assert_eq!(Miles(300).exact(), Metres(4828));
        assert_eq!(Miles(300).planned(), Metres(4800));
        assert_eq!(Miles(1000).planned(), Metres(16_000));
        assert_eq!([175, 450, 300, 2000].map(|m| Miles(m).text()), ["1.75", "4.5", "3", "20"]);
    }

    #[test]
    fn schedules_of_a_distance_grow() {
        for distance in RaceDistance::ALL {
            let found: Vec<&Schedule> = library().for_distance(distance).collect();
            assert!(found.is_sorted_by_key(|s| s.level), "{distance:?}");
            let count = match distance {
                RaceDistance::Half => 6,
                RaceDistance::Marathon => 10,
                _ => 3,
            };
            assert_eq!(found.len(), count);
        }
        let peaks = |d| library().for_distance(d).map(|s| s.peak().0).collect::<Vec<_>>();
        assert!(peaks(RaceDistance::Marathon).iter().all(|p| (50_000..100_000).contains(p)));
    }

    #[test]
    fn weeks_are_easy_to_read() {
        let id = ScheduleId::parse("half-intermediate-2").expect("known");
        let week = library().schedule(id).week(2).expect("a second week");
        assert_eq!(week.printed_miles(), Miles(1500));
        assert_eq!(week.run_days(), 5);
        assert_eq!(week.long_run().and_then(|r| r.distance), Some(Metres(9600)));
        let quality: Vec<Kind> = week.quality().map(|r| r.kind).collect();
        assert_eq!(quality, [Kind::Tempo, Kind::Pace]);
        assert_eq!(week.race(), None);
        assert_eq!(library().schedule(id).week(0), None);
        assert_eq!(library().schedule(id).week(13), None);
    }
}
