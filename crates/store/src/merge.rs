//! When two sources tell of the same run, and what they say of it together. Values in, values out.

use crate::imports::{NewActivity, Source};
use crate::readings::Figures;
use crate::sources::ActivityKind;
use crate::value::{ActivityMetres, LocalTime, Text};
use hermes_engine::record::Sport;

/// Two recordings of one run begin within so many seconds of one another.
pub(crate) const SAME_START_S: i64 = 120;
/// Their distances or times differ by one part in so many at most: 2 %.
const SAME_PART: i64 = 50;
/// Strava shows a start time that its owner hides as midnight and one second.
const HIDDEN_START: i64 = 1;
/// After all others.
const LAST: u8 = u8::MAX;
/// Strava's word for a run on a trainer.
const VIRTUAL: &str = "VirtualRun";

/// What one source says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) source: Source,
    pub(crate) activity: NewActivity,
    pub(crate) figures: Figures,
}

impl Said {
    const fn id(&self) -> i64 {
        self.activity.strava_activity_id
    }

    /// The start says nothing: it is hidden.
    pub(crate) fn start_is_hidden(&self) -> bool {
        self.activity.start_date_local.seconds().rem_euclid(86_400) == HIDDEN_START
    }

    fn indoor(&self) -> Option<bool> {
        let by_type = (self.activity.activity_type.as_str() == VIRTUAL).then_some(true);
        self.figures.indoor.or(by_type)
    }

    /// Who is believed about what was measured: the lower, the more. What `passes`, since what
    /// the API says may not stay, counts only where nothing that stays says anything: so that
    /// nothing changes when it goes.
    const fn measured(&self, passes: bool) -> u8 {
        match self.source {
            Source::File => 0,
            Source::StravaArchive => 1,
            Source::Strava if passes => LAST,
            Source::Strava => 2,
            Source::Manual => 3,
        }
    }

    /// Who is believed about names and kinds, which people correct on Strava; what passes as in
    /// [`Said::measured`].
    const fn worded(&self, passes: bool) -> u8 {
        match self.source {
            Source::Strava if passes => LAST,
            Source::Strava => 0,
            Source::StravaArchive => 1,
            Source::Manual => 2,
            Source::File => 3,
        }
    }
}

fn near(a: i64, b: i64) -> bool {
    a > 0 && b > 0 && (a - b).abs().saturating_mul(SAME_PART) <= a.max(b)
}

/// Do two sources tell of the same run? How far apart they are, in seconds of start and
/// centimetres of distance, where they do. Two that Strava keeps apart by id are two, and so are
/// two that do not overlap, two sports, and one under a roof and one in the open. `word`: what the
/// runner says that the first was, whatever it says itself.
pub(crate) fn same_run(a: &Said, b: &Said, word: Option<&ActivityKind>) -> Option<(i64, i64)> {
    let (x, y) = (&a.activity, &b.activity);
    let apart = (x.start_date.as_second() - y.start_date.as_second()).abs();
    if apart > SAME_START_S {
        return None;
    }
    let like = |sport: Sport, name: &Text<50>| {
        sport == y.sport && (sport == Sport::Run || *name == y.activity_type)
    };
    // What was corrected may be told of rightly by one source and wrongly by another.
    let kind = like(x.sport, &x.activity_type)
        || word.is_some_and(|word| like(word.sport, &word.activity_type));
    let place = a.indoor().zip(b.indoor()).is_none_or(|(a, b)| a == b);
    if !kind || !place || (a.id() > 0 && b.id() > 0) || a.start_is_hidden() || b.start_is_hidden() {
        return None;
    }
    let lasts = |a: &NewActivity| i64::from(a.elapsed_time_seconds.max(a.moving_time_seconds));
    let first = if x.start_date <= y.start_date { x } else { y };
    if apart >= lasts(first).max(1) {
        return None;
    }
    let (p, q) = (x.distance_meters.units(), y.distance_meters.units());
    let time = |f: fn(&NewActivity) -> i32| near(i64::from(f(x)), i64::from(f(y)));
    let same = near(p, q) || time(|a| a.moving_time_seconds) || time(|a| a.elapsed_time_seconds);
    same.then_some((apart, (p - q).abs()))
}

/// The first of the sources, in an order, that says something.
fn first<'a, T>(order: &[&'a Said], of: impl Fn(&'a NewActivity) -> Option<T>) -> Option<T> {
    order.iter().find_map(|s| of(&s.activity))
}

/// What the sources of an activity say together, and the figures of the one whose points count;
/// `None` without a source. `number` is the activity's id until now: it stays, unless one of them
/// knows Strava's, or it is none of theirs. `passes`: what Strava's API says may not stay.
pub(crate) fn together(
    said: &[&Said],
    number: Option<i64>,
    passes: bool,
) -> Option<(NewActivity, Figures)> {
    if let [only] = said {
        return Some((only.activity.clone(), only.figures.clone()));
    }
    let mut measured = said.to_vec();
    measured.sort_by_key(|s| s.measured(passes));
    let mut worded = said.to_vec();
    worded.sort_by_key(|s| s.worded(passes));
    // A hidden start says less than any other.
    let lead =
        measured.iter().copied().find(|s| !s.start_is_hidden()).or(measured.first().copied())?;
    let words = &worded.first()?.activity;
    let number = number.filter(|n| said.iter().any(|s| s.id() == *n));
    let stravas = worded.iter().map(|s| s.id()).find(|id| *id > 0);
    let id = number.filter(|n| *n > 0).or(stravas).or(number);
    let timed = measured.iter().find(|s| s.activity.moving_time_seconds > 0).copied();
    let time = &timed.unwrap_or(lead).activity;
    let distance =
        first(&measured, |a| (a.distance_meters.units() > 0).then_some(a.distance_meters));
    let read = measured.iter().find(|s| s.figures.streams().is_some());
    let m = &measured;
    let together = NewActivity {
        strava_activity_id: id.unwrap_or(lead.id()),
        activity_type: words.activity_type.clone(),
        sport: words.sport,
        name: first(&worded, |a| a.name.clone().filter(|n| !n.is_empty())),
        distance_meters: distance.unwrap_or(ActivityMetres::default()),
        moving_time_seconds: time.moving_time_seconds,
        elapsed_time_seconds: time.elapsed_time_seconds,
        total_elevation_gain: first(m, |a| a.total_elevation_gain),
        start_date: lead.activity.start_date,
        start_date_local: lead.activity.start_date_local,
        average_speed_ms: first(m, |a| a.average_speed_ms),
        max_speed_ms: first(m, |a| a.max_speed_ms),
        average_heartrate: first(m, |a| a.average_heartrate),
        max_heartrate: first(m, |a| a.max_heartrate),
        weighted_average_watts: first(m, |a| a.weighted_average_watts),
        average_watts: first(m, |a| a.average_watts),
        external_id: first(&worded, |a| a.external_id.clone()),
        upload_id: first(&worded, |a| a.upload_id),
        race: said.iter().any(|s| s.activity.race),
        average_temperature: first(m, |a| a.average_temperature),
        perceived_exertion: first(&worded, |a| a.perceived_exertion),
    };
    Some((together, read.map_or_else(Figures::default, |s| s.figures.clone())))
}

impl NewActivity {
    /// The same with what it does not say taken from another telling of the same activity.
    #[must_use]
    pub fn filled_from(&self, other: &Self) -> Self {
        let none = self.distance_meters.units() == 0;
        Self {
            distance_meters: if none { other.distance_meters } else { self.distance_meters },
            total_elevation_gain: self.total_elevation_gain.or(other.total_elevation_gain),
            average_speed_ms: self.average_speed_ms.or(other.average_speed_ms),
            max_speed_ms: self.max_speed_ms.or(other.max_speed_ms),
            average_heartrate: self.average_heartrate.or(other.average_heartrate),
            max_heartrate: self.max_heartrate.or(other.max_heartrate),
            weighted_average_watts: self.weighted_average_watts.or(other.weighted_average_watts),
            average_watts: self.average_watts.or(other.average_watts),
            average_temperature: self.average_temperature.or(other.average_temperature),
            perceived_exertion: self.perceived_exertion.or(other.perceived_exertion),
            ..self.clone()
        }
    }

    /// The same as of another wall clock.
    #[must_use]
    pub fn on_clock(&self, start_date_local: LocalTime) -> Self {
        Self { start_date_local, ..self.clone() }
    }
}
