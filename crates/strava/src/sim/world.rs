//! Everything the simulator knows: athletes, what they did, who has consented, what was asked, and
//! what is to be told. All changes go through here; time passes when [`World::now`] is asked.

use super::activity::{Activity, Shape, Visibility};
use super::clock::Clock;
use super::dice::Dice;
use super::events::{Event, Events};
use super::faults::Faults;
use super::people::Athlete;
use super::quota::Usage;
use super::tokens::Tokens;
use super::track::Track;
use super::training::{self, Week};
use super::{Control, Limits};
use hermes_engine::calendar::{Day, WeekStart};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Most athletes of a simulator.
pub const ATHLETES_MAX: u16 = 200;
/// Most years of runs before its first moment.
pub const YEARS_MAX: u8 = 15;

/// Longest activity that can be added, in seconds and in metres.
const MOVING_S_MAX: i64 = 2 * 86_400;
const METRES_MAX: i64 = 1_000_000;

/// When ids began, in seconds since 1970, and how many there are in a second: today's are about
/// 1.6e10, as Strava's.
const ID_EPOCH_S: i64 = 1_230_000_000;
const IDS_PER_S: i64 = 28;

/// An activity as its athlete sees it: the truth that a client should hold.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Seen {
    /// Its id.
    pub id: i64,
    /// What the athlete calls it.
    pub name: String,
    /// The newer word for its sport.
    pub sport_type: String,
    /// When it began; the real time, also where it is hidden.
    pub start: Timestamp,
    /// When it was uploaded.
    pub uploaded: Timestamp,
    /// Metres; 0 where none was measured.
    pub metres: i64,
    /// Seconds of movement.
    pub moving_s: i64,
    /// Seconds from start to end.
    pub elapsed_s: i64,
    /// Metres up.
    pub ascent_m: i64,
    /// Average and maximum, in beats a minute.
    pub heart_rate: Option<(i64, i64)>,
    /// Who can see it.
    pub visibility: Visibility,
    /// Entered by hand: there are no streams.
    pub manual: bool,
    /// Indoors: there are no positions.
    pub trainer: bool,
    /// A race, by its tag.
    pub race: bool,
    /// Whether there are streams.
    pub has_streams: bool,
}

/// One moment of a recorded activity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Seconds since the start; a pause is a gap.
    pub seconds: i64,
    /// Metres since the start.
    pub metres: f64,
    /// Metres above the sea.
    pub altitude: f64,
    /// Latitude and longitude in degrees; none indoors.
    pub position: Option<[f64; 2]>,
    /// Beats a minute.
    pub heart_rate: Option<i64>,
    /// Steps of one leg in a minute.
    pub cadence: Option<i64>,
}

/// An activity to add. What is left out is that of an ordinary run that has just ended.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewActivity {
    /// What the athlete calls it.
    pub name: Option<String>,
    /// The newer word for its sport.
    pub sport_type: Option<String>,
    /// When it began. In the past it is a late upload: it is listed by its start, and comes now.
    pub start: Option<Timestamp>,
    /// Metres, up to 1,000 km.
    pub metres: Option<i64>,
    /// Seconds of movement, up to two days.
    pub moving_s: Option<i64>,
    /// Who can see it.
    pub visibility: Option<Visibility>,
    /// Entered by hand.
    pub manual: bool,
    /// Indoors.
    pub trainer: bool,
    /// Tagged as a race.
    pub race: bool,
}

/// A change to an activity; what is left out stays.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Edit {
    /// Its name.
    pub name: Option<String>,
    /// The newer word for its sport.
    pub sport_type: Option<String>,
    /// Who can see it.
    pub visibility: Option<Visibility>,
    /// Metres: a correction that no event tells of.
    pub metres: Option<i64>,
    /// Whether it was a race: no event tells of that either.
    pub race: Option<bool>,
}

/// An athlete and whether they have consented.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Person {
    /// Strava's id.
    pub id: i64,
    /// First and last name.
    pub name: String,
    /// IANA name of the time zone.
    pub time_zone: String,
    /// Scopes in force; empty when the application is not connected.
    pub scopes: Vec<String>,
}

pub(super) struct World {
    pub(super) clock: Clock,
    pub(super) faults: Faults,
    pub(super) tokens: Tokens,
    pub(super) usage: Usage,
    pub(super) events: Events,
    pub(super) callback_domain: Option<String>,
    pub(super) control: Control,
    /// Calls to the API so far: the faults of every so many-th count them.
    pub(super) calls: u32,
    /// Answers of the API so far.
    pub(super) answers: u32,
    /// Requests for tokens so far.
    pub(super) token_requests: u32,
    seed: u64,
    athletes: Vec<Athlete>,
    activities: BTreeMap<i64, Activity>,
    /// What is done and not uploaded yet, by the moment it will be.
    coming: BTreeMap<(Timestamp, i64), Activity>,
    /// The first week of the stories.
    origin: Day,
    /// The week that has not been lived yet.
    next_week: Day,
    /// Numbers what is added by hand.
    added: u64,
}

/// What is needed to make one.
pub(super) struct Beginning {
    pub(super) seed: u64,
    pub(super) athletes: u16,
    pub(super) years: u8,
    pub(super) clock: Clock,
    pub(super) limits: Limits,
    pub(super) callback_domain: Option<String>,
    pub(super) control: Control,
}

impl World {
    pub(super) fn new(beginning: Beginning) -> Self {
        let Beginning { seed, athletes, years, clock, limits, callback_domain, control } =
            beginning;
        let now = clock.now();
        let origin = day_of(now).week_start(WeekStart::Monday);
        let weeks = i64::from(years.min(YEARS_MAX)) * 52 + 1;
        let joined = before(now, SignedDuration::from_hours(24 * 7 * weeks));
        let people = 0..u64::from(athletes.clamp(1, ATHLETES_MAX));
        let mut world = Self {
            clock,
            faults: Faults::default(),
            tokens: Tokens::new(seed),
            usage: Usage { limits, ..Usage::default() },
            events: Events::default(),
            callback_domain,
            control,
            calls: 0,
            answers: 0,
            token_requests: 0,
            seed,
            athletes: people.map(|number| Athlete::nth(seed, number, joined)).collect(),
            activities: BTreeMap::new(),
            coming: BTreeMap::new(),
            origin,
            next_week: origin - 7 * weeks,
            added: 0,
        };
        world.now();
        world
    }

    /// The present moment, after everything that has happened until then.
    pub(super) fn now(&mut self) -> Timestamp {
        let now = self.clock.now();
        // A day of its week has begun somewhere on earth the day before.
        while self.next_week <= day_of(now) + 1 {
            let week = Week { monday: self.next_week, origin: self.origin };
            for athlete in &self.athletes {
                for activity in training::week(self.seed, athlete, week) {
                    self.coming.insert((activity.uploaded, athlete.id), activity);
                }
            }
            self.next_week = self.next_week + 7;
        }
        while let Some(entry) = self.coming.first_entry() {
            if entry.key().0 > now {
                break;
            }
            let activity = entry.remove();
            self.upload(activity);
        }
        now
    }

    /// Takes an activity in; its id grows with the time of the upload, as Strava's do.
    fn upload(&mut self, mut activity: Activity) -> i64 {
        let since = activity.uploaded.as_second() - ID_EPOCH_S;
        let mut id = since * IDS_PER_S + activity.athlete % IDS_PER_S;
        while self.activities.contains_key(&id) {
            id += 1;
        }
        activity.id = id;
        if !activity.is_private() || self.reads_all(activity.athlete) {
            let at = activity.uploaded;
            self.tell(Event::activity(activity.athlete, id, "create", at));
        }
        self.activities.insert(id, activity);
        id
    }

    fn reads_all(&self, athlete: i64) -> bool {
        self.tokens.grant(athlete).is_some_and(|grant| grant.has("activity:read_all"))
    }

    /// Tells the application, if the athlete lets it know.
    fn tell(&mut self, event: Event) {
        let granted = self.tokens.grant(event.owner_id);
        let knows = granted.is_some_and(|g| g.has("activity:read") || g.has("activity:read_all"));
        if knows || event.object_type == "athlete" {
            self.events.push(event);
        }
    }

    pub(super) fn athletes(&self) -> &[Athlete] {
        &self.athletes
    }

    pub(super) fn athlete(&self, id: i64) -> Option<&Athlete> {
        self.athletes.iter().find(|athlete| athlete.id == id)
    }

    pub(super) fn people(&self) -> Vec<Person> {
        let person = |athlete: &Athlete| Person {
            id: athlete.id,
            name: format!("{} {}", athlete.firstname, athlete.lastname),
            time_zone: athlete.place.zone.to_owned(),
            scopes: self
                .tokens
                .grant(athlete.id)
                .map_or_else(Vec::new, |grant| grant.scopes.iter().cloned().collect()),
        };
        self.athletes.iter().map(person).collect()
    }

    /// What is there of an athlete, in no order that means anything.
    pub(super) fn of_athlete(&self, athlete: i64) -> impl Iterator<Item = &Activity> {
        self.activities.values().filter(move |a| a.athlete == athlete)
    }

    pub(super) fn activity(&self, id: i64) -> Option<&Activity> {
        self.activities.get(&id)
    }

    pub(super) fn seen(&self, athlete: i64) -> Vec<Seen> {
        let mut seen: Vec<Seen> = self.of_athlete(athlete).map(seen).collect();
        seen.sort_by_key(|a| (a.start, a.id));
        seen
    }

    /// What the watch recorded of an activity, with a point every so many seconds at most.
    pub(super) fn points(&self, activity: i64, every_s: i64) -> Vec<Point> {
        let Some(a) = self.activity(activity) else { return Vec::new() };
        let Some(athlete) = self.athlete(a.athlete) else { return Vec::new() };
        let track = Track::of(a, &athlete.place, every_s.max(athlete.every_s));
        let point = |n: usize| Point {
            seconds: track.time[n],
            metres: track.distance[n],
            altitude: track.altitude[n],
            position: track.positions.as_ref().map(|points| points[n]),
            heart_rate: track.heart_rate.as_ref().map(|beats| beats[n]),
            cadence: track.cadence.as_ref().map(|steps| steps[n]),
        };
        (0..track.time.len()).map(point).collect()
    }

    /// Adds an activity; its id, or `None` for an unknown athlete.
    pub(super) fn add(&mut self, athlete: i64, new: NewActivity) -> Option<i64> {
        let now = self.now();
        let owner = self.athlete(athlete)?;
        let gear = owner.gear()[0].clone();
        self.added += 1;
        let mut dice = Dice::of(self.seed, [u64::MAX, self.added]);
        let moving_s = new.moving_s.unwrap_or(2700).clamp(0, MOVING_S_MAX);
        let sport = new.sport_type.unwrap_or_else(|| "Run".to_owned());
        let metres = new.metres.unwrap_or(moving_s * 3).clamp(0, METRES_MAX);
        let measured = !new.manual && sport.contains("Run");
        let ended = before(now, SignedDuration::from_secs(moving_s + 60));
        let start = new.start.unwrap_or(ended);
        let activity = Activity {
            id: 0,
            athlete,
            name: new.name.unwrap_or_else(|| "Run".to_owned()),
            description: None,
            workout_type: new.race.then_some(1),
            start,
            metres,
            moving_s,
            elapsed_s: moving_s,
            ascent_m: metres / 200,
            heart_rate: measured.then_some((142, 158)),
            cadence: measured.then_some(830),
            temperature: None,
            effort: None,
            visibility: new.visibility.unwrap_or(Visibility::Everyone),
            manual: new.manual,
            trainer: new.trainer,
            commute: false,
            hidden_start: false,
            gear: sport.contains("Run").then_some(gear),
            sport,
            shape: Shape::Even,
            seed: dice.roll(),
            uploaded: now,
        };
        Some(self.upload(activity))
    }

    /// Changes an activity; `false` when there is none.
    pub(super) fn edit(&mut self, id: i64, edit: Edit) -> bool {
        let now = self.now();
        let Some(activity) = self.activities.get_mut(&id) else { return false };
        let (was_private, kind) = (activity.is_private(), activity.kind().to_owned());
        let mut updates = BTreeMap::new();
        if let Some(name) = edit.name.filter(|name| *name != activity.name) {
            updates.insert("title", name.clone());
            activity.name = name;
        }
        if let Some(sport) = edit.sport_type {
            activity.sport = sport;
        }
        if let Some(metres) = edit.metres {
            activity.metres = metres.clamp(0, METRES_MAX);
        }
        if let Some(race) = edit.race {
            activity.workout_type = Some(i64::from(race));
        }
        activity.visibility = edit.visibility.unwrap_or(activity.visibility);
        let (is_private, owner) = (activity.is_private(), activity.athlete);
        if activity.kind() != kind {
            updates.insert("type", activity.kind().to_owned());
        }
        if is_private != was_private {
            updates.insert("private", is_private.to_string());
        }
        // Who may not see private ones is told that they come and go.
        let aspect = match (self.reads_all(owner), was_private, is_private) {
            (false, false, true) => "delete",
            (false, true, false) => "create",
            (false, true, true) => return true,
            _ => "update",
        };
        if aspect != "update" {
            self.tell(Event::activity(owner, id, aspect, now));
        } else if !updates.is_empty() {
            let event = Event::activity(owner, id, aspect, now);
            self.tell(Event { updates, ..event });
        }
        true
    }

    /// Deletes an activity; `false` when there is none.
    pub(super) fn delete(&mut self, id: i64) -> bool {
        let now = self.now();
        let Some(activity) = self.activities.remove(&id) else { return false };
        if !activity.is_private() || self.reads_all(activity.athlete) {
            self.tell(Event::activity(activity.athlete, id, "delete", now));
        }
        true
    }

    /// Ends an athlete's consent; `false` when there was none.
    pub(super) fn deauthorize(&mut self, athlete: i64) -> bool {
        let now = self.now();
        let ended = self.tokens.revoke(athlete);
        if ended {
            self.tell(Event {
                object_type: "athlete",
                updates: BTreeMap::from([("authorized", "false".to_owned())]),
                ..Event::activity(athlete, athlete, "update", now)
            });
        }
        ended
    }
}

fn seen(a: &Activity) -> Seen {
    Seen {
        id: a.id,
        name: a.name.clone(),
        sport_type: a.sport.clone(),
        start: a.start,
        uploaded: a.uploaded,
        metres: a.metres,
        moving_s: a.moving_s,
        elapsed_s: a.elapsed_s,
        ascent_m: a.ascent_m,
        heart_rate: a.heart_rate,
        visibility: a.visibility,
        manual: a.manual,
        trainer: a.trainer,
        race: a.workout_type == Some(1),
        has_streams: a.has_streams(),
    }
}

fn before(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_sub(by).unwrap_or(Timestamp::MIN)
}

fn day_of(at: Timestamp) -> Day {
    Day::from_epoch(at.as_second().div_euclid(86_400))
}
