//! One runner's weekly step, from what is known to what is saved: a pure function.

use super::person::Person;
use crate::edits;
use crate::error::Result;
use crate::facts::{Body, digest};
use crate::health;
use crate::roads::{self, Changed, Roads, Why};
use crate::rows::{self, As};
use crate::stock::{self, EVENT_DAYS, STREAK_DAYS};
use crate::weeks::assume;
use hermes_engine::calendar::Day;
use hermes_engine::calibrate::calibrate;
use hermes_engine::check_in;
use hermes_engine::compliance::Compliance;
use hermes_engine::facts::Facts;
use hermes_engine::history::History;
use hermes_engine::meters::{self, Told};
use hermes_engine::ruleset;
use hermes_engine::state::State;
use hermes_engine::step::{self, Output};
use hermes_engine::strike;
use hermes_store::clocks::Clock;
use hermes_store::known::KnownWeek;
use hermes_store::plans::WeekToSave;
use hermes_store::settled::{Settled, SettledMeters, SettledRoads};
use hermes_store::summaries::WeeklySummary;
use jiff::Timestamp;
use uuid::Uuid;

/// Furthest back that a step keeps the books of: weeks in which nobody planned are summed up too.
pub(super) const BOOKS_DAYS: i64 = 28;

/// A gap in which nothing was published, as long as that is taken for the work of a clock that ran
/// ahead: four weeks, and what a change of the week's first day can shift them by.
const GAP_DAYS: i64 = 4 * 7 + 6;

/// The moment of a step.
#[derive(Debug, Clone, Copy)]
pub(super) struct At {
    /// Whose step it is.
    pub(super) user: Uuid,
    /// The runner's day.
    pub(super) today: Day,
    /// When.
    pub(super) now: Timestamp,
    /// When the week after this one begins, on the runner's clock.
    pub(super) next: Clock,
    /// At the runner's own word: whatever the clock says is right.
    pub(super) asked: bool,
}

/// The weekly step: strikes that are due and those that are over, this week's plan if it has none,
/// the draft of the next week, and the books.
pub(super) fn settle(person: &mut Person, at: At) -> Result<Settled> {
    let mut out = Settled::nothing(at.user, at.next);
    let week = at.today.week_start(person.preferences(at.today).week_start);
    let published = person.known.weeks.iter().any(|w| w.week_start == week && w.published);
    if !published && !at.asked && is_set_back(person, week) {
        return Ok(out);
    }
    // A plan that a clock made which ran ahead counts, though it cannot be read before its time.
    let planned = if published {
        None
    } else {
        let facts = strikes(person, at, week, &mut out)?;
        Some(publish(person, &facts, at, week, &mut out)?)
    };
    draft(person, at, week, &mut out)?;
    let kept = person.known.momentum.as_ref().and_then(|m| m.last_updated);
    if planned.is_some() || kept != Some(at.today) {
        books(person, at, week, planned, &mut out)?;
    }
    Ok(out)
}

/// Has the clock been set back to a time before the runner's plans? A later week is published then,
/// and none of the four before. (Where one is, the clock ran ahead and is right now.)
fn is_set_back(person: &Person, week: Day) -> bool {
    let published = |w: &&KnownWeek| w.published;
    let mut starts = person.known.weeks.iter().filter(published).map(|w| w.week_start);
    let later = starts.clone().any(|start| start >= week + 7);
    later && !starts.any(|start| (week - GAP_DAYS..week).contains(&start))
}

/// Ends strikes that are over and issues those that are due; the facts as they are then.
fn strikes(person: &mut Person, at: At, week: Day, out: &mut Settled) -> Result<Facts> {
    let mut facts = person.facts(at.today, week, week);
    for end in strike::resolutions(&facts, false) {
        let stored = person.known.strikes.iter_mut().filter(|s| s.strike.issued_on <= at.today);
        if let Some((s, day)) = stored.into_iter().nth(end.index).zip(end.resolved) {
            s.resolved_on = Some(day);
            out.resolved.push((s.id, day));
        }
    }
    if !out.resolved.is_empty() {
        facts = person.facts(at.today, week, week);
    }
    let h = History::new(&facts.activities, facts.as_of);
    let from = at.today - ruleset::OVERREACH_PATTERN_DAYS;
    let due = strike::due(&facts, &person.lived_entries(from, at.today), &h);
    for new in due {
        out.strikes.push(health::strike_row(&new)?);
        person.issued.push(new.strike);
    }
    if !out.strikes.is_empty() {
        facts = person.facts(at.today, week, week);
    }
    Ok(facts)
}

/// Publishes this week from today on.
fn publish(
    person: &mut Person,
    facts: &Facts,
    at: At,
    week: Day,
    out: &mut Settled,
) -> Result<Output> {
    let output = step::step(facts, week);
    let body = Body::of(&output, person.body(week));
    let previous = match person.body(week) {
        Some(body) => Some(&body.plan),
        None => person.plan_before(week),
    };
    let saved = rows::week(facts, &output, &body, As::Published, at.now, previous)?;
    save(person, saved, out);
    let why = Why::WeekPlanned;
    roads(person, facts, &output, Changed { state: output.plan.state, day: at.today, why }, out)?;
    person.put(body);
    Ok(output)
}

/// Drafts the next week, taking the rest of this one as done as planned.
fn draft(person: &Person, at: At, week: Day, out: &mut Settled) -> Result<()> {
    let next = week + 7;
    let stored = person.known.weeks.iter().find(|w| w.week_start == next);
    let Some(current) = person.body(week).filter(|_| stored.is_none_or(|w| !w.published)) else {
        return Ok(());
    };
    let facts = assume(&person.facts(at.today, next, week), current, next);
    let output = step::step(&facts, next);
    if stored.is_some_and(|w| w.plan_digest == digest(&output.plan).ok()) {
        return Ok(());
    }
    let body = Body::of(&output, None);
    let saved = rows::week(&facts, &output, &body, As::Draft, at.now, None)?;
    save(person, saved, out);
    Ok(())
}

fn save(person: &Person, mut week: WeekToSave, out: &mut Settled) {
    edits::mark(&mut week, person.edits());
    let start = week.plan.week_start_date;
    let versions = person.known.revisions.iter().filter(|(week, _)| *week == start);
    let number = versions.map(|(_, n)| *n).max().unwrap_or(0) + 1;
    out.adaptations.append(&mut week.adaptations);
    out.profile = week.profile.take().or(out.profile.take());
    if let Some(summary) = week.summary.take() {
        put(&mut out.summaries, summary);
    }
    out.weeks.push((number, week));
}

fn put(summaries: &mut Vec<WeeklySummary>, new: WeeklySummary) {
    summaries.retain(|s| s.week_start_date != new.week_start_date);
    summaries.push(new);
}

/// The roads as they are by now, and what changed of the one that leads.
fn roads(
    person: &mut Person,
    facts: &Facts,
    output: &Output,
    changed: Changed,
    out: &mut Settled,
) -> Result<()> {
    let roads = Roads::new(facts, output);
    let lead = roads.roadmaps.first();
    let goals = &person.known.goals;
    if lead.is_some_and(|r| roads::goal_id(goals, r).is_none()) {
        return Ok(());
    }
    let row = roads::difference_row(person.known.roadmap_kept.as_ref(), lead, changed)?;
    if lead.is_some() || row.is_some() {
        let (phases, achieved) = (roads.phases(goals), roads.achieved());
        let (stored, today) = (person.known.phases.clone(), changed.day);
        out.roads = Some(SettledRoads { stored, phases, achieved, today });
    }
    if let Some(row) = row {
        person.known.roadmap_kept.clone_from(&row.trigger_data);
        out.adaptations.push(row);
    }
    Ok(())
}

/// Keeps the books as of today: profile and roads, what was done of workouts, the summaries of the
/// weeks that are over, both meters, and a check-in where one is due.
fn books(
    person: &mut Person,
    at: At,
    week: Day,
    planned: Option<Output>,
    out: &mut Settled,
) -> Result<()> {
    let today = at.today;
    let kept = person.known.momentum.as_ref().and_then(|m| m.last_updated);
    // Since the books were kept last: that day's week was not over then.
    let start = person.preferences(today).week_start;
    let touched = kept.map_or(week - 7, |day| day.week_start(start)).min(week - 7);
    let touched = touched.max(week - BOOKS_DAYS);
    let from = if kept.is_some() { touched } else { today - EVENT_DAYS };
    let mut facts = person.facts(today, week, week);
    // What was planned a moment ago says it all: profile and roads stand with that plan.
    let output = match planned {
        Some(output) => output,
        None => {
            let output = step::step(&facts, week);
            let state = output.plan.state;
            let goal = step::a_race(&facts.goals, today);
            out.profile = Some(rows::profile(&output.profile, state, goal));
            let changed = Changed { state, day: today, why: Why::NewFacts };
            roads(person, &facts, &output, changed, out)?;
            output
        }
    };
    facts.published = person.published(week - STREAK_DAYS, week);
    let h = History::new(&facts.activities, today);
    let k = Compliance::new(&facts, &h);
    done(person, &k, today.min(touched) - 7, at, out);
    sums(person, touched, week, out);
    let momentum = meters::momentum(&facts, &k, &h, output.profile.consistency);
    let predictions = stock::predictions(&facts, &h, from);
    let entries = person.entries(from, today);
    let told = Told { predictions: &predictions, entries: &entries };
    let killa = meters::killa(&facts, &h, from, told);
    let older = person.known.events.iter().filter(|e| e.event_date < from);
    let older = older.map(stock::event).collect::<Result<Vec<_>>>()?;
    let killa = stock::with_stored(&killa, older);
    let longest = person.known.momentum.as_ref().map_or(0, |m| m.longest_streak_days);
    let (momentum, counts) = stock::meter_rows(&momentum, &killa, longest, today);
    let events = killa.events.iter().map(stock::event_row).collect::<Result<Vec<_>>>()?;
    let events = (events != person.known.events).then_some(events);
    out.meters = Some(SettledMeters { momentum, killa: counts, events });
    out.check_in = check_in::due(&facts, &k, &h, today).map(|o| stock::check_in_row(&o));
    Ok(())
}

/// What was done of the workouts from a day on, where their rows do not say it yet.
fn done(person: &Person, k: &Compliance, first: Day, at: At, out: &mut Settled) {
    let due = first..at.today;
    for workout in person.known.workouts.iter().filter(|w| due.contains(&w.day)) {
        let mut scored = k.between(workout.day, workout.day + 1).iter();
        let scored = scored.find(|s| s.planned.kind.name() == workout.kind);
        let done = scored.and_then(|s| stock::completion(s, at.now));
        if !workout.says(done.as_ref()) {
            out.done.push((workout.id, done));
        }
    }
}

/// Sums up the weeks from one on that are over, each as of the start of the next one.
fn sums(person: &Person, first: Day, this: Day, out: &mut Settled) {
    let count = (this - first) / 7;
    for week in (0..count).map(|n| first + 7 * n) {
        let next = week + 7;
        let facts = person.facts(next, next, week);
        let h = History::new(&facts.activities, next);
        let planned = facts.published.iter().any(|p| p.week_start == week);
        if !planned && h.runs_in(week, next).is_empty() {
            continue;
        }
        let before = person.known.summaries.iter().find(|s| s.week_start_date == week);
        let plan = person.body(next).map(|b| b.plan.state.name().to_owned());
        let stored = person.known.weeks.iter().find(|w| w.week_start == next && w.published);
        let then = plan.or(stored.map(|w| w.state.clone()));
        let ending_state = before.and_then(|s| s.ending_state.clone()).or(then);
        let profile = calibrate(&facts, &h);
        let summary = rows::summary(&facts, &profile, State::Stable, &h, week);
        let summary = WeeklySummary { ending_state, ..summary };
        out.summaries.retain(|s| s.week_start_date != week);
        if before != Some(&summary) {
            out.summaries.push(summary);
        }
    }
}
