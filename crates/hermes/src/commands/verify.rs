//! `hermes verify`.

use super::Desk;
use crate::output;
use anyhow::Result;
use hermes_app::WeekCheck;
use serde_json::json;
use std::fmt::Write;
use std::process::ExitCode;

pub(super) async fn verify(desk: &Desk) -> Result<ExitCode> {
    let verified = desk.app.verify(&desk.runner).await?;
    let sound = verified.is_sound();
    if desk.options.json {
        output::json(&json!({
            "sound": sound, "weeks": verified.weeks, "missing": verified.missing,
        }))?;
    } else {
        let mut text = String::new();
        for week in verified.weeks.iter().filter(|w| !w.is_sound()) {
            fault(&mut text, week);
        }
        for week in &verified.missing {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{week}: it was published and its plan is gone");
        }
        let others = verified.weeks.iter().filter(|w| w.other_engine).count();
        if others > 0 {
            // Writing to a String cannot fail.
            let _ = writeln!(
                text,
                "{others} published weeks were made by another version: only their rules were checked."
            );
        }
        let erased = verified.weeks.iter().filter(|w| w.erased).count();
        if erased > 0 {
            // Writing to a String cannot fail.
            let _ = writeln!(
                text,
                "{erased} published weeks cannot be checked: what they were made from had to be \
                 erased."
            );
        }
        let good =
            verified.weeks.iter().filter(|w| w.is_sound() && !w.other_engine && !w.erased).count();
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "{good} of {} published weeks recomputed to the same digest without a breach.",
            verified.weeks.len() - others
        );
        output::print(&text)?;
    }
    Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn fault(text: &mut String, week: &WeekCheck) {
    let mut say = |what: &str| {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{}: {what}", week.week_start);
    };
    if !week.inputs_same {
        say("the facts it was made from have changed since");
    }
    if !week.plan_same {
        say("recomputing gives another plan");
    }
    if !week.rows_same {
        say("its rows no longer say what was published");
    }
    for breach in &week.breaches {
        say(breach);
    }
}
