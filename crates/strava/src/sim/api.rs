//! API v3.

use super::activity::Activity;
use super::params::Params;
use super::people::Athlete;
use super::quota::Bucket;
use super::reply::{Content, Refusal, Reply, bad_parameter};
use super::shapes;
use super::tokens::Grant;
use super::track::Track;
use super::world::{NewActivity, World};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// Activities of a page, and the most that can be asked for.
const PAGE: (i64, i64) = (30, 200);

/// A call to the API.
pub(super) struct Call<'a> {
    pub(super) get: bool,
    pub(super) path: &'a [&'a str],
    pub(super) bearer: Option<&'a str>,
    pub(super) params: &'a Params,
}

/// Answers a call: token, application, limits, and then what was asked for.
pub(super) fn answer(world: &mut World, call: &Call<'_>) -> Reply {
    let now = world.now();
    let bucket = match (call.get, call.path) {
        (false, ["activities" | "uploads", ..]) => Bucket::Write,
        _ => Bucket::Read,
    };
    // Nobody's call is counted against nobody.
    let athlete = call.bearer.and_then(|token| world.tokens.athlete(token, now));
    let Some(athlete) = athlete else { return Refusal::BAD_TOKEN.into() };
    world.calls = world.calls.wrapping_add(1);
    let within = world.usage.count(now, bucket);
    let mut reply = if !within {
        Refusal::TOO_MANY.into()
    } else if world.faults.inactive {
        Refusal::INACTIVE.into()
    } else if world.faults.unauthorized {
        Refusal::BAD_TOKEN.into()
    } else if is_nth(world.calls, world.faults.unavailable_every) {
        Reply { body: Content::Page("Service Unavailable".to_owned()), ..Reply::empty(503) }
    } else {
        let seen = Caller { world, athlete, now }.answer(call);
        seen.unwrap_or_else(|refused| refused)
    };
    reply.headers.extend(world.usage.headers(now, bucket));
    reply
}

/// Whether it is the turn of something that happens every so many times; never for 0.
pub(super) const fn is_nth(count: u32, every: u32) -> bool {
    every > 0 && count.is_multiple_of(every)
}

type Answer = Result<Reply, Reply>;

/// Who asks, and when.
struct Caller<'a> {
    world: &'a mut World,
    athlete: i64,
    now: Timestamp,
}

impl Caller<'_> {
    fn answer(&mut self, call: &Call<'_>) -> Answer {
        let params = call.params;
        if !call.get {
            return match call.path {
                ["activities"] => self.create(params),
                _ => Err(Refusal::NO_PATH.into()),
            };
        }
        let me = self.me()?;
        let body = match call.path {
            ["athlete"] if self.may("profile:read_all") => shapes::athlete_detail(me),
            ["athlete"] => shapes::athlete_summary(me),
            ["athlete", "activities"] | ["activities"] => self.list(params)?,
            ["athlete", "zones"] => {
                self.need("profile:read_all", Refusal::NO_PROFILE)?;
                shapes::athlete_zones(me)
            }
            ["athlete", "clubs"] => json!([]),
            ["athletes", id, "stats"] => {
                if id.parse() != Ok(self.athlete) {
                    return Err(Refusal::NOT_YOURS.into());
                }
                let all: Vec<&Activity> = self.world.of_athlete(self.athlete).collect();
                shapes::stats(&all, &me.zone, self.now)
            }
            ["gear", id] => shapes::gear_detail(me, id).ok_or(Refusal::NO_GEAR)?,
            ["activities", id] => {
                let activity = self.intact(id)?;
                shapes::detail(activity, me, &track(activity, me))
            }
            ["activities", id, "laps"] => {
                let activity = self.activity(id)?;
                shapes::laps(activity, me, &track(activity, me))
            }
            ["activities", id, "zones"] => {
                shapes::activity_zones(me, &track(self.activity(id)?, me))
            }
            ["activities", id, "comments" | "kudos"] => {
                self.activity(id)?;
                json!([])
            }
            ["activities", id, "streams"] => self.streams(id, params.get("keys"), params)?,
            ["activities", id, "streams", keys] => self.streams(id, Some(keys), params)?,
            _ => return Err(Refusal::NO_PATH.into()),
        };
        Ok(Reply::json(200, body))
    }

    fn me(&self) -> Result<&Athlete, Refusal> {
        self.world.athlete(self.athlete).ok_or(Refusal::BAD_TOKEN)
    }

    fn may(&self, scope: &str) -> bool {
        self.world.tokens.grant(self.athlete).is_some_and(|grant: &Grant| grant.has(scope))
    }

    fn need(&self, scope: &str, otherwise: Refusal) -> Result<(), Refusal> {
        if self.may(scope) { Ok(()) } else { Err(otherwise) }
    }

    /// Seconds since an activity was uploaded.
    fn age(&self, a: &Activity) -> i64 {
        self.now.as_second() - a.uploaded.as_second()
    }

    fn can_see(&self, a: &Activity) -> bool {
        a.athlete == self.athlete
            && (!a.is_private() || self.may("activity:read_all"))
            && self.age(a) >= self.world.faults.activities_late_s
    }

    /// One of the athlete's own activities.
    fn activity(&self, id: &str) -> Result<&Activity, Refusal> {
        if !self.may("activity:read_all") {
            self.need("activity:read", Refusal::NO_READ)?;
        }
        let found = id.parse().ok().and_then(|id| self.world.activity(id));
        found.filter(|a| self.can_see(a)).ok_or(Refusal::NO_ACTIVITY)
    }

    /// One that Strava has not broken.
    fn intact(&self, id: &str) -> Result<&Activity, Reply> {
        let activity = self.activity(id)?;
        if self.world.faults.broken_activities.contains(&activity.id) {
            return Err(Reply::json(500, json!({ "message": "error" })));
        }
        Ok(activity)
    }

    fn streams(&self, id: &str, keys: Option<&str>, params: &Params) -> Result<Value, Reply> {
        let activity = self.intact(id)?;
        let late = self.age(activity) < self.world.faults.streams_late_s;
        if late || !activity.has_streams() {
            return Err(Refusal::NO_ACTIVITY.into());
        }
        Ok(shapes::streams(&track(activity, self.me()?), keys, params.flag("key_by_type")))
    }

    /// A page of summaries: newest first, but oldest first where only `after` is given.
    fn list(&self, params: &Params) -> Result<Value, Reply> {
        if !self.may("activity:read_all") {
            self.need("activity:read", Refusal::NO_READ)?;
        }
        let me = self.me()?;
        let number = |name: &str| params.number(name).map_err(|()| bad_parameter(name));
        let (after, before) = (number("after")?, number("before")?);
        if after.is_some_and(|after| after > self.now.as_second()) {
            return Err(Refusal::FUTURE.into());
        }
        let page = number("page")?.unwrap_or(1).max(1) - 1;
        let per_page = number("per_page")?.unwrap_or(PAGE.0).clamp(1, PAGE.1);
        let mut found: Vec<(i64, &Activity)> = self
            .world
            .of_athlete(self.athlete)
            .filter(|a| self.can_see(a))
            .map(|a| (shapes::listed_at(a, &me.zone).as_second(), a))
            .filter(|(at, _)| after.is_none_or(|after| *at > after))
            .filter(|(at, _)| before.is_none_or(|before| *at < before))
            .collect();
        found.sort_by_key(|(at, a)| (*at, a.id));
        if after.is_none() || before.is_some() {
            found.reverse();
        }
        if let Some(most) = self.world.faults.lists_hold {
            found.truncate(most as usize);
        }
        let skipped = usize::try_from(page.saturating_mul(per_page)).unwrap_or(usize::MAX);
        let shown = found.into_iter().skip(skipped).take(per_page as usize);
        Ok(Value::Array(shown.map(|(_, a)| shapes::summary(a, me)).collect()))
    }

    /// `POST /activities`: one entered by hand.
    fn create(&mut self, params: &Params) -> Answer {
        self.need("activity:write", Refusal::NO_WRITE)?;
        let number = |name: &str| params.number(name).map_err(|()| bad_parameter(name));
        let name = params.get("name").ok_or_else(|| bad_parameter("name"))?;
        let sport = params.get("sport_type").or_else(|| params.get("type"));
        let sport = sport.ok_or_else(|| bad_parameter("sport_type"))?;
        let elapsed = number("elapsed_time")?.ok_or_else(|| bad_parameter("elapsed_time"))?;
        let started = params.get("start_date_local").and_then(|text| self.local(text));
        let started = started.ok_or_else(|| bad_parameter("start_date_local"))?;
        let metres = params.get("distance").and_then(|text| text.parse::<f64>().ok());
        let new = NewActivity {
            name: Some(name.to_owned()),
            sport_type: Some(sport.to_owned()),
            start: Some(started),
            metres: Some(metres.unwrap_or(0.0) as i64),
            moving_s: Some(elapsed),
            manual: true,
            trainer: params.flag("trainer"),
            ..NewActivity::default()
        };
        let id = self.world.add(self.athlete, new).ok_or(Refusal::BAD_TOKEN)?;
        let activity = self.world.activity(id).ok_or(Refusal::NO_ACTIVITY)?;
        let body = shapes::detail(activity, self.me()?, &Track::default());
        Ok(Reply::json(201, body))
    }

    /// A moment by the athlete's wall clock; a `Z` or an offset at its end means nothing.
    fn local(&self, text: &str) -> Option<Timestamp> {
        let civil: jiff::civil::DateTime = text.get(..19)?.parse().ok()?;
        let zoned = civil.to_zoned(self.me().ok()?.zone.clone()).ok()?;
        let latest = self.now.checked_add(SignedDuration::from_hours(24)).ok()?;
        Some(zoned.timestamp()).filter(|at| *at < latest)
    }
}

fn track(activity: &Activity, athlete: &Athlete) -> Track {
    Track::of(activity, &athlete.place, athlete.every_s)
}
