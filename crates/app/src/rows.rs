//! What the engine decides, as the rows of the schema.

use crate::error::{AppError, Result};
use crate::facts::{Body, digest};
use hermes_engine::adaptation::{self, Window};
use hermes_engine::calendar::Day;
use hermes_engine::calibrate::Profile;
use hermes_engine::compliance::Compliance;
use hermes_engine::facts::Facts;
use hermes_engine::history::History;
use hermes_engine::milestone::{Metric, Roadmap};
use hermes_engine::record::Goal;
use hermes_engine::ruleset::RULESET_VERSION;
use hermes_engine::session::{Kind, Session, WeekPlan};
use hermes_engine::state::State;
use hermes_engine::step::{ENGINE_VERSION, Output};
use hermes_engine::summary::After;
use hermes_engine::templates::{self, TemplateRow};
use hermes_engine::units::{Metres, Pace, Seconds};
use hermes_store::adaptation::Adaptation;
use hermes_store::plans::{NewRevision, WeekToSave, WeeklyPlan, Workout};
use hermes_store::roadmap::{Milestone, NewPhase, Phase};
use hermes_store::summaries::WeeklySummary;
use hermes_store::templates::Template;
use hermes_store::value::{Decimal, Json, Text};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

/// Namespace of the ids of library rows: fixed, so that they are the same everywhere.
const LIBRARY: Uuid = Uuid::from_u128(0x6865_726d_6573_4c49_8252_4152_5954_454d);

/// How a week is saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum As {
    /// Published, from the day it was made on.
    Published,
    /// Published by a replay of the past: the runner never saw it.
    Replayed,
    /// A draft of a week that has not begun.
    Draft,
}

impl As {
    /// What the log and the metrics call a week that was saved: its status, or `replayed`.
    pub(crate) fn outcome(self, plan: &WeekPlan) -> &'static str {
        match (self, plan.repairs.is_empty()) {
            (Self::Draft, _) => "pending",
            (Self::Replayed, _) => "replayed",
            (Self::Published, true) => "valid",
            (Self::Published, false) => "repaired",
        }
    }
}

/// The id of a library row.
pub(crate) fn template_id(key: &str) -> Uuid {
    Uuid::new_v5(&LIBRARY, key.as_bytes())
}

fn json(value: &impl Serialize) -> Result<Json> {
    Json::of(value)
        .map_err(|e| AppError::Internal(format!("a decision cannot be written as JSON ({e})")))
}

fn minutes(time: Seconds) -> i32 {
    i32::try_from((time.0 + 30) / 60).unwrap_or(i32::MAX)
}

/// Everything that is saved with a week.
pub(crate) fn week(
    facts: &Facts,
    output: &Output,
    kept: &Body,
    mode: As,
    generated_at: Timestamp,
    previous: Option<&WeekPlan>,
) -> Result<WeekToSave> {
    let plan = &output.plan;
    let published = mode != As::Draft;
    let status = match (mode, plan.repairs.is_empty()) {
        (As::Draft, _) => "pending",
        (_, true) => "valid",
        (_, false) => "repaired",
    };
    let (inputs_digest, plan_digest) = (digest(facts)?, digest(plan)?);
    let runs = || kept.sessions().filter(|s| s.is_run());
    let row = WeeklyPlan {
        week_start_date: plan.week_start,
        week_end_date: plan.week_end(),
        week_number: i32::from(plan.week_number),
        state_at_generation: plan.state.name().to_owned(),
        total_volume_km: Decimal::km(runs().map(|s| s.distance).sum()).unwrap_or_default(),
        total_duration_minutes: minutes(runs().map(|s| s.duration).sum()),
        validation_status: status.to_owned(),
        validation_errors: Some(json(&plan.findings)?),
        repair_actions: Some(json(&plan.repairs)?),
        user_edited: false,
        user_edit_reason: None,
        published,
        published_at: published.then_some(generated_at),
        as_of: facts.as_of,
        first_day: plan.first_day,
        phase: Some(plan.phase.name().to_owned()),
        replayed: mode == As::Replayed,
        inputs_digest: Some(inputs_digest.clone()),
        plan_digest: Some(plan_digest.clone()),
        engine_version: Some(ENGINE_VERSION.to_owned()),
        ruleset_version: Some(RULESET_VERSION.to_owned()),
        decisions: Some(json(&plan.why)?),
        generated_at: Some(generated_at),
    };
    let revision = NewRevision {
        body: json(kept)?,
        inputs_digest,
        plan_digest,
        as_of: facts.as_of,
        generated_at,
        replayed: mode == As::Replayed,
        status: status.to_owned(),
        reason: None,
    };
    let workouts =
        kept.sessions().enumerate().map(|(i, s)| session(s, i)).collect::<Result<Vec<_>>>()?;
    let history = History::new(&facts.activities, facts.as_of);
    Ok(WeekToSave {
        plan: row,
        workouts,
        revision,
        adaptations: if published { adaptations(facts, output, previous) } else { Vec::new() },
        profile: published.then(|| profile(&output.profile, plan.state, leading(facts))),
        summary: published
            .then(|| summary(facts, &output.profile, plan.state, &history, plan.week_start - 7)),
    })
}

fn leading(facts: &Facts) -> Option<&Goal> {
    hermes_engine::step::a_race(&facts.goals, facts.as_of)
}

fn session(s: &Session, index: usize) -> Result<Workout> {
    let run = s.kind != Kind::Cross;
    let pace = i32::try_from(s.pace.0).ok().filter(|_| run);
    let key = s.template.map(|t| format!("{}/{}/{}", t.schedule.name(), t.week, t.weekday));
    Ok(Workout {
        template_id: key.as_deref().map(template_id),
        workout_date: s.day,
        workout_type: s.kind.name().to_owned(),
        planned_distance_km: if run { Decimal::km(s.distance) } else { None },
        planned_duration_minutes: Some(minutes(s.duration)),
        planned_pace_seconds_per_km: pace,
        intensity_zone: Some(s.zone.name().to_owned()),
        strava_activity_id: None,
        actual_distance_km: None,
        actual_duration_seconds: None,
        actual_pace_seconds_per_km: None,
        completed: false,
        completed_at: None,
        user_modified: false,
        user_modification_reason: None,
        day_of_week: i32::from(s.day.weekday().number()),
        order_in_week: i32::try_from(index + 1).unwrap_or(i32::MAX),
        steps: Some(json(&s.steps)?),
        reasons: Some(json(&s.why)?),
        race_distance: s.race,
        pinned: s.pinned,
    })
}

/// The profile's row.
pub(crate) fn profile(
    p: &Profile,
    state: State,
    goal: Option<&Goal>,
) -> hermes_store::profile::Profile {
    let pace = |p: Pace| i32::try_from(p.0).unwrap_or(i32::MAX);
    hermes_store::profile::Profile {
        base_pace_seconds_per_km: pace(p.paces.easy),
        threshold_pace_seconds_per_km: pace(p.paces.threshold),
        weekly_capacity_km: Decimal::km(p.capacity).unwrap_or_default(),
        durability_score: Decimal::permille(p.durability).unwrap_or_default(),
        consistency_score: Decimal::permille(p.consistency).unwrap_or_default(),
        risk_level: p.risk.name().to_owned(),
        current_state: state.name().to_owned(),
        override_mode_enabled: state == State::OverrideActive,
        primary_goal_distance: goal.map(|g| g.distance),
        primary_goal_date: goal.map(|g| g.day),
        goal_time_seconds: goal.and_then(|g| g.time).and_then(|t| i32::try_from(t.0).ok()),
        last_28_day_volume: Decimal::km(p.km_28),
        last_90_day_volume: Decimal::km(p.km_90),
        last_28_day_consistency: Decimal::permille(p.consistency_28),
        bootcamp_completed: p.bootcamp.is_over(),
        bootcamp_start_date: Some(p.window.0),
        bootcamp_end_date: p.bootcamp.is_over().then_some(p.window.1),
        calibration: Json::of(p).ok(),
        vdot_tenths: i32::try_from(p.value.0).ok(),
    }
}

/// The rows of what changed, with the windows as they stood.
fn adaptations(facts: &Facts, output: &Output, previous: Option<&WeekPlan>) -> Vec<Adaptation> {
    let row = |a: adaptation::Adaptation| {
        let [week, month, quarter] = a.windows.map(|w| window(&w));
        Adaptation {
            transition_date: a.day,
            from_state: a.from.map(|s| s.name().to_owned()),
            to_state: Some(a.to.name().to_owned()),
            trigger_reason: Text::new(a.title()),
            trigger_data: Json::of(&a.trigger).ok(),
            volume_change_percentage: a.volume_change.and_then(Decimal::new),
            intensity_change_percentage: a.intensity_change.and_then(Decimal::new),
            adaptation_rationale: Some(a.long(facts.preferences.units)),
            window_7_day: Some(week),
            window_28_day: Some(month),
            window_90_day: Some(quarter),
        }
    };
    adaptation::records(facts, output, previous).into_iter().map(row).collect()
}

fn window(w: &Window) -> Json {
    json!({
        "km": km_number(w.distance),
        "runs": w.runs,
        "longest_km": km_number(w.longest),
        "rest_days": w.rest_days,
        "quality_sessions": w.quality_sessions,
        "compliance_permille": w.compliance,
        "health_records": w.health_records,
    })
    .into()
}

/// Kilometres as text with three decimals: exact, and the same on both databases.
fn km_number(d: Metres) -> String {
    format!("{}.{:03}", d.0 / 1000, d.0 % 1000)
}

/// The summary of a week, as the facts of the start of the next one know it; `state` as it is then.
pub(crate) fn summary(
    facts: &Facts,
    profile: &Profile,
    state: State,
    h: &History,
    week: Day,
) -> WeeklySummary {
    let paces = &profile.paces;
    let after = After { threshold: paces.threshold, marathon: paces.marathon, state };
    let k = Compliance::new(facts, h);
    let s = hermes_engine::summary::summary(facts, &k, h, week, after);
    let km = Decimal::km;
    let [easy, quality, long, recovery] = in_hundredths([s.easy, s.quality, s.long, s.recovery]);
    let hundredths = |p: Pace| Decimal::new(p.0 * 100);
    WeeklySummary {
        week_start_date: s.week_start,
        week_end_date: s.week_start + 6,
        planned_volume_km: s.planned.and_then(km),
        actual_volume_km: km(s.actual),
        // Thousandths as percent with two decimals.
        compliance_percentage: s.compliance.and_then(|c| Decimal::new(c * 10)),
        easy_run_km: km(easy),
        quality_session_km: km(quality),
        long_run_km: km(long),
        recovery_km: km(recovery),
        average_pace_seconds_per_km: s.pace.and_then(hundredths),
        threshold_pace_estimate: hundredths(s.threshold),
        health_issues_count: i32::try_from(s.health_issues).unwrap_or(i32::MAX),
        rest_days: i32::try_from(s.rest_days).unwrap_or(0),
        ending_state: Some(s.ending_state.name().to_owned()),
    }
}

/// Distances in whole hundredths of a km that add up to their sum as it is rounded itself: each
/// is the step from one rounded partial sum to the next.
fn in_hundredths<const N: usize>(parts: [Metres; N]) -> [Metres; N] {
    let rounded = |m: Metres| (m.0 + 5) / 10 * 10;
    let mut sum = Metres::ZERO;
    parts.map(|part| {
        let before = rounded(sum);
        sum += part;
        Metres(rounded(sum) - before)
    })
}

/// The phases of a goal's roadmap with their milestones.
pub(crate) fn roadmap(goal_id: Uuid, r: &Roadmap) -> Vec<NewPhase> {
    r.spans
        .iter()
        .enumerate()
        .map(|(i, span)| NewPhase {
            goal_id,
            phase: Phase {
                phase_number: i32::try_from(i + 1).unwrap_or(i32::MAX),
                phase_name: Text::new(span.phase.name()).unwrap_or_default(),
                start_date: span.start,
                end_date: span.end,
                target_volume_km: Decimal::km(span.target),
                focus: Some(span.focus.name().to_owned()),
            },
            milestones: r
                .milestones
                .iter()
                .filter(|m| m.phase == span.phase)
                .map(|m| Milestone {
                    milestone_name: Text::new(m.name.clone()).unwrap_or_default(),
                    target_date: m.day,
                    target_metric: Some(m.metric.name().to_owned()),
                    target_value: m.value.and_then(|v| match m.metric {
                        // Metres as km with two decimals; seconds with two decimals.
                        Metric::LongRun | Metric::Weekly => Decimal::new(v / 10),
                        Metric::TimeTrial | Metric::Race => Decimal::new(v * 100),
                    }),
                })
                .collect(),
        })
        .collect()
}

/// The library's rows.
pub(crate) fn library() -> Result<Vec<Template>> {
    templates::library().rows().map(|row| template(&row)).collect()
}

fn template(row: &TemplateRow) -> Result<Template> {
    Ok(Template {
        id: template_id(&row.key()),
        template_name: Text::new(row.template_name.clone()).unwrap_or_default(),
        workout_type: row.kind.name().to_owned(),
        distance_type: fitting::<20>(row.distance_type.name()),
        base_distance_km: row.base_distance.and_then(Decimal::km),
        base_duration_minutes: row.base_duration_minutes.map(i32::from),
        intensity_zone: Some(row.zone.name().to_owned()),
        min_distance_km: row.min_distance.and_then(Decimal::km),
        max_distance_km: row.max_distance.and_then(Decimal::km),
        min_duration_minutes: row.min_duration_minutes.map(i32::from),
        max_duration_minutes: row.max_duration_minutes.map(i32::from),
        min_week_number: Some(i32::from(row.min_week_number)),
        max_week_number: Some(i32::from(row.max_week_number)),
        requires_base_building: row.requires_base_building,
        source_plan: Text::new(row.source_plan.clone()),
        source_week: Some(i32::from(row.source_week)),
        percent_of_long_run: row.percent_of_long_run.map(i32::from),
        structure: Some(json(&row.structure)?),
        weekday: Some(i32::from(row.reference.weekday)),
        schedule: Text::new(row.reference.schedule.name()),
    })
}

/// The word where it fits its column, else nothing, alike on both databases. The schema's own
/// `percentage_of_long_run` is longer than its VARCHAR(20): such rows are known by their
/// `percent_of_long_run`.
fn fitting<const N: usize>(word: &str) -> Option<String> {
    Text::<N>::new(word).map(|t| t.as_str().to_owned())
}
