//! Race prediction: what a runner can run today over every goal distance, and how sure that is.
//!
//! Rules R1-R4, R8, B1 and B4 of the evidence. The laws are public and real-valued for tests; a
//! [`Prediction`] holds whole seconds: [`predict`] rounds each time to the nearest second before
//! paces are put in order and intervals are taken.

use crate::calendar::Day;
use crate::history::Run;
use crate::record::{Activity, RaceDistance, Sport};
use crate::ruleset;
use crate::units::{Metres, Pace, Seconds, Units};
use crate::vdot::{TimeOff, Vdot, is_human, time_at, time_off_factor, vdot_bound, vdot_of};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Metres of the race.
const MARATHON: f64 = 42_195.0;

/// `time` seconds over `from` metres, extrapolated to `to` metres with exponent `k` (Riegel 1981).
#[must_use]
pub fn riegel(time: f64, from: f64, to: f64, k: f64) -> f64 {
    time * libm::pow(to / from, k)
}

/// Typical weekly volume in miles as Vickers's models take it, clamped to 5-100.
#[must_use]
pub fn weekly_miles(weekly: Metres) -> f64 {
    (weekly.0 as f64 / 1609.344).clamp(5.0, 100.0)
}

/// Marathon time in seconds from one race (Vickers and Vertosick 2016, model 1): metres and
/// seconds of the longest race that is no marathon, and typical weekly miles.
#[must_use]
pub fn vickers_model_1(metres: f64, seconds: f64, miles: f64) -> f64 {
    let v = MARATHON / riegel(seconds, metres, MARATHON, ruleset::RIEGEL);
    MARATHON / (0.160_186_17 + 0.830_762_02 * v + 0.064_238_26 * (miles / 10.0))
}

/// Marathon time in seconds from two races (model 2): the two longest that are no marathons as
/// (metres, seconds), the shorter first, and typical weekly miles. The distances must differ.
#[must_use]
pub fn vickers_model_2(short: (f64, f64), long: (f64, f64), miles: f64) -> f64 {
    let own = own_exponent(short, long);
    let k = 1.451_075_6 - 0.237_979_48 * own - 0.014_100_23 * (miles / 10.0);
    riegel(long.1, long.0, MARATHON, k)
}

/// The exponent that joins two races, each (metres, seconds).
#[must_use]
pub fn own_exponent(short: (f64, f64), long: (f64, f64)) -> f64 {
    libm::log(long.1 / short.1) / libm::log(long.0 / short.0)
}

/// One performance: a race, a time trial or a training run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effort {
    /// The activity's id.
    pub id: i64,
    /// When.
    pub day: Day,
    /// Distance as recorded. A race within -1.5 to +3 % of a usual race distance counts as that.
    pub distance: Metres,
    /// Time taken: by the race's clock for a race, moving time for a training run.
    pub time: Seconds,
    /// A race, or flagged as a time trial.
    pub race: bool,
}

impl Effort {
    /// The effort an activity was; `None` for what is no run, has no distance or time, or is
    /// faster than 7 m/s over more than 1 km. A race takes its elapsed time, unless that is shorter
    /// than the moving time or over 1.5 times as long (a watch that was left running).
    #[must_use]
    pub fn of(activity: &Activity) -> Option<Self> {
        let Activity { id, distance, moving, elapsed, race, .. } = *activity;
        let run = activity.sport == Sport::Run;
        run.then(|| Self::timed(id, activity.day(), distance, (moving, elapsed), race))?
    }

    /// The effort that a counted run was; `None` as for [`Self::of`], and for one with a stretch
    /// in a vehicle.
    #[must_use]
    pub fn of_run(r: &Run) -> Option<Self> {
        let timed = || Self::timed(r.id, r.day, r.distance, (r.moving, r.elapsed), r.race);
        if r.vehicle { None } else { timed() }
    }

    fn timed(
        id: i64,
        day: Day,
        distance: Metres,
        (moving, elapsed): (Seconds, Seconds),
        race: bool,
    ) -> Option<Self> {
        let clock_ok =
            elapsed >= moving && elapsed.0.saturating_mul(2) <= moving.0.saturating_mul(3);
        let time = if race && clock_ok { elapsed } else { moving };
        let flying = distance > ruleset::SPEED_CHECKED_OVER
            && distance.0 > time.0.saturating_mul(ruleset::SPEED_MAX);
        let sane = distance.0 > 0 && time.0 > 0 && !flying;
        sane.then_some(Self { id, day, distance, time, race })
    }
}

/// The longest time without running of the last 16 weeks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Break {
    /// Days without a run.
    pub days: i64,
    /// The first day run again, or as-of when it still lasts.
    pub ended: Day,
    /// What was done instead.
    pub off: TimeOff,
}

/// The longest run-free gap that reaches into the last 16 weeks, the later of equal ones; `None`
/// when none is longer than five days. `run_days` in order of time, days from `as_of` on ignored.
/// Days before the first run are no break.
#[must_use]
pub fn longest_break(
    run_days: impl Iterator<Item = Day> + Clone,
    as_of: Day,
    off: TimeOff,
) -> Option<Break> {
    let past = run_days.filter(|d| *d < as_of);
    let next = past.clone().skip(1).chain([as_of]);
    past.zip(next)
        .map(|(last, ended)| Break { days: ended - last - 1, ended, off })
        .filter(|b| b.days >= ruleset::BREAK_LEAST && as_of - b.ended <= ruleset::BREAK_WINDOW)
        .max_by_key(|b| (b.days, b.ended))
}

/// How a prediction was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Riegel from the nearest race.
    Riegel,
    /// Riegel with the runner's own exponent.
    OwnExponent,
    /// The Daniels-Gilbert value of training runs.
    Training,
    /// Vickers and Vertosick, two races.
    VickersTwo,
    /// Vickers and Vertosick, one race.
    VickersOne,
    /// The Daniels-Gilbert value plus 6 %.
    ValueMarathon,
    /// The runner's own marathon.
    OwnMarathon,
    /// The mean of the runner's own marathon and what later races say.
    OwnMarathonAndModel,
    /// The pace of a longer distance.
    PaceOfLonger,
    /// The pace of a shorter distance.
    PaceOfShorter,
}

impl Method {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Riegel => "Riegel",
            Self::OwnExponent => "Riegel, own exponent",
            Self::Training => "Daniels-Gilbert, training runs",
            Self::VickersTwo => "Vickers, two races",
            Self::VickersOne => "Vickers, one race",
            Self::ValueMarathon => "Daniels-Gilbert + 6 %",
            Self::OwnMarathon => "Own marathon",
            Self::OwnMarathonAndModel => "Own marathon and later races",
            Self::PaceOfLonger => "Pace of a longer distance",
            Self::PaceOfShorter => "Pace of a shorter distance",
        }
    }

    /// One sentence that says why it was used.
    #[must_use]
    pub const fn why(self) -> &'static str {
        match self {
            Self::Riegel => "From your race nearest to this distance, with the usual slowing.",
            Self::OwnExponent => {
                "From your race nearest to this distance; two races of yours show how you slow \
                 with distance."
            }
            Self::Training => {
                "No race shows more than two of your training runs do, so it comes from them; you \
                 may well be faster."
            }
            Self::VickersTwo => {
                "From your two longest races and your weekly distance, as in 2,303 runners."
            }
            Self::VickersOne => {
                "From your longest race and your weekly distance, as in 2,303 runners."
            }
            Self::ValueMarathon => {
                "No race of 5 km or more is known, so your best short run is stretched with care."
            }
            Self::OwnMarathon => "You ran a marathon, and no later race says otherwise.",
            Self::OwnMarathonAndModel => {
                "Halfway between your own marathon and what your later races say."
            }
            Self::PaceOfLonger => "You are predicted at this pace over a longer distance already.",
            Self::PaceOfShorter => "No distance is predicted at a faster pace than a shorter one.",
        }
    }
}

/// A predicted race time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prediction {
    /// The distance.
    pub distance: RaceDistance,
    /// The likeliest time.
    pub time: Seconds,
    /// One runner in ten is faster than this.
    pub low: Seconds,
    /// One runner in ten is slower than this.
    pub high: Seconds,
    /// How it was made.
    pub method: Method,
    /// 0-1000; falls with the age of the evidence and the distance it is stretched over.
    pub confidence_permille: i64,
    /// Ids of the activities it was made from.
    pub evidence: Vec<i64>,
    /// Days since the newest race among them; `None` when it rests on training runs alone.
    #[serde(default)]
    pub newest_race: Option<i64>,
    /// The exponent by which a race was stretched, thousandths.
    #[serde(default)]
    pub exponent: Option<i64>,
    /// The weekly distance that a marathon model was given.
    #[serde(default)]
    pub weekly: Option<Metres>,
    /// Days of the break that it allows for (B1, B4): of the last 16 weeks, without a race since.
    #[serde(default)]
    pub pause: Option<i64>,
}

impl Prediction {
    /// Which method was used and why, how wide the range is and why, from the fields.
    #[must_use]
    pub fn reason(&self) -> String {
        self.reason_in(Units::Km)
    }

    /// The same in the runner's units.
    #[must_use]
    pub fn reason_in(&self, units: Units) -> String {
        let mut text = self.method.why().to_owned();
        if let Some(k) = self.exponent {
            let per_doubling = libm::round((libm::exp2(k as f64 / 1000.0) - 2.0) * 500.0) as i64;
            let percent = format!("{}.{}", per_doubling / 10, per_doubling.abs() % 10);
            text += &format!(" Each doubling of distance costs {percent} % of pace.");
        }
        if let Some(weekly) = self.weekly {
            text += &format!(" Counted with {} a week.", units.distance(weekly));
        }
        if let Some(days) = self.pause {
            text += &format!(" It allows for a break of {days} days.");
        }
        match (self.newest_race, staleness(self.newest_race)) {
            (Some(_), (2, _)) => {}
            (Some(age), (halves, _)) => {
                let wide = if halves == 3 { "one and a half times" } else { "twice" };
                text += &format!(" The race is {age} days old, so the range is {wide} as wide.");
            }
            (None, _) => text += " Without a race the range is twice as wide.",
        }
        text
    }

    /// The pace of the predicted time, rounded to the nearest second per kilometre.
    #[must_use]
    pub const fn pace(&self) -> Pace {
        let decimetres = self.distance.decimetres();
        Pace((self.time.0 * 10_000 + decimetres / 2) / decimetres)
    }
}

/// The runner's Daniels-Gilbert value today (rule R1) and where it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fitness {
    /// The value.
    pub value: Vdot,
    /// It comes from a race or time trial; else from two training runs.
    pub race: bool,
    /// The activity it was read from.
    pub id: i64,
    /// That activity's day.
    pub day: Day,
}

/// A sane effort: what does not depend on the day asked about.
#[derive(Debug, Clone, Copy)]
struct Showing {
    id: i64,
    day: Day,
    race: bool,
    metres: f64,
    seconds: f64,
    /// Of a race the Daniels-Gilbert value on the day; of a training run no less than that, and
    /// near it: most of them show nothing that others do not, and need no exact one.
    bound: f64,
}

/// A showing as it counts on a day: after rule B1 and the weekly decay.
#[derive(Debug, Clone, Copy)]
struct Evidence {
    id: i64,
    day: Day,
    age: i64,
    race: bool,
    metres: f64,
    seconds: f64,
    /// Daniels-Gilbert value after B1 and the weekly decay.
    value: f64,
}

/// Usual race distances in metres that a recorded one is taken for.
const USUAL: [f64; 13] = [
    1609.344, 3000.0, 4000.0, 5000.0, 8000.0, 8046.72, 10_000.0, 15_000.0, 16_093.44, 20_000.0,
    21_097.5, 30_000.0, MARATHON,
];

impl Showing {
    fn of(effort: &Effort) -> Option<Self> {
        let recorded = effort.distance.0 as f64;
        let metres = if effort.race { race_metres(recorded) } else { recorded };
        let seconds = effort.time.0 as f64;
        let shortest =
            if effort.race { ruleset::RACE_EVIDENCE } else { ruleset::TRAINING_EVIDENCE };
        let fastest = ruleset::SPEED_MAX as f64;
        if !(shortest..=MARATHON).contains(&metres) || metres > fastest * seconds {
            return None;
        }
        let bound = if effort.race {
            vdot_of(metres, seconds).filter(|v| is_human(*v))?
        } else {
            vdot_bound(metres, seconds)
        };
        Some(Self { id: effort.id, day: effort.day, race: effort.race, metres, seconds, bound })
    }

    /// What time and a break leave of a value on a day, one after the other; `None` when it is too
    /// old, or not over by then.
    fn left(&self, as_of: Day, pause: Option<Break>) -> Option<(f64, f64)> {
        let age = as_of - self.day;
        let decay = *usize::try_from(age).ok().filter(|a| *a > 0).and_then(|a| DECAY.get(a))?;
        let rest =
            pause.filter(|p| self.day < p.ended).map_or(10_000, |p| time_off_factor(p.days, p.off));
        Some((rest as f64 / 10_000.0, decay))
    }

    /// A race as it counts on a day.
    fn raced_on(&self, as_of: Day, pause: Option<Break>) -> Option<Evidence> {
        let (rest, decay) = self.left(as_of, pause)?;
        let value = self.bound * rest;
        let seconds = if rest < 1.0 { time_at(value, self.metres) } else { self.seconds };
        Some(self.evidence(as_of, seconds, value * decay))
    }

    /// A training run as it counts on a day, where it may be better than `least`. Of training runs
    /// only the value counts.
    fn trained_on(&self, as_of: Day, pause: Option<Break>, least: f64) -> Option<Evidence> {
        let (rest, decay) = self.left(as_of, pause)?;
        if self.bound * rest * decay < least {
            return None;
        }
        let raw = vdot_of(self.metres, self.seconds).filter(|v| is_human(*v))?;
        Some(self.evidence(as_of, self.seconds, raw * rest * decay))
    }

    fn evidence(&self, as_of: Day, seconds: f64, value: f64) -> Evidence {
        let Self { id, day, race, metres, .. } = *self;
        Evidence { id, day, age: as_of - day, race, metres, seconds, value }
    }
}

/// What time leaves of a value, by days (rule R1).
const DECAY: [f64; ruleset::EVIDENCE_AGES[2] as usize + 1] = {
    let mut left = [1.0; ruleset::EVIDENCE_AGES[2] as usize + 1];
    let mut day = 1;
    while day < left.len() {
        left[day] = left[day - 1] * ruleset::DAILY_DECAY;
        day += 1;
    }
    left
};

impl Evidence {
    fn pair(&self) -> (f64, f64) {
        (self.metres, self.seconds)
    }

    fn is_marathon(&self) -> bool {
        self.metres >= MARATHON
    }
}

/// The usual distance that a recorded race distance stands for, else the recorded one.
fn race_metres(recorded: f64) -> f64 {
    let (least, most) = ruleset::USUAL_DISTANCE;
    USUAL
        .into_iter()
        .filter(|u| recorded >= u * least && recorded <= u * most)
        .min_by(|a, b| (a - recorded).abs().total_cmp(&(b - recorded).abs()))
        .unwrap_or(recorded)
}

/// Better of two by value, then the later, then the higher id: a total order on evidence.
fn better(a: &&Evidence, b: &&Evidence) -> std::cmp::Ordering {
    a.value.total_cmp(&b.value).then(a.day.cmp(&b.day)).then(a.id.cmp(&b.id))
}

/// Those of the youngest age class that has any.
fn freshest<'a>(all: impl Iterator<Item = &'a Evidence> + Clone) -> Vec<&'a Evidence> {
    ruleset::EVIDENCE_AGES
        .iter()
        .map(|limit| all.clone().filter(|e| e.age <= *limit).collect::<Vec<_>>())
        .find(|found| !found.is_empty())
        .unwrap_or_default()
}

/// The best evidence of training runs: the lesser of the best two that lie within 21 days. Of a
/// whole year: a runner who trains easy, as planned, shows nothing new, and must not be taken for
/// slower because of that (the weekly decay says what time alone costs).
///
/// `runs` from the latest to the earliest. Only what beats `bound`, the best race, and what was
/// found so far is looked at. For each run the best one of the days after it is the front of a
/// queue in which every run is better than those behind it.
fn twice_in_training(
    runs: &[Showing],
    as_of: Day,
    pause: Option<Break>,
    bound: Option<Evidence>,
) -> Option<Evidence> {
    let mut found: Option<Evidence> = None;
    let mut queue: VecDeque<Evidence> = VecDeque::new();
    // Runs of one day are one showing: they join the queue when an earlier day comes.
    let mut today: Option<Evidence> = None;
    for run in runs.iter().rev() {
        let beat = found.or(bound);
        let Some(run) = run.trained_on(as_of, pause, beat.map_or(0.0, |b| b.value)) else {
            continue;
        };
        if beat.is_some_and(|b| better(&&run, &&b).is_le()) {
            continue;
        }
        if let Some(later) = today.filter(|t| t.day > run.day) {
            while queue.pop_back_if(|last| better(&&*last, &&later).is_lt()).is_some() {}
            queue.push_back(later);
            today = None;
        }
        while queue.pop_front_if(|e| e.day - run.day > ruleset::TRAINING_TWICE_DAYS).is_some() {}
        if let Some(front) = queue.front() {
            let lesser = if better(&front, &&run).is_lt() { *front } else { run };
            found = found.into_iter().chain([lesser]).max_by(|a, b| better(&a, &b));
        }
        today = today.into_iter().chain([run]).max_by(|a, b| better(&a, &b));
    }
    found
}

/// Everything a runner has shown, checked and valued once, for questions about several days.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Races by day.
    races: Vec<Showing>,
    /// Training runs by day.
    training: Vec<Showing>,
}

impl Shown {
    /// From efforts in any order.
    #[must_use]
    pub fn new(efforts: impl Iterator<Item = Effort>) -> Self {
        let expected = efforts.size_hint().1.unwrap_or(0).min(512);
        let (mut races, mut training) = (Vec::new(), Vec::with_capacity(expected));
        for showing in efforts.filter_map(|e| Showing::of(&e)) {
            if showing.race { races.push(showing) } else { training.push(showing) }
        }
        for list in [&mut races, &mut training] {
            if !list.is_sorted_by_key(|s| s.day) {
                list.sort_by_key(|s| s.day);
            }
        }
        Self { races, training }
    }

    /// Was any race run in the year before a day?
    #[must_use]
    pub fn raced(&self, as_of: Day) -> bool {
        !before(&self.races, as_of).is_empty()
    }

    /// What counts on a day after a break; `None` without any usable effort before it.
    #[must_use]
    pub fn known(&self, as_of: Day, pause: Option<Break>) -> Option<Known> {
        Known::of(self, as_of, pause)
    }

    /// [`predict`] from what is known.
    #[must_use]
    pub fn predict(&self, known: &Known, weekly: Metres) -> Vec<Prediction> {
        let own = personal_exponent(known);
        let mut estimates: Vec<(RaceDistance, Estimate, i64)> = RaceDistance::ALL
            .into_iter()
            .map(|distance| {
                let metres = distance.decimetres() as f64 / 10.0;
                let estimate = match distance {
                    RaceDistance::Marathon => marathon_after(self, weekly, known),
                    _ => up_to_half(known, metres, own.as_ref()),
                };
                let rounded = libm::round(estimate.seconds) as i64;
                (distance, estimate, rounded)
            })
            .collect();
        order_paces(&mut estimates);
        let raced_since = |p: &Break| known.races.iter().any(|e| e.day >= p.ended);
        let pause = known.pause.filter(|p| !raced_since(p)).map(|p| p.days);
        estimates.into_iter().map(|(d, e, t)| finish(d, e, Seconds(t), pause)).collect()
    }
}

/// The showings before a day that are not too old.
fn before(all: &[Showing], as_of: Day) -> &[Showing] {
    let from = all.partition_point(|s| as_of - s.day > ruleset::EVIDENCE_AGES[2]);
    let to = all.partition_point(|s| s.day < as_of);
    &all[from..to.max(from)]
}

/// What counts on a day, and what follows for the value.
#[derive(Debug, Clone)]
pub struct Known {
    as_of: Day,
    pause: Option<Break>,
    races: Vec<Evidence>,
    best: Evidence,
}

impl Known {
    fn of(shown: &Shown, as_of: Day, pause: Option<Break>) -> Option<Self> {
        let races = before(&shown.races, as_of).iter();
        let races: Vec<Evidence> = races.filter_map(|s| s.raced_on(as_of, pause)).collect();
        let raced = freshest(races.iter()).into_iter().max_by(better).copied();
        let trained = twice_in_training(before(&shown.training, as_of), as_of, pause, raced);
        let best = raced.into_iter().chain(trained).max_by(|a, b| better(&a, &b))?;
        Some(Self { as_of, pause, races, best })
    }

    /// The value and where it comes from: [`fitness`].
    #[must_use]
    pub fn fitness(&self) -> Fitness {
        let Evidence { value, race, id, day, .. } = self.best;
        Fitness { value: Vdot::round(value), race, id, day }
    }

    fn races(&self) -> impl Iterator<Item = &Evidence> + Clone {
        self.races.iter()
    }
}

/// The runner's value today (rule R1): the best race of 90 days (of 180, of 365, if there is none),
/// losing 0.15 % a week; two training runs of 4 km or more within 21 days may raise it and never
/// lower it; a break since lowers it (B1). `None` without any usable effort before `as_of`.
#[must_use]
pub fn fitness(efforts: &[Effort], as_of: Day, pause: Option<Break>) -> Option<Fitness> {
    Some(Shown::new(efforts.iter().copied()).known(as_of, pause)?.fitness())
}

/// A prediction before rounding.
struct Estimate {
    /// Real-valued; rounded to the nearest second where a [`Prediction`] is made of it.
    seconds: f64,
    method: Method,
    confidence: i64,
    /// Age in days of the newest race it rests on; `None` for training runs.
    age: Option<i64>,
    evidence: Vec<i64>,
    /// The exponent that stretched a race, thousandths.
    exponent: Option<i64>,
    /// The weekly volume that a model was given.
    weekly: Option<Metres>,
}

impl Estimate {
    fn new(seconds: f64, method: Method, confidence: i64, from: &[&Evidence]) -> Self {
        let age = from.iter().filter(|e| e.race).map(|e| e.age).min();
        let evidence = from.iter().map(|e| e.id).collect();
        Self { seconds, method, confidence, age, evidence, exponent: None, weekly: None }
    }

    /// The time from today's value alone.
    fn of_value(best: &Evidence, metres: f64) -> Self {
        let table = time_at(best.value, metres);
        if metres >= MARATHON {
            let sure = ruleset::CONFIDENCE_VALUE_MARATHON;
            Self::new(table * ruleset::VALUE_MARATHON, Method::ValueMarathon, sure, &[best])
        } else {
            Self::new(table, Method::Training, ruleset::CONFIDENCE_TRAINING, &[best])
        }
    }
}

/// The runner's own exponent (rule R2), halved with the usual one and clamped: from the latest
/// pair of races up to the half marathon that differ enough and lie near enough, of the latest
/// races only (who races more often than weekly does not run them all out).
fn personal_exponent(known: &Known) -> Option<(f64, [&Evidence; 2])> {
    let latest = known.races.len().saturating_sub(ruleset::OWN_EXPONENT_RACES);
    let races = || known.races[latest..].iter().filter(|e| !e.is_marathon());
    let pairs = races().flat_map(|s| races().map(move |l| [s, l]));
    let [short, long] = pairs
        .filter(|[s, l]| {
            l.metres >= ruleset::OWN_EXPONENT_RATIO * s.metres
                && (s.day - l.day).abs() <= ruleset::OWN_EXPONENT_DAYS
        })
        .max_by(|a, b| {
            let key = |p: &[&Evidence; 2]| (p[0].day.max(p[1].day), p[0].day.min(p[1].day));
            let better = better(&a[1], &b[1]).then(better(&a[0], &b[0]));
            key(a).cmp(&key(b)).then(better)
        })?;
    let k = 0.5 * own_exponent(short.pair(), long.pair()) + 0.5 * ruleset::RIEGEL;
    Some((k.clamp(ruleset::OWN_EXPONENT_RANGE.0, ruleset::OWN_EXPONENT_RANGE.1), [short, long]))
}

/// Up to the half marathon (rule R2): the nearest race of the youngest age class in log distance,
/// the best of those as near; a marathon only where no shorter race is known. Training runs that
/// show more than all races do take over.
fn up_to_half(known: &Known, metres: f64, own: Option<&(f64, [&Evidence; 2])>) -> Estimate {
    let mut pool = freshest(known.races().filter(|e| !e.is_marathon()));
    if pool.is_empty() {
        pool = freshest(known.races());
    }
    let away = |e: &Evidence| libm::fabs(libm::log(e.metres / metres));
    let nearest = pool.iter().map(|e| away(e)).min_by(f64::total_cmp).unwrap_or(0.0);
    let base =
        pool.into_iter().filter(|e| away(e) <= nearest + ruleset::SAME_DISTANCE).max_by(better);
    let Some(base) = base else { return Estimate::of_value(&known.best, metres) };
    let ratio = libm::exp(away(base));
    let [stretched, far] = ruleset::CONFIDENCE_STRETCH;
    let (usual, cost) = match ratio {
        r if r > ruleset::RIEGEL_FAR_RATIO => (ruleset::RIEGEL_FAR, far),
        r if r > ruleset::CONFIDENCE_STRETCH_RATIO => (ruleset::RIEGEL, stretched),
        _ => (ruleset::RIEGEL, 0),
    };
    let confidence = ruleset::CONFIDENCE_RIEGEL - cost;
    let stretch = |k: f64, method, from: &[&Evidence]| Estimate {
        exponent: (ratio > 1.0 + ruleset::SAME_DISTANCE).then(|| libm::round(k * 1000.0) as i64),
        ..Estimate::new(riegel(base.seconds, base.metres, metres, k), method, confidence, from)
    };
    let estimate = match own {
        Some((k, [short, long])) if ratio > 1.0 + ruleset::SAME_DISTANCE => {
            stretch(*k, Method::OwnExponent, &[base, short, long])
        }
        _ => stretch(usual, Method::Riegel, &[base]),
    };
    let trained = (!known.best.race).then(|| Estimate::of_value(&known.best, metres));
    trained.filter(|t| t.seconds < estimate.seconds).unwrap_or(estimate)
}

/// The longest race of a list, the best of those as long.
fn longest<'a>(races: &[&'a Evidence]) -> Option<&'a Evidence> {
    let top = races.iter().map(|e| e.metres).max_by(f64::total_cmp)?;
    races
        .iter()
        .copied()
        .filter(|e| e.metres >= top * (1.0 - ruleset::SAME_DISTANCE))
        .max_by(better)
}

/// The marathon from races of 5 km and more that are no marathons (rule R3).
fn vickers(known: &Known, weekly: Metres) -> Option<Estimate> {
    let usable = |limit: i64| -> Vec<&Evidence> {
        let fits = |e: &&Evidence| {
            e.metres >= ruleset::VICKERS_LEAST && !e.is_marathon() && e.age <= limit
        };
        known.races().filter(fits).collect()
    };
    let miles = weekly_miles(weekly);
    let recent = usable(ruleset::EVIDENCE_AGES[1]);
    let long = longest(&recent).or_else(|| longest(&usable(ruleset::EVIDENCE_AGES[2])))?;
    let shorter: Vec<&Evidence> =
        recent.into_iter().filter(|e| e.metres * ruleset::VICKERS_APART <= long.metres).collect();
    let raced = |s: &&Evidence| {
        let k = own_exponent(s.pair(), long.pair());
        k >= ruleset::RACED_EXPONENTS.0 && k <= ruleset::RACED_EXPONENTS.1
    };
    let [two, one] = ruleset::CONFIDENCE_VICKERS;
    let estimate = match longest(&shorter).filter(raced) {
        Some(short) => {
            let seconds = vickers_model_2(short.pair(), long.pair(), miles);
            Estimate::new(seconds, Method::VickersTwo, two, &[short, long])
        }
        None => {
            let seconds = vickers_model_1(long.metres, long.seconds, miles);
            Estimate::new(seconds, Method::VickersOne, one, &[long])
        }
    };
    Some(Estimate { weekly: Some(weekly), ..estimate })
}

/// The marathon: the runner's own where no later race of 5 km or more is known; the mean of both
/// where one is and the marathon is not older than 180 days; else Vickers, else the value.
fn marathon(known: &Known, weekly: Metres) -> Estimate {
    let model = vickers(known, weekly);
    let own = freshest(known.races().filter(|e| e.is_marathon())).into_iter().max_by(better);
    let later = |own: &Evidence, m: &Estimate| m.age.is_some_and(|age| age < own.age);
    match (own, model) {
        (Some(own), Some(m)) if later(own, &m) && own.age > ruleset::EVIDENCE_AGES[1] => m,
        (Some(own), Some(m)) if later(own, &m) => Estimate {
            seconds: 0.5 * (own.seconds + m.seconds),
            method: Method::OwnMarathonAndModel,
            confidence: ruleset::CONFIDENCE_OWN_MARATHON[1],
            evidence: m.evidence.into_iter().chain([own.id]).collect(),
            ..m
        },
        (Some(own), _) => {
            let sure = ruleset::CONFIDENCE_OWN_MARATHON[0];
            Estimate::new(own.seconds, Method::OwnMarathon, sure, &[own])
        }
        (None, Some(m)) => m,
        (None, None) => Estimate::of_value(&known.best, MARATHON),
    }
}

/// What a break within 16 weeks adds to a marathon, in thousandths (rule B4).
#[must_use]
pub fn marathon_gap_permille(days: i64) -> i64 {
    let found = ruleset::MARATHON_GAP.iter().find(|(from, _)| days >= *from);
    found.map_or(0, |(_, permille)| *permille)
}

/// The marathon after a break: by B1 on the evidence or by B4 on the forecast, whichever is slower;
/// a race since the break has both in it already.
fn marathon_after(shown: &Shown, weekly: Metres, known: &Known) -> Estimate {
    let mut estimate = marathon(known, weekly);
    let Some(pause) = known.pause else { return estimate };
    if known.races().any(|e| e.day >= pause.ended) {
        return estimate;
    }
    if let Some(rested) = Known::of(shown, known.as_of, None) {
        let added = marathon_gap_permille(pause.days) as f64 / 1000.0;
        let slowed = marathon(&rested, weekly).seconds * (1.0 + added);
        estimate.seconds = estimate.seconds.max(slowed);
    }
    estimate
}

/// Race times for every distance, short to long; `None` without any usable effort before `as_of`.
/// `weekly` is the mean running km of the last 12 full weeks, `pause` the longest break
/// ([`longest_break`]). A longer distance never has a faster pace than a shorter one.
#[must_use]
pub fn predict(
    efforts: &[Effort],
    as_of: Day,
    weekly: Metres,
    pause: Option<Break>,
) -> Option<Vec<Prediction>> {
    let shown = Shown::new(efforts.iter().copied());
    Some(shown.predict(&shown.known(as_of, pause)?, weekly))
}

/// Makes paces fall with distance. A longer race run faster proves the shorter distance; a marathon
/// that was only modelled gives way instead.
fn order_paces(estimates: &mut [(RaceDistance, Estimate, i64)]) {
    for i in (1..estimates.len()).rev() {
        let (left, right) = estimates.split_at_mut(i);
        let (Some(short), Some(long)) = (left.last_mut(), right.first_mut()) else { continue };
        let (ds, dl) = (short.0.decimetres(), long.0.decimetres());
        if short.2 * dl <= long.2 * ds {
            continue;
        }
        let modelled = long.0 == RaceDistance::Marathon && long.1.method != Method::OwnMarathon;
        if modelled {
            continue;
        }
        short.2 = long.2 * ds / dl;
        short.1.method = Method::PaceOfLonger;
        short.1.evidence.clone_from(&long.1.evidence);
        short.1.age = long.1.age;
        short.1.exponent = None;
    }
    if let [.., half, full] = estimates {
        let (dh, df) = (half.0.decimetres(), full.0.decimetres());
        if half.2 * df > full.2 * dh {
            // A whole number: the marathon is exactly twice the half.
            full.2 = half.2 * df / dh;
            full.1.method = Method::PaceOfShorter;
        }
    }
}

/// How many halves of its usual width an interval has, and how many quarters of the confidence
/// are left, by the age of the newest race (rule R8).
const fn staleness(age: Option<i64>) -> (i64, i64) {
    match age {
        Some(age) if age <= ruleset::EVIDENCE_AGES[0] => (2, 4),
        Some(age) if age <= ruleset::EVIDENCE_AGES[1] => (3, 3),
        _ => (4, 2),
    }
}

/// Interval and confidence (rules R4, R8): widths in thousandths, 1.5 times as wide without a race
/// of 90 days, twice without one of 180; confidence falls to 3/4 and 1/2.
fn finish(
    distance: RaceDistance,
    estimate: Estimate,
    time: Seconds,
    pause: Option<i64>,
) -> Prediction {
    let full = distance == RaceDistance::Marathon;
    let (faster, slower) =
        if full { ruleset::INTERVAL_MARATHON } else { ruleset::INTERVAL_SHORTER };
    let (halves, quarters) = staleness(estimate.age);
    Prediction {
        distance,
        time,
        low: time.permille(1000 - faster * halves / 2),
        high: Seconds((time.0 * (1000 + slower * halves / 2) + 999) / 1000),
        method: estimate.method,
        confidence_permille: estimate.confidence * quarters / 4,
        evidence: estimate.evidence,
        newest_race: estimate.age,
        exponent: estimate.exponent,
        weekly: estimate.weekly,
        pause,
    }
}

#[cfg(test)]
mod tests;
