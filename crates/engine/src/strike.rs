//! Strikes: injury patterns that ask for more than the record of the day. Issued, resolved and
//! lifted as pure functions of facts; history is never erased. Strikes of a replay come from
//! health records only: it hands in no entries into Overreach and stores none of these.

use crate::calendar::Day;
use crate::facts::Facts;
use crate::health::{self, Class};
use crate::history::History;
use crate::record::{BodyPart, HealthRecord, HealthType, PermanentLimit, Strike};
use crate::ruleset;
use crate::signals;
use crate::units::{Metres, Units};
use serde::{Deserialize, Serialize};

/// The types of the schema, gravest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StrikeType {
    /// Two entries into Overreach in eight weeks, or three runs over 1.30 x L30 in 28 days.
    OverreachPattern,
    /// The same part again within 90 days, severity 4 or more.
    InjuryRepeat,
    /// The third record on a part in 90 days, or the third strike.
    ChronicRisk,
}

impl StrikeType {
    /// The name the schema stores.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::OverreachPattern => "overreach_pattern",
            Self::InjuryRepeat => "injury_repeat",
            Self::ChronicRisk => "chronic_risk",
        }
    }
}

/// A strike that is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewStrike {
    /// Its type.
    pub kind: StrikeType,
    /// Where, if injury-related.
    pub part: Option<BodyPart>,
    /// The runner's open strikes, this one included.
    pub count: usize,
    /// What binds plans.
    pub strike: Strike,
}

impl NewStrike {
    /// What it is and does, in plain words.
    #[must_use]
    pub fn text(&self, units: Units) -> String {
        let why = match self.kind {
            StrikeType::OverreachPattern => "you have gone far beyond your usual load repeatedly",
            StrikeType::InjuryRepeat => "the same part hurts again within 90 days",
            StrikeType::ChronicRisk if self.part.is_some() => {
                "this part keeps hurting, which can become chronic"
            }
            StrikeType::ChronicRisk => "this is the third warning in a row",
        };
        let s = &self.strike;
        let what = match (s.no_quality_days, s.forced_recovery_days, s.limit) {
            (quiet, 0, None) => format!("a warning, and {quiet} days without fast running"),
            (_, days, None) => format!("{days} days without running"),
            (_, days, Some(limit)) => {
                format!("{days} days without running. {}", limit_description(&limit, units))
            }
        };
        format!("Strike {}: {why}. From {} on: {what}", self.count, s.issued + 1)
    }
}

/// A permanent limit in words.
#[must_use]
pub fn limit_description(limit: &PermanentLimit, units: Units) -> String {
    let quality = match limit.quality {
        0 => "no quality session".to_owned(),
        1 => "one quality session".to_owned(),
        n => format!("{n} quality sessions"),
    };
    format!(
        "At most {} a week, races included, and {quality} a week; lifted after {} days without \
         symptoms and a confirmed clearance",
        units.distance(limit.weekly),
        ruleset::LIMIT_CLEAR_DAYS
    )
}

/// Days without quality of the strike that is the `count`-th open one.
#[must_use]
pub const fn quiet_days(count: i32) -> u16 {
    if count == 1 { ruleset::STRIKE_QUIET_DAYS } else { 0 }
}

/// What asks for a strike.
struct Event {
    day: Day,
    kind: StrikeType,
    part: Option<BodyPart>,
    class: Class,
}

/// The strikes due by the facts that have not been issued: one a day at most, the gravest type,
/// each dated on the day of its event. `overreach_entries` are the days on which Overreach was
/// entered, `h` the history of the facts. An event on or before the day of a strike issued is dealt
/// with.
#[must_use]
pub fn due(facts: &Facts, overreach_entries: &[Day], h: &History) -> Vec<NewStrike> {
    let mut events = injuries(&facts.health, facts.as_of);
    events.extend(overreaches(overreach_entries, facts));
    events.extend(spikes(facts, h));
    events.sort_by_key(|e| (e.day, std::cmp::Reverse(e.kind)));
    let mut known = facts.strikes.clone();
    let mut out: Vec<NewStrike> = Vec::new();
    for event in events {
        // The strikes that are known at first say what is dealt with; a new one its own day only.
        let dealt_with = known.iter().any(|s| s.issued == event.day);
        if dealt_with {
            continue;
        }
        let free = symptom_free_since(&facts.health, event.day - 1);
        let open = known.iter().filter(|s| is_open(s, free, event.day)).count();
        let new = issue(event, open + 1, facts, h);
        known.push(new.strike.clone());
        out.push(new);
    }
    out
}

fn issue(event: Event, count: usize, facts: &Facts, h: &History) -> NewStrike {
    let out = count >= ruleset::STRIKES_OUT;
    let forced_recovery_days = match count {
        0 | 1 => 0,
        _ if out => ruleset::STRIKE_OUT_DAYS,
        _ => ruleset::STRIKE_RECOVERY_DAYS[event.class as usize],
    };
    let strike = Strike {
        issued: event.day,
        forced_recovery_days,
        no_quality_days: quiet_days(i32::try_from(count).unwrap_or(i32::MAX)),
        limit: out.then(|| PermanentLimit {
            weekly: h.as_of(&facts.activities, event.day, |h| limit_of(h, event.day)),
            quality: ruleset::LIMIT_QUALITY,
            lifted: None,
        }),
        resolved: None,
    };
    let kind = if out { StrikeType::ChronicRisk } else { event.kind };
    NewStrike { kind, part: event.part, count, strike }
}

/// 0.80 of the best 28-day weekly mean of the 180 days before a day, rounded down to 0.1 km. After
/// months without running the mean of the smallest week that H02 always allows takes its place:
/// a limit of nothing could never be trained out of.
fn limit_of(h: &History, day: Day) -> Metres {
    let span = 7 * ruleset::LIMIT_WEEKS;
    let windows = (span..=ruleset::LIMIT_REACH_DAYS).map(|back| day - back);
    let best = windows.map(|from| h.metres(from, from + span)).max().unwrap_or_default();
    let mean = Metres(best.0 / ruleset::LIMIT_WEEKS).max(ruleset::WEEK_FLOOR);
    mean.permille(ruleset::LIMIT_PERMILLE).floor_step()
}

/// Records that repeat another on the same, named part.
fn injuries(health: &[HealthRecord], as_of: Day) -> Vec<Event> {
    let named = |r: &&HealthRecord| {
        let part = r.part.is_some_and(|p| p != BodyPart::Other);
        part && health::is_injury(r) && r.day <= as_of
    };
    let of = |r: &HealthRecord| {
        let since = r.day - ruleset::REPEAT_DAYS;
        let before = health
            .iter()
            .filter(named)
            .filter(|o| o.part == r.part && o.day < r.day && o.day >= since);
        let mut days: Vec<Day> = before.map(|o| o.day).collect();
        days.sort_unstable();
        days.dedup();
        let repeat = health::severity(r) >= ruleset::REPEAT_SEVERITY;
        let kind = if days.len() + 1 >= ruleset::CHRONIC_RECORDS {
            StrikeType::ChronicRisk
        } else if !days.is_empty() && repeat {
            StrikeType::InjuryRepeat
        } else {
            return None;
        };
        Some(Event { day: r.day, kind, part: r.part, class: health::class(r) })
    };
    health.iter().filter(named).filter_map(of).collect()
}

/// The last of enough days inside `span`, none of them dealt with by an earlier strike.
fn pattern(days: &[Day], span: i64, enough: usize, strikes: &[Strike]) -> Option<Event> {
    let last = strikes.iter().map(|s| s.issued).max();
    let fresh: Vec<Day> = days.iter().copied().filter(|d| last.is_none_or(|l| *d > l)).collect();
    let found = fresh.windows(enough.max(1)).find(|w| w[w.len() - 1] - w[0] < span)?;
    Some(Event {
        day: found[found.len() - 1],
        kind: StrikeType::OverreachPattern,
        part: None,
        class: Class::Mild,
    })
}

fn overreaches(entries: &[Day], facts: &Facts) -> Option<Event> {
    let mut days: Vec<Day> = entries.iter().copied().filter(|d| *d <= facts.as_of).collect();
    days.sort_unstable();
    days.dedup();
    let (span, enough) = (ruleset::OVERREACH_PATTERN_DAYS, ruleset::OVERREACH_PATTERN_ENTRIES);
    pattern(&days, span, enough, &facts.strikes)
}

/// Runs that are no races, over 1.30 x L30 as of their own day, of the last 28 days.
fn spikes(facts: &Facts, h: &History) -> Option<Event> {
    let from = facts.as_of - ruleset::SPIKE_PATTERN_DAYS;
    let far = signals::spikes(facts, h, from, facts.as_of);
    let days: Vec<Day> = far.iter().map(|s| s.day).collect();
    let (span, enough) = (ruleset::SPIKE_PATTERN_DAYS, ruleset::SPIKE_PATTERN_RUNS);
    pattern(&days, span, enough, &facts.strikes)
}

/// Symptoms that a strike waits for: injury, pain and fatigue.
fn symptom(r: &HealthRecord) -> bool {
    health::is_injury(r) || r.kind == HealthType::Fatigue
}

/// The first day without symptoms, as known on a day; `None` while a record is open. The first day
/// of all without any record.
fn symptom_free_since(records: &[HealthRecord], known: Day) -> Option<Day> {
    let mut since = Day::from_epoch(i64::MIN);
    for r in records.iter().filter(|r| symptom(r) && r.day <= known) {
        since = since.max(r.closed.filter(|c| *c <= known)?.max(r.day));
    }
    Some(since)
}

/// The day a strike resolves by itself: after 42 days without symptoms.
fn resolves(s: &Strike, free: Option<Day>) -> Option<Day> {
    Some(free?.max(s.issued) + ruleset::STRIKE_CLEAR_DAYS)
}

fn is_open(s: &Strike, free: Option<Day>, day: Day) -> bool {
    s.issued <= day
        && s.resolved.is_none_or(|r| r > day)
        && resolves(s, free).is_none_or(|r| r > day)
}

/// How many strikes are open on the day of the facts.
#[must_use]
pub fn open(facts: &Facts) -> usize {
    let free = symptom_free_since(&facts.health, facts.as_of);
    facts.strikes.iter().filter(|s| is_open(s, free, facts.as_of)).count()
}

/// What becomes of one strike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolution {
    /// Which of the facts' strikes.
    pub index: usize,
    /// It resolves on this day.
    pub resolved: Option<Day>,
    /// Its permanent limit is lifted on this day.
    pub lifted: Option<Day>,
}

/// The strikes that resolve, and the permanent limits that are lifted, by the day of the facts.
/// `cleared`: the runner confirms on that day that a doctor or physiotherapist has cleared running;
/// it resolves every strike once no injury, pain or fatigue is open, and lifts a limit after 180 days
/// without any.
#[must_use]
pub fn resolutions(facts: &Facts, cleared: bool) -> Vec<Resolution> {
    let today = facts.as_of;
    let free = symptom_free_since(&facts.health, today);
    let of = |(index, s): (usize, &Strike)| {
        let by_time = resolves(s, free).filter(|day| *day <= today);
        let by_clearance = (cleared && free.is_some()).then_some(today.max(s.issued));
        let resolved = by_time.or(by_clearance).filter(|_| s.resolved.is_none());
        let lifts = free.is_some_and(|since| {
            cleared && today - since.max(s.issued) >= ruleset::LIMIT_CLEAR_DAYS
        });
        let in_force = s.limit.is_some_and(|l| l.lifted.is_none());
        let lifted = (lifts && in_force).then_some(today);
        (resolved.is_some() || lifted.is_some()).then_some(Resolution { index, resolved, lifted })
    };
    facts.strikes.iter().enumerate().filter_map(of).collect()
}
