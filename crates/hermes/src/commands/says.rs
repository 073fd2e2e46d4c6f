//! `hermes feedback` and `hermes send-it`.

use super::Desk;
use crate::cli::{FeedbackArgs, SendIt};
use crate::output;
use anyhow::Result;
use hermes_app::SEND_IT_TERMS;
use hermes_engine::calendar::Day;
use hermes_engine::record::Feedback;
use serde_json::json;
use std::process::ExitCode;

pub(super) async fn feedback(desk: &Desk, args: FeedbackArgs) -> Result<ExitCode> {
    let day = args.date.as_deref().map(Day::parse).transpose()?.unwrap_or(desk.as_of);
    let said = Feedback {
        day,
        effort: args.effort,
        pain_during: args.pain,
        pain_next_morning: args.pain_next_morning,
        sleep: args.sleep,
        soreness: args.soreness,
        mood: args.mood,
        resting_heart_rate: args.resting_heart_rate,
    };
    desk.app.add_feedback(&desk.runner, desk.as_of, said).await?;
    if desk.options.json {
        output::json(&json!({ "feedback": said }))?;
    } else {
        output::print(&format!("Noted for {day}.\n"))?;
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn send_it(desk: &Desk, command: SendIt) -> Result<ExitCode> {
    let (runner, as_of) = (&desk.runner, desk.as_of);
    match command {
        SendIt::On { days, agree } => {
            let (from, until) = desk.app.send_it(runner, as_of, days, agree).await?;
            if desk.options.json {
                output::json(&json!({ "from": from, "until": until, "terms": SEND_IT_TERMS }))?;
            } else {
                let last = until - 1;
                output::print(&format!("Send It mode is on from {from} to {last}.\n"))?;
            }
        }
        SendIt::Off => {
            desk.app.end_send_it(runner, as_of).await?;
            if desk.options.json {
                output::json(&json!({ "ended": as_of }))?;
            } else {
                output::print("Send It mode is off.\n")?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}
