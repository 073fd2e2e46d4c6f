//! What follows from new facts: strikes, the current week planned anew, and the books kept beside
//! the plans: profile, roadmap, summaries of past weeks, meters, check-ins.

use crate::App;
use crate::accounts::Runner;
use crate::error::{AppError, Result};
use crate::facts::PUBLISHED_DAYS;
use crate::roads::{Changed, Roads, Why};
use crate::rows;
use hermes_engine::calendar::Day;
use hermes_engine::calibrate;
use hermes_engine::check_in;
use hermes_engine::compliance::{Compliance, Scored};
use hermes_engine::facts::Facts;
use hermes_engine::history::History;
use hermes_engine::meters::{self, Event, Killa, Momentum, Told};
use hermes_engine::patterns::{self, Pattern};
use hermes_engine::record::RaceDistance;
use hermes_engine::state::State;
use hermes_engine::step::{self, Output};
use hermes_engine::units::{Pace, Seconds};
use hermes_store::checkins::CheckIn;
use hermes_store::meters as stored;
use hermes_store::plans::Completion;
use hermes_store::summaries::WeeklySummary;
use hermes_store::value::{Decimal, Text};
use jiff::Timestamp;

/// Days of published weeks that a streak is counted over: 53 weeks.
pub(crate) const STREAK_DAYS: i64 = 371;
/// Days back from today in which breakthroughs and overreaches are looked for anew; older events
/// stay as they were found.
pub(crate) const EVENT_DAYS: i64 = PUBLISHED_DAYS;
/// Furthest back that late data looks for events anew: what lies before is compared with nothing.
const EVENT_DAYS_MAX: i64 = 344;
/// Weeks of predictions before the first event, for events to be better than.
const PREDICTION_WEEKS: i64 = 26;

/// How things stand on a day, worked out from the facts alone.
pub(crate) struct Stock {
    /// The facts, with the published weeks of a year.
    pub(crate) facts: Facts,
    /// The step of the day's week.
    pub(crate) output: Output,
    /// The streak.
    pub(crate) momentum: Momentum,
    /// Breakthroughs and overreaches from a day on.
    pub(crate) killa: Killa,
    /// Patterns of the last 28 days.
    pub(crate) patterns: Vec<Pattern>,
    /// The check-in that is due.
    pub(crate) due: Option<check_in::Opening>,
}

impl App {
    /// All that follows from facts about a day or later ones: strikes, the rest of the current
    /// week planned anew where it is published, and the books. Plans of the past stay.
    pub(crate) async fn follow(&self, runner: &Runner, touched: Day, reason: &str) -> Result<()> {
        // On the heap: whoever waits for something so large would be as large.
        let work = Box::pin(self.follow_alone(runner, touched, reason));
        self.alone(runner, work).await
    }

    async fn follow_alone(&self, runner: &Runner, touched: Day, reason: &str) -> Result<()> {
        self.check_strikes(runner).await?;
        let today = self.today(runner);
        let week = today.week_start(self.preferences(runner).await?.week_start);
        if self.store.week(runner.id, week).await?.is_some_and(|s| s.plan.published) {
            let current = self.publish_from(runner, week, today, Some(reason)).await?;
            self.draft(runner, &current, today).await?;
        }
        self.take_stock(runner, touched).await
    }

    /// Keeps the books as of today: profile and roadmap, the summaries of the weeks over that
    /// facts from `touched` on are about, both meters with their events, and a check-in where one
    /// is due.
    pub(crate) async fn take_stock(&self, runner: &Runner, touched: Day) -> Result<()> {
        let (today, now) = (self.today(runner), self.clock.now());
        let from = touched.min(today - EVENT_DAYS).max(today - EVENT_DAYS_MAX);
        let stock = self.stock(runner, today, from, now).await?;
        let state = stock.output.plan.state;
        let goal = step::a_race(&stock.facts.goals, today);
        let profile = rows::profile(&stock.output.profile, state, goal);
        self.store.save_profile(runner.id, &profile, now).await?;
        let changed = Changed { state, day: today, why: Why::NewFacts };
        let roads = Roads::new(&stock.facts, &stock.output);
        self.save_roads(runner, &roads, changed, now).await?;
        self.mark_done(runner, touched, now).await?;
        self.sum_weeks(runner, touched, now).await?;
        self.save_meters(runner, &stock, from, now).await?;
        if let Some(opening) = &stock.due {
            self.store.add_check_in(runner.id, &check_in_row(opening), now).await?;
        }
        Ok(())
    }

    /// How things stood on a day as far as was recorded by a time; events from a day on.
    pub(crate) async fn stock(
        &self,
        runner: &Runner,
        as_of: Day,
        from: Day,
        recorded_by: Timestamp,
    ) -> Result<Stock> {
        let start = self.preferences_as_of(runner, as_of).await?.week_start;
        let week = as_of.week_start(start);
        let earlier = self.earlier(runner, week, as_of.max(week + 1), recorded_by).await?;
        let mut facts = self.facts(runner, as_of, recorded_by, &earlier).await?;
        let output = step::step(&facts, week);
        let year = (week - STREAK_DAYS, week - PUBLISHED_DAYS - 1);
        let older = self.in_force(runner, year, recorded_by).await?;
        let older = self.corrected(runner, older.published(), recorded_by).await?;
        facts.published.splice(0..0, older);
        let h = History::new(&facts.activities, as_of);
        let k = Compliance::new(&facts, &h);
        let momentum = meters::momentum(&facts, &k, &h, output.profile.consistency);
        let predictions = predictions(&facts, &h, from);
        let entries = self.overreach_entries(runner, from, as_of).await?;
        let told = Told { predictions: &predictions, entries: &entries };
        let killa = meters::killa(&facts, &h, from, told);
        let patterns = patterns::patterns(&facts, &k, &h, as_of);
        let due = check_in::due(&facts, &k, &h, as_of);
        Ok(Stock { facts, output, momentum, killa, patterns, due })
    }

    /// The days on which Overreach was entered, by the rows of the history.
    pub(crate) async fn overreach_entries(
        &self,
        runner: &Runner,
        from: Day,
        to: Day,
    ) -> Result<Vec<Day>> {
        let overreach = Some(State::Overreach.name());
        let changes = self.store.adaptations(runner.id, from, to).await?;
        let entries = changes
            .iter()
            .filter(|a| a.to_state.as_deref() == overreach && a.from_state.as_deref() != overreach);
        Ok(entries.map(|a| a.transition_date).collect())
    }

    /// Writes what was done into the workouts of the weeks that facts from a day on touch: runs may
    /// belong to sessions of the week before, by the runner's word. Rows that say it already are not
    /// touched.
    async fn mark_done(&self, runner: &Runner, touched: Day, now: Timestamp) -> Result<()> {
        let today = self.today(runner);
        let span = (touched.min(today) - 13, today);
        let matched = Box::pin(self.matched(runner, span, today)).await?;
        for stored in self.store.published_weeks(runner.id, span.0, span.1).await? {
            for workout in &stored.workouts {
                let row = &workout.workout;
                let is = |s: &&Scored| {
                    s.planned.day == row.workout_date && s.planned.kind.name() == row.workout_type
                };
                let done = matched.sessions.iter().find(is).and_then(|s| completion(s, now));
                if !row.says(done.as_ref()) {
                    self.store.complete_workout(runner.id, workout.id, done, now).await?;
                }
            }
        }
        Ok(())
    }

    /// Sums up the weeks that are over and that facts from a day on touch: of the last 14 those
    /// with a plan or a run, of older ones those that have been summed up before.
    async fn sum_weeks(&self, runner: &Runner, touched: Day, now: Timestamp) -> Result<()> {
        let today = self.today(runner);
        let start = self.preferences(runner).await?.week_start;
        let this = today.week_start(start);
        let first = touched.min(today - 1).week_start(start).min(this - 7);
        let known = self.store.summaries(runner.id, first, this - 1).await?;
        let recent = (this - PUBLISHED_DAYS).max(first);
        let mut weeks: Vec<Day> = known.iter().map(|s| s.week_start_date).collect();
        weeks.retain(|w| *w < recent);
        weeks.extend((0..(this - recent) / 7).map(|k| recent + 7 * k));
        for week in weeks {
            let before = known.iter().find(|s| s.week_start_date == week);
            let Some(summary) = self.summary(runner, week, before, now).await? else {
                // All of its runs are gone.
                if before.is_some() {
                    self.store.drop_summary(runner.id, week).await?;
                }
                continue;
            };
            if before != Some(&summary) {
                self.store.save_summary(runner.id, &summary, now).await?;
            }
        }
        Ok(())
    }

    /// A week summed up as of the start of the next one; `None` without plan and run. The state
    /// then is that of the next week's plan: it stays as it was published.
    async fn summary(
        &self,
        runner: &Runner,
        week: Day,
        before: Option<&WeeklySummary>,
        now: Timestamp,
    ) -> Result<Option<WeeklySummary>> {
        let next = week + 7;
        let earlier = self.earlier(runner, next, next, now).await?;
        let facts = self.facts(runner, next, now, &earlier).await?;
        let h = History::new(&facts.activities, next);
        let planned = facts.published.iter().any(|p| p.week_start == week);
        if !planned && h.runs_in(week, next).is_empty() {
            return Ok(None);
        }
        let profile = calibrate::calibrate(&facts, &h);
        let plan = self.store.week(runner.id, next).await?.filter(|s| s.plan.published);
        let ending = before.and_then(|s| s.ending_state.clone());
        let ending = ending.or(plan.map(|s| s.plan.state_at_generation));
        let summary = rows::summary(&facts, &profile, State::Stable, &h, week);
        Ok(Some(WeeklySummary { ending_state: ending, ..summary }))
    }

    /// Sets both meters; events before `from` stay as they are stored.
    async fn save_meters(
        &self,
        runner: &Runner,
        stock: &Stock,
        from: Day,
        now: Timestamp,
    ) -> Result<()> {
        let today = stock.facts.as_of;
        let killa = with_stored(&stock.killa, self.events_before(runner, from).await?);
        let longest = self.store.momentum(runner.id).await?.map_or(0, |m| m.longest_streak_days);
        let (momentum, counts) = meter_rows(&stock.momentum, &killa, longest, today);
        let events = killa.events.iter().map(event_row).collect::<Result<Vec<_>>>()?;
        Ok(self.store.save_meters(runner.id, &momentum, &counts, &events, now).await?)
    }

    /// The stored events before a day, by day.
    pub(crate) async fn events_before(&self, runner: &Runner, from: Day) -> Result<Vec<Event>> {
        let rows = self.store.meter_events(runner.id).await?;
        let old = rows.into_iter().rev().filter(|e| e.event_date < from);
        old.map(|e| event(&e)).collect()
    }
}

/// The rows of both meters as of a day; `longest` is the longest streak before.
pub(crate) fn meter_rows(
    m: &Momentum,
    killa: &Killa,
    longest: i32,
    today: Day,
) -> (stored::Momentum, stored::Killa) {
    let momentum = stored::Momentum {
        current_streak_days: number(m.current),
        longest_streak_days: number(m.longest).max(longest),
        consistency_score: Decimal::permille(m.consistency).unwrap_or_default(),
        last_updated: Some(today),
    };
    let counts = stored::Killa {
        overreach_count: number(killa.overreaches),
        breakthrough_count: number(killa.breakthroughs),
        total_points: number(killa.points),
        last_updated: Some(today),
    };
    (momentum, counts)
}

/// The row of a check-in that opens.
pub(crate) fn check_in_row(opening: &check_in::Opening) -> CheckIn {
    CheckIn {
        check_in_date: opening.day,
        trigger_reason: word(&opening.trigger).and_then(Text::new),
        response_type: None,
        response_details: None,
        adaptation_action: None,
    }
}

/// A stored event as it was found.
pub(crate) fn event(row: &stored::MeterEvent) -> Result<Event> {
    row.body.read().map_err(|e| AppError::Internal(format!("a stored event cannot be read ({e})")))
}

/// The meter with older events before its own.
pub(crate) fn with_stored(killa: &Killa, mut older: Vec<Event>) -> Killa {
    let count = |is: fn(&Event) -> bool, all: &[Event]| {
        i64::try_from(all.iter().filter(|e| is(e)).count()).unwrap_or(i64::MAX)
    };
    let points: i64 = older.iter().map(|e| e.points).sum();
    Killa {
        breakthroughs: killa.breakthroughs + count(|e| e.points > 0, &older),
        overreaches: killa.overreaches + count(|e| e.what.is_overreach(), &older),
        points: killa.points.saturating_add(points),
        events: {
            older.extend_from_slice(&killa.events);
            older
        },
    }
}

/// What would have been predicted at each week's start from half a year before `from` on, and on
/// the facts' own day.
pub(crate) fn predictions(
    facts: &Facts,
    h: &History,
    from: Day,
) -> Vec<(Day, RaceDistance, Seconds)> {
    let first = from.week_start(facts.preferences.week_start) - 7 * PREDICTION_WEEKS;
    let weeks = (facts.as_of - first) / 7;
    let starts = (0..=weeks).map(|k| first + 7 * k).filter(|day| *day < facts.as_of);
    calibrate::predictions(facts, h, starts.chain([facts.as_of]))
}

/// What a workout's row says of a session that was run; the activity is the first of several. One
/// that was done by the runner's word has no activity and no figures.
pub(crate) fn completion(s: &Scored, now: Timestamp) -> Option<Completion> {
    let run = s.activities.first().copied();
    let done = run.is_some() || s.completed();
    done.then(|| Completion {
        strava_activity_id: run,
        distance_km: run.and(Decimal::km(s.distance)),
        duration_seconds: run.map(|_| number(s.moving.0)),
        pace_seconds_per_km: Pace::of(s.distance, s.moving).map(|p| number(p.0)),
        completed: s.completed(),
        completed_at: now,
    })
}

pub(crate) fn event_row(event: &Event) -> Result<stored::MeterEvent> {
    let body = serde_json::to_value(event)
        .map_err(|e| AppError::Internal(format!("an event cannot be kept ({e})")))?;
    let kind = match &body["what"] {
        serde_json::Value::Object(what) => what.keys().next().cloned(),
        what => what.as_str().map(str::to_owned),
    };
    Ok(stored::MeterEvent {
        event_date: event.day,
        event_kind: kind.and_then(Text::new).unwrap_or_default(),
        points: number(event.points),
        body: body.into(),
    })
}

fn number(n: i64) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}

/// A value's word, as it is stored.
pub(crate) fn word(value: &impl serde::Serialize) -> Option<String> {
    serde_json::to_value(value).ok()?.as_str().map(str::to_owned)
}
