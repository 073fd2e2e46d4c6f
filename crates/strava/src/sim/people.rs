//! The simulator's athletes.

use super::dice::Dice;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The first athlete's id.
pub const FIRST_ATHLETE: i64 = 1_000_001;

/// Where somebody runs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) city: &'static str,
    pub(super) state: Option<&'static str>,
    pub(super) country: &'static str,
    pub(super) zone: &'static str,
    pub(super) latitude: f64,
    pub(super) longitude: f64,
    /// Cosine of the latitude: how much shorter a degree of longitude is there.
    pub(super) cosine: f64,
    pub(super) altitude: f64,
}

const fn place(
    names: (&'static str, Option<&'static str>, &'static str, &'static str),
    at: (f64, f64, f64, f64),
) -> Place {
    let (city, state, country, zone) = names;
    let (latitude, longitude, cosine, altitude) = at;
    Place { city, state, country, zone, latitude, longitude, cosine, altitude }
}

/// Both halves of the earth, summer times, and offsets with parts of an hour.
const PLACES: [Place; 8] = [
    place(("Berlin", None, "Germany", "Europe/Berlin"), (52.5145, 13.3501, 0.6086, 34.0)),
    place(("London", None, "United Kingdom", "Europe/London"), (51.5073, -0.1657, 0.6224, 26.0)),
    place(
        ("New York", Some("NY"), "United States", "America/New_York"),
        (40.7812, -73.9665, 0.7572, 30.0),
    ),
    place(
        ("Boulder", Some("CO"), "United States", "America/Denver"),
        (40.0150, -105.2705, 0.7659, 1624.0),
    ),
    place(
        ("Sydney", Some("NSW"), "Australia", "Australia/Sydney"),
        (-33.888, 151.235, 0.8301, 43.0),
    ),
    place(("Kathmandu", None, "Nepal", "Asia/Kathmandu"), (27.7172, 85.324, 0.8853, 1305.0)),
    place(("Tokyo", None, "Japan", "Asia/Tokyo"), (35.6852, 139.7528, 0.8122, 22.0)),
    place(
        ("Sao Paulo", Some("SP"), "Brazil", "America/Sao_Paulo"),
        (-23.5874, -46.6576, 0.9165, 746.0),
    ),
];

/// How an athlete's training went up to the simulator's first moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Story {
    /// Began ten weeks before, three short runs a week.
    New,
    /// The same for years.
    Steady,
    /// Did not run from the sixteenth to the seventh week before; builds up again since.
    Returning,
    /// Grows slowly, races often.
    Racer,
}

/// An athlete and what does not change about them.
#[derive(Debug, Clone)]
pub(super) struct Athlete {
    pub(super) id: i64,
    pub(super) number: u64,
    pub(super) firstname: &'static str,
    pub(super) lastname: String,
    pub(super) sex: Option<&'static str>,
    pub(super) place: Place,
    pub(super) zone: TimeZone,
    pub(super) joined: Timestamp,
    pub(super) story: Story,
    /// Metres of an ordinary week.
    pub(super) weekly_m: i64,
    pub(super) runs_per_week: u8,
    /// Seconds a kilometre, easily.
    pub(super) easy_pace_s: i64,
    pub(super) max_heart_rate: i64,
    pub(super) weight_kg: f64,
    pub(super) feet: bool,
    pub(super) device: &'static str,
    /// Seconds between the points of a stream.
    pub(super) every_s: i64,
    pub(super) trails: bool,
    /// An activity without positions has `[]` where those of others have `null`.
    pub(super) empty_positions: bool,
}

const DEVICES: [&str; 4] =
    ["Garmin Forerunner 255", "COROS PACE 3", "Apple Watch Series 9", "Strava App"];

impl Athlete {
    /// The n-th athlete (from 0) of a seed. The first three are the stories of `hermes demo`.
    pub(super) fn nth(seed: u64, number: u64, joined: Timestamp) -> Self {
        let mut dice = Dice::of(seed, [number, 0]);
        let (story, firstname) = match number {
            0 => (Story::New, "New"),
            1 => (Story::Steady, "Steady"),
            2 => (Story::Returning, "Returning"),
            n if n % 5 == 3 => (Story::Racer, "Racing"),
            n if n % 7 == 6 => (Story::Returning, "Returning"),
            _ => (Story::Steady, "Steady"),
        };
        let (weekly_m, runs_per_week, easy_pace_s) = match story {
            Story::New => (15_000, 3, dice.range(400, 440)),
            Story::Steady => (dice.range(30, 60) * 1000, 5, dice.range(320, 370)),
            Story::Returning => (dice.range(35, 50) * 1000, 4, dice.range(330, 370)),
            Story::Racer => (dice.range(55, 85) * 1000, 6, dice.range(285, 325)),
        };
        let place = PLACES[number as usize % PLACES.len()];
        Self {
            id: FIRST_ATHLETE + number as i64,
            number,
            firstname,
            lastname: format!("Runner {}", number + 1),
            sex: dice.pick(&[Some("M"), Some("F"), Some("F"), Some("M"), None]),
            zone: TimeZone::get(place.zone).unwrap_or(TimeZone::UTC),
            place,
            joined,
            story,
            weekly_m,
            runs_per_week,
            easy_pace_s,
            max_heart_rate: dice.range(176, 198),
            weight_kg: dice.range(520, 860) as f64 / 10.0,
            feet: place.country == "United States",
            device: dice.pick(&DEVICES),
            every_s: dice.pick(&[1, 1, 1, 3]),
            trails: number % 4 == 3,
            empty_positions: number % 2 == 1,
        }
    }

    /// Its shoes and its bike.
    pub(super) fn gear(&self) -> [String; 3] {
        let n = self.id * 10;
        [format!("g{}", n + 1), format!("g{}", n + 2), format!("b{}", n + 3)]
    }
}
