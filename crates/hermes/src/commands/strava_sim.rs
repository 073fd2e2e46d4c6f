//! `hermes strava-sim`.

use super::stop::Stop;
use crate::cli::{Options, StravaSim};
use crate::output;
use anyhow::{Context, Result, ensure};
use hermes_app::clock::{Clock as _, SystemClock};
use hermes_strava::sim::{
    self, CLIENT_ID, CLIENT_SECRET, Clock, Control, EARLIEST, LATEST, Limits, Simulator,
};
use serde_json::json;
use std::fmt::Write;
use std::process::ExitCode;
use std::sync::Arc;

/// Time that runs along with the machine's.
pub(super) fn running() -> Clock {
    Clock::running(Arc::new(|| SystemClock.now()))
}

pub(super) async fn serve(options: &Options, wanted: StravaSim) -> Result<ExitCode> {
    let stop = Stop::listen();
    let bind = wanted.bind;
    if let Some(at) = wanted.at {
        ensure!(
            (EARLIEST..=LATEST).contains(&at),
            "the simulator cannot be at {at}; take a moment from {EARLIEST} to {LATEST}"
        );
    }
    let open = wanted.control || bind.ip().is_loopback();
    let [short, day, read_short, read_day] = wanted.limits;
    let mut simulator = Simulator::start(sim::Options {
        bind,
        seed: wanted.seed,
        athletes: wanted.athletes,
        years: wanted.years,
        clock: wanted.at.map_or_else(running, Clock::stopped),
        limits: Limits { short, day, read_short, read_day },
        callback_domain: wanted.callback_domain,
        control: if open { Control::Open } else { Control::Closed },
    })
    .await
    .with_context(|| format!("{bind} cannot be listened on; choose another port with --bind"))?;
    let url = simulator.url();
    let people = simulator.athletes();
    if options.json {
        let athletes: Vec<_> =
            people.iter().map(|p| json!({ "id": p.id, "name": p.name })).collect();
        output::json(&json!({
            "address": simulator.address(),
            "url": url,
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "control": open,
            "athletes": athletes,
        }))?;
    } else {
        let mut text = format!(
            "Strava's simulator serves {url}\n\
             Application: client id {CLIENT_ID}, secret {CLIENT_SECRET}\n"
        );
        for person in &people {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "Athlete {}: {}, {}", person.id, person.name, person.time_zone);
        }
        if open {
            let _ = writeln!(text, "Control: {url}/sim/clock, athletes, faults, usage, events");
        }
        text.push_str("Stop with Ctrl-C.\n");
        output::print(&text)?;
    }
    tokio::select! {
        outcome = simulator.failed() => outcome?,
        () = stop.asked() => simulator.shut_down().await?,
    }
    Ok(ExitCode::SUCCESS)
}
