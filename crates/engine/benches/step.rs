//! A runner-week for a runner with a year of about 250 runs on the way to a marathon.

mod runner;

use divan::{Bencher, black_box};
use hermes_engine::calibrate::calibrate;
use hermes_engine::compliance::Compliance;
use hermes_engine::facts::Facts;
use hermes_engine::forecast::{self, Scenario};
use hermes_engine::history::History;
use hermes_engine::limits::Limits;
use hermes_engine::record::{Activity, BodyPart, Feedback, HealthRecord, HealthType, Symptoms};
use hermes_engine::signals::Signals;
use hermes_engine::step::{Prepared, step};
use runner::MONDAY;

fn main() {
    divan::main();
}

fn facts() -> Facts {
    runner::facts(MONDAY, 50, 7 * 12 + 6)
}

/// The same runner as the engine knows them after 13 weeks with it: published weeks with their
/// sessions, all of them run, the standing of the last step, and a word on every run.
fn known() -> Facts {
    let monday = MONDAY - 91;
    let mut facts = runner::facts(monday, 39, 91 + 7 * 12 + 6);
    while facts.as_of < MONDAY {
        let output = step(&facts, facts.as_of);
        forecast::live(&mut facts, &output, &Scenario::default());
    }
    let said = |a: &Activity| Feedback {
        day: a.day(),
        effort: Some(4),
        pain_during: None,
        pain_next_morning: None,
        sleep: Some(4),
        soreness: Some(2),
        mood: Some(4),
        resting_heart_rate: Some(50),
    };
    facts.feedback = facts.activities.iter().filter(|a| a.day() >= monday).map(said).collect();
    facts
}

/// An Achilles pain that was over four months ago.
fn unwell_once() -> Facts {
    let record = HealthRecord {
        day: MONDAY - 140,
        kind: HealthType::Pain,
        part: Some(BodyPart::Achilles),
        severity: Some(4),
        symptoms: Symptoms::default(),
        closed: Some(MONDAY - 120),
    };
    Facts { health: vec![record], ..known() }
}

/// History, limits, generation, repair and check; the profile and the way to the race are there.
#[divan::bench]
fn week(bencher: Bencher<'_, '_>) {
    let facts = facts();
    let prepared = Prepared::new(&facts, MONDAY);
    bencher.bench_local(|| black_box(&prepared).plan(black_box(&facts)));
}

/// Everything: calibration and predictions, week, roadmap.
#[divan::bench]
fn whole_step(bencher: Bencher<'_, '_>) {
    let facts = facts();
    bencher.bench_local(|| step(black_box(&facts), MONDAY));
}

/// Everything, for a runner whom the engine has planned for 13 weeks: the usual step.
#[divan::bench]
fn known_runner(bencher: Bencher<'_, '_>) {
    let facts = known();
    bencher.bench_local(|| step(black_box(&facts), MONDAY));
}

/// The same with a health record, long over: the week is planned with and without it.
#[divan::bench]
fn known_runner_unwell_once(bencher: Bencher<'_, '_>) {
    let facts = unwell_once();
    bencher.bench_local(|| step(black_box(&facts), MONDAY));
}

/// The usual step's week alone: history, limits, generation, repair and check.
#[divan::bench]
fn known_week(bencher: Bencher<'_, '_>) {
    let facts = known();
    let prepared = Prepared::new(&facts, MONDAY);
    bencher.bench_local(|| black_box(&prepared).plan(black_box(&facts)));
}

/// The usual step's week when history, state and limits are there: generation, repair and check.
#[divan::bench]
fn generate_repair_check(bencher: Bencher<'_, '_>) {
    let facts = known();
    let h = History::new(&facts.activities, MONDAY);
    let prepared = Prepared::new(&facts, MONDAY);
    let selected = prepared.selected(&facts, &h);
    bencher.bench_local(|| black_box(&selected).week(black_box(&h)));
}

/// The usual step's profile and predictions.
#[divan::bench]
fn profile(bencher: Bencher<'_, '_>) {
    let facts = known();
    let h = History::new(&facts.activities, MONDAY);
    bencher.bench_local(|| calibrate(black_box(&facts), black_box(&h)));
}

/// Thirteen published weeks against what was run.
#[divan::bench]
fn compliance(bencher: Bencher<'_, '_>) {
    let facts = known();
    let h = History::new(&facts.activities, MONDAY);
    bencher.bench_local(|| Compliance::new(black_box(&facts), black_box(&h)));
}

/// The sums of the signals of one week.
#[divan::bench]
fn signals(bencher: Bencher<'_, '_>) {
    let facts = known();
    let h = History::new(&facts.activities, MONDAY);
    let k = Compliance::new(&facts, &h);
    bencher.bench_local(|| Signals::new(black_box(&facts), &h, &k, MONDAY - 7, MONDAY));
}

#[divan::bench]
fn history(bencher: Bencher<'_, '_>) {
    let facts = facts();
    bencher.bench_local(|| History::new(black_box(&facts.activities), MONDAY));
}

#[divan::bench]
fn limits(bencher: Bencher<'_, '_>) {
    let facts = facts();
    let h = History::new(&facts.activities, MONDAY);
    let prepared = Prepared::new(&facts, MONDAY);
    let c = prepared.circumstances(&facts, &h);
    bencher.bench_local(|| Limits::new(black_box(&c), black_box(&h)));
}

/// The checker's part of it.
#[divan::bench]
fn check(bencher: Bencher<'_, '_>) {
    let facts = facts();
    let h = History::new(&facts.activities, MONDAY);
    let prepared = Prepared::new(&facts, MONDAY);
    let c = prepared.circumstances(&facts, &h);
    let plan = prepared.plan(&facts);
    bencher.bench_local(|| hermes_engine::rules::check(black_box(&c), black_box(&plan)));
}
