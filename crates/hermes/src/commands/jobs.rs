//! `hermes jobs` and `hermes worker`.

use super::stop::Stop;
use super::{Desk, serve};
use crate::cli::Jobs;
use crate::output;
use anyhow::{Context, Result, ensure};
use hermes_app::WeeksPlanned;
use hermes_app::jobs::{JobCounts, JobFilter, JobState, LIST_MAX, StoredJob, Worker};
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::Path;
use std::process::ExitCode;
use uuid::Uuid;

pub(super) async fn worker(desk: &Desk, watched: Option<&Path>) -> Result<ExitCode> {
    let stop = Stop::listen();
    let (app, backend) = (&desk.app, desk.app.backend());
    if desk.options.json {
        output::json(&json!({ "backend": backend }))?;
    } else {
        output::print(&format!("Hermes runs the jobs of the {backend} database. Ctrl-C stops.\n"))?;
    }
    let watching = serve::watching(app.clone(), watched);
    tokio::select! {
        () = Worker::new(app.clone()).run(stop.asked()) => {}
        result = watching => result?,
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn weeks(desk: &Desk) -> Result<ExitCode> {
    let planned = desk.app.plan_weeks().await?;
    if desk.options.json {
        output::json(&json!(planned))?;
    } else {
        let WeeksPlanned { runners, failed, lost } = planned;
        output::print(&format!(
            "{runners} runners' weeks planned, {failed} put off after a failure, {lost} left to \
             another process.\n"
        ))?;
    }
    Ok(if planned.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

pub(super) async fn jobs(desk: &Desk, command: Jobs) -> Result<ExitCode> {
    match command {
        Jobs::List { state, kind, limit, before } => {
            ensure!(
                (1..=LIST_MAX).contains(&limit),
                "{limit} jobs cannot be listed; give 1 to {LIST_MAX}"
            );
            let filter = JobFilter {
                state: state.as_deref().map(state_of).transpose()?,
                kind,
                before: before.as_deref().map(id_of).transpose()?,
            };
            list(desk, &filter, limit).await?;
        }
        Jobs::Retry { id } => {
            let job = desk.app.retry_job(id_of(&id)?).await?;
            if desk.options.json {
                output::json(&json!({ "job": as_json(&job) }))?;
            } else {
                output::print(&format!("The {} job {} is due again.\n", job.kind, job.id))?;
            }
        }
        Jobs::Run => return run(desk).await,
    }
    Ok(ExitCode::SUCCESS)
}

fn state_of(name: &str) -> Result<JobState> {
    JobState::ALL.into_iter().find(|s| s.name() == name).with_context(|| {
        format!("\"{name}\" is not a state of a job; use pending, running, done or dead")
    })
}

fn id_of(id: &str) -> Result<Uuid> {
    id.parse()
        .ok()
        .with_context(|| format!("\"{id}\" is not the id of a job; `hermes jobs list` shows them"))
}

async fn run(desk: &Desk) -> Result<ExitCode> {
    desk.app.enqueue_periodic().await?;
    let tally = Worker::new(desk.app.clone()).drain().await?;
    if desk.options.json {
        output::json(&json!({
            "dead": tally.dead, "done": tally.done, "lost": tally.lost,
            "put_off": tally.put_off, "retried": tally.retried,
        }))?;
    } else {
        output::print(&format!(
            "{} done, {} put off, {} to be tried again, {} dead, {} left to others.\n",
            tally.done, tally.put_off, tally.retried, tally.dead, tally.lost
        ))?;
    }
    Ok(if tally.dead == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn list(desk: &Desk, filter: &JobFilter, limit: u32) -> Result<()> {
    let jobs = desk.app.jobs(filter, limit).await?;
    let counts = desk.app.job_counts().await?;
    if desk.options.json {
        let each = counts
            .counts
            .iter()
            .map(|c| json!({ "count": c.count, "kind": c.kind.as_str(), "state": c.state.name() }));
        return output::json(&json!({
            "counts": each.collect::<Vec<_>>(),
            "jobs": jobs.iter().map(as_json).collect::<Vec<_>>(),
            "oldest_due_s": counts.oldest_due.as_secs(),
            "unknown_kinds": counts.unknown_kinds().collect::<Vec<_>>(),
        }));
    }
    output::print(&as_text(&jobs, &counts))
}

fn as_json(job: &StoredJob) -> Value {
    json!({
        "attempts": job.attempts,
        "created_at": job.created_at,
        "finished_at": job.finished_at,
        "id": job.id,
        "key": job.job_key.as_str(),
        "kind": job.kind.as_str(),
        "last_error": job.last_error,
        "leased_by": job.leased_by.as_deref(),
        "leased_until": job.leased_until,
        "max_attempts": job.max_attempts,
        "payload": job.payload.read::<serde_json::Value>().ok(),
        "priority": job.priority,
        "request_id": job.request_id.as_deref(),
        "run_at": job.run_at,
        "state": job.state.name(),
    })
}

fn as_text(jobs: &[StoredJob], counts: &JobCounts) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    for job in jobs {
        let _ = writeln!(
            text,
            "{} {:<8} {} {} (due {}, attempt {} of {})",
            job.id,
            job.state.name(),
            job.kind,
            job.job_key,
            job.run_at.strftime("%Y-%m-%d %H:%M:%SZ"),
            job.attempts,
            job.max_attempts
        );
        if let Some(error) = &job.last_error {
            let _ = writeln!(text, "    {}", error.replace('\n', " "));
        }
    }
    if jobs.is_empty() {
        text.push_str("No such jobs.\n");
    }
    let all: Vec<_> = counts
        .counts
        .iter()
        .map(|c| format!("{} {} {}", c.count, c.kind, c.state.name()))
        .collect();
    let _ =
        writeln!(text, "In all: {}.", if all.is_empty() { "none".into() } else { all.join(", ") });
    if !counts.oldest_due.is_zero() {
        let _ = writeln!(text, "The oldest has been due for {} s.", counts.oldest_due.as_secs());
    }
    for kind in counts.unknown_kinds() {
        let _ = writeln!(text, "This Hermes does not know \"{kind}\" and leaves its jobs alone.");
    }
    text
}
