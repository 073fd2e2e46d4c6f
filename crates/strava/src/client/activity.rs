//! Activities as Strava knows them, checked and typed.

use super::raw::Raw;
use hermes_engine::record::Sport;
use hermes_engine::units::Seconds;
use jiff::Timestamp;
use serde_json::Value;

/// The start that Strava shows where the runner hides it: one second after local midnight.
const HIDDEN: i64 = 1;
/// Seconds of a day.
const DAY: i64 = 86_400;
/// Longest time of an activity that is believed: 14 days.
const LONGEST_S: i64 = 14 * DAY;
/// Longest distance that fits the schema, in centimetres.
const FARTHEST_CM: i64 = 99_999_999;
/// Strava's mark of a race, for runs.
const RACE: i64 = 1;

/// An activity, from a list or by itself. What cannot be read is `None`; what is plausible is for
/// others to judge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    /// Strava's id, positive.
    pub id: i64,
    /// The athlete whose it is, where the answer says so.
    pub athlete: Option<i64>,
    /// Strava's sport type, at most 50 characters: one that Hermes does not know stays as it came.
    pub sport_type: String,
    /// What it counts as.
    pub sport: Sport,
    /// The title, at most 255 characters.
    pub name: Option<String>,
    /// The instant it began.
    pub start: Timestamp,
    /// The wall clock where it began: seconds since 1970-01-01T00:00:00 of that wall clock.
    pub start_local: Option<i64>,
    /// The runner hides the time of day: only the date is true.
    pub start_hidden: bool,
    /// Distance in centimetres; below 1000 km.
    pub distance_cm: Option<i64>,
    /// Moving time.
    pub moving: Option<Seconds>,
    /// Elapsed time.
    pub elapsed: Option<Seconds>,
    /// Ascent in centimetres, below 10 km.
    pub ascent_cm: Option<i64>,
    /// Average speed in millimetres per second.
    pub average_speed_mm_s: Option<i64>,
    /// Highest speed in millimetres per second.
    pub max_speed_mm_s: Option<i64>,
    /// Average heart rate, beats per minute, 20 to 250.
    pub average_heart_rate: Option<u16>,
    /// Highest heart rate, beats per minute, 20 to 250.
    pub max_heart_rate: Option<u16>,
    /// Weighted average power in watts, below 10 000.
    pub weighted_watts: Option<i64>,
    /// Average power in watts, below 10 000.
    pub average_watts: Option<i64>,
    /// Degrees Celsius, -60 to 60.
    pub temperature: Option<i16>,
    /// Perceived exertion, 0 to 10; only of an activity by itself.
    pub perceived_exertion: Option<u8>,
    /// The name under which a device or app uploaded it.
    pub external_id: Option<String>,
    /// Strava's upload.
    pub upload_id: Option<i64>,
    /// Marked as a race.
    pub race: bool,
    /// Typed in: there are no streams.
    pub manual: bool,
    /// On a treadmill or a trainer.
    pub trainer: bool,
    /// Shown to nobody but the runner.
    pub only_me: bool,
}

impl Activity {
    /// From Strava's JSON, of either detail; `None` without an id or a start.
    #[must_use]
    pub fn read(value: &Value) -> Option<Self> {
        let raw = Raw::of(value);
        let id = raw.whole("id").filter(|id| *id > 0)?;
        let start = raw.moment("start_date")?;
        let start_local = raw.wall("start_date_local").or_else(|| {
            let offset = raw.within("utc_offset", -DAY, DAY)?;
            Some(start.as_second() + offset)
        });
        let sport_type = raw.text("sport_type").or_else(|| raw.text("type"));
        let sport_type: String = sport_type.unwrap_or_default().chars().take(50).collect();
        let seconds = |key| raw.within(key, 0, LONGEST_S).map(Seconds);
        let beats = |key| raw.within(key, 20, 250).and_then(|b| u16::try_from(b).ok());
        let hidden = |wall: i64| wall.rem_euclid(DAY) == HIDDEN;
        Some(Self {
            id,
            athlete: raw.inner("athlete").whole("id"),
            sport: sport(&sport_type),
            sport_type: if sport_type.is_empty() { "Workout".to_owned() } else { sport_type },
            name: raw.text("name").map(|name| name.chars().take(255).collect()),
            start,
            start_local,
            start_hidden: start_local.is_some_and(hidden) && hidden(start.as_second()),
            distance_cm: raw.scaled("distance", 100).filter(|d| (0..=FARTHEST_CM).contains(d)),
            moving: seconds("moving_time"),
            elapsed: seconds("elapsed_time"),
            ascent_cm: raw
                .scaled("total_elevation_gain", 100)
                .filter(|a| (0..1_000_000).contains(a)),
            average_speed_mm_s: raw
                .scaled("average_speed", 1000)
                .filter(|s| (0..1_000_000).contains(s)),
            max_speed_mm_s: raw.scaled("max_speed", 1000).filter(|s| (0..1_000_000).contains(s)),
            average_heart_rate: beats("average_heartrate"),
            max_heart_rate: beats("max_heartrate"),
            weighted_watts: raw.within("weighted_average_watts", 0, 9_999),
            average_watts: raw.within("average_watts", 0, 9_999),
            temperature: raw.within("average_temp", -60, 60).and_then(|t| i16::try_from(t).ok()),
            perceived_exertion: raw
                .within("perceived_exertion", 0, 10)
                .and_then(|e| u8::try_from(e).ok()),
            external_id: raw.text("external_id").map(|id| id.chars().take(255).collect()),
            upload_id: raw.whole("upload_id"),
            race: raw.whole("workout_type") == Some(RACE),
            manual: raw.flag("manual").unwrap_or(false),
            trainer: raw.flag("trainer").unwrap_or(false),
            only_me: raw.text("visibility").as_deref() == Some("only_me")
                || raw.flag("private").unwrap_or(false),
        })
    }
}

/// What a sport type counts as. New types come without notice: they are other sports.
fn sport(sport_type: &str) -> Sport {
    match sport_type {
        "Run" | "TrailRun" | "VirtualRun" => Sport::Run,
        _ => Sport::Other,
    }
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    /// How many entries it has, usable or not: the last page is the one with none.
    pub entries: usize,
    /// Those that can be used.
    pub activities: Vec<Activity>,
}

impl Page {
    /// From Strava's JSON; `None` where it is no list.
    #[must_use]
    pub fn read(value: &Value) -> Option<Self> {
        let entries = value.as_array()?;
        let activities = entries.iter().filter_map(Activity::read).collect();
        Some(Self { entries: entries.len(), activities })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn run() -> Value {
        json!({
            "id": 16_000_000_001_i64, "athlete": { "id": 1 }, "sport_type": "TrailRun",
            "type": "Run", "name": " Morning Run ", "start_date": "2025-10-18T12:49:52Z",
            "start_date_local": "2025-10-18T08:49:52Z",
            "timezone": "(GMT-05:00) America/New_York", "utc_offset": -14400.0,
            "distance": 10_012.34, "moving_time": 3000.0, "elapsed_time": "3060",
            "total_elevation_gain": 55.5, "average_speed": 3.337, "max_speed": 4.5,
            "average_heartrate": 150.4, "max_heartrate": 174.0, "workout_type": 1,
            "average_temp": 12, "manual": false, "visibility": "only_me",
            "upload_id": 987_654_321_234_567_891_234_f64, "start_latlng": [],
        })
    }

    #[test]
    fn an_activity_is_read_with_all_its_oddities() {
        let a = Activity::read(&run()).unwrap();
        assert_eq!((a.id, a.athlete), (16_000_000_001, Some(1)));
        assert_eq!((a.sport, a.sport_type.as_str()), (Sport::Run, "TrailRun"));
        assert_eq!(a.name.as_deref(), Some("Morning Run"));
        let zone = a.start_local.unwrap() - a.start.as_second();
        assert_eq!(zone, -4 * 3600, "the false Z of a wall clock");
        assert_eq!((a.distance_cm, a.ascent_cm), (Some(1_001_234), Some(5_550)));
        assert_eq!((a.moving, a.elapsed), (Some(Seconds(3000)), Some(Seconds(3060))));
        assert_eq!((a.average_heart_rate, a.max_heart_rate), (Some(150), Some(174)));
        assert_eq!((a.upload_id, a.race, a.only_me), (None, true, true));
        assert!(!a.start_hidden && !a.manual);
    }

    #[test]
    fn missing_and_impossible_values_are_left_out() {
        let bare = json!({ "id": "7", "start_date": "2025-10-18T12:49:52Z", "utc_offset": 7200.0,
            "distance": -4, "moving_time": null, "average_heartrate": 900, "max_speed": "fast",
            "average_temp": 400, "name": null, "type": "Run" });
        let a = Activity::read(&bare).unwrap();
        assert_eq!((a.id, a.sport), (7, Sport::Run), "the old field where the new one is missing");
        assert_eq!(a.start_local, Some(a.start.as_second() + 7200));
        let absent = (a.distance_cm, a.moving, a.average_heart_rate, a.max_speed_mm_s, a.name);
        assert_eq!(absent, (None, None, None, None, None));
        for useless in [
            json!(null),
            json!([]),
            json!({}),
            json!({ "id": 1 }),
            json!({ "id": -1,
            "start_date": "2025-10-18T12:49:52Z" }),
            json!({ "id": 1, "start_date": "today" }),
        ] {
            assert_eq!(Activity::read(&useless), None, "{useless}");
        }
    }

    #[test]
    fn unknown_sports_are_other_sports() {
        for (text, sport) in
            [("Run", Sport::Run), ("VirtualRun", Sport::Run), ("Padel", Sport::Other)]
        {
            let mut value = run();
            value["sport_type"] = json!(text);
            let a = Activity::read(&value).unwrap();
            assert_eq!((a.sport, a.sport_type.as_str()), (sport, text));
        }
    }

    #[test]
    fn a_hidden_start_is_known_as_one() {
        let mut value = run();
        value["start_date"] = json!("2025-10-18T00:00:01Z");
        value["start_date_local"] = json!("2025-10-18T00:00:01Z");
        assert!(Activity::read(&value).unwrap().start_hidden);
    }

    #[test]
    fn a_page_counts_what_it_cannot_use() {
        let page = Page::read(&json!([run(), { "id": 0 }, null])).unwrap();
        assert_eq!((page.entries, page.activities.len()), (3, 1));
        assert_eq!(Page::read(&json!([])).unwrap(), Page::default());
        assert_eq!(Page::read(&json!({ "message": "x" })), None);
    }
}
