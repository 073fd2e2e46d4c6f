//! Reads schedules from text. It never fails as a whole: faults are values.

use super::{
    Alternative, Figures, Level, Library, Miles, Printed, PrintedRace, RacePurpose, Reps,
    RestOption, Row, SCHEDULE_IDS, Schedule, ScheduleId, ScheduleWeek, TargetPace,
};
use crate::calendar::Weekday;
use crate::record::RaceDistance;
use crate::session::Kind;
use crate::units::Metres;
use std::fmt;

/// A line that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// 1-based.
    pub line: usize,
    /// What is wrong, and what would be right.
    pub problem: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.problem)
    }
}

impl std::error::Error for Fault {}

/// Reads a whole library.
pub(super) fn library(text: &str) -> (Library, Vec<Fault>) {
    let mut schedules: Vec<Schedule> = SCHEDULE_IDS.into_iter().filter_map(empty).collect();
    let mut faults = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Err(problem) = read_line(line, &mut schedules) {
            faults.push(Fault { line: index + 1, problem });
        }
    }
    for schedule in &mut schedules {
        mark_goal(schedule);
        if schedule.distance == RaceDistance::Marathon {
            schedule.weeks.iter_mut().for_each(mark_share);
        }
        schedule.work_out_figures();
    }
    (Library { schedules }, faults)
}

/// The schedule of an id before its weeks are read. Distance and level are in the id.
fn empty(id: &str) -> Option<Schedule> {
    let (distance, level) = id.split_once('-')?;
    Some(Schedule {
        id: ScheduleId::parse(id)?,
        name: id.to_owned(),
        source_plan: id.to_owned(),
        distance: RaceDistance::parse(distance)?,
        level: Level::of(level)?,
        weeks: Vec::new(),
        figures: Figures::default(),
    })
}

/// Reads `id = name` or `id wN day session day session ...` into its schedule.
fn read_line(line: &str, schedules: &mut [Schedule]) -> Result<(), String> {
    let mut words = line.split_whitespace();
    let id = words.next().unwrap_or_default();
    let Some(schedule) = schedules.iter_mut().find(|s| s.id.name() == id) else {
        return Err(format!("\"{}\" is no schedule; write one of the known ids", shown(id)));
    };
    let next = words.next().unwrap_or_default();
    if next == "=" {
        schedule.name = words.collect::<Vec<_>>().join(" ");
        schedule.source_plan = format!("Hal Higdon {}", schedule.name);
        return Ok(());
    }
    let due = schedule.weeks.len() + 1;
    let number = next.strip_prefix('w').and_then(|n| n.parse::<u8>().ok());
    let Some(number) = number.filter(|n| usize::from(*n) == due) else {
        return Err(format!("\"{}\" is not the next week; write w{due}", shown(next)));
    };
    let mut week = ScheduleWeek { number, ..ScheduleWeek::default() };
    while let Some(day) = words.next() {
        let Some(weekday) = Weekday::parse(day).map(Weekday::number) else {
            return Err(format!("\"{}\" is no day; write Mon, Tue ... Sun", shown(day)));
        };
        let token = words.next().unwrap_or_default();
        match session(token, weekday) {
            Some(Cell::Rest(option)) => week.rest_options.push(option),
            Some(Cell::Row(row)) => week.sessions.push(*row),
            None => {
                let token = shown(token);
                return Err(format!("\"{token}\" is no session; write it like 3mi or tempo:30min"));
            }
        }
    }
    schedule.weeks.push(week);
    Ok(())
}

/// At most 40 characters of a text, for messages.
fn shown(text: &str) -> String {
    text.chars().take(40).collect()
}

/// A day as written.
enum Cell {
    Rest(RestOption),
    Row(Box<Row>),
}

/// Reads one session.
fn session(token: &str, weekday: u8) -> Option<Cell> {
    if let Some(instead) = token.strip_prefix("rest/") {
        return rest_option(instead, weekday).map(Cell::Rest);
    }
    let (main, instead) = match token.split_once('/') {
        Some((main, "cross")) => (main, Some(Alternative::Cross)),
        Some(_) => return None,
        None => (token, None),
    };
    let (printed, amount) = match main.split_once(':') {
        Some((word, amount)) => (word_of(word)?, amount),
        None if main == "cross" => (Printed::Cross, ""),
        None if main == "walk" => (Printed::Walk, ""),
        None if main == "strength" => (Printed::Strength, ""),
        None if main.ends_with("xhill") => (Printed::Hill, main),
        None if main.contains('x') => (Printed::Interval, main),
        None => (Printed::Run, main),
    };
    let mut row = Row {
        weekday,
        printed,
        kind: printed.kind(),
        miles: None,
        distance: None,
        minutes: None,
        reps: None,
        printed_pace: None,
        portion: None,
        finish: false,
        race: None,
        alternative: instead,
        percent_of_long_run: None,
    };
    read_amount(amount, &mut row)?;
    Some(Cell::Row(Box::new(row)))
}

/// What may be done on a rest day: `runwalk`, `easy` or the miles of a run.
fn rest_option(word: &str, weekday: u8) -> Option<RestOption> {
    let (instead, miles) = match word {
        "runwalk" => (Alternative::RunWalk, None),
        "easy" => (Alternative::EasyRun, None),
        _ => (Alternative::EasyRun, Some(miles_range(word)?)),
    };
    Some(RestOption { weekday, instead, miles })
}

fn word_of(word: &str) -> Option<Printed> {
    Some(match word {
        "long" => Printed::Long,
        "pace" => Printed::Pace,
        "fast" => Printed::Fast,
        "tempo" => Printed::Tempo,
        "hill" => Printed::Hill,
        "fartlek" => Printed::Fartlek,
        "race" => Printed::Race,
        "test" => Printed::Test,
        "cross" => Printed::Cross,
        "bike" => Printed::Bike,
        "walk" => Printed::Walk,
        _ => return None,
    })
}

/// Reads how much of it: each kind of session has one way to be measured, some have two.
fn read_amount(amount: &str, row: &mut Row) -> Option<()> {
    match row.printed {
        Printed::Race | Printed::Test => {
            let test = row.printed == Printed::Test;
            let purpose = if test { RacePurpose::Test } else { RacePurpose::TuneUp };
            row.race = Some(PrintedRace { decimetres: race_decimetres(amount)?, purpose });
        }
        Printed::Interval => {
            let (work, pace) = match amount.split_once('@') {
                Some((work, pace)) => (work, Some(pace_of(pace)?)),
                None => (amount, None),
            };
            let (times, metres) = work.split_once('x')?;
            let metres = metres.parse::<u16>().ok().filter(|m| (50..=5000).contains(m))?;
            row.reps = Some(Reps::Distance(count(times)?, Metres(i64::from(metres))));
            row.printed_pace = pace;
        }
        Printed::Hill if amount.ends_with("xhill") => {
            row.reps = Some(Reps::Hills(count(amount.strip_suffix("xhill")?)?));
        }
        Printed::Strength => {}
        Printed::Cross | Printed::Walk if amount.is_empty() => {}
        _ => {
            let amount = match amount.strip_suffix("+finish") {
                Some(amount) if row.printed == Printed::Long => {
                    row.finish = true;
                    amount
                }
                _ => amount,
            };
            let amount = match amount.split_once('@') {
                Some((whole, portion)) if row.printed == Printed::Pace => {
                    row.portion = Some(miles(portion.strip_suffix("mi")?)?);
                    whole
                }
                _ => amount,
            };
            if let Some(minutes) = amount.strip_suffix("min") {
                row.minutes = Some(minutes.parse::<u16>().ok().filter(|m| (1..=600).contains(m))?);
            } else {
                row.miles = Some(miles_range(amount)?);
                row.distance = Some(row.miles?.1.planned());
            }
            // What is run at pace is part of the whole.
            if row.portion.is_some_and(|p| row.miles.is_none_or(|(low, _)| p >= low)) {
                return None;
            }
        }
    }
    Some(())
}

/// Repetitions: 1 to 40.
fn count(text: &str) -> Option<u8> {
    text.parse::<u8>().ok().filter(|n| (1..=40).contains(n))
}

fn pace_of(word: &str) -> Option<TargetPace> {
    Some(match word {
        "mile" => TargetPace::Mile,
        "5k" => TargetPace::FiveK,
        "10k" => TargetPace::TenK,
        "race" => TargetPace::Race,
        _ => return None,
    })
}

/// `3mi` or `1-3mi`: the lowest and the highest.
fn miles_range(text: &str) -> Option<(Miles, Miles)> {
    let range = text.strip_suffix("mi")?;
    let (low, high) = range.split_once('-').unwrap_or((range, range));
    let (low, high) = (miles(low)?, miles(high)?);
    (low <= high).then_some((low, high))
}

fn race_decimetres(word: &str) -> Option<i64> {
    match word {
        "8k" => Some(80_000),
        "15k" => Some(150_000),
        _ => RaceDistance::parse(word).map(RaceDistance::decimetres),
    }
}

/// Reads miles with up to two decimals, over 0 and up to 100.
fn miles(text: &str) -> Option<Miles> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(part) || whole.len() > 3 || part.len() > 2 {
        return None;
    }
    let hundredths: u32 = part.parse().ok()?;
    let hundredths = if part.len() == 1 { hundredths * 10 } else { hundredths };
    let total = whole.parse::<u32>().ok()? * 100 + hundredths;
    (1..=10_000).contains(&total).then_some(Miles(total))
}

/// The race of the last week is the goal.
fn mark_goal(schedule: &mut Schedule) {
    let Some(last) = schedule.weeks.last_mut() else { return };
    let races = last.sessions.iter_mut().filter(|r| r.kind == Kind::Race);
    races.filter_map(|r| r.race.as_mut()).for_each(|race| race.purpose = RacePurpose::Goal);
}

/// Marks the runs that grow with the long run in a marathon schedule: the medium-long run and the
/// pace run, which the source steers by the long run. Such is a run of 5 miles or more that is
/// an exact whole share of 30 to 80 % of the week's long run. Shorter runs stay as they are: the
/// source keeps them short whatever the long run does.
fn mark_share(week: &mut ScheduleWeek) {
    let long = week.long_run().and_then(|r| r.miles).map(|(_, high)| high);
    let Some(Miles(long)) = long else { return };
    for row in week.sessions.iter_mut().filter(|r| matches!(r.kind, Kind::Easy | Kind::Pace)) {
        let Some((low, Miles(run))) = row.miles.filter(|(low, high)| low == high) else { continue };
        let share = run * 100 / long;
        if low >= Miles(500) && share * long == run * 100 && (30..=80).contains(&share) {
            row.percent_of_long_run = u8::try_from(share).ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The faults of one week of the 5K Novice schedule.
    fn faults(days: &str) -> Vec<String> {
        library(&format!("5k-novice w1 {days}")).1.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_notation_is_read() {
        let text = "5k-novice w1 Mon rest/runwalk Tue 1-3mi Wed 6x400@5k Thu fartlek:40min \
                    Fri 2mi/cross Sat hill:30min Sun test:5k";
        let (library, faults) = library(text);
        assert_eq!(faults, []);
        let week = &library.schedules[0].weeks[0];
        let option = RestOption { weekday: 1, instead: Alternative::RunWalk, miles: None };
        assert_eq!(week.rest_options, [option]);
        let kinds: Vec<Kind> = week.sessions.iter().map(|r| r.kind).collect();
        use Kind::{Easy, Fartlek, Hill, Interval, TimeTrial};
        assert_eq!(kinds, [Easy, Interval, Fartlek, Easy, Hill, TimeTrial]);
        assert_eq!(week.sessions[0].miles, Some((Miles(100), Miles(300))));
        assert_eq!(week.sessions[1].reps, Some(Reps::Distance(6, Metres(400))));
        assert!(week.sessions[3].is_optional());
    }

    #[test]
    fn what_only_the_harder_schedules_have_is_read() {
        let text = "5k-novice w1 Mon rest/1-3mi Tue 6xhill Wed 4x800@10k Thu pace:5mi@2mi \
                    Fri bike:30min Sat strength Sun long:105min+finish";
        let (library, faults) = library(text);
        assert_eq!(faults, []);
        let week = &library.schedules[0].weeks[0];
        let miles = Some((Miles(100), Miles(300)));
        assert_eq!(
            week.rest_options,
            [RestOption { weekday: 1, instead: Alternative::EasyRun, miles }]
        );
        let [hill, interval, pace, bike, strength, long] = &week.sessions[..] else {
            panic!("{:?}", week.sessions)
        };
        assert_eq!((hill.kind, hill.reps), (Kind::Hill, Some(Reps::Hills(6))));
        assert_eq!(interval.pace(), Some(TargetPace::TenK));
        assert_eq!((pace.miles, pace.portion), (Some((Miles(500), Miles(500))), Some(Miles(200))));
        assert_eq!((bike.kind, bike.minutes), (Kind::Cross, Some(30)));
        assert_eq!((strength.kind, strength.printed), (Kind::Cross, Printed::Strength));
        assert_eq!((long.minutes, long.finish), (Some(105), true));
    }

    #[test]
    fn faults_are_named() {
        for bad in [
            "3",
            "3.125mi",
            "0mi",
            "3-2mi",
            "tempo:",
            "5x",
            "5x400@8k",
            "race:3k",
            "rest",
            "0xhill",
            "pace:3mi@3mi",
            "pace:30min@2mi",
            "tempo:3mi@2mi",
            "tempo:3mi+finish",
            "3mi/easy",
            "rest/2",
            "rest/cross",
        ] {
            let found = faults(&format!("Mon {bad}"));
            assert!(found.len() == 1 && found[0].contains("no session"), "{bad} {found:?}");
        }
        assert!(faults("Mon")[0].contains("no session"));
        assert!(faults("Noday 3mi")[0].contains("Noday"));
        let text = "# fine\nultra w1 Mon 3mi\n5k-novice w2 Mon 3mi";
        let found: Vec<String> = library(text).1.iter().map(ToString::to_string).collect();
        assert!(found[0].starts_with("line 2: \"ultra\" is no schedule"), "{found:?}");
        assert!(found[1].starts_with("line 3: \"w2\" is not the next week; write w1"), "{found:?}");
    }

    proptest! {
        /// No text makes the reader panic, and a library is whole whatever the text.
        #[test]
        fn any_text_is_survived(
            head in "(5k-novice|half-novice-1|x)( w[0-9]{1,3}| =)",
            days in "( (Mon|Sun|Q) [0-9a-z:./@-]{0,12}){0,3}",
            noise in ".{0,60}",
        ) {
            let (library, _) = library(&format!("{head}{days}\n{noise}"));
            prop_assert_eq!(library.schedules.len(), SCHEDULE_IDS.len());
            prop_assert!(library.rows().all(|r| r.min_distance <= r.max_distance));
        }
    }
}
