//! What an athlete does in a week: decided by the seed, the athlete and the week alone, so that it
//! is the same whenever the simulator is started and however its time moves.

use super::activity::{Activity, Shape, Visibility};
use super::dice::Dice;
use super::people::{Athlete, Story};
use hermes_engine::calendar::Day;
use jiff::{SignedDuration, Timestamp};

/// Metres and name of the races, with the share of easy pace they are run at, per mille.
const RACES: [(i64, &str, i64); 4] = [
    (5_000, "5 km race", 780),
    (10_000, "10 km race", 810),
    (21_098, "Half marathon", 855),
    (42_195, "Marathon", 900),
];
/// Kinds of sport that are no running; the last ones are newer than most clients.
const OTHERS: [&str; 8] =
    ["Swim", "Walk", "Hike", "Yoga", "WeightTraining", "VirtualRide", "Padel", "Dance"];

/// The week's place in the athlete's story: the first Monday of the simulator is week 0.
#[derive(Debug, Clone, Copy)]
pub(super) struct Week {
    pub(super) monday: Day,
    pub(super) origin: Day,
}

impl Week {
    fn number(self) -> i64 {
        (self.monday - self.origin) / 7
    }

    fn dice(self, seed: u64, athlete: &Athlete) -> Dice {
        Dice::of(seed, [athlete.number + 1, self.monday.epoch() as u64])
    }
}

/// All that an athlete does in a week, ids not given yet.
pub(super) fn week(seed: u64, athlete: &Athlete, week: Week) -> Vec<Activity> {
    let mut dice = week.dice(seed, athlete);
    let mut done = Vec::new();
    let (metres, runs) = volume(&mut dice, athlete, week);
    // Whole weeks off: a holiday, a cold.
    let off = dice.chance(35) && athlete.story != Story::New;
    if metres > 0 && !off {
        let race = race(&mut dice, athlete, week);
        for (day, kind) in days(runs).into_iter().zip(kinds(runs, race)) {
            let share = if kind == Kind::Long { 300 } else { 700 / (i64::from(runs) - 1).max(1) };
            let missed = dice.chance(60) && !matches!(kind, Kind::Race(_));
            let run = run(&mut dice, athlete, week.monday + day, kind, metres * share / 1000);
            if !missed {
                done.push(run);
            }
        }
    }
    let resting = metres == 0 && week.number() < 0 && athlete.story == Story::Returning;
    let rides = if resting { 2 } else { i64::from(dice.chance(250)) };
    for n in 0..rides {
        done.push(ride(&mut dice, athlete, week.monday + 1 + 3 * n));
    }
    if dice.chance(120) && (metres > 0 || resting) {
        done.push(other(&mut dice, athlete, week.monday + 4));
    }
    done.sort_by_key(|a| a.start);
    done
}

/// Metres and runs of the week.
fn volume(dice: &mut Dice, athlete: &Athlete, week: Week) -> (i64, u8) {
    let n = week.number();
    // Three weeks up, one down; a little less in winter.
    let wave = [950, 1000, 1080, 760][n.rem_euclid(4) as usize];
    let base = dice.vary(athlete.weekly_m * wave / 1000, 50);
    let (permille, runs) = match athlete.story {
        Story::New if n < -10 => (0, 0),
        Story::New => ((400 + 60 * (n + 10)).min(1000), athlete.runs_per_week),
        Story::Returning if (-16..-7).contains(&n) => (0, 0),
        Story::Returning if (-7..5).contains(&n) => {
            (250 + 60 * (n + 7), (2 + (n + 7) / 3).min(4) as u8)
        }
        Story::Racer => ((1000 + n).clamp(700, 1150), athlete.runs_per_week),
        Story::Returning | Story::Steady => (1000, athlete.runs_per_week),
    };
    (base * permille / 1000, runs)
}

/// The race of the week, if it has one.
fn race(dice: &mut Dice, athlete: &Athlete, week: Week) -> Option<usize> {
    let every = match athlete.story {
        Story::New => return None,
        Story::Racer => 5,
        Story::Steady | Story::Returning => 10,
    };
    let due = (week.number() + athlete.number as i64).rem_euclid(every) == 0;
    let ready = athlete.story != Story::Returning || week.number() < -16;
    let longest = if athlete.weekly_m >= 50_000 { 3 } else { 2 };
    (due && ready).then(|| dice.range(0, longest) as usize)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Easy,
    Tempo,
    Intervals,
    Long,
    Race(usize),
}

/// Days of the week with a run, from Monday = 0; the last one is Sunday.
fn days(runs: u8) -> Vec<i64> {
    match runs {
        0 => vec![],
        1 => vec![6],
        2 => vec![2, 6],
        3 => vec![1, 3, 6],
        4 => vec![1, 3, 5, 6],
        5 => vec![1, 2, 3, 5, 6],
        _ => vec![0, 1, 2, 3, 5, 6],
    }
}

fn kinds(runs: u8, race: Option<usize>) -> Vec<Kind> {
    let n = usize::from(runs.min(6));
    let mut kinds = vec![Kind::Easy; n];
    if let Some(last) = kinds.last_mut() {
        *last = race.map_or(Kind::Long, Kind::Race);
    }
    if n >= 4 && race.is_none() {
        kinds[n - 3] = Kind::Tempo;
    }
    if n >= 5 && race.is_none() {
        kinds[n - 5] = Kind::Intervals;
    }
    kinds
}

fn run(dice: &mut Dice, athlete: &Athlete, day: Day, kind: Kind, planned: i64) -> Activity {
    let (mut metres, pace, shape, name, tag, peak) = match kind {
        Kind::Easy => (planned, 1000, Shape::Even, "Run", None, 750),
        Kind::Long => (planned, 1015, Shape::Even, "Long run", Some(2), 800),
        Kind::Tempo => (planned, 930, Shape::Tempo, "Tempo", Some(3), 890),
        Kind::Intervals => {
            let shape = Shape::Intervals(dice.range(4, 8) as u8);
            (planned, 940, shape, "Intervals", Some(3), 920)
        }
        Kind::Race(n) => {
            let (metres, name, pace) = RACES[n];
            (metres, pace, Shape::Race, name, Some(1), 960)
        }
    };
    let is_race = matches!(kind, Kind::Race(_));
    metres = if is_race { metres + dice.range(0, 90) } else { dice.vary(metres, 120).max(1500) };
    let vary = if is_race { 15 } else { 35 };
    let pace = dice.vary(athlete.easy_pace_s * pace / 1000, vary);
    let moving = (pace * metres / 1000).max(60);
    let trail = athlete.trails && kind == Kind::Long && dice.chance(700);
    let treadmill = kind == Kind::Easy && dice.chance(60);
    let by_hand = kind == Kind::Easy && !treadmill && dice.chance(40);
    let stopped = if is_race || treadmill { 0 } else { dice.range(0, 1) * dice.range(20, 240) };
    let (hour, minute) = if kind == Kind::Long || is_race { (8, 30) } else { (17, 40) };
    let part_of_day = if hour < 12 { "Morning" } else { "Evening" };
    let mut a = blank(dice, athlete, day, (hour * 60 + minute, moving, moving + stopped));
    a.name = match name {
        "Run" => format!("{part_of_day} Run"),
        name => name.to_owned(),
    };
    a.sport = if trail { "TrailRun" } else { "Run" }.to_owned();
    // Untagged runs have null as often as 0.
    a.workout_type = tag.or_else(|| dice.pick(&[None, Some(0)]));
    a.metres = metres;
    a.ascent_m = metres / 1000 * if trail { dice.range(25, 45) } else { dice.range(3, 12) };
    a.shape = shape;
    a.cadence = Some(dice.range(785, 890));
    a.gear = Some(athlete.gear()[usize::from(trail || is_race)].clone());
    a.heart_rate = heart_rate(dice, athlete, peak);
    a.trainer = treadmill;
    a.effort = dice.chance(300).then(|| (peak - 700) / 30 + dice.range(1, 2));
    if treadmill {
        (a.ascent_m, a.temperature) = (0, None);
        a.name = "Treadmill".to_owned();
    }
    if by_hand {
        (a.manual, a.heart_rate, a.cadence, a.temperature) = (true, None, None, None);
        (a.ascent_m, a.elapsed_s) = (0, a.moving_s);
    }
    a
}

/// Average and maximum; the strap is forgotten now and then.
fn heart_rate(dice: &mut Dice, athlete: &Athlete, peak: i64) -> Option<(i64, i64)> {
    let worn = !dice.chance(50);
    let max = dice.vary(athlete.max_heart_rate * peak / 1000, 15);
    let average = max - dice.range(9, 17);
    worn.then_some((average, max))
}

fn ride(dice: &mut Dice, athlete: &Athlete, day: Day) -> Activity {
    let metres = dice.range(12_000, 60_000);
    let moving = metres * 3600 / dice.range(22_000, 31_000);
    let elapsed = moving + dice.range(0, 900);
    let mut a = blank(dice, athlete, day, (11 * 60, moving, elapsed));
    a.name = "Ride".to_owned();
    a.sport = dice.pick(&["Ride", "Ride", "GravelRide"]).to_owned();
    a.workout_type = dice.pick(&[None, Some(10)]);
    a.metres = metres;
    a.ascent_m = metres / 1000 * dice.range(3, 14);
    a.heart_rate = heart_rate(dice, athlete, 720);
    a.gear = Some(athlete.gear()[2].clone());
    a.commute = dice.chance(200);
    a
}

fn other(dice: &mut Dice, athlete: &Athlete, day: Day) -> Activity {
    let sport = dice.pick(&OTHERS);
    let moving = dice.range(20, 90) * 60;
    let elapsed = moving + dice.range(0, 600);
    let mut a = blank(dice, athlete, day, (12 * 60, moving, elapsed));
    a.name = sport.to_owned();
    a.sport = sport.to_owned();
    a.metres = match sport {
        "Swim" => moving * 2 / 3,
        "Walk" | "Hike" => moving * 14 / 10,
        "VirtualRide" => moving * 8,
        _ => 0,
    };
    a.trainer = matches!(sport, "VirtualRide" | "Yoga" | "WeightTraining");
    a.heart_rate = heart_rate(dice, athlete, 620);
    a
}

/// An activity of a day: minute of its start by the wall clock, moving and elapsed seconds.
fn blank(dice: &mut Dice, athlete: &Athlete, day: Day, times: (i64, i64, i64)) -> Activity {
    let (minute, moving_s, elapsed_s) = times;
    let local = day.date().at(0, 0, 0, 0);
    let since = SignedDuration::from_secs(minute * 60 + dice.range(-1500, 1500));
    let local = local.checked_add(since).unwrap_or(local);
    let start = athlete.zone.to_ambiguous_zoned(local).compatible();
    let start = start.map_or(Timestamp::UNIX_EPOCH, |zoned| zoned.timestamp());
    let visibility = match dice.range(0, 99) {
        0..=3 => Visibility::OnlyMe,
        4..=9 => Visibility::FollowersOnly,
        _ => Visibility::Everyone,
    };
    let sync = SignedDuration::from_secs(elapsed_s + dice.range(40, 400));
    Activity {
        id: 0,
        athlete: athlete.id,
        name: String::new(),
        description: dice.chance(60).then(|| "Felt \"good\", 50% wind 💨\nsecond line".to_owned()),
        sport: "Workout".to_owned(),
        workout_type: None,
        start,
        metres: 0,
        moving_s,
        elapsed_s,
        ascent_m: 0,
        heart_rate: None,
        cadence: None,
        temperature: Some(dice.range(2, 26)),
        effort: None,
        visibility,
        manual: false,
        trainer: false,
        commute: false,
        hidden_start: dice.chance(25),
        gear: None,
        shape: Shape::Even,
        seed: dice.roll(),
        uploaded: start.checked_add(sync).unwrap_or(start),
    }
}
