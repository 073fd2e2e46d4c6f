//! Fits a made week into its limits by making sessions shorter: proportions first, structure last.

use crate::calendar::Day;
use crate::decision::{Measure, Rule, Why};
use crate::limits::Limits;
use crate::ruleset;
use crate::session::{Kind, Role, Session};
use crate::units::{Metres, Seconds};
use crate::workout::{self, Paces};

/// Shortest run that sharing a ceiling leaves.
const LEAST: Metres = Metres(2000);
/// Shortest run that a limit on the run itself leaves.
const LEAST_CUT: Metres = Metres(1500);

/// Shortens until every limit on lengths and sums holds, and makes easy what is one hard session
/// too many. Lengths and structure only fall, so that this ends.
pub(crate) fn trim(sessions: &mut Vec<Session>, l: &Limits, w: Day, paces: &Paces) {
    trim_days(sessions, l, w, paces);
    for block in &l.blocks {
        let inside = |s: &Session| (block.from..=block.to).contains(&(s.day - w));
        scale(sessions, block.aim, block.rule, paces, inside);
    }
    let race_km = sessions.iter().filter(|s| s.kind == Kind::Race).map(|s| s.distance).sum();
    let (room, rule) = l.week_room(race_km);
    scale(sessions, room, rule, paces, |_| true);
    for _ in 0..4 {
        let before = figures(sessions);
        trim_share(sessions, l, paces);
        trim_hidden_long(sessions, l, w, paces);
        trim_hard_count(sessions, l, w, paces);
        trim_intensity(sessions, l, paces);
        if figures(sessions) == before {
            return;
        }
    }
}

/// Lowers a week, made for the same runner in health, to the limits of the runner as is, and names
/// the rule that took whole runs or a share of all, if one did. Each step takes the more the
/// tighter the limits are and gives nothing back: more trouble never leaves more running.
pub(crate) fn restrict(
    sessions: &mut Vec<Session>,
    l: &Limits,
    w: Day,
    paces: &Paces,
) -> Option<Rule> {
    let plain = |s: &&Session| is_plain_run(s);
    let whole: Metres = sessions.iter().filter(plain).map(|s| s.distance).sum();
    let shortest = sessions.iter().filter(plain).map(|s| s.distance).min().unwrap_or_default();
    let many = sessions.iter().filter(|s| s.is_run()).count() > 1;
    // A race that is off makes no room for other running.
    let race_km = sessions.iter().filter(|s| s.kind == Kind::Race).map(|s| s.distance).sum();
    let room_of = |s: &Session| usize::try_from(s.day - w).ok().and_then(|i| l.days.get(i));
    let mut by = None;
    sessions.retain(|s| {
        let Some(room) = room_of(s).filter(|_| s.is_run()) else { return true };
        let barred = room.race_barred.filter(|_| s.kind == Kind::Race);
        let barred = barred.or((s.kind != Kind::Race && room.run.0 == 0).then_some(room.by));
        by = by.or(barred);
        barred.is_none()
    });
    let (room, rule) = l.week_room(race_km);
    if whole > room {
        // Of the whole week, not of what the locks left: a rest day is not made up for.
        by = Some(rule);
        let part = |s: &Session| Metres(s.distance.0 * room.0 / whole.0.max(1)).floor_step();
        replace(sessions, |s| is_plain_run(s).then(|| cut(s, part(s), rule, paces)));
    }
    for s in sessions.iter_mut().filter(|s| is_plain_run(s)) {
        let fast = workout::intensity(s, paces.threshold, paces.marathon) > Seconds::ZERO;
        if let Some(rule) = room_of(s).and_then(|d| d.quality_barred).filter(|_| fast) {
            *s = made_easy(s, rule, paces);
        }
    }
    rest(sessions, l, w);
    if l.ladder {
        by = Some(Rule::H09);
        let shortest = Metres(shortest.0 * room.min(whole).0 / whole.0.max(1));
        ladder(sessions, l, w, shortest, paces);
    }
    trim(sessions, l, w, paces);
    if many && sessions.iter().filter(|s| s.is_run()).count() == 1 {
        // A run that is left alone is no longer than beside others (H07).
        let most = ruleset::LONG_SHARE_OVER;
        let over = |s: &Session| is_plain_run(s) && s.distance > most;
        // An easy one: structure would make it shorter than the same run without it.
        replace(sessions, |s| {
            let structured = s.steps.iter().any(|p| p.role == Role::Work);
            let easy = structured.then(|| made_easy(s, Rule::H07, paces));
            over(s).then(|| cut(easy.as_ref().unwrap_or(s), most, Rule::H07, paces))
        });
    }
    by
}

/// H05: of the runs those go that cost the least km together. Taking the best of all choices, not
/// one run after the other, keeps this from growing when days are barred: fewer days, fewer choices.
fn rest(sessions: &mut Vec<Session>, l: &Limits, w: Day) {
    let bit = |s: &Session| 1_u32 << (s.day - w + 6);
    let plain: Vec<usize> = (0..sessions.len()).filter(|&i| is_plain_run(&sessions[i])).collect();
    let races = sessions.iter().filter(|s| s.kind == Kind::Race);
    let fixed = races.fold(u32::from(l.run_days), |bits, s| bits | bit(s));
    let chosen = |mask: u32| {
        let kept = plain.iter().enumerate().filter(move |(k, _)| mask & (1 << k) != 0);
        kept.map(|(_, &i)| &sessions[i])
    };
    let rested = |mask: u32| {
        let bits = chosen(mask).fold(fixed, |bits, s| bits | bit(s));
        let planned = bits & !u32::from(l.run_days);
        (0..13).all(|from| {
            let window = 0x7f << from;
            planned & window == 0 || (bits & window).count_ones() <= l.run_days_max
        })
    };
    let km = |mask: u32| chosen(mask).map(|s| s.distance).sum::<Metres>();
    let longest = |mask: u32| chosen(mask).map(|s| s.distance).max().unwrap_or_default();
    let all = (1_u32 << plain.len().min(7)) - 1;
    if rested(all) {
        return;
    }
    let best =
        (0..=all).filter(|&m| rested(m)).max_by_key(|&m| (km(m), longest(m), m)).unwrap_or(0);
    let gone: Vec<usize> =
        plain.iter().enumerate().filter(|(k, _)| best & (1 << k) == 0).map(|(_, &i)| i).collect();
    let mut i = 0;
    sessions.retain(|_| {
        i += 1;
        !gone.contains(&(i - 1))
    });
}

/// The return ladder: its steps in order, each no longer than `length`, with a day free of running
/// before each.
fn ladder(sessions: &mut Vec<Session>, l: &Limits, w: Day, length: Metres, paces: &Paces) {
    let mut climbed = 0;
    let mut last = (0..13).rev().find(|bit| l.run_days & (1 << bit) != 0).map(|bit| w + bit - 6);
    replace(sessions, |s| {
        if !s.is_run() {
            return None;
        }
        if last.is_some_and(|day| s.day - day < ruleset::LADDER_GAP)
            || l.climb.not_before().is_some_and(|day| s.day < day)
        {
            return Some(None);
        }
        let Some(mut run) = l.climb.session(climbed, s.day, length, paces) else {
            return Some(None);
        };
        if run.distance < ruleset::LADDER_LEAST {
            return Some(None);
        }
        last = Some(s.day);
        climbed += 1;
        run.why.splice(0..0, s.why.iter().cloned());
        Some(Some(run))
    });
}

/// What trimming changes.
fn figures(sessions: &[Session]) -> (usize, Metres, Seconds) {
    let runs = sessions.iter().filter(|s| is_plain_run(s));
    let sum = |(km, time), s: &Session| (km + s.distance, time + s.duration);
    let (km, time) = runs.fold((Metres::ZERO, Seconds::ZERO), sum);
    (sessions.len(), km, time)
}

fn is_plain_run(s: &Session) -> bool {
    s.is_run() && s.kind != Kind::Race
}

/// The session no longer than `to`; an easy run where its structure no longer fits; gone where
/// even that is too short.
fn cut(s: &Session, to: Metres, rule: Rule, paces: &Paces) -> Option<Session> {
    if s.distance <= to {
        return Some(s.clone());
    }
    if to.floor_step() < LEAST_CUT.min(s.distance) {
        return None;
    }
    let shorter = workout::shorten(s, to, paces);
    let mut out = match shorter {
        Some(out) => out,
        None => {
            let easy = workout::plain(s.day, Kind::Easy, to, paces);
            let mut why = s.why.clone();
            why.push(Why::MadeEasy { rule, kind: s.kind });
            Session { why, template: s.template, ..easy }
        }
    };
    out.why.push(Why::Limited {
        rule,
        wanted: s.distance.0,
        limit: out.distance.0,
        measure: Measure::Metres,
    });
    Some(out)
}

fn replace(sessions: &mut Vec<Session>, mut f: impl FnMut(&Session) -> Option<Option<Session>>) {
    let mut i = 0;
    while i < sessions.len() {
        match f(&sessions[i]) {
            None => i += 1,
            Some(Some(s)) => {
                sessions[i] = s;
                i += 1;
            }
            Some(None) => {
                sessions.remove(i);
            }
        }
    }
}

fn trim_days(sessions: &mut Vec<Session>, l: &Limits, w: Day, paces: &Paces) {
    replace(sessions, |s| {
        let room = usize::try_from(s.day - w).ok().and_then(|i| l.days.get(i))?;
        if !is_plain_run(s) {
            return None;
        }
        let by_time = room.time.map_or(s.distance, |t| {
            if s.duration > t { s.pace.distance_in(t) } else { s.distance }
        });
        let to = room.run.min(by_time);
        (s.distance > to)
            .then(|| cut(s, to, if room.run <= by_time { room.by } else { Rule::H08 }, paces))
    });
}

/// Scales the chosen runs down together until they fit into `room`.
fn scale(
    sessions: &mut Vec<Session>,
    room: Metres,
    rule: Rule,
    paces: &Paces,
    inside: impl Fn(&Session) -> bool,
) {
    for _ in 0..12 {
        let chosen = |s: &Session| is_plain_run(s) && inside(s);
        let sum: Metres = sessions.iter().filter(|s| chosen(s)).map(|s| s.distance).sum();
        if sum <= room {
            return;
        }
        // Fewer runs rather than ones that are not worth the shoes.
        let least = (0..sessions.len())
            .filter(|&i| chosen(&sessions[i]) && !sessions[i].pinned)
            .min_by_key(|&i| (sessions[i].kind != Kind::Easy, sessions[i].distance));
        if let Some(i) = least
            && sessions[i].distance.0 * room.0 / sum.0.max(1) < LEAST.0
        {
            sessions.remove(i);
            continue;
        }
        replace(sessions, |s| {
            let to = Metres(s.distance.0 * room.0 / sum.0.max(1)).floor_step();
            chosen(s).then(|| cut(s, to, rule, paces))
        });
    }
    sessions.retain(|s| !(is_plain_run(s) && inside(s)));
}

/// H07: the longest run against the week, and the absolute ceilings.
fn trim_share(sessions: &mut Vec<Session>, l: &Limits, paces: &Paces) {
    for _ in 0..20 {
        let done = l.done.0 + l.done.1;
        let week: Metres = sessions.iter().filter(|s| s.is_run()).map(|s| s.distance).sum();
        let runs = sessions.iter().filter(|s| s.is_run()).count()
            + (l.run_days >> 6).count_ones() as usize;
        let week = week + done;
        let share = long_share(week);
        let most = if runs >= 2 { share.max(ruleset::LONG_SHARE_OVER) } else { ruleset::LONG_MAX };
        let most = most.min(ruleset::LONG_MAX);
        let mut changed = false;
        replace(sessions, |s| {
            if !is_plain_run(s) {
                return None;
            }
            let by_time = if s.duration > ruleset::LONG_MAX_TIME {
                s.pace.distance_in(ruleset::LONG_MAX_TIME - Seconds(60))
            } else {
                s.distance
            };
            let to = most.min(by_time);
            let over = s.distance > to;
            changed |= over;
            over.then(|| cut(s, to, Rule::H07, paces))
        });
        if !changed {
            return;
        }
    }
}

/// H06: the main parts shrink, the last quality session first, until the share holds.
fn trim_intensity(sessions: &mut [Session], l: &Limits, paces: &Paces) {
    for _ in 0..12 {
        let hard = |s: &Session| workout::intensity(s, paces.threshold, paces.marathon);
        let time: Seconds = sessions.iter().filter(|s| is_plain_run(s)).map(|s| s.duration).sum();
        let sum: Seconds = sessions.iter().map(hard).sum();
        let most = time.permille(l.intensity).max(ruleset::INTENSITY_FLOOR);
        if sum <= most {
            return;
        }
        let Some(i) = sessions.iter().rposition(|s| hard(s) > Seconds::ZERO) else { return };
        let s = &sessions[i];
        let keep = (most - (sum - hard(s))).max(Seconds::ZERO);
        let half = s.steps.iter().all(|p| p.pace > paces.threshold);
        let main = if half { Seconds(keep.0 * 2) } else { keep };
        let softer = workout::soften(s, main - Seconds(30), paces).filter(|t| hard(t) < hard(s));
        sessions[i] = softer.unwrap_or_else(|| made_easy(s, Rule::H06, paces));
    }
}

fn made_easy(s: &Session, rule: Rule, paces: &Paces) -> Session {
    let mut why = s.why.clone();
    why.push(Why::MadeEasy { rule, kind: s.kind });
    let easy = workout::plain(s.day, Kind::Easy, s.distance, paces);
    Session { why, template: s.template, pinned: s.pinned, ..easy }
}

/// A run of an hour or more that became the longest is the Long Run, whatever it is called: where
/// its day allows none, it stays shorter than the next longest if that one may be it, else under
/// the hour.
fn trim_hidden_long(sessions: &mut Vec<Session>, l: &Limits, w: Day, paces: &Paces) {
    for _ in 0..7 {
        let Some(i) = longest(sessions) else { return };
        let s = &sessions[i];
        let long = s.duration >= ruleset::LONG_RUN_FROM && s.distance > l.done_longest;
        if !long || workout::is_quality(s, paces.marathon) {
            return;
        }
        let Some(rule) = no_long_run(sessions, i, l, w, paces) else { return };
        let others = (0..sessions.len()).filter(|&k| k != i && is_plain_run(&sessions[k]));
        let next = others.max_by_key(|&k| (sessions[k].distance, std::cmp::Reverse(k)));
        let next = next.filter(|&k| no_long_run(sessions, k, l, w, paces).is_none());
        let to = next.map_or(Metres::ZERO, |k| sessions[k].distance - Metres::STEP);
        match cut(s, to, rule, paces).filter(|c| c.duration >= ruleset::LONG_RUN_FROM) {
            Some(shorter) => sessions[i] = shorter,
            None => under_an_hour(sessions, i, rule, paces),
        }
    }
}

/// The rule that bars the run from being the Long Run: its day, or a quality session next to it.
fn no_long_run(sessions: &[Session], i: usize, l: &Limits, w: Day, paces: &Paces) -> Option<Rule> {
    let day = sessions[i].day;
    let barred =
        usize::try_from(day - w).ok().and_then(|n| l.days.get(n)).and_then(|d| d.long_barred);
    let near = sessions
        .iter()
        .enumerate()
        .any(|(k, o)| k != i && workout::is_quality(o, paces.marathon) && (o.day - day).abs() < 2);
    barred.or(near.then_some(Rule::H03))
}

/// H03, H04 and H10 for what only now became one hard session too many, because there are fewer
/// runs or the longest is another one: the last quality session becomes easy, then the Long Run
/// stays under the hour.
fn trim_hard_count(sessions: &mut Vec<Session>, l: &Limits, w: Day, paces: &Paces) {
    for _ in 0..7 {
        let quality = |s: &Session| workout::is_quality(s, paces.marathon);
        let longest = longest(sessions);
        let km = longest.map_or(Metres::ZERO, |i| sessions[i].distance);
        let long = longest.filter(|&i| {
            let s = &sessions[i];
            s.duration >= ruleset::LONG_RUN_FROM && s.distance > l.done_longest
        });
        let done_bits = l.hard_bits(km);
        let planned = (0..sessions.len()).filter(|&i| Some(i) == long || quality(&sessions[i]));
        let hard = planned.count() as u32 + (done_bits >> 6).count_ones();
        let runs = sessions.iter().filter(|s| s.is_run()).count() as u32;
        let all = sessions.iter().filter(|s| quality(s)).count() as u32;
        let crowded = hard > l.hard_max(runs + (l.run_days >> 6).count_ones());
        let near_done = |s: &Session| done_bits & (1 << (s.day - w + 5).clamp(0, 15)) != 0;
        let too_many = |s: &Session| crowded || all > l.quality_max || near_done(s);
        let movable = |s: &Session| s.kind != Kind::Race && quality(s) && too_many(s);
        let rule = |s: &Session| if near_done(s) { Rule::H03 } else { Rule::H04 };
        if let Some(i) = sessions.iter().rposition(movable) {
            sessions[i] = made_easy(&sessions[i], rule(&sessions[i]), paces);
        } else if let Some(i) = long.filter(|_| crowded) {
            under_an_hour(sessions, i, Rule::H04, paces);
        } else {
            return;
        }
    }
}

/// The run stays under the hour that would make it the Long Run.
fn under_an_hour(sessions: &mut Vec<Session>, i: usize, rule: Rule, paces: &Paces) {
    let s = &sessions[i];
    let to = s.pace.distance_in(Seconds(ruleset::LONG_RUN_FROM.0 - 10));
    match cut(s, to, rule, paces) {
        Some(shorter) => sessions[i] = shorter,
        None => {
            sessions.remove(i);
        }
    }
}

/// The longest run that is no race; the earliest of equals.
pub(crate) fn longest(sessions: &[Session]) -> Option<usize> {
    let runs = sessions.iter().enumerate().filter(|(_, s)| is_plain_run(s));
    runs.max_by_key(|(i, s)| (s.distance, std::cmp::Reverse(*i))).map(|(i, _)| i)
}

/// H07: the most that one run may take of a week of that many km.
pub(crate) fn long_share(week: Metres) -> Metres {
    let small = week.permille(ruleset::LONG_SHARE_SMALL).min(ruleset::LONG_SHARE_SMALL_MAX);
    week.permille(ruleset::LONG_SHARE).max(small)
}
