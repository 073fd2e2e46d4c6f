//! The rows of the schema's `workout_templates`: each day of a schedule with its structure and how
//! far it may be scaled.

use super::{Printed, PrintedRace, Reps, Row, Schedule, ScheduleWeek, TargetPace};
use crate::record::RaceDistance;
use crate::session::{Amount, Kind, Role, TemplateRef, Zone};
use crate::units::{Metres, Pace, Seconds};
use serde::{Deserialize, Serialize};

/// Around repetitions: easy running before and after, and the jog after each. None of it is
/// printed in the source.
const REPS_WARM_UP: Metres = Metres(1500);
const REPS_COOL_DOWN: Metres = Metres(1000);
const REPS_JOG: Metres = Metres(200);
/// Fewest repetitions that are worth it, and how many more than printed are allowed.
const REPS_MIN: u8 = 3;
const REPS_MORE: u8 = 2;
/// One repetition uphill and the jog down after it, in seconds; the easy minutes before and after
/// all of them.
const HILL: (i64, i64) = (60, 120);
const HILL_AROUND: (u16, u16) = (12, 8);
/// Fartlek: one faster stretch and the easy one after it, in minutes each.
const PLAY: u16 = 2;
/// The last part of a long run that ends faster, permille.
const FINISH: i64 = 250;
/// Shortest useful run, and the longest run of rule H07.
const RUN_MIN: Metres = Metres(2000);
const RUN_MAX: Metres = Metres(35_000);
/// Shortest useful tempo, hill or fartlek session in minutes.
const TIMED_MIN: u16 = 20;
/// Minutes of cross training where none are printed.
const CROSS_MINUTES: u16 = 30;
/// Weeks to either side of its own in which a row may appear.
const WEEKS_AROUND: u8 = 2;

/// How the length of a row is given (schema `distance_type`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the schema's names")]
pub enum DistanceType {
    FixedKm,
    TimeBased,
    PercentageOfLongRun,
}

impl DistanceType {
    /// The name the schema stores.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::FixedKm => "fixed_km",
            Self::TimeBased => "time_based",
            Self::PercentageOfLongRun => "percentage_of_long_run",
        }
    }
}

/// One step of a row: as [`crate::session::Step`], but with the name of a pace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepTemplate {
    /// What it is for.
    pub role: Role,
    /// Repetitions, 1 or more.
    pub times: u8,
    /// One repetition.
    pub amount: Amount,
    /// Its pace.
    pub pace: TargetPace,
    /// The jog after each repetition.
    pub recovery: Option<(Amount, TargetPace)>,
}

impl StepTemplate {
    const fn once(role: Role, amount: Amount, pace: TargetPace) -> Self {
        Self { role, times: 1, amount, pace, recovery: None }
    }

    /// Its metres, recoveries included, at given paces.
    #[must_use]
    pub fn distance(&self, pace_of: impl Fn(TargetPace) -> Pace) -> Metres {
        let jog = self.recovery.map_or(Metres::ZERO, |(a, p)| a.distance_at(pace_of(p)));
        Metres((self.amount.distance_at(pace_of(self.pace)) + jog).0 * i64::from(self.times))
    }
}

/// One row of `workout_templates`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateRow {
    /// Schedule, week and day.
    pub reference: TemplateRef,
    /// A short English name, at most 100 characters.
    pub template_name: String,
    /// Its `workout_type`.
    pub kind: Kind,
    /// How its length is given.
    pub distance_type: DistanceType,
    /// Its length as printed (warm-up, jogs and cool-down included), a multiple of 0.1 km; at the
    /// printed long run where it is a share of that; `None` where it is timed.
    pub base_distance: Option<Metres>,
    /// Its minutes, where it is timed.
    pub base_duration_minutes: Option<u16>,
    /// Zone of the main part.
    pub zone: Zone,
    /// How far it may be shortened before it is dropped.
    pub min_distance: Option<Metres>,
    /// How far it may be stretched.
    pub max_distance: Option<Metres>,
    /// As `min_distance`, where it is timed.
    pub min_duration_minutes: Option<u16>,
    /// As `max_distance`, where it is timed.
    pub max_duration_minutes: Option<u16>,
    /// First week of its schedule in which it may appear.
    pub min_week_number: u8,
    /// Last week of its schedule in which it may appear.
    pub max_week_number: u8,
    /// Not before four Base weeks or equal history: every quality session.
    pub requires_base_building: bool,
    /// Author and name of the schedule.
    pub source_plan: String,
    /// Its week there.
    pub source_week: u8,
    /// Share of the week's long run in per cent.
    pub percent_of_long_run: Option<u8>,
    /// Warm-up, work, recoveries, cool-down; empty for cross training.
    pub structure: Vec<StepTemplate>,
}

impl TemplateRow {
    /// What its id is made from, stable for good: `half-novice-1/3/2` for schedule, week and day
    /// (0 = Sunday).
    #[must_use]
    pub fn key(&self) -> String {
        let TemplateRef { schedule, week, weekday } = self.reference;
        format!("{}/{week}/{weekday}", schedule.name())
    }

    /// Its distance beside a long run, rounded down to 0.1 km; `None` where it is timed.
    #[must_use]
    pub fn distance_beside(&self, long_run: Metres) -> Option<Metres> {
        match self.percent_of_long_run {
            Some(share) => Some(long_run.permille(i64::from(share) * 10).floor_step()),
            None => self.base_distance,
        }
    }
}

/// The parameterised row of a day.
pub(super) fn row(schedule: &Schedule, week: &ScheduleWeek, row: &Row) -> TemplateRow {
    let (distance, minutes) = base(row);
    let (min_distance, max_distance) = distance_bounds(row, distance).unzip();
    let (min_minutes, max_minutes) = minute_bounds(row, minutes).unzip();
    let (min_week_number, max_week_number) = weeks(schedule, week, row);
    let distance_type = match (minutes, row.percent_of_long_run) {
        (Some(_), _) => DistanceType::TimeBased,
        (None, Some(_)) => DistanceType::PercentageOfLongRun,
        (None, None) => DistanceType::FixedKm,
    };
    TemplateRow {
        reference: TemplateRef { schedule: schedule.id, week: week.number, weekday: row.weekday },
        template_name: name(row),
        kind: row.kind,
        distance_type,
        base_distance: distance,
        base_duration_minutes: minutes,
        zone: zone(row),
        min_distance,
        max_distance,
        min_duration_minutes: min_minutes,
        max_duration_minutes: max_minutes,
        min_week_number,
        max_week_number,
        requires_base_building: row.is_quality(),
        source_plan: schedule.source_plan.clone(),
        source_week: week.number,
        percent_of_long_run: row.percent_of_long_run,
        structure: structure(row),
    }
}

/// Its distance or its minutes, exactly one of them.
fn base(row: &Row) -> (Option<Metres>, Option<u16>) {
    if let Some(race) = row.race {
        return (Some(race.planned()), None);
    }
    match row.reps {
        Some(Reps::Distance(times, metres)) => return (Some(reps_distance(times, metres)), None),
        Some(Reps::Hills(times)) => return (None, Some(hill_minutes(times))),
        None => {}
    }
    match row.distance {
        Some(distance) => (Some(distance), None),
        None => (None, Some(row.minutes.unwrap_or(CROSS_MINUTES))),
    }
}

/// Metres of a whole session of repetitions, rounded down to 0.1 km.
fn reps_distance(times: u8, metres: Metres) -> Metres {
    let work = Metres((metres + REPS_JOG).0 * i64::from(times));
    (REPS_WARM_UP + work + REPS_COOL_DOWN).floor_step()
}

/// Minutes of a whole session of repetitions uphill.
fn hill_minutes(times: u8) -> u16 {
    let work = Seconds((HILL.0 + HILL.1) * i64::from(times));
    HILL_AROUND.0 + HILL_AROUND.1 + u16::try_from(work.0 / 60).unwrap_or(u16::MAX / 2)
}

/// How far a distance may be scaled. Easy runs: 60 to 140 %; Long, Pace and fast runs: 60 to 125 %;
/// none under 2 km or over 35 km unless printed so; repetitions: three, to two more than printed;
/// a printed range: that; races: not at all.
fn distance_bounds(row: &Row, base: Option<Metres>) -> Option<(Metres, Metres)> {
    let base = base?;
    if row.race.is_some() {
        return Some((base, base));
    }
    if let Some(Reps::Distance(times, metres)) = row.reps {
        let fewest = times.min(REPS_MIN);
        let most = times.saturating_add(REPS_MORE);
        return Some((reps_distance(fewest, metres), reps_distance(most, metres)));
    }
    if let Some((low, high)) = row.miles.filter(|(low, high)| low < high) {
        return Some((low.planned(), high.planned()));
    }
    let most = if row.kind == Kind::Easy { 1400 } else { 1250 };
    let min = base.permille(600).max(RUN_MIN).min(base).floor_step();
    let max = base.permille(most).min(RUN_MAX).max(base).floor_step();
    Some((min, max))
}

/// How far minutes may be scaled: running 60 to 125 %, not under 20 unless printed so; cross
/// training 50 to 150 %.
fn minute_bounds(row: &Row, base: Option<u16>) -> Option<(u16, u16)> {
    let base = base?;
    if row.kind == Kind::Cross {
        return Some((base / 2, base + base / 2));
    }
    if let Some(Reps::Hills(times)) = row.reps {
        let most = times.saturating_add(REPS_MORE);
        return Some((hill_minutes(times.min(REPS_MIN)), hill_minutes(most)));
    }
    Some(((base * 3 / 5).max(TIMED_MIN).min(base), base + base / 4))
}

/// The weeks of its schedule in which a row may appear: two to either side, but races and the weeks
/// of the taper (marathon 3, half 2, others 1) stay where they are, and nothing moves into them.
fn weeks(schedule: &Schedule, week: &ScheduleWeek, row: &Row) -> (u8, u8) {
    let taper = match schedule.distance {
        RaceDistance::Marathon => 3,
        RaceDistance::Half => 2,
        RaceDistance::K4 | RaceDistance::K5 | RaceDistance::K10 => 1,
    };
    let count = u8::try_from(schedule.weeks.len()).unwrap_or(u8::MAX);
    let last_free = count.saturating_sub(taper);
    let own = week.number;
    if row.race.is_some() || own > last_free {
        return (own, own);
    }
    (own.saturating_sub(WEEKS_AROUND).max(1), own.saturating_add(WEEKS_AROUND).min(last_free))
}

/// Zone of the main part: what is run at 5K pace is Zone 5, at 10K pace Zone 4.
fn zone(row: &Row) -> Zone {
    if let Some(race) = row.race {
        return race_zone(race);
    }
    if row.reps.is_some() && matches!(row.pace(), Some(TargetPace::TenK | TargetPace::Race)) {
        return Zone::Z4;
    }
    match row.kind {
        Kind::Easy | Kind::Long => Zone::Z2,
        Kind::Pace => Zone::Z3,
        Kind::Tempo | Kind::Fartlek => Zone::Threshold,
        Kind::Interval | Kind::Hill | Kind::Race | Kind::TimeTrial => Zone::Z5,
        Kind::Recovery | Kind::Return | Kind::Cross => Zone::Z1,
    }
}

/// Zone of a race by its length: marathon pace is Zone 3, that of 15 km and the half about
/// threshold.
const fn race_zone(race: PrintedRace) -> Zone {
    match race.decimetres {
        ..=50_000 => Zone::Z5,
        50_001..=100_000 => Zone::Z4,
        100_001..=300_000 => Zone::Threshold,
        _ => Zone::Z3,
    }
}

/// The steps of a session. Only the work of repetitions and the whole of a timed session are
/// printed; how they begin and end is ours: easy running.
pub(super) fn structure(row: &Row) -> Vec<StepTemplate> {
    let (distance, minutes) = base(row);
    let Some(pace) = row.pace() else { return Vec::new() };
    let time = |minutes: u16| Amount::Time(Seconds::minutes(i64::from(minutes)));
    match row.reps {
        Some(Reps::Distance(times, metres)) => {
            let jog = Some((Amount::Distance(REPS_JOG), TargetPace::Easy));
            let amount = Amount::Distance(metres);
            let work = StepTemplate { role: Role::Work, times, amount, pace, recovery: jog };
            return around(Amount::Distance(REPS_WARM_UP), work, Amount::Distance(REPS_COOL_DOWN));
        }
        Some(Reps::Hills(times)) => {
            let (up, down) = (Amount::Time(Seconds(HILL.0)), Amount::Time(Seconds(HILL.1)));
            let recovery = Some((down, TargetPace::Easy));
            let work = StepTemplate { role: Role::Work, times, amount: up, pace, recovery };
            return around(time(HILL_AROUND.0), work, time(HILL_AROUND.1));
        }
        None => {}
    }
    if let Some((m, times)) = minutes.filter(|_| row.printed == Printed::Fartlek).map(play) {
        let recovery = Some((time(PLAY), TargetPace::Easy));
        let work = StepTemplate { role: Role::Work, times, amount: time(PLAY), pace, recovery };
        let easy = m - 2 * PLAY * u16::from(times);
        return around(time(easy - easy / 3), work, time(easy / 3));
    }
    if row.finish {
        return faster_finish(distance, minutes);
    }
    if let (Some(d), Some(portion)) = (distance, row.portion) {
        let easy = d - portion.planned();
        let after = easy.permille(400).floor_step();
        let at_pace = StepTemplate::once(Role::Work, Amount::Distance(portion.planned()), pace);
        return around(Amount::Distance(easy - after), at_pace, Amount::Distance(after));
    }
    match (distance, minutes) {
        (Some(d), _) if row.printed == Printed::Fast => {
            let (work, after) = (d.permille(600).floor_step(), d.permille(150).floor_step());
            let steady = StepTemplate::once(Role::Work, Amount::Distance(work), pace);
            around(Amount::Distance(d - work - after), steady, Amount::Distance(after))
        }
        (Some(d), _) => {
            let role = if pace == TargetPace::Easy { Role::Steady } else { Role::Work };
            vec![StepTemplate::once(role, Amount::Distance(d), pace)]
        }
        (None, Some(m)) if pace != TargetPace::Easy => {
            let (work, after) = (m / 2, m / 6);
            let steady = StepTemplate::once(Role::Work, time(work), pace);
            around(time(m - work - after), steady, time(after))
        }
        (None, m) => {
            let time = Seconds::minutes(m.map_or(0, i64::from));
            vec![StepTemplate::once(Role::Steady, Amount::Time(time), pace)]
        }
    }
}

/// Minutes of a fartlek session and its faster stretches: they and the easy ones between them take
/// about half of it.
fn play(minutes: u16) -> (u16, u8) {
    let times = (minutes / 2 / (2 * PLAY)).clamp(1, u16::from(u8::MAX));
    (minutes.max(2 * PLAY), u8::try_from(times).unwrap_or(u8::MAX))
}

/// A long run whose last quarter is faster.
fn faster_finish(distance: Option<Metres>, minutes: Option<u16>) -> Vec<StepTemplate> {
    let (first, last) = match (distance, minutes) {
        (Some(d), _) => {
            let last = d.permille(FINISH).floor_step();
            (Amount::Distance(d - last), Amount::Distance(last))
        }
        (None, minutes) => {
            let whole = Seconds::minutes(minutes.map_or(0, i64::from));
            let last = whole.permille(FINISH);
            (Amount::Time(whole - last), Amount::Time(last))
        }
    };
    let finish = StepTemplate::once(Role::Steady, last, TargetPace::Finish);
    vec![StepTemplate::once(Role::Steady, first, TargetPace::Easy), finish]
}

/// Easy running before and after.
fn around(before: Amount, work: StepTemplate, after: Amount) -> Vec<StepTemplate> {
    let easy = |role, amount| StepTemplate::once(role, amount, TargetPace::Easy);
    vec![easy(Role::WarmUp, before), work, easy(Role::CoolDown, after)]
}

/// `Easy Run 3 mi`, `Interval 5 x 400 m`, `Tempo 30 min`, `Race 21.1 km`.
fn name(row: &Row) -> String {
    let kind = match row.printed {
        Printed::Fast => "Fast Run",
        Printed::Walk => "Walk",
        Printed::Bike => "Cycling",
        Printed::Strength => "Stretch and Strength",
        _ => row.kind.name(),
    };
    if let Some(race) = row.race {
        return format!("{kind} {} km", race.planned().km_text());
    }
    match row.reps {
        Some(Reps::Distance(times, metres)) => return format!("{kind} {times} x {} m", metres.0),
        Some(Reps::Hills(times)) => return format!("{kind} {times} repetitions"),
        None => {}
    }
    match (row.miles, row.minutes) {
        (Some((low, high)), _) if low < high => {
            format!("{kind} {}-{} mi", low.text(), high.text())
        }
        (Some((_, high)), _) => format!("{kind} {} mi", high.text()),
        (None, Some(minutes)) => format!("{kind} {minutes} min"),
        (None, None) => kind.to_owned(),
    }
}
