//! What screens and the command line show.

mod books;
mod clock;
mod matched;
mod template;
mod today;
mod track;
mod trends;
mod versions;
mod week;

pub use books::{Books, KeptProfile, KeptRows, RoadPhase, RoadStone, SummedUp};
pub use clock::Moment;
pub(crate) use clock::local;
pub use matched::ActivityMatch;
pub use template::TemplateView;
pub use today::{NextMilestone, TodayView};
pub use track::Track;
pub(crate) use track::track;
pub use trends::{DayMark, Load, PaceAtHeart, Predicted, TrendWeek, TrendsView};
pub use versions::VersionView;
pub use week::{DayView, Done, WeekStatus, WeekView, WeekVolume};

use crate::App;
use crate::accounts::Runner;
use crate::error::Result;
use crate::facts::Earlier;
use hermes_engine::calendar::Day;
use hermes_engine::calibrate::Profile;
use hermes_engine::history::{History, Rejection};
use hermes_engine::record::Sport;
use hermes_engine::units::{Metres, Pace, Seconds};
use hermes_store::activities::{ActivityFilter, ActivityRow};
use std::collections::BTreeMap;

/// Activities on one page.
const PAGE: u32 = 50;
/// Most activities that one calibration or one week names.
const NAMED: u32 = 200;

/// Why what the runner excluded does not count: the history does not know it at all.
const LEFT_OUT: &str = "you left it out";

/// How far a new runner has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Activities there are.
    pub activities: i64,
    /// A goal is set.
    pub has_goal: bool,
    /// Preferences are set.
    pub has_preferences: bool,
    /// A plan is published.
    pub has_plan: bool,
}

/// One activity.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ActivityView {
    /// Its `strava_activity_id`.
    pub id: i64,
    /// Its title.
    pub name: String,
    /// Strava's English name of the sport: what the runner says that it was, or else its sources.
    pub activity_type: String,
    /// It counts as running.
    pub is_run: bool,
    /// The local day.
    pub day: Day,
    /// The local time it began, `HH:MM`.
    pub time: String,
    /// Its distance.
    pub distance: Metres,
    /// Its moving time.
    pub moving: Seconds,
    /// Its average pace, for a run.
    pub pace: Option<Pace>,
    /// Average heart rate, beats per minute.
    pub heart_rate: Option<i32>,
    /// Ascent.
    pub ascent: Option<Metres>,
    /// A race.
    pub race: bool,
    /// Why it does not count, in a sentence that goes on after "it does not count: ".
    pub rejected: Option<String>,
}

impl ActivityView {
    pub(crate) fn of(row: &ActivityRow) -> Self {
        let distance = row.distance_meters.from_metres();
        let moving = Seconds(i64::from(row.moving_time_seconds));
        let is_run = row.sport == Sport::Run;
        let (day, time) = clock::moment(row.start_date_local.seconds());
        Self {
            id: row.strava_activity_id,
            name: row.name.as_ref().map_or_else(String::new, |n| n.as_str().to_owned()),
            activity_type: row.activity_type.as_str().to_owned(),
            is_run,
            day,
            time,
            distance,
            moving,
            pace: Pace::of(distance, moving).filter(|_| is_run),
            heart_rate: row.average_heartrate,
            ascent: row.total_elevation_gain.map(|d| d.from_metres()),
            race: row.race,
            rejected: row.excluded.then(|| LEFT_OUT.to_owned()),
        }
    }
}

/// What to list of the activities.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ActivityQuery {
    /// Only titles that hold this text.
    pub text: Option<String>,
    /// Only runs.
    pub runs_only: bool,
    /// From this local day on.
    pub from: Option<Day>,
    /// Up to this local day.
    pub to: Option<Day>,
    /// The page, from 1.
    pub page: u32,
}

impl ActivityQuery {
    pub(crate) fn filter(&self) -> ActivityFilter {
        ActivityFilter {
            sport: self.runs_only.then_some(Sport::Run),
            text: self.text.clone().filter(|t| !t.trim().is_empty()),
            from: self.from,
            to: self.to,
        }
    }
}

/// One page of activities, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivityPage {
    /// The activities.
    pub items: Vec<ActivityView>,
    /// The page, from 1.
    pub page: u32,
    /// Pages there are, at least 1.
    pub pages: u32,
    /// Activities that the query finds.
    pub count: i64,
    /// Their distance.
    pub distance: Metres,
    /// Their moving time.
    pub moving: Seconds,
}

/// What calibration found, with the activities it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calibration {
    /// The profile.
    pub profile: Profile,
    /// The activities that its basis and its rejections name, by id.
    pub sources: BTreeMap<i64, ActivityView>,
}

impl App {
    /// How far onboarding has come.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn progress(&self, runner: &Runner) -> Result<Progress> {
        let (today, now) = (self.today(runner), self.clock.now());
        let totals = self.store.activity_totals(runner.id, &ActivityFilter::default()).await?;
        let goals = self.store.goals(runner.id, today, now).await?;
        let preferences = self.store.preferences(runner.id, today, now).await?;
        let published = self.store.last_published_before(runner.id, today + 8).await?;
        Ok(Progress {
            activities: totals.count,
            has_goal: !goals.is_empty(),
            has_preferences: preferences.is_some(),
            has_plan: published.is_some_and(|p| !p.plan.replayed),
        })
    }

    /// What is known of the runner today, and from which runs.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn calibration(&self, runner: &Runner) -> Result<Calibration> {
        self.calibration_as_of(runner, self.today(runner)).await
    }

    /// What was known of the runner on a day, and from which runs.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn calibration_as_of(&self, runner: &Runner, as_of: Day) -> Result<Calibration> {
        let facts = self.facts(runner, as_of, self.clock.now(), &Earlier::default()).await?;
        let history = History::new(&facts.activities, as_of);
        let profile = hermes_engine::calibrate::calibrate(&facts, &history);
        let named: Vec<i64> = profile
            .basis
            .iter()
            .flat_map(|b| b.activities.iter().copied())
            .chain(profile.rejected.iter().map(|(id, _)| *id))
            .collect();
        let mut sources = BTreeMap::new();
        // The named ones are of the last year: a few pages hold them all.
        let filter = ActivityFilter { to: Some(as_of - 1), ..ActivityFilter::default() };
        for page in 0..4 {
            let rows = self.store.activities(runner.id, &filter, NAMED, page * NAMED).await?;
            let last = rows.len() < NAMED as usize;
            for row in rows.iter().filter(|r| named.contains(&r.strava_activity_id)) {
                sources.insert(row.strava_activity_id, ActivityView::of(row));
            }
            if last || sources.len() == named.len() {
                break;
            }
        }
        mark_rejected(sources.values_mut(), &profile.rejected);
        Ok(Calibration { profile, sources })
    }

    /// A page of activities.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn activities(&self, runner: &Runner, query: &ActivityQuery) -> Result<ActivityPage> {
        let filter = query.filter();
        let totals = self.store.activity_totals(runner.id, &filter).await?;
        let pages = u32::try_from(((totals.count + i64::from(PAGE) - 1) / i64::from(PAGE)).max(1))
            .unwrap_or(1);
        let page = query.page.clamp(1, pages);
        let rows = self.store.activities(runner.id, &filter, PAGE, (page - 1) * PAGE).await?;
        let mut items: Vec<ActivityView> = rows.iter().map(ActivityView::of).collect();
        if let (Some(newest), Some(oldest)) = (items.first(), items.last()) {
            // Duplicates show against their neighbours: the days of this page, and one around.
            let (from, to) = (oldest.day - 1, newest.day + 2);
            let history = self.history_of(runner, from, to).await?;
            mark_rejected(items.iter_mut(), &history.rejected);
        }
        Ok(ActivityPage {
            items,
            page,
            pages,
            count: totals.count,
            distance: totals.distance,
            moving: totals.moving,
        })
    }

    /// Planned and run distance of `weeks` weeks in a row, oldest first, from the one that starts
    /// on `first`: three queries, whatever their number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn volumes(&self, runner: &Runner, first: Day, weeks: u8) -> Result<Vec<WeekVolume>> {
        let end = first + 7 * i64::from(weeks);
        let stored = async { Ok(self.store.planned_volumes(runner.id, first, end - 1).await?) };
        let history = self.history_of(runner, first - 1, end);
        let (stored, history) = tokio::try_join!(stored, history)?;
        let volume = |k: u8| {
            let week_start = first + 7 * i64::from(k);
            let plan = stored.iter().find(|s| s.week_start_date == week_start);
            WeekVolume {
                week_start,
                planned: plan.map_or(Metres::ZERO, |s| s.total_volume_km.from_km()),
                done: history.metres(week_start, week_start + 7),
            }
        };
        Ok((0..weeks).map(volume).collect())
    }

    /// What counts, and what does not and why, of the days from `from` to before `to`.
    pub(crate) async fn history_of(&self, runner: &Runner, from: Day, to: Day) -> Result<History> {
        let now = self.clock.now();
        let known = self.store.activities_between(runner.id, from, to, now).await?;
        Ok(History::new(&known, to))
    }
}

pub(crate) fn mark_rejected<'a>(
    views: impl Iterator<Item = &'a mut ActivityView>,
    rejected: &[(i64, Rejection)],
) {
    for view in views {
        let found = rejected.iter().find(|(id, _)| *id == view.id);
        if let Some((_, why)) = found {
            view.rejected = Some(why.text().to_owned());
        }
    }
}
