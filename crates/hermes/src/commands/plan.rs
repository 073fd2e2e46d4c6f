//! `hermes plan`.

use super::Desk;
use crate::output;
use anyhow::Result;
use hermes_app::WeekStatus;
use hermes_engine::calendar::Day;
use hermes_engine::explain::Explanation;
use hermes_engine::session::{Amount, Kind, Role, Session, Step, WeekPlan};
use hermes_engine::units::Units;
use serde::Serialize;
use serde_json::json;
use std::fmt::Write;
use std::process::ExitCode;

/// A plan to print and what it is.
struct Shown {
    plan: WeekPlan,
    status: &'static str,
    digest: Option<String>,
}

pub(super) async fn plan(
    desk: &Desk,
    week: Option<&str>,
    publish: bool,
    why: bool,
) -> Result<ExitCode> {
    let day = week.map(Day::parse).transpose()?.unwrap_or(desk.as_of);
    if publish {
        anyhow::ensure!(
            desk.options.as_of.is_none(),
            "--publish publishes the week of today; for past weeks use `hermes replay`"
        );
        desk.app.publish(&desk.runner).await?;
    }
    let preferences = desk.app.preferences(&desk.runner).await?;
    let shown = find(desk, day, day.week_start(preferences.week_start)).await?;
    let units = preferences.units;
    if desk.options.json {
        let mut document = json!({
            "status": shown.status,
            "digest": shown.digest,
            "distance_m": shown.plan.distance(),
            "duration_s": shown.plan.duration(),
            "plan": shown.plan,
        });
        if why {
            document["explanations"] = json!(explained(&shown.plan, units));
        }
        output::json(&document)?;
    } else {
        let mut text = as_text(&shown, units);
        if why {
            explanations(&mut text, &explained(&shown.plan, units));
        }
        output::print(&text)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The stored plan of the week, or one made now and not saved.
async fn find(desk: &Desk, day: Day, start: Day) -> Result<Shown> {
    let stored = desk.app.week(&desk.runner, start).await?;
    if let Some(view) = stored
        && let Some(plan) = view.plan
    {
        let status = match view.status {
            WeekStatus::Published => "published",
            WeekStatus::Repaired => "published, repaired",
            WeekStatus::Draft | WeekStatus::Unplanned => "draft",
        };
        return Ok(Shown { plan, status, digest: view.digest });
    }
    let output = desk.app.preview(&desk.runner, desk.as_of, day).await?;
    Ok(Shown { plan: output.plan, status: "preview, not saved", digest: None })
}

fn as_text(shown: &Shown, units: Units) -> String {
    let plan = &shown.plan;
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(
        text,
        "Week of {} to {} ({})\n{} phase, week {}; state {}: {}\n{} in {}",
        plan.week_start,
        plan.week_end(),
        shown.status,
        plan.phase.name(),
        plan.week_number,
        plan.state.name(),
        plan.state.meaning(),
        units.distance(plan.distance()),
        plan.duration().clock_text()
    );
    for why in &plan.why {
        let _ = writeln!(text, "  - {}", why.text(units));
    }
    for i in 0..7 {
        let day = plan.week_start + i;
        let _ = writeln!(text, "\n{} {day}", day.weekday().name());
        let mut any = false;
        for s in plan.sessions.iter().filter(|s| s.day == day) {
            any = true;
            session(&mut text, s, units);
        }
        if !any {
            let rest = if day < plan.first_day { "(before this plan)" } else { "Rest" };
            let _ = writeln!(text, "  {rest}");
        }
    }
    for finding in &plan.findings {
        let _ = writeln!(text, "\nWorth knowing: {}", finding.text(units));
    }
    for repair in &plan.repairs {
        let _ = writeln!(text, "\nRepaired: {}", repair.text(units));
    }
    if let Some(digest) = &shown.digest {
        let _ = writeln!(text, "\nDigest {digest}");
    }
    text
}

/// A decision of a plan, explained.
#[derive(Serialize)]
struct Explained {
    /// `week`, `session`, `finding` or `repair`.
    about: &'static str,
    /// The day it is about.
    date: Option<Day>,
    #[serde(flatten)]
    explanation: Explanation,
}

/// Every decision of a plan: of the week, of its sessions by day, findings, repairs.
fn explained(plan: &WeekPlan, units: Units) -> Vec<Explained> {
    let one = |about, date, explanation| Explained { about, date, explanation };
    let week = plan.why.iter().map(|w| one("week", None, w.explain(units)));
    let sessions = plan.sessions.iter().flat_map(|s| s.why.iter().map(move |w| (s.day, w)));
    let sessions = sessions.map(|(day, w)| one("session", Some(day), w.explain(units)));
    let findings = plan.findings.iter().map(|f| one("finding", f.day, f.explain(units)));
    let repairs = plan.repairs.iter().map(|r| one("repair", Some(r.day), r.explain(units)));
    week.chain(sessions).chain(findings).chain(repairs).collect()
}

fn explanations(text: &mut String, all: &[Explained]) {
    // Writing to a String cannot fail.
    let _ = writeln!(text, "\nWhy");
    for e in all {
        let day = e.date.map_or_else(String::new, |day| format!("{day}: "));
        let _ = writeln!(text, "  {day}{}", e.explanation.short);
        for line in &e.explanation.long {
            let _ = writeln!(text, "    {line}");
        }
    }
}

fn session(text: &mut String, s: &Session, units: Units) {
    let _ = if s.kind == Kind::Cross {
        writeln!(text, "  {}, {} (optional)", s.kind.name(), s.duration.clock_text())
    } else {
        writeln!(
            text,
            "  {}, {} in about {} at {} ({})",
            s.kind.name(),
            units.distance(s.distance),
            s.duration.clock_text(),
            units.pace(s.pace),
            s.zone.name()
        )
    };
    if s.steps.len() > 1 || s.steps.iter().any(|p| p.recovery.is_some()) {
        let rest = if s.kind == Kind::Return { "walk" } else { "jog" };
        let steps: Vec<String> = s.steps.iter().map(|p| step(p, rest, units)).collect();
        let _ = writeln!(text, "    {}", steps.join(", "));
    }
    for why in &s.why {
        let _ = writeln!(text, "    - {}", why.text(units));
    }
}

fn step(p: &Step, rest: &str, units: Units) -> String {
    let amount = |a: Amount| match a {
        Amount::Distance(d) if d.0 < 1000 => format!("{} m", d.0),
        Amount::Distance(d) => units.distance(d),
        Amount::Time(t) => t.clock_text(),
    };
    let role = match p.role {
        Role::WarmUp => "warm-up ",
        Role::CoolDown => "cool-down ",
        Role::Work | Role::Steady => "",
    };
    let times = if p.times > 1 { format!("{} x ", p.times) } else { String::new() };
    let rest = p.recovery.map_or_else(String::new, |(a, _)| format!(" with {} {rest}", amount(a)));
    format!("{role}{times}{} at {}{rest}", amount(p.amount), units.pace(p.pace))
}
