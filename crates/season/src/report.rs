//! The figures of a cohort: what was promised, with pass or fail, and Hermes beside the open
//! predecessor, as text and as JSON.

use crate::tally::{Share, Sight, Tally};
use crate::walk::POOR;
use hermes_engine::state::State;
use serde_json::{Value, json};
use std::fmt::Write;

/// Days of a year.
const YEAR: u64 = 364;
/// A healthy Stable week in the median, thousandths of C4.
const PLENTY: u16 = 850;
/// Marathoners who reach their long run and Build weeks with quality, thousandths.
const MOST: u64 = 800;

/// Forecasts with their shares of the plans in order, thousandths.
const IN_ORDER: u64 = 990;
/// What half a year at four fifths of every plan leaves in the median, thousandths.
const HELD: u16 = 800;

const STATES: [State; 9] = [
    State::InjuryProtection,
    State::InjuryWatch,
    State::Taper,
    State::Overreach,
    State::Rebuild,
    State::OverrideActive,
    State::Slump,
    State::Probe,
    State::Stable,
];

/// Something promised, and whether it was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promise {
    /// What.
    pub what: &'static str,
    /// What was seen.
    pub seen: String,
    /// Kept?
    pub kept: bool,
}

/// A fault of the predecessor and how often it was seen here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lesson {
    /// The fault.
    pub what: &'static str,
    /// The predecessor's figure.
    pub predecessor: &'static str,
    /// Hermes' figure.
    pub hermes: String,
}

/// A share as text: per cent with one decimal, and the counts.
fn percent(share: Share) -> String {
    if share.of == 0 {
        return "none seen".to_owned();
    }
    let tenths = share.cases * 1000 / share.of;
    let rest = share.cases * 1000 % share.of;
    let about = if rest > 0 && tenths == 0 { "under 0.1".to_owned() } else { decimal(tenths) };
    format!("{about} % ({} of {})", share.cases, share.of)
}

fn decimal(tenths: u64) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// What was promised of the whole cohort.
#[must_use]
pub fn promises(t: &Tally) -> Vec<Promise> {
    let visited =
        |s: &State| t.states.get(s).is_some_and(|(entered, left)| *entered > 0 && *left > 0);
    let missing: Vec<&str> = STATES.iter().filter(|s| !visited(s)).map(|s| s.name()).collect();
    let poor = t.plenty.below(POOR as u16);
    vec![
        Promise {
            what: "no published week breaks a hard rule",
            seen: format!("{} breaches in {} plans", t.broken(), t.weeks + t.revisions),
            kept: t.broken() == 0,
        },
        Promise {
            what: "a healthy Stable week is never below 0.60 x C4",
            seen: format!(
                "{poor} of {} below; the least is {} per mille",
                t.plenty.len(),
                t.plenty.least().unwrap_or_default()
            ),
            kept: poor == 0,
        },
        Promise {
            what: "in the median it is at least 0.85 x C4",
            seen: format!("{} per mille", t.plenty.median().unwrap_or_default()),
            kept: t.plenty.is_empty() || t.plenty.median() >= Some(PLENTY),
        },
        Promise {
            what: "four of five marathoners with a base and 18 healthy weeks reach 28 km",
            seen: format!(
                "{}; of those who run as planned {}",
                percent(t.long_runs),
                percent(t.long_runs_faithful)
            ),
            kept: t.long_runs.at_least(MOST),
        },
        Promise {
            what: "four of five Build weeks that allow quality have it",
            seen: percent(t.quality),
            kept: t.quality.at_least(MOST),
        },
        Promise {
            what: "who runs less of every plan is promised no faster race",
            seen: percent(t.shares_in_order),
            kept: t.shares_in_order.at_least(IN_ORDER),
        },
        Promise {
            what: "half a year at four fifths of every plan costs less than a fifth of the km",
            seen: format!("{} per mille in the median", t.held.median().unwrap_or_default()),
            kept: t.held.is_empty() || t.held.median() >= Some(HELD),
        },
        Promise {
            what: "all nine states are entered and left",
            seen: if missing.is_empty() {
                "all nine".to_owned()
            } else {
                format!("not {}", missing.join(", "))
            },
            kept: missing.is_empty(),
        },
    ]
}

/// The faults counted in the predecessor, side by side.
#[must_use]
pub fn lessons(t: &Tally) -> Vec<Lesson> {
    let plans = Share { cases: t.broken().min(t.weeks + t.revisions), of: t.weeks + t.revisions };
    let reached = STATES.iter().filter(|s| t.states.get(s).is_some_and(|n| n.0 > 0)).count();
    let lesson = |what, predecessor, hermes| Lesson { what, predecessor, hermes };
    vec![
        lesson("published weeks that break a rule", "32 % (8 % in seasons)", percent(plans)),
        lesson("sessions over 110 % of the 30-day longest", "7.8 %", percent(t.longer[0])),
        lesson("sessions over 130 %", "2.7 %", percent(t.longer[1])),
        lesson("sessions over 200 %", "1.0 %", percent(t.longer[2])),
        lesson("weeks over 1.5 x the 28-day mean", "9.9 %", percent(t.jumps)),
        lesson("of healthy Stable runners", "-", percent(t.jumps_stable)),
        lesson("severity 7 or more: a run stays", "46 %", percent(t.run_while_severe)),
        lesson("severe, but another state", "12 %", percent(t.severe_unanswered)),
        lesson("Protection left for Taper while injured", "26 %", percent(t.tapered_injured)),
        lesson("illness 8-10 changes nothing", "always", percent(t.ill_unchanged)),
        lesson("a locking report leaves that day's run", "always", percent(t.report_ignored)),
        lesson("locked nine weeks after the closing", "always", percent(t.never_closed)),
        lesson("quality in states that forbid it", "25 %", percent(t.quality_forbidden)),
        lesson("hard days next to each other in a week", "12-15 %", percent(t.adjacent)),
        lesson("hard days across the week's border", "1.2 %", percent(t.adjacent_border)),
        lesson("race at a wrong distance", "90 %", percent(t.race_distance)),
        lesson("race on another day", "88 %", percent(t.race_elsewhere)),
        lesson("race left out, by health or a rule", "-", percent(t.race_left_out)),
        lesson("of runners without a health record", "-", percent(t.race_left_out_well)),
        lesson("a run in the two days after 21 km or more", "some", percent(t.run_after_race)),
        lesson(
            "longest run the day before the race",
            "44 km",
            format!("{} km", decimal((t.before_race / 100).unsigned_abs())),
        ),
        lesson("70 % or more after three weeks off", "88 %", percent(t.full_after_break)),
        lesson("Overreach within two weeks of history", "always", percent(t.overreach_at_once)),
        lesson("states that can be reached", "6 of 9", format!("{reached} of 9")),
    ]
}

/// Which cohort, for the text and to find a runner again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cohort {
    /// Seed.
    pub seed: u64,
    /// Weeks of each runner; `None` for hostile single weeks.
    pub weeks: Option<u64>,
}

impl Cohort {
    /// The command that lives a runner's weeks again.
    #[must_use]
    pub fn command(self, runner: u64) -> String {
        match self.weeks {
            Some(weeks) => {
                format!("hermes simulate --seed {} --weeks {weeks} --runner {runner}", self.seed)
            }
            None => format!("hermes simulate --hostile --seed {} --runner {runner}", self.seed),
        }
    }

    fn sights(self, text: &mut String, title: &str, sights: &[Sight]) {
        if !sights.is_empty() {
            say(text, &format!("\n{title}"));
        }
        for s in sights {
            let again = self.command(s.runner);
            say(text, &format!("  week {} on {}: {}\n    {again}", s.week, s.on, s.what));
        }
    }
}

fn say(text: &mut String, line: &str) {
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{line}");
}

/// The report as text.
#[must_use]
pub fn text(cohort: Cohort, t: &Tally) -> String {
    let mut out = String::new();
    if cohort.weeks.is_none() {
        say(&mut out, &format!("{} hostile weeks, {} breaches.", t.weeks, t.broken()));
    } else {
        say(
            &mut out,
            &format!(
                "{} runners, {} days, {} weeks published and {} planned anew from inside.\n",
                t.runners, t.days, t.weeks, t.revisions
            ),
        );
        for p in promises(t) {
            let word = if p.kept { "pass" } else { "FAIL" };
            say(&mut out, &format!("{word}  {}: {}", p.what, p.seen));
        }
        say(&mut out, "\nper runner-year                entered     left");
        for state in STATES {
            let (entered, left) = t.states.get(&state).copied().unwrap_or_default();
            let (entered, left) = (yearly(entered, t.days), yearly(left, t.days));
            say(&mut out, &format!("  {:24} {entered:>12} {left:>8}", state.name()));
        }
        say(&mut out, &format!("\n{:42} {:22} Hermes", "", "predecessor"));
        for l in lessons(t) {
            say(&mut out, &format!("{:42} {:22} {}", l.what, l.predecessor, l.hermes));
        }
    }
    for (rule, n) in &t.breaches {
        say(&mut out, &format!("\nbroken: {rule} {n} times"));
    }
    cohort.sights(&mut out, "The first breaches:", &t.broken);
    cohort.sights(&mut out, "Weeks below 0.60 x C4:", &t.poor);
    cohort.sights(&mut out, "No run nine weeks after an injury was closed:", &t.stuck);
    cohort.sights(&mut out, "Races left out without a health record:", &t.races_lost);
    cohort.sights(&mut out, "Marathoners short of 28 km:", &t.short);
    cohort.sights(&mut out, "Faster with less of every plan:", &t.out_of_order);
    out
}

/// Events per runner-year, with two decimals.
fn yearly(n: u64, days: u64) -> String {
    let hundredths = (n * YEAR * 100).checked_div(days).unwrap_or_default();
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// The report as JSON.
#[must_use]
pub fn json(cohort: Cohort, t: &Tally) -> Value {
    let sights = |sights: &[Sight]| -> Vec<Value> {
        let value = |s: &Sight| {
            json!({
                "runner": s.runner, "week": s.week, "on": s.on, "what": s.what,
                "again": cohort.command(s.runner),
            })
        };
        sights.iter().map(value).collect()
    };
    let mut out = json!({
        "seed": cohort.seed, "runners": t.runners, "days": t.days, "weeks": t.weeks,
        "revisions": t.revisions, "breaches": t.breaches, "first_breaches": sights(&t.broken),
    });
    if cohort.weeks.is_some() {
        let promise = |p: Promise| json!({"what": p.what, "seen": p.seen, "kept": p.kept});
        let lesson =
            |l: Lesson| json!({"what": l.what, "predecessor": l.predecessor, "hermes": l.hermes});
        let state = |s: &State| {
            let (entered, left) = t.states.get(s).copied().unwrap_or_default();
            json!({
                "state": s.name(), "entered": entered, "left": left,
                "entered_per_year": yearly(entered, t.days), "left_per_year": yearly(left, t.days),
            })
        };
        out["promises"] = promises(t).into_iter().map(promise).collect();
        out["states"] = STATES.iter().map(state).collect();
        out["lessons"] = lessons(t).into_iter().map(lesson).collect();
        out["poor_weeks"] = sights(&t.poor).into();
        out["races_lost"] = sights(&t.races_lost).into();
        out["short_long_runs"] = sights(&t.short).into();
        out["out_of_order"] = sights(&t.out_of_order).into();
    }
    out
}
