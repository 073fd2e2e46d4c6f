//! The streams of an activity: one value per recorded moment.

use super::raw::scaled;
use serde_json::Value;

/// Most samples of a stream that are taken; more than a day of seconds.
pub const SAMPLES_MAX: usize = 200_000;

/// The streams that are asked for.
pub(super) const KEYS: &str =
    "time,distance,latlng,altitude,velocity_smooth,heartrate,cadence,watts,temp,moving";

/// Streams side by side: all that are there have as many values as `time`. Kinds that an activity
/// has not are empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Streams {
    /// Seconds since the start, rising; gaps are pauses.
    pub time_s: Vec<i64>,
    /// Whether the athlete moved; empty: throughout.
    pub moving: Vec<bool>,
    /// Centimetres since the start.
    pub distance_cm: Vec<Option<i64>>,
    /// Latitude and longitude in 10^-7 degrees.
    pub place: Vec<Option<(i64, i64)>>,
    /// Centimetres above the sea.
    pub altitude_cm: Vec<Option<i64>>,
    /// Millimetres per second.
    pub speed_mm_s: Vec<Option<i64>>,
    /// Beats per minute.
    pub heart_rate: Vec<Option<i64>>,
    /// Steps per minute of one leg.
    pub cadence: Vec<Option<i64>>,
    /// Watts.
    pub watts: Vec<Option<i64>>,
    /// Degrees Celsius.
    pub temperature: Vec<Option<i64>>,
}

impl Streams {
    /// From Strava's JSON, by type or as a list; `None` without a usable time stream.
    #[must_use]
    pub fn read(value: &Value) -> Option<Self> {
        let data = |kind: &str| -> Option<&Vec<Value>> {
            let stream = match value {
                Value::Object(by_kind) => by_kind.get(kind),
                Value::Array(list) => list.iter().find(|stream| stream["type"] == kind),
                _ => None,
            };
            stream?.get("data")?.as_array().filter(|data| data.len() <= SAMPLES_MAX)
        };
        let time = data("time")?;
        let time_s: Vec<i64> = time.iter().filter_map(|t| scaled(t, 1)).collect();
        let rising = time_s.windows(2).all(|pair| matches!(pair, [a, b] if a <= b));
        if time_s.is_empty() || time_s.len() != time.len() || !rising || time_s[0] < 0 {
            return None;
        }
        let beside = |kind| data(kind).filter(|data| data.len() == time_s.len());
        let column = |kind, parts| -> Vec<Option<i64>> {
            let values = beside(kind).map(|d| d.iter().map(|v| scaled(v, parts)).collect());
            values.unwrap_or_default()
        };
        let place = |pair: &Value| {
            let degrees = |n| pair.get(n).and_then(|v| scaled(v, 10_000_000));
            let (lat, lon) = (degrees(0)?, degrees(1)?);
            (lat.abs() <= 900_000_000 && lon.abs() <= 1_800_000_000).then_some((lat, lon))
        };
        Some(Self {
            moving: beside("moving")
                .map(|data| data.iter().map(|v| v.as_bool().unwrap_or(true)).collect())
                .unwrap_or_default(),
            distance_cm: column("distance", 100),
            place: beside("latlng").map(|d| d.iter().map(place).collect()).unwrap_or_default(),
            altitude_cm: column("altitude", 100),
            speed_mm_s: column("velocity_smooth", 1000),
            heart_rate: column("heartrate", 1),
            cadence: column("cadence", 1),
            watts: column("watts", 1),
            temperature: column("temp", 1),
            time_s,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn both_shapes_are_the_same_streams() {
        let by_type = json!({
            "time": { "data": [0, 1, 5], "series_type": "distance", "original_size": 3 },
            "distance": { "data": [0.0, 3.3, 17.25] }, "heartrate": { "data": [120, null, 131] },
            "latlng": { "data": [[1.5, 2.5], [], [95.0, 0.0]] }, "watts": { "data": [1, 2] },
        });
        let list = json!([
            { "type": "time", "data": [0, 1, 5] }, { "type": "distance", "data": [0.0, 3.3, 17.25] },
            { "type": "heartrate", "data": [120, null, 131] },
            { "type": "latlng", "data": [[1.5, 2.5], [], [95.0, 0.0]] },
        ]);
        let streams = Streams::read(&by_type).unwrap();
        assert_eq!(streams, Streams::read(&list).unwrap());
        assert_eq!(streams.distance_cm, [Some(0), Some(330), Some(1725)]);
        assert_eq!(streams.heart_rate, [Some(120), None, Some(131)]);
        assert_eq!(streams.place, [Some((15_000_000, 25_000_000)), None, None]);
        assert!(streams.watts.is_empty(), "another length than time");
    }

    #[test]
    fn what_has_no_time_is_no_stream() {
        for bad in [
            json!(null),
            json!({}),
            json!({ "time": { "data": [] } }),
            json!({ "time": { "data": [3, 1] } }),
            json!({ "time": { "data": [0, "x"] } }),
            json!({ "time": [0, 1] }),
            json!({ "distance": { "data": [0, 1] } }),
        ] {
            assert_eq!(Streams::read(&bad), None, "{bad}");
        }
    }
}
