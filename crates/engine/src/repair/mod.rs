//! The smallest change that makes a week keep every hard rule. Always ends: a rest week does.
//!
//! A **change** of a run is one of
//! - left out;
//! - shorter, by steps of 0.1 km down to 1 km; the main part of quality shrinks with it;
//! - a quality session made an easy run of the same length, or shorter;
//! - on another day of the week that is not over, that no run which stays untouched and no
//!   cross-training holds, and that the runner has not emptied; also shorter, or easy.
//!
//! A race can only be left out, and cross-training is never touched. Of all weeks that keep the
//! rules the one is taken in which, each only where all before it is equal,
//! 1. the fewest races are touched,
//! 2. then the fewest runs that the runner fixed (pins and edits),
//! 3. then the fewest runs,
//! 4. the fewest metres are lost,
//! 5. the least time at intensity is lost, in half seconds as H06 counts it,
//! 6. what is touched ranks lowest: no Long Run, then no quality session, then easy runs;
//! 7. what is found first: runs in their order, each on its day rather than easy rather than on
//!    the earliest other day rather than left out.
//!
//! Up to five runs this is exact (`tests/repair` compares it with an exhaustive search). With six
//! and seven, where three and more are touched none is moved. Beyond seven, runs are left out by
//! rank. The search ends after a million steps (`lengths::MOST_STEPS`) with the best week it knows.

mod judge;
mod lengths;
mod search;

use crate::calendar::Day;
use crate::decision::{Change, Repair, Rule};
use crate::limits::Limits;
use crate::session::{Kind, Session};
use crate::workout::{self, Paces};
use judge::Judge;
use search::Search;

/// Most runs of a week that is searched: one a day. Beyond, runs are left out by rank.
const MOST_SEARCHED: usize = 7;

/// The repaired sessions and what was changed. Nothing is changed in a week without a breach, and
/// nothing is moved to the days that the runner has `emptied` (skipped, or cannot run on).
#[must_use]
pub fn repair(
    sessions: Vec<Session>,
    emptied: &[Day],
    l: &Limits,
    w: Day,
    paces: &Paces,
) -> (Vec<Session>, Vec<Repair>) {
    let judge = Judge { l, w, paces };
    let Some(rule) = judge.objection(&sessions) else { return (sessions, Vec::new()) };
    if sessions.iter().filter(|s| s.is_run()).count() > MOST_SEARCHED {
        return leave_out(judge, sessions, rule);
    }
    let Some(found) = Search::new(judge, &sessions, emptied).best() else {
        return leave_out(judge, sessions, rule);
    };
    let changes = sessions.iter().zip(&found);
    let repairs = changes.filter_map(|(s, after)| changed(s, after.as_ref(), rule)).collect();
    let mut after: Vec<Session> = found.into_iter().flatten().collect();
    after.sort_by_key(|s| s.day);
    (after, repairs)
}

/// How much a session matters, from 0: cross-training, easy running, quality, Long Run, race.
fn rank(s: &Session, paces: &Paces) -> u32 {
    match s.kind {
        Kind::Race => 4,
        Kind::Long => 3,
        _ if workout::is_quality(s, paces.marathon) => 2,
        Kind::Cross => 0,
        _ => 1,
    }
}

/// Leaves sessions out, lowest rank first, until nothing is breached.
fn leave_out(
    judge: Judge<'_>,
    mut sessions: Vec<Session>,
    rule: Rule,
) -> (Vec<Session>, Vec<Repair>) {
    let mut repairs = Vec::new();
    while judge.objection(&sessions).is_some() {
        let lowest = (0..sessions.len())
            .min_by_key(|&i| (sessions[i].pinned, rank(&sessions[i], judge.paces), i));
        let Some(i) = lowest else { break };
        let gone = sessions.remove(i);
        repairs.extend(changed(&gone, None, rule));
    }
    (sessions, repairs)
}

/// What became of a session; `None` if nothing.
fn changed(before: &Session, after: Option<&Session>, rule: Rule) -> Option<Repair> {
    let change = match after {
        None => Change::Dropped,
        Some(a) if a.day != before.day => Change::Moved(a.day),
        Some(a) if a.kind != before.kind => Change::MadeEasy(a.distance),
        Some(a) if a.distance != before.distance => Change::Shortened(a.distance),
        Some(_) => return None,
    };
    let Session { day, kind, distance, .. } = *before;
    Some(Repair { rule, day, kind, before: distance, change })
}
