//! One activity as a page shows it: what is known of it, its splits and best efforts, the course of
//! pace, heart rate and altitude, and where it all came from.

use crate::App;
use crate::accounts::Runner;
use crate::error::{AppError, Result};
use crate::sports::read_as_run;
use crate::views::ActivityView;
use hermes_engine::calendar::Day;
use hermes_engine::units::{Metres, Pace, Seconds};
use hermes_formats::activity::Streams;
use hermes_store::activities::Measured;
use hermes_store::imports::Source;
use hermes_store::readings::{Split, SplitKind};
use hermes_store::sources::ActivitySource;
use hermes_store::value::Decimal;
use uuid::Uuid;

/// Points of a curve at most: more than a screen shows apart.
const CURVE_POINTS: usize = 240;
/// Distances of best efforts in centimetres, and their names.
const EFFORTS: [(i32, &str); 14] = [
    (40_000, "400 m"),
    (80_467, "Half a mile"),
    (100_000, "1 km"),
    (160_934, "1 mile"),
    (321_869, "2 miles"),
    (500_000, "5 km"),
    (1_000_000, "10 km"),
    (1_500_000, "15 km"),
    (1_609_344, "10 miles"),
    (2_000_000, "20 km"),
    (2_109_750, "Half marathon"),
    (3_000_000, "30 km"),
    (4_219_500, "Marathon"),
    (5_000_000, "50 km"),
];

/// One kilometre, mile or lap.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct SplitView {
    /// Its number, from 1.
    pub number: i32,
    /// Its length.
    pub distance: Option<Metres>,
    /// From its start to its end.
    pub elapsed: Seconds,
    /// Of that moving.
    pub moving: Seconds,
    /// Its pace while moving.
    pub pace: Option<Pace>,
    /// The pace on level ground that costs as much.
    pub graded_pace: Option<Pace>,
    /// Metres up (or, below zero, down) from its start to its end.
    pub rise: Option<Metres>,
    /// Average heart rate, beats per minute.
    pub heart_rate: Option<i32>,
}

impl SplitView {
    fn of(split: &Split) -> Self {
        let seconds = |ms: i32| Seconds((i64::from(ms) + 500) / 1000);
        let metres = |cm: i32| Metres((i64::from(cm) + 50).div_euclid(100));
        let pace = |cm: Option<i32>| pace_of(i64::from(cm?), i64::from(split.moving_ms));
        Self {
            number: split.number,
            distance: split.distance_cm.map(metres),
            elapsed: seconds(split.elapsed_ms),
            moving: seconds(split.moving_ms),
            pace: pace(split.distance_cm),
            graded_pace: pace(split.graded_cm),
            rise: split.rise_cm.map(metres),
            heart_rate: split.heart_rate,
        }
    }
}

/// The fastest stretch of a distance.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct EffortView {
    /// The distance by name.
    pub name: &'static str,
    /// Its time, pauses included.
    pub time: Seconds,
    /// Its pace.
    pub pace: Option<Pace>,
    /// When it began, from the start of the run.
    pub from: Seconds,
    /// Average heart rate, beats per minute.
    pub heart_rate: Option<i32>,
}

/// Where an activity came from.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct SourceView {
    /// The key, to name it by.
    pub id: Uuid,
    /// In words.
    pub what: &'static str,
    /// The id that the activity has by this source alone.
    pub activity: i64,
    /// Its title there.
    pub name: Option<String>,
    /// The name of its file.
    pub file: Option<String>,
    /// Bytes of its file.
    pub file_bytes: Option<i64>,
    /// Points that were read of it.
    pub points: Option<i32>,
    /// Its distance there.
    pub distance: Metres,
    /// Its moving time there.
    pub moving: Seconds,
    /// The activity has its id: the others can be split off it.
    pub fixed: bool,
}

/// A curve over the distance: equal steps, so that the ends are the run's.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct Curve {
    /// Metres from the start, rising.
    pub at: Vec<i64>,
    /// Seconds per kilometre; `None` where the runner stood.
    pub pace: Vec<Option<i64>>,
    /// Beats per minute.
    pub heart_rate: Vec<Option<i64>>,
    /// Metres above the sea.
    pub altitude: Vec<Option<i64>>,
}

/// One activity.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ActivityDetail {
    /// As lists show it.
    pub activity: ActivityView,
    /// Its elapsed time.
    pub elapsed: Seconds,
    /// Highest heart rate, beats per minute.
    pub max_heart_rate: Option<i32>,
    /// What recorded it.
    pub device: Option<String>,
    /// Left out of everything by the runner.
    pub excluded: bool,
    /// The runner has said that its values are right although they look impossible.
    pub confirmed: bool,
    /// What its sources say that it was, where the runner has said what it was.
    pub type_said: Option<String>,
    /// How it came first, in words.
    pub came_by: Option<&'static str>,
    /// Average and highest speed, thousandths of metres per second, as they were recorded.
    pub speeds: (Option<i64>, Option<i64>),
    /// Average and weighted average power, watts.
    pub watts: (Option<i64>, Option<i64>),
    /// The recording device's name for it.
    pub external_id: Option<String>,
    /// Strava's number of the upload.
    pub upload_id: Option<i64>,
    /// Kilometre by kilometre.
    pub km: Vec<SplitView>,
    /// Mile by mile.
    pub miles: Vec<SplitView>,
    /// As the watch counted them.
    pub laps: Vec<SplitView>,
    /// Short to long.
    pub efforts: Vec<EffortView>,
    /// The course of it; `None` without points.
    pub curve: Option<Curve>,
    /// The way that was run; `None` without places.
    pub track: Option<crate::views::Track>,
    /// Where it came from.
    pub sources: Vec<SourceView>,
}

/// The pace of centimetres in milliseconds.
fn pace_of(cm: i64, ms: i64) -> Option<Pace> {
    let per_km = ms.checked_mul(100).filter(|_| cm > 0 && ms > 0)?;
    Some(Pace((per_km + cm / 2) / cm))
}

impl App {
    /// One activity with all that is known of it.
    ///
    /// # Errors
    /// [`AppError::NotFound`] without such an activity.
    pub async fn activity(&self, runner: &Runner, id: i64) -> Result<ActivityDetail> {
        let row = self.store.activity(runner.id, id).await?.filter(|row| !row.deleted);
        let row = row
            .ok_or_else(|| AppError::NotFound(format!("there is no activity {id} among yours")))?;
        let mut activity = ActivityView::of(&row);
        let history = self.history_of(runner, activity.day - 1, activity.day + 2).await?;
        crate::views::mark_rejected([&mut activity].into_iter(), &history.rejected);
        let reading = self.store.reading(runner.id, row.id).await?;
        let sources = self.store.activity_sources(runner.id, row.id).await?;
        let measured = self.store.measured(runner.id, id).await?;
        let speed = |of: fn(&Measured) -> Option<Decimal<6, 3>>| {
            measured.as_ref().and_then(of).map(Decimal::units)
        };
        let watts = |of: fn(&Measured) -> Option<Decimal<6, 2>>| {
            measured.as_ref().and_then(of).map(|w| (w.units() + 50) / 100)
        };
        // Points that an older Hermes cannot read are not shown; the rest is.
        let streams = reading.as_ref().and_then(|r| Streams::decode(&r.bytes).ok());
        // What is a run by the runner's word may have been read as something else.
        let kept = reading.as_ref().map(|r| (&r.splits, &r.efforts));
        let lap = |s: &Split| s.kind == SplitKind::Lap;
        let bare = |(splits, efforts): (&Vec<Split>, &Vec<_>)| {
            activity.is_run && efforts.is_empty() && splits.iter().all(lap)
        };
        let again = row.type_said.is_some() && kept.is_some_and(bare);
        let as_run = streams.as_ref().filter(|_| again).map(read_as_run);
        let found = as_run.as_ref().map(|r| (&r.splits, &r.efforts)).or(kept);
        let found = found.filter(|_| activity.is_run);
        let splits = |kind: SplitKind| -> Vec<SplitView> {
            let from = if kind == SplitKind::Lap { kept } else { found };
            let all = from.into_iter().flat_map(|(splits, _)| splits);
            all.filter(|s| s.kind == kind).map(SplitView::of).collect()
        };
        let efforts = found.into_iter().flat_map(|f| f.1).filter_map(|e| {
            let (_, name) = EFFORTS.iter().find(|(cm, _)| *cm == e.distance_cm)?;
            Some(EffortView {
                name,
                time: Seconds((i64::from(e.time_ms) + 500) / 1000),
                pace: pace_of(i64::from(e.distance_cm), i64::from(e.time_ms)),
                from: Seconds(i64::from(e.start_ms) / 1000),
                heart_rate: e.heart_rate,
            })
        });
        let own = |s: &ActivitySource| s.strava_activity_id;
        let alone = sources.iter().all(|s| own(s) == id);
        Ok(ActivityDetail {
            elapsed: Seconds(i64::from(row.elapsed_time_seconds)),
            max_heart_rate: row.max_heartrate,
            device: reading.as_ref().and_then(|r| Some(r.device.as_ref()?.as_str().to_owned())),
            excluded: row.excluded,
            confirmed: row.confirmed,
            type_said: row.type_said.as_ref().map(|t| t.as_str().to_owned()),
            came_by: came_by(row.source.as_deref()),
            speeds: (speed(|m| m.average_speed_ms), speed(|m| m.max_speed_ms)),
            watts: (watts(|m| m.average_watts), watts(|m| m.weighted_average_watts)),
            external_id: measured.as_ref().and_then(|m| Some(m.external_id.as_ref()?.to_string())),
            upload_id: measured.as_ref().and_then(|m| m.upload_id),
            km: splits(SplitKind::Km),
            miles: splits(SplitKind::Mile),
            laps: splits(SplitKind::Lap),
            efforts: efforts.collect(),
            curve: streams.as_ref().and_then(curve),
            track: streams.as_ref().and_then(crate::views::track),
            sources: sources.iter().map(|s| source(s, alone || own(s) == id)).collect(),
            activity,
        })
    }

    /// Makes an activity of its own of one source, and works out anew what follows. The ids of
    /// both.
    ///
    /// # Errors
    /// [`AppError::Store`] without such an activity or source, or where there is nothing to
    /// split.
    pub async fn split_activity(&self, runner: &Runner, id: i64, source: Uuid) -> Result<Vec<i64>> {
        let now = self.clock.now();
        let from = self.days_of(runner, &[id]).await?;
        let change =
            async { self.store.split_activity(runner.id, id, source, now).await.map_err(plainly) };
        Ok(self.regroup(runner, from, "you split an activity", change).await?.activities)
    }

    /// Makes one activity of two, and works out anew what follows. Its id.
    ///
    /// # Errors
    /// [`AppError::Store`] without such activities.
    pub async fn merge_activities(&self, runner: &Runner, a: i64, b: i64) -> Result<Vec<i64>> {
        let now = self.clock.now();
        let from = self.days_of(runner, &[a, b]).await?;
        let change =
            async { self.store.merge_activities(runner.id, (a, b), now).await.map_err(plainly) };
        Ok(self.regroup(runner, from, "you merged two activities", change).await?.activities)
    }

    /// The first local day of some activities.
    async fn days_of(&self, runner: &Runner, ids: &[i64]) -> Result<Option<Day>> {
        let mut first = None;
        for id in ids {
            let row = self.store.activity(runner.id, *id).await?;
            let day = row.map(|row| row.start_date_local.day());
            first = first.into_iter().chain(day).min();
        }
        Ok(first)
    }
}

/// What cannot be done by hand is wrong input.
fn plainly(error: hermes_store::StoreError) -> AppError {
    match error {
        hermes_store::StoreError::Refused(why) => AppError::BadInput(why),
        other => other.into(),
    }
}

const fn source_name(source: Source) -> &'static str {
    match source {
        Source::StravaArchive => "Strava archive",
        Source::Strava => "Strava",
        Source::File => "File",
        Source::Manual => "By hand",
    }
}

/// The word of a row in words; `None` for one that no version of Hermes writes.
fn came_by(word: Option<&str>) -> Option<&'static str> {
    let all = [Source::StravaArchive, Source::Strava, Source::File, Source::Manual];
    all.into_iter().find(|s| Some(s.name()) == word).map(source_name)
}

fn source(s: &ActivitySource, fixed: bool) -> SourceView {
    let text = |t: &str| t.to_owned();
    SourceView {
        id: s.id,
        what: source_name(s.source),
        activity: s.strava_activity_id,
        name: s.name.as_ref().map(|n| text(n.as_str())),
        file: s.file_name.as_ref().map(|n| text(n.as_str())),
        file_bytes: s.file_size,
        points: s.points,
        distance: s.distance_meters.from_metres(),
        moving: Seconds(i64::from(s.moving_time_seconds)),
        fixed,
    }
}

/// The points in equal steps of distance, each the mean of what was recorded in it.
fn curve(streams: &Streams) -> Option<Curve> {
    let known = |i: usize| streams.distance_cm.get(i).copied().flatten();
    let total = (0..streams.len()).rev().find_map(known).filter(|cm| *cm > 0)?;
    let steps = CURVE_POINTS.min(streams.len());
    let step = (i64::from(total) / i64::try_from(steps).ok()?).max(1);
    let mut sums: Vec<Sums> = vec![Sums::default(); steps];
    let mut before: Option<(i64, u32)> = None;
    for i in 0..streams.len() {
        let Some(at) = known(i).map(i64::from) else { continue };
        let slot = usize::try_from(at / step).unwrap_or(0).min(steps - 1);
        let Some(sum) = sums.get_mut(slot) else { continue };
        let time = streams.time_ms.get(i).copied().unwrap_or_default();
        if let Some((cm, ms)) = before.filter(|_| streams.moving_at(i)) {
            sum.cm += at - cm;
            sum.ms += i64::from(time.saturating_sub(ms));
        }
        before = Some((at, time));
        let value = |column: &[Option<i32>]| column.get(i).copied().flatten().map(i64::from);
        sum.heart_rate.add(value(&streams.heart_rate));
        sum.altitude.add(value(&streams.altitude_dm));
    }
    let mut curve = Curve::default();
    for (n, sum) in (0_i64..).zip(&sums) {
        curve.at.push((n * step + step / 2) / 100);
        curve.pace.push(pace_of(sum.cm, sum.ms).map(|p| p.0).filter(|p| *p < SLOWEST));
        curve.heart_rate.push(sum.heart_rate.mean());
        curve.altitude.push(sum.altitude.mean().map(|dm| dm.div_euclid(10)));
    }
    Some(curve)
}

/// Slower than this is standing, seconds per kilometre.
const SLOWEST: i64 = 3_600;

#[derive(Debug, Clone, Copy, Default)]
struct Mean {
    sum: i64,
    count: i64,
}

impl Mean {
    fn add(&mut self, value: Option<i64>) {
        self.sum += value.unwrap_or(0);
        self.count += i64::from(value.is_some());
    }

    fn mean(self) -> Option<i64> {
        (self.count > 0).then(|| (self.sum + self.count / 2).div_euclid(self.count))
    }
}

/// What was recorded in one step of distance.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    cm: i64,
    ms: i64,
    heart_rate: Mean,
    altitude: Mean,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_has_steps_of_one_length_and_means() {
        let n = 1_200;
        let every = |value: fn(i32) -> i32| (0..n).map(|i| Some(value(i))).collect();
        let streams = Streams {
            time_ms: (0..n.cast_unsigned()).map(|i| i * 1000).collect(),
            distance_cm: every(|i| i * 300),
            heart_rate: every(|_| 150),
            altitude_dm: every(|i| i),
            ..Streams::default()
        };
        let c = curve(&streams).unwrap();
        assert_eq!((c.at.len(), c.pace.len(), c.altitude.len()), (240, 240, 240));
        assert!(c.at.windows(2).all(|w| w[0] < w[1]));
        assert!(c.pace.iter().flatten().all(|p| (332..=335).contains(p)), "{:?}", c.pace);
        assert_eq!(c.heart_rate[100], Some(150));
        assert_eq!((c.altitude[0], c.altitude[239]), (Some(0), Some(119)));
        assert_eq!(curve(&Streams::default()), None);
        assert_eq!(pace_of(0, 1000), None);
    }
}
