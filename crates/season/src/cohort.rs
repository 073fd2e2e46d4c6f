//! Who the runners are: the shares of the cohort, and one runner drawn from a seed.

use crate::rng::Rng;
use hermes_engine::calendar::{Day, WeekStart, Weekday, WeekdaySet};
use hermes_engine::record::Preferences;
use hermes_engine::units::Metres;

/// Thousandths of the cohort by usual weekly volume: highest of the band in metres, share.
const BANDS: [(i64, i64, i64); 4] =
    [(5_000, 20_000, 250), (20_000, 40_000, 350), (40_000, 70_000, 300), (70_000, 120_000, 100)];
/// Thousandths who run by mood, not by the plan.
const ERRATIC: i64 = 333;
/// Thousandths with one injury a year.
const INJURY_PRONE: i64 = 300;
/// Thousandths with a break of three weeks a year.
const BREAKS: i64 = 300;
/// Thousandths who run more and faster than planned.
const EAGER: i64 = 150;
/// Thousandths who move between time zones.
const TRAVELS: i64 = 150;
/// Thousandths who have goals.
const RACERS: i64 = 750;
/// Thousandths who now and then press "Send It".
const SENDERS: i64 = 100;
/// Thousandths who say how a run was.
const TALKERS: i64 = 400;
/// Thousandths who log a heart rate.
const HEART_RATE: i64 = 500;
/// Thousandths who want something special of their weeks.
const PARTICULAR: i64 = 350;
/// Weeks of history, with thousandths of the runners who have that many.
const HISTORY: [(i64, i64, i64); 4] = [(0, 0, 30), (1, 1, 30), (2, 12, 140), (13, 56, 800)];

/// Offsets from UTC in minutes, as far apart as the world has them.
const OFFSETS: [i64; 9] = [-720, -480, -300, 0, 60, 330, 345, 600, 840];

/// The day on which the seasons begin: Monday 2025-01-06.
const FIRST: Day = crate::hostile::MONDAY;

/// What a runner is like. It stays as it is for all seasons.
#[derive(Debug, Clone)]
pub struct Character {
    /// Metres of a usual week.
    pub volume: i64,
    /// Usual run days, as days from the week's start; the last is the long one.
    pub days: Vec<i64>,
    /// Easy pace, s/km.
    pub pace: i64,
    /// Runs by mood.
    pub erratic: bool,
    /// One injury a year.
    pub injury_prone: bool,
    /// A break of three weeks a year.
    pub breaks: bool,
    /// More and faster than planned.
    pub eager: bool,
    /// Moves between time zones.
    pub travels: bool,
    /// Has goals.
    pub racer: bool,
    /// Presses "Send It".
    pub sender: bool,
    /// Gives feedback.
    pub talker: bool,
    /// Logs a heart rate.
    pub heart_rate: bool,
    /// Minutes from UTC.
    pub offset: i64,
    /// Weeks of history before the first plan.
    pub history: i64,
    /// First day of the first week.
    pub first: Day,
    /// What the runner wants at first.
    pub preferences: Preferences,
}

impl Character {
    /// Draws one runner.
    #[must_use]
    pub fn draw(rng: &mut Rng) -> Self {
        let (low, high) = band(rng, &BANDS);
        let volume = rng.range(low, high);
        let n = (volume / rng.range(6_000, 12_000)).clamp(2, 6);
        let days = days(rng, n);
        let (least, most) = band(rng, &HISTORY);
        let mut preferences = Preferences::default();
        if rng.chance(250) {
            preferences.week_start = WeekStart::Sunday;
        }
        let first = match preferences.week_start {
            WeekStart::Monday => FIRST,
            WeekStart::Sunday => FIRST - 1,
        };
        let mut character = Self {
            volume,
            days,
            pace: rng.range(270, 450) - volume / 2_000,
            erratic: rng.chance(ERRATIC),
            injury_prone: rng.chance(INJURY_PRONE),
            breaks: rng.chance(BREAKS),
            eager: rng.chance(EAGER),
            travels: rng.chance(TRAVELS),
            racer: rng.chance(RACERS),
            sender: rng.chance(SENDERS),
            talker: rng.chance(TALKERS),
            heart_rate: rng.chance(HEART_RATE),
            offset: rng.pick(&OFFSETS),
            history: rng.range(least, most),
            first,
            preferences,
        };
        if rng.chance(PARTICULAR) {
            character.preferences = character.wish(rng);
        }
        character
    }

    /// New wishes, for some weeks to come. The first day of the week stays.
    #[must_use]
    pub fn wish(&self, rng: &mut Rng) -> Preferences {
        let mut p =
            Preferences { week_start: self.preferences.week_start, ..Preferences::default() };
        if rng.chance(500) {
            let mut set = WeekdaySet::NONE;
            for day in &self.days {
                set = set.with((self.first + *day).weekday());
            }
            p.run_days = set.with(rng.pick(&Weekday::ALL));
        }
        if rng.chance(300) {
            p.long_run_day = Some(rng.pick(&Weekday::ALL));
        }
        if rng.chance(250) {
            p.max_runs = Some(rng.small(2, 6));
        }
        if rng.chance(250) {
            p.day_caps[usize::from(rng.small(0, 6))] = Some(rng.range(30, 120) as u16);
        }
        if rng.chance(200) {
            p.weekly_cap = Some(Metres(self.volume * rng.range(700, 1300) / 1000));
        }
        p.cautious_start = rng.chance(50);
        p
    }
}

fn band(rng: &mut Rng, bands: &[(i64, i64, i64)]) -> (i64, i64) {
    let mut left = rng.range(0, 999);
    for (low, high, share) in bands {
        if left < *share {
            return (*low, *high);
        }
        left -= share;
    }
    (0, 0)
}

fn days(rng: &mut Rng, n: i64) -> Vec<i64> {
    let mut days: Vec<i64> = (0..7).collect();
    while days.len() as i64 > n {
        // Most keep a day at the weekend.
        let i = (rng.next() % days.len() as u64) as usize;
        if days[i] < 5 || rng.chance(300) {
            days.remove(i);
        }
    }
    days
}

#[cfg(test)]
mod tests {
    use super::Character;
    use crate::rng::Rng;

    /// 25, 35, 30 and 10 % by volume; a third erratic, 30 % injured, 30 % with breaks, 15 % eager.
    #[test]
    fn the_cohort_has_its_shares() {
        let all: Vec<Character> =
            (0..10_000).map(|k| Character::draw(&mut Rng::of(1, k))).collect();
        let near = |is: &dyn Fn(&Character) -> bool, permille: i64| {
            let n = all.iter().filter(|c| is(c)).count() as i64;
            assert!((n - permille * 10).abs() < 150, "{n} for {permille}");
        };
        near(&|c| c.volume < 20_000, 250);
        near(&|c| (20_000..40_000).contains(&c.volume), 350);
        near(&|c| (40_000..70_000).contains(&c.volume), 300);
        near(&|c| c.volume >= 70_000, 100);
        near(&|c| c.erratic, 333);
        near(&|c| c.injury_prone, 300);
        near(&|c| c.breaks, 300);
        near(&|c| c.eager, 150);
    }
}
