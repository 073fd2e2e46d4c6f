//! The edits of a week put into its draft, before repair and check.

use crate::calendar::Day;
use crate::decision::Why;
use crate::limits::Limits;
use crate::plan::Brief;
use crate::record::{Ask, DayWish, Edit};
use crate::ruleset;
use crate::session::{Kind, Role, Session};
use crate::units::{Metres, Seconds};
use crate::workout::{self, Paces, Work};

/// What the days of one week are to hold by the runner's word, the last word on each day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wishes {
    days: [Option<DayWish>; 7],
    /// Days on which the runner cannot run: bit 0 is the week's first.
    away: u8,
}

impl Wishes {
    /// The wishes of the week that starts on `w`.
    #[must_use]
    pub fn new(edits: &[Edit], w: Day) -> Self {
        let mut wishes = Self::default();
        for edit in edits.iter().filter(|e| e.week_start == w) {
            for wish in &edit.days {
                let Some(i) = offset(wish.day, w) else { continue };
                wishes.days[i] = Some(*wish);
                wishes.away &= !(1 << i);
                wishes.away |= u8::from(edit.asked == Ask::Unavailable { day: wish.day }) << i;
            }
        }
        wishes
    }

    /// The days that are to hold no run by the runner's word.
    #[must_use]
    pub fn emptied(&self) -> Vec<Day> {
        let wishes = self.days.iter().flatten();
        wishes.filter(|wish| wish.session.is_none()).map(|wish| wish.day).collect()
    }

    /// Can the runner not run on the day with this number?
    #[must_use]
    pub const fn is_away(&self, i: usize) -> bool {
        i < 7 && self.away & (1 << i) != 0
    }
}

/// The number of a day in its week, 0-6.
pub(super) fn offset(day: Day, w: Day) -> Option<usize> {
    usize::try_from(day - w).ok().filter(|i| *i < 7)
}

/// Makes the days from the first planned one on hold what the runner asked for, pinned. A race
/// stays where it is unless the runner skips it.
pub(crate) fn apply(sessions: &mut Vec<Session>, b: &Brief<'_>, l: &Limits) {
    if b.wishes.days.iter().all(Option::is_none) {
        return;
    }
    let draft = sessions.clone();
    for wish in b.wishes.days.iter().skip(l.first).flatten() {
        let race = draft.iter().any(|s| s.day == wish.day && s.kind == Kind::Race);
        match wish.session {
            None => sessions.retain(|s| s.day != wish.day),
            Some(_) if race => {}
            Some((kind, distance)) => {
                if let Some(made) = build(&draft, wish.day, kind, distance, &b.paces) {
                    sessions.retain(|s| s.day != wish.day);
                    sessions.push(made);
                }
            }
        }
    }
    sessions.sort_by_key(|s| s.day);
    soften(sessions, l, &b.paces);
}

/// A session of exactly this kind and distance, pinned: with the structure of the draft's own
/// session of that kind where there is one. `None` where the kind does not fit the distance, and
/// for races.
pub(super) fn build(
    draft: &[Session],
    day: Day,
    kind: Kind,
    distance: Metres,
    paces: &Paces,
) -> Option<Session> {
    let like = || draft.iter().filter(|s| s.kind == kind);
    let nearest = like().min_by_key(|s| ((s.distance - distance).0.abs(), (s.day - day).abs()));
    let same = nearest.filter(|s| s.distance == distance).cloned();
    let sane = (ruleset::EDIT_RUN_MIN..=ruleset::EDIT_RUN_MAX).contains(&distance);
    if kind != Kind::Cross && !sane {
        return None;
    }
    let made = match (same, kind) {
        (_, Kind::Race) => return None,
        (Some(same), _) => Session { day, ..same },
        (None, Kind::Cross) => workout::cross(day, ruleset::ASKED_CROSS),
        (None, Kind::Easy | Kind::Recovery | Kind::Long | Kind::Return) => {
            workout::plain(day, kind, distance, paces)
        }
        (None, _) => {
            let main = nearest.and_then(|s| s.steps.iter().find(|p| p.role == Role::Work));
            let own = main.and_then(workout::work_of);
            let works = own.into_iter().chain(usual_work(kind, distance, paces));
            let mut fitting = works.filter_map(|work| exact(day, kind, distance, work, paces));
            fitting.next()?
        }
    };
    let mut why = vec![Why::Asked];
    why.extend(made.why.iter().filter(|w| **w != Why::Asked).cloned());
    Some(Session { why, pinned: true, ..made })
}

/// What such a session is made of when no schedule says so.
fn usual_work(kind: Kind, distance: Metres, p: &Paces) -> Option<Work> {
    Some(match kind {
        Kind::Tempo => Work::Threshold(ruleset::ASKED_TEMPO),
        Kind::Interval => {
            Work::Repeats(ruleset::ASKED_INTERVALS.0, ruleset::ASKED_INTERVALS.1, p.interval)
        }
        Kind::Hill => Work::Repeats(ruleset::ASKED_HILLS.0, ruleset::ASKED_HILLS.1, p.interval),
        Kind::Fartlek => {
            let (times, each) = ruleset::ASKED_FARTLEK;
            Work::Play(times, each, each, p.threshold)
        }
        Kind::Pace => Work::Steady(distance, p.marathon),
        Kind::TimeTrial => Work::Steady(ruleset::ASKED_TRIAL, p.k5),
        Kind::Easy | Kind::Recovery | Kind::Long | Kind::Race | Kind::Return | Kind::Cross => {
            return None;
        }
    })
}

/// Structured sessions end within 0.1 km of what is asked of them: of this and the next step the
/// one that comes out at the distance.
fn exact(day: Day, kind: Kind, distance: Metres, work: Work, paces: &Paces) -> Option<Session> {
    [distance, distance + Metres::STEP]
        .into_iter()
        .filter_map(|d| workout::quality(day, kind, d, work, paces))
        .find(|s| s.distance == distance)
}

/// H06: the main parts of what the runner asked for fit the week; kind and distance stay.
fn soften(sessions: &mut [Session], l: &Limits, paces: &Paces) {
    let hard = |s: &Session| workout::intensity(s, paces.threshold, paces.marathon);
    let plain = |s: &&Session| s.is_run() && s.kind != Kind::Race;
    for i in (0..sessions.len()).rev() {
        let time: Seconds = sessions.iter().filter(plain).map(|s| s.duration).sum();
        let sum: Seconds = sessions.iter().map(hard).sum();
        let most = time.permille(l.intensity).max(ruleset::INTENSITY_FLOOR);
        let s = &sessions[i];
        if sum <= most || !s.pinned || hard(s) == Seconds::ZERO {
            continue;
        }
        let keep = most - (sum - hard(s));
        let half = s.steps.iter().all(|p| p.pace > paces.threshold);
        let keep = if half { Seconds(keep.0 * 2) } else { keep };
        let main = s.steps.iter().find(|p| p.role == Role::Work).and_then(workout::work_of);
        let softer = main
            .map(|work| workout::at_most(work, keep - Seconds(30)))
            .and_then(|work| exact(s.day, s.kind, s.distance, work, paces));
        if let Some(softer) = softer.filter(|t| hard(t) < hard(s)) {
            let (why, template) = (s.why.clone(), s.template);
            sessions[i] = Session { why, template, pinned: true, ..softer };
        }
    }
}
