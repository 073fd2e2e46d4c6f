//! What the metrics say of the sync. The counts are of the whole process: other tests count too.

use super::{ALL, Beginning, Connected};
use hermes_app::measure::Exporter;
use hermes_store::strava::hooks::{EventAspect, NewEvent};
use hermes_strava::sim::NewActivity;
use jiff::SignedDuration;
use std::collections::BTreeMap;

/// All series of Strava with their values.
async fn series(c: &Connected, exporter: &Exporter) -> BTreeMap<String, f64> {
    let text = c.app.metrics(exporter).await;
    let lines = text.lines().filter(|line| line.starts_with("hermes_strava_"));
    let pair = |line: &str| {
        let (name, value) = line.rsplit_once(' ').unwrap();
        (name.to_owned(), value.parse().unwrap())
    };
    lines.map(pair).collect()
}

#[tokio::test]
async fn the_sync_can_be_watched() {
    let exporter = Exporter::install().unwrap();
    let c = Connected::synced(Beginning { retention: "7d", ..Beginning::default() }).await;
    let (runner, athlete) = (&c.w.runner, c.athlete(0));
    let id = c.sim.add(athlete, NewActivity::default()).unwrap();
    c.work_for_days(1).await;
    // Not found, refused for its limits, failed, lost: each of them once at least.
    c.sim.delete(id);
    c.w.pass(SignedDuration::from_hours(25));
    c.work().await;
    c.sim.set_faults(|faults| faults.unavailable_every = 1);
    c.w.pass(SignedDuration::from_hours(3));
    c.work().await;
    c.sim.set_faults(|faults| (faults.unavailable_every, faults.truncate_every) = (0, 1));
    c.w.pass(SignedDuration::from_hours(3));
    c.work().await;
    c.sim.set_faults(|faults| faults.truncate_every = 0);
    c.sim.exhaust_day();
    c.w.pass(SignedDuration::from_hours(1));
    c.app.sync_strava(runner).await.unwrap();
    c.work().await;
    let seen = series(&c, &exporter).await;
    for outcome in ["ok", "not_found", "failed", "lost", "limited"] {
        let name = format!("hermes_strava_requests_total{{outcome=\"{outcome}\"}}");
        assert!(seen.get(&name).is_some_and(|n| *n >= 1.0), "{name}: {seen:#?}");
    }
    for quota in c.status(runner).await.quota {
        let (kind, span) = (quota.kind.name(), quota.span.name());
        let name = format!("hermes_strava_quota_left{{kind=\"{kind}\",span=\"{span}\"}}");
        let left = f64::from((quota.allowed - quota.used).max(0));
        assert_eq!(seen.get(&name), Some(&left), "{name}: {seen:#?}");
    }
    assert_eq!(seen["hermes_strava_connections{state=\"active\"}"], 1.0);
    assert!(seen["hermes_strava_erased_total{reason=\"deleted\"}"] >= 1.0);
    assert_eq!((seen["hermes_strava_events_waiting"], seen["hermes_strava_purge_due"]), (0.0, 0.0));
    // Nobody works for nine days: what may not stay is said to be there, and pushes wait.
    c.w.pass(SignedDuration::from_hours(9 * 24));
    let (at, aspect) = (c.sim.now(), EventAspect::Create);
    let event = NewEvent { subscription: 1, athlete, object: 5, aspect, at };
    assert!(c.store.add_strava_event(&event, at).await.unwrap());
    c.w.pass(SignedDuration::from_mins(1));
    let seen = series(&c, &exporter).await;
    assert!(seen["hermes_strava_purge_due"] >= 1.0, "{seen:#?}");
    assert_eq!(seen["hermes_strava_events_waiting"], 1.0);
    assert!(seen["hermes_strava_events_late_seconds"] >= 60.0, "{seen:#?}");
    c.sim.spoil_refresh_token(athlete);
    c.work_for_days(1).await;
    let seen = series(&c, &exporter).await;
    assert_eq!(seen["hermes_strava_purge_due"], 0.0, "{seen:#?}");
    assert!(seen["hermes_strava_erased_total{reason=\"expired\"}"] >= 1.0);
    assert_eq!(seen["hermes_strava_connections{state=\"needs_reauth\"}"], 1.0);
    // No label holds a runner, an athlete or an activity.
    c.connect(runner, athlete, &ALL).await.unwrap();
    for name in series(&c, &exporter).await.keys() {
        assert!(!name.contains(&runner.id.to_string()), "{name}");
        let digits = name.chars().filter(char::is_ascii_digit).count();
        assert_eq!(digits, 0, "{name}");
    }
}
