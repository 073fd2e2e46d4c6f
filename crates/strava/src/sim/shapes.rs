//! Strava's JSON, written out. The client of this room shares nothing with it, so that one mistake
//! cannot hide another.

use super::activity::{Activity, Visibility};
use super::people::Athlete;
use super::track::{Outline, Track, polyline};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

/// Distances of best efforts in metres, with Strava's names.
const EFFORTS: [(&str, f64); 14] = [
    ("400m", 400.0),
    ("1/2 mile", 805.0),
    ("1K", 1000.0),
    ("1 mile", 1609.0),
    ("2 mile", 3219.0),
    ("5K", 5000.0),
    ("10K", 10_000.0),
    ("15K", 15_000.0),
    ("10 mile", 16_090.0),
    ("20K", 20_000.0),
    ("Half-Marathon", 21_097.0),
    ("30K", 30_000.0),
    ("Marathon", 42_195.0),
    ("50K", 50_000.0),
];
/// Every stream, in the order in which they come.
const STREAMS: [&str; 10] = [
    "time",
    "distance",
    "latlng",
    "altitude",
    "velocity_smooth",
    "heartrate",
    "cadence",
    "temp",
    "moving",
    "grade_smooth",
];
const MILE_M: f64 = 1609.344;
/// Highest heart rates of the zones, per mille of the athlete's maximum.
const ZONES: [i64; 4] = [590, 780, 870, 970];

fn tenths(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

fn thousandths(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

fn per_second(metres: f64, seconds: i64) -> f64 {
    if seconds == 0 { 0.0 } else { thousandths(metres / seconds as f64) }
}

/// Adds the fields of one object to another.
fn extend(value: &mut Value, more: Value) {
    if let (Value::Object(fields), Value::Object(more)) = (value, more) {
        fields.extend(more);
    }
}

/// The start, in UTC and by the wall clock; both are one second past midnight where it is hidden.
fn starts(a: &Activity, zone: &TimeZone) -> (String, String) {
    let zoned = a.start.to_zoned(zone.clone());
    if a.hidden_start {
        let day = zoned.date();
        let hidden = format!("{day}T00:00:01Z");
        return (hidden.clone(), hidden);
    }
    (a.start.to_string(), format!("{}Z", zoned.datetime()))
}

/// The moment that lists are ordered and filtered by.
pub(super) fn listed_at(a: &Activity, zone: &TimeZone) -> Timestamp {
    if !a.hidden_start {
        return a.start;
    }
    let date = a.start.to_zoned(zone.clone()).date();
    let shown = date.at(0, 0, 1, 0).to_zoned(TimeZone::UTC);
    shown.map_or(a.start, |zoned| zoned.timestamp())
}

/// `(GMT+01:00) Europe/Berlin`: the zone's standard offset, in summer too.
fn zone_name(athlete: &Athlete, at: Timestamp) -> String {
    let info = athlete.zone.to_offset_info(at);
    let summer = if info.dst().is_dst() { 3600 } else { 0 };
    let minutes = (info.offset().seconds() - summer) / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    let (hours, rest) = (minutes.abs() / 60, minutes.abs() % 60);
    format!("(GMT{sign}{hours:02}:{rest:02}) {}", athlete.place.zone)
}

/// An activity as a list shows it.
pub(super) fn summary(a: &Activity, athlete: &Athlete) -> Value {
    let (start, start_local) = starts(a, &athlete.zone);
    let info = athlete.zone.to_offset_info(a.start);
    let outline = Outline::of(a, &athlete.place);
    let position = |point: Option<&[f64; 2]>| match point {
        Some([latitude, longitude]) => json!([latitude, longitude]),
        None if athlete.empty_positions => json!([]),
        None => Value::Null,
    };
    let points = outline.points.as_deref();
    let upload = (!a.manual).then(|| a.id + 1_076_420_713);
    let mut value = json!({
        "resource_state": 2,
        "athlete": { "id": a.athlete, "resource_state": 1 },
        "id": a.id,
        "name": a.name,
        "distance": a.metres as f64,
        "moving_time": a.moving_s,
        "elapsed_time": a.elapsed_s,
        "total_elevation_gain": a.ascent_m as f64,
        "type": a.kind(),
        "sport_type": a.sport,
        "workout_type": a.workout_type,
        "device_name": if a.manual { None } else { Some(athlete.device) },
        "start_date": start,
        "start_date_local": start_local,
        "timezone": zone_name(athlete, a.start),
        "utc_offset": f64::from(info.offset().seconds()),
        "location_city": null,
        "location_state": null,
        "location_country": null,
    });
    let more = json!({
        "achievement_count": 0,
        "kudos_count": a.id % 7,
        "comment_count": 0,
        "athlete_count": 1,
        "photo_count": 0,
        "map": {
            "id": format!("a{}", a.id),
            "summary_polyline": polyline(points.unwrap_or_default()),
            "resource_state": 2,
        },
        "trainer": a.trainer,
        "commute": a.commute,
        "manual": a.manual,
        "private": a.is_private(),
        "visibility": a.visibility.name(),
        "flagged": false,
        "gear_id": a.gear,
        "start_latlng": position(points.and_then(<[_]>::first)),
        "end_latlng": position(points.and_then(<[_]>::last)),
        "average_speed": thousandths(a.speed()),
        "max_speed": outline.speed_max,
        "has_heartrate": a.heart_rate.is_some(),
        "heartrate_opt_out": false,
        "display_hide_heartrate_option": a.heart_rate.is_some(),
        "elev_high": outline.altitudes.map(|(_, high)| high),
        "elev_low": outline.altitudes.map(|(low, _)| low),
        "upload_id": upload,
        "upload_id_str": upload.map(|id| id.to_string()),
        "external_id": upload.map(|id| format!("garmin_ping_{id}")),
        "from_accepted_tag": false,
        "pr_count": 0,
        "total_photo_count": 0,
        "has_kudoed": false,
        "hide_from_home": false,
        "suffer_score": a.heart_rate.map(|(mean, _)| ((mean - 90) * a.moving_s / 2400) as f64),
    });
    extend(&mut value, more);
    let mut sensors = Map::new();
    if let Some((average, max)) = a.heart_rate {
        sensors.insert("average_heartrate".to_owned(), json!(average as f64));
        sensors.insert("max_heartrate".to_owned(), json!(max as f64));
    }
    if let Some(cadence) = a.cadence {
        sensors.insert("average_cadence".to_owned(), json!(cadence as f64 / 10.0));
    }
    if let Some(temperature) = a.temperature.filter(|_| !a.manual) {
        sensors.insert("average_temp".to_owned(), json!(temperature));
    }
    extend(&mut value, Value::Object(sensors));
    value
}

/// An activity by itself.
pub(super) fn detail(a: &Activity, athlete: &Athlete, track: &Track) -> Value {
    let mut value = summary(a, athlete);
    let line = polyline(track.positions.as_deref().unwrap_or_default());
    let gear = a.gear.as_ref().and_then(|id| gear_summary(athlete, id));
    let run = a.is_run();
    extend(
        &mut value,
        json!({
            "resource_state": 3,
            "description": a.description,
            "calories": thousandths(athlete.weight_kg * a.metres as f64 / 1000.0),
            "perceived_exertion": a.effort.map(|effort| effort as f64),
            "prefer_perceived_exertion": false,
            "private_note": null,
            "gear": gear,
            "photos": { "primary": null, "count": 0 },
            "segment_efforts": [],
            "splits_metric": if run { splits(track, 1000.0) } else { json!([]) },
            "splits_standard": if run { splits(track, MILE_M) } else { json!([]) },
            "laps": laps(a, athlete, track),
            "best_efforts": if run { best_efforts(a, athlete, track) } else { json!([]) },
            "embed_token": format!("{:040x}", a.seed),
            "similar_activities": null,
            "stats_visibility": [
                { "type": "heart_rate", "visibility": "everyone" },
                { "type": "pace", "visibility": "everyone" },
            ],
            "available_zones": if a.heart_rate.is_some() { json!(["heartrate"]) } else { json!([]) },
        }),
    );
    let id = format!("a{}", a.id);
    let short = value["map"]["summary_polyline"].clone();
    value["map"] =
        json!({ "id": id, "polyline": line, "resource_state": 3, "summary_polyline": short });
    value
}

/// What is the same of laps, splits and best efforts: a stretch of the track.
struct Stretch<'a> {
    track: &'a Track,
    from: usize,
    to: usize,
}

impl Stretch<'_> {
    fn metres(&self) -> f64 {
        tenths(self.track.distance[self.to] - self.track.distance[self.from])
    }

    fn elapsed(&self) -> i64 {
        self.track.time[self.to] - self.track.time[self.from]
    }

    fn moving(&self) -> i64 {
        self.track.moving_between(self.from, self.to)
    }

    /// The mean and the highest heart rate.
    fn heart_rate(&self) -> Option<(f64, f64)> {
        let beats = &self.track.heart_rate.as_ref()?[self.from..=self.to];
        let mean = beats.iter().sum::<i64>() as f64 / beats.len() as f64;
        Some((tenths(mean), beats.iter().copied().max().unwrap_or(0) as f64))
    }
}

fn stretches<'a>(track: &'a Track, ends: &'a [usize]) -> impl Iterator<Item = Stretch<'a>> {
    let starts = std::iter::once(0).chain(ends.iter().copied());
    starts.zip(ends).filter(|(from, to)| from < to).map(|(from, &to)| Stretch { track, from, to })
}

fn splits(track: &Track, metres: f64) -> Value {
    let ends = track.every_metres(metres);
    let splits = stretches(track, &ends).zip(1..).map(|(s, number)| {
        let speed = per_second(s.metres(), s.moving());
        let rise = tenths(track.altitude[s.to] - track.altitude[s.from]);
        let mut split = json!({
            "distance": s.metres(),
            "elapsed_time": s.elapsed(),
            "elevation_difference": rise,
            "moving_time": s.moving(),
            "split": number,
            "average_speed": speed,
            "average_grade_adjusted_speed": speed,
            "pace_zone": 0,
        });
        if let Some((mean, _)) = s.heart_rate() {
            extend(&mut split, json!({ "average_heartrate": mean }));
        }
        split
    });
    Value::Array(splits.collect())
}

/// Where a stretch began, in UTC and by the wall clock.
fn stretch_starts(a: &Activity, athlete: &Athlete, s: &Stretch<'_>) -> (String, String) {
    if a.hidden_start {
        return starts(a, &athlete.zone);
    }
    let since = jiff::SignedDuration::from_secs(s.track.time[s.from]);
    let start = a.start.checked_add(since).unwrap_or(a.start);
    let local = start.to_zoned(athlete.zone.clone()).datetime();
    (start.to_string(), format!("{local}Z"))
}

pub(super) fn laps(a: &Activity, athlete: &Athlete, track: &Track) -> Value {
    let laps = stretches(track, &track.laps).zip(1_i64..).map(|(s, number)| {
        let (start, start_local) = stretch_starts(a, athlete, &s);
        let fastest = track.speed[s.from..=s.to].iter().copied().fold(0.0, f64::max);
        let mut lap = json!({
            "id": a.id * 4 + number,
            "resource_state": 2,
            "name": format!("Lap {number}"),
            "activity": { "id": a.id, "visibility": a.visibility.name(), "resource_state": 1 },
            "athlete": { "id": a.athlete, "resource_state": 1 },
            "elapsed_time": s.elapsed(),
            "moving_time": s.moving(),
            "start_date": start,
            "start_date_local": start_local,
            "distance": s.metres(),
            "average_speed": per_second(s.metres(), s.moving()),
            "max_speed": fastest,
            "lap_index": number,
            "split": number,
            "start_index": s.from,
            "end_index": s.to,
            "total_elevation_gain": track.ascent_between(s.from, s.to),
            "device_watts": false,
            "pace_zone": 0,
        });
        if let Some((mean, max)) = s.heart_rate() {
            extend(&mut lap, json!({ "average_heartrate": mean, "max_heartrate": max }));
        }
        if let Some(cadence) = &track.cadence {
            let steps = &cadence[s.from..=s.to];
            let mean = steps.iter().sum::<i64>() as f64 / steps.len() as f64;
            extend(&mut lap, json!({ "average_cadence": tenths(mean) }));
        }
        lap
    });
    Value::Array(laps.collect())
}

fn best_efforts(a: &Activity, athlete: &Athlete, track: &Track) -> Value {
    let efforts = EFFORTS.iter().zip(1_i64..).filter_map(|((name, metres), number)| {
        let (from, to) = track.best(*metres)?;
        let s = Stretch { track, from, to };
        let (start, start_local) = stretch_starts(a, athlete, &s);
        Some(json!({
            "id": a.id * 4 + 2_000_000_000 + number,
            "resource_state": 2,
            "name": name,
            "activity": { "id": a.id, "visibility": a.visibility.name(), "resource_state": 1 },
            "athlete": { "id": a.athlete, "resource_state": 1 },
            "elapsed_time": s.elapsed(),
            "moving_time": s.moving(),
            "start_date": start,
            "start_date_local": start_local,
            "distance": metres,
            "pr_rank": null,
            "achievements": [],
            "start_index": from,
            "end_index": to,
        }))
    });
    Value::Array(efforts.collect())
}

/// The streams that were asked for and are there. Without any key only the distance comes.
pub(super) fn streams(track: &Track, keys: Option<&str>, by_type: bool) -> Value {
    let asked: Vec<&str> =
        keys.map_or_else(Vec::new, |keys| keys.split(',').map(str::trim).collect());
    let wanted = |kind: &str| asked.contains(&kind) || kind == "distance";
    let size = track.time.len();
    let series = STREAMS.iter().filter(|kind| wanted(kind)).filter_map(|kind| {
        let data = stream(track, kind)?;
        let shape = json!({
            "data": data,
            "series_type": "distance",
            "original_size": size,
            "resolution": "high",
        });
        Some(((*kind).to_owned(), shape))
    });
    if by_type {
        return Value::Object(series.collect());
    }
    let list = series.map(|(kind, mut shape)| {
        extend(&mut shape, json!({ "type": kind }));
        shape
    });
    Value::Array(list.collect())
}

fn stream(track: &Track, kind: &str) -> Option<Value> {
    Some(match kind {
        "time" => json!(track.time),
        "distance" => json!(track.distance),
        "latlng" => json!(track.positions.as_ref()?),
        "altitude" => json!(track.altitude),
        "velocity_smooth" => json!(track.speed),
        "heartrate" => json!(track.heart_rate.as_ref()?),
        "cadence" => json!(track.cadence.as_ref()?),
        "temp" => json!(track.temperature.as_ref()?),
        "moving" => json!(track.moving),
        "grade_smooth" => json!(track.grade),
        _ => return None,
    })
}

/// Limits of an athlete's heart rate zones; the last one is open.
fn zone_limits(athlete: &Athlete) -> Vec<(i64, i64)> {
    let tops: Vec<i64> = ZONES.iter().map(|p| athlete.max_heart_rate * p / 1000).collect();
    let lows = std::iter::once(0).chain(tops.iter().map(|top| top + 1));
    lows.zip(tops.iter().copied().chain([-1])).collect()
}

/// `GET /athlete/zones`.
pub(super) fn athlete_zones(athlete: &Athlete) -> Value {
    let zones: Vec<Value> =
        zone_limits(athlete).iter().map(|(min, max)| json!({ "min": min, "max": max })).collect();
    json!({ "heart_rate": { "custom_zones": false, "zones": zones } })
}

/// `GET /activities/{id}/zones`.
pub(super) fn activity_zones(athlete: &Athlete, track: &Track) -> Value {
    let Some(beats) = &track.heart_rate else { return json!([]) };
    let buckets = zone_limits(athlete).into_iter().map(|(min, max)| {
        let inside = |beat: i64| beat >= min && (max < 0 || beat <= max);
        let seconds: i64 = (1..beats.len())
            .filter(|&i| inside(beats[i]))
            .map(|i| track.moving_between(i - 1, i))
            .sum();
        json!({ "min": min, "max": max, "time": seconds })
    });
    json!([{
        "score": 0,
        "distribution_buckets": buckets.collect::<Vec<_>>(),
        "type": "heartrate",
        "resource_state": 3,
        "sensor_based": true,
        "points": 0,
        "custom_zones": false,
        "max": athlete.max_heart_rate,
    }])
}

/// An athlete as everybody sees them, and as the token's answer holds them.
pub(super) fn athlete_summary(athlete: &Athlete) -> Value {
    json!({
        "id": athlete.id,
        "username": format!("runner{}", athlete.number + 1),
        "resource_state": 2,
        "firstname": athlete.firstname,
        "lastname": athlete.lastname,
        "bio": null,
        "city": athlete.place.city,
        "state": athlete.place.state,
        "country": athlete.place.country,
        "sex": athlete.sex,
        "premium": true,
        "summit": true,
        "created_at": athlete.joined.to_string(),
        "updated_at": athlete.joined.to_string(),
        "badge_type_id": 1,
        "weight": athlete.weight_kg,
        "profile_medium": "avatar/athlete/medium.png",
        "profile": "avatar/athlete/large.png",
        "friend": null,
        "follower": null,
    })
}

/// An athlete as they see themselves.
pub(super) fn athlete_detail(athlete: &Athlete) -> Value {
    let [first, second, bike] = athlete.gear();
    let mut value = athlete_summary(athlete);
    extend(
        &mut value,
        json!({
            "resource_state": 3,
            "blocked": false,
            "can_follow": true,
            "follower_count": 12,
            "friend_count": 9,
            "mutual_friend_count": 0,
            "athlete_type": 1,
            "date_preference": "%d/%m/%Y",
            "measurement_preference": if athlete.feet { "feet" } else { "meters" },
            "clubs": [],
            "postable_clubs_count": 0,
            "ftp": null,
            "bikes": [gear_summary(athlete, &bike)],
            "shoes": [gear_summary(athlete, &first), gear_summary(athlete, &second)],
        }),
    );
    value
}

fn gear_summary(athlete: &Athlete, id: &str) -> Option<Value> {
    let names = ["Daily shoes", "Race and trail shoes", "Bike"];
    let which = athlete.gear().iter().position(|known| known == id)?;
    Some(json!({
        "id": id,
        "primary": which == 0,
        "name": names[which],
        "nickname": names[which],
        "resource_state": 2,
        "retired": false,
        "distance": 412_000,
        "converted_distance": 412.0,
    }))
}

/// `GET /gear/{id}`.
pub(super) fn gear_detail(athlete: &Athlete, id: &str) -> Option<Value> {
    let mut value = gear_summary(athlete, id)?;
    extend(
        &mut value,
        json!({
            "resource_state": 3,
            "brand_name": "Brand",
            "model_name": "Model",
            "description": null,
            "notification_distance": 800,
        }),
    );
    Some(value)
}

/// `GET /athletes/{id}/stats`: activities that everybody can see, and no others.
pub(super) fn stats(all: &[&Activity], zone: &TimeZone, now: Timestamp) -> Value {
    let year = now.to_zoned(zone.clone()).year();
    let recent = |a: &Activity| now.as_second() - a.start.as_second() <= 28 * 86_400;
    let this_year = |a: &Activity| a.start.to_zoned(zone.clone()).year() == year;
    let seen: Vec<&Activity> =
        all.iter().copied().filter(|a| a.visibility == Visibility::Everyone).collect();
    let totals = |kind: &str, within: &dyn Fn(&Activity) -> bool, achievements: bool| {
        let of_kind: Vec<_> = seen.iter().filter(|a| a.kind() == kind && within(a)).collect();
        let sum = |of: fn(&Activity) -> i64| of_kind.iter().map(|a| of(a)).sum::<i64>();
        let mut totals = json!({
            "count": of_kind.len(),
            "distance": sum(|a| a.metres) as f64,
            "moving_time": sum(|a| a.moving_s),
            "elapsed_time": sum(|a| a.elapsed_s),
            "elevation_gain": sum(|a| a.ascent_m) as f64,
        });
        if achievements {
            extend(&mut totals, json!({ "achievement_count": 0 }));
        }
        totals
    };
    let mut value = Map::new();
    let longest = seen.iter().filter(|a| a.kind() == "Ride").map(|a| a.metres).max();
    let steepest = seen.iter().map(|a| a.ascent_m).max();
    value.insert("biggest_ride_distance".to_owned(), json!(longest.map(|m| m as f64)));
    value.insert("biggest_climb_elevation_gain".to_owned(), json!(steepest.map(|m| m as f64)));
    for (name, kind) in [("ride", "Ride"), ("run", "Run"), ("swim", "Swim")] {
        value.insert(format!("recent_{name}_totals"), totals(kind, &recent, true));
        value.insert(format!("ytd_{name}_totals"), totals(kind, &this_year, false));
        value.insert(format!("all_{name}_totals"), totals(kind, &|_| true, false));
    }
    Value::Object(value)
}
